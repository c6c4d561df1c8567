//! What staff might do after confirmation.

use baogong::base::id::{RoundId, TripId};
use baogong::round::handover::{HandDraft, Outcome};
use baogong::round::open::RoundRef;
use baogong::round::packing::{BagDraft, BoxDraft, CompoundRef, Short};
use baogong::round::trips::{DropDraft, StopRef, TripDraft, TripRef};
use baogong::round::{OrderState, RoundState};
use rand::{Rng as _, seq::IndexedRandom as _};

use super::super::model::{self, Model};
use super::super::script::Deed;
use super::super::world::{DISTRICT, PLATES};
use super::{Generator, rounds};

impl Generator {
    /// What follows on confirmation, as far as there is something to do: packing, boxes, trips, hand-over, settlement.
    pub(super) fn supply(&mut self, model: &Model) -> Option<Deed> {
        let confirmed = rounds(model, RoundState::Confirmed);
        let waits = |round: &RoundId, state: OrderState| {
            let of = |order: &model::Order| order.round == *round && order.state == state;
            model.orders.values().any(of)
        };
        let mut chores = Vec::new();
        for round in &confirmed {
            let at = CompoundRef {
                district: DISTRICT.into(),
                round: *round,
                compound: String::new(),
            };
            if waits(round, OrderState::Confirmed) {
                chores.push(self.pack(model));
                chores.push(Deed::PackAll(at.clone()));
            } else if self.chance(0.1) {
                chores.push(Deed::Settle(RoundRef {
                    district: DISTRICT.into(),
                    id: *round,
                }));
            }
            let of = |order: &&model::Order| order.round == *round && order.state == OrderState::Packed;
            if model
                .orders
                .values()
                .filter(of)
                .any(|order| order.in_box.is_none())
            {
                let bags_max = self.random.random_range(1..5);
                chores.push(Deed::Box(BoxDraft { at, bags_max }));
            }
            let on_no_trip = |order: &model::Order| {
                let in_box = order.in_box.and_then(|id| model.boxes.get(&id));
                in_box.is_some_and(|one| one.trip.is_none())
            };
            if model.orders.values().filter(of).any(on_no_trip) {
                chores.push(Deed::Plan(TripDraft {
                    district: DISTRICT.into(),
                    round: *round,
                    vehicles: PLATES.map(str::to_owned).to_vec(),
                }));
            }
        }
        if let Some(id) = self.trip(model, |trip| !trip.left) {
            chores.push(Deed::Load(TripRef {
                district: DISTRICT.into(),
                id,
            }));
        }
        if let Some(id) = self.trip(model, |trip| trip.left && trip.stops.values().any(|stop| !stop.1)) {
            chores.push(self.hand_over(model, id));
        }
        if model
            .orders
            .values()
            .any(|order| order.state == OrderState::Dropped)
        {
            chores.push(self.hand(model));
        }
        chores.choose(&mut self.random).cloned()
    }

    fn pack(&mut self, model: &Model) -> Deed {
        let Some(id) = self.order(model, &[OrderState::Confirmed]) else {
            return Deed::Tick;
        };
        let lines = &model.orders[&id].lines;
        let mut short = Vec::new();
        for (pack, (quantity, _)) in lines {
            if self.chance(0.3) {
                short.push(Short {
                    pack: pack.clone(),
                    packed: self.random.random_range(0..=*quantity),
                    reason: "没到货".into(),
                });
            }
        }
        Deed::Pack(BagDraft {
            district: DISTRICT.into(),
            order: id,
            short,
        })
    }

    fn trip(&mut self, model: &Model, wanted: fn(&model::Trip) -> bool) -> Option<TripId> {
        let fits = |(id, trip): (&TripId, &model::Trip)| wanted(trip).then_some(*id);
        let found: Vec<TripId> = model.trips.iter().filter_map(fits).collect();
        found.choose(&mut self.random).copied()
    }

    fn hand_over(&mut self, model: &Model, id: TripId) -> Deed {
        let stops: Vec<(i64, String)> = model.trips[&id]
            .stops
            .iter()
            .map(|(seq, (compound, _))| (*seq, compound.clone()))
            .collect();
        let (seq, compound) = self.pick(&stops);
        let here = model
            .boxes
            .iter()
            .filter(|(_, one)| one.trip == Some(id) && one.compound == compound);
        let mut codes: Vec<&str> = here.clone().map(|(_, one)| one.code.as_str()).collect();
        if !codes.is_empty() && self.chance(0.15) {
            codes.pop();
        }
        let bag = here
            .filter(|(_, one)| codes.contains(&one.code.as_str()))
            .flat_map(|(id, _)| model.orders.values().filter(|order| order.in_box == Some(*id)))
            .next();
        let missing_bags = match bag {
            Some(order) if self.chance(0.15) => {
                baogong::round::with_check_digit(model.code(order).trim_end_matches('-'))
            }
            _ => String::new(),
        };
        Deed::HandOver(DropDraft {
            at: StopRef {
                trip: TripRef {
                    district: DISTRICT.into(),
                    id,
                },
                seq,
            },
            boxes: codes.join(" "),
            missing_bags,
            reason: if self.chance(0.9) { "破损" } else { "" }.into(),
            received_by: "楼栋长".into(),
        })
    }

    fn hand(&mut self, model: &Model) -> Deed {
        let Some(order) = self.order(model, &[OrderState::Dropped]) else {
            return Deed::Tick;
        };
        let outcomes = [
            Outcome::Handed,
            Outcome::Handed,
            Outcome::NotHome,
            Outcome::Refused,
        ];
        Deed::Hand(HandDraft {
            district: DISTRICT.into(),
            order,
            outcome: self.pick(&outcomes),
            note: String::new(),
        })
    }
}
