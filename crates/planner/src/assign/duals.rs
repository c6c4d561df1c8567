//! What each compound is worth, and the lower bound that it proves, when suppliers also cost something to open.

use super::ascent::{Ascent, Pace};
use super::model::Model;
use crate::effort::Meter;

/// Rounds of the subgradient method, with parts of compounds and with whole ones.
const ROUNDS: usize = 900;
const WHOLE_ROUNDS: usize = 300;

/// Both may take this part of the time.
const TIME_PART: f64 = 0.15;
const WHOLE_TIME_PART: f64 = 0.25;

/// What was open in a round counts this much less in the next one.
const FADING: f64 = 0.98;

const PACE: Pace = Pace {
    memory: 0.8,
    patience: 15,
    shortening: 0.75,
    least_gain: 1e-6,
};

/// So many branches are tried to fill one supplier with whole compounds.
const NODES: u32 = 2_000;

/// What the relaxation says about a problem of one category.
pub(super) struct Duals {
    /// Cost per unit of capacity, by supplier.
    pub(super) price: Vec<f64>,
    /// How often each supplier was open in the last relaxed answers, from 0 to 1.
    pub(super) open: Vec<f64>,
    /// What each compound is worth where the best bound was proved.
    pub(super) worth: Vec<f64>,
    /// No assignment of all compounds costs less.
    pub(super) bound: f64,
}

/// The demand that every compound has one supplier is given up and priced: each compound offers a reward, and
/// each supplier takes those that pay best for its capacity and opens if that is worth its opening cost. The rewards are
/// raised for compounds that nobody takes and lowered for those that several take (Beasley, "Lagrangean heuristics for
/// location problems", EJOR 65, 1993).
///
/// Each relaxed answer is a lower bound. At first suppliers may take parts of compounds (a continuous knapsack), which is
/// quick, says what capacity is worth, and leads to the bound of the linear relaxation with "only open suppliers
/// feed"; from there with whole compounds (Holmberg, Rönnqvist and Yuan, "An exact algorithm for the capacitated
/// facility location problems with single sourcing", EJOR 113, 1999), which proves more.
///
/// `upper` is the cost of some assignment, or more. Ends with the best bound so far when the time for it is gone or nobody
/// wants more.
pub(super) fn relax(model: &Model, upper: f64, meter: &mut Meter) -> Duals {
    let (compounds, suppliers) = (model.compounds, model.suppliers);
    let reward = (0..compounds)
        .map(|compound| cheapest_share(model, compound))
        .collect();
    let mut best = Duals {
        price: vec![0.0; suppliers],
        open: vec![0.0; suppliers],
        worth: Vec::new(),
        bound: f64::NEG_INFINITY,
    };
    let mut answer = Answer::new(model);
    let mut ascent = Ascent::new(reward, PACE);
    for (whole, rounds, part) in [(false, ROUNDS, TIME_PART), (true, WHOLE_ROUNDS, WHOLE_TIME_PART)] {
        for _ in 0..rounds {
            if best.bound.is_finite() && (!meter.goes_on(0, None) || meter.done() > part) {
                break;
            }
            let bound = answer.relaxed(model, &ascent.at, whole);
            if ascent.note(bound) && !whole {
                best.price.clone_from(&answer.price);
            }
            best.bound = ascent.bound;
            if !whole {
                for (often, open) in best.open.iter_mut().zip(&answer.open) {
                    *often = *often * FADING + (1.0 - FADING) * f64::from(u8::from(*open));
                }
            }
            let target = ascent.bound + (upper - ascent.bound).max(ascent.bound.abs() * 0.01) / 2.0;
            if !ascent.climb(target, |compound, _| Some(1.0 - answer.taken[compound])) {
                break;
            }
        }
        ascent.restart();
    }
    best.worth = ascent.best;
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
    paying: Vec<Paying>,
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

    /// Every supplier takes what pays best, whole compounds or the last one in part; returns the value, which is a
    /// lower bound.
    fn relaxed(&mut self, model: &Model, reward: &[f64], whole: bool) -> f64 {
        self.taken.fill(0.0);
        let mut value: f64 = reward.iter().sum();
        for supplier in 0..model.suppliers {
            self.paying.clear();
            for (compound, cost, need) in &self.offers[supplier] {
                let gain = reward[*compound as usize] - cost;
                if gain > 0.0 {
                    self.paying.push(Paying {
                        rate: gain / need.max(1e-9),
                        gain,
                        need: *need,
                        compound: *compound,
                    });
                }
            }
            self.paying
                .sort_unstable_by(|a, b| b.rate.total_cmp(&a.rate).then(a.compound.cmp(&b.compound)));
            let mut filled = fill(&self.paying, model.capacity(supplier)[0] as f64);
            self.price[supplier] = filled.price;
            let opening = model.opening[supplier] as f64;
            if whole && filled.part > 0.0 && filled.worth > opening {
                filled = fill_whole(&self.paying, model.capacity(supplier)[0] as f64, &filled);
            }
            self.open[supplier] = filled.worth > opening;
            if self.open[supplier] {
                value -= filled.worth - opening;
                for (paying, taken) in self.paying.iter().zip(&filled.taken) {
                    self.taken[paying.compound as usize] += f64::from(u8::from(*taken));
                }
                if let Some(paying) = self.paying.get(filled.taken.len()) {
                    self.taken[paying.compound as usize] += filled.part;
                }
            }
        }
        value
    }
}

/// A compound that pays a supplier.
struct Paying {
    /// Gain by need.
    rate: f64,
    gain: f64,
    need: f64,
    compound: u32,
}

/// What a supplier takes.
struct Filled {
    /// No filling is worth more.
    worth: f64,
    /// Of one more unit of capacity.
    price: f64,
    /// Of the first ones that pay, whether each is taken.
    taken: Vec<bool>,
    /// So much of the next one is taken too.
    part: f64,
}

/// Takes those that pay best, the last one in part.
fn fill(paying: &[Paying], capacity: f64) -> Filled {
    let mut filled = Filled {
        worth: 0.0,
        price: 0.0,
        taken: Vec::new(),
        part: 0.0,
    };
    let mut room = capacity;
    for one in paying {
        if one.need > room {
            filled.part = room / one.need;
            filled.worth += one.gain * filled.part;
            filled.price = one.rate;
            break;
        }
        room -= one.need;
        filled.worth += one.gain;
        filled.taken.push(true);
    }
    filled
}

/// Takes whole ones so that they are worth most: depth first by rate with the continuous filling as bound (Horowitz and
/// Sahni, JACM 21, 1974). When the branches are used up, the continuous filling stands.
fn fill_whole(paying: &[Paying], capacity: f64, continuous: &Filled) -> Filled {
    let mut search = Knapsack {
        paying,
        chosen: vec![false; paying.len()],
        best: 0.0,
        taken: Vec::new(),
        nodes: 0,
    };
    search.branch(0, 0.0, capacity);
    Filled {
        worth: if search.nodes > NODES {
            continuous.worth
        } else {
            search.best
        },
        price: continuous.price,
        taken: search.taken,
        part: 0.0,
    }
}

struct Knapsack<'a> {
    paying: &'a [Paying],
    chosen: Vec<bool>,
    best: f64,
    taken: Vec<bool>,
    nodes: u32,
}

impl Knapsack<'_> {
    fn branch(&mut self, place: usize, gain: f64, room: f64) {
        self.nodes += 1;
        if self.nodes > NODES {
            return;
        }
        if gain > self.best || self.taken.is_empty() {
            self.best = gain;
            self.taken.clone_from(&self.chosen);
        }
        let mut left = room;
        let mut bound = gain;
        for one in &self.paying[place..] {
            bound += one.gain * (left / one.need).min(1.0);
            left -= one.need;
            if left <= 0.0 {
                break;
            }
        }
        if bound <= self.best + 1e-9 {
            return;
        }
        if let Some(one) = self.paying.get(place) {
            if one.need <= room {
                self.chosen[place] = true;
                self.branch(place + 1, gain + one.gain, room - one.need);
                self.chosen[place] = false;
            }
            self.branch(place + 1, gain, room);
        }
    }
}
