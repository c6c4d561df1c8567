//! Many clients that order at once, send again what was not answered, and write down each answer.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use baogong::base::act::{Act, once};
use baogong::base::id::OrderId;
use baogong::base::{Action, Actor, Ctx, Error, clock};
use baogong::round::Channel;
use baogong::round::order::{self, OrderDraft, Want};
use serde_json::json;
use store::Db;
use uuid::Uuid;

use crate::town::{COMPOUNDS, DISTRICT, HOUSEHOLDS, PLENTY, SCARCE, Town, dwelling, household};

/// Clients at once.
const CLIENTS: usize = 8;
/// How long a client tries to get an answer before it calls the service dead.
const PATIENCE: Duration = Duration::from_secs(120);

/// Orders that a drill waits for at least.
pub const LEAST: usize = 150;

/// What the clients and whoever disturbs them tell each other.
#[derive(Debug, Default)]
pub struct Signals {
    /// No new orders; each client only waits for its last answer.
    stop: AtomicBool,
    /// Orders acknowledged so far.
    placed: AtomicUsize,
}

impl Signals {
    /// Waits until at least so many orders were acknowledged, so that a slow machine proves as much as a fast one, and stops
    /// the clients.
    pub fn stop_after(&self, placed: usize) {
        let begun = Instant::now();
        while self.placed.load(Ordering::Relaxed) < placed && begun.elapsed() < PATIENCE {
            thread::sleep(Duration::from_millis(20));
        }
        self.stop.store(true, Ordering::Release);
    }
}

/// An order that a household wants to place.
#[derive(Clone, Debug)]
pub struct Wish {
    /// The id that the client made; it stays the same however often it is sent.
    pub command: Uuid,
    /// The place of the compound.
    pub compound: usize,
    /// The household within it.
    pub number: usize,
    /// The pack.
    pub pack: &'static str,
    /// Which try this is, from 0.
    pub tries: usize,
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// The order is placed.
    Placed(OrderId),
    /// It is refused, and why.
    Refused(String),
    /// No answer, or one that says: try again.
    Again(String),
}

/// What the clients wrote down.
#[derive(Clone, Debug, Default)]
pub struct Journal {
    /// Acknowledged orders by household.
    pub orders: BTreeMap<String, OrderId>,
    /// Refusals by reason.
    pub refused: BTreeMap<String, usize>,
    /// Sendings that were not answered, or with a fault.
    pub again: u64,
    /// What is wrong already by the answers.
    pub findings: Vec<String>,
}

/// Lets clients order until they are told to stop, and until each of them has its last answer. Every tenth order is sent once more after its
/// answer, which must be the same.
pub fn crowd(signals: &Signals, send: impl Fn(&Wish) -> Reply + Sync) -> Journal {
    let journal = Mutex::new(Journal::default());
    let next = AtomicUsize::new(0);
    let again = AtomicU64::new(0);
    thread::scope(|scope| {
        for _ in 0..CLIENTS {
            scope.spawn(|| {
                while !signals.stop.load(Ordering::Acquire) {
                    let turn = next.fetch_add(1, Ordering::Relaxed);
                    if turn >= COMPOUNDS * HOUSEHOLDS {
                        break;
                    }
                    serve(turn, &send, &journal, &again, signals);
                }
            });
        }
    });
    let mut journal = journal.into_inner().unwrap_or_else(PoisonError::into_inner);
    journal.again = again.into_inner();
    journal
}

fn serve(
    turn: usize,
    send: &impl Fn(&Wish) -> Reply,
    journal: &Mutex<Journal>,
    again: &AtomicU64,
    signals: &Signals,
) {
    let mut wish = Wish {
        command: Uuid::new_v4(),
        compound: turn % COMPOUNDS,
        number: turn / COMPOUNDS,
        pack: if turn.is_multiple_of(3) {
            SCARCE.0
        } else {
            PLENTY.0
        },
        tries: 0,
    };
    let reply = insist(&mut wish, send, again);
    let repeated = turn.is_multiple_of(10).then(|| insist(&mut wish, send, again));
    let of = household(wish.compound, wish.number);
    let mut journal = journal.lock().unwrap_or_else(PoisonError::into_inner);
    match &reply {
        Reply::Placed(id) => {
            journal.orders.insert(of.clone(), *id);
            signals.placed.fetch_add(1, Ordering::Relaxed);
            if let Some(other) = repeated.filter(|repeated| *repeated != reply) {
                journal.findings.push(format!(
                    "{of} sent its order again and was told {other:?} after {reply:?}"
                ));
            }
        }
        Reply::Refused(why) => *journal.refused.entry(why.clone()).or_default() += 1,
        Reply::Again(why) => journal.findings.push(format!("{of} never got an answer: {why}")),
    }
}

/// Sends the same command until it is answered.
fn insist(wish: &mut Wish, send: &impl Fn(&Wish) -> Reply, again: &AtomicU64) -> Reply {
    let begun = Instant::now();
    loop {
        let reply = send(wish);
        wish.tries += 1;
        if !matches!(reply, Reply::Again(_)) || begun.elapsed() > PATIENCE {
            return reply;
        }
        again.fetch_add(1, Ordering::Relaxed);
        thread::sleep(Duration::from_millis(20));
    }
}

/// A browser or an app in front of one or several servers.
pub struct Http<'a> {
    agent: ureq::Agent,
    servers: Vec<String>,
    town: &'a Town,
}

impl<'a> Http<'a> {
    /// Clients of these servers.
    pub fn new(servers: &[String], town: &'a Town) -> Self {
        let agent = ureq::Agent::config_builder()
            .max_redirects(0)
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(10)))
            .build()
            .into();
        Self {
            agent,
            servers: servers.to_vec(),
            town,
        }
    }

    /// Sends a wish, by the page or by the API, and each time to another server.
    pub fn send(&self, wish: &Wish) -> Reply {
        let server = &self.servers[(wish.compound + wish.tries) % self.servers.len()];
        let token = &self.town.tokens[wish.compound];
        let sent = if wish.compound.is_multiple_of(2) {
            self.by_page(server, token, wish)
        } else {
            self.by_api(server, token, wish)
        };
        sent.unwrap_or_else(|error| Reply::Again(error.to_string()))
    }

    fn by_page(&self, server: &str, token: &str, wish: &Wish) -> Result<Reply, ureq::Error> {
        let form = [
            ("command".to_owned(), wish.command.to_string()),
            ("dwelling".to_owned(), dwelling(wish.number)),
            ("phone".to_owned(), "13800001111".to_owned()),
            (format!("q:{}", wish.pack), "1".to_owned()),
        ];
        let mut answer = self.agent.post(format!("{server}/o/{token}")).send_form(form)?;
        if answer.status().as_u16() == 303 {
            // The page of the order: /o/{token}/{order}/{key}.
            let path = answer
                .headers()
                .get("location")
                .and_then(|value| value.to_str().ok());
            let id = path
                .and_then(|path| path.split('/').nth(3))
                .and_then(|id| id.parse().ok());
            return Ok(id.map_or_else(
                || Reply::Again(format!("the answer leads to {path:?}")),
                Reply::Placed,
            ));
        }
        let status = answer.status().as_u16();
        let body = answer.body_mut().read_to_string()?;
        let sold_out = body.contains("份额已订完") || body.contains("只剩");
        Ok(judge(status, if sold_out { "allotment" } else { "other" }, &body))
    }

    fn by_api(&self, server: &str, token: &str, wish: &Wish) -> Result<Reply, ureq::Error> {
        let body = json!({
            "dwelling": dwelling(wish.number),
            "phone": "13800001111",
            "wants": [{ "pack": wish.pack, "quantity": 1 }],
        });
        let mut answer = self
            .agent
            .post(format!("{server}/api/v1/open/{token}/orders"))
            .header("idempotency-key", wish.command.to_string())
            .send_json(body)?;
        let status = answer.status().as_u16();
        let body = answer.body_mut().read_to_string()?;
        let value: serde_json::Value = serde_json::from_str(&body).unwrap_or_default();
        if status == 200 {
            let id = value["id"].as_str().and_then(|id| id.parse().ok());
            return Ok(id.map_or(Reply::Again(body), Reply::Placed));
        }
        Ok(judge(status, value["code"].as_str().unwrap_or("other"), &body))
    }
}

/// A fault is no answer: whoever gets one sends again.
fn judge(status: u16, code: &str, body: &str) -> Reply {
    if status >= 500 {
        return Reply::Again(format!("{status}"));
    }
    match code {
        "other" => Reply::Refused(format!("{status} {}", body.chars().take(300).collect::<String>())),
        code => Reply::Refused(code.to_owned()),
    }
}

static PLACE: Act = Act::new("order.place", Action::TakeOrders);

/// Sends a wish straight to one of several connections to the database, each time to another.
pub fn send_to(nodes: &[Db], town: &Town, wish: &Wish) -> Reply {
    let of = household(wish.compound, wish.number);
    let ctx = Ctx {
        actor: Actor::resident(&of),
        now_s: clock::Clock::default().now_s(),
        command: wish.command,
    };
    let draft = OrderDraft {
        district: DISTRICT.into(),
        round: town.round,
        household: of.clone(),
        phone: "13800001111".into(),
        channel: Channel::Link,
        wants: vec![Want {
            pack: wish.pack.into(),
            quantity: 1,
        }],
        note: String::new(),
    };
    let node = &nodes[(wish.compound + wish.tries) % nodes.len()];
    match node.write_blocking(move |tx| once(tx, &ctx, &PLACE, &of, &draft, order::place)) {
        Ok(id) => Reply::Placed(id),
        Err(Error::Refusal(refusal)) => Reply::Refused(refusal.code.to_owned()),
        Err(Error::Fault(fault)) => Reply::Again(fault.to_string()),
    }
}
