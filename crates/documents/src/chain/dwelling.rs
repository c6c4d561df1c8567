//! The register of a compound and the dwellings that a text mentions.

use std::collections::HashMap;

use super::numerals::{chinese_value, folded_term, is_numeral, one_edit};
use super::{Alias, Candidate, Dwelling};

/// At most so many candidates are offered for one question.
pub(super) const CANDIDATES_MAX: usize = 6;

/// The households of a compound, indexed by what people write of them.
pub(super) struct Register<'a> {
    dwellings: &'a [Dwelling],
    keys: Vec<[String; 3]>,
    by_building_room: HashMap<(String, String), Vec<usize>>,
    by_room: HashMap<String, Vec<usize>>,
    by_name: HashMap<Vec<char>, Vec<usize>>,
    by_phone: HashMap<String, Vec<usize>>,
    name_length_max: usize,
    one_building: bool,
}

/// What a mention of a dwelling led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// Exactly one household.
    One(usize),
    /// Several households.
    Several(Vec<usize>),
    /// None; the candidates are similar ones.
    Unknown(Vec<usize>),
}

/// A dwelling written in a text, from character `start` to before `end`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mention {
    /// First character.
    pub start: usize,
    /// Behind the last character.
    pub end: usize,
    /// What it led to.
    pub found: Found,
}

/// One way to read a mention.
struct Parse {
    end: usize,
    building: String,
    unit: Option<String>,
    room: String,
    certain: bool,
}

impl<'a> Register<'a> {
    /// Indexes the households by dwelling, name, phone and the nicknames learned.
    pub fn new(dwellings: &'a [Dwelling], aliases: &[Alias]) -> Self {
        let mut register = Register {
            dwellings,
            keys: Vec::with_capacity(dwellings.len()),
            by_building_room: HashMap::new(),
            by_room: HashMap::new(),
            by_name: HashMap::new(),
            by_phone: HashMap::new(),
            name_length_max: 0,
            one_building: false,
        };
        for (index, dwelling) in dwellings.iter().enumerate() {
            let [building, unit, room] =
                [&dwelling.building, &dwelling.unit, &dwelling.room].map(|part| normal(part));
            register
                .by_building_room
                .entry((building.clone(), room.clone()))
                .or_default()
                .push(index);
            register.by_room.entry(room.clone()).or_default().push(index);
            register.keys.push([building, unit, room]);
            for name in several(dwelling.name.as_deref()) {
                register.add_name(name, index);
            }
            for phone in several(dwelling.phone.as_deref()) {
                let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
                if !digits.is_empty() {
                    register.by_phone.entry(digits).or_default().push(index);
                }
            }
        }
        for alias in aliases {
            if let Candidate::Dwelling(index) = alias.meaning
                && index < dwellings.len()
            {
                register.add_name(&alias.written, index);
            }
        }
        register.one_building = register
            .keys
            .first()
            .is_some_and(|first| register.keys.iter().all(|key| key[0] == first[0]));
        register
    }

    fn add_name(&mut self, name: &str, index: usize) {
        let name = folded_term(name);
        if name.len() >= 2 {
            self.name_length_max = self.name_length_max.max(name.len());
            let holders = self.by_name.entry(name).or_default();
            if !holders.contains(&index) {
                holders.push(index);
            }
        }
    }

    /// The households registered with this phone number.
    pub fn phone(&self, digits: &str) -> &[usize] {
        self.by_phone.get(digits).map_or(&[], Vec::as_slice)
    }

    /// The longest registered name that begins at `start`, as its length and households.
    pub fn name_at(&self, text: &[char], start: usize) -> Option<(usize, &[usize])> {
        let longest = self.name_length_max.min(text.len().saturating_sub(start));
        let latin = |index: usize| text.get(index).is_some_and(char::is_ascii_alphabetic);
        if start > 0 && latin(start) && latin(start - 1) {
            return None;
        }
        (2..=longest).rev().find_map(|length| {
            let end = start + length;
            let found = self.by_name.get(&text[start..end])?;
            (!(latin(end - 1) && latin(end))).then_some((length, found.as_slice()))
        })
    }

    /// Households by surname and, when it is known, building: for 3栋王姐.
    pub fn surname(&self, surname: char, building: Option<&str>) -> Vec<usize> {
        let matches = |index: &usize| {
            let named = self.dwellings[*index].name.as_ref();
            named.is_some_and(|name| folded_term(name).first() == Some(&surname))
                && building.is_none_or(|building| self.keys[*index][0] == building)
        };
        (0..self.dwellings.len())
            .filter(matches)
            .take(CANDIDATES_MAX)
            .collect()
    }

    /// A bare room such as 501室. It decides only where the compound has a single building.
    pub fn room(&self, room: &str) -> Option<Found> {
        let found = self.by_room.get(room)?;
        Some(match found.as_slice() {
            [one] if self.one_building => Found::One(*one),
            several => Found::Several(several.iter().copied().take(CANDIDATES_MAX).collect()),
        })
    }

    /// Whether a dwelling or a registered name begins the text, behind spaces.
    pub fn begins(&self, text: &[char]) -> bool {
        let start = text.iter().take_while(|character| **character == ' ').count();
        self.mention_at(text, start).is_some() || self.name_at(text, start).is_some()
    }

    /// Whether a mention at `start` leads to exactly one household.
    pub fn is_certain(&self, text: &[char], start: usize) -> bool {
        self.mention_at(text, start)
            .is_some_and(|mention| matches!(mention.found, Found::One(_)))
    }

    /// All mentions in a text, left to right, without overlap.
    pub fn mentions(&self, text: &[char]) -> Vec<Mention> {
        let mut mentions = Vec::new();
        let mut start = 0;
        while start < text.len() {
            match self.mention_at(text, start) {
                Some(mention) => {
                    start = mention.end;
                    mentions.push(mention);
                }
                None => start += 1,
            }
        }
        mentions
    }

    /// The dwelling written at `start`, read in the way that leads to a household, else in the longest.
    fn mention_at(&self, text: &[char], start: usize) -> Option<Mention> {
        let before = start.checked_sub(1).map(|index| text[index]);
        if before.is_some_and(|character| character.is_ascii_alphanumeric() || matches!(character, '.' | '-'))
        {
            return None;
        }
        if before.is_some_and(is_numeral) && is_numeral(*text.get(start)?) {
            return None;
        }
        let mut ones: Vec<(usize, usize)> = Vec::new();
        let mut several: Option<Mention> = None;
        let mut unknown: Option<Mention> = None;
        for parse in parses(text, start) {
            let found = self.resolve(&parse);
            let slot = match found {
                Found::One(index) => {
                    ones.push((parse.end, index));
                    continue;
                }
                Found::Several(_) => &mut several,
                Found::Unknown(_) if parse.certain => &mut unknown,
                Found::Unknown(_) => continue,
            };
            if slot.as_ref().is_none_or(|held| parse.end > held.end) {
                *slot = Some(Mention {
                    start,
                    end: parse.end,
                    found,
                });
            }
        }
        let Some(&(end, index)) = ones.iter().max_by_key(|(end, _)| *end) else {
            return several.or(unknown);
        };
        // 3-501A is a room 501A, or room 501 followed by the menu letter A: both exist, so ask.
        let rival = ones.iter().find(|(shorter, other)| {
            *shorter + 1 == end && *other != index && text[*shorter].is_ascii_uppercase()
        });
        let found = match rival {
            Some((_, other)) => Found::Several(vec![*other, index]),
            None => Found::One(index),
        };
        Some(Mention { start, end, found })
    }

    /// Looks a reading up in the register.
    fn resolve(&self, parse: &Parse) -> Found {
        let key = (parse.building.clone(), parse.room.clone());
        let same_room = self.by_building_room.get(&key).map_or(&[][..], Vec::as_slice);
        let exact: Vec<usize> = match &parse.unit {
            None => same_room.to_vec(),
            Some(unit) => {
                let with = |wanted: &str| -> Vec<usize> {
                    same_room
                        .iter()
                        .copied()
                        .filter(|index| self.keys[*index][1] == wanted)
                        .collect()
                };
                let exact = with(unit);
                // A register that keeps no unit for this building cannot contradict the one written.
                if exact.is_empty() { with("") } else { exact }
            }
        };
        match exact.as_slice() {
            [one] => return Found::One(*one),
            [] => {}
            _ => return Found::Several(exact),
        }
        if parse.unit.is_none() && self.one_building {
            let by_unit = self.by_room.get(&parse.room).map_or(&[][..], Vec::as_slice);
            let by_unit: Vec<usize> = by_unit
                .iter()
                .copied()
                .filter(|index| self.keys[*index][1] == parse.building)
                .collect();
            if let [one] = by_unit.as_slice() {
                return Found::One(*one);
            }
        }
        Found::Unknown(self.similar(parse, same_room))
    }

    /// Candidates for a dwelling that is not registered: another unit, else another building or a slip in
    /// the room.
    fn similar(&self, parse: &Parse, same_room: &[usize]) -> Vec<usize> {
        if !same_room.is_empty() {
            return same_room.iter().copied().take(CANDIDATES_MAX).collect();
        }
        let room: Vec<char> = parse.room.chars().collect();
        let elsewhere = self.by_room.get(&parse.room).map_or(&[][..], Vec::as_slice);
        let slip = (0..self.keys.len()).filter(|index| {
            self.keys[*index][0] == parse.building
                && one_edit(&self.keys[*index][2].chars().collect::<Vec<_>>(), &room)
        });
        let mut similar: Vec<usize> = Vec::new();
        for index in elsewhere.iter().copied().chain(slip) {
            if !similar.contains(&index) {
                similar.push(index);
            }
            if similar.len() == CANDIDATES_MAX {
                break;
            }
        }
        similar
    }
}

/// The names or phone numbers of a dwelling where several people are registered.
fn several(field: Option<&str>) -> impl Iterator<Item = &str> {
    field
        .unwrap_or_default()
        .split(['、', '/', ',', '，', ';', '；'])
        .map(str::trim)
        .filter(|part| !part.is_empty())
}

/// The comparable form of a building, unit or room: 三号楼, ３ and 03 are all `3`.
pub(super) fn normal(part: &str) -> String {
    let kept: Vec<char> = folded_term(part)
        .into_iter()
        .filter(|character| !"栋幢座号楼单元室房户门梯第#".contains(*character))
        .collect();
    if let Some(value) = chinese_value(&kept) {
        return value.to_string();
    }
    let text: String = kept.into_iter().collect();
    let trimmed = text.trim_start_matches('0');
    if trimmed.is_empty() && !text.is_empty() {
        "0".into()
    } else {
        trimmed.into()
    }
}

/// Every way to read a dwelling at `start`.
fn parses(text: &[char], start: usize) -> Vec<Parse> {
    let mut found = Vec::new();
    for (building, after_building) in parts(text, start, true) {
        let Some((second, word)) =
            connector(text, after_building, &["号楼", "栋", "幢", "座", "号", "楼", "#"])
        else {
            continue;
        };
        for (part, after_part) in parts(text, second, false) {
            room(text, second, &building, None, after_part, &part, word, &mut found);
            let Some((third, unit_word)) = connector(text, after_part, &["单元", "门", "梯", "单", "#"])
            else {
                continue;
            };
            let third = behind_floor(text, third);
            for (last, after_last) in parts(text, third, false) {
                let word = word || unit_word;
                room(
                    text,
                    third,
                    &building,
                    Some(part.clone()),
                    after_last,
                    &last,
                    word,
                    &mut found,
                );
            }
        }
        let behind = behind_floor(text, second);
        if behind != second {
            for (part, after_part) in parts(text, behind, false) {
                room(text, behind, &building, None, after_part, &part, word, &mut found);
            }
        }
    }
    found
}

/// Adds the reading with this room, unless the number is a quantity such as the 10 of 5-10斤.
#[allow(
    clippy::too_many_arguments,
    reason = "each argument is one part of the dwelling written"
)]
fn room(
    text: &[char],
    start: usize,
    building: &str,
    unit: Option<String>,
    after: usize,
    part: &str,
    word: bool,
    found: &mut Vec<Parse>,
) {
    let mut end = after;
    for suffix in ["号房", "室", "房", "户", "号"] {
        if starts_with(text, end, suffix) && !starts_with(text, end, "号楼") {
            end += suffix.chars().count();
            break;
        }
    }
    let long = part.chars().filter(char::is_ascii_digit).count() >= 3;
    let measured = end == after
        && text
            .get(end)
            .is_some_and(|next| super::quantity::is_unit_start(*next));
    if (measured && !long) || text.get(end).is_some_and(char::is_ascii_digit) && end == after {
        return;
    }
    let joined = start
        .checked_sub(1)
        .is_some_and(|index| text[index] != ' ' || word);
    let certain = long && joined && text.get(start.wrapping_sub(1)) != Some(&'.') && !measured;
    let room = part.to_string();
    found.push(Parse {
        end,
        building: building.to_string(),
        unit,
        room,
        certain,
    });
}

/// The readings of one number at `start`, each with the position behind it. Buildings may be letters,
/// rooms may end with one.
fn parts(text: &[char], start: usize, building: bool) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    let Some(first) = text.get(start) else {
        return found;
    };
    if first.is_ascii_digit() {
        let length = text[start..]
            .iter()
            .take_while(|character| character.is_ascii_digit())
            .count();
        if length <= 4 {
            let digits: String = text[start..start + length].iter().collect();
            let end = start + length;
            if !building && text.get(end).is_some_and(char::is_ascii_uppercase) {
                found.push((normal(&format!("{digits}{}", text[end])), end + 1));
            }
            found.push((normal(&digits), end));
        }
    } else if is_numeral(*first) && *first != '两' {
        let length = text[start..]
            .iter()
            .take(7)
            .take_while(|next| is_numeral(**next) && **next != '两')
            .count();
        for end in (start + 1..=start + length).rev() {
            if let Some(value) = chinese_value(&text[start..end]) {
                found.push((value.to_string(), end));
            }
        }
    } else if building && (first.is_ascii_uppercase() || "甲乙丙丁东西南北".contains(*first)) {
        found.push((first.to_string(), start + 1));
        let length = text[start + 1..]
            .iter()
            .take_while(|character| character.is_ascii_digit())
            .count();
        if (1..=2).contains(&length) {
            let digits: String = text[start + 1..start + 1 + length].iter().collect();
            found.push((format!("{first}{digits}"), start + 1 + length));
        }
    }
    found
}

/// The position behind a connector and whether it was a word or `#` rather than a dash.
fn connector(text: &[char], start: usize, words: &[&str]) -> Option<(usize, bool)> {
    let skip = |from: usize| from + usize::from(text.get(from) == Some(&' '));
    let start = skip(start);
    if let Some(word) = words.iter().find(|word| starts_with(text, start, word)) {
        return Some((skip(start + word.chars().count()), true));
    }
    let dash = matches!(text.get(start)?, '-' | '/' | '.' | '_');
    dash.then(|| (skip(start + 1), false))
}

/// Skips a storey such as 5楼 or 五层, which says nothing beyond the room.
fn behind_floor(text: &[char], start: usize) -> usize {
    let storey = parts(text, start, false)
        .into_iter()
        .find(|(_, end)| matches!(text.get(*end), Some('楼' | '层')));
    match storey {
        Some((_, end)) => {
            let end = end + 1;
            end + text[end..]
                .iter()
                .take(1)
                .filter(|character| **character == ' ')
                .count()
        }
        None => start,
    }
}

/// A building without a room, such as the 3栋 of 3栋王姐: its key and the position behind it.
pub(super) fn building_at(text: &[char], start: usize) -> Option<(String, usize)> {
    parts(text, start, true).into_iter().find_map(|(building, end)| {
        ["号楼", "栋", "幢", "座", "单元"]
            .iter()
            .find(|word| starts_with(text, end, word))
            .map(|word| (building, end + word.chars().count()))
    })
}

/// Whether the word stands at this position.
pub(super) fn starts_with(text: &[char], start: usize, word: &str) -> bool {
    let mut position = start;
    word.chars().all(|character| {
        position += 1;
        text.get(position - 1) == Some(&character)
    })
}
