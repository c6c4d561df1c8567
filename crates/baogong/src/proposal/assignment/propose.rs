//! What is computed: read first, decided by the planner, verified by the checker, and kept as a proposal.

use std::collections::BTreeMap;

use planner::assign::{self, Assignment, Problem};
use planner::effort::Effort;
use store::Tx;

use super::{AssignmentDraft, Choice, Facts, LackLine, Stored, facts, together};
use crate::base::act::Aside;
use crate::base::id::{ProposalId, district};
use crate::base::{Ctx, Fault, Result};
use crate::plan::rules;
use crate::proposal::{self, ProposalKind};
use crate::register::entry;

/// An answer in words, as it is kept and shown.
pub(in crate::proposal) fn stored(problem: &Problem, answer: &Assignment, facts: Facts) -> Stored {
    let reason = |reason: &assign::Reason| -> (String, String) {
        match reason {
            assign::Reason::Full { category, short_by } => (
                format!(
                    "{}产能不足，差{}公斤/天",
                    rules::category_word(category, kit::Lang::Zh),
                    crate::base::words::kilograms(*short_by)
                ),
                format!(
                    "{}: {} kg a day short",
                    rules::category_word(category, kit::Lang::En),
                    crate::base::words::kilograms(*short_by)
                ),
            ),
            assign::Reason::Forbidden => ("人工排除".into(), "excluded by hand".into()),
            assign::Reason::NoPosition => ("位置未知".into(), "position unknown".into()),
            assign::Reason::Kept => (
                "换过来节省的路程不多".into(),
                "a change would save too little".into(),
            ),
            assign::Reason::Preferred => (
                "本街道的单位优先".into(),
                "a supplier of its street comes first".into(),
            ),
            assign::Reason::Spared => (
                "只剩预留的产能".into(),
                "only what is kept in reserve is left".into(),
            ),
            assign::Reason::Forced => ("已由人工指定".into(), "another was chosen by hand".into()),
        }
    };
    let choices = answer
        .choices
        .iter()
        .map(|choice| Choice {
            compound: choice.compound.clone(),
            persons: problem
                .compounds
                .iter()
                .find(|one| one.code == choice.compound)
                .map_or(0, |one| one.persons),
            main: choice.main.clone(),
            backup: choice.backup.clone(),
            distance_m: choice.distance_m,
            rank: choice.rank,
            passed_over: choice
                .passed_over
                .iter()
                .map(|one| {
                    let (zh, en) = reason(&one.reason);
                    (one.supplier.clone(), zh, en)
                })
                .collect(),
            kept: choice.kept,
            by_hand: false,
            last: None,
        })
        .collect();
    let shortages = answer
        .shortages
        .iter()
        .map(|one| (one.category.clone(), one.demand, one.capacity, one.short_by))
        .collect();
    Stored {
        choices,
        shortages,
        person_metres: answer.person_distance_m,
        without_goods: Vec::new(),
        lacks: answer
            .lacks
            .iter()
            .map(|lack| LackLine {
                compound: lack.compound.clone(),
                supplier: lack.supplier.clone(),
                category: lack.category.clone(),
                short_g: lack.short_by,
            })
            .collect(),
        cost_and_bound: answer
            .lower_bound_person_m
            .map(|bound| (answer.cost_person_m, bound)),
        rationed: false,
        together: Vec::new(),
        changes_at_least: None,
        facts,
        revisions: Vec::new(),
    }
}

/// Computes an assignment for the closed compounds of an area and keeps it with what the checker found.
pub const PROPOSE: Aside<AssignmentDraft, Material, Stored, ProposalId> = Aside {
    gather: |tx, ctx, draft| {
        let facts = facts::gather(tx, ctx, draft)?;
        let in_force = facts.compounds.iter();
        let mains = in_force.filter_map(|one| Some((one.code.clone(), one.in_force.clone()?)));
        Ok(Material {
            mains: mains.collect(),
            without_goods: without_goods(tx, draft, &facts)?,
            facts,
        })
    },
    compute,
    keep: |tx, ctx, draft, stored| {
        let kind = ProposalKind::Assignment;
        proposal::keep(tx, ctx, kind, &draft.area, draft, stored, &[])
    },
};

/// What an assignment is computed from.
pub struct Material {
    pub(super) facts: Facts,
    /// Who fed whom before.
    pub(super) mains: BTreeMap<String, String>,
    /// The names of suppliers that have nothing to offer.
    pub(super) without_goods: Vec<String>,
}

/// The suppliers that nobody left out but that have nothing to offer.
pub(super) fn without_goods(tx: &mut Tx, draft: &AssignmentDraft, facts: &Facts) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for supplier in entry::all(tx, "suppliers", district(&draft.area))? {
        let out = !facts.suppliers.iter().any(|one| one.code == supplier.code);
        if out && !draft.without.contains(&supplier.code) {
            names.push(supplier.name);
        }
    }
    Ok(names)
}

/// Lets the planner decide and the checker verify.
pub(super) fn compute(ctx: &Ctx, draft: &AssignmentDraft, material: Material) -> Result<Stored> {
    let Material {
        facts,
        mains,
        without_goods,
    } = material;
    let whole = facts.problem(draft, &mains);
    let rationed = assign::rationed(&whole);
    let is_rationed = rationed.is_some();
    let problem = rationed
        .as_ref()
        .map_or_else(|| whole.clone(), |cut| cut.problem.clone());
    let (mut answer, changes_at_least) = if draft.few_changes {
        let replanned = assign::replan(&problem);
        (replanned.assignment, Some(replanned.changes_at_least))
    } else {
        // The seed comes from the command, so that a retry computes the same proposal.
        let effort = Effort::rounds(assign::usual_rounds(&problem));
        (
            assign::assign(&problem, &effort, ctx.command.as_u64_pair().0),
            None,
        )
    };
    let findings = planner::check::assignment(&problem, &answer);
    if !findings.is_empty() {
        let words: Vec<String> = findings.into_iter().map(|finding| finding.what).collect();
        return Err(Fault::Invariant(format!("assignment: {}", words.join("; "))).into());
    }
    let shares = match &rationed {
        Some(cut) => assign::apportion(cut, &mut answer),
        None => assign::partial(&problem, &answer),
    };
    let together = together::verified(&whole, &problem, &answer, shares)?;
    if let Some(cut) = rationed {
        answer.shortages = cut.shortages;
        // They would tell what feeds each by one supplier with its share, not what ends the shortage.
        answer.lacks.clear();
    }
    let mut result = stored(&problem, &answer, facts);
    result.rationed = is_rationed;
    result.changes_at_least = changes_at_least;
    result.together = together;
    result.without_goods = without_goods;
    Ok(result)
}
