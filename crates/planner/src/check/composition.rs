use super::{Finding, Findings, packed};
use crate::packs::{Chain, Composition, Diet, Food, PackOrder, Stocked, Substitute, Supply};

/// Verifies packs: the stock suffices for all of them, weight and price are right and within their limits, everything
/// keeps and is fit for those who eat it, and what falls short is told, no more and no less.
pub fn composition(stock: &[Stocked], orders: &[PackOrder], composition: &Composition) -> Vec<Finding> {
    let mut findings = Findings::default();
    findings.expect(orders.len() == composition.packs.len(), || {
        format!("{} orders but {} packs", orders.len(), composition.packs.len())
    });
    let units: Vec<Vec<i64>> = composition.packs.iter().map(|pack| pack.units.clone()).collect();
    let found = packed(stock, orders, &units);
    for unkept in &found.unkept {
        findings.expect(false, || format!("{unkept:?}"));
    }
    for ((order, pack), holds) in orders.iter().zip(&composition.packs).zip(&found.packs) {
        let name = &order.name;
        let told = [
            (pack.units.len() == stock.len(), "the number of goods is wrong"),
            (pack.price_fen == holds.price_fen, "the price is wrong"),
            (pack.weight_g == holds.weight_g, "the weight is wrong"),
        ];
        for (holds, what) in told {
            findings.expect(holds, || format!("{name}: {what}"));
        }
        findings.expect(holds.lacking == pack.lacking, || {
            format!("{name}: {:?} falls short, told {:?}", holds.lacking, pack.lacking)
        });
    }
    findings.0
}

/// Verifies substitutes: all goods of the category that are in stock and fit, and no others; each has the energy of the other,
/// and the differences in parts of a daily need are right and rise.
pub fn substitutes(
    stock: &[Stocked],
    missing: &Food,
    floors: &[i64],
    diets: &[Diet],
    told: &[Substitute],
) -> Vec<Finding> {
    let mut findings = Findings::default();
    let mut listed: Vec<usize> = told.iter().map(|one| one.index).collect();
    findings.expect(
        told.windows(2)
            .all(|pair| pair[0].difference <= pair[1].difference),
        || "the substitutes are not in order".into(),
    );
    listed.sort_unstable();
    let right = stock.iter().enumerate().filter(|(_, one)| {
        let same = one.food.category == missing.category && one.food.key != missing.key;
        same && one.units > 0 && diets.iter().all(|diet| !one.food.unfit.contains(diet))
    });
    findings.expect(right.map(|(index, _)| index).eq(listed), || {
        format!("the substitutes of {} are others", missing.key)
    });
    for one in told {
        let Some(food) = stock.get(one.index).map(|stocked| &stocked.food) else {
            continue;
        };
        let mut difference = 0.0;
        for (place, floor) in floors.iter().enumerate() {
            if *floor > 0 {
                let of = |food: &Food| food.nutrients.get(place).map_or(0.0, |amount| *amount as f64);
                difference += (of(food) - of(missing)).abs() / *floor as f64;
            }
        }
        let (wanted, has) = (missing.nutrients.first(), food.nutrients.first());
        let (wanted, has) = (
            wanted.copied().unwrap_or(0) * 100,
            has.copied().unwrap_or(0).max(1),
        );
        let energy = one.instead_g * has <= wanted && wanted < (one.instead_g + 1) * has;
        findings.expect((difference - one.difference).abs() < 1e-9 && energy, || {
            format!("{}: {} g, {} apart", food.key, one.instead_g, one.difference)
        });
    }
    findings.0
}

/// What may be missing of a floor, or too much in a cost, in parts of it, for the sums of floating-point numbers.
const SLACK: f64 = 1e-9;

/// Verifies a ration: only goods that can be had, all floors met, and the cost that of the grams. Whether it is the cheapest,
/// only the published optima tell.
pub fn ration(
    prices: &[Option<f64>],
    nutrients: &[Vec<f64>],
    floors: &[f64],
    (cost, grams): (f64, &[f64]),
) -> Vec<Finding> {
    let mut findings = Findings::default();
    findings.expect(grams.len() == prices.len(), || format!("{} goods", grams.len()));
    let mut sum = 0.0;
    for (place, (grams, price)) in grams.iter().zip(prices).enumerate() {
        findings.expect(*grams >= 0.0 && (price.is_some() || *grams == 0.0), || {
            format!("{grams} g of good {place}, which cannot be had")
        });
        sum += grams * price.unwrap_or(0.0);
    }
    findings.expect((sum - cost).abs() <= sum.abs() * 1e-6 + SLACK, || {
        format!("it costs {sum}, told {cost}")
    });
    for (place, floor) in floors.iter().enumerate() {
        let eaten: f64 = grams
            .iter()
            .zip(nutrients)
            .map(|(grams, row)| grams * row[place])
            .sum();
        findings.expect(eaten >= floor * (1.0 - SLACK), || {
            format!("nutrient {place}: {eaten} of {floor}")
        });
    }
    findings.0
}

/// Verifies a supply: nothing flows backwards or out of nothing, everybody who is to eat gets all nutrients, and the cost is
/// that of buying and moving what flows.
pub fn supply(chain: &Chain, supply: &Supply) -> Vec<Finding> {
    let mut findings = Findings::default();
    let goods = chain.nutrients.len();
    let whole = |rows: &[Vec<f64>], count: usize| {
        let all = rows.iter().flatten();
        rows.len() == count
            && rows.iter().all(|row| row.len() == goods)
            && all.copied().all(|amount| amount >= 0.0)
    };
    let fits = whole(&supply.flows, chain.links.len()) && whole(&supply.bought, chain.prices.len());
    findings.expect(fits, || "a row is missing, or something flows backwards".into());
    if !fits {
        return findings.0;
    }
    let mut left = supply.bought.clone();
    let mut cost = 0.0;
    for (place, (bought, prices)) in supply.bought.iter().zip(&chain.prices).enumerate() {
        for (tonnes, price) in bought.iter().zip(prices) {
            findings.expect(price.is_some() || *tonnes == 0.0, || {
                format!("place {place} sells what it does not have")
            });
            cost += tonnes * price.unwrap_or(0.0);
        }
    }
    let bought: f64 = supply.bought.iter().flatten().sum();
    for (link, flows) in chain.links.iter().zip(&supply.flows) {
        for (good, tonnes) in flows.iter().enumerate() {
            left[link.from][good] -= tonnes;
            left[link.to][good] += tonnes;
            cost += tonnes * link.cost;
        }
    }
    for (place, left) in left.iter().enumerate() {
        findings.expect(left.iter().all(|left| *left >= -1e-7 * bought), || {
            format!("place {place} sends on what it never got")
        });
        for (nutrient, floor) in chain.floors.iter().enumerate() {
            let eaten: f64 = left
                .iter()
                .zip(&chain.nutrients)
                .map(|(left, row)| left * row[nutrient])
                .sum();
            let wanted = floor * chain.persons[place];
            findings.expect(eaten >= wanted * (1.0 - 1e-7), || {
                format!("place {place}, nutrient {nutrient}: {eaten} of {wanted}")
            });
        }
    }
    findings.expect((cost - supply.cost).abs() <= cost.abs() * 1e-6, || {
        format!("it costs {cost}, told {}", supply.cost)
    });
    findings.0
}
