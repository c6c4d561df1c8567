//! Compounds that several suppliers feed together, and what nobody has.

use kit::{Column, Markup, TableRow, Tone, html};

use super::super::super::request::Web;
use super::assignment::Look;
use crate::base::words::count;
use crate::proposal::assignment::{Together, amounts, short_in_all};

/// So many compounds are listed; the table of all lines names the others.
const LISTED_MAX: usize = 200;

/// Who gives what to whom, as it would be with the lines that are being tried out.
pub(super) fn table(web: &Web, look: &Look) -> Markup {
    let together = &look.stored.together;
    if together.is_empty() {
        return html! {};
    }
    let short = amounts(&short_in_all(together), web.lang);
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
                web.t("。缺的品类各小区按同样比例供应；请从外地调货，或动用储备。", ". Each gets the same part of what is short; bring more in, or draw on the reserves.")
            ),
        )
    };
    let columns = [
        Column::text(web.t("小区", "Compound")),
        Column::number(web.t("人数", "People")),
        Column::text(web.t("由谁供多少（每天）", "Who gives what (a day)")),
        Column::text(web.t("仍缺（每天）", "Still short (a day)")),
    ];
    let rows = together
        .iter()
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
                        strong { (look.supplier(Some(&part.supplier))) } @if place == 0 { " " (web.t("（牵头）", "(contact)")) } (web.t("：", ": ")) (part.words(web.lang))
                    }
                },
                html! { @if short.is_empty() { (web.t("不缺", "nothing")) } @else { (short) } },
            ])
            .tone(if short.is_empty() { Tone::Plain } else { Tone::Bad })
        })
        .collect();
    kit::section(
        web.t("几家拼供", "Fed together"),
        html! {
            (kit::notice(tone, &words, html! {
                p { (web.t("采纳后按下表执行：给得最多的单位牵头，其他单位各供自己的品类；每家单位各开一轮，在“开一轮”里会列出由它拼供的小区和品类。", "Accepting puts this into force: whoever gives most is the contact, the others bring their own categories. Each supplier opens a round of its own; the form names these compounds and what it gives them.")) }
            }))
            (kit::table(web.t("几家拼供", "Fed together"), &columns, rows, html! {}))
            @if together.len() > LISTED_MAX { p class="soft" { (web.t("只列出前面的小区，共", "Only the first are listed, of ")) (together.len()) (web.t("个；全部见导出的表。", "; the exported table has all.")) } }
        },
    )
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
    let fed = look.stored.together.iter().filter(|one| !one.parts.is_empty());
    fed.map(|one| persons(look, one)).sum()
}

impl Look {
    /// What several suppliers give a compound together.
    pub(super) fn together(&self, compound: &str) -> Option<&Together> {
        self.stored.together.iter().find(|one| one.compound == compound)
    }
}
