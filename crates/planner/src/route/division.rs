//! A stop as a trip of its own, or where a trip is divided: for vehicles that may load again.

use super::instance::{NEVER_S, NONE};
use super::spot::{How, Search};
use super::state::{Route, Trip};

impl Search<'_, '_> {
    /// The stop as a trip of its own, between or beside the trips of every route that may load again.
    pub(super) fn new_trips(&mut self) {
        let state = self.state;
        let instance = state.instance;
        if instance.one_depot {
            let least_per_m = instance.kinds.iter().map(|kind| kind.per_m).min();
            if self.stop.round_trip_m * least_per_m.unwrap_or(0) >= self.best.cost {
                return;
            }
        }
        // Many cost the same, and the first of them stands.
        let (before, from) = state
            .routes
            .items
            .split_at(self.random.below(state.routes.items.len()));
        for route in from.iter().chain(before) {
            let kind = &instance.kinds[route.kind as usize];
            let whole = route.stops == 0 || route.trips >= kind.trips_max || route.stops >= kind.stops_max;
            let fits = (0..2).all(|unit| self.stop.load[unit] <= kind.capacity[unit]);
            if whole || !fits || kind.reload.is_empty() || !instance.may_go(self.id, route.kind) {
                continue;
            }
            let mut node = state.node(route.end).prev;
            loop {
                let start = state.trip(state.node(node).trip).start;
                for depot in &kind.reload {
                    self.trip_behind(route, node, *depot);
                }
                node = state.node(start).prev;
                if node == NONE {
                    break;
                }
            }
        }
    }

    /// Divides the trips behind their first depot.
    pub(super) fn split_first(&mut self) {
        let state = self.state;
        for trip in state.trips.items.iter().filter(|trip| trip.route != NONE) {
            if self.state.instance.may_go(self.id, trip.kind) {
                self.split(trip.start);
            }
        }
    }

    fn trip_behind(&mut self, route: &Route, after: u32, depot: u32) {
        let state = self.state;
        let instance = state.instance;
        if !instance.may(self.id, route.kind, depot) {
            return;
        }
        let kind = &instance.kinds[route.kind as usize];
        let place = instance.depots[depot as usize].0;
        let before = state.node(after);
        // Out and back by itself.
        if state.node(before.next).place == place && self.stop.round_trip_m * kind.per_m >= self.best.cost {
            return;
        }
        if !state.is_stop(after) && state.trip(before.trip).source == depot {
            return;
        }
        let next = state.node(before.next);
        let (to_m, to_s) = instance.both(place, self.stop.place);
        let (on_m, on_s) = instance.both(self.stop.place, next.place);
        let detour_m = instance.distance_m(before.place, place) + to_m + on_m - before.out_m;
        let mut cost = detour_m * kind.per_m;
        if cost >= self.best.cost || instance.is_gap(detour_m) {
            return;
        }
        if instance.timed {
            let Some(begin_s) = self.loading(after, route.kind, depot) else {
                return;
            };
            let arrive_s = begin_s + kind.reload_s + to_s;
            let Some(begin_s) = instance.begin_s(self.id, arrive_s) else {
                return;
            };
            if begin_s + self.stop.stay_s + on_s > next.late_s {
                return;
            }
        }
        if instance.durations {
            let coded = instance.stops.len() as u32 + depot;
            let Some(added) = self.longer_exactly(route, &[(after, coded), (after, self.id)]) else {
                return;
            };
            cost += added;
        }
        self.take(cost, How::NewTrip(after, depot));
    }

    /// Behind a node of a trip that is divided there: the stop goes with the first or with the second part.
    pub(super) fn split(&mut self, after: u32) {
        let state = self.state;
        let instance = state.instance;
        let before = state.node(after);
        let trip = state.trip(before.trip);
        let route = state.route(trip.route);
        let kind = &instance.kinds[trip.kind as usize];
        let next = state.node(before.next);
        // A trip that is divided here goes by the stop and by a depot.
        let least_m = self.stop.round_trip_m - 2 * before.out_m;
        if instance.symmetric && least_m * kind.per_m >= self.best.cost {
            return;
        }
        if !state.is_stop(before.next) || route.trips >= kind.trips_max || route.stops >= kind.stops_max {
            return;
        }
        for depot in &kind.reload {
            let place = instance.depots[*depot as usize].0;
            let from_depot_m = instance.distance_m(place, self.stop.place);
            let first_m = instance.distance_m(before.place, self.stop.place)
                + instance.distance_m(self.stop.place, place)
                + instance.distance_m(place, next.place)
                - before.out_m;
            let second_m = instance.distance_m(before.place, place)
                + from_depot_m
                + instance.distance_m(self.stop.place, next.place)
                - before.out_m;
            let inside = state.is_stop(after);
            for (detour_m, how) in [
                (first_m, How::Before(after, *depot)),
                (second_m, How::Within(after, *depot)),
            ] {
                let cost = detour_m * kind.per_m;
                if cost < self.best.cost
                    && !instance.is_gap(detour_m)
                    && (inside || matches!(how, How::Before(..)))
                {
                    self.split_at(after, *depot, cost, how);
                }
            }
        }
    }

    fn split_at(&mut self, after: u32, depot: u32, mut cost: i64, how: How) {
        let state = self.state;
        let instance = state.instance;
        let (before, next) = (state.node(after), state.node(state.node(after).next));
        let trip = state.trip(before.trip);
        let route = state.route(trip.route);
        let kind = &instance.kinds[trip.kind as usize];
        let own_source = if matches!(how, How::Within(..)) {
            depot
        } else {
            trip.source
        };
        // What stands behind the node goes on the further trip.
        let (mut load, mut ready_s, mut node) = ([0i64; 2], NEVER_S, before.next);
        while state.is_stop(node) {
            let stop = &instance.stops[node as usize];
            if instance.restricted && !instance.may(node, trip.kind, depot) {
                return;
            }
            load = [0, 1].map(|unit| load[unit] + stop.load[unit]);
            ready_s = ready_s.max(stop.ready_s);
            node = state.node(node).next;
        }
        let first = [0, 1].map(|unit| kind.capacity[unit] - trip.room[unit] - load[unit]);
        let part = if matches!(how, How::Within(..)) {
            load
        } else {
            first
        };
        let fits = (0..2).all(|unit| part[unit] + self.stop.load[unit] <= kind.capacity[unit]);
        if !fits || !instance.may(self.id, trip.kind, own_source) || instance.pickups {
            return;
        }
        let place = instance.depots[depot as usize].0;
        let time_s = |from: u32, to: u32| instance.time_s(from, to);
        if instance.timed {
            let window = instance.depots[depot as usize].1;
            let arrives = |leave_s: i64, from: u32| leave_s + time_s(from, place);
            let begin_s = if matches!(how, How::Within(..)) {
                let ready_s = ready_s.max(self.stop.ready_s);
                let loaded_s = instance.loading_s(
                    depot,
                    arrives(before.leave_s, before.place),
                    ready_s,
                    kind.reload_s,
                );
                if loaded_s > window.to_s {
                    return;
                }
                let arrive_s = loaded_s + kind.reload_s + time_s(place, self.stop.place);
                let Some(begin_s) = instance.begin_s(self.id, arrive_s) else {
                    return;
                };
                begin_s + self.stop.stay_s + time_s(self.stop.place, next.place)
            } else {
                let leave_s = if !state.is_stop(after) {
                    self.leave_with(after, trip)
                } else if instance.releases && self.stop.ready_s > trip.ready_s {
                    self.delayed(after, trip)
                } else {
                    Some(before.leave_s)
                };
                let Some(leave_s) = leave_s else { return };
                let arrive_s = leave_s + time_s(before.place, self.stop.place);
                let Some(begin_s) = instance.begin_s(self.id, arrive_s) else {
                    return;
                };
                let back_s = arrives(begin_s + self.stop.stay_s, self.stop.place);
                let loaded_s = instance.loading_s(depot, back_s, ready_s, kind.reload_s);
                if loaded_s > window.to_s {
                    return;
                }
                loaded_s + kind.reload_s + time_s(place, next.place)
            };
            if begin_s > next.late_s {
                return;
            }
        }
        if instance.durations {
            let coded = instance.stops.len() as u32 + depot;
            let both = if matches!(how, How::Within(..)) {
                [(after, coded), (after, self.id)]
            } else {
                [(after, self.id), (after, coded)]
            };
            let Some(added) = self.longer_exactly(route, &both) else {
                return;
            };
            cost += added;
        }
        self.take(cost, how);
    }

    /// When a trip leaves its depot with the goods of the new stop alone.
    pub(super) fn leave_with(&self, start: u32, trip: &Trip) -> Option<i64> {
        let kind = &self.state.instance.kinds[trip.kind as usize];
        let prev = self.state.node(start).prev;
        if prev == NONE {
            let leave_s = kind.leave_s.max(self.stop.ready_s);
            return (leave_s <= kind.start_close_s).then_some(leave_s);
        }
        Some(self.loading(prev, trip.kind, trip.source)? + kind.reload_s)
    }
}
