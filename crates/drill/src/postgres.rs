//! PostgreSQL that loses connections, crashes, loses races and serves two nodes: each command is done once or reported.

use std::fmt;
use std::thread;
use std::time::Duration;

use baogong::MIGRATIONS;
use rand::{Rng as _, SeedableRng as _, rngs::SmallRng};
use store::Db;

use crate::clients::{Http, Journal, LEAST, Signals, crowd, send_to};
use crate::cluster::Cluster;
use crate::server::{Scratch, Server};
use crate::town::{self, Town};

/// What disturbs the writer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disturbance {
    /// The connection is cut, wherever the writer is.
    Cut,
    /// The server is restarted; sessions are ended in order.
    Restart,
    /// The server crashes and comes back.
    Crash,
    /// Others change the same rows, under the isolation level serializable.
    Race,
    /// Others lock the same rows in the other order.
    Deadlock,
}

/// Every disturbance.
pub const DISTURBANCES: [Disturbance; 5] = [
    Disturbance::Cut,
    Disturbance::Restart,
    Disturbance::Crash,
    Disturbance::Race,
    Disturbance::Deadlock,
];

/// What a drill did.
#[derive(Clone, Debug)]
pub struct Report {
    /// What was drilled.
    pub drill: String,
    /// Orders acknowledged.
    pub placed: usize,
    /// Orders refused.
    pub refused: usize,
    /// Sendings that were answered with a fault or not at all.
    pub again: u64,
    /// Transactions that the writer tried again by itself.
    pub retries: u64,
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{}: {} orders acknowledged, {} refused, {} sent again by clients, {} transactions tried again by the writer; \
             0 lost, 0 doubled",
            self.drill, self.placed, self.refused, self.again, self.retries
        )
    }
}

/// Disturbs a writer `times` times while clients order.
///
/// # Errors
/// What was lost, doubled or otherwise wrong.
pub fn disturb(disturbance: Disturbance, times: u32, seed: u64) -> Result<Report, String> {
    let cluster = Cluster::start()?;
    let town = town::found(&cluster.url)?;
    let url = match disturbance {
        Disturbance::Race => format!(
            "{}?options=-c%20default_transaction_isolation%3Dserializable",
            cluster.url
        ),
        _ => cluster.url.clone(),
    };
    let node = Db::open(&url, MIGRATIONS).map_err(|fault| fault.to_string())?;
    let nodes = [node.clone()];
    let signals = Signals::default();
    let mut random = SmallRng::seed_from_u64(seed);
    let (journal, disturbed) = thread::scope(|scope| {
        let crowd = scope.spawn(|| crowd(&signals, |wish| send_to(&nodes, &town, wish)));
        let disturbed = (0..times).try_for_each(|_| {
            thread::sleep(Duration::from_millis(random.random_range(20..250)));
            once(&cluster, disturbance)
        });
        signals.stop_after(LEAST);
        (crowd.join(), disturbed)
    });
    disturbed?;
    let journal = journal.map_err(|_| "a client panicked".to_owned())?;
    let retries = node.counters().retries;
    drop(nodes);
    node.close();
    report(
        &format!("{disturbance:?}, {times} times"),
        &cluster.url,
        &town,
        &journal,
        retries,
    )
}

fn once(cluster: &Cluster, disturbance: Disturbance) -> Result<(), String> {
    // A rival that loses the race itself has disturbed all the same.
    match disturbance {
        Disturbance::Cut => cluster.cut(),
        Disturbance::Restart => cluster.down("fast").and_then(|()| cluster.up()),
        Disturbance::Crash => cluster.down("immediate").and_then(|()| cluster.up()),
        Disturbance::Race => {
            let _ = cluster.sql(
                "BEGIN ISOLATION LEVEL SERIALIZABLE; SELECT SUM(posted) FROM account;
                 UPDATE account SET posted = posted WHERE name LIKE 'allotment/%'; COMMIT",
            );
            Ok(())
        }
        Disturbance::Deadlock => {
            for _ in 0..5 {
                let _ = cluster.sql(
                    "DO $$ DECLARE one RECORD; BEGIN
                         FOR one IN SELECT id FROM account WHERE name LIKE 'allotment/%' ORDER BY id DESC LOOP
                             PERFORM 1 FROM account WHERE id = one.id FOR UPDATE;
                         END LOOP;
                     END $$",
                );
            }
            Ok(())
        }
    }
}

fn report(drill: &str, url: &str, town: &Town, journal: &Journal, retries: u64) -> Result<Report, String> {
    let mut findings = town::check(url, town, journal)?;
    findings.extend(journal.findings.iter().cloned());
    let odd = journal.refused.keys().filter(|why| *why != "allotment");
    findings.extend(odd.map(|why| format!("refused: {why}")));
    if !findings.is_empty() {
        return Err(format!("{drill}: {}", findings.join("\n")));
    }
    Ok(Report {
        drill: drill.to_owned(),
        placed: journal.orders.len(),
        refused: journal.refused.values().sum(),
        again: journal.again,
        retries,
    })
}

/// Two real servers over one database take orders for the same round; one of them is killed and comes back.
///
/// # Errors
/// What was lost, doubled or otherwise wrong.
pub fn two_nodes(time: Duration) -> Result<Report, String> {
    let scratch = Scratch::new()?;
    let cluster = Cluster::start()?;
    let town = town::found(&cluster.url)?;
    let mut first = Server::new(&cluster.url, &scratch.0)?;
    let mut second = Server::new(&cluster.url, &scratch.0)?;
    first.start()?;
    second.start()?;
    let signals = Signals::default();
    let http = Http::new(&[first.url(), second.url()], &town);
    let (journal, killed) = thread::scope(|scope| {
        let crowd = scope.spawn(|| crowd(&signals, |wish| http.send(wish)));
        thread::sleep(time / 2);
        second.kill();
        let killed = second.start();
        thread::sleep(time / 2);
        signals.stop_after(LEAST);
        (crowd.join(), killed)
    });
    killed?;
    let journal = journal.map_err(|_| "a client panicked".to_owned())?;
    first.stop()?;
    second.stop()?;
    first.check()?;
    report("two nodes on one database", &cluster.url, &town, &journal, 0)
}
