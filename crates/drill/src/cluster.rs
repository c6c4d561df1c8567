//! A PostgreSQL cluster of its own, which may be stopped, started and disturbed, and is gone afterwards.

use std::path::{Path, PathBuf};
use std::process::Command;

use store::testing::on_server;

use crate::server::{Scratch, free_port};

/// A running cluster. Dropping it stops the server and removes the files.
pub struct Cluster {
    bin: PathBuf,
    data: PathBuf,
    port: u16,
    /// The address of its `postgres` database.
    pub url: String,
    _scratch: Scratch,
}

/// The newest installed server, or the one on the search path.
fn programs() -> Option<PathBuf> {
    let has_server = |folder: &PathBuf| folder.join("initdb").is_file();
    let mut installed: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .filter(has_server)
        .collect();
    installed.sort();
    let path = std::env::var_os("PATH").unwrap_or_default();
    installed
        .pop()
        .or_else(|| std::env::split_paths(&path).find(has_server))
}

/// Whether a server can be started here.
pub fn at_hand() -> bool {
    programs().is_some()
}

impl Cluster {
    /// Makes a cluster and starts it. It waits for the disk as in service, because acknowledged orders must outlive its crash.
    ///
    /// # Errors
    /// If PostgreSQL is not installed or does not start.
    pub fn start() -> Result<Self, String> {
        let bin = programs().ok_or("PostgreSQL is not installed")?;
        let scratch = Scratch::new()?;
        if is_root() {
            run(Command::new("chown").arg("postgres").arg(&scratch.0))?;
        }
        let data = scratch.0.join("data");
        let port = free_port()?;
        let cluster = Self {
            bin,
            data,
            port,
            url: format!("postgres://postgres@127.0.0.1:{port}/postgres"),
            _scratch: scratch,
        };
        run(cluster.program("initdb").arg("-D").arg(&cluster.data).args([
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-locale",
            "--no-sync",
        ]))?;
        cluster.up()?;
        Ok(cluster)
    }

    /// Starts the server again after [`Cluster::down`].
    ///
    /// # Errors
    /// If it does not start.
    pub fn up(&self) -> Result<(), String> {
        let options = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=100 -c deadlock_timeout=50ms",
            self.port
        );
        let log = self.data.join("log.txt");
        run(self
            .program("pg_ctl")
            .arg("-D")
            .arg(&self.data)
            .arg("-l")
            .arg(log)
            .args(["-w", "-o", &options, "start"]))
    }

    /// Stops the server: `fast` ends sessions in order, `immediate` is a crash.
    ///
    /// # Errors
    /// If it does not stop.
    pub fn down(&self, mode: &str) -> Result<(), String> {
        run(self
            .program("pg_ctl")
            .arg("-D")
            .arg(&self.data)
            .args(["-m", mode, "-w", "stop"]))
    }

    /// Cuts every connection of the application.
    ///
    /// # Errors
    /// If the server does not answer.
    pub fn cut(&self) -> Result<(), String> {
        self.sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()",
        )
    }

    /// Runs SQL on the server itself.
    ///
    /// # Errors
    /// What the server says.
    pub fn sql(&self, sql: &str) -> Result<(), String> {
        on_server(&self.url, sql).map_err(|fault| fault.to_string())
    }

    /// A program of PostgreSQL, as the user who owns the cluster.
    fn program(&self, name: &str) -> Command {
        let path = self.bin.join(name);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(path);
            command
        } else {
            Command::new(path)
        };
        command.current_dir("/");
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Err(words) = self.down("immediate") {
            eprintln!("drill: {words}");
        }
    }
}

/// PostgreSQL refuses to run as root.
fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    Path::new("/proc/self").metadata().is_ok_and(|own| own.uid() == 0)
}

fn run(command: &mut Command) -> Result<(), String> {
    use std::process::Stdio;
    // The server that pg_ctl leaves behind must not hold a pipe of ours open.
    let status = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .map_err(|error| format!("{command:?}: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{command:?}: {status}"))
    }
}
