//! Proposals: compute an assignment, look at the reasons, change lines, accept or turn down.

mod assignment;
mod course;
mod picture;
mod together;

use axum::extract::{Path, Query};
use kit::{Column, Field, Icon, TableRow, Tone, html};
use serde::Deserialize;

use self::assignment as page;
use super::super::Answer;
use super::super::fields::Fields;
use super::super::gate::Gate;
use super::super::request::Web;
use super::super::routes::{Route, read, write};
use super::reports::exports;
use super::{area_options, guard};
use crate::base::act::Act;
use crate::base::id::ProposalId;
use crate::base::{Action, Refusal, Result, clock};
use crate::proposal::assignment::{self as domain, Acceptance, AssignmentDraft, Line};
use crate::proposal::{self, ProposalKind, ProposalRef, ProposalState};
use crate::register::correct::area_name;

static PROPOSE: Act = Act::new("assignment.propose", Action::Propose);
static ACCEPT: Act = Act::new("assignment.accept", Action::Propose);
static CHANGE: Act = Act::new("assignment.change", Action::Propose);
static AGAIN: Act = Act::new("assignment.again", Action::Propose);
static REJECT: Act = Act::new("assignment.reject", Action::Propose);

/// Which part of a long proposal is asked for.
#[derive(Deserialize, Default)]
struct PageAsk {
    #[serde(default)]
    page: usize,
    /// The street or community that is looked at closely; all without it.
    #[serde(default)]
    area: String,
}

/// Proposals.
pub fn routes() -> Vec<Route> {
    vec![
        read("/proposals", Gate::Needs(Action::Propose), list),
        write("/proposals", Gate::Needs(Action::Propose), propose),
        read("/proposals/{id}", Gate::Needs(Action::Propose), show),
        write("/proposals/{id}/check", Gate::Needs(Action::Propose), check),
        write("/proposals/{id}/change", Gate::Needs(Action::Propose), change),
        write("/proposals/{id}/again", Gate::Needs(Action::Propose), again),
        write("/proposals/{id}/accept", Gate::Needs(Action::Propose), accept),
        write("/proposals/{id}/reject", Gate::Needs(Action::Propose), reject),
    ]
}

async fn list(web: Web) -> Answer {
    let area = web.actor()?.area;
    let in_district = web.district()?;
    let (own, lang) = (area.clone(), web.lang);
    let (proposals, assigned, areas) = web
        .app
        .read(move |tx| {
            let mut proposals = Vec::new();
            for one in proposal::list(tx, &in_district)? {
                // Routes and allocations are decided where they are proposed, on the pages of their round.
                if one.kind != ProposalKind::Assignment {
                    continue;
                }
                let name = area_name(tx, &one.area)?;
                proposals.push((one, name));
            }
            let mut assigned = Vec::new();
            for (compound, suppliers) in domain::assigned(tx, &own)? {
                let main = super::supplier_name(tx, &in_district, &suppliers.main)?;
                let backup = match &suppliers.backup {
                    Some(code) => super::supplier_name(tx, &in_district, code)?,
                    None => String::new(),
                };
                let mut parts = Vec::new();
                for part in &suppliers.parts {
                    let name = super::supplier_name(tx, &in_district, &part.supplier)?;
                    parts.push(format!("{name} {}", part.words(lang)));
                }
                assigned.push((area_name(tx, &compound)?, main, backup, parts));
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
        .map(|(compound, main, backup, parts)| {
            let main = html! { (main) @for part in parts { br; small { (part) } } };
            TableRow::new(vec![html! { (compound) }, main, html! { (backup) }])
        })
        .collect();
    let body = html! {
        (kit::heading(web.t("分配保供单位", "Assignment of suppliers"), web.t("按距离和各品类产能，为每个封闭小区选一家主供、一家备用。", "One main and one backup supplier for each closed compound, by distance and capacity."), exports(&web, "assignment", &[("area", &area)])))
        (kit::section(web.t("生成方案", "Compute a proposal"), kit::form("/proposals", &web.shell(""), html! {
            (kit::fields(html! {
                (Field::select("area", web.t("区域", "Area"), &areas).value(&area))
                (Field::number("keep_weight_m", web.t("更换单位至少要近多少米", "Metres that a change must save")).value("500").hint(web.t("防止为一点距离频繁更换", "Keeps suppliers from changing for little")))
                (Field::number("prefer_weight_m", web.t("本街道单位优先：外街道要近多少米才换", "Own street first: metres that others must be nearer")).value("0").attr("min", "0"))
                (Field::number("spare_pct", web.t("每家预留产能（%）", "Capacity kept in reserve (%)")).value("0").attr("min", "0").attr("max", "90"))
            }))
            (Field::check("few_changes", web.t("尽量不换单位（单位停供、小区增加后用）", "Change as few as possible (after a supplier failed or a compound was closed)")))
            (kit::actions(kit::slow(kit::button(web.t("生成方案", "Compute"), Tone::Accent))))
        })))
        (kit::section(web.t("方案", "Proposals"), kit::table(web.t("方案", "Proposals"), &columns, rows, kit::empty(Icon::Map, web.t("还没有方案", "No proposal yet"), web.t("先下达指令，再点“生成方案”。", "Issue a directive first, then compute."), html! {}))))
        @if !assigned.is_empty() { (kit::section(web.t("现在的分配", "Assigned now"), kit::table(web.t("现在的分配", "Assigned now"), &assigned_columns, assigned_rows, html! {}))) }
    };
    Ok(web.page(web.t("分配保供单位", "Assignment"), body))
}

pub(super) fn state_badge(state: ProposalState, web: &Web) -> kit::Markup {
    let tone = match state {
        ProposalState::Open => Tone::Warn,
        ProposalState::Accepted => Tone::Good,
        ProposalState::Rejected | ProposalState::Replaced => Tone::Quiet,
    };
    kit::badge(tone, state.word(web.lang))
}

async fn propose(web: Web, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let area = fields.get("area").to_string();
    let draft = AssignmentDraft {
        area: area.clone(),
        keep_weight_m: fields.number("keep_weight_m")?.unwrap_or(0),
        prefer_weight_m: fields.number("prefer_weight_m")?.unwrap_or(0),
        spare_pct: fields.number("spare_pct")?.unwrap_or(0),
        few_changes: fields.get("few_changes") == "1",
        ..AssignmentDraft::default()
    };
    let id = web
        .app
        .act_aside(
            &web.ctx_for(fields.command())?,
            &PROPOSE,
            &area,
            draft,
            domain::PROPOSE,
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

async fn show(web: Web, Path(id): Path<String>, Query(ask): Query<PageAsk>) -> Answer {
    view(web, &id, Vec::new(), ask).await
}

/// The page of a proposal, with lines that somebody is trying out.
async fn view(web: Web, id: &str, lines: Vec<Line>, ask: PageAsk) -> Answer {
    let at = reference(&web, id)?;
    let ctx = web.ctx()?;
    let look = web
        .app
        .read(move |tx| {
            let proposal = proposal::get(tx, &at.district, at.id)?;
            ctx.actor.check(Action::Propose, &proposal.area)?;
            page::look(tx, &ctx, proposal, &at.district, &lines, ask.area)
        })
        .await?;
    let body = page::page(&web, &look, ask.page.max(1));
    Ok(web.page(web.t("分配方案", "Proposal"), body))
}

async fn check(web: Web, Path(id): Path<String>, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let ask = PageAsk {
        page: usize::try_from(fields.number("page")?.unwrap_or(1)).unwrap_or(1),
        area: fields.get("area").to_string(),
    };
    view(web, &id, page::lines_of(&fields), ask).await
}

async fn change(web: Web, Path(id): Path<String>, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let at = reference(&web, &id)?;
    let in_district = at.district.clone();
    let draft = domain::ChangeDraft {
        at,
        lines: page::lines_of(&fields),
    };
    let command = web.ctx_for(fields.command())?;
    let new = web
        .app
        .act(&command, &CHANGE, &in_district, draft, domain::change)
        .await?;
    Ok(web.done(
        &format!("/proposals/{new}"),
        web.t(
            "改动已保存，采纳后生效。",
            "Saved; it holds once the proposal is accepted.",
        ),
    ))
}

async fn again(web: Web, Path(id): Path<String>, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let at = reference(&web, &id)?;
    let in_district = at.district.clone();
    let draft = course::again_of(at, &fields);
    let command = web.ctx_for(fields.command())?;
    let new = web
        .app
        .act_aside(&command, &AGAIN, &in_district, draft, domain::AGAIN)
        .await?;
    Ok(web.done(
        &format!("/proposals/{new}"),
        web.t(
            "已按现状重新计算，请看差别后决定。",
            "Computed again; look at what changes and decide.",
        ),
    ))
}

pub(super) fn reference(web: &Web, id: &str) -> Result<ProposalRef> {
    let id: ProposalId = id.parse().map_err(|_| Refusal::not_found("方案", "proposal"))?;
    Ok(ProposalRef {
        district: web.district()?,
        id,
    })
}

async fn accept(web: Web, Path(id): Path<String>, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let at = reference(&web, &id)?;
    let changed = page::lines_of(&fields);
    let in_district = at.district.clone();
    let count = web
        .app
        .act(
            &web.ctx_for(fields.command())?,
            &ACCEPT,
            &in_district,
            Acceptance {
                at,
                changed,
                despite: fields.get("despite") == "1",
            },
            domain::accept,
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
