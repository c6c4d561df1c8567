use super::{Finding, Findings};
use crate::packs::{Composed, Composition, Lacking, PackOrder, Stocked};
use std::collections::BTreeMap;

/// Verifies packs: the stock suffices for all of them, weight and price are right and within their limits, everything
/// keeps and is fit for those who eat it, and what falls short is told, no more and no less.
pub fn composition(stock: &[Stocked], orders: &[PackOrder], composition: &Composition) -> Vec<Finding> {
    let mut findings = Findings::default();
    findings.expect(orders.len() == composition.packs.len(), || {
        format!("{} orders but {} packs", orders.len(), composition.packs.len())
    });
    let mut used = vec![0i64; stock.len()];
    for (order, pack) in orders.iter().zip(&composition.packs) {
        findings.expect(pack.units.len() == stock.len(), || {
            format!("{}: {} goods", order.name, pack.units.len())
        });
        for (used, units) in used.iter_mut().zip(&pack.units) {
            *used += units * order.count;
        }
        one(&mut findings, stock, order, pack);
    }
    for (one, used) in stock.iter().zip(used) {
        findings.expect(used <= one.units.max(0), || {
            format!("{}: {used} units used of {}", one.food.key, one.units)
        });
    }
    findings.0
}

fn one(findings: &mut Findings, stock: &[Stocked], order: &PackOrder, pack: &Composed) {
    let name = &order.name;
    let person_days = order.persons * order.days;
    let (mut price_fen, mut weight_g) = (0, 0);
    let mut by_category: BTreeMap<&str, (i64, usize)> = BTreeMap::new();
    let mut eaten: Vec<i64> = vec![0; order.floors.len()];
    for (one, units) in stock.iter().zip(&pack.units) {
        if *units == 0 {
            continue;
        }
        let food = &one.food;
        let grams = one.unit_g * units;
        price_fen += one.unit_fen * units;
        weight_g += grams;
        let (sum_g, kinds) = by_category.entry(&food.category).or_default();
        *sum_g += grams;
        *kinds += 1;
        for (eaten, nutrient) in eaten.iter_mut().zip(&food.nutrients) {
            *eaten += nutrient * grams;
        }
        let bad = order.diets.iter().find(|diet| food.unfit.contains(diet));
        findings.expect(*units > 0 && bad.is_none(), || {
            format!("{name}: {units} units of {}, unfit for {bad:?}", food.key)
        });
        findings.expect(food.keeps_d >= order.keeps_d, || {
            format!("{name}: {} keeps for {} days only", food.key, food.keeps_d)
        });
        findings.expect(grams <= order.most_of_one_g * person_days, || {
            format!("{name}: {grams} g of {}", food.key)
        });
    }
    let told = [
        (pack.price_fen == price_fen, "the price is wrong"),
        (pack.weight_g == weight_g, "the weight is wrong"),
        (
            order.price_max_fen.is_none_or(|most| price_fen <= most),
            "it is too dear",
        ),
        (
            order.weight_max_g.is_none_or(|most| weight_g <= most),
            "it is too heavy",
        ),
    ];
    for (holds, what) in told {
        findings.expect(holds, || format!("{name}: {what}"));
    }
    let mut short = Vec::new();
    for (nutrient, (floor, eaten)) in order.floors.iter().zip(&eaten).enumerate() {
        if eaten / 100 < floor * person_days {
            short.push(Lacking::Nutrient {
                nutrient,
                has: eaten / 100,
                wanted: floor * person_days,
            });
        }
    }
    let of = |category: &String| by_category.get(category.as_str()).copied().unwrap_or((0, 0));
    for (category, grams) in &order.least_g {
        let (has_g, wanted_g) = (of(category).0, grams * person_days);
        if has_g < wanted_g {
            short.push(Lacking::Category {
                category: category.clone(),
                has_g,
                wanted_g,
            });
        }
    }
    for (category, wanted) in &order.kinds {
        let has = of(category).1;
        if has < *wanted {
            short.push(Lacking::Kinds {
                category: category.clone(),
                has,
                wanted: *wanted,
            });
        }
    }
    findings.expect(short == pack.lacking, || {
        format!("{name}: {short:?} falls short, told {:?}", pack.lacking)
    });
}
