//! What the threads of one database tell each other and the outside.

use std::{
    cell::Cell,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use crate::Fault;

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
}

impl State {
    pub(crate) fn healthy(&self) -> bool {
        self.connected.load(Ordering::Acquire)
            && !self.stopped.load(Ordering::Acquire)
            && !self.closed.load(Ordering::Acquire)
            && self.disk_fault().is_none()
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
        self.largest_batch.fetch_max(kept + undone, Ordering::Relaxed);
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
