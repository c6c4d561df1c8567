//! What somebody sees whom the server cannot serve at this moment: how long to wait, that nothing is lost, and a button
//! that sends the same form again under the same command id, so that it acts once however often it is pressed.

use axum::body::Bytes;
use axum::http::header::{REFRESH, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use kit::{Tone, html};
use uuid::Uuid;

use super::fields::Fields;
use super::front::RefusalCode;
use super::gate::problem;
use super::request::Web;

/// The code of these answers.
pub const BUSY: &str = "busy";

/// What the request was, as far as it can be sent again.
#[derive(Clone, Debug)]
pub enum Again {
    /// A page: it is simply asked for again.
    Page,
    /// A form that was read.
    Form(Bytes),
    /// A command that cannot be repeated from here, such as one with files.
    ByHand,
}

/// Why the server cannot serve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Too many at once.
    Crowd,
    /// The database does not take anything.
    Trouble,
}

/// The answer 503 with `Retry-After`: a page, or a problem document for the API.
pub fn answer(web: &Web, why: Why, wait_s: u64, again: &Again) -> Response {
    let api = web.path.starts_with("/api/");
    let mut response = if api {
        let (zh, en) = match why {
            Why::Crowd => (
                format!("现在办理的人很多，请{wait_s}秒后用同一编号（Idempotency-Key）重试。"),
                format!(
                    "Many are using the system; try again in {wait_s} seconds with the same Idempotency-Key."
                ),
            ),
            Why::Trouble => (
                format!("系统暂时不能办理，请{wait_s}秒后用同一编号（Idempotency-Key）重试。"),
                format!(
                    "The system cannot serve at the moment; try again in {wait_s} seconds with the same Idempotency-Key."
                ),
            ),
        };
        let possible_s = web.app.clock.now_s() + i64::try_from(wait_s).unwrap_or(0);
        let status = StatusCode::SERVICE_UNAVAILABLE;
        problem(status, BUSY, &zh, &en, None, Some(possible_s))
    } else {
        page(web, why, wait_s, again)
    };
    let seconds = HeaderValue::from(wait_s);
    let headers = response.headers_mut();
    if !api && matches!(again, Again::Page) {
        headers.insert(REFRESH, seconds.clone());
    }
    headers.insert(RETRY_AFTER, seconds);
    response.extensions_mut().insert(RefusalCode(BUSY));
    response
}

fn page(web: &Web, why: Why, wait_s: u64, again: &Again) -> Response {
    let title = match why {
        Why::Crowd => web.t("现在人多，请稍等", "Many are waiting; please be patient"),
        Why::Trouble => web.t(
            "系统暂时不能办理，请稍等",
            "Not possible at the moment; please wait",
        ),
    };
    let lead = match why {
        Why::Crowd => web.t(
            "很多人正在同时下单、办理，系统在依次处理。",
            "Many people are ordering at the same time, and the system serves one after another.",
        ),
        Why::Trouble => web.t(
            "系统正在恢复，已经办好的都还在。",
            "The system is recovering; whatever was confirmed is safe.",
        ),
    };
    let body = html! {
        (kit::notice(Tone::Warn, title, html! {
            p { (lead) }
            p { (web.t("请等待", "Please wait ")) strong { (wait_s) } (web.t("秒。", " seconds.")) }
        }))
        @match again {
            Again::Page => p { (web.t("本页到时会自动刷新，不用反复点。", "This page then reloads by itself.")) },
            Again::Form(form) => {
                p { (web.t("您填写的内容没有丢失，就在本页里。到时请按下面的按钮；按几次都只办理一次，不会重复下单。",
                    "What you entered is not lost; it is kept in this page. Then press the button. However often it is pressed, it is done once.")) }
                (resend(web, wait_s, form))
            },
            Again::ByHand => p { (web.t("请到时返回上一页，再提交一次。", "Then go back one page and send it again.")) },
        }
    };
    web.respond(
        StatusCode::SERVICE_UNAVAILABLE,
        kit::light_page(&web.shell(title), body),
    )
}

/// The form once more, with all its fields; a script sends it by itself when the time has come.
fn resend(web: &Web, wait_s: u64, form: &Bytes) -> kit::Markup {
    let mut fields = Fields::of_query(&String::from_utf8_lossy(form)).list;
    if !fields
        .iter()
        .any(|(name, value)| name == "command" && Uuid::parse_str(value).is_ok())
    {
        fields.retain(|(name, _)| name != "command");
        fields.push(("command".to_string(), Uuid::now_v7().to_string()));
    }
    html! {
        form method="post" action=(web.path) data-resend-s=(wait_s) {
            @for (name, value) in &fields { input type="hidden" name=(name) value=(value); }
            (kit::actions(kit::button(web.t("再试一次", "Try again"), Tone::Accent)))
            p class="soft" data-resend-words {}
        }
    }
}
