//! Routes that a search has met, and the cheapest plan that can be put together from the most promising of them: set
//! partitioning as a last step of a heuristic (Subramanian, Uchoa and Ochi, "A hybrid algorithm for a class of vehicle
//! routing problems", Computers & Operations Research 2013).

use super::instance::Instance;
use super::schedule::schedule;
use super::search::{Best, Search};
use super::state::State;
use crate::random::mix;
use microlp::{ComparisonOp, LinearExpr, OptimizationDirection, Problem, SolveOptions, SolveOutcome};
use std::collections::{BTreeMap, HashMap};

/// A pool forgets the worse half of its routes when it has so many.
const ROUTES_MAX: usize = 20_000;
/// Of all routes those from the best plans are put together: one for so many rounds, between two limits, so that this takes a
/// few hundredths of the time.
const ROUNDS: u64 = 10_000;
const PICKED_MIN: u64 = 60;
const PICKED_MAX: u64 = 600;
/// Branches of the search for the cheapest plan.
const NODES_MAX: u64 = 50;

/// Routes by who is on them.
#[derive(Default)]
pub(super) struct Pool {
    routes: Vec<Met>,
    known: HashMap<u64, u32>,
}

/// A route that was met.
#[derive(Clone)]
struct Met {
    key: u64,
    kind: u32,
    cost: i64,
    /// The cost of the best plan in which it was met.
    within: i64,
    sequence: Vec<u32>,
}

impl Pool {
    /// Takes in the routes of the present plan.
    pub(super) fn note(&mut self, state: &State) {
        for route in 0..state.routes.items.len() as u32 {
            let data = state.route(route);
            if data.stops == 0 {
                continue;
            }
            let (mut key, mut node) = (u64::from(data.kind), state.node(data.first).next);
            while node != data.end {
                key = with(key, state.coded(node));
                node = state.node(node).next;
            }
            let cost = state.cost_of(route);
            match self.known.get(&key) {
                Some(index) => {
                    let met = &mut self.routes[*index as usize];
                    met.within = met.within.min(state.cost);
                    if cost < met.cost {
                        met.cost = cost;
                        met.sequence = state.sequence(route);
                    }
                }
                None => {
                    self.known.insert(key, self.routes.len() as u32);
                    self.routes.push(Met {
                        key,
                        kind: data.kind,
                        cost,
                        within: state.cost,
                        sequence: state.sequence(route),
                    });
                }
            }
        }
        if self.routes.len() > ROUTES_MAX {
            self.routes.sort_by_key(|met| met.within);
            self.routes.truncate(ROUTES_MAX / 2);
            self.known = (0u32..)
                .zip(&self.routes)
                .map(|(index, met)| (met.key, index))
                .collect();
        }
    }
}

/// A cheaper plan from routes that the searches have met and from those of the best plan; `None` when there is none or the
/// best plan does not serve everybody.
pub(super) fn combine(instance: &Instance, searches: &[Search], best: &Best) -> Option<Best> {
    if !best.absent.is_empty() {
        return None;
    }
    let mut columns: Vec<Met> = Vec::new();
    for (kind, sequence) in best.routes.iter().filter(|(_, sequence)| !sequence.is_empty()) {
        columns.push(Met {
            key: sequence
                .iter()
                .fold(u64::from(*kind), |key, code| with(key, *code)),
            kind: *kind,
            cost: schedule(instance, *kind, sequence)?.cost,
            within: 0,
            sequence: sequence.clone(),
        });
    }
    let routes = columns.len();
    let rounds: u64 = searches.iter().map(|search| search.iterations).sum();
    let picked = (rounds / ROUNDS).clamp(PICKED_MIN, PICKED_MAX) as usize;
    let mut met: Vec<&Met> = searches.iter().flat_map(|search| &search.pool.routes).collect();
    met.sort_by_key(|met| (met.within, met.key, met.cost));
    for met in met {
        if columns.len() >= routes + picked {
            break;
        }
        match columns.iter_mut().find(|column| column.key == met.key) {
            None => columns.push(met.clone()),
            Some(column) if met.cost < column.cost => {
                column.cost = met.cost;
                column.sequence.clone_from(&met.sequence);
            }
            Some(_) => {}
        }
    }
    if columns.len() == routes {
        return None;
    }
    let chosen = cheapest(instance, &columns, routes, best.cost)?;
    let plan = without_doubles(instance, chosen)?;
    (plan.cost < best.cost).then_some(plan)
}

/// The key of a route with one more entry.
fn with(key: u64, code: u32) -> u64 {
    key.wrapping_add(mix(u64::from(code)))
}

/// The columns of the cheapest plan, of which the first so many make one.
fn cheapest<'a>(instance: &Instance, columns: &'a [Met], routes: usize, cost: i64) -> Option<Vec<&'a Met>> {
    let stops = instance.stops.len();
    let mut members: Vec<Vec<u32>> = vec![Vec::new(); stops];
    for (index, column) in (0u32..).zip(columns) {
        for code in column.sequence.iter().filter(|code| (**code as usize) < stops) {
            members[*code as usize].push(index);
        }
    }
    // Stops that are always together make one row.
    members.retain(|columns| !columns.is_empty());
    members.sort_unstable();
    members.dedup();
    let mut program = Problem::new(OptimizationDirection::Minimize);
    let unit = cost as f64 / 1e4;
    let variables: Vec<_> = columns
        .iter()
        .map(|column| program.add_binary_var(column.cost as f64 / unit))
        .collect();
    let once = if instance.reloads {
        ComparisonOp::Eq
    } else {
        ComparisonOp::Ge
    };
    let mut sum = |columns: &[u32], comparison, bound: f64| {
        let mut row = LinearExpr::empty();
        for column in columns {
            row.add(variables[*column as usize], 1.0);
        }
        program.add_constraint(row, comparison, bound);
    };
    for columns in &members {
        sum(columns, once, 1.0);
    }
    let mut by_kind: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for (index, column) in (0u32..).zip(columns) {
        by_kind.entry(column.kind).or_default().push(index);
    }
    for (kind, columns) in by_kind {
        let count = instance.kinds[kind as usize].count;
        if count < columns.len() {
            sum(&columns, ComparisonOp::Le, count as f64);
        }
    }
    let mut options = SolveOptions::default();
    options.node_limit = Some(NODES_MAX);
    let start = (0..).zip(&variables);
    options.warm_start = Some(
        start
            .map(|(index, variable)| (*variable, f64::from(u8::from(index < routes))))
            .collect(),
    );
    let SolveOutcome::Solution(solution) = program.solve_with(options).ok()? else {
        return None;
    };
    let taken = columns
        .iter()
        .zip(&variables)
        .filter(|(_, variable)| solution.var_value(**variable) > 0.5);
    Some(taken.map(|(column, _)| column).collect())
}

/// Takes stops that are on several routes off all but one, where that saves most.
fn without_doubles(instance: &Instance, chosen: Vec<&Met>) -> Option<Best> {
    let mut routes: Vec<(u32, Vec<u32>, i64)> = chosen
        .into_iter()
        .map(|met| (met.kind, met.sequence.clone(), met.cost))
        .collect();
    for stop in 0..instance.stops.len() as u32 {
        loop {
            let mut on = routes
                .iter()
                .enumerate()
                .filter(|(_, (_, sequence, _))| sequence.contains(&stop))
                .map(|(index, _)| index);
            let (Some(_), Some(_)) = (on.next(), on.next()) else {
                break;
            };
            let shorter = routes
                .iter()
                .enumerate()
                .filter_map(|(index, (kind, sequence, cost))| {
                    let at = sequence.iter().position(|code| *code == stop)?;
                    let mut shorter = sequence.clone();
                    shorter.remove(at);
                    let with = if shorter.is_empty() {
                        0
                    } else {
                        schedule(instance, *kind, &shorter)?.cost
                    };
                    Some((with - cost, index, shorter))
                });
            let (saved, index, sequence) = shorter.min_by_key(|(saved, index, _)| (*saved, *index))?;
            routes[index].1 = sequence;
            routes[index].2 += saved;
        }
    }
    Some(Best {
        cost: routes.iter().map(|(_, _, cost)| cost).sum(),
        routes: routes
            .into_iter()
            .filter(|(_, sequence, _)| !sequence.is_empty())
            .map(|(kind, sequence, _)| (kind, sequence))
            .collect(),
        absent: Vec::new(),
        missing: 0,
    })
}
