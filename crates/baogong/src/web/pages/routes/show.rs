//! What a proposal of routes looks like: map, timetable, stops to be moved.

use kit::{Column, Field, Lang, Markup, TableRow, Tile, Tone, html};
use planner::route::{Broken, Plan, Tour};

use super::super::super::request::Web;
use super::super::proposals::state_badge;
use super::limits::{later, limits, without_pass, without_valid_pass, words};
use crate::base::clock;
use crate::base::words::{count, kilograms, kilometres};
use crate::proposal::routes::{Placing, StoredRoutes};
use crate::proposal::{Proposal, ProposalState};
use crate::round::trips::Terms;

/// The part of the page that shows what a change leads to.
const PART: &str = "consequences";

/// What the page shows.
pub(super) struct Look {
    pub(super) round: String,
    pub(super) proposal: Proposal,
    pub(super) terms: Terms,
    pub(super) stored: StoredRoutes,
    /// The names of compounds that somebody is moving, not saved yet.
    pub(super) moved: Vec<String>,
    pub(super) plan: Plan,
    pub(super) broken: Vec<Broken>,
    /// By when the round promised to deliver.
    pub(super) promised_s: i64,
}

impl Look {
    fn open(&self) -> bool {
        self.proposal.state == ProposalState::Open
    }

    fn trip_words(&self, web: &Web, vehicle: usize, trip: usize) -> String {
        let facts = &self.stored.facts.vehicles[vehicle];
        let plate = &facts.plate;
        let several = self.terms.trips_max > 1;
        let number = |trip: usize| format!("{}{}{}", web.t("第", "trip "), trip + 1, web.t("趟", ""));
        match (&facts.on_trip, &self.stored.facts.stranded) {
            (Some(on_trip), _) if trip == 0 => format!("{plate} {}", on_trip.code),
            (on_trip, Some(_)) => {
                let fetched = trip - usize::from(on_trip.is_some());
                let words = web.t("接驳", "takeover");
                if several {
                    format!("{plate} {words}{}", number(fetched))
                } else {
                    format!("{plate} {words}")
                }
            }
            _ if several => format!("{plate} {}", number(trip)),
            _ => plate.clone(),
        }
    }

    /// Which trip of its vehicle a trip of a tour is, as persons count them.
    fn turn(&self, tour: &Tour, trip: usize) -> usize {
        let first = tour.trips[trip].visits.first();
        let place = first.and_then(|visit| self.stored.place_of(visit.stop).trip);
        place.map_or(trip, |(_, turn)| turn)
    }

    /// Where a trip begins, and where its vehicle goes behind its last stop.
    fn ends(&self, web: &Web, tour: &Tour, trip: usize) -> (Option<kit::MapPlace>, Option<kit::MapPlace>) {
        let facts = &self.stored.facts;
        let depot = |depot: usize| match (&facts.stranded, depot) {
            (Some(broken), 1) => web.place(broken.latitude, broken.longitude),
            _ => web.place(facts.latitude, facts.longitude),
        };
        let start = match (tour.trips[trip].depot, &facts.vehicles[tour.vehicle].on_trip) {
            (None, Some(on_trip)) => web.place(on_trip.latitude, on_trip.longitude),
            (from, _) => depot(from.unwrap_or(0)),
        };
        (
            start,
            depot(tour.trips.get(trip + 1).and_then(|next| next.depot).unwrap_or(0)),
        )
    }

    /// Each trip of the plan with its number in the legend, its tour, and which trip of the tour it is.
    fn trips(&self) -> Vec<(usize, &Tour, usize)> {
        let trips = self
            .plan
            .tours
            .iter()
            .flat_map(|tour| (0..tour.trips.len()).map(move |trip| (tour, trip)));
        trips
            .enumerate()
            .map(|(number, (tour, trip))| (number, tour, trip))
            .collect()
    }
}

/// The whole page.
pub(super) fn page(web: &Web, look: &Look) -> Markup {
    let path = format!("/rounds/{}/routes/{}", look.round, look.proposal.id);
    let metres: i64 = look.plan.tours.iter().map(|tour| tour.distance_m).sum();
    let later_s = |tour: &Tour| look.stored.facts.vehicles[tour.vehicle].later_s();
    let back_s = look
        .plan
        .tours
        .iter()
        .map(|tour| tour.end_s + later_s(tour))
        .max();
    let tile = |label: &str, value: String, tone: Tone| Tile {
        label: label.into(),
        value,
        tone,
        ..Tile::default()
    };
    let left = look.stored.left_out.len();
    html! {
        (kit::crumbs(&[("/rounds".into(), web.t("轮次", "Rounds").into()), (format!("/rounds/{}/packing", look.round), web.t("装袋、装车", "Pack and load").into()), (String::new(), web.t("配送路线", "Routes").into())]))
        (kit::heading(&format!("{} · {}", if look.stored.facts.stranded.is_some() { web.t("接驳路线", "Taking over") } else { web.t("配送路线", "Routes") }, look.stored.facts.supplier_name), &format!("{} · {}", clock::minute(look.proposal.created_s), look.proposal.actor), state_badge(look.proposal.state, web)))
        (kit::tiles(&[
            tile(web.t("车次", "Trips"), count(look.trips().len() as i64), Tone::Plain),
            tile(web.t("小区", "Compounds"), format!("{} / {}", look.stored.facts.stops.len() - left, look.stored.facts.stops.len()), if left > 0 { Tone::Bad } else { Tone::Good }),
            tile(web.t("总里程（公里）", "Kilometres"), kilometres(metres), Tone::Plain),
            back(web, back_s),
        ]))
        (takeover(web, look))
        (consequences(web, look))
        (kit::section(web.t("各站", "Stops"), stops(web, look, &path)))
        @if look.open() { (kit::confirm_form(&format!("{path}/reject"), &web.shell(""), web.t("不采纳", "Turn down"), Tone::Quiet, web.t("确定不采纳这些路线？箱子仍在等车。", "Turn these routes down? The boxes go on waiting."))) }
        @if !look.stored.revisions.is_empty() {
            (kit::section(web.t("修改记录", "Who changed what"), html! { ol { @for revision in &look.stored.revisions { li { (clock::minute(revision.at_s)) " " strong { (revision.actor) } " " (web.t("移动：", "moved: ")) (revision.moved.join(web.t("、", ", "))) } } } }))
        }
        @if look.proposal.state == ProposalState::Replaced { (kit::notice(Tone::Quiet, web.t("这一版已被新版本取代", "A newer version has replaced this one"), html! {})) }
    }
}

fn back(web: &Web, back_s: Option<i64>) -> Tile {
    let words = back_s.map_or_else(|| "— —".into(), clock::short);
    let (day, hour) = words.split_once(' ').unwrap_or(("", &words));
    Tile {
        label: web.t("全部收车", "All back").into(),
        value: hour.into(),
        unit: day.into(),
        ..Tile::default()
    }
}

/// The compounds that no vehicle goes to, those with the same reason together.
fn left_out(web: &Web, look: &Look) -> Markup {
    let mut groups: Vec<(&str, Vec<String>)> = Vec::new();
    for (stop, why) in &look.stored.left_out {
        let facts = &look.stored.facts.stops[*stop];
        let (boxes, weight) = (facts.boxes.len(), kilograms(facts.weight_g));
        let words = match web.lang {
            Lang::Zh => format!("{}（{boxes}箱{weight}公斤）", facts.name),
            Lang::En => format!("{} ({boxes} boxes, {weight} kg)", facts.name),
        };
        let why = why.word(web.lang);
        match groups.iter_mut().find(|(known, _)| *known == why) {
            Some((_, own)) => own.push(words),
            None => groups.push((why, vec![words])),
        }
    }
    html! {
        @if !groups.is_empty() {
            (kit::notice(Tone::Bad, web.t("没有车去的小区", "Compounds without a trip"), html! { ul { @for (why, own) in &groups {
                li { strong { (why) (web.t("：", ": ")) } (own.join(web.t("、", ", "))) }
            } } }))
        }
    }
}

/// The stops that are reached later than the round promised (FC-7).
fn late(web: &Web, look: &Look) -> Markup {
    let visits = look.plan.tours.iter().flat_map(|tour| &tour.trips);
    let visits = visits.flat_map(|trip| &trip.visits);
    let late: Vec<String> = visits
        .filter(|visit| visit.arrive_s > look.promised_s)
        .map(|visit| {
            let name = &look.stored.facts.stops[visit.stop].name;
            format!("{name} {}", clock::hour_after(look.promised_s, visit.arrive_s))
        })
        .collect();
    html! {
        @if !late.is_empty() {
            (kit::notice(Tone::Warn, &format!("{}{}{}{}", web.t("有", ""), late.len(), web.t("处晚于本轮的送达时间 ", " stops are later than the round promised, "), clock::short(look.promised_s)), html! {
                p { (late.join(web.t("、", ", "))) }
                p { (web.t("可多选几辆车、提早发车，或填写最晚收车时间后重新生成；不改的，请先通知这些小区。", "Choose more vehicles, leave earlier, or set a last time of return and propose again; else tell these compounds first.")) }
            }))
        }
    }
}

/// What broke down, and how it goes on.
fn takeover(web: &Web, look: &Look) -> Markup {
    let Some(broken) = &look.stored.facts.stranded else {
        return html! {};
    };
    let title = format!(
        "{} {} {}{}",
        broken.vehicle,
        broken.code,
        web.t("故障停驶，在", "broke down at "),
        broken.place
    );
    kit::notice(
        Tone::Warn,
        &title,
        html! {
            p { (broken.why) }
            p { (web.t("在途的车先送自己车上的货，再到那里换装、接着送。采纳后，故障车剩下的站转到新的接驳车次；在接驳车次上点“装好了，出发”时，箱子记到新车上。", "Vehicles under way first bring what they have on board, then fetch the boxes there. Accepting moves the stops that are left to new trips; when such a trip is loaded, its boxes are booked onto the new vehicle.")) }
        },
    )
}

fn consequences(web: &Web, look: &Look) -> Markup {
    html! {
        div id=(PART) aria-live="polite" {
            @if !look.moved.is_empty() {
                (kit::notice(Tone::Accent, web.t("试改，还没有保存", "Tried out, not saved yet"), html! {
                    p { (look.moved.join(web.t("、", ", "))) }
                    @if look.broken.is_empty() { p { (web.t("装得下、来得及。", "Load and time suffice.")) } }
                }))
            }
            @if !look.broken.is_empty() { (kit::notice(Tone::Bad, web.t("这样走不行", "This does not work"), html! { ul { @for one in &look.broken { li { (words(web, look, *one)) } } } })) }
            (left_out(web, look))
            (late(web, look))
            (kit::section(web.t("地图", "Map"), html! {
                (kit::map(web.lang, &drawing(web, look)))
                @if look.open() { p class="soft needs-script" { (web.t("把一个小区拖到另一个小区上，就排在它后面；后果立即显示，保存前不生效。", "Drag a compound onto another one to go there next; what follows is shown at once. Nothing holds before it is saved.")) } }
            }))
            (kit::section(web.t("各车次", "Trips"), html! {
                p class="soft" { (ways(web, look)) }
                @for (zh, en, plates) in [
                    ("没有有效的通行证、没有派车：", "Without a valid pass, sent nowhere: ", without_valid_pass(&look.stored.facts)),
                    ("没有登记通行证、按不限区域派车：", "Without any pass on record, taken to go everywhere: ", without_pass(&look.stored.facts)),
                ] {
                    @if !plates.is_empty() { p class="soft" { (web.t(zh, en)) (plates.join(web.t("、", ", "))) } }
                }
                (timetable(web, look))
            }))
        }
    }
}

fn ways(web: &Web, look: &Look) -> String {
    if look.stored.facts.ways.is_some() {
        return web
            .t(
                "里程和时间按道路图计算，不用上面填的平均车速。",
                "Ways and times are by the map of roads; the mean speed is not used.",
            )
            .to_string();
    }
    format!(
        "{}{}{}",
        web.t(
            "里程按直线距离×1.35估算，平均车速",
            "Ways are estimated as 1.35 times the straight line, at "
        ),
        look.terms.speed_km_h,
        web.t("公里/小时。", " km/h.")
    )
}

fn drawing(web: &Web, look: &Look) -> kit::Map {
    let (facts, open) = (&look.stored.facts, look.open());
    let place = |stop: usize| web.place(facts.stops[stop].latitude, facts.stops[stop].longitude);
    let depot = web.place(facts.latitude, facts.longitude);
    let trips = look.trips();
    let mut map = kit::Map {
        id: "routes-map".into(),
        title: format!("{} {}", web.t("配送路线", "Routes of"), facts.supplier_name),
        about: web.t("每个车次一种颜色，数字是到站顺序，虚线是回程；同样内容在下面的表里。", "One colour for each trip, numbers are the order of stops, dashed lines lead back; the tables below say the same.").into(),
        series: trips.iter().map(|(_, tour, trip)| look.trip_words(web, tour.vehicle, look.turn(tour, *trip))).collect(),
        tiles: web.tiles(),
        ..kit::Map::default()
    };
    for (number, tour, trip) in trips {
        let visits = &tour.trips[trip].visits;
        let (start, end) = look.ends(web, tour, trip);
        let way: Vec<_> = start
            .into_iter()
            .chain(visits.iter().filter_map(|visit| place(visit.stop)))
            .collect();
        if let (Some(end), Some(last)) = (end, way.last().copied()) {
            map.lines.push(kit::MapLine {
                places: vec![last, end],
                series: Some(number),
                faint: true,
            });
        }
        if way.len() > 1 {
            map.lines.push(kit::MapLine {
                places: way,
                series: Some(number),
                faint: false,
            });
        }
        if let (None, Some(on_trip), Some(at)) = (
            tour.trips[trip].depot,
            &facts.vehicles[tour.vehicle].on_trip,
            start,
        ) {
            map.points.push(kit::MapPoint {
                series: Some(number),
                about: web
                    .t("在途，先送完这一站", "Under way, this stop comes first")
                    .into(),
                ..kit::MapPoint::new(at, kit::PointKind::Compound, &on_trip.next)
            });
        }
        for (seq, visit) in visits.iter().enumerate() {
            let Some(at) = place(visit.stop) else { continue };
            let stop = &facts.stops[visit.stop];
            map.points.push(kit::MapPoint {
                mark: (seq + 1).to_string(),
                series: Some(number),
                weight: stop.weight_g,
                about: format!(
                    "{} · {}{}",
                    clock::short(visit.begin_s),
                    stop.boxes.len(),
                    web.t("箱", " boxes")
                ),
                href: Some(format!("#stop-{}", visit.stop)),
                drag: open.then(|| visit.stop.to_string()),
                drop: open
                    .then(|| format!("trip={}.{}&seq={}", tour.vehicle, look.turn(tour, trip), seq + 2)),
                ..kit::MapPoint::new(at, kit::PointKind::Compound, &stop.name)
            });
        }
    }
    for (stop, why) in &look.stored.left_out {
        let Some(at) = place(*stop) else { continue };
        map.points.push(kit::MapPoint {
            alarm: true,
            about: why.word(web.lang).into(),
            href: Some(format!("#stop-{stop}")),
            drag: open.then(|| stop.to_string()),
            ..kit::MapPoint::new(at, kit::PointKind::Compound, &facts.stops[*stop].name)
        });
    }
    if let Some(broken) = &facts.stranded
        && let Some(at) = web.place(broken.latitude, broken.longitude)
    {
        map.points.push(kit::MapPoint {
            weight: i64::MAX,
            about: format!("{} · {}", broken.place, broken.why),
            ..kit::MapPoint::new(at, kit::PointKind::BrokenDown, &broken.vehicle)
        });
    }
    if let Some(at) = depot {
        map.points.push(kit::MapPoint {
            weight: i64::MAX,
            drop: open.then(|| "trip=&seq=".into()),
            about: if open {
                web.t("拖到这里：从车次里移出", "Drop here to take off its trip")
                    .into()
            } else {
                String::new()
            },
            ..kit::MapPoint::new(at, kit::PointKind::Supplier, &facts.supplier_name)
        });
    }
    map
}

fn timetable(web: &Web, look: &Look) -> Markup {
    let facts = &look.stored.facts;
    let columns = [
        Column::text(web.t("车次", "Trip")),
        Column::text(web.t("驾驶员", "Driver")),
        Column::text(web.t("发车", "Leaves")),
        Column::text(web.t("站点与到达时间", "Stops and times")),
        Column::number(web.t("装载 / 载重（公斤）", "Load / capacity (kg)")),
        Column::text(web.t("收车", "Back")),
    ];
    let rows = look
        .trips()
        .into_iter()
        .map(|(_, tour, trip)| {
            let (vehicle, data) = (&facts.vehicles[tour.vehicle], &tour.trips[trip]);
            let load_g: i64 = data.visits.iter().map(|visit| facts.stops[visit.stop].weight_g).sum();
            let heavy = vehicle.load_g > 0 && load_g > vehicle.load_g;
            let last = trip + 1 == tour.trips.len();
            TableRow::new(vec![
                html! {
                    (look.trip_words(web, tour.vehicle, look.turn(tour, trip)))
                    @if vehicle.cold { " " (kit::badge(Tone::Accent, web.t("冷藏", "cold"))) }
                    @let limits = limits(web, vehicle);
                    @if !limits.is_empty() { br; small { (limits) } }
                },
                html! { (vehicle.driver) },
                html! { (clock::short(data.depart_s)) },
                html! {
                    @match (data.depot, &vehicle.on_trip, &facts.stranded) {
                        (None, Some(on_trip), _) => { (web.t("先到 ", "first to ")) (on_trip.next) " " small { (web.t("约", "about ")) (clock::hour_after(data.depart_s, on_trip.free_s)) (web.t("送完", " done")) } br; }
                        (Some(1), _, Some(broken)) => { (web.t("到 ", "at ")) (broken.place) (web.t(" 换装", " take over boxes")) br; }
                        _ => {}
                    }
                    @for (seq, visit) in data.visits.iter().enumerate() { @if seq > 0 { br; } (seq + 1) " " (facts.stops[visit.stop].name) " " small { (clock::hour_after(data.depart_s, visit.arrive_s)) } } },
                html! { (kilograms(load_g)) " / " @if vehicle.load_g > 0 { (kilograms(vehicle.load_g)) } @else { "—" } @if heavy { " " (kit::badge(Tone::Bad, &format!("+{}", kilograms(load_g - vehicle.load_g)))) } },
                html! { @if last {
                    (clock::hour_after(data.depart_s, tour.end_s)) " · " (kilometres(tour.distance_m)) (web.t("公里", " km"))
                    @if !vehicle.later.is_empty() { br; small { (later(web, vehicle, tour.end_s)) } }
                } },
            ])
            .tone(if heavy { Tone::Bad } else { Tone::Plain })
        })
        .collect();
    kit::table(
        web.t("各车次", "Trips"),
        &columns,
        rows,
        html! { p { (web.t("没有车次。", "No trips.")) } },
    )
}

fn stops(web: &Web, look: &Look, path: &str) -> Markup {
    let facts = &look.stored.facts;
    let mut options = vec![(String::new(), web.t("（不送）", "(no trip)").to_string())];
    for vehicle in 0..facts.vehicles.len() {
        options.extend(
            (0..look.stored.trips_of(vehicle, &look.terms))
                .map(|trip| (format!("{vehicle}.{trip}"), look.trip_words(web, vehicle, trip))),
        );
    }
    let columns = [
        Column::text(web.t("小区", "Compound")),
        Column::number(web.t("箱", "Boxes")),
        Column::number(web.t("重量（公斤）", "Weight (kg)")),
        Column::text(web.t("车次", "Trip")),
        Column::number(web.t("第几站", "Place")),
    ];
    let mut order: Vec<Placing> = (0..facts.stops.len())
        .map(|stop| look.stored.place_of(stop))
        .collect();
    order.sort_by_key(|place| (place.trip.is_some(), place.trip, place.seq));
    let rows = order
        .iter()
        .map(|place| {
            let stop = &facts.stops[place.stop];
            let trip = place.trip.map_or_else(String::new, |(vehicle, trip)| format!("{vehicle}.{trip}"));
            let shown = options.iter().find(|(key, _)| *key == trip).map_or("", |(_, words)| words.as_str());
            TableRow::new(vec![
                html! { span id=(format!("stop-{}", place.stop)) { (stop.name) } @if let Some(vehicle) = stop.aboard { br; small { (web.t("在", "on ")) (facts.vehicles[vehicle].plate) (web.t("车上", "")) } } },
                html! { (stop.boxes.len()) @if stop.cold { " " (kit::badge(Tone::Accent, web.t("需冷链", "cold"))) } },
                html! { (kilograms(stop.weight_g)) },
                html! { @if look.open() { (Field::select(&format!("trip:{}", place.stop), &format!("{} {}", stop.name, web.t("车次", "trip")), &options).value(&trip).bare()) } @else { (shown) } },
                html! { @if look.open() { (Field::number(&format!("seq:{}", place.stop), &format!("{} {}", stop.name, web.t("第几站", "place"))).value(&if place.trip.is_some() { place.seq.to_string() } else { String::new() }).attr("min", "1").bare()) } @else if place.trip.is_some() { (place.seq) } },
            ])
            .tone(if place.trip.is_none() { Tone::Bad } else { Tone::Plain })
        })
        .collect();
    let table = kit::table(web.t("各站", "Stops"), &columns, rows, html! {});
    if !look.open() {
        return table;
    }
    kit::live_form(
        &format!("{path}/accept"),
        &format!("{path}/check"),
        PART,
        &web.shell(""),
        html! {
            (table)
            (Field::check("despite", web.t("有小区没有车、超载或超时，仍然采纳", "Accept all the same: although a compound has no trip, or load or time do not suffice")))
            (kit::actions(html! {
                (kit::button_to(&format!("{path}/check"), web.t("看改动的后果", "Show what follows"), Tone::Plain))
                (kit::button_to(&format!("{path}/change"), web.t("保存改动", "Save the changes"), Tone::Plain))
                (kit::button(web.t("采纳，生成车次", "Accept and make the trips"), Tone::Accent))
            }))
        },
    )
}
