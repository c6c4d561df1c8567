//! Routes of a round as a proposal: which vehicle goes where and when, computed and then decided by a person.

use serde::Serialize;
use utoipa::ToSchema;

use super::input::{Body, Command, Id};
use super::trips::PlannedView;
use super::view::{done, json, made};
use crate::base::Action;
use crate::base::act::Act;
use crate::base::id::{ProposalId, RoundId, TripId};
use crate::proposal::routes::{self, LeftOut, RoutesAcceptance, RoutesChange, RoutesDraft, StoredRoutes};
use crate::proposal::{self, Listed, Proposal, ProposalKind, ProposalRef, ProposalState};
use crate::web::gate::Gate;
use crate::web::{Answer, Web};

static PROPOSE: Act = Act::new("routes.propose", Action::Dispatch);
static TAKE_OVER: Act = Act::new("routes.take_over", Action::Dispatch);
static CHANGE: Act = Act::new("routes.change", Action::Dispatch);
static ACCEPT: Act = Act::new("routes.accept", Action::Dispatch);
static REJECT: Act = Act::new("routes.reject", Action::Dispatch);

endpoints! {
    read "/api/v1/routes", Gate::Needs(Action::Dispatch), list_routes;
    read "/api/v1/routes/{id}", Gate::Needs(Action::Dispatch), get_routes;
    write "/api/v1/routes", Gate::Needs(Action::Dispatch), propose_routes;
    write "/api/v1/routes/change", Gate::Needs(Action::Dispatch), change_routes;
    write "/api/v1/routes/accept", Gate::Needs(Action::Dispatch), accept_routes;
    write "/api/v1/routes/reject", Gate::Needs(Action::Dispatch), reject_routes;
}

/// The latest proposals of routes in the actor's area; a supplier's user sees the supplier's own.
#[utoipa::path(get, path = "/api/v1/routes", tag = "routes", responses((status = 200, body = [Listed])))]
async fn list_routes(web: Web) -> Answer {
    let (ctx, in_district) = (web.ctx()?, web.district()?);
    let found = web.app.read(move |tx| {
        let mut listed = Vec::new();
        for one in proposal::list(tx, &in_district)? {
            if one.kind != ProposalKind::Routes || !ctx.actor.covers(&one.area) {
                continue;
            }
            let at = ProposalRef {
                district: in_district.clone(),
                id: one.id,
            };
            // To know whose they are takes a look inside.
            if ctx.actor.supplier.is_none() || routes::get(tx, &ctx, &at).is_ok() {
                listed.push(one);
            }
        }
        Ok(listed)
    });
    json(&found.await?)
}

/// A stop where a vehicle brings boxes.
#[derive(Serialize, ToSchema)]
pub struct VisitView {
    /// The stop, as it is named in changes.
    stop: usize,
    /// The compound.
    compound: String,
    /// Its name.
    name: String,
    /// How many boxes.
    boxes: usize,
    /// Their weight.
    weight_g: i64,
    /// When the vehicle is there.
    arrive_s: i64,
    /// When it leaves.
    leave_s: i64,
}

/// One trip of a vehicle.
#[derive(Serialize, ToSchema)]
pub struct RouteTripView {
    /// The vehicle, as it is named in changes.
    vehicle: usize,
    /// Which of its trips, from 0, as it is named in changes.
    trip: usize,
    /// The plate.
    plate: String,
    /// The driver.
    driver: String,
    /// The trip that the vehicle is on and that this continues, where it helps another.
    continues: Option<TripId>,
    /// When it leaves.
    depart_s: i64,
    /// The stops in order.
    stops: Vec<VisitView>,
}

/// A stop without a trip.
#[derive(Serialize, ToSchema)]
pub struct LeftOutView {
    /// The stop, as it is named in changes.
    stop: usize,
    /// The compound.
    compound: String,
    /// Its name.
    name: String,
    /// Why.
    reason: LeftOut,
}

/// A proposal of routes with what was computed.
#[derive(Serialize, ToSchema)]
pub struct RoutesView {
    /// The id.
    id: ProposalId,
    /// The round.
    round: RoundId,
    /// The supplier.
    supplier: String,
    /// The trip whose vehicle broke down, where others take over.
    takes_over: Option<TripId>,
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
    /// The trips.
    trips: Vec<RouteTripView>,
    /// Stops without a trip.
    left_out: Vec<LeftOutView>,
    /// Limits that are broken; empty when all is well.
    broken: Vec<String>,
    /// The way of all vehicles.
    distance_m: i64,
}

fn view(found: Proposal, draft: &RoutesDraft, stored: &StoredRoutes) -> RoutesView {
    let (plan, broken) = stored.laid_out(&draft.terms);
    let facts = &stored.facts;
    let mut trips = Vec::new();
    for tour in &plan.tours {
        let vehicle = &facts.vehicles[tour.vehicle];
        for trip in &tour.trips {
            let visit = |visit: &planner::route::Visit| {
                let stop = &facts.stops[visit.stop];
                VisitView {
                    stop: visit.stop,
                    compound: stop.compound.clone(),
                    name: stop.name.clone(),
                    boxes: stop.boxes.len(),
                    weight_g: stop.weight_g,
                    arrive_s: visit.arrive_s,
                    leave_s: visit.leave_s,
                }
            };
            let first = trip.visits.first();
            let place = first.and_then(|visit| stored.place_of(visit.stop).trip);
            let on_trip = vehicle.on_trip.as_ref().filter(|_| trip.depot.is_none());
            trips.push(RouteTripView {
                vehicle: tour.vehicle,
                trip: place.map_or(0, |(_, trip)| trip),
                plate: vehicle.plate.clone(),
                driver: vehicle.driver.clone(),
                continues: on_trip.map(|on_trip| on_trip.trip),
                depart_s: trip.depart_s,
                stops: trip.visits.iter().map(visit).collect(),
            });
        }
    }
    let left = |(stop, reason): &(usize, LeftOut)| LeftOutView {
        stop: *stop,
        compound: facts.stops[*stop].compound.clone(),
        name: facts.stops[*stop].name.clone(),
        reason: *reason,
    };
    RoutesView {
        id: found.id,
        round: facts.round,
        supplier: facts.supplier.clone(),
        takes_over: draft.takes_over,
        state: found.state,
        created_s: found.created_s,
        actor: found.actor,
        decided_s: found.decided_s,
        decided_by: found.decided_by,
        trips,
        left_out: stored.left_out.iter().map(left).collect(),
        broken: broken.iter().map(|one| format!("{one:?}")).collect(),
        distance_m: plan.tours.iter().map(|tour| tour.distance_m).sum(),
    }
}

/// One proposal of routes.
#[utoipa::path(get, path = "/api/v1/routes/{id}", tag = "routes",
    params(("id" = String, Path, description = "The proposal")), responses((status = 200, body = RoutesView)))]
async fn get_routes(web: Web, Id(id): Id<ProposalId>) -> Answer {
    let ctx = web.ctx()?;
    let at = ProposalRef {
        district: web.district()?,
        id,
    };
    let (found, draft, stored) = web.app.read(move |tx| routes::get(tx, &ctx, &at)).await?;
    web.area(&found.area)?;
    json(&view(found, &draft, &stored))
}

/// Computes routes for the boxes of a round that wait; with `takes_over`, for what a broken vehicle has on board.
#[utoipa::path(post, path = "/api/v1/routes", tag = "routes", request_body = RoutesDraft,
    responses((status = 200, body = super::view::Made)))]
async fn propose_routes(command: Command, Body(draft): Body<RoutesDraft>) -> Answer {
    let area = command
        .round(&draft.trips.district, draft.trips.round)
        .await?
        .area;
    let act = if draft.takes_over.is_some() {
        &TAKE_OVER
    } else {
        &PROPOSE
    };
    made(command.act_aside(act, &area, draft, routes::PROPOSE).await?)
}

/// Moves stops. Gives the new version, which replaces the one before.
#[utoipa::path(post, path = "/api/v1/routes/change", tag = "routes", request_body = RoutesChange,
    responses((status = 200, body = super::view::Made)))]
async fn change_routes(command: Command, Body(change): Body<RoutesChange>) -> Answer {
    let area = command.proposal_area(&change.at).await?;
    made(command.act(&CHANGE, &area, change, routes::change).await?)
}

/// Makes the trips, with what a person moved. Gives them.
#[utoipa::path(post, path = "/api/v1/routes/accept", tag = "routes", request_body = RoutesAcceptance,
    responses((status = 200, body = PlannedView)))]
async fn accept_routes(command: Command, Body(acceptance): Body<RoutesAcceptance>) -> Answer {
    let area = command.proposal_area(&acceptance.change.at).await?;
    let ids = command.act(&ACCEPT, &area, acceptance, routes::accept).await?;
    json(&PlannedView { ids })
}

/// Turns routes down; the boxes go on waiting.
#[utoipa::path(post, path = "/api/v1/routes/reject", tag = "routes", request_body = ProposalRef,
    responses((status = 200, body = super::view::Done)))]
async fn reject_routes(command: Command, Body(at): Body<ProposalRef>) -> Answer {
    let area = command.proposal_area(&at).await?;
    done(command.act(&REJECT, &area, at, routes::reject).await?)
}
