//! The database as the application holds it.

use std::{
    fmt,
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::Ordering,
        mpsc::{self, Receiver, SyncSender, TrySendError},
    },
    thread::{self, JoinHandle},
};

use tokio::sync::oneshot;

use crate::{
    Counters, Engine, Fault, Migration, Tx, check, copy,
    job::{Message, ReadJob, Together, WriteJob, joined_job, read_job, write_job},
    migration, reader,
    session::Session,
    state::{Counted, Lane, State, enter_store_thread, inside_store_thread},
    target::Target,
    writer,
};

/// Commands that may wait; more are turned away as busy.
const QUEUE: usize = 8_192;

/// A database. Clones share its connections; the last one dropped, or [`Db::close`], ends them.
#[derive(Clone)]
pub struct Db {
    shared: Arc<Shared>,
    lane: Lane,
}

struct Shared {
    target: Arc<Target>,
    migrations: &'static [Migration],
    state: Arc<State>,
    /// `None` where it was opened for reading only.
    writes: Option<SyncSender<Message<WriteJob>>>,
    /// By lane.
    reads: [SyncSender<Message<ReadJob>>; 2],
    threads: Mutex<Threads>,
}

#[derive(Default)]
struct Threads {
    /// With the place of their lane.
    readers: Vec<(usize, JoinHandle<()>)>,
    writer: Option<JoinHandle<()>>,
}

impl Db {
    /// Opens a database and brings its schema up to date.
    ///
    /// `url` is `sqlite:/path/file.db` (created if missing), `sqlite::memory:` (a private temporary file) or
    /// `postgres://user@host/database`. On PostgreSQL the isolation level is that of the server or of the address
    /// (`?options=-c default_transaction_isolation=serializable`, percent-encoded).
    ///
    /// # Errors
    /// [`Fault::Open`], [`Fault::Locked`] if another process has the SQLite file, [`Fault::Migration`] if the schema is not
    /// one this program can use, [`Fault::Disconnected`] if the server cannot be reached.
    pub fn open(url: &str, migrations: &'static [Migration]) -> Result<Self, Fault> {
        let target = Arc::new(Target::acquire(url)?);
        let state = Arc::new(State::default());
        let (writes, write_queue) = mpsc::sync_channel(QUEUE);
        let writer = start_writer(Arc::clone(&target), migrations, write_queue, Arc::clone(&state))?;
        Self::with_readers(target, migrations, state, Some((writes, writer)))
    }

    /// Opens a database for reading only, beside a process that may have it open and write: for checks, backups and
    /// reports. Whatever wants to write gets [`Fault::ReadOnly`].
    ///
    /// # Errors
    /// As [`Db::open`], but never [`Fault::Locked`]; [`Fault::Open`] if there is no database, [`Fault::Migration`] unless its
    /// schema is exactly that of this program.
    pub fn open_reader(url: &str, migrations: &'static [Migration]) -> Result<Self, Fault> {
        let target = Arc::new(Target::beside(url)?);
        aside(|| migration::current(&mut Session::open_reader(&target)?, migrations))?;
        Self::with_readers(target, migrations, Arc::default(), None)
    }

    fn with_readers(
        target: Arc<Target>,
        migrations: &'static [Migration],
        state: Arc<State>,
        writing: Option<(SyncSender<Message<WriteJob>>, JoinHandle<()>)>,
    ) -> Result<Self, Fault> {
        let (writes, writer) = writing.unzip();
        let (usual, usual_queue) = mpsc::sync_channel(QUEUE);
        let (rush, rush_queue) = mpsc::sync_channel(QUEUE);
        let shared = Arc::new(Shared {
            target,
            migrations,
            state,
            writes,
            reads: [usual, rush],
            threads: Mutex::new(Threads {
                readers: Vec::new(),
                writer,
            }),
        });
        for (lane, queue) in [usual_queue, rush_queue].into_iter().enumerate() {
            let queue = Arc::new(Mutex::new(queue));
            for number in 0..readers() {
                let (target, state) = (Arc::clone(&shared.target), Arc::clone(&shared.state));
                let queue = Arc::clone(&queue);
                let handle = named(&format!("store-reader-{lane}-{number}"), move || {
                    reader::run(&target, &queue, &state);
                })?;
                let mut threads = shared.threads.lock().unwrap_or_else(PoisonError::into_inner);
                threads.readers.push((lane, handle));
            }
        }
        Ok(Self {
            shared,
            lane: Lane::default(),
        })
    }

    /// The same database, whose reads go by another lane.
    #[must_use]
    pub fn by(&self, lane: Lane) -> Self {
        Self { lane, ..self.clone() }
    }

    /// Which engine runs.
    pub fn engine(&self) -> Engine {
        self.shared.target.engine()
    }

    /// Runs a closure that reads one consistent state of the database, never waiting for writers.
    ///
    /// # Errors
    /// What the closure returns; [`Fault::Busy`], [`Fault::Closed`], [`Fault::Disconnected`] or [`Fault::Panic`] as `E`.
    pub async fn read<T, E>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Fault> + Send + 'static,
    {
        let (sender, receiver) = oneshot::channel();
        let waiting = self.read_waits();
        self.enqueue_read(read_job(work, reply_later(sender, waiting)))?;
        receiver.await.unwrap_or_else(|_| Err(self.lost().into()))
    }

    /// Runs a closure that may write. Returns `Ok` only after its changes are durable; if it returns `Err` or panics, all
    /// its changes are undone and no other command is affected.
    ///
    /// The closure may run several times and must have no effect except through its [`Tx`]. The command runs even if the
    /// returned future is dropped after it was first polled.
    ///
    /// # Errors
    /// What the closure returns, and as `E`: [`Fault::Busy`] if too many commands wait, [`Fault::Conflict`],
    /// [`Fault::Unknown`] and [`Fault::Disk`] (retry with the same id), [`Fault::Closed`], [`Fault::Panic`].
    pub async fn write<T, E>(
        &self,
        work: impl FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Fault> + Send + 'static,
    {
        let (sender, receiver) = oneshot::channel();
        let waiting = self.write_waits();
        self.enqueue_write(write_job(work, reply_later(sender, waiting)))?;
        receiver.await.unwrap_or_else(|_| Err(self.lost().into()))
    }

    /// As [`Db::write`], for a command of which many come at once: those that wait are handed to `work` together, which can
    /// read and write for all of them in a few statements. Where that fails they are applied one by one.
    ///
    /// # Errors
    /// As [`Db::write`].
    pub async fn write_together<I, T, E>(&self, work: Together<I, T, E>, input: I) -> Result<T, E>
    where
        I: Send + 'static,
        T: Send + 'static,
        E: From<Fault> + Send + 'static,
    {
        let (sender, receiver) = oneshot::channel();
        let waiting = self.write_waits();
        self.enqueue_write(joined_job(work, input, reply_later(sender, waiting)))?;
        receiver.await.unwrap_or_else(|_| Err(self.lost().into()))
    }

    /// As [`Db::read`], for threads outside an asynchronous runtime; inside one it blocks the thread.
    ///
    /// # Errors
    /// As [`Db::read`].
    pub fn read_blocking<T, E>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Fault> + Send + 'static,
    {
        let (sender, receiver) = mpsc::sync_channel(1);
        let waiting = self.read_waits();
        self.enqueue_read(read_job(work, reply_now(sender, waiting)))?;
        receiver.recv().unwrap_or_else(|_| Err(self.lost().into()))
    }

    /// As [`Db::write`], for threads outside an asynchronous runtime; inside one it blocks the thread.
    ///
    /// # Errors
    /// As [`Db::write`].
    pub fn write_blocking<T, E>(
        &self,
        work: impl FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Fault> + Send + 'static,
    {
        let (sender, receiver) = mpsc::sync_channel(1);
        let waiting = self.write_waits();
        self.enqueue_write(write_job(work, reply_now(sender, waiting)))?;
        receiver.recv().unwrap_or_else(|_| Err(self.lost().into()))
    }

    /// Writes a consistent copy of the whole database to one SQLite file, whichever engine runs, while work goes on. The
    /// file is complete and durable when it appears under its name; an older one is replaced.
    ///
    /// # Errors
    /// [`Fault::Copy`] and faults of the engine; nothing appears then.
    pub fn backup(&self, to: &Path) -> Result<(), Fault> {
        self.aside(|target| copy::backup(target, self.shared.migrations, to))
    }

    /// Fills an empty database of either engine from a backup, and brings its schema up to date.
    ///
    /// # Errors
    /// [`Fault::Copy`] if the database is not empty or the backup is damaged, [`Fault::Migration`] if the backup is newer
    /// than this program, and what [`Db::open`] returns.
    pub fn restore(url: &str, migrations: &'static [Migration], from: &Path) -> Result<(), Fault> {
        let target = Target::acquire(url)?;
        let restored = aside(|| copy::restore(&target, migrations, from));
        drop(target);
        restored?;
        Self::open(url, migrations)?.close();
        Ok(())
    }

    /// Looks for damage: corrupt pages, broken references, unusable indexes. Returns what was found, nothing if all is well.
    ///
    /// # Errors
    /// Faults of the engine where it could not look.
    pub fn integrity(&self) -> Result<Vec<String>, Fault> {
        self.aside(check::integrity)
    }

    /// Whether commands can be expected to succeed: writing has not been stopped by a disk fault, and the server of
    /// PostgreSQL answered when last asked, at most some seconds ago.
    pub fn healthy(&self) -> bool {
        self.trouble().is_none()
    }

    /// Why [`Db::healthy`] says no.
    pub fn trouble(&self) -> Option<Fault> {
        self.shared.state.trouble()
    }

    /// Figures since the database was opened.
    pub fn counters(&self) -> Counters {
        self.shared.state.counters()
    }

    /// Finishes the commands that wait, then ends all threads and connections. Other clones get [`Fault::Closed`] from now
    /// on.
    pub fn close(self) {
        self.shared.stop();
    }

    /// Works with a connection of its own, on a thread of its own.
    pub(crate) fn aside<T: Send>(
        &self,
        work: impl FnOnce(&Target) -> Result<T, Fault> + Send,
    ) -> Result<T, Fault> {
        if self.shared.state.closed.load(Ordering::Acquire) {
            return Err(Fault::Closed);
        }
        aside(|| work(&self.shared.target))
    }

    fn enqueue_write(&self, job: WriteJob) -> Result<(), Fault> {
        let read_only = || Fault::ReadOnly {
            statement: "a command".to_owned(),
        };
        self.enqueue(self.shared.writes.as_ref().ok_or_else(read_only)?, job)
    }

    fn enqueue_read(&self, job: ReadJob) -> Result<(), Fault> {
        self.enqueue(&self.shared.reads[self.lane as usize], job)
    }

    fn write_waits(&self) -> impl Send + use<> {
        Counted::new(&self.shared.state, |state| &state.writes_waiting)
    }

    fn read_waits(&self) -> impl Send + use<> {
        let lane = self.lane as usize;
        Counted::new(&self.shared.state, move |state| &state.reads_waiting[lane])
    }

    fn enqueue<J>(&self, queue: &SyncSender<Message<J>>, job: J) -> Result<(), Fault> {
        if inside_store_thread() {
            return Err(Fault::Nested);
        }
        if self.shared.state.closed.load(Ordering::Acquire) {
            return Err(Fault::Closed);
        }
        queue.try_send(Message::Job(job)).map_err(|error| match error {
            TrySendError::Full(_) => Fault::Busy,
            TrySendError::Disconnected(_) => self.lost(),
        })
    }

    /// Why a job was dropped without an answer.
    fn lost(&self) -> Fault {
        if self.shared.state.closed.load(Ordering::Acquire) {
            Fault::Closed
        } else {
            Fault::Unknown
        }
    }
}

impl fmt::Debug for Db {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The address may hold a password and is left out.
        formatter
            .debug_struct("Db")
            .field("engine", &self.engine())
            .finish_non_exhaustive()
    }
}

impl Shared {
    fn stop(&self) {
        self.state.closed.store(true, Ordering::Release);
        let threads = std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        // Readers first, so that the writer is the last to leave and can clear the log away.
        for (lane, _) in &threads.readers {
            // A reader that is gone needs no message.
            let _ = self.reads[*lane].send(Message::Stop);
        }
        threads.readers.into_iter().for_each(|(_, reader)| join(reader));
        if let (Some(writer), Some(writes)) = (threads.writer, &self.writes) {
            if is_current(&writer) {
                // It must not wait for room in its own queue; without senders it stops by itself.
                let _ = writes.try_send(Message::Stop);
            } else {
                let _ = writes.send(Message::Stop);
            }
            join(writer);
            self.target.release();
        }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Waits for a thread of the store, unless it is the one that asks, because a closure held the last clone.
fn join(handle: JoinHandle<()>) {
    if !is_current(&handle) {
        // A thread that panicked has ended as well.
        let _ = handle.join();
    }
}

fn is_current(handle: &JoinHandle<()>) -> bool {
    handle.thread().id() == thread::current().id()
}

/// Notes the end of the writer however it comes about.
struct EndNote(Arc<State>);

impl Drop for EndNote {
    fn drop(&mut self) {
        self.0.set_stopped();
    }
}

/// Starts the writer; returns when the schema is up to date.
fn start_writer(
    target: Arc<Target>,
    migrations: &'static [Migration],
    queue: Receiver<Message<WriteJob>>,
    state: Arc<State>,
) -> Result<JoinHandle<()>, Fault> {
    let (sender, ready) = mpsc::sync_channel(1);
    let handle = named("store-writer", move || {
        let _end = EndNote(Arc::clone(&state));
        let opened = Session::open_writer(&target).and_then(|mut session| {
            migration::apply(&mut session, migrations)?;
            Ok(session)
        });
        match opened {
            Ok(session) => {
                state.set_connected(true);
                // The opener waits for this message and cannot be gone.
                let _ = sender.send(Ok(()));
                writer::run(session, &queue, &state);
            }
            Err(fault) => {
                let _ = sender.send(Err(fault));
            }
        }
    })?;
    let outcome = ready
        .recv()
        .unwrap_or_else(|_| Err(Fault::open("the writer thread ended early")));
    match outcome {
        Ok(()) => Ok(handle),
        Err(fault) => {
            join(handle);
            Err(fault)
        }
    }
}

fn named(name: &str, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, Fault> {
    thread::Builder::new()
        .name(name.to_owned())
        .spawn(move || {
            enter_store_thread();
            work();
        })
        .map_err(Fault::open)
}

/// Works on a thread of the store, because the client for PostgreSQL must not run inside an asynchronous runtime.
pub(crate) fn aside<T: Send>(work: impl FnOnce() -> Result<T, Fault> + Send) -> Result<T, Fault> {
    let run = || {
        enter_store_thread();
        work()
    };
    thread::scope(|scope| scope.spawn(run).join()).unwrap_or_else(|_| {
        Err(Fault::Panic {
            message: "in a thread of the store".to_owned(),
        })
    })
}

/// Answers later; `waiting` counts the caller as waiting until then.
fn reply_later<T: Send + 'static, E: Send + 'static>(
    sender: oneshot::Sender<Result<T, E>>,
    waiting: impl Send + 'static,
) -> Box<dyn FnOnce(Result<T, E>) + Send> {
    Box::new(move |result| {
        drop(waiting);
        // A caller that stopped waiting needs no answer.
        let _ = sender.send(result);
    })
}

fn reply_now<T: Send + 'static, E: Send + 'static>(
    sender: SyncSender<Result<T, E>>,
    waiting: impl Send + 'static,
) -> Box<dyn FnOnce(Result<T, E>) + Send> {
    Box::new(move |result| {
        drop(waiting);
        let _ = sender.send(result);
    })
}

/// Connections for reading in each lane: one for each processor, within reason.
fn readers() -> usize {
    thread::available_parallelism().map_or(2, |processors| processors.get().clamp(2, 8))
}
