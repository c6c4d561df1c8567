//! The registers: what is in them and what is missing, lists with search, and spreadsheets in and out.

mod edit;
mod entries;
mod list;
mod sheets;

use std::collections::HashMap;

use axum::extract::RawQuery;
use kit::{Icon, Tile, Tone, html};
use store::Tx;

use super::super::Answer;
use super::super::fields::Fields;
use super::super::gate::Gate;
use super::super::request::Web;
use super::super::routes::{Route, read, write};
use crate::base::access::within;
use crate::base::id::district;
use crate::base::words::count;
use crate::base::{Action, Actor, Refusal, Result};
use crate::register::correct::area_name;
use crate::register::entry::{self, Entry, Query};
use crate::register::{REGISTERS, Register, number, register, text};

pub use crate::register::show::{Names, field_of, hidden, seen, shown_name, supplier_names};
pub use entries::differences;

/// Overview, lists, entries, corrections, spreadsheets.
pub fn routes() -> Vec<Route> {
    let view = Gate::Needs(Action::ViewRegister);
    let change = Gate::Needs(Action::EditRegister);
    vec![
        read("/registers", view, overview),
        read("/registers/{register}", view, list::page),
        read("/registers/{register}/export", view, sheets::export),
        read("/templates/{form}", Gate::SignedIn, sheets::template),
        read("/registers/{register}/entry", view, entries::page),
        write(
            "/registers/{register}/unmask",
            Gate::Needs(Action::Unmask),
            entries::unmask,
        ),
        read("/registers/{register}/edit", change, edit::form),
        write("/registers/{register}/edit", change, edit::save),
        write("/registers/{register}/remove", change, edit::remove),
    ]
}

/// The register that an address names.
pub fn asked(key: &str) -> Result<&'static Register> {
    register(key).ok_or_else(|| Refusal::not_found("台账", "register").into())
}

/// A path with a query; empty values are left out.
pub fn address(path: &str, pairs: &[(&str, &str)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(pairs.iter().filter(|(_, value)| !value.is_empty()));
    let query = query.finish();
    if query.is_empty() {
        path.to_string()
    } else {
        format!("{path}?{query}")
    }
}

/// Whether the actor may look at entries of `area` in this register. Registers without personal data serve the
/// whole county, and whoever may see registers may see all of them.
fn may_see(actor: &Actor, register: &Register, area: &str) -> bool {
    actor.covers(area) || (register.personal.is_empty() && within(area, district(&actor.area)))
}

/// The area that a list is about: suppliers and goods begin with the whole county, the rest with the actor's area.
fn scope(actor: &Actor, register: &Register, asked: &str) -> Result<String> {
    let area = match asked {
        "" if matches!(register.key(), "suppliers" | "goods") => district(&actor.area).to_string(),
        "" => actor.area.clone(),
        asked => asked.to_string(),
    };
    if !may_see(actor, register, &area) {
        actor.check(Action::ViewRegister, &area)?;
    }
    Ok(area)
}

/// What a register still lacks, as (how many, Chinese, English).
type Gap = (i64, &'static str, &'static str);

fn gaps(tx: &mut Tx, area: &str) -> Result<HashMap<&'static str, Vec<Gap>>> {
    let compounds = entry::all(tx, "compounds", area)?;
    let households: HashMap<String, i64> = entry::count_by_area(tx, "households", area)?
        .into_iter()
        .map(|(code, households, _)| (code, households))
        .collect();
    let suppliers = entry::all(tx, "suppliers", district(area))?;
    let goods = entry::all(tx, "goods", district(area))?;
    let vehicles = entry::all(tx, "vehicles", area)?;
    let lacking = |entries: &[Entry], lacks: &dyn Fn(&Entry) -> bool| {
        entries.iter().filter(|entry| lacks(entry)).count() as i64
    };
    let registered = |compound: &Entry| households.get(&compound.code).copied().unwrap_or(0);
    let fewer: i64 = compounds
        .iter()
        .filter(|compound| registered(compound) > 0)
        .map(|compound| (number(&compound.body, "households").unwrap_or(0) - registered(compound)).max(0))
        .sum();
    let no_place = |entry: &Entry| {
        number(&entry.body, "latitude").is_none() || number(&entry.body, "longitude").is_none()
    };
    Ok(HashMap::from([
        (
            "compounds",
            vec![
                (
                    lacking(&compounds, &|one| registered(one) == 0),
                    "个小区还没有导入住户",
                    "compounds have no households yet",
                ),
                (
                    lacking(&compounds, &|one| text(&one.body, "liaison_phone").is_empty()),
                    "个小区没有采购联络人电话",
                    "compounds have no phone of a liaison",
                ),
                (
                    lacking(&compounds, &no_place),
                    "个小区没有经纬度，不能就近分配",
                    "compounds have no coordinates and cannot be assigned by distance",
                ),
            ],
        ),
        (
            "households",
            vec![(
                fewer,
                "户在小区表中有、住户表中没有",
                "households are in the compounds' figures but not registered",
            )],
        ),
        (
            "suppliers",
            vec![
                (
                    lacking(&suppliers, &no_place),
                    "家没有经纬度，不能就近分配",
                    "have no coordinates and cannot be assigned by distance",
                ),
                (
                    lacking(&suppliers, &|one| {
                        !goods.iter().any(|good| text(&good.body, "supplier") == one.code)
                    }),
                    "家没有价目表，不能开团",
                    "have no price list, so no round can be opened",
                ),
            ],
        ),
        (
            "goods",
            vec![(
                lacking(&goods, &|one| !one.body.contains_key("contents")),
                "种没有写明内容，不能计入余粮",
                "do not say what is inside and cannot be counted as food",
            )],
        ),
        (
            "vehicles",
            vec![(
                lacking(&vehicles, &|one| number(&one.body, "load_g").is_none()),
                "辆没有载重，不能排车次",
                "have no load and cannot be planned",
            )],
        ),
    ]))
}

async fn overview(web: Web, RawQuery(query): RawQuery) -> Answer {
    let fields = Fields::of_query(&query.unwrap_or_default());
    let actor = web.actor()?;
    let area = web.area(fields.get("area"))?;
    let (may_import, may_edit) = (actor.may(Action::ImportRegister), actor.may(Action::EditRegister));
    let about = area.clone();
    let (place, counts, mut gaps) = web
        .app
        .read(move |tx| {
            let mut counts = Vec::with_capacity(REGISTERS.len());
            for register in REGISTERS {
                let asked = if about == actor.area { "" } else { about.as_str() };
                let scope = scope(&actor, register, asked)?;
                counts.push(entry::count(
                    tx,
                    &Query {
                        register: register.key(),
                        area: &scope,
                        ..Query::default()
                    },
                )?);
            }
            Ok((area_name(tx, &about)?, counts, gaps(tx, &about)?))
        })
        .await?;
    let nothing = counts.iter().all(|(entries, _)| *entries == 0);
    let cards: Vec<kit::Markup> = REGISTERS
        .iter()
        .zip(&counts)
        .map(|(register, (entries, people))| {
            let base = format!("/registers/{}", register.key());
            let missing = gaps.remove(register.key()).unwrap_or_default();
            kit::section(register.word(web.lang), html! {
                (kit::tiles(&[Tile {
                    label: web.t("已登记", "Registered").to_string(),
                    value: count(*entries),
                    unit: web.t("项", "entries").to_string(),
                    href: Some(address(&base, &[("area", if area == actor_area(&web) { "" } else { &area })])),
                    note: if *people > 0 { format!("{} {}", count(*people), web.t("人", "people")) } else { String::new() },
                    tone: if *entries == 0 { Tone::Warn } else { Tone::Plain },
                }]))
                @if *entries == 0 {
                    p { (web.t("还没有登记。下载模板填好后导入，或直接导入现有的表格。",
                        "Nothing yet. Fill in the template and import it, or import a spreadsheet that you have.")) }
                } @else {
                    @for (number, zh, en) in missing.iter().filter(|(number, _, _)| *number > 0) {
                        p { (kit::badge(Tone::Warn, web.t("缺", "Missing"))) " " (count(*number)) " " (web.t(zh, en)) }
                    }
                }
                (kit::actions(html! {
                    (kit::link_button_with(Icon::List, &base, web.t("查看", "List"), Tone::Plain))
                    @if may_import { (kit::link_button_with(Icon::Upload, "/imports", web.t("导入", "Import"),
                        if *entries == 0 { Tone::Accent } else { Tone::Plain })) }
                    @if may_edit { (kit::link_button_with(Icon::Plus, &format!("{base}/edit"), web.t("新增", "Add"), Tone::Plain)) }
                    (kit::link_button_with(Icon::Download, &format!("/templates/{}", register.key()), web.t("模板", "Template"), Tone::Quiet))
                }))
            })
        })
        .collect();
    let import = html! {
        @if may_import { (kit::link_button_with(Icon::Upload, "/imports", web.t("导入表格", "Import spreadsheets"), Tone::Accent)) }
    };
    let body = html! {
        (kit::heading(&format!("{}{place}", web.t("登记台账：", "Registers: ")),
            web.t("谁住在哪里、谁能供应、用什么运。供应和分配都以此为准。", "Who lives where, who can supply, what carries it. Everything else stands on this."), import))
        @if nothing {
            (kit::notice(Tone::Accent, web.t("从这里开始", "Start here"), html! { p {
                (web.t("先导入行政区划，再导入小区、住户，然后是保供单位和其余各表。",
                    "Import the areas first, then compounds and households, then suppliers and the rest.")) } }))
        }
        (kit::columns(&cards))
    };
    Ok(web.page(web.t("登记台账", "Registers"), body))
}

fn actor_area(web: &Web) -> &str {
    web.user.as_ref().map_or("", |user| user.area.as_str())
}

#[cfg(test)]
pub mod harness;
#[cfg(test)]
mod tests;
