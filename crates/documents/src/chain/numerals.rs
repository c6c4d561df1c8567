//! Folding of characters and reading of numbers as neighbours write them.

use super::simplified::simplified;

/// A thousandth of one unit; quantities such as 半斤 and 1.5 are kept exact until they meet the sale unit.
pub(super) const MILLI: u64 = 1000;

/// The enclosing keycap that turns a digit into an emoji such as 1️⃣.
pub(super) const KEYCAP: char = '\u{20E3}';

/// Folds one character to the form in which everything is compared: half width, upper case, simplified,
/// one kind of dash and one sign of multiplication. It is one to one, so that positions in the folded
/// text are positions in the original.
pub(super) fn fold(character: char) -> char {
    let half = match character {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(character as u32 - 0xFEE0).unwrap_or(character),
        other => other,
    };
    match half {
        '，' | '。' | '；' | ';' | '！' | '!' | '？' | '?' | '…' => ',',
        '：' => ':',
        '—' | '–' | '−' | '‐' | '‑' | '~' | '〜' | '―' | '─' | '－' => '-',
        '×' | '✖' | '✕' | '✗' | '✘' | '╳' => '*',
        '➕' | '﹢' => '+',
        '【' | '〔' | '[' | '﹙' | '《' => '(',
        '】' | '〕' | ']' | '﹚' | '》' => ')',
        '￥' => '¥',
        '〇' => '零',
        KEYCAP => KEYCAP,
        '①'..='⑳' => half,
        _ if half.is_whitespace() || half.is_control() || is_decoration(half) => ' ',
        'Ⅰ'..='Ⅸ' => char::from(b'1' + (half as u32 - 'Ⅰ' as u32) as u8),
        '\u{4E00}'..='\u{9FFF}' => simplified(half),
        _ => half.to_ascii_uppercase(),
    }
}

/// Emoji, joiners and variation selectors, which carry no order.
fn is_decoration(character: char) -> bool {
    matches!(character,
        '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}' | '\u{FE00}'..='\u{FE0F}'
        | '\u{2190}'..='\u{21FF}' | '\u{2300}'..='\u{23FF}' | '\u{25A0}'..='\u{27BF}'
        | '\u{2B00}'..='\u{2BFF}' | '\u{1F000}'..='\u{1FAFF}' | '\u{E0000}'..='\u{E007F}')
}

/// Folds a text and drops its spaces, as names and terms are compared.
pub(super) fn folded_term(text: &str) -> Vec<char> {
    text.chars()
        .map(fold)
        .filter(|character| *character != ' ')
        .collect()
}

/// The value of one Chinese digit.
fn digit(character: char) -> Option<u64> {
    Some(match character {
        '零' => 0,
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

/// Whether the character can stand in a Chinese number.
pub(super) fn is_numeral(character: char) -> bool {
    digit(character).is_some() || matches!(character, '十' | '百' | '拾' | '佰')
}

/// The value of a run of Chinese numerals: 十二, 二十, 一百零五, or digit by digit as in 五零一.
/// `None` when the run is no number. Values stay below 10 000.
pub(super) fn chinese_value(run: &[char]) -> Option<u64> {
    if run.is_empty() || run.len() > 7 {
        return None;
    }
    if run.iter().all(|character| digit(*character).is_some()) {
        if run.len() > 4 {
            return None;
        }
        return run
            .iter()
            .try_fold(0, |value, character| Some(value * 10 + digit(*character)?));
    }
    let mut total = 0;
    let mut pending = None;
    let mut last_scale = 1000;
    for character in run {
        let scale = match character {
            '百' | '佰' => 100,
            '十' | '拾' => 10,
            other => {
                let value = digit(*other)?;
                if pending.is_some_and(|earlier| earlier != 0) {
                    return None;
                }
                pending = Some(value);
                continue;
            }
        };
        if scale >= last_scale || (pending.is_none() && (scale == 100 || total > 0)) || pending == Some(0) {
            return None;
        }
        total += pending.unwrap_or(1) * scale;
        pending = None;
        last_scale = scale;
    }
    Some(total + pending.unwrap_or(0))
}

/// A number at the start of a slice: its value in thousandths, its length in characters, and whether it
/// was written with Chinese numerals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Number {
    /// The value in thousandths.
    pub milli: u64,
    /// The length in characters.
    pub length: usize,
    /// Written with Chinese numerals.
    pub chinese: bool,
}

/// Reads a number at the start of the folded text: up to four digits with up to three decimals, Chinese
/// numerals, or 半.
pub(super) fn number(text: &[char]) -> Option<Number> {
    let first = *text.first()?;
    if first == '半' {
        return Some(Number {
            milli: MILLI / 2,
            length: 1,
            chinese: true,
        });
    }
    if first.is_ascii_digit() {
        let whole = text
            .iter()
            .take_while(|character| character.is_ascii_digit())
            .count();
        if whole > 4 {
            return None;
        }
        let mut milli = decimal(&text[..whole])? * MILLI;
        let mut length = whole;
        if text.get(whole) == Some(&'.') {
            let fraction = text[whole + 1..]
                .iter()
                .take_while(|character| character.is_ascii_digit())
                .count();
            if (1..=3).contains(&fraction) {
                let digits = &text[whole + 1..whole + 1 + fraction];
                milli += decimal(digits)? * 10_u64.pow(3 - u32::try_from(fraction).ok()?);
                length = whole + 1 + fraction;
            }
        }
        return Some(Number {
            milli,
            length,
            chinese: false,
        });
    }
    let run = text
        .iter()
        .take(8)
        .take_while(|character| is_numeral(**character))
        .count();
    let value = chinese_value(&text[..run])?;
    Some(Number {
        milli: value * MILLI,
        length: run,
        chinese: true,
    })
}

/// The value of ASCII digits; at most nine of them.
pub(super) fn decimal(digits: &[char]) -> Option<u64> {
    if digits.is_empty() || digits.len() > 9 {
        return None;
    }
    digits.iter().try_fold(0, |value, character| {
        Some(value * 10 + u64::from(character.to_digit(10)?))
    })
}

/// The length in characters of a mobile number at the start of the text and its eleven digits; spaces and
/// dashes between the groups are allowed.
pub(super) fn mobile(text: &[char]) -> Option<(String, usize)> {
    let country = country_code(text);
    let mut digits = String::new();
    let mut length = country;
    for (index, character) in text.iter().enumerate().skip(country) {
        match character {
            '0'..='9' => {
                digits.push(*character);
                length = index + 1;
            }
            ' ' | '-' if matches!(digits.len(), 3 | 7) && length == index => {}
            _ => break,
        }
        if digits.len() == 11 {
            break;
        }
    }
    let followed = text.get(length).is_some_and(char::is_ascii_digit);
    let plausible = digits.starts_with('1') && digits.as_bytes().get(1).is_some_and(|byte| *byte >= b'3');
    (digits.len() == 11 && plausible && !followed).then_some((digits, length))
}

/// The length of +86 in a number copied from an address book.
fn country_code(text: &[char]) -> usize {
    let plus = usize::from(text.first() == Some(&'+'));
    if text.get(plus..plus + 2) != Some(&['8', '6']) {
        return 0;
    }
    let gap = text.get(plus + 2).is_some_and(|next| matches!(next, ' ' | '-'));
    plus + 2 + usize::from(gap)
}

/// The initials of the pinyin of a text as capital letters, for the common characters of GB 2312 level 1,
/// which is ordered by pinyin. `None` when a character lies outside of it. Polyphones follow the order
/// of the standard.
pub(super) fn initials(text: &[char]) -> Option<String> {
    const STARTS: [(u16, char); 23] = [
        (0xB0A1, 'A'),
        (0xB0C5, 'B'),
        (0xB2C1, 'C'),
        (0xB4EE, 'D'),
        (0xB6EA, 'E'),
        (0xB7A2, 'F'),
        (0xB8C1, 'G'),
        (0xB9FE, 'H'),
        (0xBBF7, 'J'),
        (0xBFA6, 'K'),
        (0xC0AC, 'L'),
        (0xC2E8, 'M'),
        (0xC4C3, 'N'),
        (0xC5B6, 'O'),
        (0xC5BE, 'P'),
        (0xC6DA, 'Q'),
        (0xC8BB, 'R'),
        (0xC8F6, 'S'),
        (0xCBFA, 'T'),
        (0xCDDA, 'W'),
        (0xCEF4, 'X'),
        (0xD1B9, 'Y'),
        (0xD4D1, 'Z'),
    ];
    text.iter()
        .map(|character| {
            if character.is_ascii_alphanumeric() {
                return Some(*character);
            }
            let mut buffer = [0; 4];
            let (bytes, _, failed) = encoding_rs::GBK.encode(character.encode_utf8(&mut buffer));
            let [high, low] = *bytes else { return None };
            let code = u16::from_be_bytes([high, low]);
            if failed || code > 0xD7F9 || low < 0xA1 {
                return None;
            }
            STARTS
                .iter()
                .rev()
                .find(|(start, _)| code >= *start)
                .map(|(_, letter)| *letter)
        })
        .collect()
}

/// Whether two texts differ by at most one insertion, deletion or replacement, or by two neighbours exchanged.
pub(super) fn one_edit(left: &[char], right: &[char]) -> bool {
    let (short, long) = if left.len() <= right.len() {
        (left, right)
    } else {
        (right, left)
    };
    let same = short.iter().zip(long).take_while(|(a, b)| a == b).count();
    match long.len() - short.len() {
        0 => {
            let swapped =
                short.len() >= same + 2 && short[same] == long[same + 1] && short[same + 1] == long[same];
            short[same..].iter().skip(1).eq(long[same..].iter().skip(1))
                || (swapped && short[same + 2..] == long[same + 2..])
        }
        1 => short[same..] == long[same + 1..],
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Option<u64> {
        number(&text.chars().collect::<Vec<_>>()).map(|number| number.milli)
    }

    #[test]
    fn numbers_as_neighbours_write_them() {
        for (text, milli) in [
            ("2", 2000),
            ("12份", 12_000),
            ("1.5斤", 1500),
            ("两份", 2000),
            ("十斤", 10_000),
            ("十二", 12_000),
            ("二十", 20_000),
            ("二十五", 25_000),
            ("一百零五", 105_000),
            ("半斤", 500),
            ("五零一", 501_000),
        ] {
            assert_eq!(value(text), Some(milli), "{text}");
        }
        for text in ["份", "十十", "百", "12345", "", "零十"] {
            assert_eq!(value(text), None, "{text}");
        }
    }

    #[test]
    fn mobile_numbers() {
        let read = |text: &str| mobile(&text.chars().collect::<Vec<_>>());
        assert_eq!(read("13800001111 2份"), Some(("13800001111".into(), 11)));
        assert_eq!(read("138 0000 1111"), Some(("13800001111".into(), 13)));
        assert_eq!(read("138-0000-1111"), Some(("13800001111".into(), 13)));
        assert_eq!(read("138000011112"), None);
        assert_eq!(read("1380000111"), None);
    }

    #[test]
    fn initials_of_common_characters() {
        assert_eq!(
            initials(&"百香果".chars().collect::<Vec<_>>()).as_deref(),
            Some("BXG")
        );
        assert_eq!(
            initials(&"苹果".chars().collect::<Vec<_>>()).as_deref(),
            Some("PG")
        );
        assert_eq!(initials(&['🍎']), None);
    }

    #[test]
    fn one_edit_apart() {
        let near =
            |a: &str, b: &str| one_edit(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>());
        assert!(near("苹果", "平果") && near("西红柿", "西红") && near("白菜", "白菜"));
        assert!(near("1810", "1801") && near("西红柿", "红西柿"));
        assert!(!near("苹果", "梨") && !near("西红柿", "柿西红"));
    }

    #[test]
    fn folding_is_idempotent() {
        for character in "＃１．×龍Ａ，🍎、「".chars() {
            assert_eq!(fold(fold(character)), fold(character), "{character}");
        }
    }
}
