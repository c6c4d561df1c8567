//! Proposals: what is computed, verified by a checker that shares no code with the solver, and accepted or changed by
//! a person. Each kind is one file.

pub mod allocation;
pub mod assignment;
pub mod files;
pub mod packs;
pub mod routes;

use serde::{Deserialize, Serialize};
use store::{Tx, params, stmt};
use uuid::Uuid;

use crate::base::id::{ProposalId, district};
use crate::base::{Ctx, Fault, Refusal, Result};
use crate::wording;

stmt!(
    INSERT,
    "INSERT INTO proposal (district, id, kind, area, state, problem, result, findings, created_s, actor)
     VALUES ($1, $2, $3, $4, 'open', $5, $6, $7, $8, $9)"
);
stmt!(
    GET,
    "SELECT kind, area, state, problem, result, findings, created_s, actor, decided_s, decided_by FROM proposal
     WHERE district = $1 AND id = $2"
);
stmt!(
    LIST,
    "SELECT id, kind, area, state, created_s, actor, decided_s, decided_by FROM proposal
     WHERE district = $1 AND state <> 'replaced' ORDER BY created_s DESC LIMIT 100"
);
stmt!(
    DECIDE,
    "UPDATE proposal SET state = $3, decided_s = $4, decided_by = $5 WHERE district = $1 AND id = $2 AND state = 'open'"
);

wording! {
    /// What is proposed.
    ProposalKind {
        Assignment = "assignment", "保供单位分配", "Assignment of suppliers";
        Allocation = "allocation", "物资分配", "Allocation of goods";
        Routes = "routes", "配送路线", "Delivery routes";
        Packs = "packs", "套餐搭配", "Contents of packs";
    }
}

wording! {
    /// Where a proposal stands.
    ProposalState {
        Open = "open", "待决定", "To be decided";
        Accepted = "accepted", "已采纳", "Accepted";
        Rejected = "rejected", "未采纳", "Rejected";
        Replaced = "replaced", "已有新版本", "Replaced by a newer version";
    }
}

/// Refuses to show what its checker does not bear out: a fault of ours, which nobody should decide on.
pub fn verified(findings: &[planner::check::Finding]) -> Result<()> {
    match findings.first() {
        None => Ok(()),
        Some(finding) => Err(Fault::Invariant(finding.what.clone()).into()),
    }
}

/// A proposal as stored; problem and result never change.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// The id.
    pub id: ProposalId,
    /// What is proposed.
    pub kind: ProposalKind,
    /// For which area.
    pub area: String,
    /// Where it stands.
    pub state: ProposalState,
    /// What was asked, as JSON.
    pub problem: String,
    /// What was computed, as JSON.
    pub result: String,
    /// What the checker found; empty when all is well.
    pub findings: Vec<String>,
    /// When it was computed.
    pub created_s: i64,
    /// Who asked for it.
    pub actor: String,
    /// When it was decided.
    pub decided_s: Option<i64>,
    /// Who decided.
    pub decided_by: Option<String>,
}

/// Keeps a computed proposal.
pub fn keep<P: Serialize, R: Serialize>(
    tx: &mut Tx,
    ctx: &Ctx,
    kind: ProposalKind,
    area: &str,
    problem: &P,
    result: &R,
    findings: &[String],
) -> Result<ProposalId> {
    let id = ProposalId::of_command(ctx.command);
    tx.run(
        &INSERT,
        &params![
            district(area),
            id,
            kind,
            area,
            serde_json::to_string(problem)?,
            serde_json::to_string(result)?,
            serde_json::to_string(findings)?,
            ctx.now_s,
            ctx.actor.name.as_str()
        ],
    )?;
    Ok(id)
}

/// The proposal with this id.
pub fn get(tx: &mut Tx, in_district: &str, id: ProposalId) -> Result<Proposal> {
    let row = tx
        .row(&GET, &params![in_district, id])?
        .ok_or_else(|| Refusal::not_found("方案", "proposal"))?;
    Ok(Proposal {
        id,
        kind: ProposalKind::stored(&row.get::<String>(0)?)?,
        area: row.get(1)?,
        state: ProposalState::stored(&row.get::<String>(2)?)?,
        problem: row.get(3)?,
        result: row.get(4)?,
        findings: serde_json::from_str(&row.get::<String>(5)?)?,
        created_s: row.get(6)?,
        actor: row.get(7)?,
        decided_s: row.get(8)?,
        decided_by: row.get(9)?,
    })
}

/// A proposal in a list.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Listed {
    /// The id.
    pub id: ProposalId,
    /// What is proposed.
    pub kind: ProposalKind,
    /// For which area.
    pub area: String,
    /// Where it stands.
    pub state: ProposalState,
    /// When it was computed.
    pub created_s: i64,
    /// Who asked for it.
    pub actor: String,
}

/// The proposals of a district, latest first, without those that a newer version replaced.
pub fn list(tx: &mut Tx, in_district: &str) -> Result<Vec<Listed>> {
    let rows = tx.rows(&LIST, &params![in_district])?;
    rows.iter()
        .map(|row| {
            Ok(Listed {
                id: ProposalId(row.get::<Uuid>(0)?),
                kind: ProposalKind::stored(&row.get::<String>(1)?)?,
                area: row.get(2)?,
                state: ProposalState::stored(&row.get::<String>(3)?)?,
                created_s: row.get(4)?,
                actor: row.get(5)?,
            })
        })
        .collect()
}

/// The district and id of a proposal.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ProposalRef {
    /// The district.
    pub district: String,
    /// The proposal.
    pub id: ProposalId,
}

/// Records the decision on an open proposal.
pub fn decide(tx: &mut Tx, ctx: &Ctx, at: &ProposalRef, state: ProposalState) -> Result<()> {
    let decided = tx.run(
        &DECIDE,
        &params![
            at.district.as_str(),
            at.id,
            state,
            ctx.now_s,
            ctx.actor.name.as_str()
        ],
    )?;
    if decided == 0 {
        return Err(Refusal::conflict(
            "decided",
            "这个方案已经决定过，或别人刚刚改过；请打开最新的方案再看。",
            "This proposal has been decided already, or somebody has just changed it; open the latest one.",
        )
        .into());
    }
    Ok(())
}

/// Turns an open proposal down; nothing else changes.
pub fn reject(tx: &mut Tx, ctx: &Ctx, at: &ProposalRef) -> Result<()> {
    decide(tx, ctx, at, ProposalState::Rejected)
}
