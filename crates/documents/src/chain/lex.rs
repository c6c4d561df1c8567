//! Cuts a pasted text into segments: headers, separators, numbered entries and plain lines.

use super::address::starts_with;
use super::dwelling::{Register, Scope};
use super::numerals::{KEYCAP, decimal};
use super::quantity::{is_unit_start, unit_at};
use super::stamp::without_stamp;
use super::written::Written;

/// What a segment is by its shape alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// Spaces or decoration only.
    Blank,
    /// `#接龙`.
    Header,
    /// A line of dashes.
    Separator,
    /// `n.` and what follows.
    Entry(u32),
    /// Anything else.
    Plain,
}

/// A piece of a line.
#[derive(Clone, Debug)]
pub(super) struct Segment {
    /// 1-based line in the pasted text.
    pub number: usize,
    /// The whole piece.
    pub written: Written,
    /// The piece without its number or time stamp.
    pub content: Written,
    /// Its shape.
    pub shape: Shape,
    /// A time stamp of the chat was cut off.
    pub stamped: bool,
    /// It stands in a quoted message.
    pub quoted: bool,
    /// The copy of the list to which it belongs.
    pub block: usize,
}

/// Counts the copies of the list while lines are cut.
struct Blocks {
    current: usize,
    made: usize,
    last_position: u32,
}

/// Cuts the text. Every character of every line is in exactly one segment.
pub(super) fn cut(text: &str, register: &Register<'_>) -> Vec<Segment> {
    let lines: Vec<Written> = text.lines().map(Written::new).collect();
    let quoted = quoted_lines(&lines);
    let mut segments = Vec::new();
    let mut blocks = Blocks {
        current: 0,
        made: 0,
        last_position: 0,
    };
    let mut resume = None;
    for (index, line) in lines.iter().enumerate() {
        if quoted[index] && resume.is_none() {
            resume = Some((blocks.current, blocks.last_position));
            blocks.open();
        }
        if !quoted[index]
            && let Some((block, last_position)) = resume.take()
        {
            blocks.current = block;
            blocks.last_position = last_position;
        }
        let before = segments.len();
        cut_line(index + 1, line, register, &mut blocks, &mut segments);
        for segment in &mut segments[before..] {
            segment.quoted = quoted[index];
        }
    }
    segments
}

impl Blocks {
    fn open(&mut self) {
        self.made += 1;
        self.current = self.made;
        self.last_position = 0;
    }
}

/// Whether a line is a separator of dashes, as WeChat writes it under a quoted message.
fn is_separator(line: &Written) -> bool {
    let dashes = line
        .folded
        .iter()
        .filter(|character| matches!(character, '-' | '=' | '_' | '*'))
        .count();
    dashes >= 3
        && line
            .folded
            .iter()
            .all(|character| matches!(character, '-' | '=' | '_' | '*' | ' '))
}

/// Marks the lines from an opening `「` to the separator below it.
fn quoted_lines(lines: &[Written]) -> Vec<bool> {
    let mut quoted = vec![false; lines.len()];
    let mut opened = None;
    let mut closed = false;
    for (index, line) in lines.iter().enumerate() {
        if is_separator(line) {
            if let Some(start) = opened.take() {
                quoted[start..=index].fill(true);
            }
            closed = false;
            continue;
        }
        if closed && !line.is_blank() {
            opened = None;
            closed = false;
        }
        let first = line.folded.iter().find(|character| **character != ' ');
        if opened.is_none() && first == Some(&'「') {
            opened = Some(index);
        }
        let last = line.folded.iter().rev().find(|character| **character != ' ');
        closed |= opened.is_some() && last == Some(&'」');
    }
    quoted
}

fn cut_line(
    number: usize,
    line: &Written,
    register: &Register<'_>,
    blocks: &mut Blocks,
    segments: &mut Vec<Segment>,
) {
    let mut push = |start: usize, content: (usize, usize), end: usize, shape: Shape, block: usize| {
        segments.push(Segment {
            number,
            written: line.slice(start, end),
            content: line.slice(content.0, content.1),
            shape,
            stamped: false,
            quoted: false,
            block,
        });
    };
    let end = line.folded.len();
    if line.is_blank() {
        return push(0, (0, end), end, Shape::Blank, blocks.current);
    }
    if is_separator(line) {
        return push(0, (0, end), end, Shape::Separator, blocks.current);
    }
    let mut start = 0;
    if let Some((header, behind)) = header_at(&line.folded) {
        blocks.open();
        let titled = !line.slice(0, header).is_blank();
        if titled {
            push(0, (0, header), header, Shape::Plain, blocks.current);
        }
        let from = if titled { header } else { 0 };
        start = if line.slice(behind, end).is_blank() {
            end
        } else {
            behind
        };
        push(from, (from, start), start, Shape::Header, blocks.current);
        if start == end {
            return;
        }
    }
    let mut marks = marks(&line.folded, start, blocks.last_position, register);
    if let Some(first) = marks.first_mut()
        && line.slice(start, first.start).is_blank()
    {
        first.start = start;
    }
    let first = marks.first().map_or(end, |mark| mark.start);
    if !line.slice(start, first).is_blank() {
        let (from, to, stamped) = without_stamp(&line.folded, start, first);
        segments.push(Segment {
            number,
            written: line.slice(start, first),
            content: line.slice(from, to),
            shape: Shape::Plain,
            stamped,
            quoted: false,
            block: blocks.current,
        });
    }
    for (index, mark) in marks.iter().enumerate() {
        if mark.position == 1 && blocks.last_position >= 2 {
            blocks.open();
        }
        blocks.last_position = mark.position;
        let next = marks.get(index + 1).map_or(end, |next| next.start);
        segments.push(Segment {
            number,
            written: line.slice(mark.start, next),
            content: line.slice(mark.behind, next),
            shape: Shape::Entry(mark.position),
            stamped: false,
            quoted: false,
            block: blocks.current,
        });
    }
}

/// The header `#接龙`, also in the English client's words, and the position behind it.
fn header_at(text: &[char]) -> Option<(usize, usize)> {
    for word in ["#接龙", "#GROUP NOTE", "#GROUPNOTE", "# 接龙"] {
        let length = word.chars().count();
        for start in 0..text.len() {
            if starts_with(text, start, word) {
                return Some((start, start + length));
            }
        }
    }
    let bare: String = text
        .iter()
        .filter(|character| !matches!(character, ' ' | ':'))
        .collect();
    (bare == "接龙").then_some((0, text.len()))
}

/// The number of an entry within a line.
#[derive(Clone, Copy, Debug)]
struct Mark {
    start: usize,
    behind: usize,
    position: u32,
}

/// Finds the numbers of entries in a line: at its start, and behind lost line breaks within it.
fn marks(text: &[char], start: usize, last: u32, register: &Register<'_>) -> Vec<Mark> {
    let mut marks: Vec<Mark> = Vec::new();
    let line_start = start;
    let start = behind_label(text, start);
    let at = start
        + text[start..]
            .iter()
            .take_while(|character| **character == ' ')
            .count();
    // 3.2.501 or 3.501 begins a line that continues no list: the dots belong to the dwelling.
    let dotted = |mark: &Mark| {
        text[mark.behind - 1] == '.'
            && mark.position != last + 1
            && register.is_certain(text, at)
            && !register.begins(&text[mark.behind..])
    };
    // 4.20晚餐 is a date.
    let date = |mark: &Mark| {
        let rest = &text[mark.behind..];
        let digits = rest.iter().take_while(|next| next.is_ascii_digit()).count();
        text[mark.behind - 1] == '.'
            && mark.position != last + 1
            && mark.position <= 12
            && matches!(digits, 1 | 2)
            && !register.begins(rest)
            && rest
                .get(digits)
                .is_some_and(|next| !next.is_ascii() || *next == ' ')
    };
    // 501: is what room 501 says, unless the list has come so far.
    let room = |mark: &Mark| {
        mark.position >= 100
            && mark.position > last + 3
            && register
                .room(&mark.position.to_string(), &Scope::default())
                .is_some()
    };
    if let Some(mark) = mark_at(text, at, true).filter(|mark| !dotted(mark) && !date(mark) && !room(mark)) {
        let behind = behind_slip(text, mark.behind);
        marks.push(Mark {
            start,
            behind,
            ..mark
        });
    } else if let Some(mark) =
        bare_mark(text, at, last, register, start > line_start).filter(|mark| !room(mark))
    {
        marks.push(mark);
    }
    if let Some(mark) = marks.first_mut() {
        mark.start = line_start;
    }
    let mut index = marks.first().map_or(at, |mark| mark.behind);
    while index < text.len() {
        let fresh = index > at && text[index].is_ascii_digit() && !text[index - 1].is_ascii_digit();
        let Some(mark) = fresh.then(|| mark_at(text, index, false)).flatten() else {
            index += 1;
            continue;
        };
        if is_lost_break(
            text,
            &mark,
            marks.last().map(|mark| mark.position),
            last,
            register,
        ) {
            marks.push(mark);
            index = mark.behind;
        } else {
            index += 1;
        }
    }
    marks
}

/// Behind the word that an ordering page puts before the number: 跟团号：2, 序号2, #2.
fn behind_label(text: &[char], start: usize) -> usize {
    let at = start
        + text[start..]
            .iter()
            .take_while(|character| **character == ' ')
            .count();
    let word = [
        "跟团号",
        "接龙号",
        "订单号",
        "订单",
        "序号",
        "编号",
        "NO.",
        "NO",
        "#",
    ]
    .iter()
    .find(|word| starts_with(text, at, word));
    let Some(word) = word else { return start };
    let behind = at + word.chars().count();
    let gap = text[behind..]
        .iter()
        .take_while(|character| matches!(character, ' ' | ':'))
        .count();
    if text.get(behind + gap).is_some_and(char::is_ascii_digit) {
        behind + gap
    } else {
        start
    }
}

/// Behind delimiters that a thumb has doubled: `1..` and `2.。`.
fn behind_slip(text: &[char], behind: usize) -> usize {
    behind
        + text[behind..]
            .iter()
            .take_while(|next| matches!(next, '.' | ',' | '、' | ':' | ')'))
            .count()
}

/// A number with its delimiter at this position: `3.` `3、` `3)` `3:` `(3)` `③` `3️⃣`.
fn mark_at(text: &[char], start: usize, line_start: bool) -> Option<Mark> {
    let first = *text.get(start)?;
    if ('①'..='⑳').contains(&first) {
        return line_start.then(|| Mark {
            start,
            behind: start + 1,
            position: first as u32 - '①' as u32 + 1,
        });
    }
    let bracket = first == '(' && line_start;
    let from = start + usize::from(bracket);
    let digits = text[from..]
        .iter()
        .take_while(|character| character.is_ascii_digit())
        .count();
    if digits == 0 || digits > 4 {
        return None;
    }
    let position = u32::try_from(decimal(&text[from..from + digits])?).ok()?;
    let spaces = text[from + digits..]
        .iter()
        .take_while(|character| **character == ' ')
        .count();
    let delimiter = from + digits + spaces;
    let behind = delimiter + 1;
    let rest = &text[behind.min(text.len())..];
    let accepted = match *text.get(delimiter)? {
        ')' => true,
        _ if bracket => false,
        KEYCAP if line_start => true,
        '、' => true,
        '.' => !is_measure(rest),
        ',' => line_start && !rest.first().is_some_and(char::is_ascii_digit),
        ':' => {
            !(rest.len() >= 2
                && rest[..2].iter().all(char::is_ascii_digit)
                && !rest.get(2).is_some_and(char::is_ascii_digit))
        }
        _ => false,
    };
    (accepted && (1..=2000).contains(&position)).then_some(Mark {
        start,
        behind,
        position,
    })
}

/// Whether digits and a unit follow, so that the dot before them is a decimal point: 1.5斤.
fn is_measure(rest: &[char]) -> bool {
    let digits = rest
        .iter()
        .take_while(|character| character.is_ascii_digit())
        .count();
    let unit = unit_at(rest, digits).is_some_and(|(unit, _)| unit != "单");
    (1..=2).contains(&digits) && (unit || matches!(rest.get(digits), Some('元' | '块' | '折')))
}

/// `1 3-501 2份`: a number that continues the list and is set off by a space from a dwelling.
/// Behind a label such as 跟团号 any number will do.
fn bare_mark(
    text: &[char],
    start: usize,
    last: u32,
    register: &Register<'_>,
    labelled: bool,
) -> Option<Mark> {
    let digits = text[start..]
        .iter()
        .take_while(|character| character.is_ascii_digit())
        .count();
    if digits == 0 || digits > 3 || text.get(start + digits) != Some(&' ') {
        return None;
    }
    let position = u32::try_from(decimal(&text[start..start + digits])?).ok()?;
    let behind = start + digits;
    (labelled || (position == last + 1 && register.begins(&text[behind..]))).then_some(Mark {
        start,
        behind,
        position,
    })
}

/// Whether a number within a line begins an entry whose line break was lost.
fn is_lost_break(
    text: &[char],
    mark: &Mark,
    previous: Option<u32>,
    last: u32,
    register: &Register<'_>,
) -> bool {
    let before = text[mark.start - 1];
    let rest = &text[mark.behind..];
    let household = register.begins(rest);
    let dot = text[mark.behind - 1] == '.';
    let Some(previous) = previous else {
        // Behind a title on the same line a list begins with its next number and a household.
        // The first of them may have been left empty: 1. 2. 倪萍.
        return before == ' ' && (last + 1..=last + 3).contains(&mark.position) && household;
    };
    if before.is_ascii_alphanumeric() || "-.#*+:/¥".contains(before) {
        return false;
    }
    let continues = mark.position > previous && mark.position <= previous + 3;
    if !continues || (dot && rest.first().is_some_and(char::is_ascii_digit) && !household) {
        return false;
    }
    match (before == ' ', dot) {
        (true, true) => true,
        (true, false) => household,
        (false, true) => household || is_unit_start(before) || matches!(before, ',' | ')'),
        (false, false) => household && !matches!(before, '、'),
    }
}
