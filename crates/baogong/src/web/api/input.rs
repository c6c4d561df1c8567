//! What a request of the API brings: a command with its id, a JSON body, a file, a query, an id in the path. Whatever
//! is wrong is refused with a problem document.

use std::str::FromStr;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::response::Response;
use serde::Serialize;
use serde::de::DeserializeOwned;
use store::Tx;
use uuid::Uuid;

use crate::base::act::{Act, Aside};
use crate::base::id::{OrderId, RoundId, TripId};
use crate::base::{Ctx, Error, Refusal, RefusalKind, Result};
use crate::proposal::{self, ProposalRef};
use crate::round::trips::{self, StopRef, Trip};
use crate::round::{Order, Round, open, order};
use crate::web::fields::File;
use crate::web::gate::refuse;
use crate::web::{Fields, Web};

/// A change that is asked for: who asks, and under which client-made id.
pub struct Command {
    /// The request.
    pub web: Web,
    /// Who acts, when, and the command id from `Idempotency-Key`.
    pub ctx: Ctx,
}

/// The client-made id in the header `Idempotency-Key`.
pub fn command_id(parts: &Parts) -> Result<Uuid> {
    let header = parts
        .headers
        .get("idempotency-key")
        .and_then(|value| value.to_str().ok())
        .unwrap_or("");
    Uuid::parse_str(header.trim())
        .ok()
        .filter(|id| !id.is_nil())
        .ok_or_else(|| {
            Refusal::invalid(
                "Idempotency-Key",
                "请在请求头 Idempotency-Key 中填写一个UUID；重试时用同一个。",
                "Send a UUID in the header Idempotency-Key, and the same one when you try again.",
            )
            .into()
        })
}

fn command(parts: &Parts) -> Result<Command> {
    let web = request(parts)?;
    let token = parts
        .headers
        .get("x-form-token")
        .and_then(|value| value.to_str().ok())
        .unwrap_or("");
    let ours = web.bearer || (web.session.is_some() && token == web.token());
    if web.user.is_some() && !ours {
        return Err(Refusal::new(
            RefusalKind::NotAllowed,
            "form_token",
            "用浏览器会话调用时，请在请求头 X-Form-Token 中填写 /api/v1/me 给出的校验码。",
            "With the session cookie, send the form token that /api/v1/me gives in the header X-Form-Token.",
        )
        .into());
    }
    let ctx = web.ctx_for(command_id(parts)?)?;
    Ok(Command { web, ctx })
}

fn request(parts: &Parts) -> Result<Web> {
    let web = parts.extensions.get::<Web>().cloned();
    web.ok_or_else(|| crate::base::Fault::Invariant("a route without a gate".into()).into())
}

fn refused(error: Error) -> Response {
    axum::response::IntoResponse::into_response(error)
}

impl<S: Send + Sync> FromRequestParts<S> for Command {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> std::result::Result<Self, Response> {
        command(parts).map_err(refused)
    }
}

impl Command {
    /// Does `change` once within `area`, under the right that `act` needs.
    pub async fn act<I, O>(
        &self,
        act: &'static Act,
        area: &str,
        input: I,
        change: fn(&mut Tx, &Ctx, &I) -> Result<O>,
    ) -> Result<O>
    where
        I: Serialize + Send + 'static,
        O: Serialize + DeserializeOwned + Send + 'static,
    {
        self.web.app.act(&self.ctx, act, area, input, change).await
    }

    /// The same for what takes long to compute.
    pub async fn act_aside<I, F, R, O>(
        &self,
        act: &'static Act,
        area: &str,
        input: I,
        steps: Aside<I, F, R, O>,
    ) -> Result<O>
    where
        I: Serialize + Send + Sync + 'static,
        F: Send + 'static,
        R: Send + 'static,
        O: Serialize + DeserializeOwned + Send + 'static,
    {
        self.web.app.act_aside(&self.ctx, act, area, input, steps).await
    }

    /// Refuses a draft that speaks of another district than the actor's.
    pub fn home(&self, in_district: &str) -> Result<()> {
        if in_district == self.web.district()? {
            return Ok(());
        }
        Err(Refusal::invalid(
            "district",
            "区划代码应为您所在县（市、区）的6位代码。",
            "The district is the six-digit code of your own county.",
        )
        .into())
    }

    /// The round that a draft speaks of; a supplier's user finds only the supplier's own.
    pub async fn round(&self, in_district: &str, id: RoundId) -> Result<Round> {
        self.home(in_district)?;
        let (ctx, in_district) = (self.ctx.clone(), in_district.to_string());
        self.web
            .app
            .read(move |tx| {
                let round = open::get(tx, &in_district, id)?;
                own(&ctx, &round.supplier, "轮次", "round")?;
                Ok(round)
            })
            .await
    }

    /// The area of the proposal that a draft speaks of. Of which kind it is and whose, is looked at by what is done to it.
    pub async fn proposal_area(&self, at: &ProposalRef) -> Result<String> {
        self.home(&at.district)?;
        let at = at.clone();
        let read = move |tx: &mut Tx| proposal::get(tx, &at.district, at.id);
        Ok(self.web.app.read(read).await?.area)
    }

    /// The order that a draft speaks of; a supplier's user finds only those of the supplier's own rounds.
    pub async fn order(&self, in_district: &str, id: OrderId) -> Result<Order> {
        self.home(in_district)?;
        let (ctx, in_district) = (self.ctx.clone(), in_district.to_string());
        self.web
            .app
            .read(move |tx| {
                let order = order::get(tx, &in_district, id)?;
                own(
                    &ctx,
                    &open::get(tx, &in_district, order.round)?.supplier,
                    "订单",
                    "order",
                )?;
                Ok(order)
            })
            .await
    }

    /// The trip that a draft speaks of; a supplier's user finds only the supplier's own.
    pub async fn trip(&self, in_district: &str, id: TripId) -> Result<Trip> {
        self.home(in_district)?;
        let (ctx, in_district) = (self.ctx.clone(), in_district.to_string());
        self.web
            .app
            .read(move |tx| {
                let trip = trips::get(tx, &in_district, id)?;
                own(&ctx, &trip.supplier, "车次", "trip")?;
                Ok(trip)
            })
            .await
    }

    /// The compound of the stop that a draft speaks of.
    pub async fn stop(&self, at: &StopRef) -> Result<String> {
        self.trip(&at.trip.district, at.trip.id).await?;
        let (trip, seq) = (at.trip.clone(), at.seq);
        let stops = self
            .web
            .app
            .read(move |tx| trips::stops(tx, &trip.district, trip.id))
            .await?;
        let stop = stops.into_iter().find(|stop| stop.seq == seq);
        Ok(stop.ok_or_else(|| Refusal::not_found("站点", "stop"))?.compound)
    }
}

/// Refuses what belongs to another supplier than the one that the actor works for.
pub fn own(ctx: &Ctx, supplier: &str, zh: &str, en: &str) -> Result<()> {
    match &ctx.actor.supplier {
        Some(own) if own != supplier => Err(Refusal::not_found(zh, en).into()),
        _ => Ok(()),
    }
}

/// A JSON body.
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> std::result::Result<Self, Response> {
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|_| refuse(unreadable("connection")))?;
        serde_json::from_slice(&bytes)
            .map(Self)
            .map_err(|error| refuse(unreadable(&error.to_string())))
    }
}

fn unreadable(why: &str) -> Refusal {
    Refusal::invalid(
        "body",
        format!("请求内容不是所需的JSON：{why}。"),
        format!("The body is not the JSON that is needed: {why}."),
    )
}

/// A file: the body itself with its name in the query (`?file_name=`), or the first file of a form.
pub struct Upload(pub File);

impl<S: Send + Sync> FromRequest<S> for Upload {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> std::result::Result<Self, Response> {
        let query = Fields::of_query(request.uri().query().unwrap_or(""));
        let kind = request
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or("");
        let file = if kind.starts_with("multipart/form-data") {
            Fields::from_request(request, state)
                .await?
                .files
                .into_iter()
                .next()
        } else {
            let bytes = Bytes::from_request(request, state)
                .await
                .map_err(|_| refuse(unreadable("connection")))?;
            Some(File {
                name: query.get("file_name").to_string(),
                bytes: bytes.to_vec(),
            })
        };
        file.filter(|file| !file.name.is_empty() && !file.bytes.is_empty())
            .map(Self)
            .ok_or_else(|| {
                refuse(Refusal::invalid(
                    "file",
                    "请上传一个文件，并用 file_name 写明文件名（含 .xlsx 或 .csv 后缀）。",
                    "Send a file, and its name with .xlsx or .csv as file_name.",
                ))
            })
    }
}

/// The query of an address.
pub struct Ask(pub Fields);

impl<S: Send + Sync> FromRequestParts<S> for Ask {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> std::result::Result<Self, Response> {
        Ok(Self(Fields::of_query(parts.uri.query().unwrap_or(""))))
    }
}

impl Ask {
    /// A field of the query.
    pub fn get(&self, name: &str) -> &str {
        self.0.get(name)
    }

    /// A page of at most `most` rows: (limit, offset), from `limit` and `offset`.
    pub fn page(&self, most: i64) -> Result<(i64, i64)> {
        let limit = self.0.number("limit")?.unwrap_or(most.min(100));
        let offset = self.0.number("offset")?.unwrap_or(0);
        if !(1..=most).contains(&limit) || offset < 0 {
            return Err(Refusal::invalid(
                "limit",
                format!("limit 应在1到{most}之间，offset 不小于0。"),
                format!("limit lies between 1 and {most}, offset is not negative."),
            )
            .into());
        }
        Ok((limit, offset))
    }
}

/// An id in the path; one that does not read as an id names nothing.
pub struct Id<T>(pub T);

impl<S: Send + Sync, T: FromStr> FromRequestParts<S> for Id<T> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> std::result::Result<Self, Response> {
        let missing = || refuse(Refusal::not_found("编号", "id"));
        let Path(text) = Path::<String>::from_request_parts(parts, state)
            .await
            .map_err(|_| missing())?;
        text.parse().map(Self).map_err(|_| missing())
    }
}
