//! Check of a binary workbook before a reader unpacks it.

use super::guard::Area;
use super::{AREA_CELLS_MAX, Rejected, TEXT_BYTES_MAX};
use std::io::{Cursor, Read};

/// Refuses an XLS file with a sheet that spans too large an area, and encrypted workbooks.
///
/// Record numbers are those of the binary format description [MS-XLS] 2.3.
pub(super) fn check(bytes: &[u8]) -> Result<(), Rejected> {
    let unreadable = |error: std::io::Error| Rejected::Unreadable {
        detail: error.to_string(),
    };
    let mut file = cfb::CompoundFile::open(Cursor::new(bytes)).map_err(unreadable)?;
    if file.exists("/EncryptedPackage") {
        return Err(Rejected::Encrypted);
    }
    if file.exists("/WordDocument") {
        return Err(Rejected::NotSpreadsheet {
            seems: Some(("Word 文档", "a Word document")),
        });
    }
    let path = ["/Workbook", "/Book", "/WORKBOOK", "/BOOK"]
        .into_iter()
        .find(|path| file.exists(path));
    let path = path.ok_or(Rejected::NotSpreadsheet { seems: None })?;
    let mut records = Vec::new();
    file.open_stream(path)
        .and_then(|mut stream| stream.read_to_end(&mut records))
        .map_err(unreadable)?;
    let word = |at: usize| {
        records
            .get(at..at + 2)
            .map_or(0, |pair| u16::from_le_bytes([pair[0], pair[1]]))
    };
    let mut area = Area::default();
    let (mut at, mut total) = (0, 0_usize);
    let mut texts: Vec<&[u8]> = Vec::new();
    let mut labels = Vec::new();
    let mut before = 0;
    while at + 4 <= records.len() {
        let (kind, length) = (word(at), usize::from(word(at + 2)));
        let data = records.get(at + 4..at + 4 + length).unwrap_or_default();
        match kind {
            // SST and the CONTINUE records after it hold the texts of the cells.
            0x00fc => texts.push(data),
            0x003c if before == 0x00fc => texts.push(data),
            0x002f => return Err(Rejected::Encrypted),
            // BOF: a sheet begins; all sheets together must fit.
            0x0809 => {
                total += area.rows * area.columns;
                area = Area::default();
            }
            // FORMULA, LABELSST, BLANK, NUMBER, LABEL, BOOLERR, RSTRING, RK
            0x0006 | 0x00fd | 0x0201 | 0x0203 | 0x0204 | 0x0205 | 0x00d6 | 0x027e => {
                area.include(usize::from(word(at + 4)), usize::from(word(at + 6)));
                if kind == 0x00fd {
                    labels.push(usize::from(word(at + 10)) | usize::from(word(at + 12)) << 16);
                }
            }
            // MULRK, MULBLANK end with their last column.
            0x00bd | 0x00be if length >= 6 => {
                area.include(usize::from(word(at + 4)), usize::from(word(at + 2 + length)));
            }
            _ => {}
        }
        // A CONTINUE belongs to the record before it.
        before = if kind == 0x003c { before } else { kind };
        at += 4 + length;
    }
    total += area.rows * area.columns;
    let lengths = text_lengths(&texts);
    let text_bytes: usize = labels
        .iter()
        .map(|index| lengths.get(*index).map_or(0, |length| length * 3))
        .sum();
    if total > AREA_CELLS_MAX || text_bytes > TEXT_BYTES_MAX {
        Err(Rejected::TooManyCells)
    } else {
        Ok(())
    }
}

/// Lengths in characters of the texts in the shared string table ([MS-XLS] 2.4.265, 2.5.293).
fn text_lengths(chunks: &[&[u8]]) -> Vec<usize> {
    let mut reader = Chunks {
        chunks,
        chunk: 0,
        at: 8,
    };
    std::iter::from_fn(|| reader.next_text()).collect()
}

/// Bytes spread over a record and its CONTINUE records.
struct Chunks<'a> {
    chunks: &'a [&'a [u8]],
    chunk: usize,
    at: usize,
}

impl Chunks<'_> {
    fn byte(&mut self) -> Option<u8> {
        while self.at >= self.chunks.get(self.chunk)?.len() {
            (self.chunk, self.at) = (self.chunk + 1, 0);
        }
        self.at += 1;
        self.chunks[self.chunk].get(self.at - 1).copied()
    }

    fn number(&mut self, bytes: u32) -> Option<usize> {
        (0..bytes).try_fold(0, |number, place| {
            Some(number | usize::from(self.byte()?) << (8 * place))
        })
    }

    fn skip(&mut self, mut bytes: usize) -> Option<()> {
        while bytes > 0 {
            let left = self.chunks.get(self.chunk)?.len().saturating_sub(self.at);
            let step = left.min(bytes);
            (self.at, bytes) = (self.at + step, bytes - step);
            if bytes > 0 {
                (self.chunk, self.at) = (self.chunk + 1, 0);
            }
        }
        Some(())
    }

    fn next_text(&mut self) -> Option<usize> {
        let length = self.number(2)?;
        let mut flags = self.byte()?;
        let runs = if flags & 8 == 0 { 0 } else { self.number(2)? };
        let extra = if flags & 4 == 0 { 0 } else { self.number(4)? };
        let mut left = length;
        loop {
            let width = if flags & 1 == 0 { 1 } else { 2 };
            let here = self.chunks.get(self.chunk)?.len().saturating_sub(self.at) / width;
            let step = here.min(left);
            self.at += step * width;
            left -= step;
            if left == 0 {
                break;
            }
            // A text cut by a record goes on after flags of its own.
            (self.chunk, self.at) = (self.chunk + 1, 0);
            flags = self.byte()?;
        }
        self.skip(runs * 4 + extra)?;
        Some(length)
    }
}
