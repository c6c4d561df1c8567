//! Prices of capacity by Lagrangian relaxation, and the lower bound that they prove.

use super::ascent::{Ascent, Pace};
use super::construct::construct;
use super::model::Model;
use crate::effort::Meter;

/// Rounds of the subgradient method.
const ROUNDS: usize = 800;

/// From this round on the relaxed answers are counted.
const COUNTED_FROM: usize = 300;

/// They may take this part of the time.
const TIME_PART: f64 = 0.35;

const PACE: Pace = Pace {
    memory: 0.9,
    patience: 20,
    shortening: 0.7,
    least_gain: 0.0,
};

/// A person without a supplier weighs as much as this many times the longest way in any candidate list.
const UNSERVED_WAYS: i64 = 10;

/// What capacity is worth, and what the relaxation says about each candidate.
pub(super) struct Prices {
    categories: usize,
    /// Capacity of a usual supplier per category: amounts in these units are of one size.
    scale: Vec<f64>,
    /// Person-metres per scaled unit, per supplier and category.
    price: Vec<f64>,
    /// Scaled demand per compound and category.
    demand: Vec<f64>,
    /// How often each candidate was taken in the later relaxed answers; nearly a solution of the linear
    /// relaxation.
    shares: Vec<f32>,
    /// No assignment that serves everybody costs less, in person-metres.
    pub(super) bound: f64,
}

impl Prices {
    /// All capacity for free.
    pub(super) fn free(model: &Model) -> Prices {
        let categories = model.categories;
        let scale: Vec<f64> = (0..categories)
            .map(|category| {
                let total: i64 = (0..model.suppliers)
                    .map(|supplier| model.capacity(supplier)[category])
                    .sum();
                (total as f64 / model.suppliers.max(1) as f64).max(1.0)
            })
            .collect();
        let demand = (0..model.compounds)
            .flat_map(|compound| scaled(model.demand(compound, 0), &scale))
            .collect();
        let price = vec![0.0; model.suppliers * categories];
        Prices {
            categories,
            price,
            demand,
            scale,
            shares: Vec::new(),
            bound: 0.0,
        }
    }

    /// What the compound's demand is worth at this supplier.
    pub(super) fn of(&self, compound: usize, supplier: usize) -> f64 {
        let prices = &self.price[supplier * self.categories..(supplier + 1) * self.categories];
        prices
            .iter()
            .zip(self.demand(compound))
            .map(|(price, need)| price * need)
            .sum()
    }

    /// How often, between 0 and 1, the candidate at this place of the list of all candidates was taken.
    pub(super) fn share(&self, place: usize) -> f64 {
        self.shares.get(place).copied().map_or(0.0, f64::from)
    }

    fn demand(&self, compound: usize) -> &[f64] {
        &self.demand[compound * self.categories..(compound + 1) * self.categories]
    }
}

fn scaled(amounts: &[i64], scale: &[f64]) -> Vec<f64> {
    amounts
        .iter()
        .zip(scale)
        .map(|(amount, scale)| *amount as f64 / scale)
        .collect()
}

/// Raises the prices of suppliers that are wanted by more than they can feed until the relaxed answer, in
/// which everybody takes the cheapest supplier at cost plus price, is as dear as possible.
///
/// Each relaxed answer is a lower bound. Only near suppliers are looked at one by one; all others count with
/// the cost of the nearest of them and no price, which keeps the bound valid. Ends early when its part of the time is gone
/// or nobody wants more.
pub(super) fn relax(model: &Model, meter: &mut Meter) -> Prices {
    let mut trial = Prices::free(model);
    let first = construct(model, &trial);
    if model.categories == 0 || model.suppliers == 0 {
        trial.bound = first.cost as f64;
        return trial;
    }
    let capacity: Vec<f64> = (0..model.suppliers)
        .flat_map(|supplier| scaled(model.capacity(supplier), &trial.scale))
        .collect();
    let unserved_m = longest_way_m(model).saturating_mul(UNSERVED_WAYS).max(1) as f64;
    let upper = if first.unserved == 0 {
        first.cost as f64
    } else {
        f64::INFINITY
    };
    let mut ascent = Ascent::new(trial.price.clone(), PACE);
    let mut answer = Answer {
        load: vec![0.0; capacity.len()],
        taken: vec![0; model.candidates_total()],
        rounds: 0,
    };
    for round in 0..ROUNDS {
        if round > 0 && (!meter.goes_on(0, None) || meter.done() > TIME_PART) {
            break;
        }
        if round == COUNTED_FROM {
            answer.taken.fill(0);
            answer.rounds = 0;
        }
        trial.price.clone_from(&ascent.at);
        ascent.note(answer.relaxed(model, &trial, &capacity, unserved_m));
        let target = upper.min(ascent.bound.max(1.0) * 1.05);
        let climbs = ascent.climb(target, |place, price| {
            let excess = answer.load[place] - capacity[place];
            (excess > 0.0 || price > 0.0).then_some(excess)
        });
        if !climbs || upper - ascent.bound <= upper * 1e-5 {
            break;
        }
        for price in &mut ascent.at {
            *price = price.max(0.0);
        }
    }
    let shares = answer
        .taken
        .iter()
        .map(|taken| *taken as f32 / answer.rounds.max(1) as f32)
        .collect();
    Prices {
        price: ascent.best,
        bound: ascent.bound,
        shares,
        ..trial
    }
}

/// The relaxed answer of a round, and how often each candidate was taken so far.
struct Answer {
    load: Vec<f64>,
    taken: Vec<u32>,
    rounds: u32,
}

impl Answer {
    /// Everybody takes the cheapest at these prices; returns the value, which is a lower bound.
    fn relaxed(&mut self, model: &Model, prices: &Prices, capacity: &[f64], unserved_m: f64) -> f64 {
        self.load.fill(0.0);
        self.rounds += 1;
        let worth: f64 = prices
            .price
            .iter()
            .zip(capacity)
            .map(|(price, room)| price * room)
            .sum();
        let mut value = -worth;
        for compound in 0..model.compounds {
            let mut least = (unserved_m * model.weight(compound) as f64).min(model.beyond[compound] as f64);
            let mut taken = None;
            for (place, candidate) in (model.first_candidate(compound)..).zip(model.candidates(compound)) {
                if candidate.cost as f64 >= least {
                    break;
                }
                let full = candidate.cost as f64 + prices.of(compound, candidate.supplier as usize);
                if full < least {
                    (least, taken) = (full, Some((candidate.supplier as usize, place)));
                }
            }
            value += least;
            if let Some((supplier, place)) = taken {
                self.taken[place] += 1;
                for (load, need) in self.load[supplier * model.categories..]
                    .iter_mut()
                    .zip(prices.demand(compound))
                {
                    *load += need;
                }
            }
        }
        value
    }
}

fn longest_way_m(model: &Model) -> i64 {
    (0..model.compounds)
        .filter_map(|compound| Some(model.candidates(compound).last()?.cost / model.weight(compound)))
        .max()
        .unwrap_or(0)
}
