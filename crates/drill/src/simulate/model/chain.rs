//! Chain messages: what becomes of each line.

use std::collections::BTreeMap;

use baogong::base::id::{OrderId, RoundId, derive};
use baogong::base::{Actor, Ctx, Result as Stored};
use baogong::round::Channel;
use baogong::round::alias;
use baogong::round::chain::{ChainOutcome, LineOutcome};
use baogong::round::order::{OrderChange, OrderDraft, Want};
use baogong::round::settle::{self, Answer, PasteRef};
use store::{Tx, stmt};
use uuid::Uuid;

use super::super::script::{Command, GOODS, Message, NICKNAMES, Said};
use super::super::world::{COMPOUNDS, DISTRICT, PACKS, household, pack_name};
use super::look::differ;
use super::settle::Settled;
use super::{Model, Refused};

stmt!(PASTES, "SELECT COUNT(*) FROM chain_paste");
stmt!(ANSWERS, "SELECT COUNT(*) FROM chain_answer");

/// What a word of a compound stands for: (compound, kind, word) to household or pack.
pub type Aliases = BTreeMap<(String, &'static str, String), String>;

/// A pasted message with open lines.
#[derive(Clone, Debug, PartialEq)]
pub struct Paste {
    /// The round.
    pub round: RoundId,
    /// The compound.
    pub compound: String,
    pub(super) advance: bool,
    /// The open lines, in their order.
    pub open: Vec<Open>,
    /// The answers by the place of the line: step and answer.
    pub answers: BTreeMap<usize, (i64, Settled)>,
}

/// An open line.
#[derive(Clone, Debug, PartialEq)]
pub struct Open {
    text: String,
    /// The kind and the word that an answer teaches.
    pub word: Option<(&'static str, String)>,
}

/// What must become of a line of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// An order, taken or refused by a rule.
    Order(Option<OrderId>),
    /// A question, settled before or not.
    Question(bool),
    /// Not recognised, settled before or not.
    Unrecognised(bool),
    /// No order.
    Structure,
}

impl Model {
    /// The household of a compound with this code, if it is registered.
    pub(super) fn home_in(&self, compound: &str, code: &str) -> Option<String> {
        let home = self.homes.get(code)?;
        (COMPOUNDS.get(home.compound) == Some(&compound)).then(|| code.to_owned())
    }

    fn numbered(&self, compound: &str, number: usize) -> Option<String> {
        let at = COMPOUNDS.iter().position(|code| *code == compound)?;
        self.home_in(compound, &household(at, number))
    }

    fn meaning(&self, compound: &str, kind: &'static str, word: &str) -> Option<&String> {
        self.aliases.get(&(compound.to_owned(), kind, word.to_owned()))
    }

    /// The household and the packs of a line, if both are certain.
    fn certain(&self, compound: &str, said: &Said) -> Option<(String, Vec<Want>)> {
        let want = |(pack, quantity): &(usize, i64)| Want {
            pack: PACKS[*pack].0.to_owned(),
            quantity: *quantity,
        };
        match said {
            Said::Order { number, wants } => Some((
                self.numbered(compound, *number)?,
                wants.iter().map(want).collect(),
            )),
            Said::Nickname { word, want: one } => {
                let code = self.meaning(compound, "dwelling", NICKNAMES[*word])?;
                Some((self.home_in(compound, code)?, vec![want(one)]))
            }
            Said::Good {
                number,
                word,
                quantity,
            } => {
                let name = self.meaning(compound, "good", GOODS[*word])?;
                let pack = PACKS.iter().position(|pack| pack_name(pack.0) == *name)?;
                Some((self.numbered(compound, *number)?, vec![want(&(pack, *quantity))]))
            }
            Said::Talk(_) => None,
        }
    }

    /// Takes a message: what is certain is ordered, the rest is kept to be settled.
    pub(super) fn paste(&mut self, command: &Command, message: &Message) -> Result<(), Refused> {
        let compound = &message.compound;
        if !self.round(message.round)?.compounds.contains(compound) {
            return Err("not_in_round");
        }
        let mut fates = vec![Fate::Structure];
        // What each line means is read before any of them is carried out.
        let read: Vec<_> = message
            .said
            .iter()
            .map(|said| self.certain(compound, said))
            .collect();
        for (place, certain) in read.iter().enumerate() {
            let Some((household, wants)) = certain else {
                fates.push(Fate::Structure);
                continue;
            };
            let part = derive(command.id, &format!("{household}/{}", place + 2));
            let placed =
                self.place_or_change(command, part, message.round, household, wants, message.advance);
            fates.push(Fate::Order(placed.ok().map(|(order, _)| order)));
        }
        let mut settled = self.settled_before(message.round, compound);
        let mut was_settled = |text: &str| {
            let at = settled.iter().position(|one| one == text);
            at.map(|at| settled.swap_remove(at)).is_some()
        };
        let mut open = Vec::new();
        for (place, said) in message.said.iter().enumerate() {
            if read[place].is_some() {
                continue;
            }
            let text = message.line(place);
            let before = was_settled(&text);
            fates[place + 1] = match said {
                Said::Talk(_) => Fate::Unrecognised(before),
                _ => Fate::Question(before),
            };
            if !before {
                let word = match said {
                    Said::Nickname { word, .. } => Some(("dwelling", NICKNAMES[*word].to_owned())),
                    Said::Good { word, .. } => Some(("good", GOODS[*word].to_owned())),
                    _ => None,
                };
                open.push(Open { text, word });
            }
        }
        if !open.is_empty() {
            let paste = Paste {
                round: message.round,
                compound: compound.clone(),
                advance: message.advance,
                open,
                answers: BTreeMap::new(),
            };
            self.pastes.insert(command.paste(), paste);
        }
        self.fates.insert(command.id, fates);
        Ok(())
    }

    fn settled_before(&self, round: RoundId, compound: &str) -> Vec<String> {
        let copies = self
            .pastes
            .values()
            .filter(|paste| paste.round == round && paste.compound == compound);
        copies
            .flat_map(|paste| {
                let settled = paste
                    .answers
                    .iter()
                    .filter(|(_, (_, answer))| *answer != Settled::Skipped);
                settled.map(|(place, _)| paste.open[*place].text.clone())
            })
            .collect()
    }

    pub(super) fn standing(&self, round: RoundId, household: &str) -> Option<OrderId> {
        let of = |order: &super::Order| {
            order.round == round && order.household == household && order.state.stands()
        };
        self.orders.iter().find(|(_, order)| of(order)).map(|(id, _)| *id)
    }

    /// The order and whether it was there unchanged. What is refused leaves nothing behind.
    pub(super) fn place_or_change(
        &mut self,
        command: &Command,
        part: Uuid,
        round: RoundId,
        household: &str,
        wants: &[Want],
        advance: bool,
    ) -> Result<(OrderId, bool), Refused> {
        let before = self.clone();
        let done = match self.standing(round, household) {
            Some(id) => {
                let wanted: BTreeMap<String, i64> = wants
                    .iter()
                    .map(|want| (want.pack.clone(), want.quantity))
                    .collect();
                if self.held(id) == wanted {
                    return Ok((id, true));
                }
                let draft = OrderChange {
                    district: DISTRICT.to_owned(),
                    id,
                    wants: wants.to_vec(),
                    phone: String::new(),
                    note: String::new(),
                };
                self.change(command, &draft).map(|()| id)
            }
            None => {
                let draft = OrderDraft {
                    district: DISTRICT.to_owned(),
                    round,
                    household: household.to_owned(),
                    phone: String::new(),
                    channel: if advance { Channel::Proxy } else { Channel::Chain },
                    wants: wants.to_vec(),
                    note: String::new(),
                };
                self.place(command, OrderId::of_command(part), &draft)
            }
        };
        if done.is_err() {
            *self = before;
        }
        done.map(|id| (id, false))
    }

    pub(super) fn held(&self, id: OrderId) -> BTreeMap<String, i64> {
        let lines = self.orders[&id].lines.iter();
        lines.map(|(pack, line)| (pack.clone(), line.0)).collect()
    }

    /// Compares what the liaison was told of a message with what must have become of it: each line is told of once.
    pub(super) fn told(&self, command: &Command, result: &str) -> Vec<String> {
        let Some(fates) = self.fates.get(&command.id) else {
            return Vec::new();
        };
        let outcome: ChainOutcome = match serde_json::from_str(result) {
            Ok(outcome) => outcome,
            Err(error) => {
                return vec![format!(
                    "the outcome of message {} does not read: {error}",
                    command.id
                )];
            }
        };
        let mut told: Vec<(usize, Fate)> = Vec::new();
        let mut add = |lines: &[LineOutcome], fate: &dyn Fn(&LineOutcome) -> Fate| {
            told.extend(lines.iter().map(|line| (line.number, fate(line))));
        };
        let ordered = |line: &LineOutcome| {
            let code = line.order.as_ref()?;
            let is_named = |order: &super::Order| code.starts_with(&self.code(order));
            self.orders
                .iter()
                .find(|(_, order)| is_named(order))
                .map(|(id, _)| *id)
        };
        add(&outcome.orders, &|line| Fate::Order(ordered(line)));
        add(&outcome.questions, &|line| Fate::Question(line.unchanged));
        add(&outcome.unrecognised, &|line| Fate::Unrecognised(line.unchanged));
        add(&outcome.structure, &|_| Fate::Structure);
        told.sort_by_key(|(number, _)| *number);
        let expected: Vec<(usize, Fate)> = (1..).zip(fates.iter().copied()).collect();
        let mut findings = Vec::new();
        differ(
            &mut findings,
            || format!("lines of message {}", command.id),
            &told,
            &expected,
        );
        let kept = self
            .pastes
            .contains_key(&command.paste())
            .then(|| command.paste());
        differ(
            &mut findings,
            || format!("message {}", command.id),
            &outcome.paste,
            &kept,
        );
        findings
    }

    /// Compares messages, answers and words with what must be there.
    pub(super) fn compare_chains(&self, tx: &mut Tx, findings: &mut Vec<String>) -> Stored<()> {
        let mut count = |tx: &mut Tx, what: &str, statement, here: usize| -> Stored<()> {
            let stored: i64 = tx.row(statement, &[])?.map_or(Ok(0), |row| row.get(0))?;
            differ(findings, || what.to_owned(), &stored, &(here as i64));
            Ok(())
        };
        count(tx, "messages", &PASTES, self.pastes.len())?;
        let answers = self.pastes.values().map(|paste| paste.answers.len()).sum();
        count(tx, "answers", &ANSWERS, answers)?;
        let ctx = Ctx {
            actor: Actor::system(),
            now_s: 0,
            command: Uuid::nil(),
        };
        for (id, here) in &self.pastes {
            let at = PasteRef {
                district: DISTRICT.to_owned(),
                id: *id,
            };
            let stored = settle::paste(tx, &ctx, &at)?;
            let texts: Vec<&str> = stored.questions.iter().map(|line| line.text.as_str()).collect();
            let open: Vec<&str> = here.open.iter().map(|open| open.text.as_str()).collect();
            differ(findings, || format!("open lines of message {id}"), &texts, &open);
            let seen = |answer: &Answer| match answer {
                Answer::Ordered { order, .. } => ("ordered", Some(*order)),
                Answer::Cancelled { order, .. } => ("cancelled", Some(*order)),
                Answer::NotAnOrder => ("none", None),
                Answer::Skipped => ("skipped", None),
            };
            let answers: BTreeMap<usize, _> = stored
                .answers
                .iter()
                .map(|one| (one.place, (one.step, seen(&one.answer))))
                .collect();
            let expected: BTreeMap<usize, _> = here
                .answers
                .iter()
                .map(|(place, (step, answer))| (*place, (*step, answer.seen())))
                .collect();
            differ(
                findings,
                || format!("answers of message {id}"),
                &answers,
                &expected,
            );
        }
        let mut words = Aliases::new();
        for compound in COMPOUNDS {
            for alias in alias::of_compound(tx, compound)? {
                words.insert(
                    (compound.to_owned(), alias.kind.key(), alias.written),
                    alias.meaning,
                );
            }
        }
        differ(findings, || "words".to_owned(), &words, &self.aliases);
        Ok(())
    }

    /// No household has two orders in a round.
    pub(super) fn doubled(&self) -> Vec<String> {
        let mut findings = Vec::new();
        let mut standing: BTreeMap<(RoundId, &str), OrderId> = BTreeMap::new();
        for (id, order) in self.orders.iter().filter(|(_, order)| order.state.stands()) {
            if let Some(other) = standing.insert((order.round, &order.household), *id) {
                findings.push(format!(
                    "{} has orders {id} and {other} in one round",
                    order.household
                ));
            }
        }
        findings
    }
}
