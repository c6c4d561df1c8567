//! What compounds are given that do not simply have everything from one supplier: where several feed them together
//! (DX-1), and where a shortage reaches everybody alike (YU-7).

use std::collections::BTreeMap;

use planner::assign::{self, Assignment, Problem};
use serde::{Deserialize, Serialize};
use store::{Tx, params, stmt};

use super::{AssignmentDraft, Stored};
use crate::base::id::district;
use crate::base::words::kilograms;
use crate::base::{Fault, Result};
use crate::plan::rules::{CATEGORIES, category_word};
use crate::register::entry;

stmt!(
    CLEAR,
    "DELETE FROM assignment_part WHERE district = $1 AND compound = $2"
);
stmt!(
    PUT,
    "INSERT INTO assignment_part (district, compound, supplier, category, amount_g) VALUES ($1, $2, $3, $4, $5)"
);
stmt!(
    ALL,
    "SELECT compound, supplier, category, amount_g FROM assignment_part
     WHERE district = $1 AND compound >= $2 AND compound < $3 ORDER BY compound, supplier"
);

/// What a compound is given where that is not simply all it needs from one supplier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Together {
    /// The compound's code.
    pub compound: String,
    /// Who gives what. The first gives most and is the contact of the compound; none where nobody has anything left.
    pub parts: Vec<Part>,
    /// What nobody has: grams a day in the order of the categories.
    pub short_g: Vec<i64>,
}

/// What one supplier gives such a compound.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Part {
    /// The supplier's code.
    pub supplier: String,
    /// Grams a day in the order of the categories.
    pub given_g: Vec<i64>,
}

impl Part {
    /// What it gives, such as `大米、面粉 120公斤、蔬菜 300公斤`.
    pub fn words(&self, lang: kit::Lang) -> String {
        amounts(&self.given_g, lang)
    }

    /// The categories of which it gives some, such as `蔬菜、鸡蛋`.
    pub fn categories(&self, lang: kit::Lang) -> String {
        let given = CATEGORIES
            .iter()
            .zip(&self.given_g)
            .filter(|(_, given)| **given > 0);
        let words: Vec<&str> = given.map(|((key, _, _), _)| category_word(key, lang)).collect();
        words.join(lang.t("、", ", "))
    }
}

impl Together {
    /// What is still missing in words; empty where everything suffices.
    pub fn short(&self, lang: kit::Lang) -> String {
        amounts(&self.short_g, lang)
    }
}

/// Amounts by category in words, without those that are zero.
pub fn amounts(grams: &[i64], lang: kit::Lang) -> String {
    let some = CATEGORIES.iter().zip(grams).filter(|(_, grams)| **grams > 0);
    let words: Vec<String> = some
        .map(|((key, _, _), grams)| {
            format!(
                "{} {}{}",
                category_word(key, lang),
                kilograms(*grams),
                lang.t("公斤", " kg")
            )
        })
        .collect();
    words.join(lang.t("、", ", "))
}

/// What is missing in all of them, by category.
pub fn short_in_all(together: &[Together]) -> Vec<i64> {
    let mut sums = vec![0; CATEGORIES.len()];
    for one in together {
        for (sum, short) in sums.iter_mut().zip(&one.short_g) {
            *sum += short;
        }
    }
    sums
}

/// What the compounds of a proposal are given with these choices, where that is not simply everything from the main
/// supplier: shares what the choices leave in the stores among those without a supplier of their own. Nothing for
/// proposals without facts.
pub fn together(draft: &AssignmentDraft, stored: &Stored) -> Result<Vec<Together>> {
    let (whole, problem, answer) = as_chosen(draft, stored);
    if !stored.rationed && answer.choices.iter().all(|choice| choice.main.is_some()) {
        return Ok(Vec::new());
    }
    let shares = assign::partial(&problem, &answer);
    // Where a person has given a supplier more than it has, the checker would find that and nothing of the shares.
    let over = planner::check::chosen(&problem, &super::change::chosen(&stored.facts, &stored.choices)).over;
    if over.iter().all(|over| over.should_fail.is_some())
        && let Some(finding) = planner::check::partial(&problem, &answer, &shares).first()
    {
        return Err(Fault::Invariant(format!("shares: {}", finding.what)).into());
    }
    let told = assign::told(&whole, &problem, &answer, shares);
    Ok(told.into_iter().flatten().map(of_share).collect())
}

/// What is given where nobody has changed anything yet, verified: what is short is short alike for everybody.
pub(super) fn verified(
    whole: &Problem,
    problem: &Problem,
    answer: &Assignment,
    shares: Vec<assign::Partial>,
) -> Result<Vec<Together>> {
    let findings = planner::check::partial(problem, answer, &shares);
    let unlike = planner::check::rationed(whole, problem, answer, &shares);
    // Without a shortage only those who have no main supplier are dealt with, and nobody's need was cut.
    if let Some(finding) = findings.iter().chain(&unlike).next() {
        return Err(Fault::Invariant(format!("shares: {}", finding.what)).into());
    }
    let told = assign::told(whole, problem, answer, shares);
    Ok(told.into_iter().flatten().map(of_share).collect())
}

/// Where the choices of a person give one compound a greater part of what is short than another.
pub(super) fn unlike(draft: &AssignmentDraft, stored: &Stored) -> Vec<String> {
    if !stored.rationed {
        return Vec::new();
    }
    let (whole, problem, answer) = as_chosen(draft, stored);
    let shares = assign::partial(&problem, &answer);
    let findings = planner::check::rationed(&whole, &problem, &answer, &shares);
    findings.into_iter().map(|finding| finding.what).collect()
}

/// The needs as they are, what is asked for, and the choices as an answer to that.
fn as_chosen(draft: &AssignmentDraft, stored: &Stored) -> (Problem, Problem, Assignment) {
    let mains: BTreeMap<&str, &String> = stored
        .choices
        .iter()
        .filter_map(|choice| Some((choice.compound.as_str(), choice.main.as_ref()?)))
        .collect();
    let choice = |compound: &assign::Compound| assign::Choice {
        compound: compound.code.clone(),
        main: mains.get(compound.code.as_str()).map(|main| (*main).clone()),
        backup: None,
        distance_m: None,
        rank: 0,
        passed_over: Vec::new(),
        kept: false,
        positioned: true,
    };
    let whole = stored.facts.problem(draft, &BTreeMap::new());
    let problem = stored.problem(draft);
    let answer = Assignment {
        choices: problem.compounds.iter().map(choice).collect(),
        shortages: Vec::new(),
        lacks: Vec::new(),
        total_distance_m: 0,
        person_distance_m: 0,
        cost_person_m: 0,
        lower_bound_person_m: None,
        unserved_persons: 0,
    };
    (whole, problem, answer)
}

impl Stored {
    /// What its choices have to satisfy: the needs, or the fair shares where goods are short.
    pub(super) fn problem(&self, draft: &AssignmentDraft) -> Problem {
        let whole = self.facts.problem(draft, &BTreeMap::new());
        match assign::rationed(&whole).filter(|_| self.rationed) {
            Some(cut) => cut.problem,
            None => whole,
        }
    }

    /// The least and the greatest part of its need that a compound gets of a category, in thousandths; `None` without
    /// facts.
    pub fn parts_of_need(&self, category: usize) -> Option<(i64, i64)> {
        let given: BTreeMap<&str, &Together> = self
            .together
            .iter()
            .map(|one| (one.compound.as_str(), one))
            .collect();
        let part = |compound: &super::CompoundFacts| {
            let need = compound.demand.get(category).copied().filter(|need| *need > 0)?;
            let short = given
                .get(compound.code.as_str())
                .map_or(0, |one| one.short_g[category]);
            Some(((need - short) * 1000 + need / 2) / need)
        };
        let parts: Vec<i64> = self.facts.compounds.iter().filter_map(part).collect();
        Some((*parts.iter().min()?, *parts.iter().max()?))
    }
}

fn of_share(share: assign::Partial) -> Together {
    let mut parts: Vec<Part> = Vec::new();
    if let Some(main) = share.main {
        parts.push(Part {
            supplier: main,
            given_g: share.given.clone(),
        });
    }
    for added in share.added {
        let known = parts.iter().position(|part| part.supplier == added.supplier);
        let at = known.unwrap_or_else(|| {
            parts.push(Part {
                supplier: added.supplier.clone(),
                given_g: vec![0; share.given.len()],
            });
            parts.len() - 1
        });
        parts[at].given_g[added.category] += added.amount;
    }
    Together {
        compound: share.compound,
        parts,
        short_g: share.short,
    }
}

/// Puts the parts of compounds into force, in place of those before; none where one supplier feeds a compound alone.
pub(super) fn put(tx: &mut Tx, in_district: &str, parts_of: &BTreeMap<&str, &[Part]>) -> Result<()> {
    for compound in in_force(tx, in_district)?.keys() {
        if parts_of.contains_key(compound.as_str()) {
            tx.run(&CLEAR, &params![in_district, compound.as_str()])?;
        }
    }
    let mut rows = Vec::new();
    for (compound, parts) in parts_of {
        for part in *parts {
            for ((category, _, _), given) in CATEGORIES.iter().zip(&part.given_g) {
                if *given > 0 {
                    rows.push(Vec::from(params![
                        in_district,
                        *compound,
                        part.supplier.as_str(),
                        *category,
                        *given
                    ]));
                }
            }
        }
    }
    tx.run_many(&PUT, &rows)?;
    Ok(())
}

/// What is in force for the compounds of an area that several feed together.
pub(super) fn in_force(tx: &mut Tx, area: &str) -> Result<BTreeMap<String, Vec<Part>>> {
    let rows = tx.rows(&ALL, &params![district(area), area, entry::subtree_end(area)])?;
    let mut found: BTreeMap<String, Vec<Part>> = BTreeMap::new();
    for row in &rows {
        let (compound, supplier): (String, String) = (row.get(0)?, row.get(1)?);
        let (category, amount_g): (String, i64) = (row.get(2)?, row.get(3)?);
        let parts = found.entry(compound).or_default();
        if parts.last().is_none_or(|part| part.supplier != supplier) {
            parts.push(Part {
                supplier,
                given_g: vec![0; CATEGORIES.len()],
            });
        }
        let place = CATEGORIES.iter().position(|(key, _, _)| *key == category);
        if let (Some(part), Some(place)) = (parts.last_mut(), place) {
            part.given_g[place] = amount_g;
        }
    }
    Ok(found)
}
