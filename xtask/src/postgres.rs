//! A PostgreSQL cluster for one test run, gone afterwards.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::needs::is_root;
use crate::step::{self, Outcome, Scratch};

/// How long the server may take to answer for the first time.
const START: Duration = Duration::from_secs(60);

/// A running cluster. Dropping it stops the server and removes the files.
pub struct Cluster {
    bin: PathBuf,
    data: PathBuf,
    owner: Option<&'static str>,
    server: Child,
    /// The address of its `postgres` database.
    pub url: String,
    /// Dropped last, after the server has stopped.
    _scratch: Scratch,
}

impl Cluster {
    /// Makes a cluster with the programs in `bin` and starts it on a free port of 127.0.0.1. PostgreSQL refuses to run
    /// as root, so root starts it as another user.
    pub fn start(bin: &Path) -> Outcome<Self> {
        let scratch = Scratch::new("postgres")?;
        let owner = if is_root() { Some(unprivileged()?) } else { None };
        if let Some(owner) = owner {
            step::run(Command::new("chown").arg(owner).arg(&scratch.path))?;
        }
        let data = scratch.path.join("data");
        let mut initdb = as_user(owner, &bin.join("initdb"));
        initdb.arg("-D").arg(&data).args([
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-locale",
            "--no-sync",
        ]);
        step::output(initdb.current_dir("/"))?;
        let port = step::free_port()?.to_string();
        let log_path = scratch.path.join("log");
        let log = File::create(&log_path).map_err(|error| format!("{}: {error}", log_path.display()))?;
        let errors = log.try_clone().map_err(|error| error.to_string())?;
        let mut command = as_user(owner, &bin.join("postgres"));
        command.arg("-D").arg(&data).args(["-p", &port]);
        // The data live for minutes, so nothing is lost by not waiting for the disk.
        for setting in [
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "fsync=off",
            "synchronous_commit=off",
            "full_page_writes=off",
            "max_connections=300",
        ] {
            command.args(["-c", setting]);
        }
        let server = command
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(log)
            .stderr(errors)
            .spawn()
            .map_err(|error| format!("postgres: {error}"))?;
        let url = format!("postgres://postgres@127.0.0.1:{port}/postgres");
        let mut cluster = Self {
            bin: bin.to_path_buf(),
            data,
            owner,
            server,
            url,
            _scratch: scratch,
        };
        match cluster.wait(&port) {
            Ok(()) => Ok(cluster),
            Err(words) => {
                let log = std::fs::read_to_string(&log_path).unwrap_or_default();
                Err(format!("{words}\n{log}"))
            }
        }
    }

    fn wait(&mut self, port: &str) -> Outcome {
        let begun = Instant::now();
        while begun.elapsed() < START {
            if let Ok(Some(status)) = self.server.try_wait() {
                return Err(format!("PostgreSQL stopped while starting ({status})"));
            }
            let ready =
                step::output(Command::new(self.bin.join("pg_isready")).args(["-h", "127.0.0.1", "-p", port]));
            if ready.is_ok() {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(100));
        }
        Err("PostgreSQL did not answer within a minute".to_string())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let mut stop = as_user(self.owner, &self.bin.join("pg_ctl"));
        stop.arg("-D")
            .arg(&self.data)
            .args(["-m", "immediate", "-w", "stop"])
            .current_dir("/");
        if let Err(words) = step::output(&mut stop) {
            eprintln!("xtask: {words}");
            // What we started must not stay behind, even if it does not stop when asked.
            let _ = self.server.kill();
        }
        let _ = self.server.wait();
    }
}

/// A user as whom root can run the server.
fn unprivileged() -> Outcome<&'static str> {
    let known = |name: &&str| step::output(Command::new("id").args(["-u", name])).is_ok();
    ["postgres", "nobody"].into_iter().find(known).ok_or_else(|| {
        "PostgreSQL does not run as root, and neither user postgres nor nobody exists".to_string()
    })
}

/// The program, run as `owner` if there is one.
fn as_user(owner: Option<&str>, program: &Path) -> Command {
    match owner {
        None => Command::new(program),
        Some(owner) if step::on_path("runuser").is_some() => {
            let mut command = Command::new("runuser");
            command.args(["-u", owner, "--"]).arg(program);
            command
        }
        Some(owner) => {
            // `su` hands the words after the script to it as $0, $1 and so on, so nothing has to be quoted.
            let mut command = Command::new("su");
            command
                .args(["-s", "/bin/sh", owner, "-c", "exec \"$0\" \"$@\"", "--"])
                .arg(program);
            command
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::needs;

    #[test]
    fn a_cluster_answers_and_goes() {
        let Some(bin) = needs::postgres() else {
            eprintln!("skipped: PostgreSQL was not found");
            return;
        };
        let cluster = Cluster::start(&bin).unwrap();
        let folder = cluster.data.parent().unwrap().to_path_buf();
        let ask = || step::output(Command::new(bin.join("pg_isready")).args(["-d", &cluster.url]));
        assert!(ask().is_ok());
        let url = cluster.url.clone();
        drop(cluster);
        assert!(step::output(Command::new(bin.join("pg_isready")).args(["-d", &url])).is_err());
        assert!(!folder.exists());
    }
}
