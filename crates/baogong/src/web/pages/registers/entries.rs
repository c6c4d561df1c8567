//! One entry: all its columns, its history, and the logged click that shows a person's data in full.

use axum::extract::{Path, RawQuery};
use axum::response::Response;
use kit::{Column, Field, Icon, Lang, Markup, TableRow, Tone, html};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::Tx;

use super::super::super::Answer;
use super::super::super::fields::Fields;
use super::super::super::request::Web;
use super::super::guard;
use super::{address, asked, may_see, supplier_names};
use crate::base::act::Act;
use crate::base::id::district;
use crate::base::{Action, Actor, Ctx, Refusal, Result, clock};
use crate::register::correct::area_name;
use crate::register::entry::{self, Entry};
use crate::register::show::{self, Names, hidden, seen, shown_name};
use crate::register::{Register, text};

pub(super) static UNMASK: Act = Act::new("personal.unmask", Action::Unmask);

/// What happened once: when, who, before, after.
type Happening = (i64, String, Option<Entry>, Option<Entry>);

/// An entry with everything that its page shows.
struct View {
    /// `None` when it was removed.
    entry: Option<Entry>,
    /// The entry, or what it was when it was removed.
    last: Entry,
    place: String,
    names: Names,
    history: Vec<Happening>,
}

/// Reads an entry that the actor may see, removed ones too.
fn load(tx: &mut Tx, actor: &Actor, register: &'static Register, code: &str) -> Result<View> {
    let in_district = district(&actor.area).to_string();
    let entry = entry::get(tx, register.key(), &in_district, code)?;
    let history = entry::history(tx, register.key(), &in_district, code)?;
    let removed = || {
        history
            .iter()
            .find_map(|(_, _, before, after)| before.clone().filter(|_| after.is_none()))
    };
    let last = entry
        .clone()
        .or_else(removed)
        .filter(|last| may_see(actor, register, &last.area))
        .ok_or_else(|| Refusal::not_found(register.title.0, register.title.1))?;
    let place = area_name(tx, &last.area)?;
    let names = supplier_names(tx, &in_district)?;
    Ok(View {
        entry,
        last,
        place,
        names,
        history,
    })
}

pub(super) async fn page(web: Web, Path(key): Path<String>, RawQuery(query): RawQuery) -> Answer {
    let register = asked(&key)?;
    let fields = Fields::of_query(&query.unwrap_or_default());
    let (actor, code) = (web.actor()?, fields.get("code").to_string());
    let view = web.app.read(move |tx| load(tx, &actor, register, &code)).await?;
    show_view(&web, register, &view, false)
}

/// The longest record, in bytes, that the audit log keeps of an act; longer ones would be left out.
const RECORD_BYTES_MAX: usize = 64;

/// Whose data somebody wants to see in full, and why.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Unmasking {
    register: String,
    code: String,
    /// What the audit log says beside who, when and where.
    record: String,
}

impl Unmasking {
    /// The area of the record, which for a household is the household itself, and what is recorded.
    ///
    /// Refuses a reason that is missing, or too long to be recorded.
    pub(super) fn of(entry: &Entry, reason: &str) -> Result<(String, Self)> {
        let wrong = |zh: &str, en: &str| Refusal::invalid("reason", zh, en);
        if reason.chars().count() < 2 {
            return Err(wrong("请写明为什么要看完整信息。", "Say why the full data are needed.").into());
        }
        let (area, record) = match entry.code.starts_with(entry.area.as_str()) {
            true => (entry.code.clone(), reason.to_string()),
            false => (entry.area.clone(), format!("{} {reason}", entry.code)),
        };
        if serde_json::to_string(&record)?.len() > RECORD_BYTES_MAX {
            return Err(wrong(
                "理由请写短一些，最多15个字。",
                "Keep the reason short: at most 45 letters.",
            )
            .into());
        }
        Ok((
            area,
            Self {
                register: entry.register.clone(),
                code: entry.code.clone(),
                record,
            },
        ))
    }
}

/// Only the record is written; what is shown comes from a read, so that it never stands in the audit log.
pub(super) fn record(_: &mut Tx, _: &Ctx, unmasking: &Unmasking) -> Result<String> {
    Ok(unmasking.record.clone())
}

pub(super) async fn unmask(web: Web, Path(key): Path<String>, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let register = asked(&key)?;
    let (actor, code) = (web.actor()?, fields.get("code").to_string());
    let reason = fields.get("reason").to_string();
    let view = web.app.read(move |tx| load(tx, &actor, register, &code)).await?;
    let (area, unmasking) = Unmasking::of(&view.last, &reason)?;
    web.app
        .act(&web.ctx_for(fields.command())?, &UNMASK, &area, unmasking, record)
        .await?;
    show_view(&web, register, &view, true)
}

fn show_view(web: &Web, register: &'static Register, view: &View, whole: bool) -> Result<Response> {
    let actor = web.actor()?;
    // The system sees everything; it lends its eyes for one page after the logged click.
    let eyes = if whole { Actor::system() } else { actor.clone() };
    let entry = &view.last;
    let zh = web.lang == Lang::Zh;
    let mut facts: Vec<(String, Markup)> = Vec::new();
    for column in register
        .form
        .columns
        .iter()
        .filter(|column| !hidden(&eyes, register, column.key))
    {
        let Some(value) = entry.body.get(column.key) else {
            continue;
        };
        let words = seen(&eyes, register, column, value, &view.names, web.lang);
        facts.push((column.title.get(zh).to_string(), html! { (words) }));
    }
    let something_masked = register
        .personal
        .iter()
        .any(|(key, _)| entry.body.contains_key(*key) && show::masked(&eyes, register, key));
    let may_unmask = something_masked && actor.may(Action::Unmask) && actor.covers(&entry.area);
    let may_edit = actor.may(Action::EditRegister) && actor.covers(&entry.area);
    let name = shown_name(&eyes, register, entry);
    let name = if name.is_empty() {
        register.word(web.lang)
    } else {
        name.as_str()
    };
    let base = format!("/registers/{}", register.key());
    let edit = address(&format!("{base}/edit"), &[("code", &entry.code)]);
    let way = [
        (
            "/registers".to_string(),
            web.t("登记台账", "Registers").to_string(),
        ),
        (
            address(
                &base,
                &[(
                    "area",
                    if register.key() == "households" {
                        &entry.area
                    } else {
                        ""
                    },
                )],
            ),
            register.word(web.lang).to_string(),
        ),
        (String::new(), name.to_string()),
    ];
    let body = html! {
        (kit::crumbs(&way))
        (kit::heading(name, &format!("{} · {}", register.word(web.lang), view.place), html! {
            @if view.entry.is_some() {
                @if register.key() == "households" {
                    (kit::link_button_with(Icon::House, &household_path(&entry.code), web.t("供应情况", "Supplies"), Tone::Accent))
                }
                @if register.key() == "compounds" {
                    (kit::link_button_with(Icon::People, &address("/registers/households", &[("area", &entry.code)]), web.t("住户", "Households"), Tone::Accent))
                }
                @if matches!(register.key(), "compounds" | "sites") && actor.may(Action::ViewRounds) {
                    (kit::link_button_with(Icon::Print, &address("/sign", &[("site", &entry.code)]), web.t("打印标识", "Print the sign"), Tone::Plain))
                }
                @if may_edit { (kit::link_button_with(Icon::Edit, &edit, web.t("修改", "Edit"), Tone::Plain)) }
            }
        }))
        @if view.entry.is_none() {
            (kit::notice(Tone::Warn, web.t("这一项已删除", "This entry was removed"), html! {
                p { (web.t("修改记录仍然保留。需要时可以恢复。", "Its history is kept, and it can be brought back.")) }
                @if may_edit { (kit::link_button(&address(&format!("{base}/edit"), &[("from", &entry.code)]), web.t("恢复这一项", "Bring it back"), Tone::Accent)) }
            }))
        }
        @if whole {
            (kit::notice(Tone::Warn, web.t("以下是完整的个人信息", "These are full personal data"), html! { p {
                (web.t("这次查看已记入审计日志。离开本页后恢复脱敏，请勿截图外传。", "This look is in the audit log. The data are masked again when you leave; do not pass them on.")) } }))
        }
        (kit::section(web.t("登记内容", "Content"), kit::definitions(&facts)))
        @if may_unmask {
            (kit::section(web.t("查看完整个人信息", "See full personal data"), kit::form(&format!("{base}/unmask"), &web.shell(""), html! {
                (Field::hidden("code", &entry.code))
                (Field::text("reason", web.t("为什么要看", "Why")).placeholder(web.t("如：电话联系独居老人", "Such as: to call an elderly person"))
                    .hint(web.t("查看人、时间和理由会记入审计日志", "Who looked, when and why goes into the audit log")).attr("maxlength", "45").required())
                (kit::actions(kit::button(web.t("显示完整信息", "Show in full"), Tone::Plain)))
            })))
        }
        (kit::section(web.t("修改记录", "History"), history(web, &eyes, register, view)))
        @if may_edit && view.entry.is_some() {
            (kit::section("", kit::details(web.t("删除这一项…", "Remove this entry…"), kit::form(&format!("{base}/remove"), &web.shell(""), html! {
                p { (web.t("删除后不再参与供应和分配；修改记录保留，可以恢复。", "It takes no further part in supply; its history stays and it can be brought back.")) }
                (Field::hidden("code", &entry.code))
                (kit::actions(kit::button(web.t("确认删除", "Yes, remove"), Tone::Bad)))
            }))))
        }
    };
    Ok(web.page(name, body))
}

/// The page of a household; its code may hold letters and signs of house numbers.
fn household_path(code: &str) -> String {
    let encoded: String = form_urlencoded::byte_serialize(code.as_bytes()).collect();
    format!("/household/{}", encoded.replace('+', "%20"))
}

fn history(web: &Web, eyes: &Actor, register: &'static Register, view: &View) -> Markup {
    let columns = [
        Column::text(web.t("时间", "Time")),
        Column::text(web.t("经办人", "Who")),
        Column::text(web.t("变化", "What changed")),
    ];
    let rows = view
        .history
        .iter()
        .map(|(at_s, who, before, after)| {
            let what = match (before, after) {
                (None, _) => html! { (web.t("新增", "Added")) },
                (_, None) => html! { (web.t("删除", "Removed")) },
                (Some(before), Some(after)) => {
                    let changes = differences(eyes, register, before, after, &view.names, web.lang);
                    html! { @for (title, was, is) in &changes { div {
                        (title) @if !(was.is_empty() && is.is_empty()) { (web.t("：", ": ")) }
                        @if was == is { (is) @if !is.is_empty() { " " } (web.t("已修改", "changed")) }
                        @else { @if was.is_empty() { (web.t("空", "empty")) } @else { del { (was) } } " → "
                            @if is.is_empty() { (web.t("空", "empty")) } @else { (is) } }
                    } } }
                }
            };
            TableRow::new(vec![html! { (clock::minute(*at_s)) }, html! { (who) }, what])
        })
        .collect();
    kit::table(
        web.t("修改记录", "History"),
        &columns,
        rows,
        html! { p { (web.t("没有修改记录。", "No changes are on record.")) } },
    )
}

/// What differs between two versions, as (heading, before, after) in words that the viewer may see. Two masked values
/// can look the same; both are then given and the caller says that they differ. A change that the viewer may know
/// nothing about has no heading.
pub fn differences(
    eyes: &Actor,
    register: &'static Register,
    before: &Entry,
    after: &Entry,
    names: &Names,
    lang: Lang,
) -> Vec<(String, String, String)> {
    let mut changes = Vec::new();
    let mut unseen = false;
    for column in register.form.columns {
        let (was, is) = (before.body.get(column.key), after.body.get(column.key));
        if was == is {
            continue;
        }
        if hidden(eyes, register, column.key) {
            unseen = true;
            continue;
        }
        let words =
            |value: Option<&Value>| seen(eyes, register, column, value.unwrap_or(&Value::Null), names, lang);
        changes.push((
            column.title.get(lang == Lang::Zh).to_string(),
            words(was),
            words(is),
        ));
    }
    if unseen {
        changes.push((
            lang.t("您无权查看的内容", "Something that you may not see")
                .to_string(),
            String::new(),
            String::new(),
        ));
    }
    if changes.is_empty() && before.area != after.area {
        changes.push((
            lang.t("所在区域", "Area").to_string(),
            text(&before.body, "community").into(),
            text(&after.body, "community").into(),
        ));
    }
    changes
}
