//! Ruin and recreate under simulated annealing (Christiaens and Vanden Berghe, "Slack induction by string removals for
//! vehicle routing problems", Transportation Science 2020).

use super::instance::{Instance, NEVER_S, NONE};
use super::near::Near;
use super::state::State;
use crate::random::Random;
use std::cmp::Reverse;

/// So many neighbours a stop is set beside, and so many are looked at for further strings.
const NEAR: usize = 40;
const ADJACENT: usize = 120;
/// Chance to pass a place by.
const BLINK: f64 = 0.01;
/// The heat at the beginning and at the end, in shares of what a stop costs on average.
const HOT: f64 = 0.7;
const COLD: f64 = 0.01;
/// The clock is read after so many iterations.
const CLOCK: u64 = 32;

/// Routes as kind and sequence, by slot; free slots are empty.
#[derive(Clone, Default)]
pub(super) struct Best {
    pub(super) routes: Vec<(u32, Vec<u32>)>,
    pub(super) absent: Vec<u32>,
    /// The priorities of those who are not served, added up.
    pub(super) missing: i64,
    pub(super) cost: i64,
}

impl Best {
    pub(super) fn is_better_than(&self, other: &Best) -> bool {
        (self.missing, self.cost) < (other.missing, other.cost)
    }
}

/// What the search looks up and never changes.
pub(super) struct Tables {
    near: Near,
    adjacent: Near,
    /// Metres from the nearest start of a vehicle.
    from_start_m: Vec<i64>,
}

impl Tables {
    pub(super) fn new(instance: &Instance) -> Tables {
        let from_start_m = |stop: &super::instance::Stop| {
            let ways = instance
                .kinds
                .iter()
                .map(|kind| instance.distance_m(kind.start, stop.place));
            ways.min().unwrap_or(0)
        };
        let adjacent = Near::new(instance, ADJACENT, false);
        Tables {
            near: if instance.timed {
                Near::new(instance, NEAR, true)
            } else {
                adjacent.first(NEAR)
            },
            adjacent,
            from_start_m: instance.stops.iter().map(from_start_m).collect(),
        }
    }
}

/// One search with its own random numbers.
pub(super) struct Search<'a> {
    pub(super) instance: &'a Instance,
    tables: &'a Tables,
    state: State<'a>,
    random: Random,
    pub(super) best: Best,
    /// Slots in which the present routes may differ from the best ones.
    changed: Vec<u32>,
    is_changed: Vec<bool>,
    /// By stop, how much it counts when it is left out: more the oftener it was.
    weight: Vec<i64>,
    trip_stops: f64,
    unit: f64,
    ruined: Vec<u32>,
    pub(super) iterations: u64,
}

impl<'a> Search<'a> {
    /// Starts from an insertion of all stops in `absent`.
    pub(super) fn new(instance: &'a Instance, tables: &'a Tables, absent: Vec<u32>, seed: u64) -> Search<'a> {
        let mut search = Search {
            instance,
            tables,
            state: State::new(instance, absent),
            random: Random::new(seed),
            best: Best::default(),
            changed: Vec::new(),
            is_changed: Vec::new(),
            weight: instance.stops.iter().map(|stop| stop.priority).collect(),
            trip_stops: 1.0,
            unit: 1.0,
            ruined: Vec::new(),
            iterations: 0,
        };
        search.state.begin();
        search
            .state
            .absent
            .sort_by_key(|stop| Reverse(tables.from_start_m[*stop as usize]));
        search.insert_absent(0.0);
        search.accept();
        search.keep();
        let served = instance
            .stops
            .len()
            .saturating_sub(search.state.absent.len())
            .max(1);
        search.unit = (search.state.cost as f64 / served as f64).max(1e-3);
        search
    }

    /// Takes another solution as the present one.
    pub(super) fn load(&mut self, other: &Best) {
        let mut state = State::new(self.instance, other.absent.clone());
        state.begin();
        for (kind, sequence) in other.routes.iter().filter(|(_, sequence)| !sequence.is_empty()) {
            let route = state.open_route(*kind);
            let mut after = state.route(route).first;
            for code in sequence {
                after = match code.checked_sub(self.instance.stops.len() as u32) {
                    None => {
                        state.insert(*code, after);
                        *code
                    }
                    Some(depot) => {
                        let trip = state.open_trip(after, depot);
                        state.trip(trip).start
                    }
                };
            }
            state.settle(route);
        }
        state.begin();
        self.state = state;
        self.best = Best::default();
        self.changed.clear();
        self.is_changed.clear();
        for route in 0..self.state.routes.items.len() as u32 {
            self.mark(route);
        }
        self.keep();
    }

    /// Goes on until `spent`, the used part of the budget, reaches `until`.
    pub(super) fn run(&mut self, spent: &dyn Fn(u64) -> f64, until: f64) {
        if self.instance.stops.is_empty() || self.instance.kinds.is_empty() {
            return;
        }
        let mut heat = 0.0;
        loop {
            if self.iterations.is_multiple_of(CLOCK) {
                let part = spent(self.iterations);
                if part >= until {
                    return;
                }
                let (hot, cold) = (HOT * self.unit, COLD * self.unit);
                heat = hot * (cold / hot).powf(part);
            }
            self.iterations += 1;
            self.step(heat);
        }
    }

    fn step(&mut self, heat: f64) {
        let (before, cost_before) = (self.weight_of_absent(), self.state.cost);
        self.state.begin();
        let mut ruined = std::mem::take(&mut self.ruined);
        self.state.ruin(
            &mut self.random,
            &self.tables.adjacent,
            self.trip_stops,
            &mut ruined,
        );
        self.ruined = ruined;
        self.sort_absent();
        self.insert_absent(BLINK);
        if self.instance.upgrades {
            self.fit_kinds();
        }
        if self.instance.reloads && !self.instance.durations && !self.instance.pickups {
            let touched: Vec<u32> = self.state.touched().collect();
            for route in touched {
                if self.state.route(route).stops > 0 {
                    self.state.merge_trips(route);
                }
            }
        }
        if self.is_broken() {
            self.state.undo();
            return;
        }
        let after = self.weight_of_absent();
        let threshold = cost_before as f64 - heat * self.random.fraction().max(1e-300).ln();
        if after < before || (after == before && (self.state.cost as f64) < threshold) {
            self.accept();
            let missing = self.missing();
            if (missing, self.state.cost) < (self.best.missing, self.best.cost) {
                self.keep();
            }
        } else {
            self.count_absent();
            self.state.undo();
        }
    }

    fn count_absent(&mut self) {
        for stop in &self.state.absent {
            self.weight[*stop as usize] += self.instance.stops[*stop as usize].priority;
        }
    }

    fn weight_of_absent(&self) -> i64 {
        self.state
            .absent
            .iter()
            .map(|stop| self.weight[*stop as usize])
            .sum()
    }

    fn missing(&self) -> i64 {
        self.state
            .absent
            .iter()
            .map(|stop| self.instance.stops[*stop as usize].priority)
            .sum()
    }

    /// Whether taking stops out made a route late, which only ways can do that are longer than a detour.
    fn is_broken(&self) -> bool {
        let state = &self.state;
        (self.instance.timed || self.instance.durations)
            && state
                .touched()
                .map(|route| state.route(route))
                .filter(|route| route.stops > 0)
                .any(|route| {
                    let first = state.node(route.first);
                    self.instance.timed && (first.late_s <= NEVER_S || first.leave_s > first.late_s)
                        || route.duration_s > self.instance.kinds[route.kind as usize].duration_max_s
                })
    }

    fn mark(&mut self, route: u32) {
        if self.is_changed.len() <= route as usize {
            self.is_changed.resize(route as usize + 1, false);
        }
        if !std::mem::replace(&mut self.is_changed[route as usize], true) {
            self.changed.push(route);
        }
    }

    fn accept(&mut self) {
        let touched: Vec<u32> = self.state.touched().collect();
        for route in touched {
            self.mark(route);
        }
    }

    /// The present routes become the best.
    fn keep(&mut self) {
        self.best.missing = self.missing();
        self.best.cost = self.state.cost;
        self.best.absent.clone_from(&self.state.absent);
        for route in self.changed.drain(..) {
            self.is_changed[route as usize] = false;
            if self.best.routes.len() <= route as usize {
                self.best.routes.resize(route as usize + 1, (NONE, Vec::new()));
            }
            let entry = &mut self.best.routes[route as usize];
            let data = self.state.route(route);
            entry.0 = data.kind;
            entry.1.clear();
            if data.stops > 0 {
                entry.1 = self.state.sequence(route);
            }
        }
        let trips: u32 = self
            .state
            .routes
            .items
            .iter()
            .filter(|route| route.stops > 0)
            .map(|route| route.trips)
            .sum();
        let served = self.instance.stops.len() - self.state.absent.len();
        self.trip_stops = served as f64 / f64::from(trips.max(1));
    }

    fn sort_absent(&mut self) {
        let stops = &self.instance.stops;
        let mut absent = std::mem::take(&mut self.state.absent);
        self.random.shuffle(&mut absent);
        let data = |stop: &u32| &stops[*stop as usize];
        let from_start_m = |stop: &u32| self.tables.from_start_m[*stop as usize];
        match self.random.below(if self.instance.timed { 17 } else { 11 }) {
            0..4 => {}
            4..8 => absent.sort_by_key(|stop| Reverse(data(stop).load)),
            8..10 => absent.sort_by_key(|stop| Reverse(from_start_m(stop))),
            10 => absent.sort_by_key(from_start_m),
            11..13 => absent.sort_by_key(|stop| data(stop).close_s - data(stop).open_s),
            13..15 => absent.sort_by_key(|stop| data(stop).open_s),
            _ => absent.sort_by_key(|stop| Reverse(data(stop).close_s)),
        }
        self.state.absent = absent;
    }

    fn insert_absent(&mut self, blink: f64) {
        let absent = std::mem::take(&mut self.state.absent);
        for stop in absent {
            match self
                .state
                .find_spot(stop, &self.tables.near, &mut self.random, blink)
            {
                Some(spot) => self.state.place(stop, spot.how),
                None => self.state.absent.push(stop),
            }
        }
    }

    /// Gives each touched route the cheapest vehicle that carries its load.
    fn fit_kinds(&mut self) {
        let touched: Vec<u32> = self.state.touched().collect();
        for route in touched {
            let data = *self.state.route(route);
            if data.stops == 0 || data.trips > 1 {
                continue;
            }
            let present = &self.instance.kinds[data.kind as usize];
            let room = self.state.trip(self.state.node(data.first).trip).room;
            let fits = |kind: u32| {
                let other = &self.instance.kinds[kind as usize];
                self.state.used[kind as usize] < other.count
                    && (0..2).all(|unit| other.capacity[unit] >= present.capacity[unit] - room[unit])
            };
            let cost = |kind: u32| {
                let other = &self.instance.kinds[kind as usize];
                other.fixed + other.per_m * data.length_m + other.per_s * data.duration_s
            };
            let best = present
                .alike
                .iter()
                .copied()
                .filter(|kind| fits(*kind))
                .min_by_key(|kind| cost(*kind));
            if let Some(kind) = best.filter(|kind| cost(*kind) < cost(data.kind)) {
                self.state.change_kind(route, kind);
            }
        }
    }
}
