//! PostgreSQL with one transaction for each order and row locks: as applications write it, statement by statement, and
//! in its best case, as one call of a function.

use std::cell::RefCell;
use std::rc::Rc;

use tokio::sync::Semaphore;
use tokio_postgres::{Client, Statement};
use uuid::Uuid;

use super::cluster::{Cluster, failed};
use super::{Setting, Totals, reason, stock};
use crate::Outcome;
use crate::county::County;
use crate::figures::{HOT, Load, Row};
use crate::load::closed;
use crate::load::mix::{Ask, releases};
use crate::load::tally::Answer;
use crate::process::written_bytes;

/// The database of this peer.
const NAME: &str = "bench_peer";
/// Connections that the clients share; more only wait for each other's locks and processors.
const CONNECTIONS: usize = 32;

const SCHEMA: &str = "
    CREATE TABLE household (id BIGINT PRIMARY KEY, turns BIGINT NOT NULL CHECK (turns >= 0));
    CREATE TABLE stock (
        compound BIGINT NOT NULL, pack BIGINT NOT NULL, quantity BIGINT NOT NULL CHECK (quantity >= 0),
        PRIMARY KEY (compound, pack));
    CREATE TABLE orders (id UUID PRIMARY KEY, household BIGINT NOT NULL, compound BIGINT NOT NULL);
    CREATE TABLE order_line (
        order_id UUID NOT NULL, pack BIGINT NOT NULL, quantity BIGINT NOT NULL, PRIMARY KEY (order_id, pack));
    CREATE TABLE ledger (
        id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, order_id UUID NOT NULL, compound BIGINT NOT NULL,
        pack BIGINT NOT NULL, quantity BIGINT NOT NULL);
    CREATE FUNCTION place(command UUID, who BIGINT, place BIGINT, packs BIGINT[], quantities BIGINT[]) RETURNS TEXT
    LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (SELECT 1 FROM orders WHERE id = command) THEN RETURN 'taken'; END IF;
        UPDATE household SET turns = turns - 1 WHERE id = who AND turns > 0;
        IF NOT FOUND THEN RETURN 'order_interval'; END IF;
        FOR n IN 1 .. array_length(packs, 1) LOOP
            UPDATE stock SET quantity = quantity - quantities[n]
            WHERE compound = place AND pack = packs[n] AND quantity >= quantities[n];
            IF NOT FOUND THEN RAISE EXCEPTION 'allotment' USING ERRCODE = 'BG001'; END IF;
        END LOOP;
        INSERT INTO orders (id, household, compound) VALUES (command, who, place);
        INSERT INTO order_line (order_id, pack, quantity) SELECT command, * FROM unnest(packs, quantities);
        INSERT INTO ledger (order_id, compound, pack, quantity)
        SELECT command, place, * FROM unnest(packs, quantities);
        RETURN 'taken';
    END $$;";

/// How an order gets into the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// A round trip for each statement.
    Statements,
    /// One call of a function.
    Function,
}

impl Way {
    fn words(self) -> &'static str {
        match self {
            Way::Statements => "by statements",
            Way::Function => "by a function",
        }
    }
}

/// A connection with its prepared statements.
struct Desk {
    client: Client,
    call: Statement,
    known: Statement,
    turn: Statement,
    take: Statement,
    order: Statement,
    lines: Statement,
    entries: Statement,
}

impl Desk {
    async fn open(address: &str) -> Outcome<Self> {
        let client = Cluster::connect(address).await?;
        let prepare = async |sql| client.prepare(sql).await.map_err(failed);
        Ok(Self {
            call: prepare("SELECT place($1, $2, $3, $4, $5)").await?,
            known: prepare("SELECT 1 FROM orders WHERE id = $1").await?,
            turn: prepare("UPDATE household SET turns = turns - 1 WHERE id = $1 AND turns > 0").await?,
            take: prepare(
                "UPDATE stock SET quantity = quantity - $3 WHERE compound = $1 AND pack = $2 AND quantity >= $3",
            )
            .await?,
            order: prepare("INSERT INTO orders (id, household, compound) VALUES ($1, $2, $3)").await?,
            lines: prepare(
                "INSERT INTO order_line (order_id, pack, quantity) SELECT $1, * FROM unnest($2::BIGINT[], $3::BIGINT[])",
            )
            .await?,
            entries: prepare(
                "INSERT INTO ledger (order_id, compound, pack, quantity)
                 SELECT $1, $2, * FROM unnest($3::BIGINT[], $4::BIGINT[])",
            )
            .await?,
            client,
        })
    }

    async fn place(&mut self, way: Way, county: County, ask: &Ask) -> Answer {
        let compound = i64::from(county.compound(ask.household));
        // Packs come in one order for everybody, so that no two transactions wait for each other in a circle.
        let (packs, quantities): (Vec<i64>, Vec<i64>) =
            (0..).zip(ask.wants).filter(|(_, quantity)| *quantity > 0).unzip();
        let who = i64::from(ask.household);
        let placed = match way {
            Way::Function => {
                self.by_function(ask.command, who, compound, &packs, &quantities)
                    .await
            }
            Way::Statements => {
                self.by_statements(ask.command, who, compound, &packs, &quantities)
                    .await
            }
        };
        match placed {
            Ok(None) => Answer::Taken(ask.command),
            Ok(Some(refused)) => Answer::Refused(refused),
            Err(error) => Answer::Failed(failed(error)),
        }
    }

    async fn by_function(
        &self,
        command: Uuid,
        who: i64,
        compound: i64,
        packs: &[i64],
        quantities: &[i64],
    ) -> Result<Option<String>, tokio_postgres::Error> {
        let called = self
            .client
            .query_one(&self.call, &[&command, &who, &compound, &packs, &quantities])
            .await;
        match called {
            Ok(row) => Ok(Some(row.get::<_, String>(0)).filter(|word| word != "taken")),
            Err(error) if error.code().is_some_and(|code| code.code() == "BG001") => {
                Ok(Some(reason::ALLOTMENT.into()))
            }
            Err(error) => Err(error),
        }
    }

    async fn by_statements(
        &mut self,
        command: Uuid,
        who: i64,
        compound: i64,
        packs: &[i64],
        quantities: &[i64],
    ) -> Result<Option<String>, tokio_postgres::Error> {
        // What is not committed is rolled back when the transaction is dropped.
        let tx = self.client.transaction().await?;
        if tx.query_opt(&self.known, &[&command]).await?.is_some() {
            tx.rollback().await?;
            return Ok(None);
        }
        if tx.execute(&self.turn, &[&who]).await? == 0 {
            tx.rollback().await?;
            return Ok(Some(reason::ORDER_INTERVAL.into()));
        }
        for (pack, quantity) in packs.iter().zip(quantities) {
            if tx.execute(&self.take, &[&compound, pack, quantity]).await? == 0 {
                tx.rollback().await?;
                return Ok(Some(reason::ALLOTMENT.into()));
            }
        }
        tx.execute(&self.order, &[&command, &who, &compound]).await?;
        tx.execute(&self.lines, &[&command, &packs, &quantities]).await?;
        tx.execute(&self.entries, &[&command, &compound, &packs, &quantities])
            .await?;
        tx.commit().await?;
        Ok(None)
    }
}

/// Connections that clients take turns with, first come, first served.
struct Pool {
    free: RefCell<Vec<Desk>>,
    turns: Semaphore,
}

async fn fill(client: &Client, county: County) -> Outcome {
    client.batch_execute(SCHEMA).await.map_err(failed)?;
    let households = format!(
        "INSERT INTO household (id, turns) SELECT id, 1 FROM generate_series(0, {}) AS id",
        i64::from(county.households) - 1
    );
    client.batch_execute(&households).await.map_err(failed)?;
    let (mut compounds, mut packs, mut quantities) = (Vec::new(), Vec::new(), Vec::new());
    for compound in 0..county.compounds {
        for (pack, quantity) in (0_i64..).zip(stock(county, compound)) {
            compounds.push(i64::from(compound));
            packs.push(pack);
            quantities.push(quantity);
        }
    }
    client
        .execute(
            "INSERT INTO stock (compound, pack, quantity)
             SELECT * FROM unnest($1::BIGINT[], $2::BIGINT[], $3::BIGINT[])",
            &[&compounds, &packs, &quantities],
        )
        .await
        .map_err(failed)?;
    // Only the tables that are full: figures of an empty table would make bad plans for it later.
    client
        .batch_execute("VACUUM ANALYZE household, stock")
        .await
        .map_err(failed)
}

async fn totals(client: &Client, county: County) -> Outcome<Totals> {
    let one = async |sql: String| -> Outcome<i64> {
        Ok(client.query_one(sql.as_str(), &[]).await.map_err(failed)?.get(0))
    };
    let mut totals = Totals {
        orders: one("SELECT COUNT(*) FROM orders".into()).await?,
        lowest: one(
            "SELECT LEAST((SELECT MIN(turns) FROM household), (SELECT MIN(quantity) FROM stock))".into(),
        )
        .await?,
        ..Totals::default()
    };
    for (pack, released) in releases(county.households).into_iter().enumerate() {
        let sum = |table: &str| {
            format!("SELECT COALESCE(SUM(quantity), 0)::BIGINT FROM {table} WHERE pack = {pack}")
        };
        totals.lines[pack] = one(sum("order_line")).await?;
        totals.moved[pack] = one(sum("ledger")).await?;
        totals.sold[pack] = released - one(sum("stock")).await?;
    }
    Ok(totals)
}

/// Measures it; with a county of one compound, on a hot row.
pub async fn measure(cluster: &Cluster, setting: &Setting, way: Way) -> Outcome<Row> {
    let county = setting.county;
    cluster.make(NAME, None).await?;
    let address = cluster.database(NAME);
    let client = Cluster::connect(&address).await?;
    fill(&client, county).await?;
    let connections = CONNECTIONS.min(setting.clients);
    let mut free = Vec::with_capacity(connections);
    for _ in 0..connections {
        free.push(Desk::open(&address).await?);
    }
    let pool = Rc::new(Pool {
        free: RefCell::new(free),
        turns: Semaphore::new(connections),
    });
    let clients = (0..setting.clients).map(|_| {
        let pool = pool.clone();
        async move |ask: Ask| {
            let Ok(_turn) = pool.turns.acquire().await else {
                return Answer::Failed("the pool is closed".into());
            };
            let Some(mut desk) = pool.free.borrow_mut().pop() else {
                return Answer::Failed("the pool is empty".into());
            };
            let answer = desk.place(way, county, &ask).await;
            pool.free.borrow_mut().push(desk);
            answer
        }
    });
    cluster.settle().await?;
    let written = || cluster.process().and_then(written_bytes);
    let before = written();
    let run = closed(setting.mix(), clients.collect(), setting.lasting).await?;
    let after = written();
    let design = format!(
        "PostgreSQL, one transaction per order {}{}",
        way.words(),
        if county.compounds == 1 { HOT } else { "" }
    );
    let mut row = Row::of(design, Load::Clients(setting.clients), &run).written(before, after);
    row.findings = totals(&client, county).await?.differences(&run);
    drop(pool);
    drop(client);
    cluster.remove(NAME).await?;
    Ok(row)
}
