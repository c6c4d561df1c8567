//! Inserts that PostgreSQL gets without being waited for, alone, as a set and by COPY.

use std::{
    net::{Shutdown, TcpListener, TcpStream},
    sync::{Arc, Mutex},
};

use super::*;
use crate::{Value, postgres::PostgresSession, target::postgres_config};

/// As many rows as go out in each of the three ways.
const SIZES: [i64; 3] = [1, 10, 200];

fn accounts(from: i64, count: i64) -> Vec<Vec<Value>> {
    (from..from + count)
        .map(|number| params![number, 1, None::<String>].to_vec())
        .collect()
}

/// The fault names the key that the rows broke.
fn assert_there_already(fault: &Fault, engine: &str, size: i64) {
    assert_eq!(
        fault.constraint(),
        Some("account_pkey"),
        "{engine}, {size} rows: {fault}"
    );
}

#[test]
fn a_failed_insert_is_the_fault_of_what_follows_it() {
    for (engine, db, _guard) in databases() {
        add(&db, 1_000, 1).unwrap();
        for size in SIZES {
            // The last row is there already.
            let rows = accounts(1_001 - size, size);
            let outcome = db.write_blocking(move |tx| {
                let inserted = tx.run_many(&ADD_ACCOUNT, &rows);
                let asked = tx.rows(&NUMBERS, &params![]);
                assert!(asked.is_err());
                assert_eq!(tx.run(&MOVE, &params![1_000, 1]), Err(asked.clone().unwrap_err()));
                inserted?;
                asked.map(|_| ())
            });
            let fault = outcome.unwrap_err();
            assert_there_already(&fault, &engine, size);
            assert_eq!(totals(&db), (1, 1), "{engine}");
        }
    }
}

#[test]
fn a_failed_insert_at_the_end_fails_its_closure() {
    for (engine, db, _guard) in databases() {
        add(&db, 1_000, 1).unwrap();
        for size in SIZES {
            let rows = accounts(1_001 - size, size);
            let outcome = db.write_blocking::<_, Fault>(move |tx| {
                tx.run_many(&ADD_ACCOUNT, &rows)?;
                Ok("done")
            });
            let fault = outcome.unwrap_err();
            assert_there_already(&fault, &engine, size);
            assert!(!fault.is_transient(), "{engine}");
        }
        assert_eq!(totals(&db), (1, 1), "{engine}");
    }
}

#[test]
fn a_failed_insert_of_one_command_of_a_batch_leaves_the_others() {
    for (engine, db, _guard) in databases() {
        add(&db, 1_000, 1).unwrap();
        let release = hold_writer(&db);
        // Every third command meets the account that is there; every fourth is refused after its rows were sent.
        let commands: Vec<_> = (0..12_i64)
            .map(|command| {
                let db = db.clone();
                let size = SIZES[(command / 3) as usize % SIZES.len()];
                let rows = match command % 3 {
                    0 => accounts(1_001 - size, size),
                    _ => accounts(10_000 * (command + 1), size),
                };
                std::thread::spawn(move || {
                    let outcome = db.write_blocking(move |tx| {
                        tx.run_many(&ADD_ACCOUNT, &rows)?;
                        if command % 4 == 1 {
                            Err(Fault::Busy)
                        } else {
                            Ok(())
                        }
                    });
                    (command, size, outcome)
                })
            })
            .collect();
        std::thread::sleep(std::time::Duration::from_millis(300));
        drop(release);
        let mut kept = 1;
        for command in commands {
            let (command, size, outcome) = command.join().unwrap();
            match (command % 3, command % 4) {
                (0, 1) => assert!(outcome.is_err(), "{engine}, {command}"),
                (_, 1) => assert_eq!(outcome, Err(Fault::Busy), "{engine}, {command}"),
                (0, _) => assert_eq!(
                    outcome.unwrap_err().constraint(),
                    Some("account_pkey"),
                    "{engine}, {command}"
                ),
                _ => {
                    assert_eq!(outcome, Ok(()), "{engine}, {command}");
                    kept += size;
                }
            }
        }
        assert_eq!(totals(&db), (kept, kept), "{engine}");
        assert!(db.counters().largest_batch > 1, "{engine}");
    }
}

#[test]
fn a_failed_insert_of_a_part_fails_the_closure_around_it() {
    for (engine, db, _guard) in databases() {
        add(&db, 1_000, 1).unwrap();
        for size in SIZES {
            let rows = accounts(1_001 - size, size);
            let outcome = db.write_blocking::<_, Fault>(move |tx| {
                tx.run(&ADD_ACCOUNT, &params![5, 1, None::<String>])?;
                // The part is refused for another reason, which does not heal what the database refused.
                let part: Result<(), Fault> = tx.attempt(|tx| {
                    tx.run_many(&ADD_ACCOUNT, &rows)?;
                    Err(Fault::Busy)
                });
                assert!(part.is_err());
                Ok(())
            });
            let fault = outcome.unwrap_err();
            assert_there_already(&fault, &engine, size);
            assert_eq!(totals(&db), (1, 1), "{engine}");
        }
    }
}

#[test]
fn rows_go_in_alike_whichever_way_they_are_sent() {
    stmt!(
        ADD_FIXED,
        "INSERT INTO every_type (id, whole, small, truth, real, words, bytes)
         VALUES ($1, 7, $2, $3, $4, '保供', $5)"
    );
    for (engine, db, _guard) in databases() {
        let row = |number: i64| {
            let id = Vec::from(u128::from(number as u64).to_be_bytes());
            let real = (number % 2 == 0).then_some(number as f64 / 4.0);
            params![id, number, number % 2 == 1, real, vec![number as u8; 3]].to_vec()
        };
        let mut next = 0;
        for size in SIZES {
            let rows: Vec<_> = (next..next + size).map(row).collect();
            next += size;
            let added = db.write_blocking::<_, Fault>(move |tx| tx.run_many(&ADD_FIXED, &rows));
            assert_eq!(added, Ok(size as u64), "{engine}");
        }
        for number in 0..next {
            let given = row(number);
            let key = given[0].clone();
            let found = db
                .read_blocking(move |tx| tx.row(&GET_EVERY_TYPE, &[key]))
                .unwrap()
                .unwrap();
            assert_eq!(found.get::<i64>(1), Ok(7), "{engine}");
            assert_eq!(found.get::<i64>(2), Ok(number), "{engine}");
            assert_eq!(found.get::<bool>(3), Ok(number % 2 == 1), "{engine}");
            let real = (number % 2 == 0).then_some(number as f64 / 4.0);
            assert_eq!(found.get::<Option<f64>>(4), Ok(real), "{engine}");
            assert_eq!(found.text(5), Ok("保供"), "{engine}");
            assert_eq!(found.blob(6), Ok(&[number as u8; 3][..]), "{engine}");
        }
    }
}

#[test]
fn values_that_do_not_fit_are_found_before_anything_is_committed() {
    for (engine, db, _guard) in databases() {
        if engine == "SQLite" {
            // It takes any value in any column.
            continue;
        }
        for size in SIZES {
            let mut rows = accounts(1, size);
            rows[size as usize - 1][1] = Value::Text("many".to_owned());
            let outcome = db.write_blocking::<_, Fault>(move |tx| {
                let inserted = tx.run_many(&ADD_ACCOUNT, &rows);
                assert!(inserted.is_err());
                Ok(())
            });
            assert!(
                matches!(outcome, Err(Fault::Statement { .. })),
                "{size} rows: {outcome:?}"
            );
            assert_eq!(totals(&db), (0, 0));
        }
    }
}

#[test]
fn a_batch_waits_for_what_it_reads_and_not_for_what_it_adds() {
    let Some(mut guard) = testing::Guard::postgres() else {
        return;
    };
    guard.open(&MIGRATIONS).unwrap();
    let config = postgres_config(guard.url()).unwrap();
    let mut session = PostgresSession::open(&config).unwrap();
    let batch = |session: &mut PostgresSession, from: i64| {
        let before = session.round_trips();
        session.begin_write().unwrap();
        let keys: Vec<_> = (from..from + 20).map(|number| params![number].to_vec()).collect();
        assert!(session.rows_many(&BALANCE, &keys).unwrap().concat().is_empty());
        session.run_many(&ADD_ACCOUNT, &accounts(from, 20)).unwrap();
        session
            .run(&ADD_ACCOUNT, &params![from + 20, 1, None::<String>])
            .unwrap();
        session.run_many(&ADD_ACCOUNT, &accounts(from + 21, 5)).unwrap();
        session.commit().unwrap();
        session.round_trips() - before
    };
    // The first time, statements are prepared.
    assert!(batch(&mut session, 0) > 2);
    // One for BEGIN with the query, one for COMMIT with the inserts before it.
    assert_eq!(batch(&mut session, 100), 2);
    assert_eq!(batch(&mut session, 200), 2);
    drop(session);
    let db = guard.open(&MIGRATIONS).unwrap();
    assert_eq!(totals(&db), (78, 78));
}

/// Forwards connections to the server of `url`; returns the address to use instead, and what cuts all connections without
/// a word of the server.
fn line_to(url: &str) -> (String, impl Fn()) {
    let (head, rest) = url.split_once("://").unwrap();
    let (authority, path) = rest.split_once('/').unwrap();
    let (user, server) = authority.rsplit_once('@').unwrap_or(("postgres", authority));
    let (listener, server) = (TcpListener::bind("127.0.0.1:0").unwrap(), server.to_owned());
    let address = format!("{head}://{user}@{}/{path}", listener.local_addr().unwrap());
    let lines: Arc<Mutex<Vec<TcpStream>>> = Arc::default();
    let open = Arc::clone(&lines);
    std::thread::spawn(move || {
        for near in listener.incoming() {
            let (near, far) = (near.unwrap(), TcpStream::connect(&server).unwrap());
            for (mut from, mut to) in [
                (near.try_clone().unwrap(), far.try_clone().unwrap()),
                (far.try_clone().unwrap(), near.try_clone().unwrap()),
            ] {
                std::thread::spawn(move || std::io::copy(&mut from, &mut to));
            }
            open.lock().unwrap().extend([near, far]);
        }
    });
    let cut = move || {
        for line in lines.lock().unwrap().drain(..) {
            let _ = line.shutdown(Shutdown::Both);
        }
    };
    (address, cut)
}

#[test]
fn a_command_that_only_adds_runs_again_when_the_connection_had_died_unseen() {
    let Some(guard) = testing::Guard::postgres() else {
        return;
    };
    let (address, cut) = line_to(guard.url());
    let db = Db::open(&address, &MIGRATIONS).unwrap();
    for (number, size) in (0_i64..).zip(SIZES) {
        add(&db, -1 - number, 1).unwrap();
        cut();
        let rows = accounts(1_000 * number, size);
        let added = db.write_blocking::<_, Fault>(move |tx| tx.run_many(&ADD_ACCOUNT, &rows));
        assert_eq!(added, Ok(size as u64));
    }
    let count = 3 + SIZES.iter().sum::<i64>();
    assert_eq!(totals(&db), (count, count));
    db.close();
}
