//! What one enterprise reports of one item, and why something has to be done about it.

use kit::Lang;

use super::ReportState;
use super::series::{Against, Series};
use crate::base::Result;
use crate::plan::rules::{RuleKey, Rules};

/// From this urgency on something has to be done today; below, it is to be watched.
pub const ACT: u8 = 2;

/// Why a line stands out.
#[derive(Clone, Debug, PartialEq)]
pub enum Reason {
    /// The enterprise says so.
    State(ReportState),
    /// The stock lasts for fewer days than the plan demands.
    Below {
        /// The days that it demands.
        least_d: i64,
    },
    /// The price rose by as much as the plan warns of, in hundredths of a per cent.
    Rise {
        /// The rise.
        rise_e2: i64,
        /// Whether it is that of a day, else that of a week.
        daily: bool,
    },
    /// The price is out of the ordinary.
    OddPrice,
    /// The stock is far below what is usual.
    OddStock,
}

impl Reason {
    fn urgency(&self) -> u8 {
        match self {
            Reason::State(ReportState::StockOut | ReportState::Gap | ReportState::Rush) => 3,
            Reason::Below { .. } | Reason::Rise { .. } => ACT,
            Reason::State(_) | Reason::OddPrice | Reason::OddStock => 1,
        }
    }

    /// In words.
    pub fn words(&self, lang: Lang) -> String {
        match self {
            Reason::State(state) => state.word(lang).to_string(),
            Reason::Below { least_d } => match lang {
                Lang::Zh => format!("可供不足{least_d}天"),
                Lang::En => format!("less than {least_d} days of supply"),
            },
            Reason::Rise { rise_e2, daily } => {
                let rise = percent(*rise_e2);
                let rise = rise.trim_start_matches('+');
                match (lang, daily) {
                    (Lang::Zh, true) => format!("一天涨价{rise}"),
                    (Lang::Zh, false) => format!("一周涨价{rise}"),
                    (Lang::En, true) => format!("price up {rise} in a day"),
                    (Lang::En, false) => format!("price up {rise} in a week"),
                }
            }
            Reason::OddPrice => lang.t("价格异常", "unusual price").to_string(),
            Reason::OddStock => lang.t("库存异常偏低", "unusually low stock").to_string(),
        }
    }

    /// The rule on which it rests, if it is one of the plan's.
    fn rule(&self) -> Option<RuleKey> {
        match self {
            Reason::State(_) => Some(RuleKey::MarketScale),
            Reason::Below { .. } => Some(RuleKey::DaysOfSupplyMin),
            Reason::Rise { .. } => Some(RuleKey::PriceRiseAlarmPct),
            Reason::OddPrice | Reason::OddStock => None,
        }
    }
}

/// A change in per cent with its sign and one decimal, such as `+12.5%`.
pub fn percent(change_e2: i64) -> String {
    let tenths = change_e2.unsigned_abs() / 10;
    let sign = match change_e2 {
        change if change >= 10 => "+",
        change if change <= -10 => "−",
        _ => "",
    };
    format!("{sign}{}.{}%", tenths / 10, tenths % 10)
}

/// Thousandths of a day as days with one decimal, rounded down.
pub fn days_words(supply_d3: i64) -> String {
    format!("{}.{}", supply_d3 / 1_000, supply_d3 % 1_000 / 100)
}

/// What one enterprise reports of one item.
#[derive(Clone, Debug)]
pub struct Line {
    /// The enterprise.
    pub enterprise: String,
    /// The item, with its specification where there is one.
    pub item: String,
    /// The number of the day of the report.
    pub day: i64,
    /// Price of a kilogram.
    pub price_fen: Option<i64>,
    /// The price against what is usual.
    pub price: Option<Against>,
    /// In stock.
    pub stock_g: Option<i64>,
    /// Sold on a usual day.
    pub sales_g: i64,
    /// Needed a day by those under control that it feeds.
    pub planned_g: i64,
    /// For how long the stock lasts, in thousandths of a day.
    pub supply_d3: Option<i64>,
    /// Why it stands out, the most urgent reason first.
    pub reasons: Vec<Reason>,
    /// The clauses on which that rests.
    pub clauses: Vec<String>,
    /// What happened, in the enterprise's words.
    pub remark: String,
}

impl Line {
    /// What a series says on a day, under the rules of the plan.
    pub fn of(series: &Series, day: i64, planned_g: i64, rules: &Rules) -> Result<Self> {
        let (at, now) = series.at(day).map_or((day, None), |(at, now)| (at, Some(now)));
        let price = series.price_against(day)?;
        let stock = series.stock_against(day)?;
        let supply_d3 = series.supply_d3(day, planned_g)?;
        let mut reasons = Vec::new();
        let state = now.map_or(ReportState::Normal, |now| now.state);
        if state != ReportState::Normal {
            reasons.push(Reason::State(state));
        }
        if let (Some(supply_d3), Some(least_d)) = (supply_d3, rules.number(RuleKey::DaysOfSupplyMin))
            && supply_d3 < least_d.saturating_mul(1_000)
        {
            reasons.push(Reason::Below { least_d });
        }
        if let Some(alarm_pct) = rules.number(RuleKey::PriceRiseAlarmPct) {
            let rises = [
                (series.weekly_rise_e2(day), false),
                (series.daily_rise_e2(day), true),
            ];
            let highest = rises
                .into_iter()
                .filter_map(|(rise, daily)| Some((rise?, daily)))
                .max();
            if let Some((rise_e2, daily)) = highest.filter(|(rise, _)| *rise >= alarm_pct.saturating_mul(100))
            {
                reasons.push(Reason::Rise { rise_e2, daily });
            }
        }
        let dear = reasons.iter().any(|reason| matches!(reason, Reason::Rise { .. }));
        if price.is_some_and(|price| price.odd) && !dear {
            reasons.push(Reason::OddPrice);
        }
        if stock.is_some_and(|stock| stock.odd && stock.change_e2 < 0) && state != ReportState::StockOut {
            reasons.push(Reason::OddStock);
        }
        reasons.sort_by_key(|reason| std::cmp::Reverse(reason.urgency()));
        let mut clauses: Vec<String> = reasons
            .iter()
            .filter_map(|reason| Some(rules.clause(reason.rule()?).to_string()))
            .filter(|clause| !clause.is_empty())
            .collect();
        clauses.sort_unstable();
        clauses.dedup();
        Ok(Self {
            enterprise: series.enterprise.clone(),
            item: [series.item.as_str(), series.spec.as_str()]
                .join(" ")
                .trim()
                .to_string(),
            day: at,
            price_fen: now.and_then(|now| now.price_fen),
            price,
            stock_g: now.and_then(|now| now.stock_g),
            sales_g: series.usual_sales_g(day),
            planned_g,
            supply_d3,
            reasons,
            clauses,
            remark: now.map_or_else(String::new, |now| now.remark.clone()),
        })
    }

    /// How urgent it is: 0 nothing, 1 to be watched, [`ACT`] to be dealt with today, 3 at once.
    pub fn urgency(&self) -> u8 {
        self.reasons.first().map_or(0, Reason::urgency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_and_days_are_told_with_one_decimal() {
        assert_eq!(percent(1_259), "+12.5%");
        assert_eq!(percent(-350), "−3.5%");
        assert_eq!(percent(4), "0.0%");
        assert_eq!(days_words(7_999), "7.9");
    }
}
