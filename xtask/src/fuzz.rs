//! Fuzzing guided by coverage: what people type and send, changed at random where that reaches new code.

use std::path::Path;
use std::process::Command;

use crate::cargo;
use crate::step::{self, Outcome, on_path};

/// The targets with the folders of their seeds, and how long an input may be in bytes: short ones are tried more often.
const TARGETS: &[(&str, &str, u32)] = &[
    ("chain", CHAINS, 2_048),
    ("sheet", "fuzz/seeds/sheet", 8_192),
    ("values", "fuzz/seeds/values", 256),
];
/// The corpus of chain messages, many in a file.
const CHAINS: &str = "crates/documents/tests/chains";

/// Runs a target for so many seconds; what it finds is left in `fuzz/artifacts`.
pub fn run(root: &Path, target: &str, seconds: &str) -> Outcome {
    let seconds: u32 = seconds
        .parse()
        .map_err(|_| format!("{seconds:?} is no number of seconds; write cargo xtask fuzz chain 600"))?;
    let known = || {
        TARGETS
            .iter()
            .map(|(name, ..)| *name)
            .collect::<Vec<_>>()
            .join(", ")
    };
    let (name, seeds, length_max) = TARGETS
        .iter()
        .find(|(name, ..)| *name == target)
        .ok_or_else(|| format!("there is no target {target:?}; there are {}", known()))?;
    if on_path("cargo-fuzz").is_none() {
        println!("cargo-fuzz is not here and is installed now");
        step::run(&mut cargo(root, &["install", "cargo-fuzz", "--locked"]))?;
    }
    let corpus = root.join("fuzz/corpus").join(name);
    std::fs::create_dir_all(&corpus).map_err(|error| format!("{}: {error}", corpus.display()))?;
    if *seeds == CHAINS {
        split_messages(&root.join(seeds), &corpus)?;
    }
    // No memory sanitizer: the crates under test forbid unsafe code, and without it twice as many inputs are tried.
    let mut fuzz: Command = cargo(
        root,
        &["fuzz", "run", "--fuzz-dir", "fuzz", "--sanitizer", "none", name],
    );
    fuzz.arg(&corpus);
    if *seeds != CHAINS {
        fuzz.arg(root.join(seeds));
    }
    fuzz.args(["--", "-timeout=30", "-rss_limit_mb=2048"]);
    fuzz.arg(format!("-max_len={length_max}"));
    fuzz.arg(format!("-max_total_time={seconds}"));
    // Coverage is an unstable option of the compiler; this lets the stable one take it.
    fuzz.env("RUSTC_BOOTSTRAP", "1");
    step::run(&mut fuzz)
}

/// Puts each message of the corpus into a file of its own, without what is expected of it.
fn split_messages(from: &Path, to: &Path) -> Outcome {
    let entries = std::fs::read_dir(from).map_err(|error| format!("{}: {error}", from.display()))?;
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            split_messages(&path, to)?;
            continue;
        }
        let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        for (number, case) in text.split("\n=== ").skip(1).enumerate() {
            let lines = case.lines().skip(1).take_while(|line| *line != "---");
            let message: Vec<&str> = lines
                .map(|line| line.split(" ⇒").next().unwrap_or(line))
                .collect();
            let file = to.join(format!("{stem}-{number}"));
            std::fs::write(&file, message.join("\n"))
                .map_err(|error| format!("{}: {error}", file.display()))?;
        }
    }
    Ok(())
}
