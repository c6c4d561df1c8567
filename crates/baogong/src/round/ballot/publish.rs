//! What is published of a draw: before it the commitment, after it everything that is needed to recompute it. No name,
//! no dwelling, no order code.

use super::*;
use crate::register::correct::area_name;
use crate::round::Pack;

stmt!(
    TICKETS,
    "SELECT number, compound, wants, class, ticket, result FROM ballot_ticket
     WHERE district = $1 AND round = $2 ORDER BY ticket"
);
stmt!(
    WAITING,
    "SELECT COUNT(*) FROM orders WHERE district = $1 AND round = $2 AND state = 'requested'"
);
stmt!(
    DRAWN_ROUNDS,
    "SELECT district, round FROM ballot WHERE drawn_s IS NOT NULL ORDER BY district, drawn_s, round"
);
stmt!(
    DISAGREEING,
    "SELECT o.code FROM orders o LEFT JOIN ballot_ticket t ON t.district = o.district AND t.order_id = o.id
     WHERE o.district = $1 AND o.round = $2
       AND (o.state = 'requested' OR (o.state = 'not_drawn' AND (t.result IS NULL OR t.result = 'drawn'))
            OR (o.state NOT IN ('requested', 'not_drawn', 'cancelled') AND (t.result IS NULL OR t.result <> 'drawn')))
     ORDER BY o.code"
);

/// The form of the published file.
const FORMAT: &str = "baogong-draw/1";

/// A code with its name.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Named {
    /// The code.
    pub code: String,
    /// The name.
    pub name: String,
}

/// A request with its ticket and what came of it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct PublishedRequest {
    /// The request's number, which its household knows.
    pub number: String,
    /// The compound's code.
    pub compound: String,
    /// What was asked for, in order of the packs' codes.
    pub wants: Vec<Want>,
    /// The class in which it was drawn.
    pub class: PriorityClass,
    /// SHA-256 of seed and number, in hexadecimal.
    pub ticket: String,
    /// What came of it.
    pub result: DrawResult,
}

/// What is published of a draw.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Drawing {
    /// The form of this document.
    pub format: &'static str,
    /// The round's code.
    pub round: String,
    /// The round's title.
    pub title: String,
    /// When requests end and the draw is held.
    pub cutoff_s: i64,
    /// When it was held; null before.
    pub drawn_s: Option<i64>,
    /// SHA-256 of the secret, published since the round opened.
    pub commitment: String,
    /// The secret; null before the draw.
    pub secret: Option<String>,
    /// SHA-256 of the sorted requests; null before the draw.
    pub digest: Option<String>,
    /// SHA-256 of secret and digest; null before the draw.
    pub seed: Option<String>,
    /// The classes, first drawn first.
    pub priority: Vec<PriorityClass>,
    /// The compounds of the round.
    pub compounds: Vec<Named>,
    /// The packs of the round.
    pub packs: Vec<Named>,
    /// How many packs each compound had when the draw began.
    pub allotments: Vec<Allotted>,
    /// How many requests there are.
    pub request_count: i64,
    /// The requests in order of their tickets; empty before the draw.
    pub requests: Vec<PublishedRequest>,
}

/// What is to be published of a round's draw now; refuses for a round that is not sold by ballot.
pub fn publish(tx: &mut Tx, round: &Round) -> Result<Drawing> {
    let in_district = district(&round.area).to_string();
    let ballot = get(tx, &in_district, round.id)?.ok_or_else(|| Refusal::not_found("摇号", "ballot"))?;
    let mut requests = Vec::new();
    for row in tx.rows(&TICKETS, &params![in_district.as_str(), round.id])? {
        requests.push(PublishedRequest {
            number: row.get(0)?,
            compound: row.get(1)?,
            wants: serde_json::from_str(&row.get::<String>(2)?)?,
            class: PriorityClass::stored(&row.get::<String>(3)?)?,
            ticket: row.get(4)?,
            result: DrawResult::stored(&row.get::<String>(5)?)?,
        });
    }
    let request_count = match ballot.drawn_s {
        Some(_) => requests.len() as i64,
        None => tx
            .row(&WAITING, &params![in_district.as_str(), round.id])?
            .map_or(Ok(0), |row| row.get(0))?,
    };
    let mut compounds = Vec::new();
    for one in open::compounds(tx, &in_district, round.id)? {
        let name = area_name(tx, &one.compound)?;
        compounds.push(Named {
            code: one.compound,
            name,
        });
    }
    let named = |pack: Pack| Named {
        code: pack.code,
        name: pack.name,
    };
    let after = |text: &str| ballot.drawn_s.map(|_| text.to_string());
    Ok(Drawing {
        format: FORMAT,
        round: round.code.clone(),
        title: round.title.clone(),
        cutoff_s: round.cutoff_s,
        drawn_s: ballot.drawn_s,
        secret: after(&ballot.secret.sealed),
        digest: after(&ballot.digest),
        seed: after(&ballot.seed),
        commitment: ballot.commitment,
        priority: ballot.priority,
        compounds,
        packs: open::packs(tx, &in_district, round.id)?
            .into_iter()
            .map(named)
            .collect(),
        allotments: ballot.allotments,
        request_count,
        requests,
    })
}

/// Checks every draw that is stored as a stranger would, and that the orders say what the draw gave them.
pub fn verify(tx: &mut Tx) -> Result<Vec<String>> {
    let mut findings = Vec::new();
    let drawn: Vec<(String, RoundId)> = tx
        .rows(&DRAWN_ROUNDS, &[])?
        .iter()
        .map(|row| Ok((row.get(0)?, RoundId(row.get::<Uuid>(1)?))))
        .collect::<Result<_>>()?;
    for (in_district, id) in drawn {
        let round = open::get(tx, &in_district, id)?;
        let published = serde_json::to_string(&publish(tx, &round)?)?;
        for finding in check::check(&published).findings {
            findings.push(format!("draw of {}: {}", round.code, finding.en));
        }
        for row in tx.rows(&DISAGREEING, &params![in_district.as_str(), id])? {
            findings.push(format!(
                "draw of {}: order {} is not in the state that the draw gave it",
                round.code,
                row.get::<String>(0)?
            ));
        }
    }
    Ok(findings)
}
