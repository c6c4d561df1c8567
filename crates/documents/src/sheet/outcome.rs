//! The whole outcome of reading a file as JSON, for programs that read it without a database.

use crate::values::Problem;

use super::{CellError, Options, Reading, Rejected, SheetReading, scan};
use serde_json::{Map, Value, json};
use std::io::Write;

/// Reads a file and tells everything about it as one JSON object; never fails, because a file that is refused
/// has that as its only error.
///
/// `form` is the form of the first sheet that follows one. `rows` are the checked rows in the smallest units, each
/// with its `form`, `sheet` and `row`, and with `community_code` when divisions were given. `errors` and `warnings` name sheet,
/// row, column, heading, value and message. `duplicates` are pairs, `skipped` are rows that hold no data, `sheets`
/// tell the form and the columns of each sheet.
pub fn outcome(bytes: &[u8], file_name: &str, options: &Options<'_>, zh: bool) -> Value {
    let mut text = Vec::new();
    match write_outcome(bytes, file_name, options, zh, &mut text) {
        Ok(_) => serde_json::from_slice(&text).unwrap_or(Value::Null),
        // A vector takes whatever is written.
        Err(_) => Value::Null,
    }
}

/// As [`outcome`], written while the file is read, so that memory stays bounded; tells whether there is no error.
///
/// # Errors
///
/// Whatever the writer returns.
pub fn write_outcome(
    bytes: &[u8],
    file_name: &str,
    options: &Options<'_>,
    zh: bool,
    out: &mut dyn Write,
) -> std::io::Result<bool> {
    let mut failed = None;
    let mut begun = false;
    let done = scan(bytes, file_name, options, &mut |_| true, &mut |_, sheet, row| {
        let Some(form) = sheet.form else {
            return Ok(());
        };
        let mut object = Map::new();
        object.insert("form".into(), form.key.into());
        object.insert("sheet".into(), sheet.sheet.as_str().into());
        object.insert("row".into(), row.row.into());
        object.extend(row.to_json(form));
        if !row.area.is_empty() {
            object.insert("community_code".into(), row.area.as_str().into());
        }
        let written = begin(out, &mut begun, Some(form.key))
            .and_then(|()| serde_json::to_writer(&mut *out, &object).map_err(Into::into));
        written.map_err(|error| {
            failed = Some(error);
            Rejected::Cancelled
        })
    });
    if let Some(error) = failed {
        return Err(error);
    }
    let about = about(&done, file_name, zh);
    if !begun {
        write!(out, "{{\"form\":{},\"rows\":[", about["form"])?;
    }
    write!(out, "]")?;
    for key in ["errors", "warnings", "duplicates", "skipped", "sheets"] {
        write!(out, ",\"{key}\":{}", about[key])?;
    }
    write!(out, "}}")?;
    Ok(about["errors"].as_array().is_none_or(Vec::is_empty))
}

/// As [`outcome`], with the number of rows in `rows` instead of the rows themselves.
pub fn counted_outcome(bytes: &[u8], file_name: &str, options: &Options<'_>, zh: bool) -> Value {
    let mut rows = 0_usize;
    let done = scan(bytes, file_name, options, &mut |_| true, &mut |_, _, _| {
        rows += 1;
        Ok(())
    });
    let mut about = about(&done, file_name, zh);
    about["rows"] = rows.into();
    about
}

/// Everything but the rows.
fn about(done: &Result<Reading, Rejected>, file_name: &str, zh: bool) -> Value {
    let sheets = match done {
        Ok(Reading { sheets }) => sheets.as_slice(),
        Err(_) => &[],
    };
    let form = sheets.iter().find_map(|sheet| sheet.form).map(|form| form.key);
    let list = |take: fn(&SheetReading) -> &[CellError]| -> Vec<Value> {
        let cells = sheets.iter().flat_map(take);
        cells.map(|cell| remark(cell, zh)).collect()
    };
    let mut errors = list(|sheet| &sheet.errors);
    if let Err(rejected) = done {
        errors.push(json!({
            "sheet": "", "row": 0, "column": "", "heading": "", "value": file_name, "message": rejected.message(zh),
        }));
    }
    if done.is_ok() && form.is_none() {
        let problem = Problem::new(
            "没有认出是哪一张表；请核对表头，或用模板",
            "no form was recognised; check the headings, or use a template",
        );
        errors.push(json!({
            "sheet": "", "row": 0, "column": "", "heading": "", "value": file_name, "message": if zh { problem.zh } else { problem.en },
        }));
    }
    let duplicates: Vec<Value> = sheets.iter().flat_map(|sheet| pairs(sheet, zh)).collect();
    let skipped: Vec<Value> = sheets
        .iter()
        .flat_map(|sheet| {
            let skipped = sheet.skipped.iter();
            skipped.map(
                |skipped| json!({"sheet": sheet.sheet, "row": skipped.row, "message": skipped.message(zh)}),
            )
        })
        .collect();
    json!({
        "form": form,
        "errors": errors,
        "warnings": list(|sheet| &sheet.warnings),
        "duplicates": duplicates,
        "skipped": skipped,
        "sheets": sheets.iter().map(describe).collect::<Vec<_>>(),
    })
}

/// The beginning of the object before the first row, and the comma before every other one.
fn begin(out: &mut dyn Write, begun: &mut bool, form: Option<&str>) -> std::io::Result<()> {
    if *begun {
        return out.write_all(b",\n");
    }
    *begun = true;
    write!(out, "{{\"form\":{},\"rows\":[", json!(form))
}

fn remark(cell: &CellError, zh: bool) -> Value {
    json!({
        "sheet": cell.sheet,
        "row": cell.row,
        "column": cell.column,
        "heading": cell.heading,
        "value": cell.value,
        "message": cell.message(zh),
    })
}

fn pairs(sheet: &SheetReading, zh: bool) -> impl Iterator<Item = Value> {
    sheet.duplicates.iter().map(move |pair| {
        json!({
            "kind": pair.kind.key(),
            "sheet": sheet.sheet,
            "row": pair.second_row,
            "with_sheet": pair.first_sheet,
            "with_row": pair.first_row,
            "subject": pair.subject,
            "message": pair.message(zh),
        })
    })
}

fn describe(sheet: &SheetReading) -> Value {
    let columns: Vec<Value> = sheet
        .columns
        .iter()
        .map(|(column, key, heading)| json!({"column": column, "key": key, "heading": heading}))
        .collect();
    let unknown: Vec<Value> = sheet
        .unknown_columns
        .iter()
        .map(|(column, heading)| json!({"column": column, "heading": heading}))
        .collect();
    json!({
        "sheet": sheet.sheet,
        "form": sheet.form.map(|form| form.key),
        "heading_row": sheet.heading_row,
        "signature": sheet.signature,
        "remembered": sheet.remembered,
        "columns": columns,
        "unknown_columns": unknown,
    })
}
