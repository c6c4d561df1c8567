//! Numbers that are no quantities: phones, prices, times, dates, storeys, heads.

use super::address::starts_with;
use super::numerals::{decimal, is_numeral, mobile, number};
use super::quantity::{is_unit_start, unit_at};
use super::words;

/// The length of a landline number with its area code: 0356-2345678.
pub(super) fn landline(text: &[char]) -> Option<usize> {
    let digits = |from: usize| {
        text[from.min(text.len())..]
            .iter()
            .take_while(|next| next.is_ascii_digit())
            .count()
    };
    let area = digits(0);
    let gap = usize::from(text.get(area).is_some_and(|next| matches!(next, '-' | ' ')));
    let number = digits(area + gap);
    (text.first() == Some(&'0') && matches!(area, 3 | 4) && gap == 1 && matches!(number, 7 | 8))
        .then_some(area + gap + number)
}

/// The digits of a room that a mobile number follows without a blank: 3 in 30113812345678.
pub(super) fn behind_room(text: &[char]) -> usize {
    let digits = text.iter().take_while(|next| next.is_ascii_digit()).count();
    let room = digits.saturating_sub(11);
    let first = mobile(&text[..11.min(text.len())]).is_some();
    if matches!(room, 3 | 4) && mobile(&text[room..]).is_some() && !first {
        room
    } else {
        0
    }
}

fn behind_spaces(text: &[char], start: usize) -> usize {
    start + text[start..].iter().take_while(|next| **next == ' ').count()
}

/// The position behind 个老人 in 2个老人, which counts people.
fn behind_people(text: &[char], start: usize) -> Option<usize> {
    let from = start + usize::from(text.get(start).is_some_and(|next| "个位名口".contains(*next)));
    let word = words::PEOPLE.iter().find(|word| starts_with(text, from, word))?;
    Some(from + word.chars().count())
}

/// A number that is no quantity at `start`: the position behind it, and whether it is a price.
pub(super) fn remark_at(text: &[char], start: usize) -> Option<(usize, bool)> {
    if text[start] == '¥' {
        let value = number(text.get(start + 1..)?)?;
        return Some((start + 1 + value.length, true));
    }
    if starts_with(text, start, "尾号") {
        let digits = text[start + 2..]
            .iter()
            .take_while(|next| next.is_ascii_digit())
            .count();
        return (digits > 0).then_some((start + 2 + digits, false));
    }
    let fresh = start == 0 || !(text[start - 1].is_ascii_digit() || is_numeral(text[start - 1]));
    if !fresh {
        return None;
    }
    let value = number(&text[start..])?;
    let end = start + value.length;
    if start > 0 && text[start - 1] == '第' {
        return Some((end, false));
    }
    let rest = &text[end..];
    if rest.first() == Some(&':') && decimal(rest.get(1..3)?).is_some_and(|minute| minute < 60) {
        return Some((end + 3, false));
    }
    for word in ["元", "块钱", "¥"] {
        if starts_with(text, end, word) {
            let mut end = end + word.chars().count();
            if text.get(end) == Some(&'/') && text.get(end + 1).is_some_and(|next| is_unit_start(*next)) {
                end += 2;
            }
            return Some((end, true));
        }
    }
    // 10斤装 is the size of what is sold.
    if let Some((_, behind)) = unit_at(text, end).filter(|(_, behind)| text.get(*behind) == Some(&'装')) {
        return Some((behind + 1, false));
    }
    if let Some(end) = behind_people(text, end) {
        return Some((end, false));
    }
    let paid = text[..start]
        .iter()
        .rposition(|next| !matches!(next, ' ' | ':'))
        .is_some_and(|last| {
            words::PAID
                .iter()
                .any(|word| text[..=last].ends_with(&word.chars().collect::<Vec<_>>()))
        });
    let settled = [
        "已付",
        "已发",
        "红包",
        "已转",
        "付了",
        "转了",
        "付过",
        "已收",
        "微信",
        "支付宝",
    ]
    .iter()
    .any(|word| starts_with(text, behind_spaces(text, end), word));
    // 20/份 is the price of one.
    if text.get(end) == Some(&'/') && text.get(end + 1).is_some_and(|next| is_unit_start(*next)) {
        return Some((end + 2, true));
    }
    if settled {
        return Some((end, true));
    }
    if paid && !text.get(end).is_some_and(|next| is_unit_start(*next)) {
        return Some((end, true));
    }
    // 5-6点 is a time, whichever of its numbers is looked at.
    let ranged = matches!(rest.first(), Some('-' | '到' | '至'))
        .then(|| number(&text[end + 1..]))
        .flatten();
    if let Some(upper) = ranged {
        let behind = end + 1 + upper.length;
        let timed = ["点", "日", "月", "号", "楼", "天", "岁", "分钟", "小时"]
            .iter()
            .find(|word| starts_with(text, behind, word));
        if let Some(word) = timed {
            return Some((behind + word.chars().count(), false));
        }
    }
    let words = [
        "点半", "点钟", "点", "月", "日", "楼", "层", "%", "人", "口人", "天", "岁", "年", "周", "分钟",
        "小时", "次", "期", "轮", "批", "米", "折", "家", "户",
    ];
    let word = words.iter().find(|word| starts_with(text, end, word))?;
    Some((end + word.chars().count(), false))
}
