//! What an allocation looks like: for each pack the rule, what it gives, and what follows from the numbers in the form.

use kit::{Column, Field, Lang, Markup, TableRow, Tile, Tone, html};

use super::super::super::request::Web;
use super::super::proposals::state_badge;
use super::super::reports::exports;
use super::form_again;
use crate::base::words::count;
use crate::base::{Refusal, clock};
use crate::plan::release::PriorityClass;
use crate::proposal::allocation::{
    AllocationDraft, Line, Outcome, StoredAllocation, round_of, rule_words, spread_words, step_words, tenths,
};
use crate::proposal::{Proposal, ProposalState};

/// The part of the page that shows what a change leads to.
const PART: &str = "consequences";

/// What the page shows.
pub(super) struct Look {
    pub(super) proposal: Proposal,
    pub(super) draft: AllocationDraft,
    /// With the numbers that somebody is trying out.
    pub(super) stored: StoredAllocation,
    /// What somebody is trying out: pack, compound, before, now.
    pub(super) changed: Vec<(String, String, i64, i64)>,
    pub(super) outcomes: Vec<Outcome>,
    pub(super) refusal: Option<Refusal>,
}

impl Look {
    fn open(&self) -> bool {
        self.proposal.state == ProposalState::Open
    }

    fn compound<'a>(&'a self, code: &'a str) -> &'a str {
        let known = self.stored.facts.compounds.iter().find(|one| one.code == code);
        known.map_or(code, |one| one.name.as_str())
    }

    fn pack<'a>(&'a self, code: &'a str) -> &'a str {
        let known = self.stored.facts.packs.iter().find(|one| one.code == code);
        known.map_or(code, |one| one.name.as_str())
    }
}

/// The whole page.
pub(super) fn page(web: &Web, look: &Look) -> Markup {
    let facts = &look.stored.facts;
    let id = look.proposal.id;
    let names: Vec<&str> = facts.packs.iter().map(|pack| pack.name.as_str()).collect();
    html! {
        (kit::crumbs(&[("/rounds".into(), web.t("轮次", "Rounds").into()), (String::new(), web.t("物资分配方案", "Allocation of goods").into())]))
        (kit::heading(&format!("{} {}", web.t("物资分配方案", "Allocation"), names.join(web.t("、", ", "))), &format!("{} · {} · {}", facts.supplier, clock::minute(look.proposal.created_s), look.proposal.actor), html! {
            (state_badge(look.proposal.state, web)) (exports(web, "allocation", &[("area", &look.proposal.area), ("only", &id.to_string())]))
        }))
        @if let Some(refusal) = &look.refusal { (kit::notice(Tone::Bad, web.t("请检查", "Please check"), html! { p { (web.words(refusal)) } })) }
        @if look.proposal.state == ProposalState::Accepted {
            p { a href=(format!("/rounds/{}", round_of(id))) { (web.t("按此开的这一轮", "The round that was opened with it")) } }
        }
        (figures(web, look))
        p class="soft" { (web.t("存量以", "Stocks as of ")) (clock::minute(facts.at_s)) (web.t("为准。这里只是方案，采纳后才开团。", ". This is a proposal; the round opens when it is accepted.")) }
        (consequences(web, look))
        @if look.open() { (numbers(web, look)) }
        @for (pack, one) in facts.packs.iter().enumerate() {
            (kit::section(&format!("{}{}", web.t("分配办法：", "The rule: "), one.name), html! {
                @for words in rule_words(facts, pack, web.lang) { p { (words) } }
                @if !look.stored.ruled[pack].steps.is_empty() {
                    ul { @for words in step_words(&look.stored.ruled[pack].steps, &one.unit, web.lang) { li { (words) } } }
                }
                @if look.stored.ruled[pack].by_people > 0 && !look.stored.ruled[pack].steps.is_empty() {
                    p { (web.t("另有 ", "Another ")) (count(look.stored.ruled[pack].by_people)) (web.t(" 份按人数分。", " packs were shared by people.")) }
                }
            }))
        }
        @if look.open() { (again(web, look)) }
        (history(web, look))
    }
}

fn figures(web: &Web, look: &Look) -> Markup {
    let facts = &look.stored.facts;
    let persons: i64 = facts.groups.iter().map(|group| group.persons).sum();
    let urgent = facts.groups.iter().filter(|group| {
        facts
            .classes
            .get(group.class)
            .is_some_and(|class| *class != PriorityClass::Others)
    });
    let urgent: i64 = urgent.map(|group| group.persons).sum();
    let unknown: i64 = facts.compounds.iter().map(|one| one.unknown).sum();
    let households: i64 = facts.compounds.iter().map(|one| one.households).sum();
    let total: i64 = facts.packs.iter().map(|pack| pack.total).sum();
    kit::tiles(&[
        Tile {
            label: web.t("小区", "Compounds").into(),
            value: count(facts.compounds.len() as i64),
            ..Tile::default()
        },
        Tile {
            label: web.t("人数", "People").into(),
            value: count(persons),
            note: format!(
                "{}{}",
                web.t("其中优先档次 ", "in classes that come first: "),
                count(urgent)
            ),
            ..Tile::default()
        },
        Tile {
            label: web.t("可分份数", "Packs to share").into(),
            value: count(total),
            ..Tile::default()
        },
        Tile {
            label: web.t("存量不明的住户", "Households with unknown stock").into(),
            value: count(unknown),
            unit: format!("/ {}", count(households)),
            tone: if unknown * 2 > households {
                Tone::Warn
            } else {
                Tone::Plain
            },
            ..Tile::default()
        },
        Tile {
            label: web.t("核验", "Checker").into(),
            value: web.t("通过", "passed").into(),
            tone: Tone::Good,
            ..Tile::default()
        },
    ])
}

/// What the numbers lead to, as they stand in the form.
fn consequences(web: &Web, look: &Look) -> Markup {
    let facts = &look.stored.facts;
    let over = look.stored.over();
    html! {
        div id=(PART) aria-live="polite" {
            @if !look.changed.is_empty() {
                (kit::notice(Tone::Accent, web.t("试改，还没有保存", "Tried out, not saved yet"), html! {
                    ul { @for (pack, compound, before, now) in &look.changed { li { (look.compound(compound)) (web.t("：", ": ")) (look.pack(pack)) " " (before) " → " strong { (now) } } } }
                }))
            }
            @if !over.is_empty() {
                (kit::notice(Tone::Bad, web.t("分得比有的多", "More is given than there is"), html! { ul { @for (name, given, total) in &over {
                    li { (name) (web.t("：合计 ", ": ")) (given) (web.t("，只有 ", " given, there are ")) (total) (web.t("，请减少 ", "; take back ")) (given - total) }
                } } }))
            }
            @for (pack, one) in facts.packs.iter().enumerate() {
                (kit::section(&one.name, result(web, look, pack)))
            }
        }
    }
}

fn result(web: &Web, look: &Look, pack: usize) -> Markup {
    let facts = &look.stored.facts;
    let (one, outcome) = (&facts.packs[pack], &look.outcomes[pack]);
    let by_days = outcome.spread.is_some();
    let given: i64 = outcome.lines.iter().map(|line| line.given).sum();
    let lacks: i64 = outcome.lines.iter().map(|line| line.lacks).sum();
    let mut columns = vec![
        Column::text(web.t("小区", "Compound")),
        Column::number(web.t("人数", "People")),
    ];
    if by_days {
        columns.push(Column::number(if pack == 0 {
            web.t("现在够吃（天）", "Lasts now (days)")
        } else {
            web.t("加上前面分的够吃（天）", "Lasts with the packs above (days)")
        }));
        columns.push(Column::number(&match web.lang {
            Lang::Zh => format!("补到{}天还需（份）", facts.target_d),
            Lang::En => format!("Lacks for {} days", facts.target_d),
        }));
    }
    columns.push(Column::number(web.t("分到（份）", "Gets")));
    if by_days {
        columns.push(Column::number(web.t("分后够吃（天）", "Lasts then (days)")));
    }
    let days = |days: Option<i64>| days.map_or("—".to_string(), tenths);
    let rows = facts.compounds.iter().zip(&outcome.lines).map(|(compound, line)| {
        let mut cells = vec![name(web, look, compound.code.as_str()), html! { (count(line.persons)) }];
        if by_days {
            cells.push(html! { (days(line.before_tenths_d)) });
            cells.push(html! { (count(line.lacks)) });
        }
        cells.push(html! {
            strong { (count(line.given)) }
            @if line.given != line.by_rule { br; small { (web.t("按办法 ", "by the rule ")) (count(line.by_rule)) } }
        });
        if by_days {
            cells.push(html! { (days(line.after_tenths_d)) });
        }
        TableRow::new(cells).tone(if is_uncovered(facts.floor_d, line) { Tone::Warn } else { Tone::Plain })
    });
    let left = one.total - given;
    html! {
        p {
            (web.t("共 ", "")) strong { (count(one.total)) } " " (unit(web, &one.unit))
            @if by_days && lacks > 0 { (web.t("，要都补到 ", "; to bring everybody to ")) (facts.target_d) (web.t(" 天需要 ", " days would take ")) (count(lacks)) }
            (web.t("；分出 ", "; given ")) (count(given))
            @if left > 0 { (web.t("，留在保供单位 ", ", staying with the supplier ")) (count(left)) }
            (web.t("。", "."))
        }
        @for words in spread_words(outcome, web.lang).unwrap_or_default() { p { (words) } }
        (kit::table(&one.name, &columns, rows.collect(), html! {}))
    }
}

fn unit<'a>(web: &Web, unit: &'a str) -> &'a str {
    match web.lang {
        Lang::Zh => unit,
        Lang::En => "packs",
    }
}

fn is_uncovered(floor_d: i64, line: &Line) -> bool {
    line.after_tenths_d.is_some_and(|days| days < floor_d * 10)
}

/// A compound with its level, and who in it comes first or is not known.
fn name(web: &Web, look: &Look, code: &str) -> Markup {
    let facts = &look.stored.facts;
    let Some(at) = facts.compounds.iter().position(|one| one.code == code) else {
        return html! { (code) };
    };
    let compound = &facts.compounds[at];
    let first: Vec<String> = facts
        .groups
        .iter()
        .filter(|group| group.compound == at)
        .filter_map(|group| {
            let class = facts
                .classes
                .get(group.class)
                .filter(|class| **class != PriorityClass::Others)?;
            Some(format!(
                "{} {}{}",
                class.word(web.lang),
                count(group.households),
                web.t("户", "")
            ))
        })
        .collect();
    html! {
        (compound.name) @if let Some(level) = compound.level { " " (kit::badge(Tone::Quiet, level.word(web.lang))) }
        @if !first.is_empty() { br; small { (first.join(web.t("、", ", "))) } }
        @if compound.unknown > 0 { br; small { (web.t("存量不明 ", "stock unknown ")) (count(compound.unknown)) (web.t("户", "")) } }
    }
}

/// The form: numbers by compound, and the decision.
fn numbers(web: &Web, look: &Look) -> Markup {
    let facts = &look.stored.facts;
    let id = look.proposal.id;
    let mut columns = vec![Column::text(web.t("小区", "Compound"))];
    columns.extend(
        facts
            .packs
            .iter()
            .map(|pack| Column::number(&format!("{}{}", pack.name, web.t("（份）", "")))),
    );
    let rows = facts.compounds.iter().enumerate().map(|(at, compound)| {
        let mut cells = vec![html! { (compound.name) }];
        for (pack, one) in facts.packs.iter().enumerate() {
            let label = format!("{} {}", compound.name, one.name);
            let value = look.stored.given[pack][at].to_string();
            cells.push(html! { (Field::number(&format!("give:{}:{}", one.code, compound.code), &label).value(&value).attr("min", "0").bare()) });
        }
        TableRow::new(cells)
    });
    kit::section(
        web.t("决定", "Decide"),
        html! {
            p { (web.t("要照顾特殊情况，可以直接改份数，上面立即显示后果。公布时按办法应得的份数也会列出。", "Numbers can be changed for special cases; what follows is shown above at once. What the rule gives is listed beside it when posted.")) }
            (kit::live_form(&format!("/allocations/{id}/accept"), &format!("/allocations/{id}/check"), PART, &web.shell(""), html! {
                (kit::table(web.t("份数", "Numbers"), &columns, rows.collect(), html! {}))
                (kit::actions(html! {
                    (kit::button_to(&format!("/allocations/{id}/check"), web.t("看改动的后果", "Show what follows"), Tone::Plain))
                    (kit::button_to(&format!("/allocations/{id}/change"), web.t("保存改动", "Save the changes"), Tone::Plain))
                    (kit::button(web.t("采纳并开团（按上表）", "Accept and open the round (as shown)"), Tone::Accent))
                }))
            }))
            (kit::actions(html! {
                (kit::link_button(&form_again(&look.draft.round), web.t("回到开团表单修改", "Back to the form"), Tone::Quiet))
                (kit::confirm_form(&format!("/allocations/{id}/reject"), &web.shell(""), web.t("不采纳", "Turn down"), Tone::Quiet, web.t("确定不采纳？不会开团。", "Turn it down? No round is opened.")))
            }))
        },
    )
}

fn again(web: &Web, look: &Look) -> Markup {
    let facts = &look.stored.facts;
    kit::section(
        web.t("重新计算", "Compute again"),
        kit::form(
            &format!("/allocations/{}/again", look.proposal.id),
            &web.shell(""),
            html! {
                p { (web.t("用现在的存量，或换一个天数。人工改过的份数会作废。", "With the stocks of this moment, or other days. Numbers changed by hand are given up.")) }
                (kit::fields(html! {
                    (Field::number("floor_d", web.t("先不分档次，都补到（天）", "First everybody, to days")).value(&facts.floor_d.to_string()).attr("min", "0").attr("max", "365"))
                    (Field::number("target_d", web.t("再按档次，补到（天）", "Then class by class, to days")).value(&facts.target_d.to_string()).attr("min", "0").attr("max", "365"))
                }))
                (kit::actions(kit::button(web.t("重新计算", "Compute again"), Tone::Plain)))
            },
        ),
    )
}

fn history(web: &Web, look: &Look) -> Markup {
    let revisions = &look.stored.revisions;
    html! {
        @if !revisions.is_empty() {
            (kit::section(web.t("人工改动", "Changes by hand"), html! { ul { @for one in revisions {
                li { (clock::minute(one.at_s)) " " (one.actor) (web.t("：", ": "))
                    @for (place, (pack, compound, before, after)) in one.changed.iter().enumerate() {
                        @if place > 0 { (web.t("；", "; ")) }
                        (look.compound(compound)) " " (look.pack(pack)) " " (before) " → " (after)
                    }
                }
            } } }))
        }
    }
}
