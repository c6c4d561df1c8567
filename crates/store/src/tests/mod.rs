//! The same story on every engine at hand.

mod ahead;
mod beside;
mod copies;
mod faults;
mod reading;
mod schema;
mod together;
mod writing;

use std::sync::mpsc::{self, Receiver, Sender};

use crate::{Db, Fault, Migration, params, stmt, testing};

/// A small schema with every kind of constraint.
static MIGRATIONS: [Migration; 2] = [
    Migration {
        number: 1,
        name: "first",
        sql: "CREATE TABLE area (
                code TEXT NOT NULL PRIMARY KEY, parent TEXT REFERENCES area (code), name TEXT NOT NULL);
              CREATE TABLE account (
                area TEXT NOT NULL CONSTRAINT account_in_area REFERENCES area (code), number BIGINT NOT NULL,
                balance BIGINT NOT NULL, note TEXT, CONSTRAINT balance_not_negative CHECK (balance >= 0),
                PRIMARY KEY (area, number))/*sqlite WITHOUT ROWID*/;
              CREATE UNIQUE INDEX account_note_once ON account (note);
              INSERT INTO area (code, parent, name) VALUES ('42', NULL, '湖北省');",
        then: None,
    },
    Migration {
        number: 2,
        name: "every type",
        sql: "CREATE TABLE every_type (
                id BYTEA NOT NULL PRIMARY KEY, whole BIGINT, small INTEGER, truth BOOLEAN, real DOUBLE PRECISION,
                words TEXT, bytes BYTEA);",
        then: None,
    },
];

stmt!(
    ADD_AREA,
    "INSERT INTO area (code, parent, name) VALUES ($1, $2, $3)"
);
stmt!(
    ADD_ACCOUNT,
    "INSERT INTO account (area, number, balance, note) VALUES ('42', $1, $2, $3)"
);
stmt!(
    ADD_ACCOUNT_IN,
    "INSERT INTO account (area, number, balance, note) VALUES ($1, $2, 0, NULL)"
);
stmt!(
    MOVE,
    "UPDATE account SET balance = balance + $2 WHERE area = '42' AND number = $1"
);
stmt!(COUNT, "SELECT count(*), COALESCE(sum(balance), 0) FROM account");
stmt!(
    BALANCE,
    "SELECT balance FROM account WHERE area = '42' AND number = $1"
);
stmt!(NUMBERS, "SELECT number FROM account ORDER BY number");
stmt!(
    ADD_EVERY_TYPE,
    "INSERT INTO every_type (id, whole, small, truth, real, words, bytes) VALUES ($1, $2, $3, $4, $5, $6, $7)"
);
stmt!(
    GET_EVERY_TYPE,
    "SELECT id, whole, small, truth, real, words, bytes FROM every_type WHERE id = $1"
);

/// A command of these tests: adds an account, and refuses numbers below zero after having added them.
fn add(db: &Db, number: i64, balance: i64) -> Result<(), Fault> {
    db.write_blocking(move |tx| {
        tx.run(&ADD_ACCOUNT, &params![number, balance, None::<String>])
            .map(|_| ())
    })
}

/// How many accounts there are, and the sum of their balances.
fn totals(db: &Db) -> (i64, i64) {
    let row = db
        .read_blocking(|tx| tx.row(&COUNT, &params![]))
        .unwrap()
        .unwrap();
    (row.get(0).unwrap(), row.get(1).unwrap())
}

/// Keeps the writer busy with a command that does nothing, until the returned sender is used or dropped.
fn hold_writer(db: &Db) -> Sender<()> {
    let (release, wait) = mpsc::channel::<()>();
    let (entered, inside) = mpsc::channel();
    let db = db.clone();
    std::thread::spawn(move || {
        let _ = db.write_blocking::<(), Fault>(move |_| {
            let _ = entered.send(());
            let _ = wait.recv();
            Ok(())
        });
    });
    wait_for(&inside);
    release
}

fn wait_for<T>(receiver: &Receiver<T>) -> T {
    receiver.recv_timeout(std::time::Duration::from_secs(30)).unwrap()
}

fn databases() -> Vec<(String, Db, testing::Guard)> {
    testing::databases(&MIGRATIONS)
}
