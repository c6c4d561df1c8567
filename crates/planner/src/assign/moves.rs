//! Small changes that make a plan better: shift, swap, eject, replace.

use super::model::Model;
use super::plan::{Plan, cheapest_of_all};

/// At so many nearest suppliers somebody is asked to make room for a compound without one.
const SERVE_NEAR: usize = 32;

/// So many candidates are tried for one that wants to come nearer, and for one that makes room.
const NEARER: usize = 24;
const EXITS: usize = 12;

/// A change of a plan that moves one compound and perhaps makes room for it by moving a second one.
#[derive(Clone, Copy, Debug)]
struct Move {
    /// The change of cost; negative is better.
    delta: i64,
    to: usize,
    /// The compound that makes room, and where it goes; nowhere in a replacement.
    ejected: Option<(usize, Option<usize>)>,
}

/// Makes the best change that brings this compound from its supplier to a cheaper one, if the whole becomes
/// cheaper.
pub(super) fn improve(model: &Model, plan: &mut Plan, compound: usize) -> bool {
    let Some(home) = plan.main(compound) else {
        return false;
    };
    let present = plan.cost_of(compound);
    let mut best: Option<Move> = None;
    for candidate in model.candidates(compound).iter().take(NEARER) {
        let gain = present - candidate.cost;
        if gain <= best.map_or(0, |best| -best.delta) {
            break;
        }
        let to = candidate.supplier as usize;
        if to == home {
            continue;
        }
        if plan.fits(model, compound, to) {
            best = Some(Move {
                delta: -gain,
                to,
                ejected: None,
            });
            break;
        }
        for &other in plan.members(to) {
            let other = other as usize;
            if !plan.fits_without(model, compound, to, other) {
                continue;
            }
            let limit = gain + best.map_or(0, |best| best.delta);
            if let Some((goes, extra)) = cheapest_exit(model, plan, other, to, Some((home, compound)), limit)
            {
                best = Some(Move {
                    delta: extra - gain,
                    to,
                    ejected: Some((other, Some(goes))),
                });
            }
        }
    }
    let Some(best) = best else { return false };
    perform(model, plan, compound, best);
    true
}

/// Where an ejected compound goes at the least extra cost below `limit`. `vacated` is the supplier that
/// another compound leaves at the same time, with that compound.
fn cheapest_exit(
    model: &Model,
    plan: &Plan,
    ejected: usize,
    from: usize,
    vacated: Option<(usize, usize)>,
    limit: i64,
) -> Option<(usize, i64)> {
    let present = plan.cost_of(ejected);
    let mut best: Option<(usize, i64)> = None;
    let mut listed = false;
    // To come nearer, exits around the present supplier do; to feed one more, any.
    let candidates = model.candidates(ejected);
    let begin = candidates
        .partition_point(|candidate| candidate.cost < present)
        .saturating_sub(EXITS / 2);
    for candidate in candidates.iter().skip(begin).take(EXITS) {
        let extra = candidate.cost - present;
        if extra >= best.map_or(limit, |(_, extra)| extra) {
            break;
        }
        let to = candidate.supplier as usize;
        if to == from {
            continue;
        }
        let room = match vacated {
            Some((home, gone)) if home == to => {
                listed = true;
                plan.fits_without(model, ejected, to, gone)
            }
            _ => plan.fits(model, ejected, to),
        };
        if room {
            best = Some((to, extra));
            break;
        }
    }
    if let Some((home, gone)) = vacated
        && !listed
        && plan.fits_without(model, ejected, home, gone)
        && model.eligible(ejected, home)
    {
        let extra = model.cost(ejected, home) - present;
        if extra < best.map_or(limit, |(_, extra)| extra) {
            best = Some((home, extra));
        }
    }
    best
}

/// Finds a supplier for a compound without one: where there is room, where somebody can make room by moving,
/// or in place of one with fewer persons.
pub(super) fn serve(model: &Model, plan: &mut Plan, compound: usize) -> bool {
    if let Some((supplier, cost)) = cheapest_of_all(model, plan, compound) {
        plan.put_at(model, compound, supplier, cost);
        return true;
    }
    let mut moving: Option<Move> = None;
    let mut replacing: Option<(i64, Move)> = None;
    for candidate in model.candidates(compound).iter().take(SERVE_NEAR) {
        let (to, cost) = (candidate.supplier as usize, candidate.cost);
        for &other in plan.members(to) {
            let other = other as usize;
            if !plan.fits_without(model, compound, to, other) {
                continue;
            }
            let limit = moving.map_or(i64::MAX, |best| best.delta.saturating_sub(cost));
            if let Some((goes, extra)) = cheapest_exit(model, plan, other, to, None, limit) {
                moving = Some(Move {
                    delta: cost + extra,
                    to,
                    ejected: Some((other, Some(goes))),
                });
            }
            let lost = model.weight(other);
            let delta = cost - plan.cost_of(other);
            if lost < model.weight(compound)
                && replacing.is_none_or(|(least, best)| (lost, delta) < (least, best.delta))
            {
                replacing = Some((
                    lost,
                    Move {
                        delta,
                        to,
                        ejected: Some((other, None)),
                    },
                ));
            }
        }
    }
    match moving.or(replacing.map(|(_, replacement)| replacement)) {
        Some(change) => {
            perform(model, plan, compound, change);
            true
        }
        None => false,
    }
}

fn perform(model: &Model, plan: &mut Plan, compound: usize, change: Move) {
    plan.take(model, compound);
    if let Some((ejected, goes)) = change.ejected {
        plan.take(model, ejected);
        if let Some(supplier) = goes {
            plan.put(model, ejected, supplier);
        }
    }
    plan.put(model, compound, change.to);
}
