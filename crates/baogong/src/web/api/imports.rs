//! Imports: a file is kept and previewed, then applied as a whole, and can be undone.

use documents::sheet::CellError;
use serde::Serialize;
use utoipa::ToSchema;

use super::input::{Body, Command, Id, Upload};
use super::view::{counted, json};
use crate::base::Action;
use crate::base::act::Act;
use crate::base::id::BatchId;
use crate::register::import::{self, Batch, BatchRef, BatchState, Preview, Summary, Tally};
use crate::web::gate::Gate;
use crate::web::{Answer, Web};

static KEEP: Act = Act::new("register.upload", Action::ImportRegister);
static APPLY: Act = Act::new("register.import", Action::ImportRegister);
static UNDO: Act = Act::new("register.undo", Action::ImportRegister);

endpoints! {
    read "/api/v1/imports", Gate::Needs(Action::ImportRegister), list_imports;
    write "/api/v1/imports", Gate::Needs(Action::ImportRegister), keep_import;
    read "/api/v1/imports/{id}", Gate::Needs(Action::ImportRegister), preview_import;
    write "/api/v1/imports/apply", Gate::Needs(Action::ImportRegister), apply_import;
    write "/api/v1/imports/undo", Gate::Needs(Action::ImportRegister), undo_import;
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

fn view(batch: Batch, preview: Preview) -> ImportView {
    ImportView {
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
        let (batch, bytes) = import::batch(tx, &ctx.actor, &at)?;
        let preview = match batch.state {
            BatchState::Previewed => {
                import::preview(tx, &at.district, &import::read_file(&batch.file_name, &bytes)?)?
            }
            BatchState::Applied | BatchState::Undone => Preview::default(),
        };
        Ok(view(batch, preview))
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
    tokio::task::spawn_blocking(move || import::read_file(&name, &bytes).map(|_| ()))
        .await
        .map_err(|error| crate::base::Fault::Invariant(format!("reading a file: {error}")))??;
    let upload = import::Upload {
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
