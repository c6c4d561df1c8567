//! What waits in a round, what could carry it, and the ways between: kept with a proposal, so that it can be drawn and changed
//! later as it was.

use planner::route::{self, Load, Problem, Source, Travel, Window};
use planner::travel::estimated;

use crate::base::id::BoxId;
use crate::base::roads;
use crate::register::entry::point;

use super::fleet::vehicle_facts;
use super::freight::{Freights, divided, freights};
use super::*;

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
    /// Whether something in them must travel cold.
    #[serde(default)]
    pub cold: bool,
    /// Where a vehicle broke down: the vehicle under way that has them on board, as index; none for what the broken one has.
    #[serde(default)]
    pub aboard: Option<usize>,
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
pub fn gather(tx: &mut Tx, ctx: &Ctx, draft: &TripDraft, terms: &Terms) -> Result<RouteFacts> {
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
    let plates: Vec<&str> = draft.vehicles.iter().map(String::as_str).collect();
    let vehicles = vehicle_facts(tx, &at.district, &plates, terms)?;
    let freights = freights(tx, &at)?;
    let mut stops = Vec::new();
    for (code, boxes) in by_compound {
        let stop = stop_facts(tx, &at.district, code, boxes, &freights)?;
        stops.extend(in_parts(stop, &freights, &vehicles, terms));
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
    freights: &Freights,
) -> Result<StopFacts> {
    let compound: Compound = entry::noun(tx, "compounds", in_district, &code)?;
    let stop = StopFacts {
        compound: code,
        name: compound.compound,
        latitude: compound.latitude,
        longitude: compound.longitude,
        weight_g: 0,
        boxes: Vec::new(),
        cold: false,
        aboard: None,
    };
    Ok(stop.with(boxes, freights))
}

/// A stop, or several for the same compound where none of the vehicles that may go there takes all of its boxes.
pub(super) fn in_parts(
    stop: StopFacts,
    freights: &Freights,
    vehicles: &[VehicleFacts],
    terms: &Terms,
) -> Vec<StopFacts> {
    let cold = stop.cold || terms.cold;
    let may_go = vehicles
        .iter()
        .filter(|vehicle| vehicle.may_enter(&stop.compound) && (vehicle.cold || !cold));
    let rooms: Vec<_> = may_go.map(|vehicle| vehicle.room(terms)).collect();
    let parts = divided(&stop.boxes, freights, &rooms);
    let several = parts.len();
    let numbered = parts.into_iter().enumerate().map(|(number, boxes)| {
        let mut part = stop.clone().with(boxes, freights);
        if several > 1 {
            part.name = format!("{}（{}/{several}）", stop.name, number + 1);
        }
        part
    });
    numbered.collect()
}

impl StopFacts {
    fn with(mut self, boxes: Vec<BoxId>, freights: &Freights) -> Self {
        let known = || boxes.iter().filter_map(|one| freights.get(&one.0));
        self.weight_g = known().map(|one| one.weight_g).sum();
        self.cold = known().any(|one| one.cold);
        self.boxes = boxes;
        self
    }
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
                    let takes_over = self.stranded.is_some();
                    vehicle.kind(terms, takes_over, first_start + number, &self.stops, number)
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
                    // What a vehicle has on board already it brings as it is.
                    cold: (terms.cold || stop.cold) && stop.aboard.is_none(),
                    area: Some(index as u32),
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
