//! The problem by index, with costs and the list of near suppliers of each compound.

use super::matrix::Matrix;
use super::{Compound, Problem, Supplier};
use crate::point::Direction;
use std::collections::HashMap;

/// So many nearest suppliers of a compound are looked at first; the others only when these do not do.
const CANDIDATES: usize = 64;

/// Stands for the way to or from an unknown position: half around the earth by road.
pub(super) const UNKNOWN_M: i64 = 27_020_404;

const PERSONS_MAX: i64 = 10_000_000;
const AMOUNT_MAX: i64 = 1_000_000_000_000;

/// A supplier that may feed a compound, with its cost in person-metres.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    pub(super) supplier: u32,
    pub(super) cost: i64,
}

/// The problem by index. Amounts are cut to a range in which no sum can overflow.
pub(super) struct Model {
    pub(super) compounds: usize,
    pub(super) suppliers: usize,
    pub(super) categories: usize,
    pub(super) persons: Vec<i64>,
    pub(super) keep: Vec<Option<u32>>,
    pub(super) force: Vec<Option<Force>>,
    forbid: Vec<Vec<u32>>,
    prefer: Vec<Vec<u32>>,
    prefer_weight_m: i64,
    /// False for a supplier whose code an earlier one has.
    meant: Vec<bool>,
    demand: Vec<i64>,
    /// Zero when the supplier makes no difference to what a compound needs.
    demand_stride: usize,
    /// Given costs, by compound and supplier; empty when the way is the cost.
    costs: Vec<i64>,
    capacity: Vec<i64>,
    /// What it costs to use a supplier at all.
    pub(super) opening: Vec<i64>,
    compound_at: Vec<Option<Direction>>,
    supplier_at: Vec<Option<Direction>>,
    /// Metres by compound and supplier where some are known by road, worked out once; empty where all are estimated.
    ways_m: Vec<i64>,
    keep_weight_m: i64,
    candidates: Vec<Candidate>,
    starts: Vec<usize>,
    /// Per compound, what any supplier outside its list costs at least.
    pub(super) beyond: Vec<i64>,
}

/// Who was decided upon: a supplier, or one that nobody knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Force {
    To(u32),
    Unknown,
}

impl Model {
    pub(super) fn new(problem: &Problem) -> Model {
        let mut index: HashMap<&str, u32> = HashMap::with_capacity(problem.suppliers.len());
        let mut meant = Vec::with_capacity(problem.suppliers.len());
        for (supplier, number) in problem.suppliers.iter().zip(0u32..) {
            meant.push(*index.entry(supplier.code.as_str()).or_insert(number) == number);
        }
        let find = |code: &String| index.get(code.as_str()).copied();
        let categories = problem.categories.len();
        let mut model = Model {
            compounds: problem.compounds.len(),
            suppliers: problem.suppliers.len(),
            categories,
            persons: problem
                .compounds
                .iter()
                .map(|compound| compound.persons.clamp(0, PERSONS_MAX))
                .collect(),
            keep: problem
                .compounds
                .iter()
                .map(|compound| compound.keep.as_ref().and_then(find))
                .collect(),
            force: problem
                .compounds
                .iter()
                .map(|compound| {
                    compound
                        .force
                        .as_ref()
                        .map(|code| find(code).map_or(Force::Unknown, Force::To))
                })
                .collect(),
            forbid: problem
                .compounds
                .iter()
                .map(|compound| compound.forbid.iter().filter_map(find).collect())
                .collect(),
            prefer: problem
                .compounds
                .iter()
                .map(|compound| compound.prefer.iter().filter_map(find).collect())
                .collect(),
            prefer_weight_m: problem.prefer_weight_m.clamp(0, UNKNOWN_M),
            meant,
            demand: amounts(
                problem
                    .compounds
                    .iter()
                    .map(|compound: &Compound| &compound.demand),
                categories,
            ),
            demand_stride: 0,
            costs: Vec::new(),
            opening: vec![0; problem.suppliers.len()],
            capacity: amounts(
                problem
                    .suppliers
                    .iter()
                    .map(|supplier: &Supplier| &supplier.capacity),
                categories,
            ),
            compound_at: problem
                .compounds
                .iter()
                .map(|compound| compound.at.map(Direction::new))
                .collect(),
            supplier_at: problem
                .suppliers
                .iter()
                .map(|supplier| supplier.at.map(Direction::new))
                .collect(),
            ways_m: Vec::new(),
            keep_weight_m: problem.keep_weight_m.clamp(0, UNKNOWN_M),
            candidates: Vec::new(),
            starts: vec![0],
            beyond: Vec::with_capacity(problem.compounds.len()),
        };
        model.ways_m = model.ways_m(&problem.by_road);
        model.list_all_candidates();
        model
    }

    /// Every way of which both ends are known: by road where that is told, else estimated.
    fn ways_m(&self, by_road: &[Vec<(usize, i64)>]) -> Vec<i64> {
        if by_road.iter().all(Vec::is_empty) {
            return Vec::new();
        }
        let mut ways_m = Vec::with_capacity(self.compounds * self.suppliers);
        for compound in 0..self.compounds {
            let first = ways_m.len();
            let estimated = |supplier| self.distance_m(compound, supplier).unwrap_or(UNKNOWN_M);
            ways_m.extend((0..self.suppliers).map(estimated));
            for (supplier, metres) in by_road.get(compound).into_iter().flatten().rev() {
                if *supplier < self.suppliers {
                    ways_m[first + supplier] = (*metres).clamp(0, UNKNOWN_M);
                }
            }
        }
        ways_m
    }

    /// A problem given by numbers: one category, every supplier a candidate of every compound.
    pub(super) fn of_matrix(matrix: &Matrix) -> Model {
        let suppliers = matrix.capacity.len();
        let compounds = matrix.cost.first().map_or(0, Vec::len);
        let by_compound = |rows: &[Vec<i64>]| {
            (0..compounds)
                .flat_map(|compound| rows.iter().map(move |row| row[compound].clamp(0, AMOUNT_MAX)))
                .collect::<Vec<i64>>()
        };
        let mut model = Model {
            compounds,
            suppliers,
            categories: 1,
            persons: vec![1; compounds],
            keep: vec![None; compounds],
            force: vec![None; compounds],
            forbid: vec![Vec::new(); compounds],
            prefer: vec![Vec::new(); compounds],
            prefer_weight_m: 0,
            meant: vec![true; suppliers],
            demand: by_compound(&matrix.need),
            demand_stride: suppliers,
            costs: by_compound(&matrix.cost),
            capacity: matrix
                .capacity
                .iter()
                .map(|room| (*room).clamp(0, AMOUNT_MAX))
                .collect(),
            opening: matrix
                .opening
                .iter()
                .map(|cost| (*cost).clamp(0, AMOUNT_MAX))
                .collect(),
            compound_at: vec![None; compounds],
            supplier_at: vec![None; suppliers],
            ways_m: Vec::new(),
            keep_weight_m: 0,
            candidates: Vec::with_capacity(compounds * suppliers),
            starts: vec![0],
            beyond: vec![i64::MAX; compounds],
        };
        for compound in 0..compounds {
            let mut row: Vec<Candidate> = (0..suppliers)
                .filter(|supplier| model.eligible(compound, *supplier))
                .map(|supplier| Candidate {
                    supplier: supplier as u32,
                    cost: model.cost(compound, supplier),
                })
                .collect();
            row.sort_by_key(|candidate| (candidate.cost, candidate.supplier));
            model.candidates.extend(row);
            model.starts.push(model.candidates.len());
        }
        model
    }

    fn list_candidates(&mut self, compound: usize, near: &mut Vec<(f64, u32)>) {
        near.clear();
        let mut unknown_eligible = false;
        // Where positions are missing all cost the same; a different start for each spreads them.
        let first = compound.wrapping_mul(CANDIDATES) % self.suppliers.max(1);
        for offset in 0..self.suppliers {
            let supplier = if self.compound_at[compound].is_some() {
                offset
            } else {
                (first + offset) % self.suppliers
            };
            if !self.eligible(compound, supplier) {
                continue;
            }
            match (self.compound_at[compound], self.supplier_at[supplier]) {
                (Some(_), Some(_)) => {
                    let nearness = self.nearness(compound, supplier).unwrap_or(f64::INFINITY);
                    near.push((nearness, supplier as u32));
                }
                (None, _) => near.push((offset as f64, supplier as u32)),
                (Some(_), None) => unknown_eligible = true,
            }
        }
        let mut beyond = i64::MAX;
        if near.len() > CANDIDATES {
            near.select_nth_unstable_by(CANDIDATES, |a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            let (_, next) = near[CANDIDATES];
            beyond = self.way_cost(compound, next as usize) + self.change_cost(compound);
            near.truncate(CANDIDATES);
        } else if unknown_eligible {
            beyond = self.weight(compound) * UNKNOWN_M + self.change_cost(compound);
        }
        near.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let begin = self.candidates.len();
        for (_, supplier) in near.iter() {
            let cost = self.cost(compound, *supplier as usize);
            self.candidates.push(Candidate {
                supplier: *supplier,
                cost,
            });
        }
        let wanted: Vec<u32> = self.keep[compound]
            .iter()
            .chain(&self.prefer[compound])
            .copied()
            .collect();
        for supplier in wanted {
            if self.eligible(compound, supplier as usize)
                && !self.candidates[begin..]
                    .iter()
                    .any(|candidate| candidate.supplier == supplier)
            {
                let cost = self.cost(compound, supplier as usize);
                self.candidates.push(Candidate { supplier, cost });
            }
        }
        self.candidates[begin..].sort_by_key(|candidate| candidate.cost);
        self.starts.push(self.candidates.len());
        self.beyond.push(beyond);
    }

    /// Near suppliers that may feed the compound, cheapest first.
    pub(super) fn candidates(&self, compound: usize) -> &[Candidate] {
        &self.candidates[self.starts[compound]..self.starts[compound + 1]]
    }

    /// Where the compound's candidates begin in the list of all candidates.
    pub(super) fn first_candidate(&self, compound: usize) -> usize {
        self.starts[compound]
    }

    /// Candidates of all compounds together.
    pub(super) fn candidates_total(&self) -> usize {
        self.candidates.len()
    }

    /// What the compound needs of this supplier, per category.
    pub(super) fn demand(&self, compound: usize, supplier: usize) -> &[i64] {
        let row = if self.demand_stride == 0 {
            compound
        } else {
            compound * self.demand_stride + supplier
        };
        &self.demand[row * self.categories..(row + 1) * self.categories]
    }

    pub(super) fn capacity(&self, supplier: usize) -> &[i64] {
        &self.capacity[supplier * self.categories..(supplier + 1) * self.categories]
    }

    pub(super) fn positioned(&self, compound: usize) -> bool {
        self.compound_at[compound].is_some() || !self.costs.is_empty()
    }

    pub(super) fn forbidden(&self, compound: usize, supplier: usize) -> bool {
        self.forbid[compound]
            .iter()
            .any(|code| *code as usize == supplier)
    }

    pub(super) fn meant(&self, supplier: usize) -> bool {
        self.meant[supplier]
    }

    /// Whether the supplier may feed the compound at all: allowed, and large enough for it alone.
    pub(super) fn eligible(&self, compound: usize, supplier: usize) -> bool {
        self.allowed(compound, supplier)
            && self
                .demand(compound, supplier)
                .iter()
                .zip(self.capacity(supplier))
                .all(|(need, room)| need <= room)
    }

    /// Persons, but at least one, so that an empty compound is not sent far away.
    pub(super) fn weight(&self, compound: usize) -> i64 {
        self.persons[compound].max(1)
    }

    /// Road metres; `None` when a position is missing.
    pub(super) fn distance_m(&self, compound: usize, supplier: usize) -> Option<i64> {
        let (home, shop) = (self.compound_at[compound]?, self.supplier_at[supplier]?);
        let known = self.ways_m.get(compound * self.suppliers + supplier);
        Some(known.copied().unwrap_or_else(|| home.road_distance_m(shop)))
    }

    /// Grows with the distance and is cheap; `None` when a position is missing. To be compared for one compound.
    pub(super) fn nearness(&self, compound: usize, supplier: usize) -> Option<f64> {
        let (home, shop) = (self.compound_at[compound]?, self.supplier_at[supplier]?);
        let known = self.ways_m.get(compound * self.suppliers + supplier);
        Some(known.map_or_else(|| home.chord_squared(shop), |metres| *metres as f64))
    }

    /// The cost of the way alone. A compound without position costs nothing anywhere. A supplier without
    /// position is far for everybody but those that it feeds now, since no saving can be shown for them.
    fn way_cost(&self, compound: usize, supplier: usize) -> i64 {
        if !self.costs.is_empty() {
            return self.costs[compound * self.suppliers + supplier];
        }
        let metres = match self.distance_m(compound, supplier) {
            Some(metres) => metres,
            None if !self.positioned(compound) || self.keep[compound] == Some(supplier as u32) => 0,
            None => UNKNOWN_M,
        };
        self.weight(compound) * metres
    }

    /// Whether choosing this supplier changes the present one.
    pub(super) fn changes(&self, compound: usize, supplier: usize) -> bool {
        self.keep[compound].is_some_and(|keep| keep as usize != supplier)
    }

    /// Person-metres of the way, and of the change if it is one.
    pub(super) fn cost(&self, compound: usize, supplier: usize) -> i64 {
        let change = if self.changes(compound, supplier) {
            self.change_cost(compound)
        } else {
            0
        };
        let strange = if self.strange(compound, supplier) {
            self.weight(compound) * self.prefer_weight_m
        } else {
            0
        };
        self.way_cost(compound, supplier) + change + strange
    }

    /// Whether the compound prefers others to this supplier.
    pub(super) fn strange(&self, compound: usize, supplier: usize) -> bool {
        let prefer = &self.prefer[compound];
        !prefer.is_empty() && !prefer.iter().any(|code| *code as usize == supplier)
    }

    /// Whether the compound may go to the supplier if that had enough.
    pub(super) fn allowed(&self, compound: usize, supplier: usize) -> bool {
        let decided = match self.force[compound] {
            None => true,
            Some(Force::To(forced)) => forced as usize == supplier,
            Some(Force::Unknown) => false,
        };
        decided && !self.forbidden(compound, supplier) && self.meant[supplier]
    }

    /// Takes so many per cent from every capacity and lists the candidates again; returns the whole capacities, or
    /// `None` when nothing was to be taken.
    pub(super) fn leave_free(&mut self, percent: i64) -> Option<Vec<i64>> {
        let percent = percent.clamp(0, 100);
        if percent == 0 {
            return None;
        }
        let less = self.capacity.iter().map(|room| usable(*room, percent)).collect();
        let whole = std::mem::replace(&mut self.capacity, less);
        self.list_all_candidates();
        Some(whole)
    }

    /// Sets all capacities; returns the former ones.
    pub(super) fn set_capacity(&mut self, capacity: Vec<i64>) -> Vec<i64> {
        std::mem::replace(&mut self.capacity, capacity)
    }

    fn list_all_candidates(&mut self) {
        self.candidates.clear();
        self.starts = vec![0];
        self.beyond.clear();
        let mut near = Vec::with_capacity(self.suppliers);
        for compound in 0..self.compounds {
            self.list_candidates(compound, &mut near);
        }
    }

    /// What leaving the present supplier costs, if there is one.
    fn change_cost(&self, compound: usize) -> i64 {
        if self.keep[compound].is_some() {
            self.weight(compound) * self.keep_weight_m
        } else {
            0
        }
    }
}

/// What of a capacity may be used when so many per cent stay free.
fn usable(room: i64, percent: i64) -> i64 {
    room - (i128::from(room) * i128::from(percent) / 100) as i64
}

fn amounts<'a>(rows: impl Iterator<Item = &'a Vec<i64>>, categories: usize) -> Vec<i64> {
    rows.flat_map(|row| {
        (0..categories).map(|category| row.get(category).copied().unwrap_or(0).clamp(0, AMOUNT_MAX))
    })
    .collect()
}
