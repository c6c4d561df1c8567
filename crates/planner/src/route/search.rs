//! Ruin and recreate under simulated annealing (Christiaens and Vanden Berghe, "Slack induction by string removals for
//! vehicle routing problems", Transportation Science 2020).

use super::heat::Cooling;
use super::instance::{Instance, NEVER_S, NONE};
use super::near::Near;
use super::pool::Pool;
use super::recreate::{FAR_STOPS, TRIED};
use super::share::Share;
use super::spot::Manner;
use super::state::State;
use crate::effort::{Effort, Progress};
use crate::random::Random;
use std::cmp::Reverse;
use std::sync::atomic::{AtomicBool, Ordering};

/// So many neighbours a stop is set beside, and so many are looked at for further strings.
pub(super) const NEAR: usize = 40;
const ADJACENT: usize = 120;
/// The routes are noted after so many iterations where the plan costs at most so much more than the best.
const NOTED: u64 = 500;
const NOTED_WITHIN: f64 = 1.01;
/// Chance that the ends of two trips are exchanged in an iteration, if that does not cost too much.
const EXCHANGE: f64 = 0.4;
/// The clock is read after so many iterations.
const CLOCK: u64 = 32;
/// Whoever watches is told after the clock was read so many times.
const WATCH: u64 = 64;

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
    /// How many stops it serves.
    pub(super) fn stops(&self) -> usize {
        self.routes.iter().map(|(_, sequence)| sequence.len()).sum()
    }

    pub(super) fn is_better_than(&self, other: &Best) -> bool {
        (self.missing, self.cost) < (other.missing, other.cost)
    }
}

/// What the search looks up and never changes.
pub(super) struct Tables {
    pub(super) near: Near,
    pub(super) adjacent: Near,
    /// Metres from the nearest start of a vehicle.
    pub(super) from_start_m: Vec<i64>,
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
    pub(super) tables: &'a Tables,
    pub(super) state: State<'a>,
    pub(super) random: Random,
    pub(super) best: Best,
    /// Slots in which the present routes may differ from the best ones.
    changed: Vec<u32>,
    is_changed: Vec<bool>,
    /// By stop, how much it counts when it is left out: more the oftener it was.
    weight: Vec<i64>,
    trip_stops: f64,
    /// What a stop costs on average, by which the heat is measured.
    pub(super) unit: f64,
    ruined: Vec<u32>,
    /// The stops around which strings are taken out.
    centres: Vec<u32>,
    /// By stop, the last iteration in which it lay near a ruin and others waited.
    pub(super) near_ruin: Vec<u64>,
    /// Priorities of those who are not served, and cost, in shares that other searches have.
    elsewhere: (i64, i64),
    pub(super) iterations: u64,
    pub(super) pool: Pool,
}

/// When searches end, and who is told.
pub(super) struct Control<'a> {
    pub(super) effort: &'a Effort<'a>,
    /// Nobody is unserved from the beginning.
    pub(super) complete: bool,
    stopped: AtomicBool,
}

impl Control<'_> {
    pub(super) fn new<'a>(effort: &'a Effort<'a>, complete: bool) -> Control<'a> {
        Control {
            effort,
            complete,
            stopped: AtomicBool::new(false),
        }
    }

    pub(super) fn goes_on(&self, iterations: u64, until: f64) -> bool {
        self.effort.spent(iterations) < until && !self.is_stopped()
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    pub(super) fn tell(&self, done: f64, missing: i64, cost: i64) {
        let cost = (missing == 0 && self.complete).then_some(cost);
        let wanted = self
            .effort
            .watch
            .is_none_or(|watch| watch(Progress { done, cost }));
        if !wanted {
            self.stopped.store(true, Ordering::Relaxed);
        }
    }
}

impl<'a> Search<'a> {
    /// Nobody is served yet.
    pub(super) fn new(instance: &'a Instance, tables: &'a Tables, absent: Vec<u32>, seed: u64) -> Search<'a> {
        Search {
            instance,
            tables,
            centres: absent.clone(),
            state: State::new(instance, absent, vec![0; instance.kinds.len()]),
            random: Random::new(seed),
            best: Best::default(),
            changed: Vec::new(),
            is_changed: Vec::new(),
            weight: instance.stops.iter().map(|stop| stop.priority).collect(),
            trip_stops: 1.0,
            unit: 1.0,
            ruined: Vec::new(),
            near_ruin: vec![0; instance.stops.len()],
            elsewhere: (0, 0),
            iterations: 0,
            pool: Pool::default(),
        }
    }

    /// Puts everybody in where it costs least, the farthest first.
    pub(super) fn begin(&mut self, control: &Control) {
        let from_start_m = &self.tables.from_start_m;
        self.state
            .absent
            .sort_by_key(|stop| Reverse(from_start_m[*stop as usize]));
        self.insert_the_rest(|| control.goes_on(0, 1.0));
        let served = self.instance.stops.len() - self.state.absent.len();
        self.unit = (self.state.cost as f64 / served.max(1) as f64).max(1e-3);
    }

    /// Puts in whom it can of those who are not served, and keeps the result as the best. While `has_time` it looks
    /// everywhere.
    fn insert_the_rest(&mut self, has_time: impl Fn() -> bool) {
        self.state.begin();
        let mut manner = Manner {
            blink: 0.0,
            far: true,
            divide: true,
            opening: 1.0,
            below: i64::MAX,
        };
        for (number, stop) in std::mem::take(&mut self.state.absent).into_iter().enumerate() {
            if number.is_multiple_of(CLOCK as usize) {
                manner.far = has_time();
            }
            self.insert(stop, manner);
        }
        self.accept();
        self.keep();
    }

    /// Goes on from a plan whose absent stops are put in wherever they can be.
    pub(super) fn go_on_from(&mut self, plan: Best) {
        self.load(&Share::whole(plan, self.instance));
        let few = self.instance.stops.len() <= FAR_STOPS;
        self.insert_the_rest(|| few);
    }

    /// Goes on from a solution, or with a share of it, and with the same measure of what a stop costs.
    pub(super) fn load(&mut self, share: &Share) {
        let mut state = State::new(self.instance, share.absent.clone(), share.used.clone());
        state.begin();
        self.centres.clone_from(&share.absent);
        self.elsewhere = share.elsewhere;
        for (kind, sequence) in share.routes.iter().filter(|(_, sequence)| !sequence.is_empty()) {
            let stops = sequence
                .iter()
                .filter(|code| (**code as usize) < self.instance.stops.len());
            self.centres.extend(stops);
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
    pub(super) fn run(&mut self, control: &Control, cooling: &Cooling, until: f64, watched: bool) {
        if self.centres.is_empty() || self.instance.kinds.is_empty() {
            return;
        }
        let mut heat = 0.0;
        loop {
            if self.iterations.is_multiple_of(CLOCK) {
                let part = control.effort.spent(self.iterations);
                if part >= until || control.is_stopped() {
                    return;
                }
                if watched && self.iterations.is_multiple_of(CLOCK * WATCH) {
                    let (missing, cost) = self.elsewhere;
                    control.tell(part, missing + self.best.missing, cost + self.best.cost);
                }
                heat = cooling.heat(part) * self.unit;
            }
            if self.iterations.is_multiple_of(NOTED) && self.combines() {
                self.pool.note(&self.state);
            }
            self.iterations += 1;
            self.step(heat);
        }
    }

    fn step(&mut self, heat: f64) {
        let before = self.weight_of_absent();
        let waiting = self.state.absent.len();
        let patience = -heat * self.random.fraction().max(1e-300).ln();
        let threshold = self.state.cost as f64 + patience;
        self.state.begin();
        let centre = self.centres[self.random.below(self.centres.len())];
        let mut ruined = std::mem::take(&mut self.ruined);
        let gap = self.state.ruin(
            centre,
            &mut self.random,
            &self.tables.adjacent,
            self.trip_stops,
            &mut ruined,
        );
        self.ruined = ruined;
        if let Some(gap) = gap
            && self.random.fraction() < EXCHANGE
        {
            let near = &self.tables.near;
            self.state.exchange_tails(gap, near, &mut self.random, patience);
        }
        if self.instance.plenty {
            self.state.fit_kinds();
        }
        if self.instance.reloads && !self.instance.durations && !self.instance.pickups {
            let touched: Vec<u32> = self.state.touched().collect();
            for route in touched {
                if self.state.route(route).stops > 0 {
                    self.state.merge_trips(route);
                }
            }
        }
        let from = if waiting > TRIED && self.instance.stops.len() > FAR_STOPS {
            self.choose(waiting, centre)
        } else {
            0
        };
        // Where nobody waited nobody may wait afterwards, so it can end as soon as it comes to that.
        let limit = (waiting == 0).then_some(threshold);
        if !self.insert_absent(from, limit) {
            self.state.undo();
            return;
        }
        if self.instance.upgrades {
            self.state.fit_kinds();
        }
        if self.is_broken() {
            self.state.undo();
            return;
        }
        let after = self.weight_of_absent();
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

    /// Whether the present routes could be part of a better plan.
    fn combines(&self) -> bool {
        self.instance.stops.len() <= FAR_STOPS
            && self.state.absent.is_empty()
            && (self.state.cost as f64) < self.best.cost as f64 * NOTED_WITHIN
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
        (self.instance.timed || self.instance.durations || self.instance.gaps)
            && state
                .touched()
                .map(|route| state.route(route))
                .filter(|route| route.stops > 0)
                .any(|route| {
                    let first = state.node(route.first);
                    self.instance.timed && (first.late_s <= NEVER_S || first.leave_s > first.late_s)
                        || route.duration_s > self.instance.kinds[route.kind as usize].duration_max_s
                        || self.instance.is_gap(route.length_m)
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
        let (mut stops, mut trips) = (0, 0);
        for route in self.state.routes.items.iter().filter(|route| route.stops > 0) {
            stops += route.stops;
            trips += route.trips;
        }
        self.trip_stops = f64::from(stops) / f64::from(trips.max(1));
    }
}
