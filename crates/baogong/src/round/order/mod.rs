//! An order: placed, changed, cancelled or expired, each checked against the rules by reserving in the ledger.

mod claims;
mod find;
mod grant;
mod relief;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use store::{Tx, params, stmt};
use uuid::Uuid;

use super::{Channel, Line, Order, OrderState, Pack, PaymentState, Round, RoundState};
use super::{ballot, chart, open, payment};
use crate::base::book::{self, Blocked, Kind, Move, Reason};
use crate::base::clock::{self, day_number, day_start_s};
use crate::base::id::{BoxId, OrderId, RoundId, derive, district};
use crate::base::{Ctx, Fault, Refusal, RefusalKind, Result, Role};
use crate::plan::rules::{self, CATEGORIES, RuleKey, Rules};
use crate::register::entry::{self, Entry, Household};

pub(super) use claims::{Resolve, resolve};
use claims::{reserve, take_back};
pub use find::{by_code, get, of_household, of_round};
pub(super) use grant::grant;
pub use relief::{ReliefDraft, ReliefOutcome, relief};

stmt!(
    INSERT,
    "INSERT INTO orders (district, id, round, number, code, compound, household, building, unit, room, phone, channel,
                         state, payment, amount_fen, refund_fen, note, box, created_s, updated_s, actor, revision)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 0, $16, NULL, $17, $17, $18, 0)"
);
stmt!(
    UPDATE,
    "UPDATE orders SET amount_fen = $3, phone = $4, note = $5, revision = $6, updated_s = $7, channel = $8
     WHERE district = $1 AND id = $2"
);
stmt!(
    INSERT_LINE,
    "INSERT INTO order_line (district, order_id, pack, quantity, packed, price_fen, short_reason)
     VALUES ($1, $2, $3, $4, 0, $5, '')"
);
stmt!(
    DELETE_LINES,
    "DELETE FROM order_line WHERE district = $1 AND order_id = $2"
);
stmt!(
    LAST_NUMBER,
    "SELECT MAX(number) FROM orders WHERE district = $1 AND round = $2 AND compound = $3"
);
stmt!(
    SET_STATE,
    "UPDATE orders SET state = $3, updated_s = $4 WHERE district = $1 AND id = $2"
);

/// A pack and how many of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Want {
    /// The pack's code.
    pub pack: String,
    /// How many.
    pub quantity: i64,
}

/// What a household wants from a round.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct OrderDraft {
    /// The district.
    pub district: String,
    /// The round.
    pub round: RoundId,
    /// The household's code.
    pub household: String,
    /// The phone to call; empty takes the registered one.
    #[serde(default)]
    pub phone: String,
    /// How it came in.
    pub channel: Channel,
    /// What is wanted.
    pub wants: Vec<Want>,
    /// A note for packing or hand-over.
    #[serde(default)]
    pub note: String,
}

/// What a round and its rules say about a compound; loaded once for many orders.
pub struct Terms {
    /// The round.
    pub round: Round,
    /// Its packs.
    pub packs: Vec<Pack>,
    /// The rules that hold in the compound now.
    pub rules: Rules,
    /// The compound's number within the round.
    pub position: i64,
}

/// Loads the terms of a round for a compound.
pub fn terms(tx: &mut Tx, ctx: &Ctx, in_district: &str, id: RoundId, compound: &str) -> Result<Terms> {
    let round = open::get(tx, in_district, id)?;
    let position = open::compounds(tx, in_district, id)?
        .into_iter()
        .find(|one| one.compound == compound)
        .map(|one| one.position)
        .ok_or_else(|| {
            Refusal::conflict(
                "not_in_round",
                "这一轮不供应这个小区。",
                "This round does not supply this compound.",
            )
        })?;
    Ok(Terms {
        round,
        packs: open::packs(tx, in_district, id)?,
        rules: rules::at(tx, compound, ctx.now_s)?,
        position,
    })
}

/// Places an order.
pub fn place(tx: &mut Tx, ctx: &Ctx, draft: &OrderDraft) -> Result<OrderId> {
    let entry = household_entry(tx, draft)?;
    let terms = terms(tx, ctx, &draft.district, draft.round, &entry.area)?;
    place_on(tx, ctx, &terms, &entry, draft)
}

fn household_entry(tx: &mut Tx, draft: &OrderDraft) -> Result<Entry> {
    Ok(
        entry::get(tx, "households", &draft.district, &draft.household)?.ok_or_else(|| {
            Refusal::invalid(
                "household",
                "这个房号没有登记，请核对或联系采购联络人。",
                "This dwelling is not registered; check it or ask your liaison.",
            )
        })?,
    )
}

/// Places an order under terms that are loaded already.
pub fn place_on(tx: &mut Tx, ctx: &Ctx, terms: &Terms, entry: &Entry, draft: &OrderDraft) -> Result<OrderId> {
    let household: Household = entry.noun()?;
    check_taking(ctx, terms, draft.channel, false)?;
    if household.status == "vacant" {
        return Err(Refusal::conflict(
            "vacant",
            "这一户登记为空置，不能下单；如已入住请先更正登记。",
            "This dwelling is registered as vacant; correct the register first.",
        )
        .into());
    }
    let earlier = of_household(tx, &draft.household)?;
    if let Some(order) = earlier
        .iter()
        .find(|order| order.round == draft.round && order.state.stands())
    {
        return Err(Refusal::conflict(
            "already_ordered",
            format!("这一户本轮已下单（{}），截单前可以修改或取消。", order.code),
            format!(
                "This household has ordered in this round already ({}); it may be changed before cut-off.",
                order.code
            ),
        )
        .into());
    }
    let lines = check_wants(terms, draft)?;
    let amount_fen = total_fen(&lines)?;
    let id = OrderId::of_command(ctx.command);
    let number = tx
        .row(
            &LAST_NUMBER,
            &params![draft.district.as_str(), draft.round, entry.area.as_str()],
        )?
        .map_or(Ok(None), |row| row.get::<Option<i64>>(0))?
        .unwrap_or(0)
        + 1;
    let order = Order {
        id,
        round: draft.round,
        number,
        code: open::order_code(&terms.round, terms.position, number),
        compound: entry.area.clone(),
        household: draft.household.clone(),
        building: household.building.clone(),
        unit: household.unit.clone(),
        room: household.room.clone(),
        phone: if draft.phone.trim().is_empty() {
            household.phone.clone()
        } else {
            draft.phone.trim().to_string()
        },
        channel: draft.channel,
        state: ballot::first_state(&terms.round),
        payment: PaymentState::Unpaid,
        amount_fen,
        refund_fen: 0,
        note: draft.note.trim().to_string(),
        box_id: None,
        created_s: ctx.now_s,
        revision: 0,
        lines,
    };
    if order.state == OrderState::Requested {
        insert(tx, ctx, &draft.district, &order)?;
        return ballot::check_undrawn(tx, &draft.district, draft.round).map(|()| id);
    }
    reserve(tx, ctx, terms, &order, &household, &earlier)?;
    insert(tx, ctx, &draft.district, &order)?;
    payment::at_order(tx, ctx, terms, &order)?;
    Ok(id)
}

fn insert(tx: &mut Tx, ctx: &Ctx, in_district: &str, order: &Order) -> Result<()> {
    tx.run(
        &INSERT,
        &params![
            in_district,
            order.id,
            order.round,
            order.number,
            order.code.as_str(),
            order.compound.as_str(),
            order.household.as_str(),
            order.building.as_str(),
            order.unit.as_str(),
            order.room.as_str(),
            order.phone.as_str(),
            order.channel,
            order.state,
            order.payment,
            order.amount_fen,
            order.note.as_str(),
            order.created_s,
            ctx.actor.name.as_str()
        ],
    )?;
    insert_lines(tx, in_district, order.id, &order.lines)
}

fn insert_lines(tx: &mut Tx, in_district: &str, id: OrderId, lines: &[Line]) -> Result<()> {
    for line in lines {
        tx.run(
            &INSERT_LINE,
            &params![in_district, id, line.pack.as_str(), line.quantity, line.price_fen],
        )?;
    }
    Ok(())
}

fn check_taking(ctx: &Ctx, terms: &Terms, channel: Channel, change: bool) -> Result<()> {
    let round = &terms.round;
    if round.state != RoundState::Open || ctx.now_s >= round.cutoff_s {
        return Err(Refusal::conflict(
            "cut_off",
            format!(
                "本轮已于{}截单{}。请等下一轮，急需请联系采购联络人。",
                clock::minute(round.cutoff_s),
                if change { "，不能再修改" } else { "" }
            ),
            format!(
                "This round was cut off at {}. Wait for the next one, or ask your liaison if it is urgent.",
                clock::minute(round.cutoff_s)
            ),
        )
        .into());
    }
    if ctx.actor.role == Role::Resident && (channel != Channel::Link || !round.mode.facts().takes_orders) {
        return Err(Refusal::new(
            RefusalKind::NotAllowed,
            "channel",
            "这一轮不由居民自助下单。",
            "Residents do not order by themselves in this round.",
        )
        .into());
    }
    let gives_relief = matches!(ctx.actor.role, Role::Headquarters | Role::Office | Role::System);
    if channel == Channel::Relief && !(round.mode == super::modes::Mode::Relief && gives_relief) {
        return Err(Refusal::new(
            RefusalKind::NotAllowed,
            "relief",
            "免费应急包只能由指挥部或社区在应急包轮次中发放。",
            "Free relief packs are given by headquarters or an office, in a round of relief packs.",
        )
        .into());
    }
    if channel == Channel::Proxy && !terms.rules.flag(RuleKey::AdvanceAllowed) {
        return Err(Refusal::conflict(
            "advance_not_allowed",
            "现行预案没有规定代购垫付；请先对本小区启用允许垫付的预案（如DX-5）。",
            "No plan in force allows advances here; put one in force that does (such as DX-5).",
        )
        .into());
    }
    Ok(())
}

fn check_wants(terms: &Terms, draft: &OrderDraft) -> Result<Vec<Line>> {
    let mut lines: Vec<Line> = Vec::new();
    for want in draft.wants.iter().filter(|want| want.quantity != 0) {
        let pack = terms
            .packs
            .iter()
            .find(|pack| pack.code == want.pack)
            .ok_or_else(|| {
                Refusal::invalid(
                    "wants",
                    format!("本轮没有“{}”。", want.pack),
                    format!("{} is not offered in this round.", want.pack),
                )
            })?;
        if want.quantity < 0 {
            return Err(
                Refusal::invalid("wants", "份数不能为负数。", "A quantity cannot be negative.").into(),
            );
        }
        if pack.limit_per_order > 0 && want.quantity > pack.limit_per_order {
            return Err(Refusal::new(
                RefusalKind::Exhausted,
                "limit_per_order",
                format!("{}每户限购{}{}。", pack.name, pack.limit_per_order, pack.unit),
                format!("{}: at most {} per household.", pack.name, pack.limit_per_order),
            )
            .into());
        }
        if lines.iter().any(|line| line.pack == pack.code) {
            return Err(Refusal::invalid(
                "wants",
                format!("{}写了两次。", pack.name),
                format!("{} is listed twice.", pack.name),
            )
            .into());
        }
        lines.push(Line {
            pack: pack.code.clone(),
            quantity: want.quantity,
            packed: 0,
            price_fen: pack.price_fen,
            short_reason: String::new(),
        });
    }
    if lines.is_empty() {
        return Err(Refusal::invalid(
            "wants",
            "请至少选一种套餐，填写份数。",
            "Choose at least one pack.",
        )
        .into());
    }
    Ok(lines)
}

fn total_fen(lines: &[Line]) -> Result<i64> {
    lines
        .iter()
        .try_fold(0_i64, |sum, line| {
            line.price_fen
                .checked_mul(line.quantity)
                .and_then(|amount| sum.checked_add(amount))
        })
        .ok_or_else(|| Refusal::invalid("wants", "份数太大。", "The quantity is too large.").into())
}

/// A change to an order before cut-off.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct OrderChange {
    /// The district.
    pub district: String,
    /// The order.
    pub id: OrderId,
    /// What is wanted now.
    pub wants: Vec<Want>,
    /// The phone to call; empty keeps it.
    #[serde(default)]
    pub phone: String,
    /// The note; empty keeps it.
    #[serde(default)]
    pub note: String,
}

fn check_own(ctx: &Ctx, order: &Order) -> Result<()> {
    if !ctx.actor.covers(&order.household) {
        return Err(Refusal::not_found("订单", "order").into());
    }
    Ok(())
}

/// Changes what an unpaid order holds: the old holds are released and the new ones made in one step, so that
/// nothing is lost when the new ones are refused.
pub fn change(tx: &mut Tx, ctx: &Ctx, change: &OrderChange) -> Result<()> {
    let mut order = get(tx, &change.district, change.id)?;
    check_own(ctx, &order)?;
    let terms = terms(tx, ctx, &change.district, order.round, &order.compound)?;
    check_taking(ctx, &terms, order.channel, true)?;
    if !matches!(order.state, OrderState::Placed | OrderState::Requested) {
        return Err(Refusal::conflict(
            "order_state",
            format!(
                "订单目前是“{}”，不能修改；如需调整请先取消再下单。",
                order.state.word(kit::Lang::Zh)
            ),
            format!(
                "The order is “{}” and cannot be changed; cancel it and order anew.",
                order.state.word(kit::Lang::En)
            ),
        )
        .into());
    }
    let draft = OrderDraft {
        district: change.district.clone(),
        round: order.round,
        household: order.household.clone(),
        phone: change.phone.clone(),
        channel: order.channel,
        wants: change.wants.clone(),
        note: change.note.clone(),
    };
    let lines = check_wants(&terms, &draft)?;
    let household: Household = household_entry(tx, &draft)?.noun()?;
    resolve(tx, ctx, &order, Resolve::Void)?;
    order.revision += 1;
    order.amount_fen = total_fen(&lines)?;
    order.lines = lines;
    if !change.phone.trim().is_empty() {
        order.phone = change.phone.trim().to_string();
    }
    if !change.note.trim().is_empty() {
        order.note = change.note.trim().to_string();
    }
    tx.run(
        &UPDATE,
        &params![
            change.district.as_str(),
            order.id,
            order.amount_fen,
            order.phone.as_str(),
            order.note.as_str(),
            order.revision,
            ctx.now_s,
            order.channel
        ],
    )?;
    tx.run(&DELETE_LINES, &params![change.district.as_str(), order.id])?;
    insert_lines(tx, &change.district, order.id, &order.lines)?;
    if order.state == OrderState::Requested {
        return ballot::check_undrawn(tx, &change.district, order.round);
    }
    let earlier = of_household(tx, &order.household)?;
    reserve(tx, ctx, &terms, &order, &household, &earlier)
}

/// The district and id of an order.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct OrderRef {
    /// The district.
    pub district: String,
    /// The order.
    pub id: OrderId,
}

/// Cancels an order before cut-off; what was paid is given back.
pub fn cancel(tx: &mut Tx, ctx: &Ctx, at: &OrderRef) -> Result<()> {
    let order = get(tx, &at.district, at.id)?;
    check_own(ctx, &order)?;
    let terms = terms(tx, ctx, &at.district, order.round, &order.compound)?;
    check_taking(ctx, &terms, order.channel, true)?;
    match order.state {
        OrderState::Requested => ballot::check_undrawn(tx, &at.district, order.round)?,
        OrderState::Placed => resolve(tx, ctx, &order, Resolve::Void)?,
        OrderState::Confirmed => {
            take_back(tx, ctx, &order)?;
            payment::give_back(tx, ctx, &order, order.amount_fen - order.refund_fen)?;
        }
        other => {
            return Err(Refusal::conflict(
                "order_state",
                format!("订单目前是“{}”，不能取消。", other.word(kit::Lang::Zh)),
                format!(
                    "The order is “{}” and cannot be cancelled.",
                    other.word(kit::Lang::En)
                ),
            )
            .into());
        }
    }
    set_state(tx, ctx, &at.district, order.id, OrderState::Cancelled)
}

pub(super) fn set_state(
    tx: &mut Tx,
    ctx: &Ctx,
    in_district: &str,
    id: OrderId,
    state: OrderState,
) -> Result<()> {
    tx.run(&SET_STATE, &params![in_district, id, state, ctx.now_s])?;
    Ok(())
}

/// Lets every unpaid order of a round expire and frees what it held (FC-6). Gives how many.
pub(super) fn expire_unpaid(tx: &mut Tx, ctx: &Ctx, round: &Round) -> Result<usize> {
    let in_district = district(&round.area).to_string();
    let orders = of_round(tx, &in_district, round.id, &round.area)?;
    let unpaid: Vec<&Order> = orders
        .iter()
        .filter(|order| order.state == OrderState::Placed)
        .collect();
    for order in &unpaid {
        // Confirmed by hand before the deadline, the holds have not lapsed yet and are given back instead.
        let how = if ctx.now_s > round.pay_by_s {
            Resolve::Expire
        } else {
            Resolve::Void
        };
        resolve(tx, ctx, order, how)?;
        set_state(tx, ctx, &in_district, order.id, OrderState::Expired)?;
    }
    Ok(unpaid.len())
}
