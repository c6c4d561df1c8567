//! The ledger from outside: tables of transfers with their answers, and random histories against a model.

mod cases;
mod model;
mod table;
