//! One connection to either engine.

use std::fmt;

use crate::{
    Fault, Row, Statement, Value, check::Shape, postgres::PostgresSession, sqlite::SqliteSession,
    target::Target,
};

/// Which database engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Engine {
    /// Embedded SQLite.
    Sqlite,
    /// A PostgreSQL server, or one that speaks like it.
    Postgres,
}

impl fmt::Display for Engine {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        })
    }
}

/// Why a COMMIT did not report success.
#[derive(Debug)]
pub(crate) enum CommitFault {
    /// Nothing was committed.
    Failed(Fault),
    /// It may or may not have been committed.
    Unknown,
}

/// Receives rows one at a time; it may take the values out of a row.
pub(crate) type Visit<'v> = dyn FnMut(&mut Row) -> Result<(), Fault> + 'v;

/// One connection. It belongs to one thread at a time and must be used from threads of the store only, because the client
/// for PostgreSQL drives a runtime of its own.
pub(crate) enum Session {
    Sqlite(SqliteSession),
    Postgres(Box<PostgresSession>),
}

/// Calls the same method on whichever engine runs.
macro_rules! on_engine {
    ($self:ident, $session:ident => $call:expr) => {
        match $self {
            Session::Sqlite($session) => $call,
            Session::Postgres($session) => $call,
        }
    };
}

impl Session {
    /// A connection that may write; on SQLite it creates the file where needed.
    pub(crate) fn open_writer(target: &Target) -> Result<Self, Fault> {
        match target {
            Target::Sqlite(file) => Ok(Self::Sqlite(SqliteSession::open_writer(&file.path)?)),
            Target::Postgres(config) => Ok(Self::Postgres(Box::new(PostgresSession::open(config)?))),
        }
    }

    /// A connection that only reads.
    pub(crate) fn open_reader(target: &Target) -> Result<Self, Fault> {
        match target {
            Target::Sqlite(file) => Ok(Self::Sqlite(SqliteSession::open_reader(&file.path)?)),
            Target::Postgres(config) => Ok(Self::Postgres(Box::new(PostgresSession::open(config)?))),
        }
    }

    pub(crate) fn engine(&self) -> Engine {
        match self {
            Self::Sqlite(_) => Engine::Sqlite,
            Self::Postgres(_) => Engine::Postgres,
        }
    }

    /// Begins a transaction that may write.
    pub(crate) fn begin_write(&mut self) -> Result<(), Fault> {
        on_engine!(self, session => session.begin_write())
    }

    /// Begins a transaction that reads one consistent state.
    pub(crate) fn begin_read(&mut self) -> Result<(), Fault> {
        on_engine!(self, session => session.begin_read())
    }

    /// Sets the mark that [`Session::undo`] goes back to.
    pub(crate) fn mark(&mut self) -> Result<(), Fault> {
        on_engine!(self, session => session.mark())
    }

    /// Keeps what was done since the mark.
    pub(crate) fn keep(&mut self) -> Result<(), Fault> {
        on_engine!(self, session => session.keep())
    }

    /// Undoes what was done since the mark.
    pub(crate) fn undo(&mut self) -> Result<(), Fault> {
        on_engine!(self, session => session.undo())
    }

    /// Looks at what was sent and not waited for, where it may have to be undone apart from the rest.
    pub(crate) fn settle_marked(&mut self) -> Result<(), Fault> {
        match self {
            // SQLite answers each statement at once.
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(session) => session.settle_marked(),
        }
    }

    /// Commits durably.
    pub(crate) fn commit(&mut self) -> Result<(), CommitFault> {
        on_engine!(self, session => session.commit())
    }

    /// Rolls back; a connection that cannot even do that is replaced at its next use.
    pub(crate) fn rollback(&mut self) {
        on_engine!(self, session => session.rollback())
    }

    /// Commits, or rolls back where `result` is a fault, and returns `result`.
    pub(crate) fn finish<T>(&mut self, result: Result<T, Fault>) -> Result<T, Fault> {
        match result {
            Ok(value) => match self.commit() {
                Ok(()) => Ok(value),
                Err(CommitFault::Failed(fault)) => {
                    self.rollback();
                    Err(fault)
                }
                Err(CommitFault::Unknown) => Err(Fault::Unknown),
            },
            Err(fault) => {
                self.rollback();
                Err(fault)
            }
        }
    }

    pub(crate) fn run(&mut self, statement: &'static Statement, parameters: &[Value]) -> Result<u64, Fault> {
        on_engine!(self, session => session.run(statement, parameters))
    }

    pub(crate) fn run_many(
        &mut self,
        statement: &'static Statement,
        rows: &[Vec<Value>],
    ) -> Result<u64, Fault> {
        on_engine!(self, session => session.run_many(statement, rows))
    }

    pub(crate) fn rows_many(
        &mut self,
        statement: &'static Statement,
        keys: &[Vec<Value>],
    ) -> Result<Vec<Vec<Row>>, Fault> {
        on_engine!(self, session => session.rows_many(statement, keys))
    }

    pub(crate) fn scan(
        &mut self,
        statement: &'static Statement,
        parameters: &[Value],
        visit: &mut Visit<'_>,
    ) -> Result<(), Fault> {
        on_engine!(self, session => session.scan(statement, parameters, visit))
    }

    /// Runs SQL put together at run time that returns nothing; several statements are allowed.
    pub(crate) fn batch(&mut self, source: &'static str, sql: &str) -> Result<(), Fault> {
        on_engine!(self, session => session.batch(source, sql))
    }

    /// Runs one statement put together at run time.
    pub(crate) fn run_text(
        &mut self,
        source: &'static str,
        sql: &str,
        parameters: &[Value],
    ) -> Result<u64, Fault> {
        on_engine!(self, session => session.run_text(source, sql, parameters))
    }

    /// Streams a query put together at run time.
    pub(crate) fn scan_text(
        &mut self,
        source: &'static str,
        sql: &str,
        parameters: &[Value],
        visit: &mut Visit<'_>,
    ) -> Result<(), Fault> {
        on_engine!(self, session => session.scan_text(source, sql, parameters, visit))
    }

    /// All rows of a query put together at run time.
    pub(crate) fn rows_text(
        &mut self,
        source: &'static str,
        sql: &str,
        parameters: &[Value],
    ) -> Result<Vec<Row>, Fault> {
        let mut rows = Vec::new();
        self.scan_text(source, sql, parameters, &mut |row| {
            rows.push(row.clone());
            Ok(())
        })?;
        Ok(rows)
    }

    /// Prepares a statement and tells what it takes and returns.
    pub(crate) fn shape(&mut self, statement: &'static Statement) -> Result<Shape, Fault> {
        on_engine!(self, session => session.shape(statement))
    }

    /// Whether the engine answers; connects again where the connection was lost.
    pub(crate) fn answers(&mut self) -> bool {
        match self {
            Self::Sqlite(_) => true,
            Self::Postgres(session) => session.answers(),
        }
    }

    /// Work between transactions that no caller waits for: moves the write-ahead log into the database file on SQLite.
    pub(crate) fn tidy(&mut self) -> Result<(), Fault> {
        match self {
            Self::Sqlite(session) => session.checkpoint_when_due(),
            Self::Postgres(_) => Ok(()),
        }
    }

    /// The tables of the schema, without those of the engine and of the migrations.
    pub(crate) fn tables(&mut self) -> Result<Vec<String>, Fault> {
        let sql = match self.engine() {
            Engine::Sqlite => {
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
                 AND name <> 'schema_migration' ORDER BY name"
            }
            Engine::Postgres => {
                "SELECT CAST(table_name AS TEXT) FROM information_schema.tables WHERE table_schema = current_schema()
                 AND table_type = 'BASE TABLE' AND table_name <> 'schema_migration' ORDER BY 1"
            }
        };
        self.rows_text("tables", sql, &[])?
            .iter()
            .map(|row| row.get(0))
            .collect()
    }
}
