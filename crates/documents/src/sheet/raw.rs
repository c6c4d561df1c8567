//! One cell as stored in a file, whatever the file format.

use calamine::{Data, DataRef, Dimensions, ExcelDateTime};
use std::borrow::Cow;

/// One cell as stored in the file.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) enum Raw {
    #[default]
    Empty,
    Text(String),
    Number(f64),
    Flag(bool),
    /// A date, as a serial number of the 1900 calendar.
    Stamp(f64),
    /// A formula that failed, such as `#REF!`.
    Failed(String),
    /// A formula whose result was not saved with the file.
    Unsaved,
}

impl Raw {
    /// The value as a person sees it, for messages and for parsing as text.
    pub(super) fn shown(&self) -> Cow<'_, str> {
        match self {
            Raw::Empty | Raw::Unsaved => Cow::Borrowed(""),
            Raw::Text(text) | Raw::Failed(text) => Cow::Borrowed(text),
            Raw::Number(number) => Cow::Owned(number.to_string()),
            Raw::Flag(flag) => Cow::Borrowed(if *flag { "是" } else { "否" }),
            Raw::Stamp(serial) => {
                let read = if serial.fract() == 0.0 {
                    crate::values::date_from_serial
                } else {
                    crate::values::time_from_serial
                };
                Cow::Owned(read(*serial).unwrap_or_else(|_| serial.to_string()))
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        match self {
            Raw::Empty => true,
            Raw::Text(text) => text.trim().is_empty(),
            _ => false,
        }
    }
}

/// A merged region by its first and last row and column, 0-based.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Merge {
    pub(super) top: usize,
    pub(super) left: usize,
    pub(super) bottom: usize,
    pub(super) right: usize,
}

/// The first rows of a sheet, in which the heading is looked for; rows may have different lengths.
#[derive(Debug, Default)]
pub(super) struct Grid {
    pub(super) rows: Vec<Vec<Raw>>,
    /// Merged regions; `None` when the file format does not tell.
    pub(super) merges: Option<Vec<Merge>>,
}

impl Grid {
    pub(super) fn get(&self, row: usize, column: usize) -> &Raw {
        self.rows.get(row).map_or(&EMPTY, |cells| cell(cells, column))
    }
}

static EMPTY: Raw = Raw::Empty;

/// The cell of a row; empty beyond its end.
pub(super) fn cell(cells: &[Raw], column: usize) -> &Raw {
    cells.get(column).unwrap_or(&EMPTY)
}

/// A cell as the reader of binary and open-document files gives it.
pub(super) fn raw_of(data: &Data) -> Raw {
    match data {
        Data::Empty => Raw::Empty,
        Data::String(text) => text_of(text),
        Data::Int(number) => Raw::Number(*number as f64),
        Data::Float(number) => Raw::Number(*number),
        Data::Bool(flag) => Raw::Flag(*flag),
        Data::DateTime(stamp) => stamp_of(stamp),
        Data::DateTimeIso(text) | Data::DurationIso(text) => Raw::Text(text.replace('T', " ")),
        Data::Error(error) => Raw::Failed(error.to_string()),
    }
}

/// A cell as the reader of XLSX files gives it.
pub(super) fn raw_of_ref(data: DataRef<'_>) -> Raw {
    match data {
        DataRef::SharedString(text) => text_of(text),
        DataRef::String(text) if text.is_empty() => Raw::Empty,
        DataRef::String(text) => Raw::Text(text),
        DataRef::Float(number) => Raw::Number(number),
        DataRef::Empty => Raw::Empty,
        other => raw_of(&Data::from(other)),
    }
}

/// A merged region as the reader gives it; `None` when it is turned around.
pub(super) fn merge_of(region: &Dimensions) -> Option<Merge> {
    let merge = Merge {
        top: region.start.0 as usize,
        left: region.start.1 as usize,
        bottom: region.end.0 as usize,
        right: region.end.1 as usize,
    };
    (merge.bottom >= merge.top && merge.right >= merge.left).then_some(merge)
}

fn text_of(text: &str) -> Raw {
    if text.is_empty() {
        Raw::Empty
    } else {
        Raw::Text(text.to_string())
    }
}

fn stamp_of(stamp: &ExcelDateTime) -> Raw {
    if stamp.is_duration() {
        return Raw::Number(stamp.as_f64());
    }
    // Reading the calendar parts first makes files of the 1904 calendar come out right.
    let (year, month, day, hour, minute, second, _) = stamp.to_ymd_hms_milli();
    let days = days_from_civil(i64::from(year), i64::from(month), i64::from(day)) + 25_569;
    let seconds = f64::from(hour) * 3_600.0 + f64::from(minute) * 60.0 + f64::from(second);
    Raw::Stamp(days as f64 + seconds / 86_400.0)
}

/// Day counted from 1970-01-01 (Howard Hinnant's days_from_civil).
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let shifted_month = (month + 9) % 12;
    let day_of_year = (153 * shifted_month + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}
