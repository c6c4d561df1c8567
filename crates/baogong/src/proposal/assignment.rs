//! Which supplier feeds which closed compound: main and backup, by distance and remaining capacity per category
//! (DX-1, YU-12, YU-13).

use std::collections::{BTreeMap, BTreeSet};

use planner::assign::{self, Assignment, Problem};
use planner::effort::Effort;
use serde::{Deserialize, Serialize};
use store::{Tx, params, stmt};

use super::{ProposalKind, ProposalRef, ProposalState};
use crate::base::id::{ProposalId, district};
use crate::base::{Ctx, Fault, Refusal, Result};
use crate::plan::directive;
use crate::plan::rules::{self, CATEGORIES};
use crate::register::entry::{self, Compound, Supplier};

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
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AssignmentDraft {
    /// The area whose closed compounds are assigned.
    pub area: String,
    /// Compounds that a person wants at a supplier: (compound, supplier).
    #[serde(default)]
    pub force: Vec<(String, String)>,
    /// How many metres a change of supplier must save.
    #[serde(default)]
    pub keep_weight_m: i64,
}

/// Who feeds a compound now.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Assigned {
    /// The main supplier's code.
    pub main: String,
    /// The backup's code.
    pub backup: Option<String>,
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
}

fn point(latitude: Option<i64>, longitude: Option<i64>) -> Option<planner::Point> {
    Some(planner::Point {
        lat_e6: i32::try_from(latitude?).ok()?,
        lng_e6: i32::try_from(longitude?).ok()?,
    })
}

/// The suppliers that have published a list of goods (DX-1). Once somebody has, nobody is assigned who has not: a
/// compound could not order anything there.
fn offering(tx: &mut Tx, in_district: &str) -> Result<BTreeSet<String>> {
    let goods = entry::all(tx, "goods", in_district)?;
    Ok(goods
        .iter()
        .map(|good| crate::register::text(&good.body, "supplier").to_string())
        .collect())
}

fn problem(tx: &mut Tx, ctx: &Ctx, draft: &AssignmentDraft) -> Result<Problem> {
    let in_district = district(&draft.area).to_string();
    let directives = directive::holding(tx, &in_district, ctx.now_s)?;
    let present = assigned(tx, &draft.area)?;
    let people: BTreeMap<String, i64> = entry::count_by_area(tx, "households", &draft.area)?
        .into_iter()
        .map(|(compound, _, people)| (compound, people))
        .collect();
    let mut compounds = Vec::new();
    let listed = if draft.area.contains('-') {
        entry::get(tx, "compounds", &in_district, &draft.area)?
            .into_iter()
            .collect()
    } else {
        entry::all(tx, "compounds", &draft.area)?
    };
    for compound in listed {
        let rules = rules::resolve(&compound.code, directives.clone());
        if !rules.closed() {
            continue;
        }
        let noun: Compound = compound.noun()?;
        let persons = people
            .get(&compound.code)
            .copied()
            .unwrap_or(compound.people)
            .max(1);
        compounds.push(assign::Compound {
            code: compound.code.clone(),
            at: point(noun.latitude, noun.longitude),
            persons,
            demand: CATEGORIES
                .iter()
                .map(|(_, norm, _)| rules.number(*norm).unwrap_or(0) * persons)
                .collect(),
            keep: present.get(&compound.code).map(|one| one.main.clone()),
            force: draft
                .force
                .iter()
                .find(|(code, _)| *code == compound.code)
                .map(|(_, supplier)| supplier.clone()),
            forbid: Vec::new(),
            prefer: Vec::new(),
        });
    }
    let offering = offering(tx, &in_district)?;
    let mut suppliers = Vec::new();
    for supplier in entry::all(tx, "suppliers", &in_district)? {
        if !offering.is_empty() && !offering.contains(&supplier.code) {
            continue;
        }
        let noun: Supplier = supplier.noun()?;
        suppliers.push(assign::Supplier {
            code: supplier.code,
            at: point(noun.latitude, noun.longitude),
            capacity: vec![
                noun.grain_daily_g,
                noun.oil_daily_g,
                noun.vegetables_daily_g,
                noun.eggs_daily_g,
                noun.meat_daily_g,
            ],
        });
    }
    if compounds.is_empty() {
        return Err(Refusal::conflict(
            "none_closed",
            "这个区域没有管控或封控的小区；请先下达指令。",
            "No compound is under control or lockdown here; issue a directive first.",
        )
        .into());
    }
    if suppliers.is_empty() {
        return Err(Refusal::conflict(
            "no_suppliers",
            "还没有登记保供单位；请先导入附表2。",
            "No supplier is registered; import form 2 first.",
        )
        .into());
    }
    Ok(Problem {
        categories: CATEGORIES.iter().map(|(key, _, _)| (*key).to_string()).collect(),
        compounds,
        suppliers,
        keep_weight_m: draft.keep_weight_m.max(0),
        prefer_weight_m: 0,
        spare_pct: 0,
    })
}

fn stored(problem: &Problem, answer: &Assignment) -> Stored {
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
    }
}

/// Computes an assignment for the closed compounds of an area and keeps it with what the checker found.
pub fn propose(tx: &mut Tx, ctx: &Ctx, draft: &AssignmentDraft) -> Result<ProposalId> {
    let problem = problem(tx, ctx, draft)?;
    // The seed comes from the command, so that a retry computes the same proposal.
    let effort = Effort::rounds(assign::usual_rounds(&problem));
    let answer = assign::assign(&problem, &effort, ctx.command.as_u64_pair().0);
    let findings: Vec<String> = planner::check::assignment(&problem, &answer)
        .into_iter()
        .map(|finding| finding.what)
        .collect();
    if !findings.is_empty() {
        return Err(Fault::Invariant(format!("assignment: {}", findings.join("; "))).into());
    }
    let mut result = stored(&problem, &answer);
    for supplier in entry::all(tx, "suppliers", district(&draft.area))? {
        if !problem.suppliers.iter().any(|one| one.code == supplier.code) {
            result.without_goods.push(supplier.name);
        }
    }
    super::keep(
        tx,
        ctx,
        ProposalKind::Assignment,
        &draft.area,
        draft,
        &result,
        &findings,
    )
}

/// An accepted proposal, with what a person changed: (compound, main, backup).
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Acceptance {
    /// The proposal.
    pub at: ProposalRef,
    /// Lines that a person set otherwise.
    #[serde(default)]
    pub changed: Vec<(String, String, String)>,
}

/// Puts a proposal into force.
pub fn accept(tx: &mut Tx, ctx: &Ctx, acceptance: &Acceptance) -> Result<usize> {
    let proposal = super::get(tx, &acceptance.at.district, acceptance.at.id)?;
    super::decide(tx, ctx, &acceptance.at, ProposalState::Accepted)?;
    let stored: Stored = serde_json::from_str(&proposal.result)?;
    let mut count = 0;
    for choice in &stored.choices {
        let changed = acceptance
            .changed
            .iter()
            .find(|(compound, _, _)| *compound == choice.compound);
        let (main, backup) = match changed {
            Some((_, main, backup)) => (
                Some(main.clone()),
                Some(backup.clone()).filter(|code| !code.is_empty()),
            ),
            None => (choice.main.clone(), choice.backup.clone()),
        };
        let Some(main) = main.filter(|code| !code.is_empty()) else {
            continue;
        };
        if backup.as_ref() == Some(&main) {
            return Err(Refusal::invalid(
                "backup",
                "主供和备用不能是同一家。",
                "Main and backup must differ.",
            )
            .into());
        }
        for code in std::iter::once(&main).chain(&backup) {
            if entry::get(tx, "suppliers", &acceptance.at.district, code)?.is_none() {
                return Err(Refusal::not_found("保供单位", "supplier").into());
            }
        }
        tx.run(
            &PUT,
            &params![
                acceptance.at.district.as_str(),
                choice.compound.as_str(),
                main,
                backup,
                proposal.id,
                ctx.now_s,
                ctx.actor.name.as_str()
            ],
        )?;
        count += 1;
    }
    Ok(count)
}

/// Who feeds which compound of an area.
pub fn assigned(tx: &mut Tx, area: &str) -> Result<BTreeMap<String, Assigned>> {
    let rows = tx.rows(&ALL, &params![district(area), area, entry::subtree_end(area)])?;
    rows.iter()
        .map(|row| {
            Ok((
                row.get(0)?,
                Assigned {
                    main: row.get(1)?,
                    backup: row.get(2)?,
                },
            ))
        })
        .collect()
}
