//! What a line is by its words: a heading, the menu, chatter, an example, a placeholder.

use super::address::starts_with;
use super::dwelling::{Register, Scope};
use super::entry::{Change, Household, Reading};
use super::lex::{Segment, Shape};
use super::quantity::is_boundary;
use super::{line_words, words};

/// A line of the price list: goods, prices and sizes, but no household and no text besides. A numbered
/// line must not say how many, for then somebody may have forgotten the dwelling.
pub(super) fn is_menu(segment: &Segment, reading: &Reading) -> bool {
    let nobody = matches!(&reading.household, Household::Unwritten(near) if near.is_empty());
    let paid = words::any(&segment.content.folded, &["已", "付", "转", "要", "订"]);
    let listed = match segment.shape {
        Shape::Entry(_) => reading.unread == 0 && !reading.has_amount,
        _ => reading.unread == 0 || is_menu_letter(&segment.written.folded),
    };
    nobody && reading.priced && !paid && !reading.first_person && reading.phone.is_none() && listed
}

/// `A：三文鱼`, `B. 鸡翅`: a letter that introduces a good.
pub(super) fn is_menu_letter(text: &[char]) -> bool {
    let start = text.iter().take_while(|next| **next == ' ').count();
    let letter = text.get(start).is_some_and(char::is_ascii_uppercase);
    letter && matches!(text.get(start + 1), Some(':' | '.' | '、' | ')' | '-' | ','))
}

/// The organiser's own first entry, which names the round but orders nothing.
pub(super) fn is_organiser(segment: &Segment, position: u32, reading: &Reading) -> bool {
    position == 1
        && !reading.has_amount
        && !reading.has_good
        && reading.change == Change::New
        && matches!(reading.household, Household::Unwritten(_))
        && words::any(&segment.content.folded, line_words::ORGANISER)
}

/// A line that says no more than 收到, 好的谢谢 or 哈哈哈, also behind the name of who says it.
pub(super) fn is_chatter(text: &[char], register: &Register<'_>) -> bool {
    let from = behind_speaker(text, register);
    if from > 0 && text[from..].iter().all(|next| !next.is_alphanumeric()) {
        return false;
    }
    text[from..]
        .split(|next| is_boundary(*next))
        .all(|piece| piece.is_empty() || is_chat_piece(piece))
}

/// Whether a piece is made of nothing but the words of chatter, or of signs that are no words.
fn is_chat_piece(piece: &[char]) -> bool {
    if piece.iter().all(|next| !next.is_alphanumeric()) {
        return true;
    }
    let longest = line_words::CHATTER
        .iter()
        .map(|word| word.chars().collect::<Vec<_>>())
        .filter(|word| piece.starts_with(word))
        .map(|word| word.len())
        .max();
    longest.is_some_and(|length| is_chat_piece(&piece[length..]))
}

/// The position behind `李秀兰：`, where a copied chat names who speaks.
fn behind_speaker(text: &[char], register: &Register<'_>) -> usize {
    let start = text.iter().take_while(|next| **next == ' ').count();
    let named = register.name_at(text, start).map(|(length, _)| start + length);
    let colon = text
        .iter()
        .take(16)
        .position(|next| *next == ':')
        .map(|colon| colon + 1);
    named.or(colon).unwrap_or(0)
}

/// Whether the line shows how to write an entry: 例 3-2-501 A1份.
pub(super) fn has_example(text: &[char]) -> bool {
    line_words::EXAMPLE.iter().any(|word| {
        let length = word.chars().count();
        (0..text.len().saturating_sub(length - 1)).any(|start| {
            let fresh = start == 0 || is_boundary(text[start - 1]);
            fresh && starts_with(text, start, word)
        })
    })
}

/// Whether the line only names the columns of a list: 房号 姓名 品名 数量.
pub(super) fn is_field_heading(text: &[char]) -> bool {
    let mut count = 0;
    for piece in text
        .split(|next| is_boundary(*next))
        .filter(|piece| !piece.is_empty())
    {
        let spelt: String = piece.iter().collect();
        if !line_words::FIELDS.contains(&spelt.as_str()) {
            return false;
        }
        count += 1;
    }
    count >= 2
}

/// An entry that only holds its place in the list.
pub(super) fn is_placeholder(text: &[char]) -> bool {
    let spelt: String = text.iter().filter(|next| next.is_alphanumeric()).collect();
    spelt.is_empty() || line_words::PLACEHOLDER.contains(&spelt.as_str())
}

/// The building, or the unit of the only building, that a heading or a title names for the lines below it:
/// `3号楼：`, `2组`, `【5栋2单元】`, `3号楼居民接龙`.
pub(super) fn scope_of(
    text: &[char],
    register: &Register<'_>,
    in_title: bool,
    has_amount: bool,
) -> Option<Scope> {
    let start = text
        .iter()
        .take_while(|next| matches!(next, ' ' | '(' | '#' | '*' | '-' | '='))
        .count();
    let (scope, behind) = match register.building_at(text, start) {
        Some((building, unit, behind)) if register.has_building(&building) => (
            Scope {
                building: register.only_building(&building),
                unit,
            },
            behind,
        ),
        _ if register.is_one_building() => {
            let digits: String = text[start..]
                .iter()
                .take_while(|next| next.is_ascii_digit())
                .collect();
            let end = start + digits.len();
            if digits.is_empty() || digits.len() > 2 || !starts_with(text, end, "单元") {
                return None;
            }
            let scope = Scope {
                building: None,
                unit: Some(digits),
            };
            (scope, end + 2)
        }
        _ => return None,
    };
    let rest = &text[behind..];
    let empty = rest.iter().all(|next| !next.is_alphanumeric());
    let nothing: String = rest.iter().filter(|next| next.is_alphanumeric()).collect();
    let nobody = matches!(
        nothing.as_str(),
        "无" | "没有" | "暂无" | "合计" | "居民" | "邻居" | "住户" | "业主"
    );
    let titled = in_title
        && !has_amount
        && !rest.iter().any(char::is_ascii_digit)
        && words::any(rest, line_words::SCOPED)
        && !words::any(rest, line_words::PLACE);
    (empty || nobody || titled).then_some(scope)
}
