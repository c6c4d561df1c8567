//! A small language for ledger tests.
//!
//! ```text
//! account A1 fen guarded                            also: free
//! post     T1 A1 A2 10                   -> applied
//! reserve  T2 A1 A2 10 expires 5 at 1    -> applied   options: at, expires, asset, reason, linked
//! settle   T3 T2 A1 A2 8                 -> applied   posts what T2 reserved
//! void     T4 T2 A1 A2 10                -> reservation_closed(posted)
//! expire   T5 T2 A1 A2 10 at 9           -> refused answers are names, insufficient(available)
//! commit                                              applies the lines above as one batch
//! balance  A1 posted out in
//! state    T2 posted                                  or: none, when the transfer never acted
//! ```
//!
//! A line with a balance, a state or an account commits what is above it; so does the end.

use ledger::{
    Account, AccountId, Action, AssetId, Book, Guard, Outcome, Refusal, ReservationState, Transfer,
    TransferId,
};

/// Runs a table and panics with the line that does not hold. The invariants are checked after each batch.
pub fn check(text: &str) -> Book {
    let mut table = Table {
        book: Book::new(),
        batch: Vec::new(),
        expected: Vec::new(),
    };
    for line in text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
    {
        table.line(line);
    }
    table.commit();
    table.book
}

struct Table<'a> {
    book: Book,
    batch: Vec<Transfer>,
    expected: Vec<&'a str>,
}

impl<'a> Table<'a> {
    fn line(&mut self, line: &'a str) {
        if let Some((request, answer)) = line.split_once("->") {
            self.batch.push(transfer(request));
            self.expected.push(answer.trim());
            return;
        }
        self.commit();
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            ["commit"] => {}
            ["account", id, asset, guard] => {
                let guard = match guard {
                    "guarded" => Guard::NotBelowZero,
                    "free" => Guard::Free,
                    _ => panic!("{line}"),
                };
                assert!(
                    self.book
                        .open_account(Account::new(account(id), self::asset(asset), guard)),
                    "{line}"
                );
            }
            ["balance", id, posted, out, into] => {
                let found = self.book.account(account(id)).unwrap();
                let balances = [found.posted, found.reserved_out, found.reserved_in];
                assert_eq!(
                    balances.map(|number| number.to_string()),
                    [posted, out, into],
                    "{line}"
                );
            }
            ["state", id, state] => {
                let found = self
                    .book
                    .transfer(TransferId(number(id)))
                    .and_then(|(_, state)| state);
                assert_eq!(found.map_or("none".into(), name), state, "{line}");
            }
            _ => panic!("not a line of the table: {line}"),
        }
    }

    fn commit(&mut self) {
        let answers = self.book.apply(&self.batch);
        let told: Vec<String> = answers.into_iter().map(tell).collect();
        for ((transfer, told), expected) in self.batch.iter().zip(&told).zip(&self.expected) {
            assert_eq!(told, expected, "{transfer:?}\nthe batch was answered {told:?}");
        }
        assert_eq!(told.len(), self.batch.len());
        assert_eq!(self.book.check(), Vec::<String>::new());
        assert!(
            self.book.sums().values().all(|sum| *sum == 0),
            "{:?}",
            self.book.sums()
        );
        self.batch.clear();
        self.expected.clear();
    }
}

fn transfer(request: &str) -> Transfer {
    let mut words = request.split_whitespace();
    let mut next = || words.next().unwrap_or_else(|| panic!("too short: {request}"));
    let (verb, id) = (next(), number(next()));
    let reservation = TransferId(if matches!(verb, "settle" | "void" | "expire") {
        number(next())
    } else {
        0
    });
    let (from, to, amount) = (account(next()), account(next()), next().parse().unwrap());
    let mut transfer = Transfer {
        id: TransferId(id),
        from,
        to,
        asset: asset("fen"),
        amount,
        action: match verb {
            "post" => Action::Post,
            "reserve" => Action::Reserve { expires_s: None },
            "settle" => Action::PostReserved { reservation },
            "void" => Action::VoidReserved { reservation },
            "expire" => Action::ExpireReserved { reservation },
            _ => panic!("no such action: {request}"),
        },
        linked: false,
        cause: 0,
        reason: 0,
        at_s: 0,
    };
    while let Some(option) = words.next() {
        let mut value = || {
            words
                .next()
                .unwrap_or_else(|| panic!("{option} without value: {request}"))
        };
        match option {
            "linked" => transfer.linked = true,
            "at" => transfer.at_s = value().parse().unwrap(),
            "expires" => {
                transfer.action = Action::Reserve {
                    expires_s: Some(value().parse().unwrap()),
                }
            }
            "asset" => transfer.asset = asset(value()),
            "reason" => transfer.reason = value().parse().unwrap(),
            "cause" => transfer.cause = value().parse().unwrap(),
            _ => panic!("no such option: {request}"),
        }
    }
    transfer
}

/// The number in names like `A1` and `T12`.
fn number(id: &str) -> u128 {
    id[1..].parse().unwrap_or_else(|_| panic!("not an id: {id}"))
}

fn account(id: &str) -> AccountId {
    AccountId(number(id))
}

fn asset(name: &str) -> AssetId {
    AssetId(match name {
        "fen" => 1,
        "kg" => 2,
        _ => panic!("no such asset: {name}"),
    })
}

fn name(state: ReservationState) -> String {
    format!("{state:?}").to_lowercase()
}

fn tell(answer: Result<Outcome, Refusal>) -> String {
    match answer {
        Ok(Outcome::Applied) => "applied".into(),
        Ok(Outcome::Repeated) => "repeated".into(),
        Err(Refusal::Insufficient { available }) => format!("insufficient({available})"),
        Err(Refusal::ReservationClosed { state }) => format!("reservation_closed({})", name(state)),
        Err(refusal) => refusal.name().into(),
    }
}
