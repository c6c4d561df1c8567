//! What packs are composed from: the single goods that a supplier has in stock, and how many people are to eat.

use planner::packs::{self, Food, PackOrder, Stocked};
use serde::{Deserialize, Serialize};
use store::Tx;

use super::homes::{self, Homes};
use super::words::{Diet, Filling, Norm, Nutrient};
use super::{PacksDraft, Wanted};
use crate::base::id::district;
use crate::base::{Ctx, Refusal, Result};
use crate::plan::rules::{CATEGORIES, Rules};
use crate::register::entry::{self, Good, Supplier};
use crate::wording;

wording! {
    /// Why a good of the price list is not on the shelf.
    OffShelf {
        NoWeight = "no_weight", "没有重量", "no weight";
        NoStock = "no_stock", "没有报可供份数", "no stock reported";
        NoPrice = "no_price", "没有单价", "no price";
    }
}

/// A single good of the supplier, as it was when the proposal was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ShelfGood {
    /// The supplier's code for it.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its category.
    pub category: String,
    /// The unit it is sold by.
    pub unit: String,
    /// The weight of a unit.
    pub unit_g: i64,
    /// The price of a unit.
    pub unit_fen: i64,
    /// Units in stock.
    pub units: i64,
    /// Whether it must travel cold.
    pub cold: bool,
    /// The food of the table that it counts as; `None` where nobody knows, so that it counts by weight and category alone.
    pub food: Option<String>,
    /// Per 100 g, in the order and units of the table; zeros where the food is not known.
    pub nutrients: Vec<i64>,
    /// For so many days it keeps without refrigerator.
    pub keeps_d: i64,
    /// Who must not get it.
    pub unfit: Vec<Diet>,
}

/// Everything that a proposal of packs was computed from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PackFacts {
    /// The supplier's name.
    pub supplier_name: String,
    /// The compounds that the packs are for: code and name.
    pub compounds: Vec<(String, String)>,
    /// The single goods of the supplier, by category and code.
    pub shelf: Vec<ShelfGood>,
    /// Goods of the price list that could not be used: name and why.
    pub off_shelf: Vec<(String, OffShelf)>,
    /// Least grams per person and day by category.
    pub least_g: Vec<(String, i64)>,
    /// The clause of the plan that sets them; empty for the guideline.
    pub clause: String,
    /// Least of each nutrient per person and day, in the order of the table; zero where it was not asked for.
    pub floors: Vec<i64>,
}

impl ShelfGood {
    /// The good for the planner.
    fn stocked(&self, without: bool) -> Stocked {
        Stocked {
            food: Food {
                key: self.code.clone(),
                zh: self.name.clone(),
                also: Vec::new(),
                en: self.name.clone(),
                category: self.category.clone(),
                nutrients: self.nutrients.clone(),
                keeps_d: self.keeps_d,
                unfit: self.unfit.iter().map(|diet| diet.planned()).collect(),
            },
            unit_g: self.unit_g,
            unit_fen: self.unit_fen,
            units: if without { 0 } else { self.units },
        }
    }
}

impl PackFacts {
    /// The stock for the planner; of goods that are not to be used there is none.
    pub fn stock(&self, draft: &PacksDraft) -> Vec<Stocked> {
        let out = |good: &ShelfGood| draft.without.contains(&good.code);
        self.shelf.iter().map(|good| good.stocked(out(good))).collect()
    }

    /// The packs for the planner, `counts` of each. A pack of some categories is measured by these alone.
    pub fn orders(&self, draft: &PacksDraft, counts: &[i64]) -> Vec<PackOrder> {
        let order = |(wanted, count): (&Wanted, &i64)| {
            let has = |category: &str| wanted.filling.has(category);
            PackOrder {
                name: wanted.name.clone(),
                persons: wanted.persons,
                days: draft.days,
                count: *count,
                price_max_fen: wanted.price_max_fen,
                weight_max_g: wanted.weight_max_g,
                floors: if wanted.filling == Filling::All {
                    self.floors.clone()
                } else {
                    Vec::new()
                },
                least_g: self
                    .least_g
                    .iter()
                    .filter(|(category, _)| has(category))
                    .cloned()
                    .collect(),
                kinds: match usize::try_from(draft.kinds) {
                    Ok(kinds) if kinds > 0 && has("vegetables") => vec![("vegetables".into(), kinds)],
                    _ => Vec::new(),
                },
                most_of_one_g: draft.most_of_one_g,
                keeps_d: draft.keeps_d,
                diets: wanted.diets.iter().map(|diet| diet.planned()).collect(),
                only: wanted
                    .filling
                    .categories()
                    .iter()
                    .map(|one| (*one).to_string())
                    .collect(),
            }
        };
        draft.packs.iter().zip(counts).map(order).collect()
    }

    /// Goods of which nobody knows which food they are, though they may be eaten.
    pub fn unknown(&self) -> impl Iterator<Item = &ShelfGood> {
        self.shelf.iter().filter(|good| good.food.is_none())
    }
}

/// A food of the table, or what may be assumed of an unknown good of a category: no nutrients, and as little keeping as any
/// food of the category, and unfit for everybody with a diet.
fn nutrition(foods: &[Food], food: Option<&Food>, category: &str) -> (Vec<i64>, i64, Vec<Diet>) {
    if let Some(food) = food {
        let unfit = food.unfit.iter().map(|diet| Diet::of_planned(*diet)).collect();
        return (food.nutrients.clone(), food.keeps_d, unfit);
    }
    let alike = foods.iter().filter(|food| food.category == category);
    let keeps_d = alike.map(|food| food.keeps_d).min().unwrap_or(0);
    (vec![0; Nutrient::ALL.len()], keeps_d, Diet::ALL.to_vec())
}

/// Goods that can be used, and the names of those that cannot, with the reason.
pub type Shelf = (Vec<ShelfGood>, Vec<(String, OffShelf)>);

/// The single goods of a supplier, and those that cannot be used. `said` names foods of goods: (code of the good, key of the food).
pub fn shelf(tx: &mut Tx, in_district: &str, supplier: &str, said: &[(String, String)]) -> Result<Shelf> {
    let foods = packs::common();
    let (mut shelf, mut off) = (Vec::new(), Vec::new());
    for entry in entry::price_list(tx, in_district, supplier)? {
        let good: Good = entry.noun()?;
        if !good.is_single() {
            continue;
        }
        let units = match good.stock {
            _ if good.weight_g <= 0 => Err(OffShelf::NoWeight),
            _ if good.price_fen <= 0 => Err(OffShelf::NoPrice),
            None => Err(OffShelf::NoStock),
            Some(units) => Ok(units),
        };
        match units {
            Ok(units) => shelf.push(on_shelf(&foods, good, units, said)),
            Err(why) => off.push((good.name, why)),
        }
    }
    shelf.sort_by_key(|good| (super::words::category_place(&good.category), good.code.clone()));
    Ok((shelf, off))
}

fn on_shelf(foods: &[Food], good: Good, units: i64, said: &[(String, String)]) -> ShelfGood {
    let category = if good.category.is_empty() {
        documents::forms::category_of(&good.name).to_string()
    } else {
        good.category.clone()
    };
    let by_key = |key: &str| foods.iter().find(|food| food.key == key);
    let by_person = said.iter().find(|(code, _)| *code == good.code);
    // What the register says is the name of a food, in Chinese as a rule.
    let by_register = |words: &str| {
        let named = |food: &&Food| food.zh == words || food.also.iter().any(|one| one == words);
        by_key(words).or_else(|| foods.iter().find(named))
    };
    let food = match by_person {
        Some((_, key)) => by_key(key),
        None if !good.food.is_empty() => by_register(&good.food),
        None => packs::named(foods, &good.name, &category),
    };
    let (nutrients, keeps_d, unfit) = nutrition(foods, food, &category);
    ShelfGood {
        food: food.map(|food| food.key.clone()),
        code: good.code,
        name: good.name,
        category,
        unit: if good.unit.is_empty() {
            "份".into()
        } else {
            good.unit
        },
        unit_g: good.weight_g,
        unit_fen: good.price_fen,
        units,
        cold: good.cold != 0,
        nutrients,
        keeps_d,
        unfit,
    }
}

/// The norms by category that hold, with the clause that sets them: those of the plan in force, or else the guideline.
pub fn norms(rules: Option<&Rules>, norm: Norm) -> (Vec<(String, i64)>, String) {
    if let Some(rules) = rules.filter(|_| norm == Norm::Plan) {
        let held = CATEGORIES.iter().filter_map(|(category, key, _)| {
            let grams = rules.number(*key).filter(|grams| *grams > 0)?;
            Some((((*category).to_string(), grams), rules.clause(*key).to_string()))
        });
        let (least, clauses): (Vec<_>, Vec<_>) = held.unzip();
        if !least.is_empty() {
            let mut clauses: Vec<String> = clauses.into_iter().filter(|one| !one.is_empty()).collect();
            clauses.sort_unstable();
            clauses.dedup();
            return (least, clauses.join("、"));
        }
    }
    (packs::guideline(), String::new())
}

/// What is in stock, for whom it is, and what they need.
pub fn gather(tx: &mut Tx, ctx: &Ctx, draft: &PacksDraft) -> Result<PackFacts> {
    let in_district = district(&draft.area).to_string();
    let supplier: Supplier = entry::noun(tx, "suppliers", &in_district, &draft.supplier)?;
    let Homes { compounds, rules, .. } = homes::homes(tx, ctx, &draft.area, &draft.supplier, false)?;
    let (shelf, off_shelf) = shelf(tx, &in_district, &draft.supplier, &draft.foods)?;
    if shelf.iter().all(|good| good.units <= 0) {
        return Err(Refusal::conflict(
            "no_stock",
            format!(
                "{}的价目表里没有可搭配的单品：请先导入单品的名称、重量、单价和可供份数（“类型”填“单品”）。",
                supplier.name
            ),
            format!(
                "{} has no single goods to compose from: import their names, weights, prices and stock first (kind: single good).",
                supplier.name
            ),
        )
        .into());
    }
    let (least_g, clause) = norms(rules.as_ref(), draft.norm);
    let floors = packs::sphere();
    let asked = |place: usize| draft.nutrients.contains(&Nutrient::at(place));
    Ok(PackFacts {
        supplier_name: supplier.name,
        compounds: compounds.into_iter().map(|one| (one.code, one.name)).collect(),
        shelf,
        off_shelf,
        least_g,
        clause,
        floors: floors
            .into_iter()
            .enumerate()
            .map(|(place, floor)| if asked(place) { floor } else { 0 })
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good(name: &str, category: &str, food: &str) -> Good {
        Good {
            code: "D1".into(),
            name: name.into(),
            category: category.into(),
            food: food.into(),
            weight_g: 500,
            price_fen: 300,
            ..Good::default()
        }
    }

    /// CQ-4, YU-6: a good is what a person says, else what the register says, else what its name says; an unknown one has weight and
    /// category alone and is for nobody with a diet.
    #[test]
    fn cq_4_which_food_a_good_is() {
        let foods = packs::common();
        let shelf = |good: Good, said: &[(String, String)]| on_shelf(&foods, good, 10, said);
        assert_eq!(
            shelf(good("本地土豆", "", ""), &[]).food.as_deref(),
            Some("potatoes")
        );
        let lettuce = shelf(good("莴笋", "vegetables", ""), &[]);
        assert_eq!(lettuce.food, None);
        assert!(lettuce.nutrients.iter().all(|amount| *amount == 0));
        assert_eq!((lettuce.keeps_d, lettuce.unfit.len()), (2, Diet::ALL.len()));
        let said = [("D1".to_string(), "celery".to_string())];
        assert_eq!(
            shelf(good("莴笋", "vegetables", ""), &said).food.as_deref(),
            Some("celery")
        );
        assert_eq!(
            shelf(good("莴笋", "vegetables", "芹菜"), &[]).food.as_deref(),
            Some("celery")
        );
        let nobody = [("D1".to_string(), String::new())];
        assert_eq!(
            shelf(good("土豆", "vegetables", ""), &nobody).food,
            None,
            "a person may take it back"
        );
        assert_eq!(shelf(good("番茄酱", "", ""), &[]).food, None);
    }
}
