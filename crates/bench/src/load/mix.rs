//! What the rush asks for: every household orders once, in shuffled order. A few want a pack that is soon sold out, a
//! few send the same command again as a phone does after a lost answer, and a few try to order a second time.

use std::collections::VecDeque;

use rand::rngs::SmallRng;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use uuid::Uuid;

/// The codes of the packs: two that are plentiful and one that is scarce.
pub const PACKS: [&str; 3] = ["A", "B", "C"];

const SCARCE_PER_MILLE: u32 = 11;
const REPEATED_PER_MILLE: u32 = 20;
const SECOND_PER_MILLE: u32 = 10;

/// Why something is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The order of a household.
    First,
    /// The same command again; it must be answered with the same order.
    Repeat,
    /// Another order of a household that has ordered; it must be refused.
    Second,
}

/// One request of the rush.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ask {
    /// Why it is asked.
    pub kind: Kind,
    /// The household, by its place in the county.
    pub household: u32,
    /// The id under which it acts once.
    pub command: Uuid,
    /// How many of each of [`PACKS`].
    pub wants: [i64; PACKS.len()],
}

/// The source of requests of one run.
#[derive(Debug)]
pub struct Mix {
    dice: SmallRng,
    households: Vec<u32>,
    given: usize,
    waiting: VecDeque<Ask>,
}

impl Mix {
    /// A rush of so many households; the same seed gives the same first orders in the same sequence.
    pub fn new(households: u32, seed: u64) -> Self {
        let mut dice = SmallRng::seed_from_u64(seed);
        let mut order: Vec<u32> = (0..households).collect();
        order.shuffle(&mut dice);
        Self {
            dice,
            households: order,
            given: 0,
            waiting: VecDeque::new(),
        }
    }

    /// An id as the order form carries it: it begins with the time, which is counted here in requests, so that the same
    /// seed asks the same.
    fn command(&mut self) -> Uuid {
        uuid::Builder::from_unix_timestamp_millis(self.given as u64, &self.dice.random()).into_uuid()
    }

    /// The next request, or nothing when every household has had its turn.
    pub fn next(&mut self) -> Option<Ask> {
        if let Some(ask) = self.waiting.pop_front() {
            return Some(ask);
        }
        let household = *self.households.get(self.given)?;
        self.given += 1;
        let scarce = self.dice.random_ratio(SCARCE_PER_MILLE, 1_000);
        Some(Ask {
            kind: Kind::First,
            household,
            command: self.command(),
            wants: if scarce { [1, 0, 1] } else { [1, 1, 0] },
        })
    }

    /// Hears that an order was taken, and may send its command again or let the household try once more.
    pub fn taken(&mut self, ask: &Ask) {
        if ask.kind != Kind::First {
            return;
        }
        let draw = self.dice.random_range(0..1_000);
        if draw < REPEATED_PER_MILLE {
            self.waiting.push_back(Ask {
                kind: Kind::Repeat,
                ..*ask
            });
        } else if draw < REPEATED_PER_MILLE + SECOND_PER_MILLE {
            let command = self.command();
            self.waiting.push_back(Ask {
                kind: Kind::Second,
                command,
                wants: [1, 1, 0],
                ..*ask
            });
        }
    }
}

/// How many of each pack are released for so many households: two plenty, and one of the scarce for a thousand.
pub fn releases(households: u32) -> [i64; PACKS.len()] {
    let households = i64::from(households);
    [2 * households, 2 * households, (households / 1_000).max(1)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_household_orders_first_once_and_some_come_again() {
        let mut mix = Mix::new(10_000, 7);
        let (mut firsts, mut repeats, mut seconds, mut scarce) = (HashSet::new(), 0, 0, 0);
        let mut commands = HashSet::new();
        while let Some(ask) = mix.next() {
            mix.taken(&ask);
            match ask.kind {
                Kind::First => {
                    assert!(firsts.insert(ask.household), "{ask:?} came twice");
                    assert!(commands.insert(ask.command));
                    scarce += ask.wants[2];
                }
                Kind::Repeat => {
                    assert!(commands.contains(&ask.command));
                    repeats += 1;
                }
                Kind::Second => {
                    assert!(firsts.contains(&ask.household) && commands.insert(ask.command));
                    seconds += 1;
                }
            }
        }
        assert_eq!(firsts.len(), 10_000);
        assert!((100..300).contains(&repeats), "{repeats}");
        assert!((50..150).contains(&seconds), "{seconds}");
        assert!((60..170).contains(&scarce), "{scarce}");
    }

    #[test]
    fn the_same_seed_asks_the_same() {
        let asks = |seed| {
            let mut mix = Mix::new(100, seed);
            std::iter::from_fn(move || mix.next()).collect::<Vec<_>>()
        };
        assert_eq!(asks(1), asks(1));
        assert_ne!(asks(1), asks(2));
    }
}
