//! Time as the application sees it: seconds since 1970 inside, the county's own calendar outside.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{Timestamp, Zoned, tz::TimeZone};

/// Seconds in a day.
pub const DAY_S: i64 = 86_400;
/// Seconds in an hour.
pub const HOUR_S: i64 = 3_600;

/// Where the time comes from. Tests and drills move it; only the server's clock decides deadlines.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    ahead_s: Arc<AtomicI64>,
}

impl Clock {
    /// Now, in Unix seconds.
    pub fn now_s(&self) -> i64 {
        Timestamp::now().as_second() + self.ahead_s.load(Ordering::Relaxed)
    }

    /// Moves this clock ahead of the real time, for tests and drills.
    pub fn advance(&self, by_s: i64) {
        self.ahead_s.fetch_add(by_s, Ordering::Relaxed);
    }
}

/// China has one zone; `Asia/Shanghai` is bundled, so the fallback to UTC is never taken in practice.
fn zone() -> TimeZone {
    TimeZone::get("Asia/Shanghai").unwrap_or(TimeZone::UTC)
}

/// The calendar time of a moment.
pub fn zoned(at_s: i64) -> Zoned {
    Timestamp::from_second(at_s)
        .unwrap_or(Timestamp::UNIX_EPOCH)
        .to_zoned(zone())
}

/// The number of the calendar day, for whole-day intervals ("every 3 days" counts days, not hours).
pub fn day_number(at_s: i64) -> i64 {
    (at_s + i64::from(zoned(at_s).offset().seconds())).div_euclid(DAY_S)
}

/// The moment at which calendar day `day` begins.
pub fn day_start_s(day: i64) -> i64 {
    let guess_s = day * DAY_S;
    guess_s - i64::from(zoned(guess_s).offset().seconds())
}

/// `2026-11-21 18:00`
pub fn minute(at_s: i64) -> String {
    zoned(at_s).strftime("%Y-%m-%d %H:%M").to_string()
}

/// `11-21 18:00`, for lists in which the year is plain.
pub fn short(at_s: i64) -> String {
    zoned(at_s).strftime("%m-%d %H:%M").to_string()
}

/// `18:00`, where the day is plain.
pub fn hour(at_s: i64) -> String {
    zoned(at_s).strftime("%H:%M").to_string()
}

/// As [`hour`] on the day of `first_s`, as [`short`] on another one.
pub fn hour_after(first_s: i64, at_s: i64) -> String {
    if day_number(at_s) == day_number(first_s) {
        hour(at_s)
    } else {
        short(at_s)
    }
}

/// `2026-11-21T18:00`, the form of a date-time field.
pub fn field(at_s: i64) -> String {
    zoned(at_s).strftime("%Y-%m-%dT%H:%M").to_string()
}

/// Reads `2026-11-21T18:00` or `2026-11-21 18:00[:00]` as local time.
pub fn parse_minute(text: &str) -> Option<i64> {
    let text = text.trim().replace(' ', "T");
    let time: jiff::civil::DateTime = text.parse().ok()?;
    Some(time.to_zoned(zone()).ok()?.timestamp().as_second())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_begin_at_local_midnight() {
        let noon_s = parse_minute("2026-11-21T12:00").unwrap();
        let day = day_number(noon_s);
        assert_eq!(minute(day_start_s(day)), "2026-11-21 00:00");
        assert_eq!(day_number(parse_minute("2026-11-21 23:59").unwrap()), day);
        assert_eq!(day_number(parse_minute("2026-11-22 00:00").unwrap()), day + 1);
    }

    #[test]
    fn a_field_reads_back_as_written() {
        let at_s = parse_minute("2026-02-03 04:05").unwrap();
        assert_eq!(parse_minute(&field(at_s)), Some(at_s));
    }
}
