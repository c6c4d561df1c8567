//! Drills: what the application promises, proved under faults.
//!
//! [`simulate`] runs the shipped domain and store code on a faulty [`disk`] against a simple model, and [`durability`] the
//! store alone. [`kill`] kills the real program under load, [`full_disk`] takes its disk space, and [`postgres`] the database
//! below it.

pub mod clients;
pub mod cluster;
pub mod disk;
pub mod durability;
pub mod full_disk;
pub mod kill;
pub mod orders;
pub mod postgres;
pub mod server;
pub mod simulate;
pub mod town;
