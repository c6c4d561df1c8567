//! Drills: what the application promises, proved under faults.
//!
//! [`simulate`] runs the shipped domain and store code on a faulty [`disk`] against a simple model; [`durability`] runs the
//! store alone on it.

pub mod disk;
pub mod durability;
pub mod simulate;
