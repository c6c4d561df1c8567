//! Who may not do what: role, area, supplier, session, channel.

use super::*;

#[tokio::test]
async fn a_cookie_needs_the_form_token_and_a_bearer_does_not() {
    let town = town().await;
    let mut client = town.client("headquarters", DISTRICT, "").await;
    client.cookie = true;
    let draft = json!({"household": HOME, "item": "胰岛素"});
    let (status, problem) = client.try_post("/api/v1/needs", draft.clone()).await;
    assert_eq!(
        (status, &problem["code"]),
        (StatusCode::FORBIDDEN, &json!("form_token"))
    );
    let me = client.get("/api/v1/me").await;
    let headers = [
        ("idempotency-key", &*Uuid::now_v7().to_string()),
        ("x-form-token", me["form_token"].as_str().unwrap()),
    ];
    assert_eq!(
        client
            .send("POST", "/api/v1/needs", &headers, Some(&draft))
            .await
            .0,
        StatusCode::OK
    );
}

#[tokio::test]
async fn nobody_reaches_beyond_the_own_area_role_or_supplier() {
    let town = town().await;
    let headquarters = town.client("headquarters", DISTRICT, "").await;
    let round = open_round(&headquarters).await;
    let neighbour = town.client("liaison", OTHER, "").await;
    let competitor = town.client("supplier", DISTRICT, "S002").await;
    let order = headquarters.post("/api/v1/orders", wants(&round, 1)).await["id"]
        .as_str()
        .unwrap()
        .to_string();
    for client in [&neighbour, &competitor] {
        for path in [
            format!("/api/v1/rounds/{round}"),
            format!("/api/v1/orders/{order}"),
        ] {
            assert_eq!(
                client.send("GET", &path, &[], None).await.0,
                StatusCode::NOT_FOUND,
                "{path}"
            );
        }
    }
    assert_eq!(neighbour.get("/api/v1/rounds").await, json!([]));
    let at = json!({"district": DISTRICT, "id": round});
    for (path, body) in [
        ("/api/v1/orders", wants(&round, 1)),
        (
            "/api/v1/orders/cancel",
            json!({"district": DISTRICT, "id": order}),
        ),
        (
            "/api/v1/payments",
            json!({"district": DISTRICT, "order": order, "kind": "paid"}),
        ),
        ("/api/v1/rounds/cut-off", at.clone()),
        ("/api/v1/rounds/confirm", at),
        ("/api/v1/needs", json!({"household": HOME, "item": "米"})),
        (
            "/api/v1/bags/pack-all",
            json!({"district": DISTRICT, "round": round}),
        ),
        (
            "/api/v1/directives",
            json!({"area": OTHER, "plan": "fc", "level": "control", "risk": "low", "ordered_by": "我"}),
        ),
    ] {
        let (status, problem) = neighbour.try_post(path, body).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{path}: {problem}");
    }
    let foreign = json!({"district": DISTRICT, "round": round, "compound": ""});
    assert_eq!(
        competitor.try_post("/api/v1/bags/pack-all", foreign).await.0,
        StatusCode::NOT_FOUND
    );
    let away = json!({"district": "431024", "id": order});
    assert_eq!(
        headquarters.try_post("/api/v1/orders/cancel", away).await.1["field"],
        "district"
    );
    let anonymous = Client {
        router: town.router.clone(),
        secret: "0".repeat(32),
        cookie: false,
    };
    assert_eq!(
        anonymous.send("GET", "/api/v1/rounds", &[], None).await.0,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn relief_is_not_given_by_choosing_a_channel() {
    let town = town().await;
    let headquarters = town.client("headquarters", DISTRICT, "").await;
    let round = open_round(&headquarters).await;
    let mut draft = wants(&round, 1);
    draft["channel"] = "relief".into();
    assert_eq!(
        headquarters.try_post("/api/v1/orders", draft).await.1["field"],
        "channel"
    );
    let run = json!({"district": DISTRICT, "round": round, "pack": "V", "needs": []});
    assert_eq!(
        headquarters.try_post("/api/v1/relief", run).await.0,
        StatusCode::CONFLICT
    );
}

#[tokio::test]
async fn registers_are_listed_masked_and_corrected_only_in_the_own_area() {
    let town = town().await;
    let office = town.client("office", COMPOUND, "").await;
    let page = office.get("/api/v1/registers/households/entries?limit=1").await;
    assert_eq!((&page["total"], &page["people"]), (&json!(2), &json!(6)));
    assert_eq!(page["entries"][0]["fields"]["head"], "张**");
    assert_eq!(page["entries"][0]["fields"]["phone"], "138****5678");
    let fields = |compound: &str, room: &str| {
        json!([
            ["compound", compound],
            ["building", "3"],
            ["unit", "2"],
            ["room", room],
            ["members", "2"],
            ["head", "赵六"]
        ])
    };
    let draft =
        |fields: Value| json!({"register": "households", "district": DISTRICT, "code": "", "fields": fields});
    let made = office
        .post("/api/v1/registers/corrections", draft(fields("幸福里", "503")))
        .await;
    assert_eq!(made["id"], format!("{COMPOUND}-3-2-503"));
    let (status, _) = office
        .try_post("/api/v1/registers/corrections", draft(fields("和平苑", "503")))
        .await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let there = format!("/api/v1/registers/households/entries/{OTHER}-3-2-101");
    let key = Uuid::now_v7().to_string();
    assert_eq!(
        office
            .send("DELETE", &there, &[("idempotency-key", &key)], None)
            .await
            .0,
        StatusCode::NOT_FOUND
    );
    let here = format!("/api/v1/registers/households/entries/{COMPOUND}-3-2-503");
    assert_eq!(
        office
            .send("DELETE", &here, &[("idempotency-key", &key)], None)
            .await
            .0,
        StatusCode::OK
    );
    let headquarters = town.client("headquarters", DISTRICT, "").await;
    assert_eq!(
        headquarters.get("/api/v1/registers/goods/entries/S001%2FV").await["name"],
        "蔬菜包"
    );
}
