//! What the threads of one database tell each other and the outside.

use std::{
    cell::Cell,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use crate::Fault;

/// Which readers serve a closure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lane {
    /// Those of most work.
    #[default]
    Usual,
    /// Readers apart, for work that comes in crowds, so that nobody else stands in line behind a crowd.
    Rush,
}

impl Lane {
    /// Every lane.
    pub const ALL: [Self; 2] = [Self::Usual, Self::Rush];
}

/// How many sizes of transactions are told apart: up to 1, 2, 4 and so on commands.
pub const BATCH_SIZES: usize = 11;

/// Figures since the database was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Transactions committed by the writer.
    pub commits: u64,
    /// Commands acknowledged as done.
    pub commands: u64,
    /// Commands that were undone because they refused or failed.
    pub undone: u64,
    /// The most commands that went into one transaction.
    pub largest_batch: u64,
    /// Transactions tried again after a lost race or connection.
    pub retries: u64,
    /// Transactions by the number of commands in them: the place `n` counts those with more than 2^(n-1) and at most 2^n;
    /// the last one all that are larger.
    pub batch_sizes: [u64; BATCH_SIZES],
    /// Commands that are not answered yet: in the queue or in the transaction under way.
    pub writes_waiting: u64,
    /// Reads that are not answered yet, by lane in the order of [`Lane::ALL`].
    pub reads_waiting: [u64; 2],
    /// Readers at work.
    pub readers_busy: u64,
}

#[derive(Default)]
pub(crate) struct State {
    pub(crate) closed: AtomicBool,
    connected: AtomicBool,
    stopped: AtomicBool,
    disk_fault: Mutex<Option<Fault>>,
    commits: AtomicU64,
    commands: AtomicU64,
    undone: AtomicU64,
    largest_batch: AtomicU64,
    retries: AtomicU64,
    batch_sizes: [AtomicU64; BATCH_SIZES],
    pub(crate) writes_waiting: AtomicU64,
    pub(crate) reads_waiting: [AtomicU64; 2],
    pub(crate) readers_busy: AtomicU64,
}

/// Counts one thing up as long as it lives.
pub(crate) struct Counted<F: Fn(&State) -> &AtomicU64>(Arc<State>, F);

impl<F: Fn(&State) -> &AtomicU64> Counted<F> {
    pub(crate) fn new(state: &Arc<State>, which: F) -> Self {
        which(state).fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(state), which)
    }
}

impl<F: Fn(&State) -> &AtomicU64> Drop for Counted<F> {
    fn drop(&mut self) {
        (self.1)(&self.0).fetch_sub(1, Ordering::Relaxed);
    }
}

impl State {
    /// Why commands cannot be expected to succeed.
    pub(crate) fn trouble(&self) -> Option<Fault> {
        if let Some(fault) = self.disk_fault() {
            return Some(fault);
        }
        if self.closed.load(Ordering::Acquire) || self.stopped.load(Ordering::Acquire) {
            return Some(Fault::Closed);
        }
        let unreached = || Fault::Disconnected {
            message: "no answer when last asked".to_owned(),
        };
        (!self.connected()).then(unreached)
    }

    pub(crate) fn set_connected(&self, connected: bool) {
        self.connected.store(connected, Ordering::Release);
    }

    pub(crate) fn connected(&self) -> bool {
        self.connected.load(Ordering::Acquire)
    }

    /// Notes that the writer thread has ended, in whatever way.
    pub(crate) fn set_stopped(&self) {
        self.stopped.store(true, Ordering::Release);
    }

    pub(crate) fn disk_fault(&self) -> Option<Fault> {
        self.disk_fault
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Stops all writing for good: after a failed fsync nobody knows what the disk holds.
    pub(crate) fn set_disk_fault(&self, fault: Fault) {
        self.disk_fault
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get_or_insert(fault);
    }

    pub(crate) fn count_batch(&self, kept: u64, undone: u64) {
        if kept > 0 {
            self.commits.fetch_add(1, Ordering::Relaxed);
        }
        self.commands.fetch_add(kept, Ordering::Relaxed);
        self.undone.fetch_add(undone, Ordering::Relaxed);
        let size = (kept + undone).max(1);
        self.largest_batch.fetch_max(size, Ordering::Relaxed);
        let place = size.next_power_of_two().trailing_zeros() as usize;
        self.batch_sizes[place.min(BATCH_SIZES - 1)].fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn count_retry(&self) {
        self.retries.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn counters(&self) -> Counters {
        Counters {
            commits: self.commits.load(Ordering::Relaxed),
            commands: self.commands.load(Ordering::Relaxed),
            undone: self.undone.load(Ordering::Relaxed),
            largest_batch: self.largest_batch.load(Ordering::Relaxed),
            retries: self.retries.load(Ordering::Relaxed),
            batch_sizes: std::array::from_fn(|place| self.batch_sizes[place].load(Ordering::Relaxed)),
            writes_waiting: self.writes_waiting.load(Ordering::Relaxed),
            reads_waiting: std::array::from_fn(|lane| self.reads_waiting[lane].load(Ordering::Relaxed)),
            readers_busy: self.readers_busy.load(Ordering::Relaxed),
        }
    }
}

thread_local! {
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// Marks this thread as one of the store, where calling the store would wait for itself.
pub(crate) fn enter_store_thread() {
    INSIDE.with(|inside| inside.set(true));
}

/// Whether this thread belongs to the store.
pub(crate) fn inside_store_thread() -> bool {
    INSIDE.with(Cell::get)
}
