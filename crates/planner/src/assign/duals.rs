//! What each compound is worth, and the lower bound that it proves, when suppliers also cost something to open.

use super::model::Model;
use crate::effort::Effort;

/// Rounds of the subgradient method.
const ROUNDS: usize = 900;

/// The bound may take this part of the time.
const TIME_PART: f64 = 0.2;

/// What was open in a round counts this much less in the next one.
const FADING: f64 = 0.98;

/// Share of the former direction that is kept in the next one.
const MEMORY: f64 = 0.8;

/// After so many rounds without a better bound the steps are shortened to this share.
const PATIENCE: usize = 15;
const SHORTENING: f64 = 0.75;

/// What the relaxation says about a problem of one category.
pub(super) struct Duals {
    /// Cost per unit of capacity, by supplier.
    pub(super) price: Vec<f64>,
    /// How often each supplier was open in the last relaxed answers, from 0 to 1.
    pub(super) open: Vec<f64>,
    /// No assignment of all compounds costs less.
    pub(super) bound: f64,
}

/// The demand that every compound has one supplier is given up and priced: each compound offers a reward, and
/// each supplier takes those that pay best for its capacity (a continuous knapsack) and opens if that is worth
/// its opening cost. The rewards are raised for compounds that nobody takes and lowered for those that several
/// take. Each relaxed answer is a lower bound, and the best is that of the linear relaxation with "only open
/// suppliers feed" (Beasley, "Lagrangean heuristics for location problems", EJOR 65, 1993).
///
/// `upper` is the cost of some assignment, or more. Ends with the best bound so far when [`TIME_PART`] of the time is
/// gone.
pub(super) fn relax(model: &Model, upper: f64, effort: &Effort) -> Duals {
    let (compounds, suppliers) = (model.compounds, model.suppliers);
    let mut reward: Vec<f64> = (0..compounds)
        .map(|compound| cheapest_share(model, compound))
        .collect();
    let mut best = Duals {
        price: vec![0.0; suppliers],
        open: vec![0.0; suppliers],
        bound: f64::NEG_INFINITY,
    };
    let mut best_reward = reward.clone();
    let mut direction = vec![0.0; compounds];
    let mut answer = Answer::new(model);
    let (mut step, mut rounds_without_gain) = (1.0, 0);
    for _ in 0..ROUNDS {
        if best.bound.is_finite() && effort.spent.is_some_and(|spent| spent() > TIME_PART) {
            break;
        }
        let bound = answer.relaxed(model, &reward);
        for (often, open) in best.open.iter_mut().zip(&answer.open) {
            *often = *often * FADING + (1.0 - FADING) * f64::from(u8::from(*open));
        }
        if bound > best.bound {
            if bound > best.bound + best.bound.abs() * 1e-6 {
                rounds_without_gain = 0;
            }
            best.bound = bound;
            best.price.clone_from(&answer.price);
            best_reward.clone_from(&reward);
        } else {
            rounds_without_gain += 1;
            if rounds_without_gain == PATIENCE {
                step *= SHORTENING;
                rounds_without_gain = 0;
                reward.clone_from(&best_reward);
                continue;
            }
        }
        let mut norm = 0.0;
        for (direction, taken) in direction.iter_mut().zip(&answer.taken) {
            *direction = 1.0 - taken + MEMORY * *direction;
            norm += *direction * *direction;
        }
        if norm < 1e-9 || step < 1e-5 {
            break;
        }
        let target = best.bound + (upper - best.bound).max(best.bound.abs() * 0.01) / 2.0;
        let length = step * (target - bound).max(target.abs() * 1e-4) / norm;
        for (reward, direction) in reward.iter_mut().zip(&direction) {
            *reward += length * direction;
        }
    }
    best
}

/// The least cost of a compound when each supplier's opening cost is spread over its capacity.
fn cheapest_share(model: &Model, compound: usize) -> f64 {
    model
        .candidates(compound)
        .iter()
        .map(|candidate| {
            let supplier = candidate.supplier as usize;
            let room = model.capacity(supplier)[0].max(1) as f64;
            let need = model.demand(compound, supplier)[0] as f64;
            candidate.cost as f64 + model.opening[supplier] as f64 * need / room
        })
        .min_by(f64::total_cmp)
        .unwrap_or(0.0)
}

/// One relaxed answer.
struct Answer {
    /// By supplier: (compound, cost, need), for all whom it may feed.
    offers: Vec<Vec<(u32, f64, f64)>>,
    /// By compound, how many suppliers take it; parts count.
    taken: Vec<f64>,
    open: Vec<bool>,
    price: Vec<f64>,
    paying: Vec<(f64, f64, f64, u32)>,
}

impl Answer {
    fn new(model: &Model) -> Answer {
        let mut offers = vec![Vec::new(); model.suppliers];
        for compound in 0..model.compounds {
            for candidate in model.candidates(compound) {
                let supplier = candidate.supplier as usize;
                let need = model.demand(compound, supplier)[0] as f64;
                offers[supplier].push((compound as u32, candidate.cost as f64, need));
            }
        }
        Answer {
            offers,
            taken: vec![0.0; model.compounds],
            open: vec![false; model.suppliers],
            price: vec![0.0; model.suppliers],
            paying: Vec::new(),
        }
    }

    /// Every supplier takes what pays best; returns the value, which is a lower bound.
    fn relaxed(&mut self, model: &Model, reward: &[f64]) -> f64 {
        self.taken.fill(0.0);
        let mut value: f64 = reward.iter().sum();
        for supplier in 0..model.suppliers {
            let mut paying = std::mem::take(&mut self.paying);
            paying.clear();
            for (compound, cost, need) in &self.offers[supplier] {
                let gain = reward[*compound as usize] - cost;
                if gain > 0.0 {
                    paying.push((gain / need.max(1e-9), gain, *need, *compound));
                }
            }
            paying.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.3.cmp(&b.3)));
            let mut room = model.capacity(supplier)[0] as f64;
            let (mut worth, mut price) = (0.0, 0.0);
            let mut end = 0;
            let mut part = 0.0;
            for (rate, gain, need, _) in &paying {
                if *need > room {
                    part = room / need;
                    worth += gain * part;
                    price = *rate;
                    break;
                }
                room -= need;
                worth += gain;
                end += 1;
            }
            let opening = model.opening[supplier] as f64;
            self.price[supplier] = price;
            self.open[supplier] = worth > opening;
            if worth > opening {
                value -= worth - opening;
                for (_, _, _, compound) in &paying[..end] {
                    self.taken[*compound as usize] += 1.0;
                }
                if let Some((_, _, _, compound)) = paying.get(end) {
                    self.taken[*compound as usize] += part;
                }
            }
            self.paying = paying;
        }
        value
    }
}
