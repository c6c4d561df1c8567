//! Registers as spreadsheets: what was found, as the viewer may see it, and empty templates.

use axum::extract::{Path, RawQuery};
use documents::forms::{Column as FormColumn, Kind};
use documents::sheet::{self, OutSheet};
use kit::Lang;

use super::super::super::Answer;
use super::super::super::fields::Fields;
use super::super::super::request::{Web, XLSX};
use super::super::reports::blocking;
use super::list::Filter;
use super::show::{Names, hidden, masked as is_masked, seen};
use super::{asked, supplier_names};
use crate::base::act::Act;
use crate::base::id::district;
use crate::base::{Action, Actor, Fault, clock};
use crate::register::correct::area_name;
use crate::register::entry::{self, Entry};
use crate::register::{Body, Register, text};

static EXPORT: Act = Act::new("register.export", Action::ViewRegister);

pub(super) async fn export(web: Web, Path(key): Path<String>, RawQuery(query): RawQuery) -> Answer {
    let register = asked(&key)?;
    let fields = Fields::of_query(&query.unwrap_or_default());
    let ctx = web.ctx()?;
    let filter = Filter::of(&ctx.actor, register, &fields)?;
    let csv = fields.get("format") == "csv";
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
        let mut sheet = export_sheet(&actor, register, entries, &names, lang);
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
    Ok(web.file(&name, if csv { "text/csv; charset=utf-8" } else { XLSX }, bytes))
}

/// The entries as a sheet. Columns that the actor sees only in part get another heading, so that a masked name or
/// phone is never read back as if it were the real one.
pub(super) fn export_sheet(
    actor: &Actor,
    register: &'static Register,
    entries: Vec<Entry>,
    names: &Names,
    lang: Lang,
) -> OutSheet {
    let masked: Vec<&FormColumn> = register
        .form
        .columns
        .iter()
        .filter(|column| is_masked(actor, register, column.key))
        .collect();
    let bodies: Vec<Body> = entries
        .into_iter()
        .map(|entry| {
            let mut body = entry.body;
            for column in &masked {
                if let Some(value) = body.remove(column.key) {
                    body.insert(
                        column.key.into(),
                        seen(actor, register, column, &value, names, lang).into(),
                    );
                }
            }
            if let Some(name) = names.get(text(&body, "supplier")) {
                body.insert("supplier".into(), name.as_str().into());
            }
            body
        })
        .collect();
    let mut sheet = sheet::form_sheet(register.form, &bodies, lang == Lang::Zh);
    let shown: Vec<&FormColumn> = register
        .form
        .columns
        .iter()
        .filter(|column| column.kind != Kind::Dwelling)
        .collect();
    for (out, column) in sheet.columns.iter_mut().zip(&shown) {
        if is_masked(actor, register, column.key) {
            out.title = format!(
                "{}{}",
                lang.t("已脱敏", "Masked "),
                column.title.get(lang == Lang::Zh)
            );
        }
    }
    let kept: Vec<bool> = shown
        .iter()
        .map(|column| !hidden(actor, register, column.key))
        .collect();
    for row in &mut sheet.rows {
        keep(row, &kept);
    }
    keep(&mut sheet.columns, &kept);
    if !masked.is_empty() {
        sheet.notes.push(
            lang.t(
                "表头有“已脱敏”的列只显示一部分；重新导入时不读取这些列。",
                "Columns whose heading begins with “Masked” show only a part; they are not read when the file is imported again.",
            )
            .to_string(),
        );
    }
    sheet
}

fn keep<T>(items: &mut Vec<T>, kept: &[bool]) {
    let mut place = kept.iter();
    items.retain(|_| place.next().copied().unwrap_or(true));
}

pub(super) async fn template(web: Web, Path(key): Path<String>) -> Answer {
    let register = asked(&key)?;
    let zh = web.lang == Lang::Zh;
    let bytes =
        blocking(move || sheet::template(register.form, zh).map_err(|error| Fault::Document(error).into()))
            .await?;
    let name = format!("{}{}.xlsx", register.word(web.lang), web.t("模板", " template"));
    Ok(web.file(&name, XLSX, bytes))
}
