//! What can go wrong below the rules of the domain.

use std::fmt;

/// The kind of a violated constraint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ConstraintKind {
    /// A unique index, unique constraint or primary key.
    Unique,
    /// A `CHECK`, for instance a balance that must not fall below zero.
    Check,
    /// A `NOT NULL` column; the name is `table.column`.
    NotNull,
    /// A foreign key.
    ForeignKey,
    /// Any other constraint an engine may know.
    Other,
}

impl fmt::Display for ConstraintKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Unique => "unique",
            Self::Check => "check",
            Self::NotNull => "not null",
            Self::ForeignKey => "foreign key",
            Self::Other => "other",
        })
    }
}

/// A technical failure of the store. Refusals by the rules of the domain are not faults.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// A constraint refused the statement; the transaction of this closure was undone.
    #[error("{kind} constraint {name} refused {statement}")]
    Constraint {
        /// What kind of constraint.
        kind: ConstraintKind,
        /// Its name, the same on both engines. SQLite does not say which foreign key failed: where the statement could
        /// have broken several, the name there is `foreign_key`.
        name: String,
        /// The name of the statement.
        statement: String,
    },
    /// Other transactions were in the way and the bounded number of tries is used up. The caller may try again.
    #[error("the transaction lost a race with others and was given up after several tries")]
    Conflict,
    /// The queue is full. The caller may try again a little later.
    #[error("too many commands are waiting")]
    Busy,
    /// The connection broke during COMMIT: it is unknown whether the command took effect. Retry with the same id.
    #[error(
        "the connection broke during commit; whether the command took effect is unknown, retry with the same id"
    )]
    Unknown,
    /// The database server cannot be reached; the command had no effect.
    #[error("the database server cannot be reached: {message}")]
    Disconnected {
        /// What the connection reported.
        message: String,
    },
    /// The disk failed or is full. On SQLite all writing has stopped until a restart. A command that was being committed
    /// at that moment may or may not be found after the restart: retry with the same id.
    #[error("the disk failed, writing has stopped: {message}")]
    Disk {
        /// What the engine reported.
        message: String,
    },
    /// The database was closed.
    #[error("the database is closed")]
    Closed,
    /// A closure given to the store called the store again; it would wait for itself.
    #[error("a closure inside the store must not call the store again")]
    Nested,
    /// A statement tried to write in a read transaction.
    #[error("{statement} tried to write in a read transaction")]
    ReadOnly {
        /// The name of the statement.
        statement: String,
    },
    /// The engine refused a statement, or its parameters do not fit.
    #[error("statement {name}: {message}")]
    Statement {
        /// The name of the statement.
        name: String,
        /// What the engine reported.
        message: String,
    },
    /// A column of a result is missing or has another type.
    #[error("statement {statement}, column {index}: {message}")]
    Column {
        /// The name of the statement.
        statement: String,
        /// Which column, from 0.
        index: usize,
        /// What was wanted and what was found.
        message: String,
    },
    /// The schema cannot be brought to the state this program needs.
    #[error("migration {number} {name}: {message}")]
    Migration {
        /// The number of the migration.
        number: u32,
        /// The name of the migration.
        name: String,
        /// Why it was refused.
        message: String,
    },
    /// Another process has the SQLite database.
    #[error("the database {path} is in use by another process ({holder}); only one may have it open")]
    Locked {
        /// The database file.
        path: String,
        /// What is known of the other process.
        holder: String,
    },
    /// The database cannot be opened: bad address, missing permission, too old an engine.
    #[error("cannot open the database: {message}")]
    Open {
        /// Why.
        message: String,
    },
    /// A backup or restore could not be completed; its destination is as it was before.
    #[error("backup or restore: {message}")]
    Copy {
        /// Why.
        message: String,
    },
    /// The closure panicked; what it did was undone.
    #[error("a command panicked and was undone: {message}")]
    Panic {
        /// The text of the panic.
        message: String,
    },
}

impl Fault {
    /// Whether the same command, with the same id, may well succeed a little later.
    pub fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Conflict | Self::Busy | Self::Unknown | Self::Disconnected { .. }
        )
    }

    /// The name of the violated constraint, if this is one.
    pub fn constraint(&self) -> Option<&str> {
        match self {
            Self::Constraint { name, .. } => Some(name),
            _ => None,
        }
    }

    pub(crate) fn statement(name: &str, message: impl fmt::Display) -> Self {
        Self::Statement {
            name: name.to_owned(),
            message: message.to_string(),
        }
    }

    pub(crate) fn copy(message: impl fmt::Display) -> Self {
        Self::Copy {
            message: message.to_string(),
        }
    }

    pub(crate) fn open(message: impl fmt::Display) -> Self {
        Self::Open {
            message: message.to_string(),
        }
    }
}
