//! Two weeks of daily market reports: calm shelves, and a run on vegetables and eggs in the county seat.

use super::supply::Supplier;
use super::{Dice, pick};
use jiff::civil::Date;
use rand::Rng;

/// Days of reports, today's among them.
const DAYS: i64 = 14;
/// The run on vegetables began so many days ago.
const RUN_D: i64 = 6;

/// An item that is watched (YU-1): name, place of its category among those of the norm, price of a kilogram, where it comes
/// from. What has no norm is sold at a tenth of the grain.
static ITEMS: &[(&str, Option<usize>, i64, &str)] = &[
    ("大米", Some(0), 560, "本地加工厂"),
    ("食用油", Some(1), 1_380, "郴州"),
    ("大白菜", Some(2), 260, "本地基地"),
    ("鸡蛋", Some(3), 1_020, "本地养殖场"),
    ("猪肉", Some(4), 2_780, "县屠宰场"),
    ("火腿肠", None, 2_400, "长沙"),
    ("方便面", None, 2_200, "长沙"),
    ("瓶装水", None, 240, "郴州"),
];

/// One row of a report.
#[derive(Debug)]
pub(super) struct Report {
    pub(super) date: String,
    pub(super) enterprise: &'static str,
    pub(super) item: &'static str,
    /// Nothing in a nil report.
    pub(super) figures: Option<Figures>,
    /// Key of the state.
    pub(super) state: &'static str,
    pub(super) remark: &'static str,
}

/// The figures of a row.
#[derive(Debug)]
pub(super) struct Figures {
    pub(super) mean_sales_g: i64,
    pub(super) sales_g: i64,
    pub(super) price_fen: i64,
    pub(super) price_before_fen: i64,
    pub(super) source: &'static str,
    pub(super) stock_before_g: i64,
    pub(super) stock_g: i64,
}

/// The reports up to `today`. The last supplier has never reported, the one before has stopped, and one says each day that
/// nothing has changed.
pub(super) fn reports(suppliers: &[Supplier], today: Date, dice: &mut Dice) -> Vec<Report> {
    let mut reports = Vec::new();
    for (at, supplier) in suppliers
        .iter()
        .enumerate()
        .take(suppliers.len().saturating_sub(1))
    {
        let stopped = at + 2 == suppliers.len();
        let quiet = at + 3 == suppliers.len();
        for (item, category, price_fen, source) in ITEMS {
            let capacity_g = supplier.daily_g[category.unwrap_or(0)];
            let mean_g = if category.is_some() {
                capacity_g * 7 / 10
            } else {
                capacity_g / 10
            };
            let mean_g = (mean_g / 1_000).max(1) * 1_000;
            let level = pick(dice, &[97, 100, 100, 102]);
            let mut before: Option<(i64, i64)> = None;
            for back in (0..DAYS).rev() {
                let date = today.saturating_sub(jiff::Span::new().days(back)).to_string();
                if stopped && back < 2 {
                    break;
                }
                if quiet && back < DAYS - 5 {
                    if *category == Some(0) {
                        reports.push(nil(date, supplier.name));
                    }
                    continue;
                }
                let run = Run::of(item, at, back);
                let noise = dice.random_range(-10..=10);
                let price = price_fen * level / 100 * (1_000 + noise + run.price_permille) / 1_000;
                let stock_g = mean_g * run.stock_tenths / 10;
                let sales_g =
                    (mean_g * (100 + dice.random_range(-8..=8) + run.sales_more_pct) / 100).clamp(0, stock_g);
                let (price_before_fen, stock_before_g) = before.unwrap_or((price, stock_g + sales_g));
                reports.push(Report {
                    date,
                    enterprise: supplier.name,
                    item,
                    figures: Some(Figures {
                        mean_sales_g: mean_g,
                        sales_g,
                        price_fen: price,
                        price_before_fen,
                        source,
                        stock_before_g: stock_before_g.max(sales_g),
                        stock_g,
                    }),
                    state: run.state,
                    remark: run.remark,
                });
                before = Some((price, stock_g));
            }
        }
    }
    reports.sort_by(|one, other| one.date.cmp(&other.date));
    reports
}

fn nil(date: String, enterprise: &'static str) -> Report {
    Report {
        date,
        enterprise,
        item: "全部品种",
        figures: None,
        state: "normal",
        remark: "",
    }
}

/// How far an item is from its usual state at a shop on a day.
struct Run {
    price_permille: i64,
    sales_more_pct: i64,
    /// Days of usual sales in stock, in tenths.
    stock_tenths: i64,
    state: &'static str,
    remark: &'static str,
}

impl Run {
    /// The first four shops are the supermarkets of the county seat.
    fn of(item: &str, shop: usize, back: i64) -> Self {
        let calm = Run {
            price_permille: 0,
            sales_more_pct: 0,
            stock_tenths: 84 + shop as i64 % 5 * 6,
            state: "normal",
            remark: "",
        };
        let begun = RUN_D - back;
        match item {
            "大白菜" if begun > 0 => {
                let dearer = Run {
                    price_permille: 95 * begun,
                    stock_tenths: (calm.stock_tenths - 4 * begun).max(20),
                    ..calm
                };
                match (shop, begun) {
                    (0 | 2, 4..) => Run {
                        sales_more_pct: -100,
                        stock_tenths: 0,
                        state: "stock_out",
                        remark: "上午9时售完，明早补货",
                        ..dearer
                    },
                    (1 | 3, 3..) => Run {
                        stock_tenths: 22,
                        state: "gap",
                        remark: "到货不足，每人限购5公斤",
                        ..dearer
                    },
                    (4..=6, 4..) => Run {
                        state: "tight",
                        ..dearer
                    },
                    _ => dearer,
                }
            }
            "鸡蛋" if begun > 4 && shop < 2 => Run {
                sales_more_pct: 160,
                stock_tenths: 34,
                state: "rush",
                remark: "早市排队抢购",
                ..calm
            },
            // One shop alone asks more; the market does not.
            "食用油" if back == 0 && shop == 7 => Run {
                price_permille: 340,
                ..calm
            },
            _ => calm,
        }
    }
}
