//! What stands twice, side by side: two rows of a file, or a row and what is registered, each with what can be done.

use std::collections::HashMap;

use documents::sheet::{Duplicate, DuplicateKind, Reading};
use kit::{Column, Field, Lang, Markup, TableRow, Tone, html};
use store::Tx;

use super::super::super::request::Web;
use super::super::registers::{Names, hidden, seen};
use crate::base::{Actor, Result};
use crate::register::import;
use crate::register::import::choice::{self, Choice, Keep, allowed};
use crate::register::import::decided::Decisions;
use crate::register::import::settled::{Alike, Settled, Settlement};
use crate::register::{Body, Register, entry, register};

/// Pairs shown at once.
const SHOWN: usize = 30;
/// Begins the name of a field that says from which row a cell is taken.
pub(super) const CELL: &str = "m:";

/// One column of two entries.
struct Cell {
    key: &'static str,
    title: String,
    left: String,
    right: String,
    /// Whether they differ, also where both are masked.
    differ: bool,
    /// Whether one merged row takes the right one unless somebody says otherwise.
    from_right: bool,
    /// Whether the right one stays where it is registered and the row updates it.
    stays: bool,
}

/// Two rows that seem to be the same, as the viewer may see them.
pub(super) struct Pair {
    choice: Choice,
    kind: DuplicateKind,
    words: String,
    chosen: Option<Keep>,
    cells: Vec<Cell>,
    /// Differing columns that the viewer may not see, of which the merged row takes the later one.
    unseen: Vec<&'static str>,
}

/// The pairs of a file.
#[derive(Default)]
pub(super) struct Pairs {
    shown: Vec<Pair>,
    /// All of them, and those that nobody has settled.
    pub(super) number: usize,
    pub(super) open: usize,
}

/// Two bodies column by column, without what the viewer may not see.
fn cells(
    (actor, names, lang): (&Actor, &Names, Lang),
    register: &'static Register,
    left: &Body,
    right: &Body,
    from_right: &[&str],
) -> Vec<Cell> {
    let columns = register.form.columns.iter().filter(|column| {
        !hidden(actor, register, column.key)
            && (left.contains_key(column.key) || right.contains_key(column.key))
    });
    columns
        .map(|column| {
            let shown = |body: &Body| {
                body.get(column.key).map_or_else(String::new, |value| {
                    seen(actor, register, column, value, names, lang)
                })
            };
            Cell {
                key: column.key,
                title: column.title.get(lang == Lang::Zh).to_string(),
                left: shown(left),
                right: shown(right),
                differ: left.get(column.key) != right.get(column.key),
                from_right: from_right.contains(&column.key),
                stays: import::stays(register, column.key) || !left.contains_key(column.key),
            }
        })
        .collect()
}

/// The pairs of a file that a person may settle, those without a choice first. `whole` is the file as it stands, before any
/// row is left out.
pub(super) fn pairs(whole: &Reading, decisions: &Decisions, actor: &Actor, lang: Lang) -> Pairs {
    let key = |choice: &Choice| {
        (
            choice.first_sheet.clone(),
            choice.first_row,
            choice.second_sheet.clone(),
            choice.second_row,
        )
    };
    let choices: HashMap<_, &Choice> = decisions
        .choices
        .iter()
        .map(|choice| (key(choice), choice))
        .collect();
    let mut all: Vec<(&str, &Duplicate, Option<&Choice>)> = Vec::new();
    for sheet in &whole.sheets {
        for pair in sheet
            .duplicates
            .iter()
            .filter(|pair| allowed(pair.kind, Keep::First))
        {
            let at = (
                pair.first_sheet.clone(),
                pair.first_row,
                sheet.sheet.clone(),
                pair.second_row,
            );
            all.push((&sheet.sheet, pair, choices.get(&at).copied()));
        }
    }
    all.sort_by_key(|(_, _, chosen)| chosen.is_some());
    let names = Names::new();
    Pairs {
        number: all.len(),
        open: all.iter().filter(|(_, _, chosen)| chosen.is_none()).count(),
        shown: all
            .into_iter()
            .take(SHOWN)
            .filter_map(|(sheet, pair, chosen)| shown(whole, sheet, pair, chosen, (actor, &names, lang)))
            .collect(),
    }
}

fn shown(
    whole: &Reading,
    sheet: &str,
    pair: &Duplicate,
    chosen: Option<&Choice>,
    viewer: (&Actor, &Names, Lang),
) -> Option<Pair> {
    let register = whole
        .sheets
        .iter()
        .find(|one| one.sheet == sheet)
        .and_then(|sheet| register(sheet.form?.key))?;
    let first = choice::row(whole, &pair.first_sheet, pair.first_row)?;
    let second = choice::row(whole, sheet, pair.second_row)?;
    let fuller = match chosen {
        Some(chosen) if chosen.keep == Keep::Merged => {
            chosen.from_second.iter().map(String::as_str).collect::<Vec<_>>()
        }
        _ => choice::fuller(register.form, first, second),
    };
    let (actor, _, lang) = viewer;
    let (left, right) = (first.to_json(register.form), second.to_json(register.form));
    // What names a person stands in the cells, masked; the words would give it away.
    let words = match pair.kind {
        DuplicateKind::Conflict => lang.t(
            "同一项写了两次，内容不一样",
            "The same entry twice, with other content",
        ),
        DuplicateKind::Repeated => lang.t("同一项写了两次", "The same entry twice"),
        _ => lang.t("看起来是同一个人或同一项", "Seems to be the same person or thing"),
    };
    let columns = register.form.columns.iter();
    Some(Pair {
        kind: pair.kind,
        words: words.to_string(),
        chosen: chosen.map(|one| one.keep),
        cells: cells(viewer, register, &left, &right, &fuller),
        unseen: columns
            .map(|column| column.key)
            .filter(|key| hidden(actor, register, key) && fuller.contains(key))
            .collect(),
        choice: Choice {
            first_sheet: pair.first_sheet.clone(),
            first_row: pair.first_row,
            second_sheet: sheet.to_string(),
            second_row: pair.second_row,
            keep: Keep::Both,
            from_second: Vec::new(),
        },
    })
}

fn place_words(web: &Web, sheet: &str, row: u32) -> String {
    match web.lang {
        Lang::Zh => format!("{sheet} 第{row}行"),
        Lang::En => format!("{sheet} row {row}"),
    }
}

/// How the cells of a pair that differ are shown.
#[derive(Clone, Copy, PartialEq)]
enum Differing {
    /// To be picked, for one row is to be made of both.
    Picked,
    /// With what an update of the right one would leave.
    Updated,
}

/// What is the same on both sides in one line, and a table of two columns for the rest.
fn side_by_side(web: &Web, caption: &str, titles: [String; 2], cells: &[Cell], how: Differing) -> Markup {
    let [left, right] = titles;
    let value =
        |words: &str| html! { @if words.is_empty() { (web.t("（空）", "(empty)")) } @else { (words) } };
    let picked = |cell: &Cell, side: Keep, words: &str, checked: bool| {
        html! { label class="pick" {
            input type="radio" name={ (CELL) (cell.key) } value=(side.key()) checked[checked];
            span { (value(words)) }
        } }
    };
    let after = |words: &str, holds: bool| {
        html! { @if holds { strong { (value(words)) } " " (kit::badge(Tone::Good, web.t("更新后", "after an update"))) } @else { (value(words)) } }
    };
    let (differing, same): (Vec<&Cell>, Vec<&Cell>) = cells.iter().partition(|cell| cell.differ);
    let rows = differing.iter().map(|cell| {
        let (one, other) = match how {
            Differing::Picked => (
                picked(cell, Keep::First, &cell.left, !cell.from_right),
                picked(cell, Keep::Second, &cell.right, cell.from_right),
            ),
            Differing::Updated => (after(&cell.left, !cell.stays), after(&cell.right, cell.stays)),
        };
        TableRow::new(vec![html! { (cell.title) }, one, other]).tone(Tone::Warn)
    });
    let columns = [
        Column::text(web.t("列", "Column")),
        Column::text(&left),
        Column::text(&right),
    ];
    let words: Vec<String> = same
        .iter()
        .map(|cell| format!("{}{}{}", cell.title, web.t("：", ": "), cell.left))
        .collect();
    html! {
        @if !words.is_empty() { p class="same" { (web.t("相同：", "The same: ")) (words.join(web.t("；", "; "))) } }
        (kit::table(caption, &columns, rows.collect(), html! {}))
    }
}

/// Pairs side by side, each with what can be done.
pub(super) fn show_pairs(web: &Web, id: &str, pairs: &Pairs) -> Markup {
    html! {
    p { (web.t("内容不同的格子，点选要留下的那一边，再按“合并成一行”；已先选好填得更全的一边。",
        "Where cells differ, choose the side that stays, then merge; the fuller side is chosen already.")) }
    @for pair in &pairs.shown {
        @let choice = &pair.choice;
        @let titles = [place_words(web, &choice.first_sheet, choice.first_row), place_words(web, &choice.second_sheet, choice.second_row)];
        div class="pair" {
            p { strong { (pair.words) } " " @if let Some(keep) = pair.chosen { (kit::badge(Tone::Good, keep.word(web.lang))) } }
            (kit::form(&format!("/imports/{id}/duplicate"), &web.shell(""), html! {
                (Field::hidden("first_sheet", &choice.first_sheet)) (Field::hidden("first_row", &choice.first_row.to_string()))
                (Field::hidden("second_sheet", &choice.second_sheet)) (Field::hidden("second_row", &choice.second_row.to_string()))
                @for key in &pair.unseen { (Field::hidden(&format!("{CELL}{key}"), Keep::Second.key())) }
                (side_by_side(web, &pair.words, titles, &pair.cells, Differing::Picked))
                (kit::actions(html! { @for keep in KEEPS.iter().filter(|keep| allowed(pair.kind, **keep)) {
                    @let tone = match *keep {
                        keep if pair.chosen == Some(keep) => Tone::Good,
                        Keep::Merged if pair.chosen.is_none() => Tone::Accent,
                        _ => Tone::Plain,
                    };
                    (kit::button_named("keep", keep.key(), keep.word(web.lang), tone))
                } }))
            }))
        }
    }
    (rest(web, pairs.number)) }
}

/// What can be done with two rows, the most usual first.
const KEEPS: &[Keep] = &[Keep::Merged, Keep::First, Keep::Second, Keep::Both];

fn rest(web: &Web, number: usize) -> Markup {
    html! { @if number > SHOWN { p { (web.t("处理完以上各对，再显示其余的。", "The others are shown when these are settled.")) } } }
}

/// A row and the entry that it seems to be, as the viewer may see them.
struct Registered {
    settled: Settled,
    words: String,
    chosen: Option<Settlement>,
    name: String,
    cells: Vec<Cell>,
}

/// Rows that seem to be registered.
#[derive(Default)]
pub(super) struct RegisteredPairs {
    shown: Vec<Registered>,
    pub(super) number: usize,
    pub(super) open: usize,
}

/// The rows of a file that seem to be registered, those that nobody has settled first.
pub(super) fn registered(
    tx: &mut Tx,
    in_district: &str,
    reading: &Reading,
    alike: &[Alike],
    settled: &[Settled],
    viewer: (&Actor, &Names, Lang),
) -> Result<RegisteredPairs> {
    let (actor, _, lang) = viewer;
    let said: HashMap<(&str, u32), &Settled> = settled
        .iter()
        .map(|one| ((one.sheet.as_str(), one.row), one))
        .collect();
    let open = alike
        .iter()
        .filter(|one| !said.contains_key(&(one.sheet.as_str(), one.row)));
    let open: Vec<(Settled, &str, Option<Settlement>)> = open
        .map(|one| {
            let settled = Settled {
                sheet: one.sheet.clone(),
                row: one.row,
                code: one.code.clone(),
                settlement: Settlement::Both,
            };
            (settled, lang.t(one.zh, one.en), None)
        })
        .collect();
    let mut found = RegisteredPairs {
        shown: Vec::new(),
        number: open.len() + settled.len(),
        open: open.len(),
    };
    let done = settled.iter().map(|one| (one.clone(), "", Some(one.settlement)));
    for (settled, words, chosen) in open.into_iter().chain(done).take(SHOWN) {
        let sheet = reading.sheets.iter().find(|sheet| sheet.sheet == settled.sheet);
        let Some(register) = sheet.and_then(|sheet| register(sheet.form?.key)) else {
            continue;
        };
        let row = choice::row(reading, &settled.sheet, settled.row);
        let entry = entry::get(tx, register.key(), in_district, &settled.code)?;
        // A street sees of other streets that there is something, not what.
        let (Some(row), Some(entry)) = (row, entry.filter(|entry| actor.covers(&entry.area))) else {
            continue;
        };
        let body = row.to_json(register.form);
        found.shown.push(Registered {
            name: super::super::registers::shown_name(actor, register, &entry),
            cells: cells(viewer, register, &body, &entry.body, &[]),
            words: words.to_string(),
            settled,
            chosen,
        });
    }
    Ok(found)
}

/// Rows beside what is registered, each with what can be done.
pub(super) fn show_registered(web: &Web, id: &str, pairs: &RegisteredPairs) -> Markup {
    html! {
    p { (web.t("不处理的，按新的一项登记。选“更新”时，住址、名称等认定是哪一项的内容不变，其余照文件；标着“更新后”的是更新后的样子。已登记的住址错了的，选“两项都保留”，再到登记台账里删除错的那一项。",
        "What is not settled is registered as new. An update keeps what makes it this entry, such as dwelling and name, and takes the rest from the file; what is marked is what will stand. If the registered dwelling is wrong, keep both and remove the wrong entry from the register.")) }
    @for pair in &pairs.shown {
        @let settled = &pair.settled;
        @let titles = [place_words(web, &settled.sheet, settled.row), format!("{}{}", web.t("已登记：", "Registered: "), pair.name)];
        div class="pair" {
            p { strong { (pair.words) } " " @if let Some(chosen) = pair.chosen { (kit::badge(Tone::Good, chosen.word(web.lang))) } }
            (side_by_side(web, &pair.words, titles, &pair.cells, Differing::Updated))
            (kit::form(&format!("/imports/{id}/registered"), &web.shell(""), html! {
                (Field::hidden("sheet", &settled.sheet)) (Field::hidden("row", &settled.row.to_string())) (Field::hidden("code", &settled.code))
                (kit::actions(html! { @for settlement in Settlement::ALL {
                    (kit::button_named("settlement", settlement.key(), settlement.word(web.lang), if pair.chosen == Some(*settlement) { Tone::Good } else { Tone::Plain }))
                } }))
            }))
        }
    }
    (rest(web, pairs.number)) }
}
