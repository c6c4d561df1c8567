//! Migrations: fresh, forward, changed, newer, raced; possession of a file.

use super::*;

static FORWARD: [Migration; 3] = [
    MIGRATIONS[0],
    MIGRATIONS[1],
    Migration {
        number: 3,
        name: "third",
        sql: "ALTER TABLE account ADD COLUMN colour TEXT; SELECT 1;",
        then: None,
    },
];
static CHANGED: [Migration; 2] = [
    MIGRATIONS[0],
    Migration {
        number: 2,
        name: "every type",
        sql: "CREATE TABLE other (a BIGINT)",
        then: None,
    },
];
static FALLING: [Migration; 2] = [MIGRATIONS[1], MIGRATIONS[0]];
static BETWEEN: [Migration; 2] = [
    MIGRATIONS[0],
    Migration {
        number: 3,
        name: "skips the second",
        sql: "CREATE TABLE other (a BIGINT)",
        then: None,
    },
];
static FAILING: [Migration; 3] = [
    MIGRATIONS[0],
    MIGRATIONS[1],
    Migration {
        number: 3,
        name: "fails",
        sql: "CREATE TABLE half (a BIGINT); INSERT INTO missing VALUES (1)",
        then: None,
    },
];
stmt!(
    APPLIED,
    "SELECT number, name, checksum, applied_at FROM schema_migration ORDER BY number"
);

#[test]
fn a_schema_goes_forward_and_keeps_its_data() {
    for (engine, mut guard) in testing::guards() {
        let db = guard.open(&MIGRATIONS).unwrap();
        add(&db, 1, 5).unwrap();
        db.close();
        let db = guard.open(&FORWARD).unwrap();
        assert_eq!(totals(&db), (1, 5), "{engine}");
        let rows = db.read_blocking(|tx| tx.rows(&APPLIED, &params![])).unwrap();
        let numbers: Vec<i64> = rows.iter().map(|row| row.get(0).unwrap()).collect();
        assert_eq!(numbers, [1, 2, 3], "{engine}");
        assert_eq!(rows[0].text(2).unwrap().len(), 64, "{engine}");
        // Whole seconds since 1970, not milliseconds and not zero.
        assert!(
            (1_600_000_000..10_000_000_000).contains(&rows[2].get::<i64>(3).unwrap()),
            "{engine}"
        );
    }
}

#[test]
fn changed_newer_and_disordered_schemas_are_refused() {
    for (engine, mut guard) in testing::guards() {
        guard.open(&FORWARD).unwrap().close();
        let refused = |guard: &mut testing::Guard, migrations| match guard.open(migrations) {
            Err(Fault::Migration { number, message, .. }) => (number, message),
            other => panic!("{engine}: {:?}", other.err()),
        };
        let (number, message) = refused(&mut guard, &MIGRATIONS);
        assert!(
            number == 3 && message.contains("newer version"),
            "{engine}: {number} {message}"
        );
        let (number, message) = refused(&mut guard, &CHANGED);
        assert!(
            number == 2 && message.contains("changed"),
            "{engine}: {number} {message}"
        );
        let (number, message) = refused(&mut guard, &FALLING);
        assert!(
            number == 1 && message.contains("must rise"),
            "{engine}: {number} {message}"
        );
        let (number, message) = refused(&mut guard, &BETWEEN);
        assert!(
            number == 3 && message.contains("forward only"),
            "{engine}: {number} {message}"
        );
        guard.open(&FORWARD).unwrap();
    }
}

#[test]
fn a_failing_migration_leaves_nothing_behind() {
    for (engine, mut guard) in testing::guards() {
        let fault = guard.open(&FAILING).err().unwrap();
        assert!(
            matches!(&fault, Fault::Migration { number: 3, .. }),
            "{engine}: {fault}"
        );
        let db = guard.open(&MIGRATIONS).unwrap();
        let tables = db
            .aside(|target| crate::session::Session::open_reader(target)?.tables())
            .unwrap();
        assert_eq!(tables, ["account", "area", "every_type"], "{engine}");
    }
}

#[test]
fn processes_that_start_at_once_migrate_once() {
    let Some(guard) = testing::Guard::postgres() else {
        return;
    };
    let starting: Vec<_> = (0..6)
        .map(|_| {
            let url = guard.url().to_owned();
            std::thread::spawn(move || Db::open(&url, &FORWARD).map(Db::close))
        })
        .collect();
    for thread in starting {
        assert_eq!(thread.join().unwrap(), Ok(()));
    }
}

#[test]
fn a_sqlite_file_has_one_owner() {
    let mut guard = testing::Guard::sqlite();
    let db = guard.open(&MIGRATIONS).unwrap();
    match Db::open(guard.url(), &MIGRATIONS) {
        Err(Fault::Locked { path, holder }) => {
            assert!(path.ends_with("test.db"));
            assert_eq!(holder, format!("process {}", std::process::id()));
        }
        other => panic!("{:?}", other.err()),
    }
    add(&db, 1, 1).unwrap();
    db.close();
    // The first clone is still held by the guard, but a closed database is free.
    assert_eq!(totals(&Db::open(guard.url(), &MIGRATIONS).unwrap()), (1, 1));
}

#[test]
fn addresses_that_lead_nowhere_are_refused() {
    for url in [
        "",
        "sqlite:",
        "mysql://localhost/x",
        "/tmp/file.db",
        "postgres://localhost:port/x",
        "sqlite:/proc/no/db",
    ] {
        assert!(
            matches!(Db::open(url, &MIGRATIONS), Err(Fault::Open { .. })),
            "{url}"
        );
    }
    let nobody = Db::open("postgres://x@127.0.0.1:1/x", &MIGRATIONS).err();
    assert!(matches!(nobody, Some(Fault::Disconnected { .. })), "{nobody:?}");
    let db = Db::open("sqlite::memory:", &MIGRATIONS).unwrap();
    add(&db, 1, 1).unwrap();
    assert_eq!(totals(&db), (1, 1));
}

#[test]
fn the_sqlite_log_stays_short_and_is_gone_after_closing() {
    let mut guard = testing::Guard::sqlite();
    let path = guard.url().strip_prefix("sqlite:").unwrap().to_owned();
    let log = std::path::PathBuf::from(format!("{path}-wal"));
    let db = guard.open(&MIGRATIONS).unwrap();
    for round in 0..220_i64 {
        let rows =
            (0..500).map(|n| params![round * 500 + n, 1, "x".repeat(900) + &format!("{round}-{n}")].to_vec());
        let rows: Vec<_> = rows.collect();
        db.write_blocking(move |tx| tx.run_many(&ADD_ACCOUNT, &rows))
            .unwrap();
    }
    // About 220 MB went through the log, which is moved into the file every 128 MB.
    let length = std::fs::metadata(&log).unwrap().len();
    assert!(length < 150 << 20, "{length}");
    db.close();
    assert!(!log.exists());
    assert!(std::fs::metadata(&path).unwrap().len() > 20 << 20);
}
