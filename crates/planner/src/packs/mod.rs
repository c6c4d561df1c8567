//! Packs composed from what is in stock (CQ-4), and what may take the place of a good that is short (YU-6).
//!
//! Model: the diet problem (Stigler, "The cost of subsistence", Journal of Farm Economics 27, 1945) as a mixed
//! integer program over all packs at once, since they share the stock. How much a nutrient or a category falls
//! short is a variable with a high price, so that there is an answer for any stock and it says what is lacking.
//! Solved by branch and bound of the crate `microlp`.

mod chain;
mod foods;
mod program;
#[cfg(test)]
mod tests;

pub use chain::{Chain, Link, Supply, cheapest_supply};
pub use foods::{NUTRIENTS, common, guideline, named, sphere};
pub use program::{cheapest_ration, compose};

/// Who must not get everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Diet {
    /// Diabetes 糖尿病.
    Diabetes,
    /// Trouble swallowing 吞咽障碍.
    Dysphagia,
    /// Infant 婴幼儿.
    Infant,
    /// Halal 清真.
    Halal,
    /// Nobody can cook there 无厨房.
    NoKitchen,
}

/// A good that may go into packs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Food {
    /// Its key, unique among the foods.
    pub key: String,
    /// Chinese name.
    pub zh: String,
    /// Other Chinese names by which it is sold.
    pub also: Vec<String>,
    /// English name.
    pub en: String,
    /// Category, such as vegetables.
    pub category: String,
    /// Per 100 g of what is eaten, in the order and units of the floors.
    pub nutrients: Vec<i64>,
    /// For so many days it keeps.
    pub keeps_d: i64,
    /// Who must not get it.
    pub unfit: Vec<Diet>,
}

/// A food in stock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stocked {
    /// The food.
    pub food: Food,
    /// The smallest portion that goes into a pack: a bag of rice, half a kilogram of potatoes.
    pub unit_g: i64,
    /// Price of one such unit.
    pub unit_fen: i64,
    /// Units in stock.
    pub units: i64,
}

/// A pack to be composed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackOrder {
    /// Its name.
    pub name: String,
    /// People who eat from it.
    pub persons: i64,
    /// Days for which it should do.
    pub days: i64,
    /// How many such packs are wanted.
    pub count: i64,
    /// It may cost no more; `None` for any price.
    pub price_max_fen: Option<i64>,
    /// It may weigh no more; `None` for any weight.
    pub weight_max_g: Option<i64>,
    /// Least of each nutrient per person and day; zero where it does not matter.
    pub floors: Vec<i64>,
    /// Least grams per person and day by category.
    pub least_g: Vec<(String, i64)>,
    /// Least kinds by category, such as five of vegetables.
    pub kinds: Vec<(String, usize)>,
    /// Of one good at most so many grams per person and day, so that a pack is not all potatoes.
    pub most_of_one_g: i64,
    /// Everything in it keeps for at least so many days.
    pub keeps_d: i64,
    /// Who eats from it.
    pub diets: Vec<Diet>,
    /// Categories of which it is made, such as vegetables alone; empty for all.
    pub only: Vec<String>,
}

/// What falls short in a pack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lacking {
    /// A nutrient, by its place in the floors: has and should have, over persons and days.
    Nutrient {
        /// Place in the floors.
        nutrient: usize,
        /// In the pack.
        has: i64,
        /// Wanted.
        wanted: i64,
    },
    /// Grams of a category.
    Category {
        /// The category.
        category: String,
        /// In the pack.
        has_g: i64,
        /// Wanted.
        wanted_g: i64,
    },
    /// Kinds of a category.
    Kinds {
        /// The category.
        category: String,
        /// In the pack.
        has: usize,
        /// Wanted.
        wanted: usize,
    },
}

/// One composed pack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Composed {
    /// Units of each stocked food, in the order of the stock.
    pub units: Vec<i64>,
    /// Its price.
    pub price_fen: i64,
    /// Its weight.
    pub weight_g: i64,
    /// What falls short.
    pub lacking: Vec<Lacking>,
}

/// All packs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Composition {
    /// One per order.
    pub packs: Vec<Composed>,
    /// Whether nothing better exists (within a thousandth); otherwise the search was cut off.
    pub proven: bool,
}

/// A food that may take the place of another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Substitute {
    /// Its place in the stock.
    pub index: usize,
    /// So many grams of it have the energy of 100 g of the other.
    pub instead_g: i64,
    /// From 0 (the same nutrients) upwards.
    pub difference: f64,
}

/// What may take the place of a good, best first: of its category, in stock, fit for these diets; those whose
/// nutrients per 100 g are most like its own, each measured against a person's daily need, come first.
pub fn substitutes(stock: &[Stocked], missing: &Food, floors: &[i64], diets: &[Diet]) -> Vec<Substitute> {
    let mut found: Vec<Substitute> = stock
        .iter()
        .enumerate()
        .filter(|(_, one)| {
            one.units > 0
                && one.food.key != missing.key
                && one.food.category == missing.category
                && fits(&one.food, diets)
        })
        .map(|(index, one)| {
            let difference = floors
                .iter()
                .enumerate()
                .filter(|(_, floor)| **floor > 0)
                .map(|(place, floor)| {
                    let of = |food: &Food| food.nutrients.get(place).copied().unwrap_or(0);
                    (of(&one.food) - of(missing)).abs() as f64 / *floor as f64
                })
                .sum();
            let energy = |food: &Food| food.nutrients.first().copied().unwrap_or(0);
            Substitute {
                index,
                instead_g: 100 * energy(missing) / energy(&one.food).max(1),
                difference,
            }
        })
        .collect();
    found.sort_by(|a, b| a.difference.total_cmp(&b.difference).then(a.index.cmp(&b.index)));
    found
}

/// Whether a food may go into a pack: fit for who eats from it, of a category that is wanted, and keeps long enough.
fn admits(order: &PackOrder, food: &Food) -> bool {
    fits(food, &order.diets)
        && (order.only.is_empty() || order.only.contains(&food.category))
        && food.keeps_d >= order.keeps_d
}

fn fits(food: &Food, diets: &[Diet]) -> bool {
    !food.unfit.iter().any(|diet| diets.contains(diet))
}
