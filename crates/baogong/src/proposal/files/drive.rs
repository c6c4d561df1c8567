//! Which vehicle goes where and when, from lists alone.

use planner::effort::Effort;
use planner::route::{self, Load, Plan, Problem, Reason, Source, Start, Travel, Trip, Window};
use planner::travel::{NO_WAY, Ways};
use std::time::Instant;

use super::ways::Places;
use super::{Asked, County, Said, Supply, picks, said};
use crate::base::{Fault, Result, clock};
use crate::plan::rules::Rules;
use crate::register::entry::Vehicle;
use crate::round::trips::on_shift;

/// The most trips of a vehicle in a day.
const TRIPS_MAX: usize = 16;
/// Rounds of the search where no time is given, and as many more for each stop: fewer than for the routes of a round, because a
/// whole county has thousands of stops and whoever wants more gives the time.
const ROUNDS: u64 = 4_000;
const ROUNDS_PER_STOP: u64 = 8;
/// Rounds of the search that only asks how many trips are needed, and one more for each stop.
const PROBE_ROUNDS: u64 = 500;
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
    /// Which of the goods, where some of them must travel cold.
    pub goods: Goods,
}

impl Drop {
    /// Which part of what goes to its compound it is, behind the name of that: ` (1/2)（冷链）`.
    pub fn words(&self, lang: kit::Lang) -> String {
        let part = match self.part {
            (_, 1) => String::new(),
            (part, parts) => format!(" ({part}/{parts})"),
        };
        match self.goods {
            Goods::Cold => format!("{part}{}", lang.t("（冷链）", " (cold)")),
            Goods::All | Goods::Plain => part,
        }
    }
}

/// What of a supplier's goods goes on a stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goods {
    /// Everything; nothing needs cold.
    All,
    /// What needs no cold.
    Plain,
    /// What must travel cold.
    Cold,
}

impl Goods {
    /// Whether goods are among these, by whether they must travel cold.
    pub fn has(self, cold: bool) -> bool {
        match self {
            Goods::All => true,
            Goods::Plain => !cold,
            Goods::Cold => cold,
        }
    }
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
    ways: Option<&Ways>,
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
    let travel = places.travel(county, asked, ways);
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
                cold: vehicle.cold != 0,
                shift: shift(vehicle, asked),
                duration_max_s: None,
                stops_max: vehicle.stops_max(),
                areas: (!vehicle.pass_areas.is_empty()).then(|| {
                    let numbered = county.compounds.iter().zip(0u32..);
                    let open = numbered.filter(|(living, _)| living.lets_in(vehicle));
                    open.map(|(_, area)| area).collect()
                }),
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
                cold: drop.goods == Goods::Cold,
                area: Some(drop.compound as u32),
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

/// When a vehicle may drive, in seconds from the first departure.
fn shift(vehicle: &Vehicle, asked: &Asked) -> Window {
    let day = Window {
        from_s: asked.depart_s,
        to_s: asked.until_s,
    };
    let shift = on_shift(vehicle.shift_min(), day);
    Window {
        from_s: shift.from_s - asked.depart_s,
        to_s: shift.to_s - asked.depart_s,
    }
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

/// What goes to each compound, in parts that some vehicle can carry that may bring them. What must travel cold goes by itself.
fn drops(
    county: &County,
    supply: &Supply,
    rules: &Rules,
    asked: &Asked,
    vehicles: &[Vehicle],
    home: &[Option<usize>],
) -> Vec<Drop> {
    let chilled: Vec<Vec<bool>> = county
        .suppliers
        .iter()
        .map(|one| picks::cold(&one.goods))
        .collect();
    let mut drops = Vec::new();
    for (compound, living) in county.compounds.iter().enumerate() {
        for (supplier, daily_g) in supply.deliveries(compound, rules, living.persons) {
            let weight_g = |goods: Goods| -> i64 {
                let daily = daily_g.iter().zip(&chilled[supplier]);
                daily
                    .filter(|(_, cold)| goods.has(**cold))
                    .map(|(daily, _)| daily * asked.days)
                    .sum()
            };
            let kinds = match weight_g(Goods::Cold) {
                0 => vec![Goods::All],
                _ => vec![Goods::Plain, Goods::Cold],
            };
            let mut packed = false;
            for goods in kinds {
                let weight_g = weight_g(goods);
                if weight_g == 0 {
                    continue;
                }
                let largest = vehicles
                    .iter()
                    .zip(home)
                    .filter(|(_, home)| home.is_none_or(|home| home == supplier))
                    .filter(|(vehicle, _)| vehicle.cold != 0 || goods != Goods::Cold)
                    .filter(|(vehicle, _)| living.lets_in(vehicle))
                    .map(|(vehicle, _)| vehicle.load_g)
                    .max()
                    .unwrap_or(weight_g);
                let parts = (weight_g.max(1) - 1) / largest.max(1) + 1;
                // The main supplier packs the bags; what others add, and what is brought cold beside them, comes in bulk.
                let bags = if supply.main(compound) == Some(supplier) && !packed {
                    living.households.max(1)
                } else {
                    0
                };
                packed = true;
                for part in 0..parts {
                    let share = |whole: i64| whole * (part + 1) / parts - whole * part / parts;
                    drops.push(Drop {
                        compound,
                        supplier,
                        part: (part + 1, parts),
                        weight_g: share(weight_g),
                        bags: share(bags),
                        goods,
                    });
                }
            }
        }
    }
    drops
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
            Reason::NoColdVehicle => said("没有能去的冷藏车", "no cold vehicle that may go there"),
            Reason::NoVehicleAtSource => said(
                "供应它的单位没有自己的车，也没有公用车辆",
                "its supplier has no vehicle, and there is none without a supplier",
            ),
            Reason::TooLarge => said("超过任何一辆车的载重", "more than any vehicle carries"),
            Reason::NoRoad => said("没有路通到那里", "no road leads there"),
            Reason::OutOfTime => said(
                "收车（下班）前赶不回来",
                "no vehicle is back before the end of its shift",
            ),
            Reason::NoVehicleLeft => said(
                "车辆都已装满或排满（载重、时间、停靠点数）",
                "all vehicles are full, busy, or have all their stops",
            ),
        }
    }
}

/// A moment of the day, such as 07:45.
pub(super) fn hour(asked: &Asked, after_s: i64) -> String {
    clock::hour(asked.depart_s + after_s)
}
