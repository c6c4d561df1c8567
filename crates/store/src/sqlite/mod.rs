//! A connection to SQLite.

mod fault;
mod names;

use std::{
    cell::OnceCell,
    fs::File,
    io::{Read as _, Seek as _, Write as _},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI32, Ordering},
    },
    time::Duration,
};

use rusqlite::{
    CachedStatement, Connection, OpenFlags, ToSql,
    hooks::Wal,
    types::{ToSqlOutput, ValueRef},
};

use crate::{Engine, Fault, Row, Statement, Value, check::Shape, session::CommitFault, session::Visit, sql};
use names::Names;

/// SQLite up to 3.51.2 can lose commits in a race of the write-ahead log.
const OLDEST_VERSION: i32 = 3_051_003;
/// Pages in the write-ahead log before it is moved into the database file: 128 MiB. A rush changes the same pages again and
/// again, which are then moved once.
const CHECKPOINT_PAGES: i32 = 32_000;
/// Prepared statements kept per connection; more than a program of this size declares.
const CACHED_STATEMENTS: usize = 1_024;
/// How long to wait for a process that reads or copies the file by other means.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

pub(crate) struct SqliteSession {
    connection: Connection,
    names: OnceCell<Names>,
    /// Pages in the write-ahead log after the last commit.
    log_pages: Arc<AtomicI32>,
    writer: bool,
}

impl SqliteSession {
    /// Opens the connection that writes, with write-ahead log and full durability.
    pub(crate) fn open_writer(path: &Path) -> Result<Self, Fault> {
        save_log_again(path).map_err(Fault::open)?;
        Self::writer(Connection::open(path).map_err(Fault::open)?)
    }

    /// As [`Self::open_writer`], on a virtual file system without shared memory, where this is the only connection.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn open_on(path: &str, vfs: &str) -> Result<Self, Fault> {
        let connection =
            Connection::open_with_flags_and_vfs(path, OpenFlags::default(), vfs).map_err(Fault::open)?;
        connection
            .execute_batch("PRAGMA locking_mode = EXCLUSIVE")
            .map_err(Fault::open)?;
        Self::writer(connection)
    }

    fn writer(connection: Connection) -> Result<Self, Fault> {
        let version = rusqlite::version_number();
        if version < OLDEST_VERSION {
            return Err(Fault::open(format!(
                "SQLite {} may lose commits; 3.51.3 or newer is needed",
                rusqlite::version()
            )));
        }
        let mut session = Self::prepare(connection, true)?;
        let mode: String = session
            .connection
            .query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))
            .map_err(Fault::open)?;
        if !mode.eq_ignore_ascii_case("wal") {
            return Err(Fault::open(format!(
                "the file system does not allow a write-ahead log (mode {mode})"
            )));
        }
        // The automatic checkpoint would hide a failed fsync and make callers wait for it; `tidy` does it instead.
        session
            .connection
            .execute_batch(
                "PRAGMA wal_autocheckpoint = 0; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
                 PRAGMA cache_size = -65536;",
            )
            .map_err(Fault::open)?;
        let log_pages = Arc::clone(&session.log_pages);
        let hook = move |_: &mut Wal, pages: i32| {
            log_pages.store(pages, Ordering::Relaxed);
            Ok(())
        };
        session.connection.wal_hook(Some(hook)).map_err(Fault::open)?;
        Ok(session)
    }

    /// Opens a connection that cannot write.
    pub(crate) fn open_reader(path: &Path) -> Result<Self, Fault> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags).map_err(Fault::open)?;
        let session = Self::prepare(connection, false)?;
        session
            .connection
            .execute_batch("PRAGMA query_only = ON; PRAGMA cache_size = -8192;")
            .map_err(Fault::open)?;
        Ok(session)
    }

    /// Opens a file to fill it with a copy: fast, without durability of its own and without foreign keys, which are checked
    /// at the end.
    pub(crate) fn open_copy(path: &Path) -> Result<Self, Fault> {
        let connection = Connection::open(path).map_err(Fault::copy)?;
        let session = Self::prepare(connection, true)?;
        session
            .connection
            .execute_batch("PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF;")
            .map_err(Fault::copy)?;
        let _: String = session
            .connection
            .query_row("PRAGMA journal_mode = MEMORY", [], |row| row.get(0))
            .map_err(Fault::copy)?;
        Ok(session)
    }

    fn prepare(connection: Connection, writer: bool) -> Result<Self, Fault> {
        connection.busy_timeout(BUSY_TIMEOUT).map_err(Fault::open)?;
        connection.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);
        connection
            .execute_batch("PRAGMA temp_store = MEMORY")
            .map_err(Fault::open)?;
        Ok(Self {
            connection,
            names: OnceCell::new(),
            log_pages: Arc::default(),
            writer,
        })
    }

    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    pub(crate) fn begin_write(&mut self) -> Result<(), Fault> {
        self.control("BEGIN IMMEDIATE")
    }

    pub(crate) fn begin_read(&mut self) -> Result<(), Fault> {
        self.control("BEGIN")
    }

    pub(crate) fn mark(&mut self) -> Result<(), Fault> {
        self.control("SAVEPOINT mark")
    }

    pub(crate) fn keep(&mut self) -> Result<(), Fault> {
        self.control("RELEASE mark")
    }

    pub(crate) fn undo(&mut self) -> Result<(), Fault> {
        self.control("ROLLBACK TO mark")?;
        self.control("RELEASE mark")
    }

    pub(crate) fn commit(&mut self) -> Result<(), CommitFault> {
        self.control("COMMIT").map_err(CommitFault::Failed)
    }

    pub(crate) fn rollback(&mut self) {
        if !self.connection.is_autocommit() {
            // A failed ROLLBACK leaves SQLite outside the transaction or on a broken disk, which the next command finds.
            let _ = self.control("ROLLBACK");
        }
    }

    fn control(&self, sql: &'static str) -> Result<(), Fault> {
        let outcome = self
            .connection
            .prepare_cached(sql)
            .and_then(|mut statement| statement.raw_execute());
        outcome.map(|_| ()).map_err(|error| self.fault(&error, sql, sql))
    }

    pub(crate) fn run(&mut self, statement: &'static Statement, parameters: &[Value]) -> Result<u64, Fault> {
        self.run_prepared(
            statement.name(),
            statement.sql(Engine::Sqlite),
            std::iter::once(parameters),
        )
    }

    pub(crate) fn run_many(
        &mut self,
        statement: &'static Statement,
        rows: &[Vec<Value>],
    ) -> Result<u64, Fault> {
        self.run_prepared(
            statement.name(),
            statement.sql(Engine::Sqlite),
            rows.iter().map(Vec::as_slice),
        )
    }

    pub(crate) fn rows_many(
        &mut self,
        statement: &'static Statement,
        keys: &[Vec<Value>],
    ) -> Result<Vec<Vec<Row>>, Fault> {
        let (name, text) = (statement.name(), statement.sql(Engine::Sqlite));
        debug_assert_eq!(
            sql::other_for_many(text),
            None,
            "PostgreSQL refuses {name} for many rows"
        );
        let fault = |error: rusqlite::Error| self.fault(&error, name, text);
        let mut prepared = self.connection.prepare_cached(text).map_err(fault)?;
        let mut found = Vec::with_capacity(keys.len());
        for key in keys {
            let mut rows = Vec::new();
            self.query(&mut prepared, name, text, key, &mut |row| {
                let values = std::mem::take(&mut row.values);
                rows.push(Row { source: name, values });
                Ok(())
            })?;
            found.push(rows);
        }
        Ok(found)
    }

    pub(crate) fn run_text(
        &mut self,
        source: &'static str,
        text: &str,
        parameters: &[Value],
    ) -> Result<u64, Fault> {
        let text = sql::for_engine(text, Engine::Sqlite);
        self.run_prepared(source, &text, std::iter::once(parameters))
    }

    fn run_prepared<'v>(
        &self,
        name: &str,
        text: &str,
        rows: impl Iterator<Item = &'v [Value]>,
    ) -> Result<u64, Fault> {
        let fault = |error: rusqlite::Error| self.fault(&error, name, text);
        let mut statement = self.connection.prepare_cached(text).map_err(fault)?;
        let mut changed = 0;
        for parameters in rows {
            bind(&mut statement, name, parameters).map_err(|bind| bind.into_fault(fault))?;
            changed += statement.raw_execute().map_err(fault)? as u64;
        }
        Ok(changed)
    }

    pub(crate) fn scan(
        &mut self,
        statement: &'static Statement,
        parameters: &[Value],
        visit: &mut Visit<'_>,
    ) -> Result<(), Fault> {
        self.scan_prepared(statement.name(), statement.sql(Engine::Sqlite), parameters, visit)
    }

    pub(crate) fn scan_text(
        &mut self,
        source: &'static str,
        text: &str,
        parameters: &[Value],
        visit: &mut Visit<'_>,
    ) -> Result<(), Fault> {
        let text = sql::for_engine(text, Engine::Sqlite);
        self.scan_prepared(source, &text, parameters, visit)
    }

    fn scan_prepared(
        &self,
        name: &'static str,
        text: &str,
        parameters: &[Value],
        visit: &mut Visit<'_>,
    ) -> Result<(), Fault> {
        let fault = |error: rusqlite::Error| self.fault(&error, name, text);
        let mut statement = self.connection.prepare_cached(text).map_err(fault)?;
        self.query(&mut statement, name, text, parameters, visit)
    }

    fn query(
        &self,
        statement: &mut CachedStatement<'_>,
        name: &'static str,
        text: &str,
        parameters: &[Value],
        visit: &mut Visit<'_>,
    ) -> Result<(), Fault> {
        let fault = |error: rusqlite::Error| self.fault(&error, name, text);
        bind(statement, name, parameters).map_err(|bind| bind.into_fault(fault))?;
        let width = statement.column_count();
        let mut found = statement.raw_query();
        let mut row = Row::new(name);
        while let Some(columns) = found.next().map_err(fault)? {
            row.values.clear();
            row.values.reserve(width);
            for index in 0..width {
                row.values
                    .push(read(columns.get_ref(index).map_err(fault)?, name, index)?);
            }
            visit(&mut row)?;
        }
        Ok(())
    }

    pub(crate) fn batch(&mut self, source: &'static str, text: &str) -> Result<(), Fault> {
        let text = sql::for_engine(text, Engine::Sqlite);
        self.connection
            .execute_batch(&text)
            .map_err(|error| self.fault(&error, source, &text))
    }

    pub(crate) fn shape(&mut self, statement: &'static Statement) -> Result<Shape, Fault> {
        let text = statement.sql(Engine::Sqlite);
        let prepared = self
            .connection
            .prepare(text)
            .map_err(|error| self.fault(&error, statement.name(), text))?;
        for index in 1..=prepared.parameter_count() {
            if prepared.parameter_name(index).is_none() {
                return Err(Fault::statement(
                    statement.name(),
                    format!("parameter ${index} is not used"),
                ));
            }
        }
        let columns = prepared.column_names().map(str::to_owned).collect();
        Ok(Shape {
            name: statement.name(),
            parameters: prepared.parameter_count(),
            columns,
        })
    }

    /// Moves the write-ahead log into the database file when it has grown enough. It runs after callers were answered and
    /// reports a failed fsync, which the automatic checkpoint of SQLite would not.
    pub(crate) fn checkpoint_when_due(&mut self) -> Result<(), Fault> {
        if self.log_pages.load(Ordering::Relaxed) < CHECKPOINT_PAGES {
            return Ok(());
        }
        self.log_pages.store(0, Ordering::Relaxed);
        self.checkpoint("PRAGMA wal_checkpoint(PASSIVE)")
    }

    fn checkpoint(&self, text: &'static str) -> Result<(), Fault> {
        self.connection
            .query_row(text, [], |_| Ok(()))
            .map_err(|error| self.fault(&error, text, text))
    }

    fn fault(&self, error: &rusqlite::Error, name: &str, text: &str) -> Fault {
        fault::from_sqlite(error, name, || {
            let names = self.names.get_or_init(|| Names::read(&self.connection));
            (names, text)
        })
    }
}

impl Drop for SqliteSession {
    fn drop(&mut self) {
        if self.writer && self.connection.is_autocommit() {
            // The log would be applied at the next start anyway; doing it now makes that start quick.
            let _ = self.checkpoint("PRAGMA wal_checkpoint(TRUNCATE)");
        }
    }
}

/// Writes the write-ahead log over itself and syncs it. After a failed fsync the operating system shows changes that never
/// reached the disk and that no later fsync will save; a program that starts again would take them for durable.
fn save_log_again(path: &Path) -> std::io::Result<()> {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    let mut file = match File::options().read(true).write(true).open(&log) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    let mut content = Vec::new();
    file.read_to_end(&mut content)?;
    file.rewind()?;
    file.write_all(&content)?;
    file.sync_all()
}

enum BindFault {
    Own(Fault),
    Engine(rusqlite::Error),
}

impl BindFault {
    fn into_fault(self, convert: impl Fn(rusqlite::Error) -> Fault) -> Fault {
        match self {
            Self::Own(fault) => fault,
            Self::Engine(error) => convert(error),
        }
    }
}

fn bind(statement: &mut CachedStatement<'_>, name: &str, parameters: &[Value]) -> Result<(), BindFault> {
    let wanted = statement.parameter_count();
    if wanted != parameters.len() {
        let message = format!("takes {wanted} parameters, got {}", parameters.len());
        return Err(BindFault::Own(Fault::statement(name, message)));
    }
    for (index, value) in parameters.iter().enumerate() {
        statement
            .raw_bind_parameter(index + 1, value)
            .map_err(BindFault::Engine)?;
    }
    Ok(())
}

fn read(value: ValueRef<'_>, name: &str, index: usize) -> Result<Value, Fault> {
    Ok(match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(integer) => Value::Int(integer),
        ValueRef::Real(real) => Value::Real(real),
        ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => Value::Text(text.to_owned()),
            Err(error) => {
                let message = error.to_string();
                return Err(Fault::Column {
                    statement: name.to_owned(),
                    index,
                    message,
                });
            }
        },
        ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
    })
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(integer) => ValueRef::Integer(*integer),
            Self::Real(real) => ValueRef::Real(*real),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}
