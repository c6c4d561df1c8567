//! From packing to the door.

use std::collections::BTreeMap;

use baogong::base::address::codes_in;
use baogong::base::id::{BoxId, OrderId, RoundId, TripId};
use baogong::round::handover::{HandDraft, Outcome};
use baogong::round::packing::{BoxDraft, Short};
use baogong::round::trips::{DropDraft, TripDraft};
use baogong::round::{OrderState, RoundState};

use super::super::script::Command;
use super::{Model, Order, Refused};

impl Model {
    pub(super) fn pack(&mut self, id: OrderId, short: &[Short]) -> Result<(), Refused> {
        let order = self.order(id)?.clone();
        if self.round(order.round)?.state != RoundState::Confirmed {
            return Err("round_state");
        }
        if order.state != OrderState::Confirmed {
            return Err("order_state");
        }
        let mut refund_fen = 0;
        let mut lines = BTreeMap::new();
        for (pack, (quantity, _)) in &order.lines {
            let fell_short = short.iter().find(|short| short.pack == *pack);
            let packed = fell_short.map_or(*quantity, |short| short.packed);
            if packed < 0 || packed > *quantity {
                return Err("invalid");
            }
            if packed < *quantity && fell_short.is_some_and(|short| short.reason.is_empty()) {
                return Err("invalid");
            }
            refund_fen += price_fen(pack) * (quantity - packed);
            lines.insert(pack.clone(), (*quantity, packed));
        }
        let any = lines.values().any(|(_, packed)| *packed > 0);
        self.order_mut(id).lines = lines;
        self.give_back(id, refund_fen);
        self.order_mut(id).state = if any {
            OrderState::Packed
        } else {
            OrderState::Returned
        };
        Ok(())
    }

    pub(super) fn pack_all(&mut self, id: RoundId, compound: &str) -> Result<usize, Refused> {
        self.round(id)?;
        let waits = |(_, order): &(&OrderId, &Order)| {
            order.round == id
                && order.state == OrderState::Confirmed
                && (compound.is_empty() || order.compound == compound)
        };
        let waiting: Vec<OrderId> = self.orders.iter().filter(waits).map(|(id, _)| *id).collect();
        for order in &waiting {
            self.pack(*order, &[])?;
        }
        Ok(waiting.len())
    }

    /// The orders of a round that are packed and in no box.
    fn unboxed(&self, id: RoundId) -> impl Iterator<Item = &Order> {
        self.orders.values().filter(move |order| {
            order.round == id && order.state == OrderState::Packed && order.in_box.is_none()
        })
    }

    pub(super) fn fill_boxes(
        &mut self,
        command: &Command,
        draft: &BoxDraft,
    ) -> Result<Option<String>, Refused> {
        self.round(draft.at.round)?;
        if draft.bags_max < 1 {
            return Err("invalid");
        }
        let mut bags: BTreeMap<&str, usize> = BTreeMap::new();
        for order in self.unboxed(draft.at.round) {
            if draft.at.compound.is_empty() || order.compound == draft.at.compound {
                *bags.entry(&order.compound).or_default() += 1;
            }
        }
        let boxes: usize = bags
            .values()
            .map(|bags| bags.div_ceil(draft.bags_max as usize))
            .sum();
        self.unseen.push(command.clone());
        Ok(Some(boxes.to_string()))
    }

    pub(super) fn plan(&mut self, command: &Command, draft: &TripDraft) -> Result<Option<String>, Refused> {
        self.round(draft.round)?;
        let of_round = |id: &BoxId| {
            self.orders
                .values()
                .any(|order| order.round == draft.round && order.in_box == Some(*id))
        };
        if !self
            .boxes
            .iter()
            .any(|(id, one)| one.trip.is_none() && of_round(id))
        {
            return Err("no_boxes");
        }
        if draft.vehicles.is_empty() {
            return Err("invalid");
        }
        self.unseen.push(command.clone());
        Ok(None)
    }

    pub(super) fn load(&mut self, id: TripId) -> Result<usize, Refused> {
        let trip = self.trips.get_mut(&id).ok_or("not_found")?;
        if trip.left {
            return Err("trip_state");
        }
        trip.left = true;
        let mut loaded = 0;
        for (box_id, one) in self.boxes.iter_mut().filter(|(_, one)| one.trip == Some(id)) {
            one.loaded = true;
            loaded += 1;
            for order in self
                .orders
                .values_mut()
                .filter(|order| order.in_box == Some(*box_id))
            {
                order.state = OrderState::Loaded;
            }
        }
        Ok(loaded)
    }

    pub(super) fn hand_over(&mut self, draft: &DropDraft) -> Result<(), Refused> {
        let id = draft.at.trip.id;
        let trip = self.trips.get(&id).ok_or("not_found")?;
        if !trip.left || trip.stops.values().all(|(_, handed)| *handed) {
            return Err("trip_state");
        }
        let (compound, handed) = trip.stops.get(&draft.at.seq).ok_or("not_found")?.clone();
        if draft.received_by.is_empty() {
            return Err("invalid");
        }
        let here: Vec<BoxId> = self
            .boxes
            .iter()
            .filter(|(_, one)| one.trip == Some(id) && one.compound == compound && one.loaded)
            .map(|(id, _)| *id)
            .collect();
        let counted = codes_in(&draft.boxes, &draft.at.trip.district);
        if !counted
            .iter()
            .all(|code| here.iter().any(|id| self.boxes[id].code == *code))
        {
            return Err("invalid");
        }
        let (arrived, lost): (Vec<BoxId>, Vec<BoxId>) = here
            .into_iter()
            .partition(|id| counted.contains(&self.boxes[id].code));
        let missing = codes_in(&draft.missing_bags, &draft.at.trip.district);
        if (!lost.is_empty() || !missing.is_empty()) && draft.reason.is_empty() {
            return Err("invalid");
        }
        let in_boxes = |boxes: &[BoxId]| -> Vec<OrderId> {
            let of = |(_, order): &(&OrderId, &Order)| order.in_box.is_some_and(|id| boxes.contains(&id));
            self.orders.iter().filter(of).map(|(id, _)| *id).collect()
        };
        let (bags, mut gone) = (in_boxes(&arrived), in_boxes(&lost));
        let named = |code: &String, id: &OrderId| code.starts_with(&self.code(&self.orders[id]));
        if !missing.iter().all(|code| bags.iter().any(|id| named(code, id))) {
            return Err("invalid");
        }
        if handed {
            return Err("handed");
        }
        let (missed, dropped): (Vec<OrderId>, Vec<OrderId>) = bags
            .into_iter()
            .partition(|id| missing.iter().any(|code| named(code, id)));
        gone.extend(missed);
        for order in dropped {
            self.order_mut(order).state = OrderState::Dropped;
        }
        for order in gone {
            let lost = self.order_mut(order);
            lost.state = OrderState::Returned;
            let rest_fen = lost.amount_fen - lost.refund_fen;
            self.give_back(order, rest_fen);
        }
        for id in arrived.iter().chain(&lost) {
            if let Some(one) = self.boxes.get_mut(id) {
                one.loaded = false;
            }
        }
        if let Some(stop) = self
            .trips
            .get_mut(&id)
            .and_then(|trip| trip.stops.get_mut(&draft.at.seq))
        {
            stop.1 = true;
        }
        Ok(())
    }

    pub(super) fn hand(&mut self, at_s: i64, draft: &HandDraft) -> Result<(), Refused> {
        let order = self.order(draft.order)?;
        if order.state != OrderState::Dropped {
            return Err("order_state");
        }
        let rest_fen = order.amount_fen - order.refund_fen;
        match draft.outcome {
            Outcome::Handed => {
                self.order_mut(draft.order).state = OrderState::Handed;
                self.credit(draft.order, at_s);
            }
            Outcome::Refused => {
                self.order_mut(draft.order).state = OrderState::Returned;
                self.give_back(draft.order, rest_fen);
            }
            Outcome::NotHome | Outcome::WrongAddress => {}
        }
        Ok(())
    }

    pub(super) fn settle(&mut self, id: RoundId) -> Result<i64, Refused> {
        if self.round(id)?.state != RoundState::Confirmed {
            return Err("round_state");
        }
        let unpacked = |order: &Order| order.round == id && order.state == OrderState::Confirmed;
        if self.orders.values().any(unpacked) {
            return Err("not_packed");
        }
        let round = self.round_mut(id);
        round.state = RoundState::Settled;
        let supplier = round.supplier.clone();
        let total_fen = round.purse_fen.values().sum();
        round.purse_fen.clear();
        *self.paid_fen.entry(supplier).or_default() += total_fen;
        Ok(total_fen)
    }
}

fn price_fen(pack: &str) -> i64 {
    let found = super::super::world::PACKS.iter().find(|one| one.0 == pack);
    found.map_or(0, |one| one.1)
}
