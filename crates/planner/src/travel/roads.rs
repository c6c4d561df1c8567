//! A road network and the ways through it.

use super::NO_WAY;
use super::hierarchy::{Arc, Hierarchy, Weight};
use crate::route::Travel;
use crate::{Point, distance_m};
use std::collections::HashMap;

/// A straight piece of road.
#[derive(Clone, Copy, Debug)]
pub(super) struct Road {
    pub(super) from: u32,
    pub(super) to: u32,
    pub(super) km_h: u32,
    pub(super) forward: bool,
    pub(super) back: bool,
}

/// Streets as pieces between points.
#[derive(Clone, Debug)]
pub struct Roads {
    places: Vec<Point>,
    roads: Vec<Road>,
    /// Nodes from which every other one can be reached, in cells of about half a kilometre.
    cells: HashMap<(i32, i32), Vec<u32>>,
}

/// Roads that may not be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closure {
    /// The middle of it.
    pub at: Point,
    /// All pieces of road are closed that begin, end or pass within so many metres.
    pub radius_m: i64,
}

/// Where vehicles are stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The crossing or point of road next to this place is meant.
    pub at: Point,
    /// So long each passage takes.
    pub wait_s: i64,
}

/// A network prepared for many questions.
pub struct Ways<'a> {
    roads: &'a Roads,
    hierarchy: Hierarchy,
}

/// Speed between a place and the road next to it.
const APPROACH_KM_H: i64 = 10;
/// What lies farther from any road than this is not on the map.
const FAR_M: i64 = 1_000;
/// Side of a cell, in millionths of a degree.
const CELL_E6: i32 = 5_000;

fn cell(point: Point) -> (i32, i32) {
    (point.lat_e6.div_euclid(CELL_E6), point.lng_e6.div_euclid(CELL_E6))
}

impl Roads {
    pub(super) fn new(places: Vec<Point>, roads: Vec<Road>) -> Roads {
        let mut network = Roads {
            places,
            roads,
            cells: HashMap::new(),
        };
        let mut cells: HashMap<(i32, i32), Vec<u32>> = HashMap::new();
        for node in network.connected() {
            cells
                .entry(cell(network.places[node as usize]))
                .or_default()
                .push(node);
        }
        network.cells = cells;
        network
    }

    /// How many points the network has.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The points that belong to the connected network, in no particular order of place.
    pub fn points(&self) -> Vec<Point> {
        let mut nodes: Vec<u32> = self.cells.values().flatten().copied().collect();
        nodes.sort_unstable();
        nodes.into_iter().map(|node| self.places[node as usize]).collect()
    }

    /// Prepares the network with what is closed and watched today.
    pub fn ways(&self, closures: &[Closure], checkpoints: &[Checkpoint]) -> Ways<'_> {
        Ways {
            roads: self,
            hierarchy: Hierarchy::new(&self.arcs(closures, checkpoints)),
        }
    }

    /// The arcs that leave each node.
    pub(super) fn arcs(&self, closures: &[Closure], checkpoints: &[Checkpoint]) -> Vec<Vec<Arc>> {
        let mut waits = HashMap::new();
        for checkpoint in checkpoints {
            if let Some((node, _)) = self.nearest(checkpoint.at) {
                *waits.entry(node).or_insert(0) += checkpoint.wait_s.max(0) as u64 * 1000;
            }
        }
        let mut out: Vec<Vec<Arc>> = vec![Vec::new(); self.places.len()];
        for road in self
            .roads
            .iter()
            .filter(|road| !closures.iter().any(|closure| self.is_closed(road, closure)))
        {
            let length_m = distance_m(self.places[road.from as usize], self.places[road.to as usize]);
            let length_cm = length_m as u64 * 100;
            let time_ms = length_m as u64 * 3600 / u64::from(road.km_h.max(1));
            let ends = [
                (road.forward, road.from, road.to),
                (road.back, road.to, road.from),
            ];
            for (_, from, to) in ends.into_iter().filter(|(open, from, to)| *open && from != to) {
                // Waiting counts on the way into the point, so a trip that begins there does not wait.
                let weight = Weight::new(time_ms + waits.get(&to).copied().unwrap_or(0), length_cm);
                match out[from as usize].iter_mut().find(|(other, _)| *other == to) {
                    Some((_, known)) => *known = (*known).min(weight),
                    None => out[from as usize].push((to, weight)),
                }
            }
        }
        out
    }

    /// Within a piece of road a point is tried every few metres; pieces of a map are short.
    fn is_closed(&self, road: &Road, closure: &Closure) -> bool {
        let (from, to) = (self.places[road.from as usize], self.places[road.to as usize]);
        let length_m = distance_m(from, to);
        if distance_m(from, closure.at) > closure.radius_m + length_m {
            return false;
        }
        let pieces = (length_m / closure.radius_m.clamp(5, 50) + 1) as i32;
        (0..=pieces).any(|piece| {
            let between =
                |a: i32, b: i32| a + (i64::from(b - a) * i64::from(piece) / i64::from(pieces)) as i32;
            let point = Point {
                lat_e6: between(from.lat_e6, to.lat_e6),
                lng_e6: between(from.lng_e6, to.lng_e6),
            };
            distance_m(point, closure.at) <= closure.radius_m
        })
    }

    /// The largest set of nodes of which each can be reached from each (Kosaraju's algorithm without recursion).
    fn connected(&self) -> Vec<u32> {
        let nodes = self.places.len();
        let (mut out, mut into) = (vec![Vec::new(); nodes], vec![Vec::new(); nodes]);
        for road in &self.roads {
            let ends = [
                (road.forward, road.from, road.to),
                (road.back, road.to, road.from),
            ];
            for (_, from, to) in ends.into_iter().filter(|(open, ..)| *open) {
                out[from as usize].push(to);
                into[to as usize].push(from);
            }
        }
        let mut seen = vec![false; nodes];
        let mut order = Vec::with_capacity(nodes);
        for root in 0..nodes as u32 {
            let mut stack = vec![(root, 0)];
            if std::mem::replace(&mut seen[root as usize], true) {
                continue;
            }
            while let Some((node, next)) = stack.last_mut() {
                match out[*node as usize].get(*next) {
                    Some(other) => {
                        *next += 1;
                        if !std::mem::replace(&mut seen[*other as usize], true) {
                            stack.push((*other, 0));
                        }
                    }
                    None => {
                        order.push(*node);
                        stack.pop();
                    }
                }
            }
        }
        let mut largest = Vec::new();
        for root in order.into_iter().rev() {
            let mut part = Vec::new();
            let mut stack = vec![root];
            while let Some(node) = stack.pop() {
                if std::mem::replace(&mut seen[node as usize], false) {
                    part.push(node);
                    stack.extend(&into[node as usize]);
                }
            }
            if part.len() > largest.len() {
                largest = part;
            }
        }
        largest
    }

    /// The node next to a place, and how far it is.
    pub(super) fn nearest(&self, place: Point) -> Option<(u32, i64)> {
        let (row, column) = cell(place);
        let mut best: Option<(i64, u32)> = None;
        let mut enough = None;
        for ring in 0..=400 {
            for at_row in row - ring..=row + ring {
                let edge = (at_row - row).abs() == ring;
                let step = if edge { 1 } else { (2 * ring).max(1) };
                for at_column in (column - ring..=column + ring).step_by(step as usize) {
                    let nodes = self
                        .cells
                        .get(&(at_row, at_column))
                        .map(Vec::as_slice)
                        .unwrap_or_default();
                    let own = nodes
                        .iter()
                        .map(|node| (distance_m(place, self.places[*node as usize]), *node))
                        .min();
                    best = best.into_iter().chain(own).min();
                }
            }
            // Cells are narrower to the north, so some more rings may hold a nearer one.
            if best.is_some() && *enough.get_or_insert(2 * ring + 1) <= ring {
                break;
            }
        }
        best.map(|(far_m, node)| (node, far_m))
    }
}

impl Ways<'_> {
    /// By target, the sources that are nearest by straight line, at most `near_max` of them, as indices with metres by road. What lies
    /// farther than a kilometre from any road of the map, and where no road leads, is left out.
    pub fn from_near(
        &self,
        sources: &[Option<Point>],
        targets: &[Option<Point>],
        near_max: usize,
    ) -> Vec<Vec<(usize, i64)>> {
        let snap = |places: &[Option<Point>]| -> Vec<(usize, u32, i64)> {
            let known = places.iter().enumerate();
            known
                .filter_map(|(index, place)| {
                    let (node, far_m) = self.roads.nearest((*place)?)?;
                    (far_m <= FAR_M).then_some((index, node, far_m))
                })
                .collect()
        };
        let (from, to) = (snap(sources), snap(targets));
        let wanted: Vec<Option<Vec<usize>>> = targets
            .iter()
            .map(|target| {
                let target = (*target)?;
                let mut near: Vec<(i64, usize)> = sources
                    .iter()
                    .enumerate()
                    .filter_map(|(index, source)| Some((distance_m((*source)?, target), index)))
                    .collect();
                if near.len() > near_max {
                    near.select_nth_unstable(near_max);
                    near.truncate(near_max);
                }
                let mut near: Vec<usize> = near.into_iter().map(|(_, index)| index).collect();
                near.sort_unstable();
                Some(near)
            })
            .collect();
        let mut found = vec![Vec::new(); targets.len()];
        let nodes = |snapped: &[(usize, u32, i64)]| -> Vec<u32> { snapped.iter().map(|one| one.1).collect() };
        self.hierarchy
            .table(&nodes(&from), &nodes(&to), &mut |row, weights| {
                let (source, _, off_m) = from[row];
                for ((target, _, away_m), weight) in to.iter().zip(weights) {
                    let near = wanted[*target].as_ref();
                    let asked = near.is_some_and(|near| near.binary_search(&source).is_ok());
                    if asked && *weight != Weight::NONE {
                        found[*target].push((source, weight.length_m().round() as i64 + off_m + away_m));
                    }
                }
            });
        found
    }

    /// Road metres and seconds between places, with the way from each place to its road. Where no road leads it is
    /// [`NO_WAY`].
    pub fn table(&self, places: &[Point]) -> Travel {
        let near: Vec<Option<(u32, i64)>> = places.iter().map(|place| self.roads.nearest(*place)).collect();
        let nodes: Vec<u32> = near.iter().map(|near| near.map_or(0, |near| near.0)).collect();
        let count = places.len();
        let (mut distance_m, mut time_s) = (vec![NO_WAY; count * count], vec![NO_WAY; count * count]);
        self.hierarchy.table(&nodes, &nodes, &mut |row, weights| {
            for (column, weight) in weights.iter().enumerate() {
                let cell = row * count + column;
                let (Some(from), Some(to)) = (near[row], near[column]) else {
                    continue;
                };
                if row == column {
                    (distance_m[cell], time_s[cell]) = (0, 0);
                } else if *weight != Weight::NONE {
                    let approach_m = from.1 + to.1;
                    let approach_s = approach_m * 36 / (10 * APPROACH_KM_H);
                    let metres = weight.length_m().round() as i64 + approach_m;
                    let seconds = weight.time_s().round() as i64 + approach_s;
                    distance_m[cell] = metres.min(i64::from(NO_WAY)) as i32;
                    time_s[cell] = seconds.min(i64::from(NO_WAY)) as i32;
                }
            }
        });
        Travel::Table {
            places: count,
            distance_m,
            time_s: Some(time_s),
        }
    }
}
