//! A first plan: insertion by greatest regret at given prices and shares.

use super::model::Model;
use super::plan::{Plan, cheapest_of_all};
use super::prices::Prices;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Metres per person that count for a supplier which the relaxation always chose. So large that those about whom
/// the relaxation is sure are placed first and as it says; the few others take what is left.
const SHARE_WORTH_M: f64 = 10_000.0;

/// The cheapest supplier with room, and by how much the second cheapest is dearer.
struct Wish {
    supplier: usize,
    cost: i64,
    regret: i64,
}

/// Inserts the compounds one by one: first those for which the second-best supplier would be so much worse
/// than the best that they should not have to wait. Those without a position have no best and go last.
pub(super) fn construct(model: &Model, prices: &Prices) -> Plan {
    let mut plan = Plan::new(model);
    fill(model, &mut plan, prices);
    plan
}

/// The same for those who have no supplier in a plan that has begun.
pub(super) fn fill(model: &Model, plan: &mut Plan, prices: &Prices) {
    let mut waiting: Vec<usize> = plan.waiting().iter().map(|compound| *compound as usize).collect();
    waiting.sort_unstable();
    let mut queue = BinaryHeap::with_capacity(waiting.len());
    let mut late = Vec::new();
    for compound in waiting {
        match wish(model, plan, prices, compound) {
            Some(wish) => queue.push(entry(model, compound, &wish)),
            None => late.push(compound),
        }
    }
    while let Some((positioned, regret, Reverse(compound))) = queue.pop() {
        let Some(wish) = wish(model, plan, prices, compound) else {
            late.push(compound);
            continue;
        };
        let present = entry(model, compound, &wish);
        if present < (positioned, regret, Reverse(compound))
            && queue.peek().is_some_and(|next| *next > present)
        {
            queue.push(present);
        } else {
            plan.put_at(model, compound, wish.supplier, wish.cost);
        }
    }
    late.sort_by_key(|compound| {
        (
            !model.positioned(*compound),
            Reverse(model.weight(*compound)),
            *compound,
        )
    });
    for compound in late {
        if let Some((supplier, cost)) = cheapest_of_all(model, plan, compound) {
            plan.put_at(model, compound, supplier, cost);
        }
    }
}

fn entry(model: &Model, compound: usize, wish: &Wish) -> (bool, i64, Reverse<usize>) {
    (model.positioned(compound), wish.regret, Reverse(compound))
}

fn wish(model: &Model, plan: &Plan, prices: &Prices, compound: usize) -> Option<Wish> {
    let mut first: Option<(f64, usize, i64)> = None;
    let mut second = f64::INFINITY;
    let bonus = SHARE_WORTH_M * model.weight(compound) as f64;
    for (place, candidate) in (model.first_candidate(compound)..).zip(model.candidates(compound)) {
        if candidate.cost as f64 - bonus >= second {
            break;
        }
        let supplier = candidate.supplier as usize;
        if !plan.fits(model, compound, supplier) {
            continue;
        }
        let full = candidate.cost as f64 + prices.of(compound, supplier) - bonus * prices.share(place);
        match first {
            Some((least, ..)) if full >= least => second = second.min(full),
            _ => {
                second = first.map_or(second, |(least, ..)| least);
                first = Some((full, supplier, candidate.cost));
            }
        }
    }
    let (least, supplier, cost) = first?;
    // The cast cuts an infinite regret to the largest number: the last chance goes first.
    Some(Wish {
        supplier,
        cost,
        regret: (second - least) as i64,
    })
}
