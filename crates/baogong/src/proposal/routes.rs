//! Which vehicle brings the boxes of a round where and in which order (CT-4, FC-9, YO-6): proposed, changed by a person,
//! then made into trips. Times follow from the stops, so only the stops of each trip are kept.

use planner::route::{Broken, ByHand, Plan, laid_out};
use serde::{Deserialize, Serialize};
use store::Tx;

use super::{Proposal, ProposalKind, ProposalRef, ProposalState};
use crate::base::act::Aside;
use crate::base::id::{ProposalId, TripId};
use crate::base::{Ctx, Refusal, Result};
use crate::round::open;
pub use crate::round::trips::LeftOut;
use crate::round::trips::{self, RouteFacts, Terms, TripDraft};

/// The stops of one trip of a vehicle, in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leg {
    /// The vehicle, as index into the facts.
    pub vehicle: usize,
    /// Which of its trips, from 0.
    pub trip: usize,
    /// Stops, as indices into the facts.
    pub stops: Vec<usize>,
}

/// What somebody changed at one time.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RouteRevision {
    /// When.
    pub at_s: i64,
    /// Who.
    pub actor: String,
    /// Compounds that are on another trip, or on none, or in another place of the order.
    pub moved: Vec<String>,
}

/// A proposal of routes as stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StoredRoutes {
    /// What waited and what could drive.
    pub facts: RouteFacts,
    /// The trips.
    pub legs: Vec<Leg>,
    /// Stops without a trip, with the reason.
    pub left_out: Vec<(usize, LeftOut)>,
    /// What persons changed, oldest first.
    pub revisions: Vec<RouteRevision>,
}

/// What is asked for.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RoutesDraft {
    /// Round and vehicles.
    pub trips: TripDraft,
    /// How they drive.
    pub terms: Terms,
    /// The trip whose vehicle broke down, where others are to take over what it has on board.
    #[serde(default)]
    pub takes_over: Option<TripId>,
}

/// Where a stop goes: the stop, the vehicle and trip if any, and its place in the order, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Placing {
    /// The stop, as index into the facts.
    pub stop: usize,
    /// Vehicle and trip.
    pub trip: Option<(usize, usize)>,
    /// Its place in the order.
    pub seq: i64,
}

/// A change of stops.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RoutesChange {
    /// The proposal, which must be open.
    pub at: ProposalRef,
    /// Where stops go; those that stay may be among them.
    #[serde(default)]
    pub placings: Vec<Placing>,
}

/// An accepted proposal of routes.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RoutesAcceptance {
    /// The proposal, and what was changed with the acceptance.
    pub change: RoutesChange,
    /// Whether it is wanted although a limit is broken or a compound has no trip.
    #[serde(default)]
    pub despite: bool,
}

impl StoredRoutes {
    /// The trips by vehicle, in order.
    pub fn by_hand(&self) -> Vec<ByHand> {
        let mut legs: Vec<&Leg> = self.legs.iter().filter(|leg| !leg.stops.is_empty()).collect();
        legs.sort_by_key(|leg| (leg.vehicle, leg.trip));
        let mut tours: Vec<ByHand> = Vec::new();
        for leg in legs {
            match tours.last_mut().filter(|tour| tour.vehicle == leg.vehicle) {
                Some(tour) => tour.trips.push(leg.stops.clone()),
                None => tours.push(ByHand {
                    vehicle: leg.vehicle,
                    trips: vec![leg.stops.clone()],
                }),
            }
        }
        tours
    }

    /// Times, loads and ways, and every limit that is broken.
    pub fn laid_out(&self, terms: &Terms) -> (Plan, Vec<Broken>) {
        let (plan, mut broken) = laid_out(&self.facts.problem(terms), &self.by_hand());
        // The first trip of a vehicle that is on one is that trip: nothing is loaded for it, also when nothing is left aboard.
        for leg in self.legs.iter().filter(|leg| leg.trip == 0) {
            let on_trip = self.facts.vehicles[leg.vehicle].on_trip.is_some();
            let tour = plan.tours.iter().position(|tour| tour.vehicle == leg.vehicle);
            let Some(tour) = tour.filter(|_| on_trip) else {
                continue;
            };
            for stop in leg.stops.iter().copied() {
                let missing = Broken::NotAboard { tour, stop };
                if self.facts.stops[stop].aboard != Some(leg.vehicle) && !broken.contains(&missing) {
                    broken.push(missing);
                }
            }
        }
        (plan, broken)
    }

    /// How many trips a vehicle may make; the first of one that is on a trip is that trip.
    pub fn trips_of(&self, vehicle: usize, terms: &Terms) -> usize {
        let on_trip = self
            .facts
            .vehicles
            .get(vehicle)
            .is_some_and(|one| one.on_trip.is_some());
        terms.trips_max.max(1) + usize::from(on_trip)
    }

    /// Where a stop is now: vehicle, trip, and place in the order from 1.
    pub fn place_of(&self, stop: usize) -> Placing {
        let found = self.legs.iter().find_map(|leg| {
            let at = leg.stops.iter().position(|one| *one == stop)?;
            Some((leg.vehicle, leg.trip, at as i64 + 1))
        });
        Placing {
            stop,
            trip: found.map(|(vehicle, trip, _)| (vehicle, trip)),
            seq: found.map_or(0, |(_, _, seq)| seq),
        }
    }

    /// Moves stops. A stop that comes newly to a place stands before the one that had it. Gives the names of those that moved.
    pub fn place(&mut self, placings: &[Placing], terms: &Terms) -> Result<Vec<String>> {
        let mut all: Vec<(Placing, bool)> = (0..self.facts.stops.len())
            .map(|stop| (self.place_of(stop), false))
            .collect();
        for wanted in placings {
            let known = wanted.trip.is_none_or(|(vehicle, trip)| {
                vehicle < self.facts.vehicles.len() && trip < self.trips_of(vehicle, terms)
            });
            let Some(place) = all.get_mut(wanted.stop).filter(|_| known) else {
                return Err(Refusal::not_found("站点或车次", "stop or trip").into());
            };
            let same = place.0.trip == wanted.trip && (wanted.trip.is_none() || place.0.seq == wanted.seq);
            if !same {
                *place = (*wanted, true);
            }
        }
        let moved: Vec<usize> = all
            .iter()
            .filter(|(_, moved)| *moved)
            .map(|(place, _)| place.stop)
            .collect();
        // A stop that goes further back in its own trip leaves its place to those behind it.
        all.sort_by_key(|(place, moved)| {
            let back = *moved && {
                let before = self.place_of(place.stop);
                before.trip == place.trip && before.seq < place.seq
            };
            (place.trip, place.seq, if back { 2 } else { i32::from(!*moved) })
        });
        self.legs.clear();
        for (place, _) in &all {
            let Some((vehicle, trip)) = place.trip else {
                continue;
            };
            match self
                .legs
                .iter_mut()
                .find(|leg| (leg.vehicle, leg.trip) == (vehicle, trip))
            {
                Some(leg) => leg.stops.push(place.stop),
                None => self.legs.push(Leg {
                    vehicle,
                    trip,
                    stops: vec![place.stop],
                }),
            }
        }
        let before = std::mem::take(&mut self.left_out);
        self.left_out = all
            .iter()
            .filter(|(place, _)| place.trip.is_none())
            .map(|(place, _)| {
                let known = before.iter().find(|(stop, _)| *stop == place.stop);
                (place.stop, known.map_or(LeftOut::ByHand, |(_, why)| *why))
            })
            .collect();
        Ok(moved
            .into_iter()
            .map(|stop| self.facts.stops[stop].name.clone())
            .collect())
    }
}

/// Computes routes for the boxes that wait and keeps them. Boxes for which there is no room are left out with the reason.
pub const PROPOSE: Aside<RoutesDraft, RouteFacts, StoredRoutes, ProposalId> = Aside {
    gather: |tx, ctx, draft| match draft.takes_over {
        Some(broken) => trips::gather_takeover(tx, ctx, &draft.trips, broken, &draft.terms),
        None => trips::gather(tx, ctx, &draft.trips, &draft.terms),
    },
    compute,
    keep,
};

fn compute(ctx: &Ctx, draft: &RoutesDraft, facts: RouteFacts) -> Result<StoredRoutes> {
    let plan = trips::solve(ctx, &facts, &draft.terms)?;
    let legs = plan.tours.iter().flat_map(|tour| {
        let vehicle = tour.vehicle;
        // The first trip of a vehicle under way is the one that it is on, even if nothing is left of that.
        let on_trip = facts.vehicles[vehicle].on_trip.is_some();
        let first = usize::from(on_trip && tour.trips.first().is_some_and(|trip| trip.depot.is_some()));
        let legs = tour.trips.iter().enumerate();
        legs.map(move |(trip, data)| Leg {
            vehicle,
            trip: first + trip,
            stops: data.visits.iter().map(|visit| visit.stop).collect(),
        })
    });
    Ok(StoredRoutes {
        legs: legs.collect::<Vec<_>>(),
        left_out: plan
            .unserved
            .iter()
            .map(|left| (left.stop, LeftOut::because(left.reason)))
            .collect(),
        revisions: Vec::new(),
        facts,
    })
}

fn keep(tx: &mut Tx, ctx: &Ctx, draft: &RoutesDraft, stored: &StoredRoutes) -> Result<ProposalId> {
    let codes: Vec<String> = stored
        .facts
        .stops
        .iter()
        .map(|stop| stop.compound.clone())
        .collect();
    let (_, broken) = stored.laid_out(&draft.terms);
    let findings: Vec<String> = broken.iter().map(|one| format!("{one:?}")).collect();
    super::keep(
        tx,
        ctx,
        ProposalKind::Routes,
        &open::common_area(&codes),
        draft,
        stored,
        &findings,
    )
}

/// A proposal of routes of a round, with what was asked and computed. A supplier sees the supplier's own.
pub fn get(tx: &mut Tx, ctx: &Ctx, at: &ProposalRef) -> Result<(Proposal, RoutesDraft, StoredRoutes)> {
    let proposal = super::get(tx, &at.district, at.id)?;
    if proposal.kind != ProposalKind::Routes {
        return Err(Refusal::not_found("方案", "proposal").into());
    }
    let draft: RoutesDraft = serde_json::from_str(&proposal.problem)?;
    let stored: StoredRoutes = serde_json::from_str(&proposal.result)?;
    let foreign = ctx
        .actor
        .supplier
        .as_ref()
        .is_some_and(|own| *own != stored.facts.supplier);
    if foreign {
        return Err(Refusal::not_found("方案", "proposal").into());
    }
    Ok((proposal, draft, stored))
}

/// Keeps moved stops as a new version. The version before stays readable as replaced.
pub fn change(tx: &mut Tx, ctx: &Ctx, change: &RoutesChange) -> Result<ProposalId> {
    let (_, draft, mut stored) = get(tx, ctx, &change.at)?;
    super::decide(tx, ctx, &change.at, ProposalState::Replaced)?;
    let moved = stored.place(&change.placings, &draft.terms)?;
    if moved.is_empty() {
        return Err(Refusal::invalid(
            "trip",
            "没有改动；请先把小区换到别的车次或位置。",
            "Nothing differs; move a compound to another trip or place first.",
        )
        .into());
    }
    stored.revisions.push(RouteRevision {
        at_s: ctx.now_s,
        actor: ctx.actor.name.clone(),
        moved,
    });
    keep(tx, ctx, &draft, &stored)
}

/// Makes the trips. What was moved with the acceptance is kept as a version of its own first.
pub fn accept(tx: &mut Tx, ctx: &Ctx, acceptance: &RoutesAcceptance) -> Result<Vec<TripId>> {
    let mut at = acceptance.change.at.clone();
    let (proposal, draft, mut stored) = get(tx, ctx, &at)?;
    let moved = stored.place(&acceptance.change.placings, &draft.terms)?;
    if proposal.state == ProposalState::Open && !moved.is_empty() {
        at.id = change(tx, &ctx.sub("changed"), &acceptance.change)?;
    }
    super::decide(tx, ctx, &at, ProposalState::Accepted)?;
    let (_, broken) = stored.laid_out(&draft.terms);
    let elsewhere = broken.iter().find_map(|one| match one {
        Broken::NotAboard { stop, .. } => Some(*stop),
        _ => None,
    });
    if let Some(stop) = elsewhere {
        let name = &stored.facts.stops[stop].name;
        return Err(Refusal::conflict(
            "not_aboard",
            format!("{name}的箱子不在这趟车上，也不在它装货的地方；请把它放回原来的车，或单独排一趟接驳。"),
            format!("The boxes for {name} are not on this vehicle nor where it loads; put them back, or on a trip that fetches them."),
        )
        .into());
    }
    let works = broken.is_empty() && stored.left_out.is_empty();
    if !works && !acceptance.despite {
        return Err(Refusal::conflict(
            "route_limits",
            "还有小区没有车，或车辆超载、超时。请先调整，或勾选“仍然采纳”。",
            "A compound has no trip, or a vehicle has too much load or too little time. Change it first, or tick \u{201c}accept all the same\u{201d}.",
        )
        .into());
    }
    match stored.facts.stranded {
        Some(_) => trips::take_over(tx, ctx, &stored.facts, &stored.by_hand()),
        None => trips::make(tx, ctx, &stored.facts, &stored.by_hand()),
    }
}

/// Turns an open proposal of routes down; the boxes go on waiting.
pub fn reject(tx: &mut Tx, ctx: &Ctx, at: &ProposalRef) -> Result<()> {
    get(tx, ctx, at)?;
    super::decide(tx, ctx, at, ProposalState::Rejected)
}
