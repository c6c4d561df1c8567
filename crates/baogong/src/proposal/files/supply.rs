//! Who supplies whom, from lists alone: the same model and the same words as for the registers.

use planner::assign::{self, Assignment, Partial, Problem, Shortage};
use planner::effort::Effort;
use planner::travel::Ways;

use super::{Asked, County, Said, said};
use crate::base::words::kilograms;
use crate::base::{Fault, Refusal, Result, roads};
use crate::plan::rules::{CATEGORIES, Rules, category_word};
use crate::proposal::assignment::{self, Stored};
use crate::register::names::plain;

/// Metres by which another supplier must be nearer than one that says it serves the place; it decides only where a
/// position is missing, for nothing else is known there.
const SERVES_WEIGHT_M: i64 = 1_000;

/// An assignment with what it was computed from.
pub struct Supply {
    /// What was asked: the needs, or the fair shares of what is short.
    pub problem: Problem,
    /// What came out, verified.
    pub answer: Assignment,
    /// By compound, where that is not simply all it needs from its main supplier: what it is given, by several suppliers or
    /// as its share of what is short; verified.
    pub shared: Vec<Option<Partial>>,
    /// The categories of which all suppliers together have too little, so that every compound has its share (YU-7).
    pub shortages: Vec<Shortage>,
    /// The same in words.
    pub words: Stored,
    /// The categories that count, as positions in [`CATEGORIES`]; the others no supplier has named.
    pub counted: Vec<usize>,
}

/// Assigns the compounds of a county.
pub fn assign(
    county: &County,
    rules: &Rules,
    asked: &Asked,
    ways: Option<&Ways>,
    notes: &mut Vec<Said>,
) -> Result<Supply> {
    if county.suppliers.is_empty() {
        return Err(Refusal::invalid(
            "suppliers",
            "缺少保供单位表（附表2：单位名称、类型、各品类日供应量）；模板：baogong template suppliers。",
            "The list of suppliers is missing (form 2: name, kind, daily capacity by category); see baogong template suppliers.",
        )
        .into());
    }
    if county.compounds.is_empty() {
        return Err(Refusal::invalid(
            "compounds",
            "缺少小区表（附表1）或住户登记表；模板：baogong template compounds、baogong template households。",
            "A list of compounds (form 1) or of households is missing; see baogong template compounds, baogong template households.",
        )
        .into());
    }
    let offered: Vec<Vec<i64>> = county
        .suppliers
        .iter()
        .map(|one| assignment::capacity(&one.noun))
        .collect();
    let wanted = |category: &usize| {
        let key = CATEGORIES[*category].0;
        asked.categories.is_empty() || asked.categories.iter().any(|one| one == key)
    };
    let counted: Vec<usize> = (0..CATEGORIES.len())
        .filter(wanted)
        .filter(|category| offered.iter().any(|capacity| capacity[*category] > 0))
        .collect();
    for (category, (key, _, _)) in CATEGORIES.iter().enumerate() {
        if wanted(&category) && !counted.contains(&category) {
            let word = |lang| category_word(key, lang);
            notes.push(said(
                format!(
                    "没有一家单位填了{}的日供应量，分配时不计这一类。",
                    word(kit::Lang::Zh)
                ),
                format!(
                    "No supplier names a daily capacity of {}; it is left out of the assignment.",
                    word(kit::Lang::En)
                ),
            ));
        }
    }
    let of_counted = |amounts: Vec<i64>| counted.iter().map(|category| amounts[*category]).collect();
    let problem = Problem {
        categories: counted
            .iter()
            .map(|category| CATEGORIES[*category].0.to_string())
            .collect(),
        compounds: county
            .compounds
            .iter()
            .enumerate()
            .map(|(number, living)| assign::Compound {
                code: code(number),
                at: living.at,
                persons: living.persons,
                demand: of_counted(assignment::demand(rules, living.persons)),
                keep: None,
                force: None,
                forbid: Vec::new(),
                prefer: match living.at {
                    Some(_) => Vec::new(),
                    None => county
                        .suppliers
                        .iter()
                        .filter(|one| {
                            [
                                plain(&living.community),
                                living.street.as_str(),
                                living.name.as_str(),
                            ]
                            .iter()
                            .any(|place| !place.is_empty() && one.serves.contains(place))
                        })
                        .map(|one| one.noun.name.clone())
                        .collect(),
                },
            })
            .collect(),
        suppliers: county
            .suppliers
            .iter()
            .zip(offered)
            .map(|(one, capacity)| assign::Supplier {
                code: one.noun.name.clone(),
                at: one.at,
                capacity: of_counted(capacity),
            })
            .collect(),
        keep_weight_m: 0,
        prefer_weight_m: SERVES_WEIGHT_M,
        spare_pct: 0,
        by_road: ways.map_or_else(Vec::new, |ways| {
            let homes: Vec<_> = county.compounds.iter().map(|one| one.at).collect();
            let shops: Vec<_> = county.suppliers.iter().map(|one| one.at).collect();
            ways.from_near(&shops, &homes, roads::near_max(homes.len()))
        }),
    };
    let whole = problem;
    let rationed = assign::rationed(&whole);
    let problem = rationed
        .as_ref()
        .map_or_else(|| whole.clone(), |cut| cut.problem.clone());
    let effort = Effort::rounds(assign::usual_rounds(&problem));
    let mut answer = assign::assign(&problem, &effort, asked.seed);
    if let Some(finding) = planner::check::assignment(&problem, &answer).first() {
        return Err(Fault::Invariant(format!("assignment: {}", finding.what)).into());
    }
    let shares = match &rationed {
        Some(cut) => assign::apportion(cut, &mut answer),
        None => assign::partial(&problem, &answer),
    };
    let findings = planner::check::partial(&problem, &answer, &shares);
    let unlike = planner::check::rationed(&whole, &problem, &answer, &shares);
    if let Some(finding) = findings.iter().chain(&unlike).next() {
        return Err(Fault::Invariant(format!("shares: {}", finding.what)).into());
    }
    let shared = assign::told(&whole, &problem, &answer, shares);
    let shortages = match rationed {
        None => Vec::new(),
        Some(cut) => {
            // They would tell what feeds each by one supplier with its share, not what ends the shortage.
            answer.lacks.clear();
            answer.shortages.clone_from(&cut.shortages);
            cut.shortages
        }
    };
    tell_shortages(&shortages, notes);
    if shortages.is_empty() {
        tell_lacks(&answer, notes);
    }
    Ok(Supply {
        shared,
        shortages,
        words: assignment::stored(&problem, &answer, assignment::Facts::default()),
        problem,
        answer,
        counted,
    })
}

/// Says what is short for everybody, and by which rule it is shared.
fn tell_shortages(shortages: &[Shortage], notes: &mut Vec<Said>) {
    if shortages.is_empty() {
        return;
    }
    let parts = |lang: kit::Lang| -> String {
        let words = shortages.iter().map(|one| {
            let word = category_word(&one.category, lang);
            let part = percent_of(one.capacity, one.demand);
            match lang {
                kit::Lang::Zh => format!("{word}只够{part}（每天差{}公斤）", kilograms(one.short_by)),
                kit::Lang::En => format!("{word} {part} ({} kg a day short)", kilograms(one.short_by)),
            }
        });
        words.collect::<Vec<_>>().join(lang.t("、", ", "))
    };
    notes.push(said(
        format!(
            "全部单位合起来，{}。短缺的品类各小区一律按需要量的同样比例供应，不论主供是谁、离得远近；够的品类照常供足。请从外地调货，或动用储备。",
            parts(kit::Lang::Zh)
        ),
        format!(
            "All suppliers together cover of the need: {}. Of these each compound gets the same part of its need, whoever supplies it and however far; the rest is given in full. Bring more in, or draw on the reserves.",
            parts(kit::Lang::En)
        ),
    ));
}

/// A part in per cent to one decimal, such as `62.5 %`.
fn percent_of(part: i64, whole: i64) -> String {
    let thousandths = i128::from(part) * 1000 / i128::from(whole.max(1));
    format!("{}.{} %", thousandths / 10, thousandths % 10)
}

/// Says how many compounds several suppliers feed, and what would be needed so that one feeds each. What is short even then
/// stands in the first lines and in the sheet of those that are fed together.
fn tell_lacks(answer: &Assignment, notes: &mut Vec<Said>) {
    let without = answer
        .choices
        .iter()
        .filter(|choice| choice.main.is_none())
        .count();
    if without == 0 {
        return;
    }
    let sums = |lang: kit::Lang| -> Vec<String> {
        let of = |key: &str| -> i64 {
            let lacks = answer.lacks.iter().filter(|lack| lack.category == key);
            lacks.map(|lack| lack.short_by).sum()
        };
        CATEGORIES
            .iter()
            .map(|(key, _, _)| (key, of(key)))
            .filter(|(_, short)| *short > 0)
            .map(|(key, short)| match lang {
                kit::Lang::Zh => format!("{}{}公斤", category_word(key, lang), kilograms(short)),
                kit::Lang::En => format!("{} {} kg", category_word(key, lang), kilograms(short)),
            })
            .collect()
    };
    notes.push(said(
        format!(
            "{without}个小区没有一家单位能单独供齐，由几家拼供；要让它们各由一家供齐，有关单位每天合计再多供{}。品类本来就由别家另供的，用 --categories 只算主供必须供的品类。",
            sums(kit::Lang::Zh).join("、")
        ),
        format!(
            "{without} compounds are fed by several suppliers together, for none alone has enough of everything; to feed each by one, those would have to give another {} a day. Where others bring a category anyway, name those of the main supplier by --categories.",
            sums(kit::Lang::En).join(", ")
        ),
    ));
}

/// The code under which the planner knows a compound.
fn code(number: usize) -> String {
    format!("{number:05}")
}

impl Supply {
    /// The compound with this code of the planner.
    pub fn compound(&self, code: &str) -> usize {
        code.parse().unwrap_or(usize::MAX)
    }

    /// The main supplier of a compound, as index; where several feed it together, the one that gives most.
    pub fn main(&self, compound: usize) -> Option<usize> {
        let together = || self.shared.get(compound)?.as_ref()?.main.as_ref();
        let main = self.answer.choices.get(compound)?.main.as_ref();
        self.supplier(main.or_else(together)?)
    }

    fn supplier(&self, code: &str) -> Option<usize> {
        self.problem.suppliers.iter().position(|one| one.code == code)
    }

    /// What each supplier brings to a compound in a day, the main one first: grams in the order of [`CATEGORIES`].
    pub fn deliveries(&self, compound: usize, rules: &Rules, persons: i64) -> Vec<(usize, Vec<i64>)> {
        let Some(main) = self.main(compound) else {
            return Vec::new();
        };
        let mut whole = assignment::demand(rules, persons);
        let Some(shared) = &self.shared[compound] else {
            return vec![(main, whole)];
        };
        for (category, given) in self.counted.iter().zip(&shared.given) {
            whole[*category] = *given;
        }
        let mut deliveries = vec![(main, whole)];
        for added in &shared.added {
            let Some(supplier) = self.supplier(&added.supplier) else {
                continue;
            };
            let place = deliveries.iter().position(|(one, _)| *one == supplier);
            let place = place.unwrap_or_else(|| {
                deliveries.push((supplier, vec![0; CATEGORIES.len()]));
                deliveries.len() - 1
            });
            deliveries[place].1[self.counted[added.category]] += added.amount;
        }
        deliveries
    }

    /// How far the answer can be from the best, in hundredths of a per cent; `None` without a bound.
    pub fn gap(&self) -> Option<i64> {
        let bound = self.answer.lower_bound_person_m?;
        let above = i128::from(self.answer.cost_person_m - bound);
        i64::try_from(above * 10_000 / i128::from(bound.max(1))).ok()
    }

    /// What the compounds of a supplier need, and its capacity, by counted category.
    pub fn load(&self, supplier: usize) -> Vec<(i64, i64)> {
        let mut load: Vec<(i64, i64)> = self.problem.suppliers[supplier]
            .capacity
            .iter()
            .map(|capacity| (0, *capacity))
            .collect();
        let code = &self.problem.suppliers[supplier].code;
        for (choice, compound) in self.answer.choices.iter().zip(&self.problem.compounds) {
            if choice.main.as_ref() == Some(code) {
                for (sum, need) in load.iter_mut().zip(&compound.demand) {
                    sum.0 += need;
                }
            }
        }
        let shared = self.shared.iter().zip(&self.answer.choices);
        let several = shared.filter(|(_, choice)| choice.main.is_none());
        for shared in several.filter_map(|(shared, _)| shared.as_ref()) {
            if shared.main.as_ref() == Some(code) {
                for (sum, given) in load.iter_mut().zip(&shared.given) {
                    sum.0 += given;
                }
            }
            for added in shared.added.iter().filter(|added| added.supplier == *code) {
                load[added.category].0 += added.amount;
            }
        }
        load
    }
}
