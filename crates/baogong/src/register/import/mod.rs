//! Import of spreadsheets: preview, errors by cell, apply all or nothing, undo. A second import of the same file
//! changes nothing.

mod apply;
mod batch;
pub mod choice;
mod compare;
pub mod decided;
pub mod mapping;
pub mod settled;

use documents::sheet::{self, CellError, Mapping, Options, Progress, Reading};
use serde::{Deserialize, Serialize};

use super::REGISTERS;
use super::entry::Change;
use crate::base::clock::{self, Clock};
use crate::base::id::BatchId;
use crate::base::{Actor, Refusal, RefusalKind, Result};
use crate::wording;
pub use apply::{Applying, apply, outside_refusal, undo};
pub use batch::{BatchRef, Stored, Upload, batch, batches, keep, read_stored};
pub use compare::{preview, stays};

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
    /// Errors beyond those that are listed.
    pub more_errors: usize,
    /// How many entries would be new or change.
    pub changes: usize,
    /// How many of these lie outside the actor's area, before or after.
    pub outside: usize,
    /// The first entries that would change.
    pub changed_sample: Vec<Change>,
    /// The first entries that would be new.
    pub new_sample: Vec<Change>,
    /// Rows that seem to be registered already, under another code.
    pub alike: Vec<settled::Alike>,
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
    /// Until when it can be undone, if it is applied and that is limited.
    pub undo_until_s: Option<i64>,
}

impl Batch {
    /// Files hold rows of the whole county: who answers for less handles only what they brought in themselves.
    fn open_to(&self, actor: &Actor) -> bool {
        actor.area.len() <= 6 || self.actor == actor.name
    }
}

/// Reads a file of which at least one sheet follows a form, without touching the store; the forms are found by their headings.
pub fn read_file(file_name: &str, bytes: &[u8]) -> Result<Reading> {
    read(file_name, bytes, &Options::default(), &mut |_| true)
}

/// Reads a file whose headings may follow what users have matched before; one without any form is read too, so that a person
/// may match it. `watch` is told how far it is, and stops the reading when it says no.
pub fn read_watched(
    file_name: &str,
    bytes: &[u8],
    mappings: &[Mapping],
    watch: &mut dyn FnMut(&Progress) -> bool,
) -> Result<Reading> {
    let options = Options {
        mappings,
        unrecognised: true,
        ..Options::default()
    };
    read(file_name, bytes, &options, watch)
}

fn read(
    file_name: &str,
    bytes: &[u8],
    options: &Options<'_>,
    watch: &mut dyn FnMut(&Progress) -> bool,
) -> Result<Reading> {
    let forms: Vec<_> = REGISTERS.iter().map(|register| register.form).collect();
    let today = clock::zoned(Clock::default().now_s())
        .strftime("%Y-%m-%d")
        .to_string();
    let options = Options {
        forms: &forms,
        today: Some(&today),
        ..*options
    };
    sheet::read_with(bytes, file_name, &options, watch).map_err(|rejected| {
        Refusal {
            field: Some("file"),
            ..Refusal::new(RefusalKind::Invalid, "file", rejected.zh(), rejected.en())
        }
        .into()
    })
}

impl Preview {
    /// What is kept of it beside the file.
    pub fn summary(&self) -> Summary {
        Summary {
            tallies: self.tallies.clone(),
            errors: self.errors.len() + self.more_errors,
            warnings: self.warnings.len(),
        }
    }
}
