//! The times of one tour, walked through from its start: exact for any number of windows, and used wherever
//! the quick checks along a route do not suffice.

use super::instance::{Instance, NONE};

/// A tour in numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Schedule {
    pub(super) length_m: i64,
    pub(super) start_s: i64,
    pub(super) end_s: i64,
    pub(super) cost: i64,
}

/// One step of a tour: which node, and when the vehicle arrives there, begins and leaves.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub(super) node: u32,
    pub(super) arrive_s: i64,
    pub(super) begin_s: i64,
    pub(super) leave_s: i64,
}

/// Times a tour: stops, and between two trips `stops + depot`. It starts as late as it can without ending later, which
/// makes its duration least (for stops with several windows: least among the schedules that end first).
/// `None` when a window, the shift or the longest duration does not hold. Loads are not looked at.
pub(super) fn schedule(instance: &Instance, kind: u32, sequence: &[u32]) -> Option<Schedule> {
    let data = &instance.kinds[kind as usize];
    let earliest_s = data.leave_s.max(ready_s(instance, sequence));
    let (mut waited_s, mut shift_s) = (0i64, i64::MAX / 4);
    shift_s = shift_s.min(data.start_close_s - earliest_s);
    let mut length_m = 0;
    let end_s = walk(
        instance,
        kind,
        sequence,
        earliest_s,
        &mut length_m,
        |step, close_s| {
            waited_s += step.begin_s - step.arrive_s;
            shift_s = shift_s.min(waited_s + close_s - step.begin_s);
        },
    )?;
    let shift_s = if instance.timed { shift_s.min(waited_s) } else { 0 };
    if shift_s < 0 || end_s > data.back_s {
        return None;
    }
    let start_s = earliest_s + shift_s;
    if end_s - start_s > data.duration_max_s {
        return None;
    }
    Some(Schedule {
        length_m,
        start_s,
        end_s,
        cost: data.fixed + data.per_m * length_m + data.per_s * (end_s - start_s),
    })
}

/// The steps of a tour that leaves at this moment.
pub(super) fn steps(instance: &Instance, kind: u32, sequence: &[u32], start_s: i64) -> Vec<Step> {
    let mut steps = Vec::with_capacity(sequence.len());
    walk(instance, kind, sequence, start_s, &mut 0, |step, _| {
        steps.push(step)
    });
    steps
}

/// Walks through a tour and tells each step with the last moment at which it could begin.
fn walk(
    instance: &Instance,
    kind: u32,
    sequence: &[u32],
    start_s: i64,
    length_m: &mut i64,
    mut tell: impl FnMut(Step, i64),
) -> Option<i64> {
    let data = &instance.kinds[kind as usize];
    let stops = instance.stops.len() as u32;
    let (mut here, mut now_s) = (data.start, start_s);
    for (index, node) in sequence.iter().copied().enumerate() {
        let depot = node
            .checked_sub(stops)
            .map(|depot| instance.depots[depot as usize]);
        let place = depot.map_or_else(|| instance.stops[node as usize].place, |depot| depot.0);
        let (way_m, way_s) = instance.both(here, place);
        if instance.is_gap(way_m) {
            return None;
        }
        let arrive_s = now_s + way_s;
        let (begin_s, close_s, stay_s) = match depot {
            Some((_, window)) => {
                let ready_s = ready_s(instance, &sequence[index + 1..]);
                let begin_s = arrive_s.max(window.from_s).max(ready_s - data.reload_s);
                (begin_s, window.to_s, data.reload_s)
            }
            None => {
                let begin_s = instance.begin_s(node, arrive_s)?;
                (
                    begin_s,
                    instance.close_s(node, begin_s),
                    instance.stops[node as usize].stay_s,
                )
            }
        };
        if begin_s > close_s {
            return None;
        }
        now_s = begin_s + stay_s;
        *length_m += way_m;
        here = place;
        tell(
            Step {
                node,
                arrive_s,
                begin_s,
                leave_s: now_s,
            },
            close_s,
        );
    }
    let (way_m, way_s) = if data.end == NONE {
        (0, 0)
    } else {
        instance.both(here, data.end)
    };
    *length_m += way_m;
    (!instance.is_gap(way_m)).then_some(now_s + way_s)
}

/// From when on all goods of the trip are there with which a sequence begins.
fn ready_s(instance: &Instance, sequence: &[u32]) -> i64 {
    let stops = instance.stops.len() as u32;
    let first = sequence.iter().take_while(|node| **node < stops);
    first
        .map(|stop| instance.stops[*stop as usize].ready_s)
        .max()
        .unwrap_or(i64::MIN / 4)
}
