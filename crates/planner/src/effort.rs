//! How long a solver may search, and who watches it.

use std::sync::atomic::{AtomicBool, Ordering};

/// Bounds of a search. Limited by rounds alone, the same seed gives the same answer on every machine; limited by
/// time, a quicker machine gets a better one. The search looks at no clock: the caller says how much is gone.
#[derive(Clone, Copy)]
pub struct Effort<'a> {
    /// The part of the time that is gone, from 0 to 1; at 1 the search ends with the best that it has.
    pub spent: Option<&'a (dyn Fn() -> f64 + Sync)>,
    /// At most so many rounds, in each thread; each solver says what a round is.
    pub rounds: u64,
    /// Searches from different seeds side by side, the best of which counts; zero counts as one.
    pub threads: usize,
    /// Told now and then how far the first search is; answers whether to go on.
    pub watch: Option<&'a (dyn Fn(Progress) -> bool + Sync)>,
}

/// How far a search is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// From 0 to 1.
    pub done: f64,
    /// Cost of the best answer so far; `None` while none keeps all limits.
    pub cost: Option<i64>,
}

impl Effort<'_> {
    /// The part that is gone after so many rounds, from 0 to 1 or a little more.
    pub(crate) fn spent(&self, rounds: u64) -> f64 {
        let counted = rounds as f64 / self.rounds.max(1) as f64;
        self.spent.map_or(counted, |spent| spent().max(counted))
    }

    /// So many rounds, in one thread, unwatched.
    pub fn rounds(rounds: u64) -> Effort<'static> {
        Effort {
            spent: None,
            rounds,
            threads: 1,
            watch: None,
        }
    }
}

/// Measures one search against its effort.
pub(crate) struct Meter<'a> {
    effort: &'a Effort<'a>,
    done: f64,
    watched: bool,
    stop: &'a AtomicBool,
}

impl<'a> Meter<'a> {
    /// Of several searches the first is watched; `stop` ends all of them.
    pub(crate) fn new(effort: &'a Effort<'a>, watched: bool, stop: &'a AtomicBool) -> Meter<'a> {
        Meter {
            effort,
            done: 0.0,
            watched,
            stop,
        }
    }

    /// From 0 to 1.
    pub(crate) fn done(&self) -> f64 {
        self.done
    }

    /// Notes that so many rounds are over; false when the search must end.
    pub(crate) fn goes_on(&mut self, rounds: u64, cost: Option<i64>) -> bool {
        self.done = self.effort.spent(rounds).min(1.0);
        let wanted = match self.effort.watch {
            Some(watch) if self.watched => watch(Progress {
                done: self.done,
                cost,
            }),
            _ => true,
        };
        if !wanted {
            self.stop.store(true, Ordering::Relaxed);
        }
        !self.stop.load(Ordering::Relaxed) && self.done < 1.0
    }
}
