//! Times the order of stops and the loading of vehicles.
//!
//! `cargo run --release -p planner --example stops`

use planner::stops::{VehicleCapacity, length_m, load, order};
use planner::{Point, check};
use std::time::Instant;

fn main() {
    let mut state = 1u64;
    let mut below = |limit: i64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as i64 % limit
    };
    let mut place = || Point {
        lat_e6: 31_000_000 + below(400_000) as i32,
        lng_e6: 121_000_000 + below(400_000) as i32,
    };
    let depot = place();
    let points: Vec<Point> = (0..10_000).map(|_| place()).collect();
    for count in [20, 200, 2_000, 10_000] {
        let start = Instant::now();
        let found = order(depot, &points[..count], 1);
        println!(
            "round trip over {count} stops: {:.3} s, {} km, {} findings",
            start.elapsed().as_secs_f64(),
            length_m(depot, &points[..count], &found) / 1000,
            check::tour(count, &found).len(),
        );
    }
    for count in [50, 500, 2_000] {
        let stops: Vec<_> = points[..count]
            .iter()
            .map(|point| (*point, 50_000 + below(150_000), 4 + below(12)))
            .collect();
        let load_g: i64 = stops.iter().map(|stop| stop.1).sum();
        let vehicles = vec![
            VehicleCapacity {
                load_g: 1_500_000,
                boxes: 150
            };
            (load_g / 1_300_000 + 1) as usize
        ];
        let start = Instant::now();
        let found = load(&vehicles, &stops, depot, 1);
        let seconds = start.elapsed().as_secs_f64();
        let metres: i64 = found
            .tours
            .iter()
            .map(|tour| length_m(depot, &points, tour))
            .sum();
        println!(
            "{count} stops on {} vans: {seconds:.2} s, {} km, {} unserved, {} findings",
            vehicles.len(),
            metres / 1000,
            found.unserved.len(),
            check::stops(&vehicles, &stops, &found).len(),
        );
    }
}
