//! Figures for Prometheus: requests, refusals, orders, the store, the process. Labels are routes as they stand in the
//! table, never addresses, so no link and no name gets into them.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, EncodeMetric, NoLabelSet};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::{ConstCounter, Counter};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use store::{BATCH_SIZES, Db, Lane};

use super::admission::{Admission, Share};

/// Bounds of the histogram of answering times in seconds; 0.3 is the promise for staff pages.
const SECONDS: [f64; 11] = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0];

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    method: &'static str,
    route: &'static str,
    status: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Asked {
    method: &'static str,
    route: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Code {
    code: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Outcome {
    result: &'static str,
}

/// The figures of one server.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    requests: Family<Answered, Counter>,
    seconds: Family<Asked, Histogram, fn() -> Histogram>,
    refusals: Family<Code, Counter>,
    orders: Family<Outcome, Counter>,
    /// Open connections.
    pub connections: Gauge,
}

/// What is counted of one route.
#[derive(Debug)]
pub struct Meter {
    method: &'static str,
    route: &'static str,
    orders: bool,
    /// Made with the first answer, so that routes that nobody uses do not fill the page.
    seconds: OnceLock<Histogram>,
}

impl Meter {
    /// The method of the route.
    pub fn method(&self) -> &'static str {
        self.method
    }
}

impl Metrics {
    /// Figures of a store and of what is let in to it.
    pub fn new(db: &Db, admission: &Arc<Admission>) -> Self {
        let histogram: fn() -> Histogram = || Histogram::new(SECONDS);
        let mut metrics = Self {
            registry: Registry::with_prefix("baogong"),
            requests: Family::default(),
            seconds: Family::new_with_constructor(histogram),
            refusals: Family::default(),
            orders: Family::default(),
            connections: Gauge::default(),
        };
        let registry = &mut metrics.registry;
        registry.register("requests", "Requests answered", metrics.requests.clone());
        registry.register(
            "request_seconds",
            "Time until a request was answered",
            metrics.seconds.clone(),
        );
        registry.register(
            "refusals",
            "Refusals and waiting pages by code",
            metrics.refusals.clone(),
        );
        registry.register(
            "orders",
            "Orders over residents' links and the API by result",
            metrics.orders.clone(),
        );
        registry.register("connections", "Open connections", metrics.connections.clone());
        registry.register_collector(Box::new(Now {
            db: db.clone(),
            admission: Arc::clone(admission),
        }));
        metrics
    }

    /// The meter of a route.
    pub fn meter(&self, method: &'static str, route: &'static str) -> Meter {
        Meter {
            method,
            route,
            orders: method == "POST"
                && matches!(
                    route,
                    "/o/{token}" | "/api/v1/open/{token}/orders" | "/api/v1/orders"
                ),
            seconds: OnceLock::new(),
        }
    }

    /// Counts an answer.
    pub fn count(&self, meter: &Meter, status: u16, refusal: Option<&'static str>, took: Duration) {
        let answered = Answered {
            method: meter.method,
            route: meter.route,
            status: u32::from(status),
        };
        self.requests.get_or_create(&answered).inc();
        let (method, route) = (meter.method, meter.route);
        let seconds = meter
            .seconds
            .get_or_init(|| self.seconds.get_or_create_owned(&Asked { method, route }));
        seconds.observe(took.as_secs_f64());
        if let Some(code) = refusal {
            self.refusals.get_or_create(&Code { code }).inc();
        }
        if meter.orders {
            let result = refusal.unwrap_or(match status {
                // A page goes on to the order; the API answers with it.
                303 => "placed",
                200 if meter.route.starts_with("/api/") => "placed",
                500.. => "fault",
                _ => "refused",
            });
            self.orders.get_or_create(&Outcome { result }).inc();
        }
    }

    /// Everything in the text format of OpenMetrics 1.0, which Prometheus reads.
    ///
    /// # Errors
    /// When the text cannot be put together, which does not happen in memory.
    pub fn text(&self) -> Result<String, fmt::Error> {
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

/// What is read off when somebody asks.
#[derive(Debug)]
struct Now {
    db: Db,
    admission: Arc<Admission>,
}

impl Collector for Now {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        let out = &mut encoder;
        let store = self.db.counters();
        counter(
            out,
            "store_commits",
            "Transactions committed by the writer",
            store.commits,
        )?;
        counter(out, "store_commands", "Commands kept", store.commands)?;
        counter(
            out,
            "store_undone",
            "Commands undone because they refused or failed",
            store.undone,
        )?;
        counter(out, "store_retries", "Transactions tried again", store.retries)?;
        let bounds = (0..BATCH_SIZES).map(|place| match place {
            last if last + 1 == BATCH_SIZES => f64::INFINITY,
            place => f64::from(1_u32 << place),
        });
        let buckets: Vec<(f64, u64)> = bounds.zip(store.batch_sizes).collect();
        out.encode_descriptor(
            "store_batch_commands",
            "Commands in a transaction",
            None,
            MetricType::Histogram,
        )?
        .encode_histogram::<NoLabelSet>(
            (store.commands + store.undone) as f64,
            store.batch_sizes.iter().sum(),
            &buckets,
            None,
        )?;
        gauge(
            out,
            "store_writes_waiting",
            "Commands not answered yet",
            store.writes_waiting,
        )?;
        gauge(out, "store_readers_busy", "Readers at work", store.readers_busy)?;
        let lanes = Lane::ALL.map(|lane| match lane {
            Lane::Usual => "usual",
            Lane::Rush => "rush",
        });
        let reads: Vec<_> = lanes.into_iter().zip(store.reads_waiting).collect();
        by_label(
            out,
            "store_reads_waiting",
            "Reads not answered yet",
            MetricType::Gauge,
            "lane",
            &reads,
        )?;
        let shares = [Share::Residents, Share::Staff];
        let of = |figure: fn(&Admission, Share) -> u64| {
            shares.map(|share| (share.name(), figure(&self.admission, share)))
        };
        let under_way = of(|admission, share| admission.of(share).under_way() as u64);
        by_label(
            out,
            "requests_under_way",
            "Requests let in",
            MetricType::Gauge,
            "share",
            &under_way,
        )?;
        let turned_away = of(|admission, share| admission.of(share).turned_away());
        let help = "Requests that found no room";
        by_label(
            out,
            "requests_turned_away",
            help,
            MetricType::Counter,
            "share",
            &turned_away,
        )?;
        let (resident, peak) = memory_bytes();
        gauge(out, "resident_memory_bytes", "Memory of the process", resident)?;
        gauge(
            out,
            "peak_memory_bytes",
            "The most memory that the process had",
            peak,
        )
    }
}

fn counter(out: &mut DescriptorEncoder, name: &str, help: &str, value: u64) -> fmt::Result {
    let metric = ConstCounter::new(value);
    metric.encode(out.encode_descriptor(name, help, None, MetricType::Counter)?)
}

fn gauge(out: &mut DescriptorEncoder, name: &str, help: &str, value: u64) -> fmt::Result {
    let metric = ConstGauge::new(value);
    metric.encode(out.encode_descriptor(name, help, None, MetricType::Gauge)?)
}

fn by_label(
    out: &mut DescriptorEncoder,
    name: &str,
    help: &str,
    kind: MetricType,
    label: &str,
    figures: &[(&str, u64)],
) -> fmt::Result {
    let mut family = out.encode_descriptor(name, help, None, kind)?;
    for (value, figure) in figures {
        let labels = [(label, *value)];
        let one = family.encode_family(&labels)?;
        match kind {
            MetricType::Counter => ConstCounter::new(*figure).encode(one)?,
            _ => ConstGauge::new(*figure).encode(one)?,
        }
    }
    Ok(())
}

/// The memory of this process now and at most so far, in bytes, as Linux tells it; 0 elsewhere.
fn memory_bytes() -> (u64, u64) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let figure = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let kibibytes = line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
        kibibytes.unwrap_or(0) * 1_024
    };
    (figure("VmRSS:"), figure("VmHWM:"))
}
