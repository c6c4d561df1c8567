//! Entries written for several households: 501和502各一份, or one after the other on a line.

use super::address::normal;
use super::dwelling::{Found, Register, Scope};
use super::entry::{Change, Household, Reading, read};
use super::goods::Catalogue;
use super::written::Written;

/// More households than this on one line are a list of something else.
const HOUSEHOLDS_MAX: usize = 6;

/// Where a household is written: start, end, and its index.
type Home = (usize, usize, usize);

/// The entry as one for each household, each with its stretch of the content; `None` when it is not plain
/// which goods are whose.
pub(super) fn apart(
    content: &Written,
    register: &Register<'_>,
    catalogue: &Catalogue<'_>,
    scope: &Scope,
) -> Option<Vec<(usize, usize, Reading)>> {
    let text = &content.folded;
    let homes = homes(text, register, scope)?;
    let (first, last) = (homes.first()?, homes.last()?);
    let distinct = |index: usize| homes[..index].iter().all(|home| home.2 != homes[index].2);
    if homes.len() < 2 || homes.len() > HOUSEHOLDS_MAX || !(0..homes.len()).all(distinct) {
        return None;
    }
    let stretch = |index: usize| {
        let start = if index == 0 { 0 } else { homes[index].0 };
        let end = homes.get(index + 1).map_or(text.len(), |next| next.0);
        (start, end)
    };
    let joined = homes
        .windows(2)
        .all(|two| text[two[0].1..two[1].0].iter().all(|next| is_joint(*next)));
    if joined {
        if !text[last.1..].contains(&'各') || text[..first.0].iter().any(|next| next.is_alphanumeric()) {
            return None;
        }
        let shared = read(&content.slice(last.0, text.len()), register, catalogue, scope);
        if !is_whole(&shared, last.2) {
            return None;
        }
        let one = |index: usize| {
            let (start, end) = stretch(index);
            let household = Household::One(homes[index].2);
            (
                start,
                end,
                Reading {
                    household,
                    ..shared.clone()
                },
            )
        };
        return Some((0..homes.len()).map(one).collect());
    }
    let one = |index: usize| {
        let (start, end) = stretch(index);
        let reading = read(&content.slice(start, end), register, catalogue, scope);
        is_whole(&reading, homes[index].2).then_some((start, end, reading))
    };
    (0..homes.len()).map(one).collect()
}

/// Whether a reading is a plain order of this household.
fn is_whole(reading: &Reading, household: usize) -> bool {
    reading.household == Household::One(household)
        && reading.change == Change::New
        && reading.problem.is_none()
        && reading.has_amount
        && !reading.asks
}

/// The households written in a text, or `None` if one of them is not certain.
fn homes(text: &[char], register: &Register<'_>, scope: &Scope) -> Option<Vec<Home>> {
    let mut homes: Vec<Home> = Vec::new();
    for mention in register.mentions(text, scope) {
        let Found::One(index) = mention.found else {
            return None;
        };
        homes.push((mention.start, mention.end, index));
    }
    if homes.is_empty() {
        homes = rooms(text, register, scope);
    }
    let mut start = 0;
    while start < text.len() {
        let Some((length, households)) = register.name_at(text, start) else {
            start += 1;
            continue;
        };
        let [index] = households else { return None };
        // A name beside the dwelling of the same household says nothing new.
        if !homes.iter().any(|home| home.2 == *index) {
            homes.push((start, start + length, *index));
        }
        start += length;
    }
    homes.sort_unstable();
    Some(homes)
}

/// Bare rooms, where the building needs no telling.
fn rooms(text: &[char], register: &Register<'_>, scope: &Scope) -> Vec<Home> {
    let mut homes = Vec::new();
    let mut start = 0;
    while start < text.len() {
        let length = text[start..]
            .iter()
            .take_while(|next| next.is_ascii_digit())
            .count();
        let fresh =
            start == 0 || !(text[start - 1].is_ascii_alphanumeric() || "-.¥*+".contains(text[start - 1]));
        let end = start + length;
        let measured = text
            .get(end)
            .is_some_and(|next| super::quantity::is_unit_start(*next) || *next == '元');
        if fresh && (3..=4).contains(&length) && !measured {
            let room: String = text[start..end].iter().collect();
            if let Some(Found::One(index)) = register.room(&normal(&room), scope) {
                homes.push((start, end, index));
            }
        }
        start = end.max(start + 1);
    }
    homes
}

/// What stands between households that order the same.
fn is_joint(character: char) -> bool {
    matches!(
        character,
        ' ' | ',' | '、' | '和' | '与' | '跟' | '及' | '&' | '/' | '+' | '室' | '还' | '有'
    )
}
