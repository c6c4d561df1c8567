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

/// Least per person and day in the order of [`NUTRIENTS`], for a population of unknown composition, meant to be those of The Sphere
/// Handbook 2018, appendix 6 "Nutritional requirements". What each was compared with, for the appendix itself was not at hand:
///
/// * Energy 2,100 kcal, a tenth of it from protein (53 g) and 17 per cent from fat (40 g): WFP and UNHCR, "Guidelines for Estimating
///   Food and Nutritional Needs in Emergencies", 1997, which ask for 10 to 12 per cent and 17 per cent.
/// * Calcium 989 mg and iron 32 mg: within three per cent of what the population of those guidelines needs by the intakes of FAO and
///   WHO, "Human Vitamin and Mineral Requirements", 2001, appendix 1; a test computes it. The handbook's figures since 2011 rest on
///   the second edition of these (Field Exchange 47). Iron is meant for diets of which the body takes up five per cent; ordinary food
///   hardly reaches it.
/// * Vitamin A 550 µg RAE and vitamin C 41.6 mg: with no source that gives them. They are not below the 500 µg and 28 mg of the
///   World Food Programme's Syrian case, published with Peters et al., "The Nutritious Supply Chain", 2021.
pub fn sphere() -> Vec<i64> {
    vec![2100, 53_000, 40_000, 989, 32_000, 550, 41_600]
}

/// Least grams per person and day by category: lower ends of the Chinese food pagoda 2022 (中国居民平衡膳食宝塔), which is for adults:
/// cereals 200 to 300 g, vegetables at least 300 g, animal food 120 to 200 g, of which one egg of 50 g. Of oil the pagoda advises no
/// more than 25 to 30 g; 25 g are what a kitchen is to be supplied with, not what health asks for. What it says of tubers, fruit, milk,
/// pulses and nuts is left out, since these share categories with other goods.
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

/// The food of the table that a good of this category is by its name: the longest name of a food found in it, and of two equally long
/// ones the later, because Chinese names end in the head noun. `None` where no food of the category is named.
pub fn named<'a>(foods: &'a [Food], name: &str, category: &str) -> Option<&'a Food> {
    let rank = |food: &Food| {
        let names = std::iter::once(&food.zh).chain(&food.also);
        let found = names.filter_map(|word| Some((word.chars().count(), name.rfind(word.as_str())?)));
        found.max()
    };
    let of_category = foods.iter().filter(|food| food.category == category);
    let ranked = of_category.filter_map(|food| Some((rank(food)?, food)));
    ranked.max_by_key(|(rank, _)| *rank).map(|(_, food)| food)
}

fn food(line: &str) -> Option<Food> {
    let fields: Vec<&str> = line.splitn(15, ',').collect();
    let [key, zh, also, en, category, middle @ .., keeps_d, unfit, _source] = fields.as_slice() else {
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
        also: also.split_whitespace().map(str::to_string).collect(),
        en: (*en).into(),
        category: (*category).into(),
        nutrients,
        keeps_d: keeps_d.parse().ok()?,
        unfit,
    })
}

#[cfg(test)]
mod tests {
    use super::{NUTRIENTS, TABLE, common, guideline, named};

    #[test]
    fn a_good_is_known_by_its_name() {
        let foods = common();
        let key = |name: &str, category: &str| named(&foods, name, category).map(|food| food.key.as_str());
        assert_eq!(key("东北大米 5公斤", "grain"), Some("rice"));
        assert_eq!(key("本地西红柿", "vegetables"), Some("tomatoes"));
        assert_eq!(key("胡萝卜", "vegetables"), Some("carrots"), "the longer name");
        assert_eq!(key("小白菜", "vegetables"), Some("bok_choy"));
        assert_eq!(key("金龙鱼葵花籽油", "oil"), Some("oil"));
        assert_eq!(key("莴笋", "vegetables"), None);
        assert_eq!(key("番茄酱", "other"), None, "a sauce is no vegetable");
        let mut names: Vec<(&str, &str)> = foods
            .iter()
            .flat_map(|food| {
                let names = std::iter::once(&food.zh).chain(&food.also);
                names.map(|name| (food.category.as_str(), name.as_str()))
            })
            .collect();
        names.sort_unstable();
        let all = names.len();
        names.dedup();
        assert_eq!(names.len(), all, "a name means one food");
    }

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
            let source = line.splitn(15, ',').last().unwrap().trim_matches('"');
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

    /// Calcium in mg and iron in µg at an uptake of five per cent, by FAO and WHO, and the part in a hundred thousand of a population
    /// by WFP and UNHCR (both as cited at [`super::sphere`]). Where the bounds of the ages differ, a year of age counts alike; of women
    /// from 20 to 59, a fifth is past 50, and of girls from 10 to 14, half menstruate. Women with child and nursing count as others.
    const POPULATION: [(i64, i64, i64); 17] = [
        (1295, 350, 0), // to 6 months, whose iron is stored; 300 or 400 mg of calcium by kind of milk
        (1295, 400, 19_000), // to 12 months
        (7350, 500, 12_000), // 1 to 3 years
        (2430, 600, 13_000), // 4
        (4676, 600, 13_000), // 5 and 6
        (7014, 700, 18_000), // 7 to 9
        (5390, 1300, 29_000), // boys of 10 to 14
        (2565, 1300, 28_000), // girls of 10 to 14
        (2565, 1300, 65_000), // girls of 10 to 14 who menstruate
        (3912, 1300, 38_000), // boys of 15 to 18
        (978, 1000, 27_000), // men of 19
        (3712, 1300, 62_000), // girls of 15 to 18
        (928, 1000, 59_000), // women of 19
        (24_800, 1000, 27_000), // men of 20 to 59
        (19_056, 1000, 59_000), // women of 20 to 50
        (4764, 1300, 23_000), // women of 51 to 59
        (7240, 1300, 25_000), // from 60: calcium as past 65, iron of men as before and of women as past 50
    ];

    #[test]
    fn calcium_and_iron_are_what_a_population_needs() {
        let persons: i64 = POPULATION.iter().map(|group| group.0).sum();
        assert!((persons - 100_000).abs() <= 50, "{persons}");
        let mean = |of: fn(&(i64, i64, i64)) -> i64| {
            let needed: i64 = POPULATION.iter().map(|group| group.0 * of(group)).sum();
            needed / persons
        };
        let floors = super::sphere();
        for (floor, needed) in [
            (floors[3], mean(|group| group.1)),
            (floors[4], mean(|group| group.2)),
        ] {
            assert!((floor - needed).abs() * 100 <= floor * 3, "{floor} {needed}");
        }
    }
}
