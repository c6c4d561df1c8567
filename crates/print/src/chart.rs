//! Line charts: where ticks, points and names stand. All lengths are points; `report.typ` draws them as they come.

use typst::foundations::{Array, Dict, IntoValue, dict};

use crate::{Fonts, Lang, Lines, count_text, fit, words};

/// Height of the field between the axes.
const HEIGHT_PT: f64 = 130.0;
/// Type size of the names along the axes.
const AXIS_SIZE_PT: f64 = 8.5;
/// White between two names along the lower axis.
const NAME_GAP_PT: f64 = 8.0;
/// White between a name and its axis.
const AXIS_GAP_PT: f64 = 5.0;
/// So many lines across the field are wanted; there are up to twice as many.
const TICKS_MIN: i64 = 4;

/// The data of a line chart within this width; `readable` makes a text fit for print.
pub fn lines_data(
    fonts: &Fonts,
    lang: Lang,
    readable: impl Fn(&str) -> String,
    chart: &Lines,
    width_pt: f64,
) -> Dict {
    let values = || {
        chart
            .series
            .iter()
            .flat_map(|(_, values)| values.iter().flatten().copied())
    };
    let ticks = ticks(values().min().unwrap_or(0).min(0), values().max().unwrap_or(0));
    let width_of = |text: &str| fit::width_em(fonts, text, false) * AXIS_SIZE_PT;
    let left_pt = ticks
        .iter()
        .map(|tick| width_of(&count_text(*tick)))
        .fold(0.0, f64::max)
        + AXIS_GAP_PT;
    let names: Vec<String> = chart.points.iter().map(|name| readable(name)).collect();
    // Half of the last name may stand beyond the last point.
    let right_pt = names.last().map_or(0.0, |name| width_of(name) / 2.0).max(4.0);
    let left_pt = left_pt.max(names.first().map_or(0.0, |name| width_of(name) / 2.0));
    let field_pt = (width_pt - left_pt - right_pt).max(1.0);
    let (low, high) = (ticks[0], ticks[ticks.len() - 1]);
    let steps = chart.points.len().max(2) - 1;
    let x_pt = |index: usize| left_pt + field_pt * index as f64 / steps as f64;
    let y_pt = |value: i64| HEIGHT_PT * (1.0 - (value as f64 - low as f64) / (high as f64 - low as f64));

    let widest_pt = names.iter().map(|name| width_of(name)).fold(0.0, f64::max);
    let every = ((widest_pt + NAME_GAP_PT) / (field_pt / steps as f64))
        .ceil()
        .max(1.0) as usize;
    let names: Array = names
        .iter()
        .enumerate()
        .filter(|(index, _)| index.is_multiple_of(every))
        .map(|(index, name)| dict! { "x" => x_pt(index), "name" => name.as_str() }.into_value())
        .collect();
    let ticks: Array = ticks
        .iter()
        .map(|tick| {
            dict! { "y" => y_pt(*tick), "name" => count_text(*tick), "zero" => *tick == 0 }.into_value()
        })
        .collect();
    let series: Array = chart
        .series
        .iter()
        .enumerate()
        .map(|(index, (name, values))| {
            let points: Vec<(usize, i64)> = values
                .iter()
                .take(chart.points.len())
                .enumerate()
                .filter_map(|(index, value)| value.map(|value| (index, value)))
                .collect();
            let runs: Array = points
                .chunk_by(|left, right| left.0 + 1 == right.0)
                .map(|run| {
                    let run: Array = run
                        .iter()
                        .map(|(index, value)| dict! { "x" => x_pt(*index), "y" => y_pt(*value) }.into_value())
                        .collect();
                    run.into_value()
                })
                .collect();
            dict! {
                "name" => readable(name),
                "style" => index as i64,
                "runs" => runs,
                "last" => points.last().map_or_else(String::new, |(_, value)| count_text(*value)),
            }
            .into_value()
        })
        .collect();
    dict! {
        "kind" => "lines",
        "title" => readable(&words::in_unit(lang, &chart.title, &chart.unit)),
        "size" => AXIS_SIZE_PT,
        "left" => left_pt,
        "right" => left_pt + field_pt,
        "height" => HEIGHT_PT,
        "gap" => AXIS_GAP_PT,
        "ticks" => ticks,
        "names" => names,
        "series" => series,
    }
}

/// Values at which lines cross the field: round ones (1, 2 or 5 times a power of ten) that enclose all values.
fn ticks(low: i64, high: i64) -> Vec<i64> {
    let span = high.saturating_sub(low).max(1);
    let mut step = 1_i64;
    let mut factors = [2, 5, 10].into_iter().cycle();
    let mut power = 1_i64;
    while span / step > TICKS_MIN + 1 {
        let factor = factors.next().unwrap_or(10);
        let Some(next) = power.checked_mul(factor) else {
            break;
        };
        step = next;
        if factor == 10 {
            power = next;
        }
    }
    let first = low.div_euclid(step) * step;
    let mut ticks = vec![first];
    while let Some(last) = ticks.last().copied()
        && (last < high || ticks.len() < 2)
    {
        let Some(next) = last.checked_add(step) else { break };
        ticks.push(next);
    }
    ticks
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ticks_are_round_and_enclose_the_values() {
        assert_eq!(ticks(0, 0), [0, 1]);
        assert_eq!(ticks(0, 5), [0, 1, 2, 3, 4, 5]);
        assert_eq!(ticks(0, 9_884), [0, 2_000, 4_000, 6_000, 8_000, 10_000]);
        assert_eq!(ticks(-30, 120), [-50, 0, 50, 100, 150]);
    }

    proptest! {
        #[test]
        fn there_are_neither_few_nor_many_ticks(low in -1_000_000_000_i64..=0, high in 0_i64..1_000_000_000_000) {
            let ticks = ticks(low, high);
            prop_assert!((2..=8).contains(&ticks.len()), "{ticks:?}");
            prop_assert!(ticks[0] <= low && *ticks.last().unwrap() >= high);
        }
    }
}
