//! Several vehicles: which takes which stop.

use super::order;
use super::plane::{Plane, flatten, nearest};
use crate::Point;
use crate::random::Random;

/// What a vehicle carries on one trip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VehicleCapacity {
    /// In grams.
    pub load_g: i64,
    /// In standard boxes.
    pub boxes: i64,
}

/// Who goes where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loading {
    /// Per vehicle its stops in order of visit, as indices; empty when it stays.
    pub tours: Vec<Vec<usize>>,
    /// Stops for which no vehicle has room.
    pub unserved: Vec<usize>,
}

const ITERATIONS_PER_STOP: usize = 200;
const ITERATIONS_MIN: usize = 5_000;
const ITERATIONS_MAX: usize = 40_000;
/// Stops removed on average, longest string, chance to pass a position by, to keep a middle part, and to keep more of it:
/// the values of the paper.
const REMOVED_MEAN: f64 = 10.0;
const STRING_MAX: f64 = 10.0;
const BLINK: f64 = 0.01;
const SPLIT: f64 = 0.5;
const SPLIT_MORE: f64 = 0.01;
/// So many neighbours of a stop are looked at for further strings.
const NEAR: usize = 100;
const NO_TOUR: u32 = u32::MAX;

/// Splits stops (place, weight in grams, boxes) over vehicles that each make one round trip from the depot.
/// First as many stops as possible are served, then the ways are made short.
///
/// Slack induction by string removals (Christiaens and Vanden Berghe, Transportation Science 2020) for a fixed
/// number of iterations. Negative weights and boxes count as zero.
pub fn load(vehicles: &[VehicleCapacity], stops: &[(Point, i64, i64)], depot: Point, seed: u64) -> Loading {
    let mut random = Random::new(seed);
    let mut state = State::new(vehicles, stops, depot);
    state.recreate(&mut random, false);
    if !vehicles.is_empty() && stops.len() > 1 {
        state.anneal(&mut random);
    }
    state.recreate(&mut random, false);
    let places: Vec<Point> = stops.iter().map(|stop| stop.0).collect();
    let mut unserved: Vec<usize> = state.absent.iter().map(|stop| *stop as usize).collect();
    unserved.sort_unstable();
    let tours = state
        .tours
        .iter()
        .map(|tour| {
            let own: Vec<Point> = tour.stops.iter().map(|stop| places[*stop as usize]).collect();
            order(depot, &own, seed)
                .into_iter()
                .map(|position| tour.stops[position] as usize)
                .collect()
        })
        .collect();
    Loading { tours, unserved }
}

#[derive(Clone, Debug, Default)]
struct Tour {
    stops: Vec<u32>,
    spare_g: i64,
    spare_boxes: i64,
}

struct State {
    /// The depot comes last.
    at: Vec<Plane>,
    weight_g: Vec<i64>,
    boxes: Vec<i64>,
    near: Vec<u32>,
    near_count: usize,
    tours: Vec<Tour>,
    tour_of: Vec<u32>,
    absent: Vec<u32>,
    unserved_m: f64,
    length_m: f64,
    /// Tours as they were before the present iteration.
    touched: Vec<(usize, Tour)>,
    is_touched: Vec<bool>,
}

impl State {
    fn new(vehicles: &[VehicleCapacity], stops: &[(Point, i64, i64)], depot: Point) -> State {
        let points: Vec<Point> = stops.iter().map(|stop| stop.0).chain([depot]).collect();
        let mut at = flatten(&points);
        let depot_at = at[stops.len()];
        at.truncate(stops.len());
        let (near, near_count) = nearest(&at, NEAR);
        at.push(depot_at);
        let farthest = at
            .iter()
            .map(|place| place.distance_m(depot_at))
            .fold(0.0, f64::max);
        State {
            weight_g: stops.iter().map(|stop| stop.1.max(0)).collect(),
            boxes: stops.iter().map(|stop| stop.2.max(0)).collect(),
            near,
            near_count,
            tours: vehicles
                .iter()
                .map(|vehicle| Tour {
                    stops: Vec::new(),
                    spare_g: vehicle.load_g,
                    spare_boxes: vehicle.boxes,
                })
                .collect(),
            tour_of: vec![NO_TOUR; stops.len()],
            absent: (0..stops.len() as u32).collect(),
            // Dearer than every tour together, so that distance never buys an unserved stop.
            unserved_m: 2.0 * (farthest + 1.0) * (stops.len() as f64 + 1.0),
            length_m: 0.0,
            touched: Vec::new(),
            is_touched: vec![false; vehicles.len()],
            at,
        }
    }

    fn way_m(&self, a: usize, b: usize) -> f64 {
        self.at[a].distance_m(self.at[b])
    }

    fn value(&self) -> f64 {
        self.length_m + self.absent.len() as f64 * self.unserved_m
    }

    fn anneal(&mut self, random: &mut Random) {
        let stops = self.tour_of.len();
        let iterations = (stops * ITERATIONS_PER_STOP).clamp(ITERATIONS_MIN, ITERATIONS_MAX);
        let hot = (self.length_m / stops as f64).max(1.0) * 0.3;
        let cooling = (0.01f64).powf(1.0 / iterations as f64);
        let mut heat = hot;
        let mut best = (self.value(), self.tours.clone(), self.absent.clone());
        let mut absent_before = Vec::new();
        for _ in 0..iterations {
            let before = self.value();
            let length_before = self.length_m;
            absent_before.clone_from(&self.absent);
            self.ruin(random);
            self.recreate(random, true);
            let after = self.value();
            if after < before - heat * random.fraction().max(1e-12).ln() {
                if after < best.0 - 1e-6 {
                    best = (after, self.tours.clone(), self.absent.clone());
                }
                for (tour, _) in self.touched.drain(..) {
                    self.is_touched[tour] = false;
                }
            } else {
                self.undo(&absent_before, length_before);
            }
            heat *= cooling;
        }
        (_, self.tours, self.absent) = best;
    }

    fn undo(&mut self, absent_before: &Vec<u32>, length_before: f64) {
        self.absent.clone_from(absent_before);
        for stop in &self.absent {
            self.tour_of[*stop as usize] = NO_TOUR;
        }
        for (index, tour) in self.touched.drain(..) {
            for stop in &tour.stops {
                self.tour_of[*stop as usize] = index as u32;
            }
            self.tours[index] = tour;
            self.is_touched[index] = false;
        }
        self.length_m = length_before;
    }

    fn touch(&mut self, tour: usize) {
        if !std::mem::replace(&mut self.is_touched[tour], true) {
            self.touched.push((tour, self.tours[tour].clone()));
        }
    }

    /// Removes strings of stops from tours that pass near a random stop.
    fn ruin(&mut self, random: &mut Random) {
        let used = self.tours.iter().filter(|tour| !tour.stops.is_empty()).count();
        if used == 0 {
            return;
        }
        let served = self.tour_of.len() - self.absent.len();
        let longest = STRING_MAX.min(served as f64 / used as f64);
        let strings_max = 4.0 * REMOVED_MEAN / (1.0 + longest) - 1.0;
        let strings = (random.fraction() * strings_max + 1.0).floor() as usize;
        let centre = random.below(self.tour_of.len());
        let mut ruined: Vec<u32> = Vec::with_capacity(strings);
        for position in 0..=self.near_count {
            if ruined.len() >= strings {
                break;
            }
            let stop = match position.checked_sub(1) {
                None => centre,
                Some(place) => self.near[centre * self.near_count + place] as usize,
            };
            let tour = self.tour_of[stop];
            if tour == NO_TOUR || ruined.contains(&tour) {
                continue;
            }
            let size = self.tours[tour as usize].stops.len();
            let length = (random.fraction() * longest.min(size as f64) + 1.0).floor() as usize;
            self.remove_string(random, tour as usize, stop as u32, length.min(size));
            ruined.push(tour);
        }
    }

    fn remove_string(&mut self, random: &mut Random, tour: usize, stop: u32, length: usize) {
        self.touch(tour);
        let size = self.tours[tour].stops.len();
        let place = self.tours[tour]
            .stops
            .iter()
            .position(|other| *other == stop)
            .unwrap_or(0);
        let mut kept = 0;
        if length > 1 && length < size && random.fraction() < SPLIT {
            kept = 1;
            while length + kept < size && random.fraction() < SPLIT_MORE {
                kept += 1;
            }
        }
        let span = length + kept;
        let earliest = (place + 1).saturating_sub(span);
        let latest = place.min(size - span);
        let begin = earliest + random.below(latest + 1 - earliest);
        let middle = begin + if kept > 0 { random.below(length) } else { length };
        self.length_m -= self.length_of(tour);
        let stops = std::mem::take(&mut self.tours[tour].stops);
        let mut left = Vec::with_capacity(stops.len());
        for (index, other) in stops.into_iter().enumerate() {
            let inside = (begin..begin + span).contains(&index) && !(middle..middle + kept).contains(&index);
            if inside {
                self.tour_of[other as usize] = NO_TOUR;
                self.tours[tour].spare_g += self.weight_g[other as usize];
                self.tours[tour].spare_boxes += self.boxes[other as usize];
                self.absent.push(other);
            } else {
                left.push(other);
            }
        }
        self.tours[tour].stops = left;
        self.length_m += self.length_of(tour);
    }

    fn length_of(&self, tour: usize) -> f64 {
        let depot = self.at.len() - 1;
        let mut here = depot;
        let mut sum = 0.0;
        for stop in self.tours[tour]
            .stops
            .iter()
            .map(|stop| *stop as usize)
            .chain([depot])
        {
            sum += self.way_m(here, stop);
            here = stop;
        }
        sum
    }

    /// Inserts the absent stops one by one where the detour is least, in one of the orders of the paper.
    fn recreate(&mut self, random: &mut Random, blink: bool) {
        let mut absent = std::mem::take(&mut self.absent);
        random.shuffle(&mut absent);
        let depot = self.at.len() - 1;
        match random.below(11) {
            0..4 => {}
            4..8 => absent.sort_by_key(|stop| {
                std::cmp::Reverse((self.weight_g[*stop as usize], self.boxes[*stop as usize]))
            }),
            8..10 => absent.sort_by(|a, b| {
                self.way_m(depot, *b as usize)
                    .total_cmp(&self.way_m(depot, *a as usize))
            }),
            _ => absent.sort_by(|a, b| {
                self.way_m(depot, *a as usize)
                    .total_cmp(&self.way_m(depot, *b as usize))
            }),
        }
        for stop in absent {
            let blinks = if blink { BLINK } else { 0.0 };
            match self.best_place(random, stop as usize, blinks) {
                Some((detour, tour, place)) => {
                    self.touch(tour);
                    self.length_m += detour;
                    self.tour_of[stop as usize] = tour as u32;
                    let tour = &mut self.tours[tour];
                    tour.stops.insert(place, stop);
                    tour.spare_g -= self.weight_g[stop as usize];
                    tour.spare_boxes -= self.boxes[stop as usize];
                }
                None => self.absent.push(stop),
            }
        }
        if !blink {
            for (tour, _) in self.touched.drain(..) {
                self.is_touched[tour] = false;
            }
        }
    }

    fn best_place(&self, random: &mut Random, stop: usize, blink: f64) -> Option<(f64, usize, usize)> {
        let depot = self.at.len() - 1;
        let mut best: Option<(f64, usize, usize)> = None;
        for (number, tour) in self.tours.iter().enumerate() {
            if tour.spare_g < self.weight_g[stop] || tour.spare_boxes < self.boxes[stop] {
                continue;
            }
            let mut here = depot;
            let mut from_here = self.way_m(depot, stop);
            for (place, next) in tour
                .stops
                .iter()
                .map(|stop| *stop as usize)
                .chain([depot])
                .enumerate()
            {
                let to_next = self.way_m(stop, next);
                let detour = from_here + to_next - self.way_m(here, next);
                if best.is_none_or(|(least, ..)| detour < least)
                    && (blink == 0.0 || random.fraction() >= blink)
                {
                    best = Some((detour, number, place));
                }
                here = next;
                from_here = to_next;
            }
        }
        best
    }
}
