//! Values as people write them in cells and messages, turned into integers and plain text.
//!
//! Every function takes the text as written and returns the normalised value, or a
//! [`Problem`] that says in both languages what is wrong and what would be right.

mod contents;
mod dates;
mod dwelling;
mod identity;
mod number;
mod packed;
mod quantity;

pub(crate) use contents::OIL_LITRE_G;
pub use contents::contents;
pub use dates::{
    civil_from_days, date, date_from_serial, date_near, hours, hours_min, time, time_from_serial,
};
pub use dwelling::{Dwelling, address, building, dwelling, room, unit};
pub use identity::{company_prefix, credit_code, id_number, phone, phones, plate};
pub use number::{chinese_number, is_approximate, number_micro, split_number, split_range};
pub use packed::{heading_package, packed_weight_g};
pub use quantity::{
    Unit, count, distance_m, heading_unit, microdegrees, money_fen, unit_word, volume_l, weight_g,
    weight_with_unit_g,
};

use std::borrow::Cow;

/// Why a value cannot be accepted, in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Chinese wording.
    pub zh: String,
    /// English wording.
    pub en: String,
}

impl Problem {
    /// Pairs the two wordings.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Problem {
        Problem {
            zh: zh.into(),
            en: en.into(),
        }
    }

    /// The wording in the language asked for.
    pub fn message(&self, zh: bool) -> &str {
        if zh { &self.zh } else { &self.en }
    }
}

/// Full-width letters, digits and punctuation turned into their half-width forms (全角→半角).
///
/// The ideographic full stop and the enumeration comma 、 have no half-width form in use
/// and stay as they are.
pub fn fold_width(text: &str) -> Cow<'_, str> {
    if text.chars().any(|letter| fold(letter) != letter) {
        Cow::Owned(text.chars().map(fold).collect())
    } else {
        Cow::Borrowed(text)
    }
}

fn fold(letter: char) -> char {
    match letter {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(letter as u32 - 0xfee0).unwrap_or(letter),
        '\u{3000}' | '\u{a0}' | '\u{2002}'..='\u{200a}' => ' ',
        '￥' => '¥',
        '–' | '—' | '−' | '‐' | '‑' => '-',
        _ => letter,
    }
}

/// Whether a letter stays as it is whatever is done to a text: most letters of most cells.
fn is_plain(letter: char) -> bool {
    matches!(letter, '!'..='~' | '\u{4e00}'..='\u{9fff}')
}

/// Text tidied for storage: no marks without width, single spaces, half-width letters and digits.
///
/// Chinese punctuation stays as written, so that notes keep reading as Chinese.
pub fn tidy(text: &str) -> String {
    if text.chars().all(is_plain) {
        return text.to_string();
    }
    let mut tidy = String::with_capacity(text.len());
    let mut gap = false;
    for letter in text.chars() {
        let letter = match letter {
            '\u{ff10}'..='\u{ff19}' | '\u{ff21}'..='\u{ff3a}' | '\u{ff41}'..='\u{ff5a}' => fold(letter),
            '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' => continue,
            _ => letter,
        };
        if letter.is_whitespace() || letter.is_control() {
            gap = !tidy.is_empty();
        } else {
            if gap {
                tidy.push(' ');
                gap = false;
            }
            tidy.push(letter);
        }
    }
    tidy
}

/// Text prepared for parsing: folded to half width, without any white space.
pub(crate) fn compact(text: &str) -> String {
    if text.chars().all(is_plain) {
        return text.to_string();
    }
    tidy(text)
        .chars()
        .map(fold)
        .filter(|letter| !letter.is_whitespace())
        .collect()
}

/// As [`compact`], but what white space parts stays apart: `mark` stands in its place behind what is `held` and in front
/// of a digit.
fn parted(text: &str, mark: char, held: fn(&char) -> bool) -> String {
    if text.chars().all(is_plain) {
        return text.to_string();
    }
    let tidy: Vec<char> = tidy(text).chars().map(fold).collect();
    let is = |at: Option<usize>, kind: fn(&char) -> bool| at.and_then(|at| tidy.get(at)).is_some_and(kind);
    let kept = |(at, letter): (usize, &char)| match letter {
        letter if !letter.is_whitespace() => Some(*letter),
        _ => (is(at.checked_sub(1), held) && is(Some(at + 1), char::is_ascii_digit)).then_some(mark),
    };
    tidy.iter().enumerate().filter_map(kept).collect()
}

/// Text prepared for reading one number: 12 000 is one number, 12 5 are two.
fn figure(text: &str) -> String {
    let parted = parted(text, ' ', char::is_ascii_digit);
    let mut figure = String::with_capacity(parted.len());
    let mut short = true;
    for (place, part) in parted.split(' ').enumerate() {
        let leading = part.bytes().take_while(u8::is_ascii_digit).count();
        if place > 0 && !(short && leading == 3) {
            figure.push(' ');
        }
        let trailing = part.bytes().rev().take_while(u8::is_ascii_digit).count();
        // Thousands follow at most three digits, and none behind a point.
        short = trailing <= 3 && !part[..part.len() - trailing].ends_with('.');
        figure.push_str(part);
    }
    figure
}

#[cfg(test)]
mod tests;
