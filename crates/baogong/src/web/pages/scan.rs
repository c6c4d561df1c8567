//! Where a QR code leads: a bag, box, pass, compound or site, for whoever is signed in to the page on which it is worked
//! with, for everybody else to what helps. The search field for codes goes the same way.

use axum::extract::{Path, RawQuery};
use kit::{Field, Icon, Markup, Tone, html};
use store::Tx;

use super::super::Answer;
use super::super::fields::Fields;
use super::super::gate::Gate;
use super::super::request::Web;
use super::super::routes::{Route, read};
use super::passes;
use super::registers::address;
use super::rounds::visible;
use crate::base::address::code_in;
use crate::base::id::district;
use crate::base::{Action, Ctx, Refusal, Result};
use crate::pass;
use crate::register::entry;
use crate::round::open::{self, RoundRef};
use crate::round::{Order, OrderState, RoundState, order, packing};

/// Scanned codes.
pub fn routes() -> Vec<Route> {
    vec![
        read("/q/{district}/{code}", Gate::Open, scanned),
        read("/find", Gate::SignedIn, find),
    ]
}

/// The field into which a code is scanned or typed, for pages on which bags and boxes are worked with.
pub fn field(web: &Web) -> Markup {
    html! {
        form class="search" method="get" action="/find" {
            (Field::text("code", web.t("扫码或输入袋号、箱号", "Scan or type the code of a bag or box"))
                .attr("autocomplete", "off").attr("autocapitalize", "characters").attr("maxlength", "200").required())
            (kit::button(web.t("找", "Find"), Tone::Quiet))
        }
    }
}

/// Where printed codes lead as long as no public address is set, so that nobody prints a wrong one unawares.
pub fn address_note(web: &Web) -> Markup {
    html! {
        @if web.public_url.is_empty() {
            p { small { (web.t("二维码指向 ", "Codes lead to ")) strong { (web.origin()) }
                (web.t("（还没有设置对外网址；手机打不开的，请管理员先在“设置”里填写）", " (no public address is set; if phones cannot open it, have the administrator enter one under Settings)")) } }
        }
    }
}

fn unknown(given: &str) -> Refusal {
    Refusal::new(
        crate::base::RefusalKind::NotFound,
        "code",
        format!("本县没有编码“{given}”；请核对标签上的字，再输入一次。"),
        format!("There is no code {given:?} in this county; compare it with the label and type it again."),
    )
}

/// The page on which the bag is worked with: handed over, packed, or only looked at, as the actor may.
fn of_bag(tx: &mut Tx, ctx: &Ctx, in_district: &str, bag: &Order) -> Result<String> {
    let at = RoundRef {
        district: in_district.to_string(),
        id: bag.round,
    };
    visible(tx, ctx, &at)?;
    if !ctx.actor.covers(&bag.compound) {
        return Err(unknown(&bag.code).into());
    }
    let round = bag.round;
    let to_hand = matches!(
        bag.state,
        OrderState::Loaded | OrderState::Dropped | OrderState::Handed
    );
    let to_pack = matches!(bag.state, OrderState::Confirmed | OrderState::Packed);
    let hand_over = address(
        &format!("/rounds/{round}/handover"),
        &[("compound", &bag.compound), ("bag", &bag.code)],
    );
    Ok(if to_hand && ctx.actor.may(Action::Deliver) {
        hand_over
    } else if to_pack && ctx.actor.may(Action::Pack) {
        address(&format!("/rounds/{round}/packing"), &[("bag", &bag.code)])
    } else if ctx.actor.may(Action::ViewRounds) {
        format!("/orders/{}", bag.id)
    } else {
        ctx.actor.check(Action::Deliver, &bag.compound)?;
        hand_over
    })
}

/// The page of a drop point: the hand-over of the latest round that has bags for it, else what is registered.
fn of_compound(tx: &mut Tx, ctx: &Ctx, in_district: &str, compound: &str) -> Result<String> {
    if ctx.actor.may(Action::Deliver) {
        let supplier = ctx.actor.supplier.clone().unwrap_or_default();
        for round in open::list(tx, compound, &supplier)? {
            let of_round = open::compounds(tx, in_district, round.id)?;
            let served = round.state == RoundState::Confirmed
                && of_round.iter().any(|one| one.compound == compound)
                && ctx.actor.covers(compound);
            if served {
                let path = format!("/rounds/{}/handover", round.id);
                return Ok(address(&path, &[("compound", compound)]));
            }
        }
    }
    Ok(if ctx.actor.may(Action::ViewRegister) {
        address("/registers/compounds/entry", &[("code", compound)])
    } else {
        ctx.actor.check(Action::Deliver, compound)?;
        "/handover".to_string()
    })
}

/// The page to which a code leads whoever is signed in.
fn destination(tx: &mut Tx, ctx: &Ctx, code: &str) -> Result<String> {
    let in_district = district(&ctx.actor.area);
    if let Some(bag) = order::by_code(tx, in_district, code)? {
        return of_bag(tx, ctx, in_district, &bag);
    }
    if let Some(one) = packing::box_by_code(tx, in_district, code)? {
        let at = RoundRef {
            district: in_district.to_string(),
            id: one.round,
        };
        visible(tx, ctx, &at)?;
        return Ok(match one.trip {
            Some(trip) if ctx.actor.may(Action::Deliver) => format!("/trips/{trip}"),
            _ if ctx.actor.may(Action::ViewRounds) => format!("/rounds/{}/packing", one.round),
            _ => return Err(unknown(code).into()),
        });
    }
    if let Some(pass) = pass::by_number(tx, in_district, code)? {
        return Ok(format!("/q/{in_district}/{}", pass.serial()));
    }
    if entry::get(tx, "compounds", in_district, code)?.is_some() {
        return of_compound(tx, ctx, in_district, code);
    }
    if entry::get(tx, "sites", in_district, code)?.is_some() {
        return Ok(if ctx.actor.may(Action::ViewRegister) {
            address("/registers/sites/entry", &[("code", code)])
        } else {
            "/handover".to_string()
        });
    }
    Err(unknown(code).into())
}

async fn find(web: Web, RawQuery(query): RawQuery) -> Answer {
    let fields = Fields::of_query(&query.unwrap_or_default());
    let (given, ctx) = (fields.get("code").to_string(), web.ctx()?);
    let code = code_in(&given, district(&ctx.actor.area)).ok_or_else(|| unknown(&given))?;
    let to = web.app.read(move |tx| destination(tx, &ctx, &code)).await?;
    Ok(web.go(&to))
}

async fn scanned(web: Web, Path((in_district, code)): Path<(String, String)>) -> Answer {
    let code = code.to_uppercase();
    // A pass is shown to everybody, because a gate need not have a user.
    let (asked, serial) = (in_district.clone(), code.clone());
    let found = web
        .app
        .read(move |tx| pass::by_number(tx, &asked, &serial))
        .await?;
    if let Some(pass) = found {
        return passes::check(&web, pass).await;
    }
    if web.user.is_none() {
        return for_guests(&web, in_district, code).await;
    }
    let ctx = web.ctx()?;
    if district(&ctx.actor.area) != in_district {
        return Err(unknown(&code).into());
    }
    let to = web.app.read(move |tx| destination(tx, &ctx, &code)).await?;
    Ok(web.go(&to))
}

/// What helps a resident who scans a label or sign, and the way in for those who work here. It says nothing about a bag
/// that does not stand on the label, so it need not look it up.
async fn for_guests(web: &Web, in_district: String, code: String) -> Answer {
    let asked = code.clone();
    let place = web
        .app
        .read(move |tx| {
            Ok(match entry::get(tx, "compounds", &in_district, &asked)? {
                Some(compound) => Some(compound.name),
                None => entry::get(tx, "sites", &in_district, &asked)?.map(|site| site.name),
            })
        })
        .await?;
    let advice = match &place {
        Some(_) => [
            web.t("按通知的时段来取，戴好口罩，前后保持2米。", "Come at the time of the notice, wear a mask, keep two metres apart."),
            web.t("核对袋上的楼栋、单元、房号，只拿自己家的。", "Compare building, unit and room on the bag, and take only your own."),
            web.t("怎么订购：打开小区群里的下单链接，或告诉采购联络人、楼栋长。", "To order, open the link in the chat group of your compound, or tell the liaison or the building captain."),
        ],
        None => [
            web.t("这是一户人家订的生活物资。请核对标签上的小区和房号，不是自己家的请不要拿走。", "These are the supplies of one household. Compare compound and room on the label, and leave what is not yours."),
            web.t("东西少了、坏了、拿错了，请当天告诉采购联络人，可以退款。", "If something is missing, spoilt or mixed up, tell the liaison on the same day; it is refunded."),
            web.t("想看自己的订单，请打开下单后留下的链接。", "To see your own order, open the link that you got when you ordered."),
        ],
    };
    let title = match &place {
        Some(name) => name.clone(),
        None => format!("{} {code}", web.t("编码", "Code")),
    };
    let back = form_urlencoded::byte_serialize(web.path.as_bytes()).collect::<String>();
    let body = html! {
        (kit::heading(&title, &web.shell("").site, html! {}))
        (kit::section(web.t("居民请看", "For residents"), html! { ul { @for line in advice { li { (line) } } } }))
        (kit::section(web.t("工作人员", "For staff"), html! {
            p { (web.t("登录后直接打开这一袋、这一箱或这个地点。", "Sign in and this bag, box or place opens at once.")) }
            (kit::actions(kit::link_button_with(Icon::Lock, &format!("/sign-in?back={back}"), web.t("登录", "Sign in"), Tone::Accent)))
        }))
    };
    Ok(web.light(&title, body))
}

#[cfg(test)]
mod tests;
