//! The problem by index, as the search reads it.

use super::model::{Load, Problem, Rounding, Source, Start, Travel, Window};
use crate::travel::NO_WAY;

/// No node, no trip, no place.
pub(super) const NONE: u32 = u32::MAX;
/// Before every moment: what can no longer be reached in time.
pub(super) const NEVER_S: i64 = i64::MIN / 4;
/// Up to so many places distances on a plane are kept in a table; above it computing them is quicker than fetching.
const TABLE_MAX: usize = 400;

/// A stop without what most checks do not need.
#[derive(Clone, Copy)]
pub(super) struct Stop {
    pub(super) place: u32,
    pub(super) source: u32,
    pub(super) load: [i64; 2],
    pub(super) pickup: bool,
    /// Whether it has more than one window.
    pub(super) several: bool,
    pub(super) stay_s: i64,
    pub(super) open_s: i64,
    pub(super) close_s: i64,
    pub(super) ready_s: i64,
    pub(super) priority: i64,
    /// Metres at the least there and back from where a vehicle may load again.
    pub(super) round_trip_m: i64,
}

/// A kind of vehicle.
pub(super) struct Kind {
    pub(super) count: usize,
    pub(super) start: u32,
    pub(super) end: u32,
    /// What the first trip carries: a depot, or what is on board.
    pub(super) source: u32,
    pub(super) capacity: [i64; 2],
    pub(super) leave_s: i64,
    pub(super) back_s: i64,
    pub(super) start_close_s: i64,
    pub(super) duration_max_s: i64,
    pub(super) stops_max: u32,
    pub(super) trips_max: u32,
    pub(super) reload: Vec<u32>,
    pub(super) reload_s: i64,
    pub(super) fixed: i64,
    pub(super) per_m: i64,
    pub(super) per_s: i64,
    /// Kinds that differ from this one in capacity and cost only, itself included.
    pub(super) alike: Vec<u32>,
}

pub(super) enum Ways {
    Table {
        places: usize,
        distance_m: Vec<i32>,
    },
    Timed {
        places: usize,
        both: Vec<[i32; 2]>,
    },
    Plane {
        at: Vec<[f64; 2]>,
        unit_m: f64,
        add: f64,
        s_per_km: i64,
    },
}

impl Ways {
    pub(super) fn new(travel: &Travel) -> Ways {
        match travel {
            Travel::Table {
                places,
                distance_m,
                time_s: None,
            } => Ways::Table {
                places: *places,
                distance_m: distance_m.clone(),
            },
            Travel::Table {
                places,
                distance_m,
                time_s: Some(time_s),
            } => Ways::Timed {
                places: *places,
                both: distance_m.iter().zip(time_s).map(|(m, s)| [*m, *s]).collect(),
            },
            Travel::Plane {
                at,
                unit_m,
                rounding,
                s_per_km,
            } => {
                let plane = Ways::Plane {
                    at: at.clone(),
                    unit_m: *unit_m,
                    add: if *rounding == Rounding::Nearest { 0.5 } else { 0.0 },
                    s_per_km: *s_per_km,
                };
                if at.len() > TABLE_MAX || *s_per_km != 1000 {
                    return plane;
                }
                let places = at.len() as u32;
                let row = |a: u32| (0..places).map(move |b| (a, b));
                Ways::Table {
                    places: at.len(),
                    distance_m: (0..places)
                        .flat_map(row)
                        .map(|(a, b)| plane.distance_m(a, b) as i32)
                        .collect(),
                }
            }
        }
    }

    #[inline]
    pub(super) fn distance_m(&self, a: u32, b: u32) -> i64 {
        match self {
            Ways::Table { places, distance_m } => i64::from(distance_m[a as usize * places + b as usize]),
            Ways::Timed { places, both } => i64::from(both[a as usize * places + b as usize][0]),
            Ways::Plane { at, unit_m, add, .. } => {
                let (from, to) = (at[a as usize], at[b as usize]);
                let (x, y) = (from[0] - to[0], from[1] - to[1]);
                ((x * x + y * y).sqrt() * unit_m + add) as i64
            }
        }
    }

    #[inline]
    pub(super) fn both(&self, a: u32, b: u32) -> (i64, i64) {
        match self {
            Ways::Table { .. } => {
                let distance_m = self.distance_m(a, b);
                (distance_m, distance_m)
            }
            Ways::Timed { places, both } => {
                let [m, s] = both[a as usize * places + b as usize];
                (i64::from(m), i64::from(s))
            }
            Ways::Plane { s_per_km, .. } => {
                let distance_m = self.distance_m(a, b);
                (distance_m, distance_m * s_per_km / 1000)
            }
        }
    }
}

/// The problem by index. The flags say which checks this problem needs at all.
pub(super) struct Instance {
    pub(super) ways: Ways,
    pub(super) stops: Vec<Stop>,
    pub(super) kinds: Vec<Kind>,
    pub(super) depots: Vec<(u32, Window)>,
    windows: Vec<Vec<Window>>,
    may: Vec<bool>,
    /// Moments matter.
    pub(super) timed: bool,
    /// The time between departure and end is limited or costs.
    pub(super) durations: bool,
    /// The same, and no vehicle ever waits, so a route takes as long as its ways and stops do.
    pub(super) steady: bool,
    /// Some stop has several windows.
    pub(super) several: bool,
    /// Goods are fetched somewhere.
    pub(super) pickups: bool,
    /// Some vehicle may load again.
    pub(super) reloads: bool,
    /// The same, and every trip of every vehicle begins and ends at one place.
    pub(super) one_depot: bool,
    /// Some goods are ready later than the first departure.
    pub(super) releases: bool,
    /// Not every vehicle may go to every stop, or not every depot has all goods.
    pub(super) restricted: bool,
    /// Some vehicle may have only so many stops.
    pub(super) stops_limited: bool,
    /// Some kinds differ in capacity and cost only.
    pub(super) upgrades: bool,
    /// The same, and of each kind there is one for every stop.
    pub(super) plenty: bool,
    /// Ways there and back are equal.
    pub(super) symmetric: bool,
    /// Between some places no road leads.
    pub(super) gaps: bool,
}

impl Instance {
    pub(super) fn new(problem: &Problem) -> Instance {
        let depots = problem.depots.len() as u32;
        let ways = Ways::new(&problem.travel);
        let symmetric = symmetric(&problem.travel);
        let mut reload_at: Vec<usize> = problem
            .vehicles
            .iter()
            .flat_map(|vehicle| &vehicle.reload)
            .copied()
            .collect();
        reload_at.sort_unstable();
        reload_at.dedup();
        let round_trip_m = |place: usize| {
            let depots = reload_at.iter().map(|depot| problem.depots[*depot].place);
            let ways_m = depots.map(|depot| {
                let (depot, place) = (depot as u32, place as u32);
                ways.distance_m(depot, place) + ways.distance_m(place, depot)
            });
            ways_m.min().unwrap_or(0)
        };
        let stops: Vec<Stop> = problem
            .stops
            .iter()
            .map(|stop| Stop {
                place: stop.place as u32,
                source: match stop.source {
                    _ if stop.pickup => NONE,
                    Source::AnyDepot => NONE,
                    Source::Depot(depot) => depot as u32,
                    Source::Aboard(vehicle) => depots + vehicle as u32,
                },
                load: pair(stop.load),
                pickup: stop.pickup,
                several: stop.windows.len() > 1,
                stay_s: stop.service_s + stop.rest_s,
                open_s: stop
                    .windows
                    .first()
                    .map_or(Window::ALWAYS.from_s, |window| window.from_s),
                close_s: stop
                    .windows
                    .last()
                    .map_or(Window::ALWAYS.to_s, |window| window.to_s),
                ready_s: if stop.pickup {
                    Window::ALWAYS.from_s
                } else {
                    stop.ready_s
                },
                priority: stop.priority.clamp(1, 1000),
                round_trip_m: round_trip_m(stop.place),
            })
            .collect();
        let kinds: Vec<Kind> = (0u32..)
            .zip(&problem.vehicles)
            .map(|(k, _)| kind(problem, k))
            .collect();
        let may: Vec<bool> = problem
            .stops
            .iter()
            .flat_map(|stop| {
                problem.vehicles.iter().map(|vehicle| {
                    (vehicle.cold || !stop.cold)
                        && stop.area.is_none_or(|area| {
                            vehicle.areas.as_ref().is_none_or(|areas| areas.contains(&area))
                        })
                })
            })
            .collect();
        let earliest_s = kinds.iter().map(|kind| kind.leave_s).min().unwrap_or(0);
        let limited = |window: &Window| *window != Window::ALWAYS;
        let durations = kinds.iter().any(|kind| kind.per_s > 0)
            || problem
                .vehicles
                .iter()
                .any(|vehicle| vehicle.duration_max_s.is_some());
        let reloads = kinds
            .iter()
            .any(|kind| kind.trips_max > 1 && !kind.reload.is_empty());
        let late = stops.iter().any(|stop| stop.ready_s > earliest_s);
        // Without any limit of time whoever waits for goods just leaves later.
        let timed = problem.stops.iter().any(|stop| !stop.windows.is_empty())
            || problem.vehicles.iter().any(|vehicle| limited(&vehicle.shift))
            || problem.depots.iter().any(|depot| limited(&depot.window))
            || (late && reloads && durations);
        let releases = late && timed;
        Instance {
            timed,
            durations,
            steady: durations && !timed,
            several: stops.iter().any(|stop| stop.several),
            pickups: stops.iter().any(|stop| stop.pickup),
            reloads,
            one_depot: reloads
                && kinds.iter().all(|kind| {
                    let reload = kind
                        .reload
                        .iter()
                        .map(|depot| problem.depots[*depot as usize].place as u32);
                    reload
                        .chain([kind.start])
                        .all(|place| place == kind.end && place == kinds[0].start)
                }),
            releases,
            restricted: may.iter().any(|may| !may)
                || stops.iter().any(|stop| stop.source != NONE)
                || kinds.iter().any(|kind| kind.source >= depots),
            stops_limited: kinds.iter().any(|kind| kind.stops_max < u32::MAX),
            upgrades: kinds.iter().any(|kind| kind.alike.len() > 1),
            plenty: kinds
                .iter()
                .all(|kind| kind.alike.len() > 1 && kind.count >= stops.len()),
            symmetric,
            gaps: gaps(&problem.travel),
            ways,
            depots: problem
                .depots
                .iter()
                .map(|depot| (depot.place as u32, depot.window))
                .collect(),
            windows: problem.stops.iter().map(|stop| stop.windows.clone()).collect(),
            stops,
            kinds,
            may,
        }
    }

    /// Metres from one place to another; none to the end of an open tour.
    #[inline]
    pub(super) fn distance_m(&self, a: u32, b: u32) -> i64 {
        if b == NONE { 0 } else { self.ways.distance_m(a, b) }
    }

    /// Metres and seconds from one place to another.
    #[inline]
    pub(super) fn both(&self, a: u32, b: u32) -> (i64, i64) {
        if b == NONE { (0, 0) } else { self.ways.both(a, b) }
    }

    /// The same where the metres are known, so that no more than a table of times is looked at.
    #[inline]
    pub(super) fn both_with(&self, a: u32, b: u32, way_m: i64) -> (i64, i64) {
        match &self.ways {
            Ways::Table { .. } => (way_m, way_m),
            Ways::Timed { .. } => self.ways.both(a, b),
            Ways::Plane { s_per_km, .. } => (way_m, way_m * s_per_km / 1000),
        }
    }

    /// Whether a way or detour of this length goes where no road leads.
    #[inline]
    pub(super) fn is_gap(&self, way_m: i64) -> bool {
        self.gaps && way_m >= i64::from(NO_WAY) / 2
    }

    #[inline]
    pub(super) fn time_s(&self, a: u32, b: u32) -> i64 {
        self.both(a, b).1
    }

    /// When a vehicle that is there at a moment may go in; `None` after the last window.
    #[inline]
    pub(super) fn begin_s(&self, stop: u32, arrive_s: i64) -> Option<i64> {
        let data = &self.stops[stop as usize];
        if arrive_s > data.close_s {
            return None;
        }
        if !data.several {
            return Some(arrive_s.max(data.open_s));
        }
        let open = self.windows[stop as usize]
            .iter()
            .find(|window| arrive_s <= window.to_s)?;
        Some(arrive_s.max(open.from_s))
    }

    /// The end of the window in which this moment lies.
    pub(super) fn close_s(&self, stop: u32, begin_s: i64) -> i64 {
        let own = self.windows[stop as usize]
            .iter()
            .find(|window| begin_s <= window.to_s);
        own.map_or(self.stops[stop as usize].close_s, |window| window.to_s)
    }

    /// The latest arrival after which a vehicle may go in at this moment at the latest.
    #[inline]
    pub(super) fn latest_s(&self, stop: u32, begin_s: i64) -> i64 {
        let data = &self.stops[stop as usize];
        if begin_s < data.open_s {
            return NEVER_S;
        }
        if !data.several {
            return begin_s.min(data.close_s);
        }
        let open = self.windows[stop as usize]
            .iter()
            .rev()
            .find(|window| window.from_s <= begin_s);
        open.map_or(NEVER_S, |window| begin_s.min(window.to_s))
    }

    /// Whether a vehicle of this kind may bring the goods of this stop from this source.
    #[inline]
    pub(super) fn may(&self, stop: u32, kind: u32, source: u32) -> bool {
        let own = self.stops[stop as usize].source;
        let from = if own == NONE {
            self.stops[stop as usize].pickup || (source as usize) < self.depots.len()
        } else {
            own == source
        };
        from && self.may[stop as usize * self.kinds.len() + kind as usize]
    }

    /// Whether pass and cold chain allow this kind to go there.
    pub(super) fn may_go(&self, stop: u32, kind: u32) -> bool {
        self.may[stop as usize * self.kinds.len() + kind as usize]
    }
}

fn kind(problem: &Problem, index: u32) -> Kind {
    let vehicle = &problem.vehicles[index as usize];
    let depot = |depot: usize| &problem.depots[depot];
    let (start, source, open) = match vehicle.start {
        Start::Depot(at) => (depot(at).place, at as u32, depot(at).window),
        Start::Place(place) => (place, problem.depots.len() as u32 + index, Window::ALWAYS),
    };
    let back = vehicle.end.map_or(Window::ALWAYS, |end| depot(end).window);
    let like = |other: &super::model::Vehicle| super::model::Vehicle {
        count: 0,
        capacity: Load::default(),
        fixed_cost: 0,
        cost_per_m: 0,
        cost_per_s: 0,
        ..other.clone()
    };
    let own = like(vehicle);
    let on_board = matches!(vehicle.start, Start::Place(_));
    Kind {
        count: vehicle.count,
        start: start as u32,
        end: vehicle.end.map_or(NONE, |end| depot(end).place as u32),
        source,
        capacity: pair(vehicle.capacity),
        leave_s: vehicle.shift.from_s.max(open.from_s),
        start_close_s: vehicle.shift.to_s.min(open.to_s),
        back_s: vehicle.shift.to_s.min(back.to_s),
        duration_max_s: vehicle.duration_max_s.unwrap_or(i64::MAX / 4),
        stops_max: vehicle
            .stops_max
            .map_or(u32::MAX, |most| most.min(u32::MAX as usize) as u32),
        trips_max: vehicle.trips_max.clamp(1, u32::MAX as usize) as u32,
        reload: vehicle.reload.iter().map(|depot| *depot as u32).collect(),
        reload_s: vehicle.reload_s,
        fixed: vehicle.fixed_cost,
        per_m: vehicle.cost_per_m,
        per_s: vehicle.cost_per_s,
        alike: (0u32..)
            .zip(&problem.vehicles)
            .filter(|(other, vehicle)| *other == index || (!on_board && like(vehicle) == own))
            .map(|(other, _)| other)
            .collect(),
    }
}

fn pair(load: Load) -> [i64; 2] {
    [load.weight_g, load.bags]
}

fn gaps(travel: &Travel) -> bool {
    match travel {
        Travel::Plane { .. } => false,
        Travel::Table { distance_m, .. } => distance_m.iter().any(|way_m| *way_m >= NO_WAY),
    }
}

fn symmetric(travel: &Travel) -> bool {
    match travel {
        Travel::Plane { .. } => true,
        Travel::Table {
            places,
            distance_m,
            time_s,
        } => {
            let mirrors = |table: &[i32]| {
                (0..*places).all(|a| (0..a).all(|b| table[a * places + b] == table[b * places + a]))
            };
            mirrors(distance_m) && time_s.as_deref().is_none_or(mirrors)
        }
    }
}
