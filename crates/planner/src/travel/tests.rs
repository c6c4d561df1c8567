use super::hierarchy::{Hierarchy, Weight};
use super::roads::Road;
use super::*;
use crate::{distance_m, road_distance_m};
use proptest::prelude::*;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

fn point(lat: f64, lng: f64) -> Point {
    Point {
        lat_e6: (lat * 1e6).round() as i32,
        lng_e6: (lng * 1e6).round() as i32,
    }
}

/// Pairs that the implementations in common use publish as their tests.
#[test]
fn datums_agree_with_published_pairs() {
    let near = |a: Point, b: Point| (a.lat_e6 - b.lat_e6).abs() <= 1 && (a.lng_e6 - b.lng_e6).abs() <= 1;
    for (own, gcj02) in [
        (
            point(31.1774276, 121.5272106),
            point(31.17530398364597, 121.531541859215),
        ),
        (
            point(22.543847, 113.912316),
            point(22.540796131694766, 113.9171764808363),
        ),
        (
            point(39.911954, 116.377817),
            point(39.91334545536069, 116.38404722455657),
        ),
        (
            point(39.915, 116.404),
            point(39.91640428150164, 116.41024449916938),
        ),
    ] {
        assert!(near(from_wgs84(own, Datum::Gcj02), gcj02), "{own:?}");
        assert!(near(to_wgs84(gcj02, Datum::Gcj02), own), "{own:?}");
    }
    let own = point(30.6107779, 121.0917077);
    let bd09 = point(30.61484572185035, 121.10271732371203);
    assert!(
        near(from_wgs84(own, Datum::Bd09), bd09),
        "{:?}",
        from_wgs84(own, Datum::Bd09)
    );
    assert!(
        near(to_wgs84(bd09, Datum::Bd09), own),
        "{:?}",
        to_wgs84(bd09, Datum::Bd09)
    );
    let gcj02 = point(39.915, 116.404);
    let bd09 = point(39.92133699351021, 116.41036949371029);
    assert!(near(to_wgs84(bd09, Datum::Bd09), to_wgs84(gcj02, Datum::Gcj02)));
    let paris = point(48.8566, 2.3522);
    assert_eq!(from_wgs84(paris, Datum::Gcj02), paris);
}

/// Dijkstra's algorithm on the plain graph.
fn plain(out: &[Vec<(u32, Weight)>], from: u32) -> Vec<Weight> {
    let mut best = vec![Weight::NONE; out.len()];
    best[from as usize] = Weight::new(0, 0);
    let mut heap = BinaryHeap::from([Reverse((Weight::new(0, 0), from))]);
    while let Some(Reverse((weight, node))) = heap.pop() {
        if weight > best[node as usize] {
            continue;
        }
        for (to, more) in &out[node as usize] {
            if weight.plus(*more) < best[*to as usize] {
                best[*to as usize] = weight.plus(*more);
                heap.push(Reverse((weight.plus(*more), *to)));
            }
        }
    }
    best
}

fn assert_equal_to_plain(out: &[Vec<(u32, Weight)>], nodes: &[u32]) {
    let hierarchy = Hierarchy::new(out);
    hierarchy.table(nodes, nodes, &mut |row, weights| {
        let expected = plain(out, nodes[row]);
        for (column, weight) in weights.iter().enumerate() {
            assert_eq!(
                *weight, expected[nodes[column] as usize],
                "{} to {}",
                nodes[row], nodes[column]
            );
        }
    });
}

/// A square town: every street two-way, one kilometre between crossings of about 0.009°.
fn town(side: u32) -> Roads {
    let places = (0..side * side)
        .map(|node| Point {
            lat_e6: 30_000_000 + (node / side) as i32 * 9_000,
            lng_e6: 110_000_000 + (node % side) as i32 * 10_000,
        })
        .collect();
    let road = |from, to| Road {
        from,
        to,
        km_h: 36,
        forward: true,
        back: true,
    };
    let roads = (0..side * side)
        .flat_map(|node| {
            let east = (node % side + 1 < side).then(|| road(node, node + 1));
            let north = (node + side < side * side).then(|| road(node, node + side));
            east.into_iter().chain(north)
        })
        .collect();
    Roads::new(places, roads)
}

fn cell(travel: &Travel, from: usize, to: usize) -> (i32, i32) {
    match travel {
        Travel::Table {
            places,
            distance_m,
            time_s: Some(time_s),
        } => (distance_m[from * places + to], time_s[from * places + to]),
        _ => panic!("roads give a table with times"),
    }
}

#[test]
fn closures_and_checkpoints_change_the_way() {
    let roads = town(4);
    let points = roads.points();
    let ends = [points[0], points[3]];
    let free = cell(&roads.ways(&[], &[]).table(&ends), 0, 1);
    assert!((2_800..3_000).contains(&free.0), "{free:?}");
    let middle = Closure {
        at: Point {
            lng_e6: points[1].lng_e6 + 5_000,
            ..points[1]
        },
        radius_m: 50,
    };
    let around = cell(&roads.ways(&[middle], &[]).table(&ends), 0, 1);
    assert!(around.0 > free.0 + 1_500, "{around:?} after {free:?}");
    let all = Closure {
        at: points[3],
        radius_m: 50,
    };
    assert_eq!(
        cell(&roads.ways(&[all], &[]).table(&ends), 0, 1),
        (NO_WAY, NO_WAY)
    );
    let stopped = |wait_s| {
        cell(
            &roads
                .ways(
                    &[],
                    &[Checkpoint {
                        at: points[1],
                        wait_s,
                    }],
                )
                .table(&ends),
            0,
            1,
        )
    };
    assert_eq!(stopped(60), (free.0, free.1 + 60));
    assert_eq!(stopped(100_000), around, "a long wait is driven around");
}

#[test]
fn a_table_from_the_great_circle_has_the_detour_and_the_speed() {
    let (a, b) = (point(30.0, 110.0), point(30.0, 110.1));
    let metres = road_distance_m(a, b) as i32;
    assert_eq!(
        cell(&estimated(&[a, b], 36, crate::DETOUR_PCT), 0, 1),
        (metres, metres / 10)
    );
    let winding = estimated(&[a, b], 36, 200);
    assert_eq!(cell(&winding, 0, 1).0, 2 * distance_m(a, b) as i32);
    assert_eq!(detour_pct(&[a, b], &winding, 1..i64::MAX), Some(200));
    assert_eq!(detour_pct(&[a, b], &winding, 1..2), None);
    assert!(distance_m(a, b) < i64::from(metres));
}

#[test]
fn a_file_that_is_no_map_is_refused() {
    assert!(Roads::from_osm_pbf(&b"no map at all"[..]).is_err());
    assert!(Roads::from_osm_pbf(&b""[..]).is_err_and(|words| words.contains("street")));
}

proptest! {
    #[test]
    fn the_hierarchy_finds_what_dijkstra_finds(
        arcs in proptest::collection::vec((0u32..30, 0u32..30, 1u64..50, 1u64..50), 0..140),
    ) {
        let mut out = vec![Vec::new(); 30];
        for (from, to, time_ms, length_cm) in arcs {
            if from != to {
                out[from as usize].push((to, Weight::new(time_ms, length_cm)));
            }
        }
        assert_equal_to_plain(&out, &(0..30).collect::<Vec<_>>());
    }

    #[test]
    fn datums_come_back(lat in 18_000_000i32..53_000_000, lng in 74_000_000i32..135_000_000) {
        let own = Point { lat_e6: lat, lng_e6: lng };
        for datum in [Datum::Gcj02, Datum::Bd09] {
            let back = to_wgs84(from_wgs84(own, datum), datum);
            prop_assert!((back.lat_e6 - lat).abs() <= 1 && (back.lng_e6 - lng).abs() <= 1, "{:?} {:?}", own, back);
        }
    }

    #[test]
    fn the_nearest_point_of_the_network_is_found(lat in -20_000i32..60_000, lng in -20_000i32..60_000) {
        let roads = town(4);
        let place = Point { lat_e6: 30_000_000 + lat, lng_e6: 110_000_000 + lng };
        let nearest = roads.points().into_iter().map(|point| distance_m(place, point)).min();
        prop_assert_eq!(roads.nearest(place).map(|found| found.1), nearest);
    }
}

/// CT-4: a street of ten points; a supplier and a compound far from it count as not on the map.
#[test]
fn ways_from_near_places_are_those_of_the_table_and_leave_out_what_is_off_the_map() {
    let places: Vec<Point> = (0..10)
        .map(|step| point(26.0, 113.0 + f64::from(step) * 0.001))
        .collect();
    let pieces = (0..9).map(|from| Road {
        from,
        to: from + 1,
        km_h: 30,
        forward: true,
        back: true,
    });
    let roads = Roads::new(places.clone(), pieces.collect());
    let ways = roads.ways(&[], &[]);
    let sources = [
        Some(places[0]),
        None,
        Some(places[9]),
        Some(point(26.5, 113.0)),
        Some(places[5]),
    ];
    let targets = [Some(places[2]), Some(point(26.5, 113.0)), None, Some(places[8])];
    let found = ways.from_near(&sources, &targets, 2);
    let Travel::Table {
        places: count,
        distance_m,
        ..
    } = ways.table(&places)
    else {
        panic!("a table")
    };
    let by_table = |from: usize, to: usize| i64::from(distance_m[from * count + to]);
    assert_eq!(found[0], [(0, by_table(0, 2)), (4, by_table(5, 2))]);
    assert_eq!(found[1], []);
    assert_eq!(found[2], []);
    assert_eq!(found[3], [(2, by_table(9, 8)), (4, by_table(5, 8))]);
    assert_eq!(
        ways.from_near(&sources, &targets[..1], 9)[0].len(),
        3,
        "of the others no position is known, or no road"
    );
}
