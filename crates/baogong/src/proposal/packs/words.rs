//! The closed sets of words of packs, and amounts of nutrients as people read them.

use kit::Lang;
use planner::packs::{self, NUTRIENTS};

use crate::plan::rules::CATEGORIES;
use crate::wording;

wording! {
    /// Who eats from a pack and must not get everything.
    Diet {
        Diabetes = "diabetes", "糖尿病", "Diabetes";
        Dysphagia = "dysphagia", "咀嚼吞咽困难", "Trouble chewing or swallowing";
        Infant = "infant", "婴幼儿", "Infant";
        Halal = "halal", "清真", "Halal";
        NoKitchen = "no_kitchen", "不能做饭", "No kitchen";
    }
}

impl Diet {
    /// The diet as the planner names it.
    pub fn planned(self) -> packs::Diet {
        match self {
            Diet::Diabetes => packs::Diet::Diabetes,
            Diet::Dysphagia => packs::Diet::Dysphagia,
            Diet::Infant => packs::Diet::Infant,
            Diet::Halal => packs::Diet::Halal,
            Diet::NoKitchen => packs::Diet::NoKitchen,
        }
    }

    /// The diet that the planner names so.
    pub fn of_planned(diet: packs::Diet) -> Diet {
        let found = Diet::ALL.iter().find(|one| one.planned() == diet);
        found.copied().unwrap_or(Diet::NoKitchen)
    }
}

wording! {
    /// What a pack is made of.
    Filling {
        All = "all", "综合包", "Everything";
        Vegetables = "vegetables", "蔬菜包", "Vegetables";
        Staples = "staples", "米面油包", "Rice, flour and oil";
        Protein = "protein", "肉蛋包", "Meat and eggs";
    }
}

impl Filling {
    /// Its categories; empty for all.
    pub fn categories(self) -> &'static [&'static str] {
        match self {
            Filling::All => &[],
            Filling::Vegetables => &["vegetables"],
            Filling::Staples => &["grain", "oil"],
            Filling::Protein => &["meat", "eggs"],
        }
    }

    /// Whether a category belongs to it.
    pub fn has(self, category: &str) -> bool {
        self.categories().is_empty() || self.categories().contains(&category)
    }
}

wording! {
    /// By which norm the grams of each category are counted.
    Norm {
        Plan = "plan", "现行预案的消耗标准", "Norms of the plan in force";
        Guideline = "guideline", "膳食指南下限（中国居民平衡膳食宝塔2022）", "Lower ends of the Chinese food pagoda 2022";
    }
}

wording! {
    /// The nutrients of the table of foods, in its order.
    Nutrient {
        Energy = "energy", "能量", "Energy";
        Protein = "protein", "蛋白质", "Protein";
        Fat = "fat", "脂肪", "Fat";
        Calcium = "calcium", "钙", "Calcium";
        Iron = "iron", "铁", "Iron";
        VitaminA = "vitamin_a", "维生素A", "Vitamin A";
        VitaminC = "vitamin_c", "维生素C", "Vitamin C";
    }
}

impl Nutrient {
    /// The nutrient at a place of the table.
    pub fn at(place: usize) -> Nutrient {
        Nutrient::ALL.get(place).copied().unwrap_or(Nutrient::Energy)
    }

    /// Its place in the table.
    pub fn place(self) -> usize {
        Nutrient::ALL.iter().position(|one| *one == self).unwrap_or(0)
    }

    /// An amount in the unit of the table as people read it: 2,100 千卡, 53 克, 41.6 毫克.
    pub fn amount(self, amount: i64, lang: Lang) -> String {
        let unit = NUTRIENTS.get(self.place()).map_or("", |(_, _, unit)| unit);
        let (thousands, zh, en) = match (self, unit) {
            (Nutrient::Energy, _) => (false, "千卡", "kcal"),
            (Nutrient::Protein | Nutrient::Fat, _) => (true, "克", "g"),
            (Nutrient::Iron | Nutrient::VitaminC, _) => (true, "毫克", "mg"),
            (_, "mg") => (false, "毫克", "mg"),
            _ => (false, "微克", "µg"),
        };
        let number = if !thousands || amount >= 100_000 {
            crate::base::words::count(if thousands { (amount + 500) / 1_000 } else { amount })
        } else {
            let tenths = (amount + 50) / 100;
            match tenths % 10 {
                0 => (tenths / 10).to_string(),
                rest => format!("{}.{rest}", tenths / 10),
            }
        };
        format!("{number} {}", lang.t(zh, en))
    }
}

/// The place of a category on pages; what is in none comes last.
pub fn category_place(category: &str) -> usize {
    let found = CATEGORIES.iter().position(|(key, _, _)| *key == category);
    found.unwrap_or(CATEGORIES.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_those_of_the_table() {
        assert_eq!(Nutrient::ALL.len(), NUTRIENTS.len());
        for (nutrient, (zh, _, _)) in Nutrient::ALL.iter().zip(NUTRIENTS) {
            assert_eq!(nutrient.word(Lang::Zh), zh);
        }
        for diet in Diet::ALL {
            assert_eq!(Diet::of_planned(diet.planned()), *diet);
        }
    }

    #[test]
    fn amounts_are_in_units_that_people_know() {
        assert_eq!(Nutrient::Energy.amount(2_100, Lang::Zh), "2,100 千卡");
        assert_eq!(Nutrient::Protein.amount(53_000, Lang::En), "53 g");
        assert_eq!(Nutrient::VitaminC.amount(41_600, Lang::Zh), "41.6 毫克");
        assert_eq!(Nutrient::VitaminA.amount(550, Lang::En), "550 µg");
        assert_eq!(Nutrient::Calcium.amount(989, Lang::Zh), "989 毫克");
    }
}
