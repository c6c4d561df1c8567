//! The last hundred metres: pick-up slots, the door list, what came of each hand-over.

use serde::Serialize;
use utoipa::ToSchema;

use super::input::{Ask, Body, Command, Id};
use super::view::{counted, done, json, seen_order, seen_round};
use crate::base::act::Act;
use crate::base::id::RoundId;
use crate::base::{Action, Refusal};
use crate::round::Order;
use crate::round::handover::{self, HandAll, HandDraft, Slot, SlotDraft};
use crate::web::gate::Gate;
use crate::web::{Answer, Web};

static SLOTS: Act = Act::new("slots.make", Action::Deliver);
static RECORD: Act = Act::new("bag.hand_over", Action::Deliver);
static RECORD_ALL: Act = Act::new("bag.hand_over_all", Action::Deliver);

endpoints! {
    read "/api/v1/rounds/{id}/slots", Gate::Needs(Action::Deliver), list_slots;
    write "/api/v1/slots", Gate::Needs(Action::Deliver), make_slots;
    read "/api/v1/rounds/{id}/door-list", Gate::Needs(Action::Deliver), door_list;
    write "/api/v1/hand-overs", Gate::Needs(Action::Deliver), record_hand_over;
    write "/api/v1/hand-overs/all", Gate::Needs(Action::Deliver), record_all_hand_overs;
}

fn compound(ask: &Ask, web: &Web) -> crate::base::Result<String> {
    match ask.get("compound") {
        "" => Err(Refusal::invalid("compound", "请写明小区。", "Say which compound.").into()),
        code => web.area(code),
    }
}

/// The pick-up slots of a round in a compound.
#[utoipa::path(get, path = "/api/v1/rounds/{id}/slots", tag = "hand-over",
    params(
        ("id" = String, Path, description = "The round"),
        ("compound" = String, Query, description = "The compound's code"),
    ),
    responses((status = 200, body = [Slot])))]
async fn list_slots(web: Web, Id(id): Id<RoundId>, ask: Ask) -> Answer {
    let (ctx, in_district, compound) = (web.ctx()?, web.district()?, compound(&ask, &web)?);
    let found = web.app.read(move |tx| {
        seen_round(tx, &ctx, &in_district, id)?;
        handover::slots(tx, &in_district, id, &compound)
    });
    json(&found.await?)
}

/// Makes pick-up slots for everyone in a compound who has a bag coming. Gives how many slots.
#[utoipa::path(post, path = "/api/v1/slots", tag = "hand-over", request_body = SlotDraft,
    responses((status = 200, body = super::view::Counted)))]
async fn make_slots(command: Command, Body(draft): Body<SlotDraft>) -> Answer {
    command.round(&draft.at.district, draft.at.round).await?;
    let area = draft.at.compound.clone();
    counted(command.act(&SLOTS, &area, draft, handover::make_slots).await?)
}

/// A bag on the door list.
#[derive(Serialize, ToSchema)]
pub struct BagView {
    /// `3栋2单元501`
    dwelling: String,
    /// The order in the bag.
    #[serde(flatten)]
    order: Order,
}

/// The bags of a compound that wait for hand-over or were handed over, as one walks.
#[utoipa::path(get, path = "/api/v1/rounds/{id}/door-list", tag = "hand-over",
    params(
        ("id" = String, Path, description = "The round"),
        ("compound" = String, Query, description = "The compound's code"),
    ),
    responses((status = 200, body = [BagView])))]
async fn door_list(web: Web, Id(id): Id<RoundId>, ask: Ask) -> Answer {
    let (ctx, in_district, compound) = (web.ctx()?, web.district()?, compound(&ask, &web)?);
    let found = web.app.read(move |tx| {
        seen_round(tx, &ctx, &in_district, id)?;
        let bags = handover::door_list(tx, &in_district, id, &compound)?;
        let view = |order: Order| BagView {
            dwelling: order.dwelling(),
            order: seen_order(&ctx.actor, order),
        };
        Ok(bags.into_iter().map(view).collect::<Vec<_>>())
    });
    json(&found.await?)
}

/// Records what came of a hand-over; only what is handed over reaches the household's pantry.
#[utoipa::path(post, path = "/api/v1/hand-overs", tag = "hand-over", request_body = HandDraft,
    responses((status = 200, body = super::view::Done)))]
async fn record_hand_over(command: Command, Body(draft): Body<HandDraft>) -> Answer {
    let area = command.order(&draft.district, draft.order).await?.household;
    done(command.act(&RECORD, &area, draft, handover::record).await?)
}

/// Hands over every bag of a building, or of a compound, that waits at the drop point. Gives how many.
#[utoipa::path(post, path = "/api/v1/hand-overs/all", tag = "hand-over", request_body = HandAll,
    responses((status = 200, body = super::view::Counted)))]
async fn record_all_hand_overs(command: Command, Body(draft): Body<HandAll>) -> Answer {
    command.round(&draft.at.district, draft.at.round).await?;
    let area = draft.at.compound.clone();
    counted(
        command
            .act(&RECORD_ALL, &area, draft, handover::record_all)
            .await?,
    )
}
