//! Text files: encoding, separator and records.

use super::Rejected;
use super::raw::Raw;
use super::source::Feeder;
use std::borrow::Cow;

/// Reads comma-, semicolon- or tab-separated text in UTF-8, UTF-16 or GB18030 (with GBK).
pub(super) fn delimited(bytes: &[u8], feeder: &mut Feeder<'_, '_>) -> Result<(), Rejected> {
    let text = decode(bytes)?;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator(&text))
        .from_reader(text.as_bytes());
    let mut row = 0_usize;
    let mut record = csv::StringRecord::new();
    while reader
        .read_record(&mut record)
        .map_err(|error| Rejected::Unreadable {
            detail: error.to_string(),
        })?
    {
        let start = record.position().map_or(0, csv::Position::byte);
        row += blank_lines(text.as_bytes(), usize::try_from(start).unwrap_or(0));
        for (column, field) in record.iter().enumerate() {
            if !field.trim().is_empty() {
                feeder.put(row, column, Raw::Text(unguard(field).to_string()))?;
            }
        }
        row += 1;
    }
    Ok(())
}

/// Blank lines at a byte position, which the CSV reader passes over but a spreadsheet counts as rows.
fn blank_lines(text: &[u8], start: usize) -> usize {
    let mut at = start;
    // The second half of the line break that ended the record before.
    if at > 0 && text.get(at - 1) == Some(&b'\r') && text.get(at) == Some(&b'\n') {
        at += 1;
    }
    let breaks = text[at.min(text.len())..]
        .iter()
        .take_while(|byte| matches!(byte, b'\r' | b'\n'));
    let mut count = 0;
    let mut before = 0;
    for byte in breaks {
        count += usize::from(!(before == b'\r' && *byte == b'\n'));
        before = *byte;
    }
    count
}

/// Takes away the apostrophe that guards a text against being read as a formula.
fn unguard(field: &str) -> &str {
    match field.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@', '\t', '\r']) => rest,
        // Exported long numbers begin with a tab or an apostrophe so that digits are kept.
        Some(rest) if rest.len() >= 7 && rest.bytes().all(|byte| byte.is_ascii_alphanumeric()) => rest,
        _ => field.trim_matches('\t'),
    }
}

/// The text of a file in UTF-8, UTF-16 or GB18030, without its byte order mark.
pub(crate) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, Rejected> {
    if let Some((encoding, _)) = encoding_rs::Encoding::for_bom(bytes) {
        return Ok(encoding.decode(bytes).0);
    }
    if bytes.contains(&0) {
        return wide(bytes).map(Cow::Owned).ok_or(Rejected::NotSpreadsheet {
            seems: Some(("含有空字符的二进制文件", "a binary file with NUL characters")),
        });
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok(Cow::Borrowed(text));
    }
    let (text, _, wrong) = encoding_rs::GB18030.decode(bytes);
    if wrong {
        return Err(Rejected::Unreadable {
            detail: "neither UTF-8 nor GB18030".to_string(),
        });
    }
    Ok(text)
}

/// UTF-16 without a byte order mark, as some programs export it.
fn wide(bytes: &[u8]) -> Option<String> {
    if !bytes.len().is_multiple_of(2) {
        return None;
    }
    [encoding_rs::UTF_16LE, encoding_rs::UTF_16BE]
        .into_iter()
        .filter_map(|encoding| {
            let (text, wrong) = encoding.decode_without_bom_handling(bytes);
            let plain = !wrong && !text.contains('\0') && text.contains([',', '\t', ';']);
            plain.then(|| text.into_owned())
        })
        .find(|text| text.contains('\n') || text.contains('\r'))
}

/// The separator found most often outside quotes in the first lines.
pub(crate) fn separator(text: &str) -> u8 {
    let mut counts = [(b',', 0_usize), (b'\t', 0), (b';', 0)];
    let (mut quoted, mut lines) = (false, 0);
    for byte in text.bytes().take(64 * 1024) {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => lines += 1,
            _ if !quoted => counts
                .iter_mut()
                .filter(|(mark, _)| *mark == byte)
                .for_each(|(_, count)| *count += 1),
            _ => {}
        }
        if lines >= 20 {
            break;
        }
    }
    counts
        .iter()
        .rev()
        .max_by_key(|(_, count)| *count)
        .map_or(b',', |(mark, _)| *mark)
}
