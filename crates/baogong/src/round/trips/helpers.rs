//! What waits on a vehicle that broke down, and who could fetch and bring it.

use std::collections::BTreeSet;

use planner::route::{Lost, Plan, Source, Start, Tour, Travel, Trip as Load, Visit, remaining};

use super::facts::{by_road, in_parts, stop_facts};
use super::fleet::{LaterTrip, vehicle_facts};
use super::freight::{Freights, freights};
use super::*;
use crate::base::id::BoxId;
use crate::base::{Fault, roads};
use crate::register::entry::point;

stmt!(
    ACTIVE,
    "SELECT id, code, supplier, vehicle, driver, state, area, created_s, departed_s, ended_s,
            stranded_s, stranded_at, stranded_why, takes_over FROM trip
     WHERE district = $1 AND state IN ('planned', 'under_way', 'stranded') ORDER BY code"
);

/// A vehicle that broke down under way, and where its goods stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stranded {
    /// Its trip.
    pub trip: TripId,
    /// The code of the trip.
    pub code: String,
    /// Its plate.
    pub vehicle: String,
    /// Where it stands, by name.
    pub place: String,
    /// Why.
    pub why: String,
    /// WGS-84, degrees times a million.
    pub latitude: Option<i64>,
    /// WGS-84, degrees times a million.
    pub longitude: Option<i64>,
}

/// The trip that a helping vehicle is on. It goes on to its next stop and is free for others from there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnTrip {
    /// The trip.
    pub trip: TripId,
    /// The code of the trip.
    pub code: String,
    /// The compounds that it has not handed over yet, in order; the first is where it goes now.
    pub left: Vec<String>,
    /// The name of the first of them.
    pub next: String,
    /// Where that lies; WGS-84, degrees times a million.
    pub latitude: Option<i64>,
    /// Where that lies; WGS-84, degrees times a million.
    pub longitude: Option<i64>,
    /// When it is done there; as long as the planner has not told, when it is there.
    pub free_s: i64,
}

/// The trips that are planned, under way or broken down, by code.
pub fn active(tx: &mut Tx, in_district: &str) -> Result<Vec<Trip>> {
    let rows = tx.rows(&ACTIVE, &params![in_district])?;
    rows.iter().map(read).collect()
}

/// What waits on a vehicle that broke down, and who could bring it: vehicles on a trip of the same supplier with what they
/// have on board, and others. The planner says where each next comes free.
pub fn gather_takeover(
    tx: &mut Tx,
    ctx: &Ctx,
    draft: &TripDraft,
    broken: TripId,
    terms: &Terms,
) -> Result<RouteFacts> {
    let in_district = draft.district.as_str();
    let trip = get(tx, in_district, broken)?;
    check_supplier(ctx, &trip)?;
    if trip.state != TripState::Stranded {
        return Err(Refusal::conflict(
            "trip_state",
            "请先登记这辆车的故障，再安排别的车接驳。",
            "Report first that this vehicle broke down; then let others take over.",
        )
        .into());
    }
    let supplier: Supplier = entry::noun(tx, "suppliers", in_district, &trip.supplier)?;
    let mut known = Freights::new();
    let stranded = aboard(tx, in_district, &trip, BoxState::Stranded, &mut known)?;
    if stranded.is_empty() {
        return Err(Refusal::conflict(
            "no_boxes",
            "这辆车上没有要接驳的箱子。",
            "No boxes on this vehicle wait to be fetched.",
        )
        .into());
    }
    let stands = if trip.stranded_at.is_empty() {
        (supplier.name.clone(), supplier.latitude, supplier.longitude)
    } else {
        let compound: Compound = entry::noun(tx, "compounds", in_district, &trip.stranded_at)?;
        (compound.compound, compound.latitude, compound.longitude)
    };
    let mut facts = RouteFacts {
        district: in_district.to_string(),
        round: draft.round,
        supplier: trip.supplier.clone(),
        supplier_name: supplier.name,
        latitude: supplier.latitude,
        longitude: supplier.longitude,
        stops: Vec::new(),
        vehicles: Vec::new(),
        stranded: Some(Stranded {
            trip: broken,
            code: trip.code,
            vehicle: trip.vehicle.clone(),
            place: stands.0,
            why: trip.stranded_why,
            latitude: stands.1,
            longitude: stands.2,
        }),
        ways: None,
    };
    let (mut others, mut carried) = (Vec::new(), Vec::new());
    let active = active(tx, in_district)?;
    let plates = draft.vehicles.iter().map(String::as_str);
    let plates: Vec<&str> = plates.filter(|plate| *plate != trip.vehicle).collect();
    let vehicles = vehicle_facts(tx, in_district, &plates, terms)?;
    for (plate, mut vehicle) in plates.into_iter().zip(vehicles) {
        let present = present(&active, plate);
        for next in active.iter().filter(|one| one.vehicle == plate) {
            if next.state == TripState::Planned && present.is_some_and(|one| one.id != next.id) {
                vehicle.later.push(later_trip(tx, &facts, next, terms)?);
            }
        }
        match present {
            None => others.push(vehicle),
            Some(own)
                if own.supplier == trip.supplier
                    && own.takes_over.is_none()
                    && own.state != TripState::Stranded =>
            {
                let state = match own.state {
                    TripState::Planned => BoxState::Packed,
                    _ => BoxState::Loaded,
                };
                let number = facts.vehicles.len();
                let mut left = aboard(tx, in_district, own, state, &mut known)?;
                for stop in &mut left {
                    stop.aboard = Some(number);
                }
                if left.is_empty() {
                    others.push(vehicle);
                    continue;
                }
                facts.vehicles.push(VehicleFacts {
                    on_trip: Some(on_trip(tx, ctx, &facts, own, &left, terms)?),
                    ..vehicle
                });
                carried.extend(left);
            }
            Some(own) => {
                return Err(Refusal::conflict(
                    "vehicle_busy",
                    format!("{plate}在车次{}上，腾不出来；请换一辆。", own.code),
                    format!("{plate} is on trip {} and not free; choose another.", own.code),
                )
                .into());
            }
        }
    }
    if facts.vehicles.is_empty() && others.is_empty() {
        return Err(
            Refusal::invalid("vehicles", "请至少选择一辆车。", "Choose at least one vehicle.").into(),
        );
    }
    facts.vehicles.extend(others);
    let parts = stranded
        .into_iter()
        .flat_map(|stop| in_parts(stop, &known, &facts.vehicles, terms));
    facts.stops = parts.chain(carried).collect();
    left_of(ctx, facts, terms)
}

/// The trip that a vehicle is on: under way if one is, else the first that is planned.
fn present<'a>(active: &'a [Trip], plate: &str) -> Option<&'a Trip> {
    let own = || active.iter().filter(|one| one.vehicle == plate);
    own()
        .find(|one| one.state != TripState::Planned)
        .or_else(|| own().next())
}

/// How long a trip takes that a vehicle is to make afterwards: loading, the way from the supplier through its stops and back,
/// and what each stop takes.
fn later_trip(tx: &mut Tx, facts: &RouteFacts, trip: &Trip, terms: &Terms) -> Result<LaterTrip> {
    let supplier = point(facts.latitude, facts.longitude);
    let mut places = vec![supplier];
    for stop in stops(tx, &facts.district, trip.id)? {
        let compound: Compound = entry::noun(tx, "compounds", &facts.district, &stop.compound)?;
        places.push(point(compound.latitude, compound.longitude));
    }
    let boxes = packing::boxes_of_trip(tx, &facts.district, trip.id)?.len() as i64;
    let waits_s = terms.reload_s + terms.stop_s * (places.len() as i64 - 1) + terms.box_s * boxes;
    places.push(supplier);
    Ok(LaterTrip {
        code: trip.code.clone(),
        takes_s: waits_s + driving_s(&places, terms),
    })
}

/// The time on the road from each place to the next: by the map of roads, else straight and lengthened.
fn driving_s(places: &[Option<Point>], terms: &Terms) -> i64 {
    let all: Option<Vec<Point>> = places.iter().copied().collect();
    if let Some(Travel::Table {
        places: count,
        time_s: Some(time_s),
        ..
    }) = all.and_then(|all| roads::table(&all))
    {
        let next = |from: usize| i64::from(time_s[from * count + from + 1]);
        return (0..count - 1).map(next).sum();
    }
    let way_m = |pair: &[Option<Point>]| match (pair[0], pair[1]) {
        (Some(from), Some(to)) => planner::road_distance_m(from, to),
        _ => 0,
    };
    let metres: i64 = places.windows(2).map(way_m).sum();
    metres * 36 / (10 * terms.speed_km_h.max(1))
}

/// The stops of a trip that are not handed over, in order, with its boxes in this state. A broken vehicle need not go where
/// it has no boxes for.
fn aboard(
    tx: &mut Tx,
    in_district: &str,
    trip: &Trip,
    state: BoxState,
    known: &mut Freights,
) -> Result<Vec<StopFacts>> {
    let mut boxes = packing::boxes_of_trip(tx, in_district, trip.id)?;
    boxes.retain(|one| one.state == state);
    let rounds: BTreeSet<RoundId> = boxes.iter().map(|one| one.round).collect();
    for id in rounds {
        let at = RoundRef {
            district: in_district.to_string(),
            id,
        };
        known.extend(freights(tx, &at)?);
    }
    let mut found = Vec::new();
    for stop in stops(tx, in_district, trip.id)? {
        let own: Vec<BoxId> = boxes
            .iter()
            .filter(|one| one.compound == stop.compound)
            .map(|one| one.id)
            .collect();
        let goes = trip.state != TripState::Stranded || !own.is_empty();
        if stop.handed_s.is_none() && goes {
            found.push(stop_facts(tx, in_district, stop.compound, own, known)?);
        }
    }
    Ok(found)
}

fn on_trip(
    tx: &mut Tx,
    ctx: &Ctx,
    facts: &RouteFacts,
    trip: &Trip,
    left: &[StopFacts],
    terms: &Terms,
) -> Result<OnTrip> {
    let all = stops(tx, &facts.district, trip.id)?;
    let last = all
        .iter()
        .filter(|stop| stop.handed_s.is_some())
        .max_by_key(|stop| stop.handed_s);
    let (from, since_s) = match last {
        Some(last) => {
            let compound: Compound = entry::noun(tx, "compounds", &facts.district, &last.compound)?;
            (point(compound.latitude, compound.longitude), last.handed_s)
        }
        None => (point(facts.latitude, facts.longitude), trip.departed_s),
    };
    let next = &left[0];
    let arrived_s = all
        .iter()
        .find(|stop| stop.compound == next.compound)
        .and_then(|stop| stop.arrived_s);
    let way_s = driving_s(&[from, point(next.latitude, next.longitude)], terms);
    let expected_s = since_s.unwrap_or(ctx.now_s) + way_s;
    Ok(OnTrip {
        trip: trip.id,
        code: trip.code.clone(),
        left: left.iter().map(|stop| stop.compound.clone()).collect(),
        next: next.name.clone(),
        latitude: next.latitude,
        longitude: next.longitude,
        free_s: arrived_s.unwrap_or(expected_s.max(ctx.now_s)),
    })
}

/// Leaves of the stops what nobody is at or drives to, and says where and when each vehicle comes free.
fn left_of(ctx: &Ctx, mut facts: RouteFacts, terms: &Terms) -> Result<RouteFacts> {
    let now_s = ctx.now_s;
    let helping = facts.vehicles.iter().filter(|one| one.on_trip.is_some()).count();
    // As long as the goods are not told apart, every vehicle is at home and every stop is served from there.
    let mut home = facts.clone();
    for vehicle in &mut home.vehicles {
        vehicle.on_trip = None;
    }
    for stop in &mut home.stops {
        stop.aboard = None;
    }
    let mut problem = home.problem(terms);
    let lost = problem.vehicles.len();
    let broken = problem.vehicles.first().cloned();
    problem.vehicles.extend(broken);
    for stop in &mut problem.stops {
        stop.source = Source::AnyDepot;
    }
    let stay_s = |stop: usize| problem.stops[stop].rest_s + problem.stops[stop].service_s;
    let mut tours: Vec<Tour> = Vec::new();
    for (vehicle, aboard) in (0..helping).map(|one| (one, Some(one))).chain([(lost, None)]) {
        let there_s = facts.vehicles.get(vehicle).and_then(|one| one.on_trip.as_ref());
        let mut clock_s = there_s.map_or(now_s, |one| one.free_s);
        let own = (0..facts.stops.len()).filter(|stop| facts.stops[*stop].aboard == aboard);
        let visits: Vec<Visit> = own
            .map(|stop| {
                let arrive_s = clock_s;
                clock_s = clock_s.max(now_s) + stay_s(stop).max(1);
                Visit {
                    stop,
                    arrive_s,
                    begin_s: arrive_s,
                    leave_s: clock_s,
                }
            })
            .collect();
        tours.push(Tour {
            vehicle,
            trips: vec![Load {
                depot: Some(0),
                depart_s: now_s,
                visits,
            }],
            start_s: now_s,
            end_s: clock_s,
            distance_m: 0,
            cost: 0,
        });
    }
    let plan = Plan {
        tours,
        unserved: Vec::new(),
        cost: 0,
        iterations: 0,
    };
    let gone = Lost {
        tour: helping,
        goods_at: Some(1),
    };
    let rest = remaining(&problem, &plan, now_s, &[gone])
        .map_err(|flaw| Fault::Invariant(format!("takeover: {}", flaw.what)))?;
    for (vehicle, kind) in facts.vehicles.iter_mut().zip(&rest.problem.vehicles) {
        if let (Some(on_trip), Start::Place(_)) = (&mut vehicle.on_trip, kind.start) {
            on_trip.free_s = kind.shift.from_s;
        }
    }
    let left: Vec<StopFacts> = rest.stops.iter().map(|stop| facts.stops[*stop].clone()).collect();
    facts.stops = left;
    Ok(by_road(facts))
}

/// A vehicle that could take over what another has on board.
#[derive(Clone, Debug)]
pub struct Helper {
    /// Its plate.
    pub plate: String,
    /// Who drives it.
    pub driver: String,
    /// What it carries; zero when not registered.
    pub load_g: i64,
    /// The code and state of the trip that it is on.
    pub trip: Option<(String, TripState)>,
    /// Whether it carries boxes of the same round.
    pub same_round: bool,
}

/// Who could take over what a broken vehicle has on board: those on a trip of the same supplier, and those that are on none.
pub fn helpers(tx: &mut Tx, in_district: &str, broken: &Trip) -> Result<Vec<Helper>> {
    let rounds = |boxes: Vec<BagBox>| -> BTreeSet<RoundId> { boxes.iter().map(|one| one.round).collect() };
    let own = rounds(packing::boxes_of_trip(tx, in_district, broken.id)?);
    let active = active(tx, in_district)?;
    let mut found = Vec::new();
    for one in entry::all(tx, "vehicles", in_district)? {
        let vehicle: Vehicle = one.noun()?;
        let busy = present(&active, &vehicle.plate);
        let fits = |trip: &Trip| {
            let runs = matches!(trip.state, TripState::Planned | TripState::UnderWay);
            runs && trip.supplier == broken.supplier && trip.takes_over.is_none()
        };
        let ready = vehicle.state.is_empty() || vehicle.state == "ready";
        if !ready || busy.is_some_and(|trip| !fits(trip)) {
            continue;
        }
        let same_round = match busy {
            Some(trip) => !own.is_disjoint(&rounds(packing::boxes_of_trip(tx, in_district, trip.id)?)),
            None => false,
        };
        found.push(Helper {
            plate: vehicle.plate,
            driver: vehicle.driver_name,
            load_g: vehicle.load_g,
            trip: busy.map(|trip| (trip.code.clone(), trip.state)),
            same_round,
        });
    }
    found.sort_by_key(|one| (!one.same_round, one.trip.is_none()));
    Ok(found)
}
