//! Imports: a file is kept and previewed, then applied as a whole, and can be undone.

use documents::sheet::{CellError, Reading, SheetReading};
use serde::Serialize;
use utoipa::ToSchema;

use super::input::{Body, Command, Id, Upload};
use super::view::{counted, done, json};
use crate::base::Action;
use crate::base::act::Act;
use crate::base::id::BatchId;
use crate::register::import::choice::{self, Choosing};
use crate::register::import::mapping::{self, Matched, SignatureRef};
use crate::register::import::{self, Batch, BatchRef, BatchState, Preview, Summary, Tally};
use crate::web::gate::Gate;
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
    write "/api/v1/imports/mapping", Gate::Needs(Action::ImportRegister), keep_mapping;
    write "/api/v1/imports/mapping/forget", Gate::Needs(Action::ImportRegister), forget_mapping;
    write "/api/v1/imports/duplicate", Gate::Needs(Action::ImportRegister), decide_duplicate;
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
    ImportView {
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
    let (ctx, at) = (
        web.ctx()?,
        BatchRef {
            district: web.district()?,
            id,
        },
    );
    let found = web.app.read(move |tx| {
        let stored = import::batch(tx, &ctx.actor, &at)?;
        let (reading, preview) = match stored.batch.state {
            BatchState::Previewed => {
                let reading = import::read_stored(&stored)?;
                let preview = import::preview(tx, &at.district, &reading)?;
                (Some(reading), preview)
            }
            BatchState::Applied | BatchState::Undone => (None, Preview::default()),
        };
        Ok(view(stored.batch, preview, reading))
    });
    json(&found.await?)
}

/// Keeps a spreadsheet and says what applying it would do; the registers do not change.
#[utoipa::path(post, path = "/api/v1/imports", tag = "imports",
    params(("file_name" = Option<String>, Query, description = "The name of the file, when the body is the file itself")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "The file itself, or a form (multipart/form-data) with it"),
    responses((status = 200, body = ImportView)))]
async fn keep_import(command: Command, Upload(file): Upload) -> Answer {
    let (name, bytes) = (file.name.clone(), file.bytes.clone());
    // A file that cannot be read is refused before it takes the writer's time.
    let in_district = command.web.district()?;
    let of = in_district.clone();
    let mappings = command
        .web
        .app
        .read(move |tx| import::mapping::all(tx, &of))
        .await?;
    let reading = blocking(move || import::read_watched(&name, &bytes, &mappings, &mut |_| true)).await?;
    let summary = command
        .web
        .app
        .read(move |tx| Ok(import::preview(tx, &in_district, &reading)?.summary()))
        .await?;
    let upload = import::Upload {
        summary,
        district: command.web.district()?,
        file_name: file.name,
        bytes: file.bytes,
    };
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
    json(
        &command
            .act(&APPLY, &command.ctx.actor.area, at, import::apply)
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

/// Says what the columns of a heading are, for this file and every later one with the same headings.
#[utoipa::path(post, path = "/api/v1/imports/mapping", tag = "imports", request_body = Matched,
    responses((status = 200, body = super::view::Done)))]
async fn keep_mapping(command: Command, Body(matched): Body<Matched>) -> Answer {
    command.home(&matched.district)?;
    done(
        command
            .act(&MATCH, &command.ctx.actor.area, matched, mapping::keep)
            .await?,
    )
}

/// Forgets what the columns of a heading are; they are recognised by themselves again.
#[utoipa::path(post, path = "/api/v1/imports/mapping/forget", tag = "imports", request_body = SignatureRef,
    responses((status = 200, body = super::view::Done)))]
async fn forget_mapping(command: Command, Body(at): Body<SignatureRef>) -> Answer {
    command.home(&at.district)?;
    done(
        command
            .act(&FORGET, &command.ctx.actor.area, at, mapping::forget)
            .await?,
    )
}

/// Says which of two rows of a kept file is taken.
#[utoipa::path(post, path = "/api/v1/imports/duplicate", tag = "imports", request_body = Choosing,
    responses((status = 200, body = super::view::Done)))]
async fn decide_duplicate(command: Command, Body(choosing): Body<Choosing>) -> Answer {
    command.home(&choosing.at.district)?;
    done(
        command
            .act(&DECIDE, &command.ctx.actor.area, choosing, choice::decide)
            .await?,
    )
}
