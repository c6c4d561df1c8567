//! What a chain message leaves open is settled one by one, taken back, learned from, and not asked again (X-3, FC-3).

use baogong::base::clock::DAY_S;
use baogong::base::id::{BatchId, RoundId};
use baogong::base::{Ctx, Result};
use baogong::register::entry;
use baogong::round::open::{self, PackDraft, RoundDraft};
use baogong::round::{OrderState, alias, settle as settling};
use serde_json::json;

use crate::county::{COMPOUND, DISTRICT, county, new_entry};
use crate::scene::{id_in, orders};
use crate::support::{Browser, Page, Server, servers};

fn good(code: &str, name: &str, price_fen: i64) -> entry::Change {
    let body = json!({"supplier": "S001", "code": code, "name": name, "unit": "份", "price_fen": price_fen, "weight_g": 5000});
    new_entry("goods", &format!("S001/{code}"), DISTRICT, &body)
}

/// One compound, three homes in one building and one in another, a round with two packs; its liaison, signed in.
fn town(server: &Server) -> (RoundId, Browser) {
    let home = |building: &str, room: &str, head: &str| {
        let body = json!({"compound": "幸福里", "building": building, "unit": "1", "room": room, "members": 2,
            "head": head, "phone": "13800001234"});
        new_entry(
            "households",
            &format!("{COMPOUND}-{building}-1-{room}"),
            COMPOUND,
            &body,
        )
    };
    let mut changes = county();
    changes.extend([
        good("V", "蔬菜包", 3000),
        good("R", "米面包", 8000),
        home("3", "501", "张小明"),
        home("3", "502", "李大海"),
        home("3", "503", "王芳"),
        home("4", "501", "赵铁柱"),
    ]);
    let ctx = Ctx::system(&server.app.clock);
    let draft = RoundDraft {
        mode: "C".into(),
        supplier: "S001".into(),
        compounds: vec![COMPOUND.into()],
        packs: ["V", "R"]
            .map(|code| PackDraft {
                code: code.into(),
                total: 20,
            })
            .into(),
        ..RoundDraft::default()
    };
    let opened = server.app.db.write_blocking(move |tx| -> Result<RoundId> {
        entry::write(tx, &ctx, BatchId::fresh(), &changes)?;
        open::open(tx, &ctx, &draft)
    });
    (opened.unwrap(), server.user("lianluo", "liaison", COMPOUND, ""))
}

fn paste(liaison: &mut Browser, round: RoundId, text: &str) -> Page {
    let page = liaison.send(
        &format!("/rounds/{round}/chain"),
        &[("compound", COMPOUND), ("text", text)],
    );
    assert_eq!(page.status, 200, "{}", page.text());
    page
}

fn settle(liaison: &mut Browser, paste: &str, fields: &[(&str, &str)]) -> Page {
    liaison.submit(&format!("/chains/{paste}/settle"), fields)
}

fn standing(server: &Server, round: RoundId) -> Vec<(String, Vec<(String, i64)>)> {
    let mut found: Vec<_> = orders(server, &round.to_string(), COMPOUND)
        .into_iter()
        .filter(|order| order.state == OrderState::Placed)
        .map(|order| {
            let lines = order.lines.into_iter().map(|line| (line.pack, line.quantity));
            (order.household, lines.collect())
        })
        .collect();
    found.sort();
    found
}

fn aliases(server: &Server) -> Vec<(String, String)> {
    let all = server.read(|tx| alias::of_compound(tx, COMPOUND));
    all.into_iter().map(|one| (one.written, one.meaning)).collect()
}

#[test]
fn what_a_chain_leaves_open_is_settled_taken_back_and_learned() {
    for server in servers() {
        let (round, mut liaison) = town(&server);
        let text = "#接龙\n1. 3-1-501 A1\n2. 豆豆妈 B2\n3. 3-1-502 半份A\n4. 明天几点送";
        let page = paste(&mut liaison, round, text);
        page.shows("已登记1单").shows("逐条确认");
        let id = id_in(&page, "href=\"/chains/");
        let at = format!("/chains/{id}");

        // The nickname is asked first, with the goods filled in; the dwelling is chosen by hand.
        let first = liaison.open(&at);
        first.shows("2. 豆豆妈 B2").shows("data-key=\"0\"");
        let none = settle(&mut liaison, &id, &[("place", "0"), ("choice", "skip")]);
        none.shows("3. 3-1-502 半份A");
        let refused = liaison.send(
            &format!("{at}/settle"),
            &[
                ("place", "1"),
                ("choice", "order"),
                ("dwelling", "9-9-99"),
                ("q:V", "1"),
            ],
        );
        assert_eq!(refused.status, 200, "{}: stays on the page", server.name);
        refused.shows("没有这个房号").shows("value=\"9-9-99\"");
        settle(
            &mut liaison,
            &id,
            &[
                ("place", "1"),
                ("choice", "order"),
                ("dwelling", "3-1-502"),
                ("q:V", "1"),
            ],
        )
        .shows("3栋1单元502")
        .shows("撤销上一条");
        assert_eq!(standing(&server, round).len(), 2, "{}", server.name);

        // Taken back: the order is gone and the question is asked again.
        let step = last_step(&liaison.open(&at));
        let back = liaison.submit(&format!("{at}/back"), &[("step", &step)]);
        back.shows("已撤销上一条").shows("3. 3-1-502 半份A");
        assert_eq!(standing(&server, round).len(), 1, "{}", server.name);
        // The same form once more does not take back the answer before.
        let twice = liaison.send(&format!("{at}/back"), &[("step", &step)]);
        assert_eq!(twice.status, 409, "{}", twice.text());
        settle(
            &mut liaison,
            &id,
            &[
                ("place", "1"),
                ("choice", "order"),
                ("dwelling", "3-1-502"),
                ("q:V", "1"),
            ],
        );
        let mut page = liaison.open(&at);
        while page.body.contains("name=\"choice\"") && !page.body.contains("2. 豆豆妈 B2</blockquote>") {
            let place = page.between("name=\"place\" value=\"", "\"").unwrap();
            page = settle(&mut liaison, &id, &[("place", &place), ("choice", "none")]);
        }

        // What was left for later comes last; settling it teaches the nickname.
        page.shows("2. 豆豆妈 B2");
        settle(
            &mut liaison,
            &id,
            &[
                ("place", "0"),
                ("choice", "order"),
                ("dwelling", "3-1-503"),
                ("q:R", "2"),
            ],
        )
        .shows("全部处理完了")
        .shows("记住了“豆豆妈”");
        let wang = format!("{COMPOUND}-3-1-503");
        assert_eq!(
            aliases(&server),
            [("豆豆妈".to_string(), wang.clone())],
            "{}",
            server.name
        );
        let expected = vec![
            (format!("{COMPOUND}-3-1-501"), vec![("V".to_string(), 1)]),
            (format!("{COMPOUND}-3-1-502"), vec![("V".to_string(), 1)]),
            (wang, vec![("R".to_string(), 2)]),
        ];
        assert_eq!(standing(&server, round), expected, "{}", server.name);

        // The growing list is pasted again: nothing is asked twice, and the nickname is an order now.
        let again = paste(&mut liaison, round, &format!("{text}\n5. 4-1-501 B1"));
        assert!(
            !again.body.contains("href=\"/chains/"),
            "{}: {}",
            server.name,
            again.text()
        );
        again.shows("处理过");
        assert_eq!(standing(&server, round).len(), 4, "{}", server.name);

        // The texts that go back to the group; nobody is named.
        let share = liaison.open(&format!("/rounds/{round}/share?compound={COMPOUND}"));
        share
            .shows("3栋1单元503 米面包 2份")
            .shows("还有4户没付款")
            .shows("data-copy");
        assert!(
            !share.body.contains("张小明") && !share.body.contains("1380000"),
            "{}",
            server.name
        );

        crate::exports::of_learned_words(&mut liaison, COMPOUND);

        // An alias that is wrong is forgotten.
        liaison
            .open(&format!("/aliases?compound={COMPOUND}"))
            .shows("豆豆妈")
            .shows("3栋1单元503");
        liaison.submit(
            "/aliases/forget",
            &[
                ("compound", COMPOUND),
                ("kind", "dwelling"),
                ("written", "豆豆妈"),
            ],
        );
        assert!(aliases(&server).is_empty(), "{}", server.name);
        assert_eq!(server.findings(), Vec::<String>::new(), "{}", server.name);
    }
}

/// A proposal is taken with one press, and what somebody had ordered comes back when it is taken back.
#[test]
fn a_change_that_is_taken_back_gives_back_what_was_ordered_before() {
    for server in servers() {
        let (round, mut liaison) = town(&server);
        paste(&mut liaison, round, "#接龙\n1. 3-1-501 A1");
        let page = paste(&mut liaison, round, "#接龙\n1. 3-1-501 A1\n2. 3-1-501 B1");
        let id = id_in(&page, "href=\"/chains/");
        let asked = liaison.open(&format!("/chains/{id}"));
        asked.shows("再加这些");
        let more = asked
            .body
            .split("name=\"choice\" value=\"")
            .skip(1)
            .find(|rest| rest.split("</button>").next().unwrap().contains("再加这些"))
            .and_then(|rest| rest.split('"').next())
            .unwrap()
            .to_string();
        settle(&mut liaison, &id, &[("place", "0"), ("choice", &more)]).shows("全部处理完了");
        let home = format!("{COMPOUND}-3-1-501");
        let both = vec![("R".to_string(), 1), ("V".to_string(), 1)];
        assert_eq!(
            standing(&server, round),
            [(home.clone(), both)],
            "{}",
            server.name
        );
        let step = last_step(&liaison.open(&format!("/chains/{id}")));
        liaison.submit(&format!("/chains/{id}/back"), &[("step", &step)]);
        let before = vec![("V".to_string(), 1)];
        assert_eq!(standing(&server, round), [(home, before)], "{}", server.name);
    }
}

/// Nobody settles the lines of another compound.
#[test]
fn a_message_of_another_compound_is_not_found() {
    for server in servers() {
        let (round, mut liaison) = town(&server);
        let page = paste(&mut liaison, round, "#接龙\n1. 豆豆妈 B2");
        let id = id_in(&page, "href=\"/chains/");
        let mut other = server.user("bieren", "liaison", "431023001001-2", "");
        assert_eq!(other.get(&format!("/chains/{id}")).status, 404, "{}", server.name);
        let sent = other.send(
            &format!("/chains/{id}/settle"),
            &[("place", "0"), ("choice", "none")],
        );
        assert_eq!(sent.status, 404, "{}: {}", server.name, sent.text());
    }
}

/// HOUSE-6: a pasted message is kept for two weeks, then deleted with its answers; what was ordered from it stays.
#[test]
fn a_pasted_message_is_deleted_when_its_time_is_over() {
    for server in servers() {
        let (round, mut liaison) = town(&server);
        let page = paste(&mut liaison, round, "1. 3-1-501 A1\n2. 豆豆妈 B2");
        let id = id_in(&page, "href=\"/chains/");
        settle(&mut liaison, &id, &[("place", "0"), ("choice", "none")]);
        let expire = || {
            let clock = server.app.clock.clone();
            let deleted: Result<u64> = server
                .app
                .db
                .write_blocking(move |tx| settling::forget_old(tx, &Ctx::system(&clock)));
            deleted.unwrap()
        };
        let kept = || -> Vec<i64> {
            ["chain_paste", "chain_answer"]
                .map(|table| {
                    server.read(move |tx| -> Result<i64> {
                        let rows = tx.rows_text(&format!("SELECT COUNT(*) FROM {table}"), &[])?;
                        Ok(rows[0].get(0)?)
                    })
                })
                .to_vec()
        };
        server.app.clock.advance(13 * DAY_S);
        assert_eq!((expire(), kept()), (0, vec![1, 1]), "{}", server.name);
        server.app.clock.advance(2 * DAY_S);
        assert_eq!((expire(), kept()), (1, vec![0, 0]), "{}", server.name);
        assert_eq!(standing(&server, round).len(), 1, "{}", server.name);
        assert_eq!(expire(), 0);
        assert!(server.findings().is_empty());
    }
}

fn last_step(page: &Page) -> String {
    page.between("name=\"step\" value=\"", "\"").unwrap()
}
