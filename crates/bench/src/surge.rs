//! The rush: the real server under one load after the other, the peers beside it, and the report.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::Outcome;
use crate::county::County;
use crate::figures::{Load, Report, Row};
use crate::peers::cluster::Cluster;
use crate::peers::postgres::Way;
use crate::peers::sqlite::Grouping;
use crate::peers::{self, Setting};
use crate::process::{Scratch, on_path, output};
use crate::stand::{Stand, remove, stands};

/// What is measured.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Who orders.
    pub county: County,
    /// Closed loops with so many clients.
    pub clients: Vec<usize>,
    /// Open loops at so many requests a second.
    pub rates: Vec<u32>,
    /// Connections of an open loop.
    pub connections: usize,
    /// How long each run lasts, unless everybody has ordered before.
    pub lasting: Duration,
    /// The seed of the mix and of the arrivals.
    pub seed: u64,
    /// Whether the server is measured on SQLite.
    pub on_sqlite: bool,
    /// Whether the server is measured on PostgreSQL.
    pub on_postgres: bool,
    /// How many servers share one PostgreSQL in the runs that measure it; with one there are no such runs.
    pub nodes: usize,
    /// Whether other designs are measured.
    pub peers: bool,
    /// The server's program, if it was named.
    pub server: Option<PathBuf>,
    /// A PostgreSQL server that runs already.
    pub postgres: Option<String>,
    /// The folder whose disk is measured.
    pub data: PathBuf,
    /// Whether the data stay.
    pub keep: bool,
}

/// Runs everything: for each number of clients the server and the peers one after the other, so that what else goes on
/// on the machine meets all of them; then the open loops and what knows no clients.
pub async fn run(plan: &Plan) -> Outcome<Report> {
    let scratch = Scratch::new(&plan.data, plan.keep)?;
    let folder = scratch.path.as_path();
    let mut report = Report {
        machine: machine(plan, folder),
        ..Report::default()
    };
    let cluster = match (&plan.postgres, plan.on_postgres || plan.peers) {
        (_, false) => None,
        (Some(url), true) => Some(Cluster::named(url)),
        (None, true) => Cluster::start(&folder.join("postgres"))?,
    };
    if cluster.is_none() && (plan.on_postgres || plan.peers) {
        report
            .left_out
            .push("PostgreSQL: its programs were not found (Debian package postgresql)".into());
    }
    let stands = stands(plan, folder, cluster.as_ref()).await?;
    let peers = plan.peers.then(|| Peers::find(plan, folder, cluster.as_ref()));
    for clients in plan.clients.iter().copied() {
        for stand in &stands {
            for nodes in stand.nodes() {
                keep(
                    &mut report,
                    folder,
                    stand.one(Load::Clients(clients), nodes).await?,
                )?;
            }
        }
        if let Some(peers) = &peers {
            peers.with_clients(clients, &mut report).await?;
        }
    }
    for rate in plan.rates.iter().copied() {
        for stand in stands.iter().filter(|stand| stand.usual()) {
            keep(&mut report, folder, stand.one(Load::Rate(rate), 1).await?)?;
        }
    }
    if let Some(peers) = &peers {
        peers.without_clients(&mut report).await?;
        in_process(&stands, plan, folder, &mut report).await?;
    }
    for stand in stands {
        stand.clear().await?;
    }
    Ok(report)
}

/// Takes a row into the report, with the state of the disk, which changes from minute to minute on many machines.
fn keep(report: &mut Report, folder: &Path, mut row: Row) -> Outcome {
    row.sync_ms = Some(peers::log::sync_ms(folder)?);
    print_row(&row);
    report.rows.push(row);
    Ok(())
}

/// The other designs, as far as their programs are there.
struct Peers<'a> {
    plan: &'a Plan,
    data: PathBuf,
    folder: PathBuf,
    redis: Option<PathBuf>,
    cluster: Option<&'a Cluster>,
}

impl<'a> Peers<'a> {
    fn find(plan: &'a Plan, folder: &Path, cluster: Option<&'a Cluster>) -> Self {
        Self {
            plan,
            data: folder.to_path_buf(),
            folder: folder.join("peer"),
            redis: on_path("redis-server"),
            cluster,
        }
    }

    fn setting(&self, clients: usize, county: County) -> Setting {
        Setting {
            county,
            clients,
            lasting: self.plan.lasting,
            seed: self.plan.seed,
            folder: self.folder.clone(),
        }
    }

    async fn with_clients(&self, clients: usize, report: &mut Report) -> Outcome {
        let usual = self.setting(clients, self.plan.county);
        keep(report, &self.data, peers::log::measure(&usual).await?)?;
        for grouping in [Grouping::Single, Grouping::Waiting] {
            keep(
                report,
                &self.data,
                peers::sqlite::measure(&usual, grouping).await?,
            )?;
        }
        if let Some(program) = &self.redis {
            keep(report, &self.data, peers::redis::measure(program, &usual).await?)?;
        }
        let Some(cluster) = self.cluster else {
            return Ok(());
        };
        let hot = County::new(self.plan.county.households, 1);
        let mut counties = vec![self.plan.county, hot];
        // A county of one compound is hot already.
        counties.dedup();
        for county in counties {
            for way in [Way::Statements, Way::Function] {
                let setting = self.setting(clients, county);
                keep(
                    report,
                    &self.data,
                    peers::postgres::measure(cluster, &setting, way).await?,
                )?;
            }
        }
        Ok(())
    }

    async fn without_clients(&self, report: &mut Report) -> Outcome {
        let alone = self.setting(1, self.plan.county);
        keep(report, &self.data, peers::log::measure(&alone).await?)?;
        keep(report, &self.data, peers::ledger::measure(&alone))?;
        remove(&self.folder)?;
        if self.redis.is_none() {
            report
                .left_out
                .push("Redis: redis-server was not found (Debian package redis-server)".into());
        }
        Ok(())
    }
}

/// The order path without HTTP, on each database that the server was measured on.
async fn in_process(stands: &[Stand<'_>], plan: &Plan, folder: &Path, report: &mut Report) -> Outcome {
    let Some(program) = peers::orders::program() else {
        let words = "the order path without HTTP: build it with `cargo build --release -p drill`";
        report.left_out.push(words.into());
        return Ok(());
    };
    let clients = plan.clients.get(plan.clients.len() / 2).copied().unwrap_or(256);
    for stand in stands.iter().filter(|stand| stand.usual()) {
        let (row, told) = stand.in_process(&program, clients).await?;
        keep(report, folder, row)?;
        let named = told
            .into_iter()
            .map(|(name, value)| (stand.engine().to_string(), name, value));
        report.in_process.extend(named);
    }
    Ok(())
}

/// One line while the run goes on.
fn print_row(row: &Row) {
    let p99 = row
        .p99_ms
        .map_or(String::new(), |p99| format!(", p99 {p99:.1} ms"));
    let found = if row.findings.is_empty() {
        String::new()
    } else {
        format!(" FINDINGS: {:?}", row.findings)
    };
    println!(
        "  {} ({:?}): {:.0} orders/s{p99}{found}",
        row.design, row.load, row.orders_per_s
    );
}

fn machine(plan: &Plan, folder: &Path) -> Vec<(String, String)> {
    let first = |file: &str, key: &str| {
        let text = std::fs::read_to_string(file).ok()?;
        let line = text.lines().find(|line| line.starts_with(key))?;
        Some(line.split_once(':')?.1.trim().to_string())
    };
    let unknown = || "unknown".to_string();
    let date = output(Command::new("date").args(["-u", "+%F %R UTC"]));
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let file_system = output(Command::new("df").args(["--output=fstype,source"]).arg(folder));
    let file_system = file_system
        .ok()
        .and_then(|text| text.lines().nth(1).map(str::to_string));
    [
        (
            "processor",
            first("/proc/cpuinfo", "model name").unwrap_or_else(unknown),
        ),
        ("cores", cores.to_string()),
        (
            "memory",
            first("/proc/meminfo", "MemTotal").unwrap_or_else(unknown),
        ),
        ("disk", file_system.unwrap_or_else(unknown)),
        ("households", plan.county.households.to_string()),
        ("compounds", plan.county.compounds.to_string()),
        ("each run at most", format!("{} s", plan.lasting.as_secs())),
        ("generator", "one thread on the same cores".to_string()),
        (
            "date",
            date.map_or_else(|_| unknown(), |text| text.trim().to_string()),
        ),
    ]
    .map(|(name, value)| (name.to_string(), value))
    .to_vec()
}
