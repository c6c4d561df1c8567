//! Settlement between liaison and supplier: a statement per round that balances to the fen (DX-4).

use serde::Serialize;
use store::Tx;

use super::open::{self, RoundRef, change_state};
use super::payment::{self, PaymentKind};
use super::{OrderState, PaymentState, RoundState, chart, order};
use crate::base::book::{self, Kind, Move, Reason};
use crate::base::{Action, Ctx, Refusal, Result};

/// One compound's part of a statement; all amounts in fen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct StatementLine {
    /// The compound.
    pub compound: String,
    /// Orders that count.
    pub orders: i64,
    /// What they came to when ordered.
    pub ordered_fen: i64,
    /// Of that, paid by households.
    pub paid_fen: i64,
    /// Of that, advanced.
    pub advanced_fen: i64,
    /// Of that, borne by the relief fund.
    pub free_fen: i64,
    /// Given back for goods that fell short, were lost or refused.
    pub refund_fen: i64,
    /// Passed on to the supplier.
    pub settled_fen: i64,
    /// What is in the purse now.
    pub purse_fen: i64,
}

impl StatementLine {
    /// What the supplier has to get for what was delivered.
    pub fn due_fen(&self) -> i64 {
        self.paid_fen + self.advanced_fen + self.free_fen - self.refund_fen
    }

    /// What is wrong with the line; zero when it balances to the fen: what came in is what went out and what is
    /// still in the purse.
    pub fn difference_fen(&self) -> i64 {
        self.due_fen() - self.settled_fen - self.purse_fen
    }

    /// Adds another line to this one.
    pub fn add(&mut self, other: &StatementLine) {
        self.orders += other.orders;
        self.ordered_fen += other.ordered_fen;
        self.paid_fen += other.paid_fen;
        self.advanced_fen += other.advanced_fen;
        self.free_fen += other.free_fen;
        self.refund_fen += other.refund_fen;
        self.settled_fen += other.settled_fen;
        self.purse_fen += other.purse_fen;
    }
}

/// The statement of a round, one line per compound.
pub fn statement(tx: &mut Tx, at: &RoundRef) -> Result<Vec<StatementLine>> {
    let payments = payment::of_round(tx, &at.district, at.id)?;
    let mut lines = Vec::new();
    for compound in open::compounds(tx, &at.district, at.id)? {
        let mut line = StatementLine {
            compound: compound.compound.clone(),
            ..StatementLine::default()
        };
        for order in order::of_round(tx, &at.district, at.id, &compound.compound)? {
            if order.state.live() && order.payment != PaymentState::Platform {
                line.orders += 1;
                line.ordered_fen += order.amount_fen;
            }
        }
        for one in payments.iter().filter(|one| one.compound == compound.compound) {
            match one.kind {
                PaymentKind::Paid => line.paid_fen += one.amount_fen,
                PaymentKind::Advanced => line.advanced_fen += one.amount_fen,
                PaymentKind::Free => line.free_fen += one.amount_fen,
                PaymentKind::Refund | PaymentKind::AdvanceRefund | PaymentKind::FreeRefund => {
                    line.refund_fen += one.amount_fen
                }
                PaymentKind::Settled => line.settled_fen += one.amount_fen,
                PaymentKind::Repaid => {}
            }
        }
        line.purse_fen = book::balance(tx, &at.district, &chart::purse(at.id, &compound.compound))?.0;
        lines.push(line);
    }
    Ok(lines)
}

/// Passes what is in the purses of a round on to the supplier and closes the round. Gives the amount in fen.
pub fn settle(tx: &mut Tx, ctx: &Ctx, at: &RoundRef) -> Result<i64> {
    let round = open::get(tx, &at.district, at.id)?;
    ctx.actor.check(Action::Settle, &round.area)?;
    if round.state != RoundState::Confirmed {
        return Err(Refusal::conflict(
            "round_state",
            format!(
                "这一轮目前是“{}”，确认并装袋以后才能结算。",
                round.state.word(kit::Lang::Zh)
            ),
            format!(
                "The round is “{}”; it is settled after it is confirmed and packed.",
                round.state.word(kit::Lang::En)
            ),
        )
        .into());
    }
    let open_orders = order::of_round(tx, &at.district, at.id, &round.area)?
        .iter()
        .filter(|order| order.state == OrderState::Confirmed)
        .count();
    if open_orders > 0 {
        return Err(Refusal::conflict(
            "not_packed",
            format!("还有{open_orders}单没有装袋，缺货退款还不确定，暂不能结算。"),
            format!("{open_orders} orders are not packed yet, so refunds are still open."),
        )
        .into());
    }
    let mut total_fen = 0;
    for compound in open::compounds(tx, &at.district, at.id)? {
        let purse = chart::purse(at.id, &compound.compound);
        let (_, amount) = book::balance(tx, &at.district, &purse)?;
        if amount == 0 {
            continue;
        }
        let id = ctx.part(&format!("settle/{}", compound.compound));
        let one = Move {
            id,
            from: purse,
            to: chart::supplier_money(&round.supplier),
            amount,
            kind: Kind::Post,
            reason: Reason::Settle,
            cause: at.id.0,
        };
        book::post_certain(tx, ctx, &at.district, &[one])?;
        let entry = payment::Entry {
            round: at.id,
            compound: &compound.compound,
            order: None,
            household: "",
            kind: PaymentKind::Settled,
            amount_fen: amount,
            payer: "",
            reference: "",
        };
        payment::record(tx, ctx, id, &entry)?;
        total_fen += amount;
    }
    change_state(tx, at, RoundState::Confirmed, RoundState::Settled)?;
    Ok(total_fen)
}
