//! Values, rows, streams, read transactions, the check of statements.

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::{ConstraintKind, Value, check, prepare_all, shapes, statements};

#[test]
fn every_type_comes_back_as_it_went_in() {
    for (engine, db, _guard) in databases() {
        let id = Uuid::new_v4();
        let bytes = vec![0_u8, 255, 7];
        let sent = params![id, i64::MIN, -7_i32, true, 1.5, "一斤白菜 ' \" $1", bytes.clone()];
        db.write_blocking(move |tx| tx.run(&ADD_EVERY_TYPE, &sent))
            .unwrap();
        let row = db
            .read_blocking(move |tx| tx.row(&GET_EVERY_TYPE, &params![id]))
            .unwrap()
            .unwrap();
        assert_eq!(row.get::<Uuid>(0).unwrap(), id, "{engine}");
        assert_eq!(row.get::<[u8; 16]>(0).unwrap(), *id.as_bytes());
        assert_eq!(row.get::<i64>(1).unwrap(), i64::MIN);
        assert_eq!(row.get::<i32>(2).unwrap(), -7);
        assert!(row.get::<bool>(3).unwrap());
        assert_eq!(row.get::<f64>(4).unwrap().to_bits(), 1.5_f64.to_bits());
        assert_eq!(row.get::<String>(5).unwrap(), "一斤白菜 ' \" $1");
        assert_eq!(row.text(5).unwrap(), "一斤白菜 ' \" $1");
        assert_eq!(row.get::<Vec<u8>>(6).unwrap(), bytes);
        assert_eq!(row.blob(6).unwrap(), bytes);
        assert_eq!(row.get::<Option<i64>>(1).unwrap(), Some(i64::MIN));
        assert_eq!(row.width(), 7);
        for (index, wanted) in [
            (1, row.get::<u32>(1).err()),
            (5, row.get::<u32>(5).err()),
            (9, row.get::<u32>(9).err()),
        ] {
            assert!(
                matches!(wanted, Some(Fault::Column { index: at, .. }) if at == index),
                "{engine}: {wanted:?}"
            );
        }
    }
}

#[test]
fn nothing_comes_back_as_nothing() {
    for (engine, db, _guard) in databases() {
        let id = Uuid::nil();
        let none = params![
            id,
            None::<i64>,
            None::<i32>,
            None::<bool>,
            None::<f64>,
            None::<&str>,
            None::<Vec<u8>>
        ];
        db.write_blocking(move |tx| tx.run(&ADD_EVERY_TYPE, &none))
            .unwrap();
        let row = db
            .read_blocking(move |tx| tx.row(&GET_EVERY_TYPE, &params![id]))
            .unwrap()
            .unwrap();
        for index in 1..7 {
            assert_eq!(row.get::<Option<Value>>(index).unwrap(), None, "{engine}");
        }
        assert!(row.get::<String>(5).is_err());
    }
}

#[test]
fn constraints_have_one_name_on_both_engines() {
    for (engine, db, _guard) in databases() {
        let named = |work: fn(&mut crate::Tx<'_>) -> Result<u64, Fault>| match db.write_blocking(work) {
            Err(Fault::Constraint {
                kind,
                name,
                statement,
            }) => (kind, name, statement),
            other => panic!("{engine}: {other:?}"),
        };
        db.write_blocking(|tx| tx.run(&ADD_ACCOUNT, &params![1, 1, "门口"]))
            .unwrap();
        let (kind, name, statement) = named(|tx| tx.run(&ADD_ACCOUNT, &params![1, 1, "别处"]));
        assert_eq!(
            (kind, name.as_str()),
            (ConstraintKind::Unique, "account_pkey"),
            "{engine}"
        );
        assert!(statement.ends_with("::ADD_ACCOUNT"));
        let (kind, name, _) = named(|tx| tx.run(&ADD_ACCOUNT, &params![2, 1, "门口"]));
        assert_eq!(
            (kind, name.as_str()),
            (ConstraintKind::Unique, "account_note_once"),
            "{engine}"
        );
        let (kind, name, _) = named(|tx| tx.run(&ADD_ACCOUNT, &params![2, -1, "别处"]));
        assert_eq!(
            (kind, name.as_str()),
            (ConstraintKind::Check, "balance_not_negative"),
            "{engine}"
        );
        let (kind, name, _) = named(|tx| tx.run(&ADD_ACCOUNT, &params![2, None::<i64>, "别处"]));
        assert_eq!(
            (kind, name.as_str()),
            (ConstraintKind::NotNull, "account.balance"),
            "{engine}"
        );
        let (kind, name, _) = named(|tx| tx.run(&ADD_ACCOUNT_IN, &params!["99", 1]));
        assert_eq!(
            (kind, name.as_str()),
            (ConstraintKind::ForeignKey, "account_in_area"),
            "{engine}"
        );
    }
}

#[test]
fn a_long_result_is_streamed_and_may_be_left_early() {
    stmt!(
        LONG,
        "WITH RECURSIVE up (n) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT n + 1 FROM up WHERE n < $1)
         SELECT n FROM up"
    );
    for (engine, db, _guard) in databases() {
        let (count, sum) = db
            .read_blocking(|tx| {
                let (mut count, mut sum) = (0, 0_i64);
                tx.each(&LONG, &params![100_000], &mut |row| {
                    count += 1;
                    sum += row.get::<i64>(0)?;
                    Ok(())
                })?;
                Ok::<_, Fault>((count, sum))
            })
            .unwrap();
        assert_eq!((count, sum), (100_000, 5_000_050_000), "{engine}");
        // A hundred million rows would fill the memory or the time limit if they were collected first.
        let mut seen = 0;
        let left = db.read_blocking::<(), Fault>(move |tx| {
            tx.each(&LONG, &params![100_000_000], &mut |_| {
                seen += 1;
                if seen == 1_000 { Err(Fault::Busy) } else { Ok(()) }
            })
        });
        assert_eq!(left, Err(Fault::Busy), "{engine}");
    }
}

#[test]
fn a_read_sees_one_state_and_cannot_write() {
    stmt!(SNEAK, "UPDATE account SET balance = 9 RETURNING balance");
    for (engine, db, _guard) in databases() {
        add(&db, 1, 1).unwrap();
        let (entered, inside) = mpsc::channel();
        let (go, wait) = mpsc::channel::<()>();
        let reading = db.clone();
        let reader = std::thread::spawn(move || {
            reading.read_blocking(move |tx| {
                let before = tx.rows(&NUMBERS, &params![])?.len();
                entered.send(()).unwrap();
                wait_for(&wait);
                Ok::<_, Fault>((before, tx.rows(&NUMBERS, &params![])?.len()))
            })
        });
        wait_for(&inside);
        add(&db, 2, 1).unwrap();
        go.send(()).unwrap();
        assert_eq!(reader.join().unwrap(), Ok((1, 1)), "{engine}");
        assert_eq!(totals(&db).0, 2, "{engine}");
        let refused = db.read_blocking(|tx| tx.run(&MOVE, &params![1, 1]));
        assert!(
            matches!(refused, Err(Fault::ReadOnly { .. })),
            "{engine}: {refused:?}"
        );
        let refused = db.read_blocking(|tx| tx.rows(&SNEAK, &params![]));
        assert!(
            matches!(refused, Err(Fault::ReadOnly { .. })),
            "{engine}: {refused:?}"
        );
        assert_eq!(totals(&db), (2, 2), "{engine}");
    }
}

#[test]
fn a_panic_in_a_read_is_a_fault_and_the_reader_lives_on() {
    for (engine, db, _guard) in databases() {
        for _ in 0..8 {
            let result = db.read_blocking::<(), Fault>(|_| panic!("deliberate"));
            assert_eq!(
                result,
                Err(Fault::Panic {
                    message: "deliberate".to_owned()
                }),
                "{engine}"
            );
        }
        assert_eq!(totals(&db).0, 0, "{engine}");
    }
}

#[test]
fn wrong_numbers_of_parameters_and_wrong_types_are_faults() {
    for (engine, db, _guard) in databases() {
        for parameters in [params![1].to_vec(), params![1, 2, 3, 4].to_vec()] {
            let result = db.write_blocking(move |tx| tx.run(&ADD_ACCOUNT, &parameters));
            assert!(
                matches!(result, Err(Fault::Statement { .. })),
                "{engine}: {result:?}"
            );
        }
        if db.engine() == crate::Engine::Postgres {
            let result = db.write_blocking(|tx| tx.run(&MOVE, &params!["one", 1]));
            assert!(
                matches!(&result, Err(Fault::Statement { message, .. }) if message.contains("text does not fit"))
            );
        }
    }
}

#[test]
fn the_check_of_statements_names_the_broken_ones() {
    static BROKEN: crate::Statement =
        crate::Statement::new("broken", "SELECT nothing FROM area", "SELECT nothing FROM area");
    static GAP: crate::Statement = crate::Statement::new(
        "gap",
        "SELECT name FROM area WHERE code = $1 OR code = $3",
        "SELECT name FROM area WHERE code = $1 OR code = $3",
    );
    let mut all = Vec::new();
    for (engine, db, _guard) in databases() {
        assert_eq!(prepare_all(&db), [], "{engine}");
        let results = check::prepare(&db, vec![&BROKEN, &COUNT, &GAP, &COUNT]);
        let failed: Vec<&str> = results
            .iter()
            .filter(|(_, result)| result.is_err())
            .map(|(name, _)| *name)
            .collect();
        // The second of two statements with one name is named as well.
        assert_eq!(failed, ["broken", "gap", COUNT.name()], "{engine}");
        let found = shapes(&db);
        assert_eq!(found.len(), statements().count(), "{engine}");
        let shape = found
            .iter()
            .find(|shape| shape.name == GET_EVERY_TYPE.name())
            .unwrap();
        assert_eq!((shape.parameters, shape.columns.len()), (1, 7), "{engine}");
        all.push(
            found
                .into_iter()
                .map(|s| (s.name, s.parameters, s.columns.len()))
                .collect::<Vec<_>>(),
        );
    }
    assert!(
        all.windows(2).all(|pair| pair[0] == pair[1]),
        "the engines disagree: {all:?}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn any_values_come_back_as_they_went_in(
        rows in proptest::collection::vec(
            (any::<i64>(), any::<i32>(), any::<bool>(), -1e300..1e300_f64, "[^\0]{0,30}", any::<Option<Vec<u8>>>()), 1..20)
    ) {
        for (engine, db, _guard) in databases() {
            for (whole, small, truth, real, words, bytes) in rows.clone() {
                let id = Uuid::new_v4();
                let sent = params![id, whole, small, truth, real, &words, bytes];
                let expected = sent.to_vec();
                db.write_blocking(move |tx| tx.run(&ADD_EVERY_TYPE, &sent)).unwrap();
                let row = db.read_blocking(move |tx| tx.row(&GET_EVERY_TYPE, &params![id])).unwrap().unwrap();
                let found: Vec<Value> = (0..7).map(|index| row.get(index).unwrap()).collect();
                prop_assert_eq!(found, expected, "{}", engine);
            }
        }
    }
}
