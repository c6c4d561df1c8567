//! What neighbours of a compound call each other and the goods, as settled before; each can be forgotten.

use axum::extract::RawQuery;
use kit::{Column, Field, Icon, TableRow, Tone, html};

use super::super::super::Answer;
use super::super::super::fields::Fields;
use super::super::super::request::Web;
use super::super::guard;
use super::super::reports::exports;
use crate::base::act::Act;
use crate::base::{Action, Refusal, clock};
use crate::register::correct::area_name;
use crate::report::records::learned;
use crate::round::alias::{self, AliasKind, AliasRef};

static FORGET: Act = Act::new("chain.forget", Action::TakeOrders);

pub(super) async fn page(web: Web, RawQuery(query): RawQuery) -> Answer {
    let fields = Fields::of_query(&query.unwrap_or_default());
    let compound = web.area(fields.get("compound"))?;
    let asked = compound.clone();
    let (aliases, name) = web
        .app
        .read(move |tx| {
            let aliases = learned(tx, &asked)?;
            Ok((aliases, area_name(tx, &asked)?))
        })
        .await?;
    let columns = [
        Column::text(web.t("群里的叫法", "As written")),
        Column::text(web.t("指的是", "Stands for")),
        Column::text(web.t("谁确认的", "Settled by")),
        Column::text(""),
    ];
    let rows = aliases
        .iter()
        .map(|(alias, meaning)| {
            TableRow::new(vec![
                html! { (alias.written) },
                html! { (meaning) " " (kit::badge(Tone::Quiet, alias.kind.word(web.lang))) },
                html! { (alias.actor) " " small { (clock::short(alias.at_s)) } },
                kit::form(
                    "/aliases/forget",
                    &web.shell(""),
                    html! {
                        (Field::hidden("compound", &compound))
                        (Field::hidden("kind", alias.kind.key()))
                        (Field::hidden("written", &alias.written))
                        (kit::button(web.t("删除", "Forget"), Tone::Quiet))
                    },
                ),
            ])
        })
        .collect();
    let title = web.t("小区里的叫法", "Words of this compound");
    let body = html! {
        (kit::heading(title, &name, html! { @if !aliases.is_empty() { (exports(&web, "aliases", &[("area", &compound)])) } }))
        p { (web.t("逐条确认接龙时记住的昵称和商品叫法；下次贴接龙时直接认得。记错了就删掉。",
            "Nicknames and other words for goods that were learned when lines were settled. The next message is read with them. Forget what is wrong.")) }
        (kit::section("", kit::table(title, &columns, rows, kit::empty(Icon::People, web.t("还没有记住的叫法", "Nothing learned yet"),
            web.t("确认接龙中的问题时会自动记住。", "Words are learned when questions of a chain message are settled."), html! {}))))
    };
    Ok(web.page(title, body))
}

pub(super) async fn forget(web: Web, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let kind = AliasKind::of(fields.get("kind"))
        .ok_or_else(|| Refusal::invalid("kind", "请刷新页面。", "Reload the page."))?;
    let at = AliasRef {
        compound: fields.get("compound").to_string(),
        kind,
        written: fields.get("written").to_string(),
    };
    let compound = at.compound.clone();
    web.app
        .act(
            &web.ctx_for(fields.command())?,
            &FORGET,
            &compound,
            at,
            alias::forget,
        )
        .await?;
    Ok(web.done(
        &format!("/aliases?compound={compound}"),
        web.t("已删除。", "Forgotten."),
    ))
}
