//! Concatenation of parts of a route: duration with free choice of the departure (Vidal, Crainic, Gendreau and Prins,
//! "A hybrid genetic algorithm with adaptive diversity management for a large class of vehicle routing problems with
//! time-windows", Computers & Operations Research 2013), and the fullest moment where goods are brought and fetched.

use super::instance::{Instance, NONE};
use super::state::{Node, Route, State, Trip};

/// A part of a route: how long it takes at least, and from the earliest to the latest start at which it takes that long.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment {
    pub(super) duration_s: i64,
    early_s: i64,
    late_s: i64,
}

impl Segment {
    /// One node that may begin between two moments.
    pub(super) fn new(stay_s: i64, early_s: i64, late_s: i64) -> Segment {
        Segment {
            duration_s: stay_s,
            early_s,
            late_s,
        }
    }

    /// Whether it can never begin.
    pub(super) fn is_void(self) -> bool {
        self.early_s > self.late_s
    }

    /// This part, a way, and another part; `None` when that comes too late.
    #[inline]
    pub(super) fn join(self, way_s: i64, next: Segment) -> Option<Segment> {
        let passed_s = self.duration_s + way_s;
        if self.early_s + passed_s > next.late_s {
            return None;
        }
        let wait_s = (next.early_s - self.late_s - passed_s).max(0);
        Some(Segment {
            duration_s: passed_s + wait_s + next.duration_s,
            early_s: self.early_s.max(next.early_s - passed_s - wait_s),
            late_s: self.late_s.min(next.late_s - passed_s),
        })
    }
}

/// By node: the part up to it, the part from it, and the most that is on board before and behind it on its trip.
#[derive(Default)]
pub(super) struct Segments {
    pub(super) to: Vec<Segment>,
    pub(super) from: Vec<Segment>,
    pub(super) peak_before: Vec<[i64; 2]>,
    pub(super) peak_behind: Vec<[i64; 2]>,
}

impl State<'_> {
    fn segment_of(&self, node: u32) -> Segment {
        let Node { prev, next, trip, .. } = *self.node(node);
        if self.is_stop(node) {
            return self.instance.segment_of(node);
        }
        if next == NONE {
            let mut first = prev;
            while !self.is_start(first) {
                first = self.node(first).prev;
            }
            let kind = &self.instance.kinds[self.trip(self.node(first).trip).kind as usize];
            return Segment::new(0, kind.leave_s, kind.back_s);
        }
        let Trip {
            kind,
            source,
            ready_s,
            ..
        } = *self.trip(trip);
        if prev == NONE {
            self.instance.start_segment(kind, ready_s)
        } else {
            self.instance.reload_segment(kind, source, ready_s)
        }
    }

    fn is_start(&self, node: u32) -> bool {
        !self.is_stop(node) && self.node(node).next != NONE
    }

    /// Computes the segments of a route, and returns its duration where it takes segments to know it.
    pub(super) fn trace_segments(&mut self, route: u32) -> Option<i64> {
        let nodes = self.nodes.items.len();
        let segments = &mut self.segments;
        if segments.to.len() < nodes {
            let none = Segment::new(0, 0, 0);
            segments.to.resize(nodes, none);
            segments.from.resize(nodes, none);
            segments.peak_before.resize(nodes, [0; 2]);
            segments.peak_behind.resize(nodes, [0; 2]);
        }
        let Route { first, end, kind, .. } = *self.route(route);
        if self.instance.pickups {
            self.trace_peaks(first, end);
        }
        if !self.instance.durations || self.instance.steady {
            return None;
        }
        if self.instance.several {
            let sequence = self.sequence(route);
            let timed = super::schedule::schedule(self.instance, kind, &sequence);
            return Some(timed.map_or(i64::MAX / 8, |timed| timed.end_s - timed.start_s));
        }
        let late = Segment::new(i64::MAX / 8, 0, 0);
        let mut sum = self.segment_of(first);
        self.segments.to[first as usize] = sum;
        let mut node = first;
        while node != end {
            let next = self.node(node).next;
            let way_s = self.instance.time_s(self.node(node).place, self.node(next).place);
            sum = sum.join(way_s, self.segment_of(next)).unwrap_or(late);
            self.segments.to[next as usize] = sum;
            node = next;
        }
        let duration_s = sum.duration_s;
        let mut sum = self.segment_of(end);
        self.segments.from[end as usize] = sum;
        while node != first {
            let prev = self.node(node).prev;
            let way_s = self.instance.time_s(self.node(prev).place, self.node(node).place);
            sum = self.segment_of(prev).join(way_s, sum).unwrap_or(late);
            self.segments.from[prev as usize] = sum;
            node = prev;
        }
        Some(duration_s)
    }

    fn trace_peaks(&mut self, first: u32, end: u32) {
        let instance = self.instance;
        let mut node = first;
        while node != end {
            // A trip: what it brings is on board at its start, what it fetches at its end.
            let start = node;
            let mut on_board = [0i64; 2];
            let mut last = node;
            node = self.node(node).next;
            while self.is_stop(node) {
                let stop = &instance.stops[node as usize];
                if !stop.pickup {
                    add(&mut on_board, stop.load, 1);
                }
                last = node;
                node = self.node(node).next;
            }
            let mut peak = on_board;
            let mut at = start;
            loop {
                if self.is_stop(at) {
                    let stop = &instance.stops[at as usize];
                    add(&mut on_board, stop.load, if stop.pickup { 1 } else { -1 });
                }
                peak = most(peak, on_board);
                self.segments.peak_before[at as usize] = peak;
                self.segments.peak_behind[at as usize] = on_board;
                if at == last {
                    break;
                }
                at = self.node(at).next;
            }
            while at != start {
                let behind = self.segments.peak_behind[at as usize];
                at = self.node(at).prev;
                let own = &mut self.segments.peak_behind[at as usize];
                *own = most(*own, behind);
            }
        }
    }

    /// The stops of a route in order; between two trips `stops + depot`.
    pub(super) fn sequence(&self, route: u32) -> Vec<u32> {
        let Route {
            first,
            end,
            stops,
            trips,
            ..
        } = *self.route(route);
        let mut sequence = Vec::with_capacity((stops + trips) as usize);
        let mut node = self.node(first).next;
        while node != end {
            sequence.push(self.coded(node));
            node = self.node(node).next;
        }
        sequence
    }

    /// How a node stands in a sequence.
    pub(super) fn coded(&self, node: u32) -> u32 {
        if self.is_stop(node) {
            return node;
        }
        self.instance.stops.len() as u32 + self.trip(self.node(node).trip).source
    }
}

fn add(sum: &mut [i64; 2], load: [i64; 2], sign: i64) {
    for (sum, load) in sum.iter_mut().zip(load) {
        *sum += sign * load;
    }
}

fn most(a: [i64; 2], b: [i64; 2]) -> [i64; 2] {
    [a[0].max(b[0]), a[1].max(b[1])]
}

impl Instance {
    /// Whether something is kept along routes beside times.
    pub(super) fn has_segments(&self) -> bool {
        (self.durations && !self.steady) || self.pickups
    }

    /// A stop with one window.
    pub(super) fn segment_of(&self, stop: u32) -> Segment {
        let stop = &self.stops[stop as usize];
        Segment::new(stop.stay_s, stop.open_s, stop.close_s)
    }

    /// The beginning of a route whose goods are there from a moment on.
    pub(super) fn start_segment(&self, kind: u32, ready_s: i64) -> Segment {
        let kind = &self.kinds[kind as usize];
        Segment::new(0, kind.leave_s.max(ready_s), kind.start_close_s)
    }

    /// Loading for a further trip.
    pub(super) fn reload_segment(&self, kind: u32, depot: u32, ready_s: i64) -> Segment {
        let reload_s = self.kinds[kind as usize].reload_s;
        let window = self.depots[depot as usize].1;
        Segment::new(reload_s, window.from_s.max(ready_s - reload_s), window.to_s)
    }

    /// When loading begins for a vehicle that is there at a moment.
    pub(super) fn loading_s(&self, depot: u32, arrive_s: i64, ready_s: i64, reload_s: i64) -> i64 {
        arrive_s
            .max(self.depots[depot as usize].1.from_s)
            .max(ready_s - reload_s)
    }

    /// The latest arrival after which loading can begin at `begin_s` at the latest.
    pub(super) fn loading_late_s(&self, depot: u32, begin_s: i64, ready_s: i64, reload_s: i64) -> i64 {
        let window = self.depots[depot as usize].1;
        let earliest_s = window.from_s.max(ready_s - reload_s);
        let latest_s = begin_s.min(window.to_s);
        if earliest_s > latest_s {
            super::instance::NEVER_S
        } else {
            latest_s
        }
    }
}
