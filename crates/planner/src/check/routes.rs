use super::{Finding, Findings};
use crate::route::{
    Load, Plan, Problem, Reason, Rounding, Source, Start, Stop, Tour, Travel, Trip, Vehicle, Window,
};
use crate::travel::NO_WAY;

/// Verifies a plan of tours by driving each of them through: every stop once or unserved; loads, cold chain, passes,
/// sources, roads, windows, rest, ready goods, shifts, durations, numbers of vehicles, stops and trips; distances, times and costs
/// as told; and that no unserved stop could go alone on a vehicle that stays at home.
pub fn routes(problem: &Problem, plan: &Plan) -> Vec<Finding> {
    let mut findings = Findings::default();
    let mut served = vec![0usize; problem.stops.len()];
    let mut used = vec![0usize; problem.vehicles.len()];
    for (number, tour) in plan.tours.iter().enumerate() {
        let Some(vehicle) = problem.vehicles.get(tour.vehicle) else {
            findings.expect(false, || {
                format!("tour {number}: there is no vehicle {}", tour.vehicle)
            });
            continue;
        };
        used[tour.vehicle] += 1;
        let known = |trip: &Trip| trip.visits.iter().all(|visit| visit.stop < problem.stops.len());
        if !tour.trips.iter().all(known) {
            findings.expect(false, || {
                format!("tour {number} visits a stop that does not exist")
            });
            continue;
        }
        for visit in tour.trips.iter().flat_map(|trip| &trip.visits) {
            served[visit.stop] += 1;
        }
        drive(&mut findings, problem, vehicle, tour, number);
    }
    for (kind, (used, vehicle)) in used.iter().zip(&problem.vehicles).enumerate() {
        findings.expect(*used <= vehicle.count, || {
            format!("{used} vehicles of kind {kind}, of {}", vehicle.count)
        });
    }
    for unserved in &plan.unserved {
        match served.get_mut(unserved.stop) {
            Some(served) => *served += 1,
            None => findings.expect(false, || format!("there is no stop {}", unserved.stop)),
        }
    }
    for (stop, served) in served.iter().enumerate() {
        findings.expect(*served == 1, || format!("stop {stop} appears {served} times"));
    }
    let sum: i64 = plan.tours.iter().map(|tour| tour.cost).sum();
    findings.expect(plan.cost == sum, || {
        format!("the tours cost {sum}, not {}", plan.cost)
    });
    for unserved in &plan.unserved {
        let Some(stop) = problem.stops.get(unserved.stop) else {
            continue;
        };
        let idle = |kind: usize| used[kind] < problem.vehicles[kind].count;
        let alone =
            (0..problem.vehicles.len()).find(|kind| idle(*kind) && alone(problem, *kind, unserved.stop));
        findings.expect(alone.is_none(), || {
            format!(
                "stop {} is unserved although a vehicle of kind {alone:?} could go alone",
                unserved.stop
            )
        });
        let reason = match unserved.reason {
            Reason::NoPass => !problem
                .vehicles
                .iter()
                .any(|vehicle| vehicle.count > 0 && has_pass(vehicle, stop)),
            Reason::NoColdVehicle => stop.cold,
            Reason::TooLarge => !problem.vehicles.iter().any(|vehicle| {
                vehicle.count > 0
                    && has_pass(vehicle, stop)
                    && fits(stop.load, vehicle.capacity)
                    && matches!(vehicle.start, Start::Depot(_))
                    && stop.source == Source::AnyDepot
                    && (vehicle.cold || !stop.cold)
            }),
            Reason::NoRoad => !problem.vehicles.iter().any(|vehicle| {
                let Start::Depot(start) = vehicle.start else {
                    return false;
                };
                let end = vehicle.end.map(|end| problem.depots[end].place);
                vehicle.count > 0
                    && has_pass(vehicle, stop)
                    && fits(stop.load, vehicle.capacity)
                    && stop.source == Source::AnyDepot
                    && (vehicle.cold || !stop.cold)
                    && has_road(&problem.travel, problem.depots[start].place, stop.place)
                    && end.is_none_or(|end| has_road(&problem.travel, stop.place, end))
            }),
            Reason::NoVehicleAtSource | Reason::OutOfTime | Reason::NoVehicleLeft => true,
        };
        findings.expect(reason, || {
            format!("stop {}: {:?} is not the reason", unserved.stop, unserved.reason)
        });
    }
    findings.0
}

/// Metres and seconds between two places, as the problem says.
fn way(travel: &Travel, from: usize, to: usize) -> (i64, i64) {
    match travel {
        Travel::Table {
            places,
            distance_m,
            time_s,
        } => {
            let cell = from * places + to;
            let metres = i64::from(distance_m[cell]);
            (
                metres,
                time_s.as_ref().map_or(metres, |times| i64::from(times[cell])),
            )
        }
        Travel::Plane {
            at,
            unit_m,
            rounding,
            s_per_km,
        } => {
            let [x, y] = [at[from][0] - at[to][0], at[from][1] - at[to][1]];
            let exact = x.hypot(y) * unit_m;
            // The root may differ in its last digit from that of another formula; a whole number is meant then.
            let near = exact.round();
            let metres = match rounding {
                Rounding::Down if (exact - near).abs() < 1e-7 => near,
                Rounding::Down => exact.floor(),
                Rounding::Nearest => (exact + 0.5).floor(),
            } as i64;
            (metres, metres * s_per_km / 1000)
        }
    }
}

/// Whether a road leads from one place to another; on a plane it always does.
fn has_road(travel: &Travel, from: usize, to: usize) -> bool {
    match travel {
        Travel::Table { .. } => way(travel, from, to).0 < i64::from(NO_WAY),
        Travel::Plane { .. } => true,
    }
}

fn has_pass(vehicle: &Vehicle, stop: &Stop) -> bool {
    match (&vehicle.areas, stop.area) {
        (Some(areas), Some(area)) => areas.contains(&area),
        _ => true,
    }
}

fn fits(load: Load, capacity: Load) -> bool {
    load.weight_g <= capacity.weight_g && load.bags <= capacity.bags
}

fn drive(findings: &mut Findings, problem: &Problem, vehicle: &Vehicle, tour: &Tour, number: usize) {
    let mut expect = |holds: bool, what: String| findings.expect(holds, || format!("tour {number}: {what}"));
    let stops: usize = tour.trips.iter().map(|trip| trip.visits.len()).sum();
    expect(
        stops > 0 && tour.trips.iter().all(|trip| !trip.visits.is_empty()),
        "a trip has no stop".into(),
    );
    expect(
        vehicle.stops_max.is_none_or(|most| stops <= most),
        format!("{stops} stops"),
    );
    expect(
        tour.trips.len() <= vehicle.trips_max.max(1),
        format!("{} trips", tour.trips.len()),
    );
    let (mut metres, start_s, mut clock_s) = (0, tour.start_s, tour.start_s);
    let (mut here, open) = match vehicle.start {
        Start::Depot(start) => (problem.depots[start].place, problem.depots[start].window),
        Start::Place(place) => (place, Window::ALWAYS),
    };
    expect(
        open.from_s <= start_s && start_s <= open.to_s,
        "the depot is closed at departure".into(),
    );
    for (index, trip) in tour.trips.iter().enumerate() {
        let on_board = trip.visits.iter().map(|visit| &problem.stops[visit.stop]);
        let brought = || on_board.clone().filter(|stop| !stop.pickup);
        for stop in brought() {
            let source = match (stop.source, trip.depot) {
                (Source::AnyDepot, Some(_)) => true,
                (Source::Depot(own), Some(depot)) => own == depot,
                (Source::Aboard(own), None) => own == tour.vehicle,
                _ => false,
            };
            expect(
                source,
                format!("trip {index} does not have the goods of a stop on board"),
            );
            expect(
                trip.depart_s >= stop.ready_s,
                format!("trip {index} leaves before its goods are ready"),
            );
        }
        let first = match (vehicle.start, trip.depot) {
            (Start::Depot(start), Some(depot)) => index == 0 && start == depot,
            (Start::Place(_), None) => index == 0,
            _ => false,
        };
        if first {
            expect(
                trip.depart_s == tour.start_s,
                "the first trip leaves at another time than the vehicle".into(),
            );
        } else {
            let Some(depot) = trip.depot.filter(|depot| vehicle.reload.contains(depot)) else {
                expect(
                    false,
                    format!("trip {index} is loaded where this vehicle may not load"),
                );
                return;
            };
            let (way_m, way_s) = way(&problem.travel, here, problem.depots[depot].place);
            expect(
                has_road(&problem.travel, here, problem.depots[depot].place),
                format!("trip {index}: no road leads to its depot"),
            );
            metres += way_m;
            let window = problem.depots[depot].window;
            let begin_s = trip.depart_s - vehicle.reload_s;
            expect(
                begin_s >= clock_s + way_s,
                format!("trip {index} is loaded before the vehicle is there"),
            );
            expect(
                begin_s >= window.from_s && begin_s <= window.to_s,
                "the depot is closed for loading".into(),
            );
            here = problem.depots[depot].place;
        }
        clock_s = trip.depart_s;
        let mut load = brought().fold(Load::default(), |sum, stop| Load {
            weight_g: sum.weight_g + stop.load.weight_g,
            bags: sum.bags + stop.load.bags,
        });
        expect(
            fits(load, vehicle.capacity),
            format!("trip {index} carries {load:?}"),
        );
        for visit in &trip.visits {
            let stop = &problem.stops[visit.stop];
            expect(
                has_pass(vehicle, stop),
                format!("no pass for stop {}", visit.stop),
            );
            expect(
                vehicle.cold || !stop.cold,
                format!("stop {} needs cold", visit.stop),
            );
            let (way_m, way_s) = way(&problem.travel, here, stop.place);
            expect(
                has_road(&problem.travel, here, stop.place),
                format!("no road leads to stop {}", visit.stop),
            );
            metres += way_m;
            let arrive_s = clock_s + way_s;
            let begin_s = if stop.windows.is_empty() {
                Some(arrive_s)
            } else {
                stop.windows
                    .iter()
                    .find(|window| window.to_s >= arrive_s)
                    .map(|window| arrive_s.max(window.from_s))
            };
            let times = Some((arrive_s, begin_s.unwrap_or(i64::MIN)));
            expect(
                times == Some((visit.arrive_s, visit.begin_s)),
                format!("wrong or late at stop {}", visit.stop),
            );
            clock_s = visit.begin_s + stop.rest_s + stop.service_s;
            expect(
                clock_s == visit.leave_s,
                format!("leaves stop {} at the wrong time", visit.stop),
            );
            let sign = if stop.pickup { 1 } else { -1 };
            load.weight_g += sign * stop.load.weight_g;
            load.bags += sign * stop.load.bags;
            expect(
                fits(load, vehicle.capacity),
                format!("carries {load:?} behind stop {}", visit.stop),
            );
            here = stop.place;
        }
    }
    let mut back = None;
    if let Some(end) = vehicle.end {
        let (way_m, way_s) = way(&problem.travel, here, problem.depots[end].place);
        expect(
            has_road(&problem.travel, here, problem.depots[end].place),
            "no road leads back".into(),
        );
        metres += way_m;
        clock_s += way_s;
        back = Some(problem.depots[end].window.to_s);
    }
    expect(start_s >= vehicle.shift.from_s, "starts before its shift".into());
    expect(
        clock_s <= vehicle.shift.to_s && back.is_none_or(|to_s| clock_s <= to_s),
        "ends too late".into(),
    );
    expect(
        vehicle
            .duration_max_s
            .is_none_or(|most| clock_s - start_s <= most),
        "takes too long".into(),
    );
    expect(
        tour.end_s == clock_s,
        format!("ends at {clock_s}, not at {}", tour.end_s),
    );
    expect(
        tour.distance_m == metres,
        format!("drives {metres} m, not {}", tour.distance_m),
    );
    let cost = vehicle.fixed_cost + vehicle.cost_per_m * metres + vehicle.cost_per_s * (clock_s - start_s);
    expect(tour.cost == cost, format!("costs {cost}, not {}", tour.cost));
}

/// Whether a vehicle could bring or fetch this one stop on its first trip and be back in time.
fn alone(problem: &Problem, kind: usize, index: usize) -> bool {
    let (vehicle, stop) = (&problem.vehicles[kind], &problem.stops[index]);
    let Start::Depot(start) = vehicle.start else {
        return false;
    };
    let depot = problem.depots[start];
    let source = stop.pickup || stop.source == Source::AnyDepot || stop.source == Source::Depot(start);
    let allowed = source && has_pass(vehicle, stop) && (vehicle.cold || !stop.cold);
    if !allowed || !fits(stop.load, vehicle.capacity) || vehicle.stops_max == Some(0) {
        return false;
    }
    let ready_s = if stop.pickup { i64::MIN } else { stop.ready_s };
    let leave_s = vehicle.shift.from_s.max(depot.window.from_s).max(ready_s);
    let (_, to_s) = way(&problem.travel, depot.place, stop.place);
    let arrive_s = leave_s + to_s;
    let begin_s = match stop.windows.iter().find(|window| window.to_s >= arrive_s) {
        Some(window) => arrive_s.max(window.from_s),
        None if stop.windows.is_empty() => arrive_s,
        None => return false,
    };
    let back = vehicle.end.map(|end| problem.depots[end]);
    let there = has_road(&problem.travel, depot.place, stop.place);
    if !there || !back.is_none_or(|back| has_road(&problem.travel, stop.place, back.place)) {
        return false;
    }
    let back_s = back.map_or(0, |back| way(&problem.travel, stop.place, back.place).1);
    let end_s = begin_s + stop.rest_s + stop.service_s + back_s;
    let latest_s = back
        .map_or(i64::MAX, |back| back.window.to_s)
        .min(vehicle.shift.to_s);
    // Leaving later only shortens the tour by waiting, which a lone stop has at its window alone.
    let duration_s = end_s - begin_s + to_s;
    leave_s <= vehicle.shift.to_s.min(depot.window.to_s)
        && end_s <= latest_s
        && vehicle
            .duration_max_s
            .is_none_or(|most| duration_s.min(end_s - leave_s) <= most)
}
