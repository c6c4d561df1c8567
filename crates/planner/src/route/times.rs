//! What stands along a route: when nodes are left at the earliest and reached at the latest, and how long the route takes.

use super::instance::{NEVER_S, NONE};
use super::state::{Node, Route, State, Trip};

impl State<'_> {
    /// Computes what stands along a whole route: times, segments, and its duration.
    pub(super) fn trace(&mut self, route: u32) {
        let Route { first, end, .. } = *self.route(route);
        if self.instance.timed {
            self.set_leave(first);
            let mut node = self.node(first).next;
            while node != end {
                self.set_leave(node);
                node = self.node(node).next;
            }
            let kind = &self.instance.kinds[self.route(route).kind as usize];
            let back_s = kind.back_s;
            self.node_mut(end).late_s = back_s;
            let mut node = self.node(end).prev;
            while node != NONE {
                self.set_late(node);
                node = self.node(node).prev;
            }
        }
        if self.instance.has_segments()
            && let Some(duration_s) = self.trace_segments(route)
        {
            self.prolong(route, duration_s - self.route(route).duration_s);
        }
    }

    /// Times around a stop that was put in, as far as they change.
    pub(super) fn trace_around(&mut self, stop: u32) {
        self.set_leave(stop);
        let mut node = self.node(stop).next;
        while self.node(node).next != NONE && self.set_leave(node) {
            node = self.node(node).next;
        }
        self.set_late(stop);
        let mut node = self.node(stop).prev;
        while node != NONE && self.set_late(node) {
            node = self.node(node).prev;
        }
    }

    /// Whether the earliest departure changed.
    fn set_leave(&mut self, node: u32) -> bool {
        let instance = self.instance;
        let Node {
            prev,
            place,
            trip,
            leave_s: old_s,
            ..
        } = *self.node(node);
        let leave_s = if prev == NONE {
            let Trip { kind, ready_s, .. } = *self.trip(trip);
            instance.kinds[kind as usize].leave_s.max(ready_s)
        } else {
            let before = self.node(prev);
            let arrive_s = before.leave_s + instance.time_s(before.place, place);
            if self.is_stop(node) {
                let stop = &instance.stops[node as usize];
                instance.begin_s(node, arrive_s).unwrap_or(arrive_s) + stop.stay_s
            } else {
                let Trip {
                    kind,
                    ready_s,
                    source,
                    ..
                } = *self.trip(trip);
                let reload_s = instance.kinds[kind as usize].reload_s;
                instance.loading_s(source, arrive_s, ready_s, reload_s) + reload_s
            }
        };
        if leave_s == old_s {
            return false;
        }
        self.node_mut(node).leave_s = leave_s;
        true
    }

    /// Whether the latest arrival changed.
    fn set_late(&mut self, node: u32) -> bool {
        let instance = self.instance;
        let Node {
            prev,
            next,
            place,
            trip,
            late_s: old_s,
            ..
        } = *self.node(node);
        let after = self.node(next);
        let leave_s = after.late_s - instance.time_s(place, after.place);
        let late_s = if self.is_stop(node) {
            instance.latest_s(node, leave_s - instance.stops[node as usize].stay_s)
        } else {
            let Trip {
                kind,
                ready_s,
                source,
                ..
            } = *self.trip(trip);
            let kind = &instance.kinds[kind as usize];
            if prev == NONE {
                if kind.leave_s.max(ready_s) <= leave_s {
                    leave_s.min(kind.start_close_s)
                } else {
                    NEVER_S
                }
            } else {
                instance.loading_late_s(source, leave_s - kind.reload_s, ready_s, kind.reload_s)
            }
        };
        if late_s == old_s {
            return false;
        }
        self.node_mut(node).late_s = late_s;
        true
    }
}
