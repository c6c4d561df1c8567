//! What stands against packs: limits that are not kept, what falls short over all of them, goods that nobody knows.

use kit::{Markup, Tone, html};

use super::Web;
use super::show::Look;
use crate::base::words::kilograms;
use crate::plan::rules::category_word;
use crate::proposal::packs;

pub(super) fn unkept(web: &Web, look: &Look) -> Markup {
    html! {
        @if !look.packed.unkept.is_empty() {
            (kit::notice(Tone::Bad, web.t("核验不通过", "The checker objects"), html! { ul { @for one in &look.packed.unkept { li { (packs::unkept(&look.draft, &look.stored, one, web.lang)) } } } }))
        }
    }
}

/// What falls short over all packs, which is what would have to be bought.
pub(super) fn short(web: &Web, look: &Look) -> Markup {
    use planner::packs::Lacking;
    let mut grams: Vec<(String, i64)> = Vec::new();
    for (holds, number) in look.packed.packs.iter().zip(&look.stored.counts) {
        for one in &holds.lacking {
            if let Lacking::Category {
                category,
                has_g,
                wanted_g,
            } = one
            {
                let more = (wanted_g - has_g).saturating_mul(*number);
                match grams.iter_mut().find(|(known, _)| known == category) {
                    Some((_, sum)) => *sum = sum.saturating_add(more),
                    None => grams.push((category.clone(), more)),
                }
            }
        }
    }
    grams.retain(|(_, grams)| *grams > 0);
    html! {
        @if !grams.is_empty() {
            (kit::notice(Tone::Bad, web.t("货不够，要补", "Goods are lacking; restock"), html! {
                ul { @for (category, grams) in &grams { li { (category_word(category, web.lang)) (web.t("：还差 ", ": ")) strong { (kilograms(*grams)) (web.t(" 公斤", " kg")) } (web.t("，全部套餐才够标准", " more, so that all packs meet the norm")) } } }
                p { (web.t("补货后“改条件重算”；或减少份数、换成同类的货。", "Restock and compose again, make fewer packs, or take other goods of the kind.")) }
            }))
        }
    }
}

pub(super) fn unknown(web: &Web, look: &Look) -> Markup {
    let shelf = look.stored.facts.shelf.iter().zip(&look.packed.used);
    let names: Vec<&str> = shelf
        .filter(|(good, used)| good.food.is_none() && **used > 0)
        .map(|(good, _)| good.name.as_str())
        .collect();
    html! {
        @if !names.is_empty() {
            (kit::notice(Tone::Warn, web.t("有不认得的货", "Some goods are not known"), html! {
                p { strong { (names.join(web.t("、", ", "))) } (web.t("：只按重量和类别算，营养没有计入，实际比下面写的多。点“改条件重算”可以选它相当于哪种食物。", ": counted by weight and category, without nutrients, of which there is more than told below. Compose again to say what food they are like.")) }
            }))
        }
    }
}
