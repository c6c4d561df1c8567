//! What can still be given where no supplier has enough of everything for a compound.

use super::{Assignment, Compound, Problem};
use crate::allocate::by_need;
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

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
/// The rule is max-min fairness weighted by need, for each category by itself: nobody can be given a greater part of
/// the need without taking from somebody who has no greater part. Where everybody may be supplied by everybody, each
/// has the same part, by [`by_need`]. Those whom a decision holds to suppliers that have less than others share what
/// these have, and the others share the rest; so nobody goes short of a category while somebody who is allowed has some
/// left. There are no priority classes among compounds: need alone counts. Amounts are below 10¹².
///
/// The larger compounds choose first from whom they have their part: the supplier that can give the greatest mean
/// part of it over the categories, the nearer of equals. What is missing then is added by the nearest others. This
/// order is a rule of thumb: it decides how many suppliers a compound deals with, not how much it gets.
///
/// Compounds with a main supplier are not touched: a main supplier gives all that is asked for. In a great shortage they
/// would therefore have everything while those without have little or nothing; so where the totals do not suffice, needs
/// are cut to fair shares first, see [`super::rationed`].
pub fn partial(problem: &Problem, assignment: &Assignment) -> Vec<Partial> {
    let mut stores = Stores::after(problem, assignment);
    let mut waiting: Vec<usize> = (0..problem.compounds.len().min(assignment.choices.len()))
        .filter(|compound| assignment.choices[*compound].main.is_none())
        .collect();
    waiting.sort_by_key(|compound| (Reverse(problem.compounds[*compound].persons), *compound));
    let fair: Vec<Vec<i64>> = (0..stores.categories)
        .map(|category| stores.fair(&waiting, category))
        .collect();
    let mut shares: Vec<Share> = waiting
        .iter()
        .enumerate()
        .map(|(taker, compound)| stores.serve(*compound, fair.iter().map(|row| row[taker]).collect()))
        .collect();
    for (compound, share) in waiting.iter().zip(&mut shares) {
        stores.add(*compound, share);
    }
    for category in 0..stores.categories {
        stores.mend(&waiting, &mut shares, category);
    }
    shares.iter_mut().for_each(Share::elect);
    let mut told: Vec<(usize, Share)> = waiting.into_iter().zip(shares).collect();
    told.sort_by_key(|(compound, _)| *compound);
    told.into_iter()
        .map(|(compound, share)| share.told(problem, &problem.compounds[compound]))
        .collect()
}

/// Who has how much of one category from whom; a maximum flow along shortest augmenting paths (Edmonds and Karp).
struct Flow<'a> {
    problem: &'a Problem,
    /// Compounds.
    takers: &'a [usize],
    left: Vec<i64>,
    /// By supplier, what each taker has of it.
    held: Vec<BTreeMap<usize, i64>>,
    /// Suppliers of whom nobody can get more.
    closed: Vec<bool>,
    /// Takers who cannot get more, whoever gives up what.
    stuck: Vec<bool>,
}

impl<'a> Flow<'a> {
    fn new(problem: &'a Problem, takers: &'a [usize], left: Vec<i64>) -> Self {
        Self {
            problem,
            takers,
            held: vec![BTreeMap::new(); left.len()],
            closed: vec![false; left.len()],
            stuck: vec![false; takers.len()],
            left,
        }
    }

    fn open(&self, taker: usize) -> impl Iterator<Item = usize> + '_ {
        (0..self.left.len())
            .filter(move |store| !self.closed[*store] && allowed(self.problem, self.takers[taker], *store))
    }

    /// Gives a taker so much; others change their supplier for it where they must, but have no less.
    fn bring(&mut self, taker: usize, mut wanted: i64) {
        while wanted > 0 {
            let Some(path) = self.path(taker) else { return };
            let room = path.first().map_or(0, |(_, store)| self.left[*store]);
            let moved = path.windows(2).map(|pair| self.held[pair[1].1][&pair[0].0]);
            let amount = moved.fold(room.min(wanted), i64::min);
            if let Some((_, store)) = path.first() {
                self.left[*store] -= amount;
            }
            for pair in path.windows(2) {
                let (giver, store) = (pair[0].0, pair[1].1);
                let rest = self.held[store].remove(&giver).unwrap_or(0) - amount;
                if rest > 0 {
                    self.held[store].insert(giver, rest);
                }
            }
            for (taker, store) in path {
                *self.held[store].entry(taker).or_insert(0) += amount;
            }
            wanted -= amount;
        }
    }

    /// (taker, store) from a store with something left back to the taker who wants it: each takes from that store what
    /// the next one in the list then takes from another.
    fn path(&mut self, wants: usize) -> Option<Vec<(usize, usize)>> {
        if self.stuck[wants] {
            return None;
        }
        let mut asked_by: Vec<Option<usize>> = vec![None; self.left.len()];
        let mut gives_up: HashMap<usize, usize> = HashMap::new();
        let mut queue = vec![wants];
        let mut at = 0;
        while let Some(&taker) = queue.get(at) {
            at += 1;
            let found = self.open(taker).find(|store| self.left[*store] > 0);
            if let Some(mut store) = found {
                asked_by[store] = Some(taker);
                let mut path = Vec::new();
                while let Some(taker) = asked_by[store] {
                    path.push((taker, store));
                    match gives_up.get(&taker) {
                        Some(before) => store = *before,
                        None => break,
                    }
                }
                return Some(path);
            }
            let fresh: Vec<usize> = self
                .open(taker)
                .filter(|store| asked_by[*store].is_none())
                .collect();
            for store in fresh {
                asked_by[store] = Some(taker);
                for holder in self.held[store].keys() {
                    if *holder != wants && !gives_up.contains_key(holder) {
                        gives_up.insert(*holder, store);
                        queue.push(*holder);
                    }
                }
            }
        }
        for taker in queue {
            self.stuck[taker] = true;
        }
        for (closed, asked) in self.closed.iter_mut().zip(asked_by) {
            *closed |= asked.is_some();
        }
        None
    }
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
    /// Adds an amount from a supplier, who becomes the main one if there is none.
    fn put(&mut self, supplier: usize, category: usize, amount: i64) {
        if *self.main.get_or_insert(supplier) == supplier {
            self.given[category] += amount;
        } else if let Some(one) = self
            .added
            .iter_mut()
            .find(|one| (one.0, one.1) == (supplier, category))
        {
            one.2 += amount;
        } else {
            self.added.push((supplier, category, amount));
        }
    }

    fn got(&self, category: usize) -> i64 {
        let added = self.added.iter().filter(|one| one.1 == category);
        self.given[category] + added.map(|one| one.2).sum::<i64>()
    }

    /// Makes the one who gives most the main supplier again, where others had to change theirs.
    fn elect(&mut self) {
        let got: Vec<i64> = (0..self.given.len()).map(|category| self.got(category)).collect();
        let part =
            |category: usize, amount: i64| i128::from(amount) * 1_000_000 / i128::from(got[category].max(1));
        let mut parts: BTreeMap<usize, i128> = BTreeMap::new();
        for (supplier, category, amount) in &self.added {
            *parts.entry(*supplier).or_insert(0) += part(*category, *amount);
        }
        let given = self.given.iter().enumerate().filter(|(_, amount)| **amount > 0);
        let own: i128 = given
            .clone()
            .map(|(category, amount)| part(category, *amount))
            .sum();
        let most = parts
            .into_iter()
            .max_by_key(|(supplier, part)| (*part, Reverse(*supplier)));
        let (Some(main), Some((elected, most))) = (self.main, most) else {
            return;
        };
        if most > own {
            let own = given
                .map(|(category, amount)| (main, category, *amount))
                .collect::<Vec<_>>();
            self.main = Some(elected);
            self.given.fill(0);
            for (supplier, category, amount) in own.into_iter().chain(std::mem::take(&mut self.added)) {
                self.put(supplier, category, amount);
            }
        }
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

/// What each compound can have of one category when all are shared among, in the order of the problem; see [`partial`].
pub(super) fn fair_shares(problem: &Problem, category: usize) -> Vec<i64> {
    let mut order: Vec<usize> = (0..problem.compounds.len()).collect();
    order.sort_by_key(|compound| (Reverse(problem.compounds[*compound].persons), *compound));
    let fair = Stores::full(problem).fair(&order, category);
    let mut shares = vec![0; order.len()];
    for (compound, share) in order.into_iter().zip(fair) {
        shares[compound] = share;
    }
    shares
}

/// Whether decisions of persons let a supplier feed a compound, both as indices.
pub(super) fn allowed(problem: &Problem, compound: usize, supplier: usize) -> bool {
    let (compound, code) = (&problem.compounds[compound], &problem.suppliers[supplier].code);
    compound.force.as_ref().is_none_or(|force| force == code) && !compound.forbid.contains(code)
}

/// The suppliers by code, as indices; of two with the same code the first is meant.
fn places(problem: &Problem) -> HashMap<&str, usize> {
    let mut place: HashMap<&str, usize> = HashMap::new();
    for (number, supplier) in problem.suppliers.iter().enumerate() {
        place.entry(&supplier.code).or_insert(number);
    }
    place
}

fn amount(row: &[i64], category: usize) -> i64 {
    row.get(category).copied().unwrap_or(0).max(0)
}

impl<'a> Stores<'a> {
    /// Everything that the suppliers have.
    fn full(problem: &'a Problem) -> Self {
        let categories = problem.categories.len();
        let place = places(problem);
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
        Self {
            problem,
            categories,
            left,
        }
    }

    /// What the compounds with a main supplier leave.
    fn after(problem: &'a Problem, assignment: &Assignment) -> Self {
        let mut stores = Self::full(problem);
        let place = places(problem);
        for (compound, choice) in problem.compounds.iter().zip(&assignment.choices) {
            if let Some(supplier) = choice.main.as_deref().and_then(|main| place.get(main)) {
                for (category, left) in stores.left[*supplier].iter_mut().enumerate() {
                    *left = (*left - amount(&compound.demand, category)).max(0);
                }
            }
        }
        stores
    }

    fn of(&self, category: usize) -> Vec<i64> {
        self.left.iter().map(|left| left[category]).collect()
    }

    /// What each of the compounds may have of a category.
    ///
    /// All get the same part of what they may have together. If that cannot be brought to some, these are cut off with
    /// those who hold what they could have, and both groups are shared among again. (Decomposition of Fujishige,
    /// "Lexicographically optimal base of a polymatroid with respect to a weight vector", 1980.)
    fn fair(&self, compounds: &[usize], category: usize) -> Vec<i64> {
        let mut fair = vec![0; compounds.len()];
        let everybody: Vec<usize> = (0..compounds.len()).collect();
        let mut groups = vec![(everybody, vec![false; self.left.len()])];
        while let Some((group, closed)) = groups.pop() {
            let takers: Vec<usize> = group.iter().map(|taker| compounds[*taker]).collect();
            let mut flow = Flow::new(self.problem, &takers, self.of(category));
            flow.closed.clone_from(&closed);
            let reached = (0..closed.len()).filter(|store| {
                let may = |taker: &usize| allowed(self.problem, *taker, *store);
                !closed[*store] && takers.iter().any(may)
            });
            let total = reached.fold(0i64, |sum, store| sum.saturating_add(flow.left[store]));
            let needs: Vec<i64> = takers
                .iter()
                .map(|compound| amount(&self.problem.compounds[*compound].demand, category))
                .collect();
            let parts = by_need(total, &needs);
            for (taker, part) in parts.iter().enumerate() {
                flow.bring(taker, *part);
            }
            if !flow.stuck.contains(&true) {
                for (taker, part) in group.iter().zip(parts) {
                    fair[*taker] = part;
                }
                continue;
            }
            let (cut, rest): (Vec<_>, Vec<_>) = group.iter().zip(&flow.stuck).partition(|(_, stuck)| **stuck);
            let only = flow
                .closed
                .iter()
                .zip(closed)
                .map(|(now, before)| !now || before)
                .collect();
            groups.push((cut.into_iter().map(|(taker, _)| *taker).collect(), only));
            groups.push((rest.into_iter().map(|(taker, _)| *taker).collect(), flow.closed));
        }
        fair
    }

    /// Brings what is still wanted of a category where others must change their supplier for it.
    fn mend(&mut self, compounds: &[usize], shares: &mut [Share], category: usize) {
        if shares.iter().all(|share| share.wanted[category] == 0) {
            return;
        }
        let mut flow = Flow::new(self.problem, compounds, self.of(category));
        for (taker, share) in shares.iter_mut().enumerate() {
            if let Some(main) = share.main.filter(|_| share.given[category] > 0) {
                flow.held[main].insert(taker, std::mem::take(&mut share.given[category]));
            }
            for (supplier, _, amount) in share.added.extract_if(.., |one| one.1 == category) {
                flow.held[supplier].insert(taker, amount);
            }
        }
        for (taker, share) in shares.iter_mut().enumerate() {
            flow.bring(taker, std::mem::take(&mut share.wanted[category]));
        }
        for (store, held) in flow.held.into_iter().enumerate() {
            self.left[store][category] = flow.left[store];
            for (taker, amount) in held {
                shares[taker].put(store, category, amount);
            }
        }
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
            .filter(|supplier| allowed(self.problem, compound, *supplier))
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
            .filter(|supplier| allowed(self.problem, compound, *supplier))
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
                share.put(supplier, category, amount);
            }
        }
    }
}
