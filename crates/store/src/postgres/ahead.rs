//! Inserts that are sent ahead, without waiting for their outcome.
//!
//! A plain `INSERT` adds all its rows or fails, so the closure that runs it need not wait to know its count: while the server
//! adds the rows, the closure goes on. The outcome is looked at when the next statement is answered, at the end of a closure
//! that has a savepoint of its own, and at the latest with COMMIT, which the server refuses after a failure. The fault is that
//! of the statement that failed first, not of those which the server refused because of it. Only the first statement of a
//! transaction is always waited for.

use std::{future::poll_fn, sync::Arc, task::Poll};

use tokio::task::JoinHandle;
use tokio_postgres::{Client, Error};

use super::{
    PostgresSession, after,
    bulk::Copying,
    fault,
    insert::Insert,
    set::{SET, columns_of},
};
use crate::{Engine, Fault, Statement, Value};

/// From so many rows on, COPY takes the server less time than an `INSERT` over a set, although it takes a round trip.
const COPIED: usize = 64;

/// A statement that was sent ahead.
pub(super) struct Sent {
    source: &'static str,
    outcome: JoinHandle<Result<u64, Error>>,
}

impl PostgresSession {
    /// What is understood of a statement if it is a plain `INSERT`.
    pub(super) fn insert_of(&mut self, statement: &'static Statement) -> Option<Arc<Insert>> {
        self.inserts
            .entry(std::ptr::from_ref(statement).addr())
            .or_insert_with(|| Insert::read(statement.sql(Engine::Postgres)).map(Arc::new))
            .clone()
    }

    /// Sends a row ahead.
    pub(super) fn insert_one(
        &mut self,
        statement: &'static Statement,
        insert: &Insert,
        row: Vec<Value>,
    ) -> Result<u64, Fault> {
        insert.check(statement, std::slice::from_ref(&row))?;
        let prepared = self.prepared_as(statement, false)?;
        self.send_ahead(statement.name(), move |client| async move {
            client.execute_raw(&prepared, &row).await
        })?;
        Ok(1)
    }

    /// Sends rows ahead.
    pub(super) fn insert_many(
        &mut self,
        statement: &'static Statement,
        insert: &Insert,
        rows: &[Vec<Value>],
    ) -> Result<u64, Fault> {
        if let [row] = rows {
            return self.insert_one(statement, insert, row.clone());
        }
        insert.check(statement, rows)?;
        if let Some(values) = &insert.values
            && rows.len() >= COPIED
        {
            let copying = self.copying_for(statement, insert)?;
            self.copy_ahead(statement.name(), &copying, values, rows)?;
        } else {
            let prepared = self.prepared_as(statement, true)?;
            for part in rows.chunks(SET) {
                let (prepared, columns) = (prepared.clone(), columns_of(part, Value::clone));
                self.send_ahead(statement.name(), move |client| async move {
                    client.execute_raw(&prepared, &columns).await
                })?;
            }
        }
        self.push();
        Ok(rows.len() as u64)
    }

    /// Sends the transaction control that waits and `work` right behind it.
    pub(super) fn send_ahead<W>(
        &mut self,
        source: &'static str,
        work: impl FnOnce(Arc<Client>) -> W,
    ) -> Result<(), Fault>
    where
        W: Future<Output = Result<u64, Error>> + Send + 'static,
    {
        let begins = !self.open;
        let control = self.take_waiting();
        let client = self.client()?;
        let work = work(Arc::clone(&client));
        let mut work = Box::pin(async move { after(&client, control, work).await });
        // The first poll encodes the request and queues it behind those before it.
        let first = poll_fn(|context| Poll::Ready(work.as_mut().poll(context)));
        if let Poll::Ready(result) = self.runtime.block_on(first) {
            return self.checked(result, source).map(|_| ());
        }
        let outcome = self.runtime.spawn(work);
        self.sent.push(Sent { source, outcome });
        if begins {
            // A connection that died unseen must show before COMMIT is sent, because only then the closure may run again.
            return self.settle();
        }
        Ok(())
    }

    /// Hands what is queued to the system, so that the server begins while the closure goes on.
    fn push(&self) {
        self.runtime.block_on(tokio::task::yield_now());
    }

    /// Waits for the outcome of what was sent ahead; the fault is that of the first that failed.
    pub(super) fn settle(&mut self) -> Result<(), Fault> {
        match self.failure_ahead() {
            None => Ok(()),
            Some((fault, _)) => Err(self.noticed(fault)),
        }
    }

    /// What failed first of what was sent ahead, and whether the server reported it.
    pub(super) fn failure_ahead(&mut self) -> Option<(Fault, bool)> {
        let runtime = &self.runtime;
        std::mem::take(&mut self.sent)
            .into_iter()
            .find_map(|sent| match runtime.block_on(sent.outcome) {
                Ok(Ok(_)) => None,
                Ok(Err(error)) => Some((
                    fault::from_postgres(&error, sent.source),
                    error.as_db_error().is_some(),
                )),
                Err(panic) => Some((Fault::statement(sent.source, panic), false)),
            })
    }

    fn copying_for(&mut self, statement: &'static Statement, insert: &Insert) -> Result<Arc<Copying>, Fault> {
        let key = std::ptr::from_ref(statement).addr();
        if let Some(copying) = self.copies.get(&key) {
            return Ok(Arc::clone(copying));
        }
        let copying = Arc::new(self.prepare_copy(statement.name(), &insert.table, &insert.columns)?);
        self.copies.insert(key, Arc::clone(&copying));
        Ok(copying)
    }
}
