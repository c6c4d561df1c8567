//! The drills as CI runs them: one binary, on SQLite and, where a server can be started, on PostgreSQL.
#![allow(clippy::unwrap_used, missing_docs)]

mod durability;
mod seeds;
mod simulate;
