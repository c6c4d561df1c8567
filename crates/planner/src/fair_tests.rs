use super::{Claim, Level, Terms, rule_en, rule_zh, share, spread};
use crate::check;
use proptest::prelude::*;

fn claim(code: &str, class: u32, daily_g: i64, at_home_g: i64, distance_m: i64) -> Claim {
    Claim {
        code: code.into(),
        class,
        persons: daily_g / 100,
        daily_g,
        at_home_g,
        distance_m,
    }
}

const TERMS: Terms = Terms {
    packs: 6,
    pack_g: 1000,
    floor_d: 1,
    target_d: 7,
};

/// YU-7: whoever has least is filled up first, and nobody above the level gets anything.
#[test]
fn yu_7_fills_up_those_with_least() {
    let claims = [
        claim("a", 0, 1000, 0, 10),
        claim("b", 0, 1000, 2000, 10),
        claim("c", 0, 1000, 9000, 10),
    ];
    let sharing = share(&claims, &TERMS);
    assert_eq!(check::sharing(&claims, &TERMS, &sharing), vec![]);
    assert_eq!(sharing.packs, [4, 2, 0]);
    let last = sharing.stages.last().unwrap();
    assert_eq!(
        last.level,
        Some(Level {
            above: 8000,
            below: 2000
        })
    );
    let before = spread(&claims, 1000, &[0, 0, 0]).unwrap();
    assert_eq!(check::spread(&claims, 1000, &[0, 0, 0], Some(&before)), vec![]);
    let after = spread(&claims, 1000, &sharing.packs).unwrap();
    assert_eq!((before.least, after.least), (0, 4000));
    assert_eq!((before.median, after.median), (2000, 4000));
    assert!(after.gini < before.gini);
}

/// EM-5: urgent before normal, but nobody below the floor; near before far among equals.
#[test]
fn em_5_urgent_first_then_near_before_far() {
    let claims = [
        claim("normal, far", 1, 1000, 0, 900),
        claim("normal, near", 1, 1000, 0, 100),
        claim("urgent", 0, 1000, 0, 5000),
    ];
    let mut terms = Terms { packs: 8, ..TERMS };
    assert_eq!(share(&claims, &terms).packs, [1, 1, 6]);
    terms.packs = 10;
    let sharing = share(&claims, &terms);
    assert_eq!(sharing.packs, [1, 2, 7], "the odd pack goes to the nearer");
    assert_eq!(sharing.order, [2, 1, 0]);
    terms.packs = 50;
    let sharing = share(&claims, &terms);
    assert_eq!((sharing.packs, sharing.left), (vec![7, 7, 7], 29));
}

#[test]
fn a_gini_of_known_size() {
    let claims = [claim("a", 0, 1000, 0, 0), claim("b", 0, 1000, 4000, 0)];
    let found = spread(&claims, 1000, &[0, 0]).unwrap();
    assert!((found.gini - 0.5).abs() < 1e-12);
    assert_eq!(check::spread(&claims, 1000, &[0, 0], Some(&found)), vec![]);
    assert_eq!(spread(&[], 1000, &[]), None);
}

#[test]
fn the_rule_names_its_figures() {
    assert!(rule_zh(&TERMS).contains("共有6份（每份1公斤）"));
    assert!(rule_en(&TERMS).contains("6 packs of 1 kg"));
}

fn claims() -> impl Strategy<Value = Vec<Claim>> {
    let one = (0u32..3, 0i64..4000, 0i64..20_000, 0i64..5);
    prop::collection::vec(one, 1..25).prop_map(|rows| {
        rows.into_iter()
            .enumerate()
            .map(|(index, (class, daily_g, at_home_g, distance_m))| {
                claim(&format!("c{index}"), class, daily_g, at_home_g, distance_m)
            })
            .collect()
    })
}

proptest! {
    #[test]
    fn every_spread_passes_its_check(claims in claims(), packs in 0i64..400, way in 0usize..6) {
        let given = share(&claims, &Terms { packs, ..TERMS }).packs;
        let told = spread(&claims, 1000, &given);
        prop_assert_eq!(check::spread(&claims, 1000, &given, told.as_ref()), vec![]);
        let Some(mut wrong) = told else { return Ok(()) };
        match way {
            0 => wrong.least -= 1,
            1 => wrong.most += 1,
            2 => wrong.gini += 1e-6,
            3 => wrong.tenth = wrong.least - 1,
            4 => wrong.median = wrong.most + 1,
            _ => wrong.nine_tenths = wrong.most + 1,
        }
        prop_assert!(!check::spread(&claims, 1000, &given, Some(&wrong)).is_empty());
        prop_assert!(!check::spread(&claims, 1000, &given, None).is_empty());
    }

    #[test]
    fn every_sharing_follows_the_rule(
        claims in claims(), packs in 0i64..400, pack_g in 1i64..5000, floor_d in 0i64..5, target_d in 0i64..12,
    ) {
        let terms = Terms { packs, pack_g, floor_d, target_d };
        let sharing = share(&claims, &terms);
        prop_assert_eq!(check::sharing(&claims, &terms, &sharing), vec![]);
    }

    /// One pack moved to somebody else breaks the rule, and the checker says so.
    #[test]
    fn a_moved_pack_is_reported(claims in claims(), packs in 1i64..60, from: usize, to: usize) {
        let terms = Terms { packs, ..TERMS };
        let mut sharing = share(&claims, &terms);
        let gifts: Vec<(usize, usize)> = sharing.stages.iter().enumerate()
            .flat_map(|(stage, told)| (0..told.given.len()).filter(|index| told.given[*index] > 0).map(move |index| (stage, index)))
            .collect();
        prop_assume!(!gifts.is_empty() && claims.len() > 1);
        let (stage, from) = gifts[from % gifts.len()];
        let to = (from + 1 + to % (claims.len() - 1)) % claims.len();
        let given = &mut sharing.stages[stage].given;
        given[from] -= 1;
        given[to] += 1;
        sharing.packs[from] -= 1;
        sharing.packs[to] += 1;
        prop_assert!(!check::sharing(&claims, &terms, &sharing).is_empty());
    }

    /// With one class and packs of a gram nobody can be lifted except at the cost of somebody who has no more.
    #[test]
    fn nobody_with_less_could_get_more(claims in claims(), packs in 0i64..100_000) {
        let claims: Vec<Claim> = claims.into_iter().map(|claim| Claim { class: 0, ..claim }).collect();
        let terms = Terms { packs, pack_g: 1, floor_d: 0, target_d: 6 };
        let sharing = share(&claims, &terms);
        // Days after and after one gram more or less, compared by cross multiplication.
        let has = |index: usize| i128::from(claims[index].at_home_g + sharing.packs[index]);
        let daily = |index: usize| i128::from(claims[index].daily_g);
        for low in 0..claims.len() {
            for high in 0..claims.len() {
                let lacks = daily(low) > 0 && has(low) < daily(low) * 6;
                if low != high && lacks && sharing.packs[high] > 0 {
                    prop_assert!((has(high) - 1) * daily(low) <= (has(low) + 1) * daily(high));
                }
            }
        }
    }
}
