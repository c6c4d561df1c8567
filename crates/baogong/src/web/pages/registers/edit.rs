//! Adding, correcting and removing one entry by hand.

use std::collections::HashMap;

use axum::extract::{Path, RawQuery};
use axum::http::StatusCode;
use documents::forms::{Column, Kind};
use kit::{Field, Lang, Markup, Tone, html};
use store::Tx;

use super::super::super::Answer;
use super::super::super::fields::Fields;
use super::super::super::request::Web;
use super::super::guard;
use super::entries::{UNMASK, Unmasking, record};
use super::{address, asked};
use crate::base::act::Act;
use crate::base::id::district;
use crate::base::{Action, Actor, Error, Refusal, RefusalKind, Result};
use crate::register::correct::{self, Correction, Removal};
use crate::register::entry::{self, Entry};
use crate::register::show::{hidden, masked, typed};
use crate::register::{Coding, Register};

static SAVE: Act = Act::new("register.correct", Action::EditRegister);
static REMOVE: Act = Act::new("register.remove", Action::EditRegister);

/// Most names that a text field proposes.
const PROPOSED_MAX: i64 = 1_000;

/// What has been typed so far, by column.
type Typed = HashMap<String, String>;

/// The columns that a person fills in; the combined dwelling has its parts in columns of their own.
pub(super) fn columns(register: &'static Register) -> impl Iterator<Item = &'static Column> {
    register
        .form
        .columns
        .iter()
        .filter(|column| column.kind != Kind::Dwelling)
}

/// What identifies an entry, and is therefore not changed but added anew.
fn fixed(register: &Register, key: &str) -> bool {
    match register.coding {
        Coding::Column(column) => key == column,
        Coding::Household => matches!(key, "community" | "compound" | "building" | "unit" | "room"),
        Coding::Good => matches!(key, "supplier" | "code"),
        Coding::Compound => key == "community",
        Coding::Daily(_) => register.identity.contains(&key),
        Coding::Numbered(_) => false,
    }
}

/// Whether the form leaves a stored value out because this actor may not see it whole.
fn kept_back(actor: &Actor, register: &Register, key: &str) -> bool {
    hidden(actor, register, key) || (masked(actor, register, key) && !actor.may(Action::Unmask))
}

pub(super) fn typed_entry(register: &'static Register, entry: &Entry) -> Typed {
    columns(register)
        .filter_map(|column| Some((column.key.to_string(), typed(column, entry.body.get(column.key)?))))
        .collect()
}

/// The entry as stored, if the actor may change it.
fn load(tx: &mut Tx, actor: &Actor, register: &'static Register, code: &str) -> Result<Entry> {
    let entry = entry::get(tx, register.key(), district(&actor.area), code)?
        .ok_or_else(|| Refusal::not_found(register.title.0, register.title.1))?;
    actor.check(Action::EditRegister, &entry.area)?;
    Ok(entry)
}

/// A removed entry as it last was.
fn load_removed(tx: &mut Tx, actor: &Actor, register: &'static Register, code: &str) -> Result<Entry> {
    let history = entry::history(tx, register.key(), district(&actor.area), code)?;
    let last = history
        .into_iter()
        .find_map(|(_, _, before, after)| before.filter(|_| after.is_none()));
    let entry = last.ok_or_else(|| Refusal::not_found(register.title.0, register.title.1))?;
    actor.check(Action::EditRegister, &entry.area)?;
    Ok(entry)
}

pub(super) async fn form(web: Web, Path(key): Path<String>, RawQuery(query): RawQuery) -> Answer {
    let register = asked(&key)?;
    let fields = Fields::of_query(&query.unwrap_or_default());
    let actor = web.actor()?;
    let (code, from) = (fields.get("code").to_string(), fields.get("from").to_string());
    let mut typed: Typed = fields.after("c.").into_iter().collect();
    if !code.is_empty() || !from.is_empty() {
        let (viewer, corrected, removed) = (actor.clone(), code.clone(), from.clone());
        let entry = web
            .app
            .read(move |tx| {
                if corrected.is_empty() {
                    load_removed(tx, &viewer, register, &removed)
                } else {
                    load(tx, &viewer, register, &corrected)
                }
            })
            .await?;
        typed = typed_entry(register, &entry);
        typed.retain(|key, _| !kept_back(&actor, register, key));
        let shows_person = typed
            .iter()
            .any(|(key, value)| !value.is_empty() && masked(&actor, register, key));
        if shows_person {
            // Correcting shows names and phones as they are, so that is recorded like any other look at them.
            let (area, unmasking) = Unmasking::of(&entry, "修改登记")?;
            web.app
                .act(&web.ctx()?, &UNMASK, &area, unmasking, record)
                .await?;
        }
    }
    show_form(&web, register, &code, &from, &typed, None).await
}

async fn show_form(
    web: &Web,
    register: &'static Register,
    code: &str,
    from: &str,
    typed: &Typed,
    refusal: Option<&Refusal>,
) -> Answer {
    let actor = web.actor()?;
    let (viewer, in_district) = (actor.clone(), web.district()?);
    let (communities, compounds, suppliers) = web
        .app
        .read(move |tx| {
            let mut communities: Vec<String> = Vec::new();
            for area in entry::all(tx, "areas", &viewer.area)? {
                if area.code.len() == 12 {
                    communities.push(area.name);
                }
            }
            let query = entry::Query {
                register: "compounds",
                area: &viewer.area,
                ..Default::default()
            };
            let compounds: Vec<String> = entry::list(tx, &query, PROPOSED_MAX, 0)?
                .into_iter()
                .map(|compound| compound.name)
                .collect();
            let suppliers: Vec<(String, String)> = entry::all(tx, "suppliers", &in_district)?
                .into_iter()
                .map(|one| (one.code, one.name))
                .collect();
            Ok((communities, compounds, suppliers))
        })
        .await?;
    let editing = !code.is_empty();
    let title = match (editing, from.is_empty()) {
        (true, _) => web.t("修改登记", "Correct an entry"),
        (false, false) => web.t("恢复登记", "Bring an entry back"),
        (false, true) => web.t("新增登记", "Add an entry"),
    };
    // Lists to tick take the whole width below the other fields.
    let (mut inputs, mut lists): (Vec<Markup>, Vec<Markup>) = (Vec::new(), Vec::new());
    for column in columns(register) {
        if hidden(&actor, register, column.key) {
            continue;
        }
        let value = typed.get(column.key).map_or("", String::as_str);
        let unseen = (editing || !from.is_empty()) && kept_back(&actor, register, column.key);
        let locked = editing && fixed(register, column.key);
        let input = if column.key == "supplier" && register.key() == "goods" {
            supplier_input(web, column, value, &suppliers, locked)
        } else {
            input(web, column, value, unseen, locked)
        };
        if matches!(column.kind, Kind::Choices(_)) {
            lists.push(input)
        } else {
            inputs.push(input)
        }
    }
    let locks = editing && columns(register).any(|column| fixed(register, column.key));
    let lead = if locks {
        web.t(
            "带 * 的必须填写。灰色的是标识，不能修改；确需更改请新增一项，再删除这一项。",
            "Fields with * are required. Grey ones identify the entry: to change them, add another entry and remove this one.",
        )
    } else {
        web.t(
            "带 * 的必须填写。保存时按导入表格的同一套规则检查。",
            "Fields with * are required. The same checks as for spreadsheets apply.",
        )
    };
    let base = format!("/registers/{}", register.key());
    let back = if editing {
        address(&format!("{base}/entry"), &[("code", code)])
    } else {
        base.clone()
    };
    let body = html! {
        (kit::crumbs(&[
            ("/registers".into(), web.t("登记台账", "Registers").into()),
            (base.clone(), register.word(web.lang).into()),
            (String::new(), title.into()),
        ]))
        (kit::heading(&format!("{title} · {}", register.word(web.lang)),
            lead, html! {}))
        @if let Some(refusal) = refusal {
            (kit::notice(Tone::Bad, web.t("没有保存，请改正", "Not saved; please correct"), html! { p { (web.words(refusal)) } }))
        }
        (kit::section("", kit::form(&format!("{base}/edit"), &web.shell(""), html! {
            (Field::hidden("code", code))
            (Field::hidden("from", from))
            datalist id="communities" { @for name in &communities { option value=(name) {} } }
            datalist id="compounds" { @for name in &compounds { option value=(name) {} } }
            (kit::fields(html! { @for input in &inputs { (input) } }))
            @for list in &lists { (list) }
            (kit::actions(html! {
                (kit::button(web.t("保存", "Save"), Tone::Accent))
                (kit::link_button(&back, web.t("取消", "Cancel"), Tone::Quiet))
            }))
        })))
    };
    let page = kit::page(&web.shell(title), body);
    Ok(web.respond(
        if refusal.is_some() {
            StatusCode::UNPROCESSABLE_ENTITY
        } else {
            StatusCode::OK
        },
        page,
    ))
}

fn supplier_input(
    web: &Web,
    column: &Column,
    value: &str,
    suppliers: &[(String, String)],
    locked: bool,
) -> Markup {
    let label = column.title.get(web.lang == Lang::Zh);
    if locked {
        let name = suppliers
            .iter()
            .find(|(code, _)| code == value)
            .map_or(value, |(_, name)| name);
        let field = Field::text("c.supplier", label)
            .value(name)
            .attr("readonly", "readonly");
        return html! { (field.hint(web.t("不能修改", "Cannot be changed"))) };
    }
    let mut options = vec![(String::new(), web.t("请选择", "Choose").to_string())];
    options.extend_from_slice(suppliers);
    html! { (Field::select("c.supplier", label, &options).value(value).required()) }
}

/// The input of one column. `unseen` leaves an existing value out and says that it stays.
fn input(web: &Web, column: &Column, value: &str, unseen: bool, locked: bool) -> Markup {
    let zh = web.lang == Lang::Zh;
    let (name, label) = (format!("c.{}", column.key), column.title.get(zh));
    let name = name.as_str();
    let mut field = match column.kind {
        Kind::Choices(entries) => return choices_input(name, label, entries, value, zh),
        Kind::Choice(entries) => {
            let mut options = vec![("", web.t("未填写", "not filled in"))];
            options.extend(entries.iter().map(|entry| (entry.key, entry.title.get(zh))));
            Field::select(name, label, &options)
        }
        Kind::Flag => Field::check(name, label),
        Kind::Text { max } if max > 200 => Field::area(name, label)
            .attr("rows", "3")
            .attr("maxlength", &max.to_string()),
        Kind::Text { max } => Field::text(name, label).attr("maxlength", &max.to_string()),
        Kind::Phone => Field::tel(name, label).attr("autocomplete", "off"),
        Kind::Count { min, max } => Field::number(name, label)
            .attr("min", &min.to_string())
            .attr("max", &max.to_string())
            .small(),
        Kind::Date => Field::date(name, label),
        Kind::Time => Field::datetime(name, label),
        Kind::Weight | Kind::Volume | Kind::Distance | Kind::Money | Kind::Latitude | Kind::Longitude => {
            Field::text(name, label).attr("inputmode", "decimal").small()
        }
        Kind::Contents | Kind::Items => Field::area(name, label).attr("rows", "3"),
        Kind::Plate
        | Kind::IdNumber
        | Kind::CreditCode
        | Kind::CompanyPrefix
        | Kind::Dwelling
        | Kind::Hours => Field::text(name, label),
    };
    field = field.value(&if column.kind == Kind::Time {
        value.replace(' ', "T")
    } else {
        value.to_string()
    });
    if column.required && !unseen {
        field = field.required();
    }
    if !column.example.is_empty() && zh && matches!(column.kind, Kind::Text { .. } | Kind::Contents) {
        field = field.placeholder(&format!("如：{}", column.example));
    }
    match column.key {
        "community" => field = field.attr("list", "communities"),
        "compound" => field = field.attr("list", "compounds"),
        _ => {}
    }
    let plain = matches!(
        column.kind,
        Kind::Text { .. } | Kind::Choice(_) | Kind::Flag | Kind::Date | Kind::Time
    );
    let hint = match (locked, unseen) {
        (true, _) => web.t("不能修改", "Cannot be changed"),
        (_, true) => web.t(
            "已有内容不显示；不填则保持不变",
            "What is stored is not shown; leave empty to keep it",
        ),
        // The usual hints of these kinds ("text", "choose one") say nothing that the input does not show.
        _ if plain
            && matches!(
                column.hint.zh,
                "文字" | "从下拉列表中选一项" | "是/否" | "如 2026-11-21" | "如 2026-11-21 18:00"
            ) =>
        {
            ""
        }
        _ => column.hint.get(zh),
    };
    if locked {
        field = field.attr("readonly", "readonly");
    }
    html! { (field.hint(hint)) }
}

fn choices_input(
    name: &str,
    label: &str,
    entries: &[documents::forms::Entry],
    value: &str,
    zh: bool,
) -> Markup {
    let chosen: Vec<&str> = value.split('、').collect();
    html! {
        fieldset class="field" {
            legend class="field-label" { (label) }
            (kit::fields(html! { @for entry in entries {
                (Field::check(&format!("{name}.{}", entry.key), entry.title.get(zh)).checked(chosen.contains(&entry.key)))
            } }))
        }
    }
}

/// What was typed, by column, from the fields of the form.
fn typed_fields(register: &'static Register, fields: &Fields) -> Typed {
    let mut given: HashMap<String, String> = HashMap::new();
    for (key, value) in fields.after("c.") {
        given.entry(key).or_insert(value);
    }
    columns(register)
        .map(|column| {
            let text = match column.kind {
                Kind::Choices(entries) => {
                    let chosen: Vec<&str> = entries
                        .iter()
                        .map(|entry| entry.key)
                        .filter(|key| {
                            given
                                .get(&format!("{}.{key}", column.key))
                                .is_some_and(|value| value == "1")
                        })
                        .collect();
                    chosen.join("、")
                }
                Kind::Time => given
                    .get(column.key)
                    .map_or_else(String::new, |text| text.replace('T', " ")),
                _ => given.get(column.key).cloned().unwrap_or_default(),
            };
            (column.key.to_string(), text)
        })
        .collect()
}

/// Fills in what the form could not show: personal data stay as they are, and a box that was never answered does not
/// become a "no".
pub(super) fn complete(
    actor: &Actor,
    register: &'static Register,
    typed: &Typed,
    before: Option<&Entry>,
) -> Vec<(String, String)> {
    let stored = before
        .map(|entry| typed_entry(register, entry))
        .unwrap_or_default();
    columns(register)
        .map(|column| {
            let text = typed.get(column.key).cloned().unwrap_or_default();
            let was = stored.get(column.key);
            let text = match was {
                Some(was) if text.is_empty() && kept_back(actor, register, column.key) => was.clone(),
                Some(_) if text.is_empty() && column.kind == Kind::Flag => "0".to_string(),
                _ => text,
            };
            (column.key.to_string(), text)
        })
        .collect()
}

pub(super) async fn save(web: Web, Path(key): Path<String>, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let register = asked(&key)?;
    let ctx = web.ctx_for(fields.command())?;
    let (code, from) = (fields.get("code").to_string(), fields.get("from").to_string());
    let typed = typed_fields(register, &fields);
    let (viewer, corrected, removed) = (ctx.actor.clone(), code.clone(), from.clone());
    let before = web
        .app
        .read(move |tx| match (corrected.is_empty(), removed.is_empty()) {
            (false, _) => load(tx, &viewer, register, &corrected).map(Some),
            (true, false) => load_removed(tx, &viewer, register, &removed).map(Some),
            (true, true) => Ok(None),
        })
        .await?;
    let area = before
        .as_ref()
        .map_or_else(|| ctx.actor.area.clone(), |entry| entry.area.clone());
    let correction = Correction {
        register: key.clone(),
        district: web.district()?,
        code: code.clone(),
        fields: complete(&ctx.actor, register, &typed, before.as_ref()),
    };
    match web.app.act(&ctx, &SAVE, &area, correction, correct::save).await {
        Ok(saved) => Ok(web.done(
            &address(&format!("/registers/{key}/entry"), &[("code", &saved)]),
            web.t("已保存。", "Saved."),
        )),
        Err(Error::Refusal(refusal)) => show_form(&web, register, &code, &from, &typed, Some(&refusal)).await,
        Err(fault) => Err(fault),
    }
}

pub(super) async fn remove(web: Web, Path(key): Path<String>, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let register = asked(&key)?;
    let ctx = web.ctx_for(fields.command())?;
    let (viewer, code) = (ctx.actor.clone(), fields.get("code").to_string());
    let wanted = code.clone();
    let page = address(&format!("/registers/{key}/entry"), &[("code", &code)]);
    let area = web
        .app
        .read(move |tx| {
            // When the form is sent twice the entry is gone already; the second time is answered like the first.
            let entry = match load(tx, &viewer, register, &wanted) {
                Err(Error::Refusal(refusal)) if refusal.kind == RefusalKind::NotFound => {
                    load_removed(tx, &viewer, register, &wanted)?
                }
                other => other?,
            };
            Ok(entry.area)
        })
        .await?;
    let removal = Removal {
        register: key,
        district: web.district()?,
        code,
    };
    web.app
        .act(&ctx, &REMOVE, &area, removal, correct::remove)
        .await?;
    Ok(web.done(
        &page,
        web.t(
            "已删除。需要时可以在这里恢复。",
            "Removed. It can be brought back here.",
        ),
    ))
}
