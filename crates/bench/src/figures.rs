//! The figures of a run, and how they compare.

use std::collections::BTreeMap;

use hdrhistogram::Histogram;
use serde::Serialize;

use crate::load::tally::{Run, percentile_ms};

/// What stands in front of the designs that are ours.
pub const OURS: &str = "baogong";

/// What stands behind a design of which everybody takes from the same stock.
pub const HOT: &str = ", hot row";

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
    /// In words.
    pub fn words(self) -> String {
        match self {
            Load::Clients(1) => "1 client".to_string(),
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
    /// The design of ours that this one is compared with as well.
    pub against: Option<String>,
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
    /// What the disk took right after the run to make a page durable, in milliseconds.
    pub sync_ms: Option<f64>,
    /// Bytes written to disk for each order.
    pub bytes_per_order: Option<f64>,
    /// The most memory that the server held.
    pub peak_memory_mib: Option<f64>,
    /// Time on a processor for each order, of the server's process, in microseconds.
    pub server_us_per_order: Option<f64>,
    /// The same of the generator.
    pub generator_us_per_order: Option<f64>,
    /// The waits for other pages meanwhile.
    pub pages: BTreeMap<String, PageWaits>,
    /// What must not be: lost, doubled, oversold.
    pub findings: Vec<String>,
}

impl Row {
    /// A row without figures.
    pub fn empty(design: impl Into<String>, load: Load) -> Self {
        Self {
            design: design.into(),
            load,
            against: None,
            seconds: 0.0,
            orders: 0,
            orders_per_s: 0.0,
            p50_ms: None,
            p99_ms: None,
            p999_ms: None,
            max_ms: None,
            repeated: 0,
            refused: BTreeMap::new(),
            shed: 0,
            unsent: 0,
            failed: BTreeMap::new(),
            sync_ms: None,
            bytes_per_order: None,
            peak_memory_mib: None,
            server_us_per_order: None,
            generator_us_per_order: None,
            pages: BTreeMap::new(),
            findings: Vec::new(),
        }
    }

    /// The row of a run.
    pub fn of(design: impl Into<String>, load: Load, run: &Run) -> Self {
        let orders = run.receipts.len() as u64;
        let seconds = run.seconds();
        let wait = |per_cent| percentile_ms(&run.waits, per_cent);
        Self {
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
            findings: run.wrong.clone(),
            ..Self::empty(design, load)
        }
    }

    /// What came between two readings, by order.
    pub fn by_order(&self, before: Option<u64>, after: Option<u64>) -> Option<f64> {
        let grown = after?.saturating_sub(before?);
        (self.orders > 0).then(|| grown as f64 / self.orders as f64)
    }

    /// The row with the bytes that were written between two readings.
    pub fn written(mut self, before: Option<u64>, after: Option<u64>) -> Self {
        self.bytes_per_order = self.by_order(before, after);
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

    fn hot(&self) -> bool {
        self.design.ends_with(HOT)
    }

    /// Whether this is one of ours and another design had the same to do: the same clients, or none at all, and no
    /// hotter a row. Of our own only the one that it is set against counts.
    fn comparable(&self, peer: &Row) -> bool {
        if self.against.as_ref() == Some(&peer.design) {
            return self.load == peer.load && peer.orders_per_s > 0.0;
        }
        self.ours()
            && matches!(self.load, Load::Clients(_))
            && !peer.ours()
            && peer.orders_per_s > 0.0
            && (peer.load == self.load || peer.load == Load::Direct)
            && (self.hot() || !peer.hot())
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
    /// What the order path without HTTP told, by database and name.
    pub in_process: Vec<(String, String, String)>,
    /// What could not be measured and why.
    pub left_out: Vec<String>,
}

impl Report {
    /// Each of our rows against each other design that had the same to do.
    pub fn ratios(&self) -> Vec<Ratio> {
        let pairs = self.rows.iter().flat_map(|row| {
            let peers = self.rows.iter().filter(|peer| row.comparable(peer));
            peers.map(move |peer| (row, peer))
        });
        pairs
            .map(|(row, peer)| Ratio {
                design: row.design.clone(),
                peer: peer.design.clone(),
                load: row.load,
                ratio: row.orders_per_s / peer.orders_per_s,
            })
            .collect()
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
    fn ratios_compare_the_same_load_and_designs_without_clients_with_all() {
        let report = Report {
            rows: vec![
                row("baogong, SQLite", Load::Clients(64), 9_000.0),
                row("baogong, SQLite", Load::Clients(256), 12_000.0),
                row("baogong, SQLite", Load::Rate(5_000), 5_000.0),
                row("PostgreSQL", Load::Clients(64), 1_000.0),
                row("PostgreSQL, hot row", Load::Clients(64), 100.0),
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
    fn two_nodes_are_compared_with_one_under_the_same_load() {
        let mut two = row("baogong on PostgreSQL, 2 nodes", Load::Clients(64), 6_000.0);
        two.against = Some("baogong on PostgreSQL".into());
        let report = Report {
            rows: vec![
                row("baogong on PostgreSQL", Load::Clients(64), 4_000.0),
                row("baogong on PostgreSQL", Load::Clients(256), 5_000.0),
                two,
            ],
            ..Report::default()
        };
        let ratios: Vec<(String, f64)> = report
            .ratios()
            .into_iter()
            .map(|one| (one.peer, one.ratio))
            .collect();
        assert_eq!(ratios, [("baogong on PostgreSQL".to_string(), 1.5)]);
    }
}
