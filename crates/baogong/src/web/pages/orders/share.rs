//! Texts to copy back to the chat group: announcement, list of orders, reminder, calls to fetch (FC-8, X-3).

use axum::extract::{Path, RawQuery};
use documents::chain::{
    Announcement, ListedOrder, Offer, PickupCall, Unpaid, announcement, numbered_list, pickup_call,
    unpaid_reminder,
};
use kit::{Lang, Tone, html};
use serde::Serialize;
use store::Tx;

use super::super::super::Answer;
use super::super::super::fields::Fields;
use super::super::super::request::Web;
use super::super::{ballot, resident};
use super::reference;
use super::visible;
use crate::base::words::moment;
use crate::base::{Refusal, Result, clock};
use crate::plan::release::Release;
use crate::register::correct::area_name;
use crate::register::entry;
use crate::report::documents::building_words;
use crate::round::chain::letters;
use crate::round::{Order, OrderState, Pack, PaymentState, Round, handover, open, order, packing};

/// The texts of one compound in a round.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Texts {
    /// What opens the round in the group.
    pub announcement: String,
    /// The orders taken, for everybody to check; without names and phones. Empty while there are none.
    pub list: String,
    /// Who has not paid; empty when everybody has.
    pub unpaid: String,
    /// One call for each pick-up slot; empty while no slots are arranged.
    pub calls: Vec<String>,
    /// The residents' order link.
    pub link: String,
}

fn offers(packs: &[Pack], lang: Lang) -> Vec<Offer> {
    let offers = packs.iter().zip(letters()).map(|(pack, letter)| Offer {
        letter,
        name: pack.name.clone(),
        contents: resident::contents_words(pack, lang),
        price_fen: pack.price_fen,
        unit: pack.unit.clone(),
        limit_per_household: u32::try_from(pack.limit_per_order)
            .ok()
            .filter(|limit| *limit > 0),
    });
    offers.collect()
}

fn listed(orders: &[Order], packs: &[Pack]) -> Vec<ListedOrder> {
    let items = |order: &Order| {
        let lines = order.lines.iter().filter_map(|line| {
            let pack = packs.iter().find(|pack| pack.code == line.pack)?;
            let quantity = u32::try_from(line.quantity).ok()?;
            Some((pack.name.clone(), quantity, pack.unit.clone()))
        });
        lines.collect()
    };
    let listed = orders.iter().map(|order| ListedOrder {
        dwelling: order.dwelling(),
        items: items(order),
    });
    listed.collect()
}

/// One call for each slot: the households of a building in walking order, as many as the slot takes.
fn calls(slots: &[handover::Slot], orders: &[Order], place: &str, lang: Lang) -> Vec<String> {
    let zh = lang == Lang::Zh;
    let mut waiting: Vec<&Order> = orders
        .iter()
        .filter(|order| {
            matches!(
                order.state,
                OrderState::Confirmed | OrderState::Packed | OrderState::Loaded | OrderState::Dropped
            )
        })
        .collect();
    let mut calls = Vec::with_capacity(slots.len());
    for slot in slots {
        let room = usize::try_from(slot.households).unwrap_or(0);
        let mut dwellings = Vec::new();
        waiting.retain(|order| {
            let here = dwellings.len() < room && order.building == slot.building && order.unit == slot.unit;
            if here {
                dwellings.push(order.dwelling());
            }
            !here
        });
        if dwellings.is_empty() {
            continue;
        }
        let unit = match (slot.unit.as_str(), zh) {
            ("" | "0", _) => String::new(),
            (unit, true) => format!("{unit}单元"),
            (unit, false) => format!("-{unit}"),
        };
        let turn = match zh {
            true => format!("{}{unit}", building_words(&slot.building, lang)),
            false => format!("Building {}{unit}", slot.building),
        };
        let times = format!("{}–{}", moment(slot.start_s, lang), clock::hour(slot.end_s));
        calls.push(pickup_call(
            &PickupCall {
                place,
                slot: &times,
                turn: &turn,
                dwellings: &dwellings,
            },
            zh,
        ));
    }
    calls
}

/// What the texts are made of.
struct Known {
    round: Round,
    token: String,
    name: String,
    packs: Vec<Pack>,
    orders: Vec<Order>,
    slots: Vec<handover::Slot>,
    place: String,
    example: String,
}

fn load(
    tx: &mut Tx,
    round: Round,
    in_district: &str,
    token: (String, String),
    compound: &str,
) -> Result<Known> {
    let (token, drop_point) = token;
    let packs = open::packs(tx, in_district, round.id)?;
    let mut orders = order::of_round(tx, in_district, round.id, compound)?;
    orders.retain(|order| order.state.stands());
    packing::walking_order(&mut orders);
    let query = entry::Query {
        register: "households",
        area: compound,
        ..Default::default()
    };
    let example = entry::list(tx, &query, 1, 0)?
        .pop()
        .map_or_else(|| "3栋2单元501".to_string(), |entry| entry.name);
    let place = entry::get(tx, "sites", in_district, &drop_point)?.map_or(drop_point, |site| site.name);
    Ok(Known {
        name: area_name(tx, compound)?,
        slots: handover::slots(tx, in_district, round.id, compound)?,
        round,
        token,
        packs,
        orders,
        place,
        example,
    })
}

/// The texts of a compound in a round, with the title of the round.
pub async fn texts(web: &Web, id: &str, compound: &str) -> Result<(Round, String, Texts)> {
    let (at, ctx, asked) = (reference(web, id)?, web.ctx()?, compound.to_string());
    let known = web
        .app
        .read(move |tx| {
            let (round, compounds) = visible(tx, &ctx, &at)?;
            let token = compounds
                .into_iter()
                .find(|one| one.compound == asked)
                .map(|one| (one.token, one.drop_point))
                .ok_or_else(|| Refusal::not_found("小区", "compound"))?;
            load(tx, round, &at.district, token, &asked)
        })
        .await?;
    let (lang, zh) = (web.lang, web.lang == Lang::Zh);
    let Known {
        round, packs, orders, ..
    } = &known;
    let link = format!("{}/o/{}", web.origin(), known.token);
    let mut opening = announcement(
        &Announcement {
            compound: &known.name,
            title: &round.title,
            offers: &offers(packs, lang),
            cut_off: &moment(round.cutoff_s, lang),
            delivery: &moment(round.deliver_s, lang),
            example_dwelling: &known.example,
            link: Some(&link),
        },
        zh,
    );
    if round.release == Release::Ballot {
        opening.push_str(&ballot::announcement(lang, &link));
    }
    let unpaid: Vec<Unpaid> = orders
        .iter()
        .filter(|order| order.state == OrderState::Placed && order.payment == PaymentState::Unpaid)
        .map(|order| Unpaid {
            dwelling: order.dwelling(),
            amount_fen: order.amount_fen,
        })
        .collect();
    let place = match known.place.as_str() {
        "" => web.t("小区投放点", "the drop point"),
        place => place,
    };
    let texts = Texts {
        announcement: opening,
        list: match orders.as_slice() {
            [] => String::new(),
            orders => numbered_list(&format!("{} {}", known.name, round.title), &listed(orders, packs)),
        },
        unpaid: match unpaid.as_slice() {
            [] => String::new(),
            unpaid => unpaid_reminder(&round.title, unpaid, &moment(round.pay_by_s, lang), zh),
        },
        calls: calls(&known.slots, orders, place, lang),
        link,
    };
    Ok((known.round, known.name, texts))
}

pub(super) async fn page(web: Web, Path(id): Path<String>, RawQuery(query): RawQuery) -> Answer {
    let fields = Fields::of_query(&query.unwrap_or_default());
    let compound = web.area(fields.get("compound"))?;
    let (round, name, texts) = texts(&web, &id, &compound).await?;
    let title = web.t("发到群里", "For the group");
    let none = |zh: &'static str, en: &'static str| html! { p { (web.t(zh, en)) } };
    let body = html! {
        (kit::crumbs(&[("/rounds".into(), web.t("轮次", "Rounds").into()), (format!("/rounds/{id}"), round.code.clone()), (String::new(), name.clone())]))
        (kit::heading(title, &name, html! {
            (kit::link_button(&format!("/rounds/{id}/take?compound={compound}"), web.t("登记订单", "Take orders"), Tone::Plain))
        }))
        (kit::section(web.t("群通知（复制）", "Announcement (copy)"), kit::copy_text(web.lang, "announcement", &texts.announcement)))
        (kit::section(web.t("接龙清单：请大家核对", "List of orders: please check"), html! {
            @if texts.list.is_empty() { (none("还没有订单。", "No orders yet.")) } @else { (kit::copy_text(web.lang, "list", &texts.list)) }
        }))
        (kit::section(web.t("催付款", "Reminder to pay"), html! {
            @if texts.unpaid.is_empty() { (none("没有未付款的订单。", "Nobody owes anything.")) } @else { (kit::copy_text(web.lang, "unpaid", &texts.unpaid)) }
        }))
        (kit::section(web.t("叫号取货", "Calls to fetch"), html! {
            @if texts.calls.is_empty() { (none("按楼栋安排好取货时段以后，这里就有每个时段的叫号。", "Once pick-up slots are arranged, the call for each of them stands here.")) }
            @for (index, call) in texts.calls.iter().enumerate() { (kit::copy_text(web.lang, &format!("call-{index}"), call)) }
        }))
        (kit::section(web.t("下单链接", "Order link"), html! { (super::super::scan::address_note(&web)) p { a href=(texts.link) { (texts.link) } } (kit::copy_text(web.lang, "link", &texts.link)) }))
        (kit::section(web.t("楼道张贴", "For the stairwell"), html! { (kit::link_button(&format!("/reports/order-notice?area={compound}&round={id}&format=pdf"), web.t("打印带二维码的告示（PDF）", "Print a notice with QR code (PDF)"), Tone::Accent)) " "
            (kit::link_button(&format!("/reports/order-notice?area={compound}&round={id}"), web.t("用浏览器打印", "Print from the browser"), Tone::Quiet)) }))
    };
    Ok(web.page(title, body))
}
