//! A raw log with group commit: what waits is appended and made durable by one `fdatasync`. Nothing is checked, so this
//! is the limit of the disk.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use super::{Setting, desk, reason};
use crate::Outcome;
use crate::figures::{Load, Row};
use crate::load::closed;
use crate::load::mix::{Ask, Kind};
use crate::load::tally::Answer;
use crate::process::written_bytes;

/// Bytes of an order in the log; an order as JSON takes about as many.
const RECORD_BYTES: usize = 256;
/// The most orders in one batch.
const BATCH: usize = 8_192;

/// How often the disk is tried.
const TRIES: usize = 33;
/// How much is written before each try, as much as a page.
const TRY_BYTES: usize = 4_096;

/// The median time in milliseconds that the disk takes just now to make a page durable.
pub fn sync_ms(folder: &Path) -> Outcome<f64> {
    let path = folder.join("try");
    let tried = || -> std::io::Result<f64> {
        let mut file = File::create(&path)?;
        let mut waits_ms = Vec::with_capacity(TRIES);
        for _ in 0..TRIES {
            file.write_all(&[0; TRY_BYTES])?;
            let begun = Instant::now();
            file.sync_data()?;
            waits_ms.push(begun.elapsed().as_secs_f64() * 1e3);
        }
        std::fs::remove_file(&path)?;
        waits_ms.sort_by(f64::total_cmp);
        Ok(waits_ms[TRIES / 2])
    };
    tried().map_err(|error| format!("{}: {error}", path.display()))
}

struct Log {
    file: File,
    batch: Vec<u8>,
}

impl Log {
    fn append(&mut self, asks: &[Ask]) -> std::io::Result<Vec<Answer>> {
        self.batch.clear();
        let mut answers = Vec::with_capacity(asks.len());
        for ask in asks {
            if ask.kind == Kind::Second {
                answers.push(Answer::Refused(reason::ORDER_INTERVAL.into()));
                continue;
            }
            let end = self.batch.len() + RECORD_BYTES;
            self.batch.extend_from_slice(ask.command.as_bytes());
            self.batch.extend_from_slice(&ask.household.to_le_bytes());
            self.batch.resize(end, b' ');
            answers.push(Answer::Taken(ask.command));
        }
        self.file.write_all(&self.batch)?;
        self.file.sync_data()?;
        Ok(answers)
    }
}

/// Measures it.
pub async fn measure(setting: &Setting) -> Outcome<Row> {
    let path = setting.fresh_folder()?.join("orders.log");
    let failed = |error: std::io::Error| format!("{}: {error}", path.display());
    let log = Log {
        file: File::create(&path).map_err(failed)?,
        batch: Vec::new(),
    };
    let (clients, thread) = desk::start(setting.clients, BATCH, log, |log: &mut Log, asks: &[Ask]| {
        log.append(asks).map_err(|error| format!("log: {error}"))
    });
    let before = written_bytes(std::process::id());
    let run = closed(setting.mix(), clients, setting.lasting).await?;
    let after = written_bytes(std::process::id());
    let log = desk::end(thread)?;
    let held = log.file.metadata().map_err(failed)?.len();
    let mut row =
        Row::of("raw log, group commit", Load::Clients(setting.clients), &run).written(before, after);
    if held != (row.orders + row.repeated) * RECORD_BYTES as u64 {
        row.findings.push(format!(
            "{held} bytes in the log for {} orders and {} repeats",
            row.orders, row.repeated
        ));
    }
    Ok(row)
}
