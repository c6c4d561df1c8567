//! What makes two entries look as if they were the same although their keys differ: the same person by phone and name, nearly
//! the same name in one place, a dwelling written otherwise. Each look takes a few steps, however many entries are known.

use crate::forms::Form;
use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

/// Why two entries seem to be the same, in Chinese and English.
pub type Why = (&'static str, &'static str);

/// Entries under one key that are compared letter by letter; more are as good as none, because the name says nothing.
const ALIKE_MAX: usize = 64;

/// What of an entry may resemble another one.
#[derive(Debug, Clone, Default)]
pub struct Features<'a> {
    /// Name and phone of a person.
    person: Option<(&'a str, &'a str)>,
    /// A name, and the place within which two near names are suspicious.
    name: Option<(&'a str, &'a str)>,
    /// Compound, building, unit and room.
    dwelling: Option<[&'a str; 4]>,
}

/// The columns that are compared.
pub(super) struct Compared {
    /// Columns of a person's name and phone.
    pub(super) person: Option<(&'static str, &'static str)>,
    /// Column of a name, and the column in whose bounds two near names are suspicious; empty for everywhere.
    pub(super) near: Option<(&'static str, &'static str)>,
    /// Whether a row is a dwelling.
    pub(super) dwelling: bool,
}

impl<'a> Features<'a> {
    /// The features of an entry of a form; `text` gives the text of a column.
    pub fn of(form: &Form, text: impl Fn(&'static str) -> &'a str) -> Features<'a> {
        Features::among(&super::duplicates::compared(form.key), text)
    }

    pub(super) fn among(columns: &Compared, text: impl Fn(&'static str) -> &'a str) -> Features<'a> {
        let filled =
            |(one, other): (&'a str, &'a str)| (!one.is_empty() && !other.is_empty()).then_some((one, other));
        let bounds = |key: &'static str| if key.is_empty() { "" } else { text(key) };
        Features {
            person: columns
                .person
                .and_then(|(name, phone)| filled((text(name), text(phone)))),
            name: columns
                .near
                .map(|(name, within)| (text(name), bounds(within)))
                .filter(|(name, _)| !name.is_empty()),
            dwelling: columns
                .dwelling
                .then(|| ["compound", "building", "unit", "room"].map(&text))
                .filter(|[_, building, _, room]| !building.is_empty() && !room.is_empty()),
        }
    }

    /// Whether there is nothing to compare.
    pub fn is_empty(&self) -> bool {
        self.person.is_none() && self.name.is_none() && self.dwelling.is_none()
    }
}

/// A name in few bytes, because a county has a million of them.
type ShortName = [u8; 12];

/// What is known of entries of one form so far, each standing at a place `P`; hashes stand for what they say, so that a
/// million of them fit into memory.
#[derive(Debug)]
pub struct Likeness<P> {
    people: HashMap<u64, (P, ShortName)>,
    dwellings: HashMap<u64, (P, u64)>,
    /// By the name without the words that many names have, and by that name without one letter.
    names: HashMap<u64, Vec<(P, Vec<char>)>>,
}

impl<P> Default for Likeness<P> {
    fn default() -> Self {
        Likeness {
            people: HashMap::new(),
            dwellings: HashMap::new(),
            names: HashMap::new(),
        }
    }
}

impl<P: Copy> Likeness<P> {
    /// An earlier entry that seems to be the same, and why.
    pub fn find(&self, features: &Features<'_>) -> Option<(P, Why)> {
        self.dwelling(features)
            .or_else(|| self.person(features))
            .or_else(|| self.name(features))
    }

    fn dwelling(&self, features: &Features<'_>) -> Option<(P, Why)> {
        let (place, unit) = dwelling_key(features.dwelling?);
        let (at, before) = self.dwellings.get(&place)?;
        // Two units have a room of one number each; without a unit it may be either.
        (*before == unit || *before == NO_UNIT || unit == NO_UNIT).then_some((
            *at,
            (
                "住址像是同一处，只是写法不同，请核对是否重复登记",
                "the same dwelling, it seems, written otherwise; check whether it is a duplicate",
            ),
        ))
    }

    fn person(&self, features: &Features<'_>) -> Option<(P, Why)> {
        let (name, phone) = features.person?;
        let short = short_name(name);
        let (at, before) = self.people.get(&hash_of(phone))?;
        let why = if *before == short {
            (
                "姓名和电话相同，请核对是否重复登记",
                "the same name and phone; check whether it is a duplicate",
            )
        } else if near_people(before, &short) {
            (
                "电话相同、姓名相近，请核对是否同一人",
                "the same phone and nearly the same name; check whether it is the same person",
            )
        } else {
            return None;
        };
        Some((*at, why))
    }

    fn name(&self, features: &Features<'_>) -> Option<(P, Why)> {
        let (name, bounds) = features.name?;
        let core = core_name(name);
        // Names that differ in one letter are equal when each loses one letter, or one of them does.
        let alike = variants(&core, bounds).filter_map(|key| self.names.get(&key));
        let near = alike.flatten().find(|(_, other)| near_names(other, &core));
        near.map(|(at, _)| {
            let why = (
                "名称相近，请核对是否同一处",
                "nearly the same name; check whether it is the same one",
            );
            (*at, why)
        })
    }

    /// Takes note of an entry. Of several with the same phone or dwelling the first one is kept.
    pub fn note(&mut self, features: &Features<'_>, at: P) {
        if let Some((name, phone)) = features.person {
            self.people
                .entry(hash_of(phone))
                .or_insert((at, short_name(name)));
        }
        if let Some(dwelling) = features.dwelling {
            let (place, unit) = dwelling_key(dwelling);
            self.dwellings.entry(place).or_insert((at, unit));
        }
        if let Some((name, bounds)) = features.name {
            let core = core_name(name);
            for key in variants(&core, bounds) {
                let alike = self.names.entry(key).or_default();
                if alike.len() < ALIKE_MAX {
                    alike.push((at, core.clone()));
                }
            }
        }
    }
}

/// Stands for a dwelling that names no unit.
const NO_UNIT: u64 = 0;

/// A dwelling without leading zeros: what names its place, and what names its unit.
fn dwelling_key([compound, building, unit, room]: [&str; 4]) -> (u64, u64) {
    let plain = |part: &str| part.trim_start_matches('0').to_lowercase();
    let place = hash_of((compound, plain(building), plain(room)));
    let unit = match plain(unit) {
        none if none.is_empty() => NO_UNIT,
        unit => hash_of(unit) | 1,
    };
    (place, unit)
}

/// The keys under which a name is kept and looked for.
fn variants(core: &[char], bounds: &str) -> impl Iterator<Item = u64> {
    // Short names are near only when they are equal.
    let lost = if core.len() < 4 { 0 } else { core.len() };
    let mut keys: Vec<u64> = (0..lost)
        .map(|left_out| {
            let rest = core.iter().enumerate().filter(|(place, _)| *place != left_out);
            hash_of((bounds, rest.map(|(_, letter)| *letter).collect::<String>()))
        })
        .collect();
    if !core.is_empty() {
        keys.push(hash_of((bounds, core.iter().collect::<String>())));
    }
    keys.sort_unstable();
    keys.dedup();
    keys.into_iter()
}

fn hash_of(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
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
