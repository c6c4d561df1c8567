//! Draws without a store: a small model hands out packs in the order of the draw, the checker reads what is published.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

/// What a household asks for: compound, class, packs.
#[derive(Clone, Debug)]
struct Asked {
    compound: usize,
    class: usize,
    wants: Vec<(usize, i64)>,
    barred: bool,
}

const CLASSES: [PriorityClass; 3] = [
    PriorityClass::SpecialNeeds,
    PriorityClass::LostBefore,
    PriorityClass::Others,
];

fn compound(index: usize) -> String {
    format!("431023001001-{}", index + 1)
}

fn asked() -> impl Strategy<Value = Asked> {
    (
        0..3_usize,
        0..CLASSES.len(),
        prop::collection::btree_map(0..2_usize, 1..4_i64, 1..3),
        prop::bool::weighted(0.1),
    )
        .prop_map(|(compound, class, wants, barred)| Asked {
            compound,
            class,
            wants: wants.into_iter().collect(),
            barred,
        })
}

/// Draws `asked` over `had` packs of each kind in each compound and gives what would be published.
fn drawing(asked: &[Asked], had: i64) -> Value {
    let secret = Secret::default();
    let wants = |one: &Asked| -> Vec<Want> {
        let want = |(pack, quantity): &(usize, i64)| Want {
            pack: format!("P{pack}"),
            quantity: *quantity,
        };
        one.wants.iter().map(want).collect()
    };
    let numbers: Vec<String> = asked
        .iter()
        .map(|_| draw::number(&secret.mask, OrderId::fresh()))
        .collect();
    let lines = asked
        .iter()
        .zip(&numbers)
        .map(|(one, number)| draw::line(number, &compound(one.compound), &wants(one)))
        .collect();
    let digest = draw::digest(lines);
    let seed = draw::seed(&secret.sealed, &digest);
    let classed: Vec<(usize, String)> = asked
        .iter()
        .zip(&numbers)
        .map(|(one, number)| (one.class, number.clone()))
        .collect();
    let mut left: BTreeMap<(usize, usize), i64> = BTreeMap::new();
    let mut allotments = Vec::new();
    for at in 0..3 {
        for pack in 0..2 {
            left.insert((at, pack), had);
            allotments.push(json!({"compound": compound(at), "pack": format!("P{pack}"), "quantity": had}));
        }
    }
    let mut requests = Vec::new();
    for (index, ticket) in draw::sequence(&seed, &classed) {
        let one = &asked[index];
        let fits = one
            .wants
            .iter()
            .all(|(pack, quantity)| left[&(one.compound, *pack)] >= *quantity);
        let result = match (one.barred, fits) {
            (true, _) => DrawResult::HouseholdRule,
            (false, true) => DrawResult::Drawn,
            (false, false) => DrawResult::NoneLeft,
        };
        if result == DrawResult::Drawn {
            for (pack, quantity) in &one.wants {
                *left.entry((one.compound, *pack)).or_default() -= quantity;
            }
        }
        requests.push(json!({
            "number": numbers[index], "compound": compound(one.compound), "wants": wants(one),
            "class": CLASSES[one.class], "ticket": ticket, "result": result
        }));
    }
    json!({
        "format": "baogong-draw/1", "commitment": draw::sha256(&secret.sealed), "secret": secret.sealed,
        "digest": digest, "seed": seed, "priority": CLASSES, "allotments": allotments, "requests": requests
    })
}

fn findings(drawing: &Value) -> Vec<String> {
    check::check(&drawing.to_string())
        .findings
        .into_iter()
        .map(|finding| finding.en)
        .collect()
}

fn result(drawing: &Value, index: usize) -> &Value {
    &drawing["requests"][index]["result"]
}

proptest! {
    #[test]
    fn the_checker_accepts_every_draw(asked in prop::collection::vec(asked(), 0..40), had in 0..12_i64) {
        let drawing = drawing(&asked, had);
        prop_assert_eq!(findings(&drawing), Vec::<String>::new());
    }

    #[test]
    fn the_checker_notices_every_exchange_of_a_winner_and_a_loser(
        asked in prop::collection::vec(asked(), 2..40), had in 0..12_i64, pick in any::<prop::sample::Index>(),
    ) {
        let mut drawing = drawing(&asked, had);
        let of = |drawing: &Value, word: &str| -> Vec<usize> {
            (0..asked.len()).filter(|index| result(drawing, *index) == word).collect()
        };
        let (winners, losers) = (of(&drawing, "drawn"), of(&drawing, "none_left"));
        prop_assume!(!winners.is_empty() && !losers.is_empty());
        let (winner, loser) = (winners[pick.index(winners.len())], losers[pick.index(losers.len())]);
        drawing["requests"][winner]["result"] = json!("none_left");
        drawing["requests"][loser]["result"] = json!("drawn");
        prop_assert!(!findings(&drawing).is_empty());
    }

    #[test]
    fn the_checker_notices_a_request_that_is_left_out_or_slipped_in(
        asked in prop::collection::vec(asked(), 2..20), pick in any::<prop::sample::Index>(),
    ) {
        let whole = drawing(&asked, 100);
        let mut without = whole.clone();
        let requests = without["requests"].as_array_mut().unwrap();
        let taken = requests.remove(pick.index(requests.len()));
        prop_assert!(findings(&without).iter().any(|words| words.contains("digest")));
        let mut with = whole.clone();
        let mut more = taken;
        more["number"] = json!("0000-0000-0000-0000");
        more["ticket"] = json!(draw::ticket(with["seed"].as_str().unwrap(), "0000-0000-0000-0000"));
        with["requests"].as_array_mut().unwrap().push(more);
        prop_assert!(findings(&with).iter().any(|words| words.contains("digest")));
    }
}

fn one(compound: usize, class: usize, quantity: i64) -> Asked {
    Asked {
        compound,
        class,
        wants: vec![(0, quantity)],
        barred: false,
    }
}

#[test]
fn a_higher_class_is_served_before_a_lower_one_whatever_the_tickets() {
    for _ in 0..20 {
        let asked: Vec<Asked> = (0..9).map(|index| one(0, index % 3, 1)).collect();
        let drawing = drawing(&asked, 4);
        for request in drawing["requests"].as_array().unwrap() {
            let expected = match request["class"].as_str().unwrap() {
                "special_needs" => vec!["drawn"],
                "lost_before" => vec!["drawn", "none_left"],
                _ => vec!["none_left"],
            };
            assert!(
                expected.contains(&request["result"].as_str().unwrap()),
                "{request}"
            );
        }
    }
}

/// As asked or not at all; who wants less than is left is tried next.
#[test]
fn too_little_for_one_is_left_for_the_next() {
    let drawing = drawing(&[one(0, 0, 3), one(0, 1, 2), one(1, 2, 2)], 2);
    let results: Vec<&str> = drawing["requests"]
        .as_array()
        .unwrap()
        .iter()
        .map(|request| request["result"].as_str().unwrap())
        .collect();
    assert_eq!(results, ["none_left", "drawn", "drawn"]);
    assert!(findings(&drawing).is_empty());
}

#[test]
fn a_changed_file_is_found_out() {
    let asked: Vec<Asked> = (0..6).map(|index| one(0, index % 3, 1)).collect();
    let honest = drawing(&asked, 3);
    let mut changes: Vec<(&str, Value)> = Vec::new();
    let other = "0".repeat(64);
    for field in ["secret", "commitment", "digest", "seed"] {
        let mut changed = honest.clone();
        changed[field] = json!(other);
        changes.push((field, changed));
    }
    let mut ticket = honest.clone();
    ticket["requests"][5]["ticket"] = json!(other);
    changes.push(("ticket", ticket));
    let mut class = honest.clone();
    class["requests"][5]["class"] = json!("special_needs");
    changes.push(("class", class));
    let mut wants = honest.clone();
    wants["requests"][0]["wants"][0]["quantity"] = json!(2);
    changes.push(("wants", wants));
    let mut allotments = honest.clone();
    allotments["allotments"][0]["quantity"] = json!(2);
    changes.push(("allotments", allotments));
    let mut kept_back = honest.clone();
    kept_back["allotments"][0]["quantity"] = json!(4);
    changes.push(("kept back", kept_back));
    let mut sealed = honest.clone();
    sealed["secret"] = Value::Null;
    changes.push(("sealed", sealed));
    for (what, changed) in &changes {
        assert!(!findings(changed).is_empty(), "a changed {what} passes");
    }
    assert!(findings(&honest).is_empty());
    assert!(!check::check("{}").findings.is_empty());
}

/// The digest, seed and ticket are what any SHA-256 tool gives for the texts that the page names.
#[test]
fn the_numbers_are_those_of_any_sha_256_tool() {
    let wants = vec![Want {
        pack: "P1".into(),
        quantity: 2,
    }];
    assert_eq!(
        draw::line("A", "431023001001-1", &wants),
        r#"["A","431023001001-1",[["P1",2]]]"#
    );
    // printf '["A","431023001001-1",[["P1",2]]]\n' | sha256sum
    assert_eq!(
        draw::digest(vec![draw::line("A", "431023001001-1", &wants)]),
        "98665823af402321a70e4b58c09dcb5b52580f31e74413ccd665d8910fc2f7cb"
    );
    // printf 'ab' | sha256sum
    assert_eq!(
        draw::seed("a", "b"),
        "fb8e20fc2e4c3f248c60c39bd652f3c1347298bb977b8b4d5903b85055620603"
    );
    assert_eq!(draw::ticket("a", "b"), draw::seed("a", "b"));
    assert!(!format!("{:?}", Secret::default()).contains(char::is_numeric));
}

fn rules(words: &[&str]) -> Rules {
    let mut rules = crate::plan::rules::resolve("431023001001-1", Vec::new());
    for word in words {
        let rule = crate::plan::Rule {
            key: "release".into(),
            value: crate::plan::RuleValue::Word((*word).into()),
            levels: Vec::new(),
            risks: Vec::new(),
            scope: None,
            clause: "XX-1".into(),
            norm: false,
            source_note: String::new(),
        };
        rules.held.push(crate::plan::rules::Held {
            key: RuleKey::Release,
            rule: Box::leak(Box::new(rule)),
            plan: crate::plan::plan("house").unwrap(),
            clause: None,
            directive: None,
            wins: true,
        });
    }
    rules
}

#[test]
fn what_the_plan_fixes_holds_and_what_it_leaves_open_is_chosen() {
    let chosen = |asked, takes_orders, fixed: &[&[&str]]| {
        let ruled: Vec<(&str, Rules)> = fixed.iter().map(|words| ("小区", rules(words))).collect();
        match chosen(asked, takes_orders, &ruled) {
            Ok(release) => release.key(),
            Err(Error::Refusal(refusal)) => refusal.field.unwrap_or(refusal.code),
            Err(fault) => panic!("{fault}"),
        }
    };
    assert_eq!(chosen(None, true, &[&[]]), "first_come");
    assert_eq!(chosen(Some(Release::Ballot), true, &[&[]]), "ballot");
    assert_eq!(chosen(None, true, &[&["ballot"], &[]]), "ballot");
    assert_eq!(chosen(Some(Release::FirstCome), true, &[&["ballot"]]), "release");
    assert_eq!(chosen(None, true, &[&["ballot"], &["first_come"]]), "compounds");
    // Where residents do not order here there is nothing to draw: a plan's ballot does not touch it, a wish for one is refused.
    assert_eq!(chosen(None, false, &[&["ballot"]]), "first_come");
    assert_eq!(chosen(Some(Release::Ballot), false, &[&[]]), "release");
}
