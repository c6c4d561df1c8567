//! Applying a file, all of it or nothing, and taking it back.

use std::collections::HashMap;

use documents::sheet::Reading;
use serde::Serialize;
use store::{Row, Tx, params, stmt};

use super::batch::{self, BatchRef, Stored, Upload};
use super::compare::{compare, outside};
use super::decided::{self, Decisions};
use super::{BatchState, Summary, read_stored};
use crate::base::id::BatchId;
use crate::base::{Actor, Ctx, Refusal, RefusalKind, Result, clock};
use crate::plan::rules::{self, RuleKey};
use crate::register::entry::{self, Change, Entry};
use crate::register::{register, removal, show};

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
    "SELECT register, code, before, after FROM entry_change
     WHERE district = $1 AND batch = $2 AND (register, code) > ($3, $4) ORDER BY register, code LIMIT 1000"
);
stmt!(
    INSIDE,
    "SELECT COUNT(*) FROM entry WHERE district = $1 AND area = $2 AND NOT (register = $3 AND code = $4)"
);

/// Entries that stand against undoing and are named one by one.
const NAMED: usize = 5;

/// A file that is to be applied, read as it was matched and chosen, so that a long one takes none of the writer's time.
#[derive(Debug, Serialize)]
pub struct Applying {
    /// The file.
    #[serde(flatten)]
    pub at: BatchRef,
    #[serde(skip)]
    decisions: Decisions,
    #[serde(skip)]
    reading: Reading,
}

impl Applying {
    /// Reads a file that is to be applied.
    pub fn of(stored: &Stored, at: BatchRef) -> Result<Self> {
        // A file that was applied is refused below, in words that fit what has happened to it.
        let reading = match stored.batch.state {
            BatchState::Previewed => read_stored(stored)?,
            BatchState::Applied | BatchState::Undone => Reading { sheets: Vec::new() },
        };
        Ok(Self {
            reading,
            at,
            decisions: stored.decisions.clone(),
        })
    }

    /// A file that was read a moment ago and is kept under the same command, so that a long one is not read twice.
    pub fn just_read(ctx: &Ctx, upload: &Upload, reading: Reading) -> Self {
        Self {
            at: BatchRef {
                district: upload.district().to_string(),
                id: BatchId::of_command(ctx.command),
            },
            decisions: upload.decisions().clone(),
            reading,
        }
    }

    /// The same, with the file from the store.
    pub fn stored(tx: &mut Tx, actor: &Actor, at: BatchRef) -> Result<Self> {
        Self::of(&batch::batch(tx, actor, &at)?, at)
    }
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
pub fn apply(tx: &mut Tx, ctx: &Ctx, applying: &Applying) -> Result<Summary> {
    let at = &applying.at;
    let (_, decisions) = batch::waiting(tx, ctx, at)?;
    decided::unchanged(&decisions, &applying.decisions)?;
    let mut write = |tx: &mut Tx, changes: &[Change]| entry::write(tx, ctx, at.id, changes);
    let preview = compare(
        tx,
        &ctx.actor,
        &at.district,
        &applying.reading,
        &decisions.settled,
        Some(&mut write),
    )?;
    // What was written so far goes with the refusal.
    let summary = preview.summary();
    if summary.errors > 0 {
        let errors = summary.errors;
        return Err(Refusal::conflict(
            "import_errors",
            format!("还有{errors}处错误，改正后再导入；目前没有写入任何数据。"),
            format!("{errors} cells are wrong; nothing was written. Correct them and import again."),
        )
        .into());
    }
    if preview.outside > 0 {
        return Err(outside_refusal(preview.outside).into());
    }
    if preview.tallies.is_empty() {
        return Err(Refusal::conflict(
            "no_form",
            "还没有认出这是哪一张表，请先对应列名。",
            "No form was recognised yet; match the columns first.",
        )
        .into());
    }
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

/// A change that a batch has made: register, code, and what it was.
type Made = (String, String, Change);

/// Goes through the changes of a batch, part by part.
fn changes(
    tx: &mut Tx,
    at: &BatchRef,
    visit: &mut dyn FnMut(&mut Tx, Vec<Made>) -> Result<()>,
) -> Result<()> {
    let mut last = (String::new(), String::new());
    loop {
        let rows = tx.rows(
            &CHANGES,
            &params![at.district.as_str(), at.id, last.0.as_str(), last.1.as_str()],
        )?;
        let part = rows.iter().map(change).collect::<Result<Vec<_>>>()?;
        let Some((register, code, _)) = part.last() else {
            return Ok(());
        };
        last = (register.clone(), code.clone());
        visit(tx, part)?;
    }
}

fn change(row: &Row) -> Result<Made> {
    let stored = |index| -> Result<Option<Entry>> {
        let json = row.get::<Option<String>>(index)?;
        Ok(json.map(|json| serde_json::from_str(&json)).transpose()?)
    };
    let (before, after) = (stored(2)?, stored(3)?);
    Ok((row.get(0)?, row.get(1)?, Change { before, after }))
}

/// Whatever stands against undoing a batch.
#[derive(Default)]
struct Against {
    entries: usize,
    /// The first of them, with what has happened.
    named: Vec<(String, String)>,
    outside: usize,
    /// New entries of the batch by the area in which they lie.
    going: HashMap<String, i64>,
    /// New areas and compounds, in which something else may lie by now.
    places: Vec<Entry>,
}

impl Against {
    fn name(&mut self, ctx: &Ctx, entry: &Entry, why: (String, String)) {
        self.entries += 1;
        if self.named.len() >= NAMED {
            return;
        }
        // What is called by a person's name is named as the actor may see it.
        let name = register(&entry.register).map_or_else(
            || entry.code.clone(),
            |register| show::shown_name(&ctx.actor, register, entry),
        );
        self.named
            .push((format!("{name}（{}）", why.0), format!("{name} ({})", why.1)));
    }
}

/// Looks at a part of the changes: what was changed, removed or used since.
fn look(tx: &mut Tx, ctx: &Ctx, part: &[Made], against: &mut Against) -> Result<()> {
    for same in part.chunk_by(|one, other| one.0 == other.0) {
        let codes: Vec<&str> = same.iter().map(|(_, code, _)| code.as_str()).collect();
        let Some((register, _, _)) = same.first() else {
            continue;
        };
        let of = same
            .iter()
            .find_map(|(_, _, change)| change.after.as_ref().or(change.before.as_ref()));
        let in_district = of.map_or("", |entry| crate::base::id::district(&entry.area));
        let now = entry::get_many(tx, register, in_district, &codes)?;
        for ((register, code, change), now) in same.iter().zip(now) {
            against.outside += usize::from(outside(&ctx.actor, change));
            if now != change.after {
                let Some(entry) = now.as_ref().or(change.after.as_ref()) else {
                    continue;
                };
                let why = changed_since(tx, register, in_district, code, now.is_none())?;
                against.name(ctx, entry, why);
                continue;
            }
            let (None, Some(new)) = (&change.before, &change.after) else {
                continue;
            };
            *against.going.entry(new.area.clone()).or_default() += 1;
            if let Some(used) = removal::in_use(tx, ctx.now_s, new)? {
                against.name(ctx, new, (used.zh, used.en));
            } else if matches!(register.as_str(), "compounds" | "areas") {
                against.places.push(new.clone());
            }
        }
    }
    Ok(())
}

/// Who has changed an entry last, and when.
fn changed_since(
    tx: &mut Tx,
    register: &str,
    in_district: &str,
    code: &str,
    gone: bool,
) -> Result<(String, String)> {
    let (at_s, who) = match entry::history(tx, register, in_district, code)?
        .into_iter()
        .next()
    {
        Some((at_s, who, _, _)) => (clock::minute(at_s), who),
        None => Default::default(),
    };
    Ok(if gone {
        (format!("{who} {at_s} 删除"), format!("removed by {who}, {at_s}"))
    } else {
        (format!("{who} {at_s} 修改"), format!("changed by {who}, {at_s}"))
    })
}

/// Takes an applied batch back within the time that the working rules allow: every entry returns to what it was, unless
/// somebody has changed or used one since, or one lies outside the actor's area.
pub fn undo(tx: &mut Tx, ctx: &Ctx, at: &BatchRef) -> Result<usize> {
    let (batch, _) = batch::without_file(tx, &ctx.actor, at)?;
    if batch.state != BatchState::Applied {
        return Err(Refusal::conflict(
            "batch_state",
            "只有已导入的批次可以撤销。",
            "Only an applied import can be undone.",
        )
        .into());
    }
    if let Some(until_s) = batch.undo_until_s.filter(|until_s| *until_s < ctx.now_s) {
        return Err(too_late(&at.district, until_s).into());
    }
    let mut against = Against::default();
    changes(tx, at, &mut |tx, part| look(tx, ctx, &part, &mut against))?;
    for place in std::mem::take(&mut against.places) {
        let inside = tx.row(
            &INSIDE,
            &params![
                at.district.as_str(),
                place.code.as_str(),
                place.register.as_str(),
                place.code.as_str()
            ],
        )?;
        let inside = inside.map_or(Ok(0), |row| row.get::<i64>(0))?;
        let others = inside - against.going.get(&place.code).copied().unwrap_or(0);
        if others > 0 {
            let why = (
                format!("后来又在里面登记了{others}项"),
                format!("{others} entries were registered in it since"),
            );
            against.name(ctx, &place, why);
        }
    }
    if against.outside > 0 {
        return Err(outside_refusal(against.outside).into());
    }
    if against.entries > 0 {
        return Err(in_the_way(&against).into());
    }
    let undo_batch = BatchId::of_command(ctx.command);
    let mut undone = 0;
    changes(tx, at, &mut |tx, part| {
        let back: Vec<Change> = part
            .into_iter()
            .map(|(_, _, change)| Change {
                before: change.after,
                after: change.before,
            })
            .collect();
        undone += back.len();
        entry::write(tx, ctx, undo_batch, &back)
    })?;
    tx.run(&SET_UNDONE, &params![at.district.as_str(), at.id, ctx.now_s])?;
    Ok(undone)
}

fn too_late(in_district: &str, until_s: i64) -> Refusal {
    let rules = rules::house(in_district);
    let (hours, clause) = (
        rules.number(RuleKey::ImportUndoH).unwrap_or_default(),
        rules.clause(RuleKey::ImportUndoH),
    );
    let until = clock::minute(until_s);
    Refusal::conflict(
        "undo_late",
        format!(
            "导入{hours}小时内可以整批撤销（{clause}），这次到{until}为止。请在登记台账里逐项更正，或导入一份改好的表。"
        ),
        format!(
            "An import can be undone within {hours} hours ({clause}), this one until {until}. Correct the entries in the registers, or import a corrected file."
        ),
    )
}

fn in_the_way(against: &Against) -> Refusal {
    let list = |zh: bool, between: &str| {
        let names = against
            .named
            .iter()
            .map(|(in_zh, in_en)| if zh { in_zh } else { in_en });
        names.map(String::as_str).collect::<Vec<_>>().join(between)
    };
    let entries = against.entries;
    let more = if entries > against.named.len() {
        "……"
    } else {
        ""
    };
    Refusal::conflict(
        "undo_conflict",
        format!(
            "有{entries}项在导入后又被修改或已被使用，不能整批撤销：{}{more}。",
            list(true, "；")
        ),
        format!(
            "{entries} entries were changed or used since, so the import cannot be undone: {}{more}.",
            list(false, "; ")
        ),
    )
}
