//! One request as the pages see it: who asks, in which language, and the frame around the answer.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::http::header::{LOCATION, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use kit::{Icon, Lang, Markup, NavGroup, NavItem, Shell, Tone};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::base::address::PUBLIC_URL;
use crate::base::id::district;
use crate::base::people::User;
use crate::base::{Action, Actor, App, Ctx, Refusal, RefusalKind, Result};

/// The request and the application.
#[derive(Clone)]
pub struct Web {
    /// The application.
    pub app: App,
    /// The language of the page.
    pub lang: Lang,
    /// Whether large type is wanted.
    pub elder: bool,
    /// Who is signed in.
    pub user: Option<User>,
    /// The secret of the session.
    pub session: Option<String>,
    /// Whether the secret came in the `Authorization` header, which a browser never sends by itself; such a request
    /// needs no form token. Only the API takes it.
    pub bearer: bool,
    /// Path and query.
    pub path: String,
    /// The host that the browser asked.
    host: String,
    /// Whether the browser, or the proxy that it asked, spoke TLS.
    secure: bool,
    /// The address by which people reach the installation, if it is set.
    pub public_url: String,
    /// The page that the form was on.
    pub referer: String,
    /// The name of the installation's county.
    pub site: String,
    /// Whether the data are synthetic.
    pub demo: bool,
    flash: Option<(Tone, String)>,
    told: Arc<OnceLock<&'static str>>,
}

/// The value of a cookie.
pub fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let all = headers.get_all(axum::http::header::COOKIE);
    all.iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .find_map(|pair| {
            let (found, value) = pair.trim().split_once('=')?;
            (found == name).then(|| value.to_string())
        })
}

/// The session secret in the `Authorization` header of an API request.
fn bearer(parts: &Parts) -> Option<String> {
    if !parts.uri.path().starts_with("/api/") {
        return None;
    }
    let header = parts
        .headers
        .get(axum::http::header::AUTHORIZATION)?
        .to_str()
        .ok()?;
    let (scheme, secret) = header.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| secret.trim().to_string())
}

fn encode(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

fn decode(text: &str) -> String {
    form_urlencoded::parse(format!("v={text}").as_bytes())
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

/// The header that sets a cookie for this site only.
pub fn set_cookie(name: &str, value: &str, max_age_s: i64) -> HeaderValue {
    let text = format!("{name}={value}; Path=/; Max-Age={max_age_s}; HttpOnly; SameSite=Lax");
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// Under which key name and kind of the installation are remembered.
pub const SITE: &str = "site";
/// For how long, because another node may change them.
const SITE_KEPT: Duration = Duration::from_secs(5);

/// The name of the installation's county, whether the data are synthetic, and its public address.
fn site(tx: &mut store::Tx) -> Result<(String, bool, String)> {
    let name = super::serve::setting(tx, "site")?.unwrap_or_default();
    let public_url = super::serve::setting(tx, PUBLIC_URL)?.unwrap_or_default();
    Ok((name, super::serve::setting(tx, "demo")?.is_some(), public_url))
}

impl Web {
    /// Reads who asks from cookies and the store.
    pub async fn of(app: App, parts: &Parts) -> Result<Self> {
        let mut web = Self::nobody(app, parts);
        let site = web.app.remembered(SITE, SITE_KEPT, site).await?;
        (web.site, web.demo, web.public_url) = (*site).clone();
        if let Some(secret) = web.session.clone() {
            let now_s = web.app.clock.now_s();
            let look = move |tx: &mut store::Tx| crate::base::people::session_user(tx, &secret, now_s);
            web.user = web.app.read(look).await?;
        }
        Ok(web)
    }

    /// Reads what cookies and headers say, without looking into the store: who asks stays open.
    pub fn nobody(app: App, parts: &Parts) -> Self {
        let bearer = bearer(parts);
        let by_bearer = bearer.is_some();
        let session = bearer.or_else(|| cookie(&parts.headers, "session"));
        let flash = cookie(&parts.headers, "flash")
            .map(|text| decode(&text))
            .and_then(|text| {
                let (tone, words) = text.split_once('|')?;
                let tone = match tone {
                    "good" => Tone::Good,
                    "warn" => Tone::Warn,
                    _ => Tone::Bad,
                };
                Some((tone, words.to_string()))
            });
        let header = |name: &str| {
            parts
                .headers
                .get(name)
                .and_then(|value| value.to_str().ok())
                .unwrap_or("")
                .to_string()
        };
        let english = cookie(&parts.headers, "lang").map_or_else(
            || header("accept-language").starts_with("en"),
            |lang| lang == "en",
        );
        Self {
            app,
            lang: if english { Lang::En } else { Lang::Zh },
            elder: cookie(&parts.headers, "elder").as_deref() == Some("1"),
            user: None,
            session,
            bearer: by_bearer,
            path: parts
                .uri
                .path_and_query()
                .map_or_else(String::new, ToString::to_string),
            host: header("host"),
            // A proxy says what the browser spoke; the page before, if it was one of ours, says it too.
            secure: header("x-forwarded-proto")
                .split(',')
                .next()
                .is_some_and(|scheme| scheme.trim().eq_ignore_ascii_case("https"))
                || header("referer")
                    .strip_prefix("https://")
                    .is_some_and(|rest| rest.split('/').next() == Some(header("host").as_str())),
            public_url: String::new(),
            referer: header("referer"),
            site: String::new(),
            demo: false,
            flash,
            told: Arc::default(),
        }
    }

    /// The word in the language of the page.
    pub fn t<'a>(&self, zh: &'a str, en: &'a str) -> &'a str {
        self.lang.t(zh, en)
    }

    /// Who acts; somebody must be signed in.
    pub fn actor(&self) -> Result<Actor> {
        let user = self.user.as_ref().ok_or_else(|| {
            Refusal::new(
                RefusalKind::SignInNeeded,
                "sign_in",
                "请先登录。",
                "Please sign in first.",
            )
        })?;
        Ok(user.actor())
    }

    /// The context of a read: who and when.
    pub fn ctx(&self) -> Result<Ctx> {
        self.ctx_for(Uuid::now_v7())
    }

    /// The context of a command.
    pub fn ctx_for(&self, command: Uuid) -> Result<Ctx> {
        Ok(Ctx {
            actor: self.actor()?,
            now_s: self.app.clock.now_s(),
            command,
        })
    }

    /// The area that the page is about: the one asked for, if the actor covers it, else the actor's own.
    pub fn area(&self, asked: &str) -> Result<String> {
        let actor = self.actor()?;
        if asked.is_empty() {
            return Ok(actor.area);
        }
        if actor.covers(asked) {
            return Ok(asked.to_string());
        }
        Err(Refusal::new(
            RefusalKind::NotAllowed,
            "outside_area",
            "这个地方不在您负责的区域内。",
            "This place lies outside your area.",
        )
        .into())
    }

    /// The district of the actor.
    pub fn district(&self) -> Result<String> {
        Ok(district(&self.actor()?.area).to_string())
    }

    /// Scheme and host for addresses that leave the page, on paper or in messages: those that are set, or else those
    /// that this request came by.
    pub fn origin(&self) -> String {
        if !self.public_url.is_empty() {
            return self.public_url.clone();
        }
        let scheme = if self.secure { "https" } else { "http" };
        format!("{scheme}://{}", self.host)
    }

    /// The token that every form of this session carries.
    pub fn token(&self) -> String {
        let Some(session) = &self.session else {
            return String::new();
        };
        let hash = Sha256::digest(format!("form/{session}").as_bytes());
        hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }

    fn nav(&self) -> Vec<NavGroup> {
        let Some(user) = &self.user else { return Vec::new() };
        let actor = user.actor();
        let item = |action: Action, href: &str, icon: Icon, zh: &str, en: &str| {
            let path = self.path.split('?').next().unwrap_or("");
            actor.may(action).then(|| NavItem {
                href: href.to_string(),
                label: self.t(zh, en).to_string(),
                icon,
                active: path == href || (href != "/" && path.starts_with(&format!("{href}/"))),
                count: None,
            })
        };
        let group = |zh: &str, en: &str, items: Vec<Option<NavItem>>| NavGroup {
            title: self.t(zh, en).to_string(),
            items: items.into_iter().flatten().collect(),
        };
        let home = NavItem {
            href: "/".into(),
            label: self.t("首页", "Home").into(),
            icon: Icon::Home,
            active: self.path == "/" || self.path.starts_with("/?"),
            count: None,
        };
        let mut groups = vec![
            group(
                "总览",
                "Overview",
                vec![
                    Some(home),
                    item(Action::ViewBoard, "/board", Icon::Chart, "指挥看板", "Board"),
                    item(Action::ViewCoverage, "/coverage", Icon::Clock, "余粮", "Coverage"),
                    item(Action::ViewReport, "/reports", Icon::Print, "报告", "Reports"),
                ],
            ),
            group(
                "准备",
                "Prepare",
                vec![
                    item(
                        Action::ViewRegister,
                        "/registers",
                        Icon::People,
                        "登记",
                        "Register",
                    ),
                    item(Action::ImportRegister, "/imports", Icon::Upload, "导入", "Import"),
                    item(
                        Action::ViewPlan,
                        "/directives",
                        Icon::Bell,
                        "指令与规则",
                        "Directives and rules",
                    ),
                    item(Action::ViewLists, "/lists", Icon::List, "两张清单", "Two lists"),
                    item(Action::Propose, "/proposals", Icon::Map, "分配", "Assignment"),
                    item(
                        Action::Compose,
                        "/packs",
                        Icon::Basket,
                        "套餐搭配",
                        "Contents of packs",
                    ),
                    item(Action::IssuePass, "/passes", Icon::Shield, "通行证", "Passes"),
                ],
            ),
            group(
                "供应",
                "Supply",
                vec![
                    item(Action::ViewRounds, "/rounds", Icon::Box, "轮次", "Rounds"),
                    item(Action::Deliver, "/trips", Icon::Truck, "车次", "Trips"),
                    item(Action::Deliver, "/handover", Icon::House, "交付", "Hand-over"),
                    item(Action::Collect, "/advances", Icon::Wallet, "垫付挂账", "Advances"),
                ],
            ),
            group(
                "管理",
                "Manage",
                vec![
                    item(Action::ManageUsers, "/users", Icon::People, "用户", "Users"),
                    item(Action::ManageUsers, "/settings", Icon::Gear, "设置", "Settings"),
                    item(Action::ViewAudit, "/audit", Icon::Shield, "审计", "Audit"),
                ],
            ),
        ];
        groups.retain(|group| !group.items.is_empty());
        groups
    }

    /// The frame of a page.
    pub fn shell(&self, title: &str) -> Shell {
        Shell {
            lang: self.lang,
            elder: self.elder,
            title: title.to_string(),
            site: if self.site.is_empty() {
                self.t("保供", "Baogong").to_string()
            } else {
                self.site.clone()
            },
            user: self
                .user
                .as_ref()
                .map(|user| (user.name.clone(), user.role.word(self.lang).to_string())),
            nav: self.nav(),
            flash: self.flash.clone(),
            path: self.path.clone(),
            token: self.token(),
            banner: self.demo.then(|| {
                self.t(
                    "演示数据：住户、电话、单位均为虚构",
                    "Demo data: households, phones and firms are invented",
                )
                .to_string()
            }),
            command: Uuid::now_v7().to_string(),
        }
    }

    /// A page for staff.
    pub fn page(&self, title: &str, body: Markup) -> Response {
        self.respond(StatusCode::OK, kit::page(&self.shell(title), body))
    }

    /// A page for residents, and for those who are not signed in.
    pub fn light(&self, title: &str, body: Markup) -> Response {
        self.respond(StatusCode::OK, kit::light_page(&self.shell(title), body))
    }

    /// A finished page with a status.
    pub fn respond(&self, status: StatusCode, page: Markup) -> Response {
        let mut response = (status, axum::response::Html(page.into_string())).into_response();
        if self.flash.is_some() {
            response
                .headers_mut()
                .append(SET_COOKIE, set_cookie("flash", "", 0));
        }
        response
    }

    /// Goes to another page.
    pub fn go(&self, to: &str) -> Response {
        let mut response = StatusCode::SEE_OTHER.into_response();
        let location = HeaderValue::from_str(to).unwrap_or_else(|_| HeaderValue::from_static("/"));
        response.headers_mut().insert(LOCATION, location);
        response
    }

    /// Goes to another page and says there what was done.
    pub fn done(&self, to: &str, words: &str) -> Response {
        self.go_telling(to, "good", words)
    }

    /// Goes to another page and warns there.
    pub fn warned(&self, to: &str, words: &str) -> Response {
        self.go_telling(to, "warn", words)
    }

    fn go_telling(&self, to: &str, tone: &str, words: &str) -> Response {
        let mut response = self.go(to);
        let words: String = words.chars().take(300).collect();
        response.headers_mut().append(
            SET_COOKIE,
            set_cookie("flash", &encode(&format!("{tone}|{words}")), 60),
        );
        response
    }

    /// A refusal's words in the language of the page. The answer then carries the refusal's code, see [`Web::told`].
    pub fn words<'a>(&self, refusal: &'a Refusal) -> &'a str {
        let _ = self.told.set(refusal.code);
        self.lang.t(&refusal.zh, &refusal.en)
    }

    /// The code of the refusal that the page tells, if it tells one.
    pub fn told(&self) -> Option<&'static str> {
        self.told.get().copied()
    }

    /// A file to be saved, or shown when it is a PDF.
    pub fn file(&self, name: &str, mime: &'static str, bytes: Vec<u8>) -> Response {
        let how = if mime == "application/pdf" {
            "inline"
        } else {
            "attachment"
        };
        let disposition = format!("{how}; filename*=UTF-8''{}", encode(name).replace('+', "%20"));
        let mut response = bytes.into_response();
        let headers = response.headers_mut();
        headers.insert(axum::http::header::CONTENT_TYPE, HeaderValue::from_static(mime));
        if let Ok(value) = HeaderValue::from_str(&disposition) {
            headers.insert(axum::http::header::CONTENT_DISPOSITION, value);
        }
        response
    }
}

/// The type of an XLSX file.
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// The type of a CSV file.
pub const CSV: &str = "text/csv; charset=utf-8";
/// The type of a PDF file.
pub const PDF: &str = "application/pdf";

impl<S: Send + Sync> FromRequestParts<S> for Web {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> std::result::Result<Self, Response> {
        parts
            .extensions
            .get::<Web>()
            .cloned()
            .ok_or_else(|| StatusCode::INTERNAL_SERVER_ERROR.into_response())
    }
}
