//! The published rule applied to the facts: `planner::fair` by the days that food lasts, what is left by people; and what
//! follows from it, or from what a person gives instead, for each compound.

use planner::fair::{self, Claim, Level, Spread, Terms};
use planner::{allocate, check};
use serde::{Deserialize, Serialize};

use super::facts::{Facts, Group};
use crate::base::{Fault, Result};
use crate::plan::release::PriorityClass;

/// One step of the sharing, as it is published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Step {
    /// The class that was served; `None` in the first step, which serves all.
    pub class: Option<PriorityClass>,
    /// Days up to which it served.
    pub until_d: i64,
    /// How many packs it gave.
    pub given: i64,
    /// Days to which those served are filled up, in hundredths; `None` when all got what they lacked.
    pub level_hundredths_d: Option<i64>,
}

/// What the rule gives of one pack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ruled {
    /// For each compound.
    pub given: Vec<i64>,
    /// The steps; none for goods without a norm, which are shared by people.
    pub steps: Vec<Step>,
    /// Packs beyond what anybody lacks, which were shared by people.
    pub by_people: i64,
}

/// Shares every pack in turn, and verifies each step. What an earlier pack brings counts as being at home for the next.
pub fn apply(facts: &Facts) -> Result<Vec<Ruled>> {
    let mut home: Vec<Vec<i64>> = facts.groups.iter().map(|group| group.home_g.clone()).collect();
    let mut ruled = Vec::new();
    for pack in 0..facts.packs.len() {
        let by_group = one_pack(facts, pack, &home)?;
        bring(facts, pack, &by_group.given, &mut home);
        let mut given = vec![0; facts.compounds.len()];
        for (group, packs) in facts.groups.iter().zip(&by_group.given) {
            given[group.compound] += packs;
        }
        ruled.push(Ruled { given, ..by_group });
    }
    Ok(ruled)
}

/// As [`Ruled`], but given to groups.
fn one_pack(facts: &Facts, pack: usize, home: &[Vec<i64>]) -> Result<Ruled> {
    let total = facts.packs[pack].total;
    let persons: Vec<i64> = facts.groups.iter().map(|group| group.persons).collect();
    let Some((counted, pack_g)) = counted(facts, pack) else {
        return Ok(Ruled {
            given: by_people(total, &persons)?,
            steps: Vec::new(),
            by_people: total,
        });
    };
    let claims = claims(facts, &counted, home);
    let terms = Terms {
        packs: total,
        pack_g,
        floor_d: facts.floor_d,
        target_d: facts.target_d,
    };
    let sharing = fair::share(&claims, &terms);
    if let Some(finding) = check::sharing(&claims, &terms, &sharing).first() {
        return Err(Fault::Invariant(format!("sharing: {}", finding.what)).into());
    }
    let steps = sharing.stages.iter().map(|stage| Step {
        class: stage
            .class
            .and_then(|class| facts.classes.get(class as usize).copied()),
        until_d: stage.until_d,
        given: stage.given.iter().sum(),
        level_hundredths_d: stage.level.map(hundredths),
    });
    let steps = steps.collect();
    let rest = by_people(sharing.left, &persons)?;
    Ok(Ruled {
        given: sharing
            .packs
            .iter()
            .zip(rest)
            .map(|(one, more)| one + more)
            .collect(),
        steps,
        by_people: sharing.left,
    })
}

fn hundredths(level: Level) -> i64 {
    i64::try_from(level.above * 100 / level.below.max(1)).unwrap_or(i64::MAX)
}

/// All packs in proportion to people, by largest remainder.
fn by_people(total: i64, persons: &[i64]) -> Result<Vec<i64>> {
    let needs: Vec<i64> = persons
        .iter()
        .map(|persons| persons.saturating_mul(total))
        .collect();
    let shares = allocate::by_need(total, &needs);
    if let Some(finding) = check::allocation(total, &needs, &shares).first() {
        return Err(Fault::Invariant(format!("allocation: {}", finding.what)).into());
    }
    Ok(shares)
}

/// The categories of a pack for which a norm holds, and its grams of them; `None` where there are none.
pub(super) fn counted(facts: &Facts, pack: usize) -> Option<(Vec<usize>, i64)> {
    let content_g = &facts.packs[pack].content_g;
    let eaten = |at: &usize| facts.groups.iter().any(|group| group.daily_g[*at] > 0);
    let counted: Vec<usize> = (0..content_g.len())
        .filter(|at| content_g[*at] > 0)
        .filter(eaten)
        .collect();
    let pack_g: i64 = counted.iter().map(|at| content_g[*at]).sum();
    (pack_g > 0).then_some((counted, pack_g))
}

fn claims(facts: &Facts, counted: &[usize], home: &[Vec<i64>]) -> Vec<Claim> {
    let claim = |(group, home): (&Group, &Vec<i64>)| {
        let compound = &facts.compounds[group.compound];
        Claim {
            code: format!("{}/{}", compound.code, group.class),
            class: u32::try_from(group.class).unwrap_or(u32::MAX),
            persons: group.persons,
            daily_g: counted.iter().map(|at| group.daily_g[*at]).sum(),
            at_home_g: counted.iter().map(|at| home[*at]).sum(),
            distance_m: compound.distance_m.unwrap_or(i64::MAX),
        }
    };
    facts.groups.iter().zip(home).map(claim).collect()
}

/// Adds what the groups got of a pack to what they have at home.
fn bring(facts: &Facts, pack: usize, by_group: &[i64], home: &mut [Vec<i64>]) {
    for (home, packs) in home.iter_mut().zip(by_group) {
        for (has, content) in home.iter_mut().zip(&facts.packs[pack].content_g) {
            *has = has.saturating_add(content.saturating_mul(*packs));
        }
    }
}

/// What one compound has before and after.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Line {
    /// People.
    pub persons: i64,
    /// So many packs would bring it to the days aimed at.
    pub lacks: i64,
    /// So many the rule gives.
    pub by_rule: i64,
    /// So many it gets.
    pub given: i64,
    /// Days that what it has lasts, in tenths; `None` for goods without a norm.
    pub before_tenths_d: Option<i64>,
    /// The same with what it gets.
    pub after_tenths_d: Option<i64>,
}

/// What the packs given to each compound lead to, for one pack.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// By compound.
    pub lines: Vec<Line>,
    /// How long food lasts among the people, before and after; `None` for goods without a norm, or without people.
    pub spread: Option<(Spread, Spread)>,
    /// The same as the rule would have it.
    pub by_rule: Option<Spread>,
}

/// What follows from `given`, by pack and compound: each compound as a whole, so that anybody can compute it from the
/// table.
pub fn outcomes(facts: &Facts, ruled: &[Ruled], given: &[Vec<i64>]) -> Result<Vec<Outcome>> {
    let compounds = facts.compounds.len();
    let mut home = vec![vec![0i64; facts.packs.first().map_or(0, |pack| pack.content_g.len())]; compounds];
    let mut daily = home.clone();
    let mut persons = vec![0i64; compounds];
    for group in &facts.groups {
        persons[group.compound] += group.persons;
        for at in 0..home[group.compound].len() {
            home[group.compound][at] += group.home_g[at];
            daily[group.compound][at] += group.daily_g[at];
        }
    }
    let mut outcomes = Vec::new();
    for (pack, one) in facts.packs.iter().enumerate() {
        let counted = counted(facts, pack);
        let claims: Vec<Claim> = (0..compounds)
            .map(|at| {
                let sum = |row: &[i64]| match &counted {
                    Some((counted, _)) => counted.iter().map(|category| row[*category]).sum(),
                    None => 0,
                };
                Claim {
                    code: facts.compounds[at].code.clone(),
                    class: 0,
                    persons: persons[at],
                    daily_g: sum(&daily[at]),
                    at_home_g: sum(&home[at]),
                    distance_m: 0,
                }
            })
            .collect();
        let pack_g = counted.as_ref().map_or(0, |(_, pack_g)| *pack_g);
        let days = |claim: &Claim, packs: i64| {
            let grams = i128::from(claim.at_home_g) + i128::from(packs) * i128::from(pack_g);
            (claim.daily_g > 0).then(|| (grams * 10 / i128::from(claim.daily_g)) as i64)
        };
        let lines = claims.iter().enumerate().map(|(at, claim)| {
            let short_g = claim.daily_g.saturating_mul(facts.target_d) - claim.at_home_g;
            Line {
                persons: claim.persons,
                lacks: if pack_g > 0 {
                    (short_g.max(0) + pack_g - 1) / pack_g
                } else {
                    0
                },
                by_rule: ruled[pack].given[at],
                given: given[pack][at],
                before_tenths_d: days(claim, 0),
                after_tenths_d: days(claim, given[pack][at]),
            }
        });
        outcomes.push(Outcome {
            lines: lines.collect(),
            spread: spread(&claims, pack_g, &vec![0; compounds])?.zip(spread(&claims, pack_g, &given[pack])?),
            by_rule: spread(&claims, pack_g, &ruled[pack].given)?,
        });
        for (home, packs) in home.iter_mut().zip(&given[pack]) {
            for (has, content) in home.iter_mut().zip(&one.content_g) {
                *has = has.saturating_add(content.saturating_mul(*packs));
            }
        }
    }
    Ok(outcomes)
}

fn spread(claims: &[Claim], pack_g: i64, packs: &[i64]) -> Result<Option<Spread>> {
    if pack_g == 0 {
        return Ok(None);
    }
    let found = fair::spread(claims, pack_g, packs);
    if let Some(finding) = check::spread(claims, pack_g, packs, found.as_ref()).first() {
        return Err(Fault::Invariant(format!("spread: {}", finding.what)).into());
    }
    Ok(found)
}
