//! What the registers say of vehicles and goods decides who drives where: shifts, stops, passes, cold (CT-4, FC-9, SH-9).

use baogong::base::Ctx;
use baogong::proposal::routes::{LeftOut, StoredRoutes};
use baogong::register::correct::{self, Correction};
use baogong::register::{register, show};
use baogong::round::trips::TripState;

use crate::routes::{packed_round, packed_round_of, plates, propose, shown, stored, trips_of};
use crate::support::{Browser, Page, Server, demo_servers};
use crate::takeover::hand_over;

const DISTRICT: &str = "431023";
const MORNING: [(&str, &str); 2] = [("leave", "2030-03-01T08:00"), ("back", "2030-03-01T12:00")];

/// Corrects an entry through the same door as the page: what is not named stays. Gives what was wrong, if anything was.
fn correct(server: &Server, key: &str, code: &str, changes: &[(&str, &str)]) -> Option<String> {
    let form = register(key).unwrap().form;
    let entries = server.entries(key, DISTRICT);
    let entry = entries.into_iter().find(|entry| entry.code == code).unwrap();
    let column = |column: &documents::forms::Column| {
        let changed = changes.iter().find(|(key, _)| *key == column.key);
        let kept = || entry.body.get(column.key).map(|value| show::typed(column, value));
        let text = changed.map(|(_, text)| (*text).to_string()).or_else(kept);
        (column.key.to_string(), text.unwrap_or_default())
    };
    let correction = Correction {
        register: key.into(),
        district: DISTRICT.into(),
        code: code.into(),
        fields: form.columns.iter().map(column).collect(),
    };
    let ctx = Ctx::system(&server.app.clock);
    let saved = server
        .app
        .db
        .write_blocking(move |tx| correct::save(tx, &ctx, &correction));
    saved.err().map(|error| format!("{error:?}"))
}

fn proposed(
    server: &Server,
    headquarters: &mut Browser,
    round: &str,
    terms: &[(&str, &str)],
    plates: &[String],
) -> (Page, String, StoredRoutes) {
    let page = propose(headquarters, round, terms, plates);
    let id = shown(&page, round);
    let (_, found) = stored(server, &id);
    (page, id, found)
}

fn why(found: &StoredRoutes, stop: usize) -> Option<LeftOut> {
    let left = found.left_out.iter().find(|(left, _)| *left == stop);
    left.map(|(_, why)| *why)
}

/// A vehicle drives in its shift, where its pass is valid, to so many stops; what breaks that by hand is named.
#[test]
fn shifts_passes_and_stop_limits_decide_who_drives_where() {
    for server in demo_servers() {
        let mut headquarters = server.demo_user("zhihui");
        let round = packed_round(&server, &mut headquarters);
        let plates = plates(&server);
        let (_, _, before) = proposed(&server, &mut headquarters, &round, &MORNING, &plates);
        let own = before.facts.stops[0].compound.clone();
        let wrong = correct(&server, "vehicles", &plates[0], &[("pass_areas", "没有这个街道")]);
        assert!(wrong.unwrap().contains("没有叫“没有这个街道”的街道、社区或小区"));
        let wrong = correct(&server, "vehicles", &plates[0], &[("shift", "白班")]);
        assert!(wrong.unwrap().contains("应写明从几点到几点"));
        let day = [
            ("shift", "7:00—19:00"),
            ("stops_max", "1"),
            ("pass_areas", own.as_str()),
        ];
        assert_eq!(correct(&server, "vehicles", &plates[0], &day), None);
        let night = [("shift", "20:00-次日6:00")];
        assert_eq!(correct(&server, "vehicles", &plates[1], &night), None);

        let (page, id, found) = proposed(&server, &mut headquarters, &round, &MORNING, &plates);
        page.shows("班次 07:00–19:00 · 最多1站 · 按通行证限区")
            .shows("没有登记通行证、按不限区域派车：")
            .shows("来不及在收车前返回");
        assert_eq!(found.legs.len(), 1);
        assert_eq!((found.legs[0].vehicle, found.legs[0].stops.clone()), (0, vec![0]));
        for stop in 1..found.facts.stops.len() {
            assert_eq!(why(&found, stop), Some(LeftOut::OutOfTime));
        }
        let path = format!("/rounds/{round}/routes/{id}");
        let tried = headquarters.send(&format!("{path}/check"), &[("trip:1", "0.0"), ("seq:1", "2")]);
        tried
            .shows("没有进入该区域的通行证")
            .shows("多 1 站（一个班次最多 1 站）");
        let tried = headquarters.send(&format!("{path}/check"), &[("trip:1", "1.0"), ("seq:1", "1")]);
        tried.shows("收车晚").shows("（班次 20:00–06:00）");

        // Alone, the vehicle of the day may not go to the others.
        let (page, _, found) = proposed(&server, &mut headquarters, &round, &MORNING, &plates[..1]);
        page.shows("没有车有进入该区域的通行证");
        assert_eq!(why(&found, 1), Some(LeftOut::NoPass));

        // A pass that is issued here counts instead of what the register notes, and only while it is valid.
        let pass = [
            ("kind", "vehicles"),
            ("area", DISTRICT),
            ("from", "2030-01-01"),
            ("until", "2030-12-31"),
            ("holder", plates[0].as_str()),
        ];
        assert_eq!(headquarters.send("/passes", &pass).status, 200);
        let (_, _, found) = proposed(&server, &mut headquarters, &round, &MORNING, &plates[..1]);
        assert_eq!(found.facts.vehicles[0].areas, Some(vec![DISTRICT.to_string()]));
        assert_eq!(
            why(&found, 1),
            Some(LeftOut::NoVehicleLeft),
            "it has its one stop"
        );
        let early = [("leave", "2029-03-01T08:00")];
        let (page, _, found) = proposed(&server, &mut headquarters, &round, &early, &plates[..1]);
        page.shows("没有有效的通行证、没有派车：");
        assert!(found.legs.is_empty());
    }
}

/// What the price list marks goes in cold vehicles, without anybody ticking it.
#[test]
fn goods_that_need_cold_go_in_cold_vehicles() {
    for server in demo_servers() {
        let mut headquarters = server.demo_user("zhihui");
        let round = packed_round(&server, &mut headquarters);
        let plates = plates(&server);
        for plate in &plates {
            assert_eq!(correct(&server, "vehicles", plate, &[("cold", "否")]), None);
        }
        let (_, _, found) = proposed(&server, &mut headquarters, &round, &MORNING[..1], &plates);
        assert!(found.left_out.is_empty() && found.facts.stops.iter().all(|stop| !stop.cold));
        let own = format!("{}/", found.facts.supplier);
        for good in server.entries("goods", DISTRICT) {
            if good.code.starts_with(&own) {
                assert_eq!(correct(&server, "goods", &good.code, &[("cold", "是")]), None);
            }
        }
        let (page, id, found) = proposed(&server, &mut headquarters, &round, &MORNING[..1], &plates);
        page.shows("没有可用的冷藏车").shows("需冷链");
        assert!(found.legs.is_empty() && found.facts.stops.iter().all(|stop| stop.cold));
        let path = format!("/rounds/{round}/routes/{id}");
        let tried = headquarters.send(&format!("{path}/check"), &[("trip:0", "0.0"), ("seq:0", "1")]);
        tried.shows("：要用冷藏车");
        assert_eq!(correct(&server, "vehicles", &plates[1], &[("cold", "是")]), None);
        let (_, _, found) = proposed(&server, &mut headquarters, &round, &MORNING[..1], &plates);
        assert!(!found.legs.is_empty() && found.legs.iter().all(|leg| leg.vehicle == 1));
    }
}

/// A compound with more boxes than any vehicle takes is served by several trips, each handed over by itself.
#[test]
fn a_compound_too_heavy_for_any_vehicle_is_served_by_several_trips() {
    for server in demo_servers() {
        let mut headquarters = server.demo_user("zhihui");
        let round = packed_round_of(&server, &mut headquarters, 1);
        let plates = plates(&server);
        let (_, _, whole) = proposed(&server, &mut headquarters, &round, &[], &plates);
        let several = whole.facts.stops.iter().filter(|stop| stop.boxes.len() > 1);
        let heavy = several.max_by_key(|stop| stop.weight_g).unwrap();
        let less_g = heavy.weight_g - 1;
        let load = format!("{}.{:03}公斤", less_g / 1_000, less_g % 1_000);
        for plate in &plates {
            assert_eq!(correct(&server, "vehicles", plate, &[("load_g", &load)]), None);
        }
        let terms = [("trips_max", "6")];
        let (page, id, found) = proposed(&server, &mut headquarters, &round, &terms, &plates);
        let parts: Vec<_> = found
            .facts
            .stops
            .iter()
            .filter(|stop| stop.compound == heavy.compound)
            .collect();
        assert_eq!(parts.len(), 2, "{:?}", found.facts.stops);
        page.shows(&format!("{}（1/2）", heavy.name));
        assert_eq!(
            parts.iter().map(|part| part.weight_g).sum::<i64>(),
            heavy.weight_g
        );
        assert!(found.left_out.is_empty(), "{:?}", found.left_out);
        headquarters
            .submit(&format!("/rounds/{round}/routes/{id}/accept"), &[])
            .shows("个车次已排好");
        let mut driver = server.demo_user("siji");
        for (trip, _) in trips_of(&server) {
            headquarters
                .submit(&format!("/trips/{}/load", trip.id), &[])
                .shows("箱已装车");
            let id = trip.id;
            let stops = server.read(move |tx| baogong::round::trips::stops(tx, DISTRICT, id));
            for stop in &stops {
                hand_over(&server, &mut driver, &trip, stop);
            }
        }
        let made = trips_of(&server);
        assert!(made.iter().all(|(trip, _)| trip.state == TripState::Ended));
        let there = made.iter().filter(|(_, stops)| stops.contains(&heavy.compound));
        assert_eq!(there.count(), 2);
        assert!(server.findings().is_empty(), "{:?}", server.findings());
    }
}
