//! In which order a vehicle visits its stops, and which vehicle takes which stop (FC-9, CQ-8).
//!
//! Lengths are estimated road metres, see [`crate::road_distance_m`].

mod load;
mod plane;
#[cfg(test)]
mod tests;
mod tour;

pub use load::{Loading, VehicleCapacity, load};

use crate::{Point, road_distance_m};

/// The order of a round trip from the depot over all stops and back, as indices into `stops`.
///
/// Nearest neighbour, then 2-opt and Or-opt with neighbour lists, then local double-bridge kicks that are
/// undone when they do not help (Lin and Kernighan 1973; Or 1976; Martin, Otto and Felten 1991).
pub fn order(depot: Point, stops: &[Point], seed: u64) -> Vec<usize> {
    tour::order(depot, stops, seed, false)
}

/// Like [`order`], for a trip that ends at its last stop.
pub fn order_open(depot: Point, stops: &[Point], seed: u64) -> Vec<usize> {
    tour::order(depot, stops, seed, true)
}

/// Road metres of a round trip in this order. Indices outside `stops` are passed by.
pub fn length_m(depot: Point, stops: &[Point], order: &[usize]) -> i64 {
    let back = order.iter().rev().find_map(|stop| stops.get(*stop));
    length_open_m(depot, stops, order) + back.map_or(0, |last| road_distance_m(*last, depot))
}

/// Road metres of a trip in this order that ends at its last stop.
pub fn length_open_m(depot: Point, stops: &[Point], order: &[usize]) -> i64 {
    let mut at = depot;
    let mut sum_m = 0;
    for next in order.iter().filter_map(|stop| stops.get(*stop)) {
        sum_m += road_distance_m(at, *next);
        at = *next;
    }
    sum_m
}
