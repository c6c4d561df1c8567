//! From an empty database to an open round, through the faces that everybody has: import at the console, set-up link,
//! form, API.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use crate::Outcome;
use crate::county::{County, DISTRICTS, STOCK_MAX, SUPPLIER};
use crate::load::mix::{PACKS, releases};
use crate::load::resident::Links;
use crate::peers::cluster::{Cluster, failed};
use crate::server::{self, Database, Server, Session};

/// A database in which everything is ready for the rush, and what residents know of it.
#[derive(Debug)]
pub struct Prepared {
    /// Who lives where and orders by which link.
    pub links: Links,
    /// The rounds, by district.
    pub rounds: Vec<Rounds>,
}

/// The rounds of a district.
#[derive(Clone, Copy, Debug)]
pub struct Rounds {
    /// The round that is rushed for.
    pub first: Uuid,
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

/// Fills an empty database from the spreadsheets of its districts and opens the rounds. The server is stopped again, so that
/// the database can be copied.
pub async fn prepare(
    program: &Path,
    database: &Database,
    county: County,
    sheets: &[Vec<PathBuf>],
    log: &Path,
) -> Outcome<Prepared> {
    for (district, sheets) in DISTRICTS.iter().zip(sheets) {
        server::import(program, database, district, sheets)?;
    }
    let server = Server::start(program, database, log)?;
    Session::first(&server).await?.add_headquarters().await?;
    let mut links = Links {
        county,
        first: vec![String::new(); county.compounds as usize],
        second: vec![String::new(); county.compounds as usize],
    };
    let mut rounds = Vec::new();
    for (district, code) in DISTRICTS.iter().enumerate().take(county.districts as usize) {
        if district > 0 {
            settle_headquarters(database, code).await?;
        }
        rounds.push(open_rounds(&server, &mut links, district).await?);
    }
    server.stop()?;
    Ok(Prepared { links, rounds })
}

/// Gives another district a headquarters like that of the first one. Each district sets up an installation of its own, so
/// there is no form for this.
async fn settle_headquarters(database: &Database, district: &str) -> Outcome {
    let Database::Address(address) = database else {
        return Err("several districts are rushed on PostgreSQL only".into());
    };
    let like = server::login(DISTRICTS[0]);
    let login = server::login(district);
    let sql = format!(
        "INSERT INTO app_user (id, login, name, password_hash, role, area, supplier, active, created_s)
         SELECT uuid_send(gen_random_uuid()), '{login}', name, password_hash, role, '{district}', supplier, active,
                created_s
         FROM app_user WHERE login = '{like}'"
    );
    let client = Cluster::connect(address).await?;
    client.batch_execute(&sql).await.map_err(failed)
}

async fn open_rounds(server: &Server, links: &mut Links, district: usize) -> Outcome<Rounds> {
    let (county, code) = (links.county, DISTRICTS[district]);
    let mut headquarters = Session::headquarters(server.address, code).await?;
    let directive = json!({
        "area": code, "plan": "fc", "level": "control", "risk": "medium", "ordered_by": "bench",
    });
    headquarters.make("/api/v1/directives", &directive).await?;
    let compounds = county.compound_codes(district);
    let codes: Vec<&str> = compounds.iter().map(|(_, code)| code.as_str()).collect();
    let packs: Vec<_> = PACKS
        .iter()
        .zip(releases(county.households_of(district)))
        .map(|(code, total)| json!({"code": code, "total": total.min(STOCK_MAX)}))
        .collect();
    let draft = json!({"mode": "A", "supplier": SUPPLIER, "compounds": codes, "packs": packs});
    let mut opened = Vec::new();
    for of_round in [&mut links.first, &mut links.second] {
        let id = headquarters.make("/api/v1/rounds", &draft).await?;
        let seen: RoundSeen = headquarters.get(&format!("/api/v1/rounds/{id}")).await?;
        for ((compound, _), token) in compounds.iter().zip(tokens(seen, &codes)?) {
            of_round[*compound as usize] = token;
        }
        opened.push(id);
    }
    Ok(Rounds {
        first: opened[0],
        second: opened[1],
    })
}

/// The links in the order of the compounds.
fn tokens(seen: RoundSeen, codes: &[&str]) -> Outcome<Vec<String>> {
    let mut by_code: HashMap<String, String> = seen
        .compounds
        .into_iter()
        .map(|one| (one.compound, one.token))
        .collect();
    codes
        .iter()
        .map(|code| {
            by_code
                .remove(*code)
                .filter(|token| !token.is_empty())
                .ok_or_else(|| format!("the round has no link for compound {code}"))
        })
        .collect()
}
