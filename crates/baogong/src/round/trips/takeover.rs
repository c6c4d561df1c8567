//! A vehicle breaks down under way. Its boxes stay on board until other vehicles fetch them there, or it goes on; each is
//! brought by a trip of its own, and moves from vehicle to vehicle through the ledger when that trip is loaded.

use std::collections::BTreeSet;

use planner::route::ByHand;

use super::plan::{add_stop, insert};
use super::*;
use crate::base::Fault;
use crate::base::id::BoxId;

stmt!(
    STRAND,
    "UPDATE trip SET state = 'stranded', stranded_s = $3, stranded_at = $4, stranded_why = $5
     WHERE district = $1 AND id = $2 AND state = 'under_way'"
);
stmt!(
    RESUME,
    "UPDATE trip SET state = 'under_way' WHERE district = $1 AND id = $2 AND state = 'stranded'"
);
stmt!(
    TAKE_OVER,
    "UPDATE trip SET takes_over = $3 WHERE district = $1 AND id = $2"
);
stmt!(
    TAKING_OVER,
    "SELECT COUNT(*) FROM trip WHERE district = $1 AND takes_over = $2 AND state = 'planned'"
);
stmt!(
    DROP_STOP,
    "DELETE FROM trip_stop WHERE district = $1 AND trip = $2 AND compound = $3 AND handed_s IS NULL"
);
stmt!(
    LAST_STOP,
    "SELECT MAX(seq) FROM trip_stop WHERE district = $1 AND trip = $2"
);

stmt!(
    FINISH,
    "UPDATE trip SET state = 'ended', ended_s = $3 WHERE district = $1 AND id = $2"
);

/// What is reported of a vehicle that cannot go on.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct BreakDown {
    /// The trip.
    pub trip: TripRef,
    /// The stop at or near which it stands, as the code of its compound; empty for its supplier.
    #[serde(default)]
    pub at: String,
    /// Why it cannot go on.
    pub reason: String,
}

/// Reports that a vehicle under way cannot go on. Its boxes wait on board. Gives how many.
pub fn break_down(tx: &mut Tx, ctx: &Ctx, draft: &BreakDown) -> Result<usize> {
    let at = &draft.trip;
    let trip = get(tx, &at.district, at.id)?;
    check_supplier(ctx, &trip)?;
    let reason = draft.reason.trim();
    if reason.is_empty() {
        return Err(Refusal::invalid(
            "reason",
            "请写明车辆为什么不能继续，例如“爆胎”“驾驶员发热”。",
            "Say why the vehicle cannot go on, such as a flat tyre or a driver with a fever.",
        )
        .into());
    }
    let stops = stops(tx, &at.district, at.id)?;
    if !draft.at.is_empty() && !stops.iter().any(|stop| stop.compound == draft.at) {
        return Err(Refusal::not_found("站点", "stop").into());
    }
    let params = params![at.district.as_str(), at.id, ctx.now_s, draft.at.as_str(), reason];
    if tx.run(&STRAND, &params)? == 0 {
        return Err(not_under_way().into());
    }
    let mut waiting = 0;
    for one in packing::boxes_of_trip(tx, &at.district, at.id)? {
        if one.state == BoxState::Loaded {
            packing::put_box(tx, &at.district, one.id, BoxState::Stranded, Some(at.id))?;
            waiting += 1;
        }
    }
    Ok(waiting)
}

fn not_under_way() -> Refusal {
    Refusal::conflict(
        "trip_state",
        "车次不在途中；还没出发的请用“这辆车不能出车”。",
        "The trip is not under way; one that has not left is taken off by “this vehicle drops out”.",
    )
}

/// Lets a vehicle that broke down go on with what is still on board. Gives how many boxes.
pub fn resume(tx: &mut Tx, ctx: &Ctx, at: &TripRef) -> Result<usize> {
    check_supplier(ctx, &get(tx, &at.district, at.id)?)?;
    if count(tx.row(&TAKING_OVER, &params![at.district.as_str(), at.id])?)? > 0 {
        return Err(Refusal::conflict(
            "taken_over",
            "已经安排别的车来接驳；要继续送，请先取消那些车次。",
            "Other vehicles are on their way to fetch the goods; to go on, cancel their trips first.",
        )
        .into());
    }
    if tx.run(&RESUME, &params![at.district.as_str(), at.id])? == 0 {
        return Err(Refusal::conflict(
            "trip_state",
            "这个车次没有登记故障，或已经结束。",
            "This trip is not reported as broken down, or has ended.",
        )
        .into());
    }
    let mut aboard = 0;
    for one in packing::boxes_of_trip(tx, &at.district, at.id)? {
        if one.state == BoxState::Stranded {
            packing::put_box(tx, &at.district, one.id, BoxState::Loaded, Some(at.id))?;
            aboard += 1;
        }
    }
    Ok(aboard)
}

fn count(row: Option<store::Row>) -> Result<i64> {
    row.map_or(Ok(0), |row| Ok(row.get(0)?))
}

/// Puts a box back on the vehicle that broke down, from a trip that was to fetch it.
pub(super) fn put_back(tx: &mut Tx, in_district: &str, one: &BagBox, origin: TripId) -> Result<()> {
    packing::put_box(tx, in_district, one.id, BoxState::Stranded, Some(origin))?;
    let known = stops(tx, in_district, origin)?;
    if !known
        .iter()
        .any(|stop| stop.compound == one.compound && stop.handed_s.is_none())
    {
        let last: Option<i64> = match tx.row(&LAST_STOP, &params![in_district, origin])? {
            Some(row) => row.get(0)?,
            None => None,
        };
        let seq = last.unwrap_or(0) + 1;
        add_stop(tx, in_district, origin, seq, &one.compound)?;
    }
    Ok(())
}

/// Ends a trip when nothing is left on board: every stop is handed over, and nobody is still to fetch from it.
pub(super) fn end_if_empty(tx: &mut Tx, ctx: &Ctx, in_district: &str, id: TripId) -> Result<()> {
    let waits = stops(tx, in_district, id)?
        .iter()
        .any(|stop| stop.handed_s.is_none());
    if !waits && count(tx.row(&TAKING_OVER, &params![in_district, id])?)? == 0 {
        tx.run(&FINISH, &params![in_district, id, ctx.now_s])?;
    }
    Ok(())
}

/// Puts routes that take over from a broken vehicle into effect: its stops go to new trips, which fetch the boxes where it
/// stands; the stops that other vehicles have on board get the order of the routes. Gives the new trips.
pub fn take_over(tx: &mut Tx, ctx: &Ctx, facts: &RouteFacts, tours: &[ByHand]) -> Result<Vec<TripId>> {
    let Some(stranded) = &facts.stranded else {
        return Err(Fault::Invariant("takeover: no vehicle broke down".into()).into());
    };
    let in_district = facts.district.as_str();
    if get(tx, in_district, stranded.trip)?.state != TripState::Stranded {
        return Err(outdated(&stranded.vehicle).into());
    }
    let boxes: BTreeSet<BoxId> = packing::boxes_of_trip(tx, in_district, stranded.trip)?
        .into_iter()
        .filter(|one| one.state == BoxState::Stranded)
        .map(|one| one.id)
        .collect();
    let (mut made, mut fetched_for) = (Vec::new(), BTreeSet::new());
    for (number, vehicle) in facts.vehicles.iter().enumerate() {
        if let Some(on_trip) = &vehicle.on_trip {
            let own = tours
                .iter()
                .filter(|tour| tour.vehicle == number)
                .flat_map(|tour| &tour.trips);
            let order = own.flatten().map(|stop| &facts.stops[*stop]);
            let order: Vec<&str> = order
                .filter(|stop| stop.aboard == Some(number))
                .map(|stop| stop.compound.as_str())
                .collect();
            reorder(tx, in_district, &vehicle.plate, on_trip, &order)?;
        }
    }
    for tour in tours {
        let vehicle = &facts.vehicles[tour.vehicle];
        let fetched = tour.trips.iter().map(|trip| {
            let stops = trip.iter().map(|stop| &facts.stops[*stop]);
            stops.filter(|stop| stop.aboard.is_none()).collect::<Vec<_>>()
        });
        for (turn, stops) in fetched.filter(|stops| !stops.is_empty()).enumerate() {
            let id = TripId(ctx.part(&format!("takeover/{}/{turn}", vehicle.plate)));
            insert(tx, ctx, facts, vehicle, id, &stops)?;
            tx.run(&TAKE_OVER, &params![in_district, id, stranded.trip])?;
            for stop in stops {
                for one in &stop.boxes {
                    if !boxes.contains(one) {
                        return Err(outdated(&stop.name).into());
                    }
                    packing::put_box(tx, in_district, *one, BoxState::Stranded, Some(id))?;
                }
                fetched_for.insert(stop.compound.as_str());
            }
            made.push(id);
        }
    }
    // A compound of which a part stays on board keeps its stop there.
    let left = packing::boxes_of_trip(tx, in_district, stranded.trip)?;
    for compound in fetched_for {
        if !left
            .iter()
            .any(|one| one.compound == compound && one.state == BoxState::Stranded)
        {
            tx.run(&DROP_STOP, &params![in_district, stranded.trip, compound])?;
        }
    }
    Ok(made)
}

fn outdated(name: &str) -> Refusal {
    Refusal::conflict(
        "box_moved",
        format!("{name}的情况已经变了；请重新生成接驳路线。"),
        format!("{name} is no longer as it was; propose again who takes over."),
    )
}

/// Puts the stops of a helping vehicle in order behind the one that it goes to now.
fn reorder(tx: &mut Tx, in_district: &str, plate: &str, on_trip: &OnTrip, order: &[&str]) -> Result<()> {
    let trip = get(tx, in_district, on_trip.trip)?;
    let mut open = stops(tx, in_district, on_trip.trip)?;
    open.retain(|stop| stop.handed_s.is_none());
    let same = open.iter().map(|stop| &stop.compound).eq(&on_trip.left);
    if !same || !matches!(trip.state, TripState::Planned | TripState::UnderWay) {
        return Err(outdated(plate).into());
    }
    let seqs: Vec<i64> = open.iter().skip(1).map(|stop| stop.seq).collect();
    let rest: Vec<&str> = open.iter().skip(1).map(|stop| stop.compound.as_str()).collect();
    let kept = rest.iter().filter(|compound| !order.contains(compound));
    let wanted: Vec<&str> = order
        .iter()
        .chain(kept)
        .copied()
        .filter(|one| rest.contains(one))
        .collect();
    if wanted == rest {
        return Ok(());
    }
    for compound in &rest {
        tx.run(&DROP_STOP, &params![in_district, on_trip.trip, *compound])?;
    }
    for (seq, compound) in seqs.into_iter().zip(wanted) {
        add_stop(tx, in_district, on_trip.trip, seq, compound)?;
    }
    Ok(())
}
