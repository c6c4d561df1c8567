//! From the goods and quantities of an entry to order lines, or to the first doubt about them.

use super::dwelling::Register;
use super::entry::{Change, Household, Scan};
use super::goods::Named;
use super::numerals::MILLI;
use super::quantity::{Doubt, Quantity, Token, in_sale_units, is_boundary, pair, sale_unit};
use super::written::Written;
use super::{Candidate, Reason, words};

/// What was understood of the goods of an entry.
#[derive(Debug, Default)]
pub(super) struct Understood {
    /// Goods and quantities.
    pub lines: Vec<(usize, u32)>,
    /// The first doubt and its candidates.
    pub problem: Option<(Reason, Vec<Candidate>)>,
    /// What is written besides.
    pub note: String,
    /// A quantity of one was taken because none is written.
    pub assumed: bool,
    /// Characters that are neither household nor order nor filler.
    pub unread: usize,
    /// How the household calls itself, where that is no registered name.
    pub nickname: Option<String>,
    /// Other characters stand beside a registered name as if they belonged to it.
    pub name_extended: bool,
}

/// What a piece of text that is neither household nor order seems to be.
enum Rest {
    Nothing,
    Remark,
    Nickname,
    Number,
    Good(Vec<usize>),
}

/// Makes order lines of what was scanned. The first doubt stops the entry from being an order; the lines
/// understood so far remain as the guess.
pub(super) fn understand(
    scan: &Scan<'_>,
    content: &Written,
    change: Change,
    household: &Household,
    register: &Register<'_>,
) -> Understood {
    let mut understood = Understood::default();
    let mut doubts: Vec<(Reason, Vec<Candidate>)> = Vec::new();
    for named in &scan.named {
        if named.goods.len() > 1 {
            doubts.push((
                Reason::AmbiguousGood,
                named.goods.iter().copied().map(Candidate::Good).collect(),
            ));
        }
    }
    if let Some(both) = letter_contradicts(scan) {
        doubts.push((
            Reason::AmbiguousGood,
            both.into_iter().map(Candidate::Good).collect(),
        ));
    }
    let goods = scan.catalogue.goods;
    let bare = scan.named.is_empty() && scan.amounts.len() == 1 && goods.len() == 1;
    let called =
        |piece: &[char]| matches!(household, Household::One(index) if register.is_called(*index, piece));
    let near = read_rest(scan, content, bare, called, &mut understood, &mut doubts);
    let pairing = pair(&merged(scan.tokens()));
    let mut pairs = pairing.pairs;
    let foreign = doubts
        .iter()
        .any(|(reason, near)| matches!(reason, Reason::UnknownGood { .. }) && near.is_empty());
    if bare && foreign {
        // What is asked for is something else, so the quantity says nothing of the good on offer.
    } else if bare {
        pairs.push((0, 0));
    } else if let Some(amount) = pairing.bare_amounts.first() {
        let reason = if scan.named.is_empty() {
            Reason::NoGood
        } else {
            Reason::UnplacedNumber {
                written: spelt(content, &scan.amounts[*amount]),
            }
        };
        doubts.push((reason, Vec::new()));
        if let (true, [good]) = (scan.named.is_empty(), near.as_slice()) {
            pairs.push((*good, *amount));
        }
    }
    if let Some(amount) = scan.lone_minus(change, pairs.len()) {
        let written = format!("-{}", spelt(content, amount));
        doubts.push((Reason::UnplacedNumber { written }, Vec::new()));
    }
    for (good, amount) in pairs {
        add_line(
            scan,
            content,
            good,
            &scan.amounts[amount],
            &mut understood,
            &mut doubts,
        );
    }
    // Goods without any number are wanted once each; a number beside one of them leaves the others open.
    let unwritten = scan.amounts.is_empty() && change == Change::New;
    for good in pairing.bare_goods {
        let by_weight = matches!(
            sale_unit(&goods[good].unit).as_str(),
            "斤" | "公斤" | "千克" | "KG" | "克"
        );
        if unwritten && !by_weight {
            understood.assumed = true;
        } else {
            doubts.push((Reason::NoQuantity, Vec::new()));
        }
        if !by_weight && !understood.lines.iter().any(|(held, _)| *held == good) {
            understood.lines.push((good, 1));
        }
    }
    if scan.named.is_empty() && scan.amounts.is_empty() {
        let reason = if goods.len() == 1 {
            Reason::NoQuantity
        } else {
            Reason::NoGood
        };
        doubts.push((reason, Vec::new()));
    }
    if understood.lines.is_empty() {
        doubts.push((Reason::NoGood, Vec::new()));
    }
    understood.problem = doubts.into_iter().next();
    understood
}

/// Adds a pair as an order line, or the doubt about it with a guess.
fn add_line(
    scan: &Scan<'_>,
    content: &Written,
    good: usize,
    quantity: &Quantity,
    understood: &mut Understood,
    doubts: &mut Vec<(Reason, Vec<Candidate>)>,
) {
    let unit = &scan.catalogue.goods[good].unit;
    let written = spelt(content, quantity);
    // A pack named by its letter is counted with 个 whatever it is sold by.
    let lettered = scan
        .named
        .iter()
        .any(|named| named.goods == [good] && named.end - named.start == 1);
    let mut counted = quantity.clone();
    if lettered && counted.unit == "个" {
        counted.unit = "份".into();
    }
    let quantity = &counted;
    let guess = match in_sale_units(quantity, unit) {
        Ok(whole) => Some(whole),
        Err(doubt) => {
            let reason = match doubt {
                Doubt::Unit => Reason::UnitUnclear {
                    written,
                    unit: unit.clone(),
                },
                Doubt::Fraction => Reason::NotWhole { written },
                Doubt::Implausible(quantity) => Reason::ImplausibleQuantity { quantity },
            };
            doubts.push((reason, Vec::new()));
            // A weight says nothing of the number of packs; another counting word at least has the number.
            let weight = matches!(
                quantity.unit.as_str(),
                "斤" | "市斤" | "公斤" | "千克" | "KG" | "克"
            );
            let whole = (quantity.milli / MILLI) as u32;
            (doubt == Doubt::Unit
                && !weight
                && quantity.milli.is_multiple_of(MILLI)
                && (1..=20).contains(&whole))
            .then_some(whole)
        }
    };
    let Some(whole) = guess else { return };
    match understood.lines.iter_mut().find(|(held, _)| *held == good) {
        Some((_, held)) => {
            *held = held.saturating_add(whole);
            doubts.push((Reason::GoodTwice, vec![Candidate::Good(good)]));
        }
        None => understood.lines.push((good, whole)),
    }
}

/// How many menu letters stand in front of the name of the good that they mean.
pub(super) fn letters_beside_goods(scan: &Scan<'_>) -> usize {
    let beside = |two: &[Named]| {
        let [first, second] = two else { return false };
        let joined = scan.text[first.end..second.start]
            .iter()
            .all(|next| matches!(next, ' ' | '.' | ':' | '、' | ')'));
        joined && first.end - first.start == 1 && second.end - second.start > 1 && first.goods == second.goods
    };
    scan.named.windows(2).filter(|two| beside(two)).count()
}

/// A menu letter and the name of another good side by side: J 鸡翅, where J is something else.
fn letter_contradicts(scan: &Scan<'_>) -> Option<Vec<usize>> {
    scan.named.windows(2).find_map(|two| {
        let [first, second] = two else { return None };
        let beside = scan.text[first.end..second.start]
            .iter()
            .all(|next| matches!(next, ' ' | '.' | ':'));
        let letter = first.end - first.start == 1 && second.end - second.start > 1;
        let both: Vec<usize> = [first.goods.clone(), second.goods.clone()].concat();
        (beside && letter && first.goods != second.goods).then_some(both)
    })
}

/// Drops the repetition of a good in `J 三文鱼` and `A套餐2份(蔬菜包)`, where both name the same good.
fn merged(tokens: Vec<Token>) -> Vec<Token> {
    let mut kept: Vec<Token> = Vec::new();
    for (position, token) in tokens.iter().enumerate() {
        if let Token::Good(good) = token {
            let last = kept
                .iter()
                .rev()
                .find(|held| !matches!(held, Token::Break | Token::Gap));
            let before = kept.iter().rev().find_map(|held| match held {
                Token::Good(earlier) => Some(*earlier),
                _ => None,
            });
            let next = tokens[position + 1..]
                .iter()
                .find(|next| !matches!(next, Token::Break | Token::Gap));
            let beside = matches!(last, Some(Token::Good(_)));
            let repeated_behind = matches!(last, Some(Token::Amount(_)))
                && !matches!(next, Some(Token::Amount(_)))
                && matches!(kept.first(), Some(Token::Good(_)));
            if before == Some(*good) && (beside || repeated_behind) {
                continue;
            }
        }
        if *token != Token::Gap || kept.last() != Some(&Token::Gap) {
            kept.push(token.clone());
        }
    }
    kept
}

/// Judges the text that is left, builds the note, and returns goods that unknown words may mean.
fn read_rest(
    scan: &Scan<'_>,
    content: &Written,
    bare: bool,
    called: impl Fn(&[char]) -> bool,
    understood: &mut Understood,
    doubts: &mut Vec<(Reason, Vec<Candidate>)>,
) -> Vec<usize> {
    let mut near = Vec::new();
    let mut kept: Vec<bool> = (0..scan.text.len()).map(|index| scan.is_remark(index)).collect();
    let mut start = 0;
    while start < scan.text.len() {
        let inside = |index: usize| scan.is_free(index) && !is_boundary(scan.text[index]);
        if !inside(start) {
            start += 1;
            continue;
        }
        let end = (start..scan.text.len())
            .find(|index| !inside(*index))
            .unwrap_or(scan.text.len());
        let (mut from, mut to) = without_filler(&scan.text, start, end);
        if to - from == 1 && end - start == 2 && !scan.text[from].is_ascii() {
            // The 来 of 大来 is part of a word.
            (from, to) = (start, end);
        }
        let behind_amount = scan.amounts.iter().any(|amount| amount.end == from);
        let beside_amount = behind_amount || scan.amounts.iter().any(|amount| amount.start == to);
        let mut written = content.original[from..to].iter().collect::<String>();
        let beside_remark = scan.is_remark(end) || (start > 0 && scan.is_remark(start - 1));
        let aside = beside_remark
            && to - from <= 2
            && !scan.text[from..to]
                .iter()
                .any(|next| next.is_ascii() || words::GOODS.contains(*next));
        let judged = if (to - from == 1 && scan.begins_name(to)) || called(&scan.text[from..to]) {
            // A何平: the letter that lifts a contact to the top of an address book; 秀兰 behind the dwelling of 李秀兰.
            Rest::Nickname
        } else if scan.text.get(end) == Some(&':') && scan.homes.iter().any(|home| home.1 == start) {
            // What stands between the dwelling and a colon is who speaks.
            Rest::Nickname
        } else if aside && to > from {
            // The 大 of 要大一点的.
            Rest::Remark
        } else if let Some(good) = glued_good(scan, from, to) {
            let (good, (first, last)) = good;
            written = content.original[first..last].iter().collect();
            Rest::Good(good)
        } else {
            let before_home = scan.homes.first().is_some_and(|home| to <= home.0)
                && scan.amounts.first().is_none_or(|amount| to <= amount.start);
            judge(
                scan,
                &scan.text[from..to],
                bare && !before_home,
                behind_amount,
                beside_amount,
            )
        };
        // 潘多拉的盒子 is not 潘多拉, while 打电话来 behind a name is a remark.
        let theirs = to > from && matches!(scan.text[start], '他' | '她');
        let possessive = (from > start && scan.text[start] == '的' && to > from) || theirs;
        let short = ((1..=2).contains(&(to - from)) && !scan.text[from].is_ascii()) || possessive;
        let plain = !matches!(judged, Rest::Nothing)
            && !words::any(&scan.text[start..end], words::REMARK)
            && (theirs || !words::any(&scan.text[from..to], words::KINSHIP))
            && !called(&scan.text[from..to]);
        understood.name_extended |= short
            && plain
            && (scan.begins_name(to) || scan.ends_name(from) || (possessive && scan.ends_name(start)));
        let named = matches!(judged, Rest::Nickname)
            || (matches!(judged, Rest::Remark) && !words::any(&scan.text[from..to], words::REMARK));
        if named && to - from >= 2 {
            understood.nickname.get_or_insert_with(|| written.clone());
        }
        match judged {
            Rest::Nothing => {}
            rest => {
                let (first, last) = if matches!(rest, Rest::Remark) {
                    (start, end)
                } else {
                    (from, to)
                };
                kept[first..last].fill(true);
                understood.unread += to - from;
                match rest {
                    Rest::Good(similar) => {
                        near.extend(similar.iter().copied());
                        doubts.push((
                            Reason::UnknownGood { written },
                            similar.into_iter().map(Candidate::Good).collect(),
                        ));
                    }
                    Rest::Number => doubts.push((Reason::UnplacedNumber { written }, Vec::new())),
                    Rest::Nothing | Rest::Remark | Rest::Nickname => {}
                }
            }
        }
        start = end;
    }
    understood.note = note(content, &kept);
    near.sort_unstable();
    near.dedup();
    near
}

/// Goods that a word may mean which is written together with the name of a good, as in 疏菜包 or 菜包子: it is
/// another good or a slip, unless it is surely how somebody is called.
fn glued_good(scan: &Scan<'_>, from: usize, to: usize) -> Option<(Vec<usize>, (usize, usize))> {
    if from == to || to - from > 3 || !scan.text[from..to].iter().all(|next| !next.is_ascii()) {
        return None;
    }
    let piece = &scan.text[from..to];
    if words::any(piece, words::REMARK)
        || is_called_so(piece)
        || piece.iter().all(|next| !next.is_alphanumeric())
    {
        return None;
    }
    let good = scan.named.iter().find(|named| {
        (named.start == to || named.end == from)
            && scan.text[named.start..named.end]
                .iter()
                .any(|next| !next.is_ascii())
    })?;
    let (start, end) = (from.min(good.start), to.max(good.end));
    let mut near = scan.catalogue.similar(&scan.text[start..end]);
    near.extend(
        good.goods
            .iter()
            .filter(|index| !near.contains(index))
            .copied()
            .collect::<Vec<_>>(),
    );
    Some((near, (start, end)))
}

/// Whether a short word is a form of address, such as 小陈 or 豆豆妈.
fn is_called_so(piece: &[char]) -> bool {
    let kin = words::KINSHIP
        .iter()
        .any(|word| piece.len() > word.chars().count() && piece.ends_with(&word.chars().collect::<Vec<_>>()));
    let called = piece.len() == 2 && "小老阿".contains(piece[0]) && words::SURNAMES.contains(piece[1]);
    (kin && !words::any(piece, &["老干妈"])) || called
}

/// Says what a piece of left-over text seems to be. In a round of one good a bare quantity orders it, so
/// there (`bare`) only what is surely a nickname or a remark may stand beside the quantity.
fn judge(scan: &Scan<'_>, piece: &[char], bare: bool, behind_amount: bool, beside_amount: bool) -> Rest {
    if piece.iter().all(|character| !character.is_alphanumeric()) {
        return Rest::Nothing;
    }
    let remark = words::any(piece, words::REMARK);
    let food = piece.iter().any(|character| words::GOODS.contains(*character));
    let kin = words::KINSHIP
        .iter()
        .any(|word| piece.ends_with(&word.chars().collect::<Vec<_>>()));
    let kin = kin && !words::any(piece, &["老干妈"]);
    if kin && !behind_amount {
        return Rest::Nickname;
    }
    if words::any(piece, words::ERRAND) {
        return Rest::Good(scan.catalogue.similar(piece));
    }
    if remark && !(bare && (food || beside_amount)) {
        return Rest::Remark;
    }
    if piece.iter().any(char::is_ascii_digit) {
        let letters = piece.iter().any(|character| character.is_alphabetic());
        let initials = piece.iter().take_while(|next| next.is_ascii_alphabetic()).count();
        return if initials >= 2 {
            // The td of td5斤.
            Rest::Good(scan.catalogue.similar(&piece[..initials]))
        } else if letters {
            Rest::Good(scan.catalogue.similar(piece))
        } else {
            Rest::Number
        };
    }
    let similar = scan.catalogue.similar(piece);
    if !similar.is_empty() || food || behind_amount {
        return Rest::Good(similar);
    }
    let latin = piece.iter().all(char::is_ascii_alphabetic);
    if latin {
        return if piece.len() >= 2 {
            Rest::Nickname
        } else {
            Rest::Good(similar)
        };
    }
    let surname = piece.len() <= 4 && words::SURNAMES.contains(piece[0]);
    let called = matches!(piece[0], '小' | '老' | '阿') && piece.len() <= 3;
    if kin || surname || called {
        return Rest::Nickname;
    }
    if bare { Rest::Good(similar) } else { Rest::Remark }
}

/// Cuts filler words off both ends of a piece of text.
fn without_filler(text: &[char], mut start: usize, mut end: usize) -> (usize, usize) {
    loop {
        let piece = &text[start..end];
        let front = words::FILLER.iter().map(|word| word.chars().collect::<Vec<_>>());
        let front = front
            .filter(|word| piece.starts_with(word))
            .map(|word| word.len())
            .max();
        let back = words::FILLER.iter().map(|word| word.chars().collect::<Vec<_>>());
        let back = back
            .filter(|word| piece.ends_with(word))
            .map(|word| word.len())
            .max();
        match (front, back) {
            (Some(length), _) => start += length,
            (None, Some(length)) => end -= length,
            (None, None) => return (start, end),
        }
    }
}

/// A quantity in its original writing.
fn spelt(content: &Written, quantity: &Quantity) -> String {
    content.original[quantity.start..quantity.end]
        .iter()
        .collect::<String>()
        .trim()
        .to_string()
}

/// The kept characters of the original, with a space where something stood between them.
fn note(content: &Written, kept: &[bool]) -> String {
    let mut note = String::new();
    let mut gap = false;
    for (character, kept) in content.original.iter().zip(kept) {
        if *kept {
            if gap && !note.is_empty() {
                note.push(' ');
            }
            gap = false;
            note.push(if *character == '\n' { ' ' } else { *character });
        } else {
            gap = true;
        }
    }
    note.trim().to_string()
}
