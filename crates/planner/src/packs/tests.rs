use super::{
    Chain, Diet, Lacking, Link, PackOrder, Stocked, cheapest_ration, cheapest_supply, common, compose,
    guideline, sphere, substitutes,
};
use crate::check;
use crate::effort::{Effort, Progress};
use proptest::prelude::*;
use std::sync::Mutex;

const NODES: u64 = 2_000;

fn stock(units: i64) -> Vec<Stocked> {
    common()
        .into_iter()
        .map(|food| {
            let (unit_g, unit_fen) = match food.category.as_str() {
                "grain" => (1000, 600),
                "oil" => (500, 900),
                "meat" => (500, 2000),
                "vegetables" => (500, 250),
                _ => (500, 600),
            };
            Stocked {
                food,
                unit_g,
                unit_fen,
                units,
            }
        })
        .collect()
}

/// Three people and three days, as in Wuchang; five kinds of vegetables, as in Xi'an.
fn family() -> PackOrder {
    let mut floors = sphere();
    floors[4] = 12_000;
    PackOrder {
        name: "三口之家三天".into(),
        persons: 3,
        days: 3,
        count: 100,
        price_max_fen: None,
        weight_max_g: Some(25_000),
        floors,
        least_g: guideline(),
        kinds: vec![("vegetables".into(), 5)],
        most_of_one_g: 400,
        keeps_d: 0,
        diets: Vec::new(),
        only: Vec::new(),
    }
}

/// CQ-4: several packs from one stock, each with what people need.
#[test]
fn cq_4_packs_for_a_family_and_for_diets() {
    let stock = stock(2000);
    let mut halal = family();
    halal.diets = vec![Diet::Halal, Diet::Diabetes];
    let mut cold = family();
    cold.diets = vec![Diet::NoKitchen];
    cold.kinds = vec![("vegetables".into(), 2)];
    cold.least_g = vec![("vegetables".into(), 200)];
    let orders = [family(), halal, cold];
    let found = compose(&stock, &orders, &Effort::rounds(NODES)).unwrap();
    assert_eq!(check::composition(&stock, &orders, &found), vec![]);
    assert_eq!(found.packs[0].lacking, vec![]);
    assert_eq!(found.packs[1].lacking, vec![]);
    let pork = stock.iter().position(|one| one.food.key == "pork").unwrap();
    assert_eq!(found.packs[1].units[pork], 0);
}

/// CQ-4: where the stock suffices, many packs are as good as each alone, and that is proven; of a stock that does not
/// suffice, packs that come later get something too.
#[test]
fn cq_4_many_packs_share_one_stock() {
    let orders: Vec<PackOrder> = (0..9i64)
        .map(|place| PackOrder {
            name: format!("{place}"),
            persons: 2 + 2 * (place % 3),
            count: 300 - 20 * place,
            price_max_fen: (place / 3 == 1).then_some(4_000 * (2 + 2 * (place % 3))),
            diets: if place > 5 { vec![Diet::Halal] } else { Vec::new() },
            ..family()
        })
        .collect();
    let plenty = stock(100_000);
    let found = compose(&plenty, &orders, &Effort::rounds(5 * NODES)).unwrap();
    assert_eq!(check::composition(&plenty, &orders, &found), vec![]);
    assert!(found.proven);
    assert!(
        found.packs.iter().all(|pack| pack.lacking.is_empty()),
        "{:?}",
        found.packs
    );

    let mut scarce = stock(6_000);
    for one in &mut scarce {
        if one.food.category == "oil" {
            one.units = 1_000;
        }
    }
    let found = compose(&scarce, &orders, &Effort::rounds(200)).unwrap();
    assert_eq!(check::composition(&scarce, &orders, &found), vec![]);
    assert!(!found.proven);
    assert!(
        found.packs.iter().all(|pack| pack.weight_g > 0),
        "{:?}",
        found.packs
    );
}

/// It tells how far it is, and ends with the best so far when nobody wants more or the time is over.
#[test]
fn cq_4_composing_is_watched_and_ended() {
    let (stock, orders) = (stock(2_000), [family(), family()]);
    let told: Mutex<Vec<f64>> = Mutex::new(Vec::new());
    let note = |progress: Progress| told.lock().unwrap().push(progress.done);
    let watched = |most: usize| {
        told.lock().unwrap().clear();
        let watch = |progress: Progress| {
            note(progress);
            told.lock().unwrap().len() < most
        };
        let effort = Effort {
            watch: Some(&watch),
            ..Effort::rounds(NODES)
        };
        let found = compose(&stock, &orders, &effort);
        (found, told.lock().unwrap().clone())
    };
    let (whole, done) = watched(usize::MAX);
    assert_eq!(whole, compose(&stock, &orders, &Effort::rounds(NODES)));
    assert!(
        done.is_sorted() && done.iter().all(|done| (0.0..=1.0).contains(done)),
        "{done:?}"
    );
    let (_, cut) = watched(2);
    assert!(cut.len() < done.len(), "{cut:?} of {done:?}");
    let over = || 1.0;
    let effort = Effort {
        spent: Some(&over),
        ..Effort::rounds(u64::MAX)
    };
    if let Some(found) = compose(&stock, &orders, &effort) {
        assert_eq!(check::composition(&stock, &orders, &found), vec![]);
    }
}

/// A pack of vegetables holds nothing else.
#[test]
fn cq_4_a_pack_of_vegetables_alone() {
    let stock = stock(2_000);
    let order = PackOrder {
        floors: Vec::new(),
        least_g: vec![("vegetables".into(), 300)],
        only: vec!["vegetables".into()],
        ..family()
    };
    let orders = [order];
    let found = compose(&stock, &orders, &Effort::rounds(NODES)).unwrap();
    assert_eq!(check::composition(&stock, &orders, &found), vec![]);
    let inside = stock
        .iter()
        .zip(&found.packs[0].units)
        .filter(|(_, units)| **units > 0);
    assert_eq!(inside.clone().count(), 5);
    assert!(
        inside
            .map(|(one, _)| &one.food.category)
            .all(|category| category == "vegetables")
    );
}

#[test]
fn what_falls_short_is_told() {
    let mut scarce = stock(1000);
    for one in &mut scarce {
        if one.food.category == "oil" || one.food.category == "eggs" {
            one.units = 0;
        }
    }
    let found = compose(&scarce, &[family()], &Effort::rounds(NODES)).unwrap();
    assert_eq!(check::composition(&scarce, &[family()], &found), vec![]);
    let lacks = |wanted: &str| {
        found.packs[0].lacking.iter().any(
            |lacking| matches!(lacking, Lacking::Category { category, has_g: 0, .. } if category == wanted),
        )
    };
    assert!(lacks("oil") && lacks("eggs") && !lacks("grain"));
}

/// YU-6: substitutes when goods cannot be had.
#[test]
fn yu_6_substitutes_are_alike_and_fit() {
    let stock = stock(10);
    let food = |key: &str| stock.iter().find(|one| one.food.key == key).unwrap().food.clone();
    let named = |diets: &[Diet], key: &str| -> Vec<String> {
        let found = substitutes(&stock, &food(key), &sphere(), diets);
        assert_eq!(
            check::substitutes(&stock, &food(key), &sphere(), diets, &found),
            vec![]
        );
        found
            .iter()
            .map(|one| stock[one.index].food.key.clone())
            .collect()
    };
    assert_eq!(named(&[], "rice")[0], "flour");
    assert!(!named(&[Diet::Halal], "beef").contains(&"pork".to_string()));
    assert!(named(&[], "beef").contains(&"pork".to_string()));
    let first = substitutes(&stock, &food("rice"), &sphere(), &[])[0];
    assert_eq!(first.instead_g, 100);
}

/// The cheapest of two goods for one need, and the mixture for two needs, worked out by hand.
#[test]
fn the_cheapest_ration() {
    let (cost, grams) = cheapest_ration(&[Some(2.0), Some(3.0)], &[vec![1.0], vec![2.0]], &[10.0]).unwrap();
    assert!((cost - 15.0).abs() < 1e-9 && (grams[1] - 5.0).abs() < 1e-9);
    let rows = [vec![1.0, 0.0], vec![1.0, 1.0], vec![0.0, 1.0]];
    let (cost, _) = cheapest_ration(&[Some(1.0), Some(1.5), None], &rows, &[4.0, 2.0]).unwrap();
    assert!((cost - 5.0).abs() < 1e-9);
    assert_eq!(cheapest_ration(&[None], &[vec![1.0]], &[1.0]), None);
}

/// A market sells two goods; one town eats there, another behind a link on which bulky food is dear to move.
fn chain(way: f64) -> Chain {
    Chain {
        prices: vec![vec![Some(10.0), Some(30.0)], vec![None, None]],
        persons: vec![100.0, 50.0],
        links: vec![Link {
            from: 0,
            to: 1,
            cost: way,
        }],
        nutrients: vec![vec![1.0], vec![2.0]],
        floors: vec![1.0],
    }
}

/// Worked out by hand: 100 tonnes of the cheap good are eaten at the market; behind the link the rich one becomes cheaper
/// when moving a tonne costs more than 10.
#[test]
fn the_cheapest_supply() {
    for (way, cost) in [(4.0, 1700.0), (12.0, 2050.0)] {
        let supply = cheapest_supply(&chain(way)).unwrap();
        assert_eq!(check::supply(&chain(way), &supply), vec![]);
        assert!((supply.cost - cost).abs() < 1e-6, "{supply:?}");
    }
    let mut cut_off = chain(4.0);
    cut_off.links.clear();
    assert_eq!(cheapest_supply(&cut_off), None);
}

#[test]
fn a_spoilt_supply_is_reported() {
    let supply = cheapest_supply(&chain(4.0)).unwrap();
    let spoilt = [
        (supply.cost + 1.0, 1.0, 4.0),
        (supply.cost, 0.5, 4.0),
        (supply.cost, -1.0, 4.0),
        (supply.cost, 1.0, 5.0),
    ];
    for (cost, part, way) in spoilt {
        let mut supply = supply.clone();
        supply.cost = cost;
        supply.flows[0].iter_mut().for_each(|flow| *flow *= part);
        assert_ne!(check::supply(&chain(way), &supply), vec![]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Every ration passes its check, and none of a thousand others that meet the floors is cheaper.
    #[test]
    fn no_ration_is_cheaper(
        goods in prop::collection::vec((1u32..100, 0u32..50, 0u32..50), 1..6), floors in (0u32..300, 0u32..300),
        others in prop::collection::vec(prop::collection::vec(0u32..40, 6), 1000),
    ) {
        let prices: Vec<Option<f64>> = goods.iter().map(|good| Some(f64::from(good.0))).collect();
        let nutrients: Vec<Vec<f64>> = goods.iter().map(|good| vec![f64::from(good.1), f64::from(good.2)]).collect();
        let floors = [f64::from(floors.0), f64::from(floors.1)];
        let found = cheapest_ration(&prices, &nutrients, &floors);
        if let Some((cost, grams)) = &found {
            prop_assert_eq!(check::ration(&prices, &nutrients, &floors, (*cost, grams)), vec![]);
        }
        for other in others {
            let grams: Vec<f64> = other.iter().take(goods.len()).map(|grams| f64::from(*grams)).collect();
            let price: f64 = grams.iter().zip(&goods).map(|(grams, good)| grams * f64::from(good.0)).sum();
            if check::ration(&prices, &nutrients, &floors, (price, &grams)).is_empty() {
                prop_assert!(found.as_ref().is_some_and(|(cost, _)| *cost <= price * (1.0 + 1e-9)));
            }
        }
    }

    #[test]
    fn substitutes_pass_their_check(units in prop::collection::vec(0i64..2, 31), missing in 0usize..31, diet in 0usize..6) {
        let mut stock = stock(0);
        stock.iter_mut().zip(units).for_each(|(one, units)| one.units = units);
        let all = [Diet::Diabetes, Diet::Dysphagia, Diet::Infant, Diet::Halal, Diet::NoKitchen];
        let diets: Vec<Diet> = all.get(diet).copied().into_iter().collect();
        let missing = stock[missing].food.clone();
        let mut found = substitutes(&stock, &missing, &sphere(), &diets);
        prop_assert_eq!(check::substitutes(&stock, &missing, &sphere(), &diets, &found), vec![]);
        if let Some(first) = found.first_mut() {
            first.instead_g += 1;
            prop_assert!(!check::substitutes(&stock, &missing, &sphere(), &diets, &found).is_empty());
        }
    }

    #[test]
    fn every_composition_passes_its_check(
        units in prop::collection::vec(0i64..60, 31), persons in 1i64..6, days in 1i64..6, count in 1i64..12,
        price in prop::option::of(500i64..20_000), keeps_d in 0i64..10, diet in 0usize..6,
    ) {
        let mut stock = stock(0);
        stock.iter_mut().zip(units).for_each(|(one, units)| one.units = units);
        let all = [Diet::Diabetes, Diet::Dysphagia, Diet::Infant, Diet::Halal, Diet::NoKitchen];
        let order = PackOrder {
            persons, days, count, keeps_d, price_max_fen: price, diets: all.get(diet).copied().into_iter().collect(), ..family()
        };
        let orders = [order, family()];
        if let Some(found) = compose(&stock, &orders, &Effort::rounds(200)) {
            prop_assert_eq!(check::composition(&stock, &orders, &found), vec![]);
        }
    }

    #[test]
    fn a_spoilt_composition_is_reported(way in 0usize..4, at: usize) {
        let stock = stock(300);
        let orders = [family()];
        let mut found = compose(&stock, &orders, &Effort::rounds(200)).unwrap();
        let pack = &mut found.packs[0];
        let at = at % pack.units.len();
        match way {
            0 => pack.units[at] += 4,
            1 => pack.price_fen += 1,
            2 => pack.weight_g -= 1,
            _ => pack.lacking.push(Lacking::Category { category: "grain".into(), has_g: 0, wanted_g: 1 }),
        }
        prop_assert!(!check::composition(&stock, &orders, &found).is_empty());
    }
}
