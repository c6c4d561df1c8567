//! The picture itself.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use maud::{Markup, html};

use super::cluster::{Dot, dots};
use super::frame::{Frame, WIDTH, hull};
use super::label::{Corner, width};
use super::names::names;
use super::{ALARM, Map, MapPoint, NEUTRAL, PointKind, SINGLE_MAX, colour, dash};
use crate::Lang;

/// Above so many ways those to the single compounds are left out; the colour still says where a compound belongs.
const LINES_MAX: usize = 2_000;
/// Above so many entries the legend of colours is left out; the table below the map names them.
const LEGEND_MAX: usize = 40;

/// Puts lengths in units of the frame into the words of SVG.
pub(super) struct Pen {
    /// Pixels of a picture with a size of its own; `None` on a page, where everything is a share of the width.
    pub(super) picture_px: Option<f64>,
    height: f64,
}

impl Pen {
    fn put(&self, units: f64, whole: f64) -> String {
        match self.picture_px {
            Some(px) => format!("{:.1}", units * px / WIDTH),
            None => format!("{:.2}%", units * 100.0 / whole),
        }
    }

    pub(super) fn x(&self, units: f64) -> String {
        self.put(units, WIDTH)
    }

    pub(super) fn y(&self, units: f64) -> String {
        self.put(units, self.height)
    }

    /// A corner of a path, which is drawn in whole units on a page and in pixels in a picture.
    fn corner(&self, (x, y): (f64, f64)) -> String {
        match self.picture_px {
            Some(px) => format!("{:.1} {:.1}", x * px / WIDTH, y * px / WIDTH),
            None => format!("{x:.0} {y:.0}"),
        }
    }
}

/// The map on a page, with a legend below. Nothing when there is nothing to show.
pub fn map(lang: Lang, map: &Map) -> Markup {
    let Some(frame) = Frame::around(map) else {
        return html! {};
    };
    let pen = Pen {
        picture_px: None,
        height: frame.height,
    };
    let shape = if frame.height < WIDTH {
        "map-wide"
    } else {
        "map-square"
    };
    // What is inside a picture cannot be reached by those who hear the page; links must be.
    let links = map.points.iter().any(|point| point.href.is_some());
    let role = if links { "group" } else { "img" };
    html! {
        figure class="map" id=(map.id) data-map {
            div class={ "map-frame " (shape) } {
                div class="map-view" {
                    svg class="map-picture" role=(role) aria-labelledby={ (map.id) "-title " (map.id) "-about" } {
                        title id={ (map.id) "-title" } { (map.title) }
                        desc id={ (map.id) "-about" } { (map.about) }
                        (content(lang, map, &frame, &pen))
                    }
                }
                div class="map-buttons" {
                    button type="button" data-zoom="in" title=(lang.t("放大（+）", "Nearer (+)")) aria-label=(lang.t("放大", "Nearer")) { "+" }
                    button type="button" data-zoom="out" title=(lang.t("缩小（-）", "Farther (-)")) aria-label=(lang.t("缩小", "Farther")) { "−" }
                    button type="button" data-zoom="whole" title=(lang.t("看全图（0）", "The whole map (0)")) { (lang.t("全图", "All")) }
                }
            }
            figcaption {
                ul class="map-legend" {
                    @for (sign, words) in legend(lang, map) {
                        li { svg width="30" height="22" aria-hidden="true" { (sign) } span { (words) } }
                    }
                }
            }
        }
    }
}

/// The map as an SVG file of this width in pixels, with its title above and the legend below. `None` when there is
/// nothing to show.
pub fn map_svg(lang: Lang, map: &Map, width_px: u32) -> Option<String> {
    let frame = Frame::around(map)?;
    let wide = f64::from(width_px.max(200));
    let pen = Pen {
        picture_px: Some(wide),
        height: frame.height,
    };
    let high = frame.height * wide / WIDTH;
    let legend = legend(lang, map);
    let column = legend
        .iter()
        .map(|(_, words)| width(words) + 56.0)
        .fold(120.0, f64::max)
        .min(wide);
    let columns = ((wide / column) as usize).max(1);
    let rows = legend.len().div_ceil(columns);
    let whole = 34.0 + high + 12.0 + rows as f64 * 26.0;
    let picture = html! {
        svg xmlns="http://www.w3.org/2000/svg" width=(format!("{wide:.0}")) height=(format!("{whole:.0}"))
            viewBox=(format!("0 0 {wide:.0} {whole:.0}"))
            font-family="Noto Sans SC, Noto Sans CJK SC, PingFang SC, Microsoft YaHei, sans-serif" {
            title { (map.title) }
            desc { (map.about) }
            rect width="100%" height="100%" fill="#fff" {}
            text x="8" y="22" font-size="17" font-weight="700" fill="#16272b" { (map.title) }
            svg x="0" y="34" width=(format!("{wide:.0}")) height=(format!("{high:.0}")) {
                (content(lang, map, &frame, &pen))
            }
            @for (place, (sign, words)) in legend.iter().enumerate() {
                @let (left, top) = ((place % columns) as f64 * column, 34.0 + high + 8.0 + (place / columns) as f64 * 26.0);
                g transform=(format!("translate({:.0} {top:.0})", left + 6.0)) {
                    (sign)
                    text x="36" y="16" font-size="14" fill="#16272b" { (words) }
                }
            }
        }
    };
    Some(picture.into_string())
}

/// What each sign and colour stands for.
fn legend(lang: Lang, map: &Map) -> Vec<(Markup, String)> {
    let mut entries = Vec::new();
    for kind in PointKind::ALL {
        if map.points.iter().any(|point| point.kind == kind) {
            let words = kind.word(lang).to_owned();
            let example = MapPoint::new(super::MapPlace::default(), kind, "");
            entries.push((
                html! { svg x="15" y="11" overflow="visible" { (sign(&example)) } },
                words,
            ));
        }
    }
    if map.points.iter().any(|point| point.alarm) {
        let words = lang.t("需要处理", "Needs attention").to_owned();
        entries.push((
            html! { svg x="15" y="11" overflow="visible" { (alarm_sign()) } },
            words,
        ));
    }
    let used = |series: usize| {
        map.points.iter().any(|point| point.series == Some(series))
            || map.lines.iter().any(|line| line.series == Some(series))
    };
    let shown = (0..map.series.len()).filter(|series| used(*series));
    if shown.clone().count() <= LEGEND_MAX {
        entries.extend(shown.map(|series| {
            let line = html! {
                path d="M2 11H28" stroke=(colour(Some(series))) stroke-width="4" stroke-dasharray=[dash(Some(series))] {}
            };
            (line, map.series[series].clone())
        }));
    }
    entries
}

fn content(lang: Lang, map: &Map, frame: &Frame, pen: &Pen) -> Markup {
    let many = map.points.len() > SINGLE_MAX;
    let dots = if many {
        dots(map, |place| frame.at(place))
    } else {
        Vec::new()
    };
    let (near, far): (Vec<&MapPoint>, Vec<&MapPoint>) = map
        .points
        .iter()
        .partition(|point| !many || point.kind != PointKind::Compound);
    // Dots lie above the larger signs, which they would vanish under; those that need attention lie on top.
    let mut signs = near;
    let layer = |kind: PointKind| match kind {
        PointKind::Compound => 2,
        PointKind::BrokenDown => 1,
        _ => 0,
    };
    signs.sort_by_key(|point| (layer(point.kind), point.alarm, point.weight));
    let shapes = html! {
        @for area in &map.areas { (area_shape(area, frame, pen)) }
        @if !(many && far.len() > LINES_MAX) { (ways(map, frame, pen)) }
        (dot_shapes(&dots, pen))
    };
    html! {
        @if let Some(template) = &map.tiles {
            @for tile in frame.tiles(template) {
                image href=(tile.href) x=(pen.x(tile.left)) y=(pen.y(tile.top)) width=(pen.x(tile.size)) height=(pen.y(tile.size))
                    preserveAspectRatio="none" {}
            }
        }
        @match pen.picture_px {
            Some(_) => (shapes),
            None => svg width="100%" height="100%" viewBox=(format!("0 0 {WIDTH:.0} {:.0}", pen.height)) preserveAspectRatio="none" { (shapes) },
        }
        @for point in &signs { (placed_sign(point, frame, pen)) }
        @for point in &signs { (mark_above(point, frame, pen)) }
        (names(map, &signs, frame, pen))
        (scale(lang, frame, pen, corner(&signs, frame)))
    }
}

/// A line keeps its width in pixels however wide the map is.
const UNSCALED: &str = "non-scaling-stroke";

fn path(corners: &[(f64, f64)], pen: &Pen) -> String {
    let mut text = String::new();
    for (place, corner) in corners.iter().enumerate() {
        let _ = write!(
            text,
            "{}{}",
            if place == 0 { "M" } else { "L" },
            pen.corner(*corner)
        );
    }
    text
}

fn area_shape(area: &super::MapArea, frame: &Frame, pen: &Pen) -> Markup {
    let corners = hull(area.places.iter().map(|place| frame.at(*place)).collect());
    html! {
        @if corners.len() > 2 {
            path d={ (path(&corners, pen)) "Z" } fill=(NEUTRAL) stroke=(NEUTRAL) stroke-width="24" stroke-linejoin="round"
                opacity="0.1" vector-effect=(UNSCALED) { title { (area.name) } }
        }
    }
}

/// Ways of one colour are one shape.
fn ways(map: &Map, frame: &Frame, pen: &Pen) -> Markup {
    let mut shapes: BTreeMap<(bool, Option<usize>), String> = BTreeMap::new();
    for line in &map.lines {
        let corners: Vec<(f64, f64)> = line.places.iter().map(|place| frame.at(*place)).collect();
        shapes
            .entry((!line.faint, line.series))
            .or_default()
            .push_str(&path(&corners, pen));
    }
    html! {
        @for ((strong, series), shape) in &shapes {
            path d=(shape) fill="none" stroke=(colour(*series)) stroke-width=(if *strong { "2.2" } else { "1.4" })
                stroke-opacity=(if *strong { "0.85" } else { "0.6" })
                stroke-dasharray=[if *strong { dash(*series) } else { Some("3 5") }] vector-effect=(UNSCALED) {}
        }
    }
}

/// Dots are ends of lines without a length: a few letters each.
fn dot_shapes(dots: &[Dot], pen: &Pen) -> Markup {
    let mut shapes: BTreeMap<(bool, usize, Option<usize>), String> = BTreeMap::new();
    for dot in dots {
        let size = match dot.count {
            1 => 5,
            2..=4 => 7,
            5..=19 => 10,
            _ => 14,
        };
        let shape = shapes.entry((dot.alarm, size, dot.series)).or_default();
        let _ = write!(shape, "M{}h0", pen.corner(dot.at));
    }
    html! {
        @for ((alarm, size, series), shape) in &shapes {
            path d=(shape) fill="none" stroke=(if *alarm { ALARM } else { colour(*series) }) stroke-width=(size) stroke-opacity="0.8"
                stroke-linecap=(if *alarm { "square" } else { "round" }) vector-effect=(UNSCALED) {}
        }
    }
}

/// From the middle of a sign to its edge, in pixels.
pub(super) fn reach(point: &MapPoint) -> f64 {
    match point.kind {
        PointKind::Compound if point.alarm => 8.0,
        PointKind::Compound if point.mark.is_empty() => 6.0,
        _ => 10.0,
    }
}

fn placed_sign(point: &MapPoint, frame: &Frame, pen: &Pen) -> Markup {
    let (x, y) = frame.at(point.at);
    let drawn = html! {
        svg x=(pen.x(x)) y=(pen.y(y)) overflow="visible" class="map-point" data-drag=[point.drag.as_deref()] data-drop=[point.drop.as_deref()] {
            @if point.drag.is_some() || point.drop.is_some() || point.href.is_some() { circle r="16" fill="#fff" fill-opacity="0" {} }
            (sign(point))
            title { (point.name) @if !point.about.is_empty() { "\n" (point.about) } }
        }
    };
    // A sign leads somewhere only on a page.
    match (&point.href, pen.picture_px) {
        (Some(href), None) => html! { a href=(href) aria-label=(point.name) { (drawn) } },
        _ => drawn,
    }
}

/// The number of a supplier once more above the dots that lie on its sign: the legend is read by it.
fn mark_above(point: &MapPoint, frame: &Frame, pen: &Pen) -> Markup {
    let (x, y) = frame.at(point.at);
    html! {
        @if point.kind == PointKind::Supplier && !point.mark.is_empty() {
            svg x=(pen.x(x)) y=(pen.y(y)) overflow="visible" pointer-events="none" aria-hidden="true" {
                g { text y="4.3" text-anchor="middle" font-size="12" font-weight="700" fill="#fff" stroke=(ground(point)) stroke-width="3"
                    stroke-linejoin="round" paint-order="stroke" { (point.mark) } }
            }
        }
    }
}

/// The colour of a sign.
fn ground(point: &MapPoint) -> &'static str {
    if point.alarm { ALARM } else { colour(point.series) }
}

fn alarm_sign() -> Markup {
    html! {
        circle r="7" fill="#fff" stroke=(ALARM) stroke-width="2.4" {}
        path d="M-3.2 -3.2L3.2 3.2M3.2 -3.2L-3.2 3.2" stroke=(ALARM) stroke-width="2.2" {}
    }
}

fn sign(point: &MapPoint) -> Markup {
    let fill = colour(point.series);
    let mark = html! {
        @if !point.mark.is_empty() {
            text y="4.3" text-anchor="middle" font-size="12" font-weight="700" fill="#fff" { (point.mark) }
        }
    };
    html! {
        @match point.kind {
            PointKind::Supplier => {
                rect x="-10" y="-10" width="20" height="20" rx="3" fill=(ground(point)) stroke="#fff" stroke-width="1.5" {}
            }
            PointKind::Hub => {
                path d="M0 -11L11 0L0 11L-11 0Z" fill=(fill) stroke="#fff" stroke-width="1.5" {}
                (mark)
            }
            PointKind::BrokenDown => {
                path d="M0 -12L12 0L0 12L-12 0Z" fill=(ALARM) stroke="#fff" stroke-width="1.5" {}
                path d="M0 -6V2M0 5V6" stroke="#fff" stroke-width="2.6" {}
            }
            PointKind::Gate => {
                path d="M0 -10L10 8H-10Z" fill=(fill) stroke="#fff" stroke-width="1.5" {}
                (mark)
            }
            PointKind::Compound if point.alarm => (alarm_sign()),
            PointKind::Compound => {
                circle r=(if point.mark.is_empty() { "5.5" } else { "10" }) fill=(fill) stroke="#fff" stroke-width="1.5" {}
                (mark)
            }
        }
    }
}

/// Where the scale stands: bottom left, or right when only there no sign is.
pub(super) fn corner(signs: &[&MapPoint], frame: &Frame) -> Corner {
    let low = |point: &&&MapPoint| frame.at(point.at).1 > frame.height * 0.84;
    let taken = |holds: fn(f64) -> bool| signs.iter().filter(low).any(|point| holds(frame.at(point.at).0));
    if taken(|x| x < WIDTH * 0.35) && !taken(|x| x > WIDTH * 0.65) {
        Corner::Right
    } else {
        Corner::Left
    }
}

fn scale(lang: Lang, frame: &Frame, pen: &Pen, corner: Corner) -> Markup {
    let (metres, units) = frame.scale();
    let words = if metres < 1000 {
        format!("{metres} {}", lang.t("米", "m"))
    } else {
        format!("{} {}", metres / 1000, lang.t("公里", "km"))
    };
    let (left, edge, anchor) = match corner {
        Corner::Left => (WIDTH * 0.02, WIDTH * 0.02, "start"),
        Corner::Right => (WIDTH * 0.98 - units, WIDTH * 0.98, "end"),
    };
    let base = frame.height;
    html! {
        // The bar is a share of the width, the letters are not.
        svg y=(pen.y(base)) overflow="visible" {
            line x1=(pen.x(left)) x2=(pen.x(left + units)) y1="-10" y2="-10" stroke="#fff" stroke-width="6" {}
            line x1=(pen.x(left)) x2=(pen.x(left + units)) y1="-10" y2="-10" stroke="#16272b" stroke-width="3" {}
        }
        svg x=(pen.x(edge)) y=(pen.y(base)) overflow="visible" {
            text y="-16" font-size="13" text-anchor=(anchor) fill="#16272b" stroke="#fff" stroke-width="3" paint-order="stroke" { (words) }
        }
        svg x=(pen.x(WIDTH)) overflow="visible" {
            path d="M-18 8L-11 24L-18 20L-25 24Z" fill="#16272b" {}
            text x="-18" y="38" font-size="13" text-anchor="middle" fill="#16272b" { (lang.t("北", "N")) }
        }
    }
}
