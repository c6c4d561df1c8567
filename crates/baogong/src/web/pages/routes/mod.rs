//! Routes of a round as a proposal: map, timetable, moving stops with what follows, and then trips.

mod limits;
mod show;

use axum::extract::Path;
use kit::{Field, Markup, html};

use super::super::Answer;
use super::super::fields::Fields;
use super::super::gate::Gate;
use super::super::request::Web;
use super::super::routes::{Route, read, write};
use super::guard;
use super::packing::area_of;
use super::proposals::reference;
use crate::base::act::Act;
use crate::base::{Action, Refusal, Result, clock};
use crate::proposal::ProposalRef;
use crate::proposal::routes::{self, Placing, RoutesAcceptance, RoutesChange, RoutesDraft};
use crate::round::open;
use crate::round::trips::{Terms, TripDraft};

static PROPOSE: Act = Act::new("routes.propose", Action::Dispatch);
static CHANGE: Act = Act::new("routes.change", Action::Dispatch);
static ACCEPT: Act = Act::new("routes.accept", Action::Dispatch);
static REJECT: Act = Act::new("routes.reject", Action::Dispatch);

/// Proposals of routes.
pub fn routes() -> Vec<Route> {
    vec![
        write("/rounds/{id}/routes", Gate::Needs(Action::Dispatch), propose),
        read(
            "/rounds/{id}/routes/{proposal}",
            Gate::Needs(Action::Dispatch),
            one,
        ),
        write(
            "/rounds/{id}/routes/{proposal}/check",
            Gate::Needs(Action::Dispatch),
            check,
        ),
        write(
            "/rounds/{id}/routes/{proposal}/change",
            Gate::Needs(Action::Dispatch),
            change,
        ),
        write(
            "/rounds/{id}/routes/{proposal}/accept",
            Gate::Needs(Action::Dispatch),
            accept,
        ),
        write(
            "/rounds/{id}/routes/{proposal}/reject",
            Gate::Needs(Action::Dispatch),
            reject,
        ),
    ]
}

fn moment(fields: &Fields, name: &'static str) -> Result<Option<i64>> {
    let text = fields.get(name);
    if text.is_empty() {
        return Ok(None);
    }
    let wrong = || {
        Refusal::invalid(
            name,
            "时间应写成“年-月-日 时:分”。",
            "Write the time as year-month-day hour:minute.",
        )
    };
    Ok(Some(clock::parse_minute(text).ok_or_else(wrong)?))
}

/// The fields that say how vehicles drive.
pub fn term_fields(web: &Web) -> Markup {
    html! {
        (kit::fields(html! {
            (Field::datetime("leave", web.t("最早发车", "First departure")).value(&clock::field(web.app.clock.now_s())))
            (Field::datetime("back", web.t("最晚收车（不填不限）", "Latest return (empty: no limit)")))
            (Field::number("speed", web.t("平均车速（公里/小时）", "Mean speed (km/h)")).value("25").attr("min", "1"))
            (Field::number("stop_min", web.t("每站固定用时（分钟，含消杀、静置）", "Minutes at each stop (disinfection, rest)")).value("10").attr("min", "0"))
            (Field::number("box_s", web.t("每箱卸货（秒）", "Seconds to unload a box")).value("60").attr("min", "0"))
            (Field::number("trips_max", web.t("每辆车最多几趟", "Trips of a vehicle at most")).value("1").attr("min", "1").attr("max", "6"))
            (Field::number("box_l", web.t("每箱体积（升，不填不按容积算）", "Room of a box (litres; empty: not counted)")).attr("min", "1"))
            (Field::number("reload_min", web.t("返回再装车（分钟）", "Minutes to load again")).value("20").attr("min", "0"))
        }))
        (Field::check("cold", web.t("整批都用冷藏车（价目表标明“需冷链”的不用勾）", "All goods need cold vehicles (those marked in the price list do anyway)")))
    }
}

/// How vehicles drive, as a form says.
pub fn terms_of(web: &Web, fields: &Fields) -> Result<Terms> {
    let number = |name: &'static str, least: i64, otherwise: i64| -> Result<i64> {
        Ok(fields.number(name)?.unwrap_or(otherwise).clamp(least, 1_440))
    };
    Ok(Terms {
        leave_s: moment(fields, "leave")?.unwrap_or(web.app.clock.now_s()),
        back_s: moment(fields, "back")?,
        speed_km_h: number("speed", 1, 25)?,
        stop_s: number("stop_min", 0, 0)? * 60,
        box_s: number("box_s", 0, 0)?,
        trips_max: usize::try_from(number("trips_max", 1, 1)?.min(6)).unwrap_or(1),
        reload_s: number("reload_min", 0, 0)? * 60,
        cold: fields.get("cold") == "1",
        box_l: fields.number("box_l")?.unwrap_or(0).clamp(0, 10_000),
    })
}

async fn propose(web: Web, Path(id): Path<String>, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let (at, area) = area_of(&web, &id).await?;
    let draft = RoutesDraft {
        trips: TripDraft {
            district: at.district,
            round: at.id,
            vehicles: fields.all("vehicle"),
        },
        terms: terms_of(&web, &fields)?,
        takes_over: None,
    };
    let command = web.ctx_for(fields.command())?;
    let made = web
        .app
        .act_aside(&command, &PROPOSE, &area, draft, routes::PROPOSE)
        .await?;
    Ok(web.done(
        &format!("/rounds/{id}/routes/{made}"),
        web.t(
            "路线已生成，请看图、看表后决定。",
            "Routes computed; look at them and decide.",
        ),
    ))
}

async fn view(web: Web, round: String, id: &str, placings: Vec<Placing>) -> Answer {
    let at = reference(&web, id)?;
    let ctx = web.ctx()?;
    let ((proposal, draft, mut stored), promised_s) = web
        .app
        .read(move |tx| {
            let found = routes::get(tx, &ctx, &at)?;
            ctx.actor.check(Action::Dispatch, &found.0.area)?;
            let promised_s = open::get(tx, &at.district, found.2.facts.round)?.deliver_s;
            Ok((found, promised_s))
        })
        .await?;
    let moved = stored.place(&placings, &draft.terms)?;
    let (plan, broken) = stored.laid_out(&draft.terms);
    let look = show::Look {
        round,
        proposal,
        terms: draft.terms,
        stored,
        moved,
        plan,
        broken,
        promised_s,
    };
    Ok(web.page(web.t("配送路线", "Routes"), show::page(&web, &look)))
}

async fn one(web: Web, Path((round, id)): Path<(String, String)>) -> Answer {
    view(web, round, &id, Vec::new()).await
}

async fn check(web: Web, Path((round, id)): Path<(String, String)>, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let placings = placings(&fields)?;
    view(web, round, &id, placings).await
}

/// Where the form wants each stop: `trip:<stop>` is `<vehicle>.<trip>` or empty, `seq:<stop>` its place.
fn placings(fields: &Fields) -> Result<Vec<Placing>> {
    let wrong = || {
        Refusal::invalid(
            "trip",
            "车次或顺序写得不对，请刷新页面重选。",
            "Trip or order is not understood; reload the page and choose again.",
        )
    };
    let seqs: std::collections::BTreeMap<String, String> = fields.after("seq:").into_iter().collect();
    let mut found = Vec::new();
    for (stop, trip) in fields.after("trip:") {
        let seq = seqs.get(&stop).map_or("", String::as_str);
        let trip = match trip.split_once('.') {
            Some((vehicle, trip)) => Some((
                vehicle.parse().map_err(|_| wrong())?,
                trip.parse().map_err(|_| wrong())?,
            )),
            None if trip.is_empty() => None,
            None => return Err(wrong().into()),
        };
        found.push(Placing {
            stop: stop.parse().map_err(|_| wrong())?,
            trip,
            // A stop without a place goes to the end.
            seq: if seq.is_empty() {
                i64::MAX
            } else {
                seq.parse().map_err(|_| wrong())?
            },
        });
    }
    Ok(found)
}

async fn area(web: &Web, at: &ProposalRef) -> Result<String> {
    let (ctx, at) = (web.ctx()?, at.clone());
    web.app
        .read(move |tx| Ok(routes::get(tx, &ctx, &at)?.0.area))
        .await
}

async fn change(web: Web, Path((round, id)): Path<(String, String)>, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let at = reference(&web, &id)?;
    let area = area(&web, &at).await?;
    let draft = RoutesChange {
        at,
        placings: placings(&fields)?,
    };
    let command = web.ctx_for(fields.command())?;
    let new = web
        .app
        .act(&command, &CHANGE, &area, draft, routes::change)
        .await?;
    Ok(web.done(
        &format!("/rounds/{round}/routes/{new}"),
        web.t(
            "改动已保存，采纳后生成车次。",
            "Saved; trips are made once the proposal is accepted.",
        ),
    ))
}

async fn accept(web: Web, Path((_, id)): Path<(String, String)>, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let at = reference(&web, &id)?;
    let area = area(&web, &at).await?;
    let acceptance = RoutesAcceptance {
        change: RoutesChange {
            at,
            placings: placings(&fields)?,
        },
        despite: fields.get("despite") == "1",
    };
    let command = web.ctx_for(fields.command())?;
    let made = web
        .app
        .act(&command, &ACCEPT, &area, acceptance, routes::accept)
        .await?;
    Ok(web.done(
        "/trips",
        &format!("{}{}", made.len(), web.t("个车次已排好。", " trips planned.")),
    ))
}

async fn reject(web: Web, Path((round, id)): Path<(String, String)>, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let at = reference(&web, &id)?;
    let area = area(&web, &at).await?;
    let command = web.ctx_for(fields.command())?;
    web.app.act(&command, &REJECT, &area, at, routes::reject).await?;
    Ok(web.done(
        &format!("/rounds/{round}/packing"),
        web.t(
            "路线未采纳，箱子仍在等车。",
            "The routes are turned down; the boxes go on waiting.",
        ),
    ))
}
