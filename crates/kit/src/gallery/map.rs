//! A map of two trips.

use maud::Markup;

use crate::{Lang, Map, MapArea, MapLine, MapPlace, MapPoint, PointKind, map, section};

/// Two trips from one supplier over a hub, a gate, and a compound that no vehicle reaches.
pub(super) fn trips(lang: Lang) -> Markup {
    let place = |lat_e6, lng_e6| MapPlace { lat_e6, lng_e6 };
    let depot = MapPoint {
        mark: "1".to_owned(),
        weight: 9,
        ..MapPoint::new(
            place(26_130_000, 113_110_000),
            PointKind::Supplier,
            lang.t("便民超市", "Bianmin Market"),
        )
    };
    let stops = [
        (26_141_000, 113_118_000, "锦绣花园", "Jinxiu Garden", 0, "1"),
        (26_149_000, 113_131_000, "滨江新村", "Binjiang Estate", 0, "2"),
        (26_138_000, 113_137_000, "石湖佳苑", "Shihu Court", 0, "3"),
        (26_121_000, 113_102_000, "文昌小区", "Wenchang", 1, "1"),
        (26_118_000, 113_089_000, "城南公寓", "Chengnan Flats", 1, "2"),
    ];
    let mut points = vec![depot.clone()];
    points.extend(stops.iter().map(|(lat, lng, zh, en, trip, mark)| {
        MapPoint {
            series: Some(*trip),
            mark: (*mark).to_owned(),
            about: lang
                .t("预计 09:40 到达，12 箱", "Expected 09:40, 12 boxes")
                .to_owned(),
            ..MapPoint::new(place(*lat, *lng), PointKind::Compound, lang.t(zh, en))
        }
    }));
    points.push(MapPoint {
        alarm: true,
        ..MapPoint::new(
            place(26_128_000, 113_144_000),
            PointKind::Compound,
            lang.t("山背村", "Shanbei Village"),
        )
    });
    points.push(MapPoint::new(
        place(26_134_000, 113_124_000),
        PointKind::Gate,
        lang.t("东门卡口", "East gate"),
    ));
    points.push(MapPoint::new(
        place(26_126_000, 113_095_000),
        PointKind::Hub,
        lang.t("城南中转站", "South hub"),
    ));
    points.push(MapPoint::new(
        place(26_131_000, 113_099_000),
        PointKind::BrokenDown,
        lang.t("湘L12345", "Xiang L12345"),
    ));
    let way = |trip: usize| {
        let own = stops.iter().filter(|stop| stop.4 == trip);
        let there = std::iter::once(depot.at).chain(own.map(|stop| place(stop.0, stop.1)));
        MapLine {
            places: there.collect(),
            series: Some(trip),
            faint: false,
        }
    };
    section(
        lang.t("地图", "Map"),
        map(
            lang,
            &Map {
                id: "gallery-map".to_owned(),
                title: lang.t("两个车次的路线", "Routes of two trips").to_owned(),
                about: lang
                    .t(
                        "一辆车送三个小区，另一辆送两个；山背村没有车。",
                        "One vehicle serves three compounds, the other two; none goes to Shanbei.",
                    )
                    .to_owned(),
                series: vec![
                    lang.t("湘L·A1234 第1趟", "L·A1234, trip 1").to_owned(),
                    lang.t("湘L·B5678 第1趟", "L·B5678, trip 1").to_owned(),
                ],
                areas: vec![MapArea {
                    name: lang.t("城关街道", "Chengguan Street").to_owned(),
                    places: stops.iter().map(|stop| place(stop.0, stop.1)).collect(),
                }],
                lines: vec![way(0), way(1)],
                points,
                tiles: None,
            },
        ),
    )
}
