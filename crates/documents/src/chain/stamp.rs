//! Time stamps that a chat export puts before or behind the name of who speaks.

use super::numerals::decimal;

/// The line without the time stamp that a chat export puts before or behind the name.
pub(super) fn without_stamp(text: &[char], start: usize, end: usize) -> (usize, usize, bool) {
    let open = start
        + text[start..end]
            .iter()
            .take_while(|next| matches!(next, ' ' | '('))
            .count();
    if let Some(behind) = stamp_end(&text[..end], open) {
        let skip = text[behind..end]
            .iter()
            .take_while(|next| matches!(next, ' ' | ')' | ','))
            .count();
        return (behind + skip, end, true);
    }
    for from in (open..end).rev() {
        let fresh = from > start
            && !text[from - 1].is_ascii_digit()
            && text[from - 1] != '-'
            && text[from - 1] != ':';
        if fresh && let Some(behind) = stamp_end(&text[..end], from) {
            let last = text[behind..end]
                .iter()
                .all(|next| matches!(next, ' ' | ')' | ':'));
            if last {
                return (start, from, true);
            }
        }
    }
    (start, end, false)
}

/// The end of a time stamp `[date ]HH:MM[:SS]` that begins here.
fn stamp_end(text: &[char], start: usize) -> Option<usize> {
    let digits = |from: usize| {
        text[from.min(text.len())..]
            .iter()
            .take_while(|next| next.is_ascii_digit())
            .count()
    };
    let mut position = start;
    let date = text[start.min(text.len())..]
        .iter()
        .take_while(|next| next.is_ascii_digit() || matches!(next, '-' | '/' | '.' | '年' | '月' | '日'))
        .count();
    if date >= 6 && text.get(start + date).is_some_and(|next| *next == ' ') {
        position = start
            + date
            + text[start + date..]
                .iter()
                .take_while(|next| **next == ' ')
                .count();
    }
    let hours = digits(position);
    let minutes_from = position + hours + 1;
    if !(1..=2).contains(&hours) || text.get(position + hours) != Some(&':') || digits(minutes_from) != 2 {
        return None;
    }
    if decimal(&text[position..position + hours])? > 23
        || decimal(&text[minutes_from..minutes_from + 2])? > 59
    {
        return None;
    }
    let end = minutes_from + 2;
    let seconds = text.get(end) == Some(&':') && digits(end + 1) == 2;
    Some(if seconds { end + 3 } else { end })
}
