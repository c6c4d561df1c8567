//! Changes of routes: stops in and out, trips and routes opened and closed, and the times along a route.

use super::instance::{NEVER_S, NONE};
use super::state::{NOBODY, Node, Route, State, Trip};

impl State<'_> {
    pub(super) fn cost_of(&self, route: u32) -> i64 {
        self.cost_with(route, self.route(route).kind)
    }

    /// A route without stops, to be filled at once.
    pub(super) fn open_route(&mut self, kind: u32) -> u32 {
        let data = &self.instance.kinds[kind as usize];
        let (start, end_place, source) = (data.start, data.end, data.source);
        let routes = &self.routes.items;
        let free = self.free_routes.take(|route| routes[route as usize].stops == 0);
        let route = free.unwrap_or_else(|| {
            let end = self.nodes.push(Node::at(NONE));
            self.routes.push(Route {
                kind,
                first: NONE,
                end,
                stops: 0,
                trips: 0,
                length_m: 0,
                duration_s: 0,
            })
        });
        let end = self.route(route).end;
        let (trip, first) = self.take_trip(route, kind, source, start);
        let (out_m, out_s) = self.instance.both(start, end_place);
        *self.node_mut(first) = Node {
            next: end,
            trip,
            out_m,
            ..Node::at(start)
        };
        *self.node_mut(end) = Node {
            prev: first,
            ..Node::at(end_place)
        };
        let duration_s = if self.instance.steady { out_s } else { 0 };
        let entry = self.route_mut(route);
        (
            entry.kind,
            entry.first,
            entry.trips,
            entry.length_m,
            entry.duration_s,
        ) = (kind, first, 1, out_m, duration_s);
        self.used[kind as usize] += 1;
        self.cost += self.cost_of(route);
        route
    }

    fn take_trip(&mut self, route: u32, kind: u32, source: u32, place: u32) -> (u32, u32) {
        let room = self.instance.kinds[kind as usize].capacity;
        let trips = &self.trips.items;
        let free = self.free_trips.take(|trip| trips[trip as usize].route == NONE);
        let trip = free.unwrap_or_else(|| {
            let start = self.nodes.push(Node::at(place));
            self.trips.push(Trip {
                route: NONE,
                kind,
                source,
                start,
                stops: 0,
                room,
                ready_s: NEVER_S,
            })
        });
        let start = self.trip(trip).start;
        *self.trip_mut(trip) = Trip {
            route,
            kind,
            source,
            start,
            stops: 0,
            room,
            ready_s: NEVER_S,
        };
        *self.node_mut(start) = Node {
            trip,
            ..Node::at(place)
        };
        (trip, start)
    }

    /// A further trip that is loaded at a depot behind `after`; the stops that follow up to the next depot are on it.
    pub(super) fn open_trip(&mut self, after: u32, depot: u32) -> u32 {
        let old = self.node(after).trip;
        let Trip { route, kind, .. } = *self.trip(old);
        let (trip, start) = self.take_trip(route, kind, depot, self.instance.depots[depot as usize].0);
        self.link(start, after, route);
        self.route_mut(route).trips += 1;
        self.hand_over(start, old, trip);
        trip
    }

    /// Stops behind a node change from one trip to another.
    fn hand_over(&mut self, after: u32, from: u32, to: u32) {
        let mut node = self.node(after).next;
        while self.is_stop(node) {
            self.count(from, node, -1);
            self.count(to, node, 1);
            self.node_mut(node).trip = to;
            node = self.node(node).next;
        }
        if self.instance.releases {
            self.find_ready(from);
        }
    }

    pub(super) fn count(&mut self, trip: u32, stop: u32, sign: i64) {
        let data = self.instance.stops[stop as usize];
        let trip = self.trip_mut(trip);
        trip.stops = (i64::from(trip.stops) + sign) as u32;
        for (room, load) in trip.room.iter_mut().zip(data.load) {
            *room -= sign * load;
        }
        if sign > 0 {
            trip.ready_s = trip.ready_s.max(data.ready_s);
        }
    }

    fn find_ready(&mut self, trip: u32) {
        let mut node = self.node(self.trip(trip).start).next;
        let mut ready_s = NEVER_S;
        while self.is_stop(node) {
            ready_s = ready_s.max(self.instance.stops[node as usize].ready_s);
            node = self.node(node).next;
        }
        self.trip_mut(trip).ready_s = ready_s;
    }

    fn link(&mut self, node: u32, after: u32, route: u32) {
        let instance = self.instance;
        let place = self.node(node).place;
        let Node {
            next,
            place: from,
            out_m: old_m,
            ..
        } = *self.node(after);
        let in_m = instance.distance_m(from, place);
        let out_m = instance.distance_m(place, self.node(next).place);
        let entry = self.node_mut(node);
        (entry.prev, entry.next, entry.out_m) = (after, next, out_m);
        let before = self.node_mut(after);
        (before.next, before.out_m) = (node, in_m);
        self.node_mut(next).prev = node;
        self.lengthen(route, in_m + out_m - old_m);
        if instance.steady {
            let by_s = self.detour_s(from, node, self.node(next).place, route);
            self.prolong(route, by_s);
        }
    }

    /// Seconds that a node adds between two places where nobody ever waits.
    fn detour_s(&self, from: u32, node: u32, to: u32, route: u32) -> i64 {
        let instance = self.instance;
        let place = self.node(node).place;
        let stay_s = if self.is_stop(node) {
            instance.stops[node as usize].stay_s
        } else {
            instance.kinds[self.route(route).kind as usize].reload_s
        };
        instance.time_s(from, place) + stay_s + instance.time_s(place, to) - instance.time_s(from, to)
    }

    fn unlink(&mut self, node: u32, route: u32) {
        let Node {
            prev, next, out_m, ..
        } = *self.node(node);
        let way_m = self
            .instance
            .distance_m(self.node(prev).place, self.node(next).place);
        let before = self.node_mut(prev);
        let gained_m = way_m - before.out_m - out_m;
        (before.next, before.out_m) = (next, way_m);
        self.node_mut(next).prev = prev;
        self.node_mut(node).trip = NOBODY;
        self.lengthen(route, gained_m);
        if self.instance.steady {
            let by_s = self.detour_s(self.node(prev).place, node, self.node(next).place, route);
            self.prolong(route, -by_s);
        }
    }

    pub(super) fn lengthen(&mut self, route: u32, by_m: i64) {
        let route = self.route_mut(route);
        route.length_m += by_m;
        let kind = route.kind;
        self.cost += by_m * self.instance.kinds[kind as usize].per_m;
    }

    pub(super) fn prolong(&mut self, route: u32, by_s: i64) {
        let route = self.route_mut(route);
        route.duration_s += by_s;
        let kind = route.kind;
        self.cost += by_s * self.instance.kinds[kind as usize].per_s;
    }

    /// Puts an absent stop behind a node; the caller takes it off the list of absent stops.
    pub(super) fn insert(&mut self, stop: u32, after: u32) {
        let trip = self.node(after).trip;
        let Trip { route, ready_s, .. } = *self.trip(trip);
        self.link(stop, after, route);
        self.node_mut(stop).trip = trip;
        self.count(trip, stop, 1);
        self.route_mut(route).stops += 1;
        if self.instance.has_segments() || self.trip(trip).ready_s != ready_s {
            self.trace(route);
        } else if self.instance.timed {
            self.trace_around(stop);
        }
    }

    /// Takes a stop out; `settle` must follow before the route is looked at.
    pub(super) fn remove(&mut self, stop: u32) {
        let trip = self.node(stop).trip;
        let route = self.trip(trip).route;
        self.unlink(stop, route);
        self.count(trip, stop, -1);
        self.route_mut(route).stops -= 1;
        self.absent.push(stop);
    }

    /// Puts a route in order from which stops were taken.
    pub(super) fn settle(&mut self, route: u32) {
        let Route {
            stops,
            trips,
            first,
            end,
            ..
        } = *self.route(route);
        if trips > 1 || stops == 0 {
            let mut node = self.node(first).next;
            while node != end {
                let Node { next, trip, .. } = *self.node(node);
                if !self.is_stop(node) && self.trip(trip).stops == 0 {
                    self.drop_trip(route, trip, node);
                }
                node = next;
            }
            let trip = self.node(first).trip;
            if self.trip(trip).stops == 0 {
                self.drop_trip(route, trip, first);
            }
        }
        if stops == 0 {
            self.cost -= self.cost_of(route);
            let kind = self.route(route).kind;
            self.used[kind as usize] -= 1;
            self.free_routes.offer(route);
            return;
        }
        if self.instance.releases {
            let mut node = self.route(route).first;
            while node != end {
                if !self.is_stop(node) {
                    self.find_ready(self.node(node).trip);
                }
                node = self.node(node).next;
            }
        }
        self.trace(route);
    }

    /// Unloads fewer times: trips of a route that follow on each other become one where load and times allow it.
    pub(super) fn merge_trips(&mut self, route: u32) {
        let mut trip = self.node(self.route(route).first).trip;
        loop {
            let mut last = self.trip(trip).start;
            while self.is_stop(self.node(last).next) {
                last = self.node(last).next;
            }
            let start = self.node(last).next;
            if start == self.route(route).end {
                return;
            }
            let other = self.node(start).trip;
            let (one, two) = (*self.trip(trip), *self.trip(other));
            let capacity = self.instance.kinds[one.kind as usize].capacity;
            let fits = (0..2).all(|unit| one.room[unit] + two.room[unit] >= capacity[unit]);
            if !fits || one.source != two.source || !self.merges_in_time(&one, two.ready_s, start) {
                trip = other;
                continue;
            }
            self.hand_over(start, other, trip);
            self.unlink(start, route);
            self.route_mut(route).trips -= 1;
            self.trip_mut(other).route = NONE;
            self.free_trips.offer(other);
            self.trace(route);
        }
    }

    /// Whether a trip that also waits for other goods can go on behind the depot at `end` without loading there.
    fn merges_in_time(&self, trip: &Trip, ready_s: i64, end: u32) -> bool {
        let instance = self.instance;
        if !instance.timed {
            return true;
        }
        let Node {
            prev, place, leave_s, ..
        } = *self.node(trip.start);
        let mut leave_s = leave_s.max(ready_s);
        let start = &instance.kinds[trip.kind as usize];
        let close_s = if prev == NONE {
            start.start_close_s
        } else {
            instance.depots[trip.source as usize].1.to_s + start.reload_s
        };
        if leave_s > close_s {
            return false;
        }
        let (mut here, mut node) = (place, self.node(trip.start).next);
        loop {
            if node == end {
                node = self.node(end).next;
            }
            let Node {
                place, late_s, next, ..
            } = *self.node(node);
            let arrive_s = leave_s + instance.time_s(here, place);
            if !self.is_stop(node) || self.node(node).prev == end {
                return arrive_s <= late_s;
            }
            let Some(begin_s) = instance.begin_s(node, arrive_s) else {
                return false;
            };
            leave_s = begin_s + instance.stops[node as usize].stay_s;
            (here, node) = (place, next);
        }
    }

    /// A trip without stops goes, with its depot. That of the beginning of the route takes over the stops of the next
    /// one if that is loaded at the same place, else it stays: the vehicle goes empty to the other depot.
    fn drop_trip(&mut self, route: u32, trip: u32, start: u32) {
        let Route {
            first, end, stops, ..
        } = *self.route(route);
        if start != first {
            self.unlink(start, route);
            self.route_mut(route).trips -= 1;
        } else if stops > 0 {
            let next = self.node(start).next;
            if next == end {
                return;
            }
            let other = self.node(next).trip;
            if self.trip(other).source == self.trip(trip).source && self.trip(other).stops > 0 {
                self.hand_over(next, other, trip);
                self.drop_trip(route, other, next);
            }
            return;
        }
        self.trip_mut(trip).route = NONE;
        self.free_trips.offer(trip);
    }

    /// A route gets another kind of vehicle that differs in capacity and cost only.
    pub(super) fn change_kind(&mut self, route: u32, kind: u32) {
        let old = self.route(route).kind;
        self.cost -= self.cost_of(route);
        self.used[old as usize] -= 1;
        self.route_mut(route).kind = kind;
        self.used[kind as usize] += 1;
        self.cost += self.cost_of(route);
        let instance = self.instance;
        let (before, after) = (
            instance.kinds[old as usize].capacity,
            instance.kinds[kind as usize].capacity,
        );
        let Route { first, end, .. } = *self.route(route);
        let mut node = first;
        while node != end {
            let Node { next, trip, .. } = *self.node(node);
            if !self.is_stop(node) {
                let trip = self.trip_mut(trip);
                trip.kind = kind;
                for ((room, after), before) in trip.room.iter_mut().zip(after).zip(before) {
                    *room += after - before;
                }
            }
            node = next;
        }
    }
}
