//! A county laid flat: cheap distances between many points.

use crate::Point;

/// A place in metres east and north of a common origin.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plane {
    x_m: f64,
    y_m: f64,
}

/// Metres of a degree of latitude on the mean sphere, divided by a million.
const METRES_PER_E6: f64 = 0.111_195_08;

impl Plane {
    pub(super) fn distance_m(self, other: Plane) -> f64 {
        let (x, y) = (self.x_m - other.x_m, self.y_m - other.y_m);
        (x * x + y * y).sqrt()
    }
}

/// Equirectangular projection at the mean latitude; within a county the error is far below that of the
/// road factor.
pub(super) fn flatten(points: &[Point]) -> Vec<Plane> {
    let latitudes: f64 = points.iter().map(|point| f64::from(point.lat_e6)).sum();
    let mean = latitudes / points.len().max(1) as f64 / 1e6;
    let narrow = mean.to_radians().cos();
    let west = points.first().map_or(0.0, |point| f64::from(point.lng_e6));
    points
        .iter()
        .map(|point| {
            // The short way around, should the points lie on both sides of the date line.
            let east_e6 = (f64::from(point.lng_e6) - west + 540e6).rem_euclid(360e6) - 180e6;
            Plane {
                x_m: east_e6 * METRES_PER_E6 * narrow,
                y_m: f64::from(point.lat_e6) * METRES_PER_E6,
            }
        })
        .collect()
}

/// For each place the `count` nearest other places, nearest first, as one flat list; and how many per place.
pub(super) fn nearest(places: &[Plane], count: usize) -> (Vec<u32>, usize) {
    let count = count.min(places.len().saturating_sub(1));
    let mut lists = Vec::with_capacity(places.len() * count);
    let mut others: Vec<(f64, u32)> = Vec::with_capacity(places.len());
    for (index, place) in places.iter().enumerate() {
        others.clear();
        let all = places
            .iter()
            .zip(0u32..)
            .filter(|(_, other)| *other as usize != index);
        others.extend(all.map(|(other, number)| (place.distance_m(*other), number)));
        let order = |a: &(f64, u32), b: &(f64, u32)| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1));
        if count > 0 && count < others.len() {
            others.select_nth_unstable_by(count - 1, order);
        }
        others.truncate(count);
        others.sort_unstable_by(order);
        lists.extend(others.iter().map(|(_, other)| *other));
    }
    (lists, count)
}
