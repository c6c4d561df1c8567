//! The register of a compound and the dwellings that a text mentions.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::address::{Building, Court, Parse, Rooms, building_at, courts, normal, parses};
use super::numerals::{folded_term, is_numeral, one_edit};
use super::pinyin::spells;
use super::{Alias, Candidate, Dwelling};

/// At most so many candidates are offered for one question.
pub(super) const CANDIDATES_MAX: usize = 6;

/// The households of a compound, indexed by what people write of them.
pub(super) struct Register<'a> {
    dwellings: &'a [Dwelling],
    /// Building, unit and room in comparable form.
    keys: Vec<[String; 3]>,
    by_building_room: HashMap<(String, String), Vec<usize>>,
    by_room: HashMap<String, Vec<usize>>,
    by_name: HashMap<Vec<char>, Vec<usize>>,
    by_phone: HashMap<String, Vec<usize>>,
    /// The buildings that share a number or letter: A leads to 桂花苑A座.
    by_core: HashMap<String, BTreeSet<String>>,
    building_keys: HashSet<String>,
    courts: Vec<Court>,
    name_length_max: usize,
    one_building: bool,
    rooms: Rooms,
}

/// The building, and the unit, that a title or a heading names for the lines below it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Scope {
    /// Key of the building.
    pub building: Option<String>,
    /// Key of the unit.
    pub unit: Option<String>,
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
    /// The household if its last letter belongs to the room, where it may also be the letter of a good.
    pub lettered: Option<usize>,
}

impl<'a> Register<'a> {
    /// Indexes the households by dwelling, name, phone and the nicknames learned.
    pub fn new(dwellings: &'a [Dwelling], aliases: &[Alias]) -> Self {
        let mut buildings: HashMap<&str, Building> = HashMap::new();
        for dwelling in dwellings {
            buildings
                .entry(&dwelling.building)
                .or_insert_with(|| Building::new(&dwelling.building));
        }
        let mut apart: Vec<Building> = buildings.values().cloned().collect();
        apart.sort();
        let mut register = Register {
            dwellings,
            keys: Vec::with_capacity(dwellings.len()),
            by_building_room: HashMap::new(),
            by_room: HashMap::new(),
            by_name: HashMap::new(),
            by_phone: HashMap::new(),
            by_core: HashMap::new(),
            building_keys: apart.iter().map(Building::key).collect(),
            courts: courts(&apart),
            name_length_max: 0,
            one_building: buildings.len() == 1,
            rooms: Rooms::default(),
        };
        for building in &apart {
            let holders = register.by_core.entry(building.core.clone()).or_default();
            holders.insert(building.key());
        }
        for (index, dwelling) in dwellings.iter().enumerate() {
            let building = buildings[dwelling.building.as_str()].key();
            let [unit, room] = [&dwelling.unit, &dwelling.room].map(|part| normal(part));
            register
                .by_building_room
                .entry((building.clone(), room.clone()))
                .or_default()
                .push(index);
            register.by_room.entry(room.clone()).or_default().push(index);
            register.rooms.small |= room.len() <= 2;
            register.rooms.storeyed |= room.contains('-');
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

    /// Whether the text, of at least two characters, is a part of the household's registered names.
    pub fn is_called(&self, index: usize, text: &[char]) -> bool {
        let name = folded_term(self.dwellings[index].name.as_deref().unwrap_or_default());
        text.len() >= 2 && name.windows(text.len()).any(|part| part == text)
    }

    /// Households by surname and, when it is known, building: for 3栋王姐.
    pub fn surname(&self, surname: char, building: Option<&str>) -> Vec<usize> {
        let matches = |index: &usize| {
            let mut names = several(self.dwellings[*index].name.as_deref());
            names.any(|name| folded_term(name).first() == Some(&surname))
                && building.is_none_or(|building| self.lives_in(*index, building, None))
        };
        (0..self.dwellings.len())
            .filter(matches)
            .take(CANDIDATES_MAX)
            .collect()
    }

    /// Households with a name that sounds like these Latin capitals, and, when it is known, of the building.
    pub fn sounding(&self, letters: &[char], building: Option<&str>) -> Vec<usize> {
        let matches = |index: &usize| {
            let mut names = several(self.dwellings[*index].name.as_deref());
            names.any(|name| spells(letters, &folded_term(name)))
                && building.is_none_or(|building| self.lives_in(*index, building, None))
        };
        (0..self.dwellings.len())
            .filter(matches)
            .take(CANDIDATES_MAX)
            .collect()
    }

    /// Whether all households live in one building.
    pub fn is_one_building(&self) -> bool {
        self.one_building
    }

    /// Whether rooms of one or two digits exist.
    pub fn has_small_rooms(&self) -> bool {
        self.rooms.small
    }

    /// A building without a room that is written at `start`: key, unit, and the position behind.
    pub fn building_at(&self, text: &[char], start: usize) -> Option<(String, Option<String>, usize)> {
        building_at(text, start, &self.courts)
    }

    /// Whether a building of this key, or with this number, is registered.
    pub fn has_building(&self, key: &str) -> bool {
        !self.buildings(key).is_empty()
    }

    /// The building that a key or a number means, if it means one only.
    pub fn only_building(&self, key: &str) -> Option<String> {
        match self.buildings(key).as_slice() {
            [one] => Some(one.clone()),
            _ => None,
        }
    }

    /// Whether a household lives in the building, or in one of this number in any court, and in the unit.
    pub fn lives_in(&self, index: usize, building: &str, unit: Option<&str>) -> bool {
        let [held, held_unit, _] = &self.keys[index];
        let same = held == building || self.buildings(building).contains(held);
        same && unit.is_none_or(|unit| held_unit == unit || held_unit.is_empty())
    }

    /// Whether a household lives where a heading says.
    pub fn is_in(&self, index: usize, scope: &Scope) -> bool {
        let [building, unit, _] = &self.keys[index];
        let wanted =
            |wanted: &Option<String>, held: &String| wanted.as_ref().is_none_or(|wanted| wanted == held);
        wanted(&scope.building, building) && (unit.is_empty() || wanted(&scope.unit, unit))
    }

    /// A bare room such as 501室. It decides only where the compound has a single building, or a heading
    /// has named the building.
    pub fn room(&self, room: &str, scope: &Scope) -> Option<Found> {
        let found = self.by_room.get(room)?;
        let within: Vec<usize> = found
            .iter()
            .copied()
            .filter(|index| self.is_in(*index, scope))
            .collect();
        Some(match within.as_slice() {
            [one] if self.one_building || scope.building.is_some() => Found::One(*one),
            [] => Found::Several(found.iter().copied().take(CANDIDATES_MAX).collect()),
            several => Found::Several(several.iter().copied().take(CANDIDATES_MAX).collect()),
        })
    }

    /// Rooms of the building in question that differ from this one by a slip.
    pub fn near_rooms(&self, room: &str, scope: &Scope) -> Vec<usize> {
        let room: Vec<char> = room.chars().collect();
        let near = |index: &usize| {
            self.is_in(*index, scope) && one_edit(&self.keys[*index][2].chars().collect::<Vec<_>>(), &room)
        };
        (0..self.keys.len()).filter(near).take(CANDIDATES_MAX).collect()
    }

    /// Dwellings whose parts may be written without anything between them: 12501 for 12-501.
    pub fn run_together(&self, digits: &str) -> Vec<usize> {
        let fits = |index: &usize| {
            let [building, unit, room] = &self.keys[*index];
            let spelt = [building.as_str(), unit, room].concat();
            let short = [building.as_str(), room].concat();
            (spelt == digits || short == digits) && !building.is_empty()
        };
        (0..self.keys.len()).filter(fits).take(CANDIDATES_MAX).collect()
    }

    /// Whether a dwelling or a registered name begins the text, behind spaces.
    pub fn begins(&self, text: &[char]) -> bool {
        let start = text.iter().take_while(|character| **character == ' ').count();
        self.mention_at(text, start, &Scope::default()).is_some() || self.name_at(text, start).is_some()
    }

    /// Whether a mention at `start` leads to exactly one household.
    pub fn is_certain(&self, text: &[char], start: usize) -> bool {
        self.mention_at(text, start, &Scope::default())
            .is_some_and(|mention| matches!(mention.found, Found::One(_)))
    }

    /// All mentions in a text, left to right, without overlap.
    pub fn mentions(&self, text: &[char], scope: &Scope) -> Vec<Mention> {
        let mut mentions = Vec::new();
        let mut start = 0;
        while start < text.len() {
            match self.mention_at(text, start, scope) {
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
    fn mention_at(&self, text: &[char], start: usize, scope: &Scope) -> Option<Mention> {
        let first = *text.get(start)?;
        let before = start.checked_sub(1).map(|index| text[index]);
        if first == ' '
            || before
                .is_some_and(|character| character.is_ascii_alphanumeric() || matches!(character, '.' | '-'))
        {
            return None;
        }
        // The 00-11 of 9:00-11:00 is a time.
        let minutes = before == Some(':') && start >= 2 && text[start - 2].is_ascii_digit();
        if minutes || before.is_some_and(is_numeral) && is_numeral(first) {
            return None;
        }
        let opens = text[..start].iter().all(|next| *next == ' ');
        let glued = before.is_some_and(|next| {
            !next.is_ascii() && next.is_alphabetic() && !"住在是家我给帮为".contains(next)
        });
        let mut ones: Vec<(usize, usize)> = Vec::new();
        let mut several: Option<Mention> = None;
        let mut unknown: Option<Mention> = None;
        for parse in parses(text, start, &self.courts, self.rooms) {
            if parse.spaced && !opens {
                continue;
            }
            let found = match self.resolve(&parse, scope, glued) {
                // 3 501 may be the third entry of a list and its room.
                Found::One(index) if parse.spaced && parse.unit.is_none() => Found::Several(vec![index]),
                Found::Several(_) | Found::Unknown(_) if parse.spaced => continue,
                found => found,
            };
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
                    lettered: None,
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
        Some(Mention {
            start,
            end,
            found,
            lettered: rival.map(|_| index),
        })
    }

    /// The buildings that a key may mean: itself, or those with this number in any court.
    fn buildings(&self, key: &str) -> Vec<String> {
        if self.building_keys.contains(key) {
            return vec![key.to_string()];
        }
        self.by_core
            .get(key)
            .map_or(Vec::new(), |held| held.iter().cloned().collect())
    }

    /// Looks a reading up in the register. `glued` tells that other text stands directly in front, such as the
    /// name of a court that is not registered.
    fn resolve(&self, parse: &Parse, scope: &Scope, glued: bool) -> Found {
        let buildings = match (&parse.building, &scope.building) {
            (Some(key), _) => self.buildings(key),
            (None, Some(building)) => vec![building.clone()],
            (None, None) => self.by_core.values().flatten().cloned().collect(),
        };
        let in_building = |building: &String| -> &[usize] {
            let key = (building.clone(), parse.room.clone());
            self.by_building_room.get(&key).map_or(&[], Vec::as_slice)
        };
        let same_room: Vec<usize> = buildings.iter().flat_map(in_building).copied().collect();
        let with_unit = |wanted: &str| -> Vec<usize> {
            let with = |index: &usize| self.keys[*index][1] == wanted;
            same_room.iter().copied().filter(with).collect()
        };
        let exact: Vec<usize> = match &parse.unit {
            None => same_room.clone(),
            Some(unit) => {
                let exact = with_unit(unit);
                // A register that keeps no unit for this building cannot contradict the one written.
                if exact.is_empty() && !parse.spaced {
                    with_unit("")
                } else {
                    exact
                }
            }
        };
        let by_unit = self.by_unit(parse, scope);
        let in_court = parse
            .building
            .as_ref()
            .is_some_and(|key| !buildings.contains(key));
        let unsure = buildings.len() > 1 || (in_court && glued);
        match (exact.as_slice(), by_unit.as_slice()) {
            ([one], []) if !unsure => Found::One(*one),
            ([], [one]) if buildings.is_empty() || self.one_building => Found::One(*one),
            ([], []) => Found::Unknown(self.similar(parse, &buildings, same_room)),
            _ => Found::Several([exact, by_unit].concat()),
        }
    }

    /// 2-501 read as unit and room, where the building needs no telling.
    fn by_unit(&self, parse: &Parse, scope: &Scope) -> Vec<usize> {
        let (Some(unit), None, false) = (&parse.building, &parse.unit, parse.spaced) else {
            return Vec::new();
        };
        if !self.one_building && scope.building.is_none() {
            return Vec::new();
        }
        let found = self.by_room.get(&parse.room).map_or(&[][..], Vec::as_slice);
        let fits = |index: &usize| self.keys[*index][1] == *unit && self.is_in(*index, scope);
        found.iter().copied().filter(fits).collect()
    }

    /// Candidates for a dwelling that is not registered: another unit, else another building or a slip in
    /// the room.
    fn similar(&self, parse: &Parse, buildings: &[String], same_room: Vec<usize>) -> Vec<usize> {
        if !same_room.is_empty() {
            return same_room.into_iter().take(CANDIDATES_MAX).collect();
        }
        let room: Vec<char> = parse.room.chars().collect();
        let elsewhere = self.by_room.get(&parse.room).map_or(&[][..], Vec::as_slice);
        let slip = |with_unit: bool| {
            let room = &room;
            (0..self.keys.len()).filter(move |index| {
                let [building, unit, held] = &self.keys[*index];
                let here = if buildings.is_empty() && self.one_building && parse.unit.is_none() {
                    parse.building.as_ref() == Some(unit)
                } else {
                    buildings.contains(building)
                };
                here && one_edit(&held.chars().collect::<Vec<_>>(), room)
                    && (!with_unit || parse.unit.as_ref().is_none_or(|wanted| wanted == unit))
            })
        };
        let mut similar: Vec<usize> = Vec::new();
        for index in slip(true).chain(elsewhere.iter().copied()).chain(slip(false)) {
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
