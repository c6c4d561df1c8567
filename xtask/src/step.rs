//! Steps with headings, and running programs.

use std::path::PathBuf;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

/// What a chore gives: nothing, or in words what went wrong and what to do.
pub type Outcome<T = ()> = Result<T, String>;

/// Headings with the time that each step took.
#[derive(Default)]
pub struct Steps {
    begun: Option<(Instant, &'static str)>,
    taken: Vec<(&'static str, Duration)>,
}

impl Steps {
    /// Ends the step before and prints a heading.
    pub fn begin(&mut self, name: &'static str) {
        self.close();
        println!("\n=== {name}");
        self.begun = Some((Instant::now(), name));
    }

    fn close(&mut self) {
        if let Some((at, name)) = self.begun.take() {
            self.taken.push((name, at.elapsed()));
        }
    }

    /// Ends the last step and says how long each took.
    pub fn end(&mut self) {
        self.close();
        println!("\n=== all passed");
        for (name, time) in &self.taken {
            println!("{:>6.1} s  {name}", time.as_secs_f64());
        }
    }
}

/// The command as somebody would type it.
fn typed(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words
        .map(|word| word.to_string_lossy().into_owned())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Runs a program whose output goes to ours; fails unless it ends well.
pub fn run(command: &mut Command) -> Outcome {
    let status = command
        .status()
        .map_err(|error| format!("{}: {error}", typed(command)))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("`{}` failed ({status})", typed(command)))
    }
}

/// Runs a program like [`run`], but ends it and fails when it takes longer than `limit`.
pub fn run_within(command: &mut Command, limit: Duration) -> Outcome {
    let words = typed(command);
    let mut child = command.spawn().map_err(|error| format!("{words}: {error}"))?;
    let begun = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(()),
            Ok(Some(status)) => return Err(format!("`{words}` failed ({status})")),
            Ok(None) if begun.elapsed() < limit => thread::sleep(Duration::from_millis(50)),
            Ok(None) => {
                let ended = child.kill().and_then(|()| child.wait());
                let after = if ended.is_ok() {
                    "was ended"
                } else {
                    "could not be ended"
                };
                return Err(format!(
                    "`{words}` took longer than {} s and {after}",
                    limit.as_secs()
                ));
            }
            Err(error) => return Err(format!("{words}: {error}")),
        }
    }
}

/// Runs a program and gives what it wrote to standard output; fails unless it ends well.
pub fn output(command: &mut Command) -> Outcome<String> {
    let output = command
        .output()
        .map_err(|error| format!("{}: {error}", typed(command)))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(format!(
        "`{}` failed ({}): {}",
        typed(command),
        output.status,
        String::from_utf8_lossy(&output.stderr).trim()
    ))
}

/// Where a program is on the search path.
pub fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

/// A port of this machine on which nobody listens.
pub fn free_port() -> Outcome<u16> {
    let listener =
        std::net::TcpListener::bind(("127.0.0.1", 0)).map_err(|error| format!("no free port: {error}"))?;
    Ok(listener
        .local_addr()
        .map_err(|error| format!("no free port: {error}"))?
        .port())
}

/// A folder that is removed when the value is dropped.
pub struct Scratch {
    /// Where it is.
    pub path: PathBuf,
}

impl Scratch {
    /// Makes an empty folder for temporary files.
    pub fn new(name: &str) -> Outcome<Self> {
        let path =
            std::env::temp_dir().join(format!("baogong-{name}-{}-{}", std::process::id(), free_port()?));
        std::fs::create_dir_all(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Self { path })
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.path) {
            eprintln!("xtask: {} could not be removed: {error}", self.path.display());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failing_programs_are_named() {
        let words = run(Command::new("sh").args(["-c", "exit 3"])).unwrap_err();
        assert!(words.contains("sh -c exit 3"), "{words}");
        assert!(run(&mut Command::new("there-is-no-such-program")).is_err());
        assert_eq!(
            output(Command::new("sh").args(["-c", "echo yes"])).unwrap(),
            "yes\n"
        );
    }

    #[test]
    fn programs_that_hang_are_ended() {
        let words = run_within(Command::new("sleep").arg("60"), Duration::from_millis(200)).unwrap_err();
        assert!(words.contains("was ended"), "{words}");
        assert!(run_within(&mut Command::new("true"), Duration::from_secs(10)).is_ok());
        assert!(run_within(&mut Command::new("false"), Duration::from_secs(10)).is_err());
    }

    #[test]
    fn scratch_folders_go() {
        let scratch = Scratch::new("scratch-test").unwrap();
        let path = scratch.path.clone();
        std::fs::write(path.join("file"), "x").unwrap();
        drop(scratch);
        assert!(!path.exists());
    }
}
