//! What figures of a form are plausible, as data: what lies outside is taken, with a warning.
//!
//! The bounds per person follow the planning ration of a city in March 2022 (grain 350 g, oil 50 g, meat 115 g,
//! vegetables 400 g, eggs 60 g a day), with 2.62 people a household (census of 2020). An order covers one day
//! at least and two weeks at most.

use super::{Cell, Form, Kind};
use crate::values::Problem;

/// One statement about the figures of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rule {
    /// The figure lies between both bounds, in the unit of its column.
    Between { key: &'static str, min: i64, max: i64 },
    /// The figure divided by another lies between both bounds, in hundredths of the unit of its column.
    Per {
        key: &'static str,
        of: &'static str,
        min_c: i64,
        max_c: i64,
    },
    /// The figure is at most another one.
    AtMost { key: &'static str, other: &'static str },
    /// The figure is the quotient of two others, with one unit or a tenth of tolerance.
    Quotient {
        key: &'static str,
        of: &'static str,
        by: &'static str,
    },
}

const fn between(key: &'static str, min: i64, max: i64) -> Rule {
    Rule::Between { key, min, max }
}

const fn per(key: &'static str, of: &'static str, min_c: i64, max_c: i64) -> Rule {
    Rule::Per {
        key,
        of,
        min_c,
        max_c,
    }
}

const fn at_most(key: &'static str, other: &'static str) -> Rule {
    Rule::AtMost { key, other }
}

/// A thousand tonnes.
const KILOTONNE_G: i64 = 1_000_000_000;
/// People of a household a hundred times (census of 2020).
pub(crate) const HOUSEHOLD_C: i64 = 262;
/// Longest time that one order is meant for, in days.
pub(crate) const ORDER_D_MAX: i64 = 14;

/// Grams a day and person of the categories (planning ration of March 2022).
pub(crate) const RATION_G: &[(&str, i64)] = &[
    ("grain", 350),
    ("oil", 50),
    ("vegetables", 400),
    ("eggs", 60),
    ("meat", 115),
];

/// Bounds of a category per order: nothing below a day of one household, nothing above two weeks.
const fn per_order(key: &'static str, ration_g: i64, least: bool) -> Rule {
    let day_c = ration_g * HOUSEHOLD_C;
    per(key, "orders", if least { day_c } else { 0 }, day_c * ORDER_D_MAX)
}

static COMPOUNDS: &[Rule] = &[
    per("residents", "households", 50, 800),
    per("floating", "households", 0, 800),
    // In villages many houses stand empty.
    per("households", "buildings", 20, 100_000),
    at_most("buildings", "units"),
    at_most("units", "households"),
];

static SUPPLIERS: &[Rule] = &[
    between("grain_daily_g", 0, KILOTONNE_G),
    between("oil_daily_g", 0, KILOTONNE_G),
    between("vegetables_daily_g", 0, KILOTONNE_G),
    between("eggs_daily_g", 0, KILOTONNE_G),
    between("meat_daily_g", 0, KILOTONNE_G),
    // Stock for more than a year, or sales far above the stock, point to mixed units.
    per("grain_stock_g", "grain_daily_g", 10, 40_000),
    per("oil_stock_g", "oil_daily_g", 10, 40_000),
    per("vegetables_stock_g", "vegetables_daily_g", 5, 6_000),
    per("eggs_stock_g", "eggs_daily_g", 5, 9_000),
    per("meat_stock_g", "meat_daily_g", 5, 18_000),
];

static VEHICLES: &[Rule] = &[
    between("load_g", 100_000, 60_000_000),
    between("volume_l", 500, 150_000),
];

static GOODS: &[Rule] = &[between("price_fen", 0, 500_000), between("weight_g", 10, 60_000)];

static MONITORING: &[Rule] = &[
    at_most("sales_g", "stock_before_g"),
    at_most("sales_g", "stock_g"),
    Rule::Quotient {
        key: "supply_d",
        of: "stock_g",
        by: "mean_sales_g",
    },
    per("sales_g", "mean_sales_g", 5, 2_000),
    per("price_fen", "price_before_fen", 50, 200),
    between("price_fen", 10, 100_000),
    between("supply_d", 0, 400),
    between("transit_d", 0, 30),
    between("sales_g", 0, KILOTONNE_G),
];

static TOTALS: &[Rule] = &[
    per_order("rice_g", 350, false),
    per_order("flour_g", 350, false),
    per_order("grain_g", 350, false),
    per_order("oil_g", 50, false),
    per_order("vegetables_g", 400, true),
    per_order("eggs_g", 60, false),
    per_order("meat_g", 115, false),
    per("amount_fen", "orders", 100_000, 10_000_000),
    per("people", "orders", 50, 1_000),
    per("orders", "couriers", 0, 20_000),
];

static SITES: &[Rule] = &[between("area_m2", 4, 50_000)];

/// The statements about a form.
pub(crate) fn rules(form: &Form) -> &'static [Rule] {
    match form.key {
        "compounds" => COMPOUNDS,
        "suppliers" => SUPPLIERS,
        "vehicles" => VEHICLES,
        "goods" => GOODS,
        "monitoring" => MONITORING,
        "supply_totals" => TOTALS,
        "sites" => SITES,
        _ => &[],
    }
}

/// Adds a doubt for every statement that a row does not meet.
pub(crate) fn check(form: &'static Form, cells: &[Cell], doubts: &mut Vec<(&'static str, Problem)>) {
    let int = |key: &str| form.position(key).and_then(|position| cells[position].int());
    for rule in rules(form) {
        let found = match *rule {
            Rule::Between { key, min, max } => int(key)
                .filter(|number| *number != 0 && !(min..=max).contains(number))
                .map(|_| (key, outside(form, key, min, max))),
            Rule::Per {
                key,
                of,
                min_c,
                max_c,
            } => match (int(key), int(of)) {
                (Some(number), Some(of_number)) if of_number > 0 && number > 0 => {
                    let each_c = i128::from(number) * 100;
                    let fits = each_c >= i128::from(min_c) * i128::from(of_number)
                        && each_c <= i128::from(max_c) * i128::from(of_number);
                    (!fits).then(|| (key, beside(form, (key, number), (of, of_number), (min_c, max_c))))
                }
                _ => None,
            },
            Rule::AtMost { key, other } => match (int(key), int(other)) {
                (Some(number), Some(most)) if number > most => {
                    Some((key, above(form, key, number, other, most)))
                }
                _ => None,
            },
            Rule::Quotient { key, of, by } => match (int(key), int(of), int(by)) {
                (Some(number), Some(of), Some(by)) if by > 0 => {
                    let right = of / by;
                    let fits = (number - right).abs() <= 1.max(right / 10);
                    (!fits).then(|| {
                        let problem = Problem::new(
                            format!("按库存除以日均销量应约为 {right} 天，这里填 {number} 天，请核对单位和数量"),
                            format!("stock divided by mean daily sales gives about {right} days, not {number}; check units and figures"),
                        );
                        (key, problem)
                    })
                }
                _ => None,
            },
        };
        doubts.extend(found);
    }
}

/// A figure of a column with its unit, in Chinese and English.
pub(crate) fn figure(form: &Form, key: &str, number_c: i128) -> (String, String) {
    let kind = form.column(key).map(|column| column.kind);
    let (scale, zh, en) = match kind {
        Some(Kind::Weight) => (1_000, "公斤", "kg"),
        Some(Kind::Money) => (100, "元", "yuan"),
        Some(Kind::Volume) => (1_000, "立方米", "m3"),
        _ => (1, "", ""),
    };
    let hundredths = number_c / scale;
    let whole = hundredths / 100;
    let text = match (hundredths % 100).abs() {
        0 => whole.to_string(),
        rest => format!("{whole}.{rest:02}").trim_end_matches('0').to_string(),
    };
    (
        format!("{text} {zh}").trim_end().to_string(),
        format!("{text} {en}").trim_end().to_string(),
    )
}

fn title(form: &Form, key: &str) -> (&'static str, &'static str) {
    form.column(key).map_or(("", ""), |column| {
        (plain(column.title.zh), plain(column.title.en))
    })
}

/// A heading without the unit in brackets.
fn plain(title: &'static str) -> &'static str {
    title.split(['（', '(']).next().unwrap_or(title).trim_end()
}

fn outside(form: &Form, key: &str, min: i64, max: i64) -> Problem {
    let (low, low_en) = figure(form, key, i128::from(min) * 100);
    let (high, high_en) = figure(form, key, i128::from(max) * 100);
    Problem::new(
        format!("不在常见范围（{low} 到 {high}）内，请核对数量和单位"),
        format!("outside the usual range ({low_en} to {high_en}); check figure and unit"),
    )
}

fn beside(form: &Form, one: (&str, i64), of: (&str, i64), bounds_c: (i64, i64)) -> Problem {
    let each_c = i128::from(one.1) * 100 / i128::from(of.1);
    let kind = |key: &str| form.column(key).map(|column| column.kind);
    // The quotient of two weights or two prices has no unit.
    let key = if kind(one.0) == kind(of.0) { "" } else { one.0 };
    let (each, each_en) = figure(form, key, each_c);
    let (low, low_en) = figure(form, key, i128::from(bounds_c.0));
    let (high, high_en) = figure(form, key, i128::from(bounds_c.1));
    let (name, name_en) = title(form, one.0);
    let (of_name, of_name_en) = title(form, of.0);
    Problem::new(
        format!(
            "“{name}”除以“{of_name}”得 {each}，不合常理（一般在 {low} 到 {high} 之间），请核对数量和单位"
        ),
        format!(
            "“{name_en}” divided by “{of_name_en}” gives {each_en}, which is implausible (usually {low_en} to {high_en}); check figures and units"
        ),
    )
}

fn above(form: &Form, key: &str, number: i64, other: &str, most: i64) -> Problem {
    let (own, own_en) = figure(form, key, i128::from(number) * 100);
    let (bound, bound_en) = figure(form, other, i128::from(most) * 100);
    let (name, name_en) = title(form, key);
    let (other_name, other_name_en) = title(form, other);
    Problem::new(
        format!("“{name}”（{own}）多于“{other_name}”（{bound}），请核对"),
        format!("“{name_en}” ({own_en}) is more than “{other_name_en}” ({bound_en}); please check"),
    )
}
