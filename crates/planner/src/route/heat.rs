//! How hot a search is. Simulated annealing cools once. With more rounds for each stop it begins hotter and ends less cold,
//! and with many it begins again and again from the best, for that gains more than cooling more slowly.

use super::instance::Instance;

/// The heat at the beginning and at the end, in shares of what a stop costs on average.
type Range = (f64, f64);
/// With few rounds; windows make routes hard to leave once they stand, so one trip a vehicle with windows begins hotter.
const SHORT: Range = (0.7, 0.01);
const SHORT_TIMED: Range = (1.5, 0.01);
/// With more rounds than these for each stop, where loads alone are limited or vehicles load again.
const LONG: (f64, Range) = (2500.0, (2.0, 0.02));
/// The same where the time of a vehicle with one trip is limited.
const LONG_LIMITED: (f64, Range) = (500.0, (5.0, 0.05));
/// With more rounds than these for each stop it cools several times.
const ROUNDS: f64 = 5000.0;
/// Then the first time takes this part of it, and so many further ones share the rest, each from this share of the first
/// heat.
const FIRST: f64 = 0.5;
const AGAIN: f64 = 3.0;
const AGAIN_HOT: f64 = 0.3;

/// The course of the heat.
#[derive(Clone, Copy)]
pub(super) struct Cooling {
    range: Range,
    /// The range if there turn out to be so many rounds for each stop.
    long: (f64, Range),
    repeats: bool,
}

impl Cooling {
    /// As with few rounds.
    pub(super) fn new(instance: &Instance) -> Cooling {
        let once = !instance.reloads;
        let limited = once && (instance.timed || instance.durations);
        Cooling {
            range: if once && instance.timed {
                SHORT_TIMED
            } else {
                SHORT
            },
            long: if limited { LONG_LIMITED } else { LONG },
            repeats: false,
        }
    }

    /// Chooses by the rounds that there are in all; to be told early.
    pub(super) fn expect(&mut self, rounds: f64, stops: usize) {
        let rounds = rounds / stops.max(1) as f64;
        let (least, range) = self.long;
        if rounds > least {
            self.range = range;
        }
        self.repeats = rounds > ROUNDS;
    }

    /// The heat after a part of the time, in shares of what a stop costs.
    pub(super) fn heat(&self, part: f64) -> f64 {
        let (hot, cold) = self.range;
        let cooled = |hot: f64, part: f64| hot * (cold / hot).powf(part);
        match self.turn(part) {
            _ if !self.repeats => cooled(hot, part),
            0 => cooled(hot, part / FIRST),
            _ => cooled(hot * AGAIN_HOT, ((part - FIRST) / (1.0 - FIRST) * AGAIN).fract()),
        }
    }

    /// Whether it becomes hot again between two parts of the time.
    pub(super) fn rises(&self, from: f64, to: f64) -> bool {
        self.repeats && self.turn(from) < self.turn(to)
    }

    fn turn(&self, part: f64) -> u32 {
        if part < FIRST {
            return 0;
        }
        1 + ((part - FIRST) / (1.0 - FIRST) * AGAIN) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cools_once_or_several_times_and_says_when_it_rises() {
        let mut cooling = Cooling {
            range: SHORT,
            long: LONG,
            repeats: false,
        };
        let falls = |cooling: &Cooling, from: f64, to: f64| cooling.heat(from) > cooling.heat(to);
        assert!((1..100).all(|step| falls(&cooling, f64::from(step - 1) / 100.0, f64::from(step) / 100.0)));
        assert!(!cooling.rises(0.0, 1.0));
        cooling.expect(1e6, 1000);
        assert!(!cooling.repeats);
        cooling.expect(1e7, 1000);
        for step in 1..100 {
            let (from, to) = (f64::from(step - 1) / 100.0, f64::from(step) / 100.0);
            assert_eq!(cooling.rises(from, to), !falls(&cooling, from, to), "at {to}");
        }
        assert!(cooling.rises(5.5 / 12.0, 0.5) && cooling.rises(0.5, 8.0 / 12.0 + 1e-9));
    }
}
