use super::{Assignment, Compound, PassedOver, Problem, Reason, Supplier, replan, usual_rounds};
use crate::effort::{Effort, Progress};
use crate::{Point, check};
use std::sync::atomic::{AtomicU64, Ordering};

const EAST_1_KM_E6: i32 = 10_472;

/// A place so many kilometres east of a county town at 31° north.
fn east(km: i32) -> Option<Point> {
    Some(Point {
        lat_e6: 31_000_000,
        lng_e6: 121_000_000 + km * EAST_1_KM_E6,
    })
}

pub(super) fn compound(code: &str, km: i32, persons: i64) -> Compound {
    Compound {
        code: code.into(),
        at: east(km),
        persons,
        demand: vec![persons],
        keep: None,
        force: None,
        forbid: Vec::new(),
        prefer: Vec::new(),
    }
}

pub(super) fn supplier(code: &str, km: i32, capacity: i64) -> Supplier {
    Supplier {
        code: code.into(),
        at: east(km),
        capacity: vec![capacity],
    }
}

pub(super) fn problem(compounds: Vec<Compound>, suppliers: Vec<Supplier>) -> Problem {
    Problem {
        categories: vec!["vegetables".into()],
        compounds,
        suppliers,
        keep_weight_m: 500,
        prefer_weight_m: 0,
        spare_pct: 0,
        by_road: Vec::new(),
    }
}

pub(super) fn assign(problem: &Problem, seed: u64) -> Assignment {
    super::assign(problem, &Effort::rounds(usual_rounds(problem)), seed)
}

fn solve(problem: &Problem) -> Assignment {
    let assignment = assign(problem, 1);
    assert_eq!(check::assignment(problem, &assignment), vec![]);
    assignment
}

fn mains(assignment: &Assignment) -> Vec<&str> {
    assignment
        .choices
        .iter()
        .map(|choice| choice.main.as_deref().unwrap_or("-"))
        .collect()
}

/// DX-1: by proximity and capacity.
#[test]
fn dx_1_nearest_with_capacity_and_the_reason_for_others() {
    let problem = problem(
        vec![
            compound("a", 0, 100),
            compound("b", 1, 100),
            compound("c", 9, 100),
        ],
        vec![supplier("near", 0, 120), supplier("far", 10, 400)],
    );
    let assignment = solve(&problem);
    assert_eq!(mains(&assignment), ["near", "far", "far"]);
    let told = &assignment.choices[1];
    assert_eq!(told.rank, 2);
    let full = Reason::Full {
        category: "vegetables".into(),
        short_by: 80,
    };
    assert_eq!(
        told.passed_over,
        [PassedOver {
            supplier: "near".into(),
            reason: full
        }]
    );
    assert_eq!(assignment.choices[0].backup.as_deref(), Some("far"));
    assert_eq!(assignment.choices[1].backup, None, "near has only 20 left");
    assert_eq!(assignment.choices[2].distance_m, Some(1347));
    assert_eq!(assignment.shortages, vec![]);
}

/// The greedy choice (each its nearest, first come first served) would send b 19 km.
#[test]
fn whoever_has_most_to_lose_comes_first() {
    let problem = problem(
        vec![compound("a", 4, 100), compound("b", 0, 100)],
        vec![
            supplier("west", 1, 100),
            supplier("east", 20, 100),
            supplier("mid", 8, 100),
        ],
    );
    assert_eq!(mains(&solve(&problem)), ["mid", "west"]);
}

#[test]
fn a_change_must_save_enough() {
    let mut kept = compound("a", 0, 10);
    kept.keep = Some("present".into());
    let mut problem = problem(
        vec![kept],
        vec![supplier("present", 2, 100), supplier("nearer", 1, 100)],
    );
    problem.keep_weight_m = 2000;
    let assignment = solve(&problem);
    assert_eq!(mains(&assignment), ["present"]);
    assert!(assignment.choices[0].kept);
    assert_eq!(assignment.choices[0].passed_over[0].reason, Reason::Kept);
    problem.keep_weight_m = 1000;
    assert_eq!(mains(&solve(&problem)), ["nearer"]);
}

#[test]
fn decisions_of_persons_are_respected() {
    let mut forced = compound("a", 0, 10);
    forced.force = Some("far".into());
    let mut forbidding = compound("b", 0, 10);
    forbidding.forbid = vec!["near".into()];
    let mut lost = compound("c", 0, 10);
    lost.force = Some("nobody".into());
    let suppliers = vec![
        supplier("near", 0, 100),
        supplier("mid", 5, 100),
        supplier("far", 9, 100),
    ];
    let assignment = solve(&problem(vec![forced, forbidding, lost], suppliers));
    assert_eq!(mains(&assignment), ["far", "mid", "-"]);
    assert_eq!(assignment.choices[0].passed_over[0].reason, Reason::Forced);
    assert_eq!(assignment.choices[1].passed_over[0].reason, Reason::Forbidden);
    assert_eq!(assignment.choices[1].backup.as_deref(), Some("far"));
    assert_eq!(assignment.unserved_persons, 10);
    assert_eq!(assignment.lower_bound_person_m, None);
}

#[test]
fn compounds_without_position_take_what_is_left_and_say_so() {
    let mut unknown = compound("a", 0, 60);
    unknown.at = None;
    let problem = problem(
        vec![unknown, compound("b", 0, 60)],
        vec![supplier("near", 0, 100), supplier("far", 9, 100)],
    );
    let assignment = solve(&problem);
    assert_eq!(mains(&assignment), ["far", "near"]);
    let told = &assignment.choices[0];
    assert_eq!((told.positioned, told.distance_m, told.rank), (false, None, 0));
}

#[test]
fn a_supplier_without_position_serves_what_nobody_else_can() {
    let mut unknown = supplier("unknown", 0, 100);
    unknown.at = None;
    let problem = problem(
        vec![compound("a", 0, 60), compound("b", 5, 60)],
        vec![unknown, supplier("far", 9, 100)],
    );
    let assignment = solve(&problem);
    assert_eq!(mains(&assignment), ["unknown", "far"]);
    assert_eq!(assignment.choices[1].passed_over[0].reason, Reason::NoPosition);
}

/// 90 + 60 fit, the greatest first would serve 100 only.
#[test]
fn in_shortage_most_persons_are_served() {
    let problem = problem(
        vec![compound("a", 0, 100), compound("b", 0, 90), compound("c", 0, 60)],
        vec![supplier("near", 0, 150)],
    );
    let assignment = solve(&problem);
    assert_eq!(mains(&assignment), ["-", "near", "near"]);
    assert_eq!(assignment.unserved_persons, 100);
    assert_eq!(
        (assignment.shortages[0].demand, assignment.shortages[0].short_by),
        (250, 100)
    );
}

/// When one supplier fails all its compounds need a backup at the same time.
#[test]
fn backups_of_one_supplier_fit_together() {
    let problem = problem(
        vec![compound("a", 0, 50), compound("b", 0, 50), compound("c", 0, 50)],
        vec![
            supplier("main", 0, 150),
            supplier("second", 1, 60),
            supplier("third", 2, 60),
        ],
    );
    let assignment = solve(&problem);
    let mut backups: Vec<_> = assignment
        .choices
        .iter()
        .map(|choice| choice.backup.as_deref().unwrap_or("-"))
        .collect();
    backups.sort_unstable();
    assert_eq!(backups, ["-", "second", "third"]);
}

/// The preferred supplier feeds its street unless another is nearer by more than the weight.
#[test]
fn a_street_prefers_its_supplier() {
    let mut own = compound("a", 0, 10);
    own.prefer = vec!["street".into()];
    let mut problem = problem(
        vec![own],
        vec![supplier("street", 2, 100), supplier("other", 1, 100)],
    );
    problem.prefer_weight_m = 2000;
    let assignment = solve(&problem);
    assert_eq!(mains(&assignment), ["street"]);
    assert_eq!(assignment.choices[0].passed_over[0].reason, Reason::Preferred);
    problem.prefer_weight_m = 1000;
    assert_eq!(mains(&solve(&problem)), ["other"]);
}

/// A fifth stays free while it can, and is used before anybody is left over.
#[test]
fn a_part_of_the_capacity_stays_free_while_it_can() {
    let compounds = |count| {
        (0..count)
            .map(|number| compound(&format!("c{number}"), 0, 40))
            .collect()
    };
    let mut problem = problem(
        compounds(3),
        vec![supplier("near", 0, 100), supplier("far", 5, 100)],
    );
    problem.spare_pct = 20;
    let assignment = solve(&problem);
    let far = mains(&assignment).iter().filter(|main| **main == "far").count();
    assert_eq!(far, 1);
    problem.compounds[2].persons = 20;
    problem.compounds[2].demand = vec![20];
    let assignment = solve(&problem);
    assert_eq!(mains(&assignment), ["near", "near", "far"]);
    assert_eq!(assignment.choices[2].passed_over[0].reason, Reason::Spared);
    problem.compounds = compounds(4);
    problem.suppliers[1].capacity = vec![90];
    assert_eq!(solve(&problem).unserved_persons, 0);
}

/// YU-7: which category is short by how much where.
#[test]
fn yu_7_what_is_lacking_and_where() {
    let problem = problem(
        vec![compound("a", 0, 100), compound("b", 5, 90), compound("c", 6, 50)],
        vec![supplier("near", 0, 100), supplier("far", 5, 100)],
    );
    let assignment = solve(&problem);
    assert_eq!(assignment.unserved_persons, 50);
    let told: Vec<_> = assignment
        .lacks
        .iter()
        .map(|lack| (lack.compound.as_str(), lack.supplier.as_str(), lack.short_by))
        .collect();
    assert_eq!(told, [("c", "far", 40)]);
}

/// DX-1: a supplier fails; only its compounds change, and they go where it is nearest.
#[test]
fn a_failed_supplier_changes_its_compounds_only() {
    let mut compounds = vec![compound("a", 0, 50), compound("b", 4, 50), compound("c", 9, 50)];
    for (compound, keep) in compounds.iter_mut().zip(["west", "mid", "east"]) {
        compound.keep = Some(keep.into());
    }
    let suppliers = vec![
        supplier("west", 0, 0),
        supplier("mid", 4, 100),
        supplier("east", 9, 60),
    ];
    let problem = problem(compounds, suppliers);
    let found = replan(&problem);
    assert_eq!(check::assignment(&problem, &found.assignment), vec![]);
    assert_eq!(mains(&found.assignment), ["mid", "mid", "east"]);
    assert_eq!((found.changes, found.changes_at_least), (1, 1));
}

#[test]
fn few_leave_a_supplier_that_has_become_too_small() {
    let mut compounds = vec![compound("a", 0, 20), compound("b", 0, 60), compound("c", 0, 20)];
    compounds
        .iter_mut()
        .for_each(|compound| compound.keep = Some("small".into()));
    let problem = problem(compounds, vec![supplier("small", 0, 50), supplier("far", 9, 500)]);
    let found = replan(&problem);
    assert_eq!(mains(&found.assignment), ["small", "far", "small"]);
    assert_eq!((found.changes, found.changes_at_least), (1, 1));
}

#[test]
fn nothing_to_decide() {
    assert_eq!(solve(&problem(vec![], vec![])).choices, vec![]);
    assert_eq!(mains(&solve(&problem(vec![compound("a", 0, 1)], vec![]))), ["-"]);
    let mut idle = compound("a", 0, 0);
    idle.demand = vec![];
    assert_eq!(
        mains(&solve(&problem(vec![idle], vec![supplier("s", 1, 0)]))),
        ["s"]
    );
}

#[test]
fn the_first_of_two_with_one_code_is_meant() {
    let twins = vec![supplier("s", 9, 100), supplier("s", 0, 100)];
    let assignment = assign(&problem(vec![compound("a", 0, 10)], twins), 1);
    assert_eq!(assignment.choices[0].distance_m, Some(12_127));
}

/// The search tells how far it is, ends when nobody wants more, and answers with a whole plan all the same.
#[test]
fn a_watcher_sees_progress_and_can_end_the_search() {
    let compounds = (0..60)
        .map(|number| compound(&format!("c{number}"), number % 9, 40))
        .collect();
    let suppliers = (0..8)
        .map(|number| supplier(&format!("s{number}"), number, 330))
        .collect();
    let problem = problem(compounds, suppliers);
    for ends_after in [0, 3, 200] {
        let told = AtomicU64::new(0);
        let watch = |progress: Progress| {
            assert!((0.0..=1.0).contains(&progress.done));
            told.fetch_add(1, Ordering::Relaxed) < ends_after
        };
        let effort = Effort {
            watch: Some(&watch),
            ..Effort::rounds(1_000_000_000)
        };
        let assignment = super::assign(&problem, &effort, 1);
        assert_eq!(check::assignment(&problem, &assignment), vec![]);
        assert_eq!(assignment.unserved_persons, 0);
        assert!(
            told.load(Ordering::Relaxed) <= ends_after + 6,
            "it was told to end"
        );
    }
}

/// At the deadline there is an answer, whichever part of the work is under way; more time gives no worse one.
#[test]
fn every_deadline_has_an_answer() {
    let compounds = (0..80)
        .map(|number| compound(&format!("c{number}"), number * 7 % 40, 40))
        .collect();
    let suppliers = (0..10)
        .map(|number| supplier(&format!("s{number}"), number * 4, 340))
        .collect();
    let problem = problem(compounds, suppliers);
    let mut costs = Vec::new();
    for asked_max in [0.0, 20.0, 2_000.0] {
        let asked = AtomicU64::new(0);
        let spent = || asked.fetch_add(1, Ordering::Relaxed) as f64 / f64::max(asked_max, 1e-9);
        let effort = Effort {
            spent: Some(&spent),
            ..Effort::rounds(u64::MAX)
        };
        let assignment = super::assign(&problem, &effort, 1);
        assert_eq!(check::assignment(&problem, &assignment), vec![]);
        costs.push(assignment.cost_person_m);
    }
    assert!(costs.is_sorted_by(|short, long| short >= long), "{costs:?}");
}

/// Several searches side by side repeat their answer and are no worse than the first alone.
#[test]
fn searches_side_by_side_repeat() {
    let compounds = (0..50)
        .map(|number| compound(&format!("c{number}"), number * 11 % 37, 30 + i64::from(number)))
        .collect();
    let suppliers = (0..9)
        .map(|number| supplier(&format!("s{number}"), number * 4, 330))
        .collect();
    let problem = problem(compounds, suppliers);
    let with = |threads| {
        super::assign(
            &problem,
            &Effort {
                threads,
                ..Effort::rounds(300)
            },
            5,
        )
    };
    let (one, three) = (with(1), with(3));
    assert_eq!(check::assignment(&problem, &three), vec![]);
    assert_eq!(three, with(3));
    assert!((three.unserved_persons, three.cost_person_m) <= (one.unserved_persons, one.cost_person_m));
}

/// All that there is suffices exactly, though those who live near must go far.
#[test]
fn what_fits_only_exactly_is_found() {
    let persons = [(20, 47), (0, 35), (20, 46), (0, 31), (25, 19)];
    let compounds = persons.map(|(km, persons)| compound("c", km, persons)).into();
    let assignment = solve(&problem(
        compounds,
        vec![supplier("west", 0, 65), supplier("east", 28, 113)],
    ));
    assert_eq!(mains(&assignment), ["east", "east", "west", "east", "west"]);
}

/// Across a river without a bridge the nearer supplier by the straight line is the farther one by road.
#[test]
fn the_nearest_is_the_nearest_by_road_where_that_is_known() {
    let mut problem = problem(
        vec![compound("c", 0, 60)],
        vec![supplier("across", 1, 100), supplier("same side", 3, 100)],
    );
    assert_eq!(assign(&problem, 1).choices[0].main.as_deref(), Some("across"));
    problem.by_road = vec![vec![(0, 9_000)]];
    let assignment = assign(&problem, 1);
    let choice = &assignment.choices[0];
    let straight_m = problem.way_m(0, 1).unwrap();
    assert!(straight_m < 9_000);
    assert_eq!(choice.main.as_deref(), Some("same side"));
    assert_eq!((choice.distance_m, choice.rank), (Some(straight_m), 1));
    assert_eq!(choice.backup.as_deref(), Some("across"));
    assert_eq!(crate::check::assignment(&problem, &assignment), vec![]);
    problem.by_road.clear();
    assert!(!crate::check::assignment(&problem, &assignment).is_empty());
}
