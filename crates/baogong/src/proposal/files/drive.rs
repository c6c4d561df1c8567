//! Which vehicle goes where and when, from lists alone.

use planner::effort::Effort;
use planner::route::{self, Load, Plan, Problem, Reason, Source, Start, Travel, Trip, Window};
use planner::travel::{self, NO_WAY};
use planner::{Point, road_distance_m};
use std::time::Instant;

use super::{Asked, County, Said, Supply, said};
use crate::base::{Fault, Result, clock};
use crate::plan::rules::Rules;
use crate::register::entry::Vehicle;

/// Above so many places ways are computed where they are needed, not kept in a table.
const TABLE_PLACES_MAX: usize = 3_000;
/// The most trips of a vehicle in a day.
const TRIPS_MAX: usize = 16;
/// Rounds of the search where no time is given, and as many more for each stop.
const ROUNDS: u64 = 4_000;
const ROUNDS_PER_STOP: u64 = 8;
/// Rounds of the search that only asks how many trips are needed, and one more for each stop.
const PROBE_ROUNDS: u64 = 500;
/// What stands for a way of which an end is not known: within a community, a street, and beyond.
const WITHIN_M: [i32; 3] = [1_000, 3_000, 8_000];

/// What one vehicle brings to one compound at one time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drop {
    /// The compound, as index.
    pub compound: usize,
    /// Its supplier, as index.
    pub supplier: usize,
    /// Which part of how many, where one vehicle cannot take all.
    pub part: (i64, i64),
    /// What it weighs.
    pub weight_g: i64,
    /// Bags: one per household.
    pub bags: i64,
}

/// The trips of the day with what they were computed from.
pub struct Drive {
    /// What was asked; times are seconds from the first departure.
    pub problem: Problem,
    /// What came out, verified.
    pub plan: Plan,
    /// The stops of the problem.
    pub drops: Vec<Drop>,
    /// The vehicles of the problem.
    pub vehicles: Vec<Vehicle>,
    /// Stops to which no road leads, as (compound, supplier).
    pub cut_off: Vec<(usize, usize)>,
}

/// One trip as drivers know it.
pub struct Numbered<'a> {
    /// `T001`, in the order of departure.
    pub code: String,
    /// Which trip of its vehicle.
    pub turn: usize,
    /// The vehicle, as index.
    pub vehicle: usize,
    /// The trip.
    pub trip: &'a Trip,
    /// The supplier where it loads.
    pub supplier: usize,
    /// Its way to the last stop, and back to where it loads next or ends.
    pub distance_m: i64,
}

/// Plans the trips; `None` without vehicles.
pub fn drive(
    county: &County,
    supply: &Supply,
    rules: &Rules,
    asked: &Asked,
    notes: &mut Vec<Said>,
) -> Result<Option<Drive>> {
    if county.vehicles.is_empty() {
        notes.push(said(
            "缺少可用的车辆（附表5：车牌、载重、单位、驾驶员），所以没有车次；补上车辆表再算一次。模板：baogong template vehicles。",
            "No vehicle is there to drive (form 5: plate, load, unit, driver), so there are no trips; add the list and run again. See baogong template vehicles.",
        ));
        return Ok(None);
    }
    let unnamed = county.vehicles.iter().filter(|one| one.load_g <= 0).count();
    if unnamed > 0 {
        notes.push(said(
            format!("{unnamed}辆车没有载重，没有派车。"),
            format!("{unnamed} vehicles have no load and were not used."),
        ));
    }
    let vehicles: Vec<Vehicle> = county
        .vehicles
        .iter()
        .filter(|one| one.load_g > 0)
        .cloned()
        .collect();
    let home: Vec<Option<usize>> = vehicles
        .iter()
        .map(|vehicle| {
            county
                .suppliers
                .iter()
                .position(|one| one.noun.name == vehicle.employer.trim())
        })
        .collect();
    let (mut drops, mut cut_off) = (drops(county, supply, rules, asked, &vehicles, &home), Vec::new());
    let hub = county.hub.as_ref().map(|(_, at)| *at);
    let places = Places::of(county, hub, &drops);
    let travel = places.travel(county, asked);
    if let Travel::Table {
        places: count,
        distance_m,
        ..
    } = &travel
    {
        drops.retain(|drop| {
            let way = distance_m[drop.supplier * count + places.stop(drop.compound)];
            if way >= NO_WAY {
                cut_off.push((drop.compound, drop.supplier));
            }
            way < NO_WAY
        });
        cut_off.dedup();
    }
    let base = county.suppliers.len();
    let busiest = (0..base)
        .max_by_key(|supplier| {
            let of = drops.iter().filter(|drop| drop.supplier == *supplier);
            of.map(|drop| drop.weight_g).sum::<i64>()
        })
        .unwrap_or(0);
    let pool = if hub.is_some() { base } else { busiest };
    let all: Vec<usize> = (0..base).collect();
    let last_s = asked.until_s - asked.depart_s;
    let mut problem = Problem {
        depots: (0..base + usize::from(hub.is_some()))
            .map(|place| route::Depot {
                place,
                window: Window::ALWAYS,
            })
            .collect(),
        vehicles: vehicles
            .iter()
            .zip(&home)
            .map(|(vehicle, home)| route::Vehicle {
                count: 1,
                start: Start::Depot(home.unwrap_or(pool)),
                end: Some(home.unwrap_or(pool)),
                capacity: Load {
                    weight_g: vehicle.load_g,
                    bags: i64::from(u32::MAX),
                },
                cold: false,
                shift: Window {
                    from_s: 0,
                    to_s: last_s,
                },
                duration_max_s: None,
                stops_max: None,
                areas: None,
                reload: home.map_or_else(|| all.clone(), |home| vec![home]),
                reload_s: asked.load_min * 60,
                trips_max: 1,
                fixed_cost: 0,
                cost_per_m: 1,
                cost_per_s: 0,
            })
            .collect(),
        stops: drops
            .iter()
            .map(|drop| route::Stop {
                place: places.stop(drop.compound),
                load: Load {
                    weight_g: drop.weight_g,
                    bags: drop.bags,
                },
                pickup: false,
                source: Source::Depot(drop.supplier),
                service_s: asked.unload_min * 60,
                rest_s: 0,
                windows: Vec::new(),
                cold: false,
                area: None,
                priority: 1,
                ready_s: Window::ALWAYS.from_s,
            })
            .collect(),
        travel,
    };
    let plan = as_few_trips(&mut problem, &drops, &home, asked)?;
    if let Some(finding) = planner::check::routes(&problem, &plan).first() {
        return Err(Fault::Invariant(format!("trips: {}", finding.what)).into());
    }
    Ok(Some(Drive {
        problem,
        plan,
        drops,
        vehicles,
        cut_off,
    }))
}

/// Solves with as few trips per vehicle as serve everybody, so that goods arrive early: a short search says how many.
fn as_few_trips(
    problem: &mut Problem,
    drops: &[Drop],
    home: &[Option<usize>],
    asked: &Asked,
) -> Result<Plan> {
    let solve = |problem: &Problem, effort: &Effort| {
        route::solve(problem, effort, asked.seed)
            .map_err(|flaw| Fault::Invariant(format!("trips: {}", flaw.what)))
    };
    let stops = drops.len() as u64;
    let load: i64 = drops.iter().map(|drop| drop.weight_g).sum();
    let room: i64 = problem.vehicles.iter().map(|one| one.capacity.weight_g).sum();
    let mut trips = usize::try_from(load / room.max(1)).unwrap_or(TRIPS_MAX) + 1;
    loop {
        trips = trips.min(TRIPS_MAX);
        for (vehicle, home) in problem.vehicles.iter_mut().zip(home) {
            // Whoever comes from elsewhere loads on the way, which takes a trip of its own.
            vehicle.trips_max = trips + usize::from(home.is_none());
        }
        let probe = solve(problem, &Effort::rounds(PROBE_ROUNDS + stops))?;
        let full = |left: &route::Unserved| left.reason == Reason::NoVehicleLeft;
        if trips == TRIPS_MAX || !probe.unserved.iter().any(full) {
            break;
        }
        trips *= 2;
    }
    let begun = Instant::now();
    let seconds = asked.seconds.unwrap_or(f64::INFINITY);
    let spent = move || begun.elapsed().as_secs_f64() / seconds;
    let effort = Effort {
        spent: asked.seconds.is_some().then_some(&spent),
        rounds: match asked.seconds {
            Some(_) => u64::MAX,
            None => ROUNDS + ROUNDS_PER_STOP * stops,
        },
        threads: 2,
        watch: None,
    };
    Ok(solve(problem, &effort)?)
}

/// What goes to each compound, in parts that some vehicle can carry.
fn drops(
    county: &County,
    supply: &Supply,
    rules: &Rules,
    asked: &Asked,
    vehicles: &[Vehicle],
    home: &[Option<usize>],
) -> Vec<Drop> {
    let mut drops = Vec::new();
    for (compound, living) in county.compounds.iter().enumerate() {
        for (supplier, daily_g) in supply.deliveries(compound, rules, living.persons) {
            let weight_g: i64 = daily_g.iter().sum::<i64>() * asked.days;
            if weight_g == 0 {
                continue;
            }
            let largest = vehicles
                .iter()
                .zip(home)
                .filter(|(_, home)| home.is_none_or(|home| home == supplier))
                .map(|(vehicle, _)| vehicle.load_g)
                .max()
                .unwrap_or(weight_g);
            let parts = (weight_g.max(1) - 1) / largest.max(1) + 1;
            // The main supplier packs the bags; what others add comes in bulk.
            let bags = if supply.main(compound) == Some(supplier) {
                living.households.max(1)
            } else {
                0
            };
            for part in 0..parts {
                let share = |whole: i64| whole * (part + 1) / parts - whole * part / parts;
                drops.push(Drop {
                    compound,
                    supplier,
                    part: (part + 1, parts),
                    weight_g: share(weight_g),
                    bags: share(bags),
                });
            }
        }
    }
    drops
}

/// The places of the travel table: suppliers, the hub, then the compounds that are supplied.
struct Places {
    at: Vec<Option<Point>>,
    /// Of each compound its place.
    of: Vec<usize>,
    /// Street and community of each place; empty for suppliers.
    group: Vec<(String, String)>,
}

impl Places {
    fn of(county: &County, hub: Option<Point>, drops: &[Drop]) -> Places {
        let mut places = Places {
            at: county.suppliers.iter().map(|one| one.at).collect(),
            of: vec![usize::MAX; county.compounds.len()],
            group: Vec::new(),
        };
        places.at.extend(hub.map(Some));
        places.group = vec![(String::new(), String::new()); places.at.len()];
        for drop in drops {
            if places.of[drop.compound] == usize::MAX {
                let living = &county.compounds[drop.compound];
                places.of[drop.compound] = places.at.len();
                places.at.push(living.at);
                places
                    .group
                    .push((living.street.clone(), living.community.clone()));
            }
        }
        places
    }

    fn stop(&self, compound: usize) -> usize {
        self.of[compound]
    }

    fn travel(&self, county: &County, asked: &Asked) -> Travel {
        let known: Vec<Point> = self.at.iter().flatten().copied().collect();
        if known.len() == self.at.len() {
            return match &asked.roads {
                Some(roads) => roads.ways(&[], &[]).table(&known),
                None if known.len() <= TABLE_PLACES_MAX => {
                    travel::estimated(&known, asked.km_per_h, planner::DETOUR_PCT)
                }
                None => plane(&known, asked.km_per_h),
            };
        }
        let count = self.at.len();
        let mut distance_m = Vec::with_capacity(count * count);
        for from in 0..count {
            for to in 0..count {
                distance_m.push(match (self.at[from], self.at[to]) {
                    _ if from == to => 0,
                    (Some(from), Some(to)) => i32::try_from(road_distance_m(from, to)).unwrap_or(NO_WAY),
                    _ => self.nominal_m(county, from, to),
                });
            }
        }
        let seconds = |metres: &i32| (i64::from(*metres) * 36 / (10 * asked.km_per_h.max(1))) as i32;
        Travel::Table {
            places: count,
            time_s: Some(distance_m.iter().map(seconds).collect()),
            distance_m,
        }
    }

    /// Stands for a way of which an end is not known, so that what belongs together goes together.
    fn nominal_m(&self, county: &County, from: usize, to: usize) -> i32 {
        let served = |supplier: usize, place: usize| {
            let (street, community) = &self.group[place];
            county.suppliers.get(supplier).is_some_and(|one| {
                [street, community]
                    .iter()
                    .any(|name| !name.is_empty() && one.serves.contains(name.as_str()))
            })
        };
        let (a, b) = (&self.group[from], &self.group[to]);
        if !a.1.is_empty() && a == b {
            WITHIN_M[0]
        } else if (!a.0.is_empty() && a.0 == b.0) || served(from, to) || served(to, from) {
            WITHIN_M[1]
        } else {
            WITHIN_M[2]
        }
    }
}

/// Straight ways on the plane that touches the middle, lengthened to roads.
fn plane(places: &[Point], km_per_h: i64) -> Travel {
    /// Metres of a degree of a great circle.
    const DEGREE_M: f64 = 111_194.93;
    let degrees = |value: i32| f64::from(value) / 1e6;
    let middle = places.iter().map(|one| degrees(one.lat_e6)).sum::<f64>() / places.len().max(1) as f64;
    let narrow = middle.to_radians().cos();
    Travel::Plane {
        at: places
            .iter()
            .map(|one| {
                [
                    degrees(one.lng_e6) * narrow * DEGREE_M,
                    degrees(one.lat_e6) * DEGREE_M,
                ]
            })
            .collect(),
        unit_m: planner::DETOUR_PCT as f64 / 100.0,
        rounding: route::Rounding::Nearest,
        s_per_km: 3_600 / km_per_h.max(1),
    }
}

impl Drive {
    /// The trips in the order of departure, numbered.
    pub fn trips(&self) -> Vec<Numbered<'_>> {
        let mut trips: Vec<Numbered> = Vec::new();
        for tour in &self.plan.tours {
            for (turn, trip) in tour.trips.iter().enumerate() {
                let next = tour.trips.get(turn + 1).and_then(|next| next.depot);
                let end = next.or(self.problem.vehicles[tour.vehicle].end);
                let supplier = trip
                    .visits
                    .first()
                    .map_or(0, |visit| self.drops[visit.stop].supplier);
                trips.push(Numbered {
                    code: String::new(),
                    turn: turn + 1,
                    vehicle: tour.vehicle,
                    trip,
                    supplier,
                    distance_m: self.way_m(trip, end),
                });
            }
        }
        trips.sort_by_key(|one| (one.trip.depart_s, one.vehicle, one.turn));
        for (number, one) in trips.iter_mut().enumerate() {
            one.code = format!("T{:03}", number + 1);
        }
        trips
    }

    fn way_m(&self, trip: &Trip, end: Option<usize>) -> i64 {
        let depot = |depot: usize| self.problem.depots[depot].place;
        let stops = trip
            .visits
            .iter()
            .map(|visit| self.problem.stops[visit.stop].place);
        let places: Vec<usize> = trip
            .depot
            .map(depot)
            .into_iter()
            .chain(stops)
            .chain(end.map(depot))
            .collect();
        places.windows(2).map(|pair| self.leg_m(pair[0], pair[1])).sum()
    }

    /// Metres from one place of the problem to another.
    pub fn leg_m(&self, from: usize, to: usize) -> i64 {
        match &self.problem.travel {
            Travel::Table {
                places, distance_m, ..
            } => i64::from(distance_m[from * places + to]),
            Travel::Plane { at, unit_m, .. } => {
                let (a, b) = (at[from], at[to]);
                ((a[0] - b[0]).hypot(a[1] - b[1]) * unit_m).round() as i64
            }
        }
    }

    /// When everything for a compound is at its drop point, in seconds from the first departure.
    pub fn there_s(&self, compound: usize) -> Option<i64> {
        let visits = self.plan.tours.iter().flat_map(|tour| &tour.trips);
        visits
            .flat_map(|trip| &trip.visits)
            .filter(|visit| self.drops[visit.stop].compound == compound)
            .map(|visit| visit.leave_s)
            .max()
    }

    /// Why a stop is not served, in words.
    pub fn reason(&self, reason: Reason) -> Said {
        match reason {
            Reason::NoPass => said("没有车有进入该区域的通行证", "no vehicle has a pass for its area"),
            Reason::NoColdVehicle => said("没有冷藏车", "no cold vehicle"),
            Reason::NoVehicleAtSource => said(
                "供应它的单位没有自己的车，也没有公用车辆",
                "its supplier has no vehicle, and there is none without a supplier",
            ),
            Reason::TooLarge => said("超过任何一辆车的载重", "more than any vehicle carries"),
            Reason::NoRoad => said("没有路通到那里", "no road leads there"),
            Reason::OutOfTime => said("收车前赶不回来", "no vehicle is back before the end of the day"),
            Reason::NoVehicleLeft => said("车辆都已装满或排满", "all vehicles are full or busy"),
        }
    }
}

/// A moment of the day, such as 07:45.
pub(super) fn hour(asked: &Asked, after_s: i64) -> String {
    clock::zoned(asked.depart_s + after_s)
        .strftime("%H:%M")
        .to_string()
}
