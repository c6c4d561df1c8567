//! What can still be given where no supplier has enough of everything for a compound.

use super::{Assignment, Compound, Problem};
use std::cmp::Reverse;
use std::collections::HashMap;

/// What a compound without a main supplier can be given all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partial {
    /// The compound.
    pub compound: String,
    /// The supplier that gives most of what is needed and is its contact while goods are short; `None` when nobody
    /// who is allowed has anything left.
    pub main: Option<String>,
    /// What that supplier gives, by category.
    pub given: Vec<i64>,
    /// What others add.
    pub added: Vec<Added>,
    /// What nobody has, by category.
    pub short: Vec<i64>,
}

/// An amount of one category from another supplier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Added {
    /// Who gives it.
    pub supplier: String,
    /// The category, as its position in the problem.
    pub category: usize,
    /// How much, in the unit of the category.
    pub amount: i64,
}

/// Shares what the assignment leaves in the stores among the compounds that it leaves without a supplier.
///
/// Where a category does not suffice for all of them, each may have the same part of its need. The larger compounds
/// choose first: the supplier that can give the greatest mean part of what they need over the categories, the nearer of
/// equals. What is missing then is added by the nearest others. So nobody goes short of a category while somebody who
/// is allowed has some left. The order is a rule of thumb: it decides how many suppliers a compound deals with, not
/// how much is short.
pub fn partial(problem: &Problem, assignment: &Assignment) -> Vec<Partial> {
    let mut stores = Stores::after(problem, assignment);
    let mut waiting: Vec<usize> = (0..problem.compounds.len().min(assignment.choices.len()))
        .filter(|compound| assignment.choices[*compound].main.is_none())
        .collect();
    let fair: Vec<Vec<i64>> = {
        let needs: Vec<Vec<i64>> = waiting
            .iter()
            .map(|compound| stores.need(&problem.compounds[*compound]))
            .collect();
        let total = |category: usize| needs.iter().map(|need| i128::from(need[category])).sum::<i128>();
        let parts: Vec<(i128, i128)> = (0..stores.categories)
            .map(|category| (stores.left(category).min(total(category)), total(category).max(1)))
            .collect();
        let part = |(need, (left, total)): (&i64, &(i128, i128))| (i128::from(*need) * left / total) as i64;
        needs
            .iter()
            .map(|need| need.iter().zip(&parts).map(part).collect())
            .collect()
    };
    let mut fair: HashMap<usize, Vec<i64>> = waiting.iter().copied().zip(fair).collect();
    waiting.sort_by_key(|compound| (Reverse(problem.compounds[*compound].persons), *compound));
    let mut shared: Vec<(usize, Share)> = waiting
        .iter()
        .map(|&compound| {
            let wanted = fair.remove(&compound).unwrap_or_default();
            (compound, stores.serve(compound, wanted))
        })
        .collect();
    for (compound, share) in &mut shared {
        stores.add(*compound, share);
    }
    // What rounding, or a pair that is ruled out, has left over.
    for (compound, share) in &mut shared {
        let need = stores.need(&problem.compounds[*compound]);
        share.wanted = need
            .iter()
            .enumerate()
            .map(|(category, need)| need - share.got(category))
            .collect();
        stores.add(*compound, share);
    }
    shared.sort_by_key(|(compound, _)| *compound);
    shared
        .into_iter()
        .map(|(compound, share)| share.told(problem, &problem.compounds[compound]))
        .collect()
}

/// What is left of every capacity.
struct Stores<'a> {
    problem: &'a Problem,
    categories: usize,
    left: Vec<Vec<i64>>,
}

/// What one compound gets.
struct Share {
    main: Option<usize>,
    given: Vec<i64>,
    /// (supplier, category, amount).
    added: Vec<(usize, usize, i64)>,
    /// What it may still have, by category.
    wanted: Vec<i64>,
}

impl Share {
    fn got(&self, category: usize) -> i64 {
        let added = self.added.iter().filter(|one| one.1 == category);
        self.given[category] + added.map(|one| one.2).sum::<i64>()
    }

    fn told(self, problem: &Problem, compound: &Compound) -> Partial {
        let code = |supplier: usize| problem.suppliers[supplier].code.clone();
        let short = (0..problem.categories.len())
            .map(|category| amount(&compound.demand, category) - self.got(category))
            .collect();
        Partial {
            compound: compound.code.clone(),
            main: self.main.map(code),
            short,
            added: self
                .added
                .iter()
                .map(|&(supplier, category, amount)| Added {
                    supplier: code(supplier),
                    category,
                    amount,
                })
                .collect(),
            given: self.given,
        }
    }
}

fn amount(row: &[i64], category: usize) -> i64 {
    row.get(category).copied().unwrap_or(0).max(0)
}

impl<'a> Stores<'a> {
    fn after(problem: &'a Problem, assignment: &Assignment) -> Self {
        let categories = problem.categories.len();
        let mut place: HashMap<&str, usize> = HashMap::new();
        for (number, supplier) in problem.suppliers.iter().enumerate() {
            place.entry(&supplier.code).or_insert(number);
        }
        let mut left: Vec<Vec<i64>> = problem
            .suppliers
            .iter()
            .map(|supplier| {
                (0..categories)
                    .map(|category| amount(&supplier.capacity, category))
                    .collect()
            })
            .collect();
        // A second supplier of the same code is not meant.
        for (number, supplier) in problem.suppliers.iter().enumerate() {
            if place.get(supplier.code.as_str()) != Some(&number) {
                left[number] = vec![0; categories];
            }
        }
        for (compound, choice) in problem.compounds.iter().zip(&assignment.choices) {
            if let Some(supplier) = choice.main.as_deref().and_then(|main| place.get(main)) {
                for (category, left) in left[*supplier].iter_mut().enumerate() {
                    *left = (*left - amount(&compound.demand, category)).max(0);
                }
            }
        }
        Self {
            problem,
            categories,
            left,
        }
    }

    fn need(&self, compound: &Compound) -> Vec<i64> {
        (0..self.categories)
            .map(|category| amount(&compound.demand, category))
            .collect()
    }

    fn left(&self, category: usize) -> i128 {
        self.left.iter().map(|left| i128::from(left[category])).sum()
    }

    fn allowed(&self, compound: &Compound, supplier: usize) -> bool {
        let code = &self.problem.suppliers[supplier].code;
        compound.force.as_ref().is_none_or(|force| force == code) && !compound.forbid.contains(code)
    }

    /// Metres by road; far where a position is missing.
    fn way_m(&self, compound: usize, supplier: usize) -> i64 {
        self.problem.way_m(compound, supplier).unwrap_or(i64::MAX)
    }

    /// Finds the main supplier of a compound and takes what it has of what is wanted.
    fn serve(&mut self, compound: usize, mut wanted: Vec<i64>) -> Share {
        let part = |supplier: usize| -> i64 {
            let parts = wanted
                .iter()
                .zip(&self.left[supplier])
                .filter(|(wanted, _)| **wanted > 0);
            parts
                .map(|(wanted, left)| {
                    (i128::from(*left.min(wanted)) * 1_000_000 / i128::from(*wanted)) as i64
                })
                .sum()
        };
        let main = (0..self.left.len())
            .filter(|supplier| self.allowed(&self.problem.compounds[compound], *supplier))
            .map(|supplier| (Reverse(part(supplier)), self.way_m(compound, supplier), supplier))
            .min()
            .filter(|(part, _, _)| part.0 > 0)
            .map(|(_, _, supplier)| supplier);
        let mut given = vec![0; self.categories];
        if let Some(supplier) = main {
            for ((wanted, left), given) in wanted.iter_mut().zip(&mut self.left[supplier]).zip(&mut given) {
                *given = (*left).min(*wanted);
                *left -= *given;
                *wanted -= *given;
            }
        }
        Share {
            main,
            given,
            added: Vec::new(),
            wanted,
        }
    }

    /// Adds what is still wanted, from the nearest who have some.
    fn add(&mut self, compound: usize, share: &mut Share) {
        if share.wanted.iter().all(|wanted| *wanted == 0) {
            return;
        }
        let mut near: Vec<(i64, usize)> = (0..self.left.len())
            .filter(|supplier| self.allowed(&self.problem.compounds[compound], *supplier))
            .map(|supplier| (self.way_m(compound, supplier), supplier))
            .collect();
        near.sort_unstable();
        for (_, supplier) in near {
            for category in 0..self.categories {
                let amount = self.left[supplier][category].min(share.wanted[category]);
                if amount == 0 {
                    continue;
                }
                self.left[supplier][category] -= amount;
                share.wanted[category] -= amount;
                if share.main.is_none() || share.main == Some(supplier) {
                    share.main = Some(supplier);
                    share.given[category] += amount;
                } else if let Some(one) = share
                    .added
                    .iter_mut()
                    .find(|one| (one.0, one.1) == (supplier, category))
                {
                    one.2 += amount;
                } else {
                    share.added.push((supplier, category, amount));
                }
            }
        }
    }
}
