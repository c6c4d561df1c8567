//! The pages, one file per topic.

pub mod allocations;
pub mod audit;
pub mod ballot;
pub mod board;
pub mod coverage;
pub mod directives;
pub mod handover;
pub mod home;
pub mod imports;
pub mod lists;
pub mod orders;
pub mod packing;
pub mod packs;
pub mod passes;
pub mod payments;
pub mod proposals;
pub mod registers;
pub mod reports;
pub mod resident;
pub mod rounds;
pub mod routes;
pub mod scan;
pub mod settings;
pub mod settlement;
pub mod sign;
mod takeover;
pub mod trips;
pub mod users;

use kit::{Lang, Markup, html};
use store::Tx;

use super::Answer;
use super::fields::Fields;
use super::request::Web;
use super::routes::Route;
use crate::base::id::district;
use crate::base::{Refusal, RefusalKind, Result};
use crate::register::correct::area_name;
use crate::register::entry;

/// Every page.
pub fn routes() -> Vec<Route> {
    let mut routes = Vec::new();
    for of_topic in [
        home::routes,
        board::routes,
        sign::routes,
        registers::routes,
        takeover::routes,
        imports::routes,
        directives::routes,
        lists::routes,
        coverage::routes,
        proposals::routes,
        allocations::routes,
        packs::routes,
        rounds::routes,
        orders::routes,
        payments::routes,
        settlement::routes,
        packing::routes,
        routes::routes,
        trips::routes,
        scan::routes,
        passes::routes,
        settings::routes,
        handover::routes,
        reports::routes,
        users::routes,
        audit::routes,
        resident::routes,
        ballot::routes,
    ] {
        routes.extend(of_topic());
    }
    routes
}

/// A page that does not exist.
pub async fn not_found(_web: Web) -> Answer {
    Err(Refusal::not_found("页面", "page").into())
}

/// Refuses a form that does not come from a page of this session.
pub fn guard(web: &Web, fields: &Fields) -> Result<()> {
    if web.session.is_some() && fields.get("token") == web.token() {
        return Ok(());
    }
    Err(Refusal::new(
        RefusalKind::NotAllowed,
        "form_token",
        "页面已过期，请刷新后重新提交。",
        "This page is out of date; reload it and send it again.",
    )
    .into())
}

/// The name of a household as `小区 3栋2单元501`.
pub fn household_name(tx: &mut Tx, code: &str) -> Result<String> {
    match entry::get(tx, "households", district(code), code)? {
        Some(entry) => Ok(format!("{} {}", area_name(tx, &entry.area)?, entry.name)),
        None => Ok(code.to_string()),
    }
}

/// The name of a supplier.
pub fn supplier_name(tx: &mut Tx, in_district: &str, code: &str) -> Result<String> {
    Ok(entry::get(tx, "suppliers", in_district, code)?.map_or_else(|| code.to_string(), |entry| entry.name))
}

/// A control level as a badge.
pub fn level_badge(level: Option<crate::plan::ControlLevel>, lang: Lang) -> Markup {
    use crate::plan::ControlLevel::{Control, Lockdown, Precaution};
    match level {
        Some(Lockdown) => kit::badge(kit::Tone::Bad, Lockdown.word(lang)),
        Some(Control) => kit::badge(kit::Tone::Warn, Control.word(lang)),
        Some(Precaution) => kit::badge(kit::Tone::Accent, Precaution.word(lang)),
        None => html! { span { (lang.t("未设级别", "no level")) } },
    }
}

/// The registered areas below `area` with their names, for select fields: communities and larger ones.
pub fn area_options(tx: &mut Tx, area: &str) -> Result<Vec<(String, String)>> {
    let mut options = Vec::new();
    for entry in entry::all(tx, "areas", area)? {
        let indent = match entry.code.len() {
            0..=6 => "",
            7..=9 => "　",
            _ => "　　",
        };
        options.push((entry.code, format!("{indent}{}", entry.name)));
    }
    Ok(options)
}
