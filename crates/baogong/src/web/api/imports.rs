//! Imports: a file is kept and previewed, then applied as a whole, and can be undone.

use documents::sheet::{CellError, Reading, SheetReading};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::input::{Body, Command, Id, Upload};
use super::view::{counted, done, json};
use crate::base::Action;
use crate::base::act::Act;
use crate::base::id::BatchId;
use crate::register::import::choice::Choice;
use crate::register::import::mapping::{self, MappingRef, Matched, Remembered};
use crate::register::import::settled::Settled;
use crate::register::import::{self, Batch, BatchRef, BatchState, Preview, Summary, Tally, decided};
use crate::web::gate::Gate;
use crate::web::pages::imports::{applying, decided as deciding};
use crate::web::pages::reports::blocking;
use crate::web::{Answer, Web};

static KEEP: Act = Act::new("register.upload", Action::ImportRegister);
static APPLY: Act = Act::new("register.import", Action::ImportRegister);
static UNDO: Act = Act::new("register.undo", Action::ImportRegister);
static MATCH: Act = Act::new("import.mapping", Action::ImportRegister);
static FORGET: Act = Act::new("import.forget", Action::ImportRegister);
static DECIDE: Act = Act::new("import.duplicate", Action::ImportRegister);

endpoints! {
    read "/api/v1/imports", Gate::Needs(Action::ImportRegister), list_imports;
    write "/api/v1/imports", Gate::Needs(Action::ImportRegister), keep_import;
    read "/api/v1/imports/{id}", Gate::Needs(Action::ImportRegister), preview_import;
    write "/api/v1/imports/apply", Gate::Needs(Action::ImportRegister), apply_import;
    write "/api/v1/imports/undo", Gate::Needs(Action::ImportRegister), undo_import;
    read "/api/v1/imports/mappings", Gate::Needs(Action::ImportRegister), list_mappings;
    write "/api/v1/imports/mapping", Gate::Needs(Action::ImportRegister), keep_mapping;
    write "/api/v1/imports/mapping/forget", Gate::Needs(Action::ImportRegister), forget_mapping;
    write "/api/v1/imports/duplicate", Gate::Needs(Action::ImportRegister), decide_duplicate;
    write "/api/v1/imports/registered", Gate::Needs(Action::ImportRegister), settle_registered;
}

/// The latest imports of the district.
#[utoipa::path(get, path = "/api/v1/imports", tag = "imports", responses((status = 200, body = [Batch])))]
async fn list_imports(web: Web) -> Answer {
    let (actor, in_district) = (web.actor()?, web.district()?);
    let batches = web
        .app
        .read(move |tx| import::batches(tx, &actor, &in_district))
        .await?;
    json(&batches)
}

/// A file that was kept, and what applying it would do.
#[derive(Serialize, ToSchema)]
pub struct ImportView {
    /// The batch.
    batch: Batch,
    /// What it would do now, by register; empty when it is applied or undone.
    tallies: Vec<Tally>,
    /// What is wrong, by cell; nothing can be applied while there is any.
    errors: Vec<CellView>,
    /// What looks odd but is taken.
    warnings: Vec<CellView>,
    /// Rows that are left out.
    skipped: Vec<SkippedView>,
    /// Headings that no column was found for.
    unknown_columns: Vec<UnknownView>,
    /// What the headings of each sheet are read as; a correction is sent to `/api/v1/imports/mapping`.
    sheets: Vec<SheetView>,
    /// Rows that are, or seem to be, about the same; a choice is sent to `/api/v1/imports/duplicate`.
    duplicates: Vec<PairView>,
    /// Rows that seem to be registered under another code; what becomes of one is sent to `/api/v1/imports/registered`.
    registered: Vec<AlikeView>,
}

/// A row that seems to be registered.
#[derive(Serialize, ToSchema)]
pub struct AlikeView {
    /// The sheet.
    sheet: String,
    /// The row.
    row: u32,
    /// The code of the entry that it seems to be.
    code: String,
    /// Why, in Chinese.
    zh: &'static str,
    /// The same in English.
    en: &'static str,
}

/// Columns matched by hand, and the waiting file that is to be read by them.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Matching {
    /// The columns.
    #[serde(flatten)]
    matched: Matched,
    /// A file that waits; without one, only later files are read so.
    #[serde(default)]
    import: Option<BatchId>,
}

/// What becomes of two rows of a file that waits.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Choosing {
    /// The file.
    at: BatchRef,
    /// The pair and what becomes of it.
    choice: Choice,
}

/// What becomes of a row that seems to be registered.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Settling {
    /// The file.
    at: BatchRef,
    /// The row and what becomes of it.
    settled: Settled,
}

/// The headings of a sheet.
#[derive(Serialize, ToSchema)]
pub struct SheetView {
    /// The sheet.
    sheet: String,
    /// The register that it was recognised as.
    register: Option<&'static str>,
    /// The signature of its headings.
    signature: String,
    /// Whether the columns follow what somebody matched before.
    remembered: bool,
    /// Letter and key of the register's column.
    columns: Vec<(String, String)>,
    /// The first rows, any of which may be the heading: its number and the signature that a heading in it has.
    head: Vec<(u32, String)>,
}

/// Two rows that are, or seem to be, about the same.
#[derive(Serialize, ToSchema)]
pub struct PairView {
    /// `same`, `conflict`, `repeated` or `likely`.
    kind: &'static str,
    /// The sheet of the earlier row.
    first_sheet: String,
    /// The earlier row.
    first_row: u32,
    /// The sheet of the later row.
    second_sheet: String,
    /// The later row.
    second_row: u32,
}

/// A cell with something to say about it.
#[derive(Serialize, ToSchema)]
pub struct CellView {
    /// The sheet.
    sheet: String,
    /// The row as the spreadsheet shows it, from 1.
    row: u32,
    /// The letter of the column.
    column: String,
    /// The heading.
    heading: String,
    /// What is written.
    value: String,
    /// What is wrong and what would be right, in Chinese.
    zh: String,
    /// The same in English.
    en: String,
}

impl From<CellError> for CellView {
    fn from(cell: CellError) -> Self {
        let CellError {
            sheet,
            row,
            column,
            heading,
            value,
            zh,
            en,
        } = cell;
        Self {
            sheet,
            row,
            column,
            heading,
            value,
            zh,
            en,
        }
    }
}

/// A row that is left out.
#[derive(Serialize, ToSchema)]
pub struct SkippedView {
    /// The sheet.
    sheet: String,
    /// The row, or 0 for a whole sheet.
    row: u32,
    /// Why.
    reason: String,
}

/// A heading that no column was found for.
#[derive(Serialize, ToSchema)]
pub struct UnknownView {
    /// The sheet.
    sheet: String,
    /// The letter of the column.
    column: String,
    /// The heading.
    heading: String,
}

fn matched(sheet: &SheetReading) -> SheetView {
    SheetView {
        sheet: sheet.sheet.clone(),
        register: sheet.form.map(|form| form.key),
        signature: sheet.signature.clone(),
        remembered: sheet.remembered,
        columns: sheet.mapping().map(|mapping| mapping.columns).unwrap_or_default(),
        head: sheet
            .head
            .iter()
            .map(|row| (row.row, row.signature.clone()))
            .collect(),
    }
}

fn view(batch: Batch, preview: Preview, reading: Option<Reading>) -> ImportView {
    let sheets = reading.map(|reading| reading.sheets).unwrap_or_default();
    let duplicates = sheets.iter().flat_map(|sheet| {
        sheet.duplicates.iter().map(|pair| PairView {
            kind: pair.kind.key(),
            first_sheet: pair.first_sheet.clone(),
            first_row: pair.first_row,
            second_sheet: sheet.sheet.clone(),
            second_row: pair.second_row,
        })
    });
    let registered = preview.alike.into_iter().map(|alike| AlikeView {
        sheet: alike.sheet,
        row: alike.row,
        code: alike.code,
        zh: alike.zh,
        en: alike.en,
    });
    ImportView {
        registered: registered.collect(),
        duplicates: duplicates.collect(),
        sheets: sheets.iter().map(matched).collect(),
        batch,
        tallies: preview.tallies,
        errors: preview.errors.into_iter().map(CellView::from).collect(),
        warnings: preview.warnings.into_iter().map(CellView::from).collect(),
        skipped: preview
            .skipped
            .into_iter()
            .map(|(sheet, row, reason)| SkippedView { sheet, row, reason })
            .collect(),
        unknown_columns: preview
            .unknown_columns
            .into_iter()
            .map(|(sheet, column, heading)| UnknownView {
                sheet,
                column,
                heading,
            })
            .collect(),
    }
}

async fn look(web: &Web, id: BatchId) -> Answer {
    let (actor, at) = (
        web.actor()?,
        BatchRef {
            district: web.district()?,
            id,
        },
    );
    let (viewer, asked) = (actor.clone(), at.clone());
    let stored = web.app.read(move |tx| import::batch(tx, &viewer, &asked)).await?;
    if stored.batch.state != BatchState::Previewed {
        return json(&view(stored.batch, Preview::default(), None));
    }
    let (stored, reading) = blocking(move || {
        let reading = import::read_stored(&stored)?;
        Ok((stored, reading))
    })
    .await?;
    let found = web.app.read(move |tx| {
        let settled = &stored.decisions.settled;
        let preview = import::preview(tx, &actor, &at.district, &reading, settled)?;
        Ok(view(stored.batch, preview, Some(reading)))
    });
    json(&found.await?)
}

/// Keeps a spreadsheet and says what applying it would do; the registers do not change.
#[utoipa::path(post, path = "/api/v1/imports", tag = "imports",
    params(("file_name" = Option<String>, Query, description = "The name of the file, when the body is the file itself")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "The file itself, or a form (multipart/form-data) with it"),
    responses((status = 200, body = ImportView)))]
async fn keep_import(command: Command, Upload(file): Upload) -> Answer {
    // A file that cannot be read is refused before it takes the writer's time.
    let (actor, in_district) = (command.web.actor()?, command.web.district()?);
    let (of, area) = (in_district.clone(), actor.area.clone());
    let mappings = command
        .web
        .app
        .read(move |tx| mapping::mappings(tx, &of, &area))
        .await?;
    let (reading, upload) = blocking(move || {
        let reading = import::read_watched(&file.name, &file.bytes, &mappings, &mut |_| true)?;
        Ok((reading, import::Upload::new(&in_district, &file.name, file.bytes)))
    })
    .await?;
    let upload = command
        .web
        .app
        .read(move |tx| {
            let preview = import::preview(tx, &actor, upload.district(), &reading, &[])?;
            Ok(upload.checked(&reading, &preview))
        })
        .await?;
    let id = command
        .act(&KEEP, &command.ctx.actor.area, upload, import::keep)
        .await?;
    look(&command.web, id).await
}

/// What applying a kept file would do now.
#[utoipa::path(get, path = "/api/v1/imports/{id}", tag = "imports",
    params(("id" = String, Path, description = "The import")), responses((status = 200, body = ImportView)))]
async fn preview_import(web: Web, Id(id): Id<BatchId>) -> Answer {
    look(&web, id).await
}

/// Applies a kept file, all of it or nothing.
#[utoipa::path(post, path = "/api/v1/imports/apply", tag = "imports", request_body = BatchRef, responses((status = 200, body = Summary)))]
async fn apply_import(command: Command, Body(at): Body<BatchRef>) -> Answer {
    command.home(&at.district)?;
    let applying = applying(&command.web, at).await?;
    json(
        &command
            .act(&APPLY, &command.ctx.actor.area, applying, import::apply)
            .await?,
    )
}

/// Takes an applied file back. Gives how many entries returned to what they were.
#[utoipa::path(post, path = "/api/v1/imports/undo", tag = "imports", request_body = BatchRef,
    responses((status = 200, body = super::view::Counted)))]
async fn undo_import(command: Command, Body(at): Body<BatchRef>) -> Answer {
    command.home(&at.district)?;
    counted(
        command
            .act(&UNDO, &command.ctx.actor.area, at, import::undo)
            .await?,
    )
}

/// The columns that are remembered for files of the user's area.
#[utoipa::path(get, path = "/api/v1/imports/mappings", tag = "imports", responses((status = 200, body = [Remembered])))]
async fn list_mappings(web: Web) -> Answer {
    let (actor, of) = (web.actor()?, web.district()?);
    let found = web
        .app
        .read(move |tx| mapping::around(tx, &of, &actor.area))
        .await?;
    json(&found)
}

/// Says what the columns of a heading are, for the files of an area with the same headings, and for one that waits.
#[utoipa::path(post, path = "/api/v1/imports/mapping", tag = "imports", request_body = Matching,
    responses((status = 200, body = super::view::Done)))]
async fn keep_mapping(command: Command, Body(matching): Body<Matching>) -> Answer {
    let Matching { matched, import } = matching;
    command.home(&matched.district)?;
    let area = matched.area.clone();
    if let Some(id) = import {
        let at = BatchRef {
            district: matched.district.clone(),
            id,
        };
        let decided = deciding(&command.web, at, matched).await?;
        command.act(&MATCH, &area, decided, mapping::keep_for).await?;
    } else {
        command.act(&MATCH, &area, matched, mapping::keep).await?;
    }
    done(())
}

/// Forgets what the columns of a heading are; they are recognised by themselves again in later files.
#[utoipa::path(post, path = "/api/v1/imports/mapping/forget", tag = "imports", request_body = MappingRef,
    responses((status = 200, body = super::view::Done)))]
async fn forget_mapping(command: Command, Body(at): Body<MappingRef>) -> Answer {
    command.home(&at.district)?;
    let area = at.area.clone();
    done(command.act(&FORGET, &area, at, mapping::forget).await?)
}

/// Says which of two rows of a kept file is taken, or what of each.
#[utoipa::path(post, path = "/api/v1/imports/duplicate", tag = "imports", request_body = Choosing,
    responses((status = 200, body = super::view::Done)))]
async fn decide_duplicate(command: Command, Body(choosing): Body<Choosing>) -> Answer {
    command.home(&choosing.at.district)?;
    let decided = deciding(&command.web, choosing.at, choosing.choice).await?;
    done(
        command
            .act(&DECIDE, &command.ctx.actor.area, decided, decided::keep)
            .await?,
    )
}

/// Says what becomes of a row of a kept file that seems to be registered.
#[utoipa::path(post, path = "/api/v1/imports/registered", tag = "imports", request_body = Settling,
    responses((status = 200, body = super::view::Done)))]
async fn settle_registered(command: Command, Body(settling): Body<Settling>) -> Answer {
    command.home(&settling.at.district)?;
    let decided = deciding(&command.web, settling.at, settling.settled).await?;
    done(
        command
            .act(&DECIDE, &command.ctx.actor.area, decided, decided::keep)
            .await?,
    )
}
