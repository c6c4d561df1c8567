//! The command line of the drills.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};
use drill::disk::{OPERATIONS, Trouble};
use drill::kill::Database;
use drill::postgres::{DISTURBANCES, disturb, two_nodes};
use drill::simulate::script::Ending;
use drill::simulate::{self, Tally, shrink};
use drill::{durability, full_disk};

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
    /// The real program under load, killed at random moments.
    Kill {
        /// How often.
        #[arg(long, default_value_t = 100)]
        kills: u32,
        /// The database below.
        #[arg(long, value_enum, default_value_t = Database::Sqlite)]
        database: Database,
        /// Decides the moments.
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// A disk that fails at every operation in turn, and a full one under the real program.
    Disk,
    /// PostgreSQL that loses connections, crashes, loses races and serves two nodes.
    Postgres {
        /// How often each disturbance comes.
        #[arg(long, default_value_t = 50)]
        times: u32,
    },
    /// How many orders a second the path of an order takes without HTTP; prints lines of `name value`.
    Orders {
        /// A database with an open round, or an empty one; a temporary SQLite file without it.
        #[arg(default_value = "sqlite::memory:")]
        database: String,
        /// How many order at the same time.
        #[arg(default_value_t = 256)]
        clients: usize,
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
        Drill::Kill {
            kills,
            database,
            seed,
        } => kill(database, kills, seed),
        Drill::Disk => disk(),
        Drill::Postgres { times } => postgres(times),
        Drill::Orders { database, clients } => {
            drill::orders::run(&database, clients).map_err(|error| error.to_string())
        }
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
        match simulate::explore(seed, length.min(rest), true) {
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

/// How long the server may take to be ready after a kill (promise 3).
const READY: Duration = Duration::from_secs(5);

fn kill(database: Database, kills: u32, seed: u64) -> Result<(), String> {
    let report = drill::kill::run(database, kills, seed)?;
    println!("{report}");
    if report.slowest_start > READY {
        return Err(format!("a start took longer than {} s", READY.as_secs()));
    }
    Ok(())
}

fn disk() -> Result<(), String> {
    for operation in OPERATIONS {
        let mut failed = 0;
        for number in 1.. {
            let trouble = Trouble::Fail { operation, number };
            let mut struck = false;
            for ending in [Ending::Stop, Ending::Kill, Ending::PowerCut] {
                let run = durability::run(trouble, ending, number, true);
                struck |= run
                    .map_err(|words| format!("{trouble:?}, then {ending:?}: {words}"))?
                    .struck;
            }
            if !struck {
                break;
            }
            failed += 1;
        }
        println!("{operation:?}: {failed} operations failed in turn, nothing was lost");
    }
    let full = full_disk::run()?;
    println!(
        "{}",
        full.unwrap_or_else(|| "full disk: skipped, no file system may be mounted here".to_owned())
    );
    Ok(())
}

fn postgres(times: u32) -> Result<(), String> {
    for (seed, disturbance) in DISTURBANCES.into_iter().enumerate() {
        println!("{}", disturb(disturbance, times, seed as u64)?);
    }
    println!("{}", two_nodes(Duration::from_secs(20))?);
    Ok(())
}
