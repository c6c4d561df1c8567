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

use crate::route::Travel;
use crate::{Point, road_distance_m};

/// Metres and seconds where no road leads; far above every real way, far below what a sum can hold.
pub const NO_WAY: i32 = 1_000_000_000;

/// A travel table from great circles, the detour factor of [`road_distance_m`], and a mean speed.
pub fn estimated(places: &[Point], km_per_h: i64) -> Travel {
    let metres = |(a, b): (&Point, &Point)| road_distance_m(*a, *b).min(i64::from(NO_WAY)) as i32;
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
