//! The market by the daily reports of enterprises, graded by the plan in force, and the demand of the next round
//! (YO-4, YO-7, YU-4, YU-11, RN-1, CQ-3).

use std::fmt::Write as _;

use baogong::base::clock::{self, DAY_S, HOUR_S};
use baogong::base::id::BatchId;
use baogong::base::{Ctx, Result};
use baogong::market::{Market, date, market};
use baogong::plan::scale::MarketGrade;
use baogong::register::entry::{self, Change};
use baogong::report::{Subject, report};
use baogong::round::demand::{Forecast, forecast};
use baogong::round::open::{self, PackDraft, RoundDraft, RoundRef};
use baogong::round::order::{self, OrderDraft, Want};
use baogong::round::{Channel, payment};
use serde_json::{Value, json};

use crate::county::{COMPOUND, DISTRICT, county, new_entry};
use crate::scene::direct;
use crate::support::{Browser, Server, servers};

const OTHER: &str = "431023001001-2";

/// The small county with homes in its compound, at nine in the morning.
fn town(server: &Server, homes: usize) -> Browser {
    let now_s = server.app.clock.now_s();
    let morning_s = clock::day_start_s(clock::day_number(now_s) + 1) + 9 * HOUR_S;
    server.app.clock.advance(morning_s - now_s);
    let mut changes = county();
    changes.push(new_entry(
        "compounds",
        OTHER,
        "431023001001",
        &json!({"compound": "和平苑", "community": "城关社区"}),
    ));
    for (compound, number) in [(COMPOUND, homes), (OTHER, 2)] {
        changes.extend((1..=number).map(|number| home(compound, number)));
    }
    for code in ["S002", "S003"] {
        let name = if code == "S002" {
            "万家超市"
        } else {
            "城东市场"
        };
        let body = json!({"name": name, "contact_name": "何经理", "contact_phone": "13900000003"});
        changes.push(new_entry("suppliers", code, DISTRICT, &body));
    }
    write(server, changes);
    server.user("zhihui", "headquarters", DISTRICT, "")
}

fn home(compound: &str, number: usize) -> Change {
    let room = format!("{number:03}");
    let body = json!({"building": "3", "unit": "1", "room": room, "members": 2, "head": "张小明", "phone": "13800001234"});
    new_entry("households", &format!("{compound}-3-1-{room}"), compound, &body)
}

fn write(server: &Server, changes: Vec<Change>) {
    let ctx = Ctx::system(&server.app.clock);
    let written = server
        .app
        .db
        .write_blocking(move |tx| entry::write(tx, &ctx, BatchId::fresh(), &changes));
    written.unwrap();
}

fn today(server: &Server) -> i64 {
    clock::day_number(server.app.clock.now_s())
}

/// The reports as an enterprise writes them: (days ago, enterprise, item, price in yuan, sales and stock in kilograms, state).
fn sheet(server: &Server, rows: &[(i64, &str, &str, &str, &str, &str, &str)]) -> Vec<u8> {
    let mut csv = String::from(
        "生活必需品市场监测日报\n日期,企业,品种,零售价（元/公斤）,当日销量（公斤）,库存（公斤）,供应情况\n",
    );
    for (ago, enterprise, item, price, sales, stock, state) in rows {
        let date = date(today(server) - ago);
        writeln!(csv, "{date},{enterprise},{item},{price},{sales},{stock},{state}").unwrap();
    }
    csv.into_bytes()
}

fn report_in(server: &Server, rows: &[(i64, &str, &str, &str, &str, &str, &str)]) {
    let summary = server.import("日报.csv", sheet(server, rows)).unwrap();
    assert_eq!(summary.tallies[0].register, "monitoring");
    assert_eq!(summary.tallies[0].added, rows.len());
}

fn seen(server: &Server) -> Market {
    let ctx = Ctx::system(&server.app.clock);
    server.read(move |tx| market(tx, &ctx, DISTRICT))
}

/// Two shops of which rice rose by 55 % in a week, one of them sold out of eggs for three days; a third reports nothing unusual.
fn a_bad_week(server: &Server) {
    let mut rows = Vec::new();
    for (ago, price) in [
        (7, "4.00"),
        (6, "4.00"),
        (5, "4.20"),
        (4, "4.60"),
        (3, "5.00"),
        (2, "5.60"),
        (1, "6.00"),
        (0, "6.20"),
    ] {
        rows.push((ago, "惠民超市", "大米", price, "100", "1500", "正常"));
        rows.push((ago, "万家超市", "大米", price, "100", "1200", "偏紧"));
    }
    rows.push((3, "惠民超市", "鸡蛋", "10.00", "50", "60", "正常"));
    rows.extend((0..3).map(|ago| (ago, "惠民超市", "鸡蛋", "11.00", "0", "0", "脱销")));
    rows.push((0, "万家超市", "鸡蛋", "10.50", "40", "600", "正常"));
    rows.push((0, "城东市场", "零报告", "", "", "", "正常"));
    report_in(server, &rows);
}

/// YO-4, YU-4, RN-1: prices, stocks, days of supply, state words with the clause, and who has not reported, silence not being nil.
#[test]
fn the_morning_page_tells_what_needs_action_first() {
    for server in servers() {
        let mut headquarters = town(&server, 8);
        direct(&mut headquarters, DISTRICT, "yu", "control", "medium");
        a_bad_week(&server);
        let found = seen(&server);
        assert_eq!((found.reported, found.missing.len()), (3, 0), "{}", server.name);
        assert_eq!(found.grade(), Some(MarketGrade::Third), "{}", server.name);
        assert_eq!(
            found.rules.clause(baogong::plan::rules::RuleKey::MarketScale),
            "YU-4"
        );
        // The sold-out eggs come first.
        let first = &found.lines[0];
        assert_eq!(
            (first.enterprise.as_str(), first.item.as_str()),
            ("惠民超市", "鸡蛋")
        );
        assert_eq!(first.supply_d3, Some(0));
        let rice = found.items.iter().find(|item| item.item == "大米").unwrap();
        assert_eq!((rice.stock_g, rice.sales_g), (Some(2_700_000), 200_000));
        assert_eq!(rice.now.weekly_rise_e2, Some(5_500));
        // Twenty people under control by the norm of 350 g (YU-1); the shops sell more than that.
        assert_eq!(rice.planned_g, 20 * 350);
        assert_eq!(rice.supply_d3, Some(13_500));
        let eggs = found.items.iter().find(|item| item.item == "鸡蛋").unwrap();
        assert_eq!(
            (eggs.stock_out_d, eggs.sales_g, eggs.supply_d3),
            (3, 90_000, Some(6_666))
        );

        let page = headquarters.open("/reports/market");
        page.shows("大米 · Ⅲ级 YU-4")
            .shows("脱销")
            .shows("一周涨价55.0%")
            .shows("3/3");
        for format in ["pdf", "xlsx", "csv"] {
            let file = headquarters.get(&format!("/reports/market?format={format}"));
            assert_eq!(file.status, 200, "{format}");
            assert!(file.bytes.len() > 200, "{format}: {}", file.bytes.len());
        }
        let data: Value =
            serde_json::from_str(&headquarters.get("/api/v1/reports/market?lang=en").body).unwrap();
        assert!(data.to_string().contains("大米 · III YU-4"), "{data}");
        let board: Value = serde_json::from_str(&headquarters.get("/api/v1/board").body).unwrap();
        assert_eq!(board["market"]["grade"], "3");
        assert_eq!(board["market"]["items"], json!(["鸡蛋", "大米"]));
        let tile = headquarters.open("/board");
        tile.shows("市场预警").shows("Ⅲ级").shows("今天已报3/3家");

        headquarters
            .open("/reports/market-lines")
            .shows("10.50 元")
            .shows("万家超市");

        // On the next day nobody has reported; at nine that is early, at one in the afternoon it is late.
        server.app.clock.advance(DAY_S);
        let mut headquarters = server.user("zhihui1", "headquarters", DISTRICT, "");
        assert!(!seen(&server).overdue(server.app.clock.now_s()));
        headquarters
            .open("/reports/market")
            .shows("0/3")
            .shows("何经理")
            .shows("13900000003");
        server.app.clock.advance(4 * HOUR_S);
        assert!(seen(&server).overdue(server.app.clock.now_s()));
        headquarters.open("/board").shows("其余逾期未报");
        report_in(&server, &[(0, "城东市场", "全部品种", "", "", "", "正常")]);
        let found = seen(&server);
        assert_eq!(
            (found.reported, found.missing.len()),
            (1, 2),
            "{}: a nil report is a report",
            server.name
        );
        // After four days without reports nothing is said about the market.
        server.app.clock.advance(4 * DAY_S);
        let found = seen(&server);
        assert_eq!((found.day, found.grade(), found.lines.len()), (None, None, 0));
        let mut headquarters = server.user("zhihui2", "headquarters", DISTRICT, "");
        headquarters.open("/reports/market").shows("最近3天没有监测日报");
    }
}

/// YU-4, DX-7: the same week is graded by the plan in force, and each grade names its clause.
#[test]
fn the_plan_in_force_decides_the_grade() {
    for server in servers() {
        let mut headquarters = town(&server, 4);
        a_bad_week(&server);
        let graded = |clause: &str, grade: MarketGrade| {
            let found = seen(&server);
            let own = found.rules.clause(baogong::plan::rules::RuleKey::MarketScale);
            assert_eq!((own, found.grade()), (clause, Some(grade)), "{}", server.name);
        };
        graded("HOUSE-7", MarketGrade::Fourth);
        // A directive for one compound: its plan has the market watched. Over 40 % in a week is grade IV there.
        direct(&mut headquarters, COMPOUND, "dx", "control", "medium");
        graded("DX-7", MarketGrade::Fourth);
        headquarters.open("/reports/market").shows("青岛市2014年");
        direct(&mut headquarters, DISTRICT, "yu", "precaution", "low");
        graded("YU-4", MarketGrade::Third);
        headquarters
            .open("/rules?area=431023")
            .shows("市场异常分级")
            .shows("一周涨价50%以上或脱销3天以上");
    }
}

/// without reports the page says how they come in; the template is filled in, read, and read again without a change; an
/// import is undone as a whole.
#[test]
fn the_template_goes_out_and_comes_back() {
    for server in servers() {
        let mut headquarters = town(&server, 1);
        headquarters
            .open("/reports/market")
            .shows("还没有收到企业的监测日报")
            .shows("下载模板")
            .shows("零报告");
        headquarters.open("/board").shows("还没有企业的市场监测日报");
        let template = headquarters.get("/templates/monitoring");
        assert_eq!(template.status, 200);
        let reading = documents::sheet::read(&template.bytes, "日报.xlsx", documents::forms::FORMS).unwrap();
        assert_eq!(reading.sheets[0].form.unwrap().key, "monitoring");

        let form = &documents::forms::MONITORING;
        let headings: Vec<&str> = form.columns.iter().map(|column| column.title.zh).collect();
        let cells = form.columns.iter().map(|column| match column.key {
            "date" => date(today(&server)),
            _ => column.example.to_string(),
        });
        let filled = format!(
            "{}\n{}\n",
            headings.join(","),
            cells.collect::<Vec<_>>().join(",")
        );
        let summary = server.import("日报.csv", filled.clone().into_bytes()).unwrap();
        assert_eq!((summary.tallies[0].added, summary.warnings), (1, 0));
        let again = server.import("日报.csv", filled.into_bytes()).unwrap();
        assert_eq!((again.tallies[0].added, again.tallies[0].unchanged), (0, 1));
        assert_eq!(seen(&server).lines[0].item, "大米 10公斤/袋");

        let without = "企业,品种,零售价\n惠民超市,大米,5.6\n";
        let errors = server
            .import("日报.csv", without.as_bytes().to_vec())
            .unwrap_err();
        assert_eq!((errors[0].row, errors.len()), (2, 1));
        assert!(errors[0].zh.contains("请填写日期"), "{}", errors[0].zh);
        // A slip of the year counts nowhere and is told.
        report_in(
            &server,
            &[(-300, "惠民超市", "面粉", "4.00", "100", "900", "正常")],
        );
        assert_eq!((seen(&server).later, seen(&server).lines.len()), (1, 1));
        headquarters
            .open("/reports/market")
            .shows("另有1行的日期晚于今天");
    }
}

fn round(server: &Server, command: &str, total: i64, orders: &[(usize, i64, bool)]) -> RoundRef {
    let ctx = Ctx::system(&server.app.clock).sub(command);
    let draft = RoundDraft {
        mode: "C".into(),
        supplier: "S001".into(),
        compounds: vec![COMPOUND.into()],
        packs: vec![PackDraft {
            code: "V".into(),
            total,
        }],
        ..RoundDraft::default()
    };
    let orders = orders.to_vec();
    let made = server.app.db.write_blocking(move |tx| -> Result<RoundRef> {
        let at = RoundRef {
            district: DISTRICT.into(),
            id: open::open(tx, &ctx, &draft)?,
        };
        for (home, quantity, paid) in &orders {
            let draft = OrderDraft {
                district: DISTRICT.into(),
                round: at.id,
                household: format!("{COMPOUND}-3-1-{home:03}"),
                phone: String::new(),
                channel: Channel::Staff,
                wants: vec![Want {
                    pack: "V".into(),
                    quantity: *quantity,
                }],
                note: String::new(),
            };
            let order = order::place(tx, &ctx.sub(&format!("order/{home}")), &draft)?;
            if *paid {
                let one = payment::PaymentDraft {
                    district: DISTRICT.into(),
                    order,
                    kind: payment::PaymentKind::Paid,
                    payer: String::new(),
                    reference: String::new(),
                };
                payment::pay(tx, &ctx.sub(&format!("pay/{home}")), &one)?;
            }
        }
        open::confirm(tx, &ctx.sub("confirm"), &at)?;
        Ok(at)
    });
    made.unwrap()
}

fn foreseen(server: &Server) -> Forecast {
    server.read(|tx| forecast(tx, DISTRICT, &[(COMPOUND.into(), 10), (OTHER.into(), 2)], ""))
}

/// YO-7, CQ-3: packs that were paid for count, those that expired do not, a round that sold out says only "at least", and a
/// compound without rounds is like the county.
#[test]
fn a_round_is_foreseen_from_those_before() {
    for server in servers() {
        let mut headquarters = town(&server, 10);
        let good = json!({"supplier": "S001", "code": "V", "name": "蔬菜包", "unit": "份", "price_fen": 3000, "weight_g": 5000});
        write(&server, vec![new_entry("goods", "S001/V", DISTRICT, &good)]);
        headquarters.open("/reports/demand").shows("没有封闭的小区");
        assert_eq!(foreseen(&server), Forecast::default());
        for number in 0..4 {
            // Six households want one each and one more does not pay; then two packs for ten households sell out.
            let paid: Vec<_> = (1..=6)
                .map(|home| (home, 1, true))
                .chain([(7, 1, false)])
                .collect();
            round(&server, &format!("round {number}"), 20, &paid);
            server.app.clock.advance(4 * DAY_S);
        }
        round(&server, "sold out", 2, &[(1, 1, true), (2, 1, true)]);
        server.app.clock.advance(4 * DAY_S);
        let found = foreseen(&server);
        assert_eq!(found.rounds, 5, "{}", server.name);
        let [own, other] = found.compounds.as_slice() else {
            panic!("two compounds were asked for")
        };
        assert_eq!(
            (own.demand.expected, own.demand.rounds),
            (6, 4),
            "{}: {own:?}",
            server.name
        );
        assert_eq!(
            (other.demand.expected, other.demand.rounds),
            (1, 0),
            "{}: {other:?}",
            server.name
        );
        assert!(own.demand.low < 6 && own.demand.high > 6);
        assert_eq!(found.packs, [("蔬菜包".to_string(), 26)]);

        // Nobody stays signed in for weeks.
        let mut headquarters = server.user("zhihui2", "headquarters", DISTRICT, "");
        direct(&mut headquarters, "431023001001", "dx", "control", "medium");
        let page = headquarters.open("/reports/demand");
        page.shows("下一轮预计")
            .shows("本小区4轮，兼顾全县")
            .shows("没有记录，参照全县");
        let form = headquarters.open(&format!("/rounds/new?supplier=S001&compound={COMPOUND}"));
        form.shows("大约要多少份").shows("预计要6份").shows("蔬菜包 6");
        let data: Value =
            serde_json::from_str(&headquarters.get("/api/v1/reports/demand?lang=en").body).unwrap();
        assert!(
            data.to_string().contains("by the orders of the last 5 rounds"),
            "{data}"
        );
        // A driver has no business with it.
        let mut driver = server.user("siji", "driver", DISTRICT, "");
        assert_eq!(driver.get("/reports/demand").status, 403);
        assert_eq!(driver.get("/reports/market").status, 403);
    }
}

/// whoever answers for a street sees the market of its shops.
#[test]
fn streets_see_their_own_shops() {
    for server in servers() {
        let _headquarters = town(&server, 1);
        write(
            &server,
            vec![new_entry(
                "suppliers",
                "S004",
                "431023001001",
                &json!({"name": "桂花便民店", "community": "城关社区"}),
            )],
        );
        report_in(
            &server,
            &[
                (0, "桂花便民店", "大米", "5.00", "10", "200", "正常"),
                (0, "惠民超市", "大米", "5.00", "100", "900", "正常"),
            ],
        );
        let ctx = Ctx::system(&server.app.clock);
        let document = server.read(move |tx| {
            let subject = Subject {
                area: "431023001".into(),
                ..Subject::default()
            };
            report("market-lines")?.document(tx, &ctx, kit::Lang::En, &subject)
        });
        let data = serde_json::to_string(&document).unwrap();
        assert!(
            data.contains("桂花便民店") && !data.contains("惠民超市"),
            "{data}"
        );
        assert!(data.contains("Market reports in detail"), "{data}");
    }
}
