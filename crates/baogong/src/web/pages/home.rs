//! The first page of each role: what to do next on the first night, and the headquarters' board.

use axum::extract::RawQuery;
use kit::{Column, Icon, Step, StepState, TableRow, Tile, Tone, html};
use store::Tx;

use super::super::Answer;
use super::super::fields::Fields;
use super::super::gate::Gate;
use super::super::request::Web;
use super::super::routes::{Route, read};
use super::supplier_name;
use crate::base::id::district;
use crate::base::words::{count, days, kilograms, yuan};
use crate::base::{Action, Ctx, Result, Role, clock};
use crate::plan::rules::{CATEGORIES, category_word};
use crate::proposal::assignment;
use crate::register::correct::area_name;
use crate::register::entry::{self, Query};
use crate::report::board;
use crate::round::{RoundState, open, trips};

/// Home and board.
pub fn routes() -> Vec<Route> {
    vec![
        read("/", Gate::SignedIn, home),
        read("/board", Gate::Needs(Action::ViewBoard), board_page),
    ]
}

/// What the steps of the first night rest on.
struct Progress {
    registered: bool,
    directed: bool,
    known: bool,
    assigned: bool,
    rounds: Vec<(String, String, RoundState, String, i64)>,
    trips: usize,
}

fn progress(tx: &mut Tx, ctx: &Ctx) -> Result<Progress> {
    let area = &ctx.actor.area;
    let in_district = district(area).to_string();
    let supplier = ctx.actor.supplier.clone().unwrap_or_default();
    let registered = entry::count(
        tx,
        &Query {
            register: "households",
            area,
            ..Query::default()
        },
    )?
    .0 > 0;
    let directed = !crate::plan::directive::holding(tx, &in_district, ctx.now_s)?.is_empty();
    let known = !crate::coverage::first_out(tx, area, "", 1)?.is_empty();
    let assigned = !assignment::assigned(tx, area)?.is_empty();
    let mut rounds = Vec::new();
    for round in open::list(tx, area, &supplier)?.into_iter().take(8) {
        let name = supplier_name(tx, &in_district, &round.supplier)?;
        rounds.push((
            round.id.to_string(),
            format!("{} {}", round.code, round.title),
            round.state,
            name,
            round.cutoff_s,
        ));
    }
    let trips = trips::list(tx, &in_district, &supplier)?.len();
    Ok(Progress {
        registered,
        directed,
        known,
        assigned,
        rounds,
        trips,
    })
}

async fn home(web: Web) -> Answer {
    let ctx = web.ctx()?;
    let loading = web.app.progress.lock().ok().and_then(|progress| progress.clone());
    let (name, role) = (ctx.actor.name.clone(), ctx.actor.role);
    let actor = ctx.actor.clone();
    let (place, state) = web
        .app
        .read(move |tx| Ok((area_name(tx, &ctx.actor.area)?, progress(tx, &ctx)?)))
        .await?;
    let confirmed = state
        .rounds
        .iter()
        .any(|(_, _, state, _, _)| matches!(state, RoundState::Confirmed | RoundState::Settled));
    let done = [
        (
            "登记：导入小区、住户、保供单位",
            "Register: import compounds, households, suppliers",
            "/imports",
            state.registered,
            Action::ImportRegister,
        ),
        (
            "下达指令：定级别、启用预案",
            "Issue a directive: level and plan",
            "/directives",
            state.directed,
            Action::IssueDirective,
        ),
        (
            "两张清单与余粮",
            "The two lists and coverage",
            "/lists",
            state.known,
            Action::ViewLists,
        ),
        (
            "分配保供单位",
            "Assign suppliers",
            "/proposals",
            state.assigned,
            Action::Propose,
        ),
        (
            "开团、收单",
            "Open a round, take orders",
            "/rounds",
            !state.rounds.is_empty(),
            Action::OpenRound,
        ),
        (
            "收款、确认",
            "Collect payments, confirm",
            "/rounds",
            confirmed,
            Action::Collect,
        ),
        (
            "装袋、装箱",
            "Pack bags and boxes",
            "/rounds",
            state.trips > 0,
            Action::Pack,
        ),
        (
            "发车、送达、交付",
            "Load, drive, hand over",
            "/trips",
            state.trips > 0,
            Action::Deliver,
        ),
        (
            "看板与18:00情况报告",
            "Board and the 18:00 report",
            "/board",
            false,
            Action::ViewBoard,
        ),
    ];
    let mut now_found = false;
    let steps: Vec<Step> = done
        .iter()
        .filter(|(_, _, _, _, action)| actor.may(*action))
        .map(|(zh, en, href, is_done, _)| {
            let step_state = match (*is_done, now_found) {
                (true, _) => StepState::Done,
                (false, false) => {
                    now_found = true;
                    StepState::Now
                }
                (false, true) => StepState::Ahead,
            };
            Step {
                label: web.t(zh, en).to_string(),
                state: step_state,
                href: Some((*href).to_string()),
            }
        })
        .collect();
    let task = match role {
        Role::Headquarters => web.t(
            "今晚要做的事，按顺序走完；每一步都有下一步的入口。",
            "Tonight's work in order; each step leads to the next.",
        ),
        Role::Liaison => web.t(
            "开团、贴接龙、收款、叫人取货。",
            "Open a round, paste the chain message, collect, call to fetch.",
        ),
        Role::Supplier => web.t(
            "确认、拣货、装袋、贴标、装车。",
            "Confirm, pick, pack, label, load.",
        ),
        Role::Driver => web.t("下一站在“车次”里。", "Your next stop is under Trips."),
        Role::Volunteer => web.t("送货清单在“交付”里。", "Your list is under Hand-over."),
        _ => web.t("从左边的菜单开始。", "Begin with the menu."),
    };
    let body = html! {
        (kit::heading(&format!("{}{name}", web.t("您好，", "Hello, ")), &format!("{place} · {task}"), html! {}))
        @if let Some((words, per_cent)) = &loading {
            (kit::live("loading", 2, html! {
                (kit::notice(Tone::Accent, words, html! { (kit::meter(i64::from(*per_cent), 100, Tone::Accent, words)) }))
            }))
        }
        @if !steps.is_empty() { (kit::section(web.t("从表格到家门口", "From spreadsheets to the door"), kit::steps(&steps))) }
        @if !state.rounds.is_empty() {
            (kit::section(web.t("最近的轮次", "Latest rounds"), rounds_table(&web, &state.rounds)))
        } @else if actor.may(Action::ViewRounds) {
            (kit::empty(Icon::Box, web.t("还没有轮次", "No round yet"), web.t("小区封闭并分配保供单位后，即可开团。", "Once compounds are closed and suppliers assigned, a round can be opened."), html! {
                @if actor.may(Action::OpenRound) { (kit::link_button("/rounds/new", web.t("开一轮", "Open a round"), Tone::Accent)) }
            }))
        }
    };
    Ok(web.page(web.t("首页", "Home"), body))
}

fn rounds_table(web: &Web, rounds: &[(String, String, RoundState, String, i64)]) -> kit::Markup {
    let columns = [
        Column::text(web.t("轮次", "Round")),
        Column::text(web.t("保供单位", "Supplier")),
        Column::text(web.t("截单", "Cut-off")),
        Column::text(web.t("状态", "State")),
    ];
    let rows = rounds
        .iter()
        .map(|(id, title, state, supplier, cutoff_s)| {
            TableRow::new(vec![
                html! { (title) },
                html! { (supplier) },
                html! { (clock::short(*cutoff_s)) },
                super::rounds::state_badge(*state, web.lang),
            ])
            .href(format!("/rounds/{id}"))
        })
        .collect();
    kit::table(web.t("最近的轮次", "Latest rounds"), &columns, rows, html! {})
}

async fn board_page(web: Web, RawQuery(query): RawQuery) -> Answer {
    let fields = Fields::of_query(&query.unwrap_or_default());
    let area = web.area(fields.get("area"))?;
    let ctx = web.ctx()?;
    let (lang, asked) = (web.lang, area.clone());
    let key = format!("board {area}");
    let made = web.app.made_once(
        &key,
        web.app.read(move |tx| {
            let board = board::board(tx, &ctx, &asked)?;
            let mut names = std::collections::HashMap::new();
            for cover in board.coverage.iter().take(15) {
                names.insert(cover.compound.clone(), area_name(tx, &cover.compound)?);
            }
            for short in &board.shorts {
                names.insert(short.compound.clone(), area_name(tx, &short.compound)?);
            }
            Ok((board, area_name(tx, &asked)?, names))
        }),
    );
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
            (kit::tiles(&tiles))
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
