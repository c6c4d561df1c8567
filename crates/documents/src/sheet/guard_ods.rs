//! Check of an open-document file before a reader unpacks it.

use super::guard::{Area, attribute};
use super::raw::Merge;
use super::{Rejected, TEXT_BYTES_MAX};
use quick_xml::events::{BytesStart, Event};
use std::io::Cursor;

/// Where the check stands in a table.
#[derive(Default)]
struct Place {
    area: Area,
    row: usize,
    row_repeat: usize,
    row_filled: usize,
    row_bytes: usize,
    column: usize,
    cell_repeat: usize,
}

/// Most merged regions kept of one table.
const MERGES_MAX: usize = 200_000;

/// Refuses a file whose repeat counts would fill memory or that takes in other files; returns the merged
/// regions of each table.
pub(super) fn check(bytes: &[u8]) -> Result<Vec<Vec<Merge>>, Rejected> {
    let unreadable = |error: String| Rejected::Unreadable { detail: error };
    let mut archive =
        zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| unreadable(error.to_string()))?;
    let part = archive
        .by_name("content.xml")
        .map_err(|error| unreadable(error.to_string()))?;
    let mut reader = quick_xml::Reader::from_reader(std::io::BufReader::new(part));
    let mut buffer = Vec::new();
    let mut place = Place::default();
    let mut text_bytes = 0_usize;
    let mut merges: Vec<Vec<Merge>> = Vec::new();
    loop {
        let event = reader
            .read_event_into(&mut buffer)
            .map_err(|error| unreadable(error.to_string()))?;
        match &event {
            Event::Start(tag) | Event::Empty(tag) => match tag.name().0 {
                "table:table" => {
                    place.area.check()?;
                    place = Place::default();
                    merges.push(Vec::new());
                }
                "table:table-source" | "table:cell-range-source" | "table:dde-link" => {
                    return Err(Rejected::ExternalLinks);
                }
                "table:table-row" => {
                    place.row_repeat = repeat(tag, "table:number-rows-repeated");
                    (place.column, place.row_filled, place.row_bytes) = (0, 0, 0);
                    if matches!(event, Event::Empty(_)) {
                        place.row = place.row.saturating_add(place.row_repeat);
                    }
                }
                "table:table-cell" | "table:covered-table-cell" => {
                    if let Some(merge) = place.cell(tag)
                        && let Some(merges) = merges.last_mut().filter(|merges| merges.len() < MERGES_MAX)
                    {
                        merges.push(merge);
                    }
                }
                _ => {}
            },
            Event::End(tag) if tag.name().0 == "table:table-row" => {
                place.row = place.row.saturating_add(place.row_repeat);
                text_bytes = text_bytes.saturating_add(place.row_bytes.saturating_mul(place.row_repeat));
                if text_bytes > TEXT_BYTES_MAX {
                    return Err(Rejected::TooManyCells);
                }
                if place.row_filled > 0 {
                    place
                        .area
                        .include(place.row.saturating_sub(1), place.row_filled - 1);
                    place.area.check()?;
                }
            }
            Event::Text(text) => {
                let bytes = text.len().saturating_mul(place.cell_repeat);
                place.row_bytes = place.row_bytes.saturating_add(bytes);
            }
            Event::Eof => break,
            _ => {}
        }
        buffer.clear();
    }
    place.area.check()?;
    Ok(merges)
}

impl Place {
    /// Takes a cell; returns the region that it is merged with.
    fn cell(&mut self, tag: &BytesStart<'_>) -> Option<Merge> {
        let repeated = repeat(tag, "table:number-columns-repeated");
        let (rows, columns) = (
            repeat(tag, "table:number-rows-spanned"),
            repeat(tag, "table:number-columns-spanned"),
        );
        let left = self.column;
        if attribute(tag, "office:value-type").is_some() || attribute(tag, "table:formula").is_some() {
            self.row_filled = self.column.saturating_add(repeated);
        }
        self.column = self.column.saturating_add(repeated);
        self.cell_repeat = repeated;
        let value = attribute(tag, "office:string-value").map_or(0, |text| text.len());
        self.row_bytes = self.row_bytes.saturating_add(value.saturating_mul(repeated));
        (rows > 1 || columns > 1).then(|| Merge {
            top: self.row,
            left,
            bottom: self.row.saturating_add(rows - 1),
            right: left.saturating_add(columns - 1),
        })
    }
}

fn repeat(tag: &BytesStart<'_>, name: &str) -> usize {
    attribute(tag, name)
        .and_then(|count| count.parse().ok())
        .filter(|count| *count > 0)
        .unwrap_or(1)
}
