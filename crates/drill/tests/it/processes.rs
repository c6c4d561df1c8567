//! The real program: killed, without disk space, on a PostgreSQL that comes and goes, and on two nodes.

use std::time::Duration;

use drill::clients::LEAST;
use drill::cluster;
use drill::kill::{self, Database};
use drill::postgres::{DISTURBANCES, Disturbance, disturb, two_nodes};

const KILLS: u32 = 20;

/// Whether PostgreSQL is installed; a test that needs it says so and passes where it is not.
fn postgres() -> bool {
    let at_hand = cluster::at_hand();
    if !at_hand {
        println!("skipped: PostgreSQL is not installed");
    }
    at_hand
}

/// Promise 3: what was acknowledged survives SIGKILL, once.
#[test]
fn killed_servers_lose_and_double_nothing_on_sqlite() {
    let report = kill::run(Database::Sqlite, KILLS, 1).unwrap();
    println!("SQLite: {report}");
    assert!(report.placed >= LEAST && report.again > 0, "{report}");
}

#[test]
fn killed_servers_lose_and_double_nothing_on_postgres() {
    if postgres() {
        let report = kill::run(Database::Postgres, KILLS, 2).unwrap();
        println!("PostgreSQL: {report}");
        assert!(report.placed >= LEAST && report.again > 0, "{report}");
    }
}

/// Promise 5: a full disk stops writing and nothing else.
#[test]
fn a_full_disk_acknowledges_nothing_that_is_not_there() {
    match drill::full_disk::run().unwrap() {
        Some(words) => println!("{words}"),
        None => println!(
            "skipped: no file system may be mounted here; the disk in memory is drilled all the same"
        ),
    }
}

#[test]
fn a_postgres_that_comes_and_goes_loses_and_doubles_nothing() {
    if !postgres() {
        return;
    }
    for (seed, disturbance) in DISTURBANCES.into_iter().enumerate() {
        let report = disturb(disturbance, 12, seed as u64).unwrap();
        println!("{report}");
        assert!(report.placed >= LEAST, "{report}");
        if matches!(
            disturbance,
            Disturbance::Cut | Disturbance::Restart | Disturbance::Crash
        ) {
            assert!(
                report.again + report.retries > 0,
                "nothing was disturbed: {report}"
            );
        }
    }
}

/// Two nodes on one database: the allotment is exact, one order per household, the audit chains whole.
#[test]
fn two_nodes_take_orders_for_the_same_round() {
    if postgres() {
        let report = two_nodes(Duration::from_secs(6)).unwrap();
        println!("{report}");
        assert!(report.placed >= LEAST && report.refused > 0, "{report}");
    }
}
