//! Reading beside a process that writes, lanes, and what is waiting.

use super::*;
use crate::{Lane, target::Scratch};

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

#[test]
fn a_reader_beside_the_owner_sees_consistent_states_and_changes_nothing() {
    for (engine, db, guard) in databases() {
        add(&db, 0, 1_000).unwrap();
        add(&db, 1, 0).unwrap();
        let (stop, stopped) = mpsc::channel::<()>();
        let moving = db.clone();
        let mover = std::thread::spawn(move || {
            let mut moves = 0;
            while stopped.try_recv() == Err(mpsc::TryRecvError::Empty) {
                let moved = moving.write_blocking(|tx| {
                    tx.run(&MOVE, &params![0, -1])?;
                    tx.run(&MOVE, &params![1, 1])
                });
                moves += u32::from(moved.is_ok());
            }
            moves
        });
        let beside = Db::open_reader(guard.url(), &MIGRATIONS).unwrap();
        assert_eq!(beside.engine(), db.engine());
        for _ in 0..20 {
            assert_eq!(totals(&beside), (2, 1_000), "{engine}");
            // Within one read the state stands still, however much is written meanwhile.
            let twice = beside.read_blocking(|tx| {
                let read = |tx: &mut crate::Tx<'_>| tx.row(&BALANCE, &params![0]);
                let first = read(tx)?;
                std::thread::sleep(std::time::Duration::from_millis(5));
                Ok::<_, Fault>((first, read(tx)?))
            });
            let (first, second) = twice.unwrap();
            assert_eq!(
                first.unwrap().get::<i64>(0),
                second.unwrap().get::<i64>(0),
                "{engine}"
            );
        }
        assert_eq!(beside.integrity().unwrap(), [""; 0], "{engine}");
        let scratch = Scratch::new().unwrap();
        let file = scratch.0.join("backup.db");
        beside.backup(&file).unwrap();
        let mut restored = testing::Guard::sqlite();
        Db::restore(restored.url(), &MIGRATIONS, &file).unwrap();
        assert_eq!(
            totals(&restored.open(&MIGRATIONS).unwrap()),
            (2, 1_000),
            "{engine}"
        );
        let refused = add(&beside, 2, 0);
        assert!(
            matches!(refused, Err(Fault::ReadOnly { .. })),
            "{engine}: {refused:?}"
        );
        beside.close();
        drop(stop);
        assert!(
            mover.join().unwrap() > 0,
            "{engine}: nothing was written meanwhile"
        );
        // The reader has not touched the owner's lock.
        if db.engine() == crate::Engine::Sqlite {
            let second = Db::open(guard.url(), &MIGRATIONS).err();
            assert!(matches!(second, Some(Fault::Locked { .. })), "{second:?}");
        }
        add(&db, 2, 0).unwrap();
    }
}

#[test]
fn a_reader_needs_a_database_with_exactly_its_schema() {
    for (engine, mut guard) in testing::guards() {
        let missing = Db::open_reader(guard.url(), &MIGRATIONS).err();
        assert!(
            matches!(missing, Some(Fault::Open { .. })),
            "{engine}: {missing:?}"
        );
        guard.open(&MIGRATIONS).unwrap().close();
        // After the owner has gone as well as beside it.
        assert_eq!(
            totals(&Db::open_reader(guard.url(), &MIGRATIONS).unwrap()),
            (0, 0),
            "{engine}"
        );
        let older = Db::open_reader(guard.url(), &LATER).err();
        assert!(
            matches!(&older, Some(Fault::Migration { number: 3, message, .. }) if message.contains("start the server")),
            "{engine}: {older:?}"
        );
        guard.open(&LATER).unwrap().close();
        let newer = Db::open_reader(guard.url(), &MIGRATIONS).err();
        assert!(
            matches!(newer, Some(Fault::Migration { number: 3, .. })),
            "{engine}: {newer:?}"
        );
    }
}

#[test]
fn a_crowd_of_readers_keeps_nobody_of_the_other_lane_waiting() {
    for (engine, db, _guard) in databases() {
        add(&db, 1, 7).unwrap();
        let (release, wait) = mpsc::channel::<()>();
        let wait = std::sync::Arc::new(std::sync::Mutex::new(wait));
        let rush = db.by(Lane::Rush);
        let crowd: Vec<_> = (0..20)
            .map(|_| {
                let (rush, wait) = (rush.clone(), std::sync::Arc::clone(&wait));
                std::thread::spawn(move || {
                    rush.read_blocking(move |_| {
                        // Ends when the sender is dropped.
                        let _ = wait.lock().map(|wait| wait.recv());
                        Ok::<_, Fault>(())
                    })
                })
            })
            .collect();
        let waiting = || db.counters().reads_waiting;
        while waiting() != [0, 20] || db.counters().readers_busy == 0 {
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        assert!(db.counters().readers_busy < 20, "{engine}");
        assert_eq!(totals(&db), (1, 7), "{engine}");
        drop(release);
        for reader in crowd {
            reader.join().unwrap().unwrap();
        }
        assert_eq!(waiting(), [0, 0], "{engine}");
    }
}

#[test]
fn what_waits_is_counted_until_it_is_answered_and_batches_by_their_size() {
    for (engine, db, _guard) in databases() {
        let before = db.counters();
        let release = hold_writer(&db);
        let writers: Vec<_> = (0..5)
            .map(|number| {
                let db = db.clone();
                std::thread::spawn(move || add(&db, number, 1))
            })
            .collect();
        while db.counters().writes_waiting != 6 {
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        drop(release);
        for writer in writers {
            writer.join().unwrap().unwrap();
        }
        let after = db.counters();
        // The one that held the writer, then five together, which count among those of up to eight.
        let mut expected = before.batch_sizes;
        expected[0] += 1;
        expected[3] += 1;
        assert_eq!(after.batch_sizes, expected, "{engine}");
        // The one that held the writer answers nobody, but is answered as well.
        while db.counters().writes_waiting != 0 {
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
    }
}
