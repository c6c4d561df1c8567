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

mod by_hand;
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

pub use by_hand::{Broken, ByHand, laid_out};
pub use model::{
    Depot, Flaw, Load, Plan, Problem, Reason, Rounding, Source, Start, Stop, Tour, Travel, Trip, Unserved,
    Vehicle, Visit, Window,
};

pub use replan::{Remaining, remaining};

use crate::effort::{Effort, Progress};
use instance::Instance;
use search::{Best, Search, Tables};

/// The searches compare their results so many times.
const EXCHANGES: u32 = 12;

/// Solves a problem. A round takes some strings out and puts them back; threads exchange their best now and then. The error
/// names an entry of the problem that makes no sense.
pub fn solve(problem: &Problem, effort: &Effort, seed: u64) -> Result<Plan, Flaw> {
    if let Some(flaw) = problem.flaw() {
        return Err(flaw);
    }
    let instance = Instance::new(problem);
    let (possible, mut unserved) = plan::possible(problem, &instance);
    let tables = Tables::new(&instance);
    let threads = effort.threads.max(1);
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
    let spent = |rounds: u64| effort.spent(rounds);
    let mut best = Best {
        missing: i64::MAX,
        ..Best::default()
    };
    for exchange in 1..=EXCHANGES {
        let until = f64::from(exchange) / f64::from(EXCHANGES);
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
        let complete = best.absent.is_empty() && unserved.is_empty();
        let wanted = effort.watch.is_none_or(|watch| {
            watch(Progress {
                done: until,
                cost: complete.then_some(best.cost),
            })
        });
        if !wanted {
            break;
        }
        for search in searches
            .iter_mut()
            .filter(|search| best.is_better_than(&search.best))
        {
            search.load(&best);
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
