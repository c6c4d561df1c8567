//! Closures on their way through the threads of the store.

use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
};

use crate::{Fault, Tx, session::Session};

/// What travels to a thread of the store.
pub(crate) enum Message<J> {
    Job(J),
    Stop,
}

/// What to do with the changes of a closure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Keep,
    Undo,
}

/// A write closure with its caller. It may run several times and is settled once.
pub(crate) trait Command: Send {
    fn run(&mut self, tx: &mut Tx<'_>) -> Step;
    /// Answers the caller: with the result of the last run after a commit, else with the fault.
    fn settle(self: Box<Self>, verdict: Result<(), Fault>);
}

pub(crate) type WriteJob = Box<dyn Command>;

/// A read closure with its caller; gets the reason if there is no connection.
pub(crate) type ReadJob = Box<dyn FnOnce(Result<&mut Session, Fault>) + Send>;

/// Answers a caller.
type Reply<T, E> = Box<dyn FnOnce(Result<T, E>) + Send>;

struct Write<T, E, F> {
    work: F,
    outcome: Option<Result<T, E>>,
    reply: Reply<T, E>,
}

impl<T, E, F> Command for Write<T, E, F>
where
    F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send,
    E: From<Fault> + Send,
    T: Send,
{
    fn run(&mut self, tx: &mut Tx<'_>) -> Step {
        let outcome = guarded(|| (self.work)(tx));
        let outcome = unbroken(outcome, tx);
        let step = if outcome.is_ok() { Step::Keep } else { Step::Undo };
        self.outcome = Some(outcome);
        step
    }

    fn settle(self: Box<Self>, verdict: Result<(), Fault>) {
        let result = match (verdict, self.outcome) {
            (Ok(()), Some(outcome)) => outcome,
            (Ok(()), None) => Err(Fault::Closed.into()),
            (Err(fault), _) => Err(fault.into()),
        };
        (self.reply)(result);
    }
}

pub(crate) fn write_job<T, E, F>(work: F, reply: Reply<T, E>) -> WriteJob
where
    F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    E: From<Fault> + Send + 'static,
    T: Send + 'static,
{
    Box::new(Write {
        work,
        outcome: None,
        reply,
    })
}

pub(crate) fn read_job<T, E, F>(work: F, reply: Reply<T, E>) -> ReadJob
where
    F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    E: From<Fault> + Send + 'static,
    T: Send + 'static,
{
    Box::new(move |session| {
        let result = match session {
            Err(fault) => Err(fault.into()),
            Ok(session) => {
                let mut tx = Tx::new(session, false);
                let outcome = guarded(|| work(&mut tx));
                unbroken(outcome, &tx)
            }
        };
        reply(result);
    })
}

/// Turns a panic into a fault.
fn guarded<T, E: From<Fault>>(work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        Err(Fault::Panic {
            message: text_of(&*panic),
        }
        .into())
    })
}

/// A closure that went on after a failed statement has not succeeded, whatever it says.
fn unbroken<T, E: From<Fault>>(outcome: Result<T, E>, tx: &Tx<'_>) -> Result<T, E> {
    match (outcome, tx.broken()) {
        (Ok(_), Some(fault)) => Err(fault.clone().into()),
        (outcome, _) => outcome,
    }
}

fn text_of(panic: &(dyn Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "without a text".to_owned())
}
