//! Rows that are, or seem to be, about the same household, supplier, vehicle and so on.

use super::likeness::{Compared, Features, Likeness};
use crate::forms::{Cell, Form};
use std::collections::HashMap;
use std::collections::hash_map::{DefaultHasher, Entry};
use std::hash::{Hash, Hasher};

/// A pair of rows that are, or seem to be, about the same subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duplicate {
    /// How sure this is and what happened to the later row.
    pub kind: DuplicateKind,
    /// Sheet of the earlier row.
    pub first_sheet: String,
    /// The earlier row, 1-based.
    pub first_row: u32,
    /// The later row, in the sheet of this reading, 1-based.
    pub second_row: u32,
    /// What both rows are about.
    pub subject: String,
    /// What is the same, in Chinese.
    pub zh: String,
    /// What is the same, in English.
    pub en: String,
}

impl Duplicate {
    /// The message in the language asked for.
    pub fn message(&self, zh: bool) -> &str {
        if zh { &self.zh } else { &self.en }
    }
}

/// How sure it is that two rows mean the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DuplicateKind {
    /// All cells are equal; the later row is left out.
    Same,
    /// The same subject with other content; the later row is an error.
    Conflict,
    /// The same subject, which may come again; both rows are kept.
    Repeated,
    /// Another subject by its key, but the same person or nearly the same name; both rows are kept.
    Likely,
}

impl DuplicateKind {
    /// The word used in JSON.
    pub fn key(self) -> &'static str {
        match self {
            DuplicateKind::Same => "same",
            DuplicateKind::Conflict => "conflict",
            DuplicateKind::Repeated => "repeated",
            DuplicateKind::Likely => "likely",
        }
    }
}

/// What makes rows of a form the same, and what makes them look the same.
pub(super) struct Identity {
    /// Columns that tell what a row is about.
    pub(super) keys: &'static [&'static str],
    /// Whether the same subject may come again with other content.
    pub(super) repeats: bool,
    /// Columns by which a row with another key is a likely duplicate.
    compared: Compared,
    /// Positions of `keys`.
    key_at: Vec<usize>,
}

const NOTHING: Compared = Compared {
    person: None,
    near: None,
    dwelling: false,
};

const fn near(name: &'static str, within: &'static str) -> Compared {
    Compared {
        near: Some((name, within)),
        ..NOTHING
    }
}

const fn person(name: &'static str, phone: &'static str) -> Compared {
    Compared {
        person: Some((name, phone)),
        ..NOTHING
    }
}

const fn once(keys: &'static [&'static str]) -> Identity {
    Identity {
        keys,
        repeats: false,
        compared: NOTHING,
        key_at: Vec::new(),
    }
}

fn many(keys: &'static [&'static str]) -> Identity {
    Identity {
        repeats: true,
        ..once(keys)
    }
}

/// The identity of the rows of a form.
pub(super) fn identity(form: &Form) -> Identity {
    let identity = identity_of(form.key);
    Identity {
        key_at: identity
            .keys
            .iter()
            .filter_map(|key| form.position(key))
            .collect(),
        ..identity
    }
}

/// The columns by which entries of a form are compared beside their key.
pub(super) fn compared(form: &str) -> Compared {
    identity_of(form).compared
}

fn identity_of(form: &str) -> Identity {
    match form {
        "areas" => once(&["code"]),
        "compounds" => Identity {
            compared: near("compound", "community"),
            ..once(&["community", "compound"])
        },
        "households" => Identity {
            compared: Compared {
                dwelling: true,
                ..person("head", "phone")
            },
            ..once(&["community", "compound", "building", "unit", "room"])
        },
        "suppliers" => Identity {
            compared: Compared {
                person: Some(("contact_name", "contact_phone")),
                ..near("name", "")
            },
            ..once(&["name"])
        },
        "outlets" => Identity {
            compared: near("name", "community"),
            ..once(&["community", "name"])
        },
        "sites" => once(&["community", "compound", "name"]),
        "staff" => Identity {
            compared: person("name", "phone"),
            ..once(&["name", "phone"])
        },
        "vehicles" => once(&["plate"]),
        // One volunteer may hold several duties.
        "volunteers" => many(&["name", "phone", "compound", "building", "shift"]),
        "goods" => once(&["supplier", "code"]),
        // Some offices write one line per goods.
        "orders" => Identity {
            compared: person("name", "phone"),
            ..many(&["compound", "building", "unit", "room"])
        },
        // Two equal payments without a number may both be true.
        "transfers" => once(&["reference"]),
        "monitoring" => once(&["date", "enterprise", "item", "spec"]),
        "supply_totals" => once(&["date", "area"]),
        "contacts" => many(&["name", "phone"]),
        "materials" => many(&["item", "source", "destination"]),
        "passes" => once(&["plate", "start"]),
        "special_needs" => many(&["name", "phone", "kind"]),
        _ => many(&[]),
    }
}

/// An earlier row of the same subject.
#[derive(Debug, Clone)]
pub(super) struct Earlier {
    pub(super) sheet: String,
    pub(super) row: u32,
    pub(super) kind: DuplicateKind,
    /// What is the same, where that is not the key.
    pub(super) why: Option<(&'static str, &'static str)>,
}

#[derive(Clone, Copy, Debug)]
struct At {
    sheet: u16,
    row: u32,
}

/// Subjects met in a file so far; hashes stand for them, so that a million rows fit into memory.
#[derive(Default)]
pub(super) struct Seen {
    sheets: Vec<String>,
    subjects: HashMap<u64, (At, u64)>,
    alike: HashMap<&'static str, Likeness<At>>,
}

fn text<'a>(form: &Form, cells: &'a [Cell], key: &str) -> &'a str {
    form.position(key)
        .and_then(|position| cells[position].text())
        .unwrap_or("")
}

/// The subject of a row in words.
pub(super) fn subject(form: &Form, cells: &[Cell], keys: &[&str]) -> String {
    let words: Vec<&str> = keys
        .iter()
        .map(|key| text(form, cells, key))
        .filter(|word| !word.is_empty())
        .collect();
    words.join(" ")
}

impl Seen {
    /// Notes a row and tells of an earlier one about the same subject.
    pub(super) fn note(
        &mut self,
        form: &'static Form,
        identity: &Identity,
        cells: &[Cell],
        sheet: &str,
        row: u32,
    ) -> Option<Earlier> {
        if self.sheets.last().is_none_or(|last| last != sheet) {
            self.sheets.push(sheet.to_string());
        }
        let at = At {
            sheet: u16::try_from(self.sheets.len() - 1).unwrap_or(u16::MAX),
            row,
        };
        let last = identity.key_at.last()?;
        cells[*last].text().filter(|text| !text.is_empty())?;
        let mut hasher = DefaultHasher::new();
        form.key.hash(&mut hasher);
        for position in &identity.key_at {
            cells[*position].text().unwrap_or("").hash(&mut hasher);
        }
        let content = content_hash(cells);
        match self.subjects.entry(hasher.finish()) {
            Entry::Occupied(earlier) => {
                let (at, before) = *earlier.get();
                let kind = match (before == content, identity.repeats) {
                    (true, _) => DuplicateKind::Same,
                    (false, true) => DuplicateKind::Repeated,
                    (false, false) => DuplicateKind::Conflict,
                };
                Some(self.earlier(at, kind, None))
            }
            Entry::Vacant(place) => {
                place.insert((at, content));
                self.likely(form, identity, cells, at)
            }
        }
    }

    fn earlier(&self, at: At, kind: DuplicateKind, why: Option<(&'static str, &'static str)>) -> Earlier {
        Earlier {
            sheet: self
                .sheets
                .get(usize::from(at.sheet))
                .cloned()
                .unwrap_or_default(),
            row: at.row,
            kind,
            why,
        }
    }

    fn likely(
        &mut self,
        form: &'static Form,
        identity: &Identity,
        cells: &[Cell],
        at: At,
    ) -> Option<Earlier> {
        let features = Features::among(&identity.compared, |key| text(form, cells, key));
        if features.is_empty() {
            return None;
        }
        let alike = self.alike.entry(form.key).or_default();
        let found = alike.find(&features);
        alike.note(&features, at);
        found.map(|(at, why)| self.earlier(at, DuplicateKind::Likely, Some(why)))
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
