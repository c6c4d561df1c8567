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
//! accept by simulated annealing. Before they are put back two routes may exchange what follows at the gap, for long routes would never
//! change their ends by strings alone. Each place to insert is checked in constant time, only places beside near stops are
//! checked, and what an iteration changed is taken back by a log, so its cost does not grow with the number of stops. Where kinds of
//! vehicle differ in capacity and cost only, each touched route gets the cheapest free kind that carries it. With plenty of
//! each kind that is done after taking out as well, so that putting in pays for room, and some insertions count a new
//! vehicle as cheaper than it is, so that one large vehicle can give way to several small ones. Routes of good plans are noted,
//! and now and then the cheapest plan that can be put together from them is found by set partitioning. With much time the
//! search cools several times from a new beginning, and then from plans into which neighbouring routes of others went. Threads
//! share these plans, and with less time compare their solutions now and then; of many stops each thread searches a share of
//! one solution, which is divided anew each time.

mod by_hand;
mod change;
mod cross;
mod division;
mod fit;
mod heat;
mod instance;
mod model;
mod near;
mod plan;
mod pool;
mod recreate;
mod replan;
mod ruin;
mod schedule;
mod search;
mod segment;
mod share;
mod spot;
mod state;
mod tails;
#[cfg(test)]
mod tests;
mod times;

pub use by_hand::{Broken, ByHand, laid_out};
pub use model::{
    Depot, Flaw, Load, Plan, Problem, Reason, Rounding, Source, Start, Stop, Tour, Travel, Trip, Unserved,
    Vehicle, Visit, Window,
};

pub use replan::{Lost, Remaining, remaining};

use crate::effort::Effort;
use crate::random::Random;
use cross::Elite;
use heat::{Beginning, Cooling};
use instance::Instance;
use search::{Best, Control, Search, Tables};
use share::Share;

/// Searches with so many stops each work on shares of one solution, which is divided so many times.
const SHARE_STOPS: usize = 1000;
const DIVISIONS: f64 = 48.0;

/// Rounds that do for a proposal of this size, for which somebody waits.
pub fn usual_rounds(problem: &Problem) -> u64 {
    (problem.stops.len() as u64 * 400).clamp(20_000, 80_000)
}

/// Solves a problem. A round takes some strings out and puts them back. However little time there is, the plan is whole. The
/// error names an entry of the problem that makes no sense.
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
    let control = Control::new(effort, unserved.is_empty());
    let mut best = start(&mut searches, &instance, &control);
    let divided = threads > 1 && best.stops() >= threads * SHARE_STOPS;
    let mut random = Random::new(seed);
    let mut cooling = Cooling::new(&instance);
    let mut elite = Elite::default();
    let mut part = 0.0;
    loop {
        let until = if divided {
            ((part * DIVISIONS).round() + 1.0) / DIVISIONS
        } else {
            cooling.pause(part)
        };
        if divided {
            let centre = random.below(problem.stops.len()) as u32;
            let shares = share::divide(&best, &instance, centre, threads);
            for (search, share) in searches.iter_mut().zip(&shares) {
                search.load(share);
            }
        }
        std::thread::scope(|scope| {
            let (first, others) = searches
                .split_first_mut()
                .expect("there is a search for each thread");
            for search in others {
                scope.spawn(|| search.run(&control, &cooling, until, false));
            }
            first.run(&control, &cooling, until, true);
        });
        if divided {
            best = share::unite(searches.iter().map(|search| &search.best));
        } else {
            for search in &searches {
                if search.best.is_better_than(&best) {
                    best = search.best.clone();
                }
            }
        }
        if until >= 1.0 || control.is_stopped() {
            break;
        }
        let first = part == 0.0;
        part = until;
        if divided {
            continue;
        }
        if first {
            let driven = best.routes.iter().filter(|(_, sequence)| !sequence.is_empty());
            let rounds = searches[0].iterations as f64 / until;
            cooling.expect(rounds, problem.stops.len(), driven.count());
        }
        let combined = pool::combine(&instance, &searches, &best);
        let begins = cooling.begins(part);
        if begins.is_some() {
            for search in &searches {
                elite.add(&search.best);
            }
        }
        if let Some(better) = combined {
            best = better;
            elite.add(&best);
        }
        for search in &mut searches {
            match begins {
                None if best.is_better_than(&search.best) => {
                    search.load(&Share::whole(best.clone(), &instance));
                }
                None => {}
                Some(Beginning::Nothing) => search.go_on_from(Best {
                    absent: possible.clone(),
                    ..Best::default()
                }),
                Some(Beginning::Two) => elite.cross(search, &mut random),
            }
        }
    }
    if !best.absent.is_empty() {
        searches[0].go_on_from(best);
        best = std::mem::take(&mut searches[0].best);
    }
    control.tell(1.0, best.missing, best.cost);
    unserved.extend(best.absent.iter().map(|stop| Unserved {
        stop: *stop as usize,
        reason: Reason::NoVehicleLeft,
    }));
    unserved.sort_unstable_by_key(|unserved| unserved.stop);
    let iterations = searches.iter().map(|search| search.iterations).sum();
    Ok(plan::plan(&instance, &best, unserved, iterations))
}

/// The first solution, from which all searches go on.
fn start(searches: &mut [Search], instance: &Instance, control: &Control) -> Best {
    let Some((first, others)) = searches.split_first_mut() else {
        return Best::default();
    };
    first.begin(control);
    for other in others {
        other.load(&Share::whole(first.best.clone(), instance));
        other.unit = first.unit;
    }
    first.best.clone()
}
