//! Registers as spreadsheets: what was found, as the viewer may see it, and empty templates.

use axum::extract::{Path, RawQuery};
use documents::sheet;
use kit::Lang;

use super::super::super::Answer;
use super::super::super::fields::Fields;
use super::super::super::request::{CSV, Web, XLSX};
use super::super::reports::blocking;
use super::list::Filter;
use super::{asked, supplier_names};
use crate::base::act::Act;
use crate::base::id::district;
use crate::base::{Action, Fault, Refusal, clock};
use crate::register::correct::area_name;
use crate::register::entry;
use crate::register::export::export_sheet;

static EXPORT: Act = Act::new("register.export", Action::ViewRegister);

pub(super) async fn export(web: Web, Path(key): Path<String>, RawQuery(query): RawQuery) -> Answer {
    let register = asked(&key)?;
    let fields = Fields::of_query(&query.unwrap_or_default());
    let ctx = web.ctx()?;
    let filter = Filter::of(&ctx.actor, register, &fields)?;
    let csv = fields.get("format") == "csv";
    let tagged = fields.get("hxl") == "1";
    let wanted = filter.clone();
    let (entries, names, place) = web
        .app
        .read(move |tx| {
            let entries = entry::list(tx, &wanted.query(register), i64::MAX, 0)?;
            let names = supplier_names(tx, district(&wanted.area))?;
            Ok((entries, names, area_name(tx, &wanted.area)?))
        })
        .await?;
    // What was searched for may be a name, and stays out of the record.
    let record = format!("{key} {} {}", entries.len(), if csv { "csv" } else { "xlsx" });
    // Registers for the whole county are exported by people of one street too; the record lies in their own area.
    let area = if ctx.actor.covers(&filter.area) {
        filter.area
    } else {
        ctx.actor.area.clone()
    };
    web.app
        .act(&ctx, &EXPORT, &area, record, |_, _, record| Ok(record.clone()))
        .await?;
    let day = clock::zoned(ctx.now_s).strftime("%Y%m%d");
    let name = format!(
        "{place}{}{day}.{}",
        register.word(web.lang),
        if csv { "csv" } else { "xlsx" }
    );
    let (lang, actor) = (web.lang, ctx.actor);
    let bytes = blocking(move || {
        let mut sheet = export_sheet(&actor, register, entries, &names, lang, tagged);
        sheet
            .notes
            .push(format!("{place} · {}", clock::minute(ctx.now_s)));
        if csv {
            Ok(sheet::write_csv(&sheet))
        } else {
            sheet::write(&[sheet]).map_err(|error| Fault::Document(error).into())
        }
    })
    .await?;
    Ok(web.file(&name, if csv { CSV } else { XLSX }, bytes))
}

/// The empty spreadsheet of any form, also of those that are not registers.
pub(super) async fn template(web: Web, Path(key): Path<String>) -> Answer {
    let form = documents::forms::form(&key).ok_or_else(|| Refusal::not_found("表格", "form"))?;
    let zh = web.lang == Lang::Zh;
    let bytes =
        blocking(move || sheet::template(form, zh).map_err(|error| Fault::Document(error).into())).await?;
    let name = format!("{}{}.xlsx", form.title.get(zh), web.t("模板", " template"));
    Ok(web.file(&name, XLSX, bytes))
}
