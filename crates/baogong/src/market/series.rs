//! What one enterprise reported of one item from day to day, and what of it is out of the ordinary.

use std::collections::BTreeMap;

use planner::forecast::{self, Anomaly, Sold};

use super::ReportState;
use crate::base::Result;
use crate::proposal::verified;

/// A figure that is older says nothing about today.
pub const FRESH_D: i64 = 3;
/// What is usual is read off so many days before.
pub const USUAL_D: i64 = 14;
/// Daily sales are read off so many days.
const SALES_D: i64 = 7;

/// What was reported on a day; a nil report repeats the figures before.
#[derive(Clone, Debug, Default)]
pub struct Reported {
    /// Price of a kilogram.
    pub price_fen: Option<i64>,
    /// Price of a kilogram on the day before, as the enterprise wrote it.
    pub price_before_fen: Option<i64>,
    /// Sold on that day, or on a usual day where only that was written.
    pub sales_g: Option<i64>,
    /// In stock.
    pub stock_g: Option<i64>,
    /// How the supply stands.
    pub state: ReportState,
    /// What happened, in the enterprise's words.
    pub remark: String,
}

impl Reported {
    /// Whether there is no figure in it.
    pub fn is_nil(&self) -> bool {
        self.price_fen.is_none() && self.sales_g.is_none() && self.stock_g.is_none()
    }
}

/// Against what is usual.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Against {
    /// The median of the days before.
    pub usual: i64,
    /// The change against it, in hundredths of a per cent.
    pub change_e2: i64,
    /// Whether it is out of the ordinary.
    pub odd: bool,
}

/// The reports of one enterprise on one item by day.
#[derive(Clone, Debug, Default)]
pub struct Series {
    /// The enterprise as it signs.
    pub enterprise: String,
    /// Its code, where it is a registered supplier.
    pub supplier: Option<String>,
    /// The item.
    pub item: String,
    /// Its specification.
    pub spec: String,
    /// The category of food; `other` for what has no norm.
    pub category: &'static str,
    /// By the number of the day.
    pub days: BTreeMap<i64, Reported>,
}

impl Series {
    /// The latest report up to a day that still says something about it, with its day.
    pub fn at(&self, day: i64) -> Option<(i64, &Reported)> {
        let found = self.days.range(day - FRESH_D..=day).next_back();
        found.map(|(day, reported)| (*day, reported))
    }

    fn price_fen(&self, day: i64) -> Option<i64> {
        self.at(day)?.1.price_fen.filter(|price| *price > 0)
    }

    /// The rise of the price against the day before, in hundredths of a per cent: the enterprise's own report of that day, or
    /// what it wrote about it.
    pub fn daily_rise_e2(&self, day: i64) -> Option<i64> {
        let (at, reported) = self.at(day)?;
        let before = self.days.get(&(at - 1)).and_then(|before| before.price_fen);
        rise_e2(before.or(reported.price_before_fen)?, self.price_fen(day)?)
    }

    /// The rise of the price against a week before, or against the first report since, in hundredths of a per cent.
    pub fn weekly_rise_e2(&self, day: i64) -> Option<i64> {
        let (at, _) = self.at(day)?;
        let mut week = self.days.range(at - 7..at);
        rise_e2(
            week.find_map(|(_, before)| before.price_fen)?,
            self.price_fen(day)?,
        )
    }

    /// The price against what is usual; `None` with fewer than five prices in the two weeks before.
    pub fn price_against(&self, day: i64) -> Result<Option<Against>> {
        self.against(day, |reported| reported.price_fen)
    }

    /// The stock against what is usual.
    pub fn stock_against(&self, day: i64) -> Result<Option<Against>> {
        self.against(day, |reported| reported.stock_g)
    }

    fn against(&self, day: i64, figure: fn(&Reported) -> Option<i64>) -> Result<Option<Against>> {
        let Some((at, now)) = self.at(day).and_then(|(at, now)| Some((at, figure(now)?))) else {
            return Ok(None);
        };
        let before = self.days.range(at - USUAL_D..at);
        let before: Vec<i64> = before.filter_map(|(_, before)| figure(before)).collect();
        against(&before, now)
    }

    /// Daily sales of the last week with the days on which it ran out.
    pub fn sold(&self, day: i64) -> Vec<Sold> {
        let days = self.days.range(day - SALES_D + 1..=day);
        days.filter_map(|(_, reported)| {
            Some(Sold {
                sales_g: reported.sales_g?,
                stock_out: reported.state == ReportState::StockOut,
            })
        })
        .collect()
    }

    /// What it sells on a usual day: the median of the days on which it did not run out, or else the most of any day.
    pub fn usual_sales_g(&self, day: i64) -> i64 {
        let sold = self.sold(day);
        let whole: Vec<f64> = sold
            .iter()
            .filter(|day| !day.stock_out)
            .map(|day| day.sales_g as f64)
            .collect();
        let most = sold.iter().map(|day| day.sales_g).max().unwrap_or(0);
        forecast::median(&whole).map_or(most, |sales| sales.round() as i64)
    }

    /// For how long the stock lasts, in thousandths of a day, where `planned_g` a day is needed.
    pub fn supply_d3(&self, day: i64, planned_g: i64) -> Result<Option<i64>> {
        let Some(stock_g) = self.at(day).and_then(|(_, reported)| reported.stock_g) else {
            return Ok(None);
        };
        supply_d3(stock_g, &self.sold(day), planned_g)
    }
}

/// [`forecast::days_of_supply`], checked.
pub fn supply_d3(stock_g: i64, sold: &[Sold], planned_g: i64) -> Result<Option<i64>> {
    let found = forecast::days_of_supply(stock_g, sold, planned_g);
    verified(&planner::check::days_of_supply(stock_g, sold, planned_g, found))?;
    Ok(found)
}

/// A figure against the ones before, checked; `None` where too few are known.
pub fn against(before: &[i64], now: i64) -> Result<Option<Against>> {
    let odd: Option<Anomaly> = forecast::anomaly(before, now);
    verified(&planner::check::anomaly(before, now, odd.as_ref()))?;
    let figures: Vec<f64> = before.iter().map(|figure| *figure as f64).collect();
    let usual = forecast::median(&figures).filter(|_| before.len() >= forecast::LEAST_HISTORY);
    Ok(usual.map(|usual| Against {
        usual: usual.round() as i64,
        change_e2: ((now as f64 - usual) / usual.abs().max(1e-9) * 10_000.0).round() as i64,
        odd: odd.is_some(),
    }))
}

/// A rise in hundredths of a per cent, rounded down.
fn rise_e2(before: i64, now: i64) -> Option<i64> {
    let change = (i128::from(now) - i128::from(before)) * 10_000;
    (before > 0).then(|| i64::try_from(change.div_euclid(i128::from(before))).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(prices: &[(i64, i64)]) -> Series {
        Series {
            days: prices
                .iter()
                .map(|(day, price_fen)| {
                    let reported = Reported {
                        price_fen: Some(*price_fen),
                        ..Reported::default()
                    };
                    (*day, reported)
                })
                .collect(),
            ..Series::default()
        }
    }

    #[test]
    fn rises_are_read_off_the_own_reports_and_rounded_down() {
        let rising = series(&[(1, 400), (5, 440), (7, 500), (8, 540)]);
        assert_eq!(rising.daily_rise_e2(8), Some(800));
        assert_eq!(rising.weekly_rise_e2(8), Some(3_500));
        // Without a report of the day before, what the enterprise wrote about it counts.
        assert_eq!(rising.daily_rise_e2(5), None);
        let mut told = rising.clone();
        told.days.get_mut(&5).unwrap().price_before_fen = Some(400);
        assert_eq!(told.daily_rise_e2(5), Some(1_000));
        assert_eq!(rise_e2(300, 399), Some(3_300));
        assert_eq!(rise_e2(0, 399), None);
    }

    #[test]
    fn a_figure_grows_stale_after_three_days() {
        let one = series(&[(10, 400)]);
        assert!(one.at(13).is_some());
        assert!(one.at(14).is_none() && one.at(9).is_none());
    }

    #[test]
    fn what_is_usual_takes_five_days() {
        let steady: Vec<(i64, i64)> = (1..=5).map(|day| (day, 400)).collect();
        let mut jump = series(&steady);
        jump.days.insert(6, series(&[(6, 520)]).days[&6].clone());
        let found = jump.price_against(6).unwrap().unwrap();
        assert_eq!((found.usual, found.change_e2, found.odd), (400, 3_000, true));
        assert_eq!(jump.price_against(5).unwrap(), None);
    }

    /// Stock-outs censor sales, so the planned need counts where it is larger (YO-4).
    #[test]
    fn the_larger_of_sales_and_need_empties_the_stock() {
        let mut one = Series::default();
        for (day, sales_g, state) in [
            (1, 100, ReportState::Normal),
            (2, 5, ReportState::StockOut),
            (3, 120, ReportState::Normal),
        ] {
            one.days.insert(
                day,
                Reported {
                    sales_g: Some(sales_g),
                    stock_g: Some(550),
                    state,
                    ..Reported::default()
                },
            );
        }
        assert_eq!(one.usual_sales_g(3), 110);
        assert_eq!(one.supply_d3(3, 0).unwrap(), Some(5_000));
        assert_eq!(one.supply_d3(3, 275).unwrap(), Some(2_000));
    }
}
