//! A database without threads: one connection, driven step by step by whoever simulates what may go wrong.

use std::sync::mpsc;

use crate::{
    Counters, Fault, Migration, Tx, check,
    job::{Together, WriteJob, joined_job, write_job},
    migration,
    session::Session,
    sqlite::SqliteSession,
    state::State,
    writer,
};

/// A write closure of a batch.
pub type Work<T, E> = Box<dyn FnMut(&mut Tx<'_>) -> Result<T, E> + Send>;

/// Commands that reach the writer together.
#[derive(Default)]
pub struct Batch(Vec<WriteJob>);

impl Batch {
    /// Adds a closure, as [`Db::write`](crate::Db::write) does.
    pub fn add<T, E>(&mut self, work: Work<T, E>, reply: impl FnOnce(Result<T, E>) + Send + 'static)
    where
        T: Send + 'static,
        E: From<Fault> + Send + 'static,
    {
        self.0.push(write_job(work, Box::new(reply)));
    }

    /// Adds a command that is applied together with its neighbours of the same kind, as
    /// [`Db::write_together`](crate::Db::write_together) does.
    pub fn add_together<I, T, E>(
        &mut self,
        work: Together<I, T, E>,
        input: I,
        reply: impl FnOnce(Result<T, E>) + Send + 'static,
    ) where
        I: Send + 'static,
        T: Send + 'static,
        E: From<Fault> + Send + 'static,
    {
        self.0.push(joined_job(work, input, Box::new(reply)));
    }
}

/// A SQLite database on a virtual file system, without threads. Batches take the path that the writer thread takes, and
/// reads use the same connection, because a virtual file system need not offer shared memory.
pub struct Inline {
    session: Session,
    state: State,
}

impl Inline {
    /// Opens `path` on the virtual file system that is registered as `vfs`, and brings the schema up to date.
    ///
    /// # Errors
    /// As [`Db::open`](crate::Db::open).
    pub fn open(path: &str, vfs: &str, migrations: &[Migration]) -> Result<Self, Fault> {
        let mut session = Session::Sqlite(SqliteSession::open_on(path, vfs)?);
        migration::apply(&mut session, migrations)?;
        let state = State::default();
        state.set_connected(true);
        Ok(Self { session, state })
    }

    /// Applies closures as one batch and returns their answers in the same order.
    pub fn write<T, E>(&mut self, works: Vec<Work<T, E>>) -> Vec<Result<T, E>>
    where
        T: Send + 'static,
        E: From<Fault> + Send + 'static,
    {
        let (sender, answers) = mpsc::channel();
        let mut batch = Batch::default();
        for (index, work) in works.into_iter().enumerate() {
            let sender = sender.clone();
            batch.add(work, move |answer| {
                // The receiver lives until the end of this function.
                let _ = sender.send((index, answer));
            });
        }
        drop(sender);
        self.apply(batch);
        let mut answers: Vec<(usize, Result<T, E>)> = answers.into_iter().collect();
        answers.sort_by_key(|(index, _)| *index);
        answers.into_iter().map(|(_, answer)| answer).collect()
    }

    /// Applies a batch; each command has been answered when this returns.
    pub fn apply(&mut self, batch: Batch) {
        writer::serve(&mut self.session, batch.0, &self.state);
    }

    /// Runs a closure that reads one consistent state.
    ///
    /// # Errors
    /// What the closure returns, and faults of the engine.
    pub fn read<T, E: From<Fault>>(
        &mut self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.session.begin_read()?;
        let outcome = work(&mut Tx::new(&mut self.session, false));
        self.session.rollback();
        outcome
    }

    /// Moves the write-ahead log into the database file, as the writer does when the log has grown long enough.
    ///
    /// # Errors
    /// Faults of the engine; after a [`Fault::Disk`] nothing is written any more, as in the writer.
    pub fn checkpoint(&mut self) -> Result<(), Fault> {
        let done = self
            .session
            .rows_text("checkpoint", "PRAGMA wal_checkpoint(PASSIVE)", &[]);
        if let Err(fault @ Fault::Disk { .. }) = &done {
            self.state.set_disk_fault(fault.clone());
        }
        done.map(|_| ())
    }

    /// Gives up durability, so that a test can prove that it would notice.
    ///
    /// # Errors
    /// Faults of the engine.
    pub fn stop_syncing(&mut self) -> Result<(), Fault> {
        self.session.batch("testing", "PRAGMA synchronous = OFF")
    }

    /// Looks for damage, as [`Db::integrity`](crate::Db::integrity).
    ///
    /// # Errors
    /// Faults of the engine where it could not look.
    pub fn integrity(&mut self) -> Result<Vec<String>, Fault> {
        check::sqlite_integrity(&mut self.session)
    }

    /// Whether writing has not been stopped by a disk fault.
    pub fn healthy(&self) -> bool {
        self.state.disk_fault().is_none()
    }

    /// Figures since the database was opened.
    pub fn counters(&self) -> Counters {
        self.state.counters()
    }
}
