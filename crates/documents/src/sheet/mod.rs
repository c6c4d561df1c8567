//! Spreadsheets: checked reading of what offices send, and writing of tables and templates.
//!
//! [`read`] finds the table in each sheet, the form it follows and the column of each heading,
//! and returns checked rows next to errors that name the cell. Nothing is dropped silently:
//! lines that are no data appear in [`SheetReading::skipped`] with the reason.

mod carry;
mod cells;
mod check;
mod check_row;
pub(crate) mod decode;
mod detect;
mod divisions;
mod duplicates;
mod export;
mod guard;
mod guard_ods;
mod guard_xls;
mod heading;
mod hxl;
mod likeness;
mod mapped;
mod marked;
mod outcome;
mod raw;
mod rejected;
mod rows;
mod scan;
mod skip;
mod source;
mod sums;
mod template;
mod write;
mod write_csv;
mod write_style;

pub(crate) use cells::cells;
pub use detect::{Detected, detect};
pub use divisions::Divisions;
pub use duplicates::{Duplicate, DuplicateKind};
pub use export::form_sheet;
pub use heading::suggest;
pub use hxl::{add_hxl, hxl_tags};
pub use likeness::{Features, Likeness, Why};
pub use marked::marked;
pub use outcome::{counted_outcome, outcome, write_outcome};
pub use rejected::Rejected;
pub use scan::{read, read_with, scan};
pub use template::template;
pub use write::{OutCell, OutColumn, OutKind, OutSheet, Picture, write, write_with};
pub use write_csv::write_csv;

use crate::forms::{Cell, Form};

/// Largest packed file in bytes.
pub const PACKED_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Largest size of all parts of a packed file in bytes.
pub const UNPACKED_BYTES_MAX: u64 = 768 * 1024 * 1024;
/// Most sheets of a file.
pub const SHEETS_MAX: usize = 200;
/// Most rows of a file, including titles.
pub const ROWS_MAX: usize = 1_100_000;
/// Most columns read from one sheet.
pub const COLUMNS_MAX: usize = 256;
/// Most filled cells of a file.
pub const CELLS_MAX: usize = 24_000_000;
/// Largest area of a sheet of a kind that is not read row by row (XLS, ODS), in cells.
pub const AREA_CELLS_MAX: usize = 8_000_000;
/// Largest text of all cells of a file in bytes, counting repeated text as often as it stands.
pub const TEXT_BYTES_MAX: usize = 256 * 1024 * 1024;
/// Longest text of one cell in characters.
pub const CELL_TEXT_MAX: usize = 32_767;
/// Most errors listed for one sheet.
pub const ERRORS_MAX: usize = 2_000;

/// What is known beside the file when it is read.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options<'a> {
    /// Candidate forms, of which earlier ones win ties; all forms when empty.
    pub forms: &'a [&'static Form],
    /// Columns as users have set them for headings met before.
    pub mappings: &'a [Mapping],
    /// Names and codes of areas; when given, communities that it does not have are errors.
    pub divisions: Option<&'a Divisions>,
    /// Today as `2026-11-22`; gives the year of dates such as 3月5日.
    pub today: Option<&'a str>,
    /// Also give rows that lack a cell only because its column is missing, which is an error of the heading.
    pub incomplete_rows: bool,
    /// Also give a file in which no sheet follows a form, as long as there is a row of several cells that may be a heading.
    pub unrecognised: bool,
}

/// Columns of a heading as a user has set them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    /// [`SheetReading::signature`] of the heading.
    pub signature: String,
    /// Key of the form.
    pub form: String,
    /// Column letter and key of the form's column; an empty key leaves the column out.
    pub columns: Vec<(String, String)>,
}

/// How far the reading of a file has come.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Progress {
    /// The sheet that is being read.
    pub sheet: String,
    /// Rows read of all sheets so far.
    pub rows: usize,
    /// Errors found so far.
    pub errors: usize,
}

/// A whole file read.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// Visible and hidden sheets in the order of the file.
    pub sheets: Vec<SheetReading>,
}

/// One sheet read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SheetReading {
    /// Name of the sheet; the file name for a CSV file.
    pub sheet: String,
    /// The form the sheet follows; `None` for notes, covers and empty sheets.
    pub form: Option<&'static Form>,
    /// Last row of the heading, 1-based.
    pub heading_row: Option<u32>,
    /// Column letter, column key and heading as written.
    pub columns: Vec<(String, &'static str, String)>,
    /// Column letter and heading of columns the form does not know; they are not read.
    pub unknown_columns: Vec<(String, String)>,
    /// Rows without any error.
    pub rows: Vec<RowReading>,
    /// Rows without an error of their own that contradict an earlier one, which is an error; they are not in `rows`.
    pub contradicting: Vec<RowReading>,
    /// Cells that must be corrected; their rows are not in `rows`.
    pub errors: Vec<CellError>,
    /// Cells that are accepted but look doubtful.
    pub warnings: Vec<CellError>,
    /// Pairs of rows that are, or seem to be, about the same subject.
    pub duplicates: Vec<Duplicate>,
    /// Rows that hold no data, and why.
    pub skipped: Vec<Skipped>,
    /// Name of the heading as written, under which a corrected [`Mapping`] is remembered.
    pub signature: String,
    /// Whether the columns follow a [`Mapping`].
    pub remembered: bool,
    /// The first filled rows as they stand, any of which may be the heading.
    pub head: Vec<HeadRow>,
}

/// One of the first rows of a sheet, as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HeadRow {
    /// Row number as the spreadsheet shows it, 1-based.
    pub row: u32,
    /// Column letter and text of its filled cells, shortened.
    pub cells: Vec<(String, String)>,
    /// The [`Mapping::signature`] of a heading in this row.
    pub signature: String,
}

impl SheetReading {
    /// The columns as they were used, to be corrected and remembered; `None` without a form.
    pub fn mapping(&self) -> Option<Mapping> {
        let used = self
            .columns
            .iter()
            .map(|(letter, key, _)| (letter.clone(), (*key).to_string()));
        let unused = self
            .unknown_columns
            .iter()
            .map(|(letter, _)| (letter.clone(), String::new()));
        Some(Mapping {
            signature: self.signature.clone(),
            form: self.form?.key.to_string(),
            columns: used.chain(unused).collect(),
        })
    }
}

/// A row, or a whole sheet, that holds no data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// Row number as the spreadsheet shows it, 1-based; 0 for the whole sheet.
    pub row: u32,
    /// Why, in Chinese.
    pub zh: String,
    /// Why, in English.
    pub en: String,
}

impl Skipped {
    /// The reason in the language asked for.
    pub fn message(&self, zh: bool) -> &str {
        if zh { &self.zh } else { &self.en }
    }
}

/// One checked row.
#[derive(Debug, Clone, PartialEq)]
pub struct RowReading {
    /// Row number as the spreadsheet shows it, 1-based.
    pub row: u32,
    /// Cells by the position of their column in the form.
    pub cells: Vec<Cell>,
    /// Code of the community that the row names; empty without divisions.
    pub area: String,
}

impl RowReading {
    /// The cell of a column; [`Cell::Empty`] for a key the form does not have.
    pub fn get(&self, form: &Form, key: &str) -> &Cell {
        form.position(key)
            .and_then(|position| self.cells.get(position))
            .unwrap_or(&Cell::Empty)
    }

    /// The row as a JSON object by column key; empty cells are left out.
    pub fn to_json(&self, form: &Form) -> serde_json::Map<String, serde_json::Value> {
        form.columns
            .iter()
            .zip(&self.cells)
            .filter(|(_, cell)| !cell.is_empty())
            .map(|(column, cell)| (column.key.to_string(), cell.to_json()))
            .collect()
    }
}

/// What is wrong with one cell and what would be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellError {
    /// Name of the sheet.
    pub sheet: String,
    /// Row number as the spreadsheet shows it, 1-based.
    pub row: u32,
    /// Column letter; empty when the column is missing.
    pub column: String,
    /// Heading as written, or as it should be when the column is missing.
    pub heading: String,
    /// Value as written.
    pub value: String,
    /// Chinese message.
    pub zh: String,
    /// English message.
    pub en: String,
}

impl CellError {
    /// The message in the language asked for.
    pub fn message(&self, zh: bool) -> &str {
        if zh { &self.zh } else { &self.en }
    }
}

/// Letter of a column counted from 0: A, B, … Z, AA.
pub(crate) fn letter(column: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        letters.push(char::from(b'A' + ((rest - 1) % 26) as u8));
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().collect()
}

/// Position of a column by its letter, counted from 0.
pub(crate) fn column_of(letters: &str) -> Option<u16> {
    let mut column = 0_u16;
    for letter in letters.bytes() {
        let place = letter
            .is_ascii_uppercase()
            .then(|| u16::from(letter - b'A') + 1)?;
        column = column.checked_mul(26)?.checked_add(place)?;
    }
    column.checked_sub(1)
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_files;
#[cfg(test)]
mod tests_rows;
#[cfg(test)]
mod tests_write;
