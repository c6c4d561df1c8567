//! Whose entry it is: dwellings, registered names and bare rooms in its text.

use super::address::{normal, starts_with};
use super::dwelling::{Found, Register, Scope};
use super::entry::{Household, Label, Scan};
use super::goods::Named;
use super::numerals::is_numeral;
use super::quantity::{is_boundary, is_unit_start};
use super::words;

/// Start, end, and either the households of a name or a good.
type Span = (usize, usize, Option<Vec<usize>>, Option<Named>);

impl Scan<'_> {
    /// Finds the household by dwelling, name and bare room, and takes the goods named out on the way:
    /// where a name and a good overlap the longer one holds.
    pub(super) fn household(&mut self, register: &Register<'_>, scope: &Scope) -> Household {
        let mentions = register.mentions(&self.text, scope);
        for mention in &mentions {
            self.mark(mention.start, mention.end, Label::Known);
            self.homes.push((mention.start, mention.end));
        }
        let people = self.names_and_goods(register);
        let building = self.building(register);
        self.building_alone = building.is_some();
        let named: Option<Vec<usize>> = people.into_iter().reduce(|held, other| {
            let both: Vec<usize> = held
                .iter()
                .copied()
                .filter(|index| other.contains(index))
                .collect();
            if both.is_empty() {
                [held, other].concat()
            } else {
                both
            }
        });
        let mut written: Option<Household> = None;
        for mention in mentions {
            // Where a good is named besides, the letter belongs to the room.
            let found = match mention.lettered.filter(|_| !self.named.is_empty()) {
                Some(index) => Found::One(index),
                None => mention.found,
            };
            let next = match found {
                Found::One(index) => Household::One(index),
                Found::Several(several) => Household::Several(several),
                Found::Unknown(near) => {
                    Household::Unknown(self.text[mention.start..mention.end].iter().collect(), near)
                }
            };
            written = Some(match written {
                None => next,
                Some(held) if held == next => held,
                Some(held) => Household::Several([candidates(&held), candidates(&next)].concat()),
            });
        }
        // 3栋5-1-301 names two buildings.
        let elsewhere = |index: &usize| {
            let other = building.as_ref().filter(|(key, _)| register.has_building(key));
            other.is_some_and(|(key, unit)| !register.lives_in(*index, key, unit.as_deref()))
        };
        let written = match written {
            Some(Household::One(index)) if elsewhere(&index) => Some(Household::Several(vec![index])),
            written => written,
        };
        let household = match (written, named) {
            (Some(Household::One(index)), Some(named)) if !named.contains(&index) => {
                Household::Several([vec![index], named].concat())
            }
            (Some(Household::Several(several)), Some(named)) => {
                let both: Vec<usize> = several
                    .iter()
                    .copied()
                    .filter(|index| named.contains(index))
                    .collect();
                one_of(if both.is_empty() {
                    [several, named].concat()
                } else {
                    both
                })
            }
            (Some(Household::Unknown(text, near)), Some(named)) => {
                self.by_name = false;
                let both = [named, near].concat();
                Household::Unknown(text, both)
            }
            (Some(written), _) => written,
            (None, Some(named)) => {
                self.by_name = true;
                self.named_at_home(named, building.as_ref(), register, scope)
            }
            (None, None) => self
                .room(register, scope)
                .unwrap_or_else(|| self.surname(register, building.as_ref().map(|(key, _)| key.as_str()))),
        };
        match household {
            Household::Several(mut several) => {
                several.sort_unstable();
                several.dedup();
                Household::Several(several)
            }
            other => other,
        }
    }

    /// The households of a name, narrowed by a bare room or a building beside it: 1204 邹明, 2组李老四.
    fn named_at_home(
        &mut self,
        named: Vec<usize>,
        building: Option<&(String, Option<String>)>,
        register: &Register<'_>,
        scope: &Scope,
    ) -> Household {
        for (start, end) in self.bare_numbers() {
            let next = self.text.get(end).copied().unwrap_or(' ');
            if end - start < 3 && !matches!(next, '号' | '室') || is_unit_start(next) {
                continue;
            }
            let written: String = self.text[start..end].iter().collect();
            let rooms = match register.room(&normal(&written), scope) {
                Some(Found::One(index)) => vec![index],
                Some(Found::Several(several)) => several,
                _ => continue,
            };
            let both: Vec<usize> = named
                .iter()
                .copied()
                .filter(|index| rooms.contains(index))
                .collect();
            if !both.is_empty() {
                self.mark(start, end, Label::Known);
                return one_of(both);
            }
        }
        let Some((key, unit)) = building else {
            return one_of(named);
        };
        let lives = |index: &usize| register.lives_in(*index, key, unit.as_deref());
        let within: Vec<usize> = named.iter().copied().filter(lives).collect();
        match (within.as_slice(), register.has_building(key)) {
            ([one], _) => Household::One(*one),
            ([], true) => Household::Several(named),
            ([], false) => one_of(named),
            _ => Household::Several(within),
        }
    }

    /// Takes words in front of the dwelling that hold more than a good or a number for nicknames: 爱吃苹果的猫,
    /// 米粒妈妈, 小明2020.
    pub(super) fn nicknames(&mut self) {
        let Some(home) = self.homes.iter().map(|home| home.0).min() else {
            return;
        };
        let mut start = 0;
        while start < home {
            let inside = |index: usize| index < home && !is_boundary(self.text[index]);
            let end = (start..home).find(|index| !inside(*index)).unwrap_or(home);
            if end > start && self.is_nickname(start, end) {
                self.named.retain(|named| named.start < start || named.end > end);
                self.mark(start, end, Label::Remark);
            }
            start = end + 1;
        }
    }

    fn is_nickname(&self, start: usize, end: usize) -> bool {
        let word = &self.text[start..end];
        let counted = (start..end).any(|index| {
            (self.text[index].is_ascii_digit() || is_numeral(self.text[index]))
                && self.text.get(index + 1).is_some_and(|next| is_unit_start(*next))
        });
        let goods = self
            .named
            .iter()
            .any(|named| start <= named.start && named.end <= end && named.end - named.start < end - start);
        let digits = word.iter().any(char::is_ascii_digit);
        let free: Vec<char> = (start..end)
            .filter(|index| self.is_free(*index) && !self.text[*index].is_ascii_digit())
            .map(|index| self.text[index])
            .collect();
        let known = (start..end).any(|index| !self.is_free(index));
        let speaks = words::FILLER
            .iter()
            .any(|word| free.iter().copied().eq(word.chars()))
            || words::any(&free, &["要", "订", "来", "买", "加", "退", "改", "取消", "不"]);
        if counted || speaks || free.len() < 2 {
            return false;
        }
        let food = free.iter().any(|next| words::GOODS.contains(*next));
        goods || (digits && !known && !food && free.iter().all(|next| next.is_alphabetic()))
    }

    /// Marks registered names and goods, longest first, and returns the households of each name.
    fn names_and_goods(&mut self, register: &Register<'_>) -> Vec<Vec<usize>> {
        let free = self.free();
        let mut spans: Vec<Span> = Vec::new();
        for start in 0..self.text.len() {
            if let Some((length, households)) = register.name_at(&self.text, start) {
                spans.push((start, start + length, Some(households.to_vec()), None));
            }
            if let Some(named) = self.catalogue.named_at(&self.text, start, &free) {
                spans.push((start, named.end, None, Some(named)));
            }
        }
        spans.sort_by_key(|(start, end, ..)| (std::cmp::Reverse(end - start), *start));
        let mut people = Vec::new();
        for (start, end, households, named) in spans {
            if (start..end).all(|index| self.is_free(index)) {
                self.mark(start, end, Label::Known);
                if households.is_some() {
                    self.names.push((start, end));
                    self.homes.push((start, end));
                }
                people.extend(households);
                self.named.extend(named);
            }
        }
        self.named.sort_by_key(|named| named.start);
        people
    }

    /// Takes out a building without a room, such as the 3栋 of 3栋王姐.
    fn building(&mut self, register: &Register<'_>) -> Option<(String, Option<String>)> {
        for start in 0..self.text.len() {
            let fresh = start == 0
                || !(self.text[start - 1].is_ascii_alphanumeric() || is_numeral(self.text[start - 1]));
            if fresh
                && self.is_free(start)
                && let Some((building, unit, end)) = register.building_at(&self.text, start)
                && (start..end).all(|index| self.is_free(index))
            {
                self.mark(start, end, Label::Remark);
                return Some((building, unit));
            }
        }
        None
    }

    /// Runs of digits that stand alone and are no quantity, so that they may be a room.
    fn bare_numbers(&self) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        let mut start = 0;
        while start < self.text.len() {
            let length = self.text[start..]
                .iter()
                .take_while(|next| next.is_ascii_digit())
                .count();
            if length == 0 {
                start += 1;
                continue;
            }
            let end = start + length;
            let sign =
                |next: char| next.is_ascii_alphanumeric() || matches!(next, '-' | '.' | '¥' | '*' | '+');
            if (start == 0 || !sign(self.text[start - 1])) && self.is_free(start) {
                found.push((start, end));
            }
            start = end;
        }
        found
    }

    /// A bare room of three or four digits, or of one or two in a village: 12号.
    fn room(&mut self, register: &Register<'_>, scope: &Scope) -> Option<Household> {
        let placed = register.is_one_building() || scope.building.is_some();
        for (start, digits_end) in self.bare_numbers() {
            let length = digits_end - start;
            let lettered = self.text.get(digits_end).is_some_and(char::is_ascii_uppercase)
                && !self
                    .text
                    .get(digits_end + 1)
                    .is_some_and(char::is_ascii_alphanumeric);
            let next = self.text.get(digits_end).copied().unwrap_or(' ');
            let suffix = ["号房", "号室", "室", "房", "户", "号"]
                .into_iter()
                .find(|word| starts_with(&self.text, digits_end, word));
            let suffix = suffix.filter(|word| {
                *word != "号"
                    || !["号楼", "号套", "号餐"]
                        .iter()
                        .any(|word| starts_with(&self.text, digits_end, word))
            });
            let measured = is_unit_start(next) || matches!(next, '元' | '块' | '.' | '-' | ':' | '点');
            let opens = self.text[..start].iter().all(|next| *next == ' ');
            // 501: and 502： begin what a room says in the chat of its building.
            let speaks = next == ':' && opens;
            let small = register.has_small_rooms() && suffix.is_some() && (scope.building.is_some() || opens);
            if !((3..=4).contains(&length) || (small && length <= 2))
                || (suffix.is_none() && measured && !speaks)
            {
                continue;
            }
            let end = digits_end + suffix.map_or(0, |word| word.chars().count());
            let written: String = self.text[start..end].iter().collect();
            let letter_end = digits_end + 1;
            let with_letter = lettered
                .then(|| {
                    register.room(
                        &normal(&self.text[start..letter_end].iter().collect::<String>()),
                        scope,
                    )
                })
                .flatten();
            let (found, end) = match with_letter {
                Some(found) => (Some(found), letter_end),
                None => (register.room(&normal(&written), scope), end),
            };
            let unknown = placed && opens && length >= 3;
            if found.is_none() && suffix.is_none() && !unknown {
                continue;
            }
            self.mark(start, end, Label::Known);
            self.homes.push((start, end));
            return Some(match found {
                Some(Found::One(index)) => Household::One(index),
                Some(Found::Several(several)) => Household::Several(several),
                _ => {
                    let near = register.near_rooms(&normal(&written), scope);
                    Household::Unknown(written, near)
                }
            });
        }
        let (start, end) = *self.bare_numbers().first()?;
        let written: String = self.text[start..end].iter().collect();
        let opens = self.text[..start].iter().all(|next| *next == ' ');
        let near = if opens && end - start >= 4 {
            register.run_together(&written)
        } else {
            Vec::new()
        };
        if near.is_empty() {
            return None;
        }
        self.mark(start, end, Label::Known);
        self.homes.push((start, end));
        Some(Household::Several(near))
    }

    /// Candidates for 3栋王姐, 王某 or wangxiuying.
    fn surname(&self, register: &Register<'_>, building: Option<&str>) -> Household {
        let near = (0..self.text.len())
            .filter(|start| self.is_free(*start) && words::SURNAMES.contains(self.text[*start]))
            .find(|start| {
                words::KINSHIP
                    .iter()
                    .any(|word| starts_with(&self.text, start + 1, word))
            })
            .map_or_else(Vec::new, |start| register.surname(self.text[start], building));
        if !near.is_empty() {
            return Household::Unwritten(near);
        }
        let spelt = self.latin_words().into_iter();
        let near = spelt.map(|letters| register.sounding(&letters, building));
        Household::Unwritten(near.into_iter().find(|near| !near.is_empty()).unwrap_or_default())
    }

    /// Runs of free Latin letters, and two such runs with a space between them as one: zhangsan, zhang san.
    fn latin_words(&self) -> Vec<Vec<char>> {
        let mut runs: Vec<(usize, usize)> = Vec::new();
        for index in 0..self.text.len() {
            if !self.is_free(index) || !self.text[index].is_ascii_alphabetic() {
                continue;
            }
            match runs.last_mut() {
                Some((_, end)) if *end == index => *end += 1,
                _ => runs.push((index, index + 1)),
            }
        }
        let word = |(start, end): &(usize, usize)| self.text[*start..*end].to_vec();
        let pairs = runs
            .windows(2)
            .filter(|pair| pair[0].1 + 1 == pair[1].0 && self.text[pair[0].1] == ' ')
            .map(|pair| [word(&pair[0]), word(&pair[1])].concat());
        pairs.chain(runs.iter().map(word)).collect()
    }
}

/// The households that a finding could mean.
pub(super) fn candidates(household: &Household) -> Vec<usize> {
    match household {
        Household::One(index) => vec![*index],
        Household::Several(several) => several.clone(),
        Household::Unknown(_, near) | Household::Unwritten(near) => near.clone(),
    }
}

fn one_of(households: Vec<usize>) -> Household {
    match households.as_slice() {
        [one] => Household::One(*one),
        _ => Household::Several(households),
    }
}
