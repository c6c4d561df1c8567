//! Backup and restore: a database of either engine to and from one SQLite file.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

use rusqlite::types::Value as SqliteValue;
use uuid::Uuid;

use crate::{
    Engine, Fault, Migration, Value, check, migration, params,
    postgres::PostgresSession,
    session::Session,
    sql::quote,
    sqlite::SqliteSession,
    target::{SqliteFile, Target, create_private, sync_parent},
};

/// A file that is written beside its final place, and removed unless it gets there.
struct Partial {
    path: PathBuf,
}

impl Partial {
    fn create(beside: &Path) -> Result<Self, Fault> {
        let mut path = beside.as_os_str().to_owned();
        path.push(format!(".partial-{}", Uuid::new_v4().simple()));
        let path = PathBuf::from(path);
        create_private(&path).map_err(|error| Fault::copy(format!("{}: {error}", path.display())))?;
        Ok(Self { path })
    }

    /// Makes the file durable and gives it its final name.
    fn place(self, at: &Path) -> Result<(), Fault> {
        let placed = File::open(&self.path)
            .and_then(|file| file.sync_all())
            .and_then(|()| fs::rename(&self.path, at))
            .and_then(|()| sync_parent(at));
        placed.map_err(|error| Fault::copy(format!("{}: {error}", at.display())))
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        // After a rename there is nothing left to remove.
        let _ = fs::remove_file(&self.path);
    }
}

/// Writes a backup to `to`.
pub(crate) fn backup(target: &Target, migrations: &[Migration], to: &Path) -> Result<(), Fault> {
    let partial = Partial::create(to)?;
    match target {
        Target::Sqlite(file) => vacuum_into(&file.path, &partial.path)?,
        Target::Postgres(config) => from_postgres(config, migrations, &partial.path)?,
    }
    let mut copy = Session::Sqlite(SqliteSession::open_reader(&partial.path)?);
    refuse_damage("the copy is damaged", &check::sqlite_integrity(&mut copy)?)?;
    drop(copy);
    partial.place(to)
}

/// Fills the empty database at `target` from the backup `from`.
pub(crate) fn restore(target: &Target, migrations: &[Migration], from: &Path) -> Result<(), Fault> {
    if !from.is_file() {
        return Err(Fault::copy(format!("{} is not a file", from.display())));
    }
    let mut backup = SqliteSession::open_reader(from)?;
    backup.begin_read()?;
    let mut source = Session::Sqlite(backup);
    refuse_damage("the backup is damaged", &check::sqlite_integrity(&mut source)?)?;
    let applied = migration::applied(&mut source)
        .map_err(|fault| Fault::copy(format!("{} is not a backup: {fault}", from.display())))?;
    migration::verify(&applied, migrations)?;
    match target {
        Target::Sqlite(file) => into_sqlite(file, from),
        Target::Postgres(config) => {
            let mut session = Session::Postgres(Box::new(PostgresSession::open(config)?));
            session.begin_write()?;
            let result = into_postgres(&mut session, &mut source, migrations, &applied);
            session.finish(result)
        }
    }
}

fn refuse_damage(what: &str, found: &[String]) -> Result<(), Fault> {
    match found.first() {
        None => Ok(()),
        Some(first) => Err(Fault::copy(format!("{what}: {first} ({} findings)", found.len()))),
    }
}

fn vacuum_into(from: &Path, to: &Path) -> Result<(), Fault> {
    let path = to
        .to_str()
        .ok_or_else(|| Fault::copy("the path is not valid text"))?;
    let source = SqliteSession::open_reader(from)?;
    // This connection may write, but only into the new file; the database is opened for reading.
    source
        .connection()
        .execute_batch("PRAGMA query_only = OFF")
        .map_err(Fault::copy)?;
    source
        .connection()
        .execute("VACUUM INTO ?1", [path])
        .map(|_| ())
        .map_err(Fault::copy)
}

fn into_sqlite(file: &SqliteFile, from: &Path) -> Result<(), Fault> {
    let size = fs::metadata(&file.path).map_err(Fault::copy)?.len();
    if size > 0 {
        let mut session = Session::Sqlite(SqliteSession::open_writer(&file.path)?);
        refuse_filled(&mut session)?;
    }
    let partial = Partial::create(&file.path)?;
    vacuum_into(from, &partial.path)?;
    partial.place(&file.path)
}

fn refuse_filled(session: &mut Session) -> Result<(), Fault> {
    let sql = match session.engine() {
        Engine::Sqlite => "SELECT name FROM sqlite_schema LIMIT 1",
        Engine::Postgres => {
            "SELECT CAST(table_name AS TEXT) FROM information_schema.tables
             WHERE table_schema = current_schema() LIMIT 1"
        }
    };
    match session.rows_text("restore", sql, &[])?.first() {
        None => Ok(()),
        Some(row) => {
            let message = format!(
                "the database is not empty, it has {}; restore into a new one",
                row.text(0)?
            );
            Err(Fault::copy(message))
        }
    }
}

/// The tables that both have, or what one lacks.
fn same_tables(left: &mut Session, right: &mut Session) -> Result<Vec<String>, Fault> {
    let (tables, others) = (left.tables()?, right.tables()?);
    match tables
        .iter()
        .find(|table| !others.contains(table))
        .or(others.iter().find(|t| !tables.contains(t)))
    {
        None => Ok(tables),
        Some(table) => Err(Fault::copy(format!("table {table} is not in both databases"))),
    }
}

/// The columns that both have, or what one lacks.
fn same_columns(left: &mut Session, right: &mut Session, table: &str) -> Result<Vec<String>, Fault> {
    let (columns, others) = (columns(left, table)?, columns(right, table)?);
    let missing = columns
        .iter()
        .find(|column| !others.contains(column))
        .or(others.iter().find(|column| !columns.contains(column)));
    match missing {
        None => Ok(columns),
        Some(column) => Err(Fault::copy(format!(
            "column {table}.{column} is not in both databases"
        ))),
    }
}

fn columns(session: &mut Session, table: &str) -> Result<Vec<String>, Fault> {
    let sql = match session.engine() {
        Engine::Sqlite => "SELECT name FROM pragma_table_info($1) ORDER BY cid",
        Engine::Postgres => {
            "SELECT CAST(column_name AS TEXT) FROM information_schema.columns
             WHERE table_schema = current_schema() AND CAST(table_name AS TEXT) = $1 AND is_generated = 'NEVER'
             ORDER BY ordinal_position"
        }
    };
    session
        .rows_text("columns", sql, &params![table])?
        .iter()
        .map(|row| row.get(0))
        .collect()
}

fn listed(columns: &[String]) -> String {
    columns
        .iter()
        .map(|column| quote(column))
        .collect::<Vec<_>>()
        .join(", ")
}

/// Migrations may have put rows in; the backup has those as well.
fn empty(session: &mut Session, tables: &[String]) -> Result<(), Fault> {
    for table in tables {
        session.run_text("restore", &format!("DELETE FROM {}", quote(table)), &[])?;
    }
    Ok(())
}

fn from_postgres(config: &tokio_postgres::Config, migrations: &[Migration], to: &Path) -> Result<(), Fault> {
    let mut source = Session::Postgres(Box::new(PostgresSession::open(config)?));
    source.begin_read()?;
    let applied = migration::applied(&mut source)?;
    let mut sink = Session::Sqlite(SqliteSession::open_copy(to)?);
    sink.begin_write()?;
    migration::replay(&mut sink, migrations, &applied)?;
    let tables = same_tables(&mut source, &mut sink)?;
    empty(&mut sink, &tables)?;
    for table in &tables {
        let columns = same_columns(&mut source, &mut sink, table)?;
        copy_table(&mut source, &mut sink, table, &columns)?;
    }
    sink.finish(Ok(()))
}

fn copy_table(
    source: &mut Session,
    sink: &mut Session,
    table: &str,
    columns: &[String],
) -> Result<(), Fault> {
    let Session::Sqlite(sink) = sink else {
        return Err(Fault::copy("a backup is a SQLite file"));
    };
    let (list, table) = (listed(columns), quote(table));
    let places: Vec<String> = (1..=columns.len()).map(|number| format!("?{number}")).collect();
    let insert = format!("INSERT INTO {table} ({list}) VALUES ({})", places.join(", "));
    let mut insert = sink.connection().prepare(&insert).map_err(Fault::copy)?;
    source.scan_text(
        "backup",
        &format!("SELECT {list} FROM {table}"),
        &[],
        &mut |row| {
            insert
                .execute(rusqlite::params_from_iter(&row.values))
                .map(|_| ())
                .map_err(Fault::copy)
        },
    )
}

fn into_postgres(
    session: &mut Session,
    source: &mut Session,
    migrations: &[Migration],
    applied: &[migration::Applied],
) -> Result<(), Fault> {
    refuse_filled(session)?;
    migration::replay(session, migrations, applied)?;
    let tables = same_tables(source, session)?;
    // Without its foreign keys the schema takes tables and rows in any order; they are checked when they come back.
    let keys = session.rows_text(
        "restore",
        "SELECT CAST(conrelid::regclass AS TEXT), CAST(quote_ident(conname) AS TEXT), pg_get_constraintdef(oid)
         FROM pg_constraint WHERE contype = 'f' AND connamespace = CAST(current_schema() AS regnamespace)
         ORDER BY conrelid, conname",
        &[],
    )?;
    for key in &keys {
        let sql = format!("ALTER TABLE {} DROP CONSTRAINT {}", key.text(0)?, key.text(1)?);
        session.batch("restore", &sql)?;
    }
    empty(session, &tables)?;
    for table in &tables {
        let columns = same_columns(source, session, table)?;
        fill_table(source, session, table, &columns)?;
    }
    for key in &keys {
        let sql = format!(
            "ALTER TABLE {} ADD CONSTRAINT {} {}",
            key.text(0)?,
            key.text(1)?,
            key.text(2)?
        );
        session.batch("restore", &sql)?;
    }
    // Whoever comes first would otherwise wait for plans that were made for empty tables.
    for table in &tables {
        session.batch("restore", &format!("ANALYZE {}", quote(table)))?;
    }
    Ok(())
}

fn fill_table(
    source: &mut Session,
    session: &mut Session,
    table: &str,
    columns: &[String],
) -> Result<(), Fault> {
    let (Session::Sqlite(source), Session::Postgres(session)) = (source, session) else {
        return Err(Fault::copy("a backup is a SQLite file"));
    };
    let select = format!("SELECT {} FROM {}", listed(columns), quote(table));
    let mut select = source.connection().prepare(&select).map_err(Fault::copy)?;
    let mut rows = select.query([]).map_err(Fault::copy)?;
    session.fill(table, columns, &mut || {
        let Some(row) = rows.next().map_err(Fault::copy)? else {
            return Ok(None);
        };
        let values = (0..columns.len()).map(|index| {
            let value = row.get::<_, SqliteValue>(index).map_err(Fault::copy)?;
            Ok(match value {
                SqliteValue::Null => Value::Null,
                SqliteValue::Integer(integer) => Value::Int(integer),
                SqliteValue::Real(real) => Value::Real(real),
                SqliteValue::Text(text) => Value::Text(text),
                SqliteValue::Blob(bytes) => Value::Blob(bytes),
            })
        });
        values.collect::<Result<Vec<Value>, Fault>>().map(Some)
    })?;
    Ok(())
}
