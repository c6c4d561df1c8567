//! Seeds that failed once, with what was wrong; they must never fail again.

use drill::simulate::explore;

/// Seed, steps, and what it found.
const SEEDS: &[(u64, usize, &str)] = &[
    (
        21,
        150,
        "After a failed fsync the program was killed and started again: it took what the system still showed of its log for \
         durable, confirmed it to a client that asked again, and a power cut lost it.",
    ),
    (
        45,
        150,
        "Turns that came back from cancelled and expired orders added up, so that a household could order twice within the \
         interval (FC-10).",
    ),
];

#[test]
fn what_failed_once_does_not_fail_again() {
    for (seed, steps, what) in SEEDS {
        if let Err(failed) = explore(*seed, *steps) {
            panic!("seed {seed} fails again ({what}): {}", failed.1);
        }
    }
}
