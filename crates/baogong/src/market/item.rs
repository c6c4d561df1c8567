//! An item over all enterprises of an area: the state of its market from day to day and its grade.

use std::collections::BTreeSet;

use planner::alarms::{self, Alarm, Scale, Situation};
use planner::forecast::{self, Sold};

use super::ReportState;
use super::series::{Series, supply_d3};
use crate::base::Result;
use crate::proposal::verified;

/// How far back it is counted for how many days something has lasted.
const LASTING_D: i64 = 14;

/// The market of an item on a day, over the enterprises whose reports still say something.
#[derive(Clone, Debug, Default)]
pub struct ItemDay {
    /// Enterprises.
    pub shops: usize,
    /// The middle of their rises in a day, in hundredths of a per cent.
    pub daily_rise_e2: Option<i64>,
    /// The middle of their rises in a week.
    pub weekly_rise_e2: Option<i64>,
    /// How many report each state but the normal one.
    pub states: Vec<(ReportState, usize)>,
}

impl ItemDay {
    /// Gathers it.
    pub fn of(series: &[&Series], day: i64) -> Self {
        let fresh: Vec<&&Series> = series.iter().filter(|one| one.at(day).is_some()).collect();
        let enterprises = |state: Option<ReportState>| {
            let these = fresh.iter().filter(|one| {
                one.at(day)
                    .is_some_and(|(_, reported)| state.is_none_or(|state| reported.state == state))
            });
            let names: BTreeSet<&str> = these.map(|one| one.enterprise.as_str()).collect();
            names.len()
        };
        let middle = |rise: fn(&Series, i64) -> Option<i64>| {
            let rises = fresh.iter().filter_map(|one| rise(one, day));
            let rises: Vec<f64> = rises.map(|rise| rise as f64).collect();
            forecast::median(&rises).map(|rise| rise.floor() as i64)
        };
        let counted = ReportState::ALL
            .iter()
            .map(|state| (*state, enterprises(Some(*state))));
        Self {
            shops: enterprises(None),
            daily_rise_e2: middle(Series::daily_rise_e2),
            weekly_rise_e2: middle(Series::weekly_rise_e2),
            states: counted
                .filter(|(state, count)| *state != ReportState::Normal && *count > 0)
                .collect(),
        }
    }

    fn reporting(&self, states: &[ReportState]) -> usize {
        let these = self.states.iter().filter(|(state, _)| states.contains(state));
        these.map(|(_, count)| count).sum()
    }

    /// Whether this is more than the trouble of one shop: two say so, or all that have the item.
    fn several(&self, states: &[ReportState]) -> bool {
        let count = self.reporting(states);
        count >= 2 || (count > 0 && count == self.shops)
    }

    /// Whether the item is missing on the market: half of those that have it are sold out.
    fn missing(&self) -> bool {
        let out = self.reporting(&[ReportState::StockOut]);
        out > 0 && out * 2 >= self.shops
    }

    /// Whether something is the matter with the item on that day.
    fn concerned(&self, rise_alarm_pct: Option<i64>) -> bool {
        let rise_e2 = self.daily_rise_e2.max(self.weekly_rise_e2);
        let dear = |pct: i64| rise_e2.is_some_and(|rise| rise >= pct.saturating_mul(100));
        self.several(&ReportState::ALL[1..]) || self.missing() || rise_alarm_pct.is_some_and(dear)
    }
}

/// An item over all enterprises of the area.
#[derive(Clone, Debug)]
pub struct Item {
    /// Its name.
    pub item: String,
    /// The category of food.
    pub category: &'static str,
    /// Its market today.
    pub now: ItemDay,
    /// The middle of the enterprises' prices of a kilogram.
    pub price_fen: Option<i64>,
    /// The middle of their changes against what is usual, in hundredths of a per cent.
    pub change_e2: Option<i64>,
    /// In stock.
    pub stock_g: Option<i64>,
    /// Sold on a usual day.
    pub sales_g: i64,
    /// Needed a day by the plan's norm for the people under control.
    pub planned_g: i64,
    /// For how long the stock lasts, in thousandths of a day.
    pub supply_d3: Option<i64>,
    /// For how many days something has been the matter with it.
    pub lasting_d: i64,
    /// For how many days it has been missing.
    pub stock_out_d: i64,
    /// Its grade by the scale of the plan.
    pub alarm: Option<Alarm>,
}

impl Item {
    /// Everything but the grade, which takes a look at all items.
    pub fn of(
        name: &str,
        series: &[&Series],
        day: i64,
        planned_g: i64,
        rise_alarm_pct: Option<i64>,
    ) -> Result<Self> {
        let fresh = || series.iter().filter_map(|one| Some((*one, one.at(day)?.1)));
        let prices: Vec<f64> = fresh()
            .filter_map(|(_, reported)| Some(reported.price_fen? as f64))
            .collect();
        let mut changes = Vec::new();
        for (one, _) in fresh() {
            changes.extend(one.price_against(day)?.map(|against| against.change_e2 as f64));
        }
        let stocks: Vec<i64> = fresh().filter_map(|(_, reported)| reported.stock_g).collect();
        let stock_g = (!stocks.is_empty()).then(|| stocks.iter().sum());
        // Each enterprise counts with what it sells on a usual day, so that one who is late or sold out takes nothing away.
        let sales_g = fresh().map(|(one, _)| one.usual_sales_g(day)).sum();
        let usual = Sold {
            sales_g,
            stock_out: false,
        };
        let lasting = |so: &dyn Fn(&ItemDay) -> bool| {
            let days = (0..LASTING_D).map(|back| ItemDay::of(series, day - back));
            days.take_while(so).count() as i64
        };
        let rounded = |figures: &[f64]| forecast::median(figures).map(|figure| figure.round() as i64);
        Ok(Self {
            item: name.to_string(),
            category: series.first().map_or("other", |one| one.category),
            now: ItemDay::of(series, day),
            price_fen: rounded(&prices),
            change_e2: rounded(&changes),
            supply_d3: match stock_g {
                Some(stock_g) => supply_d3(stock_g, &[usual], planned_g)?,
                None => None,
            },
            stock_g,
            sales_g,
            planned_g,
            lasting_d: lasting(&|of| of.concerned(rise_alarm_pct)),
            stock_out_d: lasting(&ItemDay::missing),
            alarm: None,
        })
    }

    /// Whether something is the matter with it, by which categories are counted.
    pub fn is_concerned(&self) -> bool {
        self.lasting_d > 0
    }

    /// Grades it by a scale; `categories` are those concerned in the area.
    pub fn grade(&mut self, scale: &Scale, categories: i64) -> Result<()> {
        let situation = Situation {
            daily_rise_e2: self.now.daily_rise_e2.unwrap_or(0),
            weekly_rise_e2: self.now.weekly_rise_e2.unwrap_or(0),
            stock_out_d: self.stock_out_d,
            gaps: self.now.several(&[ReportState::Gap, ReportState::StockOut]),
            queues: self.now.several(&[ReportState::Rush]),
            // One installation holds one district.
            districts: i64::from(self.is_concerned()),
            lasting_d: self.lasting_d,
            categories,
        };
        self.alarm = alarms::grade(scale, &situation);
        verified(&planner::check::grade(scale, &situation, self.alarm.as_ref()))
    }
}

#[cfg(test)]
mod tests {
    use super::super::series::Reported;
    use super::*;

    fn shop(name: &str, states: &[ReportState]) -> Series {
        let days = states.iter().zip(1..).map(|(state, day)| {
            let reported = Reported {
                price_fen: Some(400),
                sales_g: Some(1_000),
                stock_g: Some(5_000),
                state: *state,
                ..Reported::default()
            };
            (day, reported)
        });
        Series {
            enterprise: name.into(),
            category: "grain",
            days: days.collect(),
            ..Series::default()
        }
    }

    fn scale() -> Scale {
        let words = ["4: gaps", "3: stock_out_d >= 3"].map(String::from);
        crate::plan::scale::scale(&words, "YU-4").unwrap()
    }

    /// One empty shop is its own trouble; two are the market's, and half of them for three days are grade III.
    #[test]
    fn the_grade_follows_the_shops_and_the_days() {
        use ReportState::{Normal, StockOut};
        let grade = |shops: &[Series]| {
            let all: Vec<&Series> = shops.iter().collect();
            let mut item = Item::of("大米", &all, 3, 0, Some(30)).unwrap();
            item.grade(&scale(), 1).unwrap();
            (item.alarm.map(|alarm| alarm.grade), item.stock_out_d)
        };
        let calm = |name| shop(name, &[Normal; 3]);
        let one = [calm("甲"), calm("乙"), shop("丙", &[Normal, Normal, StockOut])];
        assert_eq!(grade(&one), (None, 0));
        let two = [
            calm("甲"),
            shop("乙", &[Normal, Normal, StockOut]),
            shop("丙", &[Normal, StockOut, StockOut]),
        ];
        assert_eq!(grade(&two), (Some(4), 1));
        let long = [calm("甲"), shop("乙", &[StockOut; 3])];
        assert_eq!(grade(&long), (Some(3), 3));
    }

    #[test]
    fn figures_of_all_shops_come_together() {
        let shops = [
            shop("甲", &[ReportState::Normal; 3]),
            shop("乙", &[ReportState::Normal; 2]),
        ];
        let all: Vec<&Series> = shops.iter().collect();
        let item = Item::of("大米", &all, 3, 0, None).unwrap();
        assert_eq!(
            (item.stock_g, item.sales_g, item.price_fen),
            (Some(10_000), 2_000, Some(400))
        );
        assert_eq!((item.supply_d3, item.lasting_d), (Some(5_000), 0));
    }
}
