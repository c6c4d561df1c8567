//! Reading a file: sheet by sheet, row by row.

use super::duplicates::Seen;
use super::heading::{self, Candidates, Heading, ROWS_AFTER, SEARCH_ROWS};
use super::mapped;
use super::raw::{Grid, Merge, Raw};
use super::rows::RowsReader;
use super::source::{Feed, Sink, feed};
use super::{CellError, Options, Progress, Reading, Rejected, RowReading, SheetReading, Skipped, letter};
use crate::forms::{FORMS, Form};
use std::sync::mpsc::sync_channel;

/// Rows kept until the heading is known.
pub(super) const HEAD_ROWS: usize = SEARCH_ROWS + ROWS_AFTER + 2;
/// Size from which a file is unpacked in a thread of its own.
const APART_BYTES: usize = 256 * 1024;
/// Rows handed over together, and how many such batches may wait.
const BATCH_ROWS: usize = 256;
const BATCHES: usize = 8;
/// Rows between two reports to whoever watches.
const WATCH_ROWS: usize = 1_000;

/// Reads an XLSX, XLS, ODS, CSV or tab-separated file against the candidate forms.
///
/// The kind of file is told from its first bytes, not from `file_name`, which only names the
/// sheet of a CSV file. For each sheet the candidate whose columns fit best is taken; earlier
/// candidates win ties.
///
/// # Errors
///
/// [`Rejected`] when the file as a whole cannot be read: too big, packed to harm, encrypted,
/// not a spreadsheet, or without any sheet that fits a candidate.
pub fn read(bytes: &[u8], file_name: &str, candidates: &[&'static Form]) -> Result<Reading, Rejected> {
    let options = Options {
        forms: candidates,
        ..Options::default()
    };
    read_with(bytes, file_name, &options, &mut |_| true)
}

/// As [`read`], with what is known beside the file; `watch` hears of the progress and ends the reading with `false`.
///
/// # Errors
///
/// As [`read`], and [`Rejected::Cancelled`].
pub fn read_with(
    bytes: &[u8],
    file_name: &str,
    options: &Options<'_>,
    watch: &mut dyn FnMut(&Progress) -> bool,
) -> Result<Reading, Rejected> {
    let mut rows: Vec<Vec<RowReading>> = Vec::new();
    let mut reading = scan(bytes, file_name, options, watch, &mut |index, _, row| {
        if rows.len() <= index {
            rows.resize_with(index + 1, Vec::new);
        }
        rows[index].push(row);
        Ok(())
    })?;
    for (sheet, rows) in reading.sheets.iter_mut().zip(rows) {
        sheet.rows = rows;
    }
    Ok(reading)
}

/// Takes a checked row: the position of its sheet in the reading, what is known of the sheet, and the row.
pub type TakeRow<'a> = dyn FnMut(usize, &SheetReading, RowReading) -> Result<(), Rejected> + 'a;

/// As [`read_with`], but hands each checked row over instead of keeping it, so that memory stays
/// bounded; the rows of the reading returned are empty.
///
/// # Errors
///
/// As [`read_with`], and whatever `each` returns.
pub fn scan<'o>(
    bytes: &[u8],
    file_name: &str,
    options: &Options<'o>,
    watch: &mut dyn FnMut(&Progress) -> bool,
    each: &mut TakeRow<'o>,
) -> Result<Reading, Rejected> {
    let forms = if options.forms.is_empty() {
        FORMS
    } else {
        options.forms
    };
    let mut scan = Scan {
        candidates: Candidates::new(forms),
        options,
        seen: Seen::default(),
        sheet: None,
        done: Vec::new(),
        first_row: String::new(),
        progress: Progress::default(),
        watch,
        each,
    };
    if bytes.len() < APART_BYTES {
        feed(bytes, file_name, &mut |feed| scan.take(feed))?;
    } else {
        feed_apart(bytes, file_name, &mut |feed| scan.take(feed))?;
    }
    let may_be_heading = |sheet: &SheetReading| sheet.head.iter().any(|row| row.cells.len() > 1);
    let to_match = options.unrecognised && scan.done.iter().any(may_be_heading);
    if scan.done.iter().all(|sheet| sheet.form.is_none()) && !to_match {
        return Err(Rejected::NoForm {
            found: scan.first_row,
        });
    }
    Ok(Reading { sheets: scan.done })
}

/// What a file holds, on its way from one thread to the other.
enum Sent {
    Sheet(String, Option<Vec<Merge>>, f64),
    Row(usize, Vec<Raw>),
    Far(usize, usize),
    End,
}

/// As [`feed`], with the file unpacked in a thread of its own while its rows are checked in this one.
fn feed_apart(bytes: &[u8], file_name: &str, sink: &mut Sink<'_>) -> Result<(), Rejected> {
    std::thread::scope(|scope| {
        let (sender, receiver) = sync_channel::<Vec<Sent>>(BATCHES);
        let reader = scope.spawn(move || {
            let mut batch = Vec::with_capacity(BATCH_ROWS);
            let read = feed(bytes, file_name, &mut |feed| {
                batch.push(match feed {
                    Feed::Sheet {
                        name,
                        merges,
                        calendar_d,
                    } => Sent::Sheet(name.to_string(), merges, calendar_d),
                    Feed::Row(row, cells) => Sent::Row(row, std::mem::take(cells)),
                    Feed::Far(row, column) => Sent::Far(row, column),
                    Feed::End => Sent::End,
                });
                if batch.len() < BATCH_ROWS {
                    return Ok(());
                }
                // Nobody listens any more after a refusal, which is then the answer.
                let full = std::mem::replace(&mut batch, Vec::with_capacity(BATCH_ROWS));
                sender.send(full).map_err(|_| Rejected::Cancelled)
            });
            let sent = sender.send(batch).map_err(|_| Rejected::Cancelled);
            read.and(sent)
        });
        for batch in receiver {
            for sent in batch {
                match sent {
                    Sent::Sheet(name, merges, calendar_d) => sink(Feed::Sheet {
                        name: &name,
                        merges,
                        calendar_d,
                    })?,
                    Sent::Row(row, mut cells) => sink(Feed::Row(row, &mut cells))?,
                    Sent::Far(row, column) => sink(Feed::Far(row, column))?,
                    Sent::End => sink(Feed::End)?,
                }
            }
        }
        reader.join().unwrap_or_else(|_| {
            Err(Rejected::Unreadable {
                detail: "the reader failed".to_string(),
            })
        })
    })
}

struct Scan<'a, 'o> {
    candidates: Candidates,
    options: &'a Options<'o>,
    seen: Seen,
    sheet: Option<Sheet>,
    done: Vec<SheetReading>,
    /// The first filled row of the file, for messages.
    first_row: String,
    progress: Progress,
    watch: &'a mut dyn FnMut(&Progress) -> bool,
    each: &'a mut TakeRow<'o>,
}

/// A sheet that is being read.
struct Sheet {
    name: String,
    calendar_d: f64,
    far: Option<(usize, usize)>,
    state: State,
}

enum State {
    /// The first rows, in which the heading is looked for.
    Head(Grid),
    /// The rows below the heading.
    Rows(Box<RowsReader>),
    /// No form fits, for this reason.
    Unknown(Box<SheetReading>),
}

impl Scan<'_, '_> {
    fn take(&mut self, feed: Feed<'_>) -> Result<(), Rejected> {
        match feed {
            Feed::Sheet {
                name,
                merges,
                calendar_d,
            } => self.begin(name, merges, calendar_d),
            Feed::Row(row, cells) => self.row(row, cells),
            Feed::Far(row, column) => {
                if let Some(sheet) = &mut self.sheet {
                    sheet.far.get_or_insert((row, column));
                }
                Ok(())
            }
            Feed::End => self.end(),
        }
    }

    fn begin(&mut self, name: &str, merges: Option<Vec<Merge>>, calendar_d: f64) -> Result<(), Rejected> {
        self.progress.sheet = name.to_string();
        self.sheet = Some(Sheet {
            name: name.to_string(),
            calendar_d,
            far: None,
            state: State::Head(Grid {
                rows: Vec::new(),
                merges,
            }),
        });
        Ok(())
    }

    fn row(&mut self, row: usize, cells: &mut Vec<Raw>) -> Result<(), Rejected> {
        self.progress.rows += 1;
        if self.progress.rows.is_multiple_of(WATCH_ROWS) {
            let errors: usize = self.done.iter().map(|sheet| sheet.errors.len()).sum();
            let here = match self.sheet.as_ref().map(|sheet| &sheet.state) {
                Some(State::Rows(reader)) => reader.reading.errors.len(),
                _ => 0,
            };
            self.progress.errors = errors + here;
            if !(self.watch)(&self.progress) {
                return Err(Rejected::Cancelled);
            }
        }
        let Some(sheet) = &mut self.sheet else {
            return Ok(());
        };
        match &mut sheet.state {
            State::Head(grid) if row < HEAD_ROWS => {
                grid.rows.resize_with(row, Vec::new);
                grid.rows.push(std::mem::take(cells));
                Ok(())
            }
            State::Head(_) => {
                self.find_heading()?;
                self.row_below(row, cells)
            }
            State::Rows(_) => self.row_below(row, cells),
            State::Unknown(_) => Ok(()),
        }
    }

    fn row_below(&mut self, row: usize, cells: &mut Vec<Raw>) -> Result<(), Rejected> {
        if let Some(Sheet {
            state: State::Rows(reader),
            ..
        }) = &mut self.sheet
            && let Some(reading) = reader.push(row, cells, &mut self.seen, self.options)
        {
            (self.each)(self.done.len(), &reader.reading, reading)?;
        }
        Ok(())
    }

    /// Looks for the heading in the rows kept so far and reads those below it.
    fn find_heading(&mut self) -> Result<(), Rejected> {
        let Some(sheet) = &mut self.sheet else {
            return Ok(());
        };
        let State::Head(grid) = &mut sheet.state else {
            return Ok(());
        };
        let mut grid = std::mem::take(grid);
        if self.first_row.is_empty() {
            self.first_row = heading::sample(&grid);
        }
        let found = mapped::find_mapped(&grid, &self.candidates, self.options.mappings)
            .or_else(|| heading::find(&grid, &sheet.name, &self.candidates));
        let Some(heading) = found else {
            sheet.state = State::Unknown(Box::new(unknown(&sheet.name, &grid)));
            return Ok(());
        };
        let below = heading.last + 1;
        let reader = RowsReader::new(&sheet.name, heading, &grid, sheet.calendar_d);
        sheet.state = State::Rows(Box::new(reader));
        for row in below..grid.rows.len() {
            let mut cells = std::mem::take(&mut grid.rows[row]);
            if !cells.is_empty() {
                self.row_below(row, &mut cells)?;
            }
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), Rejected> {
        self.find_heading()?;
        let Some(sheet) = self.sheet.take() else {
            return Ok(());
        };
        let mut reading = match sheet.state {
            State::Rows(reader) => reader.finish(),
            State::Unknown(reading) => *reading,
            State::Head(_) => SheetReading::default(),
        };
        if let Some((row, column)) = sheet.far.filter(|_| reading.form.is_some()) {
            reading.errors.push(far(&sheet.name, row, column));
        }
        self.done.push(reading);
        Ok(())
    }
}

/// A filled cell so far to the right that it can only be there by mistake or to do harm.
fn far(sheet: &str, row: usize, column: usize) -> CellError {
    CellError {
        sheet: sheet.to_string(),
        row: u32::try_from(row + 1).unwrap_or(u32::MAX),
        column: letter(column),
        heading: String::new(),
        value: String::new(),
        zh: format!(
            "{} 列太靠右，没有读取；请删除这里的多余内容后再上传",
            letter(column)
        ),
        en: format!(
            "column {} is too far to the right and was not read; clear it and upload again",
            letter(column)
        ),
    }
}

/// Says why a sheet is not read.
fn unknown(name: &str, grid: &Grid) -> SheetReading {
    let words = heading::sample(grid);
    let other = heading::find(grid, name, &Candidates::new(FORMS)).map(|heading: Heading| heading.form);
    let (zh, en) = match other {
        _ if words.is_empty() => (
            "空工作表，没有读取".to_string(),
            "empty sheet, not read".to_string(),
        ),
        Some(form) => (
            format!("这是“{}”，不在这里导入，没有读取", form.title.zh),
            format!("this is “{}”, which is not taken here; not read", form.title.en),
        ),
        None => (
            format!("没有认出这是哪一张表（开头是“{words}”），没有读取"),
            format!("not recognised as one of the forms (it begins with “{words}”), so not read"),
        ),
    };
    let guess = heading::guess(grid);
    SheetReading {
        sheet: name.to_string(),
        heading_row: guess.map(|row| u32::try_from(row + 1).unwrap_or(u32::MAX)),
        signature: guess
            .map(|row| mapped::signature(grid, row, row))
            .unwrap_or_default(),
        unknown_columns: guess
            .map(|row| {
                let titles = grid.rows[row].iter().enumerate();
                titles
                    .filter(|(_, raw)| !raw.is_empty())
                    .map(|(column, raw)| (letter(column), raw.shown().trim().to_string()))
                    .collect()
            })
            .unwrap_or_default(),
        skipped: vec![Skipped { row: 0, zh, en }],
        head: mapped::head(grid),
        ..SheetReading::default()
    }
}
