//! The drills as CI runs them: one binary, on SQLite and, where PostgreSQL is installed, on a server of its own.
#![allow(clippy::unwrap_used, missing_docs)]

mod durability;
mod processes;
mod scripts;
mod simulate;
mod statistics;
