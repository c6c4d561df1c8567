//! A vehicle breaks down under way: others take over what it has on board, through the ledger (CT-4, FC-9).

use baogong::base::{book, clock};
use baogong::proposal::ProposalState;
use baogong::round::chart;
use baogong::round::packing;
use baogong::round::trips::{self, Stop, Terms, Trip, TripState};

use crate::routes::{packed_round, plates, propose, refused, shown, stored};
use crate::support::{Browser, Server, demo_servers};

const DISTRICT: &str = "431023";

fn trip_of(server: &Server, plate: &str, wanted: TripState) -> (Trip, Vec<Stop>) {
    let plate = plate.to_string();
    server.read(move |tx| {
        let all = trips::list(tx, DISTRICT, "")?;
        let found = all
            .into_iter()
            .find(|trip| trip.vehicle == plate && trip.state == wanted);
        let trip = found.expect("the vehicle is on such a trip");
        let stops = trips::stops(tx, DISTRICT, trip.id)?;
        Ok((trip, stops))
    })
}

fn boxes(server: &Server, trip: &Trip, compound: &str) -> Vec<String> {
    let (id, compound) = (trip.id, compound.to_string());
    server.read(move |tx| {
        let all = packing::boxes_of_trip(tx, DISTRICT, id)?;
        let own = all.into_iter().filter(|one| one.compound == compound);
        Ok(own.map(|one| one.code).collect())
    })
}

/// What the ledger says is on a vehicle, all packs together.
fn aboard(server: &Server, trip: &Trip, round: &str) -> i64 {
    let (id, round) = (trip.id, round.parse().unwrap());
    server.read(move |tx| {
        let mut sum = 0;
        for pack in baogong::round::open::packs(tx, DISTRICT, round)? {
            let asset = chart::pack_asset(round, &pack.code);
            sum += book::balance(tx, DISTRICT, &chart::on_trip(id, &asset))?.0;
        }
        Ok(sum)
    })
}

pub fn hand_over(server: &Server, browser: &mut Browser, trip: &Trip, stop: &Stop) {
    let codes = boxes(server, trip, &stop.compound).join(" ");
    let seq = stop.seq.to_string();
    browser
        .submit(
            &format!("/trips/{}/hand-over", trip.id),
            &[
                ("seq", seq.as_str()),
                ("boxes", codes.as_str()),
                ("received_by", "张三"),
            ],
        )
        .shows("已交接");
}

/// Trips of a round with three stops on these vehicles: for each stop its vehicle and trip, such as `1.0`.
fn placed(server: &Server, headquarters: &mut Browser, round: &str, plates: &[String], trips: [&str; 3]) {
    let page = propose(
        headquarters,
        round,
        &[("stop_min", "5"), ("trips_max", "2")],
        plates,
    );
    let id = shown(&page, round);
    let (_, found) = stored(server, &id);
    assert_eq!(found.facts.stops.len(), 3, "{:?}", found.facts.stops);
    let fields: Vec<(String, String)> = (0..3)
        .flat_map(|stop| {
            let before = trips[..stop].iter().filter(|trip| **trip == trips[stop]);
            [
                (format!("trip:{stop}"), trips[stop].to_string()),
                (format!("seq:{stop}"), (before.count() + 1).to_string()),
            ]
        })
        .collect();
    let mut fields: Vec<(&str, &str)> = fields.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    fields.push(("despite", "1"));
    headquarters
        .submit(&format!("/rounds/{round}/routes/{id}/accept"), &fields)
        .shows("个车次已排好");
}

/// The next planned trip of a vehicle, loaded.
fn loaded(server: &Server, headquarters: &mut Browser, plate: &str) -> Trip {
    let (trip, _) = trip_of(server, plate, TripState::Planned);
    headquarters
        .submit(&format!("/trips/{}/load", trip.id), &[])
        .shows("箱已装车");
    trip
}

/// Two loaded trips of a round on these vehicles: the first with two stops, the second with one.
fn two_under_way(
    server: &Server,
    headquarters: &mut Browser,
    round: &str,
    plates: &[String],
) -> (Trip, Trip) {
    placed(server, headquarters, round, plates, ["0.0", "0.0", "1.0"]);
    let mut load = |plate: &str| loaded(server, headquarters, plate);
    (load(&plates[0]), load(&plates[1]))
}

/// Reported with its reason, taken over by the other vehicle, fetched, brought; every step through the ledger.
#[test]
fn others_take_over_what_a_broken_vehicle_has_on_board() {
    for server in demo_servers() {
        let mut headquarters = server.demo_user("zhihui");
        let mut driver = server.demo_user("siji");
        let round = packed_round(&server, &mut headquarters);
        let plates = plates(&server);
        let (broken, helper) = two_under_way(&server, &mut headquarters, &round, &plates);
        let (_, stops) = trip_of(&server, &plates[0], TripState::UnderWay);
        hand_over(&server, &mut driver, &broken, &stops[0]);
        let waiting = aboard(&server, &broken, &round);
        assert!(waiting > 0);

        // Who reports must say why; nobody takes over before.
        let path = format!("/trips/{}", broken.id);
        let at = stops[0].compound.as_str();
        assert_eq!(
            driver.send(&format!("{path}/break-down"), &[("at", at)]).status,
            422
        );
        refused(
            &headquarters.send(&format!("{path}/take-over"), &[("vehicle", plates[1].as_str())]),
            "请先登记这辆车的故障",
        );
        driver
            .submit(
                &format!("{path}/break-down"),
                &[("at", at), ("why", "爆胎，停在路口")],
            )
            .shows("故障停驶")
            .shows("爆胎，停在路口");
        refused(
            &driver.send(&format!("{path}/break-down"), &[("at", at), ("why", "再报一次")]),
            "车次不在途中",
        );
        assert_eq!(driver.send(&format!("{path}/take-over"), &[]).status, 403);

        // The proposal: what is on the broken vehicle is fetched there, what the helper has stays on it.
        let page = headquarters.submit(
            &format!("{path}/take-over"),
            &[
                ("vehicle", plates[1].as_str()),
                ("stop_min", "5"),
                ("reload_min", "15"),
            ],
        );
        page.shows("接驳路线").shows("换装").shows("爆胎，停在路口");
        let id = shown(&page, &round);
        let (_, found) = stored(&server, &id);
        assert!(found.left_out.is_empty(), "{:?}", found.left_out);
        // The helper drives to its only stop already; then it fetches what the broken vehicle has left.
        assert_eq!(found.facts.stops.len(), 1, "{:?}", found.facts.stops);
        assert_eq!(
            (found.facts.stops[0].aboard, found.place_of(0).trip),
            (None, Some((0, 1)))
        );
        let routes = format!("/rounds/{round}/routes/{id}");
        headquarters
            .open(&routes)
            .shows("map-picture")
            .shows("抛锚车辆")
            .shows(&format!("{} 接驳", plates[1]));
        // On the trip that the helper is on there are no such boxes, and nobody can say that it is meant.
        let wrong = [("trip:0", "0.0"), ("seq:0", "1"), ("despite", "1")];
        headquarters
            .send(&format!("{routes}/check"), &wrong)
            .shows("不在这趟车上");
        refused(
            &headquarters.send(&format!("{routes}/accept"), &wrong),
            "不在这趟车上",
        );

        headquarters
            .submit(&format!("{routes}/accept"), &[])
            .shows("个车次已排好");
        let (takeover, moved) = trip_of(&server, &plates[1], TripState::Planned);
        assert_eq!(takeover.takes_over, Some(broken.id));
        let compounds = |stops: &[Stop]| -> Vec<String> {
            let mut all: Vec<String> = stops.iter().map(|stop| stop.compound.clone()).collect();
            all.sort();
            all
        };
        assert_eq!(compounds(&moved), compounds(&stops[1..]));
        let (_, left) = trip_of(&server, &plates[0], TripState::Stranded);
        assert_eq!(
            compounds(&left),
            compounds(&stops[..1]),
            "what was handed over stays"
        );
        assert_eq!(aboard(&server, &broken, &round), waiting, "no box has moved yet");

        // Loaded at the broken vehicle: the ledger moves what is on board, and the broken trip ends.
        driver
            .open(&format!("/trips/{}", takeover.id))
            .shows("换装")
            .shows(&plates[0]);
        driver
            .submit(&format!("/trips/{}/load", takeover.id), &[])
            .shows("箱已装车");
        assert_eq!(aboard(&server, &broken, &round), 0);
        assert_eq!(aboard(&server, &takeover, &round), waiting);
        trip_of(&server, &plates[0], TripState::Ended);
        let own = helper.id;
        let own = server.read(move |tx| trips::stops(tx, DISTRICT, own));
        assert!(!own.is_empty());
        for (trip, stops) in [(&helper, own), (&takeover, moved)] {
            for stop in &stops {
                hand_over(&server, &mut driver, trip, stop);
            }
        }
        assert_eq!(aboard(&server, &takeover, &round), 0);
        server.demo_user("ducha").open("/audit").shows("报告车辆故障");
        assert!(server.findings().is_empty(), "{:?}", server.findings());
    }
}

/// A takeover that comes too late is refused; one that is cancelled gives the boxes back, and the vehicle can go on.
#[test]
fn a_takeover_that_is_outdated_or_cancelled_leaves_the_boxes_where_they_are() {
    for server in demo_servers() {
        let mut headquarters = server.demo_user("zhihui");
        let round = packed_round(&server, &mut headquarters);
        let plates = plates(&server);
        let (broken, helper) = two_under_way(&server, &mut headquarters, &round, &plates);
        let path = format!("/trips/{}", broken.id);
        let report = [("at", ""), ("why", "驾驶员发热")];
        headquarters
            .submit(&format!("{path}/break-down"), &report)
            .shows("驾驶员发热");
        let waiting = aboard(&server, &broken, &round);
        let (_, stops) = trip_of(&server, &plates[0], TripState::Stranded);

        // Meanwhile the helper hands over its stop, so the proposal is no longer true.
        let late = headquarters.submit(&format!("{path}/take-over"), &[("vehicle", plates[1].as_str())]);
        let late = shown(&late, &round);
        let (_, own) = trip_of(&server, &plates[1], TripState::UnderWay);
        hand_over(&server, &mut headquarters, &helper, &own[0]);
        refused(
            &headquarters.send(&format!("/rounds/{round}/routes/{late}/accept"), &[]),
            "请重新生成接驳路线",
        );
        assert_eq!(stored(&server, &late).0, ProposalState::Open);

        let again = headquarters.submit(&format!("{path}/take-over"), &[("vehicle", plates[1].as_str())]);
        let again = shown(&again, &round);
        headquarters
            .submit(&format!("/rounds/{round}/routes/{again}/accept"), &[])
            .shows("个车次已排好");
        refused(
            &headquarters.send(&format!("{path}/resume"), &[]),
            "请先取消那些车次",
        );
        let (takeover, _) = trip_of(&server, &plates[1], TripState::Planned);
        headquarters
            .submit(&format!("/trips/{}/cancel", takeover.id), &[])
            .shows("箱");
        let (_, back) = trip_of(&server, &plates[0], TripState::Stranded);
        assert_eq!(back.len(), stops.len());
        headquarters
            .submit(&format!("{path}/resume"), &[])
            .shows("继续送货");
        assert_eq!(aboard(&server, &broken, &round), waiting);
        let (_, rest) = trip_of(&server, &plates[0], TripState::UnderWay);
        for stop in &rest {
            hand_over(&server, &mut headquarters, &broken, stop);
        }
        trip_of(&server, &plates[0], TripState::Ended);
        assert_eq!(aboard(&server, &broken, &round), 0);
        assert!(server.findings().is_empty(), "{:?}", server.findings());
    }
}

/// A vehicle that helps makes its later trips as well: what they take is told, and is not there for helping (CT-4).
#[test]
fn the_later_trips_of_a_helper_count() {
    for server in demo_servers() {
        let mut headquarters = server.demo_user("zhihui");
        let round = packed_round(&server, &mut headquarters);
        let plates = plates(&server);
        placed(&server, &mut headquarters, &round, &plates, ["0.0", "1.0", "1.1"]);
        let broken = loaded(&server, &mut headquarters, &plates[0]);
        loaded(&server, &mut headquarters, &plates[1]);
        let (later, _) = trip_of(&server, &plates[1], TripState::Planned);
        let path = format!("/trips/{}", broken.id);
        headquarters
            .submit(&format!("{path}/break-down"), &[("at", ""), ("why", "水箱漏水")])
            .shows("水箱漏水");
        let mut take_over = |more: &[(&str, &str)]| {
            let mut fields = vec![
                ("vehicle", plates[1].as_str()),
                ("stop_min", "5"),
                ("reload_min", "30"),
            ];
            fields.extend(more);
            let page = headquarters.submit(&format!("{path}/take-over"), &fields);
            let (_, found) = stored(&server, &shown(&page, &round));
            (page, found)
        };

        let (page, found) = take_over(&[]);
        let helper = &found.facts.vehicles[0];
        let codes: Vec<&str> = helper.later.iter().map(|one| one.code.as_str()).collect();
        assert_eq!(codes, [later.code.as_str()]);
        // At least loading and the one stop.
        assert!(helper.later_s() >= 35 * 60, "{:?}", helper.later);
        assert!(found.left_out.is_empty(), "{:?}", found.left_out);
        page.shows("之后还有车次").shows(&later.code);

        // Time for the boxes of the broken vehicle alone does not suffice; with that of the later trip it does.
        let terms = Terms {
            stop_s: 5 * 60,
            reload_s: 30 * 60,
            ..Terms::plain(0)
        };
        let (plan, _) = found.laid_out(&terms);
        let end_s = plan.tours.iter().map(|tour| tour.end_s).max().unwrap();
        let back = clock::field(end_s + helper.later_s() / 2);
        let (page, short) = take_over(&[("back", &back)]);
        assert_eq!(short.left_out.len(), 1, "{:?}", short.left_out);
        page.shows("没有车去的小区");
        let back = clock::field(end_s + helper.later_s() + 3_600);
        let (_, enough) = take_over(&[("back", &back)]);
        assert!(enough.left_out.is_empty(), "{:?}", enough.left_out);
        assert!(server.findings().is_empty(), "{:?}", server.findings());
    }
}
