//! Places and the distances between them.

/// A place in WGS-84, in millionths of a degree (about a tenth of a metre).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Point {
    /// North positive.
    pub lat_e6: i32,
    /// East positive.
    pub lng_e6: i32,
}

/// The mean radius of the earth (IUGG), in metres.
const EARTH_RADIUS_M: f64 = 6_371_008.8;

/// Per cent of the great circle that a road takes where nothing better is known; see [`road_distance_m`].
pub const DETOUR_PCT: i64 = 135;

/// Great-circle distance in whole metres (haversine formula on the mean sphere; within 0.6 % of the ellipsoid).
pub fn distance_m(a: Point, b: Point) -> i64 {
    Direction::new(a).distance_m(Direction::new(b))
}

/// Estimated road distance in whole metres: the great circle times 1.35.
///
/// The factor is an assumption for towns and their surroundings where no road network is loaded; published
/// averages for cars lie between about 1.2 (flat grid cities) and 1.5 (hills, short trips); in the mountains
/// of Andorra it is 2.0, and 3.3 below two kilometres. Rivers, railways and checkpoints can make single pairs much longer. With a map of the place
/// [`crate::travel::detour_pct`] measures it, and [`crate::travel::estimated`] takes any factor.
pub fn road_distance_m(a: Point, b: Point) -> i64 {
    by_road_m(distance_m(a, b), DETOUR_PCT)
}

/// So many per cent of a way.
pub(crate) fn by_road_m(straight_m: i64, detour_pct: i64) -> i64 {
    (straight_m * detour_pct + 50) / 100
}

/// A place as a unit vector: many distances from one place then cost no trigonometry but one arc sine, and
/// comparing them costs none at all.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Direction {
    x: f64,
    y: f64,
    z: f64,
}

impl Direction {
    pub(crate) fn new(point: Point) -> Direction {
        let latitude = (f64::from(point.lat_e6) / 1e6).to_radians();
        let longitude = (f64::from(point.lng_e6) / 1e6).to_radians();
        Direction {
            x: latitude.cos() * longitude.cos(),
            y: latitude.cos() * longitude.sin(),
            z: latitude.sin(),
        }
    }

    /// The square of the chord, which grows with the distance. A quarter of it is the haversine of the angle.
    pub(crate) fn chord_squared(self, other: Direction) -> f64 {
        let (x, y, z) = (self.x - other.x, self.y - other.y, self.z - other.z);
        x * x + y * y + z * z
    }

    fn distance_m(self, other: Direction) -> i64 {
        let haversine = (self.chord_squared(other) / 4.0).min(1.0);
        (2.0 * EARTH_RADIUS_M * haversine.sqrt().asin()).round() as i64
    }

    pub(crate) fn road_distance_m(self, other: Direction) -> i64 {
        by_road_m(self.distance_m(other), DETOUR_PCT)
    }
}

#[cfg(test)]
mod tests {
    use super::{Point, distance_m, road_distance_m};
    use proptest::prelude::*;

    fn place(lat: f64, lng: f64) -> Point {
        Point {
            lat_e6: (lat * 1e6).round() as i32,
            lng_e6: (lng * 1e6).round() as i32,
        }
    }

    #[test]
    fn known_distances() {
        let beijing = place(39.9042, 116.4074);
        let shanghai = place(31.2304, 121.4737);
        assert!((1_066_000..1_069_000).contains(&distance_m(beijing, shanghai)));
        // One degree of a great circle is a 360th of the circumference.
        assert_eq!(distance_m(place(0.0, 0.0), place(0.0, 1.0)), 111_195);
        assert_eq!(distance_m(place(30.0, 100.0), place(31.0, 100.0)), 111_195);
        assert_eq!(distance_m(place(0.0, 0.0), place(0.0, 180.0)), 20_015_114);
        assert_eq!(road_distance_m(place(30.0, 100.0), place(31.0, 100.0)), 150_113);
        assert_eq!(distance_m(place(31.0, 121.0), place(31.0, 121.000_011)), 1);
    }

    proptest! {
        /// Against the textbook form of the haversine formula.
        #[test]
        fn is_the_haversine_distance(a in -80.0..80.0, b in -179.0..179.0, c in -80.0..80.0, d in -179.0..179.0) {
            let (from, to) = (place(a, b), place(c, d));
            let radians = |value_e6: i32| f64::from(value_e6).to_radians() / 1e6;
            let half = |one: i32, other: i32| ((radians(one) - radians(other)) / 2.0).sin().powi(2);
            let haversine = half(from.lat_e6, to.lat_e6)
                + radians(from.lat_e6).cos() * radians(to.lat_e6).cos() * half(from.lng_e6, to.lng_e6);
            let expected = 2.0 * 6_371_008.8 * haversine.sqrt().asin();
            prop_assert!((distance_m(from, to) as f64 - expected).abs() <= 1.0);
            prop_assert_eq!(distance_m(from, to), distance_m(to, from));
            prop_assert_eq!(distance_m(from, from), 0);
        }
    }
}
