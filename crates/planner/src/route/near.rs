//! For each stop the stops that could well come before or behind it.

use super::instance::Instance;

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
        let mut others: Vec<(i64, u32)> = Vec::with_capacity(stops as usize);
        for stop in 0..stops {
            others.clear();
            let all = (0..stops).filter(|other| *other != stop);
            others.extend(all.map(|other| (instance.far(stop, other, with_windows), other)));
            if count > 0 && count < others.len() {
                others.select_nth_unstable(count - 1);
            }
            others.truncate(count);
            others.sort_unstable();
            let place = instance.stops[stop as usize].place;
            lists.extend(others.iter().map(|(_, other)| {
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

impl Instance {
    fn far(&self, a: u32, b: u32, with_windows: bool) -> i64 {
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
