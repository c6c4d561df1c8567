//! A limit that packs do not keep, as the page and the API say it.

use kit::Lang;
use planner::check::Unkept;

use super::{Diet, PacksDraft, StoredPacks};
use crate::base::words::{count, kilograms, yuan};

/// A limit that is not kept, in words.
pub fn unkept(draft: &PacksDraft, stored: &StoredPacks, one: &Unkept, lang: Lang) -> String {
    let t = |zh, en| if lang == Lang::Zh { zh } else { en };
    let shelf = &stored.facts.shelf;
    let good_name = |good: &usize| shelf.get(*good).map_or("", |one| one.name.as_str());
    let pack_name = |pack: &usize| draft.packs.get(*pack).map_or("", |one| one.name.as_str());
    match one {
        Unkept::Stock { good, used, units } => {
            let unit = shelf.get(*good).map_or("", |one| one.unit.as_str());
            let name = good_name(good);
            let short = used - units;
            if lang == Lang::Zh {
                format!(
                    "{name}不够：要{}{unit}，只有{}{unit}，差{}{unit}",
                    count(*used),
                    count(*units),
                    count(short)
                )
            } else {
                format!(
                    "{name}: {} needed, {} there, {} missing",
                    count(*used),
                    count(*units),
                    count(short)
                )
            }
        }
        Unkept::Price { pack, over_fen } => {
            format!(
                "{}{}{}{}",
                pack_name(pack),
                t("：超过最高价 ", ": too dear by "),
                yuan(*over_fen),
                t(" 元", " yuan")
            )
        }
        Unkept::Weight { pack, over_g } => {
            format!(
                "{}{}{}{}",
                pack_name(pack),
                t("：超重 ", ": too heavy by "),
                kilograms(*over_g),
                t(" 公斤", " kg")
            )
        }
        Unkept::Unfit { pack, good, diet } => {
            let diet = Diet::of_planned(*diet).word(lang);
            format!(
                "{}{}{}{}{diet}",
                pack_name(pack),
                t("：", ": "),
                good_name(good),
                t(" 不适合：", " is not fit for: ")
            )
        }
        Unkept::Foreign { pack, good } => {
            format!(
                "{}{}{}{}",
                pack_name(pack),
                t("：", ": "),
                good_name(good),
                t(" 不属于这种包", " does not belong into such a pack")
            )
        }
        Unkept::Spoils { pack, good, keeps_d } => {
            format!(
                "{}{}{}{}{keeps_d}{}",
                pack_name(pack),
                t("：", ": "),
                good_name(good),
                t(" 只耐放 ", " keeps only "),
                t(" 天", " days")
            )
        }
        Unkept::Much {
            pack,
            good,
            grams,
            most_g,
        } => {
            format!(
                "{}{}{}{}{}{}{}{}",
                pack_name(pack),
                t("：", ": "),
                good_name(good),
                t(" 有 ", ": "),
                kilograms(*grams),
                t(" 公斤，同一样最多 ", " kg, of one good at most "),
                kilograms(*most_g),
                t(" 公斤", " kg")
            )
        }
        Unkept::Negative { pack, good } => {
            format!(
                "{}{}{}{}",
                pack_name(pack),
                t("：", ": "),
                good_name(good),
                t(" 少于零", " is less than none")
            )
        }
    }
}
