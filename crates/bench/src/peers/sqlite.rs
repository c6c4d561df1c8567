//! SQLite with one transaction for each order, or for as many as are waiting: one writer thread, write-ahead log,
//! `synchronous=FULL`.

use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

use super::{Setting, Totals, desk, reason, stock};
use crate::Outcome;
use crate::county::County;
use crate::figures::{Load, Row};
use crate::load::closed;
use crate::load::mix::{Ask, releases};
use crate::load::tally::Answer;
use crate::process::written_bytes;

const SCHEMA: &str = "
    CREATE TABLE household (id INTEGER PRIMARY KEY, turns INTEGER NOT NULL CHECK (turns >= 0));
    CREATE TABLE stock (
        compound INTEGER NOT NULL, pack INTEGER NOT NULL, quantity INTEGER NOT NULL CHECK (quantity >= 0),
        PRIMARY KEY (compound, pack)) WITHOUT ROWID;
    CREATE TABLE orders (id BLOB PRIMARY KEY, household INTEGER NOT NULL, compound INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE order_line (
        order_id BLOB NOT NULL, pack INTEGER NOT NULL, quantity INTEGER NOT NULL,
        PRIMARY KEY (order_id, pack)) WITHOUT ROWID;
    CREATE TABLE ledger (
        id INTEGER PRIMARY KEY, order_id BLOB NOT NULL, compound INTEGER NOT NULL, pack INTEGER NOT NULL,
        quantity INTEGER NOT NULL);";

fn failed(error: rusqlite::Error) -> String {
    format!("SQLite: {error}")
}

/// Makes the tables and fills in households and stock.
fn fill(connection: &mut Connection, county: County) -> rusqlite::Result<()> {
    connection.execute_batch(SCHEMA)?;
    let tx = connection.transaction()?;
    {
        let mut household = tx.prepare("INSERT INTO household (id, turns) VALUES (?1, 1)")?;
        for id in 0..county.households {
            household.execute([id])?;
        }
        let mut row = tx.prepare("INSERT INTO stock (compound, pack, quantity) VALUES (?1, ?2, ?3)")?;
        for compound in 0..county.compounds {
            for (pack, quantity) in (0_i64..).zip(stock(county, compound)) {
                row.execute(params![compound, pack, quantity])?;
            }
        }
    }
    tx.commit()
}

/// How many orders come into a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grouping {
    /// One.
    Single,
    /// All that are waiting, as far as they are not more than [`MOST`]; each behind a mark of its own.
    Waiting,
}

/// The most orders in a transaction.
const MOST: usize = 512;

/// Places orders in one transaction.
fn place_all(connection: &mut Connection, county: County, asks: &[Ask]) -> rusqlite::Result<Vec<Answer>> {
    let mut tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut answers = Vec::with_capacity(asks.len());
    for ask in asks {
        let mark = tx.savepoint()?;
        let answer = place(&mark, county, ask)?;
        if matches!(answer, Answer::Taken(_)) {
            mark.commit()?;
        }
        answers.push(answer);
    }
    tx.commit()?;
    Ok(answers)
}

/// Places one order in a transaction of its own.
fn place_one(connection: &mut Connection, county: County, ask: &Ask) -> rusqlite::Result<Answer> {
    let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let answer = place(&tx, county, ask)?;
    if matches!(answer, Answer::Taken(_)) {
        tx.commit()?;
    }
    Ok(answer)
}

/// Decides on an order and writes it; what it wrote before a refusal is to be undone.
fn place(tx: &Connection, county: County, ask: &Ask) -> rusqlite::Result<Answer> {
    let compound = county.compound(ask.household);
    let command = ask.command.as_bytes().as_slice();
    let known = tx
        .prepare_cached("SELECT 1 FROM orders WHERE id = ?1")?
        .query_row([command], |_| Ok(()))
        .optional()?;
    if known.is_some() {
        return Ok(Answer::Taken(ask.command));
    }
    let lines = || (0_i64..).zip(ask.wants).filter(|(_, quantity)| *quantity > 0);
    let turn = tx
        .prepare_cached("UPDATE household SET turns = turns - 1 WHERE id = ?1 AND turns > 0")?
        .execute([ask.household])?;
    if turn == 0 {
        return Ok(Answer::Refused(reason::ORDER_INTERVAL.into()));
    }
    for (pack, quantity) in lines() {
        let sold = tx
            .prepare_cached(
                "UPDATE stock SET quantity = quantity - ?3 WHERE compound = ?1 AND pack = ?2 AND quantity >= ?3",
            )?
            .execute(params![compound, pack, quantity])?;
        if sold == 0 {
            return Ok(Answer::Refused(reason::ALLOTMENT.into()));
        }
    }
    tx.prepare_cached("INSERT INTO orders (id, household, compound) VALUES (?1, ?2, ?3)")?
        .execute(params![command, ask.household, compound])?;
    for (pack, quantity) in lines() {
        tx.prepare_cached("INSERT INTO order_line (order_id, pack, quantity) VALUES (?1, ?2, ?3)")?
            .execute(params![command, pack, quantity])?;
        tx.prepare_cached("INSERT INTO ledger (order_id, compound, pack, quantity) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![command, compound, pack, quantity])?;
    }
    Ok(Answer::Taken(ask.command))
}

fn totals(connection: &Connection, county: County) -> rusqlite::Result<Totals> {
    let one = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
    let mut totals = Totals {
        orders: one("SELECT COUNT(*) FROM orders")?,
        lowest: one("SELECT MIN((SELECT MIN(turns) FROM household), (SELECT MIN(quantity) FROM stock))")?,
        ..Totals::default()
    };
    for (pack, released) in releases(county.households).into_iter().enumerate() {
        let sum = |table: &str| {
            one(&format!(
                "SELECT COALESCE(SUM(quantity), 0) FROM {table} WHERE pack = {pack}"
            ))
        };
        totals.lines[pack] = sum("order_line")?;
        totals.moved[pack] = sum("ledger")?;
        totals.sold[pack] = released - sum("stock")?;
    }
    Ok(totals)
}

/// Measures it.
pub async fn measure(setting: &Setting, grouping: Grouping) -> Outcome<Row> {
    let county = setting.county;
    let mut connection = Connection::open(setting.fresh_folder()?.join("orders.db")).map_err(failed)?;
    connection
        .execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536")
        .map_err(failed)?;
    fill(&mut connection, county).map_err(failed)?;
    connection
        .execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")
        .map_err(failed)?;
    let (most, name) = match grouping {
        Grouping::Single => (1, "SQLite, one transaction per order"),
        Grouping::Waiting => (MOST, "SQLite, one transaction for all that wait"),
    };
    let (clients, thread) = desk::start(
        setting.clients,
        most,
        connection,
        move |connection: &mut Connection, asks: &[Ask]| {
            match asks {
                [ask] => place_one(connection, county, ask).map(|answer| vec![answer]),
                asks => place_all(connection, county, asks),
            }
            .map_err(failed)
        },
    );
    let before = written_bytes(std::process::id());
    let run = closed(setting.mix(), clients, setting.lasting).await?;
    let after = written_bytes(std::process::id());
    let connection = desk::end(thread)?;
    let mut row = Row::of(name, Load::Clients(setting.clients), &run).written(before, after);
    row.findings = totals(&connection, county).map_err(failed)?.differences(&run);
    Ok(row)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::mix::{Kind, Mix, PACKS};
    use crate::load::tally::Run;
    use std::time::Duration;
    use uuid::Uuid;

    fn filled(county: County) -> Connection {
        let mut connection = Connection::open_in_memory().unwrap();
        fill(&mut connection, county).unwrap();
        connection
    }

    fn ask(household: u32, command: u128, wants: [i64; PACKS.len()]) -> Ask {
        Ask {
            kind: Kind::First,
            household,
            command: Uuid::from_u128(command),
            wants,
        }
    }

    #[test]
    fn an_order_a_repeat_a_second_one_and_a_sold_out_pack() {
        let county = County::new(10, 2);
        let mut connection = filled(county);
        let mut told = |ask: &Ask| place_one(&mut connection, county, ask).unwrap();
        let first = ask(1, 1, [1, 1, 0]);
        assert_eq!(told(&first), Answer::Taken(first.command));
        assert_eq!(told(&first), Answer::Taken(first.command));
        assert_eq!(
            told(&ask(1, 2, [1, 1, 0])),
            Answer::Refused(reason::ORDER_INTERVAL.into())
        );
        // The one scarce pack is in the first compound.
        assert_eq!(
            told(&ask(3, 3, [1, 0, 1])),
            Answer::Refused(reason::ALLOTMENT.into())
        );
        let scarce = ask(4, 4, [1, 0, 1]);
        assert_eq!(told(&scarce), Answer::Taken(scarce.command));
        let held = totals(&connection, county).unwrap();
        let expected = Totals {
            orders: 2,
            lines: [2, 1, 1],
            sold: [2, 1, 1],
            moved: [2, 1, 1],
            lowest: 0,
        };
        assert_eq!(held, expected);
    }

    #[test]
    fn a_whole_rush_agrees_with_what_was_acknowledged() {
        let county = County::new(2_000, 3);
        for most in [1, 7] {
            let mut connection = filled(county);
            let mut run = Run::new(Mix::new(2_000, 9));
            loop {
                let asks: Vec<Ask> = std::iter::from_fn(|| run.mix.next()).take(most).collect();
                let answers = match asks.as_slice() {
                    [] => break,
                    [ask] => vec![place_one(&mut connection, county, ask).unwrap()],
                    asks => place_all(&mut connection, county, asks).unwrap(),
                };
                for (ask, answer) in asks.iter().zip(answers) {
                    run.note(ask, answer, Duration::ZERO);
                }
            }
            let held = totals(&connection, county).unwrap();
            assert_eq!(held.differences(&run), Vec::<String>::new());
            assert!(run.refused[reason::ALLOTMENT] > 0 && run.refused[reason::ORDER_INTERVAL] > 0);
            assert_eq!(held.sold[2], 2, "the scarce pack is sold out");
        }
    }
}
