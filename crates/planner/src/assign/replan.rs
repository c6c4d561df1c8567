//! A plan that was in force and no longer fits: as few compounds as possible change their supplier.

use super::backup::backups;
use super::construct::fill;
use super::model::Model;
use super::plan::{Plan, cheapest_of_all};
use super::prices::Prices;
use super::report::report;
use super::search::{serve_directly, serve_waiting};
use super::{Assignment, Problem};
use std::cmp::Reverse;

/// Exchanges between those who change anyway are tried among so many at most.
const EXCHANGED_MAX: usize = 1_500;

/// A new plan close to the one in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replanned {
    /// The plan. Its lower bound is that of everybody at the cheapest supplier, capacities aside.
    pub assignment: Assignment,
    /// Compounds that had a supplier and get another one or none.
    pub changes: usize,
    /// No plan within the capacities has fewer: so many must leave where their supplier cannot or must not feed them.
    pub changes_at_least: usize,
}

/// Mends the plan in force (`keep`) after a supplier has failed or has less, a compound is new or needs more, or a
/// person has forced or forbidden something. Everybody who can stay stays; where a supplier has become too small,
/// few leave it; those who must move go where they have the shortest way, and somebody else makes room only for a
/// compound that would be left over. Quick, because it begins with the plan in force and asks for no proof of cost.
pub fn replan(problem: &Problem) -> Replanned {
    let model = Model::new(problem);
    let mut plan = Plan::new(&model);
    let mut must_leave = stay(&model, &mut plan);
    let mut prices = Prices::free(&model);
    fill(&model, &mut plan, &prices);
    serve_waiting(&model, &mut plan);
    settle_changed(&model, &mut plan);
    serve_directly(&model, &mut plan);
    prices.bound = (0..model.compounds)
        .filter_map(|compound| {
            let listed = model.candidates(compound).iter().map(|candidate| candidate.cost);
            listed.chain([model.beyond[compound]]).min()
        })
        .map(|cost| cost as f64)
        .sum();
    let backups = backups(&model, &plan);
    let changed = |compound: &usize| changes(&model, &plan, *compound);
    let changes = (0..model.compounds).filter(changed).count();
    must_leave = must_leave.min(changes);
    Replanned {
        assignment: report(problem, &model, &plan, &backups, &prices),
        changes,
        changes_at_least: must_leave,
    }
}

/// Whether the compound had a supplier and has another one or none now.
fn changes(model: &Model, plan: &Plan, compound: usize) -> bool {
    model.keep[compound].is_some_and(|keep| plan.main(compound) != Some(keep as usize))
}

/// Puts those who can stay with their supplier; returns how many cannot in any plan.
fn stay(model: &Model, plan: &mut Plan) -> usize {
    let mut stayers: Vec<Vec<usize>> = vec![Vec::new(); model.suppliers];
    let mut must_leave = 0;
    for compound in 0..model.compounds {
        if let Some(keep) = model.keep[compound] {
            if model.eligible(compound, keep as usize) {
                stayers[keep as usize].push(compound);
            } else {
                must_leave += 1;
            }
        }
    }
    for (supplier, stayers) in stayers.into_iter().enumerate() {
        must_leave += leavers_at_least(model, supplier, &stayers);
        for compound in choose_stayers(model, supplier, stayers) {
            plan.put(model, compound, supplier);
        }
    }
    must_leave
}

/// What all of them need beyond the capacity, per category.
fn excess(model: &Model, supplier: usize, compounds: &[usize]) -> Vec<i64> {
    let sum = |category: usize| -> i64 {
        compounds
            .iter()
            .map(|compound| model.demand(*compound, supplier)[category])
            .sum()
    };
    (0..model.categories)
        .map(|category| sum(category) - model.capacity(supplier)[category])
        .collect()
}

/// In each category the largest must leave until it fits; the category that asks for most counts.
fn leavers_at_least(model: &Model, supplier: usize, compounds: &[usize]) -> usize {
    let excess = excess(model, supplier, compounds);
    (0..model.categories)
        .map(|category| {
            let mut needs: Vec<i64> = compounds
                .iter()
                .map(|compound| model.demand(*compound, supplier)[category])
                .collect();
            needs.sort_unstable_by_key(|need| Reverse(*need));
            let mut over = excess[category];
            needs
                .into_iter()
                .take_while(|need| {
                    let needed = over > 0;
                    over -= need;
                    needed
                })
                .count()
        })
        .max()
        .unwrap_or(0)
}

/// Sends away those who relieve the supplier most until the others fit; of those who relieve it alike, the one for whom
/// another supplier costs least.
fn choose_stayers(model: &Model, supplier: usize, mut compounds: Vec<usize>) -> Vec<usize> {
    let mut excess = excess(model, supplier, &compounds);
    while excess.iter().any(|over| *over > 0) {
        let relief = |compound: usize| -> f64 {
            let need = model.demand(compound, supplier);
            let pairs = excess.iter().zip(need).filter(|(over, _)| **over > 0);
            pairs
                .map(|(over, need)| (*need).min(*over) as f64 / *over as f64)
                .sum()
        };
        let elsewhere = |compound: usize| {
            let other = model
                .candidates(compound)
                .iter()
                .find(|candidate| candidate.supplier as usize != supplier);
            other.map_or(i64::MAX, |other| {
                other.cost.saturating_sub(model.cost(compound, supplier))
            })
        };
        let goes = (0..compounds.len()).max_by(|a, b| {
            let (left, right) = (compounds[*a], compounds[*b]);
            let by_relief = relief(left).total_cmp(&relief(right));
            by_relief
                .then_with(|| elsewhere(right).cmp(&elsewhere(left)))
                .then(b.cmp(a))
        });
        let Some(goes) = goes else { break };
        let compound = compounds.swap_remove(goes);
        for (over, need) in excess.iter_mut().zip(model.demand(compound, supplier)) {
            *over -= need;
        }
    }
    compounds
}

/// Those who change go where it is nearest, by exchanges between two of them and by moves to free room.
fn settle_changed(model: &Model, plan: &mut Plan) {
    let moved: Vec<usize> = (0..model.compounds)
        .filter(|compound| {
            plan.main(*compound).is_some()
                && model.keep[*compound].map(|keep| keep as usize) != plan.main(*compound)
        })
        .collect();
    for (place, a) in moved.iter().enumerate().take(EXCHANGED_MAX) {
        for b in moved.iter().take(EXCHANGED_MAX).skip(place + 1) {
            exchange(model, plan, *a, *b);
        }
    }
    let mut better = true;
    while std::mem::take(&mut better) {
        for compound in &moved {
            if let Some((supplier, cost)) = cheapest_of_all(model, plan, *compound)
                && cost < plan.cost_of(*compound)
            {
                plan.shift(model, *compound, supplier);
                better = true;
            }
        }
    }
}

fn exchange(model: &Model, plan: &mut Plan, a: usize, b: usize) {
    let (Some(home), Some(other)) = (plan.main(a), plan.main(b)) else {
        return;
    };
    let gains = home != other
        && model.eligible(a, other)
        && model.eligible(b, home)
        && model.cost(a, other) + model.cost(b, home) < plan.cost_of(a) + plan.cost_of(b)
        && plan.fits_without(model, a, other, b)
        && plan.fits_without(model, b, home, a);
    if gains {
        plan.take(model, a);
        plan.take(model, b);
        plan.put(model, a, other);
        plan.put(model, b, home);
    }
}
