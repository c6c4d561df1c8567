//! What is wrong or odd in a file, cell by cell, without giving away what stands there about a person.

use std::collections::HashMap;

use axum::extract::Path;
use documents::sheet::{self, CellError, DuplicateKind, OutCell, OutColumn, OutKind, OutSheet, Reading};
use kit::{Column, Lang, Markup, TableRow, Tone, html};

use super::super::super::Answer;
use super::super::super::request::{Web, XLSX};
use super::super::registers::field_of;
use super::super::reports::blocking;
use crate::base::access::Field;
use crate::base::words::count;
use crate::base::{Actor, Error, Fault, Refusal};
use crate::register::{import, register};

/// A remark about a cell or row, as the viewer may see it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Remark {
    pub(super) sheet: String,
    pub(super) row: u32,
    pub(super) column: String,
    pub(super) heading: String,
    pub(super) value: String,
    pub(super) words: String,
}

/// What the columns of a file hold about a person, by sheet and letter, so that remarks do not give it away.
pub(super) struct Personal {
    columns: HashMap<(String, String), Field>,
    /// Sheets whose rows are named by a person's name and phone.
    sheets: Vec<String>,
}

impl Personal {
    pub(super) fn of(reading: &Reading) -> Self {
        let mut personal = Self {
            columns: HashMap::new(),
            sheets: Vec::new(),
        };
        for sheet in &reading.sheets {
            let Some(register) = sheet.form.and_then(|form| register(form.key)) else {
                continue;
            };
            for (letter, key, _) in &sheet.columns {
                if let Some(field) = field_of(register, key) {
                    personal
                        .columns
                        .insert((sheet.sheet.clone(), letter.clone()), field);
                }
            }
            if register
                .identity
                .iter()
                .any(|key| field_of(register, key).is_some())
            {
                personal.sheets.push(sheet.sheet.clone());
            }
        }
        personal
    }

    pub(super) fn remark(&self, error: &CellError, actor: &Actor, zh: bool) -> Remark {
        let field = self.columns.get(&(error.sheet.clone(), error.column.clone()));
        let value = match field {
            Some(field) => actor.show(*field, &error.value),
            // A remark about a whole row has no heading, and its value is a code.
            None if error.heading.is_empty() => String::new(),
            None => error.value.clone(),
        };
        Remark {
            sheet: error.sheet.clone(),
            row: error.row,
            column: error.column.clone(),
            heading: error.heading.clone(),
            value,
            words: self.without_person(&error.sheet, error.message(zh)),
        }
    }

    /// Messages about repeated rows quote what names the row; for people that is left out.
    fn without_person(&self, sheet: &str, words: &str) -> String {
        if !self.sheets.iter().any(|one| one == sheet) {
            return words.to_string();
        }
        match (words.find('“'), words.find('”')) {
            (Some(open), Some(close)) if open == 0 && close > open => {
                format!("“…”{}", &words[close + '”'.len_utf8()..])
            }
            _ => words.to_string(),
        }
    }
}

/// Everything that is not an error, from the reading itself because it has the words in both languages.
pub(super) fn skipped(reading: &Reading, personal: &Personal, lang: Lang) -> Vec<Remark> {
    let zh = lang == Lang::Zh;
    let mut remarks = Vec::new();
    for sheet in &reading.sheets {
        let remark = |row: u32, words: &str| Remark {
            sheet: sheet.sheet.clone(),
            row,
            words: words.to_string(),
            ..Remark::default()
        };
        remarks.extend(
            sheet
                .skipped
                .iter()
                .map(|skipped| remark(skipped.row, skipped.message(zh))),
        );
        // Pairs that a person settles are shown side by side; identical rows are only named.
        let of_people = personal.sheets.contains(&sheet.sheet);
        for same in sheet
            .duplicates
            .iter()
            .filter(|pair| pair.kind == DuplicateKind::Same)
        {
            let words = same.message(zh);
            let plain = words
                .split_once(if zh { "：" } else { ": " })
                .map_or(words, |(_, rest)| rest);
            remarks.push(remark(same.second_row, if of_people { plain } else { words }));
        }
    }
    remarks
}

/// Remarks as a table of at most `shown` rows.
pub(super) fn table(web: &Web, caption: &str, remarks: &[Remark], shown: usize, tone: Tone) -> Markup {
    let columns = [
        Column::text(web.t("位置", "Where")),
        Column::text(web.t("列名", "Heading")),
        Column::text(web.t("填写的内容", "Value")),
        Column::text(web.t("说明", "What would be right")),
    ];
    let rows = remarks
        .iter()
        .take(shown)
        .map(|remark| {
            let place = place_words(web, remark);
            TableRow::new(vec![
                html! { (place) },
                html! { (remark.heading) },
                html! { (remark.value) },
                html! { (remark.words) },
            ])
            .tone(tone)
        })
        .collect();
    html! {
        (kit::table(caption, &columns, rows, html! {}))
        @if remarks.len() > shown {
            p { (web.t("还有", "And")) " " (count((remarks.len() - shown) as i64)) " " (web.t("条没有列出。", "more that are not listed here.")) }
        }
    }
}

/// `住户 C12`, or the row alone when no column is meant.
fn place_words(web: &Web, remark: &Remark) -> String {
    match (remark.row, remark.column.as_str()) {
        (0, _) => remark.sheet.clone(),
        (row, "") => match web.lang {
            Lang::Zh => format!("{} 第{row}行", remark.sheet),
            Lang::En => format!("{} row {row}", remark.sheet),
        },
        (row, column) => format!("{} {column}{row}", remark.sheet),
    }
}

pub(super) async fn errors_file(web: Web, Path(id): Path<String>) -> Answer {
    let (batch, view) = super::preview::view(&web, &id).await?;
    let Some(view) = view.filter(|view| !view.errors.is_empty()) else {
        return Err(Error::from(Refusal::conflict(
            "no_errors",
            "这个文件没有错误。",
            "This file has no errors.",
        )));
    };
    let lang = web.lang;
    let column = |title: &str, width: f64, kind: OutKind| OutColumn {
        title: title.to_string(),
        width,
        kind,
    };
    let sheet = move |name: &str, remarks: &[Remark]| OutSheet {
        name: name.to_string(),
        title: format!("{} {name}", batch.file_name),
        notes: Vec::new(),
        columns: vec![
            column(lang.t("工作表", "Sheet"), 18.0, OutKind::Text),
            column(lang.t("行", "Row"), 8.0, OutKind::Count),
            column(lang.t("单元格", "Cell"), 10.0, OutKind::Text),
            column(lang.t("列名", "Heading"), 18.0, OutKind::Text),
            column(lang.t("填写的内容", "Value"), 24.0, OutKind::Text),
            column(lang.t("说明", "What would be right"), 60.0, OutKind::Text),
        ],
        rows: remarks
            .iter()
            .map(|remark| {
                let cell = if remark.column.is_empty() {
                    String::new()
                } else {
                    format!("{}{}", remark.column, remark.row)
                };
                vec![
                    OutCell::Text(remark.sheet.clone()),
                    OutCell::Int(i64::from(remark.row)),
                    OutCell::Text(cell),
                    OutCell::Text(remark.heading.clone()),
                    OutCell::Text(remark.value.clone()),
                    OutCell::Text(remark.words.clone()),
                ]
            })
            .collect(),
        total: None,
    };
    let bytes = blocking(move || {
        let mut sheets = vec![sheet(lang.t("错误", "Errors"), &view.errors)];
        if !view.warnings.is_empty() {
            sheets.push(sheet(lang.t("提醒", "Warnings"), &view.warnings));
        }
        sheet::write(&sheets).map_err(|error| Fault::Document(error).into())
    })
    .await?;
    Ok(web.file(web.t("导入错误.xlsx", "import-errors.xlsx"), XLSX, bytes))
}

/// The file itself, with the wrong cells coloured and a note on each that says what would be right. What people stand in it
/// is not masked, so it goes only to whoever brought it in.
pub(super) async fn marked_file(web: Web, Path(id): Path<String>) -> Answer {
    let (at, actor, zh) = (super::reference(&web, &id)?, web.actor()?, web.lang == Lang::Zh);
    let asked = at.clone();
    let own = actor.name.clone();
    let stored = web.app.read(move |tx| import::batch(tx, &actor, &asked)).await?;
    if stored.batch.actor != own {
        return Err(super::matching::not_yours().into());
    }
    let name = stored.batch.file_name.clone();
    let (stored, mut reading) = blocking(move || {
        let reading = import::read_stored(&stored)?;
        Ok((stored, reading))
    })
    .await?;
    let (preview, read) = {
        let (in_district, viewer, settled) = (
            at.district.clone(),
            web.actor()?,
            stored.decisions.settled.clone(),
        );
        web.app
            .read(move |tx| {
                let preview = import::preview(tx, &viewer, &in_district, &reading, &settled)?;
                reading.sheets.iter_mut().for_each(|sheet| sheet.rows.clear());
                Ok((preview, reading))
            })
            .await?
    };
    reading = read;
    // What is wrong only in comparison with the registers is marked in the same way.
    for sheet in &mut reading.sheets {
        let own = preview.errors.iter().filter(|error| error.sheet == sheet.sheet);
        sheet.errors = own.cloned().collect();
    }
    let bytes = blocking(move || {
        sheet::marked(&stored.bytes, &stored.batch.file_name, &reading, zh)
            .map_err(|rejected| Refusal::invalid("file", rejected.zh(), rejected.en()).into())
    })
    .await?;
    let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem);
    Ok(web.file(
        &format!("{stem}{}.xlsx", web.t("（标错）", " (marked)")),
        XLSX,
        bytes,
    ))
}
