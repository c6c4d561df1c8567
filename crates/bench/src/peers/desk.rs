//! One thread that does what clients ask, in batches of what is waiting, and answers each after its batch is durable.

use std::sync::mpsc;
use std::thread::JoinHandle;

use tokio::sync::oneshot;

use crate::Outcome;
use crate::load::mix::Ask;
use crate::load::tally::Answer;

type Waiting = (Ask, oneshot::Sender<Answer>);

/// Starts a desk that takes at most `most` requests into a batch; `apply` answers each of a batch in its order. Gives
/// the clients and, when all of them are gone, what the desk worked with.
pub fn start<T: Send + 'static>(
    count: usize,
    most: usize,
    mut desk: T,
    mut apply: impl FnMut(&mut T, &[Ask]) -> Outcome<Vec<Answer>> + Send + 'static,
) -> (Vec<impl AsyncFnMut(Ask) -> Answer + 'static>, JoinHandle<T>) {
    let (send, waiting) = mpsc::channel::<Waiting>();
    let thread = std::thread::spawn(move || {
        let (mut asks, mut to) = (Vec::with_capacity(most), Vec::with_capacity(most));
        while let Ok(first) = waiting.recv() {
            for (ask, reply) in std::iter::once(first).chain(waiting.try_iter().take(most - 1)) {
                asks.push(ask);
                to.push(reply);
            }
            let answers =
                apply(&mut desk, &asks).unwrap_or_else(|words| vec![Answer::Failed(words); asks.len()]);
            for (reply, answer) in to.drain(..).zip(answers) {
                // A client that is gone needs no answer.
                let _ = reply.send(answer);
            }
            asks.clear();
        }
        desk
    });
    let clients = (0..count)
        .map(|_| {
            let send = send.clone();
            async move |ask: Ask| {
                let (reply, answer) = oneshot::channel();
                let gone = || Answer::Failed("the desk is gone".into());
                if send.send((ask, reply)).is_err() {
                    return gone();
                }
                answer.await.unwrap_or_else(|_| gone())
            }
        })
        .collect();
    (clients, thread)
}

/// What the desk worked with, after its clients are gone.
pub fn end<T>(thread: JoinHandle<T>) -> Outcome<T> {
    thread.join().map_err(|_| "the desk broke down".to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::closed;
    use crate::load::mix::Mix;
    use std::time::Duration;

    #[test]
    fn everybody_is_answered_once_and_batches_keep_their_limit() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        let (clients, thread) = start(20, 8, Vec::new(), |sizes: &mut Vec<usize>, asks: &[Ask]| {
            sizes.push(asks.len());
            Ok(asks.iter().map(|ask| Answer::Taken(ask.command)).collect())
        });
        let hour = Duration::from_secs(3_600);
        let run = tokio::task::LocalSet::new()
            .block_on(&runtime, closed(Mix::new(500, 3), clients, hour))
            .unwrap();
        let sizes = end(thread).unwrap();
        assert!(sizes.iter().all(|size| (1..=8).contains(size)), "{sizes:?}");
        assert_eq!(run.receipts.len(), 500);
        assert_eq!(sizes.iter().sum::<usize>() as u64, run.waits.len());
    }
}
