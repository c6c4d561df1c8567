//! Words that must not stand anywhere, and the length of files.

use super::text::{has_word, without_comments};
use super::{Finding, Source};

/// The most lines that a source file may have.
const LINES_MAX: usize = 520;
/// Endings of source files.
const CODE: &[&str] = &["rs", "ts", "mjs"];

/// Macros that stand for unfinished or forgotten work. The names are put together here so that this file does not
/// hold them itself.
const MACROS: &[&str] = &[
    concat!("to", "do!"),
    concat!("unimple", "mented!"),
    concat!("d", "bg!"),
];
/// Promises that were not kept, and places outside of the project.
const PHRASES: &[&str] = &[
    concat!("FIX", "ME"),
    concat!("TO", "DO"),
    concat!("for ", "now"),
    concat!("/wo", "rk/"),
    concat!("../sh", "ared"),
];

/// Unfinished work, forgotten debugging, and mentions of places outside of the project.
pub fn forbidden(sources: &[Source]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in sources.iter().filter(|source| source.ending() != "json") {
        if source.ending() == "rs" {
            for (index, line) in without_comments(&source.text).lines().enumerate() {
                for name in MACROS.iter().filter(|name| has_word(line, name)) {
                    findings.push(source.finding(index + 1, format!("{name} must not stay")));
                }
            }
        }
        for (index, line) in source.text.lines().enumerate() {
            for phrase in PHRASES.iter().filter(|phrase| has_word(line, phrase)) {
                findings.push(source.finding(index + 1, format!("“{phrase}” must not stay")));
            }
        }
    }
    findings
}

/// Source files that are too long to be read in one go.
pub fn lengths(sources: &[Source]) -> Vec<Finding> {
    sources
        .iter()
        .filter(|source| CODE.contains(&source.ending()))
        .filter_map(|source| {
            let lines = source.text.lines().count();
            (lines > LINES_MAX).then(|| {
                source.finding(
                    lines,
                    format!("{lines} lines; split it by topic (at most {LINES_MAX})"),
                )
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::{made, shown};
    use super::*;

    #[test]
    fn unfinished_work_is_found_with_its_line() {
        let text = format!(
            "fn a() {{}}\nfn b() {{ {}() }}\n// {}: later\n",
            MACROS[0], PHRASES[0]
        );
        let findings = forbidden(&made(&[("crates/a/src/lib.rs", &text)]));
        assert_eq!(shown(&findings).len(), 2);
        assert!(shown(&findings)[0].starts_with("crates/a/src/lib.rs:2: "));
        assert!(shown(&findings)[1].starts_with("crates/a/src/lib.rs:3: "));
    }

    #[test]
    fn longer_words_are_left_alone() {
        let findings = forbidden(&made(&[("docs/a.md", "a todolist; for nowhere; /workshop/x")]));
        assert!(findings.is_empty(), "{findings:?}");
    }

    #[test]
    fn long_files_are_found() {
        let (fits, long) = ("x\n".repeat(LINES_MAX), "x\n".repeat(LINES_MAX + 1));
        let findings = lengths(&made(&[("a.rs", &fits), ("b.ts", &long), ("c.md", &long)]));
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].path, "b.ts");
    }
}
