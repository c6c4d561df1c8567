//! The ledger from outside: tables of transfers with their answers, and random histories against a model.

#![allow(clippy::unwrap_used, reason = "helpers of tests panic like tests")]

mod cases;
mod model;
mod table;
