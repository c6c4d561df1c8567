//! Rounds: opened, cut off, confirmed, and moved on by the clock.

use std::collections::BTreeMap;

use baogong::base::clock::{HOUR_S, parse_minute};
use baogong::base::id::{OrderId, RoundId};
use baogong::plan::release::Release;
use baogong::round::open::RoundDraft;
use baogong::round::{OrderState, RoundState};

use super::super::script::Command;
use super::{Ballot, Model, Order, Refused, Round};

impl Model {
    pub(super) fn open(&mut self, command: &Command, draft: &RoundDraft) -> Result<Option<String>, Refused> {
        let hours = self.figures(&draft.compounds[0]).hours;
        let time = |text: &str, or_s: i64| match text {
            "" => or_s,
            text => parse_minute(text).unwrap_or(0),
        };
        let cutoff_s = time(&draft.cutoff, command.at_s + hours[0] * HOUR_S);
        let pay_by_s = time(&draft.pay_by, cutoff_s + hours[1] * HOUR_S);
        let deliver_s = time(&draft.deliver, pay_by_s + hours[2] * HOUR_S);
        if !(command.at_s < cutoff_s && cutoff_s <= pay_by_s && pay_by_s <= deliver_s) {
            return Err("invalid");
        }
        let round = Round {
            number: self.rounds.len(),
            mode: draft.mode.clone(),
            supplier: draft.supplier.clone(),
            compounds: draft.compounds.clone(),
            packs: draft.packs.iter().map(|pack| pack.code.clone()).collect(),
            state: RoundState::Open,
            cutoff_s,
            pay_by_s,
            allotted: BTreeMap::new(),
            left: BTreeMap::new(),
            purse_fen: BTreeMap::new(),
            ballot: (draft.release == Some(Release::Ballot)).then(Ballot::default),
        };
        self.rounds.insert(command.round(), round);
        self.unseen.push(command.clone());
        Ok(Some(format!("\"{}\"", command.round().0)))
    }

    pub(super) fn cut_off(&mut self, id: RoundId, at_s: i64) -> Result<(), Refused> {
        if self.round(id)?.state != RoundState::Open {
            return Err("round_state");
        }
        let drawn = self.to_draw(id);
        let round = self.round_mut(id);
        round.state = RoundState::Closed;
        if drawn {
            // Who is drawn late has the whole time to pay.
            round.pay_by_s += (at_s - round.cutoff_s).max(0);
        }
        round.cutoff_s = round.cutoff_s.min(at_s);
        if drawn { self.draw(id, at_s) } else { Ok(()) }
    }

    pub(super) fn confirm(&mut self, id: RoundId, at_s: i64) -> Result<usize, Refused> {
        if !matches!(self.round(id)?.state, RoundState::Open | RoundState::Closed) {
            return Err("round_state");
        }
        if self.to_draw(id) {
            return Err("not_drawn");
        }
        let unpaid = |(_, order): &(&OrderId, &Order)| order.round == id && order.state == OrderState::Placed;
        let expired: Vec<OrderId> = self.orders.iter().filter(unpaid).map(|(id, _)| *id).collect();
        for order in &expired {
            self.let_go(*order);
            self.order_mut(*order).state = OrderState::Expired;
        }
        let round = self.round_mut(id);
        round.state = RoundState::Confirmed;
        round.cutoff_s = round.cutoff_s.min(at_s);
        round.pay_by_s = round.pay_by_s.min(at_s);
        round.left.values_mut().for_each(|left| *left = 0);
        Ok(expired.len())
    }

    /// What the clock does: cut-off, draw and confirmation at their times, in the order of these times.
    pub(super) fn tick(&mut self, at_s: i64) -> usize {
        let mut due: Vec<(i64, RoundId)> = Vec::new();
        for (id, round) in &self.rounds {
            let is_open = round.state == RoundState::Open;
            let waits = is_open || round.state == RoundState::Closed;
            if waits && round.pay_by_s <= at_s && !self.to_draw(*id) {
                due.push((round.pay_by_s, *id));
            } else if is_open && round.cutoff_s <= at_s {
                due.push((round.cutoff_s, *id));
            }
        }
        due.sort_unstable();
        for (_, id) in &due {
            let round = &self.rounds[id];
            let confirms = round.pay_by_s <= at_s && !self.to_draw(*id);
            // Neither is refused: what the round waits for was looked up above.
            let _ = if confirms {
                self.confirm(*id, at_s).map(|_| ())
            } else {
                self.cut_off(*id, at_s)
            };
        }
        due.len()
    }
}
