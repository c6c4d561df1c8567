//! A register as a sheet that reads back unchanged.

use super::carry::{AREAS, OWNERS};
use super::write::{OutCell, OutColumn, OutKind, OutSheet, places};
use crate::forms::{Column, Entry, Form, Kind};
use serde_json::{Map, Value};

/// How a column of a form is shown in a sheet.
pub(super) fn out_kind(kind: Kind) -> OutKind {
    match kind {
        Kind::Count { .. } | Kind::Distance => OutKind::Count,
        Kind::Weight => OutKind::WeightKg,
        Kind::Money => OutKind::Money,
        Kind::Time => OutKind::Time,
        _ => OutKind::Text,
    }
}

/// Width of a column in characters.
pub(super) fn width(column: &Column) -> f64 {
    match column.kind {
        Kind::Text { max } if max > 150 => 30.0,
        Kind::Text { max } if max > 60 => 24.0,
        Kind::Contents | Kind::Items => 36.0,
        Kind::IdNumber | Kind::CreditCode | Kind::CompanyPrefix => 21.0,
        Kind::Phone | Kind::Time => 17.0,
        Kind::Choices(_) => 20.0,
        _ => 0.0,
    }
}

/// The rows of a register as a sheet; reading it back gives the same rows.
///
/// Rows are JSON objects as [`super::RowReading::to_json`] makes them. The combined dwelling
/// column is left out, because building, unit and room stand in columns of their own.
pub fn form_sheet(form: &Form, rows: &[Map<String, Value>], zh: bool) -> OutSheet {
    let columns: Vec<&Column> = form
        .columns
        .iter()
        .filter(|column| column.kind != Kind::Dwelling)
        .collect();
    let rows = with_ends(
        &columns,
        rows.iter()
            .map(|row| {
                columns
                    .iter()
                    .map(|column| out_cell(column, row.get(column.key).unwrap_or(&Value::Null), zh))
                    .collect()
            })
            .collect(),
    );
    OutSheet {
        name: form.title.get(zh).to_string(),
        title: form.title.get(zh).to_string(),
        notes: Vec::new(),
        columns: columns
            .iter()
            .enumerate()
            .map(|(at, column)| {
                let title = column.title.get(zh);
                OutColumn {
                    title: title.to_string(),
                    width: width(column).max(room_for(title, &rows, at)),
                    kind: out_kind(column.kind),
                }
            })
            .collect(),
        rows,
        total: None,
    }
}

/// The first rows tell how wide a column has to be; one odd name need not stand on one line.
const ROWS_MEASURED: usize = 200;
/// No column is made wider than this for its words alone.
const WORDS_MAX: usize = 28;

/// Room for the heading and for the words below it.
fn room_for(title: &str, rows: &[Vec<OutCell>], at: usize) -> f64 {
    let words = rows
        .iter()
        .take(ROWS_MEASURED)
        .filter_map(|row| match row.get(at) {
            Some(OutCell::Text(text)) => Some(places(text)),
            _ => None,
        });
    let widest = words.chain([places(title)]).max().unwrap_or(0);
    (widest + 2).clamp(8, WORDS_MAX) as f64
}

/// Writes `/` where an empty cell of an area column follows a filled one, because text files do not tell of merged
/// regions and the reader would carry the value down.
fn with_ends(columns: &[&Column], mut rows: Vec<Vec<OutCell>>) -> Vec<Vec<OutCell>> {
    for (at, column) in columns.iter().enumerate() {
        if !AREAS.contains(&column.key) && !OWNERS.contains(&column.key) {
            continue;
        }
        let mut filled = false;
        for row in &mut rows {
            if row[at] != OutCell::Blank {
                filled = true;
            } else if std::mem::take(&mut filled) {
                row[at] = OutCell::from("/");
            }
        }
    }
    rows
}

fn out_cell(column: &Column, value: &Value, zh: bool) -> OutCell {
    match value {
        Value::Null => OutCell::Blank,
        Value::Bool(flag) => yes_no(*flag, zh),
        Value::Number(number) => {
            let Some(number) = number.as_i64() else {
                return OutCell::Text(number.to_string());
            };
            match column.kind {
                Kind::Flag => yes_no(number != 0, zh),
                Kind::Latitude | Kind::Longitude => OutCell::Text(decimal(number, 6)),
                // Litres in the file's cubic metres.
                Kind::Volume => OutCell::Text(decimal(number, 3)),
                _ => OutCell::Int(number),
            }
        }
        Value::String(text) => match column.kind {
            Kind::Choice(entries) => OutCell::Text(title(entries, text, zh)),
            _ => OutCell::Text(text.clone()),
        },
        Value::Array(items) => {
            let separator = if column.kind == Kind::Contents {
                "；"
            } else {
                "、"
            };
            let words: Vec<String> = items.iter().map(|item| listed(column, item, zh)).collect();
            OutCell::Text(words.join(separator))
        }
        Value::Object(_) => OutCell::Text(value.to_string()),
    }
}

fn yes_no(flag: bool, zh: bool) -> OutCell {
    OutCell::from(match (flag, zh) {
        (true, true) => "是",
        (false, true) => "否",
        (true, false) => "yes",
        (false, false) => "no",
    })
}

fn title(entries: &[Entry], key: &str, zh: bool) -> String {
    let entry = entries.iter().find(|entry| entry.key == key);
    entry.map_or_else(|| key.to_string(), |entry| entry.title.get(zh).to_string())
}

fn listed(column: &Column, item: &Value, zh: bool) -> String {
    match (item, column.kind) {
        (Value::String(key), Kind::Choices(entries)) => title(entries, key, zh),
        (Value::String(text), _) => text.clone(),
        (Value::Object(content), _) => {
            let name = content.get("name").and_then(Value::as_str).unwrap_or_default();
            match content.get("weight_g").and_then(Value::as_i64).unwrap_or(0) {
                0 => name.to_string(),
                weight_g => format!("{name}{}公斤", decimal(weight_g, 3)),
            }
        }
        (other, _) => other.to_string(),
    }
}

/// A number of the smallest unit as a decimal without closing zeros.
fn decimal(number: i64, places: usize) -> String {
    let scale = 10_u64.pow(u32::try_from(places).unwrap_or(0));
    let size = number.unsigned_abs();
    let sign = if number < 0 { "-" } else { "" };
    let text = format!("{sign}{}.{:0places$}", size / scale, size % scale);
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}
