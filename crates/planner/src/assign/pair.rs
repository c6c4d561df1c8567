//! Two suppliers share out their compounds anew, exactly.

use super::model::Model;
use crate::random::Random;

/// So many branches are tried for one pair, and for all pairs of one polish.
const PAIR_NODES: u32 = 20_000;
const NODES: u32 = 3_000_000;

/// Improves an assignment within capacities by letting pairs of suppliers share out their compounds anew, until no
/// pair gains or the branches are used up. One-for-one exchanges hardly improve a plan in which nothing is spare;
/// two for one or three for two do. Branch and bound with the Lagrangian bound at the prices of the relaxation.
/// Returns the new cost.
pub(super) fn polish(model: &Model, price: &[f64], random: &mut Random, cost: i64, home: &mut [u32]) -> i64 {
    let mut cost = cost;
    let mut left = NODES;
    let mut members: Vec<Vec<u32>> = vec![Vec::new(); model.suppliers];
    for (compound, supplier) in home.iter().enumerate() {
        members[*supplier as usize].push(compound as u32);
    }
    let used: Vec<usize> = (0..model.suppliers)
        .filter(|supplier| !members[*supplier].is_empty())
        .collect();
    let mut pairs: Vec<(usize, usize)> = used
        .iter()
        .enumerate()
        .flat_map(|(place, a)| used[place + 1..].iter().map(move |b| (*a, *b)))
        .collect();
    let mut changed = vec![true; model.suppliers];
    loop {
        random.shuffle(&mut pairs);
        let before = std::mem::replace(&mut changed, vec![false; model.suppliers]);
        for (a, b) in &pairs {
            if left == 0 || !(before[*a] || before[*b] || changed[*a] || changed[*b]) {
                continue;
            }
            let mut both: Vec<u32> = members[*a].iter().chain(&members[*b]).copied().collect();
            both.sort_unstable();
            let mut sharing = Sharing::new(model, price, (*a, *b), &both, home);
            let gain = sharing.solve(left.min(PAIR_NODES));
            left -= sharing.nodes.min(left);
            if gain > 0 {
                cost -= gain;
                members[*a].clear();
                members[*b].clear();
                for (place, item) in sharing.items.iter().enumerate() {
                    let supplier = if sharing.best[place] { *a } else { *b };
                    home[item.compound as usize] = supplier as u32;
                    members[supplier].push(item.compound);
                }
                changed[*a] = true;
                changed[*b] = true;
            }
        }
        if left == 0 || !changed.contains(&true) {
            return cost;
        }
    }
}

struct Item {
    compound: u32,
    ways: [i64; 2],
    full: [f64; 2],
}

struct Sharing<'a> {
    model: &'a Model,
    pair: [usize; 2],
    /// Those whose choice matters most first.
    items: Vec<Item>,
    /// From each place on, the sum of the cheaper sides at cost plus price.
    rest: Vec<f64>,
    room: [Vec<i64>; 2],
    /// Worth of the whole capacity of both at these prices.
    worth: f64,
    chosen: Vec<bool>,
    /// Whether each item is with the first of the pair.
    best: Vec<bool>,
    best_cost: i64,
    nodes: u32,
    nodes_max: u32,
}

impl<'a> Sharing<'a> {
    fn new(
        model: &'a Model,
        price: &[f64],
        (a, b): (usize, usize),
        both: &[u32],
        home: &[u32],
    ) -> Sharing<'a> {
        let pair = [a, b];
        let worth = |supplier: usize, amounts: &[i64]| -> f64 {
            let prices = &price[supplier * model.categories..(supplier + 1) * model.categories];
            let pairs = prices.iter().zip(amounts);
            pairs.map(|(price, amount)| price * *amount as f64).sum()
        };
        let mut items: Vec<Item> = both
            .iter()
            .map(|compound| {
                let of = *compound as usize;
                let ways = pair.map(|supplier| model.cost(of, supplier));
                let loads = pair.map(|supplier| worth(supplier, model.demand(of, supplier)));
                Item {
                    compound: *compound,
                    ways,
                    full: [ways[0] as f64 + loads[0], ways[1] as f64 + loads[1]],
                }
            })
            .collect();
        items.sort_by(|left, right| {
            let weight = |item: &Item| (item.full[0] - item.full[1]).abs();
            weight(right)
                .total_cmp(&weight(left))
                .then(left.compound.cmp(&right.compound))
        });
        let mut rest = vec![0.0; items.len() + 1];
        for place in (0..items.len()).rev() {
            rest[place] = rest[place + 1] + items[place].full[0].min(items[place].full[1]);
        }
        let best: Vec<bool> = items
            .iter()
            .map(|item| home[item.compound as usize] as usize == a)
            .collect();
        let best_cost = items
            .iter()
            .zip(&best)
            .map(|(item, first)| item.ways[usize::from(!first)])
            .sum();
        Sharing {
            model,
            pair,
            rest,
            room: pair.map(|supplier| model.capacity(supplier).to_vec()),
            worth: pair
                .iter()
                .map(|supplier| worth(*supplier, model.capacity(*supplier)))
                .sum(),
            chosen: vec![false; items.len()],
            items,
            best,
            best_cost,
            nodes: 0,
            nodes_max: 0,
        }
    }

    /// Returns by how much the best sharing that was found is cheaper than the present one.
    fn solve(&mut self, nodes_max: u32) -> i64 {
        let present = self.best_cost;
        self.nodes_max = nodes_max;
        self.branch(0, 0, 0.0);
        present - self.best_cost
    }

    fn branch(&mut self, place: usize, ways: i64, full: f64) {
        self.nodes += 1;
        // Costs are whole: less than one below the best is no gain.
        let bound = full + self.rest[place] - self.worth;
        if self.nodes > self.nodes_max || bound > self.best_cost as f64 - 1.0 + 1e-6 {
            return;
        }
        let Some(item) = self.items.get(place) else {
            if ways < self.best_cost {
                self.best_cost = ways;
                self.best.clone_from(&self.chosen);
            }
            return;
        };
        let (compound, item_ways, item_full) = (item.compound as usize, item.ways, item.full);
        let near = usize::from(item_full[1] < item_full[0]);
        for side in [near, 1 - near] {
            if self.fill(side, compound, 1) {
                self.chosen[place] = side == 0;
                self.branch(place + 1, ways + item_ways[side], full + item_full[side]);
            }
            self.fill(side, compound, -1);
        }
    }

    /// Takes room or gives it back; whether nothing is exceeded.
    fn fill(&mut self, side: usize, compound: usize, sign: i64) -> bool {
        let need = self.model.demand(compound, self.pair[side]);
        let mut fits = true;
        for (room, need) in self.room[side].iter_mut().zip(need) {
            *room -= sign * need;
            fits &= *room >= 0;
        }
        fits
    }
}
