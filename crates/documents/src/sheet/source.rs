//! The rows of a file, one after the other, whatever the file format.

use super::raw::{Merge, Raw, merge_of, raw_of, raw_of_ref};
use super::{
    CELL_TEXT_MAX, CELLS_MAX, COLUMNS_MAX, PACKED_BYTES_MAX, ROWS_MAX, Rejected, SHEETS_MAX, TEXT_BYTES_MAX,
    UNPACKED_BYTES_MAX,
};
use super::{decode, guard, guard_ods, guard_xls};
use calamine::{Data, Ods, OdsError, Reader, Xls, XlsError, Xlsx, XlsxError};
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What a file holds, in its order.
pub(super) enum Feed<'a> {
    /// A sheet begins.
    Sheet {
        name: &'a str,
        /// Merged regions; `None` when the file format does not tell.
        merges: Option<Vec<Merge>>,
        /// Days to be added to plain numbers that are dates (1904 calendar).
        calendar_d: f64,
    },
    /// A row with something in it, by its position counted from 0.
    Row(usize, &'a mut Vec<Raw>),
    /// A filled cell to the right of the columns read: row and column.
    Far(usize, usize),
    /// The sheet ends.
    End,
}

/// Days between the calendars that begin in 1900 and in 1904.
const CALENDAR_1904_D: f64 = 1_462.0;

/// Takes what a file holds; its refusal ends the reading.
pub(super) type Sink<'s> = dyn FnMut(Feed<'_>) -> Result<(), Rejected> + 's;

/// Reads a file of any kind and hands its sheets and rows to `sink`.
pub(super) fn feed(bytes: &[u8], file_name: &str, sink: &mut Sink<'_>) -> Result<(), Rejected> {
    if bytes.len() > PACKED_BYTES_MAX {
        return Err(Rejected::TooBig { bytes: bytes.len() });
    }
    let package = guard::inspect(bytes, UNPACKED_BYTES_MAX)?;
    let mut feeder = Feeder {
        sink,
        row: Vec::new(),
        at: None,
        rows_before: 0,
        cells: 0,
        text_bytes: 0,
        sheets: 0,
    };
    if package.kind == guard::Kind::Text {
        let stem = file_name.rsplit(['/', '\\']).next().unwrap_or(file_name);
        feeder.begin(stem, None, 0.0)?;
        decode::delimited(bytes, &mut feeder)?;
        return feeder.end();
    }
    // The readers of binary formats were not written for hostile files; a panic in one of them
    // must cost the caller no more than this file.
    catch_unwind(AssertUnwindSafe(|| match package.kind {
        guard::Kind::Xlsx => feed_xlsx(bytes, &package, &mut feeder),
        guard::Kind::Ods => feed_ods(bytes, &mut feeder),
        _ => feed_xls(bytes, &mut feeder),
    }))
    .unwrap_or_else(|_| {
        Err(Rejected::Unreadable {
            detail: "the reader failed".to_string(),
        })
    })
}

/// Gathers cells into rows and keeps the limits of a file.
pub(super) struct Feeder<'a, 's> {
    sink: &'a mut Sink<'s>,
    row: Vec<Raw>,
    /// Position of the row that is being gathered.
    at: Option<usize>,
    /// Rows of the sheets before.
    rows_before: usize,
    cells: usize,
    text_bytes: usize,
    sheets: usize,
}

impl Feeder<'_, '_> {
    fn begin(&mut self, name: &str, merges: Option<Vec<Merge>>, calendar_d: f64) -> Result<(), Rejected> {
        self.sheets += 1;
        if self.sheets > SHEETS_MAX {
            return Err(Rejected::TooManySheets);
        }
        (self.sink)(Feed::Sheet {
            name,
            merges,
            calendar_d,
        })
    }

    /// Takes a cell; rows come in their order.
    pub(super) fn put(&mut self, row: usize, column: usize, raw: Raw) -> Result<(), Rejected> {
        if raw == Raw::Empty {
            return Ok(());
        }
        if self.at != Some(row) {
            if self.at.is_some_and(|before| before > row) {
                return Err(Rejected::Unreadable {
                    detail: format!("row {} comes after a later one", row + 1),
                });
            }
            self.flush()?;
            self.at = Some(row);
            if self.rows_before + row >= ROWS_MAX {
                return Err(Rejected::TooManyRows);
            }
        }
        if column >= COLUMNS_MAX {
            return (self.sink)(Feed::Far(row, column));
        }
        if let Raw::Text(text) = &raw {
            // Four bytes are the longest character, so that most texts need not be counted.
            if text.len() > CELL_TEXT_MAX && text.chars().count() > CELL_TEXT_MAX {
                return Err(Rejected::LongText { row: row + 1 });
            }
            // A short file can name one long text a million times.
            self.text_bytes += text.len();
        }
        self.cells += 1;
        if self.text_bytes > TEXT_BYTES_MAX || self.cells > CELLS_MAX {
            return Err(Rejected::TooManyCells);
        }
        if self.row.len() <= column {
            self.row.resize(column + 1, Raw::Empty);
        }
        self.row[column] = raw;
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Rejected> {
        if let Some(at) = self.at
            && !self.row.is_empty()
        {
            (self.sink)(Feed::Row(at, &mut self.row))?;
            self.row.clear();
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), Rejected> {
        self.flush()?;
        self.rows_before += self.at.take().map_or(0, |last| last + 1);
        (self.sink)(Feed::End)
    }
}

fn unreadable(error: impl std::fmt::Display) -> Rejected {
    Rejected::Unreadable {
        detail: error.to_string(),
    }
}

fn feed_xlsx(bytes: &[u8], package: &guard::Package, feeder: &mut Feeder<'_, '_>) -> Result<(), Rejected> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|error| match error {
        XlsxError::Password => Rejected::Encrypted,
        error => unreadable(error),
    })?;
    let calendar_d = if book.has_1904_epoch() {
        CALENDAR_1904_D
    } else {
        0.0
    };
    for name in book.sheet_names() {
        let merges = package.merges(&name);
        // Cells are taken one by one, because a dense range of a far-flung sheet would fill memory.
        let mut cells = match book.worksheet_cells_reader(&name) {
            Ok(cells) => cells,
            // Sheets of charts hold no cells.
            Err(XlsxError::WorksheetNotFound(_) | XlsxError::NotAWorksheet(_)) => continue,
            Err(error) => return Err(unreadable(error)),
        };
        feeder.begin(&name, Some(merges), calendar_d)?;
        while let Some(record) = cells.next_cell_with_formula_metadata().map_err(unreadable)? {
            let (row, column) = record.pos;
            let raw = match raw_of_ref(record.value) {
                Raw::Empty if record.formula.is_some() => Raw::Unsaved,
                raw => raw,
            };
            feeder.put(row as usize, column as usize, raw)?;
        }
        feeder.end()?;
    }
    Ok(())
}

fn feed_xls(bytes: &[u8], feeder: &mut Feeder<'_, '_>) -> Result<(), Rejected> {
    guard_xls::check(bytes)?;
    let mut book: Xls<_> = Xls::new(Cursor::new(bytes)).map_err(|error| match error {
        XlsError::Password => Rejected::Encrypted,
        error => unreadable(error),
    })?;
    let calendar_d = if book.has_1904_epoch() {
        CALENDAR_1904_D
    } else {
        0.0
    };
    for name in book.sheet_names() {
        let merges = book.merge_cells_by_sheet_name(&name).ok();
        let range = book.worksheet_range(&name).map_err(unreadable)?;
        let merges = merges.map(|regions| regions.iter().filter_map(merge_of).collect());
        feeder.begin(&name, merges, calendar_d)?;
        feed_range(&range, feeder)?;
    }
    Ok(())
}

fn feed_ods(bytes: &[u8], feeder: &mut Feeder<'_, '_>) -> Result<(), Rejected> {
    let merges = guard_ods::check(bytes)?;
    let mut book: Ods<_> = Ods::new(Cursor::new(bytes)).map_err(|error| match error {
        OdsError::Password => Rejected::Encrypted,
        error => unreadable(error),
    })?;
    for (index, name) in book.sheet_names().into_iter().enumerate() {
        let range = book.worksheet_range(&name).map_err(unreadable)?;
        feeder.begin(&name, merges.get(index).cloned(), 0.0)?;
        feed_range(&range, feeder)?;
    }
    Ok(())
}

fn feed_range(range: &calamine::Range<Data>, feeder: &mut Feeder<'_, '_>) -> Result<(), Rejected> {
    let (top, left) = range.start().unwrap_or((0, 0));
    for (row, column, data) in range.used_cells() {
        feeder.put(row + top as usize, column + left as usize, raw_of(data))?;
    }
    feeder.end()
}
