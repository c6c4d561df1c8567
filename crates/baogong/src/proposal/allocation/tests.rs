use kit::Lang;
use proptest::prelude::*;

use super::rule::{apply, outcomes};
use super::{CompoundFacts, Facts, Group, PackFacts, rule_words, spread_words, step_words};
use crate::plan::release::PriorityClass;

/// Vegetables are the third category; 500 g a day are eaten of them and nothing else.
fn group(compound: usize, class: usize, persons: i64, days: i64) -> Group {
    let of = |grams: i64| vec![0, 0, grams, 0, 0];
    Group {
        compound,
        class,
        households: (persons + 2) / 3,
        persons,
        daily_g: of(persons * 500),
        home_g: of(persons * 500 * days),
    }
}

fn pack(code: &str, total: i64, vegetables_g: i64) -> PackFacts {
    PackFacts {
        code: code.into(),
        name: format!("套餐{code}"),
        unit: "份".into(),
        total,
        content_g: vec![0, 0, vegetables_g, 0, 0],
    }
}

fn facts(compounds: usize, groups: Vec<Group>, packs: Vec<PackFacts>) -> Facts {
    Facts {
        at_s: 0,
        supplier: "惠民超市".into(),
        packs,
        compounds: (0..compounds)
            .map(|at| CompoundFacts {
                code: format!("431023001001-{at}"),
                name: format!("第{at}小区"),
                level: None,
                households: 0,
                unknown: 0,
                distance_m: Some(100 * at as i64),
            })
            .collect(),
        groups,
        classes: vec![PriorityClass::SpecialNeeds, PriorityClass::Others],
        clause: "HOUSE-4".into(),
        floor_d: 1,
        target_d: 4,
    }
}

/// YU-7: people and days of food count, not households; who has most gets least.
#[test]
fn yu_7_packs_go_where_food_runs_out_first() {
    // The same number of households; one compound with larger ones, one with three days of food at home.
    let facts = facts(
        3,
        vec![group(0, 1, 30, 0), group(1, 1, 90, 0), group(2, 1, 30, 3)],
        vec![pack("v", 60, 2_000)],
    );
    let ruled = apply(&facts).unwrap();
    assert_eq!(ruled[0].given, [15, 45, 0], "two days for everybody without any");
    let told = outcomes(&facts, &ruled, &[ruled[0].given.clone()]).unwrap();
    let after: Vec<Option<i64>> = told[0].lines.iter().map(|line| line.after_tenths_d).collect();
    assert_eq!(after, [Some(20), Some(20), Some(30)]);
    assert_eq!(told[0].lines[0].lacks, 30);
    let (before, after) = told[0].spread.unwrap();
    assert!(after.gini < before.gini && after.least == 2_000);
}

/// EM-5: urgent before normal, but everybody is brought to the alarm first; what nobody lacks goes by people.
#[test]
fn em_5_urgent_before_normal_above_the_floor() {
    let of = |total| {
        let facts = facts(
            2,
            vec![group(0, 0, 8, 0), group(0, 1, 8, 0), group(1, 1, 16, 0)],
            vec![pack("v", total, 4_000)],
        );
        apply(&facts).unwrap().remove(0)
    };
    // One day for all takes four packs; the urgent eight people then take three more before anybody else.
    assert_eq!(of(7).given, [5, 2]);
    let steps = of(7).steps;
    assert_eq!(steps[0].given, 4);
    assert_eq!(
        (steps[1].class, steps[1].given),
        (Some(PriorityClass::SpecialNeeds), 3)
    );
    assert_eq!(steps[2].given, 0);
    let plenty = of(20);
    assert_eq!((plenty.given, plenty.by_people), (vec![10, 10], 4));
}

/// What the first pack brings counts for the second, so that nobody is filled up twice.
#[test]
fn a_second_pack_goes_to_those_whom_the_first_left_out() {
    let facts = facts(
        2,
        vec![group(0, 1, 8, 0), group(1, 1, 8, 1)],
        vec![pack("a", 1, 4_000), pack("b", 2, 4_000)],
    );
    let ruled = apply(&facts).unwrap();
    assert_eq!(ruled[0].given, [1, 0]);
    assert_eq!(ruled[1].given, [1, 1]);
    let told = outcomes(&facts, &ruled, &[vec![0, 1], vec![1, 1]]).unwrap();
    assert_eq!(
        told[1].lines[1].before_tenths_d,
        Some(20),
        "with what was given by hand"
    );
}

/// Goods without a norm are shared by people.
#[test]
fn what_nobody_eats_is_shared_by_people() {
    let mut paper = pack("p", 10, 0);
    paper.content_g = vec![0; 5];
    let facts = facts(2, vec![group(0, 1, 30, 0), group(1, 1, 10, 9)], vec![paper]);
    let ruled = apply(&facts).unwrap();
    assert_eq!((&ruled[0].given[..], ruled[0].by_people), (&[8, 2][..], 10));
    let told = outcomes(&facts, &ruled, &[ruled[0].given.clone()]).unwrap();
    assert!(told[0].spread.is_none() && spread_words(&told[0], Lang::Zh).is_none());
    assert!(rule_words(&facts, 0, Lang::Zh)[0].contains("按人数分"));
}

/// The words hold all that one needs to compute a share again.
#[test]
fn the_rule_in_words_names_its_figures() {
    let facts = facts(1, vec![group(0, 1, 30, 0)], vec![pack("v", 6, 2_000)]);
    let words = rule_words(&facts, 0, Lang::Zh).join("");
    for figure in [
        "HOUSE-4",
        "有特殊群体的家庭",
        "共有6份（每份2公斤）",
        "最多补到1天",
        "最多补到4天",
        "蔬菜",
    ] {
        assert!(words.contains(figure), "{figure}: {words}");
    }
    let ruled = apply(&facts).unwrap();
    let steps = step_words(&ruled[0].steps, "份", Lang::Zh).join("");
    assert!(steps.contains("都补到0.80天，到此分完"), "{steps}");
    assert!(
        rule_words(&facts, 0, Lang::En)
            .join("")
            .contains("6 packs of 2 kg")
    );
}

proptest! {
    /// All is given, nobody gets less than nothing, and every step passes its checker (which `apply` and `outcomes` ask).
    #[test]
    fn every_pack_is_given_to_somebody(
        groups in prop::collection::vec((0usize..4, 0usize..2, 1i64..200, 0i64..9), 1..20),
        totals in prop::collection::vec((1i64..400, 0i64..6_000), 1..3),
    ) {
        let groups = groups.into_iter().map(|(compound, class, persons, days)| group(compound, class, persons, days));
        let packs = totals.iter().enumerate().map(|(at, (total, grams))| pack(&at.to_string(), *total, *grams));
        let facts = facts(4, groups.collect(), packs.collect());
        let ruled = apply(&facts).unwrap();
        for ((total, _), one) in totals.iter().zip(&ruled) {
            prop_assert_eq!(one.given.iter().sum::<i64>(), *total);
            prop_assert!(one.given.iter().all(|given| *given >= 0));
        }
        let given: Vec<Vec<i64>> = ruled.iter().map(|one| one.given.clone()).collect();
        prop_assert_eq!(outcomes(&facts, &ruled, &given).unwrap().len(), totals.len());
    }
}
