//! Rounds: listed, opened, cut off, confirmed, and what is left of each pack.

use serde::Serialize;
use store::Tx;
use utoipa::ToSchema;

use super::input::{Ask, Body, Command, Id};
use super::view::{counted, done, json, made, seen_round};
use crate::base::act::Act;
use crate::base::id::RoundId;
use crate::base::{Action, Refusal, Result};
use crate::round::ballot::{self, Drawing};
use crate::round::open::{self, RoundDraft, RoundRef};
use crate::round::{Pack, Round, RoundCompound};
use crate::web::gate::Gate;
use crate::web::{Answer, Web};

static OPEN: Act = Act::new("round.open", Action::OpenRound);
static CUT_OFF: Act = Act::new("round.cut_off", Action::OpenRound);
static CONFIRM: Act = Act::new("round.confirm", Action::Collect);

endpoints! {
    read "/api/v1/rounds", Gate::Needs(Action::ViewRounds), list_rounds;
    write "/api/v1/rounds", Gate::Needs(Action::OpenRound), open_round;
    read "/api/v1/rounds/{id}", Gate::Needs(Action::ViewRounds), get_round;
    read "/api/v1/rounds/{id}/left", Gate::Needs(Action::ViewRounds), left_of_round;
    read "/api/v1/rounds/{id}/draw", Gate::Needs(Action::ViewRounds), draw_of_round;
    write "/api/v1/rounds/cut-off", Gate::Needs(Action::OpenRound), cut_off_round;
    write "/api/v1/rounds/confirm", Gate::Needs(Action::Collect), confirm_round;
}

/// The rounds that touch an area, latest first; a supplier's user sees the supplier's own.
#[utoipa::path(get, path = "/api/v1/rounds", tag = "rounds",
    params(("area" = Option<String>, Query, description = "An area code; the actor's own without it")),
    responses((status = 200, body = [Round])))]
async fn list_rounds(web: Web, ask: Ask) -> Answer {
    let (area, supplier) = (
        web.area(ask.get("area"))?,
        web.actor()?.supplier.unwrap_or_default(),
    );
    json(&web.app.read(move |tx| open::list(tx, &area, &supplier)).await?)
}

/// A round with its compounds and packs.
#[derive(Serialize, ToSchema)]
pub struct RoundView {
    /// The round.
    #[serde(flatten)]
    round: Round,
    /// Those of its compounds that lie in the actor's area.
    compounds: Vec<RoundCompound>,
    /// What it offers.
    packs: Vec<Pack>,
}

/// One round.
#[utoipa::path(get, path = "/api/v1/rounds/{id}", tag = "rounds",
    params(("id" = String, Path, description = "The round")), responses((status = 200, body = RoundView)))]
async fn get_round(web: Web, Id(id): Id<RoundId>) -> Answer {
    let (ctx, in_district) = (web.ctx()?, web.district()?);
    let found = web.app.read(move |tx| {
        let (round, compounds) = seen_round(tx, &ctx, &in_district, id)?;
        let packs = open::packs(tx, &in_district, id)?;
        Ok(RoundView {
            round,
            compounds,
            packs,
        })
    });
    json(&found.await?)
}

/// What is left of a pack.
#[derive(Serialize, ToSchema)]
pub struct LeftView {
    /// The pack's code.
    pub pack: String,
    /// How many are still to be had in the compound.
    pub left: i64,
}

/// What is left of each pack in a compound.
pub fn left(tx: &mut Tx, in_district: &str, id: RoundId, compound: &str) -> Result<Vec<LeftView>> {
    let packs = open::packs(tx, in_district, id)?;
    let left = open::left(tx, in_district, id, compound, &packs)?;
    Ok(packs
        .into_iter()
        .zip(left)
        .map(|(pack, left)| LeftView {
            pack: pack.code,
            left,
        })
        .collect())
}

/// What is left of each pack of a round in a compound.
#[utoipa::path(get, path = "/api/v1/rounds/{id}/left", tag = "rounds",
    params(
        ("id" = String, Path, description = "The round"),
        ("compound" = String, Query, description = "The compound's code"),
    ),
    responses((status = 200, body = [LeftView])))]
async fn left_of_round(web: Web, Id(id): Id<RoundId>, ask: Ask) -> Answer {
    let (ctx, in_district, compound) = (web.ctx()?, web.district()?, ask.get("compound").to_string());
    let found = web.app.read(move |tx| {
        let (_, compounds) = seen_round(tx, &ctx, &in_district, id)?;
        if !compounds.iter().any(|one| one.compound == compound) {
            return Err(Refusal::not_found("小区", "compound").into());
        }
        left(tx, &in_district, id, &compound)
    });
    json(&found.await?)
}

/// The draw of a round sold by ballot: before it the commitment, after it all that is needed to recompute it.
#[utoipa::path(get, path = "/api/v1/rounds/{id}/draw", tag = "rounds",
    params(("id" = String, Path, description = "The round")), responses((status = 200, body = Drawing)))]
async fn draw_of_round(web: Web, Id(id): Id<RoundId>) -> Answer {
    let (ctx, in_district) = (web.ctx()?, web.district()?);
    let found = web.app.read(move |tx| {
        let (round, _) = seen_round(tx, &ctx, &in_district, id)?;
        ballot::publish(tx, &round)
    });
    json(&found.await?)
}

/// Opens a round for one or many compounds.
#[utoipa::path(post, path = "/api/v1/rounds", tag = "rounds", request_body = RoundDraft,
    responses((status = 200, body = super::view::Made)))]
async fn open_round(command: Command, Body(draft): Body<RoundDraft>) -> Answer {
    let area = match draft.compounds.as_slice() {
        [] => command.ctx.actor.area.clone(),
        compounds => open::common_area(compounds),
    };
    made(command.act(&OPEN, &area, draft, open::open).await?)
}

/// Cuts a round off now: no more orders; payments stay due. A round sold by ballot is drawn.
#[utoipa::path(post, path = "/api/v1/rounds/cut-off", tag = "rounds", request_body = RoundRef,
    responses((status = 200, body = super::view::Done)))]
async fn cut_off_round(command: Command, Body(at): Body<RoundRef>) -> Answer {
    let area = command.round(&at.district, at.id).await?.area;
    done(command.act(&CUT_OFF, &area, at, open::cut_off).await?)
}

/// Confirms a round: unpaid orders expire. Gives how many did.
#[utoipa::path(post, path = "/api/v1/rounds/confirm", tag = "rounds", request_body = RoundRef,
    responses((status = 200, body = super::view::Counted)))]
async fn confirm_round(command: Command, Body(at): Body<RoundRef>) -> Answer {
    let area = command.round(&at.district, at.id).await?.area;
    counted(command.act(&CONFIRM, &area, at, open::confirm).await?)
}
