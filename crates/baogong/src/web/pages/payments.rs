//! Payments: who has paid, matching of transfers, reminders.

use axum::extract::Path;
use documents::chain::{Unpaid, unpaid_reminder};
use documents::forms;
use kit::{Column, Field, Icon, Lang, TableRow, Tile, Tone, html};

use super::super::Answer;
use super::super::fields::Fields;
use super::super::gate::Gate;
use super::super::request::Web;
use super::super::routes::{Route, read, write};
use super::guard;
use super::reports::exports;
use super::rounds::{own_area, reference, state_badge, visible};
use crate::base::access::Field as Datum;
use crate::base::act::Act;
use crate::base::words::{count, yuan};
use crate::base::{Action, Refusal, Result, clock};
use crate::register::correct::area_name;
use crate::register::{number, text};
use crate::round::payment::{self, Match, PaymentDraft, PaymentKind, Transfer, TransferList};
use crate::round::{OrderState, RoundState, order};

static PAY: Act = Act::new("payment.record", Action::Collect);
static MATCH: Act = Act::new("payment.match", Action::Collect);

/// Payments.
pub fn routes() -> Vec<Route> {
    vec![
        read("/rounds/{id}/payments", Gate::Needs(Action::Collect), page),
        write("/rounds/{id}/payments", Gate::Needs(Action::Collect), pay),
        write("/rounds/{id}/transfers", Gate::Needs(Action::Collect), transfers),
    ]
}

async fn page(web: Web, Path(id): Path<String>) -> Answer {
    show(&web, &id, &[]).await
}

async fn show(web: &Web, id: &str, matches: &[Match]) -> Answer {
    let at = reference(web, id)?;
    let ctx = web.ctx()?;
    let actor = ctx.actor.clone();
    let (round, orders, names, advances) = web
        .app
        .read(move |tx| {
            let (round, compounds) = visible(tx, &ctx, &at)?;
            let mut orders = order::of_round(tx, &at.district, at.id, &own_area(&ctx, &round))?;
            crate::round::packing::walking_order(&mut orders);
            let mut names = std::collections::HashMap::new();
            let mut advances = false;
            for compound in compounds {
                names.insert(compound.compound.clone(), area_name(tx, &compound.compound)?);
                advances |= crate::plan::rules::at(tx, &compound.compound, ctx.now_s)?
                    .flag(crate::plan::rules::RuleKey::AdvanceAllowed);
            }
            Ok((round, orders, names, advances))
        })
        .await?;
    let live: Vec<_> = orders.iter().filter(|order| order.state.live()).collect();
    let unpaid: Vec<_> = live
        .iter()
        .filter(|order| order.state == OrderState::Placed)
        .collect();
    let due: i64 = unpaid.iter().map(|order| order.amount_fen).sum();
    let paid: i64 = live
        .iter()
        .filter(|order| order.state != OrderState::Placed)
        .map(|order| order.amount_fen)
        .sum();
    let open = matches!(round.state, RoundState::Open | RoundState::Closed);
    let own_area = match actor.covers(&round.area) {
        true => round.area.clone(),
        false => actor.area.clone(),
    };
    let columns = [
        Column::text(web.t("房号", "Dwelling")),
        Column::text(web.t("订单号（付款备注）", "Order (payment remark)")),
        Column::text(web.t("电话", "Phone")),
        Column::number(web.t("应付（元）", "Due (yuan)")),
        Column::text(""),
    ];
    let several = names.len() > 1;
    let rows = unpaid
        .iter()
        .map(|order| {
            TableRow::new(vec![
                html! { @if several { (names.get(&order.compound).map_or("", String::as_str)) " " } (order.dwelling()) },
                html! { (order.code) },
                html! { (actor.show(Datum::Phone, &order.phone)) },
                html! { (yuan(order.amount_fen)) },
                html! { @if open { (kit::form(&format!("/rounds/{id}/payments"), &web.shell(""), html! {
                    (Field::hidden("order", &order.id.to_string()))
                    (kit::button_named("kind", "paid", web.t("已付", "Paid"), Tone::Good))
                    @if advances { (kit::button_named("kind", "advanced", web.t("我垫付", "I advance it"), Tone::Quiet)) }
                })) } },
            ])
        })
        .collect();
    let reminder = unpaid_reminder(
        &round.title,
        &unpaid
            .iter()
            .map(|order| Unpaid {
                dwelling: order.dwelling(),
                amount_fen: order.amount_fen,
            })
            .collect::<Vec<_>>(),
        &clock::minute(round.pay_by_s),
        web.lang == Lang::Zh,
    );
    let tile = |zh: &str, en: &str, value: String, tone: Tone| Tile {
        label: web.t(zh, en).into(),
        value,
        tone,
        ..Tile::default()
    };
    let taken = matches.iter().filter(|one| one.order.is_some()).count();
    let match_columns = [
        Column::text(web.t("行", "Line")),
        Column::text(web.t("付款人、备注", "Payer, remark")),
        Column::number(web.t("金额", "Yuan")),
        Column::text(web.t("结果", "Result")),
    ];
    let match_rows = matches
        .iter()
        .map(|one| {
            TableRow::new(vec![
                html! { (one.transfer.place) },
                html! { (one.transfer.payer) " " (one.transfer.remark) },
                html! { (yuan(one.transfer.amount_fen)) },
                html! { @match &one.order { Some(code) => (kit::badge(Tone::Good, code)), None => (web.t(&one.zh, &one.en)) } },
            ])
            .tone(if one.order.is_some() { Tone::Good } else { Tone::Warn })
        })
        .collect();
    let body = html! {
        (kit::crumbs(&[("/rounds".into(), web.t("轮次", "Rounds").into()), (format!("/rounds/{id}"), round.code.clone()), (String::new(), web.t("收款", "Payments").into())]))
        (kit::heading(&format!("{} · {}", web.t("收款", "Payments"), round.title), &format!("{} {}", web.t("付款截止", "Pay by"), clock::minute(round.pay_by_s)), html! { (state_badge(round.state, web.lang)) (exports(web, "unpaid", &[("area", &own_area), ("round", id)])) }))
        (kit::tiles(&[
            tile("未付", "Unpaid", count(unpaid.len() as i64), if unpaid.is_empty() { Tone::Good } else { Tone::Warn }),
            tile("未付金额（元）", "Unpaid (yuan)", yuan(due), Tone::Plain),
            tile("已收金额（元）", "Collected (yuan)", yuan(paid), Tone::Good),
        ]))
        @if !matches.is_empty() {
            (kit::notice(if taken == matches.len() { Tone::Good } else { Tone::Warn }, &format!("{}{taken} / {}", web.t("已对上：", "Matched: "), matches.len()), html! { (kit::table(web.t("对账结果", "Result"), &match_columns, match_rows, html! {})) }))
        }
        (kit::section(web.t("未付款", "Unpaid"), kit::table(web.t("未付款", "Unpaid"), &columns, rows, kit::empty(Icon::Check, web.t("都付清了", "Everybody has paid"), web.t("可以确认本轮了。", "The round can be confirmed."), kit::link_button(&format!("/rounds/{id}"), web.t("回本轮", "Back to the round"), Tone::Accent)))))
        @if open {
            (kit::columns(&[
                kit::section(web.t("粘贴收款记录", "Paste transfers"), kit::form(&format!("/rounds/{id}/transfers"), &web.shell(""), html! {
                    (Field::area("text", web.t("每行一笔：备注（订单号、房号或姓名）和金额", "One a line: remark (order, dwelling or name) and amount")).placeholder("R001-01-0003-5 36.50\n3栋2单元501 张三 88").attr("rows", "6"))
                    (kit::actions(kit::button(web.t("对账", "Match"), Tone::Accent)))
                })),
                kit::section(web.t("导入收款流水", "Import transfers"), kit::upload_form(&format!("/rounds/{id}/transfers"), &web.shell(""), html! {
                    (Field::file("file", web.t("收款流水（XLSX、CSV）", "List of transfers (XLSX, CSV)")).required())
                    (kit::actions(html! { (kit::button(web.t("对账", "Match"), Tone::Accent)) (kit::link_button_with(Icon::Download, "/templates/transfers", web.t("空白模板", "Empty template"), Tone::Quiet)) }))
                })),
            ]))
        }
        @if !unpaid.is_empty() { (kit::section(web.t("催付款通知（复制到群里）", "Reminder (copy to the group)"), kit::copy_text(web.lang, "reminder", &reminder))) }
    };
    Ok(web.page(web.t("收款", "Payments"), body))
}

async fn pay(web: Web, Path(id): Path<String>, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let at = reference(&web, &id)?;
    let draft = PaymentDraft {
        district: at.district.clone(),
        order: fields.id("order")?,
        kind: PaymentKind::of(fields.get("kind"))
            .ok_or_else(|| Refusal::invalid("kind", "请选择已付或垫付。", "Choose paid or advanced."))?,
        payer: String::new(),
        reference: String::new(),
    };
    let asked = draft.order;
    let household = web
        .app
        .read(move |tx| Ok(order::get(tx, &at.district, asked)?.household))
        .await?;
    web.app
        .act(
            &web.ctx_for(fields.command())?,
            &PAY,
            &household,
            draft,
            payment::pay,
        )
        .await?;
    Ok(web.done(
        &format!("/rounds/{id}/payments"),
        web.t("已登记付款。", "The payment is recorded."),
    ))
}

/// Reads pasted transfers: the last number of a line is the amount, the rest is remark and payer.
fn pasted(text: &str) -> Result<Vec<Transfer>> {
    let mut transfers = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        let place = format!("{}", index + 1);
        let wrong = || {
            Refusal::invalid(
                "text",
                format!("第{place}行没有金额：“{line}”。每行写备注和金额，如 3栋2单元501 88.50"),
                format!("Line {place} has no amount: {line}. Write remark and amount, such as 3-2-501 88.50"),
            )
        };
        let (remark, amount) = line
            .rsplit_once(|character: char| character.is_whitespace())
            .ok_or_else(wrong)?;
        let amount_fen = documents::values::money_fen(amount, None).map_err(|_| wrong())?;
        transfers.push(Transfer {
            place,
            payer: String::new(),
            amount_fen,
            reference: String::new(),
            remark: remark.trim().to_string(),
        });
    }
    Ok(transfers)
}

fn imported(name: &str, bytes: &[u8]) -> Result<Vec<Transfer>> {
    let reading = documents::sheet::read(bytes, name, &[&forms::TRANSFERS])
        .map_err(|rejected| Refusal::invalid("file", rejected.zh(), rejected.en()))?;
    let mut transfers = Vec::new();
    for sheet in &reading.sheets {
        if let Some(error) = sheet.errors.first() {
            return Err(Refusal::invalid(
                "file",
                format!("{}{}:{}", error.column, error.row, error.zh),
                format!("{}{}: {}", error.column, error.row, error.en),
            )
            .into());
        }
        for row in &sheet.rows {
            let body = row.to_json(&forms::TRANSFERS);
            transfers.push(Transfer {
                place: format!("{} {}", sheet.sheet, row.row),
                payer: text(&body, "payer").to_string(),
                amount_fen: number(&body, "amount_fen").unwrap_or(0),
                reference: text(&body, "reference").to_string(),
                remark: text(&body, "remark").to_string(),
            });
        }
    }
    Ok(transfers)
}

async fn transfers(web: Web, Path(id): Path<String>, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let at = reference(&web, &id)?;
    let transfers = match fields.files.first() {
        Some(file) => imported(&file.name, &file.bytes)?,
        None => pasted(
            &fields
                .list
                .iter()
                .find(|(name, _)| name == "text")
                .map_or(String::new(), |(_, text)| text.clone()),
        )?,
    };
    let ctx = web.ctx()?;
    let asked = at.clone();
    let area = web
        .app
        .read(move |tx| Ok(own_area(&ctx, &visible(tx, &ctx, &asked)?.0)))
        .await?;
    let list = TransferList {
        district: at.district,
        round: at.id,
        area: area.clone(),
        transfers,
    };
    let matches = web
        .app
        .act(
            &web.ctx_for(fields.command())?,
            &MATCH,
            &area,
            list,
            payment::match_transfers,
        )
        .await?;
    show(&web, &id, &matches).await
}

#[cfg(test)]
mod tests {
    use super::pasted;

    #[test]
    fn pasted_transfers_give_remark_and_amount() {
        let transfers = pasted("R001-01-0003-5 36.50\n\n3栋2单元501 张三 88元").unwrap();
        assert_eq!(transfers.len(), 2);
        assert_eq!(
            (transfers[0].amount_fen, transfers[0].remark.as_str()),
            (3650, "R001-01-0003-5")
        );
        assert_eq!(
            (transfers[1].amount_fen, transfers[1].place.as_str()),
            (8800, "3")
        );
        assert!(pasted("没有金额").is_err());
    }
}
