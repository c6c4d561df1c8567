//! Programs that the benchmark starts, what they wrote to disk and how much memory they took.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use crate::Outcome;

/// The command as somebody would type it.
fn typed(command: &Command) -> String {
    std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|word| word.to_string_lossy().into_owned())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Runs a program and gives what it wrote; fails with that unless it ends well.
pub fn output(command: &mut Command) -> Outcome<String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("{}: {error}", typed(command)))?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(said);
    }
    Err(format!(
        "`{}` failed ({}):\n{said}{}",
        typed(command),
        output.status,
        String::from_utf8_lossy(&output.stderr)
    ))
}

/// Where a program is on the search path.
pub fn on_path(program: &str) -> Option<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH")?)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

/// A port of this machine on which nobody listens.
pub fn free_port() -> Outcome<u16> {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0));
    let address = listener.and_then(|listener| listener.local_addr());
    Ok(address.map_err(|error| format!("no free port: {error}"))?.port())
}

/// A program that runs beside us. What is dropped is ended.
#[derive(Debug)]
pub struct Running {
    child: Child,
    name: String,
}

impl Running {
    /// Starts a program; its errors go into a file. Gives the lines that it writes as they come.
    pub fn start(command: &mut Command, errors: &Path) -> Outcome<(Self, mpsc::Receiver<String>)> {
        let name = typed(command);
        let failed = |error: std::io::Error| format!("{name}: {error}");
        let file = std::fs::OpenOptions::new().create(true).append(true).open(errors);
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(file.map_err(failed)?)
            .spawn()
            .map_err(failed)?;
        let (send, lines) = mpsc::channel();
        if let Some(stdout) = child.stdout.take() {
            // Goes on reading when nobody listens any more, so that the program never waits for us.
            thread::spawn(move || {
                for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                    let _ = send.send(line);
                }
            });
        }
        Ok((Self { child, name }, lines))
    }

    /// The process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether it has ended, and how.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// Asks the program to end (SIGTERM) and waits for it.
    pub fn stop(mut self, patience: Duration) -> Outcome {
        output(Command::new("kill").args(["-TERM", &self.id().to_string()]))?;
        let begun = Instant::now();
        while begun.elapsed() < patience {
            if self.ended().is_some() {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(20));
        }
        Err(format!(
            "`{}` did not end within {} s",
            self.name,
            patience.as_secs()
        ))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.ended().is_none() {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}

/// The number behind a key in a file of `/proc`, such as `VmHWM:` or `write_bytes:`.
fn number(text: &str, key: &str) -> Option<u64> {
    text.lines()
        .find_map(|line| line.strip_prefix(key))?
        .split_whitespace()
        .next()?
        .parse()
        .ok()
}

/// The most memory that a process has held, in MiB; none where the system does not say.
pub fn peak_memory_mib(process: u32) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    Some(number(&status, "VmHWM:")? as f64 / 1_024.0)
}

/// How long the threads of a process have run on a processor, in microseconds; none where the system does not say.
pub fn processor_us(process: u32) -> Option<u64> {
    let tasks = std::fs::read_dir(format!("/proc/{process}/task")).ok()?;
    let mut sum_ns = 0;
    for task in tasks.flatten() {
        // A thread that has ended meanwhile has nothing more to tell.
        if let Ok(text) = std::fs::read_to_string(task.path().join("schedstat")) {
            sum_ns += text.split_whitespace().next()?.parse::<u64>().ok()?;
        }
    }
    Some(sum_ns / 1_000)
}

/// What a process has had written to disk.
fn written_by(process: u32) -> Option<u64> {
    number(
        &std::fs::read_to_string(format!("/proc/{process}/io")).ok()?,
        "write_bytes:",
    )
}

/// What a process and its children have had written to disk; none where the system does not say.
pub fn written_bytes(process: u32) -> Option<u64> {
    let own = written_by(process)?;
    let children = std::fs::read_dir("/proc")
        .ok()?
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok())
        .filter(|child| {
            std::fs::read_to_string(format!("/proc/{child}/status"))
                .is_ok_and(|status| number(&status, "PPid:") == Some(u64::from(process)))
        })
        .filter_map(written_by)
        .sum::<u64>();
    Some(own + children)
}

/// Removes a folder when dropped, unless told to keep it.
#[derive(Debug)]
pub struct Scratch {
    /// Where it is.
    pub path: PathBuf,
    /// Whether it stays.
    pub keep: bool,
}

impl Scratch {
    /// Makes a fresh folder below `parent`.
    pub fn new(parent: &Path, keep: bool) -> Outcome<Self> {
        let path = parent.join(format!("baogong-bench-{}", std::process::id()));
        std::fs::create_dir_all(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let path = path
            .canonicalize()
            .map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Self { path, keep })
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if self.keep {
            eprintln!("kept: {}", self.path.display());
        } else if let Err(error) = std::fs::remove_dir_all(&self.path) {
            eprintln!("{} could not be removed: {error}", self.path.display());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_of_a_process_are_read_by_their_key() {
        let status = "Name:\tbaogong\nPPid:\t17\nVmHWM:\t  204800 kB\n";
        assert_eq!(number(status, "VmHWM:"), Some(204_800));
        assert_eq!(number(status, "PPid:"), Some(17));
        assert_eq!(number(status, "VmSwap:"), None);
    }

    #[test]
    fn work_shows_in_the_time_on_a_processor() {
        // A process of one thread: the threads of this one come and go with its tests.
        let mut busy = Command::new("sh")
            .args(["-c", "while :; do :; done"])
            .spawn()
            .unwrap();
        let before = processor_us(busy.id());
        std::thread::sleep(Duration::from_millis(300));
        let after = processor_us(busy.id());
        busy.kill().unwrap();
        busy.wait().unwrap();
        match (before, after) {
            (Some(before), Some(after)) => assert!(after > before, "{before} {after}"),
            _ => eprintln!("skipped: the system does not say"),
        }
    }

    #[test]
    fn a_program_that_fails_is_told_with_what_it_said() {
        let said = output(Command::new("sh").args(["-c", "echo out; echo err >&2; exit 3"])).unwrap_err();
        assert!(said.contains("out\n") && said.contains("err\n"), "{said}");
    }
}
