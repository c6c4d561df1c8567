//! One row of a result.

use crate::{Fault, FromValue, Value};

/// One row of a result, read by position.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub(crate) source: &'static str,
    pub(crate) values: Vec<Value>,
}

impl Row {
    pub(crate) fn new(source: &'static str) -> Self {
        Self {
            source,
            values: Vec::new(),
        }
    }

    /// The column at `index` (from 0) as the wanted type.
    ///
    /// # Errors
    /// [`Fault::Column`] if there is no such column, the value is null and `T` is not an `Option`, or it does not fit.
    pub fn get<T: FromValue>(&self, index: usize) -> Result<T, Fault> {
        let value = self.value(index, T::WANTED)?;
        T::from_value(value).ok_or_else(|| self.misfit(index, T::WANTED, value))
    }

    /// The text at `index`, without copying it.
    ///
    /// # Errors
    /// [`Fault::Column`] as for [`Row::get`].
    pub fn text(&self, index: usize) -> Result<&str, Fault> {
        match self.value(index, "text")? {
            Value::Text(text) => Ok(text),
            other => Err(self.misfit(index, "text", other)),
        }
    }

    /// The bytes at `index`, without copying them.
    ///
    /// # Errors
    /// [`Fault::Column`] as for [`Row::get`].
    pub fn blob(&self, index: usize) -> Result<&[u8], Fault> {
        match self.value(index, "bytes")? {
            Value::Blob(bytes) => Ok(bytes),
            other => Err(self.misfit(index, "bytes", other)),
        }
    }

    /// How many columns the row has.
    pub fn width(&self) -> usize {
        self.values.len()
    }

    fn value(&self, index: usize, wanted: &str) -> Result<&Value, Fault> {
        self.values.get(index).ok_or_else(|| Fault::Column {
            statement: self.source.to_owned(),
            index,
            message: format!(
                "wanted {wanted}, but the row has only {} columns",
                self.values.len()
            ),
        })
    }

    fn misfit(&self, index: usize, wanted: &str, found: &Value) -> Fault {
        // The value itself stays out of the message, because messages are logged and values may be personal data.
        let statement = self.source.to_owned();
        Fault::Column {
            statement,
            index,
            message: format!("wanted {wanted}, found {}", found.kind()),
        }
    }
}
