//! Tours as a person puts them together: the times that follow, and every limit that they break.

use super::model::{Plan, Problem, Reason, Source, Start, Tour, Trip, Unserved, Vehicle, Visit, Window};

/// The stops of one vehicle, trip by trip, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ByHand {
    /// The vehicle, as index into those of the problem.
    pub vehicle: usize,
    /// Stops as indices.
    pub trips: Vec<Vec<usize>>,
}

/// A limit that a tour breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broken {
    /// A trip begins with more than the vehicle carries.
    TooHeavy {
        /// The tour.
        tour: usize,
        /// The trip of the tour.
        trip: usize,
        /// By so much.
        over_g: i64,
    },
    /// A trip begins with more bags than the vehicle has room for.
    TooManyBags {
        /// The tour.
        tour: usize,
        /// The trip of the tour.
        trip: usize,
        /// By so many.
        over: i64,
    },
    /// The stop needs a vehicle that keeps goods cold.
    NotCold {
        /// The tour.
        tour: usize,
        /// The stop.
        stop: usize,
    },
    /// The vehicle has no pass for the area of the stop.
    NoPass {
        /// The tour.
        tour: usize,
        /// The stop.
        stop: usize,
    },
    /// The trip is not loaded where the goods of the stop are, or they are on board of another vehicle.
    NotAboard {
        /// The tour.
        tour: usize,
        /// The stop.
        stop: usize,
    },
    /// The last window of the stop has closed.
    Late {
        /// The tour.
        tour: usize,
        /// The stop.
        stop: usize,
        /// Since when.
        by_s: i64,
    },
    /// The vehicle ends after its shift, or after its depot has closed.
    EndsLate {
        /// The tour.
        tour: usize,
        /// By so much.
        by_s: i64,
    },
    /// From departure to end it takes longer than allowed.
    TooLong {
        /// The tour.
        tour: usize,
        /// By so much.
        by_s: i64,
    },
    /// More stops than allowed.
    TooManyStops {
        /// The tour.
        tour: usize,
        /// By so many.
        over: usize,
    },
    /// More trips than allowed, or the vehicle may not load again.
    TooManyTrips {
        /// The tour.
        tour: usize,
        /// By so many.
        over: usize,
    },
}

/// Lays tours out in time, each vehicle leaving as early as it can, and names every limit that they break. Stops that no tour
/// has are unserved. A trip is loaded where the goods of its stops are; the first one of a vehicle on its way has them on
/// board. Pick-ups are not laid out by hand.
pub fn laid_out(problem: &Problem, tours: &[ByHand]) -> (Plan, Vec<Broken>) {
    let mut broken = Vec::new();
    let mut plan = Plan {
        tours: Vec::new(),
        unserved: Vec::new(),
        cost: 0,
        iterations: 0,
    };
    for by_hand in tours {
        let trips: Vec<&Vec<usize>> = by_hand.trips.iter().filter(|trip| !trip.is_empty()).collect();
        if !trips.is_empty() {
            let number = plan.tours.len();
            let tour = drive(problem, by_hand.vehicle, &trips, number, &mut broken);
            plan.cost += tour.cost;
            plan.tours.push(tour);
        }
    }
    let mut served = vec![false; problem.stops.len()];
    let visits = plan
        .tours
        .iter()
        .flat_map(|tour| &tour.trips)
        .flat_map(|trip| &trip.visits);
    for visit in visits {
        served[visit.stop] = true;
    }
    let left = served.iter().enumerate().filter(|(_, served)| !**served);
    plan.unserved = left
        .map(|(stop, _)| Unserved {
            stop,
            reason: Reason::NoVehicleLeft,
        })
        .collect();
    (plan, broken)
}

fn drive(
    problem: &Problem,
    kind: usize,
    trips: &[&Vec<usize>],
    number: usize,
    broken: &mut Vec<Broken>,
) -> Tour {
    let vehicle = &problem.vehicles[kind];
    let (origin, at_start, open_s) = match vehicle.start {
        Start::Depot(depot) => {
            let depot_data = &problem.depots[depot];
            (depot_data.place, Some(depot), depot_data.window.from_s)
        }
        Start::Place(place) => (place, None, Window::ALWAYS.from_s),
    };
    let ways = super::instance::Ways::new(&problem.travel);
    let way = |from: usize, to: usize| ways.both(from as u32, to as u32);
    let again = vehicle.reload.first().copied();
    let ready_s = |trip: &[usize]| {
        let ready = trip.iter().map(|stop| problem.stops[*stop].ready_s);
        ready.max().unwrap_or(Window::ALWAYS.from_s)
    };
    let loaded_at = |index: usize, stops: &[usize]| match source(problem, kind, stops) {
        // What is on board is there for the first trip only.
        Some(Source::Aboard(_)) if index == 0 => None,
        Some(Source::Depot(depot)) => Some(depot),
        _ if index == 0 => at_start.or(again),
        _ => again.or(at_start),
    };
    let at_once = loaded_at(0, trips[0]) == at_start;
    let start_s = vehicle.shift.from_s.max(open_s);
    let start_s = if at_once {
        start_s.max(ready_s(trips[0]))
    } else {
        start_s
    };
    let (mut clock_s, mut here, mut metres) = (start_s, origin, 0);
    let mut tour = Tour {
        vehicle: kind,
        trips: Vec::new(),
        start_s,
        end_s: 0,
        distance_m: 0,
        cost: 0,
    };
    for (index, stops) in trips.iter().enumerate() {
        let from = loaded_at(index, stops);
        if let Some(depot) = from.filter(|_| index > 0 || !at_once) {
            let data = &problem.depots[depot];
            let (way_m, way_s) = way(here, data.place);
            metres += way_m;
            let begin_s = (clock_s + way_s)
                .max(data.window.from_s)
                .max(ready_s(stops) - vehicle.reload_s);
            clock_s = begin_s + vehicle.reload_s;
            here = data.place;
        }
        let may_load = (index == 0 && at_once) || from.is_some_and(|depot| vehicle.reload.contains(&depot));
        let has = |stop: &usize| match problem.stops[*stop].source {
            Source::AnyDepot => from.is_some(),
            Source::Depot(own) => from == Some(own) && may_load,
            Source::Aboard(own) => from.is_none() && own == kind,
        };
        let missing = stops.iter().filter(|stop| !has(stop));
        broken.extend(missing.map(|stop| Broken::NotAboard {
            tour: number,
            stop: *stop,
        }));
        let mut trip = Trip {
            depot: from,
            depart_s: clock_s,
            visits: Vec::new(),
        };
        loads(problem, vehicle, stops, (number, index), broken);
        for stop in stops.iter().copied() {
            let data = &problem.stops[stop];
            let (way_m, way_s) = way(here, data.place);
            metres += way_m;
            let arrive_s = clock_s + way_s;
            let window = data.windows.iter().find(|window| window.to_s >= arrive_s);
            let begin_s = window.map_or(arrive_s, |window| arrive_s.max(window.from_s));
            if let (None, Some(last)) = (window, data.windows.last()) {
                let by_s = arrive_s - last.to_s;
                broken.push(Broken::Late {
                    tour: number,
                    stop,
                    by_s,
                });
            }
            clock_s = begin_s + data.rest_s + data.service_s;
            here = data.place;
            trip.visits.push(Visit {
                stop,
                arrive_s,
                begin_s,
                leave_s: clock_s,
            });
        }
        tour.trips.push(trip);
    }
    let mut latest_s = vehicle.shift.to_s;
    if let Some(end) = vehicle.end {
        let (way_m, way_s) = way(here, problem.depots[end].place);
        metres += way_m;
        clock_s += way_s;
        latest_s = latest_s.min(problem.depots[end].window.to_s);
    }
    (tour.end_s, tour.distance_m) = (clock_s, metres);
    let took_s = clock_s - start_s;
    tour.cost = vehicle.fixed_cost + vehicle.cost_per_m * metres + vehicle.cost_per_s * took_s;
    limits(vehicle, &tour, number, latest_s, again.is_some(), broken);
    tour
}

/// Where the goods of a trip are: on board of its vehicle if those of any stop are, else where the first says.
fn source(problem: &Problem, kind: usize, stops: &[usize]) -> Option<Source> {
    let sources = || stops.iter().map(|stop| problem.stops[*stop].source);
    sources()
        .find(|source| *source == Source::Aboard(kind))
        .or_else(|| sources().find(|source| matches!(source, Source::Depot(_))))
}

fn loads(
    problem: &Problem,
    vehicle: &Vehicle,
    stops: &[usize],
    (tour, trip): (usize, usize),
    broken: &mut Vec<Broken>,
) {
    let sum = |part: fn(&super::model::Load) -> i64| -> i64 {
        stops.iter().map(|stop| part(&problem.stops[*stop].load)).sum()
    };
    let over_g = sum(|load| load.weight_g) - vehicle.capacity.weight_g;
    if over_g > 0 {
        broken.push(Broken::TooHeavy { tour, trip, over_g });
    }
    let over = sum(|load| load.bags) - vehicle.capacity.bags;
    if over > 0 {
        broken.push(Broken::TooManyBags { tour, trip, over });
    }
    for stop in stops.iter().copied() {
        let data = &problem.stops[stop];
        if data.cold && !vehicle.cold {
            broken.push(Broken::NotCold { tour, stop });
        }
        if let (Some(areas), Some(area)) = (&vehicle.areas, data.area)
            && !areas.contains(&area)
        {
            broken.push(Broken::NoPass { tour, stop });
        }
    }
}

fn limits(
    vehicle: &Vehicle,
    tour: &Tour,
    number: usize,
    latest_s: i64,
    reloads: bool,
    broken: &mut Vec<Broken>,
) {
    if tour.end_s > latest_s {
        broken.push(Broken::EndsLate {
            tour: number,
            by_s: tour.end_s - latest_s,
        });
    }
    let took_s = tour.end_s - tour.start_s;
    if let Some(most) = vehicle.duration_max_s.filter(|most| took_s > *most) {
        broken.push(Broken::TooLong {
            tour: number,
            by_s: took_s - most,
        });
    }
    let stops: usize = tour.trips.iter().map(|trip| trip.visits.len()).sum();
    if let Some(most) = vehicle.stops_max.filter(|most| stops > *most) {
        broken.push(Broken::TooManyStops {
            tour: number,
            over: stops - most,
        });
    }
    let most = if reloads { vehicle.trips_max.max(1) } else { 1 };
    if tour.trips.len() > most {
        broken.push(Broken::TooManyTrips {
            tour: number,
            over: tour.trips.len() - most,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effort::Effort;
    use crate::route::{Depot, Load, Rounding, Stop, Travel, solve};
    use proptest::prelude::*;

    fn problem(stops: &[(f64, f64, i64)], carries_g: i64, trips_max: usize) -> Problem {
        let at = std::iter::once([0.0, 0.0]).chain(stops.iter().map(|stop| [stop.0, stop.1]));
        Problem {
            depots: vec![Depot {
                place: 0,
                window: Window::ALWAYS,
            }],
            vehicles: (0..2)
                .map(|index| Vehicle {
                    count: 1,
                    start: Start::Depot(0),
                    end: Some(0),
                    capacity: Load {
                        weight_g: carries_g,
                        bags: 100,
                    },
                    cold: index == 0,
                    shift: Window {
                        from_s: 0,
                        to_s: 40_000,
                    },
                    duration_max_s: None,
                    stops_max: Some(8),
                    areas: None,
                    reload: vec![0],
                    reload_s: 600,
                    trips_max,
                    fixed_cost: 0,
                    cost_per_m: 1,
                    cost_per_s: 0,
                })
                .collect(),
            stops: stops
                .iter()
                .enumerate()
                .map(|(index, stop)| Stop {
                    place: index + 1,
                    load: Load {
                        weight_g: stop.2,
                        bags: 1,
                    },
                    pickup: false,
                    source: Source::AnyDepot,
                    service_s: 300,
                    rest_s: 0,
                    windows: Vec::new(),
                    cold: index == 0,
                    area: None,
                    priority: 1,
                    ready_s: 0,
                })
                .collect(),
            travel: Travel::Plane {
                at: at.collect(),
                unit_m: 1.0,
                rounding: Rounding::Nearest,
                s_per_km: 150,
            },
        }
    }

    #[test]
    fn every_limit_that_is_broken_is_named() {
        let problem = problem(&[(1_000.0, 0.0, 60), (0.0, 200_000.0, 60)], 100, 1);
        let (plan, broken) = laid_out(
            &problem,
            &[ByHand {
                vehicle: 1,
                trips: vec![vec![0, 1]],
            }],
        );
        assert!(
            broken.contains(&Broken::TooHeavy {
                tour: 0,
                trip: 0,
                over_g: 20
            }),
            "{broken:?}"
        );
        assert!(broken.contains(&Broken::NotCold { tour: 0, stop: 0 }));
        assert!(broken.iter().any(|one| matches!(one, Broken::EndsLate { .. })));
        assert_eq!(plan.tours[0].trips[0].visits[0].arrive_s, 150);
        let (_, broken) = laid_out(
            &problem,
            &[ByHand {
                vehicle: 0,
                trips: vec![vec![0], vec![1]],
            }],
        );
        assert!(
            broken.contains(&Broken::TooManyTrips { tour: 0, over: 1 }),
            "{broken:?}"
        );
    }

    proptest! {
        /// The checker finds something in what was laid out by hand exactly where something is named as broken.
        #[test]
        fn agrees_with_the_checker(
            stops in prop::collection::vec((-9_000.0..9_000.0f64, -9_000.0..9_000.0f64, 1..60i64), 2..9),
            split in prop::collection::vec(0usize..4, 9),
            carries_g in 40..300i64,
            trips_max in 1usize..3,
        ) {
            let problem = problem(&stops, carries_g, trips_max);
            let of = |tour: usize, trip: usize| -> Vec<usize> {
                (0..stops.len()).filter(|stop| split[*stop] == tour * 2 + trip).collect()
            };
            let tours: Vec<ByHand> = (0..2).map(|tour| ByHand { vehicle: tour, trips: vec![of(tour, 0), of(tour, 1)] }).collect();
            let (plan, broken) = laid_out(&problem, &tours);
            let findings = crate::check::routes(&problem, &plan);
            prop_assert_eq!(findings.is_empty(), broken.is_empty(), "{:?} {:?}", findings, broken);
        }

        /// The solver's tours laid out again break nothing and are as long.
        #[test]
        fn keeps_what_the_solver_found(stops in prop::collection::vec((-9_000.0..9_000.0f64, -9_000.0..9_000.0f64, 1..60i64), 2..9)) {
            let problem = problem(&stops, 120, 3);
            let found = solve(&problem, &Effort::rounds(200), 5).expect("the problem makes sense");
            let tours: Vec<ByHand> = found
                .tours
                .iter()
                .map(|tour| ByHand {
                    vehicle: tour.vehicle,
                    trips: tour.trips.iter().map(|trip| trip.visits.iter().map(|visit| visit.stop).collect()).collect(),
                })
                .collect();
            let (plan, broken) = laid_out(&problem, &tours);
            prop_assert!(broken.is_empty(), "{:?}", broken);
            prop_assert_eq!(plan.cost, found.cost);
        }
    }
}
