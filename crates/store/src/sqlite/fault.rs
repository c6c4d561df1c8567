//! Errors of SQLite as faults.

use rusqlite::{Error, ErrorCode, ffi};

use super::names::Names;
use crate::{ConstraintKind, Fault};

/// The fault for an error; `context` gives the names of constraints and the text of the statement.
pub(super) fn from_sqlite<'n>(
    error: &Error,
    name: &str,
    context: impl FnOnce() -> (&'n Names, &'n str),
) -> Fault {
    let Some(code) = error.sqlite_error() else {
        return Fault::statement(name, error);
    };
    match code.code {
        ErrorCode::ConstraintViolation => {
            let (names, text) = context();
            constraint(code.extended_code, &message(error), name, names, text)
        }
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Fault::Conflict,
        ErrorCode::ReadOnly if code.extended_code == ffi::SQLITE_READONLY => Fault::ReadOnly {
            statement: name.to_owned(),
        },
        ErrorCode::SystemIoFailure
        | ErrorCode::DiskFull
        | ErrorCode::DatabaseCorrupt
        | ErrorCode::NotADatabase
        | ErrorCode::CannotOpen
        | ErrorCode::ReadOnly
        | ErrorCode::FileLockingProtocolFailed => Fault::Disk {
            message: format!("{error} (code {})", code.extended_code),
        },
        _ => Fault::statement(name, error),
    }
}

fn message(error: &Error) -> String {
    match error {
        Error::SqliteFailure(_, Some(message)) => message.clone(),
        other => other.to_string(),
    }
}

fn constraint(extended_code: i32, message: &str, statement: &str, names: &Names, text: &str) -> Fault {
    let detail = message
        .split_once("failed: ")
        .map_or(message, |(_, detail)| detail);
    let (kind, name) = match extended_code {
        ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_ROWID => {
            (ConstraintKind::Unique, names.unique(detail))
        }
        ffi::SQLITE_CONSTRAINT_CHECK => (ConstraintKind::Check, detail.to_owned()),
        ffi::SQLITE_CONSTRAINT_NOTNULL => (ConstraintKind::NotNull, detail.to_owned()),
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => (ConstraintKind::ForeignKey, names.foreign_key(text)),
        _ => (ConstraintKind::Other, detail.to_owned()),
    };
    Fault::Constraint {
        kind,
        name,
        statement: statement.to_owned(),
    }
}
