//! One value of a table and the one way to write it, so that paper, page and spreadsheet agree.

use serde::Serialize;

use crate::{Lang, TableColumn};

/// One value of a table cell.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub enum Datum {
    /// Text as it is.
    Text(String),
    /// A number of things.
    Count(i64),
    /// A weight in grams, written in kilograms with up to three decimals.
    WeightG(i64),
    /// An amount in fen, written in yuan with two decimals.
    AmountFen(i64),
    /// A share in hundredths of a per cent: 1234 is 12.34 %.
    PercentE2(i64),
    /// An empty cell, such as a place for a signature.
    #[default]
    Blank,
}

impl Datum {
    /// The value with its unit, as it reads on its own: `1,234`, `12.5 公斤`, `36.50 元`, `12.34%`.
    pub fn text(&self, lang: Lang) -> String {
        match (self, lang) {
            (Datum::WeightG(weight_g), Lang::Zh) => format!("{} 公斤", weight_text(*weight_g)),
            (Datum::WeightG(weight_g), Lang::En) => format!("{} kg", weight_text(*weight_g)),
            (Datum::AmountFen(amount_fen), Lang::Zh) => format!("{} 元", amount_text(*amount_fen)),
            (Datum::AmountFen(amount_fen), Lang::En) => format!("CNY {}", amount_text(*amount_fen)),
            _ => self.bare_text(),
        }
    }

    /// The value without its unit, for a column whose heading names the unit. Per cent keeps its sign.
    pub fn bare_text(&self) -> String {
        match self {
            Datum::Text(text) => text.clone(),
            Datum::Count(count) => count_text(*count),
            Datum::WeightG(weight_g) => weight_text(*weight_g),
            Datum::AmountFen(amount_fen) => amount_text(*amount_fen),
            Datum::PercentE2(percent_e2) => percent_text(*percent_e2),
            Datum::Blank => String::new(),
        }
    }

    /// The value as it stands in a cell below this column: without the unit if the heading names it.
    pub fn cell_text(&self, column: &TableColumn, lang: Lang) -> String {
        if column.names_unit_of(self) {
            self.bare_text()
        } else {
            self.text(lang)
        }
    }

    /// Whether the value is a number and stands at the right edge of its cell.
    pub fn is_number(&self) -> bool {
        matches!(
            self,
            Datum::Count(_) | Datum::WeightG(_) | Datum::AmountFen(_) | Datum::PercentE2(_)
        )
    }
}

impl TableColumn {
    /// Whether the heading already names the unit of this value, e.g. `金额（元）`, `Weight (kg)`.
    pub fn names_unit_of(&self, datum: &Datum) -> bool {
        let units: &[&str] = match datum {
            Datum::WeightG(_) => &["公斤", "千克", "kg", "kilogram"],
            Datum::AmountFen(_) => &["元", "yuan", "cny", "rmb", "¥"],
            _ => return false,
        };
        let title = self.title.to_lowercase();
        // 单元 is part of an address and says nothing about money.
        let title = title.replace("单元", "");
        units.iter().any(|unit| title.contains(unit))
    }
}

/// A whole number with a comma after every three digits (GB/T 15835, 千分撇): `1,234,567`.
pub fn count_text(count: i64) -> String {
    signed(count, grouped(count.unsigned_abs()))
}

/// Grams as kilograms with up to three decimals, without unit: 12500 is `12.5`.
pub fn weight_text(weight_g: i64) -> String {
    let weight = weight_g.unsigned_abs();
    let decimals = format!("{:03}", weight % 1000);
    let decimals = decimals.trim_end_matches('0');
    let whole = grouped(weight / 1000);
    signed(
        weight_g,
        if decimals.is_empty() {
            whole
        } else {
            format!("{whole}.{decimals}")
        },
    )
}

/// Fen as yuan with two decimals, without unit: 3650 is `36.50`.
pub fn amount_text(amount_fen: i64) -> String {
    signed(amount_fen, two_decimals(amount_fen.unsigned_abs()))
}

/// Hundredths of a per cent as per cent with two decimals: 1234 is `12.34%`.
pub fn percent_text(percent_e2: i64) -> String {
    signed(
        percent_e2,
        format!("{}%", two_decimals(percent_e2.unsigned_abs())),
    )
}

fn signed(value: i64, digits: String) -> String {
    if value < 0 { format!("-{digits}") } else { digits }
}

fn two_decimals(hundredths: u64) -> String {
    format!("{}.{:02}", grouped(hundredths / 100), hundredths % 100)
}

fn grouped(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn values_read_with_their_units() {
        let cases = [
            (Datum::Text("白菜".into()), "白菜", "白菜"),
            (Datum::Count(1_234_567), "1,234,567", "1,234,567"),
            (Datum::Count(-999), "-999", "-999"),
            (Datum::WeightG(12_500), "12.5 公斤", "12.5 kg"),
            (Datum::WeightG(1_234_567), "1,234.567 公斤", "1,234.567 kg"),
            (Datum::WeightG(500), "0.5 公斤", "0.5 kg"),
            (Datum::WeightG(3_000), "3 公斤", "3 kg"),
            (Datum::WeightG(-20), "-0.02 公斤", "-0.02 kg"),
            (Datum::AmountFen(3_650), "36.50 元", "CNY 36.50"),
            (Datum::AmountFen(-5), "-0.05 元", "CNY -0.05"),
            (
                Datum::AmountFen(123_456_700),
                "1,234,567.00 元",
                "CNY 1,234,567.00",
            ),
            (Datum::PercentE2(1_234), "12.34%", "12.34%"),
            (Datum::PercentE2(10_000), "100.00%", "100.00%"),
            (Datum::Blank, "", ""),
        ];
        for (datum, zh, en) in cases {
            assert_eq!(datum.text(Lang::Zh), zh);
            assert_eq!(datum.text(Lang::En), en);
        }
    }

    #[test]
    fn a_heading_with_the_unit_spares_the_cells() {
        let column = |title: &str| TableColumn {
            title: title.into(),
            ..TableColumn::default()
        };
        assert_eq!(
            Datum::AmountFen(100).cell_text(&column("金额（元）"), Lang::Zh),
            "1.00"
        );
        assert_eq!(
            Datum::AmountFen(100).cell_text(&column("金额"), Lang::Zh),
            "1.00 元"
        );
        assert_eq!(
            Datum::AmountFen(100).cell_text(&column("单元"), Lang::Zh),
            "1.00 元"
        );
        assert_eq!(
            Datum::WeightG(1500).cell_text(&column("Weight (kg)"), Lang::En),
            "1.5"
        );
        assert_eq!(
            Datum::WeightG(1500).cell_text(&column("金额（元）"), Lang::Zh),
            "1.5 公斤"
        );
    }

    proptest! {
        #[test]
        fn written_numbers_read_back(value in any::<i64>()) {
            let digits = |text: String| text.replace(',', "");
            prop_assert_eq!(digits(count_text(value)).parse::<i64>(), Ok(value));
            let amount = digits(amount_text(value)).replace('.', "");
            prop_assert_eq!(amount.parse::<i64>(), Ok(value));
            let weight = digits(weight_text(value));
            let (whole, decimals) = weight.split_once('.').unwrap_or((&weight, ""));
            prop_assert_eq!(format!("{whole}{decimals:0<3}").parse::<i64>(), Ok(value));
        }
    }
}
