//! Invariants of the source text, each a rule over all files: what depends on what, words that must not stand
//! anywhere, dead files, requirement ids that exist, and who may change the ledger.

mod directions;
mod ledger;
mod modules;
mod requirements;
mod text;
mod words;

use std::fmt;
use std::path::Path;

use crate::step::Outcome;

/// A file of the project.
pub struct Source {
    /// Its path from the root, with `/` between folders.
    pub path: String,
    /// Its text.
    pub text: String,
}

impl Source {
    /// The ending of the name, without the dot.
    pub fn ending(&self) -> &str {
        self.path.rsplit_once('.').map_or("", |(_, ending)| ending)
    }

    /// The folder, without a slash at its end.
    pub fn folder(&self) -> &str {
        self.path.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    fn finding(&self, line: usize, words: impl Into<String>) -> Finding {
        Finding {
            path: self.path.clone(),
            line,
            words: words.into(),
        }
    }
}

/// Something that must not be so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The file.
    pub path: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong.
    pub words: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}: {}", self.path, self.line, self.words)
    }
}

/// A rule over all files.
type Rule = fn(&[Source]) -> Vec<Finding>;

/// Folders that hold nothing of ours, wherever they are.
const SKIPPED: &[&str] = &["node_modules", ".git"];
/// Folders by path that hold what was built or written.
const SKIPPED_ROOT: &[&str] = &[
    "target",
    "data",
    "artifacts",
    "fuzz/target",
    "fuzz/corpus",
    "fuzz/artifacts",
];
/// Endings of files that are read.
const READ: &[&str] = &[
    "rs", "ts", "mjs", "css", "toml", "md", "sql", "csv", "typ", "json", "yml",
];

/// Checks all rules; every finding is printed as `file:line: words`.
pub fn check(root: &Path) -> Outcome {
    let mut sources = Vec::new();
    collect(root, "", &mut sources)?;
    sources.sort_by(|one, other| one.path.cmp(&other.path));
    let rules: &[Rule] = &[
        directions::leaves,
        directions::layers,
        directions::drivers,
        words::forbidden,
        words::lengths,
        modules::dead,
        requirements::unknown,
        ledger::changes,
    ];
    let findings: Vec<Finding> = rules.iter().flat_map(|rule| rule(&sources)).collect();
    for finding in &findings {
        println!("{finding}");
    }
    let uncited = requirements::uncited(&sources, &["fc", "dx"]);
    if !uncited.is_empty() {
        println!("note: cited by no source file: {}", uncited.join(" "));
    }
    if findings.is_empty() {
        println!("{} files are tidy", sources.len());
        return Ok(());
    }
    Err(format!("{} findings in the source text", findings.len()))
}

fn collect(root: &Path, folder: &str, sources: &mut Vec<Source>) -> Outcome {
    let here = root.join(folder);
    let failed = |error: std::io::Error| format!("{}: {error}", here.display());
    for entry in std::fs::read_dir(&here).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if folder.is_empty() {
            name.clone()
        } else {
            format!("{folder}/{name}")
        };
        let kind = entry.file_type().map_err(failed)?;
        if kind.is_dir() {
            if !SKIPPED.contains(&name.as_str()) && !SKIPPED_ROOT.contains(&path.as_str()) {
                collect(root, &path, sources)?;
            }
        } else if kind.is_file()
            && (READ.iter().any(|ending| name.ends_with(&format!(".{ending}"))) || folder == ".ci")
        {
            let bytes = std::fs::read(root.join(&path)).map_err(failed)?;
            sources.push(Source {
                path,
                text: String::from_utf8_lossy(&bytes).into_owned(),
            });
        }
    }
    Ok(())
}

#[cfg(test)]
fn made(files: &[(&str, &str)]) -> Vec<Source> {
    files
        .iter()
        .map(|(path, text)| Source {
            path: (*path).to_string(),
            text: (*text).to_string(),
        })
        .collect()
}

#[cfg(test)]
fn shown(findings: &[Finding]) -> Vec<String> {
    findings.iter().map(ToString::to_string).collect()
}
