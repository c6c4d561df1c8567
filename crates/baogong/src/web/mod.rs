//! The only part that knows HTTP: one table of routes with the right that each needs, pages, API, sessions.

pub mod accept;
pub mod admission;
pub mod api;
pub mod fields;
pub mod front;
pub mod gate;
mod map;
pub mod metrics;
pub mod pages;
pub mod probes;
pub mod request;
pub mod routes;
pub mod serve;
pub mod session;
pub mod waiting;

pub use fields::Fields;
pub use request::Web;

/// What a handler gives: a response, or an error that the gate turns into a page or a problem document.
pub type Answer = Result<axum::response::Response, crate::base::Error>;
