//! What packs hold and which limits they keep, whoever put them together.

use std::collections::BTreeMap;

use crate::packs::{Diet, Lacking, PackOrder, Stocked};

/// A limit that packs do not keep. `pack` and `good` are places in the orders and in the stock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unkept {
    /// All packs together take more units of a good than there are.
    Stock {
        /// The good.
        good: usize,
        /// Units that are taken.
        used: i64,
        /// Units in stock.
        units: i64,
    },
    /// A pack is too dear.
    Price {
        /// The pack.
        pack: usize,
        /// By so much.
        over_fen: i64,
    },
    /// A pack is too heavy.
    Weight {
        /// The pack.
        pack: usize,
        /// By so much.
        over_g: i64,
    },
    /// Somebody who eats from it must not get this.
    Unfit {
        /// The pack.
        pack: usize,
        /// The good.
        good: usize,
        /// Who.
        diet: Diet,
    },
    /// A good of a category of which the pack is not made.
    Foreign {
        /// The pack.
        pack: usize,
        /// The good.
        good: usize,
    },
    /// A good does not keep for as long as everything in the pack should.
    Spoils {
        /// The pack.
        pack: usize,
        /// The good.
        good: usize,
        /// It keeps for so many days.
        keeps_d: i64,
    },
    /// More of one good than a person is to get of it.
    Much {
        /// The pack.
        pack: usize,
        /// The good.
        good: usize,
        /// In the pack.
        grams: i64,
        /// At most.
        most_g: i64,
    },
    /// Fewer than none of a good.
    Negative {
        /// The pack.
        pack: usize,
        /// The good.
        good: usize,
    },
}

/// What one pack holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holds {
    /// Its price.
    pub price_fen: i64,
    /// Its weight.
    pub weight_g: i64,
    /// Of each nutrient, in the order and units of the floors.
    pub nutrients: Vec<i64>,
    /// Grams and kinds by category.
    pub categories: BTreeMap<String, (i64, usize)>,
    /// What falls short: nutrients, then categories, then kinds.
    pub lacking: Vec<Lacking>,
}

/// What all packs hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packed {
    /// One per order.
    pub packs: Vec<Holds>,
    /// Units of each good that all packs take.
    pub used: Vec<i64>,
    /// Limits that are not kept.
    pub unkept: Vec<Unkept>,
}

/// What packs hold that are put together of so many units of each good, and every limit that they do not keep. Whoever
/// chose the units, solver or person; a pack or good for which none are given has none.
pub fn packed(stock: &[Stocked], orders: &[PackOrder], units: &[Vec<i64>]) -> Packed {
    let mut used = vec![0i64; stock.len()];
    let (mut packs, mut unkept) = (Vec::new(), Vec::new());
    for (pack, order) in orders.iter().enumerate() {
        let none = Vec::new();
        let row = units.get(pack).unwrap_or(&none);
        for (used, units) in used.iter_mut().zip(row) {
            *used = used.saturating_add(units.saturating_mul(order.count));
        }
        packs.push(one(stock, (pack, order), row, &mut unkept));
    }
    for (good, (one, used)) in stock.iter().zip(&used).enumerate() {
        if *used > one.units.max(0) {
            unkept.push(Unkept::Stock {
                good,
                used: *used,
                units: one.units.max(0),
            });
        }
    }
    Packed { packs, used, unkept }
}

fn one(
    stock: &[Stocked],
    (pack, order): (usize, &PackOrder),
    units: &[i64],
    unkept: &mut Vec<Unkept>,
) -> Holds {
    let person_days = order.persons.saturating_mul(order.days);
    let most_g = order.most_of_one_g.saturating_mul(person_days);
    let mut holds = Holds::default();
    let mut eaten = vec![0i64; order.floors.len()];
    for (good, (one, units)) in stock.iter().zip(units).enumerate() {
        if *units == 0 {
            continue;
        }
        let food = &one.food;
        let grams = one.unit_g.saturating_mul(*units);
        holds.price_fen = holds
            .price_fen
            .saturating_add(one.unit_fen.saturating_mul(*units));
        holds.weight_g = holds.weight_g.saturating_add(grams);
        let sum = holds.categories.entry(food.category.clone()).or_default();
        *sum = (sum.0.saturating_add(grams), sum.1 + 1);
        for (eaten, nutrient) in eaten.iter_mut().zip(&food.nutrients) {
            *eaten = eaten.saturating_add(nutrient.saturating_mul(grams));
        }
        if *units < 0 {
            unkept.push(Unkept::Negative { pack, good });
        }
        for diet in order.diets.iter().filter(|diet| food.unfit.contains(diet)) {
            unkept.push(Unkept::Unfit {
                pack,
                good,
                diet: *diet,
            });
        }
        if !order.only.is_empty() && !order.only.contains(&food.category) {
            unkept.push(Unkept::Foreign { pack, good });
        }
        if food.keeps_d < order.keeps_d {
            unkept.push(Unkept::Spoils {
                pack,
                good,
                keeps_d: food.keeps_d,
            });
        }
        if grams > most_g {
            unkept.push(Unkept::Much {
                pack,
                good,
                grams,
                most_g,
            });
        }
    }
    holds.nutrients = eaten.into_iter().map(|sum| sum / 100).collect();
    if let Some(most) = order.price_max_fen.filter(|most| holds.price_fen > *most) {
        unkept.push(Unkept::Price {
            pack,
            over_fen: holds.price_fen - most,
        });
    }
    if let Some(most) = order.weight_max_g.filter(|most| holds.weight_g > *most) {
        unkept.push(Unkept::Weight {
            pack,
            over_g: holds.weight_g - most,
        });
    }
    holds.lacking = lacking(order, &holds, person_days);
    holds
}

fn lacking(order: &PackOrder, holds: &Holds, person_days: i64) -> Vec<Lacking> {
    let of = |category: &String| holds.categories.get(category).copied().unwrap_or((0, 0));
    let nutrients = order.floors.iter().zip(&holds.nutrients).enumerate();
    let nutrients = nutrients.map(|(nutrient, (floor, has))| Lacking::Nutrient {
        nutrient,
        has: *has,
        wanted: floor.saturating_mul(person_days),
    });
    let categories = order.least_g.iter().map(|(category, grams)| Lacking::Category {
        category: category.clone(),
        has_g: of(category).0,
        wanted_g: grams.saturating_mul(person_days),
    });
    let kinds = order.kinds.iter().map(|(category, wanted)| Lacking::Kinds {
        category: category.clone(),
        has: of(category).1,
        wanted: *wanted,
    });
    let short = |one: &Lacking| match one {
        Lacking::Nutrient { has, wanted, .. } => has < wanted,
        Lacking::Category { has_g, wanted_g, .. } => has_g < wanted_g,
        Lacking::Kinds { has, wanted, .. } => has < wanted,
    };
    nutrients.chain(categories).chain(kinds).filter(short).collect()
}

#[cfg(test)]
mod tests {
    use super::{Unkept, packed};
    use crate::packs::{Diet, Food, Lacking, PackOrder, Stocked};

    fn good(key: &str, category: &str, kcal: i64, (unit_g, unit_fen, units): (i64, i64, i64)) -> Stocked {
        Stocked {
            food: Food {
                key: key.into(),
                zh: key.into(),
                also: Vec::new(),
                en: key.into(),
                category: category.into(),
                nutrients: vec![kcal],
                keeps_d: 3,
                unfit: vec![Diet::Halal],
            },
            unit_g,
            unit_fen,
            units,
        }
    }

    fn order() -> PackOrder {
        PackOrder {
            name: "包".into(),
            persons: 2,
            days: 1,
            count: 10,
            price_max_fen: Some(1_000),
            weight_max_g: Some(2_000),
            floors: vec![2_000],
            least_g: vec![("grain".into(), 200), ("oil".into(), 25)],
            kinds: vec![("grain".into(), 2)],
            most_of_one_g: 900,
            keeps_d: 0,
            diets: Vec::new(),
            only: Vec::new(),
        }
    }

    /// Worked out by hand: 1 kg of rice and 500 g of pork for two people and one day.
    #[test]
    fn what_a_pack_holds_and_lacks() {
        let stock = [
            good("rice", "grain", 365, (1_000, 600, 9)),
            good("pork", "meat", 198, (500, 900, 10)),
        ];
        let found = packed(&stock, &[order()], &[vec![1, 1]]);
        let holds = &found.packs[0];
        assert_eq!(
            (holds.price_fen, holds.weight_g, holds.nutrients[0]),
            (1_500, 1_500, 4_640)
        );
        assert_eq!(holds.categories["grain"], (1_000, 1));
        assert_eq!(found.used, [10, 10]);
        assert_eq!(
            holds.lacking,
            [
                Lacking::Category {
                    category: "oil".into(),
                    has_g: 0,
                    wanted_g: 50
                },
                Lacking::Kinds {
                    category: "grain".into(),
                    has: 1,
                    wanted: 2
                },
            ]
        );
        let price = Unkept::Price {
            pack: 0,
            over_fen: 500,
        };
        let stocked = Unkept::Stock {
            good: 0,
            used: 10,
            units: 9,
        };
        assert_eq!(found.unkept, [price, stocked]);
    }

    #[test]
    fn every_broken_limit_is_told() {
        let stock = [good("pork", "meat", 198, (1_000, 100, 100))];
        let strict = PackOrder {
            keeps_d: 4,
            diets: vec![Diet::Halal],
            only: vec!["grain".into()],
            ..order()
        };
        let found = packed(&stock, &[strict], &[vec![3]]).unkept;
        assert_eq!(found.len(), 5, "{found:?}");
        assert!(found.contains(&Unkept::Foreign { pack: 0, good: 0 }));
        assert!(found.contains(&Unkept::Spoils {
            pack: 0,
            good: 0,
            keeps_d: 3
        }));
        assert!(found.contains(&Unkept::Unfit {
            pack: 0,
            good: 0,
            diet: Diet::Halal
        }));
        assert!(found.contains(&Unkept::Much {
            pack: 0,
            good: 0,
            grams: 3_000,
            most_g: 1_800
        }));
        assert!(found.contains(&Unkept::Weight {
            pack: 0,
            over_g: 1_000
        }));
        let less = packed(&stock, &[order()], &[vec![-1]]).unkept;
        assert!(less.contains(&Unkept::Negative { pack: 0, good: 0 }), "{less:?}");
    }
}
