//! Annealing of an assignment whose capacities may be exceeded for a while, at a price.

use super::model::Model;
use crate::random::Random;

/// A compound looks at so many suppliers, cheapest at cost plus price of capacity first.
const NEAR: usize = 8;

/// This share of ejected compounds goes where the other one came from.
const SWAPPED: f64 = 0.5;

/// The price of exceeding a capacity rises by this factor, and about so many capacities are exceeded at a time.
const HARDER: f64 = 1.001;
const EXCEEDED: f64 = 2.0;

/// From this part of a search on it must come to an answer that keeps the capacities.
const LATE: f64 = 0.3;
const MUCH_HARDER: f64 = 1.05;

/// A supplier that a compound may move to.
#[derive(Clone, Copy)]
struct Near {
    supplier: u32,
    cost: i64,
}

/// An assignment of all compounds, perhaps beyond capacity.
pub(super) struct State<'a> {
    model: &'a Model,
    /// The suppliers of each compound, cheapest at cost plus price first.
    by_price: Vec<Vec<Near>>,
    near: Vec<Near>,
    starts: Vec<usize>,
    pub(super) home: Vec<u32>,
    members: Vec<Vec<u32>>,
    places: Vec<u32>,
    load: Vec<i64>,
    /// What a unit beyond capacity costs.
    excess_price: Vec<f64>,
    /// Cost of the ways and of the suppliers in use.
    pub(super) cost: i64,
    /// Capacities exceeded.
    over: usize,
    /// Whether all capacities were ever kept.
    met: bool,
    /// The best assignment so far that keeps all capacities.
    pub(super) best: Option<(i64, Vec<u32>)>,
}

impl<'a> State<'a> {
    /// Begins with everybody at the supplier that is cheapest at these prices, among those that are open.
    /// `None` when somebody has no supplier at all.
    pub(super) fn new(model: &'a Model, price: &[f64], open: &[bool]) -> Option<State<'a>> {
        let positive: Vec<f64> = price.iter().copied().filter(|price| *price > 0.0).collect();
        let usual = positive.iter().sum::<f64>() / positive.len().max(1) as f64;
        let floor = if usual > 0.0 { usual / 2.0 } else { 1.0 };
        let mut state = State {
            model,
            by_price: (0..model.compounds)
                .map(|compound| by_price(model, price, compound))
                .collect(),
            near: Vec::new(),
            starts: Vec::new(),
            home: vec![0; model.compounds],
            members: vec![Vec::new(); model.suppliers],
            places: vec![0; model.compounds],
            load: vec![0; model.suppliers * model.categories],
            excess_price: price.iter().map(|price| price.max(floor)).collect(),
            cost: 0,
            over: 0,
            met: false,
            best: None,
        };
        state.look_at(open);
        for compound in 0..model.compounds {
            let first = state.near(compound).next()?;
            state.put(compound, first);
        }
        state.note_best();
        Some(state)
    }

    /// Lists for each compound the open suppliers that are cheapest at the prices.
    pub(super) fn look_at(&mut self, open: &[bool]) {
        self.near.clear();
        self.starts.clear();
        self.starts.push(0);
        for row in &self.by_price {
            let open = row.iter().filter(|near| open[near.supplier as usize]);
            self.near.extend(open.take(NEAR));
            self.starts.push(self.near.len());
        }
    }

    /// The mean of what the second supplier of a compound is dearer than the first, at cost plus price.
    pub(super) fn usual_step(&self, price: &[f64]) -> f64 {
        let model = self.model;
        let full = |compound: usize, near: Near| {
            let supplier = near.supplier as usize;
            near.cost as f64 + price[supplier] * model.demand(compound, supplier)[0] as f64
        };
        let mut sum = 0.0;
        let mut count = 0;
        for compound in 0..model.compounds {
            let row = &self.near[self.starts[compound]..self.starts[compound + 1]];
            for pair in row.windows(2).take(3) {
                sum += full(compound, pair[1]) - full(compound, pair[0]);
                count += 1;
            }
        }
        (sum / f64::from(count.max(1))).max(1e-6)
    }

    /// The near suppliers of a compound.
    pub(super) fn near(&self, compound: usize) -> impl Iterator<Item = usize> + '_ {
        self.near[self.starts[compound]..self.starts[compound + 1]]
            .iter()
            .map(|near| near.supplier as usize)
    }

    pub(super) fn is_used(&self, supplier: usize) -> bool {
        !self.members[supplier].is_empty()
    }

    pub(super) fn members(&self, supplier: usize) -> &[u32] {
        &self.members[supplier]
    }

    /// Cost and what is exceeded, at the present prices.
    pub(super) fn value(&self) -> f64 {
        let excess: f64 = (0..self.load.len())
            .map(|place| {
                let (supplier, category) = (place / self.model.categories, place % self.model.categories);
                let over = self.load[place] - self.model.capacity(supplier)[category];
                self.excess_price[place] * over.max(0) as f64
            })
            .sum();
        self.cost as f64 + excess
    }

    fn put(&mut self, compound: usize, supplier: usize) {
        self.home[compound] = supplier as u32;
        self.places[compound] = self.members[supplier].len() as u32;
        if self.members[supplier].is_empty() {
            self.cost += self.model.opening[supplier];
        }
        self.members[supplier].push(compound as u32);
        self.cost += self.model.cost(compound, supplier);
        self.add_load(compound, supplier, 1);
    }

    fn take(&mut self, compound: usize) {
        let supplier = self.home[compound] as usize;
        let place = self.places[compound] as usize;
        self.members[supplier].swap_remove(place);
        if let Some(moved) = self.members[supplier].get(place) {
            self.places[*moved as usize] = place as u32;
        }
        if self.members[supplier].is_empty() {
            self.cost -= self.model.opening[supplier];
        }
        self.cost -= self.model.cost(compound, supplier);
        self.add_load(compound, supplier, -1);
    }

    fn add_load(&mut self, compound: usize, supplier: usize, sign: i64) {
        let model = self.model;
        let capacity = model.capacity(supplier);
        for (category, need) in model.demand(compound, supplier).iter().enumerate() {
            let load = &mut self.load[supplier * model.categories + category];
            let before = *load > capacity[category];
            *load += sign * need;
            let after = *load > capacity[category];
            self.over = self.over + usize::from(after) - usize::from(before);
        }
    }

    pub(super) fn shift(&mut self, compound: usize, supplier: usize) {
        self.take(compound);
        self.put(compound, supplier);
    }

    /// How the price of what is exceeded changes when `gone` leaves a supplier and `come` joins it.
    fn excess_change(&self, supplier: usize, gone: Option<usize>, come: Option<usize>) -> f64 {
        let model = self.model;
        let capacity = model.capacity(supplier);
        let mut change = 0.0;
        for (category, room) in capacity.iter().enumerate() {
            let place = supplier * model.categories + category;
            let before = self.load[place] - room;
            let mut after = before;
            if let Some(gone) = gone {
                after -= model.demand(gone, supplier)[category];
            }
            if let Some(come) = come {
                after += model.demand(come, supplier)[category];
            }
            change += self.excess_price[place] * (after.max(0) - before.max(0)) as f64;
        }
        change
    }

    /// What a move of one compound changes in cost and excess, openings included.
    pub(super) fn shift_change(&self, compound: usize, to: usize) -> f64 {
        let from = self.home[compound] as usize;
        let mut ways = self.model.cost(compound, to) - self.model.cost(compound, from);
        if self.members[to].is_empty() {
            ways += self.model.opening[to];
        }
        if self.members[from].len() == 1 {
            ways -= self.model.opening[from];
        }
        ways as f64
            + self.excess_change(from, Some(compound), None)
            + self.excess_change(to, None, Some(compound))
    }

    /// What it changes that a compound takes the place of `other`, which goes to `exit`.
    fn eject_change(&self, compound: usize, other: usize, exit: usize) -> f64 {
        let (from, to) = (self.home[compound] as usize, self.home[other] as usize);
        let mut ways = self.model.cost(compound, to) - self.model.cost(compound, from)
            + self.model.cost(other, exit)
            - self.model.cost(other, to);
        let mut excess = self.excess_change(to, Some(other), Some(compound));
        if exit == from {
            excess += self.excess_change(from, Some(compound), Some(other));
        } else {
            excess +=
                self.excess_change(from, Some(compound), None) + self.excess_change(exit, None, Some(other));
            if self.members[exit].is_empty() {
                ways += self.model.opening[exit];
            }
            if self.members[from].len() == 1 {
                ways -= self.model.opening[from];
            }
        }
        ways as f64 + excess
    }

    /// Tries so many moves at this temperature.
    pub(super) fn anneal(&mut self, random: &mut Random, moves: usize, temperature: f64) {
        let compounds = self.model.compounds;
        for _ in 0..moves {
            let compound = random.below(compounds);
            let Some(to) = self.draw_near(random, compound) else {
                continue;
            };
            if to == self.home[compound] as usize {
                continue;
            }
            let limit = -temperature * (1.0 - random.fraction()).ln();
            if self.shift_change(compound, to) <= limit {
                self.shift(compound, to);
                self.note_best();
                continue;
            }
            let members = &self.members[to];
            if members.is_empty() {
                continue;
            }
            let other = members[random.below(members.len())] as usize;
            let from = self.home[compound] as usize;
            let exit = if random.fraction() < SWAPPED {
                from
            } else {
                self.draw_near(random, other).unwrap_or(from)
            };
            if exit != to && self.eject_change(compound, other, exit) <= limit {
                self.shift(other, exit);
                self.shift(compound, to);
                self.note_best();
            }
        }
    }

    /// Makes exceeding dearer where a capacity is exceeded and cheaper elsewhere, so that the search crosses the
    /// border of what is allowed again and again (strategic oscillation, Yagiura, Ibaraki and Glover, INFORMS
    /// Journal on Computing 16, 2004). The steps balance when [`EXCEEDED`] capacities are exceeded at a time.
    /// While nothing within all capacities was found at `done` of the search, from [`LATE`] on, it becomes dearer quickly
    /// and nowhere cheaper. The steps are those of so many usual rounds at once.
    pub(super) fn adapt(&mut self, done: f64, rounds: f64) {
        let waits = self.met || done < LATE;
        let harder = if waits { HARDER.powf(rounds) } else { MUCH_HARDER };
        let share = (EXCEEDED / self.load.len() as f64).min(0.5);
        let down = if waits {
            harder.powf(-share / (1.0 - share))
        } else {
            1.0
        };
        for place in 0..self.load.len() {
            let (supplier, category) = (place / self.model.categories, place % self.model.categories);
            let over = self.load[place] > self.model.capacity(supplier)[category];
            self.excess_price[place] *= if over { harder } else { down };
        }
    }

    /// One of the near suppliers, the first ones more often.
    fn draw_near(&self, random: &mut Random, compound: usize) -> Option<usize> {
        let row = &self.near[self.starts[compound]..self.starts[compound + 1]];
        let fraction = random.fraction();
        let near = row.get((fraction * fraction * row.len() as f64) as usize)?;
        Some(near.supplier as usize)
    }

    /// Remembers the present assignment if it keeps all capacities and is the best so far.
    pub(super) fn note_best(&mut self) {
        if self.over > 0 || self.best.as_ref().is_some_and(|(cost, _)| *cost <= self.cost) {
            return;
        }
        self.met = true;
        match &mut self.best {
            Some((cost, home)) => {
                *cost = self.cost;
                home.copy_from_slice(&self.home);
            }
            None => self.best = Some((self.cost, self.home.clone())),
        }
    }

    /// Remembers what another search has found.
    pub(super) fn remember(&mut self, found: Option<(i64, Vec<u32>)>) {
        let Some(found) = found else { return };
        self.met = true;
        if self.best.as_ref().is_none_or(|(cost, _)| *cost > found.0) {
            self.best = Some(found);
        }
    }

    /// Goes to an assignment, moving only those who are elsewhere.
    pub(super) fn go_to(&mut self, home: &[u32]) {
        for (compound, supplier) in home.iter().enumerate() {
            if self.home[compound] != *supplier {
                self.shift(compound, *supplier as usize);
            }
        }
    }
}

/// The suppliers to which a compound may go, cheapest at cost plus price of capacity first.
fn by_price(model: &Model, price: &[f64], compound: usize) -> Vec<Near> {
    let full = |near: &Near| {
        let supplier = near.supplier as usize;
        let need = model.demand(compound, supplier).iter();
        let worth: f64 = need
            .zip(&price[supplier * model.categories..])
            .map(|(need, price)| price * *need as f64)
            .sum();
        near.cost as f64 + worth
    };
    let candidates = model.candidates(compound).iter();
    let near = candidates.map(|candidate| Near {
        supplier: candidate.supplier,
        cost: candidate.cost,
    });
    let mut near: Vec<(f64, Near)> = near.map(|near| (full(&near), near)).collect();
    near.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.supplier.cmp(&b.1.supplier)));
    near.into_iter().map(|(_, near)| near).collect()
}
