//! Ways: time and distance by road, from a map, with closed roads and checkpoints; and positions of other maps.
//!
//! [`Roads`] reads an OpenStreetMap extract once; [`Roads::ways`] prepares it for the closures of the day, and
//! [`Ways::table`] gives the travel table between any places, ready for [`crate::route`]. Without a map
//! [`estimated`] takes the great circle times a detour factor.

mod datum;
mod hierarchy;
mod osm;
mod roads;
#[cfg(test)]
mod tests;

pub use datum::{Datum, from_wgs84, to_wgs84};
pub use roads::{Checkpoint, Closure, Roads, Ways};

use crate::point::by_road_m;
use crate::route::Travel;
use crate::{Point, distance_m};
use std::ops::Range;

/// Metres and seconds where no road leads; far above every real way, far below what a sum can hold.
pub const NO_WAY: i32 = 1_000_000_000;

/// A travel table from great circles, the per cent of them that roads take ([`crate::DETOUR_PCT`] where nothing better is
/// known), and a mean speed.
pub fn estimated(places: &[Point], km_per_h: i64, detour_pct: i64) -> Travel {
    let metres = |(a, b): (&Point, &Point)| {
        by_road_m(distance_m(*a, *b), detour_pct.clamp(100, 1000)).min(i64::from(NO_WAY)) as i32
    };
    let pairs = places.iter().flat_map(|a| places.iter().map(move |b| (a, b)));
    let distance_m: Vec<i32> = pairs.map(metres).collect();
    let seconds =
        |metres: &i32| (i64::from(*metres) * 36 / (10 * km_per_h.max(1))).min(i64::from(NO_WAY)) as i32;
    Travel::Table {
        places: places.len(),
        time_s: Some(distance_m.iter().map(seconds).collect()),
        distance_m,
    }
}

/// Per cent of the great circle that roads take in a table between these places, over all pairs together whose great
/// circle lies in the range; `None` without such a pair. Short ways take more than long ones, so give the range in
/// which trips will be.
pub fn detour_pct(places: &[Point], travel: &Travel, straight_m: Range<i64>) -> Option<i64> {
    let Travel::Table {
        distance_m: by_road, ..
    } = travel
    else {
        return None;
    };
    let (mut straight, mut roads) = (0, 0);
    for (cell, road_m) in by_road.iter().enumerate().filter(|(_, road_m)| **road_m < NO_WAY) {
        let way_m = distance_m(places[cell / places.len()], places[cell % places.len()]);
        if straight_m.contains(&way_m) {
            straight += way_m;
            roads += i64::from(*road_m);
        }
    }
    (straight > 0).then(|| (roads * 100 + straight / 2) / straight)
}
