//! A file that was brought in, kept for preview.

use documents::sheet::{Mapping, Reading};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::{Row, Tx, params, stmt};
use uuid::Uuid;

use super::choice;
use super::decided::{self, Decisions};
use super::{Batch, BatchState, Preview, Summary, read_watched};
use crate::base::id::BatchId;
use crate::base::{Actor, Ctx, Refusal, Result};
use crate::plan::rules::{self, RuleKey};

stmt!(
    INSERT_BATCH,
    "INSERT INTO import_batch (district, id, file_name, file, state, summary, actor, created_s, decisions)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
);
stmt!(
    BATCH,
    "SELECT id, file_name, state, summary, actor, created_s, applied_s, undone_s, decisions FROM import_batch
     WHERE district = $1 AND id = $2"
);
stmt!(
    FILE,
    "SELECT file FROM import_batch WHERE district = $1 AND id = $2"
);
stmt!(
    BATCHES,
    "SELECT id, file_name, state, summary, actor, created_s, applied_s, undone_s FROM import_batch
     WHERE district = $1 ORDER BY created_s DESC LIMIT 100"
);

/// A file that somebody brought in. It stands for itself by its hash, so that 20 MB are not written out as text just to be
/// compared.
#[derive(Clone, Debug, Serialize)]
pub struct Upload {
    district: String,
    file_name: String,
    sha256: String,
    #[serde(skip)]
    bytes: Vec<u8>,
    /// What it would do, as found when it was read.
    #[serde(skip)]
    summary: Summary,
    /// How it was read.
    #[serde(skip)]
    decisions: Decisions,
}

/// The longest name of a file that is kept, in characters.
const NAME_MAX: usize = 120;

impl Upload {
    /// A file of a district; applying it counts anew.
    pub fn new(district: &str, file_name: &str, bytes: Vec<u8>) -> Self {
        let sha256 = Sha256::digest(&bytes)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Self {
            district: district.to_string(),
            file_name: file_name.chars().take(NAME_MAX).collect(),
            sha256,
            bytes,
            summary: Summary::default(),
            decisions: Decisions::default(),
        }
    }

    /// With what was found when it was read, which is what it will be applied as.
    pub fn checked(self, reading: &Reading, preview: &Preview) -> Self {
        Self {
            summary: preview.summary(),
            decisions: Decisions::of_reading(reading),
            ..self
        }
    }

    /// The district that it belongs to.
    pub fn district(&self) -> &str {
        &self.district
    }

    /// How it was read.
    pub(super) fn decisions(&self) -> &Decisions {
        &self.decisions
    }
}

/// Keeps an uploaded file for preview; nothing in the registers changes. The file was read before, so that a long one takes
/// none of the writer's time.
pub fn keep(tx: &mut Tx, ctx: &Ctx, upload: &Upload) -> Result<BatchId> {
    let id = BatchId::of_command(ctx.command);
    tx.run(
        &INSERT_BATCH,
        &params![
            upload.district.as_str(),
            id,
            upload.file_name.as_str(),
            upload.bytes.clone(),
            BatchState::Previewed,
            serde_json::to_string(&upload.summary)?,
            ctx.actor.name.as_str(),
            ctx.now_s,
            serde_json::to_string(&upload.decisions)?
        ],
    )?;
    Ok(id)
}

/// The district and id of a batch.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct BatchRef {
    /// The district.
    pub district: String,
    /// The batch.
    pub id: BatchId,
}

/// A batch with its file and all that decides how it is read.
#[derive(Debug)]
pub struct Stored {
    /// The batch.
    pub batch: Batch,
    /// The file.
    pub bytes: Vec<u8>,
    /// What was decided about it.
    pub decisions: Decisions,
}

impl Stored {
    /// Reads the file with other columns than stand with it.
    pub fn read_by(&self, mappings: &[Mapping]) -> Result<Reading> {
        read_watched(&self.batch.file_name, &self.bytes, mappings, &mut |_| true)
    }

    /// Reads the file as its columns were matched, before any row is left out.
    pub fn read_whole(&self) -> Result<Reading> {
        self.read_by(&self.decisions.mappings())
    }
}

/// Reads the file of a batch as it was matched and chosen.
pub fn read_stored(stored: &Stored) -> Result<Reading> {
    let mut reading = stored.read_whole()?;
    choice::choose(&mut reading, &stored.decisions.choices);
    Ok(reading)
}

fn missing() -> Refusal {
    Refusal::not_found("导入批次", "import")
}

fn read(row: &Row, undo_h: Option<i64>) -> Result<Batch> {
    let mut batch = Batch {
        id: BatchId(row.get::<Uuid>(0)?),
        file_name: row.get(1)?,
        state: BatchState::stored(row.text(2)?)?,
        summary: serde_json::from_str(row.text(3)?)?,
        actor: row.get(4)?,
        created_s: row.get(5)?,
        applied_s: row.get(6)?,
        undone_s: row.get(7)?,
        undo_until_s: None,
    };
    if batch.state == BatchState::Applied {
        batch.undo_until_s = batch
            .applied_s
            .zip(undo_h)
            .map(|(applied_s, hours)| applied_s + hours * 3_600);
    }
    Ok(batch)
}

/// Hours within which an import can be undone.
fn undo_h(in_district: &str) -> Option<i64> {
    rules::house(in_district).number(RuleKey::ImportUndoH)
}

/// A batch without its file, and what was decided about it, if the actor may handle it.
pub(super) fn without_file(tx: &mut Tx, actor: &Actor, at: &BatchRef) -> Result<(Batch, Decisions)> {
    let row = tx
        .row(&BATCH, &params![at.district.as_str(), at.id])?
        .ok_or_else(missing)?;
    let batch = read(&row, undo_h(&at.district))?;
    if !batch.open_to(actor) {
        return Err(missing().into());
    }
    Ok((batch, Decisions::stored(row.text(8)?)?))
}

/// A batch that is not applied yet, without its file, and what was decided about it.
pub(super) fn waiting(tx: &mut Tx, ctx: &Ctx, at: &BatchRef) -> Result<(Batch, Decisions)> {
    let (batch, decisions) = without_file(tx, &ctx.actor, at)?;
    decided::refuse_ended(batch.state)?;
    Ok((batch, decisions))
}

/// The batch and its file, if the actor may handle it.
pub fn batch(tx: &mut Tx, actor: &Actor, at: &BatchRef) -> Result<Stored> {
    let (batch, decisions) = without_file(tx, actor, at)?;
    let row = tx
        .row(&FILE, &params![at.district.as_str(), at.id])?
        .ok_or_else(missing)?;
    Ok(Stored {
        batch,
        bytes: row.get(0)?,
        decisions,
    })
}

/// The latest batches of a district that the actor may handle.
pub fn batches(tx: &mut Tx, actor: &Actor, in_district: &str) -> Result<Vec<Batch>> {
    let undo_h = undo_h(in_district);
    let rows = tx.rows(&BATCHES, &params![in_district])?;
    let batches = rows
        .iter()
        .map(|row| read(row, undo_h))
        .collect::<Result<Vec<Batch>>>()?;
    Ok(batches.into_iter().filter(|batch| batch.open_to(actor)).collect())
}
