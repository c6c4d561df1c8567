//! The database against the model.

use std::collections::BTreeMap;

use baogong::base::Result;
use baogong::base::book::balance;
use baogong::base::clock::day_number;
use baogong::base::id::{OrderId, RoundId};
use baogong::round::open::{self, RoundRef};
use baogong::round::{Channel, OrderState, chart, order, packing, trips};
use store::{Tx, stmt};
use uuid::Uuid;

use super::super::script::{Command, Deed};
use super::super::world::{DISTRICT, SUPPLIERS};
use super::{BagBox, Model, Order, Trip};

stmt!(COMMANDS, "SELECT id, result FROM command ORDER BY id");
stmt!(ORDERS, "SELECT COUNT(*) FROM orders");
stmt!(ROUNDS, "SELECT COUNT(*) FROM round");

fn round_ref(id: RoundId) -> RoundRef {
    RoundRef {
        district: DISTRICT.into(),
        id,
    }
}

impl Model {
    /// Takes over what the planner decided, and says what is wrong with it.
    ///
    /// # Errors
    /// Faults of the store.
    pub fn observe(&mut self, tx: &mut Tx) -> Result<Vec<String>> {
        let mut findings = Vec::new();
        for command in self.unseen.clone() {
            match &command.deed {
                Deed::Open(_) => self.observe_allotment(tx, &command, &mut findings)?,
                Deed::Box(draft) => self.observe_boxes(tx, draft.at.round, draft.bags_max, &mut findings)?,
                Deed::Plan(draft) => self.observe_trips(tx, &command, &draft.vehicles)?,
                _ => {}
            }
        }
        self.unseen.clear();
        Ok(findings)
    }

    fn observe_allotment(
        &mut self,
        tx: &mut Tx,
        command: &Command,
        findings: &mut Vec<String>,
    ) -> Result<()> {
        let Deed::Open(draft) = &command.deed else {
            return Ok(());
        };
        let id = command.round();
        self.observe_ballot(tx, id, findings)?;
        let packs = open::packs(tx, DISTRICT, id)?;
        for compound in &draft.compounds {
            let left = open::left(tx, DISTRICT, id, compound, &packs)?;
            for (pack, left) in packs.iter().zip(left) {
                let round = self.round_mut(id);
                let key = (compound.clone(), pack.code.clone());
                round.allotted.insert(key.clone(), left);
                round.left.insert(key, left);
            }
        }
        for wanted in &draft.packs {
            let allotted = &self.rounds[&id].allotted;
            let of_pack = allotted.iter().filter(|((_, pack), _)| *pack == wanted.code);
            let shares: Vec<i64> = of_pack.map(|(_, share)| *share).collect();
            if shares.iter().sum::<i64>() != wanted.total || shares.iter().any(|share| *share < 0) {
                findings.push(format!(
                    "{} of pack {} were allotted as {shares:?}",
                    wanted.total, wanted.code
                ));
            }
        }
        Ok(())
    }

    fn observe_boxes(
        &mut self,
        tx: &mut Tx,
        round: RoundId,
        bags_max: i64,
        findings: &mut Vec<String>,
    ) -> Result<()> {
        for stored in packing::boxes(tx, &round_ref(round))? {
            self.boxes.entry(stored.id).or_insert(BagBox {
                code: stored.code,
                compound: stored.compound,
                trip: None,
                loaded: false,
            });
        }
        for stored in order::of_round(tx, DISTRICT, round, DISTRICT)? {
            if let Some(order) = self.orders.get_mut(&stored.id) {
                order.in_box = stored.box_id;
            }
        }
        let mut bags: BTreeMap<_, i64> = BTreeMap::new();
        for order in self.orders.values() {
            let Some(id) = order.in_box else { continue };
            *bags.entry(id).or_default() += 1;
            if self
                .boxes
                .get(&id)
                .is_none_or(|one| one.compound != order.compound)
            {
                findings.push(format!(
                    "bag {} is in a box that is not of its compound",
                    self.code(order)
                ));
            }
        }
        // Boxes of earlier runs may hold more, so only the limit of the largest can be told here.
        if bags.values().any(|bags| *bags > bags_max.max(4)) {
            findings.push(format!("a box holds more than {bags_max} bags"));
        }
        Ok(())
    }

    fn observe_trips(&mut self, tx: &mut Tx, command: &Command, plates: &[String]) -> Result<()> {
        for plate in plates {
            let id = command.trip(plate);
            let stops = trips::stops(tx, DISTRICT, id)?;
            if stops.is_empty() {
                continue;
            }
            let stops = stops
                .into_iter()
                .map(|stop| (stop.seq, (stop.compound, false)))
                .collect();
            self.trips.insert(id, Trip { left: false, stops });
            for stored in packing::boxes_of_trip(tx, DISTRICT, id)? {
                if let Some(one) = self.boxes.get_mut(&stored.id) {
                    one.trip = Some(id);
                }
            }
        }
        Ok(())
    }

    /// Where the database differs from the model. Empty when all is well.
    ///
    /// # Errors
    /// Faults of the store.
    pub fn differences(&self, tx: &mut Tx) -> Result<Vec<String>> {
        let mut findings = Vec::new();
        let mut count = |tx: &mut Tx, what: &str, statement, here: usize| -> Result<()> {
            let stored: i64 = tx.row(statement, &[])?.map_or(Ok(0), |row| row.get(0))?;
            if stored != here as i64 {
                findings.push(format!("{stored} {what} are stored, not {here}"));
            }
            Ok(())
        };
        count(tx, "rounds", &ROUNDS, self.rounds.len())?;
        count(tx, "orders", &ORDERS, self.orders.len())?;
        for id in self.rounds.keys() {
            self.compare_round(tx, *id, &mut findings)?;
            self.compare_draw(tx, *id, &mut findings)?;
        }
        self.compare_registers(tx, &mut findings)?;
        self.compare_chains(tx, &mut findings)?;
        for (household, owed_fen) in &self.owed_fen {
            let stored = -balance(tx, DISTRICT, &chart::advance(household))?.0;
            differ(
                &mut findings,
                || format!("owed by {household}"),
                &stored,
                owed_fen,
            );
        }
        for supplier in SUPPLIERS {
            let stored = balance(tx, DISTRICT, &chart::supplier_money(supplier))?.0;
            let here = self.paid_fen.get(supplier).copied().unwrap_or(0);
            differ(&mut findings, || format!("paid to {supplier}"), &stored, &here);
        }
        Ok(findings)
    }

    fn compare_round(&self, tx: &mut Tx, id: RoundId, findings: &mut Vec<String>) -> Result<()> {
        let here = &self.rounds[&id];
        let stored = open::get(tx, DISTRICT, id)?;
        let name = &stored.code;
        differ(
            findings,
            || format!("round {name}"),
            &(stored.state, stored.cutoff_s, stored.pay_by_s),
            &(here.state, here.cutoff_s, here.pay_by_s),
        );
        let packs = open::packs(tx, DISTRICT, id)?;
        for compound in &here.compounds {
            let left = open::left(tx, DISTRICT, id, compound, &packs)?;
            for (pack, left) in packs.iter().zip(left) {
                let of = (compound.clone(), pack.code.clone());
                let here = here.left.get(&of).copied().unwrap_or(0);
                differ(
                    findings,
                    || format!("left of {} in {compound}, {name}", pack.code),
                    &left,
                    &here,
                );
            }
            let purse = balance(tx, DISTRICT, &chart::purse(id, compound))?.0;
            let here = here.purse_fen.get(compound).copied().unwrap_or(0);
            differ(findings, || format!("purse of {compound}, {name}"), &purse, &here);
        }
        for stored in order::of_round(tx, DISTRICT, id, DISTRICT)? {
            let Some(order) = self.orders.get(&stored.id) else {
                findings.push(format!("order {} is stored, but nobody placed it", stored.code));
                continue;
            };
            let lines = stored
                .lines
                .iter()
                .map(|line| (line.pack.clone(), (line.quantity, line.packed)))
                .collect();
            let seen = Order {
                round: stored.round,
                number: stored.number,
                compound: stored.compound,
                household: stored.household,
                channel: stored.channel,
                state: stored.state,
                payment: stored.payment,
                amount_fen: stored.amount_fen,
                refund_fen: stored.refund_fen,
                created_s: stored.created_s,
                lines,
                // The ration is a balance, which `book::verify` compares with the transfers.
                rations: order.rations.clone(),
                in_box: stored.box_id,
            };
            differ(findings, || format!("order {}", stored.code), &seen, order);
            if !stored.code.starts_with(&self.code(order)) {
                findings.push(format!(
                    "order {} should have the code {}…",
                    stored.code,
                    self.code(order)
                ));
            }
        }
        Ok(())
    }

    /// Whether every command that was acknowledged is stored once with the result that was acknowledged, and no other.
    ///
    /// # Errors
    /// Faults of the store.
    pub fn commands(&self, tx: &mut Tx) -> Result<Vec<String>> {
        let mut findings = Vec::new();
        let mut stored: BTreeMap<Uuid, String> = BTreeMap::new();
        for row in tx.rows(&COMMANDS, &[])? {
            stored.insert(row.get(0)?, row.get(1)?);
        }
        for (id, (content, result)) in &self.done {
            match stored.remove(id) {
                None => findings.push(format!("command {id} was acknowledged and is lost: {content}")),
                Some(kept) => differ(
                    &mut findings,
                    || format!("result of command {id}"),
                    &kept,
                    result.as_ref().unwrap_or(&kept),
                ),
            }
        }
        for id in stored.keys() {
            findings.push(format!("command {id} is stored, but it cannot have acted"));
        }
        Ok(findings)
    }

    /// The promises themselves, read off the model that the database was found equal to: nothing beyond the allotment, and
    /// no household twice within the interval or in one round.
    pub fn promises(&self) -> Vec<String> {
        let mut findings = self.doubled();
        for (id, round) in &self.rounds {
            for ((compound, pack), allotted) in &round.allotted {
                let of =
                    |order: &&Order| order.round == *id && order.compound == *compound && order.state.live();
                let sold: i64 = self
                    .orders
                    .values()
                    .filter(of)
                    .filter_map(|order| order.lines.get(pack).map(|line| line.0))
                    .sum();
                if sold > *allotted {
                    findings.push(format!(
                        "{sold} of {pack} were sold in {compound}, {allotted} allotted"
                    ));
                }
            }
        }
        let mut latest: BTreeMap<&str, Vec<(i64, OrderId)>> = BTreeMap::new();
        for (id, order) in &self.orders {
            if order.state.live() && order.channel != Channel::Relief && order.state != OrderState::Returned {
                let day = day_number(order.created_s);
                latest.entry(&order.household).or_default().push((day, *id));
            }
        }
        for (household, mut orders) in latest {
            orders.sort_unstable();
            let compound = &self.orders[&orders[0].1].compound;
            let Some(interval_d) = self.interval_d(compound) else {
                continue;
            };
            if orders.windows(2).any(|pair| pair[1].0 < pair[0].0 + interval_d) {
                findings.push(format!(
                    "{household} ordered twice within {interval_d} days: {orders:?}"
                ));
            }
        }
        findings
    }
}

pub(super) fn differ<T: PartialEq + std::fmt::Debug>(
    findings: &mut Vec<String>,
    what: impl FnOnce() -> String,
    stored: &T,
    here: &T,
) {
    if stored != here {
        findings.push(format!("{}: stored {stored:?}, should be {here:?}", what()));
    }
}
