//! Fuzzing guided by coverage: what people type and send, changed at random where that reaches new code.

use std::path::Path;
use std::process::Command;

use crate::cargo;
use crate::step::{self, Outcome, on_path};

/// The targets with the folders of their seeds.
const TARGETS: &[(&str, &str)] = &[
    ("chain", "crates/documents/tests/chains"),
    ("sheet", "fuzz/seeds/sheet"),
    ("values", "fuzz/seeds/values"),
];

/// Runs a target for so many seconds; what it finds is left in `fuzz/artifacts`.
pub fn run(root: &Path, target: &str, seconds: &str) -> Outcome {
    let seconds: u32 = seconds
        .parse()
        .map_err(|_| format!("{seconds:?} is no number of seconds; write cargo xtask fuzz chain 600"))?;
    let known = || {
        TARGETS
            .iter()
            .map(|(name, _)| *name)
            .collect::<Vec<_>>()
            .join(", ")
    };
    let (name, seeds) = TARGETS
        .iter()
        .find(|(name, _)| *name == target)
        .ok_or_else(|| format!("there is no target {target:?}; there are {}", known()))?;
    if on_path("cargo-fuzz").is_none() {
        println!("cargo-fuzz is not here and is installed now");
        step::run(&mut cargo(root, &["install", "cargo-fuzz", "--locked"]))?;
    }
    let corpus = root.join("fuzz/corpus").join(name);
    std::fs::create_dir_all(&corpus).map_err(|error| format!("{}: {error}", corpus.display()))?;
    // No memory sanitizer: the crates under test forbid unsafe code, and without it twice as many inputs are tried.
    let mut fuzz: Command = cargo(
        root,
        &["fuzz", "run", "--fuzz-dir", "fuzz", "--sanitizer", "none", name],
    );
    fuzz.arg(&corpus).arg(root.join(seeds));
    fuzz.args(["--", "-timeout=30", "-rss_limit_mb=2048", "-max_len=8192"]);
    fuzz.arg(format!("-max_total_time={seconds}"));
    // Coverage is an unstable option of the compiler; this lets the stable one take it.
    fuzz.env("RUSTC_BOOTSTRAP", "1");
    step::run(&mut fuzz)
}
