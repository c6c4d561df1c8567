//! Baogong (保供): gets every household supplied while it may not go out, and shows at any time who is not.
//!
//! The modules are the business: [`register`] says who and what exists, [`plan`] what holds where, [`round`] how goods
//! get from a supplier to a door, [`coverage`] who can still eat for how long, [`proposal`] what is computed, [`report`]
//! what is told. [`base`] is what they stand on; [`web`] is the only one that knows HTTP.

/// A rush makes and drops thousands of small values in a batch, on which the allocator of the system library spends a third
/// of the writer's time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

pub mod base;
pub mod coverage;
pub mod demo;
pub mod market;
pub mod pass;
pub mod plan;
pub mod proposal;
pub mod register;
pub mod report;
pub mod round;
pub mod simulate;
pub mod web;

/// The schema, forward from an empty database.
pub static MIGRATIONS: &[store::Migration] = &[
    store::Migration {
        number: 1,
        name: "foundation",
        sql: include_str!("../../../migrations/0001_foundation.sql"),
        then: None,
    },
    store::Migration {
        number: 2,
        name: "rush",
        sql: include_str!("../../../migrations/0002_rush.sql"),
        then: Some(base::book::rename_accounts),
    },
    store::Migration {
        number: 3,
        name: "ballot",
        sql: include_str!("../../../migrations/0003_ballot.sql"),
        then: None,
    },
    store::Migration {
        number: 4,
        name: "faces",
        sql: include_str!("../../../migrations/0004_faces.sql"),
        then: None,
    },
    store::Migration {
        number: 5,
        name: "imports",
        sql: include_str!("../../../migrations/0005_imports.sql"),
        then: None,
    },
    store::Migration {
        number: 6,
        name: "passes",
        sql: include_str!("../../../migrations/0006_passes.sql"),
        then: None,
    },
    store::Migration {
        number: 7,
        name: "together",
        sql: include_str!("../../../migrations/0007_together.sql"),
        then: None,
    },
    store::Migration {
        number: 8,
        name: "takeover",
        sql: include_str!("../../../migrations/0008_takeover.sql"),
        then: None,
    },
    store::Migration {
        number: 9,
        name: "households",
        sql: include_str!("../../../migrations/0009_households.sql"),
        then: None,
    },
];
