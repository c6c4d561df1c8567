//! The two ways in which something can go wrong: a [`Refusal`] is the user's case and says what would be
//! right; a [`Fault`] is ours and is logged.

use std::fmt;

/// What kind of refusal it is; the web layer turns it into a status code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalKind {
    /// Nobody is signed in.
    SignInNeeded,
    /// The actor's role or area does not allow it.
    NotAllowed,
    /// The thing does not exist, or not within the actor's area.
    NotFound,
    /// A field is missing or wrong.
    Invalid,
    /// The state of things does not allow it now.
    Conflict,
    /// A limit is reached: allotment, ration, interval.
    Exhausted,
}

/// A named refusal in both languages.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// The kind, for the status code.
    pub kind: RefusalKind,
    /// A stable word for programs, such as `order_interval`.
    pub code: &'static str,
    /// What is wrong and what would be right, in Chinese.
    pub zh: String,
    /// The same in English.
    pub en: String,
    /// The field at fault, if one is.
    pub field: Option<&'static str>,
    /// When it will be possible, in Unix seconds, if that is known.
    pub possible_s: Option<i64>,
}

impl Refusal {
    /// Makes a refusal of `kind` with a stable `code` and both texts.
    pub fn new(kind: RefusalKind, code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            kind,
            code,
            zh: zh.into(),
            en: en.into(),
            field: None,
            possible_s: None,
        }
    }

    /// A field is missing or wrong.
    pub fn invalid(field: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            field: Some(field),
            ..Self::new(RefusalKind::Invalid, "invalid", zh, en)
        }
    }

    /// `zh`/`en` name the thing that was not found.
    pub fn not_found(zh: &str, en: &str) -> Self {
        Self::new(
            RefusalKind::NotFound,
            "not_found",
            format!("没有找到这个{zh}，可能已被删除，或不在您负责的区域内。"),
            format!("This {en} was not found; it may be gone or lie outside your area."),
        )
    }

    /// The state of things does not allow it now.
    pub fn conflict(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::new(RefusalKind::Conflict, code, zh, en)
    }

    /// Says when it will be possible.
    pub fn possible_at(mut self, at_s: i64) -> Self {
        self.possible_s = Some(at_s);
        self
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} / {}", self.zh, self.en)
    }
}

/// Our own failure: the store, a document that could not be made, a broken invariant.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The database failed.
    #[error("store: {0}")]
    Store(#[from] store::Fault),
    /// Stored JSON does not read as the type it was written from.
    #[error("stored data: {0}")]
    Data(#[from] serde_json::Error),
    /// A PDF or spreadsheet could not be made.
    #[error("document: {0}")]
    Document(String),
    /// Something that must hold does not.
    #[error("invariant: {0}")]
    Invariant(String),
    /// A file could not be read or written.
    #[error("file: {0}")]
    File(#[from] std::io::Error),
}

/// A refusal or a fault.
#[derive(Debug)]
pub enum Error {
    /// The user's case.
    Refusal(Box<Refusal>),
    /// Ours.
    Fault(Fault),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Refusal(refusal) => refusal.fmt(f),
            Error::Fault(fault) => fault.fmt(f),
        }
    }
}

impl std::error::Error for Error {}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Error::Refusal(Box::new(refusal))
    }
}

impl<F: Into<Fault>> From<F> for Error {
    fn from(fault: F) -> Self {
        Error::Fault(fault.into())
    }
}

/// The result of nearly every function of the application.
pub type Result<T> = std::result::Result<T, Error>;
