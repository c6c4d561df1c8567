//! Sheets for suppliers: what to take for each stop, and how much of each good in all.

use std::collections::BTreeMap;

use documents::sheet::{OutCell, OutSheet};
use kit::Lang;

use super::super::{Asked, Pick, Planned};
use super::{count, dated, number, sheet, text, weight};
use crate::base::words::kilograms;
use crate::plan::rules::{CATEGORIES, category_word};

/// One line for each stop of each trip.
pub fn picks(planned: &Planned, asked: &Asked, lang: Lang) -> OutSheet {
    let mut columns = vec![
        text(lang.t("保供单位", "Supplier"), 22.0),
        text(lang.t("车次", "Trip"), 8.0),
        count(lang.t("顺序", "Stop")),
        text(lang.t("小区", "Compound"), 18.0),
        count(lang.t("袋数", "Bags")),
    ];
    columns.extend(CATEGORIES.iter().map(|(key, _, _)| {
        weight(&format!(
            "{}{}",
            category_word(key, lang),
            lang.t("（公斤）", " (kg)")
        ))
    }));
    columns.push(weight(lang.t("合计（公斤）", "Total (kg)")));
    columns.push(text(lang.t("折合商品", "In pieces"), 52.0));
    let mut out = sheet(
        lang.t("拣货单", "Picks"),
        dated(asked, lang, lang.t("拣货单", "Pick list")),
        vec![
            lang.t(
                "按人数和消耗标准折算；折合商品取本单位价目表里单价最低且有存货的，没有的按重量称取。每户一袋。",
                "By people and norms; pieces are the cheapest by weight of what the supplier has in stock, the rest is weighed out. One bag per household.",
            )
            .to_string(),
        ],
        columns,
    );
    // One supplier after the other, so that each gets its own pages; within it as vehicles are loaded.
    let mut picks: Vec<&Pick> = planned.picks.iter().collect();
    picks.sort_by_key(|pick| pick.drop.supplier);
    for pick in picks {
        let living = &planned.county.compounds[pick.drop.compound];
        let part = pick.drop.words(lang);
        let mut row: Vec<OutCell> = vec![
            planned.county.suppliers[pick.drop.supplier]
                .noun
                .name
                .as_str()
                .into(),
            pick.trip.as_str().into(),
            match pick.stop {
                0 => OutCell::Blank,
                stop => number(stop),
            },
            format!("{}{part}", living.name).into(),
            pick.drop.bags.into(),
        ];
        row.extend(pick.need_g.iter().map(|need| OutCell::Int(*need)));
        row.push(pick.need_g.iter().sum::<i64>().into());
        row.push(pieces(pick, lang).into());
        out.rows.push(row);
    }
    out
}

fn pieces(pick: &Pick, lang: Lang) -> String {
    let mut words: Vec<String> = pick
        .pieces
        .iter()
        .map(|piece| format!("{} {}×{}{}", piece.code, piece.name, piece.count, piece.unit))
        .collect();
    // A category of which nothing is offered in pieces is weighed out whole, as its column says.
    let parts = pick.loose_g.iter().zip(&pick.need_g).zip(CATEGORIES);
    for ((loose, need), (key, _, _)) in parts {
        if *loose > 0 && loose < need {
            words.push(format!(
                "{}{} {}{}",
                category_word(key, lang),
                lang.t("另称", " weighed out"),
                kilograms(*loose),
                lang.t("公斤", " kg")
            ));
        }
    }
    words.join(lang.t("；", "; "))
}

/// Supplier, place in its list, code, name and unit.
type Line = (usize, usize, String, String, String);

/// One line for each good, or category without goods, of each supplier.
pub fn totals(planned: &Planned, asked: &Asked, lang: Lang) -> OutSheet {
    let mut out = sheet(
        lang.t("备货汇总", "Stock"),
        dated(asked, lang, lang.t("各单位备货汇总", "Goods to have ready")),
        Vec::new(),
        vec![
            text(lang.t("保供单位", "Supplier"), 24.0),
            text(lang.t("编码", "Code"), 10.0),
            text(lang.t("商品或品类", "Good or category"), 30.0),
            count(lang.t("件数", "Pieces")),
            text(lang.t("单位", "Unit"), 8.0),
            weight(lang.t("公斤", "kg")),
        ],
    );
    let mut goods: BTreeMap<Line, (i64, i64)> = BTreeMap::new();
    for pick in &planned.picks {
        for piece in &pick.pieces {
            let key = (
                pick.drop.supplier,
                0,
                piece.code.clone(),
                piece.name.clone(),
                piece.unit.clone(),
            );
            let sum = goods.entry(key).or_default();
            sum.0 += piece.count;
            sum.1 += piece.weight_g;
        }
        for (category, loose) in pick.loose_g.iter().enumerate().filter(|(_, loose)| **loose > 0) {
            let word = category_word(CATEGORIES[category].0, lang);
            let name = format!("{word}{}", lang.t("（按重量）", " (by weight)"));
            let key = (
                pick.drop.supplier,
                category + 1,
                String::new(),
                name,
                String::new(),
            );
            goods.entry(key).or_default().1 += loose;
        }
    }
    for ((supplier, _, code, name, unit), (pieces, weight_g)) in goods {
        out.rows.push(vec![
            planned.county.suppliers[supplier].noun.name.as_str().into(),
            code.into(),
            name.into(),
            match pieces {
                0 => OutCell::Blank,
                some => some.into(),
            },
            unit.into(),
            weight_g.into(),
        ]);
    }
    out
}
