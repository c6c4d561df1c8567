//! The resident's page: from a link or QR code, no account; room and phone, packs, one button. Plain forms, large type,
//! no script needed.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use axum::extract::Path;
use kit::{Field, Icon, Lang, Tone, html};
use sha2::{Digest, Sha256};

use super::super::Answer;
use super::super::fields::Fields;
use super::super::gate::Gate;
use super::super::request::Web;
use super::super::routes::{Route, read, write};
use super::orders::wants;
use crate::base::act::Act;
use crate::base::id::{OrderId, RoundId};
use crate::base::words::{kilograms, yuan};
use crate::base::{Action, Actor, Ctx, Error, Refusal, RefusalKind, Result, clock};
use crate::plan::rules::RuleKey;
use crate::register::correct::area_name;
use crate::register::dwelling::{household_at, written_code};
use crate::round::ballot::{self, Ballot};
use crate::round::order::{self, OrderChange, OrderDraft, OrderRef};
use crate::round::{Channel, Order, OrderState, Pack, PaymentState, Round, RoundState, handover, open};

static PLACE: Act = Act::new("order.place", Action::TakeOrders);
static CHANGE: Act = Act::new("order.change", Action::TakeOrders);
static CANCEL: Act = Act::new("order.cancel", Action::TakeOrders);

/// The resident's pages; the token in the address names round and compound, the second one the order.
pub fn routes() -> Vec<Route> {
    vec![
        read("/o/{token}", Gate::Open, order_page),
        write("/o/{token}", Gate::Open, place),
        read("/o/{token}/{order}/{key}", Gate::Open, status_page),
        write("/o/{token}/{order}/{key}/change", Gate::Open, change),
        write("/o/{token}/{order}/{key}/cancel", Gate::Open, cancel),
    ]
}

/// What is in a pack, in words.
pub fn contents_words(pack: &Pack, lang: Lang) -> String {
    pack.contents
        .iter()
        .map(|part| {
            if part.weight_g > 0 {
                format!(
                    "{}{}{}",
                    part.name,
                    kilograms(part.weight_g),
                    lang.t("公斤", " kg")
                )
            } else {
                part.name.clone()
            }
        })
        .collect::<Vec<_>>()
        .join(lang.t("、", ", "))
}

struct Offer {
    district: String,
    round: Round,
    compound: String,
    name: String,
    drop_point: String,
    packs: Vec<Pack>,
    left: Vec<i64>,
    interval: Option<(i64, String)>,
    to_door: bool,
    offline: bool,
    ballot: Option<Ballot>,
}

async fn offer(web: &Web, token: &str) -> Result<Offer> {
    let (token, ctx) = (token.to_string(), Ctx::system(&web.app.clock));
    web.app
        .read(move |tx| {
            let (in_district, id, compound) = open::by_token(tx, &token)?;
            let terms = order::terms(tx, &ctx, &in_district, id, &compound)?;
            let rules = &terms.rules;
            Ok(Offer {
                ballot: ballot::get(tx, &in_district, id)?,
                left: open::left(tx, &in_district, id, &compound, &terms.packs)?,
                name: area_name(tx, &compound)?,
                interval: rules
                    .number(RuleKey::OrderIntervalD)
                    .map(|days| (days, rules.clause(RuleKey::OrderIntervalD).to_string())),
                to_door: rules.word(RuleKey::CarryTo) == Some("door"),
                offline: !terms.round.mode.facts().takes_orders,
                round: terms.round.clone(),
                packs: terms.packs.clone(),
                drop_point: terms.drop_point.clone(),
                district: in_district,
                compound,
            })
        })
        .await
}

async fn order_page(web: Web, Path(token): Path<String>) -> Answer {
    show_form(&web, &token, &Fields::default(), None).await
}

async fn show_form(web: &Web, token: &str, fields: &Fields, refusal: Option<&Refusal>) -> Answer {
    let offer = offer(web, token).await?;
    let round = &offer.round;
    let now_s = web.app.clock.now_s();
    let taking = round.state == RoundState::Open && now_s < round.cutoff_s && !offer.offline;
    let body = html! {
        (kit::heading(&title(web, &offer), &round.title, html! {}))
        @if let Some(refusal) = refusal { (kit::notice(Tone::Bad, if offer.ballot.is_some() { web.t("没有登记成功", "Not requested") } else { web.t("没有下单成功", "Not ordered") }, html! { p { (web.words(refusal)) } })) }
        @if let Some(ballot) = &offer.ballot { (super::ballot::how_it_goes(web, token, round, ballot)) }
        @if !taking {
            (kit::empty(Icon::Clock, web.t("本轮已经截单", "This round is closed"), web.t("请等下一轮；急需请给采购联络人或社区打电话。", "Wait for the next round; if it is urgent, phone your liaison or the community."), html! {}))
        } @else {
            (kit::notice(Tone::Accent, &format!("{}{}", web.t("截单时间：", "Orders close: "), clock::short(round.cutoff_s)), html! {
                p { (web.t("送达时间：", "Delivery: ")) (clock::short(round.deliver_s)) " · " @if offer.to_door { (web.t("送到家门口，请不要下楼", "carried to your door; please stay in")) } @else { (web.t("取货地点：", "fetch at: ")) (offer.drop_point) } }
                @if let Some((days, clause)) = &offer.interval { p { (web.t("每户每", "Each household orders once in ")) (days) (web.t("天下单一次", " days")) " (" (clause) ")" } }
            }))
            (kit::form(&format!("/o/{token}"), &web.shell(""), html! {
                (kit::section(web.t("1 您是哪一户", "1 Your home"), html! {
                    (Field::text("dwelling", web.t("楼栋、单元、房号", "Building, unit, room")).value(fields.get("dwelling")).placeholder("3栋2单元501").required())
                    (Field::tel("phone", web.t("手机号（登记的号码）", "Phone (as registered)")).value(fields.get("phone")).required())
                }))
                (kit::section(web.t("2 要几份", "2 How many"), html! {
                    @for (pack, left) in offer.packs.iter().zip(&offer.left) {
                        @let max = if pack.limit_per_order > 0 { (*left).min(pack.limit_per_order) } else { *left };
                        @let value = fields.get(&format!("q:{}", pack.code)).parse::<i64>().unwrap_or(0);
                        (kit::stepper_priced(&format!("q:{}", pack.code), &pack.name, value, max.max(0), &hint(web, pack, if offer.ballot.is_some() { i64::MAX } else { *left }), pack.price_fen))
                    }
                    (Field::text("note", web.t("备注（可不填）", "Note (optional)")).value(fields.get("note")))
                }))
                (kit::order_bar(web.lang, kit::button(if offer.ballot.is_some() { web.t("登记", "Request") } else { web.t("下单", "Order") }, Tone::Accent)))
            }))
            p { (web.t("老人或不会操作的，请打电话给采购联络人代订。", "If this is difficult for you, phone your liaison; they order for you.")) }
        }
    };
    Ok(web.light(web.t("下单", "Order"), body))
}

fn title(web: &Web, offer: &Offer) -> String {
    let (name, ballot) = (&offer.name, offer.ballot.is_some());
    match (web.lang, ballot) {
        (Lang::Zh, true) => format!("{name} 登记摇号"),
        (Lang::Zh, false) => format!("{name} 买菜下单"),
        (Lang::En, true) => format!("Request food by ballot, {name}"),
        (Lang::En, false) => format!("Order food, {name}"),
    }
}

fn hint(web: &Web, pack: &Pack, left: i64) -> String {
    let mut words = contents_words(pack, web.lang);
    if left <= 0 {
        words = format!("{}{}{words}", web.t("已订完", "sold out"), web.t("。", ". "));
    } else if left <= 10 {
        words = format!(
            "{}{left}{}{words}",
            web.t("只剩", "only "),
            web.t("份。", " left. ")
        );
    }
    if pack.limit_per_order > 0 {
        words = format!(
            "{words} · {}{}{}",
            web.t("每户限", "at most "),
            pack.limit_per_order,
            web.t(&pack.unit, "")
        );
    }
    words
}

/// The key that opens an order's page: only who ordered has it.
fn key(order: OrderId, token: &str) -> String {
    let hash = Sha256::digest(format!("order/{order}/{token}").as_bytes());
    hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

fn ctx(web: &Web, household: &str, command: uuid::Uuid) -> Ctx {
    Ctx {
        actor: Actor::resident(household),
        now_s: web.app.clock.now_s(),
        command,
    }
}

/// Places an order for whoever knows dwelling and phone; the phone must be the registered one, or is taken down when
/// none is registered. This is the path of a rush: it asks the database nothing that is known already.
pub async fn place_order(web: &Web, token: &str, fields: &Fields) -> Result<(OrderId, String)> {
    let link = link(web, token).await?;
    let household = match written_code(&link.compound, fields.get("dwelling"))? {
        Some(code) => code,
        None => {
            let (compound, written) = (link.compound.clone(), fields.get("dwelling").to_string());
            let found = web.app.read(move |tx| household_at(tx, &compound, &written));
            found.await?.code
        }
    };
    let phone = documents::values::phone(fields.get("phone"))
        .map_err(|problem| Refusal::invalid("phone", problem.message(true), problem.message(false)))?;
    let draft = OrderDraft {
        district: link.district.clone(),
        round: link.round,
        household: household.clone(),
        phone,
        channel: Channel::Link,
        wants: wants(fields)?,
        note: fields.get("note").chars().take(200).collect(),
    };
    let ctx = ctx(web, &household, fields.command());
    let id = web
        .app
        .act_together(&ctx, &PLACE, &household, draft, order::place_many)
        .await?;
    Ok((id, key(id, token)))
}

/// What a compound's link stands for; that never changes.
struct Link {
    district: String,
    round: RoundId,
    compound: String,
}

/// Links that were followed since the start, of which there are as many as compounds in the rounds of the incident.
static LINKS: LazyLock<Mutex<HashMap<String, Arc<Link>>>> = LazyLock::new(Mutex::default);

async fn link(web: &Web, token: &str) -> Result<Arc<Link>> {
    let links = || LINKS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(link) = links().get(token) {
        return Ok(Arc::clone(link));
    }
    let asked = token.to_string();
    let (district, round, compound) = web.app.read(move |tx| open::by_token(tx, &asked)).await?;
    let link = Arc::new(Link {
        district,
        round,
        compound,
    });
    links().insert(token.to_string(), Arc::clone(&link));
    Ok(link)
}

async fn place(web: Web, Path(token): Path<String>, fields: Fields) -> Answer {
    match place_order(&web, &token, &fields).await {
        Ok((id, key)) => Ok(web.go(&format!("/o/{token}/{id}/{key}"))),
        Err(Error::Refusal(refusal))
            if refusal.code == "already_ordered" || refusal.kind != RefusalKind::NotFound =>
        {
            show_form(&web, &token, &fields, Some(&refusal)).await
        }
        Err(other) => Err(other),
    }
}

async fn load(web: &Web, token: &str, order: &str, given: &str) -> Result<(Offer, Order)> {
    let id: OrderId = order.parse().map_err(|_| Refusal::not_found("订单", "order"))?;
    if key(id, token) != given {
        return Err(Refusal::not_found("订单", "order").into());
    }
    let offer = offer(web, token).await?;
    let in_district = offer.district.clone();
    let order = web.app.read(move |tx| order::get(tx, &in_district, id)).await?;
    Ok((offer, order))
}

async fn status_page(web: Web, Path((token, order, key)): Path<(String, String, String)>) -> Answer {
    let (offer, order) = load(&web, &token, &order, &key).await?;
    show_status(&web, &token, &offer, &order, &key, None).await
}

async fn show_status(
    web: &Web,
    token: &str,
    offer: &Offer,
    order: &Order,
    key: &str,
    refusal: Option<&Refusal>,
) -> Answer {
    let round = &offer.round;
    let (in_district, id, compound) = (offer.district.clone(), round.id, offer.compound.clone());
    let order_id = order.id;
    let (slots, outcome) = web
        .app
        .read(move |tx| {
            Ok((
                handover::slots(tx, &in_district, id, &compound)?,
                ballot::outcome(tx, &in_district, order_id)?,
            ))
        })
        .await?;
    let slot = slots
        .iter()
        .find(|slot| slot.building == order.building && slot.unit == order.unit);
    let now_s = web.app.clock.now_s();
    let open = round.state == RoundState::Open && now_s < round.cutoff_s;
    let base = format!("/o/{token}/{}/{key}", order.id);
    let tone = if order.state.stands() {
        Tone::Good
    } else {
        Tone::Quiet
    };
    let body = html! {
        @if let Some(refusal) = refusal { (kit::notice(Tone::Bad, web.t("没有改成", "Not changed"), html! { p { (web.words(refusal)) } })) }
        (kit::notice(tone, &format!("{}{}", web.t("订单", "Order "), order.state.word(web.lang).to_lowercase()), html! {
            p { (offer.name) " " (order.dwelling()) }
            p { (web.t("订单号：", "Order no.: ")) strong { (order.code) } }
        }))
        @if let Some(ballot) = &offer.ballot { (super::ballot::own_request(web, token, round, order, ballot, outcome.as_ref())) }
        (kit::section(if matches!(order.state, OrderState::Requested | OrderState::NotDrawn) { web.t("您登记了", "You asked for") } else { web.t("您订了", "You ordered") }, html! {
            ul { @for line in &order.lines {
                @let name = offer.packs.iter().find(|pack| pack.code == line.pack).map_or(line.pack.as_str(), |pack| pack.name.as_str());
                li { (name) " × " (line.quantity) " · " (yuan(line.price_fen * line.quantity)) " " (web.t("元", "yuan"))
                    @if !line.short_reason.is_empty() { br; (kit::badge(Tone::Warn, web.t("缺货", "short"))) " " (web.t("实装 ", "packed ")) (line.packed) " · " (line.short_reason) } }
            } }
            p { strong { (web.t("合计 ", "Total ")) (yuan(order.amount_fen)) " " (web.t("元", "yuan")) } @if order.refund_fen > 0 { " · " (web.t("已退 ", "refunded ")) (yuan(order.refund_fen)) " " (web.t("元", "yuan")) } }
        }))
        @if order.payment == PaymentState::Unpaid && order.state == OrderState::Placed {
            (kit::section(web.t("请付款", "Please pay"), html! {
                p { (web.t("扫群里联络人的收款码，备注写订单号：", "Pay by the liaison's payment code in the group, with this remark: ")) strong { (order.code) } }
                p { (web.t("付款截止：", "Pay by: ")) strong { (clock::minute(round.pay_by_s)) } (web.t("。逾期未付不予配送。", ". Unpaid orders are not delivered.")) }
                (kit::copy_text(web.lang, "code", &order.code))
            }))
        } @else if order.state.live() {
            (kit::section(web.t("付款", "Payment"), html! { p { (order.payment.word(web.lang)) } }))
        }
        @if order.state.live() && order.state != OrderState::Handed {
            (kit::section(web.t("什么时候、在哪里", "When and where"), html! {
                @if offer.to_door { p { (web.t("由专人送到家门口，请不要下楼。预计 ", "Carried to your door; please stay in. About ")) (clock::short(round.deliver_s)) } }
                @else if let Some(slot) = slot { p { strong { (clock::short(slot.start_s)) " – " (clock::hour(slot.end_s)) } " · " (offer.drop_point) } p { (web.t("请按时段下楼，前后保持2米。", "Come at this time and keep 2 metres apart.")) } }
                @else { p { (web.t("预计 ", "About ")) (clock::short(round.deliver_s)) " · " (offer.drop_point) } p { (web.t("到货后联络人会按楼栋通知。", "Your liaison calls building by building.")) } }
            }))
        }
        @if open && matches!(order.state, OrderState::Placed | OrderState::Requested) {
            (kit::details(web.t("修改份数", "Change"), kit::form(&format!("{base}/change"), &web.shell(""), html! {
                @for (pack, left) in offer.packs.iter().zip(&offer.left) {
                    @let quantity = order.lines.iter().find(|line| line.pack == pack.code).map_or(0, |line| line.quantity);
                    @let held = if order.state.live() { quantity } else { 0 };
                    (kit::stepper_priced(&format!("q:{}", pack.code), &pack.name, quantity, left + held, &hint(web, pack, if offer.ballot.is_some() { i64::MAX } else { left + held }), pack.price_fen))
                }
                (kit::actions(kit::button(web.t("保存修改", "Save"), Tone::Accent)))
            })))
        }
        @if open && matches!(order.state, OrderState::Placed | OrderState::Confirmed | OrderState::Requested) {
            (kit::confirm_form(&format!("{base}/cancel"), &web.shell(""), web.t("取消订单", "Cancel"), Tone::Bad, web.t("确定取消？已付的会退款。", "Cancel? What was paid is refunded.")))
        }
        p { (web.t("请收藏本页，随时查看进度。", "Keep this page to see how it goes.")) }
    };
    Ok(web.light(web.t("我的订单", "My order"), body))
}

async fn change(
    web: Web,
    Path((token, order, key)): Path<(String, String, String)>,
    fields: Fields,
) -> Answer {
    let (offer, found) = load(&web, &token, &order, &key).await?;
    let draft = OrderChange {
        district: offer.district.clone(),
        id: found.id,
        wants: wants(&fields)?,
        phone: String::new(),
        note: String::new(),
    };
    let changed = web
        .app
        .act(
            &ctx(&web, &found.household, fields.command()),
            &CHANGE,
            &found.household,
            draft,
            order::change,
        )
        .await;
    match changed {
        Ok(()) => Ok(web.done(
            &format!("/o/{token}/{order}/{key}"),
            web.t("已修改。", "Changed."),
        )),
        Err(Error::Refusal(refusal)) => show_status(&web, &token, &offer, &found, &key, Some(&refusal)).await,
        Err(fault) => Err(fault),
    }
}

async fn cancel(
    web: Web,
    Path((token, order, key)): Path<(String, String, String)>,
    fields: Fields,
) -> Answer {
    let (offer, found) = load(&web, &token, &order, &key).await?;
    let at = OrderRef {
        district: offer.district.clone(),
        id: found.id,
    };
    let cancelled = web
        .app
        .act(
            &ctx(&web, &found.household, fields.command()),
            &CANCEL,
            &found.household,
            at,
            order::cancel,
        )
        .await;
    match cancelled {
        Ok(()) => Ok(web.done(
            &format!("/o/{token}/{order}/{key}"),
            web.t("订单已取消。", "The order is cancelled."),
        )),
        Err(Error::Refusal(refusal)) => show_status(&web, &token, &offer, &found, &key, Some(&refusal)).await,
        Err(fault) => Err(fault),
    }
}
