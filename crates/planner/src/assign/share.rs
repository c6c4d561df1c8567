//! A few suppliers share out their compounds anew, exactly: again and again, until the time is over.
//!
//! One-for-one exchanges hardly improve an assignment in which nothing is spare; three for two among four suppliers do.
//! A large neighbourhood search (Shaw, CP 1998). Where a supplier feeds few compounds its parts are solved by whole fillings,
//! see `fillings`; else by branch and bound with the Lagrangian bound at prices that are fitted to each part. The parts grow
//! while they are solved quickly and shrink while they are not.

use super::duals::Duals;
use super::fillings::{self, COMPOUNDS};
use super::model::Model;
use crate::effort::Meter;
use crate::random::Random;
use std::collections::HashMap;

/// So many branches are tried for one part.
const NODES: u64 = 50_000;

/// Suppliers in a part: at first, and at most.
pub(super) const SMALLEST: f64 = 2.0;
const LARGEST: usize = 14;

/// Parts in which compounds are placed one by one have at most so many.
const LARGEST_ONE_BY_ONE: usize = 8;

/// Compounds times capacity up to which a part is solved by whole fillings.
const CELLS: i64 = 400_000;

/// A part that can have fewer suppliers than this when it is to be solved so is not; nor is any where a supplier that costs
/// nothing to open feeds more compounds than this, because then they fit well enough one by one.
const LEAST_BY_FILLINGS: usize = 3;
const FEW: usize = 12;

/// This share of the suppliers around a compound comes into a part.
const TAKEN: f64 = 0.7;

/// A part that is solved makes the next ones larger by so much, one that is not makes them smaller.
const GROWTH: f64 = 0.02;
const SHRINKING: f64 = 0.03;

/// So often a capacity that is exceeded is mended.
const REPAIRS: u32 = 20;

/// So many parts are solved even when the time is over: some milliseconds that make the most of a late answer.
const AT_LEAST: u32 = 8;

/// Rounds in which the prices are fitted to a part.
const FITTINGS: u32 = 20;

/// So many parts in a row that were solved before and have not changed since end a search, as does so much work without
/// any gain.
const SOLVED_BEFORE: u32 = 2_000;
const WORK_IN_VAIN: u64 = 60_000_000;

/// An assignment of one category within all capacities, and what was tried to improve it.
pub(super) struct Sharing<'a> {
    model: &'a Model,
    duals: &'a Duals,
    /// Cost of the ways and of the suppliers in use.
    pub(super) cost: i64,
    /// The supplier of each compound.
    pub(super) home: Vec<u32>,
    members: Vec<Vec<u32>>,
    /// Whether suppliers cost something to open.
    opens: bool,
    /// When the members of a supplier last changed, and when a set of suppliers was last solved, in steps.
    changed: Vec<u64>,
    solved: HashMap<Vec<u32>, u64>,
    step: u64,
    /// Suppliers in a part; of those that cost something to open, open ones.
    pub(super) size: f64,
    solved_before: u32,
    in_vain: u64,
}

impl<'a> Sharing<'a> {
    pub(super) fn new(model: &'a Model, duals: &'a Duals, home: Vec<u32>, size: f64) -> Sharing<'a> {
        let mut members: Vec<Vec<u32>> = vec![Vec::new(); model.suppliers];
        for (supplier, compound) in home.iter().zip(0..) {
            members[*supplier as usize].push(compound);
        }
        let is_used = |supplier: &u32| !members[*supplier as usize].is_empty();
        let openings = (0..model.suppliers as u32)
            .filter(is_used)
            .map(|supplier| model.opening[supplier as usize]);
        let ways = home.iter().enumerate();
        Sharing {
            opens: model.opening.iter().any(|cost| *cost > 0),
            cost: ways
                .map(|(compound, supplier)| model.cost(compound, *supplier as usize))
                .chain(openings)
                .sum(),
            changed: vec![0; model.suppliers],
            solved: HashMap::new(),
            step: 0,
            size,
            solved_before: 0,
            in_vain: 0,
            model,
            duals,
            home,
            members,
        }
    }

    /// Whether hardly anything is left that could be tried.
    fn is_exhausted(&self) -> bool {
        self.model.suppliers < 2 || self.solved_before >= SOLVED_BEFORE || self.in_vain >= WORK_IN_VAIN
    }

    /// Improves for as long as the meter goes on and something is left to try, but a few times in any case. Notes the work in rounds
    /// of so many branches; whether the meter goes on.
    pub(super) fn run(
        &mut self,
        random: &mut Random,
        meter: &mut Meter,
        rounds: &mut u64,
        branches: usize,
        mut going: bool,
    ) -> bool {
        let before = *rounds;
        let mut work = 0;
        let mut steps = 0;
        while (going || steps < AT_LEAST) && !self.is_exhausted() {
            steps += 1;
            work += self.improve(random);
            *rounds = before + work / branches as u64;
            going = going && meter.goes_on(*rounds, Some(self.cost));
        }
        going
    }

    /// Lets one set of suppliers share out its compounds; returns the work that it took, in branches.
    fn improve(&mut self, random: &mut Random) -> u64 {
        let largest = LARGEST.min(self.model.suppliers) as f64;
        let mut part = if self.opens {
            self.draw_around(random)
        } else {
            self.draw(random)
        };
        let by_fillings = self.trim(&mut part);
        part.sort_unstable();
        self.step += 1;
        let seen = self.solved.get(&part).copied().unwrap_or(0);
        if part
            .iter()
            .all(|supplier| self.changed[*supplier as usize] < seen)
        {
            self.size = (self.size + GROWTH / 10.0).min(largest);
            self.solved_before += 1;
            return 1;
        }
        self.solved_before = 0;
        let compounds = part.iter().flat_map(|supplier| &self.members[*supplier as usize]);
        let compounds: Vec<u32> = compounds.copied().collect();
        let present = self.cost_of(&part);
        let shared = if by_fillings {
            fillings::share(self.model, &part, &compounds, &self.duals.worth, present)
        } else {
            one_by_one(self.model, &self.duals.price, &part, &self.members)
        };
        let step = if shared.solved { GROWTH } else { -SHRINKING };
        self.size = (self.size + step).clamp(SMALLEST, largest);
        self.in_vain += shared.work;
        if let Some((mains, cost)) = shared.found {
            if cost < present {
                self.in_vain = 0;
            }
            self.cost += cost - present;
            for supplier in &part {
                self.members[*supplier as usize].clear();
            }
            for (compound, to) in mains {
                let from = std::mem::replace(&mut self.home[compound as usize], to);
                if from != to {
                    self.changed[from as usize] = self.step;
                    self.changed[to as usize] = self.step;
                }
                self.members[to as usize].push(compound);
            }
            self.step += 1;
        }
        self.solved.insert(part, self.step);
        shared.work
    }

    /// Cost of ways and openings of these suppliers.
    fn cost_of(&self, part: &[u32]) -> i64 {
        let cost = |supplier: &u32| {
            let (members, supplier) = (&self.members[*supplier as usize], *supplier as usize);
            let opening = if members.is_empty() {
                0
            } else {
                self.model.opening[supplier]
            };
            let ways = members
                .iter()
                .map(|compound| self.model.cost(*compound as usize, supplier));
            opening + ways.sum::<i64>()
        };
        part.iter().map(cost).sum()
    }

    /// How many suppliers the next part has.
    fn count(&self, random: &mut Random) -> usize {
        self.size as usize + usize::from(random.fraction() < self.size.fract())
    }

    /// Any suppliers.
    fn draw(&self, random: &mut Random) -> Vec<u32> {
        let count = self.count(random).min(LARGEST).min(self.model.suppliers);
        let mut part: Vec<u32> = Vec::with_capacity(count);
        while part.len() < count {
            let supplier = random.below(self.model.suppliers) as u32;
            if !part.contains(&supplier) {
                part.push(supplier);
            }
        }
        part
    }

    /// Open suppliers around a compound and closed ones between them.
    fn draw_around(&self, random: &mut Random) -> Vec<u32> {
        let count = self.count(random);
        let compound = random.below(self.model.compounds);
        let mut part = vec![self.home[compound]];
        let (mut open, mut closed) = (1, 0);
        for candidate in self.model.candidates(compound) {
            let is_open = !self.members[candidate.supplier as usize].is_empty();
            if candidate.supplier == self.home[compound]
                || random.fraction() >= TAKEN
                || (!is_open && closed > count)
            {
                continue;
            }
            if open >= count || part.len() >= 2 * LARGEST {
                break;
            }
            *if is_open { &mut open } else { &mut closed } += 1;
            part.push(candidate.supplier);
        }
        part
    }

    /// Shortens a part until it can be solved by whole fillings; where that would leave too little of it, until the compounds
    /// can be placed one by one. Whether it is the former.
    fn trim(&self, part: &mut Vec<u32>) -> bool {
        let small = |part: &[u32]| {
            let compounds: usize = part
                .iter()
                .map(|supplier| self.members[*supplier as usize].len())
                .sum();
            let room: i64 = part
                .iter()
                .map(|supplier| self.model.capacity(*supplier as usize)[0])
                .sum();
            compounds <= COMPOUNDS && (compounds as i64).saturating_mul(room) <= CELLS
        };
        let fitting = (1..=part.len())
            .rev()
            .find(|count| small(&part[..*count]))
            .unwrap_or(0);
        let few = self.opens || self.model.compounds <= FEW * self.model.suppliers;
        let by_fillings = few && fitting >= part.len().min(LEAST_BY_FILLINGS);
        part.truncate(if by_fillings { fitting } else { LARGEST_ONE_BY_ONE });
        by_fillings
    }
}

/// What came out when a part was shared out anew.
pub(super) struct Shared {
    /// The suppliers of its compounds and what ways and openings cost; `None` when nothing as good was found.
    pub(super) found: Option<(Vec<(u32, u32)>, i64)>,
    /// Whether there is nothing better.
    pub(super) solved: bool,
    /// In branches.
    pub(super) work: u64,
}

/// Places the compounds of the part one by one, by branch and bound.
fn one_by_one(model: &Model, price: &[f64], part: &[u32], members: &[Vec<u32>]) -> Shared {
    let mut search = Part::new(model, price, part, members);
    search.branch(0, 0.0, 0);
    let mains = search.best.as_ref().map(|sides| {
        let chosen = search.items.iter().zip(sides);
        chosen
            .map(|(item, side)| (item.compound, part[usize::from(*side)]))
            .collect()
    });
    Shared {
        found: mains.map(|mains| (mains, search.best_cost)),
        solved: search.nodes <= NODES,
        work: search.nodes + search.work,
    }
}

/// Looks for an assignment within all capacities: where one is exceeded, that supplier and some others share out their
/// compounds at whatever cost. True when nothing is exceeded any more.
pub(super) fn repair(model: &Model, price: &[f64], random: &mut Random, home: &mut [u32]) -> bool {
    let exceeded = |home: &[u32]| {
        let mut room: Vec<i64> = (0..model.suppliers)
            .map(|supplier| model.capacity(supplier)[0])
            .collect();
        for (compound, supplier) in home.iter().enumerate() {
            room[*supplier as usize] -= model.demand(compound, *supplier as usize)[0];
        }
        room.iter().position(|room| *room < 0)
    };
    for _ in 0..REPAIRS {
        let Some(first) = exceeded(home) else { return true };
        let mut part = vec![first as u32];
        while part.len() < LARGEST_ONE_BY_ONE.min(model.suppliers) {
            let supplier = random.below(model.suppliers) as u32;
            if !part.contains(&supplier) {
                part.push(supplier);
            }
        }
        part.sort_unstable();
        let mut members: Vec<Vec<u32>> = vec![Vec::new(); model.suppliers];
        for (supplier, compound) in home.iter().zip(0..) {
            members[*supplier as usize].push(compound);
        }
        let mut search = Part::new(model, price, &part, &members);
        search.best_cost = i64::MAX / 4;
        search.set_budget();
        search.branch(0, 0.0, 0);
        for (item, side) in search.items.iter().zip(search.best.iter().flatten()) {
            home[item.compound as usize] = part[usize::from(*side)];
        }
    }
    exceeded(home).is_none()
}

/// A compound of the part.
struct Item {
    compound: u32,
    /// Cost where it is now.
    present: i64,
    /// What the second supplier is dearer than the first, at cost plus price.
    regret: f64,
    /// By cost plus price, those that may feed it.
    options: Vec<Choice>,
}

#[derive(Clone, Copy)]
struct Choice {
    /// Beyond the first option, at cost plus price.
    extra: f64,
    side: u8,
    need: i64,
    cost: i64,
}

struct Part {
    /// Those whose choice matters most first.
    items: Vec<Item>,
    room: Vec<i64>,
    /// What each of them costs to use at all.
    opening: Vec<i64>,
    /// No sharing costs less, openings aside.
    bound: f64,
    /// What a better sharing may cost beyond the bound.
    budget: f64,
    chosen: Vec<u8>,
    best: Option<Vec<u8>>,
    best_cost: i64,
    nodes: u64,
    /// What fitting the prices took, in branches.
    work: u64,
}

impl Part {
    fn new(model: &Model, price: &[f64], part: &[u32], members: &[Vec<u32>]) -> Part {
        let compounds = part.iter().flat_map(|supplier| {
            let members = members[*supplier as usize].iter();
            members.map(move |compound| (*compound, *supplier as usize))
        });
        let mut items: Vec<Item> = compounds
            .map(|(compound, home)| Item {
                compound,
                present: model.cost(compound as usize, home),
                regret: 0.0,
                options: (0u8..)
                    .zip(part)
                    .filter(|(_, supplier)| model.eligible(compound as usize, **supplier as usize))
                    .map(|(side, supplier)| Choice {
                        extra: 0.0,
                        side,
                        need: model.demand(compound as usize, *supplier as usize)[0],
                        cost: model.cost(compound as usize, *supplier as usize),
                    })
                    .collect(),
            })
            .collect();
        let room: Vec<i64> = part
            .iter()
            .map(|supplier| model.capacity(*supplier as usize)[0])
            .collect();
        let mut prices: Vec<f64> = part.iter().map(|supplier| price[*supplier as usize]).collect();
        let opening: Vec<i64> = part
            .iter()
            .map(|supplier| model.opening[*supplier as usize])
            .collect();
        let used = part
            .iter()
            .zip(&opening)
            .filter(|(supplier, _)| !members[**supplier as usize].is_empty());
        let present = items
            .iter()
            .map(|item| item.present)
            .chain(used.map(|(_, cost)| *cost))
            .sum();
        let bound = fit(&items, &room, present, &mut prices);
        for item in &mut items {
            let full =
                |choice: &Choice| choice.cost as f64 + prices[usize::from(choice.side)] * choice.need as f64;
            for choice in &mut item.options {
                choice.extra = full(choice);
            }
            item.options
                .sort_by(|a, b| a.extra.total_cmp(&b.extra).then(a.side.cmp(&b.side)));
            let least = item.options.first().map_or(0.0, |first| first.extra);
            for choice in &mut item.options {
                choice.extra -= least;
            }
            item.regret = item.options.get(1).map_or(f64::INFINITY, |second| second.extra);
        }
        items.sort_by(|a, b| b.regret.total_cmp(&a.regret).then(a.compound.cmp(&b.compound)));
        let mut search = Part {
            chosen: vec![0; items.len()],
            work: u64::from(FITTINGS) * (items.len() * part.len()) as u64 / 4,
            items,
            room,
            opening,
            bound,
            budget: 0.0,
            best: None,
            best_cost: present + 1,
            nodes: 0,
        };
        search.set_budget();
        search
    }

    /// Costs are whole: less than one below the best is no gain.
    fn set_budget(&mut self) {
        self.budget = (self.best_cost - 1) as f64 - self.bound + 1e-6;
    }

    /// A sharing that costs as much as the present one counts too, so that the search drifts.
    fn branch(&mut self, place: usize, extra: f64, cost: i64) {
        self.nodes += 1;
        if place == self.items.len() {
            let mut sides = 0u32;
            self.chosen.iter().for_each(|side| sides |= 1 << side);
            let opened = self
                .opening
                .iter()
                .enumerate()
                .filter(|(side, _)| sides & (1 << side) != 0);
            let cost = cost + opened.map(|(_, opening)| opening).sum::<i64>();
            if cost < self.best_cost {
                self.best_cost = cost;
                self.best = Some(self.chosen.clone());
                self.set_budget();
            }
            return;
        }
        for option in 0..self.items[place].options.len() {
            let choice = self.items[place].options[option];
            if self.nodes > NODES || extra + choice.extra > self.budget {
                return;
            }
            let side = usize::from(choice.side);
            if choice.need <= self.room[side] {
                self.room[side] -= choice.need;
                self.chosen[place] = choice.side;
                self.branch(place + 1, extra + choice.extra, cost + choice.cost);
                self.room[side] += choice.need;
            }
        }
    }
}

/// Fits the prices to the part by some rounds of the subgradient method; returns the bound that they prove.
fn fit(items: &[Item], room: &[i64], present: i64, prices: &mut Vec<f64>) -> f64 {
    let mut trial = prices.clone();
    let mut bound = f64::NEG_INFINITY;
    let mut step = 0.5;
    for round in 0..=FITTINGS {
        let mut excess: Vec<f64> = room.iter().map(|room| -(*room as f64)).collect();
        let mut value: f64 = trial.iter().zip(&excess).map(|(price, room)| price * room).sum();
        for item in items {
            let full =
                |choice: &&Choice| choice.cost as f64 + trial[usize::from(choice.side)] * choice.need as f64;
            if let Some(choice) = item.options.iter().min_by(|a, b| full(a).total_cmp(&full(b))) {
                value += full(&choice);
                excess[usize::from(choice.side)] += choice.need as f64;
            }
        }
        if value > bound {
            bound = value;
            prices.clone_from(&trial);
        } else if round % 5 == 4 {
            step *= 0.6;
            trial.clone_from(prices);
            continue;
        }
        let norm: f64 = excess.iter().map(|over| over * over).sum();
        let length = step * (present as f64 - bound).max(1.0) / norm.max(1.0);
        for (price, over) in trial.iter_mut().zip(&excess) {
            *price = (*price + length * over).max(0.0);
        }
    }
    bound
}
