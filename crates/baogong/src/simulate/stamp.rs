//! A workbook without the time at which it was made.
//!
//! The writer notes the present time in `docProps/core.xml`. Two runs would then differ; so that part is replaced
//! by a fixed one. The layout of the archive follows the .ZIP File Format Specification (APPNOTE 6.3), §4.3.

const PART: &[u8] = b"docProps/core.xml";

/// The properties written instead: the author says what the file is, the date is that of no real survey.
const PROPERTIES: &str = concat!(
    "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n",
    "<cp:coreProperties",
    " xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\"",
    " xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:dcterms=\"http://purl.org/dc/terms/\"",
    " xmlns:dcmitype=\"http://purl.org/dc/dcmitype/\"",
    " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">",
    "<dc:creator>演示数据</dc:creator><cp:lastModifiedBy>演示数据</cp:lastModifiedBy>",
    "<dcterms:created xsi:type=\"dcterms:W3CDTF\">2020-01-01T00:00:00Z</dcterms:created>",
    "<dcterms:modified xsi:type=\"dcterms:W3CDTF\">2020-01-01T00:00:00Z</dcterms:modified>",
    "</cp:coreProperties>"
);

const END_LENGTH: usize = 22;
const ENTRY_LENGTH: usize = 46;

/// The same workbook with fixed document properties.
///
/// # Errors
///
/// A message when `bytes` is not an archive as the writer of workbooks makes it.
pub(super) fn without_time(bytes: &[u8]) -> Result<Vec<u8>, String> {
    read(bytes).ok_or_else(|| "the workbook is not an archive of the expected layout".to_string())
}

fn read(bytes: &[u8]) -> Option<Vec<u8>> {
    let end = bytes.len().checked_sub(END_LENGTH)?;
    if !bytes.get(end..)?.starts_with(b"PK\x05\x06") {
        return None;
    }
    let count = u16_at(bytes, end + 10)?;
    let directory = u32_at(bytes, end + 16)? as usize;
    let mut entries = Vec::new();
    let mut at = directory;
    for _ in 0..count {
        let head = bytes.get(at..at + ENTRY_LENGTH)?;
        if !head.starts_with(b"PK\x01\x02") {
            return None;
        }
        let name_length = u16_at(head, 28)?;
        let length = ENTRY_LENGTH + name_length + u16_at(head, 30)? + u16_at(head, 32)?;
        entries.push((
            u32_at(head, 42)? as usize,
            bytes.get(at..at + length)?,
            name_length,
        ));
        at += length;
    }
    let mut made = Vec::with_capacity(bytes.len() + PROPERTIES.len());
    let mut made_directory = Vec::new();
    for (index, (offset, entry, name_length)) in entries.iter().enumerate() {
        let record_end = entries.get(index + 1).map_or(directory, |next| next.0);
        let place = u32::try_from(made.len()).ok()?;
        if entry.get(ENTRY_LENGTH..ENTRY_LENGTH + name_length)? == PART {
            push_record(&mut made, &mut made_directory)?;
        } else {
            made.extend(bytes.get(*offset..record_end)?);
            made_directory.extend(entry.get(..42)?);
            made_directory.extend(place.to_le_bytes());
            made_directory.extend(entry.get(ENTRY_LENGTH..)?);
        }
    }
    let start = u32::try_from(made.len()).ok()?;
    let length = u32::try_from(made_directory.len()).ok()?;
    made.extend(made_directory);
    made.extend(bytes.get(end..end + 12)?);
    made.extend(length.to_le_bytes());
    made.extend(start.to_le_bytes());
    made.extend(bytes.get(end + 20..)?);
    Some(made)
}

/// Appends the fixed part, stored as it is, and its entry in the directory.
fn push_record(made: &mut Vec<u8>, directory: &mut Vec<u8>) -> Option<()> {
    let place = u32::try_from(made.len()).ok()?;
    let length = u32::try_from(PROPERTIES.len()).ok()?.to_le_bytes();
    // Version 2.0, no flags, stored, 1980-01-01 00:00.
    let mut head = vec![20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0];
    head.extend(crc32(PROPERTIES.as_bytes()).to_le_bytes());
    head.extend(length);
    head.extend(length);
    head.extend(u16::try_from(PART.len()).ok()?.to_le_bytes());
    head.extend([0, 0]);
    made.extend(b"PK\x03\x04");
    made.extend(&head);
    made.extend(PART);
    made.extend(PROPERTIES.bytes());
    directory.extend(b"PK\x01\x02\x14\x00");
    directory.extend(&head);
    directory.extend([0; 10]);
    directory.extend(place.to_le_bytes());
    directory.extend(PART);
    Some(())
}

fn u16_at(bytes: &[u8], at: usize) -> Option<usize> {
    let pair = bytes.get(at..at + 2)?;
    Some(usize::from(u16::from_le_bytes(pair.try_into().ok()?)))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

/// Check sum of ISO 3309, as archives use it.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            if sum & 1 == 1 {
                sum >> 1 ^ 0xEDB8_8320
            } else {
                sum >> 1
            }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_sum_is_the_published_one() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }

    #[test]
    fn what_is_no_archive_is_refused() {
        assert!(without_time(b"").is_err());
        assert!(without_time(&[b'x'; 100]).is_err());
    }
}
