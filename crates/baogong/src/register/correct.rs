//! Correction of one entry by hand, through the same checks as a spreadsheet: the fields become a sheet of one row.

use serde::{Deserialize, Serialize};
use store::Tx;

use super::entry::{self, Change, Entry};
use super::place::{self, Places};
use super::{Body, Register, register, removal};
use crate::base::id::BatchId;
use crate::base::{Action, Ctx, Refusal, Result};

/// The fields of one entry as a person typed them.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Correction {
    /// The register's key.
    pub register: String,
    /// The district.
    pub district: String,
    /// The entry to correct; empty for a new one.
    #[serde(default)]
    pub code: String,
    /// (column key, text as typed).
    pub fields: Vec<(String, String)>,
}

/// An entry within the actor's area; what lies outside is not found.
pub fn find(tx: &mut Tx, ctx: &Ctx, register: &Register, in_district: &str, code: &str) -> Result<Entry> {
    entry::get(tx, register.key(), in_district, code)?
        .filter(|entry| ctx.actor.covers(&entry.area))
        .ok_or_else(|| Refusal::not_found(register.title.0, register.title.1).into())
}

/// Checks the fields like a row of a spreadsheet and writes the entry, which lies in the actor's area before and after. A
/// field that is emptied is emptied.
pub fn save(tx: &mut Tx, ctx: &Ctx, correction: &Correction) -> Result<String> {
    let register = register(&correction.register).ok_or_else(|| Refusal::not_found("台账", "register"))?;
    let mut csv = Vec::new();
    let quote = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let typed = |key: &str| {
        correction
            .fields
            .iter()
            .find(|(field, _)| field == key)
            .map_or("", |(_, text)| text.trim())
    };
    let headings: Vec<String> = register
        .form
        .columns
        .iter()
        .map(|column| quote(column.title.zh))
        .collect();
    let values: Vec<String> = register
        .form
        .columns
        .iter()
        .map(|column| quote(typed(column.key)))
        .collect();
    csv.extend_from_slice(format!("{}\n{}\n", headings.join(","), values.join(",")).as_bytes());
    let reading = documents::sheet::read(&csv, "correction.csv", &[register.form])
        .map_err(|rejected| Refusal::invalid("fields", rejected.zh(), rejected.en()))?;
    let sheet = reading
        .sheets
        .first()
        .ok_or_else(|| Refusal::invalid("fields", "请填写内容。", "Fill in the fields."))?;
    if let Some(error) = sheet.errors.first() {
        return Err(Refusal::invalid(
            "fields",
            format!("{}:{}", error.heading, error.zh),
            format!("{}: {}", error.heading, error.en),
        )
        .into());
    }
    let row = sheet
        .rows
        .first()
        .ok_or_else(|| Refusal::invalid("fields", "请填写内容。", "Fill in the fields."))?;
    let mut body: Body = row.to_json(register.form);
    place::tidy(&mut body);
    let mut places = Places::load(tx, &correction.district, &[register])?;
    let (mut code, area) = places
        .place(register, &mut body)
        .map_err(|unplaced| Refusal::invalid("fields", unplaced.zh, unplaced.en))?;
    ctx.actor.check(Action::EditRegister, &area)?;
    let before = if correction.code.is_empty() {
        if entry::get(tx, register.key(), &correction.district, &code)?.is_some() {
            return Err(Refusal::conflict(
                "exists",
                "已有相同的登记，请改为修改那一项。",
                "Such an entry exists already; correct that one.",
            )
            .into());
        }
        None
    } else {
        let before = find(tx, ctx, register, &correction.district, &correction.code)?;
        // A renamed supplier or compound stays the same entry; a household that moves room is another one.
        if code != correction.code
            && !matches!(
                register.coding,
                super::Coding::Household | super::Coding::Column(_) | super::Coding::Daily(_)
            )
        {
            code.clone_from(&correction.code);
        }
        if code != correction.code {
            return Err(Refusal::conflict(
                "code_changed",
                "房号、车牌等标识不能修改；请新增一项，再删除原来的。",
                "What identifies an entry cannot be changed; add a new one and remove the old.",
            )
            .into());
        }
        Some(before)
    };
    let after = Entry::of(register, code.clone(), area, body);
    if before.as_ref() != Some(&after) {
        entry::write(
            tx,
            ctx,
            BatchId::of_command(ctx.command),
            &[Change {
                before,
                after: Some(after),
            }],
        )?;
    }
    Ok(code)
}

/// An entry to be removed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Removal {
    /// The register's key.
    pub register: String,
    /// The district.
    pub district: String,
    /// The entry.
    pub code: String,
}

/// Removes an entry of the actor's area, unless something stands against it (see [`removal::check`]); its history stays, and it can be brought back from there.
pub fn remove(tx: &mut Tx, ctx: &Ctx, removal: &Removal) -> Result<()> {
    let register = register(&removal.register).ok_or_else(|| Refusal::not_found("台账", "register"))?;
    let before = find(tx, ctx, register, &removal.district, &removal.code)?;
    removal::check(tx, ctx.now_s, &before)?;
    entry::write(
        tx,
        ctx,
        BatchId::of_command(ctx.command),
        &[Change {
            before: Some(before),
            after: None,
        }],
    )
}

/// The name of an area or compound, or its code when it is not registered.
pub fn area_name(tx: &mut Tx, code: &str) -> Result<String> {
    let register = if code.contains('-') { "compounds" } else { "areas" };
    Ok(entry::get(tx, register, crate::base::id::district(code), code)?
        .map_or_else(|| code.to_string(), |entry| entry.name))
}
