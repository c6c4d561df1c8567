//! The kill loop: the real program under load, killed at random moments and started again; what clients wrote down is compared
//! with what is there.

use std::fmt;
use std::thread;
use std::time::Duration;

use rand::{Rng as _, SeedableRng as _, rngs::SmallRng};

use crate::clients::{Http, Journal, LEAST, Signals, crowd};
use crate::cluster::Cluster;
use crate::server::{Scratch, Server};
use crate::town;

/// Which database runs below.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Database {
    /// One file.
    Sqlite,
    /// A server of its own, made for the drill.
    Postgres,
}

/// What a kill loop did.
#[derive(Clone, Debug)]
pub struct Report {
    /// Kills.
    pub kills: u32,
    /// Orders acknowledged.
    pub placed: usize,
    /// Orders refused.
    pub refused: usize,
    /// Sendings without an answer.
    pub again: u64,
    /// The longest time from a start until the server was ready.
    pub slowest_start: Duration,
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{} kills: {} orders acknowledged, {} refused, {} sendings without an answer; 0 lost, 0 doubled; ready after \
             {:.2} s at the latest",
            self.kills,
            self.placed,
            self.refused,
            self.again,
            self.slowest_start.as_secs_f64()
        )
    }
}

/// Kills the server so many times.
///
/// # Errors
/// What was lost, doubled or otherwise wrong.
pub fn run(database: Database, kills: u32, seed: u64) -> Result<Report, String> {
    let scratch = Scratch::new()?;
    let cluster = match database {
        Database::Sqlite => None,
        Database::Postgres => Some(Cluster::start()?),
    };
    let url = match &cluster {
        None => format!("sqlite:{}", scratch.0.join("town.db").display()),
        Some(cluster) => cluster.url.clone(),
    };
    let town = town::found(&url)?;
    let mut server = Server::new(&url, &scratch.0)?;
    let mut slowest_start = server.start()?;
    let signals = Signals::default();
    let http = Http::new(&[server.url()], &town);
    let mut random = SmallRng::seed_from_u64(seed);
    let (journal, killed) = thread::scope(|scope| {
        let crowd = scope.spawn(|| crowd(&signals, |wish| http.send(wish)));
        let mut killing = || -> Result<(), String> {
            for _ in 0..kills {
                thread::sleep(Duration::from_millis(random.random_range(20..400)));
                server.kill();
                slowest_start = slowest_start.max(server.start()?);
            }
            Ok(())
        };
        let killed = killing();
        signals.stop_after(LEAST);
        (crowd.join(), killed)
    });
    killed?;
    let journal: Journal = journal.map_err(|_| "a client panicked".to_owned())?;
    server.stop()?;
    server.check()?;
    let mut findings = town::check(&url, &town, &journal)?;
    findings.extend(journal.findings.iter().cloned());
    let odd = journal.refused.keys().filter(|why| *why != "allotment");
    findings.extend(odd.map(|why| format!("refused: {why}")));
    if !findings.is_empty() {
        return Err(findings.join("\n"));
    }
    Ok(Report {
        kills,
        placed: journal.orders.len(),
        refused: journal.refused.values().sum(),
        again: journal.again,
        slowest_start,
    })
}
