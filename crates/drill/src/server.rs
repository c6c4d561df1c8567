//! The real program as a process: started, killed, stopped, checked.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// How long a start may take before it counts as failed.
const START: Duration = Duration::from_secs(60);

/// The program: the one that `BAOGONG_PROGRAM` names, or the one of this build, which is brought up to date.
///
/// # Errors
/// If it cannot be built.
pub fn program() -> Result<PathBuf, String> {
    if let Some(path) = std::env::var_os("BAOGONG_PROGRAM") {
        return Ok(path.into());
    }
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut command = Command::new(cargo);
    command
        .current_dir(&root)
        .args(["build", "--quiet", "--package", "baogong", "--bin", "baogong"]);
    if !cfg!(debug_assertions) {
        command.arg("--release");
    }
    let status = command.status().map_err(|error| format!("cargo: {error}"))?;
    if !status.success() {
        return Err("the program does not build".to_owned());
    }
    // Tests lie one folder deeper than programs.
    let own = std::env::current_exe().map_err(|error| error.to_string())?;
    own.ancestors()
        .skip(1)
        .map(|folder| folder.join("baogong"))
        .find(|path| path.is_file())
        .ok_or_else(|| format!("the program was built, but is not beside {}", own.display()))
}

/// A port of this machine on which nobody listens.
///
/// # Errors
/// If there is none.
pub fn free_port() -> Result<u16, String> {
    let free = || std::net::TcpListener::bind(("127.0.0.1", 0))?.local_addr();
    free()
        .map(|address| address.port())
        .map_err(|error| format!("no free port: {error}"))
}

/// A folder that is removed when the value is dropped.
pub struct Scratch(
    /// Where it is.
    pub PathBuf,
);

impl Scratch {
    /// Makes an empty folder.
    ///
    /// # Errors
    /// If it cannot be made.
    pub fn new() -> Result<Self, String> {
        let path = std::env::temp_dir().join(format!("drill-{}", uuid::Uuid::new_v4().simple()));
        std::fs::create_dir(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Self(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Nothing useful can be done about a folder that cannot be removed.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A server on a port of its own. Dropping it kills the process.
pub struct Server {
    program: PathBuf,
    database: String,
    port: u16,
    log: PathBuf,
    child: Option<Child>,
}

impl Server {
    /// A server over the database at `url` (`sqlite:` or `postgres:`), not yet started; it writes its log into `folder`.
    ///
    /// # Errors
    /// If the program cannot be built.
    pub fn new(url: &str, folder: &Path) -> Result<Self, String> {
        let port = free_port()?;
        Ok(Self {
            program: program()?,
            database: url.to_owned(),
            port,
            log: folder.join(format!("server-{port}.log")),
            child: None,
        })
    }

    /// Its address, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Starts the process and waits until it is ready; gives how long that took.
    ///
    /// # Errors
    /// If it ends instead, or is not ready in time; with its log.
    pub fn start(&mut self) -> Result<Duration, String> {
        let log = File::options()
            .create(true)
            .append(true)
            .open(&self.log)
            .map_err(|error| format!("{}: {error}", self.log.display()))?;
        let child = Command::new(&self.program)
            .args(["serve", "--listen", &format!("127.0.0.1:{}", self.port)])
            .args(["--database", &self.database])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .map_err(|error| format!("{}: {error}", self.program.display()))?;
        self.child = Some(child);
        let begun = Instant::now();
        while begun.elapsed() < START {
            if self.get("/readyz") == Some(200) {
                return Ok(begun.elapsed());
            }
            if let Some(Ok(Some(status))) = self.child.as_mut().map(Child::try_wait) {
                return Err(format!(
                    "the server ended while starting ({status}):\n{}",
                    self.log()
                ));
            }
            thread::sleep(Duration::from_millis(10));
        }
        Err(format!(
            "the server is not ready after {} s:\n{}",
            START.as_secs(),
            self.log()
        ))
    }

    /// The status of a page; `None` without an answer.
    pub fn get(&self, path: &str) -> Option<u16> {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .max_redirects(0)
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(5)))
            .build()
            .into();
        let answer = agent.get(format!("{}{path}", self.url())).call().ok()?;
        Some(answer.status().as_u16())
    }

    /// Ends the process at once (SIGKILL).
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            // A process that has ended by itself cannot be killed, and is waited for all the same.
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Asks the process to end (SIGINT) and waits for it.
    ///
    /// # Errors
    /// If it does not end well.
    pub fn stop(&mut self) -> Result<(), String> {
        let Some(mut child) = self.child.take() else {
            return Ok(());
        };
        let asked = Command::new("sh")
            .args(["-c", &format!("kill -INT {}", child.id())])
            .status();
        asked.map_err(|error| error.to_string())?;
        let status = child.wait().map_err(|error| error.to_string())?;
        if status.success() {
            Ok(())
        } else {
            Err(format!("the server ended with {status}:\n{}", self.log()))
        }
    }

    /// `baogong check` over the database of the server, which must not run meanwhile.
    ///
    /// # Errors
    /// What it finds.
    pub fn check(&self) -> Result<(), String> {
        let output = Command::new(&self.program)
            .args(["check", "--database", &self.database])
            .output()
            .map_err(|error| error.to_string())?;
        if output.status.success() {
            return Ok(());
        }
        let words = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        Err(format!(
            "baogong check: {} {}",
            words(&output.stdout),
            words(&output.stderr)
        ))
    }

    /// The end of what the server wrote.
    pub fn log(&self) -> String {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}
