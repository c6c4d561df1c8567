//! Files of other kinds, damaged and hostile files.

use super::tests::{HOUSEHOLD, book, value};
use super::*;
use crate::forms;
use proptest::prelude::*;
use rust_xlsxwriter::Workbook;
use std::io::{Cursor, Write};

fn read_csv(bytes: &[u8]) -> SheetReading {
    read(bytes, "住户.csv", &[&forms::HOUSEHOLDS])
        .unwrap()
        .sheets
        .remove(0)
}

const CSV: &str =
    "小区,楼栋,单元,房号,户主,人口数\r\n幸福苑,3,2,501,张伟,3\r\n\r\n,,,502,李娜,２\r\n,4,,101,王芳,2\r\n";

#[test]
fn csv_is_read_in_every_usual_encoding() {
    let gbk = encoding_rs::GB18030.encode(CSV).0.to_vec();
    let with_mark = [b"\xef\xbb\xbf".as_slice(), CSV.as_bytes()].concat();
    let wide: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain(CSV.encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    let tabs = CSV.replace(',', "\t").into_bytes();
    for bytes in [CSV.as_bytes(), &gbk, &with_mark, &wide, &tabs] {
        let reading = read_csv(bytes);
        assert_eq!(reading.errors, []);
        assert_eq!(reading.sheet, "住户.csv");
        assert_eq!(
            reading.rows.iter().map(|row| row.row).collect::<Vec<_>>(),
            [2, 4, 5]
        );
        // Saving as CSV loses merged regions: areas hold until the next value.
        assert_eq!(value(&reading, 1, "compound"), "幸福苑");
        assert_eq!(value(&reading, 1, "building"), "3");
        assert_eq!(value(&reading, 1, "unit"), "2");
        // Another building does not inherit the unit.
        assert_eq!(value(&reading, 2, "unit"), "");
        assert!(
            reading
                .warnings
                .iter()
                .any(|warning| warning.zh.contains("按上面一行填写"))
        );
    }
}

#[test]
fn quoted_line_breaks_keep_row_numbers() {
    let text = "小区,房号,人口数,备注\n幸福苑,101,2,\"一\n二\"\n\n幸福苑,102,300,\n";
    let reading = read_csv(text.as_bytes());
    assert_eq!(value(&reading, 0, "note"), "一 二");
    assert_eq!(reading.errors[0].row, 4);
}

#[test]
fn files_that_are_no_spreadsheets_say_what_they_seem_to_be() {
    let refused = |bytes: &[u8]| read(bytes, "a.xlsx", forms::FORMS).unwrap_err();
    assert!(refused(b"%PDF-1.7").zh().contains("PDF"));
    assert!(refused(b"<html><table></table></html>").zh().contains("网页"));
    assert!(refused(b"\x00\x01\x02").zh().contains("空字符"));
    assert!(matches!(
        refused(b"PK\x03\x04 damaged"),
        Rejected::Unreadable { .. }
    ));
    assert_eq!(refused(b""), Rejected::NoForm { found: String::new() });
    assert!(
        refused("买菜,多少钱\n1,2\n".as_bytes())
            .zh()
            .contains("买菜 | 多少钱")
    );
    let whole = book(&[HOUSEHOLD]);
    assert!(matches!(
        refused(&whole[..whole.len() / 2]),
        Rejected::Unreadable { .. }
    ));
    for rejected in [
        refused(b"%PDF"),
        refused(b""),
        Rejected::Encrypted,
        Rejected::UnpacksTooBig,
    ] {
        assert!(!rejected.message(true).is_empty() && !rejected.message(false).is_empty());
    }
}

#[test]
fn big_files_and_bombs_are_refused_before_they_are_read() {
    let big = vec![b'a'; PACKED_BYTES_MAX + 1];
    assert!(matches!(
        read(&big, "a.csv", forms::FORMS),
        Err(Rejected::TooBig { .. })
    ));
    let limit = 1024 * 1024;
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    archive
        .start_file("xl/workbook.xml", zip::write::SimpleFileOptions::default())
        .unwrap();
    archive.write_all(&vec![0_u8; 2 * limit]).unwrap();
    let bomb = archive.finish().unwrap().into_inner();
    assert!(bomb.len() < 10_000);
    assert!(guard::inspect(&bomb, 3 * limit as u64).is_ok_and(|package| package.kind == guard::Kind::Xlsx));
    assert_eq!(
        guard::inspect(&bomb, limit as u64).err(),
        Some(Rejected::UnpacksTooBig)
    );
    // The directory names the size; a directory that lies is found out by unpacking.
    let directory = bomb.windows(4).rposition(|bytes| bytes == b"PK\x01\x02").unwrap();
    let claim = |size: u32| {
        let mut bytes = bomb.clone();
        bytes[directory + 24..directory + 28].copy_from_slice(&size.to_le_bytes());
        bytes
    };
    assert!(guard::inspect(&claim(1), limit as u64).is_err());
    assert_eq!(
        read(&claim(1 << 30), "a.xlsx", forms::FORMS),
        Err(Rejected::UnpacksTooBig)
    );
}

#[test]
fn far_cells_cost_nothing() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    super::tests::put(
        sheet,
        0,
        &[HOUSEHOLD, &["幸福苑", "1", "1", "101", "甲", "2", ""]],
    );
    sheet.write_string(1_048_575, 16_383, "x").unwrap();
    sheet.write_string(3, 300, "y").unwrap();
    let reading = read(&book.save_to_buffer().unwrap(), "a.xlsx", &[&forms::HOUSEHOLDS])
        .unwrap()
        .sheets
        .remove(0);
    assert_eq!(reading.rows.len(), 1);
    // The first such cell is an error, so that nothing is imported before it is cleared.
    assert_eq!(
        (reading.errors[0].row, reading.errors[0].column.as_str()),
        (4, "KO")
    );
}

fn ods(body: &str) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    archive.start_file("mimetype", options).unwrap();
    archive
        .write_all(b"application/vnd.oasis.opendocument.spreadsheet")
        .unwrap();
    archive.start_file("META-INF/manifest.xml", options).unwrap();
    archive.write_all(b"<?xml version=\"1.0\"?><manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\"/>").unwrap();
    archive.start_file("content.xml", options).unwrap();
    write!(
        archive,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><office:document-content xmlns:office=\"o\" xmlns:table=\"t\" xmlns:text=\"x\"><office:body><office:spreadsheet><table:table table:name=\"住户\">{body}</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    .unwrap();
    archive.finish().unwrap().into_inner()
}

#[test]
fn ods_is_read_and_its_repeat_counts_cannot_fill_memory() {
    let cell = |text: &str| {
        format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>")
    };
    let row = |cells: &[&str]| {
        let cells: String = cells.iter().map(|text| cell(text)).collect();
        format!("<table:table-row>{cells}</table:table-row>")
    };
    let good = row(&["小区", "房号", "人口数"]) + &row(&["幸福苑", "101", "2"]);
    let reading = read(&ods(&good), "a.ods", &[&forms::HOUSEHOLDS])
        .unwrap()
        .sheets
        .remove(0);
    assert_eq!(reading.rows.len(), 1);
    let repeated = "<table:table-row table:number-rows-repeated=\"1000000\"><table:table-cell office:value-type=\"float\" office:value=\"1\" table:number-columns-repeated=\"16000\"><text:p>1</text:p></table:table-cell></table:table-row>";
    assert_eq!(
        read(&ods(&(good + repeated)), "a.ods", &[&forms::HOUSEHOLDS]),
        Err(Rejected::TooManyCells)
    );
}

fn xls_with(records: &[u8]) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create_with_version(cfb::Version::V3, Cursor::new(Vec::new())).unwrap();
    file.create_stream("/Workbook")
        .unwrap()
        .write_all(records)
        .unwrap();
    file.flush().unwrap();
    file.into_inner().into_inner()
}

/// A minimal XLS workbook of one sheet in the binary format [MS-XLS].
fn xls_book(rows: &[&[&str]], merge: [u16; 4]) -> Vec<u8> {
    let record = |kind: u16, data: &[u8]| {
        [
            &kind.to_le_bytes()[..],
            &u16::try_from(data.len()).unwrap().to_le_bytes(),
            data,
        ]
        .concat()
    };
    let wide = |text: &str| {
        text.encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect::<Vec<u8>>()
    };
    let begin = |kind: u16| {
        let words = [0x0600, kind, 0, 0, 0, 0, 0, 0].map(u16::to_le_bytes);
        record(0x0809, &words.concat())
    };
    let name = [&[2_u8, 1][..], &wide("住户")].concat();
    let start = begin(0x0005).len() + 4 + 6 + name.len() + 4;
    let place = [&u32::try_from(start).unwrap().to_le_bytes()[..], &[0, 0], &name].concat();
    let mut records = [begin(0x0005), record(0x0085, &place), record(0x000a, &[])].concat();
    assert_eq!(records.len(), start);
    records.extend(begin(0x0010));
    for (row, cells) in rows.iter().enumerate() {
        for (column, text) in cells.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
            let at = [row as u16, column as u16, 0].map(u16::to_le_bytes).concat();
            match text.parse::<f64>() {
                Ok(number) => records.extend(record(0x0203, &[&at[..], &number.to_le_bytes()].concat())),
                Err(_) => {
                    let length = u16::try_from(text.encode_utf16().count()).unwrap().to_le_bytes();
                    records.extend(record(0x0204, &[&at[..], &length, &[1], &wide(text)].concat()));
                }
            }
        }
    }
    let merge = [1, merge[0], merge[1], merge[2], merge[3]]
        .map(u16::to_le_bytes)
        .concat();
    records.extend(record(0x00e5, &merge));
    records.extend(record(0x000a, &[]));
    // Streams below 4,096 bytes are stored differently; real workbooks are longer.
    records.resize(records.len().max(8_192), 0);
    xls_with(&records)
}

#[test]
fn xls_is_read_with_its_merged_regions() {
    let rows: &[&[&str]] = &[
        &["小区", "楼栋", "房号", "人口数"],
        &["幸福苑", "3", "501", "2"],
        &["", "3", "502", "3"],
    ];
    let reading = read(&xls_book(rows, [1, 2, 0, 0]), "a.xls", forms::FORMS)
        .unwrap()
        .sheets
        .remove(0);
    assert_eq!(reading.errors, []);
    assert_eq!(reading.sheet, "住户");
    assert_eq!(reading.rows.len(), 2);
    assert_eq!(value(&reading, 1, "compound"), "幸福苑");
    assert_eq!(value(&reading, 1, "members"), "3");
}

#[test]
fn xls_is_checked_before_it_is_read() {
    let mut file = cfb::CompoundFile::create_with_version(cfb::Version::V3, Cursor::new(Vec::new())).unwrap();
    file.create_stream("/EncryptedPackage")
        .unwrap()
        .write_all(b"secret")
        .unwrap();
    file.flush().unwrap();
    assert_eq!(
        read(&file.into_inner().into_inner(), "a.xlsx", forms::FORMS),
        Err(Rejected::Encrypted)
    );
    // A number in the far corner of a sheet, written down in a few bytes.
    let mut records = Vec::new();
    for (row, column) in [(0_u16, 0_u16), (65_535, 255)] {
        records.extend([0x03, 0x02, 14, 0]);
        records.extend([row.to_le_bytes(), column.to_le_bytes()].concat());
        records.extend([0; 10]);
    }
    assert_eq!(
        read(&xls_with(&records), "a.xls", forms::FORMS),
        Err(Rejected::TooManyCells)
    );
    assert_eq!(
        read(&xls_with(&[0x2f, 0, 2, 0, 1, 0]), "a.xls", forms::FORMS),
        Err(Rejected::Encrypted)
    );
    assert!(read(&xls_with(b"nothing useful"), "a.xls", forms::FORMS).is_err());
}

#[test]
fn one_long_text_named_often_is_refused() {
    let long = "长".repeat(30_000);
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for row in 0..3_000 {
        sheet.write_string(row, 0, &long).unwrap();
    }
    let bytes = book.save_to_buffer().unwrap();
    assert!(bytes.len() < 100_000);
    assert_eq!(read(&bytes, "a.xlsx", forms::FORMS), Err(Rejected::TooManyCells));
    let cell =
        format!("<table:table-cell office:value-type=\"string\"><text:p>{long}</text:p></table:table-cell>");
    let rows = format!("<table:table-row table:number-rows-repeated=\"100000\">{cell}</table:table-row>");
    assert_eq!(
        read(&ods(&rows), "a.ods", forms::FORMS),
        Err(Rejected::TooManyCells)
    );
    // One text of 30,000 characters over several records, and cells that name it.
    let mut table = [1_u32.to_le_bytes(), 1_u32.to_le_bytes()].concat();
    table.extend([&30_000_u16.to_le_bytes()[..], &[0]].concat());
    table.extend([b'x'; 8_000]);
    let mut records = [
        &[0xfc, 0][..],
        &u16::try_from(table.len()).unwrap().to_le_bytes(),
        &table,
    ]
    .concat();
    for _ in 0..4 {
        records.extend([&[0x3c, 0][..], &5_501_u16.to_le_bytes(), &[0], &[b'x'; 5_500]].concat());
    }
    for row in 0..3_000_u16 {
        records.extend([0xfd, 0, 10, 0]);
        records.extend([row.to_le_bytes(), [0; 2], [0; 2], [0; 2], [0; 2]].concat());
    }
    assert_eq!(
        read(&xls_with(&records), "a.xls", forms::FORMS),
        Err(Rejected::TooManyCells)
    );
}

#[test]
fn rows_of_all_sheets_count_together() {
    let mut book = Workbook::new();
    for _ in 0..2 {
        book.add_worksheet().write_string(1_048_575, 0, "x").unwrap();
    }
    let bytes = book.save_to_buffer().unwrap();
    assert_eq!(read(&bytes, "a.xlsx", forms::FORMS), Err(Rejected::TooManyRows));
}

#[test]
fn a_thoroughly_wrong_file_lists_a_bounded_number_of_errors() {
    let mut text = "小区,房号,人口数\n".to_string();
    for room in 0..3_000 {
        text.push_str(&format!("幸福苑,{room},很多\n"));
    }
    let reading = read_csv(text.as_bytes());
    assert_eq!(reading.errors.len(), ERRORS_MAX + 1);
    assert!(reading.errors[ERRORS_MAX].zh.contains("1000 处"));
}

#[test]
fn column_letters_count_like_a_spreadsheet() {
    assert_eq!(
        [0, 25, 26, 51, 52, 701, 702].map(letter),
        ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = read(&bytes, "x", forms::FORMS);
    }

    #[test]
    fn damaged_workbooks_never_panic(at in 0usize..5_000, byte in any::<u8>()) {
        let mut bytes = book(&[HOUSEHOLD, &["幸福苑", "1", "1", "101", "甲", "2", ""]]);
        let at = at % bytes.len();
        bytes[at] = byte;
        let _ = read(&bytes, "x.xlsx", forms::FORMS);
    }

    #[test]
    fn arbitrary_cells_never_panic(cells in proptest::collection::vec("[^\"\n\r,]{0,12}", 6..60)) {
        let mut text = "小区,楼栋,房号,人口数,特殊群体,备注\n".to_string();
        for row in cells.chunks(6) {
            text.push_str(&row.join(","));
            text.push('\n');
        }
        let _ = read(text.as_bytes(), "x.csv", forms::FORMS);
    }
}

/// A table whose headings nobody knows is given with its first rows where that is asked for, and reads by a mapping.
#[test]
fn a_table_of_no_form_can_be_matched_by_hand() {
    let file = "某某统计,,\n甲,乙,丙\n橙香苑,滨河路,120\n江景花园,滨河路,80\n";
    let forms: &[&'static Form] = &[&forms::COMPOUNDS];
    let strict = read(file.as_bytes(), "表.csv", forms).unwrap_err();
    assert!(matches!(strict, Rejected::NoForm { .. }), "{strict:?}");
    let options = Options {
        forms,
        unrecognised: true,
        ..Options::default()
    };
    let reading = read_with(file.as_bytes(), "表.csv", &options, &mut |_| true).unwrap();
    let sheet = &reading.sheets[0];
    assert_eq!(sheet.form, None);
    assert_eq!(
        sheet.head.iter().map(|row| row.row).collect::<Vec<_>>(),
        [1, 2, 3, 4]
    );
    let heading = &sheet.head[1];
    assert_eq!(heading.cells[1], ("B".to_string(), "乙".to_string()));
    let columns = [("A", "compound"), ("B", "community"), ("C", "households")];
    let mapping = Mapping {
        signature: heading.signature.clone(),
        form: "compounds".to_string(),
        columns: columns
            .map(|(letter, key)| (letter.to_string(), key.to_string()))
            .to_vec(),
    };
    let mappings = [mapping];
    let options = Options {
        mappings: &mappings,
        ..options
    };
    let reading = read_with(file.as_bytes(), "表.csv", &options, &mut |_| true).unwrap();
    let sheet = &reading.sheets[0];
    assert!(sheet.remembered && sheet.errors.is_empty(), "{sheet:#?}");
    assert_eq!(sheet.rows.len(), 2);
    assert_eq!(
        sheet.rows[0].get(&forms::COMPOUNDS, "households"),
        &Cell::Int(120)
    );
    // A text without a table is refused all the same.
    let text = read_with(
        "只是一段话。\n再一段。\n".as_bytes(),
        "话.txt",
        &options,
        &mut |_| true,
    );
    assert!(matches!(text.unwrap_err(), Rejected::NoForm { .. }));
}

#[test]
fn headings_suggest_columns_each_once() {
    let found = suggest(&forms::COMPOUNDS, &["小区名称", "所属社区", "颜色", "小区"]);
    assert_eq!(found, [Some("compound"), Some("community"), None, None]);
}
