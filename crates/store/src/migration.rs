//! Migrations: forward only, checked by checksum, the same text on both engines.

use std::{
    fmt::Write as _,
    time::{Duration, SystemTime},
};

use sha2::{Digest as _, Sha256};

use crate::{Fault, Tx, Value, params, session::Session};

/// How often to look again when another process is migrating the same database.
const TRIES: u32 = 100;

/// What SQLite's planner is told of every table, since it never counts by itself: all rows have the same first column of a
/// key, the shard, and each further column tells them apart a thousand times better. Without that it takes a key of one known column for
/// nearly as good as an index of two, and reads the whole shard.
const STATISTICS: &str = "/*sqlite
    ANALYZE sqlite_schema;
    DELETE FROM sqlite_stat1;
    INSERT INTO sqlite_stat1 (tbl, idx, stat)
    SELECT t.name, CASE WHEN i.origin = 'pk' AND t.sql LIKE '%WITHOUT ROWID' THEN t.name ELSE i.name END,
           '1000000 ' || (SELECT group_concat(
               CASE WHEN i.\"unique\" = 1 AND c.seqno + 1 = (SELECT COUNT(*) FROM pragma_index_info(i.name)) THEN 1
                    ELSE MAX(2, 1000000 >> (10 * c.seqno)) END, ' ')
               FROM pragma_index_info(i.name) c)
    FROM sqlite_schema t, pragma_index_list(t.name) i
    WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\';
    ANALYZE sqlite_schema;
*/";

/// A change of data that SQL cannot do.
pub type Then = fn(&mut Tx<'_>) -> Result<(), Fault>;

/// One step of the schema. Steps already released are never changed; a new one corrects them.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// Its number; numbers rise from step to step.
    pub number: u32,
    /// A short name.
    pub name: &'static str,
    /// One or more statements in the SQL that both engines understand. `BYTEA` is allowed as a type. A comment
    /// `/*sqlite … */` or `/*postgres … */` is opened on that engine only.
    pub sql: &'static str,
    /// What SQL cannot do to the data that are there, in the same transaction after it. It sees the schema as this step leaves
    /// it, so it uses texts of its own rather than statements that a later step may change.
    pub then: Option<Then>,
}

impl Migration {
    /// SHA-256 of the text in hexadecimal, whatever the line ends.
    fn checksum(&self) -> String {
        let digest = Sha256::digest(self.sql.replace("\r\n", "\n").as_bytes());
        digest.iter().fold(String::with_capacity(64), |mut text, byte| {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    fn fault(&self, message: impl std::fmt::Display) -> Fault {
        Fault::Migration {
            number: self.number,
            name: self.name.to_owned(),
            message: message.to_string(),
        }
    }
}

/// A migration that a database has had.
#[derive(Clone, Debug)]
pub(crate) struct Applied {
    number: u32,
    name: String,
    checksum: String,
    applied_at: i64,
}

const CREATE_TABLE: &str = "CREATE TABLE IF NOT EXISTS schema_migration (
    number BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at BIGINT NOT NULL)";
const INSERT: &str =
    "INSERT INTO schema_migration (number, name, checksum, applied_at) VALUES ($1, $2, $3, $4)";
const SELECT: &str = "SELECT number, name, checksum, applied_at FROM schema_migration ORDER BY number";

/// The migrations that a database has had, oldest first.
pub(crate) fn applied(session: &mut Session) -> Result<Vec<Applied>, Fault> {
    let rows = session.rows_text("schema_migration", SELECT, &[])?;
    rows.iter()
        .map(|row| {
            Ok(Applied {
                number: row.get(0)?,
                name: row.get(1)?,
                checksum: row.get(2)?,
                applied_at: row.get(3)?,
            })
        })
        .collect()
}

/// Refuses a database that this program does not know: newer, changed or out of order. Returns how many migrations of the
/// program it has had.
pub(crate) fn verify(applied: &[Applied], migrations: &[Migration]) -> Result<usize, Fault> {
    if let Some(pair) = migrations
        .windows(2)
        .find(|pair| pair[0].number >= pair[1].number)
    {
        return Err(pair[1].fault("the numbers of the migrations must rise"));
    }
    for (position, had) in applied.iter().enumerate() {
        let refuse = |message: &str| Fault::Migration {
            number: had.number,
            name: had.name.clone(),
            message: message.to_owned(),
        };
        let Some(known) = migrations.get(position) else {
            return Err(refuse(
                "the database was made by a newer version of this program; update the program",
            ));
        };
        if known.number != had.number {
            return Err(known.fault(format!(
                "the database has had migration {} {} in this place; migrations go forward only",
                had.number, had.name
            )));
        }
        if known.checksum() != had.checksum {
            return Err(refuse(
                "its text was changed after it was applied; restore it and add a new migration",
            ));
        }
    }
    Ok(applied.len())
}

/// Refuses a schema that is not exactly the one of this program, for those who only read.
pub(crate) fn current(session: &mut Session, migrations: &[Migration]) -> Result<(), Fault> {
    let applied = applied(session)
        .map_err(|fault| Fault::open(format!("this is not a database of this program: {fault}")))?;
    match migrations.get(verify(&applied, migrations)?) {
        None => Ok(()),
        Some(missing) => Err(missing.fault(
            "the database has not had this step yet; start the server once, which brings it up to date",
        )),
    }
}

/// Brings the schema up to date. Several processes may do so at once: the primary key of the table of migrations makes all
/// but one wait and then find the step done, without locks that only one engine knows.
pub(crate) fn apply(session: &mut Session, migrations: &[Migration]) -> Result<(), Fault> {
    let mut last = None;
    for _ in 0..TRIES {
        match attempt(session, migrations)? {
            None => return Ok(()),
            Some(raced) => last = Some(raced),
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Err(last.unwrap_or(Fault::Conflict))
}

/// One pass; `Some` if another process was in the way.
fn attempt(session: &mut Session, migrations: &[Migration]) -> Result<Option<Fault>, Fault> {
    session.begin_write()?;
    let created = session.batch("schema_migration", CREATE_TABLE);
    match session.finish(created) {
        Ok(()) => {}
        // Two processes that create the table at once get an error in spite of IF NOT EXISTS.
        Err(fault @ (Fault::Constraint { .. } | Fault::Conflict | Fault::Statement { .. })) => {
            return Ok(Some(fault));
        }
        Err(fault) => return Err(fault),
    }
    let done = verify(&applied(session)?, migrations)?;
    for migration in &migrations[done..] {
        session.begin_write()?;
        let noted = note(session, &applied_now(migration));
        if let Err(raced @ (Fault::Constraint { .. } | Fault::Conflict)) = noted {
            session.rollback();
            return Ok(Some(raced));
        }
        let result = noted
            .and_then(|()| session.batch(migration.name, migration.sql))
            .and_then(|()| match migration.then {
                Some(then) => then(&mut Tx::new(session, true)),
                None => Ok(()),
            })
            .and_then(|()| session.batch("statistics", STATISTICS));
        match session.finish(result) {
            Ok(()) => {}
            Err(Fault::Conflict) => return Ok(Some(Fault::Conflict)),
            Err(fault @ (Fault::Disconnected { .. } | Fault::Unknown | Fault::Disk { .. })) => {
                return Err(fault);
            }
            Err(fault) => return Err(migration.fault(fault)),
        }
    }
    Ok(None)
}

/// Makes the schema as it was after the applied migrations, inside the caller's transaction, for a copy of the data.
pub(crate) fn replay(
    session: &mut Session,
    migrations: &[Migration],
    applied: &[Applied],
) -> Result<(), Fault> {
    session.batch("schema_migration", CREATE_TABLE)?;
    let done = verify(applied, migrations)?;
    for (migration, had) in migrations[..done].iter().zip(applied) {
        note(session, had)?;
        session
            .batch(migration.name, migration.sql)
            .map_err(|fault| migration.fault(fault))?;
    }
    session.batch("statistics", STATISTICS)
}

fn applied_now(migration: &Migration) -> Applied {
    let since = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    Applied {
        number: migration.number,
        name: migration.name.to_owned(),
        checksum: migration.checksum(),
        applied_at: i64::try_from(since.as_secs()).unwrap_or(i64::MAX),
    }
}

fn note(session: &mut Session, applied: &Applied) -> Result<(), Fault> {
    let parameters: [Value; 4] = params![
        applied.number,
        &applied.name,
        &applied.checksum,
        applied.applied_at
    ];
    session
        .run_text("schema_migration", INSERT, &parameters)
        .map(|_| ())
}
