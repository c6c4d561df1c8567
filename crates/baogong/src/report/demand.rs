//! 需求预测: how many packs the next round is likely to want in each closed compound, and how that was found.

use kit::Lang;
use print::{Block, Datum, Document, Tone};
use store::Tx;

use super::Subject;
use super::documents::{document, figure, numbers, table, text, words};
use crate::base::id::district;
use crate::base::words::count;
use crate::base::{Ctx, Result};
use crate::plan::{directive, rules};
use crate::register::correct::area_name;
use crate::register::entry;
use crate::round::demand::{Forecast, forecast};

/// The report.
pub fn make(tx: &mut Tx, ctx: &Ctx, lang: Lang, subject: &Subject) -> Result<Document> {
    let place = area_name(tx, &subject.area)?;
    let directives = directive::holding(tx, district(&subject.area), ctx.now_s)?;
    let closed: Vec<(String, i64)> = entry::count_by_area(tx, "households", &subject.area)?
        .into_iter()
        .filter(|(compound, _, _)| rules::resolve(compound, directives.clone()).closed())
        .map(|(compound, households, _)| (compound, households))
        .collect();
    let forecast = forecast(tx, &subject.area, &closed, "")?;
    let title = lang.t("需求预测", "Expected demand");
    let blocks = if forecast.compounds.is_empty() {
        let none = if closed.is_empty() {
            lang.t(
                "没有封闭的小区。下达指令以后，这里按小区推算下一轮要多少份。",
                "No compound is closed. Once a directive is issued, the packs that its compounds are likely to want stand here.",
            )
        } else {
            lang.t(
                "还没有确认过的轮次，无从推算。第一轮请按住户数和供应能力定份数，确认以后这里就有预测。",
                "No round has been confirmed yet, so nothing can be foreseen. Set the first by households and capacity; from then on the forecast stands here.",
            )
        };
        vec![Block::Paragraph(none.to_string())]
    } else {
        blocks(tx, lang, &forecast)?
    };
    Ok(document(ctx, lang, title, &place, blocks))
}

/// The range and what it rests on, in a sentence, as the form of a new round and the report say it.
pub fn sentence(forecast: &Forecast, lang: Lang) -> String {
    let (expected, low, high) = forecast.total();
    let (expected, low, high) = (count(expected), count(low), count(high));
    let rounds = forecast.rounds;
    let borrowed = forecast
        .compounds
        .iter()
        .filter(|one| one.demand.rounds == 0)
        .count();
    match lang {
        Lang::Zh => {
            let borrowed = if borrowed > 0 {
                format!("；其中{borrowed}个小区没有自己的记录，参照全县")
            } else {
                String::new()
            };
            format!("预计要{expected}份（{low}至{high}份），按最近{rounds}轮的订单推算{borrowed}。")
        }
        Lang::En => {
            let borrowed = if borrowed > 0 {
                format!("; {borrowed} compounds have none of their own and are taken to be like the county")
            } else {
                String::new()
            };
            format!(
                "About {expected} packs are expected ({low} to {high}), by the orders of the last {rounds} rounds{borrowed}."
            )
        }
    }
}

fn blocks(tx: &mut Tx, lang: Lang, forecast: &Forecast) -> Result<Vec<Block>> {
    let (expected, low, high) = forecast.total();
    let mut rows = Vec::new();
    for one in &forecast.compounds {
        let rests = match (one.demand.rounds, lang) {
            (0, _) => lang.t("没有记录，参照全县", "none; like the county").to_string(),
            (rounds, Lang::Zh) => format!("本小区{rounds}轮，兼顾全县"),
            (rounds, Lang::En) => format!("{rounds} own rounds, and the county"),
        };
        rows.push(vec![
            text(area_name(tx, &one.compound)?),
            Datum::Count(one.households),
            Datum::Count(one.demand.expected),
            Datum::Count(one.demand.low),
            Datum::Count(one.demand.high),
            text(rests),
        ]);
    }
    let households = forecast.compounds.iter().map(|one| one.households).sum();
    let total = vec![
        text(lang.t("合计", "Total")),
        Datum::Count(households),
        Datum::Count(expected),
        Datum::Count(low),
        Datum::Count(high),
        Datum::Blank,
    ];
    let columns = vec![
        words(lang.t("小区", "Compound"), 4),
        numbers(lang.t("户数", "Households"), 2),
        numbers(lang.t("预计份数", "Packs expected"), 2),
        numbers(lang.t("少则", "At least"), 2),
        numbers(lang.t("多则", "At most"), 2),
        words(lang.t("依据的轮次", "Rests on"), 4),
    ];
    let packs = forecast
        .by_pack(expected)
        .into_iter()
        .map(|(name, packs)| vec![text(name), Datum::Count(packs)]);
    let pack_columns = vec![
        words(lang.t("套餐", "Pack"), 4),
        numbers(lang.t("其中预计", "Of these expected"), 2),
    ];
    Ok(vec![
        Block::Figures(vec![
            figure(
                lang.t("下一轮预计", "Expected in the next round"),
                count(expected),
                lang.t("份", "packs"),
                Tone::Plain,
            ),
            figure(
                lang.t("少则、多则", "At least, at most"),
                format!("{}–{}", count(low), count(high)),
                lang.t("份", "packs"),
                Tone::Plain,
            ),
        ]),
        table(lang, columns, rows, Some(total)),
        Block::Heading(lang.t("各种套餐", "By pack").into()),
        table(lang, pack_columns, packs.collect(), None),
        Block::Heading(lang.t("怎么算的", "How this was worked out").into()),
        Block::Paragraph(format!(
            "{}\n{}",
            sentence(forecast, lang),
            lang.t(
                "每户份数取本小区最近6轮的中位数，再向全县的中位数靠拢（全县按两轮计）；卖光的一轮只说明“至少要这么多”。逾期未付和取消的不算，没抽中的算。十轮里约有一轮少于“少则”，一轮多于“多则”；合计的上下限是各小区相加，偏宽。免费应急包不在内。",
                "Packs per household: the median of the compound's last six rounds, drawn towards the county's as if that were two more; a round that sold out says only “at least so many”. Orders that expired or were cancelled do not count, requests that were not drawn do. In about one of ten rounds it is less than “at least”, in one more than “at most”; the totals of these are sums and therefore wide. Free relief packs are left out.",
            )
        )),
    ])
}
