//! An order: placed, changed, cancelled or expired, each checked against the rules by reserving in the ledger.

mod check;
mod claims;
mod find;
mod grant;
mod place;
mod relief;
mod terms;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use store::{Tx, params, stmt};
use uuid::Uuid;

use super::{Channel, Line, Order, OrderState, Pack, PaymentState, Round, RoundState};
use super::{ballot, chart, open, payment};
use crate::base::address;
use crate::base::book::{self, Blocked, Kind, Move, Reason};
use crate::base::clock::{self, day_number, day_start_s};
use crate::base::id::{BoxId, OrderId, RoundId, derive, district};
use crate::base::{Ctx, Fault, Refusal, RefusalKind, Result, Role};
use crate::plan::rules::{self, CATEGORIES, RuleKey, Rules};
use crate::register::entry::{self, Entry, Household};

use check::{check_interval, check_taking, check_wants, total_fen};
use claims::{Claims, claims, reserve, take_back};
pub(super) use claims::{Resolve, resolve};
pub use find::{by_code, get, of_household, of_round, states_of_round};
pub(super) use grant::grant;
pub use place::{place, place_many, place_on};
pub use relief::{ReliefDraft, ReliefOutcome, relief};
pub use terms::{Terms, terms};

stmt!(
    UPDATE,
    "UPDATE orders SET amount_fen = $3, phone = $4, note = $5, revision = $6, updated_s = $7, channel = $8
     WHERE district = $1 AND id = $2"
);
stmt!(
    DELETE_LINES,
    "DELETE FROM order_line WHERE district = $1 AND order_id = $2"
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
    let household: Household = entry::noun(tx, "households", &change.district, &order.household)?;
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
    place::insert_lines(tx, &change.district, std::iter::once(&order))?;
    if order.state == OrderState::Requested {
        return Ok(());
    }
    let claims = claims(ctx, &terms, &order, &household);
    let mut desk = book::Desk::new(&change.district);
    Claims::load(tx, &mut desk, std::iter::once(&claims))?;
    reserve(&mut desk, ctx, &terms, &claims)?;
    desk.write(tx)
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
        // A request holds nothing.
        OrderState::Requested => {}
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
