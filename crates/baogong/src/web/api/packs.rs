//! Packs composed from what a supplier has in stock, as proposals that a person decides.

use kit::Lang;
use planner::packs::Lacking;
use serde::Serialize;
use utoipa::ToSchema;

use super::input::{Body, Command, Id};
use super::view::{done, json, made};
use crate::base::Action;
use crate::base::act::Act;
use crate::base::id::ProposalId;
use crate::proposal::packs::{
    self, Accepted, Nutrient, PackFacts, PacksAcceptance, PacksChange, PacksDraft, StoredPacks,
};
use crate::proposal::{Listed, Proposal, ProposalRef, ProposalState};
use crate::web::gate::Gate;
use crate::web::{Answer, Web};

static PROPOSE: Act = Act::new("packs.propose", Action::Compose);
static CHANGE: Act = Act::new("packs.change", Action::Compose);
static ACCEPT: Act = Act::new("packs.accept", Action::Compose);
static REJECT: Act = Act::new("packs.reject", Action::Compose);

endpoints! {
    read "/api/v1/packs", Gate::Needs(Action::Compose), list_packs;
    read "/api/v1/packs/{id}", Gate::Needs(Action::Compose), get_packs;
    write "/api/v1/packs", Gate::Needs(Action::Compose), propose_packs;
    write "/api/v1/packs/change", Gate::Needs(Action::Compose), change_packs;
    write "/api/v1/packs/accept", Gate::Needs(Action::Compose), accept_packs;
    write "/api/v1/packs/reject", Gate::Needs(Action::Compose), reject_packs;
}

/// The latest proposals of packs in the actor's area; a supplier's user sees the supplier's own.
#[utoipa::path(get, path = "/api/v1/packs", tag = "packs", responses((status = 200, body = [Listed])))]
async fn list_packs(web: Web) -> Answer {
    let (ctx, in_district) = (web.ctx()?, web.district()?);
    let found = web
        .app
        .read(move |tx| packs::list(tx, &ctx, &in_district))
        .await?;
    let listed: Vec<Listed> = found.into_iter().map(|(one, _, _)| one).collect();
    json(&listed)
}

/// A good in a pack.
#[derive(Serialize, ToSchema)]
pub struct PortionView {
    /// The good, as it is named in changes.
    good: usize,
    /// Its name.
    name: String,
    /// Its category.
    category: String,
    /// Units in each pack.
    units: i64,
    /// The unit.
    unit: String,
    /// Their weight.
    weight_g: i64,
    /// Their price.
    price_fen: i64,
}

/// What falls short in a pack, over all persons and days.
#[derive(Serialize, ToSchema)]
pub struct LackView {
    /// A nutrient, where it is one.
    nutrient: Option<Nutrient>,
    /// A category, where it is grams or kinds of one.
    category: Option<String>,
    /// Whether kinds are counted, not grams.
    kinds: bool,
    /// In the pack.
    has: i64,
    /// Wanted.
    wanted: i64,
}

/// One pack.
#[derive(Serialize, ToSchema)]
pub struct ComposedView {
    /// Its name.
    name: String,
    /// People who eat from it.
    persons: i64,
    /// How many packs.
    count: i64,
    /// The price of one.
    price_fen: i64,
    /// The weight of one.
    weight_g: i64,
    /// What is in it.
    contents: Vec<PortionView>,
    /// Of each nutrient, in the order energy, protein, fat, calcium, iron, vitamin A, vitamin C (kcal, mg, mg, mg, µg, µg, µg);
    /// empty for a pack of some categories.
    nutrients: Vec<i64>,
    /// What falls short.
    lacking: Vec<LackView>,
}

/// A proposal of packs with what was computed.
#[derive(Serialize, ToSchema)]
pub struct PacksView {
    /// The id.
    id: ProposalId,
    /// The supplier.
    supplier: String,
    /// For which area.
    area: String,
    /// Where it stands.
    state: ProposalState,
    /// When it was computed.
    created_s: i64,
    /// Who asked for it.
    actor: String,
    /// When it was decided.
    decided_s: Option<i64>,
    /// Who decided.
    decided_by: Option<String>,
    /// For how many days a pack is to do.
    days: i64,
    /// Whether it is proven that nothing better exists.
    proven: bool,
    /// The packs.
    packs: Vec<ComposedView>,
    /// Units of each good of the shelf that all packs take.
    used: Vec<i64>,
    /// Limits that are not kept; empty when all is well.
    unkept: Vec<String>,
    /// The shelf, and the norms.
    facts: PackFacts,
}

fn lack(one: Lacking) -> LackView {
    let (nutrient, category, kinds, has, wanted) = match one {
        Lacking::Nutrient {
            nutrient,
            has,
            wanted,
        } => (Some(Nutrient::at(nutrient)), None, false, has, wanted),
        Lacking::Category {
            category,
            has_g,
            wanted_g,
        } => (None, Some(category), false, has_g, wanted_g),
        Lacking::Kinds {
            category,
            has,
            wanted,
        } => {
            let number = |kinds: usize| i64::try_from(kinds).unwrap_or(i64::MAX);
            (None, Some(category), true, number(has), number(wanted))
        }
    };
    LackView {
        nutrient,
        category,
        kinds,
        has,
        wanted,
    }
}

fn view(found: Proposal, draft: PacksDraft, stored: StoredPacks, lang: Lang) -> PacksView {
    let packed = stored.packed(&draft);
    let unkept = packed.unkept.iter();
    let unkept = unkept
        .map(|one| packs::unkept(&draft, &stored, one, lang))
        .collect();
    let rows = draft
        .packs
        .into_iter()
        .zip(&stored.counts)
        .zip(&stored.units)
        .zip(packed.packs);
    let packs = rows.map(|(((wanted, count), units), holds)| {
        let goods = stored.facts.shelf.iter().zip(units).enumerate();
        let inside = goods.filter(|(_, (_, units))| **units > 0);
        ComposedView {
            name: wanted.name,
            persons: wanted.persons,
            count: *count,
            price_fen: holds.price_fen,
            weight_g: holds.weight_g,
            contents: inside
                .map(|(good, (one, units))| PortionView {
                    good,
                    name: one.name.clone(),
                    category: one.category.clone(),
                    units: *units,
                    unit: one.unit.clone(),
                    weight_g: one.unit_g * units,
                    price_fen: one.unit_fen * units,
                })
                .collect(),
            nutrients: holds.nutrients,
            lacking: holds.lacking.into_iter().map(lack).collect(),
        }
    });
    PacksView {
        id: found.id,
        supplier: draft.supplier,
        area: found.area,
        state: found.state,
        created_s: found.created_s,
        actor: found.actor,
        decided_s: found.decided_s,
        decided_by: found.decided_by,
        days: draft.days,
        proven: stored.proven,
        packs: packs.collect(),
        used: packed.used,
        unkept,
        facts: stored.facts,
    }
}

/// One proposal of packs.
#[utoipa::path(get, path = "/api/v1/packs/{id}", tag = "packs",
    params(("id" = String, Path, description = "The proposal")), responses((status = 200, body = PacksView)))]
async fn get_packs(web: Web, Id(id): Id<ProposalId>) -> Answer {
    let ctx = web.ctx()?;
    let at = ProposalRef {
        district: web.district()?,
        id,
    };
    let (found, draft, stored) = web.app.read(move |tx| packs::get(tx, &ctx, &at)).await?;
    let lang = web.lang;
    web.area(&found.area)?;
    json(&view(found, draft, stored, lang))
}

/// Composes packs from what a supplier has in stock.
#[utoipa::path(post, path = "/api/v1/packs", tag = "packs", request_body = PacksDraft,
    responses((status = 200, body = super::view::Made)))]
async fn propose_packs(command: Command, Body(draft): Body<PacksDraft>) -> Answer {
    let area = draft.area.clone();
    made(command.act_aside(&PROPOSE, &area, draft, packs::PROPOSE).await?)
}

/// Changes packs; the proposal is replaced by the one whose id is given back.
#[utoipa::path(post, path = "/api/v1/packs/change", tag = "packs", request_body = PacksChange,
    responses((status = 200, body = super::view::Made)))]
async fn change_packs(command: Command, Body(change): Body<PacksChange>) -> Answer {
    let area = command.proposal_area(&change.at).await?;
    made(command.act(&CHANGE, &area, change, packs::change).await?)
}

/// Puts packs into the price list and takes what they hold off the stock. Gives their codes and numbers.
#[utoipa::path(post, path = "/api/v1/packs/accept", tag = "packs", request_body = PacksAcceptance,
    responses((status = 200, body = Accepted)))]
async fn accept_packs(command: Command, Body(acceptance): Body<PacksAcceptance>) -> Answer {
    let area = command.proposal_area(&acceptance.change.at).await?;
    json(&command.act(&ACCEPT, &area, acceptance, packs::accept).await?)
}

/// Turns a proposal of packs down.
#[utoipa::path(post, path = "/api/v1/packs/reject", tag = "packs", request_body = ProposalRef,
    responses((status = 200, body = super::view::Done)))]
async fn reject_packs(command: Command, Body(at): Body<ProposalRef>) -> Answer {
    let area = command.proposal_area(&at).await?;
    done(command.act(&REJECT, &area, at, packs::reject).await?)
}
