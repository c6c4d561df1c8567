//! Passes: issued, printed, scanned at a gate, revoked.

use axum::http::StatusCode;

use super::super::registers::harness::{COMPOUND, DISTRICT, Town, new_entry, town};
use super::super::reports::tests::registered;
use crate::base::clock;

async fn with_vehicle() -> Town {
    let town = town().await;
    let changes = vec![
        new_entry(
            "vehicles",
            "湘L12345",
            DISTRICT,
            serde_json::json!({"plate": "湘L12345", "employer": "惠民超市", "driver_name": "周平", "driver_phone": "13500004444"}),
        ),
        new_entry(
            "staff",
            "P001",
            COMPOUND,
            serde_json::json!({"name": "陈大力", "phone": "13500006666", "employer": "干劲社区", "post": "grid_worker", "duty": "isolated"}),
        ),
    ];
    registered(&town, changes).await;
    town
}

fn today(town: &Town, days: i64) -> String {
    clock::zoned(town.app.clock.now_s() + days * clock::DAY_S)
        .strftime("%Y-%m-%d")
        .to_string()
}

/// SH-9, YO-2: a pass has a number, an area and days; a gate that scans it sees whether it holds, without being told a
/// name that it may not know; a copy that was revoked is seen through.
#[tokio::test]
async fn a_gate_sees_whether_a_pass_holds() {
    let town = with_vehicle().await;
    let headquarters = town.client("headquarters", DISTRICT).await;
    headquarters
        .get("/passes?kind=vehicles")
        .await
        .holds("湘L12345")
        .holds("周*");
    let (from, until) = (today(&town, 0), today(&town, 3));
    let fields = [
        ("kind", "vehicles"),
        ("area", DISTRICT),
        ("holder", "湘L12345"),
        ("from", from.as_str()),
        ("until", until.as_str()),
    ];
    headquarters
        .post("/passes", &fields)
        .await
        .holds("1张已签发")
        .holds("431023000001");
    // The same pass again keeps its number.
    headquarters
        .post("/passes", &fields)
        .await
        .holds("431023000001")
        .lacks("431023000002");
    let guest = town.guest().get("/q/431023/000001").await;
    guest
        .holds("tone-good")
        .holds("有效")
        .holds("湘L12345")
        .holds("永兴县")
        .lacks("周平")
        .lacks("周*");
    let volunteer = town.client("volunteer", COMPOUND).await;
    volunteer
        .get("/q/431023/000001")
        .await
        .holds("周*")
        .lacks("周平")
        .lacks("13500004444");
    assert_eq!(
        volunteer.get("/find?code=431023000001").await.location,
        "/q/431023/000001"
    );
    if crate::web::serve::printer().is_ok() {
        let paper = headquarters.get("/passes/print?number=431023000001").await;
        assert_eq!(&paper.bytes[..5], b"%PDF-", "{}", paper.text);
        headquarters
            .get("/passes/print?number=431023000001&format=page")
            .await
            .holds("湘L12345")
            .holds("周平");
        let records = town.records().await;
        assert_eq!(
            records
                .iter()
                .filter(|(act, detail)| act == "report.print" && detail.contains("passes vehicles 1"))
                .count(),
            2
        );
    }
    town.app.clock.advance(4 * clock::DAY_S);
    town.guest()
        .get("/q/431023/000001")
        .await
        .holds("已过期")
        .lacks("tone-good");
    town.app.clock.advance(-4 * clock::DAY_S);
    headquarters
        .post(
            "/passes/revoke",
            &[("number", "431023000001"), ("kind", "vehicles")],
        )
        .await;
    town.guest()
        .get("/q/431023/000001")
        .await
        .holds("已作废")
        .lacks("tone-good");
    assert!(town.records().await.iter().any(|(act, _)| act == "pass.revoke"));
}

#[tokio::test]
async fn passes_are_refused_with_the_reason() {
    let town = with_vehicle().await;
    let headquarters = town.client("headquarters", DISTRICT).await;
    let (yesterday, today, until) = (today(&town, -1), today(&town, 0), today(&town, 3));
    let cases: [(&str, &str, &str, &str, &str); 5] = [
        ("staff", "P001", &today, &until, "陈**（P001）不在岗"),
        ("vehicles", "湘L99999", &today, &until, "没有登记“湘L99999”"),
        ("vehicles", "", &today, &until, "请勾选"),
        ("vehicles", "湘L12345", &until, &today, "早于开始日期"),
        ("vehicles", "湘L12345", &yesterday, &yesterday, "已经过去"),
    ];
    for (kind, holder, from, until, words) in cases {
        let fields = [
            ("kind", kind),
            ("area", DISTRICT),
            ("holder", holder),
            ("from", from),
            ("until", until),
        ];
        headquarters.post("/passes", &fields).await.holds(words);
    }
    let liaison = town.client("liaison", COMPOUND).await;
    assert_eq!(liaison.get("/passes").await.status, StatusCode::FORBIDDEN);
    // A street cannot print or revoke what holds beyond it.
    let fields = [
        ("kind", "volunteers"),
        ("area", DISTRICT),
        ("holder", "V001"),
        ("from", today.as_str()),
        ("until", until.as_str()),
    ];
    headquarters.post("/passes", &fields).await.holds("431023000001");
    let street = town.client("office", "431023001").await;
    assert_eq!(
        street.get("/passes/print?number=431023000001").await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        street
            .post("/passes/revoke", &[("number", "431023000001")])
            .await
            .status,
        StatusCode::NOT_FOUND
    );
    let guest = town.guest().get("/q/431023/000001").await;
    guest.holds("有效").lacks("欧阳");
}
