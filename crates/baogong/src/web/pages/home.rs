//! The first page of each role: what to do next on the first night.

use kit::{Column, Icon, Step, StepState, TableRow, Tone, html};
use store::Tx;

use super::super::Answer;
use super::super::gate::Gate;
use super::super::request::Web;
use super::super::routes::{Route, read};
use super::supplier_name;
use crate::base::id::district;
use crate::base::{Action, Ctx, Result, Role, clock};
use crate::proposal::assignment;
use crate::register::correct::area_name;
use crate::register::entry::{self, Query};
use crate::round::{RoundState, open, trips};

/// Home.
pub fn routes() -> Vec<Route> {
    vec![read("/", Gate::SignedIn, home)]
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
