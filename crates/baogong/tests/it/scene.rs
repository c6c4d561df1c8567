//! Who lives where, and the small steps that stories share.

use baogong::register::entry::Household;

use crate::support::{Browser, Page, Server};

/// A household that lives there, with its code, as one would write it in a chat.
#[derive(Clone, Debug)]
pub struct Home {
    pub code: String,
    pub written: String,
    pub household: Household,
}

pub fn homes(server: &Server, compound: &str) -> Vec<Home> {
    server
        .entries("households", compound)
        .into_iter()
        .map(|entry| (entry.code.clone(), entry.noun::<Household>().unwrap()))
        .filter(|(_, household)| {
            household.status != "vacant" && household.members > 0 && !household.phone.is_empty()
        })
        .map(|(code, household)| {
            let written = [&household.building, &household.unit, &household.room]
                .into_iter()
                .filter(|part| !part.is_empty())
                .cloned()
                .collect::<Vec<_>>()
                .join("-");
            Home {
                code,
                written,
                household,
            }
        })
        .collect()
}

pub fn id_in(page: &Page, start: &str) -> String {
    page.between(start, "\"")
        .unwrap_or_else(|| panic!("no {start} on the page: {}", page.text()))
}

/// The compounds of 坳头上社区, with at least eight lived-in households.
pub fn town_compounds(server: &Server) -> Vec<String> {
    server
        .entries("compounds", "431023001004")
        .into_iter()
        .map(|entry| entry.code)
        .filter(|code| homes(server, code).len() >= 8)
        .collect()
}

pub fn direct(headquarters: &mut Browser, area: &str, plan: &str, level: &str, risk: &str) {
    headquarters
        .submit(
            "/directives",
            &[
                ("area", area),
                ("plan", plan),
                ("level", level),
                ("risk", risk),
                ("ordered_by", "县指挥部第3号令 指挥长"),
            ],
        )
        .shows("指令已下达");
}

pub fn orders(server: &Server, round: &str, area: &str) -> Vec<baogong::round::Order> {
    let (round, area) = (round.parse().unwrap(), area.to_string());
    server.read(move |tx| baogong::round::order::of_round(tx, "431023", round, &area))
}

pub fn yuan(amount_fen: i64) -> String {
    baogong::base::words::yuan(amount_fen)
}

/// A relief round under lockdown: free packs for those with special needs, carried to the door (CT-7, YU-13).
pub fn relief(
    server: &Server,
    headquarters: &mut Browser,
    supplier: &str,
    goods: &[baogong::register::entry::Good],
    compound: &str,
) {
    direct(headquarters, compound, "yu", "lockdown", "high");
    let total = format!("total:{}", goods[2].code);
    let round = headquarters.submit(
        "/rounds",
        &[
            ("supplier", supplier),
            ("mode", "relief"),
            ("compound", compound),
            (&total, "30"),
        ],
    );
    let id = id_in(&round, "action=\"/rounds/")
        .split('/')
        .next()
        .unwrap()
        .to_string();
    headquarters
        .submit(&format!("/rounds/{id}/relief"), &[("pack", &goods[2].code)])
        .shows("已发放");
    let special = homes(server, compound)
        .iter()
        .filter(|home| !home.household.needs.is_empty())
        .count();
    let given = orders(server, &id, compound);
    assert!(
        given.len() >= special.min(30),
        "{} orders for {special} households",
        given.len()
    );
    assert!(
        given
            .iter()
            .all(|order| order.payment == baogong::round::PaymentState::Free)
    );
    headquarters
        .open(&format!("/rounds/{id}/handover?compound={compound}"))
        .shows("送到家门口")
        .shows("YU-13");
}
