//! Requirement ids: what is cited must exist, and what a plan demands should be cited.

use std::collections::BTreeSet;

use toml::Table;

use super::text::is_word;
use super::{Finding, Source};

/// The programmes whose clauses have ids.
const PROGRAMMES: &[&str] = &[
    "CQ", "RN", "SC", "DX", "EM", "CT", "CP", "FC", "YU", "SH", "YO", "X",
];
/// Where every id is listed.
const LIST: &str = "docs/requirements.md";
/// Files in which ids are cited.
const CITING: &[&str] = &["rs", "ts", "mjs", "md", "toml", "sql"];

/// Ids that are cited but that neither a plan nor the list of requirements knows.
pub fn unknown(sources: &[Source]) -> Vec<Finding> {
    let mut known: BTreeSet<String> = sources
        .iter()
        .filter(|source| is_plan(source))
        .flat_map(|source| clauses(&source.text))
        .collect();
    if let Some(list) = sources.iter().find(|source| source.path == LIST) {
        known.extend(list.text.lines().filter_map(row_id));
    }
    let mut findings = Vec::new();
    for source in sources
        .iter()
        .filter(|source| CITING.contains(&source.ending()) && !is_rule(source))
    {
        for (index, line) in source.text.lines().enumerate() {
            for id in cited(line).into_iter().filter(|id| !known.contains(id)) {
                findings.push(source.finding(index + 1, format!("there is no requirement {id}")));
            }
        }
    }
    findings
}

/// The clauses of some plans that no source file cites.
pub fn uncited(sources: &[Source], plans: &[&str]) -> Vec<String> {
    let code = sources
        .iter()
        .filter(|source| source.path.starts_with("crates/") && source.ending() == "rs");
    let found: BTreeSet<String> = code.flat_map(|source| cited(&source.text)).collect();
    plans
        .iter()
        .filter_map(|plan| {
            sources
                .iter()
                .find(|source| source.path == format!("plans/{plan}.toml"))
        })
        .flat_map(|source| clauses(&source.text))
        .filter(|id| !found.contains(id))
        .collect()
}

fn is_plan(source: &Source) -> bool {
    source.path.starts_with("plans/") && source.ending() == "toml"
}

/// These rules make up ids to test themselves.
fn is_rule(source: &Source) -> bool {
    source.path.starts_with("xtask/src/tidy/")
}

/// The ids of a plan's clauses.
fn clauses(text: &str) -> Vec<String> {
    let plan: Table = text.parse().unwrap_or_default();
    let clauses = plan
        .get("clause")
        .and_then(|clauses| clauses.as_array())
        .cloned()
        .unwrap_or_default();
    clauses
        .iter()
        .filter_map(|clause| Some(clause.get("id")?.as_str()?.to_string()))
        .collect()
}

/// The id that a row of the list stands for: its first cell.
fn row_id(line: &str) -> Option<String> {
    let cell = line.trim().strip_prefix('|')?.split('|').next()?.trim();
    cited(cell).into_iter().find(|id| id == cell)
}

/// The ids in a text.
fn cited(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices('-') {
        let (before, after) = (&text[..at], &text[at + 1..]);
        let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
        let follows = after[digits.len()..].chars().next();
        let Some(programme) = PROGRAMMES.iter().find(|programme| before.ends_with(*programme)) else {
            continue;
        };
        let precedes = before[..before.len() - programme.len()].chars().next_back();
        let joined = |letter: Option<char>| {
            letter.is_some_and(|letter| is_word(letter) && letter.is_ascii() || letter == '-')
        };
        if digits.is_empty()
            || joined(precedes)
            || follows.is_some_and(|letter| letter.is_ascii() && is_word(letter))
        {
            continue;
        }
        found.push(format!("{programme}-{digits}"));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::{made, shown};
    use super::*;

    #[test]
    fn ids_are_found_as_whole_words() {
        assert_eq!(cited("(FC-1…9, CT-7) and 依据DX-10。"), ["FC-1", "CT-7", "DX-10"]);
        assert!(cited("GB-1 UTF-8 AFC-1 X-Frame-Options FC-x FC-1a V1-FC-2").is_empty());
    }

    #[test]
    fn an_id_must_exist_in_a_plan_or_in_the_list() {
        let files = [
            ("plans/fc.toml", "[[clause]]\nid = \"FC-1\"\n"),
            (
                "docs/requirements.md",
                "| id | what |\n|---|---|\n| YO-6 | orders, see X-9 |\n",
            ),
            ("crates/a/src/lib.rs", "// FC-1 and\n// YO-6, but FC-99\n"),
        ];
        let findings = shown(&unknown(&made(&files)));
        assert_eq!(
            findings,
            [
                "docs/requirements.md:3: there is no requirement X-9",
                "crates/a/src/lib.rs:2: there is no requirement FC-99"
            ]
        );
    }

    #[test]
    fn clauses_that_no_code_cites_are_listed() {
        let files = [
            (
                "plans/fc.toml",
                "[[clause]]\nid = \"FC-1\"\n[[clause]]\nid = \"FC-2\"\n",
            ),
            ("crates/a/src/lib.rs", "// FC-2\n"),
            ("docs/a.md", "FC-1"),
        ];
        assert_eq!(uncited(&made(&files), &["fc"]), ["FC-1"]);
    }
}
