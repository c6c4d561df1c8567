//! Trips: planned, loaded, arriving, handing over at the drop point.

use serde::Serialize;
use utoipa::ToSchema;

use super::input::{Body, Command, Id, own};
use super::view::{counted, done, json};
use crate::base::act::Act;
use crate::base::id::TripId;
use crate::base::{Action, Refusal};
use crate::round::packing::{self, BagBox};
use crate::round::trips::{
    self, BoxMove, BreakDown, DropDraft, DropOutcome, Stop, StopRef, Trip, TripDraft, TripRef,
};
use crate::web::gate::Gate;
use crate::web::{Answer, Web};

static PLAN: Act = Act::new("trip.plan", Action::Dispatch);
static LOAD: Act = Act::new("trip.load", Action::Deliver);
static LEAVE_BEHIND: Act = Act::new("trip.leave_behind", Action::Deliver);
static ARRIVE: Act = Act::new("trip.arrive", Action::Deliver);
static BREAK_DOWN: Act = Act::new("trip.break_down", Action::Deliver);
static RESUME: Act = Act::new("trip.resume", Action::Deliver);
static HAND_OVER: Act = Act::new("trip.hand_over", Action::Deliver);

endpoints! {
    read "/api/v1/trips", Gate::Needs(Action::Deliver), list_trips;
    write "/api/v1/trips", Gate::Needs(Action::Dispatch), plan_trips;
    read "/api/v1/trips/{id}", Gate::Needs(Action::Deliver), get_trip;
    write "/api/v1/trips/load", Gate::Needs(Action::Deliver), load_trip;
    write "/api/v1/trips/leave-behind", Gate::Needs(Action::Deliver), leave_box_behind;
    write "/api/v1/trips/break-down", Gate::Needs(Action::Deliver), report_break_down;
    write "/api/v1/trips/resume", Gate::Needs(Action::Deliver), resume_trip;
    write "/api/v1/trips/arrive", Gate::Needs(Action::Deliver), arrive_at_stop;
    write "/api/v1/trips/hand-over", Gate::Needs(Action::Deliver), hand_over_at_stop;
}

/// The latest trips that have a stop in the actor's area; a supplier's user sees the supplier's own.
#[utoipa::path(get, path = "/api/v1/trips", tag = "trips", responses((status = 200, body = [Trip])))]
async fn list_trips(web: Web) -> Answer {
    let (actor, in_district) = (web.actor()?, web.district()?);
    let found = web.app.read(move |tx| {
        let mut seen = Vec::new();
        for trip in trips::list(tx, &in_district, actor.supplier.as_deref().unwrap_or(""))? {
            let inside = actor.covers(&trip.area);
            if inside
                || trips::stops(tx, &in_district, trip.id)?
                    .iter()
                    .any(|stop| actor.covers(&stop.compound))
            {
                seen.push(trip);
            }
        }
        Ok(seen)
    });
    json(&found.await?)
}

/// A trip with its stops and boxes.
#[derive(Serialize, ToSchema)]
pub struct TripView {
    /// The trip.
    #[serde(flatten)]
    trip: Trip,
    /// Its stops in the actor's area, in order.
    stops: Vec<Stop>,
    /// The boxes for those stops.
    boxes: Vec<BagBox>,
}

/// One trip.
#[utoipa::path(get, path = "/api/v1/trips/{id}", tag = "trips",
    params(("id" = String, Path, description = "The trip")), responses((status = 200, body = TripView)))]
async fn get_trip(web: Web, Id(id): Id<TripId>) -> Answer {
    let (ctx, in_district) = (web.ctx()?, web.district()?);
    let found = web.app.read(move |tx| {
        let trip = trips::get(tx, &in_district, id)?;
        own(&ctx, &trip.supplier, "车次", "trip")?;
        let mut stops = trips::stops(tx, &in_district, id)?;
        stops.retain(|stop| ctx.actor.covers(&stop.compound));
        if stops.is_empty() {
            return Err(Refusal::not_found("车次", "trip").into());
        }
        let mut boxes = packing::boxes_of_trip(tx, &in_district, id)?;
        boxes.retain(|one| ctx.actor.covers(&one.compound));
        Ok(TripView { trip, stops, boxes })
    });
    json(&found.await?)
}

/// The trips that were planned.
#[derive(Serialize, ToSchema)]
pub struct PlannedView {
    /// Their ids.
    pub(super) ids: Vec<TripId>,
}

/// Spreads the waiting boxes of a round over vehicles and orders the stops of each. Gives the trips.
#[utoipa::path(post, path = "/api/v1/trips", tag = "trips", request_body = TripDraft,
    responses((status = 200, body = PlannedView)))]
async fn plan_trips(command: Command, Body(draft): Body<TripDraft>) -> Answer {
    let area = command.round(&draft.district, draft.round).await?.area;
    let ids = command.act_aside(&PLAN, &area, draft, trips::PLAN).await?;
    json(&PlannedView { ids })
}

/// Loads a trip with all its boxes and sends it off. Gives how many boxes.
#[utoipa::path(post, path = "/api/v1/trips/load", tag = "trips", request_body = TripRef,
    responses((status = 200, body = super::view::Counted)))]
async fn load_trip(command: Command, Body(at): Body<TripRef>) -> Answer {
    let area = command.trip(&at.district, at.id).await?.area;
    counted(command.act(&LOAD, &area, at, trips::load).await?)
}

/// Takes a box off a trip that has not left.
#[utoipa::path(post, path = "/api/v1/trips/leave-behind", tag = "trips", request_body = BoxMove,
    responses((status = 200, body = super::view::Done)))]
async fn leave_box_behind(command: Command, Body(change): Body<BoxMove>) -> Answer {
    let area = command.trip(&change.trip.district, change.trip.id).await?.area;
    done(
        command
            .act(&LEAVE_BEHIND, &area, change, trips::leave_behind)
            .await?,
    )
}

/// Reports that a vehicle under way cannot go on; its boxes wait on board. Gives how many.
#[utoipa::path(post, path = "/api/v1/trips/break-down", tag = "trips", request_body = BreakDown,
    responses((status = 200, body = super::view::Counted)))]
async fn report_break_down(command: Command, Body(draft): Body<BreakDown>) -> Answer {
    let area = command.trip(&draft.trip.district, draft.trip.id).await?.area;
    counted(command.act(&BREAK_DOWN, &area, draft, trips::break_down).await?)
}

/// Lets a vehicle that broke down go on with what is on board. Gives how many boxes.
#[utoipa::path(post, path = "/api/v1/trips/resume", tag = "trips", request_body = TripRef,
    responses((status = 200, body = super::view::Counted)))]
async fn resume_trip(command: Command, Body(at): Body<TripRef>) -> Answer {
    let area = command.trip(&at.district, at.id).await?.area;
    counted(command.act(&RESUME, &area, at, trips::resume).await?)
}

/// Records that the vehicle has arrived at a stop.
#[utoipa::path(post, path = "/api/v1/trips/arrive", tag = "trips", request_body = StopRef,
    responses((status = 200, body = super::view::Done)))]
async fn arrive_at_stop(command: Command, Body(at): Body<StopRef>) -> Answer {
    let area = command.stop(&at).await?;
    done(command.act(&ARRIVE, &area, at, trips::arrive).await?)
}

/// Hands the boxes of a stop over at the drop point; what is missing goes to the loss account and is refunded.
#[utoipa::path(post, path = "/api/v1/trips/hand-over", tag = "trips", request_body = DropDraft,
    responses((status = 200, body = DropOutcome)))]
async fn hand_over_at_stop(command: Command, Body(draft): Body<DropDraft>) -> Answer {
    let area = command.stop(&draft.at).await?;
    json(&command.act(&HAND_OVER, &area, draft, trips::hand_over).await?)
}
