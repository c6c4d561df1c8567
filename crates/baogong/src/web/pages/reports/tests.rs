//! Reports, labels and signs.

mod signed;

use axum::http::StatusCode;
use kit::Lang;

use super::super::registers::harness::{COMPOUND, DISTRICT, HOME, PHONE, STREET, Town, new_entry, town};
use crate::base::id::BatchId;
use crate::base::{Ctx, Result};
use crate::register::entry;
use crate::report::labels::{Place, bag_labels, box_labels};
use crate::round::open::{self, PackDraft, RoundDraft, RoundRef};
use crate::round::order::{self, OrderDraft, Want};
use crate::round::packing::{self, BoxDraft};
use crate::round::{Channel, payment};

/// A round in which two households have ordered and paid, or only ordered.
pub async fn round(town: &Town, paid: bool) -> RoundRef {
    round_with(town, paid, vec!["V".into()]).await
}

/// As [`round`], with these packs, of which both households want each.
async fn round_with(town: &Town, paid: bool, packs: Vec<String>) -> RoundRef {
    let ctx = Ctx::system(&town.app.clock);
    let made: Result<RoundRef> = town
        .app
        .db
        .write(move |tx| {
            let draft = RoundDraft {
                mode: "A".into(),
                supplier: "S001".into(),
                compounds: vec![COMPOUND.into()],
                packs: packs
                    .iter()
                    .map(|code| PackDraft {
                        code: code.clone(),
                        total: 10,
                    })
                    .collect(),
                ..RoundDraft::default()
            };
            let at = RoundRef {
                district: DISTRICT.into(),
                id: open::open(tx, &ctx, &draft)?,
            };
            for (room, quantity) in [("502", 1), ("501", 2)] {
                let draft = OrderDraft {
                    district: DISTRICT.into(),
                    round: at.id,
                    household: HOME.replace("501", room),
                    phone: String::new(),
                    channel: Channel::Staff,
                    wants: packs
                        .iter()
                        .map(|pack| Want {
                            pack: pack.clone(),
                            quantity,
                        })
                        .collect(),
                    note: if room == "502" {
                        "先打电话".into()
                    } else {
                        String::new()
                    },
                };
                let order = order::place(tx, &ctx.sub(room), &draft)?;
                if paid {
                    let one = payment::PaymentDraft {
                        district: DISTRICT.into(),
                        order,
                        kind: payment::PaymentKind::Paid,
                        payer: String::new(),
                        reference: String::new(),
                    };
                    payment::pay(tx, &ctx.sub(&format!("pay/{room}")), &one)?;
                }
            }
            if paid {
                open::confirm(tx, &ctx.sub("confirm"), &at)?;
            }
            Ok(at)
        })
        .await;
    made.unwrap()
}

/// Packs every bag of the round and puts so many into a box; gives how many boxes.
pub async fn boxed(town: &Town, at: &RoundRef, bags_max: i64) -> usize {
    let (ctx, of) = (Ctx::system(&town.app.clock), at.clone());
    let boxed: Result<usize> = town
        .app
        .db
        .write(move |tx| {
            let all = serde_json::from_value(
                serde_json::json!({"district": DISTRICT, "round": of.id, "compound": ""}),
            )?;
            packing::pack_all(tx, &ctx.sub("pack"), &all)?;
            packing::fill_boxes(tx, &ctx.sub("box"), &BoxDraft { at: all, bags_max })
        })
        .await;
    boxed.unwrap()
}

/// Adds entries to the registers.
pub async fn registered(town: &Town, changes: Vec<entry::Change>) {
    let ctx = Ctx::system(&town.app.clock);
    let written: Result<()> = town
        .app
        .db
        .write(move |tx| entry::write(tx, &ctx, BatchId::fresh(), &changes))
        .await;
    written.unwrap();
}

fn all_of(round: &RoundRef) -> Place<'_> {
    Place {
        round,
        area: DISTRICT,
        origin: "https://bg.cn",
    }
}

#[tokio::test]
async fn labels_follow_the_walk_and_mask_the_phone() {
    let town = town().await;
    let at = round(&town, true).await;
    let ctx = Ctx::system(&town.app.clock);
    let supplier = Ctx {
        actor: crate::base::Actor {
            role: crate::base::Role::Supplier,
            area: DISTRICT.into(),
            supplier: Some("S001".into()),
            ..ctx.actor.clone()
        },
        ..ctx.clone()
    };
    let (of, maker) = (at.clone(), supplier.clone());
    let labels = town
        .app
        .read(move |tx| bag_labels(tx, &maker, Lang::Zh, &all_of(&of)))
        .await
        .unwrap();
    let dwellings: Vec<&str> = labels.iter().map(|label| label.dwelling.as_str()).collect();
    assert_eq!(dwellings, ["3栋2单元501", "3栋2单元502"]);
    let first = &labels[0];
    assert_eq!(
        (first.compound.as_str(), first.phone_masked.as_str()),
        ("幸福里", "138****5678")
    );
    assert_eq!(
        (first.lines.as_slice(), first.amount.as_str()),
        (&[("蔬菜包".to_string(), 2)][..], "60.00 元")
    );
    assert_eq!((first.paid.as_str(), first.bag, first.bags), ("已付", 1, 1));
    assert_eq!(first.qr, format!("https://bg.cn/q/{DISTRICT}/{}", first.code));
    // Another supplier does not even learn that the round exists.
    let mut other = supplier.clone();
    other.actor.supplier = Some("S002".into());
    let of = at.clone();
    assert!(
        town.app
            .read(move |tx| bag_labels(tx, &other, Lang::Zh, &all_of(&of)))
            .await
            .is_err()
    );
    assert_eq!(boxed(&town, &at, 1).await, 2);
    let boxes = town
        .app
        .read(move |tx| box_labels(tx, &supplier, Lang::Zh, &all_of(&at)))
        .await
        .unwrap();
    let numbers: Vec<(u32, u32, u32, &str)> = boxes
        .iter()
        .map(|one| (one.box_number, one.boxes, one.bags, one.range.as_str()))
        .collect();
    assert_eq!(numbers, [(1, 2, 1, "3栋"), (2, 2, 1, "3栋")]);
    assert_eq!(
        (boxes[0].supplier.as_str(), boxes[0].point.as_str()),
        ("惠民超市", "小区门口")
    );
}

#[tokio::test]
async fn labels_wait_for_the_round_to_be_confirmed() {
    let town = town().await;
    let at = round(&town, false).await;
    let supplier = town.client("supplier", DISTRICT).await;
    let refused = supplier.get(&format!("/labels?round={}&sheet=a4", at.id)).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    refused.holds("确认本轮以后才能打印袋签");
    supplier
        .get(&format!("/labels/boxes?round={}", at.id))
        .await
        .holds("还没有装箱");
    assert_eq!(
        supplier.get("/labels?round=x").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn reports_are_shown_by_right_and_lists_of_people_are_recorded() {
    let town = town().await;
    let at = round(&town, false).await;
    let headquarters = town.client("headquarters", DISTRICT).await;
    headquarters
        .get("/reports")
        .await
        .holds("情况报告")
        .holds("余粮排行")
        .holds("垫付挂账清单")
        .lacks("拣货单</h2>");
    headquarters
        .get("/reports/situation")
        .await
        .holds("生活物资保供情况报告")
        .holds("format=pdf")
        .holds("永兴县");
    let file = headquarters.get("/reports/situation?format=xlsx").await;
    assert_eq!(&file.bytes[..2], b"PK");
    assert!(!town.records().await.iter().any(|(act, _)| act == "report.print"));
    let orders = format!("/reports/orders?round={}", at.id);
    headquarters
        .get(&orders)
        .await
        .holds("3栋2单元501")
        .holds("138****5678")
        .lacks(PHONE);
    let records = town.records().await;
    let printed: Vec<&String> = records
        .iter()
        .filter(|(act, _)| act == "report.print")
        .map(|(_, detail)| detail)
        .collect();
    assert_eq!(printed.len(), 1);
    assert_eq!(*printed[0], format!("\"orders {} page\"", at.id));
    let supervisor = town.client("supervisor", DISTRICT).await;
    assert_eq!(
        supervisor.get("/reports/people").await.status,
        StatusCode::FORBIDDEN
    );
    let street = town.client("office", STREET).await;
    assert_eq!(
        street.get("/reports/situation?area=431023002").await.status,
        StatusCode::FORBIDDEN
    );
    assert_eq!(street.get("/reports/nothing").await.status, StatusCode::NOT_FOUND);
    let volunteer = town.client("volunteer", COMPOUND).await;
    volunteer.get("/reports").await.holds("没有可看的汇总报告");
}

/// DX-3: the drop point has a visible sign. Without a font on the machine there is nothing to print with.
#[tokio::test]
async fn the_sign_and_labels_are_printed() {
    if crate::web::serve::printer().is_err() {
        return;
    }
    let town = town().await;
    let at = round(&town, true).await;
    let headquarters = town.client("headquarters", DISTRICT).await;
    for path in [
        format!("/sign?compound={COMPOUND}"),
        "/signs".to_string(),
        format!("/labels?round={}&sheet=roll", at.id),
        "/reports/coverage?format=pdf".to_string(),
    ] {
        let file = headquarters.get(&path).await;
        assert_eq!(&file.bytes[..5], b"%PDF-", "{path}: {}", file.text);
    }
    assert!(
        town.records()
            .await
            .iter()
            .any(|(act, detail)| act == "report.print" && detail.contains("labels"))
    );
}

/// SH-7, CT-9: the papers of form 6 hold what the registers hold, and whoever prints them is recorded.
#[tokio::test]
async fn the_papers_of_form_6_are_made_from_the_registers() {
    let town = town().await;
    let office = town.client("office", DISTRICT).await;
    let volunteer = new_entry(
        "volunteers",
        "V002",
        COMPOUND,
        serde_json::json!({
            "name": "刘洋", "phone": "13800003456", "compound": "幸福里", "building": "3",
            "task": "从投放点送到单元门口", "shift": "8:00—12:00", "handover": "陈静"
        }),
    );
    let worker = new_entry(
        "staff",
        "P001",
        "431023001001",
        serde_json::json!({"name": "周平", "phone": "13500004444", "employer": "干劲社区", "post": "grid_worker"}),
    );
    // Registered twice, as it happens: whom to call stands on the card once.
    let again = new_entry(
        "staff",
        "P002",
        "431023001001",
        serde_json::json!({"name": "周平", "phone": "13500004444", "employer": "干劲社区", "post": "building_captain"}),
    );
    registered(&town, vec![volunteer, worker, again]).await;
    office
        .get(&format!("/reports/task-list?area={COMPOUND}"))
        .await
        .holds("从投放点送到单元门口")
        .holds("刘洋")
        .holds("3栋")
        .lacks("13800003456");
    office
        .get(&format!("/reports/responsibility-list?area={COMPOUND}"))
        .await
        .holds("小区责任人")
        .holds("从投放点送到单元门口")
        .holds("陈静");
    let card = office
        .get(&format!("/reports/contact-card?area={COMPOUND}"))
        .await;
    // Once on the screen, and four times on the sheet that the browser prints.
    let printed = if crate::web::serve::printer().is_ok() {
        4
    } else {
        0
    };
    assert_eq!(card.text.matches("13500004444").count(), 1 + printed);
    card.holds("幸福里")
        .holds("网格员")
        .holds("13500004444")
        .holds("急救120");
    let printed: Vec<_> = town
        .records()
        .await
        .into_iter()
        .filter(|(act, _)| act == "report.print")
        .collect();
    assert_eq!(printed.len(), 3);
}

/// FC-9, DX-2, FC-8: the papers of a round name goods, quantities and times; the notice carries the order link.
#[tokio::test]
async fn the_papers_of_a_round_are_made() {
    let town = town().await;
    let at = round(&town, true).await;
    let headquarters = town.client("headquarters", DISTRICT).await;
    let page = |key: &str| format!("/reports/{key}?area={COMPOUND}&round={}", at.id);
    headquarters
        .get(&page("packing-matrix"))
        .await
        .holds("蔬菜包")
        .holds("3栋2单元502")
        .holds("2 袋");
    headquarters
        .get(&page("materials-card"))
        .await
        .holds("惠民超市")
        .holds("小区门口")
        .holds("蔬菜包");
    headquarters
        .get(&page("order-notice"))
        .await
        .holds("幸福里全体居民")
        .holds("/o/")
        .holds("截单时间");
    headquarters.get(&page("missed-notice")).await.holds("没有人应门");
    let refused = headquarters.get(&page("pickup-notice")).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    refused.holds("还没有安排取货时段");
    if crate::web::serve::printer().is_err() {
        return;
    }
    for key in [
        "packing-matrix",
        "materials-card",
        "order-notice",
        "missed-notice",
    ] {
        let file = headquarters.get(&format!("{}&format=pdf", page(key))).await;
        assert_eq!(&file.bytes[..5], b"%PDF-", "{key}: {}", file.text);
    }
}

/// What can be printed as PDF is printed by the browser too, at the size of the stock.
#[tokio::test]
async fn sheets_are_printed_by_the_browser_at_their_size() {
    if crate::web::serve::printer().is_err() {
        return;
    }
    let town = town().await;
    let at = round(&town, true).await;
    let headquarters = town.client("headquarters", DISTRICT).await;
    let page = |path: String| {
        let headquarters = &headquarters;
        async move { headquarters.get(&path).await }
    };
    page(format!("/labels?round={}&sheet=a4&format=page", at.id))
        .await
        .holds("class=\"sheet sheet-a4\"")
        .holds("width=\"210mm\" height=\"297mm\"")
        .holds(">3栋2单元501<")
        .lacks("style=");
    page(format!("/labels?round={}&sheet=roll&format=page", at.id))
        .await
        .holds("width=\"100mm\" height=\"70mm\"");
    page(format!("/labels?round={}&sheet=continuous&format=page", at.id))
        .await
        .holds("class=\"sheet sheet-strip\"")
        .holds("width=\"80mm\" height=\"45mm\"")
        .lacks("style=");
    page(format!("/sign?compound={COMPOUND}&format=page"))
        .await
        .holds("width=\"297mm\" height=\"210mm\"")
        .holds("幸福里");
    page(format!("/reports/order-notice?area={COMPOUND}&round={}", at.id))
        .await
        .holds("class=\"leaf leaf-notice\"")
        .holds("class=\"print-only\"")
        .holds("<svg xmlns")
        .lacks("style=");
    page(format!("/reports/missed-notice?area={COMPOUND}&round={}", at.id))
        .await
        .holds("class=\"leaf leaf-card\"");
}

/// DX-3: hubs and pick-up points have signs as well, each with its own words, one by one and all together.
#[tokio::test]
async fn every_site_has_its_sign() {
    let town = town().await;
    let hub = new_entry(
        "sites",
        "D001",
        "431023001001",
        serde_json::json!({"name": "干劲中转站", "kind": "hub", "address": "府前路8号", "contact_phone": "13500005555"}),
    );
    registered(&town, vec![hub]).await;
    let office = town.client("office", DISTRICT).await;
    office
        .get("/registers/sites/entry?code=D001")
        .await
        .holds("/sign?site=D001");
    office.get("/registers/sites").await.holds("/signs?of=sites");
    if crate::web::serve::printer().is_err() {
        return;
    }
    office
        .get("/sign?site=D001&format=page")
        .await
        .holds("干劲中转站")
        .holds("府前路8号")
        .holds("物资中转站")
        .lacks("13500005555");
    let all = office.get("/signs?format=page").await;
    assert_eq!(all.text.matches("sheet-a4-landscape").count(), 3);
    let sites = office.get("/signs?of=sites&format=page").await;
    assert_eq!(sites.text.matches("sheet-a4-landscape").count(), 1);
    assert_eq!(office.get("/sign?site=D999").await.status, StatusCode::NOT_FOUND);
}

/// A supplier that was taken off the register leaves its line on a card empty and the rest as it is.
#[tokio::test]
async fn a_card_is_printed_though_its_supplier_is_gone() {
    let town = town().await;
    let at = round(&town, true).await;
    let headquarters = town.client("headquarters", DISTRICT).await;
    let gone: Result<()> = town
        .app
        .db
        .write(move |tx| {
            let before = entry::get(tx, "suppliers", DISTRICT, "S001")?;
            let ctx = Ctx::system(&crate::base::clock::Clock::default());
            let change = entry::Change { before, after: None };
            entry::write(tx, &ctx, BatchId::fresh(), &[change])
        })
        .await;
    gone.unwrap();
    headquarters
        .get(&format!(
            "/reports/materials-card?area={COMPOUND}&round={}",
            at.id
        ))
        .await
        .holds("S001（已不在登记中，请填写）")
        .holds("蔬菜包");
}
