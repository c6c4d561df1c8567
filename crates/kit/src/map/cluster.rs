//! Many compounds as few dots, so that the picture of a large county stays small.

use std::collections::BTreeMap;

use super::{Map, PointKind};

/// At most so many dots are drawn.
const DOTS_MAX: usize = 3_000;

/// Compounds of one colour that lie close together.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Dot {
    /// Their middle, in units of the frame.
    pub(super) at: (f64, f64),
    /// How many they are.
    pub(super) count: usize,
    /// Their colour.
    pub(super) series: Option<usize>,
    /// Whether they need attention.
    pub(super) alarm: bool,
}

/// Colour, alarm, row and column.
type Cell = (Option<usize>, bool, i32, i32);

/// The compounds of a map by cells, which grow until there are few enough.
pub(super) fn dots(map: &Map, at: impl Fn(super::MapPlace) -> (f64, f64)) -> Vec<Dot> {
    let compounds = || {
        map.points
            .iter()
            .filter(|point| point.kind == PointKind::Compound)
    };
    let mut side = 5.0;
    loop {
        let mut cells: BTreeMap<Cell, (f64, f64, usize)> = BTreeMap::new();
        for point in compounds() {
            let (x, y) = at(point.at);
            let cell = ((x / side).floor() as i32, (y / side).floor() as i32);
            let sum = cells
                .entry((point.series, point.alarm, cell.1, cell.0))
                .or_default();
            *sum = (sum.0 + x, sum.1 + y, sum.2 + 1);
        }
        if cells.len() > DOTS_MAX && side < 100.0 {
            side *= 1.4;
            continue;
        }
        return cells
            .into_iter()
            .map(|((series, alarm, _, _), (x, y, count))| Dot {
                at: (x / count as f64, y / count as f64),
                count,
                series,
                alarm,
            })
            .collect();
    }
}
