//! Import of spreadsheets: preview, errors by cell, apply all or nothing, undo. A second import of the same file
//! changes nothing.

mod batch;
pub mod choice;
pub mod mapping;

use std::collections::HashMap;

use documents::sheet::{self, CellError, Mapping, Options, Progress, Reading};
use serde::{Deserialize, Serialize};
use store::Tx;

use super::entry::{self, Change, Entry};
use super::place::{self, Places};
use super::{Body, REGISTERS, Register};
use crate::base::clock::{self, Clock};
use crate::base::id::BatchId;
use crate::base::{Actor, Refusal, RefusalKind, Result};
use crate::wording;
pub use batch::{
    BatchRef, Stored, Upload, apply, batch, batches, keep, outside, outside_refusal, read_stored, undo,
};

wording! {
    /// Where an import stands.
    BatchState {
        Previewed = "previewed", "待确认", "To be confirmed";
        Applied = "applied", "已导入", "Applied";
        Undone = "undone", "已撤销", "Undone";
    }
}

/// What an import of one register would do or did.
#[derive(Clone, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Tally {
    /// The register's key.
    pub register: String,
    /// Rows read.
    pub rows: usize,
    /// New entries.
    pub added: usize,
    /// Entries that change.
    pub changed: usize,
    /// Entries that stay as they are.
    pub unchanged: usize,
}

/// The outcome of reading a file against the registers.
#[derive(Debug, Default)]
pub struct Preview {
    /// One tally per register found.
    pub tallies: Vec<Tally>,
    /// What is wrong, by cell.
    pub errors: Vec<CellError>,
    /// What looks odd but is taken.
    pub warnings: Vec<CellError>,
    /// Rows left out, with the reason.
    pub skipped: Vec<(String, u32, String)>,
    /// Headings that no column was found for: (sheet, letter, heading).
    pub unknown_columns: Vec<(String, String, String)>,
    /// What would change.
    pub changes: Vec<Change>,
}

/// What is kept of a batch beside the file.
#[derive(Clone, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Summary {
    /// One tally per register.
    pub tallies: Vec<Tally>,
    /// Number of errors.
    pub errors: usize,
    /// Number of warnings.
    pub warnings: usize,
}

/// A batch as listed.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Batch {
    /// The id.
    pub id: BatchId,
    /// The name of the file.
    pub file_name: String,
    /// Where it stands.
    pub state: BatchState,
    /// What it would do or did.
    pub summary: Summary,
    /// Who brought it in.
    pub actor: String,
    /// When it was brought in.
    pub created_s: i64,
    /// When it was applied.
    pub applied_s: Option<i64>,
    /// When it was undone.
    pub undone_s: Option<i64>,
}

impl Batch {
    /// Files hold rows of the whole county: who answers for less handles only what they brought in themselves.
    fn open_to(&self, actor: &Actor) -> bool {
        actor.area.len() <= 6 || self.actor == actor.name
    }
}

/// Reads a file without touching the store; the forms are found by their headings.
pub fn read_file(file_name: &str, bytes: &[u8]) -> Result<Reading> {
    read_watched(file_name, bytes, &[], &mut |_| true)
}

/// Reads a file whose headings may follow what users have matched before; `watch` is told how far it is, and stops the
/// reading when it says no.
pub fn read_watched(
    file_name: &str,
    bytes: &[u8],
    mappings: &[Mapping],
    watch: &mut dyn FnMut(&Progress) -> bool,
) -> Result<Reading> {
    let forms: Vec<_> = REGISTERS.iter().map(|register| register.form).collect();
    let today = clock::zoned(Clock::default().now_s())
        .strftime("%Y-%m-%d")
        .to_string();
    let options = Options {
        forms: &forms,
        mappings,
        today: Some(&today),
        ..Options::default()
    };
    sheet::read_with(bytes, file_name, &options, watch).map_err(|rejected| {
        Refusal {
            field: Some("file"),
            ..Refusal::new(RefusalKind::Invalid, "file", rejected.zh(), rejected.en())
        }
        .into()
    })
}

/// Compares what was read with what is stored.
pub fn preview(tx: &mut Tx, in_district: &str, reading: &Reading) -> Result<Preview> {
    let mut preview = Preview::default();
    let used: Vec<&'static Register> = REGISTERS
        .iter()
        .filter(|register| {
            reading
                .sheets
                .iter()
                .any(|sheet| sheet.form.is_some_and(|form| form.key == register.key()))
        })
        .collect();
    let mut places = Places::load(tx, in_district, &used)?;
    for register in used {
        let mut tally = Tally {
            register: register.key().to_string(),
            ..Tally::default()
        };
        let existing: HashMap<String, Entry> = entry::all(tx, register.key(), in_district)?
            .into_iter()
            .map(|entry| (entry.code.clone(), entry))
            .collect();
        let mut seen: HashMap<String, u32> = HashMap::new();
        for sheet in &reading.sheets {
            let Some(form) = sheet.form.filter(|form| form.key == register.key()) else {
                continue;
            };
            preview.errors.extend(sheet.errors.iter().cloned());
            preview.warnings.extend(sheet.warnings.iter().cloned());
            preview.skipped.extend(
                sheet
                    .skipped
                    .iter()
                    .map(|skipped| (sheet.sheet.clone(), skipped.row, skipped.zh.clone())),
            );
            preview.unknown_columns.extend(
                sheet
                    .unknown_columns
                    .iter()
                    .map(|(letter, heading)| (sheet.sheet.clone(), letter.clone(), heading.clone())),
            );
            for row in &sheet.rows {
                tally.rows += 1;
                let mut body = row.to_json(form);
                place::tidy(&mut body);
                let (code, area) = match places.place(register, &mut body) {
                    Ok(placed) => placed,
                    Err(unplaced) => {
                        let column = sheet.columns.iter().find(|(_, key, _)| *key == unplaced.column);
                        let (letter, heading) =
                            column.map_or(("", ""), |(letter, _, heading)| (letter, heading));
                        let value = super::text(&body, unplaced.column).to_string();
                        preview
                            .errors
                            .push(unplaced.at(&sheet.sheet, row.row, letter, heading, &value));
                        continue;
                    }
                };
                if let Some(first) = seen.insert(code.clone(), row.row) {
                    preview.errors.push(CellError {
                        sheet: sheet.sheet.clone(),
                        row: row.row,
                        column: String::new(),
                        heading: String::new(),
                        value: code,
                        zh: format!("与第{first}行是同一{}，请只保留一行。", register.title.0),
                        en: format!("The same entry as row {first}; keep one of the two."),
                    });
                    continue;
                }
                let before = existing.get(&code).cloned();
                let mut whole = before
                    .as_ref()
                    .map_or_else(Body::new, |before| before.body.clone());
                whole.extend(body);
                let after = Entry::of(register, code, area, whole);
                places.learn(register, &after);
                match &before {
                    None => tally.added += 1,
                    Some(before) if *before == after => {
                        tally.unchanged += 1;
                        continue;
                    }
                    Some(_) => tally.changed += 1,
                }
                preview.changes.push(Change {
                    before,
                    after: Some(after),
                });
            }
        }
        preview.tallies.push(tally);
    }
    for sheet in reading.sheets.iter().filter(|sheet| sheet.form.is_none()) {
        let skipped = sheet.skipped.iter();
        preview
            .skipped
            .extend(skipped.map(|skipped| (sheet.sheet.clone(), skipped.row, skipped.zh.clone())));
    }
    Ok(preview)
}

impl Preview {
    /// What is kept of it beside the file.
    pub fn summary(&self) -> Summary {
        Summary {
            tallies: self.tallies.clone(),
            errors: self.errors.len(),
            warnings: self.warnings.len(),
        }
    }

    /// Whether nothing would change.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }
}
