//! A disk that fails at the n-th operation, for every n, below the store.

use drill::disk::{OPERATIONS, Operation, Trouble};
use drill::durability::run;
use drill::simulate::script::Ending;

const ENDINGS: [Ending; 3] = [Ending::Stop, Ending::Kill, Ending::PowerCut];

/// Runs the trouble for n = 1, 2, … until there is no n-th operation any more; gives how often it struck.
fn for_every_n(trouble: impl Fn(u64) -> Trouble) -> u64 {
    for number in 1.. {
        let mut struck = false;
        for ending in ENDINGS {
            let trouble = trouble(number);
            match run(trouble, ending, number, true) {
                Ok(run) => struck |= run.struck,
                Err(words) => panic!("{trouble:?}, then {ending:?}: {words}"),
            }
        }
        if !struck {
            return number - 1;
        }
    }
    unreachable!()
}

/// Promise 5: whichever operation fails, nothing that was acknowledged is lost, and no batch is there by half.
#[test]
fn each_operation_may_fail() {
    for operation in OPERATIONS {
        let struck = for_every_n(|number| Trouble::Fail { operation, number });
        println!("{operation:?}: {struck} operations failed, one after the other");
        if matches!(operation, Operation::Write | Operation::Sync) {
            assert!(struck >= 8, "{operation:?} happened {struck} times only");
        }
    }
}

#[test]
fn each_write_may_be_short() {
    assert!(for_every_n(|number| Trouble::ShortWrite { number }) >= 20);
}

/// Promise 4: the power may be cut before or after any write and any sync.
#[test]
fn the_power_may_be_cut_at_any_moment() {
    for operation in [Operation::Write, Operation::Sync] {
        for after in [false, true] {
            let struck = for_every_n(|number| Trouble::PowerCut {
                operation,
                number,
                after,
            });
            assert!(struck >= 8, "{operation:?} happened {struck} times only");
        }
    }
}

/// A full disk refuses, and goes on reading.
#[test]
fn the_disk_may_be_full_at_any_size() {
    let mut struck = 0;
    for step in 0..60 {
        for ending in ENDINGS {
            let trouble = Trouble::Full { bytes: step * 2_000 };
            match run(trouble, ending, step, true) {
                Ok(run) => struck += u32::from(run.struck),
                Err(words) => panic!("{trouble:?}, then {ending:?}: {words}"),
            }
        }
    }
    assert!(struck >= 60, "the disk was full {struck} times only");
}

/// The teeth: without syncs, or with a disk that only says that it synced, the same check must find a loss.
#[test]
fn the_check_finds_a_loss_where_nothing_is_synced() {
    let nothing = Trouble::Full { bytes: u64::MAX };
    let losses = |trouble, syncing| {
        let lost = |seed: &u64| run(trouble, Ending::PowerCut, *seed, syncing).is_err();
        (0..40).filter(lost).count()
    };
    assert_eq!(losses(nothing, true), 0, "with syncs nothing may be lost");
    assert!(
        losses(nothing, false) >= 20,
        "synchronous = OFF must lose something"
    );
    assert!(
        losses(Trouble::LyingSync, true) >= 20,
        "a lying disk must lose something"
    );
}
