//! Rounds: open one, see where it stands, cut it off, confirm it.

mod form;

use axum::extract::{Path, RawQuery};
use kit::{Column, Field, Icon, Lang, Markup, Step, StepState, TableRow, Tile, Tone, html};
use store::Tx;

use super::super::Answer;
use super::super::fields::Fields;
use super::super::gate::Gate;
use super::super::request::Web;
use super::super::routes::{Route, read, write};
use super::reports::exports;
use super::{allocations, guard, supplier_name};
use crate::base::act::Act;
use crate::base::id::{ProposalId, RoundId, district};
use crate::base::words::{count, kilograms, yuan};
use crate::base::{Action, Ctx, Error, Refusal, RefusalKind, Result, clock};
use crate::plan::release::{Division, Release};
use crate::plan::rules::{self, RuleKey};
use crate::proposal::{allocation, assignment};
use crate::register::correct::area_name;
use crate::register::entry::{self, Good};
use crate::round::ballot::{self, Ballot};
use crate::round::demand::{self, Forecast};
use crate::round::modes::Mode;
use crate::round::open::{self, PackDraft, RoundDraft, RoundRef};
use crate::round::{Order, OrderState, Pack, PaymentState, Round, RoundCompound, RoundState, order};

static OPEN: Act = Act::new("round.open", Action::OpenRound);
static CUT_OFF: Act = Act::new("round.cut_off", Action::OpenRound);
static CONFIRM: Act = Act::new("round.confirm", Action::Collect);

/// Rounds.
pub fn routes() -> Vec<Route> {
    vec![
        read("/rounds", Gate::Needs(Action::ViewRounds), list),
        read("/rounds/new", Gate::Needs(Action::OpenRound), form::new),
        write("/rounds", Gate::Needs(Action::OpenRound), form::create),
        read("/rounds/{id}", Gate::Needs(Action::ViewRounds), show),
        write("/rounds/{id}/cut-off", Gate::Needs(Action::OpenRound), cut_off),
        write("/rounds/{id}/confirm", Gate::Needs(Action::Collect), confirm),
    ]
}

/// The state of a round as a badge.
pub fn state_badge(state: RoundState, lang: Lang) -> Markup {
    let tone = match state {
        RoundState::Open => Tone::Accent,
        RoundState::Closed => Tone::Warn,
        RoundState::Confirmed => Tone::Good,
        RoundState::Settled | RoundState::Cancelled => Tone::Quiet,
    };
    kit::badge(tone, state.word(lang))
}

/// The district and id of a round named in an address.
pub fn reference(web: &Web, id: &str) -> Result<RoundRef> {
    let id: RoundId = id.parse().map_err(|_| Refusal::not_found("轮次", "round"))?;
    Ok(RoundRef {
        district: web.district()?,
        id,
    })
}

/// A round that the actor may see: it touches the actor's area, and a supplier's user sees only the supplier's own.
pub fn visible(tx: &mut Tx, ctx: &Ctx, at: &RoundRef) -> Result<(Round, Vec<RoundCompound>)> {
    let round = open::get(tx, &at.district, at.id)?;
    let mut compounds = open::compounds(tx, &at.district, at.id)?;
    compounds.retain(|one| ctx.actor.covers(&one.compound));
    let foreign = ctx
        .actor
        .supplier
        .as_ref()
        .is_some_and(|own| *own != round.supplier);
    if compounds.is_empty() || foreign {
        return Err(Refusal::not_found("轮次", "round").into());
    }
    Ok((round, compounds))
}

/// The area of a round that the actor may act on: the whole round, or the actor's own part of it.
pub fn own_area(ctx: &Ctx, round: &Round) -> String {
    if ctx.actor.covers(&round.area) {
        round.area.clone()
    } else {
        ctx.actor.area.clone()
    }
}

async fn list(web: Web) -> Answer {
    let ctx = web.ctx()?;
    let may_open = ctx.actor.may(Action::OpenRound);
    let supplier = ctx.actor.supplier.clone().unwrap_or_default();
    let key = format!("rounds {} {supplier}", ctx.actor.area);
    let rounds = web.app.made_once(&key, move |tx| {
        let mut rows = Vec::new();
        for round in open::list(tx, &ctx.actor.area, &supplier)? {
            let name = supplier_name(tx, district(&round.area), &round.supplier)?;
            let compounds = open::compounds(tx, district(&round.area), round.id)?.len();
            let states = order::states_of_round(tx, &round)?;
            let count = |of: fn(OrderState) -> bool| -> i64 {
                let these = states.iter().filter(|(state, _)| of(*state));
                these.map(|(_, orders)| orders).sum()
            };
            let live = count(OrderState::live);
            let requested = count(|state| state == OrderState::Requested);
            let unpaid = count(|state| state == OrderState::Placed);
            let handed = count(|state| state == OrderState::Handed);
            rows.push((round, name, compounds, (live, requested), unpaid, handed));
        }
        Ok(rows)
    });
    let rounds = rounds.await?;
    let waiting = if may_open {
        let ctx = web.ctx()?;
        let found = web.app.read(move |tx| {
            let mut named = Vec::new();
            for one in allocation::waiting(tx, &ctx)? {
                let name = area_name(tx, &one.area)?;
                named.push((one, name));
            }
            Ok(named)
        });
        found.await?
    } else {
        Vec::new()
    };
    let columns = [
        Column::text(web.t("轮次", "Round")),
        Column::text(web.t("方式", "Mode")),
        Column::text(web.t("保供单位", "Supplier")),
        Column::number(web.t("小区", "Compounds")),
        Column::text(web.t("截单", "Cut-off")),
        Column::number(web.t("订单", "Orders")),
        Column::number(web.t("未付", "Unpaid")),
        Column::number(web.t("已交付", "Handed over")),
        Column::text(web.t("状态", "State")),
    ];
    let rows = rounds
        .iter()
        .map(|(round, name, compounds, (live, requested), unpaid, handed)| {
            TableRow::new(vec![
                html! { (round.code) " " (round.title) },
                html! { (round.mode.word(web.lang)) },
                html! { (name) },
                html! { (compounds) },
                html! { (clock::short(round.cutoff_s)) },
                html! { (live) @if *requested > 0 { " " small { (web.t("待抽签 ", "to be drawn ")) (requested) } } },
                html! { (unpaid) },
                html! { (handed) },
                state_badge(round.state, web.lang),
            ])
            .href(format!("/rounds/{}", round.id))
        })
        .collect();
    let button = html! { @if may_open { (kit::link_button("/rounds/new", web.t("开一轮", "Open a round"), Tone::Accent)) } };
    let body = html! {
        (kit::heading(web.t("轮次", "Rounds"), web.t("一轮：一家保供单位、若干小区、同一截单时间。", "One supplier, some compounds, one cut-off."), html! { (button) (exports(&web, "rounds", &[])) }))
        (allocations::waiting(&web, &waiting))
        (kit::table(web.t("轮次", "Rounds"), &columns, rows, kit::empty(Icon::Box, web.t("还没有轮次", "No round yet"), web.t("选保供单位、小区和套餐，就可以开团。", "Choose supplier, compounds and packs to open one."), button)))
    };
    Ok(web.page(web.t("轮次", "Rounds"), body))
}

struct View {
    round: Round,
    compounds: Vec<(RoundCompound, String, Vec<i64>)>,
    packs: Vec<Pack>,
    orders: Vec<Order>,
    supplier: String,
    household_names: std::collections::HashMap<String, String>,
    ballot: Option<Ballot>,
    /// The allocation by which its packs were shared, for those who open rounds.
    allocation: Option<ProposalId>,
}

fn load(tx: &mut Tx, ctx: &Ctx, at: &RoundRef) -> Result<View> {
    let (round, compounds) = visible(tx, ctx, at)?;
    let packs = open::packs(tx, &at.district, at.id)?;
    let mut with_left = Vec::new();
    let mut household_names = std::collections::HashMap::new();
    for compound in compounds {
        let left = open::left(tx, &at.district, at.id, &compound.compound, &packs)?;
        let name = area_name(tx, &compound.compound)?;
        household_names.insert(compound.compound.clone(), name.clone());
        with_left.push((compound, name, left));
    }
    let mut orders = order::of_round(tx, &at.district, at.id, &own_area(ctx, &round))?;
    crate::round::packing::walking_order(&mut orders);
    let supplier = supplier_name(tx, &at.district, &round.supplier)?;
    let ballot = ballot::get(tx, &at.district, at.id)?;
    let allocation = match ctx.actor.may(Action::OpenRound) {
        true => allocation::of_round(tx, &at.district, at.id, round.opens_s)?,
        false => None,
    };
    Ok(View {
        ballot,
        allocation,
        round,
        compounds: with_left,
        packs,
        orders,
        supplier,
        household_names,
    })
}

fn steps(web: &Web, view: &View) -> Markup {
    let state = view.round.state;
    let any = |states: &[OrderState]| view.orders.iter().any(|order| states.contains(&order.state));
    let unpacked = any(&[OrderState::Confirmed]);
    let order = [
        (
            if view.ballot.is_some() {
                web.t("登记、抽签", "Requests, draw")
            } else {
                web.t("接单", "Orders")
            },
            state != RoundState::Open,
        ),
        (
            web.t("收款", "Payments"),
            matches!(state, RoundState::Confirmed | RoundState::Settled),
        ),
        (
            web.t("装袋", "Packing"),
            matches!(state, RoundState::Confirmed | RoundState::Settled) && !unpacked,
        ),
        (
            web.t("配送", "Delivery"),
            matches!(state, RoundState::Confirmed | RoundState::Settled)
                && !unpacked
                && !any(&[OrderState::Packed, OrderState::Loaded]),
        ),
        (
            web.t("交付", "Hand-over"),
            matches!(state, RoundState::Confirmed | RoundState::Settled)
                && !any(&[
                    OrderState::Confirmed,
                    OrderState::Packed,
                    OrderState::Loaded,
                    OrderState::Dropped,
                ]),
        ),
        (web.t("结算", "Settlement"), state == RoundState::Settled),
    ];
    let hrefs = [
        "",
        "/payments",
        "/packing",
        "/packing",
        "/handover",
        "/settlement",
    ];
    let now = order.iter().position(|(_, done)| !done).unwrap_or(order.len());
    let steps: Vec<Step> = order
        .iter()
        .zip(hrefs)
        .enumerate()
        .map(|(index, ((label, done), end))| Step {
            label: (*label).to_string(),
            state: if *done {
                StepState::Done
            } else if index == now {
                StepState::Now
            } else {
                StepState::Ahead
            },
            href: Some(format!("/rounds/{}{end}", view.round.id)),
        })
        .collect();
    kit::steps(&steps)
}

async fn show(web: Web, Path(id): Path<String>, RawQuery(query): RawQuery) -> Answer {
    let fields = Fields::of_query(&query.unwrap_or_default());
    let page = fields.get("page").parse::<i64>().unwrap_or(1).max(1);
    let at = reference(&web, &id)?;
    let ctx = web.ctx()?;
    let actor = ctx.actor.clone();
    let view = web.app.read(move |tx| load(tx, &ctx, &at)).await?;
    let (round, lang) = (&view.round, web.lang);
    let live: Vec<&Order> = view.orders.iter().filter(|order| order.state.live()).collect();
    let unpaid: Vec<&&Order> = live
        .iter()
        .filter(|order| order.state == OrderState::Placed)
        .collect();
    let amount: i64 = live.iter().map(|order| order.amount_fen - order.refund_fen).sum();
    let paid: i64 = live
        .iter()
        .filter(|order| order.payment != PaymentState::Unpaid)
        .map(|order| order.amount_fen - order.refund_fen)
        .sum();
    let own_area = if actor.covers(&round.area) {
        round.area.clone()
    } else {
        actor.area.clone()
    };
    let tile = |zh: &str, en: &str, value: String, tone: Tone| Tile {
        label: web.t(zh, en).into(),
        value,
        tone,
        ..Tile::default()
    };
    let may_take = actor.may(Action::TakeOrders) && round.state == RoundState::Open;
    let mut columns = vec![
        Column::text(web.t("小区", "Compound")),
        Column::number(web.t("订单", "Orders")),
    ];
    if view.ballot.is_some() {
        columns.push(Column::number(web.t("登记", "Requests")));
    }
    columns.extend(
        view.packs
            .iter()
            .map(|pack| Column::number(&format!("{} {}", pack.name, web.t("剩余", "left")))),
    );
    columns.push(Column::text(""));
    let rows = view
        .compounds
        .iter()
        .map(|(compound, name, left)| {
            let orders = live.iter().filter(|order| order.compound == compound.compound).count();
            let mut cells = vec![html! { (name) br; small { (compound.drop_point) } }, html! { (orders) }];
            if view.ballot.is_some() {
                let asked = view.orders.iter().filter(|order| order.compound == compound.compound);
                cells.push(html! { (asked.filter(|order| order.state != OrderState::Cancelled).count()) });
            }
            cells.extend(left.iter().map(|left| html! { (left) }));
            cells.push(html! {
                @if may_take { (kit::link_button(&format!("/rounds/{id}/take?compound={}", compound.compound), web.t("登记订单", "Take orders"), Tone::Accent)) }
                @if actor.may(Action::TakeOrders) { (kit::link_button(&format!("/rounds/{id}/share?compound={}", compound.compound), web.t("链接、通知", "Link, announcement"), Tone::Quiet)) }
            });
            TableRow::new(cells)
        })
        .collect();
    let order_columns = [
        Column::text(web.t("订单号", "Order")),
        Column::text(web.t("小区", "Compound")),
        Column::text(web.t("房号", "Dwelling")),
        Column::text(web.t("内容", "Contents")),
        Column::number(web.t("金额", "Yuan")),
        Column::text(web.t("来源", "Channel")),
        Column::text(web.t("付款", "Payment")),
        Column::text(web.t("状态", "State")),
    ];
    let order_rows = view
        .orders
        .iter()
        .skip(((page - 1) * 50) as usize)
        .take(50)
        .map(|order| {
            TableRow::new(vec![
                html! { (order.code) },
                html! { (view.household_names.get(&order.compound).map_or("", String::as_str)) },
                html! { (order.dwelling()) },
                html! { (crate::report::rounds::contents(order, &view.packs, order.lines.iter().any(|line| line.packed > 0), lang)) },
                html! { (yuan(order.amount_fen - order.refund_fen)) },
                html! { (order.channel.word(lang)) },
                html! { (order.payment.word(lang)) },
                order_badge(order.state, lang),
            ])
            .tone(if order.state.live() { Tone::Plain } else { Tone::Quiet })
            .href(format!("/orders/{}", order.id))
        })
        .collect();
    let rule_rows: Vec<(String, Markup)> = round
        .rules
        .iter()
        .filter(|rule| {
            matches!(
                rule.key,
                RuleKey::OrderIntervalD
                    | RuleKey::CarryTo
                    | RuleKey::CarryBy
                    | RuleKey::Unpaid
                    | RuleKey::AdvanceAllowed
                    | RuleKey::PickupPeopleMax
                    | RuleKey::SettleWhen
                    | RuleKey::PrepayTo
                    | RuleKey::Release
            )
        })
        .map(|rule| {
            (
                rule.key.word(lang).to_string(),
                html! { (rule.value) " (" (rule.clause) ")" },
            )
        })
        .collect();
    let body = html! {
        (kit::crumbs(&[("/rounds".into(), web.t("轮次", "Rounds").into()), (String::new(), round.code.clone())]))
        (kit::heading(&format!("{} {}", round.code, round.title), &format!("{} · {} · {} {} · {} {} · {} {}", view.supplier, round.mode.word(lang), web.t("截单", "cut-off"), clock::short(round.cutoff_s), web.t("付款截止", "pay by"), clock::short(round.pay_by_s), web.t("送达", "delivery"), clock::short(round.deliver_s)), state_badge(round.state, lang)))
        (steps(&web, &view))
        (kit::tiles(&[
            tile("订单", "Orders", count(live.len() as i64), Tone::Plain),
            tile("金额（元）", "Amount (yuan)", yuan(amount), Tone::Plain),
            tile("已收（元）", "Collected (yuan)", yuan(paid), Tone::Good),
            tile("未付", "Unpaid", count(unpaid.len() as i64), if unpaid.is_empty() { Tone::Good } else { Tone::Warn }),
        ]))
        @if let Some(ballot) = &view.ballot { (super::ballot::card(&web, round, ballot, &view.orders)) }
        (kit::actions(html! {
            @if round.mode == Mode::Relief && may_take { (kit::link_button(&format!("/rounds/{id}/relief"), web.t("发放应急包", "Give relief packs"), Tone::Accent)) }
            @if actor.may(Action::Collect) && round.mode.facts().purse { (kit::link_button(&format!("/rounds/{id}/payments"), web.t("收款", "Payments"), Tone::Accent)) }
            @if actor.may(Action::Pack) || actor.may(Action::Dispatch) { (kit::link_button(&format!("/rounds/{id}/packing"), web.t("装袋、装车", "Pack and load"), Tone::Accent)) }
            @if actor.may(Action::Deliver) { (kit::link_button(&format!("/rounds/{id}/handover"), web.t("交付", "Hand-over"), Tone::Accent)) }
            (kit::link_button(&format!("/rounds/{id}/settlement"), web.t("结算单", "Statement"), Tone::Quiet))
            (kit::link_button(&format!("/reports/orders?area={own_area}&round={id}"), web.t("订单明细", "Order list"), Tone::Quiet))
            (exports(&web, "orders", &[("area", &own_area), ("round", &id)]))
        }))
        (kit::actions(html! {
        @if round.state == RoundState::Open && actor.may(Action::OpenRound) {
            (kit::confirm_form(&format!("/rounds/{id}/cut-off"), &web.shell(""), if view.ballot.is_some() { web.t("现在截单并抽签", "Cut off and draw now") } else { web.t("现在截单", "Cut off now") }, Tone::Warn, web.t("截单后不能再下单或修改。", "After cut-off nobody can order or change.")))
        }
        @if (round.state == RoundState::Closed || round.state == RoundState::Open && view.ballot.is_none()) && actor.may(Action::Collect) {
            (kit::confirm_form(&format!("/rounds/{id}/confirm"), &web.shell(""), web.t("确认本轮（未付作废）", "Confirm (unpaid orders expire)"), Tone::Warn, &format!("{}{}{}", web.t("确认后开始备货；", "Packing starts; "), unpaid.len(), web.t("单未付将作废并释放份额。", " unpaid orders expire and free their share."))))
        }
        }))
        @if let Some(allocation) = view.allocation {
            p { (web.t("各小区的份额按需公平分配：", "Allotments were shared fairly by need: ")) a href=(format!("/allocations/{allocation}")) { (web.t("办法和分配表", "the rule and the table")) } }
        }
        (kit::section(web.t("各小区", "By compound"), kit::table(web.t("各小区", "By compound"), &columns, rows, html! {})))
        (kit::section(web.t("订单", "Orders"), html! {
            (kit::table(web.t("订单", "Orders"), &order_columns, order_rows, kit::empty(Icon::Box, web.t("还没有订单", "No orders yet"), web.t("发出链接，或登记接龙。", "Send the link, or paste a chain message."), html! {})))
            (kit::pager(lang, &format!("/rounds/{id}?"), page, 50, view.orders.len() as i64))
        }))
        @if !rule_rows.is_empty() { (kit::section(web.t("本轮依据的规则", "Rules of this round"), kit::definitions(&rule_rows))) }
    };
    Ok(web.page(&format!("{} {}", round.code, round.title), body))
}

/// The state of an order as a badge.
pub fn order_badge(state: OrderState, lang: Lang) -> Markup {
    let tone = match state {
        OrderState::Requested | OrderState::Placed => Tone::Warn,
        OrderState::Confirmed | OrderState::Packed | OrderState::Loaded => Tone::Accent,
        OrderState::Dropped | OrderState::Handed => Tone::Good,
        OrderState::Returned => Tone::Bad,
        OrderState::Cancelled | OrderState::Expired | OrderState::NotDrawn => Tone::Quiet,
    };
    kit::badge(tone, state.word(lang))
}

async fn act_on_round(web: &Web, id: &str) -> Result<(RoundRef, String)> {
    let at = reference(web, id)?;
    let ctx = web.ctx()?;
    let asked = at.clone();
    let round = web.app.read(move |tx| Ok(visible(tx, &ctx, &asked)?.0)).await?;
    Ok((at, round.area))
}

async fn cut_off(web: Web, Path(id): Path<String>, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let (at, area) = act_on_round(&web, &id).await?;
    let asked = at.clone();
    let round = web
        .app
        .read(move |tx| open::get(tx, &asked.district, asked.id))
        .await?;
    web.app
        .act(
            &web.ctx_for(fields.command())?,
            &CUT_OFF,
            &area,
            at,
            open::cut_off,
        )
        .await?;
    let words = match round.release {
        Release::FirstCome => web.t("已截单。请催收未付款。", "Cut off. Now chase the unpaid."),
        Release::Ballot => web.t(
            "已截单，抽签结果已公布。请通知抽中的住户付款。",
            "Cut off and drawn; the result is published. Tell those who were drawn to pay.",
        ),
    };
    Ok(web.done(&format!("/rounds/{id}"), words))
}

async fn confirm(web: Web, Path(id): Path<String>, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let (at, area) = act_on_round(&web, &id).await?;
    let expired = web
        .app
        .act(
            &web.ctx_for(fields.command())?,
            &CONFIRM,
            &area,
            at,
            open::confirm,
        )
        .await?;
    Ok(web.done(
        &format!("/rounds/{id}"),
        &format!(
            "{}{expired}{}",
            web.t("本轮已确认，", "Confirmed; "),
            web.t(
                "单未付作废。保供单位可以装袋了。",
                " unpaid orders expired. The supplier can pack now."
            )
        ),
    ))
}
