//! The two databases behind one face: embedded SQLite and PostgreSQL. Knows no domain.
//!
//! - One SQL text per statement, declared with [`stmt!`] and prepared on both engines by a test ([`prepare_all`]).
//! - Domain code is a synchronous closure over [`Tx`], handed to [`Db::write`] or [`Db::read`].
//! - One writer thread per [`Db`] applies waiting closures as one transaction, a savepoint each (group commit), and
//!   acknowledges them only after that transaction is durable.
//! - Migrations go forward only, are checked by checksum, and run from the same text on both engines.
//! - A backup of either engine is one SQLite file that restores into either engine.
//!
//! A write closure may run more than once, because a transaction that lost a race or a connection is tried again. It
//! must therefore have no effect except through its [`Tx`]. Callers make commands safe to repeat by an id of their own.

mod check;
mod copy;
mod db;
mod fault;
mod job;
mod migration;
mod postgres;
mod reader;
mod row;
mod session;
mod sql;
mod sqlite;
mod state;
mod statement;
mod target;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
#[cfg(test)]
mod tests;
mod tx;
mod value;
mod writer;

pub use check::{Shape, prepare_all, shapes};
pub use db::Db;
pub use fault::{ConstraintKind, Fault};
pub use job::Together;
pub use migration::Migration;
pub use row::Row;
pub use session::Engine;
pub use state::{BATCH_SIZES, Counters, Lane};
pub use statement::{Statement, statements};
pub use tx::Tx;
pub use value::{FromValue, Value};

#[doc(hidden)]
pub mod macros {
    //! What the exported macros expand to; not meant to be named directly.
    pub use crate::statement::Registered;
    pub use inventory::submit;
}
