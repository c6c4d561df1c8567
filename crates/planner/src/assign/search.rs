//! Local search: descent by small moves, then ruin and recreate where compounds sit far from home.

use super::model::Model;
use super::moves::{improve, serve};
use super::plan::{Plan, cheapest_of_all};
use super::prices::Prices;
use crate::effort::{Effort, Meter};
use crate::random::Random;
use std::sync::atomic::AtomicBool;

/// So much of the effort may be gone when the ruins end; the rest is for what comes after them.
const RUINED: f64 = 0.85;

/// Passes of the descent, and how many compounds without a supplier are tried in all of them: enough to settle
/// what can be settled, without end in a great shortage.
const PASSES: usize = 7;
const SERVED_TRIES: usize = 2_500;

/// A pass that gains less than this part of the cost is the last one.
const LEAST_GAIN: i128 = 20_000;

/// Members taken from each ruined supplier.
const MEMBERS_RUINED: usize = 4;

/// How many suppliers around a compound are ruined at once.
const SUPPLIERS_RUINED: usize = 4;

/// How many compounds without a supplier are asked whether they would come to a ruined one.
const WAITING_ASKED: usize = 16;

/// In this share of cases a possible supplier is passed by, which makes each recreation different; more often in every second
/// recreation while somebody waits, because what fits exactly may lie far from what is cheap.
const BLINK: f64 = 0.04;
const BLINK_WAITING: f64 = 0.5;

/// Improves the plan; it never gets worse.
pub(super) fn search(model: &Model, plan: &mut Plan, prices: &Prices, watched: Watched, seed: u64) {
    let Watched { effort, stop } = watched;
    let mut random = Random::new(seed);
    let mut meter = Meter::new(effort, true, stop);
    descend(model, plan, &mut random, &mut meter, 0);
    let ruined = |number: usize| {
        let mut plan = plan.clone();
        let mut random = match number {
            0 => random.clone(),
            _ => Random::new(seed.wrapping_add(number as u64)),
        };
        let mut meter = Meter::new(effort, number == 0, stop);
        let ruins = ruin_and_recreate(model, &mut plan, prices, &mut random, &mut meter);
        descend(model, &mut plan, &mut random, &mut meter, ruins);
        plan
    };
    let best = std::thread::scope(|scope| {
        let others: Vec<_> = (1..effort.threads.max(1))
            .map(|number| scope.spawn(move || ruined(number)))
            .collect();
        let first = ruined(0);
        // A search that panicked counts as one that found nothing; the others still answer.
        let others = others.into_iter().filter_map(|other| other.join().ok());
        std::iter::once(first).chain(others).min_by_key(Plan::value)
    });
    if let Some(best) = best {
        *plan = best;
    }
    settle(model, plan);
}

/// How long may be searched, and what ends all searches.
#[derive(Clone, Copy)]
pub(super) struct Watched<'a> {
    pub(super) effort: &'a Effort<'a>,
    pub(super) stop: &'a AtomicBool,
}

/// Small moves until they hardly help or the time is over.
fn descend(model: &Model, plan: &mut Plan, random: &mut Random, meter: &mut Meter, rounds: u64) {
    let mut order: Vec<usize> = (0..model.compounds).collect();
    let mut tries = SERVED_TRIES;
    for _ in 0..PASSES {
        if !meter.goes_on(rounds, plan.cost_of_all()) {
            return;
        }
        random.shuffle(&mut order);
        let (unserved, cost) = plan.value();
        for &compound in &order {
            if plan.main(compound).is_some() {
                improve(model, plan, compound);
            } else if tries > 0 {
                tries -= 1;
                serve(model, plan, compound);
            }
        }
        if plan.unserved == unserved && cost - plan.cost <= cost / LEAST_GAIN {
            return;
        }
    }
}

/// Finds suppliers for those without one, as far as tries go; whoever fits somewhere at once is always served.
pub(super) fn serve_waiting(model: &Model, plan: &mut Plan) {
    let mut waiting: Vec<usize> = plan.waiting().iter().map(|compound| *compound as usize).collect();
    waiting.sort_by_key(|compound| (std::cmp::Reverse(model.weight(*compound)), *compound));
    for compound in waiting.into_iter().take(SERVED_TRIES) {
        serve(model, plan, compound);
    }
    serve_directly(model, plan);
}

/// Whoever fits somewhere without anybody making room is served.
pub(super) fn serve_directly(model: &Model, plan: &mut Plan) {
    for compound in 0..model.compounds {
        if plan.main(compound).is_none()
            && let Some((supplier, cost)) = cheapest_of_all(model, plan, compound)
        {
            plan.put_at(model, compound, supplier, cost);
        }
    }
}

/// Nobody is passed by a nearer supplier that has room, even outside the candidate lists.
pub(super) fn settle(model: &Model, plan: &mut Plan) {
    let mut changed = true;
    while std::mem::take(&mut changed) {
        for compound in 0..model.compounds {
            let listed = model.candidates(compound).iter().map(|candidate| candidate.cost);
            let least = listed.chain([model.beyond[compound]]).min();
            if plan.main(compound).is_some() && least.is_none_or(|least| least >= plan.cost_of(compound)) {
                continue;
            }
            if let Some((supplier, cost)) = cheapest_of_all(model, plan, compound)
                && (plan.main(compound).is_none() || cost < plan.cost_of(compound))
            {
                plan.shift(model, compound, supplier);
                changed = true;
            }
        }
    }
}

/// Returns how many ruins it took.
fn ruin_and_recreate(
    model: &Model,
    plan: &mut Plan,
    prices: &Prices,
    random: &mut Random,
    meter: &mut Meter,
) -> u64 {
    if model.compounds < 2 || model.suppliers == 0 {
        return 0;
    }
    let mut ruins = 0;
    let mut removed: Vec<(usize, Option<usize>)> = Vec::new();
    while meter.goes_on(ruins, plan.cost_of_all()) && meter.done() < RUINED {
        if plan.unserved == 0 && plan.cost as f64 <= prices.bound * 1.0001 {
            break;
        }
        ruins += 1;
        let before = plan.value();
        let centre = unhappiest_of(model, plan, random);
        let waits = plan.unserved > 0;
        ruin(model, plan, random, centre, &mut removed);
        if waits {
            invite(model, plan, random, &mut removed);
        }
        recreate(model, plan, prices, random, &removed, waits);
        if plan.value() > before {
            for (compound, _) in &removed {
                plan.take(model, *compound);
            }
            for (compound, home) in &removed {
                if let Some(supplier) = home {
                    plan.put(model, *compound, *supplier);
                }
            }
        } else if plan.value() < before {
            for (compound, _) in &removed {
                improve(model, plan, *compound);
            }
        }
    }
    ruins
}

/// Of one to four random compounds the one that lies farthest above its cheapest supplier.
fn unhappiest_of(model: &Model, plan: &Plan, random: &mut Random) -> usize {
    let loss = |compound: usize| match (plan.main(compound), model.candidates(compound).first()) {
        (Some(_), Some(cheapest)) => plan.cost_of(compound) - cheapest.cost,
        (None, Some(_)) => i64::MAX,
        (_, None) => 0,
    };
    let mut chosen = random.below(model.compounds);
    for _ in 0..random.below(4) {
        let other = random.below(model.compounds);
        if loss(other) > loss(chosen) {
            chosen = other;
        }
    }
    chosen
}

/// Takes the centre and some members of its own and its nearest suppliers.
fn ruin(
    model: &Model,
    plan: &mut Plan,
    random: &mut Random,
    centre: usize,
    removed: &mut Vec<(usize, Option<usize>)>,
) {
    removed.clear();
    let home = plan.main(centre);
    removed.push((centre, home));
    plan.take(model, centre);
    let candidates = model.candidates(centre);
    let first = random.below(2);
    let near = candidates
        .iter()
        .skip(first)
        .take(SUPPLIERS_RUINED)
        .map(|candidate| candidate.supplier as usize);
    for supplier in home.into_iter().chain(near) {
        for _ in 0..MEMBERS_RUINED {
            let members = plan.members(supplier);
            if members.is_empty() {
                break;
            }
            let compound = members[random.below(members.len())] as usize;
            removed.push((compound, Some(supplier)));
            plan.take(model, compound);
        }
    }
}

/// Adds some compounds without a supplier that would come to one of the ruined ones, so that exchanges of one
/// for several are tried too.
fn invite(model: &Model, plan: &Plan, random: &mut Random, removed: &mut Vec<(usize, Option<usize>)>) {
    let ruined: Vec<usize> = removed.iter().filter_map(|(_, home)| *home).collect();
    let asked = WAITING_ASKED.min(plan.waiting().len());
    for _ in 0..asked {
        let waiting = plan.waiting()[random.below(plan.waiting().len())] as usize;
        let comes = |supplier: u32| ruined.contains(&(supplier as usize));
        if removed.iter().all(|(compound, _)| *compound != waiting)
            && model
                .candidates(waiting)
                .iter()
                .any(|candidate| comes(candidate.supplier))
        {
            removed.push((waiting, None));
        }
    }
}

/// Puts the removed ones back, those with most at stake first, at costs plus a random share of the prices.
fn recreate(
    model: &Model,
    plan: &mut Plan,
    prices: &Prices,
    random: &mut Random,
    removed: &[(usize, Option<usize>)],
    waits: bool,
) {
    let share = random.fraction();
    let blink = if waits && random.below(2) == 0 {
        BLINK_WAITING
    } else {
        BLINK
    };
    let mut order: Vec<(f64, usize)> = removed
        .iter()
        .map(|(compound, _)| {
            let noise = 0.5 + random.fraction();
            let mut full = model
                .candidates(*compound)
                .iter()
                .filter(|candidate| plan.fits(model, *compound, candidate.supplier as usize))
                .map(|candidate| {
                    candidate.cost as f64 + share * prices.of(*compound, candidate.supplier as usize)
                });
            let first = full.next().unwrap_or(0.0);
            // Nowhere else to go: comes before all others.
            let second = full.next().unwrap_or(1e18);
            (
                ((second - first).abs() + model.weight(*compound) as f64) * noise,
                *compound,
            )
        })
        .collect();
    order.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    for (_, compound) in order {
        let mut best: Option<(f64, usize, i64)> = None;
        for candidate in model.candidates(compound) {
            let least = best.map_or(f64::INFINITY, |(least, ..)| least);
            if candidate.cost as f64 >= least {
                break;
            }
            let supplier = candidate.supplier as usize;
            if !plan.fits(model, compound, supplier) || random.fraction() < blink {
                continue;
            }
            let full = candidate.cost as f64 + share * prices.of(compound, supplier);
            if full < least {
                best = Some((full, supplier, candidate.cost));
            }
        }
        if let Some((_, supplier, cost)) = best {
            plan.put_at(model, compound, supplier, cost);
        }
    }
}
