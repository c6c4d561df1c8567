//! Packs of a round shared among compounds as a proposal: table, rule, numbers changed with what follows, and then the
//! round.

mod show;

use axum::extract::Path;
use kit::{Column, Markup, TableRow, html};

use super::super::Answer;
use super::super::fields::Fields;
use super::super::gate::Gate;
use super::super::request::Web;
use super::super::routes::{Route, read, write};
use super::guard;
use super::proposals::{reference, state_badge};
use crate::base::act::Act;
use crate::base::{Action, Refusal, Result, clock};
use crate::proposal::allocation::{
    self, AllocationAcceptance, AllocationAgain, AllocationChange, AllocationDraft,
};
use crate::proposal::{Listed, ProposalRef};
use crate::round::ballot::{Allotted, Secret};
use crate::round::open::{self, RoundDraft};

static PROPOSE: Act = Act::new("allocation.propose", Action::OpenRound);
static CHANGE: Act = Act::new("allocation.change", Action::OpenRound);
static AGAIN: Act = Act::new("allocation.again", Action::OpenRound);
static ACCEPT: Act = Act::new("allocation.accept", Action::OpenRound);
static REJECT: Act = Act::new("allocation.reject", Action::OpenRound);

/// Allocations.
pub fn routes() -> Vec<Route> {
    vec![
        read("/allocations/{id}", Gate::Needs(Action::OpenRound), one),
        write("/allocations/{id}/check", Gate::Needs(Action::OpenRound), check),
        write("/allocations/{id}/change", Gate::Needs(Action::OpenRound), change),
        write("/allocations/{id}/again", Gate::Needs(Action::OpenRound), again),
        write("/allocations/{id}/accept", Gate::Needs(Action::OpenRound), accept),
        write("/allocations/{id}/reject", Gate::Needs(Action::OpenRound), reject),
    ]
}

/// Shares the packs of a round that is to be opened, from the form that opens it. Gives where the proposal is looked at.
pub(super) async fn propose(web: &Web, fields: &Fields, area: &str, round: RoundDraft) -> Result<String> {
    let draft = AllocationDraft {
        round,
        ..AllocationDraft::default()
    };
    let command = web.ctx_for(fields.command())?;
    let id = web
        .app
        .act(&command, &PROPOSE, area, draft, allocation::propose)
        .await?;
    Ok(format!("/allocations/{id}"))
}

/// The open allocations, as a table; nothing where there are none.
pub(super) fn waiting(web: &Web, listed: &[(Listed, String)]) -> Markup {
    let columns = [
        Column::text(web.t("区域", "Area")),
        Column::text(web.t("时间", "Time")),
        Column::text(web.t("生成人", "By")),
        Column::text(web.t("状态", "State")),
    ];
    let rows = listed.iter().map(|(one, name)| {
        TableRow::new(vec![
            html! { (name) },
            html! { (clock::short(one.created_s)) },
            html! { (one.actor) },
            state_badge(one.state, web),
        ])
        .href(format!("/allocations/{}", one.id))
    });
    let title = web.t("待决定的物资分配方案", "Allocations to be decided");
    html! { @if !listed.is_empty() { (kit::section(title, kit::table(title, &columns, rows.collect(), html! {}))) } }
}

/// The numbers of the form: `give:<pack>:<compound>`.
fn given(fields: &Fields) -> Result<Vec<Allotted>> {
    let mut found = Vec::new();
    for (name, text) in fields.after("give:") {
        let text = documents::values::fold_width(&text).trim().to_string();
        let quantity = match text.as_str() {
            "" => 0,
            text => text.parse().map_err(|_| {
                Refusal::invalid(
                    "give",
                    format!("份数“{text}”不是整数。"),
                    format!("{text} is not a whole number."),
                )
            })?,
        };
        // A code of a pack may hold a colon, that of a compound does not.
        let Some((pack, compound)) = name.rsplit_once(':') else {
            return Err(Refusal::not_found("小区或套餐", "compound or pack").into());
        };
        found.push(Allotted {
            compound: compound.to_string(),
            pack: pack.to_string(),
            quantity,
        });
    }
    Ok(found)
}

async fn view(web: Web, id: &str, tried: Vec<Allotted>, refusal: Option<Refusal>) -> Answer {
    let at = reference(&web, id)?;
    let ctx = web.ctx()?;
    let (proposal, draft, mut stored) = web.app.read(move |tx| allocation::get(tx, &ctx, &at)).await?;
    let changed = stored.give(&tried)?;
    let outcomes = stored.outcomes()?;
    let look = show::Look {
        proposal,
        draft,
        stored,
        changed,
        outcomes,
        refusal,
    };
    Ok(web.page(
        web.t("物资分配方案", "Allocation of goods"),
        show::page(&web, &look),
    ))
}

async fn one(web: Web, Path(id): Path<String>) -> Answer {
    view(web, &id, Vec::new(), None).await
}

async fn check(web: Web, Path(id): Path<String>, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let given = given(&fields)?;
    view(web, &id, given, None).await
}

/// The proposal and the area in which it is decided: its own, or the part of it that is the actor's.
async fn decided(web: &Web, id: &str) -> Result<(ProposalRef, String)> {
    let at = reference(web, id)?;
    let (ctx, asked) = (web.ctx()?, at.clone());
    let (proposal, _, _) = web.app.read(move |tx| allocation::get(tx, &ctx, &asked)).await?;
    let actor = web.actor()?;
    let area = if actor.covers(&proposal.area) {
        proposal.area
    } else {
        actor.area
    };
    Ok((at, area))
}

async fn change(web: Web, Path(id): Path<String>, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let (at, area) = decided(&web, &id).await?;
    let draft = AllocationChange {
        at,
        given: given(&fields)?,
    };
    let command = web.ctx_for(fields.command())?;
    let changed = web
        .app
        .act(&command, &CHANGE, &area, draft, allocation::change)
        .await;
    match changed {
        Ok(new) => Ok(web.done(
            &format!("/allocations/{new}"),
            web.t(
                "改动已保存，采纳后按此开团。",
                "Saved; the round is opened with it once it is accepted.",
            ),
        )),
        Err(error) => again_with(web, &id, &fields, error).await,
    }
}

/// The page again with what was filled in and why that cannot be done.
async fn again_with(web: Web, id: &str, fields: &Fields, error: crate::base::Error) -> Answer {
    match error {
        crate::base::Error::Refusal(refusal) if refusal.kind == crate::base::RefusalKind::Invalid => {
            view(web, id, given(fields)?, Some(*refusal)).await
        }
        other => Err(other),
    }
}

async fn again(web: Web, Path(id): Path<String>, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let (at, area) = decided(&web, &id).await?;
    let draft = AllocationAgain {
        at,
        floor_d: fields.number("floor_d")?,
        target_d: fields.number("target_d")?,
    };
    let command = web.ctx_for(fields.command())?;
    let new = web
        .app
        .act(&command, &AGAIN, &area, draft, allocation::again)
        .await?;
    Ok(web.done(
        &format!("/allocations/{new}"),
        web.t(
            "已按现在的存量重新计算。",
            "Computed again from the stocks of this moment.",
        ),
    ))
}

async fn accept(web: Web, Path(id): Path<String>, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let (at, area) = decided(&web, &id).await?;
    let acceptance = AllocationAcceptance {
        change: AllocationChange {
            at,
            given: given(&fields)?,
        },
        secret: Secret::default(),
    };
    let command = web.ctx_for(fields.command())?;
    let opened = web
        .app
        .act(&command, &ACCEPT, &area, acceptance, allocation::accept)
        .await;
    match opened {
        Ok(round) => Ok(web.done(
            &format!("/rounds/{round}"),
            web.t(
                "方案已采纳，已按此开团。请把分配表张贴公布。",
                "Accepted, and the round is open with it. Post the table for everybody to see.",
            ),
        )),
        Err(error) => again_with(web, &id, &fields, error).await,
    }
}

async fn reject(web: Web, Path(id): Path<String>, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let (at, area) = decided(&web, &id).await?;
    web.app
        .act(
            &web.ctx_for(fields.command())?,
            &REJECT,
            &area,
            at,
            allocation::reject,
        )
        .await?;
    Ok(web.done(
        "/rounds",
        web.t("方案未采纳，没有开团。", "Turned down; no round is opened."),
    ))
}

/// The address of the form that opens a round, filled in as the draft of an allocation says.
fn form_again(draft: &RoundDraft) -> String {
    let mut pairs: Vec<(&str, String)> = vec![
        ("supplier", draft.supplier.clone()),
        ("mode", draft.mode.clone()),
        ("title", draft.title.clone()),
        ("division", crate::plan::release::Division::Need.key().into()),
    ];
    if let Some(release) = draft.release {
        pairs.push(("release", release.key().into()));
    }
    pairs.extend(draft.compounds.iter().map(|code| ("compound", code.clone())));
    let totals: Vec<(String, String)> = draft
        .packs
        .iter()
        .map(|pack| (format!("total:{}", pack.code), pack.total.to_string()))
        .collect();
    let mut all: Vec<(&str, &str)> = pairs.iter().map(|(key, value)| (*key, value.as_str())).collect();
    all.extend(totals.iter().map(|(key, value)| (key.as_str(), value.as_str())));
    super::registers::address("/rounds/new", &all)
}

/// The smallest area that holds the compounds of a round, as far as it is the actor's.
pub(super) fn area_of(web: &Web, compounds: &[String]) -> Result<String> {
    let actor = web.actor()?;
    let area = open::common_area(compounds);
    Ok(if !compounds.is_empty() && actor.covers(&area) {
        area
    } else {
        actor.area
    })
}
