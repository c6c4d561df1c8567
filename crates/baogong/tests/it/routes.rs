//! Routes as a proposal: looked at, changed with what follows, made into trips (CT-4, FC-9, YO-6).

use std::collections::BTreeMap;

use baogong::base::{Ctx, Error};
use baogong::proposal::routes::StoredRoutes;
use baogong::proposal::{self, ProposalState};
use baogong::round::trips::{self, Trip, TripDraft};

use crate::scene::{direct, homes, id_in, orders};
use crate::support::{Browser, Page, Server, demo_servers};

const STREET: &str = "431023001";

/// A round of free packs for at least three compounds of one supplier, packed and boxed. Gives its id.
pub fn packed_round(server: &Server, headquarters: &mut Browser) -> String {
    packed_round_of(server, headquarters, 4)
}

/// As [`packed_round`], with at most so many bags in a box.
pub fn packed_round_of(server: &Server, headquarters: &mut Browser, bags_max: usize) -> String {
    direct(headquarters, STREET, "yu", "lockdown", "high");
    let proposal = headquarters.submit("/proposals", &[("area", STREET)]);
    let id = id_in(&proposal, "action=\"/proposals/")
        .split('/')
        .next()
        .unwrap()
        .to_string();
    headquarters
        .submit(&format!("/proposals/{id}/accept"), &[])
        .shows("已分配保供单位");
    let assigned = server.read(|tx| proposal::assignment::assigned(tx, STREET));
    let mut by_supplier: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (compound, suppliers) in assigned {
        if homes(server, &compound)
            .iter()
            .any(|home| !home.household.needs.is_empty())
        {
            by_supplier.entry(suppliers.main).or_default().push(compound);
        }
    }
    let (supplier, mut compounds) = by_supplier.into_iter().max_by_key(|(_, own)| own.len()).unwrap();
    compounds.truncate(4);
    assert!(compounds.len() >= 3, "{supplier} feeds only {compounds:?}");
    let good = server
        .entries("goods", "431023")
        .into_iter()
        .find(|good| good.code.starts_with(&format!("{supplier}/")))
        .unwrap();
    let pack = good.code.split_once('/').unwrap().1.to_string();
    let total = format!("total:{pack}");
    let mut fields = vec![
        ("supplier", supplier.as_str()),
        ("mode", "relief"),
        (total.as_str(), "40"),
    ];
    fields.extend(compounds.iter().map(|compound| ("compound", compound.as_str())));
    let round = headquarters.submit("/rounds", &fields);
    let id = id_in(&round, "action=\"/rounds/")
        .split('/')
        .next()
        .unwrap()
        .to_string();
    headquarters
        .submit(&format!("/rounds/{id}/relief"), &[("pack", pack.as_str())])
        .shows("已发放");
    for deed in ["cut-off", "confirm", "pack-all"] {
        headquarters.submit(&format!("/rounds/{id}/{deed}"), &[]);
    }
    headquarters
        .submit(
            &format!("/rounds/{id}/boxes"),
            &[("bags_max", bags_max.to_string().as_str())],
        )
        .shows("箱已装好");
    assert!(!orders(server, &id, STREET).is_empty());
    id
}

pub fn plates(server: &Server) -> Vec<String> {
    server
        .entries("vehicles", "431023")
        .into_iter()
        .take(2)
        .map(|entry| entry.code)
        .collect()
}

pub fn propose(headquarters: &mut Browser, round: &str, more: &[(&str, &str)], plates: &[String]) -> Page {
    let mut fields: Vec<(&str, &str)> = plates.iter().map(|plate| ("vehicle", plate.as_str())).collect();
    fields.extend(more);
    headquarters.submit(&format!("/rounds/{round}/routes"), &fields)
}

/// The id of the proposal that a page shows.
pub fn shown(page: &Page, round: &str) -> String {
    id_in(page, &format!("action=\"/rounds/{round}/routes/"))
        .split('/')
        .next()
        .unwrap()
        .to_string()
}

pub fn stored(server: &Server, id: &str) -> (ProposalState, StoredRoutes) {
    let id = id.parse().unwrap();
    let found = server.read(move |tx| proposal::get(tx, "431023", id));
    (found.state, serde_json::from_str(&found.result).unwrap())
}

pub fn trips_of(server: &Server) -> Vec<(Trip, Vec<String>)> {
    server.read(|tx| {
        let mut found = Vec::new();
        for trip in trips::list(tx, "431023", "")? {
            let stops = trips::stops(tx, "431023", trip.id)?;
            found.push((trip, stops.into_iter().map(|stop| stop.compound).collect()));
        }
        Ok(found)
    })
}

#[track_caller]
pub fn refused(page: &Page, words: &str) {
    assert_eq!(page.status, 409, "{}", page.text());
    page.shows(words);
}

/// A stop is moved to another vehicle: looked at, kept, accepted; then the trips are as the table said.
#[test]
fn a_moved_stop_is_looked_at_kept_and_driven() {
    for server in demo_servers() {
        let mut headquarters = server.demo_user("zhihui");
        let round = packed_round(&server, &mut headquarters);
        let plates = plates(&server);
        let terms = [
            ("leave", "2030-03-01T08:00"),
            ("speed", "30"),
            ("stop_min", "10"),
            ("box_s", "60"),
            ("trips_max", "2"),
            ("reload_min", "15"),
        ];
        let page = propose(&mut headquarters, &round, &terms, &plates);
        page.shows("<svg class=\"map-picture\"")
            .shows("03-01 08:00")
            .shows("各车次");
        let id = shown(&page, &round);
        let path = format!("/rounds/{round}/routes/{id}");
        let (_, before) = stored(&server, &id);
        assert!(before.left_out.is_empty());
        let served: usize = before.legs.iter().map(|leg| leg.stops.len()).sum();
        assert_eq!(served, before.facts.stops.len());

        // The first stop goes on a second trip of the other vehicle.
        let stop = before.legs[0].stops[0];
        let to = format!("{}.1", 1 - before.legs[0].vehicle);
        let (trip_field, seq_field) = (format!("trip:{stop}"), format!("seq:{stop}"));
        let fields = [(trip_field.as_str(), to.as_str()), (seq_field.as_str(), "1")];
        let tried = headquarters.send(&format!("{path}/check"), &fields);
        assert_eq!(tried.status, 200, "{}", tried.text());
        tried
            .shows("试改，还没有保存")
            .shows(&before.facts.stops[stop].name);
        assert!(trips_of(&server).is_empty());

        let mut liaison = server.demo_user("lianluo");
        for deed in ["check", "change", "accept", "reject"] {
            assert_eq!(
                liaison.send(&format!("{path}/{deed}"), &fields).status,
                403,
                "{deed}"
            );
        }

        let kept = headquarters.submit(&format!("{path}/change"), &fields);
        kept.shows("修改记录");
        let new = shown(&kept, &round);
        assert_eq!(stored(&server, &id).0, ProposalState::Replaced);
        let (_, after) = stored(&server, &new);
        let moved = after
            .legs
            .iter()
            .find(|leg| leg.stops == [stop])
            .expect("it is alone on its trip");
        assert_eq!((moved.vehicle, moved.trip), (1 - before.legs[0].vehicle, 1));
        assert_eq!(after.revisions[0].moved, [before.facts.stops[stop].name.clone()]);
        for deed in ["change", "accept", "reject"] {
            refused(
                &headquarters.send(&format!("{path}/{deed}"), &fields),
                "别人刚刚改过",
            );
        }

        // Another proposal for the same boxes comes too late once these are on trips.
        let rival = shown(&propose(&mut headquarters, &round, &terms, &plates), &round);
        headquarters
            .submit(&format!("/rounds/{round}/routes/{new}/accept"), &[])
            .shows("个车次已排好");
        refused(
            &headquarters.send(&format!("/rounds/{round}/routes/{rival}/accept"), &[]),
            "请重新生成路线",
        );
        assert_eq!(stored(&server, &rival).0, ProposalState::Open);

        let mut made: Vec<(String, Vec<String>)> = trips_of(&server)
            .into_iter()
            .map(|(trip, stops)| (trip.vehicle, stops))
            .collect();
        let mut wanted: Vec<(String, Vec<String>)> = after
            .legs
            .iter()
            .map(|leg| {
                let stops = leg
                    .stops
                    .iter()
                    .map(|stop| after.facts.stops[*stop].compound.clone())
                    .collect();
                (after.facts.vehicles[leg.vehicle].plate.clone(), stops)
            })
            .collect();
        made.sort();
        wanted.sort();
        assert_eq!(made, wanted);
        assert!(server.findings().is_empty(), "{:?}", server.findings());
    }
}

/// What no vehicle can do in time is told and not accepted by mistake. A vehicle that drops out gives its boxes back.
#[test]
fn what_does_not_work_is_told_and_a_vehicle_drops_out() {
    for server in demo_servers() {
        let mut headquarters = server.demo_user("zhihui");
        let round = packed_round(&server, &mut headquarters);
        let plates = plates(&server);
        let terms = [
            ("leave", "2030-03-01T08:00"),
            ("back", "2030-03-01T08:01"),
            ("stop_min", "5"),
        ];
        let page = propose(&mut headquarters, &round, &terms, &plates);
        page.shows("没有车去的小区").shows("来不及在收车前返回");
        let id = shown(&page, &round);
        let path = format!("/rounds/{round}/routes/{id}");
        refused(
            &headquarters.send(&format!("{path}/accept"), &[]),
            "还有小区没有车",
        );
        let tried = headquarters.send(&format!("{path}/check"), &[("trip:0", "0.0"), ("seq:0", "1")]);
        tried.shows("这样走不行").shows("收车晚");
        refused(
            &headquarters.send(&format!("{path}/accept"), &[("trip:0", "0.0"), ("seq:0", "1")]),
            "超载、超时",
        );
        assert!(trips_of(&server).is_empty());
        assert_eq!(
            stored(&server, &id).0,
            ProposalState::Open,
            "a refusal leaves nothing behind"
        );
        headquarters
            .submit(&format!("{path}/reject"), &[])
            .shows("箱子仍在等车");

        // Cold goods go in cold vehicles only.
        let cold: Vec<i64> = server
            .entries("vehicles", "431023")
            .into_iter()
            .filter(|entry| plates.contains(&entry.code))
            .map(|entry| entry.noun::<baogong::register::entry::Vehicle>().unwrap().cold)
            .collect();
        let page = propose(&mut headquarters, &round, &[("cold", "1")], &plates);
        let (_, routes) = stored(&server, &shown(&page, &round));
        assert_eq!(
            routes.left_out.is_empty(),
            cold.iter().any(|one| *one != 0),
            "{cold:?}"
        );
        assert!(
            routes
                .legs
                .iter()
                .all(|leg| routes.facts.vehicles[leg.vehicle].cold)
        );

        // The short way: trips at once.
        headquarters
            .submit(
                &format!("/rounds/{round}/trips"),
                &[("vehicle", plates[0].as_str())],
            )
            .shows("个车次已排好");
        let (trip, stops) = trips_of(&server).remove(0);
        let mut driver = server.demo_user("siji");
        assert_eq!(
            driver.send(&format!("/trips/{}/cancel", trip.id), &[]).status,
            403
        );
        headquarters
            .submit(&format!("/trips/{}/cancel", trip.id), &[])
            .shows("箱重新待排");
        refused(
            &headquarters.send(&format!("/trips/{}/cancel", trip.id), &[]),
            "已经出发或取消",
        );
        refused(
            &headquarters.send(&format!("/trips/{}/load", trip.id), &[]),
            "已经出发",
        );
        headquarters
            .submit(
                &format!("/rounds/{round}/trips"),
                &[("vehicle", plates[1].as_str())],
            )
            .shows("个车次已排好");
        let again = trips_of(&server);
        let new = again.iter().find(|(one, _)| one.vehicle == plates[1]).unwrap();
        let sorted = |stops: &[String]| {
            let mut stops = stops.to_vec();
            stops.sort();
            stops
        };
        assert_eq!(sorted(&new.1), sorted(&stops));
        headquarters
            .submit(&format!("/trips/{}/load", new.0.id), &[])
            .shows("箱已装车");
        assert!(server.findings().is_empty(), "{:?}", server.findings());
    }
}

/// FC-9: while trips were computed, others were made: what comes later is refused and leaves nothing behind.
#[test]
fn boxes_that_moved_meanwhile_are_not_loaded_twice() {
    for server in demo_servers() {
        let mut headquarters = server.demo_user("zhihui");
        let round = packed_round(&server, &mut headquarters);
        let plates = plates(&server);
        let proposed = propose(&mut headquarters, &round, &[], &plates);
        let path = format!("/rounds/{round}/routes/{}", shown(&proposed, &round));
        let draft = TripDraft {
            district: "431023".into(),
            round: round.parse().unwrap(),
            vehicles: plates.clone(),
        };
        let ctx = Ctx::system(&server.app.clock);
        let (of_ctx, of_draft) = (ctx.clone(), draft.clone());
        let facts = server.read(move |tx| (trips::PLAN.gather)(tx, &of_ctx, &of_draft));
        let planned = (trips::PLAN.compute)(&ctx, &draft, facts).unwrap();

        let vehicles: Vec<(&str, &str)> = plates.iter().map(|plate| ("vehicle", plate.as_str())).collect();
        headquarters
            .submit(&format!("/rounds/{round}/trips"), &vehicles)
            .shows("个车次已排好");
        let made = trips_of(&server).len();
        let late = server
            .app
            .db
            .write_blocking(move |tx| (trips::PLAN.keep)(tx, &ctx, &draft, &planned));
        let Err(Error::Refusal(refusal)) = late else {
            panic!("{}: boxes were put on two trips", server.name)
        };
        assert_eq!(refusal.code, "box_moved");
        refused(
            &headquarters.send(&format!("{path}/accept"), &[("despite", "1")]),
            "请重新生成路线",
        );
        assert_eq!(trips_of(&server).len(), made, "{}", server.name);
    }
}

/// Where a map of roads told the ways when the routes were proposed, they are those, and not estimated again.
#[test]
fn the_ways_of_a_proposal_are_those_by_road_that_it_keeps() {
    let server = demo_servers().remove(0);
    let mut headquarters = server.demo_user("zhihui");
    let round = packed_round(&server, &mut headquarters);
    let page = propose(&mut headquarters, &round, &[], &plates(&server));
    page.shows("按直线距离×1.35估算");
    let (_, mut found) = stored(&server, &shown(&page, &round));
    assert!(found.facts.ways.is_none(), "this server has no map");
    let terms = trips::Terms::plain(0);
    let (estimated, _) = found.laid_out(&terms);
    let places = found.facts.stops.len() + 1;
    let cells = |value: i32| -> Vec<i32> {
        (0..places * places)
            .map(|cell| if cell / places == cell % places { 0 } else { value })
            .collect()
    };
    found.facts.ways = Some(trips::WayTable {
        distance_m: cells(1_000),
        time_s: cells(120),
    });
    let (by_road, _) = found.laid_out(&terms);
    assert_ne!(estimated, by_road);
    for tour in &by_road.tours {
        let legs = tour
            .trips
            .iter()
            .map(|trip| trip.visits.len() as i64 + 1)
            .sum::<i64>();
        assert_eq!(
            (tour.distance_m, tour.end_s - tour.start_s),
            (legs * 1_000, legs * 120)
        );
    }
}
