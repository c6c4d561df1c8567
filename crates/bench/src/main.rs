//! The rush as a benchmark: `cargo run --release -p bench -- surge`.
//!
//! It starts the real server on a fresh county, lets everybody order at once, counts what came of it, and measures other
//! designs beside it in the same run. Figures are told, never asserted; what is asserted is that nothing acknowledged
//! is missing or doubled.

mod count;
mod county;
mod figures;
mod load;
mod peers;
mod process;
mod server;
mod setup;
mod stand;
mod surge;
mod table;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

use county::County;
use surge::Plan;

/// What comes of a step: a value, or in words what went wrong and what to do.
pub type Outcome<T = ()> = Result<T, String>;

/// Households in a compound, unless it is said how many compounds there are.
const HOUSEHOLDS_PER_COMPOUND: u32 = 250;

/// Benchmarks of the whole server.
#[derive(Parser)]
#[command(name = "bench", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Benchmark,
}

#[derive(Subcommand)]
enum Benchmark {
    /// Everybody orders at once.
    Surge(Surge),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Engine {
    Sqlite,
    Postgres,
}

#[derive(Args)]
struct Surge {
    /// Households that order, once each in every run.
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(1..=2_000_000))]
    households: u32,
    /// Compounds that they live in; 250 households in each without it. With 1, all packs come from one hot account.
    #[arg(long)]
    compounds: Option<u32>,
    /// Clients of the closed loops, one run each.
    #[arg(long, value_delimiter = ',', default_values_t = [64, 256, 1_024])]
    clients: Vec<usize>,
    /// Requests a second of the open loops, one run each.
    #[arg(long, value_delimiter = ',', default_values_t = [2_000, 5_000, 10_000, 20_000])]
    rates: Vec<u32>,
    /// Connections that an open loop shares.
    #[arg(long, default_value_t = 4_096)]
    connections: usize,
    /// How long a run lasts at most, in seconds.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// The seed of the requests and of their arrival.
    #[arg(long, default_value_t = 431_023)]
    seed: u64,
    /// The databases that the server is measured on.
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = [Engine::Sqlite, Engine::Postgres])]
    engines: Vec<Engine>,
    /// Servers that share one PostgreSQL in the runs that measure that: in one district, and with a district each. With 1
    /// there are no such runs.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=4))]
    nodes: u8,
    /// Measure the server only.
    #[arg(long)]
    no_peers: bool,
    /// Measure the other designs only.
    #[arg(long, conflicts_with = "no_peers")]
    only_peers: bool,
    /// The server's program; built and taken from beside this one without it.
    #[arg(long)]
    server: Option<PathBuf>,
    /// A PostgreSQL server that runs already; one is started on the same disk without it.
    #[arg(long)]
    postgres: Option<String>,
    /// A folder on the disk that is to be measured.
    #[arg(long, default_value_os_t = std::env::temp_dir())]
    data: PathBuf,
    /// Leave the data where they are.
    #[arg(long)]
    keep: bool,
    /// Write the figures as JSON.
    #[arg(long)]
    json: Option<PathBuf>,
    /// Write the tables as Markdown.
    #[arg(long)]
    markdown: Option<PathBuf>,
    /// A small run that only shows that it works.
    #[arg(long, conflicts_with_all = ["households", "clients", "rates", "seconds", "connections", "engines"])]
    quick: bool,
}

impl Surge {
    fn plan(&self) -> Plan {
        let households = if self.quick { 2_000 } else { self.households };
        let compounds = self.compounds.unwrap_or(households / HOUSEHOLDS_PER_COMPOUND);
        let on = |engine| !self.only_peers && self.engines.contains(&engine);
        let mut plan = Plan {
            county: County::new(households, compounds),
            clients: self.clients.clone(),
            rates: self.rates.clone(),
            connections: self.connections,
            lasting: Duration::from_secs(self.seconds),
            seed: self.seed,
            on_sqlite: on(Engine::Sqlite),
            on_postgres: on(Engine::Postgres),
            nodes: usize::from(self.nodes),
            peers: !self.no_peers,
            server: self.server.clone(),
            postgres: self.postgres.clone(),
            data: self.data.clone(),
            keep: self.keep,
        };
        if self.quick {
            plan.clients = vec![16];
            plan.rates = vec![100];
            plan.connections = 64;
            plan.lasting = Duration::from_secs(2);
            plan.on_postgres = false;
        }
        plan
    }
}

fn main() -> ExitCode {
    let Benchmark::Surge(surge) = Cli::parse().command;
    match measure(&surge) {
        Ok(code) => code,
        Err(words) => {
            eprintln!("{words}");
            ExitCode::FAILURE
        }
    }
}

fn measure(surge: &Surge) -> Outcome<ExitCode> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("runtime: {error}"))?;
    let report = tokio::task::LocalSet::new().block_on(&runtime, surge::run(&surge.plan()))?;
    let tables = report.markdown();
    println!("{tables}");
    if let Some(path) = &surge.markdown {
        write(path, &tables)?;
    }
    if let Some(path) = &surge.json {
        let all = serde_json::json!({"report": report, "ratios": report.ratios()});
        write(path, &format!("{all:#}\n"))?;
    }
    if report.findings().is_empty() {
        println!("nothing that was acknowledged is missing or doubled");
        return Ok(ExitCode::SUCCESS);
    }
    Ok(ExitCode::FAILURE)
}

fn write(path: &PathBuf, text: &str) -> Outcome {
    std::fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    fn plan(arguments: &[&str]) -> Plan {
        let line = ["bench", "surge"].iter().chain(arguments);
        let Benchmark::Surge(surge) = Cli::try_parse_from(line).unwrap().command;
        surge.plan()
    }

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
        let usual = plan(&[]);
        assert_eq!((usual.county.compounds, usual.clients.len()), (400, 3));
        assert!(usual.on_sqlite && usual.on_postgres && usual.peers);
        assert_eq!((usual.nodes, plan(&["--nodes", "1"]).nodes), (2, 1));
        assert_eq!(plan(&["--clients", "8,9", "--compounds", "1"]).clients, [8, 9]);
        let quick = plan(&["--quick"]);
        assert_eq!(quick.county, County::new(2_000, 8));
        assert!(!plan(&["--only-peers"]).on_sqlite);
        assert!(!plan(&["--engines", "postgres"]).on_sqlite);
    }
}
