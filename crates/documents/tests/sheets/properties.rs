//! Whatever is written in cells, and whatever is exported.

use documents::forms::{self, Form, Kind};
use documents::sheet::{Options, add_hxl, form_sheet, hxl_tags, outcome, read, write, write_csv};
use documents::values;
use proptest::prelude::*;
use serde_json::{Map, Value};

/// A value that a column may hold, by a seed.
fn value(kind: Kind, example: &str, seed: usize) -> Value {
    let of = |entries: &[forms::Entry]| entries[seed % entries.len()].key;
    match kind {
        Kind::Text { .. } | Kind::Items => {
            format!("{}{seed}", if example.is_empty() { "文" } else { "内容" }).into()
        }
        Kind::Phone => format!("138{:08}", seed % 100_000_000).into(),
        Kind::Plate => format!("渝F{:05}", seed % 100_000).into(),
        Kind::IdNumber => "11010519491231002X".into(),
        Kind::CreditCode => "91350100M000100Y43".into(),
        Kind::CompanyPrefix => "69012345".into(),
        // A dwelling with nobody must be vacant, so no count is 0.
        Kind::Count { min, max } => (min.max(1) + (seed as i64) % (max - min.max(1) + 1)).into(),
        Kind::Weight => (seed as i64 * 7 % 1_000_000).into(),
        Kind::Volume | Kind::Distance => (seed as i64 % 30_000).into(),
        Kind::Money => (seed as i64 % 1_000_000).into(),
        Kind::Latitude => (30_000_000 + seed as i64 % 1_000_000).into(),
        Kind::Longitude => (108_000_000 + seed as i64 % 1_000_000).into(),
        Kind::Date => format!("2026-{:02}-{:02}", seed % 12 + 1, seed % 28 + 1).into(),
        Kind::Time => format!("2026-11-21 {:02}:{:02}", seed % 24, seed % 60).into(),
        Kind::Hours => format!("{:02}:{:02}-{:02}:00", seed % 24, seed % 60, seed % 23).into(),
        Kind::Flag => (seed as i64 % 2).into(),
        Kind::Choice(entries) => of(entries).into(),
        Kind::Choices(entries) => vec![of(entries)].into(),
        Kind::Dwelling => Value::Null,
        Kind::Contents => {
            serde_json::json!([{"name": "大米", "category": "grain", "weight_g": seed % 9_000 + 1}])
        }
    }
}

fn row(form: &Form, seed: usize, full: bool) -> Map<String, Value> {
    let chosen = form
        .columns
        .iter()
        .enumerate()
        .filter(|(place, column)| full || column.required || (seed + place).is_multiple_of(3));
    chosen
        .map(|(place, column)| {
            (
                column.key.to_string(),
                value(column.kind, column.example, seed + place),
            )
        })
        .filter(|(_, value)| !value.is_null())
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn reading_an_export_changes_nothing(
        at in 0..forms::FORMS.len(), seed in 0usize..1_000_000, hxl in any::<bool>(), csv in any::<bool>(), zh in any::<bool>()
    ) {
        let form = forms::FORMS[at];
        let rows: Vec<_> = (0..7).map(|index| row(form, seed + index * 61, index == 0)).collect();
        let mut sheet = form_sheet(form, &rows, zh);
        if hxl {
            add_hxl(&mut sheet, &hxl_tags(form));
        }
        let bytes = if csv { write_csv(&sheet) } else { write(&[sheet]).unwrap() };
        let reading = read(&bytes, "a", &[form]).unwrap().sheets.remove(0);
        prop_assert!(reading.errors.is_empty(), "{:?}", reading.errors);
        let back: Vec<_> = reading.rows.iter().map(|row| row.to_json(form)).collect();
        for (back, row) in back.iter().zip(&rows) {
            prop_assert_eq!(back, row);
        }
        prop_assert_eq!(back.len(), rows.len(), "{:?} {:?}", reading.skipped, reading.duplicates);
        // Exporting what was read gives the same bytes again for text files.
        if csv {
            let rows: Vec<_> = reading.rows.iter().map(|row| row.to_json(form)).collect();
            let mut again = form_sheet(form, &rows, zh);
            if hxl {
                add_hxl(&mut again, &hxl_tags(form));
            }
            prop_assert_eq!(write_csv(&again), bytes);
        }
    }

    #[test]
    fn formulas_never_leave_in_an_export(text in "[=+\\-@\t\r|%][A-Za-z0-9!()',=]{0,20}") {
        let sheet = form_sheet(&forms::HOUSEHOLDS, &[row(&forms::HOUSEHOLDS, 1, false)], true);
        let mut sheet = sheet;
        sheet.rows[0][0] = documents::sheet::OutCell::Text(text.clone());
        let bytes = write_csv(&sheet);
        for record in csv::ReaderBuilder::new().flexible(true).from_reader(&bytes[..]).records() {
            for field in &record.unwrap() {
                prop_assert!(!field.starts_with(['=', '+', '-', '@', '\t', '\r', '|', '%']), "{}", field);
            }
        }
    }

    #[test]
    fn weights_by_packages_multiply(weight in 1i64..100, packages in 1i64..500) {
        let wanted = Some(weight * packages * 500);
        for text in [
            format!("{packages}箱×{weight}斤"), format!("{packages}箱（每箱{weight}斤）"), format!("{weight}斤/袋*{packages}袋"),
            format!("{packages}袋，{weight}斤装"), format!("{weight}斤*{packages}"),
        ] {
            prop_assert_eq!(values::packed_weight_g(&text), wanted, "{}", text);
        }
    }

    #[test]
    fn numerals_are_read_as_digits(number in 1i64..9_999) {
        let digits = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
        let mut text = String::new();
        let mut zero = false;
        for (place, word) in [(1_000, "千"), (100, "百"), (10, "十"), (1, "")] {
            let digit = (number / place % 10) as usize;
            if digit == 0 {
                zero = !text.is_empty();
                continue;
            }
            if zero {
                text.push('零');
                zero = false;
            }
            text.push_str(digits[digit]);
            text.push_str(word);
        }
        prop_assert_eq!(values::chinese_number(&text), Some(number), "{}", text);
    }

    #[test]
    fn several_phones_are_all_found(first in 0u64..100_000_000, second in 0u64..100_000_000, sign in "[/、,; ]") {
        prop_assume!(first != second);
        let (first, second) = (format!("138{first:08}"), format!("139{second:08}"));
        let found = values::phones(&format!("{first}{sign}{second}"));
        prop_assert_eq!(found, Ok(vec![first, second]));
    }

    #[test]
    fn new_parsers_never_panic(text in "[0-9一二三廿卅半万千百十两约\\-~至（）()×*/箱袋斤公kg年月日转区栋单元号室张 ]{0,24}") {
        let _ = (values::packed_weight_g(&text), values::heading_package(&text), values::phones(&text));
        let _ = (values::address(&text), values::date_near(&text, "2022-03-10"), values::unit_word(&text));
        let _ = (values::split_range(&text), values::is_approximate(&text), values::date(&text));
    }

    #[test]
    fn any_table_has_an_outcome(cells in proptest::collection::vec("[^\"\n\r,]{0,10}", 4..60)) {
        let mut text = "社区,小区,住址,人口数,电话\n".to_string();
        for row in cells.chunks(5) {
            text.push_str(&row.join(","));
            text.push('\n');
        }
        let found = outcome(text.as_bytes(), "a.csv", &Options::default(), false);
        prop_assert!(found["rows"].is_array() && found["errors"].is_array() && found["sheets"].is_array());
    }
}
