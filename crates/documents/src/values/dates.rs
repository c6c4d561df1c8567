//! Dates and times, as written and as spreadsheet serial numbers.

use super::{Problem, chinese_number, compact, fold_width};

/// Day 0 of the spreadsheet calendar (1899-12-30) counted from 1970-01-01.
const SERIAL_EPOCH_D: i64 = -25_569;

/// Year, month and day of a day counted from 1970-01-01 (Howard Hinnant's civil_from_days).
pub fn civil_from_days(days: i64) -> (i64, u32, u32) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = (day_of_year - (153 * shifted_month + 2) / 5 + 1) as u32;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    } as u32;
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

fn month_days(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

fn wrong_date() -> Problem {
    Problem::new("应为日期，如 2026-11-21", "should be a date, such as 2026-11-21")
}

fn wrong_time() -> Problem {
    Problem::new(
        "应为时间，如 2026-11-21 18:00",
        "should be a time, such as 2026-11-21 18:00",
    )
}

fn checked_date(year: i64, month: i64, day: i64) -> Option<String> {
    let valid = (1900..=2199).contains(&year)
        && (1..=12).contains(&month)
        && (1..=month_days(year, month)).contains(&day);
    valid.then(|| format!("{year:04}-{month:02}-{day:02}"))
}

/// Reads leading digits, at most `length_max`.
fn take_number(text: &str, length_max: usize) -> Option<(i64, &str)> {
    let length = text
        .bytes()
        .take(length_max)
        .take_while(u8::is_ascii_digit)
        .count();
    text[..length].parse().ok().map(|value| (value, &text[length..]))
}

/// Splits a leading date from the text after it.
fn split_date(text: &str) -> Option<(String, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 8 {
        let date = checked_date(
            text[..4].parse().ok()?,
            text[4..6].parse().ok()?,
            text[6..8].parse().ok()?,
        )?;
        return Some((date, &text[8..]));
    }
    let (year, rest) = take_number(text, 4).filter(|_| digits == 4 || digits == 2)?;
    // 22.3.5 and 22年3月5日 are of this century; 22-3 would be a day without a year.
    let year = if digits == 2 { 2_000 + year } else { year };
    let rest = rest.strip_prefix(['-', '/', '.', '年'])?;
    let (month, rest) = take_number(rest, 2)?;
    let rest = rest.strip_prefix(['-', '/', '.', '月'])?;
    let (day, rest) = take_number(rest, 2)?;
    let rest = rest.strip_prefix(['日', '号']).unwrap_or(rest);
    checked_date(year, month, day).map(|date| (date, without_weekday(rest)))
}

/// The text after a date without 星期六, (周六) and the like.
fn without_weekday(text: &str) -> &str {
    let rest = text.trim_start_matches('(');
    let Some(rest) = ["星期", "周", "礼拜"]
        .iter()
        .find_map(|word| rest.strip_prefix(word))
    else {
        return text;
    };
    let rest = rest
        .strip_prefix(['一', '二', '三', '四', '五', '六', '日', '天'])
        .unwrap_or(rest);
    rest.strip_prefix(')').unwrap_or(rest)
}

/// A date with its parts in Chinese numerals (二〇二二年三月五日) in digits.
fn in_digits(text: &str) -> Option<String> {
    let numeral = |letter: char| "零〇一二三四五六七八九十廿卅两".contains(letter);
    if !text.contains(numeral) || !text.contains('月') {
        return None;
    }
    let mut digits = String::new();
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let length: usize = rest
            .chars()
            .take_while(|letter| numeral(*letter))
            .map(char::len_utf8)
            .sum();
        // The 日 and 一 of a weekday are no number of the date.
        if length > 0 && !digits.ends_with(['期', '周', '拜']) {
            digits.push_str(&chinese_number(&rest[..length])?.to_string());
            rest = &rest[length..];
        } else {
            digits.push(letter);
            rest = &rest[letter.len_utf8()..];
        }
    }
    Some(digits)
}

fn split_clock(text: &str) -> Option<(i64, i64)> {
    let text = text.trim_start_matches(['T', ',']);
    let (text, afternoon) = ["下午", "晚上", "傍晚", "中午"]
        .iter()
        .find_map(|word| text.strip_prefix(word))
        .map_or((text, false), |rest| (rest, true));
    let text = ["上午", "早上", "凌晨"]
        .iter()
        .find_map(|word| text.strip_prefix(word))
        .unwrap_or(text);
    let (hour, rest) = take_number(text, 2)?;
    let rest = rest.strip_prefix([':', '时', '点'])?;
    let (minute, rest) = match rest.strip_prefix('半') {
        Some(rest) => (30, rest),
        None if rest.is_empty() || rest == "整" => (0, ""),
        None => take_number(rest, 2)?,
    };
    let rest = rest.strip_prefix('分').unwrap_or(rest);
    let seconds = rest
        .strip_prefix(':')
        .unwrap_or(rest)
        .trim_end_matches(['秒', 'Z']);
    if seconds.len() > 15 || !seconds.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return None;
    }
    let hour = if afternoon && hour < 12 { hour + 12 } else { hour };
    (hour < 24 && minute < 60).then_some((hour, minute))
}

/// Date as `2026-11-21`: 2022年3月5日, 二〇二二年三月五日, 2022-3-5, 2022/3/5, 22.3.5, 20220305, or a
/// serial number.
/// A time of day after the date is dropped.
pub fn date(text: &str) -> Result<String, Problem> {
    let folded = compact(text);
    let folded = in_digits(&folded).unwrap_or(folded);
    if let Some(serial) = serial(&folded) {
        return date_from_serial(serial);
    }
    match split_date(&folded) {
        Some((date, "")) => Ok(date),
        Some((date, rest)) if split_clock(rest).is_some() => Ok(date),
        _ if month_and_day(&folded).is_some() => Err(Problem::new(
            "没有写年份；请写成 2022-03-05 的形式",
            "the year is missing; write 2022-03-05",
        )),
        _ => Err(wrong_date()),
    }
}

/// 3月5日 without a year.
fn month_and_day(folded: &str) -> Option<(i64, i64)> {
    let (month, rest) = take_number(folded, 2)?;
    let (day, rest) = take_number(rest.strip_prefix('月')?, 2)?;
    let rest = rest.strip_prefix(['日', '号']).unwrap_or(rest);
    without_weekday(rest).is_empty().then_some((month, day))
}

/// A day without a year (3月5日) as the date nearest to `near`, which is written `2022-03-01`;
/// `None` when something else is written.
pub fn date_near(text: &str, near: &str) -> Option<String> {
    let folded = compact(text);
    let folded = in_digits(&folded).unwrap_or(folded);
    let (month, day) = month_and_day(&folded)?;
    let (year, rest) = take_number(near, 4)?;
    let (near_month, _) = take_number(rest.strip_prefix('-')?, 2)?;
    let year = match month - near_month {
        7.. => year - 1,
        ..=-7 => year + 1,
        _ => year,
    };
    checked_date(year, month, day)
}

/// Point in time as `2026-11-21 18:00`; a date alone counts from midnight.
pub fn time(text: &str) -> Result<String, Problem> {
    // Blanks separate 2026-11-2 from 18:00 here, so they may not simply vanish.
    let folded = fold_width(text.trim())
        .split_whitespace()
        .collect::<Vec<_>>()
        .join("T");
    let folded = in_digits(&folded).unwrap_or(folded);
    if let Some(serial) = serial(&folded) {
        return time_from_serial(serial);
    }
    let (date, rest) = split_date(&folded).ok_or_else(wrong_time)?;
    if rest.is_empty() {
        return Ok(format!("{date} 00:00"));
    }
    let rest = rest.replace('T', "");
    let (hour, minute) = split_clock(&rest).ok_or_else(wrong_time)?;
    Ok(format!("{date} {hour:02}:{minute:02}"))
}

/// From one time of day to another as `07:00-19:00`: 7:00—19:00, 7点至19点半, 早上7点到晚上7点, 20:00-次日6:00, 全天.
pub fn hours(text: &str) -> Result<String, Problem> {
    let wrong = || {
        Problem::new(
            "应写明从几点到几点，如 7:00-19:00",
            "should say from when to when, such as 7:00-19:00",
        )
    };
    let folded = compact(text);
    if matches!(folded.as_str(), "全天" | "24小时" | "全日") {
        return Ok("00:00-00:00".to_string());
    }
    let (from, until) = folded
        .split_once(['-', '至', '到', '~', '～'])
        .ok_or_else(wrong)?;
    let until = until.trim_start_matches(['-', '次', '第', '二', '日', '天']);
    let clock = |text: &str| {
        // 24:00 is the midnight at which a day ends.
        if matches!(text, "24:00" | "24点" | "24时") {
            return Some((0, 0));
        }
        split_clock(text)
    };
    let (from, until) = (clock(from).ok_or_else(wrong)?, clock(until).ok_or_else(wrong)?);
    Ok(format!(
        "{:02}:{:02}-{:02}:{:02}",
        from.0, from.1, until.0, until.1
    ))
}

/// The minutes of the day at which hours as [`hours`] writes them begin and end; those that end on the next day, or after a
/// whole day, end behind minute 1,440.
pub fn hours_min(text: &str) -> Option<(i64, i64)> {
    let (from, until) = text.split_once('-')?;
    let minute = |text: &str| split_clock(text).map(|(hour, minute)| hour * 60 + minute);
    let (from, until) = (minute(from)?, minute(until)?);
    Some((from, if until <= from { until + 1_440 } else { until }))
}

/// A plain number of the years 1954 to 2119 in the spreadsheet calendar.
fn serial(text: &str) -> Option<f64> {
    let whole = text.split('.').next().unwrap_or("");
    let plain = whole.len() == 5 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    text.parse()
        .ok()
        .filter(|number| plain && (20_000.0..80_000.0).contains(number))
}

/// Date of a serial number of the 1900 spreadsheet calendar.
pub fn date_from_serial(serial: f64) -> Result<String, Problem> {
    if !(1.0..110_000.0).contains(&serial) {
        return Err(wrong_date());
    }
    let (year, month, day) = civil_from_days(serial.floor() as i64 + SERIAL_EPOCH_D);
    checked_date(year, i64::from(month), i64::from(day)).ok_or_else(wrong_date)
}

/// Point in time of a serial number of the 1900 spreadsheet calendar, to the minute.
pub fn time_from_serial(serial: f64) -> Result<String, Problem> {
    if !(1.0..110_000.0).contains(&serial) {
        return Err(wrong_time());
    }
    let minutes = (serial * 1_440.0).round() as i64;
    let date = date_from_serial((minutes / 1_440) as f64).map_err(|_| wrong_time())?;
    Ok(format!("{date} {:02}:{:02}", minutes % 1_440 / 60, minutes % 60))
}
