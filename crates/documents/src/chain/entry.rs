//! Reads one entry of a chain message: whose it is, what is ordered, and what is doubtful about it.

use super::dwelling::{Register, Scope};
use super::goods::{Catalogue, Named};
use super::numerals::{KEYCAP, is_numeral, mobile};
use super::quantity::{Quantity, Token, is_boundary, quantity_at};
use super::remarks::{behind_room, landline, remark_at};
use super::written::Written;
use super::{Candidate, Reason, order, words};

/// Whose entry it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Household {
    /// One registered household.
    One(usize),
    /// Several fit, or the writing contradicts itself.
    Several(Vec<usize>),
    /// A dwelling is written that is not registered; the candidates are similar ones.
    Unknown(String, Vec<usize>),
    /// Nothing is written; the candidates come from a surname.
    Unwritten(Vec<usize>),
}

/// What the entry does to an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// Nothing: it is an order.
    New,
    /// 不要了.
    Withdraw,
    /// 改成3份: the good, if named before the word, keeps its place in the order.
    Set,
    /// 再加2份.
    Add,
    /// A bare +1 or x2 behind a name.
    Plus,
    /// A change that does not say the new order.
    Unclear,
}

/// What was read from an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reading {
    /// Whose entry it is.
    pub household: Household,
    /// The mobile number written.
    pub phone: Option<String>,
    /// Goods and quantities, as far as they are understood.
    pub lines: Vec<(usize, u32)>,
    /// The first thing that is doubtful about the goods.
    pub problem: Option<(Reason, Vec<Candidate>)>,
    /// What is written besides.
    pub note: String,
    /// No quantity was written and one was taken.
    pub quantity_assumed: bool,
    /// What it does to an earlier entry.
    pub change: Change,
    /// A good is named behind the word of change: 改成苹果3份.
    pub renames: bool,
    /// The goods named, with a quantity or without.
    pub named: Vec<usize>,
    /// At least one good is named.
    pub has_good: bool,
    /// At least one quantity is written.
    pub has_amount: bool,
    /// The quantity, when exactly one is written.
    pub amount: Option<Quantity>,
    /// The speaker means the own household.
    pub first_person: bool,
    /// A price is written.
    pub priced: bool,
    /// At least two letters stand in front of the goods that they mean, as on a menu.
    pub menu: bool,
    /// How much text was not understood.
    pub unread: usize,
    /// It asks something, or orders on a condition.
    pub asks: bool,
    /// How the household calls itself, where that is no registered name and no building stands beside it.
    pub nickname: Option<String>,
}

/// What has been made of a character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Label {
    Free,
    Known,
    Remark,
}

/// The state of reading one entry.
pub(super) struct Scan<'a> {
    pub(super) text: Vec<char>,
    pub(super) labels: Vec<Label>,
    pub(super) catalogue: &'a Catalogue<'a>,
    pub(super) named: Vec<Named>,
    pub(super) amounts: Vec<Quantity>,
    pub(super) each: Vec<usize>,
    /// Dashes that join a good and its quantity.
    pub(super) dashes: Vec<usize>,
    pub(super) names: Vec<(usize, usize)>,
    /// Where dwellings and registered names are written.
    pub(super) homes: Vec<(usize, usize)>,
    pub(super) by_name: bool,
    pub(super) building_alone: bool,
    pub(super) change_at: Option<usize>,
}

/// Reads an entry without its number, below a heading that may name the building.
pub(super) fn read(
    content: &Written,
    register: &Register<'_>,
    catalogue: &Catalogue<'_>,
    scope: &Scope,
) -> Reading {
    let mut scan = Scan {
        text: content
            .folded
            .iter()
            .map(|next| if *next == KEYCAP { ' ' } else { *next })
            .collect(),
        labels: vec![Label::Free; content.folded.len()],
        catalogue,
        named: Vec::new(),
        amounts: Vec::new(),
        each: Vec::new(),
        dashes: Vec::new(),
        names: Vec::new(),
        homes: Vec::new(),
        by_name: false,
        building_alone: false,
        change_at: None,
    };
    let phone = scan.phones();
    let mut household = scan.household(register, scope);
    scan.nicknames();
    if let (Household::Unwritten(_), Some(phone)) = (&household, &phone) {
        match register.phone(phone) {
            [] => {}
            [one] => household = Household::One(*one),
            several => household = Household::Several(several.to_vec()),
        }
    }
    // A phone that is registered for somebody else contradicts the dwelling.
    if let (Household::One(index), Some(phone)) = (&household, &phone) {
        let holders = register.phone(phone);
        if !holders.is_empty() && !holders.contains(index) {
            household = Household::Several([vec![*index], holders.to_vec()].concat());
        }
    }
    let mut change = scan.change();
    let priced = scan.remarks();
    scan.dashes();
    scan.quantities();
    let understood = order::understand(&scan, content, change, &household, register);
    if change == Change::New && scan.is_plus() {
        change = Change::Plus;
    }
    // 何平平 is not 何平: the name alone does not decide when more characters stand beside it.
    if let (true, true, Household::One(index)) = (scan.by_name, understood.name_extended, &household) {
        household = Household::Several(vec![*index]);
    }
    let changed_at = scan.change_at;
    Reading {
        household,
        phone,
        lines: understood.lines,
        problem: understood.problem,
        note: understood.note,
        quantity_assumed: understood.assumed,
        change,
        renames: changed_at.is_some_and(|at| scan.named.iter().any(|named| named.start > at)),
        named: scan
            .named
            .iter()
            .filter(|named| named.goods.len() == 1)
            .map(|named| named.goods[0])
            .collect(),
        has_good: !scan.named.is_empty(),
        has_amount: !scan.amounts.is_empty(),
        amount: if let [amount] = scan.amounts.as_slice() {
            Some(amount.clone())
        } else {
            None
        },
        first_person: words::any(&content.folded, words::FIRST_PERSON),
        priced,
        unread: understood.unread,
        asks: asks(content, &scan),
        menu: order::letters_beside_goods(&scan) >= 2,
        nickname: understood.nickname.filter(|_| !scan.building_alone),
    }
}

impl Scan<'_> {
    /// Whether a character is not understood yet.
    pub(super) fn is_free(&self, index: usize) -> bool {
        self.labels.get(index) == Some(&Label::Free)
    }

    /// Whether a character belongs to a remark such as a price or a time.
    pub(super) fn is_remark(&self, index: usize) -> bool {
        self.labels.get(index) == Some(&Label::Remark)
    }

    /// Whether a registered name begins at a character.
    pub(super) fn begins_name(&self, index: usize) -> bool {
        self.names.iter().any(|(start, _)| *start == index)
    }

    /// Whether a registered name ends before a character.
    pub(super) fn ends_name(&self, index: usize) -> bool {
        self.names.iter().any(|(_, end)| *end == index)
    }

    pub(super) fn mark(&mut self, start: usize, end: usize, label: Label) {
        for held in &mut self.labels[start..end] {
            *held = label;
        }
    }

    pub(super) fn free(&self) -> Vec<bool> {
        self.labels.iter().map(|label| *label == Label::Free).collect()
    }

    /// Takes mobile numbers out; the first one is the household's.
    fn phones(&mut self) -> Option<String> {
        let mut phone = None;
        let mut start = 0;
        while start < self.text.len() {
            let fresh = start == 0 || !self.text[start - 1].is_ascii_digit();
            if fresh && let Some(length) = landline(&self.text[start..]) {
                self.mark(start, start + length, Label::Known);
                self.text[start..start + length].fill(' ');
                start += length;
                continue;
            }
            let glued = if fresh {
                behind_room(&self.text[start..])
            } else {
                0
            };
            if fresh && let Some((digits, length)) = mobile(&self.text[start + glued..]) {
                start += glued;
                self.mark(start, start + length, Label::Known);
                // A blank in place of the digits keeps them from being read as a dwelling.
                self.text[start..start + length].fill(' ');
                phone.get_or_insert(digits);
                start += length;
            }
            start += 1;
        }
        phone
    }

    /// Finds and takes out the words by which an earlier entry is changed.
    fn change(&mut self) -> Change {
        let lists = [
            (words::WITHDRAW, Change::Withdraw),
            (words::SET, Change::Set),
            (words::ADD, Change::Add),
        ];
        // 别的不要 says nothing of what is ordered.
        for word in [
            "别的不要了",
            "别的不要",
            "其他不要了",
            "其他不要",
            "其它不要了",
            "其它不要",
            "其他都不要",
        ] {
            if let Some((start, end)) = words::find(&self.text, &[word]) {
                self.mark(start, end, Label::Remark);
            }
        }
        for (list, change) in lists {
            if let Some((start, end)) = words::find(&self.text, list)
                && (start..end).all(|index| self.is_free(index))
            {
                let counts = |range: std::ops::Range<usize>| {
                    range.into_iter().any(|index| {
                        self.is_free(index)
                            && (self.text[index].is_ascii_digit() || is_numeral(self.text[index]))
                    })
                };
                // A2份 多加饭 is a wish, 多加2份 an addition.
                if change == Change::Add && counts(0..start) && !counts(end..self.text.len()) {
                    self.mark(start, end, Label::Remark);
                    continue;
                }
                self.mark(start, end, Label::Known);
                self.change_at = Some(start);
                return change;
            }
        }
        for start in 0..self.text.len() {
            let next = self.text.get(start + 1).copied().unwrap_or(' ');
            let counted = next.is_ascii_digit() || (is_numeral(next) && next != '零');
            let bare_change = match self.text[start] {
                '改' if counted => Some((Change::Set, 1)),
                '加' if counted => Some((Change::Add, 1)),
                '不' if next == '要' => {
                    let end = self.text.get(start + 2).copied().unwrap_or(' ');
                    (is_boundary(end) || end == '啦').then_some((Change::Withdraw, 2))
                }
                '退' if counted
                    || is_boundary(next)
                    || matches!(next, '掉' | '单' | '款')
                    || !self.is_free(start + 1) =>
                {
                    Some((Change::Withdraw, 1))
                }
                '减' if counted => Some((Change::Unclear, 1)),
                _ => None,
            };
            if let Some((change, length)) = bare_change
                && (start..start + length).all(|index| self.is_free(index))
            {
                self.mark(start, start + length, Label::Known);
                self.change_at = Some(start);
                return change;
            }
        }
        if let Some((start, end)) = words::find(&self.text, words::OTHER_CHANGE)
            && (start..end).all(|index| self.is_free(index))
        {
            self.mark(start, end, Label::Remark);
            self.change_at = Some(start);
            return Change::Unclear;
        }
        Change::New
    }

    /// Takes out numbers that are no quantities: prices, times, dates, storeys, ends of phone numbers.
    /// Returns whether a price is written.
    fn remarks(&mut self) -> bool {
        let mut priced = false;
        let mut start = 0;
        while start < self.text.len() {
            if !self.is_free(start) {
                start += 1;
                continue;
            }
            if let Some((end, price)) = remark_at(&self.text, start)
                && (start..end).all(|index| self.is_free(index))
            {
                priced |= price;
                self.mark(start, end, Label::Remark);
                start = end;
                continue;
            }
            let digit = self.text[start].is_ascii_digit();
            start += 1;
            while digit && self.text.get(start).is_some_and(char::is_ascii_digit) {
                start += 1;
            }
        }
        priced
    }

    /// Takes out the quantities and 各.
    fn quantities(&mut self) {
        let mut free = self.free();
        let mut behind = vec![false; self.text.len() + 1];
        let mut begins = vec![false; self.text.len() + 1];
        for named in &self.named {
            behind[named.end] = true;
            begins[named.start] = true;
        }
        for dash in &self.dashes {
            behind[dash + 1] = true;
        }
        let mut last = None;
        let mut start = 0;
        while start < self.text.len() {
            if free[start] && self.text[start] == '各' {
                self.each.push(start);
                self.mark(start, start + 1, Label::Known);
                free[start] = false;
                behind[start + 1] = true;
            }
            let behind_good = last.is_some_and(|index: usize| {
                behind[index + 1]
                    || self.change_at.is_some_and(|at| at <= index && !free[index])
                    || matches!(self.text[index], '要' | '来' | '订')
            });
            // In A+2B the sign separates: 2 belongs to B.
            let quantity = quantity_at(&self.text, start, &free, behind_good)
                .filter(|quantity| !(quantity.plus && begins[quantity.end]));
            if let Some(quantity) = quantity {
                self.mark(quantity.start, quantity.end, Label::Known);
                free[quantity.start..quantity.end].fill(false);
                start = quantity.end;
                last = Some(start - 1);
                self.amounts.push(quantity);
                continue;
            }
            if self.text[start] != ' ' {
                last = Some(start);
            }
            start += 1;
        }
    }

    /// Whether the entry is only a household and `+1`.
    fn is_plus(&self) -> bool {
        let [amount] = self.amounts.as_slice() else {
            return false;
        };
        self.named.is_empty() && matches!(self.text[amount.start], '+')
    }

    /// The goods, quantities and separators in the order in which they are written.
    pub(super) fn tokens(&self) -> Vec<Token> {
        let mut placed: Vec<(usize, usize, Token)> = Vec::new();
        for named in &self.named {
            if let [good] = named.goods.as_slice() {
                placed.push((named.start, named.end, Token::Good(*good)));
            }
        }
        placed.extend(
            self.amounts
                .iter()
                .enumerate()
                .map(|(index, amount)| (amount.start, amount.end, Token::Amount(index))),
        );
        placed.extend(self.each.iter().map(|start| (*start, start + 1, Token::Each)));
        let separates = |index: &usize| {
            self.is_free(*index)
                && matches!(
                    self.text[*index],
                    ',' | '、' | '+' | '/' | '(' | ')' | '和' | '&' | '①'..='⑳'
                )
        };
        placed.extend(
            (0..self.text.len())
                .filter(separates)
                .map(|index| (index, index + 1, Token::Break)),
        );
        placed.sort_by_key(|(start, ..)| *start);
        let mut tokens = Vec::with_capacity(placed.len());
        let mut behind = None;
        for (start, end, token) in placed {
            if behind.is_some_and(|behind| behind < start && !self.dashed(behind, start)) {
                tokens.push(Token::Gap);
            }
            behind = Some(end);
            tokens.push(token);
        }
        tokens
    }
}

/// Whether the entry asks something, or says what holds only on a condition.
fn asks(content: &Written, scan: &Scan<'_>) -> bool {
    let marked = content.original.iter().any(|next| matches!(next, '?' | '？'));
    let condition = words::find(&content.folded, words::CONDITION).is_some_and(|(start, _)| {
        scan.named.iter().any(|named| named.start > start)
            || scan.amounts.iter().any(|amount| amount.start > start)
    });
    marked || condition || words::any(&content.folded, words::ASKING)
}
