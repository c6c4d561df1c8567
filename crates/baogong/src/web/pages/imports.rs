//! Bringing spreadsheets in: upload, preview, apply all or nothing, undo.

mod deciding;
mod matching;
mod pairs;
mod preview;
mod remarks;
mod upload;

use axum::extract::Path;
use kit::{Column, Field, Icon, TableRow, Tone, html};

use super::super::Answer;
use super::super::fields::Fields;
use super::super::gate::Gate;
use super::super::request::Web;
use super::super::routes::{Route, read, write};
use super::{guard, reports};
pub use deciding::decided;

use crate::base::act::Act;
use crate::base::id::BatchId;
use crate::base::words::count;
use crate::base::{Action, Refusal, Result, clock};
use crate::register::import::{self, Applying, Batch, BatchRef, BatchState, Summary};
use crate::register::{REGISTERS, register};

static APPLY: Act = Act::new("register.import", Action::ImportRegister);
static UNDO: Act = Act::new("register.undo", Action::ImportRegister);

/// Uploads, previews, applying, undoing.
pub fn routes() -> Vec<Route> {
    let import = Gate::Needs(Action::ImportRegister);
    vec![
        read("/imports", import, list),
        write("/imports", import, upload::upload),
        read("/imports/reading/{job}", import, upload::progress),
        write("/imports/reading/{job}/stop", import, upload::stop),
        read("/imports/{id}", import, preview::page),
        read("/imports/{id}/errors.xlsx", import, remarks::errors_file),
        read("/imports/{id}/corrected.xlsx", import, remarks::marked_file),
        read("/imports/{id}/match", import, matching::by_hand),
        write("/imports/{id}/mapping", import, deciding::keep),
        write("/imports/{id}/forget", import, deciding::forget),
        write("/imports/{id}/duplicate", import, deciding::choose),
        write("/imports/{id}/registered", import, deciding::settle),
        write("/imports/{id}/apply", import, apply),
        write("/imports/{id}/undo", import, undo),
    ]
}

fn reference(web: &Web, id: &str) -> Result<BatchRef> {
    let id: BatchId = id.parse().map_err(|_| Refusal::not_found("导入批次", "import"))?;
    Ok(BatchRef {
        district: web.district()?,
        id,
    })
}

/// The state of a batch as a badge.
fn state_badge(web: &Web, batch: &Batch) -> kit::Markup {
    let word = batch.state.word(web.lang);
    match batch.state {
        BatchState::Previewed if batch.summary.errors > 0 => {
            kit::badge(Tone::Bad, web.t("有错误，待改正", "has errors"))
        }
        BatchState::Previewed => kit::badge(Tone::Warn, word),
        BatchState::Applied => kit::badge(Tone::Good, word),
        BatchState::Undone => kit::badge(Tone::Quiet, word),
    }
}

/// What an import does, in words: `住户：新增 120、更新 3`.
fn tally_words(web: &Web, summary: &Summary) -> Vec<String> {
    let mut lines = Vec::new();
    for tally in &summary.tallies {
        let name = register(&tally.register).map_or("", |register| register.word(web.lang));
        let number = |value: usize| count(value as i64);
        lines.push(format!(
            "{name}{}{} {}{}{} {}{}{} {}",
            web.t("：", ": "),
            web.t("新增", "new"),
            number(tally.added),
            web.t("，", ", "),
            web.t("更新", "changed"),
            number(tally.changed),
            web.t("，", ", "),
            web.t("不变", "unchanged"),
            number(tally.unchanged),
        ));
    }
    lines
}

async fn list(web: Web) -> Answer {
    let actor = web.actor()?;
    let in_district = web.district()?;
    let batches = web
        .app
        .read(move |tx| import::batches(tx, &actor, &in_district))
        .await?;
    let columns = [
        Column::text(web.t("文件", "File")),
        Column::text(web.t("状态", "State")),
        Column::text(web.t("内容", "Content")),
        Column::text(web.t("经办人", "Who")),
        Column::text(web.t("上传时间", "Uploaded")),
    ];
    let rows = batches
        .iter()
        .map(|batch| {
            TableRow::new(vec![
                html! { (batch.file_name) },
                state_badge(&web, batch),
                html! { @for line in tally_words(&web, &batch.summary) { div { (line) } }
                @if batch.state == BatchState::Previewed && batch.summary.errors > 0 { div { (count(batch.summary.errors as i64)) " " (web.t("处错误", "errors")) } } },
                html! { (batch.actor) },
                html! { (clock::minute(batch.created_s)) },
            ])
            .href(format!("/imports/{}", batch.id))
        })
        .collect();
    let order: Vec<&str> = REGISTERS.iter().map(|register| register.word(web.lang)).collect();
    let files = Field::file(
        "file",
        web.t(
            "选择文件，或把文件拖到这里（可选多个）",
            "Choose files, or drop them here (several allowed)",
        ),
    )
    .attr("multiple", "multiple")
    .attr("accept", ".xlsx,.xls,.ods,.csv,.txt")
    .hint(web.t(
        "XLSX、XLS、ODS、CSV，一次合计不超过20MB",
        "XLSX, XLS, ODS or CSV, 20 MB together",
    ))
    .required();
    let body = html! {
        (kit::heading(web.t("导入表格", "Import spreadsheets"),
            web.t("先上传核对，确认无误才写入；有一处错误就全部不写。写入后可以整批撤销。",
                "First a check, then the import: all of a file or nothing. An import can be undone."),
            html! { @if !batches.is_empty() { (reports::exports(&web, "imports", &[])) } }))
        (kit::section(web.t("上传", "Upload"), kit::upload_form("/imports", &web.shell(""), html! {
            (files)
            p { (web.t("顺序：", "Order: ")) (order.join(" → ")) (web.t("。", ".")) }
            p { (web.t("后面的表要用到前面的：住户要找得到小区，小区要找得到社区。列名、列的顺序不必与模板相同。",
                "Later registers refer to earlier ones: a household to its compound, a compound to its community. Headings and their order may differ from the templates.")) }
            (kit::actions(kit::button(web.t("上传并核对", "Upload and check"), Tone::Accent)))
        })))
        (kit::section(web.t("模板", "Templates"), html! {
            p { (web.t("没有现成表格时，下载模板填写。", "Without a spreadsheet of your own, fill in a template.")) }
            (kit::actions(html! { @for form in documents::forms::FORMS {
                (kit::link_button_with(Icon::Download, &format!("/templates/{}", form.key), form.title.get(web.lang == kit::Lang::Zh), Tone::Quiet))
            } }))
        }))
        (kit::section(web.t("已上传的文件", "Files so far"), kit::table(web.t("已上传的文件", "Files so far"), &columns, rows,
            kit::empty(Icon::Upload, web.t("还没有上传过文件", "No file has been uploaded"),
                web.t("从行政区划代码表开始。", "Begin with the divisions and their codes."), html! {}))))
    };
    Ok(web.page(web.t("导入表格", "Import spreadsheets"), body))
}

/// A file that is to be applied, read beside the writer.
pub async fn applying(web: &Web, at: BatchRef) -> Result<Applying> {
    let (actor, asked) = (web.actor()?, at.clone());
    let stored = web.app.read(move |tx| import::batch(tx, &actor, &asked)).await?;
    reports::blocking(move || Applying::of(&stored, at)).await
}

async fn apply(web: Web, Path(id): Path<String>, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let at = reference(&web, &id)?;
    let ctx = web.ctx_for(fields.command())?;
    let area = ctx.actor.area.clone();
    let applying = applying(&web, at).await?;
    let summary = web.app.act(&ctx, &APPLY, &area, applying, import::apply).await?;
    let words = format!(
        "{} {}",
        web.t("已导入。", "Imported."),
        tally_words(&web, &summary).join(web.t("；", "; "))
    );
    Ok(web.done(&format!("/imports/{id}"), &words))
}

async fn undo(web: Web, Path(id): Path<String>, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let at = reference(&web, &id)?;
    let ctx = web.ctx_for(fields.command())?;
    let area = ctx.actor.area.clone();
    let undone = web.app.act(&ctx, &UNDO, &area, at, import::undo).await?;
    let words = match web.lang {
        kit::Lang::Zh => format!("已撤销，{undone}项恢复到导入以前。"),
        kit::Lang::En => format!("Undone: {undone} entries are as they were before the import."),
    };
    Ok(web.done(&format!("/imports/{id}"), &words))
}

#[cfg(test)]
mod tests;
