//! Money: payments, matching of transfers, advances, the statement and the settlement of a round.

use serde::Serialize;
use utoipa::ToSchema;

use super::input::{Ask, Body, Command, Id};
use super::view::{done, json, seen_round};
use crate::base::access::Field;
use crate::base::act::Act;
use crate::base::id::{OrderId, PaymentId, RoundId};
use crate::base::{Action, Actor};
use crate::round::open::RoundRef;
use crate::round::payment::{self, Match, Payment, PaymentDraft, PaymentKind, Repayment, TransferList};
use crate::round::settlement::{self, StatementLine};
use crate::web::gate::Gate;
use crate::web::{Answer, Web};

static PAY: Act = Act::new("payment.record", Action::Collect);
static MATCH: Act = Act::new("payment.match", Action::Collect);
static REPAY: Act = Act::new("payment.repay", Action::Collect);
static SETTLE: Act = Act::new("round.settle", Action::Settle);

endpoints! {
    read "/api/v1/rounds/{id}/payments", Gate::Needs(Action::Collect), list_payments;
    write "/api/v1/payments", Gate::Needs(Action::Collect), pay_order;
    write "/api/v1/payments/match", Gate::Needs(Action::Collect), match_transfers;
    write "/api/v1/payments/repay", Gate::Needs(Action::Collect), repay_advance;
    read "/api/v1/advances", Gate::Needs(Action::Collect), list_advances;
    read "/api/v1/rounds/{id}/statement", Gate::Needs(Action::ViewRounds), statement_of_round;
    write "/api/v1/rounds/settle", Gate::Needs(Action::Settle), settle_round;
}

/// A payment.
#[derive(Serialize, ToSchema)]
pub struct PaymentView {
    /// The id.
    id: PaymentId,
    /// The compound.
    compound: String,
    /// The order that it belongs to, if one.
    order: Option<OrderId>,
    /// The household; empty for a settlement.
    household: String,
    /// What it was.
    kind: PaymentKind,
    /// How much.
    amount_fen: i64,
    /// Who paid, masked.
    payer: String,
    /// The number of the transfer.
    reference: String,
    /// When.
    at_s: i64,
    /// Who recorded it.
    actor: String,
}

fn view(actor: &Actor, one: Payment) -> PaymentView {
    PaymentView {
        id: one.id,
        compound: one.compound,
        order: one.order,
        household: one.household,
        kind: one.kind,
        amount_fen: one.amount_fen,
        payer: actor.show(Field::Name, &one.payer),
        reference: one.reference,
        at_s: one.at_s,
        actor: one.actor,
    }
}

/// The payments of a round in the actor's area.
#[utoipa::path(get, path = "/api/v1/rounds/{id}/payments", tag = "payments",
    params(("id" = String, Path, description = "The round")), responses((status = 200, body = [PaymentView])))]
async fn list_payments(web: Web, Id(id): Id<RoundId>) -> Answer {
    let (ctx, in_district) = (web.ctx()?, web.district()?);
    let found = web.app.read(move |tx| {
        seen_round(tx, &ctx, &in_district, id)?;
        let payments = payment::of_round(tx, &in_district, id)?.into_iter();
        let payments = payments.filter(|one| ctx.actor.covers(&one.compound));
        Ok(payments.map(|one| view(&ctx.actor, one)).collect::<Vec<_>>())
    });
    json(&found.await?)
}

/// Records that an order is paid, or advanced by the liaison, in full.
#[utoipa::path(post, path = "/api/v1/payments", tag = "payments", request_body = PaymentDraft,
    responses((status = 200, body = super::view::Done)))]
async fn pay_order(command: Command, Body(draft): Body<PaymentDraft>) -> Answer {
    let area = command.order(&draft.district, draft.order).await?.compound;
    done(command.act(&PAY, &area, draft, payment::pay).await?)
}

/// Matches a list of transfers to the unpaid orders of an area; what does not match says why.
#[utoipa::path(post, path = "/api/v1/payments/match", tag = "payments", request_body = TransferList,
    responses((status = 200, body = [Match])))]
async fn match_transfers(command: Command, Body(list): Body<TransferList>) -> Answer {
    command.round(&list.district, list.round).await?;
    let area = list.area.clone();
    json(&command.act(&MATCH, &area, list, payment::match_transfers).await?)
}

/// Records that a household gave back what was advanced for it.
#[utoipa::path(post, path = "/api/v1/payments/repay", tag = "payments", request_body = Repayment,
    responses((status = 200, body = super::view::Done)))]
async fn repay_advance(command: Command, Body(repayment): Body<Repayment>) -> Answer {
    let area = repayment.household.clone();
    done(command.act(&REPAY, &area, repayment, payment::repay).await?)
}

/// What a household owes for advances.
#[derive(Serialize, ToSchema)]
pub struct AdvanceView {
    /// The household.
    household: String,
    /// What it owes.
    owed_fen: i64,
}

/// The households of an area that owe advances.
#[utoipa::path(get, path = "/api/v1/advances", tag = "payments",
    params(("area" = Option<String>, Query, description = "An area code; the actor's own without it")),
    responses((status = 200, body = [AdvanceView])))]
async fn list_advances(web: Web, ask: Ask) -> Answer {
    let area = web.area(ask.get("area"))?;
    let debtors = web.app.read(move |tx| payment::debtors(tx, &area)).await?;
    json(
        &debtors
            .into_iter()
            .map(|(household, owed_fen)| AdvanceView { household, owed_fen })
            .collect::<Vec<_>>(),
    )
}

/// One compound's part of a statement.
#[derive(Serialize, ToSchema)]
pub struct StatementView {
    /// The amounts.
    #[serde(flatten)]
    line: StatementLine,
    /// What the supplier has to get for what was delivered.
    due_fen: i64,
    /// Zero when the line balances.
    difference_fen: i64,
}

/// The statement of a round, one line per compound of the actor's area.
#[utoipa::path(get, path = "/api/v1/rounds/{id}/statement", tag = "payments",
    params(("id" = String, Path, description = "The round")), responses((status = 200, body = [StatementView])))]
async fn statement_of_round(web: Web, Id(id): Id<RoundId>) -> Answer {
    let (ctx, at) = (
        web.ctx()?,
        RoundRef {
            district: web.district()?,
            id,
        },
    );
    let found = web.app.read(move |tx| {
        seen_round(tx, &ctx, &at.district, id)?;
        let mut lines = settlement::statement(tx, &at)?;
        lines.retain(|line| ctx.actor.covers(&line.compound));
        Ok(lines)
    });
    let view = |line: StatementLine| StatementView {
        due_fen: line.due_fen(),
        difference_fen: line.difference_fen(),
        line,
    };
    json(&found.await?.into_iter().map(view).collect::<Vec<_>>())
}

/// What was passed on.
#[derive(Serialize, ToSchema)]
pub struct SettledView {
    /// What the supplier got.
    amount_fen: i64,
}

/// Passes what is in the purses of a round on to the supplier and closes the round.
#[utoipa::path(post, path = "/api/v1/rounds/settle", tag = "payments", request_body = RoundRef,
    responses((status = 200, body = SettledView)))]
async fn settle_round(command: Command, Body(at): Body<RoundRef>) -> Answer {
    let area = command.round(&at.district, at.id).await?.area;
    json(&SettledView {
        amount_fen: command.act(&SETTLE, &area, at, settlement::settle).await?,
    })
}
