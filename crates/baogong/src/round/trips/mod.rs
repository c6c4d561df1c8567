//! Trips: which vehicle carries which boxes to which compounds in which order; loading, arriving, handing over at
//! the drop point. What is missing becomes a transfer to the loss account, with its reason.

mod drop;
mod facts;
mod fleet;
mod freight;
mod helpers;
mod plan;
mod takeover;

use std::collections::BTreeMap;

use planner::Point;
use serde::{Deserialize, Serialize};
use store::{Tx, params, stmt};
use uuid::Uuid;

use super::open::{self, RoundRef};
use super::packing::{self, BagBox, BoxState};
use super::{Order, OrderState, chart, order};
use crate::base::book::{self, Acc, Kind, Move, Reason};
use crate::base::id::{RoundId, TripId, derive};
use crate::base::{Ctx, Refusal, Result};
use crate::register::entry::{self, Compound, Supplier, Vehicle};
use crate::wording;
pub(super) use drop::set_note;
pub use drop::{DropDraft, DropOutcome, hand_over};
pub use facts::{RouteFacts, StopFacts, WayTable, gather};
pub use fleet::{LaterTrip, VehicleFacts, on_shift};
pub use helpers::{Helper, OnTrip, Stranded, gather_takeover, helpers};
pub use plan::{LeftOut, PLAN, Planned, Terms, TripDraft, make, solve, tours};
pub use takeover::{BreakDown, break_down, resume, take_over};

stmt!(
    GET,
    "SELECT id, code, supplier, vehicle, driver, state, area, created_s, departed_s, ended_s,
            stranded_s, stranded_at, stranded_why, takes_over FROM trip
     WHERE district = $1 AND id = $2"
);
stmt!(
    LIST,
    "SELECT id, code, supplier, vehicle, driver, state, area, created_s, departed_s, ended_s,
            stranded_s, stranded_at, stranded_why, takes_over FROM trip
     WHERE district = $1 AND ($2 = '' OR supplier = $2) ORDER BY created_s DESC, code LIMIT 200"
);
stmt!(
    STOPS,
    "SELECT seq, compound, arrived_s, handed_s, received_by FROM trip_stop WHERE district = $1 AND trip = $2 ORDER BY seq"
);
stmt!(
    DEPART,
    "UPDATE trip SET state = 'under_way', departed_s = $3 WHERE district = $1 AND id = $2 AND state = 'planned'"
);
stmt!(
    CANCEL,
    "UPDATE trip SET state = 'cancelled', ended_s = $3 WHERE district = $1 AND id = $2 AND state = 'planned'"
);
stmt!(
    ARRIVE,
    "UPDATE trip_stop SET arrived_s = $4 WHERE district = $1 AND trip = $2 AND seq = $3 AND arrived_s IS NULL"
);

wording! {
    /// Where a trip stands.
    TripState {
        Planned = "planned", "待装车", "To be loaded";
        UnderWay = "under_way", "在途", "Under way";
        Stranded = "stranded", "故障停驶", "Broken down";
        Ended = "ended", "已完成", "Ended";
        Cancelled = "cancelled", "已取消", "Cancelled";
    }
}

/// A trip of one vehicle.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Trip {
    /// The id.
    pub id: TripId,
    /// The code that people use.
    pub code: String,
    /// The supplier's code.
    pub supplier: String,
    /// The plate.
    pub vehicle: String,
    /// The driver.
    pub driver: String,
    /// Where it stands.
    pub state: TripState,
    /// The smallest area that holds all its stops.
    pub area: String,
    /// When it was planned.
    pub created_s: i64,
    /// When it left.
    pub departed_s: Option<i64>,
    /// When it ended.
    pub ended_s: Option<i64>,
    /// Since when its vehicle cannot go on, if it ever broke down.
    pub stranded_s: Option<i64>,
    /// At which compound it stands then; empty for its supplier.
    pub stranded_at: String,
    /// Why it cannot go on.
    pub stranded_why: String,
    /// The trip from whose vehicle this one fetches its boxes, where it takes over from one.
    pub takes_over: Option<TripId>,
}

/// A stop of a trip.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Stop {
    /// Its place in the order, from 1.
    pub seq: i64,
    /// The compound.
    pub compound: String,
    /// When the vehicle arrived.
    pub arrived_s: Option<i64>,
    /// When the boxes were handed over.
    pub handed_s: Option<i64>,
    /// Who received them.
    pub received_by: String,
}

fn read(row: &store::Row) -> Result<Trip> {
    Ok(Trip {
        id: TripId(row.get::<Uuid>(0)?),
        code: row.get(1)?,
        supplier: row.get(2)?,
        vehicle: row.get(3)?,
        driver: row.get(4)?,
        state: TripState::stored(&row.get::<String>(5)?)?,
        area: row.get(6)?,
        created_s: row.get(7)?,
        departed_s: row.get(8)?,
        ended_s: row.get(9)?,
        stranded_s: row.get(10)?,
        stranded_at: row.get(11)?,
        stranded_why: row.get(12)?,
        takes_over: row.get::<Option<Uuid>>(13)?.map(TripId),
    })
}

/// The trip with this id.
pub fn get(tx: &mut Tx, in_district: &str, id: TripId) -> Result<Trip> {
    let row = tx
        .row(&GET, &params![in_district, id])?
        .ok_or_else(|| Refusal::not_found("车次", "trip"))?;
    read(&row)
}

/// The trips of a district (of one supplier, if given), latest first.
pub fn list(tx: &mut Tx, in_district: &str, supplier: &str) -> Result<Vec<Trip>> {
    tx.rows(&LIST, &params![in_district, supplier])?
        .iter()
        .map(read)
        .collect()
}

fn check_supplier(ctx: &Ctx, trip: &Trip) -> Result<()> {
    if ctx
        .actor
        .supplier
        .as_ref()
        .is_some_and(|own| *own != trip.supplier)
    {
        return Err(Refusal::not_found("车次", "trip").into());
    }
    Ok(())
}

/// The stops of a trip, in order.
pub fn stops(tx: &mut Tx, in_district: &str, id: TripId) -> Result<Vec<Stop>> {
    let rows = tx.rows(&STOPS, &params![in_district, id])?;
    rows.iter()
        .map(|row| {
            Ok(Stop {
                seq: row.get(0)?,
                compound: row.get(1)?,
                arrived_s: row.get(2)?,
                handed_s: row.get(3)?,
                received_by: row.get(4)?,
            })
        })
        .collect()
}

/// The district and id of a trip.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TripRef {
    /// The district.
    pub district: String,
    /// The trip.
    pub id: TripId,
}

fn bags_of(tx: &mut Tx, in_district: &str, boxes: &[BagBox]) -> Result<Vec<Order>> {
    let mut rounds: Vec<RoundId> = boxes.iter().map(|one| one.round).collect();
    rounds.sort_unstable();
    rounds.dedup();
    let mut bags = Vec::new();
    for round in rounds {
        let area = open::get(tx, in_district, round)?.area;
        bags.extend(
            order::of_round(tx, in_district, round, &area)?
                .into_iter()
                .filter(|order| {
                    order
                        .box_id
                        .is_some_and(|id| boxes.iter().any(|one| one.id == id))
                }),
        );
    }
    Ok(bags)
}

/// The moves that carry the packed lines of a bag from one account to another.
fn carry(
    order: &Order,
    words: &str,
    from: impl Fn(&str) -> Acc,
    to: impl Fn(&str) -> Acc,
    reason: Reason,
) -> Vec<Move> {
    order
        .lines
        .iter()
        .filter(|line| line.packed > 0)
        .map(|line| {
            let asset = chart::pack_asset(order.round, &line.pack);
            Move {
                id: derive(order.id.0, &format!("{words}/{}", line.pack)),
                from: from(&asset),
                to: to(&asset),
                amount: line.packed,
                kind: Kind::Post,
                reason,
                cause: order.id.0,
            }
        })
        .collect()
}

/// Loads a trip with all its boxes and sends it off. A box that is left behind is taken off the trip first. What is fetched
/// from a vehicle that broke down goes from its account to that of this trip.
pub fn load(tx: &mut Tx, ctx: &Ctx, at: &TripRef) -> Result<usize> {
    let trip = get(tx, &at.district, at.id)?;
    check_supplier(ctx, &trip)?;
    if tx.run(&DEPART, &params![at.district.as_str(), at.id, ctx.now_s])? == 0 {
        return Err(
            Refusal::conflict("trip_state", "这个车次已经出发。", "This trip has left already.").into(),
        );
    }
    let boxes = packing::boxes_of_trip(tx, &at.district, at.id)?;
    for one in &boxes {
        packing::put_box(tx, &at.district, one.id, BoxState::Loaded, Some(at.id))?;
    }
    for bag in bags_of(tx, &at.district, &boxes)? {
        // A bag that changes vehicles more than once makes a move of its own each time.
        let relay = format!("relay/{}", at.id);
        let moves = carry(
            &bag,
            if trip.takes_over.is_some() { &relay } else { "load" },
            |asset| match trip.takes_over {
                Some(origin) => chart::on_trip(origin, asset),
                None => chart::packed(bag.round, &bag.compound, asset),
            },
            |asset| chart::on_trip(at.id, asset),
            if trip.takes_over.is_some() {
                Reason::Relay
            } else {
                Reason::Load
            },
        );
        book::post_certain(tx, ctx, &at.district, &moves)?;
        order::set_state(tx, ctx, &at.district, bag.id, OrderState::Loaded)?;
    }
    if let Some(origin) = trip.takes_over {
        takeover::end_if_empty(tx, ctx, &at.district, origin)?;
    }
    Ok(boxes.len())
}

/// A box to be taken off a trip before it leaves, or put on it.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct BoxMove {
    /// The trip.
    pub trip: TripRef,
    /// The code on the box.
    pub code: String,
}

/// Takes a box off a trip that has not left.
pub fn leave_behind(tx: &mut Tx, ctx: &Ctx, change: &BoxMove) -> Result<()> {
    let trip = get(tx, &change.trip.district, change.trip.id)?;
    check_supplier(ctx, &trip)?;
    let found = packing::box_by_code(tx, &change.trip.district, &change.code)?;
    match found {
        Some(one) if one.trip == Some(trip.id) && trip.state == TripState::Planned => {
            take_off(tx, &change.trip.district, &trip, &one)
        }
        _ => Err(Refusal::invalid(
            "code",
            "这个箱号不在本车次，或车次已出发。",
            "This box is not on the trip, or the trip has left.",
        )
        .into()),
    }
}

/// Takes a box off a trip that has not left: it waits again where it stands.
fn take_off(tx: &mut Tx, in_district: &str, trip: &Trip, one: &BagBox) -> Result<()> {
    match trip.takes_over {
        Some(origin) => takeover::put_back(tx, in_district, one, origin),
        None => packing::put_box(tx, in_district, one.id, BoxState::Packed, None),
    }
}

/// Cancels a trip that has not left, because its vehicle drops out: its boxes wait again. Gives how many.
pub fn cancel(tx: &mut Tx, ctx: &Ctx, at: &TripRef) -> Result<usize> {
    let trip = get(tx, &at.district, at.id)?;
    check_supplier(ctx, &trip)?;
    if tx.run(&CANCEL, &params![at.district.as_str(), at.id, ctx.now_s])? == 0 {
        return Err(Refusal::conflict(
            "trip_state",
            "这个车次已经出发或取消；已出发又不能继续的，请在车次里报告故障。",
            "This trip has left or was cancelled; one that has left and cannot go on is reported as broken down.",
        )
        .into());
    }
    let boxes = packing::boxes_of_trip(tx, &at.district, at.id)?;
    for one in &boxes {
        take_off(tx, &at.district, &trip, one)?;
    }
    Ok(boxes.len())
}

/// A stop of a trip.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct StopRef {
    /// The trip.
    pub trip: TripRef,
    /// The stop.
    pub seq: i64,
}

/// Refuses a trip that is in another state than these.
fn has_left(tx: &mut Tx, ctx: &Ctx, at: &TripRef, states: &[TripState]) -> Result<()> {
    let trip = get(tx, &at.district, at.id)?;
    check_supplier(ctx, &trip)?;
    if !states.contains(&trip.state) {
        return Err(Refusal::conflict(
            "trip_state",
            "车次还没有出发，或已结束。",
            "The trip has not left, or has ended.",
        )
        .into());
    }
    Ok(())
}

/// Records that the vehicle has arrived at a stop.
pub fn arrive(tx: &mut Tx, ctx: &Ctx, at: &StopRef) -> Result<()> {
    has_left(tx, ctx, &at.trip, &[TripState::UnderWay])?;
    tx.run(
        &ARRIVE,
        &params![at.trip.district.as_str(), at.trip.id, at.seq, ctx.now_s],
    )?;
    Ok(())
}
