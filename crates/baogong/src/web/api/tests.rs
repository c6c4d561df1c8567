//! The API as a client sees it: one supply from round to hand-over, commands that act once, files, links.

mod access;
mod allocations;
mod packs;
mod passes;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt;
use uuid::Uuid;

use crate::base::id::BatchId;
use crate::base::people::{self, UserDraft};
use crate::base::{App, Ctx};
use crate::register::entry::{self, Change, Entry};
use crate::register::register;
use crate::web::routes::router;

const DISTRICT: &str = "431023";
const COMPOUND: &str = "431023001001-1";
const OTHER: &str = "431023001001-2";
const HOME: &str = "431023001001-1-3-2-501";

fn new_entry(key: &str, code: &str, area: &str, body: Value) -> Change {
    let body = body.as_object().unwrap().clone();
    Change {
        before: None,
        after: Some(Entry::of(register(key).unwrap(), code.into(), area.into(), body)),
    }
}

fn household(compound: &str, room: &str, head: &str) -> Change {
    let body = json!({"building": "3", "unit": "2", "room": room, "head": head, "phone": "13812345678", "members": 3});
    new_entry("households", &format!("{compound}-3-2-{room}"), compound, body)
}

struct Town {
    app: App,
    router: Router,
}

/// A community with two compounds, one supplier, one pack and one vehicle.
async fn town() -> Town {
    let app = App::new(store::Db::open("sqlite::memory:", crate::MIGRATIONS).unwrap());
    let ctx = Ctx::system(&app.clock);
    let pack = json!({
        "supplier": "S001", "code": "V", "name": "蔬菜包", "unit": "份", "price_fen": 3000, "weight_g": 5000,
        "contents": [{"name": "白菜", "category": "vegetables", "weight_g": 5000}]
    });
    let community = "431023001001";
    let changes = vec![
        new_entry(
            "areas",
            DISTRICT,
            DISTRICT,
            json!({"code": DISTRICT, "name": "永兴县", "level": "county"}),
        ),
        new_entry(
            "compounds",
            COMPOUND,
            community,
            json!({"compound": "幸福里", "community": "城关社区"}),
        ),
        new_entry(
            "compounds",
            OTHER,
            community,
            json!({"compound": "和平苑", "community": "城关社区"}),
        ),
        household(COMPOUND, "501", "张小明"),
        household(COMPOUND, "502", "李大海"),
        household(OTHER, "101", "王芳"),
        new_entry("suppliers", "S001", DISTRICT, json!({"name": "惠民超市"})),
        new_entry("goods", "S001/V", DISTRICT, pack),
        new_entry(
            "vehicles",
            "湘L12345",
            DISTRICT,
            json!({"plate": "湘L12345", "driver_name": "陈师傅"}),
        ),
    ];
    app.db
        .write(move |tx| entry::write(tx, &ctx, BatchId::fresh(), &changes))
        .await
        .unwrap();
    let router = router(&app);
    Town { app, router }
}

/// Somebody who is signed in.
struct Client {
    router: Router,
    secret: String,
    cookie: bool,
}

impl Town {
    async fn client(&self, role: &str, area: &str, supplier: &str) -> Client {
        let draft = UserDraft {
            login: format!("{role}-{area}-{supplier}"),
            name: role.into(),
            role: role.into(),
            area: area.into(),
            supplier: supplier.into(),
            ..UserDraft::default()
        };
        let ctx = Ctx::system(&self.app.clock);
        let opened = self.app.db.write(move |tx| {
            let user = people::save(tx, &ctx.sub(&draft.login), &draft)?;
            people::open_session(tx, user, ctx.now_s)
        });
        Client {
            router: self.router.clone(),
            secret: opened.await.unwrap(),
            cookie: false,
        }
    }
}

impl Client {
    async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> (StatusCode, Value) {
        let mut request = Request::builder().method(method).uri(path);
        request = match self.cookie {
            true => request.header("cookie", format!("session={}", self.secret)),
            false => request.header("authorization", format!("Bearer {}", self.secret)),
        };
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        let response = self
            .router
            .clone()
            .oneshot(request.body(body).unwrap())
            .await
            .unwrap();
        let status = response.status();
        let bytes = to_bytes(response.into_body(), 1 << 24).await.unwrap();
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }

    async fn get(&self, path: &str) -> Value {
        let (status, value) = self.send("GET", path, &[], None).await;
        assert_eq!(status, StatusCode::OK, "{path}: {value}");
        value
    }

    async fn try_post(&self, path: &str, body: Value) -> (StatusCode, Value) {
        self.send(
            "POST",
            path,
            &[("idempotency-key", &Uuid::now_v7().to_string())],
            Some(&body),
        )
        .await
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        let (status, value) = self.try_post(path, body).await;
        assert_eq!(status, StatusCode::OK, "{path}: {value}");
        value
    }
}

async fn open_round(headquarters: &Client) -> String {
    let draft = json!({"mode": "A", "supplier": "S001", "compounds": [COMPOUND], "packs": [{"code": "V", "total": 10}]});
    headquarters.post("/api/v1/rounds", draft).await["id"]
        .as_str()
        .unwrap()
        .to_string()
}

fn wants(round: &str, quantity: i64) -> Value {
    json!({"district": DISTRICT, "round": round, "household": HOME, "channel": "staff", "wants": [{"pack": "V", "quantity": quantity}]})
}

/// One supply over the API, from the round to the pantry, and the fen that went round.
#[tokio::test]
async fn a_round_goes_from_opening_to_the_door() {
    let town = town().await;
    let headquarters = town.client("headquarters", DISTRICT, "").await;
    let liaison = town.client("liaison", COMPOUND, "").await;
    let supplier = town.client("supplier", DISTRICT, "S001").await;
    let directive =
        json!({"area": COMPOUND, "plan": "fc", "level": "control", "risk": "medium", "ordered_by": "指挥长"});
    headquarters.post("/api/v1/directives", directive).await;
    let rules = liaison.get(&format!("/api/v1/rules?area={COMPOUND}")).await;
    assert_eq!(rules["closed"], true);
    let round = open_round(&headquarters).await;
    let at = json!({"district": DISTRICT, "id": round});
    let order = liaison.post("/api/v1/orders", wants(&round, 2)).await["id"].clone();
    let left = liaison
        .get(&format!("/api/v1/rounds/{round}/left?compound={COMPOUND}"))
        .await;
    assert_eq!(left, json!([{"pack": "V", "left": 8}]));
    liaison
        .post(
            "/api/v1/payments",
            json!({"district": DISTRICT, "order": order, "kind": "paid", "payer": "张小明"}),
        )
        .await;
    assert_eq!(
        liaison.get(&format!("/api/v1/rounds/{round}/payments")).await[0]["payer"],
        "张**"
    );
    liaison.post("/api/v1/rounds/confirm", at.clone()).await;
    assert_eq!(
        supplier.get(&format!("/api/v1/rounds/{round}/pick-list")).await[0]["to_pack"],
        2
    );
    let all = json!({"district": DISTRICT, "round": round, "compound": ""});
    assert_eq!(
        supplier.post("/api/v1/bags/pack-all", all.clone()).await["count"],
        1
    );
    supplier
        .post("/api/v1/boxes/fill", json!({"at": all, "bags_max": 20}))
        .await;
    let terms = json!({"leave_s": 0, "back_s": null, "speed_km_h": 25, "stop_s": 600, "box_s": 60, "trips_max": 1,
        "reload_s": 0, "cold": false});
    let waiting = json!({"district": DISTRICT, "round": round, "vehicles": ["湘L12345"]});
    let routes = supplier
        .post("/api/v1/routes", json!({"trips": waiting, "terms": terms}))
        .await;
    let routes = routes["id"].as_str().unwrap();
    let proposed = supplier.get(&format!("/api/v1/routes/{routes}")).await;
    assert_eq!(proposed["trips"][0]["stops"][0]["boxes"], 1);
    assert_eq!(proposed["broken"], json!([]));
    let proposal = json!({"district": DISTRICT, "id": routes});
    let changed = supplier
        .post(
            "/api/v1/routes/change",
            json!({"at": proposal, "placings": [{"stop": 0, "trip": null, "seq": 1}]}),
        )
        .await;
    let changed = changed["id"].as_str().unwrap();
    let left = supplier.get(&format!("/api/v1/routes/{changed}")).await;
    assert_eq!(left["left_out"][0]["reason"], "by_hand");
    let changed = json!({"district": DISTRICT, "id": changed});
    let back = json!([{"stop": 0, "trip": [0, 0], "seq": 1}]);
    let trips = supplier
        .post(
            "/api/v1/routes/accept",
            json!({"change": {"at": changed, "placings": back}}),
        )
        .await;
    assert_eq!(supplier.get("/api/v1/routes").await[0]["state"], "accepted");
    let trip = json!({"district": DISTRICT, "id": trips["ids"][0]});
    supplier.post("/api/v1/trips/load", trip.clone()).await;
    let report = json!({"trip": trip, "reason": "爆胎"});
    assert_eq!(
        supplier.post("/api/v1/trips/break-down", report).await["count"],
        1
    );
    assert_eq!(
        supplier.post("/api/v1/trips/resume", trip.clone()).await["count"],
        1
    );
    let seen = liaison
        .get(&format!("/api/v1/trips/{}", trips["ids"][0].as_str().unwrap()))
        .await;
    let stop = json!({"trip": trip, "seq": 1});
    liaison.post("/api/v1/trips/arrive", stop.clone()).await;
    let drop = json!({"at": stop, "boxes": seen["boxes"][0]["code"], "received_by": "刘阿姨"});
    assert_eq!(liaison.post("/api/v1/trips/hand-over", drop).await["bags"], 1);
    liaison
        .post(
            "/api/v1/hand-overs",
            json!({"district": DISTRICT, "order": order, "outcome": "handed"}),
        )
        .await;
    let cover = liaison
        .get(&format!("/api/v1/coverage/household?household={HOME}"))
        .await;
    assert_eq!(cover[0]["balance_g"], 10_000);
    let settled = liaison.post("/api/v1/rounds/settle", at).await;
    assert_eq!(settled["amount_fen"], 6_000);
    let statement = supplier.get(&format!("/api/v1/rounds/{round}/statement")).await;
    assert_eq!(
        (&statement[0]["due_fen"], &statement[0]["difference_fen"]),
        (&json!(6_000), &json!(0))
    );
    let board = headquarters.get("/api/v1/board").await;
    assert_eq!(board["total"]["handed"], 1);
    let report = headquarters.get("/api/v1/reports/situation?lang=en").await;
    assert!(
        report["blocks"]
            .as_array()
            .is_some_and(|blocks| !blocks.is_empty())
    );
    let verified = town
        .client("supervisor", DISTRICT, "")
        .await
        .get("/api/v1/audit/verify")
        .await;
    assert_eq!(verified, json!({"whole": true, "findings": []}));
}

#[tokio::test]
async fn a_command_acts_once_and_its_id_cannot_be_used_for_something_else() {
    let town = town().await;
    let headquarters = town.client("headquarters", DISTRICT, "").await;
    let round = open_round(&headquarters).await;
    let key = Uuid::now_v7().to_string();
    let headers = [("idempotency-key", key.as_str())];
    let first = headquarters
        .send("POST", "/api/v1/orders", &headers, Some(&wants(&round, 2)))
        .await;
    let again = headquarters
        .send("POST", "/api/v1/orders", &headers, Some(&wants(&round, 2)))
        .await;
    assert_eq!((first.0, &first.1), (StatusCode::OK, &again.1));
    let (status, problem) = headquarters
        .send("POST", "/api/v1/orders", &headers, Some(&wants(&round, 3)))
        .await;
    assert_eq!(
        (status, &problem["code"]),
        (StatusCode::CONFLICT, &json!("command_reused"))
    );
    assert_eq!(
        headquarters
            .get(&format!("/api/v1/rounds/{round}/orders"))
            .await
            .as_array()
            .unwrap()
            .len(),
        1
    );
    for headers in [&[][..], &[("idempotency-key", "yesterday")]] {
        let (status, problem) = headquarters
            .send("POST", "/api/v1/orders", headers, Some(&wants(&round, 1)))
            .await;
        assert_eq!(
            (status, &problem["field"]),
            (StatusCode::UNPROCESSABLE_ENTITY, &json!("Idempotency-Key"))
        );
    }
}

#[tokio::test]
async fn a_file_is_previewed_applied_and_undone() {
    let town = town().await;
    let headquarters = town.client("headquarters", DISTRICT, "").await;
    let file = "区划代码,名称,级别\n431023002,城郊镇,街道、乡镇\n";
    let path = "/api/v1/imports?file_name=areas.csv";
    let key = Uuid::now_v7().to_string();
    let request = Request::builder()
        .method("POST")
        .uri(path)
        .header("authorization", format!("Bearer {}", headquarters.secret))
        .header("idempotency-key", &key)
        .body(Body::from(file))
        .unwrap();
    let response = town.router.clone().oneshot(request).await.unwrap();
    let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
    let preview: Value = serde_json::from_slice(&bytes).unwrap();
    let id = preview["batch"]["id"].clone();
    assert!(id.is_string(), "{preview}");
    let again = headquarters
        .get(&format!("/api/v1/imports/{}", id.as_str().unwrap()))
        .await;
    assert_eq!(again, preview);
    assert_eq!(headquarters.get("/api/v1/imports").await[0]["id"], id);
    let office = town.client("office", COMPOUND, "").await;
    let at = json!({"district": DISTRICT, "id": id});
    assert_eq!(
        office.try_post("/api/v1/imports/apply", at.clone()).await.0,
        StatusCode::NOT_FOUND
    );
    let applied = headquarters.post("/api/v1/imports/apply", at.clone()).await;
    assert_eq!(applied["tallies"][0]["added"], 1);
    let entry = "/api/v1/registers/areas/entries/431023002";
    assert_eq!(headquarters.get(entry).await["name"], "城郊镇");
    assert_eq!(headquarters.post("/api/v1/imports/undo", at).await["count"], 1);
    assert_eq!(
        headquarters.send("GET", entry, &[], None).await.0,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn a_resident_orders_by_the_link_and_only_with_the_registered_phone() {
    let town = town().await;
    let headquarters = town.client("headquarters", DISTRICT, "").await;
    let round = open_round(&headquarters).await;
    let token = headquarters.get(&format!("/api/v1/rounds/{round}")).await["compounds"][0]["token"].clone();
    let path = format!("/api/v1/open/{}", token.as_str().unwrap());
    let nobody = Client {
        router: town.router.clone(),
        secret: String::new(),
        cookie: true,
    };
    let offer = nobody.get(&path).await;
    assert_eq!(
        (&offer["taking"], &offer["left"][0]["left"]),
        (&json!(true), &json!(10))
    );
    let order = |phone: &str| json!({"dwelling": "3栋2单元501", "phone": phone, "wants": [{"pack": "V", "quantity": 1}]});
    let orders = format!("{path}/orders");
    assert_eq!(
        nobody.try_post(&orders, order("13900000000")).await.0,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    let made = nobody.post(&orders, order("13812345678")).await;
    assert!(made["path"].as_str().is_some_and(|path| path.starts_with("/o/")));
    assert_eq!(nobody.get(&path).await["left"][0]["left"], 9);
}

#[tokio::test]
async fn a_chain_is_previewed_before_it_orders() {
    let town = town().await;
    let headquarters = town.client("headquarters", DISTRICT, "").await;
    let round = open_round(&headquarters).await;
    let draft = json!({"district": DISTRICT, "round": round, "compound": COMPOUND, "text": "1. 3栋2单元501 蔬菜包2份"});
    let preview = headquarters.post("/api/v1/chains/preview", draft.clone()).await;
    assert_eq!(preview["orders"][0]["understood"], "3栋2单元501  蔬菜包 × 2");
    assert_eq!(
        headquarters.get(&format!("/api/v1/rounds/{round}/orders")).await,
        json!([])
    );
    let taken = headquarters.post("/api/v1/chains", draft).await;
    assert!(taken["orders"][0]["order"].is_string(), "{taken}");
}
