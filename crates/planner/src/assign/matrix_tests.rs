use super::{Matrix, place};
use crate::check;
use crate::effort::{Effort, Progress};
use proptest::prelude::*;
use std::sync::atomic::{AtomicU64, Ordering};

fn two_by_two() -> Matrix {
    Matrix {
        cost: vec![vec![1, 1], vec![5, 6]],
        need: vec![vec![10, 10], vec![10, 10]],
        capacity: vec![10, 20],
        opening: vec![0, 0],
    }
}

#[test]
fn only_one_fits_at_the_cheap_one() {
    let placed = place(&two_by_two(), &Effort::rounds(50), 1);
    assert_eq!((placed.mains, placed.cost), (Some(vec![1, 0]), 6));
}

#[test]
fn a_dear_opening_keeps_a_supplier_closed() {
    let matrix = Matrix {
        opening: vec![100, 0],
        ..two_by_two()
    };
    let placed = place(&matrix, &Effort::rounds(50), 1);
    assert_eq!((placed.mains, placed.cost), (Some(vec![1, 1]), 11));
}

/// Few of all placements keep the capacities, and they are not near what is cheap.
#[test]
fn a_tight_placement_is_found() {
    let matrix = Matrix {
        cost: vec![vec![18, 18, 23, 8, 32, 7], vec![14, 4, 29, 3, 1, 15]],
        need: vec![vec![15, 7, 9, 1, 1, 16], vec![10, 16, 3, 8, 14, 1]],
        capacity: vec![15, 40],
        opening: vec![2, 0],
    };
    let least = least_placement(&matrix, 0, &mut vec![0; 2]);
    for seed in 0..20 {
        let placed = place(&matrix, &Effort::rounds(200), seed);
        assert_eq!(placed.mains.map(|_| placed.cost), least, "seed {seed}");
    }
}

#[test]
fn a_watcher_sees_progress_and_can_end_the_search() {
    let told = AtomicU64::new(0);
    let watch = |progress: Progress| {
        assert!((0.0..=1.0).contains(&progress.done));
        told.fetch_add(1, Ordering::Relaxed) < 4
    };
    let effort = Effort {
        watch: Some(&watch),
        ..Effort::rounds(1_000_000_000)
    };
    let placed = place(&two_by_two(), &effort, 1);
    assert_eq!(placed.cost, 6);
    assert!(
        (5..8).contains(&told.load(Ordering::Relaxed)),
        "it ends when it is told"
    );
}

#[test]
fn nothing_fits() {
    let matrix = Matrix {
        capacity: vec![10, 9],
        ..two_by_two()
    };
    assert_eq!(place(&matrix, &Effort::rounds(50), 1).mains, None);
    let nobody = Matrix {
        cost: vec![],
        need: vec![],
        capacity: vec![],
        opening: vec![],
    };
    assert_eq!(place(&nobody, &Effort::rounds(5), 1).mains, Some(vec![]));
}

/// The least cost of all placements, by trying all.
fn least_placement(matrix: &Matrix, compound: usize, load: &mut Vec<i64>) -> Option<i64> {
    if compound == matrix.cost[0].len() {
        return Some(0);
    }
    let mut least = None;
    for supplier in 0..load.len() {
        let need = matrix.need[supplier][compound];
        if load[supplier] + need > matrix.capacity[supplier] {
            continue;
        }
        let opening = if load[supplier] == 0 {
            matrix.opening[supplier]
        } else {
            0
        };
        load[supplier] += need;
        if let Some(rest) = least_placement(matrix, compound + 1, load) {
            let cost = rest + opening + matrix.cost[supplier][compound];
            least = Some(least.map_or(cost, |least: i64| least.min(cost)));
        }
        load[supplier] -= need;
    }
    least
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    /// Small placements against trying all, with opening costs and without.
    #[test]
    fn placements_are_close_to_the_best_of_all(
        rows in prop::collection::vec((prop::collection::vec((1i64..50, 1i64..20), 6), 15i64..70, 0i64..60), 1..4), opens: bool, seed: u64,
    ) {
        let matrix = Matrix {
            cost: rows.iter().map(|(row, ..)| row.iter().map(|pair| pair.0).collect()).collect(),
            need: rows.iter().map(|(row, ..)| row.iter().map(|pair| pair.1).collect()).collect(),
            capacity: rows.iter().map(|row| row.1).collect(),
            opening: rows.iter().map(|row| if opens { row.2 } else { 0 }).collect(),
        };
        let placed = place(&matrix, &Effort::rounds(2_000), seed);
        prop_assert_eq!(check::placed(&matrix, &placed), vec![]);
        prop_assert_eq!(&placed, &place(&matrix, &Effort::rounds(2_000), seed));
        match least_placement(&matrix, 0, &mut vec![0; rows.len()]) {
            Some(least) => {
                prop_assert!(placed.mains.is_some() && placed.cost >= least);
                prop_assert!(placed.cost <= least + least / 20, "{} instead of {least}", placed.cost);
                prop_assert!(placed.lower_bound <= least);
            }
            None => prop_assert!(placed.mains.is_none()),
        }
    }
}
