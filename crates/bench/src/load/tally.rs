//! What came of a run: how long answers took, what was refused and why, and a journal of what was acknowledged.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use hdrhistogram::Histogram;
use tokio::time::Instant;
use uuid::Uuid;

use super::mix::{Ask, Kind, Mix, PACKS};

/// How a request was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// There is an order, with its id.
    Taken(Uuid),
    /// Refused, by the code of the reason.
    Refused(String),
    /// Turned away because too much is waiting (503).
    Shed,
    /// Anything else; nobody knows whether it was done.
    Failed(String),
}

/// What the client holds in hand after an acknowledgement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The id of the order.
    pub order: Uuid,
    /// The command that placed it.
    pub command: Uuid,
    /// What was ordered.
    pub wants: [i64; PACKS.len()],
}

/// What a run did, kept by the clients and not by the design under test.
#[derive(Debug)]
pub struct Run {
    /// Where requests come from.
    pub mix: Mix,
    /// Waits of everything that was taken or refused, in microseconds.
    pub waits: Histogram<u64>,
    /// Receipts by household.
    pub receipts: HashMap<u32, Receipt>,
    /// Commands that came again and were answered with the order of the first time.
    pub repeated: u64,
    /// Refusals by reason.
    pub refused: BTreeMap<String, u64>,
    /// Requests that were turned away.
    pub shed: u64,
    /// Requests that were scheduled and not sent in time.
    pub unsent: u64,
    /// What else went wrong, by kind.
    pub failed: BTreeMap<String, u64>,
    /// Households whose request failed, so that an order of theirs may be there or not.
    pub unsure: Vec<u32>,
    /// What must not be: an order taken twice, a retry refused.
    pub wrong: Vec<String>,
    /// When the run began.
    pub begun: Instant,
    /// When the last answer came.
    pub ended: Instant,
}

/// A histogram of waits from a microsecond to two minutes, with three digits.
pub fn waits() -> Histogram<u64> {
    Histogram::new_with_bounds(1, 120_000_000, 3).expect("the bounds are in order")
}

/// Takes a wait into a histogram.
pub fn record(waits: &mut Histogram<u64>, wait: Duration) {
    waits.saturating_record(u64::try_from(wait.as_micros()).unwrap_or(u64::MAX).max(1));
}

/// The wait in milliseconds below which so many per cent of the answers came; none without answers.
pub fn percentile_ms(waits: &Histogram<u64>, per_cent: f64) -> Option<f64> {
    (!waits.is_empty()).then(|| waits.value_at_percentile(per_cent) as f64 / 1_000.0)
}

impl Run {
    /// A run that begins now.
    pub fn new(mix: Mix) -> Self {
        let now = Instant::now();
        Self {
            mix,
            waits: waits(),
            receipts: HashMap::new(),
            repeated: 0,
            refused: BTreeMap::new(),
            shed: 0,
            unsent: 0,
            failed: BTreeMap::new(),
            unsure: Vec::new(),
            wrong: Vec::new(),
            begun: now,
            ended: now,
        }
    }

    /// Takes an answer down.
    pub fn note(&mut self, ask: &Ask, answer: Answer, wait: Duration) {
        self.ended = Instant::now();
        match answer {
            Answer::Taken(order) => {
                record(&mut self.waits, wait);
                self.take(ask, order);
                self.mix.taken(ask);
            }
            Answer::Refused(reason) => {
                record(&mut self.waits, wait);
                if ask.kind == Kind::Repeat {
                    self.wrong.push(format!(
                        "command {} was acknowledged and then refused ({reason})",
                        ask.command
                    ));
                }
                *self.refused.entry(reason).or_default() += 1;
            }
            Answer::Shed => self.shed += 1,
            Answer::Failed(words) => {
                self.unsure.push(ask.household);
                *self.failed.entry(words).or_default() += 1;
            }
        }
    }

    fn take(&mut self, ask: &Ask, order: Uuid) {
        let receipt = Receipt {
            order,
            command: ask.command,
            wants: ask.wants,
        };
        match (ask.kind, self.receipts.get(&ask.household)) {
            (Kind::First, None) => {
                self.receipts.insert(ask.household, receipt);
            }
            (Kind::Repeat, Some(first)) if first.order == order => self.repeated += 1,
            (kind, first) => self.wrong.push(format!(
                "household {} has order {order} ({kind:?}) beside {first:?}",
                ask.household
            )),
        }
    }

    /// How long the run took, to the last answer.
    pub fn seconds(&self) -> f64 {
        (self.ended - self.begun).as_secs_f64()
    }

    /// Packs that were acknowledged as sold, by pack.
    pub fn sold(&self) -> [i64; PACKS.len()] {
        let mut sold = [0; PACKS.len()];
        for receipt in self.receipts.values() {
            for (sum, quantity) in sold.iter_mut().zip(receipt.wants) {
                *sum += quantity;
            }
        }
        sold
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(kind: Kind) -> Ask {
        Ask {
            kind,
            household: 3,
            command: Uuid::from_u128(9),
            wants: [1, 1, 0],
        }
    }

    #[test]
    fn waits_are_told_by_percentile_and_too_long_ones_are_kept() {
        let mut waits = waits();
        assert_eq!(percentile_ms(&waits, 50.0), None);
        for millis in 1..=1_000 {
            record(&mut waits, Duration::from_millis(millis));
        }
        let near = |per_cent, expected: f64| {
            let found = percentile_ms(&waits, per_cent).unwrap();
            assert!((found - expected).abs() <= expected * 0.002, "{found} {expected}");
        };
        near(50.0, 500.0);
        near(99.0, 990.0);
        near(99.9, 999.0);
        record(&mut waits, Duration::from_secs(3_600));
        assert_eq!(waits.len(), 1_001);
    }

    #[test]
    fn a_doubled_order_and_a_refused_retry_are_wrong_and_a_right_retry_is_not() {
        let mut run = Run::new(Mix::new(10, 1));
        let (order, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        run.note(&ask(Kind::First), Answer::Taken(order), Duration::ZERO);
        run.note(&ask(Kind::Repeat), Answer::Taken(order), Duration::ZERO);
        run.note(
            &ask(Kind::Second),
            Answer::Refused("order_interval".into()),
            Duration::ZERO,
        );
        assert!(run.wrong.is_empty(), "{:?}", run.wrong);
        assert_eq!((run.repeated, run.sold()), (1, [1, 1, 0]));
        run.note(&ask(Kind::Repeat), Answer::Taken(other), Duration::ZERO);
        run.note(&ask(Kind::Second), Answer::Taken(other), Duration::ZERO);
        run.note(
            &ask(Kind::Repeat),
            Answer::Refused("allotment".into()),
            Duration::ZERO,
        );
        assert_eq!(run.wrong.len(), 3, "{:?}", run.wrong);
    }

    #[test]
    fn what_was_turned_away_has_no_wait_and_what_failed_is_unsure() {
        let mut run = Run::new(Mix::new(10, 1));
        run.note(&ask(Kind::First), Answer::Shed, Duration::ZERO);
        run.note(
            &ask(Kind::First),
            Answer::Failed("timeout".into()),
            Duration::ZERO,
        );
        assert_eq!((run.shed, run.waits.len()), (1, 0));
        assert_eq!(run.unsure, [3]);
    }
}
