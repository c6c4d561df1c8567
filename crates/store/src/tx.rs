//! A transaction as domain code sees it.

use crate::{Engine, Fault, Row, Statement, Value, session::Session};

/// A transaction. A closure gets it from [`Db::read`](crate::Db::read) or [`Db::write`](crate::Db::write).
///
/// A statement that fails ends the transaction of the closure, as it does on PostgreSQL: later statements return the same
/// fault, and the closure cannot succeed any more even if it returns `Ok`. Foresee conflicts in the statement instead
/// (`ON CONFLICT DO NOTHING`, `WHERE balance >= $1`) and look at the number of rows changed.
///
/// On PostgreSQL a plain `INSERT` is not waited for. If it fails, a later statement returns its fault; where none follows,
/// the closure has failed all the same.
pub struct Tx<'a> {
    session: &'a mut Session,
    writable: bool,
    broken: Option<Fault>,
}

impl<'a> Tx<'a> {
    pub(crate) fn new(session: &'a mut Session, writable: bool) -> Self {
        Self {
            session,
            writable,
            broken: None,
        }
    }

    /// The fault that ended this transaction, if one did.
    pub(crate) fn broken(&self) -> Option<&Fault> {
        self.broken.as_ref()
    }

    /// Looks at what was sent and not waited for, as far as the end of the closure has to know it.
    pub(crate) fn settle(&mut self) {
        if self.broken.is_none() {
            let settled = self.session.settle_marked();
            // A fault stays with the transaction.
            let _ = self.note(settled);
        }
    }

    /// Which engine runs. Domain code hardly ever needs it; a statement can differ by engine instead.
    pub fn engine(&self) -> Engine {
        self.session.engine()
    }

    /// Runs a statement that returns no rows, and returns how many rows it changed.
    ///
    /// # Errors
    /// [`Fault::ReadOnly`] in a read transaction, [`Fault::Constraint`], and faults of the engine.
    pub fn run(&mut self, statement: &'static Statement, parameters: &[Value]) -> Result<u64, Fault> {
        self.ready(Some(statement))?;
        let result = self.session.run(statement, parameters);
        self.note(result)
    }

    /// Runs one statement for many rows of parameters and returns how many rows changed in total; on PostgreSQL in one round
    /// trip, for which the statement must be an `INSERT … VALUES` or an `UPDATE … WHERE` whose rows do not touch each other.
    ///
    /// # Errors
    /// As [`Tx::run`], for the first row that fails.
    pub fn run_many(&mut self, statement: &'static Statement, rows: &[Vec<Value>]) -> Result<u64, Fault> {
        self.ready(Some(statement))?;
        if rows.is_empty() {
            return Ok(0);
        }
        let result = self.session.run_many(statement, rows);
        self.note(result)
    }

    /// The rows of a query for each of many rows of parameters, in their order; on PostgreSQL in one round trip, for which
    /// the query must be a `SELECT … WHERE` without grouping, order and limit.
    ///
    /// # Errors
    /// As [`Tx::rows`].
    pub fn rows_many(
        &mut self,
        statement: &'static Statement,
        keys: &[Vec<Value>],
    ) -> Result<Vec<Vec<Row>>, Fault> {
        self.ready(None)?;
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let result = self.session.rows_many(statement, keys);
        self.note(result)
    }

    /// All rows of a query. Use [`Tx::each`] where there may be many.
    ///
    /// # Errors
    /// Faults of the engine; [`Fault::ReadOnly`] for a writing statement in a read transaction.
    pub fn rows(&mut self, statement: &'static Statement, parameters: &[Value]) -> Result<Vec<Row>, Fault> {
        let mut rows = Vec::new();
        self.scan(statement, parameters, &mut |row| {
            let values = std::mem::take(&mut row.values);
            rows.push(Row {
                source: row.source,
                values,
            });
            Ok(())
        })?;
        Ok(rows)
    }

    /// The first row of a query, or `None`. The query is read to its end, so limit it to what is needed.
    ///
    /// # Errors
    /// As [`Tx::rows`].
    pub fn row(&mut self, statement: &'static Statement, parameters: &[Value]) -> Result<Option<Row>, Fault> {
        let mut first = None;
        self.scan(statement, parameters, &mut |row| {
            if first.is_none() {
                first = Some(Row {
                    source: row.source,
                    values: std::mem::take(&mut row.values),
                });
            }
            Ok(())
        })?;
        Ok(first)
    }

    /// Calls `visit` for each row as it arrives, in constant memory on both engines.
    ///
    /// # Errors
    /// As [`Tx::rows`], and the fault that `visit` returns, which also ends the transaction.
    pub fn each(
        &mut self,
        statement: &'static Statement,
        parameters: &[Value],
        visit: &mut dyn FnMut(&Row) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        self.scan(statement, parameters, &mut |row| visit(row))
    }

    /// Runs SQL of a migration, which is not registered because it belongs to the schema of its step.
    ///
    /// # Errors
    /// As [`Tx::run`].
    pub fn run_text(&mut self, sql: &str, parameters: &[Value]) -> Result<u64, Fault> {
        self.ready(None)?;
        let result = self.session.run_text("migration", sql, parameters);
        self.note(result)
    }

    /// The rows of a query of a migration.
    ///
    /// # Errors
    /// As [`Tx::rows`].
    pub fn rows_text(&mut self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>, Fault> {
        self.ready(None)?;
        let result = self.session.rows_text("migration", sql, parameters);
        self.note(result)
    }

    /// Runs `part` so that everything it did is undone when it returns an error, while the transaction goes on. A fault of
    /// the database ends the transaction all the same.
    ///
    /// # Errors
    /// What `part` returns, and faults of the engine.
    pub fn attempt<T, E: From<Fault>>(
        &mut self,
        part: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        self.ready(None)?;
        let marked = self.session.batch("attempt", "SAVEPOINT attempt");
        self.note(marked)?;
        let result = part(self);
        if self.broken.is_some() {
            return result;
        }
        let end = if result.is_ok() {
            "RELEASE SAVEPOINT attempt"
        } else {
            "ROLLBACK TO SAVEPOINT attempt; RELEASE SAVEPOINT attempt"
        };
        let closed = self.session.batch("attempt", end);
        self.note(closed)?;
        result
    }

    fn scan(
        &mut self,
        statement: &'static Statement,
        parameters: &[Value],
        visit: &mut dyn FnMut(&mut Row) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        self.ready(None)?;
        let result = self.session.scan(statement, parameters, visit);
        self.note(result)
    }

    /// Refuses to go on after a fault, and to change anything in a read transaction.
    fn ready(&mut self, changes: Option<&Statement>) -> Result<(), Fault> {
        if let Some(fault) = &self.broken {
            return Err(fault.clone());
        }
        match changes {
            Some(statement) if !self.writable => self.note(Err(Fault::ReadOnly {
                statement: statement.name().to_owned(),
            })),
            _ => Ok(()),
        }
    }

    fn note<T>(&mut self, result: Result<T, Fault>) -> Result<T, Fault> {
        if let Err(fault) = &result {
            self.broken = Some(fault.clone());
        }
        result
    }
}
