use proptest::prelude::*;

use super::draw::{map, map_svg};
use super::frame::{Frame, WIDTH, hull};
use super::label::{Corner, Wanted, arrange};
use super::*;

fn place(lat: f64, lng: f64) -> MapPlace {
    MapPlace {
        lat_e6: (lat * 1e6).round() as i32,
        lng_e6: (lng * 1e6).round() as i32,
    }
}

/// A county with so many compounds, spread by a multiplicative sequence.
fn county(compounds: usize) -> Map {
    let share = |index: usize, step: f64| (index as f64 * step).fract();
    let suppliers = (0..9).map(|index| MapPoint {
        mark: (index + 1).to_string(),
        series: Some(index),
        drop: Some(format!("S{index}")),
        ..MapPoint::new(
            place(26.0 + share(index, 0.7), 113.0 + share(index, 0.3)),
            PointKind::Supplier,
            &format!("便江第{index}超市"),
        )
    });
    let homes = (0..compounds).map(|index| MapPoint {
        series: Some(index % 9),
        weight: index as i64 % 700,
        drag: Some(format!("C{index}")),
        ..MapPoint::new(
            place(25.9 + share(index, 0.618_034), 112.9 + share(index, 0.754_878)),
            PointKind::Compound,
            &format!("锦绣花园{index}期"),
        )
    });
    let points: Vec<MapPoint> = suppliers.chain(homes).collect();
    let lines = points[9..]
        .iter()
        .map(|point| MapLine {
            places: vec![points[point.series.unwrap_or(0)].at, point.at],
            series: point.series,
            faint: false,
        })
        .collect();
    Map {
        id: "county".into(),
        title: "分配 <方案>".into(),
        about: "下表为同样内容".into(),
        series: (0..9).map(|index| format!("超市{index}")).collect(),
        points,
        lines,
        ..Map::default()
    }
}

#[test]
fn a_map_without_anything_is_nothing() {
    assert_eq!(map(Lang::Zh, &Map::default()).into_string(), "");
    assert!(map_svg(Lang::Zh, &Map::default(), 800).is_none());
}

#[test]
fn a_single_point_lies_in_the_middle() {
    let one = Map {
        points: vec![MapPoint::new(place(26.0, 113.0), PointKind::Compound, "锦绣花园")],
        ..Map::default()
    };
    let frame = Frame::around(&one).expect("there is a point");
    let (x, y) = frame.at(place(26.0, 113.0));
    assert!(
        (x - WIDTH / 2.0).abs() < 0.01 && (y - frame.height / 2.0).abs() < 0.01,
        "{x} {y}"
    );
}

#[test]
fn the_scale_bar_is_as_long_as_it_says() {
    let frame = Frame::around(&county(50)).expect("there are points");
    let (metres, units) = frame.scale();
    let middle = 26.4;
    let (x, _) = frame.at(place(middle, 113.0));
    let (east, _) = frame.at(place(middle, 113.1));
    // A tenth of a degree on the parallel, on the sphere of EPSG:3857.
    let tenth_m = 40_075_016.686 / 3600.0 * f64::to_radians(middle).cos();
    let per_unit = tenth_m / (east - x);
    let error = (metres as f64 - units * per_unit).abs() / metres as f64;
    assert!(error < 0.01, "{metres} m drawn as {} m", units * per_unit);
    assert!(units <= WIDTH / 4.0 && units > WIDTH / 20.0);
}

#[test]
fn everything_is_said_and_escaped() {
    let text = map(Lang::Zh, &county(20)).into_string();
    for needed in [
        "role=\"img\"",
        "分配 &lt;方案&gt;",
        "<desc",
        "data-drag=\"C3\"",
        "data-drop=\"S1\"",
        "公里",
        "保供单位",
    ] {
        assert!(text.contains(needed), "{needed}");
    }
    assert!(!text.contains("style="), "the content security policy forbids it");
    assert!(!text.contains("<image"), "no tiles unless a server is configured");
}

#[test]
fn a_large_county_stays_small() {
    for compounds in [400, 3_000, 20_000] {
        let bytes = map(Lang::Zh, &county(compounds)).into_string().len();
        assert!(bytes < 300_000, "{compounds} compounds: {bytes} bytes");
    }
}

#[test]
fn tiles_cover_the_frame() {
    let mut county = county(30);
    county.tiles = Some("https://tiles.example/{z}/{x}/{y}.png".into());
    let frame = Frame::around(&county).expect("there are points");
    let tiles = frame.tiles("{z}/{x}/{y}");
    assert!((4..=64).contains(&tiles.len()), "{}", tiles.len());
    let edge = |pick: fn(f64, f64) -> f64, of: &dyn Fn(&super::frame::Tile) -> f64, start: f64| {
        tiles.iter().map(of).fold(start, pick)
    };
    assert!(edge(f64::min, &|tile| tile.left, 1.0) <= 0.0 && edge(f64::min, &|tile| tile.top, 1.0) <= 0.0);
    assert!(edge(f64::max, &|tile| tile.left + tile.size, 0.0) >= WIDTH);
    assert!(edge(f64::max, &|tile| tile.top + tile.size, 0.0) >= frame.height);
    assert!(
        map(Lang::Zh, &county)
            .into_string()
            .contains("<image href=\"https://tiles.example/")
    );
}

/// The tile of level 10 that holds 113° E, 26° N is 833/435 by the public formula of slippy maps.
#[test]
fn a_place_lies_on_the_tile_that_the_formula_names() {
    let around = Map {
        points: vec![
            MapPoint::new(place(25.5, 112.4), PointKind::Hub, "a"),
            MapPoint::new(place(26.5, 113.6), PointKind::Hub, "b"),
        ],
        ..Map::default()
    };
    let frame = Frame::around(&around).expect("there are points");
    let (x, y) = frame.at(place(26.0, 113.0));
    let tiles = frame.tiles("{z}/{x}/{y}");
    let under = tiles
        .iter()
        .find(|tile| {
            (tile.left..tile.left + tile.size).contains(&x) && (tile.top..tile.top + tile.size).contains(&y)
        })
        .expect("covered");
    let parts: Vec<i64> = under
        .href
        .split('/')
        .map(|part| part.parse().expect("a number"))
        .collect();
    let shift = parts[0] - 10;
    assert_eq!(
        (parts[1] >> shift.max(0), parts[2] >> shift.max(0)),
        (833 >> (-shift).max(0), 435 >> (-shift).max(0))
    );
}

/// Contrast with white after WCAG 2.2.
fn contrast_on_white(colour: &str) -> f64 {
    let [red, green, blue] = linear(colour);
    1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)
}

fn linear(colour: &str) -> [f64; 3] {
    [1, 3, 5].map(|at| {
        let share = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).expect("hex digits")) / 255.0;
        if share <= 0.04045 {
            share / 12.92
        } else {
            ((share + 0.055) / 1.055).powf(2.4)
        }
    })
}

/// Lightness and two opponents of Oklab (Ottosson 2020) of a linear colour.
fn oklab([red, green, blue]: [f64; 3]) -> [f64; 3] {
    let l = (0.412_221_5 * red + 0.536_332_5 * green + 0.051_446 * blue)
        .max(0.0)
        .cbrt();
    let m = (0.211_903_5 * red + 0.680_699_5 * green + 0.107_397 * blue)
        .max(0.0)
        .cbrt();
    let s = (0.088_302_5 * red + 0.281_718_8 * green + 0.629_978_7 * blue)
        .max(0.0)
        .cbrt();
    [
        0.210_454_3 * l + 0.793_617_8 * m - 0.004_072 * s,
        1.977_998_5 * l - 2.428_592_2 * m + 0.450_593_7 * s,
        0.025_904 * l + 0.782_771_8 * m - 0.808_675_8 * s,
    ]
}

/// How those see who lack one kind of cone, severity 1.0 (Machado, Oliveira and Fernandes, IEEE TVCG 2009).
const SIGHTS: [[[f64; 3]; 3]; 3] = [
    [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
    [
        [0.152_286, 1.052_583, -0.204_868],
        [0.114_503, 0.786_281, 0.099_216],
        [-0.003_882, -0.048_116, 1.051_998],
    ],
    [
        [0.367_322, 0.860_646, -0.227_968],
        [0.280_085, 0.672_501, 0.047_413],
        [-0.011_820, 0.042_940, 0.968_881],
    ],
];

#[test]
fn colours_stay_apart_for_everybody() {
    for one in PALETTE {
        assert!(
            contrast_on_white(one) >= 3.0,
            "{one}: {:.2}",
            contrast_on_white(one)
        );
    }
    let mut close = Vec::new();
    for (kind, sight) in SIGHTS.iter().enumerate() {
        let seen = |colour: &str| {
            let own = linear(colour);
            oklab(sight.map(|row| {
                row.iter()
                    .zip(own)
                    .map(|(factor, part)| factor * part)
                    .sum::<f64>()
                    .clamp(0.0, 1.0)
            }))
        };
        for (index, one) in PALETTE.iter().enumerate() {
            for other in &PALETTE[..index] {
                let (a, b) = (seen(one), seen(other));
                let apart = (0..3).map(|axis| (a[axis] - b[axis]).powi(2)).sum::<f64>().sqrt();
                if apart < 0.1 {
                    close.push(format!("{one} {other} sight {kind}: {apart:.3}"));
                }
            }
        }
    }
    assert!(close.is_empty(), "{close:?}");
}

proptest! {
    /// Whatever lies where: no name covers another or a sign.
    #[test]
    fn names_never_cover_each_other(spots in prop::collection::vec((0.0..1.0f64, 0.0..1.0f64, 1usize..9), 1..60)) {
        let wanted: Vec<Wanted> = spots
            .iter()
            .map(|(x, y, length)| Wanted { at: (*x, *y), reach: 6.0, text: "园".repeat(*length), rank: (0, *length as i64) })
            .collect();
        let signs: Vec<_> = spots.iter().map(|(x, y, _)| ((*x, *y), 6.0)).collect();
        let size = (800.0, 600.0);
        let sides = arrange(&wanted, &signs, size, Corner::Left, &[]);
        let boxes: Vec<[f64; 4]> = wanted
            .iter()
            .zip(&sides)
            .filter_map(|(name, side)| {
                let side = (*side)?;
                let (across, down) = side.shift(name.reach);
                let wide = name.text.chars().count() as f64 * 14.0;
                let x = name.at.0 * size.0 + across;
                let left = match side.anchor() { "start" => x, "end" => x - wide, _ => x - wide / 2.0 };
                let base = name.at.1 * size.1 + down;
                Some([left, base - 12.0, left + wide, base + 3.0])
            })
            .collect();
        let apart = |a: &[f64; 4], b: &[f64; 4]| a[2] <= b[0] || b[2] <= a[0] || a[3] <= b[1] || b[3] <= a[1];
        for (index, one) in boxes.iter().enumerate() {
            prop_assert!(boxes[..index].iter().all(|other| apart(one, other)));
            prop_assert!(one[0] >= 0.0 && one[2] <= size.0 && one[1] >= 0.0 && one[3] <= size.1);
            for ((x, y), reach) in &signs {
                let (x, y) = (x * size.0, y * size.1);
                prop_assert!(apart(one, &[x - reach, y - reach, x + reach, y + reach]));
            }
        }
    }

    /// Each place lies inside its hull or on its edge.
    #[test]
    fn a_hull_holds_all_its_places(places in prop::collection::vec((0..50i32, 0..50i32), 3..40)) {
        let corners: Vec<(f64, f64)> = places.iter().map(|(x, y)| (f64::from(*x), f64::from(*y))).collect();
        let around = hull(corners.clone());
        if around.len() > 2 {
            for (x, y) in corners {
                for (index, a) in around.iter().enumerate() {
                    let b = around[(index + 1) % around.len()];
                    prop_assert!((b.0 - a.0) * (y - a.1) - (b.1 - a.1) * (x - a.0) >= -1e-9);
                }
            }
        }
    }
}
