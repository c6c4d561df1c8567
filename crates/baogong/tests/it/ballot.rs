//! A round sold by ballot, from opening over requests and the draw to payment, through the pages; and the next draw.

use baogong::base::clock::{DAY_S, HOUR_S};
use baogong::base::{Ctx, Result};
use baogong::plan::release::{PriorityClass, Release};
use baogong::register::entry::Good;
use baogong::round::ballot::{self, DrawResult, Drawing};
use baogong::round::{Order, OrderState, RoundState, open};
use store::Tx;

use crate::scene::{Home, direct, homes, id_in, orders, town_compounds};
use crate::support::{Browser, Server, demo_servers};

/// One compound under a plan that allows advances (DX-5) and one order in three days (FC-10).
struct Town {
    headquarters: Browser,
    liaison: Browser,
    compound: String,
    homes: Vec<Home>,
    supplier: String,
    pack: String,
}

fn town(server: &Server) -> Town {
    let mut headquarters = server.demo_user("zhihui");
    let special = |code: &String| {
        let homes = homes(server, code);
        homes
            .iter()
            .filter(|home| !home.household.needs.is_empty())
            .count()
    };
    // Enough households of both kinds, so that the tests know who belongs to which class.
    let mut compounds = town_compounds(server);
    compounds.retain(|code| special(code) >= 1 && homes(server, code).len() >= special(code) + 8);
    let compound = compounds.remove(0);
    direct(&mut headquarters, &compound, "dx", "control", "medium");
    direct(&mut headquarters, &compound, "fc", "control", "medium");
    let mut goods = server.entries("goods", "431023");
    goods.retain(|entry| entry.noun::<Good>().unwrap().limit_per_order != 1);
    let (supplier, pack) = goods[0].code.split_once('/').unwrap();
    let homes = homes(server, &compound);
    Town {
        headquarters,
        liaison: server.user("tuanzhang", "liaison", &compound, ""),
        homes,
        supplier: supplier.into(),
        pack: pack.into(),
        compound,
    }
}

impl Town {
    /// Time passes, the timer runs once, and who was signed in signs in again.
    fn later(&mut self, server: &Server, by_s: i64) {
        server.app.clock.advance(by_s);
        tick(server);
        self.headquarters = server.demo_user("zhihui");
        self.liaison = server.demo_user("tuanzhang");
    }

    /// The households without special needs.
    fn plain(&self) -> Vec<Home> {
        let plain = self.homes.iter().filter(|home| home.household.needs.is_empty());
        plain.cloned().collect()
    }

    fn quantity(&self) -> String {
        format!("q:{}", self.pack)
    }

    /// Opens a round over `total` packs; gives its id.
    fn open(&mut self, total: &str, release: &str) -> String {
        let field = format!("total:{}", self.pack);
        let page = self.headquarters.submit(
            "/rounds",
            &[
                ("supplier", &self.supplier),
                ("mode", "C"),
                ("compound", &self.compound),
                ("release", release),
                (&field, total),
            ],
        );
        id_in(&page, "action=\"/rounds/")
            .split('/')
            .next()
            .unwrap()
            .to_string()
    }

    fn request(&mut self, round: &str, home: &Home, quantity: &str) {
        let field = self.quantity();
        let fields = [
            ("compound", self.compound.as_str()),
            ("dwelling", home.written.as_str()),
            (field.as_str(), quantity),
        ];
        self.liaison
            .submit(&format!("/rounds/{round}/orders"), &fields)
            .shows("已登记，等待抽签");
    }
}

fn drawing(server: &Server, round: &str) -> Drawing {
    let id = round.parse().unwrap();
    server.read(move |tx| {
        let round = open::get(tx, "431023", id)?;
        ballot::publish(tx, &round)
    })
}

fn order_of(server: &Server, round: &str, home: &Home) -> Order {
    let mut found = orders(server, round, &home.code.clone()[..12]);
    found.retain(|order| order.household == home.code && order.state != OrderState::Cancelled);
    found.remove(0)
}

fn result_of(server: &Server, order: &Order) -> (PriorityClass, DrawResult) {
    let id = order.id;
    let outcome = server.read(move |tx| ballot::outcome(tx, "431023", id)).unwrap();
    (outcome.class, outcome.result)
}

fn state(server: &Server, round: &str) -> baogong::round::Round {
    let id = round.parse().unwrap();
    server.read(move |tx| open::get(tx, "431023", id))
}

fn left(server: &Server, town: &Town, round: &str) -> i64 {
    let (id, compound) = (round.parse().unwrap(), town.compound.clone());
    server.read(move |tx| {
        let packs = open::packs(tx, "431023", id)?;
        Ok(open::left(tx, "431023", id, &compound, &packs)?[0])
    })
}

fn tick(server: &Server) -> usize {
    let ctx = Ctx::system(&server.app.clock);
    server
        .app
        .db
        .write_blocking(move |tx: &mut Tx| -> Result<usize> { open::tick(tx, &ctx) })
        .unwrap()
}

#[test]
fn from_requests_over_the_draw_to_payment() {
    for server in demo_servers() {
        one_ballot(&server);
        let findings = server.findings();
        assert!(findings.is_empty(), "{}: {findings:?}", server.name);
    }
}

fn one_ballot(server: &Server) {
    let mut town = town(server);
    let form = town
        .headquarters
        .open(&format!("/rounds/new?supplier={}", town.supplier));
    form.shows("怎么分").shows("先到先得").shows("摇号");
    let round = town.open("4", "ballot");
    let id = round.as_str();
    assert_eq!(state(server, id).release, Release::Ballot);
    let special = town.homes.iter().find(|home| !home.household.needs.is_empty());
    let special = special.unwrap().clone();
    let plain = town.plain();
    let quantity = town.quantity();

    // A resident asks by the link, sees that nothing is promised, changes and withdraws, and asks again.
    let share = town
        .liaison
        .open(&format!("/rounds/{id}/share?compound={}", town.compound));
    share.shows("本轮摇号");
    let token: String = share
        .between("/o/", "\"")
        .unwrap()
        .chars()
        .take_while(char::is_ascii_alphanumeric)
        .collect();
    let mut resident = server.browser(None);
    let link = format!("/o/{token}");
    let commitment = drawing(server, id).commitment;
    resident
        .open(&link)
        .shows("登记不等于抽中")
        .shows("特殊群体")
        .shows(&commitment);
    let asks = [
        ("dwelling", special.written.as_str()),
        ("phone", special.household.phone.as_str()),
        (quantity.as_str(), "2"),
    ];
    let own = resident.submit(&link, &asks);
    own.shows("等待抽签").shows("您的登记号").shows("不保证抽中");
    assert!(!own.body.contains("请付款"), "{}", own.text());
    let status = id_in(&own, "action=\"/o/");
    let status = format!("/o/{}", status.trim_end_matches("/change"));
    resident
        .submit(&format!("{status}/change"), &[(&quantity, "1")])
        .shows("× 1");
    let twice = resident.send(&link, &asks);
    assert!(twice.body.contains("没有登记成功"), "{}", twice.text());
    resident.submit(&format!("{status}/cancel"), &[]).shows("已取消");
    let own = resident.submit(&link, &asks);
    let status = id_in(&own, "action=\"/o/");
    let status = format!("/o/{}", status.trim_end_matches("/change"));

    // The liaison's ways make requests too: chain message, one household, proxy with advance.
    let lines = format!(
        "#接龙\n1. {} A1份\n2. {} A1份\n3. {} A1份",
        plain[0].written, plain[1].written, plain[2].written
    );
    let chain = format!("/rounds/{id}/chain");
    let chain_fields = [("compound", town.compound.as_str()), ("text", lines.as_str())];
    let pasted = town.liaison.send(&chain, &chain_fields);
    pasted.shows("已登记3单").shows("已登记待抽签");
    town.liaison.send(&chain, &chain_fields).shows("没有变化");
    let announcement = share.between("id=\"announcement\"", "</textarea>").unwrap();
    let announcement = announcement.split_once('>').unwrap().1;
    let pasted_back = town
        .liaison
        .send(&chain, &[("compound", &town.compound), ("text", announcement)]);
    pasted_back.shows("需要确认0行；没有认出0行");
    town.request(id, &plain[3], "1");
    let proxy = [
        ("compound", town.compound.as_str()),
        ("dwelling", plain[4].written.as_str()),
        (quantity.as_str(), "1"),
        ("advance", "1"),
    ];
    town.liaison
        .submit(&format!("/rounds/{id}/orders"), &proxy)
        .shows("已登记待抽签");

    // Requests hold nothing and are no orders; nobody packs, pays or counts them.
    assert_eq!(left(server, &town, id), 4);
    let area = town.compound.clone();
    let ctx = Ctx::system(&server.app.clock);
    let board = server.read(move |tx| baogong::report::board::board(tx, &ctx, &area));
    assert_eq!((board.total.orders, board.total.unpaid), (0, 0));
    assert!(board.goods.iter().all(|goods| goods.ordered == 0));
    town.headquarters
        .open(&format!("/rounds/{id}"))
        .shows("登记、抽签")
        .shows("现在截单并抽签");
    let early = town.headquarters.send(&format!("/rounds/{id}/confirm"), &[]);
    assert_eq!(early.status, 409, "{}", early.text());
    let request = order_of(server, id, &plain[3]);
    let pay = [("order", request.id.to_string())];
    let paid = town.liaison.send(
        &format!("/rounds/{id}/payments"),
        &[("order", pay[0].1.as_str()), ("kind", "paid")],
    );
    assert_eq!(paid.status, 409, "{}", paid.text());

    // Before the draw only the commitment is out.
    resident
        .open(&format!("{link}/draw"))
        .shows("还没有抽签")
        .shows("已登记户数：6")
        .shows(&commitment);
    let sealed = resident.open(&format!("/api/v1/open/{token}/draw"));
    sealed
        .shows("\"secret\":null")
        .shows("\"requests\":[]")
        .shows("\"request_count\":6");

    // The same command draws once; another one finds the round closed.
    let command = uuid::Uuid::new_v4().to_string();
    let cut_off = format!("/rounds/{id}/cut-off");
    town.headquarters
        .submit(&cut_off, &[("command", &command)])
        .shows("抽签结果已公布");
    let first = serde_json::to_string(&drawing(server, id)).unwrap();
    let again = town.headquarters.send(&cut_off, &[("command", &command)]);
    assert_eq!(again.status, 303, "{}", again.text());
    let other = town.headquarters.send(&cut_off, &[]);
    assert_eq!(other.status, 409, "{}", other.text());
    assert_eq!(serde_json::to_string(&drawing(server, id)).unwrap(), first);

    crate::exports::of_a_draw(&mut town.headquarters, id, &town.compound, &drawing(server, id));

    // What is published follows, tells no name, and says what the orders say.
    let published = resident.open(&format!("{link}/draw.json")).body;
    assert_eq!(published, first);
    let report = ballot::check::check(&published);
    assert!(
        report.findings.is_empty(),
        "{}: {:?}",
        server.name,
        report.findings
    );
    assert_eq!((report.requests, report.commitment), (6, commitment));
    let all = orders(server, id, &town.compound);
    for order in all.iter().filter(|order| order.state != OrderState::Cancelled) {
        assert!(!published.contains(&order.code) && !published.contains(&order.id.to_string()));
    }
    for home in &town.homes {
        assert!(!published.contains(&home.household.phone) && !published.contains(&home.household.head));
    }
    // Class before ticket: the household with special needs gets its two packs, two of the five others get one each.
    let drawn = drawing(server, id);
    let of = |result| {
        drawn
            .requests
            .iter()
            .filter(move |one| one.result == result)
            .count()
    };
    assert_eq!((of(DrawResult::Drawn), of(DrawResult::NoneLeft)), (3, 3));
    let winner = order_of(server, id, &special);
    assert_eq!(
        result_of(server, &winner),
        (PriorityClass::SpecialNeeds, DrawResult::Drawn)
    );
    assert_eq!(left(server, &town, id), 0);
    for order in all.iter().filter(|order| order.state != OrderState::Cancelled) {
        let expected = match result_of(server, order).1 {
            DrawResult::Drawn if order.household == plain[4].code => OrderState::Confirmed,
            DrawResult::Drawn => OrderState::Placed,
            _ => OrderState::NotDrawn,
        };
        assert_eq!(order.state, expected);
    }
    resident.open(&status).shows("抽中了").shows("请付款");
    let page = resident.open(&format!("{link}/draw"));
    page.shows("抽中率")
        .shows("逐户结果")
        .shows("怎么核验")
        .shows("下载JSON文件");
    town.headquarters
        .open(&format!("/rounds/{id}/draw"))
        .shows("按优先顺序")
        .shows("按小区");

    // A supplier sees who gets what, not whose request number is whose: the list tells the class of a number.
    let mut shop = server.user("shop", "supplier", "431023", &town.supplier);
    assert!(
        !shop
            .open(&format!("/orders/{}", winner.id))
            .body
            .contains("登记号")
    );
    town.liaison
        .open(&format!("/orders/{}", winner.id))
        .shows("登记号");

    // Who is drawn pays as ever; who is not may not.
    for order in &all {
        let sent = town.liaison.send(
            &format!("/rounds/{id}/payments"),
            &[("order", &order.id.to_string()), ("kind", "paid")],
        );
        let may = order.state == OrderState::Placed;
        assert_eq!(sent.status, if may { 303 } else { 409 }, "{}", sent.text());
    }
    town.headquarters
        .submit(&format!("/rounds/{id}/confirm"), &[])
        .shows("0单未付作废");
    shop.submit(&format!("/rounds/{id}/pack-all"), &[])
        .shows("3袋已装好");
}

/// The timer draws; rules of the household hold in a draw; the next draw remembers who lost; a late one leaves time to pay.
#[test]
fn draws_one_after_another() {
    for server in demo_servers() {
        let mut town = town(&server);
        passed_over_with_the_reason(&server, &mut town);
        who_lost_before_comes_first(&server, &mut town);
        late_draw(&server, &mut town);
        assert!(
            server.findings().is_empty(),
            "{}: {:?}",
            server.name,
            server.findings()
        );
    }
}

/// FC-10: a request of a household that may not order yet is passed over with its own reason, and takes no pack.
fn passed_over_with_the_reason(server: &Server, town: &mut Town) {
    let plain = town.plain();
    let quantity = town.quantity();
    let sold = town.open("5", "first_come");
    let fields = [
        ("compound", town.compound.as_str()),
        ("dwelling", plain[0].written.as_str()),
        (quantity.as_str(), "1"),
    ];
    town.liaison
        .submit(&format!("/rounds/{sold}/orders"), &fields)
        .shows("已下单");
    let round = town.open("5", "ballot");
    town.request(&round, &plain[0], "1");
    town.request(&round, &plain[1], "1");
    town.headquarters
        .submit(&format!("/rounds/{round}/cut-off"), &[])
        .shows("抽签结果已公布");
    let passed = order_of(server, &round, &plain[0]);
    assert_eq!(result_of(server, &passed).1, DrawResult::HouseholdRule);
    town.liaison
        .open(&format!("/orders/{}", passed.id))
        .shows("FC-10");
    assert_eq!(left(server, town, &round), 4);
    let published = serde_json::to_string(&drawing(server, &round)).unwrap();
    assert!(!published.contains("FC-10"), "the reason is the household's own");
    let report = ballot::check::check(&published);
    assert!(report.findings.is_empty(), "{:?}", report.findings);
    assert_eq!(report.by_household_rule, 1);
}

fn who_lost_before_comes_first(server: &Server, town: &mut Town) {
    let plain = town.plain();
    let first = town.open("1", "ballot");
    for home in &plain[2..4] {
        town.request(&first, home, "1");
    }
    town.later(server, 5 * HOUR_S);
    assert!(drawing(server, &first).drawn_s.is_some());
    assert_eq!(tick(server), 0, "a round is drawn once");
    let of = |result| {
        let mut pair = plain[2..4].iter();
        pair.find(|home| result_of(server, &order_of(server, &first, home)).1 == result)
            .unwrap()
            .clone()
    };
    let (winner, loser) = (of(DrawResult::Drawn), of(DrawResult::NoneLeft));
    // The winner does not pay, so its order expires and its turn is free again: in the next draw only the class decides.
    town.later(server, 3 * HOUR_S);
    assert_eq!(order_of(server, &first, &winner).state, OrderState::Expired);
    let second = town.open("1", "ballot");
    for home in [&winner, &loser, &plain[4], &plain[5], &plain[6]] {
        town.request(&second, home, "1");
    }
    town.later(server, 5 * HOUR_S);
    let result = |home| result_of(server, &order_of(server, &second, home));
    assert_eq!(result(&loser), (PriorityClass::LostBefore, DrawResult::Drawn));
    assert_eq!(result(&winner), (PriorityClass::Others, DrawResult::NoneLeft));
}

/// A draw that is held late, because nothing ran at cut-off and at pay-by, leaves those who are drawn their time to pay.
fn late_draw(server: &Server, town: &mut Town) {
    let home = town.plain()[7].clone();
    let round = town.open("5", "ballot");
    town.request(&round, &home, "1");
    let before = state(server, &round);
    town.later(server, 2 * DAY_S);
    let after = state(server, &round);
    assert_eq!(after.state, RoundState::Closed, "{}", server.name);
    let time_s = before.pay_by_s - before.cutoff_s;
    let off_s = after.pay_by_s - server.app.clock.now_s() - time_s;
    assert!(off_s.abs() <= 60, "{after:?}");
    assert!(after.deliver_s >= after.pay_by_s);
    assert_eq!(order_of(server, &round, &home).state, OrderState::Placed);
    town.later(server, time_s + 60);
    assert_eq!(order_of(server, &round, &home).state, OrderState::Expired);
}
