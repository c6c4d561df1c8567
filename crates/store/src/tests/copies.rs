//! Backup and restore between all pairs of engines.

use uuid::Uuid;

use super::*;
use crate::{Value, target::Scratch};

stmt!(AREAS, "SELECT code, parent, name FROM area ORDER BY code");
stmt!(
    ACCOUNTS,
    "SELECT area, number, balance, note FROM account ORDER BY area, number"
);
stmt!(
    EVERY,
    "SELECT id, whole, small, truth, real, words, bytes FROM every_type ORDER BY id"
);
stmt!(RENAME, "UPDATE area SET name = $1 WHERE code = '42'");

static LATER: [Migration; 3] = [
    MIGRATIONS[0],
    MIGRATIONS[1],
    Migration {
        number: 3,
        name: "later",
        sql: "CREATE TABLE later (a BIGINT NOT NULL PRIMARY KEY)",
        then: None,
    },
];

fn fill(db: &Db) {
    db.write_blocking(|tx| {
        // The child comes first in the order of codes, and the seeded row was changed since.
        tx.run(&RENAME, &params!["湖北"])?;
        tx.run(&ADD_AREA, &params!["9", None::<&str>, "上级"])?;
        tx.run(&ADD_AREA, &params!["1", "9", "下级"])?;
        let rows: Vec<Vec<Value>> = (0..1_000_i64)
            .map(|n| params![n, n * 7, format!("备注{n}")].to_vec())
            .collect();
        tx.run_many(&ADD_ACCOUNT, &rows)?;
        let id = Uuid::from_u128(5);
        tx.run(
            &ADD_EVERY_TYPE,
            &params![id, i64::MAX, 7, false, 0.1, "字", vec![0_u8, 1]],
        )?;
        let id = Uuid::from_u128(6);
        tx.run(
            &ADD_EVERY_TYPE,
            &params![
                id,
                None::<i64>,
                None::<i64>,
                true,
                None::<f64>,
                "",
                Vec::<u8>::new()
            ],
        )?;
        Ok::<_, Fault>(())
    })
    .unwrap();
}

fn contents(db: &Db) -> Vec<Vec<Value>> {
    db.read_blocking(|tx| {
        let mut all = Vec::new();
        for statement in [&AREAS, &ACCOUNTS, &EVERY] {
            all.extend(tx.rows(statement, &params![])?.into_iter().map(|row| row.values));
        }
        Ok::<_, Fault>(all)
    })
    .unwrap()
}

#[test]
fn a_backup_of_either_engine_restores_into_either_engine() {
    for (from, db, _guard) in databases() {
        fill(&db);
        let scratch = Scratch::new().unwrap();
        let file = scratch.0.join("backup.db");
        std::fs::write(&file, "an older backup").unwrap();
        db.backup(&file).unwrap();
        assert_eq!(
            std::fs::read_dir(&scratch.0).unwrap().count(),
            1,
            "{from}: something was left beside the backup"
        );
        let expected = contents(&db);
        assert_eq!(expected.len(), 1_005);
        for (into, mut guard) in testing::guards() {
            // A newer program restores an older backup and migrates it.
            Db::restore(guard.url(), &LATER, &file).unwrap();
            let restored = guard.open(&LATER).unwrap();
            assert_eq!(contents(&restored), expected, "{from} into {into}");
            assert_eq!(restored.integrity().unwrap(), [""; 0], "{from} into {into}");
            // Constraints are in force again.
            let orphan = restored.write_blocking(|tx| tx.run(&ADD_ACCOUNT_IN, &params!["77", 1]));
            assert_eq!(
                orphan.unwrap_err().constraint(),
                Some("account_in_area"),
                "{from} into {into}"
            );
            restored.close();
            let again = Db::restore(guard.url(), &LATER, &file);
            assert!(
                matches!(&again, Err(Fault::Copy { message }) if message.contains("not empty")),
                "{again:?}"
            );
        }
        for (into, guard) in testing::guards() {
            static OLDER: [Migration; 1] = [MIGRATIONS[0]];
            let newer = Db::restore(guard.url(), &OLDER, &file);
            assert!(
                matches!(newer, Err(Fault::Migration { number: 2, .. })),
                "{into}: {newer:?}"
            );
        }
    }
}

#[test]
fn a_backup_is_one_consistent_state_while_work_goes_on() {
    for (engine, db, _guard) in databases() {
        add(&db, 0, 1_000).unwrap();
        add(&db, 1, 0).unwrap();
        let (stop, stopped) = mpsc::channel::<()>();
        let moving = db.clone();
        let mover = std::thread::spawn(move || {
            while stopped.try_recv() == Err(mpsc::TryRecvError::Empty) {
                let moved = moving.write_blocking(|tx| {
                    tx.run(&MOVE, &params![0, -1])?;
                    tx.run(&MOVE, &params![1, 1])
                });
                if moved.is_err() {
                    break;
                }
            }
        });
        let scratch = Scratch::new().unwrap();
        for number in 0..3 {
            let file = scratch.0.join(format!("{number}.db"));
            db.backup(&file).unwrap();
            let mut guard = testing::Guard::sqlite();
            Db::restore(guard.url(), &MIGRATIONS, &file).unwrap();
            assert_eq!(totals(&guard.open(&MIGRATIONS).unwrap()), (2, 1_000), "{engine}");
        }
        drop(stop);
        mover.join().unwrap();
    }
}

#[test]
fn damage_is_found_and_a_damaged_backup_is_refused() {
    for (engine, db, _guard) in databases() {
        fill(&db);
        let scratch = Scratch::new().unwrap();
        let file = scratch.0.join("backup.db");
        db.backup(&file).unwrap();
        // One reference to a missing row, put in without the check of foreign keys.
        let raw = rusqlite::Connection::open(&file).unwrap();
        raw.execute_batch("PRAGMA foreign_keys = OFF; UPDATE area SET parent = 'none' WHERE code = '1'")
            .unwrap();
        drop(raw);
        for (into, guard) in testing::guards() {
            let refused = Db::restore(guard.url(), &MIGRATIONS, &file);
            assert!(
                matches!(&refused, Err(Fault::Copy { message }) if message.contains("damaged")),
                "{into}: {refused:?}"
            );
        }
        // Garbage in the middle of the file.
        let mut bytes = std::fs::read(&file).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle..middle + 6_000].fill(0xa5);
        std::fs::write(&file, bytes).unwrap();
        for (into, guard) in testing::guards() {
            assert!(
                Db::restore(guard.url(), &MIGRATIONS, &file).is_err(),
                "{engine} into {into}"
            );
        }
        std::fs::write(&file, "not a database").unwrap();
        assert!(
            Db::restore(testing::Guard::sqlite().url(), &MIGRATIONS, &file).is_err(),
            "{engine}"
        );
        assert!(
            db.backup(&scratch.0.join("missing").join("backup.db")).is_err(),
            "{engine}"
        );
    }
}

#[test]
fn integrity_reports_broken_references_and_unusable_indexes() {
    for (engine, db, guard) in databases() {
        fill(&db);
        assert_eq!(db.integrity().unwrap(), [""; 0], "{engine}");
        match db.engine() {
            crate::Engine::Sqlite => {
                let raw = rusqlite::Connection::open(guard.url().strip_prefix("sqlite:").unwrap()).unwrap();
                raw.execute_batch(
                    "PRAGMA foreign_keys = OFF; UPDATE area SET parent = 'none' WHERE code = '1'",
                )
                .unwrap();
                assert_eq!(
                    db.integrity().unwrap(),
                    ["1 rows of area refer to missing rows of area"]
                );
            }
            crate::Engine::Postgres => {
                let sql =
                    "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'account_note_once'::regclass";
                testing::on_server(guard.url(), sql).unwrap();
                assert_eq!(
                    db.integrity().unwrap(),
                    ["account_note_once: the index is not usable"]
                );
            }
        }
    }
}
