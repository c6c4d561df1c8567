//! Papers of a round: pick list, orders, packing matrix, statement.

use kit::Lang;
use print::{Block, Datum, Document, TableColumn, Tone, amount_text, weight_text};
use store::Tx;
use uuid::Uuid;

use super::Subject;
use super::documents::{building_words, document, figure, listing, numbers, section, table, text, words};
use crate::base::access::Field;
use crate::base::id::{RoundId, district};
use crate::base::words::{count, moment};
use crate::base::{Ctx, Refusal, Result};
use crate::register::correct::area_name;
use crate::register::entry::{self, Supplier};
use crate::round::open::{self, RoundRef};
use crate::round::packing;
use crate::round::settlement::{self, StatementLine};
use crate::round::{Order, OrderState, Pack, Round, order};

/// Up to so many packs each get a column of their own; more would leave no room to write in.
const MATRIX_PACKS_MAX: usize = 12;

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

/// What an order holds, each with its number: `蔬菜包×2`.
fn items(order: &Order, packs: &[Pack], packed: bool) -> Vec<String> {
    let lines = order.lines.iter().filter_map(|line| {
        let quantity = if packed { line.packed } else { line.quantity };
        let name = packs
            .iter()
            .find(|pack| pack.code == line.pack)
            .map_or(line.pack.as_str(), |pack| pack.name.as_str());
        (quantity > 0).then(|| format!("{name}×{quantity}"))
    });
    lines.collect()
}

/// What an order holds, in words: `蔬菜包×2、米面包×1`.
pub fn contents(order: &Order, packs: &[Pack], packed: bool, lang: Lang) -> String {
    items(order, packs, packed).join(lang.t("、", ", "))
}

/// The name of the supplier of a round.
pub(super) fn supplier_name(tx: &mut Tx, in_district: &str, round: &Round) -> Result<String> {
    let supplier: Supplier = entry::noun(tx, "suppliers", in_district, &round.supplier)?;
    Ok(supplier.name)
}

/// What the supplier has to pick.
pub fn pick_list(tx: &mut Tx, ctx: &Ctx, lang: Lang, subject: &Subject) -> Result<Document> {
    let (in_district, round, packs, orders) = load(tx, ctx, subject)?;
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
            // A good that is sold by itself is taken from stock as it is.
            if pick.parts.is_empty() {
                *goods.entry(pick.name.clone()).or_default() += pick.weight_g;
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
    let sums = |count: fn(&packing::Pick) -> i64| Datum::Count(picks.iter().map(count).sum());
    let total = vec![
        text(lang.t("合计", "Total")),
        Datum::Blank,
        sums(|pick| pick.to_pack),
        sums(|pick| pick.packed),
        Datum::WeightG(weight_g),
        Datum::Blank,
    ];
    let blocks = vec![
        Block::Facts(vec![
            (
                lang.t("供货单位", "Supplier").into(),
                supplier_name(tx, &in_district, &round)?,
            ),
            (
                lang.t("送达时间", "Delivered by").into(),
                moment(round.deliver_s, lang),
            ),
        ]),
        Block::Figures(vec![
            figure(
                lang.t("待装袋", "Bags to pack"),
                count(bags as i64),
                lang.t("袋", ""),
                Tone::Plain,
            ),
            figure(
                lang.t("总重", "Weight"),
                weight_text(weight_g),
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
            Some(total),
        ),
        Block::Heading(
            lang.t("按商品（套餐拆开计）", "By good, packs taken apart")
                .into(),
        ),
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
        Block::Signatures(vec![
            lang.t("拣货人", "Picked by").into(),
            lang.t("复核人", "Checked by").into(),
        ]),
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
            text(area_name(tx, &order.compound)?),
            text(order.code.as_str()),
            text(order.dwelling()),
            text(ctx.actor.show(Field::Phone, &order.phone)),
            text(contents(order, &packs, false, lang)),
            Datum::AmountFen(order.amount_fen),
            text(order.payment.word(lang)),
            text(order.state.word(lang)),
        ]);
    }
    let columns = vec![
        section(lang.t("小区", "Compound")),
        words(lang.t("订单号", "Order"), 3),
        words(lang.t("房号", "Dwelling"), 3),
        words(lang.t("电话", "Phone"), 3),
        words(lang.t("内容", "Contents"), 11),
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

/// What goes into which bag, to be ticked off: a line for each bag as one walks, and a column for each pack (FC-9). Where
/// there are more packs than a sheet has room for, each bag lists its own with a box before each.
pub fn packing_matrix(tx: &mut Tx, ctx: &Ctx, lang: Lang, subject: &Subject) -> Result<Document> {
    let (_, round, packs, mut orders) = load(tx, ctx, subject)?;
    orders.retain(|order| matches!(order.state, OrderState::Confirmed | OrderState::Packed));
    let columns = matrix_columns(&packs, lang);
    let mut blocks = Vec::new();
    for of_compound in orders.chunk_by(|left, right| left.compound == right.compound) {
        let compound = of_compound.first().map_or("", |order| order.compound.as_str());
        let name = area_name(tx, compound)?;
        let (rows, total) = matrix_rows(of_compound, &packs, &name, lang);
        blocks.push(Block::Heading(name));
        blocks.push(table(lang, columns.clone(), rows, Some(total)));
        blocks.push(Block::Signatures(vec![
            lang.t("装袋人", "Packed by").into(),
            lang.t("核对人", "Checked by").into(),
        ]));
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

fn matrix_columns(packs: &[Pack], lang: Lang) -> Vec<TableColumn> {
    let mut columns = vec![
        section(lang.t("小区、楼栋", "Compound, building")),
        words(lang.t("房号", "Dwelling"), 4),
    ];
    if packs.len() > MATRIX_PACKS_MAX {
        columns.push(words(lang.t("袋内物资", "What goes in"), 20));
    } else {
        columns.extend(packs.iter().map(|pack| numbers(&pack.name, 2)));
    }
    columns.extend([
        numbers(lang.t("件数", "Pieces"), 2),
        words(lang.t("袋号", "Bag"), 4),
        words(lang.t("装好", "Packed"), 2),
    ]);
    columns
}

/// The bags of one compound, and what they add up to.
fn matrix_rows(
    orders: &[Order],
    packs: &[Pack],
    compound: &str,
    lang: Lang,
) -> (Vec<Vec<Datum>>, Vec<Datum>) {
    let by_pack = packs.len() <= MATRIX_PACKS_MAX;
    let quantity = |order: &Order, pack: &Pack| -> i64 {
        let lines = order.lines.iter().filter(|line| line.pack == pack.code);
        lines.map(|line| line.quantity).sum()
    };
    let mut totals = vec![0; packs.len()];
    let mut rows = Vec::with_capacity(orders.len());
    for order in orders {
        let building = building_words(&order.building, lang);
        let mut row = vec![
            text(format!("{compound} {building}").trim_end()),
            text(order.dwelling()),
        ];
        let mut pieces = 0;
        for (pack, total) in packs.iter().zip(&mut totals) {
            let quantity = quantity(order, pack);
            pieces += quantity;
            *total += quantity;
            if by_pack {
                // An empty cell is found faster than a nought.
                row.push(if quantity == 0 {
                    text("")
                } else {
                    Datum::Count(quantity)
                });
            }
        }
        if !by_pack {
            let boxes: Vec<String> = items(order, packs, false)
                .iter()
                .map(|item| format!("□{item}"))
                .collect();
            row.push(text(boxes.join("  ")));
        }
        row.extend([Datum::Count(pieces), text(order.code.as_str()), Datum::Blank]);
        rows.push(row);
    }
    let bags = format!("{} {}", orders.len(), lang.t("袋", "bags"));
    let mut total = vec![Datum::Blank, text(bags)];
    if by_pack {
        total.extend(totals.iter().map(|total| Datum::Count(*total)));
    } else {
        total.push(text(""));
    }
    total.extend([Datum::Count(totals.iter().sum()), Datum::Blank, Datum::Blank]);
    (rows, total)
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
    let supplier = supplier_name(tx, &in_district, &round)?;
    let mut total = StatementLine::default();
    let mut rows = Vec::with_capacity(lines.len());
    for line in &lines {
        total.add(line);
        rows.push(statement_row(area_name(tx, &line.compound)?, line));
    }
    let columns = vec![
        words(lang.t("小区", "Compound"), 4),
        numbers(lang.t("订单", "Orders"), 1),
        numbers(lang.t("订购额（元）", "Ordered (yuan)"), 2),
        numbers(lang.t("住户付（元）", "Paid (yuan)"), 2),
        numbers(lang.t("垫付（元）", "Advanced (yuan)"), 2),
        numbers(lang.t("救助（元）", "Relief (yuan)"), 2),
        numbers(lang.t("退款（元）", "Refunds (yuan)"), 2),
        numbers(lang.t("应结（元）", "Due (yuan)"), 2),
        numbers(lang.t("已结（元）", "Settled (yuan)"), 2),
        numbers(lang.t("在手（元）", "In purse (yuan)"), 2),
        numbers(lang.t("差额（元）", "Difference (yuan)"), 2),
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
                amount_text(total.due_fen()),
                lang.t("元", "yuan"),
                Tone::Plain,
            ),
            figure(
                lang.t("已结", "Settled"),
                amount_text(total.settled_fen),
                lang.t("元", "yuan"),
                Tone::Good,
            ),
            figure(
                lang.t("差额", "Difference"),
                amount_text(total.difference_fen()),
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
    let place = format!("{} {} · {}", round.code, round.title, supplier);
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
