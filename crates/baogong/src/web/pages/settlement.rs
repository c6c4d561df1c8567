//! The statement of a round and its settlement with the supplier; advances on account and their repayment.

use axum::extract::Path;
use kit::{Column, Field, Icon, TableRow, Tile, Tone, html};

use super::super::Answer;
use super::super::fields::Fields;
use super::super::gate::Gate;
use super::super::request::Web;
use super::super::routes::{Route, read, write};
use super::guard;
use super::reports::exports;
use super::rounds::{reference, state_badge, visible};
use crate::base::access::Field as Datum;
use crate::base::act::Act;
use crate::base::id::district;
use crate::base::words::yuan;
use crate::base::{Action, Refusal};
use crate::register::correct::area_name;
use crate::register::{entry, text};
use crate::round::RoundState;
use crate::round::open::RoundRef;
use crate::round::payment::{self, Repayment};
use crate::round::settlement::{self, StatementLine};

static REPAY: Act = Act::new("payment.repay", Action::Collect);
static SETTLE: Act = Act::new("round.settle", Action::Settle);

/// Settlement with the supplier, and advances.
pub fn routes() -> Vec<Route> {
    vec![
        read("/rounds/{id}/settlement", Gate::Needs(Action::ViewRounds), page),
        write("/rounds/{id}/settlement", Gate::Needs(Action::Settle), settle),
        read("/advances", Gate::Needs(Action::Collect), advances),
        write("/advances", Gate::Needs(Action::Collect), repay),
    ]
}

async fn page(web: Web, Path(id): Path<String>) -> Answer {
    let at = reference(&web, &id)?;
    let ctx = web.ctx()?;
    let actor = ctx.actor.clone();
    let (round, lines, supplier) = web
        .app
        .read(move |tx| {
            let (round, _) = visible(tx, &ctx, &at)?;
            let mut lines = Vec::new();
            for line in settlement::statement(tx, &at)? {
                if ctx.actor.covers(&line.compound) {
                    let name = area_name(tx, &line.compound)?;
                    lines.push((name, line));
                }
            }
            let supplier = super::supplier_name(tx, &at.district, &round.supplier)?;
            Ok((round, lines, supplier))
        })
        .await?;
    let mut total = StatementLine::default();
    for (_, line) in &lines {
        total.add(line);
    }
    let columns = [
        Column::text(web.t("小区", "Compound")),
        Column::number(web.t("订单", "Orders")),
        Column::number(web.t("住户付", "Paid")),
        Column::number(web.t("垫付", "Advanced")),
        Column::number(web.t("救助", "Relief")),
        Column::number(web.t("退款", "Refunds")),
        Column::number(web.t("应结", "Due")),
        Column::number(web.t("已结", "Settled")),
        Column::number(web.t("在手", "In purse")),
        Column::number(web.t("差额", "Difference")),
    ];
    let row = |name: &str, line: &StatementLine| {
        TableRow::new(vec![
            html! { (name) },
            html! { (line.orders) },
            html! { (yuan(line.paid_fen)) },
            html! { (yuan(line.advanced_fen)) },
            html! { (yuan(line.free_fen)) },
            html! { (yuan(line.refund_fen)) },
            html! { (yuan(line.due_fen())) },
            html! { (yuan(line.settled_fen)) },
            html! { (yuan(line.purse_fen)) },
            html! { (yuan(line.difference_fen())) },
        ])
        .tone(if line.difference_fen() == 0 {
            Tone::Plain
        } else {
            Tone::Bad
        })
    };
    let mut rows: Vec<TableRow> = lines.iter().map(|(name, line)| row(name, line)).collect();
    rows.push(row(web.t("合计", "Total"), &total));
    let body = html! {
        (kit::crumbs(&[("/rounds".into(), web.t("轮次", "Rounds").into()), (format!("/rounds/{id}"), round.code.clone()), (String::new(), web.t("结算单", "Statement").into())]))
        (kit::heading(&format!("{} · {supplier}", web.t("结算单", "Statement")), &round.title, html! {
            (state_badge(round.state, web.lang))
            (kit::link_button(&format!("/reports/statement?area={}&round={id}", round.area), web.t("打印", "Print"), Tone::Quiet))
            (exports(&web, "statement", &[("area", &round.area), ("round", &id)]))
        }))
        (kit::notice(if total.difference_fen() == 0 { Tone::Good } else { Tone::Bad }, &format!("{}{} {}", web.t("差额 ", "Difference "), yuan(total.difference_fen()), web.t("元", "yuan")), html! {
            p { (web.t("应结 = 住户付 + 垫付 + 救助 − 退款；差额 = 应结 − 已结 − 在手，应为0。", "Due = paid + advanced + relief − refunds; difference = due − settled − in purse, and must be 0.")) }
        }))
        (kit::table(web.t("结算单", "Statement"), &columns, rows, html! {}))
        @if round.state == RoundState::Confirmed && actor.may(Action::Settle) && actor.covers(&round.area) {
            (kit::confirm_form(&format!("/rounds/{id}/settlement"), &web.shell(""), web.t("与保供单位结清", "Settle with the supplier"), Tone::Accent, &format!("{} {} {}", web.t("把在手的", "Pass on"), yuan(total.purse_fen), web.t("元交给保供单位（配送员），双方签字。", "yuan to the supplier; both sign."))))
        }
    };
    Ok(web.page(web.t("结算单", "Statement"), body))
}

async fn settle(web: Web, Path(id): Path<String>, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let at: RoundRef = reference(&web, &id)?;
    let (ctx, asked) = (web.ctx()?, at.clone());
    let area = web
        .app
        .read(move |tx| Ok(visible(tx, &ctx, &asked)?.0.area))
        .await?;
    let settled = web
        .app
        .act(
            &web.ctx_for(fields.command())?,
            &SETTLE,
            &area,
            at,
            settlement::settle,
        )
        .await?;
    Ok(web.done(
        &format!("/rounds/{id}/settlement"),
        &format!(
            "{} {} {}",
            web.t("已结清", "Settled:"),
            yuan(settled),
            web.t("元。", "yuan.")
        ),
    ))
}

async fn advances(web: Web) -> Answer {
    let ctx = web.ctx()?;
    let actor = ctx.actor.clone();
    let rows = web
        .app
        .read(move |tx| {
            let mut rows = Vec::new();
            for (household, amount_fen) in payment::debtors(tx, &ctx.actor.area)? {
                let head = entry::get(tx, "households", district(&household), &household)?
                    .map_or_else(String::new, |entry| text(&entry.body, "head").to_string());
                rows.push((
                    super::household_name(tx, &household)?,
                    head,
                    amount_fen,
                    household,
                ));
            }
            Ok(rows)
        })
        .await?;
    let total: i64 = rows.iter().map(|(_, _, amount_fen, _)| amount_fen).sum();
    let columns = [
        Column::text(web.t("住户", "Household")),
        Column::text(web.t("户主", "Head")),
        Column::number(web.t("垫付（元）", "Owed (yuan)")),
        Column::text(""),
    ];
    let table = rows
        .iter()
        .map(|(name, head, amount_fen, code)| {
            TableRow::new(vec![
                html! { a href=(format!("/household/{code}")) { (name) } },
                html! { (actor.show(Datum::Name, head)) },
                html! { (yuan(*amount_fen)) },
                html! { (kit::form("/advances", &web.shell(""), html! {
                    (Field::hidden("household", code))
                    (Field::text("amount", web.t("归还（元）", "Repaid (yuan)")).value(&yuan(*amount_fen)).attr("inputmode", "decimal").small().id(&format!("repay-{code}")))
                    (kit::button(web.t("登记归还", "Record"), Tone::Quiet))
                })) },
            ])
        })
        .collect();
    let body = html! {
        (kit::heading(web.t("垫付挂账", "Advances on account"), web.t("为不会网购的住户垫付的钱，解封后统一结清（DX-5）。", "Money advanced for households that cannot order; settled after the closure ends (DX-5)."), html! {
            (exports(&web, "advances", &[]))
        }))
        (kit::tiles(&[Tile { label: web.t("未结清", "Outstanding").into(), value: yuan(total), unit: web.t("元", "yuan").into(), ..Tile::default() }]))
        (kit::table(web.t("垫付", "Advances"), &columns, table, kit::empty(Icon::Wallet, web.t("没有未结清的垫付", "Nothing is owed"), web.t("代购垫付的订单会记在这里。", "Proxy orders with an advance appear here."), html! {})))
    };
    Ok(web.page(web.t("垫付挂账", "Advances"), body))
}

async fn repay(web: Web, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let household = fields.get("household").to_string();
    let amount_fen = documents::values::money_fen(fields.get("amount"), None)
        .map_err(|problem| Refusal::invalid("amount", problem.message(true), problem.message(false)))?;
    let repayment = Repayment {
        household: household.clone(),
        amount_fen,
    };
    web.app
        .act(
            &web.ctx_for(fields.command())?,
            &REPAY,
            &household,
            repayment,
            payment::repay,
        )
        .await?;
    Ok(web.done("/advances", web.t("归还已登记。", "Recorded.")))
}
