//! The project's own chores. `cargo xtask test` checks everything and finds or installs what that needs.

mod browser;
mod fuzz;
mod needs;
mod postgres;
mod server;
mod step;
mod tidy;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use needs::Scope;
use step::{Outcome, Steps};

const USAGE: &str = "\
cargo xtask test [--quick]   format, clippy, tidy, tests on SQLite and PostgreSQL, browser tests (not with --quick)
cargo xtask browser [NAME]   only the browser tests, or only the files whose name contains NAME
cargo xtask screenshots      pictures of the main pages at 390x844 and 1440x900 into artifacts/
cargo xtask fuzz TARGET SECONDS
                             fuzzing guided by coverage: chain, sheet or values; installs cargo-fuzz if it is missing
cargo xtask tidy             only the invariants of the source text";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let root = root();
    let result = match words.as_slice() {
        ["test"] => test(&root, true),
        ["test", "--quick"] => test(&root, false),
        ["browser"] => only_browser(&root, ""),
        ["browser", name] => only_browser(&root, name),
        ["screenshots"] => screenshots(&root),
        ["fuzz", target, seconds] => fuzz::run(&root, target, seconds),
        ["tidy"] => tidy::check(&root),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(words) => {
            eprintln!("\nxtask: {words}");
            ExitCode::FAILURE
        }
    }
}

/// The folder of the workspace.
fn root() -> PathBuf {
    let own = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    own.parent().map_or_else(|| own.clone(), Path::to_path_buf)
}

fn cargo(root: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root).args(arguments);
    command
}

fn test(root: &Path, with_browser: bool) -> Outcome {
    let mut steps = Steps::default();
    steps.begin("needs");
    let found = needs::find(if with_browser {
        Scope::Everything
    } else {
        Scope::Quick
    })?;
    steps.begin("format");
    step::run(&mut cargo(root, &["fmt", "--all", "--", "--check"]))?;
    steps.begin("clippy");
    step::run(&mut cargo(
        root,
        &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"],
    ))?;
    steps.begin("tidy");
    tidy::check(root)?;
    steps.begin("tests on SQLite and PostgreSQL");
    {
        let cluster = postgres::Cluster::start(&found.postgres)?;
        println!("{}", cluster.url);
        step::run(cargo(root, &["test", "--workspace"]).env("BAOGONG_TEST_POSTGRES", &cluster.url))?;
    }
    if let Some(chromium) = found.chromium.filter(|_| with_browser) {
        steps.begin("browser tests");
        browser::test(root, &chromium, "")?;
    }
    steps.end();
    Ok(())
}

fn only_browser(root: &Path, name: &str) -> Outcome {
    let mut steps = Steps::default();
    steps.begin("needs");
    let chromium = needs::find(Scope::Browser)?
        .chromium
        .ok_or("Chromium was not found")?;
    steps.begin("browser tests");
    browser::test(root, &chromium, name)?;
    steps.end();
    Ok(())
}

fn screenshots(root: &Path) -> Outcome {
    let mut steps = Steps::default();
    steps.begin("needs");
    let chromium = needs::find(Scope::Browser)?
        .chromium
        .ok_or("Chromium was not found")?;
    steps.begin("screenshots");
    browser::screenshots(root, &chromium)?;
    steps.end();
    Ok(())
}
