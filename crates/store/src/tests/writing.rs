//! The writer: batches, isolation of commands, panics, bounded queue.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    task::{Context, Waker},
};

use proptest::prelude::*;
use tokio::task::JoinSet;

use super::*;
use crate::{ConstraintKind, Value};

/// What a command of the domain returns in these tests.
#[derive(Debug, PartialEq)]
enum Answer {
    Refused,
    Fault(Fault),
}

impl From<Fault> for Answer {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn waiting_commands_go_into_one_commit() {
    for (engine, db, _guard) in databases() {
        let before = db.counters();
        let release = hold_writer(&db);
        let mut tasks = JoinSet::new();
        for number in 0..50 {
            let db = db.clone();
            tasks.spawn(async move {
                db.write(move |tx| tx.run(&ADD_ACCOUNT, &params![number, 1, None::<String>]))
                    .await
            });
        }
        // The tasks have handed over their commands once they have all been polled.
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        drop(release);
        while let Some(result) = tasks.join_next().await {
            assert_eq!(result.unwrap(), Ok(1), "{engine}");
        }
        let after = db.counters();
        assert_eq!(totals(&db), (50, 50), "{engine}");
        // One commit for the command that held the writer, one for the batch.
        assert_eq!(after.commits - before.commits, 2, "{engine}");
        assert_eq!(after.largest_batch, 50, "{engine}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_a_constraint_or_a_panic_hurts_no_other_command_of_the_batch() {
    for (engine, db, _guard) in databases() {
        let release = hold_writer(&db);
        let mut tasks = JoinSet::new();
        for number in 0..60_i64 {
            let db = db.clone();
            tasks.spawn(async move {
                let result = db
                    .write(move |tx| {
                        tx.run(&ADD_ACCOUNT, &params![number, 1, None::<String>])?;
                        match number % 6 {
                            1 => Err(Answer::Refused),
                            2 => Ok(tx.run(&MOVE, &params![number, -2])?),
                            3 => panic!("deliberate"),
                            4 => Ok(tx.run(&ADD_ACCOUNT, &params![number, 1, None::<String>])?),
                            _ => Ok(1),
                        }
                    })
                    .await;
                (number, result)
            });
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        drop(release);
        while let Some(done) = tasks.join_next().await {
            let (number, result) = done.unwrap();
            match (number % 6, result) {
                (0 | 5, result) => assert_eq!(result, Ok(1), "{engine}"),
                (1, result) => assert_eq!(result, Err(Answer::Refused), "{engine}"),
                (2, Err(Answer::Fault(Fault::Constraint { kind, name, .. }))) => {
                    assert_eq!(
                        (kind, name.as_str()),
                        (ConstraintKind::Check, "balance_not_negative")
                    );
                }
                (3, Err(Answer::Fault(Fault::Panic { message }))) => assert_eq!(message, "deliberate"),
                (4, Err(Answer::Fault(Fault::Constraint { kind, name, .. }))) => {
                    assert_eq!((kind, name.as_str()), (ConstraintKind::Unique, "account_pkey"));
                }
                (_, other) => panic!("{engine}: {number} gave {other:?}"),
            }
        }
        assert_eq!(totals(&db), (20, 20), "{engine}");
        assert!(db.counters().largest_batch >= 60, "{engine}");
        assert_eq!(db.counters().undone, 40, "{engine}");
    }
}

#[test]
fn a_command_that_swallows_a_failed_statement_does_not_succeed() {
    for (engine, db, _guard) in databases() {
        add(&db, 1, 1).unwrap();
        let result = db.write_blocking(|tx| {
            tx.run(&ADD_ACCOUNT, &params![2, 1, None::<String>])?;
            let first = tx.run(&ADD_ACCOUNT, &params![1, 1, None::<String>]);
            let second = tx.run(&ADD_ACCOUNT, &params![3, 1, None::<String>]);
            assert_eq!(first, second);
            Ok::<_, Fault>(())
        });
        assert_eq!(result.unwrap_err().constraint(), Some("account_pkey"), "{engine}");
        assert_eq!(totals(&db), (1, 1), "{engine}");
    }
}

#[test]
fn a_full_queue_turns_commands_away_and_recovers() {
    for (engine, db, _guard) in databases() {
        let release = hold_writer(&db);
        let mut context = Context::from_waker(Waker::noop());
        let mut waiting: Vec<_> = (0..8_192)
            .map(|_| Box::pin(db.write::<(), Fault>(|_| Ok(()))))
            .collect();
        for command in &mut waiting {
            assert!(command.as_mut().poll(&mut context).is_pending(), "{engine}");
        }
        // The blocking face says the same, without waiting.
        assert_eq!(
            db.write_blocking::<(), Fault>(|_| Ok(())),
            Err(Fault::Busy),
            "{engine}"
        );
        drop(release);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        for command in waiting {
            assert_eq!(runtime.block_on(command), Ok(()), "{engine}");
        }
        assert_eq!(db.write_blocking::<(), Fault>(|_| Ok(())), Ok(()), "{engine}");
    }
}

#[test]
fn calling_the_store_from_inside_is_refused_instead_of_waiting_forever() {
    for (engine, db, _guard) in databases() {
        let inner = db.clone();
        let result = db.write_blocking::<(), Fault>(move |_| inner.write_blocking(|_| Ok(())));
        assert_eq!(result, Err(Fault::Nested), "{engine}");
        let inner = db.clone();
        let result = db.read_blocking::<(), Fault>(move |_| inner.read_blocking(|_| Ok(())));
        assert_eq!(result, Err(Fault::Nested), "{engine}");
    }
}

#[test]
fn closing_finishes_what_waits_and_refuses_the_rest() {
    for (engine, db, _guard) in databases() {
        let release = hold_writer(&db);
        let done = Arc::new(AtomicU32::new(0));
        let waiting: Vec<_> = (0..20)
            .map(|number| {
                let (db, done) = (db.clone(), Arc::clone(&done));
                std::thread::spawn(move || {
                    if add(&db, number, 1).is_ok() {
                        done.fetch_add(1, Ordering::SeqCst);
                    }
                })
            })
            .collect();
        std::thread::sleep(std::time::Duration::from_millis(200));
        let closing = db.clone();
        let closer = std::thread::spawn(move || closing.close());
        std::thread::sleep(std::time::Duration::from_millis(50));
        drop(release);
        closer.join().unwrap();
        waiting.into_iter().for_each(|thread| thread.join().unwrap());
        assert_eq!(done.load(Ordering::SeqCst), 20, "{engine}");
        assert_eq!(add(&db, 100, 1), Err(Fault::Closed), "{engine}");
        assert!(!db.healthy(), "{engine}");
    }
}

#[test]
fn many_rows_at_once() {
    for (engine, db, _guard) in databases() {
        let rows: Vec<Vec<Value>> = (0..3_000_i64)
            .map(|n| params![n, n, None::<String>].to_vec())
            .collect();
        let changed = db.write_blocking(move |tx| tx.run_many(&ADD_ACCOUNT, &rows));
        assert_eq!(changed, Ok(3_000), "{engine}");
        assert_eq!(totals(&db), (3_000, 3_000 * 2_999 / 2), "{engine}");
        let rows: Vec<Vec<Value>> = [5_000_i64, 17, 5_001]
            .iter()
            .map(|n| params![*n, 0, None::<String>].to_vec())
            .collect();
        let refused: Result<u64, Fault> = db.write_blocking(move |tx| tx.run_many(&ADD_ACCOUNT, &rows));
        assert_eq!(
            refused.unwrap_err().constraint(),
            Some("account_pkey"),
            "{engine}"
        );
        assert_eq!(totals(&db).0, 3_000, "{engine}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    /// Whatever mixture of moves is written at once, the balances end where a model says, and never below zero.
    #[test]
    fn concurrent_moves_agree_with_a_model(moves in proptest::collection::vec((0..4_i64, -3..4_i64), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        for (engine, db, _guard) in databases() {
            for number in 0..4 {
                add(&db, number, 2).unwrap();
            }
            let applied = runtime.block_on(async {
                let mut tasks = JoinSet::new();
                for (number, amount) in moves.clone() {
                    let db = db.clone();
                    tasks.spawn(async move {
                        let done = db.write(move |tx| tx.run(&MOVE, &params![number, amount])).await;
                        (number, amount, done)
                    });
                }
                tasks.join_all().await
            });
            let mut model = [2_i64; 4];
            for (number, amount, done) in applied {
                match done {
                    Ok(1) => model[number as usize] += amount,
                    Err(fault) => prop_assert_eq!(fault.constraint(), Some("balance_not_negative")),
                    Ok(other) => prop_assert!(false, "{} changed {} rows", engine, other),
                }
            }
            for (number, expected) in model.iter().enumerate() {
                prop_assert!(*expected >= 0);
                let row = db.read_blocking(move |tx| tx.row(&BALANCE, &params![number as i64])).unwrap().unwrap();
                prop_assert_eq!(row.get::<i64>(0).unwrap(), *expected, "{}", engine);
            }
        }
    }
}

#[test]
fn a_refused_part_is_undone_and_the_rest_is_kept() {
    for (name, db, _guard) in databases() {
        let kept = db.write_blocking(|tx| -> Result<bool, Fault> {
            tx.run(&ADD_ACCOUNT, &params![1, 10, None::<String>])?;
            let refused = tx.attempt(|tx| -> Result<(), Fault> {
                tx.run(&ADD_ACCOUNT, &params![2, 20, None::<String>])?;
                tx.attempt(|tx| tx.run(&ADD_ACCOUNT, &params![3, 30, None::<String>]).map(|_| ()))?;
                Err(Fault::Busy)
            });
            tx.attempt(|tx| tx.run(&ADD_ACCOUNT, &params![4, 40, None::<String>]).map(|_| ()))?;
            Ok(refused.is_err())
        });
        assert_eq!(kept, Ok(true), "{name}");
        assert_eq!(totals(&db), (2, 50), "{name}");
    }
}
