//! Plans and what holds where: the programmes are data (`plans/*.toml`); a directive puts one in force for an
//! area; one function, [`rules::at`], answers which rules hold for a place at a time and which clause says so.

pub mod directive;
pub mod release;
pub mod rules;
pub mod scale;

use std::sync::OnceLock;

use serde::Deserialize;

use crate::wording;

wording! {
    /// How strictly an area is held (not the market grade, not the risk level).
    ControlLevel {
        Precaution = "precaution", "防范", "Precaution";
        Control = "control", "管控", "Control";
        Lockdown = "lockdown", "封控", "Lockdown";
    }
}

wording! {
    /// The risk level announced for an area.
    RiskLevel {
        Low = "low", "低风险", "Low risk";
        Medium = "medium", "中风险", "Medium risk";
        High = "high", "高风险", "High risk";
    }
}

wording! {
    /// How large an area a directive speaks of.
    Scope {
        Compound = "compound", "小区", "Compound";
        Community = "community", "社区（村）", "Community";
        Street = "street", "街道（乡镇）", "Street";
        County = "county", "全县（区）", "County";
    }
}

impl Scope {
    /// The size of an area by the form of its code.
    pub fn of_area(area: &str) -> Self {
        match area.len() {
            0..=8 => Scope::County,
            9..=11 => Scope::Street,
            12 => Scope::Community,
            _ => Scope::Compound,
        }
    }
}

/// A phrase in both languages, as the plans hold it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phrase {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Phrase {
    /// The phrase in the language of the page.
    pub fn word(&self, lang: kit::Lang) -> &str {
        lang.t(&self.zh, &self.en)
    }
}

/// One clause of a plan.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clause {
    /// Its id, such as `FC-10`.
    pub id: String,
    /// What it says, shortened.
    pub text: Phrase,
}

/// The value of a rule.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum RuleValue {
    /// A number, in the unit that the key ends with.
    Number(i64),
    /// Yes or no.
    Flag(bool),
    /// A word.
    Word(String),
    /// Several words.
    Words(Vec<String>),
}

/// A rule that the software carries out.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// What it rules.
    pub key: String,
    /// The value.
    pub value: RuleValue,
    /// The levels at which it holds; empty means every level.
    #[serde(default)]
    pub levels: Vec<ControlLevel>,
    /// The risks at which it holds; empty means any.
    #[serde(default)]
    pub risks: Vec<RiskLevel>,
    /// The size of area that the directive must speak of, if that matters.
    pub scope: Option<Scope>,
    /// The clause that says so.
    pub clause: String,
    /// Whether the figure comes from a published norm and not from the plan's own text.
    #[serde(default)]
    pub norm: bool,
    /// Which norm.
    #[serde(default)]
    pub source_note: String,
}

/// A work group.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Group {
    pub id: String,
    pub name: Phrase,
    #[serde(default)]
    pub levels: Vec<ControlLevel>,
    pub clause: String,
    pub lead: Option<Phrase>,
    pub duties: Option<Phrase>,
}

/// What a unit or post has to do.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Duty {
    pub who: Phrase,
    pub text: Phrase,
    pub clause: String,
}

/// What is to be done when a level is reached.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Measure {
    pub id: String,
    #[serde(default)]
    pub levels: Vec<ControlLevel>,
    #[serde(default)]
    pub risks: Vec<RiskLevel>,
    pub scope: Option<Scope>,
    pub group: Option<String>,
    pub text: Phrase,
    pub clause: String,
    pub due_h: Option<i64>,
}

/// A programme as data.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Its id, such as `fc`.
    pub id: String,
    /// Its name.
    pub name: Phrase,
    /// The document that it comes from.
    pub source: Phrase,
    /// Its clauses.
    #[serde(rename = "clause")]
    pub clauses: Vec<Clause>,
    /// Its rules.
    #[serde(rename = "rule")]
    pub rules: Vec<Rule>,
    /// Its work groups.
    #[serde(default, rename = "group")]
    pub groups: Vec<Group>,
    /// Its duties.
    #[serde(default, rename = "duty")]
    pub duties: Vec<Duty>,
    /// Its measures.
    #[serde(default, rename = "measure")]
    pub measures: Vec<Measure>,
}

impl Plan {
    /// The clause with this id.
    pub fn clause(&self, id: &str) -> Option<&Clause> {
        self.clauses.iter().find(|clause| clause.id == id)
    }
}

static FILES: include_dir::Dir = include_dir::include_dir!("$CARGO_MANIFEST_DIR/../../plans");

/// Every plan, read once. The files are part of the program; a test reads each of them, so that a broken one
/// cannot be shipped.
pub fn plans() -> &'static [Plan] {
    static PLANS: OnceLock<Vec<Plan>> = OnceLock::new();
    PLANS.get_or_init(|| read_plans().unwrap_or_else(|error| panic!("a shipped plan does not read: {error}")))
}

fn read_plans() -> Result<Vec<Plan>, String> {
    let mut files: Vec<_> = FILES
        .files()
        .filter(|file| file.path().extension().is_some_and(|end| end == "toml"))
        .collect();
    files.sort_by_key(|file| file.path());
    files
        .into_iter()
        .map(|file| {
            let text = file
                .contents_utf8()
                .ok_or_else(|| format!("{}: not UTF-8", file.path().display()))?;
            toml::from_str(text).map_err(|error| format!("{}: {error}", file.path().display()))
        })
        .collect()
}

/// The plan with this id.
pub fn plan(id: &str) -> Option<&'static Plan> {
    plans().iter().find(|plan| plan.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_plan_reads_and_cites_its_own_clauses() {
        for plan in plans() {
            assert!(!plan.rules.is_empty(), "{} has no rules", plan.id);
            let cited = plan.rules.iter().map(|rule| &rule.clause);
            let cited = cited.chain(plan.measures.iter().map(|measure| &measure.clause));
            let cited = cited.chain(plan.groups.iter().map(|group| &group.clause));
            for clause in cited.chain(plan.duties.iter().map(|duty| &duty.clause)) {
                assert!(
                    plan.clause(clause).is_some(),
                    "{} cites {clause}, which it does not have",
                    plan.id
                );
            }
            for rule in &plan.rules {
                let key = rules::RuleKey::of(&rule.key)
                    .unwrap_or_else(|| panic!("{}: rule key {}", plan.id, rule.key));
                assert!(
                    key.takes(&rule.value),
                    "{}: {} has a value of the wrong type",
                    plan.id,
                    rule.key
                );
                assert_eq!(
                    rule.norm,
                    !rule.source_note.is_empty(),
                    "{}: {} needs a source",
                    plan.id,
                    rule.key
                );
            }
        }
    }

    #[test]
    fn the_three_plans_of_the_main_job_are_there() {
        for id in ["fc", "yu", "dx"] {
            assert!(plan(id).is_some(), "{id}");
        }
    }
}
