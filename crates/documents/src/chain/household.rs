//! Whose entry it is: dwellings, registered names and bare rooms in its text.

use super::dwelling::{Found, Register, building_at, normal, starts_with};
use super::entry::{Household, Label, Scan};
use super::goods::Named;
use super::numerals::is_numeral;
use super::quantity::is_unit_start;
use super::words;

/// Start, end, and either the households of a name or a good.
type Span = (usize, usize, Option<Vec<usize>>, Option<Named>);

impl Scan<'_> {
    /// Finds the household by dwelling, name and bare room, and takes the goods named out on the way:
    /// where a name and a good overlap the longer one holds.
    pub(super) fn household(&mut self, register: &Register<'_>) -> Household {
        let mentions = register.mentions(&self.text);
        for mention in &mentions {
            self.mark(mention.start, mention.end, Label::Known);
        }
        let people = self.names_and_goods(register);
        let building = self.building();
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
            let next = match mention.found {
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
                Household::Unknown(text, [named, near].concat())
            }
            (Some(written), _) => written,
            (None, Some(named)) => {
                self.by_name = true;
                one_of(named)
            }
            (None, None) => self
                .room(register)
                .unwrap_or_else(|| self.surname(register, building.as_deref())),
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
                }
                people.extend(households);
                self.named.extend(named);
            }
        }
        self.named.sort_by_key(|named| named.start);
        people
    }

    /// Takes out a building without a room, such as the 3栋 of 3栋王姐.
    fn building(&mut self) -> Option<String> {
        for start in 0..self.text.len() {
            let fresh = start == 0
                || !(self.text[start - 1].is_ascii_alphanumeric() || is_numeral(self.text[start - 1]));
            if fresh
                && self.is_free(start)
                && let Some((building, end)) = building_at(&self.text, start)
                && (start..end).all(|index| self.is_free(index))
            {
                self.mark(start, end, Label::Remark);
                return Some(building);
            }
        }
        None
    }

    /// A bare room of three or four digits.
    fn room(&mut self, register: &Register<'_>) -> Option<Household> {
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
            let fresh = (start == 0 || !sign(self.text[start - 1])) && self.is_free(start);
            let next = self.text.get(end).copied().unwrap_or(' ');
            let suffix = ["号房", "室", "房", "户"]
                .into_iter()
                .find(|word| starts_with(&self.text, end, word));
            let measured = is_unit_start(next) || matches!(next, '元' | '块' | '.' | '-' | ':' | '点');
            if fresh && (3..=4).contains(&length) && (suffix.is_some() || !measured) {
                let end = end + suffix.map_or(0, |word| word.chars().count());
                let written: String = self.text[start..end].iter().collect();
                let found = register.room(&normal(&written));
                if found.is_some() || suffix.is_some() {
                    self.mark(start, end, Label::Known);
                    return Some(match found {
                        Some(Found::One(index)) => Household::One(index),
                        Some(Found::Several(several)) => Household::Several(several),
                        _ => Household::Unknown(written, Vec::new()),
                    });
                }
            }
            start += length;
        }
        None
    }

    /// Candidates for 3栋王姐 or 王某.
    fn surname(&self, register: &Register<'_>, building: Option<&str>) -> Household {
        let near = (0..self.text.len())
            .filter(|start| self.is_free(*start) && words::SURNAMES.contains(self.text[*start]))
            .find(|start| {
                words::KINSHIP
                    .iter()
                    .any(|word| starts_with(&self.text, start + 1, word))
            })
            .map_or_else(Vec::new, |start| register.surname(self.text[start], building));
        Household::Unwritten(near)
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
