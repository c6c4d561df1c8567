//! What may depend on what. The leaves know nobody; the application's topics do not know the web; the ledger and the
//! planner compute and touch nothing outside; only the store knows databases.

use toml::{Table, Value};

use super::text::{has_word, without_comments};
use super::{Finding, Source};

/// Crates that depend on no other crate of the workspace.
const LEAVES: &[&str] = &["ledger", "planner", "documents", "store", "print", "kit"];
/// The only files and folders of the application beside `web/` that may speak of it: they put the parts together.
const FRAME: &[&str] = &["crates/baogong/src/cli/", "crates/baogong/src/demo.rs"];
/// What a computation that is the same on every machine and every day does not touch.
const OUTSIDE: &[&str] = &["std::time", "std::net", "std::fs", "rand::rng", "SystemTime"];
/// Crates that compute only.
const PURE: &[&str] = &["crates/ledger/src/", "crates/planner/src/"];
/// The drivers of the two databases.
const DRIVERS: &[&str] = &["rusqlite", "tokio_postgres", "tokio-postgres"];
/// Where databases are spoken to: the store, and the designs that the benchmark sets beside it.
const SPEAKERS: &[&str] = &[
    "crates/store/",
    "crates/bench/src/peers/",
    "crates/bench/Cargo.toml",
];

/// Leaves that depend on another crate of the workspace.
pub fn leaves(sources: &[Source]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let manifests: Vec<(&Source, Table)> = sources
        .iter()
        .filter(|source| source.path.starts_with("crates/") && source.path.ends_with("/Cargo.toml"))
        .filter_map(|source| Some((source, source.text.parse().ok()?)))
        .collect();
    let names: Vec<String> = manifests
        .iter()
        .filter_map(|(_, manifest)| package(manifest))
        .collect();
    for (source, manifest) in &manifests {
        let Some(name) = package(manifest).filter(|name| LEAVES.contains(&name.as_str())) else {
            continue;
        };
        for depended in dependencies(manifest) {
            if names.contains(&depended) && depended != name {
                let line = source
                    .text
                    .lines()
                    .position(|line| line.starts_with(&depended))
                    .map_or(1, |index| index + 1);
                findings.push(source.finding(
                    line,
                    format!("{name} is a leaf and must not depend on {depended}"),
                ));
            }
        }
    }
    for missing in LEAVES
        .iter()
        .filter(|leaf| !manifests.is_empty() && !names.iter().any(|name| name == *leaf))
    {
        let words = format!("crate {missing} is expected here; change the rule when it goes");
        findings.push(Finding {
            path: "crates".to_string(),
            line: 1,
            words,
        });
    }
    findings
}

fn package(manifest: &Table) -> Option<String> {
    Some(manifest.get("package")?.get("name")?.as_str()?.to_string())
}

/// The crates that a manifest names as dependencies of any kind, by their own names.
fn dependencies(manifest: &Table) -> Vec<String> {
    let mut found = Vec::new();
    for (key, value) in manifest {
        let Value::Table(table) = value else { continue };
        if key.ends_with("dependencies") {
            found.extend(table.iter().map(|(name, value)| {
                let renamed = value.get("package").and_then(Value::as_str);
                renamed.unwrap_or(name).to_string()
            }));
        } else if key == "target" {
            found.extend(table.values().filter_map(Value::as_table).flat_map(dependencies));
        }
    }
    found
}

/// Parts of the application that speak of the web, and computations that look outside.
pub fn layers(sources: &[Source]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in sources.iter().filter(|source| source.ending() == "rs") {
        let topic = source.path.starts_with("crates/baogong/src/")
            && !source.path.starts_with("crates/baogong/src/web/")
            && !FRAME.iter().any(|frame| source.path.starts_with(frame));
        let pure = PURE.iter().any(|folder| source.path.starts_with(folder));
        if !topic && !pure {
            continue;
        }
        for (index, line) in without_comments(&source.text).lines().enumerate() {
            if topic && (has_word(line, "axum") || has_word(line, "web::")) {
                findings.push(source.finding(index + 1, "only web/, cli/ and demo.rs know the web"));
            }
            for name in OUTSIDE.iter().filter(|name| pure && has_word(line, name)) {
                findings.push(source.finding(
                    index + 1,
                    format!("{name}: this crate only computes; times and files come in as values"),
                ));
            }
        }
    }
    findings
}

/// Mentions of a database driver outside of the store and of what is measured beside it.
pub fn drivers(sources: &[Source]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let concerned = |source: &&Source| {
        (source.ending() == "rs" || source.path.ends_with("Cargo.toml"))
            && source.path.starts_with("crates/")
            && !SPEAKERS.iter().any(|speaker| source.path.starts_with(speaker))
    };
    for source in sources.iter().filter(concerned) {
        for (index, line) in without_comments(&source.text).lines().enumerate() {
            for name in DRIVERS.iter().filter(|name| has_word(line, name)) {
                findings.push(source.finding(
                    index + 1,
                    format!("{name}: only crates/store speaks to databases"),
                ));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::{made, shown};
    use super::*;

    #[test]
    fn a_leaf_may_not_depend_on_a_neighbour() {
        let mut files: Vec<(String, String)> = LEAVES
            .iter()
            .map(|leaf| {
                (
                    format!("crates/{leaf}/Cargo.toml"),
                    format!("[package]\nname = \"{leaf}\"\n"),
                )
            })
            .collect();
        files[1].1.push_str("[dependencies]\nserde = \"1\"\n[target.'cfg(unix)'.dev-dependencies]\nstore = { path = \"../store\" }\n");
        let files: Vec<(&str, &str)> = files
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()))
            .collect();
        let findings = leaves(&made(&files));
        assert_eq!(
            shown(&findings),
            ["crates/planner/Cargo.toml:6: planner is a leaf and must not depend on store"]
        );
    }

    #[test]
    fn topics_do_not_know_the_web_but_the_frame_does() {
        let text = "//! axum in words is fine.\nuse crate::web::Web;\n";
        let files = [
            ("crates/baogong/src/round/open.rs", text),
            ("crates/baogong/src/demo.rs", text),
            ("crates/baogong/src/cli/serve.rs", text),
            ("crates/baogong/src/web/gate.rs", "use axum::Router;"),
        ];
        let findings = layers(&made(&files));
        assert_eq!(
            shown(&findings),
            ["crates/baogong/src/round/open.rs:2: only web/, cli/ and demo.rs know the web"]
        );
    }

    #[test]
    fn the_planner_takes_no_time_from_the_clock() {
        let files = [
            ("crates/planner/src/lib.rs", "use std::time::Instant;"),
            ("crates/store/src/lib.rs", "use std::fs;"),
        ];
        assert_eq!(layers(&made(&files)).len(), 1);
    }

    #[test]
    fn only_the_store_has_drivers() {
        let files = [
            ("crates/store/src/sqlite/mod.rs", "use rusqlite::Connection;"),
            ("crates/bench/src/peers/sqlite.rs", "use rusqlite::Connection;"),
            ("crates/bench/src/count.rs", "// rusqlite in words is fine."),
            (
                "crates/baogong/Cargo.toml",
                "[dependencies]\nrusqlite = \"0.40\"\n",
            ),
        ];
        let findings = drivers(&made(&files));
        assert_eq!(findings.len(), 1);
        assert_eq!(
            (findings[0].path.as_str(), findings[0].line),
            ("crates/baogong/Cargo.toml", 2)
        );
    }
}
