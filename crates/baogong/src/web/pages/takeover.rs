//! A vehicle breaks down under way: reported by whoever drives, taken over by those whom the dispatcher chooses.

use axum::extract::Path;
use kit::{Field, Markup, Tone, html};
use store::Tx;

use super::super::Answer;
use super::super::fields::Fields;
use super::super::gate::Gate;
use super::super::request::Web;
use super::super::routes::{Route, write};
use super::guard;
use super::routes::{term_fields, terms_of};
use super::trips::{area_of, reference};
use crate::base::act::Act;
use crate::base::words::kilograms;
use crate::base::{Action, Refusal, Result, clock};
use crate::proposal::routes::{self, RoutesDraft};
use crate::register::correct::area_name;
use crate::round::packing;
use crate::round::trips::{self, BreakDown, Helper, Stop, Trip, TripDraft, TripState};

static BREAK_DOWN: Act = Act::new("trip.break_down", Action::Deliver);
static RESUME: Act = Act::new("trip.resume", Action::Deliver);
static TAKE_OVER: Act = Act::new("routes.take_over", Action::Dispatch);

/// Reports of broken vehicles, and who takes over.
pub fn routes() -> Vec<Route> {
    vec![
        write("/trips/{id}/break-down", Gate::Needs(Action::Deliver), break_down),
        write("/trips/{id}/resume", Gate::Needs(Action::Deliver), resume),
        write("/trips/{id}/take-over", Gate::Needs(Action::Dispatch), take_over),
    ]
}

/// What the page of a trip says of breaking down.
pub(super) struct Look {
    /// Where the vehicle stands, by name; empty while it runs.
    place: String,
    /// Who could take over.
    helpers: Vec<Helper>,
    /// The code of the trip whose goods this one fetches, its vehicle, and where that stands.
    fetches: Option<(String, String, String)>,
}

/// Reads it.
pub(super) fn look(tx: &mut Tx, in_district: &str, trip: &Trip) -> Result<Look> {
    let broken = trip.state == TripState::Stranded;
    let fetches = match trip.takes_over {
        Some(origin) => {
            let origin = trips::get(tx, in_district, origin)?;
            let place = place(tx, in_district, &origin)?;
            Some((origin.code, origin.vehicle, place))
        }
        None => None,
    };
    Ok(Look {
        place: if broken {
            place(tx, in_district, trip)?
        } else {
            String::new()
        },
        helpers: if broken {
            trips::helpers(tx, in_district, trip)?
        } else {
            Vec::new()
        },
        fetches,
    })
}

fn place(tx: &mut Tx, in_district: &str, trip: &Trip) -> Result<String> {
    match trip.stranded_at.as_str() {
        "" => super::supplier_name(tx, in_district, &trip.supplier),
        compound => area_name(tx, compound),
    }
}

/// The notices and forms on the page of a trip. `stops` are its stops with their names.
pub(super) fn section(
    web: &Web,
    trip: &Trip,
    look: &Look,
    stops: &[(&Stop, &str)],
    may_dispatch: bool,
) -> Markup {
    let path = format!("/trips/{}", trip.id);
    html! {
        @if let Some((code, vehicle, place)) = &look.fetches {
            (kit::notice(Tone::Accent, &format!("{}{place}{}{vehicle} {code}{}", web.t("先到", "First to "), web.t("，从", ", take over the boxes from "), web.t("换装", "")), html! {
                p { (web.t("到了以后点清箱数，再点“装好了，出发”；箱子这时才记到本车上。", "Count the boxes there, then report the trip as loaded; only then are they booked onto this vehicle.")) }
            }))
        }
        @if trip.state == TripState::UnderWay { (kit::details(web.t("车坏了，不能继续…", "The vehicle cannot go on…"), report(web, &path, stops))) }
        @if trip.state == TripState::Stranded {
            (kit::notice(Tone::Bad, &format!("{}{}", web.t("故障停驶，在", "Broken down at "), look.place), html! {
                p { (trip.stranded_s.map_or_else(String::new, clock::minute)) (web.t("：", ": ")) (trip.stranded_why) }
                p { (web.t("没有交接的箱子留在车上，等别的车来换装；有人到车上来领的，照常在下面交接。", "Boxes that are not handed over stay on board until another vehicle fetches them; what is fetched here in person is handed over below as usual.")) }
            }))
            (kit::confirm_form(&format!("{path}/resume"), &web.shell(""), web.t("修好了，继续送", "Repaired, goes on"), Tone::Good, web.t("车上的箱子由本车继续送？", "Does this vehicle bring the boxes itself after all?")))
            @if may_dispatch { (kit::section(web.t("安排别的车接驳", "Let others take over"), takeover(web, &path, look))) }
        }
    }
}

fn report(web: &Web, path: &str, stops: &[(&Stop, &str)]) -> Markup {
    let mut places = vec![(
        String::new(),
        web.t("保供单位（刚出发）", "At the supplier (just left)")
            .to_string(),
    )];
    places.extend(
        stops
            .iter()
            .map(|(stop, name)| (stop.compound.clone(), format!("{} {name}", stop.seq))),
    );
    let been = stops
        .iter()
        .filter(|(stop, _)| stop.arrived_s.is_some() || stop.handed_s.is_some());
    let last = been.max_by_key(|(stop, _)| stop.arrived_s.max(stop.handed_s));
    let at = last.map_or("", |(stop, _)| stop.compound.as_str());
    kit::form(
        &format!("{path}/break-down"),
        &web.shell(""),
        html! {
            (Field::select("at", web.t("车停在哪一站附近", "It stands near"), &places).value(at))
            (Field::text("why", web.t("原因和具体位置", "Why, and where exactly")).required())
            (kit::actions(kit::button(web.t("报告故障，停止送货", "Report it and stop"), Tone::Warn)))
        },
    )
}

fn takeover(web: &Web, path: &str, look: &Look) -> Markup {
    let (near, free): (Vec<_>, Vec<_>) = look.helpers.iter().partition(|one| one.trip.is_some());
    let choices = |helpers: &[&Helper]| {
        html! {
            @for helper in helpers {
                (Field::check("vehicle", &helper_words(web, helper)).sends(&helper.plate).checked(helper.same_round).id(&format!("v-{}", helper.plate)))
            }
        }
    };
    kit::form(
        &format!("{path}/take-over"),
        &web.shell(""),
        html! {
            p { (web.t("选能接驳的车。在途的车先送完自己车上的货；空车从保供单位开过去。", "Choose who takes over. Vehicles under way bring their own goods first; others come from the supplier.")) }
            @if look.helpers.is_empty() { (kit::notice(Tone::Bad, web.t("没有可用的车", "No vehicle is free"), html! { p { (web.t("请在登记里增加车辆，或等在途的车回来。", "Register another vehicle, or wait until one is back.")) } })) }
            (choices(&near))
            @if near.is_empty() { (choices(&free)) } @else if !free.is_empty() { (kit::details(&format!("{}{}{}", web.t("空闲的车（", "Free vehicles ("), free.len(), web.t("辆）", ")")), choices(&free))) }
            (kit::details(web.t("车速、每站用时、换装用时", "Speed and times"), term_fields(web)))
            (kit::actions(kit::slow(kit::button(web.t("生成接驳路线", "Propose who takes over"), Tone::Accent))))
        },
    )
}

fn helper_words(web: &Web, helper: &Helper) -> String {
    let load = if helper.load_g > 0 {
        format!(" · {}{}", kilograms(helper.load_g), web.t("公斤", " kg"))
    } else {
        String::new()
    };
    let doing = match &helper.trip {
        Some((code, state)) => format!("{code} {}", state.word(web.lang)),
        None => web.t("空闲", "free").to_string(),
    };
    format!("{}{load} · {} · {doing}", helper.plate, helper.driver)
}

async fn break_down(web: Web, Path(id): Path<String>, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let at = reference(&web, &id)?;
    let area = area_of(&web, &at).await?;
    let draft = BreakDown {
        trip: at,
        at: fields.get("at").into(),
        reason: fields.get("why").into(),
    };
    let command = web.ctx_for(fields.command())?;
    let boxes = web
        .app
        .act(&command, &BREAK_DOWN, &area, draft, trips::break_down)
        .await?;
    let words = format!(
        "{}{boxes}{}",
        web.t("已报告故障，车上还有", "Reported; boxes on board: "),
        web.t("箱，等调度安排接驳。", ". The dispatcher lets others take over.")
    );
    Ok(web.warned(&format!("/trips/{id}"), &words))
}

async fn resume(web: Web, Path(id): Path<String>, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let at = reference(&web, &id)?;
    let area = area_of(&web, &at).await?;
    let command = web.ctx_for(fields.command())?;
    web.app.act(&command, &RESUME, &area, at, trips::resume).await?;
    Ok(web.done(
        &format!("/trips/{id}"),
        web.t(
            "继续送货，箱子仍在本车上。",
            "It goes on with the boxes on board.",
        ),
    ))
}

async fn take_over(web: Web, Path(id): Path<String>, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let at = reference(&web, &id)?;
    let area = area_of(&web, &at).await?;
    let asked = at.clone();
    let find = move |tx: &mut Tx| packing::boxes_of_trip(tx, &asked.district, asked.id);
    let boxes = web.app.read(find).await?;
    let round = boxes.first().map(|one| one.round).ok_or_else(|| {
        Refusal::conflict(
            "no_boxes",
            "这辆车上没有要接驳的箱子。",
            "No boxes on this vehicle wait to be fetched.",
        )
    })?;
    let draft = RoutesDraft {
        trips: TripDraft {
            district: at.district,
            round,
            vehicles: fields.all("vehicle"),
        },
        terms: terms_of(&web, &fields)?,
        takes_over: Some(at.id),
    };
    let command = web.ctx_for(fields.command())?;
    let made = web
        .app
        .act_aside(&command, &TAKE_OVER, &area, draft, routes::PROPOSE)
        .await?;
    Ok(web.done(
        &format!("/rounds/{round}/routes/{made}"),
        web.t(
            "接驳路线已生成，请看图、看表后决定。",
            "Computed; look at it and decide.",
        ),
    ))
}
