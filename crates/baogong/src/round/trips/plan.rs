//! Which vehicle carries which boxes, and in which order it stops.

use planner::effort::Effort;
use planner::road_distance_m;
use planner::route::{self, ByHand, Load, Plan, Problem, Source, Start, Travel, Window};

use crate::base::Fault;
use crate::base::id::BoxId;
use crate::register::entry::point;

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

/// How vehicles drive. What is not told does not limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// When the first vehicle may leave.
    pub leave_s: i64,
    /// When the last must be back.
    pub back_s: Option<i64>,
    /// Mean speed.
    pub speed_km_h: i64,
    /// Time at a stop besides unloading: disinfection, rest at the gate, signing.
    pub stop_s: i64,
    /// Time to unload a box.
    pub box_s: i64,
    /// Most trips of a vehicle.
    pub trips_max: usize,
    /// Time to load for a further trip.
    pub reload_s: i64,
    /// Whether the goods of this round need cold vehicles.
    pub cold: bool,
}

impl Terms {
    /// One trip of each vehicle, as long as it takes.
    pub fn plain(leave_s: i64) -> Self {
        Self {
            leave_s,
            back_s: None,
            speed_km_h: 25,
            stop_s: 0,
            box_s: 0,
            trips_max: 1,
            reload_s: 0,
            cold: false,
        }
    }
}

/// A compound for which boxes wait.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StopFacts {
    /// Its code.
    pub compound: String,
    /// Its name.
    pub name: String,
    /// WGS-84, degrees times a million.
    pub latitude: Option<i64>,
    /// WGS-84, degrees times a million.
    pub longitude: Option<i64>,
    /// The weight of its boxes.
    pub weight_g: i64,
    /// Its boxes.
    pub boxes: Vec<BoxId>,
}

/// A vehicle that may drive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VehicleFacts {
    /// Its plate.
    pub plate: String,
    /// Who drives it.
    pub driver: String,
    /// What it carries; zero when not registered.
    pub load_g: i64,
    /// Whether it keeps goods cold.
    pub cold: bool,
}

/// What waits in a round, and what could carry it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RouteFacts {
    /// The district.
    pub district: String,
    /// The round.
    pub round: RoundId,
    /// The supplier's code.
    pub supplier: String,
    /// The supplier's name.
    pub supplier_name: String,
    /// Where it loads; WGS-84, degrees times a million.
    pub latitude: Option<i64>,
    /// Where it loads; WGS-84, degrees times a million.
    pub longitude: Option<i64>,
    /// By compound.
    pub stops: Vec<StopFacts>,
    /// In the order in which they were chosen.
    pub vehicles: Vec<VehicleFacts>,
}

/// The boxes of a round that are on no trip yet, and the vehicles chosen. Refuses where nothing waits.
pub fn gather(tx: &mut Tx, ctx: &Ctx, draft: &TripDraft) -> Result<RouteFacts> {
    let at = RoundRef {
        district: draft.district.clone(),
        id: draft.round,
    };
    let round = open::get(tx, &at.district, at.id)?;
    packing::check_supplier(ctx, &round)?;
    let mut by_compound: BTreeMap<String, Vec<BoxId>> = BTreeMap::new();
    for one in packing::boxes(tx, &at)? {
        if one.trip.is_none() && one.state == BoxState::Packed {
            by_compound.entry(one.compound).or_default().push(one.id);
        }
    }
    if by_compound.is_empty() {
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
    let mut stops = Vec::new();
    for (code, boxes) in by_compound {
        let compound: Compound = entry::noun(tx, "compounds", &at.district, &code)?;
        stops.push(StopFacts {
            compound: code,
            name: compound.compound,
            latitude: compound.latitude,
            longitude: compound.longitude,
            weight_g: boxes
                .iter()
                .map(|one| weights.get(&one.0).copied().unwrap_or(0))
                .sum(),
            boxes,
        });
    }
    let mut vehicles = Vec::new();
    for plate in &draft.vehicles {
        let vehicle: Vehicle = entry::noun(tx, "vehicles", &at.district, plate)?;
        vehicles.push(VehicleFacts {
            plate: vehicle.plate,
            driver: vehicle.driver_name,
            load_g: vehicle.load_g,
            cold: vehicle.cold != 0,
        });
    }
    let supplier: Supplier = entry::noun(tx, "suppliers", &at.district, &round.supplier)?;
    Ok(RouteFacts {
        district: at.district,
        round: at.id,
        supplier: round.supplier,
        supplier_name: supplier.name,
        latitude: supplier.latitude,
        longitude: supplier.longitude,
        stops,
        vehicles,
    })
}

impl RouteFacts {
    /// The problem for the planner. What has no position is taken to lie at the supplier, and that at a compound.
    pub fn problem(&self, terms: &Terms) -> Problem {
        let located: Vec<Option<Point>> = self
            .stops
            .iter()
            .map(|stop| point(stop.latitude, stop.longitude))
            .collect();
        let depot = point(self.latitude, self.longitude)
            .or(located.iter().flatten().copied().next())
            .unwrap_or(Point { lat_e6: 0, lng_e6: 0 });
        let places: Vec<Point> = std::iter::once(depot)
            .chain(located.iter().map(|at| at.unwrap_or(depot)))
            .collect();
        let between = |from: &Point| {
            let from = *from;
            places
                .iter()
                .map(move |to| i32::try_from(road_distance_m(from, *to)).unwrap_or(i32::MAX))
        };
        let distance_m: Vec<i32> = places.iter().flat_map(between).collect();
        let seconds = |metres: &i32| {
            let seconds = i64::from(*metres) * 36 / (10 * terms.speed_km_h.max(1));
            i32::try_from(seconds).unwrap_or(i32::MAX)
        };
        let shift = Window {
            from_s: terms.leave_s,
            to_s: terms.back_s.unwrap_or(Window::ALWAYS.to_s),
        };
        Problem {
            depots: vec![route::Depot {
                place: 0,
                window: Window::ALWAYS,
            }],
            vehicles: self
                .vehicles
                .iter()
                .map(|vehicle| vehicle.kind(terms, shift))
                .collect(),
            stops: self
                .stops
                .iter()
                .enumerate()
                .map(|(index, stop)| route::Stop {
                    place: index + 1,
                    load: Load {
                        weight_g: stop.weight_g,
                        bags: stop.boxes.len() as i64,
                    },
                    pickup: false,
                    source: Source::AnyDepot,
                    service_s: terms.box_s * stop.boxes.len() as i64,
                    rest_s: terms.stop_s,
                    windows: Vec::new(),
                    cold: terms.cold,
                    area: None,
                    priority: 1,
                    ready_s: Window::ALWAYS.from_s,
                })
                .collect(),
            travel: Travel::Table {
                places: places.len(),
                time_s: Some(distance_m.iter().map(seconds).collect()),
                distance_m,
            },
        }
    }
}

impl VehicleFacts {
    fn kind(&self, terms: &Terms, shift: Window) -> route::Vehicle {
        route::Vehicle {
            count: 1,
            start: Start::Depot(0),
            end: Some(0),
            capacity: Load {
                weight_g: if self.load_g > 0 { self.load_g } else { UNLIMITED },
                bags: UNLIMITED,
            },
            cold: self.cold,
            shift,
            duration_max_s: None,
            stops_max: None,
            areas: None,
            reload: if terms.trips_max > 1 { vec![0] } else { Vec::new() },
            reload_s: terms.reload_s,
            trips_max: terms.trips_max.max(1),
            fixed_cost: 0,
            cost_per_m: 1,
            cost_per_s: 0,
        }
    }
}

/// Lets the planner decide and the checker verify. The seed comes from the command, so that a retry decides the same.
pub fn solve(ctx: &Ctx, facts: &RouteFacts, terms: &Terms) -> Result<Plan> {
    let problem = facts.problem(terms);
    let plan = route::solve(&problem, &Effort::rounds(ROUNDS), ctx.command.as_u64_pair().0)
        .map_err(|flaw| Fault::Invariant(format!("trips: {}", flaw.what)))?;
    if let Some(finding) = planner::check::routes(&problem, &plan).first() {
        return Err(Fault::Invariant(format!("trips: {}", finding.what)).into());
    }
    Ok(plan)
}

/// The stops of each vehicle of a plan, trip by trip.
pub fn tours(plan: &Plan) -> Vec<ByHand> {
    let stops = |trip: &route::Trip| trip.visits.iter().map(|visit| visit.stop).collect();
    plan.tours
        .iter()
        .map(|tour| ByHand {
            vehicle: tour.vehicle,
            trips: tour.trips.iter().map(stops).collect(),
        })
        .collect()
}

/// Spreads the boxes of a round that are on no trip yet over the vehicles by load, orders the stops of each, and
/// makes one trip per vehicle that is needed: proposed and accepted in one. Gives the trips.
pub fn plan(tx: &mut Tx, ctx: &Ctx, draft: &TripDraft) -> Result<Vec<TripId>> {
    let facts = gather(tx, ctx, draft)?;
    let plan = solve(ctx, &facts, &Terms::plain(ctx.now_s))?;
    if !plan.unserved.is_empty() {
        let heavy: i64 = plan
            .unserved
            .iter()
            .map(|left| facts.stops[left.stop].weight_g)
            .sum();
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
    make(tx, ctx, &facts, &tours(&plan))
}

/// Makes the trips. Refuses when a box is on a trip already, or no longer where it was.
pub fn make(tx: &mut Tx, ctx: &Ctx, facts: &RouteFacts, tours: &[ByHand]) -> Result<Vec<TripId>> {
    let at = RoundRef {
        district: facts.district.clone(),
        id: facts.round,
    };
    let waiting: Vec<BoxId> = packing::boxes(tx, &at)?
        .into_iter()
        .filter(|one| one.trip.is_none() && one.state == BoxState::Packed)
        .map(|one| one.id)
        .collect();
    let mut number = tx
        .row(&COUNT, &params![at.district.as_str()])?
        .map_or(Ok(0), |row| row.get::<i64>(0))?;
    let mut made = Vec::new();
    for tour in tours {
        let vehicle = &facts.vehicles[tour.vehicle];
        for (turn, stops) in tour.trips.iter().filter(|stops| !stops.is_empty()).enumerate() {
            number += 1;
            let part = match turn {
                0 => format!("trip/{}", vehicle.plate),
                _ => format!("trip/{}/{turn}", vehicle.plate),
            };
            let id = TripId(ctx.part(&part));
            let stops: Vec<&StopFacts> = stops.iter().map(|stop| &facts.stops[*stop]).collect();
            let compounds: Vec<String> = stops.iter().map(|stop| stop.compound.clone()).collect();
            tx.run(
                &INSERT,
                &params![
                    at.district.as_str(),
                    id,
                    format!("T{number:03}"),
                    facts.supplier.as_str(),
                    vehicle.plate.as_str(),
                    vehicle.driver.as_str(),
                    TripState::Planned,
                    open::common_area(&compounds),
                    ctx.now_s,
                    ctx.actor.name.as_str()
                ],
            )?;
            for (index, stop) in stops.iter().enumerate() {
                tx.run(
                    &INSERT_STOP,
                    &params![at.district.as_str(), id, index as i64 + 1, stop.compound.as_str()],
                )?;
                for one in &stop.boxes {
                    if !waiting.contains(one) {
                        return Err(Refusal::conflict(
                            "box_moved",
                            format!("{}的箱子已排到别的车次，或不在原处；请重新生成路线。", stop.name),
                            format!("A box for {} is on another trip or no longer there; propose the routes again.", stop.name),
                        )
                        .into());
                    }
                    packing::put_box(tx, &at.district, *one, BoxState::Packed, Some(id))?;
                }
            }
            made.push(id);
        }
    }
    Ok(made)
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
