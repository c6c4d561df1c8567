//! The cells of a file as a plain grid, whatever the file format.

use super::{
    CELLS_MAX, COLUMNS_MAX, PACKED_BYTES_MAX, ROWS_MAX, Rejected, TEXT_BYTES_MAX, UNPACKED_BYTES_MAX,
};
use super::{decode, guard, guard_xls};
use calamine::{
    Data, DataRef, Dimensions, ExcelDateTime, Ods, OdsError, Reader, Xls, XlsError, Xlsx, XlsxError,
};
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

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
}

impl Raw {
    /// The value as a person sees it, for messages and for parsing as text.
    pub(super) fn shown(&self) -> String {
        match self {
            Raw::Empty => String::new(),
            Raw::Text(text) | Raw::Failed(text) => text.clone(),
            Raw::Number(number) => number.to_string(),
            Raw::Flag(flag) => if *flag { "是" } else { "否" }.to_string(),
            Raw::Stamp(serial) => {
                let read = if serial.fract() == 0.0 {
                    crate::values::date_from_serial
                } else {
                    crate::values::time_from_serial
                };
                read(*serial).unwrap_or_else(|_| serial.to_string())
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

/// The cells of one sheet; rows may have different lengths.
#[derive(Debug, Default)]
pub(super) struct Grid {
    pub(super) rows: Vec<Vec<Raw>>,
    /// Merged regions; `None` when the file format does not tell.
    pub(super) merges: Option<Vec<Merge>>,
    /// Row and column of the first filled cell beyond the columns read.
    pub(super) beyond: Option<(usize, usize)>,
    cells: usize,
    text_bytes: usize,
}

impl Grid {
    pub(super) fn get(&self, row: usize, column: usize) -> &Raw {
        static EMPTY: Raw = Raw::Empty;
        self.rows
            .get(row)
            .and_then(|cells| cells.get(column))
            .unwrap_or(&EMPTY)
    }

    /// Stores a filled cell.
    pub(super) fn put(&mut self, row: usize, column: usize, raw: Raw) -> Result<(), Rejected> {
        if raw == Raw::Empty {
            return Ok(());
        }
        if row >= ROWS_MAX {
            return Err(Rejected::TooManyRows);
        }
        if column >= COLUMNS_MAX {
            self.beyond.get_or_insert((row, column));
            return Ok(());
        }
        if let Raw::Text(text) = &raw {
            // A short file can name one long text a million times.
            self.text_bytes += text.len();
            if self.text_bytes > TEXT_BYTES_MAX {
                return Err(Rejected::TooManyCells);
            }
        }
        if self.rows.len() <= row {
            self.rows.resize_with(row + 1, Vec::new);
        }
        let cells = &mut self.rows[row];
        if cells.len() <= column {
            self.cells += column + 1 - cells.len();
            if self.cells > CELLS_MAX {
                return Err(Rejected::TooManyCells);
            }
            cells.resize(column + 1, Raw::Empty);
        }
        cells[column] = raw;
        Ok(())
    }
}

/// Opens a file of any kind that is read, and returns its sheets by name.
pub(super) fn open(bytes: &[u8], file_name: &str) -> Result<Vec<(String, Grid)>, Rejected> {
    if bytes.len() > PACKED_BYTES_MAX {
        return Err(Rejected::TooBig { bytes: bytes.len() });
    }
    let kind = guard::kind(bytes, UNPACKED_BYTES_MAX)?;
    if kind == guard::Kind::Text {
        let stem = file_name.rsplit(['/', '\\']).next().unwrap_or(file_name);
        return Ok(vec![(stem.to_string(), decode::delimited(bytes)?)]);
    }
    // The readers of binary formats were not written for hostile files; a panic in one of them
    // must cost the caller no more than this file.
    catch_unwind(AssertUnwindSafe(|| match kind {
        guard::Kind::Xlsx => open_xlsx(bytes),
        guard::Kind::Ods => open_ods(bytes),
        _ => open_xls(bytes),
    }))
    .unwrap_or_else(|_| {
        Err(Rejected::Unreadable {
            detail: "the reader failed".to_string(),
        })
    })
}

/// Adds a sheet as long as all sheets together stay within the limits of a file.
fn add(sheets: &mut Vec<(String, Grid)>, name: String, grid: Grid) -> Result<(), Rejected> {
    sheets.push((name, grid));
    let total = |part: fn(&Grid) -> usize| sheets.iter().map(|(_, grid)| part(grid)).sum::<usize>();
    if total(|grid| grid.rows.len()) > ROWS_MAX {
        return Err(Rejected::TooManyRows);
    }
    if total(|grid| grid.cells) > CELLS_MAX || total(|grid| grid.text_bytes) > TEXT_BYTES_MAX {
        return Err(Rejected::TooManyCells);
    }
    Ok(())
}

fn unreadable(error: impl std::fmt::Display) -> Rejected {
    Rejected::Unreadable {
        detail: error.to_string(),
    }
}

fn open_xlsx(bytes: &[u8]) -> Result<Vec<(String, Grid)>, Rejected> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|error| match error {
        XlsxError::Password => Rejected::Encrypted,
        error => unreadable(error),
    })?;
    let mut sheets = Vec::new();
    for name in book.sheet_names() {
        let mut grid = Grid::default();
        if let Ok(regions) = book.merge_cells_by_sheet_name(&name) {
            grid.merges = Some(regions.iter().filter_map(merge).collect());
        }
        // Cells are taken one by one, because a dense range of a far-flung sheet would fill memory.
        let mut cells = match book.worksheet_cells_reader(&name) {
            Ok(cells) => cells,
            // Sheets of charts hold no cells.
            Err(XlsxError::WorksheetNotFound(_) | XlsxError::NotAWorksheet(_)) => continue,
            Err(error) => return Err(unreadable(error)),
        };
        while let Some(cell) = cells.next_cell().map_err(unreadable)? {
            let (row, column) = cell.get_position();
            grid.put(row as usize, column as usize, raw_of_ref(cell.get_value()))?;
        }
        add(&mut sheets, name, grid)?;
    }
    Ok(sheets)
}

fn open_xls(bytes: &[u8]) -> Result<Vec<(String, Grid)>, Rejected> {
    guard_xls::check(bytes)?;
    let mut book: Xls<_> = Xls::new(Cursor::new(bytes)).map_err(|error| match error {
        XlsError::Password => Rejected::Encrypted,
        error => unreadable(error),
    })?;
    let mut sheets = Vec::new();
    for name in book.sheet_names() {
        let merges = book.merge_cells_by_sheet_name(&name).ok();
        let range = book.worksheet_range(&name).map_err(unreadable)?;
        let mut grid = from_range(&range)?;
        grid.merges = merges.map(|regions| regions.iter().filter_map(merge).collect());
        add(&mut sheets, name, grid)?;
    }
    Ok(sheets)
}

fn open_ods(bytes: &[u8]) -> Result<Vec<(String, Grid)>, Rejected> {
    guard::check_ods(bytes)?;
    let mut book: Ods<_> = Ods::new(Cursor::new(bytes)).map_err(|error| match error {
        OdsError::Password => Rejected::Encrypted,
        error => unreadable(error),
    })?;
    let mut sheets = Vec::new();
    for name in book.sheet_names() {
        let range = book.worksheet_range(&name).map_err(unreadable)?;
        add(&mut sheets, name, from_range(&range)?)?;
    }
    Ok(sheets)
}

fn from_range(range: &calamine::Range<Data>) -> Result<Grid, Rejected> {
    let (top, left) = range.start().unwrap_or((0, 0));
    let mut grid = Grid::default();
    for (row, column, data) in range.used_cells() {
        grid.put(row + top as usize, column + left as usize, raw_of(data))?;
    }
    Ok(grid)
}

fn merge(region: &Dimensions) -> Option<Merge> {
    let merge = Merge {
        top: region.start.0 as usize,
        left: region.start.1 as usize,
        bottom: region.end.0 as usize,
        right: region.end.1 as usize,
    };
    (merge.bottom >= merge.top && merge.right >= merge.left && merge.bottom < ROWS_MAX).then_some(merge)
}

fn raw_of(data: &Data) -> Raw {
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

fn raw_of_ref(data: &DataRef<'_>) -> Raw {
    match data {
        DataRef::SharedString(text) => text_of(text),
        DataRef::String(text) => text_of(text),
        other => raw_of(&Data::from(other.clone())),
    }
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
