//! Coverage: compounds and households that run out first; unknown is shown as unknown.

use axum::extract::RawQuery;
use kit::{Column, Icon, TableRow, Tile, Tone, html};

use super::super::Answer;
use super::super::fields::Fields;
use super::super::gate::Gate;
use super::super::request::Web;
use super::super::routes::{Route, read};
use super::reports::exports;
use crate::base::words::{count, days};
use crate::base::{Action, Result, clock};
use crate::coverage;
use crate::plan::rules::{CATEGORIES, category_word};
use crate::register::correct::area_name;

/// The coverage page.
pub fn routes() -> Vec<Route> {
    vec![read("/coverage", Gate::Needs(Action::ViewCoverage), page)]
}

async fn page(web: Web, RawQuery(query): RawQuery) -> Answer {
    let fields = Fields::of_query(&query.unwrap_or_default());
    let area = web.area(fields.get("area"))?;
    let category = CATEGORIES
        .iter()
        .map(|(key, _, _)| *key)
        .find(|key| *key == fields.get("category"))
        .unwrap_or("");
    let ctx = web.ctx()?;
    let (now_s, lang, asked) = (ctx.now_s, web.lang, area.clone());
    let may_list = ctx.actor.may(Action::ViewLists);
    let (board, households, place) = web
        .app
        .read(move |tx| {
            let board = coverage::board(tx, &ctx, &asked)?;
            let names = board
                .iter()
                .map(|cover| area_name(tx, &cover.compound))
                .collect::<Result<Vec<_>>>()?;
            let mut households = Vec::new();
            for one in coverage::first_out(tx, &asked, category, 100)? {
                let name = super::household_name(tx, &one.household)?;
                households.push((one, name));
            }
            Ok((
                board.into_iter().zip(names).collect::<Vec<_>>(),
                households,
                area_name(tx, &asked)?,
            ))
        })
        .await?;
    let sum =
        |value: fn(&coverage::CompoundCover) -> i64| board.iter().map(|(cover, _)| value(cover)).sum::<i64>();
    let (total, short, unknown) = (
        sum(|cover| cover.households),
        sum(|cover| cover.short),
        sum(coverage::CompoundCover::unknown),
    );
    let tile = |zh: &str, en: &str, value: i64, tone: Tone| Tile {
        label: web.t(zh, en).into(),
        value: count(value),
        unit: web.t("户", "households").into(),
        tone,
        ..Tile::default()
    };
    let mut columns = vec![
        Column::text(web.t("小区", "Compound")),
        Column::number(web.t("户数", "Households")),
        Column::number(web.t("不足", "Short")),
        Column::number(web.t("未知", "Unknown")),
    ];
    columns.extend(CATEGORIES.iter().map(|(key, _, _)| {
        Column::number(&format!(
            "{}{}",
            category_word(key, lang),
            web.t("（天）", " (days)")
        ))
    }));
    let rows = board
        .iter()
        .map(|(cover, name)| {
            let mut cells = vec![
                html! { (name) },
                html! { (count(cover.households)) },
                html! { (count(cover.short)) },
                html! { (count(cover.unknown())) },
            ];
            cells.extend(CATEGORIES.iter().map(|(key, _, _)| {
                match (cover.first_out_s.get(*key), cover.mean_left_s.get(*key)) {
                    (Some(first), Some(mean)) => {
                        html! { (days(*first)) " " small { (web.t("均", "mean ")) (days(*mean)) } }
                    }
                    _ => html! { (kit::badge(Tone::Quiet, web.t("未知", "unknown"))) },
                }
            }));
            let tone = if cover.short > 0 {
                Tone::Bad
            } else if cover.unknown() > 0 {
                Tone::Warn
            } else {
                Tone::Plain
            };
            TableRow::new(cells).tone(tone).href(if may_list {
                format!("/lists/{}?tab=people", cover.compound)
            } else {
                format!("/coverage?area={}", cover.compound)
            })
        })
        .collect();
    let household_columns = [
        Column::text(web.t("住户", "Household")),
        Column::text(web.t("品类", "Category")),
        Column::number(web.t("可供天数", "Days left")),
        Column::text(web.t("预计用完", "Runs out")),
    ];
    let household_rows = households
        .iter()
        .map(|(one, name)| {
            let row = TableRow::new(vec![
                html! { (name) },
                html! { (category_word(&one.category, lang)) },
                html! { (days(one.runs_out_s - now_s)) },
                html! { (clock::short(one.runs_out_s)) },
            ])
            .tone(if one.runs_out_s <= now_s {
                Tone::Bad
            } else {
                Tone::Plain
            });
            if may_list {
                row.href(format!("/household/{}", one.household))
            } else {
                row
            }
        })
        .collect();
    let mut tabs = vec![(
        format!("/coverage?area={area}"),
        web.t("全部品类", "Every category").to_string(),
        category.is_empty(),
        None,
    )];
    tabs.extend(CATEGORIES.iter().map(|(key, _, _)| {
        (
            format!("/coverage?area={area}&category={key}"),
            category_word(key, lang).to_string(),
            *key == category,
            None,
        )
    }));
    let body = html! {
        (kit::heading(web.t("余粮", "Coverage"), &format!("{place} · {}", web.t("谁最先断粮，谁还不知道", "who runs out first, and who is not known")), html! {
            (kit::link_button(&format!("/reports/coverage?area={area}&only={category}"), web.t("打印", "Print"), Tone::Quiet))
            (exports(&web, "coverage", &[("area", &area), ("only", category)]))
        }))
        (kit::tiles(&[
            tile("封闭小区住户", "Households in closed compounds", total, Tone::Plain),
            tile("不足", "Running out", short, if short > 0 { Tone::Bad } else { Tone::Good }),
            tile("未知", "Unknown", unknown, if unknown > 0 { Tone::Warn } else { Tone::Good }),
        ]))
        (kit::section(web.t("小区", "Compounds"), kit::table(web.t("小区", "Compounds"), &columns, rows, kit::empty(Icon::Clock, web.t("没有封闭的小区", "No compound is closed"), web.t("余粮从交付和盘点算起；没有记录的显示为未知。", "Coverage follows hand-overs and stocktakes; what has no record is shown as unknown."), html! {}))))
        (kit::section(web.t("最先断粮的住户", "Households that run out first"), html! {
            (kit::tabs(&tabs))
            (kit::table(web.t("住户", "Households"), &household_columns, household_rows, html! { p { (web.t("还没有交付或盘点记录，余粮未知。", "No hand-over or stocktake yet; nothing is known.")) } }))
        }))
    };
    Ok(web.page(web.t("余粮", "Coverage"), body))
}
