//! The command line of the drills.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use drill::simulate::{self, Tally, shrink};

/// Drills: what the application promises, proved under faults.
#[derive(Parser)]
#[command(name = "drill", version, about)]
struct Cli {
    #[command(subcommand)]
    drill: Drill,
}

#[derive(Subcommand)]
enum Drill {
    /// Random commands on a faulty disk, against a simple model.
    Simulate {
        /// The first seed.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Steps over all seeds.
        #[arg(long, default_value_t = 20_000)]
        steps: usize,
        /// Steps with one seed, before the next one begins on a fresh county.
        #[arg(long, default_value_t = 200)]
        length: usize,
        /// Runs a script that an earlier failure left, instead.
        #[arg(long)]
        script: Option<PathBuf>,
    },
}

fn main() -> ExitCode {
    let result = match Cli::parse().drill {
        Drill::Simulate {
            script: Some(path), ..
        } => run_script(&path),
        Drill::Simulate {
            seed, steps, length, ..
        } => simulate(seed, steps, length.max(1)),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(words) => {
            eprintln!("{words}");
            ExitCode::FAILURE
        }
    }
}

fn run_script(path: &PathBuf) -> Result<(), String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let script = serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
    let tally = simulate::replay(&script).map_err(|failure| failure.to_string())?;
    println!("{tally}");
    Ok(())
}

fn simulate(first: u64, steps: usize, length: usize) -> Result<(), String> {
    let mut total = Tally::default();
    for seed in first.. {
        let rest = steps - total.steps;
        if rest == 0 {
            break;
        }
        match simulate::explore(seed, length.min(rest)) {
            Ok(tally) => total.add(&tally),
            Err(failed) => {
                let (script, failure) = *failed;
                println!("seed {seed}, {failure}\nshortening…");
                let (script, failure) = shrink::shrink(&script, &failure);
                let path = format!("drill-{seed}.json");
                let text = serde_json::to_string_pretty(&script).map_err(|error| error.to_string())?;
                std::fs::write(&path, &text).map_err(|error| format!("{path}: {error}"))?;
                return Err(format!("{text}\n{failure}\nagain: simulate --script {path}"));
            }
        }
    }
    println!("{total}");
    Ok(())
}
