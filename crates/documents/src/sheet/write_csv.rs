//! Writing the table of a sheet as CSV.

use super::write::{OutCell, OutColumn, OutSheet, shown};

/// Writes the table of a sheet (heading, rows, total) as CSV in UTF-8 with byte order mark.
///
/// Text that a spreadsheet program would take for a formula gets a leading apostrophe, which
/// [`super::read`] takes away again.
pub fn write_csv(sheet: &OutSheet) -> Vec<u8> {
    let mut bytes = b"\xef\xbb\xbf".to_vec();
    let titles: Vec<OutCell> = sheet
        .columns
        .iter()
        .map(|column| column.title.as_str().into())
        .collect();
    push_record(&mut bytes, &titles, &sheet.columns);
    for row in sheet.rows.iter().chain(&sheet.total) {
        push_record(&mut bytes, row, &sheet.columns);
    }
    bytes
}

fn push_record(bytes: &mut Vec<u8>, cells: &[OutCell], columns: &[OutColumn]) {
    for (index, column) in columns.iter().enumerate() {
        if index > 0 {
            bytes.push(b',');
        }
        let text = match cells.get(index).unwrap_or(&OutCell::Blank) {
            OutCell::Blank => String::new(),
            OutCell::Int(number) => shown(*number, column.kind),
            OutCell::Text(text) if text.trim_start().starts_with(['=', '+', '-', '@', '|', '%']) => {
                format!("'{text}")
            }
            OutCell::Text(text) if text.starts_with(['\t', '\r']) => format!("'{text}"),
            OutCell::Text(text) => text.clone(),
        };
        if text.contains([',', '"', '\n', '\r', ';']) {
            bytes.extend(format!("\"{}\"", text.replace('"', "\"\"")).bytes());
        } else {
            bytes.extend(text.bytes());
        }
    }
    bytes.extend(b"\r\n");
}
