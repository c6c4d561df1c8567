//! The server on a database: prepared once, copied for each run, rushed on one node or several, and counted afterwards.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::rc::Rc;

use tokio::time::Instant;

use crate::Outcome;
use crate::count::count;
use crate::county::{County, DISTRICTS};
use crate::figures::{HOT, Load, OURS, Row};
use crate::load::mix::Mix;
use crate::load::pages::{Page, Readers};
use crate::load::resident::{Links, residents};
use crate::load::schedule::arrivals;
use crate::load::{closed, open};
use crate::peers;
use crate::peers::cluster::Cluster;
use crate::peers::orders::Figure;
use crate::process::{output, peak_memory_mib, processor_us, written_bytes};
use crate::server::{self, Database, Server, Session};
use crate::setup::{Prepared, prepare};
use crate::surge::Plan;

/// The databases of a prepared county, and of the same households in several districts.
const TEMPLATE: &str = "bench_prepared";
const TEMPLATE_OF_DISTRICTS: &str = "bench_prepared_districts";
/// The database of a run on PostgreSQL.
const RUSH: &str = "bench_rush";

/// The server on each database that is asked for, prepared.
pub async fn stands<'a>(
    plan: &'a Plan,
    folder: &'a Path,
    cluster: Option<&'a Cluster>,
) -> Outcome<Vec<Stand<'a>>> {
    let mut engines = Vec::new();
    if plan.on_sqlite {
        engines.push((Engine::Sqlite(folder), plan.county));
    }
    if let Some(cluster) = cluster.filter(|_| plan.on_postgres) {
        let of_districts = plan.county.in_districts(plan.nodes);
        engines.push((Engine::Postgres(cluster, TEMPLATE), plan.county));
        if of_districts != plan.county {
            engines.push((Engine::Postgres(cluster, TEMPLATE_OF_DISTRICTS), of_districts));
        }
    }
    let mut stands = Vec::new();
    if engines.is_empty() {
        return Ok(stands);
    }
    let program = server::program(plan.server.as_deref())?;
    let log = folder.join("server.log");
    for (engine, county) in engines {
        if let Engine::Postgres(cluster, template) = &engine {
            cluster.make(template, None).await?;
        }
        let prepared = prepared(&program, &engine.template(), county, folder, &log).await?;
        stands.push(Stand {
            plan,
            program: program.clone(),
            engine,
            county,
            links: Rc::new(prepared.links.clone()),
            prepared,
            log: log.clone(),
        });
    }
    Ok(stands)
}

async fn prepared(
    program: &Path,
    database: &Database,
    county: County,
    folder: &Path,
    log: &Path,
) -> Outcome<Prepared> {
    let begun = Instant::now();
    let sheets = (0..county.districts as usize)
        .map(|district| county.write(district, &folder.join(format!("sheets-{district}"))))
        .collect::<Outcome<Vec<_>>>()?;
    let prepared = prepare(program, database, county, &sheets, log).await?;
    println!(
        "prepared {} households in {} compounds and {} districts in {:.1} s",
        county.households,
        county.compounds,
        county.districts,
        begun.elapsed().as_secs_f64()
    );
    Ok(prepared)
}

/// Where the server keeps its data.
enum Engine<'a> {
    Sqlite(&'a Path),
    /// With the name of the prepared database.
    Postgres(&'a Cluster, &'static str),
}

impl Engine<'_> {
    /// Where the prepared county is.
    fn template(&self) -> Database {
        match self {
            Engine::Sqlite(folder) => Database::Folder(folder.join("prepared")),
            Engine::Postgres(cluster, template) => Database::Address(cluster.database(template)),
        }
    }
}

/// The server on one engine, ready to be rushed.
pub struct Stand<'a> {
    plan: &'a Plan,
    program: PathBuf,
    engine: Engine<'a>,
    county: County,
    prepared: Prepared,
    links: Rc<Links>,
    log: PathBuf,
}

impl Stand<'_> {
    /// Removes what was prepared.
    pub async fn clear(self) -> Outcome {
        match &self.engine {
            Engine::Sqlite(folder) => remove(&folder.join("rush")),
            Engine::Postgres(cluster, template) => {
                cluster.remove(RUSH).await?;
                cluster.remove(template).await
            }
        }
    }

    /// A copy of the prepared database; everybody may order again.
    async fn fresh(&self) -> Outcome<Database> {
        match &self.engine {
            Engine::Sqlite(folder) => {
                let (from, to) = (folder.join("prepared"), folder.join("rush"));
                remove(&to)?;
                output(Command::new("cp").arg("-r").arg(&from).arg(&to))?;
                output(&mut Command::new("sync"))?;
                Ok(Database::Folder(to))
            }
            Engine::Postgres(cluster, template) => {
                cluster.make(RUSH, Some(template)).await?;
                cluster.settle().await?;
                Ok(Database::Address(cluster.database(RUSH)))
            }
        }
    }

    /// Whether this is the county as it was asked for, in one district.
    pub fn usual(&self) -> bool {
        self.county.districts == 1
    }

    /// On how many nodes it is rushed, one run each.
    pub fn nodes(&self) -> Vec<usize> {
        match self.engine {
            Engine::Postgres(..) if self.plan.nodes > 1 => vec![1, self.plan.nodes],
            _ => vec![1],
        }
    }

    /// What the database is called.
    pub fn engine(&self) -> &'static str {
        match self.engine {
            Engine::Sqlite(_) => "SQLite",
            Engine::Postgres(..) => "PostgreSQL",
        }
    }

    /// Whether all orders want the same few accounts, as the name of a run tells.
    fn hot(&self) -> &'static str {
        if self.county.compounds == 1 { HOT } else { "" }
    }

    /// What a run on so many nodes is called.
    fn name(&self, nodes: usize) -> String {
        let several = |count: usize, words: &str| match count {
            1 => String::new(),
            count => format!(", {count} {words}"),
        };
        let districts = several(self.county.districts as usize, "districts");
        let (engine, hot) = (self.engine(), self.hot());
        format!("{OURS} on {engine}{districts}{}{hot}", several(nodes, "nodes"))
    }

    /// The process that writes the data.
    fn writer(&self, servers: &[Server]) -> Option<u32> {
        match &self.engine {
            Engine::Sqlite(_) => servers.first().map(Server::id),
            Engine::Postgres(cluster, _) => cluster.process(),
        }
    }

    /// One rush of so many nodes on a fresh copy, and the counting afterwards.
    pub async fn one(&self, load: Load, nodes: usize) -> Outcome<Row> {
        let (plan, links) = (self.plan, &self.links);
        let database = self.fresh().await?;
        let mut servers = (0..nodes)
            .map(|_| Server::start(&self.program, &database, &self.log))
            .collect::<Outcome<Vec<_>>>()?;
        let addresses: Vec<SocketAddr> = servers.iter().map(|server| server.address).collect();
        let reader = Session::headquarters(addresses[0], DISTRICTS[0]).await?;
        let readers = Readers::begin(addresses[0], &reader.secret, &self.pages());
        let mix = Mix::new(self.county.households, plan.seed);
        let written = |servers: &[Server]| self.writer(servers).and_then(written_bytes);
        let of_servers = |servers: &[Server], figure: fn(u32) -> Option<u64>| {
            servers
                .iter()
                .map(|server| figure(server.id()))
                .sum::<Option<u64>>()
        };
        let busy = |servers: &[Server]| {
            (
                of_servers(servers, processor_us),
                processor_us(std::process::id()),
            )
        };
        let (before, busy_before) = (written(&servers), busy(&servers));
        let run = match load {
            Load::Clients(count) => closed(mix, residents(links, &addresses, count), plan.lasting).await?,
            Load::Rate(rate) => {
                let clients = residents(links, &addresses, plan.connections);
                open(mix, clients, arrivals(rate, plan.lasting, plan.seed)).await?
            }
            Load::Direct => return Err("a server is not called directly".into()),
        };
        let (after, busy_after) = (written(&servers), busy(&servers));
        let (pages, unread) = readers.end().await;
        let mut row = Row::of(self.name(nodes), load, &run)
            .written(before, after)
            .with_pages(&pages);
        row.against = (nodes > 1).then(|| self.name(1));
        row.peak_memory_mib = servers.iter().map(|server| peak_memory_mib(server.id())).sum();
        row.server_us_per_order = row.by_order(busy_before.0, busy_after.0);
        row.generator_us_per_order = row.by_order(busy_before.1, busy_after.1);
        for words in unread {
            *row.failed.entry(words).or_default() += 1;
        }
        if !servers.iter_mut().all(Server::runs) {
            row.findings.push("a server ended during the rush".into());
            return Ok(row);
        }
        row.findings = count(addresses[0], &self.prepared, &run).await?;
        for server in servers {
            server.stop()?;
        }
        row.findings.extend(server::check(&self.program, &database)?);
        Ok(row)
    }

    /// So many clients that call the order path directly, on a fresh copy: the row and all that was told.
    pub async fn in_process(&self, program: &Path, clients: usize) -> Outcome<(Row, Vec<Figure>)> {
        let address = match self.fresh().await? {
            Database::Folder(folder) => format!("sqlite:{}", folder.join("baogong.db").display()),
            Database::Address(address) => address,
        };
        let name = format!("{OURS} in process on {}{}", self.engine(), self.hot());
        let told = peers::orders::measure(program, &address, clients)?;
        Ok((peers::orders::row(name, clients, &told)?, told))
    }

    /// What is read meanwhile: the board, the rounds, the page on which staff take orders, a resident's own page.
    fn pages(&self) -> Vec<Page> {
        let compound = self.county.compound_code(0);
        let round = self.prepared.rounds[0].first;
        [
            ("board", "/board".to_string()),
            ("rounds", "/rounds".to_string()),
            (
                "taking orders",
                format!("/rounds/{round}/take?compound={compound}"),
            ),
            ("order form", format!("/o/{}", self.prepared.links.first[0])),
        ]
        .map(|(name, path)| Page {
            name: name.to_string(),
            path,
        })
        .to_vec()
    }
}

/// Removes a folder, if it is there.
pub fn remove(folder: &Path) -> Outcome {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(format!("{}: {error}", folder.display()))
        }
        _ => Ok(()),
    }
}
