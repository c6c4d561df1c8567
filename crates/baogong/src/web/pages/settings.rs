//! Settings of the installation: the address by which people reach it.

use axum::http::StatusCode;
use axum::response::Response;
use kit::{Field, Tone, html};

use super::super::Answer;
use super::super::fields::Fields;
use super::super::gate::Gate;
use super::super::request::{SITE, Web};
use super::super::routes::{Route, read, write};
use super::super::serve::set_setting;
use super::guard;
use crate::base::act::Act;
use crate::base::address::{self, PUBLIC_URL};
use crate::base::{Action, Error, Refusal, RefusalKind, Result};

static SAVE: Act = Act::new("settings.save", Action::ManageUsers);

/// The settings.
pub fn routes() -> Vec<Route> {
    let manage = Gate::Needs(Action::ManageUsers);
    vec![read("/settings", manage, page), write("/settings", manage, save)]
}

async fn page(web: Web) -> Answer {
    let written = web.public_url.clone();
    Ok(show(&web, &written, None))
}

fn show(web: &Web, written: &str, refusal: Option<&Refusal>) -> Response {
    let title = web.t("设置", "Settings");
    let field = Field::text(PUBLIC_URL, web.t("对外网址", "Public address"))
        .value(written)
        .placeholder("https://bg.example.cn")
        .attr("inputmode", "url")
        .attr("autocapitalize", "none")
        .hint(web.t(
            "居民和工作人员用手机打开本系统的网址：协议和主机名，不带路径。标签、标识、通知上的二维码和发到群里的链接都用它；留空则用打印人浏览器里的网址。",
            "The address by which phones reach this system: scheme and host, no path. The codes on labels, signs and notices and the links for chat groups use it. Left empty, it is the address in the browser of whoever prints.",
        ))
        .error(refusal.map_or("", |refusal| web.words(refusal)));
    let body = html! {
        (kit::heading(title, "", html! {}))
        @if web.public_url.is_empty() {
            (kit::notice(Tone::Warn, web.t("还没有设置对外网址", "The public address is not set yet"), html! { p {
                (web.t("现在打印的二维码会指向：", "Codes printed now lead to: ")) strong { (web.origin()) }
                (web.t("。如果居民的手机打不开这个网址，请先设置再打印。", ". If phones cannot open this address, set it before anything is printed.")) } }))
        }
        (kit::section("", kit::form("/settings", &web.shell(""), html! {
            (field)
            (kit::actions(kit::button(web.t("保存", "Save"), Tone::Accent)))
        })))
    };
    let status = if refusal.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    web.respond(status, kit::page(&web.shell(title), body))
}

async fn save(web: Web, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let saved = keep(&web, &fields).await;
    match saved {
        Ok(()) => Ok(web.done("/settings", web.t("已保存。", "Saved."))),
        Err(Error::Refusal(refusal)) if refusal.kind == RefusalKind::Invalid => {
            Ok(show(&web, fields.get(PUBLIC_URL), Some(&refusal)))
        }
        Err(error) => Err(error),
    }
}

async fn keep(web: &Web, fields: &Fields) -> Result<()> {
    let origin = address::origin(fields.get(PUBLIC_URL))?;
    let area = web.actor()?.area;
    web.app
        .act(
            &web.ctx_for(fields.command())?,
            &SAVE,
            &area,
            origin,
            |tx, _, origin| {
                set_setting(tx, PUBLIC_URL, origin)?;
                Ok(origin.clone())
            },
        )
        .await?;
    web.app.forget(SITE);
    Ok(())
}
