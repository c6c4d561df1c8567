//! Papers of a round: pick list, orders, hand-over list, slots, statement; and the sheet of a trip.

use kit::Lang;
use print::{Block, Datum, Document, Tone};
use store::Tx;
use uuid::Uuid;

use super::Subject;
use super::documents::{document, figure, listing, numbers, table, text, words};
use crate::base::access::Field;
use crate::base::id::{RoundId, TripId, district};
use crate::base::words::{count, kilograms, yuan};
use crate::base::{Ctx, Refusal, Result, clock};
use crate::register::correct::area_name;
use crate::register::entry::{self, Supplier};
use crate::round::open::{self, RoundRef};
use crate::round::packing::{self, boxes_of_trip};
use crate::round::settlement::{self, StatementLine};
use crate::round::{Order, OrderState, Pack, Round, handover, order, trips};

fn id(subject: &Subject) -> Result<RoundId> {
    Ok(RoundId(
        Uuid::parse_str(&subject.round).map_err(|_| Refusal::not_found("轮次", "round"))?,
    ))
}

/// The round that a report is about, with its packs and the orders of the area as one walks.
pub(super) fn load(
    tx: &mut Tx,
    ctx: &Ctx,
    subject: &Subject,
) -> Result<(String, Round, Vec<Pack>, Vec<Order>)> {
    let in_district = district(&subject.area).to_string();
    let round = open::get(tx, &in_district, id(subject)?)?;
    if ctx
        .actor
        .supplier
        .as_ref()
        .is_some_and(|own| *own != round.supplier)
    {
        return Err(Refusal::not_found("轮次", "round").into());
    }
    let packs = open::packs(tx, &in_district, round.id)?;
    let mut orders = order::of_round(tx, &in_district, round.id, &subject.area)?;
    packing::walking_order(&mut orders);
    Ok((in_district, round, packs, orders))
}

/// What an order holds, in words: `蔬菜包 × 2、米面包 × 1`.
pub fn contents(order: &Order, packs: &[Pack], packed: bool, lang: Lang) -> String {
    let lines = order.lines.iter().filter_map(|line| {
        let quantity = if packed { line.packed } else { line.quantity };
        let name = packs
            .iter()
            .find(|pack| pack.code == line.pack)
            .map_or(line.pack.as_str(), |pack| pack.name.as_str());
        (quantity > 0).then(|| format!("{name} × {quantity}"))
    });
    lines.collect::<Vec<_>>().join(lang.t("、", ", "))
}

/// What the supplier has to pick.
pub fn pick_list(tx: &mut Tx, ctx: &Ctx, lang: Lang, subject: &Subject) -> Result<Document> {
    let (_, round, packs, orders) = load(tx, ctx, subject)?;
    let picks = packing::pick_list(&packs, &orders);
    let weight_g: i64 = picks.iter().map(|pick| pick.weight_g).sum();
    let bags = orders
        .iter()
        .filter(|order| order.state == OrderState::Confirmed)
        .count();
    let mut goods: std::collections::BTreeMap<String, i64> = std::collections::BTreeMap::new();
    let rows = picks
        .iter()
        .map(|pick| {
            for (name, grams) in &pick.parts {
                *goods.entry(name.clone()).or_default() += grams;
            }
            vec![
                text(pick.name.as_str()),
                text(pick.unit.as_str()),
                Datum::Count(pick.to_pack),
                Datum::Count(pick.packed),
                Datum::WeightG(pick.weight_g),
                Datum::Blank,
            ]
        })
        .collect();
    let goods = goods
        .into_iter()
        .filter(|(_, grams)| *grams > 0)
        .map(|(name, grams)| vec![text(name), Datum::WeightG(grams), Datum::Blank])
        .collect();
    let blocks = vec![
        Block::Figures(vec![
            figure(
                lang.t("待装袋", "Bags to pack"),
                bags,
                lang.t("袋", ""),
                Tone::Plain,
            ),
            figure(
                lang.t("总重", "Weight"),
                kilograms(weight_g),
                lang.t("公斤", "kg"),
                Tone::Plain,
            ),
        ]),
        Block::Heading(lang.t("按套餐", "By pack").into()),
        table(
            lang,
            vec![
                words(lang.t("套餐", "Pack"), 5),
                words(lang.t("单位", "Unit"), 1),
                numbers(lang.t("待装", "To pack"), 2),
                numbers(lang.t("已装", "Packed"), 2),
                numbers(lang.t("重量（公斤）", "Weight (kg)"), 2),
                words(lang.t("核对", "Checked"), 2),
            ],
            rows,
            None,
        ),
        Block::Heading(lang.t("按商品", "By good").into()),
        table(
            lang,
            vec![
                words(lang.t("商品", "Good"), 5),
                numbers(lang.t("重量（公斤）", "Weight (kg)"), 3),
                words(lang.t("核对", "Checked"), 2),
            ],
            goods,
            None,
        ),
    ];
    Ok(document(
        ctx,
        lang,
        lang.t("拣货单", "Pick list"),
        &format!("{} {}", round.code, round.title),
        blocks,
    ))
}

/// Every order of a round, as one walks.
pub fn orders(tx: &mut Tx, ctx: &Ctx, lang: Lang, subject: &Subject) -> Result<Document> {
    let (_, round, packs, orders) = load(tx, ctx, subject)?;
    let mut rows = Vec::with_capacity(orders.len());
    for order in orders.iter().filter(|order| order.state.live()) {
        rows.push(vec![
            text(order.code.as_str()),
            text(area_name(tx, &order.compound)?),
            text(order.dwelling()),
            text(ctx.actor.show(Field::Phone, &order.phone)),
            text(contents(order, &packs, false, lang)),
            Datum::AmountFen(order.amount_fen),
            text(order.payment.word(lang)),
            text(order.state.word(lang)),
        ]);
    }
    let columns = vec![
        words(lang.t("订单号", "Order"), 4),
        words(lang.t("小区", "Compound"), 3),
        words(lang.t("房号", "Dwelling"), 3),
        words(lang.t("电话", "Phone"), 3),
        words(lang.t("内容", "Contents"), 6),
        numbers(lang.t("金额（元）", "Yuan"), 2),
        words(lang.t("付款", "Payment"), 2),
        words(lang.t("状态", "State"), 2),
    ];
    let mut report = listing(
        ctx,
        lang,
        lang.t("订单明细", "Orders"),
        &format!("{} {}", round.code, round.title),
        columns,
        rows,
    );
    report.landscape = true;
    Ok(report)
}

/// What goes into which bag: a line for each bag as one walks, a column for each pack, to be ticked off (FC-9).
pub fn packing_matrix(tx: &mut Tx, ctx: &Ctx, lang: Lang, subject: &Subject) -> Result<Document> {
    let (_, round, packs, mut orders) = load(tx, ctx, subject)?;
    orders.retain(|order| matches!(order.state, OrderState::Confirmed | OrderState::Packed));
    let quantity = |order: &Order, pack: &Pack| -> i64 {
        let lines = order.lines.iter().filter(|line| line.pack == pack.code);
        lines.map(|line| line.quantity).sum()
    };
    let mut columns = vec![words(lang.t("房号", "Dwelling"), 4)];
    columns.extend(packs.iter().map(|pack| numbers(&pack.name, 2)));
    columns.extend([
        numbers(lang.t("件数", "Pieces"), 2),
        words(lang.t("袋号", "Bag"), 4),
        words(lang.t("装好", "Packed"), 2),
    ]);
    let mut blocks = Vec::new();
    for of_compound in orders.chunk_by(|left, right| left.compound == right.compound) {
        let mut totals = vec![0; packs.len()];
        let mut rows = Vec::with_capacity(of_compound.len());
        for order in of_compound {
            let mut row = vec![text(order.dwelling())];
            let mut pieces = 0;
            for (pack, total) in packs.iter().zip(&mut totals) {
                let quantity = quantity(order, pack);
                pieces += quantity;
                *total += quantity;
                // An empty cell is found faster than a nought.
                row.push(if quantity == 0 {
                    text("")
                } else {
                    Datum::Count(quantity)
                });
            }
            row.extend([Datum::Count(pieces), text(order.code.as_str()), Datum::Blank]);
            rows.push(row);
        }
        let mut total = vec![text(format!("{} {}", of_compound.len(), lang.t("袋", "bags")))];
        total.extend(totals.iter().map(|total| Datum::Count(*total)));
        total.extend([Datum::Count(totals.iter().sum()), Datum::Blank, Datum::Blank]);
        let compound = of_compound.first().map_or("", |order| order.compound.as_str());
        blocks.push(Block::Heading(area_name(tx, compound)?));
        blocks.push(table(lang, columns.clone(), rows, Some(total)));
    }
    if blocks.is_empty() {
        blocks.push(table(lang, columns, Vec::new(), None));
    }
    let mut report = document(
        ctx,
        lang,
        lang.t("装袋核对表", "Packing matrix"),
        &format!("{} {}", round.code, round.title),
        blocks,
    );
    report.landscape = packs.len() > 3;
    Ok(report)
}

/// The hand-over list of a compound in walking order, with a column for signatures.
pub fn door_list(tx: &mut Tx, ctx: &Ctx, lang: Lang, subject: &Subject) -> Result<Document> {
    let (in_district, round, packs, _) = load(tx, ctx, subject)?;
    let bags = handover::door_list(tx, &in_district, round.id, &subject.area)?;
    let rows: Vec<_> = bags
        .iter()
        .map(|bag| {
            vec![
                text(bag.dwelling()),
                text(ctx.actor.show(Field::Phone, &bag.phone)),
                text(contents(bag, &packs, true, lang)),
                text(bag.code.as_str()),
                text(bag.payment.word(lang)),
                Datum::Blank,
            ]
        })
        .collect();
    let columns = vec![
        words(lang.t("房号", "Dwelling"), 3),
        words(lang.t("电话", "Phone"), 3),
        words(lang.t("内容", "Contents"), 5),
        words(lang.t("袋号", "Bag"), 4),
        words(lang.t("付款", "Payment"), 2),
        words(lang.t("签收", "Received"), 3),
    ];
    let place = format!(
        "{} · {} · {} {}",
        area_name(tx, &subject.area)?,
        round.code,
        bags.len(),
        lang.t("袋", "bags")
    );
    Ok(listing(
        ctx,
        lang,
        lang.t("交付清单", "Hand-over list"),
        &place,
        columns,
        rows,
    ))
}

/// The pick-up slots of a compound.
pub fn slots(tx: &mut Tx, ctx: &Ctx, lang: Lang, subject: &Subject) -> Result<Document> {
    let (in_district, round, _, _) = load(tx, ctx, subject)?;
    let slots = handover::slots(tx, &in_district, round.id, &subject.area)?;
    let rows = slots
        .iter()
        .map(|slot| {
            vec![
                text(format!(
                    "{} – {}",
                    clock::short(slot.start_s),
                    clock::zoned(slot.end_s).strftime("%H:%M")
                )),
                text(slot.building.as_str()),
                text(slot.unit.as_str()),
                Datum::Count(slot.households),
            ]
        })
        .collect();
    let columns = vec![
        words(lang.t("时段", "Time"), 4),
        words(lang.t("楼栋", "Building"), 2),
        words(lang.t("单元", "Unit"), 2),
        numbers(lang.t("户数", "Households"), 2),
    ];
    let place = format!("{} · {}", area_name(tx, &subject.area)?, round.code);
    let blocks = vec![
        Block::Paragraph(
            lang.t(
                "请按时段下楼取货，前后保持2米距离。",
                "Please come at your time and keep 2 metres apart.",
            )
            .into(),
        ),
        table(lang, columns, rows, None),
    ];
    Ok(document(
        ctx,
        lang,
        lang.t("错峰取货时段表", "Pick-up slots"),
        &place,
        blocks,
    ))
}

fn statement_row(name: String, line: &StatementLine) -> Vec<Datum> {
    vec![
        text(name),
        Datum::Count(line.orders),
        Datum::AmountFen(line.ordered_fen),
        Datum::AmountFen(line.paid_fen),
        Datum::AmountFen(line.advanced_fen),
        Datum::AmountFen(line.free_fen),
        Datum::AmountFen(line.refund_fen),
        Datum::AmountFen(line.due_fen()),
        Datum::AmountFen(line.settled_fen),
        Datum::AmountFen(line.purse_fen),
        Datum::AmountFen(line.difference_fen()),
    ]
}

/// The statement between liaison and supplier, balanced to the fen (DX-4).
pub fn statement(tx: &mut Tx, ctx: &Ctx, lang: Lang, subject: &Subject) -> Result<Document> {
    let (in_district, round, _, _) = load(tx, ctx, subject)?;
    let lines = settlement::statement(
        tx,
        &RoundRef {
            district: in_district.clone(),
            id: round.id,
        },
    )?;
    let supplier: Supplier = entry::noun(tx, "suppliers", &in_district, &round.supplier)?;
    let mut total = StatementLine::default();
    let mut rows = Vec::with_capacity(lines.len());
    for line in &lines {
        total.add(line);
        rows.push(statement_row(area_name(tx, &line.compound)?, line));
    }
    let columns = vec![
        words(lang.t("小区", "Compound"), 4),
        numbers(lang.t("订单", "Orders"), 1),
        numbers(lang.t("订购额", "Ordered"), 2),
        numbers(lang.t("住户付", "Paid"), 2),
        numbers(lang.t("垫付", "Advanced"), 2),
        numbers(lang.t("救助", "Relief"), 2),
        numbers(lang.t("退款", "Refunds"), 2),
        numbers(lang.t("应结", "Due"), 2),
        numbers(lang.t("已结", "Settled"), 2),
        numbers(lang.t("在手", "In purse"), 2),
        numbers(lang.t("差额", "Difference"), 2),
    ];
    let blocks = vec![
        Block::Figures(vec![
            figure(
                lang.t("订单", "Orders"),
                count(total.orders),
                lang.t("单", ""),
                Tone::Plain,
            ),
            figure(
                lang.t("应结保供单位", "Due to the supplier"),
                yuan(total.due_fen()),
                lang.t("元", "yuan"),
                Tone::Plain,
            ),
            figure(
                lang.t("已结", "Settled"),
                yuan(total.settled_fen),
                lang.t("元", "yuan"),
                Tone::Good,
            ),
            figure(
                lang.t("差额", "Difference"),
                yuan(total.difference_fen()),
                lang.t("元", "yuan"),
                if total.difference_fen() == 0 {
                    Tone::Good
                } else {
                    Tone::Bad
                },
            ),
        ]),
        table(
            lang,
            columns,
            rows,
            Some(statement_row(lang.t("合计", "Total").into(), &total)),
        ),
        Block::Signatures(vec![
            lang.t("采购联络人", "Liaison").into(),
            lang.t("保供单位", "Supplier").into(),
        ]),
    ];
    let place = format!("{} {} · {}", round.code, round.title, supplier.name);
    let mut report = document(
        ctx,
        lang,
        lang.t("结算单", "Settlement statement"),
        &place,
        blocks,
    );
    report.landscape = true;
    Ok(report)
}

/// The driver's sheet: stops in order, boxes of each, who receives.
pub fn trip_sheet(tx: &mut Tx, ctx: &Ctx, lang: Lang, subject: &Subject) -> Result<Document> {
    let in_district = district(&subject.area).to_string();
    let trip_id = TripId(Uuid::parse_str(&subject.trip).map_err(|_| Refusal::not_found("车次", "trip"))?);
    let trip = trips::get(tx, &in_district, trip_id)?;
    let boxes = boxes_of_trip(tx, &in_district, trip_id)?;
    let mut rows = Vec::new();
    for stop in trips::stops(tx, &in_district, trip_id)? {
        let of_stop: Vec<&str> = boxes
            .iter()
            .filter(|one| one.compound == stop.compound)
            .map(|one| one.code.as_str())
            .collect();
        let drop_point = entry::get(tx, "compounds", &in_district, &stop.compound)?
            .map_or_else(String::new, |entry| {
                crate::register::text(&entry.body, "drop_point").to_string()
            });
        rows.push(vec![
            Datum::Count(stop.seq),
            text(area_name(tx, &stop.compound)?),
            text(drop_point),
            Datum::Count(of_stop.len() as i64),
            text(of_stop.join(" ")),
            Datum::Blank,
        ]);
    }
    let columns = vec![
        numbers(lang.t("站", "Stop"), 1),
        words(lang.t("小区", "Compound"), 4),
        words(lang.t("投放点", "Drop point"), 3),
        numbers(lang.t("箱数", "Boxes"), 1),
        words(lang.t("箱号", "Box codes"), 6),
        words(lang.t("接收人签字、时间", "Received by, time"), 4),
    ];
    let place = format!("{} · {} · {}", trip.code, trip.vehicle, trip.driver);
    Ok(listing(
        ctx,
        lang,
        lang.t("车次单", "Trip sheet"),
        &place,
        columns,
        rows,
    ))
}
