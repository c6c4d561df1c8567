//! From degrees to the frame of the picture.

use super::{Map, MapPlace};

/// The frame is so many units wide; on a desk a unit is about a pixel.
pub(super) const WIDTH: f64 = 1000.0;
/// What stays free on each side for signs and labels, of the width of the data.
const MARGIN: f64 = 0.07;
/// A map shows at least so many metres, so that a single point has surroundings.
const LEAST_M: f64 = 600.0;
/// The circumference of the sphere that Web Mercator is computed on (EPSG:3857).
const CIRCUMFERENCE_M: f64 = 40_075_016.686;
/// About so many tiles lie side by side.
const TILES_ACROSS: f64 = 5.0;
/// Most servers have no tiles below this level.
const LEVEL_MAX: f64 = 18.0;

/// Which part of the world is shown, and how.
pub(super) struct Frame {
    left: f64,
    top: f64,
    /// World widths per unit of the frame.
    unit: f64,
    /// Height in units.
    pub(super) height: f64,
    /// Metres per unit in the middle.
    metres: f64,
}

/// A tile and where it lies in the frame.
pub(super) struct Tile {
    pub(super) href: String,
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) size: f64,
}

/// A place on the square of Web Mercator, both from 0 to 1.
fn world(place: MapPlace) -> (f64, f64) {
    let latitude = (f64::from(place.lat_e6) / 1e6).clamp(-85.0, 85.0).to_radians();
    let x = (f64::from(place.lng_e6) / 1e6 + 180.0) / 360.0;
    (x, (1.0 - latitude.tan().asinh() / std::f64::consts::PI) / 2.0)
}

impl Frame {
    /// The smallest frame around everything, with a margin: 4:3, or square where the data are high. `None` when there
    /// is nothing to show.
    pub(super) fn around(map: &Map) -> Option<Frame> {
        let points = map.points.iter().map(|point| point.at);
        let lines = map.lines.iter().flat_map(|line| line.places.iter().copied());
        let mut all = points.chain(lines).map(world);
        let first = all.next()?;
        let (mut low, mut high) = (first, first);
        for (x, y) in all {
            low = (low.0.min(x), low.1.min(y));
            high = (high.0.max(x), high.1.max(y));
        }
        let middle = ((low.0 + high.0) / 2.0, (low.1 + high.1) / 2.0);
        let latitude = (std::f64::consts::PI * (1.0 - 2.0 * middle.1)).sinh().atan();
        let world_m = CIRCUMFERENCE_M * latitude.cos();
        let least = LEAST_M / world_m;
        let (across, down) = ((high.0 - low.0).max(least), (high.1 - low.1).max(least));
        let ratio = if down > across { 1.0 } else { 0.75 };
        let wide = across.max(down / ratio) * (1.0 + 2.0 * MARGIN);
        let unit = wide / WIDTH;
        Some(Frame {
            left: middle.0 - wide / 2.0,
            top: middle.1 - wide * ratio / 2.0,
            unit,
            height: WIDTH * ratio,
            metres: unit * world_m,
        })
    }

    /// Where a place lies, in units.
    pub(super) fn at(&self, place: MapPlace) -> (f64, f64) {
        let (x, y) = world(place);
        ((x - self.left) / self.unit, (y - self.top) / self.unit)
    }

    /// A round length of at most a quarter of the width: metres, and units.
    pub(super) fn scale(&self) -> (i64, f64) {
        let most = self.metres * WIDTH / 4.0;
        let power = 10f64.powf(most.log10().floor());
        let length = [5.0, 2.0, 1.0]
            .into_iter()
            .map(|step| step * power)
            .find(|length| *length <= most)
            .unwrap_or(power);
        (length.round() as i64, length / self.metres)
    }

    /// The tiles under the frame.
    pub(super) fn tiles(&self, template: &str) -> Vec<Tile> {
        let across = self.unit * WIDTH;
        let level = (TILES_ACROSS / across).log2().floor().clamp(0.0, LEVEL_MAX);
        let count = level.exp2();
        let index = |at: f64| (at * count).floor().clamp(0.0, count - 1.0) as i64;
        let columns = index(self.left)..=index(self.left + across);
        let rows = index(self.top)..=index(self.top + self.unit * self.height);
        let pairs = rows.flat_map(|row| columns.clone().map(move |column| (column, row)));
        pairs
            .map(|(column, row)| Tile {
                href: template
                    .replace("{z}", &format!("{level:.0}"))
                    .replace("{x}", &column.to_string())
                    .replace("{y}", &row.to_string()),
                left: (column as f64 / count - self.left) / self.unit,
                top: (row as f64 / count - self.top) / self.unit,
                size: 1.0 / count / self.unit,
            })
            .collect()
    }
}

/// The corners of the convex hull (Andrew's monotone chain), in order around it.
pub(super) fn hull(mut corners: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    corners.sort_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
    corners.dedup();
    if corners.len() < 3 {
        return corners;
    }
    let turn =
        |o: (f64, f64), a: (f64, f64), b: (f64, f64)| (a.0 - o.0) * (b.1 - o.1) - (a.1 - o.1) * (b.0 - o.0);
    let half = |corners: &mut dyn Iterator<Item = (f64, f64)>| {
        let mut chain: Vec<(f64, f64)> = Vec::new();
        for corner in corners {
            while chain.len() > 1 && turn(chain[chain.len() - 2], chain[chain.len() - 1], corner) <= 0.0 {
                chain.pop();
            }
            chain.push(corner);
        }
        chain.pop();
        chain
    };
    let mut around = half(&mut corners.iter().copied());
    around.extend(half(&mut corners.iter().rev().copied()));
    around
}
