//! Filling a table with `COPY`.

use std::pin::pin;

use tokio_postgres::{Statement as Prepared, binary_copy::BinaryCopyInWriter, types::Type};

use super::{PostgresSession, fault, insert::Item};
use crate::{Fault, Value, sql::quote};

/// A prepared COPY into a table.
pub(super) struct Copying {
    copy: Prepared,
    types: Vec<Type>,
}

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
        let copying = self.prepare_copy("copy", &quote(table), &list)?;
        let client = self.client()?;
        let convert = |error: tokio_postgres::Error| fault::from_postgres(&error, "copy");
        self.runtime.block_on(async {
            let sink = client.copy_in(&copying.copy).await.map_err(convert)?;
            let mut writer = pin!(BinaryCopyInWriter::new(sink, &copying.types));
            while let Some(row) = next()? {
                writer.as_mut().write_raw(&row).await.map_err(convert)?;
            }
            writer.finish().await.map_err(convert)
        })
    }

    /// Prepares a COPY into a table, whose name and list of columns are given as SQL.
    pub(super) fn prepare_copy(&mut self, source: &str, table: &str, list: &str) -> Result<Copying, Fault> {
        let columns = self.prepare_text(source, &format!("SELECT {list} FROM {table}"))?;
        Ok(Copying {
            copy: self.prepare_text(source, &format!("COPY {table} ({list}) FROM STDIN BINARY"))?,
            types: columns
                .columns()
                .iter()
                .map(|column| column.type_().clone())
                .collect(),
        })
    }

    /// Sends rows ahead by COPY; each column gets what `values` say.
    pub(super) fn copy_ahead(
        &mut self,
        source: &'static str,
        copying: &Copying,
        values: &[Item],
        rows: &[Vec<Value>],
    ) -> Result<(), Fault> {
        // The rows go out as soon as the server says that it is ready for them.
        let mut writer = self.ask(source, async |client| {
            let sink = client.copy_in(&copying.copy).await?;
            let mut writer = Box::pin(BinaryCopyInWriter::new(sink, &copying.types));
            for row in rows {
                writer
                    .as_mut()
                    .write_raw(values.iter().map(|item| item.of(row)))
                    .await?;
            }
            Ok(writer)
        })?;
        self.send_ahead(source, move |_| async move { writer.as_mut().finish().await })
    }
}
