//! Which supplier feeds which closed compound: main and backup, by distance and remaining capacity per category
//! (DX-1, YU-12, YU-13).

mod change;
mod facts;
mod propose;
mod together;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use store::{Tx, params, stmt};

pub use change::{AGAIN, AgainDraft, ChangeDraft, Line, Revision, apply, change, consequences, measure};
pub use facts::{CompoundFacts, Facts, SupplierFacts, capacity, demand, gather};
pub(super) use propose::stored;
pub use propose::{Material, PROPOSE};
pub use together::{Part, Together, amounts, short_in_all};

use super::{ProposalKind, ProposalRef, ProposalState};
use crate::base::id::district;
use crate::base::{Ctx, Refusal, Result};
use crate::register::entry;

stmt!(
    PUT,
    "INSERT INTO assignment (district, compound, main, backup, proposal, since_s, actor) VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (district, compound) DO UPDATE SET main = excluded.main, backup = excluded.backup,
        proposal = excluded.proposal, since_s = excluded.since_s, actor = excluded.actor"
);
stmt!(
    ALL,
    "SELECT compound, main, backup FROM assignment WHERE district = $1 AND compound >= $2 AND compound < $3 ORDER BY compound"
);

/// What is asked for.
#[derive(Clone, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AssignmentDraft {
    /// The area whose closed compounds are assigned.
    pub area: String,
    /// Compounds that a person wants at a supplier: (compound, supplier).
    #[serde(default)]
    pub force: Vec<(String, String)>,
    /// How many metres a change of supplier must save.
    #[serde(default)]
    pub keep_weight_m: i64,
    /// Pairs that a person rules out: (compound, supplier).
    #[serde(default)]
    pub forbid: Vec<(String, String)>,
    /// Suppliers that cannot deliver; they are left out.
    #[serde(default)]
    pub without: Vec<String>,
    /// How many metres a supplier must be nearer than those of the compound's own street to be taken instead.
    #[serde(default)]
    pub prefer_weight_m: i64,
    /// Per cent of every capacity that stay free as long as everybody can be fed without them.
    #[serde(default)]
    pub spare_pct: i64,
    /// Whether as few compounds as possible change what is in force, instead of making the ways shortest.
    #[serde(default)]
    pub few_changes: bool,
}

/// Who feeds a compound now.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Assigned {
    /// The main supplier's code.
    pub main: String,
    /// The backup's code.
    pub backup: Option<String>,
    /// What each gives where several feed it together or goods are short, the main supplier first. Empty where one gives all
    /// that is needed.
    #[serde(default)]
    pub parts: Vec<Part>,
}

impl Assigned {
    /// Whether this supplier feeds the compound, alone or with others.
    pub fn is_fed_by(&self, supplier: &str) -> bool {
        self.main == supplier || self.part(supplier).is_some()
    }

    /// What this supplier gives where several feed the compound together or goods are short.
    pub fn part(&self, supplier: &str) -> Option<&Part> {
        self.parts.iter().find(|part| part.supplier == supplier)
    }

    /// Those that feed it, the main supplier first.
    pub fn suppliers(&self) -> Vec<&str> {
        let others = self.parts.iter().map(|part| part.supplier.as_str());
        std::iter::once(self.main.as_str())
            .chain(others.filter(|code| *code != self.main))
            .collect()
    }
}

/// What was asked and answered, for storing and for showing.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Stored {
    /// One line per compound.
    pub choices: Vec<Choice>,
    /// Categories that fall short: (category, demand, capacity, short by), grams a day.
    pub shortages: Vec<(String, i64, i64, i64)>,
    /// Person-metres of the whole.
    pub person_metres: i64,
    /// Suppliers that were not considered because they have published no goods: their names.
    #[serde(default)]
    pub without_goods: Vec<String>,
    /// Where least would have to be added so that everybody is fed.
    #[serde(default)]
    pub lacks: Vec<LackLine>,
    /// What was made small, in person-metres, and what no assignment can go below.
    #[serde(default)]
    pub cost_and_bound: Option<(i64, i64)>,
    /// Whether all suppliers together have too little of some category, so that everybody's need was cut to a fair share
    /// (YU-7).
    #[serde(default)]
    pub rationed: bool,
    /// What is given to compounds that none can feed alone, and to those that get less than they need.
    #[serde(default)]
    pub together: Vec<Together>,
    /// With few changes: how many compounds no plan can leave where they were.
    #[serde(default)]
    pub changes_at_least: Option<usize>,
    /// What it was computed from.
    #[serde(default)]
    pub facts: Facts,
    /// What persons changed, oldest first.
    #[serde(default)]
    pub revisions: Vec<Revision>,
}

/// What a compound without a supplier lacks where least is lacking.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct LackLine {
    /// The compound's code.
    pub compound: String,
    /// The supplier that could feed it with least in addition.
    pub supplier: String,
    /// The category.
    pub category: String,
    /// So many grams a day are lacking there.
    pub short_g: i64,
}

/// One line of an assignment.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Choice {
    /// The compound's code.
    pub compound: String,
    /// Its people.
    pub persons: i64,
    /// The main supplier's code.
    pub main: Option<String>,
    /// The backup's code.
    pub backup: Option<String>,
    /// The distance by road, estimated.
    pub distance_m: Option<i64>,
    /// 1 when the main supplier is the nearest.
    pub rank: usize,
    /// Suppliers that are nearer and why they were not taken: (supplier, Chinese, English).
    pub passed_over: Vec<(String, String, String)>,
    /// Whether this is the supplier it had.
    pub kept: bool,
    /// Whether a person set this line.
    #[serde(default)]
    pub by_hand: bool,
    /// The main supplier in the version before, where the rest was computed again.
    #[serde(default)]
    pub last: Option<String>,
}

/// An accepted proposal, with what a person changed: (compound, main, backup).
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Acceptance {
    /// The proposal.
    pub at: ProposalRef,
    /// Lines that a person set otherwise.
    #[serde(default)]
    pub changed: Vec<(String, String, String)>,
    /// Whether it is wanted although a supplier would have to give more than it has, a pair was ruled out, or what is
    /// in force has changed since.
    #[serde(default)]
    pub despite: bool,
}

/// What was asked and computed in a proposal of this kind; of another kind there is none.
pub fn read(proposal: &super::Proposal) -> Result<(AssignmentDraft, Stored)> {
    if proposal.kind != ProposalKind::Assignment {
        return Err(Refusal::not_found("分配方案", "proposal of an assignment").into());
    }
    Ok((
        serde_json::from_str(&proposal.problem)?,
        serde_json::from_str(&proposal.result)?,
    ))
}

/// Puts a proposal into force. Lines that were changed with the acceptance are kept as a version of their own first.
pub fn accept(tx: &mut Tx, ctx: &Ctx, acceptance: &Acceptance) -> Result<usize> {
    let at = &acceptance.at;
    let mut proposal = super::get(tx, &at.district, at.id)?;
    let (asked, mut stored) = read(&proposal)?;
    let mut tried = stored.clone();
    let revision = apply(&mut tried, &acceptance.changed)?;
    let mut accepted = at.clone();
    if proposal.state == ProposalState::Open && (!revision.mains.is_empty() || revision.backups > 0) {
        let draft = ChangeDraft {
            at: at.clone(),
            lines: acceptance.changed.clone(),
        };
        accepted.id = change(tx, &ctx.sub("changed"), &draft)?;
        proposal = super::get(tx, &at.district, accepted.id)?;
        stored = read(&proposal)?.1;
    }
    super::decide(tx, ctx, &accepted, ProposalState::Accepted)?;
    if !acceptance.despite {
        check_acceptable(tx, &proposal, &asked, &stored)?;
    }
    let shared: BTreeMap<&str, &[Part]> = stored
        .together
        .iter()
        .map(|one| (one.compound.as_str(), one.parts.as_slice()))
        .collect();
    let (mut rows, mut parts_of, mut named) = (Vec::new(), BTreeMap::new(), BTreeSet::new());
    for choice in &stored.choices {
        let parts = shared.get(choice.compound.as_str()).copied().unwrap_or_default();
        let alone = choice.main.as_deref().filter(|code| !code.is_empty());
        let most = parts.first().map(|part| part.supplier.as_str());
        let Some(main) = alone.or(most) else {
            continue;
        };
        named.insert(main);
        named.extend(choice.backup.as_deref());
        named.extend(parts.iter().map(|part| part.supplier.as_str()));
        rows.push(Vec::from(params![
            at.district.as_str(),
            choice.compound.as_str(),
            main,
            choice.backup.as_deref(),
            proposal.id,
            ctx.now_s,
            ctx.actor.name.as_str()
        ]));
        parts_of.insert(choice.compound.as_str(), parts);
    }
    for code in named {
        if entry::get(tx, "suppliers", &at.district, code)?.is_none() {
            return Err(Refusal::not_found("保供单位", "supplier").into());
        }
    }
    tx.run_many(&PUT, &rows)?;
    together::put(tx, &at.district, &parts_of)?;
    Ok(rows.len())
}

/// Compounds whose supplier in force is another one than when the proposal was computed.
pub fn moved_since(tx: &mut Tx, area: &str, facts: &Facts) -> Result<Vec<String>> {
    let now = assigned(tx, area)?;
    let differs = |one: &&CompoundFacts| now.get(&one.code).map(|now| &now.main) != one.in_force.as_ref();
    Ok(facts
        .compounds
        .iter()
        .filter(differs)
        .map(|one| one.name.clone())
        .collect())
}

/// Refuses what nobody should put into force without saying that it is meant.
fn check_acceptable(
    tx: &mut Tx,
    proposal: &super::Proposal,
    asked: &AssignmentDraft,
    stored: &Stored,
) -> Result<()> {
    let moved = moved_since(tx, &proposal.area, &stored.facts)?;
    if !moved.is_empty() {
        return Err(Refusal::conflict(
            "stale",
            format!(
                "生成方案以后，{}个小区（如{}）的保供单位已经改变。请先“按现状重新计算”，或勾选“仍然采纳”。",
                moved.len(),
                moved[0]
            ),
            format!(
                "Since this was computed, {} compounds (such as {}) got another supplier. Compute again first, or tick \u{201c}accept all the same\u{201d}.",
                moved.len(),
                moved[0]
            ),
        )
        .into());
    }
    let Some(result) = consequences(asked, stored) else {
        return Ok(());
    };
    let over = result
        .over
        .iter()
        .filter(|over| over.should_fail.is_none())
        .count();
    if over > 0 || !result.against.is_empty() {
        return Err(Refusal::conflict(
            "over_capacity",
            "按这样分配，有单位的产能不够，或用了已排除的搭配。请先改好，或勾选“仍然采纳”。",
            "As it stands a supplier would have to give more than it has, or a pair was ruled out. Change it first, or tick \u{201c}accept all the same\u{201d}.",
        )
        .into());
    }
    Ok(())
}

/// Who feeds which compound of an area.
pub fn assigned(tx: &mut Tx, area: &str) -> Result<BTreeMap<String, Assigned>> {
    let rows = tx.rows(&ALL, &params![district(area), area, entry::subtree_end(area)])?;
    let mut parts = together::in_force(tx, area)?;
    rows.iter()
        .map(|row| {
            let (compound, main): (String, String) = (row.get(0)?, row.get(1)?);
            let mut parts = parts.remove(&compound).unwrap_or_default();
            parts.sort_by_key(|part| part.supplier != main);
            Ok((
                compound,
                Assigned {
                    main,
                    backup: row.get(2)?,
                    parts,
                },
            ))
        })
        .collect()
}
