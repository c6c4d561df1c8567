//! The ledger alone, in memory and in batches: packs and turn of an order are reserved as one chain of transfers.

use std::time::Instant;

use ledger::{Account, AccountId, Action, AssetId, Book, Guard, Refusal, Transfer, TransferId};
use uuid::Uuid;

use super::{Setting, reason, stock};
use crate::county::County;
use crate::figures::{Load, Row};
use crate::load::mix::{Ask, PACKS};
use crate::load::tally::{Answer, Run};

/// Orders in a batch.
const BATCH: usize = 512;
/// What a turn is counted in; packs are assets 0, 1, 2.
const TURN: u64 = PACKS.len() as u64;

/// The kinds of accounts.
#[derive(Clone, Copy)]
enum Part {
    World = 1,
    Allotment,
    Ordered,
    Turn,
    TurnUsed,
}

fn account(part: Part, owner: u32, asset: u64) -> AccountId {
    AccountId((part as u128) << 96 | u128::from(asset) << 64 | u128::from(owner))
}

fn transfer(id: u128, from: AccountId, to: AccountId, asset: u64, amount: i64, action: Action) -> Transfer {
    Transfer {
        id: TransferId(id),
        from,
        to,
        asset: AssetId(asset),
        amount,
        action,
        linked: false,
        cause: id,
        reason: 1,
        at_s: 1,
    }
}

/// A book in which the stock is allotted and each household has a turn.
fn filled(county: County) -> Book {
    let households = county.households as usize;
    let mut book = Book::with_capacity(2 * households + 8 * county.compounds as usize, 6 * households);
    let mut number = 0;
    let mut fill = |book: &mut Book, to: AccountId, used: AccountId, asset: u64, amount: i64| {
        for guarded in [to, used] {
            book.open_account(Account::new(guarded, AssetId(asset), Guard::NotBelowZero));
        }
        let world = account(Part::World, 0, asset);
        book.open_account(Account::new(world, AssetId(asset), Guard::Free));
        if amount > 0 {
            number += 1;
            book.apply(&[transfer(number, world, to, asset, amount, Action::Post)]);
        }
    };
    for compound in 0..county.compounds {
        for (asset, amount) in (0..).zip(stock(county, compound)) {
            let to = account(Part::Allotment, compound, asset);
            fill(
                &mut book,
                to,
                account(Part::Ordered, compound, asset),
                asset,
                amount,
            );
        }
    }
    for household in 0..county.households {
        let to = account(Part::Turn, household, TURN);
        fill(&mut book, to, account(Part::TurnUsed, household, TURN), TURN, 1);
    }
    book.clear_changes();
    book
}

/// The id of a part of a command; the lowest bits of a random command are given up for it.
fn part_of(command: Uuid, number: u64) -> u128 {
    (command.as_u128() & !0xf) | u128::from(number)
}

/// Adds the chain of an order to a batch.
fn chain(batch: &mut Vec<Transfer>, county: County, ask: &Ask) {
    let hold = Action::Reserve { expires_s: Some(900) };
    let compound = county.compound(ask.household);
    for (asset, amount) in (0..).zip(ask.wants).filter(|(_, amount)| *amount > 0) {
        let (from, to) = (
            account(Part::Allotment, compound, asset),
            account(Part::Ordered, compound, asset),
        );
        let step = transfer(part_of(ask.command, asset), from, to, asset, amount, hold);
        batch.push(Transfer { linked: true, ..step });
    }
    let (from, to) = (
        account(Part::Turn, ask.household, TURN),
        account(Part::TurnUsed, ask.household, TURN),
    );
    batch.push(transfer(part_of(ask.command, TURN), from, to, TURN, 1, hold));
}

/// What became of the chain of one order.
fn answer<T>(ask: &Ask, steps: &[Transfer], answers: &[Result<T, Refusal>]) -> Answer {
    let blamed = steps.iter().zip(answers).find_map(|(step, answer)| {
        let refusal = answer
            .as_ref()
            .err()
            .filter(|refusal| **refusal != Refusal::LinkedFailed)?;
        Some((step, refusal))
    });
    match blamed {
        None => Answer::Taken(ask.command),
        Some((step, Refusal::Insufficient { .. })) if step.asset.0 == TURN => {
            Answer::Refused(reason::ORDER_INTERVAL.into())
        }
        Some((_, Refusal::Insufficient { .. })) => Answer::Refused(reason::ALLOTMENT.into()),
        Some((_, other)) => Answer::Failed(other.to_string()),
    }
}

/// Measures it: until everybody has ordered.
pub fn measure(setting: &Setting) -> Row {
    let county = setting.county;
    let mut book = filled(county);
    let (mut asks, mut batch, mut answers) = (Vec::new(), Vec::new(), Vec::new());
    let (mut spent_s, mut transfers) = (0.0, 0);
    let mut run = Run::new(setting.mix());
    loop {
        asks.clear();
        asks.extend(std::iter::from_fn(|| run.mix.next()).take(BATCH));
        if asks.is_empty() {
            break;
        }
        let begun = Instant::now();
        batch.clear();
        for ask in &asks {
            chain(&mut batch, county, ask);
        }
        book.apply_into(&batch, &mut answers);
        book.clear_changes();
        let took = begun.elapsed();
        spent_s += took.as_secs_f64();
        transfers += batch.len();
        let mut at = 0;
        for ask in &asks {
            let end = at + 1 + ask.wants.iter().filter(|amount| **amount > 0).count();
            let told = answer(ask, &batch[at..end], &answers[at..end]);
            run.note(ask, told, took);
            at = end;
        }
    }
    let mut row = Row::of("ledger in memory, batches of 512", Load::Direct, &run);
    row.seconds = spent_s;
    row.orders_per_s = row.orders as f64 / spent_s.max(f64::MIN_POSITIVE);
    row.findings
        .extend(book.check().iter().map(|finding| format!("{finding:?}")));
    println!(
        "  {:.2} M transfers/s in the ledger alone",
        transfers as f64 / spent_s.max(f64::MIN_POSITIVE) / 1e6
    );
    row
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn the_ledger_takes_everybody_once_and_refuses_the_rest() {
        let setting = Setting {
            county: County::new(3_000, 4),
            clients: 1,
            lasting: Duration::ZERO,
            seed: 11,
            folder: std::path::PathBuf::new(),
        };
        let row = measure(&setting);
        assert_eq!(row.findings, Vec::<String>::new());
        assert!(row.failed.is_empty(), "{:?}", row.failed);
        let refused = row.refused[reason::ALLOTMENT];
        assert_eq!(row.orders + refused, 3_000);
        assert!(row.refused[reason::ORDER_INTERVAL] > 0 && row.repeated > 0);
    }
}
