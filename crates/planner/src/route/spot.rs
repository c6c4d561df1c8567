//! Where an absent stop costs least: every way to put it in, checked in constant time.

use super::instance::{Instance, NONE, Stop};
use super::near::Near;
use super::schedule::schedule;
use super::search::NEAR;
use super::segment::Segment;
use super::state::{NOBODY, Node, Route, State, Trip};
use crate::random::Random;

/// How a stop comes into the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    /// Behind a node.
    Behind(u32),
    /// Behind a node, and the route gets another kind of vehicle.
    Upgrade(u32, u32),
    /// Behind this last stop of a trip, as a trip of its own that is loaded at this depot.
    NewTrip(u32, u32),
    /// Behind a node, and what follows there becomes a further trip that is loaded at this depot.
    Before(u32, u32),
    /// The same, and the stop goes on the further trip.
    Within(u32, u32),
    /// In a vehicle of its own.
    NewRoute(u32),
    /// The same, but it is loaded at this depot first.
    NewRouteBy(u32, u32),
}

/// A way to put a stop in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spot {
    pub(super) cost: i64,
    pub(super) how: How,
}

/// How the cheapest way is looked for.
#[derive(Clone, Copy)]
pub(super) struct Manner {
    /// The chance that a way which is better than those before is passed by.
    pub(super) blink: f64,
    /// Every place of every route is looked at where no near one will do.
    pub(super) far: bool,
    /// Whether trips are divided though the stop has a place without that.
    pub(super) divide: bool,
    /// The share of what a vehicle of its own costs that counts. Below 1 it anticipates that others will go with it.
    pub(super) opening: f64,
    /// Only ways that cost less are looked for.
    pub(super) below: i64,
}

const NOWHERE: How = How::Behind(NONE);

impl State<'_> {
    /// The cheapest way found.
    pub(super) fn find_spot(
        &self,
        stop: u32,
        near: &Near,
        random: &mut Random,
        manner: Manner,
    ) -> Option<Spot> {
        let mut search = Search {
            state: self,
            id: stop,
            stop: self.instance.stops[stop as usize],
            random,
            manner,
            best: Spot {
                cost: manner.below,
                how: NOWHERE,
            },
        };
        let mut beside = [(0, 0); NEAR];
        let count = self.with_room(&search.stop, near.of(stop), &mut beside);
        for (other, from_m) in &beside[..count] {
            let node = self.node(*other);
            let from_m = (*from_m < i32::MAX).then_some(i64::from(*from_m));
            let back_m = from_m.filter(|_| self.instance.symmetric);
            // Where ways there and back are equal, a detour by a far stop is at least this long.
            let far_m = back_m.unwrap_or(0);
            let per_m = self.instance.kinds[self.trip(node.trip).kind as usize].per_m;
            let least = |out_m: i64| 2 * (far_m - out_m) * per_m;
            if self.instance.reloads && !search.has_room(node.trip) {
                continue;
            }
            if least(node.out_m) < search.best.cost {
                search.behind(*other, from_m, None);
            }
            if least(self.node(node.prev).out_m) < search.best.cost {
                search.behind(node.prev, None, back_m);
            }
        }
        // A free vehicle before a further trip of the same cost, because it leaves more time to the others.
        search.new_routes();
        if self.instance.reloads {
            search.new_trips();
            if manner.divide || search.best.how == NOWHERE {
                for (other, _) in &beside[..count] {
                    search.split(*other);
                    search.split(self.node(*other).prev);
                }
                search.split_first();
            }
        }
        if manner.far && search.best.how == NOWHERE && !near.has_all() {
            search.everywhere();
        }
        (search.best.how != NOWHERE).then_some(search.best)
    }

    /// The near stops on trips that have room, in the same order. It decides without branches, which the
    /// processor could not foresee.
    #[inline]
    fn with_room(&self, stop: &Stop, near: &[(u32, i32)], beside: &mut [(u32, i32); NEAR]) -> usize {
        let instance = self.instance;
        let any = instance.reloads || instance.upgrades || instance.pickups;
        let mut count = 0;
        for entry in near {
            let trip = self.node(entry.0).trip;
            let room = &self.trip(trip).room;
            let fits = (stop.load[0] <= room[0]) & (stop.load[1] <= room[1]);
            beside[count] = *entry;
            count += usize::from(fits | (any & (trip != NOBODY)));
        }
        count
    }

    /// Puts a stop in as found.
    pub(super) fn place(&mut self, stop: u32, how: How) {
        match how {
            How::Behind(after) => self.insert(stop, after),
            How::Upgrade(after, kind) => {
                let route = self.trip(self.node(after).trip).route;
                self.change_kind(route, kind);
                self.insert(stop, after);
            }
            How::NewTrip(after, depot) => {
                let trip = self.open_trip(after, depot);
                self.insert(stop, self.trip(trip).start);
            }
            How::Before(after, depot) => {
                self.insert(stop, after);
                self.open_trip(stop, depot);
                self.settle(self.trip(self.node(stop).trip).route);
            }
            How::Within(after, depot) => {
                let trip = self.open_trip(after, depot);
                self.insert(stop, self.trip(trip).start);
                self.settle(self.trip(trip).route);
            }
            How::NewRoute(kind) => {
                let route = self.open_route(kind);
                self.insert(stop, self.route(route).first);
            }
            How::NewRouteBy(kind, depot) => {
                let route = self.open_route(kind);
                let trip = self.open_trip(self.route(route).first, depot);
                self.insert(stop, self.trip(trip).start);
            }
        }
    }
}

pub(super) struct Search<'a, 'b> {
    pub(super) state: &'a State<'a>,
    pub(super) id: u32,
    pub(super) stop: Stop,
    pub(super) random: &'b mut Random,
    manner: Manner,
    pub(super) best: Spot,
}

impl Search<'_, '_> {
    fn everywhere(&mut self) {
        let state = self.state;
        for route in state.routes.items.iter().filter(|route| route.stops > 0) {
            let mut node = route.first;
            while node != route.end {
                self.behind(node, None, None);
                node = state.node(node).next;
            }
        }
    }

    #[inline]
    pub(super) fn take(&mut self, cost: i64, how: How) {
        let blink = self.manner.blink;
        if cost < self.best.cost && (blink == 0.0 || self.random.fraction() >= blink) {
            self.best = Spot { cost, how };
        }
    }

    /// Whether a trip could take the stop at all; what is brought and what is fetched need not be on board together.
    #[inline]
    fn has_room(&self, trip: u32) -> bool {
        let room = self.state.trip(trip).room;
        (self.stop.load[0] <= room[0] && self.stop.load[1] <= room[1])
            || self.state.instance.upgrades
            || self.state.instance.pickups
    }

    /// Behind a node, with the metres to and from the stop where they are known.
    #[inline]
    fn behind(&mut self, after: u32, to_m: Option<i64>, on_m: Option<i64>) {
        let state = self.state;
        let instance = state.instance;
        let before = state.node(after);
        let trip = state.trip(before.trip);
        let full = (0..2).any(|unit| self.stop.load[unit] > trip.room[unit]);
        if full && !instance.upgrades && !instance.pickups {
            return;
        }
        let next = state.node(before.next);
        let both = |from: u32, to: u32, way_m: Option<i64>| match way_m {
            Some(way_m) => instance.both_with(from, to, way_m),
            None => instance.both(from, to),
        };
        let (to_m, to_s) = both(before.place, self.stop.place, to_m);
        let (on_m, on_s) = both(self.stop.place, next.place, on_m);
        let detour_m = to_m + on_m - before.out_m;
        if instance.is_gap(detour_m) {
            return;
        }
        let mut cost = detour_m * instance.kinds[trip.kind as usize].per_m;
        if cost >= self.best.cost {
            return;
        }
        let mut how = How::Behind(after);
        if full && !(instance.pickups && self.fits_between(after, trip)) {
            let Some((extra, kind)) = self.upgrade(trip, detour_m) else {
                return;
            };
            cost += extra;
            how = How::Upgrade(after, kind);
        }
        if instance.restricted && !instance.may(self.id, trip.kind, trip.source) {
            return;
        }
        if instance.stops_limited
            && state.route(trip.route).stops >= instance.kinds[trip.kind as usize].stops_max
        {
            return;
        }
        if instance.timed && !self.in_time(after, trip, to_s, on_s) {
            return;
        }
        if instance.durations {
            let Some(added) = self.longer(after, trip, to_s, on_s) else {
                return;
            };
            cost += added;
        }
        self.take(cost, how);
    }

    /// Whether the load fits at this place of a trip that brings and fetches.
    fn fits_between(&self, after: u32, trip: &Trip) -> bool {
        let capacity = self.state.instance.kinds[trip.kind as usize].capacity;
        let segments = &self.state.segments;
        let peak = if self.stop.pickup {
            segments.peak_behind[after as usize]
        } else {
            segments.peak_before[after as usize]
        };
        (0..2).all(|unit| peak[unit] + self.stop.load[unit] <= capacity[unit])
    }

    /// The kind like that of the trip that carries more and costs least for the longer route, and what it adds.
    fn upgrade(&self, trip: &Trip, detour_m: i64) -> Option<(i64, u32)> {
        let state = self.state;
        let instance = state.instance;
        let route = state.route(trip.route);
        let present = &instance.kinds[trip.kind as usize];
        if route.trips > 1 || instance.durations || instance.pickups {
            return None;
        }
        let need = [0, 1].map(|unit| present.capacity[unit] - trip.room[unit] + self.stop.load[unit]);
        let length_m = route.length_m + detour_m;
        present
            .alike
            .iter()
            .filter(|kind| {
                let data = &instance.kinds[**kind as usize];
                (0..2).all(|unit| data.capacity[unit] >= need[unit])
                    && state.used[**kind as usize] < data.count
            })
            .map(|kind| {
                let data = &instance.kinds[*kind as usize];
                (
                    data.fixed - present.fixed + (data.per_m - present.per_m) * length_m,
                    *kind,
                )
            })
            .min()
    }

    #[inline]
    fn in_time(&self, after: u32, trip: &Trip, to_s: i64, on_s: i64) -> bool {
        let state = self.state;
        let leave_s = if state.instance.releases && self.stop.ready_s > trip.ready_s {
            match self.delayed(after, trip) {
                Some(leave_s) => leave_s,
                None => return false,
            }
        } else {
            state.node(after).leave_s
        };
        let Some(begin_s) = state.instance.begin_s(self.id, leave_s + to_s) else {
            return false;
        };
        begin_s + self.stop.stay_s + on_s <= state.node(state.node(after).next).late_s
    }

    /// When a node is left if its trip must wait for the goods of the new stop.
    pub(super) fn delayed(&self, after: u32, trip: &Trip) -> Option<i64> {
        let state = self.state;
        let instance = state.instance;
        let mut leave_s = self.leave_with(trip.start, trip)?;
        let mut node = trip.start;
        while node != after {
            let Node { next, place, .. } = *state.node(node);
            let way_s = instance.time_s(place, state.node(next).place);
            leave_s = instance.begin_s(next, leave_s + way_s)? + instance.stops[next as usize].stay_s;
            node = next;
        }
        Some(leave_s)
    }

    /// When the goods of the new stop are loaded at a depot behind a node.
    pub(super) fn loading(&self, behind: u32, kind: u32, depot: u32) -> Option<i64> {
        let instance = self.state.instance;
        let (place, window) = instance.depots[depot as usize];
        let Node {
            leave_s, place: from, ..
        } = *self.state.node(behind);
        let arrive_s = leave_s + instance.time_s(from, place);
        let reload_s = instance.kinds[kind as usize].reload_s;
        let begin_s = instance.loading_s(depot, arrive_s, self.stop.ready_s, reload_s);
        (begin_s <= window.to_s).then_some(begin_s)
    }

    /// What the longer duration of the route costs; `None` when it is too long.
    fn longer(&self, after: u32, trip: &Trip, to_s: i64, on_s: i64) -> Option<i64> {
        let state = self.state;
        let instance = state.instance;
        let route = state.route(trip.route);
        let kind = &instance.kinds[trip.kind as usize];
        if instance.steady {
            let (before, next) = (state.node(after), state.node(state.node(after).next));
            let added_s = to_s + self.stop.stay_s + on_s - instance.time_s(before.place, next.place);
            return (route.duration_s + added_s <= kind.duration_max_s).then_some(kind.per_s * added_s);
        }
        let delayed = instance.releases && self.stop.ready_s > trip.ready_s;
        if instance.several || delayed {
            return self.longer_exactly(route, &[(after, self.id)]);
        }
        let own = instance.segment_of(self.id);
        let next = state.node(after).next;
        let segments = &state.segments;
        let whole = segments.to[after as usize]
            .join(to_s, own)?
            .join(on_s, segments.from[next as usize])?;
        (whole.duration_s <= kind.duration_max_s).then(|| kind.per_s * (whole.duration_s - route.duration_s))
    }

    /// The same by walking through the route with entries added behind some nodes.
    pub(super) fn longer_exactly(&self, route: &Route, added: &[(u32, u32)]) -> Option<i64> {
        let state = self.state;
        let mut sequence = Vec::with_capacity(route.stops as usize + route.trips as usize + 2);
        let mut node = route.first;
        while node != route.end {
            if node != route.first {
                sequence.push(state.coded(node));
            }
            sequence.extend(
                added
                    .iter()
                    .filter(|(after, _)| *after == node)
                    .map(|(_, entry)| *entry),
            );
            node = state.node(node).next;
        }
        let timed = schedule(state.instance, route.kind, &sequence)?;
        Some(
            state.instance.kinds[route.kind as usize].per_s
                * (timed.end_s - timed.start_s - route.duration_s),
        )
    }

    fn new_routes(&mut self) {
        let state = self.state;
        let instance = state.instance;
        for (kind, data) in (0u32..).zip(&instance.kinds) {
            if state.used[kind as usize] >= data.count {
                continue;
            }
            let opening = self.manner.opening;
            let below = (self.best.cost as f64 / opening) as i64;
            if let Some(cost) = instance.alone(self.id, kind, below) {
                self.take((cost as f64 * opening) as i64, How::NewRoute(kind));
            } else if data.trips_max > 1 && data.stops_max > 0 && !instance.may(self.id, kind, data.source) {
                for depot in &data.reload {
                    let fits = (0..2).all(|unit| self.stop.load[unit] <= data.capacity[unit]);
                    let sequence = [instance.stops.len() as u32 + depot, self.id];
                    if fits
                        && instance.may(self.id, kind, *depot)
                        && let Some(timed) = schedule(instance, kind, &sequence)
                    {
                        self.take(timed.cost, How::NewRouteBy(kind, *depot));
                    }
                }
            }
        }
    }
}

impl Instance {
    /// The cost of a route of this kind with one stop, if it is possible and below a limit.
    pub(super) fn alone(&self, stop: u32, kind: u32, below: i64) -> Option<i64> {
        let (data, own) = (&self.kinds[kind as usize], &self.stops[stop as usize]);
        let length_m = self.distance_m(data.start, own.place) + self.distance_m(own.place, data.end);
        let mut cost = data.fixed + data.per_m * length_m;
        let fits = (0..2).all(|unit| own.load[unit] <= data.capacity[unit]);
        if cost >= below
            || self.is_gap(length_m)
            || !fits
            || data.stops_max == 0
            || !self.may(stop, kind, data.source)
        {
            return None;
        }
        if self.timed || self.durations {
            let start = self.start_segment(kind, own.ready_s);
            if start.is_void() {
                return None;
            }
            if own.several {
                cost = schedule(self, kind, &[stop])?.cost;
            } else {
                let end = Segment::new(0, data.leave_s, data.back_s);
                let to_s = self.time_s(data.start, own.place);
                let on_s = self.time_s(own.place, data.end);
                let whole = start.join(to_s, self.segment_of(stop))?.join(on_s, end)?;
                if whole.duration_s > data.duration_max_s {
                    return None;
                }
                cost += data.per_s * whole.duration_s;
            }
        }
        (cost < below).then_some(cost)
    }
}
