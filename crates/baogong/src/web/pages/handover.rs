//! The last hundred metres: slots for pick-up or the door list, and what came of each bag.

use axum::extract::{Path, RawQuery};
use documents::chain::{PickupCall, pickup_call};
use kit::{Column, Field, Icon, Lang, TableRow, Tile, Tone, html};

use super::super::Answer;
use super::super::fields::Fields;
use super::super::gate::Gate;
use super::super::request::Web;
use super::super::routes::{Route, read, write};
use super::guard;
use super::reports::exports;
use super::rounds::{order_badge, reference, visible};
use super::scan;
use crate::base::access::Field as Datum;
use crate::base::act::Act;
use crate::base::id::district;
use crate::base::words::count;
use crate::base::{Action, Refusal, Result, clock};
use crate::plan::rules::{self, RuleKey};
use crate::register::correct::area_name;
use crate::round::handover::{self, HandAll, HandDraft, Outcome, SlotDraft};
use crate::round::packing::CompoundRef;
use crate::round::{OrderState, open, order};

static SLOTS: Act = Act::new("slots.make", Action::Deliver);
static HAND: Act = Act::new("bag.hand_over", Action::Deliver);
static HAND_ALL: Act = Act::new("bag.hand_over_all", Action::Deliver);

/// Hand-over.
pub fn routes() -> Vec<Route> {
    vec![
        read("/handover", Gate::Needs(Action::Deliver), overview),
        read("/rounds/{id}/handover", Gate::Needs(Action::Deliver), page),
        write("/rounds/{id}/slots", Gate::Needs(Action::Deliver), make_slots),
        write("/rounds/{id}/hand", Gate::Needs(Action::Deliver), hand),
        write("/rounds/{id}/hand-all", Gate::Needs(Action::Deliver), hand_all),
    ]
}

async fn overview(web: Web) -> Answer {
    let ctx = web.ctx()?;
    let rows = web
        .app
        .read(move |tx| {
            let in_district = district(&ctx.actor.area).to_string();
            let supplier = ctx.actor.supplier.clone().unwrap_or_default();
            let mut rows = Vec::new();
            for round in open::list(tx, &ctx.actor.area, &supplier)? {
                for compound in open::compounds(tx, &in_district, round.id)? {
                    if !ctx.actor.covers(&compound.compound) {
                        continue;
                    }
                    let orders = order::of_round(tx, &in_district, round.id, &compound.compound)?;
                    let at = |state| orders.iter().filter(|order| order.state == state).count();
                    let (waiting, coming, handed) = (
                        at(OrderState::Dropped),
                        at(OrderState::Packed) + at(OrderState::Loaded),
                        at(OrderState::Handed),
                    );
                    if waiting + coming + handed > 0 {
                        rows.push((
                            round.clone(),
                            area_name(tx, &compound.compound)?,
                            compound.compound,
                            waiting,
                            coming,
                            handed,
                        ));
                    }
                }
            }
            Ok(rows)
        })
        .await?;
    let columns = [
        Column::text(web.t("小区", "Compound")),
        Column::text(web.t("轮次", "Round")),
        Column::number(web.t("在投放点", "At the drop point")),
        Column::number(web.t("在路上", "On the way")),
        Column::number(web.t("已交付", "Handed over")),
    ];
    let table = rows
        .iter()
        .map(|(round, name, compound, waiting, coming, handed)| {
            TableRow::new(vec![
                html! { (name) },
                html! { (round.code) " " (round.title) },
                html! { (waiting) },
                html! { (coming) },
                html! { (handed) },
            ])
            .tone(if *waiting > 0 { Tone::Warn } else { Tone::Plain })
            .href(format!("/rounds/{}/handover?compound={compound}", round.id))
        })
        .collect();
    let body = html! {
        (kit::heading(web.t("交付", "Hand-over"), web.t("到了小区的袋子，交到每一户手里。", "From the drop point into each household's hands."), html! {}))
        (kit::table(web.t("交付", "Hand-over"), &columns, table, kit::empty(Icon::House, web.t("没有待交付的袋子", "No bags to hand over"), web.t("车次到站交接后，这里显示每个小区的袋子。", "After a trip hands over its boxes, the bags appear here."), html! {})))
    };
    Ok(web.page(web.t("交付", "Hand-over"), body))
}

async fn page(web: Web, Path(id): Path<String>, RawQuery(query): RawQuery) -> Answer {
    let fields = Fields::of_query(&query.unwrap_or_default());
    let at = reference(&web, &id)?;
    let ctx = web.ctx()?;
    let (actor, lang) = (ctx.actor.clone(), web.lang);
    let asked = fields.get("compound").to_string();
    let (round, compounds, compound, point, bags, packs, slots, rules) = web
        .app
        .read(move |tx| {
            let (round, list) = visible(tx, &ctx, &at)?;
            let mut compounds = Vec::new();
            for one in &list {
                compounds.push((one.compound.clone(), area_name(tx, &one.compound)?));
            }
            let chosen = list
                .iter()
                .find(|one| one.compound == asked)
                .or(list.first())
                .cloned()
                .ok_or_else(|| Refusal::not_found("小区", "compound"))?;
            let bags = handover::door_list(tx, &at.district, at.id, &chosen.compound)?;
            let packs = open::packs(tx, &at.district, at.id)?;
            let slots = handover::slots(tx, &at.district, at.id, &chosen.compound)?;
            let rules = rules::at(tx, &chosen.compound, ctx.now_s)?;
            Ok((
                round,
                compounds,
                chosen.compound,
                chosen.drop_point,
                bags,
                packs,
                slots,
                rules,
            ))
        })
        .await?;
    let to_door = rules.word(RuleKey::CarryTo) == Some("door");
    let waiting: Vec<_> = bags
        .iter()
        .filter(|bag| bag.state == OrderState::Dropped)
        .collect();
    let handed = bags.iter().filter(|bag| bag.state == OrderState::Handed).count();
    let name = compounds
        .iter()
        .find(|(code, _)| *code == compound)
        .map_or("", |(_, name)| name.as_str());
    let tabs: Vec<_> = compounds
        .iter()
        .map(|(code, name)| {
            (
                format!("/rounds/{id}/handover?compound={code}"),
                name.clone(),
                *code == compound,
                None,
            )
        })
        .collect();
    let outcomes: Vec<(&str, &str)> = Outcome::options(lang)
        .into_iter()
        .filter(|(key, _)| *key != "handed")
        .collect();
    let columns = [
        Column::text(web.t("房号", "Dwelling")),
        Column::text(web.t("袋号", "Bag")),
        Column::text(web.t("电话", "Phone")),
        Column::text(web.t("内容", "Contents")),
        Column::text(web.t("状态", "State")),
        Column::text(""),
    ];
    // A bag that was scanned stands alone.
    let scanned = fields.get("bag");
    let rows = bags
        .iter()
        .filter(|bag| scanned.is_empty() || bag.code == scanned)
        .map(|bag| {
            TableRow::new(vec![
                html! { strong { (bag.dwelling()) } },
                html! { (bag.code) },
                html! { (actor.show(Datum::Phone, &bag.phone)) },
                html! { (crate::report::rounds::contents(bag, &packs, true, lang)) },
                html! { (order_badge(bag.state, lang)) @if !bag.note.is_empty() { br; small { (bag.note) } } },
                html! { @if bag.state == OrderState::Dropped {
                    (kit::form(&format!("/rounds/{id}/hand"), &web.shell(""), html! { (Field::hidden("compound", &compound)) (Field::hidden("order", &bag.id.to_string())) (kit::button_named("outcome", "handed", web.t("已交付", "Handed over"), Tone::Good)) }))
                    (kit::details(web.t("没交付…", "Not handed over…"), kit::form(&format!("/rounds/{id}/hand"), &web.shell(""), html! {
                        (Field::hidden("compound", &compound)) (Field::hidden("order", &bag.id.to_string()))
                        (Field::select("outcome", web.t("情况", "Outcome"), &outcomes).id(&format!("o-{}", bag.id)))
                        (Field::text("note", web.t("说明", "Note")).id(&format!("n-{}", bag.id)))
                        (kit::button(web.t("登记", "Record"), Tone::Warn))
                    })))
                } },
            ])
        })
        .collect();
    let slot_columns = [
        Column::text(web.t("时段", "Time")),
        Column::text(web.t("楼栋、单元", "Building, unit")),
        Column::number(web.t("户数", "Households")),
    ];
    let slot_rows = slots
        .iter()
        .map(|slot| TableRow::new(vec![html! { (clock::short(slot.start_s)) " – " (clock::hour(slot.end_s)) }, html! { (slot.building) (web.t("栋", "")) @if !slot.unit.is_empty() { " " (slot.unit) (web.t("单元", "")) } }, html! { (slot.households) }]))
        .collect();
    let dwellings: Vec<String> = waiting.iter().map(|bag| bag.dwelling()).collect();
    let call = pickup_call(
        &PickupCall {
            place: &point,
            slot: &clock::minute(round.deliver_s),
            turn: name,
            dwellings: &dwellings,
        },
        lang == Lang::Zh,
    );
    let tile = |zh: &str, en: &str, value: usize, tone: Tone| Tile {
        label: web.t(zh, en).into(),
        value: count(value as i64),
        unit: web.t("袋", "bags").into(),
        tone,
        ..Tile::default()
    };
    let body = html! {
        (kit::crumbs(&[("/handover".into(), web.t("交付", "Hand-over").into()), (format!("/rounds/{id}"), round.code.clone()), (String::new(), name.to_string())]))
        (kit::heading(&format!("{} · {name}", web.t("交付", "Hand-over")), &format!("{} · {point}", round.title), html! {
            (kit::link_button(&format!("/reports/door-list?area={compound}&round={id}"), web.t("交付清单（带签收栏）", "List with signatures"), Tone::Quiet))
            (exports(&web, "door-list", &[("area", &compound), ("round", &id)]))
            @if !slots.is_empty() { (kit::link_button(&format!("/reports/slots?area={compound}&round={id}"), web.t("时段表", "Slots"), Tone::Quiet)) }
            @if !slots.is_empty() { (kit::link_button(&format!("/reports/pickup-notice?area={compound}&round={id}&format=pdf"), web.t("各楼栋取货通知", "Notices for the doors"), Tone::Quiet)) }
            (kit::link_button(&format!("/reports/missed-notice?area={compound}&round={id}&format=pdf"), web.t("送货未遇告知单", "Slips: nobody answered"), Tone::Quiet))
        }))
        @if compounds.len() > 1 { (kit::tabs(&tabs)) }
        (kit::notice(Tone::Accent, if to_door { web.t("送到家门口", "Carried to the door") } else { web.t("居民错峰取货", "Residents fetch in turn") }, html! {
            p { @if to_door { (web.t("由经培训的人员从卡口送到每户门口，居民不下楼", "Trained people carry from the gate to each door; residents stay in")) " (" (rules.clause(RuleKey::CarryTo)) ")" }
                @else { (web.t("同时取货人数上限 ", "People at once at most ")) (rules.number(RuleKey::PickupPeopleMax).unwrap_or(0)) " (" (rules.clause(RuleKey::PickupPeopleMax)) ")" } }
        }))
        (kit::tiles(&[tile("待交付", "Waiting", waiting.len(), if waiting.is_empty() { Tone::Good } else { Tone::Warn }), tile("已交付", "Handed over", handed, Tone::Good), tile("还在路上", "On the way", bags.len() - waiting.len() - handed, Tone::Plain)]))
        @if !to_door {
            (kit::section(web.t("错峰取货时段", "Pick-up slots"), html! {
                (kit::table(web.t("时段", "Slots"), &slot_columns, slot_rows, html! { p { (web.t("还没有安排时段。", "No slots yet.")) } }))
                (kit::form(&format!("/rounds/{id}/slots"), &web.shell(""), html! {
                    (Field::hidden("compound", &compound))
                    (Field::datetime("start", web.t("从几点开始", "From when")).value(&clock::field(round.deliver_s)))
                    (kit::button(web.t("按楼栋安排时段", "Arrange slots by building"), Tone::Accent))
                }))
                @if !waiting.is_empty() { (kit::copy_text(lang, "call", &call)) }
            }))
        }
        (kit::section(web.t("袋子，按楼栋单元顺序", "Bags in walking order"), html! {
            (scan::field(&web))
            @if !scanned.is_empty() { p { (web.t("只列出扫到的袋子：", "Only the bag that was scanned: ")) strong { (scanned) } " " a href=(format!("/rounds/{id}/handover?compound={compound}")) { (web.t("看全部", "All bags")) } } }
            (kit::table(web.t("袋子", "Bags"), &columns, rows, kit::empty(Icon::House, web.t("还没有到货", "Nothing has arrived"), web.t("车次到站交接后可以交付。", "Bags can be handed over once the trip has handed over its boxes."), html! {})))
            @if scanned.is_empty() && waiting.len() > 1 { (kit::form(&format!("/rounds/{id}/hand-all"), &web.shell(""), html! {
                (Field::hidden("compound", &compound))
                (Field::text("building", web.t("整栋交付：楼栋号（不填即全部）", "A whole building (empty is all)")).small())
                (kit::button(web.t("这些都已交付", "All these are handed over"), Tone::Good))
            })) }
        }))
    };
    Ok(web.page(web.t("交付", "Hand-over"), body))
}

fn place(web: &Web, id: &str, fields: &Fields) -> Result<CompoundRef> {
    let at = reference(web, id)?;
    let compound = web.area(fields.get("compound"))?;
    Ok(CompoundRef {
        district: at.district,
        round: at.id,
        compound,
    })
}

async fn make_slots(web: Web, Path(id): Path<String>, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let at = place(&web, &id, &fields)?;
    let compound = at.compound.clone();
    let draft = SlotDraft {
        at,
        start: fields.get("start").into(),
    };
    let made = web
        .app
        .act(
            &web.ctx_for(fields.command())?,
            &SLOTS,
            &compound,
            draft,
            handover::make_slots,
        )
        .await?;
    Ok(web.done(
        &format!("/rounds/{id}/handover?compound={compound}"),
        &format!("{made}{}", web.t("个时段已安排。", " slots arranged.")),
    ))
}

async fn hand(web: Web, Path(id): Path<String>, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let at = place(&web, &id, &fields)?;
    let outcome = Outcome::of(fields.get("outcome"))
        .ok_or_else(|| Refusal::invalid("outcome", "请选择情况。", "Choose an outcome."))?;
    let draft = HandDraft {
        district: at.district,
        order: fields.id("order")?,
        outcome,
        note: fields.get("note").into(),
    };
    web.app
        .act(
            &web.ctx_for(fields.command())?,
            &HAND,
            &at.compound,
            draft,
            handover::record,
        )
        .await?;
    Ok(web.done(
        &format!("/rounds/{id}/handover?compound={}", at.compound),
        web.t("已登记。", "Recorded."),
    ))
}

async fn hand_all(web: Web, Path(id): Path<String>, fields: Fields) -> Answer {
    guard(&web, &fields)?;
    let at = place(&web, &id, &fields)?;
    let compound = at.compound.clone();
    let draft = HandAll {
        at,
        building: fields.get("building").into(),
    };
    let handed = web
        .app
        .act(
            &web.ctx_for(fields.command())?,
            &HAND_ALL,
            &compound,
            draft,
            handover::record_all,
        )
        .await?;
    Ok(web.done(
        &format!("/rounds/{id}/handover?compound={compound}"),
        &format!("{handed}{}", web.t("袋已交付。", " bags handed over.")),
    ))
}
