//! How the open lines of a chain message are settled, and answers taken back.

use std::collections::BTreeMap;

use baogong::base::id::{OrderId, PasteId, derive};
use baogong::round::order::{OrderChange, Want};
use baogong::round::settle::{Settling, StepRef};

use super::super::script::Command;
use super::super::world::{DISTRICT, pack_name};
use super::{Model, Open, Paste, Refused};

/// How an open line was settled.
#[derive(Clone, Debug, PartialEq)]
pub enum Settled {
    /// By an order.
    Ordered {
        /// The order.
        order: OrderId,
        /// What it held before, if it was there.
        before: Option<BTreeMap<String, i64>>,
        /// Whether it stayed as it was.
        unchanged: bool,
        /// The words that were taught: kind, word, meaning, and the meaning before.
        taught: Vec<(&'static str, String, String, Option<String>)>,
    },
    /// By cancelling this order.
    Cancelled(OrderId),
    /// It is no order.
    NotAnOrder,
    /// Later.
    Skipped,
}

impl Settled {
    /// Its kind and its order.
    pub(super) fn seen(&self) -> (&'static str, Option<OrderId>) {
        match self {
            Self::Ordered { order, .. } => ("ordered", Some(*order)),
            Self::Cancelled(order) => ("cancelled", Some(*order)),
            Self::NotAnOrder => ("none", None),
            Self::Skipped => ("skipped", None),
        }
    }
}

impl Model {
    /// Settles an open line.
    pub(super) fn answer(&mut self, command: &Command, settling: &Settling) -> Result<(), Refused> {
        let id: PasteId = settling.paste.parse().map_err(|_| "not_found")?;
        let paste = self.pastes.get(&id).ok_or("not_found")?.clone();
        let open = paste.open.get(settling.place).ok_or("invalid")?;
        match paste.answers.get(&settling.place) {
            None | Some((_, Settled::Skipped)) => {}
            Some(_) => return Err("settled"),
        }
        let answer = match settling.kind.as_str() {
            "order" => self.settle_by_order(command, &paste, open, settling)?,
            "cancel" => {
                let stood = self.standing(paste.round, &settling.household);
                let stood = stood
                    .filter(|id| self.orders[id].compound == paste.compound)
                    .ok_or("no_order")?;
                self.cancel(command, stood)?;
                Settled::Cancelled(stood)
            }
            "none" => Settled::NotAnOrder,
            _ => Settled::Skipped,
        };
        let answers = &mut self.pastes.get_mut(&id).ok_or("not_found")?.answers;
        answers.remove(&settling.place);
        let last = answers.values().map(|(step, _)| *step).max();
        answers.insert(settling.place, (last.unwrap_or(0) + 1, answer));
        Ok(())
    }

    fn settle_by_order(
        &mut self,
        command: &Command,
        paste: &Paste,
        open: &Open,
        settling: &Settling,
    ) -> Result<Settled, Refused> {
        let household = self
            .home_in(&paste.compound, &settling.household)
            .ok_or("invalid")?;
        if settling.wants.iter().all(|want| want.quantity == 0) {
            return Err("invalid");
        }
        let before = self.standing(paste.round, &household).map(|id| self.held(id));
        let mut wants = settling.wants.clone();
        if let (true, Some(held)) = (settling.more, &before) {
            wants = held
                .iter()
                .map(|(pack, quantity)| Want {
                    pack: pack.clone(),
                    quantity: *quantity,
                })
                .collect();
            for more in &settling.wants {
                match wants.iter_mut().find(|want| want.pack == more.pack) {
                    Some(want) => want.quantity += more.quantity,
                    None => wants.push(more.clone()),
                }
            }
        }
        let part = derive(command.id, "order");
        let (order, unchanged) =
            self.place_or_change(command, part, paste.round, &household, &wants, paste.advance)?;
        let mut taught = Vec::new();
        let meaning = match (&open.word, settling.wants.as_slice()) {
            (Some(("dwelling", _)), _) => Some(household),
            // Which of several packs a word stands for is not known.
            (Some(_), [want]) => Some(pack_name(&want.pack)),
            _ => None,
        };
        if let (Some((kind, word)), Some(meaning)) = (&open.word, meaning) {
            let key = (paste.compound.clone(), *kind, word.clone());
            let earlier = self.aliases.insert(key, meaning.clone());
            taught.push((*kind, word.clone(), meaning, earlier));
        }
        Ok(Settled::Ordered {
            order,
            before,
            unchanged,
            taught,
        })
    }

    /// Takes the last answer back.
    pub(super) fn take_back(&mut self, command: &Command, last: &StepRef) -> Result<usize, Refused> {
        let paste = self.pastes.get(&last.paste.id).ok_or("not_found")?.clone();
        let newest = paste.answers.iter().max_by_key(|(_, (step, _))| *step);
        let (place, (step, answer)) = newest.ok_or("no_answer")?;
        if *step != last.step {
            return Err("not_the_last");
        }
        if let Settled::Ordered {
            order,
            before,
            unchanged,
            taught,
        } = answer
        {
            match before {
                _ if *unchanged => {}
                None => self.cancel(command, *order)?,
                Some(held) => {
                    let wants = held.iter().map(|(pack, quantity)| Want {
                        pack: pack.clone(),
                        quantity: *quantity,
                    });
                    let draft = OrderChange {
                        district: DISTRICT.to_owned(),
                        id: *order,
                        wants: wants.collect(),
                        phone: String::new(),
                        note: String::new(),
                    };
                    self.change(command, &draft)?;
                }
            }
            for (kind, word, meaning, earlier) in taught {
                let key = (paste.compound.clone(), *kind, word.clone());
                // What somebody has taught since stays.
                if self.aliases.get(&key) != Some(meaning) {
                    continue;
                }
                match earlier {
                    Some(earlier) => self.aliases.insert(key, earlier.clone()),
                    None => self.aliases.remove(&key),
                };
            }
        }
        let place = *place;
        if let Some(paste) = self.pastes.get_mut(&last.paste.id) {
            paste.answers.remove(&place);
        }
        Ok(place)
    }
}
