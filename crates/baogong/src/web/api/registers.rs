//! Registers: what there is of each, entries, corrections, removals.

use axum::extract::Path;
use serde::Serialize;
use utoipa::ToSchema;

use super::input::{Ask, Body, Command};
use super::view::{EntryView, done, json, made};
use crate::base::access::{Field, View};
use crate::base::act::Act;
use crate::base::{Action, Refusal, Result};
use crate::register::correct::{self, Correction, Removal};
use crate::register::entry::{self, Query};
use crate::register::{REGISTERS, Register, register};
use crate::web::gate::Gate;
use crate::web::{Answer, Web};

static CORRECT: Act = Act::new("register.correct", Action::EditRegister);
static REMOVE: Act = Act::new("register.remove", Action::EditRegister);

endpoints! {
    read "/api/v1/registers", Gate::Needs(Action::ViewRegister), list_registers;
    read "/api/v1/registers/{register}/entries", Gate::Needs(Action::ViewRegister), list_entries;
    read "/api/v1/registers/{register}/entries/{code}", Gate::Needs(Action::ViewRegister), get_entry;
    write "/api/v1/registers/corrections", Gate::Needs(Action::EditRegister), correct_entry;
    remove "/api/v1/registers/{register}/entries/{code}", Gate::Needs(Action::EditRegister), remove_entry;
}

/// A register and its columns.
#[derive(Serialize, ToSchema)]
pub struct RegisterView {
    /// The key, as in addresses.
    key: &'static str,
    /// The name in Chinese.
    zh: &'static str,
    /// The name in English.
    en: &'static str,
    /// The columns of the form.
    columns: Vec<ColumnView>,
}

/// A column of a register.
#[derive(Serialize, ToSchema)]
pub struct ColumnView {
    /// The key; the unit stands last.
    key: &'static str,
    /// The heading in Chinese.
    zh: &'static str,
    /// The heading in English.
    en: &'static str,
    /// Whether it must be filled in.
    required: bool,
    /// Whether it holds personal data, which are shown masked.
    personal: bool,
}

fn view(register: &'static Register) -> RegisterView {
    let columns = register.form.columns.iter().map(|column| ColumnView {
        key: column.key,
        zh: column.title.zh,
        en: column.title.en,
        required: column.required,
        personal: register.personal.iter().any(|(key, _)| *key == column.key),
    });
    RegisterView {
        key: register.key(),
        zh: register.title.0,
        en: register.title.1,
        columns: columns.collect(),
    }
}

fn known(key: &str) -> Result<&'static Register> {
    register(key).ok_or_else(|| Refusal::not_found("台账", "register").into())
}

/// Every register with its columns.
#[utoipa::path(get, path = "/api/v1/registers", tag = "registers", responses((status = 200, body = [RegisterView])))]
async fn list_registers() -> Answer {
    json(&REGISTERS.iter().map(view).collect::<Vec<_>>())
}

/// A page of entries.
#[derive(Serialize, ToSchema)]
pub struct EntryPage {
    /// How many entries match in all.
    total: i64,
    /// How many people live there.
    people: i64,
    /// The entries of this page.
    entries: Vec<EntryView>,
}

/// Entries of a register within an area, in order of area and code.
#[utoipa::path(get, path = "/api/v1/registers/{register}/entries", tag = "registers",
    params(
        ("register" = String, Path, description = "The register's key"),
        ("area" = Option<String>, Query, description = "An area code; the actor's own without it"),
        ("words" = Option<String>, Query, description = "Words that the entry contains"),
        ("tag" = Option<String>, Query, description = "`need`: households with special needs only"),
        ("limit" = Option<i64>, Query, description = "At most 1000; 100 without it"),
        ("offset" = Option<i64>, Query, description = "How many to skip"),
    ),
    responses((status = 200, body = EntryPage)))]
async fn list_entries(web: Web, Path(key): Path<String>, ask: Ask) -> Answer {
    let (register, actor, area) = (known(&key)?, web.actor()?, web.area(ask.get("area"))?);
    let (limit, offset) = ask.page(1000)?;
    let tag = if actor.view(Field::Health) == View::Hidden {
        String::new()
    } else {
        ask.get("tag").to_string()
    };
    let words = ask.get("words").to_string();
    let found = web.app.read(move |tx| {
        let query = Query {
            register: register.key(),
            area: &area,
            words: &words,
            tag: &tag,
        };
        let (total, people) = entry::count(tx, &query)?;
        let entries = entry::list(tx, &query, limit, offset)?;
        let entries = entries
            .into_iter()
            .map(|entry| EntryView::of(&actor, register, entry))
            .collect();
        Ok(EntryPage {
            total,
            people,
            entries,
        })
    });
    json(&found.await?)
}

/// One entry.
#[utoipa::path(get, path = "/api/v1/registers/{register}/entries/{code}", tag = "registers",
    params(
        ("register" = String, Path, description = "The register's key"),
        ("code" = String, Path, description = "The entry's code, percent-encoded"),
    ),
    responses((status = 200, body = EntryView)))]
async fn get_entry(web: Web, Path((key, code)): Path<(String, String)>) -> Answer {
    let (register, ctx, in_district) = (known(&key)?, web.ctx()?, web.district()?);
    let actor = ctx.actor.clone();
    let entry = web
        .app
        .read(move |tx| correct::find(tx, &ctx, register, &in_district, &code))
        .await?;
    json(&EntryView::of(&actor, register, entry))
}

/// Adds or corrects one entry through the same checks as a spreadsheet. A field that is left out is emptied.
#[utoipa::path(post, path = "/api/v1/registers/corrections", tag = "registers", request_body = Correction,
    responses((status = 200, body = super::view::Made)))]
async fn correct_entry(command: Command, Body(draft): Body<Correction>) -> Answer {
    command.home(&draft.district)?;
    made(
        command
            .act(&CORRECT, &command.ctx.actor.area, draft, correct::save)
            .await?,
    )
}

/// Removes one entry; its history stays.
#[utoipa::path(delete, path = "/api/v1/registers/{register}/entries/{code}", tag = "registers",
    params(
        ("register" = String, Path, description = "The register's key"),
        ("code" = String, Path, description = "The entry's code, percent-encoded"),
    ),
    responses((status = 200, body = super::view::Done)))]
async fn remove_entry(command: Command, Path((key, code)): Path<(String, String)>) -> Answer {
    let removal = Removal {
        register: key,
        district: command.web.district()?,
        code,
    };
    done(
        command
            .act(&REMOVE, &command.ctx.actor.area, removal, correct::remove)
            .await?,
    )
}
