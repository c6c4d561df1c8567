//! What cannot be served at all and why, and the plan in words of the problem.

use super::instance::Instance;
use super::model::{Plan, Problem, Reason, Source, Tour, Trip, Unserved, Visit};
use super::schedule::{schedule, steps};
use super::search::Best;

/// The stops that some vehicle could serve, and the others with their reasons.
pub(super) fn possible(problem: &Problem, instance: &Instance) -> (Vec<u32>, Vec<Unserved>) {
    let (mut possible, mut unserved) = (Vec::new(), Vec::new());
    for stop in 0..problem.stops.len() {
        match reason(problem, instance, stop) {
            None => possible.push(stop as u32),
            Some(reason) => unserved.push(Unserved { stop, reason }),
        }
    }
    (possible, unserved)
}

/// Why no vehicle could serve a stop even if it were the only one.
fn reason(problem: &Problem, instance: &Instance, index: usize) -> Option<Reason> {
    let (stop, number) = (&problem.stops[index], index as u32);
    let kinds = || {
        problem
            .vehicles
            .iter()
            .zip(0u32..)
            .filter(|(vehicle, _)| vehicle.count > 0)
    };
    let passes = |areas: &Option<Vec<u32>>| {
        stop.area
            .is_none_or(|area| areas.as_ref().is_none_or(|areas| areas.contains(&area)))
    };
    if !kinds().any(|(vehicle, _)| passes(&vehicle.areas)) {
        return Some(Reason::NoPass);
    }
    let may_go = || kinds().filter(|(_, kind)| instance.may_go(number, *kind));
    if may_go().next().is_none() {
        return Some(Reason::NoColdVehicle);
    }
    // Loaded at the start of the vehicle, or at a depot where it loads again.
    let ways = |kind: u32| {
        let data = &instance.kinds[kind as usize];
        let again = data.reload.iter().copied().filter(|_| data.trips_max > 1);
        let stops = problem.stops.len() as u32;
        let first = instance.may(number, kind, data.source).then(|| vec![number]);
        let later = again.filter(move |depot| instance.may(number, kind, *depot));
        first
            .into_iter()
            .chain(later.map(move |depot| vec![stops + depot, number]))
    };
    if !may_go().any(|(_, kind)| ways(kind).next().is_some()) {
        return Some(Reason::NoVehicleAtSource);
    }
    let carries = |kind: u32| {
        let capacity = instance.kinds[kind as usize].capacity;
        (0..2).all(|unit| instance.stops[index].load[unit] <= capacity[unit])
    };
    if !may_go().any(|(_, kind)| carries(kind) && ways(kind).next().is_some()) {
        return Some(Reason::TooLarge);
    }
    let reached = |kind: u32| ways(kind).any(|sequence| has_road(instance, kind, &sequence));
    if !may_go().any(|(_, kind)| carries(kind) && reached(kind)) {
        return Some(Reason::NoRoad);
    }
    let in_time = |kind: u32| ways(kind).any(|sequence| schedule(instance, kind, &sequence).is_some());
    let able = may_go().any(|(vehicle, kind)| vehicle.stops_max != Some(0) && carries(kind) && in_time(kind));
    debug_assert!(!matches!(stop.source, Source::Aboard(_)) || instance.restricted);
    (!able).then_some(Reason::OutOfTime)
}

/// Whether roads lead all the way through a tour.
fn has_road(instance: &Instance, kind: u32, sequence: &[u32]) -> bool {
    let data = &instance.kinds[kind as usize];
    let stops = instance.stops.len() as u32;
    let place = |node: &u32| match node.checked_sub(stops) {
        Some(depot) => instance.depots[depot as usize].0,
        None => instance.stops[*node as usize].place,
    };
    let mut here = data.start;
    let mut ways = sequence.iter().map(place).chain([data.end]).map(|next| {
        let way_m = instance.distance_m(here, next);
        here = next;
        way_m
    });
    ways.all(|way_m| !instance.is_gap(way_m))
}

/// The best solution with all times.
pub(super) fn plan(instance: &Instance, best: &Best, unserved: Vec<Unserved>, iterations: u64) -> Plan {
    let mut tours: Vec<Tour> = best
        .routes
        .iter()
        .filter(|(_, sequence)| !sequence.is_empty())
        .filter_map(|(kind, sequence)| tour(instance, *kind, sequence))
        .collect();
    tours.sort_by_key(|tour| (tour.vehicle, tour.trips[0].depart_s, tour.trips[0].visits[0].stop));
    let cost = tours.iter().map(|tour| tour.cost).sum();
    Plan {
        tours,
        unserved,
        cost,
        iterations,
    }
}

fn tour(instance: &Instance, kind: u32, sequence: &[u32]) -> Option<Tour> {
    let timed = schedule(instance, kind, sequence)?;
    let data = &instance.kinds[kind as usize];
    let depot_of = |source: u32| ((source as usize) < instance.depots.len()).then_some(source as usize);
    let mut trips = vec![Trip {
        depot: depot_of(data.source),
        depart_s: timed.start_s,
        visits: Vec::new(),
    }];
    for step in steps(instance, kind, sequence, timed.start_s) {
        match step.node.checked_sub(instance.stops.len() as u32) {
            Some(depot) => {
                trips.push(Trip {
                    depot: depot_of(depot),
                    depart_s: step.leave_s,
                    visits: Vec::new(),
                });
            }
            None => trips.last_mut()?.visits.push(Visit {
                stop: step.node as usize,
                arrive_s: step.arrive_s,
                begin_s: step.begin_s,
                leave_s: step.leave_s,
            }),
        }
    }
    trips.retain(|trip| !trip.visits.is_empty());
    Some(Tour {
        vehicle: kind as usize,
        trips,
        start_s: timed.start_s,
        end_s: timed.end_s,
        distance_m: timed.length_m,
        cost: timed.cost,
    })
}
