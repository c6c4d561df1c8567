//! Signing in by password or link, setting up the first administrator, signing out, language and text size.

use axum::extract::{Path, RawQuery};
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::Response;
use kit::{Field, Icon, Tone, html};
use store::Tx;
use uuid::Uuid;

use super::super::Answer;
use super::super::fields::Fields;
use super::super::gate::{Gate, local_path};
use super::super::request::SITE;
use super::super::request::{Web, set_cookie};
use super::super::routes::{Route, read, write};
use super::super::serve::set_setting;
use super::super::session;
use super::guard;
use crate::base::clock::{DAY_S, HOUR_S};
use crate::base::people::{self, UserDraft};
use crate::base::{Ctx, Error, Refusal, RefusalKind, Result, Role, audit};

/// How long the browser keeps a session; the store ends it at the same time.
const SESSION_S: i64 = 12 * HOUR_S;
/// How long the browser keeps language and text size.
const WORDS_S: i64 = 365 * DAY_S;

/// Sign-in, links, sign-out, language.
pub fn routes() -> Vec<Route> {
    vec![
        read("/sign-in", Gate::Open, form),
        write("/sign-in", Gate::Open, sign_in),
        read("/enter/{secret}", Gate::Open, entrance),
        write("/enter/{secret}", Gate::Open, enter),
        write("/sign-out", Gate::SignedIn, sign_out),
        read("/words", Gate::Open, words),
    ]
}

/// Where to go after signing in: a page of this site that is not itself about signing in.
fn back(fields: &Fields) -> String {
    local_path(fields.get("back"))
        .filter(|path| !path.starts_with("/sign-") && !path.starts_with("/enter/"))
        .unwrap_or_else(|| "/".to_string())
}

async fn form(web: Web, RawQuery(query): RawQuery) -> Answer {
    let fields = Fields::of_query(&query.unwrap_or_default());
    if web.user.is_some() {
        return Ok(web.go(&back(&fields)));
    }
    show_form(&web, &fields, None).await
}

async fn show_form(web: &Web, fields: &Fields, refusal: Option<&Refusal>) -> Answer {
    let empty = web.app.read(people::is_empty).await?;
    let shell = web.shell(web.t("登录", "Sign in"));
    let login = Field::text("login", web.t("登录名", "Sign-in name")).value(fields.get("login"));
    let body = html! {
        (kit::heading(web.t("登录", "Sign in"), web.t("工作人员请登录。居民订购请打开小区群里的链接，不用登录。",
            "For staff. Residents order through the link in their compound's chat group, without signing in."), html! {}))
        @if empty {
            (kit::notice(Tone::Warn, web.t("系统还没有设置", "Not set up yet"), html! { p {
                (web.t("请打开安装时显示的设置链接，先建立第一位管理员。",
                    "Open the set-up link that was shown at installation and make the first administrator.")) } }))
        }
        @if let Some(refusal) = refusal {
            (kit::notice(Tone::Bad, web.t("没有登录成功", "Not signed in"), html! { p { (web.words(refusal)) } }))
        }
        (kit::section("", html! { (kit::form("/sign-in", &shell, html! {
            (Field::hidden("back", fields.get("back")))
            (login.attr("autocomplete", "username").attr("autocapitalize", "none").attr("maxlength", "100").required())
            (Field::password("password", web.t("密码", "Password")).attr("maxlength", "200").required())
            (kit::actions(kit::button(web.t("登录", "Sign in"), Tone::Accent)))
        }))
        p { (web.t("没有密码，或忘记了密码？请管理员发一个登录链接。",
            "No password, or forgotten it? Ask your administrator for a sign-in link.")) }
        }))
    };
    let status = if refusal.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    Ok(web.respond(status, kit::light_page(&shell, body)))
}

async fn sign_in(web: Web, fields: Fields) -> Answer {
    // The password is taken as typed: blanks around it belong to it.
    let password = fields
        .list
        .iter()
        .find(|(name, _)| name == "password")
        .map_or("", |(_, value)| value);
    match session::sign_in(&web.app, fields.get("login"), password).await {
        Ok(secret) => Ok(with_session(&web, &secret, &back(&fields))),
        Err(Error::Refusal(refusal)) => show_form(&web, &fields, Some(&refusal)).await,
        Err(fault) => Err(fault),
    }
}

fn with_session(web: &Web, secret: &str, to: &str) -> Response {
    let mut response = web.go(to);
    response
        .headers_mut()
        .append(SET_COOKIE, set_cookie("session", secret, SESSION_S));
    response
}

/// The page behind a link. It only shows a button, because chat programs open links to preview them, and that must
/// not use the link up.
async fn entrance(web: Web, Path(secret): Path<String>) -> Answer {
    let now_s = web.app.clock.now_s();
    let asked = secret.clone();
    let owner = web
        .app
        .read(move |tx| {
            Ok(match people::link_user(tx, &asked, now_s)? {
                None => None,
                Some(None) => Some(None),
                Some(Some(id)) => people::find(tx, id)?
                    .filter(|user| user.active)
                    .map(|user| Some(user.name)),
            })
        })
        .await?;
    match owner {
        None => {
            let shell = web.shell(web.t("链接已失效", "Link not valid"));
            let body = kit::empty(
                Icon::Lock,
                web.t(
                    "这个登录链接已用过或已过期",
                    "This sign-in link was used or has expired",
                ),
                web.t(
                    "请向管理员要一个新的链接，或者用登录名和密码登录。",
                    "Ask your administrator for a new one, or sign in with your password.",
                ),
                kit::link_button("/sign-in", web.t("去登录", "Sign in"), Tone::Accent),
            );
            Ok(web.respond(StatusCode::GONE, kit::light_page(&shell, body)))
        }
        Some(None) => Ok(set_up_form(&web, &secret, &Fields::default(), None)),
        Some(Some(name)) => {
            let title = web.t("进入系统", "Enter the system");
            let body = html! {
                (kit::heading(&format!("{}{name}", web.t("您好，", "Hello, ")), web.t("这个链接只能用一次。请勿转发给别人。",
                    "This link works once. Do not pass it on."), html! {}))
                (kit::section("", kit::form(&format!("/enter/{secret}"), &web.shell(""), kit::actions(
                    kit::button(title, Tone::Accent)))))
            };
            Ok(web.light(title, body))
        }
    }
}

async fn enter(web: Web, Path(secret): Path<String>, fields: Fields) -> Answer {
    let now_s = web.app.clock.now_s();
    let asked = secret.clone();
    let owner = web
        .app
        .read(move |tx| people::link_user(tx, &asked, now_s))
        .await?;
    if owner == Some(None) {
        return set_up(web, secret, fields).await;
    }
    let opened: Result<String> = web.app.db.write(move |tx| open_by_link(tx, &secret, now_s)).await;
    Ok(with_session(&web, &opened?, "/"))
}

fn open_by_link(tx: &mut Tx, secret: &str, now_s: i64) -> Result<String> {
    let id = people::use_link(tx, secret, now_s)?;
    let user = match id {
        Some(id) => people::find(tx, id)?.filter(|user| user.active),
        None => None,
    };
    let user = user.ok_or_else(|| {
        Refusal::new(
            RefusalKind::NotAllowed,
            "user_inactive",
            "这个账号已停用，请联系管理员。",
            "This account was switched off; call your administrator.",
        )
    })?;
    let ctx = Ctx {
        actor: user.actor(),
        now_s,
        command: Uuid::now_v7(),
    };
    audit::append(tx, &ctx, "session.link", &user.area, "{}")?;
    people::open_session(tx, user.id, now_s)
}

fn set_up_form(web: &Web, secret: &str, fields: &Fields, refusal: Option<&Refusal>) -> Response {
    let title = web.t("首次设置", "First set-up");
    let shell = web.shell(title);
    let wrong = |name: &str| {
        refusal
            .filter(|refusal| refusal.field == Some(name))
            .map_or("", |refusal| web.words(refusal))
    };
    let text = |name: &str, label: &str| {
        Field::text(name, label)
            .value(fields.get(name))
            .error(wrong(name))
            .required()
    };
    let body = html! {
        (kit::heading(title, web.t("填写本县信息，建立第一位管理员。以后的用户由管理员添加。",
            "Name the county and make the first administrator, who adds everybody else."), html! {}))
        @if let Some(refusal) = refusal {
            (kit::notice(Tone::Bad, web.t("请检查填写的内容", "Please check what you entered"), html! { p { (web.words(refusal)) } }))
        }
        (kit::section("", kit::form(&format!("/enter/{secret}"), &shell, html! {
            (text("site", web.t("县（市、区）名称", "Name of the county")).placeholder(web.t("如：永兴县", "Such as: Yongxing county")))
            (text("area", web.t("行政区划代码", "Division code")).placeholder("431023").attr("inputmode", "numeric")
                .attr("maxlength", "12").hint(web.t("县级为6位数字；只在一个街道或社区使用时填9位或12位代码",
                    "Six digits for a county; nine or twelve for one street or community")))
            (text("name", web.t("管理员姓名", "Administrator's name")).attr("autocomplete", "name"))
            (text("login", web.t("登录名", "Sign-in name")).attr("autocomplete", "username").attr("autocapitalize", "none"))
            (Field::password("password", web.t("密码", "Password")).attr("autocomplete", "new-password").attr("minlength", "8")
                .error(wrong("password")).hint(web.t("至少8个字符", "At least 8 characters")).required())
            (kit::actions(kit::button(web.t("完成设置，进入系统", "Finish and enter"), Tone::Accent)))
        })))
    };
    let status = if refusal.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    web.respond(status, kit::light_page(&shell, body))
}

/// What the first administrator fills in.
#[derive(Clone)]
struct SetUp {
    site: String,
    draft: UserDraft,
}

async fn set_up(web: Web, secret: String, fields: Fields) -> Answer {
    let password = fields
        .list
        .iter()
        .find(|(name, _)| name == "password")
        .map_or("", |(_, value)| value);
    let first = SetUp {
        site: fields.get("site").chars().take(40).collect(),
        draft: UserDraft {
            login: fields.get("login").to_string(),
            name: fields.get("name").to_string(),
            role: Role::Administrator.key().to_string(),
            area: documents::values::fold_width(fields.get("area")).into_owned(),
            password: password.to_string(),
            active: "1".to_string(),
            ..UserDraft::default()
        },
    };
    let ctx = Ctx::system(&web.app.clock);
    let link = secret.clone();
    let opened: Result<String> = web
        .app
        .db
        .write(move |tx| set_up_in(tx, &ctx, &link, &first))
        .await;
    match opened {
        Ok(session) => {
            web.app.forget(SITE);
            Ok(with_session(&web, &session, "/"))
        }
        Err(Error::Refusal(refusal)) if refusal.kind == RefusalKind::Invalid => {
            Ok(set_up_form(&web, &secret, &fields, Some(&refusal)))
        }
        Err(error) => Err(error),
    }
}

fn set_up_in(tx: &mut Tx, ctx: &Ctx, secret: &str, first: &SetUp) -> Result<String> {
    people::use_link(tx, secret, ctx.now_s)?;
    if !people::is_empty(tx)? {
        return Err(Refusal::conflict(
            "already_set_up",
            "系统已经设置过，请用管理员账号登录。",
            "The system is set up already; sign in as an administrator.",
        )
        .into());
    }
    if first.site.is_empty() {
        return Err(Refusal::invalid(
            "site",
            "请填写县（市、区）名称。",
            "Enter the name of the county.",
        )
        .into());
    }
    let area = &first.draft.area;
    if !matches!(area.len(), 6 | 9 | 12) || !area.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Refusal::invalid(
            "area",
            "行政区划代码应为6位（县）、9位（街道、乡镇）或12位（社区、村）数字。",
            "A division code has 6 digits (county), 9 (street) or 12 (community).",
        )
        .into());
    }
    if first.draft.password.is_empty() {
        return Err(Refusal::invalid(
            "password",
            "请设置密码，至少8个字符。",
            "Choose a password of at least 8 characters.",
        )
        .into());
    }
    let id = people::save(tx, ctx, &first.draft)?;
    set_setting(tx, "site", &first.site)?;
    audit::append(tx, ctx, "user.first", area, &serde_json::to_string(&id)?)?;
    people::open_session(tx, id, ctx.now_s)
}

async fn sign_out(web: Web, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    if let Some(secret) = &web.session {
        session::sign_out(&web.app, secret).await?;
    }
    let mut response = web.done("/sign-in", web.t("已退出登录。", "You are signed out."));
    response
        .headers_mut()
        .append(SET_COOKIE, set_cookie("session", "", 0));
    Ok(response)
}

async fn words(web: Web, RawQuery(query): RawQuery) -> Answer {
    let fields = Fields::of_query(&query.unwrap_or_default());
    let mut response = web.go(&local_path(fields.get("back")).unwrap_or_else(|| "/".to_string()));
    for (name, allowed) in [("lang", ["zh", "en"]), ("elder", ["0", "1"])] {
        if let Some(value) = allowed.into_iter().find(|value| *value == fields.get(name)) {
            response
                .headers_mut()
                .append(SET_COOKIE, set_cookie(name, value, WORDS_S));
        }
    }
    Ok(response)
}

#[cfg(test)]
mod tests;
