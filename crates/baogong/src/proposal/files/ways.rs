//! The ways between suppliers, hub and compounds: by road, straight, or nominal where a position is not known.

use planner::route::{self, Travel};
use planner::travel::{self, NO_WAY, Ways};
use planner::{Point, road_distance_m};

use super::{Asked, County, Drop};

/// Above so many places ways are computed where they are needed, not kept in a table.
const TABLE_PLACES_MAX: usize = 3_000;
/// What stands for a way of which an end is not known: within a community, a street, and beyond.
const WITHIN_M: [i32; 3] = [1_000, 3_000, 8_000];

/// The places of the travel table: suppliers, the hub, then the compounds that are supplied.
pub(super) struct Places {
    at: Vec<Option<Point>>,
    /// Of each compound its place.
    of: Vec<usize>,
    /// Street and community of each place; empty for suppliers.
    group: Vec<(String, String)>,
}

impl Places {
    pub(super) fn of(county: &County, hub: Option<Point>, drops: &[Drop]) -> Places {
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

    pub(super) fn stop(&self, compound: usize) -> usize {
        self.of[compound]
    }

    pub(super) fn travel(&self, county: &County, asked: &Asked, ways: Option<&Ways>) -> Travel {
        let known: Vec<Point> = self.at.iter().flatten().copied().collect();
        if known.len() == self.at.len() {
            return match ways {
                Some(ways) => ways.table(&known),
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
