use super::{Loading, VehicleCapacity, length_m, length_open_m, load, order, order_open};
use crate::{Point, check};
use proptest::prelude::*;

fn point((north, east): (i32, i32)) -> Point {
    Point {
        lat_e6: 31_000_000 + north * 90,
        lng_e6: 121_000_000 + east * 105,
    }
}

const DEPOT: Point = Point {
    lat_e6: 31_000_000,
    lng_e6: 121_000_000,
};

#[test]
fn nothing_and_one_stop() {
    assert_eq!(order(DEPOT, &[], 1), [] as [usize; 0]);
    assert_eq!(order(DEPOT, &[point((5, 5))], 1), [0]);
    assert_eq!(length_m(DEPOT, &[], &[]), 0);
    assert_eq!(
        load(&[], &[(DEPOT, 1, 1)], DEPOT, 1),
        Loading {
            tours: vec![],
            unserved: vec![0]
        }
    );
}

/// Stops on a ring: the best round trip goes around it.
#[test]
fn a_ring_is_driven_around() {
    let ring: Vec<Point> = (0..60)
        .map(|hour| {
            let angle = f64::from(hour * 7 % 60) / 60.0 * std::f64::consts::TAU;
            point(((angle.sin() * 5000.0) as i32, (angle.cos() * 5000.0) as i32))
        })
        .collect();
    let around: Vec<usize> = (0..60).map(|hour| (hour * 43) % 60).collect();
    let depot = ring[0];
    assert!(length_m(depot, &ring, &order(depot, &ring, 1)) <= length_m(depot, &ring, &around) + 60);
}

/// An open trip need not come back: outward in one line.
#[test]
fn an_open_trip_ends_far_away() {
    let line: Vec<Point> = [3, 1, 4, 2].iter().map(|km| point((0, km * 1000))).collect();
    assert_eq!(order_open(DEPOT, &line, 1), [1, 3, 0, 2]);
}

/// The least length of all orders, by trying all.
fn shortest(stops: &[Point], open: bool) -> i64 {
    fn go(stops: &[Point], done: &mut Vec<usize>, open: bool) -> i64 {
        if done.len() == stops.len() {
            return if open {
                length_open_m(DEPOT, stops, done)
            } else {
                length_m(DEPOT, stops, done)
            };
        }
        let mut least = i64::MAX;
        for next in 0..stops.len() {
            if !done.contains(&next) {
                done.push(next);
                least = least.min(go(stops, done, open));
                done.pop();
            }
        }
        least
    }
    go(stops, &mut Vec::new(), open)
}

#[test]
fn two_vans_share_by_capacity() {
    let stops = [
        (point((100, 0)), 300, 3),
        (point((110, 0)), 300, 3),
        (point((-100, 0)), 500, 1),
        (DEPOT, 900, 1),
    ];
    let vans = [
        VehicleCapacity {
            load_g: 600,
            boxes: 9,
        },
        VehicleCapacity {
            load_g: 500,
            boxes: 2,
        },
    ];
    let loading = load(&vans, &stops, DEPOT, 1);
    assert_eq!(check::stops(&vans, &stops, &loading), vec![]);
    assert_eq!(loading.unserved, [3]);
    assert_eq!(loading.tours[1], [2]);
}

fn vehicles() -> impl Strategy<Value = Vec<VehicleCapacity>> {
    let one = (0i64..200, 0i64..40).prop_map(|(load_g, boxes)| VehicleCapacity { load_g, boxes });
    prop::collection::vec(one, 0..6)
}

fn loads() -> impl Strategy<Value = Vec<(Point, i64, i64)>> {
    let one = ((-500i32..500, -500i32..500), 0i64..50, 0i64..10);
    prop::collection::vec(
        one.prop_map(|(place, weight_g, boxes)| (point(place), weight_g, boxes)),
        0..30,
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn every_order_visits_each_stop_once(
        places in prop::collection::vec((-500i32..500, -500i32..500), 0..120), seed: u64, open: bool,
    ) {
        let stops: Vec<Point> = places.into_iter().map(point).collect();
        let find = if open { order_open } else { order };
        let found = find(DEPOT, &stops, seed);
        prop_assert_eq!(check::tour(stops.len(), &found), vec![]);
        prop_assert_eq!(find(DEPOT, &stops, seed), found);
    }

    #[test]
    fn few_stops_come_in_the_best_order(
        places in prop::collection::vec((-500i32..500, -500i32..500), 1..7), open: bool,
    ) {
        let stops: Vec<Point> = places.into_iter().map(point).collect();
        let length = if open {
            length_open_m(DEPOT, &stops, &order_open(DEPOT, &stops, 1))
        } else {
            length_m(DEPOT, &stops, &order(DEPOT, &stops, 1))
        };
        // Metres are rounded per leg and the plane differs a little from the sphere.
        let shortest = shortest(&stops, open);
        prop_assert!(length <= shortest + 10 + shortest / 100, "{length} against {shortest}");
    }

    #[test]
    fn every_loading_passes_its_check(vehicles in vehicles(), stops in loads(), seed: u64) {
        let loading = load(&vehicles, &stops, DEPOT, seed);
        prop_assert_eq!(check::stops(&vehicles, &stops, &loading), vec![]);
        prop_assert_eq!(load(&vehicles, &stops, DEPOT, seed), loading);
    }

    #[test]
    fn a_spoilt_loading_is_reported(vehicles in vehicles(), stops in loads(), way in 0usize..5, at: usize) {
        let mut loading = load(&vehicles, &stops, DEPOT, 1);
        let tours: Vec<usize> = (0..loading.tours.len()).filter(|tour| !loading.tours[*tour].is_empty()).collect();
        prop_assume!(!tours.is_empty());
        let tour = tours[at % tours.len()];
        let mut vehicles = vehicles;
        match way {
            0 => {
                loading.tours[tour].pop();
            }
            1 => {
                let twice = loading.tours[tour][0];
                loading.tours[tour].push(twice);
            }
            2 => loading.tours[tour].push(stops.len()),
            3 => {
                let dropped = loading.tours[tour].remove(0);
                loading.unserved.push(dropped);
            }
            _ => vehicles[tour].load_g = -1,
        }
        prop_assert!(!check::stops(&vehicles, &stops, &loading).is_empty());
    }
}
