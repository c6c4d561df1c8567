//! The program itself with the small demo county, for browser tests and screenshots.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::step::{self, Outcome, Scratch};

/// How long a debug build may take to load the small county.
const LOADING: Duration = Duration::from_secs(600);
/// How long the server may take to finish what is under way.
const STOPPING: Duration = Duration::from_secs(15);

/// A running server. Dropping it stops it and removes its data.
pub struct Server {
    program: PathBuf,
    child: Option<Child>,
    log: PathBuf,
    /// Its address, without a slash at the end.
    pub url: String,
    /// A folder for the tests' own notes.
    pub notes: PathBuf,
    scratch: Scratch,
}

impl Server {
    /// Builds the program, starts it with an empty data folder on a free port, and waits until the county is loaded.
    pub fn start(root: &Path) -> Outcome<Self> {
        let program = build(root)?;
        let scratch = Scratch::new("browser")?;
        let notes = scratch.path.join("notes");
        std::fs::create_dir_all(&notes).map_err(|error| format!("{}: {error}", notes.display()))?;
        let listen = format!("127.0.0.1:{}", step::free_port()?);
        let log = scratch.path.join("server.log");
        let file = File::create(&log).map_err(|error| format!("{}: {error}", log.display()))?;
        let links = File::create(scratch.path.join("links.txt")).map_err(|error| error.to_string())?;
        let child = Command::new(&program)
            .args(["demo", "--small", "--listen", &listen, "--data"])
            .arg(scratch.path.join("data"))
            .env_remove("RUST_LOG")
            .env_remove("BAOGONG_DATABASE")
            .env("NO_COLOR", "1")
            .stdin(Stdio::null())
            .stdout(links)
            .stderr(file)
            .spawn()
            .map_err(|error| format!("{}: {error}", program.display()))?;
        let mut server = Self {
            program,
            child: Some(child),
            log,
            url: format!("http://{listen}"),
            notes,
            scratch,
        };
        server.wait()?;
        println!("{}", server.url);
        Ok(server)
    }

    fn wait(&mut self) -> Outcome {
        let begun = Instant::now();
        while begun.elapsed() < LOADING {
            let log = std::fs::read_to_string(&self.log).unwrap_or_default();
            if log.contains("demo county loaded") {
                return Ok(());
            }
            if log.contains("could not be loaded") {
                return Err(format!("the demo county could not be loaded:\n{log}"));
            }
            if let Some(Ok(Some(status))) = self.child.as_mut().map(Child::try_wait) {
                return Err(format!("the server stopped while starting ({status}):\n{log}"));
            }
            thread::sleep(Duration::from_millis(200));
        }
        Err("the demo county was not loaded within ten minutes".to_string())
    }

    /// The program that was built, for tests that need a server of their own.
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// The sign-in links as the server printed them.
    pub fn links(&self) -> PathBuf {
        self.scratch.path.join("links.txt")
    }

    /// What the server wrote about faults.
    pub fn faults(&self) -> Vec<String> {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        log.lines()
            .filter(|line| line.contains("ERROR") || line.contains("panicked"))
            .map(str::to_string)
            .collect()
    }

    /// Stops the server as an administrator would, and lets the program check what it has written.
    pub fn check(mut self) -> Outcome {
        self.stop();
        let mut command = Command::new(&self.program);
        command
            .arg("check")
            .arg("--data")
            .arg(self.scratch.path.join("data"))
            .env_remove("BAOGONG_DATABASE");
        step::run(&mut command)
    }

    fn stop(&mut self) {
        let Some(mut child) = self.child.take() else {
            return;
        };
        let asked = step::output(
            Command::new("sh")
                .arg("-c")
                .arg(format!("kill -INT {}", child.id())),
        )
        .is_ok();
        let begun = Instant::now();
        while asked && begun.elapsed() < STOPPING {
            if let Ok(Some(_)) = child.try_wait() {
                return;
            }
            thread::sleep(Duration::from_millis(50));
        }
        eprintln!("xtask: the server did not stop when asked; it is ended now");
        let _ = child.kill();
        let _ = child.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Builds the program and gives its path.
fn build(root: &Path) -> Outcome<PathBuf> {
    let arguments = [
        "build",
        "--package",
        "baogong",
        "--bin",
        "baogong",
        "--message-format",
        "json-render-diagnostics",
    ];
    let output = crate::cargo(root, &arguments)
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("cargo build: {error}"))?;
    if !output.status.success() {
        return Err("the program does not build".to_string());
    }
    let messages = String::from_utf8_lossy(&output.stdout);
    executable(&messages)
        .map(PathBuf::from)
        .ok_or_else(|| "cargo did not name the program that it built".to_string())
}

/// The path of the program in cargo's messages, one JSON object a line.
fn executable(messages: &str) -> Option<&str> {
    let (_, rest) = messages
        .lines()
        .rev()
        .find_map(|line| line.split_once("\"executable\":\""))?;
    rest.split('"').next()
}

#[cfg(test)]
mod tests {
    use super::executable;

    #[test]
    fn the_program_is_found_in_the_messages_of_cargo() {
        let messages = "{\"reason\":\"compiler-artifact\",\"executable\":null}\n\
                        {\"reason\":\"compiler-artifact\",\"executable\":\"/t/debug/baogong\",\"fresh\":true}\n\
                        {\"reason\":\"build-finished\",\"success\":true}\n";
        assert_eq!(executable(messages), Some("/t/debug/baogong"));
        assert_eq!(executable("{}"), None);
    }
}
