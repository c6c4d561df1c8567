//! From segments to drafts: which lines are entries, which continue one, and which are structure.

use std::collections::HashMap;

use super::dwelling::{Register, Scope};
use super::entry::{Change, Household, Reading, read};
use super::goods::Catalogue;
use super::lex::{Segment, Shape};
use super::lines::{
    has_example, is_chatter, is_field_heading, is_menu, is_menu_letter, is_organiser, is_placeholder,
    scope_of,
};
use super::quantity::in_sale_units;
use super::written::Written;
use super::{Line, line_words, several, words};

/// An entry as written, before it is compared with the others.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    /// Where it is written.
    pub line: Line,
    /// The number in the list.
    pub position: Option<u32>,
    /// The copy of the list.
    pub block: usize,
    /// It stands in a quoted message.
    pub quoted: bool,
    /// The entry without its number.
    pub content: Written,
    /// What was read from it.
    pub reading: Reading,
}

/// The drafts and the lines that are none.
#[derive(Debug, Default)]
pub(super) struct Outline {
    /// Entries in the order of their lines.
    pub drafts: Vec<Draft>,
    /// Lines that carry no order.
    pub structure: Vec<Line>,
    /// Lines that nothing could be made of.
    pub unrecognised: Vec<Line>,
    /// The title of the first list.
    pub title: Option<String>,
}

/// An entry wraps over at most so many lines; text below is no longer its own.
const WRAPPED_LINES_MAX: usize = 6;

/// What a plain line is.
enum Role {
    Structure,
    Heading(Scope),
    Title,
    Sender,
    Join,
    Draft,
    Unrecognised,
}

/// What is known of one copy of the list.
#[derive(Default)]
struct Copy {
    has_header: bool,
    /// Index of the last segment with a number.
    last_entry: Option<usize>,
    /// An entry has been met.
    begun: bool,
}

struct Outliner<'a> {
    segments: &'a [Segment],
    register: &'a Register<'a>,
    catalogue: &'a Catalogue<'a>,
    outline: Outline,
    /// What was read before: a list that is posted again and again repeats its lines.
    known: HashMap<Vec<char>, (Scope, Reading)>,
    /// The draft that the next line may continue.
    open: Option<usize>,
    copies: HashMap<usize, Copy>,
    /// The open draft began with a household alone, so that the lines below are its goods.
    open_alone: bool,
    /// The household whose chat message follows.
    sender: Option<Household>,
    /// The building that a title or heading has named.
    scope: Scope,
    /// Index of the last header.
    last_header: Option<usize>,
}

/// Sorts the segments into drafts, structure and unrecognised lines.
pub(super) fn outline(segments: &[Segment], register: &Register<'_>, catalogue: &Catalogue<'_>) -> Outline {
    let outline = Outline::default();
    let mut copies: HashMap<usize, Copy> = HashMap::new();
    for (index, segment) in segments.iter().enumerate() {
        let copy = copies.entry(segment.block).or_default();
        copy.has_header |= segment.shape == Shape::Header;
        if matches!(segment.shape, Shape::Entry(_)) {
            copy.last_entry = Some(index);
        }
    }
    let mut outliner = Outliner {
        segments,
        register,
        catalogue,
        outline,
        copies,
        known: HashMap::new(),
        open: None,
        open_alone: false,
        sender: None,
        scope: Scope::default(),
        last_header: segments
            .iter()
            .rposition(|segment| segment.shape == Shape::Header),
    };
    for index in 0..segments.len() {
        outliner.place(index);
    }
    outliner.outline
}

impl Outliner<'_> {
    fn place(&mut self, index: usize) {
        let segments = self.segments;
        let segment = &segments[index];
        match segment.shape {
            Shape::Blank | Shape::Separator => {
                self.structure(segment);
                self.open = None;
            }
            Shape::Header => {
                self.structure(segment);
                self.open = None;
                self.sender = None;
                // A title may stand above the header; what was said below an earlier list holds no longer.
                if self
                    .outline
                    .drafts
                    .last()
                    .is_some_and(|draft| draft.block != segment.block)
                {
                    self.scope = Scope::default();
                }
            }
            Shape::Entry(position) => {
                self.sender = None;
                self.begin(segment, !segment.content.is_blank());
                let reading = self.read(&segment.content);
                if is_placeholder(&segment.content.folded)
                    || is_menu(segment, &reading)
                    || is_organiser(segment, position, &reading)
                {
                    self.structure(segment);
                    self.open = None;
                } else {
                    self.draft(segment, Some(position), reading);
                }
            }
            Shape::Plain => self.plain(index),
        }
    }

    fn plain(&mut self, index: usize) {
        let segments = self.segments;
        let segment = &segments[index];
        let reading = self.read(&segment.content);
        match self.role(index, &reading) {
            Role::Heading(scope) => {
                self.scope = scope;
                self.open = None;
                if self.in_title(index) && self.outline.title.is_none() && !segment.quoted {
                    self.outline.title = Some(segment.content.text());
                }
                self.structure(segment);
            }
            Role::Structure => self.structure(segment),
            Role::Title => {
                if self.outline.title.is_none() && !segment.quoted {
                    self.outline.title = Some(segment.content.text());
                }
                self.structure(segment);
            }
            Role::Sender => {
                self.structure(segment);
                self.open = None;
                self.sender = Some(reading.household);
            }
            Role::Join => {
                if let Some(draft) = self.open.and_then(|open| self.outline.drafts.get_mut(open)) {
                    draft.content.join(&segment.content);
                    draft.line.text.push('\n');
                    draft.line.text.push_str(&segment.written.text());
                    draft.reading = read(&draft.content, self.register, self.catalogue, &self.scope);
                }
            }
            Role::Draft => {
                let mut reading = reading;
                if let (Household::Unwritten(_), Some(sender)) = (&reading.household, &self.sender) {
                    reading.household = sender.clone();
                }
                self.draft(segment, None, reading);
            }
            Role::Unrecognised if segment.quoted => self.structure(segment),
            Role::Unrecognised => self.outline.unrecognised.push(line(segment)),
        }
    }

    fn read(&mut self, content: &Written) -> Reading {
        if let Some((scope, reading)) = self.known.get(&content.original)
            && *scope == self.scope
        {
            return reading.clone();
        }
        let reading = read(content, self.register, self.catalogue, &self.scope);
        let known = (self.scope.clone(), reading.clone());
        self.known.insert(content.original.clone(), known);
        reading
    }

    fn role(&self, index: usize, reading: &Reading) -> Role {
        let segments = self.segments;
        let segment = &segments[index];
        let text = &segment.content.folded;
        let trimmed: Vec<char> = text
            .iter()
            .copied()
            .skip_while(|next| matches!(next, ' ' | '('))
            .collect();
        let example = |word: &&str| trimmed.starts_with(&word.chars().collect::<Vec<_>>());
        let example = line_words::EXAMPLE.iter().any(example) || (self.in_title(index) && has_example(text));
        let written = !matches!(reading.household, Household::Unwritten(_));
        let orders = reading.has_good || reading.has_amount || reading.change != Change::New;
        let recall = words::any(text, &["撤回了一条消息"]);
        let system = words::any(text, line_words::SYSTEM) && (recall || !(written && orders));
        if example || system || is_chatter(text, self.register) || is_field_heading(text) {
            return Role::Structure;
        }
        if let Some(scope) = scope_of(text, self.register, self.opens(index), reading.has_amount) {
            return Role::Heading(scope);
        }
        let closed =
            words::any(text, &["截单", "截止", "截团", "停止接龙"]) && !reading.has_amount && !written;
        if closed {
            return if self.in_title(index) {
                Role::Title
            } else {
                Role::Structure
            };
        }
        let speaker = trimmed.last() == Some(&':') && trimmed.len() <= 24 && !reading.has_amount;
        if (segment.stamped && !orders) || (speaker && !reading.has_good) {
            return Role::Sender;
        }
        if reading.asks && (!reading.has_amount || words::any(text, words::ASKING_PRICE)) {
            return Role::Unrecognised;
        }
        let lettered = is_menu_letter(text) || reading.menu;
        let paid = words::any(text, &["已", "付", "转", "要", "订"]);
        let offer = reading.priced && reading.has_good && !paid && !reading.first_person;
        if is_menu(segment, reading) || (self.in_title(index) && (lettered || offer) && !written) {
            return Role::Structure;
        }
        let total = trimmed
            .first()
            .is_some_and(|first| matches!(first, '共' | '剩' | '余'));
        // 麻烦大家，要2份A is somebody's wish although it addresses everybody.
        let wish = reading.has_amount && words::any(text, &["要", "订", "买", "来"]) && !self.in_title(index);
        let notice = total || (!wish && words::any(text, line_words::NOTICE));
        if notice && !written && !reading.first_person && reading.change == Change::New {
            return if self.in_title(index) {
                Role::Title
            } else {
                Role::Structure
            };
        }
        if let Some(open) = self.adjacent(segment)
            && self.continues(open, index, reading)
        {
            return Role::Join;
        }
        if written && (orders || !self.in_title(index) || !matches!(reading.household, Household::Several(_)))
        {
            return Role::Draft;
        }
        if self.sender.is_some() && orders {
            return Role::Draft;
        }
        let mut goods = reading.named.clone();
        goods.sort_unstable();
        goods.dedup();
        let offered = self.in_title(index) && goods.len() >= 3 && !written;
        let wish = !offered
            && reading.has_good
            && reading.has_amount
            && !reading.priced
            && !words::any(text, line_words::SUPPLY);
        if self.in_title(index) && !reading.first_person && reading.change == Change::New && !wish {
            return Role::Title;
        }
        if orders || (reading.first_person && self.sender.is_some()) {
            Role::Draft
        } else {
            Role::Unrecognised
        }
    }

    /// The open draft, if this line follows it directly and is no message of its own.
    fn adjacent(&self, segment: &Segment) -> Option<&Draft> {
        let draft = &self.outline.drafts[self.open?];
        let wrapped = draft.line.last_number() + 1 - draft.line.number;
        let follows = draft.line.last_number() + 1 == segment.number && wrapped < WRAPPED_LINES_MAX;
        (follows && !segment.stamped && draft.quoted == segment.quoted && draft.block == segment.block)
            .then_some(draft)
    }

    /// Whether a line belongs to the entry above it.
    fn continues(&self, open: &Draft, index: usize, reading: &Reading) -> bool {
        let above = &open.reading;
        if reading.change != Change::New || above.change != Change::New || reading.first_person {
            return false;
        }
        let unread_above = !above.has_good && !above.has_amount;
        let nobody_above = matches!(above.household, Household::Unwritten(_));
        if !matches!(reading.household, Household::Unwritten(_)) {
            let same = reading.household == above.household && matches!(above.household, Household::One(_));
            return unread_above && (same || (nobody_above && open.position.is_some()));
        }
        let last = open.content.folded.iter().rev().find(|next| **next != ' ');
        if unread_above || last.is_some_and(|next| matches!(next, '+' | '、' | ',' | '/')) {
            return true;
        }
        if reading.has_good || reading.has_amount {
            return (self.open_alone && reading.has_good)
                || (self.inside(index) && reading.has_good && open.position.is_some())
                || (!above.has_amount && reading.has_amount && !reading.has_good);
        }
        (reading.phone.is_some() && above.phone.is_none() && reading.unread == 0)
            || (self.inside(index) && words::any(&self.segments[index].content.folded, words::REMARK))
    }

    fn copy(&self, index: usize) -> Option<&Copy> {
        self.copies.get(&self.segments[index].block)
    }

    fn begin(&mut self, segment: &Segment, begun: bool) {
        self.copies.entry(segment.block).or_default().begun |= begun;
    }

    /// Whether a later line of the same copy carries a number.
    fn inside(&self, index: usize) -> bool {
        self.copy(index)
            .and_then(|copy| copy.last_entry)
            .is_some_and(|last| last > index)
    }

    /// Whether no entry has been met in the copy to which the line belongs.
    fn opens(&self, index: usize) -> bool {
        self.copy(index).is_some_and(|copy| !copy.begun)
    }

    /// Whether the line stands between the header, or the beginning, and the first entry of its copy.
    fn in_title(&self, index: usize) -> bool {
        let ahead = self.last_header.is_some_and(|header| header > index);
        self.copy(index)
            .is_some_and(|copy| !copy.begun && (copy.has_header || self.inside(index) || ahead))
    }

    fn structure(&mut self, segment: &Segment) {
        self.outline.structure.push(line(segment));
    }

    /// Guesses what is meant where no good is named: 同上 repeats the entry above, 都要 asks for one of each.
    fn propose(&self, segment: &Segment, reading: &mut Reading) {
        if reading.has_good || !reading.lines.is_empty() {
            return;
        }
        let text = &segment.content.folded;
        if words::any(text, words::SAME) {
            let above = self.outline.drafts.last();
            reading.lines = above.map_or(Vec::new(), |above| above.reading.lines.clone());
        } else if words::any(text, words::EACH) {
            let whole = reading
                .amount
                .as_ref()
                .map_or(Some(1), |amount| in_sale_units(amount, "份").ok());
            let each = |quantity: u32| {
                (0..self.catalogue.goods.len())
                    .map(|good| (good, quantity))
                    .collect()
            };
            reading.lines = whole.map_or(Vec::new(), each);
        }
    }

    /// Files an entry; one that is written for several households becomes an entry for each.
    fn draft(&mut self, segment: &Segment, position: Option<u32>, mut reading: Reading) {
        self.begin(segment, true);
        self.propose(segment, &mut reading);
        let doubtful = reading.problem.is_some() || matches!(reading.household, Household::Several(_));
        if doubtful
            && let Some(parts) = several::apart(&segment.content, self.register, self.catalogue, &self.scope)
        {
            let before = segment.written.folded.len() - segment.content.folded.len();
            for (part, (start, end, reading)) in parts.into_iter().enumerate() {
                let from = if part == 0 { 0 } else { before + start };
                self.outline.drafts.push(Draft {
                    line: Line {
                        number: segment.number,
                        text: segment.written.slice(from, before + end).text(),
                    },
                    position,
                    block: segment.block,
                    quoted: segment.quoted,
                    content: segment.content.slice(start, end),
                    reading,
                });
            }
            self.open = None;
            return;
        }
        self.open = Some(self.outline.drafts.len());
        self.open_alone = !reading.has_good && !reading.has_amount;
        self.outline.drafts.push(Draft {
            line: line(segment),
            position,
            block: segment.block,
            quoted: segment.quoted,
            content: segment.content.clone(),
            reading,
        });
    }
}

fn line(segment: &Segment) -> Line {
    Line {
        number: segment.number,
        text: segment.written.text(),
    }
}
