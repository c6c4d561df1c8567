//! Payment: the liaison's purse, advances, the relief fund, matching of transfers. Paying an order turns its
//! holds into firm orders, so that what is paid cannot expire.

mod matching;

use serde::{Deserialize, Serialize};
use store::{Tx, params, stmt};
use uuid::Uuid;

use super::order::{self, Resolve, Terms};
use super::{Channel, Order, OrderState, PaymentState, RoundState, chart, open};
use crate::base::book::{self, Acc, Kind, Move, Reason};
use crate::base::clock;
use crate::base::id::{OrderId, PaymentId, RoundId, derive, district};
use crate::base::{Ctx, Error, Refusal, Result};
use crate::wording;

pub use matching::{Match, Transfer, TransferList, match_transfers};

stmt!(
    SET_PAYMENT,
    "UPDATE orders SET payment = $3, updated_s = $4 WHERE district = $1 AND id = $2"
);
stmt!(
    ADD_REFUND,
    "UPDATE orders SET refund_fen = refund_fen + $3, updated_s = $4 WHERE district = $1 AND id = $2"
);
stmt!(
    INSERT,
    "INSERT INTO payment (district, id, round, compound, order_id, household, kind, amount_fen, payer, reference, at_s, actor)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
);
stmt!(
    OF_ROUND,
    "SELECT id, compound, order_id, household, kind, amount_fen, payer, reference, at_s, actor FROM payment
     WHERE district = $1 AND round = $2 ORDER BY at_s, id"
);
stmt!(
    REFERENCE,
    "SELECT COUNT(*) FROM payment WHERE district = $1 AND round = $2 AND reference = $3 AND kind = 'paid'"
);
stmt!(
    DEBTORS,
    "SELECT household, CAST(SUM(CASE kind WHEN 'advanced' THEN amount_fen ELSE -amount_fen END) AS BIGINT) AS owed
     FROM payment
     WHERE district = $1 AND compound >= $2 AND compound < $3 AND kind IN ('advanced', 'repaid', 'advance_refund')
     GROUP BY household
     HAVING SUM(CASE kind WHEN 'advanced' THEN amount_fen ELSE -amount_fen END) > 0 ORDER BY household"
);

wording! {
    /// What a payment was.
    PaymentKind {
        Paid = "paid", "住户付款", "Paid by the household";
        Advanced = "advanced", "代购垫付", "Advanced";
        Free = "free", "救助资金", "Relief fund";
        Refund = "refund", "退款", "Refund";
        AdvanceRefund = "advance_refund", "冲减垫付", "Advance reduced";
        FreeRefund = "free_refund", "退回救助资金", "Back to the relief fund";
        Repaid = "repaid", "归还垫付", "Advance repaid";
        Settled = "settled", "与保供单位结算", "Settled with the supplier";
    }
}

/// A payment as stored.
#[derive(Clone, Debug)]
pub struct Payment {
    /// The id.
    pub id: PaymentId,
    /// The compound.
    pub compound: String,
    /// The order it belongs to, if one.
    pub order: Option<OrderId>,
    /// The household, or empty for a settlement.
    pub household: String,
    /// What it was.
    pub kind: PaymentKind,
    /// How much.
    pub amount_fen: i64,
    /// Who paid, as written on the transfer.
    pub payer: String,
    /// The number of the transfer.
    pub reference: String,
    /// When.
    pub at_s: i64,
    /// Who recorded it.
    pub actor: String,
}

pub(super) struct Entry<'a> {
    pub round: RoundId,
    pub compound: &'a str,
    pub order: Option<OrderId>,
    pub household: &'a str,
    pub kind: PaymentKind,
    pub amount_fen: i64,
    pub payer: &'a str,
    pub reference: &'a str,
}

pub(super) fn record(tx: &mut Tx, ctx: &Ctx, id: Uuid, entry: &Entry) -> Result<()> {
    tx.run(
        &INSERT,
        &params![
            district(entry.compound),
            id,
            entry.round,
            entry.compound,
            entry.order,
            entry.household,
            entry.kind,
            entry.amount_fen,
            entry.payer,
            entry.reference,
            ctx.now_s,
            ctx.actor.name.as_str()
        ],
    )?;
    Ok(())
}

/// What has to happen to money at the moment of ordering: nothing for a household that will pay, an advance for
/// a proxy order (DX-5), the relief fund for a free pack (CT-7), a mark for an order paid on a platform (FC-8).
pub(super) fn at_order(tx: &mut Tx, ctx: &Ctx, terms: &Terms, placed: &Order) -> Result<()> {
    let in_district = district(&placed.household).to_string();
    if !terms.round.mode.facts().purse {
        order::resolve(tx, ctx, placed, Resolve::Post)?;
        return settle_state(tx, ctx, &in_district, placed.id, PaymentState::Platform);
    }
    match placed.channel {
        Channel::Proxy => cover(tx, ctx, placed, PaymentKind::Advanced, "", ""),
        Channel::Relief => cover(tx, ctx, placed, PaymentKind::Free, "", ""),
        _ if placed.amount_fen == 0 => cover(tx, ctx, placed, PaymentKind::Free, "", ""),
        _ => Ok(()),
    }
}

fn settle_state(tx: &mut Tx, ctx: &Ctx, in_district: &str, id: OrderId, payment: PaymentState) -> Result<()> {
    tx.run(&SET_PAYMENT, &params![in_district, id, payment, ctx.now_s])?;
    order::set_state(tx, ctx, in_district, id, OrderState::Confirmed)
}

/// Brings the whole amount of an order into the purse and makes the order firm.
fn cover(
    tx: &mut Tx,
    ctx: &Ctx,
    paid: &Order,
    kind: PaymentKind,
    payer: &str,
    reference: &str,
) -> Result<()> {
    let in_district = district(&paid.household).to_string();
    let (from, reason, state) = match kind {
        PaymentKind::Advanced => (
            chart::advance(&paid.household),
            Reason::Advance,
            PaymentState::Advanced,
        ),
        PaymentKind::Free => (
            chart::relief_fund(&in_district),
            Reason::Relief,
            PaymentState::Free,
        ),
        _ => (
            chart::household_money(&paid.household),
            Reason::Pay,
            PaymentState::Paid,
        ),
    };
    order::resolve(tx, ctx, paid, Resolve::Post)?;
    if paid.amount_fen > 0 {
        let id = ctx.part(&format!("pay/{}", paid.id));
        let one = Move {
            id,
            from,
            to: chart::purse(paid.round, &paid.compound),
            amount: paid.amount_fen,
            kind: Kind::Post,
            reason,
            cause: paid.id.0,
        };
        book::post_certain(tx, ctx, &in_district, &[one])?;
        let entry = Entry {
            round: paid.round,
            compound: &paid.compound,
            order: Some(paid.id),
            household: &paid.household,
            kind,
            amount_fen: paid.amount_fen,
            payer,
            reference,
        };
        record(tx, ctx, id, &entry)?;
    }
    settle_state(tx, ctx, &in_district, paid.id, state)
}

/// A payment to be recorded.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PaymentDraft {
    /// The district.
    pub district: String,
    /// The order.
    pub order: OrderId,
    /// `paid` for the household's own money, `advanced` when the liaison advances it.
    pub kind: PaymentKind,
    /// The payer as written on the transfer.
    #[serde(default)]
    pub payer: String,
    /// The number of the transfer.
    #[serde(default)]
    pub reference: String,
}

/// Records that an order is paid or advanced, in full.
pub fn pay(tx: &mut Tx, ctx: &Ctx, draft: &PaymentDraft) -> Result<()> {
    let order = order::get(tx, &draft.district, draft.order)?;
    let round = open::get(tx, &draft.district, order.round)?;
    if order.state != OrderState::Placed {
        return Err(Refusal::conflict(
            "order_state",
            format!(
                "订单{}目前是“{}”，不需要再付款。",
                order.code,
                order.state.word(kit::Lang::Zh)
            ),
            format!(
                "Order {} is “{}”; no payment is due.",
                order.code,
                order.state.word(kit::Lang::En)
            ),
        )
        .into());
    }
    if ctx.now_s > round.pay_by_s || matches!(round.state, RoundState::Confirmed | RoundState::Settled) {
        return Err(Refusal::conflict(
            "pay_by",
            format!(
                "付款已于{}截止，未付订单不予配送（FC-6）。",
                clock::minute(round.pay_by_s)
            ),
            format!(
                "Payments were due by {}; unpaid orders are not delivered (FC-6).",
                clock::minute(round.pay_by_s)
            ),
        )
        .into());
    }
    if draft.kind == PaymentKind::Advanced {
        let rules = crate::plan::rules::at(tx, &order.compound, ctx.now_s)?;
        if !rules.flag(crate::plan::rules::RuleKey::AdvanceAllowed) {
            return Err(Refusal::conflict(
                "advance_not_allowed",
                "现行预案没有规定代购垫付；请先启用允许垫付的预案（如DX-5）。",
                "No plan in force allows advances; put one in force that does (such as DX-5).",
            )
            .into());
        }
    } else if draft.kind != PaymentKind::Paid {
        return Err(Refusal::invalid("kind", "请选择付款或垫付。", "Choose paid or advanced.").into());
    }
    if !draft.reference.trim().is_empty() {
        let used = tx.row(
            &REFERENCE,
            &params![draft.district.as_str(), order.round, draft.reference.trim()],
        )?;
        if used.map_or(Ok(0), |row| row.get::<i64>(0))? > 0 {
            return Err(Refusal::invalid(
                "reference",
                "这个转账单号已经登记过。",
                "This transfer number was recorded already.",
            )
            .into());
        }
    }
    cover(
        tx,
        ctx,
        &order,
        draft.kind,
        draft.payer.trim(),
        draft.reference.trim(),
    )
}

/// Gives back `amount_fen` of an order to whoever paid it: from the purse, or from what the supplier has been
/// paid when the purse is empty because the round is settled.
pub(super) fn give_back(tx: &mut Tx, ctx: &Ctx, order: &Order, amount_fen: i64) -> Result<()> {
    if amount_fen <= 0 {
        return Ok(());
    }
    let in_district = district(&order.household).to_string();
    let (to, kind): (Acc, PaymentKind) = match order.payment {
        PaymentState::Paid => (chart::household_money(&order.household), PaymentKind::Refund),
        PaymentState::Advanced => (chart::advance(&order.household), PaymentKind::AdvanceRefund),
        PaymentState::Free => (chart::relief_fund(&in_district), PaymentKind::FreeRefund),
        PaymentState::Unpaid | PaymentState::Platform | PaymentState::Refunded => return Ok(()),
    };
    let purse = chart::purse(order.round, &order.compound);
    let (_, in_purse) = book::balance(tx, &in_district, &purse)?;
    let id = ctx.part(&format!("refund/{}", order.id));
    let one = |id, from, to, reason| Move {
        id,
        from,
        to,
        amount: amount_fen,
        kind: Kind::Post,
        reason,
        cause: order.id.0,
    };
    if in_purse < amount_fen {
        // The round is settled: the supplier first gives the money back to the purse, so that the statement balances.
        let supplier = open::get(tx, &in_district, order.round)?.supplier;
        let back = ctx.part(&format!("unsettle/{}", order.id));
        let from = chart::supplier_money(&supplier);
        book::post_certain(
            tx,
            ctx,
            &in_district,
            &[one(back, from, purse.clone(), Reason::Settle)],
        )?;
        let entry = Entry {
            round: order.round,
            compound: &order.compound,
            order: Some(order.id),
            household: "",
            kind: PaymentKind::Settled,
            amount_fen: -amount_fen,
            payer: "",
            reference: "",
        };
        record(tx, ctx, back, &entry)?;
    }
    book::post_certain(tx, ctx, &in_district, &[one(id, purse, to, Reason::Refund)])?;
    let entry = Entry {
        round: order.round,
        compound: &order.compound,
        order: Some(order.id),
        household: &order.household,
        kind,
        amount_fen,
        payer: "",
        reference: "",
    };
    record(tx, ctx, id, &entry)?;
    tx.run(
        &ADD_REFUND,
        &params![in_district.as_str(), order.id, amount_fen, ctx.now_s],
    )?;
    if order.refund_fen + amount_fen == order.amount_fen {
        tx.run(
            &SET_PAYMENT,
            &params![in_district.as_str(), order.id, PaymentState::Refunded, ctx.now_s],
        )?;
    }
    Ok(())
}

/// The payments of a round.
pub fn of_round(tx: &mut Tx, in_district: &str, round: RoundId) -> Result<Vec<Payment>> {
    let rows = tx.rows(&OF_ROUND, &params![in_district, round])?;
    rows.iter()
        .map(|row| {
            Ok(Payment {
                id: PaymentId(row.get(0)?),
                compound: row.get(1)?,
                order: row.get::<Option<Uuid>>(2)?.map(OrderId),
                household: row.get(3)?,
                kind: PaymentKind::stored(&row.get::<String>(4)?)?,
                amount_fen: row.get(5)?,
                payer: row.get(6)?,
                reference: row.get(7)?,
                at_s: row.get(8)?,
                actor: row.get(9)?,
            })
        })
        .collect()
}

/// Repayment of an advance (DX-5).
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Repayment {
    /// The household.
    pub household: String,
    /// How much.
    pub amount_fen: i64,
}

/// Takes back what was advanced for a household; never more than it owes.
pub fn repay(tx: &mut Tx, ctx: &Ctx, repayment: &Repayment) -> Result<()> {
    let in_district = district(&repayment.household).to_string();
    let advance = chart::advance(&repayment.household);
    let owed_fen = -book::balance(tx, &in_district, &advance)?.0;
    if repayment.amount_fen <= 0 || repayment.amount_fen > owed_fen {
        return Err(Refusal::invalid(
            "amount_fen",
            format!(
                "该户垫付余额{}元，归还金额应在0与它之间。",
                crate::base::words::yuan(owed_fen)
            ),
            format!(
                "The household owes {} yuan; the amount must lie between 0 and that.",
                crate::base::words::yuan(owed_fen)
            ),
        )
        .into());
    }
    let id = ctx.part("repay");
    let one = Move {
        id,
        from: chart::household_money(&repayment.household),
        to: advance,
        amount: repayment.amount_fen,
        kind: Kind::Post,
        reason: Reason::Repay,
        cause: derive(Uuid::NAMESPACE_URL, &repayment.household),
    };
    book::post_certain(tx, ctx, &in_district, &[one])?;
    let compound = crate::register::entry::get(tx, "households", &in_district, &repayment.household)?
        .ok_or_else(|| Refusal::not_found("住户", "household"))?
        .area;
    let entry = Entry {
        round: RoundId(Uuid::nil()),
        compound: &compound,
        order: None,
        household: &repayment.household,
        kind: PaymentKind::Repaid,
        amount_fen: repayment.amount_fen,
        payer: "",
        reference: "",
    };
    record(tx, ctx, id, &entry)
}

/// Households of an area that owe advances: (household, amount in fen).
pub fn debtors(tx: &mut Tx, area: &str) -> Result<Vec<(String, i64)>> {
    let rows = tx.rows(
        &DEBTORS,
        &params![district(area), area, crate::register::entry::subtree_end(area)],
    )?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}
