//! Awkward files as offices and strangers send them, each with what must come out of it.
//!
//! `cases.txt` holds tables and expected outcomes; files that are no plain tables are made in `files.rs`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod files;
mod properties;

use documents::sheet::{Divisions, Options, outcome};
use serde_json::Value;

const DIVISIONS: &str = "code,name,level\n500101019,双河口街道,street\n500101020,龙都街道,street\n\
    500101019002,学堂湾社区居民委员会,community\n500101019005,石梁社区居民委员会,community\n\
    500101020003,石梁社区居民委员会,community\n500101019201,和平村村民委员会,community\n";

/// The outcome of a file in few lines: form, rows, errors (`!`), warnings (`?`), pairs (`=`), rows passed over (`-`).
pub(crate) fn summary(bytes: &[u8], name: &str) -> String {
    let divisions = Divisions::parse(DIVISIONS.as_bytes()).unwrap();
    let options = Options {
        divisions: name.contains("区划").then_some(&divisions),
        today: Some("2022-03-10"),
        ..Options::default()
    };
    let found = outcome(bytes, name, &options, true);
    let list = |key: &str| found[key].as_array().unwrap().clone();
    let word = |value: &Value, key: &str| value[key].as_str().unwrap_or_default().to_string();
    let mut lines = vec![found["form"].as_str().unwrap_or("none").to_string()];
    for row in list("rows") {
        let cells: Vec<String> = row
            .as_object()
            .unwrap()
            .iter()
            .filter(|(key, _)| !["form", "sheet", "row"].contains(&key.as_str()))
            .map(|(key, value)| match value {
                Value::String(text) => format!("{key}={text}"),
                value => format!("{key}={value}"),
            })
            .collect();
        lines.push(format!("{}: {}", row["row"], cells.join(" ")));
    }
    for (mark, key) in [("!", "errors"), ("?", "warnings")] {
        for cell in list(key) {
            let (column, message) = (word(&cell, "column"), word(&cell, "message"));
            lines.push(format!("{mark} {column}{} {message}", cell["row"]));
        }
    }
    for pair in list("duplicates") {
        lines.push(format!(
            "= {} {}~{}",
            word(&pair, "kind"),
            pair["with_row"],
            pair["row"]
        ));
    }
    for row in list("skipped") {
        lines.push(format!("- {} {}", row["row"], word(&row, "message")));
    }
    lines.join("\n")
}

/// A case of `cases.txt`: name, rows of cells between `|`, and the expected lines.
fn cases(text: &str) -> Vec<(String, Vec<Vec<String>>, String)> {
    text.split("\n== ")
        .skip(1)
        .map(|case| {
            let (name, rest) = case.split_once('\n').unwrap();
            let (table, expected) = rest.split_once("\n=>\n").unwrap();
            let rows = table
                .lines()
                .map(|line| {
                    line.split('|')
                        .map(|cell| cell.trim().replace("\\n", "\n"))
                        .collect()
                })
                .collect();
            (name.trim().to_string(), rows, expected.trim().to_string())
        })
        .collect()
}

/// A workbook of the rows; cells that are numbers become numbers, `'12` stays text.
fn workbook(rows: &[Vec<String>]) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (row, cells) in (0_u32..).zip(rows) {
        for (column, text) in (0_u16..).zip(cells) {
            match (text.parse::<f64>(), text.strip_prefix('\'')) {
                (Ok(number), _) => drop(sheet.write_number(row, column, number).unwrap()),
                (_, Some(text)) => drop(sheet.write_string(row, column, text).unwrap()),
                _ if text.is_empty() => {}
                _ => drop(sheet.write_string(row, column, text).unwrap()),
            }
        }
    }
    book.save_to_buffer().unwrap()
}

#[test]
fn tables_as_offices_fill_them_in_come_out_as_written_down() {
    let cases = cases(include_str!("cases.txt"));
    assert!(cases.len() >= 25, "{}", cases.len());
    let mut wrong = Vec::new();
    for (name, rows, expected) in cases {
        let found = summary(&workbook(&rows), &name);
        if found != expected {
            wrong.push(format!("== {name}\n-- expected\n{expected}\n-- found\n{found}\n"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
