//! The simulator, as far as CI has time for it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use drill::simulate::{Tally, explore, shrink};

const SEEDS: u64 = 300;
const STEPS: usize = 60;

/// Promises 1, 2, 4, 6 and 8, and that draws, imports and chain messages are what they must be: whatever clients, clocks and the disk do, the database equals the model after every step.
#[test]
fn every_seed_keeps_the_promises() {
    let next = AtomicU64::new(1);
    let total = Mutex::new(Tally::default());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed > SEEDS {
                        break;
                    }
                    match explore(seed, STEPS, true) {
                        Ok(tally) => total.lock().unwrap_or_else(PoisonError::into_inner).add(&tally),
                        Err(failed) => {
                            let (script, failure) = shrink::shrink(&failed.0, &failed.1);
                            let text = serde_json::to_string_pretty(&script).unwrap();
                            panic!("seed {seed}, {}\n{text}\n{failure}", failed.1);
                        }
                    }
                }
            });
        }
    });
    let total = total.into_inner().unwrap();
    println!("{total}");
    // A simulation in which nothing happens proves nothing.
    for name in [
        "place",
        "change",
        "cancel",
        "pay",
        "match",
        "relief",
        "confirm",
        "pack",
        "hand over",
        "hand",
        "settle",
        "apply",
        "undo",
        "paste",
        "answer",
        "take back",
    ] {
        assert!(
            total.done.get(name).is_some_and(|count| *count >= 10),
            "{name}: {total}"
        );
    }
    assert!(total.drawn > 100 && total.left_out > 50, "{total}");
    assert!(
        total.found > 10 && total.gone > 100 && total.troubles > 300,
        "{total}"
    );
    for code in [
        "allotment",
        "order_interval",
        "ration",
        "cut_off",
        "command_reused",
        "already_ordered",
        "not_drawn",
        "import_errors",
        "undo_conflict",
        "settled",
    ] {
        assert!(
            total.refused.get(code).is_some_and(|count| *count >= 10),
            "{code}: {total}"
        );
    }
}

/// The teeth: a database that does not wait for the disk must be found out, and the script that shows it is short.
#[test]
fn a_database_that_does_not_sync_is_found_out() {
    let failures: Vec<_> = (1..=20)
        .filter_map(|seed| explore(seed, STEPS, false).err())
        .collect();
    assert!(
        failures.len() >= 10,
        "only {} of 20 seeds found a loss",
        failures.len()
    );
    let (script, failure) = shrink::shrink(&failures[0].0, &failures[0].1);
    assert!(
        script.steps.len() <= failures[0].0.steps.len().min(8),
        "{script:?}"
    );
    println!(
        "{} of 20 seeds; the first in {} steps: {failure}",
        failures.len(),
        script.steps.len()
    );
}
