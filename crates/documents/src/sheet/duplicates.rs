//! Rows that are, or seem to be, about the same household, supplier, vehicle and so on.

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
#[derive(Clone)]
pub(super) struct Identity {
    /// Columns that tell what a row is about.
    pub(super) keys: &'static [&'static str],
    /// Whether the same subject may come again with other content.
    pub(super) repeats: bool,
    /// Columns of a person's name and phone: the same person under another key is a likely duplicate.
    person: Option<(&'static str, &'static str)>,
    /// Column of a name, and the column in whose bounds two near names are a likely duplicate.
    near: Option<(&'static str, &'static str)>,
    /// Positions of `keys`, and of `person`.
    key_at: Vec<usize>,
    person_at: Option<(usize, usize)>,
}

const fn once(keys: &'static [&'static str]) -> Identity {
    Identity {
        keys,
        repeats: false,
        person: None,
        near: None,
        key_at: Vec::new(),
        person_at: None,
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
    let person = identity
        .person
        .map(|(name, phone)| (form.position(name), form.position(phone)));
    Identity {
        key_at: identity
            .keys
            .iter()
            .filter_map(|key| form.position(key))
            .collect(),
        person_at: person.and_then(|(name, phone)| name.zip(phone)),
        ..identity
    }
}

fn identity_of(form: &str) -> Identity {
    match form {
        "areas" => once(&["code"]),
        "compounds" => Identity {
            near: Some(("compound", "community")),
            ..once(&["community", "compound"])
        },
        "households" => Identity {
            person: Some(("head", "phone")),
            ..once(&["community", "compound", "building", "unit", "room"])
        },
        "suppliers" => Identity {
            near: Some(("name", "")),
            person: Some(("contact_name", "contact_phone")),
            ..once(&["name"])
        },
        "outlets" => Identity {
            near: Some(("name", "community")),
            ..once(&["community", "name"])
        },
        "sites" => once(&["community", "compound", "name"]),
        "staff" => Identity {
            person: Some(("name", "phone")),
            ..once(&["name", "phone"])
        },
        "vehicles" => once(&["plate"]),
        // One volunteer may hold several duties.
        "volunteers" => many(&["name", "phone", "compound", "building", "shift"]),
        "goods" => once(&["supplier", "code"]),
        // Some offices write one line per goods.
        "orders" => Identity {
            person: Some(("name", "phone")),
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

#[derive(Clone, Copy)]
struct At {
    sheet: u16,
    row: u32,
}

/// A name in few bytes, because a county has a million of them.
type ShortName = [u8; 12];

/// Most names compared with one another.
const NAMES_MAX: usize = 5_000;

/// Subjects met in a file so far; hashes stand for them, so that a million rows fit into memory.
#[derive(Default)]
pub(super) struct Seen {
    sheets: Vec<String>,
    subjects: HashMap<u64, (At, u64)>,
    people: HashMap<u64, (At, ShortName)>,
    names: HashMap<u64, Vec<(At, Vec<char>)>>,
}

fn hash_of(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
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
        if let Some((name, phone)) = identity.person_at
            && let (Some(name), Some(phone)) = (cells[name].text(), cells[phone].text())
        {
            let short = short_name(name);
            match self.people.entry(hash_of((form.key, phone))) {
                Entry::Occupied(earlier) => {
                    let (at, before) = *earlier.get();
                    let why = if before == short {
                        Some((
                            "姓名和电话相同，请核对是否重复登记",
                            "the same name and phone; check whether it is a duplicate",
                        ))
                    } else if near_people(&before, &short) {
                        Some((
                            "电话相同、姓名相近，请核对是否同一人",
                            "the same phone and nearly the same name; check whether it is the same person",
                        ))
                    } else {
                        None
                    };
                    if why.is_some() {
                        return Some(self.earlier(at, DuplicateKind::Likely, why));
                    }
                }
                Entry::Vacant(place) => {
                    place.insert((at, short));
                }
            }
        }
        let (name, bounds) = identity.near?;
        let core = core_name(text(form, cells, name));
        let group = hash_of((form.key, text(form, cells, bounds)));
        let names = self.names.entry(group).or_default();
        let near = names.iter().find(|(_, other)| near_names(other, &core));
        let near = near.map(|(at, _)| *at);
        if names.len() < NAMES_MAX && !core.is_empty() {
            names.push((at, core));
        }
        near.map(|at| {
            let why = (
                "名称相近，请核对是否同一处",
                "nearly the same name; check whether it is the same one",
            );
            self.earlier(at, DuplicateKind::Likely, Some(why))
        })
    }
}

fn short_name(name: &str) -> ShortName {
    let mut short = ShortName::default();
    let length = name.floor_char_boundary(short.len());
    short[..length].copy_from_slice(&name.as_bytes()[..length]);
    short
}

/// Names of people of the same length that differ in one character, as 张伟 and 张玮.
fn near_people(one: &ShortName, other: &ShortName) -> bool {
    let letters = |name: &ShortName| -> Vec<char> {
        String::from_utf8_lossy(name)
            .trim_end_matches('\0')
            .chars()
            .collect()
    };
    let (one, other) = (letters(one), letters(other));
    one.len() == other.len() && one.len() >= 2 && one.iter().zip(&other).filter(|(a, b)| a != b).count() == 1
}

/// A name without the words that many names have.
fn core_name(name: &str) -> Vec<char> {
    let mut core: String = crate::values::compact(name)
        .to_lowercase()
        .chars()
        .filter(|letter| !"()·-_'".contains(*letter))
        .collect();
    for word in [
        "有限责任公司",
        "有限公司",
        "公司",
        "小区",
        "住宅区",
        "超市",
        "商店",
        "门店",
        "店",
    ] {
        if let Some(rest) = core.strip_suffix(word)
            && rest.chars().count() >= 2
        {
            core.truncate(rest.len());
        }
    }
    core.chars().collect()
}

/// Whether two names without common words are equal, or long and different in one character that is no number.
fn near_names(one: &[char], other: &[char]) -> bool {
    if one == other {
        return true;
    }
    let numeral = |letter: &char| {
        letter.is_ascii_alphanumeric()
            || "一二三四五六七八九十甲乙丙丁东西南北中前后上下新老大小".contains(*letter)
    };
    let (short, long) = if one.len() <= other.len() {
        (one, other)
    } else {
        (other, one)
    };
    if short.len() < 4 || long.len() - short.len() > 1 {
        return false;
    }
    let start = short.iter().zip(long).take_while(|(a, b)| a == b).count();
    let (short, long) = (&short[start..], &long[start..]);
    if short.len() == long.len() {
        short[1..] == long[1..] && !numeral(&short[0]) && !numeral(&long[0])
    } else {
        *short == long[1..] && !numeral(&long[0])
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
