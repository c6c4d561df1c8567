use super::property_tests::any_problem;
use super::tests::{assign, compound, problem, supplier};
use super::{Added, Assignment, Partial, Problem, partial};
use crate::check;
use proptest::prelude::*;

fn shared(problem: &Problem) -> Vec<Partial> {
    let assignment = assign(problem, 1);
    let shares = partial(problem, &assignment);
    assert_eq!(check::partial(problem, &assignment, &shares), vec![]);
    shares
}

/// Vegetables here, meat there: nobody can be fed by one supplier, and nobody need go hungry.
#[test]
fn two_suppliers_feed_together_what_neither_can_alone() {
    let mut asked = problem(vec![compound("a", 0, 10), compound("b", 1, 20)], vec![]);
    asked.categories.push("meat".into());
    for one in &mut asked.compounds {
        one.demand = vec![one.persons, one.persons];
    }
    let (mut green, mut butcher) = (supplier("green", 0, 0), supplier("butcher", 9, 0));
    green.capacity = vec![30, 0];
    butcher.capacity = vec![0, 30];
    asked.suppliers = vec![green, butcher];
    let shares = shared(&asked);
    assert_eq!(shares.len(), 2);
    for share in shares {
        assert_eq!(share.main.as_deref(), Some("green"), "the nearer of equals");
        assert_eq!(share.short, [0, 0]);
        assert!(matches!(&share.added[..], [Added { category: 1, .. }]));
    }
}

/// YU-7: what does not suffice is short in the same part for everybody.
#[test]
fn yu_7_scarce_goods_are_short_in_the_same_part() {
    let asked = problem(
        vec![compound("a", 0, 100), compound("b", 5, 300)],
        vec![supplier("s", 2, 80), supplier("t", 3, 20)],
    );
    let shares = shared(&asked);
    let short: Vec<i64> = shares.iter().map(|share| share.short[0]).collect();
    assert_eq!(short, [75, 225]);
}

/// Those who are held to a small supplier share what it has, whoever of them is larger.
#[test]
fn yu_7_those_held_to_one_supplier_share_what_it_has() {
    let mut asked = problem(
        vec![
            compound("a", 0, 100),
            compound("b", 0, 300),
            compound("c", 0, 1000),
        ],
        vec![supplier("small", 0, 40), supplier("large", 1, 900)],
    );
    for one in &mut asked.compounds[..2] {
        one.force = Some("small".into());
    }
    let shares = shared(&asked);
    let got: Vec<i64> = shares.iter().map(|share| got(share, 0)).collect();
    assert_eq!(got, [10, 30, 900]);
}

/// Who may go elsewhere leaves the near supplier to those who may not.
#[test]
fn who_may_go_elsewhere_makes_room() {
    let mut asked = problem(
        vec![compound("free", 0, 100), compound("held", 0, 90)],
        vec![supplier("near", 0, 95), supplier("far", 9, 95)],
    );
    asked.compounds[1].force = Some("near".into());
    let mut assignment = assign(&asked, 1);
    release(&mut assignment);
    let shares = partial(&asked, &assignment);
    assert_eq!(check::partial(&asked, &assignment, &shares), vec![]);
    assert_eq!([shares[0].short[0], shares[1].short[0]], [0, 0]);
    assert_eq!(shares[0].main.as_deref(), Some("far"), "it gives most");
}

/// Main suppliers give all that is needed, so that in a great shortage some have everything and others next to
/// nothing; without main suppliers all are short alike.
#[test]
fn a_main_supplier_is_not_touched_however_short_others_are() {
    let compounds = (0..20).map(|at| compound(&format!("c{at}"), at, 100)).collect();
    let suppliers = (0..4)
        .map(|at| supplier(&format!("s{at}"), at * 5, 200))
        .collect();
    let asked = problem(compounds, suppliers);
    let mut assignment = assign(&asked, 1);
    let full = assignment
        .choices
        .iter()
        .filter(|choice| choice.main.is_some())
        .count();
    let rest = shared(&asked);
    assert_eq!((full, rest.len()), (8, 12), "two in five persons can be fed");
    assert!(rest.iter().all(|share| got(share, 0) == 0));
    release(&mut assignment);
    let all = partial(&asked, &assignment);
    assert_eq!(check::partial(&asked, &assignment, &all), vec![]);
    assert!(all.iter().all(|share| got(share, 0) == 40));
}

/// Takes every main supplier out.
fn release(assignment: &mut Assignment) {
    for choice in &mut assignment.choices {
        choice.main = None;
    }
}

fn got(share: &Partial, category: usize) -> i64 {
    let added = share.added.iter().filter(|one| one.category == category);
    share.given[category] + added.map(|one| one.amount).sum::<i64>()
}

/// Somebody with a smaller part of the need to whom somebody with a greater part could pass a unit, over however many
/// others, and would still not have the smaller part.
fn envied(problem: &Problem, shares: &[Partial], category: usize) -> Option<(String, String)> {
    let place = |code: &str| problem.compounds.iter().position(|one| one.code == code).unwrap();
    let may = |share: &Partial, supplier: &String| {
        let one = &problem.compounds[place(&share.compound)];
        one.force.as_ref().is_none_or(|only| only == supplier) && !one.forbid.contains(supplier)
    };
    let has_of = |share: &Partial, supplier: &String| {
        let main = share.main.as_ref() == Some(supplier) && share.given[category] > 0;
        let mut added = share.added.iter();
        main || added.any(|one| one.category == category && one.supplier == *supplier)
    };
    let need = |share: &Partial| share.short[category] + got(share, category);
    for poor in shares.iter().filter(|share| share.short[category] > 0) {
        let mut chain = vec![poor];
        let mut at = 0;
        while let Some(next) = chain.get(at).copied() {
            at += 1;
            for supplier in problem
                .suppliers
                .iter()
                .map(|one| &one.code)
                .filter(|code| may(next, code))
            {
                for rich in shares.iter().filter(|share| has_of(share, supplier)) {
                    if (got(rich, category) - 1) * need(poor) >= (got(poor, category) + 1) * need(rich) {
                        return Some((rich.compound.clone(), poor.compound.clone()));
                    }
                    if chain.iter().all(|known| known.compound != rich.compound) {
                        chain.push(rich);
                    }
                }
            }
        }
    }
    None
}

proptest! {
    /// Max-min: with decisions and forbidden suppliers, after an assignment and without one.
    #[test]
    fn nobody_could_pass_on_what_another_lacks_more(problem in any_problem(), all: bool) {
        let mut assignment = assign(&problem, 1);
        if all {
            release(&mut assignment);
        }
        let shares = partial(&problem, &assignment);
        prop_assert_eq!(check::partial(&problem, &assignment, &shares), vec![]);
        for category in 0..2 {
            prop_assert_eq!(envied(&problem, &shares, category), None);
        }
    }

    /// Where everybody may be supplied by everybody, the published rule for a scarce total holds over all suppliers.
    #[test]
    fn what_is_short_is_divided_by_need(
        persons in prop::collection::vec(1i64..900, 1..30),
        stores in prop::collection::vec(0i64..1500, 1..6),
    ) {
        let compounds = persons.iter().zip(0..).map(|(persons, at)| compound(&format!("c{at}"), at, *persons));
        let suppliers = stores.iter().zip(0..).map(|(room, at)| supplier(&format!("s{at}"), at * 3, *room));
        let asked = problem(compounds.collect(), suppliers.collect());
        let mut assignment = assign(&asked, 1);
        release(&mut assignment);
        let shares = partial(&asked, &assignment);
        prop_assert_eq!(check::partial(&asked, &assignment, &shares), vec![]);
        // Of equal fractions the larger compound comes first.
        let mut order: Vec<usize> = (0..persons.len()).collect();
        order.sort_by_key(|at| (std::cmp::Reverse(persons[*at]), *at));
        let needs: Vec<i64> = order.iter().map(|at| persons[*at]).collect();
        let amounts: Vec<i64> = order.iter().map(|at| got(&shares[*at], 0)).collect();
        prop_assert_eq!(check::allocation(stores.iter().sum(), &needs, &amounts), vec![]);
    }

    #[test]
    fn every_share_passes_its_check(problem in any_problem(), seed: u64) {
        let assignment = assign(&problem, seed);
        let shares = partial(&problem, &assignment);
        prop_assert_eq!(check::partial(&problem, &assignment, &shares), vec![]);
    }

    #[test]
    fn a_spoilt_share_is_reported(problem in any_problem(), way in 0usize..4, at: usize) {
        let assignment = assign(&problem, 1);
        let mut shares = partial(&problem, &assignment);
        prop_assume!(!shares.is_empty());
        let at = at % shares.len();
        match way {
            0 => { shares.remove(at); }
            1 => shares[at].short[0] += 1,
            2 => shares[at].given[0] += 1,
            _ => {
                prop_assume!(shares[at].given[0] > 0);
                shares[at].given[0] -= 1;
                shares[at].short[0] += 1;
            }
        }
        prop_assert_ne!(check::partial(&problem, &assignment, &shares), vec![]);
    }
}
