//! The corpus of chain messages and the properties that hold for any text.

mod batches;
mod files;
mod properties;

use super::*;

const CORPUS: [(&str, &str); 6] = [
    ("one_good", include_str!("../../../tests/chains/one_good.txt")),
    ("menu", include_str!("../../../tests/chains/menu.txt")),
    ("weight", include_str!("../../../tests/chains/weight.txt")),
    ("addresses", include_str!("../../../tests/chains/addresses.txt")),
    ("chat", include_str!("../../../tests/chains/chat.txt")),
    ("reposts", include_str!("../../../tests/chains/reposts.txt")),
];

struct Case {
    name: String,
    text: String,
    expected: String,
}

struct Corpus {
    dwellings: Vec<Dwelling>,
    goods: Vec<Good>,
    cases: Vec<Case>,
}

impl Corpus {
    fn context(&self) -> Context<'_> {
        Context {
            dwellings: &self.dwellings,
            goods: &self.goods,
            aliases: &[],
        }
    }
}

fn load(source: &str) -> Corpus {
    let mut corpus = Corpus {
        dwellings: Vec::new(),
        goods: Vec::new(),
        cases: Vec::new(),
    };
    let mut blocks = source.split("\n=== ");
    for line in blocks.next().unwrap().lines() {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_string());
        let fields = |line: &str| line.split('|').map(str::to_string).collect::<Vec<_>>();
        if let Some(dwelling) = line.strip_prefix("@dwelling ") {
            let [building, unit, room, name, phone] = fields(dwelling).try_into().unwrap();
            let (name, phone) = (some(&name), some(&phone));
            corpus.dwellings.push(Dwelling {
                building,
                unit,
                room,
                name,
                phone,
            });
        } else if let Some(good) = line.strip_prefix("@good ") {
            let [code, name, aliases, unit, letter] = fields(good).try_into().unwrap();
            let aliases = aliases
                .split(',')
                .filter(|alias| !alias.is_empty())
                .map(str::to_string)
                .collect();
            corpus.goods.push(Good {
                code,
                name,
                aliases,
                unit,
                menu_letter: letter.chars().next(),
            });
        }
    }
    for block in blocks {
        let (name, rest) = block.split_once('\n').unwrap();
        let (text, expected) = rest
            .split_once("\n---\n")
            .or_else(|| rest.strip_suffix("\n---").map(|text| (text, "")))
            .unwrap_or((rest, ""));
        corpus.cases.push(Case {
            name: name.to_string(),
            text: text.to_string(),
            expected: expected.trim().to_string(),
        });
    }
    corpus
}

fn dwelling_name(context: &Context<'_>, index: usize) -> String {
    let dwelling = &context.dwellings[index];
    let parts = [&dwelling.building, &dwelling.unit, &dwelling.room];
    parts
        .into_iter()
        .filter(|part| !part.is_empty())
        .cloned()
        .collect::<Vec<_>>()
        .join("-")
}

fn items(context: &Context<'_>, lines: &[(usize, u32)]) -> String {
    let item = |(good, quantity): &(usize, u32)| format!("{}×{quantity}", context.goods[*good].name);
    lines.iter().map(item).collect::<Vec<_>>().join(" ")
}

fn span(line: &Line) -> String {
    if line.last_number() == line.number {
        line.number.to_string()
    } else {
        format!("{}-{}", line.number, line.last_number())
    }
}

/// The result in the notation of the corpus.
fn render(parsed: &Parsed, context: &Context<'_>) -> String {
    let mut out = Vec::new();
    if let Some(title) = &parsed.title {
        out.push(format!("title {title}"));
    }
    for order in &parsed.orders {
        let mut text = format!("order {}", span(&order.line));
        if let Some(position) = order.position {
            text += &format!(" #{position}");
        }
        text += &format!(
            " {} {}",
            dwelling_name(context, order.dwelling),
            items(context, &order.lines)
        );
        if let Some(phone) = &order.phone {
            text += &format!(" phone:{phone}");
        }
        if order.quantity_assumed {
            text += " assumed";
        }
        if let Some(replaces) = order.replaces {
            text += &format!(" replaces:{replaces}");
        }
        if !order.note.is_empty() {
            text += &format!(" note:{}", order.note);
        }
        out.push(text);
    }
    for question in &parsed.questions {
        let mut text = format!("question {} {:?}", span(&question.line), question.reason);
        if let Some(guess) = &question.guess {
            let dwelling = guess
                .dwelling
                .map_or("?".to_string(), |index| dwelling_name(context, index));
            text += &format!(" guess:{dwelling} {}", items(context, &guess.lines));
        }
        if !question.candidates.is_empty() {
            let name = |candidate: &Candidate| match candidate {
                Candidate::Dwelling(index) => dwelling_name(context, *index),
                Candidate::Good(index) => context.goods[*index].name.clone(),
            };
            text += &format!(
                " of:{}",
                question.candidates.iter().map(name).collect::<Vec<_>>().join("/")
            );
        }
        out.push(text.trim_end().to_string());
    }
    for (word, lines) in [
        ("unrecognised", &parsed.unrecognised),
        ("structure", &parsed.structure),
    ] {
        if !lines.is_empty() {
            out.push(format!(
                "{word} {}",
                lines.iter().map(span).collect::<Vec<_>>().join(" ")
            ));
        }
    }
    out.join("\n")
}

/// pasted chain messages come in as they are written in chat groups.
#[test]
fn x_3_corpus_of_chain_messages() {
    let mut failures = Vec::new();
    let mut count = 0;
    for (file, source) in CORPUS {
        let corpus = load(source);
        for case in &corpus.cases {
            count += 1;
            let parsed = parse(&case.text, &corpus.context());
            check_invariants(&case.text, &parsed, &corpus.context());
            let actual = render(&parsed, &corpus.context());
            if actual != case.expected {
                failures.push(format!(
                    "@@ {file} {}\n{actual}\n@@ expected\n{}",
                    case.name, case.expected
                ));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(count >= 60, "{count} messages");
}

/// What must hold for every text: no line and no character is lost, nothing refers outside of the
/// context, and a household has at most one order.
fn check_invariants(text: &str, parsed: &Parsed, context: &Context<'_>) {
    let lines: Vec<&str> = text.lines().collect();
    let mut left: Vec<Vec<char>> = lines
        .iter()
        .map(|line| line.chars().filter(|next| !next.is_whitespace()).collect())
        .collect();
    let mut owned = vec![false; lines.len()];
    let orders = parsed.orders.iter().map(|order| &order.line);
    let owners = orders.chain(parsed.questions.iter().map(|question| &question.line));
    for line in owners.chain(&parsed.unrecognised).chain(&parsed.structure) {
        assert!(
            line.number >= 1 && line.last_number() <= lines.len().max(1),
            "{line:?}"
        );
        for (number, piece) in (line.number..).zip(line.text.split('\n')) {
            owned[number - 1] = true;
            for character in piece.chars().filter(|next| !next.is_whitespace()) {
                let found = left[number - 1].iter().position(|next| *next == character);
                left[number - 1].remove(found.unwrap_or_else(|| panic!("{line:?} repeats text")));
            }
        }
    }
    assert!(
        owned.iter().all(|owned| *owned),
        "a line was dropped: {text:?} {parsed:?}"
    );
    assert!(
        left.iter().all(Vec::is_empty),
        "text was dropped: {left:?} {text:?}"
    );
    let mut seen = std::collections::HashSet::new();
    for order in &parsed.orders {
        assert!(order.dwelling < context.dwellings.len() && seen.insert(order.dwelling));
        assert!(!order.lines.is_empty());
        let mut goods = std::collections::HashSet::new();
        for (good, quantity) in &order.lines {
            assert!(*good < context.goods.len() && *quantity > 0 && goods.insert(*good));
        }
    }
    for question in &parsed.questions {
        assert!(!question.reason.zh().is_empty() && !question.reason.en().is_empty());
        for candidate in &question.candidates {
            match candidate {
                Candidate::Dwelling(index) => assert!(*index < context.dwellings.len()),
                Candidate::Good(index) => assert!(*index < context.goods.len()),
            }
        }
        if let Some(guess) = &question.guess {
            assert!(guess.dwelling.is_none_or(|index| index < context.dwellings.len()));
            assert!(guess.lines.iter().all(|(good, _)| *good < context.goods.len()));
        }
    }
}
