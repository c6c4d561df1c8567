//! Times a travel table from a map and measures the detour factor of its roads.
//!
//! `cargo run --release -p planner --example roads -- <file.osm.pbf> [places]`

use planner::route::Travel;
use planner::travel::{NO_WAY, Roads};
use planner::{Point, distance_m};
use std::time::Instant;

fn main() -> Result<(), String> {
    let mut words = std::env::args().skip(1);
    let path = words.next().ok_or("usage: roads <file.osm.pbf> [places]")?;
    let count = words
        .next()
        .map_or(Ok(2000), |word| word.parse())
        .map_err(|error| format!("places: {error}"))?;
    let file = std::fs::File::open(&path).map_err(|error| format!("{path}: {error}"))?;
    let start = Instant::now();
    let roads = Roads::from_osm_pbf(file)?;
    println!(
        "read {} points: {:.2} s",
        roads.len(),
        start.elapsed().as_secs_f64()
    );
    let start = Instant::now();
    let ways = roads.ways(&[], &[]);
    println!("prepared: {:.2} s", start.elapsed().as_secs_f64());
    let points = roads.points();
    let places: Vec<Point> = (0..count)
        .map(|index| points[index * 7919 % points.len()])
        .collect();
    let start = Instant::now();
    let table = ways.table(&places);
    println!("table {count} x {count}: {:.2} s", start.elapsed().as_secs_f64());
    let Travel::Table {
        distance_m: metres,
        time_s: Some(seconds),
        ..
    } = table
    else {
        return Err("a table with times is expected".into());
    };
    let (mut straight, mut by_road, mut time, mut missing) = (0i64, 0i64, 0i64, 0usize);
    for (cell, road_m) in metres.iter().enumerate() {
        if *road_m == NO_WAY {
            missing += 1;
            continue;
        }
        straight += distance_m(places[cell / count], places[cell % count]);
        by_road += i64::from(*road_m);
        time += i64::from(seconds[cell]);
    }
    println!(
        "{missing} pairs without a way; roads are {:.2} times the great circle at {:.0} km/h",
        by_road as f64 / straight.max(1) as f64,
        by_road as f64 * 3.6 / time.max(1) as f64
    );
    Ok(())
}
