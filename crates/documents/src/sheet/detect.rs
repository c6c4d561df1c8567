//! Which form a file is.

use super::Rejected;
use super::heading::{self, Candidates};
use super::mapped;
use super::raw::Grid;
use super::source::{Feed, feed};
use crate::forms::{FORMS, Form};

/// What a sheet was recognised as.
#[derive(Debug, Clone, PartialEq)]
pub struct Detected {
    /// Name of the sheet; the file name for a CSV file.
    pub sheet: String,
    /// The form that fits best; `None` for notes, covers and empty sheets.
    pub form: Option<&'static Form>,
    /// Last row of the heading, 1-based.
    pub heading_row: Option<u32>,
    /// As in [`super::SheetReading::signature`].
    pub signature: String,
}

/// Tells for every sheet of a file which of all forms it follows, by its headings and titles.
///
/// # Errors
///
/// [`Rejected`] when the file as a whole cannot be read.
pub fn detect(bytes: &[u8], file_name: &str) -> Result<Vec<Detected>, Rejected> {
    let candidates = Candidates::new(FORMS);
    let mut found = Vec::new();
    let mut name = String::new();
    let mut grid = Grid::default();
    feed(bytes, file_name, &mut |feed| {
        match feed {
            Feed::Sheet {
                name: sheet, merges, ..
            } => {
                name = sheet.to_string();
                grid = Grid {
                    rows: Vec::new(),
                    merges,
                };
            }
            Feed::Row(row, cells) if row < super::scan::HEAD_ROWS => {
                grid.rows.resize_with(row, Vec::new);
                grid.rows.push(std::mem::take(cells));
            }
            Feed::End => found.push(of(&name, &grid, &candidates)),
            Feed::Row(..) | Feed::Far(..) => {}
        }
        Ok(())
    })?;
    Ok(found)
}

fn of(name: &str, grid: &Grid, candidates: &Candidates) -> Detected {
    let found = heading::find(grid, name, candidates);
    let rows = match &found {
        Some(heading) => Some((heading.first, heading.last)),
        None => heading::guess(grid).map(|row| (row, row)),
    };
    Detected {
        sheet: name.to_string(),
        form: found.map(|heading| heading.form),
        heading_row: rows.map(|(_, last)| u32::try_from(last + 1).unwrap_or(u32::MAX)),
        signature: rows.map_or_else(String::new, |(first, last)| mapped::signature(grid, first, last)),
    }
}
