//! What waits in a round, what could carry it, and the ways between: kept with a proposal, so that it can be drawn and changed
//! later as it was.

use planner::route::{self, Load, Problem, Source, Start, Travel, Window};
use planner::travel::estimated;

use crate::base::id::BoxId;
use crate::base::roads;
use crate::register::entry::point;

use super::plan::box_weights;
use super::*;

/// What a vehicle carries of which nothing is registered.
const UNLIMITED: i64 = 1_000_000_000_000;

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
    /// Where a vehicle broke down: the vehicle under way that has them on board, as index; none for what the broken one has.
    #[serde(default)]
    pub aboard: Option<usize>,
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
    /// The trip that it is on, where it helps another that broke down.
    #[serde(default)]
    pub on_trip: Option<OnTrip>,
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
    /// In the order in which they were chosen; those that are on a trip come first.
    pub vehicles: Vec<VehicleFacts>,
    /// The vehicle that broke down, where others are to take over.
    #[serde(default)]
    pub stranded: Option<Stranded>,
    /// The ways by road, where a map was there: between supplier, broken vehicle, stops, and vehicles on their way.
    #[serde(default)]
    pub ways: Option<WayTable>,
}

/// Ways between places, row by row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WayTable {
    /// Metres.
    pub distance_m: Vec<i32>,
    /// Seconds.
    pub time_s: Vec<i32>,
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
        stops.push(stop_facts(tx, &at.district, code, boxes, &weights)?);
    }
    let mut vehicles = Vec::new();
    for plate in &draft.vehicles {
        vehicles.push(vehicle_facts(tx, &at.district, plate)?);
    }
    let supplier: Supplier = entry::noun(tx, "suppliers", &at.district, &round.supplier)?;
    Ok(by_road(RouteFacts {
        district: at.district,
        round: at.id,
        supplier: round.supplier,
        supplier_name: supplier.name,
        latitude: supplier.latitude,
        longitude: supplier.longitude,
        stops,
        vehicles,
        stranded: None,
        ways: None,
    }))
}

/// The same with the ways by road, where there is a map and every position is known.
pub(super) fn by_road(mut facts: RouteFacts) -> RouteFacts {
    let places: Option<Vec<Point>> = facts.places().into_iter().collect();
    facts.ways = match places.and_then(|places| roads::table(&places)) {
        Some(Travel::Table {
            distance_m,
            time_s: Some(time_s),
            ..
        }) => Some(WayTable { distance_m, time_s }),
        _ => None,
    };
    facts
}

pub(super) fn stop_facts(
    tx: &mut Tx,
    in_district: &str,
    code: String,
    boxes: Vec<BoxId>,
    weights: &BTreeMap<Uuid, i64>,
) -> Result<StopFacts> {
    let compound: Compound = entry::noun(tx, "compounds", in_district, &code)?;
    Ok(StopFacts {
        compound: code,
        name: compound.compound,
        latitude: compound.latitude,
        longitude: compound.longitude,
        weight_g: boxes
            .iter()
            .map(|one| weights.get(&one.0).copied().unwrap_or(0))
            .sum(),
        boxes,
        aboard: None,
    })
}

pub(super) fn vehicle_facts(tx: &mut Tx, in_district: &str, plate: &str) -> Result<VehicleFacts> {
    let vehicle: Vehicle = entry::noun(tx, "vehicles", in_district, plate)?;
    Ok(VehicleFacts {
        plate: vehicle.plate,
        driver: vehicle.driver_name,
        load_g: vehicle.load_g,
        cold: vehicle.cold != 0,
        on_trip: None,
    })
}

impl RouteFacts {
    /// Where goods are loaded: at the supplier, and where a vehicle broke down.
    fn depots(&self) -> Vec<Option<Point>> {
        let supplier = point(self.latitude, self.longitude);
        let broken = self.stranded.iter().map(|one| point(one.latitude, one.longitude));
        std::iter::once(supplier).chain(broken).collect()
    }

    /// Every place of the problem: where goods are loaded, the stops, and where vehicles on a trip come free.
    fn places(&self) -> Vec<Option<Point>> {
        let stops = self.stops.iter().map(|stop| point(stop.latitude, stop.longitude));
        let starts = self
            .vehicles
            .iter()
            .filter_map(|vehicle| vehicle.on_trip.as_ref());
        let starts = starts.map(|on_trip| point(on_trip.latitude, on_trip.longitude));
        self.depots().into_iter().chain(stops).chain(starts).collect()
    }

    /// The problem for the planner. What has no position is taken to lie at the supplier, and that at a compound.
    pub fn problem(&self, terms: &Terms) -> Problem {
        let depots = self.depots().len();
        let known = self.places();
        let depot = known.iter().flatten().next().copied();
        let depot = depot.unwrap_or(Point { lat_e6: 0, lng_e6: 0 });
        let places: Vec<Point> = known.into_iter().map(|at| at.unwrap_or(depot)).collect();
        let first_start = depots + self.stops.len();
        let shift = Window {
            from_s: terms.leave_s,
            to_s: terms.back_s.unwrap_or(Window::ALWAYS.to_s),
        };
        Problem {
            depots: (0..depots)
                .map(|place| route::Depot {
                    place,
                    window: Window::ALWAYS,
                })
                .collect(),
            vehicles: self
                .vehicles
                .iter()
                .enumerate()
                .map(|(number, vehicle)| {
                    vehicle.kind(terms, shift, self.stranded.is_some(), first_start + number)
                })
                .collect(),
            stops: self
                .stops
                .iter()
                .enumerate()
                .map(|(index, stop)| route::Stop {
                    place: depots + index,
                    load: Load {
                        weight_g: stop.weight_g,
                        bags: stop.boxes.len() as i64,
                    },
                    pickup: false,
                    source: match (stop.aboard, &self.stranded) {
                        (Some(vehicle), _) => Source::Aboard(vehicle),
                        (None, Some(_)) => Source::Depot(1),
                        (None, None) => Source::AnyDepot,
                    },
                    service_s: terms.box_s * stop.boxes.len() as i64,
                    rest_s: terms.stop_s,
                    windows: Vec::new(),
                    cold: terms.cold,
                    area: None,
                    priority: 1,
                    ready_s: Window::ALWAYS.from_s,
                })
                .collect(),
            travel: self.travel(&places, terms),
        }
    }

    fn travel(&self, places: &[Point], terms: &Terms) -> Travel {
        let kept = self
            .ways
            .as_ref()
            .filter(|ways| ways.distance_m.len() == places.len() * places.len());
        if let Some(ways) = kept {
            return Travel::Table {
                places: places.len(),
                distance_m: ways.distance_m.clone(),
                time_s: Some(ways.time_s.clone()),
            };
        }
        estimated(places, terms.speed_km_h, planner::DETOUR_PCT)
    }
}

impl VehicleFacts {
    /// Vehicles on a trip come first, so their places follow each other from `start` on. What is taken over is fetched on a trip of its
    /// own, behind what a vehicle has on board.
    fn kind(&self, terms: &Terms, shift: Window, takes_over: bool, start: usize) -> route::Vehicle {
        let trips_max = terms.trips_max.max(1) + usize::from(takes_over);
        let free = self.on_trip.as_ref();
        route::Vehicle {
            count: 1,
            start: free.map_or(Start::Depot(0), |_| Start::Place(start)),
            end: Some(0),
            capacity: Load {
                weight_g: if self.load_g > 0 { self.load_g } else { UNLIMITED },
                bags: UNLIMITED,
            },
            cold: self.cold,
            shift: Window {
                from_s: free.map_or(shift.from_s, |free| free.free_s),
                to_s: free.map_or(shift.to_s, |free| shift.to_s.max(free.free_s)),
            },
            duration_max_s: None,
            stops_max: None,
            areas: None,
            reload: match (takes_over, trips_max) {
                (true, _) => vec![1],
                (false, 1) => Vec::new(),
                (false, _) => vec![0],
            },
            reload_s: terms.reload_s,
            trips_max,
            fixed_cost: 0,
            cost_per_m: 1,
            cost_per_s: 0,
        }
    }
}
