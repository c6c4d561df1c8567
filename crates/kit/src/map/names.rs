//! Names on the picture: for each width in which it is looked at, those that have room.

use maud::{Markup, html};

use super::draw::{Pen, corner, reach};
use super::frame::{Frame, WIDTH, hull};
use super::label::{LETTER, Side, Wanted, arrange};
use super::{Map, MapPoint, NEUTRAL, PointKind};

/// Widths in pixels for which names are arranged, and the class of a name that stands there: a phone; a tablet, a small
/// window or paper; a desk; looked at from nearer. `map.css` says from which width of the window on each holds, `zoom.ts` when
/// the last does.
const WIDTHS: [(f64, &str); 4] = [
    (340.0, "map-phone"),
    (570.0, "map-middle"),
    (960.0, "map-desk"),
    (1_900.0, "map-near"),
];
/// Above so many names nobody reads them.
const NAMES_MAX: usize = 150;

pub(super) fn names(map: &Map, signs: &[&MapPoint], frame: &Frame, pen: &Pen) -> Markup {
    let share = |(x, y): (f64, f64)| (x / WIDTH, y / frame.height);
    let taken: Vec<((f64, f64), f64)> = signs
        .iter()
        .map(|point| (share(frame.at(point.at)), reach(point)))
        .collect();
    let mut wanted: Vec<Wanted> = signs
        .iter()
        .filter(|point| !point.name.is_empty())
        .map(|point| Wanted {
            at: share(frame.at(point.at)),
            reach: reach(point),
            text: point.name.clone(),
            rank: (
                1 + u8::from(point.kind != PointKind::Compound) + 2 * u8::from(point.alarm),
                point.weight,
            ),
        })
        .collect();
    for area in &map.areas {
        let corners = hull(area.places.iter().map(|place| frame.at(*place)).collect());
        let count = corners.len().max(1) as f64;
        let sum = corners
            .iter()
            .fold((0.0, 0.0), |sum, corner| (sum.0 + corner.0, sum.1 + corner.1));
        if !corners.is_empty() {
            wanted.push(Wanted {
                at: share((sum.0 / count, sum.1 / count)),
                reach: 0.0,
                text: area.name.clone(),
                rank: (0, 0),
            });
        }
    }
    wanted.sort_by_key(|name| std::cmp::Reverse(name.rank));
    wanted.truncate(NAMES_MAX);
    let corner = corner(signs, frame);
    let size = |px: f64| (px, px * frame.height / WIDTH);
    if let Some(px) = pen.picture_px {
        let sides = arrange(&wanted, &taken, size(px), corner, &[]);
        return html! { @for (name, side) in wanted.iter().zip(sides) { (written(name, side, "", frame, pen)) } };
    }
    // What stood somewhere at a smaller width keeps its side if it can.
    let mut layouts: Vec<Vec<Option<Side>>> = Vec::new();
    for (px, _) in WIDTHS {
        let before = layouts.last().map_or(&[][..], Vec::as_slice);
        let layout = arrange(&wanted, &taken, size(px), corner, before);
        layouts.push(layout);
    }
    html! {
        @for (index, name) in wanted.iter().enumerate() {
            @for (side, class) in sides(&layouts, index) { (written(name, Some(side), &class, frame, pen)) }
        }
    }
}

/// The sides on which a name stands with the classes of the widths at which it does; one without a class holds at all.
fn sides(layouts: &[Vec<Option<Side>>], index: usize) -> Vec<(Side, String)> {
    let mut found: Vec<(Side, String)> = Vec::new();
    let own = || layouts.iter().map(|layout| layout[index]);
    let first = own().next().flatten();
    if let Some(side) = first
        && own().all(|other| other == first)
    {
        return vec![(side, String::new())];
    }
    for (side, (_, class)) in own().zip(WIDTHS) {
        let Some(side) = side else { continue };
        match found.iter_mut().find(|(known, _)| *known == side) {
            Some((_, classes)) => {
                classes.push(' ');
                classes.push_str(class);
            }
            None => found.push((side, format!("map-at {class}"))),
        }
    }
    found
}

fn written(name: &Wanted, side: Option<Side>, class: &str, frame: &Frame, pen: &Pen) -> Markup {
    let Some(side) = side else { return html! {} };
    let (across, down) = side.shift(name.reach);
    html! {
        svg x=(pen.x(name.at.0 * WIDTH)) y=(pen.y(name.at.1 * frame.height)) overflow="visible" class=[(!class.is_empty()).then_some(class)] {
            text x=(format!("{across:.0}")) y=(format!("{down:.0}")) text-anchor=(side.anchor()) font-size=(LETTER)
                font-style=[(name.reach == 0.0).then_some("italic")] fill=(if name.reach == 0.0 { NEUTRAL } else { "#16272b" })
                stroke="#fff" stroke-width="3" stroke-linejoin="round" paint-order="stroke" { (name.text) }
        }
    }
}
