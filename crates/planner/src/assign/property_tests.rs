use super::tests::{assign, compound, problem, supplier};
use super::{Assignment, Compound, Problem, Supplier, replan};
use crate::{Point, check};
use proptest::prelude::*;

pub(super) fn any_problem() -> impl Strategy<Value = Problem> {
    let code = |index: usize| format!("s{index}");
    let place = || prop::option::weighted(0.9, (-50i32..50, -50i32..50));
    let point = |(north, east): (i32, i32)| Point {
        lat_e6: 31_000_000 + north * 900,
        lng_e6: 121_000_000 + east * 1000,
    };
    let one_supplier = (place(), prop::collection::vec(0i64..400, 2));
    let decision = || prop::option::weighted(0.15, 0usize..9);
    let one_compound = (
        place(),
        0i64..90,
        0i64..90,
        decision(),
        decision(),
        (
            prop::collection::vec(0usize..9, 0..3),
            prop::collection::vec(0usize..9, 0..2),
        ),
    );
    (
        prop::collection::vec(one_supplier, 0..8),
        prop::collection::vec(one_compound, 0..40),
        (0i64..3000, 0i64..3000, prop_oneof![Just(0i64), 0i64..60]),
        any_roads(),
    )
        .prop_map(
            move |(suppliers, compounds, (keep_weight_m, prefer_weight_m, spare_pct), by_road)| Problem {
                by_road,
                categories: vec!["vegetables".into(), "meat".into()],
                keep_weight_m,
                prefer_weight_m,
                spare_pct,
                suppliers: suppliers
                    .into_iter()
                    .enumerate()
                    .map(|(index, (at, capacity))| Supplier {
                        code: code(index),
                        at: at.map(point),
                        capacity,
                    })
                    .collect(),
                compounds: compounds
                    .into_iter()
                    .enumerate()
                    .map(
                        |(index, (at, persons, meat, keep, force, (forbid, prefer)))| Compound {
                            code: format!("c{index}"),
                            at: at.map(point),
                            persons,
                            demand: vec![persons, meat],
                            keep: keep.map(code),
                            force: force.filter(|index| *index > 4).map(code),
                            forbid: forbid.into_iter().map(code).collect(),
                            prefer: prefer.into_iter().map(code).collect(),
                        },
                    )
                    .collect(),
            },
        )
}

/// Ways by road of some pairs, long and short against the straight ones; none at all as often.
fn any_roads() -> impl Strategy<Value = Vec<Vec<(usize, i64)>>> {
    let row = prop::collection::btree_map(0usize..9, 0i64..20_000, 0..8);
    let rows = prop::collection::vec(row.prop_map(|row| row.into_iter().collect()), 0..40);
    prop_oneof![Just(Vec::new()), rows]
}

/// Ways to spoil an assignment; false when there is nothing to spoil in this way.
fn spoil(problem: &Problem, assignment: &mut Assignment, way: usize, at: usize) -> bool {
    let count = assignment.choices.len();
    if count == 0 {
        return false;
    }
    let choice = &mut assignment.choices[at % count];
    match way {
        0 => match &choice.main {
            Some(main) => {
                let other = problem.suppliers.iter().find(|supplier| supplier.code != *main);
                let Some(other) = other else { return false };
                choice.main = Some(other.code.clone());
            }
            None => return false,
        },
        1 => {
            if choice.main.take().is_none() {
                return false;
            }
        }
        2 => match &choice.main {
            Some(main) => choice.backup = Some(main.clone()),
            None => return false,
        },
        3 => match &mut choice.distance_m {
            Some(metres) => *metres += 1,
            None => return false,
        },
        4 => choice.rank += 1,
        5 => {
            if choice.rank < 2 {
                return false;
            }
            choice.passed_over.remove(0);
        }
        6 => assignment.unserved_persons += 1,
        7 => assignment.person_distance_m += 1,
        8 => {
            assignment.choices.pop();
        }
        9 => match assignment.shortages.first_mut() {
            Some(shortage) => shortage.short_by += 1,
            None => return false,
        },
        10 => match assignment.lacks.first_mut() {
            Some(lack) => lack.short_by += 1,
            None => return false,
        },
        11 => choice.main = Some("nobody".into()),
        _ => choice.kept = !choice.kept,
    }
    true
}

/// The least cost of all assignments that serve everybody, by trying all.
fn least_cost(problem: &Problem) -> Option<i64> {
    fn place(problem: &Problem, compound: usize, room: &mut Vec<i64>) -> Option<i64> {
        let Some(next) = problem.compounds.get(compound) else {
            return Some(0);
        };
        let mut least = None;
        for index in 0..problem.suppliers.len() {
            if room[index] < next.demand[0] {
                continue;
            }
            room[index] -= next.demand[0];
            let way_m = problem.way_m(compound, index).unwrap();
            if let Some(rest) = place(problem, compound + 1, room) {
                let cost = rest + next.persons.max(1) * way_m;
                least = Some(least.map_or(cost, |least: i64| least.min(cost)));
            }
            room[index] += next.demand[0];
        }
        least
    }
    place(
        problem,
        0,
        &mut problem
            .suppliers
            .iter()
            .map(|supplier| supplier.capacity[0])
            .collect(),
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn every_assignment_passes_its_check(problem in any_problem(), seed: u64) {
        let assignment = assign(&problem, seed);
        prop_assert_eq!(check::assignment(&problem, &assignment), vec![]);
        prop_assert_eq!(&assignment, &assign(&problem, seed));
    }

    #[test]
    fn a_spoilt_assignment_is_reported(problem in any_problem(), way in 0usize..13, at: usize) {
        let mut assignment = assign(&problem, 1);
        prop_assume!(spoil(&problem, &mut assignment, way, at));
        prop_assert!(!check::assignment(&problem, &assignment).is_empty());
    }

    /// Whatever was in force before, what comes out is a valid plan, and those who can stay do.
    #[test]
    fn every_new_plan_passes_its_check(problem in any_problem()) {
        let found = replan(&problem);
        prop_assert_eq!(check::assignment(&problem, &found.assignment), vec![]);
        prop_assert!(found.changes_at_least <= found.changes);
        let changed = problem.compounds.iter().zip(&found.assignment.choices).filter(|(compound, choice)| {
            let known = |code: &String| problem.suppliers.iter().any(|supplier| supplier.code == *code);
            compound.keep.as_ref().is_some_and(|keep| known(keep) && choice.main.as_ref() != Some(keep))
        });
        prop_assert_eq!(found.changes, changed.count());
    }

    /// Small cases against trying all: within 2 %, and the bound holds.
    #[test]
    fn close_to_the_best_of_all(
        compounds in prop::collection::vec((0i32..40, 1i64..60), 1..7),
        suppliers in prop::collection::vec((0i32..40, 30i64..150), 1..5),
    ) {
        let compounds = compounds.iter().map(|(km, persons)| compound("c", *km, *persons)).collect();
        let suppliers: Vec<_> =
            suppliers.iter().zip(0..).map(|((km, room), code): (_, i32)| supplier(&format!("s{code}"), *km, *room)).collect();
        let problem = problem(compounds, suppliers);
        let assignment = assign(&problem, 1);
        if let Some(least) = least_cost(&problem) {
            prop_assert_eq!(assignment.unserved_persons, 0);
            prop_assert!(assignment.cost_person_m <= least + least / 50);
            prop_assert!(assignment.lower_bound_person_m.is_some_and(|bound| bound <= least));
        } else {
            prop_assert!(assignment.unserved_persons > 0);
        }
    }
}
