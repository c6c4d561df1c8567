//! What a person decides about a file before it is applied: which column a heading means, and which of two rows that seem to
//! be the same is kept.

use axum::extract::Path;
use documents::forms::Form;
use documents::sheet::{DuplicateKind, Reading, SheetReading};
use kit::{Column, Field, Lang, Markup, TableRow, Tone, html};

use super::super::super::Answer;
use super::super::super::fields::Fields;
use super::super::super::request::Web;
use super::super::guard;
use super::super::registers::{Names, hidden, seen};
use super::super::reports::blocking;
use super::reference;
use crate::base::act::Act;
use crate::base::{Action, Actor, Refusal, Result};
use crate::register::import::choice::{self, Choice, Choosing, Keep, allowed};
use crate::register::import::mapping::{self, Matched, SignatureRef};
use crate::register::import::{self, Stored};
use crate::register::register;

static KEEP: Act = Act::new("import.mapping", Action::ImportRegister);
static FORGET: Act = Act::new("import.forget", Action::ImportRegister);
static DECIDE: Act = Act::new("import.duplicate", Action::ImportRegister);

/// Pairs shown at once.
const PAIRS_SHOWN: usize = 30;

/// The headings of a sheet and the columns that they are read as.
pub(super) struct Matching {
    place: usize,
    sheet: String,
    form: &'static Form,
    signature: String,
    remembered: bool,
    /// Letter, heading, and the key of the column, empty when it is not read.
    columns: Vec<(String, String, String)>,
}

/// The headings of every sheet that follows a form.
pub(super) fn matchings(reading: &Reading) -> Vec<Matching> {
    let of = |(place, sheet): (usize, &SheetReading)| {
        let known = sheet
            .columns
            .iter()
            .map(|(letter, key, heading)| (letter.clone(), heading.clone(), (*key).to_string()));
        let unknown = sheet
            .unknown_columns
            .iter()
            .map(|(letter, heading)| (letter.clone(), heading.clone(), String::new()));
        let mut columns: Vec<_> = known.chain(unknown).collect();
        columns.sort_by_key(|(letter, _, _)| (letter.len(), letter.clone()));
        Some(Matching {
            place,
            sheet: sheet.sheet.clone(),
            form: sheet.form?,
            signature: sheet.signature.clone(),
            remembered: sheet.remembered,
            columns,
        })
    };
    reading.sheets.iter().enumerate().filter_map(of).collect()
}

/// Two rows that seem to be the same, as the viewer may see them.
pub(super) struct Pair {
    choice: Choice,
    kind: DuplicateKind,
    words: String,
    chosen: Option<Keep>,
    /// Column, earlier row, later row.
    cells: Vec<(String, String, String)>,
}

/// The pairs of a file that a person may settle, those without a choice first. `whole` is the file as it stands, before any
/// row is left out.
pub(super) fn pairs(whole: &Reading, choices: &[Choice], actor: &Actor, lang: Lang) -> Vec<Pair> {
    let mut pairs = Vec::new();
    let names = Names::new();
    for sheet in &whole.sheets {
        let Some(register) = sheet.form.and_then(|form| register(form.key)) else {
            continue;
        };
        for pair in sheet
            .duplicates
            .iter()
            .filter(|pair| allowed(pair.kind, Keep::First))
        {
            let first = whole
                .sheets
                .iter()
                .filter(|one| one.sheet == pair.first_sheet)
                .find_map(|one| one.rows.iter().find(|row| row.row == pair.first_row));
            let second = sheet.rows.iter().find(|row| row.row == pair.second_row);
            let body = |row: Option<&documents::sheet::RowReading>| {
                row.map(|row| row.to_json(register.form)).unwrap_or_default()
            };
            let (left, right) = (body(first), body(second));
            let columns = register.form.columns.iter().filter(|column| {
                !hidden(actor, register, column.key)
                    && (left.contains_key(column.key) || right.contains_key(column.key))
            });
            let cell = |body: &serde_json::Map<String, serde_json::Value>, column| {
                let column: &documents::forms::Column = column;
                body.get(column.key).map_or_else(String::new, |value| {
                    seen(actor, register, column, value, &names, lang)
                })
            };
            let cells = columns.map(|column| {
                let title = column.title.get(lang == Lang::Zh).to_string();
                (title, cell(&left, column), cell(&right, column))
            });
            let choice = Choice {
                first_sheet: pair.first_sheet.clone(),
                first_row: pair.first_row,
                second_sheet: sheet.sheet.clone(),
                second_row: pair.second_row,
                keep: Keep::Both,
            };
            let chosen = choices.iter().find(|one| {
                (one.first_row, one.second_row) == (pair.first_row, pair.second_row)
                    && one.first_sheet == pair.first_sheet
                    && one.second_sheet == sheet.sheet
            });
            // What names a person stands in the cells, masked; the words would give it away.
            let words = match pair.kind {
                DuplicateKind::Conflict => lang.t(
                    "同一项写了两次，内容不一样",
                    "The same entry twice, with other content",
                ),
                DuplicateKind::Repeated => lang.t("同一项写了两次", "The same entry twice"),
                _ => lang.t("看起来是同一个人或同一项", "Seems to be the same person or thing"),
            };
            pairs.push(Pair {
                kind: pair.kind,
                words: words.to_string(),
                chosen: chosen.map(|one| one.keep),
                cells: cells.collect(),
                choice,
            });
        }
    }
    pairs.sort_by_key(|pair| pair.chosen.is_some());
    pairs
}

/// The headings and what they are read as, to be corrected.
pub(super) fn show_matchings(web: &Web, id: &str, matchings: &[Matching]) -> Markup {
    html! { @for matching in matchings {
        @let unread = matching.columns.iter().filter(|(_, _, key)| key.is_empty()).count();
        @let title = format!("{} · {}", matching.sheet, matching.form.title.get(web.lang == Lang::Zh));
        (kit::section_with(&format!("{}{title}", web.t("列名对应：", "Columns: ")), html! {
            @if matching.remembered { (kit::badge(Tone::Good, web.t("与上次相同", "as last time"))) }
        }, html! {
            @if unread > 0 {
                p { (unread) (web.t("列没有读取。如果里面有要用的内容，在下面选它是什么，选一次就会记住。",
                    " columns are not read. If they matter, say below what they are; it is remembered.")) }
            }
            details class="details" open[unread > 0 && !matching.remembered] {
                summary { (web.t("核对、修改每一列是什么", "Check and correct what each column is")) }
                div class="details-body" {
                    (kit::form(&format!("/imports/{id}/mapping"), &web.shell(""), html! {
                        (Field::hidden("sheet", &matching.place.to_string()))
                        (columns(web, matching))
                        (kit::actions(kit::button(web.t("按此读取并记住", "Read it so, and remember"), Tone::Accent)))
                    }))
                    @if matching.remembered {
                        (kit::form(&format!("/imports/{id}/forget"), &web.shell(""), html! {
                            (Field::hidden("signature", &matching.signature))
                            (kit::button(web.t("不再记住，重新自动识别", "Forget, and recognise anew"), Tone::Quiet))
                        }))
                    }
                }
            }
        }))
    } }
}

fn columns(web: &Web, matching: &Matching) -> Markup {
    let mut options = vec![("", web.t("（不读取）", "(not read)"))];
    options.extend(
        matching
            .form
            .columns
            .iter()
            .map(|column| (column.key, column.title.get(web.lang == Lang::Zh))),
    );
    let headings = [
        Column::text(web.t("列", "Column")),
        Column::text(web.t("表里的列名", "Heading in the file")),
        Column::text(web.t("是什么", "What it is")),
    ];
    let rows = matching
        .columns
        .iter()
        .map(|(letter, heading, key)| {
            let tone = if key.is_empty() { Tone::Warn } else { Tone::Plain };
            let select = Field::select(&format!("c:{letter}"), heading, &options)
                .value(key)
                .id(&format!("c-{}-{letter}", matching.place))
                .bare();
            TableRow::new(vec![html! { (letter) }, html! { (heading) }, html! { (select) }]).tone(tone)
        })
        .collect();
    kit::table(web.t("列名对应", "Columns"), &headings, rows, html! {})
}

/// Pairs side by side, each with what can be done.
pub(super) fn show_pairs(web: &Web, id: &str, pairs: &[Pair]) -> Markup {
    html! { @for pair in pairs.iter().take(PAIRS_SHOWN) {
        @let choice = &pair.choice;
        @let place = |sheet: &str, row: u32| match web.lang {
            Lang::Zh => format!("{sheet} 第{row}行"),
            Lang::En => format!("{sheet} row {row}"),
        };
        div class="pair" {
            p { strong { (pair.words) } " " @if let Some(keep) = pair.chosen { (kit::badge(Tone::Good, keep.word(web.lang))) } }
            (kit::table(&pair.words, &[
                Column::text(web.t("列", "Column")),
                Column::text(&place(&choice.first_sheet, choice.first_row)),
                Column::text(&place(&choice.second_sheet, choice.second_row)),
            ], pair.cells.iter().map(|(title, left, right)| {
                TableRow::new(vec![html! { (title) }, html! { (left) }, html! { (right) }])
                    .tone(if left == right { Tone::Plain } else { Tone::Warn })
            }).collect(), html! {}))
            (kit::form(&format!("/imports/{id}/duplicate"), &web.shell(""), html! {
                (Field::hidden("first_sheet", &choice.first_sheet)) (Field::hidden("first_row", &choice.first_row.to_string()))
                (Field::hidden("second_sheet", &choice.second_sheet)) (Field::hidden("second_row", &choice.second_row.to_string()))
                (kit::actions(html! { @for keep in Keep::ALL.iter().filter(|keep| allowed(pair.kind, **keep)) {
                    (kit::button_named("keep", keep.key(), keep.word(web.lang), if pair.chosen == Some(*keep) { Tone::Good } else { Tone::Plain }))
                } }))
            }))
            @if pair.kind == DuplicateKind::Conflict { p { small { (web.t("要保留后一行，请在文件里删去前一行再上传。", "To keep the later row, remove the earlier one from the file and upload it again.")) } } }
        }
    }
    @if pairs.len() > PAIRS_SHOWN { p { (web.t("处理完以上各对，再显示其余的。", "The others are shown when these are settled.")) } } }
}

async fn stored(web: &Web, id: &str) -> Result<(import::BatchRef, Stored)> {
    let (at, actor) = (reference(web, id)?, web.actor()?);
    let asked = at.clone();
    let stored = web.app.read(move |tx| import::batch(tx, &actor, &asked)).await?;
    Ok((at, stored))
}

pub(super) async fn keep(web: Web, Path(id): Path<String>, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let (at, stored) = stored(&web, &id).await?;
    let place = usize::try_from(fields.number("sheet")?.unwrap_or(0)).unwrap_or(usize::MAX);
    let reading = blocking(move || import::read_stored(&stored)).await?;
    let gone = || Refusal::invalid("sheet", "请刷新页面再试。", "Reload the page and try again.");
    let sheet = reading.sheets.get(place).ok_or_else(gone)?;
    let matched = Matched {
        district: at.district,
        signature: sheet.signature.clone(),
        register: sheet.form.ok_or_else(gone)?.key.to_string(),
        columns: fields.after("c:"),
    };
    let (ctx, area) = (web.ctx_for(fields.command())?, web.actor()?.area);
    web.app.act(&ctx, &KEEP, &area, matched, mapping::keep).await?;
    Ok(web.done(
        &format!("/imports/{id}"),
        web.t(
            "已按您选的列读取，并记住了。",
            "Read as you said, and remembered.",
        ),
    ))
}

pub(super) async fn forget(web: Web, Path(id): Path<String>, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let at = SignatureRef {
        district: web.district()?,
        signature: fields.get("signature").to_string(),
    };
    let (ctx, area) = (web.ctx_for(fields.command())?, web.actor()?.area);
    web.app.act(&ctx, &FORGET, &area, at, mapping::forget).await?;
    Ok(web.done(
        &format!("/imports/{id}"),
        web.t(
            "已不再记住，按列名重新识别。",
            "Forgotten; the headings are recognised anew.",
        ),
    ))
}

pub(super) async fn decide(web: Web, Path(id): Path<String>, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let row = |name: &'static str| -> Result<u32> {
        let number = fields.number(name)?.and_then(|row| u32::try_from(row).ok());
        number.ok_or_else(|| Refusal::invalid(name, "请刷新页面。", "Reload the page.").into())
    };
    let choosing = Choosing {
        at: reference(&web, &id)?,
        choice: Choice {
            first_sheet: fields.get("first_sheet").to_string(),
            first_row: row("first_row")?,
            second_sheet: fields.get("second_sheet").to_string(),
            second_row: row("second_row")?,
            keep: Keep::of(fields.get("keep"))
                .ok_or_else(|| Refusal::invalid("keep", "请选保留哪一行。", "Say which row is kept."))?,
        },
    };
    let (ctx, area) = (web.ctx_for(fields.command())?, web.actor()?.area);
    web.app
        .act(&ctx, &DECIDE, &area, choosing, choice::decide)
        .await?;
    Ok(web.go(&format!("/imports/{id}#duplicates")))
}
