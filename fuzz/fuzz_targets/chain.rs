//! Any text as a chain message: no line is lost, no order is made up.

#![no_main]

use documents::chain::{Candidate, Context, Dwelling, Good, Line, Parsed, parse};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

/// The compound and the goods of `crates/documents/tests/chains/menu.txt`, whose messages are among the seeds.
static DWELLINGS: LazyLock<Vec<Dwelling>> = LazyLock::new(|| {
    let one = |(building, unit, room, name, phone): &(&str, &str, &str, &str, &str)| Dwelling {
        building: (*building).into(),
        unit: (*unit).into(),
        room: (*room).into(),
        name: Some((*name).into()),
        phone: (!phone.is_empty()).then(|| (*phone).into()),
    };
    [
        ("3", "2", "501", "王秀英", "13800005501"),
        ("3", "2", "502", "刘建国", ""),
        ("3", "1", "501", "赵敏", ""),
        ("5", "", "1203", "孙红梅", ""),
        ("5", "", "1204", "钱多多", ""),
        ("6", "", "301", "何平", ""),
        ("295", "", "909", "张三", ""),
    ]
    .iter()
    .map(one)
    .collect()
});

static GOODS: LazyLock<Vec<Good>> = LazyLock::new(|| {
    let one = |(code, name, aliases, unit, letter): &(&str, &str, &[&str], &str, Option<char>)| Good {
        code: (*code).into(),
        name: (*name).into(),
        aliases: aliases.iter().map(|alias| (*alias).into()).collect(),
        unit: (*unit).into(),
        menu_letter: *letter,
    };
    [
        ("SC01", "蔬菜套餐", &["蔬菜包", "菜包"][..], "份", Some('A')),
        ("RL02", "肉类套餐", &["肉包"][..], "份", Some('B')),
        ("JD03", "鸡蛋", &["土鸡蛋"][..], "板", Some('C')),
        ("SWY", "三文鱼", &[][..], "盒", Some('J')),
        ("XG", "西瓜", &[][..], "斤", None),
    ]
    .iter()
    .map(one)
    .collect()
});

/// The pieces of what was read, whatever became of them.
fn pieces(parsed: &Parsed) -> Vec<&Line> {
    let orders = parsed.orders.iter().map(|order| &order.line);
    let questions = parsed.questions.iter().map(|question| &question.line);
    orders
        .chain(questions)
        .chain(&parsed.unrecognised)
        .chain(&parsed.structure)
        .collect()
}

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let context = Context {
        dwellings: &DWELLINGS,
        goods: &GOODS,
        aliases: &[],
    };
    let parsed = parse(&text, &context);
    let pieces = pieces(&parsed);
    let lines: Vec<&str> = text.lines().collect();
    for (index, line) in lines.iter().enumerate() {
        let number = index + 1;
        let mut own = pieces
            .iter()
            .filter(|piece| piece.number <= number && number <= piece.last_number())
            .peekable();
        assert!(own.peek().is_some(), "line {number} is lost: {line:?}");
        // What a line says stands in its pieces, if only among what was not recognised.
        let shown: String = own.map(|piece| piece.text.as_str()).collect();
        for letter in line.chars().filter(|letter| letter.is_alphanumeric()) {
            assert!(
                shown.contains(letter),
                "{letter:?} of line {number} is lost: {line:?}"
            );
        }
    }
    for piece in &pieces {
        assert!(
            piece.number >= 1 && piece.last_number() <= lines.len().max(1),
            "{piece:?}"
        );
    }
    let mut fed: Vec<usize> = parsed.orders.iter().map(|order| order.dwelling).collect();
    fed.sort_unstable();
    assert!(
        fed.windows(2).all(|pair| pair[0] != pair[1]),
        "a household has two orders"
    );
    for order in &parsed.orders {
        assert!(order.dwelling < DWELLINGS.len());
        assert!(!order.lines.is_empty(), "an order of nothing: {order:?}");
        assert!(
            order
                .lines
                .iter()
                .all(|(good, quantity)| *good < GOODS.len() && *quantity > 0),
            "{order:?}"
        );
    }
    for question in &parsed.questions {
        assert!(question.candidates.iter().all(|candidate| match candidate {
            Candidate::Dwelling(index) => *index < DWELLINGS.len(),
            Candidate::Good(index) => *index < GOODS.len(),
        }));
    }
    assert_eq!(
        parsed,
        parse(&text, &context),
        "the same text is read in two ways"
    );
});
