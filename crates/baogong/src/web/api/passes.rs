//! Passes: the list, issuing, revoking, and what a gate sees that scans one.

use axum::extract::Path;
use serde::Serialize;
use store::Tx;
use utoipa::ToSchema;

use super::input::{Ask, Body, Command};
use super::view::json;
use crate::base::act::Act;
use crate::base::id::district;
use crate::base::{Action, Actor, Refusal, Result};
use crate::pass::{self, IssueDraft, Pass, PassKind, PassState, RevokeDraft};
use crate::register::correct::area_name;
use crate::web::gate::Gate;
use crate::web::{Answer, Web};

static ISSUE: Act = Act::new("pass.issue", Action::IssuePass);
static REVOKE: Act = Act::new("pass.revoke", Action::IssuePass);

endpoints! {
    read "/api/v1/passes", Gate::Needs(Action::IssuePass), list_passes;
    write "/api/v1/passes", Gate::Needs(Action::IssuePass), issue_passes;
    write "/api/v1/passes/revoke", Gate::Needs(Action::IssuePass), revoke_pass;
    read "/api/v1/open/passes/{number}", Gate::Open, check_pass;
}

/// A pass and whether it holds.
#[derive(Serialize, ToSchema)]
pub struct PassView {
    /// The twelve digits that are printed.
    number: String,
    /// Who or what it is for.
    kind: PassKind,
    /// Whether it holds at this moment.
    state: PassState,
    /// The code of the entry in the register; none for whoever may not see it.
    holder: Option<String>,
    /// The number plate, the outlet, or a person's name as the actor may see it; none without signing in for people.
    name: Option<String>,
    /// The code of the area in which it holds.
    area: String,
    /// The name of that area.
    area_name: String,
    /// From when on it holds.
    from_s: i64,
    /// From when on it holds no more.
    until_s: i64,
    /// When it was issued.
    issued_s: i64,
    /// When it was revoked.
    revoked_s: Option<i64>,
}

/// The pass as somebody may see it; without an actor nobody is named.
fn view(tx: &mut Tx, actor: Option<&Actor>, pass: Pass, now_s: i64) -> Result<PassView> {
    let entry = pass::holder(tx, &pass)?;
    let thing = matches!(pass.kind, PassKind::Vehicle | PassKind::Outlet);
    let name = entry.as_ref().and_then(|entry| match actor {
        Some(actor) => Some(pass::shown(actor, pass.kind, &entry.name)),
        None => thing.then(|| entry.name.clone()),
    });
    Ok(PassView {
        number: pass.number(),
        kind: pass.kind,
        state: pass::state(&pass, entry.as_ref(), now_s),
        area_name: area_name(tx, &pass.area)?,
        holder: (actor.is_some() || thing).then_some(pass.holder),
        name,
        area: pass.area,
        from_s: pass.from_s,
        until_s: pass.until_s,
        issued_s: pass.issued_s,
        revoked_s: pass.revoked_s,
    })
}

/// The passes of a kind that hold in an area or a part of it, latest first.
#[utoipa::path(get, path = "/api/v1/passes", tag = "passes",
    params(
        ("kind" = PassKind, Query, description = "Who or what they are for"),
        ("area" = Option<String>, Query, description = "An area code; the actor's own without it"),
        ("limit" = Option<i64>, Query, description = "At most so many, 1 to 400; 100 without it"),
        ("offset" = Option<i64>, Query, description = "How many are passed over"),
    ),
    responses((status = 200, body = [PassView])))]
async fn list_passes(web: Web, ask: Ask) -> Answer {
    let kind = PassKind::of(ask.get("kind")).ok_or_else(|| {
        Refusal::invalid(
            "kind",
            "kind 应为 vehicles（车辆）、staff（人员）、volunteers（志愿者）或 outlets（网点）。",
            "kind is vehicles, staff, volunteers or outlets.",
        )
    })?;
    let (ctx, area) = (web.ctx()?, web.area(ask.get("area"))?);
    let (limit, offset) = ask.page(pass::AT_ONCE_MAX as i64)?;
    let found = web.app.read(move |tx| {
        let passes = pass::list(tx, kind, &area)?.into_iter();
        let part = passes.skip(offset as usize).take(limit as usize);
        part.map(|pass| view(tx, Some(&ctx.actor), pass, ctx.now_s))
            .collect::<Result<Vec<_>>>()
    });
    json(&found.await?)
}

/// The numbers of passes that were issued.
#[derive(Serialize, ToSchema)]
pub struct Issued {
    /// The numbers, in the order of the holders.
    numbers: Vec<String>,
}

/// Issues passes. Whoever holds the same pass already keeps it: its number comes again.
#[utoipa::path(post, path = "/api/v1/passes", tag = "passes", request_body = IssueDraft,
    responses((status = 200, body = Issued)))]
async fn issue_passes(command: Command, Body(draft): Body<IssueDraft>) -> Answer {
    let area = draft.area.clone();
    let numbers = command.act(&ISSUE, &area, draft, pass::issue).await?;
    json(&Issued { numbers })
}

/// Revokes a pass; a gate that scans it sees so at once.
#[utoipa::path(post, path = "/api/v1/passes/revoke", tag = "passes", request_body = RevokeDraft,
    responses((status = 200, body = super::view::Made)))]
async fn revoke_pass(command: Command, Body(draft): Body<RevokeDraft>) -> Answer {
    let area = command.ctx.actor.area.clone();
    super::view::made(command.act(&REVOKE, &area, draft, pass::revoke).await?)
}

/// Whether a pass holds, for a gate. Without signing in no person is named.
#[utoipa::path(get, path = "/api/v1/open/passes/{number}", tag = "passes",
    params(("number" = String, Path, description = "The twelve digits on the pass")),
    responses((status = 200, body = PassView)))]
async fn check_pass(web: Web, Path(number): Path<String>) -> Answer {
    let (actor, now_s) = (web.actor().ok(), web.app.clock.now_s());
    let found = web.app.read(move |tx| {
        let digits = number.len() == 12 && number.bytes().all(|byte| byte.is_ascii_digit());
        let pass = match digits {
            true => pass::by_number(tx, district(&number), &number)?,
            false => None,
        };
        let pass = pass.ok_or_else(|| Refusal::not_found("通行证", "pass"))?;
        view(tx, actor.as_ref(), pass, now_s)
    });
    json(&found.await?)
}
