//! One pack as a person wants to read it: what is in it, and what it covers.

use kit::{Lang, Markup, Tone, html};

use super::Web;
use super::show::Look;
use crate::base::words::{count, kilograms, yuan};
use crate::plan::rules::category_word;
use crate::proposal::packs::{self, Filling, Wanted};

/// One pack.
pub(super) fn card(web: &Web, look: &Look, pack: usize) -> Markup {
    let (wanted, holds) = (&look.draft.packs[pack], &look.packed.packs[pack]);
    let number = look.stored.counts[pack];
    let lead = match web.lang {
        Lang::Zh => format!(
            "{}人吃{}天 · {}份 · 每份 {} 元、{} 公斤",
            wanted.persons,
            look.draft.days,
            count(number),
            yuan(holds.price_fen),
            kilograms(holds.weight_g)
        ),
        Lang::En => format!(
            "{} people, {} days · {} packs · each {} yuan, {} kg",
            wanted.persons,
            look.draft.days,
            count(number),
            yuan(holds.price_fen),
            kilograms(holds.weight_g)
        ),
    };
    let (verdict, tone) = if number == 0 {
        (web.t("不做", "none made"), Tone::Quiet)
    } else if holds.weight_g == 0 {
        (web.t("空的", "empty"), Tone::Bad)
    } else if holds.lacking.is_empty() && !look.packed.unkept.iter().any(|one| packs::concerns(one, pack)) {
        (web.t("达到标准", "meets the norms"), Tone::Good)
    } else {
        (web.t("达不到标准", "falls short"), Tone::Bad)
    };
    kit::section_with(
        &wanted.name,
        kit::badge(tone, verdict),
        html! {
            p { strong { (lead) } (conditions(web, wanted)) }
            (kit::columns(&[html! { div { (contents(web, look, pack)) } }, html! { div { (covers(web, look, pack)) } }]))
        },
    )
}

fn conditions(web: &Web, wanted: &Wanted) -> String {
    let mut words = Vec::new();
    if wanted.filling != Filling::All {
        words.push(wanted.filling.word(web.lang).to_string());
    }
    words.extend(wanted.diets.iter().map(|diet| diet.word(web.lang).to_string()));
    if let Some(most) = wanted.price_max_fen {
        words.push(format!(
            "{}{}{}",
            web.t("不超过 ", "at most "),
            yuan(most),
            web.t(" 元", " yuan")
        ));
    }
    if let Some(most) = wanted.weight_max_g {
        words.push(format!(
            "{}{}{}",
            web.t("不超过 ", "at most "),
            kilograms(most),
            web.t(" 公斤", " kg")
        ));
    }
    words.iter().map(|word| format!(" · {word}")).collect()
}

/// The goods of a pack by category: a line for each, which is short enough for a phone.
fn contents(web: &Web, look: &Look, pack: usize) -> Markup {
    let goods = || {
        let goods = look.stored.facts.shelf.iter().zip(&look.stored.units[pack]);
        goods.filter(|(_, units)| **units > 0)
    };
    let mut categories: Vec<&str> = goods().map(|(good, _)| good.category.as_str()).collect();
    categories.dedup();
    let lines = |category: &str| {
        html! { @for (good, units) in goods().filter(|(good, _)| good.category == category) {
            div { (good.name) " " strong { (units) " " (good.unit) } " " span class="soft" { (kilograms(good.unit_g * units)) (web.t("公斤 · ", " kg · ")) (yuan(good.unit_fen * units)) (web.t("元", " yuan")) } }
        } }
    };
    let facts: Vec<(String, Markup)> = categories
        .iter()
        .map(|category| (category_word(category, web.lang).to_string(), lines(category)))
        .collect();
    html! {
        h3 { (web.t("装什么", "Contents")) }
        @if facts.is_empty() { p { (web.t("没有货可以放进来。", "There is nothing to put in.")) } } @else { (kit::definitions(&facts)) }
    }
}

fn covers(web: &Web, look: &Look, pack: usize) -> Markup {
    let facts: Vec<(String, Markup)> = packs::covered(
        &look.draft,
        &look.stored,
        &look.packed,
        pack,
        web.lang,
    )
    .into_iter()
    .map(|one| {
        let words = html! {
            @match &one.short {
                Some(short) => (kit::badge(Tone::Bad, &format!("{}{short}", web.t("差 ", "short by ")))),
                None => (kit::badge(Tone::Good, web.t("够", "enough"))),
            }
            " " strong { (one.has) } " " span class="soft" { (web.t("标准 ", "norm ")) (one.wanted) }
        };
        (one.label, words)
    })
    .collect();
    let clause = &look.stored.facts.clause;
    html! {
        h3 { (web.t("每人每天够不够", "What it covers per person and day")) }
        (kit::definitions(&facts))
        p class="soft" {
            (web.t("分量：", "Amounts: ")) @if clause.is_empty() { (web.t("中国居民平衡膳食宝塔（2022）下限", "Chinese food pagoda 2022, lower ends")) } @else { (web.t("预案条款 ", "clause ")) (clause) }
            (web.t("；营养：Sphere 2018", "; nutrients: Sphere 2018"))
        }
    }
}
