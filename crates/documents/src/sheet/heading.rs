//! Finding the heading row, the form, and the column of each heading.

use super::letter;
use super::raw::{Grid, Merge, Raw};
use crate::forms::{Form, Kind};
use crate::values::{Unit, compact, heading_package, heading_unit, unit_word};
use std::collections::HashMap;

/// Rows searched for the heading.
pub(super) const SEARCH_ROWS: usize = 40;

/// Merged regions looked at in the rows searched.
const MERGES_MAX: usize = 1_000;

/// Rows below a heading that may still hold a better one.
pub(super) const ROWS_AFTER: usize = 4;

/// Headings of columns that only number the rows.
pub(super) const NUMBERING: &[&str] = &["序号", "序", "no", "no.", "行号", "项次", "排序", "number"];

/// Units of counts in a row of units.
const COUNTED: &[&str] = &[
    "户", "人", "个", "栋", "幢", "份", "辆", "名", "天", "袋", "桶", "箱", "单", "人次", "%",
];

/// Headings that say no more than that a phone number follows.
const PHONES: &[&str] = &[
    "电话",
    "联系电话",
    "手机",
    "手机号",
    "手机号码",
    "联系方式",
    "电话号码",
    "phone",
];

/// One column of the sheet that belongs to a column of the form.
#[derive(Debug, Clone)]
pub(super) struct Field {
    /// Column in the sheet, 0-based.
    pub(super) column: usize,
    /// Position in the columns of the form.
    pub(super) position: usize,
    pub(super) heading: String,
    pub(super) unit: Option<Unit>,
    /// Whether the heading says that prices are those of a jin.
    pub(super) per_jin: bool,
    /// The package that the heading counts, and the grams of one where it says so.
    pub(super) package: Option<(&'static str, Option<i64>)>,
}

/// A heading found in a sheet.
#[derive(Debug, Clone)]
pub(super) struct Heading {
    pub(super) form: &'static Form,
    /// First and last row of the heading, 0-based.
    pub(super) first: usize,
    pub(super) last: usize,
    pub(super) fields: Vec<Field>,
    pub(super) unknown: Vec<(String, String)>,
    /// Column that only numbers the rows.
    pub(super) numbering: Option<usize>,
    /// Whether a user has set the columns.
    pub(super) remembered: bool,
    score: i64,
}

impl Heading {
    /// A heading of these rows, 0-based, without columns yet.
    pub(super) fn empty(form: &'static Form, first: usize, last: usize) -> Heading {
        Heading {
            form,
            first,
            last,
            fields: Vec::new(),
            unknown: Vec::new(),
            numbering: None,
            remembered: false,
            score: 0,
        }
    }
}

/// Heading in the form in which it is compared: half width, lower case, without punctuation.
pub(super) fn normalised(heading: &str) -> String {
    compact(heading)
        .to_lowercase()
        .chars()
        .filter(|letter| !"()[]{}【】*:、/,.;\"'_-|“”#。?!".contains(*letter))
        .collect()
}

/// The heading without anything in brackets.
fn without_brackets(heading: &str) -> String {
    let mut depth = 0_u32;
    let kept: String = compact(heading)
        .chars()
        .filter(|letter| match letter {
            '(' | '[' | '【' => {
                depth += 1;
                false
            }
            ')' | ']' | '】' => {
                depth = depth.saturating_sub(1);
                false
            }
            _ => depth == 0,
        })
        .collect();
    normalised(&kept)
}

/// The wordings a heading may be found under, the most exact first.
fn wordings(heading: &str) -> Vec<String> {
    let plain = without_brackets(heading);
    let before_slash = compact(heading)
        .split('/')
        .next()
        .map(without_brackets)
        .unwrap_or_default();
    let mut wordings = vec![normalised(heading), plain.clone(), before_slash];
    for ending in ["必填", "选填", "公斤", "吨", "斤", "元", "米", "填写"] {
        if let Some(short) = plain.strip_suffix(ending) {
            wordings.push(short.to_string());
        }
    }
    wordings.retain(|wording| !wording.is_empty());
    wordings
}

type Names = HashMap<String, usize>;

/// The forms that a file may follow, with every wording of their headings.
pub(super) struct Candidates(Vec<(&'static Form, Names)>);

impl Candidates {
    pub(super) fn new(forms: &[&'static Form]) -> Candidates {
        Candidates(forms.iter().map(|form| (*form, names(form))).collect())
    }

    /// The form with this key.
    pub(super) fn form(&self, key: &str) -> Option<&'static Form> {
        self.0.iter().map(|(form, _)| *form).find(|form| form.key == key)
    }
}

fn names(form: &'static Form) -> Names {
    let mut names = Names::new();
    // Titles go before synonyms, and earlier columns before later ones.
    for (position, column) in form.columns.iter().enumerate() {
        for title in [column.title.zh, column.title.en, column.key] {
            names.entry(normalised(title)).or_insert(position);
            names.entry(without_brackets(title)).or_insert(position);
        }
    }
    for (position, column) in form.columns.iter().enumerate() {
        for synonym in column.synonyms {
            names.entry(normalised(synonym)).or_insert(position);
        }
    }
    names
}

/// The heading of each column, for a heading of one row or of two.
pub(super) fn headings(grid: &Grid, merges: &[Merge], first: usize, last: usize) -> Vec<Vec<String>> {
    let width = grid.rows[first]
        .len()
        .max(grid.rows.get(last).map_or(0, Vec::len));
    let merged = |row: usize, column: usize| -> String {
        let own = grid.get(row, column);
        if !own.is_empty() {
            return own.shown().into_owned();
        }
        let region = merges.iter().find(|merge| {
            (merge.top..=merge.bottom).contains(&row) && (merge.left..=merge.right).contains(&column)
        });
        region
            .map(|merge| grid.get(merge.top, merge.left).shown().into_owned())
            .unwrap_or_default()
    };
    let mut left = String::new();
    (0..width)
        .map(|column| {
            let bottom = merged(last, column);
            if first == last {
                return vec![bottom];
            }
            let mut top = merged(first, column);
            if !top.is_empty() {
                left.clone_from(&top);
            } else if grid.merges.is_none() && !bottom.is_empty() {
                // Formats that lose merged regions leave the cells right of the first one empty.
                top.clone_from(&left);
            }
            if top == bottom || bottom.is_empty() {
                return vec![top];
            }
            if top.is_empty() {
                return vec![bottom];
            }
            vec![format!("{top}{bottom}"), format!("{bottom}{top}"), bottom, top]
        })
        .collect()
}

pub(super) fn field(column: usize, position: usize, title: &str, written: &[String]) -> Field {
    let unit = written
        .iter()
        .find_map(|title| heading_unit(title))
        .or_else(|| written.iter().find_map(|title| unit_word(title)));
    Field {
        column,
        position,
        heading: title.trim().to_string(),
        unit,
        per_jin: written.iter().any(|title| is_per_jin(title)),
        package: written.iter().find_map(|title| heading_package(title)),
    }
}

/// Whether a price is that of a jin: 元/斤, but not 元/公斤.
pub(super) fn is_per_jin(text: &str) -> bool {
    text.contains("/斤") || text.contains("／斤") || text.contains("每斤") || text.contains("/市斤")
}

fn score_of(form: &Form, fields: &[Field], unknown: usize) -> i64 {
    let present = |key: &str| fields.iter().any(|field| form.columns[field.position].key == key);
    let mut score = 0;
    for column in form.columns {
        let found = present(column.key) || (column.key == "room" && present("dwelling"));
        score += match (found, column.required) {
            (true, true) => 4,
            (true, false) => 2,
            (false, true) => -3,
            (false, false) => 0,
        };
    }
    // A form that leaves many headings unexplained is the wrong one.
    score - 2 * i64::try_from(unknown).unwrap_or(0)
}

fn matched(
    grid: &Grid,
    merges: &[Merge],
    first: usize,
    last: usize,
    form: &'static Form,
    names: &Names,
) -> Heading {
    let mut heading = Heading::empty(form, first, last);
    for (column, written) in headings(grid, merges, first, last).into_iter().enumerate() {
        let Some(title) = written.first().filter(|title| !title.trim().is_empty()) else {
            continue;
        };
        if title.chars().count() > 60 {
            continue;
        }
        let mut found = written
            .iter()
            .find_map(|title| wordings(title).iter().find_map(|wording| names.get(wording)))
            .copied();
        if found.is_none()
            && written
                .iter()
                .any(|title| NUMBERING.contains(&normalised(title).as_str()))
        {
            heading.numbering = Some(column);
            continue;
        }
        // 联络人 | 电话: a bare phone column belongs to the name before it.
        if written
            .iter()
            .any(|title| PHONES.contains(&without_brackets(title).as_str()))
            && let Some(before) = heading.fields.last().filter(|field| field.column + 1 == column)
            && let Some(owner) = form.columns[before.position].key.strip_suffix("_name")
            && let Some(position) = form.position(&format!("{owner}_phone"))
        {
            found = Some(position);
        }
        match found.filter(|position| heading.fields.iter().all(|field| field.position != *position)) {
            Some(position) => {
                heading.fields.push(field(column, position, title, &written));
            }
            None => heading.unknown.push((letter(column), title.trim().to_string())),
        }
    }
    heading.score = score_of(form, &heading.fields, heading.unknown.len());
    heading
}

/// A heading counts when it has two columns of the form and half of the required ones, or four columns.
fn fits(heading: &Heading) -> bool {
    let form = heading.form;
    let present = |key: &str| {
        heading
            .fields
            .iter()
            .any(|field| form.columns[field.position].key == key)
    };
    let required: Vec<_> = form.columns.iter().filter(|column| column.required).collect();
    let found = required
        .iter()
        .filter(|column| present(column.key) || (column.key == "room" && present("dwelling")))
        .count();
    heading.fields.len() >= 2 && found >= 1 && (found * 2 >= required.len() || heading.fields.len() >= 4)
}

pub(super) fn merges_above(grid: &Grid) -> Vec<Merge> {
    grid.merges
        .iter()
        .flatten()
        .filter(|merge| merge.top <= SEARCH_ROWS)
        .take(MERGES_MAX)
        .copied()
        .collect()
}

/// The keys of the columns of a form that headings seem to mean, in their order; `None` for those of no column.
pub fn suggest(form: &'static Form, headings: &[&str]) -> Vec<Option<&'static str>> {
    let names = names(form);
    let mut taken = Vec::new();
    let find = |heading: &&str| {
        let found = wordings(heading)
            .iter()
            .find_map(|wording| names.get(wording).copied());
        let position = found.filter(|position| !taken.contains(position))?;
        taken.push(position);
        Some(form.columns[position].key)
    };
    headings.iter().map(find).collect()
}

/// The first row that looks like a heading although no form fits: several short texts and nothing else.
pub(super) fn guess(grid: &Grid) -> Option<usize> {
    grid.rows.iter().position(|row| {
        let texts = row
            .iter()
            .filter(|raw| matches!(raw, Raw::Text(text) if text.chars().count() <= 30));
        texts.count() >= 3 && row.iter().all(|raw| matches!(raw, Raw::Text(_) | Raw::Empty))
    })
}

/// Finds the best heading of a sheet among the candidate forms.
pub(super) fn find(grid: &Grid, sheet: &str, candidates: &Candidates) -> Option<Heading> {
    let mut best: Option<Heading> = None;
    let merges = merges_above(grid);
    let mut above = normalised(sheet);
    for first in 0..grid.rows.len().min(SEARCH_ROWS) {
        // Below a heading come data, which only resemble headings by accident.
        if best.as_ref().is_some_and(|best| first > best.last + ROWS_AFTER) {
            break;
        }
        if grid.rows[first]
            .iter()
            .filter(|raw| matches!(raw, Raw::Text(_)))
            .count()
            == 0
        {
            continue;
        }
        for (form, names) in &candidates.0 {
            let titled = std::iter::once(&form.title.zh)
                .chain(form.title_synonyms)
                .any(|title| above.contains(normalised(title).as_str()));
            for last in [first, first + 1] {
                if last >= grid.rows.len() || (last > first && grid.rows[last].iter().all(Raw::is_empty)) {
                    continue;
                }
                let mut heading = matched(grid, &merges, first, last, form, names);
                if !fits(&heading) {
                    continue;
                }
                heading.score += if titled { 3 } else { 0 };
                // A row of nothing but units belongs to the heading above it.
                heading.score += if last > first && only_units(&grid.rows[last]) {
                    1
                } else {
                    0
                };
                // On a tie one row is right: the row above is then a title.
                let rank = |heading: &Heading| (heading.score, heading.first == heading.last);
                if best.as_ref().is_none_or(|best| rank(&heading) > rank(best)) {
                    best = Some(heading);
                }
            }
        }
        for raw in &grid.rows[first] {
            if let Raw::Text(text) = raw
                && above.len() < 2_000
            {
                above.push_str(&normalised(text));
            }
        }
    }
    best
}

/// Whether a row holds nothing but units such as 户, 人, (公斤).
fn only_units(row: &[Raw]) -> bool {
    let mut filled = 0;
    row.iter().filter(|raw| !raw.is_empty()).all(|raw| {
        filled += 1;
        let Raw::Text(text) = raw else { return false };
        let plain = compact(text);
        let plain = plain.trim_matches(['(', ')', '[', ']']);
        unit_word(text).is_some() || COUNTED.contains(&plain)
    }) && filled > 0
}

/// The first filled row of a sheet, shortened, for messages.
pub(super) fn sample(grid: &Grid) -> String {
    let filled = grid.rows.iter().find(|row| row.iter().any(|raw| !raw.is_empty()));
    let words: Vec<String> = filled
        .into_iter()
        .flatten()
        .filter(|raw| !raw.is_empty())
        .take(6)
        .map(|raw| raw.shown().into_owned())
        .collect();
    let text = crate::values::tidy(&words.join(" | "));
    if text.chars().count() > 60 {
        text.chars().take(60).chain(['…']).collect()
    } else {
        text
    }
}

impl Heading {
    /// Columns whose cells are weights.
    pub(super) fn weights(&self) -> impl Iterator<Item = &Field> {
        self.fields
            .iter()
            .filter(|field| self.form.columns[field.position].kind == Kind::Weight)
    }

    /// The field that fills a column of the form.
    pub(super) fn field(&self, key: &str) -> Option<&Field> {
        self.fields
            .iter()
            .find(|field| self.form.columns[field.position].key == key)
    }
}
