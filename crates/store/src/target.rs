//! Where a database is, from its address.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
    str::FromStr as _,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use uuid::Uuid;

use crate::{Engine, Fault};

/// A directory that is removed with everything in it when dropped.
pub(crate) struct Scratch(pub(crate) PathBuf);

impl Scratch {
    pub(crate) fn new() -> Result<Self, Fault> {
        let path = std::env::temp_dir().join(format!("store-{}", Uuid::new_v4().simple()));
        fs::create_dir(&path).map_err(|error| Fault::open(format!("{}: {error}", path.display())))?;
        Ok(Self(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Nothing useful can be done about a directory that cannot be removed.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A SQLite database file that this process owns, or reads beside its owner.
pub(crate) struct SqliteFile {
    pub(crate) path: PathBuf,
    /// Held by the owner until the database is closed; the operating system releases the lock when the process ends in any
    /// way.
    possession: Mutex<Option<(File, Option<Scratch>)>>,
}

/// Where a database is.
pub(crate) enum Target {
    Sqlite(SqliteFile),
    Postgres(Box<tokio_postgres::Config>),
}

impl Target {
    /// Understands `sqlite:/path/file.db`, `sqlite::memory:` (a private temporary file) and `postgres://…`; takes possession
    /// of a SQLite file.
    pub(crate) fn acquire(url: &str) -> Result<Self, Fault> {
        Self::at(url, |path| {
            if path == ":memory:" {
                let scratch = Scratch::new()?;
                let path = scratch.0.join("memory.db");
                return own(&path, Some(scratch));
            }
            own(Path::new(path), None)
        })
    }

    /// As [`Target::acquire`], for reading only: a SQLite file must be there, and may belong to another process.
    pub(crate) fn beside(url: &str) -> Result<Self, Fault> {
        Self::at(url, |path| {
            let failed = |error| Fault::open(format!("there is no database at {path} to be read: {error}"));
            Ok(SqliteFile {
                path: Path::new(path).canonicalize().map_err(failed)?,
                possession: Mutex::new(None),
            })
        })
    }

    fn at(url: &str, sqlite: impl FnOnce(&str) -> Result<SqliteFile, Fault>) -> Result<Self, Fault> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            if path.is_empty() {
                return Err(Fault::open(
                    "the address names no file; write sqlite:/path/file.db",
                ));
            }
            return sqlite(path).map(Self::Sqlite);
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return postgres_config(url).map(|config| Self::Postgres(Box::new(config)));
        }
        // The address itself may hold a password and is not repeated.
        Err(Fault::open("the address must begin with sqlite: or postgres://"))
    }

    /// Gives up possession of a SQLite file, so that it can be opened again.
    pub(crate) fn release(&self) {
        if let Self::Sqlite(file) = self {
            drop(
                file.possession
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .take(),
            );
        }
    }

    pub(crate) fn engine(&self) -> Engine {
        match self {
            Self::Sqlite(_) => Engine::Sqlite,
            Self::Postgres(_) => Engine::Postgres,
        }
    }
}

pub(crate) fn postgres_config(url: &str) -> Result<tokio_postgres::Config, Fault> {
    let mut config = tokio_postgres::Config::from_str(url).map_err(Fault::open)?;
    if config.get_application_name().is_none() {
        config.application_name("store");
    }
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(Duration::from_secs(10));
    }
    // Without these a cut cable would be noticed after hours.
    if config.get_tcp_user_timeout().is_none() {
        config.tcp_user_timeout(Duration::from_secs(30));
    }
    config.keepalives_idle(Duration::from_secs(30));
    Ok(config)
}

fn own(path: &Path, scratch: Option<Scratch>) -> Result<SqliteFile, Fault> {
    let failed = |error: std::io::Error| Fault::open(format!("{}: {error}", path.display()));
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        fs::create_dir_all(parent).map_err(failed)?;
    }
    create_private(path).map_err(failed)?;
    let path = path.canonicalize().map_err(failed)?;
    sync_parent(&path).map_err(failed)?;
    let mut lock_path = path.clone().into_os_string();
    lock_path.push(".lock");
    let mut lock = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&lock_path)
        .map_err(failed)?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            // The holder is only told for convenience.
            let _ = lock.read_to_string(&mut holder);
            let holder = if holder.is_empty() {
                "unknown".to_owned()
            } else {
                holder
            };
            return Err(Fault::Locked {
                path: path.display().to_string(),
                holder,
            });
        }
        Err(TryLockError::Error(error)) => return Err(failed(error)),
    }
    lock.set_len(0).map_err(failed)?;
    lock.seek(SeekFrom::Start(0)).map_err(failed)?;
    write!(lock, "process {}", std::process::id()).map_err(failed)?;
    Ok(SqliteFile {
        path,
        possession: Mutex::new(Some((lock, scratch))),
    })
}

/// Creates an empty file, readable by its owner only, unless it exists. SQLite gives its log the same mode.
pub(crate) fn create_private(path: &Path) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(|_| ())
}

/// Makes the directory entry of a file durable.
pub(crate) fn sync_parent(path: &Path) -> std::io::Result<()> {
    let parent = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    File::open(parent)?.sync_all()
}
