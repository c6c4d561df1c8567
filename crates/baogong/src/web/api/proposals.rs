//! Proposals: which supplier feeds which closed compound, computed and then decided by a person.

use serde::Serialize;
use utoipa::ToSchema;

use super::input::{Ask, Body, Command, Id};
use super::view::{counted, done, json, made};
use crate::base::Action;
use crate::base::act::Act;
use crate::base::id::ProposalId;
use crate::proposal::assignment::{self, Acceptance, AssignmentDraft, Choice, LackLine, Part, Together};
use crate::proposal::{self, Listed, ProposalKind, ProposalRef, ProposalState};
use crate::web::gate::Gate;
use crate::web::{Answer, Web};

static PROPOSE: Act = Act::new("assignment.propose", Action::Propose);
static ACCEPT: Act = Act::new("assignment.accept", Action::Propose);
static REJECT: Act = Act::new("assignment.reject", Action::Propose);

endpoints! {
    read "/api/v1/proposals", Gate::Needs(Action::Propose), list_proposals;
    read "/api/v1/proposals/{id}", Gate::Needs(Action::Propose), get_proposal;
    write "/api/v1/proposals", Gate::Needs(Action::Propose), propose;
    write "/api/v1/proposals/accept", Gate::Needs(Action::Propose), accept_proposal;
    write "/api/v1/proposals/reject", Gate::Needs(Action::Propose), reject_proposal;
    read "/api/v1/assignments", Gate::Needs(Action::ViewRounds), list_assignments;
}

/// The latest proposals of the district.
#[utoipa::path(get, path = "/api/v1/proposals", tag = "proposals", responses((status = 200, body = [Listed])))]
async fn list_proposals(web: Web) -> Answer {
    let (actor, in_district) = (web.actor()?, web.district()?);
    let mut listed = web.app.read(move |tx| proposal::list(tx, &in_district)).await?;
    // Routes are decided on the pages of their round.
    listed.retain(|one| one.kind == ProposalKind::Assignment && actor.covers(&one.area));
    json(&listed)
}

/// A proposal with what was computed.
#[derive(Serialize, ToSchema)]
pub struct ProposalView {
    /// The id.
    id: ProposalId,
    /// What is proposed.
    kind: ProposalKind,
    /// For which area.
    area: String,
    /// Where it stands.
    state: ProposalState,
    /// What the checker found; empty when all is well.
    findings: Vec<String>,
    /// When it was computed.
    created_s: i64,
    /// Who asked for it.
    actor: String,
    /// When it was decided.
    decided_s: Option<i64>,
    /// Who decided.
    decided_by: Option<String>,
    /// One line per compound.
    choices: Vec<Choice>,
    /// Categories of which the suppliers have too little.
    shortages: Vec<ShortageView>,
    /// Where least would have to be added so that everybody is fed.
    lacks: Vec<LackLine>,
    /// Whether all suppliers together have too little of some category, so that every compound's need was cut to a fair share.
    rationed: bool,
    /// What is given to compounds that none can feed alone or that get less than they need; accepting puts that into force.
    together: Vec<Together>,
    /// Person-metres of the whole.
    person_metres: i64,
    /// Whether distances are by the map of roads; what is off the map, and suppliers far away, are 1.35 times the
    /// straight line apart, as all are without a map.
    by_road: bool,
}

/// A category of which the suppliers have too little, in grams a day.
#[derive(Serialize, ToSchema)]
pub struct ShortageView {
    /// The category.
    category: String,
    /// What is needed.
    demand_g: i64,
    /// What the suppliers can give.
    capacity_g: i64,
    /// What is missing.
    short_g: i64,
}

/// One proposal.
#[utoipa::path(get, path = "/api/v1/proposals/{id}", tag = "proposals",
    params(("id" = String, Path, description = "The proposal")), responses((status = 200, body = ProposalView)))]
async fn get_proposal(web: Web, Id(id): Id<ProposalId>) -> Answer {
    let in_district = web.district()?;
    let found = web
        .app
        .read(move |tx| proposal::get(tx, &in_district, id))
        .await?;
    web.area(&found.area)?;
    let (_, stored) = assignment::read(&found)?;
    let shortage = |(category, demand_g, capacity_g, short_g)| ShortageView {
        category,
        demand_g,
        capacity_g,
        short_g,
    };
    json(&ProposalView {
        id: found.id,
        kind: found.kind,
        area: found.area,
        state: found.state,
        findings: found.findings,
        created_s: found.created_s,
        actor: found.actor,
        decided_s: found.decided_s,
        decided_by: found.decided_by,
        choices: stored.choices,
        shortages: stored.shortages.into_iter().map(shortage).collect(),
        lacks: stored.lacks,
        rationed: stored.rationed,
        together: stored.together,
        person_metres: stored.person_metres,
        by_road: stored.facts.is_by_road(),
    })
}

/// Computes an assignment of suppliers for the closed compounds of an area.
#[utoipa::path(post, path = "/api/v1/proposals", tag = "proposals", request_body = AssignmentDraft,
    responses((status = 200, body = super::view::Made)))]
async fn propose(command: Command, Body(draft): Body<AssignmentDraft>) -> Answer {
    let area = draft.area.clone();
    made(
        command
            .act_aside(&PROPOSE, &area, draft, assignment::PROPOSE)
            .await?,
    )
}

/// Puts a proposal into force, with what a person changed. Gives how many compounds are assigned.
#[utoipa::path(post, path = "/api/v1/proposals/accept", tag = "proposals", request_body = Acceptance,
    responses((status = 200, body = super::view::Counted)))]
async fn accept_proposal(command: Command, Body(acceptance): Body<Acceptance>) -> Answer {
    let area = command.proposal_area(&acceptance.at).await?;
    counted(
        command
            .act(&ACCEPT, &area, acceptance, assignment::accept)
            .await?,
    )
}

/// Turns a proposal down.
#[utoipa::path(post, path = "/api/v1/proposals/reject", tag = "proposals", request_body = ProposalRef,
    responses((status = 200, body = super::view::Done)))]
async fn reject_proposal(command: Command, Body(at): Body<ProposalRef>) -> Answer {
    let area = command.proposal_area(&at).await?;
    done(command.act(&REJECT, &area, at, proposal::reject).await?)
}

/// Who feeds a compound.
#[derive(Serialize, ToSchema)]
pub struct AssignedView {
    /// The compound.
    compound: String,
    /// The main supplier's code.
    main: String,
    /// The backup's code.
    backup: Option<String>,
    /// What each gives where several feed it together or goods are short, the main supplier first.
    parts: Vec<Part>,
}

/// Who feeds which compound of an area; a supplier's user sees the supplier's own.
#[utoipa::path(get, path = "/api/v1/assignments", tag = "proposals",
    params(("area" = Option<String>, Query, description = "An area code; the actor's own without it")),
    responses((status = 200, body = [AssignedView])))]
async fn list_assignments(web: Web, ask: Ask) -> Answer {
    let (actor, area) = (web.actor()?, web.area(ask.get("area"))?);
    let assigned = web.app.read(move |tx| assignment::assigned(tx, &area)).await?;
    let views = assigned.into_iter().map(|(compound, one)| AssignedView {
        compound,
        main: one.main,
        backup: one.backup,
        parts: one.parts,
    });
    let own = |view: &AssignedView| {
        let own = |supplier: &String| {
            let part = view.parts.iter().any(|part| part.supplier == *supplier);
            part || view.main == *supplier || view.backup.as_ref() == Some(supplier)
        };
        actor.supplier.as_ref().is_none_or(own)
    };
    json(&views.filter(own).collect::<Vec<_>>())
}
