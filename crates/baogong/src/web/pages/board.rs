//! The headquarters' board: what is short, what is late, how the streets compare.

use axum::extract::RawQuery;
use kit::{Column, Icon, Lang, TableRow, Tile, Tone, html};

use super::super::Answer;
use super::super::fields::Fields;
use super::super::gate::Gate;
use super::super::request::Web;
use super::super::routes::{Route, read};
use crate::base::words::{count, days, kilograms, yuan};
use crate::base::{Action, clock};
use crate::market::Brief;
use crate::plan::rules::{CATEGORIES, category_word};
use crate::plan::scale::MarketGrade;
use crate::register::correct::area_name;
use crate::report::board;
use crate::round::RoundState;

/// The board.
pub fn routes() -> Vec<Route> {
    vec![read("/board", Gate::Needs(Action::ViewBoard), board_page)]
}

async fn board_page(web: Web, RawQuery(query): RawQuery) -> Answer {
    let fields = Fields::of_query(&query.unwrap_or_default());
    let area = web.area(fields.get("area"))?;
    let ctx = web.ctx()?;
    let (lang, asked) = (web.lang, area.clone());
    let key = format!("board {area}");
    let made = web.app.made_once(&key, move |tx| {
        let board = board::board(tx, &ctx, &asked)?;
        let mut names = std::collections::HashMap::new();
        for cover in board.coverage.iter().take(15) {
            names.insert(cover.compound.clone(), area_name(tx, &cover.compound)?);
        }
        for short in &board.shorts {
            names.insert(short.compound.clone(), area_name(tx, &short.compound)?);
        }
        Ok((board, area_name(tx, &asked)?, names))
    });
    let made = made.await?;
    let (board, place, names) = &*made;
    let total = &board.total;
    let tile = |zh: &str, en: &str, value: String, unit: (&str, &str), tone: Tone, href: &str| Tile {
        label: web.t(zh, en).into(),
        value,
        unit: web.t(unit.0, unit.1).into(),
        tone,
        href: (!href.is_empty()).then(|| href.to_string()),
        note: String::new(),
    };
    let warn = |value: i64| if value > 0 { Tone::Warn } else { Tone::Good };
    let bad = |value: i64| if value > 0 { Tone::Bad } else { Tone::Good };
    let coverage_href = format!("/coverage?area={area}");
    let market_href = format!("/reports/market?area={area}");
    let market = &board.market;
    let warning = (market.grade.is_some() || market.urgent > 0).then(|| {
        let urgent = i64::try_from(market.urgent).unwrap_or(i64::MAX);
        let (value, unit) = match market.grade {
            Some(grade) => (grade.short(lang).to_string(), ("", "")),
            None => (count(urgent), ("项要处置", "to deal with")),
        };
        let tone = if market.grade.is_some_and(|grade| grade < MarketGrade::Fourth) {
            Tone::Bad
        } else {
            Tone::Warn
        };
        Tile {
            note: concerned(&market.items, urgent, lang),
            ..tile("市场预警", "Market warning", value, unit, tone, &market_href)
        }
    });
    let tiles = [
        tile(
            "余粮不足",
            "Running out",
            count(total.short),
            ("户", "households"),
            bad(total.short),
            &coverage_href,
        ),
        tile(
            "余粮未知",
            "Stock unknown",
            count(total.unknown),
            ("户", "households"),
            warn(total.unknown),
            &coverage_href,
        ),
        tile(
            "待解决需求",
            "Open needs",
            count(total.needs),
            ("件", ""),
            warn(total.needs),
            "/lists",
        ),
        tile(
            "其中急需",
            "Urgent",
            count(total.urgent),
            ("件", ""),
            bad(total.urgent),
            "/lists",
        ),
        tile(
            "未付款",
            "Unpaid",
            count(total.unpaid),
            ("单", "orders"),
            warn(total.unpaid),
            "/rounds",
        ),
        tile(
            "超时未交付",
            "Late",
            count(total.late),
            ("单", "orders"),
            bad(total.late),
            "/rounds",
        ),
        tile(
            "封闭小区",
            "Closed compounds",
            count(total.closed_compounds),
            ("个", ""),
            Tone::Plain,
            "/directives",
        ),
        tile(
            "其中住户",
            "Households",
            count(total.households),
            ("户", ""),
            Tone::Plain,
            "/lists",
        ),
        tile(
            "累计订单",
            "Orders",
            count(total.orders),
            ("单", ""),
            Tone::Plain,
            "/rounds",
        ),
        tile(
            "累计金额",
            "Amount",
            yuan(total.amount_fen),
            ("元", "yuan"),
            Tone::Plain,
            "",
        ),
        tile(
            "已交付",
            "Handed over",
            count(total.handed),
            ("单", "orders"),
            Tone::Good,
            "",
        ),
        tile(
            "服务人口",
            "People served",
            count(total.served_people),
            ("人", "people"),
            Tone::Good,
            "",
        ),
    ];
    let per_cent = |value: i64| format!("{}.{}%", value / 100, value % 100 / 10);
    let street_columns = [
        Column::text(web.t("街道、乡镇", "Street")),
        Column::number(web.t("封闭小区", "Closed")),
        Column::number(web.t("住户", "Households")),
        Column::number(web.t("订单", "Orders")),
        Column::number(web.t("已交付", "Handed over")),
        Column::number(web.t("服务人口", "People served")),
        Column::number(web.t("服务率", "Share served")),
        Column::number(web.t("不足", "Short")),
        Column::number(web.t("未知", "Unknown")),
    ];
    let streets = board
        .streets
        .iter()
        .map(|(code, name, counts)| {
            TableRow::new(vec![
                html! { (name) },
                html! { (count(counts.closed_compounds)) },
                html! { (count(counts.households)) },
                html! { (count(counts.orders)) },
                html! { (count(counts.handed)) },
                html! { (count(counts.served_people)) },
                html! { (per_cent(counts.served_e2())) },
                html! { (count(counts.short)) },
                html! { (count(counts.unknown)) },
            ])
            .tone(if counts.short > 0 { Tone::Warn } else { Tone::Plain })
            .href(format!("/board?area={code}"))
        })
        .collect();
    let spread = board.spread_e2().map(|(low, high)| {
        format!(
            "{} {} – {}",
            web.t(
                "各街道服务率差距：",
                "Spread of the share served between streets:"
            ),
            per_cent(low),
            per_cent(high)
        )
    });
    let mut cover_columns = vec![
        Column::text(web.t("小区", "Compound")),
        Column::number(web.t("不足", "Short")),
        Column::number(web.t("未知", "Unknown")),
    ];
    cover_columns.extend(CATEGORIES.iter().map(|(category, _, _)| {
        Column::number(&format!(
            "{}{}",
            category_word(category, lang),
            web.t("（天）", " (days)")
        ))
    }));
    let covers =
        board
            .coverage
            .iter()
            .take(15)
            .map(|cover| {
                let mut cells = vec![
                    html! { (names.get(&cover.compound).map_or("", String::as_str)) },
                    html! { (count(cover.short)) },
                    html! { (count(cover.unknown())) },
                ];
                cells.extend(CATEGORIES.iter().map(
                    |(category, _, _)| match cover.first_out_s.get(*category) {
                        Some(left_s) => html! { (days(*left_s)) },
                        None => html! { (web.t("未知", "unknown")) },
                    },
                ));
                TableRow::new(cells)
                    .tone(if cover.short > 0 { Tone::Bad } else { Tone::Plain })
                    .href(format!("/coverage?area={}", cover.compound))
            })
            .collect();
    let round_badges = html! {
        @for state in RoundState::ALL {
            @if let Some(number) = board.rounds.get(state) {
                (super::rounds::state_badge(*state, lang)) " " (number) " " (web.t("轮", "")) "　"
            }
        }
        @if board.rounds.is_empty() { p { (web.t("还没有轮次。", "No round yet.")) } }
    };
    let goods_columns = [
        Column::text(web.t("套餐", "Pack")),
        Column::number(web.t("订购", "Ordered")),
        Column::number(web.t("装袋", "Packed")),
        Column::number(web.t("交付", "Handed over")),
        Column::number(web.t("缺货", "Short")),
    ];
    let goods = board
        .goods
        .iter()
        .map(|line| {
            TableRow::new(vec![
                html! { (line.name) },
                html! { (count(line.ordered)) },
                html! { (count(line.packed)) },
                html! { (count(line.handed)) },
                html! { (count(line.short)) },
            ])
        })
        .collect();
    let food: Vec<(String, i64, String, Tone)> = board
        .food
        .iter()
        .take(10)
        .map(|(name, grams)| {
            (
                name.clone(),
                *grams,
                format!("{} {}", kilograms(*grams), web.t("公斤", "kg")),
                Tone::Accent,
            )
        })
        .collect();
    let body = html! {
        (kit::heading(web.t("指挥看板", "Board"), place, html! {
            (kit::link_button(&format!("/reports/situation?area={area}"), web.t("情况报告", "Situation report"), Tone::Accent))
            (kit::print_button(lang))
        }))
        (kit::live("board", 30, html! {
            (kit::tiles(&warning.into_iter().chain(tiles).collect::<Vec<_>>()))
            p { a href=(market_href) { (market_line(market, lang)) } }
            (kit::section(web.t("轮次", "Rounds"), round_badges))
            (kit::section(web.t("各街道、乡镇", "By street"), html! {
                (kit::table(web.t("各街道、乡镇", "By street"), &street_columns, streets, kit::empty(Icon::Map, web.t("没有封闭的小区", "No compound is closed"), web.t("下达指令后，这里按街道显示。", "Issue a directive and streets appear here."), kit::link_button("/directives", web.t("去下达指令", "Issue a directive"), Tone::Accent))))
                @if let Some(spread) = &spread { p { (spread) } }
            }))
            (kit::section(web.t("最先断粮的小区", "Compounds that run out first"), kit::table(web.t("最先断粮的小区", "Compounds that run out first"), &cover_columns, covers, html! { p { (web.t("没有封闭的小区。", "No compound is closed.")) } })))
            (kit::section(web.t("各品种数量", "Quantities by pack"), html! {
                (kit::table(web.t("各品种数量", "Quantities by pack"), &goods_columns, goods, html! { p { (web.t("还没有订单。", "No orders yet.")) } }))
                @if !food.is_empty() { h3 { (web.t("已交付食品", "Food handed over")) } (kit::bars(&food)) }
            }))
            @if !board.shorts.is_empty() {
                (kit::section(web.t("缺货记录", "Short-picks"), html! {
                    ul { @for short in &board.shorts {
                        li { (short.order) " · " (names.get(&short.compound).map_or("", String::as_str)) " · " (short.pack) " × " (short.quantity) " · " (short.reason) }
                    } }
                }))
            }
        }))
    };
    Ok(web.page(web.t("指挥看板", "Board"), body))
}

/// The items of the gravest grade, and how much there is to do.
fn concerned(items: &[String], urgent: i64, lang: Lang) -> String {
    const NAMED: usize = 3;
    let names = items.iter().take(NAMED).cloned().collect::<Vec<_>>();
    let names = names.join(lang.t("、", ", "));
    let urgent = count(urgent);
    match (lang, items.len()) {
        (_, 0) => String::new(),
        (Lang::Zh, 1..=NAMED) => format!("{names}；{urgent}项要处置"),
        (Lang::Zh, all) => format!("{names}等{all}种；{urgent}项要处置"),
        (Lang::En, 1..=NAMED) => format!("{names}; {urgent} to deal with"),
        (Lang::En, all) => format!("{names} and {} more; {urgent} to deal with", all - NAMED),
    }
}

/// The hour of the last daily report and who has reported, in a quiet line.
fn market_line(market: &Brief, lang: Lang) -> String {
    let Some(last_s) = market.last_s else {
        return lang
            .t("还没有企业的市场监测日报", "No daily market report yet")
            .to_string();
    };
    let (last, reported, all) = (
        clock::short(last_s),
        market.reported,
        market.reported + market.missing,
    );
    let overdue = match (market.overdue, lang) {
        (true, Lang::Zh) => "，其余逾期未报",
        (true, Lang::En) => ", the rest are overdue",
        (false, _) => "",
    };
    match lang {
        Lang::Zh => format!("市场监测：最近一次日报 {last}，今天已报{reported}/{all}家{overdue}"),
        Lang::En => format!("Market: last report {last}, {reported} of {all} enterprises today{overdue}"),
    }
}
