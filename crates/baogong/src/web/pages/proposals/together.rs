//! Compounds that several suppliers feed together, what everybody gets while goods are short, and what nobody has.

use std::collections::BTreeSet;

use kit::{Column, Lang, Markup, TableRow, Tone, html};

use super::super::super::request::Web;
use super::assignment::Look;
use crate::base::words::{count, kilograms};
use crate::plan::rules::{CATEGORIES, category_word};
use crate::proposal::assignment::{Together, amounts, short_in_all};

/// So many compounds are listed; the table of all lines names the others.
const LISTED_MAX: usize = 200;

/// Parts of the need that differ by no more than so many thousandths are the same but for rounding.
const ALIKE_THOUSANDTHS: i64 = 1;

/// Who gives what to whom, as it would be with the lines that are being tried out.
pub(super) fn table(web: &Web, look: &Look) -> Markup {
    let together = &look.stored.together;
    if together.is_empty() {
        return html! {};
    }
    let rationed = look.stored.rationed;
    let title = if rationed {
        web.t(
            "货不够时各小区的份额",
            "What each compound gets while goods are short",
        )
    } else {
        web.t("几家拼供", "Fed together")
    };
    let notice = if rationed {
        shares(web, look)
    } else {
        several(web, look)
    };
    let columns = [
        Column::text(web.t("小区", "Compound")),
        Column::number(web.t("人数", "People")),
        Column::text(web.t("由谁供多少（每天）", "Who gives what (a day)")),
        Column::text(web.t("仍缺（每天）", "Still short (a day)")),
    ];
    let many = together.iter().filter(|one| one.parts.len() > 1).count();
    // Those whom several suppliers feed need arrangements; they come first.
    let mut listed: Vec<&Together> = together.iter().collect();
    listed.sort_by_key(|one| one.parts.len() == 1);
    let rows = listed
        .into_iter()
        .take(LISTED_MAX)
        .map(|one| {
            let short = one.short(web.lang);
            TableRow::new(vec![
                html! { (look.compound(&one.compound)) },
                html! { (count(persons(look, one))) },
                html! {
                    @if one.parts.is_empty() { (kit::badge(Tone::Bad, web.t("没有单位有剩余", "nobody has anything left"))) }
                    @for (place, part) in one.parts.iter().enumerate() {
                        @if place > 0 { br; }
                        strong { (look.supplier(Some(&part.supplier))) } @if place == 0 && one.parts.len() > 1 { " " (web.t("（牵头）", "(contact)")) } (web.t("：", ": ")) (part.words(web.lang))
                    }
                },
                html! { @if short.is_empty() { (web.t("不缺", "nothing")) } @else { (short) } },
            ])
            .tone(if short.is_empty() || rationed { Tone::Plain } else { Tone::Bad })
        })
        .collect();
    kit::section(
        title,
        html! {
            (notice)
            @if !rationed || many > 0 { (kit::notice(Tone::Plain, web.t("几家单位合供的小区怎么办", "Compounds that several suppliers feed"), html! {
                p { (web.t("采纳后按下表执行：给得最多的单位牵头，其他单位各供自己的品类；每家单位各开一轮，在“开一轮”里会列出由它拼供的小区和品类。", "Accepting puts this into force: whoever gives most is the contact, the others bring their own categories. Each supplier opens a round of its own; the form names these compounds and what it gives them.")) }
            })) }
            (kit::table(title, &columns, rows, html! {}))
            @if together.len() > LISTED_MAX { p class="soft" { (web.t("只列出前面的小区，共", "Only the first are listed, of ")) (together.len()) (web.t("个；全部见导出的表。", "; the exported table has all.")) } }
        },
    )
}

/// What a shortage without a common share comes to.
fn several(web: &Web, look: &Look) -> Markup {
    let short = amounts(&short_in_all(&look.stored.together), web.lang);
    let (tone, words) = if short.is_empty() {
        (
            Tone::Warn,
            web.t(
                "没有一家能供齐下列小区，几家合起来各类都够。",
                "No supplier alone has enough of everything for these compounds; together they have.",
            )
            .to_string(),
        )
    } else {
        (
            Tone::Bad,
            format!(
                "{}{short}{}",
                web.t(
                    "没有一家能供齐下列小区；几家把剩余的都拿出来，每天仍缺：",
                    "No supplier alone has enough for these compounds; with all that is left anywhere, a day still lacks ",
                ),
                web.t("。缺的品类这些小区按同样比例供应；请从外地调货，或动用储备。", ". Each of these gets the same part of what is short; bring more in, or draw on the reserves.")
            ),
        )
    };
    kit::notice(tone, &words, html! {})
}

/// The rule of a shortage, and how far what is proposed follows it.
fn shares(web: &Web, look: &Look) -> Markup {
    let stored = &look.stored;
    let short: Vec<(String, i64, i64)> = CATEGORIES
        .iter()
        .enumerate()
        .filter_map(|(at, (key, _, _))| {
            let (_, demand, capacity, short_by) = stored.shortages.iter().find(|one| one.0 == *key)?;
            let (least, most) = stored.parts_of_need(at)?;
            let word = category_word(key, web.lang);
            let (need, has, lacks) = (kilograms(*demand), kilograms(*capacity), kilograms(*short_by));
            let words = match web.lang {
                Lang::Zh => format!("{word}：每天需要{need}公斤，能供{has}公斤，差{lacks}公斤；每个小区得到需要量的 "),
                Lang::En => format!("{word}: needed {need} kg a day, offered {has} kg, short by {lacks} kg; each compound gets of its need "),
            };
            Some((words, least, most))
        })
        .collect();
    let alike = short
        .iter()
        .all(|(_, least, most)| most - least <= ALIKE_THOUSANDTHS);
    let title = web.t(
        "货不够，各小区按同样的比例供应",
        "Goods are short; every compound gets the same part of its need",
    );
    kit::notice(
        Tone::Bad,
        title,
        html! {
            ul { @for (word, least, most) in &short { li {
                (word)
                strong { @if most - least <= ALIKE_THOUSANDTHS { (percent(*least)) } @else { (percent(*least)) (web.t(" 到 ", " to ")) (percent(*most)) } }
                } } }
            p { (web.t("办法：全部单位的产能合在一起，按各小区的需要量（人数×每人每天标准）分；不论有没有主供、离得远近，比例都一样。能由一家供的仍由一家供，就近优先；凑不齐的由两家合供。够的品类照常供足。请从外地调货，或动用储备。", "The rule: what all suppliers have is shared by what the compounds need (people × norm); whether near or far, whoever supplies it, the part is the same. One supplier feeds a compound where that is possible, the near one first; else two do. What is not short is given in full. Bring more in, or draw on the reserves.")) }
            @if !alike { p { strong { (web.t("各小区的比例不一样：", "The parts differ: ")) } (web.t("因为有小区被指定或排除了单位，或有人改过主供。拿不准时，请“按现状重新计算”。", "suppliers were decided on or ruled out for some compounds, or somebody changed a main supplier. If in doubt, compute again.")) } }
        },
    )
}

/// Thousandths in per cent, such as `62.5 %`.
fn percent(thousandths: i64) -> String {
    match thousandths % 10 {
        0 => format!("{} %", thousandths / 10),
        part => format!("{}.{part} %", thousandths / 10),
    }
}

fn persons(look: &Look, one: &Together) -> i64 {
    let choice = look
        .stored
        .choices
        .iter()
        .find(|choice| choice.compound == one.compound);
    choice.map_or(0, |choice| choice.persons)
}

/// People in compounds that several suppliers feed.
pub(super) fn persons_in_all(look: &Look) -> i64 {
    let alone: BTreeSet<&str> = look
        .stored
        .choices
        .iter()
        .filter(|choice| choice.main.is_some())
        .map(|choice| choice.compound.as_str())
        .collect();
    let fed = look.stored.together.iter().filter(|one| !one.parts.is_empty());
    fed.filter(|one| !alone.contains(one.compound.as_str()))
        .map(|one| persons(look, one))
        .sum()
}

impl Look {
    /// What several suppliers give a compound together.
    pub(super) fn together(&self, compound: &str) -> Option<&Together> {
        self.stored.together.iter().find(|one| one.compound == compound)
    }
}
