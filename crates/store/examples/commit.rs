//! Orders per second with group commit and with one transaction per order, side by side in one run.
//!
//! `cargo run --release -p store --features testing --example commit -- [seconds]`. Runs on SQLite in the temporary
//! directory and, where `BAOGONG_TEST_POSTGRES` names a server, on PostgreSQL. Set `TMPDIR` to choose the disk.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use store::{Db, Fault, Migration, params, stmt, testing};
use tokio::{sync::Mutex, task::JoinSet};

static MIGRATIONS: [Migration; 1] = [Migration {
    number: 1,
    name: "orders",
    sql: "CREATE TABLE stock (
            item BIGINT NOT NULL PRIMARY KEY, quantity BIGINT NOT NULL,
            CONSTRAINT stock_not_negative CHECK (quantity >= 0));
          CREATE TABLE orders (
            district BIGINT NOT NULL, id BIGINT NOT NULL, household BIGINT NOT NULL, amount_fen BIGINT NOT NULL,
            PRIMARY KEY (district, id))/*sqlite WITHOUT ROWID*/;
          CREATE TABLE order_line (
            district BIGINT NOT NULL, orders BIGINT NOT NULL, item BIGINT NOT NULL, quantity BIGINT NOT NULL,
            PRIMARY KEY (district, orders, item))/*sqlite WITHOUT ROWID*/;",
    then: None,
}];

const ITEMS: i64 = 10;

stmt!(
    STOCK,
    "INSERT INTO stock (item, quantity) VALUES ($1, 1000000000)"
);
stmt!(
    TAKE,
    "UPDATE stock SET quantity = quantity - $2 WHERE item = $1 AND quantity >= $2"
);
stmt!(
    ORDER,
    "INSERT INTO orders (district, id, household, amount_fen) VALUES ($1, $2, $3, $4)"
);
stmt!(
    LINE,
    "INSERT INTO order_line (district, orders, item, quantity) VALUES ($1, $2, $3, $4)"
);
stmt!(SOLD, "SELECT 1000000000 * count(*) - sum(quantity) FROM stock");
stmt!(LINES, "SELECT COALESCE(sum(quantity), 0) FROM order_line");

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Fault> {
    let seconds = std::env::args()
        .nth(1)
        .and_then(|text| text.parse().ok())
        .unwrap_or(5);
    println!("engine      clients  commit           orders/s  p50 ms  p99 ms  commits  largest");
    for (engine, db, _guard) in testing::databases(&MIGRATIONS) {
        db.write(|tx| {
            for item in 0..ITEMS {
                tx.run(&STOCK, &params![item])?;
            }
            Ok::<_, Fault>(())
        })
        .await?;
        let mut first_id = 0;
        for clients in [64, 256] {
            for grouped in [false, true] {
                first_id += 1_000_000_000;
                measure(
                    &engine,
                    &db,
                    clients,
                    grouped,
                    first_id,
                    Duration::from_secs(seconds),
                )
                .await?;
            }
        }
        let (sold, lines): (i64, i64) = db
            .read(|tx| {
                let mut total =
                    |statement| tx.row(statement, &params![])?.ok_or(Fault::Closed)?.get::<i64>(0);
                Ok::<_, Fault>((total(&SOLD)?, total(&LINES)?))
            })
            .await?;
        assert_eq!(sold, lines, "what was taken from stock must be what was ordered");
        println!("{engine}: {sold} pieces taken from stock, {lines} in order lines");
    }
    Ok(())
}

async fn measure(
    engine: &str,
    db: &Db,
    clients: i64,
    grouped: bool,
    first_id: i64,
    duration: Duration,
) -> Result<(), Fault> {
    // Without the gate, waiting orders would share a transaction.
    let gate = (!grouped).then(|| Arc::new(Mutex::new(())));
    let before = db.counters();
    let start = Instant::now();
    let mut tasks = JoinSet::new();
    for client in 0..clients {
        let (db, gate) = (db.clone(), gate.clone());
        tasks.spawn(async move {
            let mut waits = Vec::new();
            while start.elapsed() < duration {
                let id = first_id + client * 1_000_000 + waits.len() as i64;
                let asked = Instant::now();
                let _turn = match &gate {
                    Some(gate) => Some(gate.lock().await),
                    None => None,
                };
                db.write(move |tx| order(tx, id)).await?;
                waits.push(asked.elapsed());
            }
            Ok::<_, Fault>(waits)
        });
    }
    let mut waits = Vec::new();
    while let Some(done) = tasks.join_next().await {
        waits.extend(done.map_err(|error| Fault::Panic {
            message: error.to_string(),
        })??);
    }
    let elapsed = start.elapsed();
    waits.sort_unstable();
    let percentile = |share: usize| waits[(waits.len() - 1) * share / 100].as_secs_f64() * 1e3;
    let after = db.counters();
    println!(
        "{engine:<12}{clients:<9}{:<17}{:<10.0}{:<8.1}{:<8.1}{:<9}{}",
        if grouped { "grouped" } else { "one per order" },
        waits.len() as f64 / elapsed.as_secs_f64(),
        percentile(50),
        percentile(99),
        after.commits - before.commits,
        if grouped { after.largest_batch } else { 1 },
    );
    Ok(())
}

fn order(tx: &mut store::Tx<'_>, id: i64) -> Result<(), Fault> {
    let (item, other) = (id % ITEMS, (id + 1) % ITEMS);
    // Rows are taken in one order by everybody, so that nodes do not wait for each other in a circle.
    let items = [item.min(other), item.max(other)];
    for item in items {
        tx.run(&TAKE, &params![item, 1])?;
    }
    tx.run(&ORDER, &params![420_106, id, id % 1_000_000, 5_990])?;
    for item in items {
        tx.run(&LINE, &params![420_106, id, item, 1])?;
    }
    Ok(())
}
