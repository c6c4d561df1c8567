//! The store alone on a disk that fails at the n-th operation, for every n: no false acknowledgement, no half batch, reading
//! goes on, and a restart finds everything that was acknowledged.

use store::testing::{Inline, Work};
use store::{Fault, Migration, Tx, params, stmt};

use crate::disk::{Disk, Operation, Trouble};
use crate::simulate::script::Ending;

static MIGRATIONS: &[Migration] = &[Migration {
    number: 1,
    name: "drill",
    sql: "CREATE TABLE drill_entry (id BIGINT NOT NULL PRIMARY KEY, batch BIGINT NOT NULL, filler TEXT NOT NULL);
          CREATE TABLE drill_total (id BIGINT NOT NULL PRIMARY KEY, entries BIGINT NOT NULL);
          INSERT INTO drill_total (id, entries) VALUES (1, 0);",
    then: None,
}];

stmt!(
    PUT,
    "INSERT INTO drill_entry (id, batch, filler) VALUES ($1, $2, $3)"
);
stmt!(ADD, "UPDATE drill_total SET entries = entries + 1 WHERE id = 1");
stmt!(
    BATCHES,
    "SELECT batch, COUNT(*), CAST(SUM(id) AS BIGINT) FROM drill_entry GROUP BY batch ORDER BY batch"
);
stmt!(TOTAL, "SELECT entries FROM drill_total WHERE id = 1");

const PATH: &str = "/store.db";
/// Batches of one run, and commands in each.
const BATCHES_OF_A_RUN: i64 = 8;
const COMMANDS: i64 = 5;
/// After so many batches the log is moved into the database file.
const CHECKPOINT_EVERY: i64 = 3;

/// How a run ended.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    /// Whether the trouble struck at all; if not, there was no n-th operation.
    pub struck: bool,
    /// Batches that were acknowledged.
    pub acknowledged: i64,
}

/// Writes batches while the trouble comes, ends the program in the given way, starts it again and checks what is there.
/// `syncing` is false for the proof that the check would notice lost data.
///
/// # Errors
/// What was promised and not kept.
pub fn run(trouble: Trouble, ending: Ending, seed: u64, syncing: bool) -> Result<Run, String> {
    let disk = Disk::new(seed)?;
    let mut database = open(&disk)?;
    if !syncing {
        database.stop_syncing().map_err(words)?;
    }
    disk.arrange(Some(trouble));
    let mut acknowledged = 0;
    let mut unknown = None;
    for batch in 1..=BATCHES_OF_A_RUN {
        let was_healthy = database.healthy();
        let answers = database.write((0..COMMANDS).map(|number| put(batch, number)).collect());
        let done = answers.iter().filter(|answer| answer.is_ok()).count();
        match (done as i64, was_healthy) {
            (COMMANDS, true) => acknowledged = batch,
            (0, true) => unknown = Some(batch),
            (0, false) => {}
            _ => {
                return Err(format!(
                    "batch {batch}: {done} of {COMMANDS} were acknowledged: {answers:?}"
                ));
            }
        }
        if answers
            .iter()
            .any(|answer| matches!(answer, Err(fault) if !matches!(fault, Fault::Disk { .. })))
        {
            return Err(format!("batch {batch}: not a fault of the disk: {answers:?}"));
        }
        if database.healthy() && batch % CHECKPOINT_EVERY == 0 {
            // A failure stops the writer, and the next batch shows it.
            let _ = database.checkpoint();
        }
        // Reading goes on, and shows what was acknowledged and nothing else.
        if !disk.is_off() && !is_reading_fault(trouble) {
            let seen =
                look(&mut database).map_err(|fault| format!("reading after batch {batch}: {fault}"))?;
            if seen != acknowledged {
                return Err(format!(
                    "batch {seen} is shown, {acknowledged} was acknowledged last"
                ));
            }
        }
    }
    let struck = disk.struck();
    let cut = ending == Ending::PowerCut || disk.is_off();
    if cut || ending == Ending::Kill {
        disk.freeze();
    }
    drop(database);
    if cut {
        disk.power_on();
    } else {
        disk.thaw();
    }
    disk.save_again(&format!("{PATH}-wal"));
    let mut database = open(&disk)?;
    let damage = database.integrity().map_err(words)?;
    if !damage.is_empty() {
        return Err(damage.join("; "));
    }
    let found = look(&mut database).map_err(words)?;
    if found != acknowledged && Some(found) != unknown {
        return Err(format!(
            "{acknowledged} batches were acknowledged, {found} are there after the restart"
        ));
    }
    let again = database.write(vec![put(BATCHES_OF_A_RUN + 1, 0)]);
    if again.iter().any(Result::is_err) {
        return Err(format!("the program does not write after the restart: {again:?}"));
    }
    Ok(Run { struck, acknowledged })
}

/// Whether the trouble hits reading itself.
fn is_reading_fault(trouble: Trouble) -> bool {
    let reading = [Operation::Read, Operation::Open];
    matches!(trouble, Trouble::Fail { operation, .. } if reading.contains(&operation))
}

fn words(fault: Fault) -> String {
    fault.to_string()
}

fn open(disk: &Disk) -> Result<Inline, String> {
    Inline::open(PATH, disk.name(), MIGRATIONS)
        .map_err(|fault| format!("the program does not start: {fault}"))
}

fn put(batch: i64, number: i64) -> Work<(), Fault> {
    Box::new(move |tx| {
        // Long enough that a batch takes several pages, so that it can be torn.
        let filler = "保供".repeat(150);
        tx.run(&PUT, &params![batch * 100 + number, batch, filler])?;
        tx.run(&ADD, &[])?;
        Ok(())
    })
}

/// The number of the last batch; a fault if one is missing or not whole.
fn look(database: &mut Inline) -> Result<i64, Fault> {
    database.read(|tx: &mut Tx<'_>| {
        let broken = |what: String| Fault::Statement {
            name: "drill".to_owned(),
            message: what,
        };
        let mut last = 0;
        for row in tx.rows(&BATCHES, &[])? {
            let (batch, entries, sum): (i64, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let whole = COMMANDS * batch * 100 + COMMANDS * (COMMANDS - 1) / 2;
            if batch != last + 1 || entries != COMMANDS || sum != whole {
                return Err(broken(format!(
                    "batch {batch} after {last} has {entries} entries that add up to {sum}"
                )));
            }
            last = batch;
        }
        let total: i64 = tx.row(&TOTAL, &[])?.map_or(Ok(0), |row| row.get(0))?;
        if total != last * COMMANDS {
            return Err(broken(format!("{total} entries are counted in {last} batches")));
        }
        Ok(last)
    })
}
