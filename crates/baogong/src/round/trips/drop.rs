//! Handing boxes over at a drop point, and what is missing there.

use serde::{Deserialize, Serialize};
use store::{Tx, params, stmt};

use super::{StopRef, TripRef, TripState, bags_of, carry, has_left, stops, takeover};
use crate::base::address;
use crate::base::book::{self, Reason};
use crate::base::id::OrderId;
use crate::base::{Ctx, Refusal, Result};
use crate::round::packing::{self, BagBox, BoxState};
use crate::round::{Order, OrderState, chart, order, payment};

stmt!(
    HANDED,
    "UPDATE trip_stop SET handed_s = $4, received_by = $5, arrived_s = COALESCE(arrived_s, $4)
     WHERE district = $1 AND trip = $2 AND seq = $3 AND handed_s IS NULL"
);

/// What was handed over at a stop.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DropDraft {
    /// The stop.
    pub at: StopRef,
    /// The codes of the boxes that were counted, as scanned or typed; separators do not matter.
    pub boxes: String,
    /// The codes of bags that were missing in a box that did arrive.
    #[serde(default)]
    pub missing_bags: String,
    /// Why something is missing; needed when it is.
    #[serde(default)]
    pub reason: String,
    /// Who received the boxes.
    pub received_by: String,
}

/// What came of a hand-over at a stop.
#[derive(Clone, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DropOutcome {
    /// Bags now at the drop point.
    pub bags: usize,
    /// Codes of bags that were lost.
    pub lost: Vec<String>,
}

/// Hands the boxes of a stop over at the drop point. Boxes that were not counted, and bags reported missing, go to
/// the loss account with the reason, and are refunded.
pub fn hand_over(tx: &mut Tx, ctx: &Ctx, draft: &DropDraft) -> Result<DropOutcome> {
    let trip_ref = &draft.at.trip;
    // From a vehicle that broke down people may still fetch in person.
    has_left(tx, ctx, trip_ref, &[TripState::UnderWay, TripState::Stranded])?;
    let stops = stops(tx, &trip_ref.district, trip_ref.id)?;
    let stop = stops
        .iter()
        .find(|stop| stop.seq == draft.at.seq)
        .ok_or_else(|| Refusal::not_found("站点", "stop"))?;
    if draft.received_by.trim().is_empty() {
        return Err(Refusal::invalid("received_by", "请写明接收人。", "Say who received the boxes.").into());
    }
    let boxes: Vec<BagBox> = packing::boxes_of_trip(tx, &trip_ref.district, trip_ref.id)?
        .into_iter()
        .filter(|one| {
            one.compound == stop.compound && matches!(one.state, BoxState::Loaded | BoxState::Stranded)
        })
        .collect();
    let counted = address::codes_in(&draft.boxes, &trip_ref.district);
    if let Some(stranger) = counted
        .iter()
        .find(|code| !boxes.iter().any(|one| one.code == **code))
    {
        return Err(Refusal::invalid(
            "boxes",
            format!("箱号{stranger}不在这一站；请核对标签上的号码。"),
            format!("Box {stranger} does not belong to this stop; check the code on the label."),
        )
        .into());
    }
    let (arrived, lost): (Vec<BagBox>, Vec<BagBox>) =
        boxes.into_iter().partition(|one| counted.contains(&one.code));
    let missing = address::codes_in(&draft.missing_bags, &trip_ref.district);
    let reason = draft.reason.trim();
    if (!lost.is_empty() || !missing.is_empty()) && reason.is_empty() {
        return Err(Refusal::invalid(
            "reason",
            format!("少了{}箱、{}袋，请写明原因。", lost.len(), missing.len()),
            format!(
                "{} boxes and {} bags are missing; say why.",
                lost.len(),
                missing.len()
            ),
        )
        .into());
    }
    let bags = bags_of(tx, &trip_ref.district, &arrived)?;
    if let Some(stranger) = missing
        .iter()
        .find(|code| !bags.iter().any(|bag| bag.code == **code))
    {
        return Err(Refusal::invalid(
            "missing_bags",
            format!("袋号{stranger}不在这些箱子里。"),
            format!("Bag {stranger} is not in these boxes."),
        )
        .into());
    }
    if tx.run(
        &HANDED,
        &params![
            trip_ref.district.as_str(),
            trip_ref.id,
            draft.at.seq,
            ctx.now_s,
            draft.received_by.trim()
        ],
    )? == 0
    {
        return Err(Refusal::conflict(
            "handed",
            "这一站已经交接过。",
            "This stop was handed over already.",
        )
        .into());
    }
    let mut outcome = DropOutcome::default();
    for bag in &bags {
        if missing.contains(&bag.code) {
            lose(tx, ctx, trip_ref, bag, reason)?;
            outcome.lost.push(bag.code.clone());
            continue;
        }
        let moves = carry(
            bag,
            "drop",
            |asset| chart::on_trip(trip_ref.id, asset),
            |asset| chart::at_drop_point(&bag.compound, asset),
            Reason::DropOff,
        );
        book::post_certain(tx, ctx, &trip_ref.district, &moves)?;
        order::set_state(tx, ctx, &trip_ref.district, bag.id, OrderState::Dropped)?;
        outcome.bags += 1;
    }
    for bag in bags_of(tx, &trip_ref.district, &lost)? {
        lose(tx, ctx, trip_ref, &bag, reason)?;
        outcome.lost.push(bag.code);
    }
    for one in &arrived {
        packing::put_box(
            tx,
            &trip_ref.district,
            one.id,
            BoxState::Dropped,
            Some(trip_ref.id),
        )?;
    }
    for one in &lost {
        packing::put_box(tx, &trip_ref.district, one.id, BoxState::Lost, Some(trip_ref.id))?;
    }
    takeover::end_if_empty(tx, ctx, &trip_ref.district, trip_ref.id)?;
    Ok(outcome)
}

stmt!(
    SET_NOTE,
    "UPDATE orders SET note = $3 WHERE district = $1 AND id = $2"
);

pub(in crate::round) fn set_note(tx: &mut Tx, in_district: &str, id: OrderId, note: &str) -> Result<()> {
    tx.run(&SET_NOTE, &params![in_district, id, note])?;
    Ok(())
}

fn lose(tx: &mut Tx, ctx: &Ctx, trip: &TripRef, bag: &Order, reason: &str) -> Result<()> {
    let moves = carry(
        bag,
        "lose",
        |asset| chart::on_trip(trip.id, asset),
        |asset| chart::loss(&trip.district, asset),
        Reason::Loss,
    );
    book::post_certain(tx, ctx, &trip.district, &moves)?;
    order::set_state(tx, ctx, &trip.district, bag.id, OrderState::Returned)?;
    set_note(tx, &trip.district, bag.id, reason)?;
    payment::give_back(
        tx,
        &ctx.sub(&format!("lost/{}", bag.id)),
        bag,
        bag.amount_fen - bag.refund_fen,
    )
}
