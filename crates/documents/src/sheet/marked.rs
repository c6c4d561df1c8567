//! The file as it came, with the cells marked that must be corrected.

use super::raw::Raw;
use super::source::{Feed, feed};
use super::{CellError, Reading, Rejected};
use rust_xlsxwriter::{Color, Format, FormatAlign, Note, Workbook, Worksheet, XlsxError};
use std::collections::{HashMap, HashSet};

/// Most marked cells that get a note; spreadsheet programs grow slow with more.
const NOTES_MAX: usize = 5_000;
/// Longest text that widens a column, in half-width characters.
const WIDTH_MAX: usize = 40;

/// What is said about one cell.
struct Remark<'a> {
    error: bool,
    cell: &'a CellError,
}

/// The file as XLSX with its sheets, rows and columns where they were; cells with errors are red, doubtful ones
/// yellow, each with a note that says what would be right. The last sheet lists them all.
///
/// Formulas become their values. Reading the file again gives the same rows and errors.
///
/// # Errors
///
/// [`Rejected`] when the file cannot be read or has too many rows for the format.
pub fn marked(bytes: &[u8], file_name: &str, reading: &Reading, zh: bool) -> Result<Vec<u8>, Rejected> {
    let unwritable = |error: XlsxError| Rejected::Unreadable {
        detail: error.to_string(),
    };
    let mut remarks: HashMap<&str, Remarks<'_>> = HashMap::new();
    for sheet in &reading.sheets {
        let errors = sheet.errors.iter().map(|cell| Remark { error: true, cell });
        let warnings = sheet.warnings.iter().map(|cell| Remark { error: false, cell });
        for remark in errors.chain(warnings) {
            let place = (
                remark.cell.row.checked_sub(1),
                super::column_of(&remark.cell.column),
            );
            if let (Some(row), Some(column)) = place {
                let own = remarks.entry(sheet.sheet.as_str()).or_default();
                own.entry((row, column)).or_default().push(remark);
            }
        }
    }
    let none = Remarks::new();
    let mut book = Workbook::new();
    let styles = Styles::new();
    let mut names: Vec<String> = Vec::new();
    let mut sheet = Sheet::new(&none, &styles, zh);
    feed(bytes, file_name, &mut |feed| {
        match feed {
            Feed::Sheet { name, merges, .. } => {
                let own = super::write::unique_name(name, &names);
                sheet = Sheet::new(remarks.get(name).unwrap_or(&none), &styles, zh);
                let worksheet = book.add_worksheet().set_name(&own).map_err(unwritable)?;
                names.push(own);
                for merge in merges.iter().flatten() {
                    let corners = (u32::try_from(merge.top), u16::try_from(merge.left));
                    let ends = (u32::try_from(merge.bottom), u16::try_from(merge.right));
                    if let ((Ok(top), Ok(left)), (Ok(bottom), Ok(right))) = (corners, ends)
                        && bottom < 1_048_576
                    {
                        // A region that the writer refuses, because it overlaps another, is left out.
                        let _ = worksheet.merge_range(top, left, bottom, right, "", &styles.plain);
                    }
                }
                Ok(())
            }
            Feed::Row(row, cells) => {
                let worksheet = book
                    .worksheet_from_index(names.len().saturating_sub(1))
                    .map_err(unwritable)?;
                sheet.row(worksheet, row, cells).map_err(unwritable)
            }
            Feed::Far(..) => Ok(()),
            Feed::End => {
                let worksheet = book
                    .worksheet_from_index(names.len().saturating_sub(1))
                    .map_err(unwritable)?;
                sheet.finish(worksheet).map_err(unwritable)
            }
        }
    })?;
    list(&mut book, reading, &styles, &names, zh).map_err(unwritable)?;
    book.save_to_buffer().map_err(unwritable)
}

/// Remarks of a sheet by row and column, counted from 0.
type Remarks<'a> = HashMap<(u32, u16), Vec<Remark<'a>>>;

struct Styles {
    plain: Format,
    date: Format,
    time: Format,
    wrong: Format,
    doubtful: Format,
    heading: Format,
    wrapped: Format,
}

impl Styles {
    fn new() -> Styles {
        let text = || {
            Format::new()
                .set_num_format("@")
                .set_align(FormatAlign::VerticalCenter)
        };
        Styles {
            plain: Format::new().set_align(FormatAlign::VerticalCenter),
            date: Format::new().set_num_format("yyyy-mm-dd"),
            time: Format::new().set_num_format("yyyy-mm-dd hh:mm"),
            wrong: text()
                .set_background_color(Color::RGB(0xFFC7CE))
                .set_font_color(Color::RGB(0x9C0006)),
            doubtful: text()
                .set_background_color(Color::RGB(0xFFEB9C))
                .set_font_color(Color::RGB(0x7F6000)),
            heading: Format::new()
                .set_bold()
                .set_background_color(Color::RGB(0xDCE6F1)),
            wrapped: Format::new().set_text_wrap(),
        }
    }
}

/// The sheet that is being written.
struct Sheet<'a> {
    remarks: &'a Remarks<'a>,
    styles: &'a Styles,
    zh: bool,
    /// Width of each column in half-width characters.
    widths: Vec<usize>,
    /// Cells that are marked already.
    marked: HashSet<(u32, u16)>,
}

impl<'a> Sheet<'a> {
    fn new(remarks: &'a Remarks<'a>, styles: &'a Styles, zh: bool) -> Sheet<'a> {
        Sheet {
            remarks,
            styles,
            zh,
            widths: Vec::new(),
            marked: HashSet::new(),
        }
    }

    fn row(&mut self, worksheet: &mut Worksheet, row: usize, cells: &[Raw]) -> Result<(), XlsxError> {
        let row = u32::try_from(row).unwrap_or(u32::MAX);
        for (column, raw) in (0_u16..).zip(cells) {
            let found = self.remarks.get(&(row, column));
            self.write(worksheet, row, column, raw, found.map(|found| self.mark(found)))?;
            if let Some(found) = found {
                self.marked.insert((row, column));
                if self.marked.len() <= NOTES_MAX {
                    worksheet.insert_note(row, column, &note(found, self.zh))?;
                }
            }
        }
        Ok(())
    }

    fn mark(&self, remarks: &[Remark<'_>]) -> &'a Format {
        if remarks.iter().any(|remark| remark.error) {
            &self.styles.wrong
        } else {
            &self.styles.doubtful
        }
    }

    fn write(
        &mut self,
        worksheet: &mut Worksheet,
        row: u32,
        column: u16,
        raw: &Raw,
        marked: Option<&Format>,
    ) -> Result<(), XlsxError> {
        let styles = self.styles;
        let format = marked.unwrap_or(&styles.plain);
        let index = usize::from(column);
        if self.widths.len() <= index {
            self.widths.resize(index + 1, 0);
        }
        let shown = raw.shown();
        let width: usize = shown
            .chars()
            .map(|letter| if letter.is_ascii() { 1 } else { 2 })
            .sum();
        if width <= WIDTH_MAX {
            self.widths[index] = self.widths[index].max(width);
        }
        match raw {
            Raw::Empty => {
                if marked.is_some() {
                    worksheet.write_blank(row, column, format)?;
                }
            }
            Raw::Number(number) if marked.is_none() => {
                worksheet.write_number(row, column, *number)?;
            }
            // A marked number stays a number, whatever the format of the mark says.
            Raw::Number(number) => {
                let format = format.clone().set_num_format("General");
                worksheet.write_number_with_format(row, column, *number, &format)?;
            }
            Raw::Flag(flag) => {
                worksheet.write_boolean_with_format(row, column, *flag, format)?;
            }
            Raw::Stamp(serial) => {
                let kind = if serial.fract() == 0.0 {
                    &styles.date
                } else {
                    &styles.time
                };
                let format = marked.map_or_else(|| kind.clone(), |mark| mark.merge(kind));
                worksheet.write_number_with_format(row, column, *serial, &format)?;
            }
            Raw::Text(_) | Raw::Failed(_) | Raw::Unsaved => {
                worksheet.write_string_with_format(row, column, super::write::cut(&shown), format)?;
            }
        }
        Ok(())
    }

    /// Marks cells that hold nothing, and sets the widths.
    fn finish(&mut self, worksheet: &mut Worksheet) -> Result<(), XlsxError> {
        let mut empty: Vec<_> = self
            .remarks
            .iter()
            .filter(|(at, _)| !self.marked.contains(*at))
            .collect();
        empty.sort_by_key(|(at, _)| **at);
        for ((row, column), found) in empty.into_iter().take(NOTES_MAX) {
            worksheet.write_blank(*row, *column, self.mark(found))?;
            worksheet.insert_note(*row, *column, &note(found, self.zh))?;
        }
        for (column, width) in (0_u16..).zip(&self.widths) {
            worksheet.set_column_width(column, (*width as f64 + 2.0).clamp(6.0, WIDTH_MAX as f64))?;
        }
        Ok(())
    }
}

fn note(remarks: &[Remark<'_>], zh: bool) -> Note {
    let texts: Vec<&str> = remarks.iter().map(|remark| remark.cell.message(zh)).collect();
    let text = texts.join("\n");
    let lines = text.chars().count() / 14 + texts.len() + 1;
    Note::new(text)
        .set_author(if zh { "保供" } else { "Baogong" })
        .add_author_prefix(false)
        .set_width(260)
        .set_height(u32::try_from(lines * 18).unwrap_or(400).clamp(60, 400))
}

/// The last sheet: every remark with its place.
fn list(
    book: &mut Workbook,
    reading: &Reading,
    styles: &Styles,
    names: &[String],
    zh: bool,
) -> Result<(), XlsxError> {
    let t = |zh_text: &'static str, en: &'static str| if zh { zh_text } else { en };
    let worksheet = book.add_worksheet();
    worksheet.set_name(super::write::unique_name(t("需要改正", "To be corrected"), names))?;
    let titles = [
        t("工作表", "Sheet"),
        t("位置", "Where"),
        t("级别", "Severity"),
        t("列名", "Heading"),
        t("填写的内容", "Value"),
        t("怎样才对", "What would be right"),
    ];
    for (column, (title, width)) in (0_u16..).zip(titles.iter().zip([18.0, 10.0, 8.0, 18.0, 24.0, 70.0])) {
        worksheet.write_string_with_format(0, column, *title, &styles.heading)?;
        worksheet.set_column_width(column, width)?;
    }
    worksheet.set_freeze_panes(1, 0)?;
    let mut row = 1;
    for sheet in &reading.sheets {
        let errors = sheet.errors.iter().map(|cell| (true, cell));
        for (error, cell) in errors.chain(sheet.warnings.iter().map(|cell| (false, cell))) {
            let level = if error {
                t("错误", "error")
            } else {
                t("提醒", "warning")
            };
            let place = format!("{}{}", cell.column, cell.row);
            let texts = [
                &cell.sheet,
                &place,
                level,
                &cell.heading,
                &cell.value,
                cell.message(zh),
            ];
            for (column, text) in (0_u16..).zip(texts) {
                worksheet.write_string_with_format(row, column, super::write::cut(text), &styles.wrapped)?;
            }
            row += 1;
        }
    }
    Ok(())
}
