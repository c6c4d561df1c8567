//! From indices back to codes, with the reasons.

use super::model::{Force, Model};
use super::plan::Plan;
use super::prices::Prices;
use super::{Assignment, Choice, Lack, PASSED_OVER_MAX, PassedOver, Problem, Reason, Shortage};

/// Tells the plan in the words of the problem.
pub(super) fn report(
    problem: &Problem,
    model: &Model,
    plan: &Plan,
    backups: &[Option<usize>],
    prices: &Prices,
) -> Assignment {
    let mut near = Vec::with_capacity(model.suppliers);
    let choices: Vec<Choice> = (0..model.compounds)
        .map(|compound| choice(problem, model, plan, backups[compound], compound, &mut near))
        .collect();
    let distances = || {
        choices
            .iter()
            .zip(0..)
            .filter_map(|(choice, compound)| Some((choice.distance_m?, compound)))
    };
    let total_distance_m = distances().map(|(metres, _)| metres).sum();
    let weighted: i128 = distances()
        .map(|(metres, compound)| i128::from(metres) * i128::from(model.weight(compound)))
        .sum();
    let unserved = |compound: &usize| plan.main(*compound).is_none();
    let unserved_persons = (0..model.compounds)
        .filter(unserved)
        .map(|compound| model.persons[compound])
        .sum();
    // Rounded down with a margin for the sums of floating-point numbers that prove it.
    let bound = (prices.bound * (1.0 - 1e-9)).floor().max(0.0) as i64;
    let cost = clamp(plan.cost);
    Assignment {
        shortages: shortages(problem, model),
        lacks: lacks(problem, model, plan),
        total_distance_m,
        person_distance_m: clamp(weighted),
        cost_person_m: cost,
        lower_bound_person_m: (0..model.compounds)
            .all(|compound| !unserved(&compound))
            .then_some(bound.min(cost)),
        unserved_persons,
        choices,
    }
}

fn clamp(value: i128) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn choice(
    problem: &Problem,
    model: &Model,
    plan: &Plan,
    backup: Option<usize>,
    compound: usize,
    near: &mut Vec<(i64, usize)>,
) -> Choice {
    let main = plan.main(compound);
    let distance_m = main.and_then(|supplier| model.distance_m(compound, supplier));
    let mut passed_over = Vec::new();
    near.clear();
    let nearness = main.and_then(|supplier| model.nearness(compound, supplier));
    for supplier in 0..model.suppliers {
        let metres = match (model.nearness(compound, supplier), nearness) {
            // The cheap comparison leaves out nearly all; it never leaves out one with fewer metres.
            (Some(chord), Some(limit)) if chord > limit => None,
            (Some(_), _) => model.distance_m(compound, supplier),
            // A compound without position that nobody can feed still learns why.
            (None, _) => (main.is_none() && !model.positioned(compound)).then_some(0),
        };
        if let Some(metres) = metres
            && Some(supplier) != main
            && distance_m.is_none_or(|limit| metres < limit)
        {
            near.push((metres, supplier));
        }
    }
    near.sort_unstable();
    let rank = if distance_m.is_some() { near.len() + 1 } else { 0 };
    let unknown = (0..model.suppliers)
        .filter(|supplier| model.nearness(compound, *supplier).is_none() && Some(*supplier) != main)
        .map(|supplier| (supplier, Some(Reason::NoPosition)));
    let ranked = near.iter().map(|(_, supplier)| (*supplier, None));
    let unknown = model
        .positioned(compound)
        .then_some(unknown)
        .into_iter()
        .flatten();
    for (supplier, known) in ranked.chain(unknown).take(PASSED_OVER_MAX) {
        let reason = known.unwrap_or_else(|| reason(problem, model, plan, compound, supplier));
        passed_over.push(PassedOver {
            supplier: problem.suppliers[supplier].code.clone(),
            reason,
        });
    }
    let code = |supplier: usize| problem.suppliers[supplier].code.clone();
    Choice {
        compound: problem.compounds[compound].code.clone(),
        main: main.map(code),
        backup: backup.map(code),
        distance_m,
        rank,
        passed_over,
        kept: main.is_some_and(|supplier| model.keep[compound] == Some(supplier as u32)),
        positioned: model.positioned(compound),
    }
}

fn reason(problem: &Problem, model: &Model, plan: &Plan, compound: usize, supplier: usize) -> Reason {
    if model.forbidden(compound, supplier) {
        return Reason::Forbidden;
    }
    match model.force[compound] {
        Some(Force::To(forced)) if forced as usize != supplier => return Reason::Forced,
        Some(Force::Unknown) => return Reason::Forced,
        _ => {}
    }
    let short = model
        .demand(compound, supplier)
        .iter()
        .zip(plan.spare(supplier))
        .enumerate()
        .filter(|(_, (need, room))| need > room)
        .max_by(|a, b| {
            let lacking = |(_, (need, room)): &(usize, (&i64, &i64))| (*need - *room) as f64 / **need as f64;
            lacking(a).total_cmp(&lacking(b)).then(b.0.cmp(&a.0))
        });
    match short {
        Some((category, (need, room))) => Reason::Full {
            category: problem.categories[category].clone(),
            short_by: need - room,
        },
        None => {
            let main = plan.main(compound);
            if main.is_some_and(|main| model.keep[compound] == Some(main as u32)) {
                return Reason::Kept;
            }
            let preferred = main.is_some_and(|main| !model.strange(compound, main));
            if preferred && model.strange(compound, supplier) {
                Reason::Preferred
            } else {
                Reason::Spared
            }
        }
    }
}

/// For each compound without a supplier the one that could feed it with least in addition, measured by the share of
/// its need; what is spare there counts once.
fn lacks(problem: &Problem, model: &Model, plan: &Plan) -> Vec<Lack> {
    let mut spare: Vec<Vec<i64>> = Vec::new();
    let mut lacks = Vec::new();
    for compound in (0..model.compounds).filter(|compound| plan.main(*compound).is_none()) {
        if spare.is_empty() {
            spare = (0..model.suppliers)
                .map(|supplier| plan.spare(supplier).to_vec())
                .collect();
        }
        let part = |supplier: usize| -> f64 {
            model
                .demand(compound, supplier)
                .iter()
                .zip(&spare[supplier])
                .filter(|(need, room)| need > room)
                .map(|(need, room)| (need - room) as f64 / *need as f64)
                .sum()
        };
        let least = (0..model.suppliers)
            .filter(|supplier| model.allowed(compound, *supplier))
            .map(|supplier| {
                let nearness = model.nearness(compound, supplier).unwrap_or(f64::INFINITY);
                (part(supplier), nearness, supplier)
            })
            .min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)).then(a.2.cmp(&b.2)));
        let Some((_, _, supplier)) = least else { continue };
        let needs = model.demand(compound, supplier).iter();
        for (category, (need, room)) in needs.zip(&mut spare[supplier]).enumerate() {
            if *need > *room {
                lacks.push(Lack {
                    compound: problem.compounds[compound].code.clone(),
                    supplier: problem.suppliers[supplier].code.clone(),
                    category: problem.categories[category].clone(),
                    short_by: need - *room,
                });
            }
            *room = (*room - need).max(0);
        }
    }
    lacks
}

fn shortages(problem: &Problem, model: &Model) -> Vec<Shortage> {
    (0..model.categories)
        .filter_map(|category| {
            let demand = (0..model.compounds)
                .map(|compound| model.demand(compound, 0)[category])
                .sum();
            let capacity = (0..model.suppliers)
                .map(|supplier| model.capacity(supplier)[category])
                .sum();
            let short_by: i64 = demand - capacity;
            (short_by > 0).then(|| Shortage {
                category: problem.categories[category].clone(),
                demand,
                capacity,
                short_by,
            })
        })
        .collect()
}
