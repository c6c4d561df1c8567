//! The rest of a day when a vehicle drops out.

use super::model::{Flaw, Load, Plan, Problem, Source, Start, Stop, Tour, Vehicle, Visit};

/// What is left to do, as a problem of its own, and whose entries its entries were.
#[derive(Clone, Debug, PartialEq)]
pub struct Remaining {
    /// Vehicles on their way begin where they next come free, with what they have on board; those in the depots
    /// follow behind them, by kind.
    pub problem: Problem,
    /// By stop of the new problem, its index in the old one.
    pub stops: Vec<usize>,
    /// By vehicle of the new problem, its kind in the old one.
    pub vehicles: Vec<usize>,
    /// By vehicle of the new problem, the tour that it is on, if it has left.
    pub tours: Vec<Option<usize>>,
}

/// A vehicle that drops out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lost {
    /// Its tour, as index into those of the plan.
    pub tour: usize,
    /// The depot at which what it has on board can be fetched, such as the place where it broke down; `None` where that
    /// is gone.
    pub goods_at: Option<usize>,
}

/// What is left of a plan at a moment, without the vehicles of some tours.
///
/// A vehicle on its way finishes the visit that it is at or drives to. What it has on board stays there and is
/// brought by nobody else; what was fetched on the present trip keeps its room. What a lost vehicle has on board is
/// fetched where it stands, by vehicles that may load there; where it is gone, it is loaded again at a depot that has it.
/// Stops that nobody served before are tried again.
pub fn remaining(problem: &Problem, plan: &Plan, now_s: i64, lost: &[Lost]) -> Result<Remaining, Flaw> {
    if let Some(flaw) = problem.flaw() {
        return Err(flaw);
    }
    let no_depot = |one: &&Lost| one.goods_at.is_some_and(|at| at >= problem.depots.len());
    if let Some(one) = lost.iter().find(no_depot) {
        return Err(Flaw {
            what: format!(
                "tour {}: its goods must stand at a depot of the problem",
                one.tour
            ),
        });
    }
    let known = |tour: &Tour| {
        let mut stops = tour.trips.iter().flat_map(|trip| &trip.visits);
        tour.vehicle < problem.vehicles.len() && stops.all(|visit| visit.stop < problem.stops.len())
    };
    if let Some(tour) = plan.tours.iter().position(|tour| !known(tour)) {
        return Err(Flaw {
            what: format!("tour {tour}: its vehicle and stops must be entries of the problem"),
        });
    }
    let mut left: Vec<Option<Stop>> = problem.stops.iter().cloned().map(Some).collect();
    let mut home: Vec<usize> = problem.vehicles.iter().map(|vehicle| vehicle.count).collect();
    let mut rest = Remaining {
        problem: Problem {
            vehicles: Vec::new(),
            stops: Vec::new(),
            ..problem.clone()
        },
        stops: Vec::new(),
        vehicles: Vec::new(),
        tours: Vec::new(),
    };
    for (number, tour) in plan.tours.iter().enumerate() {
        let lost = lost.iter().find(|one| one.tour == number);
        let is_lost = lost.is_some();
        if tour.start_s > now_s && !is_lost {
            continue;
        }
        home[tour.vehicle] = home[tour.vehicle].saturating_sub(1);
        let committed = |visit: &&Visit| {
            if is_lost {
                visit.leave_s <= now_s
            } else {
                is_committed(tour, visit, now_s)
            }
        };
        for visit in tour.trips.iter().flat_map(|trip| &trip.visits).filter(committed) {
            left[visit.stop] = None;
        }
        let goods_at = lost.and_then(|one| one.goods_at);
        let begun = tour.trips.iter().filter(|trip| trip.depart_s <= now_s);
        for visit in begun.flat_map(|trip| &trip.visits) {
            let Some(stop) = left[visit.stop].as_mut().filter(|stop| !stop.pickup) else {
                continue;
            };
            if let Some(depot) = goods_at {
                stop.source = Source::Depot(depot);
            }
        }
        if !is_lost {
            let aboard = Source::Aboard(rest.vehicles.len());
            let (vehicle, on_board) = under_way(problem, tour, now_s);
            for stop in on_board {
                if let Some(stop) = left[stop].as_mut().filter(|stop| !stop.pickup) {
                    stop.source = aboard;
                }
            }
            rest.problem.vehicles.push(vehicle);
            rest.vehicles.push(tour.vehicle);
            rest.tours.push(Some(number));
        }
    }
    for (kind, vehicle) in problem.vehicles.iter().enumerate() {
        let mut vehicle = Vehicle {
            count: home[kind],
            ..vehicle.clone()
        };
        vehicle.shift.from_s = vehicle.shift.from_s.max(now_s);
        rest.problem.vehicles.push(vehicle);
        rest.vehicles.push(kind);
        rest.tours.push(None);
    }
    for (index, stop) in left.into_iter().enumerate() {
        if let Some(mut stop) = stop {
            // What was on board of a vehicle under an earlier plan is there no more, or under another number.
            let old = matches!(problem.stops[index].source, Source::Aboard(_));
            if old && stop.source == problem.stops[index].source {
                stop.source = Source::AnyDepot;
            }
            rest.problem.stops.push(stop);
            rest.stops.push(index);
        }
    }
    Ok(rest)
}

/// Whether a vehicle has left for a stop, or has been there.
fn is_committed(tour: &Tour, visit: &Visit, now_s: i64) -> bool {
    let mut left_s = tour.start_s;
    for trip in &tour.trips {
        left_s = left_s.max(trip.depart_s);
        for other in &trip.visits {
            if other.stop == visit.stop {
                return left_s <= now_s;
            }
            left_s = other.leave_s;
        }
    }
    false
}

/// A vehicle where it next comes free, and the stops whose goods are then on board.
fn under_way(problem: &Problem, tour: &Tour, now_s: i64) -> (Vehicle, Vec<usize>) {
    let old = &problem.vehicles[tour.vehicle];
    let mut place = match old.start {
        Start::Depot(depot) => problem.depots[depot].place,
        Start::Place(place) => place,
    };
    let (mut free_s, mut visited, mut begun) = (now_s.max(tour.start_s), 0, 0);
    let mut fetched = Load::default();
    let mut on_board = Vec::new();
    for trip in &tour.trips {
        if trip.depart_s > now_s {
            break;
        }
        begun += 1;
        fetched = Load::default();
        on_board = trip.visits.iter().map(|visit| visit.stop).collect();
        for visit in trip
            .visits
            .iter()
            .filter(|visit| is_committed(tour, visit, now_s))
        {
            visited += 1;
            on_board.retain(|stop| *stop != visit.stop);
            place = problem.stops[visit.stop].place;
            free_s = free_s.max(visit.leave_s);
            let stop = &problem.stops[visit.stop];
            if stop.pickup {
                fetched.weight_g += stop.load.weight_g;
                fetched.bags += stop.load.bags;
            }
        }
    }
    let vehicle = Vehicle {
        count: 1,
        start: Start::Place(place),
        capacity: Load {
            weight_g: old.capacity.weight_g - fetched.weight_g,
            bags: old.capacity.bags - fetched.bags,
        },
        shift: super::model::Window {
            from_s: free_s,
            to_s: old.shift.to_s.max(free_s),
        },
        duration_max_s: old.duration_max_s.map(|most| most - (free_s - tour.start_s)),
        stops_max: old.stops_max.map(|most| most.saturating_sub(visited)),
        trips_max: old.trips_max.max(1) + 1 - begun.min(old.trips_max.max(1)),
        fixed_cost: 0,
        ..old.clone()
    };
    (vehicle, on_board)
}
