//! Coverage: how long each compound and household can still eat, and what somebody counted there.

use serde::Serialize;
use store::Tx;
use utoipa::ToSchema;

use super::input::{Ask, Body, Command};
use super::view::{done, json};
use crate::base::act::Act;
use crate::base::{Action, Refusal, Result};
use crate::coverage::{self, CompoundCover, Cover, RunningOut, Stocktake};
use crate::register::correct::area_name;
use crate::web::gate::Gate;
use crate::web::{Answer, Web};

static STOCKTAKE: Act = Act::new("coverage.stocktake", Action::EditNeeds);

endpoints! {
    read "/api/v1/coverage", Gate::Needs(Action::ViewCoverage), coverage_board;
    read "/api/v1/coverage/first-out", Gate::Needs(Action::ViewCoverage), first_out;
    read "/api/v1/coverage/household", Gate::Needs(Action::ViewCoverage), household_cover;
    write "/api/v1/coverage/stocktake", Gate::Needs(Action::EditNeeds), stocktake;
}

/// The coverage of one compound.
#[derive(Serialize, ToSchema)]
pub struct CompoundCoverView {
    /// The name of the compound.
    name: String,
    /// Households of which nothing is known.
    unknown: i64,
    /// What is known.
    #[serde(flatten)]
    cover: CompoundCover,
}

/// The coverage of a compound with its name.
pub fn named(tx: &mut Tx, cover: CompoundCover) -> Result<CompoundCoverView> {
    Ok(CompoundCoverView {
        name: area_name(tx, &cover.compound)?,
        unknown: cover.unknown(),
        cover,
    })
}

/// The closed compounds of an area, those that run out first at the top.
#[utoipa::path(get, path = "/api/v1/coverage", tag = "coverage",
    params(("area" = Option<String>, Query, description = "An area code; the actor's own without it")),
    responses((status = 200, body = [CompoundCoverView])))]
async fn coverage_board(web: Web, ask: Ask) -> Answer {
    let (ctx, area) = (web.ctx()?, web.area(ask.get("area"))?);
    let found = web.app.read(move |tx| {
        coverage::board(tx, &ctx, &area)?
            .into_iter()
            .map(|cover| named(tx, cover))
            .collect::<Result<Vec<_>>>()
    });
    json(&found.await?)
}

/// The households of an area that run out first.
#[utoipa::path(get, path = "/api/v1/coverage/first-out", tag = "coverage",
    params(
        ("area" = Option<String>, Query, description = "An area code; the actor's own without it"),
        ("category" = Option<String>, Query, description = "`grain`, `oil`, `vegetables`, `eggs` or `meat`; any without it"),
        ("limit" = Option<i64>, Query, description = "At most 1000; 100 without it"),
    ),
    responses((status = 200, body = [RunningOut])))]
async fn first_out(web: Web, ask: Ask) -> Answer {
    let (area, category) = (web.area(ask.get("area"))?, ask.get("category").to_string());
    let (limit, _) = ask.page(1000)?;
    json(
        &web.app
            .read(move |tx| coverage::first_out(tx, &area, &category, limit))
            .await?,
    )
}

/// What a household has; a category that is missing is unknown.
#[utoipa::path(get, path = "/api/v1/coverage/household", tag = "coverage",
    params(("household" = String, Query, description = "The household's code")),
    responses((status = 200, body = [Cover])))]
async fn household_cover(web: Web, ask: Ask) -> Answer {
    let household = match ask.get("household") {
        "" => return Err(Refusal::invalid("household", "请写明住户。", "Say which household.").into()),
        code => web.area(code)?,
    };
    json(
        &web.app
            .read(move |tx| coverage::of_household(tx, &household))
            .await?,
    )
}

/// Records what somebody counted at a household, or was told by phone: days left in tenths.
#[utoipa::path(post, path = "/api/v1/coverage/stocktake", tag = "coverage", request_body = Stocktake,
    responses((status = 200, body = super::view::Done)))]
async fn stocktake(command: Command, Body(found): Body<Stocktake>) -> Answer {
    let area = found.household.clone();
    done(command.act(&STOCKTAKE, &area, found, coverage::stocktake).await?)
}
