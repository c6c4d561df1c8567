//! Compares the drafts with each other: copies of the list, quotations, corrections, double entries.

use std::collections::{HashMap, HashSet};

use super::draft::{Draft, Outline};
use super::dwelling::CANDIDATES_MAX;
use super::entry::{Change, Household};
use super::goods::Catalogue;
use super::household::candidates;
use super::quantity::in_sale_units;
use super::{Candidate, Guess, Parsed, ParsedOrder, Question, Reason};

/// At least so many entries must be missing from a later copy before it counts as an old copy pasted
/// late; a single missing entry may be a household that took itself off the list.
const OLD_COPY_MISSING_MIN: usize = 2;

/// What an entry comes to: the same for two writings of the same order.
type Key = (Option<usize>, String);

/// Decides about all drafts.
pub(super) fn settle(outline: Outline, catalogue: &Catalogue<'_>) -> Parsed {
    let mut settler = Settler {
        parsed: Parsed {
            title: outline.title,
            unrecognised: outline.unrecognised,
            structure: outline.structure,
            ..Parsed::default()
        },
        catalogue,
        orders: Vec::new(),
        by_dwelling: HashMap::new(),
        corrected: HashMap::new(),
    };
    let (quoted, drafts): (Vec<Draft>, Vec<Draft>) =
        outline.drafts.into_iter().partition(|draft| draft.quoted);
    let live = settler.newest_copies(drafts);
    let keys: HashSet<Key> = live.iter().map(key).collect();
    let households: HashSet<usize> = live.iter().filter_map(certain).collect();
    // The list speaks first and the chat corrects it, wherever in the paste the list stands.
    let (listed, chat): (Vec<Draft>, Vec<Draft>) =
        live.into_iter().partition(|draft| draft.position.is_some());
    for draft in listed.into_iter().chain(chat) {
        settler.decide(draft);
    }
    for draft in quoted {
        let known = certain(&draft).is_some_and(|index| households.contains(&index));
        let orders = draft.reading.has_good || draft.reading.has_amount;
        if known || keys.contains(&key(&draft)) || !orders {
            settler.parsed.structure.push(draft.line);
        } else {
            settler.ask(draft, Reason::Quoted, Vec::new());
        }
    }
    settler.parsed.orders = settler.orders.into_iter().flatten().collect();
    settler.parsed
}

struct Settler<'a> {
    parsed: Parsed,
    catalogue: &'a Catalogue<'a>,
    /// Orders taken so far; a withdrawn or replaced one leaves a gap.
    orders: Vec<Option<ParsedOrder>>,
    by_dwelling: HashMap<usize, usize>,
    /// Line of an entry in the newest copy to the line of its older version.
    corrected: HashMap<usize, usize>,
}

/// The household of a draft, when it is certain.
fn certain(draft: &Draft) -> Option<usize> {
    match draft.reading.household {
        Household::One(index) => Some(index),
        _ => None,
    }
}

fn key(draft: &Draft) -> Key {
    match (certain(draft), &draft.reading.problem) {
        (Some(index), None) => {
            let mut lines = draft.reading.lines.clone();
            lines.sort_unstable();
            (Some(index), format!("{lines:?}"))
        }
        _ => (None, draft.content.key()),
    }
}

impl Settler<'_> {
    /// Keeps the newest copy of each list and the loose lines; older copies become structure, except for
    /// entries that the newest copy lacks, which are asked about.
    fn newest_copies(&mut self, drafts: Vec<Draft>) -> Vec<Draft> {
        let (listed, mut live): (Vec<Draft>, Vec<Draft>) =
            drafts.into_iter().partition(|draft| draft.position.is_some());
        let mut copies: Vec<Vec<Draft>> = Vec::new();
        for draft in listed {
            match copies.last_mut() {
                Some(copy) if copy[0].block == draft.block => copy.push(draft),
                _ => copies.push(vec![draft]),
            }
        }
        let mut chains: Vec<Vec<Vec<Draft>>> = Vec::new();
        for copy in copies {
            let chain = chains
                .iter_mut()
                .find(|chain| chain.iter().any(|earlier| same_list(earlier, &copy)));
            match chain {
                Some(chain) => chain.push(copy),
                None => chains.push(vec![copy]),
            }
        }
        for mut chain in chains {
            let newest = chain.remove(newest_of(&chain));
            self.supersede(chain, &newest);
            live.extend(newest);
        }
        live.sort_by_key(|draft| draft.line.number);
        live
    }

    /// Files older copies of a list away, the latest first.
    fn supersede(&mut self, older: Vec<Vec<Draft>>, newest: &[Draft]) {
        let mut known: HashSet<Key> = newest.iter().map(key).collect();
        for copy in older.into_iter().rev() {
            let shown: HashSet<Key> = copy.iter().map(key).collect();
            for draft in copy {
                self.supersede_entry(draft, newest, &shown, &mut known);
            }
        }
    }

    /// Files one entry of an older copy away; `shown` is what that copy holds, `known` what is settled.
    fn supersede_entry(
        &mut self,
        draft: Draft,
        newest: &[Draft],
        shown: &HashSet<Key>,
        known: &mut HashSet<Key>,
    ) {
        let same = newest
            .iter()
            .find(|other| certain(other).is_some() && certain(other) == certain(&draft));
        if known.contains(&key(&draft)) {
            return self.parsed.structure.push(draft.line);
        }
        if let Some(same) = same {
            let corrected = self
                .corrected
                .entry(same.line.number)
                .or_insert(draft.line.number);
            *corrected = (*corrected).max(draft.line.number);
            return self.parsed.structure.push(draft.line);
        }
        let holder = newest.iter().find(|other| other.position == draft.position);
        if holder.is_some_and(|holder| holder.content.key().starts_with(&draft.content.key())) {
            return self.parsed.structure.push(draft.line);
        }
        known.insert(key(&draft));
        let reason = match (holder, draft.position) {
            // A holder that stood further down in the old copy has only moved up.
            (Some(holder), Some(position)) if !shown.contains(&key(holder)) => Reason::PositionConflict {
                position,
                other_line: holder.line.number,
            },
            _ => Reason::Missing,
        };
        self.ask(draft, reason, Vec::new());
    }

    fn decide(&mut self, draft: Draft) {
        let dwelling = match &draft.reading.household {
            Household::One(index) => *index,
            Household::Several(several) => {
                let candidates = dwellings(several);
                return self.ask(draft, Reason::AmbiguousDwelling, candidates);
            }
            Household::Unknown(written, near) => {
                let (written, candidates) = (written.clone(), dwellings(near));
                return self.ask(draft, Reason::UnknownDwelling { written }, candidates);
            }
            Household::Unwritten(near) => {
                let candidates = dwellings(near);
                return self.ask(draft, Reason::NoDwelling, candidates);
            }
        };
        if draft.reading.asks {
            return self.ask(draft, Reason::Asks, Vec::new());
        }
        let earlier = self.by_dwelling.get(&dwelling).copied();
        match draft.reading.change {
            Change::New => self.order(draft, dwelling, earlier),
            Change::Plus => match earlier {
                Some(slot) => self.ask_addition(draft, slot),
                None => self.order(draft, dwelling, None),
            },
            Change::Withdraw => self.withdraw(draft, earlier),
            Change::Set | Change::Add => self.change(draft, earlier),
            Change::Unclear => self.ask_change(draft, earlier),
        }
    }

    /// 换成 and the like are asked about; for 苹果换成西瓜 the guess is the order with the good exchanged.
    fn ask_change(&mut self, mut draft: Draft, earlier: Option<usize>) {
        let order = earlier.and_then(|slot| self.orders[slot].as_ref());
        let other_line = order.map(|order| order.line.number);
        if let (Some(order), [(old, _), (new, _)], false) =
            (order, draft.reading.lines.as_slice(), draft.reading.has_amount)
            && has(&order.lines, *old)
            && !has(&order.lines, *new)
        {
            let exchange =
                |(good, quantity): &(usize, u32)| (if good == old { *new } else { *good }, *quantity);
            draft.reading.lines = order.lines.iter().map(exchange).collect();
        }
        self.ask(draft, Reason::ChangeUnclear { other_line }, Vec::new());
    }

    /// Takes a new order, unless the household has one already.
    fn order(&mut self, draft: Draft, dwelling: usize, earlier: Option<usize>) {
        if let Some((reason, candidates)) = draft.reading.problem.clone() {
            return self.ask(draft, reason, candidates);
        }
        if let Some(first) = earlier.and_then(|slot| self.orders[slot].as_ref()) {
            let other_line = first.line.number;
            let (mut held, mut new) = (first.lines.clone(), draft.reading.lines.clone());
            held.sort_unstable();
            new.sort_unstable();
            let reason = if held == new {
                Reason::TwiceSame { other_line }
            } else {
                Reason::TwiceDifferent { other_line }
            };
            return self.ask(draft, reason, Vec::new());
        }
        let lines = draft.reading.lines.clone();
        let replaces = self.corrected.get(&draft.line.number).copied();
        self.take(draft, dwelling, lines, replaces);
    }

    fn take(&mut self, draft: Draft, dwelling: usize, lines: Vec<(usize, u32)>, replaces: Option<usize>) {
        self.by_dwelling.insert(dwelling, self.orders.len());
        self.orders.push(Some(ParsedOrder {
            line: draft.line,
            position: draft.position,
            dwelling,
            phone: draft.reading.phone,
            lines,
            note: draft.reading.note,
            replaces,
            quantity_assumed: draft.reading.quantity_assumed,
        }));
    }

    /// Puts a corrected order in the place of the earlier one, whose line becomes structure.
    fn replace(&mut self, draft: Draft, slot: usize, lines: Vec<(usize, u32)>) {
        let Some(earlier) = self.orders[slot].take() else {
            return;
        };
        self.by_dwelling.insert(earlier.dwelling, self.orders.len());
        let note = [earlier.note, draft.reading.note]
            .into_iter()
            .filter(|note| !note.is_empty());
        self.orders.push(Some(ParsedOrder {
            replaces: Some(earlier.line.number),
            line: draft.line,
            position: draft.position.or(earlier.position),
            dwelling: earlier.dwelling,
            phone: draft.reading.phone.or(earlier.phone),
            lines,
            note: note.collect::<Vec<_>>().join(" "),
            quantity_assumed: false,
        }));
        self.parsed.structure.push(earlier.line);
    }

    /// 不要了: one good of several is taken off; a whole order is held back and asked about.
    fn withdraw(&mut self, mut draft: Draft, earlier: Option<usize>) {
        let Some((slot, order)) = earlier.and_then(|slot| Some((slot, self.orders[slot].clone()?))) else {
            return self.ask(draft, Reason::Withdrawal { other_line: None }, Vec::new());
        };
        let other_line = Some(order.line.number);
        let named = draft.reading.named.clone();
        let unclear = draft.reading.has_amount
            || (draft.reading.has_good
                && (named.is_empty() || !named.iter().all(|good| has(&order.lines, *good))));
        if unclear {
            return self.ask(draft, Reason::ChangeUnclear { other_line }, Vec::new());
        }
        let mut kept = order.lines.clone();
        kept.retain(|(good, _)| !named.contains(good));
        if !named.is_empty() && !kept.is_empty() {
            return self.replace(draft, slot, kept);
        }
        self.orders[slot] = None;
        self.by_dwelling.remove(&order.dwelling);
        self.parsed.structure.push(order.line);
        draft.reading.lines = order.lines;
        self.ask(draft, Reason::Withdrawal { other_line }, Vec::new());
    }

    /// 改成, 再加: applied where it is clear what becomes of the earlier order.
    fn change(&mut self, mut draft: Draft, earlier: Option<usize>) {
        let Some((slot, order)) = earlier.and_then(|slot| Some((slot, self.orders[slot].clone()?))) else {
            return self.ask(draft, Reason::ChangeUnclear { other_line: None }, Vec::new());
        };
        let other_line = Some(order.line.number);
        let adds = draft.reading.change == Change::Add;
        let mut lines = draft.reading.lines.clone();
        let mut clear = draft.reading.problem.is_none();
        if let (false, Some(amount), [(good, _)]) = (
            draft.reading.has_good,
            &draft.reading.amount,
            order.lines.as_slice(),
        ) {
            let whole = in_sale_units(amount, &self.catalogue.goods[*good].unit).ok();
            clear = whole.is_some() && matches!(draft.reading.problem, None | Some((Reason::NoGood, _)));
            lines = whole.map(|whole| (*good, whole)).into_iter().collect();
        }
        let covers = order.lines.iter().all(|(good, _)| has(&lines, *good));
        let within = lines.iter().all(|(good, _)| has(&order.lines, *good));
        let mut result = if adds || !covers {
            order.lines.clone()
        } else {
            Vec::new()
        };
        for (good, quantity) in lines {
            match result.iter_mut().find(|(held, _)| *held == good) {
                Some((_, held)) if adds => *held = held.saturating_add(quantity),
                Some((_, held)) => *held = quantity,
                None => result.push((good, quantity)),
            }
        }
        // 改成苹果3份 may mean only apples from now on, or apples beside the rest.
        clear &= !result.is_empty() && (adds || covers || (within && !draft.reading.renames));
        if clear {
            return self.replace(draft, slot, result);
        }
        draft.reading.lines = result;
        self.ask(draft, Reason::ChangeUnclear { other_line }, Vec::new());
    }

    /// `+1` behind an order: the guess is one more.
    fn ask_addition(&mut self, mut draft: Draft, slot: usize) {
        let Some(order) = self.orders[slot].clone() else {
            return self.ask(draft, Reason::Missing, Vec::new());
        };
        let mut sum = order.lines;
        if let ([(_, held)], Some(amount)) = (sum.as_mut_slice(), &draft.reading.amount) {
            *held = held.saturating_add(u32::try_from(amount.milli / super::numerals::MILLI).unwrap_or(0));
        }
        draft.reading.lines = sum;
        self.ask(
            draft,
            Reason::Addition {
                other_line: order.line.number,
            },
            Vec::new(),
        );
    }

    fn ask(&mut self, draft: Draft, reason: Reason, candidates: Vec<Candidate>) {
        // A dwelling that is not registered may be any; its similar ones are candidates, never the guess.
        let dwelling = match (
            &draft.reading.household,
            self::candidates(&draft.reading.household).as_slice(),
        ) {
            (Household::Unknown(..), _) => None,
            (_, [one]) => Some(*one),
            _ => None,
        };
        let lines = draft.reading.lines;
        let guess = (dwelling.is_some() || !lines.is_empty()).then_some(Guess { dwelling, lines });
        self.parsed.questions.push(Question {
            line: draft.line,
            reason,
            guess,
            candidates,
            nickname: draft.reading.nickname,
        });
    }
}

fn has(lines: &[(usize, u32)], good: usize) -> bool {
    lines.iter().any(|(held, _)| *held == good)
}

fn dwellings(indices: &[usize]) -> Vec<Candidate> {
    indices
        .iter()
        .take(CANDIDATES_MAX)
        .copied()
        .map(Candidate::Dwelling)
        .collect()
}

/// Whether two copies are of the same list: they begin alike, or at least half of the shorter one stands in the
/// other at the same places, or more than half anywhere. Lists of different groups share at most a few
/// households, and not their places.
fn same_list(left: &[Draft], right: &[Draft]) -> bool {
    let keys: HashSet<Key> = left.iter().map(key).collect();
    let shared = right.iter().map(key).filter(|key| keys.contains(key)).count();
    let begin_alike = left.first().map(key) == right.first().map(key);
    let places: HashSet<_> = left.iter().map(place).collect();
    let in_place = right
        .iter()
        .map(place)
        .filter(|place| places.contains(place))
        .count();
    let shorter = left.len().min(right.len());
    begin_alike || in_place * 2 >= shorter.max(2) || shared * 2 > shorter
}

/// The number of an entry and whose it is.
fn place(draft: &Draft) -> (Option<u32>, Option<usize>, String) {
    match certain(draft) {
        Some(index) => (draft.position, Some(index), String::new()),
        None => (draft.position, None, draft.content.key()),
    }
}

/// The newest copy of a list: the last one pasted, unless it is plainly the beginning of a longer one.
fn newest_of(chain: &[Vec<Draft>]) -> usize {
    let last = chain.len() - 1;
    let keys: Vec<Key> = chain[last].iter().map(key).collect();
    let longer = |copy: &Vec<Draft>| {
        copy.len() >= keys.len() + OLD_COPY_MISSING_MIN
            && copy.iter().map(key).zip(&keys).all(|(a, b)| a == *b)
    };
    let longest = (0..last)
        .filter(|index| longer(&chain[*index]))
        .max_by_key(|index| chain[*index].len());
    longest.unwrap_or(last)
}
