//! A connection to PostgreSQL.
//!
//! Transaction control is not sent on its own but goes out together with the next statement, in one round trip: a closure
//! with one statement costs one round trip although it has a savepoint of its own. Inserts are not waited for (`ahead`).

mod ahead;
mod bulk;
mod fault;
mod insert;
mod read;
mod set;
mod statistics;
mod wire;

use std::{collections::HashMap, sync::Arc, time::Duration};

use futures_util::future::try_join;
use tokio::{
    runtime::{Builder, Runtime},
    task::JoinHandle,
};
use tokio_postgres::{Client, Config, Error, NoTls, Statement as Prepared};

use crate::{Engine, Fault, Statement, Value, check::Shape, session::CommitFault, sql};
use ahead::Sent;
use bulk::Copying;
use insert::Insert;
use statistics::Growth;

/// Attempts to connect again after a connection was lost, about three seconds in all.
const CONNECT_TRIES: u32 = 6;
/// `SELECT 1` fails in an aborted transaction, where a lone COMMIT would roll back and report success.
const COMMIT: &str = "SELECT 1;COMMIT";

pub(crate) struct PostgresSession {
    config: Config,
    client: Option<Arc<Client>>,
    /// Moves bytes between the client and the server.
    transport: Option<JoinHandle<Result<(), Error>>>,
    /// Prepared statements by the address of the static that declares them, for one row and for many.
    statements: HashMap<(usize, bool), Prepared>,
    /// Plain `INSERT`s as COPY, by the same address.
    copies: HashMap<usize, Arc<Copying>>,
    /// What is understood of statements that change something, by the same address; `None` for all but plain `INSERT`s.
    inserts: HashMap<usize, Option<Arc<Insert>>>,
    /// How far tables have grown by this connection.
    growth: HashMap<&'static str, Growth>,
    /// What was sent ahead and not looked at yet, in the order in which it was sent.
    sent: Vec<Sent>,
    /// Transaction control to be sent ahead of the next statement.
    waiting: Vec<&'static str>,
    /// Whether BEGIN was sent.
    open: bool,
    /// Whether the transaction only reads.
    reading: bool,
    /// Whether the savepoint exists, or is about to.
    marked: bool,
    /// Whether anything was sent since the mark.
    touched: bool,
    /// Whether the last attempt to connect succeeded.
    reached: bool,
    #[cfg(test)]
    round_trips: u32,
    /// Drives the connection; dropped last.
    runtime: Runtime,
}

impl PostgresSession {
    /// Connects.
    pub(crate) fn open(config: &Config) -> Result<Self, Fault> {
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(Fault::open)?;
        let mut session = Self {
            config: config.clone(),
            client: None,
            transport: None,
            statements: HashMap::new(),
            copies: HashMap::new(),
            inserts: HashMap::new(),
            growth: HashMap::new(),
            sent: Vec::new(),
            waiting: Vec::new(),
            open: false,
            reading: false,
            marked: false,
            touched: false,
            reached: false,
            #[cfg(test)]
            round_trips: 0,
            runtime,
        };
        session.connect()?;
        Ok(session)
    }

    fn connect(&mut self) -> Result<(), Fault> {
        self.forget_connection();
        self.reached = false;
        let config = &self.config;
        let connected = self.runtime.block_on(async {
            let (client, connection) = config.connect(NoTls).await?;
            // When the connection ends, the client reports it at its next use.
            let transport = tokio::spawn(connection);
            // An acknowledged command must survive a crash of the server, whatever the server's default.
            client
                .batch_execute(
                    "SELECT set_config('synchronous_commit', 'on', false)
                     WHERE current_setting('synchronous_commit') = 'off'",
                )
                .await?;
            Ok::<_, Error>((client, transport))
        });
        let (client, transport) = connected.map_err(|error| fault::from_postgres(&error, "connect"))?;
        self.client = Some(Arc::new(client));
        self.transport = Some(transport);
        self.reached = true;
        Ok(())
    }

    fn forget_connection(&mut self) {
        self.client = None;
        if let Some(transport) = self.transport.take() {
            // Left alone it would first read to the end of a result that nobody wants.
            transport.abort();
            // It ends by being aborted, which is reported as an error.
            let _ = self.runtime.block_on(transport);
        }
        self.statements.clear();
        self.copies.clear();
        self.forget_transaction();
    }

    fn forget_transaction(&mut self) {
        self.waiting.clear();
        self.sent.clear();
        self.open = false;
        self.reading = false;
        self.marked = false;
        self.touched = false;
    }

    /// Connects where there is no connection. Patient after a loss, but only one attempt while the server stays away.
    fn ensure(&mut self) -> Result<(), Fault> {
        if self.client.as_ref().is_some_and(|client| !client.is_closed()) {
            return Ok(());
        }
        let tries = if self.reached { CONNECT_TRIES } else { 1 };
        for attempt in 0..tries {
            match self.connect() {
                Ok(()) => return Ok(()),
                Err(fault) if attempt + 1 == tries => return Err(fault),
                Err(_) => std::thread::sleep(Duration::from_millis(50 << attempt)),
            }
        }
        Ok(())
    }

    /// Whether the server answers; connects again where needed.
    pub(crate) fn answers(&mut self) -> bool {
        if let Some(client) = &self.client {
            if self.runtime.block_on(client.batch_execute("SELECT 1")).is_ok() {
                return true;
            }
            self.forget_connection();
        }
        self.connect().is_ok()
    }

    pub(crate) fn begin_write(&mut self) -> Result<(), Fault> {
        self.ensure()?;
        self.forget_transaction();
        self.waiting.push("BEGIN");
        Ok(())
    }

    /// Sends BEGIN at once: a read closure cannot run twice, so a dead connection must show before it runs.
    pub(crate) fn begin_read(&mut self) -> Result<(), Fault> {
        for attempt in 0..2 {
            self.ensure()?;
            self.forget_transaction();
            self.waiting
                .push("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
            match self.ask("begin", async |_| Ok(())) {
                Err(Fault::Disconnected { .. }) if attempt == 0 => self.forget_connection(),
                result => {
                    self.reading = true;
                    return result;
                }
            }
        }
        Ok(())
    }

    pub(crate) fn mark(&mut self) -> Result<(), Fault> {
        if !self.marked {
            self.waiting.push("SAVEPOINT mark");
            self.marked = true;
        }
        self.touched = false;
        Ok(())
    }

    pub(crate) fn keep(&mut self) -> Result<(), Fault> {
        if self.touched {
            self.waiting.push("RELEASE SAVEPOINT mark");
            self.marked = false;
        }
        Ok(())
    }

    pub(crate) fn undo(&mut self) -> Result<(), Fault> {
        if self.touched {
            // The savepoint survives this and serves the next closure.
            self.waiting.push("ROLLBACK TO SAVEPOINT mark");
        }
        Ok(())
    }

    pub(crate) fn commit(&mut self) -> Result<(), CommitFault> {
        if !self.open {
            self.forget_transaction();
            return Ok(());
        }
        self.waiting.push(COMMIT);
        let text = self.waiting.join(";");
        let Ok(client) = self.client() else {
            self.forget_transaction();
            return Err(CommitFault::Unknown);
        };
        let result = self.wait(client.batch_execute(&text));
        let before = match result {
            Ok(()) => None,
            Err(_) => self.failure_ahead(),
        };
        self.forget_transaction();
        match (result, before) {
            (Ok(()), _) => Ok(()),
            // The server reported what failed before it came to COMMIT.
            (Err(_), Some((fault, true))) => {
                self.open = true;
                Err(CommitFault::Failed(self.noticed(fault)))
            }
            // An ordinary error is reported before anything is committed; after a fatal one nobody knows.
            (Err(error), _) if fault::is_ordinary(&error) => {
                self.open = true;
                Err(CommitFault::Failed(fault::from_postgres(&error, "commit")))
            }
            (Err(_), _) => {
                self.forget_connection();
                Err(CommitFault::Unknown)
            }
        }
    }

    /// Looks at what was sent ahead where a savepoint may have to be gone back to; without one, COMMIT will tell.
    pub(crate) fn settle_marked(&mut self) -> Result<(), Fault> {
        if self.marked { self.settle() } else { Ok(()) }
    }

    pub(crate) fn rollback(&mut self) {
        let open = self.open;
        self.forget_transaction();
        if let Some(client) = &self.client
            && open
            && self.runtime.block_on(client.batch_execute("ROLLBACK")).is_err()
        {
            self.forget_connection();
        }
    }

    /// Takes the transaction control that waits to be sent.
    fn take_waiting(&mut self) -> Option<String> {
        self.touched = true;
        if self.waiting.is_empty() {
            return None;
        }
        self.open = true;
        let text = self.waiting.join(";");
        self.waiting.clear();
        Some(text)
    }

    fn client(&self) -> Result<Arc<Client>, Fault> {
        self.client.clone().ok_or_else(|| Fault::Disconnected {
            message: "the connection was lost".to_owned(),
        })
    }

    /// How often an answer was waited for.
    #[cfg(test)]
    pub(crate) fn round_trips(&self) -> u32 {
        self.round_trips
    }

    /// Waits for an answer of the server.
    fn wait<T>(&mut self, work: impl Future<Output = T>) -> T {
        #[cfg(test)]
        {
            self.round_trips += 1;
        }
        self.runtime.block_on(work)
    }

    /// Sends the transaction control that waits and `work` right behind it, and waits for the answer.
    fn ask<T>(
        &mut self,
        source: &str,
        work: impl AsyncFnOnce(&Client) -> Result<T, Error>,
    ) -> Result<T, Fault> {
        let control = self.take_waiting();
        let client = self.client()?;
        let result = self.wait(after(&client, control, work(&client)));
        self.checked(result, source)
    }

    /// Turns an error into a fault: that of what was sent ahead, if that is where it began.
    fn checked<T>(&mut self, result: Result<T, Error>, source: &str) -> Result<T, Fault> {
        self.settle()?;
        result.map_err(|error| self.noticed(fault::from_postgres(&error, source)))
    }

    /// Lets go of a connection that is lost.
    fn noticed(&mut self, fault: Fault) -> Fault {
        if matches!(fault, Fault::Disconnected { .. }) {
            self.forget_connection();
        }
        fault
    }

    fn prepare_text(&mut self, source: &str, text: &str) -> Result<Prepared, Fault> {
        self.ask(source, async |client| client.prepare(text).await)
    }

    /// The prepared statement, prepared on first use.
    fn prepared_as(&mut self, statement: &'static Statement, for_many: bool) -> Result<Prepared, Fault> {
        let key = (std::ptr::from_ref(statement).addr(), for_many);
        if let Some(prepared) = self.statements.get(&key) {
            return Ok(prepared.clone());
        }
        let text = statement.sql(Engine::Postgres);
        let prepared = if for_many {
            let single = self.prepared_as(statement, false)?;
            let text = set::text_for_many(text, single.params())
                .map_err(|reason| Fault::statement(statement.name(), reason))?;
            self.prepare_text(statement.name(), &text)?
        } else {
            self.prepare_text(statement.name(), text)?
        };
        self.statements.insert(key, prepared.clone());
        Ok(prepared)
    }

    pub(crate) fn run(&mut self, statement: &'static Statement, parameters: &[Value]) -> Result<u64, Fault> {
        if let Some(insert) = self.insert_of(statement) {
            return self.insert_one(statement, &insert, parameters.to_vec());
        }
        let prepared = self.prepared_as(statement, false)?;
        self.run_prepared(statement.name(), &prepared, parameters)
    }

    pub(crate) fn run_text(
        &mut self,
        source: &'static str,
        text: &str,
        parameters: &[Value],
    ) -> Result<u64, Fault> {
        let prepared = self.prepare_text(source, &sql::for_engine(text, Engine::Postgres))?;
        self.run_prepared(source, &prepared, parameters)
    }

    fn run_prepared(
        &mut self,
        source: &str,
        prepared: &Prepared,
        parameters: &[Value],
    ) -> Result<u64, Fault> {
        check_count(source, prepared, parameters)?;
        self.ask(source, async |client| {
            client.execute_raw(prepared, parameters).await
        })
    }

    pub(crate) fn batch(&mut self, source: &'static str, text: &str) -> Result<(), Fault> {
        let text = sql::for_engine(text, Engine::Postgres);
        self.ask(source, async |client| client.batch_execute(&text).await)
    }

    pub(crate) fn shape(&mut self, statement: &'static Statement) -> Result<Shape, Fault> {
        let prepared = self.prepare_text(statement.name(), statement.sql(Engine::Postgres))?;
        if let Some(kind) = prepared.params().iter().find(|kind| !wire::gives(kind)) {
            let message = format!("a parameter has the type {kind}, which values cannot take");
            return Err(Fault::statement(statement.name(), message));
        }
        if let Some(column) = prepared
            .columns()
            .iter()
            .find(|column| !wire::gives(column.type_()))
        {
            let message = format!(
                "column {} has the type {}, which is not read",
                column.name(),
                column.type_()
            );
            return Err(Fault::statement(statement.name(), message));
        }
        let columns = prepared
            .columns()
            .iter()
            .map(|column| column.name().to_owned())
            .collect();
        Ok(Shape {
            name: statement.name(),
            parameters: prepared.params().len(),
            columns,
        })
    }
}

fn check_count(source: &str, prepared: &Prepared, parameters: &[Value]) -> Result<(), Fault> {
    let wanted = prepared.params().len();
    if wanted == parameters.len() {
        return Ok(());
    }
    Err(Fault::statement(
        source,
        format!("takes {wanted} parameters, got {}", parameters.len()),
    ))
}

/// Sends transaction control and right behind it the work, without waiting in between. The client queues requests in the
/// order in which they are first polled, which is that of the arguments.
async fn after<T>(
    client: &Client,
    control: Option<String>,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    match control {
        None => work.await,
        Some(control) => try_join(client.batch_execute(&control), work)
            .await
            .map(|(_, result)| result),
    }
}
