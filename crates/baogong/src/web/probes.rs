//! What stands beside the table of routes because it must answer without the store and without waiting: whether the
//! process lives, whether it takes orders, the figures, and the assets of the pages.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Router;
use axum::extract::{Extension, Path};
use axum::http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use store::Fault;

use super::front::Front;
use crate::base::App;

/// Where the other end of the connection is.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// The routes, none of which reads the store.
pub fn routes(app: &App, front: &Arc<Front>) -> Router<App> {
    let (ready_app, ready_front, metrics_front) = (app.clone(), Arc::clone(front), Arc::clone(front));
    Router::new()
        .route("/assets/{name}", get(asset))
        .route("/healthz", get(async || "ok"))
        .route("/readyz", get(async move || ready(&ready_app, &ready_front)))
        .route(
            "/metrics",
            get(async move |peer: Option<Extension<Peer>>, headers: HeaderMap| {
                let local = peer.is_some_and(|peer| peer.0.0.ip().to_canonical().is_loopback());
                metrics(&metrics_front, local, &headers)
            }),
        )
}

/// 200 while orders can be taken, else 503 with the reason in a word.
fn ready(app: &App, front: &Front) -> Response {
    let reason = if front.stopping.load(Ordering::Relaxed) {
        "stopping"
    } else {
        match app.db.trouble() {
            None => return "ready".into_response(),
            Some(Fault::Disk { .. }) => "the disk failed; writing has stopped until a restart",
            Some(Fault::Disconnected { .. }) => "the database server does not answer",
            Some(_) => "the database is closed",
        }
    };
    (StatusCode::SERVICE_UNAVAILABLE, reason).into_response()
}

/// The figures, for this machine only unless they were opened. What a proxy on this machine passes on comes from elsewhere.
fn metrics(front: &Front, local: bool, headers: &HeaderMap) -> Response {
    let passed_on = ["forwarded", "x-forwarded-for", "x-real-ip", "via"];
    let local = local && !passed_on.iter().any(|name| headers.contains_key(*name));
    if !(front.open_metrics || local) {
        return (
            StatusCode::FORBIDDEN,
            "only from this machine; see --open-metrics",
        )
            .into_response();
    }
    let Ok(text) = front.metrics.text() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(CONTENT_TYPE, HeaderValue::from_static(kind))], text).into_response()
}

async fn asset(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let path = format!("/assets/{name}");
    let Some(asset) = kit::assets().iter().find(|asset| asset.path == path) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let zipped = headers
        .get("accept-encoding")
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.contains("gzip"));
    let mut response = match asset.gzip.filter(|_| zipped) {
        Some(bytes) => {
            let mut response = bytes.into_response();
            response
                .headers_mut()
                .insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            response
        }
        None => asset.bytes.into_response(),
    };
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(asset.mime));
    // The name holds a hash of the content, so a browser may keep it for ever.
    response.headers_mut().insert(
        CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=31536000, immutable"),
    );
    response
}
