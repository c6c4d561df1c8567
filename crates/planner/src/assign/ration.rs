//! A shortage reaches everybody alike (YU-7): where all suppliers together have too little of a category, needs are cut
//! to fair shares before anybody is assigned, and everybody is assigned with these.

use super::partial::{self, Added, Partial};
use super::{Assignment, Problem, Shortage};
use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};

/// With so many suppliers a compound can deal; more are avoided where others can change with it.
const SUPPLIERS_MAX: usize = 2;

/// A problem in which nobody asks for more than the fair share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rationed {
    /// The problem with fair shares in the place of needs in the categories that are short.
    pub problem: Problem,
    /// The categories that are short, with the needs as they are.
    pub shortages: Vec<Shortage>,
}

/// Cuts what is needed to what each can have in the categories of which all suppliers together have too little; `None`
/// where every category suffices, or lacks less than one unit per compound, which is rounding.
///
/// The share is max-min fair and weighted by need: nobody can be given a greater part of the need without taking from
/// somebody who has no greater part. Where everybody may be supplied by everybody, all have the same part of what they
/// need. Decisions of persons that hold a compound to suppliers stand, and are made the best of.
pub fn rationed(problem: &Problem) -> Option<Rationed> {
    let known: BTreeSet<&str> = problem.suppliers.iter().map(|one| one.code.as_str()).collect();
    let first = |code: &str| problem.suppliers.iter().find(|one| one.code == code);
    let amount = |row: &[i64], category: usize| row.get(category).map_or(0, |amount| (*amount).max(0));
    let mut cut = None;
    for (category, name) in problem.categories.iter().enumerate() {
        let compounds = problem.compounds.iter();
        let demand: i64 = compounds.map(|one| amount(&one.demand, category)).sum();
        let suppliers = known.iter().filter_map(|code| first(code));
        let capacity = suppliers.fold(0i64, |sum, one| {
            sum.saturating_add(amount(&one.capacity, category))
        });
        let short_by = demand.saturating_sub(capacity);
        if short_by <= problem.compounds.len() as i64 {
            continue;
        }
        let rationed = cut.get_or_insert_with(|| Rationed {
            problem: problem.clone(),
            shortages: Vec::new(),
        });
        rationed.shortages.push(Shortage {
            category: name.clone(),
            demand,
            capacity,
            short_by,
        });
        let shares = partial::fair_shares(problem, category);
        for (compound, share) in rationed.problem.compounds.iter_mut().zip(shares) {
            compound.demand.resize(problem.categories.len(), 0);
            compound.demand[category] = share;
        }
    }
    cut
}

/// What those get whom no supplier gives all of their share, after an assignment of the rationed problem.
///
/// Everybody gets the share to the unit: where decisions hold somebody to suppliers that others have emptied, these
/// others are taken from them. Whoever would have to deal with more than two suppliers exchanges with neighbours who
/// are fed by the same main supplier, so that each of these takes one part from elsewhere. Compounds that change or
/// exchange lose their `main` in the assignment and are told among the shares; its sums follow.
pub fn apportion(rationed: &Rationed, assignment: &mut Assignment) -> Vec<Partial> {
    let problem = &rationed.problem;
    let short: Vec<usize> = (0..problem.categories.len())
        .filter(|category| {
            let name = &problem.categories[*category];
            rationed.shortages.iter().any(|one| one.category == *name)
        })
        .collect();
    let mut shares = partial::partial(problem, assignment);
    for all in [false, true] {
        let starved = shares
            .iter()
            .filter(|share| short.iter().any(|category| share.short[*category] > 0));
        let starved: BTreeSet<&str> = starved.map(|share| share.compound.as_str()).collect();
        if starved.is_empty() {
            break;
        }
        let lacking: Vec<usize> = (0..problem.compounds.len())
            .filter(|compound| starved.contains(problem.compounds[*compound].code.as_str()))
            .collect();
        let wanted: BTreeSet<&str> = (0..problem.suppliers.len())
            .filter(|supplier| {
                all || lacking
                    .iter()
                    .any(|one| partial::allowed(problem, *one, *supplier))
            })
            .map(|supplier| problem.suppliers[supplier].code.as_str())
            .collect();
        for compound in 0..problem.compounds.len() {
            let main = assignment.choices[compound].main.as_deref();
            if main.is_some_and(|main| wanted.contains(main)) {
                release(problem, assignment, compound);
            }
        }
        shares = partial::partial(problem, assignment);
    }
    exchange(problem, assignment, shares)
}

/// What each compound is given where that is not simply everything from its main supplier: by compound, with what is
/// short of the needs as they are in `whole`.
pub fn told(
    whole: &Problem,
    rationed: &Problem,
    assignment: &Assignment,
    shares: Vec<Partial>,
) -> Vec<Option<Partial>> {
    let mut shares = shares.into_iter();
    let compounds = whole.compounds.iter().zip(&rationed.compounds);
    compounds
        .zip(&assignment.choices)
        .map(|((whole, rationed), choice)| {
            let cut: Vec<i64> = (0..rationed.demand.len())
                .map(|at| whole.demand.get(at).map_or(0, |need| (*need).max(0)) - rationed.demand[at].max(0))
                .collect();
            let mut share = match &choice.main {
                None => shares.next()?,
                Some(_) if cut.iter().all(|short| *short == 0) => return None,
                Some(main) => Partial {
                    compound: whole.code.clone(),
                    main: Some(main.clone()),
                    given: rationed.demand.iter().map(|need| (*need).max(0)).collect(),
                    added: Vec::new(),
                    short: vec![0; cut.len()],
                },
            };
            for (short, cut) in share.short.iter_mut().zip(cut) {
                *short += cut;
            }
            Some(share)
        })
        .collect()
}

/// Takes a compound from its main supplier.
fn release(problem: &Problem, assignment: &mut Assignment, compound: usize) {
    let choice = &mut assignment.choices[compound];
    let persons = problem.compounds[compound].persons;
    let way_m = choice.distance_m.unwrap_or(0);
    choice.main = None;
    choice.backup = None;
    choice.distance_m = None;
    choice.rank = 0;
    choice.kept = false;
    choice.passed_over.clear();
    assignment.total_distance_m -= way_m;
    assignment.person_distance_m -= way_m * persons.max(1);
    assignment.unserved_persons += persons.max(0);
    assignment.lower_bound_person_m = None;
}

/// How many suppliers a share comes from.
fn suppliers(share: &Partial) -> usize {
    let others: BTreeSet<&str> = share.added.iter().map(|one| one.supplier.as_str()).collect();
    others.len() + usize::from(share.main.is_some())
}

/// Adds an amount from a supplier that gives it some already.
fn give(share: &mut Partial, supplier: &str, category: usize, amount: i64) {
    let known = share
        .added
        .iter_mut()
        .find(|one| one.supplier == supplier && one.category == category);
    if share.main.as_deref() == Some(supplier) {
        share.given[category] += amount;
    } else if let Some(one) = known {
        one.amount += amount;
    } else {
        share.added.push(Added {
            supplier: supplier.to_string(),
            category,
            amount,
        });
    }
}

/// Exchanges what comes from a third supplier with compounds that are fed by the first or the second alone.
fn exchange(problem: &Problem, assignment: &mut Assignment, mut shares: Vec<Partial>) -> Vec<Partial> {
    if shares.iter().all(|share| suppliers(share) <= SUPPLIERS_MAX) {
        return shares;
    }
    let places: HashMap<&str, usize> = problem
        .suppliers
        .iter()
        .enumerate()
        .rev()
        .map(|(place, one)| (one.code.as_str(), place))
        .collect();
    let mut fed_by: HashMap<String, Vec<usize>> = HashMap::new();
    for (compound, choice) in assignment.choices.iter().enumerate() {
        if let Some(main) = &choice.main {
            fed_by.entry(main.clone()).or_default().push(compound);
        }
    }
    for at in 0..shares.len() {
        let Some(main) = shares[at].main.clone() else {
            continue;
        };
        let mut parts: HashMap<String, Vec<(usize, i64)>> = HashMap::new();
        for one in &shares[at].added {
            let part = parts.entry(one.supplier.clone()).or_default();
            part.push((one.category, one.amount));
        }
        let mut parts: Vec<(String, Vec<(usize, i64)>)> = parts.into_iter().collect();
        parts.sort_by_cached_key(|(supplier, part)| {
            (
                Reverse(part.iter().map(|one| one.1).sum::<i64>()),
                supplier.clone(),
            )
        });
        let rest = parts.split_off((SUPPLIERS_MAX - 1).min(parts.len()));
        let hosts: Vec<String> = std::iter::once(main)
            .chain(parts.into_iter().map(|one| one.0))
            .collect();
        for (supplier, part) in rest {
            let giver = places[supplier.as_str()];
            let need = |compound: usize, category: usize| {
                let demand = &problem.compounds[compound].demand;
                demand.get(category).map_or(0, |need| (*need).max(0))
            };
            let can = |compound: usize| {
                let enough = |one: &(usize, i64)| one.1 <= need(compound, one.0);
                let all: i64 = (0..problem.categories.len()).map(|at| need(compound, at)).sum();
                part.iter().all(enough)
                    && part.iter().map(|one| one.1).sum::<i64>() < all
                    && partial::allowed(problem, compound, giver)
            };
            // Who keeps at least half from its main supplier in each category comes first, then the near.
            let order = |compound: usize| {
                let keeps_half = part.iter().all(|one| one.1 <= need(compound, one.0) / 2);
                let way_m = problem.way_m(compound, giver).unwrap_or(i64::MAX);
                (!keeps_half, way_m, compound)
            };
            let found = hosts.iter().find_map(|host| {
                let members = fed_by.get(host)?.iter().copied().filter(|one| can(*one));
                Some((host.clone(), members.min_by_key(|one| order(*one))?))
            });
            let Some((host, neighbour)) = found else { continue };
            if let Some(members) = fed_by.get_mut(&host) {
                members.retain(|one| *one != neighbour);
            }
            let mut given: Vec<i64> = (0..problem.categories.len())
                .map(|at| need(neighbour, at))
                .collect();
            shares[at].added.retain(|one| one.supplier != supplier);
            for (category, amount) in &part {
                give(&mut shares[at], &host, *category, *amount);
                given[*category] -= amount;
            }
            release(problem, assignment, neighbour);
            shares.push(Partial {
                compound: problem.compounds[neighbour].code.clone(),
                main: Some(host),
                given,
                added: part
                    .into_iter()
                    .map(|(category, amount)| Added {
                        supplier: supplier.clone(),
                        category,
                        amount,
                    })
                    .collect(),
                short: vec![0; problem.categories.len()],
            });
        }
    }
    let mut shares: HashMap<String, Partial> = shares
        .into_iter()
        .map(|share| (share.compound.clone(), share))
        .collect();
    let compounds = problem.compounds.iter();
    compounds.filter_map(|one| shares.remove(&one.code)).collect()
}
