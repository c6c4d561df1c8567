//! The goods of a round and the terms by which people name them.

use std::collections::HashMap;

use super::numerals::{folded_term, initials, is_numeral, one_edit};
use super::pinyin::spells_part;
use super::{Alias, Candidate, Good};

/// Words that follow a menu letter: A套餐, A款.
const LETTER_SUFFIXES: [&str; 7] = ["套餐", "组合", "套", "餐", "款", "包", "类"];

/// Letters written together are looked at no further than this; more name no goods.
const RUN_MAX: usize = 30;

/// The goods of a round by the terms that name them.
pub(super) struct Catalogue<'a> {
    /// The goods themselves.
    pub goods: &'a [Good],
    terms: HashMap<Vec<char>, Vec<usize>>,
    letters: HashMap<char, Vec<usize>>,
    length_max: usize,
}

/// A good named in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    /// First character.
    pub start: usize,
    /// Behind the last character.
    pub end: usize,
    /// The goods that the term stands for; more than one is ambiguous.
    pub goods: Vec<usize>,
}

impl<'a> Catalogue<'a> {
    /// Collects the terms: names, names without brackets, aliases given and learned, codes and menu letters.
    pub fn new(goods: &'a [Good], aliases: &[Alias]) -> Self {
        let mut catalogue = Catalogue {
            goods,
            terms: HashMap::new(),
            letters: HashMap::new(),
            length_max: 0,
        };
        // What follows from a name holds only where nothing is called so outright.
        let mut derived: Vec<(Vec<char>, usize)> = Vec::new();
        for (index, good) in goods.iter().enumerate() {
            let name = folded_term(&good.name);
            let core: Vec<char> = name
                .iter()
                .copied()
                .take_while(|character| *character != '(')
                .collect();
            let letter = good
                .menu_letter
                .map(|letter| letter.to_ascii_uppercase())
                .or_else(|| own_letter(&core));
            if let Some((head, size)) = sized(&core) {
                derived.push(([size, head].concat(), index));
                derived.push((head.to_vec(), index));
            }
            catalogue.add(name, index);
            catalogue.add(core, index);
            for alias in &good.aliases {
                catalogue.add(folded_term(alias), index);
            }
            let code = folded_term(&good.code);
            if code.iter().any(char::is_ascii_alphabetic) {
                catalogue.add(code, index);
            }
            if let Some(letter) = letter {
                let holders = catalogue.letters.entry(letter).or_default();
                if !holders.contains(&index) {
                    holders.push(index);
                }
            }
        }
        for alias in aliases {
            if let Candidate::Good(index) = alias.meaning
                && index < goods.len()
            {
                catalogue.add(folded_term(&alias.written), index);
            }
        }
        derived.retain(|(term, _)| !catalogue.terms.contains_key(term));
        for (term, index) in derived {
            catalogue.add(term, index);
        }
        let explicit = |letter: &char| {
            goods.iter().any(|good| {
                good.menu_letter
                    .is_some_and(|own| own.to_ascii_uppercase() == *letter)
            })
        };
        for (letter, holders) in &mut catalogue.letters {
            if explicit(letter) {
                holders.retain(|index| goods[*index].menu_letter.is_some());
            }
        }
        for (letter, holders) in catalogue.letters.clone() {
            for suffix in LETTER_SUFFIXES {
                // 两套B is a quantity and a letter, while 套餐B is a name.
                let behind = (suffix.chars().count() > 1).then(|| format!("{suffix}{letter}"));
                for word in [Some(format!("{letter}{suffix}")), behind].into_iter().flatten() {
                    let word: Vec<char> = word.chars().collect();
                    if !catalogue.terms.contains_key(&word) {
                        catalogue.length_max = catalogue.length_max.max(word.len());
                        catalogue.terms.insert(word, holders.clone());
                    }
                }
            }
        }
        catalogue
    }

    /// Makes a letter or another label name a good, as the menu in the text says. A label that already names
    /// something else becomes ambiguous.
    pub fn announce(&mut self, label: &[char], good: usize) {
        if let ([letter], true) = (label, label[0].is_ascii_alphabetic()) {
            for suffix in LETTER_SUFFIXES {
                let behind = (suffix.chars().count() > 1).then(|| format!("{suffix}{letter}"));
                for word in [Some(format!("{letter}{suffix}")), behind].into_iter().flatten() {
                    self.add(word.chars().collect(), good);
                }
            }
        }
        self.add(label.to_vec(), good);
    }

    /// Whether anything goes by this letter.
    pub fn has_letter(&self, letter: char) -> bool {
        self.letters.contains_key(&letter)
    }

    fn add(&mut self, term: Vec<char>, good: usize) {
        if term.is_empty() {
            return;
        }
        if let ([letter], true) = (term.as_slice(), term[0].is_ascii_alphabetic()) {
            let holders = self.letters.entry(*letter).or_default();
            if !holders.contains(&good) {
                holders.push(good);
            }
            return;
        }
        self.length_max = self.length_max.max(term.len());
        let holders = self.terms.entry(term).or_default();
        if !holders.contains(&good) {
            holders.push(good);
        }
    }

    /// The good named at `start` by the longest term; spaces inside of a term do not matter.
    pub fn named_at(&self, text: &[char], start: usize, free: &[bool]) -> Option<Named> {
        if text[start] == ' ' || !free[start] {
            return None;
        }
        let latin = |index: usize| free[index] && text[index].is_ascii_alphanumeric();
        let mut term = Vec::new();
        let mut best = None;
        for end in start..text.len() {
            if !free[end] || term.len() == self.length_max || end - start > 2 * self.length_max {
                break;
            }
            if text[end] == ' ' {
                continue;
            }
            term.push(text[end]);
            let cut_before = text[start].is_ascii_alphabetic() && start > 0 && latin(start - 1);
            let cut_after = text[end].is_ascii_alphanumeric() && end + 1 < text.len() && latin(end + 1);
            if let Some(goods) = self.terms.get(&term)
                && !cut_before
                && !(cut_after && text[end].is_ascii_alphabetic() == text[end + 1].is_ascii_alphabetic())
            {
                best = Some(Named {
                    start,
                    end: end + 1,
                    goods: goods.clone(),
                });
            }
        }
        best.or_else(|| self.letter_at(text, start, free))
    }

    /// A menu letter standing alone: A, A+1, 2B; not the first letter of a nickname such as A小王.
    fn letter_at(&self, text: &[char], start: usize, free: &[bool]) -> Option<Named> {
        let goods = self.letters.get(&text[start])?;
        let open = |index: usize| index < text.len() && free[index];
        let letter = |index: &usize| open(*index) && text[*index].is_ascii_alphabetic();
        let from = (0..start)
            .rev()
            .take_while(letter)
            .take(RUN_MAX)
            .last()
            .unwrap_or(start);
        let to = (start..text.len())
            .take_while(letter)
            .take(RUN_MAX)
            .last()
            .unwrap_or(start)
            + 1;
        let multiplied = from == start
            && to == start + 2
            && text[start + 1] == 'X'
            && (open(to) && (text[to] == ' ' || text[to].is_ascii_digit()));
        if to - from > 1 && !multiplied {
            // Letters run together name several goods only in ABC各1份.
            let suffix = LETTER_SUFFIXES
                .iter()
                .find(|word| super::address::starts_with(text, to, word))
                .map_or(0, |word| word.chars().count());
            let each = (to + suffix..text.len())
                .find(|index| text[*index] != ' ')
                .is_some_and(|index| text[index] == '各');
            let listed = text[from..to]
                .iter()
                .all(|letter| self.letters.contains_key(letter));
            return (each && listed).then(|| Named {
                start,
                end: start + 1,
                goods: goods.clone(),
            });
        }
        let before = text[..start]
            .iter()
            .zip(free)
            .rev()
            .take(RUN_MAX)
            .find(|(character, _)| **character != ' ');
        let opens = before.is_none_or(|(character, free)| !free || super::quantity::is_boundary(*character));
        if text[start] == 'X' && !opens {
            return None;
        }
        if open(start + 1) {
            let next = text[start + 1];
            let han = !next.is_ascii() && !super::quantity::is_boundary(next);
            let says_how_many = is_numeral(next)
                || super::quantity::is_unit_start(next)
                || "各要来加改不换再减退半".contains(next);
            let named = han && self.named_at(text, start + 1, free).is_some();
            if han && opens && before.is_none() && !says_how_many && !named {
                return None;
            }
        }
        Some(Named {
            start,
            end: start + 1,
            goods: goods.clone(),
        })
    }

    /// Goods that a misspelt or shortened word may mean: one character wrong, pinyin in full or its initials, or a
    /// part of the name.
    pub fn similar(&self, written: &[char]) -> Vec<usize> {
        let mut similar: Vec<usize> = Vec::new();
        // D2 in a list whose menu is not in the text may be the fourth good.
        if let [letter @ 'A'..='Z', number @ ..] = written
            && number.iter().all(char::is_ascii_digit)
        {
            let index = *letter as usize - 'A' as usize;
            return (index < self.goods.len() && !self.has_letter(*letter))
                .then_some(index)
                .into_iter()
                .collect();
        }
        let latin = written.len() >= 2 && written.iter().all(char::is_ascii_alphabetic);
        let spelt: String = written.iter().collect();
        let mut terms: Vec<_> = self.terms.iter().collect();
        terms.sort();
        for (term, goods) in terms {
            let shared = term.iter().any(|character| written.contains(character));
            let near = (term.len() >= 2 && written.len() >= 2 && shared && one_edit(term, written))
                || (latin && initials(term).is_some_and(|initials| initials == spelt))
                || (latin && spells_part(written, term))
                || (written.len() >= 2 && term.len() > written.len() && contains(term, written));
            if near {
                similar.extend(goods.iter().filter(|good| self.goods.len() > **good));
            }
        }
        similar.sort_unstable();
        similar.dedup();
        similar.truncate(super::dwelling::CANDIDATES_MAX);
        similar
    }
}

/// Takes 大米5kg or 鸡蛋30枚 apart into the good and its size.
fn sized(name: &[char]) -> Option<(&[char], &[char])> {
    let from = name.iter().position(char::is_ascii_digit)?;
    let digits = name[from..]
        .iter()
        .take_while(|next| next.is_ascii_digit() || **next == '.')
        .count();
    let behind: String = name[from + digits..].iter().collect();
    let size = [
        "斤", "公斤", "KG", "G", "克", "L", "升", "ML", "毫升", "枚", "个", "只", "斤装", "枚装", "抽", "卷",
    ];
    (from >= 2 && size.contains(&behind.as_str())).then(|| name.split_at(from))
}

/// The letter in a name such as A套餐 or 套餐B.
fn own_letter(name: &[char]) -> Option<char> {
    let spelt: String = name.iter().collect();
    let (first, last) = (*name.first()?, *name.last()?);
    LETTER_SUFFIXES.iter().find_map(|suffix| {
        if first.is_ascii_uppercase() && spelt[1..].starts_with(suffix) {
            return Some(first);
        }
        (last.is_ascii_uppercase()
            && spelt
                .strip_suffix(last)
                .is_some_and(|head| head.ends_with(suffix)))
        .then_some(last)
    })
}

fn contains(text: &[char], part: &[char]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}
