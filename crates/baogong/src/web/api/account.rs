//! Sessions of the API, who is signed in, and the description of the API.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::document;
use super::input::{Body, Command};
use super::view::{done, json};
use crate::base::{Action, Role};
use crate::register::correct::area_name;
use crate::web::gate::Gate;
use crate::web::{Answer, Web, session};

endpoints! {
    write "/api/v1/session", Gate::Open, sign_in;
    remove "/api/v1/session", Gate::SignedIn, sign_out;
    read "/api/v1/me", Gate::SignedIn, me;
    read "/api/v1/openapi.json", Gate::Open, openapi;
}

/// Name and password.
#[derive(Deserialize, ToSchema)]
pub struct SignIn {
    /// The name to sign in with.
    login: String,
    /// The password.
    password: String,
}

/// A session.
#[derive(Serialize, ToSchema)]
pub struct Session {
    /// What to send as `Authorization: Bearer` from now on; it holds for 12 hours.
    secret: String,
}

/// Opens a session. The one `POST` without `Idempotency-Key`: a second session does no harm.
#[utoipa::path(post, path = "/api/v1/session", tag = "account", request_body = SignIn, responses((status = 200, body = Session)))]
async fn sign_in(web: Web, Body(asked): Body<SignIn>) -> Answer {
    let secret = session::sign_in(&web.app, &asked.login, &asked.password).await?;
    json(&Session { secret })
}

/// Ends the session.
#[utoipa::path(delete, path = "/api/v1/session", tag = "account", responses((status = 200, body = super::view::Done)))]
async fn sign_out(command: Command) -> Answer {
    if let Some(secret) = &command.web.session {
        session::sign_out(&command.web.app, secret).await?;
    }
    done(())
}

/// Who is signed in.
#[derive(Serialize, ToSchema)]
pub struct Me {
    /// The name that others see.
    name: String,
    /// The role.
    role: Role,
    /// The area (code prefix) within which the user acts.
    area: String,
    /// The name of that area.
    area_name: String,
    /// The code of the supplier that the user works for.
    supplier: Option<String>,
    /// What the role may do.
    actions: Vec<Action>,
    /// What to send as `X-Form-Token` with changes, when the session comes by the cookie.
    form_token: String,
}

/// Who is signed in, where, and what this user may do.
#[utoipa::path(get, path = "/api/v1/me", tag = "account", responses((status = 200, body = Me)))]
async fn me(web: Web) -> Answer {
    let actor = web.actor()?;
    let area = actor.area.clone();
    let area_name = web.app.read(move |tx| area_name(tx, &area)).await?;
    json(&Me {
        actions: Action::ALL
            .iter()
            .copied()
            .filter(|action| actor.may(*action))
            .collect(),
        name: actor.name,
        role: actor.role,
        area: actor.area,
        area_name,
        supplier: actor.supplier,
        form_token: web.token(),
    })
}

/// This description.
#[utoipa::path(get, path = "/api/v1/openapi.json", tag = "account", responses((status = 200, body = Object)))]
async fn openapi() -> Answer {
    json(document::document())
}
