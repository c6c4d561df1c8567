//! The situation report of 18:00: how many are closed in, what they have received, who is not covered, what is short.

use kit::Lang;
use print::{Block, Datum, Document, Lines, Tone};
use store::{Tx, params, stmt};

use super::Subject;
use super::board::board;
use super::documents::{document, figure, numbers, table, text, warn_if, words};
use super::lists::compounds_table;
use crate::base::clock::{self, DAY_S};
use crate::base::id::district;
use crate::base::words::{count, yuan};
use crate::base::{Ctx, Result};
use crate::register::correct::area_name;
use crate::register::entry::subtree_end;

stmt!(
    BY_HOUR,
    "SELECT created_s / 3600, COUNT(*), SUM(CASE WHEN state = 'handed' THEN 1 ELSE 0 END) FROM orders
     WHERE district = $1 AND compound >= $2 AND compound < $3 AND created_s >= $4
       AND state NOT IN ('cancelled', 'expired', 'requested', 'not_drawn')
     GROUP BY created_s / 3600"
);

/// So many days end with the day of the report on its chart.
const DAYS: i64 = 14;
/// So many foods are shown as bars; the table below names all.
const BARS_MAX: usize = 10;

/// Makes the report.
pub fn make(tx: &mut Tx, ctx: &Ctx, lang: Lang, subject: &Subject) -> Result<Document> {
    let board = board(tx, ctx, &subject.area)?;
    let place = area_name(tx, &subject.area)?;
    let total = &board.total;
    let mut blocks = vec![Block::Figures(vec![
        figure(
            lang.t("管控、封控小区", "Closed compounds"),
            count(total.closed_compounds),
            lang.t("个", ""),
            Tone::Plain,
        ),
        figure(
            lang.t("其中住户", "Households in them"),
            count(total.households),
            lang.t("户", ""),
            Tone::Plain,
        ),
        figure(
            lang.t("其中人口", "People in them"),
            count(total.people),
            lang.t("人", ""),
            Tone::Plain,
        ),
        figure(
            lang.t("累计订单", "Orders"),
            count(total.orders),
            lang.t("单", ""),
            Tone::Plain,
        ),
        figure(
            lang.t("累计金额", "Amount"),
            yuan(total.amount_fen),
            lang.t("元", "yuan"),
            Tone::Plain,
        ),
        figure(
            lang.t("已交付", "Handed over"),
            count(total.handed),
            lang.t("单", ""),
            Tone::Good,
        ),
        figure(
            lang.t("服务人口", "People served"),
            count(total.served_people),
            lang.t("人", ""),
            Tone::Good,
        ),
        figure(
            lang.t("余粮不足", "Running out"),
            count(total.short),
            lang.t("户", "households"),
            warn_if(total.short),
        ),
        figure(
            lang.t("余粮未知", "Stock unknown"),
            count(total.unknown),
            lang.t("户", "households"),
            warn_if(total.unknown),
        ),
        figure(
            lang.t("未付款", "Unpaid"),
            count(total.unpaid),
            lang.t("单", ""),
            warn_if(total.unpaid),
        ),
        figure(
            lang.t("超时未交付", "Late"),
            count(total.late),
            lang.t("单", ""),
            warn_if(total.late),
        ),
        figure(
            lang.t("待解决需求", "Open needs"),
            count(total.needs),
            lang.t("件", ""),
            warn_if(total.urgent),
        ),
    ])];
    blocks.push(Block::Lines(by_day(tx, ctx, lang, &subject.area)?));
    blocks.push(Block::Heading(lang.t("轮次", "Rounds").into()));
    let rounds = board
        .rounds
        .iter()
        .map(|(state, number)| vec![text(state.word(lang)), Datum::Count(*number)])
        .collect();
    blocks.push(table(
        lang,
        vec![
            words(lang.t("状态", "State"), 3),
            numbers(lang.t("轮", "Rounds"), 1),
        ],
        rounds,
        None,
    ));
    blocks.push(Block::Heading(lang.t("各街道、乡镇", "By street").into()));
    let row = |name: &str, counts: &super::board::Counts| {
        vec![
            text(name),
            Datum::Count(counts.closed_compounds),
            Datum::Count(counts.households),
            Datum::Count(counts.orders),
            Datum::Count(counts.handed),
            Datum::AmountFen(counts.amount_fen),
            Datum::Count(counts.served_people),
            Datum::PercentE2(counts.served_e2()),
            Datum::Count(counts.short),
            Datum::Count(counts.unknown),
        ]
    };
    let rows = board
        .streets
        .iter()
        .map(|(_, name, counts)| row(name, counts))
        .collect();
    blocks.push(table(
        lang,
        vec![
            words(lang.t("街道、乡镇", "Street"), 4),
            numbers(lang.t("封闭小区", "Closed"), 2),
            numbers(lang.t("住户", "Households"), 2),
            numbers(lang.t("订单", "Orders"), 2),
            numbers(lang.t("已交付", "Handed"), 2),
            numbers(lang.t("金额（元）", "Yuan"), 3),
            numbers(lang.t("服务人口", "People"), 2),
            numbers(lang.t("服务率", "Served"), 2),
            numbers(lang.t("不足", "Short"), 2),
            numbers(lang.t("未知", "Unknown"), 2),
        ],
        rows,
        Some(row(lang.t("合计", "Total"), total)),
    ));
    let served = board
        .streets
        .iter()
        .filter(|(_, _, counts)| counts.households > 0);
    blocks.push(Block::Bars {
        title: lang
            .t("各街道、乡镇服务率", "Households served, by street")
            .into(),
        unit: "%".into(),
        rows: served
            .map(|(_, name, counts)| (name.clone(), counts.served_e2() / 100))
            .collect(),
    });
    if let Some((low, high)) = board.spread_e2() {
        blocks.push(Block::Paragraph(format!(
            "{}{} – {}{}",
            lang.t(
                "各街道服务率差距：最低 ",
                "Spread of the share served between streets: "
            ),
            Datum::PercentE2(low).text(super::documents::print_lang(lang)),
            lang.t("最高 ", ""),
            Datum::PercentE2(high).text(super::documents::print_lang(lang)),
        )));
    }
    blocks.push(Block::Heading(lang.t("各品种数量", "Quantities by pack").into()));
    let goods = board
        .goods
        .iter()
        .map(|line| {
            vec![
                text(line.name.as_str()),
                Datum::Count(line.ordered),
                Datum::Count(line.packed),
                Datum::Count(line.handed),
                Datum::Count(line.short),
            ]
        })
        .collect();
    blocks.push(table(
        lang,
        vec![
            words(lang.t("套餐", "Pack"), 5),
            numbers(lang.t("订购", "Ordered"), 2),
            numbers(lang.t("装袋", "Packed"), 2),
            numbers(lang.t("交付", "Handed"), 2),
            numbers(lang.t("缺货", "Short"), 2),
        ],
        goods,
        None,
    ));
    if !board.food.is_empty() {
        let food = board
            .food
            .iter()
            .map(|(name, grams)| vec![text(name.as_str()), Datum::WeightG(*grams)])
            .collect();
        blocks.push(Block::Heading(
            lang.t("已交付食品重量", "Food handed over by weight").into(),
        ));
        let heaviest = board.food.iter().take(BARS_MAX);
        blocks.push(Block::Bars {
            title: lang.t("重量最多的食品", "Most by weight").into(),
            unit: lang.t("公斤", "kg").into(),
            rows: heaviest
                .map(|(name, grams)| (name.clone(), grams / 1_000))
                .collect(),
        });
        blocks.push(table(
            lang,
            vec![
                words(lang.t("食品", "Food"), 4),
                numbers(lang.t("重量（公斤）", "Weight (kg)"), 2),
            ],
            food,
            None,
        ));
    }
    blocks.push(Block::Heading(
        lang.t("最先断粮的小区", "Compounds that run out first").into(),
    ));
    let worst = &board.coverage[..board.coverage.len().min(20)];
    blocks.push(compounds_table(tx, lang, worst)?);
    if !board.shorts.is_empty() {
        blocks.push(Block::Heading(lang.t("缺货记录", "Short-picks").into()));
        let mut rows = Vec::new();
        for short in &board.shorts {
            rows.push(vec![
                text(short.order.as_str()),
                text(area_name(tx, &short.compound)?),
                text(short.pack.as_str()),
                Datum::Count(short.quantity),
                text(short.reason.as_str()),
            ]);
        }
        blocks.push(table(
            lang,
            vec![
                words(lang.t("订单", "Order"), 4),
                words(lang.t("小区", "Compound"), 4),
                words(lang.t("套餐", "Pack"), 3),
                numbers(lang.t("数量", "Quantity"), 1),
                words(lang.t("原因", "Reason"), 4),
            ],
            rows,
            None,
        ));
    }
    blocks.push(Block::Signatures(vec![
        lang.t("制表人", "Made by").into(),
        lang.t("审核人", "Checked by").into(),
    ]));
    let mut report = document(
        ctx,
        lang,
        lang.t(
            "生活物资保供情况报告",
            "Situation report: emergency living supplies",
        ),
        &place,
        blocks,
    );
    report.landscape = true;
    Ok(report)
}

/// Orders of the last days by the day on which they came in, and how many of them are handed over.
fn by_day(tx: &mut Tx, ctx: &Ctx, lang: Lang, area: &str) -> Result<Lines> {
    let last = clock::day_number(ctx.now_s);
    let first = last - DAYS + 1;
    let mut ordered = vec![0; DAYS as usize];
    let mut handed = vec![0; DAYS as usize];
    let from_s = clock::day_start_s(first);
    for row in tx.rows(
        &BY_HOUR,
        &params![district(area), area, subtree_end(area), from_s],
    )? {
        let day = clock::day_number(row.get::<i64>(0)? * 3_600) - first;
        if let Some(index) = usize::try_from(day).ok().filter(|index| *index < ordered.len()) {
            ordered[index] += row.get::<i64>(1)?;
            handed[index] += row.get::<i64>(2)?;
        }
    }
    let name = |day: i64| {
        clock::zoned(clock::day_start_s(first) + day * DAY_S)
            .strftime("%m-%d")
            .to_string()
    };
    Ok(Lines {
        title: lang.t("每日订单", "Orders by day").into(),
        unit: lang.t("单", "orders").into(),
        points: (0..DAYS).map(name).collect(),
        series: vec![
            (
                lang.t("订单", "Ordered").into(),
                ordered.into_iter().map(Some).collect(),
            ),
            (
                lang.t("其中已交付", "Handed over of these").into(),
                handed.into_iter().map(Some).collect(),
            ),
        ],
    })
}
