//! A register as a spreadsheet that reads back unchanged, as the viewer may see it.

use documents::forms::{Column as FormColumn, Kind};
use documents::sheet::{self, OutSheet};
use kit::Lang;

use super::show::{Names, hidden, masked as is_masked, seen};
use super::{Body, Entry, Register, text};
use crate::base::Actor;

/// The entries as a sheet. Columns that the actor sees only in part get another heading, so that a masked name or
/// phone is never read back as if it were the real one. With `tagged`, a row of HXL tags stands below the heading.
pub fn export_sheet(
    actor: &Actor,
    register: &'static Register,
    entries: Vec<Entry>,
    names: &Names,
    lang: Lang,
    tagged: bool,
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
    if tagged {
        let mut tags = sheet::hxl_tags(register.form);
        keep(&mut tags, &kept);
        sheet::add_hxl(&mut sheet, &tags);
    }
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
