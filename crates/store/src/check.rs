//! Checks of statements and of the database.

use std::collections::HashSet;

use crate::{Db, Engine, Fault, Statement, session::Session, statements, target::Target};

/// What a statement takes and returns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    /// The name of the statement.
    pub name: &'static str,
    /// How many parameters it takes.
    pub parameters: usize,
    /// The names of the columns it returns. Names of expressions differ by engine; the number must not.
    pub columns: Vec<String>,
}

/// Prepares every registered statement on the engine of `db` and returns name and problem of those that do not work there.
pub fn prepare_all(db: &Db) -> Vec<(String, String)> {
    prepare(db, statements().collect())
        .into_iter()
        .filter_map(|(name, result)| result.err().map(|fault| (name.to_owned(), fault.to_string())))
        .collect()
}

/// The shapes of all registered statements that can be prepared on the engine of `db`, by name. A test compares those of
/// two engines by number of parameters and columns.
pub fn shapes(db: &Db) -> Vec<Shape> {
    prepare(db, statements().collect())
        .into_iter()
        .filter_map(|(_, result)| result.ok())
        .collect()
}

/// Prepares the given statements in the order of their names.
pub(crate) fn prepare(
    db: &Db,
    mut statements: Vec<&'static Statement>,
) -> Vec<(&'static str, Result<Shape, Fault>)> {
    statements.sort_by_key(|statement| statement.name());
    let prepared = db.aside(|target| {
        let mut session = Session::open_reader(target)?;
        let mut names = HashSet::new();
        let shapes = statements.iter().map(|statement| {
            let name = statement.name();
            if names.insert(name) {
                (name, session.shape(statement))
            } else {
                (name, Err(Fault::statement(name, "two statements have this name")))
            }
        });
        Ok(shapes.collect())
    });
    prepared.unwrap_or_else(|fault| vec![("(all)", Err(fault))])
}

/// Looks for damage on either engine.
pub(crate) fn integrity(target: &Target) -> Result<Vec<String>, Fault> {
    let mut session = Session::open_reader(target)?;
    match session.engine() {
        Engine::Sqlite => {
            // One state for pages and references, whatever is written beside.
            session.begin_read()?;
            sqlite_integrity(&mut session)
        }
        Engine::Postgres => postgres_integrity(&mut session),
    }
}

/// The full check of SQLite and that of its foreign keys.
pub(crate) fn sqlite_integrity(session: &mut Session) -> Result<Vec<String>, Fault> {
    let mut found = Vec::new();
    for row in session.rows_text("integrity", "PRAGMA integrity_check", &[])? {
        let line = row.text(0)?;
        if line != "ok" {
            found.push(line.to_owned());
        }
    }
    found.extend(broken_references(session)?);
    Ok(found)
}

/// References to missing rows in a SQLite database, one line per table and referenced table.
pub(crate) fn broken_references(session: &mut Session) -> Result<Vec<String>, Fault> {
    let sql = "SELECT \"table\", parent, count(*) FROM pragma_foreign_key_check GROUP BY 1, 2 ORDER BY 1, 2";
    let rows = session.rows_text("integrity", sql, &[])?;
    rows.iter()
        .map(|row| {
            let count: i64 = row.get(2)?;
            Ok(format!(
                "{count} rows of {} refer to missing rows of {}",
                row.text(0)?,
                row.text(1)?
            ))
        })
        .collect()
}

/// What the catalogue of PostgreSQL knows to be unusable, and the check of all B-tree indexes where the extension
/// `amcheck` is installed.
fn postgres_integrity(session: &mut Session) -> Result<Vec<String>, Fault> {
    const QUESTIONS: [(&str, &str); 3] = [
        (
            "the index is not usable",
            "SELECT CAST(indexrelid::regclass AS TEXT) FROM pg_index WHERE NOT (indisvalid AND indisready)",
        ),
        (
            "the constraint was never validated",
            "SELECT CAST(conname AS TEXT) FROM pg_constraint WHERE NOT convalidated
             AND connamespace = CAST(current_schema() AS regnamespace)",
        ),
        (
            "the server found pages with a wrong checksum in the database",
            "SELECT CAST(datname AS TEXT) FROM pg_stat_database
             WHERE datname = current_database() AND checksum_failures > 0",
        ),
    ];
    let mut found = Vec::new();
    for (problem, sql) in QUESTIONS {
        for row in session.rows_text("integrity", sql, &[])? {
            found.push(format!("{}: {problem}", row.text(0)?));
        }
    }
    let extension = "SELECT 1 FROM pg_extension WHERE extname = 'amcheck'";
    if !session.rows_text("integrity", extension, &[])?.is_empty() {
        let indexes = "SELECT CAST(c.oid AS BIGINT), CAST(c.relname AS TEXT) FROM pg_class c
             JOIN pg_index i ON i.indexrelid = c.oid JOIN pg_am a ON a.oid = c.relam
             WHERE a.amname = 'btree' AND c.relpersistence <> 't' AND i.indisvalid
             AND c.relnamespace = CAST(current_schema() AS regnamespace)";
        for row in session.rows_text("integrity", indexes, &[])? {
            let sql = format!(
                "SELECT CAST(bt_index_check({}, true) AS TEXT)",
                row.get::<i64>(0)?
            );
            if let Err(fault) = session.rows_text("integrity", &sql, &[]) {
                found.push(format!("{}: {fault}", row.text(1)?));
            }
        }
    }
    Ok(found)
}
