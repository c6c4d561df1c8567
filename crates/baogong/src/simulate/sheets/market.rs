//! The table of the daily market reports.

use super::super::County;
use super::super::market::Figures;
use super::{columns, text};
use documents::forms::{Kind, MONITORING};
use documents::sheet::{OutCell, OutSheet};

const KEYS: &[&str] = &[
    "date",
    "enterprise",
    "item",
    "mean_sales_g",
    "sales_g",
    "price_fen",
    "price_before_fen",
    "source",
    "stock_before_g",
    "stock_g",
    "supply_d",
    "state",
    "remark",
];

/// All reports of the last days, one row per enterprise and item.
pub(super) fn reports(county: &County) -> OutSheet {
    let states = match MONITORING.column("state").map(|column| column.kind) {
        Some(Kind::Choice(states)) => states,
        _ => &[],
    };
    let rows = county.reports.iter().map(|report| {
        let mut row = vec![
            report.date.as_str().into(),
            text(report.enterprise),
            text(report.item),
        ];
        match &report.figures {
            Some(figures) => row.extend(cells(figures)),
            None => row.extend(vec![OutCell::Blank; 8]),
        }
        row.extend([text(super::word(states, report.state)), text(report.remark)]);
        row
    });
    OutSheet {
        name: "监测日报".to_string(),
        title: "永兴县生活必需品市场监测日报表（演示数据）".to_string(),
        notes: vec!["重量单位：公斤；没有异常填“正常”，不填数字为零报告".to_string()],
        columns: columns(&MONITORING, KEYS, &[]),
        rows: rows.collect(),
        total: None,
    }
}

fn cells(figures: &Figures) -> [OutCell; 8] {
    [
        figures.mean_sales_g.into(),
        figures.sales_g.into(),
        figures.price_fen.into(),
        figures.price_before_fen.into(),
        text(figures.source),
        figures.stock_before_g.into(),
        figures.stock_g.into(),
        (figures.stock_g / figures.mean_sales_g).into(),
    ]
}
