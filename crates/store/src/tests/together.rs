//! Commands of one kind that are applied together, and statements for many rows.

use tokio::task::JoinSet;

use super::*;
use crate::{Tx, Value};

#[derive(Clone, Debug, PartialEq, Eq)]
enum Answer {
    Refused,
    Fault(Fault),
}

impl From<Fault> for Answer {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// Adds accounts in one statement; refuses numbers below zero, and tells each how many were applied together.
fn add_together(tx: &mut Tx<'_>, numbers: &[&i64]) -> Result<Vec<Result<usize, Answer>>, Answer> {
    let rows: Vec<Vec<Value>> = numbers
        .iter()
        .filter(|number| ***number >= 0)
        .map(|number| params![**number, 1, None::<String>].to_vec())
        .collect();
    tx.run_many(&ADD_ACCOUNT, &rows)?;
    let answer = |number: &&i64| {
        if **number >= 0 {
            Ok(numbers.len())
        } else {
            Err(Answer::Refused)
        }
    };
    Ok(numbers.iter().map(answer).collect())
}

async fn send(db: &Db, numbers: &[i64]) -> Vec<Result<usize, Answer>> {
    let release = hold_writer(db);
    let mut tasks = JoinSet::new();
    for (place, number) in numbers.iter().copied().enumerate() {
        let db = db.clone();
        tasks.spawn(async move { (place, db.write_together(add_together, number).await) });
    }
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    drop(release);
    let mut answers = tasks.join_all().await;
    answers.sort_by_key(|(place, _)| *place);
    answers.into_iter().map(|(_, answer)| answer).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commands_of_one_kind_are_applied_together_and_answered_apart() {
    for (engine, db, _guard) in databases() {
        let numbers: Vec<i64> = (0..100)
            .map(|number| if number % 10 == 3 { -1 } else { number })
            .collect();
        for (number, answer) in numbers.iter().zip(send(&db, &numbers).await) {
            let wanted = if *number < 0 {
                Err(Answer::Refused)
            } else {
                Ok(100)
            };
            assert_eq!(answer, wanted, "{engine}: {number}");
        }
        assert_eq!(totals(&db), (90, 90), "{engine}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_the_group_fails_each_command_is_applied_alone() {
    for (engine, db, _guard) in databases() {
        add(&db, 5, 1).unwrap();
        let answers = send(&db, &[4, 5, 6, -1]).await;
        assert_eq!(answers[0], Ok(1), "{engine}");
        assert!(
            matches!(&answers[1], Err(Answer::Fault(fault)) if fault.constraint() == Some("account_pkey")),
            "{engine}: {:?}",
            answers[1]
        );
        assert_eq!(answers[2], Ok(1), "{engine}");
        assert_eq!(answers[3], Err(Answer::Refused), "{engine}");
        assert_eq!(totals(&db), (3, 3), "{engine}");
    }
}

#[test]
fn rows_for_many_keys_come_in_the_order_of_the_keys() {
    for (engine, db, _guard) in databases() {
        for number in 0..20 {
            add(&db, number, number * 10).unwrap();
        }
        let keys: Vec<Vec<Value>> = [7_i64, 99, 3, 7]
            .iter()
            .map(|number| params![*number].to_vec())
            .collect();
        let found = db
            .read_blocking::<_, Fault>(move |tx| tx.rows_many(&BALANCE, &keys))
            .unwrap();
        let balances: Vec<Vec<i64>> = found
            .iter()
            .map(|rows| rows.iter().map(|row| row.get(0).unwrap()).collect())
            .collect();
        assert_eq!(balances, [vec![70], vec![], vec![30], vec![70]], "{engine}");
    }
}

#[test]
fn an_update_for_many_rows_changes_each() {
    for (engine, db, _guard) in databases() {
        for number in 0..3 {
            add(&db, number, 10).unwrap();
        }
        let moves: Vec<Vec<Value>> = [(0, -10), (2, 5), (9, 1)]
            .iter()
            .map(|(number, by)| params![*number, *by].to_vec())
            .collect();
        let changed = db.write_blocking::<_, Fault>(move |tx| tx.run_many(&MOVE, &moves));
        assert_eq!(changed, Ok(2), "{engine}");
        assert_eq!(totals(&db), (3, 25), "{engine}");
    }
}
