//! The writer: one thread, many closures per transaction.

use std::{
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError},
    },
    time::Duration,
};

use uuid::Uuid;

use crate::{
    Engine, Fault, Tx,
    job::{Message, Step, WriteJob},
    session::{CommitFault, Session},
    state::State,
};

/// Commands in one transaction.
const BATCH: usize = 512;
/// Savepoints in one transaction on PostgreSQL; commands applied together share one. Beyond 64 the server no longer keeps
/// them in shared memory, which slows every other session (`PGPROC_MAX_CACHED_SUBXIDS`).
const MARKS_POSTGRES: usize = 64;
/// Tries for one closure that keeps losing races or connections.
const TRIES: u32 = 12;
/// How often an idle writer asks whether the server is still there.
const IDLE: Duration = Duration::from_secs(5);

/// How an attempt on a transaction ended without being committed.
enum Failure {
    /// Worth another try with the same closures.
    Again(Fault),
    /// Not worth one; all callers get the fault.
    Final(Fault),
}

/// Applies closures until told to stop, or until all senders are gone.
pub(crate) fn run(mut session: Session, queue: &Receiver<Message<WriteJob>>, state: &Arc<State>) {
    let marks = match session.engine() {
        Engine::Sqlite => BATCH,
        Engine::Postgres => MARKS_POSTGRES,
    };
    let mut running = true;
    while running {
        let mut batch = Vec::new();
        match queue.recv_timeout(IDLE) {
            Ok(Message::Job(job)) => batch.push(job),
            Err(RecvTimeoutError::Timeout) => {
                state.set_connected(session.answers());
                continue;
            }
            Ok(Message::Stop) | Err(RecvTimeoutError::Disconnected) => break,
        }
        let mut marked = 1;
        while batch.len() < BATCH && marked < marks {
            match queue.try_recv() {
                Ok(Message::Job(job)) => {
                    marked += usize::from(!joins(batch.last(), &job));
                    batch.push(job);
                }
                Ok(Message::Stop) => {
                    running = false;
                    break;
                }
                Err(_) => break,
            }
        }
        serve(&mut session, batch, state);
    }
}

/// Applies a batch, and then does the work that no caller waits for.
pub(crate) fn serve(session: &mut Session, batch: Vec<WriteJob>, state: &State) {
    apply(session, batch, state);
    if state.disk_fault().is_none()
        && let Err(fault @ Fault::Disk { .. }) = session.tidy()
    {
        state.set_disk_fault(fault);
    }
}

/// Whether a command is applied together with the one before it.
fn joins(before: Option<&WriteJob>, job: &WriteJob) -> bool {
    job.group().is_some() && before.and_then(|before| before.group()) == job.group()
}

/// Applies a batch as one transaction, or one by one where that did not work, and answers the callers.
fn apply(session: &mut Session, mut batch: Vec<WriteJob>, state: &State) {
    match attempt(session, &mut batch, state) {
        Ok(()) => settle(batch, &Ok(())),
        Err(Failure::Final(fault)) => settle(batch, &Err(fault)),
        Err(Failure::Again(fault)) => apply_singly(session, batch, fault, state),
    }
}

fn apply_singly(session: &mut Session, batch: Vec<WriteJob>, first: Fault, state: &State) {
    let mut jobs = batch.into_iter();
    while let Some(job) = jobs.next() {
        let mut single = vec![job];
        let mut outcome = Err(first.clone());
        for number in 0..TRIES {
            state.count_retry();
            match attempt(session, &mut single, state) {
                Ok(()) => outcome = Ok(()),
                Err(Failure::Final(fault)) => outcome = Err(fault),
                Err(Failure::Again(fault)) => {
                    outcome = Err(fault);
                    std::thread::sleep(pause(number));
                    continue;
                }
            }
            break;
        }
        settle(single, &outcome);
        if let Err(fault @ (Fault::Disconnected { .. } | Fault::Disk { .. })) = outcome {
            // What the first could not do in all its tries, the others need not wait for in turn.
            return settle(jobs.collect(), &Err(fault));
        }
    }
}

/// A pause that grows with the number of the try, uneven so that two nodes do not meet again.
fn pause(number: u32) -> Duration {
    let longest_us = (1_000_u64 << number.min(7)).min(100_000);
    let uneven = u64::from(Uuid::new_v4().as_bytes()[0]);
    Duration::from_micros(longest_us / 4 + longest_us * uneven / 340)
}

fn settle(batch: Vec<WriteJob>, verdict: &Result<(), Fault>) {
    for job in batch {
        job.settle(verdict.clone());
    }
}

/// Runs the closures in one transaction and commits it.
fn attempt(session: &mut Session, batch: &mut [WriteJob], state: &State) -> Result<(), Failure> {
    if let Some(fault) = state.disk_fault() {
        return Err(Failure::Final(fault));
    }
    let result = transact(session, batch);
    let engine = session.engine();
    match result {
        Ok(kept) => {
            state.set_connected(true);
            state.count_batch(kept, batch.len() as u64 - kept);
            Ok(())
        }
        Err(CommitFault::Unknown) => {
            state.set_connected(false);
            Err(Failure::Final(Fault::Unknown))
        }
        Err(CommitFault::Failed(fault)) => {
            session.rollback();
            match fault {
                Fault::Disk { .. } => {
                    // The server of PostgreSQL looks after its own disk and says when it works again.
                    if engine == Engine::Sqlite {
                        state.set_disk_fault(fault.clone());
                    }
                    Err(Failure::Final(fault))
                }
                Fault::Disconnected { .. } => {
                    let reached_before = state.connected();
                    state.set_connected(false);
                    Err(if reached_before {
                        Failure::Again(fault)
                    } else {
                        Failure::Final(fault)
                    })
                }
                // A constraint checked at the end belongs to one of the closures; alone, each gets its own answer.
                other if batch.len() > 1 || matches!(other, Fault::Conflict) => Err(Failure::Again(other)),
                other => Err(Failure::Final(other)),
            }
        }
    }
}

/// The transaction itself; returns how many closures were kept.
fn transact(session: &mut Session, batch: &mut [WriteJob]) -> Result<u64, CommitFault> {
    session.begin_write().map_err(CommitFault::Failed)?;
    let kept = if part_length(batch) == batch.len() {
        whole(session, batch)?
    } else {
        let mut kept = 0;
        let mut rest = batch;
        while !rest.is_empty() {
            let (part, after) = rest.split_at_mut(part_length(rest));
            kept += if part.len() > 1 && marked(session, |tx| run_part(part, tx))? {
                part.len() as u64
            } else {
                one_by_one(session, part)?
            };
            rest = after;
        }
        kept
    };
    if kept == 0 {
        session.rollback();
    } else {
        session.commit()?;
    }
    Ok(kept)
}

/// How many commands from the first on are applied together.
fn part_length(jobs: &[WriteJob]) -> usize {
    1 + jobs
        .windows(2)
        .take_while(|pair| joins(Some(&pair[0]), &pair[1]))
        .count()
}

fn run_part(part: &mut [WriteJob], tx: &mut Tx<'_>) -> Step {
    match part {
        [] => Step::Undo,
        [job] => job.run(tx),
        [first, others @ ..] => first.run_with(others, tx),
    }
}

/// Commands that are all there is in a transaction, which needs no mark to go back to.
fn whole(session: &mut Session, part: &mut [WriteJob]) -> Result<u64, CommitFault> {
    if attempted(session, |tx| run_part(part, tx))? == Step::Keep {
        return Ok(part.len() as u64);
    }
    session.rollback();
    if part.len() == 1 {
        return Ok(0);
    }
    session.begin_write().map_err(CommitFault::Failed)?;
    one_by_one(session, part)
}

/// Where commands cannot be applied together, each has its own fate.
fn one_by_one(session: &mut Session, part: &mut [WriteJob]) -> Result<u64, CommitFault> {
    let mut kept = 0;
    for job in part {
        kept += u64::from(marked(session, |tx| job.run(tx))?);
    }
    Ok(kept)
}

/// Runs work behind a mark, and goes back to it where the work is to be undone; returns whether it was kept.
fn marked(session: &mut Session, work: impl FnOnce(&mut Tx<'_>) -> Step) -> Result<bool, CommitFault> {
    session.mark().map_err(CommitFault::Failed)?;
    let step = attempted(session, work)?;
    match step {
        Step::Keep => session.keep().map_err(CommitFault::Failed)?,
        Step::Undo => session.undo().map_err(CommitFault::Failed)?,
    }
    Ok(step == Step::Keep)
}

fn attempted(session: &mut Session, work: impl FnOnce(&mut Tx<'_>) -> Step) -> Result<Step, CommitFault> {
    let mut tx = Tx::new(session, true);
    let step = work(&mut tx);
    match tx.broken() {
        Some(fault @ (Fault::Conflict | Fault::Disconnected { .. } | Fault::Disk { .. })) => {
            Err(CommitFault::Failed(fault.clone()))
        }
        _ => Ok(step),
    }
}
