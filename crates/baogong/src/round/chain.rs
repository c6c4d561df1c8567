//! A pasted chain message (接龙) or a spreadsheet of orders becomes orders: what is clear is ordered, what is not
//! comes back as a question, and no line is dropped.

use std::collections::HashMap;
use std::sync::Arc;

use documents::chain::{self, Candidate, Context, Dwelling, Parsed};
use serde::{Deserialize, Serialize};
use store::Tx;

use super::alias::{self, AliasKind};
use super::order::{self, OrderChange, OrderDraft, Want};
use super::{Channel, Pack, open, settle};
use crate::base::id::{PasteId, RoundId};
use crate::base::{Ctx, Error, Result};
use crate::register::entry::{self, Entry, Household};

/// A chain message pasted for one compound of a round.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ChainDraft {
    /// The district.
    pub district: String,
    /// The round.
    pub round: RoundId,
    /// The compound.
    pub compound: String,
    /// The text as pasted.
    pub text: String,
    /// Whether the liaison advances the money (DX-5).
    #[serde(default)]
    pub advance: bool,
}

/// What became of one line.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct LineOutcome {
    /// The number of the line in the pasted text, from 1.
    pub number: usize,
    /// The line as pasted.
    pub text: String,
    /// What it was understood as: dwelling and goods in words.
    pub understood: String,
    /// The order's code, when it was taken.
    pub order: Option<String>,
    /// Whether it was there before and has not changed.
    pub unchanged: bool,
    /// Why it was not taken, in Chinese.
    pub zh: String,
    /// The same in English.
    pub en: String,
}

/// What became of a chain message: every line is in exactly one of the lists.
#[derive(Clone, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ChainOutcome {
    /// Lines that are orders now, or were refused by the rules.
    pub orders: Vec<LineOutcome>,
    /// Lines that need an answer.
    pub questions: Vec<LineOutcome>,
    /// Lines that nothing could be made of.
    pub unrecognised: Vec<LineOutcome>,
    /// Header, title, example and separators.
    pub structure: Vec<LineOutcome>,
    /// The pasted message under which the open lines can be settled one by one; none when nothing is open.
    #[serde(default)]
    pub paste: Option<PasteId>,
}

/// The dwellings of a compound and the packs of a round, as the parser needs them.
pub struct Known {
    households: Vec<Entry>,
    dwellings: Vec<Dwelling>,
    goods: Vec<chain::Good>,
    aliases: Vec<chain::Alias>,
    packs: Vec<Pack>,
}

/// The letters by which packs are called, in the order offered: A, B, C. There are no more than 26; packs behind the last
/// are called by their names only.
pub fn letters() -> impl Iterator<Item = Option<char>> {
    ('A'..='Z').map(Some).chain(std::iter::repeat(None))
}

/// Loads what a chain message of this compound may speak of.
pub fn known(tx: &mut Tx, in_district: &str, round: RoundId, compound: &str) -> Result<Known> {
    let households = entry::all(tx, "households", compound)?;
    let mut dwellings = Vec::with_capacity(households.len());
    for entry in &households {
        let noun: Household = entry.noun()?;
        let some = |text: String| Some(text).filter(|text| !text.is_empty());
        dwellings.push(Dwelling {
            building: noun.building,
            unit: noun.unit,
            room: noun.room,
            name: some(noun.head),
            phone: some(noun.phone),
        });
    }
    let packs = open::packs(tx, in_district, round)?;
    let goods = packs
        .iter()
        .zip(letters())
        .map(|(pack, menu_letter)| chain::Good {
            code: pack.code.clone(),
            name: pack.name.clone(),
            aliases: pack
                .aliases
                .split(['、', ',', '，', '|'])
                .map(str::trim)
                .filter(|alias| !alias.is_empty())
                .map(Into::into)
                .collect(),
            unit: pack.unit.clone(),
            menu_letter,
        })
        .collect();
    let mut aliases = Vec::new();
    for alias in alias::of_compound(tx, compound)? {
        let meaning = match alias.kind {
            AliasKind::Dwelling => households
                .iter()
                .position(|household| household.code == alias.meaning)
                .map(Candidate::Dwelling),
            AliasKind::Good => packs
                .iter()
                .position(|pack| pack.name == alias.meaning)
                .map(Candidate::Good),
        };
        // A household that is gone, or a good that this round does not have, teaches nothing.
        if let Some(meaning) = meaning {
            aliases.push(chain::Alias {
                written: alias.written,
                meaning,
            });
        }
    }
    Ok(Known {
        households,
        dwellings,
        goods,
        aliases,
        packs,
    })
}

impl Known {
    /// Parses a text against what is known.
    pub fn parse(&self, text: &str) -> Parsed {
        chain::parse(
            text,
            &Context {
                dwellings: &self.dwellings,
                goods: &self.goods,
                aliases: &self.aliases,
            },
        )
    }

    /// The code of a household by its place in what was parsed.
    pub(super) fn household(&self, dwelling: usize) -> Option<String> {
        self.households.get(dwelling).map(|entry| entry.code.clone())
    }

    /// Goods and quantities as packs of the round.
    pub(super) fn wants(&self, lines: &[(usize, u32)]) -> Vec<Want> {
        lines
            .iter()
            .filter_map(|(good, quantity)| {
                Some(Want {
                    pack: self.packs.get(*good)?.code.clone(),
                    quantity: i64::from(*quantity),
                })
            })
            .collect()
    }

    pub(super) fn words(&self, dwelling: Option<usize>, lines: &[(usize, u32)]) -> String {
        let place = dwelling
            .and_then(|index| self.households.get(index))
            .map(|entry| entry.name.clone());
        let goods: Vec<String> = lines
            .iter()
            .filter_map(|(good, quantity)| Some(format!("{} × {quantity}", self.packs.get(*good)?.name)))
            .collect();
        let goods = Some(goods.join("、")).filter(|goods| !goods.is_empty());
        place.into_iter().chain(goods).collect::<Vec<_>>().join("  ")
    }
}

/// Takes the orders of a chain message. Lines that were ordered before by the same household are compared: the
/// same stays, another replaces the unpaid one.
pub fn take(tx: &mut Tx, ctx: &Ctx, message: &ChainDraft) -> Result<ChainOutcome> {
    let known = known(tx, &message.district, message.round, &message.compound)?;
    let terms = order::terms(tx, ctx, &message.district, message.round, &message.compound)?;
    let parsed = known.parse(&message.text);
    let mut outcome = ChainOutcome::default();
    let plain = |line: &chain::Line| LineOutcome {
        number: line.number,
        text: line.text.clone(),
        understood: String::new(),
        order: None,
        unchanged: false,
        zh: String::new(),
        en: String::new(),
    };
    for one in &parsed.orders {
        let Some(household) = known.households.get(one.dwelling) else {
            continue;
        };
        let wants = known.wants(&one.lines);
        let draft = OrderDraft {
            district: message.district.clone(),
            round: message.round,
            household: household.code.clone(),
            phone: one.phone.clone().unwrap_or_default(),
            channel: if message.advance {
                Channel::Proxy
            } else {
                Channel::Chain
            },
            wants,
            note: one.note.clone(),
        };
        let mut line = LineOutcome {
            understood: known.words(Some(one.dwelling), &one.lines),
            ..plain(&one.line)
        };
        let placed = place_or_change(
            tx,
            &ctx.sub(&format!("{}/{}", household.code, one.line.number)),
            &terms,
            household,
            &draft,
        )?;
        match placed {
            Ok((code, unchanged)) => {
                line.order = Some(code);
                line.unchanged = unchanged;
            }
            Err(refusal) => (line.zh, line.en) = (refusal.zh, refusal.en),
        }
        outcome.orders.push(line);
    }
    let standing = match parsed.questions.is_empty() {
        true => Vec::new(),
        false => order::of_round(tx, &message.district, message.round, &message.compound)?,
    };
    let mut settled = settle::settled_before(tx, &message.district, message.round, &message.compound)?;
    // Two neighbours may write the same words, so each earlier answer counts for one line.
    let mut was_settled = |text: &str| {
        let at = settled.iter().position(|one| one == text);
        at.map(|at| settled.swap_remove(at)).is_some()
    };
    let mut open = Vec::new();
    for question in &parsed.questions {
        let mut line = plain(&question.line);
        if was_settled(&line.text) {
            line.unchanged = true;
            line.zh = "上次贴的时候已经处理过。".into();
            line.en = "Settled when it was pasted before.".into();
            outcome.questions.push(line);
            continue;
        }
        open.push(settle::open_line(&known, &standing, question));
        if let Some(guess) = &question.guess {
            line.understood = known.words(guess.dwelling, &guess.lines);
        }
        (line.zh, line.en) = (question.reason.zh(), question.reason.en());
        outcome.questions.push(line);
    }
    outcome.unrecognised = parsed.unrecognised.iter().map(plain).collect();
    outcome.structure = parsed.structure.iter().map(plain).collect();
    for line in &mut outcome.unrecognised {
        line.unchanged = was_settled(&line.text);
        if !line.unchanged {
            open.push(settle::blank_line(line));
        }
    }
    open.sort_by_key(|line| line.number);
    outcome.paste = settle::keep(tx, ctx, message, &open)?;
    Ok(outcome)
}

/// The code of the order and whether it was there unchanged, or why not.
type Placed = std::result::Result<(String, bool), crate::base::Refusal>;

/// Places an order, or brings the household's order of this round to what is wanted now.
pub(super) fn place_or_change(
    tx: &mut Tx,
    ctx: &Ctx,
    terms: &Arc<order::Terms>,
    household: &Entry,
    draft: &OrderDraft,
) -> Result<Placed> {
    let before = order::of_household(tx, &household.code)?
        .into_iter()
        .find(|order| order.round == draft.round && order.state.stands());
    let done = match before {
        Some(before) => {
            let had: HashMap<&str, i64> = before
                .lines
                .iter()
                .map(|line| (line.pack.as_str(), line.quantity))
                .collect();
            let wanted: HashMap<&str, i64> = draft
                .wants
                .iter()
                .map(|want| (want.pack.as_str(), want.quantity))
                .collect();
            if had == wanted {
                return Ok(Ok((before.code, true)));
            }
            let change = OrderChange {
                district: draft.district.clone(),
                id: before.id,
                wants: draft.wants.clone(),
                phone: draft.phone.clone(),
                note: draft.note.clone(),
            };
            tx.attempt(|tx| order::change(tx, ctx, &change))
                .map(|()| before.code)
        }
        None => match tx.attempt(|tx| order::place_on(tx, ctx, terms, household, draft)) {
            Ok(id) => Ok(order::get(tx, &draft.district, id)?.code),
            Err(error) => Err(error),
        },
    };
    match done {
        Ok(code) => Ok(Ok((code, false))),
        Err(Error::Refusal(refusal)) => Ok(Err(*refusal)),
        Err(fault) => Err(fault),
    }
}
