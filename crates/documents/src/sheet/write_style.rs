//! How cells look, and how much room numbers take.

use rust_xlsxwriter::{Format, FormatAlign, FormatBorder};

use super::write::{OutCell, OutColumn, OutKind, OutSheet, width_of};

/// The formats of a workbook.
pub(super) struct Styles {
    pub(super) title: Format,
    pub(super) note: Format,
    pub(super) heading: Format,
    pub(super) body: Cells,
    pub(super) total: Cells,
}

/// The formats of cells by kind, and of weights by decimal places.
pub(super) struct Cells {
    kinds: [Format; 6],
    weights: [Format; 4],
}

impl Cells {
    pub(super) fn of(&self, column: &Fitted) -> &Format {
        match column.kind {
            OutKind::WeightKg => &self.weights[column.places.min(3)],
            kind => &self.kinds[kind.index()],
        }
    }
}

impl OutKind {
    /// All of them, in their order.
    pub(super) const ALL: [OutKind; 6] = [
        OutKind::Text,
        OutKind::Count,
        OutKind::WeightKg,
        OutKind::Money,
        OutKind::Percent,
        OutKind::Time,
    ];

    fn index(self) -> usize {
        self as usize
    }

    fn number_format(self) -> &'static str {
        match self {
            OutKind::Text | OutKind::Time => "@",
            OutKind::Count => "#,##0",
            OutKind::WeightKg => "#,##0.0##",
            OutKind::Money => "#,##0.00",
            OutKind::Percent => "0.0%",
        }
    }
}

impl Styles {
    pub(super) fn new() -> Styles {
        let cell = || {
            Format::new()
                .set_border(FormatBorder::Thin)
                .set_align(FormatAlign::VerticalCenter)
        };
        // A number keeps off the text of the next column.
        let number = |shown: &str| {
            cell()
                .set_align(FormatAlign::Right)
                .set_indent(1)
                .set_num_format(shown)
        };
        let body = |kind: OutKind| match kind {
            OutKind::Text => cell().set_num_format("@").set_text_wrap(),
            OutKind::Time => cell().set_num_format("@"),
            kind => number(kind.number_format()),
        };
        let weights = || ["#,##0", "#,##0.0", "#,##0.00", "#,##0.000"].map(number);
        let total = |format: Format| format.set_bold().set_background_color(0xF2F2F2);
        Styles {
            title: Format::new()
                .set_bold()
                .set_font_size(16)
                .set_align(FormatAlign::Center),
            note: Format::new().set_font_size(10).set_align(FormatAlign::Left),
            heading: cell()
                .set_bold()
                .set_background_color(0xDCE6F1)
                .set_align(FormatAlign::Center)
                .set_text_wrap(),
            body: Cells {
                kinds: OutKind::ALL.map(body),
                weights: weights(),
            },
            total: Cells {
                kinds: OutKind::ALL.map(|kind| total(body(kind))),
                weights: weights().map(total),
            },
        }
    }

    /// The format of cells that somebody is to fill in.
    pub(super) fn body(&self, kind: OutKind) -> &Format {
        &self.body.kinds[kind.index()]
    }
}

/// A column with what its numbers need.
pub(super) struct Fitted {
    pub(super) kind: OutKind,
    pub(super) width: f64,
    /// Decimal places of its weights: as few as show all of them exactly, the same in each row.
    places: usize,
}

pub(super) fn fitted(sheet: &OutSheet) -> Vec<Fitted> {
    let rows = || sheet.rows.iter().chain(&sheet.total);
    let columns = sheet.columns.iter().enumerate();
    let fit = |(index, column): (usize, &OutColumn)| {
        let numbers = || {
            rows().filter_map(move |row| match row.get(index) {
                Some(OutCell::Int(number)) => Some(*number),
                _ => None,
            })
        };
        let places = match column.kind {
            OutKind::WeightKg => numbers().map(decimals).max().unwrap_or(0),
            _ => 0,
        };
        let widest = match column.kind {
            OutKind::Text | OutKind::Time => 0,
            kind => numbers()
                .map(|number| room(number, kind, places))
                .max()
                .unwrap_or(0),
        };
        Fitted {
            kind: column.kind,
            width: width_of(column).max(widest as f64),
            places,
        }
    };
    columns.map(fit).collect()
}

/// Decimal places that show a weight in kilograms exactly.
fn decimals(grams: i64) -> usize {
    match grams {
        _ if grams % 1_000 == 0 => 0,
        _ if grams % 100 == 0 => 1,
        _ if grams % 10 == 0 => 2,
        _ => 3,
    }
}

/// Characters that a number takes with its separators, decimal places and distance from the edge. A number without
/// room would be shown as ####.
fn room(number: i64, kind: OutKind, places: usize) -> usize {
    let whole = (number.unsigned_abs() as f64 / divisor(kind)).trunc();
    let digits = format!("{whole:.0}").len();
    let behind = match kind {
        OutKind::WeightKg if places > 0 => places + 1,
        OutKind::Money => 3,
        OutKind::Percent => 3,
        _ => 0,
    };
    digits + (digits - 1) / 3 + usize::from(number < 0) + behind + 3
}

/// Smallest units in the unit that is shown.
pub(super) fn divisor(kind: OutKind) -> f64 {
    match kind {
        OutKind::WeightKg => 1_000.0,
        OutKind::Money => 100.0,
        OutKind::Percent => 10_000.0,
        OutKind::Text | OutKind::Count | OutKind::Time => 1.0,
    }
}
