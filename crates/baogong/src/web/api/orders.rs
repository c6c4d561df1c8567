//! Orders: placed, changed and cancelled one by one, or taken from a chain message or a spreadsheet.

use store::Tx;

use super::input::{Ask, Body, Command, Id, Upload};
use super::view::{done, json, made, seen_order, seen_round};
use crate::base::act::Act;
use crate::base::id::{OrderId, RoundId};
use crate::base::{Action, Ctx, Refusal, RefusalKind, Result};
use crate::register::entry::{self, Entry};
use crate::round::chain::{self, ChainDraft, ChainOutcome, LineOutcome};
use crate::round::modes::Mode;
use crate::round::order::{self, OrderChange, OrderDraft, OrderRef, ReliefDraft, ReliefOutcome};
use crate::round::sheet::{self, SheetDraft, SheetOutcome};
use crate::round::{Channel, Order, Pack, open};
use crate::web::gate::Gate;
use crate::web::{Answer, Web};

static PLACE: Act = Act::new("order.place", Action::TakeOrders);
static CHANGE: Act = Act::new("order.change", Action::TakeOrders);
static CANCEL: Act = Act::new("order.cancel", Action::TakeOrders);
static CHAIN: Act = Act::new("order.chain", Action::TakeOrders);
static SHEET: Act = Act::new("order.sheet", Action::TakeOrders);
static RELIEF: Act = Act::new("order.relief", Action::TakeOrders);

endpoints! {
    read "/api/v1/rounds/{id}/orders", Gate::Needs(Action::ViewRounds), list_orders;
    read "/api/v1/orders/{id}", Gate::Needs(Action::ViewRounds), get_order;
    write "/api/v1/orders", Gate::Needs(Action::TakeOrders), place_order;
    write "/api/v1/orders/change", Gate::Needs(Action::TakeOrders), change_order;
    write "/api/v1/orders/cancel", Gate::Needs(Action::TakeOrders), cancel_order;
    write "/api/v1/chains/preview", Gate::Needs(Action::TakeOrders), preview_chain;
    write "/api/v1/chains", Gate::Needs(Action::TakeOrders), take_chain;
    write "/api/v1/rounds/{id}/sheet", Gate::Needs(Action::TakeOrders), take_sheet;
    write "/api/v1/relief", Gate::Needs(Action::TakeOrders), give_relief;
}

/// The orders of a round in an area, by compound and number.
#[utoipa::path(get, path = "/api/v1/rounds/{id}/orders", tag = "orders",
    params(
        ("id" = String, Path, description = "The round"),
        ("area" = Option<String>, Query, description = "An area or compound code; the actor's own area without it"),
    ),
    responses((status = 200, body = [Order])))]
async fn list_orders(web: Web, Id(id): Id<RoundId>, ask: Ask) -> Answer {
    let (ctx, in_district, area) = (web.ctx()?, web.district()?, web.area(ask.get("area"))?);
    let found = web.app.read(move |tx| {
        seen_round(tx, &ctx, &in_district, id)?;
        let orders = order::of_round(tx, &in_district, id, &area)?;
        Ok(orders
            .into_iter()
            .map(|order| seen_order(&ctx.actor, order))
            .collect::<Vec<_>>())
    });
    json(&found.await?)
}

/// One order, by its id or by the code on its bag.
#[utoipa::path(get, path = "/api/v1/orders/{id}", tag = "orders",
    params(("id" = String, Path, description = "The order's id, or the code on the bag such as R012-03-0007-4")),
    responses((status = 200, body = Order)))]
async fn get_order(web: Web, Id(asked): Id<String>) -> Answer {
    let (ctx, in_district) = (web.ctx()?, web.district()?);
    let found = web.app.read(move |tx| {
        let order = match asked.parse::<OrderId>() {
            Ok(id) => Some(order::get(tx, &in_district, id)?),
            Err(_) => order::by_code(tx, &in_district, &asked)?,
        };
        let order = order.filter(|order| ctx.actor.covers(&order.household));
        let order = order.ok_or_else(|| Refusal::not_found("订单", "order"))?;
        seen_round(tx, &ctx, &in_district, order.round)?;
        Ok(seen_order(&ctx.actor, order))
    });
    json(&found.await?)
}

/// Places an order for a household. `channel` is `staff`, `proxy` (advanced by the liaison), `chain` or `sheet`.
#[utoipa::path(post, path = "/api/v1/orders", tag = "orders", request_body = OrderDraft,
    responses((status = 200, body = super::view::Made)))]
async fn place_order(command: Command, Body(draft): Body<OrderDraft>) -> Answer {
    command.home(&draft.district)?;
    // The other two are not chosen by whoever types: residents order by their link, relief is given by a run.
    if matches!(draft.channel, Channel::Link | Channel::Relief) {
        return Err(Refusal::invalid(
            "channel",
            "来源应为登记、代购、接龙或表格。",
            "The channel is staff, proxy, chain or sheet.",
        )
        .into());
    }
    let area = draft.household.clone();
    made(command.act(&PLACE, &area, draft, order::place).await?)
}

/// Changes an unpaid order before cut-off.
#[utoipa::path(post, path = "/api/v1/orders/change", tag = "orders", request_body = OrderChange,
    responses((status = 200, body = super::view::Done)))]
async fn change_order(command: Command, Body(change): Body<OrderChange>) -> Answer {
    let area = command.order(&change.district, change.id).await?.household;
    done(command.act(&CHANGE, &area, change, order::change).await?)
}

/// Cancels an order before cut-off; what was paid is given back.
#[utoipa::path(post, path = "/api/v1/orders/cancel", tag = "orders", request_body = OrderRef,
    responses((status = 200, body = super::view::Done)))]
async fn cancel_order(command: Command, Body(at): Body<OrderRef>) -> Answer {
    let area = command.order(&at.district, at.id).await?.household;
    done(command.act(&CANCEL, &area, at, order::cancel).await?)
}

fn line(line: &documents::chain::Line) -> LineOutcome {
    LineOutcome {
        number: line.number,
        text: line.text.clone(),
        understood: String::new(),
        order: None,
        unchanged: false,
        zh: String::new(),
        en: String::new(),
    }
}

fn understood(
    households: &[Entry],
    packs: &[Pack],
    dwelling: Option<usize>,
    goods: &[(usize, u32)],
) -> String {
    let place = dwelling
        .and_then(|index| households.get(index))
        .map_or("?", |entry| entry.name.as_str());
    let goods = goods
        .iter()
        .filter_map(|(good, quantity)| Some(format!("{} × {quantity}", packs.get(*good)?.name)));
    format!("{place}  {}", goods.collect::<Vec<_>>().join("、"))
}

fn preview(tx: &mut Tx, draft: &ChainDraft) -> Result<ChainOutcome> {
    let parsed = chain::known(tx, &draft.district, draft.round, &draft.compound)?.parse(&draft.text);
    let households = entry::all(tx, "households", &draft.compound)?;
    let packs = open::packs(tx, &draft.district, draft.round)?;
    let words = |dwelling, goods: &[(usize, u32)]| understood(&households, &packs, dwelling, goods);
    let mut outcome = ChainOutcome::default();
    for one in &parsed.orders {
        outcome.orders.push(LineOutcome {
            understood: words(Some(one.dwelling), &one.lines),
            ..line(&one.line)
        });
    }
    for question in &parsed.questions {
        let guess = question
            .guess
            .as_ref()
            .map(|guess| words(guess.dwelling, &guess.lines));
        let (zh, en) = (question.reason.zh(), question.reason.en());
        outcome.questions.push(LineOutcome {
            understood: guess.unwrap_or_default(),
            zh,
            en,
            ..line(&question.line)
        });
    }
    outcome.unrecognised = parsed.unrecognised.iter().map(line).collect();
    outcome.structure = parsed.structure.iter().map(line).collect();
    Ok(outcome)
}

/// What would be understood of a chain message; nothing is ordered.
#[utoipa::path(post, path = "/api/v1/chains/preview", tag = "orders", request_body = ChainDraft,
    responses((status = 200, body = ChainOutcome)))]
async fn preview_chain(command: Command, Body(draft): Body<ChainDraft>) -> Answer {
    command.home(&draft.district)?;
    command.ctx.actor.check(Action::TakeOrders, &draft.compound)?;
    json(&command.web.app.read(move |tx| preview(tx, &draft)).await?)
}

/// Takes the orders of a chain message: what is clear is ordered, what is not comes back as a question.
#[utoipa::path(post, path = "/api/v1/chains", tag = "orders", request_body = ChainDraft,
    responses((status = 200, body = ChainOutcome)))]
async fn take_chain(command: Command, Body(draft): Body<ChainDraft>) -> Answer {
    command.home(&draft.district)?;
    let area = draft.compound.clone();
    json(&command.act(&CHAIN, &area, draft, chain::take).await?)
}

/// Takes the orders of a spreadsheet.
#[utoipa::path(post, path = "/api/v1/rounds/{id}/sheet", tag = "orders",
    params(
        ("id" = String, Path, description = "The round"),
        ("compound" = Option<String>, Query, description = "The compound of rows that name none"),
        ("file_name" = Option<String>, Query, description = "The name of the file, when the body is the file itself"),
    ),
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "The file itself, or a form (multipart/form-data) with it"),
    responses((status = 200, body = SheetOutcome)))]
async fn take_sheet(command: Command, Id(round): Id<RoundId>, ask: Ask, Upload(file): Upload) -> Answer {
    let draft = SheetDraft {
        district: command.web.district()?,
        round,
        compound: ask.get("compound").to_string(),
        file_name: file.name,
        bytes: file.bytes,
    };
    let area = if draft.compound.is_empty() {
        command.ctx.actor.area.clone()
    } else {
        draft.compound.clone()
    };
    json(&command.act(&SHEET, &area, draft, take_within).await?)
}

/// As [`sheet::take`]; a row that names a compound outside the actor's area refuses the whole sheet.
fn take_within(tx: &mut Tx, ctx: &Ctx, draft: &SheetDraft) -> Result<SheetOutcome> {
    let outcome = sheet::take(tx, ctx, draft)?;
    for code in outcome.orders.iter().filter_map(|line| line.order.as_ref()) {
        let order = order::by_code(tx, &draft.district, code)?;
        if order.is_some_and(|order| !ctx.actor.covers(&order.household)) {
            return Err(Refusal::new(
                RefusalKind::NotAllowed,
                "outside_area",
                "表格中有您负责区域以外的小区，没有登记任何订单；请删去这些行。",
                "The sheet names compounds outside your area; nothing was ordered. Remove those rows.",
            )
            .into());
        }
    }
    Ok(outcome)
}

/// Gives a free pack to the households with special needs in every compound of a relief round.
#[utoipa::path(post, path = "/api/v1/relief", tag = "orders", request_body = ReliefDraft,
    responses((status = 200, body = ReliefOutcome)))]
async fn give_relief(command: Command, Body(draft): Body<ReliefDraft>) -> Answer {
    let round = command.round(&draft.district, draft.round).await?;
    if round.mode != Mode::Relief {
        return Err(Refusal::conflict(
            "mode",
            "只有免费应急包轮次可以这样发放。",
            "Only a round of free relief packs is given out this way.",
        )
        .into());
    }
    json(&command.act(&RELIEF, &round.area, draft, order::relief).await?)
}
