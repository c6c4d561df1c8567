//! What a pack covers of each norm, per person and day, in words.

use kit::Lang;
use planner::check::Packed;

use super::{Nutrient, PacksDraft, StoredPacks, category_place};
use crate::base::words::count;
use crate::plan::rules::category_word;

/// What a pack covers of one norm, ready to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cover {
    /// Category or nutrient.
    pub label: String,
    /// What there is.
    pub has: String,
    /// What there should be.
    pub wanted: String,
    /// By how much it falls short, if it does.
    pub short: Option<String>,
}

/// What a pack covers: grams by category, kinds, nutrients.
pub fn covered(
    draft: &PacksDraft,
    stored: &StoredPacks,
    packed: &Packed,
    pack: usize,
    lang: Lang,
) -> Vec<Cover> {
    let orders = stored.facts.orders(draft, &stored.counts);
    let (Some(order), Some(holds)) = (orders.get(pack), packed.packs.get(pack)) else {
        return Vec::new();
    };
    let days = (order.persons * order.days).max(1);
    let of = |category: &str| holds.categories.get(category).copied().unwrap_or((0, 0));
    let cover = |label: String, has: i64, least: i64, words: &dyn Fn(i64) -> String| Cover {
        label,
        has: words(has / days),
        wanted: words(least),
        // What is missing is rounded up, so that it suffices.
        short: (has < least * days).then(|| words((least * days - has + days - 1) / days)),
    };
    let mut found = Vec::new();
    let mut categories = order.least_g.clone();
    categories.sort_by_key(|(category, _)| category_place(category));
    for (category, least) in categories {
        let grams = |grams: i64| format!("{} {}", count(grams), lang.t("克", "g"));
        let label = category_word(&category, lang).to_string();
        found.push(cover(label, of(&category).0, least, &grams));
    }
    for (category, kinds) in &order.kinds {
        let has = of(category).1;
        let words = |kinds: usize| format!("{kinds} {}", lang.t("种", "kinds"));
        found.push(Cover {
            label: format!("{}{}", category_word(category, lang), lang.t("种数", ", kinds")),
            has: words(has),
            wanted: words(*kinds),
            short: (has < *kinds).then(|| words(kinds - has)),
        });
    }
    for (place, floor) in order.floors.iter().enumerate().filter(|(_, floor)| **floor > 0) {
        let nutrient = Nutrient::at(place);
        let has = holds.nutrients.get(place).copied().unwrap_or(0);
        let amount = |amount: i64| nutrient.amount(amount, lang);
        found.push(cover(nutrient.word(lang).to_string(), has, *floor, &amount));
    }
    found
}
