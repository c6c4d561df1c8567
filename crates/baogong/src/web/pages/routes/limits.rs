//! What limits a vehicle, and which limit a change by hand breaks, in words.

use planner::route::Broken;

use super::super::super::request::Web;
use super::show::Look;
use crate::base::clock;
use crate::base::words::kilograms;
use crate::round::trips::{RouteFacts, VehicleFacts};

/// The vehicles that no pass limits, where one limits others.
pub(super) fn without_pass(facts: &RouteFacts) -> Vec<&str> {
    if facts.vehicles.iter().all(|one| one.areas.is_none()) {
        return Vec::new();
    }
    let free = facts.vehicles.iter().filter(|one| one.areas.is_none());
    free.map(|one| one.plate.as_str()).collect()
}

/// The vehicles that may go nowhere, because no pass of theirs is valid.
pub(super) fn without_valid_pass(facts: &RouteFacts) -> Vec<&str> {
    let none = facts
        .vehicles
        .iter()
        .filter(|one| one.areas.as_ref().is_some_and(Vec::is_empty));
    none.map(|one| one.plate.as_str()).collect()
}

/// `07:00–19:00`, as minutes of the day.
fn shift_words(shift_min: (i64, i64)) -> String {
    let clock = |minute: i64| format!("{:02}:{:02}", minute / 60 % 24, minute % 60);
    format!("{}–{}", clock(shift_min.0), clock(shift_min.1))
}

/// What a vehicle that helps does afterwards, and when it is back then.
pub(super) fn later(web: &Web, vehicle: &VehicleFacts, end_s: i64) -> String {
    let codes: Vec<&str> = vehicle.later.iter().map(|one| one.code.as_str()).collect();
    format!(
        "{}{}{}{}{}",
        web.t("之后还有车次", "then trip "),
        codes.join(web.t("、", ", ")),
        web.t("，约", ", back about "),
        clock::short(end_s + vehicle.later_s()),
        web.t("收车", ""),
    )
}

/// What limits a vehicle beside its load.
pub(super) fn limits(web: &Web, vehicle: &VehicleFacts) -> String {
    let mut words = Vec::new();
    if let Some(shift_min) = vehicle.shift_min {
        words.push(format!("{}{}", web.t("班次 ", "shift "), shift_words(shift_min)));
    }
    if let Some(most) = vehicle.stops_max {
        words.push(format!(
            "{}{most}{}",
            web.t("最多", "at most "),
            web.t("站", " stops")
        ));
    }
    match vehicle.areas.as_deref() {
        Some([]) => words.push(web.t("没有有效的通行证", "no valid pass").into()),
        Some(_) => words.push(web.t("按通行证限区", "within its pass").into()),
        None => {}
    }
    words.join(" · ")
}

/// A limit that is broken.
pub(super) fn words(web: &Web, look: &Look, broken: Broken) -> String {
    let facts = &look.stored.facts;
    let vehicle = |tour: usize| {
        look.plan
            .tours
            .get(tour)
            .map(|tour| &facts.vehicles[tour.vehicle])
    };
    let plate = |tour: usize| vehicle(tour).map_or("", |vehicle| vehicle.plate.as_str());
    let shift = |tour: usize| {
        let shift_min = vehicle(tour).and_then(|vehicle| vehicle.shift_min);
        shift_min.map_or_else(String::new, |shift_min| {
            format!(
                "{}{}{}",
                web.t("（班次 ", " (shift "),
                shift_words(shift_min),
                web.t("）", ")")
            )
        })
    };
    let most = |tour: usize| vehicle(tour).and_then(|vehicle| vehicle.stops_max).unwrap_or(0);
    let stop = |stop: usize| facts.stops[stop].name.as_str();
    let minutes = |seconds: i64| (seconds + 59) / 60;
    let zh = web.lang == kit::Lang::Zh;
    match broken {
        Broken::TooHeavy { tour, trip, over_g } if zh => {
            format!("{} 第{}趟超载 {} 公斤", plate(tour), trip + 1, kilograms(over_g))
        }
        Broken::TooHeavy { tour, trip, over_g } => format!(
            "{}, trip {}: {} kg too much",
            plate(tour),
            trip + 1,
            kilograms(over_g)
        ),
        Broken::TooManyBags { tour, trip, over } if zh => {
            format!("{} 第{}趟多 {over} 箱", plate(tour), trip + 1)
        }
        Broken::TooManyBags { tour, trip, over } => {
            format!("{}, trip {}: {over} boxes too many", plate(tour), trip + 1)
        }
        Broken::NotCold { tour, stop: at } => format!(
            "{} → {}{}",
            plate(tour),
            stop(at),
            web.t("：要用冷藏车", ": needs a cold vehicle")
        ),
        Broken::NoPass { tour, stop: at } => format!(
            "{} → {}{}",
            plate(tour),
            stop(at),
            web.t("：没有进入该区域的通行证", ": no pass for its area")
        ),
        Broken::NotAboard { tour, stop: at } => format!(
            "{} → {}{}",
            plate(tour),
            stop(at),
            web.t(
                "：箱子不在这趟车上，也不在它装货的地方",
                ": its boxes are not on board, nor where this trip is loaded"
            )
        ),
        Broken::Late { tour, stop: at, by_s } if zh => {
            format!("{} 到 {} 晚 {} 分钟", plate(tour), stop(at), minutes(by_s))
        }
        Broken::Late { tour, stop: at, by_s } => format!(
            "{} is {} minutes late at {}",
            plate(tour),
            minutes(by_s),
            stop(at)
        ),
        Broken::EndsLate { tour, by_s } | Broken::TooLong { tour, by_s } if zh => {
            format!("{} 收车晚 {} 分钟{}", plate(tour), minutes(by_s), shift(tour))
        }
        Broken::EndsLate { tour, by_s } | Broken::TooLong { tour, by_s } => {
            format!(
                "{} is back {} minutes late{}",
                plate(tour),
                minutes(by_s),
                shift(tour)
            )
        }
        Broken::TooManyStops { tour, over } if zh => {
            format!("{} 多 {over} 站（一个班次最多 {} 站）", plate(tour), most(tour))
        }
        Broken::TooManyStops { tour, over } => {
            format!(
                "{}: {over} stops too many (at most {} in a shift)",
                plate(tour),
                most(tour)
            )
        }
        Broken::TooManyTrips { tour, over } if zh => format!("{} 多 {over} 趟", plate(tour)),
        Broken::TooManyTrips { tour, over } => format!("{}: {over} trips too many", plate(tour)),
    }
}
