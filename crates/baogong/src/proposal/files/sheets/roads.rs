//! Sheets for drivers: the trips at a glance, and every stop in order.

use documents::sheet::{OutCell, OutKind, OutSheet};
use kit::Lang;

use super::super::drive::hour;
use super::super::{Asked, Drive, Planned};
use super::{column, count, dated, number, sheet, text, weight};
use crate::register::entry::Vehicle;

/// One line for each trip.
pub fn trips(planned: &Planned, drive: &Drive, asked: &Asked, lang: Lang) -> OutSheet {
    let mut out = sheet(
        lang.t("车次", "Trips"),
        dated(asked, lang, lang.t("车次表", "Trips")),
        Vec::new(),
        vec![
            text(lang.t("车次", "Trip"), 8.0),
            text(lang.t("车牌", "Plate"), 12.0),
            text(lang.t("驾驶员", "Driver"), 10.0),
            text(lang.t("驾驶员电话", "Phone"), 14.0),
            count(lang.t("第几趟", "Turn")),
            text(lang.t("装货单位", "Loads at"), 24.0),
            text(lang.t("出发", "Leaves"), 8.0),
            text(lang.t("送完", "Last stop"), 9.0),
            count(lang.t("停靠点", "Stops")),
            count(lang.t("袋数", "Bags")),
            weight(lang.t("装载（公斤）", "Load (kg)")),
            weight(lang.t("核载（公斤）", "Capacity (kg)")),
            column(lang.t("装载率", "Filled"), 9.0, OutKind::Percent),
            count(lang.t("里程（米）", "Way (m)")),
            text(lang.t("车辆条件", "Limits of the vehicle"), 30.0),
        ],
    );
    for one in drive.trips() {
        let vehicle = &drive.vehicles[one.vehicle];
        let drops = one.trip.visits.iter().map(|visit| drive.drops[visit.stop]);
        let weight_g: i64 = drops.clone().map(|drop| drop.weight_g).sum();
        let last_s = one
            .trip
            .visits
            .last()
            .map_or(one.trip.depart_s, |visit| visit.leave_s);
        out.rows.push(vec![
            one.code.into(),
            vehicle.plate.as_str().into(),
            vehicle.driver_name.as_str().into(),
            vehicle.driver_phone.as_str().into(),
            number(one.turn),
            planned.county.suppliers[one.supplier].noun.name.as_str().into(),
            hour(asked, one.trip.depart_s).into(),
            hour(asked, last_s).into(),
            number(one.trip.visits.len()),
            drops.map(|drop| drop.bags).sum::<i64>().into(),
            weight_g.into(),
            vehicle.load_g.into(),
            (weight_g * 10_000 / vehicle.load_g.max(1)).into(),
            one.distance_m.into(),
            limits(vehicle, lang).into(),
        ]);
    }
    out
}

/// What limits a vehicle beside its load, as its list says.
fn limits(vehicle: &Vehicle, lang: Lang) -> String {
    let mut words = Vec::new();
    if vehicle.cold != 0 {
        words.push(lang.t("冷藏车", "cold").to_string());
    }
    if !vehicle.shift.is_empty() {
        words.push(format!("{}{}", lang.t("班次", "shift "), vehicle.shift));
    }
    if let Some(most) = vehicle.stops_max() {
        words.push(format!(
            "{}{most}{}",
            lang.t("最多", "at most "),
            lang.t("站", " stops")
        ));
    }
    if !vehicle.pass_areas.is_empty() {
        words.push(format!("{}{}", lang.t("限", "only in "), vehicle.pass_areas));
    }
    words.join(lang.t("；", "; "))
}

/// One line for each stop, in the order in which it is driven.
pub fn stops(planned: &Planned, drive: &Drive, asked: &Asked, lang: Lang) -> OutSheet {
    let mut out = sheet(
        lang.t("停靠顺序", "Stops"),
        dated(asked, lang, lang.t("停靠顺序表", "Stops in order")),
        Vec::new(),
        vec![
            text(lang.t("车次", "Trip"), 8.0),
            text(lang.t("车牌", "Plate"), 12.0),
            count(lang.t("顺序", "Stop")),
            text(lang.t("社区（村）", "Community"), 14.0),
            text(lang.t("小区", "Compound"), 18.0),
            text(lang.t("投放点", "Drop point"), 20.0),
            text(lang.t("接货人", "Received by"), 10.0),
            text(lang.t("电话", "Phone"), 14.0),
            text(lang.t("到达", "Arrives"), 8.0),
            text(lang.t("离开", "Leaves"), 8.0),
            count(lang.t("袋数", "Bags")),
            weight(lang.t("公斤", "kg")),
            count(lang.t("距上一处（米）", "From the last (m)")),
            text(lang.t("签收", "Signature"), 12.0),
        ],
    );
    for one in drive.trips() {
        let mut from = one.trip.depot.map(|depot| drive.problem.depots[depot].place);
        for (index, visit) in one.trip.visits.iter().enumerate() {
            let drop = drive.drops[visit.stop];
            let living = &planned.county.compounds[drop.compound];
            let to = drive.problem.stops[visit.stop].place;
            let leg = from.map(|from| drive.leg_m(from, to));
            from = Some(to);
            out.rows.push(vec![
                one.code.as_str().into(),
                drive.vehicles[one.vehicle].plate.as_str().into(),
                number(index + 1),
                living.community.as_str().into(),
                format!("{}{}", living.name, drop.words(lang)).into(),
                living.drop_point.as_str().into(),
                living.contact.0.as_str().into(),
                living.contact.1.as_str().into(),
                hour(asked, visit.arrive_s).into(),
                hour(asked, visit.leave_s).into(),
                drop.bags.into(),
                drop.weight_g.into(),
                match (leg, living.at) {
                    (Some(leg), Some(_)) => leg.into(),
                    _ => OutCell::Blank,
                },
                OutCell::Blank,
            ]);
        }
    }
    out
}
