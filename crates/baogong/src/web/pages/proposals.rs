//! Proposals: compute an assignment, look at the reasons, change lines, accept or turn down.

use axum::extract::Path;
use kit::{Column, Field, Icon, TableRow, Tile, Tone, html};

use super::super::Answer;
use super::super::fields::Fields;
use super::super::gate::Gate;
use super::super::request::Web;
use super::super::routes::{Route, read, write};
use super::reports::exports;
use super::{area_options, guard};
use crate::base::act::Act;
use crate::base::id::ProposalId;
use crate::base::words::{count, kilograms};
use crate::base::{Action, Refusal, Result, clock};
use crate::plan::rules::category_word;
use crate::proposal::assignment::{self, Acceptance, AssignmentDraft, Stored};
use crate::proposal::{self, ProposalRef, ProposalState};
use crate::register::correct::area_name;
use crate::register::entry;

static PROPOSE: Act = Act::new("assignment.propose", Action::Propose);
static ACCEPT: Act = Act::new("assignment.accept", Action::Propose);
static REJECT: Act = Act::new("assignment.reject", Action::Propose);

/// Proposals.
pub fn routes() -> Vec<Route> {
    vec![
        read("/proposals", Gate::Needs(Action::Propose), list),
        write("/proposals", Gate::Needs(Action::Propose), propose),
        read("/proposals/{id}", Gate::Needs(Action::Propose), show),
        write("/proposals/{id}/accept", Gate::Needs(Action::Propose), accept),
        write("/proposals/{id}/reject", Gate::Needs(Action::Propose), reject),
    ]
}

async fn list(web: Web) -> Answer {
    let area = web.actor()?.area;
    let in_district = web.district()?;
    let own = area.clone();
    let (proposals, assigned, areas) = web
        .app
        .read(move |tx| {
            let mut proposals = Vec::new();
            for one in proposal::list(tx, &in_district)? {
                let name = area_name(tx, &one.area)?;
                proposals.push((one, name));
            }
            let mut assigned = Vec::new();
            for (compound, suppliers) in assignment::assigned(tx, &own)? {
                let main = super::supplier_name(tx, &in_district, &suppliers.main)?;
                let backup = match &suppliers.backup {
                    Some(code) => super::supplier_name(tx, &in_district, code)?,
                    None => String::new(),
                };
                assigned.push((area_name(tx, &compound)?, main, backup, compound));
            }
            Ok((proposals, assigned, area_options(tx, &own)?))
        })
        .await?;
    let columns = [
        Column::text(web.t("区域", "Area")),
        Column::text(web.t("方案", "Proposal")),
        Column::text(web.t("时间", "Time")),
        Column::text(web.t("生成人", "By")),
        Column::text(web.t("状态", "State")),
    ];
    let rows = proposals
        .iter()
        .map(|(one, name)| {
            TableRow::new(vec![
                html! { (name) },
                html! { (one.kind.word(web.lang)) },
                html! { (clock::short(one.created_s)) },
                html! { (one.actor) },
                state_badge(one.state, &web),
            ])
            .href(format!("/proposals/{}", one.id))
        })
        .collect();
    let assigned_columns = [
        Column::text(web.t("小区", "Compound")),
        Column::text(web.t("主供", "Main")),
        Column::text(web.t("备用", "Backup")),
    ];
    let assigned_rows = assigned
        .iter()
        .map(|(compound, main, backup, _)| {
            TableRow::new(vec![html! { (compound) }, html! { (main) }, html! { (backup) }])
        })
        .collect();
    let body = html! {
        (kit::heading(web.t("分配保供单位", "Assignment of suppliers"), web.t("按距离和各品类产能，为每个封闭小区选一家主供、一家备用。", "One main and one backup supplier for each closed compound, by distance and capacity."), exports(&web, "assignment", &[("area", &area)])))
        (kit::section(web.t("生成方案", "Compute a proposal"), kit::form("/proposals", &web.shell(""), html! {
            (kit::fields(html! {
                (Field::select("area", web.t("区域", "Area"), &areas).value(&area))
                (Field::number("keep_weight_m", web.t("更换单位至少要近多少米", "Metres that a change must save")).value("500").hint(web.t("防止为一点距离频繁更换", "Keeps suppliers from changing for little")))
            }))
            (kit::actions(kit::button(web.t("生成方案", "Compute"), Tone::Accent)))
        })))
        (kit::section(web.t("方案", "Proposals"), kit::table(web.t("方案", "Proposals"), &columns, rows, kit::empty(Icon::Map, web.t("还没有方案", "No proposal yet"), web.t("先下达指令，再点“生成方案”。", "Issue a directive first, then compute."), html! {}))))
        @if !assigned.is_empty() { (kit::section(web.t("现在的分配", "Assigned now"), kit::table(web.t("现在的分配", "Assigned now"), &assigned_columns, assigned_rows, html! {}))) }
    };
    Ok(web.page(web.t("分配保供单位", "Assignment"), body))
}

fn state_badge(state: ProposalState, web: &Web) -> kit::Markup {
    let tone = match state {
        ProposalState::Open => Tone::Warn,
        ProposalState::Accepted => Tone::Good,
        ProposalState::Rejected => Tone::Quiet,
    };
    kit::badge(tone, state.word(web.lang))
}

async fn propose(web: Web, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let area = fields.get("area").to_string();
    let draft = AssignmentDraft {
        area: area.clone(),
        force: Vec::new(),
        keep_weight_m: fields.number("keep_weight_m")?.unwrap_or(0),
    };
    let id = web
        .app
        .act(
            &web.ctx_for(fields.command())?,
            &PROPOSE,
            &area,
            draft,
            assignment::propose,
        )
        .await?;
    Ok(web.done(
        &format!("/proposals/{id}"),
        web.t(
            "方案已生成并通过核验，请决定。",
            "Computed and verified; please decide.",
        ),
    ))
}

async fn show(web: Web, Path(id): Path<String>) -> Answer {
    let at = reference(&web, &id)?;
    let (proposal, stored, names, suppliers, place) = web
        .app
        .read(move |tx| {
            let proposal = proposal::get(tx, &at.district, at.id)?;
            let stored: Stored = serde_json::from_str(&proposal.result)?;
            let names = stored
                .choices
                .iter()
                .map(|choice| area_name(tx, &choice.compound))
                .collect::<Result<Vec<_>>>()?;
            let suppliers: Vec<(String, String)> = entry::all(tx, "suppliers", &at.district)?
                .into_iter()
                .map(|one| (one.code, one.name))
                .collect();
            let place = area_name(tx, &proposal.area)?;
            Ok((proposal, stored, names, suppliers, place))
        })
        .await?;
    let name_of = |code: &Option<String>| {
        code.as_ref().map_or_else(String::new, |code| {
            suppliers
                .iter()
                .find(|(known, _)| known == code)
                .map_or_else(|| code.clone(), |(_, name)| name.clone())
        })
    };
    let mut options = vec![(String::new(), web.t("（无）", "(none)").to_string())];
    options.extend(suppliers.iter().cloned());
    let open = proposal.state == ProposalState::Open;
    let columns = [
        Column::text(web.t("小区", "Compound")),
        Column::number(web.t("人数", "People")),
        Column::text(web.t("主供", "Main")),
        Column::text(web.t("备用", "Backup")),
        Column::number(web.t("距离（公里）", "Distance (km)")),
        Column::text(web.t("理由", "Reasons")),
    ];
    let rows = stored
        .choices
        .iter()
        .zip(&names)
        .map(|(choice, name)| {
            let compound = &choice.compound;
            let select = |field: &str, value: &Option<String>| {
                Field::select(&format!("{field}:{compound}"), web.t("单位", "Supplier"), &options).value(value.as_deref().unwrap_or("")).bare()
            };
            TableRow::new(vec![
                html! { (name) },
                html! { (count(choice.persons)) },
                html! { @if open { (select("main", &choice.main)) } @else { (name_of(&choice.main)) } },
                html! { @if open { (select("backup", &choice.backup)) } @else { (name_of(&choice.backup)) } },
                html! { @match choice.distance_m { Some(metres) => (format!("{:.1}", metres as f64 / 1000.0)), None => "—" } },
                html! {
                    @if choice.main.is_none() { (kit::badge(Tone::Bad, web.t("没有单位可供", "nobody can supply"))) }
                    @else if choice.rank == 1 { (web.t("最近", "nearest")) }
                    @else if choice.rank > 1 { (web.t("第", "no. ")) (choice.rank) (web.t("近", " by distance")) }
                    @if choice.kept { " · " (web.t("保持原单位", "kept")) }
                    @for (supplier, zh, en) in choice.passed_over.iter().take(3) { br; small { (name_of(&Some(supplier.clone()))) (web.t(":", ": ")) (web.t(zh, en)) } }
                },
            ])
            .tone(if choice.main.is_none() { Tone::Bad } else { Tone::Plain })
        })
        .collect();
    let served: i64 = stored
        .choices
        .iter()
        .filter(|choice| choice.main.is_some())
        .map(|choice| choice.persons)
        .sum();
    let persons: i64 = stored.choices.iter().map(|choice| choice.persons).sum();
    let mean_m = if served > 0 {
        stored.person_metres / served
    } else {
        0
    };
    let table = kit::table(web.t("分配", "Assignment"), &columns, rows, html! {});
    let body = html! {
        (kit::crumbs(&[("/proposals".into(), web.t("分配保供单位", "Assignment").into()), (String::new(), place.clone())]))
        (kit::heading(&format!("{} {place}", web.t("分配方案", "Proposal")), &format!("{} · {}", clock::minute(proposal.created_s), proposal.actor), html! { (state_badge(proposal.state, &web)) (exports(&web, "assignment", &[("area", &proposal.area), ("only", &id)])) }))
        (kit::tiles(&[
            Tile { label: web.t("小区", "Compounds").into(), value: count(stored.choices.len() as i64), ..Tile::default() },
            Tile { label: web.t("可供人数", "People supplied").into(), value: format!("{} / {}", count(served), count(persons)), tone: if served < persons { Tone::Bad } else { Tone::Good }, ..Tile::default() },
            Tile { label: web.t("人均距离", "Mean distance per person").into(), value: format!("{:.1}", mean_m as f64 / 1000.0), unit: web.t("公里", "km").into(), ..Tile::default() },
            Tile { label: web.t("核验", "Checker").into(), value: if proposal.findings.is_empty() { web.t("通过", "passed").into() } else { count(proposal.findings.len() as i64) }, tone: if proposal.findings.is_empty() { Tone::Good } else { Tone::Bad }, ..Tile::default() },
        ]))
        @for (category, demand, capacity, short_by) in &stored.shortages {
            (kit::notice(Tone::Bad, &format!("{}{}", category_word(category, web.lang), web.t("产能不足", " falls short")), html! { p { (web.t("每天需要 ", "Needed a day: ")) (kilograms(*demand)) (web.t(" 公斤，能供 ", " kg, offered ")) (kilograms(*capacity)) (web.t(" 公斤，差 ", " kg, short by ")) (kilograms(*short_by)) (web.t(" 公斤。", " kg.")) } }))
        }
        @if !stored.without_goods.is_empty() { (kit::notice(Tone::Warn, web.t("没有报商品套餐、未参与分配的单位", "Not considered: no goods published"), html! { p { (stored.without_goods.join(web.t("、", ", "))) } })) }
        @if open {
            (kit::form(&format!("/proposals/{id}/accept"), &web.shell(""), html! {
                (table)
                (kit::actions(html! { (kit::button(web.t("采纳（按上表，可先修改）", "Accept (as shown; change lines first if need be)"), Tone::Accent)) }))
            }))
            (kit::confirm_form(&format!("/proposals/{id}/reject"), &web.shell(""), web.t("不采纳", "Turn down"), Tone::Quiet, web.t("确定不采纳这个方案？现在的分配不变。", "Turn this proposal down? What is assigned now stays.")))
        } @else { (table) }
    };
    Ok(web.page(web.t("分配方案", "Proposal"), body))
}

fn reference(web: &Web, id: &str) -> Result<ProposalRef> {
    let id: ProposalId = id.parse().map_err(|_| Refusal::not_found("方案", "proposal"))?;
    Ok(ProposalRef {
        district: web.district()?,
        id,
    })
}

async fn accept(web: Web, Path(id): Path<String>, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let at = reference(&web, &id)?;
    let backups = fields.after("backup:");
    let changed = fields
        .after("main:")
        .into_iter()
        .map(|(compound, main)| {
            let backup = backups
                .iter()
                .find(|(code, _)| *code == compound)
                .map_or(String::new(), |(_, backup)| backup.clone());
            (compound, main, backup)
        })
        .collect();
    let in_district = at.district.clone();
    let count = web
        .app
        .act(
            &web.ctx_for(fields.command())?,
            &ACCEPT,
            &in_district,
            Acceptance { at, changed },
            assignment::accept,
        )
        .await?;
    Ok(web.done(
        "/proposals",
        &format!(
            "{}{count}{}",
            web.t("方案已采纳：", "Accepted: "),
            web.t("个小区已分配保供单位。", " compounds assigned.")
        ),
    ))
}

async fn reject(web: Web, Path(id): Path<String>, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let at = reference(&web, &id)?;
    let in_district = at.district.clone();
    web.app
        .act(
            &web.ctx_for(fields.command())?,
            &REJECT,
            &in_district,
            at,
            proposal::reject,
        )
        .await?;
    Ok(web.done(
        "/proposals",
        web.t("方案未采纳。", "The proposal is turned down."),
    ))
}
