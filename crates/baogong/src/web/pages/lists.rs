//! The two lists of closed compounds, visits that are due, and the page of one household.

use axum::extract::{Path, RawQuery};
use kit::{Column, Field, Icon, TableRow, Tone, html};

use super::super::Answer;
use super::super::fields::Fields;
use super::super::gate::Gate;
use super::super::request::Web;
use super::super::routes::{Route, read, write};
use super::reports::exports;
use super::{guard, level_badge};
use crate::base::access::{Field as Datum, View};
use crate::base::act::Act;
use crate::base::id::district;
use crate::base::words::{count, days, yuan};
use crate::base::{Action, Refusal, Result, clock};
use crate::coverage::lists::{self, NeedDraft, NeedSettled, NeedState, VisitDraft, VisitOutcome};
use crate::coverage::{self, Stocktake};
use crate::plan::rules::{self, CATEGORIES, RuleKey, category_word};
use crate::register::correct::area_name;
use crate::register::entry::{self, Household};
use crate::report::lists::needs_words;
use crate::report::tables::closed_compounds;
use crate::round::{chart, order};

static ADD_NEED: Act = Act::new("need.add", Action::EditNeeds);
static SETTLE_NEED: Act = Act::new("need.settle", Action::EditNeeds);
static VISIT: Act = Act::new("visit.record", Action::EditNeeds);
static STOCKTAKE: Act = Act::new("coverage.stocktake", Action::EditNeeds);

/// Two lists and households.
pub fn routes() -> Vec<Route> {
    vec![
        read("/lists", Gate::Needs(Action::ViewLists), overview),
        read("/lists/{compound}", Gate::Needs(Action::ViewLists), compound_page),
        read(
            "/household/{code}",
            Gate::Needs(Action::ViewLists),
            household_page,
        ),
        write("/needs", Gate::Needs(Action::EditNeeds), add_need),
        write("/needs/settle", Gate::Needs(Action::EditNeeds), settle_need),
        write("/visits", Gate::Needs(Action::EditNeeds), visit),
        write("/stocktake", Gate::Needs(Action::EditNeeds), stocktake),
    ]
}

async fn overview(web: Web) -> Answer {
    let ctx = web.ctx()?;
    let may_direct = ctx.actor.may(Action::IssueDirective);
    let rows = web
        .app
        .read(move |tx| closed_compounds(tx, &ctx, &ctx.actor.area))
        .await?;
    let columns = [
        Column::text(web.t("小区", "Compound")),
        Column::text(web.t("社区", "Community")),
        Column::text(web.t("级别", "Level")),
        Column::number(web.t("户数", "Households")),
        Column::number(web.t("人数", "People")),
        Column::number(web.t("待解决需求", "Open needs")),
        Column::number(web.t("今日应走访", "Visits due")),
        Column::text(web.t("保供单位", "Supplier")),
    ];
    let table = rows
        .iter()
        .map(|one| {
            TableRow::new(vec![
                html! { (one.name) },
                html! { (one.community) },
                level_badge(one.level, web.lang),
                html! { (count(one.households)) },
                html! { (count(one.people)) },
                html! { (one.open_needs) @if one.urgent_needs > 0 { " " (kit::badge(Tone::Bad, &format!("{}{}", web.t("急", "urgent "), one.urgent_needs))) } },
                html! { (one.visits_due) " / " (one.special) },
                html! { @if one.supplier.is_empty() { (kit::badge(Tone::Warn, web.t("未分配", "none"))) } @else { (one.supplier) } },
            ])
            .href(format!("/lists/{}", one.compound))
        })
        .collect();
    let body = html! {
        (kit::heading(web.t("两张清单", "Two lists"), web.t("每个封闭小区的人员清单和需求清单；特殊群体按期走访。", "People and needs of each closed compound; people with special needs are visited in time."), exports(&web, "closed", &[])))
        (kit::table(web.t("封闭小区", "Closed compounds"), &columns, table, kit::empty(Icon::List, web.t("没有封闭的小区", "No compound is closed"), web.t("小区进入管控或封控后，会自动出现在这里。", "A compound appears here as soon as it is under control or lockdown."), html! {
            @if may_direct { (kit::link_button("/directives/new", web.t("下达指令", "Issue a directive"), Tone::Accent)) }
        })))
    };
    Ok(web.page(web.t("两张清单", "Two lists"), body))
}

async fn compound_page(web: Web, Path(compound): Path<String>, RawQuery(query): RawQuery) -> Answer {
    let fields = Fields::of_query(&query.unwrap_or_default());
    let compound = web.area(&compound)?;
    let tab = if fields.get("tab").is_empty() {
        "visits"
    } else {
        fields.get("tab")
    }
    .to_string();
    let (words, page) = (
        fields.get("q").to_string(),
        fields.get("page").parse::<i64>().unwrap_or(1).max(1),
    );
    let ctx = web.ctx()?;
    let (actor, now_s) = (ctx.actor.clone(), ctx.now_s);
    let (asked, special) = (compound.clone(), tab == "visits");
    let find = words.clone();
    let (name, rules, people, needs, names) = web
        .app
        .read(move |tx| {
            let rules = rules::at(tx, &asked, ctx.now_s)?;
            let people = lists::people(tx, &rules, &asked, &find, special)?;
            let needs = lists::needs(tx, &asked)?;
            let names = needs
                .iter()
                .map(|need| super::household_name(tx, &need.household))
                .collect::<Result<Vec<_>>>()?;
            Ok((area_name(tx, &asked)?, rules, people, needs, names))
        })
        .await?;
    let open = needs.iter().filter(|need| need.state == NeedState::Open).count() as i64;
    let href = |tab: &str| format!("/lists/{compound}?tab={tab}");
    let tabs = kit::tabs(&[
        (
            href("visits"),
            web.t("走访", "Visits").into(),
            tab == "visits",
            None,
        ),
        (
            href("people"),
            web.t("人员清单", "People list").into(),
            tab == "people",
            None,
        ),
        (
            href("needs"),
            web.t("需求清单", "Needs list").into(),
            tab == "needs",
            Some(open),
        ),
    ]);
    let whole_health = actor.view(Datum::Health) == View::Whole;
    let total = people.len() as i64;
    let shown: Vec<_> = people.iter().skip(((page - 1) * 50) as usize).take(50).collect();
    let content = if tab == "needs" {
        let columns = [
            Column::text(web.t("住户", "Household")),
            Column::text(web.t("需要什么", "Item")),
            Column::text(web.t("数量", "Quantity")),
            Column::text(web.t("登记时间", "Recorded")),
            Column::text(web.t("状态", "State")),
            Column::text(""),
        ];
        let rows = needs
            .iter()
            .zip(&names)
            .map(|(need, name)| {
                TableRow::new(vec![
                    html! { a href=(format!("/household/{}", need.household)) { (name) } },
                    html! { @if need.urgent { (kit::badge(Tone::Bad, web.t("急", "urgent"))) " " } (need.item) },
                    html! { (need.quantity) },
                    html! { (clock::short(need.created_s)) },
                    html! { (need.state.word(web.lang)) },
                    html! { @if need.state == NeedState::Open { (kit::form("/needs/settle", &web.shell(""), html! {
                        (Field::hidden("compound", &compound)) (Field::hidden("id", &need.id.to_string()))
                        (kit::button_named("state", "met", web.t("已解决", "Met"), Tone::Good))
                        (kit::button_named("state", "dropped", web.t("不需要了", "Not needed"), Tone::Quiet))
                    })) } },
                ])
            })
            .collect();
        kit::table(
            web.t("需求清单", "Needs list"),
            &columns,
            rows,
            kit::empty(
                Icon::List,
                web.t("没有登记需求", "No needs recorded"),
                web.t(
                    "在住户页面登记需求；走访时“有困难”会自动登记。",
                    "Record needs on a household's page; a visit that finds a need records it.",
                ),
                html! {},
            ),
        )
    } else {
        let columns = [
            Column::text(web.t("房号", "Dwelling")),
            Column::text(web.t("户主", "Head")),
            Column::number(web.t("人数", "People")),
            Column::text(web.t("电话", "Phone")),
            Column::text(web.t("特殊群体", "Special needs")),
            Column::text(web.t("上次走访", "Last visit")),
            Column::text(web.t("应走访", "Due")),
        ];
        let rows = shown
            .iter()
            .map(|person| {
                let overdue = person.due_s.is_some_and(|due_s| due_s <= now_s);
                TableRow::new(vec![
                    html! { (person.entry.name) },
                    html! { (actor.show(Datum::Name, &person.household.head)) },
                    html! { (person.household.members) },
                    html! { (actor.show(Datum::Phone, &person.household.phone)) },
                    html! { @if whole_health { (needs_words(&person.household.needs, web.lang)) @if person.household.offline == 1 { " " (kit::badge(Tone::Warn, web.t("需代购", "orders by proxy"))) } } },
                    html! { (person.visited_s.map_or_else(|| web.t("从未", "never").to_string(), clock::short)) },
                    html! { @if let Some(due_s) = person.due_s { @if overdue { (kit::badge(Tone::Bad, web.t("应走访", "due"))) } @else { (clock::short(due_s)) } } },
                ])
                .tone(if overdue { Tone::Warn } else { Tone::Plain })
                .href(format!("/household/{}", person.entry.code))
            })
            .collect();
        html! {
            (kit::search_bar(web.lang, &format!("/lists/{compound}"), &words, web.t("房号、姓名或电话", "Dwelling, name or phone"), html! { (Field::hidden("tab", &tab)) }))
            @if special { p { (web.t("走访间隔：", "Visits every ")) (rules.number(RuleKey::VisitIntervalD).map_or_else(|| web.t("没有规定", "(no rule)").to_string(), |days| format!("{days} {}", web.t("天", "days")))) " (" (rules.clause(RuleKey::VisitIntervalD)) ")" } }
            (kit::table(web.t("人员清单", "People list"), &columns, rows, kit::empty(Icon::People, web.t("没有符合的住户", "No such household"), web.t("请先导入住户表。", "Import the households first."), html! {})))
            (kit::pager(web.lang, &format!("/lists/{compound}?tab={tab}&q={words}&"), page, 50, total))
        }
    };
    let body = html! {
        (kit::crumbs(&[("/lists".into(), web.t("两张清单", "Two lists").into()), (String::new(), name.clone())]))
        (kit::heading(&name, "", html! {
            (level_badge(rules.level, web.lang))
            (exports(&web, if tab == "needs" { "needs" } else { "people" }, &[("area", &compound), ("q", &words), ("only", if tab == "visits" { "visits" } else { "" })]))
            (kit::link_button(&format!("/rules?area={compound}"), web.t("现行规则", "Rules in force"), Tone::Quiet))
        }))
        (tabs)
        (content)
    };
    Ok(web.page(&name, body))
}

async fn household_page(web: Web, Path(code): Path<String>) -> Answer {
    web.area(&code)?;
    let ctx = web.ctx()?;
    let (actor, now_s, lang) = (ctx.actor.clone(), ctx.now_s, web.lang);
    let asked = code.clone();
    let (entry, household, place, covers, visits, orders, owed_fen, needs) = web
        .app
        .read(move |tx| {
            let found = entry::get(tx, "households", district(&asked), &asked)?
                .ok_or_else(|| Refusal::not_found("住户", "household"))?;
            let household: Household = found.noun()?;
            let place = area_name(tx, &found.area)?;
            let needs: Vec<_> = lists::needs(tx, &found.area)?
                .into_iter()
                .filter(|need| need.household == asked)
                .collect();
            let owed = -crate::base::book::balance(tx, district(&asked), &chart::advance(&asked))?.0;
            let covers = coverage::of_household(tx, &asked)?;
            let visits = lists::visits(tx, &asked)?;
            let orders = order::of_household(tx, &asked)?;
            Ok((found, household, place, covers, visits, orders, owed, needs))
        })
        .await?;
    let may_edit = actor.may(Action::EditNeeds);
    let cover = |category: &str| covers.iter().find(|cover| cover.category == category);
    let outcomes: Vec<(&str, &str, &str)> = VisitOutcome::ALL
        .iter()
        .map(|one| (one.key(), one.word(lang), ""))
        .collect();
    let body = html! {
        (kit::crumbs(&[("/lists".into(), web.t("两张清单", "Two lists").into()), (format!("/lists/{}", entry.area), place.clone()), (String::new(), entry.name.clone())]))
        (kit::heading(&entry.name, &place, html! { (kit::link_button(&format!("/registers/households/entry?code={code}"), web.t("登记资料", "Register entry"), Tone::Quiet)) }))
        (kit::columns(&[
            kit::section(web.t("住户", "Household"), kit::definitions(&[
                (web.t("户主", "Head").into(), html! { (actor.show(Datum::Name, &household.head)) }),
                (web.t("电话", "Phone").into(), html! { (actor.show(Datum::Phone, &household.phone)) }),
                (web.t("人数", "People").into(), html! { (household.members) }),
                (web.t("特殊群体", "Special needs").into(), html! { @if actor.view(Datum::Health) == View::Whole { (needs_words(&household.needs, lang)) } }),
                (web.t("饮食、用药", "Diet, medicine").into(), html! { @if actor.view(Datum::Health) == View::Whole { (household.diet) } }),
                (web.t("垫付挂账", "Advances owed").into(), html! { (yuan(owed_fen.max(0))) " " (web.t("元", "yuan")) }),
            ])),
            kit::section(web.t("余粮", "Coverage"), html! {
                (kit::definitions(&CATEGORIES.iter().map(|(category, _, _)| {
                    (category_word(category, lang).to_string(), match cover(category) {
                        Some(one) => html! { (days(one.left_s(now_s))) " " (web.t("天", "days")) " · " (web.t("到", "until ")) (clock::short(one.runs_out_s)) },
                        None => html! { (kit::badge(Tone::Quiet, web.t("未知", "unknown"))) },
                    })
                }).collect::<Vec<_>>()))
                @if may_edit { (kit::details(web.t("登记盘点（家里还能吃几天）", "Record what is left (days)"), kit::form("/stocktake", &web.shell(""), html! {
                    (Field::hidden("household", &code))
                    (kit::fields(html! { @for (category, _, _) in CATEGORIES { (Field::text(&format!("days_{category}"), category_word(category, lang)).attr("inputmode", "decimal").placeholder(web.t("天，如 2.5", "days, such as 2.5")).small()) } }))
                    (kit::button(web.t("保存盘点", "Save"), Tone::Accent))
                }))) }
            }),
        ]))
        @if may_edit {
            (kit::columns(&[
                kit::section(web.t("登记走访", "Record a visit"), kit::form("/visits", &web.shell(""), html! {
                    (Field::hidden("household", &code))
                    (Field::radio("outcome", web.t("情况", "Outcome"), &outcomes).value("fine"))
                    (Field::text("note", web.t("说明", "Note")).id("visit-note"))
                    (kit::button(web.t("保存走访", "Save the visit"), Tone::Accent))
                })),
                kit::section(web.t("登记需求", "Record a need"), kit::form("/needs", &web.shell(""), html! {
                    (Field::hidden("household", &code))
                    (Field::text("item", web.t("需要什么", "What is needed")).required())
                    (Field::text("quantity", web.t("数量", "Quantity")))
                    (Field::check("urgent", web.t("急需", "Urgent")))
                    (kit::button(web.t("保存需求", "Save the need"), Tone::Accent))
                })),
            ]))
        }
        (kit::section(web.t("需求", "Needs"), html! { @if needs.is_empty() { p { (web.t("没有登记需求。", "No needs recorded.")) } } ul { @for need in &needs { li { (need.item) " " (need.quantity) " · " (need.state.word(lang)) " · " (clock::short(need.created_s)) } } } }))
        (kit::section(web.t("走访记录", "Visits"), html! { @if visits.is_empty() { p { (web.t("还没有走访。", "Not visited yet.")) } } ul { @for (at_s, outcome, note, by) in &visits { li { (clock::short(*at_s)) " · " (outcome.word(lang)) " · " (note) " · " (by) } } } }))
        (kit::section(web.t("订单", "Orders"), html! { @if orders.is_empty() { p { (web.t("还没有订单。", "No orders yet.")) } } ul { @for order in &orders { li { a href=(format!("/orders/{}", order.id)) { (order.code) } " · " (order.state.word(lang)) " · " (order.payment.word(lang)) " · " (yuan(order.amount_fen)) " " (web.t("元", "yuan")) } } } }))
    };
    Ok(web.page(&entry.name, body))
}

async fn add_need(web: Web, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let household = fields.get("household").to_string();
    let draft = NeedDraft {
        household: household.clone(),
        item: fields.get("item").into(),
        category: String::new(),
        quantity: fields.get("quantity").into(),
        urgent: fields.get("urgent").into(),
    };
    web.app
        .act(
            &web.ctx_for(fields.command())?,
            &ADD_NEED,
            &household,
            draft,
            lists::add_need,
        )
        .await?;
    Ok(web.done(
        &format!("/household/{household}"),
        web.t("需求已登记。", "The need is recorded."),
    ))
}

async fn settle_need(web: Web, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let compound = fields.get("compound").to_string();
    let state = NeedState::of(fields.get("state"))
        .ok_or_else(|| Refusal::invalid("state", "请选择结果。", "Choose an outcome."))?;
    let settled = NeedSettled {
        compound: compound.clone(),
        id: fields.id("id")?,
        state,
    };
    web.app
        .act(
            &web.ctx_for(fields.command())?,
            &SETTLE_NEED,
            &compound,
            settled,
            lists::settle_need,
        )
        .await?;
    Ok(web.done(
        &format!("/lists/{compound}?tab=needs"),
        web.t("已更新。", "Updated."),
    ))
}

async fn visit(web: Web, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let household = fields.get("household").to_string();
    let outcome = VisitOutcome::of(fields.get("outcome"))
        .ok_or_else(|| Refusal::invalid("outcome", "请选择走访情况。", "Choose what came of it."))?;
    let draft = VisitDraft {
        household: household.clone(),
        outcome,
        note: fields.get("note").into(),
    };
    web.app
        .act(
            &web.ctx_for(fields.command())?,
            &VISIT,
            &household,
            draft,
            lists::record_visit,
        )
        .await?;
    Ok(web.done(
        &format!("/household/{household}"),
        web.t("走访已登记。", "The visit is recorded."),
    ))
}

async fn stocktake(web: Web, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let household = fields.get("household").to_string();
    let mut found = Stocktake {
        household: household.clone(),
        ..Stocktake::default()
    };
    for (category, text) in fields.after("days_") {
        if text.is_empty() {
            continue;
        }
        let text = documents::values::fold_width(&text).into_owned();
        let days: f64 = text.parse().map_err(|_| {
            Refusal::invalid(
                "days",
                format!("“{text}”不是天数，应如 2 或 2.5。"),
                format!("{text} is not a number of days; write 2 or 2.5."),
            )
        })?;
        found
            .tenths_of_days
            .insert(category, (days * 10.0).round() as i64);
    }
    web.app
        .act(
            &web.ctx_for(fields.command())?,
            &STOCKTAKE,
            &household,
            found,
            coverage::stocktake,
        )
        .await?;
    Ok(web.done(
        &format!("/household/{household}"),
        web.t("盘点已登记。", "Recorded."),
    ))
}
