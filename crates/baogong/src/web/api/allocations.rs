//! Scarce packs shared among the compounds of a round as a proposal, and then opened as the round.

use serde::Serialize;
use utoipa::ToSchema;

use super::input::{Body, Command, Id};
use super::view::{done, json, made};
use crate::base::act::Act;
use crate::base::id::{ProposalId, RoundId};
use crate::base::{Action, Result};
use crate::proposal::allocation::{
    self, AllocationAcceptance, AllocationAgain, AllocationChange, AllocationDraft, Line, Step,
    StoredAllocation, round_of, rule_words,
};
use crate::proposal::{Listed, Proposal, ProposalRef, ProposalState};
use crate::round::open;
use crate::web::gate::Gate;
use crate::web::{Answer, Web};

static PROPOSE: Act = Act::new("allocation.propose", Action::OpenRound);
static CHANGE: Act = Act::new("allocation.change", Action::OpenRound);
static AGAIN: Act = Act::new("allocation.again", Action::OpenRound);
static ACCEPT: Act = Act::new("allocation.accept", Action::OpenRound);
static REJECT: Act = Act::new("allocation.reject", Action::OpenRound);

endpoints! {
    read "/api/v1/allocations", Gate::Needs(Action::OpenRound), list_allocations;
    read "/api/v1/allocations/{id}", Gate::Needs(Action::OpenRound), get_allocation;
    write "/api/v1/allocations", Gate::Needs(Action::OpenRound), propose_allocation;
    write "/api/v1/allocations/change", Gate::Needs(Action::OpenRound), change_allocation;
    write "/api/v1/allocations/again", Gate::Needs(Action::OpenRound), compute_allocation_again;
    write "/api/v1/allocations/accept", Gate::Needs(Action::OpenRound), accept_allocation;
    write "/api/v1/allocations/reject", Gate::Needs(Action::OpenRound), reject_allocation;
}

/// The open allocations of the actor's area, latest first.
#[utoipa::path(get, path = "/api/v1/allocations", tag = "allocations", responses((status = 200, body = [Listed])))]
async fn list_allocations(web: Web) -> Answer {
    let ctx = web.ctx()?;
    json(&web.app.read(move |tx| allocation::waiting(tx, &ctx)).await?)
}

/// What one compound has, lacks and gets of a pack.
#[derive(Serialize, ToSchema)]
pub struct AllocationLineView {
    /// The compound.
    compound: String,
    /// Its name.
    name: String,
    /// Households of which nobody knows what they have; they count as having nothing.
    unknown_households: i64,
    /// The figures.
    #[serde(flatten)]
    line: Line,
}

/// How long food lasts among the people, in thousandths of a day.
#[derive(Serialize, ToSchema)]
pub struct SpreadView {
    /// The least.
    least: i64,
    /// A tenth of the people have no more than this.
    tenth: i64,
    /// Half of the people have no more than this.
    median: i64,
    /// Nine tenths of the people have no more than this.
    nine_tenths: i64,
    /// The most.
    most: i64,
    /// Gini coefficient: 0 is even.
    gini: f64,
}

/// One pack of an allocation.
#[derive(Serialize, ToSchema)]
pub struct AllocatedPackView {
    /// The pack.
    pack: String,
    /// Its name.
    name: String,
    /// How many are shared.
    total: i64,
    /// The rule in words, Chinese and English.
    rule: (Vec<String>, Vec<String>),
    /// What each step gave; none for goods without a norm, which are shared by people.
    steps: Vec<Step>,
    /// Packs beyond what anybody lacks, shared by people.
    by_people: i64,
    /// By compound.
    compounds: Vec<AllocationLineView>,
    /// Before the sharing; `null` for goods without a norm.
    before: Option<SpreadView>,
    /// After it.
    after: Option<SpreadView>,
}

/// An allocation with what was computed.
#[derive(Serialize, ToSchema)]
pub struct AllocationView {
    /// The id.
    id: ProposalId,
    /// For which area.
    area: String,
    /// Where it stands.
    state: ProposalState,
    /// When it was computed.
    created_s: i64,
    /// Who asked for it.
    actor: String,
    /// Days to which everybody is brought first.
    floor_d: i64,
    /// Days to which class after class is brought then.
    target_d: i64,
    /// The packs, in the order in which they are shared.
    packs: Vec<AllocatedPackView>,
    /// The round that was opened with it.
    round: Option<RoundId>,
}

fn view(found: Proposal, stored: &StoredAllocation) -> Result<AllocationView> {
    let facts = &stored.facts;
    let spread = |one: &planner::fair::Spread| SpreadView {
        least: one.least,
        tenth: one.tenth,
        median: one.median,
        nine_tenths: one.nine_tenths,
        most: one.most,
        gini: one.gini,
    };
    let packs = stored.outcomes()?.into_iter().enumerate().map(|(pack, outcome)| {
        let lines = facts.compounds.iter().zip(&outcome.lines);
        AllocatedPackView {
            pack: facts.packs[pack].code.clone(),
            name: facts.packs[pack].name.clone(),
            total: facts.packs[pack].total,
            rule: (
                rule_words(facts, pack, kit::Lang::Zh),
                rule_words(facts, pack, kit::Lang::En),
            ),
            steps: stored.ruled[pack].steps.clone(),
            by_people: stored.ruled[pack].by_people,
            compounds: lines
                .map(|(compound, line)| AllocationLineView {
                    compound: compound.code.clone(),
                    name: compound.name.clone(),
                    unknown_households: compound.unknown,
                    line: *line,
                })
                .collect(),
            before: outcome.spread.as_ref().map(|(before, _)| spread(before)),
            after: outcome.spread.as_ref().map(|(_, after)| spread(after)),
        }
    });
    Ok(AllocationView {
        packs: packs.collect(),
        floor_d: facts.floor_d,
        target_d: facts.target_d,
        round: (found.state == ProposalState::Accepted).then(|| round_of(found.id)),
        id: found.id,
        area: found.area,
        state: found.state,
        created_s: found.created_s,
        actor: found.actor,
    })
}

/// One allocation.
#[utoipa::path(get, path = "/api/v1/allocations/{id}", tag = "allocations",
    params(("id" = String, Path, description = "The proposal")), responses((status = 200, body = AllocationView)))]
async fn get_allocation(web: Web, Id(id): Id<ProposalId>) -> Answer {
    let ctx = web.ctx()?;
    let at = ProposalRef {
        district: web.district()?,
        id,
    };
    let (found, _, stored) = web.app.read(move |tx| allocation::get(tx, &ctx, &at)).await?;
    json(&view(found, &stored)?)
}

/// Shares the packs of a round by the published rule, from people, days of food left and classes. Nothing is opened yet.
#[utoipa::path(post, path = "/api/v1/allocations", tag = "allocations", request_body = AllocationDraft,
    responses((status = 200, body = super::view::Made)))]
async fn propose_allocation(command: Command, Body(draft): Body<AllocationDraft>) -> Answer {
    let area = match draft.round.compounds.as_slice() {
        [] => command.ctx.actor.area.clone(),
        compounds => open::common_area(compounds),
    };
    made(command.act(&PROPOSE, &area, draft, allocation::propose).await?)
}

/// Changes what compounds get. Gives the new version, which replaces the one before.
#[utoipa::path(post, path = "/api/v1/allocations/change", tag = "allocations", request_body = AllocationChange,
    responses((status = 200, body = super::view::Made)))]
async fn change_allocation(command: Command, Body(change): Body<AllocationChange>) -> Answer {
    let area = command.proposal_area(&change.at).await?;
    made(command.act(&CHANGE, &area, change, allocation::change).await?)
}

/// Computes again from the stocks and rules of this moment, or to other days. Gives the new version.
#[utoipa::path(post, path = "/api/v1/allocations/again", tag = "allocations", request_body = AllocationAgain,
    responses((status = 200, body = super::view::Made)))]
async fn compute_allocation_again(command: Command, Body(again): Body<AllocationAgain>) -> Answer {
    let area = command.proposal_area(&again.at).await?;
    made(command.act(&AGAIN, &area, again, allocation::again).await?)
}

/// Opens the round with these allotments, and with what a person changed. Gives the round.
#[utoipa::path(post, path = "/api/v1/allocations/accept", tag = "allocations", request_body = AllocationAcceptance,
    responses((status = 200, body = super::view::Made)))]
async fn accept_allocation(command: Command, Body(acceptance): Body<AllocationAcceptance>) -> Answer {
    let area = command.proposal_area(&acceptance.change.at).await?;
    made(
        command
            .act(&ACCEPT, &area, acceptance, allocation::accept)
            .await?,
    )
}

/// Turns an allocation down; no round is opened.
#[utoipa::path(post, path = "/api/v1/allocations/reject", tag = "allocations", request_body = ProposalRef,
    responses((status = 200, body = super::view::Done)))]
async fn reject_allocation(command: Command, Body(at): Body<ProposalRef>) -> Answer {
    let area = command.proposal_area(&at).await?;
    done(command.act(&REJECT, &area, at, allocation::reject).await?)
}
