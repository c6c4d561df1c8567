//! Orders as the liaison takes them: pasted chain messages and the questions that they leave, spreadsheets, one household
//! at a time; texts to copy; one order with its chain of custody.

mod aliases;
mod one;
mod settle;
pub mod share;

use axum::extract::{Path, RawQuery};
use kit::{Column, Field, Icon, Lang, Markup, TableRow, Tone, html};

use super::super::Answer;
use super::super::fields::Fields;
use super::super::gate::Gate;
use super::super::request::Web;
use super::super::routes::{Route, read, write};
use super::guard;
use super::rounds::{order_badge, reference, visible};
use crate::base::access::Field as Datum;
use crate::base::act::Act;
use crate::base::book;
use crate::base::id::OrderId;
use crate::base::words::yuan;
use crate::base::{Action, Refusal, Result, clock};
use crate::plan::release::Release;
use crate::register::correct::area_name;
use crate::register::dwelling::household_at;
use crate::report::lists::need_word;
use crate::round::ballot;
use crate::round::chain::{self, ChainDraft, ChainOutcome, LineOutcome};
use crate::round::order::{self, OrderChange, OrderDraft, OrderRef, ReliefDraft, Want};
use crate::round::sheet::{self, SheetDraft};
use crate::round::{Channel, OrderState, Pack, RoundState, open};

static CHAIN: Act = Act::new("order.chain", Action::TakeOrders);
static SHEET: Act = Act::new("order.sheet", Action::TakeOrders);
static PLACE: Act = Act::new("order.place", Action::TakeOrders);
static CHANGE: Act = Act::new("order.change", Action::TakeOrders);
static CANCEL: Act = Act::new("order.cancel", Action::TakeOrders);
static RELIEF: Act = Act::new("order.relief", Action::TakeOrders);

/// Orders.
pub fn routes() -> Vec<Route> {
    vec![
        read("/rounds/{id}/take", Gate::Needs(Action::TakeOrders), take_page),
        write("/rounds/{id}/chain", Gate::Needs(Action::TakeOrders), take_chain),
        write("/rounds/{id}/sheet", Gate::Needs(Action::TakeOrders), take_sheet),
        write("/rounds/{id}/orders", Gate::Needs(Action::TakeOrders), place),
        read("/rounds/{id}/share", Gate::Needs(Action::TakeOrders), share::page),
        read("/chains/{id}", Gate::Needs(Action::TakeOrders), settle::page),
        write(
            "/chains/{id}/settle",
            Gate::Needs(Action::TakeOrders),
            settle::answer,
        ),
        write(
            "/chains/{id}/back",
            Gate::Needs(Action::TakeOrders),
            settle::take_back,
        ),
        read("/aliases", Gate::Needs(Action::TakeOrders), aliases::page),
        write(
            "/aliases/forget",
            Gate::Needs(Action::TakeOrders),
            aliases::forget,
        ),
        read(
            "/rounds/{id}/relief",
            Gate::Needs(Action::TakeOrders),
            relief_page,
        ),
        write("/rounds/{id}/relief", Gate::Needs(Action::TakeOrders), relief),
        read("/orders/{id}", Gate::Needs(Action::ViewRounds), one::show),
        write(
            "/orders/{id}/change",
            Gate::Needs(Action::TakeOrders),
            one::change,
        ),
        write(
            "/orders/{id}/cancel",
            Gate::Needs(Action::TakeOrders),
            one::cancel,
        ),
    ]
}

/// The packs with their letters, prices and what is left.
pub fn pack_lines(packs: &[Pack], left: &[i64], lang: Lang) -> Markup {
    html! { ul { @for ((pack, left), letter) in packs.iter().zip(left).zip(chain::letters()) {
        li { strong { @if let Some(letter) = letter { (letter) " " } (pack.name) } " · " (yuan(pack.price_fen)) " " (lang.t("元", "yuan")) " · " (lang.t("剩", "left ")) (left) (pack.unit)
            @if !pack.contents.is_empty() { br; small { (crate::web::pages::resident::contents_words(pack, lang)) } } }
    } } }
}

async fn take_page(web: Web, Path(id): Path<String>, RawQuery(query): RawQuery) -> Answer {
    let fields = Fields::of_query(&query.unwrap_or_default());
    let compound = web.area(fields.get("compound"))?;
    show_take(&web, &id, &compound, "", None).await
}

async fn show_take(
    web: &Web,
    id: &str,
    compound: &str,
    text: &str,
    outcome: Option<&ChainOutcome>,
) -> Answer {
    let at = reference(web, id)?;
    let ctx = web.ctx()?;
    let asked = compound.to_string();
    let (round, name, packs, left) = web
        .app
        .read(move |tx| {
            let (round, _) = visible(tx, &ctx, &at)?;
            let packs = open::packs(tx, &at.district, at.id)?;
            let left = open::left(tx, &at.district, at.id, &asked, &packs)?;
            Ok((round, area_name(tx, &asked)?, packs, left))
        })
        .await?;
    let body = html! {
        (kit::crumbs(&[("/rounds".into(), web.t("轮次", "Rounds").into()), (format!("/rounds/{id}"), round.code.clone()), (String::new(), name.clone())]))
        (kit::heading(&format!("{} · {name}", web.t("登记订单", "Take orders")), &format!("{} · {} {}", round.title, web.t("截单", "cut-off"), clock::minute(round.cutoff_s)), html! {}))
        @if round.release == Release::Ballot { (kit::notice(Tone::Accent, web.t("本轮摇号", "This round is sold by ballot"), html! { p { (web.t("这里登记的是抽签申请，先登记后登记都一样；截单时抽签，登记不等于抽中，抽中的再付款。请跟住户讲清楚。", "What you take here are requests for the draw, early or late alike. They are drawn at cut-off; a request is no promise, and only who is drawn pays. Please tell the households.")) } })) }
        @if let Some(outcome) = outcome { (chain_result(web, outcome, round.release == Release::Ballot)) }
        (kit::section(web.t("粘贴接龙", "Paste a chain message"), kit::form(&format!("/rounds/{id}/chain"), &web.shell(""), html! {
            (Field::hidden("compound", compound))
            (Field::area("text", web.t("把群里的接龙整段贴进来；重复贴也不会重复下单", "Paste the whole message; pasting it again orders nothing twice")).value(text).attr("rows", "12").attr("data-draft", &format!("chain-{id}-{compound}")).required())
            (Field::check("advance", web.t("这些由我垫付（代购，记账）", "I advance the money (proxy orders, on account)")))
            (kit::actions(kit::button(web.t("登记这些订单", "Take these orders"), Tone::Accent)))
        })))
        (kit::columns(&[
            kit::section(web.t("登记一户", "One household"), kit::form(&format!("/rounds/{id}/orders"), &web.shell(""), html! {
                (Field::hidden("compound", compound))
                (Field::text("dwelling", web.t("房号", "Dwelling")).placeholder("3栋2单元501 / 3-2-501").required())
                @for (pack, left) in packs.iter().zip(&left) { (kit::stepper(&format!("q:{}", pack.code), &format!("{} {}{}", pack.name, yuan(pack.price_fen), web.t("元", " yuan")), 0, *left, "")) }
                (Field::check("advance", web.t("代购垫付", "Proxy order, advanced")))
                (Field::text("note", web.t("备注", "Note")))
                (kit::actions(kit::button(web.t("下单", "Order"), Tone::Accent)))
            })),
            kit::section(web.t("导入表格", "Spreadsheet"), kit::upload_form(&format!("/rounds/{id}/sheet"), &web.shell(""), html! {
                (Field::hidden("compound", compound))
                (Field::file("file", web.t("采购登记表或平台导出的订单（XLSX、CSV）", "Order list or platform export (XLSX, CSV)")).required())
                (kit::actions(html! { (kit::button(web.t("导入订单", "Import orders"), Tone::Accent)) (kit::link_button_with(Icon::Download, "/templates/orders", web.t("空白模板", "Empty template"), Tone::Quiet)) }))
            })),
        ]))
        (kit::section(web.t("本轮套餐", "Packs of this round"), html! {
            (pack_lines(&packs, &left, web.lang))
            (kit::actions(html! {
                (kit::link_button(&format!("/rounds/{id}/share?compound={compound}"), web.t("发回群里的文字", "Texts for the group"), Tone::Plain))
                (kit::link_button(&format!("/aliases?compound={compound}"), web.t("小区里的叫法", "Words of this compound"), Tone::Quiet))
            }))
        }))
    };
    Ok(web.page(web.t("登记订单", "Take orders"), body))
}

fn line_table(web: &Web, title: &str, lines: &[LineOutcome], drawn: bool) -> Markup {
    let columns = [
        Column::number(web.t("行", "Line")),
        Column::text(web.t("原文", "As pasted")),
        Column::text(web.t("理解为", "Understood as")),
        Column::text(web.t("结果", "Result")),
    ];
    let rows = lines
        .iter()
        .map(|line| {
            let (tone, result) = match (&line.order, line.unchanged) {
                (Some(code), true) => (
                    Tone::Plain,
                    html! { (code) " " (kit::badge(Tone::Quiet, web.t("没有变化", "unchanged"))) },
                ),
                (Some(code), false) => (
                    Tone::Good,
                    html! { (code) " " (kit::badge(Tone::Good, if drawn { web.t("已登记待抽签", "to be drawn") } else { web.t("已下单", "ordered") })) },
                ),
                (None, true) => (Tone::Plain, html! { (web.t(&line.zh, &line.en)) " " (kit::badge(Tone::Quiet, web.t("处理过", "settled"))) }),
                (None, false) => (Tone::Warn, html! { (web.t(&line.zh, &line.en)) }),
            };
            TableRow::new(vec![
                html! { (line.number) },
                html! { (line.text) },
                html! { (line.understood) },
                result,
            ])
            .tone(tone)
        })
        .collect();
    kit::table(title, &columns, rows, html! {})
}

fn chain_result(web: &Web, outcome: &ChainOutcome, drawn: bool) -> Markup {
    let taken = outcome.orders.iter().filter(|line| line.order.is_some()).count();
    let refused = outcome.orders.len() - taken;
    html! {
        (kit::notice(if outcome.questions.is_empty() && outcome.unrecognised.is_empty() && refused == 0 { Tone::Good } else { Tone::Warn },
            &format!("{}{taken}{}{refused}{}{}{}{}{}", web.t("已登记", "Taken: "), web.t("单；按规则不能下单", "; refused by the rules: "), web.t("单；需要确认", "; to be settled: "), outcome.questions.len(), web.t("行；没有认出", "; not recognised: "), outcome.unrecognised.len(), web.t("行。", ".")),
            html! {
                p { (web.t("每一行都在下面，一行也没有丢。", "Every line is below; none was dropped.")) }
                @if let Some(paste) = outcome.paste { (kit::actions(kit::link_button_with(Icon::Next, &format!("/chains/{paste}"), web.t("逐条确认", "Settle one by one"), Tone::Accent))) }
            }))
        @if !outcome.questions.is_empty() { (kit::section(web.t("需要确认", "To be settled"), html! { p { (web.t("逐条确认最快；也可以改好后在下面重新粘贴。", "Settling one by one is quickest; or correct the text and paste it again below.")) } (line_table(web, web.t("需要确认", "To be settled"), &outcome.questions, drawn)) })) }
        @if !outcome.unrecognised.is_empty() { (kit::section(web.t("没有认出的行", "Lines not recognised"), line_table(web, web.t("没有认出的行", "Lines not recognised"), &outcome.unrecognised, drawn))) }
        @if !outcome.orders.is_empty() { (kit::section(web.t("订单", "Orders"), line_table(web, web.t("订单", "Orders"), &outcome.orders, drawn))) }
        @if !outcome.structure.is_empty() { (kit::details(web.t("标题、说明等行", "Headings and the like"), html! { ul { @for line in &outcome.structure { li { (line.number) " · " (line.text) } } } })) }
    }
}

async fn take_chain(web: Web, Path(id): Path<String>, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let at = reference(&web, &id)?;
    let compound = fields.get("compound").to_string();
    let raw = fields
        .list
        .iter()
        .find(|(name, _)| name == "text")
        .map_or(String::new(), |(_, text)| text.clone());
    if raw.len() > 200_000 {
        return Err(Refusal::invalid(
            "text",
            "文字太长，请分几次粘贴（每次20万字节以内）。",
            "The text is too long; paste it in parts.",
        )
        .into());
    }
    let draft = ChainDraft {
        district: at.district,
        round: at.id,
        compound: compound.clone(),
        text: raw.clone(),
        advance: fields.get("advance") == "1",
    };
    let outcome = web
        .app
        .act(
            &web.ctx_for(fields.command())?,
            &CHAIN,
            &compound,
            draft,
            chain::take,
        )
        .await?;
    let keep = if outcome.paste.is_none() { "" } else { raw.as_str() };
    show_take(&web, &id, &compound, keep, Some(&outcome)).await
}

async fn take_sheet(web: Web, Path(id): Path<String>, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let at = reference(&web, &id)?;
    let compound = fields.get("compound").to_string();
    let file = fields
        .files
        .first()
        .ok_or_else(|| Refusal::invalid("file", "请选择文件。", "Choose a file."))?;
    let draft = SheetDraft {
        district: at.district,
        round: at.id,
        compound: compound.clone(),
        file_name: file.name.clone(),
        bytes: file.bytes.clone(),
    };
    let outcome = web
        .app
        .act(
            &web.ctx_for(fields.command())?,
            &SHEET,
            &compound,
            draft,
            sheet::take,
        )
        .await?;
    let as_chain = ChainOutcome {
        orders: outcome.orders,
        questions: outcome.questions,
        ..ChainOutcome::default()
    };
    show_take(&web, &id, &compound, "", Some(&as_chain)).await
}

/// The packs and quantities of a submitted order.
pub fn wants(fields: &Fields) -> Result<Vec<Want>> {
    let mut wants = Vec::new();
    for (pack, text) in fields.after("q:") {
        let text = documents::values::fold_width(&text).into_owned();
        if text.is_empty() || text == "0" {
            continue;
        }
        let quantity = text.parse().map_err(|_| {
            Refusal::invalid(
                "wants",
                format!("份数“{text}”不是整数。"),
                format!("{text} is not a whole number."),
            )
        })?;
        wants.push(Want { pack, quantity });
    }
    Ok(wants)
}

async fn place(web: Web, Path(id): Path<String>, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let at = reference(&web, &id)?;
    let compound = fields.get("compound").to_string();
    let (of_compound, written) = (compound.clone(), fields.get("dwelling").to_string());
    let household = web
        .app
        .read(move |tx| household_at(tx, &of_compound, &written))
        .await?;
    let asked = at.clone();
    let round = web
        .app
        .read(move |tx| open::get(tx, &asked.district, asked.id))
        .await?;
    let drawn = round.release == Release::Ballot;
    let draft = OrderDraft {
        district: at.district,
        round: at.id,
        household: household.code,
        phone: String::new(),
        channel: if fields.get("advance") == "1" {
            Channel::Proxy
        } else {
            Channel::Staff
        },
        wants: wants(&fields)?,
        note: fields.get("note").into(),
    };
    let placed = web
        .app
        .act(
            &web.ctx_for(fields.command())?,
            &PLACE,
            &compound,
            draft,
            order::place,
        )
        .await?;
    let words = if drawn {
        web.t("已登记，等待抽签。", "Requested; it will be drawn at cut-off.")
    } else {
        web.t("已下单。", "Ordered.")
    };
    Ok(web.done(&format!("/orders/{placed}"), words))
}

async fn relief_page(web: Web, Path(id): Path<String>) -> Answer {
    let at = reference(&web, &id)?;
    let ctx = web.ctx()?;
    let (round, packs) = web
        .app
        .read(move |tx| Ok((visible(tx, &ctx, &at)?.0, open::packs(tx, &at.district, at.id)?)))
        .await?;
    let options: Vec<(&str, &str)> = packs
        .iter()
        .map(|pack| (pack.code.as_str(), pack.name.as_str()))
        .collect();
    let body = html! {
        (kit::crumbs(&[("/rounds".into(), web.t("轮次", "Rounds").into()), (format!("/rounds/{id}"), round.code.clone()), (String::new(), web.t("应急包", "Relief packs").into())]))
        (kit::heading(web.t("发放免费应急包", "Give out free relief packs"), web.t("由指挥部出资；每户一份，已有本轮订单的不重复。", "Paid by headquarters; one per household."), html! {}))
        (kit::section(web.t("发给谁", "For whom"), kit::form(&format!("/rounds/{id}/relief"), &web.shell(""), html! {
            (Field::select("pack", web.t("应急包", "Pack"), &options).required())
            @for need in documents::forms::SPECIAL_NEEDS { (Field::check("need", need_word(need.key, web.lang)).sends(need.key).id(&format!("need-{}", need.key))) }
            p { (web.t("不勾选即全部特殊群体。", "None ticked means every group.")) }
            (kit::actions(kit::button(web.t("生成应急包订单", "Make the orders"), Tone::Accent)))
        })))
    };
    Ok(web.page(web.t("应急包", "Relief packs"), body))
}

async fn relief(web: Web, Path(id): Path<String>, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let at = reference(&web, &id)?;
    let area = {
        let (ctx, at) = (web.ctx()?, at.clone());
        web.app.read(move |tx| Ok(visible(tx, &ctx, &at)?.0.area)).await?
    };
    let draft = ReliefDraft {
        district: at.district,
        round: at.id,
        pack: fields.get("pack").into(),
        needs: fields.all("need"),
    };
    let outcome = web
        .app
        .act(
            &web.ctx_for(fields.command())?,
            &RELIEF,
            &area,
            draft,
            order::relief,
        )
        .await?;
    let words = format!(
        "{}{}{}{}{}{}{}",
        web.t("已发放", "Given: "),
        outcome.given,
        web.t("户；已有订单", "; had one: "),
        outcome.had,
        web.t("户；份额不足未发", "; without, allotment used up: "),
        outcome.without.len(),
        web.t("户。", ".")
    );
    let to = format!("/rounds/{id}");
    Ok(if outcome.without.is_empty() {
        web.done(&to, &words)
    } else {
        web.warned(&to, &words)
    })
}
