//! What a person changes in a proposal: looked at first, then kept as a new version that replaces the one before, so
//! that nobody's change is lost and each tells who made it.

use std::collections::BTreeMap;

use planner::check::{Chosen, Consequences, Over};
use serde::{Deserialize, Serialize};
use store::Tx;

use super::propose::{compute, without_goods};
use super::together;
use super::{AssignmentDraft, Choice, Facts, Material, Stored, facts};
use crate::base::act::Aside;
use crate::base::id::ProposalId;
use crate::base::{Ctx, Refusal, Result};
use crate::proposal::{self, Proposal, ProposalKind, ProposalRef, ProposalState};

/// A line that a person sets: compound, main, backup; empty for nobody.
pub type Line = (String, String, String);

/// What one person changed at one time.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Revision {
    /// When.
    pub at_s: i64,
    /// Who.
    pub actor: String,
    /// Whether the rest was computed again.
    pub computed: bool,
    /// The lines that differ from the version before: compound, main before, main after.
    pub mains: Vec<(String, Option<String>, Option<String>)>,
    /// How many lines got another backup only.
    pub backups: usize,
}

/// A change of lines.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ChangeDraft {
    /// The proposal, which must be open.
    pub at: ProposalRef,
    /// The lines; those that are as proposed may be among them.
    pub lines: Vec<Line>,
}

/// What the rest is to be computed again with.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AgainDraft {
    /// The proposal, which must be open.
    pub at: ProposalRef,
    /// Pairs that a person wants.
    pub force: Vec<(String, String)>,
    /// Pairs that a person rules out.
    pub forbid: Vec<(String, String)>,
    /// Suppliers that cannot deliver.
    pub without: Vec<String>,
}

/// The suppliers of all lines by number, for the checker.
pub fn chosen(facts: &Facts, choices: &[Choice]) -> Vec<Chosen> {
    let by_compound: BTreeMap<&str, &Choice> = choices
        .iter()
        .map(|choice| (choice.compound.as_str(), choice))
        .collect();
    let number = |code: Option<&String>| code.and_then(|code| facts.number(code));
    facts
        .compounds
        .iter()
        .map(|compound| {
            let choice = by_compound.get(compound.code.as_str());
            Chosen {
                main: number(choice.and_then(|choice| choice.main.as_ref())),
                backup: number(choice.and_then(|choice| choice.backup.as_ref())),
            }
        })
        .collect()
}

/// What the choices of a proposal lead to, by the checker; nothing for proposals without facts.
pub fn consequences(draft: &AssignmentDraft, stored: &Stored) -> Option<Consequences> {
    if stored.facts.compounds.is_empty() {
        return None;
    }
    Some(planner::check::chosen(
        &stored.problem(draft),
        &chosen(&stored.facts, &stored.choices),
    ))
}

/// Sets lines, and says which differ. Refuses suppliers that were not considered.
pub fn apply(stored: &mut Stored, lines: &[Line]) -> Result<Revision> {
    let mut revision = Revision {
        at_s: 0,
        actor: String::new(),
        computed: false,
        mains: Vec::new(),
        backups: 0,
    };
    let wanted = |code: &String| Some(code.clone()).filter(|code| !code.is_empty());
    for (compound, main, backup) in lines {
        let (main, backup) = (wanted(main), wanted(backup));
        let Some(choice) = stored
            .choices
            .iter_mut()
            .find(|choice| choice.compound == *compound)
        else {
            return Err(Refusal::not_found("小区", "compound").into());
        };
        if choice.main == main && choice.backup == backup {
            continue;
        }
        for code in main.iter().chain(&backup) {
            let known = stored.facts.suppliers.is_empty() || stored.facts.number(code).is_some();
            if !known {
                return Err(Refusal::not_found("保供单位", "supplier").into());
            }
        }
        if main.is_some() && main == backup {
            return Err(Refusal::invalid(
                "backup",
                "主供和备用不能是同一家。",
                "Main and backup must differ.",
            )
            .into());
        }
        if main.is_none() && backup.is_some() {
            return Err(Refusal::invalid(
                "main",
                "有备用就要有主供；请先选主供单位。",
                "A backup needs a main supplier; choose that first.",
            )
            .into());
        }
        if choice.main == main {
            revision.backups += 1;
        } else {
            let before = std::mem::replace(&mut choice.main, main.clone());
            revision.mains.push((compound.clone(), before, main));
            choice.passed_over.clear();
        }
        choice.backup = backup;
        choice.by_hand = true;
    }
    Ok(revision)
}

/// Ways, sums and what several suppliers give together, as they are after a change.
pub fn measure(draft: &AssignmentDraft, stored: &mut Stored) -> Result<Option<Consequences>> {
    let Some(result) = consequences(draft, stored) else {
        return Ok(None);
    };
    let ways: BTreeMap<&str, planner::check::Way> = stored
        .facts
        .compounds
        .iter()
        .map(|compound| compound.code.as_str())
        .zip(result.ways.iter().copied())
        .collect();
    for choice in &mut stored.choices {
        if let Some(way) = ways.get(choice.compound.as_str()) {
            (choice.distance_m, choice.rank) = (way.distance_m, way.rank);
        }
    }
    stored.person_metres = result.person_distance_m;
    stored.together = together::together(draft, stored)?;
    Ok(Some(result))
}

/// An assignment proposal with what was asked and computed.
fn get(tx: &mut Tx, at: &ProposalRef) -> Result<(Proposal, AssignmentDraft, Stored)> {
    let proposal = proposal::get(tx, &at.district, at.id)?;
    let (draft, stored) = super::read(&proposal)?;
    Ok((proposal, draft, stored))
}

fn findings(draft: &AssignmentDraft, stored: &Stored, result: &Consequences) -> Vec<String> {
    let problem = stored.facts.problem(draft, &BTreeMap::new());
    let over = |over: &Over| {
        let (supplier, category) = (
            &problem.suppliers[over.supplier].code,
            &problem.categories[over.category],
        );
        match over.should_fail {
            None => format!("{supplier}: {} g {category} above capacity", over.short_by),
            Some(main) => format!(
                "{supplier}: {} g {category} missing should {} fail",
                over.short_by, problem.suppliers[main].code
            ),
        }
    };
    let against = result.against.iter().map(|pair| {
        let (compound, supplier) = (
            &problem.compounds[pair.compound].code,
            &problem.suppliers[pair.supplier].code,
        );
        format!(
            "{compound}: {supplier} is {}",
            if pair.forced {
                "not the one decided on"
            } else {
                "forbidden"
            }
        )
    });
    let unlike = together::unlike(draft, stored);
    result
        .over
        .iter()
        .map(over)
        .chain(against)
        .chain(unlike)
        .collect()
}

/// Keeps changed lines as a new version. The version before stays readable as replaced.
pub fn change(tx: &mut Tx, ctx: &Ctx, draft: &ChangeDraft) -> Result<ProposalId> {
    let (proposal, asked, mut stored) = get(tx, &draft.at)?;
    proposal::decide(tx, ctx, &draft.at, ProposalState::Replaced)?;
    let revision = apply(&mut stored, &draft.lines)?;
    if revision.mains.is_empty() && revision.backups == 0 {
        return Err(Refusal::invalid(
            "main",
            "没有改动；请先在表中选择别的单位。",
            "Nothing differs; choose another supplier in the table first.",
        )
        .into());
    }
    let found =
        measure(&asked, &mut stored)?.map_or_else(Vec::new, |result| findings(&asked, &stored, &result));
    stored.revisions.push(Revision {
        at_s: ctx.now_s,
        actor: ctx.actor.name.clone(),
        ..revision
    });
    proposal::keep(
        tx,
        ctx,
        ProposalKind::Assignment,
        &proposal.area,
        &asked,
        &stored,
        &found,
    )
}

/// Computes again from the facts of this moment: lines set by hand stay, and of the others as few as possible change.
pub const AGAIN: Aside<AgainDraft, AgainMaterial, Again, ProposalId> = Aside {
    gather: |tx, ctx, draft| {
        let (proposal, asked, before) = get(tx, &draft.at)?;
        let asked = asked_again(asked, &before, draft);
        let facts = facts::gather(tx, ctx, &asked)?;
        let mains = before.choices.iter();
        let mains = mains.filter_map(|choice| Some((choice.compound.clone(), choice.main.clone()?)));
        Ok(AgainMaterial {
            area: proposal.area,
            material: Material {
                mains: mains.collect(),
                without_goods: without_goods(tx, &asked, &facts)?,
                facts,
            },
            asked,
            revisions: before.revisions,
        })
    },
    compute: compute_again,
    keep: |tx, ctx, draft, again| {
        let kind = ProposalKind::Assignment;
        proposal::decide(tx, ctx, &draft.at, ProposalState::Replaced)?;
        proposal::keep(tx, ctx, kind, &again.area, &again.asked, &again.stored, &[])
    },
};

/// What an assignment is computed from once more.
pub struct AgainMaterial {
    area: String,
    asked: AssignmentDraft,
    material: Material,
    revisions: Vec<Revision>,
}

/// An assignment computed once more.
pub struct Again {
    area: String,
    asked: AssignmentDraft,
    stored: Stored,
}

/// What was asked, with the lines that were set by hand and what is asked now.
fn asked_again(mut asked: AssignmentDraft, before: &Stored, draft: &AgainDraft) -> AssignmentDraft {
    let by_hand = before.choices.iter().filter(|choice| choice.by_hand);
    let set = by_hand.filter_map(|choice| Some((choice.compound.clone(), choice.main.clone()?)));
    let newly: Vec<(String, String)> = set.chain(draft.force.iter().cloned()).collect();
    asked
        .force
        .retain(|(compound, _)| !newly.iter().any(|(other, _)| other == compound));
    asked.force.extend(newly);
    for pair in &draft.forbid {
        if !asked.forbid.contains(pair) {
            asked.forbid.push(pair.clone());
        }
        asked.force.retain(|forced| forced != pair);
    }
    for supplier in &draft.without {
        if !asked.without.contains(supplier) {
            asked.without.push(supplier.clone());
        }
    }
    let out = asked.without.clone();
    asked.force.retain(|(_, supplier)| !out.contains(supplier));
    asked.few_changes = true;
    asked
}

fn compute_again(ctx: &Ctx, _: &AgainDraft, again: AgainMaterial) -> Result<Again> {
    let AgainMaterial {
        area,
        asked,
        material,
        revisions,
    } = again;
    let mains = material.mains.clone();
    let mut stored = compute(ctx, &asked, material)?;
    let mut moved = Vec::new();
    for choice in &mut stored.choices {
        choice.last = mains.get(&choice.compound).cloned();
        choice.by_hand = asked
            .force
            .iter()
            .any(|(compound, _)| *compound == choice.compound);
        if choice.last != choice.main {
            moved.push((choice.compound.clone(), choice.last.clone(), choice.main.clone()));
        }
    }
    stored.revisions = revisions;
    stored.revisions.push(Revision {
        at_s: ctx.now_s,
        actor: ctx.actor.name.clone(),
        computed: true,
        mains: moved,
        backups: 0,
    });
    Ok(Again { area, asked, stored })
}
