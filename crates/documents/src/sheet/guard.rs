//! Checks of a file before a reader unpacks it.

use super::{CELLS_MAX, ROWS_MAX, Rejected, TEXT_BYTES_MAX};
use quick_xml::events::{BytesStart, Event};
use std::io::{Cursor, Read};

/// Kind of file, told from its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Xlsx,
    Xls,
    Ods,
    Text,
}

/// Most parts a packed spreadsheet may have.
const PARTS_MAX: usize = 5_000;

/// Tells the kind of file and refuses packed files that unpack to too much.
pub(super) fn kind(bytes: &[u8], unpacked_bytes_max: u64) -> Result<Kind, Rejected> {
    if bytes.starts_with(b"PK") {
        return packed_kind(bytes, unpacked_bytes_max);
    }
    if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]) {
        return Ok(Kind::Xls);
    }
    let known: [(&[u8], (&str, &str)); 6] = [
        (b"%PDF", ("PDF 文件", "a PDF")),
        (b"\x89PNG", ("图片", "a picture")),
        (b"\xff\xd8\xff", ("图片", "a picture")),
        (b"GIF8", ("图片", "a picture")),
        (b"Rar!", ("压缩包", "an archive")),
        (b"7z\xbc\xaf", ("压缩包", "an archive")),
    ];
    if let Some((_, seems)) = known.iter().find(|(start, _)| bytes.starts_with(start)) {
        return Err(Rejected::NotSpreadsheet { seems: Some(*seems) });
    }
    let wide = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    if !wide && bytes.contains(&0) {
        return Err(Rejected::NotSpreadsheet { seems: None });
    }
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(1_024)]).to_lowercase();
    let start = start.trim_start_matches('\u{feff}').trim_start();
    // Many systems export a web page under the name of a spreadsheet.
    if ["<html", "<!doctype", "<table", "<?xml", "<meta"]
        .iter()
        .any(|tag| start.starts_with(tag))
    {
        return Err(Rejected::NotSpreadsheet {
            seems: Some(("网页或 XML 格式的表格", "a table saved as a web page or XML")),
        });
    }
    Ok(Kind::Text)
}

fn packed_kind(bytes: &[u8], unpacked_bytes_max: u64) -> Result<Kind, Rejected> {
    let unreadable = |error: zip::result::ZipError| Rejected::Unreadable {
        detail: error.to_string(),
    };
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(unreadable)?;
    if archive.len() > PARTS_MAX {
        return Err(Rejected::UnpacksTooBig);
    }
    let mut declared: u64 = 0;
    for index in 0..archive.len() {
        declared = declared.saturating_add(archive.by_index_raw(index).map_err(unreadable)?.size());
    }
    if declared > unpacked_bytes_max {
        return Err(Rejected::UnpacksTooBig);
    }
    // The directory may lie about sizes, so every part is unpacked once into nothing.
    let mut unpacked: u64 = 0;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|error| match error {
            zip::result::ZipError::UnsupportedArchive(_) => Rejected::Encrypted,
            error => unreadable(error),
        })?;
        let mut limited = part.take(unpacked_bytes_max + 1 - unpacked);
        unpacked +=
            std::io::copy(&mut limited, &mut std::io::sink()).map_err(|error| Rejected::Unreadable {
                detail: error.to_string(),
            })?;
        if unpacked > unpacked_bytes_max {
            return Err(Rejected::UnpacksTooBig);
        }
    }
    let under = |folder: &str| {
        archive
            .file_names()
            .flatten()
            .any(|name| name.starts_with(folder))
    };
    let has = |name: &str| archive.index_for_name(name).is_some();
    if has("xl/workbook.xml") {
        Ok(Kind::Xlsx)
    } else if has("content.xml") && has("mimetype") {
        Ok(Kind::Ods)
    } else if under("word/") {
        Err(Rejected::NotSpreadsheet {
            seems: Some(("Word 文档", "a Word document")),
        })
    } else if has("xl/workbook.bin") {
        Err(Rejected::NotSpreadsheet {
            seems: Some(("xlsb 二进制工作簿", "a binary workbook (xlsb)")),
        })
    } else if under("xl/") {
        Ok(Kind::Xlsx)
    } else {
        Err(Rejected::NotSpreadsheet {
            seems: Some(("压缩包", "an archive")),
        })
    }
}

/// Size of the area a dense reader would fill.
#[derive(Default)]
pub(super) struct Area {
    pub(super) rows: usize,
    pub(super) columns: usize,
}

impl Area {
    pub(super) fn include(&mut self, row: usize, column: usize) {
        self.rows = self.rows.max(row + 1);
        self.columns = self.columns.max(column + 1);
    }

    fn check(&self) -> Result<(), Rejected> {
        if self.rows > ROWS_MAX {
            return Err(Rejected::TooManyRows);
        }
        if self.rows.saturating_mul(self.columns) > CELLS_MAX {
            return Err(Rejected::TooManyCells);
        }
        Ok(())
    }
}

/// Refuses an ODS file whose repeat counts would fill memory.
pub(super) fn check_ods(bytes: &[u8]) -> Result<(), Rejected> {
    let unreadable = |error: String| Rejected::Unreadable { detail: error };
    let mut archive =
        zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| unreadable(error.to_string()))?;
    let part = archive
        .by_name("content.xml")
        .map_err(|error| unreadable(error.to_string()))?;
    let mut reader = quick_xml::Reader::from_reader(std::io::BufReader::new(part));
    let mut buffer = Vec::new();
    let (mut area, mut row, mut row_repeat, mut column, mut row_filled) =
        (Area::default(), 0_usize, 1, 0_usize, 0);
    let (mut text_bytes, mut row_bytes, mut cell_repeat) = (0_usize, 0_usize, 1);
    loop {
        let event = reader
            .read_event_into(&mut buffer)
            .map_err(|error| unreadable(error.to_string()))?;
        match &event {
            Event::Start(tag) | Event::Empty(tag) => match tag.name().0 {
                "table:table" => {
                    area.check()?;
                    (area, row) = (Area::default(), 0);
                }
                "table:table-row" => {
                    row_repeat = repeat(tag, "table:number-rows-repeated");
                    (column, row_filled, row_bytes) = (0, 0, 0);
                    if matches!(event, Event::Empty(_)) {
                        row = row.saturating_add(row_repeat);
                    }
                }
                "table:table-cell" | "table:covered-table-cell" => {
                    let repeated = repeat(tag, "table:number-columns-repeated");
                    if attribute(tag, "office:value-type").is_some()
                        || attribute(tag, "table:formula").is_some()
                    {
                        row_filled = column.saturating_add(repeated);
                    }
                    column = column.saturating_add(repeated);
                    cell_repeat = repeated;
                    let value = attribute(tag, "office:string-value").map_or(0, |text| text.len());
                    row_bytes = row_bytes.saturating_add(value.saturating_mul(repeated));
                }
                _ => {}
            },
            Event::End(tag) if tag.name().0 == "table:table-row" => {
                row = row.saturating_add(row_repeat);
                text_bytes = text_bytes.saturating_add(row_bytes.saturating_mul(row_repeat));
                if text_bytes > TEXT_BYTES_MAX {
                    return Err(Rejected::TooManyCells);
                }
                if row_filled > 0 {
                    area.include(row.saturating_sub(1), row_filled - 1);
                    area.check()?;
                }
            }
            Event::Text(text) => row_bytes = row_bytes.saturating_add(text.len().saturating_mul(cell_repeat)),
            Event::Eof => break,
            _ => {}
        }
        buffer.clear();
    }
    area.check()
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    tag.try_get_attribute(name)
        .ok()
        .flatten()
        .map(|attribute| attribute.value.to_string())
}

fn repeat(tag: &BytesStart<'_>, name: &str) -> usize {
    attribute(tag, name)
        .and_then(|count| count.parse().ok())
        .unwrap_or(1)
}
