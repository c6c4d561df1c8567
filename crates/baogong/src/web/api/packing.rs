//! Packing: the pick list, bags, boxes.

use serde::Serialize;
use utoipa::ToSchema;

use super::input::{Ask, Body, Command, Id};
use super::view::{counted, done, json, seen_round};
use crate::base::act::Act;
use crate::base::id::RoundId;
use crate::base::{Action, Result};
use crate::round::open::{self, RoundRef};
use crate::round::order;
use crate::round::packing::{self, BagBox, BagDraft, BoxDraft, CompoundRef, Pick};
use crate::web::gate::Gate;
use crate::web::{Answer, Web};

static PACK: Act = Act::new("bag.pack", Action::Pack);
static PACK_ALL: Act = Act::new("bag.pack_all", Action::Pack);
static FILL: Act = Act::new("box.fill", Action::Pack);

endpoints! {
    read "/api/v1/rounds/{id}/pick-list", Gate::Needs(Action::ViewRounds), pick_list;
    write "/api/v1/bags/pack", Gate::Needs(Action::Pack), pack_bag;
    write "/api/v1/bags/pack-all", Gate::Needs(Action::Pack), pack_all;
    read "/api/v1/rounds/{id}/boxes", Gate::Needs(Action::ViewRounds), list_boxes;
    write "/api/v1/boxes/fill", Gate::Needs(Action::Pack), fill_boxes;
}

/// One line of a pick list.
#[derive(Serialize, ToSchema)]
pub struct PickView {
    /// The pack's name.
    name: String,
    /// The unit.
    unit: String,
    /// How many are to be packed.
    to_pack: i64,
    /// How many are packed.
    packed: i64,
    /// The weight of what is to be packed.
    weight_g: i64,
    /// The parts of the packs to be packed and what they add up to.
    parts: Vec<PartView>,
}

/// A part of a pack over all packs of its kind.
#[derive(Serialize, ToSchema)]
pub struct PartView {
    /// The name.
    name: String,
    /// The weight.
    weight_g: i64,
}

fn view(pick: Pick) -> PickView {
    PickView {
        name: pick.name,
        unit: pick.unit,
        to_pack: pick.to_pack,
        packed: pick.packed,
        weight_g: pick.weight_g,
        parts: pick
            .parts
            .into_iter()
            .map(|(name, weight_g)| PartView { name, weight_g })
            .collect(),
    }
}

/// What is to be picked for a round, by pack and by the goods inside.
#[utoipa::path(get, path = "/api/v1/rounds/{id}/pick-list", tag = "packing",
    params(
        ("id" = String, Path, description = "The round"),
        ("compound" = Option<String>, Query, description = "One compound only; all in the actor's area without it"),
    ),
    responses((status = 200, body = [PickView])))]
async fn pick_list(web: Web, Id(id): Id<RoundId>, ask: Ask) -> Answer {
    let (ctx, in_district, area) = (web.ctx()?, web.district()?, web.area(ask.get("compound"))?);
    let found = web.app.read(move |tx| {
        seen_round(tx, &ctx, &in_district, id)?;
        let packs = open::packs(tx, &in_district, id)?;
        let orders = order::of_round(tx, &in_district, id, &area)?;
        Ok(packing::pick_list(&packs, &orders)
            .into_iter()
            .map(view)
            .collect::<Vec<_>>())
    });
    json(&found.await?)
}

/// Packs one bag; what fell short is refunded to whoever paid.
#[utoipa::path(post, path = "/api/v1/bags/pack", tag = "packing", request_body = BagDraft,
    responses((status = 200, body = super::view::Done)))]
async fn pack_bag(command: Command, Body(draft): Body<BagDraft>) -> Answer {
    let area = command.order(&draft.district, draft.order).await?.compound;
    done(command.act(&PACK, &area, draft, packing::pack).await?)
}

async fn area_of(command: &Command, at: &CompoundRef) -> Result<String> {
    let round = command.round(&at.district, at.round).await?;
    Ok(if at.compound.is_empty() {
        round.area
    } else {
        at.compound.clone()
    })
}

/// Marks every confirmed order of a compound, or of the whole round, as packed in full. Gives how many.
#[utoipa::path(post, path = "/api/v1/bags/pack-all", tag = "packing", request_body = CompoundRef,
    responses((status = 200, body = super::view::Counted)))]
async fn pack_all(command: Command, Body(at): Body<CompoundRef>) -> Answer {
    let area = area_of(&command, &at).await?;
    counted(command.act(&PACK_ALL, &area, at, packing::pack_all).await?)
}

/// The boxes of a round in the actor's area.
#[utoipa::path(get, path = "/api/v1/rounds/{id}/boxes", tag = "packing",
    params(("id" = String, Path, description = "The round")), responses((status = 200, body = [BagBox])))]
async fn list_boxes(web: Web, Id(id): Id<RoundId>) -> Answer {
    let (ctx, at) = (
        web.ctx()?,
        RoundRef {
            district: web.district()?,
            id,
        },
    );
    let found = web.app.read(move |tx| {
        seen_round(tx, &ctx, &at.district, id)?;
        let mut boxes = packing::boxes(tx, &at)?;
        boxes.retain(|one| ctx.actor.covers(&one.compound));
        Ok(boxes)
    });
    json(&found.await?)
}

/// Puts every packed bag that is in no box yet into boxes. Gives how many boxes.
#[utoipa::path(post, path = "/api/v1/boxes/fill", tag = "packing", request_body = BoxDraft,
    responses((status = 200, body = super::view::Counted)))]
async fn fill_boxes(command: Command, Body(draft): Body<BoxDraft>) -> Answer {
    let area = area_of(&command, &draft.at).await?;
    counted(command.act(&FILL, &area, draft, packing::fill_boxes).await?)
}
