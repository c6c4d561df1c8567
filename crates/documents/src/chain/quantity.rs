//! Quantities with their units, and which quantity belongs to which good.

use super::address::starts_with;
use super::numerals::{MILLI, Number, number};

/// Units of weight and how many grams one has.
const WEIGHTS: [(&str, u64); 6] = [
    ("公斤", 1000),
    ("千克", 1000),
    ("KG", 1000),
    ("市斤", 500),
    ("斤", 500),
    ("克", 1),
];

/// Units that count pieces.
const COUNTS: &str =
    "份箱袋提盒件个瓶桶包套板捆把颗棵只条根罐筐篮枚块听支扎盘托串组壶网单打卷排碗杯篓头朵粒筒副双";

/// No number is longer than this, in characters.
const NUMBER_MAX: usize = 16;

/// A quantity as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Quantity {
    /// First character, including a sign such as `*` or `+`.
    pub start: usize,
    /// Behind the last character.
    pub end: usize,
    /// The amount in thousandths of the unit.
    pub milli: u64,
    /// The unit, or empty.
    pub unit: String,
    /// Written with `+`, as in +1.
    pub plus: bool,
}

/// What stands in the way of taking a quantity as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Doubt {
    /// The unit is not the sale unit.
    Unit,
    /// It is no whole number of sale units.
    Fraction,
    /// It is zero or beyond what a household orders.
    Implausible(u32),
}

/// Whether a unit can begin with this character.
pub(super) fn is_unit_start(character: char) -> bool {
    COUNTS.contains(character) || WEIGHTS.iter().any(|(word, _)| word.starts_with(character))
}

/// The unit at `start` and the position behind it.
pub(super) fn unit_at(text: &[char], start: usize) -> Option<(String, usize)> {
    if let Some((word, _)) = WEIGHTS.iter().find(|(word, _)| starts_with(text, start, word)) {
        let end = start + word.chars().count();
        let cut = word.is_ascii() && text.get(end).is_some_and(char::is_ascii_alphabetic);
        return (!cut).then(|| ((*word).to_string(), end));
    }
    let first = *text.get(start)?;
    if COUNTS.contains(first) {
        return Some((first.to_string(), start + 1));
    }
    let grams = first == 'G' && !text.get(start + 1).is_some_and(char::is_ascii_alphanumeric);
    grams.then(|| ("克".to_string(), start + 1))
}

/// Reads a quantity at `start`. `free` tells which characters are not yet understood otherwise, and
/// `behind_good` whether the characters before `start` named a good: a bare Chinese numeral counts only there.
pub(super) fn quantity_at(text: &[char], start: usize, free: &[bool], behind_good: bool) -> Option<Quantity> {
    let open = |index: usize| index < text.len() && free[index];
    if !open(start) {
        return None;
    }
    let mut position = start;
    let sign = matches!(text[start], '*' | '+' | 'X');
    if sign {
        position += 1;
        while open(position) && text[position] == ' ' {
            position += 1;
        }
        if text[start] == 'X' && start > 0 && free[start - 1] && text[start - 1].is_ascii_alphabetic() {
            return None;
        }
    }
    let before = position
        .checked_sub(1)
        .filter(|index| free[*index] && *index >= start.saturating_sub(1));
    let before = before.map(|index| text[index]);
    if !sign
        && before.is_some_and(|character| {
            let divided = character == '/' && position >= 2 && text[position - 2].is_ascii_digit();
            character.is_ascii_alphanumeric() || matches!(character, '.' | '-') || divided
        })
    {
        return None;
    }
    let length = (position..text.len())
        .take(NUMBER_MAX)
        .take_while(|index| free[*index])
        .count();
    let free_text = &text[position..position + length];
    let Number {
        mut milli,
        length,
        chinese,
    } = number(free_text)?;
    // 一一份 and 两三份 are no quantities, and so is what is left of them.
    let scaled = free_text[..length]
        .iter()
        .any(|next| matches!(next, '十' | '百' | '拾' | '佰'));
    if chinese && ((length > 1 && !scaled) || (!sign && before.is_some_and(super::numerals::is_numeral))) {
        return None;
    }
    let mut end = position + length;
    let spaces = text[end..]
        .iter()
        .zip(&free[end..])
        .take_while(|(next, open)| **open && **next == ' ')
        .count();
    let unit = unit_at(text, end + spaces).filter(|(_, unit_end)| (end..*unit_end).all(open));
    let pair = matches!(free_text.first(), Some('俩' | '仨'));
    let unit = match unit {
        // A space between number and unit is fine in front of a unit that ends there: 2 份, not 2 包子.
        Some((_, unit_end)) if spaces > 0 && open(unit_end) && !is_boundary(text[unit_end]) => None,
        Some((unit, unit_end)) => {
            end = unit_end;
            if open(end) && text[end] == '半' && !(open(end + 1) && is_unit_start(text[end + 1])) {
                milli += MILLI / 2;
                end += 1;
            }
            Some(unit)
        }
        None => None,
    };
    let after = text.get(end).filter(|_| open(end)).copied();
    if unit.is_none() {
        let ends = after.is_none_or(is_boundary);
        if chinese && !pair && !((sign || behind_good) && ends) {
            return None;
        }
        let joined = |next: char| next.is_ascii_alphanumeric() || matches!(next, '.' | '-' | '/' | ':');
        if !chinese && after.is_some_and(joined) {
            return None;
        }
    }
    Some(Quantity {
        start,
        end,
        milli,
        unit: unit.unwrap_or_default(),
        plus: text[start] == '+',
    })
}

/// Whether a character separates words.
pub(super) fn is_boundary(character: char) -> bool {
    matches!(
        character,
        ' ' | ',' | '、' | '+' | '*' | '/' | ':' | '(' | ')' | '.' | '-' | '「' | '」' | '&' | '_' | '①'
            ..='⑳'
    ) || character == '和'
}

/// The unit in which a good is sold, without specification: `5斤/袋` and `袋(约5斤)` are 袋.
pub(super) fn sale_unit(unit: &str) -> String {
    let folded: String = super::numerals::folded_term(unit).into_iter().collect();
    let head = folded.split('(').next().unwrap_or_default();
    head.rsplit('/')
        .next()
        .unwrap_or_default()
        .trim_start_matches('每')
        .to_string()
}

/// Converts a quantity to whole sale units of a good.
pub(super) fn in_sale_units(quantity: &Quantity, sold_by: &str) -> Result<u32, Doubt> {
    let sold_by = sale_unit(sold_by);
    let weight = |unit: &str| {
        WEIGHTS
            .iter()
            .find(|(word, _)| *word == unit)
            .map(|(_, grams)| *grams)
    };
    let milli = match (weight(&quantity.unit), weight(&sold_by)) {
        _ if quantity.unit.is_empty() || quantity.unit == sold_by => quantity.milli,
        (Some(written), Some(sold)) => {
            let milligrams = quantity.milli * written;
            if !milligrams.is_multiple_of(sold * MILLI) {
                return Err(Doubt::Fraction);
            }
            milligrams / sold
        }
        (None, None) if interchangeable(&quantity.unit, &sold_by) => quantity.milli,
        _ => return Err(Doubt::Unit),
    };
    if !milli.is_multiple_of(MILLI) {
        return Err(Doubt::Fraction);
    }
    let whole = u32::try_from(milli / MILLI).unwrap_or(u32::MAX);
    if whole == 0 || whole > plausible_max(&sold_by) {
        Err(Doubt::Implausible(whole))
    } else {
        Ok(whole)
    }
}

/// Counting words that neighbours use for one another.
const ALIKE: [&str; 9] = [
    "袋包",
    "箱件",
    "桶壶",
    "听罐",
    "板盘托",
    "颗棵个只",
    "根条",
    "捆把扎",
    "份套单个组",
];

/// 份 is said for one of anything, and some counting words for one another. Other pairs need a conversion.
fn interchangeable(written: &str, sold_by: &str) -> bool {
    let alike = |group: &&str| group.contains(written) && group.contains(sold_by);
    written == "份" || sold_by.is_empty() || ALIKE.iter().any(alike)
}

/// More than this in one household's order is asked back.
fn plausible_max(sold_by: &str) -> u32 {
    match sold_by {
        "斤" | "市斤" | "公斤" | "千克" | "KG" => 100,
        "枚" | "个" | "只" | "颗" | "根" | "条" | "瓶" | "听" | "支" | "块" => 60,
        _ => 20,
    }
}

/// A token of the part of an entry that orders goods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// A good, by its index.
    Good(usize),
    /// A quantity, by its index in the entry's list.
    Amount(usize),
    /// 各: the next quantity holds for each good before it.
    Each,
    /// A separator between clauses.
    Break,
    /// A space or other text between two tokens.
    Gap,
}

/// How goods and quantities belong together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Pairing {
    /// Good and index of the quantity.
    pub pairs: Vec<(usize, usize)>,
    /// Goods without a quantity.
    pub bare_goods: Vec<usize>,
    /// Quantities without a good.
    pub bare_amounts: Vec<usize>,
}

/// Pairs goods and quantities. One order of words must fit the whole entry, or each of its clauses; what
/// fits neither stays bare, so that a quantity is never given to the wrong good.
pub(super) fn pair(tokens: &[Token]) -> Pairing {
    let mut pairing = Pairing::default();
    let rest = take_each(tokens, &mut pairing);
    let clauses: Vec<&[Token]> = rest.split(|token| *token == Token::Break).collect();
    // 苹果+2份 writes good and quantity as separate fields: then the whole entry is one sequence.
    if clauses
        .iter()
        .all(|clause| clause.iter().filter(|token| **token != Token::Gap).count() <= 1)
    {
        let words: Vec<Token> = clauses.concat();
        if alternate(&words, &mut pairing) {
            return pairing;
        }
    }
    for clause in clauses {
        if alternate(clause, &mut pairing) {
            continue;
        }
        // `A2 B` and `A1 17`: what is written without a space belongs together.
        for run in clause.split(|token| *token == Token::Gap) {
            if alternate(run, &mut pairing) {
                continue;
            }
            for token in run {
                match token {
                    Token::Good(good) => pairing.bare_goods.push(*good),
                    Token::Amount(amount) => pairing.bare_amounts.push(*amount),
                    Token::Each | Token::Break | Token::Gap => {}
                }
            }
        }
    }
    pairing
}

/// Resolves `A、B各1份` and `各1份A和B`, and returns the tokens that are left.
fn take_each(tokens: &[Token], pairing: &mut Pairing) -> Vec<Token> {
    let mut rest: Vec<Token> = Vec::new();
    let mut position = 0;
    while position < tokens.len() {
        let next = tokens[position + 1..]
            .iter()
            .position(|token| *token != Token::Gap);
        let next = next.map(|skipped| position + 1 + skipped);
        let (Token::Each, Some(next)) = (&tokens[position], next) else {
            rest.push(tokens[position].clone());
            position += 1;
            continue;
        };
        let Token::Amount(amount) = &tokens[next] else {
            rest.push(tokens[position].clone());
            position += 1;
            continue;
        };
        position = next + 1;
        let listed = |token: &Token| matches!(token, Token::Good(_) | Token::Break | Token::Gap);
        let before = rest.iter().rev().take_while(|token| listed(token)).count();
        let mut goods = rest.split_off(rest.len() - before);
        if !goods.iter().any(|token| matches!(token, Token::Good(_))) {
            let behind = tokens[position..]
                .iter()
                .take_while(|token| listed(token))
                .count();
            goods = tokens[position..position + behind].to_vec();
            position += behind;
            if !goods.iter().any(|token| matches!(token, Token::Good(_))) {
                rest.push(Token::Amount(*amount));
            }
        }
        for token in goods {
            if let Token::Good(good) = token {
                pairing.pairs.push((good, *amount));
            }
        }
        rest.push(Token::Break);
    }
    rest
}

/// Pairs a sequence that is strictly good-quantity or strictly quantity-good; else leaves it and says no.
fn alternate(tokens: &[Token], pairing: &mut Pairing) -> bool {
    let words: Vec<&Token> = tokens.iter().filter(|token| **token != Token::Gap).collect();
    if !words.len().is_multiple_of(2) {
        return false;
    }
    let mut pairs = Vec::new();
    for two in words.chunks(2) {
        pairs.push(match two {
            [Token::Good(good), Token::Amount(amount)] => (true, *good, *amount),
            [Token::Amount(amount), Token::Good(good)] => (false, *good, *amount),
            _ => return false,
        });
    }
    if pairs.iter().any(|(good_first, ..)| *good_first != pairs[0].0) {
        return false;
    }
    pairing
        .pairs
        .extend(pairs.into_iter().map(|(_, good, amount)| (good, amount)));
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<Quantity> {
        let text: Vec<char> = text.chars().collect();
        quantity_at(&text, 0, &vec![true; text.len()], false)
    }

    #[test]
    fn quantities_with_units() {
        for (text, milli, unit) in [
            ("6份", 6000, "份"),
            ("2 箱", 2000, "箱"),
            ("五斤", 5000, "斤"),
            ("一斤半", 1500, "斤"),
            ("半个", 500, "个"),
            ("*2", 2000, ""),
            ("+1", 1000, ""),
            ("X3", 3000, ""),
            ("10KG", 10_000, "KG"),
            ("500G", 500_000, "克"),
        ] {
            let quantity = read(text).unwrap();
            assert_eq!((quantity.milli, quantity.unit.as_str()), (milli, unit), "{text}");
            assert_eq!(quantity.end, text.chars().count(), "{text}");
        }
        assert_eq!(read("一次性"), None);
        assert_eq!(read("2-3份"), None);
    }

    #[test]
    fn units_are_converted_only_where_they_can_be() {
        let units = |text: &str, sold_by: &str| in_sale_units(&read(text).unwrap(), sold_by);
        assert_eq!(units("2公斤", "斤"), Ok(4));
        assert_eq!(units("4斤", "公斤"), Ok(2));
        assert_eq!(units("3斤", "公斤"), Err(Doubt::Fraction));
        assert_eq!(units("3斤", "份"), Err(Doubt::Unit));
        assert_eq!(units("3箱", "份"), Err(Doubt::Unit));
        assert_eq!(units("3份", "箱"), Ok(3));
        assert_eq!(units("2袋", "5斤/袋"), Ok(2));
        assert_eq!(units("0份", "份"), Err(Doubt::Implausible(0)));
        assert_eq!(units("99份", "份"), Err(Doubt::Implausible(99)));
    }

    #[test]
    fn pairing_needs_one_order_of_words() {
        use Token::{Amount as Q, Break, Each, Good as G};
        assert_eq!(pair(&[G(0), Q(0), G(1), Q(1)]).pairs, [(0, 0), (1, 1)]);
        assert_eq!(pair(&[Q(0), G(0), Break, Q(1), G(1)]).pairs, [(0, 0), (1, 1)]);
        assert_eq!(pair(&[G(0), Break, G(1), Each, Q(0)]).pairs, [(0, 0), (1, 0)]);
        assert_eq!(pair(&[G(0), Break, Q(0)]).pairs, [(0, 0)]);
        let crossed = pair(&[G(0), Break, Q(0), G(1), Break, Q(1)]);
        assert_eq!((crossed.pairs, crossed.bare_goods), (vec![(1, 0)], vec![0]));
        let glued = pair(&[G(0), Q(0), Token::Gap, G(1)]);
        assert_eq!((glued.pairs, glued.bare_goods), (vec![(0, 0)], vec![1]));
        let unclear = pair(&[Q(0), G(0), Q(1)]);
        assert!(unclear.pairs.is_empty());
        assert_eq!((unclear.bare_goods, unclear.bare_amounts), (vec![0], vec![0, 1]));
    }
}
