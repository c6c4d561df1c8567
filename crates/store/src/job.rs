//! Closures on their way through the threads of the store.

use std::{
    any::{Any, TypeId},
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
    /// What commands have in common that may be applied together.
    fn group(&self) -> Option<Group> {
        None
    }
    /// Applies this command together with others of its group.
    fn run_with(&mut self, _others: &mut [WriteJob], tx: &mut Tx<'_>) -> Step {
        self.run(tx)
    }
    fn as_any(&mut self) -> &mut dyn Any;
    /// Answers the caller: with the result of the last run after a commit, else with the fault.
    fn settle(self: Box<Self>, verdict: Result<(), Fault>);
}

pub(crate) type WriteJob = Box<dyn Command>;

/// Commands of one group have the same types and are applied by the same function: its address, and the types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Group(usize, TypeId);

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
    F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    E: From<Fault> + Send + 'static,
    T: Send + 'static,
{
    fn as_any(&mut self) -> &mut dyn Any {
        self
    }

    fn run(&mut self, tx: &mut Tx<'_>) -> Step {
        let outcome = guarded(|| (self.work)(tx));
        let outcome = unbroken(outcome, tx);
        let step = if outcome.is_ok() { Step::Keep } else { Step::Undo };
        self.outcome = Some(outcome);
        step
    }

    fn settle(self: Box<Self>, verdict: Result<(), Fault>) {
        settle(verdict, self.outcome, self.reply);
    }
}

fn settle<T, E: From<Fault>>(verdict: Result<(), Fault>, outcome: Option<Result<T, E>>, reply: Reply<T, E>) {
    reply(match (verdict, outcome) {
        (Ok(()), Some(outcome)) => outcome,
        (Ok(()), None) => Err(Fault::Closed.into()),
        (Err(fault), _) => Err(fault.into()),
    });
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

/// Applies many commands of one kind in one go and answers each at its place. A command that is refused must leave no
/// change behind, because the others are kept.
pub type Together<I, T, E> = fn(&mut Tx<'_>, &[&I]) -> Result<Vec<Result<T, E>>, E>;

struct Joined<I, T, E> {
    work: Together<I, T, E>,
    input: I,
    outcome: Option<Result<T, E>>,
    reply: Reply<T, E>,
}

impl<I, T, E> Command for Joined<I, T, E>
where
    I: Send + 'static,
    T: Send + 'static,
    E: From<Fault> + Send + 'static,
{
    fn run(&mut self, tx: &mut Tx<'_>) -> Step {
        let (work, input) = (self.work, &self.input);
        let outcome = guarded(|| {
            work(tx, &[input])?
                .pop()
                .unwrap_or_else(|| Err(unanswered().into()))
        });
        let outcome = unbroken(outcome, tx);
        let step = if outcome.is_ok() { Step::Keep } else { Step::Undo };
        self.outcome = Some(outcome);
        step
    }

    fn group(&self) -> Option<Group> {
        Some(Group(self.work as usize, TypeId::of::<Self>()))
    }

    fn run_with(&mut self, others: &mut [WriteJob], tx: &mut Tx<'_>) -> Step {
        let work = self.work;
        let mut others: Vec<&mut Self> = others
            .iter_mut()
            .filter_map(|other| other.as_any().downcast_mut())
            .collect();
        let inputs: Vec<&I> = std::iter::once(&self.input)
            .chain(others.iter().map(|other| &other.input))
            .collect();
        let wanted = inputs.len();
        let outcomes: Result<_, E> = guarded(|| match work(tx, &inputs)? {
            outcomes if outcomes.len() == wanted => Ok(outcomes),
            _ => Err(unanswered().into()),
        });
        drop(inputs);
        let Ok(outcomes) = unbroken(outcomes, tx) else {
            return Step::Undo;
        };
        let mut outcomes = outcomes.into_iter();
        self.outcome = outcomes.next();
        for (other, outcome) in others.iter_mut().zip(outcomes) {
            other.outcome = Some(outcome);
        }
        Step::Keep
    }

    fn settle(self: Box<Self>, verdict: Result<(), Fault>) {
        settle(verdict, self.outcome, self.reply);
    }

    fn as_any(&mut self) -> &mut dyn Any {
        self
    }
}

fn unanswered() -> Fault {
    Fault::Panic {
        message: "commands that were applied together were not all answered".to_owned(),
    }
}

/// A command that is applied together with others of its kind that wait.
pub(crate) fn joined_job<I, T, E>(work: Together<I, T, E>, input: I, reply: Reply<T, E>) -> WriteJob
where
    I: Send + 'static,
    T: Send + 'static,
    E: From<Fault> + Send + 'static,
{
    Box::new(Joined {
        work,
        input,
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
                unbroken(outcome, &mut tx)
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
fn unbroken<T, E: From<Fault>>(outcome: Result<T, E>, tx: &mut Tx<'_>) -> Result<T, E> {
    tx.settle();
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
