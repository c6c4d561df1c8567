//! The mixed integer program of the packs.

use super::{Composed, Composition, Lacking, PackOrder, Stocked, admits};
use crate::effort::{Effort, Progress};
use microlp::{
    ComparisonOp, OptimizationDirection, Problem, SolutionStatus, SolveOptions, SolveOutcome,
    TerminationReason, Variable,
};
use std::cell::Cell;

/// A floor that is missed wholly costs as much as this many times the dearest pack.
const LACKING_PRICE: f64 = 20.0;

/// A missing kind counts like this part of a floor.
const KIND_PART: f64 = 0.2;

/// Using up a good that does not keep is worth this part of its price, less for each day that it keeps.
const PERISHABLE_WORTH: f64 = 0.5;
const PERISHABLE_D: i64 = 7;

/// A pack within this part of the best is good enough.
const GAP: f64 = 1e-3;

/// After so many branches it is asked whether to go on.
const SLICE: u64 = 50;

/// Composes all packs together from one stock: as little as possible falls short, counted per household and in parts of
/// what is wanted; then what spoils soon is used and the price is low.
///
/// Where the stock suffices for the best of each pack, that is the best of all. Where it does not, one program over all packs is
/// compared with packs that are composed in turn and with packs that each get their share of every good.
///
/// A round of the effort is a branch, of which each program tries so many at most; it is all in one thread. When the time is over
/// or the watcher wants no more, the answer is the best so far. `None` only if the solver fails numerically or has found nothing
/// by then.
pub fn compose(stock: &[Stocked], orders: &[PackOrder], effort: &Effort) -> Option<Composition> {
    let dearest = orders
        .iter()
        .map(|order| priced(stock, order))
        .fold(1.0, f64::max);
    let search = Search {
        stock,
        orders,
        missed: dearest * LACKING_PRICE,
        effort,
        finished: Cell::new(0),
        ended: Cell::new(false),
    };
    let alone = search.each(|_, _| stock.to_vec());
    if let Some(best) = alone.filter(|found| search.suffices(found)) {
        return Some(best);
    }
    let together = search.solve(stock, orders);
    if together.as_ref().is_some_and(|found| found.proven) {
        return together;
    }
    let in_turn = search.each(|_, before| search.left(before));
    let shared = search.each(|at, _| search.share(at));
    // The search was cut off, so that none of these is proven.
    let found = [together, in_turn, shared].into_iter().flatten();
    found
        .min_by(|a, b| search.cost(a).total_cmp(&search.cost(b)))
        .map(|best| Composition {
            proven: false,
            ..best
        })
}

/// What is to be composed, and by which measure.
struct Search<'a> {
    stock: &'a [Stocked],
    orders: &'a [PackOrder],
    /// The price of a floor that is missed wholly.
    missed: f64,
    effort: &'a Effort<'a>,
    /// Programs that are done with.
    finished: Cell<usize>,
    /// Whether the time is over, or nobody wants to know.
    ended: Cell<bool>,
}

impl Search<'_> {
    /// One program over packs that share a stock.
    fn solve(&self, stock: &[Stocked], orders: &[PackOrder]) -> Option<Composition> {
        let mut program = Problem::new(OptimizationDirection::Minimize);
        let units: Vec<Vec<Option<Variable>>> = orders
            .iter()
            .map(|order| add_pack(&mut program, stock, order, self.missed))
            .collect();
        for (index, one) in stock.iter().enumerate() {
            let row: Vec<(Variable, f64)> = units
                .iter()
                .zip(orders)
                .filter_map(|(row, order)| Some((row[index]?, order.count.max(0) as f64)))
                .collect();
            program.add_constraint(row, ComparisonOp::Le, one.units.max(0) as f64);
        }
        let solution = self.branch(&program, orders.len())?;
        let packs = orders
            .iter()
            .zip(&units)
            .map(|(order, row)| {
                let units = row
                    .iter()
                    .map(|unit| unit.map_or(0, |unit| solution.var_value(unit).round() as i64))
                    .collect();
                tell(stock, order, units)
            })
            .collect();
        let within = solution.gap().is_some_and(|gap| gap <= GAP);
        Some(Composition {
            packs,
            proven: solution.status() == SolutionStatus::Optimal || within,
        })
    }

    /// Solves a program for so many packs as far as the effort goes.
    fn branch(&self, program: &Problem, packs: usize) -> Option<microlp::Solution> {
        let mut options = SolveOptions::default();
        options.node_limit = Some(SLICE.min(self.effort.rounds));
        options.mip_gap = GAP;
        let mut found = program.solve_with(options).ok()?;
        let mut nodes = SLICE;
        while found.termination_reason() == TerminationReason::NodeLimit
            && nodes < self.effort.rounds
            && self.goes_on(nodes, cost_of(&found, packs == self.orders.len()))
        {
            found = found.resume().ok()?;
            nodes += SLICE;
        }
        self.finished.set(self.finished.get() + 1);
        self.goes_on(0, cost_of(&found, packs == self.orders.len()));
        found.into_solution().ok()
    }

    /// Tells how far it is, and asks whether to go on after so many branches of a program.
    fn goes_on(&self, nodes: u64, cost: Option<i64>) -> bool {
        // All packs together, and three times each by itself.
        let programs = (3 * self.orders.len() + 1) as f64;
        let part = nodes as f64 / self.effort.rounds.max(1) as f64;
        let counted = (self.finished.get() as f64 + part) / programs;
        let gone = self.effort.spent.map_or(0.0, |spent| spent());
        let done = counted.max(gone).min(1.0);
        let wanted = self
            .effort
            .watch
            .is_none_or(|watch| watch(Progress { done, cost }));
        if !wanted || gone >= 1.0 {
            self.ended.set(true);
        }
        !self.ended.get()
    }

    /// One pack after the other, each from the stock that it is given: by its place, and by the packs before it.
    fn each(&self, of: impl Fn(usize, &[Composed]) -> Vec<Stocked>) -> Option<Composition> {
        let mut all = Composition {
            packs: Vec::new(),
            proven: true,
        };
        for at in 0..self.orders.len() {
            let stock = of(at, &all.packs);
            let found = self.solve(&stock, &self.orders[at..=at])?;
            all.proven &= found.proven;
            all.packs.extend(found.packs);
        }
        Some(all)
    }

    /// Whether the stock suffices for all packs together.
    fn suffices(&self, found: &Composition) -> bool {
        let left = self.left(&found.packs);
        left.iter().all(|one| one.units >= 0)
    }

    /// What the first packs leave of the stock.
    fn left(&self, packs: &[Composed]) -> Vec<Stocked> {
        let mut left = self.stock.to_vec();
        for (order, pack) in self.orders.iter().zip(packs) {
            for (one, units) in left.iter_mut().zip(&pack.units) {
                one.units -= units * order.count.max(0);
            }
        }
        left
    }

    /// The share of a pack in every good, by the people and days that all of its kind feed.
    fn share(&self, at: usize) -> Vec<Stocked> {
        let feeds = |order: &PackOrder| order.persons.max(0) * order.days.max(0) * order.count.max(0);
        let all: i64 = self.orders.iter().map(feeds).sum();
        let mut share = self.stock.to_vec();
        for one in &mut share {
            let part =
                i128::from(one.units.max(0)) * i128::from(feeds(&self.orders[at])) / i128::from(all.max(1));
            one.units = i64::try_from(part).unwrap_or(0);
        }
        share
    }

    /// What packs cost by the measure of the programs.
    fn cost(&self, found: &Composition) -> f64 {
        let part = |has: i64, wanted: i64| 1.0 - has as f64 / wanted.max(1) as f64;
        let pairs = self.orders.iter().zip(&found.packs);
        pairs
            .map(|(order, pack)| {
                let goods = self.stock.iter().zip(&pack.units);
                let goods: f64 = goods.map(|(one, units)| worth(one) * *units as f64).sum();
                let short: f64 = pack
                    .lacking
                    .iter()
                    .map(|lacking| match lacking {
                        Lacking::Nutrient { has, wanted, .. } => part(*has, *wanted),
                        Lacking::Category { has_g, wanted_g, .. } => part(*has_g, *wanted_g),
                        Lacking::Kinds { has, wanted, .. } => KIND_PART * wanted.saturating_sub(*has) as f64,
                    })
                    .sum();
                order.count.max(0) as f64 * (goods + self.missed * short)
            })
            .sum()
    }
}

/// What an answer for all packs costs, rounded.
fn cost_of(found: &SolveOutcome, all: bool) -> Option<i64> {
    match found {
        SolveOutcome::Solution(solution) if all => Some(solution.objective().round() as i64),
        _ => None,
    }
}

/// The price of a unit, less what using it up before it spoils is worth.
fn worth(one: &Stocked) -> f64 {
    let spoils = (PERISHABLE_D - one.food.keeps_d).max(0) as f64 / PERISHABLE_D as f64;
    one.unit_fen as f64 * (1.0 - PERISHABLE_WORTH * spoils)
}

/// About what the pack costs: the dearest food for all its weight.
fn priced(stock: &[Stocked], order: &PackOrder) -> f64 {
    let per_g = stock
        .iter()
        .map(|one| one.unit_fen as f64 / one.unit_g.max(1) as f64)
        .fold(0.0, f64::max);
    // A person eats no more than three kilograms a day.
    let weight_g = order.persons * order.days * 3000;
    per_g * weight_g.min(order.weight_max_g.unwrap_or(i64::MAX)) as f64
}

/// Adds the variables and limits of one pack; returns the variable of each food that may go into it.
fn add_pack(
    program: &mut Problem,
    stock: &[Stocked],
    order: &PackOrder,
    missed: f64,
) -> Vec<Option<Variable>> {
    let count = order.count.max(0) as f64;
    let days = (order.persons * order.days).max(0);
    let units: Vec<Option<Variable>> = stock
        .iter()
        .map(|one| {
            let fit = admits(order, &one.food) && one.unit_g > 0;
            let most = (order.most_of_one_g * days / one.unit_g.max(1)).min(one.units / order.count.max(1));
            (fit && most > 0 && count > 0.0).then(|| {
                program.add_integer_var(worth(one) * count, (0, i32::try_from(most).unwrap_or(i32::MAX)))
            })
        })
        .collect();
    let row = |of: &dyn Fn(&Stocked) -> f64| -> Vec<(Variable, f64)> {
        let pairs = units.iter().zip(stock);
        pairs
            .filter_map(|(unit, one)| Some(((*unit)?, of(one))))
            .filter(|(_, part)| *part != 0.0)
            .collect()
    };
    if let Some(most) = order.price_max_fen {
        program.add_constraint(row(&|one| one.unit_fen as f64), ComparisonOp::Le, most as f64);
    }
    if let Some(most) = order.weight_max_g {
        program.add_constraint(row(&|one| one.unit_g as f64), ComparisonOp::Le, most as f64);
    }
    // Rows are in parts of what is wanted, which keeps all coefficients of one size.
    let mut at_least = |mut row: Vec<(Variable, f64)>| {
        let short = program.add_var(missed * count, (0.0, 1.0));
        row.push((short, 1.0));
        program.add_constraint(row, ComparisonOp::Ge, 1.0);
    };
    for (nutrient, floor) in order.floors.iter().enumerate().filter(|(_, floor)| **floor > 0) {
        let wanted = (floor * days).max(1) as f64;
        at_least(row(&|one| {
            let per_100_g = one.food.nutrients.get(nutrient).copied().unwrap_or(0);
            (per_100_g * one.unit_g) as f64 / 100.0 / wanted
        }));
    }
    for (category, grams) in order.least_g.iter().filter(|(_, grams)| *grams > 0) {
        let wanted = (grams * days).max(1) as f64;
        at_least(row(&|one| {
            if one.food.category == *category {
                one.unit_g as f64 / wanted
            } else {
                0.0
            }
        }));
    }
    for (category, kinds) in &order.kinds {
        let mut row = Vec::new();
        for (unit, one) in units.iter().zip(stock) {
            if let Some(unit) = *unit
                && one.food.category == *category
            {
                // There is a kind only if a unit of it is there.
                let there = program.add_binary_var(0.0);
                program.add_constraint([(unit, 1.0), (there, -1.0)], ComparisonOp::Ge, 0.0);
                row.push((there, 1.0));
            }
        }
        let short = program.add_var(missed * KIND_PART * count, (0.0, *kinds as f64));
        row.push((short, 1.0));
        program.add_constraint(row, ComparisonOp::Ge, *kinds as f64);
    }
    units
}

fn tell(stock: &[Stocked], order: &PackOrder, units: Vec<i64>) -> Composed {
    let sum = |of: &dyn Fn(&Stocked) -> i64| -> i64 {
        stock.iter().zip(&units).map(|(one, count)| of(one) * count).sum()
    };
    let days = (order.persons * order.days).max(0);
    let mut lacking = Vec::new();
    for (nutrient, floor) in order.floors.iter().enumerate() {
        let has = sum(&|one| one.food.nutrients.get(nutrient).copied().unwrap_or(0) * one.unit_g) / 100;
        if has < floor * days {
            lacking.push(Lacking::Nutrient {
                nutrient,
                has,
                wanted: floor * days,
            });
        }
    }
    for (category, grams) in &order.least_g {
        let has_g = sum(&|one| i64::from(one.food.category == *category) * one.unit_g);
        if has_g < grams * days {
            lacking.push(Lacking::Category {
                category: category.clone(),
                has_g,
                wanted_g: grams * days,
            });
        }
    }
    for (category, wanted) in &order.kinds {
        let there = |(one, count): &(&Stocked, &i64)| one.food.category == *category && **count > 0;
        let has = stock.iter().zip(&units).filter(there).count();
        if has < *wanted {
            lacking.push(Lacking::Kinds {
                category: category.clone(),
                has,
                wanted: *wanted,
            });
        }
    }
    Composed {
        price_fen: sum(&|one| one.unit_fen),
        weight_g: sum(&|one| one.unit_g),
        lacking,
        units,
    }
}

/// The cheapest ration of one person and day when any part of a good can be given: the diet problem itself. `prices` are
/// per gram and `None` where a good cannot be had, `nutrients` per gram by good. Returns cost and grams; `None` when no ration
/// meets the floors.
pub fn cheapest_ration(
    prices: &[Option<f64>],
    nutrients: &[Vec<f64>],
    floors: &[f64],
) -> Option<(f64, Vec<f64>)> {
    let mut program = Problem::new(OptimizationDirection::Minimize);
    let grams: Vec<Option<Variable>> = prices
        .iter()
        .map(|price| price.map(|price| program.add_var(price, (0.0, f64::INFINITY))))
        .collect();
    for (place, floor) in floors.iter().enumerate().filter(|(_, floor)| **floor > 0.0) {
        let row: Vec<(Variable, f64)> = grams
            .iter()
            .zip(nutrients)
            .filter_map(|(gram, row)| Some(((*gram)?, row[place] / floor)))
            .filter(|(_, part)| *part > 0.0)
            .collect();
        program.add_constraint(row, ComparisonOp::Ge, 1.0);
    }
    let solution = program.solve().ok()?.into_solution().ok()?;
    let grams = grams
        .into_iter()
        .map(|gram| gram.map_or(0.0, |gram| solution.var_value(gram).max(0.0)))
        .collect();
    Some((solution.objective(), grams))
}
