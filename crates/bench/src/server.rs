//! The real server: found or built, started on a database, and spoken to through its API as its own users do.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc::Receiver;
use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

use crate::Outcome;
use crate::county::DISTRICTS;
use crate::load::http::{Connection, Response, request};
use crate::process::{self, Running};

/// How long the server may take to listen.
const START: Duration = Duration::from_secs(60);
/// How long it may take to finish what it has taken on.
const STOP: Duration = Duration::from_secs(120);

const PASSWORD: &str = "bench-of-the-rush";

/// How headquarters of a district sign in.
pub fn login(district: &str) -> String {
    format!("zhihui-{district}")
}

/// The database that a server runs on.
#[derive(Clone, Debug)]
pub enum Database {
    /// A SQLite file in this folder.
    Folder(PathBuf),
    /// A PostgreSQL address.
    Address(String),
}

impl Database {
    fn arguments(&self, command: &mut Command) {
        match self {
            Database::Folder(folder) => command.arg("--data").arg(folder),
            Database::Address(url) => command.arg("--database").arg(url),
        };
        command.env_remove("BAOGONG_DATABASE");
    }
}

/// The server's program: the one that was named, or the one beside our own, built if it is missing.
pub fn program(named: Option<&Path>) -> Outcome<PathBuf> {
    if let Some(path) = named {
        return path
            .canonicalize()
            .map_err(|error| format!("{}: {error}; name the baogong program", path.display()));
    }
    let own = std::env::current_exe().map_err(|error| format!("own program: {error}"))?;
    let path = own.with_file_name("baogong");
    if !path.is_file() {
        println!("building the server (cargo build --release -p baogong)");
        let mut build = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        let status = build.args(["build", "--release", "-p", "baogong"]).status();
        let status = status.map_err(|error| format!("cargo: {error}"))?;
        if !status.success() {
            return Err(format!("the server could not be built ({status})"));
        }
    }
    path.is_file()
        .then_some(path)
        .ok_or_else(|| "no baogong program beside this one; name it with --server".to_string())
}

/// Imports spreadsheets of a district at the console.
pub fn import(program: &Path, database: &Database, district: &str, files: &[PathBuf]) -> Outcome {
    let mut command = Command::new(program);
    command.arg("import");
    database.arguments(&mut command);
    process::output(command.args(["--district", district]).args(files)).map(|_| ())
}

/// What the server's own verifiers find; empty when all is well.
pub fn check(program: &Path, database: &Database) -> Outcome<Vec<String>> {
    let mut command = Command::new(program);
    command.arg("check");
    database.arguments(&mut command);
    match process::output(&mut command) {
        Ok(_) => Ok(Vec::new()),
        Err(words) => Ok(vec![words]),
    }
}

/// A server that listens.
#[derive(Debug)]
pub struct Server {
    running: Running,
    /// Where it listens.
    pub address: SocketAddr,
    /// The secret of the link by which the first administrator is set up; empty if there is one already.
    pub first_link: String,
}

impl Server {
    /// Starts a server on a free port.
    pub fn start(program: &Path, database: &Database, log: &Path) -> Outcome<Self> {
        let mut command = Command::new(program);
        command.arg("serve");
        database.arguments(&mut command);
        command.args(["--listen", "127.0.0.1:0"]);
        let (running, lines) = Running::start(&mut command, log)?;
        let heard = hear(&lines, "http://");
        let address = heard
            .as_deref()
            .and_then(|line| line.rsplit_once("http://")?.1.trim().parse().ok());
        let address = address.ok_or_else(|| {
            let said = std::fs::read_to_string(log).unwrap_or_default();
            format!("the server did not say where it listens ({heard:?})\n{said}")
        })?;
        Ok(Self {
            running,
            address,
            first_link: first_link(&lines),
        })
    }

    /// The process.
    pub fn id(&self) -> u32 {
        self.running.id()
    }

    /// Whether it is still at work.
    pub fn runs(&mut self) -> bool {
        self.running.ended().is_none()
    }

    /// Stops the server as an administrator does.
    pub fn stop(self) -> Outcome {
        self.running.stop(STOP)
    }
}

fn hear(lines: &Receiver<String>, words: &str) -> Option<String> {
    loop {
        let line = lines.recv_timeout(START).ok()?;
        if line.contains(words) {
            return Some(line);
        }
    }
}

/// The link stands right below the address, if it is given at all.
fn first_link(lines: &Receiver<String>) -> String {
    while let Ok(line) = lines.recv_timeout(Duration::from_millis(500)) {
        if let Some((_, secret)) = line.split_once("/enter/") {
            return secret.trim().to_string();
        }
    }
    String::new()
}

/// Somebody who is signed in at a server.
#[derive(Debug)]
pub struct Session {
    connection: Connection,
    /// The secret of the session, as the cookie carries it.
    pub secret: String,
}

/// What a change of the API gives back.
#[derive(Deserialize)]
struct Made {
    id: Uuid,
}

#[derive(Deserialize)]
struct Me {
    form_token: String,
}

#[derive(Deserialize)]
struct Opened {
    secret: String,
}

fn good(response: Response, path: &str) -> Outcome<Response> {
    match response.status {
        200 | 303 => Ok(response),
        status => Err(format!("{path} answered {status}:\n{}", response.text())),
    }
}

impl Session {
    /// Sets up the first administrator by the one-time link.
    pub async fn first(server: &Server) -> Outcome<Self> {
        let mut connection = Connection::new(server.address);
        let path = format!("/enter/{}", server.first_link);
        let area = DISTRICTS[0];
        let form = format!("site=bench&area={area}&name=admin&login=admin&password={PASSWORD}");
        let asked = request("POST", &path, &[FORM], &form);
        let response = good(connection.send(&asked).await?, &path)?;
        let secret = response
            .cookie
            .strip_prefix("session=")
            .ok_or("setting up the first administrator opened no session")?
            .to_string();
        Ok(Self { connection, secret })
    }

    /// Makes the user of headquarters of the first district, as its administrator.
    pub async fn add_headquarters(&mut self) -> Outcome {
        let me: Me = self.get("/api/v1/me").await?;
        let cookie = format!("cookie: session={}", self.secret);
        let form = format!(
            "token={}&command={}&login={}&name=headquarters&role=headquarters&area={}&active=1&password={PASSWORD}",
            me.form_token,
            Uuid::new_v4(),
            login(DISTRICTS[0]),
            DISTRICTS[0]
        );
        let asked = request("POST", "/users/edit", &[FORM, &cookie], &form);
        let response = self.connection.send(&asked).await?;
        if response.status != 303 {
            return Err(format!("the user was not taken: {}", response.text()));
        }
        Ok(())
    }

    /// Signs headquarters of a district in.
    pub async fn headquarters(address: SocketAddr, district: &str) -> Outcome<Self> {
        let mut connection = Connection::new(address);
        let body = serde_json::json!({"login": login(district), "password": PASSWORD}).to_string();
        let asked = request("POST", "/api/v1/session", &[JSON], &body);
        let response = good(connection.send(&asked).await?, "/api/v1/session")?;
        let opened: Opened = read(&response, "/api/v1/session")?;
        Ok(Self {
            connection,
            secret: opened.secret,
        })
    }

    /// Reads from the API.
    pub async fn get<T: DeserializeOwned>(&mut self, path: &str) -> Outcome<T> {
        let bearer = format!("authorization: Bearer {}", self.secret);
        let asked = request("GET", path, &[&bearer], "");
        read(&good(self.connection.send(&asked).await?, path)?, path)
    }

    /// Makes something through the API; gives its id.
    pub async fn make(&mut self, path: &str, body: &Value) -> Outcome<Uuid> {
        let bearer = format!("authorization: Bearer {}", self.secret);
        let key = format!("idempotency-key: {}", Uuid::new_v4());
        let asked = request("POST", path, &[&bearer, &key, JSON], &body.to_string());
        let made: Made = read(&good(self.connection.send(&asked).await?, path)?, path)?;
        Ok(made.id)
    }
}

const FORM: &str = "content-type: application/x-www-form-urlencoded";
const JSON: &str = "content-type: application/json";

fn read<T: DeserializeOwned>(response: &Response, path: &str) -> Outcome<T> {
    serde_json::from_slice(&response.body).map_err(|error| format!("{path}: {error}:\n{}", response.text()))
}
