//! Reading the rows of one sheet below its heading.

use super::carry::Fill;
use super::check::{self, Context};
use super::check_row::{self, Roles};
use super::duplicates::{Duplicate, DuplicateKind, Earlier, Identity, Seen, identity, subject};
use super::heading::{Field, Heading, is_per_jin};
use super::mapped::{self, signature};
use super::raw::{Grid, Raw, cell};
use super::skip::{Titles, no_data};
use super::{CellError, ERRORS_MAX, Options, RowReading, SheetReading, Skipped, letter};
use crate::forms::{Cell, Form, Kind};
use crate::values::{Problem, tidy};

/// Reads row after row of a sheet.
pub(super) struct RowsReader {
    heading: Heading,
    titles: Titles,
    identity: Identity,
    fill: Fill,
    context: Context,
    roles: Roles,
    /// Position of the column of dates that the heading does not have, and the date above it.
    report_date: Option<(usize, String)>,
    /// The row that comes next, and the first of a run of blank ones.
    next: usize,
    cells: Vec<Cell>,
    failed: Vec<bool>,
    sums: super::sums::Sums,
    pub(super) reading: SheetReading,
    errors_left_out: usize,
}

fn number(row: usize) -> u32 {
    u32::try_from(row + 1).unwrap_or(u32::MAX)
}

impl RowsReader {
    /// A reader of the rows below a heading that stands in the first rows of a sheet.
    pub(super) fn new(sheet: &str, heading: Heading, grid: &Grid, calendar_d: f64) -> RowsReader {
        let form = heading.form;
        let reading = SheetReading {
            form: Some(form),
            heading_row: Some(number(heading.last)),
            columns: heading
                .fields
                .iter()
                .map(|field| {
                    let key = form.columns[field.position].key;
                    (letter(field.column), key, field.heading.clone())
                })
                .collect(),
            unknown_columns: heading.unknown.clone(),
            signature: signature(grid, heading.first, heading.last),
            remembered: heading.remembered,
            sheet: sheet.to_string(),
            head: mapped::head(grid),
            ..SheetReading::default()
        };
        let mut reader = RowsReader {
            titles: Titles::new(&heading, &grid.rows[heading.first], &grid.rows[heading.last]),
            identity: identity(form),
            fill: Fill::new(grid, &heading),
            context: Context::new(grid, &heading, sheet, calendar_d),
            roles: Roles::new(form),
            report_date: None,
            next: heading.last + 1,
            cells: vec![Cell::Empty; form.columns.len()],
            failed: vec![false; form.columns.len()],
            sums: super::sums::Sums::new(form),
            reading,
            errors_left_out: 0,
            heading,
        };
        reader.report_columns();
        reader
    }

    /// Reads a row; returns it when it is without any error and new.
    pub(super) fn push(
        &mut self,
        row: usize,
        cells: &mut Vec<Raw>,
        seen: &mut Seen,
        options: &Options<'_>,
    ) -> Option<RowReading> {
        if cells.iter().all(Raw::is_empty) {
            return None;
        }
        self.blank_rows(row);
        self.fill.hold(row, cells);
        if let Some(why) = no_data(&self.heading, &self.titles, cells) {
            if why.zh == "合计行" {
                self.check_total(row, cells);
            }
            self.skip(row, Problem::new(why.zh, why.en));
            return None;
        }
        self.fill.fill(row, cells);
        self.read_row(row, cells, seen, options)
    }

    /// What was found, with everything that shows only at the end.
    pub(super) fn finish(mut self) -> SheetReading {
        for (key, row, count) in self.fill.filled() {
            let problem = Problem::new(
                format!("空白处按上面一行填写，共 {count} 行；不对请逐行写明"),
                format!(
                    "{count} empty cells were filled from the row above; write each row out if that is wrong"
                ),
            );
            let warning = self.finding(row, key, &[], &problem);
            self.reading.warnings.push(warning);
        }
        for (row, key, value, problem) in self.sums.finish() {
            let mut warning = self.finding(row, key, &[], &problem);
            warning.value = value;
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
        self.reading
    }

    fn blank_rows(&mut self, row: usize) {
        let count = row.saturating_sub(self.next);
        if count > 0 {
            self.reading.skipped.push(Skipped {
                row: number(self.next),
                zh: format!("空行（共 {count} 行）"),
                en: format!("empty rows ({count})"),
            });
        }
        self.next = row + 1;
    }

    fn skip(&mut self, row: usize, why: Problem) {
        if self.reading.skipped.len() < ERRORS_MAX * 5 {
            self.reading.skipped.push(Skipped {
                row: number(row),
                zh: why.zh,
                en: why.en,
            });
        }
    }

    /// Missing columns and columns without a unit.
    fn report_columns(&mut self) {
        let row = self.heading.last;
        let form = self.heading.form;
        for column in form.columns.iter().filter(|column| column.required) {
            let combined = column.key == "room" && self.heading.field("dwelling").is_some();
            if self.heading.field(column.key).is_none() && !combined {
                let problem = Problem::new(
                    format!("缺少“{}”这一列；请在表头补上", column.title.zh),
                    format!(
                        "the column “{}” is missing; add it to the heading",
                        column.title.en
                    ),
                );
                let error = self.finding(row, column.key, &[], &problem);
                self.push_error(error);
            }
        }
        let weights: Vec<_> = self
            .heading
            .weights()
            .map(|field| (field.position, field.unit, field.package))
            .collect();
        for (position, unit, package) in weights {
            let key = form.columns[position].key;
            match (package, unit) {
                (Some((word, None)), _) => {
                    let problem = Problem::new(
                        format!(
                            "表头的单位是“{word}”，没有写每{word}多重；请写成（{word}，10公斤/{word}）或改填公斤"
                        ),
                        format!(
                            "the heading counts {word} without saying how much one weighs; write ({word}, 10公斤/{word}) or give kilograms"
                        ),
                    );
                    let error = self.finding(row, key, &[], &problem);
                    self.push_error(error);
                }
                (None, None) => {
                    let problem = Problem::new(
                        "表头没有写单位；没写单位的数字按公斤读取",
                        "the heading names no unit; numbers without a unit are read as kilograms",
                    );
                    let warning = self.finding(row, key, &[], &problem);
                    self.reading.warnings.push(warning);
                }
                _ => {}
            }
        }
        if self.heading.field("date").is_none()
            && let Some((position, date)) = form.position("date").zip(self.context.report_date())
        {
            self.report_date = Some((position, date.to_string()));
            let date = date.to_string();
            let problem = Problem::new(
                format!("没有日期列，按表头上方的 {date} 读取"),
                format!("there is no column of dates; {date} above the heading is taken"),
            );
            let warning = self.finding(row, "date", &[], &problem);
            self.reading.warnings.push(warning);
        }
    }

    fn read_row(
        &mut self,
        row: usize,
        raws: &[Raw],
        seen: &mut Seen,
        options: &Options<'_>,
    ) -> Option<RowReading> {
        let form = self.heading.form;
        let mut cells = std::mem::take(&mut self.cells);
        let mut failed = std::mem::take(&mut self.failed);
        cells.clear();
        cells.resize(form.columns.len(), Cell::Empty);
        failed.clear();
        failed.resize(form.columns.len(), false);
        let mut valid = true;
        for index in 0..self.heading.fields.len() {
            let Field { column, position, .. } = self.heading.fields[index];
            let raw = cell(raws, column);
            if *raw == Raw::Empty {
                continue;
            }
            let mut doubt = None;
            match check::cell(
                &form.columns[position],
                raw,
                &self.heading.fields[index],
                &self.context,
                options,
                &mut doubt,
            ) {
                Ok(Cell::Int(fen)) if self.per_jin(index, raw) => cells[position] = Cell::Int(fen * 2),
                Ok(cell) => cells[position] = cell,
                Err(problem) => {
                    failed[position] = true;
                    valid = false;
                    let error = self.finding(row, form.columns[position].key, raws, &problem);
                    self.push_error(error);
                }
            }
            if let Some(problem) = doubt {
                self.warn(row, form.columns[position].key, raws, &problem);
            }
        }
        if let Some((position, date)) = &self.report_date {
            cells[*position] = Cell::Text(date.clone());
        }
        let (errors, doubts) = check_row::row(form, &self.roles, &mut cells);
        for (key, problem) in errors {
            valid = false;
            let error = self.finding(row, key, raws, &problem);
            self.push_error(error);
        }
        valid &= self.required(row, raws, &cells, &failed, options.incomplete_rows);
        for (key, problem) in doubts {
            self.warn(row, key, raws, &problem);
        }
        let mut area = String::new();
        if let Some(divisions) = options.divisions {
            match divisions.place(form, &cells, &self.context.title) {
                Ok(code) => area = code,
                Err((key, problem)) => {
                    valid = false;
                    let error = self.finding(row, key, raws, &problem);
                    self.push_error(error);
                }
            }
        }
        if valid {
            self.sums.add(row, &cells);
        } else {
            self.sums.leave_out();
        }
        let earlier = if valid {
            self.earlier(row, raws, &cells, seen)
        } else {
            None
        };
        self.failed = failed;
        let kept = match earlier {
            None => valid,
            // Of a row that contradicts an earlier one a person may still take parts.
            Some(DuplicateKind::Conflict) => {
                if self.reading.contradicting.len() < ERRORS_MAX {
                    self.reading.contradicting.push(RowReading {
                        row: number(row),
                        cells: cells.clone(),
                        area: area.clone(),
                    });
                }
                false
            }
            Some(kind) => kind != DuplicateKind::Same,
        };
        if kept {
            return Some(RowReading {
                row: number(row),
                cells,
                area,
            });
        }
        self.cells = cells;
        None
    }

    /// Whether a price is that of a jin although the column wants that of a kilogram.
    fn per_jin(&self, index: usize, raw: &Raw) -> bool {
        let field = &self.heading.fields[index];
        let column = &self.heading.form.columns[field.position];
        column.kind == Kind::Money
            && column.title.zh.contains("元/公斤")
            && match raw {
                Raw::Text(text) if text.contains('/') => is_per_jin(text),
                _ => field.per_jin,
            }
    }

    /// Reports required cells that are empty; tells whether there are none.
    fn required(
        &mut self,
        row: usize,
        raws: &[Raw],
        cells: &[Cell],
        failed: &[bool],
        incomplete: bool,
    ) -> bool {
        let form = self.heading.form;
        let mut complete = true;
        for (position, column) in form.columns.iter().enumerate() {
            if !column.required || !cells[position].is_empty() || failed[position] {
                continue;
            }
            if column.key == "room" && form.position("dwelling").is_some_and(|at| failed[at]) {
                continue;
            }
            // A column missing from the heading is reported once, not by row.
            let missing = self.heading.field(column.key).is_none()
                && !(column.key == "room" && self.heading.field("dwelling").is_some());
            complete &= missing && incomplete;
            if !missing {
                let problem = Problem::new(
                    format!("“{}”必须填写；{}", column.title.zh, column.hint.zh),
                    format!("“{}” must be filled in: {}", column.title.en, column.hint.en),
                );
                let error = self.finding(row, column.key, raws, &problem);
                self.push_error(error);
            }
        }
        complete
    }

    /// Compares the figures of a totals row with the rows above.
    fn check_total(&mut self, row: usize, raws: &[Raw]) {
        let form = self.heading.form;
        for index in 0..self.heading.fields.len() {
            let field = &self.heading.fields[index];
            let column = &form.columns[field.position];
            let (raw, unit, position) = (cell(raws, field.column), field.unit, field.position);
            let figure = match column.kind {
                // The total may be larger than what a single row may hold.
                Kind::Count { .. } => crate::values::count(&raw.shown(), unit).ok(),
                Kind::Weight => crate::values::weight_g(&raw.shown(), unit).ok(),
                Kind::Money => crate::values::money_fen(&raw.shown(), unit).ok(),
                _ => None,
            };
            if let Some(figure) = figure {
                self.sums.total(row, position, figure, raw.shown().into_owned());
            }
        }
        self.sums.total_ends();
    }

    /// Reports a row about a subject met before, and says how it stands to the earlier one.
    fn earlier(
        &mut self,
        row: usize,
        raws: &[Raw],
        cells: &[Cell],
        seen: &mut Seen,
    ) -> Option<DuplicateKind> {
        let form = self.heading.form;
        let earlier = seen.note(form, &self.identity, cells, &self.reading.sheet, number(row))?;
        let subject = subject(form, cells, self.identity.keys);
        let (place, place_en) = self.place_of(&earlier);
        let (zh, en) = match (earlier.kind, earlier.why) {
            (_, Some((why, why_en))) => (format!("与{place}{why}"), format!("{place_en} has {why_en}")),
            (DuplicateKind::Same, _) => (
                format!("与{place}完全相同，只保留一行"),
                format!("the same as {place_en}, only one is kept"),
            ),
            (DuplicateKind::Repeated, _) => (
                format!("与{place}重复，内容不同，两行都保留"),
                format!("also in {place_en}, with different content; both are kept"),
            ),
            _ => (
                format!("与{place}重复，内容不同"),
                format!("also in {place_en}, with different content"),
            ),
        };
        if self.reading.duplicates.len() < ERRORS_MAX {
            self.reading.duplicates.push(Duplicate {
                kind: earlier.kind,
                zh: format!("{subject}：{zh}"),
                en: format!("{subject}: {en}"),
                subject: subject.clone(),
                first_sheet: earlier.sheet.clone(),
                first_row: earlier.row,
                second_row: number(row),
            });
        }
        if earlier.kind != DuplicateKind::Conflict {
            return Some(earlier.kind);
        }
        let problem = Problem::new(
            format!("“{subject}”与{place}重复，但内容不同；请只保留正确的一行"),
            format!("“{subject}” is also in {place_en} with different content; keep the right one only"),
        );
        let key = self.identity.keys.last().copied().unwrap_or_default();
        let error = self.finding(row, key, raws, &problem);
        self.push_error(error);
        Some(earlier.kind)
    }

    fn place_of(&self, earlier: &Earlier) -> (String, String) {
        if earlier.sheet == self.reading.sheet {
            return (format!("第 {} 行", earlier.row), format!("row {}", earlier.row));
        }
        (
            format!("“{}”第 {} 行", earlier.sheet, earlier.row),
            format!("row {} of “{}”", earlier.row, earlier.sheet),
        )
    }

    fn warn(&mut self, row: usize, key: &str, raws: &[Raw], problem: &Problem) {
        if self.reading.warnings.len() < ERRORS_MAX {
            let warning = self.finding(row, key, raws, problem);
            self.reading.warnings.push(warning);
        }
    }

    fn finding(&self, row: usize, key: &str, raws: &[Raw], problem: &Problem) -> CellError {
        let form = self.heading.form;
        // Building, unit and room may come from the combined column.
        let field = self.heading.field(key).or_else(|| {
            matches!(key, "building" | "unit" | "room" | "compound")
                .then(|| self.heading.field("dwelling"))
                .flatten()
        });
        let value = field
            .map(|field| tidy(&cell(raws, field.column).shown()).chars().take(80).collect())
            .unwrap_or_default();
        CellError {
            sheet: self.reading.sheet.clone(),
            row: number(row),
            column: field.map(|field| letter(field.column)).unwrap_or_default(),
            heading: field.map_or_else(|| title_of(form, key), |field| field.heading.clone()),
            value,
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

fn title_of(form: &Form, key: &str) -> String {
    form.column(key)
        .map(|column| column.title.zh.to_string())
        .unwrap_or_default()
}
