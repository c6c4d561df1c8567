//! Overload, probes and figures, through the whole router.

use axum::Router;
use axum::body::to_bytes;
use axum::http::StatusCode;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::*;
use crate::base::Ctx;
use crate::round::open::{self, PackDraft, RoundDraft};
use crate::round::order;
use crate::web::fields::Fields;
use crate::web::pages::registers::harness::{COMPOUND, DISTRICT, PHONE, Town, town};
use crate::web::probes::Peer;
use crate::web::routes::router_behind;

/// A town with a round that takes orders, behind a front with room for one resident.
struct Rush {
    town: Town,
    front: Arc<Front>,
    router: Router,
    round: crate::base::id::RoundId,
    token: String,
}

async fn rush(open_metrics: bool) -> Rush {
    let town = town().await;
    let ctx = Ctx::system(&town.app.clock);
    let draft = RoundDraft {
        mode: "A".into(),
        supplier: "S001".into(),
        compounds: vec![COMPOUND.into()],
        packs: vec![PackDraft {
            code: "V".into(),
            total: 10,
        }],
        ..RoundDraft::default()
    };
    let opened = town.app.db.write(move |tx| {
        let id = open::open(tx, &ctx, &draft)?;
        let compounds = open::compounds(tx, DISTRICT, id)?;
        crate::base::Result::Ok((id, compounds[0].token.clone()))
    });
    let (round, token) = opened.await.unwrap();
    let limits = Limits {
        residents: 1,
        staff: 1,
        connections: 8,
    };
    let front = Front::new(&town.app, limits, open_metrics);
    let router = router_behind(&town.app, &front);
    Rush {
        town,
        front,
        router,
        round,
        token,
    }
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The hidden fields of the page, as a browser would send them.
    fn hidden(&self) -> String {
        let mut form = form_urlencoded::Serializer::new(String::new());
        for input in self.text.split("<input type=\"hidden\" ").skip(1) {
            let value = |name: &str| {
                let (_, rest) = input.split_once(&format!("{name}=\"")).unwrap();
                let value = rest.split('"').next().unwrap();
                let read = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&amp;", "&")];
                read.iter()
                    .fold(value.to_string(), |text, (word, sign)| text.replace(word, sign))
            };
            form.append_pair(&value("name"), &value("value"));
        }
        form.finish()
    }
}

impl Rush {
    async fn send(&self, request: axum::http::request::Builder, body: impl Into<Body>) -> Answer {
        let request = request.header("cookie", "lang=zh").body(body.into()).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 1 << 24).await.unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path), Body::empty()).await
    }

    async fn form(&self, path: &str, form: String) -> Answer {
        let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
        self.send(request, form).await
    }

    async fn api_order(&self, command: &str, dwelling: &str) -> Answer {
        let body =
            json!({"dwelling": dwelling, "phone": "13900001111", "wants": [{"pack": "V", "quantity": 1}]});
        let request = Request::post(format!("/api/v1/open/{}/orders", self.token))
            .header("content-type", "application/json")
            .header("idempotency-key", command);
        self.send(request, body.to_string()).await
    }

    fn order(&self, phone: &str, extra: &[(&str, &str)]) -> String {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs([("dwelling", "3栋2单元501"), ("phone", phone), ("q:V", "1")]);
        form.extend_pairs(extra).finish()
    }

    async fn orders(&self) -> usize {
        let round = self.round;
        let all = self
            .town
            .app
            .read(move |tx| order::of_round(tx, DISTRICT, round, DISTRICT));
        all.await.unwrap().len()
    }
}

#[tokio::test]
async fn a_form_that_found_no_room_comes_back_and_acts_once_however_often_it_is_sent_again() {
    let rush = rush(false).await;
    let path = format!("/o/{}", rush.token);
    let command = "0190a0a0-a0a0-7a0a-8a0a-0a0a0a0a0a0b";
    let form = rush.order(PHONE, &[("command", command), ("note", "\"不要辣\" <&>")]);
    let place = rush.front.admission.of(Share::Residents).enter().unwrap();
    let waiting = rush.form(&path, form).await;
    assert_eq!(waiting.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!((2..=60).contains(&waiting.header("retry-after").parse::<u64>().unwrap()));
    assert_eq!(
        waiting.header("refresh"),
        "",
        "a form must not be sent again without being asked"
    );
    assert_eq!(waiting.header("x-refusal"), "busy");
    for words in [
        "再试一次",
        "没有丢失",
        "data-resend-s",
        &format!("action=\"{path}\""),
    ] {
        assert!(waiting.text.contains(words), "{words} in {}", waiting.text);
    }
    assert_eq!(rush.orders().await, 0);
    drop(place);
    let again = waiting.hidden();
    assert_eq!(Fields::of_query(&again).get("note"), "\"不要辣\" <&>");
    assert_eq!(Fields::of_query(&again).get("command"), command);
    let (first, second) = (
        rush.form(&path, again.clone()).await,
        rush.form(&path, again).await,
    );
    assert_eq!(first.status, StatusCode::SEE_OTHER, "{}", first.text);
    assert_eq!(first.header("location"), second.header("location"));
    assert_eq!(rush.orders().await, 1);
}

#[tokio::test]
async fn a_form_without_a_command_gets_one_before_it_is_sent_again() {
    let rush = rush(false).await;
    let path = format!("/o/{}", rush.token);
    let place = rush.front.admission.of(Share::Residents).enter().unwrap();
    let waiting = rush.form(&path, rush.order(PHONE, &[])).await;
    drop(place);
    let again = waiting.hidden();
    let first = rush.form(&path, again.clone()).await;
    assert_eq!(first.status, StatusCode::SEE_OTHER, "{}", first.text);
    assert_eq!(
        rush.form(&path, again).await.header("location"),
        first.header("location")
    );
    assert_eq!(rush.orders().await, 1);
}

#[tokio::test]
async fn a_page_that_found_no_room_reloads_itself_and_staff_do_not_notice() {
    let rush = rush(false).await;
    let _place = rush.front.admission.of(Share::Residents).enter().unwrap();
    let waiting = rush.get(&format!("/o/{}", rush.token)).await;
    assert_eq!(waiting.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(waiting.header("refresh"), waiting.header("retry-after"));
    assert!(waiting.text.contains("自动刷新") && !waiting.text.contains("data-resend-s"));
    assert_eq!(waiting.header("cache-control"), "no-store");
    assert_eq!(rush.get("/sign-in").await.status, StatusCode::OK);
    let other = rush.front.admission.of(Share::Staff).enter().unwrap();
    assert_eq!(rush.get("/sign-in").await.status, StatusCode::SERVICE_UNAVAILABLE);
    let password = "login=x&password=secret".to_string();
    let waiting = rush.form("/sign-in", password).await;
    assert_eq!(waiting.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(waiting.text.contains("返回上一页") && !waiting.text.contains("secret"));
    for probe in ["/healthz", "/readyz"] {
        assert_eq!(rush.get(probe).await.status, StatusCode::OK, "{probe}");
    }
    drop(other);
}

/// Residents who have left may leave commands behind them; more are not let in while those wait.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn residents_wait_while_the_writer_has_as_much_as_they_may_bring() {
    let rush = rush(false).await;
    let (release, held) = std::sync::mpsc::channel::<()>();
    let held = std::sync::Mutex::new(held);
    let db = rush.town.app.db.clone();
    let writing = tokio::spawn(async move {
        let wait = db.write(move |_| {
            let _ = held.lock().map(|held| held.recv());
            Ok::<_, store::Fault>(())
        });
        wait.await
    });
    while rush.town.app.db.counters().writes_waiting == 0 {
        tokio::task::yield_now().await;
    }
    let path = format!("/o/{}", rush.token);
    assert_eq!(rush.get(&path).await.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(rush.get("/sign-in").await.status, StatusCode::OK);
    drop(release);
    writing.await.unwrap().unwrap();
    assert_eq!(rush.get(&path).await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_api_tells_when_to_try_again_and_the_same_key_acts_once() {
    let rush = rush(false).await;
    let command = "0190a0a0-a0a0-7a0a-8a0a-0a0a0a0a0a0c";
    let place = rush.front.admission.of(Share::Residents).enter().unwrap();
    let busy = rush.api_order(command, "3-2-502").await;
    assert_eq!(busy.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(busy.header("content-type"), "application/problem+json");
    let problem: Value = serde_json::from_str(&busy.text).unwrap();
    assert_eq!(problem["code"], "busy");
    let wait_s: i64 = busy.header("retry-after").parse().unwrap();
    let possible_s = problem["possible_s"].as_i64().unwrap();
    assert!((possible_s - rush.town.app.clock.now_s() - wait_s).abs() <= 2);
    drop(place);
    let (first, second) = (
        rush.api_order(command, "3-2-502").await,
        rush.api_order(command, "3-2-502").await,
    );
    assert_eq!((first.status, &first.text), (StatusCode::OK, &second.text));
    assert_eq!(rush.orders().await, 1);
}

#[tokio::test]
async fn without_a_database_nothing_is_lost_and_the_server_says_that_it_is_not_ready() {
    let rush = rush(false).await;
    assert_eq!(rush.get("/readyz").await.text, "ready");
    rush.town.app.db.clone().close();
    let unready = rush.get("/readyz").await;
    assert_eq!(
        (unready.status, unready.text.as_str()),
        (StatusCode::SERVICE_UNAVAILABLE, "the database is closed")
    );
    assert_eq!(rush.get("/healthz").await.status, StatusCode::OK);
    let waiting = rush
        .form(&format!("/o/{}", rush.token), rush.order(PHONE, &[]))
        .await;
    assert_eq!(waiting.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(waiting.text.contains("再试一次") && waiting.hidden().contains("command="));
}

#[tokio::test]
async fn a_stopping_server_is_not_ready() {
    let rush = rush(false).await;
    rush.front.stopping.store(true, Ordering::Relaxed);
    let unready = rush.get("/readyz").await;
    assert_eq!(
        (unready.status.as_u16(), unready.text.as_str()),
        (503, "stopping")
    );
}

#[tokio::test]
async fn a_resident_sends_little_and_a_refusal_is_named_in_a_header() {
    let rush = rush(false).await;
    let path = format!("/o/{}", rush.token);
    let long = rush
        .form(&path, rush.order(PHONE, &[("note", &"长".repeat(30_000))]))
        .await;
    assert_eq!((long.status.as_u16(), long.header("x-refusal")), (422, "invalid"));
    let wrong = rush.form(&path, rush.order("13900000000", &[])).await;
    assert!(wrong.text.contains("与登记的不一致"));
    assert_eq!(wrong.header("x-refusal"), "invalid");
    let command = "0190a0a0-a0a0-7a0a-8a0a-0a0a0a0a0a0d";
    let api = rush.api_order(command, "3-2-599").await;
    let problem: Value = serde_json::from_str(&api.text).unwrap();
    assert_eq!(Value::from(api.header("x-refusal")), problem["code"]);
    assert_eq!(rush.orders().await, 0);
}

#[tokio::test]
async fn figures_are_for_this_machine_only_and_hold_nothing_secret() {
    let rush = rush(false).await;
    let path = format!("/o/{}", rush.token);
    let placed = rush.form(&path, rush.order(PHONE, &[])).await;
    assert_eq!(placed.status, StatusCode::SEE_OTHER);
    rush.form(&path, rush.order("13900000000", &[])).await;
    let place = rush.front.admission.of(Share::Residents).enter().unwrap();
    rush.get(&path).await;
    drop(place);
    let ask = |address: &str| {
        let mut request = Request::get("/metrics");
        request
            .extensions_mut()
            .unwrap()
            .insert(Peer(address.parse().unwrap()));
        request
    };
    for (request, status) in [
        (Request::get("/metrics"), 403),
        (ask("10.0.0.9:4000"), 403),
        (ask("127.0.0.1:4000").header("x-forwarded-for", "10.0.0.9"), 403),
        (ask("127.0.0.1:4000"), 200),
        (ask("[::ffff:127.0.0.1]:4000"), 200),
    ] {
        assert_eq!(rush.send(request, Body::empty()).await.status.as_u16(), status);
    }
    let figures = rush.send(ask("127.0.0.1:4000"), Body::empty()).await.text;
    for line in [
        "baogong_requests_total{method=\"POST\",route=\"/o/{token}\",status=\"303\"} 1",
        "baogong_request_seconds_count{method=\"POST\",route=\"/o/{token}\"} 2",
        "baogong_orders_total{result=\"placed\"} 1",
        "baogong_orders_total{result=\"invalid\"} 1",
        "baogong_refusals_total{code=\"busy\"} 1",
        "baogong_requests_turned_away_total{share=\"residents\"} 1",
        "baogong_requests_under_way{share=\"residents\"} 0",
        "baogong_store_writes_waiting 0",
        "baogong_store_batch_commands_bucket{le=\"+Inf\"}",
        "# EOF",
    ] {
        assert!(figures.contains(line), "{line} in {figures}");
    }
    assert!(!figures.contains(&rush.token) && !figures.contains(PHONE));
    let resident = figures
        .lines()
        .find_map(|line| line.strip_prefix("baogong_resident_memory_bytes "));
    assert!(resident.unwrap().parse::<u64>().unwrap() > 1 << 20);
    let open = self::rush(true).await;
    assert_eq!(open.get("/metrics").await.status, StatusCode::OK);
}
