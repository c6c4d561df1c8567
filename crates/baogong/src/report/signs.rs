//! Signs for drop points of compounds and for the sites of the register (DX-3). Names and phones are written on them by
//! hand, because they hang in public.

use kit::Lang;
use print::Sign;
use store::Tx;

use super::documents::compounds_in;
use crate::base::address;
use crate::base::id::district;
use crate::base::{Ctx, Refusal, Result};
use crate::register;
use crate::register::entry::{self, Entry};

/// What every sign has: its language, the name of the county at its foot, and by which address people reach the server.
#[derive(Clone, Debug)]
pub struct Foot {
    /// The language.
    pub lang: Lang,
    /// The name of the county.
    pub site: String,
    /// For the codes; empty where nobody knows.
    pub origin: String,
}

fn to_call(lang: Lang) -> String {
    lang.t(
        "联络人：＿＿＿＿　电话：＿＿＿＿＿＿＿",
        "Liaison: ________ Phone: ______________",
    )
    .to_string()
}

/// The sign that stands at the drop point of a compound.
fn of_compound(compound: &Entry, foot: &Foot) -> Sign {
    let lang = foot.lang;
    let point = match register::text(&compound.body, "drop_point") {
        "" => lang.t("小区门口", "at the gate"),
        point => point,
    };
    Sign {
        title: lang.t("生活物资投放点", "Supplies: drop point").to_string(),
        place: compound.name.clone(),
        lines: vec![
            format!("{}{point}", lang.t("位置：", "Place: ")),
            lang.t(
                "按通知的时段取货，前后保持2米",
                "Come at your time, keep 2 metres apart",
            )
            .to_string(),
            lang.t("核对袋上的房号再取走", "Check the dwelling on the bag")
                .to_string(),
            to_call(lang),
        ],
        qr: address::of_code(&foot.origin, district(&compound.code), &compound.code),
        footer: foot.site.clone(),
    }
}

/// The sign of a hub, drop point or pick-up point.
fn of_site(site: &Entry, in_district: &str, foot: &Foot) -> Sign {
    let lang = foot.lang;
    let of = |key| register::text(&site.body, key);
    let title = match of("kind") {
        "hub" => lang.t("应急生活物资中转站", "Emergency supplies: hub"),
        "pickup_point" => lang.t("生活物资取货点", "Supplies: pick-up point"),
        _ => lang.t("生活物资投放点", "Supplies: drop point"),
    };
    let mut lines = Vec::new();
    let place = if of("address").is_empty() {
        of("compound")
    } else {
        of("address")
    };
    if !place.is_empty() {
        lines.push(format!("{}{place}", lang.t("位置：", "Place: ")));
    }
    if !of("shift").is_empty() {
        lines.push(format!("{}{}", lang.t("值守：", "Open: "), of("shift")));
    }
    lines.push(
        match of("kind") {
            "hub" => lang.t(
                "物资消毒静置后转出，无关人员勿入",
                "Goods are disinfected and passed on; staff only",
            ),
            _ => lang.t(
                "按时段取货，核对房号，前后保持2米",
                "Come at your time, check the room, keep 2 metres apart",
            ),
        }
        .to_string(),
    );
    lines.push(to_call(lang));
    Sign {
        title: title.to_string(),
        place: site.name.clone(),
        lines,
        qr: address::of_code(&foot.origin, in_district, &site.code),
        footer: foot.site.clone(),
    }
}

/// The sign of one compound or site.
///
/// # Errors
/// Refuses a code that is neither in the actor's area.
pub fn one(tx: &mut Tx, ctx: &Ctx, foot: &Foot, in_district: &str, code: &str) -> Result<Sign> {
    if let Some(compound) = entry::get(tx, "compounds", in_district, code)?
        && ctx.actor.covers(&compound.code)
    {
        return Ok(of_compound(&compound, foot));
    }
    // The register of sites holds no personal data on a sign, so the whole county may print them.
    match entry::get(tx, "sites", in_district, code)? {
        Some(site) => Ok(of_site(&site, in_district, foot)),
        None => Err(Refusal::not_found("小区或站点", "compound or site").into()),
    }
}

/// The signs of an area: the drop points of its compounds, its sites, or both.
///
/// # Errors
/// Refuses an area without any.
pub fn all(tx: &mut Tx, foot: &Foot, area: &str, of: Option<&str>) -> Result<Vec<Sign>> {
    let mut signs = Vec::new();
    if of != Some("sites") {
        signs.extend(
            compounds_in(tx, area)?
                .iter()
                .map(|compound| of_compound(compound, foot)),
        );
    }
    if of != Some("compounds") {
        let sites = entry::all(tx, "sites", area)?;
        signs.extend(sites.iter().map(|site| of_site(site, district(area), foot)));
    }
    if signs.is_empty() {
        return Err(Refusal::new(
            crate::base::RefusalKind::NotFound,
            "signs",
            "这个区域里还没有登记小区或站点。",
            "No compound or site is registered in this area yet.",
        )
        .into());
    }
    Ok(signs)
}
