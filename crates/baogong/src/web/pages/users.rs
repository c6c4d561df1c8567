//! Users: who may sign in, as what, where; and the one-time links with which they do.

use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::RawQuery;
use axum::http::StatusCode;
use kit::{Column, Field, Icon, TableRow, Tone, html};
use serde::Serialize;
use store::Tx;

use super::super::Answer;
use super::super::fields::Fields;
use super::super::gate::Gate;
use super::super::request::Web;
use super::super::routes::{Route, read, write};
use super::registers::address;
use super::reports::exports;
use super::{area_options, guard};
use crate::base::act::Act;
use crate::base::id::{UserId, district};
use crate::base::people::{self, User, UserDraft};
use crate::base::{Action, Ctx, Error, Refusal, RefusalKind, Result, Role};
use crate::register::correct::area_name;
use crate::register::entry::{self, Query};

static SAVE: Act = Act::new("user.save", Action::ManageUsers);
static LINK: Act = Act::new("user.link", Action::ManageUsers);

/// Users on one page of the list.
const PAGE: usize = 50;

/// The list, the form, links.
pub fn routes() -> Vec<Route> {
    let manage = Gate::Needs(Action::ManageUsers);
    vec![
        read("/users", manage, list),
        read("/users/edit", manage, form),
        write("/users/edit", manage, save),
        write("/users/link", manage, link),
    ]
}

async fn list(web: Web, RawQuery(query): RawQuery) -> Answer {
    let fields = Fields::of_query(&query.unwrap_or_default());
    let words = fields.get("q").to_string();
    let page = usize::try_from(fields.number("page")?.unwrap_or(1))
        .unwrap_or(1)
        .max(1);
    let (actor, wanted) = (web.actor()?, words.clone());
    let (users, total) = web
        .app
        .read(move |tx| {
            let mut users = people::list(tx)?;
            users.retain(|user| {
                actor.covers(&user.area) && (user.login.contains(&wanted) || user.name.contains(&wanted))
            });
            let total = users.len();
            let mut shown = Vec::new();
            for user in users.into_iter().skip((page - 1).saturating_mul(PAGE)).take(PAGE) {
                let area = area_name(tx, &user.area)?;
                let supplier = match &user.supplier {
                    Some(code) => super::supplier_name(tx, district(&user.area), code)?,
                    None => String::new(),
                };
                shown.push((user, area, supplier));
            }
            Ok((shown, total))
        })
        .await?;
    let columns = [
        Column::text(web.t("姓名", "Name")),
        Column::text(web.t("登录名", "Sign-in name")),
        Column::text(web.t("身份", "Role")),
        Column::text(web.t("负责区域", "Area")),
        Column::text(web.t("所属单位", "Supplier")),
        Column::text(web.t("状态", "State")),
    ];
    let rows = users
        .iter()
        .map(|(user, area, supplier)| {
            TableRow::new(vec![
                html! { (user.name) },
                html! { (user.login) },
                html! { (user.role.word(web.lang)) },
                html! { (area) },
                html! { (supplier) },
                if user.active {
                    kit::badge(Tone::Good, web.t("可登录", "active"))
                } else {
                    kit::badge(Tone::Quiet, web.t("已停用", "switched off"))
                },
            ])
            .href(format!("/users/edit?id={}", user.id))
        })
        .collect();
    let add = || {
        kit::link_button_with(
            Icon::Plus,
            "/users/edit",
            web.t("添加用户", "Add a user"),
            Tone::Accent,
        )
    };
    let empty = if words.is_empty() {
        kit::empty(
            Icon::Person,
            web.t("还没有用户", "No users yet"),
            web.t(
                "先添加指挥部和各街道的用户。",
                "Begin with headquarters and the streets.",
            ),
            add(),
        )
    } else {
        kit::empty(
            Icon::Search,
            web.t("没有找到", "Nothing found"),
            web.t("试试姓名或登录名的一部分。", "Try a part of the name."),
            kit::link_button("/users", web.t("显示全部", "Show all"), Tone::Accent),
        )
    };
    let mut base = address("/users", &[("q", &words)]);
    base.push(if words.is_empty() { '?' } else { '&' });
    let body = html! {
        (kit::heading(web.t("用户", "Users"), web.t("谁能登录、以什么身份、负责哪里。点姓名可以修改，或发登录链接。",
            "Who may sign in, as what, and where. Open a user to change it or to make a sign-in link."), html! { (add()) (exports(&web, "users", &[("q", &words)])) }))
        (kit::section("", html! {
            (kit::search_bar(web.lang, "/users", &words, web.t("姓名或登录名", "name or sign-in name"), html! {}))
            (kit::table(web.t("用户", "Users"), &columns, rows, empty))
            @if total > 0 { (kit::pager(web.lang, &base, page as i64, PAGE as i64, total as i64)) }
        }))
    };
    Ok(web.page(web.t("用户", "Users"), body))
}

/// The user with this id, if the administrator is responsible for the user's area.
fn load(tx: &mut Tx, ctx: &Ctx, id: UserId) -> Result<User> {
    let user = people::find(tx, id)?.ok_or_else(|| Refusal::not_found("用户", "user"))?;
    ctx.actor.check(Action::ManageUsers, &user.area)?;
    Ok(user)
}

async fn form(web: Web, RawQuery(query): RawQuery) -> Answer {
    let mut fields = Fields::of_query(&query.unwrap_or_default());
    if !fields.get("id").is_empty() {
        let (ctx, id) = (web.ctx()?, fields.id("id")?);
        let user = web.app.read(move |tx| load(tx, &ctx, id)).await?;
        let stored = [
            ("login", user.login.clone()),
            ("name", user.name.clone()),
            ("role", user.role.key().to_string()),
            ("area", user.area.clone()),
            ("supplier", user.supplier.clone().unwrap_or_default()),
            ("active", if user.active { "1" } else { "" }.to_string()),
        ];
        for (name, value) in stored {
            // What was typed before a search for a compound stays.
            if !fields.list.iter().any(|(field, _)| field == name) {
                fields.list.push((name.to_string(), value));
            }
        }
    }
    show_form(&web, &fields, None).await
}

async fn show_form(web: &Web, fields: &Fields, refusal: Option<&Refusal>) -> Answer {
    let actor = web.actor()?;
    let (own, chosen, words) = (
        actor.area.clone(),
        fields.get("area").to_string(),
        fields.get("find").to_string(),
    );
    let (mut areas, found, suppliers) = web
        .app
        .read(move |tx| {
            let areas = area_options(tx, &own)?;
            let mut found = Vec::new();
            if !words.is_empty() {
                for compound in entry::list(
                    tx,
                    &Query {
                        register: "compounds",
                        area: &own,
                        words: &words,
                        tag: "",
                    },
                    100,
                    0,
                )? {
                    found.push((
                        compound.code.clone(),
                        format!("{} · {}", compound.name, area_name(tx, &compound.area)?),
                    ));
                }
            }
            // The area of a user is offered even when it is not among the registered ones, so that saving keeps it.
            for code in [chosen, own.clone()] {
                if !code.is_empty() && !areas.iter().chain(&found).any(|(known, _)| *known == code) {
                    found.push((code.clone(), area_name(tx, &code)?));
                }
            }
            let suppliers: Vec<(String, String)> = entry::all(tx, "suppliers", district(&own))?
                .into_iter()
                .map(|one| (one.code, one.name))
                .collect();
            Ok((areas, found, suppliers))
        })
        .await?;
    let searched = fields.get("find");
    let nothing_found = !searched.is_empty() && !found.iter().any(|(code, _)| code.contains('-'));
    // After a search for a compound, what was found stands first and is chosen.
    let area = match found
        .iter()
        .find(|(code, _)| !searched.is_empty() && code.contains('-'))
    {
        Some((code, _)) => code.clone(),
        None => fields.get("area").to_string(),
    };
    let mut options = vec![(String::new(), web.t("请选择", "Choose").to_string())];
    options.extend(found);
    options.append(&mut areas);
    let mut supplier_options = vec![(String::new(), web.t("（无）", "(none)").to_string())];
    supplier_options.extend(suppliers);
    let mut roles = vec![("", web.t("请选择", "Choose"))];
    roles.extend(
        Role::ALL
            .iter()
            .filter(|role| !matches!(role, Role::Resident | Role::System))
            .map(|role| (role.key(), role.word(web.lang))),
    );
    let id = fields.get("id");
    let new = id.is_empty();
    let own_account = actor.user.is_some_and(|user| user.to_string() == id);
    let title = if new {
        web.t("添加用户", "Add a user")
    } else {
        web.t("修改用户", "Change a user")
    };
    let wrong = |name: &str| {
        refusal
            .filter(|refusal| refusal.field == Some(name))
            .map_or("", |refusal| web.words(refusal))
    };
    let text = |name: &str, label: &str| {
        Field::text(name, label)
            .value(fields.get(name))
            .error(wrong(name))
    };
    let login = text("login", web.t("登录名", "Sign-in name"))
        .attr("autocapitalize", "none")
        .attr("maxlength", "60")
        .attr("autocomplete", "off");
    let body = html! {
        (kit::crumbs(&[("/users".into(), web.t("用户", "Users").into()), (String::new(), title.into())]))
        (kit::heading(title, fields.get("name"), html! {}))
        @if let Some(refusal) = refusal {
            (kit::notice(Tone::Bad, web.t("没有保存，请改正", "Not saved; please correct"), html! { p { (web.words(refusal)) } }))
        }
        (kit::section(web.t("负责小区的用户，先找到小区", "For a user of one compound, find it first"), html! {
            form class="search" method="get" action="/users/edit" {
                @for name in ["id", "login", "name", "role", "supplier", "active"] {
                    @if !fields.get(name).is_empty() { input type="hidden" name=(name) value=(fields.get(name)); }
                }
                (Field::text("find", web.t("小区名称", "Name of the compound")).value(searched))
                (kit::button(web.t("查找", "Find"), Tone::Quiet))
            }
            @if nothing_found { p { (web.t("没有找到这个小区。", "No such compound.")) } }
        }))
        (kit::section(web.t("用户", "User"), kit::form("/users/edit", &web.shell(""), html! {
            (Field::hidden("id", id))
            (kit::fields(html! {
                (text("name", web.t("姓名", "Name")).attr("maxlength", "40").required())
                @if new { (login.required()) }
                @else { (login.attr("readonly", "readonly").hint(web.t("不能修改", "Cannot be changed"))) }
                (Field::select("role", web.t("身份", "Role"), &roles).value(fields.get("role")).error(wrong("role")).required())
                (Field::select("area", web.t("负责区域", "Area"), &options).value(&area).error(wrong("area")).required())
                (Field::select("supplier", web.t("所属保供单位", "Supplier"), &supplier_options).value(fields.get("supplier")).error(wrong("supplier"))
                    .hint(web.t("保供单位的用户必选；驾驶员可选", "Needed for users of a supplier; possible for drivers")))
                (Field::password("password", if new { web.t("密码", "Password") } else { web.t("新密码", "New password") })
                    .attr("autocomplete", "new-password").error(wrong("password"))
                    .hint(if new { web.t("至少8个字符；不填则用登录链接登录", "At least 8 characters; without one the user signs in by link") }
                        else { web.t("至少8个字符；不填则不变。改密码会让此人重新登录", "At least 8 characters; empty keeps it. A new one ends the user's sessions") }))
            }))
            @if !new && !own_account {
                (Field::check("active", web.t("可以登录", "May sign in")).checked(fields.get("active") == "1")
                    .hint(web.t("取消后立即退出登录，不能再登录；记录都保留", "Without it the user is signed out at once; records stay")))
            } @else { (Field::hidden("active", "1")) }
            (kit::actions(html! {
                (kit::button(web.t("保存", "Save"), Tone::Accent))
                (kit::link_button("/users", web.t("取消", "Cancel"), Tone::Quiet))
            }))
        })))
        @if !new && fields.get("active") == "1" {
            (kit::section(web.t("登录链接", "Sign-in link"), kit::form("/users/link", &web.shell(""), html! {
                p { (web.t("没有密码或忘了密码的人，用链接登录：只能用一次，7天内有效。", "For somebody without a password: it works once, within 7 days.")) }
                (Field::hidden("id", id))
                (kit::actions(kit::button(web.t("生成登录链接", "Make a sign-in link"), Tone::Plain)))
            })))
        }
    };
    let page = kit::page(&web.shell(title), body);
    Ok(web.respond(
        if refusal.is_some() {
            StatusCode::UNPROCESSABLE_ENTITY
        } else {
            StatusCode::OK
        },
        page,
    ))
}

/// A draft whose password takes no part in the stored hash of the command: that hash is quick to compute, and a
/// password could be guessed from it.
#[derive(Serialize)]
struct Saving {
    draft: UserDraft,
    #[serde(skip)]
    password: String,
}

fn save_within(tx: &mut Tx, ctx: &Ctx, saving: &Saving) -> Result<UserId> {
    let draft = UserDraft {
        password: saving.password.clone(),
        ..saving.draft.clone()
    };
    if !draft.id.is_empty() {
        let id: UserId = draft.id.parse().map_err(|_| Refusal::not_found("用户", "user"))?;
        let before = load(tx, ctx, id)?;
        let demotes = before.role.key() != draft.role || before.area != draft.area || draft.active != "1";
        if ctx.actor.user == Some(id) && demotes {
            return Err(Refusal::invalid(
                "role",
                "不能改变自己的身份和区域，也不能停用自己；请另一位管理员来改。",
                "You cannot change your own role or area or switch yourself off; another administrator can.",
            )
            .into());
        }
    }
    if !known_area(tx, ctx, &draft.area)? {
        return Err(Refusal::invalid("area", "请选择负责区域。", "Choose the area.").into());
    }
    people::save(tx, ctx, &draft)
}

/// Whether the area is registered, or is the administrator's own.
fn known_area(tx: &mut Tx, ctx: &Ctx, area: &str) -> Result<bool> {
    let register = if area.contains('-') { "compounds" } else { "areas" };
    Ok(area == ctx.actor.area
        || (!area.is_empty() && entry::get(tx, register, district(area), area)?.is_some()))
}

async fn save(web: Web, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let ctx = web.ctx_for(fields.command())?;
    // The password is taken as typed: blanks around it belong to it.
    let password = fields
        .list
        .iter()
        .find(|(name, _)| name == "password")
        .map_or("", |(_, value)| value);
    let role = fields.get("role");
    let draft = UserDraft {
        id: fields.get("id").to_string(),
        login: fields.get("login").to_string(),
        name: fields.get("name").to_string(),
        role: role.to_string(),
        area: fields.get("area").to_string(),
        // Only these work for a supplier; whoever changes to another role keeps no tie to it.
        supplier: if [Role::Supplier.key(), Role::Driver.key()].contains(&role) {
            fields.get("supplier").to_string()
        } else {
            String::new()
        },
        password: String::new(),
        active: fields.get("active").to_string(),
    };
    let area = if draft.area.is_empty() {
        ctx.actor.area.clone()
    } else {
        draft.area.clone()
    };
    let saving = Saving {
        draft,
        password: password.to_string(),
    };
    match web.app.act(&ctx, &SAVE, &area, saving, save_within).await {
        Ok(id) => {
            let words = if password.is_empty() && fields.get("id").is_empty() {
                web.t(
                    "已添加。没有设密码，请在下面生成登录链接发给本人。",
                    "Added. There is no password: make a sign-in link below and send it.",
                )
            } else {
                web.t("已保存。", "Saved.")
            };
            Ok(web.done(&format!("/users/edit?id={id}"), words))
        }
        Err(Error::Refusal(refusal)) if refusal.kind == RefusalKind::Invalid => {
            show_form(&web, &fields, Some(&refusal)).await
        }
        Err(error) => Err(error),
    }
}

/// For whom a link is made. The link itself is handed out here and not as the result, because results are stored and
/// only the hash of a link may be.
#[derive(Serialize)]
struct Linking {
    id: UserId,
    #[serde(skip)]
    secret: Arc<Mutex<Option<String>>>,
}

fn link_within(tx: &mut Tx, ctx: &Ctx, linking: &Linking) -> Result<UserId> {
    let user = load(tx, ctx, linking.id)?;
    if !user.active {
        return Err(Refusal::conflict(
            "user_inactive",
            "这个用户已停用，请先改为可以登录。",
            "This user is switched off; switch the user on first.",
        )
        .into());
    }
    let secret = people::make_link(tx, Some(linking.id), ctx.now_s)?;
    *linking.secret.lock().unwrap_or_else(PoisonError::into_inner) = Some(secret);
    Ok(linking.id)
}

async fn link(web: Web, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let ctx = web.ctx_for(fields.command())?;
    let id: UserId = fields.id("id")?;
    let (reader, of) = (ctx.clone(), id);
    let user = web.app.read(move |tx| load(tx, &reader, of)).await?;
    let secret = Arc::new(Mutex::new(None));
    let linking = Linking {
        id,
        secret: Arc::clone(&secret),
    };
    web.app.act(&ctx, &LINK, &user.area, linking, link_within).await?;
    let made = secret.lock().unwrap_or_else(PoisonError::into_inner).take();
    let Some(made) = made else {
        // The same form came again: the link was shown the first time, and nobody can show it a second time.
        return Ok(web.warned(
            &format!("/users/edit?id={id}"),
            web.t(
                "链接只显示一次。需要时请重新生成。",
                "A link is shown once. Make a new one if it is needed.",
            ),
        ));
    };
    let href = format!("{}/enter/{made}", web.origin());
    let site = web.shell("").site;
    let message = match web.lang {
        kit::Lang::Zh => format!(
            "{}，您好！这是{site}生活物资保障系统的登录链接，7天内有效，只能用一次，请勿转发：\n{href}\n打开后点“进入系统”。",
            user.name
        ),
        kit::Lang::En => format!(
            "{}, this is your sign-in link for {site}, valid for 7 days and for one use; do not pass it on:\n{href}\nOpen it and press “Enter the system”.",
            user.name
        ),
    };
    let title = web.t("登录链接", "Sign-in link");
    let body = html! {
        (kit::crumbs(&[("/users".into(), web.t("用户", "Users").into()), (format!("/users/edit?id={id}"), user.name.clone()), (String::new(), title.into())]))
        (kit::heading(title, &user.name, html! {}))
        (kit::notice(Tone::Warn, web.t("只显示这一次", "Shown only now"), html! { p {
            (web.t("请现在复制，发给本人。谁拿到链接，谁就能以此人的身份登录。", "Copy it now and send it to the user. Whoever has the link can sign in as this user.")) } }))
        (kit::section("", html! {
            (kit::copy_text(web.lang, "link", &message))
            (kit::actions(kit::link_button("/users", web.t("完成", "Done"), Tone::Accent)))
        }))
    };
    Ok(web.page(title, body))
}

#[cfg(test)]
mod tests;
