//! Two rows of a file that seem to mean the same: which of them is kept.

use documents::sheet::{DuplicateKind, Reading};
use serde::{Deserialize, Serialize};
use store::{Tx, params, stmt};

use super::batch::{self, BatchRef};
use super::{BatchState, read_stored};
use crate::base::{Ctx, Refusal, Result};
use crate::wording;

stmt!(
    SET_CHOICES,
    "UPDATE import_batch SET choices = $3, summary = $4 WHERE district = $1 AND id = $2"
);

wording! {
    /// Which of two rows is kept.
    Keep {
        First = "first", "保留前一行", "Keep the earlier row";
        Second = "second", "保留后一行", "Keep the later row";
        Both = "both", "两行都保留", "Keep both";
    }
}

/// A pair of rows and which of them is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Choice {
    /// The sheet of the earlier row.
    pub first_sheet: String,
    /// The earlier row.
    pub first_row: u32,
    /// The sheet of the later row.
    pub second_sheet: String,
    /// The later row.
    pub second_row: u32,
    /// Which is kept.
    pub keep: Keep,
}

impl Choice {
    fn same_pair(&self, other: &Choice) -> bool {
        (
            &self.first_sheet,
            self.first_row,
            &self.second_sheet,
            self.second_row,
        ) == (
            &other.first_sheet,
            other.first_row,
            &other.second_sheet,
            other.second_row,
        )
    }
}

/// A choice for a file that waits.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Choosing {
    /// The file.
    pub at: BatchRef,
    /// The pair and the choice.
    pub choice: Choice,
}

/// Leaves out the rows that were not chosen. A row that contradicts an earlier one was never read; when the earlier one is
/// chosen, its errors are settled too.
pub fn choose(reading: &mut Reading, choices: &[Choice]) {
    for choice in choices {
        let (sheet, row) = match choice.keep {
            Keep::First => (&choice.second_sheet, choice.second_row),
            Keep::Second => (&choice.first_sheet, choice.first_row),
            Keep::Both => continue,
        };
        for reading in reading.sheets.iter_mut().filter(|one| one.sheet == *sheet) {
            reading.rows.retain(|one| one.row != row);
            if choice.keep == Keep::First {
                reading.errors.retain(|one| one.row != row);
            }
            reading.warnings.retain(|one| one.row != row);
        }
    }
}

/// Whether a pair of this kind may be settled so: rows that contradict each other cannot both be true, and the later one was
/// not read.
pub fn allowed(kind: DuplicateKind, keep: Keep) -> bool {
    match kind {
        DuplicateKind::Same => false,
        DuplicateKind::Conflict => keep == Keep::First,
        DuplicateKind::Repeated | DuplicateKind::Likely => true,
    }
}

/// Keeps a choice for a file that is not applied yet.
pub fn decide(tx: &mut Tx, ctx: &Ctx, choosing: &Choosing) -> Result<()> {
    let (at, choice) = (&choosing.at, &choosing.choice);
    let mut stored = batch::batch(tx, &ctx.actor, at)?;
    if stored.batch.state != BatchState::Previewed {
        return Err(Refusal::conflict(
            "batch_state",
            "这个文件已经导入过，不能再改。",
            "This file was applied; it cannot be changed any more.",
        )
        .into());
    }
    let pair = read_stored(&stored)?.sheets.into_iter().find_map(|sheet| {
        let here = sheet.sheet == choice.second_sheet;
        let pair = sheet.duplicates.into_iter().find(|pair| {
            here && pair.second_row == choice.second_row
                && pair.first_sheet == choice.first_sheet
                && pair.first_row == choice.first_row
        });
        pair.map(|pair| pair.kind)
    });
    if !pair.is_some_and(|kind| allowed(kind, choice.keep)) {
        return Err(Refusal::invalid(
            "keep",
            "这两行不能这样处理；请在文件里改好再上传。",
            "These two rows cannot be settled so; correct the file and upload it again.",
        )
        .into());
    }
    stored.choices.retain(|one| !one.same_pair(choice));
    stored.choices.push(choice.clone());
    let reading = read_stored(&stored)?;
    let summary = super::preview(tx, &at.district, &reading)?.summary();
    tx.run(
        &SET_CHOICES,
        &params![
            at.district.as_str(),
            at.id,
            serde_json::to_string(&stored.choices)?,
            serde_json::to_string(&summary)?
        ],
    )?;
    Ok(())
}
