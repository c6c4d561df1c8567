//! Headings whose columns a person has matched by hand: how they are shown, named and found again.

use super::heading::{
    Candidates, Heading, NUMBERING, SEARCH_ROWS, field, headings, merges_above, normalised,
};
use super::raw::Grid;
use super::{COLUMNS_MAX, HeadRow, Mapping, letter};
use crate::forms::Form;

/// The name of a heading: a hash (FNV-1a) of its texts and their places, the same in every version.
pub(super) fn signature(grid: &Grid, first: usize, last: usize) -> String {
    let merges = merges_above(grid);
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for (column, written) in headings(grid, &merges, first, last).iter().enumerate() {
        let title = written.first().map(|title| normalised(title)).unwrap_or_default();
        for byte in title.bytes().chain([b'|', (column % 251) as u8]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    format!("{hash:016x}")
}

/// Rows, columns and letters of a cell that are shown of the head of a sheet.
const HEAD_SHOWN: (usize, usize, usize) = (15, 40, 40);

/// The first filled rows as they stand, so that a person may say which one is the heading.
pub(super) fn head(grid: &Grid) -> Vec<HeadRow> {
    let (rows, columns, letters) = HEAD_SHOWN;
    let filled = grid.rows.iter().enumerate().take(SEARCH_ROWS);
    filled
        .filter(|(_, row)| row.iter().any(|raw| !raw.is_empty()))
        .take(rows)
        .map(|(place, row)| HeadRow {
            row: u32::try_from(place + 1).unwrap_or(u32::MAX),
            cells: row
                .iter()
                .enumerate()
                .take(columns)
                .filter(|(_, raw)| !raw.is_empty())
                .map(|(column, raw)| (letter(column), raw.shown().trim().chars().take(letters).collect()))
                .collect(),
            signature: signature(grid, place, place),
        })
        .collect()
}

/// The heading for which a user has set the columns.
pub(super) fn find_mapped(grid: &Grid, candidates: &Candidates, mappings: &[Mapping]) -> Option<Heading> {
    for first in 0..grid.rows.len().min(SEARCH_ROWS) {
        for last in [first, first + 1] {
            if mappings.is_empty() || last >= grid.rows.len() {
                continue;
            }
            let name = signature(grid, first, last);
            let fitting = mappings.iter().filter(|mapping| mapping.signature == name);
            for mapping in fitting {
                if let Some(form) = candidates.form(&mapping.form) {
                    return Some(mapped(grid, first, last, form, mapping));
                }
            }
        }
    }
    None
}

fn mapped(grid: &Grid, first: usize, last: usize, form: &'static Form, mapping: &Mapping) -> Heading {
    let mut heading = Heading::empty(form, first, last);
    heading.remembered = true;
    let written = headings(grid, &merges_above(grid), first, last);
    for (column, written) in written.iter().enumerate().take(COLUMNS_MAX) {
        let letter = letter(column);
        let title = written.first().map(|title| title.trim()).unwrap_or_default();
        let wanted = mapping.columns.iter().find(|(own, _)| *own == letter);
        let position = wanted.and_then(|(_, key)| form.position(key));
        match position.filter(|position| heading.fields.iter().all(|field| field.position != *position)) {
            Some(position) => heading.fields.push(field(column, position, title, written)),
            None if NUMBERING.contains(&normalised(title).as_str()) => heading.numbering = Some(column),
            None if !title.is_empty() => heading.unknown.push((letter, title.to_string())),
            None => {}
        }
    }
    heading
}
