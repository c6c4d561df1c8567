//! Directives, and which rules hold for a place with the clause that says so.

use axum::extract::{Path, RawQuery};
use kit::{Column, Field, Icon, TableRow, Tone, html};

use super::super::Answer;
use super::super::fields::Fields;
use super::super::gate::Gate;
use super::super::request::Web;
use super::super::routes::{Route, read, write};
use super::reports::exports;
use super::{area_options, guard, level_badge};
use crate::base::act::Act;
use crate::base::id::district;
use crate::base::{Action, Error, Refusal, Result, clock};
use crate::plan::directive::{self, DirectiveDraft, Ending};
use crate::plan::rules::{self, value_words};
use crate::plan::{ControlLevel, RiskLevel, plan, plans};
use crate::register::correct::area_name;
use crate::register::entry::{self, Query};

static ISSUE: Act = Act::new("directive.issue", Action::IssueDirective);
static END: Act = Act::new("directive.end", Action::IssueDirective);

/// Directives, rules, plans.
pub fn routes() -> Vec<Route> {
    vec![
        read("/directives", Gate::Needs(Action::ViewPlan), list),
        read("/directives/new", Gate::Needs(Action::IssueDirective), form),
        write("/directives", Gate::Needs(Action::IssueDirective), issue),
        write("/directives/end", Gate::Needs(Action::IssueDirective), end),
        read("/rules", Gate::Needs(Action::ViewPlan), rules_page),
        read("/plans/{id}", Gate::Needs(Action::ViewPlan), plan_page),
    ]
}

async fn list(web: Web) -> Answer {
    let ctx = web.ctx()?;
    let in_district = web.district()?;
    let may_issue = ctx.actor.may(Action::IssueDirective);
    let now_s = ctx.now_s;
    let (directives, names) = web
        .app
        .read(move |tx| {
            let directives = directive::all(tx, &in_district)?;
            let names = directives
                .iter()
                .map(|one| area_name(tx, &one.area))
                .collect::<Result<Vec<_>>>()?;
            Ok((directives, names))
        })
        .await?;
    let columns = [
        Column::text(web.t("区域", "Area")),
        Column::text(web.t("级别", "Level")),
        Column::text(web.t("风险", "Risk")),
        Column::text(web.t("预案", "Plan")),
        Column::text(web.t("自", "From")),
        Column::text(web.t("至", "Until")),
        Column::text(web.t("依据", "On whose order")),
        Column::text(""),
    ];
    let mut in_force = Vec::new();
    let mut past = Vec::new();
    for (one, name) in directives.iter().zip(&names) {
        let holds = one.until_s.is_none_or(|until_s| until_s > now_s);
        let row = TableRow::new(vec![
            html! { a href=(format!("/rules?area={}", one.area)) { (name) } },
            level_badge(Some(one.level), web.lang),
            html! { (one.risk.word(web.lang)) },
            html! { @if let Some(plan) = plan(&one.plan) { a href=(format!("/plans/{}", plan.id)) { (plan.name.word(web.lang)) } } },
            html! { (clock::short(one.from_s)) @if one.from_s > now_s { " " (kit::badge(Tone::Warn, web.t("未到时间", "not yet"))) } },
            html! { @match one.until_s { Some(until_s) => (clock::short(until_s)), None => (web.t("未结束", "open")) } },
            html! { (one.ordered_by) @if !one.note.is_empty() { br; small { (one.note) } } },
            html! { @if holds && may_issue {
                (kit::details(web.t("结束…", "End…"), kit::form("/directives/end", &web.shell(""), html! {
                    (Field::hidden("id", &one.id.to_string()))
                    (Field::text("ordered_by", web.t("依据谁的命令结束", "On whose order it ends")).required().id(&format!("end-{}", one.id)))
                    (kit::button(web.t("结束这道指令", "End this directive"), Tone::Bad))
                })))
            } },
        ]);
        if holds { in_force.push(row) } else { past.push(row) }
    }
    let issue_button = html! { @if may_issue { (kit::link_button("/directives/new", web.t("下达指令", "Issue a directive"), Tone::Accent)) } };
    let body = html! {
        (kit::heading(web.t("指令与规则", "Directives and rules"), web.t("指令决定哪个预案在哪里生效、是什么级别；规则随之而定。", "A directive says which plan holds where and at which level; the rules follow."), html! { (issue_button) (exports(&web, "directives", &[])) }))
        (kit::section(web.t("生效中", "In force"), kit::table(web.t("生效中", "In force"), &columns, in_force, kit::empty(Icon::Bell, web.t("没有生效的指令", "No directive is in force"), web.t("目前没有小区封闭。", "No compound is closed."), issue_button))))
        @if !past.is_empty() { (kit::section(web.t("已结束", "Ended"), kit::table(web.t("已结束", "Ended"), &columns, past, html! {}))) }
        (kit::section(web.t("预案", "Plans"), html! {
            ul { @for plan in plans() { li { a href=(format!("/plans/{}", plan.id)) { (plan.name.word(web.lang)) } " — " (plan.source.word(web.lang)) } } }
        }))
    };
    Ok(web.page(web.t("指令与规则", "Directives and rules"), body))
}

async fn form(web: Web, RawQuery(query): RawQuery) -> Answer {
    let fields = Fields::of_query(&query.unwrap_or_default());
    show_form(&web, &fields, None).await
}

async fn show_form(web: &Web, fields: &Fields, refusal: Option<&Refusal>) -> Answer {
    let area = web.actor()?.area;
    let words = fields.get("find").to_string();
    let asked = fields.get("area").to_string();
    let (areas, compounds, chosen) = web
        .app
        .read(move |tx| {
            let areas = area_options(tx, &area)?;
            let query = Query {
                register: "compounds",
                area: &area,
                words: &words,
                ..Query::default()
            };
            let mut compounds = Vec::new();
            if !words.is_empty() {
                for entry in entry::list(tx, &query, 100, 0)? {
                    compounds.push((
                        entry.code.clone(),
                        format!("{} · {}", entry.name, area_name(tx, &entry.area)?),
                    ));
                }
            }
            let chosen = if asked.contains('-') {
                vec![(asked.clone(), area_name(tx, &asked)?)]
            } else {
                Vec::new()
            };
            Ok((areas, compounds, chosen))
        })
        .await?;
    let mut options: Vec<(String, String)> = vec![(String::new(), web.t("请选择", "Choose").to_string())];
    options.extend(chosen);
    options.extend(compounds.clone());
    options.extend(areas);
    let plans: Vec<(&str, &str)> = plans()
        .iter()
        .filter(|plan| plan.id != "house")
        .map(|plan| (plan.id.as_str(), plan.name.word(web.lang)))
        .collect();
    let chosen_area = if fields.get("area").is_empty() {
        compounds.first().map_or("", |(code, _)| code)
    } else {
        fields.get("area")
    };
    let body = html! {
        (kit::heading(web.t("下达指令", "Issue a directive"), web.t("选择区域、级别和预案。小区请先搜索名称。", "Choose area, level and plan. Search for a compound by its name."), html! {}))
        @if let Some(refusal) = refusal { (kit::notice(Tone::Bad, web.t("请检查", "Please check"), html! { p { (web.words(refusal)) } })) }
        (kit::section(web.t("找小区", "Find a compound"), html! {
            form method="get" action="/directives/new" class="search" {
                (Field::text("find", web.t("小区名称", "Name of the compound")).value(fields.get("find")))
                (kit::button(web.t("搜索", "Search"), Tone::Plain))
            }
            @if !fields.get("find").is_empty() && compounds.is_empty() { p { (web.t("没有找到这个小区。", "No such compound.")) } }
        }))
        (kit::section(web.t("指令", "Directive"), kit::form("/directives", &web.shell(""), html! {
            (kit::fields(html! {
                (Field::select("area", web.t("区域", "Area"), &options).value(chosen_area).required())
                (Field::select("level", web.t("管理级别", "Control level"), &ControlLevel::options(web.lang)).value(if fields.get("level").is_empty() { "lockdown" } else { fields.get("level") }).required())
                (Field::select("risk", web.t("风险等级", "Risk level"), &RiskLevel::options(web.lang)).value(if fields.get("risk").is_empty() { "high" } else { fields.get("risk") }).required())
                (Field::select("plan", web.t("预案", "Plan"), &plans).value(if fields.get("plan").is_empty() { "yu" } else { fields.get("plan") }).required())
                (Field::datetime("from", web.t("自何时起（不填即现在）", "From when (empty is now)")).value(fields.get("from")))
                (Field::text("ordered_by", web.t("依据谁的命令", "On whose order")).value(fields.get("ordered_by")).placeholder(web.t("如：县指挥部第3号令，指挥长", "Such as: order no. 3, commander")).required())
                (Field::text("note", web.t("备注", "Note")).value(fields.get("note")))
            }))
            (kit::actions(kit::button(web.t("下达", "Issue"), Tone::Accent)))
        })))
    };
    Ok(web.page(web.t("下达指令", "Issue a directive"), body))
}

async fn issue(web: Web, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    if fields.get("area").is_empty() {
        let refusal = Refusal::invalid(
            "area",
            "请选择区域；小区请先搜索名称。",
            "Choose an area; search for a compound by name first.",
        );
        return show_form(&web, &fields, Some(&refusal)).await;
    }
    let draft = DirectiveDraft {
        area: fields.get("area").to_string(),
        plan: fields.get("plan").to_string(),
        level: fields.get("level").to_string(),
        risk: fields.get("risk").to_string(),
        from: fields.get("from").to_string(),
        ordered_by: fields.get("ordered_by").to_string(),
        note: fields.get("note").to_string(),
    };
    let area = draft.area.clone();
    match web
        .app
        .act(
            &web.ctx_for(fields.command())?,
            &ISSUE,
            &area,
            draft,
            directive::issue,
        )
        .await
    {
        Ok(_) => Ok(web.done(
            &format!("/rules?area={area}"),
            web.t(
                "指令已下达。以下是这里现在的规则和依据。",
                "The directive is issued. These rules hold here now.",
            ),
        )),
        Err(Error::Refusal(refusal)) => show_form(&web, &fields, Some(&refusal)).await,
        Err(fault) => Err(fault),
    }
}

async fn end(web: Web, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let in_district = web.district()?;
    let ending = Ending {
        district: in_district.clone(),
        id: fields.id("id")?,
        ordered_by: fields.get("ordered_by").to_string(),
    };
    web.app
        .act(
            &web.ctx_for(fields.command())?,
            &END,
            &in_district,
            ending,
            directive::end,
        )
        .await?;
    Ok(web.done("/directives", web.t("指令已结束。", "The directive is ended.")))
}

async fn rules_page(web: Web, RawQuery(query): RawQuery) -> Answer {
    let fields = Fields::of_query(&query.unwrap_or_default());
    let area = web.area(fields.get("area"))?;
    let at_s = clock::parse_minute(fields.get("at")).unwrap_or_else(|| web.app.clock.now_s());
    let asked = area.clone();
    let (rules, name, areas) = web
        .app
        .read(move |tx| {
            Ok((
                rules::at(tx, &asked, at_s)?,
                area_name(tx, &asked)?,
                area_options(tx, district(&asked))?,
            ))
        })
        .await?;
    let columns = [
        Column::text(web.t("规则", "Rule")),
        Column::text(web.t("内容", "Value")),
        Column::text(web.t("条款", "Clause")),
        Column::text(web.t("原文", "Text")),
        Column::text(web.t("依据", "By")),
    ];
    let rows = rules
        .held
        .iter()
        .map(|held| {
            TableRow::new(vec![
                html! { (held.key.word(web.lang)) },
                html! { @if held.wins { strong { (value_words(held.key, &held.rule.value, web.lang)) } } @else { del { (value_words(held.key, &held.rule.value, web.lang)) } " " (kit::badge(Tone::Quiet, web.t("另有规定优先", "overruled"))) } },
                html! { a href=(format!("/plans/{}#{}", held.plan.id, held.rule.clause)) { (held.rule.clause) } },
                html! { @if let Some(clause) = held.clause { (clause.text.word(web.lang)) } @if held.rule.norm { br; small { (web.t("数值出自：", "Figure from: ")) (source_note(&held.rule.source_note, web.lang)) } } },
                html! { @match &held.directive { Some(directive) => { (directive.ordered_by) br; small { (clock::short(directive.from_s)) } }, None => (web.t("工作约定", "working rules")) } },
            ])
            .tone(if held.wins { Tone::Plain } else { Tone::Quiet })
        })
        .collect();
    let mut measures = Vec::new();
    for one in &rules.directives {
        let Some(plan) = plan(&one.plan) else { continue };
        for measure in &plan.measures {
            let level_fits =
                measure.levels.is_empty() || rules.level.is_some_and(|level| measure.levels.contains(&level));
            let risk_fits =
                measure.risks.is_empty() || rules.risk.is_some_and(|risk| measure.risks.contains(&risk));
            if level_fits && risk_fits {
                measures.push((
                    measure.text.word(web.lang),
                    measure.clause.as_str(),
                    measure.due_h.map(|hours| one.from_s + hours * clock::HOUR_S),
                ));
            }
        }
    }
    let mut options = vec![(area.clone(), name.clone())];
    options.extend(areas.into_iter().filter(|(code, _)| *code != area));
    let body = html! {
        (kit::heading(&format!("{}{name}", web.t("现行规则：", "Rules in force: ")), &clock::minute(at_s), html! { (level_badge(rules.level, web.lang)) }))
        form method="get" action="/rules" class="search" {
            (Field::select("area", web.t("区域", "Area"), &options).value(&area))
            (Field::datetime("at", web.t("时间", "Time")).value(&clock::field(at_s)))
            (kit::button(web.t("查看", "Show"), Tone::Quiet))
        }
        (kit::section(web.t("规则与条款", "Rules and clauses"), kit::table(web.t("规则", "Rules"), &columns, rows, html! { p { (web.t("这里没有生效的规则。", "No rule holds here.")) } })))
        @if !measures.is_empty() {
            (kit::section(web.t("应采取的措施", "Measures to take"), html! { ul { @for (text, clause, due_s) in &measures {
                li { (text) " (" (clause) ")" @if let Some(due_s) = due_s { " " (kit::badge(Tone::Warn, &format!("{} {}", web.t("限", "by"), clock::short(*due_s)))) } }
            } } }))
        }
    };
    Ok(web.page(web.t("现行规则", "Rules in force"), body))
}

/// Notes on sources stand as `中文 | English`.
fn source_note(note: &str, lang: kit::Lang) -> &str {
    match note.split_once(" | ") {
        Some((zh, en)) => lang.t(zh, en),
        None => note,
    }
}

async fn plan_page(web: Web, Path(id): Path<String>) -> Answer {
    let plan = plan(&id).ok_or_else(|| Refusal::not_found("预案", "plan"))?;
    let lang = web.lang;
    let all = web.t("各级别", "every level");
    let levels = |levels: &[ControlLevel]| {
        if levels.is_empty() {
            all.to_string()
        } else {
            levels
                .iter()
                .map(|level| level.word(lang))
                .collect::<Vec<_>>()
                .join("、")
        }
    };
    let rule_columns = [
        Column::text(web.t("规则", "Rule")),
        Column::text(web.t("内容", "Value")),
        Column::text(web.t("级别", "Levels")),
        Column::text(web.t("条款", "Clause")),
    ];
    let rules = plan
        .rules
        .iter()
        .filter_map(|rule| {
            let key = rules::RuleKey::of(&rule.key)?;
            Some(TableRow::new(vec![
                html! { (key.word(lang)) },
                html! { (value_words(key, &rule.value, lang)) },
                html! { (levels(&rule.levels)) @if !rule.risks.is_empty() { " · " (rule.risks.iter().map(|risk| risk.word(lang)).collect::<Vec<_>>().join("、")) } @if let Some(scope) = rule.scope { " · " (scope.word(lang)) } },
                html! { (rule.clause) },
            ]))
        })
        .collect();
    let body = html! {
        (kit::heading(plan.name.word(lang), plan.source.word(lang), html! {}))
        (kit::section(web.t("条款", "Clauses"), html! { dl { @for clause in &plan.clauses { dt id=(clause.id) { (clause.id) } dd { (clause.text.word(lang)) } } } }))
        (kit::section(web.t("执行的规则", "Rules carried out"), kit::table(web.t("规则", "Rules"), &rule_columns, rules, html! {})))
        @if !plan.groups.is_empty() { (kit::section(web.t("工作组", "Work groups"), html! { ul { @for group in &plan.groups { li { (group.name.word(lang)) " · " (levels(&group.levels)) " (" (group.clause) ")" } } } })) }
        @if !plan.duties.is_empty() { (kit::section(web.t("职责", "Duties"), html! { dl { @for duty in &plan.duties { dt { (duty.who.word(lang)) } dd { (duty.text.word(lang)) " (" (duty.clause) ")" } } } })) }
        @if !plan.measures.is_empty() { (kit::section(web.t("措施", "Measures"), html! { ul { @for measure in &plan.measures { li { (measure.text.word(lang)) " · " (levels(&measure.levels)) " (" (measure.clause) ")" } } } })) }
    };
    Ok(web.page(plan.name.word(lang), body))
}
