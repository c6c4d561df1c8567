//! The promise of the schema: an engine that shards by district can hold it as it is. The catalogues of both databases are
//! read, not the text of the migrations, and the text is read for what such engines do not have.

use std::collections::BTreeSet;

use baogong::MIGRATIONS;
use store::{Db, Migration, params, stmt, testing};

stmt!(
    TABLES,
    sqlite: "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
    postgres: "SELECT CAST(table_name AS TEXT) FROM information_schema.tables
               WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'",
);
stmt!(
    UNIQUE_KEYS,
    sqlite: "SELECT t.name, i.name, COALESCE(c.name, '(an expression)') FROM sqlite_schema t,
                    pragma_index_list(t.name) i, pragma_index_info(i.name) c
             WHERE t.type = 'table' AND i.\"unique\" = 1 AND c.seqno = 0",
    postgres: "SELECT CAST(t.relname AS TEXT), CAST(i.relname AS TEXT), COALESCE(CAST(a.attname AS TEXT), '(an expression)')
               FROM pg_index k JOIN pg_class t ON t.oid = k.indrelid JOIN pg_class i ON i.oid = k.indexrelid
               LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.indkey[0] AND a.attnum > 0
               WHERE k.indisunique AND t.relnamespace = CAST(current_schema() AS regnamespace)",
);
stmt!(
    BESIDE_TABLES,
    sqlite: "SELECT type, name FROM sqlite_schema WHERE type NOT IN ('table', 'index')",
    postgres: "SELECT CASE relkind WHEN 'S' THEN 'sequence' ELSE 'view' END, CAST(relname AS TEXT) FROM pg_class
               WHERE relkind IN ('S', 'v', 'm') AND relnamespace = CAST(current_schema() AS regnamespace)
               UNION ALL SELECT 'trigger', CAST(tgname AS TEXT) FROM pg_trigger WHERE NOT tgisinternal
               UNION ALL SELECT 'function', CAST(proname AS TEXT) FROM pg_proc
               WHERE pronamespace = CAST(current_schema() AS regnamespace)",
);

/// Tables that do not grow with orders, and why they need no district. On a sharded engine they are reference tables, or
/// stay on one node.
const EXEMPT: &[(&str, &str)] = &[
    (
        "schema_migration",
        "one row for each step of the schema, written at the start",
    ),
    ("setting", "a handful of rows for the whole installation"),
    (
        "app_user",
        "staff only, looked up by a name that is unique in the whole installation",
    ),
    (
        "session",
        "found by the hash of a secret, before anybody knows the district",
    ),
    (
        "sign_in_link",
        "found by the hash of a secret, before anybody knows the district",
    ),
    (
        "audit",
        "its chain is the code of the district, or `main` for what belongs to none",
    ),
    ("audit_chain", "the end of each chain of `audit`"),
];

/// What an engine that shards, or SQLite, does not have or does otherwise.
const BANNED: &[(&str, &str)] = &[
    ("sequence", "ids are made by the application"),
    ("serial", "ids are made by the application"),
    ("bigserial", "ids are made by the application"),
    ("identity", "ids are made by the application"),
    ("autoincrement", "ids are made by the application"),
    ("nextval", "ids are made by the application"),
    ("trigger", "what happens stands in the code"),
    ("function", "what happens stands in the code"),
    ("procedure", "what happens stands in the code"),
    ("listen", "nodes do not talk through the database"),
    ("notify", "nodes do not talk through the database"),
    ("pg_advisory_lock", "guards stand in the statement"),
    ("pg_advisory_xact_lock", "guards stand in the statement"),
    ("pg_try_advisory_lock", "guards stand in the statement"),
    ("deferrable", "a constraint holds after each statement"),
    ("deferred", "a constraint holds after each statement"),
    ("references", "a foreign key would tie shards together"),
    ("exclude", "only PostgreSQL itself has exclusion constraints"),
    ("inherits", "only PostgreSQL itself has inheritance"),
    ("unlogged", "what is written is durable"),
    ("temporary", "what is written is durable"),
    ("concurrently", "a step of the schema is one transaction"),
];

fn texts(db: &Db, statement: &'static store::Statement, width: usize) -> Vec<Vec<String>> {
    let read = db.read_blocking(move |tx| {
        let rows = tx.rows(statement, &params![])?;
        rows.iter()
            .map(|row| (0..width).map(|index| row.get(index)).collect())
            .collect::<Result<Vec<_>, store::Fault>>()
    });
    read.unwrap()
}

/// Busy tables without a key, and keys of busy tables that do not begin with the district.
fn broken_promises(db: &Db) -> Vec<String> {
    let exempt: BTreeSet<&str> = EXEMPT.iter().map(|(table, _)| *table).collect();
    let keys = texts(db, &UNIQUE_KEYS, 3);
    let mut broken: Vec<String> = keys
        .iter()
        .filter(|key| !exempt.contains(key[0].as_str()) && key[2] != "district")
        .map(|key| format!("{}: a unique key begins with {}", key[0], key[2]))
        .collect();
    for table in texts(db, &TABLES, 1).concat() {
        if !exempt.contains(table.as_str()) && !keys.iter().any(|key| key[0] == table) {
            broken.push(format!("{table}: no key at all"));
        }
    }
    let beside = texts(db, &BESIDE_TABLES, 2);
    broken.extend(beside.iter().map(|found| format!("{} {}", found[0], found[1])));
    broken.sort();
    broken
}

/// Words of the SQL, without comments and strings.
fn words(sql: &str) -> Vec<String> {
    let lines: Vec<&str> = sql
        .lines()
        .map(|line| line.split("--").next().unwrap_or(""))
        .collect();
    let text = lines.join("\n").to_lowercase();
    // Every second piece stands between quotes.
    let plain: Vec<&str> = text.split('\'').step_by(2).collect();
    let joined = plain.join(" ");
    let word = |c: char| !(c.is_alphanumeric() || c == '_');
    joined
        .split(word)
        .filter(|word| !word.is_empty())
        .map(str::to_string)
        .collect()
}

fn banned(sql: &str) -> Vec<String> {
    let words = words(sql);
    let found = BANNED
        .iter()
        .filter(|(word, _)| words.iter().any(|found| found == word));
    found.map(|(word, why)| format!("{word}: {why}")).collect()
}

#[test]
fn every_unique_key_of_a_busy_table_begins_with_the_district() {
    for (engine, db, _guard) in testing::databases(MIGRATIONS) {
        assert_eq!(broken_promises(&db), [""; 0], "{engine}");
        let tables = texts(&db, &TABLES, 1).concat();
        assert!(tables.len() > 20, "{engine}: {tables:?}");
        for (exempt, _) in EXEMPT {
            assert!(
                tables.iter().any(|table| table == exempt),
                "{engine}: there is no {exempt}"
            );
        }
    }
}

/// The statements that distribute the tables, in the document that tells how, name every table and no other.
#[test]
fn the_document_distributes_every_table() {
    let document = include_str!("../../../../docs/scaling.md");
    let after = |start: &str| -> BTreeSet<String> {
        let named = document
            .split(start)
            .skip(1)
            .filter_map(|rest| rest.split('\'').next());
        named.map(str::to_string).collect()
    };
    let (reference, distributed) = (
        after("create_reference_table('"),
        after("create_distributed_table('"),
    );
    let (_, db, _guard) = testing::databases(MIGRATIONS).remove(0);
    let tables: BTreeSet<String> = texts(&db, &TABLES, 1).concat().into_iter().collect();
    assert_eq!(&reference | &distributed, tables);
    let exempt: BTreeSet<String> = EXEMPT.iter().map(|(table, _)| (*table).to_string()).collect();
    let busy: BTreeSet<String> = &tables - &exempt;
    assert!(busy.is_subset(&distributed) && reference.is_subset(&exempt));
}

stmt!(
    CLUSTERED,
    sqlite: "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%WITHOUT ROWID' ORDER BY name",
    postgres: "SELECT CAST(relname AS TEXT) FROM pg_class WHERE relname = 'nothing'",
);
stmt!(
    PLAN,
    sqlite: "EXPLAIN QUERY PLAN SELECT code FROM orders WHERE district = '431023' AND id = $1",
    postgres: "EXPLAIN SELECT code FROM orders WHERE district = '431023' AND id = $1",
);

/// On SQLite what a rush writes lies in the order of its keys, and the planner knows that a district alone finds nothing.
#[test]
fn the_busy_tables_of_sqlite_lie_in_the_order_of_their_keys() {
    let (_, db, _guard) = testing::databases(MIGRATIONS).remove(0);
    assert_eq!(
        texts(&db, &CLUSTERED, 1).concat(),
        ["account", "command", "order_line", "orders", "transfer"]
    );
    let plan = db
        .read_blocking(|tx| tx.rows(&PLAN, &params![Vec::<u8>::new()]))
        .unwrap();
    let plan: String = plan[0].get(3).unwrap();
    assert!(plan.contains("orders_id"), "{plan}");
}

#[test]
fn the_migrations_use_nothing_that_a_sharded_engine_lacks() {
    for migration in MIGRATIONS {
        assert_eq!(banned(migration.sql), [""; 0], "{}", migration.name);
    }
}

/// The statements of the program as well, as each engine gets them.
#[test]
fn the_statements_use_nothing_that_a_sharded_engine_lacks() {
    for statement in store::statements().filter(|statement| statement.name().starts_with("baogong::")) {
        for engine in [store::Engine::Sqlite, store::Engine::Postgres] {
            assert_eq!(banned(statement.sql(engine)), [""; 0], "{}", statement.name());
        }
    }
}

#[test]
fn a_broken_promise_is_noticed() {
    static BROKEN: [Migration; 1] = [Migration {
        number: 1,
        name: "broken",
        sql: "CREATE TABLE parcel (id BYTEA PRIMARY KEY, district TEXT NOT NULL);
              CREATE TABLE bag (district TEXT NOT NULL, id BYTEA NOT NULL, code TEXT NOT NULL, PRIMARY KEY (district, id));
              CREATE UNIQUE INDEX bag_code ON bag (code);
              CREATE UNIQUE INDEX bag_lower ON bag (lower(code));
              CREATE TABLE heap (district TEXT NOT NULL);
              CREATE VIEW glance AS SELECT district FROM bag;",
        then: None,
    }];
    for (engine, db, _guard) in testing::databases(&BROKEN) {
        let broken = broken_promises(&db);
        assert_eq!(
            broken,
            [
                "bag: a unique key begins with (an expression)",
                "bag: a unique key begins with code",
                "heap: no key at all",
                "parcel: a unique key begins with id",
                "view glance",
            ],
            "{engine}"
        );
    }
    let sql =
        "CREATE TABLE a (id BIGSERIAL, t TEXT DEFAULT 'no trigger here'); -- nor a sequence\nLISTEN orders;";
    assert_eq!(
        banned(sql),
        [
            "bigserial: ids are made by the application",
            "listen: nodes do not talk through the database"
        ]
    );
}
