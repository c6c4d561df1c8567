//! Checks of a file before a reader unpacks it.

use super::raw::Merge;
use super::{AREA_CELLS_MAX, ROWS_MAX, Rejected};
use quick_xml::events::{BytesStart, Event};
use std::collections::HashMap;
use std::io::{Cursor, Read, Write};

/// Kind of file, told from its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Xlsx,
    Xls,
    Ods,
    Text,
}

/// What the check has found.
pub(super) struct Package {
    pub(super) kind: Kind,
    /// Merged regions by the name of the part.
    merged_parts: HashMap<String, Vec<Merge>>,
    /// Part by the name of its sheet.
    parts: HashMap<String, String>,
}

impl Package {
    fn of(kind: Kind) -> Package {
        Package {
            kind,
            merged_parts: HashMap::new(),
            parts: HashMap::new(),
        }
    }

    /// Merged regions of a sheet of an XLSX file.
    pub(super) fn merges(&self, sheet: &str) -> Vec<Merge> {
        let part = self.parts.get(sheet);
        part.and_then(|part| self.merged_parts.get(part))
            .cloned()
            .unwrap_or_default()
    }
}

/// Most parts a packed spreadsheet may have.
const PARTS_MAX: usize = 5_000;
/// Bytes at the beginning of a part in which definitions of entities would stand.
const HEAD_BYTES: usize = 4_096;
/// Deepest nesting of elements; spreadsheet programs stay below twenty.
const DEPTH_MAX: usize = 200;
/// Most bytes kept of the merged regions of one sheet.
const MERGES_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Tells the kind of file and refuses packed files that unpack to too much or reach outside themselves.
pub(super) fn inspect(bytes: &[u8], unpacked_bytes_max: u64) -> Result<Package, Rejected> {
    if bytes.starts_with(b"PK") {
        return inspect_packed(bytes, unpacked_bytes_max);
    }
    if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]) {
        return Ok(Package::of(Kind::Xls));
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
    Ok(Package::of(Kind::Text))
}

fn inspect_packed(bytes: &[u8], unpacked_bytes_max: u64) -> Result<Package, Rejected> {
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
    // The directory may lie about sizes, so every part is unpacked once and only looked at.
    let mut unpacked: u64 = 0;
    let mut merged_parts = HashMap::new();
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|error| match error {
            zip::result::ZipError::UnsupportedArchive(_) => Rejected::Encrypted,
            error => unreadable(error),
        })?;
        let name = part.name().map(|name| name.into_owned()).unwrap_or_default();
        let mut look = Look::default();
        let mut limited = part.take(unpacked_bytes_max + 1 - unpacked);
        unpacked += std::io::copy(&mut limited, &mut look).map_err(|error| Rejected::Unreadable {
            detail: error.to_string(),
        })?;
        if unpacked > unpacked_bytes_max {
            return Err(Rejected::UnpacksTooBig);
        }
        let xml = name.ends_with(".xml") || name.ends_with(".rels");
        if xml && look.defines_entities() {
            return Err(Rejected::Entities);
        }
        if xml && look.deepest > DEPTH_MAX {
            return Err(Rejected::TooDeep);
        }
        let merges = look.merges();
        if !merges.is_empty() {
            merged_parts.insert(name, merges);
        }
    }
    let under = |folder: &str| {
        archive
            .file_names()
            .flatten()
            .any(|name| name.starts_with(folder))
    };
    let has = |name: &str| archive.index_for_name(name).is_some();
    let seems = |zh, en| {
        Err(Rejected::NotSpreadsheet {
            seems: Some((zh, en)),
        })
    };
    let kind = if has("xl/workbook.xml") || (under("xl/") && !has("xl/workbook.bin")) {
        Kind::Xlsx
    } else if has("content.xml") && has("mimetype") {
        Kind::Ods
    } else if under("word/") {
        return seems("Word 文档", "a Word document");
    } else if has("xl/workbook.bin") {
        return seems("xlsb 二进制工作簿", "a binary workbook (xlsb)");
    } else {
        return seems("压缩包", "an archive");
    };
    if under("xl/externalLinks/") {
        return Err(Rejected::ExternalLinks);
    }
    let parts = if kind == Kind::Xlsx && !merged_parts.is_empty() {
        sheet_parts(&mut archive)
    } else {
        HashMap::new()
    };
    Ok(Package {
        kind,
        merged_parts,
        parts,
    })
}

/// Sees a part pass by: keeps its beginning and the list of merged regions, which stands near its end.
#[derive(Default)]
struct Look {
    head: Vec<u8>,
    /// The end of the piece before, because a word may be cut by the pieces.
    tail: Vec<u8>,
    found: Option<Vec<u8>>,
    /// Elements that are open, and the most that were.
    depth: usize,
    deepest: usize,
    /// The last byte of the piece before.
    before: u8,
}

const MERGES_TAG: &[u8] = b"mergeCells";

impl Write for Look {
    fn write(&mut self, piece: &[u8]) -> std::io::Result<usize> {
        let missing = HEAD_BYTES.saturating_sub(self.head.len()).min(piece.len());
        self.head.extend_from_slice(&piece[..missing]);
        self.count_depth(piece);
        if let Some(found) = &mut self.found {
            let room = MERGES_BYTES_MAX.saturating_sub(found.len()).min(piece.len());
            found.extend_from_slice(&piece[..room]);
            return Ok(piece.len());
        }
        self.tail
            .extend_from_slice(&piece[..piece.len().min(MERGES_TAG.len())]);
        if memchr::memmem::find(&self.tail, MERGES_TAG).is_some() {
            self.found = Some(piece.to_vec());
        } else if let Some(at) = memchr::memmem::find(piece, MERGES_TAG) {
            self.found = Some(piece[at..].to_vec());
        } else {
            self.tail.clear();
            let from = piece.len().saturating_sub(MERGES_TAG.len() - 1);
            self.tail.extend_from_slice(&piece[from..]);
        }
        Ok(piece.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Look {
    /// Follows how deep elements stand inside one another, by their brackets alone.
    fn count_depth(&mut self, piece: &[u8]) {
        let (mut depth, mut before) = (self.depth, self.before);
        for byte in piece {
            if before == b'<' {
                match byte {
                    b'/' => depth = depth.saturating_sub(1),
                    b'?' | b'!' => {}
                    _ => {
                        depth += 1;
                        self.deepest = self.deepest.max(depth);
                    }
                }
            } else if *byte == b'>' && before == b'/' {
                depth = depth.saturating_sub(1);
            }
            before = *byte;
        }
        (self.depth, self.before) = (depth, before);
    }

    fn defines_entities(&self) -> bool {
        memchr::memmem::find(&self.head, b"<!DOCTYPE").is_some()
            || memchr::memmem::find(&self.head, b"<!ENTITY").is_some()
    }

    /// The regions between `mergeCells` and its end tag, such as `<mergeCell ref="A1:C1"/>`.
    fn merges(&self) -> Vec<Merge> {
        let text = String::from_utf8_lossy(self.found.as_deref().unwrap_or_default());
        let list = text.split("</").next().unwrap_or_default();
        list.split("ref=")
            .skip(1)
            .filter_map(|rest| {
                let quote = rest.chars().next()?;
                let region = rest[1..].split(quote).next()?;
                let (start, end) = region.split_once(':')?;
                let (top, left) = position(start)?;
                let (bottom, right) = position(end)?;
                let merge = Merge {
                    top,
                    left,
                    bottom,
                    right,
                };
                (bottom >= top && right >= left).then_some(merge)
            })
            .collect()
    }
}

/// Row and column of a cell such as `$B$12`, counted from 0.
fn position(cell: &str) -> Option<(usize, usize)> {
    let mut column = 0_usize;
    let mut row = 0_usize;
    for letter in cell.bytes().filter(|letter| *letter != b'$') {
        match letter {
            b'A'..=b'Z' if row == 0 && column < 100_000 => {
                column = column * 26 + usize::from(letter - b'A') + 1
            }
            b'0'..=b'9' if row < 100_000_000 => row = row * 10 + usize::from(letter - b'0'),
            _ => return None,
        }
    }
    Some((row.checked_sub(1)?, column.checked_sub(1)?))
}

/// The part in which each sheet of an XLSX file stands, by the relations of the workbook.
fn sheet_parts(archive: &mut zip::ZipArchive<Cursor<&[u8]>>) -> HashMap<String, String> {
    let mut targets = HashMap::new();
    each_tag(archive, "xl/_rels/workbook.xml.rels", |tag| {
        if let (Some(id), Some(target)) = (attribute(tag, "Id"), attribute(tag, "Target")) {
            let part = match target.strip_prefix('/') {
                Some(absolute) => absolute.to_string(),
                None => format!("xl/{target}"),
            };
            targets.insert(id, part);
        }
    });
    let mut parts = HashMap::new();
    each_tag(archive, "xl/workbook.xml", |tag| {
        let relation = tag
            .attributes()
            .flatten()
            .find(|attribute| attribute.key.local_name().as_ref() == "id")
            .map(|attribute| attribute.value.to_string());
        let part = relation.and_then(|id| targets.get(&id));
        if let (Some(name), Some(part)) = (attribute(tag, "name"), part) {
            let name = quick_xml::escape::unescape(&name).map_or(name.clone(), |name| name.into_owned());
            parts.insert(name, part.clone());
        }
    });
    parts
}

fn each_tag(archive: &mut zip::ZipArchive<Cursor<&[u8]>>, part: &str, mut take: impl FnMut(&BytesStart<'_>)) {
    let Ok(part) = archive.by_name(part) else {
        return;
    };
    let mut reader = quick_xml::Reader::from_reader(std::io::BufReader::new(part));
    let mut buffer = Vec::new();
    while let Ok(event) = reader.read_event_into(&mut buffer) {
        match &event {
            Event::Start(tag) | Event::Empty(tag) => take(tag),
            Event::Eof => break,
            _ => {}
        }
        buffer.clear();
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

    pub(super) fn check(&self) -> Result<(), Rejected> {
        if self.rows > ROWS_MAX {
            return Err(Rejected::TooManyRows);
        }
        if self.rows.saturating_mul(self.columns) > AREA_CELLS_MAX {
            return Err(Rejected::TooManyCells);
        }
        Ok(())
    }
}

/// An attribute of a tag, as written.
pub(super) fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    tag.try_get_attribute(name)
        .ok()
        .flatten()
        .map(|attribute| attribute.value.to_string())
}
