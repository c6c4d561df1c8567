//! What a liaison might paste, and answer.

use baogong::base::id::{PasteId, RoundId};
use baogong::round::order::Want;
use baogong::round::settle::{PasteRef, Settling, StepRef};
use rand::{Rng as _, seq::IndexedRandom as _};

use super::super::model::{Model, Paste, Settled};
use super::super::script::{Deed, GOODS, Message, NICKNAMES, Said, TALK};
use super::super::world::{COMPOUNDS, DISTRICT, HOUSEHOLDS, PACKS, household};
use super::Generator;

/// Households that write their dwellings; the last one is only there while a file says so.
const WRITERS: [usize; 5] = [0, 1, 2, HOUSEHOLDS - 1, HOUSEHOLDS + 1];
/// Households that are meant by nicknames, so that no two lines of a message mean the same one.
const NICKNAMED: [usize; 2] = [3, HOUSEHOLDS];

impl Generator {
    /// A message is pasted, or an open line of one is settled.
    pub(super) fn chain(&mut self, model: &Model, open: &[RoundId]) -> Deed {
        let pastes: Vec<(&PasteId, &Paste)> = model.pastes.iter().collect();
        match pastes.choose(&mut self.random) {
            Some((id, paste)) if self.chance(0.65) => {
                if self.chance(0.2)
                    && let Some(deed) = self.take_back(**id, paste)
                {
                    return deed;
                }
                self.answer(**id, paste)
            }
            _ => self.paste(model, open),
        }
    }

    fn paste(&mut self, model: &Model, open: &[RoundId]) -> Deed {
        let round = self.pick(open);
        let compound = self.pick(&model.rounds[&round].compounds);
        let mut copies = self.sent.iter().filter_map(|command| match &command.deed {
            Deed::Paste(message) if message.round == round && message.compound == compound => Some(message),
            _ => None,
        });
        let mut message = match copies.next_back() {
            // The list comes again with what was added and corrected since.
            Some(last) if self.random.random_bool(0.7) => last.clone(),
            _ => Message {
                round,
                compound,
                advance: self.chance(0.1),
                said: Vec::new(),
            },
        };
        if !message.said.is_empty() && self.chance(0.4) {
            let place = self.random.random_range(0..message.said.len());
            let want = self.want();
            match &mut message.said[place] {
                Said::Order { wants, .. } => *wants = vec![want],
                Said::Nickname { want: wanted, .. } => *wanted = want,
                Said::Good { quantity, .. } => *quantity = want.1,
                Said::Talk(_) => {}
            }
        }
        for _ in 0..self.random.random_range(1..4) {
            self.add_line(&mut message.said);
        }
        Deed::Paste(message)
    }

    fn want(&mut self) -> (usize, i64) {
        (
            self.random.random_range(0..PACKS.len()),
            self.random.random_range(1..4),
        )
    }

    /// Adds a line, unless somebody has said that already.
    fn add_line(&mut self, said: &mut Vec<Said>) {
        let writes = |number: usize, said: &[Said]| {
            said.iter().any(
                |one| matches!(one, Said::Order { number: other, .. } | Said::Good { number: other, .. } if *other == number),
            )
        };
        match self.random.random_range(0..10) {
            0..6 => {
                let number = self.pick(&WRITERS);
                let mut wants = vec![self.want()];
                let second = self.want();
                if self.chance(0.3) && second.0 != wants[0].0 {
                    wants.push(second);
                }
                if !writes(number, said) {
                    said.push(Said::Order { number, wants });
                }
            }
            6..8 => {
                let word = self.random.random_range(0..NICKNAMES.len());
                let want = self.want();
                if !said.iter().any(|one| matches!(one, Said::Nickname { .. })) {
                    said.push(Said::Nickname { word, want });
                }
            }
            8 => {
                let number = self.random.random_range(0..3);
                let line = Said::Good {
                    number,
                    word: self.random.random_range(0..GOODS.len()),
                    quantity: self.random.random_range(1..3),
                };
                if !writes(number, said) {
                    said.push(line);
                }
            }
            _ if !said.is_empty() => said.push(Said::Talk(self.random.random_range(0..TALK.len()))),
            _ => {}
        }
    }

    fn answer(&mut self, id: PasteId, paste: &Paste) -> Deed {
        let waits = |place: &usize| {
            paste
                .answers
                .get(place)
                .is_none_or(|(_, answer)| *answer == Settled::Skipped)
        };
        let waiting: Vec<usize> = (0..paste.open.len()).filter(waits).collect();
        let place = match waiting.choose(&mut self.random) {
            Some(place) if self.chance(0.95) => *place,
            _ => self.random.random_range(0..=paste.open.len()),
        };
        let compound = COMPOUNDS
            .iter()
            .position(|code| *code == paste.compound)
            .unwrap_or(0);
        let nickname = paste
            .open
            .get(place)
            .and_then(|open| open.word.as_ref())
            .is_some_and(|(kind, _)| *kind == "dwelling");
        let number = if nickname {
            self.pick(&NICKNAMED)
        } else {
            self.random.random_range(0..HOUSEHOLDS)
        };
        let mut wants = Vec::new();
        for _ in 0..self.random.random_range(1..3) {
            let (pack, quantity) = self.want();
            wants.push(Want {
                pack: PACKS[pack].0.into(),
                quantity,
            });
        }
        let kind = match self.random.random_range(0..20) {
            0..13 => "order",
            13..15 => "cancel",
            15..17 => "none",
            _ => "skip",
        };
        Deed::Answer(Settling {
            district: DISTRICT.into(),
            paste: id.to_string(),
            place,
            kind: kind.into(),
            household: household(compound, number),
            wants,
            more: self.chance(0.2),
        })
    }

    fn take_back(&mut self, id: PasteId, paste: &Paste) -> Option<Deed> {
        let last = paste.answers.values().map(|(step, _)| *step).max()?;
        Some(Deed::TakeBack(StepRef {
            paste: PasteRef {
                district: DISTRICT.into(),
                id,
            },
            step: last + i64::from(self.chance(0.1)),
        }))
    }
}
