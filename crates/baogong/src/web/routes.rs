//! The table of routes: method, path, the right it needs, handler. A route that is not in it does not exist.

use std::sync::Arc;

use axum::Router;
use axum::handler::Handler;
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS};
use axum::middleware;
use axum::routing::{MethodRouter, delete, get, post};
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::set_header::SetResponseHeaderLayer;

use super::admission::Limits;
use super::front::{self, Front, Passage};
use super::gate::Gate;
use super::probes;
use crate::base::App;

/// A route.
pub struct Route {
    /// `GET`, `POST` or `DELETE`.
    pub method: &'static str,
    /// The path, with parameters in braces.
    pub path: &'static str,
    /// Who may pass.
    pub gate: Gate,
    handler: MethodRouter<App>,
}

/// A page or read.
pub fn read<H, T>(path: &'static str, gate: Gate, handler: H) -> Route
where
    H: Handler<T, App>,
    T: 'static,
{
    Route {
        method: "GET",
        path,
        gate,
        handler: get(handler),
    }
}

/// A change.
pub fn write<H, T>(path: &'static str, gate: Gate, handler: H) -> Route
where
    H: Handler<T, App>,
    T: 'static,
{
    Route {
        method: "POST",
        path,
        gate,
        handler: post(handler),
    }
}

/// A removal over the API.
pub fn remove<H, T>(path: &'static str, gate: Gate, handler: H) -> Route
where
    H: Handler<T, App>,
    T: 'static,
{
    Route {
        method: "DELETE",
        path,
        gate,
        handler: delete(handler),
    }
}

/// Every route.
pub fn routes() -> Vec<Route> {
    let mut routes = super::pages::routes();
    routes.extend(super::api::routes());
    routes
}

/// The largest request: a spreadsheet of 20 MiB and the form around it.
const BODY_BYTES_MAX: usize = 24 * 1024 * 1024;

/// The router over the table, with the usual limits.
pub fn router(app: &App) -> Router {
    router_behind(app, &Front::new(app, Limits::default(), false))
}

/// The router over the table, behind a front.
pub fn router_behind(app: &App, front: &Arc<Front>) -> Router {
    let guard = |handler: MethodRouter<App>, method, path, gate| {
        let passage = Arc::new(Passage::new(front, app, method, path, gate));
        handler.layer(middleware::from_fn(move |request, next| {
            front::pass(Arc::clone(&passage), request, next)
        }))
    };
    let mut router = probes::routes(app, front);
    for route in routes() {
        router = router.route(
            route.path,
            guard(route.handler, route.method, route.path, route.gate),
        );
    }
    let header = |name, value| SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value));
    let policy = policy(app.tiles.as_ref().map(|tiles| tiles.origin.as_str()));
    let nowhere = guard(
        axum::routing::any(super::pages::not_found),
        "ANY",
        "elsewhere",
        Gate::Open,
    );
    router
        .fallback_service(nowhere.with_state(app.clone()))
        .with_state(app.clone())
        .layer(axum::extract::DefaultBodyLimit::disable())
        .layer(RequestBodyLimitLayer::new(BODY_BYTES_MAX))
        .layer(SetResponseHeaderLayer::if_not_present(
            CONTENT_SECURITY_POLICY,
            policy,
        ))
        .layer(header(X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(header(X_FRAME_OPTIONS, "DENY"))
        .layer(header(REFERRER_POLICY, "same-origin"))
}

/// The content security policy. Nothing comes from foreign hosts but the tiles of the map server, where one is configured.
fn policy(tiles: Option<&str>) -> HeaderValue {
    let tiles = tiles.map_or_else(String::new, |origin| format!(" {origin}"));
    let text = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:{tiles}; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    HeaderValue::from_str(&text).expect("the origin was checked to be of letters, digits, dots and colons")
}
