//! Messages with what must come of each line written behind it: `⇒ 3-1-101 R1*2` is an order, several are
//! separated with `;`, also with `?` among them, `?` is a question (`? of` names what it must propose), `!` unrecognised, `~` structure or
//! unrecognised, `~?` anything but an order, `"` belongs to the entry above, and nothing is structure.

use std::collections::BTreeSet;
use std::path::Path;

use super::*;

/// How many lines were as expected, and what was not.
#[derive(Default)]
pub(super) struct Score {
    pub messages: usize,
    pub lines: usize,
    pub right: usize,
    /// An order is taken that nobody meant.
    pub wrong_orders: usize,
    pub failures: Vec<String>,
}

/// What became of a line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    Order(String),
    Question,
    Unrecognised,
    Structure,
    Above,
}

/// The files in a folder beside the corpus, without the annotations behind the lines.
pub(super) fn files(folder: &str) -> Vec<(String, String)> {
    let plain = |line: &str| line.split('⇒').next().unwrap_or_default().trim_end().to_string();
    annotated(folder)
        .into_iter()
        .map(|(name, source)| (name, source.lines().map(plain).collect::<Vec<_>>().join("\n")))
        .collect()
}

/// The files in a folder beside the corpus: names and contents.
fn annotated(folder: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/chains")
        .join(folder);
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let named = |file: std::path::PathBuf| {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        (name, std::fs::read_to_string(&file).unwrap())
    };
    files.into_iter().map(named).collect()
}

/// Parses and scores every message of a folder.
pub(super) fn score(folder: &str) -> Score {
    let mut score = Score::default();
    for (name, source) in annotated(folder) {
        let corpus = load(&source);
        for case in &corpus.cases {
            score.messages += 1;
            score_case(
                &format!("{name}: {}", case.name),
                &case.text,
                &corpus.context(),
                &mut score,
            );
        }
    }
    score
}

fn score_case(name: &str, annotated: &str, context: &Context<'_>, score: &mut Score) {
    let lines: Vec<(&str, Option<&str>)> = annotated
        .trim_end_matches('\n')
        .lines()
        .map(|line| match line.split_once('⇒') {
            Some((text, expected)) => (text.trim_end(), Some(expected.trim())),
            None => (line, None),
        })
        .collect();
    let text = lines.iter().map(|(text, _)| *text).collect::<Vec<_>>().join("\n");
    let parsed = parse(&text, context);
    check_invariants(&text, &parsed, context);
    for (index, (text, expected)) in lines.iter().enumerate() {
        let number = index + 1;
        let fates = fates(&parsed, context, number);
        let right = is_right(&fates, *expected, &parsed, context, number);
        score.lines += 1;
        score.right += usize::from(right);
        let meant = expected.unwrap_or_default();
        let taken = |fate: &Fate| matches!(fate, Fate::Order(order) if !orders(meant).contains(&Fate::Order(order.clone())));
        score.wrong_orders += fates.iter().filter(|fate| taken(fate)).count();
        if !right {
            let reasons: Vec<String> = parsed
                .questions
                .iter()
                .filter(|question| question.line.number == number)
                .map(|question| {
                    let near: Vec<String> = proposals(question, context).into_iter().collect();
                    format!("{:?} of {}", question.reason, near.join(" "))
                })
                .collect();
            score.failures.push(format!(
                "{name}\n    {text}\n    expected {meant:?}, was {fates:?} {reasons:?}"
            ));
        }
    }
}

fn fates(parsed: &Parsed, context: &Context<'_>, number: usize) -> BTreeSet<Fate> {
    let mut fates = BTreeSet::new();
    let mut put = |line: &Line, fate: Fate| {
        if line.number == number {
            fates.insert(fate);
        } else if (line.number..=line.last_number()).contains(&number) {
            fates.insert(Fate::Above);
        }
    };
    for order in &parsed.orders {
        let mut lines: Vec<String> = order
            .lines
            .iter()
            .map(|(good, quantity)| format!("{}*{quantity}", context.goods[*good].code))
            .collect();
        lines.sort();
        let dwelling = dwelling_name(context, order.dwelling);
        put(
            &order.line,
            Fate::Order(format!("{dwelling} {}", lines.join(" "))),
        );
    }
    for question in &parsed.questions {
        put(&question.line, Fate::Question);
    }
    for line in &parsed.unrecognised {
        put(line, Fate::Unrecognised);
    }
    for line in &parsed.structure {
        put(line, Fate::Structure);
    }
    fates
}

fn orders(expected: &str) -> BTreeSet<Fate> {
    let ordered = |part: &str| {
        let mut words: Vec<&str> = part.split_whitespace().collect();
        words[1..].sort_unstable();
        Fate::Order(words.join(" "))
    };
    let parts = expected.split(';').map(str::trim);
    parts.filter(|part| part.contains('*')).map(ordered).collect()
}

fn proposals(question: &Question, context: &Context<'_>) -> BTreeSet<String> {
    let name = |candidate: &Candidate| match candidate {
        Candidate::Dwelling(index) => dwelling_name(context, *index),
        Candidate::Good(index) => context.goods[*index].code.clone(),
    };
    question.candidates.iter().map(name).collect()
}

fn is_right(
    fates: &BTreeSet<Fate>,
    expected: Option<&str>,
    parsed: &Parsed,
    context: &Context<'_>,
    number: usize,
) -> bool {
    let only = |allowed: &[Fate]| fates.iter().all(|fate| allowed.contains(fate));
    let Some(expected) = expected else {
        return only(&[Fate::Structure]);
    };
    if let Some(wanted) = expected.strip_prefix('?') {
        let wanted = wanted.trim().trim_start_matches("of ");
        let mut questions = parsed
            .questions
            .iter()
            .filter(|question| question.line.number == number);
        let proposed = questions.any(|question| {
            let near = proposals(question, context);
            wanted.split_whitespace().all(|wanted| near.contains(wanted))
        });
        return only(&[Fate::Question]) && proposed;
    }
    match expected {
        "!" => only(&[Fate::Unrecognised]),
        "~" => only(&[Fate::Unrecognised, Fate::Structure]),
        "~?" => only(&[Fate::Unrecognised, Fate::Structure, Fate::Question]),
        "\"" => only(&[Fate::Above]),
        _ => {
            let mut left = fates.clone();
            left.remove(&Fate::Structure);
            let asked = expected.split(';').any(|part| part.trim() == "?");
            left.remove(&Fate::Question) == asked && left == orders(expected)
        }
    }
}

/// messages line by line.
#[test]
fn x_3_batches_of_messages() {
    let score = score("batches");
    let share_pct = 100.0 * score.right as f64 / score.lines as f64;
    println!(
        "{} messages, {} of {} lines right ({share_pct:.1} %), {} wrong orders",
        score.messages, score.right, score.lines, score.wrong_orders
    );
    println!("{}", score.failures.join("\n"));
    assert!(score.messages >= 100, "{} messages", score.messages);
    assert_eq!(score.wrong_orders, 0);
    assert!(share_pct >= 95.0, "{share_pct:.1} %");
}

/// a third of the messages was written before the parser had seen them.
#[test]
fn x_3_held_out_messages() {
    let score = score("held_out");
    let share_pct = 100.0 * score.right as f64 / score.lines as f64;
    println!(
        "held out: {} messages, {} of {} lines right ({share_pct:.1} %), {} wrong orders",
        score.messages, score.right, score.lines, score.wrong_orders
    );
    println!("{}", score.failures.join("\n"));
    assert!(score.messages >= 100, "{} messages", score.messages);
    assert_eq!(score.wrong_orders, 0);
    assert!(share_pct >= 95.0, "{share_pct:.1} %");
}
