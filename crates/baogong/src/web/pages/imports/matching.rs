//! Which column a heading means, as it was recognised or as somebody says; and, where no form was recognised, which form it is
//! and where its heading stands.

use axum::extract::{Path, RawQuery};
use documents::forms::Form;
use documents::sheet::{self, HeadRow, Reading, SheetReading};
use kit::{Column, Field, Icon, Lang, Markup, TableRow, Tone, html};

use super::super::super::Answer;
use super::super::super::fields::Fields;
use super::super::super::request::Web;
use super::super::reports::blocking;
use super::reference;
use crate::base::{Refusal, RefusalKind, Result, clock};
use crate::register::import::mapping::Remembered;
use crate::register::import::{self, BatchState};
use crate::register::{REGISTERS, register};

/// The headings of a sheet and the columns that they are read as.
pub(super) struct Matching {
    place: usize,
    sheet: String,
    /// `None` where no form was recognised.
    form: Option<&'static Form>,
    signature: String,
    by_hand: bool,
    /// Letter, heading, and the key of the column, empty when it is not read.
    columns: Vec<(String, String, String)>,
}

/// The headings of every sheet that follows a form, or has rows of which one may be a heading.
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
        let table = sheet.form.is_some() || sheet.head.iter().any(|row| row.cells.len() > 1);
        table.then(|| Matching {
            place,
            sheet: sheet.sheet.clone(),
            form: sheet.form,
            signature: sheet.signature.clone(),
            by_hand: sheet.remembered,
            columns,
        })
    };
    reading.sheets.iter().enumerate().filter_map(of).collect()
}

/// The headings and what they are read as, to be corrected.
pub(super) fn show_matchings(
    web: &Web,
    id: &str,
    matchings: &[Matching],
    remembered: &[Remembered],
    own: bool,
) -> Markup {
    html! { @for matching in matchings {
        @match matching.form {
            Some(form) => (recognised(web, id, matching, form, remembered, own)),
            None => (unrecognised(web, id, matching, own)),
        }
    } }
}

fn recognised(
    web: &Web,
    id: &str,
    matching: &Matching,
    form: &'static Form,
    remembered: &[Remembered],
    own: bool,
) -> Markup {
    let unread = matching
        .columns
        .iter()
        .filter(|(_, _, key)| key.is_empty())
        .count();
    let title = format!("{} · {}", matching.sheet, form.title.get(web.lang == Lang::Zh));
    let kept = remembered.iter().find(|one| one.signature == matching.signature);
    let held = kept.filter(|kept| web.actor().is_ok_and(|actor| actor.covers(&kept.area)));
    kit::section_with(
        &format!("{}{title}", web.t("列名对应：", "Columns: ")),
        html! { @if matching.by_hand { (kit::badge(Tone::Good, web.t("与上次相同", "as last time"))) } },
        html! {
            @if unread > 0 {
                p { (unread) (web.t("列没有读取。如果里面有要用的内容，在下面选它是什么，选一次就会记住。",
                    " columns are not read. If they matter, say below what they are; it is remembered.")) }
            }
            details class="details" open[unread > 0 && !matching.by_hand] {
                summary { (web.t("核对、修改每一列是什么", "Check and correct what each column is")) }
                div class="details-body" {
                    (columns(web, id, form, &matching.signature, matching.place, &matching.columns, &[]))
                    @if matching.by_hand {
                        @if let Some(kept) = kept { p { small { (kept.actor) " " (clock::minute(kept.at_s)) " " (web.t("选定。", "matched these columns.")) } } }
                        (kit::form(&format!("/imports/{id}/forget"), &web.shell(""), html! {
                            (Field::hidden("signature", &matching.signature))
                            @if let Some(kept) = held {
                                (Field::hidden("area", &kept.area)) (Field::hidden("at_s", &kept.at_s.to_string()))
                                (kit::button(web.t("不再记住，重新自动识别", "Forget, and recognise anew"), Tone::Quiet))
                            } @else {
                                (kit::button(web.t("这个文件重新自动识别", "Recognise this file anew"), Tone::Quiet))
                            }
                        }))
                    }
                    @if own { p { a href=(format!("/imports/{id}/match?sheet={}", matching.place)) {
                        (web.t("认成别的表了，或表头不是这一行？", "Taken for another form, or by a wrong heading?")) } } }
                }
            }
        },
    )
}

fn unrecognised(web: &Web, id: &str, matching: &Matching, own: bool) -> Markup {
    kit::section_with(
        &format!("{}{}", web.t("没有认出：", "Not recognised: "), matching.sheet),
        html! {},
        html! {
            p { (web.t("没有认出这是哪一张表，没有读取。告诉系统这是什么表、哪一行是表头，下次同样的表就认得了。",
                "No form was recognised, so it was not read. Say which form it is and where its heading stands; the next file like it is then known.")) }
            @if own {
                (kit::actions(kit::link_button_with(Icon::Edit, &format!("/imports/{id}/match?sheet={}", matching.place), web.t("手工对应", "Match by hand"), Tone::Accent)))
            } @else {
                p { (web.t("表里的内容只给上传的人看，请让上传的人来对应。", "What stands in it is shown only to whoever brought it in; ask them to match it.")) }
            }
        },
    )
}

/// The form that says what each column is; `samples` are what stands below each heading, by letter.
fn columns(
    web: &Web,
    id: &str,
    form: &'static Form,
    signature: &str,
    place: usize,
    columns: &[(String, String, String)],
    samples: &[(&str, String)],
) -> Markup {
    let mut options = vec![("", web.t("（不读取）", "(not read)").to_string())];
    options.extend(form.columns.iter().map(|column| {
        let must = if column.required { " *" } else { "" };
        (
            column.key,
            format!("{}{must}", column.title.get(web.lang == Lang::Zh)),
        )
    }));
    let mut headings = vec![
        Column::text(web.t("列", "Column")),
        Column::text(web.t("表里的列名", "Heading in the file")),
        Column::text(web.t("是什么", "What it is")),
    ];
    if !samples.is_empty() {
        headings.insert(2, Column::text(web.t("下面的内容", "What stands below")));
    }
    let rows = columns
        .iter()
        .map(|(letter, heading, key)| {
            let tone = if key.is_empty() { Tone::Warn } else { Tone::Plain };
            let select = Field::select(&format!("c:{letter}"), heading, &options)
                .value(key)
                .id(&format!("c-{place}-{letter}"))
                .bare();
            let mut cells = vec![html! { (letter) }, html! { (heading) }, html! { (select) }];
            if !samples.is_empty() {
                let sample = samples.iter().find(|(own, _)| own == letter);
                cells.insert(2, html! { @if let Some((_, words)) = sample { (words) } });
            }
            TableRow::new(cells).tone(tone)
        })
        .collect();
    kit::form(
        &format!("/imports/{id}/mapping"),
        &web.shell(""),
        html! {
            (Field::hidden("signature", signature)) (Field::hidden("register", form.key))
            (kit::table(web.t("列名对应", "Columns"), &headings, rows, html! {}))
            @if options.iter().any(|(_, title)| title.ends_with('*')) { p { small { (web.t("带 * 的必须有。", "Those with * are required.")) } } }
            (kit::actions(kit::button(web.t("按此读取并记住", "Read it so, and remember"), Tone::Accent)))
        },
    )
}

/// Matching by hand: which form a sheet is and which row its heading, then what each column is. What people stand in the file
/// is not masked here, so it is shown only to whoever brought it in.
pub(super) async fn by_hand(web: Web, Path(id): Path<String>, RawQuery(query): RawQuery) -> Answer {
    let fields = Fields::of_query(&query.unwrap_or_default());
    let (at, actor) = (reference(&web, &id)?, web.actor()?);
    let own = actor.name.clone();
    let stored = web.app.read(move |tx| import::batch(tx, &actor, &at)).await?;
    let name = stored.batch.file_name.clone();
    if stored.batch.state != BatchState::Previewed {
        return Ok(web.go(&format!("/imports/{id}")));
    }
    if stored.batch.actor != own {
        return Err(not_yours().into());
    }
    let place = usize::try_from(fields.number("sheet")?.unwrap_or(0)).unwrap_or(usize::MAX);
    let reading = blocking(move || stored.read_whole()).await?;
    let gone = || Refusal::invalid("sheet", "请刷新页面再试。", "Reload the page and try again.");
    let sheet = reading.sheets.get(place).ok_or_else(gone)?;
    let form = register(fields.get("form")).map(|register| register.form);
    let row = fields.number("row")?;
    let heading = sheet.head.iter().find(|one| row == Some(i64::from(one.row)));
    let body = html! {
        (kit::crumbs(&[
            ("/imports".into(), web.t("导入表格", "Import spreadsheets").into()),
            (format!("/imports/{id}"), name.clone()),
            (String::new(), web.t("手工对应", "Match by hand").into()),
        ]))
        (kit::heading(web.t("手工对应", "Match by hand"), &sheet.sheet, html! {}))
        (which(&web, &id, place, sheet, form, heading))
        @if let (Some(form), Some(heading)) = (form, heading) { (what(&web, &id, place, sheet, form, heading)) }
    };
    Ok(web.page(web.t("手工对应", "Match by hand"), body))
}

/// Says that a file is shown unmasked only to whoever brought it in.
pub(super) fn not_yours() -> Refusal {
    Refusal::new(
        RefusalKind::NotAllowed,
        "not_yours",
        "原文件含有完整的个人信息，只交给上传它的人；请让上传的人来办。",
        "The file holds personal data in full and is shown only to whoever brought it in; ask them to do it.",
    )
}

fn which(
    web: &Web,
    id: &str,
    place: usize,
    sheet: &SheetReading,
    form: Option<&'static Form>,
    heading: Option<&HeadRow>,
) -> Markup {
    let forms: Vec<(&str, &str)> = REGISTERS
        .iter()
        .map(|register| (register.key(), register.form.title.get(web.lang == Lang::Zh)))
        .collect();
    let proposed = form.or(sheet.form).map_or("", |form| form.key);
    let chosen = heading.map(|heading| heading.row).or(sheet.heading_row);
    let rows = sheet.head.iter().map(|row| {
        let words: Vec<&str> = row.cells.iter().map(|(_, text)| text.as_str()).collect();
        let line = match web.lang {
            Lang::Zh => format!("第{}行", row.row),
            Lang::En => format!("Row {}", row.row),
        };
        (row.row.to_string(), line, words.join(" │ "))
    });
    let rows: Vec<(String, String, String)> = rows.collect();
    kit::section(
        web.t(
            "1. 这是哪一张表，表头在哪一行",
            "1. Which form is it, and which row is its heading",
        ),
        html! {
            form method="get" action=(format!("/imports/{id}/match")) {
                (Field::hidden("sheet", &place.to_string()))
                (Field::select("form", web.t("这张表是", "This is"), &forms).value(proposed))
                (Field::radio("row", web.t("写着列名的那一行", "The row that names the columns"), &rows)
                    .value(&chosen.map_or_else(String::new, |row| row.to_string())).required())
                (kit::actions(kit::button(web.t("下一步：每一列是什么", "Next: what each column is"), if heading.is_some() { Tone::Plain } else { Tone::Accent })))
            }
        },
    )
}

fn what(
    web: &Web,
    id: &str,
    place: usize,
    sheet: &SheetReading,
    form: &'static Form,
    heading: &HeadRow,
) -> Markup {
    let titles: Vec<&str> = heading.cells.iter().map(|(_, title)| title.as_str()).collect();
    let proposed = sheet::suggest(form, &titles);
    let named: Vec<(String, String, String)> = heading
        .cells
        .iter()
        .zip(proposed)
        .map(|((letter, title), key)| (letter.clone(), title.clone(), key.unwrap_or_default().to_string()))
        .collect();
    let below: Vec<&HeadRow> = sheet
        .head
        .iter()
        .filter(|row| row.row > heading.row)
        .take(3)
        .collect();
    let samples: Vec<(&str, String)> = heading
        .cells
        .iter()
        .map(|(letter, _)| {
            let cells = below
                .iter()
                .filter_map(|row| row.cells.iter().find(|(own, _)| own == letter));
            let words: Vec<&str> = cells.map(|(_, text)| text.as_str()).collect();
            (letter.as_str(), words.join(web.t("、", ", ")))
        })
        .collect();
    kit::section(
        web.t("2. 每一列是什么", "2. What each column is"),
        html! {
            p { (web.t("认得的列已经选好，请核对；不要的选“不读取”。", "Columns that are known are chosen already; check them, and leave out what you do not want.")) }
            (columns(web, id, form, &heading.signature, place, &named, &samples))
        },
    )
}

/// The mappings that are remembered for the viewer's files.
pub(super) async fn remembered(web: &Web) -> Result<Vec<Remembered>> {
    let (actor, of) = (web.actor()?, web.district()?);
    web.app
        .read(move |tx| import::mapping::around(tx, &of, &actor.area))
        .await
}
