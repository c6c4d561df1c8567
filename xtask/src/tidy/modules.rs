//! Files that no `mod` reaches: the compiler never sees them, so nobody notices that they rot.

use std::collections::{BTreeSet, HashSet};

use super::text::without_comments;
use super::{Finding, Source};

/// Rust files that no crate root reaches.
pub fn dead(sources: &[Source]) -> Vec<Finding> {
    let files: BTreeSet<&str> = sources
        .iter()
        .filter(|source| source.ending() == "rs")
        .map(|source| source.path.as_str())
        .collect();
    let mut reached: HashSet<String> = HashSet::new();
    let mut waiting: Vec<String> = files
        .iter()
        .filter(|path| is_root(path))
        .map(|path| (*path).to_string())
        .collect();
    while let Some(path) = waiting.pop() {
        if !reached.insert(path.clone()) {
            continue;
        }
        let Some(source) = sources.iter().find(|source| source.path == path) else {
            continue;
        };
        let folder = module_folder(&path);
        for (name, given) in modules(&without_comments(&source.text)) {
            let candidates = match given {
                Some(given) => vec![format!("{}/{given}", source.folder())],
                None => vec![format!("{folder}/{name}.rs"), format!("{folder}/{name}/mod.rs")],
            };
            waiting.extend(
                candidates
                    .into_iter()
                    .filter(|candidate| files.contains(candidate.as_str())),
            );
        }
    }
    sources
        .iter()
        .filter(|source| source.ending() == "rs" && !reached.contains(&source.path))
        .map(|source| source.finding(1, "no `mod` reaches this file"))
        .collect()
}

/// Whether cargo itself starts from this file.
fn is_root(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    let inside = if parts.first() == Some(&"crates") {
        parts.get(2..)
    } else {
        parts.get(1..)
    };
    matches!(
        inside.unwrap_or_default(),
        ["build.rs"]
            | ["src", "lib.rs" | "main.rs"]
            | ["src", "bin", ..]
            | ["tests" | "examples" | "benches" | "fuzz_targets", _]
            | ["tests" | "examples" | "benches", _, "main.rs"]
    )
}

/// The folder in which the children of a file lie.
fn module_folder(path: &str) -> String {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    if is_root(path) || name == "mod.rs" {
        folder.to_string()
    } else {
        format!("{folder}/{}", name.trim_end_matches(".rs"))
    }
}

/// The modules that a file declares without a body: (name, path given by an attribute).
fn modules(code: &str) -> Vec<(String, Option<String>)> {
    let mut found = Vec::new();
    let mut given = None;
    for line in code.lines().map(str::trim) {
        if let Some(rest) = line.strip_prefix("#[path = \"") {
            given = rest.split('"').next().map(str::to_string);
            continue;
        }
        let Some(rest) = line.strip_suffix(';') else {
            if !line.starts_with("#[") && !line.is_empty() {
                given = None;
            }
            continue;
        };
        let words: Vec<&str> = rest.split_whitespace().collect();
        if let ["mod", name] | [_, "mod", name] = words.as_slice() {
            found.push(((*name).to_string(), given.take()));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::{made, shown};
    use super::*;

    #[test]
    fn files_that_nobody_declares_are_dead() {
        let files = [
            (
                "crates/a/src/lib.rs",
                "pub mod one;\n// mod two;\n#[cfg(test)]\nmod tests;\n",
            ),
            (
                "crates/a/src/one.rs",
                "pub(crate) mod inner;\n#[path = \"odd_name.rs\"]\nmod odd;\n",
            ),
            ("crates/a/src/odd_name.rs", ""),
            ("crates/a/src/one/inner.rs", ""),
            ("crates/a/src/two.rs", ""),
            ("crates/a/src/tests/mod.rs", "mod part;"),
            ("crates/a/src/tests/part.rs", ""),
            ("crates/a/tests/all/main.rs", "mod cases;"),
            ("crates/a/tests/all/cases.rs", ""),
            ("crates/a/examples/speed.rs", ""),
            ("crates/a/build.rs", ""),
            ("xtask/src/main.rs", "mod step;"),
            ("xtask/src/step.rs", ""),
        ];
        assert_eq!(
            shown(&dead(&made(&files))),
            ["crates/a/src/two.rs:1: no `mod` reaches this file"]
        );
    }
}
