//! Chain messages (接龙): the text of a chat group in, orders by household out.
//!
//! [`parse`] reads what a liaison pastes: one or several copies of a `#接龙` list, loose chat lines and
//! corrections. No line is dropped: each is an order, a question to the liaison with a reason and a guess,
//! structure (titles, examples, notices, blank lines, superseded copies), or unrecognised. A quantity is
//! never guessed into an order; what is not certain is asked.
//!
//! [`announcement`], [`numbered_list`], [`unpaid_reminder`] and [`pickup_call`] write the text that goes back
//! to the chat.

mod address;
mod announce;
mod dash;
mod draft;
mod dwelling;
mod entry;
pub mod file;
mod goods;
mod household;
mod lex;
mod line_words;
mod lines;
mod menu;
mod merge;
mod numerals;
mod order;
mod pinyin;
mod quantity;
mod reason;
mod remarks;
mod several;
mod simplified;
mod stamp;
#[cfg(test)]
mod tests;
mod words;
mod written;

pub use announce::{
    Announcement, ListedOrder, Offer, PickupCall, Unpaid, announcement, numbered_list, pickup_call,
    unpaid_reminder,
};
pub use reason::Reason;

/// A registered household of the compound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dwelling {
    /// The building, such as `3`.
    pub building: String,
    /// The unit, or empty where the building has none.
    pub unit: String,
    /// The room, such as `501`.
    pub room: String,
    /// The registered name of the head of household.
    pub name: Option<String>,
    /// The registered phone number.
    pub phone: Option<String>,
}

/// A good or pack of the round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Good {
    /// The supplier's code.
    pub code: String,
    /// The name in the price list.
    pub name: String,
    /// Other names that people use.
    pub aliases: Vec<String>,
    /// The unit in which it is sold, such as 份 or 斤.
    pub unit: String,
    /// The letter under which it was announced.
    pub menu_letter: Option<char>,
}

/// What a chain message is read against.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The households of the compound; results refer to them by index.
    pub dwellings: &'a [Dwelling],
    /// The goods of the round; results refer to them by index.
    pub goods: &'a [Good],
    /// What liaisons of the compound have settled before.
    pub aliases: &'a [Alias],
}

/// A word that a liaison has settled once: a nickname for a household or another word for a good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alias {
    /// The word as written, such as 豆豆妈 or 青菜包.
    pub written: String,
    /// What it stands for in this compound.
    pub meaning: Candidate,
}

/// A piece of the pasted text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The 1-based line at which it begins.
    pub number: usize,
    /// The piece as written, trimmed. An entry that wraps holds its lines joined with `\n`.
    pub text: String,
}

impl Line {
    /// The 1-based line at which it ends.
    pub fn last_number(&self) -> usize {
        self.number + self.text.matches('\n').count()
    }
}

/// An order that is certain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParsedOrder {
    /// Where it is written.
    pub line: Line,
    /// The number in the list, the n of `n.`.
    pub position: Option<u32>,
    /// Index of the household in the context.
    pub dwelling: usize,
    /// The mobile number written in the entry.
    pub phone: Option<String>,
    /// Index of the good and the quantity in its sale unit.
    pub lines: Vec<(usize, u32)>,
    /// What else is written: nickname, wishes, prices.
    pub note: String,
    /// The line of the earlier entry that this one corrects.
    pub replaces: Option<usize>,
    /// One good was named without a quantity and one was taken.
    pub quantity_assumed: bool,
}

/// The best understanding of a doubtful entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guess {
    /// Index of the household.
    pub dwelling: Option<usize>,
    /// Index of the good and the quantity.
    pub lines: Vec<(usize, u32)>,
}

/// Something the writing may mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Candidate {
    /// A household, by its index.
    Dwelling(usize),
    /// A good, by its index.
    Good(usize),
}

/// An entry that needs a person's decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Where it is written.
    pub line: Line,
    /// Why it was not taken as an order.
    pub reason: Reason,
    /// The best understanding, for one tap of confirmation.
    pub guess: Option<Guess>,
    /// What the doubtful writing may mean.
    pub candidates: Vec<Candidate>,
    /// How the household calls itself in the entry, when that is no registered name.
    pub nickname: Option<String>,
}

impl Question {
    /// What answering this question with a household or a good teaches for the next message: the alias to
    /// keep, or `None` when the writing is too common or too much like a number to stand for one thing.
    pub fn teaches(&self, meaning: Candidate) -> Option<Alias> {
        let written = match (meaning, &self.reason) {
            (Candidate::Dwelling(_), _) => self.nickname.clone()?,
            (Candidate::Good(_), Reason::UnknownGood { written }) => written.trim().to_string(),
            (Candidate::Good(_), _) => return None,
        };
        words::is_learnable(&written).then_some(Alias { written, meaning })
    }
}

/// What was read from a pasted text, each list in the order of its lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parsed {
    /// The title of the first list.
    pub title: Option<String>,
    /// Orders that are certain; at most one per household.
    pub orders: Vec<ParsedOrder>,
    /// Entries that need a decision.
    pub questions: Vec<Question>,
    /// Lines that nothing could be made of.
    pub unrecognised: Vec<Line>,
    /// Headers, titles, examples, notices, separators, blank lines, and entries that a newer copy or a
    /// correction supersedes.
    pub structure: Vec<Line>,
}

/// Reads a pasted text against the households and goods of a round. Never fails: what cannot be read is
/// in [`Parsed::questions`] or [`Parsed::unrecognised`].
pub fn parse(text: &str, context: &Context<'_>) -> Parsed {
    let register = dwelling::Register::new(context.dwellings, context.aliases);
    let mut catalogue = goods::Catalogue::new(context.goods, context.aliases);
    let segments = lex::cut(text, &register);
    menu::learn(&segments, &register, &mut catalogue);
    let outline = draft::outline(&segments, &register, &catalogue);
    let mut parsed = merge::settle(outline, &catalogue);
    keep_every_line(text, &mut parsed);
    parsed.orders.sort_by_key(|order| order.line.number);
    parsed.questions.sort_by_key(|question| question.line.number);
    parsed.unrecognised.sort_by_key(|line| line.number);
    parsed.structure.sort_by_key(|line| line.number);
    parsed
}

/// The promise that no line is lost, kept even if a rule above forgets one.
fn keep_every_line(text: &str, parsed: &mut Parsed) {
    let mut owned = vec![false; text.lines().count() + 1];
    let lines = parsed.orders.iter().map(|order| &order.line);
    let lines = lines.chain(parsed.questions.iter().map(|question| &question.line));
    for line in lines.chain(&parsed.unrecognised).chain(&parsed.structure) {
        for number in line.number..=line.last_number() {
            if let Some(owned) = owned.get_mut(number) {
                *owned = true;
            }
        }
    }
    for (index, text) in text.lines().enumerate() {
        if !owned[index + 1] {
            parsed.unrecognised.push(Line {
                number: index + 1,
                text: text.trim().to_string(),
            });
        }
    }
}
