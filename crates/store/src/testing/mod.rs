//! Fresh databases for tests, on every engine at hand, and one without threads for simulations.

mod inline;

use uuid::Uuid;

use crate::{
    Db, Fault, Migration,
    db::aside,
    postgres::PostgresSession,
    target::{Scratch, postgres_config},
};

pub use inline::{Batch, Inline, Work};

/// The environment variable with the address of a PostgreSQL server where databases may be made and dropped, for instance
/// `postgres://postgres@127.0.0.1/postgres`.
pub const POSTGRES_VARIABLE: &str = "BAOGONG_TEST_POSTGRES";

/// A place for a database that is removed with it when dropped.
pub struct Guard {
    url: String,
    db: Option<Db>,
    place: Place,
}

enum Place {
    Directory(#[expect(dead_code, reason = "held to be dropped")] Scratch),
    Server { admin: String, name: String },
}

impl Guard {
    /// An empty SQLite database that is not open yet.
    ///
    /// # Panics
    /// If no temporary directory can be made.
    pub fn sqlite() -> Self {
        let scratch = Scratch::new().expect("tests need a temporary directory");
        let url = format!("sqlite:{}", scratch.0.join("test.db").display());
        Self {
            url,
            db: None,
            place: Place::Directory(scratch),
        }
    }

    /// An empty PostgreSQL database, if a server is at hand.
    ///
    /// # Panics
    /// If the server is named but the database cannot be made.
    pub fn postgres() -> Option<Self> {
        let admin = std::env::var(POSTGRES_VARIABLE)
            .ok()
            .filter(|url| !url.is_empty())?;
        let name = format!("test_{}", Uuid::new_v4().simple());
        on_server(&admin, &format!("CREATE DATABASE {name}")).expect("a test database can be made");
        let (head, query) = match admin.split_once('?') {
            Some((head, query)) => (head, format!("?{query}")),
            None => (admin.as_str(), String::new()),
        };
        let authority = head.find("://").map_or(0, |start| start + 3);
        let host_end = head[authority..]
            .find('/')
            .map_or(head.len(), |slash| authority + slash);
        let url = format!("{}/{name}{query}", &head[..host_end]);
        Some(Self {
            url,
            db: None,
            place: Place::Server { admin, name },
        })
    }

    /// The address of the database.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Opens the database; the guard closes it before it removes it.
    ///
    /// # Errors
    /// As [`Db::open`].
    pub fn open(&mut self, migrations: &'static [Migration]) -> Result<Db, Fault> {
        let db = Db::open(&self.url, migrations)?;
        self.db = Some(db.clone());
        Ok(db)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if let Some(db) = self.db.take() {
            db.close();
        }
        if let Place::Server { admin, name } = &self.place {
            // A database left behind does no harm, a panic while dropping would.
            let _ = on_server(admin, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
    }
}

/// Empty places on every engine at hand: the name of the engine and the guard.
///
/// # Panics
/// If one cannot be made.
pub fn guards() -> Vec<(String, Guard)> {
    let sqlite = ("SQLite".to_owned(), Guard::sqlite());
    let postgres = Guard::postgres().map(|guard| ("PostgreSQL".to_owned(), guard));
    std::iter::once(sqlite).chain(postgres).collect()
}

/// A fresh database with the given schema on every engine at hand: SQLite always, PostgreSQL where
/// [`POSTGRES_VARIABLE`] names a server. Keep the guard as long as the database is used.
///
/// # Panics
/// If one cannot be made.
pub fn databases(migrations: &'static [Migration]) -> Vec<(String, Db, Guard)> {
    let open = |(name, mut guard): (String, Guard)| {
        let db = guard.open(migrations).expect("a fresh database can be opened");
        (name, db, guard)
    };
    guards().into_iter().map(open).collect()
}

/// Runs SQL on a PostgreSQL server itself, outside a transaction.
///
/// # Errors
/// Faults of the server.
pub fn on_server(url: &str, sql: &str) -> Result<(), Fault> {
    let config = postgres_config(url)?;
    aside(|| PostgresSession::open(&config)?.batch("testing", sql))
}
