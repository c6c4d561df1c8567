//! A file that was brought in: kept for preview, applied as a whole, undone.

use std::collections::HashMap;

use documents::sheet::{Mapping, Reading};
use serde::{Deserialize, Serialize};
use store::{Tx, params, stmt};
use uuid::Uuid;

use super::choice::{self, Choice};
use super::{Batch, BatchState, Summary, mapping, preview, read_watched};
use crate::base::id::BatchId;
use crate::base::{Actor, Ctx, Refusal, RefusalKind, Result};
use crate::register::entry::{self, Change, Entry};
use crate::register::removal;

stmt!(
    INSERT_BATCH,
    "INSERT INTO import_batch (district, id, file_name, file, state, summary, actor, created_s)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
);
stmt!(
    BATCH,
    "SELECT file_name, state, summary, actor, created_s, applied_s, undone_s, file, choices FROM import_batch
     WHERE district = $1 AND id = $2"
);
stmt!(
    BATCHES,
    "SELECT id, file_name, state, summary, actor, created_s, applied_s, undone_s FROM import_batch
     WHERE district = $1 ORDER BY created_s DESC LIMIT 100"
);
stmt!(
    SET_APPLIED,
    "UPDATE import_batch SET state = 'applied', summary = $3, applied_s = $4 WHERE district = $1 AND id = $2"
);
stmt!(
    SET_UNDONE,
    "UPDATE import_batch SET state = 'undone', undone_s = $3 WHERE district = $1 AND id = $2"
);
stmt!(
    CHANGES,
    "SELECT register, code, before, after FROM entry_change WHERE district = $1 AND batch = $2 ORDER BY register, code"
);
stmt!(
    INSIDE,
    "SELECT COUNT(*) FROM entry WHERE district = $1 AND area = $2 AND NOT (register = $3 AND code = $4)"
);

/// A file that somebody brought in.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Upload {
    /// The district that it belongs to.
    pub district: String,
    /// The name of the file.
    pub file_name: String,
    /// Its content.
    pub bytes: Vec<u8>,
    /// What it would do, as found when it was read. It follows from the file and the registers, so it is no part of what
    /// makes the command the same one.
    #[serde(skip)]
    pub summary: Summary,
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
            ctx.now_s
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
pub struct Stored {
    /// The batch.
    pub batch: Batch,
    /// The file.
    pub bytes: Vec<u8>,
    /// Which of two probable duplicates is kept.
    pub choices: Vec<Choice>,
    /// The columns that users of the district have matched to headings.
    pub mappings: Vec<Mapping>,
}

/// Reads the file of a batch as it was matched and chosen.
pub fn read_stored(stored: &Stored) -> Result<Reading> {
    let name = &stored.batch.file_name;
    let mut reading = read_watched(name, &stored.bytes, &stored.mappings, &mut |_| true)?;
    choice::choose(&mut reading, &stored.choices);
    Ok(reading)
}

/// The batch and its file, if the actor may handle it.
pub fn batch(tx: &mut Tx, actor: &Actor, at: &BatchRef) -> Result<Stored> {
    let row = tx
        .row(&BATCH, &params![at.district.as_str(), at.id])?
        .ok_or_else(|| Refusal::not_found("导入批次", "import"))?;
    let batch = Batch {
        id: at.id,
        file_name: row.get(0)?,
        state: BatchState::stored(&row.get::<String>(1)?)?,
        summary: serde_json::from_str(&row.get::<String>(2)?)?,
        actor: row.get(3)?,
        created_s: row.get(4)?,
        applied_s: row.get(5)?,
        undone_s: row.get(6)?,
    };
    if !batch.open_to(actor) {
        return Err(Refusal::not_found("导入批次", "import").into());
    }
    let choices: String = row.get(8)?;
    Ok(Stored {
        batch,
        bytes: row.get(7)?,
        choices: match choices.as_str() {
            "" => Vec::new(),
            choices => serde_json::from_str(choices)?,
        },
        mappings: mapping::all(tx, &at.district)?,
    })
}

/// The latest batches of a district that the actor may handle.
pub fn batches(tx: &mut Tx, actor: &Actor, in_district: &str) -> Result<Vec<Batch>> {
    let rows = tx.rows(&BATCHES, &params![in_district])?;
    let batches = rows
        .iter()
        .map(|row| {
            Ok(Batch {
                id: BatchId(row.get::<Uuid>(0)?),
                file_name: row.get(1)?,
                state: BatchState::stored(&row.get::<String>(2)?)?,
                summary: serde_json::from_str(&row.get::<String>(3)?)?,
                actor: row.get(4)?,
                created_s: row.get(5)?,
                applied_s: row.get(6)?,
                undone_s: row.get(7)?,
            })
        })
        .collect::<Result<Vec<Batch>>>()?;
    Ok(batches.into_iter().filter(|batch| batch.open_to(actor)).collect())
}

/// Refuses changes of which so many lie outside the actor's area.
fn refuse_outside(actor: &Actor, changes: &[Change]) -> Result<()> {
    match outside(actor, changes) {
        0 => Ok(()),
        entries => Err(outside_refusal(entries).into()),
    }
}

/// How many changes reach beyond the actor's area, before or after.
pub fn outside(actor: &Actor, changes: &[Change]) -> usize {
    let covered = |entry: &Option<Entry>| entry.as_ref().is_none_or(|entry| actor.covers(&entry.area));
    let beyond = |change: &&Change| !(covered(&change.before) && covered(&change.after));
    changes.iter().filter(beyond).count()
}

/// Says that so many entries of a file lie outside the actor's area.
pub fn outside_refusal(entries: usize) -> Refusal {
    Refusal::new(
        RefusalKind::NotAllowed,
        "outside_area",
        format!("文件里有{entries}项不在您负责的区域内，不能办理。请只保留本区域的内容，或请县里办理。"),
        format!(
            "{entries} entries of the file lie outside your area. Keep only your own, or leave it to the county."
        ),
    )
}

/// Applies a batch: all of it, or nothing when a single cell is wrong or an entry lies outside the actor's area.
pub fn apply(tx: &mut Tx, ctx: &Ctx, at: &BatchRef) -> Result<Summary> {
    let stored = batch(tx, &ctx.actor, at)?;
    if stored.batch.state != BatchState::Previewed {
        return Err(Refusal::conflict(
            "batch_state",
            "这个文件已经导入过。",
            "This file was applied already.",
        )
        .into());
    }
    let reading = read_stored(&stored)?;
    let preview = preview(tx, &at.district, &reading)?;
    if !preview.errors.is_empty() {
        return Err(Refusal::conflict(
            "import_errors",
            format!(
                "还有{}处错误，改正后再导入；目前没有写入任何数据。",
                preview.errors.len()
            ),
            format!(
                "{} cells are wrong; nothing was written. Correct them and import again.",
                preview.errors.len()
            ),
        )
        .into());
    }
    refuse_outside(&ctx.actor, &preview.changes)?;
    entry::write(tx, ctx, at.id, &preview.changes)?;
    let summary = preview.summary();
    tx.run(
        &SET_APPLIED,
        &params![
            at.district.as_str(),
            at.id,
            serde_json::to_string(&summary)?,
            ctx.now_s
        ],
    )?;
    Ok(summary)
}

/// Takes an applied batch back: every entry returns to what it was, unless somebody has changed or used one since, or one
/// lies outside the actor's area.
pub fn undo(tx: &mut Tx, ctx: &Ctx, at: &BatchRef) -> Result<usize> {
    let stored = batch(tx, &ctx.actor, at)?;
    if stored.batch.state != BatchState::Applied {
        return Err(Refusal::conflict(
            "batch_state",
            "只有已导入的批次可以撤销。",
            "Only an applied import can be undone.",
        )
        .into());
    }
    let rows = tx.rows(&CHANGES, &params![at.district.as_str(), at.id])?;
    let mut changes = Vec::with_capacity(rows.len());
    let mut conflicts = Vec::new();
    let mut going: HashMap<String, i64> = HashMap::new();
    for row in &rows {
        let (register, code): (String, String) = (row.get(0)?, row.get(1)?);
        let stored = |index| -> Result<Option<Entry>> {
            Ok(row
                .get::<Option<String>>(index)?
                .map(|json| serde_json::from_str(&json))
                .transpose()?)
        };
        let (before, after) = (stored(2)?, stored(3)?);
        let now = entry::get(tx, &register, &at.district, &code)?;
        if now != after {
            conflicts.push(now.or(after).map_or(code, |entry| entry.name));
            continue;
        }
        if before.is_none()
            && let Some(after) = &after
        {
            *going.entry(after.area.clone()).or_default() += 1;
        }
        changes.push(Change {
            before: after,
            after: before,
        });
    }
    refuse_outside(&ctx.actor, &changes)?;
    for change in &changes {
        let (Some(entry), None) = (&change.before, &change.after) else {
            continue;
        };
        if removal::in_use(tx, ctx.now_s, entry)?.is_some() {
            conflicts.push(entry.name.clone());
        } else if matches!(entry.register.as_str(), "compounds" | "areas") {
            let inside = tx.row(
                &INSIDE,
                &params![
                    at.district.as_str(),
                    entry.code.as_str(),
                    entry.register.as_str(),
                    entry.code.as_str()
                ],
            )?;
            let inside = inside.map_or(Ok(0), |row| row.get::<i64>(0))?;
            if inside > going.get(&entry.code).copied().unwrap_or(0) {
                conflicts.push(entry.name.clone());
            }
        }
    }
    if !conflicts.is_empty() {
        let names: Vec<&str> = conflicts.iter().take(5).map(String::as_str).collect();
        return Err(Refusal::conflict(
            "undo_conflict",
            format!(
                "有{}项在导入后又被修改或已被使用（{}…），不能整批撤销。",
                conflicts.len(),
                names.join("、")
            ),
            format!(
                "{} entries were changed or used since ({}…), so the import cannot be undone.",
                conflicts.len(),
                names.join(", ")
            ),
        )
        .into());
    }
    let undo_batch = BatchId::of_command(ctx.command);
    entry::write(tx, ctx, undo_batch, &changes)?;
    tx.run(&SET_UNDONE, &params![at.district.as_str(), at.id, ctx.now_s])?;
    Ok(changes.len())
}
