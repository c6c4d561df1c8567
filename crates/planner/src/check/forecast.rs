use super::{Finding, Findings};
use crate::forecast::{Anomaly, Demand, Observed, Sold};

/// Figures that agree to a millionth are the same.
const SAME: f64 = 1e-6;

fn same(a: f64, b: f64) -> bool {
    (a - b).abs() <= SAME * a.abs().max(b.abs()).max(1.0)
}

/// The figure that has `below` others under it when all stand in a row, found by counting instead of sorting.
fn in_row(figures: &[f64], below: usize) -> Option<f64> {
    figures.iter().copied().find(|one| {
        let less = figures.iter().filter(|other| *other < one).count();
        let equal = figures.iter().filter(|other| *other == one).count();
        (less..less + equal).contains(&below)
    })
}

/// The middle of the figures: half of them lie on each side.
fn middle(figures: &[f64]) -> Option<f64> {
    let upper = in_row(figures, figures.len() / 2)?;
    let lower = in_row(figures, (figures.len() - 1) / 2)?;
    Some((lower + upper) / 2.0)
}

fn usual_distance(figures: &[f64]) -> Option<f64> {
    let centre = middle(figures)?;
    middle(
        &figures
            .iter()
            .map(|figure| (figure - centre).abs())
            .collect::<Vec<_>>(),
    )
}

/// Rates of the rounds that say something: all that did not sell out, and of the others those that lie at or above the middle
/// of these.
fn told(rounds: &[Observed]) -> Vec<f64> {
    let rate = |round: &Observed| i64::max(round.packs, 0) as f64 / round.households as f64;
    let mut rates = Vec::new();
    for sold_out in [false, true] {
        let least = middle(&rates).unwrap_or(0.0);
        for round in rounds
            .iter()
            .filter(|round| round.households > 0 && round.sold_out == sold_out)
        {
            if !sold_out || rate(round) >= least {
                rates.push(rate(round));
            }
        }
    }
    rates
}

/// Verifies a county's rate: as many rates of single rounds lie below as above.
pub fn county_rate(observed: &[Observed], told_rate: Option<f64>) -> Vec<Finding> {
    let mut findings = Findings::default();
    let rates = told(observed);
    let right = middle(&rates);
    let fits = match (right, told_rate) {
        (Some(right), Some(told)) => same(right, told),
        (right, told) => right.is_none() && told.is_none(),
    };
    findings.expect(fits, || {
        format!("the county's rate is {right:?}, told {told_rate:?}")
    });
    findings.0
}

/// Verifies a forecast against the rule of [`crate::forecast::demand`]: the last six rounds, drawn towards the county as if it
/// were two more; nine of ten rounds lie on the right side of each end, for rounds that differ and orders that are counts.
pub fn demand(own: &[Observed], county_rate: f64, households: i64, demand: &Demand) -> Vec<Finding> {
    let mut findings = Findings::default();
    let last: Vec<Observed> = own.iter().rev().take(6).rev().copied().collect();
    let rates = told(&last);
    let (rounds, county) = (rates.len() as f64, county_rate.max(0.0));
    let people = i64::max(households, 0) as f64;
    findings.expect(demand.rounds == rates.len(), || {
        format!("it rests on {} rounds, told {}", rates.len(), demand.rounds)
    });
    let rate = (middle(&rates).unwrap_or(0.0) * rounds + county * 2.0) / (rounds + 2.0);
    let expected = rate * people;
    // A figure may be rounded either way where it lies at a half.
    findings.expect(
        (expected - demand.expected as f64).abs() <= 0.5 + SAME * expected.max(1.0),
        || format!("{expected} packs are expected, told {}", demand.expected),
    );
    // Variance of the rate: half of it unknown, less so with three rounds and more.
    let unknown = (rate / 2.0).powi(2);
    let seen = usual_distance(&rates).map_or(0.0, |distance| (distance * 1.4826).powi(2));
    let variance = if rates.len() < 3 {
        unknown
    } else {
        (seen * rounds + unknown * 2.0) / (rounds + 2.0)
    };
    let reach = 1.2816 * (variance * people * people + expected).sqrt();
    for (end, told) in [
        ((expected - reach).max(0.0), demand.low),
        (expected + reach, demand.high),
    ] {
        findings.expect((end - told as f64).abs() <= 1.0 + SAME * end.max(1.0), || {
            format!("an end of the interval is {end}, told {told}")
        });
    }
    let ordered = 0 <= demand.low && demand.low <= demand.expected && demand.expected <= demand.high;
    findings.expect(ordered, || {
        format!("{} – {} – {}", demand.low, demand.expected, demand.high)
    });
    findings.0
}

/// Verifies days of supply: that long, and not a thousandth of a day longer, the stock feeds the larger of sales and need.
pub fn days_of_supply(stock_g: i64, days: &[Sold], planned_g: i64, told: Option<i64>) -> Vec<Finding> {
    let mut findings = Findings::default();
    let whole: Vec<f64> = days
        .iter()
        .filter(|day| !day.stock_out)
        .map(|day| i64::max(day.sales_g, 0) as f64)
        .collect();
    let sales = match middle(&whole) {
        Some(sales) => sales.round(),
        None => days.iter().map(|day| day.sales_g).max().unwrap_or(0) as f64,
    };
    let daily = i128::max(sales as i128, i128::from(planned_g));
    let stock = i128::from(stock_g.max(0)) * 1000;
    let fits = match told {
        Some(told) => {
            daily > 0 && i128::from(told) * daily <= stock && stock < (i128::from(told) + 1) * daily
        }
        None => daily <= 0,
    };
    findings.expect(fits, || {
        format!("{stock} thousandths by {daily} a day, told {told:?}")
    });
    findings.0
}

/// Verifies an alarm about a figure, and that none was left out: beyond 3.5 usual distances from the middle of at least five
/// figures, a usual distance being a hundredth of the middle or more.
pub fn anomaly(before: &[i64], now: i64, told: Option<&Anomaly>) -> Vec<Finding> {
    let mut findings = Findings::default();
    let figures: Vec<f64> = before.iter().map(|figure| *figure as f64).collect();
    let (Some(centre), Some(distance), true) =
        (middle(&figures), usual_distance(&figures), figures.len() >= 5)
    else {
        findings.expect(told.is_none(), || "an alarm from fewer than five figures".into());
        return findings.0;
    };
    let unit = 1.4826 * distance.max(centre.abs() / 100.0).max(1e-9);
    let away = now as f64 - centre;
    let beyond = away.abs() > 3.5 * unit;
    // At the edge the last digit decides.
    let at_edge = same(away.abs(), 3.5 * unit);
    findings.expect(beyond == told.is_some() || at_edge, || {
        format!("{now} against {centre} ± {unit}: told {told:?}")
    });
    if let Some(told) = told {
        let change_pct = away / centre.abs().max(1e-9) * 100.0;
        let fits =
            same(told.usual, centre) && same(told.score, away / unit) && same(told.change_pct, change_pct);
        findings.expect(fits, || format!("{now} against {centre} ± {unit}: told {told:?}"));
    }
    findings.0
}
