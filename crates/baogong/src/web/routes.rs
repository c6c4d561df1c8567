//! The table of routes: method, path, the right it needs, handler. A route that is not in it does not exist.

use axum::Router;
use axum::handler::Handler;
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS};
use axum::middleware;
use axum::routing::{MethodRouter, delete, get, post};
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::set_header::SetResponseHeaderLayer;

use super::gate::{self, Gate};
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

/// The router over the table.
pub fn router(app: &App) -> Router {
    let mut router = Router::new();
    for route in routes() {
        let (gate, state) = (route.gate, app.clone());
        let guarded = route.handler.layer(middleware::from_fn(move |request, next| {
            gate::pass(state.clone(), gate, request, next)
        }));
        router = router.route(route.path, guarded);
    }
    let header = |name, value| SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value));
    router
        .fallback_service({
            let state = app.clone();
            get(super::pages::not_found)
                .with_state(app.clone())
                .layer(middleware::from_fn(move |request, next| gate::pass(state.clone(), Gate::Open, request, next)))
        })
        .with_state(app.clone())
        .layer(axum::extract::DefaultBodyLimit::disable())
        .layer(RequestBodyLimitLayer::new(BODY_BYTES_MAX))
        .layer(header(
            CONTENT_SECURITY_POLICY,
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        ))
        .layer(header(X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(header(X_FRAME_OPTIONS, "DENY"))
        .layer(header(REFERRER_POLICY, "same-origin"))
}
