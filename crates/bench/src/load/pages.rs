//! What headquarters and residents look at while the rush goes on.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use hdrhistogram::Histogram;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::http::{Connection, request};
use super::tally::{record, waits};
use crate::Outcome;

/// How long a reader looks at a page before the next.
const LOOK: Duration = Duration::from_millis(100);

/// A page that is read during the rush.
#[derive(Clone, Debug)]
pub struct Page {
    /// What it is called in the table.
    pub name: String,
    /// Its address.
    pub path: String,
}

type Waits = Rc<RefCell<BTreeMap<String, Histogram<u64>>>>;

fn note(seen: &Waits, page: &str, wait: Duration) {
    let mut seen = seen.borrow_mut();
    record(seen.entry(page.to_string()).or_insert_with(waits), wait);
}

/// Readers at work.
#[derive(Debug)]
pub struct Readers {
    stop: Rc<Cell<bool>>,
    waits: Waits,
    tasks: Vec<JoinHandle<Outcome>>,
}

impl Readers {
    /// One reader per page, signed in with the session, who opens it again and again.
    pub fn begin(address: SocketAddr, session: &str, pages: &[Page]) -> Self {
        let stop = Rc::new(Cell::new(false));
        let seen = Waits::default();
        let tasks = pages
            .iter()
            .cloned()
            .map(|page| {
                let (stop, seen) = (stop.clone(), seen.clone());
                let cookie = format!("cookie: session={session}");
                let asked = request("GET", &page.path, &[&cookie, "accept: text/html"], "");
                tokio::task::spawn_local(async move {
                    let mut connection = Connection::new(address);
                    while !stop.get() {
                        let begun = Instant::now();
                        let response = connection.send(&asked).await?;
                        let waited = begun.elapsed();
                        match response.status {
                            200 => note(&seen, &page.name, waited),
                            // A page that refreshes itself; residents get it while their share is full.
                            503 => note(&seen, &format!("{}: waiting page", page.name), waited),
                            other => return Err(format!("{} answered {other}", page.path)),
                        }
                        tokio::time::sleep(LOOK).await;
                    }
                    Ok(())
                })
            })
            .collect();
        Self {
            stop,
            waits: seen,
            tasks,
        }
    }

    /// Stops reading; gives the waits by page, and what went wrong.
    pub async fn end(self) -> (BTreeMap<String, Histogram<u64>>, Vec<String>) {
        self.stop.set(true);
        let mut wrong = Vec::new();
        for task in self.tasks {
            match task.await {
                Ok(Ok(())) => {}
                Ok(Err(words)) => wrong.push(words),
                Err(error) => wrong.push(error.to_string()),
            }
        }
        (self.waits.take(), wrong)
    }
}
