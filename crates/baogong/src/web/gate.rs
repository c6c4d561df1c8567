//! The gate before every handler: who asks, whether the route's right is theirs, whether a form comes from our own
//! page; and behind it, what becomes of an error.

use axum::body::Body;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use kit::{Icon, Tone, html};

use super::front::RefusalCode;
use super::request::Web;
use super::waiting::{self, Again, Why};
use crate::base::{Action, App, Error, Refusal, RefusalKind};

/// Who may pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// Anybody: sign-in, residents' links, assets.
    Open,
    /// Anybody who is signed in.
    SignedIn,
    /// Those whose role may do this.
    Needs(Action),
}

#[derive(Clone)]
struct Failed(std::sync::Arc<Error>);

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
        response
            .extensions_mut()
            .insert(Failed(std::sync::Arc::new(self)));
        response
    }
}

/// A refusal as a response, for extractors.
pub fn refuse(refusal: Refusal) -> Response {
    Error::from(refusal).into_response()
}

/// The status code of a refusal.
pub fn status(refusal: &Refusal) -> StatusCode {
    match refusal.kind {
        RefusalKind::SignInNeeded => StatusCode::UNAUTHORIZED,
        RefusalKind::NotAllowed => StatusCode::FORBIDDEN,
        RefusalKind::NotFound => StatusCode::NOT_FOUND,
        RefusalKind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
        RefusalKind::Conflict | RefusalKind::Exhausted => StatusCode::CONFLICT,
    }
}

/// Lets a request pass or refuses it, and shows what went wrong behind. `again` is what can be sent once more if the
/// server cannot serve.
pub async fn pass(
    app: App,
    gate: Gate,
    route: &'static str,
    request_id: &str,
    request: Request,
    next: Next,
    again: &Again,
) -> Response {
    let (parts, body) = request.into_parts();
    let web = match Web::of(app.clone(), &parts).await {
        Ok(web) => web,
        Err(error) => return show(&Web::nobody(app, &parts), route, request_id, &error, again),
    };
    let allowed = match gate {
        Gate::Open => Ok(()),
        Gate::SignedIn => web.actor().map(|_| ()),
        Gate::Needs(action) => web.actor().and_then(|actor| {
            let area = actor.area.clone();
            Ok(actor.check(action, &area)?)
        }),
    };
    let response = match allowed {
        Err(error) => error.into_response(),
        Ok(()) => {
            let mut request = Request::from_parts(parts, body);
            request.extensions_mut().insert(web.clone());
            next.run(request).await
        }
    };
    let mut response = match response.extensions().get::<Failed>().cloned() {
        Some(failed) => show(&web, route, request_id, &failed.0, again),
        None => response,
    };
    if let Some(code) = web.told() {
        response.extensions_mut().insert(RefusalCode(code));
    }
    response
}

/// How long to wait before a command that met this fault is sent again with the same id; `None` where that does not help.
fn wait_s(fault: &crate::base::Fault) -> Option<(Why, u64)> {
    use store::Fault::{Busy, Closed, Conflict, Disconnected, Disk, Unknown};
    match fault {
        crate::base::Fault::Store(Busy | Conflict) => Some((Why::Crowd, 2)),
        crate::base::Fault::Store(Unknown | Disconnected { .. } | Closed) => Some((Why::Trouble, 5)),
        crate::base::Fault::Store(Disk { .. }) => Some((Why::Trouble, 30)),
        _ => None,
    }
}

/// An error as a page or a problem document.
pub fn show(web: &Web, route: &'static str, request_id: &str, error: &Error, again: &Again) -> Response {
    let api = web.path.starts_with("/api/");
    let refusal = match error {
        Error::Refusal(refusal) => (**refusal).clone(),
        Error::Fault(fault) => {
            return match wait_s(fault) {
                Some((Why::Crowd, seconds)) => waiting::answer(web, Why::Crowd, seconds, again),
                waiting => {
                    tracing::error!(%fault, request_id, route, "fault");
                    waiting.map_or_else(
                        || fault_page(web, api),
                        |(why, seconds)| waiting::answer(web, why, seconds, again),
                    )
                }
            };
        }
    };
    let mut response = refusal_page(web, api, &refusal);
    response.extensions_mut().insert(RefusalCode(refusal.code));
    response
}

fn refusal_page(web: &Web, api: bool, refusal: &Refusal) -> Response {
    let status = status(refusal);
    if api {
        return problem(
            status,
            refusal.code,
            &refusal.zh,
            &refusal.en,
            refusal.field,
            refusal.possible_s,
        );
    }
    if refusal.kind == RefusalKind::SignInNeeded && refusal.code == "sign_in" {
        let back: String = form_urlencoded::byte_serialize(web.path.as_bytes()).collect();
        return web.go(&format!("/sign-in?back={back}"));
    }
    let back = local_path(&web.referer).unwrap_or_else(|| "/".to_string());
    let title = match refusal.kind {
        RefusalKind::NotFound => web.t("没有找到", "Not found"),
        RefusalKind::NotAllowed | RefusalKind::SignInNeeded => web.t("不能进行这项操作", "Not allowed"),
        RefusalKind::Invalid => web.t("请检查填写的内容", "Please check what you entered"),
        RefusalKind::Conflict | RefusalKind::Exhausted => web.t("现在不能这样做", "Not possible now"),
    };
    let body = html! {
        (kit::notice(Tone::Bad, title, html! { p { (web.words(refusal)) } }))
        (kit::actions(html! {
            (kit::link_button(&back, web.t("返回上一页", "Back"), Tone::Accent))
            (kit::link_button("/", web.t("回首页", "Home"), Tone::Quiet))
        }))
    };
    let shell = web.shell(title);
    let page = if web.user.is_some() {
        kit::page(&shell, body)
    } else {
        kit::light_page(&shell, body)
    };
    web.respond(status, page)
}

fn fault_page(web: &Web, api: bool) -> Response {
    let (zh, en) = (
        "系统出了问题，没有写入任何数据；请重试，或联系管理员。",
        "Something went wrong on our side and nothing was written; try again or call the administrator.",
    );
    let status = StatusCode::INTERNAL_SERVER_ERROR;
    if api {
        return problem(status, "fault", zh, en, None, None);
    }
    let home = kit::link_button("/", web.t("回首页", "Home"), Tone::Accent);
    let body = kit::empty(Icon::Alert, web.t(zh, en), "", home);
    let title = web.t("出了问题", "Something went wrong");
    web.respond(status, kit::light_page(&web.shell(title), body))
}

/// A problem document (RFC 9457) with the text in both languages.
pub fn problem(
    status: StatusCode,
    code: &str,
    zh: &str,
    en: &str,
    field: Option<&str>,
    possible_s: Option<i64>,
) -> Response {
    let document = serde_json::json!({
        "type": format!("urn:baogong:problem:{code}"),
        "title": en,
        "detail": zh,
        "status": status.as_u16(),
        "code": code,
        "field": field,
        "possible_s": possible_s,
    });
    let mut response = Response::new(Body::from(document.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(
        CONTENT_TYPE,
        axum::http::HeaderValue::from_static("application/problem+json"),
    );
    response
}

/// The path and query of an address on this site; `None` for anything else.
pub fn local_path(address: &str) -> Option<String> {
    let path = match address.split_once("://") {
        Some((_, rest)) => &rest[rest.find('/')?..],
        None => address,
    };
    (path.starts_with('/') && !path.starts_with("//") && !path.contains('\\')).then(|| path.to_string())
}

#[cfg(test)]
mod tests {
    use super::local_path;

    #[test]
    fn only_paths_of_this_site_are_gone_back_to() {
        assert_eq!(
            local_path("http://127.0.0.1:8080/rounds?x=1"),
            Some("/rounds?x=1".into())
        );
        assert_eq!(local_path("/rounds"), Some("/rounds".into()));
        assert_eq!(local_path("//evil.example/x"), None);
        assert_eq!(local_path("javascript:alert(1)"), None);
        assert_eq!(local_path("/\\evil.example"), None);
    }
}
