//! What a routing problem and its plan are made of.

/// What a vehicle can carry, or what a stop takes or gives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Load {
    /// Weight in grams.
    pub weight_g: i64,
    /// Bags, boxes, or any other unit of room that all stops and vehicles of the problem share.
    pub bags: i64,
}

/// A time from one moment to another, both included, in seconds since a common zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Its first moment.
    pub from_s: i64,
    /// Its last moment.
    pub to_s: i64,
}

impl Window {
    /// Any moment: wide enough for every schedule, and far from what an integer holds.
    pub const ALWAYS: Window = Window {
        from_s: -1_000_000_000_000,
        to_s: 1_000_000_000_000,
    };
}

/// Where goods are loaded: a supplier or a hub (CT-4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Depot {
    /// Its place in the travel table.
    pub place: usize,
    /// When vehicles may load, leave and come back.
    pub window: Window,
}

/// Where a vehicle begins its tour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// Loads at a depot.
    Depot(usize),
    /// Is on its way, at a place, with the goods on board of those stops whose source says so.
    Place(usize),
}

/// Vehicles that are alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vehicle {
    /// So many there are; `usize::MAX` where the fleet has no limit.
    pub count: usize,
    /// Where they begin.
    pub start: Start,
    /// The depot at which they end; `None` when a tour ends at its last stop.
    pub end: Option<usize>,
    /// What they carry at one time.
    pub capacity: Load,
    /// Whether they keep goods cold.
    pub cold: bool,
    /// From the earliest departure to the latest end.
    pub shift: Window,
    /// The longest time from departure to end.
    pub duration_max_s: Option<i64>,
    /// The most stops of a tour, all trips together.
    pub stops_max: Option<usize>,
    /// Areas for which they have a valid pass; `None` when they may go everywhere.
    pub areas: Option<Vec<u32>>,
    /// Depots at which they may load again for a further trip.
    pub reload: Vec<usize>,
    /// Time to load again.
    pub reload_s: i64,
    /// The most trips of a tour; at least one is meant.
    pub trips_max: usize,
    /// Cost of a tour that has a stop.
    pub fixed_cost: i64,
    /// Cost of a metre.
    pub cost_per_m: i64,
    /// Cost of a second between departure and end.
    pub cost_per_s: i64,
}

/// Where the goods for a stop are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Every depot has them.
    AnyDepot,
    /// They are at this depot.
    Depot(usize),
    /// They are on board of this vehicle, which is on its way; only it can bring them, on its first trip.
    Aboard(usize),
}

/// Where a vehicle must go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop {
    /// Its place in the travel table.
    pub place: usize,
    /// What is brought, or fetched.
    pub load: Load,
    /// True where goods are fetched and taken to the end of the trip; they need no source.
    pub pickup: bool,
    /// Where the goods are that are brought.
    pub source: Source,
    /// Time to unload.
    pub service_s: i64,
    /// Disinfection and rest at the gate between arrival and unloading (CP-3).
    pub rest_s: i64,
    /// When a vehicle may arrive, ascending and apart; any time when empty. Whoever is early waits.
    pub windows: Vec<Window>,
    /// Needs a vehicle that keeps goods cold.
    pub cold: bool,
    /// The area that it lies in, for passes.
    pub area: Option<u32>,
    /// Who is served first if not all can be: a stop of priority 2 counts like two of priority 1. At least 1 is meant.
    pub priority: i64,
    /// The goods are there for loading from this moment on.
    pub ready_s: i64,
}

/// How a distance on a plane becomes a whole number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// To the nearest.
    Nearest,
    /// Down.
    Down,
}

/// Ways between places.
#[derive(Clone, Debug, PartialEq)]
pub enum Travel {
    /// By table, row by row: from the place of the row to that of the column.
    Table {
        /// Rows, and columns.
        places: usize,
        /// Metres; [`crate::travel::NO_WAY`] or more where no road leads.
        distance_m: Vec<i32>,
        /// Seconds; `None` when they equal the metres.
        time_s: Option<Vec<i32>>,
    },
    /// By coordinates: straight lines, computed where they are needed, so that ten thousand stops need no table.
    Plane {
        /// East and north of each place, in any unit.
        at: Vec<[f64; 2]>,
        /// Metres in that unit.
        unit_m: f64,
        /// How metres are rounded.
        rounding: Rounding,
        /// Seconds for a thousand metres.
        s_per_km: i64,
    },
}

/// Everything that is given.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// Where goods are.
    pub depots: Vec<Depot>,
    /// Who drives.
    pub vehicles: Vec<Vehicle>,
    /// Who waits.
    pub stops: Vec<Stop>,
    /// The ways between all of them.
    pub travel: Travel,
}

/// A visit at a stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visit {
    /// The stop, as index into the stops of the problem.
    pub stop: usize,
    /// When the vehicle is there.
    pub arrive_s: i64,
    /// When it may go in: the arrival, or the opening of the window.
    pub begin_s: i64,
    /// When it leaves, after rest and unloading.
    pub leave_s: i64,
}

/// One load of a vehicle and its stops.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trip {
    /// Where it was loaded; `None` for what was on board from the beginning.
    pub depot: Option<usize>,
    /// When the vehicle leaves with it.
    pub depart_s: i64,
    /// The stops in order.
    pub visits: Vec<Visit>,
}

/// What one vehicle does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tour {
    /// The kind of vehicle, as index into the vehicles of the problem.
    pub vehicle: usize,
    /// Its trips in order; each has a stop.
    pub trips: Vec<Trip>,
    /// When it leaves its start; earlier than its first trip where it must go to another depot for that.
    pub start_s: i64,
    /// When it is at its end.
    pub end_s: i64,
    /// Its way.
    pub distance_m: i64,
    /// Its cost: fixed, by metre, and by second from the first departure.
    pub cost: i64,
}

/// Why a stop is not served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// No vehicle has a pass for its area.
    NoPass,
    /// No vehicle that may go there keeps goods cold.
    NoColdVehicle,
    /// No vehicle that may go there comes by the depot that has the goods, or the vehicle that has them on board.
    NoVehicleAtSource,
    /// It is more than any vehicle carries that may go there.
    TooLarge,
    /// No road leads there and back for any vehicle that could bring or fetch it.
    NoRoad,
    /// Even alone, no vehicle is there in time and back before its shift ends.
    OutOfTime,
    /// A vehicle alone could, but all are full, or have no time left.
    NoVehicleLeft,
}

/// A stop that no tour has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unserved {
    /// The stop, as index.
    pub stop: usize,
    /// Why.
    pub reason: Reason,
}

/// Who goes where and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Tours with at least one stop, by vehicle.
    pub tours: Vec<Tour>,
    /// What no vehicle takes.
    pub unserved: Vec<Unserved>,
    /// The cost of all tours.
    pub cost: i64,
    /// So many times the plan was taken apart and put together again.
    pub iterations: u64,
}

/// What is wrong with a problem, so that nothing can be computed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// Which entry, and what would be right.
    pub what: String,
}

impl Travel {
    /// How many places there are.
    pub fn places(&self) -> usize {
        match self {
            Travel::Table { places, .. } => *places,
            Travel::Plane { at, .. } => at.len(),
        }
    }
}

impl Problem {
    /// The first entry that makes no sense, if any.
    pub fn flaw(&self) -> Option<Flaw> {
        let places = self.travel.places();
        let flaw = |what: String| Some(Flaw { what });
        match &self.travel {
            Travel::Table {
                distance_m, time_s, ..
            } => {
                let cells = places * places;
                let lengths = [Some(distance_m.len()), time_s.as_ref().map(Vec::len)];
                if lengths.iter().flatten().any(|length| *length != cells) {
                    return flaw(format!("travel: {places} places need tables of {cells} entries"));
                }
                let negative = |table: &Vec<i32>| table.iter().any(|value| *value < 0);
                if negative(distance_m) || time_s.as_ref().is_some_and(negative) {
                    return flaw("travel: distances and times must not be negative".into());
                }
            }
            Travel::Plane {
                at, unit_m, s_per_km, ..
            } => {
                if unit_m.is_nan()
                    || *unit_m <= 0.0
                    || *s_per_km < 0
                    || at.iter().flatten().any(|value| !value.is_finite())
                {
                    return flaw("travel: coordinates must be numbers, unit and speed positive".into());
                }
            }
        }
        let depot = |index: usize| index < self.depots.len();
        for (index, entry) in self.depots.iter().enumerate() {
            if entry.place >= places {
                return flaw(format!("depot {index}: place {} of {places}", entry.place));
            }
        }
        for (index, vehicle) in self.vehicles.iter().enumerate() {
            let start = match vehicle.start {
                Start::Depot(start) => depot(start),
                Start::Place(place) => place < places,
            };
            if !start || !vehicle.end.is_none_or(depot) || !vehicle.reload.iter().all(|at| depot(*at)) {
                return flaw(format!(
                    "vehicle {index}: its start, end or place to reload does not exist"
                ));
            }
            let amounts = [
                vehicle.reload_s,
                vehicle.fixed_cost,
                vehicle.cost_per_m,
                vehicle.cost_per_s,
            ];
            if amounts.iter().any(|amount| !(0..=AMOUNT_MAX).contains(amount)) {
                return flaw(format!(
                    "vehicle {index}: times and costs must lie between 0 and {AMOUNT_MAX}"
                ));
            }
        }
        for (index, stop) in self.stops.iter().enumerate() {
            let source = match stop.source {
                Source::AnyDepot => true,
                Source::Depot(at) => depot(at),
                Source::Aboard(vehicle) => self
                    .vehicles
                    .get(vehicle)
                    .is_some_and(|vehicle| matches!(vehicle.start, Start::Place(_)) && vehicle.count == 1),
            };
            if stop.place >= places || !source {
                return flaw(format!("stop {index}: its place or source does not exist"));
            }
            let amounts = [stop.load.weight_g, stop.load.bags, stop.service_s, stop.rest_s];
            if amounts.iter().any(|amount| !(0..=AMOUNT_MAX).contains(amount)) {
                return flaw(format!(
                    "stop {index}: loads and times must lie between 0 and {AMOUNT_MAX}"
                ));
            }
            let apart = stop.windows.windows(2).all(|pair| pair[0].to_s < pair[1].from_s);
            if !apart || stop.windows.iter().any(|window| window.from_s > window.to_s) {
                return flaw(format!("stop {index}: its windows must be apart and ascending"));
            }
        }
        None
    }
}

/// No single amount is larger, so that sums stay far from what an integer holds.
const AMOUNT_MAX: i64 = 1_000_000_000_000;
