//! A PostgreSQL server for the run, on the disk that is measured and as durable as it comes; or the one that was named.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tokio_postgres::{Client, NoTls};

use crate::Outcome;
use crate::process::{free_port, on_path, output};

/// How long the server may take to answer for the first time.
const START: Duration = Duration::from_secs(60);
/// Room for the stock and households of the rush; everything that makes it durable stays as PostgreSQL ships it.
const SETTINGS: &[&str] = &[
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "max_connections=300",
    "shared_buffers=512MB",
    "max_wal_size=4GB",
];

/// A PostgreSQL server.
#[derive(Debug)]
pub struct Cluster {
    address: String,
    own: Option<Own>,
}

#[derive(Debug)]
struct Own {
    bin: PathBuf,
    data: PathBuf,
    owner: Option<&'static str>,
    server: Child,
}

/// Where the programs of PostgreSQL are: the newest of Debian's, or those on the search path.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let newest = versions
        .filter_map(|entry| {
            let version: u32 = entry.file_name().to_str()?.parse().ok()?;
            let bin = entry.path().join("bin");
            bin.join("initdb").is_file().then_some((version, bin))
        })
        .max();
    newest.map(|(_, bin)| bin).or_else(|| {
        let initdb = on_path("initdb")?.canonicalize().ok()?;
        initdb.parent().map(Path::to_path_buf)
    })
}

/// PostgreSQL refuses to run as root, so root starts it as another user.
fn unprivileged() -> Outcome<Option<&'static str>> {
    if output(Command::new("id").arg("-u"))?.trim() != "0" {
        return Ok(None);
    }
    let known = |name: &&str| output(Command::new("id").args(["-u", name])).is_ok();
    ["postgres", "nobody"]
        .into_iter()
        .find(known)
        .map(Some)
        .ok_or_else(|| {
            "PostgreSQL does not run as root, and neither user postgres nor nobody exists".to_string()
        })
}

fn as_user(owner: Option<&str>, program: &Path) -> Command {
    match owner {
        None => Command::new(program),
        Some(owner) => {
            let mut command = Command::new("runuser");
            command.args(["-u", owner, "--"]).arg(program);
            command
        }
    }
}

impl Cluster {
    /// The server at this address.
    pub fn named(address: &str) -> Self {
        Self {
            address: address.to_string(),
            own: None,
        }
    }

    /// Makes a server in a folder and starts it; none when PostgreSQL is not installed.
    pub fn start(folder: &Path) -> Outcome<Option<Self>> {
        let Some(bin) = programs() else { return Ok(None) };
        let owner = unprivileged()?;
        let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
        std::fs::create_dir_all(folder).map_err(failed)?;
        if let Some(owner) = owner {
            output(Command::new("chown").arg(owner).arg(folder))?;
        }
        let data = folder.join("data");
        let mut initdb = as_user(owner, &bin.join("initdb"));
        initdb
            .arg("-D")
            .arg(&data)
            .args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale"]);
        output(initdb.current_dir("/"))?;
        let port = free_port()?.to_string();
        let log = File::create(folder.join("log")).map_err(failed)?;
        let errors = log.try_clone().map_err(failed)?;
        let mut command = as_user(owner, &bin.join("postgres"));
        command.arg("-D").arg(&data).args(["-p", &port]);
        for setting in SETTINGS {
            command.args(["-c", setting]);
        }
        command
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(log)
            .stderr(errors);
        let server = command.spawn().map_err(|error| format!("postgres: {error}"))?;
        let mut cluster = Self {
            address: format!("postgres://postgres@127.0.0.1:{port}/postgres"),
            own: Some(Own {
                bin,
                data,
                owner,
                server,
            }),
        };
        cluster.wait(&port)?;
        Ok(Some(cluster))
    }

    fn wait(&mut self, port: &str) -> Outcome {
        let Some(own) = &mut self.own else { return Ok(()) };
        let begun = Instant::now();
        while begun.elapsed() < START {
            if let Ok(Some(status)) = own.server.try_wait() {
                return Err(format!("PostgreSQL stopped while starting ({status})"));
            }
            if output(Command::new(own.bin.join("pg_isready")).args(["-h", "127.0.0.1", "-p", port])).is_ok()
            {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(50));
        }
        Err("PostgreSQL did not answer within a minute".into())
    }

    /// The process of the server, if it is our own.
    pub fn process(&self) -> Option<u32> {
        let file = std::fs::read_to_string(self.own.as_ref()?.data.join("postmaster.pid")).ok()?;
        file.lines().next()?.trim().parse().ok()
    }

    /// The address of one of its databases.
    pub fn database(&self, name: &str) -> String {
        let (head, query) = self.address.split_once('?').unwrap_or((&self.address, ""));
        let stem = match head.split_once("://") {
            Some((scheme, rest)) => match rest.split_once('/') {
                Some((host, _)) => format!("{scheme}://{host}"),
                None => head.to_string(),
            },
            None => head.to_string(),
        };
        if query.is_empty() {
            format!("{stem}/{name}")
        } else {
            format!("{stem}/{name}?{query}")
        }
    }

    /// A connection to a database; its traffic runs beside us.
    pub async fn connect(address: &str) -> Outcome<Client> {
        let (client, connection) = tokio_postgres::connect(address, NoTls).await.map_err(failed)?;
        tokio::task::spawn_local(async move {
            // A lost connection is told by the statement that needs it.
            let _ = connection.await;
        });
        Ok(client)
    }

    /// Makes a database anew, empty or as a copy of another one that nobody uses.
    pub async fn make(&self, name: &str, template: Option<&str>) -> Outcome {
        self.remove(name).await?;
        let like = template.map_or(String::new(), |template| format!(" TEMPLATE {template}"));
        let client = Self::connect(&self.address).await?;
        let made = client
            .batch_execute(&format!("CREATE DATABASE {name}{like}"))
            .await;
        made.map_err(failed)
    }

    /// Removes a database of ours.
    pub async fn remove(&self, name: &str) -> Outcome {
        let client = Self::connect(&self.address).await?;
        let removed = client
            .batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
            .await;
        removed.map_err(failed)
    }

    /// Brings everything to disk, so that what was done before does not count as part of the next run.
    pub async fn settle(&self) -> Outcome {
        let client = Self::connect(&self.address).await?;
        client.batch_execute("CHECKPOINT").await.map_err(failed)
    }
}

/// What PostgreSQL says of an error.
pub fn failed(error: tokio_postgres::Error) -> String {
    match error.as_db_error() {
        Some(told) => format!("PostgreSQL: {} ({})", told.message(), told.code().code()),
        None => format!("PostgreSQL: {error}"),
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        let mut stop = as_user(self.owner, &self.bin.join("pg_ctl"));
        stop.arg("-D")
            .arg(&self.data)
            .args(["-m", "immediate", "-w", "stop"]);
        if let Err(words) = output(stop.current_dir("/")) {
            eprintln!("{words}");
            // What we started must not stay behind, even if it does not stop when asked.
            let _ = self.server.kill();
        }
        let _ = self.server.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::Cluster;

    #[test]
    fn a_database_is_named_in_any_form_of_address() {
        let told = |address: &str| Cluster::named(address).database("rush");
        assert_eq!(
            told("postgres://postgres@127.0.0.1:5432/postgres"),
            "postgres://postgres@127.0.0.1:5432/rush"
        );
        assert_eq!(told("postgres://me@host"), "postgres://me@host/rush");
        assert_eq!(
            told("postgresql://me@host/old?connect_timeout=5"),
            "postgresql://me@host/rush?connect_timeout=5"
        );
    }
}
