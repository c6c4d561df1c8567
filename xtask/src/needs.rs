//! What the tests need beside Rust: found, installed where we may (root on Debian and its kin), or else named with
//! the exact command that installs it.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::step::{self, Outcome};

/// What is to be run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All but the browser tests. Without Node it still runs: the build then leaves the page scripts out.
    Quick,
    /// Everything.
    Everything,
    /// Only the browser tests.
    Browser,
}

/// What was found.
pub struct Found {
    /// The folder of `initdb` and `postgres`; empty where PostgreSQL is not needed.
    pub postgres: PathBuf,
    /// The browser, where one is needed.
    pub chromium: Option<PathBuf>,
}

/// One thing that is needed.
struct Need {
    what: &'static str,
    /// The Debian packages that bring it.
    packages: &'static [&'static str],
    find: fn() -> Option<PathBuf>,
    scopes: &'static [Scope],
    /// What is left out without it, where work can go on.
    without: Option<&'static str>,
}

const NEEDS: &[Need] = &[
    Need {
        what: "PostgreSQL server",
        packages: &["postgresql"],
        find: postgres,
        scopes: &[Scope::Quick, Scope::Everything],
        without: None,
    },
    Need {
        what: "a Chinese font",
        packages: &["fonts-noto-cjk", "fontconfig"],
        find: font,
        scopes: &[Scope::Quick, Scope::Everything, Scope::Browser],
        without: None,
    },
    Need {
        what: "poppler-utils",
        packages: &["poppler-utils"],
        find: poppler,
        scopes: &[Scope::Quick, Scope::Everything],
        without: None,
    },
    Need {
        what: "Node 20 or later, with npm (where the system has an older one: https://nodejs.org)",
        packages: &["nodejs", "npm"],
        find: node_for_browser,
        scopes: &[Scope::Everything, Scope::Browser],
        without: None,
    },
    Need {
        what: "Node 18 or later, with npm",
        packages: &["nodejs", "npm"],
        find: node_for_pages,
        scopes: &[Scope::Quick],
        without: Some("the pages are built without their scripts, and the browser tests need it"),
    },
    Need {
        what: "Chromium",
        packages: &["chromium"],
        find: chromium,
        scopes: &[Scope::Everything, Scope::Browser],
        without: None,
    },
];

/// Finds or installs all that a run needs.
pub fn find(scope: Scope) -> Outcome<Found> {
    for component in ["fmt", "clippy"] {
        if step::output(Command::new("cargo").args([component, "--version"])).is_err() {
            let package = if component == "fmt" { "rustfmt" } else { component };
            return Err(format!(
                "cargo {component} is missing; run: rustup component add {package}"
            ));
        }
    }
    let needed: Vec<&Need> = NEEDS.iter().filter(|need| need.scopes.contains(&scope)).collect();
    let missing: Vec<&Need> = needed
        .iter()
        .copied()
        .filter(|need| (need.find)().is_none())
        .collect();
    let packages: Vec<&str> = missing.iter().flat_map(|need| need.packages).copied().collect();
    if !packages.is_empty() && may_install() {
        println!("installing {}", packages.join(" "));
        if let Err(words) = install(&packages) {
            println!("{words}");
        }
    }
    let mut absent = Vec::new();
    for need in &needed {
        match ((need.find)(), need.without) {
            (Some(path), _) => println!("found {}: {}", need.what, path.display()),
            (None, Some(without)) => println!("without {}: {without}", need.what),
            (None, None) => absent.push(*need),
        }
    }
    if !absent.is_empty() {
        return Err(advice(&absent));
    }
    let with_browser = scope != Scope::Quick;
    Ok(Found {
        postgres: postgres().unwrap_or_default(),
        chromium: with_browser.then(chromium).flatten(),
    })
}

fn advice(absent: &[&Need]) -> String {
    let names: Vec<&str> = absent.iter().map(|need| need.what).collect();
    let packages: Vec<&str> = absent.iter().flat_map(|need| need.packages).copied().collect();
    format!(
        "missing: {}. On Debian or Ubuntu run: sudo apt-get update && sudo apt-get install -y {}",
        names.join("; "),
        packages.join(" ")
    )
}

/// Whether we are root, on a system with apt.
fn may_install() -> bool {
    is_root() && step::on_path("apt-get").is_some()
}

/// Whether we are root.
pub fn is_root() -> bool {
    step::output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

fn install(packages: &[&str]) -> Outcome {
    let quiet = ("DEBIAN_FRONTEND", "noninteractive");
    step::output(
        Command::new("apt-get")
            .args(["update", "-q"])
            .env(quiet.0, quiet.1),
    )?;
    let mut command = Command::new("apt-get");
    command
        .args(["install", "-y", "-q", "--no-install-recommends"])
        .args(packages)
        .env(quiet.0, quiet.1);
    step::output(&mut command).map(|_| ())
}

/// The folder with the programs of the newest PostgreSQL server.
pub fn postgres() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let newest = versions
        .filter_map(|entry| {
            let version: u32 = entry.file_name().to_str()?.parse().ok()?;
            let bin = entry.path().join("bin");
            (bin.join("initdb").is_file() && bin.join("postgres").is_file()).then_some((version, bin))
        })
        .max();
    match newest {
        Some((_, bin)) => Some(bin),
        None => {
            step::on_path("initdb").and_then(|file| file.canonicalize().ok()?.parent().map(Path::to_path_buf))
        }
    }
}

fn font() -> Option<PathBuf> {
    let listed = step::output(Command::new("fc-list").args([":lang=zh", "file"])).unwrap_or_default();
    let by_list = listed
        .lines()
        .next()
        .map(|line| PathBuf::from(line.trim().trim_end_matches(':')));
    by_list.or_else(|| {
        let folders = [
            "/usr/share/fonts/opentype/noto",
            "/usr/share/fonts/truetype/noto",
            "/usr/share/fonts/noto-cjk",
        ];
        folders
            .iter()
            .map(|folder| Path::new(folder).join("NotoSansCJK-Regular.ttc"))
            .find(|file| file.is_file())
    })
}

fn poppler() -> Option<PathBuf> {
    step::on_path("pdftoppm").and(step::on_path("pdftotext"))
}

fn node_for_pages() -> Option<PathBuf> {
    node(18)
}

fn node_for_browser() -> Option<PathBuf> {
    node(20)
}

fn node(least: u32) -> Option<PathBuf> {
    step::on_path("npm")?;
    let version = step::output(Command::new("node").arg("--version")).ok()?;
    (major(&version)? >= least)
        .then(|| step::on_path("node"))
        .flatten()
}

/// The first number of a version such as `v20.20.2`.
fn major(version: &str) -> Option<u32> {
    version
        .trim()
        .trim_start_matches('v')
        .split('.')
        .next()?
        .parse()
        .ok()
}

fn chromium() -> Option<PathBuf> {
    if let Some(given) = std::env::var_os("CHROMIUM") {
        return Some(PathBuf::from(given)).filter(|path| path.is_file());
    }
    [
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
    ]
    .iter()
    .find_map(|name| step::on_path(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_node_are_read() {
        assert_eq!(major("v20.20.2\n"), Some(20));
        assert_eq!(major("v8.1"), Some(8));
        assert_eq!(major("unknown"), None);
    }

    #[test]
    fn advice_is_a_command_that_can_be_pasted() {
        let all: Vec<&Need> = NEEDS.iter().collect();
        let words = advice(&all[..2]);
        assert!(
            words.ends_with("sudo apt-get install -y postgresql fonts-noto-cjk fontconfig"),
            "{words}"
        );
    }

    #[test]
    fn each_scope_names_a_need_once() {
        for scope in [Scope::Quick, Scope::Everything, Scope::Browser] {
            let mut names: Vec<&str> = NEEDS
                .iter()
                .filter(|need| need.scopes.contains(&scope))
                .map(|need| need.what)
                .collect();
            let all = names.len();
            names.dedup();
            assert_eq!(names.len(), all, "{scope:?}");
        }
    }
}
