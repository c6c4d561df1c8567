//! Numbers in digits and in Chinese numerals.

use super::{Problem, figure};

/// Parts of one, as numbers are carried exactly: six decimals.
pub(crate) const MICRO: i128 = 1_000_000;

/// Largest number accepted, far above any quantity of a county.
pub(super) const NUMBER_MAX: i128 = 1_000_000_000_000_000;

const APPROXIMATE: &[&str] = &[
    "大约", "大概", "估计", "预计", "不足", "不到", "至少", "最多", "约", "近", "~", "共", "≈", "超",
];

/// Whether a number is given as a guess: 约200, 30左右, 三百多.
pub fn is_approximate(text: &str) -> bool {
    text.contains(['约', '近', '余', '多', '概', '估', '≈', '~', '±', '?', '？'])
        || [
            "左右", "上下", "不足", "不到", "至少", "以上", "以内", "预计", "超过",
        ]
        .iter()
        .any(|word| text.contains(word))
}

/// Both ends of a range such as 200-210, 3~4 or 二十至三十, in millionths, and the text after it.
pub fn split_range(text: &str) -> Option<(i128, i128, &str)> {
    let (low, rest) = split_number(text)?;
    let rest = ["-", "~", "至", "到"]
        .iter()
        .find_map(|word| rest.strip_prefix(word))?;
    let (high, rest) = split_number(rest.trim_start_matches(['-', '~']))?;
    // 5-6万: the multiplier belongs to both.
    let low = if low * 1_000 < high && text.contains('万') {
        low.checked_mul(10_000)?
    } else {
        low
    };
    (low >= 0 && high > low).then_some((low, high, rest))
}

/// Splits a leading number from the text after it; the number in millionths.
///
/// Understands digits with thousands separators, decimals, a sign, Chinese numerals
/// (十二, 两, 半, 三百五), the multipliers 万 and 千 after digits, and words such as 约.
/// The text must be folded and without spaces. `None` when no number leads the text.
pub fn split_number(text: &str) -> Option<(i128, &str)> {
    let mut rest = text;
    for word in APPROXIMATE {
        rest = rest.strip_prefix(word).unwrap_or(rest);
    }
    let negative = rest.starts_with('-') || rest.starts_with('负');
    rest = rest.trim_start_matches(['+', '-', '负']);
    let (mut value, mut rest) = match digits(rest) {
        Some(found) => found,
        None => {
            let (number, rest) = chinese_prefix(rest)?;
            (number, rest)
        }
    };
    for (word, factor) in [("万", 10_000), ("千", 1_000), ("百", 100)] {
        // 千克 is a unit, not a thousand.
        if let Some(after) = rest.strip_prefix(word)
            && !after.starts_with('克')
            && !after.starts_with('米')
        {
            value = value.checked_mul(factor)?;
            rest = after;
        }
    }
    if value > NUMBER_MAX * MICRO {
        return None;
    }
    rest = ["余", "多", "来", "出头"]
        .iter()
        .find_map(|word| rest.strip_prefix(word))
        .unwrap_or(rest);
    Some((if negative { -value } else { value }, rest))
}

fn digits(text: &str) -> Option<(i128, &str)> {
    let end = text.find(|letter: char| !(letter.is_ascii_digit() || letter == ',' || letter == '.'));
    // A closing point or comma belongs to the sentence, not to the number.
    let written = text[..end.unwrap_or(text.len())].trim_end_matches([',', '.']);
    let mut rest = &text[written.len()..];
    let (whole, fraction) = written.split_once('.').unwrap_or((written, ""));
    if whole.is_empty() || fraction.contains(['.', ',']) {
        return None;
    }
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let grouped = whole.contains(',');
    if first.is_empty() || (grouped && first.len() > 3) || groups.any(|group| group.len() != 3) {
        return None;
    }
    let mut value: i128 = 0;
    for digit in whole.bytes().filter(u8::is_ascii_digit) {
        value = value * 10 + i128::from(digit - b'0');
        if value > NUMBER_MAX {
            return None;
        }
    }
    value *= MICRO;
    let mut place = MICRO / 10;
    for (index, digit) in fraction.bytes().enumerate() {
        if index < 6 {
            value += i128::from(digit - b'0') * place;
            place /= 10;
        } else {
            value += i128::from(index == 6 && digit >= b'5');
            break;
        }
    }
    // Excel writes large and tiny numbers with an exponent in exported text.
    if let Some((exponent, after)) = exponent(rest) {
        let factor = 10_i128.checked_pow(exponent.unsigned_abs())?;
        value = if exponent >= 0 {
            value.checked_mul(factor)?
        } else {
            value / factor
        };
        rest = after;
    }
    Some((value, rest))
}

fn exponent(text: &str) -> Option<(i32, &str)> {
    let rest = text.strip_prefix(['e', 'E'])?;
    let signed = rest.strip_prefix('+').unwrap_or(rest);
    let body = signed.strip_prefix('-').unwrap_or(signed);
    let length = body.bytes().take_while(u8::is_ascii_digit).count();
    if length == 0 || length > 2 {
        return None;
    }
    let value: i32 = body[..length].parse().ok()?;
    Some((
        if signed.starts_with('-') { -value } else { value },
        &body[length..],
    ))
}

fn chinese_digit(letter: char) -> Option<i64> {
    Some(match letter {
        '零' | '〇' => 0,
        '一' | '壹' => 1,
        '二' | '两' | '贰' | '俩' => 2,
        '三' | '叁' | '仨' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' => 6,
        '七' | '柒' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        _ => return None,
    })
}

fn chinese_place(letter: char) -> Option<i64> {
    Some(match letter {
        '十' | '拾' => 10,
        '廿' | '卄' => 20,
        '卅' => 30,
        '百' | '佰' => 100,
        '千' | '仟' => 1_000,
        '万' => 10_000,
        _ => return None,
    })
}

/// Number written wholly in Chinese numerals, such as 十二, 两百五 or 五〇一; `None` otherwise.
pub fn chinese_number(text: &str) -> Option<i64> {
    match chinese_prefix(text)? {
        (value, "") if value % MICRO == 0 => i64::try_from(value / MICRO).ok(),
        _ => None,
    }
}

fn chinese_prefix(text: &str) -> Option<(i128, &str)> {
    if let Some(rest) = text.strip_prefix('半') {
        return Some((MICRO / 2, rest));
    }
    let length: usize = text
        .chars()
        .take_while(|letter| chinese_digit(*letter).is_some() || chinese_place(*letter).is_some())
        .map(char::len_utf8)
        .sum();
    let (written, mut rest) = text.split_at(length);
    let mut letters: Vec<char> = written.chars().collect();
    // 千克, 百克 and 千米 are units.
    if (rest.starts_with('克') || rest.starts_with('米'))
        && letters.len() > 1
        && letters.last().is_some_and(|letter| "千百".contains(*letter))
    {
        letters.pop();
        rest = &text[length - '千'.len_utf8()..];
    }
    // The last 两 of 二两 is the unit of 50 g.
    if letters.len() > 1 && letters.last() == Some(&'两') {
        letters.pop();
        rest = &text[length - '两'.len_utf8()..];
    }
    if letters.is_empty() || letters.len() > 12 {
        return None;
    }
    // 三四个 is a guess between three and four, not 34.
    if let [first, second] = letters[..]
        && let (Some(first), Some(second)) = (chinese_digit(first), chinese_digit(second))
        && second == first + 1
    {
        return None;
    }
    // 五〇一: digits read one by one.
    if letters.len() > 1 && letters.iter().all(|letter| chinese_digit(*letter).is_some()) {
        let value = letters.iter().fold(0_i64, |value, letter| {
            value * 10 + chinese_digit(*letter).unwrap_or(0)
        });
        return Some((i128::from(value) * MICRO, rest));
    }
    let (mut total, mut section, mut digit, mut last_place, mut zero) = (0_i64, 0_i64, None, 1_i64, false);
    for letter in letters {
        if let Some(value) = chinese_digit(letter) {
            zero |= value == 0;
            digit = (value != 0).then_some(value).or(digit);
        } else if let Some(place) = chinese_place(letter) {
            if place == 10_000 {
                section += digit.take().unwrap_or(0);
                total += section.max(1) * place;
                section = 0;
            } else {
                section += digit.take().unwrap_or(1) * place;
            }
            let place = if place < 100 { 10 } else { place };
            last_place = place;
            zero = false;
        }
    }
    // 三百五 means 350, 三百零五 means 305.
    let colloquial = last_place >= 100 && !zero;
    section += digit.unwrap_or(0) * if colloquial { last_place / 10 } else { 1 };
    Some((i128::from(total + section) * MICRO, rest))
}

/// A number alone in its cell, in millionths.
pub fn number_micro(text: &str) -> Result<i128, Problem> {
    let folded = figure(text);
    match split_number(&folded) {
        Some((value, "" | "左右" | "上下" | "整")) => Ok(value),
        _ => Err(Problem::new(
            "应为数字，如 120",
            "should be a number, such as 120",
        )),
    }
}
