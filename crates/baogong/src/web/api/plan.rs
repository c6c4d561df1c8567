//! Plans, the rules that hold for a place, directives.

use axum::extract::Path;
use serde::Serialize;
use utoipa::ToSchema;

use super::input::{Ask, Body, Command};
use super::view::{done, json, made};
use crate::base::act::Act;
use crate::base::{Action, Refusal, Result, clock};
use crate::plan::directive::{self, Directive, DirectiveDraft, Ending};
use crate::plan::rules::{self, Held, RuleKey, value_words};
use crate::plan::{ControlLevel, Plan, RiskLevel, Rule, RuleValue, plans};
use crate::web::gate::Gate;
use crate::web::{Answer, Web};
use kit::Lang;

static ISSUE: Act = Act::new("directive.issue", Action::IssueDirective);
static END: Act = Act::new("directive.end", Action::IssueDirective);

endpoints! {
    read "/api/v1/plans", Gate::Needs(Action::ViewPlan), list_plans;
    read "/api/v1/plans/{id}", Gate::Needs(Action::ViewPlan), get_plan;
    read "/api/v1/rules", Gate::Needs(Action::ViewPlan), list_rules;
    read "/api/v1/directives", Gate::Needs(Action::ViewPlan), list_directives;
    write "/api/v1/directives", Gate::Needs(Action::IssueDirective), issue_directive;
    write "/api/v1/directives/end", Gate::Needs(Action::IssueDirective), end_directive;
}

/// A text in both languages.
#[derive(Serialize, ToSchema)]
pub struct Words {
    /// Chinese.
    zh: String,
    /// English.
    en: String,
}

/// A plan.
#[derive(Serialize, ToSchema)]
pub struct PlanView {
    /// Its id, such as `fc`.
    id: &'static str,
    /// Its name.
    name: Words,
    /// The document that it comes from.
    source: Words,
    /// Its clauses.
    clauses: Vec<ClauseView>,
    /// Its rules.
    rules: Vec<RuleView>,
}

/// A clause of a plan.
#[derive(Serialize, ToSchema)]
pub struct ClauseView {
    /// Its id, such as `FC-10`.
    id: &'static str,
    /// What it says, shortened.
    text: Words,
}

/// A rule that the software carries out.
#[derive(Serialize, ToSchema)]
pub struct RuleView {
    /// What it rules; the unit stands last.
    key: Option<RuleKey>,
    /// What it rules, in words.
    name: Words,
    /// A number, yes or no, a word or several words.
    #[schema(value_type = Object)]
    value: serde_json::Value,
    /// The value in words.
    value_words: Words,
    /// The levels at which it holds; empty means every level.
    levels: Vec<ControlLevel>,
    /// The risks at which it holds; empty means any.
    risks: Vec<RiskLevel>,
    /// The clause that says so.
    clause: &'static str,
}

fn words(phrase: &crate::plan::Phrase) -> Words {
    Words {
        zh: phrase.zh.clone(),
        en: phrase.en.clone(),
    }
}

fn rule_view(rule: &'static Rule) -> RuleView {
    let key = RuleKey::of(&rule.key);
    let value = match &rule.value {
        RuleValue::Number(number) => (*number).into(),
        RuleValue::Flag(yes) => (*yes).into(),
        RuleValue::Word(word) => word.clone().into(),
        RuleValue::Words(words) => words.clone().into(),
    };
    let in_words = |lang| key.map_or_else(String::new, |key| value_words(key, &rule.value, lang));
    let name = |lang| key.map_or_else(String::new, |key| key.word(lang).to_string());
    RuleView {
        key,
        name: Words {
            zh: name(Lang::Zh),
            en: name(Lang::En),
        },
        value,
        value_words: Words {
            zh: in_words(Lang::Zh),
            en: in_words(Lang::En),
        },
        levels: rule.levels.clone(),
        risks: rule.risks.clone(),
        clause: &rule.clause,
    }
}

fn plan_view(plan: &'static Plan) -> PlanView {
    PlanView {
        id: &plan.id,
        name: words(&plan.name),
        source: words(&plan.source),
        clauses: plan
            .clauses
            .iter()
            .map(|clause| ClauseView {
                id: &clause.id,
                text: words(&clause.text),
            })
            .collect(),
        rules: plan.rules.iter().map(rule_view).collect(),
    }
}

/// Every plan with its clauses and rules.
#[utoipa::path(get, path = "/api/v1/plans", tag = "plans", responses((status = 200, body = [PlanView])))]
async fn list_plans() -> Answer {
    json(&plans().iter().map(plan_view).collect::<Vec<_>>())
}

/// One plan.
#[utoipa::path(get, path = "/api/v1/plans/{id}", tag = "plans",
    params(("id" = String, Path, description = "The plan's id")), responses((status = 200, body = PlanView)))]
async fn get_plan(Path(id): Path<String>) -> Answer {
    let plan = crate::plan::plan(&id).ok_or_else(|| Refusal::not_found("预案", "plan"))?;
    json(&plan_view(plan))
}

/// What holds for a place.
#[derive(Serialize, ToSchema)]
pub struct RulesView {
    /// The place.
    area: String,
    /// The time asked for.
    at_s: i64,
    /// The strictest level; none when no directive covers the place.
    level: Option<ControlLevel>,
    /// The highest risk.
    risk: Option<RiskLevel>,
    /// Whether the place is closed: control or lockdown.
    closed: bool,
    /// The directives that cover the place.
    directives: Vec<Directive>,
    /// Every rule that holds, the winner of each key first.
    rules: Vec<HeldView>,
}

/// A rule that holds.
#[derive(Serialize, ToSchema)]
pub struct HeldView {
    /// The rule.
    #[serde(flatten)]
    rule: RuleView,
    /// The plan that it belongs to.
    plan: &'static str,
    /// Whether it wins over other rules of the same key.
    wins: bool,
}

fn held_view(held: &Held) -> HeldView {
    HeldView {
        rule: rule_view(held.rule),
        plan: &held.plan.id,
        wins: held.wins,
    }
}

/// Which rules hold for a place at a time, and which clause says so.
#[utoipa::path(get, path = "/api/v1/rules", tag = "plans",
    params(
        ("area" = Option<String>, Query, description = "An area or compound code; the actor's own area without it"),
        ("at" = Option<String>, Query, description = "Local date and time, such as 2026-11-21T18:00; now without it"),
    ),
    responses((status = 200, body = RulesView)))]
async fn list_rules(web: Web, ask: Ask) -> Answer {
    let area = web.area(ask.get("area"))?;
    let at_s = match ask.get("at") {
        "" => web.app.clock.now_s(),
        text => clock::parse_minute(text).ok_or_else(|| {
            Refusal::invalid(
                "at",
                "时间应如 2026-11-21T18:00。",
                "A time looks like 2026-11-21T18:00.",
            )
        })?,
    };
    let rules = web.app.read(move |tx| rules::at(tx, &area, at_s)).await?;
    json(&RulesView {
        at_s,
        level: rules.level,
        risk: rules.risk,
        closed: rules.closed(),
        rules: rules.held.iter().map(held_view).collect(),
        area: rules.area,
        directives: rules.directives,
    })
}

/// Every directive of the district, latest first.
#[utoipa::path(get, path = "/api/v1/directives", tag = "plans", responses((status = 200, body = [Directive])))]
async fn list_directives(web: Web) -> Answer {
    let in_district = web.district()?;
    json(&web.app.read(move |tx| directive::all(tx, &in_district)).await?)
}

/// Puts a plan in force for an area at a level.
#[utoipa::path(post, path = "/api/v1/directives", tag = "plans", request_body = DirectiveDraft,
    responses((status = 200, body = super::view::Made)))]
async fn issue_directive(command: Command, Body(draft): Body<DirectiveDraft>) -> Answer {
    let area = draft.area.clone();
    made(command.act(&ISSUE, &area, draft, directive::issue).await?)
}

/// Ends a directive now.
#[utoipa::path(post, path = "/api/v1/directives/end", tag = "plans", request_body = Ending,
    responses((status = 200, body = super::view::Done)))]
async fn end_directive(command: Command, Body(ending): Body<Ending>) -> Answer {
    command.home(&ending.district)?;
    let (in_district, id) = (ending.district.clone(), ending.id);
    let all = command
        .web
        .app
        .read(move |tx| directive::all(tx, &in_district))
        .await?;
    let area = all.into_iter().find(|one| one.id == id).map(|one| one.area);
    let area = area.ok_or_else(|| Refusal::not_found("指令", "directive"))?;
    let ended: Result<()> = command.act(&END, &area, ending, directive::end).await;
    done(ended?)
}
