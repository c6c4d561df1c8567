//! Measures transfers per second on one core, in memory.
//!
//! `cargo run --release -p ledger --example throughput [accounts] [transfers in millions] [batch]`
//!
//! Guarded accounts; orders that reserve and are posted (four of five) or voided, single posts between, and
//! one transfer in a hundred refused. Transfers are made outside the measured time.

use ledger::{Account, AccountId, Action, AssetId, Book, Guard, Transfer, TransferId};
use std::time::{Duration, Instant};

struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

/// Ids as an application makes them: a time in the upper part, chance in the lower.
fn id(number: u64, dice: &mut Dice) -> u128 {
    (u128::from(number) << 64) | u128::from(dice.below(1 << 31))
}

fn main() {
    let mut numbers = std::env::args()
        .skip(1)
        .filter_map(|word| word.parse::<u64>().ok());
    let mut number = |usual: u64| numbers.next().unwrap_or(usual);
    let (accounts, millions, batch_size) = (number(100_000), number(4), number(8_192));
    let asset = AssetId(1);
    let mut dice = Dice(7);
    let world = AccountId(1);
    let ids: Vec<AccountId> = (0..accounts)
        .map(|number| AccountId(id(number + 2, &mut dice)))
        .collect();
    let total = millions * 1_000_000;
    let mut book = Book::with_capacity(ids.len() + 1, (total + total / 8) as usize);
    book.open_account(Account::new(world, asset, Guard::Free));
    let mut transfers = 0u64;
    let mut make = |dice: &mut Dice, from, to, amount, action| {
        transfers += 1;
        let id = TransferId(id(transfers, dice));
        Transfer {
            id,
            from,
            to,
            asset,
            amount,
            action,
            linked: false,
            cause: 9,
            reason: 1,
            at_s: 5,
        }
    };
    for account in &ids {
        book.open_account(Account::new(*account, asset, Guard::NotBelowZero));
        let filling = make(&mut dice, world, *account, 1_000_000_000, Action::Post);
        assert!(book.apply(&[filling])[0].is_ok());
    }
    let mut answers = Vec::with_capacity(batch_size as usize);
    let mut batch = Vec::with_capacity(batch_size as usize + 2);
    let (mut spent, mut applied, mut refused, mut slowest) = (Duration::ZERO, 0u64, 0u64, Duration::ZERO);
    while applied + refused < total {
        batch.clear();
        while batch.len() < batch_size as usize {
            let from = ids[dice.below(accounts) as usize];
            let to = ids[dice.below(accounts) as usize];
            let to = if from == to { world } else { to };
            let amount = 1 + dice.below(500) as i64;
            match dice.below(100) {
                0..2 => batch.push(make(&mut dice, from, to, i64::MAX / 2, Action::Post)),
                2..30 => batch.push(make(&mut dice, from, to, amount, Action::Post)),
                draw => {
                    let reserve = make(
                        &mut dice,
                        from,
                        to,
                        amount,
                        Action::Reserve { expires_s: Some(900) },
                    );
                    let reservation = reserve.id;
                    let close = if draw % 5 == 0 {
                        Action::VoidReserved { reservation }
                    } else {
                        Action::PostReserved { reservation }
                    };
                    batch.push(reserve);
                    batch.push(make(&mut dice, from, to, amount, close));
                }
            }
        }
        let start = Instant::now();
        book.apply_into(&batch, &mut answers);
        let took = start.elapsed();
        book.clear_changes();
        spent += took;
        slowest = slowest.max(took);
        let fine = answers.iter().filter(|answer| answer.is_ok()).count() as u64;
        applied += fine;
        refused += answers.len() as u64 - fine;
    }
    let findings = book.check();
    println!(
        "{} transfers on {accounts} guarded accounts in batches of {batch_size}: {:.2} M/s, {:.0} ns each, slowest \
         batch {:.2} ms, {:.2} % refused, {} findings",
        applied + refused,
        (applied + refused) as f64 / spent.as_secs_f64() / 1e6,
        spent.as_nanos() as f64 / (applied + refused) as f64,
        slowest.as_secs_f64() * 1e3,
        refused as f64 / (applied + refused) as f64 * 100.0,
        findings.len(),
    );
}
