//! Putting those who were taken out back where they cost least, one by one in an order drawn by chance (Christiaens and Vanden
//! Berghe 2020, section 5.2).

use std::cmp::Reverse;

use super::search::Search;
use super::spot::Manner;

/// Chance to pass a place by.
const BLINK: f64 = 0.01;
/// Chance that less than the cost of a vehicle of its own counts, where there are plenty of each kind: greedy insertion
/// would never leave one large vehicle for several small ones.
const OPENING: f64 = 0.3;
/// Where everybody is served, every place is looked at in one of so many rounds, and never with more stops than `FAR_STOPS`.
const FAR_SELDOM: usize = 10;
/// Chance that trips are divided for a stop that has a place without that, which is seldom cheaper and takes long.
const DIVIDE: f64 = 0.2;
/// With more stops than these the places that are not near are looked at only now and then, and of those who wait no
/// more are tried in a round than so many near the ruin and as many others.
pub(super) const FAR_STOPS: usize = 2000;
pub(super) const TRIED: usize = 16;

impl Search<'_> {
    /// Of those who wait, those near the ruin and a few others come to stand behind; from which on.
    pub(super) fn choose(&mut self, waiting: usize, centre: u32) -> usize {
        for (stop, _) in self.tables.adjacent.of(centre) {
            self.near_ruin[*stop as usize] = self.iterations;
        }
        let absent = &mut self.state.absent;
        let mut from = waiting;
        for index in (0..waiting).rev() {
            if self.near_ruin[absent[index] as usize] == self.iterations && waiting - from < TRIED {
                from -= 1;
                absent.swap(index, from);
            }
        }
        for _ in 0..TRIED.min(from) {
            let index = self.random.below(from);
            from -= 1;
            absent.swap(index, from);
        }
        from
    }

    fn sort_absent(&mut self, absent: &mut [u32]) {
        let stops = &self.instance.stops;
        self.random.shuffle(absent);
        let data = |stop: &u32| &stops[*stop as usize];
        let from_start_m = |stop: &u32| self.tables.from_start_m[*stop as usize];
        match self.random.below(if self.instance.timed { 17 } else { 11 }) {
            0..4 => {}
            4..8 => absent.sort_by_key(|stop| Reverse(data(stop).load)),
            8..10 => absent.sort_by_key(|stop| Reverse(from_start_m(stop))),
            10 => absent.sort_by_key(from_start_m),
            11..13 => absent.sort_by_key(|stop| data(stop).close_s - data(stop).open_s),
            13..15 => absent.sort_by_key(|stop| data(stop).open_s),
            _ => absent.sort_by_key(|stop| Reverse(data(stop).close_s)),
        }
    }

    /// Puts in whom it can of those who stand in the list of absent stops from this place on. Under a limit of what the
    /// plan may cost it gives up, and says so, as soon as somebody has no near place within it.
    pub(super) fn insert_absent(&mut self, from: usize, limit: Option<f64>) -> bool {
        let mut absent = self.state.absent.split_off(from);
        self.sort_absent(&mut absent);
        let instance = self.instance;
        let stops = instance.stops.len();
        // Places that are not near cost too much but for those who have no other.
        let often = match limit {
            Some(_) if stops > FAR_STOPS => 0,
            Some(_) => stops / FAR_SELDOM,
            None => FAR_STOPS,
        };
        let far = self.random.below(stops) < often;
        let opening = if instance.plenty && self.random.fraction() < OPENING {
            self.random.fraction().max(0.01)
        } else {
            1.0
        };
        let mut manner = Manner {
            blink: BLINK,
            far,
            divide: !instance.reloads || self.random.fraction() < DIVIDE,
            opening,
            below: i64::MAX,
        };
        // Fitting kinds makes a plan cheaper afterwards.
        let within = limit.filter(|_| !instance.upgrades);
        for stop in absent {
            if let Some(within) = within {
                manner.below = (within.ceil() as i64).saturating_sub(self.state.cost);
            }
            if !self.insert(stop, manner) && limit.is_some() {
                return false;
            }
        }
        true
    }

    /// Whether there was a place.
    pub(super) fn insert(&mut self, stop: u32, manner: Manner) -> bool {
        let near = &self.tables.near;
        match self.state.find_spot(stop, near, &mut self.random, manner) {
            Some(spot) => {
                self.state.place(stop, spot.how);
                true
            }
            None => {
                self.state.absent.push(stop);
                false
            }
        }
    }
}
