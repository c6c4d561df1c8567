//! Reports as pages, PDF and spreadsheets; labels for bags and boxes; signs for drop points.

pub mod labels;
pub mod sheets;

use std::time::Duration;

use axum::extract::{Path, RawQuery};
use kit::{Field, Icon, Markup, Tone, html};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::super::Answer;
use super::super::fields::Fields;
use super::super::gate::Gate;
use super::super::request::{CSV, PDF, Web, XLSX};
use super::super::routes::{Route, read};
use super::super::serve::printer;
use super::area_options;
use super::registers::address;
use crate::base::{Action, Ctx, Fault, Result, clock};
use crate::register::correct::area_name;
use crate::report::{REPORTS, Report, Subject, printing, render, report};

/// The list of reports, each report, labels and signs.
pub fn routes() -> Vec<Route> {
    vec![
        read("/reports", Gate::SignedIn, list),
        read("/reports/{key}", Gate::SignedIn, show),
        read("/labels", Gate::Needs(Action::ViewRounds), labels::bags),
        read("/labels/boxes", Gate::Needs(Action::ViewRounds), labels::boxes),
        read("/sign", Gate::Needs(Action::ViewRounds), labels::sign),
        read("/signs", Gate::Needs(Action::ViewRounds), labels::all_signs),
    ]
}

/// Documents that are made or read at the same time; each takes a processor and up to some hundred megabytes.
static DOCUMENTS: Semaphore = Semaphore::const_new(4);
/// How long somebody waits for the turn of a document before being told that the server is busy.
const TURN: Duration = Duration::from_secs(30);

/// Runs work that takes a while, such as laying out a PDF, where it holds up nobody else.
pub async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let Ok(Ok(turn)) = tokio::time::timeout(TURN, DOCUMENTS.acquire()).await else {
        return Err(Fault::Store(store::Fault::Busy).into());
    };
    run(turn, work).await
}

/// As [`blocking`], for a job at whose end nobody waits: it takes its turn, however long that takes.
pub async fn queued<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let turn = DOCUMENTS.acquire().await;
    run(turn.map_err(|_| Fault::Store(store::Fault::Busy))?, work).await
}

async fn run<T: Send + 'static>(
    turn: SemaphorePermit<'static>,
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    let work = move || {
        // Kept until the work is done, even if nobody waits for it any more.
        let _turn = turn;
        work()
    };
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Fault::Invariant(format!("work on a document: {error}")))?
}

/// Records who opened or printed `what`: short words without personal data, such as the report, the round and the
/// format.
pub async fn note(web: &Web, ctx: &Ctx, action: Action, area: &str, what: String) -> Result<()> {
    web.app
        .act(ctx, printing(action), area, what, |_, _, what| Ok(what.clone()))
        .await?;
    Ok(())
}

/// What a report is about, in one sentence for the list.
fn about(key: &str) -> (&'static str, &'static str) {
    match key {
        "situation" => (
            "每天18时报指挥部：封闭了多少、供应了多少、还缺什么。",
            "For headquarters at 18:00: how many are closed in, what they received, what is short.",
        ),
        "coverage" => (
            "哪些小区、哪些住户最先断粮，还能吃几天。",
            "Which compounds and households run out first, and in how many days.",
        ),
        "market" => (
            "每天上午看：企业日报里哪些品种脱销、断档、涨价，库存够几天，按预案是几级，谁还没报。",
            "Each morning: what is sold out, missing or dearer by the daily reports, how long stocks last, the grade by the plan, and who has not reported.",
        ),
        "market-lines" => (
            "每家企业每个品种的价格、库存、可供天数，正常的也列出，要处置的在前。",
            "Price, stock and days of supply of each item at each enterprise, the normal ones too; what needs action first.",
        ),
        "demand" => (
            "开团前看：各小区下一轮大约要多少份，按以前各轮的订单推算。",
            "Before a round: how many packs each compound is likely to want, by the orders of earlier rounds.",
        ),
        "advances" => (
            "代购垫付了谁多少钱，解封后照此结清。",
            "Who owes what for proxy orders, to be settled when the closure ends.",
        ),
        "task-list" => (
            "附表6：谁、在哪、什么时间、做什么，完成一项勾一项。",
            "Form 6: who, where, when and what, to be ticked off.",
        ),
        "responsibility-list" => (
            "附表6：小区、志愿者、保供人员各负什么责任，A角不在由B角接替。",
            "Form 6: who answers for what, and who takes over.",
        ),
        "contact-card" => (
            "附表6：每个小区一张，一页纸印四张，裁开发给住户。",
            "Form 6: one card per compound, four to a sheet, to be cut and handed out.",
        ),
        _ => ("", ""),
    }
}

async fn list(web: Web, RawQuery(query): RawQuery) -> Answer {
    let fields = Fields::of_query(&query.unwrap_or_default());
    let actor = web.actor()?;
    let area = web.area(fields.get("area"))?;
    let (own, asked) = (actor.area.clone(), area.clone());
    let (mut areas, place) = web
        .app
        .read(move |tx| Ok((area_options(tx, &own)?, area_name(tx, &asked)?)))
        .await?;
    if !areas.iter().any(|(code, _)| *code == area) {
        areas.insert(0, (area.clone(), place.clone()));
    }
    let reports: Vec<&Report> = REPORTS
        .iter()
        .filter(|report| report.listed && actor.may(report.action))
        .collect();
    let address_of = |report: &Report, format: &str| {
        address(
            &format!("/reports/{}", report.key),
            &[("area", &area), ("format", format)],
        )
    };
    let body = html! {
        (kit::heading(web.t("报告", "Reports"), &format!("{place} · {}", clock::minute(web.app.clock.now_s())), html! {}))
        (kit::section(web.t("报告的范围", "What the reports cover"), html! {
            form class="search" method="get" action="/reports" {
                (Field::select("area", web.t("区域", "Area"), &areas).value(&area))
                (kit::button(web.t("选定", "Choose"), Tone::Quiet))
            }
            p { (web.t("报告按打开时的最新数据生成。", "A report is made from what is known when it is opened.")) }
        }))
        @if reports.is_empty() {
            (kit::empty(Icon::Document, web.t("您的身份没有可看的汇总报告", "Your role has no reports of its own"),
                web.t("轮次、车次和小区的单据在各自的页面上打印。", "Papers of rounds, trips and compounds are printed on their own pages."),
                kit::link_button("/", web.t("回首页", "Home"), Tone::Accent)))
        }
        @for report in &reports {
            @let (zh, en) = about(report.key);
            (kit::section(web.t(report.title.0, report.title.1), html! {
                @if !zh.is_empty() { p { (web.t(zh, en)) } }
                (kit::actions(html! {
                    (kit::link_button_with(Icon::Eye, &address_of(report, ""), web.t("打开", "Open"), Tone::Accent))
                    (kit::link_button_with(Icon::Print, &address_of(report, "pdf"), "PDF", Tone::Plain))
                    (kit::link_button_with(Icon::Download, &address_of(report, "xlsx"), "XLSX", Tone::Plain))
                }))
            }))
        }
        (kit::section(web.t("其他单据", "Other papers"), html! {
            p { (web.t("拣货单、装袋核对表、物资明白卡、袋签在装袋页面；订单明细、结算单、订购通知在轮次页面；车次单在车次页面；人员清单、需求清单在两张清单页面；交付清单、取货时段表、取货通知、送货未遇告知单在交付页面。",
                "Pick lists, packing matrices, materials cards and labels are on the packing page; orders, statements and order notices on that of the round; trip sheets on that of the trip; the two lists, hand-over lists, pick-up slots and notices on theirs.")) }
        }))
    };
    Ok(web.page(web.t("报告", "Reports"), body))
}

async fn show(web: Web, Path(key): Path<String>, RawQuery(query): RawQuery) -> Answer {
    let report = report(&key)?;
    let fields = Fields::of_query(&query.unwrap_or_default());
    let ctx = web.ctx()?;
    let area = web.area(fields.get("area"))?;
    ctx.actor.check(report.action, &area)?;
    let subject = Subject {
        area: area.clone(),
        round: fields.get("round").to_string(),
        trip: fields.get("trip").to_string(),
        words: fields.get("q").to_string(),
        only: fields.get("only").to_string(),
        origin: web.origin(),
    };
    let format = match fields.get("format") {
        "pdf" => "pdf",
        "xlsx" => "xlsx",
        "csv" => "csv",
        _ => "page",
    };
    let tagged = fields.get("hxl") == "1";
    let (maker, made_of, lang) = (ctx.clone(), subject.clone(), web.lang);
    let document = web
        .app
        .read(move |tx| report.document(tx, &maker, lang, &made_of))
        .await?;
    if report.personal {
        let what = [report.key, subject.round.as_str(), format].join(" ");
        note(&web, &ctx, report.action, &area, what).await?;
    }
    let stamp = clock::zoned(ctx.now_s).strftime("%Y%m%d-%H%M");
    let file = |ending: &str| format!("{}-{stamp}.{ending}", document.title);
    match format {
        "pdf" => {
            let (name, printer) = (file("pdf"), printer()?);
            let bytes = blocking(move || Ok(printer.document(&document).map_err(document_fault)?)).await?;
            Ok(web.file(&name, PDF, bytes))
        }
        "xlsx" => {
            let name = file("xlsx");
            let bytes = blocking(move || {
                render::workbook(&document, lang, tagged).map_err(|error| Fault::Document(error).into())
            })
            .await?;
            Ok(web.file(&name, XLSX, bytes))
        }
        "csv" => {
            let bytes = render::csv(&document, lang, tagged).map_err(Fault::Document)?;
            Ok(web.file(&file("csv"), CSV, bytes))
        }
        _ => {
            let address_of = |format: &str| {
                let pairs = [
                    ("area", area.as_str()),
                    ("round", &subject.round),
                    ("trip", &subject.trip),
                    ("q", &subject.words),
                    ("only", &subject.only),
                    ("format", format),
                ];
                address(&format!("/reports/{key}"), &pairs)
            };
            let made: Vec<String> = document
                .meta
                .iter()
                .map(|(label, value)| format!("{label} {value}"))
                .collect();
            let lead = format!("{} · {}", document.subtitle, made.join(" · "));
            let printed = sheets::printed(&document).await;
            let page = html! {
                div class=[printed.as_ref().map(|_| "screen-only")] {
                    (kit::heading(&document.title, &lead, buttons(&web, &address_of("pdf"), &address_of("xlsx"))))
                    (kit::section("", render::page(&document, lang)))
                }
                @if let Some(sheets) = &printed { (sheets) }
            };
            Ok(web.page(&document.title, page))
        }
    }
}

/// The list that a page shows, with its filters, as files: XLSX, CSV, and both with a row of HXL tags. `pairs` are the
/// query of the report.
pub fn exports(web: &Web, key: &str, pairs: &[(&str, &str)]) -> Markup {
    let link = |format: &str, tagged: &str| {
        let mut all = pairs.to_vec();
        all.extend([("format", format), ("hxl", tagged)]);
        address(&format!("/reports/{key}"), &all)
    };
    html! {
        details class="export" {
            summary class="button tone-quiet" { (kit::icon(Icon::Download)) (web.t("导出", "Export")) }
            div class="confirm-panel" {
                p { (web.t("导出的就是这一页列出的内容；个人信息按您的权限脱敏。", "What this page lists; personal data are masked as your role demands.")) }
                div class="actions" {
                    (kit::link_button(&link("xlsx", ""), "XLSX", Tone::Plain))
                    (kit::link_button(&link("csv", ""), "CSV", Tone::Plain))
                    (kit::link_button(&link("pdf", ""), "PDF", Tone::Plain))
                    (kit::link_button(&link("xlsx", "1"), web.t("XLSX 带HXL标签", "XLSX with HXL tags"), Tone::Quiet))
                    (kit::link_button(&link("csv", "1"), web.t("CSV 带HXL标签", "CSV with HXL tags"), Tone::Quiet))
                }
            }
        }
    }
}

fn buttons(web: &Web, pdf: &str, xlsx: &str) -> Markup {
    html! {
        (kit::link_button_with(Icon::Document, pdf, "PDF", Tone::Accent))
        (kit::link_button_with(Icon::Download, xlsx, "XLSX", Tone::Plain))
        (kit::print_button(web.lang))
    }
}

/// A failure of the printer is ours, not the user's.
pub fn document_fault(fault: print::Fault) -> Fault {
    Fault::Document(fault.to_string())
}

#[cfg(test)]
pub mod tests;
