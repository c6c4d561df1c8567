//! The figures of a run as tables, in Markdown that reads as well in a terminal.

use crate::figures::{Load, Ratio, Report, Row};

impl Report {
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
                "sync ms",
                "bytes/order",
                "peak MiB",
                "server µs",
                "generator µs",
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
        text += &self.ratio_table();
        let inner = self
            .in_process
            .iter()
            .map(|(engine, name, value)| vec![engine.clone(), name.clone(), value.clone()]);
        text += &section(
            "The order path without HTTP",
            &["database", "figure", "value"],
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

    /// A line for each other design, a column for each of our runs with clients.
    fn ratio_table(&self) -> String {
        let ratios = self.ratios();
        let (mut ours, mut peers): (Vec<(&str, Load)>, Vec<&str>) = (Vec::new(), Vec::new());
        for one in &ratios {
            let run = (one.design.as_str(), one.load);
            if !ours.contains(&run) {
                ours.push(run);
            }
            if !peers.contains(&one.peer.as_str()) {
                peers.push(&one.peer);
            }
        }
        let rows = peers.iter().map(|peer| {
            let cells = ours.iter().map(|(design, load)| {
                let same = |one: &&Ratio| one.design == *design && one.load == *load && one.peer == *peer;
                ratios
                    .iter()
                    .find(same)
                    .map_or("–".to_string(), |one| significant(one.ratio))
            });
            std::iter::once((*peer).to_string()).chain(cells).collect()
        });
        let titles: Vec<String> = ours
            .iter()
            .map(|(design, load)| format!("{design}, {}", load.words()))
            .collect();
        let columns: Vec<&str> = std::iter::once("orders/s divided by those of")
            .chain(titles.iter().map(String::as_str))
            .collect();
        section("Ratios", &columns, rows.collect())
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
        refusals(row),
        millis(row.sync_ms),
        whole(row.bytes_per_order),
        whole(row.peak_memory_mib),
        whole(row.server_us_per_order),
        whole(row.generator_us_per_order),
    ]
}

fn millis(value: Option<f64>) -> String {
    value.map_or("–".to_string(), significant)
}

/// Three digits, or fewer where they would say nothing.
fn significant(value: f64) -> String {
    let places = match value {
        value if value < 0.1 => 3,
        value if value < 10.0 => 2,
        value if value < 100.0 => 1,
        _ => 0,
    };
    format!("{value:.places$}")
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

fn refusals(row: &Row) -> String {
    let mut parts: Vec<String> = row
        .refused
        .iter()
        .map(|(why, count)| format!("{why} {count}"))
        .collect();
    for (count, words) in [(row.shed, "503"), (row.unsent, "unsent")] {
        if count > 0 {
            parts.push(format!("{words} {count}"));
        }
    }
    parts.extend(
        row.failed
            .iter()
            .map(|(why, count)| format!("FAILED {why} {count}")),
    );
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(design: &str, load: Load, orders_per_s: f64) -> Row {
        Row {
            orders_per_s,
            ..Row::empty(design, load)
        }
    }

    #[test]
    fn the_ratios_stand_in_one_table_with_a_column_for_each_run() {
        let report = Report {
            rows: vec![
                row("baogong on SQLite", Load::Clients(64), 9_000.0),
                row("baogong on PostgreSQL", Load::Clients(256), 250.0),
                row("log", Load::Clients(64), 20_000.0),
                row("ledger", Load::Direct, 300_000.0),
            ],
            ..Report::default()
        };
        let table = report.ratio_table();
        let lines: Vec<Vec<&str>> = table
            .lines()
            .filter(|line| line.starts_with('|'))
            .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
            .collect();
        assert_eq!(
            lines[0][1..],
            [
                "baogong on SQLite, 64 clients",
                "baogong on PostgreSQL, 256 clients"
            ]
        );
        assert_eq!(lines[2..], [["log", "0.45", "–"], ["ledger", "0.030", "0.001"]]);
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
        let lines = text.lines().filter(|line| line.starts_with('|'));
        let shown: Vec<usize> = lines.map(|line| line.chars().count()).collect();
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
