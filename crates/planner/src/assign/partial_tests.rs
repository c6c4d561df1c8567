use super::property_tests::any_problem;
use super::tests::{assign, compound, problem, supplier};
use super::{Added, Partial, Problem, partial};
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

proptest! {
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
