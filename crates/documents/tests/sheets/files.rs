//! Files of other kinds, of several sheets, and made to harm.

use crate::summary;
use documents::sheet::{Options, Rejected, detect, marked, read, read_with};
use rust_xlsxwriter::{Formula, Workbook};
use std::io::{Cursor, Read, Write};

const TABLE: &str = "小区,房号,人口数\n幸福苑,101,2\n幸福苑,102,很多\n";
const OUTCOME: &str = "households\n2: compound=幸福苑 members=2 room=101\n! C3 应为整数，如 12";

fn workbook(fill: impl FnOnce(&mut Workbook)) -> Vec<u8> {
    let mut book = Workbook::new();
    fill(&mut book);
    book.save_to_buffer().unwrap()
}

/// A small register as a workbook of one sheet.
pub(crate) fn small() -> Vec<u8> {
    workbook(|book| {
        let sheet = book.add_worksheet();
        for (row, line) in (0_u32..).zip(TABLE.lines()) {
            for (column, cell) in (0_u16..).zip(line.split(',')) {
                sheet.write_string(row, column, cell).unwrap();
            }
        }
    })
}

/// The parts of a package, each changed or left out by `change`, and one more.
fn repacked(bytes: &[u8], change: impl Fn(&str, String) -> Option<String>, more: Option<&str>) -> Vec<u8> {
    let mut from = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut to = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    for index in 0..from.len() {
        let mut part = from.by_index(index).unwrap();
        let name = part.name().unwrap().into_owned();
        let mut text = String::new();
        part.read_to_string(&mut text).unwrap();
        if let Some(text) = change(&name, text) {
            to.start_file(name.as_str(), options).unwrap();
            to.write_all(text.as_bytes()).unwrap();
        }
    }
    if let Some(name) = more {
        to.start_file(name, options).unwrap();
        to.write_all(b"<x/>").unwrap();
    }
    to.finish().unwrap().into_inner()
}

fn in_sheet(old: &'static str, new: String) -> Vec<u8> {
    repacked(
        &small(),
        move |name, text| {
            if name != "xl/worksheets/sheet1.xml" {
                return Some(text);
            }
            assert!(text.contains(old), "{text}");
            Some(text.replacen(old, &new, 1))
        },
        None,
    )
}

fn refusal(bytes: &[u8]) -> Rejected {
    read(bytes, "a.xlsx", documents::forms::FORMS).unwrap_err()
}

#[test]
fn text_comes_in_every_encoding_and_with_every_separator() {
    let utf16 = |bytes: fn(u16) -> [u8; 2], mark: &[u8], text: &str| {
        let body: Vec<u8> = text.encode_utf16().flat_map(bytes).collect();
        [mark, &body].concat()
    };
    let tabs = TABLE.replace(',', "\t");
    let files: [(&str, Vec<u8>); 12] = [
        ("utf-8", TABLE.into()),
        ("utf-8 with mark", ["\u{feff}", TABLE].concat().into()),
        ("gb18030", encoding_rs::GB18030.encode(TABLE).0.into()),
        ("utf-16 little", utf16(u16::to_le_bytes, &[0xff, 0xfe], TABLE)),
        ("utf-16 big", utf16(u16::to_be_bytes, &[0xfe, 0xff], TABLE)),
        ("utf-16 without mark", utf16(u16::to_le_bytes, &[], &tabs)),
        ("semicolons", TABLE.replace(',', ";").into()),
        ("tabs", tabs.clone().into()),
        ("carriage returns", TABLE.replace('\n', "\r\n").into()),
        ("quoted", TABLE.replace("幸福苑", "\"幸福苑\"").into()),
        ("trailing separators", TABLE.replace('\n', ",,,,\n").into()),
        ("guarded", TABLE.replace("幸福苑", "\t幸福苑").into()),
    ];
    for (name, bytes) in files {
        assert_eq!(summary(&bytes, "住户.csv"), OUTCOME, "{name}");
        // The name of a file says nothing about its kind.
        assert_eq!(summary(&bytes, "住户.xlsx"), OUTCOME, "{name}");
    }
    assert_eq!(summary(&small(), "住户.csv"), OUTCOME);
}

#[test]
fn sheets_of_several_forms_and_notes_are_told_apart() {
    let bytes = workbook(|book| {
        let notes = book.add_worksheet().set_name("说明").unwrap();
        notes.write_string(0, 0, "请于每日18时前上报").unwrap();
        let empty = book.add_worksheet();
        empty.set_name("Sheet2").unwrap();
        for (name, titles, cells) in [
            ("住户", ["小区", "房号", "人口数"], ["幸福苑", "101", "2"]),
            (
                "车辆",
                ["车牌号", "车型", "载重（吨）"],
                ["渝F12345", "货车", "1.5"],
            ),
        ] {
            let sheet = book.add_worksheet().set_name(name).unwrap();
            for (row, texts) in (0_u32..).zip([titles, cells]) {
                for (column, text) in (0_u16..).zip(texts) {
                    sheet.write_string(row, column, text).unwrap();
                }
            }
        }
    });
    let forms: Vec<_> = detect(&bytes, "a.xlsx")
        .unwrap()
        .into_iter()
        .map(|found| (found.sheet, found.form.map(|form| form.key)))
        .collect();
    let named = |sheet: &str, form| (sheet.to_string(), form);
    assert_eq!(
        forms,
        [
            named("说明", None),
            named("Sheet2", None),
            named("住户", Some("households")),
            named("车辆", Some("vehicles"))
        ]
    );
    assert_eq!(
        summary(&bytes, "a.xlsx"),
        "households\n2: compound=幸福苑 members=2 room=101\n2: load_g=1500000 model=货车 plate=渝F12345\n\
         - 0 没有认出这是哪一张表（开头是“请于每日18时前上报”），没有读取\n- 0 空工作表，没有读取"
    );
    // A form that is known but not wanted here is named.
    let reading = read(&bytes, "a.xlsx", &[&documents::forms::HOUSEHOLDS]).unwrap();
    assert!(reading.sheets[3].skipped[0].zh.contains("保供车辆台账"));
}

#[test]
fn formulas_count_by_their_saved_values_and_say_when_there_is_none() {
    let saved = |result: &str| {
        workbook(|book| {
            let sheet = book.add_worksheet();
            for (column, title) in (0_u16..).zip(["小区", "房号", "人口数"]) {
                sheet.write_string(0, column, title).unwrap();
            }
            sheet.write_string(1, 0, "幸福苑").unwrap();
            sheet.write_string(1, 1, "101").unwrap();
            sheet
                .write_formula(1, 2, Formula::new("=1+1").set_result(result))
                .unwrap();
        })
    };
    assert_eq!(
        summary(&saved("2"), "a.xlsx"),
        "households\n2: compound=幸福苑 members=2 room=101"
    );
    let unsaved = repacked(
        &saved("2"),
        |_, text| Some(text.replace("<f>1+1</f><v>2</v>", "<f>1+1</f>")),
        None,
    );
    assert!(summary(&unsaved, "a.xlsx").contains("! C2 公式没有保存计算结果"));
}

#[test]
fn dates_of_both_calendars_are_the_same_day() {
    let book = |text: fn(String) -> String| {
        let bytes = workbook(|book| {
            let sheet = book.add_worksheet();
            for (column, title) in (0_u16..).zip(["车牌", "载重（吨）", "有效期"]) {
                sheet.write_string(0, column, title).unwrap();
            }
            sheet.write_string(1, 0, "渝F12345").unwrap();
            sheet.write_number(1, 1, 2).unwrap();
            sheet.write_number(1, 2, 44_625).unwrap();
        });
        repacked(
            &bytes,
            move |name, part| {
                Some(if name == "xl/workbook.xml" {
                    text(part)
                } else {
                    part
                })
            },
            None,
        )
    };
    assert!(summary(&book(|text| text), "a.xlsx").contains("pass_until=2022-03-05"));
    let old = book(|text| text.replace("<workbookPr ", "<workbookPr date1904=\"1\" "));
    assert!(summary(&old, "a.xlsx").contains("pass_until=2026-03-06"));
}

#[test]
fn files_made_to_harm_are_refused_with_a_clear_reason() {
    let entities = in_sheet(
        "<worksheet",
        "<!DOCTYPE x [<!ENTITY a \"aaaa\">]><worksheet".into(),
    );
    assert_eq!(refusal(&entities), Rejected::Entities);
    let deep = in_sheet("<sheetData>", ["<sheetData>", &"<a>".repeat(100_000)].concat());
    assert_eq!(refusal(&deep), Rejected::TooDeep);
    let links = repacked(
        &small(),
        |_, text| Some(text),
        Some("xl/externalLinks/externalLink1.xml"),
    );
    assert_eq!(refusal(&links), Rejected::ExternalLinks);
    assert_eq!(refusal(b"a,b\n\0,1\n").zh(), refusal(b"\0").zh());
    let long = [TABLE, &"x".repeat(1_000_000)].concat();
    assert_eq!(refusal(long.as_bytes()), Rejected::LongText { row: 4 });
    let quote = TABLE.replacen("幸福苑", "\"幸福苑", 1).repeat(1_000);
    assert!(
        read(quote.as_bytes(), "a.csv", documents::forms::FORMS).is_ok_and(|found| found.sheets.len() == 1)
    );
    let bytes = workbook(|book| {
        for _ in 0..201 {
            book.add_worksheet();
        }
    });
    assert_eq!(refusal(&bytes), Rejected::TooManySheets);
    for rejected in [
        Rejected::Entities,
        Rejected::TooDeep,
        Rejected::ExternalLinks,
        Rejected::TooManySheets,
    ] {
        assert!(rejected.message(true).contains("请") && rejected.message(false).len() > 30);
    }
}

#[test]
fn a_dimension_that_lies_and_a_far_cell_cost_nothing() {
    let lying = repacked(
        &small(),
        |_, text| Some(text.replace("<dimension ref=\"A1:C3\"/>", "<dimension ref=\"A1:XFD1048576\"/>")),
        None,
    );
    assert_eq!(summary(&lying, "a.xlsx"), OUTCOME);
    let far = in_sheet(
        "</sheetData>",
        "<row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row></sheetData>".into(),
    );
    assert_eq!(
        summary(&far, "a.xlsx"),
        [
            OUTCOME,
            "\n! XFD1048576 XFD 列太靠右，没有读取；请删除这里的多余内容后再上传"
        ]
        .concat()
    );
}

#[test]
fn reading_can_be_watched_and_ended() {
    let mut text = "小区,房号,人口数\n".to_string();
    for room in 0..5_000 {
        text.push_str(&format!("幸福苑,{room},2\n"));
    }
    let mut heard = Vec::new();
    let all = read_with(text.as_bytes(), "a.csv", &Options::default(), &mut |progress| {
        heard.push(progress.rows);
        true
    });
    assert_eq!(all.unwrap().sheets[0].rows.len(), 5_000);
    assert_eq!(heard, [1_000, 2_000, 3_000, 4_000, 5_000]);
    let ended = read_with(text.as_bytes(), "a.csv", &Options::default(), &mut |progress| {
        progress.rows < 2_000
    });
    assert_eq!(ended, Err(Rejected::Cancelled));
}

#[test]
fn columns_that_a_user_has_set_are_remembered_by_the_heading() {
    let text = "院子,几号房,多少口人,头儿\n幸福苑,101,2,张伟\n";
    let options = Options::default();
    assert!(read_with(text.as_bytes(), "a.csv", &options, &mut |_| true).is_err());
    let signature = detect(text.as_bytes(), "a.csv").unwrap()[0].signature.clone();
    let column = |letter: &str, key: &str| (letter.to_string(), key.to_string());
    let mapping = documents::sheet::Mapping {
        signature,
        form: "households".to_string(),
        columns: vec![
            column("A", "compound"),
            column("B", "room"),
            column("C", "members"),
            column("D", ""),
        ],
    };
    let options = Options {
        mappings: std::slice::from_ref(&mapping),
        ..options
    };
    let reading = read_with(text.as_bytes(), "b.csv", &options, &mut |_| true).unwrap();
    let sheet = &reading.sheets[0];
    assert!(sheet.remembered && sheet.rows.len() == 1);
    assert_eq!(sheet.unknown_columns, [("D".to_string(), "头儿".to_string())]);
    assert_eq!(sheet.mapping(), Some(mapping.clone()));
    // Another heading is another case.
    let other = text.replace("头儿", "户主");
    assert!(read_with(other.as_bytes(), "b.csv", &options, &mut |_| true).is_err());
}

#[test]
fn the_file_comes_back_with_its_bad_cells_marked_and_reads_as_before() {
    let bytes = workbook(|book| {
        book.add_worksheet()
            .set_name("封面")
            .unwrap()
            .write_string(0, 0, "双河口街道")
            .unwrap();
        let sheet = book.add_worksheet().set_name("住户").unwrap();
        sheet
            .merge_range(0, 0, 0, 3, "住户登记表", &rust_xlsxwriter::Format::new())
            .unwrap();
        for (row, line) in (1_u32..).zip([
            "小区,房号,户主,人口数",
            "幸福苑,101,张伟,很多",
            "幸福苑,102,,2",
            ",103,李娜,约3",
        ]) {
            for (column, cell) in (0_u16..).zip(line.split(',')) {
                sheet.write_string(row, column, cell).unwrap();
            }
        }
    });
    let reading = read(&bytes, "a.xlsx", documents::forms::FORMS).unwrap();
    let back = marked(&bytes, "a.xlsx", &reading, true).unwrap();
    let again = read(&back, "a.xlsx", documents::forms::FORMS).unwrap();
    let names: Vec<_> = again.sheets.iter().map(|sheet| sheet.sheet.as_str()).collect();
    assert_eq!(names, ["封面", "住户", "需要改正"]);
    assert_eq!(again.sheets[1], reading.sheets[1]);
    let cells: Vec<_> = reading.sheets[1]
        .errors
        .iter()
        .map(|error| format!("{}{}", error.column, error.row))
        .collect();
    assert_eq!(cells, ["D3", "A5"]);
    let mut archive = zip::ZipArchive::new(Cursor::new(&back)).unwrap();
    let mut part = |name: &str| {
        let mut text = String::new();
        archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    };
    let notes = part("xl/comments1.xml");
    for (cell, words) in [("D3", "应为整数"), ("A5", "必须填写"), ("D5", "约数")] {
        assert!(
            notes.contains(&format!("ref=\"{cell}\"")) && notes.contains(words),
            "{notes}"
        );
    }
    let styles = part("xl/styles.xml");
    assert!(styles.contains("FFFFC7CE") && styles.contains("FFFFEB9C"));
}
