//! A solution under construction: who feeds whom and what is spare.

use super::model::Model;

const NOBODY: u32 = u32::MAX;

/// Who feeds whom, kept consistent with what each supplier has spare.
#[derive(Clone)]
pub(super) struct Plan {
    mains: Vec<u32>,
    costs: Vec<i64>,
    /// Position of each compound in its supplier's list of members.
    places: Vec<u32>,
    /// Compounds per supplier; last the list of those without one.
    members: Vec<Vec<u32>>,
    spare: Vec<i64>,
    categories: usize,
    /// Sum of the costs of all served compounds, in person-metres.
    pub(super) cost: i128,
    /// Sum of the weights of all compounds without a supplier.
    pub(super) unserved: i64,
}

impl Plan {
    pub(super) fn new(model: &Model) -> Plan {
        let mut lists = vec![Vec::new(); model.suppliers];
        lists.push((0..model.compounds as u32).collect());
        Plan {
            mains: vec![NOBODY; model.compounds],
            costs: vec![0; model.compounds],
            places: (0..model.compounds as u32).collect(),
            members: lists,
            spare: (0..model.suppliers)
                .flat_map(|supplier| model.capacity(supplier).to_vec())
                .collect(),
            categories: model.categories,
            cost: 0,
            unserved: (0..model.compounds).map(|compound| model.weight(compound)).sum(),
        }
    }

    /// Goes on with other capacities and returns the former ones. What is spare may fall below zero.
    pub(super) fn use_capacity(&mut self, model: &mut Model, capacity: Vec<i64>) -> Vec<i64> {
        for (spare, room) in self.spare.iter_mut().zip(&capacity) {
            *spare += room;
        }
        let before = model.set_capacity(capacity);
        for (spare, room) in self.spare.iter_mut().zip(&before) {
            *spare -= room;
        }
        before
    }

    pub(super) fn main(&self, compound: usize) -> Option<usize> {
        (self.mains[compound] != NOBODY).then_some(self.mains[compound] as usize)
    }

    /// Cost of the present choice; only for a served compound.
    pub(super) fn cost_of(&self, compound: usize) -> i64 {
        self.costs[compound]
    }

    pub(super) fn members(&self, supplier: usize) -> &[u32] {
        &self.members[supplier]
    }

    /// Compounds without a supplier.
    pub(super) fn waiting(&self) -> &[u32] {
        &self.members[self.members.len() - 1]
    }

    /// Moves a compound from one list of members to another.
    fn enlist(&mut self, compound: usize, from: usize, to: usize) {
        let place = self.places[compound] as usize;
        self.members[from].swap_remove(place);
        if let Some(moved) = self.members[from].get(place) {
            self.places[*moved as usize] = place as u32;
        }
        self.places[compound] = self.members[to].len() as u32;
        self.members[to].push(compound as u32);
    }

    pub(super) fn spare(&self, supplier: usize) -> &[i64] {
        &self.spare[supplier * self.categories..(supplier + 1) * self.categories]
    }

    /// Less is better: first who is left without, then the cost.
    pub(super) fn value(&self) -> (i64, i128) {
        (self.unserved, self.cost)
    }

    /// The cost when everybody is served.
    pub(super) fn cost_of_all(&self) -> Option<i64> {
        (self.unserved == 0).then(|| i64::try_from(self.cost).unwrap_or(i64::MAX))
    }

    pub(super) fn fits(&self, model: &Model, compound: usize, supplier: usize) -> bool {
        model
            .demand(compound, supplier)
            .iter()
            .zip(self.spare(supplier))
            .all(|(need, room)| need <= room)
    }

    /// Whether the compound fits once another one, fed by this supplier, is gone.
    pub(super) fn fits_without(&self, model: &Model, compound: usize, supplier: usize, gone: usize) -> bool {
        let freed = model.demand(gone, supplier);
        let rooms = self
            .spare(supplier)
            .iter()
            .zip(freed)
            .map(|(room, freed)| room + freed);
        model
            .demand(compound, supplier)
            .iter()
            .zip(rooms)
            .all(|(need, room)| *need <= room)
    }

    /// Gives a compound without a supplier to one.
    pub(super) fn put(&mut self, model: &Model, compound: usize, supplier: usize) {
        let cost = model.cost(compound, supplier);
        self.put_at(model, compound, supplier, cost);
    }

    /// Like [`Plan::put`] when the cost is already known.
    pub(super) fn put_at(&mut self, model: &Model, compound: usize, supplier: usize, cost: i64) {
        self.mains[compound] = supplier as u32;
        self.costs[compound] = cost;
        self.enlist(compound, self.members.len() - 1, supplier);
        let spare = &mut self.spare[supplier * self.categories..(supplier + 1) * self.categories];
        for (room, need) in spare.iter_mut().zip(model.demand(compound, supplier)) {
            *room -= need;
        }
        self.cost += i128::from(cost);
        self.unserved -= model.weight(compound);
    }

    /// Takes a compound from its supplier, if it has one.
    pub(super) fn take(&mut self, model: &Model, compound: usize) {
        let Some(supplier) = self.main(compound) else {
            return;
        };
        self.mains[compound] = NOBODY;
        self.enlist(compound, supplier, self.members.len() - 1);
        let spare = &mut self.spare[supplier * self.categories..(supplier + 1) * self.categories];
        for (room, need) in spare.iter_mut().zip(model.demand(compound, supplier)) {
            *room += need;
        }
        self.cost -= i128::from(self.costs[compound]);
        self.unserved += model.weight(compound);
    }

    pub(super) fn shift(&mut self, model: &Model, compound: usize, supplier: usize) {
        self.take(model, compound);
        self.put(model, compound, supplier);
    }
}

/// The cheapest of all suppliers that may feed the compound and have room, however far.
pub(super) fn cheapest_of_all(model: &Model, plan: &Plan, compound: usize) -> Option<(usize, i64)> {
    (0..model.suppliers)
        .filter(|supplier| plan.fits(model, compound, *supplier) && model.eligible(compound, *supplier))
        .map(|supplier| (supplier, model.cost(compound, supplier)))
        .min_by_key(|(supplier, cost)| (*cost, *supplier))
}
