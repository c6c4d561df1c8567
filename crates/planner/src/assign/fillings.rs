//! A few suppliers share out compounds exactly, by whole fillings of each supplier.
//!
//! Each compound of the part offers a reward, and each supplier takes the filling that pays best (the relaxation of `duals`,
//! solved here by dynamic programming over the capacity). That proves what no sharing can cost less than. The gap to
//! the best known sharing limits which fillings can be part of a better one; these are listed, and those that together
//! take every compound once are searched for (as the subproblems of a branch-and-price algorithm are: Savelsbergh, "A
//! branch-and-price algorithm for the generalized assignment problem", Operations Research 45, 1997).

use super::ascent::{Ascent, Pace};
use super::model::Model;
use super::share::Shared;

/// A compound is a bit of a mask.
pub(super) const COMPOUNDS: usize = 128;

/// Rounds in which the rewards are fitted to a part: where all suppliers are open anyway, where it must be decided which, and
/// again after each decision.
const FITTINGS: u32 = 120;
const FITTINGS_BRANCHED: u32 = 50;
const REFITTINGS: u32 = 12;

/// No more is branched when a part has taken so many cells.
const WORK: u64 = 30_000_000;

/// How fast it is forgotten in which rounds a supplier was open.
const FORGETTING: f64 = 0.15;

/// So many fillings are listed for a part, and so many are looked at when they are put together.
const FILLINGS: usize = 30_000;
const LOOKS: u64 = 400_000;

const PACE: Pace = Pace {
    memory: 0.5,
    patience: 6,
    shortening: 0.6,
    least_gain: 1e-7,
};

/// So many cells of a table, or fillings that are looked at, take as long as one branch.
const CELLS: u64 = 32;

struct Choice {
    item: usize,
    need: usize,
    cost: f64,
    gain: f64,
}

/// The best fillings of one supplier by what is left of its capacity.
struct Table {
    /// Those that pay, and how much.
    items: Vec<(usize, usize, f64)>,
    /// Most that those from a place on pay, by place and room.
    most: Vec<f64>,
    width: usize,
}

impl Table {
    fn new() -> Table {
        Table {
            items: Vec::new(),
            most: Vec::new(),
            width: 0,
        }
    }

    /// Works out the table for those that pay.
    fn fill(&mut self, choices: &[Choice], room: usize) {
        self.items.clear();
        self.items.extend(
            choices
                .iter()
                .filter(|choice| choice.gain > 0.0)
                .map(|choice| (choice.item, choice.need, choice.gain)),
        );
        self.width = room + 1;
        let count = self.items.len();
        self.most.clear();
        self.most.resize((count + 1) * self.width, 0.0);
        for place in (0..count).rev() {
            let (_, need, gain) = self.items[place];
            let (before, after) = self.most.split_at_mut((place + 1) * self.width);
            let row = &mut before[place * self.width..];
            let next = &after[..self.width];
            row[..need].copy_from_slice(&next[..need]);
            for ((most, without), with) in row[need..].iter_mut().zip(&next[need..]).zip(next) {
                *most = without.max(with + gain);
            }
        }
    }

    fn most(&self, place: usize, room: usize) -> f64 {
        self.most[place * self.width + room]
    }

    fn best(&self) -> f64 {
        self.most(0, self.width - 1)
    }

    /// Calls for each one of the best filling.
    fn each_of_best(&self, mut call: impl FnMut(usize)) {
        let mut room = self.width - 1;
        for (place, (item, need, _)) in self.items.iter().enumerate() {
            if self.most(place, room) != self.most(place + 1, room) {
                call(*item);
                room -= need;
            }
        }
    }
}

/// A set of compounds that one supplier can take.
struct Filling {
    mask: u128,
    side: u8,
    /// How much worse it is than the best of its supplier.
    extra: f64,
}

struct Lister<'a> {
    table: &'a Table,
    /// Those that do not pay but might still be taken: compound, need, loss.
    losing: &'a [(usize, usize, f64)],
    side: u8,
    /// The gain that a filling must have, and that of the best one with openings and idleness weighed.
    least: f64,
    best: f64,
    found: &'a mut Vec<Filling>,
    visited: u64,
}

impl Lister<'_> {
    fn losing(&mut self, place: usize, room: usize, gain: f64, mask: u128) {
        if self.found.len() > FILLINGS {
            return;
        }
        self.visited += 1;
        let Some((item, need, loss)) = self.losing.get(place).copied() else {
            return self.paying(0, room, gain, mask);
        };
        self.losing(place + 1, room, gain, mask);
        if need <= room && gain - loss + self.table.most(0, room - need) >= self.least {
            self.losing(place + 1, room - need, gain - loss, mask | 1 << item);
        }
    }

    fn paying(&mut self, place: usize, room: usize, gain: f64, mask: u128) {
        if self.found.len() > FILLINGS {
            return;
        }
        self.visited += 1;
        let Some((item, need, more)) = self.table.items.get(place).copied() else {
            if mask != 0 {
                self.found.push(Filling {
                    mask,
                    side: self.side,
                    extra: self.best - gain,
                });
            }
            return;
        };
        if need <= room && gain + more + self.table.most(place + 1, room - need) >= self.least {
            self.paying(place + 1, room - need, gain + more, mask | 1 << item);
        }
        if gain + self.table.most(place + 1, room) >= self.least {
            self.paying(place + 1, room, gain, mask);
        }
    }
}

/// Looks for a sharing of these compounds among these suppliers that costs less than `present`. Which suppliers to open is
/// branched upon until it is decided.
pub(super) fn share(model: &Model, part: &[u32], compounds: &[u32], worth: &[f64], present: i64) -> Shared {
    let mut sharer = Sharer {
        model,
        part,
        compounds,
        choices: part
            .iter()
            .map(|supplier| {
                let supplier = *supplier as usize;
                let able = compounds
                    .iter()
                    .enumerate()
                    .filter(|(_, compound)| model.eligible(**compound as usize, supplier));
                able.map(|(item, compound)| Choice {
                    item,
                    need: model.demand(*compound as usize, supplier)[0] as usize,
                    cost: model.cost(*compound as usize, supplier) as f64,
                    gain: 0.0,
                })
                .collect()
            })
            .collect(),
        room: part
            .iter()
            .map(|supplier| model.capacity(*supplier as usize)[0] as usize)
            .collect(),
        opening: part
            .iter()
            .map(|supplier| model.opening[*supplier as usize] as f64)
            .collect(),
        present,
        table: Table::new(),
        taken: vec![0.0; compounds.len()],
        shared: Shared {
            found: None,
            solved: true,
            work: 0,
        },
    };
    let start = compounds
        .iter()
        .map(|compound| worth[*compound as usize])
        .collect();
    let decided: Vec<Option<bool>> = sharer
        .opening
        .iter()
        .map(|opening| (*opening == 0.0).then_some(true))
        .collect();
    let rounds = if decided.contains(&None) {
        FITTINGS_BRANCHED
    } else {
        FITTINGS
    };
    sharer.branch(start, decided, rounds);
    sharer.shared.work /= CELLS;
    sharer.shared
}

struct Sharer<'a> {
    model: &'a Model,
    part: &'a [u32],
    compounds: &'a [u32],
    choices: Vec<Vec<Choice>>,
    room: Vec<usize>,
    opening: Vec<f64>,
    /// Cost of the best sharing so far.
    present: i64,
    table: Table,
    taken: Vec<f64>,
    /// Work in cells.
    shared: Shared,
}

impl Sharer<'_> {
    /// Costs are whole: only what is one less counts as better.
    fn target(&self) -> f64 {
        (self.present - 1) as f64 + 1e-6
    }

    /// What the best filling of this supplier pays at these rewards; the table then holds it.
    fn best(&mut self, side: usize, reward: &[f64]) -> f64 {
        for choice in &mut self.choices[side] {
            choice.gain = reward[choice.item] - choice.cost;
        }
        self.table.fill(&self.choices[side], self.room[side]);
        self.shared.work += self.table.most.len() as u64;
        self.table.best()
    }

    fn branch(&mut self, start: Vec<f64>, mut decided: Vec<Option<bool>>, rounds: u32) {
        if self.shared.work > WORK {
            self.shared.solved = false;
            return;
        }
        let sides = self.part.len();
        let mut ascent = Ascent::new(start, PACE);
        let mut often = vec![0.5; sides];
        for _ in 0..rounds {
            self.taken.fill(0.0);
            let mut bound: f64 = ascent.at.iter().sum();
            for side in 0..sides {
                if decided[side] == Some(false) {
                    continue;
                }
                let best = self.best(side, &ascent.at);
                let opens = decided[side] == Some(true) || best > self.opening[side];
                often[side] += FORGETTING * (f64::from(u8::from(opens)) - often[side]);
                if opens {
                    bound -= best - self.opening[side];
                    let taken = &mut self.taken;
                    self.table.each_of_best(|item| taken[item] += 1.0);
                }
            }
            ascent.note(bound);
            if ascent.bound > self.target() {
                return;
            }
            let taken = &self.taken;
            if !ascent.climb(self.present as f64, |item, _| Some(1.0 - taken[item])) {
                break;
            }
        }
        let mut doubtful: Option<(f64, usize, bool)> = None;
        for side in 0..sides {
            if decided[side].is_none() {
                let gain = self.best(side, &ascent.best) - self.opening[side];
                if ascent.bound + gain.abs() > self.target() {
                    decided[side] = Some(gain > 0.0);
                } else {
                    let doubt = (often[side] - 0.5).abs();
                    if doubtful.is_none_or(|(least, ..)| doubt < least) {
                        doubtful = Some((doubt, side, often[side] > 0.5));
                    }
                }
            }
        }
        let Some((_, side, first)) = doubtful else {
            return self.put_together(&ascent, &decided);
        };
        for opens in [first, !first] {
            let mut decided = decided.clone();
            decided[side] = Some(opens);
            self.branch(ascent.best.clone(), decided, REFITTINGS);
        }
    }

    /// Lists every filling that can be part of something better and looks for those that take every compound once.
    fn put_together(&mut self, ascent: &Ascent, decided: &[Option<bool>]) {
        let count = self.compounds.len();
        let budget = self.target() - ascent.bound;
        if budget < 0.0 {
            return;
        }
        let mut fillings = Vec::new();
        let mut idle = vec![0.0; self.part.len()];
        let mut losing = Vec::new();
        for side in 0..self.part.len() {
            if decided[side] == Some(false) {
                continue;
            }
            let best = self.best(side, &ascent.best);
            losing.clear();
            let close = self.choices[side]
                .iter()
                .filter(|choice| choice.gain <= 0.0 && -choice.gain <= budget);
            losing.extend(close.map(|choice| (choice.item, choice.need, -choice.gain)));
            idle[side] = best;
            let mut lister = Lister {
                table: &self.table,
                losing: &losing,
                side: side as u8,
                least: best - budget,
                best,
                found: &mut fillings,
                visited: 0,
            };
            lister.losing(0, self.room[side], 0.0, 0);
            self.shared.work += lister.visited;
            if fillings.len() > FILLINGS {
                self.shared.solved = false;
                return;
            }
        }
        fillings.sort_by(|a, b| {
            a.extra
                .total_cmp(&b.extra)
                .then(a.side.cmp(&b.side))
                .then(a.mask.cmp(&b.mask))
        });
        // The compound that fewest fillings take is the first bit.
        let mut often = vec![0u32; count];
        for filling in &fillings {
            each_bit(filling.mask, |item| often[item] += 1);
        }
        let mut order: Vec<usize> = (0..count).collect();
        order.sort_by_key(|item| (often[*item], *item));
        let mut rank = vec![0u32; count];
        for (place, item) in order.iter().enumerate() {
            rank[*item] = place as u32;
        }
        let mut lists: Vec<Vec<u32>> = vec![Vec::new(); count];
        for (filling, number) in fillings.iter_mut().zip(0u32..) {
            let mut ranked = 0u128;
            each_bit(filling.mask, |item| ranked |= 1 << rank[item]);
            filling.mask = ranked;
            // A filling is looked at when the first of its compounds is the first that nobody has taken.
            lists[ranked.trailing_zeros() as usize].push(number);
        }
        let mut cover = Cover {
            fillings: &fillings,
            lists: &lists,
            idle: &idle,
            all: if count == COMPOUNDS {
                u128::MAX
            } else {
                (1 << count) - 1
            },
            budget,
            chosen: Vec::new(),
            best: None,
            looks: 0,
        };
        cover.search(0, 0, 0.0);
        self.shared.work += cover.looks;
        self.shared.solved &= cover.looks <= LOOKS;
        let Some(chosen) = cover.best else { return };
        let mut sides = vec![0u8; count];
        let mut cost = 0;
        for number in chosen {
            let filling = &fillings[number as usize];
            let supplier = self.part[usize::from(filling.side)] as usize;
            cost += self.model.opening[supplier];
            each_bit(filling.mask, |place| {
                let item = order[place];
                sides[item] = filling.side;
                cost += self.model.cost(self.compounds[item] as usize, supplier);
            });
        }
        if cost < self.present {
            self.present = cost;
            let mains = self.compounds.iter().zip(sides);
            let mains = mains.map(|(compound, side)| (*compound, self.part[usize::from(side)]));
            self.shared.found = Some((mains.collect(), cost));
        }
    }
}

fn each_bit(mut mask: u128, mut call: impl FnMut(usize)) {
    while mask != 0 {
        call(mask.trailing_zeros() as usize);
        mask &= mask - 1;
    }
}

/// Fillings that are put together.
struct Cover<'a> {
    /// Least extra first.
    fillings: &'a [Filling],
    /// By the first compound.
    lists: &'a [Vec<u32>],
    /// What it costs extra that a supplier takes nobody.
    idle: &'a [f64],
    all: u128,
    budget: f64,
    chosen: Vec<u32>,
    best: Option<Vec<u32>>,
    looks: u64,
}

impl Cover<'_> {
    fn search(&mut self, covered: u128, used: u32, extra: f64) {
        if covered == self.all {
            let idle = self
                .idle
                .iter()
                .enumerate()
                .filter(|(side, _)| used & (1 << side) == 0);
            let extra = extra + idle.map(|(_, idle)| idle).sum::<f64>();
            if extra <= self.budget {
                self.best = Some(self.chosen.clone());
                self.budget = extra - 1.0 + 1e-5;
            }
            return;
        }
        let first = (!covered).trailing_zeros() as usize;
        for number in &self.lists[first] {
            self.looks += 1;
            if self.looks > LOOKS {
                return;
            }
            let filling = &self.fillings[*number as usize];
            if extra + filling.extra > self.budget {
                return;
            }
            if filling.mask & covered == 0 && used & (1 << filling.side) == 0 {
                self.chosen.push(*number);
                self.search(
                    covered | filling.mask,
                    used | 1 << filling.side,
                    extra + filling.extra,
                );
                self.chosen.pop();
            }
        }
    }
}
