//! Taking strings of stops out of trips that lie near each other (Christiaens and Vanden Berghe 2020, section 5.1).

use super::near::Near;
use super::state::{NOBODY, State};
use crate::random::Random;

/// Stops taken out on average, and the longest string.
const REMOVED_MEAN: f64 = 10.0;
const STRING_MAX: f64 = 10.0;
/// Chance that a string keeps a middle part, and that this part is one stop longer.
const SPLIT: f64 = 0.5;
const SPLIT_MORE: f64 = 0.01;
/// Chance that trips go as a whole where a vehicle has several, for they are short and in each other's way in time.
const WHOLE: f64 = 0.2;

impl State<'_> {
    /// Takes out strings around a stop, and returns behind which node the first of them began. `trip_stops` is how many stops a
    /// trip has on average.
    pub(super) fn ruin(
        &mut self,
        centre: u32,
        random: &mut Random,
        adjacent: &Near,
        trip_stops: f64,
        ruined: &mut Vec<u32>,
    ) -> Option<u32> {
        let longest = STRING_MAX.min(trip_stops);
        let strings_max = 4.0 * REMOVED_MEAN / (1.0 + longest) - 1.0;
        let strings = (random.fraction() * strings_max + 1.0).floor() as usize;
        let whole = self.instance.reloads && random.fraction() < WHOLE;
        ruined.clear();
        let mut gap = None;
        for stop in std::iter::once(&centre).chain(adjacent.of(centre).iter().map(|(stop, _)| stop)) {
            let trip = self.node(*stop).trip;
            if trip == NOBODY || ruined.contains(&trip) {
                continue;
            }
            let size = self.trip(trip).stops;
            let length = if whole {
                size
            } else {
                (random.fraction() * longest.min(f64::from(size)) + 1.0).floor() as u32
            };
            ruined.push(trip);
            let before = self.remove_string(random, *stop, length.min(size), size);
            gap = gap.or(Some(before));
            if ruined.len() >= strings {
                break;
            }
        }
        gap
    }

    fn remove_string(&mut self, random: &mut Random, stop: u32, length: u32, size: u32) -> u32 {
        let mut kept = 0;
        if length > 1 && length < size && random.fraction() < SPLIT {
            kept = 1;
            while length + kept < size && random.fraction() < SPLIT_MORE {
                kept += 1;
            }
        }
        let span = length + kept;
        let mut begin = stop;
        let mut before = 0;
        while before + 1 < span && self.is_stop(self.node(begin).prev) {
            begin = self.node(begin).prev;
            before += 1;
        }
        let mut last = stop;
        let mut behind = 0;
        while behind + 1 < span && self.is_stop(self.node(last).next) {
            last = self.node(last).next;
            behind += 1;
        }
        // The string begins so many stops before `stop` at the least, so that it does not run over the end.
        let least = span - 1 - behind;
        let chosen = least + random.below((before - least + 1) as usize) as u32;
        for _ in chosen..before {
            begin = self.node(begin).next;
        }
        let middle = if kept > 0 {
            1 + random.below(length as usize - 1) as u32
        } else {
            length
        };
        let route = self.trip(self.node(stop).trip).route;
        let gap = self.node(begin).prev;
        let mut node = begin;
        for place in 0..span {
            let next = self.node(node).next;
            if place < middle || place >= middle + kept {
                self.remove(node);
            }
            node = next;
        }
        self.settle(route);
        gap
    }
}
