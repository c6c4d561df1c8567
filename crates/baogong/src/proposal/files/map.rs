//! The map as pictures for the workbook: who supplies whom, and the ways of the trips.

use documents::sheet::Picture;
use kit::{Lang, Map, MapLine, MapPlace, MapPoint, PointKind};
use planner::Point;

use super::{Asked, Drive, Planned};
use crate::base::{Error, Fault, Result};

/// Pixels of a picture: enough for A4 at 200 dots per inch.
const WIDTH_PX: u32 = 2_200;
/// The width for which signs and letters are laid out.
const LAYOUT_PX: u32 = 1_400;
/// Up to so many trips each has its colour; beyond, each supplier has.
const TRIPS_MAX: usize = 24;

/// The pictures that can be drawn; none where no position is known.
pub fn picture(
    planned: &Planned,
    asked: &Asked,
    lang: Lang,
    printer: &print::Printer,
) -> Result<Vec<Picture>> {
    let mut maps = vec![(lang.t("分配图", "Map"), assignment(planned, lang))];
    if let Some(drive) = &planned.drive {
        maps.push((
            lang.t("车次图", "Map of trips"),
            trips(planned, drive, asked, lang),
        ));
    }
    let mut pictures = Vec::new();
    for (name, map) in maps {
        let Some(svg) = kit::map_svg(lang, &map, LAYOUT_PX) else {
            continue;
        };
        let png = print::picture(printer.fonts(), &svg, WIDTH_PX)
            .map_err(|fault| Error::Fault(Fault::Document(fault.to_string())))?;
        pictures.push(Picture {
            name: name.to_string(),
            title: String::new(),
            description: map.about,
            png,
        });
    }
    Ok(pictures)
}

fn place(at: Point) -> MapPlace {
    MapPlace {
        lat_e6: at.lat_e6,
        lng_e6: at.lng_e6,
    }
}

/// The suppliers that feed somebody, as indexes: the series of a map.
fn feeding(planned: &Planned) -> Vec<usize> {
    let mains: Vec<Option<usize>> = (0..planned.county.compounds.len())
        .map(|compound| planned.supply.main(compound))
        .collect();
    (0..planned.county.suppliers.len())
        .filter(|supplier| mains.contains(&Some(*supplier)))
        .collect()
}

/// The words of the legend: the number that stands in the sign, and the name.
fn names(planned: &Planned, feeding: &[usize]) -> Vec<String> {
    let suppliers = feeding
        .iter()
        .map(|supplier| &planned.county.suppliers[*supplier].noun.name);
    suppliers
        .enumerate()
        .map(|(number, name)| format!("{} {name}", number + 1))
        .collect()
}

fn points(planned: &Planned, feeding: &[usize]) -> Vec<MapPoint> {
    let mut points = Vec::new();
    for (index, supplier) in planned.county.suppliers.iter().enumerate() {
        let Some(at) = supplier.at else { continue };
        let series = feeding.iter().position(|one| *one == index);
        points.push(MapPoint {
            mark: series.map_or_else(String::new, |series| (series + 1).to_string()),
            series,
            weight: i64::MAX,
            ..MapPoint::new(place(at), PointKind::Supplier, &supplier.noun.name)
        });
    }
    if let Some((name, at)) = &planned.county.hub {
        points.push(MapPoint {
            weight: i64::MAX - 1,
            ..MapPoint::new(place(*at), PointKind::Hub, name)
        });
    }
    for (compound, living) in planned.county.compounds.iter().enumerate() {
        let Some(at) = living.at else { continue };
        let main = planned.supply.main(compound);
        points.push(MapPoint {
            series: main.and_then(|main| feeding.iter().position(|one| *one == main)),
            weight: living.persons,
            alarm: main.is_none(),
            ..MapPoint::new(place(at), PointKind::Compound, &living.name)
        });
    }
    points
}

fn assignment(planned: &Planned, lang: Lang) -> Map {
    let feeding = feeding(planned);
    let lines = planned
        .county
        .compounds
        .iter()
        .enumerate()
        .filter_map(|(compound, living)| {
            let main = planned.supply.main(compound)?;
            Some(MapLine {
                places: vec![place(planned.county.suppliers[main].at?), place(living.at?)],
                series: feeding.iter().position(|one| *one == main),
                faint: false,
            })
        });
    Map {
        id: "assignment".into(),
        title: lang
            .t("小区与主供单位", "Compounds and their main suppliers")
            .into(),
        about: lang
            .t(
                "每个小区连到它的主供单位；明细见“分配”。",
                "Each compound is joined with its main supplier; see the sheet Assignment.",
            )
            .into(),
        series: names(planned, &feeding),
        lines: lines.collect(),
        points: points(planned, &feeding),
        ..Map::default()
    }
}

fn trips(planned: &Planned, drive: &Drive, asked: &Asked, lang: Lang) -> Map {
    let feeding = feeding(planned);
    let trips = drive.trips();
    let by_trip = trips.len() <= TRIPS_MAX;
    let mut points = points(planned, &feeding);
    if by_trip {
        for point in &mut points {
            point.series = None;
            point.mark.clear();
        }
    }
    let lines = trips.iter().enumerate().filter_map(|(number, one)| {
        let depot = planned.county.suppliers[one.supplier].at?;
        let stops = one
            .trip
            .visits
            .iter()
            .filter_map(|visit| planned.county.compounds[drive.drops[visit.stop].compound].at);
        Some(MapLine {
            places: std::iter::once(depot).chain(stops).map(place).collect(),
            series: if by_trip {
                Some(number)
            } else {
                feeding.iter().position(|supplier| *supplier == one.supplier)
            },
            faint: false,
        })
    });
    let series = if by_trip {
        let words = |one: &super::drive::Numbered| {
            let leaves = super::drive::hour(asked, one.trip.depart_s);
            format!("{} {} {leaves}", one.code, drive.vehicles[one.vehicle].plate)
        };
        trips.iter().map(words).collect()
    } else {
        names(planned, &feeding)
    };
    Map {
        id: "trips".into(),
        title: lang.t("车次路线", "Ways of the trips").into(),
        about: lang
            .t(
                "每一趟从装货单位出发，依次经过停靠点；明细见“停靠顺序”。",
                "Each trip leaves from where it loads and goes from stop to stop; see the sheet Stops.",
            )
            .into(),
        lines: lines.collect(),
        series,
        points,
        ..Map::default()
    }
}
