//! Positions as other maps give them. Inside, everything is WGS-84; what comes from Chinese maps is converted where it
//! comes in.
//!
//! GCJ-02 is the obfuscated datum of Chinese law, BD-09 what Baidu makes of it. Both follow the formulas that are in
//! common use (for example in `eviltransform`); the way back is found by iteration to less than a centimetre, where the one-step
//! inverse is off by metres.

use crate::Point;

/// Semi-major axis and first eccentricity squared of the ellipsoid of Krasovsky, which GCJ-02 is computed on.
const AXIS_M: f64 = 6_378_245.0;
const ECCENTRICITY_SQUARED: f64 = 0.006_693_421_622_965_943;

/// In which datum a position was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Datum {
    /// GPS, OpenStreetMap.
    Wgs84,
    /// Amap (高德), Tencent, and all official maps of China.
    Gcj02,
    /// Baidu.
    Bd09,
}

/// A position in WGS-84.
pub fn to_wgs84(point: Point, datum: Datum) -> Point {
    let given = degrees(point);
    rounded(match datum {
        Datum::Wgs84 => given,
        Datum::Gcj02 => from_gcj02(given),
        Datum::Bd09 => from_gcj02(from_bd09(given)),
    })
}

/// A position of WGS-84 in another datum, to be shown on a map that uses it.
pub fn from_wgs84(point: Point, datum: Datum) -> Point {
    let own = degrees(point);
    rounded(match datum {
        Datum::Wgs84 => own,
        Datum::Gcj02 => to_gcj02(own),
        Datum::Bd09 => to_bd09(to_gcj02(own)),
    })
}

/// Latitude and longitude in degrees.
type Degrees = (f64, f64);

fn degrees(point: Point) -> Degrees {
    (f64::from(point.lat_e6) / 1e6, f64::from(point.lng_e6) / 1e6)
}

fn rounded((lat, lng): Degrees) -> Point {
    Point {
        lat_e6: (lat * 1e6).round() as i32,
        lng_e6: (lng * 1e6).round() as i32,
    }
}

/// Outside of this frame GCJ-02 is the same as WGS-84.
fn is_in_china((lat, lng): Degrees) -> bool {
    (0.8293..=55.8271).contains(&lat) && (72.004..=137.8347).contains(&lng)
}

fn to_gcj02(own: Degrees) -> Degrees {
    if !is_in_china(own) {
        return own;
    }
    let (lat, lng) = own;
    let (y, x) = (lat - 35.0, lng - 105.0);
    let pi = std::f64::consts::PI;
    let wave = |value: f64, high: f64, low: f64| high * (value * pi).sin() + low * (value / 3.0 * pi).sin();
    let common = (20.0 * (6.0 * x * pi).sin() + 20.0 * (2.0 * x * pi).sin()) * 2.0 / 3.0;
    let root = x.abs().sqrt();
    let north = -100.0
        + 2.0 * x
        + 3.0 * y
        + 0.2 * y * y
        + 0.1 * x * y
        + 0.2 * root
        + common
        + wave(y, 20.0, 40.0) * 2.0 / 3.0
        + (160.0 * (y / 12.0 * pi).sin() + 320.0 * (y / 30.0 * pi).sin()) * 2.0 / 3.0;
    let east = 300.0
        + x
        + 2.0 * y
        + 0.1 * x * x
        + 0.1 * x * y
        + 0.1 * root
        + common
        + wave(x, 20.0, 40.0) * 2.0 / 3.0
        + (150.0 * (x / 12.0 * pi).sin() + 300.0 * (x / 30.0 * pi).sin()) * 2.0 / 3.0;
    let radians = lat.to_radians();
    let squeezed = 1.0 - ECCENTRICITY_SQUARED * radians.sin().powi(2);
    let meridian_m = AXIS_M * (1.0 - ECCENTRICITY_SQUARED) / (squeezed * squeezed.sqrt());
    let parallel_m = AXIS_M / squeezed.sqrt() * radians.cos();
    (
        lat + (north / meridian_m).to_degrees(),
        lng + (east / parallel_m).to_degrees(),
    )
}

fn from_gcj02(given: Degrees) -> Degrees {
    // The shift changes slowly, so each step shortens the error to about a thousandth.
    let mut own = given;
    for _ in 0..6 {
        let there = to_gcj02(own);
        own = (own.0 + given.0 - there.0, own.1 + given.1 - there.1);
    }
    own
}

/// Baidu's turn and shift.
const TURN: f64 = std::f64::consts::PI * 3000.0 / 180.0;
const SHIFT: Degrees = (0.006, 0.0065);

fn to_bd09((lat, lng): Degrees) -> Degrees {
    let far = lng.hypot(lat) + 0.000_02 * (lat * TURN).sin();
    let angle = lat.atan2(lng) + 0.000_003 * (lng * TURN).cos();
    (far * angle.sin() + SHIFT.0, far * angle.cos() + SHIFT.1)
}

fn from_bd09(given: Degrees) -> Degrees {
    let mut own = (given.0 - SHIFT.0, given.1 - SHIFT.1);
    for _ in 0..6 {
        let there = to_bd09(own);
        own = (own.0 + given.0 - there.0, own.1 + given.1 - there.1);
    }
    own
}
