//! Browser tests and screenshots: Node drives Chromium against a server of its own.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::server::Server;
use crate::step::{self, Outcome};

/// How long one file of tests may take; the longest takes about two minutes on two processors.
const FILE: Duration = Duration::from_secs(480);

/// Runs every `e2e/*.test.mjs` whose name contains `name`, one after the other because they share a server, and has the
/// program check its data.
pub fn test(root: &Path, chromium: &Path, name: &str) -> Outcome {
    let folder = prepare(root)?;
    let files = test_files(&folder, name)?;
    let server = Server::start(root)?;
    let mut failed = Vec::new();
    for file in &files {
        println!("\n--- {}", file.display());
        let arguments = [
            "--test".as_ref(),
            "--test-reporter=spec".as_ref(),
            file.as_os_str(),
        ];
        if let Err(words) = step::run_within(node(&folder, chromium, &server).args(arguments), FILE) {
            println!("{words}");
            failed.push(file.display().to_string());
        }
    }
    let faults = server.faults();
    println!("\n--- baogong check");
    server.check()?;
    if !failed.is_empty() {
        return Err(format!(
            "browser tests failed: {}\n{}",
            failed.join(", "),
            faults.join("\n")
        ));
    }
    if !faults.is_empty() {
        return Err(format!(
            "the server reported faults during the browser tests:\n{}",
            faults.join("\n")
        ));
    }
    println!("{} files of browser tests passed", files.len());
    Ok(())
}

/// Writes pictures of the main pages into `artifacts/`.
pub fn screenshots(root: &Path, chromium: &Path) -> Outcome {
    let folder = prepare(root)?;
    let artifacts = root.join("artifacts");
    std::fs::create_dir_all(&artifacts).map_err(|error| format!("{}: {error}", artifacts.display()))?;
    let server = Server::start(root)?;
    step::run(
        node(&folder, chromium, &server)
            .arg("screenshots.mjs")
            .env("BAOGONG_ARTIFACTS", &artifacts),
    )?;
    println!("written to {}", artifacts.display());
    Ok(())
}

/// Node in the folder of the tests, knowing where the server is, how to sign in and which browser to use.
fn node(folder: &Path, chromium: &Path, server: &Server) -> Command {
    let mut command = Command::new("node");
    command
        .current_dir(folder)
        .env("BAOGONG_URL", &server.url)
        .env("BAOGONG_PROGRAM", server.program())
        .env("BAOGONG_PASSWORD", "baogong-demo")
        .env("BAOGONG_LINKS", server.links())
        .env("BAOGONG_NOTES", &server.notes)
        .env("CHROMIUM", chromium);
    command
}

fn prepare(root: &Path) -> Outcome<PathBuf> {
    let folder = root.join("e2e");
    let arguments = [
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
    ];
    step::run(Command::new("npm").args(arguments).current_dir(&folder))?;
    Ok(folder)
}

fn test_files(folder: &Path, name: &str) -> Outcome<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut files: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| PathBuf::from(entry.file_name()))
        .filter(|file| {
            let file = file.to_string_lossy();
            file.ends_with(".test.mjs") && file.contains(name)
        })
        .collect();
    files.sort();
    if files.is_empty() {
        Err(format!("no tests in {}", folder.display()))
    } else {
        Ok(files)
    }
}
