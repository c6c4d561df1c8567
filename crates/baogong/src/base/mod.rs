//! What every part of the application stands on: ids, time, who acts and what they may, refusals, the audit
//! chain, the stored ledger, and the one door through which every change goes.

pub mod access;
pub mod act;
pub mod address;
pub mod audit;
pub mod book;
pub mod clock;
pub mod error;
pub mod id;
pub mod kept;
pub mod people;
pub mod roads;
pub mod stamp;
pub mod tiles;
pub mod words;

pub use access::{Action, Actor, Role};
pub use act::{App, Ctx};
pub use error::{Error, Fault, Refusal, RefusalKind, Result};
