use super::instance::Instance;
use super::near::Near;
use super::state::State;
use super::*;
use crate::check;
use crate::effort::Progress;
use crate::random::Random;
use crate::travel::NO_WAY;
use proptest::prelude::*;
use std::sync::atomic::{AtomicUsize, Ordering};

fn effort(rounds: u64, threads: usize) -> Effort<'static> {
    Effort {
        threads,
        ..Effort::rounds(rounds)
    }
}

fn window() -> impl Strategy<Value = Window> {
    (0i64..600, 20i64..400).prop_map(|(from_s, length_s)| Window {
        from_s,
        to_s: from_s + length_s,
    })
}

fn windows() -> impl Strategy<Value = Vec<Window>> {
    let two = (window(), 1i64..200, 10i64..200).prop_map(|(first, gap_s, length_s)| {
        let from_s = first.to_s + gap_s;
        vec![
            first,
            Window {
                from_s,
                to_s: from_s + length_s,
            },
        ]
    });
    prop_oneof![3 => Just(Vec::new()), 2 => window().prop_map(|window| vec![window]), 1 => two]
}

/// What the vehicles and stops of one problem may differ in; the search takes other ways where a flag is not set.
#[derive(Clone, Copy, Debug)]
struct Kinds {
    timed: bool,
    several: bool,
    durations: bool,
    pickups: bool,
    reloads: bool,
    releases: bool,
    restricted: bool,
}

fn kinds() -> impl Strategy<Value = Kinds> {
    any::<[bool; 7]>().prop_map(
        |[timed, several, durations, pickups, reloads, releases, restricted]| Kinds {
            timed,
            several,
            durations,
            pickups,
            reloads,
            releases,
            restricted,
        },
    )
}

fn stop(kinds: Kinds, place: usize) -> impl Strategy<Value = Stop> {
    let load = (0i64..40, 0i64..6).prop_map(|(weight_g, bags)| Load { weight_g, bags });
    let times = (0i64..15, 0i64..10, windows(), 0i64..300);
    let rest = (any::<[bool; 3]>(), 0u32..3, 0usize..3, 1i64..3);
    (load, times, rest).prop_map(
        move |(load, (service_s, rest_s, windows, ready_s), (flags, area, depot, priority))| {
            let windows = if kinds.several {
                windows
            } else {
                windows.into_iter().take(1).collect()
            };
            Stop {
                place,
                load,
                pickup: kinds.pickups && flags[0],
                source: if kinds.restricted && depot < 2 {
                    Source::Depot(depot)
                } else {
                    Source::AnyDepot
                },
                service_s,
                rest_s,
                windows: if kinds.timed { windows } else { Vec::new() },
                cold: kinds.restricted && flags[1],
                area: (kinds.restricted && flags[2]).then_some(area),
                priority,
                ready_s: if kinds.releases { ready_s } else { 0 },
            }
        },
    )
}

fn vehicle(kinds: Kinds) -> impl Strategy<Value = Vehicle> {
    let numbers = (
        1usize..4,
        0usize..2,
        proptest::option::of(0usize..2),
        20i64..90,
        4i64..15,
    );
    let rules = (any::<[bool; 4]>(), 100i64..700, 1usize..8, 0i64..20, 1usize..4);
    let costs = (0i64..200, 1i64..4, 0i64..3);
    (numbers, rules, costs).prop_map(move |(numbers, (flags, long_s, most, reload_s, trips), costs)| {
        let (count, start, end, weight_g, bags) = numbers;
        Vehicle {
            count,
            start: Start::Depot(start),
            end,
            capacity: Load { weight_g, bags },
            cold: !kinds.restricted || flags[0],
            shift: if kinds.timed {
                Window {
                    from_s: 0,
                    to_s: 1200,
                }
            } else {
                Window::ALWAYS
            },
            duration_max_s: (kinds.durations && flags[1]).then_some(long_s),
            stops_max: (kinds.restricted && flags[2]).then_some(most),
            areas: (kinds.restricted && flags[3]).then(|| vec![0, 1]),
            reload: if kinds.reloads { vec![start, 1] } else { Vec::new() },
            reload_s,
            trips_max: trips,
            fixed_cost: costs.0,
            cost_per_m: costs.1,
            cost_per_s: if kinds.durations { costs.2 } else { 0 },
        }
    })
}

fn travel(places: usize) -> impl Strategy<Value = Travel> {
    let at = proptest::collection::vec([0.0..100.0f64, 0.0..100.0], places);
    let way_m = prop_oneof![9 => 0i32..120, 1 => Just(NO_WAY)];
    let table = (
        prop_oneof![
            proptest::collection::vec(0i32..120, places * places),
            proptest::collection::vec(way_m, places * places),
        ],
        any::<bool>(),
    );
    prop_oneof![
        at.prop_map(|at| Travel::Plane {
            at,
            unit_m: 1.0,
            rounding: Rounding::Nearest,
            s_per_km: 1000
        }),
        table.prop_map(move |(distance_m, timed)| Travel::Table {
            places,
            // Such a table has detours that are shorter than the way itself.
            time_s: timed.then(|| distance_m.iter().map(|metres| metres.saturating_mul(2)).collect()),
            distance_m,
        }),
    ]
}

fn problem() -> impl Strategy<Value = Problem> {
    (kinds(), 0usize..14, 1usize..4).prop_flat_map(|(kinds, stops, vehicles)| {
        let stops: Vec<_> = (0..stops).map(|index| stop(kinds, 2 + index)).collect();
        let places = stops.len() + 2;
        (
            stops,
            proptest::collection::vec(vehicle(kinds), vehicles),
            travel(places),
        )
            .prop_map(move |(stops, vehicles, travel)| {
                let window = if kinds.timed {
                    Window {
                        from_s: 0,
                        to_s: 1000,
                    }
                } else {
                    Window::ALWAYS
                };
                Problem {
                    depots: vec![
                        Depot { place: 0, window },
                        Depot {
                            place: 1,
                            window: Window::ALWAYS,
                        },
                    ],
                    vehicles,
                    stops,
                    travel,
                }
            })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    /// So many rounds that plans are put together from two.
    #[test]
    fn every_plan_of_a_long_search_passes_the_checker(problem in problem(), seed: u64, threads in 1usize..3) {
        let rounds = 5000 * problem.stops.len() as u64;
        let plan = solve(&problem, &effort(rounds, threads), seed).expect("generated problems have no flaw");
        prop_assert_eq!(check::routes(&problem, &plan), vec![]);
        prop_assert_eq!(solve(&problem, &effort(rounds, threads), seed), Ok(plan));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, ..ProptestConfig::default() })]

    #[test]
    fn every_plan_passes_the_checker_and_can_be_computed_again(problem in problem(), seed: u64, threads in 1usize..3) {
        let plan = solve(&problem, &effort(150, threads), seed).expect("generated problems have no flaw");
        prop_assert_eq!(check::routes(&problem, &plan), vec![]);
        prop_assert_eq!(solve(&problem, &effort(150, threads), seed), Ok(plan));
    }

    /// Also where windows count, and where many stops lie at one place.
    #[test]
    fn the_lists_of_near_stops_are_those_that_a_look_at_all_finds(seed: u64, side in 2usize..60, timed: bool) {
        let mut problem = scattered(120, side, 1, seed);
        if timed {
            for (index, stop) in problem.stops.iter_mut().enumerate() {
                stop.windows = vec![Window { from_s: index as i64 * 7 % 90, to_s: index as i64 * 7 % 90 + 40 }];
            }
        }
        let instance = Instance::new(&problem);
        let near = Near::new(&instance, 20, timed);
        for stop in 0..120u32 {
            let mut all: Vec<(i64, u32)> = (0..120)
                .filter(|other| *other != stop)
                .map(|other| (instance.far(stop, other, timed), other))
                .collect();
            all.sort_unstable();
            let found: Vec<u32> = near.of(stop).iter().map(|(other, _)| *other).collect();
            prop_assert_eq!(found, all[..20].iter().map(|(_, other)| *other).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_spoilt_plan_is_reported(problem in problem(), way in 0usize..9, at: prop::sample::Index) {
        let mut plan = solve(&problem, &effort(20, 1), 1).expect("generated problems have no flaw");
        prop_assume!(!plan.tours.is_empty());
        let number = at.index(plan.tours.len());
        let mut problem = problem;
        let tour = &mut plan.tours[number];
        let first = tour.trips[0].visits[0];
        match way {
            0 => drop(tour.trips[0].visits.remove(0)),
            1 => tour.trips[0].visits.push(first),
            2 => tour.end_s += 1,
            3 => tour.cost -= 1,
            4 => plan.cost += 1,
            5 => problem.vehicles[tour.vehicle].count = 0,
            6 => problem.stops[first.stop].load.weight_g = 1_000,
            7 => problem.vehicles[tour.vehicle].trips_max = 0,
            _ => plan.unserved.push(Unserved { stop: first.stop, reason: Reason::TooLarge }),
        }
        let trips = plan.tours[number].trips.len();
        prop_assume!(way != 7 || trips > 1);
        prop_assert!(!check::routes(&problem, &plan).is_empty());
    }

    #[test]
    fn when_a_vehicle_drops_out_the_others_keep_what_they_have(
        problem in problem(), lost in any::<prop::sample::Index>(), later in any::<prop::sample::Index>(),
    ) {
        let plan = solve(&problem, &effort(50, 1), 1).expect("generated problems have no flaw");
        prop_assume!(!plan.tours.is_empty());
        let lost = lost.index(plan.tours.len());
        let begin_s = plan.tours.iter().map(|tour| tour.start_s).min().expect("there is a tour");
        let end_s = plan.tours.iter().map(|tour| tour.end_s).max().expect("there is a tour");
        let now_s = begin_s + later.index((end_s - begin_s + 1) as usize) as i64;
        let gone = Lost { tour: lost, goods_at: None };
        let rest = remaining(&problem, &plan, now_s, &[gone]).expect("the plan belongs to the problem");
        let again = solve(&rest.problem, &effort(50, 1), 1).expect("what remains has no flaw");
        prop_assert_eq!(check::routes(&rest.problem, &again), vec![]);
        for tour in &again.tours {
            prop_assert!(rest.tours[tour.vehicle] != Some(lost), "the lost vehicle drives");
        }
        for (number, tour) in plan.tours.iter().enumerate().filter(|(number, _)| *number != lost) {
            for trip in tour.trips.iter().filter(|trip| trip.depart_s <= now_s && tour.start_s <= now_s) {
                for visit in trip.visits.iter().filter(|visit| !problem.stops[visit.stop].pickup) {
                    let Some(new) = rest.stops.iter().position(|stop| *stop == visit.stop) else { continue };
                    if trip.visits.last().is_some_and(|last| last.leave_s > now_s) {
                        let Source::Aboard(vehicle) = rest.problem.stops[new].source else {
                            return Err(TestCaseError::fail("goods on board were given away"));
                        };
                        prop_assert_eq!(rest.tours[vehicle], Some(number));
                    }
                }
            }
        }
        // Where its goods can be fetched, exactly what was on board and not handed over is fetched there.
        let stands = Lost { tour: lost, goods_at: Some(0) };
        let fetched = remaining(&problem, &plan, now_s, &[stands]).expect("the plan belongs to the problem");
        prop_assert_eq!(&fetched.stops, &rest.stops);
        let tour = &plan.tours[lost];
        for (new, old) in fetched.stops.iter().enumerate() {
            let mut begun = tour.trips.iter().filter(|trip| trip.depart_s <= now_s).flat_map(|trip| &trip.visits);
            if begun.any(|visit| visit.stop == *old) && !problem.stops[*old].pickup {
                prop_assert_eq!(fetched.problem.stops[new].source, Source::Depot(0));
            } else {
                prop_assert_eq!(fetched.problem.stops[new].source, rest.problem.stops[new].source);
            }
        }
        let again = solve(&fetched.problem, &effort(50, 1), 1).expect("what remains has no flaw");
        prop_assert_eq!(check::routes(&fetched.problem, &again), vec![]);
        // Laid out by hand as it was solved, it breaks nothing: vehicles on their way, goods aboard and goods elsewhere.
        let plain = fetched.problem.stops.iter().all(|stop| !stop.pickup)
            && fetched.problem.vehicles.iter().all(|one| one.reload.len() < 2);
        if !plain {
            return Ok(());
        }
        let tours: Vec<ByHand> = again.tours.iter().map(|tour| ByHand {
            vehicle: tour.vehicle,
            trips: tour.trips.iter().map(|trip| trip.visits.iter().map(|visit| visit.stop).collect()).collect(),
        }).collect();
        let (laid, broken) = laid_out(&fetched.problem, &tours);
        prop_assert!(!broken.iter().any(|one| matches!(one, Broken::NotAboard { .. })), "{:?}", broken);
        let depots = |plan: &Plan| -> Vec<Vec<Option<usize>>> {
            plan.tours.iter().map(|tour| tour.trips.iter().map(|trip| trip.depot).collect()).collect()
        };
        if broken.is_empty() {
            prop_assert_eq!(check::routes(&fetched.problem, &Plan { unserved: again.unserved.clone(), ..laid.clone() }), vec![]);
            prop_assert_eq!(depots(&laid), depots(&again));
        }
    }
}

/// Stops scattered over a square from a seed, with a depot in the middle and vehicles of two kinds.
fn scattered(stops: usize, side: usize, vehicles: usize, seed: u64) -> Problem {
    let mut random = Random::new(seed);
    let mut at = vec![[side as f64 / 2.0; 2]];
    at.extend((0..stops).map(|_| [random.below(side) as f64, random.below(side) as f64]));
    let depot = Depot {
        place: 0,
        window: Window::ALWAYS,
    };
    let vehicle = |weight_g: i64| Vehicle {
        count: vehicles,
        start: Start::Depot(0),
        end: Some(0),
        capacity: Load { weight_g, bags: 1000 },
        cold: true,
        shift: Window::ALWAYS,
        duration_max_s: None,
        stops_max: None,
        areas: None,
        reload: Vec::new(),
        reload_s: 0,
        trips_max: 1,
        fixed_cost: weight_g,
        cost_per_m: 1,
        cost_per_s: 0,
    };
    let stop = |place: usize| Stop {
        place,
        load: Load {
            weight_g: 1 + random.below(9) as i64,
            bags: 0,
        },
        pickup: false,
        source: Source::AnyDepot,
        service_s: 0,
        rest_s: 0,
        windows: Vec::new(),
        cold: false,
        area: None,
        priority: 1 + (place % 3) as i64,
        ready_s: 0,
    };
    Problem {
        depots: vec![depot],
        vehicles: vec![vehicle(60), vehicle(90)],
        stops: (1..=stops).map(stop).collect(),
        travel: Travel::Plane {
            at,
            unit_m: 1.0,
            rounding: Rounding::Nearest,
            s_per_km: 999,
        },
    }
}

#[test]
fn two_searches_with_shares_of_many_stops_give_one_plan() {
    for vehicles in [usize::MAX, 85, 40] {
        let problem = scattered(2100, 400, vehicles, 7);
        let plan = solve(&problem, &effort(320, 2), 3).expect("it has no flaw");
        assert_eq!(check::routes(&problem, &plan), vec![]);
        assert_eq!(
            plan.unserved.is_empty(),
            vehicles != 40,
            "{}",
            plan.unserved.len()
        );
        assert_eq!(solve(&problem, &effort(320, 2), 3), Ok(plan));
    }
}

#[test]
fn whoever_watches_can_end_a_search_and_gets_a_whole_plan() {
    let problem = scattered(300, 100, usize::MAX, 5);
    let told = AtomicUsize::new(0);
    let watch = |progress: Progress| {
        told.fetch_add(1, Ordering::Relaxed);
        assert!(progress.cost.is_some_and(|cost| cost > 0));
        false
    };
    let watched = Effort {
        watch: Some(&watch),
        ..effort(u64::MAX, 2)
    };
    let plan = solve(&problem, &watched, 1).expect("it has no flaw");
    assert_eq!(check::routes(&problem, &plan), vec![]);
    assert!(plan.unserved.is_empty() && told.load(Ordering::Relaxed) >= 1);
    let over = || 1.0;
    let late = Effort {
        spent: Some(&over),
        ..effort(u64::MAX, 1)
    };
    let plan = solve(&problem, &late, 1).expect("it has no flaw");
    assert_eq!(check::routes(&problem, &plan), vec![]);
    assert!(plan.unserved.is_empty() && plan.iterations == 0);
}

/// Two shores without a bridge, each with a depot and a stop, and an island (CT-4).
#[test]
fn nobody_drives_where_no_road_leads() {
    let mut problem = scattered(3, 10, 2, 1);
    let shore = [0, 0, 1, 2, 1];
    problem.depots.push(Depot {
        place: 4,
        window: Window::ALWAYS,
    });
    problem.vehicles[1].start = Start::Depot(1);
    problem.vehicles[1].end = Some(1);
    let way = |cell: usize| match shore[cell / 5] == shore[cell % 5] {
        true => i32::from(cell / 5 != cell % 5) * 10,
        false => NO_WAY,
    };
    problem.travel = Travel::Table {
        places: 5,
        distance_m: (0..25).map(way).collect(),
        time_s: None,
    };
    let mut plan = solve(&problem, &effort(100, 1), 1).expect("it has no flaw");
    assert_eq!(check::routes(&problem, &plan), vec![]);
    let served: Vec<(usize, usize)> = plan
        .tours
        .iter()
        .map(|tour| (tour.vehicle, tour.trips[0].visits[0].stop))
        .collect();
    assert_eq!(served, [(0, 0), (1, 1)]);
    let reason = Reason::NoRoad;
    assert_eq!(plan.unserved, [Unserved { stop: 2, reason }]);
    plan.unserved[0].reason = Reason::NoVehicleLeft;
    plan.tours.pop();
    plan.unserved.push(Unserved { stop: 1, reason });
    plan.cost = plan.tours.iter().map(|tour| tour.cost).sum();
    assert!(
        !check::routes(&problem, &plan).is_empty(),
        "a road leads to stop 1"
    );
}

/// Two long routes that cross half way, which no string of ten stops could mend.
#[test]
fn long_routes_exchange_their_ends() {
    let mut problem = scattered(40, 10, 2, 1);
    problem.vehicles[0].capacity.weight_g = 20;
    problem.stops.iter_mut().for_each(|stop| stop.load.weight_g = 1);
    let up = |stop: usize| if stop < 20 { 10.0 } else { -10.0 };
    let mut at = vec![[0.0, 0.0]];
    at.extend((0..40).map(|stop| [(stop % 20) as f64, up(stop)]));
    problem.travel = Travel::Plane {
        at,
        unit_m: 1.0,
        rounding: Rounding::Nearest,
        s_per_km: 1000,
    };
    let instance = Instance::new(&problem);
    let near = Near::new(&instance, 10, false);
    let mut state = State::new(&instance, Vec::new(), vec![0; 2]);
    let lay = |state: &mut State, stops: &[u32]| {
        let route = state.open_route(0);
        let mut after = state.route(route).first;
        for stop in stops {
            state.insert(*stop, after);
            after = *stop;
        }
        route
    };
    let crossed: [Vec<u32>; 2] = [(0..10).chain(30..40).collect(), (20..30).chain(10..20).collect()];
    let routes = [0, 1].map(|route| lay(&mut state, &crossed[route]));
    let before = state.cost;
    state.begin();
    let mut random = Random::new(1);
    for _ in 0..20 {
        state.exchange_tails(9, &near, &mut random, 0.0);
    }
    let straight = [(0..20).collect::<Vec<u32>>(), (20..40).collect()];
    assert_eq!(routes.map(|route| state.sequence(route)), straight);
    let mut fresh = State::new(&instance, Vec::new(), vec![0; 2]);
    for stops in &straight {
        lay(&mut fresh, stops);
    }
    assert_eq!(state.cost, fresh.cost);
    assert_eq!(
        routes.map(|route| state.trip(state.node(state.route(route).first).trip).room[0]),
        [0, 0]
    );
    state.undo();
    assert_eq!(state.cost, before);
    assert_eq!(routes.map(|route| state.sequence(route)), crossed);
}
