//! Empty forms to fill in, with drop-down lists, hints and one example.

use super::export::{out_kind, width};
use super::write::{OutColumn, OutKind, lines, message, places, write_head};
use super::write_style::Styles;
use crate::forms::{Column, Form, Kind};
use rust_xlsxwriter::{
    Color, DataValidation, DataValidationErrorStyle, DataValidationRule, Format, FormatAlign, FormatBorder,
    Workbook, XlsxError,
};

/// Rows that carry lists and text format below the example.
const ROWS_PREPARED: u32 = 5_000;

/// An XLSX template of a form.
///
/// The first column numbers the rows; it says 填写说明 and 示例 in the hint row and the example
/// row, which the reader passes over.
///
/// # Errors
///
/// A message from the writer; does not occur with the forms of this crate.
pub fn template(form: &Form, zh: bool) -> Result<Vec<u8>, String> {
    let mut book = Workbook::new();
    fill(&mut book, form, zh).map_err(message)?;
    book.save_to_buffer().map_err(message)
}

fn fill(book: &mut Workbook, form: &Form, zh: bool) -> Result<(), XlsxError> {
    let styles = Styles::new();
    let sheet = book.add_worksheet();
    sheet.set_name(sheet_name(form.title.get(zh)))?;
    let mut columns = vec![OutColumn {
        title: if zh { "序号" } else { "No." }.to_string(),
        width: 10.0,
        kind: OutKind::Text,
    }];
    columns.extend(form.columns.iter().map(|column| {
        OutColumn {
            title: format!(
                "{}{}",
                column.title.get(zh),
                if column.required { "*" } else { "" }
            ),
            width: width(column)
                .max(room_for(&example_of(column, zh)))
                .max(room_for(column.title.get(zh))),
            kind: out_kind(column.kind),
        }
    }));
    let note = if zh {
        "带 * 的列必须填写；列的顺序可以调整，不需要的列可以删除；单位写在表头或单元格里均可。"
    } else {
        "Columns marked * must be filled in; columns may be reordered, others removed; units may stand in the heading or the cell."
    };
    let heading = write_head(sheet, form.title.get(zh), &[note.to_string()], &columns, &styles)?;
    let hint = Format::new()
        .set_border(FormatBorder::Thin)
        .set_font_size(9)
        .set_font_color(Color::RGB(0x595959))
        .set_align(FormatAlign::Top)
        .set_text_wrap();
    let example = Format::new()
        .set_border(FormatBorder::Thin)
        .set_italic()
        .set_font_color(Color::RGB(0x7F7F7F))
        .set_num_format("@");
    sheet.write_string_with_format(heading + 1, 0, if zh { "填写说明" } else { "How to fill" }, &hint)?;
    sheet.write_string_with_format(heading + 2, 0, if zh { "示例" } else { "Example" }, &example)?;
    let tall = form
        .columns
        .iter()
        .zip(&columns[1..])
        .map(|(column, out)| lines(column.hint.get(zh), out.width * HINT_LETTERS));
    sheet.set_row_height(heading + 1, HINT_PT * tall.max().unwrap_or(1) as f64 + 3.0)?;
    let (first, last) = (heading + 3, heading + 2 + ROWS_PREPARED);
    for (index, column) in form.columns.iter().enumerate() {
        // Forms have a few dozen columns.
        let at = u16::try_from(index + 1).unwrap_or(u16::MAX);
        // That text is to be written says nothing.
        let said = if column.hint.zh == "文字" {
            ""
        } else {
            column.hint.get(zh)
        };
        sheet.write_string_with_format(heading + 1, at, said, &hint)?;
        sheet.write_string_with_format(heading + 2, at, example_of(column, zh), &example)?;
        let kind = out_kind(column.kind);
        if kind == OutKind::Text {
            // Text format keeps 3-2 from becoming a date and long numbers from being rounded.
            sheet.set_column_format(at, &Format::new().set_num_format("@"))?;
        }
        if let Some(validation) = validation(column, zh)? {
            sheet.add_data_validation(first, at, last, at, &validation)?;
        }
    }
    for (index, column) in columns.iter().enumerate() {
        let at = u16::try_from(index).unwrap_or(u16::MAX);
        for row in first..first + 20 {
            sheet.write_blank(row, at, styles.body(column.kind))?;
        }
    }
    Ok(())
}

/// Letters of a hint in the width of one of a cell.
const HINT_LETTERS: f64 = 1.15;
/// Height of a line of a hint in points.
const HINT_PT: f64 = 12.0;

/// A title as the name of a sheet, of which 31 characters are allowed; no word is cut.
fn sheet_name(title: &str) -> String {
    let name: String = title
        .chars()
        .map(|letter| if letter == '/' { '-' } else { letter })
        .take(31)
        .collect();
    if name.chars().count() == title.chars().count() {
        return name;
    }
    match name.rsplit_once(' ') {
        Some((whole, _)) => whole.to_string(),
        None => name,
    }
}

/// Room for a word that is not to be cut, in characters.
fn room_for(words: &str) -> f64 {
    (places(words) + 2).clamp(8, 40) as f64
}

fn example_of(column: &Column, zh: bool) -> String {
    let entries = match column.kind {
        Kind::Choice(entries) | Kind::Choices(entries) => entries,
        Kind::Flag if !zh => return if column.example == "是" { "yes" } else { "no" }.to_string(),
        _ => &[],
    };
    if zh || entries.is_empty() {
        return column.example.to_string();
    }
    let titles: Vec<&str> = column
        .example
        .split('、')
        .filter_map(|word| {
            entries
                .iter()
                .find(|entry| entry.title.zh == word || entry.synonyms.contains(&word))
                .map(|entry| entry.title.en)
        })
        .collect();
    titles.join(", ")
}

fn validation(column: &Column, zh: bool) -> Result<Option<DataValidation>, XlsxError> {
    let words: Vec<&str> = match column.kind {
        Kind::Choice(entries) => entries.iter().map(|entry| entry.title.get(zh)).collect(),
        Kind::Flag if zh => vec!["是", "否"],
        Kind::Flag => vec!["yes", "no"],
        Kind::Choices(entries) => {
            let titles: Vec<&str> = entries.iter().map(|entry| entry.title.get(zh)).collect();
            let text = if zh {
                format!("可填：{}", titles.join("、"))
            } else {
                format!("One or several of: {}", titles.join(", "))
            };
            return Ok(Some(
                DataValidation::new().allow_any_value().set_input_message(text)?,
            ));
        }
        Kind::Count { min, max } => {
            let bound = |number: i64| i32::try_from(number).unwrap_or(i32::MAX);
            let rule = DataValidationRule::Between(bound(min), bound(max));
            let text = if zh {
                format!("请填 {min} 到 {max} 的整数")
            } else {
                format!("Whole number from {min} to {max}")
            };
            // A warning lets 约30 or 十二 through, which the reader understands.
            let validation = DataValidation::new()
                .allow_whole_number(rule)
                .set_error_message(text)?
                .set_error_style(DataValidationErrorStyle::Warning);
            return Ok(Some(validation));
        }
        _ => return Ok(None),
    };
    let text = if zh {
        "请从列表中选择"
    } else {
        "Choose from the list"
    };
    let validation = DataValidation::new()
        .allow_list_strings(&words)?
        .set_error_message(text)?
        .set_error_style(DataValidationErrorStyle::Warning);
    Ok(Some(validation))
}
