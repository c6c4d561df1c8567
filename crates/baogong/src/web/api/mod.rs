//! The API: the same functions as the pages, as JSON, described by OpenAPI at `/api/v1/openapi.json`.
//!
//! Every `POST` and `DELETE` carries a client-made id in `Idempotency-Key` and acts once. A session comes by
//! `Authorization: Bearer` or by the cookie of the pages; with the cookie the header `X-Form-Token` is needed too.

macro_rules! endpoints {
    ($($method:ident $path:literal, $gate:expr, $handler:ident;)*) => {
        /// The routes of this part.
        pub fn routes() -> Vec<$crate::web::routes::Route> {
            vec![$($crate::web::routes::$method($path, $gate, $handler)),*]
        }

        #[derive(utoipa::OpenApi)]
        #[openapi(paths($($handler),*))]
        struct Described;

        /// The OpenAPI description of this part.
        pub fn described() -> utoipa::openapi::OpenApi {
            <Described as utoipa::OpenApi>::openapi()
        }
    };
}

mod account;
mod allocations;
mod chains;
mod coverage;
mod document;
mod handover;
mod imports;
mod input;
mod lists;
mod orders;
mod packing;
mod packs;
mod passes;
mod payments;
mod plan;
mod proposals;
mod registers;
mod reports;
mod resident;
mod rounds;
mod routes;
#[cfg(test)]
mod tests;
mod trips;
mod view;

use super::routes::Route;

type Part = (fn() -> Vec<Route>, fn() -> utoipa::openapi::OpenApi);

/// Every part of the API: its routes and their description.
const PARTS: &[Part] = &[
    (account::routes, account::described),
    (registers::routes, registers::described),
    (imports::routes, imports::described),
    (plan::routes, plan::described),
    (lists::routes, lists::described),
    (coverage::routes, coverage::described),
    (proposals::routes, proposals::described),
    (allocations::routes, allocations::described),
    (packs::routes, packs::described),
    (rounds::routes, rounds::described),
    (orders::routes, orders::described),
    (chains::routes, chains::described),
    (payments::routes, payments::described),
    (packing::routes, packing::described),
    (routes::routes, routes::described),
    (trips::routes, trips::described),
    (handover::routes, handover::described),
    (passes::routes, passes::described),
    (reports::routes, reports::described),
    (resident::routes, resident::described),
];

/// Every route of the API.
pub fn routes() -> Vec<Route> {
    PARTS.iter().flat_map(|(routes, _)| routes()).collect()
}
