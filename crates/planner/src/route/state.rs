//! Routes as linked lists, and a log by which an iteration is taken back: what an iteration costs depends on the
//! routes that it touches, not on how many there are.

use super::instance::{Instance, NEVER_S, NONE};
use super::segment::Segments;

/// The trip of those whom nobody serves: no stop fits into it.
pub(super) const NOBODY: u32 = 0;

/// A stop, the beginning of a trip (its depot), or the end of a route.
#[derive(Clone, Copy)]
pub(super) struct Node {
    pub(super) prev: u32,
    pub(super) next: u32,
    /// `NOBODY` for a stop that nobody serves, and for an end.
    pub(super) trip: u32,
    pub(super) place: u32,
    /// Metres to the next node.
    pub(super) out_m: i64,
    /// The earliest departure.
    pub(super) leave_s: i64,
    /// The latest arrival that leaves the rest of the route in time.
    pub(super) late_s: i64,
}

impl Node {
    /// In no route.
    pub(super) fn at(place: u32) -> Node {
        Node {
            prev: NONE,
            next: NONE,
            trip: NOBODY,
            place,
            out_m: 0,
            leave_s: 0,
            late_s: 0,
        }
    }
}

#[derive(Clone, Copy)]
pub(super) struct Trip {
    /// `NONE` while the slot is free.
    pub(super) route: u32,
    pub(super) kind: u32,
    pub(super) source: u32,
    pub(super) start: u32,
    pub(super) stops: u32,
    /// What is left of the capacity when all of its stops are counted, brought or fetched.
    pub(super) room: [i64; 2],
    pub(super) ready_s: i64,
}

#[derive(Clone, Copy)]
pub(super) struct Route {
    pub(super) kind: u32,
    pub(super) first: u32,
    pub(super) end: u32,
    /// Zero while the slot is free.
    pub(super) stops: u32,
    pub(super) trips: u32,
    pub(super) length_m: i64,
    pub(super) duration_s: i64,
}

/// Entries that can be put back as they were when the iteration began.
pub(super) struct Logged<T> {
    pub(super) items: Vec<T>,
    stamp: Vec<u32>,
    log: Vec<(u32, T)>,
}

impl<T: Copy> Logged<T> {
    fn new(items: Vec<T>) -> Logged<T> {
        Logged {
            stamp: vec![0; items.len()],
            items,
            log: Vec::new(),
        }
    }

    #[inline]
    pub(super) fn at(&mut self, index: u32, now: u32) -> &mut T {
        let item = &mut self.items[index as usize];
        let stamp = &mut self.stamp[index as usize];
        if *stamp != now {
            *stamp = now;
            self.log.push((index, *item));
        }
        item
    }

    pub(super) fn push(&mut self, item: T) -> u32 {
        self.items.push(item);
        self.stamp.push(0);
        (self.items.len() - 1) as u32
    }
}

/// Slots that may be free; those that were taken since are passed over.
#[derive(Default)]
pub(super) struct Free {
    list: Vec<u32>,
    listed: Vec<bool>,
}

impl Free {
    pub(super) fn offer(&mut self, slot: u32) {
        if self.listed.len() <= slot as usize {
            self.listed.resize(slot as usize + 1, false);
        }
        if !std::mem::replace(&mut self.listed[slot as usize], true) {
            self.list.push(slot);
        }
    }

    pub(super) fn take(&mut self, is_free: impl Fn(u32) -> bool) -> Option<u32> {
        while let Some(slot) = self.list.pop() {
            self.listed[slot as usize] = false;
            if is_free(slot) {
                return Some(slot);
            }
        }
        None
    }
}

pub(super) struct State<'a> {
    pub(super) instance: &'a Instance,
    pub(super) nodes: Logged<Node>,
    pub(super) trips: Logged<Trip>,
    pub(super) routes: Logged<Route>,
    /// Vehicles in use, by kind.
    pub(super) used: Vec<usize>,
    /// Stops that nobody serves but somebody could.
    pub(super) absent: Vec<u32>,
    pub(super) cost: i64,
    pub(super) segments: Segments,
    now: u32,
    pub(super) free_routes: Free,
    pub(super) free_trips: Free,
    absent_before: Vec<u32>,
    cost_before: i64,
}

impl<'a> State<'a> {
    /// Nobody is served yet; `used` vehicles of each kind are not to be had.
    pub(super) fn new(instance: &'a Instance, absent: Vec<u32>, used: Vec<usize>) -> State<'a> {
        State {
            nodes: Logged::new(instance.stops.iter().map(|stop| Node::at(stop.place)).collect()),
            trips: Logged::new(vec![Trip {
                route: NONE,
                kind: 0,
                source: NONE,
                start: NONE,
                stops: 0,
                room: [-1; 2],
                ready_s: NEVER_S,
            }]),
            routes: Logged::new(Vec::new()),
            used,
            absent_before: absent.clone(),
            absent,
            cost: 0,
            cost_before: 0,
            segments: Segments::default(),
            now: 1,
            free_routes: Free::default(),
            free_trips: Free::default(),
            instance,
        }
    }

    #[inline]
    pub(super) fn node(&self, node: u32) -> &Node {
        &self.nodes.items[node as usize]
    }

    #[inline]
    pub(super) fn trip(&self, trip: u32) -> &Trip {
        &self.trips.items[trip as usize]
    }

    #[inline]
    pub(super) fn route(&self, route: u32) -> &Route {
        &self.routes.items[route as usize]
    }

    pub(super) fn node_mut(&mut self, node: u32) -> &mut Node {
        self.nodes.at(node, self.now)
    }

    pub(super) fn trip_mut(&mut self, trip: u32) -> &mut Trip {
        self.trips.at(trip, self.now)
    }

    pub(super) fn route_mut(&mut self, route: u32) -> &mut Route {
        self.routes.at(route, self.now)
    }

    #[inline]
    pub(super) fn is_stop(&self, node: u32) -> bool {
        (node as usize) < self.instance.stops.len()
    }

    /// Routes that were touched since `begin`.
    pub(super) fn touched(&self) -> impl Iterator<Item = u32> + '_ {
        self.routes.log.iter().map(|(route, _)| *route)
    }

    /// What is done from here on can be undone.
    pub(super) fn begin(&mut self) {
        self.now = self.now.wrapping_add(1);
        if self.now == 0 {
            for stamps in [
                &mut self.nodes.stamp,
                &mut self.trips.stamp,
                &mut self.routes.stamp,
            ] {
                stamps.fill(0);
            }
            self.now = 1;
        }
        self.nodes.log.clear();
        self.trips.log.clear();
        self.routes.log.clear();
        self.absent_before.clone_from(&self.absent);
        self.cost_before = self.cost;
    }

    /// Everything as it was at `begin`.
    pub(super) fn undo(&mut self) {
        for (index, node) in self.nodes.log.drain(..) {
            self.nodes.items[index as usize] = node;
        }
        for (index, trip) in self.trips.log.drain(..) {
            self.trips.items[index as usize] = trip;
            if trip.route == NONE {
                self.free_trips.offer(index);
            }
        }
        let log = std::mem::take(&mut self.routes.log);
        for (index, route) in &log {
            let present = *self.route(*index);
            if present.stops > 0 {
                self.used[present.kind as usize] -= 1;
            }
            if route.stops > 0 {
                self.used[route.kind as usize] += 1;
            } else {
                self.free_routes.offer(*index);
            }
            self.routes.items[*index as usize] = *route;
        }
        self.absent.clone_from(&self.absent_before);
        self.cost = self.cost_before;
        if self.instance.has_segments() {
            for (index, route) in &log {
                if route.stops > 0 {
                    self.trace(*index);
                }
            }
        }
        self.routes.log = log;
        self.routes.log.clear();
        self.now = self.now.wrapping_add(1);
    }
}
