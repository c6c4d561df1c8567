//! Reading the rows of one sheet below its heading.

use super::duplicates::{Rule, Seen, identity};
use super::grid::{Grid, Raw};
use super::heading::{Field, Heading, find, normalised};
use super::{CELLS_MAX, CellError, ERRORS_MAX, RowReading, SheetReading, check, letter};
use crate::forms::{Cell, Form, Kind};
use crate::text::Text;
use crate::values::{Problem, tidy};
use std::collections::HashMap;

/// Columns that hold for all rows below until the next value, higher ones first.
const AREAS: &[&str] = &["community", "compound", "building", "unit"];
const OWNERS: &[&str] = &["supplier", "employer"];

/// Reads one sheet; without a fitting form only the name is returned.
pub(super) fn read_sheet(
    sheet: String,
    grid: &Grid,
    candidates: &[&'static Form],
    seen: &mut Seen,
) -> SheetReading {
    let Some(heading) = find(grid, &sheet, candidates) else {
        return SheetReading {
            sheet,
            ..SheetReading::default()
        };
    };
    let mut reader = RowsReader {
        merged: merged_sources(grid, &heading),
        carried: HashMap::new(),
        carried_rows: HashMap::new(),
        reading: SheetReading {
            form: Some(heading.form),
            heading_row: Some(number(heading.last)),
            columns: heading
                .fields
                .iter()
                .map(|field| {
                    (
                        letter(field.column),
                        heading.form.columns[field.position].key,
                        field.heading.clone(),
                    )
                })
                .collect(),
            unknown_columns: heading.unknown.clone(),
            sheet,
            ..SheetReading::default()
        },
        errors_left_out: 0,
        grid,
        heading: &heading,
        seen,
    };
    reader.read();
    reader.reading
}

fn number(row: usize) -> u32 {
    u32::try_from(row + 1).unwrap_or(u32::MAX)
}

/// For each cell inside a merged region of one column the row that holds its value.
///
/// Counts and other quantities are left out: one merged figure must not be counted twice.
fn merged_sources(grid: &Grid, heading: &Heading) -> HashMap<(usize, usize), usize> {
    let mut sources = HashMap::new();
    let mut steps = 0;
    for merge in grid.merges.iter().flatten() {
        let carries = heading.fields.iter().any(|field| {
            field.column == merge.left
                && !matches!(
                    heading.form.columns[field.position].kind,
                    Kind::Count { .. } | Kind::Weight | Kind::Volume | Kind::Money
                )
        });
        if !carries {
            continue;
        }
        for row in (merge.top + 1..=merge.bottom).take_while(|row| *row < grid.rows.len()) {
            // Merged regions that overlap exist only in files made to harm.
            steps += 1;
            if steps > CELLS_MAX {
                return sources;
            }
            sources.insert((row, merge.left), merge.top);
        }
    }
    sources
}

struct RowsReader<'a> {
    grid: &'a Grid,
    heading: &'a Heading,
    seen: &'a mut Seen,
    merged: HashMap<(usize, usize), usize>,
    /// Row that holds the last value of an area column, for formats without merged regions.
    carried: HashMap<&'static str, usize>,
    /// First row filled from above and the number of such rows, by column.
    carried_rows: HashMap<&'static str, (usize, usize)>,
    reading: SheetReading,
    errors_left_out: usize,
}

impl RowsReader<'_> {
    fn read(&mut self) {
        self.report_columns();
        let mut blank: Option<(usize, usize)> = None;
        for row in self.heading.last + 1..self.grid.rows.len() {
            if self.grid.rows[row].iter().all(Raw::is_empty) {
                blank = Some((blank.map_or(row, |(first, _)| first), row));
                continue;
            }
            if let Some((first, last)) = blank.take() {
                let count = last - first + 1;
                self.reading
                    .skipped
                    .push((number(first), format!("空行（共 {count} 行）")));
            }
            match self.no_data(row) {
                Some(why) => self.skip(row, Problem::new(why.zh, why.en)),
                None => self.read_row(row),
            }
        }
        let carried: Vec<_> = self.carried_rows.drain().collect();
        for (key, (row, count)) in carried {
            let problem = Problem::new(
                format!("空白处按上面一行填写，共 {count} 行；不对请逐行写明"),
                format!(
                    "{count} empty cells were filled from the row above; write each row out if that is wrong"
                ),
            );
            let warning = self.finding(row, key, &problem);
            self.reading.warnings.push(warning);
        }
        self.reading.warnings.sort_by_key(|warning| warning.row);
        if self.errors_left_out > 0 {
            let row = self.reading.errors.last().map_or(1, |error| error.row);
            let count = self.errors_left_out;
            self.reading.errors.push(CellError {
                sheet: self.reading.sheet.clone(),
                row,
                column: String::new(),
                heading: String::new(),
                value: String::new(),
                zh: format!("后面还有 {count} 处错误未列出；请先改正上面的错误再上传"),
                en: format!("{count} more errors are not listed; correct those above and upload again"),
            });
        }
    }

    fn skip(&mut self, row: usize, why: Problem) {
        self.reading.skipped.push((number(row), why.zh));
        self.reading.skipped_en.push(why.en);
    }

    /// Missing columns, columns without a unit, and cells far to the right.
    fn report_columns(&mut self) {
        let heading = self.heading;
        let row = heading.last;
        for column in heading.form.columns.iter().filter(|column| column.required) {
            let combined = column.key == "room" && heading.field("dwelling").is_some();
            if heading.field(column.key).is_none() && !combined {
                let problem = Problem::new(
                    format!("缺少“{}”这一列；请在表头补上", column.title.zh),
                    format!(
                        "the column “{}” is missing; add it to the heading",
                        column.title.en
                    ),
                );
                let error = self.finding(row, column.key, &problem);
                self.push_error(error);
            }
        }
        for field in heading.without_unit() {
            let problem = Problem::new(
                "表头没有写单位；没写单位的数字按公斤读取",
                "the heading names no unit; numbers without a unit are read as kilograms",
            );
            let warning = self.finding(row, heading.form.columns[field.position].key, &problem);
            self.reading.warnings.push(warning);
        }
        if let Some((row, column)) = self.grid.beyond {
            self.reading.warnings.push(CellError {
                sheet: self.reading.sheet.clone(),
                row: number(row),
                column: letter(column),
                heading: String::new(),
                value: String::new(),
                zh: format!("{} 列太靠右，没有读取；请删除多余内容", letter(column)),
                en: format!(
                    "column {} is too far to the right and was not read; clear it",
                    letter(column)
                ),
            });
        }
    }

    /// Why a filled row holds no data; `None` when it does.
    fn no_data(&self, row: usize) -> Option<Text> {
        let cells = &self.grid.rows[row];
        let filled: Vec<&Raw> = cells.iter().filter(|raw| !raw.is_empty()).collect();
        // Only a row with text near its beginning can be a total, a note or an example.
        let Some(Raw::Text(first)) = filled.first() else {
            return None;
        };
        let first = normalised(first);
        let total = [
            "合计",
            "小计",
            "总计",
            "累计",
            "共计",
            "本页合计",
            "本页小计",
            "总数",
            "total",
            "sum",
        ];
        let leading = filled.iter().take(3).filter_map(|raw| match raw {
            Raw::Text(text) => Some(normalised(text)),
            _ => None,
        });
        for text in leading {
            let short = text.chars().count() <= 10;
            if short
                && total
                    .iter()
                    .any(|word| text == *word || (text.ends_with(word) && !word.is_ascii()))
            {
                return Some(Text::new("合计行", "a total"));
            }
        }
        if ["示例", "样例", "范例", "例", "示范", "example"].contains(&first.as_str())
            || (first.starts_with("示例") && first.chars().count() <= 6)
        {
            return Some(Text::new("示例行", "the example"));
        }
        if ["填写说明", "填表说明", "howtofill"].contains(&first.as_str()) {
            return Some(Text::new("填写说明", "hints for filling in"));
        }
        if self.repeats_heading(row) {
            return Some(Text::new("重复的表头", "the heading again"));
        }
        let note = [
            "注",
            "备注",
            "说明",
            "填表",
            "制表",
            "审核",
            "填报",
            "联系人",
            "单位盖章",
            "附注",
            "负责人",
        ];
        // A footer keeps its colon or a length that no data cell of one word has.
        let written = filled.first().map(|raw| raw.shown()).unwrap_or_default();
        let sentence = written.contains(['：', ':', '。']) || written.chars().count() > 30;
        if filled.len() <= 3 && sentence && note.iter().any(|word| first.starts_with(word)) {
            return Some(Text::new("表尾说明", "a note below the table"));
        }
        let known = self
            .heading
            .fields
            .iter()
            .any(|field| !self.grid.get(row, field.column).is_empty());
        (!known).then(|| Text::new("没有表头所列的内容", "nothing under any heading"))
    }

    fn repeats_heading(&self, row: usize) -> bool {
        let (mut filled, mut same) = (0, 0);
        for field in &self.heading.fields {
            if let Raw::Text(text) = self.grid.get(row, field.column) {
                filled += 1;
                let own = self.grid.get(self.heading.last, field.column).shown();
                let top = self.grid.get(self.heading.first, field.column).shown();
                same += usize::from(*text == own || *text == top);
            }
        }
        same >= 2 && same * 5 >= filled * 3
    }

    /// The cell of a field, filled from a merged region or from the row above where that applies.
    fn raw(&mut self, row: usize, field: &Field) -> &Raw {
        let own = self.grid.get(row, field.column);
        if !own.is_empty() {
            return own;
        }
        if let Some(source) = self.merged.get(&(row, field.column)) {
            return self.grid.get(*source, field.column);
        }
        own
    }

    /// Fills area columns from above when the file format does not tell of merged regions.
    fn carry(&mut self, row: usize) -> HashMap<&'static str, usize> {
        let mut sources = HashMap::new();
        if self.grid.merges.is_some() {
            return sources;
        }
        // A new value of a higher column ends the lower ones: another compound has other buildings.
        let mut renewed = false;
        for key in AREAS.iter().chain(OWNERS) {
            if OWNERS.contains(key) {
                renewed = false;
            }
            let Some(field) = self.heading.field(key) else {
                continue;
            };
            let wanted =
                matches!(self.heading.form.columns[field.position].kind, Kind::Text { max } if max <= 60);
            if !self.grid.get(row, field.column).is_empty() {
                self.carried.insert(key, row);
                renewed = true;
            } else if renewed {
                self.carried.remove(key);
            } else if let Some(source) = self.carried.get(key).filter(|_| wanted) {
                sources.insert(*key, *source);
                let count = self.carried_rows.entry(key).or_insert((row, 0));
                count.1 += 1;
            }
        }
        sources
    }

    fn read_row(&mut self, row: usize) {
        let heading = self.heading;
        let form = heading.form;
        let carried = self.carry(row);
        let mut cells = vec![Cell::Empty; form.columns.len()];
        let mut failed = vec![false; form.columns.len()];
        let mut valid = true;
        for field in &heading.fields {
            let column = &form.columns[field.position];
            let raw = match carried.get(column.key) {
                Some(source) => self.grid.get(*source, field.column),
                None => self.raw(row, field),
            };
            match check::cell(column, raw, field.unit) {
                Ok(cell) => cells[field.position] = cell,
                Err(problem) => {
                    failed[field.position] = true;
                    valid = false;
                    let error = self.finding(row, column.key, &problem);
                    self.push_error(error);
                }
            }
        }
        let (errors, doubts) = check::row(form, &mut cells);
        for (key, problem) in errors {
            valid = false;
            let error = self.finding(row, key, &problem);
            self.push_error(error);
        }
        for (position, column) in form.columns.iter().enumerate() {
            let combined = column.key == "room" && form.position("dwelling").is_some_and(|at| failed[at]);
            if column.required && cells[position].is_empty() && !failed[position] && !combined {
                valid = false;
                // A column missing from the heading is reported once, not by row.
                if heading.field(column.key).is_some() || column.key == "room" {
                    let problem = Problem::new(
                        format!("“{}”必须填写；{}", column.title.zh, column.hint.zh),
                        format!("“{}” must be filled in: {}", column.title.en, column.hint.en),
                    );
                    let error = self.finding(row, column.key, &problem);
                    self.push_error(error);
                }
            }
        }
        for (key, problem) in doubts {
            let warning = self.finding(row, key, &problem);
            if self.reading.warnings.len() < ERRORS_MAX {
                self.reading.warnings.push(warning);
            }
        }
        if valid && self.is_new(row, &cells) {
            self.reading.rows.push(RowReading {
                row: number(row),
                cells,
            });
        }
    }

    /// Whether a row is to be kept; reports rows about a subject met before.
    fn is_new(&mut self, row: usize, cells: &[Cell]) -> bool {
        let form = self.heading.form;
        let Some(earlier) = self.seen.note(form, cells, &self.reading.sheet, number(row)) else {
            return true;
        };
        let (keys, rule) = identity(form);
        let words: Vec<&str> = keys
            .iter()
            .filter_map(|key| form.position(key).and_then(|at| cells[at].text()))
            .collect();
        let subject = words.join(" ");
        let elsewhere = earlier.sheet != self.reading.sheet;
        let place = if elsewhere {
            format!("“{}”第 {} 行", earlier.sheet, earlier.row)
        } else {
            format!("第 {} 行", earlier.row)
        };
        let place_en = if elsewhere {
            format!("row {} of “{}”", earlier.row, earlier.sheet)
        } else {
            format!("row {}", earlier.row)
        };
        let key = keys.last().copied().unwrap_or_default();
        let what_en = match (earlier.same, rule) {
            (true, _) => format!("{subject}: the same as {place_en}, only one is kept"),
            (false, Rule::Once) => format!("{subject}: also in {place_en}, with different content"),
            (false, Rule::Repeats) => {
                format!("{subject}: also in {place_en}, with different content; both are kept")
            }
        };
        let what = match (earlier.same, rule) {
            (true, _) => format!("{subject}：与{place}完全相同，只保留一行"),
            (false, Rule::Once) => format!("{subject}：与{place}重复，内容不同"),
            (false, Rule::Repeats) => format!("{subject}：与{place}重复，内容不同，两行都保留"),
        };
        if self.reading.duplicates.len() < ERRORS_MAX {
            self.reading.duplicates.push((earlier.row, number(row), what));
            self.reading.duplicates_en.push(what_en);
        }
        if earlier.same {
            return false;
        }
        if rule == Rule::Repeats {
            return true;
        }
        let problem = Problem::new(
            format!("“{subject}”与{place}重复，但内容不同；请只保留正确的一行"),
            format!("“{subject}” is also in {place_en} with different content; keep the right one only"),
        );
        let error = self.finding(row, key, &problem);
        self.push_error(error);
        false
    }

    fn finding(&self, row: usize, key: &str, problem: &Problem) -> CellError {
        let form = self.heading.form;
        // Building, unit and room may come from the combined column.
        let field = self.heading.field(key).or_else(|| {
            matches!(key, "building" | "unit" | "room")
                .then(|| self.heading.field("dwelling"))
                .flatten()
        });
        let value = field
            .map(|field| tidy(&self.grid.get(row, field.column).shown()))
            .unwrap_or_default();
        CellError {
            sheet: self.reading.sheet.clone(),
            row: number(row),
            column: field.map(|field| letter(field.column)).unwrap_or_default(),
            heading: field.map_or_else(
                || {
                    form.column(key)
                        .map(|column| column.title.zh.to_string())
                        .unwrap_or_default()
                },
                |field| field.heading.clone(),
            ),
            value: value.chars().take(80).collect(),
            zh: problem.zh.clone(),
            en: problem.en.clone(),
        }
    }

    fn push_error(&mut self, error: CellError) {
        if self.reading.errors.len() < ERRORS_MAX {
            self.reading.errors.push(error);
        } else {
            self.errors_left_out += 1;
        }
    }
}
