//! The first night of a county, from its spreadsheets to bags at the door, through the pages.

use crate::scene::{direct, homes, id_in, orders, relief, town_compounds, yuan};
use crate::support::{Server, demo_servers};

/// FC-2…FC-11, DX-1…DX-5, YU-12, YU-13, CQ-5, CT-7, YO-7: steps 1 to 9 in one night.
#[test]
fn from_spreadsheets_to_bags_at_the_door() {
    for server in demo_servers() {
        one_night(&server);
        let findings = server.findings();
        assert!(findings.is_empty(), "{}: {findings:?}", server.name);
    }
}

fn one_night(server: &Server) {
    let mut headquarters = server.demo_user("zhihui");

    // 1 Register: the county is there, found by search, corrected by hand.
    assert_eq!(server.entries("areas", "431023").len(), 298);
    headquarters.open("/registers").shows("住户");
    headquarters
        .open("/registers/suppliers")
        .shows("S001")
        .shows("超市");
    let compounds = town_compounds(server);
    assert!(compounds.len() >= 2, "{compounds:?}");
    let (first, second) = (compounds[0].as_str(), compounds[1].as_str());

    // 2 Plan and directive: two compounds are closed, the rules name their clauses.
    headquarters.open("/rules?area=431023001004").shows("HOUSE-1");
    for compound in [first, second] {
        direct(&mut headquarters, compound, "dx", "control", "medium");
        direct(&mut headquarters, compound, "fc", "control", "medium");
    }
    headquarters
        .open(&format!("/rules?area={first}"))
        .shows("FC-10")
        .shows("DX-5")
        .shows("每户下单间隔");

    // 3 Two lists and coverage: unknown is shown as unknown, a stocktake makes it known, a visit makes a need.
    headquarters.open("/coverage").shows("未知");
    let people = homes(server, first);
    let hungry = &people[7];
    headquarters
        .submit(
            "/stocktake",
            &[
                ("household", &hungry.code),
                ("days_grain", "1.5"),
                ("days_vegetables", "0"),
            ],
        )
        .shows("1.5");
    headquarters.open("/coverage").shows("蔬菜");
    headquarters
        .submit(
            "/visits",
            &[
                ("household", &hungry.code),
                ("outcome", "needs_help"),
                ("note", "胰岛素快用完了"),
            ],
        )
        .shows("胰岛素快用完了");
    headquarters
        .open(&format!("/lists/{first}?tab=needs"))
        .shows("胰岛素快用完了")
        .shows("急");

    // 4 Assignment: proposed, verified, accepted by a person.
    let proposal = headquarters.submit("/proposals", &[("area", "431023"), ("keep_weight_m", "500")]);
    proposal.shows("核验").shows("通过");
    let accept = id_in(&proposal, "action=\"/proposals/");
    let proposal_id = accept.split('/').next().unwrap().to_string();
    headquarters
        .submit(&format!("/proposals/{proposal_id}/accept"), &[])
        .shows("个小区已分配保供单位");
    let supplier = {
        let compound = first.to_string();
        server
            .read(move |tx| baogong::proposal::assignment::assigned(tx, &compound))
            .remove(first)
            .expect("the first compound has a supplier")
            .main
    };

    // 5 Round: opened for both compounds; orders by link, chain message, staff, proxy with advance.
    let goods: Vec<_> = server
        .entries("goods", "431023")
        .into_iter()
        .filter(|entry| entry.code.starts_with(&format!("{supplier}/")))
        .map(|entry| entry.noun::<baogong::register::entry::Good>().unwrap())
        .collect();
    assert!(goods.len() >= 3, "{supplier} offers {} packs", goods.len());
    let totals: Vec<(String, String)> = goods
        .iter()
        .take(3)
        .map(|good| (format!("total:{}", good.code), "40".to_string()))
        .collect();
    let mut fields = vec![
        ("supplier", supplier.as_str()),
        ("mode", "C"),
        ("compound", first),
        ("compound", second),
    ];
    fields.extend(totals.iter().map(|(name, total)| (name.as_str(), total.as_str())));
    let form = headquarters.open(&format!("/rounds/new?supplier={supplier}"));
    form.shows(&format!("value=\"{first}\""))
        .shows(&format!("value=\"{second}\""));
    let round = headquarters.submit("/rounds", &fields);
    round.shows("已开团").shows("R001");
    let round_id = id_in(&round, "action=\"/rounds/")
        .split('/')
        .next()
        .unwrap()
        .to_string();
    let share = headquarters.open(&format!("/rounds/{round_id}/share?compound={first}"));
    share.shows("#接龙");
    let token = share
        .between("/o/", "\"")
        .unwrap()
        .chars()
        .take_while(char::is_ascii_alphanumeric)
        .collect::<String>();

    // A resident orders by link, changes and sees the state; the wrong phone is refused.
    let mut resident = server.browser(None);
    let pack = |index: usize| format!("q:{}", goods[index].code);
    let (pack_a, pack_b) = (pack(0), pack(1));
    let order_path = format!("/o/{token}");
    resident.open(&order_path).shows(&goods[0].name);
    let own = &people[0];
    let wrong = resident.send(
        &order_path,
        &[
            ("dwelling", &own.written),
            ("phone", "13900000000"),
            (&pack_a, "1"),
        ],
    );
    assert!(wrong.body.contains("与登记的不一致"), "{}", wrong.text());
    let placed = resident.submit(
        &order_path,
        &[
            ("dwelling", &own.written),
            ("phone", &own.household.phone),
            (&pack_a, "1"),
        ],
    );
    placed.shows("请付款").shows("R001-01-0001");
    let status = id_in(&placed, "action=\"/o/");
    let status_path = format!("/o/{}", status.trim_end_matches("/change"));
    resident
        .submit(
            &format!("{status_path}/change"),
            &[(&pack_a, "1"), (&pack_b, "1")],
        )
        .shows(&goods[1].name);
    // A second order in the same round is refused with the reason.
    let again = resident.send(
        &order_path,
        &[
            ("dwelling", &own.written),
            ("phone", &own.household.phone),
            (&pack_a, "1"),
        ],
    );
    assert!(again.body.contains("已下单"), "{}", again.text());

    // The liaison pastes a chain message: clear lines are ordered, others come back, none is dropped.
    let mut liaison = server.user("lianluo2", "liaison", "431023001004", "");
    let lines = format!(
        "#接龙\n{}\n\n1. {} A 1份\n2. {} B两份\n3. {} A1 B1\n4. 不知道谁 A\n今晚截单",
        goods[0].name, people[1].written, people[2].written, people[3].written
    );
    let pasted = liaison.send(
        &format!("/rounds/{round_id}/chain"),
        &[("compound", first), ("text", &lines)],
    );
    assert_eq!(pasted.status, 200, "{}", pasted.text());
    pasted.shows("已登记3单").shows("不知道谁").shows("今晚截单");
    let repeated = liaison.send(
        &format!("/rounds/{round_id}/chain"),
        &[("compound", first), ("text", &lines)],
    );
    repeated.shows("没有变化");

    // A proxy order with an advance (DX-5), entered by staff; and one household of the second compound.
    liaison
        .submit(
            &format!("/rounds/{round_id}/orders"),
            &[
                ("compound", first),
                ("dwelling", &people[4].written),
                (&pack_a, "1"),
                ("advance", "1"),
            ],
        )
        .shows("代付挂账");
    let others = homes(server, second);
    liaison
        .submit(
            &format!("/rounds/{round_id}/orders"),
            &[
                ("compound", second),
                ("dwelling", &others[0].written),
                (&pack_b, "2"),
            ],
        )
        .shows("已下单");
    // Orders from a spreadsheet, as the platform or the office exports them.
    let sheet = format!(
        "房号,姓名,电话,采购清单\n{},,,{}1份\n999-9-9999,,,A1\n",
        people[5].written, goods[0].name
    );
    let imported = liaison.upload(
        &format!("/rounds/{round_id}/sheet"),
        &[("compound", first)],
        "订单.csv",
        sheet.as_bytes(),
    );
    imported.shows("已登记1单").shows("999");

    // 6 Payment: matched by code and by dwelling; one stays unpaid and expires at the deadline (FC-6).
    let unpaid = liaison.open(&format!("/rounds/{round_id}/payments"));
    unpaid.shows("催付款通知");
    let list = orders(server, &round_id, first);
    let amount = |index: usize| yuan(list[index].amount_fen);
    let transfers = format!(
        "{} {}\n{} {}\n看不懂的转账 5\n",
        list[0].code,
        amount(0),
        people[1].written,
        amount(1)
    );
    let matched = liaison.send(&format!("/rounds/{round_id}/transfers"), &[("text", &transfers)]);
    matched.shows("已对上：2 / 3");
    let wrong_amount = liaison.send(
        &format!("/rounds/{round_id}/transfers"),
        &[("text", &format!("{} 1", list[2].code))],
    );
    wrong_amount.shows("应付");
    for order in list
        .iter()
        .skip(2)
        .filter(|order| order.household != people[5].code)
    {
        if order.state == baogong::round::OrderState::Placed {
            liaison
                .submit(
                    &format!("/rounds/{round_id}/payments"),
                    &[("order", &order.id.to_string()), ("kind", "paid")],
                )
                .shows("已登记付款");
        }
    }
    let other = orders(server, &round_id, second).remove(0);
    liaison.submit(
        &format!("/rounds/{round_id}/payments"),
        &[("order", &other.id.to_string()), ("kind", "paid")],
    );
    headquarters
        .submit(&format!("/rounds/{round_id}/cut-off"), &[])
        .shows("已截单");
    let late = liaison.send(
        &format!("/rounds/{round_id}/orders"),
        &[
            ("compound", first),
            ("dwelling", &people[6].written),
            (&pack_a, "1"),
        ],
    );
    assert_eq!(late.status, 409, "{}", late.text());
    headquarters
        .submit(&format!("/rounds/{round_id}/confirm"), &[])
        .shows("1单未付作废");

    // 7 Pack and load: pick list, a short-pick with refund, boxes, labels as PDF.
    let mut shop = server.user("shop", "supplier", "431023", &supplier);
    shop.open(&format!("/rounds/{round_id}/packing"))
        .shows(&goods[0].name)
        .shows("待装");
    let short = &orders(server, &round_id, first)[0];
    let short_fields = [
        ("order".to_string(), short.id.to_string()),
        (format!("packed:{}", goods[0].code), "1".to_string()),
        (format!("packed:{}", goods[1].code), "0".to_string()),
        ("reason".to_string(), "土豆没到货".to_string()),
    ];
    let short_fields: Vec<(&str, &str)> = short_fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    shop.submit(&format!("/rounds/{round_id}/pack"), &short_fields)
        .shows("已装袋");
    shop.submit(&format!("/rounds/{round_id}/pack-all"), &[])
        .shows("袋已装好");
    shop.submit(&format!("/rounds/{round_id}/boxes"), &[("bags_max", "4")])
        .shows("箱已装好");
    resident
        .open(&status_path)
        .shows("缺货")
        .shows("土豆没到货")
        .shows("已退");
    for path in [
        "labels?sheet=a4&round=",
        "labels?sheet=roll&round=",
        "labels/boxes?round=",
    ] {
        let pdf = shop.open(&format!("/{path}{round_id}"));
        assert!(pdf.bytes.starts_with(b"%PDF"), "{path}");
    }

    // 8 Go: trips, hand-over at the drop point with one bag lost, door to door.
    let plates: Vec<String> = server
        .entries("vehicles", "431023")
        .into_iter()
        .take(2)
        .map(|entry| entry.code)
        .collect();
    headquarters
        .submit(
            &format!("/rounds/{round_id}/trips"),
            &[("vehicle", &plates[0]), ("vehicle", &plates[1])],
        )
        .shows("个车次已排好");
    let mut driver = server.demo_user("siji");
    let mut lost = 0;
    for trip in server.read(|tx| baogong::round::trips::list(tx, "431023", "")) {
        let sheet = headquarters.open(&format!(
            "/reports/trip-sheet?area={}&trip={}",
            trip.area, trip.id
        ));
        for words in [
            "供货单位",
            "送达时限",
            "合计",
            "接收人签字",
            trip.vehicle.as_str(),
            trip.driver.as_str(),
        ] {
            sheet.shows(words);
        }
        driver
            .submit(&format!("/trips/{}/load", trip.id), &[])
            .shows("箱已装车");
        let (stops, boxes) = server.read(move |tx| {
            Ok((
                baogong::round::trips::stops(tx, "431023", trip.id)?,
                baogong::round::packing::boxes_of_trip(tx, "431023", trip.id)?,
            ))
        });
        for stop in stops {
            let seq = stop.seq.to_string();
            let codes: Vec<&str> = boxes
                .iter()
                .filter(|one| one.compound == stop.compound)
                .map(|one| one.code.as_str())
                .collect();
            driver
                .submit(&format!("/trips/{}/arrive", trip.id), &[("seq", &seq)])
                .shows("已到站");
            // A box that does not belong here is refused.
            let stranger = driver.send(
                &format!("/trips/{}/hand-over", trip.id),
                &[("seq", &seq), ("boxes", "R999-01-X01-1"), ("received_by", "王")],
            );
            assert_eq!(stranger.status, 422, "{}", stranger.text());
            let missing = if stop.compound == first {
                orders(server, &round_id, first)
                    .iter()
                    .find(|order| order.household == people[3].code)
                    .unwrap()
                    .code
                    .clone()
            } else {
                String::new()
            };
            lost += usize::from(!missing.is_empty());
            let fields = [
                ("seq", seq.as_str()),
                ("boxes", &codes.join(" ")),
                ("missing_bags", &missing),
                ("reason", if missing.is_empty() { "" } else { "袋子破损" }),
                ("received_by", "楼栋长 王"),
            ];
            driver
                .submit(&format!("/trips/{}/hand-over", trip.id), &fields)
                .shows("已交接");
        }
    }
    assert_eq!(lost, 1);
    let mut volunteer = server.user("zhiyuan2", "volunteer", "431023001004", "");
    liaison
        .submit(&format!("/rounds/{round_id}/slots"), &[("compound", first)])
        .shows("个时段已安排");
    let papers = format!("area={first}&round={round_id}");
    for words in ["已叫号", "单元", "栋", "合计"] {
        headquarters
            .open(&format!("/reports/slots?{papers}"))
            .shows(words);
    }
    headquarters
        .open(&format!("/reports/pickup-notice?{papers}"))
        .shows("栋全体居民")
        .shows("月");
    resident.open(&status_path).shows("请按时段下楼");
    let waiting: Vec<_> = orders(server, &round_id, first)
        .into_iter()
        .filter(|order| order.state == baogong::round::OrderState::Dropped)
        .collect();
    let hand = format!("/rounds/{round_id}/hand");
    volunteer
        .submit(
            &hand,
            &[
                ("compound", first),
                ("order", &waiting[0].id.to_string()),
                ("outcome", "handed"),
            ],
        )
        .shows("已登记");
    volunteer
        .submit(
            &hand,
            &[
                ("compound", first),
                ("order", &waiting[1].id.to_string()),
                ("outcome", "not_home"),
                ("note", "敲门没人"),
            ],
        )
        .shows("敲门没人");
    volunteer.submit(
        &hand,
        &[
            ("compound", first),
            ("order", &waiting[2].id.to_string()),
            ("outcome", "refused"),
            ("note", "订错了"),
        ],
    );
    volunteer
        .submit(&format!("/rounds/{round_id}/hand-all"), &[("compound", first)])
        .shows("袋已交付");
    volunteer
        .submit(&format!("/rounds/{round_id}/hand-all"), &[("compound", second)])
        .shows("袋已交付");
    let received = server.read({
        let household = waiting[0].household.clone();
        move |tx| baogong::coverage::of_household(tx, &household)
    });
    assert!(
        !received.is_empty() && received.iter().all(|cover| cover.balance_g > 0),
        "{received:?}"
    );

    // The statement balances to the fen and is settled (DX-4); a relief round is given out free (CT-7).
    liaison
        .open(&format!("/rounds/{round_id}/settlement"))
        .shows("差额 0.00");
    headquarters
        .submit(&format!("/rounds/{round_id}/settlement"), &[])
        .shows("已结清")
        .shows("差额 0.00");
    headquarters.open("/advances").shows("垫付挂账");
    relief(server, &mut headquarters, &supplier, &goods, second);

    // 9 See: board, spread, situation report as page, PDF and XLSX.
    headquarters
        .open("/board")
        .shows("服务人口")
        .shows("各街道服务率差距")
        .shows("土豆没到货");
    headquarters
        .open("/reports/situation?area=431023")
        .shows("生活物资保供情况报告");
    assert!(
        headquarters
            .open("/reports/situation?area=431023&format=pdf")
            .bytes
            .starts_with(b"%PDF")
    );
    assert!(
        headquarters
            .open("/reports/situation?area=431023&format=xlsx")
            .bytes
            .starts_with(b"PK")
    );
    let custody = headquarters.open(&format!("/orders/{}", waiting[0].id));
    custody
        .shows("下单预占")
        .shows("装袋")
        .shows("装车")
        .shows("送达投放点")
        .shows("交付住户");
    server.demo_user("ducha").open("/audit").shows("round");
}
