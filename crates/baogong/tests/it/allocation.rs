//! Scarce packs of a round shared among compounds by the published rule: proposed, looked at, changed, posted, opened
//! (YU-7, EM-5).

use std::collections::BTreeMap;

use baogong::base::Ctx;
use baogong::coverage::{self, Stocktake};
use baogong::proposal::allocation::{StoredAllocation, round_of};
use baogong::proposal::{self, ProposalState};
use baogong::round::open;

use crate::scene::{direct, homes, id_in, town_compounds};
use crate::support::{Browser, Page, Server, demo_servers};

struct Scene {
    /// The first has food for nine days, of the second nobody knows anything.
    compounds: Vec<String>,
    supplier: String,
    pack: String,
}

fn scene(server: &Server, headquarters: &mut Browser) -> Scene {
    let compounds: Vec<String> = town_compounds(server).into_iter().take(2).collect();
    assert_eq!(compounds.len(), 2);
    for compound in &compounds {
        direct(headquarters, compound, "fc", "control", "medium");
    }
    for home in homes(server, &compounds[0]) {
        let tenths_of_days: BTreeMap<String, i64> = ["grain", "oil", "vegetables", "eggs", "meat"]
            .map(|category| (category.to_string(), 90))
            .into();
        let found = Stocktake {
            household: home.code,
            tenths_of_days,
        };
        let ctx = Ctx::system(&server.app.clock);
        server
            .app
            .db
            .write_blocking(move |tx| coverage::stocktake(tx, &ctx, &found))
            .unwrap();
    }
    let good = server
        .entries("goods", "431023")
        .into_iter()
        .find(|good| {
            let noun: baogong::register::entry::Good = good.noun().unwrap();
            noun.contents.iter().any(|part| part.category == "vegetables")
                && noun.stock.is_none_or(|stock| stock >= 40)
        })
        .unwrap();
    let (supplier, pack) = good.code.split_once('/').unwrap();
    Scene {
        compounds,
        supplier: supplier.into(),
        pack: pack.into(),
    }
}

fn ask(headquarters: &mut Browser, scene: &Scene, total: &str) -> Page {
    let pack = format!("total:{}", scene.pack);
    headquarters.submit(
        "/rounds",
        &[
            ("supplier", &scene.supplier),
            ("mode", "C"),
            ("division", "need"),
            ("compound", &scene.compounds[0]),
            ("compound", &scene.compounds[1]),
            (&pack, total),
        ],
    )
}

fn shown(page: &Page) -> String {
    let id = id_in(page, "action=\"/allocations/");
    id.split('/').next().unwrap().to_string()
}

fn stored(server: &Server, id: &str) -> (ProposalState, StoredAllocation) {
    let id = id.parse().unwrap();
    let found = server.read(move |tx| proposal::get(tx, "431023", id));
    (found.state, serde_json::from_str(&found.result).unwrap())
}

/// The packs go where food runs out, are looked at with the rule in words, changed by hand, and open the round as accepted.
#[test]
fn yu_7_scarce_packs_are_shared_by_need_and_open_the_round() {
    for server in demo_servers() {
        let mut headquarters = server.demo_user("zhihui");
        let scene = scene(&server, &mut headquarters);
        headquarters
            .open(&format!("/rounds/new?supplier={}", scene.supplier))
            .shows("按户数平均")
            .shows("按需公平分配");
        let page = ask(&mut headquarters, &scene, "30");
        page.shows("还没有开团")
            .shows("基尼系数")
            .shows("先后档次（依据HOUSE-4）");
        let id = shown(&page);
        let (state, first) = stored(&server, &id);
        assert_eq!(state, ProposalState::Open);
        let given = first.given[0].clone();
        assert_eq!(given.iter().sum::<i64>(), 30);
        assert!(
            given[1] > given[0],
            "{given:?}: who has food for nine days gets less"
        );
        // Nothing is open yet, and the list of rounds tells what waits.
        let rounds = server.read(|tx| open::list(tx, "431023", ""));
        assert!(rounds.is_empty());
        headquarters.open("/rounds").shows("待决定的物资分配方案");

        // A change is looked at, refused where it gives more than there is, and kept.
        let field = |compound: usize| format!("give:{}:{}", scene.pack, scene.compounds[compound]);
        let (one, other) = (field(0), field(1));
        let (more, less) = ((given[0] + 2).to_string(), (given[1] - 2).to_string());
        let fields = [(one.as_str(), more.as_str()), (other.as_str(), less.as_str())];
        headquarters
            .send(&format!("/allocations/{id}/check"), &fields)
            .shows("试改，还没有保存")
            .shows("按办法分会是");
        assert_eq!(stored(&server, &id).1.given[0], given);
        headquarters
            .send(&format!("/allocations/{id}/change"), &[(one.as_str(), "31")])
            .shows("请减少");
        headquarters
            .send(&format!("/allocations/{id}/accept"), &[(one.as_str(), "x")])
            .shows("不是整数");
        assert_eq!(stored(&server, &id).0, ProposalState::Open);
        let kept = headquarters.submit(&format!("/allocations/{id}/change"), &fields);
        kept.shows("人工改动");
        let new = shown(&kept);
        assert_eq!(stored(&server, &id).0, ProposalState::Replaced);

        // It can be posted, and read through the API.
        let post = format!("/reports/allocation?area=431023&only={new}");
        headquarters
            .open(&post)
            .shows("物资分配公示表")
            .shows("按办法应得（份）")
            .shows("第二步");
        let pdf = headquarters.open(&format!("{post}&format=pdf"));
        assert!(pdf.bytes.starts_with(b"%PDF"));
        headquarters
            .open(&format!("/api/v1/allocations/{new}"))
            .shows(&format!("\"given\":{more}"))
            .shows("\"gini\"");
        headquarters
            .open("/api/v1/allocations")
            .shows("\"kind\":\"allocation\"");

        // Others neither see nor decide it.
        for login in ["chaoshi", "lianluo"] {
            let mut somebody = server.demo_user(login);
            assert_eq!(
                somebody.get(&format!("/allocations/{new}")).status,
                403,
                "{login}"
            );
            let decided = somebody.send(&format!("/allocations/{new}/accept"), &[]);
            assert_eq!(decided.status, 403, "{login}");
        }

        // Accepting opens the round with these numbers, once.
        let round = headquarters.submit(&format!("/allocations/{new}/accept"), &fields);
        round.shows("办法和分配表").shows("已按此开团");
        let opened = round_of(new.parse().unwrap());
        for (compound, wanted) in scene.compounds.iter().zip([given[0] + 2, given[1] - 2]) {
            let compound = compound.clone();
            let left = server.read(move |tx| {
                let packs = open::packs(tx, "431023", opened)?;
                open::left(tx, "431023", opened, &compound, &packs)
            });
            assert_eq!(left, [wanted]);
        }
        let late = headquarters.send(&format!("/allocations/{new}/accept"), &[]);
        assert_eq!(late.status, 409, "{}", late.text());
        assert_eq!(server.read(|tx| open::list(tx, "431023", "")).len(), 1);
        assert!(server.findings().is_empty(), "{:?}", server.findings());
    }
}

/// Computing again takes other days; turning down opens nothing; a round may name its allotments, but no more than there is.
#[test]
fn em_5_days_are_chosen_and_allotments_checked() {
    let server = demo_servers().remove(0);
    let mut headquarters = server.demo_user("zhihui");
    let scene = scene(&server, &mut headquarters);
    let id = shown(&ask(&mut headquarters, &scene, "40"));
    let again = headquarters.submit(
        &format!("/allocations/{id}/again"),
        &[("floor_d", "0"), ("target_d", "1")],
    );
    let new = shown(&again);
    let (_, low) = stored(&server, &new);
    assert_eq!((low.facts.floor_d, low.facts.target_d), (0, 1));
    assert_eq!(low.given[0].iter().sum::<i64>(), 40);
    headquarters
        .submit(&format!("/allocations/{new}/reject"), &[])
        .shows("没有开团");
    assert!(server.read(|tx| open::list(tx, "431023", "")).is_empty());

    let allot = |quantity: i64| {
        let draft = baogong::round::open::RoundDraft {
            mode: "C".into(),
            supplier: scene.supplier.clone(),
            compounds: scene.compounds.clone(),
            packs: vec![open::PackDraft {
                code: scene.pack.clone(),
                total: 10,
            }],
            allotments: vec![baogong::round::ballot::Allotted {
                compound: scene.compounds[0].clone(),
                pack: scene.pack.clone(),
                quantity,
            }],
            ..Default::default()
        };
        let ctx = Ctx::system(&server.app.clock);
        server
            .app
            .db
            .write_blocking(move |tx| open::open(tx, &ctx, &draft))
    };
    assert!(allot(11).is_err());
    assert!(allot(-1).is_err());
    assert!(allot(10).is_ok());
}
