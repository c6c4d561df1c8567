//! Trips as the driver works them: load, next stop, count boxes, hand over.

use axum::extract::Path;
use kit::{Column, Field, Icon, TableRow, Tone, html};

use super::super::Answer;
use super::super::fields::Fields;
use super::super::gate::Gate;
use super::super::request::Web;
use super::super::routes::{Route, read, write};
use super::reports::exports;
use super::{guard, takeover};
use crate::base::act::Act;
use crate::base::id::TripId;
use crate::base::{Action, Ctx, Refusal, Result, clock};
use crate::register::correct::area_name;
use crate::register::entry;
use crate::round::packing::{self, BagBox, BoxState};
use crate::round::trips::{self, BoxMove, DropDraft, StopRef, Trip, TripRef, TripState};
use store::Tx;

static LOAD: Act = Act::new("trip.load", Action::Deliver);
static LEAVE: Act = Act::new("trip.leave_behind", Action::Deliver);
static CANCEL: Act = Act::new("trip.cancel", Action::Dispatch);
static ARRIVE: Act = Act::new("trip.arrive", Action::Deliver);
static DROP: Act = Act::new("trip.hand_over", Action::Deliver);

/// Trips.
pub fn routes() -> Vec<Route> {
    vec![
        read("/trips", Gate::Needs(Action::Deliver), list),
        read("/trips/{id}", Gate::Needs(Action::Deliver), show),
        write("/trips/{id}/load", Gate::Needs(Action::Deliver), load),
        write("/trips/{id}/leave", Gate::Needs(Action::Deliver), leave),
        write("/trips/{id}/cancel", Gate::Needs(Action::Dispatch), cancel),
        write("/trips/{id}/arrive", Gate::Needs(Action::Deliver), arrive),
        write("/trips/{id}/hand-over", Gate::Needs(Action::Deliver), hand_over),
    ]
}

fn seen(tx: &mut Tx, ctx: &Ctx, trip: &Trip, in_district: &str) -> Result<bool> {
    let own_supplier = ctx
        .actor
        .supplier
        .as_ref()
        .is_none_or(|own| *own == trip.supplier);
    let stops = trips::stops(tx, in_district, trip.id)?;
    // The stops of a vehicle that broke down may all have gone to others.
    let covered = ctx.actor.covers(&trip.area) || stops.iter().any(|stop| ctx.actor.covers(&stop.compound));
    Ok(own_supplier && covered)
}

async fn list(web: Web) -> Answer {
    let ctx = web.ctx()?;
    let in_district = web.district()?;
    let rows = web
        .app
        .read(move |tx| {
            let mut rows = Vec::new();
            for trip in trips::list(tx, &in_district, &ctx.actor.supplier.clone().unwrap_or_default())? {
                if !seen(tx, &ctx, &trip, &in_district)? {
                    continue;
                }
                let stops = trips::stops(tx, &in_district, trip.id)?;
                let boxes = packing::boxes_of_trip(tx, &in_district, trip.id)?.len();
                rows.push((trip, stops, boxes));
            }
            Ok(rows)
        })
        .await?;
    let columns = [
        Column::text(web.t("车次", "Trip")),
        Column::text(web.t("车辆", "Vehicle")),
        Column::text(web.t("驾驶员", "Driver")),
        Column::number(web.t("站", "Stops")),
        Column::number(web.t("箱", "Boxes")),
        Column::text(web.t("出发", "Left")),
        Column::text(web.t("状态", "State")),
    ];
    let table = rows
        .iter()
        .map(|(trip, stops, boxes)| {
            let handed = stops.iter().filter(|stop| stop.handed_s.is_some()).count();
            TableRow::new(vec![
                html! { (trip.code) },
                html! { (trip.vehicle) },
                html! { (trip.driver) },
                html! { (handed) " / " (stops.len()) },
                html! { (boxes) },
                html! { (trip.departed_s.map_or_else(String::new, clock::short)) },
                state_badge(trip.state, &web),
            ])
            .href(format!("/trips/{}", trip.id))
        })
        .collect();
    let body = html! {
        (kit::heading(web.t("车次", "Trips"), web.t("每辆车的站点按路程排好；到站清点箱数，当面交接。", "Stops in good order; count the boxes at each and hand them over."), exports(&web, "trips", &[])))
        (kit::table(web.t("车次", "Trips"), &columns, table, kit::empty(Icon::Truck, web.t("还没有车次", "No trips yet"), web.t("装箱后，在轮次的“装袋、装车”里排车。", "After boxes are filled, trips are planned on the packing page of the round."), kit::link_button("/rounds", web.t("去轮次", "To the rounds"), Tone::Accent))))
    };
    Ok(web.page(web.t("车次", "Trips"), body))
}

fn state_badge(state: TripState, web: &Web) -> kit::Markup {
    let tone = match state {
        TripState::Planned => Tone::Warn,
        TripState::UnderWay => Tone::Accent,
        TripState::Stranded => Tone::Bad,
        TripState::Ended => Tone::Good,
        TripState::Cancelled => Tone::Quiet,
    };
    kit::badge(tone, state.word(web.lang))
}

/// The codes of boxes; of those that are not where they should be, also where they are.
fn box_words(web: &Web, boxes: &[&BagBox]) -> String {
    let words = boxes.iter().map(|one| match one.state {
        BoxState::Lost | BoxState::Stranded => format!(
            "{}{}{}{}",
            one.code,
            web.t("（", " ("),
            one.state.word(web.lang),
            web.t("）", ")")
        ),
        _ => one.code.clone(),
    });
    words.collect::<Vec<_>>().join(web.t("、", ", "))
}

pub(super) fn reference(web: &Web, id: &str) -> Result<TripRef> {
    let id: TripId = id.parse().map_err(|_| Refusal::not_found("车次", "trip"))?;
    Ok(TripRef {
        district: web.district()?,
        id,
    })
}

async fn show(web: Web, Path(id): Path<String>) -> Answer {
    let at = reference(&web, &id)?;
    let ctx = web.ctx()?;
    let (trip, stops, boxes, look) = web
        .app
        .read(move |tx| {
            let trip = trips::get(tx, &at.district, at.id)?;
            if !seen(tx, &ctx, &trip, &at.district)? {
                return Err(Refusal::not_found("车次", "trip").into());
            }
            let mut stops = Vec::new();
            for stop in trips::stops(tx, &at.district, at.id)? {
                let entry = entry::get(tx, "compounds", &at.district, &stop.compound)?;
                let (point, address) = entry.map_or_else(Default::default, |entry| {
                    (
                        crate::register::text(&entry.body, "drop_point").to_string(),
                        crate::register::text(&entry.body, "address").to_string(),
                    )
                });
                let name = area_name(tx, &stop.compound)?;
                stops.push((stop, name, point, address));
            }
            let boxes = packing::boxes_of_trip(tx, &at.district, at.id)?;
            let look = takeover::look(tx, &at.district, &trip)?;
            Ok((trip, stops, boxes, look))
        })
        .await?;
    let may_dispatch = web.actor()?.may(Action::Dispatch);
    let under_way = trip.state == TripState::UnderWay;
    let may_hand_over = under_way || trip.state == TripState::Stranded;
    let named: Vec<_> = stops
        .iter()
        .map(|(stop, name, _, _)| (stop, name.as_str()))
        .collect();
    let next = stops.iter().position(|(stop, _, _, _)| stop.handed_s.is_none());
    let body = html! {
        (kit::crumbs(&[("/trips".into(), web.t("车次", "Trips").into()), (String::new(), trip.code.clone())]))
        (kit::heading(&format!("{} {}", trip.code, trip.vehicle), &trip.driver, html! {
            (state_badge(trip.state, &web))
            (kit::link_button(&format!("/reports/trip-sheet?area={}&trip={id}", trip.area), web.t("打印车次单", "Print the trip sheet"), Tone::Quiet))
        }))
        (takeover::section(&web, &trip, &look, &named, may_dispatch))
        @if trip.state == TripState::Planned {
            (kit::section(web.t("装车", "Load"), html! {
                p { (web.t("按箱号清点装车：", "Count the boxes aboard: ")) strong { (boxes.len()) } " " (web.t("箱", "boxes")) }
                ul { @for one in &boxes { li { (one.code) } } }
                (kit::confirm_form(&format!("/trips/{id}/load"), &web.shell(""), web.t("装好了，出发", "Loaded, leave"), Tone::Accent, web.t("箱数已点清？", "All boxes counted?")))
                (kit::details(web.t("有箱子没装上…", "A box stays behind…"), kit::form(&format!("/trips/{id}/leave"), &web.shell(""), html! {
                    (Field::text("code", web.t("留下的箱号", "Code of the box")).required())
                    (kit::button(web.t("从本车次移出", "Take it off the trip"), Tone::Warn))
                })))
                @if may_dispatch { (kit::confirm_form(&format!("/trips/{id}/cancel"), &web.shell(""), web.t("这辆车不能出车", "This vehicle drops out"), Tone::Warn, web.t("取消这个车次？箱子回到待排车，可以用别的车重新排。", "Cancel this trip? Its boxes wait again and can be planned with other vehicles."))) }
            }))
        }
        @for (index, (stop, name, point, address)) in stops.iter().enumerate() {
            @let of_stop: Vec<_> = boxes.iter().filter(|one| one.compound == stop.compound).collect();
            (kit::section_with(&format!("{}{}{} · {name}", web.t("第", "Stop "), stop.seq, web.t("站", "")), html! {
                @if let Some(handed_s) = stop.handed_s { (kit::badge(Tone::Good, &format!("{} {}", web.t("已交接", "handed over"), clock::short(handed_s)))) }
                @else if under_way && Some(index) == next { (kit::badge(Tone::Accent, web.t("下一站", "next"))) }
            }, html! {
                p { (point) @if !address.is_empty() { " · " (address) } }
                p { strong { (of_stop.len()) } " " (web.t("箱：", "boxes: ")) (box_words(&web, &of_stop)) }
                @if !stop.received_by.is_empty() { p { (web.t("接收人：", "Received by: ")) (stop.received_by) } }
                @if may_hand_over && stop.handed_s.is_none() {
                    @if under_way && stop.arrived_s.is_none() {
                        (kit::form(&format!("/trips/{id}/arrive"), &web.shell(""), html! { (Field::hidden("seq", &stop.seq.to_string())) (kit::button(web.t("到了", "Arrived"), Tone::Accent)) }))
                    }
                    @let form = kit::form(&format!("/trips/{id}/hand-over"), &web.shell(""), html! {
                        (Field::hidden("seq", &stop.seq.to_string()))
                        (Field::area("boxes", web.t("点到的箱号（扫码枪或手输；少的删掉）", "Boxes counted (scan or type; remove what is missing)")).value(&of_stop.iter().map(|one| one.code.as_str()).collect::<Vec<_>>().join("\n")).attr("rows", &of_stop.len().clamp(1, 6).to_string()).id(&format!("boxes-{}", stop.seq)).required())
                        (Field::text("missing_bags", web.t("箱内缺的袋号（没有就不填）", "Bags missing in a box (leave empty if none)")).id(&format!("bags-{}", stop.seq)))
                        (Field::text("reason", web.t("短少原因（有短少时必填）", "Why something is missing")).id(&format!("reason-{}", stop.seq)))
                        (Field::text("received_by", web.t("接收人", "Received by")).required().id(&format!("by-{}", stop.seq)))
                        (kit::actions(kit::button(web.t("交接完成", "Handed over"), Tone::Good)))
                    });
                    // Out of turn is possible, but one form after the other is what is read on a phone.
                    @if Some(index) == next || stop.arrived_s.is_some() { (form) } @else { (kit::details(web.t("这一站交接", "Hand over at this stop"), form)) }
                }
            }))
        }
    };
    Ok(web.page(&trip.code, body))
}

pub(super) async fn area_of(web: &Web, at: &TripRef) -> Result<String> {
    let (ctx, asked) = (web.ctx()?, at.clone());
    web.app
        .read(move |tx| {
            let trip = trips::get(tx, &asked.district, asked.id)?;
            if !seen(tx, &ctx, &trip, &asked.district)? {
                return Err(Refusal::not_found("车次", "trip").into());
            }
            // Somebody at one compound acts on the stop there; the trip itself may go further.
            Ok(if ctx.actor.covers(&trip.area) {
                trip.area
            } else {
                ctx.actor.area.clone()
            })
        })
        .await
}

async fn load(web: Web, Path(id): Path<String>, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let at = reference(&web, &id)?;
    let area = area_of(&web, &at).await?;
    let boxes = web
        .app
        .act(&web.ctx_for(fields.command())?, &LOAD, &area, at, trips::load)
        .await?;
    Ok(web.done(
        &format!("/trips/{id}"),
        &format!(
            "{boxes}{}",
            web.t("箱已装车，出发。", " boxes loaded; under way.")
        ),
    ))
}

async fn leave(web: Web, Path(id): Path<String>, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let at = reference(&web, &id)?;
    let area = area_of(&web, &at).await?;
    let change = BoxMove {
        trip: at,
        code: fields.get("code").into(),
    };
    web.app
        .act(
            &web.ctx_for(fields.command())?,
            &LEAVE,
            &area,
            change,
            trips::leave_behind,
        )
        .await?;
    Ok(web.done(
        &format!("/trips/{id}"),
        web.t("已移出，可另排车次。", "Taken off; it can go with another trip."),
    ))
}

async fn cancel(web: Web, Path(id): Path<String>, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let at = reference(&web, &id)?;
    let area = area_of(&web, &at).await?;
    let asked = at.clone();
    let find = move |tx: &mut Tx| packing::boxes_of_trip(tx, &asked.district, asked.id);
    let round = web.app.read(find).await?.first().map(|one| one.round);
    let boxes = web
        .app
        .act(&web.ctx_for(fields.command())?, &CANCEL, &area, at, trips::cancel)
        .await?;
    let words = format!(
        "{boxes}{}",
        web.t(
            "箱重新待排，请选别的车。",
            " boxes wait again; choose other vehicles."
        )
    );
    let to = round.map_or_else(
        || "/trips".to_string(),
        |round| format!("/rounds/{round}/packing"),
    );
    Ok(web.warned(&to, &words))
}

fn stop(at: TripRef, fields: &Fields) -> Result<StopRef> {
    Ok(StopRef {
        trip: at,
        seq: fields
            .number("seq")?
            .ok_or_else(|| Refusal::not_found("站点", "stop"))?,
    })
}

async fn arrive(web: Web, Path(id): Path<String>, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let at = reference(&web, &id)?;
    let area = area_of(&web, &at).await?;
    web.app
        .act(
            &web.ctx_for(fields.command())?,
            &ARRIVE,
            &area,
            stop(at, &fields)?,
            trips::arrive,
        )
        .await?;
    Ok(web.done(
        &format!("/trips/{id}"),
        web.t("已到站，请清点交接。", "Arrived; count and hand over."),
    ))
}

async fn hand_over(web: Web, Path(id): Path<String>, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let at = reference(&web, &id)?;
    let area = area_of(&web, &at).await?;
    let draft = DropDraft {
        at: stop(at, &fields)?,
        boxes: fields.get("boxes").into(),
        missing_bags: fields.get("missing_bags").into(),
        reason: fields.get("reason").into(),
        received_by: fields.get("received_by").into(),
    };
    let outcome = web
        .app
        .act(
            &web.ctx_for(fields.command())?,
            &DROP,
            &area,
            draft,
            trips::hand_over,
        )
        .await?;
    let words = format!(
        "{}{}{}{}",
        web.t("已交接，到投放点：", "Handed over; bags at the drop point: "),
        outcome.bags,
        web.t("袋；短少：", "; lost: "),
        outcome.lost.len()
    );
    let to = format!("/trips/{id}");
    Ok(if outcome.lost.is_empty() {
        web.done(&to, &words)
    } else {
        web.warned(&to, &words)
    })
}
