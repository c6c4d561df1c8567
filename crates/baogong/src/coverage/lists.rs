//! The two lists of a closed compound (CQ-5): the people list and the needs list, and the visits that are due to
//! people with special needs (FC-11).

use serde::{Deserialize, Serialize};
use store::{Tx, params, stmt};
use uuid::Uuid;

use crate::base::clock::{DAY_S, day_number, day_start_s};
use crate::base::id::{NeedId, VisitId, district};
use crate::base::{Ctx, Refusal, Result};
use crate::plan::rules::{self, RuleKey, Rules};
use crate::register::entry::{self, Entry, Household};
use crate::wording;

stmt!(
    INSERT_NEED,
    "INSERT INTO need (district, id, compound, household, item, category, quantity, urgent, state, created_s, actor)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'open', $9, $10)"
);
stmt!(
    NEEDS,
    "SELECT id, household, item, category, quantity, urgent, state, created_s, settled_s FROM need
     WHERE district = $1 AND compound = $2 ORDER BY state DESC, urgent DESC, created_s"
);
stmt!(
    COMPOUND_OF_NEED,
    "SELECT compound FROM need WHERE district = $1 AND id = $2"
);
stmt!(
    SETTLE_NEED,
    "UPDATE need SET state = $3, settled_s = $4 WHERE district = $1 AND id = $2 AND state = 'open'"
);
stmt!(
    OPEN_NEEDS,
    "SELECT compound, COUNT(*), SUM(CASE WHEN urgent = 1 THEN 1 ELSE 0 END) FROM need
     WHERE district = $1 AND compound >= $2 AND compound < $3 AND state = 'open' GROUP BY compound"
);
stmt!(
    INSERT_VISIT,
    "INSERT INTO visit (district, id, household, compound, at_s, outcome, note, actor) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
);
stmt!(
    LAST_VISITS,
    "SELECT household, MAX(at_s) FROM visit WHERE district = $1 AND compound = $2 AND outcome <> 'no_answer' GROUP BY household"
);
stmt!(
    VISITS,
    "SELECT at_s, outcome, note, actor FROM visit WHERE district = $1 AND household = $2 ORDER BY at_s DESC LIMIT 50"
);

wording! {
    /// What came of a visit or call.
    VisitOutcome {
        Fine = "fine", "一切正常", "All is well";
        NeedsHelp = "needs_help", "有困难，需要帮助", "Needs help";
        NoAnswer = "no_answer", "没有联系上", "No answer";
    }
}

wording! {
    /// Where a need stands.
    NeedState {
        Open = "open", "待解决", "Open";
        Met = "met", "已解决", "Met";
        Dropped = "dropped", "不再需要", "No longer needed";
    }
}

/// A line of the needs list.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Need {
    /// The id.
    pub id: NeedId,
    /// The household's code.
    pub household: String,
    /// What is needed.
    pub item: String,
    /// The category of food, or `medicine`, `daily`, `other`.
    pub category: String,
    /// How much, in words.
    pub quantity: String,
    /// Whether it cannot wait.
    pub urgent: bool,
    /// Where it stands.
    pub state: NeedState,
    /// When it was recorded.
    pub created_s: i64,
    /// When it was met or dropped.
    pub settled_s: Option<i64>,
}

/// A need to be recorded (YU-13: by item, kind and quantity).
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct NeedDraft {
    /// The household's code.
    pub household: String,
    /// What is needed.
    pub item: String,
    /// The category.
    #[serde(default)]
    pub category: String,
    /// How much.
    #[serde(default)]
    pub quantity: String,
    /// `1` when it cannot wait.
    #[serde(default)]
    pub urgent: String,
}

fn household(tx: &mut Tx, code: &str) -> Result<Entry> {
    Ok(entry::get(tx, "households", district(code), code)?
        .ok_or_else(|| Refusal::not_found("住户", "household"))?)
}

/// Records a need.
pub fn add_need(tx: &mut Tx, ctx: &Ctx, draft: &NeedDraft) -> Result<NeedId> {
    let entry = household(tx, &draft.household)?;
    if draft.item.trim().is_empty() {
        return Err(Refusal::invalid("item", "请填写需要什么。", "Say what is needed.").into());
    }
    let id = NeedId::of_command(ctx.command);
    let category = if draft.category.is_empty() {
        documents::forms::category_of(&draft.item)
    } else {
        &draft.category
    };
    tx.run(
        &INSERT_NEED,
        &params![
            district(&entry.code),
            id,
            entry.area.as_str(),
            entry.code.as_str(),
            draft.item.trim(),
            category,
            draft.quantity.trim(),
            i64::from(draft.urgent == "1"),
            ctx.now_s,
            ctx.actor.name.as_str()
        ],
    )?;
    Ok(id)
}

/// A need that is settled.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct NeedSettled {
    /// The compound, whose list it is on.
    pub compound: String,
    /// The need.
    pub id: NeedId,
    /// `met` or `dropped`.
    pub state: NeedState,
}

/// Marks a need as met or no longer needed.
pub fn settle_need(tx: &mut Tx, ctx: &Ctx, settled: &NeedSettled) -> Result<()> {
    let in_district = district(&settled.compound);
    let row = tx
        .row(&COMPOUND_OF_NEED, &params![in_district, settled.id])?
        .ok_or_else(|| Refusal::not_found("需求", "need"))?;
    if row.get::<String>(0)? != settled.compound || settled.state == NeedState::Open {
        return Err(Refusal::not_found("需求", "need").into());
    }
    tx.run(
        &SETTLE_NEED,
        &params![in_district, settled.id, settled.state, ctx.now_s],
    )?;
    Ok(())
}

/// The needs list of a compound, open and urgent ones first.
pub fn needs(tx: &mut Tx, compound: &str) -> Result<Vec<Need>> {
    let rows = tx.rows(&NEEDS, &params![district(compound), compound])?;
    rows.iter()
        .map(|row| {
            Ok(Need {
                id: NeedId(row.get::<Uuid>(0)?),
                household: row.get(1)?,
                item: row.get(2)?,
                category: row.get(3)?,
                quantity: row.get(4)?,
                urgent: row.get(5)?,
                state: NeedState::stored(&row.get::<String>(6)?)?,
                created_s: row.get(7)?,
                settled_s: row.get(8)?,
            })
        })
        .collect()
}

/// Open needs per compound of an area: (compound, open, urgent).
pub fn open_needs(tx: &mut Tx, area: &str) -> Result<Vec<(String, i64, i64)>> {
    let rows = tx.rows(
        &OPEN_NEEDS,
        &params![district(area), area, entry::subtree_end(area)],
    )?;
    rows.iter()
        .map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .collect()
}

/// A visit or call to be recorded (CQ-6).
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct VisitDraft {
    /// The household's code.
    pub household: String,
    /// What came of it.
    pub outcome: VisitOutcome,
    /// What else is to be said.
    #[serde(default)]
    pub note: String,
}

/// Records a visit.
pub fn record_visit(tx: &mut Tx, ctx: &Ctx, draft: &VisitDraft) -> Result<VisitId> {
    let entry = household(tx, &draft.household)?;
    if draft.outcome == VisitOutcome::NeedsHelp && draft.note.trim().is_empty() {
        return Err(Refusal::invalid("note", "请写明需要什么帮助。", "Say what help is needed.").into());
    }
    let id = VisitId::of_command(ctx.command);
    tx.run(
        &INSERT_VISIT,
        &params![
            district(&entry.code),
            id,
            entry.code.as_str(),
            entry.area.as_str(),
            ctx.now_s,
            draft.outcome,
            draft.note.trim(),
            ctx.actor.name.as_str()
        ],
    )?;
    if draft.outcome == VisitOutcome::NeedsHelp {
        let need = NeedDraft {
            household: entry.code.clone(),
            item: draft.note.trim().to_string(),
            category: "other".into(),
            quantity: String::new(),
            urgent: "1".into(),
        };
        add_need(tx, &ctx.sub("need"), &need)?;
    }
    Ok(id)
}

/// The visits of a household, latest first: (when, outcome, note, by whom).
pub fn visits(tx: &mut Tx, code: &str) -> Result<Vec<(i64, VisitOutcome, String, String)>> {
    let rows = tx.rows(&VISITS, &params![district(code), code])?;
    rows.iter()
        .map(|row| {
            Ok((
                row.get(0)?,
                VisitOutcome::stored(&row.get::<String>(1)?)?,
                row.get(2)?,
                row.get(3)?,
            ))
        })
        .collect()
}

/// A household of the people list with what is known of it.
#[derive(Clone, Debug)]
pub struct Person {
    /// The household.
    pub entry: Entry,
    /// Its columns.
    pub household: Household,
    /// When it was last reached, if it has special needs.
    pub visited_s: Option<i64>,
    /// When the next visit is due; `None` when no visits are needed here.
    pub due_s: Option<i64>,
}

/// The people list of a compound: who lives where; with `special` only those who have special needs, most overdue
/// first. A household that was never reached is due since the compound was closed.
pub fn people(tx: &mut Tx, rules: &Rules, compound: &str, words: &str, special: bool) -> Result<Vec<Person>> {
    let query = entry::Query {
        register: "households",
        area: compound,
        words,
        tag: if special { "need" } else { "" },
    };
    let visited: std::collections::HashMap<String, i64> = tx
        .rows(&LAST_VISITS, &params![district(compound), compound])?
        .iter()
        .map(|row| Ok((row.get(0)?, row.get(1)?)))
        .collect::<Result<_>>()?;
    let interval_d = rules.number(RuleKey::VisitIntervalD);
    let closed_since_s = rules
        .directives
        .iter()
        .map(|directive| directive.from_s)
        .min()
        .unwrap_or(0);
    let mut people: Vec<Person> = entry::list(tx, &query, i64::MAX, 0)?
        .into_iter()
        .map(|entry| {
            let household: Household = entry.noun()?;
            let visited_s = visited.get(&entry.code).copied();
            let due_s = match interval_d {
                Some(days) if entry.tag == "need" => {
                    Some(visited_s.map_or(closed_since_s, |at_s| day_start_s(day_number(at_s) + days)))
                }
                _ => None,
            };
            Ok(Person {
                entry,
                household,
                visited_s,
                due_s,
            })
        })
        .collect::<Result<_>>()?;
    if special {
        people.sort_by_key(|person| person.due_s.unwrap_or(i64::MAX));
    } else {
        people.sort_by(|left, right| {
            let parts = |person: &Person| {
                [
                    person.household.building.clone(),
                    person.household.unit.clone(),
                    person.household.room.clone(),
                ]
            };
            parts(left)
                .iter()
                .zip(&parts(right))
                .map(|(left, right)| planner::natural::cmp(left, right))
                .find(|ordering| ordering.is_ne())
                .unwrap_or(std::cmp::Ordering::Equal)
        });
    }
    Ok(people)
}

/// Visits of a closed compound: (households with special needs, of which due now).
pub fn visits_due(tx: &mut Tx, ctx: &Ctx, compound: &str) -> Result<(usize, usize)> {
    let rules = rules::at(tx, compound, ctx.now_s)?;
    let people = people(tx, &rules, compound, "", true)?;
    let end_of_day_s = day_start_s(day_number(ctx.now_s)) + DAY_S;
    let due = people
        .iter()
        .filter(|person| person.due_s.is_some_and(|due_s| due_s < end_of_day_s))
        .count();
    Ok((people.len(), due))
}
