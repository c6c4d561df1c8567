//! Passes through the API.

use super::*;

/// person's name without signing in.
/// SH-9, YO-2: a program of the headquarters issues and revokes passes, a gate asks whether one holds, and is told no
#[tokio::test]
async fn a_pass_is_issued_checked_at_a_gate_and_revoked() {
    let town = town().await;
    let person = json!({"name": "陈大力", "phone": "13500006666"});
    let staff = [new_entry("staff", "P001", COMPOUND, person)];
    let ctx = Ctx::system(&town.app.clock);
    let written = town
        .app
        .db
        .write(move |tx| entry::write(tx, &ctx, BatchId::fresh(), &staff));
    written.await.unwrap();
    let headquarters = town.client("headquarters", DISTRICT, "").await;
    let day = |days: i64| {
        let at_s = town.app.clock.now_s() + days * crate::base::clock::DAY_S;
        crate::base::clock::zoned(at_s).strftime("%Y-%m-%d").to_string()
    };
    let draft = |kind: &str, holder: &str| json!({"kind": kind, "holders": [holder], "area": DISTRICT, "from": day(0), "until": day(3)});
    let car = headquarters
        .post("/api/v1/passes", draft("vehicles", "湘L12345"))
        .await;
    assert_eq!(car, json!({"numbers": ["431023000001"]}));
    // The same pass again keeps its number, under whatever command.
    assert_eq!(
        headquarters
            .post("/api/v1/passes", draft("vehicles", "湘L12345"))
            .await,
        car
    );
    headquarters.post("/api/v1/passes", draft("staff", "P001")).await;
    let listed = headquarters.get("/api/v1/passes?kind=staff").await;
    assert_eq!(
        (&listed[0]["number"], &listed[0]["name"], &listed[0]["state"]),
        (&json!("431023000002"), &json!("陈**"), &json!("valid"))
    );
    assert_eq!(
        headquarters.get("/api/v1/passes?kind=vehicles&offset=1").await,
        json!([])
    );
    let gate = Client {
        router: town.router.clone(),
        secret: String::new(),
        cookie: true,
    };
    let car = gate.get("/api/v1/open/passes/431023000001").await;
    assert_eq!(
        (&car["name"], &car["area_name"], &car["state"]),
        (&json!("湘L12345"), &json!("永兴县"), &json!("valid"))
    );
    let person = gate.get("/api/v1/open/passes/431023000002").await;
    assert_eq!((&person["name"], &person["holder"]), (&Value::Null, &Value::Null));
    let street = town.client("office", "431023001", "").await;
    let liaison = town.client("liaison", COMPOUND, "").await;
    let revoke = json!({"number": "431023000001"});
    for (client, path, status) in [
        (&street, "/api/v1/passes/revoke", StatusCode::NOT_FOUND),
        (&liaison, "/api/v1/passes/revoke", StatusCode::FORBIDDEN),
    ] {
        assert_eq!(client.try_post(path, revoke.clone()).await.0, status);
    }
    for wrong in ["/api/v1/passes?kind=dogs", "/api/v1/passes"] {
        let (status, problem) = headquarters.send("GET", wrong, &[], None).await;
        assert_eq!(
            (status, &problem["field"]),
            (StatusCode::UNPROCESSABLE_ENTITY, &json!("kind"))
        );
    }
    headquarters.post("/api/v1/passes/revoke", revoke).await;
    assert_eq!(
        gate.get("/api/v1/open/passes/431023000001").await["state"],
        "revoked"
    );
    for unknown in ["431023000009", "4310230", "00000000000x"] {
        let path = format!("/api/v1/open/passes/{unknown}");
        assert_eq!(
            gate.send("GET", &path, &[], None).await.0,
            StatusCode::NOT_FOUND,
            "{unknown}"
        );
    }
}
