//! What a resident's app needs, by the link of the compound and without an account.

use axum::extract::Path;
use axum::http::request::Parts;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::input::{Body, command_id};
use super::rounds::{LeftView, left};
use super::view::json;
use crate::base::id::OrderId;
use crate::plan::release::Release;
use crate::register::correct::area_name;
use crate::round::ballot::{self, Drawing};
use crate::round::modes::Mode;
use crate::round::order::Want;
use crate::round::{Pack, RoundState, open};
use crate::web::gate::Gate;
use crate::web::pages::{self, resident};
use crate::web::{Answer, Fields, Web};

endpoints! {
    read "/api/v1/open/{token}", Gate::Open, show_offer;
    read "/api/v1/open/{token}/draw", Gate::Open, show_draw;
    write "/api/v1/open/{token}/orders", Gate::Open, place_own_order;
}

/// What a link offers.
#[derive(Serialize, ToSchema)]
pub struct OfferView {
    /// The code of the round.
    round: String,
    /// Its title.
    title: String,
    /// The supply mode.
    mode: Mode,
    /// Where it stands.
    state: RoundState,
    /// Whether packs go to who comes first or are drawn among all who asked before cut-off.
    release: Release,
    /// The SHA-256 of the sealed secret of the draw, if packs are drawn.
    commitment: Option<String>,
    /// Whether residents may order now.
    taking: bool,
    /// When orders close.
    cutoff_s: i64,
    /// When payments are due.
    pay_by_s: i64,
    /// When goods are to be delivered.
    deliver_s: i64,
    /// The name of the compound.
    compound_name: String,
    /// What is offered.
    packs: Vec<Pack>,
    /// What is left of each pack in this compound.
    left: Vec<LeftView>,
}

/// The round behind a compound's link, what it offers and what is left.
#[utoipa::path(get, path = "/api/v1/open/{token}", tag = "residents",
    params(("token" = String, Path, description = "The secret part of the compound's link")),
    responses((status = 200, body = OfferView)))]
async fn show_offer(web: Web, Path(token): Path<String>) -> Answer {
    let now_s = web.app.clock.now_s();
    let found = web.app.read(move |tx| {
        let (in_district, id, compound) = open::by_token(tx, &token)?;
        let round = open::get(tx, &in_district, id)?;
        Ok(OfferView {
            taking: round.state == RoundState::Open
                && now_s < round.cutoff_s
                && round.mode.facts().takes_orders,
            left: left(tx, &in_district, id, &compound)?,
            packs: open::packs(tx, &in_district, id)?,
            compound_name: area_name(tx, &compound)?,
            release: round.release,
            commitment: ballot::get(tx, &in_district, id)?.map(|ballot| ballot.commitment),
            round: round.code,
            title: round.title,
            mode: round.mode,
            state: round.state,
            cutoff_s: round.cutoff_s,
            pay_by_s: round.pay_by_s,
            deliver_s: round.deliver_s,
        })
    });
    json(&found.await?)
}

/// The draw of a round sold by ballot: before it the commitment, after it all that is needed to recompute it.
#[utoipa::path(get, path = "/api/v1/open/{token}/draw", tag = "residents",
    params(("token" = String, Path, description = "The secret part of the compound's link")),
    responses((status = 200, body = Drawing)))]
async fn show_draw(web: Web, Path(token): Path<String>) -> Answer {
    json(&pages::ballot::linked(&web, &token).await?.0)
}

/// What a household wants, as it says itself.
#[derive(Deserialize, ToSchema)]
pub struct OwnOrder {
    /// Building, unit and room, such as `3栋2单元501`.
    dwelling: String,
    /// The registered phone.
    phone: String,
    /// What is wanted.
    wants: Vec<Want>,
    /// A note for packing or hand-over.
    #[serde(default)]
    note: String,
}

/// The order that was placed.
#[derive(Serialize, ToSchema)]
pub struct OwnOrderMade {
    /// The order.
    id: OrderId,
    /// The path of the page on which only this household sees, changes and cancels it.
    path: String,
}

/// Places an order for the household that dwelling and phone name; in a round sold by ballot, a request.
#[utoipa::path(post, path = "/api/v1/open/{token}/orders", tag = "residents",
    params(("token" = String, Path, description = "The secret part of the compound's link")),
    request_body = OwnOrder, responses((status = 200, body = OwnOrderMade)))]
async fn place_own_order(
    web: Web,
    Path(token): Path<String>,
    parts: Parts,
    Body(wanted): Body<OwnOrder>,
) -> Answer {
    let mut list = vec![
        ("command".to_string(), command_id(&parts)?.to_string()),
        ("dwelling".to_string(), wanted.dwelling),
        ("phone".to_string(), wanted.phone),
        ("note".to_string(), wanted.note),
    ];
    list.extend(
        wanted
            .wants
            .into_iter()
            .map(|want| (format!("q:{}", want.pack), want.quantity.to_string())),
    );
    let (id, key) = resident::place_order(
        &web,
        &token,
        &Fields {
            list,
            files: Vec::new(),
        },
    )
    .await?;
    json(&OwnOrderMade {
        id,
        path: format!("/o/{token}/{id}/{key}"),
    })
}
