//! Writing tables for people: styled workbooks and CSV.
//!
//! Text is always written as text, never as a formula, so that a name such as
//! `=HYPERLINK(…)` stays a name in whatever program opens the file.

use crate::values::civil_from_days;
use rust_xlsxwriter::{FormatAlign, Image, Workbook, Worksheet, XlsxError};

use super::write_style::{Cells, Fitted, Styles, divisor, fitted};

/// One sheet to write.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct OutSheet {
    /// Name of the sheet; characters a sheet name may not have are replaced.
    pub name: String,
    /// Title above the table.
    pub title: String,
    /// Lines between the title and the table: source, unit, time of the figures.
    pub notes: Vec<String>,
    /// Columns from left to right.
    pub columns: Vec<OutColumn>,
    /// Rows; missing cells at the end stay blank.
    pub rows: Vec<Vec<OutCell>>,
    /// Row of totals below the rows.
    pub total: Option<Vec<OutCell>>,
}

/// A picture that fills a sheet of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Name of the sheet.
    pub name: String,
    /// Title above the picture.
    pub title: String,
    /// What the picture shows, for readers who do not see it.
    pub description: String,
    /// The picture as PNG.
    pub png: Vec<u8>,
}

/// One column to write.
#[derive(Debug, Clone, PartialEq)]
pub struct OutColumn {
    /// Heading.
    pub title: String,
    /// Width in characters; 0 chooses by the heading.
    pub width: f64,
    /// How numbers of the column are shown.
    pub kind: OutKind,
}

/// How the cells of a column are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OutKind {
    /// Text; also keeps room numbers from turning into dates.
    #[default]
    Text,
    /// Whole number.
    Count,
    /// Grams, shown in kilograms.
    WeightKg,
    /// Fen, shown in yuan.
    Money,
    /// Hundredths of a percent, shown in percent.
    Percent,
    /// Point in time: text, or seconds since 1970 shown in Beijing time.
    Time,
}

/// One cell to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutCell {
    /// Text.
    Text(String),
    /// Number in the smallest unit of its column.
    Int(i64),
    /// Nothing.
    Blank,
}

impl From<&str> for OutCell {
    fn from(text: &str) -> OutCell {
        OutCell::Text(text.to_string())
    }
}

impl From<String> for OutCell {
    fn from(text: String) -> OutCell {
        OutCell::Text(text)
    }
}

impl From<i64> for OutCell {
    fn from(number: i64) -> OutCell {
        OutCell::Int(number)
    }
}

/// Longest text a spreadsheet cell may hold, in UTF-16 units.
const CELL_TEXT_MAX: usize = 32_767;

/// Writes an XLSX workbook: title, notes, table with filter, total; A4 landscape, one page wide.
///
/// # Errors
///
/// A message when a sheet has more rows or columns than the format allows.
pub fn write(sheets: &[OutSheet]) -> Result<Vec<u8>, String> {
    write_with(sheets, &[])
}

/// As [`write`], with a sheet for each picture behind the tables, A4 landscape, one page.
///
/// # Errors
///
/// As [`write`], and when a picture is not a PNG.
pub fn write_with(sheets: &[OutSheet], pictures: &[Picture]) -> Result<Vec<u8>, String> {
    let mut book = Workbook::new();
    let styles = Styles::new();
    let mut names: Vec<String> = Vec::new();
    for sheet in sheets {
        let name = unique_name(&sheet.name, &names);
        let worksheet = book.add_worksheet();
        worksheet.set_name(&name).map_err(message)?;
        names.push(name);
        write_sheet(worksheet, sheet, &styles).map_err(message)?;
    }
    for picture in pictures {
        let name = unique_name(&picture.name, &names);
        let worksheet = book.add_worksheet();
        worksheet.set_name(&name).map_err(message)?;
        names.push(name);
        write_picture(worksheet, picture, &styles).map_err(message)?;
    }
    if sheets.is_empty() && pictures.is_empty() {
        book.add_worksheet();
    }
    book.save_to_buffer().map_err(message)
}

pub(super) fn message(error: XlsxError) -> String {
    error.to_string()
}

/// A sheet name without forbidden characters, at most 31 long and not used before.
pub(super) fn unique_name(wanted: &str, used: &[String]) -> String {
    let clean: String = wanted
        .chars()
        .filter(|letter| !letter.is_control())
        .map(|letter| if "[]:*?/\\'".contains(letter) { '-' } else { letter })
        .collect();
    let clean = if clean.trim().is_empty() {
        "Sheet"
    } else {
        clean.trim()
    };
    for attempt in 1..=used.len() + 1 {
        let suffix = if attempt == 1 {
            String::new()
        } else {
            format!("-{attempt}")
        };
        let mut name = String::new();
        for letter in clean.chars() {
            if name.encode_utf16().count() + letter.len_utf16() + suffix.len() > 31 {
                break;
            }
            name.push(letter);
        }
        name.push_str(&suffix);
        if !used
            .iter()
            .any(|other| other.to_lowercase() == name.to_lowercase())
        {
            return name;
        }
    }
    format!("Sheet-{}", used.len() + 1)
}

/// Row and column numbers beyond the format's range become numbers the writer refuses.
fn row_number(row: usize) -> u32 {
    u32::try_from(row).unwrap_or(u32::MAX)
}

fn column_number(column: usize) -> u16 {
    u16::try_from(column).unwrap_or(u16::MAX)
}

/// Title, notes and heading; returns the row of the heading.
pub(super) fn write_head(
    worksheet: &mut Worksheet,
    title: &str,
    notes: &[String],
    columns: &[OutColumn],
    styles: &Styles,
) -> Result<u32, XlsxError> {
    let last = column_number(columns.len().saturating_sub(1));
    let mut row = 0;
    if !title.is_empty() {
        // Over several sheets of paper the middle is on none of them.
        if pages_wide(columns) > 1 {
            let left = styles.title.clone().set_align(FormatAlign::Left);
            worksheet.write_string_with_format(0, 0, title, &left)?;
        } else if last > 0 {
            worksheet.merge_range(0, 0, 0, last, title, &styles.title)?;
        } else {
            worksheet.write_string_with_format(0, 0, title, &styles.title)?;
        }
        worksheet.set_row_height(0, 26)?;
        row += 1;
    }
    for note in notes {
        worksheet.write_string_with_format(row, 0, cut(note), &styles.note)?;
        row += 1;
    }
    let mut tall = 1;
    for (index, column) in columns.iter().enumerate() {
        let at = column_number(index);
        let title = broken(&column.title, width_of(column));
        worksheet.write_string_with_format(row, at, cut(&title), &styles.heading)?;
        worksheet.set_column_width(at, width_of(column))?;
        tall = tall.max(lines(&title, width_of(column)));
    }
    set_lines(worksheet, row, tall)?;
    let pages = pages_wide(columns);
    worksheet
        .set_landscape()
        .set_paper_size(9)
        .set_print_fit_to_pages(pages, 0);
    // Where a row goes on to the right, its first cell says which row it is.
    worksheet.set_freeze_panes(row + 1, u16::from(pages > 1))?;
    if pages > 1 {
        worksheet.set_repeat_columns(0, 0)?;
    }
    worksheet.set_margins(0.4, 0.4, 0.5, 0.6, 0.3, 0.3);
    worksheet.set_footer("&C&P / &N");
    worksheet.set_repeat_rows(row, row)?;
    Ok(row)
}

/// A heading that is wider than its column, with its unit on a line of its own: a bracket alone on a line reads badly.
fn broken(title: &str, width: f64) -> String {
    match title.rfind('（') {
        Some(at) if at > 0 && places(title) as f64 + 1.0 > width => {
            format!("{}\n{}", &title[..at], &title[at..])
        }
        _ => title.to_string(),
    }
}

/// Characters across A4 landscape that are still read when a wide sheet is printed smaller.
const PAGE_CHARACTERS: f64 = 220.0;

/// Sheets of paper side by side that a table takes.
fn pages_wide(columns: &[OutColumn]) -> u16 {
    let characters: f64 = columns.iter().map(width_of).sum();
    // At most some thousand columns of 120 characters: far below what fits.
    (characters / PAGE_CHARACTERS).ceil().clamp(1.0, 100.0) as u16
}

/// Height of a line of text in points.
const LINE_PT: f64 = 15.0;
/// Lines of the highest row that a spreadsheet takes.
const LINES_MAX: usize = 27;

pub(super) fn width_of(column: &OutColumn) -> f64 {
    if column.width > 0.0 {
        column.width.min(120.0)
    } else {
        (places(&column.title) as f64 + 2.0).clamp(8.0, 24.0)
    }
}

/// Places that a text takes; a Chinese character takes two.
pub(super) fn places(text: &str) -> usize {
    text.chars()
        .map(|letter| if letter.is_ascii() { 1 } else { 2 })
        .sum()
}

/// Lines that a text takes in a column of this width. Programs that do not measure wrapped text themselves would
/// print one line over the other.
pub(super) fn lines(text: &str, width: f64) -> usize {
    let room = (width - 1.0).max(1.0);
    if text.len() as f64 <= room && !text.contains('\n') {
        return 1;
    }
    text.split('\n')
        .map(|line| (places(line) as f64 / room).ceil().max(1.0) as usize)
        .sum()
}

fn set_lines(worksheet: &mut Worksheet, row: u32, lines: usize) -> Result<(), XlsxError> {
    if lines > 1 {
        worksheet.set_row_height(row, LINE_PT * lines.min(LINES_MAX) as f64)?;
    }
    Ok(())
}

fn write_sheet(worksheet: &mut Worksheet, sheet: &OutSheet, styles: &Styles) -> Result<(), XlsxError> {
    let fitted = fitted(sheet);
    let wide = sheet
        .columns
        .iter()
        .zip(&fitted)
        .map(|(column, fitted)| OutColumn {
            width: fitted.width,
            ..column.clone()
        });
    let columns: Vec<OutColumn> = wide.collect();
    let heading = write_head(worksheet, &sheet.title, &sheet.notes, &columns, styles)?;
    let first = heading + 1;
    for (index, cells) in sheet.rows.iter().enumerate() {
        let row = first.saturating_add(row_number(index));
        write_cells(worksheet, row, cells, &fitted, &styles.body)?;
    }
    let end = first.saturating_add(row_number(sheet.rows.len()));
    if !sheet.rows.is_empty() && !sheet.columns.is_empty() {
        worksheet.autofilter(heading, 0, end - 1, column_number(sheet.columns.len() - 1))?;
    }
    if let Some(total) = &sheet.total {
        write_cells(worksheet, end, total, &fitted, &styles.total)?;
    }
    Ok(())
}

/// Pixels of A4 landscape between the margins at the 96 dots per inch of a sheet.
const PAGE_PX: (f64, f64) = (1_000.0, 640.0);

fn write_picture(worksheet: &mut Worksheet, picture: &Picture, styles: &Styles) -> Result<(), XlsxError> {
    let image = Image::new_from_buffer(&picture.png)?
        .set_alt_text(cut(&picture.description))
        .set_scale_to_size(PAGE_PX.0, PAGE_PX.1, true);
    let left = styles.title.clone().set_align(FormatAlign::Left);
    worksheet.write_string_with_format(0, 0, cut(&picture.title), &left)?;
    worksheet.set_row_height(0, 26)?;
    // Within a single column: over several, programs with another standard font would stretch the picture.
    worksheet.set_column_width_pixels(0, PAGE_PX.0 as u32 + 10)?;
    for row in [1, 2] {
        worksheet.set_row_height_pixels(row, PAGE_PX.1 as u32 / 2)?;
    }
    worksheet.insert_image(1, 0, &image)?;
    worksheet
        .set_landscape()
        .set_paper_size(9)
        .set_print_fit_to_pages(1, 1);
    worksheet.set_margins(0.4, 0.4, 0.5, 0.6, 0.3, 0.3);
    Ok(())
}

fn write_cells(
    worksheet: &mut Worksheet,
    row: u32,
    cells: &[OutCell],
    columns: &[Fitted],
    formats: &Cells,
) -> Result<(), XlsxError> {
    let mut tall = 1;
    for (index, column) in columns.iter().enumerate() {
        let at = column_number(index);
        let format = formats.of(column);
        match cells.get(index).unwrap_or(&OutCell::Blank) {
            OutCell::Blank => worksheet.write_blank(row, at, format)?,
            OutCell::Text(text) => {
                if column.kind == OutKind::Text {
                    tall = tall.max(lines(text, column.width));
                }
                worksheet.write_string_with_format(row, at, cut(text), format)?
            }
            OutCell::Int(number) => match column.kind {
                OutKind::Text | OutKind::Time => {
                    worksheet.write_string_with_format(row, at, shown(*number, column.kind), format)?
                }
                OutKind::Count if number.unsigned_abs() >= 1 << 53 => {
                    worksheet.write_string_with_format(row, at, number.to_string(), format)?
                }
                kind => {
                    worksheet.write_number_with_format(row, at, *number as f64 / divisor(kind), format)?
                }
            },
        };
    }
    set_lines(worksheet, row, tall)
}

/// Text cut to the length a cell can hold, without control characters that XML forbids.
pub(super) fn cut(text: &str) -> String {
    let mut length = 0;
    text.chars()
        .filter(|letter| !letter.is_control() || matches!(letter, '\n' | '\t'))
        .take_while(|letter| {
            length += letter.len_utf16();
            length <= CELL_TEXT_MAX
        })
        .collect()
}

/// A number as text in the unit shown.
pub(super) fn shown(number: i64, kind: OutKind) -> String {
    let sign = if number < 0 { "-" } else { "" };
    let size = number.unsigned_abs();
    match kind {
        OutKind::Text | OutKind::Count => number.to_string(),
        OutKind::WeightKg => {
            let text = format!("{sign}{}.{:03}", size / 1_000, size % 1_000);
            text.trim_end_matches('0').trim_end_matches('.').to_string()
        }
        OutKind::Money => format!("{sign}{}.{:02}", size / 100, size % 100),
        OutKind::Percent => format!("{sign}{}.{:02}%", size / 100, size % 100),
        OutKind::Time => {
            let beijing = number.saturating_add(8 * 3_600);
            let (year, month, day) = civil_from_days(beijing.div_euclid(86_400));
            let second = beijing.rem_euclid(86_400);
            format!(
                "{year:04}-{month:02}-{day:02} {:02}:{:02}",
                second / 3_600,
                second / 60 % 60
            )
        }
    }
}
