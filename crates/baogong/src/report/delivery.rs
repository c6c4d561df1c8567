//! Papers for those who bring the goods: hand-over list, slots, and the sheet of a trip.

use kit::Lang;
use print::{Block, Datum, Document};
use store::Tx;
use uuid::Uuid;

use super::Subject;
use super::documents::{building_words, document, numbers, section, table, text, words};
use super::rounds::{contents, load, supplier_name};
use crate::base::access::{Field, within};
use crate::base::id::{TripId, district};
use crate::base::words::{calendar_day, moment};
use crate::base::{Ctx, Refusal, Result, clock};
use crate::register;
use crate::register::correct::area_name;
use crate::register::entry;
use crate::round::packing::boxes_of_trip;
use crate::round::{handover, open, order, trips};

/// More packs than this make the contents of a bag long, so the list lies across the sheet.
const UPRIGHT_PACKS_MAX: usize = 6;

/// The hand-over list of each compound in walking order, building by building, with a column for signatures.
pub fn door_list(tx: &mut Tx, ctx: &Ctx, lang: Lang, subject: &Subject) -> Result<Document> {
    let (in_district, round, packs, _) = load(tx, ctx, subject)?;
    let bags = handover::door_list(tx, &in_district, round.id, &subject.area)?;
    let columns = vec![
        section(lang.t("小区、楼栋", "Compound, building")),
        words(lang.t("房号", "Dwelling"), 4),
        words(lang.t("电话", "Phone"), 3),
        words(lang.t("内容", "Contents"), 8),
        words(lang.t("袋号", "Bag"), 4),
        words(lang.t("付款", "Payment"), 2),
        words(lang.t("签收", "Received"), 4),
    ];
    let mut rows = Vec::with_capacity(bags.len());
    for of_compound in bags.chunk_by(|left, right| left.compound == right.compound) {
        let compound = of_compound.first().map_or("", |bag| bag.compound.as_str());
        let name = area_name(tx, compound)?;
        for bag in of_compound {
            let place = format!("{name} {}", building_words(&bag.building, lang));
            let mut inside = contents(bag, &packs, true, lang);
            if !bag.note.is_empty() {
                inside.push_str(lang.t("\n备注：", "\nNote: "));
                inside.push_str(&bag.note);
            }
            rows.push(vec![
                text(place.trim_end()),
                text(bag.dwelling()),
                text(ctx.actor.show(Field::Phone, &bag.phone)),
                text(inside),
                text(bag.code.as_str()),
                text(bag.payment.word(lang)),
                Datum::Blank,
            ]);
        }
    }
    let signed = vec![
        lang.t("发放人", "Handed out by").into(),
        lang.t("采购联络人", "Liaison").into(),
    ];
    let mut blocks = points(tx, lang, subject, &in_district, round.id)?;
    blocks.extend([table(lang, columns, rows, None), Block::Signatures(signed)]);
    let place = format!(
        "{} · {} · {} {}",
        area_name(tx, &subject.area)?,
        round.code,
        bags.len(),
        lang.t("袋", "bags")
    );
    let title = lang.t("交付清单", "Hand-over list");
    let mut report = document(ctx, lang, title, &place, blocks);
    report.landscape = packs.len() > UPRIGHT_PACKS_MAX;
    Ok(report)
}

/// Where the bags of a compound lie, if the subject is one compound.
fn points(
    tx: &mut Tx,
    lang: Lang,
    subject: &Subject,
    in_district: &str,
    round: crate::base::id::RoundId,
) -> Result<Vec<Block>> {
    let compounds = open::compounds(tx, in_district, round)?;
    let of_area: Vec<_> = compounds
        .into_iter()
        .filter(|one| within(&one.compound, &subject.area))
        .collect();
    Ok(match of_area.as_slice() {
        [only] if !only.drop_point.is_empty() => {
            vec![Block::Facts(vec![(
                lang.t("投放点", "Drop point").into(),
                only.drop_point.clone(),
            )])]
        }
        _ => Vec::new(),
    })
}

/// The pick-up slots of a compound, with room to tick off who was called.
pub fn slots(tx: &mut Tx, ctx: &Ctx, lang: Lang, subject: &Subject) -> Result<Document> {
    let (in_district, round, _, _) = load(tx, ctx, subject)?;
    let slots = handover::slots(tx, &in_district, round.id, &subject.area)?;
    let rows = slots
        .iter()
        .map(|slot| {
            vec![
                text(calendar_day(slot.start_s, lang)),
                text(format!(
                    "{}–{}",
                    clock::hour(slot.start_s),
                    clock::hour(slot.end_s)
                )),
                text(building_words(&slot.building, lang)),
                text(unit_words(&slot.unit, lang)),
                Datum::Count(slot.households),
                Datum::Blank,
            ]
        })
        .collect();
    let columns = vec![
        section(lang.t("日期", "Day")),
        words(lang.t("时段", "Time"), 3),
        words(lang.t("楼栋", "Building"), 3),
        words(lang.t("单元", "Unit"), 2),
        numbers(lang.t("户数", "Households"), 2),
        words(lang.t("已叫号", "Called"), 2),
    ];
    let total = (!slots.is_empty()).then(|| {
        vec![
            Datum::Blank,
            text(lang.t("合计", "Total")),
            text(""),
            text(""),
            Datum::Count(slots.iter().map(|slot| slot.households).sum()),
            Datum::Blank,
        ]
    });
    let mut blocks = points(tx, lang, subject, &in_district, round.id)?;
    blocks.extend([
        Block::Paragraph(
            lang.t(
                "请按时段下楼取货，前后保持2米距离。",
                "Please come at your time and keep 2 metres apart.",
            )
            .into(),
        ),
        table(lang, columns, rows, total),
    ]);
    let place = format!("{} · {}", area_name(tx, &subject.area)?, round.code);
    Ok(document(
        ctx,
        lang,
        lang.t("错峰取货时段表", "Pick-up slots"),
        &place,
        blocks,
    ))
}

/// A unit as one says it; one that has no number is the whole building.
pub(super) fn unit_words(unit: &str, lang: Lang) -> String {
    match (unit, lang) {
        ("" | "0", _) => lang.t("全栋", "all").to_string(),
        (unit, Lang::Zh) => format!("{unit}单元"),
        (unit, Lang::En) => unit.to_string(),
    }
}

/// The driver's sheet: whom to see at each stop in order, what to leave there, and who received it when.
pub fn trip_sheet(tx: &mut Tx, ctx: &Ctx, lang: Lang, subject: &Subject) -> Result<Document> {
    let in_district = district(&subject.area).to_string();
    let trip_id = TripId(Uuid::parse_str(&subject.trip).map_err(|_| Refusal::not_found("车次", "trip"))?);
    let trip = trips::get(tx, &in_district, trip_id)?;
    let boxes = boxes_of_trip(tx, &in_district, trip_id)?;
    let mut rounds: Vec<_> = boxes.iter().map(|one| one.round).collect();
    rounds.sort_unstable();
    rounds.dedup();
    let mut bags = Vec::new();
    let mut suppliers = Vec::new();
    let mut due_s: Option<i64> = None;
    for round in rounds {
        let round = open::get(tx, &in_district, round)?;
        bags.extend(order::of_round(tx, &in_district, round.id, &round.area)?);
        suppliers.push(supplier_name(tx, &in_district, &round)?);
        due_s = Some(due_s.map_or(round.deliver_s, |due_s| due_s.min(round.deliver_s)));
    }
    suppliers.dedup();
    let mut rows = Vec::new();
    let mut sums = (0, 0);
    for stop in trips::stops(tx, &in_district, trip_id)? {
        let of_stop: Vec<_> = boxes.iter().filter(|one| one.compound == stop.compound).collect();
        let inside = bags
            .iter()
            .filter(|bag| of_stop.iter().any(|one| bag.box_id == Some(one.id)))
            .count() as i64;
        let compound = entry::get(tx, "compounds", &in_district, &stop.compound)?;
        let of = |key| {
            compound
                .as_ref()
                .map_or("", |entry| register::text(&entry.body, key))
        };
        let liaison = format!(
            "{}\n{}",
            of("liaison_name"),
            ctx.actor.show(Field::Phone, of("liaison_phone"))
        );
        let codes: Vec<&str> = of_stop.iter().map(|one| one.code.as_str()).collect();
        sums = (sums.0 + of_stop.len() as i64, sums.1 + inside);
        rows.push(vec![
            Datum::Count(stop.seq),
            text(area_name(tx, &stop.compound)?),
            text(of("drop_point")),
            text(liaison.trim()),
            Datum::Count(of_stop.len() as i64),
            Datum::Count(inside),
            text(codes.join("  ")),
            Datum::Blank,
            Datum::Blank,
        ]);
    }
    let columns = vec![
        numbers(lang.t("站", "Stop"), 1),
        words(lang.t("小区", "Compound"), 4),
        words(lang.t("投放点", "Drop point"), 4),
        words(lang.t("联络人", "Liaison"), 3),
        numbers(lang.t("箱数", "Boxes"), 1),
        numbers(lang.t("袋数", "Bags"), 1),
        words(lang.t("箱号", "Box codes"), 5),
        words(lang.t("送达时间", "Arrived at"), 2),
        words(lang.t("接收人签字", "Received by"), 3),
    ];
    let total = vec![
        Datum::Blank,
        text(lang.t("合计", "Total")),
        text(""),
        text(""),
        Datum::Count(sums.0),
        Datum::Count(sums.1),
        text(""),
        Datum::Blank,
        Datum::Blank,
    ];
    let vehicle = entry::get(tx, "vehicles", &in_district, &trip.vehicle)?;
    let phone = vehicle.map_or_else(String::new, |entry| {
        ctx.actor
            .show(Field::Phone, register::text(&entry.body, "driver_phone"))
    });
    let mut facts = vec![
        (
            lang.t("供货单位", "Supplier").into(),
            suppliers.join(lang.t("、", ", ")),
        ),
        (lang.t("车辆", "Vehicle").into(), trip.vehicle.clone()),
        (
            lang.t("驾驶员", "Driver").into(),
            format!("{} {phone}", trip.driver).trim().to_string(),
        ),
    ];
    if let Some(due_s) = due_s {
        facts.push((
            lang.t("送达时限", "To be delivered by").into(),
            moment(due_s, lang),
        ));
    }
    let blocks = vec![
        Block::Facts(facts),
        table(lang, columns, rows, Some(total)),
        Block::Signatures(vec![
            lang.t("发货人", "Sent off by").into(),
            lang.t("驾驶员", "Driver").into(),
            lang.t("发车时间", "Left at").into(),
        ]),
    ];
    let mut report = document(ctx, lang, lang.t("车次单", "Trip sheet"), &trip.code, blocks);
    report.landscape = true;
    Ok(report)
}
