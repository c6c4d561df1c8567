//! Reads one file as the import does and says what it took:
//! `cargo run --release -p documents --example read_file -- FILE [DIVISIONS.csv]`.

use documents::sheet::{Divisions, Options, write_outcome};
use std::io::{BufWriter, Write};
use std::time::Instant;

fn main() -> Result<(), String> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [file, divisions @ ..] = &words[..] else {
        return Err("name a file".to_string());
    };
    let load = |path: &str| std::fs::read(path).map_err(|error| format!("{path}: {error}"));
    let bytes = load(file)?;
    let divisions = match divisions.first() {
        Some(path) => Some(Divisions::parse(&load(path)?).map_err(|rejected| rejected.en())?),
        None => None,
    };
    let options = Options {
        divisions: divisions.as_ref(),
        ..Options::default()
    };
    let start = Instant::now();
    let mut out = BufWriter::new(std::io::stdout().lock());
    let clean = write_outcome(&bytes, file, &options, true, &mut out).map_err(|error| error.to_string())?;
    out.write_all(b"\n").map_err(|error| error.to_string())?;
    out.flush().map_err(|error| error.to_string())?;
    let seconds = start.elapsed().as_secs_f64();
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status
        .lines()
        .find(|line| line.starts_with("VmHWM"))
        .unwrap_or("VmHWM: unknown");
    eprintln!(
        "{seconds:.2} s, {peak}, {}",
        if clean { "no errors" } else { "errors" }
    );
    Ok(())
}
