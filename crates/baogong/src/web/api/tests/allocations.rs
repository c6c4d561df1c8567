//! Packs shared by need through the API.

use super::*;

/// YU-7, EM-5: a program has packs shared, reads the rule and the table, changes a number, and opens the round with it.
#[tokio::test]
async fn packs_are_shared_by_need_changed_and_opened() {
    let town = town().await;
    let headquarters = town.client("headquarters", DISTRICT, "").await;
    let liaison = town.client("liaison", COMPOUND, "").await;
    let directive =
        json!({"area": DISTRICT, "plan": "fc", "level": "control", "risk": "medium", "ordered_by": "指挥长"});
    headquarters.post("/api/v1/directives", directive).await;
    let round = json!({"mode": "A", "supplier": "S001", "compounds": [COMPOUND, OTHER], "packs": [{"code": "V", "total": 9}]});
    let draft = json!({"round": round});
    let (status, _) = liaison.try_post("/api/v1/allocations", draft.clone()).await;
    assert_eq!(status, StatusCode::FORBIDDEN, "another compound is among them");
    let id = headquarters.post("/api/v1/allocations", draft).await["id"].clone();
    let path = format!("/api/v1/allocations/{}", id.as_str().unwrap());
    let (status, _) = liaison.send("GET", &path, &[], None).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let seen = headquarters.get(&path).await;
    let given = |seen: &Value| -> Vec<i64> {
        let lines = seen["packs"][0]["compounds"].as_array().unwrap();
        lines.iter().map(|line| line["given"].as_i64().unwrap()).collect()
    };
    assert_eq!(
        given(&seen),
        [6, 3],
        "six people and three, of whom nobody knows what they have"
    );
    assert_eq!(seen["packs"][0]["compounds"][0]["unknown_households"], 2);
    assert!(
        seen["packs"][0]["rule"][1]
            .to_string()
            .contains("9 packs of 5 kg")
    );
    assert_eq!(seen["round"], Value::Null);

    let at = json!({"district": DISTRICT, "id": id});
    let give = |quantity: i64| json!([{"compound": OTHER, "pack": "V", "quantity": quantity}]);
    let (status, refused) = headquarters
        .try_post("/api/v1/allocations/change", json!({"at": at, "given": give(4)}))
        .await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{refused}");
    let new = headquarters
        .post("/api/v1/allocations/change", json!({"at": at, "given": give(2)}))
        .await["id"]
        .clone();
    let at = json!({"district": DISTRICT, "id": new});
    let opened = headquarters
        .post("/api/v1/allocations/accept", json!({"change": {"at": at}}))
        .await["id"]
        .clone();
    let seen = headquarters
        .get(&format!("/api/v1/allocations/{}", new.as_str().unwrap()))
        .await;
    assert_eq!(seen["round"], opened);
    let left = headquarters
        .get(&format!(
            "/api/v1/rounds/{}/left?compound={OTHER}",
            opened.as_str().unwrap()
        ))
        .await;
    assert_eq!(left[0]["left"], 2);
}
