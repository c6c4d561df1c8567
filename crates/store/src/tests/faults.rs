//! Lost races, lost connections, full disks.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use super::*;
use crate::{Engine, testing::Guard};

stmt!(
    FILL,
    "INSERT INTO every_type (id, whole, small, truth, real, words, bytes)
     VALUES ($1, NULL, NULL, NULL, NULL, NULL, $2)"
);

fn serializable(url: &str) -> String {
    let sign = if url.contains('?') { '&' } else { '?' };
    format!("{url}{sign}options=-c%20default_transaction_isolation%3Dserializable")
}

/// Ends all connections of the database, as a restart of the server does.
fn cut_connections(guard: &Guard) {
    let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
               WHERE datname = current_database() AND pid <> pg_backend_pid()";
    testing::on_server(guard.url(), sql).unwrap();
}

#[test]
fn a_lost_race_is_tried_again_until_it_is_won() {
    let Some(guard) = Guard::postgres() else { return };
    let url = serializable(guard.url());
    let (first, second) = (
        Db::open(&url, &MIGRATIONS).unwrap(),
        Db::open(&url, &MIGRATIONS).unwrap(),
    );
    let runs = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&runs);
    let (entered, inside) = mpsc::channel();
    let (go, wait) = mpsc::channel::<()>();
    // Both look at all accounts and then add one: only one order of the two is serializable.
    let racing = first.clone();
    let racer = std::thread::spawn(move || {
        racing.write_blocking(move |tx| {
            let seen = tx.rows(&NUMBERS, &params![])?.len() as i64;
            if counted.fetch_add(1, Ordering::SeqCst) == 0 {
                entered.send(()).unwrap();
                wait_for(&wait);
            }
            tx.run(&ADD_ACCOUNT, &params![100 + seen, seen, None::<String>])?;
            Ok::<_, Fault>(seen)
        })
    });
    wait_for(&inside);
    second
        .write_blocking(|tx| {
            let seen = tx.rows(&NUMBERS, &params![])?.len() as i64;
            tx.run(&ADD_ACCOUNT, &params![200 + seen, seen, None::<String>])
        })
        .unwrap();
    go.send(()).unwrap();
    // The second try has seen what the other wrote.
    assert_eq!(racer.join().unwrap(), Ok(1));
    assert_eq!(runs.load(Ordering::SeqCst), 2);
    assert!(first.counters().retries >= 1);
    assert_eq!(totals(&first), (2, 1));
}

#[test]
fn two_nodes_on_one_database_lose_and_double_nothing() {
    let Some(guard) = Guard::postgres() else { return };
    for url in [guard.url().to_owned(), serializable(guard.url())] {
        let nodes = [
            Db::open(&url, &MIGRATIONS).unwrap(),
            Db::open(&url, &MIGRATIONS).unwrap(),
        ];
        // The second round finds the account of the first.
        let _ = add(&nodes[0], 1, 0);
        let before = totals(&nodes[0]).1;
        let threads: Vec<_> = (0..8)
            .map(|thread| {
                let db = nodes[thread % 2].clone();
                std::thread::spawn(move || {
                    (0..25)
                        .filter(|_| db.write_blocking(|tx| tx.run(&MOVE, &params![1, 1])) == Ok(1))
                        .count() as i64
                })
            })
            .collect();
        let acknowledged: i64 = threads.into_iter().map(|thread| thread.join().unwrap()).sum();
        assert!(acknowledged > 0);
        assert_eq!(totals(&nodes[0]).1 - before, acknowledged);
    }
}

#[test]
fn a_lost_connection_is_replaced_and_the_command_runs_again() {
    let Some(mut guard) = Guard::postgres() else {
        return;
    };
    let db = guard.open(&MIGRATIONS).unwrap();
    assert_eq!(totals(&db), (0, 0));
    // Cut while idle.
    cut_connections(&guard);
    add(&db, 1, 1).unwrap();
    assert_eq!(totals(&db), (1, 1));
    // Cut in the middle of a command.
    let runs = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&runs);
    let (entered, inside) = mpsc::channel();
    let (go, wait) = mpsc::channel::<()>();
    let writing = db.clone();
    let writer = std::thread::spawn(move || {
        writing.write_blocking(move |tx| {
            tx.run(&ADD_ACCOUNT, &params![2, 1, None::<String>])?;
            if counted.fetch_add(1, Ordering::SeqCst) == 0 {
                entered.send(()).unwrap();
                wait_for(&wait);
            }
            tx.run(&MOVE, &params![2, 1])
        })
    });
    wait_for(&inside);
    cut_connections(&guard);
    go.send(()).unwrap();
    assert_eq!(writer.join().unwrap(), Ok(1));
    assert_eq!(runs.load(Ordering::SeqCst), 2);
    assert_eq!(totals(&db), (2, 3));
    assert!(db.healthy());
}

#[test]
fn a_connection_cut_during_commit_leaves_the_outcome_unknown() {
    static CUTTING: [Migration; 3] = [
        MIGRATIONS[0],
        MIGRATIONS[1],
        Migration {
            number: 3,
            name: "cut at commit",
            sql: "/*postgres CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS
                    'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END';
                  CREATE CONSTRAINT TRIGGER cut AFTER INSERT ON every_type DEFERRABLE INITIALLY DEFERRED
                    FOR EACH ROW EXECUTE FUNCTION cut();*/",
            then: None,
        },
    ];
    let Some(mut guard) = Guard::postgres() else {
        return;
    };
    let db = guard.open(&CUTTING).unwrap();
    let result = db.write_blocking(|tx| tx.run(&FILL, &params![[1_u8; 16], [0_u8; 4]]));
    assert_eq!(result, Err(Fault::Unknown));
    assert!(result.unwrap_err().is_transient());
    add(&db, 1, 1).unwrap();
    assert!(db.healthy());
}

#[test]
fn a_server_that_goes_away_is_reported_and_found_again() {
    let Some(mut guard) = Guard::postgres() else {
        return;
    };
    let db = guard.open(&MIGRATIONS).unwrap();
    let name = guard
        .url()
        .rsplit('/')
        .next()
        .unwrap()
        .split('?')
        .next()
        .unwrap()
        .to_owned();
    let admin = std::env::var(testing::POSTGRES_VARIABLE).unwrap();
    testing::on_server(&admin, &format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false")).unwrap();
    let sql = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
    testing::on_server(&admin, &sql).unwrap();
    let away = add(&db, 1, 1);
    assert!(away.is_err(), "{away:?}");
    assert!(!db.healthy());
    testing::on_server(&admin, &format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true")).unwrap();
    add(&db, 1, 1).unwrap();
    assert!(db.healthy());
}

#[test]
fn a_full_disk_stops_writing_but_not_reading() {
    stmt!(LIMIT_PAGES, sqlite: "PRAGMA max_page_count = 60", postgres: "SELECT 60");
    let (_, db, _guard) = databases().swap_remove(0);
    assert_eq!(db.engine(), Engine::Sqlite);
    add(&db, 1, 1).unwrap();
    db.write_blocking(|tx| tx.rows(&LIMIT_PAGES, &params![])).unwrap();
    let full = db.write_blocking(|tx| tx.run(&FILL, &params![[1_u8; 16], vec![7_u8; 1 << 20]]));
    assert!(matches!(full, Err(Fault::Disk { .. })), "{full:?}");
    assert!(!db.healthy());
    let after = add(&db, 2, 1);
    assert!(matches!(after, Err(Fault::Disk { .. })), "{after:?}");
    assert_eq!(totals(&db), (1, 1));
}
