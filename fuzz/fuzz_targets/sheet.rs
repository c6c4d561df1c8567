//! Any bytes as a spreadsheet. The first byte says how the others are wrapped, so that what is changed is more often the
//! table and not the check sum of the archive around it.

#![no_main]

use documents::forms::FORMS;
use documents::sheet::{Options, read, read_with};
use libfuzzer_sys::fuzz_target;
use std::io::{Cursor, Write};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, content) in parts {
        zip.start_file(*name, stored).expect("a name may be used once");
        zip.write_all(content).expect("memory takes everything");
    }
    zip.finish().expect("memory takes everything").into_inner()
}

fn xlsx(sheet: &[u8], strings: &[u8]) -> Vec<u8> {
    archive(&[
        ("[Content_Types].xml", br#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>"#),
        ("_rels/.rels", br#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#),
        ("xl/workbook.xml", br#"<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Sheet1" sheetId="1" r:id="r1"/></sheets></workbook>"#),
        ("xl/_rels/workbook.xml.rels", br#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>"#),
        ("xl/worksheets/sheet1.xml", sheet),
        ("xl/sharedStrings.xml", strings),
    ])
}

fn ods(content: &[u8]) -> Vec<u8> {
    archive(&[
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
        ("META-INF/manifest.xml", br#"<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>"#),
        ("content.xml", content),
    ])
}

fuzz_target!(|bytes: &[u8]| {
    let Some((how, rest)) = bytes.split_first() else {
        return;
    };
    let file = match how {
        b'x' => {
            // Sheet and shared strings stand one behind the other, parted by a form feed.
            let cut = rest.iter().position(|byte| *byte == 0x0c).unwrap_or(rest.len());
            let (sheet, strings) = rest.split_at(cut);
            xlsx(sheet, strings.get(1..).unwrap_or_default())
        }
        b'o' => ods(rest),
        _ => rest.to_vec(),
    };
    let options = Options {
        today: Some("2026-11-22"),
        incomplete_rows: true,
        ..Options::default()
    };
    let Ok(reading) = read_with(&file, "fuzz.csv", &options, &mut |_| true) else {
        assert!(
            read(&file, "fuzz.csv", FORMS).is_err(),
            "refused with one set of options only"
        );
        return;
    };
    for sheet in &reading.sheets {
        let Some(form) = sheet.form else {
            assert!(sheet.rows.is_empty(), "rows without a form");
            continue;
        };
        for row in &sheet.rows {
            assert_eq!(row.cells.len(), form.columns.len());
            assert!(row.row > 0);
        }
        for error in sheet.errors.iter().chain(&sheet.warnings) {
            assert!(
                !error.zh.is_empty() && !error.en.is_empty(),
                "an error without words: {error:?}"
            );
        }
    }
});
