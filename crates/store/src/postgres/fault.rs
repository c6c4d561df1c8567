//! Errors of PostgreSQL as faults.

use std::error::Error as _;

use tokio_postgres::{
    Error,
    error::{DbError, Severity, SqlState},
};

use crate::{ConstraintKind, Fault};

/// The fault for an error of a statement.
pub(super) fn from_postgres(error: &Error, statement: &str) -> Fault {
    match error.as_db_error() {
        Some(reported) => from_server(reported, statement),
        None if error.is_closed() || is_of_connection(error) => Fault::Disconnected {
            message: whole_message(error),
        },
        None => Fault::statement(statement, whole_message(error)),
    }
}

/// Whether the server reported an error that ends a statement or transaction, but not the connection.
pub(super) fn is_ordinary(error: &Error) -> bool {
    error.as_db_error().is_some_and(|reported| !is_fatal(reported))
}

/// The message with its causes; the client's own messages say only "db error" or "error serializing parameter 0".
pub(super) fn whole_message(error: &Error) -> String {
    let mut message = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        message.push_str(": ");
        message.push_str(&error.to_string());
        cause = error.source();
    }
    message
}

fn is_of_connection(error: &Error) -> bool {
    let mut cause = error.source();
    while let Some(error) = cause {
        if error.is::<std::io::Error>() {
            return true;
        }
        cause = error.source();
    }
    // A connect that runs into its time limit carries an I/O error; one refused on all addresses says so in words.
    error.to_string().starts_with("error connecting")
}

fn is_fatal(reported: &DbError) -> bool {
    matches!(
        reported.parsed_severity(),
        Some(Severity::Fatal | Severity::Panic)
    ) || matches!(reported.severity(), "FATAL" | "PANIC")
}

fn from_server(reported: &DbError, statement: &str) -> Fault {
    let code = reported.code();
    if *code == SqlState::T_R_SERIALIZATION_FAILURE
        || *code == SqlState::T_R_DEADLOCK_DETECTED
        || *code == SqlState::LOCK_NOT_AVAILABLE
    {
        return Fault::Conflict;
    }
    if is_fatal(reported) || code.code().starts_with("08") || code.code().starts_with("57P") {
        return Fault::Disconnected {
            message: format!("{reported} ({})", code.code()),
        };
    }
    if *code == SqlState::READ_ONLY_SQL_TRANSACTION {
        return Fault::ReadOnly {
            statement: statement.to_owned(),
        };
    }
    if *code == SqlState::DISK_FULL || *code == SqlState::IO_ERROR || *code == SqlState::DATA_CORRUPTED {
        return Fault::Disk {
            message: format!("{reported} ({})", code.code()),
        };
    }
    if code.code().starts_with("23") {
        return constraint(reported, statement);
    }
    Fault::statement(statement, format!("{reported} ({})", code.code()))
}

fn constraint(reported: &DbError, statement: &str) -> Fault {
    let code = reported.code();
    let kind = if *code == SqlState::UNIQUE_VIOLATION {
        ConstraintKind::Unique
    } else if *code == SqlState::CHECK_VIOLATION {
        ConstraintKind::Check
    } else if *code == SqlState::NOT_NULL_VIOLATION {
        ConstraintKind::NotNull
    } else if *code == SqlState::FOREIGN_KEY_VIOLATION {
        ConstraintKind::ForeignKey
    } else {
        ConstraintKind::Other
    };
    let name = match kind {
        // Later servers name these constraints, earlier ones and SQLite do not.
        ConstraintKind::NotNull => {
            format!(
                "{}.{}",
                reported.table().unwrap_or(""),
                reported.column().unwrap_or("")
            )
        }
        _ => reported.constraint().unwrap_or("").to_owned(),
    };
    Fault::Constraint {
        kind,
        name,
        statement: statement.to_owned(),
    }
}
