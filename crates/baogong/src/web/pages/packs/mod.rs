//! Packs composed from what a supplier has in stock: asked for, looked at, changed, and put into the price list.

mod adjust;
mod card;
mod form;
mod limits;
mod show;

use axum::extract::{Path, RawQuery};
use kit::{Column, Icon, TableRow, Tone, html};
use store::Tx;

use super::super::Answer;
use super::super::fields::Fields;
use super::super::gate::Gate;
use super::super::request::Web;
use super::super::routes::{Route, read, write};
use super::proposals::{reference, state_badge};
use super::{area_options, guard};
use crate::base::act::Act;
use crate::base::{Action, Error, RefusalKind, Result, clock};
use crate::proposal::packs::{self, Accepted, PacksAcceptance, PacksChange};
use crate::proposal::{ProposalRef, packs::PacksDraft};
use crate::register::correct::area_name;

static PROPOSE: Act = Act::new("packs.propose", Action::Compose);
static CHANGE: Act = Act::new("packs.change", Action::Compose);
static ACCEPT: Act = Act::new("packs.accept", Action::Compose);
static REJECT: Act = Act::new("packs.reject", Action::Compose);

/// Proposals of packs.
pub fn routes() -> Vec<Route> {
    vec![
        read("/packs", Gate::Needs(Action::Compose), list),
        read("/packs/new", Gate::Needs(Action::Compose), new),
        write("/packs", Gate::Needs(Action::Compose), propose),
        read("/packs/{id}", Gate::Needs(Action::Compose), one),
        write("/packs/{id}/check", Gate::Needs(Action::Compose), check),
        write("/packs/{id}/change", Gate::Needs(Action::Compose), change),
        write("/packs/{id}/accept", Gate::Needs(Action::Compose), accept),
        write("/packs/{id}/reject", Gate::Needs(Action::Compose), reject),
    ]
}

async fn list(web: Web) -> Answer {
    let (ctx, in_district) = (web.ctx()?, web.district()?);
    let found = web
        .app
        .read(move |tx| {
            let mut rows = Vec::new();
            for (one, draft, supplier) in packs::list(tx, &ctx, &in_district)? {
                rows.push((area_name(tx, &one.area)?, one, draft, supplier));
            }
            Ok(rows)
        })
        .await?;
    let columns = [
        Column::text(web.t("保供单位", "Supplier")),
        Column::text(web.t("套餐", "Packs")),
        Column::number(web.t("天数", "Days")),
        Column::text(web.t("区域", "Area")),
        Column::text(web.t("时间", "Time")),
        Column::text(web.t("生成人", "By")),
        Column::text(web.t("状态", "State")),
    ];
    let rows = found
        .iter()
        .map(|(area, one, draft, supplier)| {
            let names: Vec<&str> = draft.packs.iter().map(|pack| pack.name.as_str()).collect();
            TableRow::new(vec![
                html! { (supplier) },
                html! { (names.join(web.t("、", ", "))) },
                html! { (draft.days) },
                html! { (area) },
                html! { (clock::short(one.created_s)) },
                html! { (one.actor) },
                state_badge(one.state, &web),
            ])
            .href(format!("/packs/{}", one.id))
        })
        .collect();
    let button = kit::link_button(
        "/packs/new",
        web.t("按库存搭配套餐", "Compose from stock"),
        Tone::Accent,
    );
    let none = kit::empty(
        Icon::Basket,
        web.t("还没有搭配方案", "No proposal yet"),
        web.t(
            "先让保供单位报单品的价格、重量和可供份数，再按户型搭配。",
            "Let the supplier report prices, weights and stock of single goods, then compose by size of household.",
        ),
        button.clone(),
    );
    let body = html! {
        (kit::heading(web.t("套餐搭配", "Contents of packs"), web.t("用保供单位现有的货，按户型和天数搭出够吃、不超价的套餐；采纳后列入价目表，开团时直接选用。", "From what a supplier has in stock: packs that feed a household for some days within a price. Accepted, they stand in the price list and can be offered in a round."), button))
        (kit::section(web.t("方案", "Proposals"), kit::table(web.t("方案", "Proposals"), &columns, rows, none)))
    };
    Ok(web.page(web.t("套餐搭配", "Contents of packs"), body))
}

async fn new(web: Web, RawQuery(query): RawQuery) -> Answer {
    let fields = Fields::of_query(&query.unwrap_or_default());
    form::show(&web, &fields, None).await
}

async fn propose(web: Web, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let draft = match form::draft_of(&fields) {
        Ok(draft) => draft,
        Err(Error::Refusal(refusal)) => return form::show(&web, &fields, Some(&refusal)).await,
        Err(other) => return Err(other),
    };
    let area = draft.area.clone();
    let command = web.ctx_for(fields.command())?;
    match web
        .app
        .act_aside(&command, &PROPOSE, &area, draft, packs::PROPOSE)
        .await
    {
        Ok(id) => Ok(web.done(
            &format!("/packs/{id}"),
            web.t(
                "已搭配并通过核验，请看后决定。",
                "Composed and verified; look at it and decide.",
            ),
        )),
        Err(Error::Refusal(refusal)) if refusal.kind != RefusalKind::NotAllowed => {
            form::show(&web, &fields, Some(&refusal)).await
        }
        Err(other) => Err(other),
    }
}

async fn view(web: Web, change: PacksChange) -> Answer {
    let ctx = web.ctx()?;
    let look = web.app.read(move |tx| show::look(tx, &ctx, &change)).await?;
    let body = show::page(&web, &look)?;
    Ok(web.page(web.t("套餐搭配方案", "Proposal of packs"), body))
}

async fn one(web: Web, Path(id): Path<String>) -> Answer {
    let at = reference(&web, &id)?;
    let nothing = adjust::change_of(at, &Fields::default())?;
    view(web, nothing).await
}

async fn check(web: Web, Path(id): Path<String>, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let change = adjust::change_of(reference(&web, &id)?, &fields)?;
    view(web, change).await
}

/// The area that a proposal is for; the act is checked against it.
async fn area(web: &Web, at: &ProposalRef) -> Result<String> {
    let (ctx, at) = (web.ctx()?, at.clone());
    web.app
        .read(move |tx| Ok(packs::get(tx, &ctx, &at)?.0.area))
        .await
}

async fn change(web: Web, Path(id): Path<String>, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let at = reference(&web, &id)?;
    let area = area(&web, &at).await?;
    let draft = adjust::change_of(at, &fields)?;
    let command = web.ctx_for(fields.command())?;
    let new = web
        .app
        .act(&command, &CHANGE, &area, draft, packs::change)
        .await?;
    Ok(web.done(
        &format!("/packs/{new}"),
        web.t(
            "改动已保存，采纳后列入价目表。",
            "Saved; the packs are listed once the proposal is accepted.",
        ),
    ))
}

/// The form of a new round with the packs filled in.
fn round_address(supplier: &str, compounds: &[String], packs: &[(String, i64)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("supplier", supplier);
    for compound in compounds.iter().take(200) {
        query.append_pair("compound", compound);
    }
    for (code, total) in packs {
        query.append_pair(&format!("total:{code}"), &total.to_string());
    }
    format!("/rounds/new?{}", query.finish())
}

async fn accept(web: Web, Path(id): Path<String>, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let at = reference(&web, &id)?;
    let area = area(&web, &at).await?;
    let acceptance = PacksAcceptance {
        change: adjust::change_of(at, &fields)?,
        despite: fields.get("despite") == "1",
    };
    let command = web.ctx_for(fields.command())?;
    let made: Accepted = web
        .app
        .act(&command, &ACCEPT, &area, acceptance, packs::accept)
        .await?;
    if web.actor()?.may(Action::OpenRound) {
        return Ok(web.done(
            &round_address(&made.supplier, &made.compounds, &made.packs),
            web.t(
                "套餐已列入价目表，用到的单品已从可供份数中扣除。核对后即可开团。",
                "The packs are in the price list, and what they hold is taken off the stock. Check and open the round.",
            ),
        ));
    }
    Ok(web.done(
        "/packs",
        web.t(
            "套餐已列入价目表，用到的单品已从可供份数中扣除；指挥部或社区开团时可以直接选用。",
            "The packs are in the price list, and what they hold is taken off the stock; they can be offered in a round.",
        ),
    ))
}

async fn reject(web: Web, Path(id): Path<String>, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let at = reference(&web, &id)?;
    let area = area(&web, &at).await?;
    let command = web.ctx_for(fields.command())?;
    web.app.act(&command, &REJECT, &area, at, packs::reject).await?;
    Ok(web.done(
        "/packs",
        web.t(
            "方案未采纳，价目表不变。",
            "The proposal is turned down; the price list stays as it is.",
        ),
    ))
}

/// The draft of a proposal that is to be computed again under other conditions.
fn earlier(tx: &mut Tx, ctx: &crate::base::Ctx, at: &ProposalRef) -> Result<PacksDraft> {
    let (found, mut draft, stored) = packs::get(tx, ctx, at)?;
    for (pack, count) in draft.packs.iter_mut().zip(&stored.counts) {
        pack.count = *count;
    }
    draft.replaces = (found.state == crate::proposal::ProposalState::Open).then_some(found.id);
    Ok(draft)
}
