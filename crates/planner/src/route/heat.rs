//! How hot a search is. Simulated annealing cools once. With more rounds for each stop it begins hotter and ends less cold,
//! and with many it cools in turns: some of them begin with nothing, for a single one ends in a valley that depends on chance,
//! and further ones, less hot and shorter, with two plans put together.

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
/// With more rounds than these for each stop it cools in turns.
const ROUNDS: f64 = 4000.0;
/// This part of the time belongs to turns that begin with nothing, each of about so many rounds for each stop.
const FRESH: f64 = 0.5;
const FRESH_ROUNDS: f64 = 2500.0;
/// Those that begin with two plans have about so many, and this share of the heat.
const CROSSED_ROUNDS: f64 = 600.0;
const CROSSED_HOT: f64 = 0.06;
/// On routes with more stops than these each takes longer to settle, so that of all that a turn has so many times more rounds.
const LENGTH: f64 = 15.0;
/// After this part of the time it is known how many rounds there are.
const LOOK: f64 = 1.0 / 48.0;
/// Searches that cool once compare their results so many times.
const EXCHANGES: f64 = 12.0;

/// What a turn begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Beginning {
    Nothing,
    Two,
}

/// One cooling.
#[derive(Clone, Copy)]
struct Turn {
    from: f64,
    until: f64,
    hot: f64,
    with: Beginning,
}

/// The course of the heat.
#[derive(Clone)]
pub(super) struct Cooling {
    cold: f64,
    /// The range if there turn out to be so many rounds for each stop.
    long: (f64, Range),
    turns: Vec<Turn>,
}

impl Cooling {
    /// As with few rounds.
    pub(super) fn new(instance: &Instance) -> Cooling {
        let once = !instance.reloads;
        let limited = once && (instance.timed || instance.durations);
        let (hot, cold) = if once && instance.timed {
            SHORT_TIMED
        } else {
            SHORT
        };
        let mut cooling = Cooling {
            cold,
            long: if limited { LONG_LIMITED } else { LONG },
            turns: Vec::new(),
        };
        cooling.add(1.0, 1.0, hot, Beginning::Nothing);
        cooling
    }

    /// Chooses by the rounds that there are in all, and by the length of routes; to be told early.
    pub(super) fn expect(&mut self, rounds: f64, stops: usize, routes: usize) {
        let length = stops as f64 / routes.max(1) as f64;
        let rounds = rounds / stops.max(1) as f64;
        let (least, (hot, cold)) = self.long;
        if rounds > least {
            self.cold = cold;
            self.turns.clear();
            let rounds = rounds / (length / LENGTH).max(1.0);
            if rounds > ROUNDS {
                self.add(FRESH, FRESH * rounds / FRESH_ROUNDS, hot, Beginning::Nothing);
                self.add(
                    1.0,
                    (1.0 - FRESH) * rounds / CROSSED_ROUNDS,
                    hot * CROSSED_HOT,
                    Beginning::Two,
                );
            } else {
                self.add(1.0, 1.0, hot, Beginning::Nothing);
            }
        }
    }

    /// Turns of equal length up to a moment, about so many.
    fn add(&mut self, until: f64, count: f64, hot: f64, with: Beginning) {
        let begin = self.turns.last().map_or(0.0, |turn| turn.until);
        let count = count.round().max(1.0);
        for turn in 0..count as u32 {
            let at = |turn: u32| begin + (until - begin) * f64::from(turn) / count;
            self.turns.push(Turn {
                from: at(turn),
                until: at(turn + 1),
                hot,
                with,
            });
        }
    }

    /// The heat after a part of the time, in shares of what a stop costs.
    pub(super) fn heat(&self, part: f64) -> f64 {
        let turn = self.turn(part);
        turn.hot * (self.cold / turn.hot).powf((part - turn.from) / (turn.until - turn.from))
    }

    /// The next moment at which searches compare their results, which are those of turns and, where there is but one, some on
    /// the way.
    pub(super) fn pause(&self, part: f64) -> f64 {
        if part == 0.0 {
            LOOK
        } else if self.turns.len() > 1 {
            self.turn(part).until
        } else {
            ((part * EXCHANGES + 1e-6).floor() + 1.0) / EXCHANGES
        }
    }

    /// What a turn begins with if one begins at this moment.
    pub(super) fn begins(&self, part: f64) -> Option<Beginning> {
        let turn = self.turn(part);
        (part > 0.0 && turn.from == part).then_some(turn.with)
    }

    fn turn(&self, part: f64) -> &Turn {
        let index = self.turns.partition_point(|turn| turn.until <= part);
        &self.turns[index.min(self.turns.len() - 1)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cools_once_or_in_turns_and_pauses_where_a_turn_ends() {
        let mut cooling = Cooling {
            cold: 0.01,
            long: LONG,
            turns: Vec::new(),
        };
        cooling.add(1.0, 1.0, 0.7, Beginning::Nothing);
        let pauses = |cooling: &Cooling| {
            let mut pauses = vec![cooling.pause(0.0)];
            while pauses[pauses.len() - 1] < 1.0 {
                pauses.push(cooling.pause(pauses[pauses.len() - 1]));
            }
            pauses
        };
        cooling.expect(1e6, 1000, 100);
        assert!((1..100).all(|step| cooling.heat(f64::from(step - 1) / 100.0) > cooling.heat(f64::from(step) / 100.0)));
        assert_eq!(pauses(&cooling).len(), 13);
        assert!(
            pauses(&cooling)
                .iter()
                .all(|part| cooling.begins(*part).is_none() || *part == 1.0)
        );
        cooling.expect(12e6, 1000, 20);
        assert_eq!(pauses(&cooling).len(), 13, "routes of 50 stops want more rounds");
        cooling.expect(12e6, 1000, 100);
        let begins: Vec<Beginning> = pauses(&cooling)
            .iter()
            .filter_map(|part| cooling.begins(*part))
            .collect();
        assert_eq!(
            begins,
            [[Beginning::Nothing; 1].as_slice(), &[Beginning::Two; 10]].concat()
        );
        for part in pauses(&cooling).into_iter().filter(|part| *part < 1.0) {
            let with = cooling.begins(part);
            assert!(
                with.is_none() || cooling.heat(part) > 2.0 * cooling.heat(part - 1e-9),
                "at {part}"
            );
        }
    }
}
