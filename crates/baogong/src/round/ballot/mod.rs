//! Fair release by ballot (摇号): requests are taken until cut-off, then drawn once, by class and ticket, and what is
//! drawn is reserved like any other order.
//!
//! Sealed and shown: when the round opens, a secret is made and its SHA-256 is published. At cut-off the seed is the
//! SHA-256 of the secret and the digest of all requests, so that neither the office alone nor any household alone could
//! choose it. Secret, requests, tickets and results are then published, and `check` recomputes them.

pub mod check;
mod draw;
mod publish;
#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use store::{Tx, params, stmt};
use uuid::Uuid;

use super::open::{self, RoundRef};
use super::order::{self, Terms, Want};
use super::{Order, OrderState, Round};
use crate::base::clock::DAY_S;
use crate::base::id::{OrderId, RoundId, district};
use crate::base::{Ctx, Error, Fault, Refusal, Result, audit};
use crate::coverage;
use crate::plan::ControlLevel;
use crate::plan::release::{PriorityClass, Release, classes};
use crate::plan::rules::{RuleKey, Rules};
use crate::register::entry::{self, Household};
use crate::wording;

pub use draw::Secret;
pub use publish::{Drawing, PublishedRequest, publish, verify};

stmt!(
    INSERT,
    "INSERT INTO ballot (district, round, secret, commitment, mask, priority, allotments, digest, seed, drawn_s)
     VALUES ($1, $2, $3, $4, $5, $6, '[]', '', '', NULL)"
);
stmt!(
    GET,
    "SELECT secret, mask, commitment, priority, allotments, digest, seed, drawn_s FROM ballot
     WHERE district = $1 AND round = $2"
);
stmt!(
    DRAWN,
    "UPDATE ballot SET allotments = $3, digest = $4, seed = $5, drawn_s = $6
     WHERE district = $1 AND round = $2 AND drawn_s IS NULL"
);
stmt!(
    INSERT_TICKET,
    "INSERT INTO ballot_ticket (district, order_id, round, household, compound, number, wants, class, ticket, result,
                                zh, en, drawn_s)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
);
stmt!(
    OUTCOME,
    "SELECT class, ticket, result, zh, en FROM ballot_ticket WHERE district = $1 AND order_id = $2"
);
stmt!(
    LAST_RESULTS,
    "SELECT household, result FROM ballot_ticket WHERE district = $1 AND compound = $2 ORDER BY drawn_s, order_id DESC"
);
stmt!(
    LAST_RESULT,
    "SELECT result FROM ballot_ticket WHERE district = $1 AND household = $2 ORDER BY drawn_s DESC, order_id LIMIT 1"
);

wording! {
    /// What a draw gave a request.
    DrawResult {
        Drawn = "drawn", "抽中", "Drawn";
        NoneLeft = "none_left", "未抽中：份额已分完", "Not drawn: too few packs left";
        HouseholdRule = "household_rule", "未抽中：按规定本户现在不能下单", "Not drawn: a rule keeps this household from ordering";
    }
}

/// How many packs a compound has: when a round opens, or when a draw begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Allotted {
    /// The compound's code.
    pub compound: String,
    /// The pack's code.
    pub pack: String,
    /// How many.
    pub quantity: i64,
}

/// The ballot of a round as stored. The secret leaves it only after the draw.
#[derive(Clone, Debug)]
pub struct Ballot {
    secret: Secret,
    /// SHA-256 of the secret, published when the round opens.
    pub commitment: String,
    /// The classes, first drawn first.
    pub priority: Vec<PriorityClass>,
    allotments: Vec<Allotted>,
    digest: String,
    seed: String,
    /// When it was drawn.
    pub drawn_s: Option<i64>,
}

impl Ballot {
    /// The number under which the request of an order is published.
    pub fn number(&self, order: OrderId) -> String {
        draw::number(&self.secret.mask, order)
    }
}

/// What the draw gave one request.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The class in which the household was drawn.
    pub class: PriorityClass,
    /// Its ticket.
    pub ticket: String,
    /// What came of it.
    pub result: DrawResult,
    /// The reason in Chinese; empty when drawn.
    pub zh: String,
    /// The same in English.
    pub en: String,
}

/// The state in which an order of this round begins. A request holds nothing, so whoever asks early has no advantage.
pub(super) fn first_state(round: &Round) -> OrderState {
    match round.release {
        Release::FirstCome => OrderState::Placed,
        Release::Ballot => OrderState::Requested,
    }
}

/// How a round may be released: what the rules of its compounds fix, and else what is asked for. Rounds in which
/// residents do not order here go to who comes first.
pub(super) fn chosen(
    asked: Option<Release>,
    takes_orders: bool,
    compounds: &[(&str, Rules)],
) -> Result<Release> {
    let mut fixed: Option<(Release, &Rules)> = None;
    for (compound, rules) in compounds {
        let Some(release) = rules.word(RuleKey::Release).and_then(Release::of) else {
            continue;
        };
        if fixed.is_some_and(|(other, _)| other != release) {
            return Err(Refusal::invalid(
                "compounds",
                format!("{compound}与其他小区的分配办法不同，请分开开团。"),
                format!("{compound} releases packs in another way than the others; open a round of its own."),
            )
            .into());
        }
        fixed = Some((release, rules));
    }
    if let (Some((release, rules)), Some(asked)) = (fixed, asked)
        && release != asked
    {
        let clause = rules.clause(RuleKey::Release);
        return Err(Refusal::conflict(
            "release",
            format!("按{clause}，这里的分配办法是“{}”。", release.word(kit::Lang::Zh)),
            format!(
                "Under {clause} packs are released here: {}.",
                release.word(kit::Lang::En)
            ),
        )
        .into());
    }
    let release = fixed.map(|(release, _)| release).or(asked);
    match release {
        Some(Release::Ballot) if takes_orders => Ok(Release::Ballot),
        Some(Release::Ballot) if fixed.is_none() => Err(Refusal::invalid(
            "release",
            "这种供应方式不由本系统接单，不能摇号；请选“先到先得”。",
            "In this supply mode residents do not order here, so nothing can be drawn; choose first come, first served.",
        )
        .into()),
        _ => Ok(Release::FirstCome),
    }
}

/// Seals the secret of a ballot round that is being opened, and writes its commitment into the audit log.
pub(super) fn seal(
    tx: &mut Tx,
    ctx: &Ctx,
    round: (&str, RoundId, &str),
    area: &str,
    secret: &Secret,
    rules: &Rules,
) -> Result<()> {
    let (in_district, id, code) = round;
    let priority = classes(rules.words(RuleKey::BallotPriority))
        .ok_or_else(|| Fault::Invariant("the plan's classes of a draw do not read".into()))?;
    let commitment = draw::sha256(&secret.sealed);
    tx.run(
        &INSERT,
        &params![
            in_district,
            id,
            secret.sealed.as_str(),
            commitment.as_str(),
            secret.mask.as_str(),
            serde_json::to_string(&priority)?
        ],
    )?;
    let detail = serde_json::json!({"round": code, "commitment": commitment});
    audit::append(tx, ctx, "round.seal", area, &detail.to_string())
}

/// The ballot of a round; `None` when it is not sold by ballot.
pub fn get(tx: &mut Tx, in_district: &str, round: RoundId) -> Result<Option<Ballot>> {
    let Some(row) = tx.row(&GET, &params![in_district, round])? else {
        return Ok(None);
    };
    Ok(Some(Ballot {
        secret: Secret {
            sealed: row.get(0)?,
            mask: row.get(1)?,
        },
        commitment: row.get(2)?,
        priority: serde_json::from_str(&row.get::<String>(3)?)?,
        allotments: serde_json::from_str(&row.get::<String>(4)?)?,
        digest: row.get(5)?,
        seed: row.get(6)?,
        drawn_s: row.get(7)?,
    }))
}

/// What the draw gave an order; `None` before the draw, and for an order that was never drawn.
pub fn outcome(tx: &mut Tx, in_district: &str, order: OrderId) -> Result<Option<Outcome>> {
    let Some(row) = tx.row(&OUTCOME, &params![in_district, order])? else {
        return Ok(None);
    };
    Ok(Some(Outcome {
        class: PriorityClass::stored(&row.get::<String>(0)?)?,
        ticket: row.get(1)?,
        result: DrawResult::stored(&row.get::<String>(2)?)?,
        zh: row.get(3)?,
        en: row.get(4)?,
    }))
}

/// The first of the classes to which a household belongs now.
fn class_of(
    tx: &mut Tx,
    ctx: &Ctx,
    terms: &Terms,
    household: &str,
    priority: &[PriorityClass],
) -> Result<usize> {
    for (index, class) in priority.iter().enumerate() {
        let belongs = match class {
            PriorityClass::Lockdown => terms.rules.level == Some(ControlLevel::Lockdown),
            PriorityClass::SpecialNeeds => entry::get(tx, "households", district(household), household)?
                .map(|entry| entry.noun::<Household>())
                .transpose()?
                .is_some_and(|household| !household.needs.is_empty()),
            PriorityClass::Uncovered => {
                let alarm_s = terms.rules.number(RuleKey::CoverAlarmD).unwrap_or(0) * DAY_S;
                coverage::of_household(tx, household)?
                    .iter()
                    .any(|cover| cover.runs_out_s <= ctx.now_s + alarm_s)
            }
            PriorityClass::LostBefore => tx
                .row(&LAST_RESULT, &params![district(household), household])?
                .map(|row| row.get::<String>(0))
                .transpose()?
                .is_some_and(|result| result == DrawResult::NoneLeft.key()),
            PriorityClass::Others => true,
        };
        if belongs {
            return Ok(index);
        }
    }
    Err(Fault::Invariant("the classes of a draw do not end with the others".into()).into())
}

/// The households of a compound that got nothing when they were last drawn, because too little was left.
pub fn lost_before(tx: &mut Tx, compound: &str) -> Result<BTreeSet<String>> {
    let mut lost = BTreeSet::new();
    for row in tx.rows(&LAST_RESULTS, &params![district(compound), compound])? {
        let household: String = row.get(0)?;
        if row.get::<String>(1)? == DrawResult::NoneLeft.key() {
            lost.insert(household);
        } else {
            lost.remove(&household);
        }
    }
    Ok(lost)
}

fn allotments(tx: &mut Tx, at: &RoundRef) -> Result<Vec<Allotted>> {
    let packs = open::packs(tx, &at.district, at.id)?;
    let mut allotments = Vec::new();
    for one in open::compounds(tx, &at.district, at.id)? {
        let left = open::left(tx, &at.district, at.id, &one.compound, &packs)?;
        allotments.extend(packs.iter().zip(left).map(|(pack, quantity)| Allotted {
            compound: one.compound.clone(),
            pack: pack.code.clone(),
            quantity,
        }));
    }
    Ok(allotments)
}

fn wants(order: &Order) -> Vec<Want> {
    let mut wants: Vec<Want> = order
        .lines
        .iter()
        .map(|line| Want {
            pack: line.pack.clone(),
            quantity: line.quantity,
        })
        .collect();
    wants.sort_by(|one, other| one.pack.cmp(&other.pack));
    wants
}

/// Draws the requests of a round that has just been cut off; once. Each request in turn is reserved like a first-come
/// order, as asked or not at all. Gives the number of requests drawn.
pub(super) fn draw(tx: &mut Tx, ctx: &Ctx, at: &RoundRef) -> Result<usize> {
    let round = open::get(tx, &at.district, at.id)?;
    let ballot = get(tx, &at.district, at.id)?
        .ok_or_else(|| Fault::Invariant(format!("round {} has no ballot", round.code)))?;
    let mut requests = order::of_round(tx, &at.district, at.id, &round.area)?;
    requests.retain(|order| order.state == OrderState::Requested);
    let allotments = allotments(tx, at)?;
    let mut terms: HashMap<String, Arc<Terms>> = HashMap::new();
    let mut classed = Vec::with_capacity(requests.len());
    let mut lines = Vec::with_capacity(requests.len());
    for request in &requests {
        if !terms.contains_key(&request.compound) {
            let of_compound = order::terms(tx, ctx, &at.district, at.id, &request.compound)?;
            terms.insert(request.compound.clone(), of_compound);
        }
        let of_compound = &terms[&request.compound];
        let class = class_of(tx, ctx, of_compound, &request.household, &ballot.priority)?;
        let number = ballot.number(request.id);
        lines.push(draw::line(&number, &request.compound, &wants(request)));
        classed.push((class, number));
    }
    let digest = draw::digest(lines);
    let seed = draw::seed(&ballot.secret.sealed, &digest);
    let once = tx.run(
        &DRAWN,
        &params![
            at.district.as_str(),
            at.id,
            serde_json::to_string(&allotments)?,
            digest.as_str(),
            seed.as_str(),
            ctx.now_s
        ],
    )?;
    if once == 0 {
        return Err(Refusal::conflict(
            "drawn",
            "这一轮已经抽过签，结果不会再变。",
            "This round has been drawn; its result does not change any more.",
        )
        .into());
    }
    let mut drawn = 0;
    for (index, ticket) in draw::sequence(&seed, &classed) {
        let request = &requests[index];
        let of_compound = &terms[&request.compound];
        let granted = tx.attempt(|tx| order::grant(tx, &ctx.sub(&request.code), of_compound, request));
        let (result, zh, en) = match granted {
            Ok(()) => (DrawResult::Drawn, String::new(), String::new()),
            Err(Error::Refusal(refusal)) => {
                order::set_state(tx, ctx, &at.district, request.id, OrderState::NotDrawn)?;
                explain(*refusal)
            }
            Err(fault) => return Err(fault),
        };
        drawn += usize::from(result == DrawResult::Drawn);
        tx.run(
            &INSERT_TICKET,
            &params![
                at.district.as_str(),
                request.id,
                at.id,
                request.household.as_str(),
                request.compound.as_str(),
                classed[index].1.as_str(),
                serde_json::to_string(&wants(request))?,
                ballot.priority[classed[index].0],
                ticket,
                result,
                zh,
                en,
                ctx.now_s
            ],
        )?;
    }
    let results = draw::sha256(&serde_json::to_string(&publish(tx, &round)?)?);
    let detail = serde_json::json!({
        "round": round.code, "requests": requests.len(), "drawn": drawn, "digest": digest, "seed": seed,
        "published": results
    });
    audit::append(tx, ctx, "round.draw", &round.area, &detail.to_string())?;
    Ok(drawn)
}

fn explain(refusal: Refusal) -> (DrawResult, String, String) {
    if refusal.code == "allotment" {
        return (
            DrawResult::NoneLeft,
            "轮到您的签号时，本小区剩下的份数已不够您登记的数量。".into(),
            "When your ticket came up, fewer packs were left for your compound than you asked for.".into(),
        );
    }
    (DrawResult::HouseholdRule, refusal.zh, refusal.en)
}
