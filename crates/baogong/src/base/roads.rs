//! The map of roads of the county, where `serve --roads` names one: read once, kept as long as the process lives. Without
//! it, and until it is read, ways are estimated from straight lines.

use std::path::Path;
use std::sync::OnceLock;

use planner::Point;
use planner::route::Travel;
use planner::travel::{Roads, Ways};

use super::{Refusal, Result};

static ROADS: OnceLock<Roads> = OnceLock::new();
static WAYS: OnceLock<Ways<'static>> = OnceLock::new();

/// Above so many places their table would fill the proposal that keeps it.
const PLACES_MAX: usize = 300;

/// Reads a map: an OpenStreetMap extract in the PBF format.
pub fn read(file: &Path) -> Result<Roads> {
    let named = |words: String| {
        let name = file.display();
        Refusal::invalid(
            "roads",
            format!("{name}不是可用的道路图，需要 OpenStreetMap 的 .osm.pbf 文件（{words}）。"),
            format!(
                "{name} is no usable map of roads; it takes an OpenStreetMap extract as .osm.pbf ({words})."
            ),
        )
    };
    let opened = std::fs::File::open(file).map_err(|error| named(error.to_string()))?;
    Ok(Roads::from_osm_pbf(opened).map_err(named)?)
}

/// Keeps a map for this process; the first one stays. Gives how many points it has.
pub fn keep(roads: Roads) -> usize {
    let kept = ROADS.get_or_init(|| roads);
    WAYS.get_or_init(|| kept.ways(&[], &[]));
    kept.len()
}

/// The ways between places by road; `None` without a map, and for more places than can be kept with a proposal.
pub fn table(places: &[Point]) -> Option<Travel> {
    let ways = WAYS.get().filter(|_| places.len() <= PLACES_MAX)?;
    Some(ways.table(places))
}

/// So many ways between compounds and suppliers are kept with a proposal; of each compound at least those of the nearest.
const NEAR_KEPT: usize = 200_000;
const NEAR_MIN: usize = 8;
const NEAR_MAX: usize = 64;

/// So many near suppliers of each of these compounds are asked for by road.
pub fn near_max(compounds: usize) -> usize {
    (NEAR_KEPT / compounds.max(1)).clamp(NEAR_MIN, NEAR_MAX)
}

/// By compound, metres by road from its near suppliers, as indices; nothing without a map.
pub fn near(suppliers: &[Option<Point>], compounds: &[Option<Point>]) -> Vec<Vec<(usize, i64)>> {
    let ways = WAYS.get();
    ways.map_or_else(Vec::new, |ways| {
        ways.from_near(suppliers, compounds, near_max(compounds.len()))
    })
}
