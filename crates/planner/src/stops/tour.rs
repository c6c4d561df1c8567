//! One vehicle: the order of its stops.

use super::plane::{Plane, flatten, nearest};
use crate::Point;
use crate::random::Random;

/// Changes below a millimetre are rounding, not gain.
const LEAST_GAIN_M: f64 = 1e-3;
const NEAR: usize = 10;
const SEGMENT_MAX: usize = 3;
const KICK_SPAN: usize = 50;
const KICKS_MAX: usize = 3000;
const KICK_WORK: usize = 2_000_000;

pub(super) fn order(depot: Point, stops: &[Point], seed: u64, open: bool) -> Vec<usize> {
    if stops.len() < 2 {
        return (0..stops.len()).collect();
    }
    let mut points = Vec::with_capacity(stops.len() + 2);
    points.push(depot);
    points.extend_from_slice(stops);
    points.push(depot);
    let mut tour = Tour::new(flatten(&points), open);
    tour.descend();
    tour.kick(&mut Random::new(seed));
    tour.path[1..tour.end()]
        .iter()
        .map(|node| *node as usize - 1)
        .collect()
}

/// A path from node 0, the depot, over the stops 1, 2, … to the last node: the depot again, or in an open
/// tour an imaginary end to which every way has length zero.
struct Tour {
    at: Vec<Plane>,
    open: bool,
    near: Vec<u32>,
    near_count: usize,
    path: Vec<u32>,
    place: Vec<u32>,
    queue: Vec<u32>,
    queued: Vec<bool>,
    saved: Vec<u32>,
}

impl Tour {
    fn new(at: Vec<Plane>, open: bool) -> Tour {
        let nodes = at.len();
        let (near, near_count) = nearest(&at, NEAR);
        let path = nearest_neighbour(&at, &near, near_count);
        let mut place = vec![0; nodes];
        for (index, node) in path.iter().enumerate() {
            place[*node as usize] = index as u32;
        }
        let queue = path.iter().rev().copied().collect();
        Tour {
            at,
            open,
            near,
            near_count,
            path,
            place,
            queue,
            queued: vec![true; nodes],
            saved: Vec::new(),
        }
    }

    /// The place, and number, of the last node.
    fn end(&self) -> usize {
        self.path.len() - 1
    }

    fn way_m(&self, a: u32, b: u32) -> f64 {
        let end = self.end() as u32;
        if self.open && (a == end || b == end) {
            return 0.0;
        }
        self.at[a as usize].distance_m(self.at[b as usize])
    }

    fn after(&self, node: u32) -> Option<u32> {
        self.path.get(self.place[node as usize] as usize + 1).copied()
    }

    fn before(&self, node: u32) -> Option<u32> {
        Some(self.path[(self.place[node as usize] as usize).checked_sub(1)?])
    }

    /// Candidates for a new neighbour of `node`, nearest first. In an open tour the end is near to all.
    fn near(&self, node: u32) -> impl Iterator<Item = u32> + use<'_> {
        let list = &self.near[node as usize * self.near_count..(node as usize + 1) * self.near_count];
        let end = self.end() as u32;
        let first = (self.open && node != end).then_some(end);
        first.into_iter().chain(
            list.iter()
                .copied()
                .filter(move |other| !self.open || *other != end),
        )
    }

    fn enqueue(&mut self, node: u32) {
        if !std::mem::replace(&mut self.queued[node as usize], true) {
            self.queue.push(node);
        }
    }

    /// Improves around the queued nodes until nothing helps; returns the metres gained.
    fn descend(&mut self) -> f64 {
        let mut gained = 0.0;
        while let Some(node) = self.queue.pop() {
            self.queued[node as usize] = false;
            while let Some(gain) = self.two_opt(node).or_else(|| self.or_opt(node)) {
                gained += gain;
            }
        }
        gained
    }

    fn two_opt(&mut self, a: u32) -> Option<f64> {
        for forward in [true, false] {
            let step = |tour: &Tour, node| {
                if forward {
                    tour.after(node)
                } else {
                    tour.before(node)
                }
            };
            let Some(beyond_a) = step(self, a) else { continue };
            let present = self.way_m(a, beyond_a);
            let found = self
                .near(a)
                .map(|c| (c, present - self.way_m(a, c)))
                .take_while(|(_, gain)| *gain > 0.0)
                .find_map(|(c, gain)| {
                    let beyond_c = step(self, c)?;
                    let gain = gain + self.way_m(c, beyond_c) - self.way_m(beyond_a, beyond_c);
                    (gain > LEAST_GAIN_M).then_some((c, beyond_c, gain))
                });
            if let Some((c, beyond_c, gain)) = found {
                let (one, other) = (self.place[a as usize] as usize, self.place[c as usize] as usize);
                let (low, high) = (one.min(other), one.max(other));
                if forward {
                    self.reverse(low + 1, high)
                } else {
                    self.reverse(low, high - 1)
                }
                for node in [a, beyond_a, c, beyond_c] {
                    self.enqueue(node);
                }
                return Some(gain);
            }
        }
        None
    }

    fn reverse(&mut self, low: usize, high: usize) {
        self.path[low..=high].reverse();
        self.renumber(low, high);
    }

    fn renumber(&mut self, low: usize, high: usize) {
        for index in low..=high {
            self.place[self.path[index] as usize] = index as u32;
        }
    }

    /// Moves a segment of up to three stops, of which `a` is one end, so that `a` comes beside a near node.
    fn or_opt(&mut self, a: u32) -> Option<f64> {
        let at = self.place[a as usize] as usize;
        for length in 1..=SEGMENT_MAX {
            for (low, high) in [(at, at + length - 1), ((at + 1).saturating_sub(length), at)] {
                if low == 0 || high >= self.end() || high + 1 - low != length {
                    continue;
                }
                if let Some(gain) = self.move_segment(a, low, high) {
                    return Some(gain);
                }
            }
        }
        None
    }

    fn move_segment(&mut self, a: u32, low: usize, high: usize) -> Option<f64> {
        let (first, last) = (self.path[low], self.path[high]);
        let other = if a == first { last } else { first };
        let (left, right) = (self.path[low - 1], self.path[high + 1]);
        let freed = self.way_m(left, first) + self.way_m(last, right) - self.way_m(left, right);
        let inside = |node: u32| (low..=high).contains(&(self.place[node as usize] as usize));
        let mut found = None;
        for c in self.near(a) {
            let gain = freed - self.way_m(a, c);
            if gain <= 0.0 {
                break;
            }
            if inside(c) {
                continue;
            }
            // The neighbours of `c` as they are once the segment is gone.
            let next = if c == left { Some(right) } else { self.after(c) };
            let previous = if c == right { Some(left) } else { self.before(c) };
            for (beyond, comes_after) in [(next, true), (previous, false)] {
                let Some(beyond) = beyond else { continue };
                let gain = gain + self.way_m(c, beyond) - self.way_m(other, beyond);
                if gain > LEAST_GAIN_M {
                    found = Some((c, beyond, comes_after, gain));
                    break;
                }
            }
            if found.is_some() {
                break;
            }
        }
        let (c, beyond, comes_after, gain) = found?;
        let before_gap = if comes_after { c } else { beyond };
        self.splice(low, high, before_gap, if comes_after { a } else { other });
        for node in [a, other, c, beyond, left, right] {
            self.enqueue(node);
        }
        Some(gain)
    }

    /// Moves the segment behind `before_gap`, turned so that `head` comes first.
    fn splice(&mut self, low: usize, high: usize, before_gap: u32, head: u32) {
        let length = high + 1 - low;
        let gap = self.place[before_gap as usize] as usize;
        let begin = if gap > high {
            self.path[low..=gap].rotate_left(length);
            gap + 1 - length
        } else {
            self.path[gap + 1..=high].rotate_right(length);
            gap + 1
        };
        if self.path[begin] != head {
            self.path[begin..begin + length].reverse();
        }
        self.renumber(low.min(begin), high.max(begin + length - 1));
    }

    /// Exchanges two neighbouring segments somewhere, improves around them, and undoes what did not help.
    fn kick(&mut self, random: &mut Random) {
        let stops = self.end() - 1;
        if stops < 4 {
            return;
        }
        for _ in 0..(KICK_WORK / stops).min(KICKS_MAX) {
            self.saved.clone_from(&self.path);
            let span = KICK_SPAN.min(stops - 1);
            let first = 1 + random.below(stops - 1);
            let total = (2 + random.below(span - 1)).min(stops + 1 - first);
            let cut = 1 + random.below(total - 1);
            let last = first + total - 1;
            let edges = [first - 1, first + cut - 1, last];
            let length = |tour: &Tour| -> f64 {
                [first - 1, first + total - cut - 1, last]
                    .iter()
                    .map(|at| tour.way_m(tour.path[*at], tour.path[*at + 1]))
                    .sum()
            };
            let before: f64 = edges
                .iter()
                .map(|at| self.way_m(self.path[*at], self.path[*at + 1]))
                .sum();
            self.path[first..=last].rotate_left(cut);
            self.renumber(first, last);
            let lost = length(self) - before;
            for at in [first - 1, first + total - cut - 1, last] {
                self.enqueue(self.path[at]);
                self.enqueue(self.path[at + 1]);
            }
            if self.descend() < lost {
                std::mem::swap(&mut self.path, &mut self.saved);
                self.renumber(0, self.path.len() - 1);
            }
        }
    }
}

fn nearest_neighbour(at: &[Plane], near: &[u32], near_count: usize) -> Vec<u32> {
    let end = at.len() - 1;
    let mut left: Vec<u32> = (1..end as u32).collect();
    let mut index: Vec<usize> = (0..at.len()).map(|node| node.wrapping_sub(1)).collect();
    let mut path = Vec::with_capacity(at.len());
    let mut here = 0usize;
    path.push(0);
    while !left.is_empty() {
        let is_left = |node: &u32| left.get(index[*node as usize]) == Some(node);
        let listed = near[here * near_count..(here + 1) * near_count]
            .iter()
            .copied()
            .find(is_left);
        let distance = |node: &u32| at[here].distance_m(at[*node as usize]);
        let Some(next) = listed.or_else(|| {
            left.iter()
                .copied()
                .min_by(|a, b| distance(a).total_cmp(&distance(b)))
        }) else {
            break;
        };
        let gone = index[next as usize];
        left.swap_remove(gone);
        if let Some(moved) = left.get(gone) {
            index[*moved as usize] = gone;
        }
        path.push(next);
        here = next as usize;
    }
    path.push(end as u32);
    path
}
