//! Packs composed from a supplier's stock, changed by a person, put into the price list and offered in a round (CQ-4), with
//! substitutes for what cannot be had (YU-6).

mod stock;

use baogong::base::id::BatchId;
use baogong::base::{Ctx, Result};
use baogong::proposal::packs::{PacksDraft, StoredPacks};
use baogong::proposal::{self, ProposalState};
use baogong::register::entry::{self, Good};
use serde_json::json;

use crate::county::{COMPOUND, DISTRICT, county, new_entry};
use crate::scene::{direct, id_in};
use crate::support::{Browser, Page, Server, servers};

/// Code, name, category, unit, weight of a unit, price, units in stock.
type Row = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    i64,
    i64,
    i64,
);

/// What the supplier has in plenty. 莴笋 is in no table of foods, and of beef there is none left.
const PLENTY: &[Row] = &[
    ("Y01", "东北大米", "grain", "袋", 1_000, 690, 900),
    ("Y02", "面粉", "grain", "袋", 1_000, 520, 900),
    ("Y03", "菜籽油", "oil", "瓶", 460, 990, 900),
    ("Y04", "鸡蛋", "eggs", "盒", 500, 690, 900),
    ("Y05", "猪前腿肉", "meat", "份", 500, 1_490, 900),
    ("Y06", "三黄鸡", "meat", "只", 1_000, 2_360, 900),
    ("Y07", "牛肉", "meat", "份", 500, 3_990, 0),
    ("Y11", "土豆", "vegetables", "袋", 500, 190, 900),
    ("Y12", "白萝卜", "vegetables", "袋", 500, 140, 900),
    ("Y13", "胡萝卜", "vegetables", "袋", 500, 260, 900),
    ("Y14", "大白菜", "vegetables", "棵", 1_000, 280, 900),
    ("Y15", "包菜", "vegetables", "棵", 500, 190, 900),
    ("Y16", "洋葱", "vegetables", "袋", 500, 220, 900),
    ("Y17", "莴笋", "vegetables", "根", 500, 130, 900),
];

/// Two small households, three of three or four, one of six; the supplier with these goods and a pack; control in force.
fn town(server: &Server, goods: &[Row]) -> Browser {
    let home = |room: &str, members: i64, diet: &str| {
        let body = json!({"compound": "幸福里", "building": "3", "unit": "1", "room": room, "members": members,
            "head": "张小明", "phone": "13800001234", "diet": diet});
        new_entry("households", &format!("{COMPOUND}-3-1-{room}"), COMPOUND, &body)
    };
    let mut changes = county();
    changes.extend([
        home("101", 1, ""),
        home("102", 2, ""),
        home("201", 3, ""),
        home("202", 4, ""),
        home("203", 3, "不吃猪肉"),
        home("301", 6, ""),
    ]);
    for (code, name, category, unit, weight_g, price_fen, stock) in goods {
        let body = json!({"supplier": "S001", "code": code, "name": name, "kind": "good", "category": category, "unit": unit,
            "weight_g": weight_g, "price_fen": price_fen, "stock": stock});
        changes.push(new_entry("goods", &format!("S001/{code}"), DISTRICT, &body));
    }
    let pack = json!({"supplier": "S001", "code": "A", "name": "旧套餐", "kind": "pack", "unit": "份", "weight_g": 5000,
        "price_fen": 5000, "stock": 10});
    let bare = json!({"supplier": "S001", "code": "Y90", "name": "红薯", "kind": "good", "price_fen": 300});
    changes.extend([
        new_entry("goods", "S001/A", DISTRICT, &pack),
        new_entry("goods", "S001/Y90", DISTRICT, &bare),
        new_entry("suppliers", "S002", DISTRICT, &json!({"name": "另一家超市"})),
    ]);
    let ctx = Ctx::system(&server.app.clock);
    server
        .app
        .db
        .write_blocking(move |tx| -> Result<()> { entry::write(tx, &ctx, BatchId::fresh(), &changes) })
        .unwrap();
    let mut headquarters = server.user("zhihui", "headquarters", DISTRICT, "");
    direct(&mut headquarters, COMPOUND, "fc", "control", "medium");
    headquarters
}

/// The fields of the form: two packs for three days.
const ASKED: &[(&str, &str)] = &[
    ("supplier", "S001"),
    ("area", DISTRICT),
    ("days", "3"),
    ("name:0", "小家庭包"),
    ("persons:0", "2"),
    ("count:0", "2"),
    ("filling:0", "all"),
    ("name:1", "清真蔬菜包"),
    ("persons:1", "4"),
    ("count:1", "3"),
    ("filling:1", "vegetables"),
    ("price:1", "60"),
    ("diet:1", "halal"),
    ("norm", "plan"),
    ("nutrient", "energy"),
    ("nutrient", "protein"),
    ("kinds", "5"),
    ("most_of_one_g", "400"),
    ("keeps_d", "0"),
];

/// All goods are ticked, as on the page.
fn asked(goods: &[Row]) -> Vec<(&'static str, &'static str)> {
    let mut fields = ASKED.to_vec();
    for (code, ..) in goods {
        fields.extend([("shelf", *code), ("use", *code)]);
    }
    fields
}

fn shown(page: &Page) -> String {
    id_in(page, "action=\"/packs/")
        .split('/')
        .next()
        .unwrap()
        .to_string()
}

fn stored(server: &Server, id: &str) -> (ProposalState, PacksDraft, StoredPacks) {
    let id = id.parse().unwrap();
    let found = server.read(move |tx| proposal::get(tx, DISTRICT, id));
    (
        found.state,
        serde_json::from_str(&found.problem).unwrap(),
        serde_json::from_str(&found.result).unwrap(),
    )
}

fn goods(server: &Server) -> Vec<Good> {
    let found = server.entries("goods", DISTRICT);
    found.into_iter().map(|one| one.noun().unwrap()).collect()
}

fn good(server: &Server, code: &str) -> Good {
    let all = goods(server);
    all.into_iter().find(|good| good.code == code).unwrap()
}

/// From the form over the proposal into the price list and a round; what was set aside cannot be set aside twice.
#[test]
fn cq_4_packs_from_stock_go_into_the_price_list_and_a_round() {
    for server in servers() {
        let mut headquarters = town(&server, PLENTY);
        headquarters.open("/packs").shows("还没有搭配方案");
        headquarters.open("/packs/new").shows("选定");
        // Packs are proposed by size of household, and one for those who eat no pork.
        let form = headquarters.open("/packs/new?supplier=S001");
        for words in [
            "1–2人家庭包",
            "3–4人家庭包",
            "5人以上家庭包",
            "清真包",
            "幸福里",
            "莴笋",
            "红薯",
            "没有重量",
        ] {
            form.shows(words);
        }
        let count = form.between("name=\"count:0\"", ">").unwrap();
        assert!(count.contains("value=\"2\""));

        let page = headquarters.submit("/packs", &asked(PLENTY));
        let id = shown(&page);
        for words in [
            "达到标准",
            "已证明最好",
            "小家庭包",
            "清真蔬菜包",
            "能量",
            "蔬菜种数",
            "FC-",
        ] {
            page.shows(words);
        }
        let (state, draft, found) = stored(&server, &id);
        assert_eq!(state, ProposalState::Open);
        let packed = found.packed(&draft);
        assert!(packed.unkept.is_empty(), "{packed:?}");
        assert!(
            packed.packs.iter().all(|holds| holds.lacking.is_empty()),
            "{packed:?}"
        );
        assert!(packed.packs[1].price_fen <= 6_000);
        assert_eq!(
            packed.packs[1].categories.keys().collect::<Vec<_>>(),
            ["vegetables"]
        );
        let lettuce = found
            .facts
            .shelf
            .iter()
            .position(|good| good.name == "莴笋")
            .unwrap();
        assert_eq!(
            found.units[1][lettuce], 0,
            "an unknown good is not for people with a diet"
        );
        // A second proposal from the same stock.
        let rival = shown(&headquarters.submit("/packs", &asked(PLENTY)));

        // The same command twice makes one thing.
        let before: i64 = goods(&server).iter().filter_map(|good| good.stock).sum();
        let command = [("command", "0190a0a0-a0a0-7a0a-8a0a-0a0a0a0a0a0a")];
        let first = headquarters.send(&format!("/packs/{id}/accept"), &command);
        let again = headquarters.send(&format!("/packs/{id}/accept"), &command);
        assert_eq!((first.status, &first.location), (303, &again.location));
        let round = headquarters.open(&first.location);
        round.shows("已列入价目表").shows("小家庭包").shows("清真蔬菜包");
        for (code, total) in [("B", "2"), ("C", "3")] {
            let field = round.between(&format!("name=\"total:{code}\""), ">").unwrap();
            assert!(field.contains(&format!("value=\"{total}\"")), "{field}");
        }
        let small = good(&server, "B");
        assert_eq!(
            (small.name.as_str(), small.stock, small.limit_per_order),
            ("小家庭包", Some(2), 1)
        );
        assert_eq!(
            (small.price_fen, small.weight_g),
            (packed.packs[0].price_fen, packed.packs[0].weight_g)
        );
        assert_eq!(
            small.weight_g,
            small.contents.iter().map(|one| one.weight_g).sum::<i64>()
        );
        let taken: i64 = packed.used.iter().sum();
        let after: i64 = goods(&server).iter().filter_map(|good| good.stock).sum();
        assert_eq!(after, before - taken + 5, "what the packs hold is off the shelf");

        let opened = headquarters.submit(
            "/rounds",
            &[
                ("supplier", "S001"),
                ("mode", "C"),
                ("compound", COMPOUND),
                ("total:B", "2"),
                ("total:C", "3"),
            ],
        );
        opened.shows("已开团").shows("小家庭包");
        headquarters
            .open(&format!("/packs/{id}"))
            .shows("用这些套餐开一轮");

        // The rival still finds its goods on the shelf; a third one, whose goods are gone, does not.
        headquarters.submit(&format!("/packs/{rival}/accept"), &[]);
        let late = shown(&headquarters.submit("/packs", &asked(PLENTY)));
        let before = server
            .entries("goods", DISTRICT)
            .into_iter()
            .find(|one| one.code == "S001/Y12")
            .unwrap();
        let mut after = before.clone();
        after.body.insert("stock".into(), 0.into());
        let ctx = Ctx::system(&server.app.clock);
        let change = entry::Change {
            before: Some(before),
            after: Some(after),
        };
        server
            .app
            .db
            .write_blocking(move |tx| -> Result<()> {
                entry::write(tx, &ctx, BatchId::fresh(), std::slice::from_ref(&change))
            })
            .unwrap();
        headquarters.open(&format!("/packs/{late}")).shows("价目表变了");
        let refused = headquarters.send(&format!("/packs/{late}/accept"), &[("despite", "1")]);
        assert_eq!(refused.status, 409, "{}", refused.text());
        assert!(refused.text().contains("白萝卜只剩0袋"), "{}", refused.text());
        assert!(server.findings().is_empty(), "{:?}", server.findings());
    }
}

/// YU-6: a good gives way to another of its kind or is taken out; it is looked at first, then kept, then offered.
#[test]
fn yu_6_a_good_is_replaced_and_the_consequences_are_shown() {
    for server in servers() {
        let mut headquarters = town(&server, PLENTY);
        let page = headquarters.submit("/packs", &asked(PLENTY));
        let id = shown(&page);
        page.shows("用什么顶替").shows("断货");
        let (_, draft, before) = stored(&server, &id);
        let place = |name: &str| {
            before
                .facts
                .shelf
                .iter()
                .position(|good| good.name == name)
                .unwrap()
        };
        // Beef is gone: pork and chicken may take its place, and pork not for those who eat none.
        let beef = place("牛肉");
        let names = |diets: &[baogong::proposal::packs::Diet]| -> Vec<String> {
            let found = before.substitutes(&draft, beef, diets).unwrap();
            found
                .iter()
                .map(|one| before.facts.shelf[one.index].name.clone())
                .collect()
        };
        assert_eq!(names(&[]).len(), 2);
        assert_eq!(names(&[baogong::proposal::packs::Diet::Halal]), ["三黄鸡"]);

        let grain = [place("东北大米"), place("面粉")];
        let (from, to) = if before.units[0][grain[0]] > 0 {
            (grain[0], grain[1])
        } else {
            (grain[1], grain[0])
        };
        let grams: i64 = before.units[0][from] * before.facts.shelf[from].unit_g;
        let swap = (format!("swap:0:{from}"), to.to_string());
        let fields = [(swap.0.as_str(), swap.1.as_str())];
        let tried = headquarters.send(&format!("/packs/{id}/check"), &fields);
        assert_eq!(tried.status, 200, "{}", tried.text());
        tried.shows("试改，还没有保存");
        assert_eq!(stored(&server, &id).0, ProposalState::Open);

        // Without eggs the pack falls short, and that is told before anything is saved.
        let eggs = place("鸡蛋");
        let out = (format!("swap:0:{eggs}"), "out".to_string());
        let both = [fields[0], (out.0.as_str(), out.1.as_str())];
        headquarters
            .send(&format!("/packs/{id}/check"), &both)
            .shows("达不到标准")
            .shows("货不够，要补");

        let kept = headquarters.submit(&format!("/packs/{id}/change"), &fields);
        // Three kilograms of one good are more than two people should get in three days, and the checker says so.
        kept.shows("修改记录")
            .shows("人工改过")
            .shows("核验不通过")
            .shows("同一样最多");
        let new = shown(&kept);
        assert_eq!(stored(&server, &id).0, ProposalState::Replaced);
        let (_, _, after) = stored(&server, &new);
        assert_eq!(after.units[0][from], 0);
        assert!(
            after.units[0][to] * after.facts.shelf[to].unit_g
                >= before.units[0][to] * before.facts.shelf[to].unit_g + grams
        );
        assert_eq!(after.units[1], before.units[1], "the other pack stays");
        for deed in ["change", "accept", "reject"] {
            let late = headquarters.send(&format!("/packs/{id}/{deed}"), &fields);
            assert_eq!(late.status, 409, "{deed}: {}", late.text());
        }
        // Nothing that cannot be meant is taken.
        for wrong in [
            ("units:0:0", "-1"),
            ("units:0:99", "1"),
            ("swap:9:0", "1"),
            ("count:0", "viel"),
            ("add:0", "99"),
        ] {
            let refused = headquarters.send(&format!("/packs/{new}/check"), &[wrong]);
            assert!(
                (400..500).contains(&refused.status),
                "{wrong:?}: {}",
                refused.status
            );
        }
        headquarters.submit(
            &format!("/packs/{new}/accept"),
            &[("despite", "1"), ("count:1", "0")],
        );
        let listed: Vec<String> = goods(&server).into_iter().map(|good| good.name).collect();
        assert!(listed.contains(&"小家庭包".to_string()));
        assert!(
            !listed.contains(&"清真蔬菜包".to_string()),
            "none of them were to be made"
        );
    }
}

/// A supplier composes from the supplier's own stock; nobody else's is seen, and no diet of any household.
#[test]
fn a_supplier_composes_from_its_own_stock_alone() {
    for server in servers() {
        let mut headquarters = town(&server, PLENTY);
        let foreign = shown(&headquarters.submit("/packs", &asked(PLENTY)));
        let mut own = server.user("chaoshi", "supplier", DISTRICT, "S001");
        let mut other = server.user("chaoshi2", "supplier", DISTRICT, "S002");
        let mut liaison = server.user("lianluo", "liaison", COMPOUND, "");
        own.open(&format!("/packs/{foreign}")).shows("小家庭包");
        assert_eq!(other.get(&format!("/packs/{foreign}")).status, 404);
        other.open("/packs").shows("还没有搭配方案");
        assert_eq!(other.send("/packs", &asked(PLENTY)).status, 200);
        assert!(
            other
                .send("/packs", &asked(PLENTY))
                .text()
                .contains("没有找到这个"),
            "told as not found"
        );
        assert_eq!(liaison.get("/packs").status, 403);
        let form = own.open("/packs/new");
        form.shows("东北大米");
        assert!(
            !form.text().contains("清真包"),
            "diets are not the supplier's to know"
        );
        let id = shown(&own.submit("/packs", &asked(PLENTY)));
        for deed in ["check", "change", "accept", "reject"] {
            let refused = other.send(&format!("/packs/{id}/{deed}"), &[("count:0", "1")]);
            assert_eq!(refused.status, 404, "{deed}: {}", refused.text());
        }
        own.submit(&format!("/packs/{id}/accept"), &[])
            .shows("已列入价目表");
        assert_eq!(good(&server, "B").name, "小家庭包");
        own.submit(&format!("/packs/{foreign}/reject"), &[])
            .shows("价目表不变");
        // Paper and workbook.
        for format in ["pdf", "xlsx", "csv"] {
            let file = own.get(&format!(
                "/reports/packs?area={DISTRICT}&only={id}&format={format}"
            ));
            assert_eq!(file.status, 200, "{format}: {}", file.text());
            assert!(file.bytes.len() > 500, "{format}");
        }
        assert_eq!(
            other
                .get(&format!("/reports/packs?area={DISTRICT}&only={id}&format=csv"))
                .status,
            404
        );
    }
}
