//! Orders from a spreadsheet: the liaison's list, or what a platform exports (FC-8).

use std::collections::HashMap;
use std::sync::Arc;

use documents::forms;
use serde::{Deserialize, Serialize};
use store::Tx;

use super::chain::{self, LineOutcome};
use super::order::{self, OrderDraft, Want};
use super::{Channel, open};
use crate::base::id::RoundId;
use crate::base::{Ctx, Refusal, RefusalKind, Result};
use crate::register::{dwelling_words, entry, text};

/// A spreadsheet of orders for a round.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SheetDraft {
    /// The district.
    pub district: String,
    /// The round.
    pub round: RoundId,
    /// The compound that rows without one belong to; empty when each row names its own.
    #[serde(default)]
    pub compound: String,
    /// The name of the file.
    pub file_name: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// What became of the rows.
#[derive(Clone, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SheetOutcome {
    /// Rows that are orders now, or were refused by the rules.
    pub orders: Vec<LineOutcome>,
    /// Cells that are wrong and goods that are unclear.
    pub questions: Vec<LineOutcome>,
}

/// What is loaded of a compound: its packs and dwellings, its terms, its households by code.
type Loaded = (chain::Known, Arc<order::Terms>, HashMap<String, entry::Entry>);

/// Takes the orders of a spreadsheet; each row stands for itself, and each that is not taken says why.
pub fn take(tx: &mut Tx, ctx: &Ctx, draft: &SheetDraft) -> Result<SheetOutcome> {
    let reading =
        documents::sheet::read(&draft.bytes, &draft.file_name, &[&forms::ORDERS]).map_err(|rejected| {
            Refusal {
                field: Some("file"),
                ..Refusal::new(RefusalKind::Invalid, "file", rejected.zh(), rejected.en())
            }
        })?;
    let mut outcome = SheetOutcome::default();
    let mut by_name = HashMap::new();
    for compound in open::compounds(tx, &draft.district, draft.round)? {
        let name = crate::register::correct::area_name(tx, &compound.compound)?;
        by_name.insert(name, compound.compound);
    }
    let mut loaded: HashMap<String, Loaded> = HashMap::new();
    for sheet in &reading.sheets {
        for error in &sheet.errors {
            outcome.questions.push(LineOutcome {
                number: error.row as usize,
                text: format!("{}{} {}", error.column, error.row, error.value),
                understood: error.heading.clone(),
                order: None,
                unchanged: false,
                zh: error.zh.clone(),
                en: error.en.clone(),
            });
        }
        for row in &sheet.rows {
            let body = row.to_json(&forms::ORDERS);
            let dwelling = dwelling_words(text(&body, "building"), text(&body, "unit"), text(&body, "room"));
            let mut line = LineOutcome {
                number: row.row as usize,
                text: format!("{dwelling} {}", text(&body, "items")),
                understood: String::new(),
                order: None,
                unchanged: false,
                zh: String::new(),
                en: String::new(),
            };
            let named = text(&body, "compound");
            let compound = if named.is_empty() {
                Some(&draft.compound).filter(|code| !code.is_empty())
            } else {
                by_name.get(named)
            };
            let Some(compound) = compound.filter(|code| ctx.actor.covers(code)).cloned() else {
                line.zh = format!("本轮不供应小区“{named}”，或不归您负责。");
                line.en = format!("This round does not supply compound {named}, or it is not yours.");
                outcome.questions.push(line);
                continue;
            };
            if !loaded.contains_key(&compound) {
                let known = chain::known(tx, &draft.district, draft.round, &compound)?;
                let terms = order::terms(tx, ctx, &draft.district, draft.round, &compound)?;
                let households = entry::all(tx, "households", &compound)?
                    .into_iter()
                    .map(|entry| (entry.name.clone(), entry))
                    .collect();
                loaded.insert(compound.clone(), (known, terms, households));
            }
            let (known, terms, households) = &loaded[&compound];
            let Some(household) = households.get(&dwelling) else {
                line.zh = format!("{dwelling}没有登记。");
                line.en = format!("{dwelling} is not registered.");
                outcome.questions.push(line);
                continue;
            };
            // The goods are free words, read by the parser of chain messages as if the household had posted them.
            let parsed = known.parse(&format!("1. {dwelling} {}", text(&body, "items")));
            let Some(first) = parsed.orders.first().filter(|_| parsed.questions.is_empty()) else {
                let reason = parsed
                    .questions
                    .first()
                    .map(|question| (question.reason.zh(), question.reason.en()));
                (line.zh, line.en) =
                    reason.unwrap_or_else(|| ("看不懂要订什么。".into(), "The goods are unclear.".into()));
                outcome.questions.push(line);
                continue;
            };
            let wants = first
                .lines
                .iter()
                .filter_map(|(good, quantity)| {
                    Some(Want {
                        pack: terms.packs.get(*good)?.code.clone(),
                        quantity: i64::from(*quantity),
                    })
                })
                .collect();
            let order = OrderDraft {
                district: draft.district.clone(),
                round: draft.round,
                household: household.code.clone(),
                phone: text(&body, "phone").to_string(),
                channel: Channel::Sheet,
                wants,
                note: text(&body, "note").to_string(),
            };
            match chain::place_or_change(
                tx,
                &ctx.sub(&format!("row/{}/{}", sheet.sheet, row.row)),
                terms,
                household,
                &order,
            )? {
                Ok((code, unchanged)) => {
                    line.order = Some(code);
                    line.unchanged = unchanged;
                }
                Err(refusal) => (line.zh, line.en) = (refusal.zh, refusal.en),
            }
            outcome.orders.push(line);
        }
    }
    Ok(outcome)
}
