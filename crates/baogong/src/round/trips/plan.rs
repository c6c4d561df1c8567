//! Which vehicle carries which boxes, and in which order it stops.

use planner::effort::Effort;
use planner::road_distance_m;
use planner::route::{self, Load, Problem, Source, Start, Travel, Window};

use crate::base::Fault;

use super::*;

/// Rounds of the search; twenty stops are long settled by then.
const ROUNDS: u64 = 20_000;
/// What a vehicle carries of which nothing is registered.
const UNLIMITED: i64 = 1_000_000_000_000;

stmt!(COUNT, "SELECT COUNT(*) FROM trip WHERE district = $1");

stmt!(
    INSERT,
    "INSERT INTO trip (district, id, code, supplier, vehicle, driver, state, area, created_s, actor)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
);

stmt!(
    INSERT_STOP,
    "INSERT INTO trip_stop (district, trip, seq, compound, received_by) VALUES ($1, $2, $3, $4, '')"
);

/// Which vehicles carry a round.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TripDraft {
    /// The district.
    pub district: String,
    /// The round.
    pub round: RoundId,
    /// The plates of the vehicles, at least one.
    pub vehicles: Vec<String>,
}

pub(super) fn point(latitude: Option<i64>, longitude: Option<i64>) -> Option<Point> {
    Some(Point {
        lat_e6: i32::try_from(latitude?).ok()?,
        lng_e6: i32::try_from(longitude?).ok()?,
    })
}

/// Spreads the boxes of a round that are on no trip yet over the vehicles by load, orders the stops of each, and
/// makes one trip per vehicle that is needed. Gives the trips.
pub fn plan(tx: &mut Tx, ctx: &Ctx, draft: &TripDraft) -> Result<Vec<TripId>> {
    let at = RoundRef {
        district: draft.district.clone(),
        id: draft.round,
    };
    let round = open::get(tx, &at.district, at.id)?;
    packing::check_supplier(ctx, &round)?;
    let waiting: Vec<BagBox> = packing::boxes(tx, &at)?
        .into_iter()
        .filter(|one| one.trip.is_none() && one.state == BoxState::Packed)
        .collect();
    if waiting.is_empty() {
        return Err(Refusal::conflict(
            "no_boxes",
            "没有待装车的箱子；请先装袋、装箱。",
            "No boxes wait; pack bags and boxes first.",
        )
        .into());
    }
    if draft.vehicles.is_empty() {
        return Err(
            Refusal::invalid("vehicles", "请至少选择一辆车。", "Choose at least one vehicle.").into(),
        );
    }
    let weights = box_weights(tx, &at)?;
    let mut by_compound: BTreeMap<String, Vec<BagBox>> = BTreeMap::new();
    for one in waiting {
        by_compound.entry(one.compound.clone()).or_default().push(one);
    }
    let supplier: Supplier = entry::noun(tx, "suppliers", &at.district, &round.supplier)?;
    let mut located = Vec::new();
    for code in by_compound.keys() {
        let compound: Compound = entry::noun(tx, "compounds", &at.district, code)?;
        located.push(point(compound.latitude, compound.longitude));
    }
    let known = located.iter().flatten().copied().next();
    let depot = point(supplier.latitude, supplier.longitude)
        .or(known)
        .unwrap_or(Point { lat_e6: 0, lng_e6: 0 });
    let stops: Vec<(Point, i64, i64)> = by_compound
        .values()
        .zip(&located)
        .map(|(boxes, at)| {
            let weight_g = boxes
                .iter()
                .map(|one| weights.get(&one.id.0).copied().unwrap_or(0))
                .sum();
            (at.unwrap_or(depot), weight_g, boxes.len() as i64)
        })
        .collect();
    let mut vehicles = Vec::new();
    for plate in &draft.vehicles {
        let vehicle: Vehicle = entry::noun(tx, "vehicles", &at.district, plate)?;
        vehicles.push(vehicle);
    }
    let problem = from_one_depot(depot, &stops, &vehicles);
    let plan = route::solve(&problem, &Effort::rounds(ROUNDS), ctx.command.as_u64_pair().0)
        .map_err(|flaw| Fault::Invariant(format!("trips: {}", flaw.what)))?;
    if let Some(finding) = planner::check::routes(&problem, &plan).first() {
        return Err(Fault::Invariant(format!("trips: {}", finding.what)).into());
    }
    if !plan.unserved.is_empty() {
        let heavy: i64 = plan.unserved.iter().map(|left| stops[left.stop].1).sum();
        return Err(Refusal::conflict(
            "no_capacity",
            format!(
                "所选车辆装不下：还有{}个小区、{}公斤没有车；请再选车辆。",
                plan.unserved.len(),
                crate::base::words::kilograms(heavy)
            ),
            format!(
                "The vehicles do not suffice: {} compounds, {} kg are left; choose more.",
                plan.unserved.len(),
                crate::base::words::kilograms(heavy)
            ),
        )
        .into());
    }
    let codes: Vec<&String> = by_compound.keys().collect();
    let mut number = tx
        .row(&COUNT, &params![at.district.as_str()])?
        .map_or(Ok(0), |row| row.get::<i64>(0))?;
    let mut trips = Vec::new();
    for tour in &plan.tours {
        let vehicle = &vehicles[tour.vehicle];
        let visits = tour.trips.iter().flat_map(|trip| &trip.visits);
        number += 1;
        let id = TripId(ctx.part(&format!("trip/{}", vehicle.plate)));
        let compounds: Vec<String> = visits.map(|visit| codes[visit.stop].clone()).collect();
        tx.run(
            &INSERT,
            &params![
                at.district.as_str(),
                id,
                format!("T{number:03}"),
                round.supplier.as_str(),
                vehicle.plate.as_str(),
                vehicle.driver_name.as_str(),
                TripState::Planned,
                open::common_area(&compounds),
                ctx.now_s,
                ctx.actor.name.as_str()
            ],
        )?;
        for (index, compound) in compounds.iter().enumerate() {
            tx.run(
                &INSERT_STOP,
                &params![at.district.as_str(), id, index as i64 + 1, compound.as_str()],
            )?;
            for one in &by_compound[compound] {
                packing::put_box(tx, &at.district, one.id, BoxState::Packed, Some(id))?;
            }
        }
        trips.push(id);
    }
    Ok(trips)
}

/// Each vehicle leaves the supplier once at most and comes back; what a compound gets goes on one vehicle.
fn from_one_depot(depot: Point, stops: &[(Point, i64, i64)], vehicles: &[Vehicle]) -> Problem {
    let places: Vec<Point> = std::iter::once(depot)
        .chain(stops.iter().map(|stop| stop.0))
        .collect();
    let between = |from: &Point| {
        let from = *from;
        places
            .iter()
            .map(move |to| i32::try_from(road_distance_m(from, *to)).unwrap_or(i32::MAX))
    };
    Problem {
        depots: vec![route::Depot {
            place: 0,
            window: Window::ALWAYS,
        }],
        vehicles: vehicles
            .iter()
            .map(|vehicle| route::Vehicle {
                count: 1,
                start: Start::Depot(0),
                end: Some(0),
                capacity: Load {
                    weight_g: if vehicle.load_g > 0 {
                        vehicle.load_g
                    } else {
                        UNLIMITED
                    },
                    bags: UNLIMITED,
                },
                cold: false,
                shift: Window::ALWAYS,
                duration_max_s: None,
                stops_max: None,
                areas: None,
                reload: Vec::new(),
                reload_s: 0,
                trips_max: 1,
                fixed_cost: 0,
                cost_per_m: 1,
                cost_per_s: 0,
            })
            .collect(),
        stops: stops
            .iter()
            .enumerate()
            .map(|(index, (_, weight_g, boxes))| route::Stop {
                place: index + 1,
                load: Load {
                    weight_g: *weight_g,
                    bags: *boxes,
                },
                pickup: false,
                source: Source::AnyDepot,
                service_s: 0,
                rest_s: 0,
                windows: Vec::new(),
                cold: false,
                area: None,
                priority: 1,
                ready_s: Window::ALWAYS.from_s,
            })
            .collect(),
        travel: Travel::Table {
            places: places.len(),
            distance_m: places.iter().flat_map(between).collect(),
            time_s: None,
        },
    }
}

pub(super) fn box_weights(tx: &mut Tx, at: &RoundRef) -> Result<BTreeMap<Uuid, i64>> {
    let packs = open::packs(tx, &at.district, at.id)?;
    let round = open::get(tx, &at.district, at.id)?;
    let mut weights: BTreeMap<Uuid, i64> = BTreeMap::new();
    for order in order::of_round(tx, &at.district, at.id, &round.area)? {
        let Some(in_box) = order.box_id else { continue };
        let weight_g: i64 = order
            .lines
            .iter()
            .map(|line| {
                packs
                    .iter()
                    .find(|pack| pack.code == line.pack)
                    .map_or(0, |pack| pack.weight_g)
                    * line.packed
            })
            .sum();
        *weights.entry(in_box.0).or_default() += weight_g;
    }
    Ok(weights)
}
