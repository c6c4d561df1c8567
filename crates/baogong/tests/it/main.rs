//! The integration tests: one binary, through the public faces, on SQLite and, where BAOGONG_TEST_POSTGRES names a
//! server, on PostgreSQL.
#![allow(clippy::unwrap_used, missing_docs)]

mod access;
mod allocation;
mod aside;
mod ballot;
mod cli;
mod county;
mod exports;
mod imports;
mod market;
mod migration;
mod packs;
mod plan;
mod process;
mod proposals;
mod routes;
mod rules_of_ordering;
mod scene;
mod schema;
mod settle;
mod statements;
mod story;
mod support;
mod takeover;
mod vehicles;
