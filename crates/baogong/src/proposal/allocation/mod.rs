//! Which compound gets how many packs of a round while goods are scarce (YU-7, EM-5): by the published rule of
//! `planner::fair`, changed by a person where need be, and then opened as the round.

mod facts;
mod rule;
#[cfg(test)]
mod tests;
mod words;

use serde::{Deserialize, Serialize};
use store::{Tx, params, stmt};

pub use facts::{CompoundFacts, Facts, Group, PackFacts};
pub use rule::{Line, Outcome, Ruled, Step};
pub use words::{rule_words, spread_words, step_words, tenths};

use super::{Proposal, ProposalKind, ProposalRef, ProposalState};
use crate::base::id::{ProposalId, RoundId, derive, district};
use crate::base::{Action, Ctx, Refusal, Result};
use crate::round::ballot::{Allotted, Secret};
use crate::round::open::{self, RoundDraft};

stmt!(
    ACCEPTED_AT,
    "SELECT id FROM proposal WHERE district = $1 AND kind = $2 AND state = $3 AND decided_s = $4"
);

/// What is asked for.
#[derive(Clone, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AllocationDraft {
    /// The round that is to be opened; its own allotments are ignored.
    pub round: RoundDraft,
    /// Days to which everybody is brought first; without it the alarm of the rules.
    #[serde(default)]
    pub floor_d: Option<i64>,
    /// Days to which class after class is brought then; without it the alarm and the interval between orders.
    #[serde(default)]
    pub target_d: Option<i64>,
}

/// What somebody changed at one time.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AllocationRevision {
    /// When.
    pub at_s: i64,
    /// Who.
    pub actor: String,
    /// Pack, compound (as codes), packs before and after.
    pub changed: Vec<(String, String, i64, i64)>,
}

/// An allocation as stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StoredAllocation {
    /// What it was computed from.
    pub facts: Facts,
    /// What the rule gives, by pack.
    pub ruled: Vec<Ruled>,
    /// What is given, by pack and compound.
    pub given: Vec<Vec<i64>>,
    /// What persons changed, oldest first.
    pub revisions: Vec<AllocationRevision>,
}

/// A change of what compounds get.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AllocationChange {
    /// The proposal, which must be open.
    pub at: ProposalRef,
    /// What compounds get; those that stay as they are may be among them.
    #[serde(default)]
    pub given: Vec<Allotted>,
}

/// What is computed again, with the stocks and rules of this moment.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AllocationAgain {
    /// The proposal, which must be open.
    pub at: ProposalRef,
    /// Days to which everybody is brought first; empty as before.
    #[serde(default)]
    pub floor_d: Option<i64>,
    /// Days to which class after class is brought then; empty as before.
    #[serde(default)]
    pub target_d: Option<i64>,
}

/// An accepted allocation.
#[derive(Clone, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AllocationAcceptance {
    /// The proposal, and what was changed with the acceptance.
    pub change: AllocationChange,
    /// The secret of a ballot; made anew with each acceptance, never sent or received.
    #[serde(skip)]
    pub secret: Secret,
}

impl Default for AllocationChange {
    fn default() -> Self {
        Self {
            at: ProposalRef {
                district: String::new(),
                id: ProposalId(uuid::Uuid::nil()),
            },
            given: Vec::new(),
        }
    }
}

impl StoredAllocation {
    /// What follows from it for each compound, by pack.
    pub fn outcomes(&self) -> Result<Vec<Outcome>> {
        rule::outcomes(&self.facts, &self.ruled, &self.given)
    }

    /// Sets what compounds get. Gives what differs: pack, compound, before and after.
    pub fn give(&mut self, given: &[Allotted]) -> Result<Vec<(String, String, i64, i64)>> {
        let mut changed = Vec::new();
        for one in given {
            let pack = self.facts.packs.iter().position(|pack| pack.code == one.pack);
            let compound = self
                .facts
                .compounds
                .iter()
                .position(|known| known.code == one.compound);
            let (Some(pack), Some(compound)) = (pack, compound) else {
                return Err(Refusal::not_found("小区或套餐", "compound or pack").into());
            };
            if one.quantity < 0 {
                return Err(Refusal::invalid(
                    "given",
                    "份数不能是负数。",
                    "A number of packs is not negative.",
                )
                .into());
            }
            let before = std::mem::replace(&mut self.given[pack][compound], one.quantity);
            if before != one.quantity {
                changed.push((one.pack.clone(), one.compound.clone(), before, one.quantity));
            }
        }
        Ok(changed)
    }

    /// Packs of which more is given than there is: name, given, there.
    pub fn over(&self) -> Vec<(&str, i64, i64)> {
        let packs = self.facts.packs.iter().zip(&self.given);
        packs
            .map(|(pack, given)| (pack, given.iter().fold(0i64, |sum, one| sum.saturating_add(*one))))
            .filter(|(pack, sum)| *sum > pack.total)
            .map(|(pack, sum)| (pack.name.as_str(), sum, pack.total))
            .collect()
    }

    fn check_totals(&self) -> Result<()> {
        match self.over().first() {
            None => Ok(()),
            Some((name, given, total)) => Err(Refusal::invalid(
                "given",
                format!(
                    "{name}：合计分了{given}份，只有{total}份，请减少{}份。",
                    given - total
                ),
                format!(
                    "{name}: {given} are given but there are {total}; take {} back.",
                    given - total
                ),
            )
            .into()),
        }
    }

    /// As allotments of the round.
    fn allotments(&self) -> Vec<Allotted> {
        let packs = self.facts.packs.iter().zip(&self.given);
        packs
            .flat_map(|(pack, given)| {
                self.facts
                    .compounds
                    .iter()
                    .zip(given)
                    .map(|(compound, quantity)| Allotted {
                        compound: compound.code.clone(),
                        pack: pack.code.clone(),
                        quantity: *quantity,
                    })
            })
            .collect()
    }
}

/// Shares the packs of a round by the published rule and keeps that as a proposal. Nothing is opened yet.
pub fn propose(tx: &mut Tx, ctx: &Ctx, draft: &AllocationDraft) -> Result<ProposalId> {
    let prepared = open::prepare(tx, ctx, &draft.round)?;
    let facts = facts::gather(tx, ctx, &prepared, (draft.floor_d, draft.target_d))?;
    let ruled = rule::apply(&facts)?;
    let stored = StoredAllocation {
        given: ruled.iter().map(|one| one.given.clone()).collect(),
        facts,
        ruled,
        revisions: Vec::new(),
    };
    keep(tx, ctx, draft, &stored)
}

fn keep(tx: &mut Tx, ctx: &Ctx, draft: &AllocationDraft, stored: &StoredAllocation) -> Result<ProposalId> {
    let area = open::common_area(&draft.round.compounds);
    super::keep(tx, ctx, ProposalKind::Allocation, &area, draft, stored, &[])
}

/// An allocation that the actor may see, with what was asked and computed.
pub fn get(
    tx: &mut Tx,
    ctx: &Ctx,
    at: &ProposalRef,
) -> Result<(Proposal, AllocationDraft, StoredAllocation)> {
    let proposal = super::get(tx, &at.district, at.id)?;
    if proposal.kind != ProposalKind::Allocation {
        return Err(Refusal::not_found("分配方案", "proposal of an allocation").into());
    }
    let draft: AllocationDraft = serde_json::from_str(&proposal.problem)?;
    for compound in &draft.round.compounds {
        ctx.actor.check(Action::OpenRound, compound)?;
    }
    let stored = serde_json::from_str(&proposal.result)?;
    Ok((proposal, draft, stored))
}

/// Keeps changed numbers as a new version. The version before stays readable as replaced.
pub fn change(tx: &mut Tx, ctx: &Ctx, change: &AllocationChange) -> Result<ProposalId> {
    let (_, draft, mut stored) = get(tx, ctx, &change.at)?;
    super::decide(tx, ctx, &change.at, ProposalState::Replaced)?;
    let changed = stored.give(&change.given)?;
    if changed.is_empty() {
        return Err(Refusal::invalid(
            "given",
            "没有改动；请先改份数。",
            "Nothing differs; change a number first.",
        )
        .into());
    }
    stored.check_totals()?;
    stored.revisions.push(AllocationRevision {
        at_s: ctx.now_s,
        actor: ctx.actor.name.clone(),
        changed,
    });
    keep(tx, ctx, &draft, &stored)
}

/// Computes again from the stocks and rules of this moment; what persons changed is given up.
pub fn again(tx: &mut Tx, ctx: &Ctx, again: &AllocationAgain) -> Result<ProposalId> {
    let (_, draft, _) = get(tx, ctx, &again.at)?;
    super::decide(tx, ctx, &again.at, ProposalState::Replaced)?;
    propose(
        tx,
        ctx,
        &AllocationDraft {
            floor_d: again.floor_d.or(draft.floor_d),
            target_d: again.target_d.or(draft.target_d),
            round: draft.round,
        },
    )
}

/// Opens the round with these allotments. What was changed with the acceptance is kept as a version of its own first.
pub fn accept(tx: &mut Tx, ctx: &Ctx, acceptance: &AllocationAcceptance) -> Result<RoundId> {
    let mut at = acceptance.change.at.clone();
    let (proposal, draft, mut stored) = get(tx, ctx, &at)?;
    let changed = stored.give(&acceptance.change.given)?;
    stored.check_totals()?;
    if proposal.state == ProposalState::Open && !changed.is_empty() {
        at.id = change(tx, &ctx.sub("changed"), &acceptance.change)?;
    }
    super::decide(tx, ctx, &at, ProposalState::Accepted)?;
    let round = RoundDraft {
        allotments: stored.allotments(),
        secret: acceptance.secret.clone(),
        ..draft.round
    };
    let opening = Ctx {
        command: opening(at.id),
        ..ctx.clone()
    };
    open::open(tx, &opening, &round)
}

/// Turns an open allocation down; no round is opened.
pub fn reject(tx: &mut Tx, ctx: &Ctx, at: &ProposalRef) -> Result<()> {
    get(tx, ctx, at)?;
    super::decide(tx, ctx, at, ProposalState::Rejected)
}

/// The command under which an accepted allocation opens its round.
fn opening(id: ProposalId) -> uuid::Uuid {
    derive(id.0, "open")
}

/// The round that an accepted allocation opened.
pub fn round_of(id: ProposalId) -> RoundId {
    RoundId::of_command(opening(id))
}

/// The allocation by which the packs of a round were shared; `None` when they were shared by number of households.
/// `opened_s` is when the round was opened.
pub fn of_round(tx: &mut Tx, in_district: &str, round: RoundId, opened_s: i64) -> Result<Option<ProposalId>> {
    let found = tx.rows(
        &ACCEPTED_AT,
        &params![
            in_district,
            ProposalKind::Allocation,
            ProposalState::Accepted,
            opened_s
        ],
    )?;
    for row in found {
        let id = ProposalId(row.get::<uuid::Uuid>(0)?);
        if round_of(id) == round {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

/// The open allocations of the actor's area, latest first.
pub fn waiting(tx: &mut Tx, ctx: &Ctx) -> Result<Vec<super::Listed>> {
    let mut listed = super::list(tx, district(&ctx.actor.area))?;
    listed.retain(|one| {
        one.kind == ProposalKind::Allocation
            && one.state == ProposalState::Open
            && ctx.actor.covers(&one.area)
    });
    Ok(listed)
}
