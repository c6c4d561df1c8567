//! Compounds that no supplier can feed alone: what several give them together, and what nobody has (DX-1).

use std::collections::BTreeMap;

use planner::assign::{self, Assignment};
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

/// What several suppliers give a compound together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Together {
    /// The compound's code.
    pub compound: String,
    /// Who gives what. The first gives most and is the contact of the compound; none where nobody has anything left.
    pub parts: Vec<Part>,
    /// What nobody has: grams a day in the order of the categories.
    pub short_g: Vec<i64>,
}

/// What one supplier gives a compound that several feed together.
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

/// Shares what the choices of a proposal leave in the stores among the compounds that have no supplier of their own.
/// Nothing for proposals without facts.
pub fn together(draft: &AssignmentDraft, stored: &Stored) -> Result<Vec<Together>> {
    let mains: BTreeMap<&str, &String> = stored
        .choices
        .iter()
        .filter_map(|choice| Some((choice.compound.as_str(), choice.main.as_ref()?)))
        .collect();
    if mains.len() >= stored.facts.compounds.len() {
        return Ok(Vec::new());
    }
    let problem = stored.facts.problem(draft, &BTreeMap::new());
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
    let shares = assign::partial(&problem, &answer);
    // Where a person has given a supplier more than it has, the checker would find that and nothing of the shares.
    let over = planner::check::chosen(&problem, &super::change::chosen(&stored.facts, &stored.choices)).over;
    if over.iter().all(|over| over.should_fail.is_some())
        && let Some(finding) = planner::check::partial(&problem, &answer, &shares).first()
    {
        return Err(Fault::Invariant(format!("shares: {}", finding.what)).into());
    }
    Ok(shares.into_iter().map(of_share).collect())
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
