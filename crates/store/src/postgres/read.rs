//! Queries, whose rows are handed over as they arrive.

use std::pin::pin;

use futures_util::StreamExt as _;
use tokio_postgres::{RowStream, Statement as Prepared};

use super::{PostgresSession, check_count, fault, wire::Cell};
use crate::{Engine, Fault, Row, Statement, Value, session::Visit, sql};

/// Rows taken over at once.
const PIPELINE: usize = 256;

impl PostgresSession {
    pub(crate) fn scan(
        &mut self,
        statement: &'static Statement,
        parameters: &[Value],
        visit: &mut Visit<'_>,
    ) -> Result<(), Fault> {
        let prepared = self.prepared_as(statement, false)?;
        self.scan_prepared(statement.name(), &prepared, parameters, visit)
    }

    pub(crate) fn scan_text(
        &mut self,
        source: &'static str,
        text: &str,
        parameters: &[Value],
        visit: &mut Visit<'_>,
    ) -> Result<(), Fault> {
        let prepared = self.prepare_text(source, &sql::for_engine(text, Engine::Postgres))?;
        self.scan_prepared(source, &prepared, parameters, visit)
    }

    fn scan_prepared(
        &mut self,
        source: &'static str,
        prepared: &Prepared,
        parameters: &[Value],
        visit: &mut Visit<'_>,
    ) -> Result<(), Fault> {
        check_count(source, prepared, parameters)?;
        let found = self.ask(source, async |client| {
            client.query_raw(prepared, parameters).await
        })?;
        self.receive(source, found, visit)
    }

    pub(super) fn receive(
        &mut self,
        source: &'static str,
        found: RowStream,
        visit: &mut Visit<'_>,
    ) -> Result<(), Fault> {
        // The client reads no further than what is taken here, so that a long result needs little memory.
        let mut found = pin!(found.ready_chunks(PIPELINE));
        let mut row = Row::new(source);
        while let Some(chunk) = self.runtime.block_on(found.next()) {
            for columns in chunk {
                let columns = self.checked(columns, source)?;
                row.values.clear();
                row.values.reserve(columns.len());
                for index in 0..columns.len() {
                    let cell: Cell = columns.try_get(index).map_err(|error| Fault::Column {
                        statement: source.to_owned(),
                        index,
                        message: fault::whole_message(&error),
                    })?;
                    row.values.push(cell.0);
                }
                if let Err(fault) = visit(&mut row) {
                    // A reader that leaves early gives up its connection, as the only way not to receive the rest. The
                    // writer, whose connection carries the commands of others, lets the rest pass by.
                    if self.reading {
                        self.forget_connection();
                    }
                    return Err(fault);
                }
            }
        }
        Ok(())
    }
}
