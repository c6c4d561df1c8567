//! The plain cells of a small file, for readers that look for a few columns of their own.

use super::source::{Feed, feed};
use super::{Rejected, UNPACKED_BYTES_MAX, decode, guard};

/// The rows of a CSV file, or of the first sheet of a workbook that has any, as text: the number of the row as the
/// spreadsheet shows it, and its cells from the first column on.
///
/// # Errors
///
/// [`Rejected`] when the file as a whole cannot be read.
pub(crate) fn cells(bytes: &[u8]) -> Result<Vec<(usize, Vec<String>)>, Rejected> {
    if guard::inspect(bytes, UNPACKED_BYTES_MAX)?.kind == guard::Kind::Text {
        return delimited(bytes);
    }
    let mut rows: Vec<(usize, Vec<String>)> = Vec::new();
    let mut taken = false;
    feed(bytes, "", &mut |part| {
        match part {
            Feed::Row(row, cells) if !taken => {
                let cells = cells.iter().map(|cell| cell.shown().trim().to_string());
                rows.push((row + 1, cells.collect()));
            }
            Feed::End => taken |= !rows.is_empty(),
            _ => {}
        }
        Ok(())
    })?;
    Ok(rows)
}

fn delimited(bytes: &[u8]) -> Result<Vec<(usize, Vec<String>)>, Rejected> {
    let text = decode::decode(bytes)?;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(decode::separator(&text))
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| Rejected::Unreadable {
            detail: error.to_string(),
        })?;
        let row = record.position().map_or(0, csv::Position::line);
        let cells = record.iter().map(|cell| cell.trim().to_string()).collect();
        rows.push((usize::try_from(row).unwrap_or(usize::MAX), cells));
    }
    Ok(rows)
}
