//! Filling a table with `COPY`.

use std::pin::pin;

use tokio_postgres::{binary_copy::BinaryCopyInWriter, types::Type};

use super::{PostgresSession, client_of, fault};
use crate::{Fault, Value, sql::quote};

impl PostgresSession {
    /// Fills a table from `next`, which gives one row at a time, and returns how many there were.
    pub(crate) fn fill(
        &mut self,
        table: &str,
        columns: &[String],
        next: &mut dyn FnMut() -> Result<Option<Vec<Value>>, Fault>,
    ) -> Result<u64, Fault> {
        let list = columns
            .iter()
            .map(|column| quote(column))
            .collect::<Vec<_>>()
            .join(", ");
        let table = quote(table);
        let prepared = self.prepare_text("copy", &format!("SELECT {list} FROM {table}"))?;
        let types: Vec<Type> = prepared
            .columns()
            .iter()
            .map(|column| column.type_().clone())
            .collect();
        let client = client_of(&self.client)?;
        let convert = |error: tokio_postgres::Error| fault::from_postgres(&error, "copy");
        self.runtime.block_on(async {
            let text = format!("COPY {table} ({list}) FROM STDIN BINARY");
            let sink = client.copy_in(&text).await.map_err(convert)?;
            let mut writer = pin!(BinaryCopyInWriter::new(sink, &types));
            while let Some(row) = next()? {
                writer.as_mut().write_raw(&row).await.map_err(convert)?;
            }
            writer.finish().await.map_err(convert)
        })
    }
}
