//! Spreadsheets: checked reading of what offices send, and writing of tables and templates.
//!
//! [`read`] finds the table in each sheet, the form it follows and the column of each heading,
//! and returns checked rows next to errors that name the cell. Nothing is dropped silently:
//! lines that are no data appear in [`SheetReading::skipped`] with the reason.

mod check;
pub(crate) mod decode;
mod duplicates;
mod export;
mod grid;
mod guard;
mod guard_xls;
mod heading;
mod rejected;
mod rows;
mod template;
mod write;

pub use export::form_sheet;
pub use rejected::Rejected;
pub use template::template;
pub use write::{OutCell, OutColumn, OutKind, OutSheet, write, write_csv};

use crate::forms::{Cell, Form};

/// Largest packed file in bytes.
pub const PACKED_BYTES_MAX: usize = 20 * 1024 * 1024;
/// Largest size of all parts of a packed file in bytes.
pub const UNPACKED_BYTES_MAX: u64 = 200 * 1024 * 1024;
/// Most rows of one sheet, including titles.
pub const ROWS_MAX: usize = 1_100_000;
/// Most columns read from one sheet.
pub const COLUMNS_MAX: usize = 256;
/// Most cells of a file.
pub const CELLS_MAX: usize = 12_000_000;
/// Largest text of all cells of a file in bytes, counting repeated text as often as it stands.
pub const TEXT_BYTES_MAX: usize = 256 * 1024 * 1024;
/// Most errors listed for one sheet.
pub const ERRORS_MAX: usize = 2_000;

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
    /// Cells that must be corrected; their rows are not in `rows`.
    pub errors: Vec<CellError>,
    /// Cells that are accepted but look doubtful.
    pub warnings: Vec<CellError>,
    /// Earlier row, later row, and what both are about, in Chinese.
    pub duplicates: Vec<(u32, u32, String)>,
    /// The texts of `duplicates` in English, in the same order.
    pub duplicates_en: Vec<String>,
    /// Rows that hold no data, and why, in Chinese.
    pub skipped: Vec<(u32, String)>,
    /// The reasons of `skipped` in English, in the same order.
    pub skipped_en: Vec<String>,
}

/// One checked row.
#[derive(Debug, Clone, PartialEq)]
pub struct RowReading {
    /// Row number as the spreadsheet shows it, 1-based.
    pub row: u32,
    /// Cells by the position of their column in the form.
    pub cells: Vec<Cell>,
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

/// Reads an XLSX, XLS, ODS, CSV or tab-separated file against the candidate forms.
///
/// The kind of file is told from its first bytes, not from `file_name`, which only names the
/// sheet of a CSV file. For each sheet the candidate whose columns fit best is taken; earlier
/// candidates win ties.
///
/// # Errors
///
/// [`Rejected`] when the file as a whole cannot be read: too big, packed to harm, encrypted,
/// not a spreadsheet, or without any sheet that fits a candidate.
pub fn read(bytes: &[u8], file_name: &str, candidates: &[&'static Form]) -> Result<Reading, Rejected> {
    let book = grid::open(bytes, file_name)?;
    let mut seen = duplicates::Seen::default();
    let mut first_row = String::new();
    let sheets: Vec<SheetReading> = book
        .into_iter()
        .map(|(name, grid)| {
            if first_row.is_empty() {
                first_row = heading::sample(&grid);
            }
            rows::read_sheet(name, &grid, candidates, &mut seen)
        })
        .collect();
    if sheets.iter().all(|sheet| sheet.form.is_none()) {
        return Err(Rejected::NoForm { found: first_row });
    }
    Ok(Reading { sheets })
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
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_files;
#[cfg(test)]
mod tests_rows;
#[cfg(test)]
mod tests_write;
