//! The order path of the product without HTTP: a drill that prints its figures, run as a program of its own because this
//! one does not link the application.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Outcome;
use crate::figures::{Load, Row};
use crate::process::output;

/// What the figures of the rush begin with.
const RUSH: &str = "rush_";

/// A figure as the program tells it.
pub type Figure = (String, String);

/// Where the program of the drills is, if it was built.
pub fn program() -> Option<PathBuf> {
    let own = std::env::current_exe().ok()?;
    Some(own.with_file_name("drill")).filter(|path| path.is_file())
}

/// Runs the drill on a database with an open round and so many clients; gives its figures.
pub fn measure(program: &Path, database: &str, clients: usize) -> Outcome<Vec<Figure>> {
    let said = output(
        Command::new(program)
            .arg("orders")
            .arg(database)
            .arg(clients.to_string()),
    )?;
    Ok(figures(&said))
}

/// Lines of the form `name value`; the name has no blanks.
fn figures(text: &str) -> Vec<Figure> {
    text.lines()
        .filter_map(|line| line.trim().split_once(char::is_whitespace))
        .map(|(name, value)| (name.to_string(), value.trim().to_string()))
        .collect()
}

/// The figures of the rush as a row of this name.
pub fn row(name: String, clients: usize, figures: &[Figure]) -> Outcome<Row> {
    let number = |name: &str| -> Option<f64> {
        let (_, value) = figures.iter().find(|(known, _)| known == name)?;
        value.parse().ok()
    };
    let of_rush = |name: &str| number(&format!("{RUSH}{name}"));
    let mut row = Row::empty(name, Load::Clients(clients));
    row.orders_per_s =
        of_rush("orders_per_s").ok_or("the drill does not tell how many orders a second it took")?;
    row.p50_ms = of_rush("p50_ms");
    row.p99_ms = of_rush("p99_ms");
    row.p999_ms = of_rush("p999_ms");
    row.orders = of_rush("placed").ok_or("the drill does not tell how many orders were placed")? as u64;
    // On PostgreSQL it is not the drill that writes.
    row.bytes_per_order = of_rush("bytes_per_order").filter(|bytes| *bytes > 0.0);
    if let Some(count) = number("findings").filter(|count| *count > 0.0) {
        row.findings.push(format!("{count} findings of the verifiers"));
    }
    Ok(row)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOLD: &str = "rush_orders_per_s 31000\n\n rush_p99_ms   12.5\nrush_placed 900\nrush_bytes_per_order 0\nend\nfindings 2\n";

    #[test]
    fn figures_are_read_by_line_and_become_a_row() {
        let told = figures(TOLD);
        assert_eq!(told.len(), 5);
        assert_eq!(told[1], ("rush_p99_ms".to_string(), "12.5".to_string()));
        let row = row("in process".into(), 256, &told).unwrap();
        assert_eq!(
            (
                row.orders_per_s,
                row.p99_ms,
                row.p50_ms,
                row.orders,
                row.bytes_per_order
            ),
            (31_000.0, Some(12.5), None, 900, None)
        );
        assert_eq!(row.findings.len(), 1);
    }

    #[test]
    fn without_a_rate_there_is_no_row() {
        assert!(row("in process".into(), 1, &figures("rush_placed 9\nfindings 0\n")).is_err());
    }
}
