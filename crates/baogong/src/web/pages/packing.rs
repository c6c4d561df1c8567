//! Packing and loading: pick list, bags, short-picks, boxes, labels, trips from the boxes.

use axum::extract::{Path, RawQuery};
use kit::{Column, Field, Icon, TableRow, Tile, Tone, html};

use super::super::Answer;
use super::super::fields::Fields;
use super::super::gate::Gate;
use super::super::request::Web;
use super::super::routes::{Route, read, write};
use super::guard;
use super::reports::exports;
use super::rounds::{own_area, reference, state_badge, visible};
use super::scan;
use crate::base::act::Act;
use crate::base::words::{count, kilograms};
use crate::base::{Action, Refusal, Result};
use crate::register::correct::area_name;
use crate::register::entry::{self, Vehicle};
use crate::round::packing::{self, BagDraft, BoxDraft, BoxState, CompoundRef, Short};
use crate::round::trips::{self, TripDraft};
use crate::round::{OrderState, RoundState, open, order};

static PACK: Act = Act::new("bag.pack", Action::Pack);
static PACK_ALL: Act = Act::new("bag.pack_all", Action::Pack);
static FILL: Act = Act::new("box.fill", Action::Pack);
static PLAN: Act = Act::new("trip.plan", Action::Dispatch);

/// Packing and loading.
pub fn routes() -> Vec<Route> {
    vec![
        read("/rounds/{id}/packing", Gate::Needs(Action::ViewRounds), page),
        write("/rounds/{id}/pack", Gate::Needs(Action::Pack), pack),
        write("/rounds/{id}/pack-all", Gate::Needs(Action::Pack), pack_all),
        write("/rounds/{id}/boxes", Gate::Needs(Action::Pack), fill),
        write("/rounds/{id}/trips", Gate::Needs(Action::Dispatch), plan),
    ]
}

async fn page(web: Web, Path(id): Path<String>, RawQuery(query): RawQuery) -> Answer {
    let fields = Fields::of_query(&query.unwrap_or_default());
    let at = reference(&web, &id)?;
    let ctx = web.ctx()?;
    let (actor, lang) = (ctx.actor.clone(), web.lang);
    let (round, packs, orders, boxes, names, vehicles) = web
        .app
        .read(move |tx| {
            let (round, compounds) = visible(tx, &ctx, &at)?;
            let packs = open::packs(tx, &at.district, at.id)?;
            let mut orders = order::of_round(tx, &at.district, at.id, &own_area(&ctx, &round))?;
            packing::walking_order(&mut orders);
            let boxes = packing::boxes(tx, &at)?;
            let mut names = std::collections::BTreeMap::new();
            for compound in compounds {
                names.insert(compound.compound.clone(), area_name(tx, &compound.compound)?);
            }
            let mut vehicles: Vec<Vehicle> = Vec::new();
            for one in entry::all(tx, "vehicles", &at.district)? {
                vehicles.push(one.noun()?);
            }
            Ok((round, packs, orders, boxes, names, vehicles))
        })
        .await?;
    let picks = packing::pick_list(&packs, &orders);
    let waiting: Vec<_> = orders
        .iter()
        .filter(|order| order.state == OrderState::Confirmed)
        .collect();
    let packed = orders
        .iter()
        .filter(|order| order.state == OrderState::Packed)
        .count();
    let unboxed = orders
        .iter()
        .filter(|order| order.state == OrderState::Packed && order.box_id.is_none())
        .count();
    let free_boxes: Vec<_> = boxes
        .iter()
        .filter(|one| one.trip.is_none() && one.state == BoxState::Packed)
        .collect();
    let may_pack = actor.may(Action::Pack);
    let area = if actor.covers(&round.area) {
        round.area.clone()
    } else {
        actor.area.clone()
    };
    let pick_columns = [
        Column::text(web.t("套餐", "Pack")),
        Column::number(web.t("待装", "To pack")),
        Column::number(web.t("已装", "Packed")),
        Column::number(web.t("待装重量（公斤）", "To pack (kg)")),
    ];
    let pick_rows = picks
        .iter()
        .map(|pick| {
            TableRow::new(vec![
                html! { (pick.name) },
                html! { (pick.to_pack) },
                html! { (pick.packed) },
                html! { (kilograms(pick.weight_g)) },
            ])
        })
        .collect();
    let columns = [
        Column::text(web.t("房号", "Dwelling")),
        Column::text(web.t("袋号", "Bag")),
        Column::text(web.t("内容", "Contents")),
        Column::text(""),
    ];
    // A bag that was scanned stands alone.
    let scanned = fields.get("bag");
    let rows = waiting
        .iter()
        .filter(|order| scanned.is_empty() || order.code == scanned)
        .take(100)
        .map(|order| {
            TableRow::new(vec![
                html! { (names.get(&order.compound).map_or("", String::as_str)) " " (order.dwelling()) },
                html! { (order.code) },
                html! { (crate::report::rounds::contents(order, &packs, false, lang)) },
                html! { @if may_pack {
                    (kit::form(&format!("/rounds/{id}/pack"), &web.shell(""), html! { (Field::hidden("order", &order.id.to_string())) (kit::button(web.t("装好了", "Packed"), Tone::Good)) }))
                    (kit::details(web.t("缺货…", "Short…"), kit::form(&format!("/rounds/{id}/pack"), &web.shell(""), html! {
                        (Field::hidden("order", &order.id.to_string()))
                        @for line in &order.lines {
                            (Field::number(&format!("packed:{}", line.pack), &format!("{} ({}{})", packs.iter().find(|pack| pack.code == line.pack).map_or(line.pack.as_str(), |pack| pack.name.as_str()), web.t("订", "ordered "), line.quantity)).value(&line.quantity.to_string()).small().id(&format!("{}-{}", order.id, line.pack)))
                        }
                        (Field::text("reason", web.t("缺货原因", "Why short")).required().id(&format!("reason-{}", order.id)))
                        (kit::button(web.t("按此装袋，差额退款", "Pack so; refund the rest"), Tone::Warn))
                    })))
                } },
            ])
        })
        .collect();
    let box_columns = [
        Column::text(web.t("箱号", "Box")),
        Column::text(web.t("小区", "Compound")),
        Column::number(web.t("袋数", "Bags")),
        Column::text(web.t("状态", "State")),
    ];
    let box_rows = boxes
        .iter()
        .map(|one| {
            let bags = orders.iter().filter(|order| order.box_id == Some(one.id)).count();
            TableRow::new(vec![html! { (one.code) }, html! { (names.get(&one.compound).map_or("", String::as_str)) }, html! { (bags) }, html! { (one.state.word(lang)) @if one.trip.is_some() && one.state == BoxState::Packed { " · " (web.t("已排车", "on a trip")) } }])
        })
        .collect();
    let tile = |zh: &str, en: &str, value: usize, tone: Tone| Tile {
        label: web.t(zh, en).into(),
        value: count(value as i64),
        tone,
        ..Tile::default()
    };
    let vehicle_fields = html! {
        @for vehicle in vehicles.iter().filter(|vehicle| vehicle.state.is_empty() || vehicle.state == "ready") {
            (Field::check("vehicle", &format!("{} {} · {}{} · {}", vehicle.plate, vehicle.model, kilograms(vehicle.load_g), web.t("公斤", " kg"), vehicle.driver_name)).sends(&vehicle.plate).id(&format!("v-{}", vehicle.plate)))
        }
    };
    let body = html! {
        (kit::crumbs(&[("/rounds".into(), web.t("轮次", "Rounds").into()), (format!("/rounds/{id}"), round.code.clone()), (String::new(), web.t("装袋、装车", "Pack and load").into())]))
        (kit::heading(&format!("{} · {}", web.t("装袋、装车", "Pack and load"), round.title), "", html! { (state_badge(round.state, lang)) (exports(&web, "pick-list", &[("area", &area), ("round", &id)])) }))
        (kit::tiles(&[
            tile("待装袋", "Bags to pack", waiting.len(), if waiting.is_empty() { Tone::Good } else { Tone::Warn }),
            tile("已装袋", "Packed", packed, Tone::Good),
            tile("待装箱", "To be boxed", unboxed, if unboxed > 0 { Tone::Warn } else { Tone::Good }),
            tile("待排车的箱", "Boxes without a trip", free_boxes.len(), if free_boxes.is_empty() { Tone::Good } else { Tone::Warn }),
        ]))
        @if !matches!(round.state, RoundState::Confirmed | RoundState::Settled) { (kit::notice(Tone::Warn, web.t("本轮还没有确认", "The round is not confirmed yet"), html! { p { (web.t("付款截止并确认以后才能装袋。", "Bags are packed after payments are in and the round is confirmed.")) } })) }
        (kit::section_with(web.t("1 拣货", "1 Pick"), kit::link_button(&format!("/reports/pick-list?area={area}&round={id}&format=pdf"), web.t("打印拣货单", "Print the pick list"), Tone::Quiet), kit::table(web.t("拣货", "Pick"), &pick_columns, pick_rows, html! {})))
        (kit::section_with(web.t("2 装袋，每户一袋", "2 One bag per household"), html! {
            (kit::link_button(&format!("/labels?round={id}&sheet=a4"), web.t("标签 A4(3×8)", "Labels A4 (3×8)"), Tone::Quiet))
            (kit::link_button(&format!("/labels?round={id}&sheet=a4&format=page"), web.t("标签 A4，用浏览器打印", "Labels A4 from the browser"), Tone::Quiet))
            (kit::link_button(&format!("/labels?round={id}&sheet=roll"), web.t("标签 100×70", "Labels 100×70"), Tone::Quiet))
            (kit::link_button(&format!("/labels?round={id}&sheet=continuous"), web.t("标签 80毫米连续纸", "Labels 80 mm roll"), Tone::Quiet))
            (kit::link_button(&format!("/labels?round={id}&sheet=continuous&format=page"), web.t("连续纸标签，用浏览器打印", "80 mm labels from the browser"), Tone::Quiet))
            (kit::link_button(&format!("/reports/packing-matrix?area={area}&round={id}&format=pdf"), web.t("装袋核对表", "Packing matrix"), Tone::Quiet))
        }, html! {
            (scan::field(&web))
            (scan::address_note(&web))
            @if !scanned.is_empty() { p { (web.t("只列出扫到的袋子：", "Only the bag that was scanned: ")) strong { (scanned) } " "
                @if orders.iter().any(|order| order.code == scanned && order.state == OrderState::Packed) { (kit::badge(Tone::Good, web.t("已装袋", "packed"))) " " }
                a href=(format!("/rounds/{id}/packing")) { (web.t("看全部", "All bags")) } } }
            @if scanned.is_empty() && may_pack && !waiting.is_empty() { (kit::confirm_form(&format!("/rounds/{id}/pack-all"), &web.shell(""), web.t("全部装好，没有缺货", "All packed, nothing short"), Tone::Accent, &format!("{}{}", waiting.len(), web.t("袋都按订单装足？缺货的请先单独处理。", " bags packed in full? Handle short ones first.")))) }
            (kit::table(web.t("待装袋", "To pack"), &columns, rows, kit::empty(Icon::Check, web.t("没有待装的袋", "Nothing to pack"), "", html! {})))
        }))
        (kit::section_with(web.t("3 按小区装箱", "3 Boxes per compound"), html! {
            (kit::link_button(&format!("/labels/boxes?round={id}"), web.t("箱标签 100×70", "Box labels 100×70"), Tone::Quiet))
            (kit::link_button(&format!("/labels/boxes?round={id}&format=page"), web.t("箱标签，用浏览器打印", "Box labels from the browser"), Tone::Quiet))
            (kit::link_button(&format!("/labels/boxes?round={id}&sheet=large"), web.t("箱标签 100×150（条码）", "Box labels 100×150 (bar code)"), Tone::Quiet))
            (kit::link_button(&format!("/reports/materials-card?area={area}&round={id}&format=pdf"), web.t("物资明白卡", "Materials cards"), Tone::Quiet))
            (exports(&web, "boxes", &[("area", &area), ("round", &id)]))
        }, html! {
            @if may_pack && unboxed > 0 { (kit::form(&format!("/rounds/{id}/boxes"), &web.shell(""), html! {
                (Field::number("bags_max", web.t("每箱最多几袋", "Bags in a box at most")).value("20").small())
                (kit::button(web.t("装箱", "Fill boxes"), Tone::Accent))
            })) }
            (kit::table(web.t("箱", "Boxes"), &box_columns, box_rows, html! { p { (web.t("还没有箱子。", "No boxes yet.")) } }))
        }))
        (kit::section(web.t("4 排车", "4 Trips"), html! {
            @if free_boxes.is_empty() { p { (web.t("没有待排车的箱子。", "No boxes wait for a trip.")) " " a href="/trips" { (web.t("看车次", "See trips")) } } }
            @else if actor.may(Action::Dispatch) { (kit::form(&format!("/rounds/{id}/trips"), &web.shell(""), html! {
                p { (web.t("选可用的车，系统按载重分配、按路程排站。", "Choose vehicles; boxes are spread by load and stops put in order.")) }
                (kit::details(&format!("{} ({})", web.t("车辆", "Vehicles"), vehicles.len()), vehicle_fields))
                (kit::details(web.t("发车、车速、趟数（先看路线时用）", "Departure, speed, trips (for looking at the routes first)"), super::routes::term_fields(&web)))
                (kit::actions(html! {
                    (kit::slow(kit::button_to(&format!("/rounds/{id}/routes"), web.t("先看路线", "Look at the routes first"), Tone::Plain)))
                    (kit::slow(kit::button(web.t("排车", "Plan trips"), Tone::Accent)))
                }))
            })) }
        }))
    };
    Ok(web.page(web.t("装袋、装车", "Pack and load"), body))
}

pub(super) async fn area_of(web: &Web, id: &str) -> Result<(open::RoundRef, String)> {
    let at = reference(web, id)?;
    let (ctx, asked) = (web.ctx()?, at.clone());
    let area = web
        .app
        .read(move |tx| Ok(own_area(&ctx, &visible(tx, &ctx, &asked)?.0)))
        .await?;
    Ok((at, area))
}

async fn pack(web: Web, Path(id): Path<String>, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let (at, area) = area_of(&web, &id).await?;
    let mut short = Vec::new();
    for (pack, text) in fields.after("packed:") {
        let packed = text.parse().map_err(|_| {
            Refusal::invalid(
                "packed",
                "装入数量应是整数。",
                "The number packed is a whole number.",
            )
        })?;
        short.push(Short {
            pack,
            packed,
            reason: fields.get("reason").to_string(),
        });
    }
    let draft = BagDraft {
        district: at.district,
        order: fields.id("order")?,
        short,
    };
    web.app
        .act(
            &web.ctx_for(fields.command())?,
            &PACK,
            &area,
            draft,
            packing::pack,
        )
        .await?;
    Ok(web.done(&format!("/rounds/{id}/packing"), web.t("已装袋。", "Packed.")))
}

async fn pack_all(web: Web, Path(id): Path<String>, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let (at, area) = area_of(&web, &id).await?;
    let draft = CompoundRef {
        district: at.district,
        round: at.id,
        compound: String::new(),
    };
    let packed = web
        .app
        .act(
            &web.ctx_for(fields.command())?,
            &PACK_ALL,
            &area,
            draft,
            packing::pack_all,
        )
        .await?;
    Ok(web.done(
        &format!("/rounds/{id}/packing"),
        &format!("{packed}{}", web.t("袋已装好。", " bags packed.")),
    ))
}

async fn fill(web: Web, Path(id): Path<String>, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let (at, area) = area_of(&web, &id).await?;
    let draft = BoxDraft {
        at: CompoundRef {
            district: at.district,
            round: at.id,
            compound: String::new(),
        },
        bags_max: fields.number("bags_max")?.unwrap_or(0),
    };
    let made = web
        .app
        .act(
            &web.ctx_for(fields.command())?,
            &FILL,
            &area,
            draft,
            packing::fill_boxes,
        )
        .await?;
    Ok(web.done(
        &format!("/rounds/{id}/packing"),
        &format!(
            "{made}{}",
            web.t("箱已装好，请打印箱标签。", " boxes filled; print their labels.")
        ),
    ))
}

async fn plan(web: Web, Path(id): Path<String>, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let (at, area) = area_of(&web, &id).await?;
    let draft = TripDraft {
        district: at.district,
        round: at.id,
        vehicles: fields.all("vehicle"),
    };
    let made = web
        .app
        .act_aside(&web.ctx_for(fields.command())?, &PLAN, &area, draft, trips::PLAN)
        .await?;
    Ok(web.done(
        "/trips",
        &format!("{}{}", made.len(), web.t("个车次已排好。", " trips planned.")),
    ))
}
