//! Labels for bags and boxes in walking order (DX-3, FC-4, FC-9), and the sign of a drop point (DX-3).

use std::collections::{BTreeMap, HashMap};

use axum::extract::RawQuery;
use kit::Lang;
use print::{BoxLabel, BoxSheet, Label, LabelSheet, Sign};
use store::Tx;

use super::super::super::Answer;
use super::super::super::fields::Fields;
use super::super::super::request::{PDF, Web};
use super::super::super::serve::printer;
use super::super::supplier_name;
use super::{blocking, document_fault, note};
use crate::base::access::{Field, within};
use crate::base::id::RoundId;
use crate::base::words::yuan;
use crate::base::{Action, Ctx, Refusal, Result};
use crate::register::correct::area_name;
use crate::register::entry::{self, Compound};
use crate::report::documents::print_lang;
use crate::round::open::{self, RoundRef};
use crate::round::{Order, OrderState, Pack, Round, order, packing, trips};

/// The round that the address names, unless it is another supplier's.
fn round_of(tx: &mut Tx, ctx: &Ctx, at: &RoundRef) -> Result<Round> {
    let round = open::get(tx, &at.district, at.id)?;
    if ctx
        .actor
        .supplier
        .as_ref()
        .is_some_and(|own| *own != round.supplier)
    {
        return Err(Refusal::not_found("轮次", "round").into());
    }
    Ok(round)
}

fn reference(web: &Web, fields: &Fields) -> Result<RoundRef> {
    let id: RoundId = fields
        .get("round")
        .parse()
        .map_err(|_| Refusal::not_found("轮次", "round"))?;
    Ok(RoundRef {
        district: web.district()?,
        id,
    })
}

/// What to watch out for with the goods of an order.
fn care(order: &Order, packs: &[Pack], lang: Lang) -> Vec<String> {
    let holds = |category: &str| {
        order.lines.iter().filter(|line| line.quantity > 0).any(|line| {
            packs.iter().any(|pack| {
                pack.code == line.pack && pack.contents.iter().any(|content| content.category == category)
            })
        })
    };
    let mut words = Vec::new();
    if holds("eggs") {
        words.push(lang.t("易碎", "Fragile").to_string());
    }
    if holds("meat") {
        words.push(lang.t("冷藏", "Keep cool").to_string());
    }
    words
}

/// The label of one bag.
fn label(ctx: &Ctx, lang: Lang, district: &str, order: &Order, packs: &[Pack], compound: &str) -> Label {
    let packed = order.state != OrderState::Confirmed;
    let lines = order
        .lines
        .iter()
        .filter_map(|line| {
            let quantity = u32::try_from(if packed { line.packed } else { line.quantity }).unwrap_or(0);
            let name = packs
                .iter()
                .find(|pack| pack.code == line.pack)
                .map_or(line.pack.as_str(), |pack| pack.name.as_str());
            (quantity > 0).then(|| (name.to_string(), quantity))
        })
        .collect();
    Label {
        compound: compound.to_string(),
        dwelling: order.dwelling(),
        phone_masked: ctx.actor.show(Field::Phone, &order.phone),
        lines,
        amount: format!(
            "{} {}",
            yuan(order.amount_fen - order.refund_fen),
            lang.t("元", "yuan")
        ),
        paid: order.payment.word(lang).to_string(),
        // One bag per household and order (FC-4).
        bag: 1,
        bags: 1,
        code: order.code.clone(),
        qr: format!("BG:{district}:{}", order.code),
        icons: care(order, packs, lang),
        note: order.note.clone(),
    }
}

/// The labels of all bags of a round in `area` that are to be packed or are packed, as one walks.
pub fn bag_labels(tx: &mut Tx, ctx: &Ctx, lang: Lang, at: &RoundRef, area: &str) -> Result<Vec<Label>> {
    round_of(tx, ctx, at)?;
    let packs = open::packs(tx, &at.district, at.id)?;
    let mut orders = order::of_round(tx, &at.district, at.id, area)?;
    orders.retain(|order| matches!(order.state, OrderState::Confirmed | OrderState::Packed));
    packing::walking_order(&mut orders);
    let mut names: HashMap<String, String> = HashMap::new();
    let mut labels = Vec::with_capacity(orders.len());
    for order in &orders {
        if !names.contains_key(&order.compound) {
            names.insert(order.compound.clone(), area_name(tx, &order.compound)?);
        }
        labels.push(label(
            ctx,
            lang,
            &at.district,
            order,
            &packs,
            &names[&order.compound],
        ));
    }
    Ok(labels)
}

/// The buildings of the bags in a box, such as `1、2、3栋`, or the first and the last of many.
fn buildings(orders: &[&Order], lang: Lang) -> String {
    let mut names: Vec<&str> = orders
        .iter()
        .map(|order| order.building.as_str())
        .filter(|name| !name.is_empty())
        .collect();
    names.sort_by(|left, right| planner::natural::cmp(left, right));
    names.dedup();
    match (names.as_slice(), lang) {
        ([], _) => String::new(),
        ([first, .., last], Lang::Zh) if names.len() > 3 => format!("{first}–{last}栋"),
        ([first, .., last], Lang::En) if names.len() > 3 => format!("{first}–{last}"),
        (names, Lang::Zh) => format!("{}栋", names.join("、")),
        (names, Lang::En) => names.join(", "),
    }
}

/// The labels of the boxes of a round in `area`.
pub fn box_labels(tx: &mut Tx, ctx: &Ctx, lang: Lang, at: &RoundRef, area: &str) -> Result<Vec<BoxLabel>> {
    let round = round_of(tx, ctx, at)?;
    let supplier = supplier_name(tx, &at.district, &round.supplier)?;
    let points: BTreeMap<String, String> = open::compounds(tx, &at.district, at.id)?
        .into_iter()
        .map(|one| (one.compound, one.drop_point))
        .collect();
    let boxes = packing::boxes(tx, at)?;
    let orders = order::of_round(tx, &at.district, at.id, area)?;
    let mut per_compound: BTreeMap<&str, u32> = BTreeMap::new();
    for one in &boxes {
        *per_compound.entry(&one.compound).or_default() += 1;
    }
    let mut labels = Vec::new();
    for one in boxes.iter().filter(|one| within(&one.compound, area)) {
        let inside: Vec<&Order> = orders
            .iter()
            .filter(|order| order.box_id == Some(one.id))
            .collect();
        let trip = match one.trip {
            Some(trip) => {
                let trip = trips::get(tx, &at.district, trip)?;
                format!("{} {}", trip.code, trip.vehicle)
            }
            None => String::new(),
        };
        labels.push(BoxLabel {
            compound: area_name(tx, &one.compound)?,
            point: points.get(&one.compound).cloned().unwrap_or_default(),
            range: buildings(&inside, lang),
            bags: u32::try_from(inside.len()).unwrap_or(u32::MAX),
            box_number: u32::try_from(one.number).unwrap_or(0),
            boxes: per_compound.get(one.compound.as_str()).copied().unwrap_or(1),
            supplier: supplier.clone(),
            trip,
            code: one.code.clone(),
            qr: format!("BG:{}:{}", at.district, one.code),
            // No register holds the company prefix that GS1 gave to a supplier, so the bar code is that of the box.
            sscc: String::new(),
        });
    }
    Ok(labels)
}

/// Says that there is no bag to label yet.
pub fn no_bags() -> Refusal {
    Refusal::conflict(
        "no_labels",
        "这里还没有要贴签的袋子：付款截止、确认本轮以后才能打印袋签。",
        "There are no bags to label here yet: labels are printed after payments are in and the round is confirmed.",
    )
}

/// Says that there is no box to label yet.
pub fn no_boxes() -> Refusal {
    Refusal::conflict(
        "no_labels",
        "这里还没有装箱，请先把装好的袋子装箱。",
        "There are no boxes here yet; put the packed bags into boxes first.",
    )
}

fn asked(query: Option<String>) -> Fields {
    Fields::of_query(&query.unwrap_or_default())
}

pub(super) async fn bags(web: Web, RawQuery(query): RawQuery) -> Answer {
    let fields = asked(query);
    let ctx = web.ctx()?;
    let at = reference(&web, &fields)?;
    let area = web.area(fields.get("compound"))?;
    ctx.actor.check(Action::ViewRounds, &area)?;
    let sheet = match fields.get("sheet") {
        "roll" => LabelSheet::Roll100x70,
        "continuous" => LabelSheet::Continuous80,
        _ => LabelSheet::A4x24,
    };
    let (maker, lang, of, within_area) = (ctx.clone(), web.lang, at.clone(), area.clone());
    let labels = web
        .app
        .read(move |tx| bag_labels(tx, &maker, lang, &of, &within_area))
        .await?;
    if labels.is_empty() {
        return Err(no_bags().into());
    }
    note(&web, &ctx, Action::ViewRounds, &area, format!("labels {}", at.id)).await?;
    let printer = printer()?.with_lang(print_lang(lang));
    let bytes = blocking(move || Ok(printer.labels(sheet, &labels).map_err(document_fault)?)).await?;
    Ok(web.file(web.t("袋签.pdf", "bag-labels.pdf"), PDF, bytes))
}

pub(super) async fn boxes(web: Web, RawQuery(query): RawQuery) -> Answer {
    let fields = asked(query);
    let ctx = web.ctx()?;
    let at = reference(&web, &fields)?;
    let area = web.area(fields.get("compound"))?;
    ctx.actor.check(Action::ViewRounds, &area)?;
    let sheet = match fields.get("sheet") {
        "large" => BoxSheet::Roll100x150,
        _ => BoxSheet::Roll100x70,
    };
    let (maker, lang) = (ctx, web.lang);
    let labels = web
        .app
        .read(move |tx| box_labels(tx, &maker, lang, &at, &area))
        .await?;
    if labels.is_empty() {
        return Err(no_boxes().into());
    }
    let printer = printer()?.with_lang(print_lang(lang));
    let bytes = blocking(move || Ok(printer.box_labels(sheet, &labels).map_err(document_fault)?)).await?;
    Ok(web.file(web.t("箱签.pdf", "box-labels.pdf"), PDF, bytes))
}

/// The sign that stands at the drop point of a compound. Names and phones are written on it by hand, because it hangs
/// in public.
fn drop_point_sign(compound: &Compound, site: &str, lang: Lang) -> Sign {
    let point = if compound.drop_point.is_empty() {
        lang.t("小区门口", "at the gate")
    } else {
        compound.drop_point.as_str()
    };
    Sign {
        title: lang.t("生活物资投放点", "Supplies: drop point").to_string(),
        place: compound.compound.clone(),
        lines: vec![
            format!("{}{point}", lang.t("位置：", "Place: ")),
            lang.t(
                "按通知的时段取货，前后保持2米",
                "Come at your time, keep 2 metres apart",
            )
            .to_string(),
            lang.t("核对袋上的房号再取走", "Check the dwelling on the bag")
                .to_string(),
            lang.t(
                "联络人：＿＿＿＿　电话：＿＿＿＿＿＿＿",
                "Liaison: ________ Phone: ______________",
            )
            .to_string(),
        ],
        qr: String::new(),
        footer: site.to_string(),
    }
}

pub(super) async fn sign(web: Web, RawQuery(query): RawQuery) -> Answer {
    let fields = asked(query);
    let code = fields.get("compound").to_string();
    web.actor()?.check(Action::ViewRounds, &code)?;
    let in_district = web.district()?;
    let compound: Compound = web
        .app
        .read(move |tx| entry::noun(tx, "compounds", &in_district, &code))
        .await?;
    let sign = drop_point_sign(&compound, &web.shell("").site, web.lang);
    let printer = printer()?.with_lang(print_lang(web.lang));
    let bytes = blocking(move || Ok(printer.sign(&sign).map_err(document_fault)?)).await?;
    Ok(web.file(
        &format!("{}{}.pdf", compound.compound, web.t("投放点标识", " sign")),
        PDF,
        bytes,
    ))
}
