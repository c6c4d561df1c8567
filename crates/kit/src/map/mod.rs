//! Maps of points, lines and areas, as SVG without any service behind it.
//!
//! The projection is Web Mercator: within a county it differs from a local equirectangular one by less than a line's
//! width, and tiles of a map server, where one is configured, lie exactly under it. North is up.
//!
//! On a page the map has no size of its own: positions are per cent of its width, while signs and letters keep theirs.
//! So it is legible on a phone, on a desk and in print; labels that have room only on a desk are left out on a phone.
//! Colour is never alone: sources carry numbers, and each colour that comes round again has another dash.

mod cluster;
mod draw;
mod frame;
mod label;
mod names;
#[cfg(test)]
mod tests;

pub use draw::{map, map_svg};

use crate::Lang;

/// A place in degrees times a million; in WGS-84, or in the datum of the tiles that lie under the map.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct MapPlace {
    /// North positive.
    pub lat_e6: i32,
    /// East positive.
    pub lng_e6: i32,
}

/// What stands at a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PointKind {
    /// Where goods come from: a square with its mark.
    Supplier,
    /// Where goods change vehicles: a diamond.
    Hub,
    /// A vehicle that cannot go on: a diamond with an exclamation mark.
    BrokenDown,
    /// Where vehicles are stopped: a triangle.
    Gate,
    /// Where people live: a dot, or a circle with its mark.
    Compound,
}

impl PointKind {
    /// All kinds, in the order of the legend.
    pub const ALL: [Self; 5] = [
        Self::Supplier,
        Self::Hub,
        Self::BrokenDown,
        Self::Gate,
        Self::Compound,
    ];

    /// Its words.
    pub fn word(self, lang: Lang) -> &'static str {
        match self {
            Self::Supplier => lang.t("保供单位", "Supplier"),
            Self::Hub => lang.t("中转站", "Hub"),
            Self::BrokenDown => lang.t("抛锚车辆", "Broken-down vehicle"),
            Self::Gate => lang.t("卡口", "Gate"),
            Self::Compound => lang.t("小区", "Compound"),
        }
    }
}

/// Something at a place.
#[derive(Clone, Debug)]
pub struct MapPoint {
    /// Where it is.
    pub at: MapPlace,
    /// What it is.
    pub kind: PointKind,
    /// Its name, shown beside it where there is room.
    pub name: String,
    /// What is said when somebody points at it.
    pub about: String,
    /// One to three characters inside the sign, such as the number of a supplier or the place in a route.
    pub mark: String,
    /// The colour, as an index into [`Map::series`].
    pub series: Option<usize>,
    /// Of two names for which there is no room, the one with the greater weight is shown.
    pub weight: i64,
    /// Whether it needs attention: nobody feeds it, no vehicle goes there.
    pub alarm: bool,
    /// Where a press leads, for example to its row in the table below.
    pub href: Option<String>,
    /// What a script moves when it is dragged.
    pub drag: Option<String>,
    /// What a script sets when something is dropped on it.
    pub drop: Option<String>,
}

impl MapPoint {
    /// A point with a name and nothing else.
    pub fn new(at: MapPlace, kind: PointKind, name: &str) -> Self {
        Self {
            at,
            kind,
            name: name.to_owned(),
            about: String::new(),
            mark: String::new(),
            series: None,
            weight: 0,
            alarm: false,
            href: None,
            drag: None,
            drop: None,
        }
    }
}

/// A way over two or more places.
#[derive(Clone, Debug)]
pub struct MapLine {
    /// The places in order.
    pub places: Vec<MapPlace>,
    /// The colour, as an index into [`Map::series`].
    pub series: Option<usize>,
    /// Whether it is less important, such as the way back or a backup.
    pub faint: bool,
}

/// An area, drawn as the convex hull of its places behind everything else.
#[derive(Clone, Debug)]
pub struct MapArea {
    /// Its name, shown in its middle where there is room.
    pub name: String,
    /// Places that lie in it.
    pub places: Vec<MapPlace>,
}

/// A map. Without points and lines nothing is drawn.
#[derive(Clone, Debug, Default)]
pub struct Map {
    /// Unique on the page.
    pub id: String,
    /// What it shows.
    pub title: String,
    /// The same facts in a sentence, and where the table with all of them is.
    pub about: String,
    /// What each colour stands for, such as a supplier or a trip.
    pub series: Vec<String>,
    /// What stands where. Above [`SINGLE_MAX`] points the compounds are drawn as dots that stand for several.
    pub points: Vec<MapPoint>,
    /// Ways.
    pub lines: Vec<MapLine>,
    /// Areas.
    pub areas: Vec<MapArea>,
    /// Address of map tiles with `{z}`, `{x}` and `{y}` (Web Mercator, 256 pixels), if a server has been configured.
    pub tiles: Option<String>,
}

/// Up to so many points are drawn one by one and can be dragged.
pub const SINGLE_MAX: usize = 400;

/// Colours that stay apart for those who see no red or no green, each with a contrast of at least 3:1 on white.
const PALETTE: [&str; 8] = [
    "#0072b2", "#d55e00", "#a86bff", "#01665e", "#7f3b08", "#003f5c", "#4d2600", "#000000",
];
/// Dashes for colours that come round again.
const DASHES: [Option<&str>; 3] = [None, Some("8 4"), Some("2 4")];
/// What has no series.
const NEUTRAL: &str = "#5b6770";
/// What needs attention.
const ALARM: &str = "#ad1c1c";

fn colour(series: Option<usize>) -> &'static str {
    series.map_or(NEUTRAL, |series| PALETTE[series % PALETTE.len()])
}

fn dash(series: Option<usize>) -> Option<&'static str> {
    DASHES[series.unwrap_or(0) / PALETTE.len() % DASHES.len()]
}
