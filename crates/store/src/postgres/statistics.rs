//! Statistics of tables that grow quickly.
//!
//! Plans are kept. One that was made while a table was small reads the whole table, or goes by an index of which two columns
//! fit where another has three, in each batch of the rush or the import that fills it; the server looks at its tables by
//! itself only once a minute, and never within a transaction.

use super::PostgresSession;
use crate::{Engine, Fault, Statement};

/// Rows from which on it matters how a table is read.
const MANY: u64 = 1_000;

/// How far a table has grown by this connection.
#[derive(Default)]
pub(super) struct Growth {
    /// Rows added when the server last looked.
    known: u64,
    /// Rows added since.
    since: u64,
}

impl PostgresSession {
    /// Lets the server look at the table of an `INSERT` each time that it has doubled, beginning with a thousand rows.
    pub(super) fn note_growth(&mut self, statement: &'static Statement, rows: usize) -> Result<(), Fault> {
        let Some(table) = table_of(statement.sql(Engine::Postgres)) else {
            return Ok(());
        };
        let growth = self.growth.entry(table).or_default();
        growth.since += rows as u64;
        if growth.since < MANY.max(growth.known) {
            return Ok(());
        }
        growth.known += std::mem::take(&mut growth.since);
        // Another node may be looking just now; it will do for both.
        self.batch(table, &format!("ANALYZE (SKIP_LOCKED) {table}"))
    }
}

/// The table that a statement adds to.
fn table_of(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("INSERT INTO ")?;
    rest.split([' ', '(']).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_an_insert_is_known() {
        assert_eq!(table_of("INSERT INTO entry (a) VALUES ($1)"), Some("entry"));
        assert_eq!(table_of("INSERT INTO entry(a) SELECT $1"), Some("entry"));
        assert_eq!(table_of("UPDATE entry SET a = $1"), None);
    }
}
