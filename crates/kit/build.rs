//! Builds the styles, scripts and fonts of `web/` into `OUT_DIR`, from where `src/assets.rs` embeds them.
//!
//! With Node and npm the scripts are bundled and everything is minified. Without them the styles are embedded
//! as they are written and pages work without scripts and fonts; the build says so and goes on.

use std::env;
use std::error::Error;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Styles of staff pages, in the order of the cascade.
const APP_STYLES: &[&str] = &[
    "tokens",
    "base",
    "frame",
    "control",
    "component",
    "table",
    "staff",
    "map",
    "light",
    "print",
];
/// Styles of residents' pages; they never see the staff menu.
const LIGHT_STYLES: &[&str] = &[
    "tokens",
    "base",
    "frame",
    "control",
    "component",
    "table",
    "light",
    "print",
];
/// Weights for PDF: regular first, then bold.
const FONTS: &[&str] = &[
    "400Regular/NotoSansSC_400Regular.ttf",
    "700Bold/NotoSansSC_700Bold.ttf",
];

fn main() -> Outcome<()> {
    let web = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?)
        .join("../../web")
        .canonicalize()?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    println!("cargo::rerun-if-changed=build.rs");
    for name in ["package.json", "package-lock.json", "icon.svg", "src", "styles"] {
        println!("cargo::rerun-if-changed={}", web.join(name).display());
    }

    let node = match install(&web, &out.join("npm-failed")) {
        Ok(()) => true,
        Err(reason) => {
            println!(
                "cargo::warning=web/: {reason}. Pages work without scripts, PDF without the embedded font. \
                 Install Node and run `npm ci --ignore-scripts` in web/, then build again."
            );
            // Nothing else would tell cargo that somebody has installed the packages since.
            println!("cargo::rerun-if-changed={}", web.display());
            false
        }
    };

    let mut assets = Vec::new();
    for (name, parts) in [("app.css", APP_STYLES), ("light.css", LIGHT_STYLES)] {
        assets.push(Built::write(
            &out,
            name,
            "text/css; charset=utf-8",
            &style(&web, &out, parts, name, node)?,
        )?);
    }
    for name in ["app.js", "light.js"] {
        if let Some(script) = script(&web, &out, name, node)? {
            assets.push(Built::write(
                &out,
                name,
                "text/javascript; charset=utf-8",
                &script,
            )?);
        }
    }
    assets.push(Built::write(
        &out,
        "icon.svg",
        "image/svg+xml",
        &fs::read(web.join("icon.svg"))?,
    )?);
    fs::write(out.join("assets.rs"), declarations(&assets, &fonts(&web))?)?;
    Ok(())
}

/// Makes `web/node_modules` match the lock file. Does nothing when it already does, or when it failed before with
/// the same list of packages: an offline build must not try, and rebuild, each time. The file `failed` says so.
fn install(web: &Path, failed: &Path) -> Outcome<()> {
    if !runs("node") {
        return Err("Node was not found".into());
    }
    // Two builds with different target directories may come here at the same time.
    let lock = File::options()
        .create(true)
        .append(true)
        .open(web.join(".install-lock"))?;
    lock.lock()?;
    if installed(web) {
        return Ok(());
    }
    let listed = changed(&web.join("package.json")).max(changed(&web.join("package-lock.json")));
    if changed(failed) > listed {
        return Err(fs::read_to_string(failed)?.into());
    }
    if !runs(npm()) {
        return Err("npm was not found".into());
    }
    let result = Command::new(npm())
        .args([
            "ci",
            "--ignore-scripts",
            "--include=dev",
            "--no-audit",
            "--no-fund",
        ])
        .args(["--fetch-retries=1", "--fetch-retry-mintimeout=1000"])
        .current_dir(web)
        .output()?;
    if !result.status.success() {
        let text = String::from_utf8_lossy(&result.stderr);
        let first = text
            .lines()
            .find(|line| line.contains("error"))
            .unwrap_or("no message")
            .trim();
        let reason = format!("npm ci failed ({first})");
        fs::write(failed, &reason)?;
        return Err(reason.into());
    }
    Ok(())
}

/// When the file last changed, if it is there.
fn changed(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|data| data.modified()).ok()
}

/// Whether the packages were installed after the lock file last changed.
fn installed(web: &Path) -> bool {
    let installed = changed(&web.join("node_modules/.package-lock.json"));
    installed.is_some() && installed >= changed(&web.join("package-lock.json")) && esbuild_path(web).is_file()
}

fn npm() -> &'static str {
    if cfg!(windows) { "npm.cmd" } else { "npm" }
}

fn runs(program: &str) -> bool {
    Command::new(program)
        .arg("--version")
        .output()
        .is_ok_and(|result| result.status.success())
}

fn esbuild_path(web: &Path) -> PathBuf {
    web.join("node_modules/esbuild/bin/esbuild")
}

/// Runs esbuild on `entry` and returns what it wrote.
fn esbuild(web: &Path, entry: &Path, target: &Path, options: &[&str]) -> Outcome<Vec<u8>> {
    let result = Command::new("node")
        .arg(esbuild_path(web))
        .arg(entry)
        .args(["--minify", "--legal-comments=none", "--log-level=warning"])
        .args(options)
        .arg(format!("--outfile={}", target.display()))
        .current_dir(web)
        .output()?;
    if !result.status.success() {
        return Err(format!("esbuild: {}", String::from_utf8_lossy(&result.stderr).trim()).into());
    }
    Ok(fs::read(target)?)
}

fn style(web: &Path, out: &Path, parts: &[&str], name: &str, node: bool) -> Outcome<Vec<u8>> {
    let mut text = String::new();
    for part in parts {
        text.push_str(&fs::read_to_string(
            web.join("styles").join(format!("{part}.css")),
        )?);
        if *part == "print" && name == "app.css" {
            text.push_str(&strips()?);
        }
    }
    if !node {
        return Ok(text.into_bytes());
    }
    let source = out.join(format!("source-{name}"));
    fs::write(&source, &text)?;
    esbuild(
        web,
        &source,
        &out.join(format!("minified-{name}")),
        &["--target=chrome80,safari13,firefox78"],
    )
}

/// Pages for labels on a continuous roll 80 mm wide, which differ in length by steps of 5 mm (`crates/print/src/label.rs`):
/// a style can name the size of a page, but not compute it. Residents print none.
fn strips() -> Outcome<String> {
    let mut text = String::new();
    for height_mm in (40..=300).step_by(5) {
        writeln!(
            text,
            "@page strip-{height_mm} {{ size: 80mm {height_mm}mm; margin: 0; }}\n\
             @media print {{ .sheet-strip:has(> svg[height=\"{height_mm}mm\"]) {{ page: strip-{height_mm}; height: {height_mm}mm; }} }}"
        )?;
    }
    Ok(text)
}

/// A script that cannot be built is an error of ours when Node runs, and left out when it does not.
fn script(web: &Path, out: &Path, name: &str, node: bool) -> Outcome<Option<Vec<u8>>> {
    if !node {
        return Ok(None);
    }
    let entry = web.join("src").join(name).with_extension("ts");
    let options = ["--bundle", "--target=es2019", "--format=iife"];
    Ok(Some(esbuild(
        web,
        &entry,
        &out.join(format!("bundled-{name}")),
        &options,
    )?))
}

fn fonts(web: &Path) -> Vec<PathBuf> {
    let folder = web.join("node_modules/@expo-google-fonts/noto-sans-sc");
    let paths: Vec<PathBuf> = FONTS.iter().map(|name| folder.join(name)).collect();
    if paths.iter().all(|path| path.is_file()) {
        paths
    } else {
        Vec::new()
    }
}

/// A file in `OUT_DIR` with its public address.
struct Built {
    name: &'static str,
    path: String,
    mime: &'static str,
}

impl Built {
    fn write(out: &Path, name: &'static str, mime: &'static str, bytes: &[u8]) -> Outcome<Self> {
        fs::write(out.join(name), bytes)?;
        let file = File::create(out.join(format!("{name}.gz")))?;
        let mut packer = flate2::GzBuilder::new()
            .mtime(0)
            .write(file, flate2::Compression::best());
        packer.write_all(bytes)?;
        packer.finish()?;
        let (stem, ending) = name.split_once('.').ok_or("an asset has a name and an ending")?;
        Ok(Self {
            name,
            path: format!("/assets/{stem}.{:016x}.{ending}", hash(bytes)),
            mime,
        })
    }
}

/// FNV-1a, 64 bits: names change with the content, so that browsers may keep a file for ever.
fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |sum, byte| {
        (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// The Rust source that embeds everything.
fn declarations(assets: &[Built], fonts: &[PathBuf]) -> Outcome<String> {
    let mut text = String::from("static ASSETS: &[Asset] = &[\n");
    for Built { name, path, mime } in assets {
        writeln!(
            text,
            "    Asset {{ path: {path:?}, mime: {mime:?}, \
             bytes: include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{name}\")), \
             gzip: Some(include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{name}.gz\"))) }},"
        )?;
    }
    text.push_str("];\nstatic FONTS: &[&[u8]] = &[\n");
    for font in fonts {
        writeln!(text, "    include_bytes!({font:?}),")?;
    }
    text.push_str("];\n");
    Ok(text)
}
