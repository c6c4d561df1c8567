//! The figures of a run as tables, in Markdown that reads as well in a terminal, and as JSON.

use std::collections::BTreeMap;

use hdrhistogram::Histogram;
use serde::Serialize;

use crate::load::tally::{Run, percentile_ms};

/// What stands in front of the designs that are ours.
pub const OURS: &str = "baogong";

/// How the load came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Load {
    /// So many clients, each asking as soon as it was answered.
    Clients(usize),
    /// So many requests a second, whatever the answers.
    Rate(u32),
    /// No clients at all: called in batches.
    Direct,
}

impl Load {
    fn words(self) -> String {
        match self {
            Load::Clients(count) => format!("{count} clients"),
            Load::Rate(rate) => format!("{rate}/s"),
            Load::Direct => "direct".to_string(),
        }
    }
}

/// The waits for one page during a run, in milliseconds.
#[derive(Clone, Debug, Serialize)]
pub struct PageWaits {
    /// How often it was read.
    pub reads: u64,
    /// The median.
    pub p50_ms: Option<f64>,
    /// 99 of 100 came within this.
    pub p99_ms: Option<f64>,
}

/// One design under one load.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// What was measured.
    pub design: String,
    /// How the load came.
    pub load: Load,
    /// How long it took.
    pub seconds: f64,
    /// Orders that were acknowledged.
    pub orders: u64,
    /// The same by second.
    pub orders_per_s: f64,
    /// The median wait for an answer.
    pub p50_ms: Option<f64>,
    /// 99 of 100 answers came within this.
    pub p99_ms: Option<f64>,
    /// 999 of 1,000 answers came within this.
    pub p999_ms: Option<f64>,
    /// The longest wait.
    pub max_ms: Option<f64>,
    /// Commands that came again and were answered with the order of the first time.
    pub repeated: u64,
    /// Refusals by reason.
    pub refused: BTreeMap<String, u64>,
    /// Turned away with 503.
    pub shed: u64,
    /// Scheduled and not sent in time.
    pub unsent: u64,
    /// What else went wrong.
    pub failed: BTreeMap<String, u64>,
    /// Bytes written to disk for each order.
    pub bytes_per_order: Option<f64>,
    /// The most memory that the server held.
    pub peak_memory_mib: Option<f64>,
    /// The waits for other pages meanwhile.
    pub pages: BTreeMap<String, PageWaits>,
    /// What must not be: lost, doubled, oversold.
    pub findings: Vec<String>,
}

impl Row {
    /// The row of a run.
    pub fn of(design: impl Into<String>, load: Load, run: &Run) -> Self {
        let orders = run.receipts.len() as u64;
        let seconds = run.seconds();
        let wait = |per_cent| percentile_ms(&run.waits, per_cent);
        Self {
            design: design.into(),
            load,
            seconds,
            orders,
            orders_per_s: if seconds > 0.0 {
                orders as f64 / seconds
            } else {
                0.0
            },
            p50_ms: wait(50.0),
            p99_ms: wait(99.0),
            p999_ms: wait(99.9),
            max_ms: wait(100.0),
            repeated: run.repeated,
            refused: run.refused.clone(),
            shed: run.shed,
            unsent: run.unsent,
            failed: run.failed.clone(),
            bytes_per_order: None,
            peak_memory_mib: None,
            pages: BTreeMap::new(),
            findings: run.wrong.clone(),
        }
    }

    /// The row with the bytes that were written between two readings.
    pub fn written(mut self, before: Option<u64>, after: Option<u64>) -> Self {
        if let (Some(before), Some(after), true) = (before, after, self.orders > 0) {
            self.bytes_per_order = Some(after.saturating_sub(before) as f64 / self.orders as f64);
        }
        self
    }

    /// The row with the waits for other pages.
    pub fn with_pages(mut self, pages: &BTreeMap<String, Histogram<u64>>) -> Self {
        let told = pages.iter().map(|(name, waits)| {
            let page = PageWaits {
                reads: waits.len(),
                p50_ms: percentile_ms(waits, 50.0),
                p99_ms: percentile_ms(waits, 99.0),
            };
            (name.clone(), page)
        });
        self.pages = told.collect();
        self
    }

    fn ours(&self) -> bool {
        self.design.starts_with(OURS)
    }

    fn refusals(&self) -> String {
        let mut parts: Vec<String> = self
            .refused
            .iter()
            .map(|(why, count)| format!("{why} {count}"))
            .collect();
        for (count, words) in [(self.shed, "503"), (self.unsent, "unsent")] {
            if count > 0 {
                parts.push(format!("{words} {count}"));
            }
        }
        parts.extend(
            self.failed
                .iter()
                .map(|(why, count)| format!("FAILED {why} {count}")),
        );
        parts.join(", ")
    }
}

/// How much faster one of our rows is than another design under the same load.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Ratio {
    /// Our design.
    pub design: String,
    /// The other one.
    pub peer: String,
    /// How the load came.
    pub load: Load,
    /// Orders per second, ours divided by the other's.
    pub ratio: f64,
}

/// Everything that a run found.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// The machine and the settings, by name.
    pub machine: Vec<(String, String)>,
    /// The designs.
    pub rows: Vec<Row>,
    /// What the order path without HTTP measured, by name.
    pub in_process: Vec<(String, String)>,
    /// What could not be measured and why.
    pub left_out: Vec<String>,
}

impl Report {
    /// Each of our rows against each other design; one without clients is compared with every load.
    pub fn ratios(&self) -> Vec<Ratio> {
        let mut ratios = Vec::new();
        for row in self
            .rows
            .iter()
            .filter(|row| row.ours() && matches!(row.load, Load::Clients(_)))
        {
            for peer in self
                .rows
                .iter()
                .filter(|peer| !peer.ours() && peer.orders_per_s > 0.0)
            {
                if peer.load == row.load || peer.load == Load::Direct {
                    ratios.push(Ratio {
                        design: row.design.clone(),
                        peer: peer.design.clone(),
                        load: row.load,
                        ratio: row.orders_per_s / peer.orders_per_s,
                    });
                }
            }
        }
        ratios
    }

    /// What must not be, with the row in which it was found.
    pub fn findings(&self) -> Vec<String> {
        let told = |row: &Row| {
            let (design, load) = (row.design.clone(), row.load.words());
            let findings = row.findings.clone();
            findings
                .into_iter()
                .map(move |words| format!("{design}, {load}: {words}"))
        };
        self.rows.iter().flat_map(told).collect()
    }

    /// The tables.
    pub fn markdown(&self) -> String {
        let machine = self
            .machine
            .iter()
            .map(|(name, value)| vec![name.clone(), value.clone()]);
        let mut text = section("Machine", &["", ""], machine.collect());
        text += &section(
            "Orders",
            &[
                "design",
                "load",
                "orders/s",
                "p50 ms",
                "p99 ms",
                "p99.9 ms",
                "orders",
                "refused",
                "bytes/order",
                "peak MiB",
            ],
            self.rows.iter().map(order_cells).collect(),
        );
        let pages = self.rows.iter().flat_map(|row| {
            row.pages.iter().map(|(name, page)| {
                vec![
                    row.design.clone(),
                    row.load.words(),
                    name.clone(),
                    page.reads.to_string(),
                    millis(page.p50_ms),
                    millis(page.p99_ms),
                ]
            })
        });
        text += &section(
            "Other pages during the rush",
            &["design", "load", "page", "reads", "p50 ms", "p99 ms"],
            pages.collect(),
        );
        let ratios = self.ratios().into_iter().map(|one| {
            vec![
                one.design,
                one.load.words(),
                one.peer,
                format!("{:.2}", one.ratio),
            ]
        });
        text += &section(
            "Ratios of orders per second",
            &["design", "load", "to", "ratio"],
            ratios.collect(),
        );
        let inner = self
            .in_process
            .iter()
            .map(|(name, value)| vec![name.clone(), value.clone()]);
        text += &section(
            "The order path without HTTP",
            &["figure", "value"],
            inner.collect(),
        );
        for (heading, lines) in [("Left out", self.left_out.clone()), ("Findings", self.findings())] {
            if !lines.is_empty() {
                text += &format!("\n### {heading}\n\n");
                for line in lines {
                    text += &format!("- {line}\n");
                }
            }
        }
        text
    }
}

fn order_cells(row: &Row) -> Vec<String> {
    let whole = |value: Option<f64>| value.map_or("–".to_string(), |value| grouped(value.round() as u64));
    vec![
        row.design.clone(),
        row.load.words(),
        grouped(row.orders_per_s.round() as u64),
        millis(row.p50_ms),
        millis(row.p99_ms),
        millis(row.p999_ms),
        grouped(row.orders),
        row.refusals(),
        whole(row.bytes_per_order),
        whole(row.peak_memory_mib),
    ]
}

fn millis(value: Option<f64>) -> String {
    match value {
        None => "–".to_string(),
        Some(value) if value < 10.0 => format!("{value:.2}"),
        Some(value) if value < 100.0 => format!("{value:.1}"),
        Some(value) => format!("{value:.0}"),
    }
}

/// A number with commas between thousands.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A heading and a table with even columns; nothing without rows.
fn section(heading: &str, columns: &[&str], rows: Vec<Vec<String>>) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let width = |index: usize| {
        let cells = rows.iter().map(|row| row[index].chars().count());
        cells
            .chain([columns[index].chars().count(), 3])
            .max()
            .unwrap_or(3)
    };
    let widths: Vec<usize> = (0..columns.len()).map(width).collect();
    let line = |cells: Vec<&str>| {
        let padded = cells.iter().zip(&widths).map(|(cell, width)| {
            format!(
                " {cell}{} |",
                " ".repeat(width.saturating_sub(cell.chars().count()))
            )
        });
        format!("|{}\n", padded.collect::<String>())
    };
    let rule: String = widths
        .iter()
        .map(|width| format!("{}|", "-".repeat(width + 2)))
        .collect();
    let mut text = format!("\n### {heading}\n\n{}|{rule}\n", line(columns.to_vec()));
    for row in &rows {
        text += &line(row.iter().map(String::as_str).collect());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::mix::Mix;

    fn row(design: &str, load: Load, orders_per_s: f64) -> Row {
        Row {
            orders_per_s,
            ..Row::of(design, load, &Run::new(Mix::new(1, 1)))
        }
    }

    #[test]
    fn ratios_compare_the_same_load_and_designs_without_clients_with_all() {
        let report = Report {
            rows: vec![
                row("baogong, SQLite", Load::Clients(64), 9_000.0),
                row("baogong, SQLite", Load::Clients(256), 12_000.0),
                row("baogong, SQLite", Load::Rate(5_000), 5_000.0),
                row("PostgreSQL", Load::Clients(64), 1_000.0),
                row("log", Load::Clients(256), 24_000.0),
                row("ledger", Load::Direct, 300_000.0),
            ],
            ..Report::default()
        };
        let ratios = report.ratios();
        let told: Vec<(usize, &str, f64)> = ratios
            .iter()
            .map(|one| match one.load {
                Load::Clients(count) => (count, one.peer.as_str(), one.ratio),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(
            told,
            [
                (64, "PostgreSQL", 9.0),
                (64, "ledger", 0.03),
                (256, "log", 0.5),
                (256, "ledger", 0.04)
            ]
        );
    }

    #[test]
    fn tables_are_even_and_empty_ones_are_left_out() {
        let mut one = row("baogong, SQLite", Load::Rate(5_000), 12_345.6);
        one.refused.insert("allotment".into(), 12);
        one.shed = 3;
        one.findings.push("1 order is missing".into());
        let report = Report {
            rows: vec![one],
            ..Report::default()
        };
        let text = report.markdown();
        assert!(text.contains("| 12,346 "), "{text}");
        assert!(text.contains("| allotment 12, 503 3 |"), "{text}");
        assert!(
            text.contains("- baogong, SQLite, 5000/s: 1 order is missing"),
            "{text}"
        );
        assert!(!text.contains("Ratios") && !text.contains("Machine"), "{text}");
        let widths: Vec<usize> = text
            .lines()
            .filter(|line| line.starts_with('|'))
            .map(str::len)
            .collect();
        // The dash of an unknown figure has three bytes, all else one; the rows are as wide as the heading.
        let dashes = text
            .lines()
            .filter(|line| line.starts_with('|'))
            .map(|line| line.matches('–').count() * 2);
        let shown: Vec<usize> = widths
            .iter()
            .zip(dashes)
            .map(|(width, extra)| width - extra)
            .collect();
        assert!(shown.iter().all(|width| *width == shown[0]), "{text}");
    }

    #[test]
    fn thousands_are_grouped() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_000), "1,000");
        assert_eq!(grouped(12_345_678), "12,345,678");
    }
}
