use super::property_tests::any_problem;
use super::tests::{assign, compound, problem, supplier};
use super::{Assignment, Partial, Problem, Rationed, apportion, rationed, told};
use crate::check;
use proptest::prelude::*;

/// The assignment of a problem whose needs were cut, and what comes from several.
fn shared(whole: &Problem) -> Option<(Rationed, Assignment, Vec<Partial>)> {
    let cut = rationed(whole)?;
    let mut assignment = assign(&cut.problem, 1);
    assert_eq!(check::assignment(&cut.problem, &assignment), vec![]);
    let shares = apportion(&cut, &mut assignment);
    assert_eq!(check::partial(&cut.problem, &assignment, &shares), vec![]);
    assert_eq!(check::rationed(whole, &cut.problem, &assignment, &shares), vec![]);
    Some((cut, assignment, shares))
}

/// Twenty compounds of a hundred persons, four suppliers with food for two hundred each.
fn great_shortage() -> Problem {
    let compounds = (0..20).map(|at| compound(&format!("c{at}"), at, 100)).collect();
    let suppliers = (0..4)
        .map(|at| supplier(&format!("s{at}"), at * 5, 200))
        .collect();
    problem(compounds, suppliers)
}

/// YU-7: in a great shortage each compound has the same part, and each of one supplier.
#[test]
fn yu_7_a_great_shortage_reaches_everybody_alike() {
    let whole = great_shortage();
    let (cut, assignment, shares) = shared(&whole).unwrap();
    assert!(cut.problem.compounds.iter().all(|one| one.demand == [40]));
    assert_eq!((cut.shortages[0].demand, cut.shortages[0].short_by), (2000, 1200));
    assert_eq!(
        assignment.unserved_persons, 0,
        "forty fit five times into two hundred"
    );
    assert_eq!(shares, vec![]);
    let told = told(&whole, &cut.problem, &assignment, shares);
    let one = told[7].as_ref().unwrap();
    assert_eq!((&one.given[..], &one.short[..]), (&[40][..], &[60][..]));
    assert_eq!(one.main, assignment.choices[7].main);
}

/// A category that suffices is not cut, and one of which nobody has anything leaves the others untouched.
#[test]
fn only_what_is_short_is_cut() {
    let mut whole = problem(vec![compound("a", 0, 10), compound("b", 1, 30)], vec![]);
    whole.categories.extend(["meat".into(), "eggs".into()]);
    for one in &mut whole.compounds {
        one.demand = vec![one.persons * 10; 3];
    }
    let mut shop = supplier("s", 0, 0);
    shop.capacity = vec![200, 400, 0];
    whole.suppliers = vec![shop];
    let (cut, assignment, _) = shared(&whole).unwrap();
    let asked: Vec<&[i64]> = cut
        .problem
        .compounds
        .iter()
        .map(|one| one.demand.as_slice())
        .collect();
    assert_eq!(asked, [[50, 100, 0], [150, 300, 0]]);
    assert_eq!(assignment.unserved_persons, 0);
}

#[test]
fn what_suffices_but_for_rounding_is_not_shared() {
    let mut whole = problem(
        vec![compound("a", 0, 100), compound("b", 5, 300)],
        vec![supplier("s", 2, 398)],
    );
    assert_eq!(rationed(&whole), None);
    whole.suppliers[0].capacity = vec![397];
    assert!(rationed(&whole).is_some());
}

/// Whoever is held to the small supplier has what that gives, and the others leave it to them.
#[test]
fn decisions_stand_and_are_made_the_best_of() {
    let mut whole = problem(
        vec![
            compound("a", 0, 100),
            compound("b", 0, 300),
            compound("c", 0, 1000),
        ],
        vec![supplier("small", 0, 40), supplier("large", 1, 900)],
    );
    for one in &mut whole.compounds[..2] {
        one.force = Some("small".into());
    }
    let (cut, assignment, shares) = shared(&whole).unwrap();
    let asked: Vec<i64> = cut.problem.compounds.iter().map(|one| one.demand[0]).collect();
    assert_eq!(asked, [10, 30, 900]);
    assert_eq!((assignment.unserved_persons, shares.len()), (0, 0));
}

/// Nobody need deal with five suppliers because what is left over lies in five places.
#[test]
fn leftovers_are_exchanged_so_that_few_suppliers_serve_each() {
    // Each store holds ten compounds of ten and four more; the sum of what is left feeds two more compounds.
    let mut compounds: Vec<_> = (0..50)
        .map(|at| compound(&format!("c{at:02}"), at / 10, 20))
        .collect();
    compounds.extend([compound("x", 2, 20), compound("y", 2, 20)]);
    let suppliers = (0..5).map(|at| supplier(&format!("s{at}"), at, 104)).collect();
    let (_, _, shares) = shared(&problem(compounds, suppliers)).unwrap();
    let most = shares
        .iter()
        .map(|share| share.added.len() + 1)
        .max()
        .unwrap_or(0);
    assert_eq!(most, 2);
    assert!(shares.len() > 2, "neighbours have taken a part each");
}

proptest! {
    #[test]
    fn every_shortage_is_shared_alike(whole in any_problem()) {
        if let Some((cut, assignment, shares)) = shared(&whole) {
            let told = told(&whole, &cut.problem, &assignment, shares);
            for ((compound, share), choice) in whole.compounds.iter().zip(told).zip(&assignment.choices) {
                let Some(share) = share else {
                    prop_assert!(choice.main.is_some());
                    continue;
                };
                prop_assert!(choice.main.is_none() || choice.main == share.main);
                for (category, need) in compound.demand.iter().enumerate() {
                    let added = share.added.iter().filter(|one| one.category == category);
                    let got = share.given[category] + added.map(|one| one.amount).sum::<i64>();
                    prop_assert_eq!(got + share.short[category], *need);
                }
            }
        }
    }

    /// The checker finds one unit that is moved, asked for too little, or kept back.
    #[test]
    fn an_unfair_share_is_reported(
        persons in prop::collection::vec(20i64..900, 2..20), stores in prop::collection::vec(1i64..900, 1..5), at: usize,
    ) {
        let compounds = persons.iter().zip(0..).map(|(persons, at)| compound(&format!("c{at}"), at, *persons));
        let suppliers = stores.iter().zip(0..).map(|(room, at)| supplier(&format!("s{at}"), at * 3, *room));
        let whole = problem(compounds.collect(), suppliers.collect());
        let Some((cut, assignment, shares)) = shared(&whole) else { return Ok(()) };
        let at = at % persons.len();
        let mut wrong = cut.problem.clone();
        wrong.compounds[at].demand[0] -= 1;
        prop_assume!(wrong.compounds[at].demand[0] >= 0);
        prop_assert!(!check::rationed(&whole, &wrong, &assignment, &shares).is_empty());
        // What the rule before gave: everything to some, nothing to the others.
        let mut greedy = whole.clone();
        let mut room: i64 = stores.iter().sum();
        for one in &mut greedy.compounds {
            one.demand[0] = one.demand[0].min(room);
            room -= one.demand[0];
        }
        let unlike = greedy.compounds.iter().zip(&cut.problem.compounds).any(|(one, other)| (one.demand[0] - other.demand[0]).abs() > 1);
        if unlike {
            let mut taken = assign(&greedy, 1);
            for choice in &mut taken.choices {
                choice.main = None;
            }
            let parts = super::partial(&greedy, &taken);
            prop_assert!(!check::rationed(&whole, &greedy, &taken, &parts).is_empty());
        }
    }
}
