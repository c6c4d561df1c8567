//! The load generator: clients that ask one after the other (closed loop), and a crowd that comes on schedule whatever
//! the answers (open loop). It runs on one thread, because it shares its processors with what it measures.

pub mod http;
pub mod mix;
pub mod pages;
pub mod resident;
pub mod schedule;
pub mod tally;

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use crate::Outcome;
use mix::{Ask, Mix};
use tally::{Answer, Run};

/// How long after its last arrival an open loop still sends what is late.
const GRACE: Duration = Duration::from_secs(10);

/// Each client asks as soon as its last answer has come, until `lasting` is over or nobody is left to order.
pub async fn closed<C>(mix: Mix, clients: Vec<C>, lasting: Duration) -> Outcome<Run>
where
    C: AsyncFnMut(Ask) -> Answer + 'static,
{
    let run = Rc::new(RefCell::new(Run::new(mix)));
    let until = Instant::now() + lasting;
    let mut tasks = JoinSet::new();
    for mut place in clients {
        let run = run.clone();
        tasks.spawn_local(async move {
            while Instant::now() < until {
                let Some(ask) = run.borrow_mut().mix.next() else {
                    break;
                };
                let asked = Instant::now();
                let answer = place(ask).await;
                run.borrow_mut().note(&ask, answer, asked.elapsed());
            }
        });
    }
    finish(tasks, run).await
}

/// The crowd comes at the times of `arrivals`; the clients are the connections that it shares. Waits count from the
/// time at which a request was due, also when no connection was free then.
pub async fn open<C>(mix: Mix, clients: Vec<C>, arrivals: Vec<Duration>) -> Outcome<Run>
where
    C: AsyncFnMut(Ask) -> Answer + 'static,
{
    let run = Rc::new(RefCell::new(Run::new(mix)));
    let begun = Instant::now();
    let last = begun + arrivals.last().copied().unwrap_or_default() + GRACE;
    let (arrivals, next) = (Rc::new(arrivals), Rc::new(Cell::new(0)));
    let mut tasks = JoinSet::new();
    for mut place in clients {
        let (run, arrivals, next) = (run.clone(), arrivals.clone(), next.clone());
        tasks.spawn_local(async move {
            while let Some(after) = arrivals.get(next.get()) {
                next.set(next.get() + 1);
                let due = begun + *after;
                if Instant::now() > last {
                    run.borrow_mut().unsent += 1;
                    continue;
                }
                sleep_until(due).await;
                let Some(ask) = run.borrow_mut().mix.next() else {
                    break;
                };
                let answer = place(ask).await;
                run.borrow_mut().note(&ask, answer, due.elapsed());
            }
        });
    }
    finish(tasks, run).await
}

async fn finish(mut tasks: JoinSet<()>, run: Rc<RefCell<Run>>) -> Outcome<Run> {
    while let Some(ended) = tasks.join_next().await {
        ended.map_err(|error| format!("a client of the generator ended early: {error}"))?;
    }
    let run = Rc::into_inner(run).ok_or("a client of the generator is still at work")?;
    Ok(run.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::sleep;

    /// Runs on a clock that is moved by hand, so that no test waits and none depends on the machine.
    fn with_paused_clock<T>(body: impl Future<Output = T>) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        tokio::task::LocalSet::new().block_on(&runtime, body)
    }

    async fn slow(ask: Ask) -> Answer {
        sleep(Duration::from_millis(100)).await;
        Answer::Taken(ask.command)
    }

    #[test]
    fn a_closed_loop_waits_for_its_answers() {
        let clients = vec![slow as fn(Ask) -> _; 4];
        let run = with_paused_clock(closed(Mix::new(1_000, 1), clients, Duration::from_secs(1))).unwrap();
        assert_eq!(run.waits.len(), 40);
        assert_eq!(tally::percentile_ms(&run.waits, 100.0).unwrap().round(), 100.0);
    }

    #[test]
    fn an_open_loop_counts_the_time_in_which_no_connection_was_free() {
        // Ten arrivals at once over one connection of 100 ms each: the last waits for a second.
        let clients = vec![slow as fn(Ask) -> _];
        let arrivals = vec![Duration::ZERO; 10];
        let run = with_paused_clock(open(Mix::new(1_000, 1), clients, arrivals)).unwrap();
        assert_eq!(run.waits.len(), 10);
        assert_eq!(tally::percentile_ms(&run.waits, 100.0).unwrap().round(), 1_000.0);
    }

    #[test]
    fn an_open_loop_gives_up_what_is_far_too_late_and_says_so() {
        let clients = vec![slow as fn(Ask) -> _];
        let arrivals = vec![Duration::ZERO; 1_000];
        let run = with_paused_clock(open(Mix::new(2_000, 1), clients, arrivals)).unwrap();
        assert_eq!(run.waits.len() + run.unsent, 1_000);
        assert!((890..=900).contains(&run.unsent), "{}", run.unsent);
    }
}
