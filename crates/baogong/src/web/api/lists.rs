//! The two lists of a closed compound, people and needs, and visits.

use serde::Serialize;
use utoipa::ToSchema;

use super::input::{Ask, Body, Command};
use super::view::{done, json, made};
use crate::base::access::{Field, View};
use crate::base::act::Act;
use crate::base::{Action, Actor};
use crate::coverage::lists::{self, Need, NeedDraft, NeedSettled, Person, VisitDraft, VisitOutcome};
use crate::plan::rules;
use crate::web::gate::Gate;
use crate::web::{Answer, Web};

static ADD_NEED: Act = Act::new("need.add", Action::EditNeeds);
static SETTLE_NEED: Act = Act::new("need.settle", Action::EditNeeds);
static VISIT: Act = Act::new("visit.record", Action::EditNeeds);

endpoints! {
    read "/api/v1/lists/people", Gate::Needs(Action::ViewLists), list_people;
    read "/api/v1/lists/needs", Gate::Needs(Action::ViewLists), list_needs;
    read "/api/v1/lists/visits", Gate::Needs(Action::ViewLists), list_visits;
    write "/api/v1/needs", Gate::Needs(Action::EditNeeds), add_need;
    write "/api/v1/needs/settle", Gate::Needs(Action::EditNeeds), settle_need;
    write "/api/v1/visits", Gate::Needs(Action::EditNeeds), record_visit;
}

/// A household of the people list.
#[derive(Serialize, ToSchema)]
pub struct PersonView {
    /// The household's code.
    household: String,
    /// `3栋2单元501`
    dwelling: String,
    /// The head of the household, masked.
    head: String,
    /// The phone, masked.
    phone: String,
    /// How many people live there.
    members: i64,
    /// The keys of the special needs.
    needs: Vec<String>,
    /// When it was last reached.
    visited_s: Option<i64>,
    /// When the next visit is due; none when no visits are needed.
    due_s: Option<i64>,
}

fn person_view(actor: &Actor, person: Person) -> PersonView {
    let household = person.household;
    PersonView {
        household: person.entry.code,
        dwelling: person.entry.name,
        head: actor.show(Field::Name, &household.head),
        phone: actor.show(Field::Phone, &household.phone),
        members: household.members,
        needs: if actor.view(Field::Health) == View::Whole {
            household.needs
        } else {
            Vec::new()
        },
        visited_s: person.visited_s,
        due_s: person.due_s,
    }
}

/// Who lives in a compound; with `special=1` only households with special needs, most overdue first.
#[utoipa::path(get, path = "/api/v1/lists/people", tag = "lists",
    params(
        ("compound" = String, Query, description = "The compound's code"),
        ("words" = Option<String>, Query, description = "Words that the entry contains"),
        ("special" = Option<String>, Query, description = "`1`: households with special needs only"),
    ),
    responses((status = 200, body = [PersonView])))]
async fn list_people(web: Web, ask: Ask) -> Answer {
    let (ctx, compound) = (web.ctx()?, web.area(ask.get("compound"))?);
    let (words, special) = (ask.get("words").to_string(), ask.get("special") == "1");
    let found = web.app.read(move |tx| {
        let rules = rules::at(tx, &compound, ctx.now_s)?;
        let people = lists::people(tx, &rules, &compound, &words, special)?;
        Ok(people
            .into_iter()
            .map(|person| person_view(&ctx.actor, person))
            .collect::<Vec<_>>())
    });
    json(&found.await?)
}

/// The needs list of a compound, open and urgent ones first.
#[utoipa::path(get, path = "/api/v1/lists/needs", tag = "lists",
    params(("compound" = String, Query, description = "The compound's code")),
    responses((status = 200, body = [Need])))]
async fn list_needs(web: Web, ask: Ask) -> Answer {
    let compound = web.area(ask.get("compound"))?;
    json(&web.app.read(move |tx| lists::needs(tx, &compound)).await?)
}

/// A visit or call.
#[derive(Serialize, ToSchema)]
pub struct VisitView {
    /// When.
    at_s: i64,
    /// What came of it.
    outcome: VisitOutcome,
    /// What else was said.
    note: String,
    /// By whom.
    actor: String,
}

/// The visits to a household, latest first.
#[utoipa::path(get, path = "/api/v1/lists/visits", tag = "lists",
    params(("household" = String, Query, description = "The household's code")),
    responses((status = 200, body = [VisitView])))]
async fn list_visits(web: Web, ask: Ask) -> Answer {
    let household = web.area(ask.get("household"))?;
    let visits = web.app.read(move |tx| lists::visits(tx, &household)).await?;
    let view = |(at_s, outcome, note, actor)| VisitView {
        at_s,
        outcome,
        note,
        actor,
    };
    json(&visits.into_iter().map(view).collect::<Vec<_>>())
}

/// Records what a household needs.
#[utoipa::path(post, path = "/api/v1/needs", tag = "lists", request_body = NeedDraft,
    responses((status = 200, body = super::view::Made)))]
async fn add_need(command: Command, Body(draft): Body<NeedDraft>) -> Answer {
    let area = draft.household.clone();
    made(command.act(&ADD_NEED, &area, draft, lists::add_need).await?)
}

/// Marks a need as met or no longer needed.
#[utoipa::path(post, path = "/api/v1/needs/settle", tag = "lists", request_body = NeedSettled,
    responses((status = 200, body = super::view::Done)))]
async fn settle_need(command: Command, Body(settled): Body<NeedSettled>) -> Answer {
    let area = settled.compound.clone();
    done(
        command
            .act(&SETTLE_NEED, &area, settled, lists::settle_need)
            .await?,
    )
}

/// Records a visit or call; one that finds help is needed records the need too.
#[utoipa::path(post, path = "/api/v1/visits", tag = "lists", request_body = VisitDraft,
    responses((status = 200, body = super::view::Made)))]
async fn record_visit(command: Command, Body(draft): Body<VisitDraft>) -> Answer {
    let area = draft.household.clone();
    made(command.act(&VISIT, &area, draft, lists::record_visit).await?)
}
