//! From an empty database to an open round, through the faces that everybody has: import at the console, set-up link,
//! form, API.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use crate::Outcome;
use crate::county::{County, DISTRICT, STOCK_MAX, SUPPLIER};
use crate::load::mix::{PACKS, releases};
use crate::load::resident::Links;
use crate::server::{self, Database, Server, Session};

/// A database in which everything is ready for the rush, and what residents know of it.
#[derive(Debug)]
pub struct Prepared {
    /// Who lives where and orders by which link.
    pub links: Links,
    /// The round that is rushed for.
    pub round: Uuid,
    /// The round in which some try a second time.
    pub second: Uuid,
}

#[derive(Deserialize)]
struct RoundSeen {
    compounds: Vec<CompoundSeen>,
}

#[derive(Deserialize)]
struct CompoundSeen {
    compound: String,
    token: String,
}

/// Fills an empty database and opens the rounds. The server is stopped again, so that the database can be copied.
pub async fn prepare(
    program: &Path,
    database: &Database,
    county: County,
    sheets: &[PathBuf],
    log: &Path,
) -> Outcome<Prepared> {
    server::import(program, database, sheets)?;
    let server = Server::start(program, database, log)?;
    let prepared = open_rounds(&server, county).await?;
    server.stop()?;
    Ok(prepared)
}

async fn open_rounds(server: &Server, county: County) -> Outcome<Prepared> {
    Session::first(server).await?.add_headquarters().await?;
    let mut headquarters = Session::headquarters(server.address).await?;
    let directive = json!({
        "area": DISTRICT, "plan": "fc", "level": "control", "risk": "medium", "ordered_by": "bench",
    });
    headquarters.make("/api/v1/directives", &directive).await?;
    let codes: Vec<String> = (0..county.compounds)
        .map(|one| county.compound_code(one))
        .collect();
    let packs: Vec<_> = PACKS
        .iter()
        .zip(releases(county.households))
        .map(|(code, total)| json!({"code": code, "total": total.min(STOCK_MAX)}))
        .collect();
    let draft = json!({"mode": "A", "supplier": SUPPLIER, "compounds": codes, "packs": packs});
    let mut opened = Vec::new();
    for _ in 0..2 {
        let id = headquarters.make("/api/v1/rounds", &draft).await?;
        let seen: RoundSeen = headquarters.get(&format!("/api/v1/rounds/{id}")).await?;
        opened.push((id, tokens(seen, &codes)?));
    }
    let (second, second_links) = opened.pop().ok_or("no second round")?;
    let (round, links) = opened.pop().ok_or("no round")?;
    Ok(Prepared {
        links: Links {
            county,
            first: links,
            second: second_links,
        },
        round,
        second,
    })
}

/// The links in the order of the compounds.
fn tokens(seen: RoundSeen, codes: &[String]) -> Outcome<Vec<String>> {
    let mut by_code: HashMap<String, String> = seen
        .compounds
        .into_iter()
        .map(|one| (one.compound, one.token))
        .collect();
    codes
        .iter()
        .map(|code| {
            by_code
                .remove(code)
                .filter(|token| !token.is_empty())
                .ok_or_else(|| format!("the round has no link for compound {code}"))
        })
        .collect()
}
