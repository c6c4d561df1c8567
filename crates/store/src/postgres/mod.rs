//! A connection to PostgreSQL.
//!
//! Transaction control is not sent on its own but goes out together with the next statement, in one round trip: a closure
//! with one statement costs one round trip although it has a savepoint of its own.

mod bulk;
mod fault;
mod set;
mod wire;

use std::{collections::HashMap, pin::pin, time::Duration};

use futures_util::{StreamExt as _, future::try_join};
use tokio::{
    runtime::{Builder, Runtime},
    task::JoinHandle,
};
use tokio_postgres::{Client, Config, Error, NoTls, RowStream, Statement as Prepared};

use crate::{Engine, Fault, Row, Statement, Value, check::Shape, session::CommitFault, session::Visit, sql};
use wire::Cell;

/// Attempts to connect again after a connection was lost, about three seconds in all.
const CONNECT_TRIES: u32 = 6;
/// Rows taken over at once.
const PIPELINE: usize = 256;
/// `SELECT 1` fails in an aborted transaction, where a lone COMMIT would roll back and report success.
const COMMIT: &str = "SELECT 1;COMMIT";

pub(crate) struct PostgresSession {
    config: Config,
    client: Option<Client>,
    /// Moves bytes between the client and the server.
    transport: Option<JoinHandle<Result<(), Error>>>,
    /// Prepared statements by the address of the static that declares them, for one row and for many.
    statements: HashMap<(usize, bool), Prepared>,
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
            waiting: Vec::new(),
            open: false,
            reading: false,
            marked: false,
            touched: false,
            reached: false,
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
        self.client = Some(client);
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
        self.forget_transaction();
    }

    fn forget_transaction(&mut self) {
        self.waiting.clear();
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
            match self.flush("begin") {
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
        self.forget_transaction();
        let Some(client) = &self.client else {
            return Err(CommitFault::Unknown);
        };
        match self.runtime.block_on(client.batch_execute(&text)) {
            Ok(()) => Ok(()),
            // An ordinary error is reported before anything is committed; after a fatal one nobody knows.
            Err(error) if fault::is_ordinary(&error) => {
                self.open = true;
                Err(CommitFault::Failed(fault::from_postgres(&error, "commit")))
            }
            Err(_) => {
                self.forget_connection();
                Err(CommitFault::Unknown)
            }
        }
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

    /// Sends the transaction control that waits, on its own.
    fn flush(&mut self, source: &str) -> Result<(), Fault> {
        match self.take_waiting() {
            Some(text) => self.send(source, &text),
            None => Ok(()),
        }
    }

    fn send(&mut self, source: &str, text: &str) -> Result<(), Fault> {
        let result = self
            .runtime
            .block_on(client_of(&self.client)?.batch_execute(text));
        self.checked(result, source)
    }

    /// Turns an error into a fault and lets go of a connection that is lost.
    fn checked<T>(&mut self, result: Result<T, Error>, source: &str) -> Result<T, Fault> {
        result.map_err(|error| {
            let fault = fault::from_postgres(&error, source);
            if matches!(fault, Fault::Disconnected { .. }) {
                self.forget_connection();
            }
            fault
        })
    }

    fn prepare_text(&mut self, source: &str, text: &str) -> Result<Prepared, Fault> {
        let control = self.take_waiting();
        let client = client_of(&self.client)?;
        let result = self
            .runtime
            .block_on(after(client, control, client.prepare(text)));
        self.checked(result, source)
    }

    /// The prepared statement, prepared on first use.
    fn prepared(&mut self, statement: &'static Statement) -> Result<Prepared, Fault> {
        self.prepared_as(statement, false)
    }

    fn prepared_as(&mut self, statement: &'static Statement, for_many: bool) -> Result<Prepared, Fault> {
        let key = (std::ptr::from_ref(statement).addr(), for_many);
        if let Some(prepared) = self.statements.get(&key) {
            return Ok(prepared.clone());
        }
        let text = statement.sql(Engine::Postgres);
        let prepared = if for_many {
            let single = self.prepared(statement)?;
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
        let prepared = self.prepared(statement)?;
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
        let control = self.take_waiting();
        let client = client_of(&self.client)?;
        let result = self
            .runtime
            .block_on(after(client, control, client.execute_raw(prepared, parameters)));
        self.checked(result, source)
    }

    pub(crate) fn scan(
        &mut self,
        statement: &'static Statement,
        parameters: &[Value],
        visit: &mut Visit<'_>,
    ) -> Result<(), Fault> {
        let prepared = self.prepared(statement)?;
        self.scan_prepared(statement.name(), &prepared, parameters, visit)
    }

    pub(crate) fn scan_text(
        &mut self,
        source: &'static str,
        text: &str,
        parameters: &[Value],
        visit: &mut Visit<'_>,
    ) -> Result<(), Fault> {
        let prepared = self.prepare_text(source, &sql::for_engine(text, Engine::Postgres))?;
        self.scan_prepared(source, &prepared, parameters, visit)
    }

    fn scan_prepared(
        &mut self,
        source: &'static str,
        prepared: &Prepared,
        parameters: &[Value],
        visit: &mut Visit<'_>,
    ) -> Result<(), Fault> {
        check_count(source, prepared, parameters)?;
        let control = self.take_waiting();
        let client = client_of(&self.client)?;
        let result = self
            .runtime
            .block_on(after(client, control, client.query_raw(prepared, parameters)));
        let found: RowStream = self.checked(result, source)?;
        self.receive(source, found, visit)
    }

    fn receive(
        &mut self,
        source: &'static str,
        found: RowStream,
        visit: &mut Visit<'_>,
    ) -> Result<(), Fault> {
        // The client reads no further than what is taken here, so that a long result needs little memory.
        let mut found = pin!(found.ready_chunks(PIPELINE));
        let mut row = Row::new(source);
        while let Some(chunk) = self.runtime.block_on(found.next()) {
            for columns in chunk {
                let columns = self.checked(columns, source)?;
                row.values.clear();
                row.values.reserve(columns.len());
                for index in 0..columns.len() {
                    let cell: Cell = columns.try_get(index).map_err(|error| Fault::Column {
                        statement: source.to_owned(),
                        index,
                        message: fault::whole_message(&error),
                    })?;
                    row.values.push(cell.0);
                }
                if let Err(fault) = visit(&mut row) {
                    // A reader that leaves early gives up its connection, as the only way not to receive the rest. The
                    // writer, whose connection carries the commands of others, lets the rest pass by.
                    if self.reading {
                        self.forget_connection();
                    }
                    return Err(fault);
                }
            }
        }
        Ok(())
    }

    pub(crate) fn batch(&mut self, source: &'static str, text: &str) -> Result<(), Fault> {
        self.flush(source)?;
        self.send(source, &sql::for_engine(text, Engine::Postgres))
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

fn client_of(client: &Option<Client>) -> Result<&Client, Fault> {
    client.as_ref().ok_or_else(|| Fault::Disconnected {
        message: "the connection was lost".to_owned(),
    })
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
