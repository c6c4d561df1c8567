//! What happens to every request before the gate and after it: it is let in or asked to wait, its form is read, and its
//! answer is counted and logged. Logs name routes as they stand in the table: addresses hold the secrets of links.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, HeaderName};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use store::Lane;
use tokio::sync::Semaphore;

use super::admission::{Admission, Limits, Share};
use super::gate::{self, Gate};
use super::metrics::{Meter, Metrics};
use super::request::Web;
use super::waiting::{self, Again, BUSY, Why};
use crate::base::{App, Refusal};

/// The largest request of a resident; an order is some hundred bytes.
const RESIDENT_BYTES_MAX: usize = 64 * 1024;
/// The largest form that is kept so that it can be sent again; a pasted chain message is far smaller.
const FORM_BYTES_MAX: usize = 512 * 1024;
/// How long a form may take to arrive.
const ARRIVAL: Duration = Duration::from_secs(30);
/// Uploads with files that are taken at the same time: each may hold 24 MiB, and more while it is read.
const UPLOADS: usize = 4;

/// What the server as a whole holds beside the application.
#[derive(Debug)]
pub struct Front {
    /// What it takes on at once.
    pub limits: Limits,
    /// Who is let in.
    pub admission: Arc<Admission>,
    /// The figures.
    pub metrics: Metrics,
    /// Whether anybody may read the figures, not only this machine.
    pub open_metrics: bool,
    /// Whether the server has been told to stop.
    pub stopping: AtomicBool,
    uploads: Semaphore,
}

impl Front {
    /// A front for `app`.
    pub fn new(app: &App, limits: Limits, open_metrics: bool) -> Arc<Self> {
        let admission = Arc::new(Admission::new(&limits));
        Arc::new(Self {
            limits,
            metrics: Metrics::new(&app.db, &admission),
            admission,
            open_metrics,
            stopping: AtomicBool::new(false),
            uploads: Semaphore::new(UPLOADS),
        })
    }
}

/// A route as the front sees it.
pub struct Passage {
    /// The path, with parameters in braces.
    pub route: &'static str,
    /// Who may pass.
    pub gate: Gate,
    share: Share,
    meter: Meter,
    /// The application, whose reads go by the lane of the share.
    app: App,
    front: Arc<Front>,
}

impl Passage {
    /// The passage of a route.
    pub fn new(front: &Arc<Front>, app: &App, method: &'static str, route: &'static str, gate: Gate) -> Self {
        let share = Share::of(route);
        let lane = match share {
            Share::Residents => Lane::Rush,
            Share::Staff => Lane::Usual,
        };
        Self {
            route,
            gate,
            share,
            meter: front.metrics.meter(method, route),
            app: App {
                db: app.db.by(lane),
                ..app.clone()
            },
            front: Arc::clone(front),
        }
    }
}

/// The code of a refusal that an answer tells, for the figures and the log.
#[derive(Clone, Copy, Debug)]
pub struct RefusalCode(pub &'static str);

/// Takes a request from its arrival to its answer.
pub async fn pass(passage: Arc<Passage>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let id = request_id(request.headers());
    let mut response = serve(&passage, &id, request, next).await;
    let took = began.elapsed();
    let code = response.extensions().get::<RefusalCode>().map(|code| code.0);
    let status = response.status().as_u16();
    passage.front.metrics.count(&passage.meter, status, code, took);
    log(&passage, &id, status, code.unwrap_or(""), took);
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&id) {
        headers.insert(HeaderName::from_static("x-request-id"), value);
    }
    if let Some(code) = code {
        headers.insert(
            HeaderName::from_static("x-refusal"),
            HeaderValue::from_static(code),
        );
    }
    // Pages hold personal data: no cache keeps them, and the browser's back button asks again.
    headers
        .entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}

async fn serve(passage: &Passage, id: &str, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    // Whoever sends slowly does not hold a place meanwhile.
    let (body, again) = match read(passage.share, &parts, body).await {
        Ok(read) => read,
        Err(refusal) => {
            let web = Web::nobody(passage.app.clone(), &parts);
            return gate::show(&web, passage.route, id, &refusal.into(), &Again::ByHand);
        }
    };
    let turnstile = passage.front.admission.of(passage.share);
    // Commands whose sender has gone hold no place, but still wait for the writer; staff must not wait behind them.
    let crowded = passage.share == Share::Residents
        && passage.app.db.counters().writes_waiting >= passage.front.limits.residents as u64;
    let place = if crowded {
        Err(turnstile.turn_away())
    } else {
        turnstile.enter()
    };
    let _place = match place {
        Ok(place) => place,
        Err(wait_s) => {
            let web = Web::nobody(passage.app.clone(), &parts);
            return waiting::answer(&web, Why::Crowd, wait_s, &again);
        }
    };
    let _upload = if is(&parts.headers, "multipart/form-data") {
        match tokio::time::timeout(ARRIVAL, passage.front.uploads.acquire()).await {
            Ok(Ok(place)) => Some(place),
            Ok(Err(_)) | Err(_) => {
                let web = Web::nobody(passage.app.clone(), &parts);
                return waiting::answer(&web, Why::Crowd, ARRIVAL.as_secs(), &again);
            }
        }
    } else {
        None
    };
    let request = Request::from_parts(parts, body);
    gate::pass(
        passage.app.clone(),
        passage.gate,
        passage.route,
        id,
        request,
        next,
        &again,
    )
    .await
}

fn is(headers: &HeaderMap, kind: &str) -> bool {
    let found = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    found.is_some_and(|found| found.starts_with(kind))
}

/// Reads what is small, so that it can be sent again; leaves what is large to the handler.
async fn read(share: Share, parts: &Parts, body: Body) -> Result<(Body, Again), Refusal> {
    if matches!(parts.method, Method::GET | Method::HEAD) {
        return Ok((body, Again::Page));
    }
    let length = parts.headers.get(CONTENT_LENGTH);
    let length = length.and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    let form = is(&parts.headers, "application/x-www-form-urlencoded");
    let bytes_max = match share {
        Share::Residents => RESIDENT_BYTES_MAX,
        Share::Staff if form && length.is_some_and(|length| length <= FORM_BYTES_MAX) => FORM_BYTES_MAX,
        Share::Staff => return Ok((body, Again::ByHand)),
    };
    let too_large = || {
        Refusal::invalid(
            "body",
            "提交的内容太大，或没有传完；请减少内容后重试。",
            "The request is too large or did not arrive; send less and try again.",
        )
    };
    if length.is_some_and(|length| length > bytes_max) {
        return Err(too_large());
    }
    let bytes: Bytes = match tokio::time::timeout(ARRIVAL, to_bytes(body, bytes_max)).await {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(_)) | Err(_) => return Err(too_large()),
    };
    // A password is typed again rather than put into a page.
    let again = if form
        && !bytes
            .windows(8)
            .any(|word| word.eq_ignore_ascii_case(b"password"))
    {
        Again::Form(bytes.clone())
    } else {
        Again::ByHand
    };
    Ok((Body::from(bytes), again))
}

/// The id that a proxy gave the request, or a fresh one; it joins lines of the log.
fn request_id(headers: &HeaderMap) -> String {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let given = headers.get("x-request-id").and_then(|value| value.to_str().ok());
    let usable = |id: &&str| {
        (1..=64).contains(&id.len())
            && id
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    given.filter(usable).map_or_else(
        || {
            let number = NUMBER.fetch_add(1, Ordering::Relaxed);
            format!("{:x}-{number:x}", std::process::id())
        },
        str::to_string,
    )
}

/// One line for each request; those of residents only when asked for unless something failed, because there are thousands a
/// second, and those who were turned away all the more.
fn log(passage: &Passage, id: &str, status: u16, refusal: &str, took: Duration) {
    let (method, route, share) = (passage.meter.method(), passage.route, passage.share.name());
    let ms = took.as_secs_f64() * 1_000.0;
    macro_rules! line {
        ($level:ident) => {
            tracing::$level!(
                request_id = id,
                method,
                route,
                status,
                refusal,
                share,
                ms,
                "request"
            )
        };
    }
    if status >= 500 && refusal != BUSY {
        line!(warn);
    } else if passage.share == Share::Staff {
        line!(info);
    } else {
        line!(debug);
    }
}

#[cfg(test)]
mod tests;
