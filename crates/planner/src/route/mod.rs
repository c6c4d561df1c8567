//! Who drives where and when: stops on vehicles, in order, in time (CT-4, FC-9, YO-6, CP-3).
//!
//! **Model.** Vehicles load at depots (suppliers and hubs) and bring goods to stops, or fetch them there. Each has
//! a load in grams and a room in bags, a shift, a longest duration, a largest number of stops, a cold body or none,
//! passes for areas, and may load again for further trips. A stop has one source or any, time windows, the time to
//! unload and to rest at the gate, and a moment from which its goods are ready. First as many stops as possible are
//! served, weighted by priority; then the cost (fixed, by metre, by second) is made small. What cannot be
//! served is listed with its reason. Tiers (city, district, community) are problems of their own, in this order.
//!
//! **Method.** Slack induction by string removals (Christiaens and Vanden Berghe, Transportation Science 2020): take
//! strings of neighbouring stops out of neighbouring trips, put them back one by one where they cost least, and
//! accept by simulated annealing. Each place to insert is checked in constant time, only places beside near stops are
//! checked, and what an iteration changed is taken back by a log, so its cost does not grow with the number of stops.

mod change;
mod division;
mod instance;
mod model;
mod near;
mod plan;
mod replan;
mod ruin;
mod schedule;
mod search;
mod segment;
mod spot;
mod state;
#[cfg(test)]
mod tests;

pub use model::{
    Depot, Flaw, Load, Plan, Problem, Reason, Rounding, Source, Start, Stop, Tour, Travel, Trip, Unserved,
    Vehicle, Visit, Window,
};

pub use replan::{Remaining, remaining};

use instance::Instance;
use search::{Best, Search, Tables};

/// How long to search. The search looks at no clock: the caller says which part of the time has gone.
pub struct Budget<'a> {
    /// The most iterations of each thread. With a limit and no clock the same seed gives the same plan again.
    pub iterations: Option<u64>,
    /// The part of the time that is used up, from 0 to 1; 1 or more ends the search with the best so far.
    pub spent: Option<&'a (dyn Fn() -> f64 + Sync)>,
    /// Is told of each better plan that a thread hands in: unserved stops and cost.
    pub progress: Option<&'a (dyn Fn(Progress) + Sync)>,
    /// Searches side by side, each on a thread with its own seed, that exchange their best.
    pub threads: usize,
}

/// How far a search has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Stops that are not served yet.
    pub unserved: usize,
    /// The cost of the tours.
    pub cost: i64,
    /// Iterations of all threads together.
    pub iterations: u64,
}

/// Iterations where the budget names neither a number nor a clock.
const ITERATIONS: u64 = 100_000;
/// The searches compare their results so many times.
const EXCHANGES: usize = 12;

/// Solves a problem within a budget. The error names an entry of the problem that makes no sense.
pub fn solve(problem: &Problem, budget: &Budget, seed: u64) -> Result<Plan, Flaw> {
    if let Some(flaw) = problem.flaw() {
        return Err(flaw);
    }
    let instance = Instance::new(problem);
    let (possible, mut unserved) = plan::possible(problem, &instance);
    let tables = Tables::new(&instance);
    let threads = budget.threads.max(1);
    let mut searches: Vec<Search> = (0..threads as u64)
        .map(|thread| {
            Search::new(
                &instance,
                &tables,
                possible.clone(),
                seed.wrapping_add(thread << 32),
            )
        })
        .collect();
    let limit = budget.iterations.or(budget.spent.is_none().then_some(ITERATIONS));
    let spent = |iterations: u64| {
        let counted = limit.map_or(0.0, |limit| iterations as f64 / limit.max(1) as f64);
        budget.spent.map_or(counted, |spent| spent().max(counted))
    };
    let rounds = if threads > 1 { EXCHANGES } else { 1 };
    let mut best = Best {
        missing: i64::MAX,
        ..Best::default()
    };
    for round in 1..=rounds {
        let until = round as f64 / rounds as f64;
        if let [search] = &mut searches[..] {
            search.run(&spent, until);
        } else {
            std::thread::scope(|scope| {
                for search in &mut searches {
                    scope.spawn(|| search.run(&spent, until));
                }
            });
        }
        for search in &searches {
            if search.best.is_better_than(&best) {
                best = search.best.clone();
            }
        }
        if let Some(progress) = budget.progress {
            let iterations = searches.iter().map(|search| search.iterations).sum();
            progress(Progress {
                unserved: best.absent.len() + unserved.len(),
                cost: best.cost,
                iterations,
            });
        }
        if round < rounds {
            for search in searches
                .iter_mut()
                .filter(|search| best.is_better_than(&search.best))
            {
                search.load(&best);
            }
        }
    }
    unserved.extend(best.absent.iter().map(|stop| Unserved {
        stop: *stop as usize,
        reason: Reason::NoVehicleLeft,
    }));
    unserved.sort_unstable_by_key(|unserved| unserved.stop);
    let iterations = searches.iter().map(|search| search.iterations).sum();
    Ok(plan::plan(&instance, &best, unserved, iterations))
}
