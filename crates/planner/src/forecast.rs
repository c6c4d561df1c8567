//! How much will be asked for, for how long stock lasts, and what is out of the ordinary.
//!
//! Robust statistics throughout: medians and the median absolute deviation (MAD), which a few wrong figures do not
//! move (Huber and Ronchetti, "Robust Statistics", 2nd ed., 2009; Iglewicz and Hoaglin, "How to Detect and Handle
//! Outliers", ASQ 1993). The only randomness is in the data.

/// What households of one kind ordered in one round of one compound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Observed {
    /// Households of this kind in the compound.
    pub households: i64,
    /// Packs that they ordered.
    pub packs: i64,
    /// Whether the pack sold out: more was wanted than was sold.
    pub sold_out: bool,
}

/// What is expected in the next round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Demand {
    /// The middle of what is expected, in packs.
    pub expected: i64,
    /// In about one of ten rounds it is less.
    pub low: i64,
    /// In about one of ten rounds it is more.
    pub high: i64,
    /// Rounds of this compound on which that rests; with none it rests on the county alone.
    pub rounds: usize,
}

/// So many of the last rounds count.
const LAST: usize = 6;

/// The county counts like so many rounds of the compound's own.
const COUNTY_ROUNDS: f64 = 2.0;

/// The 90th percentile of the normal distribution.
const NINE_TENTHS: f64 = 1.2816;

/// Makes the MAD of normal data their standard deviation.
const MAD_TO_DEVIATION: f64 = 1.4826;

/// Without any rounds the deviation of a rate is taken as this part of it.
const UNKNOWN_DEVIATION: f64 = 0.5;

/// Packs per household and round over the whole county, as the median over all compounds and rounds; `None` when
/// nothing was observed.
pub fn county_rate(observed: &[Observed]) -> Option<f64> {
    median(&rates(observed))
}

/// The demand of `households` of one kind in the next round of a compound.
///
/// The median rate of the compound's last six rounds, oldest first in `own`, is drawn towards the county's rate as
/// if the county were two more rounds (shrinkage; Efron and Morris, Scientific American 236, 1977). A round that
/// sold out says only "at least so much": it counts where it lies above the median of the others and is left out
/// where it lies below. The interval has two parts: how far rounds differ (MAD) and that orders are counts.
pub fn demand(own: &[Observed], county_rate: f64, households: i64) -> Demand {
    let last = &own[own.len().saturating_sub(LAST)..];
    let rates = rates(last);
    let count = rates.len() as f64;
    let county_rate = county_rate.max(0.0);
    let rate = median(&rates).map_or(county_rate, |own| {
        (own * count + county_rate * COUNTY_ROUNDS) / (count + COUNTY_ROUNDS)
    });
    let usual = rate * UNKNOWN_DEVIATION;
    let deviation = match mad(&rates) {
        Some(mad) if rates.len() > 2 => {
            let own = mad * MAD_TO_DEVIATION;
            ((own * own * count + usual * usual * COUNTY_ROUNDS) / (count + COUNTY_ROUNDS)).sqrt()
        }
        _ => usual,
    };
    let households = households.max(0) as f64;
    let expected = rate * households;
    let spread = NINE_TENTHS * (expected + (deviation * households).powi(2)).sqrt();
    Demand {
        expected: expected.round() as i64,
        low: (expected - spread).max(0.0).floor() as i64,
        high: (expected + spread).ceil() as i64,
        rounds: rates.len(),
    }
}

/// Rates per household, with rounds that sold out below the median of the others left out.
fn rates(observed: &[Observed]) -> Vec<f64> {
    let rate = |one: &Observed| one.packs.max(0) as f64 / one.households as f64;
    let seen = || observed.iter().filter(|one| one.households > 0);
    let whole: Vec<f64> = seen().filter(|one| !one.sold_out).map(rate).collect();
    let least = median(&whole).unwrap_or(0.0);
    let cut = seen()
        .filter(|one| one.sold_out)
        .map(rate)
        .filter(|rate| *rate >= least);
    whole.iter().copied().chain(cut).collect()
}

/// One day of a supplier's report for one category.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sold {
    /// Sold on that day, in grams.
    pub sales_g: i64,
    /// Whether it ran out on that day.
    pub stock_out: bool,
}

/// For how long stock lasts, in thousandths of a day: stock divided by the larger of daily sales and planned need,
/// because sales are low where the shelves were empty. Daily sales are the median of the days without a stock-out,
/// or the largest of all days if there was one on each. `None` when nothing is sold or planned.
pub fn days_of_supply(stock_g: i64, days: &[Sold], planned_g: i64) -> Option<i64> {
    let whole: Vec<f64> = days
        .iter()
        .filter(|day| !day.stock_out)
        .map(|day| day.sales_g.max(0) as f64)
        .collect();
    let most = days.iter().map(|day| day.sales_g).max().unwrap_or(0);
    let sales_g = median(&whole).map_or(most, |sales| sales.round() as i64);
    let daily_g = sales_g.max(planned_g);
    if daily_g <= 0 {
        return None;
    }
    let thousandths = i128::from(stock_g.max(0)) * 1000 / i128::from(daily_g);
    Some(i64::try_from(thousandths).unwrap_or(i64::MAX))
}

/// A figure that does not fit the ones before.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Anomaly {
    /// The median of the figures before.
    pub usual: f64,
    /// The change against it in per cent.
    pub change_pct: f64,
    /// Modified z-score; beyond ±3.5 it is out of the ordinary.
    pub score: f64,
}

/// From this score on a figure is out of the ordinary (Iglewicz and Hoaglin).
const SCORE: f64 = 3.5;

/// Fewer figures say nothing about what is usual.
pub const LEAST_HISTORY: usize = 5;

/// A deviation below this part of the median is taken as this part: prices that never moved make no alarm of a fen.
const LEAST_DEVIATION: f64 = 0.01;

/// Whether a price or a stock is out of the ordinary given the ones before; `None` when it is not, or when fewer
/// than five are known.
pub fn anomaly(before: &[i64], now: i64) -> Option<Anomaly> {
    if before.len() < LEAST_HISTORY {
        return None;
    }
    let figures: Vec<f64> = before.iter().map(|figure| *figure as f64).collect();
    let usual = median(&figures)?;
    let deviation = mad(&figures)?.max(usual.abs() * LEAST_DEVIATION).max(1e-9);
    let change = now as f64 - usual;
    let score = change / (deviation * MAD_TO_DEVIATION);
    (score.abs() > SCORE).then(|| Anomaly {
        usual,
        change_pct: change / usual.abs().max(1e-9) * 100.0,
        score,
    })
}

/// The middle value, or the mean of the two middle ones; `None` of nothing.
pub fn median(figures: &[f64]) -> Option<f64> {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => None,
        count if count % 2 == 1 => Some(sorted[middle]),
        _ => Some((sorted[middle - 1] + sorted[middle]) / 2.0),
    }
}

fn mad(figures: &[f64]) -> Option<f64> {
    let middle = median(figures)?;
    let away: Vec<f64> = figures.iter().map(|figure| (figure - middle).abs()).collect();
    median(&away)
}

#[cfg(test)]
mod tests {
    use super::{Anomaly, Demand, Observed, Sold};
    use crate::check;
    use proptest::prelude::*;

    /// The functions of this module, each answer checked.
    fn county_rate(observed: &[Observed]) -> Option<f64> {
        let rate = super::county_rate(observed);
        assert_eq!(check::county_rate(observed, rate), vec![]);
        rate
    }

    fn demand(own: &[Observed], county: f64, households: i64) -> Demand {
        let found = super::demand(own, county, households);
        assert_eq!(check::demand(own, county, households, &found), vec![]);
        found
    }

    fn days_of_supply(stock_g: i64, days: &[Sold], planned_g: i64) -> Option<i64> {
        let found = super::days_of_supply(stock_g, days, planned_g);
        assert_eq!(check::days_of_supply(stock_g, days, planned_g, found), vec![]);
        found
    }

    fn anomaly(before: &[i64], now: i64) -> Option<Anomaly> {
        let found = super::anomaly(before, now);
        assert_eq!(check::anomaly(before, now, found.as_ref()), vec![]);
        found
    }

    fn round(packs: i64) -> Observed {
        Observed {
            households: 100,
            packs,
            sold_out: false,
        }
    }

    #[test]
    fn a_compound_without_rounds_is_like_the_county() {
        let county = county_rate(&[round(40), round(50), round(900)]).unwrap();
        assert_eq!(county, 0.5);
        let found = demand(&[], county, 200);
        assert_eq!((found.expected, found.rounds), (100, 0));
        assert!(found.low < 60 && found.high > 140);
    }

    #[test]
    fn one_wrong_figure_does_not_move_the_forecast() {
        let steady = [60, 62, 58, 61, 59, 60].map(round);
        let mut wrong = steady;
        wrong[3].packs = 6000;
        let (a, b) = (demand(&steady, 0.6, 100), demand(&wrong, 0.6, 100));
        assert_eq!(a.expected, 60);
        assert!((a.expected - b.expected).abs() <= 1);
        assert!(b.high < 110);
    }

    #[test]
    fn a_round_that_sold_out_is_a_lower_bound() {
        let cut = |packs| Observed {
            sold_out: true,
            ..round(packs)
        };
        let rounds = [round(60), round(60), cut(10), cut(10), cut(10)];
        assert_eq!(demand(&rounds, 0.6, 100).expected, 60);
        let more = [round(60), round(60), cut(90), cut(90), cut(90)];
        assert_eq!(demand(&more, 0.9, 100).expected, 90);
    }

    /// Stock-outs censor sales, so the planned need counts too.
    #[test]
    fn days_of_supply_with_the_larger_of_sales_and_need() {
        let sold = |sales_g, stock_out| Sold { sales_g, stock_out };
        let days = [sold(100, false), sold(120, false), sold(5, true)];
        assert_eq!(days_of_supply(550, &days, 0), Some(5000));
        assert_eq!(days_of_supply(550, &days, 275), Some(2000));
        assert_eq!(
            days_of_supply(550, &[sold(5, true), sold(10, true)], 0),
            Some(55_000)
        );
        assert_eq!(days_of_supply(550, &[], 0), None);
        assert_eq!(days_of_supply(-5, &days, 1), Some(0));
    }

    #[test]
    fn a_jump_is_an_anomaly_and_noise_is_none() {
        let prices = [398, 402, 400, 401, 399, 400, 5000];
        assert_eq!(anomaly(&prices, 405), None);
        let found = anomaly(&prices, 540).unwrap();
        assert_eq!((found.usual, found.change_pct.round()), (400.0, 35.0));
        assert!(anomaly(&prices, 200).unwrap().score < -3.5);
        assert_eq!(anomaly(&prices[..4], 5000), None);
        assert_eq!(anomaly(&[300; 8], 303), None);
        assert!(anomaly(&[300; 8], 320).is_some());
    }

    proptest! {
        #[test]
        fn the_interval_holds_the_middle_and_grows_with_the_compound(
            rounds in prop::collection::vec((1i64..500, 0i64..900, any::<bool>()), 0..12), rate in 0.0..3.0, households in 0i64..3000,
        ) {
            let own: Vec<Observed> = rounds.iter()
                .map(|(households, packs, sold_out)| Observed { households: *households, packs: *packs, sold_out: *sold_out })
                .collect();
            let found = demand(&own, rate, households);
            prop_assert!(0 <= found.low && found.low <= found.expected && found.expected <= found.high);
            prop_assert!(demand(&own, rate, households + 100).expected >= found.expected);
            prop_assert!(county_rate(&own).is_none_or(|rate| rate >= 0.0));
            let spoilt = [
                Demand { expected: found.expected + 2, ..found },
                Demand { low: found.low - 3, ..found },
                Demand { high: found.high + 3, ..found },
                Demand { rounds: found.rounds + 1, ..found },
            ];
            for wrong in spoilt {
                prop_assert!(!check::demand(&own, rate, households, &wrong).is_empty());
            }
        }

        #[test]
        fn every_supply_in_days_passes_its_check(
            days in prop::collection::vec((0i64..900, any::<bool>()), 0..12), stock_g in -50i64..90_000, planned_g in 0i64..900,
        ) {
            let days: Vec<Sold> = days.iter().map(|(sales_g, stock_out)| Sold { sales_g: *sales_g, stock_out: *stock_out }).collect();
            let found = days_of_supply(stock_g, &days, planned_g);
            let wrong = found.map_or(Some(0), |found| Some(found + 1));
            prop_assert!(!check::days_of_supply(stock_g, &days, planned_g, wrong).is_empty());
        }

        #[test]
        fn scaling_figures_scales_the_anomaly(before in prop::collection::vec(1i64..1000, 5..20), now in 1i64..3000, factor in 1i64..50) {
            let scaled: Vec<i64> = before.iter().map(|figure| figure * factor).collect();
            let (one, other) = (anomaly(&before, now), anomaly(&scaled, now * factor));
            prop_assert_eq!(one.is_some(), other.is_some());
            if let Some(one) = one {
                let wrong = Anomaly { score: one.score * 1.01, ..one };
                prop_assert!(!check::anomaly(&before, now, Some(&wrong)).is_empty());
            }
            if let (Some(one), Some(other)) = (one, other) {
                prop_assert!((one.score - other.score).abs() < 1e-6 * one.score.abs());
            }
        }
    }
}
