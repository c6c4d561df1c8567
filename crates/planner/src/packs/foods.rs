//! The table of common goods, and what a person needs.

use super::{Diet, Food};

/// The nutrients of [`common`], in order, with their units.
pub const NUTRIENTS: [(&str, &str, &str); 7] = [
    ("能量", "energy", "kcal"),
    ("蛋白质", "protein", "mg"),
    ("脂肪", "fat", "mg"),
    ("钙", "calcium", "mg"),
    ("铁", "iron", "µg"),
    ("维生素A", "vitamin A (RAE)", "µg"),
    ("维生素C", "vitamin C", "µg"),
];

/// Least per person and day in the order of [`NUTRIENTS`], for a population of unknown composition: The Sphere Handbook 2018,
/// appendix "Nutritional requirements". Energy is 2,100 kcal, of which a tenth from protein (53 g) and 17 per cent from fat
/// (40 g). Calcium, iron and the vitamins were written down without the handbook at hand and are to be compared with it. Iron is
/// meant for poorly absorbed diets; ordinary food hardly reaches it.
pub fn sphere() -> Vec<i64> {
    vec![2100, 53_000, 40_000, 989, 32_000, 550, 41_600]
}

/// Least grams per person and day by category: lower ends of the Chinese food pagoda 2022 (中国居民膳食宝塔) for cereals,
/// vegetables, animal food (120 g, of which one egg of 50 g) and oil.
pub fn guideline() -> Vec<(String, i64)> {
    [
        ("grain", 200),
        ("vegetables", 300),
        ("meat", 70),
        ("eggs", 50),
        ("oil", 25),
    ]
    .map(|(category, grams)| (category.to_string(), grams))
    .into()
}

const TABLE: &str = include_str!("../../data/foods.csv");

/// Common goods with their nutrients. The table says of each row with which entry it was compared.
pub fn common() -> Vec<Food> {
    TABLE
        .lines()
        .filter(|line| !line.starts_with('#'))
        .skip(1)
        .filter_map(food)
        .collect()
}

fn food(line: &str) -> Option<Food> {
    let fields: Vec<&str> = line.splitn(14, ',').collect();
    let [key, zh, en, category, middle @ .., keeps_d, unfit, _source] = fields.as_slice() else {
        return None;
    };
    let nutrients: Vec<i64> = middle
        .iter()
        .map(|word| word.parse().ok())
        .collect::<Option<_>>()?;
    let unfit = unfit
        .split_whitespace()
        .map(|word| match word {
            "diabetes" => Some(Diet::Diabetes),
            "dysphagia" => Some(Diet::Dysphagia),
            "infant" => Some(Diet::Infant),
            "halal" => Some(Diet::Halal),
            "no_kitchen" => Some(Diet::NoKitchen),
            _ => None,
        })
        .collect::<Option<_>>()?;
    Some(Food {
        key: (*key).into(),
        zh: (*zh).into(),
        en: (*en).into(),
        category: (*category).into(),
        nutrients,
        keeps_d: keeps_d.parse().ok()?,
        unfit,
    })
}

#[cfg(test)]
mod tests {
    use super::{NUTRIENTS, TABLE, common, guideline};

    #[test]
    fn every_line_of_the_table_is_read() {
        let foods = common();
        let lines = TABLE.lines().filter(|line| !line.starts_with('#')).count() - 1;
        assert_eq!(foods.len(), lines);
        for food in &foods {
            assert_eq!(food.nutrients.len(), NUTRIENTS.len(), "{}", food.key);
            // Protein gives 4 kcal a gram and fat 9, so no food has less energy than about these.
            let least = food.nutrients[1] * 4 / 1000 + food.nutrients[2] * 9 / 1000;
            assert!(food.nutrients[0] * 105 / 100 + 2 >= least, "{}", food.key);
            assert!(food.nutrients[0] <= 900, "{}", food.key);
        }
        for line in TABLE.lines().filter(|line| !line.starts_with('#')).skip(1) {
            let source = line.splitn(14, ',').last().unwrap().trim_matches('"');
            let (kind, entry) = source.split_once(": ").unwrap();
            let number = kind.strip_prefix("SR28 ").unwrap();
            assert!(
                !entry.is_empty() && number.len() == 5 && number.parse::<u32>().is_ok(),
                "{line}"
            );
        }
        let floors = super::sphere();
        assert!(
            (floors[1] * 4 / 100 - floors[0]).abs() < 42,
            "a tenth of the energy, in 2 %"
        );
        assert!(
            (floors[2] * 9 / 170 - floors[0]).abs() < 42,
            "17 per cent of the energy, in 2 %"
        );
        for (category, _) in guideline() {
            assert!(foods.iter().any(|food| food.category == category));
        }
    }
}
