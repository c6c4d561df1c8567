//! Measures reading of large household registers beside the bare reader of the format, each in a process of its own:
//! `cargo run --release -p documents --example read_speed -- [ROWS]`.

use calamine::Reader;
use documents::forms;
use documents::sheet::{Options, OutCell, OutColumn, OutKind, OutSheet, scan, write, write_csv};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

/// Eight columns, of which two hold numbers.
const TITLES: [&str; 8] = [
    "社区",
    "小区",
    "楼栋",
    "单元",
    "房号",
    "户主",
    "人口数",
    "联系电话",
];

fn household(index: usize) -> Vec<OutCell> {
    let (compound, rest) = (index / 600, index % 600);
    let room = format!("{}0{}", rest % 30 + 1, rest / 30 % 4 + 1);
    let name: String = ["张王李赵刘", "伟芳娜敏静", "军杰涛明超"]
        .iter()
        .enumerate()
        .filter_map(|(place, letters)| letters.chars().nth(index / 7_usize.pow(place as u32) % 5))
        .collect();
    vec![
        OutCell::Text(format!("第{}社区", compound / 10)),
        OutCell::Text(format!("小区{compound}")),
        OutCell::Text((rest / 120 + 1).to_string()),
        OutCell::from("1"),
        OutCell::Text(room),
        OutCell::Text(name),
        OutCell::Int((index % 6 + 1) as i64),
        OutCell::Text(format!("138{index:08}")),
    ]
}

fn sheet(rows: usize) -> OutSheet {
    let columns = TITLES.iter().map(|title| OutColumn {
        title: (*title).to_string(),
        width: 0.0,
        kind: if *title == "人口数" {
            OutKind::Count
        } else {
            OutKind::Text
        },
    });
    OutSheet {
        name: "住户".to_string(),
        title: "住户登记表".to_string(),
        columns: columns.collect(),
        rows: (0..rows).map(household).collect(),
        ..OutSheet::default()
    }
}

/// Seconds of the processor that this process has used.
fn processor_s() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let ticks = stat
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .skip(11)
        .take(2);
    ticks.filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}

fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.and_then(|peak| peak.trim().trim_end_matches(" kB").parse::<u64>().ok())
        .unwrap_or(0)
        / 1024
}

fn read_whole(path: &str) -> Result<usize, String> {
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    let options = Options {
        forms: &[&forms::HOUSEHOLDS],
        ..Options::default()
    };
    let mut rows = 0;
    let reading = scan(&bytes, path, &options, &mut |_| true, &mut |_, _, _| {
        rows += 1;
        Ok(())
    })
    .map_err(|rejected| rejected.en())?;
    match reading.sheets.iter().flat_map(|sheet| &sheet.errors).next() {
        Some(error) => Err(format!("{error:?}")),
        None => Ok(rows),
    }
}

/// What the reader of the format takes alone: every cell seen once and dropped.
fn read_bare(path: &str) -> Result<usize, String> {
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    let mut book: calamine::Xlsx<_> =
        calamine::Xlsx::new(std::io::Cursor::new(bytes)).map_err(|error| error.to_string())?;
    let names = book.sheet_names();
    let mut rows = 0;
    for name in names {
        let mut cells = book
            .worksheet_cells_reader(&name)
            .map_err(|error| error.to_string())?;
        while let Some(cell) = cells.next_cell().map_err(|error| error.to_string())? {
            rows = rows.max(cell.get_position().0 as usize + 1);
        }
    }
    Ok(rows)
}

fn child(how: &str, path: &Path) -> Result<(), String> {
    let me = std::env::current_exe().map_err(|error| error.to_string())?;
    let status = Command::new(me)
        .arg(how)
        .arg(path)
        .status()
        .map_err(|error| error.to_string())?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{how} failed"))
    }
}

fn report(how: &str, path: &str) -> Result<(), String> {
    let start = Instant::now();
    let rows = if how == "--bare" {
        read_bare(path)?
    } else {
        read_whole(path)?
    };
    let (seconds, used) = (start.elapsed().as_secs_f64(), processor_s());
    println!(
        "{} {}: {rows} rows, {seconds:.2} s ({used:.2} s of processor), {:.0} rows/s ({:.0} by processor), peak {} MiB",
        if how == "--bare" {
            "calamine alone"
        } else {
            "read and check"
        },
        path.rsplit('.').next().unwrap_or_default(),
        rows as f64 / seconds,
        rows as f64 / used.max(0.01),
        peak_mib()
    );
    Ok(())
}

fn main() -> Result<(), String> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let [how, path] = &words[..] {
        return report(how, path);
    }
    let rows = words
        .first()
        .and_then(|rows| rows.parse().ok())
        .unwrap_or(200_000);
    let folder = std::env::temp_dir();
    let store = |name: &str, bytes: Vec<u8>| {
        let path = folder.join(format!("{}-{name}", std::process::id()));
        println!(
            "{name}: {rows} rows of {} columns, {:.1} MB",
            TITLES.len(),
            bytes.len() as f64 / 1e6
        );
        std::fs::write(&path, bytes)
            .map_err(|error| error.to_string())
            .map(|()| path)
    };
    let csv = store("households.csv", write_csv(&sheet(rows)))?;
    let book = store("households.xlsx", write(&[sheet(rows)])?)?;
    for _ in 0..2 {
        child("--bare", &book)?;
        child("--read", &book)?;
        child("--read", &csv)?;
    }
    for path in [csv, book] {
        std::fs::remove_file(path).map_err(|error| error.to_string())?;
    }
    Ok(())
}
