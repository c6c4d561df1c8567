//! Rows that are about the same household, supplier, vehicle and so on.

use crate::forms::{Cell, Form};
use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

/// What to do with a later row about the same subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    /// The same subject with different content is an error.
    Once,
    /// The same subject may come again; only identical rows are dropped.
    Repeats,
}

/// Columns that tell what a row is about.
pub(super) fn identity(form: &Form) -> (&'static [&'static str], Rule) {
    match form.key {
        "compounds" => (&["community", "compound"], Rule::Once),
        "households" => (&["community", "compound", "building", "unit", "room"], Rule::Once),
        "suppliers" => (&["name"], Rule::Once),
        "outlets" => (&["community", "name"], Rule::Once),
        "sites" => (&["community", "compound", "name"], Rule::Once),
        "staff" => (&["name", "phone"], Rule::Once),
        "vehicles" => (&["plate"], Rule::Once),
        // One volunteer may hold several duties.
        "volunteers" => (&["name", "phone", "compound", "building", "shift"], Rule::Repeats),
        "goods" => (&["supplier", "code"], Rule::Once),
        // Some offices write one line per goods.
        "orders" => (&["compound", "building", "unit", "room"], Rule::Repeats),
        // Two equal payments without a number may both be true.
        "transfers" => (&["reference"], Rule::Once),
        _ => (&[], Rule::Repeats),
    }
}

/// What is known about an earlier row of the same subject.
#[derive(Debug, Clone)]
pub(super) struct Earlier {
    pub(super) sheet: String,
    pub(super) row: u32,
    pub(super) same: bool,
}

/// Subjects met in a file so far.
#[derive(Default)]
pub(super) struct Seen {
    subjects: HashMap<(&'static str, String), (String, u32, u64)>,
}

/// The subject of a row in words; `None` when the row does not name one.
pub(super) fn subject(form: &Form, cells: &[Cell], keys: &[&str]) -> Option<String> {
    let words: Vec<&str> = keys
        .iter()
        .map(|key| {
            form.position(key)
                .and_then(|position| cells[position].text())
                .unwrap_or("")
        })
        .collect();
    let last = words.last()?;
    (!last.is_empty()).then(|| words.join("\u{1f}"))
}

impl Seen {
    /// Notes a row and tells of an earlier one about the same subject.
    pub(super) fn note(
        &mut self,
        form: &'static Form,
        cells: &[Cell],
        sheet: &str,
        row: u32,
    ) -> Option<Earlier> {
        let (keys, _) = identity(form);
        let subject = subject(form, cells, keys)?;
        let content = content_hash(cells);
        match self.subjects.entry((form.key, subject)) {
            std::collections::hash_map::Entry::Occupied(earlier) => {
                let (sheet, row, before) = earlier.get();
                Some(Earlier {
                    sheet: sheet.clone(),
                    row: *row,
                    same: *before == content,
                })
            }
            std::collections::hash_map::Entry::Vacant(place) => {
                place.insert((sheet.to_string(), row, content));
                None
            }
        }
    }
}

fn content_hash(cells: &[Cell]) -> u64 {
    let mut hasher = DefaultHasher::new();
    for cell in cells {
        match cell {
            Cell::Empty => 0_u8.hash(&mut hasher),
            Cell::Text(text) => text.hash(&mut hasher),
            Cell::Int(number) => number.hash(&mut hasher),
            Cell::List(keys) => keys.hash(&mut hasher),
            Cell::Contents(contents) => {
                for content in contents {
                    (&content.name, content.weight_g).hash(&mut hasher);
                }
            }
        }
    }
    hasher.finish()
}
