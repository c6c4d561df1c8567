//! The last hundred metres: pick-up slots per building (FC-8) or a door list where nobody may leave (YU-13), and what
//! came of each hand-over.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use store::{Tx, params, stmt};

use super::open;
use super::order;
use super::packing::{CompoundRef, walking_order};
use super::trips::set_note;
use super::{Order, OrderState, chart, payment};
use crate::base::book::{self, Kind, Move, Reason};
use crate::base::clock;
use crate::base::id::{OrderId, RoundId, derive, district};
use crate::base::{Ctx, Refusal, Result};
use crate::coverage;
use crate::plan::rules::{self, RuleKey};
use crate::wording;

stmt!(
    CLEAR_SLOTS,
    "DELETE FROM slot WHERE district = $1 AND round = $2 AND compound = $3"
);
stmt!(
    INSERT_SLOT,
    "INSERT INTO slot (district, round, compound, seq, building, unit, start_s, end_s, households)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
);
stmt!(
    SLOTS,
    "SELECT building, unit, start_s, end_s, households FROM slot WHERE district = $1 AND round = $2 AND compound = $3
     ORDER BY seq"
);

wording! {
    /// What came of a hand-over.
    Outcome {
        Handed = "handed", "已交付", "Handed over";
        NotHome = "not_home", "无人应答", "Nobody answered";
        WrongAddress = "wrong_address", "地址有误", "Wrong address";
        Refused = "refused", "拒收", "Refused";
    }
}

/// A pick-up slot of a building or unit.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Slot {
    /// The building.
    pub building: String,
    /// The unit; empty when the building has none.
    pub unit: String,
    /// From when.
    pub start_s: i64,
    /// Until when.
    pub end_s: i64,
    /// How many households are called.
    pub households: i64,
}

/// When and for which compound slots are to be made.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SlotDraft {
    /// The round and compound.
    pub at: CompoundRef,
    /// When the first slot begins, as local date and time; empty is the round's delivery time.
    #[serde(default)]
    pub start: String,
}

/// Makes pick-up slots for everyone who has a bag coming: people at once at most what the rule says (FC-8).
pub fn make_slots(tx: &mut Tx, ctx: &Ctx, draft: &SlotDraft) -> Result<usize> {
    let at = &draft.at;
    let round = open::get(tx, &at.district, at.round)?;
    let rules = rules::at(tx, &at.compound, ctx.now_s)?;
    if rules.word(RuleKey::CarryTo) == Some("door") {
        return Err(Refusal::conflict(
            "door",
            format!(
                "按{}，由专人送到家门口，居民不下楼；请使用送门清单。",
                rules.clause(RuleKey::CarryTo)
            ),
            format!(
                "Under {} goods are carried to the door and residents stay in; use the door list.",
                rules.clause(RuleKey::CarryTo)
            ),
        )
        .into());
    }
    let (Some(people_max), Some(slot_min)) = (
        rules.number(RuleKey::PickupPeopleMax),
        rules.number(RuleKey::PickupSlotMin),
    ) else {
        return Err(Refusal::conflict(
            "no_rule",
            "本小区没有生效的取货人数规则；请先下达指令。",
            "No rule on pick-up holds in this compound; issue a directive first.",
        )
        .into());
    };
    let start_s = if draft.start.trim().is_empty() {
        round.deliver_s
    } else {
        clock::parse_minute(&draft.start).ok_or_else(|| {
            Refusal::invalid(
                "start",
                "时间应如 2026-11-21 18:00。",
                "A time looks like 2026-11-21 18:00.",
            )
        })?
    };
    let mut households: BTreeMap<(String, String), u32> = BTreeMap::new();
    for order in order::of_round(tx, &at.district, at.round, &at.compound)? {
        if matches!(
            order.state,
            OrderState::Confirmed | OrderState::Packed | OrderState::Loaded | OrderState::Dropped
        ) {
            *households.entry((order.building, order.unit)).or_default() += 1;
        }
    }
    let mut groups: Vec<planner::slots::Group> = households
        .into_iter()
        .map(|((building, unit), households)| planner::slots::Group {
            building,
            unit,
            households,
        })
        .collect();
    groups.sort_by(|left, right| {
        planner::natural::cmp(&left.building, &right.building)
            .then_with(|| planner::natural::cmp(&left.unit, &right.unit))
    });
    let slots = planner::slots::schedule(
        &groups,
        start_s,
        slot_min * 60,
        u32::try_from(people_max).unwrap_or(1),
    );
    let findings = planner::check::slots(
        &groups,
        start_s,
        slot_min * 60,
        u32::try_from(people_max).unwrap_or(1),
        &slots,
    );
    if let Some(finding) = findings.first() {
        return Err(crate::base::Fault::Invariant(format!("slots: {}", finding.what)).into());
    }
    tx.run(
        &CLEAR_SLOTS,
        &params![at.district.as_str(), at.round, at.compound.as_str()],
    )?;
    for (seq, slot) in slots.iter().enumerate() {
        let group = &groups[slot.group];
        tx.run(
            &INSERT_SLOT,
            &params![
                at.district.as_str(),
                at.round,
                at.compound.as_str(),
                seq as i64,
                group.building.as_str(),
                group.unit.as_str(),
                slot.start_s,
                slot.end_s,
                i64::from(slot.households)
            ],
        )?;
    }
    Ok(slots.len())
}

/// The slots of a round in a compound.
pub fn slots(tx: &mut Tx, in_district: &str, round: RoundId, compound: &str) -> Result<Vec<Slot>> {
    let rows = tx.rows(&SLOTS, &params![in_district, round, compound])?;
    rows.iter()
        .map(|row| {
            Ok(Slot {
                building: row.get(0)?,
                unit: row.get(1)?,
                start_s: row.get(2)?,
                end_s: row.get(3)?,
                households: row.get(4)?,
            })
        })
        .collect()
}

/// The bags of a compound that wait for hand-over or were handed over, as one walks.
pub fn door_list(tx: &mut Tx, in_district: &str, round: RoundId, compound: &str) -> Result<Vec<Order>> {
    let mut orders: Vec<Order> = order::of_round(tx, in_district, round, compound)?
        .into_iter()
        .filter(|order| {
            matches!(
                order.state,
                OrderState::Packed | OrderState::Loaded | OrderState::Dropped | OrderState::Handed
            )
        })
        .collect();
    walking_order(&mut orders);
    Ok(orders)
}

/// What came of a hand-over.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct HandDraft {
    /// The district.
    pub district: String,
    /// The order.
    pub order: OrderId,
    /// What happened.
    pub outcome: Outcome,
    /// What else is to be said.
    #[serde(default)]
    pub note: String,
}

/// Records a hand-over. Only what is handed over reaches the household's pantry; a refused bag goes back and is
/// refunded; in the other cases the bag stays at the drop point and is tried again.
pub fn record(tx: &mut Tx, ctx: &Ctx, draft: &HandDraft) -> Result<()> {
    let bag = order::get(tx, &draft.district, draft.order)?;
    if !ctx.actor.covers(&bag.household) {
        return Err(Refusal::not_found("订单", "order").into());
    }
    if bag.state != OrderState::Dropped {
        return Err(Refusal::conflict(
            "order_state",
            format!(
                "订单{}目前是“{}”，只有到了小区的袋子可以交付。",
                bag.code,
                bag.state.word(kit::Lang::Zh)
            ),
            format!(
                "Order {} is “{}”; only a bag at the drop point can be handed over.",
                bag.code,
                bag.state.word(kit::Lang::En)
            ),
        )
        .into());
    }
    let in_district = district(&bag.household).to_string();
    let round = open::get(tx, &in_district, bag.round)?;
    super::packing::check_supplier(ctx, &round)?;
    let leave = |words: &str, to: fn(&Order, &str, &str) -> book::Acc, reason| -> Vec<Move> {
        bag.lines
            .iter()
            .filter(|line| line.packed > 0)
            .map(|line| {
                let asset = chart::pack_asset(bag.round, &line.pack);
                Move {
                    id: derive(bag.id.0, &format!("{words}/{}", line.pack)),
                    from: chart::at_drop_point(&bag.compound, &asset),
                    to: to(&bag, &round.supplier, &asset),
                    amount: line.packed,
                    kind: Kind::Post,
                    reason,
                    cause: bag.id.0,
                }
            })
            .collect()
    };
    match draft.outcome {
        Outcome::Handed => {
            let moves = leave(
                "hand",
                |bag, _, asset| chart::received(&bag.household, asset),
                Reason::HandOver,
            );
            book::post_certain(tx, ctx, &in_district, &moves)?;
            order::set_state(tx, ctx, &in_district, bag.id, OrderState::Handed)?;
            let packs = open::packs(tx, &in_district, bag.round)?;
            let mut received: BTreeMap<&str, i64> = BTreeMap::new();
            for line in bag.lines.iter().filter(|line| line.packed > 0) {
                let Some(pack) = packs.iter().find(|pack| pack.code == line.pack) else {
                    continue;
                };
                for content in &pack.contents {
                    *received.entry(content.category.as_str()).or_default() += content.weight_g * line.packed;
                }
            }
            coverage::credit(tx, ctx, &bag.household, bag.id.0, &received)?;
        }
        Outcome::Refused => {
            let moves = leave(
                "return",
                |_, supplier, asset| chart::returned(supplier, asset),
                Reason::Return,
            );
            book::post_certain(tx, ctx, &in_district, &moves)?;
            order::set_state(tx, ctx, &in_district, bag.id, OrderState::Returned)?;
            payment::give_back(tx, ctx, &bag, bag.amount_fen - bag.refund_fen)?;
            set_note(tx, &in_district, bag.id, &note(draft))?;
        }
        Outcome::NotHome | Outcome::WrongAddress => set_note(tx, &in_district, bag.id, &note(draft))?,
    }
    Ok(())
}

fn note(draft: &HandDraft) -> String {
    let word = draft.outcome.word(kit::Lang::Zh);
    if draft.note.trim().is_empty() {
        word.to_string()
    } else {
        format!("{word}:{}", draft.note.trim())
    }
}

/// Hands over every bag of a building (or of the whole compound) that waits at the drop point. Gives how many.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct HandAll {
    /// The round and compound.
    pub at: CompoundRef,
    /// The building; empty is every one.
    #[serde(default)]
    pub building: String,
}

/// Runs [`HandAll`].
pub fn record_all(tx: &mut Tx, ctx: &Ctx, draft: &HandAll) -> Result<usize> {
    let bags = order::of_round(tx, &draft.at.district, draft.at.round, &draft.at.compound)?;
    let mut count = 0;
    for bag in bags {
        if bag.state != OrderState::Dropped || !(draft.building.is_empty() || bag.building == draft.building)
        {
            continue;
        }
        let one = HandDraft {
            district: draft.at.district.clone(),
            order: bag.id,
            outcome: Outcome::Handed,
            note: String::new(),
        };
        record(tx, &ctx.sub(&bag.code), &one)?;
        count += 1;
    }
    Ok(count)
}
