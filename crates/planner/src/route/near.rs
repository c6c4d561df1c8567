//! For each stop the stops that could well come before or behind it.

use super::instance::{Instance, Ways};
use std::collections::BinaryHeap;

/// Lists of equal length, best first.
pub(super) struct Near {
    count: usize,
    all: usize,
    lists: Vec<(u32, i32)>,
}

/// What a second of waiting costs beside a second of driving, in the measure of nearness (Vidal and others 2013).
const WAIT_WEIGHT: f64 = 0.2;

impl Near {
    /// By distance alone, or by distance and by how well the windows follow on each other.
    pub(super) fn new(instance: &Instance, count: usize, with_windows: bool) -> Near {
        let stops = instance.stops.len() as u32;
        let count = count.min(stops.saturating_sub(1) as usize);
        let mut lists = Vec::with_capacity(stops as usize * count);
        let halves = Halves::new(instance);
        let mut found = BinaryHeap::with_capacity(count + 1);
        for stop in 0..stops {
            let mut search = Nearest {
                found: &mut found,
                count,
                measure: |other| instance.far(stop, other, with_windows),
            };
            match &halves {
                Some(halves) => halves.search(stop, &mut search),
                None => (0..stops)
                    .filter(|other| *other != stop)
                    .for_each(|other| search.look(other)),
            }
            let place = instance.stops[stop as usize].place;
            let mut nearest: Vec<(i64, u32)> = found.drain().collect();
            nearest.sort_unstable();
            lists.extend(nearest.iter().map(|(_, other)| {
                let way_m = instance.distance_m(instance.stops[*other as usize].place, place);
                (*other, way_m.min(i64::from(i32::MAX)) as i32)
            }));
        }
        Near {
            count,
            all: stops.saturating_sub(1) as usize,
            lists,
        }
    }

    /// The first of each list; by the same measure that is what a search for fewer neighbours would find.
    pub(super) fn first(&self, count: usize) -> Near {
        let count = count.min(self.count);
        let lists = self
            .lists
            .chunks(self.count.max(1))
            .flat_map(|list| &list[..count]);
        Near {
            count,
            all: self.all,
            lists: lists.copied().collect(),
        }
    }

    /// Neighbours with the metres from them.
    #[inline]
    pub(super) fn of(&self, stop: u32) -> &[(u32, i32)] {
        &self.lists[stop as usize * self.count..(stop as usize + 1) * self.count]
    }

    /// Whether the lists leave nobody out.
    pub(super) fn has_all(&self) -> bool {
        self.count == self.all
    }
}

/// The best of those that were looked at, the worst of them on top.
struct Nearest<'a, F> {
    found: &'a mut BinaryHeap<(i64, u32)>,
    count: usize,
    measure: F,
}

impl<F: Fn(u32) -> i64> Nearest<'_, F> {
    fn look(&mut self, other: u32) {
        let entry = ((self.measure)(other), other);
        if self.found.len() < self.count {
            self.found.push(entry);
        } else if let Some(mut worst) = self.found.peek_mut()
            && entry < *worst
        {
            *worst = entry;
        }
    }

    /// Whether somebody who is so far away at the least could be among the best.
    fn could_take(&self, far: i64) -> bool {
        self.found.len() < self.count || self.found.peek().is_some_and(|worst| far <= worst.0)
    }
}

/// Stops on a plane, halved again and again across their longer side (Bentley, "Multidimensional binary search trees
/// used for associative searching", Communications of the ACM 1975). The stop in the middle of a part divides it.
struct Halves {
    order: Vec<u32>,
    /// By the place of the dividing stop in the order: along which side its part is divided.
    axes: Vec<u8>,
    at: Vec<[f64; 2]>,
    unit_m: f64,
    add: f64,
}

/// Parts of so many stops are not divided.
const PART: usize = 8;

impl Halves {
    /// `None` where ways are not straight lines on a plane.
    fn new(instance: &Instance) -> Option<Halves> {
        let Ways::Plane { at, unit_m, add, .. } = &instance.ways else {
            return None;
        };
        let mut halves = Halves {
            order: (0..instance.stops.len() as u32).collect(),
            axes: vec![0; instance.stops.len()],
            at: instance
                .stops
                .iter()
                .map(|stop| at[stop.place as usize])
                .collect(),
            unit_m: *unit_m,
            add: *add,
        };
        halves.divide(0, instance.stops.len());
        Some(halves)
    }

    fn divide(&mut self, from: usize, to: usize) {
        if to - from <= PART {
            return;
        }
        let at = &self.at;
        let side = |axis: usize| {
            let values = || self.order[from..to].iter().map(|stop| at[*stop as usize][axis]);
            values().fold(f64::MIN, f64::max) - values().fold(f64::MAX, f64::min)
        };
        let axis = usize::from(side(1) > side(0));
        let middle = (from + to) / 2;
        self.order[from..to].select_nth_unstable_by(middle - from, |a, b| {
            at[*a as usize][axis].total_cmp(&at[*b as usize][axis])
        });
        self.axes[middle] = axis as u8;
        self.divide(from, middle);
        self.divide(middle + 1, to);
    }

    /// The measure of nearness must not be below the way.
    fn search(&self, stop: u32, nearest: &mut Nearest<impl Fn(u32) -> i64>) {
        self.look(stop, 0, self.order.len(), nearest);
    }

    fn look(&self, stop: u32, from: usize, to: usize, nearest: &mut Nearest<impl Fn(u32) -> i64>) {
        if to - from <= PART {
            let part = self.order[from..to].iter();
            part.filter(|other| **other != stop)
                .for_each(|other| nearest.look(*other));
            return;
        }
        let middle = (from + to) / 2;
        let (divider, axis) = (self.order[middle], usize::from(self.axes[middle]));
        if divider != stop {
            nearest.look(divider);
        }
        let beyond = self.at[stop as usize][axis] - self.at[divider as usize][axis];
        let least_m = (beyond.abs() * self.unit_m + self.add) as i64;
        let (own, other) = ((from, middle), (middle + 1, to));
        let (own, other) = if beyond < 0.0 { (own, other) } else { (other, own) };
        self.look(stop, own.0, own.1, nearest);
        if nearest.could_take(least_m) {
            self.look(stop, other.0, other.1, nearest);
        }
    }
}

impl Instance {
    pub(super) fn far(&self, a: u32, b: u32, with_windows: bool) -> i64 {
        if with_windows {
            return self.follow(a, b).min(self.follow(b, a));
        }
        let (from, to) = (self.stops[a as usize].place, self.stops[b as usize].place);
        if self.symmetric {
            self.distance_m(from, to)
        } else {
            self.distance_m(from, to).min(self.distance_m(to, from))
        }
    }

    fn follow(&self, a: u32, b: u32) -> i64 {
        let (from, to) = (&self.stops[a as usize], &self.stops[b as usize]);
        let (way_m, way_s) = self.both(from.place, to.place);
        let passed_s = from.stay_s + way_s;
        let wait_s = to.open_s.saturating_sub(passed_s + from.close_s).max(0);
        let late_s = from.open_s.saturating_add(passed_s + -to.close_s).max(0);
        way_m + (wait_s as f64 * WAIT_WEIGHT) as i64 + late_s
    }
}
