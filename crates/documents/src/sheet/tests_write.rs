//! Writing, templates, and reading back what was written.

use super::tests::value;
use super::*;
use crate::forms::{self, Entry, Kind, form};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

fn object(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

/// A row with every column of a form filled with a valid value.
fn full_row(form: &'static Form, seed: usize) -> Map<String, Value> {
    let mut row = Map::new();
    let pick = |entries: &[Entry]| entries[seed % entries.len()].key;
    for column in form.columns {
        let number = seed as i64;
        let value: Value = match column.kind {
            Kind::Dwelling => continue,
            Kind::Text { .. } if column.key == "building" && form.position("room").is_some() => {
                json!(format!("{}", seed % 30 + 1))
            }
            Kind::Text { .. } if column.key == "unit" && form.position("room").is_some() => {
                json!(format!("{}", seed % 4 + 1))
            }
            Kind::Text { .. } if column.key == "room" => json!(format!("{}0{}", seed % 9 + 1, seed % 7 + 1)),
            Kind::Text { .. } | Kind::Items => json!(format!("=1+{seed},“甲”")),
            Kind::Phone => json!(format!("138{:08}", seed)),
            Kind::Plate => json!(format!("渝F{:05}", seed)),
            Kind::IdNumber => json!("11010519491231002X"),
            Kind::CreditCode => json!("91350100M000100Y43"),
            Kind::CompanyPrefix => json!("69012345"),
            Kind::Count { min, max } => json!((number % (max - min + 1)).max(1) + min),
            Kind::Weight => json!(number * 1_237 + 100_005),
            Kind::Volume => json!(number + 14_005),
            Kind::Distance => json!(number),
            Kind::Money => json!(number * 37 + 1),
            Kind::Latitude => json!(30_000_001 + number),
            Kind::Longitude => json!(108_000_010 + number),
            Kind::Date => json!("2026-11-21"),
            Kind::Time => json!("2026-11-21 18:05"),
            Kind::Hours => json!("07:00-19:30"),
            Kind::Flag => json!(number % 2),
            Kind::Choice(entries) => json!(pick(entries)),
            Kind::Choices(entries) => json!([entries[seed % 6].key, entries[6 + seed % 6].key]),
            Kind::Contents => json!([
                {"name": "大米", "category": "grain", "weight_g": 5_000 + number},
                {"name": "鸡蛋", "category": "eggs", "weight_g": 1_500},
            ]),
        };
        row.insert(column.key.to_string(), value);
    }
    row
}

/// The cells of every sheet.
fn grids(bytes: &[u8]) -> Vec<raw::Grid> {
    let mut grids = Vec::new();
    source::feed(bytes, "x", &mut |feed| {
        match feed {
            source::Feed::Sheet { .. } => grids.push(raw::Grid::default()),
            source::Feed::Row(row, cells) => {
                let grid = grids.last_mut().unwrap();
                grid.rows.resize_with(row, Vec::new);
                grid.rows.push(std::mem::take(cells));
            }
            _ => {}
        }
        Ok(())
    })
    .unwrap();
    grids
}

#[test]
fn every_form_reads_back_as_it_was_exported() {
    for form in forms::FORMS {
        let rows: Vec<_> = (1..14).map(|seed| full_row(form, seed)).collect();
        for zh in [true, false] {
            let sheet = form_sheet(form, &rows, zh);
            for bytes in [write(std::slice::from_ref(&sheet)).unwrap(), write_csv(&sheet)] {
                let reading = read(&bytes, "x.csv", &[form]).unwrap().sheets.remove(0);
                assert_eq!(reading.errors, [], "{} {zh}", form.key);
                assert_eq!(reading.unknown_columns, [], "{} {zh}", form.key);
                let back: Vec<_> = reading.rows.iter().map(|row| row.to_json(form)).collect();
                for (wanted, found) in rows.iter().zip(&back) {
                    assert_eq!(wanted, found, "{} {zh}", form.key);
                }
            }
        }
    }
}

#[test]
fn exports_are_recognised_among_all_forms() {
    for form in forms::FORMS {
        let rows: Vec<_> = (1..4).map(|seed| full_row(form, seed)).collect();
        for zh in [true, false] {
            let bytes = write(&[form_sheet(form, &rows, zh)]).unwrap();
            let reading = read(&bytes, "x.xlsx", forms::FORMS).unwrap().sheets.remove(0);
            assert_eq!(reading.form.map(|form| form.key), Some(form.key), "{zh}");
        }
    }
}

#[test]
fn templates_are_empty_forms_of_their_kind() {
    for form in forms::FORMS {
        for zh in [true, false] {
            let bytes = template(form, zh).unwrap();
            let reading = read(&bytes, "x.xlsx", forms::FORMS).unwrap().sheets.remove(0);
            assert_eq!(reading.form.map(|form| form.key), Some(form.key), "{zh}");
            assert_eq!(reading.rows, [], "{}", form.key);
            assert_eq!(reading.errors, [], "{}", form.key);
            assert_eq!(reading.columns.len(), form.columns.len(), "{}", form.key);
            let why: Vec<_> = reading
                .skipped
                .iter()
                .map(|skipped| skipped.zh.as_str())
                .collect();
            assert_eq!(why, ["填写说明", "示例行"], "{}", form.key);
        }
    }
}

#[test]
fn examples_of_the_templates_are_valid() {
    for form in forms::FORMS {
        for zh in [true, false] {
            let bytes = template(form, zh).unwrap();
            let grid = &grids(&bytes)[0];
            let heading = heading::find(grid, "", &heading::Candidates::new(&[form])).unwrap();
            for field in &heading.fields {
                let column = &form.columns[field.position];
                let raw = grid.get(heading.last + 2, field.column);
                let cell = check::cell(
                    column,
                    raw,
                    field,
                    &check::Context::new(grid, &heading, "", 0.0),
                    &Options::default(),
                    &mut None,
                );
                assert!(cell.is_ok(), "{}.{}: {raw:?} {cell:?}", form.key, column.key);
                assert!(
                    !column.required || column.key == "room" || !raw.is_empty(),
                    "{}.{}",
                    form.key,
                    column.key
                );
            }
        }
    }
}

fn small_sheet(text: &str) -> OutSheet {
    OutSheet {
        name: "采购/清单".into(),
        title: "采购清单".into(),
        notes: vec!["单位：公斤、元".into()],
        columns: OutKind::ALL
            .map(|kind| OutColumn {
                title: format!("{kind:?}"),
                width: 0.0,
                kind,
            })
            .to_vec(),
        rows: vec![vec![
            text.into(),
            OutCell::Int(3),
            OutCell::Int(12_345),
            OutCell::Int(8_850),
            OutCell::Int(1_250),
            OutCell::Int(0),
        ]],
        total: Some(vec!["合计".into(), OutCell::Int(3)]),
    }
}

#[test]
fn numbers_are_shown_in_the_units_people_read() {
    let text = String::from_utf8(write_csv(&small_sheet("甲,乙"))).unwrap();
    assert_eq!(
        text,
        "\u{feff}Text,Count,WeightKg,Money,Percent,Time\r\n\"甲,乙\",3,12.345,88.50,12.50%,1970-01-01 08:00\r\n合计,3,,,,\r\n"
    );
    let book = write(&[small_sheet("a"), small_sheet("b")]).unwrap();
    let sheets = grids(&book);
    assert_eq!(detect(&book, "x").unwrap()[0].sheet, "采购-清单");
    assert_eq!(detect(&book, "x").unwrap()[1].sheet, "采购-清单-2");
    let grid = &sheets[0];
    assert_eq!(grid.get(0, 0), &raw::Raw::Text("采购清单".into()));
    assert_eq!(grid.get(3, 2), &raw::Raw::Number(12.345));
    assert_eq!(grid.get(3, 3), &raw::Raw::Number(88.5));
    assert_eq!(grid.get(4, 0), &raw::Raw::Text("合计".into()));
}

fn part(book: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(book)).unwrap();
    let mut xml = String::new();
    std::io::Read::read_to_string(&mut archive.by_name(name).unwrap(), &mut xml).unwrap();
    xml
}

#[test]
fn weights_of_a_column_are_shown_with_the_same_decimals() {
    let mut sheet = small_sheet("甲");
    sheet.rows[0][2] = OutCell::Int(10_050);
    sheet
        .rows
        .push(vec!["乙".into(), OutCell::Int(1), OutCell::Int(277_000)]);
    let book = write(&[sheet]).unwrap();
    let xml = part(&book, "xl/worksheets/sheet1.xml");
    let style = |cell: &str| {
        let at = xml.split(&format!("r=\"{cell}\" s=\"")).nth(1).unwrap();
        at.split('"').next().unwrap().to_string()
    };
    assert_eq!(style("C4"), style("C5"));
    let styles = part(&book, "xl/styles.xml");
    let at: usize = style("C4").parse().unwrap();
    let cells = styles.split("<cellXfs").nth(1).unwrap();
    let format = cells.split("<xf ").nth(at + 1).unwrap();
    let id = format.split('"').nth(1).unwrap();
    // Two decimals, because 10.05 needs them.
    assert!(
        styles.contains(&format!("numFmtId=\"{id}\" formatCode=\"#,##0.00\"")),
        "{format} {styles}"
    );
}

#[test]
fn a_number_has_room_however_narrow_its_column_was_asked_for() {
    let mut sheet = small_sheet("甲");
    sheet.rows[0][1] = OutCell::Int(-1_234_567_890);
    let xml = part(&write(&[sheet]).unwrap(), "xl/worksheets/sheet1.xml");
    let column = xml.split("<col min=\"2\" max=\"2\" width=\"").nth(1).unwrap();
    let width: f64 = column.split('"').next().unwrap().parse().unwrap();
    assert!(width >= "-1,234,567,890".len() as f64, "{width}");
}

#[test]
fn the_unit_of_a_narrow_heading_has_a_line_of_its_own() {
    let mut sheet = small_sheet("甲");
    sheet.columns[1].title = "距上一处（米）".into();
    sheet.columns[1].width = 10.0;
    let grid = &grids(&write(&[sheet]).unwrap())[0];
    assert_eq!(grid.get(2, 1), &raw::Raw::Text("距上一处\n（米）".into()));
}

#[test]
fn a_template_names_all_choices_and_cuts_no_word() {
    let households = super::template(&forms::HOUSEHOLDS, false).unwrap();
    let xml = part(&households, "xl/worksheets/sheet1.xml");
    let needs = forms::HOUSEHOLDS
        .columns
        .iter()
        .find_map(|column| match column.kind {
            Kind::Choices(entries) => Some(entries),
            _ => None,
        });
    for need in needs.unwrap() {
        assert!(xml.contains(need.title.en), "{}", need.title.en);
    }
    let sites = super::template(&forms::SITES, false).unwrap();
    let book = part(&sites, "xl/workbook.xml");
    assert!(book.contains("name=\"Hubs, drop points and pick-up\""), "{book}");
}

#[test]
fn formulas_in_names_stay_text() {
    for text in [
        "=HYPERLINK(\"http://x\")",
        "+1",
        "-1+2",
        "@SUM(A1)",
        "\t=1",
        "  =1",
    ] {
        let csv = String::from_utf8(write_csv(&small_sheet(text))).unwrap();
        let line = csv.lines().nth(1).unwrap().trim_start_matches('"');
        assert!(line.starts_with('\''), "{text}: {line}");
        let book = write(&[small_sheet(text)]).unwrap();
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&book)).unwrap();
        let mut part = archive.by_name("xl/worksheets/sheet1.xml").unwrap();
        let mut xml = String::new();
        std::io::Read::read_to_string(&mut part, &mut xml).unwrap();
        assert!(!xml.contains("<f>"), "{text}");
    }
}

#[test]
fn sheet_names_are_always_accepted() {
    for name in [
        "",
        "a".repeat(60).as_str(),
        "[x]:*?/\\",
        "'名'",
        "history",
        &"长".repeat(40),
    ] {
        let mut sheet = small_sheet("x");
        sheet.name = name.to_string();
        assert!(write(&[sheet.clone(), sheet.clone(), sheet]).is_ok(), "{name}");
    }
    assert!(write(&[]).is_ok());
}

#[test]
fn contents_without_weight_survive_and_are_warned_about() {
    let goods = form("goods").unwrap();
    let row = object(json!({
        "supplier": "惠民超市", "code": "A", "name": "三日包", "price_fen": 8_800,
        "contents": [{"name": "挂面", "category": "grain", "weight_g": 0}],
    }));
    let bytes = write(&[form_sheet(goods, &[row], true)]).unwrap();
    let reading = read(&bytes, "x.xlsx", &[goods]).unwrap().sheets.remove(0);
    assert_eq!(
        value(&reading, 0, "contents"),
        r#"[{"category":"grain","name":"挂面","weight_g":0}]"#
    );
    assert!(reading.warnings[0].zh.contains("挂面"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn households_round_trip(
        building in 1u32..60, unit in 1u32..5, room in 101u32..3_400, members in 1i64..30,
        head in "[甲乙丙丁王李张=+@-]{1,6}", note in "[a-z=@+,;\"'、，甲乙 -]{0,20}", needs in proptest::sample::subsequence(forms::SPECIAL_NEEDS.to_vec(), 0..4),
    ) {
        let households = form("households").unwrap();
        let mut row = object(json!({
            "compound": "幸福苑", "building": building.to_string(), "unit": unit.to_string(),
            "room": room.to_string(), "members": members,
        }));
        let head = crate::values::tidy(&head);
        let note = crate::values::tidy(&note);
        // A lone dash is how offices leave a cell empty.
        for (key, text) in [("head", head), ("note", note)] {
            if !text.is_empty() && !text.chars().all(|letter| "-'".contains(letter)) && !text.starts_with('\'') {
                row.insert(key.into(), text.into());
            }
        }
        if !needs.is_empty() {
            row.insert("needs".into(), needs.iter().map(|need| need.key).collect());
        }
        let sheet = form_sheet(households, std::slice::from_ref(&row), true);
        for bytes in [write(std::slice::from_ref(&sheet)).unwrap(), write_csv(&sheet)] {
            let reading = read(&bytes, "x", &[households]).unwrap().sheets.remove(0);
            prop_assert_eq!(&reading.errors, &[]);
            prop_assert_eq!(&reading.rows[0].to_json(households), &row);
        }
    }
}

/// The first sheet of a workbook as it is stored.
fn stored(book: &[u8]) -> String {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(book)).unwrap();
    let mut part = archive.by_name("xl/worksheets/sheet1.xml").unwrap();
    let mut text = String::new();
    std::io::Read::read_to_string(&mut part, &mut text).unwrap();
    text
}

/// Printed on one sheet, thirty columns cannot be read: they go on to further sheets, on which the first column says which
/// row it is. A narrow form stays on one.
#[test]
fn a_wide_form_is_printed_on_sheets_side_by_side() {
    let compounds = stored(&template(form("compounds").unwrap(), true).unwrap());
    assert!(
        compounds.contains("fitToWidth=\"2\""),
        "{}",
        &compounds[compounds.len() - 600..]
    );
    assert!(compounds.contains("xSplit=\"1\""));
    let areas = stored(&template(form("areas").unwrap(), true).unwrap());
    assert!(
        areas.contains("fitToHeight=\"0\"") && !areas.contains("fitToWidth") && !areas.contains("xSplit")
    );
}

/// The example of each column is seen in full, and so are the names in an export.
#[test]
fn columns_are_as_wide_as_what_stands_in_them() {
    let width = |xml: &str, column: usize| -> f64 {
        let (_, rest) = xml.split_once(&format!("<col min=\"{column}\"")).unwrap();
        let (_, rest) = rest.split_once("width=\"").unwrap();
        rest.split_once('"').unwrap().0.parse().unwrap()
    };
    let areas = stored(&template(form("areas").unwrap(), true).unwrap());
    assert!(
        width(&areas, 2) >= 14.0,
        "twelve digits of a code: {}",
        width(&areas, 2)
    );
    let row = object(json!({"community": "坳头上社区", "compound": "百货公司家属宿舍", "households": 3}));
    let sheet = form_sheet(form("compounds").unwrap(), &[row], true);
    let at = sheet
        .columns
        .iter()
        .position(|column| column.title == "小区")
        .unwrap();
    assert!(sheet.columns[at].width >= 18.0, "{}", sheet.columns[at].width);
}
