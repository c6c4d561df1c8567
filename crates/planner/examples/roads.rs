//! Times a travel table from a map and measures the detour factor of its roads.
//!
//! `cargo run --release -p planner --example roads -- <file.osm.pbf> [places]`

use planner::Point;
use planner::route::Travel;
use planner::travel::{NO_WAY, Roads, detour_pct};
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
    } = &table
    else {
        return Err("a table with times is expected".into());
    };
    let pairs = || {
        metres
            .iter()
            .zip(seconds)
            .filter(|(road_m, _)| **road_m != NO_WAY)
    };
    let by_road: i64 = pairs().map(|(road_m, _)| i64::from(*road_m)).sum();
    let time: i64 = pairs().map(|(_, road_s)| i64::from(*road_s)).sum();
    println!(
        "{} pairs without a way; {:.0} km/h",
        metres.len() - pairs().count(),
        by_road as f64 * 3.6 / time.max(1) as f64
    );
    for (words, straight_m) in [
        ("all ways", 0..i64::MAX),
        ("up to 2 km", 0..2_000),
        ("2 to 10 km", 2_000..10_000),
        ("longer", 10_000..i64::MAX),
    ] {
        if let Some(pct) = detour_pct(&places, &table, straight_m) {
            println!("{words}: roads take {pct} % of the great circle");
        }
    }
    Ok(())
}
