//! What a person decides about a file that waits, from the form to the writer. The file is read again for it, beside the writer.

use axum::extract::Path;

use super::super::super::Answer;
use super::super::super::fields::Fields;
use super::super::super::request::Web;
use super::super::guard;
use super::super::reports::blocking;
use super::{pairs, reference};
use crate::base::act::Act;
use crate::base::{Action, Refusal, Result};
use crate::register::import::choice::{Choice, Keep};
use crate::register::import::decided::{self, Decided, Decision};
use crate::register::import::mapping::{self, MappingRef, Matched};
use crate::register::import::settled::{Settled, Settlement};
use crate::register::import::{self, BatchRef};

static KEEP: Act = Act::new("import.mapping", Action::ImportRegister);
static FORGET: Act = Act::new("import.forget", Action::ImportRegister);
static DECIDE: Act = Act::new("import.duplicate", Action::ImportRegister);

/// Reads a file with one more decision, and what it would do then; nothing is kept yet.
pub async fn decided<T: Decision>(web: &Web, at: BatchRef, what: T) -> Result<Decided<T>> {
    let (actor, asked) = (web.actor()?, at.clone());
    let stored = web.app.read(move |tx| import::batch(tx, &actor, &asked)).await?;
    let before = stored.decisions.clone();
    let (what, after, reading) = blocking(move || {
        let (after, reading) = stored.decide(&what)?;
        Ok((what, after, reading))
    })
    .await?;
    let (actor, asked, settled) = (web.actor()?, at.clone(), after.settled.clone());
    let summary = web
        .app
        .read(move |tx| Ok(import::preview(tx, &actor, &asked.district, &reading, &settled)?.summary()))
        .await?;
    Ok(Decided {
        at,
        what,
        before,
        after,
        summary,
    })
}

pub(super) async fn keep(web: Web, Path(id): Path<String>, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let at = reference(&web, &id)?;
    let matched = Matched {
        district: at.district.clone(),
        area: web.actor()?.area,
        signature: fields.get("signature").to_string(),
        register: fields.get("register").to_string(),
        columns: fields.after("c:"),
    };
    let (ctx, area) = (web.ctx_for(fields.command())?, matched.area.clone());
    let decided = decided(&web, at, matched).await?;
    web.app
        .act(&ctx, &KEEP, &area, decided, mapping::keep_for)
        .await?;
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
    let (at, ctx) = (reference(&web, &id)?, web.ctx_for(fields.command())?);
    let remembered_s = fields.number("at_s")?;
    let what = MappingRef {
        district: at.district.clone(),
        area: fields.get("area").to_string(),
        signature: fields.get("signature").to_string(),
        at_s: remembered_s.unwrap_or_default(),
    };
    let (own, held) = (web.actor()?.area, what.area.clone());
    let decided = decided(&web, at, what).await?;
    let words = if remembered_s.is_some() {
        web.app
            .act(&ctx, &FORGET, &held, decided, mapping::forget_for)
            .await?;
        web.t(
            "已不再记住，按列名重新识别。",
            "Forgotten; the headings are recognised anew.",
        )
    } else {
        // What others have matched for a larger area stays; only this file is read otherwise.
        web.app.act(&ctx, &FORGET, &own, decided, decided::keep).await?;
        web.t(
            "这个文件已按列名重新识别。",
            "The headings of this file are recognised anew.",
        )
    };
    Ok(web.done(&format!("/imports/{id}"), words))
}

fn row(fields: &Fields, name: &'static str) -> Result<u32> {
    let number = fields.number(name)?.and_then(|row| u32::try_from(row).ok());
    number.ok_or_else(|| Refusal::invalid(name, "请刷新页面。", "Reload the page.").into())
}

pub(super) async fn choose(web: Web, Path(id): Path<String>, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let keep = Keep::of(fields.get("keep"))
        .ok_or_else(|| Refusal::invalid("keep", "请选保留哪一行。", "Say which row is kept."))?;
    let merged = fields
        .after(pairs::CELL)
        .into_iter()
        .filter(|(_, from)| keep == Keep::Merged && from == Keep::Second.key());
    let choice = Choice {
        first_sheet: fields.get("first_sheet").to_string(),
        first_row: row(&fields, "first_row")?,
        second_sheet: fields.get("second_sheet").to_string(),
        second_row: row(&fields, "second_row")?,
        from_second: merged.map(|(key, _)| key).collect(),
        keep,
    };
    let (ctx, area) = (web.ctx_for(fields.command())?, web.actor()?.area);
    let decided = decided(&web, reference(&web, &id)?, choice).await?;
    web.app.act(&ctx, &DECIDE, &area, decided, decided::keep).await?;
    Ok(web.go(&format!("/imports/{id}#duplicates")))
}

pub(super) async fn settle(web: Web, Path(id): Path<String>, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let settled = Settled {
        sheet: fields.get("sheet").to_string(),
        row: row(&fields, "row")?,
        code: fields.get("code").to_string(),
        settlement: Settlement::of(fields.get("settlement")).ok_or_else(|| {
            Refusal::invalid("settlement", "请选怎样处理。", "Say what becomes of the row.")
        })?,
    };
    let (ctx, area) = (web.ctx_for(fields.command())?, web.actor()?.area);
    let decided = decided(&web, reference(&web, &id)?, settled).await?;
    web.app.act(&ctx, &DECIDE, &area, decided, decided::keep).await?;
    Ok(web.go(&format!("/imports/{id}#registered")))
}
