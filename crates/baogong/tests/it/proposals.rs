//! Assignment proposals through the pages: changing, what follows, accepting, computing again, and whoever comes late
//! (DX-1, CQ-7, YU-12, YU-13).

use baogong::proposal::assignment::{Assigned, Facts, Stored};
use baogong::proposal::{self, ProposalState};

use crate::scene::{direct, id_in};
use crate::support::{Browser, Page, Server, demo_servers};

const STREET: &str = "431023001";

/// The id of the proposal that a page shows.
fn shown(page: &Page) -> String {
    id_in(page, "action=\"/proposals/")
        .split('/')
        .next()
        .unwrap()
        .to_string()
}

fn propose(headquarters: &mut Browser) -> String {
    shown(&headquarters.submit("/proposals", &[("area", "431023"), ("keep_weight_m", "500")]))
}

fn stored(server: &Server, id: &str) -> (ProposalState, Stored) {
    let id = id.parse().unwrap();
    let found = server.read(move |tx| proposal::get(tx, "431023", id));
    (found.state, serde_json::from_str(&found.result).unwrap())
}

fn in_force(server: &Server, compound: &str) -> Option<Assigned> {
    let area = compound.to_string();
    let all = server.read(move |tx| proposal::assignment::assigned(tx, &area));
    all.get(compound).cloned()
}

/// Another supplier than the main and the backup of a line.
fn other(facts: &Facts, taken: &[Option<String>]) -> String {
    let free = facts
        .suppliers
        .iter()
        .find(|one| !taken.contains(&Some(one.code.clone())));
    free.expect("there are more suppliers").code.clone()
}

fn code_of(page: &Page) -> String {
    assert_eq!(page.status, 409, "{}", page.text());
    page.text()
}

/// Headquarters with a proposal for a street under control.
fn proposed(server: &Server) -> (Browser, String) {
    let mut headquarters = server.demo_user("zhihui");
    direct(&mut headquarters, STREET, "fc", "control", "medium");
    let id = propose(&mut headquarters);
    (headquarters, id)
}

/// A line is changed: first looked at, then kept with who did it, then in force.
#[test]
fn a_changed_line_is_looked_at_then_kept_then_in_force() {
    for server in demo_servers() {
        let (mut headquarters, id) = proposed(&server);
        let (_, before) = stored(&server, &id);
        let line = before
            .choices
            .iter()
            .find(|choice| choice.main.is_some())
            .unwrap();
        let to = other(&before.facts, &[line.main.clone(), line.backup.clone()]);
        let field = format!("main:{}", line.compound);
        let backup_field = format!("backup:{}", line.compound);
        let backup = line.backup.clone().unwrap_or_default();
        let fields = [
            (field.as_str(), to.as_str()),
            (backup_field.as_str(), backup.as_str()),
        ];

        let page = headquarters.open(&format!("/proposals/{id}"));
        // This server has no map of roads; page and API say so.
        page.shows("距离按直线×1.35估算");
        headquarters
            .open(&format!("/api/v1/proposals/{id}"))
            .shows("\"by_road\":false");
        page.shows("<svg class=\"map-picture\"")
            .shows(&format!("data-drag=\"{}\"", line.compound));
        page.shows(&format!("data-drop=\"main={to}\""))
            .shows("各单位的负担");

        // Looking writes nothing.
        let tried = headquarters.send(&format!("/proposals/{id}/check"), &fields);
        assert_eq!(tried.status, 200, "{}", tried.text());
        tried.shows("试改，还没有保存");
        assert_eq!(stored(&server, &id).0, ProposalState::Open);

        // Only who may propose may look, change, compute again and accept.
        let mut liaison = server.demo_user("lianluo");
        for deed in ["check", "change", "again", "accept", "reject"] {
            let refused = liaison.send(&format!("/proposals/{id}/{deed}"), &fields);
            assert_eq!(refused.status, 403, "{deed}: {}", refused.text());
        }

        let kept = headquarters.submit(&format!("/proposals/{id}/change"), &fields);
        kept.shows("人工指定").shows("修改记录").shows("指挥部");
        let new = shown(&kept);
        assert_ne!(new, id);
        assert_eq!(stored(&server, &id).0, ProposalState::Replaced);
        let (_, after) = stored(&server, &new);
        let changed = after
            .choices
            .iter()
            .find(|choice| choice.compound == line.compound)
            .unwrap();
        assert_eq!(changed.main.as_deref(), Some(to.as_str()));
        assert!(
            changed.by_hand && changed.rank > line.rank,
            "{} after {}",
            changed.rank,
            line.rank
        );
        assert_eq!(
            after.revisions[0].mains,
            [(line.compound.clone(), line.main.clone(), Some(to.clone()))]
        );
        // The others are as they were.
        let others = |stored: &Stored| -> Vec<_> {
            let rest = stored
                .choices
                .iter()
                .filter(|choice| choice.compound != line.compound);
            rest.map(|choice| (choice.compound.clone(), choice.main.clone()))
                .collect()
        };
        assert_eq!(others(&before), others(&after));

        // Whoever still looks at the old one comes late.
        for deed in ["change", "again", "accept", "reject"] {
            let late = headquarters.send(&format!("/proposals/{id}/{deed}"), &fields);
            assert!(code_of(&late).contains("别人刚刚改过"), "{deed}: {}", late.text());
        }

        let result = headquarters.send(&format!("/proposals/{new}/accept"), &[("despite", "1")]);
        assert_eq!(result.status, 303, "{}", result.text());
        assert_eq!(in_force(&server, &line.compound).unwrap().main, to);
        assert!(server.findings().is_empty(), "{:?}", server.findings());
    }
}

/// What no supplier can give is not accepted by mistake, and is when somebody says that it is meant.
#[test]
fn too_much_for_one_supplier_is_said_and_needs_a_second_thought() {
    for server in demo_servers() {
        let (mut headquarters, id) = proposed(&server);
        let (_, before) = stored(&server, &id);
        // Everybody at the smallest supplier.
        let smallest = before
            .facts
            .suppliers
            .iter()
            .min_by_key(|one| one.capacity[0])
            .unwrap();
        let need: i64 = before.facts.compounds.iter().map(|one| one.demand[0]).sum();
        assert!(need > smallest.capacity[0], "{need} of {}", smallest.capacity[0]);
        let lines: Vec<(String, String)> = before
            .choices
            .iter()
            .map(|choice| (format!("main:{}", choice.compound), smallest.code.clone()))
            .collect();
        let mut fields: Vec<(&str, &str)> = lines
            .iter()
            .map(|(name, code)| (name.as_str(), code.as_str()))
            .collect();
        let tried = headquarters.send(&format!("/proposals/{id}/check"), &fields);
        tried.shows("产能不够").shows("每天还差");
        let refused = headquarters.send(&format!("/proposals/{id}/accept"), &fields);
        assert!(code_of(&refused).contains("产能不够"));
        let first = &before.choices[0].compound;
        assert_eq!(in_force(&server, first).map(|one| one.main), None);
        assert_eq!(
            stored(&server, &id).0,
            ProposalState::Open,
            "a refusal leaves nothing behind"
        );
        fields.push(("despite", "1"));
        headquarters
            .submit(&format!("/proposals/{id}/accept"), &fields)
            .shows("已分配保供单位");
        assert_eq!(in_force(&server, first).unwrap().main, smallest.code);
    }
}

/// A supplier fails: those that it fed move, few others do, and what was set by hand stays.
#[test]
fn when_a_supplier_fails_few_compounds_change() {
    for server in demo_servers() {
        let mut headquarters = server.demo_user("zhihui");
        direct(&mut headquarters, STREET, "fc", "control", "medium");
        let first = propose(&mut headquarters);
        headquarters
            .submit(&format!("/proposals/{first}/accept"), &[])
            .shows("已分配保供单位");
        let second = propose(&mut headquarters);
        let (_, before) = stored(&server, &second);
        let fed = |stored: &Stored, code: &str| {
            stored
                .choices
                .iter()
                .filter(|choice| choice.main.as_deref() == Some(code))
                .count()
        };
        let failed = before
            .facts
            .suppliers
            .iter()
            .max_by_key(|one| fed(&before, &one.code))
            .unwrap()
            .code
            .clone();
        let lost = fed(&before, &failed);
        assert!(lost > 0);
        let kept = before
            .choices
            .iter()
            .find(|choice| choice.main.as_deref() != Some(&failed));
        let mut fields = vec![("without", failed.as_str())];
        if let Some(kept) = kept {
            fields.extend([
                ("compound", kept.compound.as_str()),
                ("rule", "force"),
                ("supplier", kept.main.as_deref().unwrap()),
            ]);
        }
        let page = headquarters.submit(&format!("/proposals/{second}/again"), &fields);
        page.shows("与现行分配的差别").shows("重新计算");
        let (_, after) = stored(&server, &shown(&page));
        assert_eq!(fed(&after, &failed), 0);
        let moved = after.revisions.last().unwrap().mains.len();
        assert!(
            moved >= lost && moved <= lost + 2,
            "{moved} changed, {lost} had to"
        );
        if let Some(kept) = kept {
            let line = after
                .choices
                .iter()
                .find(|choice| choice.compound == kept.compound)
                .unwrap();
            assert!(line.by_hand && line.main == kept.main);
        }
    }
}

/// A pair that was ruled out is not chosen again, and choosing it by hand is told.
#[test]
fn a_pair_that_was_ruled_out_is_told() {
    let server = demo_servers().remove(0);
    let (mut headquarters, id) = proposed(&server);
    let (_, before) = stored(&server, &id);
    let line = before
        .choices
        .iter()
        .find(|choice| choice.main.is_some())
        .unwrap();
    let main = line.main.clone().unwrap();
    let page = headquarters.submit(
        &format!("/proposals/{id}/again"),
        &[
            ("compound", line.compound.as_str()),
            ("rule", "forbid"),
            ("supplier", main.as_str()),
        ],
    );
    let new = shown(&page);
    let (_, after) = stored(&server, &new);
    let now = after
        .choices
        .iter()
        .find(|choice| choice.compound == line.compound)
        .unwrap();
    assert_ne!(now.main.as_deref(), Some(main.as_str()));
    let field = format!("main:{}", line.compound);
    let tried = headquarters.send(
        &format!("/proposals/{new}/check"),
        &[(field.as_str(), main.as_str())],
    );
    tried.shows("与已定的要求不符").shows("已排除");
    assert!(
        code_of(&headquarters.send(
            &format!("/proposals/{new}/accept"),
            &[(field.as_str(), main.as_str())]
        ))
        .contains("已排除")
    );
}

/// Two proposals from the same state: after one holds, the other is not accepted by mistake.
#[test]
fn what_came_into_force_meanwhile_is_not_overwritten_by_mistake() {
    let server = demo_servers().remove(0);
    let mut headquarters = server.demo_user("zhihui");
    direct(&mut headquarters, STREET, "fc", "control", "medium");
    let (one, other) = (propose(&mut headquarters), propose(&mut headquarters));
    headquarters
        .submit(&format!("/proposals/{one}/accept"), &[])
        .shows("已分配保供单位");
    headquarters
        .open(&format!("/proposals/{other}"))
        .shows("现行分配已变动");
    let late = headquarters.send(&format!("/proposals/{other}/accept"), &[]);
    assert!(code_of(&late).contains("已经改变"));
    headquarters
        .submit(&format!("/proposals/{other}/accept"), &[("despite", "1")])
        .shows("已分配保供单位");
}

/// Names on maps are escaped, tiles are allowed by the policy only where a server is configured.
#[test]
fn tiles_come_only_from_the_configured_server() {
    use baogong::base::tiles::{TileServer, TilesDatum};
    let server = demo_servers().remove(0);
    let (mut headquarters, id) = proposed(&server);
    let path = format!("/proposals/{id}");
    let page = headquarters.open(&path);
    assert!(!page.body.contains("<image"));
    let secret = headquarters.cookies["session"].clone();
    let mut app = server.app.clone();
    let tiles = TileServer::new("https://tiles.county.example/{z}/{x}/{y}.png", TilesDatum::Gcj02).unwrap();
    app.tiles = Some(std::sync::Arc::new(tiles));
    let router = baogong::web::routes::router(&app);
    let request = axum::http::Request::get(&path)
        .header("cookie", format!("session={secret}"))
        .body(axum::body::Body::empty())
        .unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (policy, body) = runtime.block_on(async {
        let answer = tower::ServiceExt::oneshot(router, request).await.unwrap();
        let policy = answer.headers()["content-security-policy"]
            .to_str()
            .unwrap()
            .to_string();
        let bytes = axum::body::to_bytes(answer.into_body(), 10 << 20).await.unwrap();
        (policy, String::from_utf8(bytes.to_vec()).unwrap())
    });
    assert!(
        policy.contains("img-src 'self' data: https://tiles.county.example;"),
        "{policy}"
    );
    assert!(body.contains("<image href=\"https://tiles.county.example/"));
}

/// Too few suppliers are left: what they give together, and what nobody has, is told; accepting puts the parts into force,
/// and a later proposal with enough for everybody takes them back (DX-1).
#[test]
fn what_none_can_feed_alone_several_feed_together() {
    for server in demo_servers() {
        let mut headquarters = server.demo_user("zhihui");
        direct(&mut headquarters, STREET, "fc", "control", "medium");
        let id = propose(&mut headquarters);
        let (_, before) = stored(&server, &id);
        assert!(before.together.is_empty(), "there is enough for everybody");
        let mut by_size: Vec<(i64, &str)> = before
            .facts
            .suppliers
            .iter()
            .map(|one| (one.capacity.iter().sum(), one.code.as_str()))
            .collect();
        by_size.sort_unstable();
        let gone: Vec<&str> = by_size.iter().skip(3).map(|(_, code)| *code).collect();
        let fields: Vec<(&str, &str)> = gone.iter().map(|code| ("without", *code)).collect();
        let page = headquarters.submit(&format!("/proposals/{id}/again"), &fields);
        page.shows("几家拼供").shows("（牵头）").shows("仍缺（每天）");
        let new = shown(&page);
        let (_, after) = stored(&server, &new);
        // YU-7: what is short is short alike for everybody, whoever feeds them and however far.
        assert!(after.rationed && after.together.len() == after.facts.compounds.len());
        page.shows("每个小区得到需要量的");
        assert!(!page.text().contains("各小区的比例不一样"));
        let short: Vec<usize> = (0..5)
            .filter(|at| after.together.iter().any(|one| one.short_g[*at] > 0))
            .collect();
        assert!(!short.is_empty());
        for category in short {
            let (least, most) = after.parts_of_need(category).unwrap();
            assert!(most - least <= 1, "{least} to {most} thousandths of the need");
            assert!(least > 0 && most < 1000);
        }
        // Nothing is lost and nothing comes from nowhere: what is given and what is short make up the need.
        for one in &after.together {
            let facts = after
                .facts
                .compounds
                .iter()
                .find(|facts| facts.code == one.compound);
            let need = &facts.unwrap().demand;
            for (category, need) in need.iter().enumerate() {
                let given: i64 = one.parts.iter().map(|part| part.given_g[category]).sum();
                assert_eq!(given + one.short_g[category], *need, "{}", one.compound);
            }
        }
        let shared = after
            .together
            .iter()
            .max_by_key(|one| one.parts.len())
            .expect("there is one");
        headquarters
            .submit(&format!("/proposals/{new}/accept"), &[])
            .shows("已分配保供单位");
        let held = in_force(&server, &shared.compound).expect("it is assigned");
        assert_eq!(held.main, shared.parts[0].supplier);
        let mut wanted = shared.parts.clone();
        let mut got = held.parts.clone();
        wanted.sort_by(|a, b| a.supplier.cmp(&b.supplier));
        got.sort_by(|a, b| a.supplier.cmp(&b.supplier));
        assert_eq!(got, wanted);

        // The form for rounds of each giver names the compound, and a giver is not removed from the register.
        let last = &shared.parts.last().unwrap().supplier;
        headquarters
            .open(&format!("/rounds/new?supplier={last}"))
            .shows("几家拼供，本单位供");
        headquarters
            .open(&format!("/reports/assignment?area={STREET}"))
            .shows("由谁供多少（每天）");
        let listed = headquarters.open("/api/v1/assignments").text();
        assert!(listed.contains("\"given_g\""), "{listed}");

        // With everybody back, one supplier feeds each compound again.
        let plenty = propose(&mut headquarters);
        headquarters
            .submit(&format!("/proposals/{plenty}/accept"), &[])
            .shows("已分配保供单位");
        let held = in_force(&server, &shared.compound).unwrap();
        assert!(held.parts.is_empty(), "{held:?}");
        assert!(server.findings().is_empty(), "{:?}", server.findings());
    }
}
