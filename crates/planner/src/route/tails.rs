//! Two trips exchange what follows behind a stop of each, and their vehicles perhaps all further trips too (2-opt*: Potvin
//! and Rousseau, "An exchange heuristic for routeing problems with time windows", Journal of the Operational Research Society
//! 1995). Strings that are taken out are short, so that without this the ends of long trips would never change places.

use super::instance::NONE;
use super::near::Near;
use super::state::{NOBODY, Node, State};
use crate::random::Random;

/// Chance that an exchange which is better than those before is passed by.
const BLINK: f64 = 0.2;
/// Chance that the vehicles also exchange the trips that follow.
const FURTHER: f64 = 0.5;

/// The stops of a trip behind one of its nodes, and perhaps all further trips of the route.
struct Tail {
    trip: u32,
    /// The node behind which it begins, and the one behind it: the beginning of the next trip, or the end of the route.
    head: u32,
    end: u32,
    /// `NONE` where nothing follows.
    first: u32,
    last: u32,
    /// On the trip of the head, and with those on further trips.
    own_stops: u32,
    stops: u32,
    further_trips: u32,
    /// Of the stops on the trip of the head.
    load: [i64; 2],
    /// From the first to the last stop: metres, and seconds with the stays at both where nobody ever waits.
    length_m: i64,
    duration_s: i64,
}

impl State<'_> {
    /// Exchanges the tails of two routes where that makes one of the ways between `gap`, the node behind it, and their near
    /// stops, if there is an exchange that adds less than `limit` to the cost.
    pub(super) fn exchange_tails(&mut self, gap: u32, near: &Near, random: &mut Random, limit: f64) {
        let trip = self.node(gap).trip;
        // A route that has lost all its stops is gone.
        if trip == NOBODY || self.trip(trip).route == NONE {
            return;
        }
        let per_m = self.instance.kinds[self.trip(trip).kind as usize].per_m;
        let mut best_m = (limit / per_m.max(1) as f64) as i64;
        let mut chosen = None;
        let mut look = |head: u32, other: u32| {
            let added_m = self.added_by_exchange_m(head, other);
            if added_m < best_m && self.exchange_may_be_in_time(head, other) && random.fraction() >= BLINK {
                best_m = added_m;
                chosen = Some((head, other));
            }
        };
        let route = self.trip(trip).route;
        let is_elsewhere = |stop: u32| {
            let other = self.node(stop).trip;
            other != NOBODY && self.trip(other).route != route
        };
        let behind = self.node(gap).next;
        if self.is_stop(gap) {
            let stops = near.of(gap).iter().map(|(stop, _)| *stop);
            stops
                .filter(|stop| is_elsewhere(*stop))
                .for_each(|stop| look(gap, self.node(stop).prev));
        }
        if self.is_stop(behind) {
            let stops = near.of(behind).iter().map(|(stop, _)| *stop);
            stops
                .filter(|stop| is_elsewhere(*stop))
                .for_each(|stop| look(stop, gap));
        }
        if let Some((one, other)) = chosen {
            let further = self.instance.reloads && random.fraction() < FURTHER;
            self.exchange([self.tail(one, further), self.tail(other, further)]);
        }
    }

    /// Metres that two routes become longer by in all; those at the ends of trips count where no vehicle loads again.
    fn added_by_exchange_m(&self, one: u32, other: u32) -> i64 {
        let instance = self.instance;
        let heads = [one, other].map(|head| self.node(head));
        let routes = heads.map(|head| self.route(self.trip(head.trip).route));
        let ends = routes.map(|route| self.node(route.end));
        let mut added_m = 0;
        for (side, own) in heads.iter().enumerate() {
            let others = heads[1 - side];
            added_m -= own.out_m;
            if instance.reloads || self.is_stop(others.next) {
                added_m += instance.distance_m(own.place, self.node(others.next).place);
            } else {
                added_m += instance.distance_m(own.place, ends[side].place);
            }
            if !instance.reloads && self.is_stop(others.next) && ends[0].place != ends[1].place {
                let last = self.node(ends[1 - side].prev);
                added_m += instance.distance_m(last.place, ends[side].place) - last.out_m;
            }
        }
        added_m
    }

    /// Whether both ways come in time. What happens at the ends of the trips is not looked at.
    fn exchange_may_be_in_time(&self, one: u32, other: u32) -> bool {
        let heads = [one, other].map(|head| self.node(head));
        let comes_in_time =
            |from: &Node, to: &Node| from.leave_s + self.instance.time_s(from.place, to.place) <= to.late_s;
        !self.instance.timed || (0..2).all(|side| comes_in_time(heads[side], self.node(heads[1 - side].next)))
    }

    fn tail(&self, head: u32, further: bool) -> Tail {
        let instance = self.instance;
        let Node { next, trip, .. } = *self.node(head);
        let kind = &instance.kinds[self.trip(trip).kind as usize];
        let mut tail = Tail {
            trip,
            head,
            end: next,
            first: NONE,
            last: NONE,
            own_stops: 0,
            stops: 0,
            further_trips: 0,
            load: [0; 2],
            length_m: 0,
            duration_s: 0,
        };
        loop {
            let Node {
                next, out_m, place, ..
            } = *self.node(tail.end);
            if self.is_stop(tail.end) {
                let stop = &instance.stops[tail.end as usize];
                tail.stops += 1;
                tail.duration_s += stop.stay_s;
                if tail.further_trips == 0 {
                    tail.own_stops += 1;
                    for (sum, load) in tail.load.iter_mut().zip(stop.load) {
                        *sum += load;
                    }
                }
            } else if further && next != NONE {
                tail.further_trips += 1;
                tail.duration_s += kind.reload_s;
            } else {
                return tail;
            }
            if tail.first == NONE {
                tail.first = tail.end;
            }
            tail.last = tail.end;
            if self.is_stop(next) || (further && self.node(next).next != NONE) {
                tail.length_m += out_m;
                tail.duration_s += instance.time_s(place, self.node(next).place);
            }
            tail.end = next;
        }
    }

    /// Exchanges two tails of different routes, if loads allow it. A route may be late afterwards.
    fn exchange(&mut self, tails: [Tail; 2]) {
        let fits = |own: &Tail, other: &Tail| self.could_take(own, other);
        if !fits(&tails[0], &tails[1]) || !fits(&tails[1], &tails[0]) {
            return;
        }
        let routes = [0, 1].map(|side| self.trip(tails[side].trip).route);
        let before = [0, 1].map(|side| self.ways_with(&tails[side], &tails[side]));
        let after = [0, 1].map(|side| self.ways_with(&tails[side], &tails[1 - side]));
        for (own, other) in [(&tails[0], &tails[1]), (&tails[1], &tails[0])] {
            let mut node = own.first;
            for _ in 0..own.own_stops {
                self.count(own.trip, node, -1);
                self.count(other.trip, node, 1);
                self.node_mut(node).trip = other.trip;
                node = self.node(node).next;
            }
        }
        for (own, route) in [(&tails[0], routes[1]), (&tails[1], routes[0])] {
            let mut node = own.first;
            for _ in 0..own.stops + own.further_trips {
                let trip = self.node(node).trip;
                if !self.is_stop(node) {
                    self.trip_mut(trip).route = route;
                }
                node = self.node(node).next;
            }
        }
        for (side, route) in routes.into_iter().enumerate() {
            let (own, other) = (&tails[side], &tails[1 - side]);
            if other.first != NONE {
                self.connect(own.head, other.first);
                self.connect(other.last, own.end);
            } else {
                self.connect(own.head, own.end);
            }
            self.lengthen(route, after[side].0 - before[side].0);
            if self.instance.steady {
                self.prolong(route, after[side].1 - before[side].1);
            }
            let entry = self.route_mut(route);
            entry.stops = entry.stops + other.stops - own.stops;
            entry.trips = entry.trips + other.further_trips - own.further_trips;
        }
        for route in routes {
            self.settle(route);
        }
    }

    /// Whether a trip could go on with another tail than its own.
    fn could_take(&self, own: &Tail, other: &Tail) -> bool {
        let instance = self.instance;
        let trip = self.trip(own.trip);
        let kind = &instance.kinds[trip.kind as usize];
        if (0..2).any(|unit| trip.room[unit] + own.load[unit] < other.load[unit]) {
            return false;
        }
        let route = self.route(trip.route);
        let stops = route.stops + other.stops - own.stops;
        let trips = route.trips + other.further_trips - own.further_trips;
        let alike = trip.kind == self.trip(other.trip).kind || other.further_trips == 0;
        if stops > kind.stops_max || trips > kind.trips_max || !alike {
            return false;
        }
        let mut node = other.first;
        (0..other.own_stops).all(|_| {
            let stop = node;
            node = self.node(node).next;
            !instance.restricted || instance.may(stop, trip.kind, trip.source)
        })
    }

    /// Metres and seconds from a head to the end of its trip if this tail follows.
    fn ways_with(&self, own: &Tail, tail: &Tail) -> (i64, i64) {
        let instance = self.instance;
        let (from, to) = (self.node(own.head).place, self.node(own.end).place);
        if tail.first == NONE {
            return instance.both(from, to);
        }
        let (in_m, in_s) = instance.both(from, self.node(tail.first).place);
        let (out_m, out_s) = instance.both(self.node(tail.last).place, to);
        (in_m + tail.length_m + out_m, in_s + tail.duration_s + out_s)
    }

    fn connect(&mut self, from: u32, to: u32) {
        let way_m = self
            .instance
            .distance_m(self.node(from).place, self.node(to).place);
        let node = self.node_mut(from);
        (node.next, node.out_m) = (to, way_m);
        self.node_mut(to).prev = from;
    }
}
