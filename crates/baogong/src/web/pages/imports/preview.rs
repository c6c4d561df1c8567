//! What a file would do before it is applied: errors by cell with what would be right, and a sample of the changes.

use axum::extract::Path;
use documents::sheet::{CellError, Reading};
use kit::{Column, Icon, Lang, Markup, TableRow, Tile, Tone, html};
use store::Tx;

use super::super::super::Answer;
use super::super::super::request::Web;
use super::super::registers::{Names, differences, hidden, seen, shown_name, supplier_names};
use super::super::reports::blocking;
use super::matching::{self, Matching};
use super::pairs::{self, Pairs, RegisteredPairs};
use super::remarks::{Personal, Remark, skipped, table as remarks};
use super::{BatchState, reference, state_badge, tally_words};
use crate::base::words::count;
use crate::base::{Actor, Result, clock};
use crate::register::entry::Change;
use crate::register::import::choice::choose;
use crate::register::import::mapping::Remembered;
use crate::register::import::settled::Settled;
use crate::register::import::{self, Batch, Tally};
use crate::register::{Register, register};

/// Errors shown on the page; the spreadsheet has all of them.
const ERRORS_SHOWN: usize = 200;
/// Warnings and skipped rows shown on the page.
const REMARKS_SHOWN: usize = 50;
/// Changes shown as a sample.
const SAMPLE: usize = 10;

/// A change of the sample: of which register, what it is called, and what differs.
struct Sample {
    register: &'static str,
    name: String,
    is_new: bool,
    parts: Vec<(String, String, String)>,
}

/// What a file would do.
pub(super) struct View {
    tallies: Vec<Tally>,
    pub(super) errors: Vec<Remark>,
    pub(super) warnings: Vec<Remark>,
    skipped: Vec<Remark>,
    /// Errors beyond those that are listed.
    more_errors: usize,
    matchings: Vec<Matching>,
    remembered: Vec<Remembered>,
    pairs: Pairs,
    registered: RegisteredPairs,
    /// Whether the viewer brought the file in.
    own: bool,
    samples: Vec<Sample>,
    changes: usize,
    outside: usize,
}

fn sample(actor: &Actor, change: &Change, names: &Names, lang: Lang) -> Option<Sample> {
    let after = change.after.as_ref()?;
    let register: &'static Register = register(&after.register)?;
    let name = shown_name(actor, register, after);
    let parts = match &change.before {
        Some(before) => differences(actor, register, before, after, names, lang),
        None => register
            .form
            .columns
            .iter()
            .filter(|column| register.listed.contains(&column.key) && !hidden(actor, register, column.key))
            .filter_map(|column| {
                let words = seen(actor, register, column, after.body.get(column.key)?, names, lang);
                Some((
                    column.title.get(lang == Lang::Zh).to_string(),
                    String::new(),
                    words,
                ))
            })
            .collect(),
    };
    Some(Sample {
        register: register.word(lang),
        name,
        is_new: change.before.is_none(),
        parts,
    })
}

/// Compares a file with the registers, as the viewer may see it.
fn look(
    tx: &mut Tx,
    actor: &Actor,
    in_district: &str,
    reading: &Reading,
    settled: &[Settled],
    lang: Lang,
) -> Result<View> {
    let preview = import::preview(tx, actor, in_district, reading, settled)?;
    let names = supplier_names(tx, in_district)?;
    let personal = Personal::of(reading);
    let zh = lang == Lang::Zh;
    let remarks = |errors: &[CellError]| {
        errors
            .iter()
            .map(|error| personal.remark(error, actor, zh))
            .collect::<Vec<_>>()
    };
    // What changes is worth more of the sample than what is new.
    let samples = preview
        .changed_sample
        .iter()
        .chain(&preview.new_sample)
        .take(SAMPLE)
        .filter_map(|change| sample(actor, change, &names, lang))
        .collect();
    let viewer = (actor, &names, lang);
    Ok(View {
        errors: remarks(&preview.errors),
        more_errors: preview.more_errors,
        warnings: remarks(&preview.warnings),
        skipped: skipped(reading, &personal, lang),
        samples,
        changes: preview.changes,
        outside: preview.outside,
        registered: pairs::registered(tx, in_district, reading, &preview.alike, settled, viewer)?,
        matchings: Vec::new(),
        remembered: Vec::new(),
        pairs: Pairs::default(),
        own: false,
        tallies: preview.tallies,
    })
}

/// The batch and, while it waits, what it would do.
pub(super) async fn view(web: &Web, id: &str) -> Result<(Batch, Option<View>)> {
    let at = reference(web, id)?;
    let (actor, in_district, lang) = (web.actor()?, at.district.clone(), web.lang);
    let viewer = actor.clone();
    let stored = web.app.read(move |tx| import::batch(tx, &viewer, &at)).await?;
    let batch = stored.batch.clone();
    if batch.state != BatchState::Previewed {
        return Ok((batch, None));
    }
    let (looker, own) = (actor.clone(), actor.name == batch.actor);
    let (reading, settled, matchings, pairs) = blocking(move || {
        let mut reading = stored.read_whole()?;
        let pairs = pairs::pairs(&reading, &stored.decisions, &looker, lang);
        choose(&mut reading, &stored.decisions.choices);
        let matchings = matching::matchings(&reading);
        Ok((reading, stored.decisions.settled, matchings, pairs))
    })
    .await?;
    let view = web
        .app
        .read(move |tx| look(tx, &actor, &in_district, &reading, &settled, lang))
        .await?;
    let view = View {
        remembered: matching::remembered(web).await?,
        matchings,
        pairs,
        own,
        ..view
    };
    Ok((batch, Some(view)))
}

pub(super) async fn page(web: Web, Path(id): Path<String>) -> Answer {
    let (batch, view) = view(&web, &id).await?;
    let title = batch.file_name.as_str();
    let lead = format!("{} · {}", batch.actor, clock::minute(batch.created_s));
    let body = html! {
        (kit::crumbs(&[("/imports".into(), web.t("导入表格", "Import spreadsheets").into()), (String::new(), title.into())]))
        (kit::heading(title, &lead, state_badge(&web, &batch)))
        @match &view {
            Some(view) => { (waiting(&web, &id, view)) },
            None => { (finished(&web, &id, &batch)) },
        }
    };
    Ok(web.page(title, body))
}

fn tallies(web: &Web, tallies: &[Tally]) -> Markup {
    let columns = [
        Column::text(web.t("台账", "Register")),
        Column::number(web.t("没有错误的行", "Rows without errors")),
        Column::number(web.t("新增", "New")),
        Column::number(web.t("更新", "Changed")),
        Column::number(web.t("不变", "Unchanged")),
    ];
    let number = |value: usize| html! { (count(value as i64)) };
    let rows = tallies
        .iter()
        .map(|tally| {
            let name = register(&tally.register).map_or("", |register| register.word(web.lang));
            TableRow::new(vec![
                html! { (name) },
                number(tally.rows),
                number(tally.added),
                number(tally.changed),
                number(tally.unchanged),
            ])
        })
        .collect();
    kit::table(web.t("概况", "Summary"), &columns, rows, html! {})
}

fn waiting(web: &Web, id: &str, view: &View) -> Markup {
    let ready = view.errors.is_empty() && view.outside == 0;
    let number = |value: usize| count(value as i64);
    let errors = view.errors.len() + view.more_errors;
    html! {
        @if !view.errors.is_empty() {
            (kit::notice(Tone::Bad, &format!("{}{}", number(errors), web.t("处错误，没有写入任何数据", " errors; nothing was written")), html! {
                p { (web.t("请在标好错误的表里（有错的格子是红的，批注写着怎么改）或原文件中改正，保存后重新上传。已登记过的内容不会重复。若错误是找不到小区或社区，请先导入小区表或行政区划，再刷新本页。",
                    "Correct the marked file (wrong cells are red, a note says what would be right) or your own, and upload it again; nothing is registered twice. If a compound or community was not found, import that register first and reload this page.")) }
                @if view.pairs.open > 0 {
                    p { (web.t("同一项写了两次的，不用改文件，可以在下面选定：", "What stands twice can be settled below, without changing the file: "))
                        a href="#duplicates" { (web.t("文件里疑似重复", "Probable duplicates in the file")) } (web.t("。", ".")) }
                }
                (kit::actions(html! {
                    (kit::link_button_with(Icon::Download, &format!("/imports/{id}/corrected.xlsx"), web.t("下载标好错误的原表", "Download your file with the errors marked"), Tone::Accent))
                    (kit::link_button_with(Icon::Download, &format!("/imports/{id}/errors.xlsx"), web.t("只下载错误清单", "Only the list of errors"), Tone::Plain))
                    (kit::link_button_with(Icon::Upload, "/imports", web.t("重新上传", "Upload again"), Tone::Plain))
                }))
            }))
        } @else if view.outside > 0 {
            (kit::notice(Tone::Bad, web.t("不能导入", "Cannot be imported"), html! { p { (web.words(&import::outside_refusal(view.outside))) } }))
        } @else if view.tallies.is_empty() {
            (kit::notice(Tone::Warn, web.t("还没有认出这是哪一张表", "No form was recognised yet"), html! {
                p { (web.t("先在下面说明这是什么表、哪一行是表头，再核对、导入。", "First say below which form it is and where its heading stands; then check and import it.")) }
            }))
        } @else if view.changes == 0 {
            (kit::notice(Tone::Good, web.t("与现有登记完全一致，不用导入", "The same as what is registered; there is nothing to import"), html! {}))
        } @else {
            (kit::notice(Tone::Good, web.t("核对通过，可以导入", "Checked; ready to import"), html! {
                p { (web.t("请看一下数目和变化是否合理，再确认导入。", "See whether numbers and changes are plausible, then confirm.")) }
                (kit::form(&format!("/imports/{id}/apply"), &web.shell(""), kit::actions(html! {
                    (kit::button(&format!("{} {} {}", web.t("确认导入", "Import"), number(view.changes), web.t("项", "entries")), Tone::Accent))
                    (kit::link_button("/imports", web.t("先不导入", "Not now"), Tone::Quiet))
                })))
            }))
        }
        (kit::tiles(&[
            tile(web.t("新增", "New"), view.tallies.iter().map(|tally| tally.added).sum(), Tone::Plain),
            tile(web.t("更新", "Changed"), view.tallies.iter().map(|tally| tally.changed).sum(), Tone::Plain),
            tile(web.t("不变", "Unchanged"), view.tallies.iter().map(|tally| tally.unchanged).sum(), Tone::Plain),
            tile(web.t("错误", "Errors"), errors, if view.errors.is_empty() { Tone::Good } else { Tone::Bad }),
            tile(web.t("提醒", "Warnings"), view.warnings.len(), if view.warnings.is_empty() { Tone::Good } else { Tone::Warn }),
        ]))
        @if !view.errors.is_empty() {
            (kit::section(web.t("要改正的地方", "To be corrected"), remarks(web, web.t("错误", "Errors"), &view.errors, ERRORS_SHOWN, Tone::Bad)))
        }
        @if view.pairs.number > 0 {
            section id="duplicates" class="card" {
                div class="card-head" { h2 { (web.t("文件里疑似重复，请看一下", "Probable duplicates in the file")) " " (open_badge(web, view.pairs.open)) } }
                (pairs::show_pairs(web, id, &view.pairs))
            }
        }
        @if view.registered.number > 0 {
            section id="registered" class="card" {
                div class="card-head" { h2 { (web.t("疑似已经登记过，请看一下", "Probably registered already")) " " (open_badge(web, view.registered.open)) } }
                (pairs::show_registered(web, id, &view.registered))
            }
        }
        (matching::show_matchings(web, id, &view.matchings, &view.remembered, view.own))
        @if !view.tallies.is_empty() {
            (kit::section(web.t("各台账", "By register"), tallies(web, &view.tallies)))
        }
        @if !view.samples.is_empty() {
            (kit::section(if ready { web.t("变化举例", "Some of the changes") } else { web.t("没有错误的行（举例）", "Rows without errors (some)") }, samples(web, &view.samples)))
        }
        @if !view.warnings.is_empty() {
            (kit::section(web.t("请留意（不影响导入）", "Please note (does not stop the import)"), remarks(web, web.t("提醒", "Warnings"), &view.warnings, REMARKS_SHOWN, Tone::Warn)))
        }
        @if !view.skipped.is_empty() {
            (kit::section(web.t("跳过的行", "Rows left out"), kit::details(&format!("{} {}", number(view.skipped.len()), web.t("处", "places")),
                remarks(web, web.t("跳过的行", "Rows left out"), &view.skipped, ERRORS_SHOWN, Tone::Plain))))
        }
    }
}

fn open_badge(web: &Web, open: usize) -> Markup {
    if open == 0 {
        return kit::badge(Tone::Good, web.t("都处理好了", "all settled"));
    }
    kit::badge(Tone::Warn, &count(open as i64))
}

fn tile(label: &str, value: usize, tone: Tone) -> Tile {
    Tile {
        label: label.to_string(),
        value: count(value as i64),
        tone,
        ..Tile::default()
    }
}

fn samples(web: &Web, samples: &[Sample]) -> Markup {
    let columns = [
        Column::text(web.t("名称", "Name")),
        Column::text(web.t("台账", "Register")),
        Column::text(web.t("变化", "Change")),
    ];
    let empty = web.t("空", "empty");
    let rows = samples
        .iter()
        .map(|sample| {
            TableRow::new(vec![
                html! { @if sample.name.is_empty() { (sample.register) } @else { (sample.name) } },
                html! { (sample.register) " " @if sample.is_new { (kit::badge(Tone::Accent, web.t("新增", "new"))) } },
                html! { @for (title, was, is) in &sample.parts { div {
                    (title) (web.t("：", ": "))
                    @if sample.is_new { (is) }
                    @else if was == is { (is) " " (web.t("已修改", "changed")) }
                    @else { @if was.is_empty() { (empty) } @else { del { (was) } } " → " @if is.is_empty() { (empty) } @else { (is) } }
                } } },
            ])
        })
        .collect();
    kit::table(web.t("变化举例", "Some of the changes"), &columns, rows, html! {})
}

fn finished(web: &Web, id: &str, batch: &Batch) -> Markup {
    let summary = tally_words(web, &batch.summary);
    html! {
        @if batch.state == BatchState::Applied {
            (kit::notice(Tone::Good, web.t("已导入", "Imported"), html! {
                @if let Some(applied_s) = batch.applied_s { p { (clock::minute(applied_s)) } }
                @for line in &summary { p { (line) } }
                (kit::actions(html! {
                    @for tally in &batch.summary.tallies {
                        @if let Some(register) = register(&tally.register) {
                            (kit::link_button(&format!("/registers/{}", register.key()), &format!("{}{}", web.t("查看", "See "), register.word(web.lang)), Tone::Accent))
                        }
                    }
                    (kit::link_button_with(Icon::Upload, "/imports", web.t("导入下一个文件", "Import the next file"), Tone::Plain))
                }))
            }))
        } @else {
            (kit::notice(Tone::Warn, web.t("这次导入已撤销", "This import was undone"), html! {
                @if let Some(undone_s) = batch.undone_s { p { (clock::minute(undone_s)) } }
                p { (web.t("登记已恢复到导入以前。要再次导入，请重新上传文件。", "The registers are as they were. Upload the file again to import it once more.")) }
                (kit::link_button_with(Icon::Upload, "/imports", web.t("上传文件", "Upload a file"), Tone::Accent))
            }))
        }
        (kit::section(web.t("各台账", "By register"), tallies(web, &batch.summary.tallies)))
        @if batch.state == BatchState::Applied {
            (kit::section(web.t("撤销", "Undo"), undo(web, id, batch)))
        }
    }
}

/// Until when the import can be taken back, and the button that does it.
fn undo(web: &Web, id: &str, batch: &Batch) -> Markup {
    let until = batch.undo_until_s.map(clock::minute);
    if batch
        .undo_until_s
        .is_some_and(|until_s| until_s < web.app.clock.now_s())
    {
        return html! {
            p { (web.t("已过可以整批撤销的时限（", "The time to take all of it back is over (")) (until.unwrap_or_default())
                (web.t("）。请在登记台账里逐项更正，或导入一份改好的表。", "). Correct the entries in the registers, or import a corrected file.")) }
        };
    }
    html! {
        p { (web.t("发现导错了文件，可以整批撤销。导入后又改过、用过的内容不会被覆盖，这时会说明是哪几项。",
            "If it was the wrong file, take all of it back. What was changed or used since is never overwritten; you are told which entries these are.")) }
        @if let Some(until) = &until { p { strong { (web.t("可以撤销到", "Until")) " " (until) (web.t("。", ".")) } } }
        (kit::confirm_form(&format!("/imports/{id}/undo"), &web.shell(""), web.t("撤销这次导入", "Undo this import"), Tone::Bad,
            web.t("这个文件新增的内容会删除，更新的内容会恢复原样。", "What the file added goes, what it changed returns to what it was.")))
    }
}
