//! Import of spreadsheets: preview, errors by cell, apply all or nothing, undo. A second import of the same file
//! changes nothing.

use std::collections::HashMap;

use documents::sheet::{self, CellError, Reading};
use serde::{Deserialize, Serialize};
use store::{Tx, params, stmt};
use uuid::Uuid;

use super::entry::{self, Change, Entry};
use super::place::{self, Places};
use super::{Body, REGISTERS, Register, removal};
use crate::base::id::BatchId;
use crate::base::{Actor, Ctx, Refusal, RefusalKind, Result};
use crate::wording;

stmt!(
    INSERT_BATCH,
    "INSERT INTO import_batch (district, id, file_name, file, state, summary, actor, created_s)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
);
stmt!(
    BATCH,
    "SELECT file_name, state, summary, actor, created_s, applied_s, undone_s, file FROM import_batch
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
    let forms: Vec<_> = REGISTERS.iter().map(|register| register.form).collect();
    sheet::read(bytes, file_name, &forms).map_err(|rejected| {
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
    fn summary(&self) -> Summary {
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

/// A file that somebody brought in.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Upload {
    /// The district that it belongs to.
    pub district: String,
    /// The name of the file.
    pub file_name: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// Keeps an uploaded file for preview; nothing in the registers changes.
pub fn keep(tx: &mut Tx, ctx: &Ctx, upload: &Upload) -> Result<BatchId> {
    let reading = read_file(&upload.file_name, &upload.bytes)?;
    let preview = preview(tx, &upload.district, &reading)?;
    let id = BatchId::of_command(ctx.command);
    tx.run(
        &INSERT_BATCH,
        &params![
            upload.district.as_str(),
            id,
            upload.file_name.as_str(),
            upload.bytes.clone(),
            BatchState::Previewed,
            serde_json::to_string(&preview.summary())?,
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

/// The batch and its file, if the actor may handle it.
pub fn batch(tx: &mut Tx, actor: &Actor, at: &BatchRef) -> Result<(Batch, Vec<u8>)> {
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
    Ok((batch, row.get(7)?))
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
    let (batch, bytes) = batch(tx, &ctx.actor, at)?;
    if batch.state != BatchState::Previewed {
        return Err(Refusal::conflict(
            "batch_state",
            "这个文件已经导入过。",
            "This file was applied already.",
        )
        .into());
    }
    let reading = read_file(&batch.file_name, &bytes)?;
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
    let (batch, _) = batch(tx, &ctx.actor, at)?;
    if batch.state != BatchState::Applied {
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
