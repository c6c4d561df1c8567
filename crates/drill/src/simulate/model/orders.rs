//! Orders and money: what may be ordered, and who pays.

use std::collections::BTreeMap;

use baogong::base::clock::day_number;
use baogong::base::id::{OrderId, RoundId};
use baogong::round::order::{OrderChange, OrderDraft, ReliefDraft, Want};
use baogong::round::payment::{PaymentDraft, PaymentKind, Repayment, TransferList};
use baogong::round::{Channel, OrderState, PaymentState, RoundState};

use super::super::script::{Command, Who};
use super::super::world::{COMPOUNDS, Figures, HOUSEHOLDS, PACKS, has_needs, household};
use super::{Lines, Model, Order, Refused};

impl Model {
    pub(super) fn figures(&self, compound: &str) -> &'static Figures {
        let ground = self.ground;
        let index = COMPOUNDS.iter().position(|code| *code == compound).unwrap_or(0);
        &ground.figures[index]
    }

    pub(super) fn interval_d(&self, compound: &str) -> Option<i64> {
        self.figures(compound).interval_d
    }

    fn taking(
        &self,
        command: &Command,
        id: RoundId,
        compound: &str,
        channel: Channel,
    ) -> Result<(), Refused> {
        let round = self.round(id)?;
        if !round.compounds.iter().any(|code| code == compound) {
            return Err("not_in_round");
        }
        if round.state != RoundState::Open || command.at_s >= round.cutoff_s {
            return Err("cut_off");
        }
        let ordered_by_residents = matches!(round.mode.as_str(), "A" | "C");
        if command.who != Who::Staff && (channel != Channel::Link || !ordered_by_residents) {
            return Err("channel");
        }
        if channel == Channel::Relief && !(round.mode == "relief" && command.who == Who::Staff) {
            return Err("relief");
        }
        if channel == Channel::Proxy && !self.figures(compound).advance {
            return Err("advance_not_allowed");
        }
        Ok(())
    }

    pub(super) fn place(
        &mut self,
        command: &Command,
        id: OrderId,
        draft: &OrderDraft,
    ) -> Result<OrderId, Refused> {
        let home = self.homes.get(&draft.household).ok_or("invalid")?;
        let compound = COMPOUNDS[home.compound];
        self.taking(command, draft.round, compound, draft.channel)?;
        if home.status == "vacant" {
            return Err("vacant");
        }
        let standing_order = |order: &&Order| order.household == draft.household && order.state.stands();
        if self
            .orders
            .values()
            .filter(standing_order)
            .any(|order| order.round == draft.round)
        {
            return Err("already_ordered");
        }
        let (lines, amount_fen) = self.wanted(draft.round, &draft.wants)?;
        let before = |order: &&Order| order.round == draft.round && order.compound == compound;
        let last = self
            .orders
            .values()
            .filter(before)
            .map(|order| order.number)
            .max();
        let order = Order {
            round: draft.round,
            number: last.unwrap_or(0) + 1,
            compound: compound.to_owned(),
            household: draft.household.clone(),
            channel: draft.channel,
            state: self.first_state(draft.round),
            payment: PaymentState::Unpaid,
            amount_fen,
            refund_fen: 0,
            created_s: command.at_s,
            lines,
            rations: BTreeMap::new(),
            in_box: None,
        };
        self.orders.insert(id, order);
        if self.first_state(draft.round) == OrderState::Requested {
            // What is asked for in a ballot is held when it is drawn.
            return Ok(id);
        }
        self.hold(command.at_s, id, true)?;
        let round_mode = self.round(draft.round)?.mode.clone();
        match draft.channel {
            _ if round_mode == "B" => self.firm(id, PaymentState::Platform),
            Channel::Proxy => self.cover(id, PaymentState::Advanced),
            Channel::Relief => self.cover(id, PaymentState::Free),
            _ => {}
        }
        Ok(id)
    }

    fn wanted(&self, round: RoundId, wants: &[Want]) -> Result<(Lines, i64), Refused> {
        let round = self.round(round)?;
        let mut lines = Lines::new();
        let mut amount_fen = 0;
        for want in wants.iter().filter(|want| want.quantity != 0) {
            let pack = PACKS.iter().find(|pack| pack.0 == want.pack);
            let Some((_, price_fen, limit, ..)) = pack.filter(|_| round.packs.contains(&want.pack)) else {
                return Err("invalid");
            };
            if want.quantity < 0 {
                return Err("invalid");
            }
            if *limit > 0 && want.quantity > *limit {
                return Err("limit_per_order");
            }
            if lines.insert(want.pack.clone(), (want.quantity, 0)).is_some() {
                return Err("invalid");
            }
            amount_fen += price_fen * want.quantity;
        }
        if lines.is_empty() {
            Err("invalid")
        } else {
            Ok((lines, amount_fen))
        }
    }

    /// Takes what an order holds: packs of the allotment, the turn of the household, its ration. An order that is changed
    /// keeps the turn that it has.
    pub(super) fn hold(&mut self, at_s: i64, id: OrderId, takes_turn: bool) -> Result<(), Refused> {
        let order = self.order(id)?.clone();
        let figures = self.figures(&order.compound);
        if let Some(interval_d) = figures
            .interval_d
            .filter(|_| takes_turn && order.channel != Channel::Relief)
        {
            let too_soon = |(other_id, other): (&OrderId, &Order)| {
                *other_id != id
                    && other.household == order.household
                    && other.state.live()
                    && other.channel != Channel::Relief
                    && day_number(at_s) < day_number(other.created_s) + interval_d
            };
            if self.orders.iter().any(too_soon) {
                return Err("order_interval");
            }
        }
        let round = self.round_mut(order.round);
        for (pack, (quantity, _)) in &order.lines {
            let left = round
                .left
                .entry((order.compound.clone(), pack.clone()))
                .or_default();
            if *left < *quantity {
                return Err("allotment");
            }
            *left -= quantity;
        }
        if order.channel == Channel::Relief {
            return Ok(());
        }
        let Some(period_d) = figures.period_d else {
            return Ok(());
        };
        let period = day_number(at_s).div_euclid(period_d);
        let people = self
            .homes
            .get(&order.household)
            .map_or(1, |home| home.members.max(1));
        for (category, per_person_g) in &figures.rations {
            let wanted_g: i64 = order
                .lines
                .iter()
                .map(|(pack, line)| grams(pack, category) * line.0)
                .sum();
            if wanted_g == 0 {
                continue;
            }
            let key = ((*category).to_owned(), period);
            let of_household = |other: &&Order| other.household == order.household;
            let used_g: i64 = self
                .orders
                .values()
                .filter(of_household)
                .filter_map(|other| other.rations.get(&key))
                .sum();
            // Given once in a period, it keeps its amount however many live there later.
            let given = (order.household.clone(), (*category).to_owned(), period);
            let granted_g = *self.granted_g.entry(given).or_insert(per_person_g * people);
            if used_g + wanted_g > granted_g {
                return Err("ration");
            }
            self.order_mut(id).rations.insert(key, wanted_g);
        }
        Ok(())
    }

    /// Gives back what an order holds.
    pub(super) fn let_go(&mut self, id: OrderId) {
        let order = self.order_mut(id);
        order.rations.clear();
        let (round, compound, lines) = (order.round, order.compound.clone(), order.lines.clone());
        for (pack, (quantity, _)) in lines {
            *self
                .round_mut(round)
                .left
                .entry((compound.clone(), pack))
                .or_default() += quantity;
        }
    }

    pub(super) fn change(&mut self, command: &Command, draft: &OrderChange) -> Result<(), Refused> {
        let order = self.own(command, draft.id)?.clone();
        self.taking(command, order.round, &order.compound, order.channel)?;
        if !matches!(order.state, OrderState::Placed | OrderState::Requested) {
            return Err("order_state");
        }
        let (lines, amount_fen) = self.wanted(order.round, &draft.wants)?;
        if order.state == OrderState::Placed {
            self.let_go(draft.id);
        }
        let changed = self.order_mut(draft.id);
        changed.lines = lines;
        changed.amount_fen = amount_fen;
        if order.state == OrderState::Requested {
            return Ok(());
        }
        self.hold(command.at_s, draft.id, false)
    }

    pub(super) fn cancel(&mut self, command: &Command, id: OrderId) -> Result<(), Refused> {
        let order = self.own(command, id)?.clone();
        self.taking(command, order.round, &order.compound, order.channel)?;
        match order.state {
            // A request holds nothing.
            OrderState::Requested => {}
            OrderState::Placed => self.let_go(id),
            OrderState::Confirmed => {
                self.give_back(id, order.amount_fen - order.refund_fen);
                self.let_go(id);
            }
            _ => return Err("order_state"),
        }
        self.order_mut(id).state = OrderState::Cancelled;
        Ok(())
    }

    fn own(&self, command: &Command, id: OrderId) -> Result<&Order, Refused> {
        let order = self.order(id)?;
        match &command.who {
            Who::Resident(household) if *household != order.household => Err("not_found"),
            _ => Ok(order),
        }
    }

    fn firm(&mut self, id: OrderId, payment: PaymentState) {
        let order = self.order_mut(id);
        order.state = OrderState::Confirmed;
        order.payment = payment;
    }

    pub(super) fn cover(&mut self, id: OrderId, payment: PaymentState) {
        self.firm(id, payment);
        let order = self.order_mut(id).clone();
        *self
            .round_mut(order.round)
            .purse_fen
            .entry(order.compound)
            .or_default() += order.amount_fen;
        if payment == PaymentState::Advanced {
            *self.owed_fen.entry(order.household).or_default() += order.amount_fen;
        }
    }

    /// Gives money back to whoever paid; the supplier first returns it where the round is settled.
    pub(super) fn give_back(&mut self, id: OrderId, fen: i64) {
        let order = self.order_mut(id).clone();
        let paid = matches!(
            order.payment,
            PaymentState::Paid | PaymentState::Advanced | PaymentState::Free
        );
        if fen <= 0 || !paid {
            return;
        }
        let round = self.round_mut(order.round);
        let supplier = round.supplier.clone();
        let purse = round.purse_fen.entry(order.compound.clone()).or_default();
        if *purse < fen {
            *self.paid_fen.entry(supplier).or_default() -= fen;
        } else {
            *purse -= fen;
        }
        if order.payment == PaymentState::Advanced {
            *self.owed_fen.entry(order.household).or_default() -= fen;
        }
        let order = self.order_mut(id);
        order.refund_fen += fen;
        if order.refund_fen == order.amount_fen {
            order.payment = PaymentState::Refunded;
        }
    }

    pub(super) fn pay(&mut self, at_s: i64, draft: &PaymentDraft) -> Result<(), Refused> {
        let order = self.order(draft.order)?.clone();
        let round = self.round(order.round)?;
        if order.state != OrderState::Placed {
            return Err("order_state");
        }
        if at_s > round.pay_by_s || matches!(round.state, RoundState::Confirmed | RoundState::Settled) {
            return Err("pay_by");
        }
        match draft.kind {
            PaymentKind::Paid => self.cover(draft.order, PaymentState::Paid),
            PaymentKind::Advanced if self.figures(&order.compound).advance => {
                self.cover(draft.order, PaymentState::Advanced);
            }
            PaymentKind::Advanced => return Err("advance_not_allowed"),
            _ => return Err("invalid"),
        }
        Ok(())
    }

    /// Takes each transfer that names one order by its code and is of the right amount.
    pub(super) fn match_transfers(&mut self, at_s: i64, list: &TransferList) {
        for transfer in &list.transfers {
            let named = |(_, order): &(&OrderId, &Order)| {
                order.round == list.round && order.state.live() && transfer.remark.contains(&self.code(order))
            };
            let found: Vec<OrderId> = self.orders.iter().filter(named).map(|(id, _)| *id).collect();
            let [id] = found[..] else { continue };
            let order = &self.orders[&id];
            if order.state == OrderState::Placed && order.amount_fen == transfer.amount_fen {
                let draft = PaymentDraft {
                    district: list.district.clone(),
                    order: id,
                    kind: PaymentKind::Paid,
                    payer: String::new(),
                    reference: String::new(),
                };
                // A refused one stays unmatched, as on the page.
                let _ = self.pay(at_s, &draft);
            }
        }
    }

    /// The code on the bag of an order, without its check digit.
    pub fn code(&self, order: &Order) -> String {
        let (number, position) = self.rounds.get(&order.round).map_or((0, 0), |round| {
            let position = round.compounds.iter().position(|code| *code == order.compound);
            (round.number + 1, position.unwrap_or(0) + 1)
        });
        format!("R{number:03}-{position:02}-{:04}-", order.number)
    }

    pub(super) fn relief(&mut self, command: &Command, draft: &ReliefDraft) -> Result<(), Refused> {
        // An unknown round has no compounds, so nothing happens.
        let Ok(round) = self.round(draft.round) else {
            return Ok(());
        };
        for compound in round.compounds.clone() {
            let at = COMPOUNDS.iter().position(|code| *code == compound).unwrap_or(0);
            for number in (0..HOUSEHOLDS).filter(|number| has_needs(*number)) {
                let code = household(at, number);
                let order = OrderDraft {
                    district: draft.district.clone(),
                    round: draft.round,
                    household: code.clone(),
                    phone: String::new(),
                    channel: Channel::Relief,
                    wants: vec![Want {
                        pack: draft.pack.clone(),
                        quantity: 1,
                    }],
                    note: String::new(),
                };
                let id = OrderId::of_command(baogong::base::id::derive(command.id, &code));
                let before = self.clone();
                match self.place(command, id, &order) {
                    Ok(_) => {}
                    Err("already_ordered" | "allotment") => *self = before,
                    Err(other) => return Err(other),
                }
            }
        }
        Ok(())
    }

    pub(super) fn repay(&mut self, repayment: &Repayment) -> Result<(), Refused> {
        let owed_fen = self.owed_fen.entry(repayment.household.clone()).or_default();
        if repayment.amount_fen <= 0 || repayment.amount_fen > *owed_fen {
            return Err("invalid");
        }
        *owed_fen -= repayment.amount_fen;
        Ok(())
    }
}

pub(super) fn grams(pack: &str, category: &str) -> i64 {
    let found = PACKS.iter().find(|one| one.0 == pack);
    found.map_or(0, |(.., grain_g, vegetables_g)| match category {
        "grain" => *grain_g,
        "vegetables" => *vegetables_g,
        _ => 0,
    })
}
