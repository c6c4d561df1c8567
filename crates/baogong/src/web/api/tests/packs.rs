//! Packs through the API: proposed, changed, accepted once.

use super::*;

fn single(code: &str, name: &str, category: &str, weight_g: i64, price_fen: i64) -> Change {
    let body = json!({"supplier": "S001", "code": code, "name": name, "kind": "good", "category": category, "unit": "份",
        "weight_g": weight_g, "price_fen": price_fen, "stock": 500});
    new_entry("goods", &format!("S001/{code}"), DISTRICT, body)
}

/// CQ-4: what the pages do, the API does; a command that comes twice acts once.
#[tokio::test]
async fn cq_4_packs_are_proposed_changed_and_accepted() {
    let town = town().await;
    let ctx = Ctx::system(&town.app.clock);
    let goods = vec![
        single("Y1", "大米", "grain", 1000, 600),
        single("Y2", "菜籽油", "oil", 460, 900),
        single("Y3", "鸡蛋", "eggs", 500, 600),
        single("Y4", "猪肉", "meat", 500, 1500),
        single("Y5", "土豆", "vegetables", 500, 200),
        single("Y6", "大白菜", "vegetables", 1000, 300),
    ];
    town.app
        .db
        .write(move |tx| entry::write(tx, &ctx, BatchId::fresh(), &goods))
        .await
        .unwrap();
    let headquarters = town.client("headquarters", DISTRICT, "").await;
    let draft = json!({"supplier": "S001", "area": DISTRICT, "days": 3, "kinds": 2, "norm": "guideline",
        "packs": [{"name": "家庭包", "persons": 3, "count": 10, "price_max_fen": 20000}]});
    let id = headquarters.post("/api/v1/packs", draft.clone()).await["id"].clone();
    let path = format!("/api/v1/packs/{}", id.as_str().unwrap());
    let found = headquarters.get(&path).await;
    assert_eq!(found["proven"], true, "{found}");
    assert_eq!(found["unkept"], json!([]));
    assert_eq!(found["packs"][0]["lacking"], json!([]));
    assert_eq!(found["facts"]["clause"], "", "the guideline was asked for");
    let oil = found["packs"][0]["contents"].as_array().unwrap();
    let oil = oil.iter().find(|one| one["name"] == "菜籽油").unwrap();

    // Without oil it falls short, and is accepted only when that is meant.
    let at = |id: &Value| json!({"district": DISTRICT, "id": id});
    let change = json!({"at": at(&id), "portions": [{"pack": 0, "good": oil["good"], "units": 0}], "counts": [[0, 8]]});
    let new = headquarters.post("/api/v1/packs/change", change.clone()).await["id"].clone();
    let found = headquarters
        .get(&format!("/api/v1/packs/{}", new.as_str().unwrap()))
        .await;
    assert_eq!(
        (&found["proven"], &found["packs"][0]["count"]),
        (&json!(false), &json!(8))
    );
    let lacking = &found["packs"][0]["lacking"];
    assert!(
        lacking
            .as_array()
            .unwrap()
            .iter()
            .any(|one| one["category"] == "oil" && one["has"] == 0),
        "{lacking}"
    );
    let (status, problem) = headquarters.try_post("/api/v1/packs/change", change).await;
    assert_eq!(
        (status, &problem["code"]),
        (StatusCode::CONFLICT, &json!("decided"))
    );
    let acceptance = json!({"change": {"at": at(&new)}});
    let (status, problem) = headquarters.try_post("/api/v1/packs/accept", acceptance).await;
    assert_eq!(
        (status, &problem["code"]),
        (StatusCode::CONFLICT, &json!("short_packs"))
    );
    let acceptance = json!({"change": {"at": at(&new)}, "despite": true});
    let key = Uuid::now_v7().to_string();
    let headers = [("idempotency-key", &*key)];
    let first = headquarters
        .send("POST", "/api/v1/packs/accept", &headers, Some(&acceptance))
        .await;
    let again = headquarters
        .send("POST", "/api/v1/packs/accept", &headers, Some(&acceptance))
        .await;
    assert_eq!(first.0, StatusCode::OK, "{}", first.1);
    assert_eq!(first, again);
    assert_eq!(first.1["packs"], json!([["A", 8]]));

    // What nobody can mean is told by name; another supplier's proposals are not found.
    let mut wrong = draft.clone();
    wrong["packs"][0]["persons"] = json!(0);
    let (status, problem) = headquarters.try_post("/api/v1/packs", wrong).await;
    assert_eq!(
        (status, &problem["code"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("invalid"))
    );
    let competitor = town.client("supplier", DISTRICT, "S002").await;
    assert_eq!(
        competitor.send("GET", &path, &[], None).await.0,
        StatusCode::NOT_FOUND
    );
    assert_eq!(competitor.get("/api/v1/packs").await, json!([]));
    assert_eq!(
        competitor.try_post("/api/v1/packs", draft).await.0,
        StatusCode::NOT_FOUND
    );
    let liaison = town.client("liaison", COMPOUND, "").await;
    assert_eq!(
        liaison.send("GET", "/api/v1/packs", &[], None).await.0,
        StatusCode::FORBIDDEN
    );
}
