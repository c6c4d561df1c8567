//! One proposal of suppliers: map and tables, changes with their consequences, computing again.

use std::collections::BTreeMap;

use kit::{Column, Field, Markup, TableRow, Tile, Tone, html};
use planner::check::Consequences;
use store::Tx;

use super::super::super::fields::Fields;
use super::super::super::request::Web;
use super::super::reports::exports;
use super::{course, picture, state_badge, together};
use crate::base::words::{count, kilograms, kilometres};
use crate::base::{Ctx, Result, clock};
use crate::plan::rules::{CATEGORIES, category_word};
use crate::proposal::assignment::{
    self, AssignmentDraft, Choice, Line, Stored, apply, consequences as consequences_of, gather, measure,
    moved_since,
};
use crate::proposal::{Proposal, ProposalState};
use crate::register::correct::area_name;
use crate::register::entry;

/// So many compounds are on one page.
const PER_PAGE: usize = 60;
/// The part of the page that shows what a change leads to.
const PART: &str = "consequences";

/// What the page shows.
pub struct Look {
    pub(super) proposal: Proposal,
    pub(super) draft: AssignmentDraft,
    pub(super) stored: Stored,
    /// The lines that somebody is trying out: compound, main before, main now.
    tried: Vec<(String, Option<String>, Option<String>)>,
    tried_backups: usize,
    result: Option<Consequences>,
    pub(super) place: String,
    /// All suppliers of the district, for choosing.
    pub(super) suppliers: Vec<(String, String)>,
    /// Compounds whose supplier in force is another one now.
    moved: Vec<String>,
    /// Compounds and suppliers whose registered figures are others now.
    differing: (Vec<String>, Vec<String>),
    pub(super) streets: BTreeMap<String, String>,
    names: BTreeMap<String, String>,
    /// The street or community that is looked at closely; empty for all.
    pub(super) zoom: String,
}

/// Reads a proposal, with lines that somebody is trying out.
pub fn look(
    tx: &mut Tx,
    ctx: &Ctx,
    proposal: Proposal,
    in_district: &str,
    lines: &[Line],
    zoom: String,
) -> Result<Look> {
    let (draft, mut stored) = assignment::read(&proposal)?;
    let tried = apply(&mut stored, lines)?;
    // What nobody has touched stays as it was verified.
    let result = if tried.mains.is_empty() {
        consequences_of(&draft, &stored)
    } else {
        measure(&draft, &mut stored)?
    };
    let open = proposal.state == ProposalState::Open;
    let known = open && !stored.facts.compounds.is_empty();
    let (mut moved, mut differing) = (Vec::new(), (Vec::new(), Vec::new()));
    if known {
        moved = moved_since(tx, &proposal.area, &stored.facts)?;
        // Where nothing is closed any more there is nothing to compare with.
        if let Ok(now) = gather(tx, ctx, &draft) {
            differing = stored.facts.differing(&now);
        }
    }
    let suppliers = if stored.facts.suppliers.is_empty() {
        let all = entry::all(tx, "suppliers", in_district)?;
        all.into_iter().map(|one| (one.code, one.name)).collect()
    } else {
        let known = stored.facts.suppliers.iter();
        known.map(|one| (one.code.clone(), one.name.clone())).collect()
    };
    let mut names: BTreeMap<String, String> = stored
        .facts
        .compounds
        .iter()
        .map(|one| (one.code.clone(), one.name.clone()))
        .collect();
    let mut streets = BTreeMap::new();
    for choice in &stored.choices {
        if !names.contains_key(&choice.compound) {
            names.insert(choice.compound.clone(), area_name(tx, &choice.compound)?);
        }
        if let Some(street) = choice
            .compound
            .get(..9)
            .filter(|street| !streets.contains_key(*street))
        {
            streets.insert(street.to_string(), area_name(tx, street)?);
        }
    }
    Ok(Look {
        place: area_name(tx, &proposal.area)?,
        proposal,
        draft,
        stored,
        tried: tried.mains,
        tried_backups: tried.backups,
        result,
        suppliers,
        moved,
        differing,
        streets,
        names,
        zoom,
    })
}

impl Look {
    pub(super) fn open(&self) -> bool {
        self.proposal.state == ProposalState::Open
    }

    pub(super) fn supplier<'a>(&'a self, code: Option<&'a str>) -> &'a str {
        code.map_or("—", |code| {
            self.suppliers
                .iter()
                .find(|(known, _)| known == code)
                .map_or(code, |(_, name)| name)
        })
    }

    pub(super) fn compound<'a>(&'a self, code: &'a str) -> &'a str {
        self.names.get(code).map_or(code, |name| name)
    }

    /// Whether a compound lies where the page looks.
    pub(super) fn is_near(&self, compound: &str) -> bool {
        self.zoom.is_empty()
            || (self.zoom.as_str()..entry::subtree_end(&self.zoom).as_str()).contains(&compound)
    }

    /// Suppliers that would have to give more than they have, by number.
    pub(super) fn is_over(&self, supplier: usize) -> bool {
        self.result.as_ref().is_some_and(|result| {
            result
                .over
                .iter()
                .any(|over| over.supplier == supplier && over.should_fail.is_none())
        })
    }
}

/// The whole page. `page` counts from 1.
pub fn page(web: &Web, look: &Look, page: usize) -> Markup {
    let (proposal, stored) = (&look.proposal, &look.stored);
    let id = proposal.id;
    html! {
        (kit::crumbs(&[("/proposals".into(), web.t("方案", "Proposals").into()), (String::new(), look.place.clone())]))
        (kit::heading(&format!("{} {}", web.t("分配方案", "Proposal"), look.place), &format!("{} · {}", clock::minute(proposal.created_s), proposal.actor), html! {
            (state_badge(proposal.state, web)) (exports(web, "assignment", &[("area", &proposal.area), ("only", &id.to_string())]))
        }))
        (figures(web, look))
        @if !stored.facts.compounds.is_empty() { p class="soft" { (stored.facts.distances_words(web.lang)) } }
        @if look.open() { (stale(web, look)) }
        // Where everybody has a share of what is short, the shares tell it.
        @for (category, demand, capacity, short_by) in stored.shortages.iter().filter(|_| !stored.rationed) {
            (kit::notice(Tone::Bad, &format!("{}{}", category_word(category, web.lang), web.t("产能不足", " falls short")), html! { p { (web.t("每天需要 ", "Needed a day: ")) (kilograms(*demand)) (web.t(" 公斤，能供 ", " kg, offered ")) (kilograms(*capacity)) (web.t(" 公斤，差 ", " kg, short by ")) (kilograms(*short_by)) (web.t(" 公斤。", " kg.")) } }))
        }
        (lacks(web, look))
        @if !stored.without_goods.is_empty() { (kit::notice(Tone::Warn, web.t("没有报商品套餐、未参与分配的单位", "Not considered: no goods published"), html! { p { (stored.without_goods.join(web.t("、", ", "))) } })) }
        (consequences(web, look, page))
        (kit::section(web.t("各小区由谁供应", "Who feeds which compound"), lines(web, look, page)))
        @if look.open() {
            (kit::section(web.t("重新计算", "Compute again"), course::again(web, look)))
            (kit::confirm_form(&format!("/proposals/{id}/reject"), &web.shell(""), web.t("不采纳", "Turn down"), Tone::Quiet, web.t("确定不采纳这个方案？现在的分配不变。", "Turn this proposal down? What is assigned now stays.")))
        }
        (course::differences(web, look))
        (course::history(web, look))
    }
}

fn figures(web: &Web, look: &Look) -> Markup {
    let stored = &look.stored;
    let fed = stored.choices.iter().filter(|choice| choice.main.is_some());
    let served: i64 = fed.map(|choice| choice.persons).sum();
    let persons: i64 = stored.choices.iter().map(|choice| choice.persons).sum();
    let mean_m = if served > 0 {
        stored.person_metres / served
    } else {
        0
    };
    let above = stored
        .cost_and_bound
        .filter(|(_, bound)| *bound > 0 && stored.revisions.is_empty());
    let note = above.map_or_else(String::new, |(cost, bound)| {
        let percent = (cost - bound) as f64 * 100.0 / bound as f64;
        format!(
            "{}{percent:.1} %",
            web.t("离理论最短路程不超过 ", "above the proven least by at most ")
        )
    });
    let findings = look.proposal.findings.len() as i64;
    let shared = match together::persons_in_all(look) {
        0 => String::new(),
        persons => format!(
            "{}{}{}",
            web.t("另有", "and "),
            count(persons),
            web.t("人由几家拼供", " fed by several")
        ),
    };
    kit::tiles(&[
        Tile {
            label: web.t("小区", "Compounds").into(),
            value: count(stored.choices.len() as i64),
            ..Tile::default()
        },
        Tile {
            label: web.t("可供人数", "People supplied").into(),
            value: count(served),
            unit: format!("/ {}", count(persons)),
            tone: if served < persons { Tone::Bad } else { Tone::Good },
            note: shared,
            ..Tile::default()
        },
        Tile {
            label: web.t("人均距离", "Mean distance per person").into(),
            value: kilometres(mean_m),
            unit: web.t("公里", "km").into(),
            note,
            ..Tile::default()
        },
        Tile {
            label: web.t("核验", "Checker").into(),
            value: if findings == 0 {
                web.t("通过", "passed").into()
            } else {
                count(findings)
            },
            tone: if findings == 0 { Tone::Good } else { Tone::Bad },
            ..Tile::default()
        },
    ])
}

fn stale(web: &Web, look: &Look) -> Markup {
    let (compounds, suppliers) = &look.differing;
    html! {
        @if !look.moved.is_empty() {
            (kit::notice(Tone::Warn, web.t("生成以后，现行分配已变动", "What is in force has changed since"), html! { p { (web.t("这些小区换了单位：", "These compounds got another supplier: ")) (some(web, &look.moved)) } }))
        }
        @if !compounds.is_empty() || !suppliers.is_empty() {
            (kit::notice(Tone::Warn, web.t("生成以后，登记情况有变", "The registers have changed since"), html! {
                @if !compounds.is_empty() { p { (web.t("小区增减或人数变化：", "Compounds: ")) (some(web, compounds)) } }
                @if !suppliers.is_empty() { p { (web.t("单位增减或产能变化：", "Suppliers: ")) (some(web, suppliers)) } }
                p { (web.t("请在下面“按现状重新计算”：尽量少换单位。", "Compute again below; as few compounds as possible will change.")) }
            }))
        }
    }
}

/// A few names, and how many more there are.
pub(super) fn some(web: &Web, names: &[String]) -> String {
    let shown = names
        .iter()
        .take(5)
        .cloned()
        .collect::<Vec<_>>()
        .join(web.t("、", ", "));
    match names.len() {
        0..=5 => shown,
        all => format!(
            "{shown}{}{all}{}",
            web.t(" 等共", " and others, "),
            web.t("个", " in all")
        ),
    }
}

fn lacks(web: &Web, look: &Look) -> Markup {
    html! {
        @if !look.stored.lacks.is_empty() {
            (kit::notice(Tone::Bad, web.t("哪里补上多少就够", "What would have to be added, and where"), html! {
                ul { @for lack in look.stored.lacks.iter().take(20) {
                    li { (look.compound(&lack.compound)) (web.t("：给 ", ": ")) (look.supplier(Some(&lack.supplier))) (web.t(" 每天再补 ", " needs another ")) (kilograms(lack.short_g)) (web.t(" 公斤", " kg a day of ")) (category_word(&lack.category, web.lang)) }
                } }
            }))
        }
    }
}

/// What the choice leads to, as it would be with the lines that are being tried out.
fn consequences(web: &Web, look: &Look, page: usize) -> Markup {
    let facts = &look.stored.facts;
    let Some(result) = &look.result else {
        return html! { div id=(PART) {} };
    };
    let supplier = |number: usize| facts.suppliers.get(number).map_or("", |one| one.name.as_str());
    let category = |number: usize| {
        CATEGORIES
            .get(number)
            .map_or("", |(key, _, _)| category_word(key, web.lang))
    };
    let now: Vec<_> = result
        .over
        .iter()
        .filter(|over| over.should_fail.is_none())
        .collect();
    let failing: Vec<_> = result
        .over
        .iter()
        .filter_map(|over| Some((over, over.should_fail?)))
        .collect();
    html! {
        div id=(PART) aria-live="polite" {
            @if !look.tried.is_empty() || look.tried_backups > 0 {
                (kit::notice(Tone::Accent, web.t("试改，还没有保存", "Tried out, not saved yet"), html! {
                    ul {
                        @for (compound, before, after) in &look.tried { li { (look.compound(compound)) (web.t("：", ": ")) (look.supplier(before.as_deref())) " → " strong { (look.supplier(after.as_deref())) } } }
                        @if look.tried_backups > 0 { li { (web.t("只换备用：", "Only another backup: ")) (look.tried_backups) } }
                    }
                    @if now.is_empty() && result.against.is_empty() { p { (web.t("产能够，没有冲突。", "Capacities suffice; nothing stands against it.")) } }
                }))
            }
            @if !now.is_empty() {
                (kit::notice(Tone::Bad, web.t("产能不够", "More than they have"), html! { ul { @for over in &now {
                    li { (supplier(over.supplier)) (web.t("：", ": ")) (category(over.category)) (web.t("每天还差 ", " short by ")) (kilograms(over.short_by)) (web.t(" 公斤", " kg a day")) }
                } } }))
            }
            @if !result.against.is_empty() {
                (kit::notice(Tone::Bad, web.t("与已定的要求不符", "Against what was decided"), html! { ul { @for pair in &result.against {
                    li { (facts.compounds.get(pair.compound).map_or("", |one| one.name.as_str())) " ← " (supplier(pair.supplier)) (web.t("：", ": ")) @if pair.forced { (web.t("已指定由另一家供应", "another supplier was decided on")) } @else { (web.t("已排除", "ruled out")) } }
                } } }))
            }
            @if !failing.is_empty() {
                (kit::notice(Tone::Warn, web.t("万一停供，备用不够", "Backups that would not suffice"), html! { ul { @for (over, main) in failing.iter().take(8) {
                    li { (supplier(*main)) (web.t(" 停供时，", " fails: ")) (supplier(over.supplier)) (web.t(" 的", " lacks ")) (category(over.category)) (web.t("每天差 ", ", ")) (kilograms(over.short_by)) (web.t(" 公斤", " kg a day")) }
                } } }))
            }
            (together::table(web, look))
            (kit::section(web.t("地图", "Map"), html! {
                (picture::closer(web, look))
                (kit::map(web.lang, &picture::drawing(web, look, page)))
                (picture::undrawn(web, look))
                @if look.open() { p class="soft needs-script" { (web.t("把小区拖到另一家单位上，就会换到那家，下面立即显示后果；保存前不生效。", "Drag a compound onto another supplier to change it; what follows is shown at once. Nothing holds before it is saved.")) } }
            }))
            (kit::section(web.t("各单位的负担", "Load of the suppliers"), picture::loads(web, look, result)))
        }
    }
}

/// The lines of a page: first those that need somebody.
pub(super) fn shown(look: &Look, page: usize) -> Vec<&Choice> {
    let near = look
        .stored
        .choices
        .iter()
        .filter(|choice| look.is_near(&choice.compound));
    let mut choices: Vec<&Choice> = near.collect();
    choices.sort_by_key(|choice| choice.main.is_some());
    choices
        .into_iter()
        .skip((page.max(1) - 1) * PER_PAGE)
        .take(PER_PAGE)
        .collect()
}

fn lines(web: &Web, look: &Look, page: usize) -> Markup {
    let id = look.proposal.id;
    let open = look.open();
    let columns = [
        Column::text(web.t("小区", "Compound")),
        Column::number(web.t("人数", "People")),
        Column::text(web.t("主供", "Main")),
        Column::text(web.t("备用", "Backup")),
        Column::number(web.t("距离（公里）", "Distance (km)")),
        Column::text(web.t("理由", "Reasons")),
    ];
    let mut options = vec![(String::new(), web.t("（无）", "(none)").to_string())];
    options.extend(
        look.suppliers
            .iter()
            .enumerate()
            .map(|(number, (code, name))| (code.clone(), format!("{} {name}", number + 1))),
    );
    let rows = shown(look, page)
        .into_iter()
        .map(|choice| {
            let select = |field: &str, value: &Option<String>| {
                let label = format!("{} {}", look.compound(&choice.compound), if field == "main" { web.t("主供", "main") } else { web.t("备用", "backup") });
                Field::select(&format!("{field}:{}", choice.compound), &label, &options).value(value.as_deref().unwrap_or("")).bare()
            };
            TableRow::new(vec![
                html! { span id=(format!("line-{}", choice.compound)) { (look.compound(&choice.compound)) } },
                html! { (count(choice.persons)) },
                html! { @if open { (select("main", &choice.main)) } @else { (look.supplier(choice.main.as_deref())) } },
                html! { @if open { (select("backup", &choice.backup)) } @else { (look.supplier(choice.backup.as_deref())) } },
                html! { @match choice.distance_m { Some(metres) => (kilometres(metres)), None => "—" } },
                reasons(web, look, choice),
            ])
            .tone(if choice.main.is_none() { Tone::Bad } else { Tone::Plain })
        })
        .collect();
    let table = kit::table(web.t("分配", "Assignment"), &columns, rows, html! {});
    let total = look
        .stored
        .choices
        .iter()
        .filter(|choice| look.is_near(&choice.compound))
        .count();
    let path = match look.zoom.as_str() {
        "" => format!("/proposals/{id}?"),
        area => format!("/proposals/{id}?area={area}&"),
    };
    let pager = html! { @if total > PER_PAGE { (kit::pager(web.lang, &path, page as i64, PER_PAGE as i64, total as i64)) } };
    if !open {
        return html! { (table) (pager) };
    }
    kit::live_form(
        &format!("/proposals/{id}/accept"),
        &format!("/proposals/{id}/check"),
        PART,
        &web.shell(""),
        html! {
            (Field::hidden("page", &page.to_string()))
            (Field::hidden("area", &look.zoom))
            (table)
            (pager)
            (Field::check("despite", web.t("产能不够、有冲突或现行分配已变，仍然采纳", "Accept all the same: although capacities do not suffice, something stands against it, or what is in force has changed")))
            (kit::actions(html! {
                (kit::button_to(&format!("/proposals/{id}/check"), web.t("看改动的后果", "Show what follows"), Tone::Plain))
                (kit::button_to(&format!("/proposals/{id}/change"), web.t("保存改动", "Save the changes"), Tone::Plain))
                (kit::button(web.t("采纳（按上表）", "Accept (as shown)"), Tone::Accent))
            }))
        },
    )
}

fn reasons(web: &Web, look: &Look, choice: &Choice) -> Markup {
    html! {
        @if let (None, Some(shared)) = (&choice.main, look.together(&choice.compound).filter(|one| !one.parts.is_empty())) {
            (kit::badge(Tone::Warn, web.t("几家拼供", "fed together"))) " " (shared.parts.iter().map(|part| look.supplier(Some(&part.supplier))).collect::<Vec<_>>().join(web.t("、", ", ")))
        }
        @else if choice.main.is_none() { (kit::badge(Tone::Bad, web.t("没有单位可供", "nobody can supply"))) }
        @else if choice.rank == 1 { (web.t("最近", "nearest")) }
        @else if choice.rank > 1 { (web.t("第", "no. ")) (choice.rank) (web.t("近", " by distance")) }
        @if choice.by_hand { " · " (kit::badge(Tone::Accent, web.t("人工指定", "chosen by hand"))) }
        @else if choice.kept { " · " (web.t("保持原单位", "kept")) }
        @for (supplier, zh, en) in choice.passed_over.iter().take(3) { br; small { (look.supplier(Some(supplier))) (web.t("：", ": ")) (web.t(zh, en)) } }
    }
}

/// The lines of the form: compound, main, backup.
pub fn lines_of(fields: &Fields) -> Vec<Line> {
    let backups: BTreeMap<String, String> = fields.after("backup:").into_iter().collect();
    fields
        .after("main:")
        .into_iter()
        .map(|(compound, main)| {
            let backup = backups.get(&compound).cloned().unwrap_or_default();
            (compound, main, backup)
        })
        .collect()
}
