//! Assignments given by numbers alone: any cost and any need per pair, and suppliers that cost something to open.

use super::anneal::State;
use super::construct::construct;
use super::duals::{self, Duals};
use super::locate;
use super::model::Model;
use super::prices::Prices;
use super::share::{SMALLEST, Sharing};
use crate::effort::{Effort, Meter};
use crate::random::Random;
use std::sync::atomic::AtomicBool;

/// An assignment problem by numbers. With opening costs of zero it is the generalized assignment problem (GAP);
/// with needs that are the same at every supplier it is the capacitated facility location problem with a single
/// source (SSCFLP). Amounts are from 0 to 10¹².
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matrix {
    /// What it costs that a supplier feeds a compound: a row per supplier, a column per compound.
    pub cost: Vec<Vec<i64>>,
    /// So much capacity that takes, in the same order.
    pub need: Vec<Vec<i64>>,
    /// Capacity per supplier.
    pub capacity: Vec<i64>,
    /// What it costs to use a supplier at all.
    pub opening: Vec<i64>,
}

/// Where everybody is placed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The supplier of each compound; `None` when no answer within all capacities was found.
    pub mains: Option<Vec<usize>>,
    /// Cost of ways and openings.
    pub cost: i64,
    /// No placement costs less.
    pub lower_bound: i64,
}

/// A round of the search tries this many moves per compound.
const MOVES: usize = 4;

/// The temperature falls from this many usual steps to this many.
const HOT: f64 = 0.3;
const COLD: f64 = 0.1;

/// So much of the effort goes into the first annealing; then some suppliers after others share out their compounds anew,
/// and when that helps no more, a short annealing of so many rounds leads elsewhere.
const ANNEALED: f64 = 0.1;
const CYCLE: u64 = 200;

/// Places every compound at one supplier at least cost.
///
/// Method: a Lagrangian bound, whose prices of capacity tell which suppliers a compound should look at; from
/// there simulated annealing over moves, exchanges and ejections, where capacities may be exceeded at a price
/// that rises and falls; then exact sharing among a few suppliers at a time. With opening costs, what is open changes one by
/// one in an outer search, by turns with sharing in which suppliers open and close too. A round of the effort is four moves per compound.
pub fn place(matrix: &Matrix, effort: &Effort, seed: u64) -> Placed {
    let model = Model::of_matrix(matrix);
    if model.compounds == 0 {
        return Placed {
            mains: Some(Vec::new()),
            cost: 0,
            lower_bound: 0,
        };
    }
    let (first, upper) = first_placement(&model);
    let stop = AtomicBool::new(false);
    let duals = duals::relax(&model, upper, &mut Meter::new(effort, true, &stop));
    let searches: Vec<Option<(i64, Vec<u32>)>> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..effort.threads.max(1))
            .map(|number| {
                let (model, duals, stop) = (&model, &duals, &stop);
                scope.spawn(move || search(model, duals, effort, stop, seed, number))
            })
            .collect();
        // A search that panicked counts as one that found nothing; the others still answer.
        workers
            .into_iter()
            .map(|worker| worker.join().unwrap_or(None))
            .collect()
    });
    let best = searches
        .into_iter()
        .flatten()
        .chain(first)
        .min_by_key(|(cost, _)| *cost);
    // Costs are whole; the margin is for the sums of floating-point numbers that prove the bound.
    let bound = (duals.bound - duals.bound.abs() * 1e-9 - 1e-6).ceil() as i64;
    match best {
        Some((cost, mains)) => Placed {
            mains: Some(mains.into_iter().map(|main| main as usize).collect()),
            cost,
            lower_bound: bound.min(cost),
        },
        None => Placed {
            mains: None,
            cost: 0,
            lower_bound: bound,
        },
    }
}

/// The placement by greatest regret if it places everybody, and a cost that some placement has or that is more.
fn first_placement(model: &Model) -> (Option<(i64, Vec<u32>)>, f64) {
    let plan = construct(model, &Prices::free(model));
    let mut upper = plan.cost as f64;
    for supplier in 0..model.suppliers {
        if !plan.members(supplier).is_empty() {
            upper += model.opening[supplier] as f64;
        }
    }
    for compound in plan.waiting() {
        let dearest = model.candidates(*compound as usize).last();
        upper += dearest.map_or(0.0, |dearest| dearest.cost as f64);
    }
    let home: Option<Vec<u32>> = (0..model.compounds)
        .map(|compound| plan.main(compound).map(|main| main as u32))
        .collect();
    (home.map(|home| (upper as i64, home)), upper)
}

fn search(
    model: &Model,
    duals: &Duals,
    effort: &Effort,
    stop: &AtomicBool,
    seed: u64,
    number: usize,
) -> Option<(i64, Vec<u32>)> {
    let mut random = Random::new(seed.wrapping_add(number as u64));
    let mut meter = Meter::new(effort, number == 0, stop);
    if model.opening.iter().any(|cost| *cost > 0) {
        return locate::search(model, duals, &mut random, &mut meter);
    }
    let open = vec![true; model.suppliers];
    let mut state = State::new(model, &duals.price, &open)?;
    let step = state.usual_step(&duals.price);
    let mut rounds = 0;
    let mut going = true;
    while going && meter.done() < ANNEALED {
        let temperature = step * HOT * (COLD / HOT).powf(meter.done() / ANNEALED);
        state.anneal(&mut random, model.compounds * MOVES, temperature);
        state.adapt(meter.done(), 1.0);
        rounds += 1;
        going = meter.goes_on(rounds, state.best.as_ref().map(|(cost, _)| *cost));
    }
    let mut best: Option<(i64, Vec<u32>)> = None;
    let mut size = SMALLEST;
    loop {
        if let Some((_, home)) = state.best.take() {
            let mut sharing = Sharing::new(model, duals, home, size);
            going = sharing.run(
                &mut random,
                &mut meter,
                &mut rounds,
                model.compounds * MOVES,
                going,
            );
            size = sharing.size;
            if best.as_ref().is_none_or(|(least, _)| sharing.cost <= *least) {
                best = Some((sharing.cost, sharing.home));
            }
        }
        if !going {
            return best;
        }
        if let Some((_, home)) = &best {
            state.go_to(home);
        }
        for _ in 0..CYCLE {
            state.anneal(&mut random, model.compounds * MOVES, step * HOT);
            state.adapt(meter.done(), 1.0);
            rounds += 1;
            going = meter.goes_on(rounds, best.as_ref().map(|(cost, _)| *cost));
            if !going {
                break;
            }
        }
    }
}

#[cfg(test)]
#[path = "matrix_tests.rs"]
mod tests;
