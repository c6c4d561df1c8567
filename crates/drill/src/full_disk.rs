//! A full disk under the real program: no false acknowledgement, reading goes on, and after room is made and a restart
//! everything is as it was told.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::clients::{Http, LEAST, Signals, crowd};
use crate::server::{Scratch, Server};
use crate::town;

/// The size of the small disk.
const SIZE_MIB: u32 = 48;
/// What is left free when the disk is filled up.
const LEFT_BYTES: u64 = 300_000;
/// How long the server may take to notice.
const NOTICE: Duration = Duration::from_secs(60);

/// A small file system in memory, unmounted when dropped.
struct Mount(PathBuf);

impl Mount {
    /// Mounts it; `None` where that is not allowed.
    fn new(place: &Path) -> Option<Self> {
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={SIZE_MIB}m"), "drill"])
            .arg(place)
            .stderr(Stdio::null())
            .status();
        mounted.ok()?.success().then(|| Self(place.to_owned()))
    }

    /// Fills it up to a small rest, and gives the file that does so.
    fn fill(&self) -> Result<PathBuf, String> {
        let path = self.0.join("filler");
        let mut file = fs::File::create(&path).map_err(|error| error.to_string())?;
        while file.write_all(&[0; 65_536]).is_ok() {}
        let length = file.metadata().map_err(|error| error.to_string())?.len();
        file.set_len(length.saturating_sub(LEFT_BYTES))
            .map_err(|error| error.to_string())?;
        Ok(path)
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        // Left behind, it holds memory only until the machine is restarted.
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

/// Runs the drill; `None` where no file system may be mounted. Gives what happened in words.
///
/// # Errors
/// What was promised and not kept.
pub fn run() -> Result<Option<String>, String> {
    let scratch = Scratch::new()?;
    let place = scratch.0.join("small");
    fs::create_dir(&place).map_err(|error| error.to_string())?;
    let Some(mount) = Mount::new(&place) else {
        return Ok(None);
    };
    let url = format!("sqlite:{}", place.join("town.db").display());
    let town = town::found(&url)?;
    let mut server = Server::new(&url, &scratch.0)?;
    server.start()?;
    let signals = Signals::default();
    let http = Http::new(&[server.url()], &town);
    let page = format!("/o/{}", town.tokens[0]);
    let (journal, outcome) = thread::scope(|scope| {
        let crowd = scope.spawn(|| crowd(&signals, |wish| http.send(wish)));
        let outcome = starve(&mut server, &mount, &page);
        signals.stop_after(LEAST);
        (crowd.join(), outcome)
    });
    let noticed = outcome?;
    let journal = journal.map_err(|_| "a client panicked".to_owned())?;
    server.stop()?;
    server.check()?;
    let mut findings = town::check(&url, &town, &journal)?;
    findings.extend(journal.findings.iter().cloned());
    if !findings.is_empty() {
        return Err(findings.join("\n"));
    }
    Ok(Some(format!(
        "full disk: writing stopped after {:.1} s, reading went on; {} orders acknowledged in all, {} sendings without an answer; \
         0 lost, 0 doubled",
        noticed.as_secs_f64(),
        journal.orders.len(),
        journal.again
    )))
}

/// Fills the disk under the running server, and makes room again. Gives how long it took until writing stopped.
fn starve(server: &mut Server, mount: &Mount, page: &str) -> Result<Duration, String> {
    thread::sleep(Duration::from_millis(700));
    let filler = mount.fill()?;
    let begun = Instant::now();
    while server.get("/readyz") != Some(503) {
        if begun.elapsed() > NOTICE {
            return Err("the disk is full, and the server still calls itself ready".to_owned());
        }
        thread::sleep(Duration::from_millis(50));
    }
    let noticed = begun.elapsed();
    for _ in 0..5 {
        let status = server.get(page);
        if status != Some(200) {
            return Err(format!("reading does not go on: {page} answers {status:?}"));
        }
    }
    fs::remove_file(filler).map_err(|error| error.to_string())?;
    // The server does not begin to write again by itself: what a failed disk holds is only known after a start.
    if server.get("/readyz") != Some(503) {
        return Err("the server writes again without a restart".to_owned());
    }
    server.stop()?;
    server.start()?;
    Ok(noticed)
}
