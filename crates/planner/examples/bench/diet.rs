//! The cheapest ration per person and day: the food basket of the World Food Programme.

use crate::{Options, Outcome, number, read};
use planner::packs::cheapest_ration;
use std::path::Path;

/// The price of a food where it is not sold; the published optima count it as a price.
const NOT_SOLD: f64 = 1_000_000.0;

fn rows(path: &Path) -> Result<Vec<Vec<String>>, String> {
    let text = read(path)?;
    Ok(text
        .lines()
        .skip(1)
        .map(|line| line.split(',').map(str::to_string).collect())
        .collect())
}

fn numbers(row: &[String]) -> Result<Vec<f64>, String> {
    row.iter().skip(1).map(|word| number(word.trim())).collect()
}

/// The file is `optimal_diet.csv` with the optimal cost at the prices of each supplier and at the lowest of all; beside
/// it lie nutrients, floors and prices. The cost is the sum over its rows, in millionths of a dollar; feasible means that
/// every row meets all floors and equals its optimum to a millionth of it.
pub fn ration(file: &Path, _options: &Options) -> Result<Outcome, String> {
    let nutrients: Vec<Vec<f64>> = rows(&file.with_file_name("nutrients_per_100g.csv"))?
        .iter()
        .map(|row| Ok(numbers(row)?.iter().map(|part| part / 100.0).collect()))
        .collect::<Result<_, String>>()?;
    let floors = rows(&file.with_file_name("requirement_per_person_day.csv"))?;
    let floors = numbers(floors.first().ok_or("no requirement")?)?;
    let mut prices: Vec<(String, Vec<f64>)> =
        rows(&file.with_file_name("price_usd_per_tonne_by_supplier.csv"))?
            .iter()
            .map(|row| Ok((row[0].clone(), numbers(row)?)))
            .collect::<Result<_, String>>()?;
    let least = (0..nutrients.len())
        .map(|food| prices.iter().map(|(_, row)| row[food]).fold(NOT_SOLD, f64::min))
        .collect();
    prices.push(("MIN".into(), least));
    let (mut sum, mut right) = (0.0, true);
    for row in rows(file)? {
        let best: f64 = number(row[1].trim())?;
        let (_, prices) = prices
            .iter()
            .find(|(name, _)| *name == row[0])
            .ok_or(format!("{}: no prices", row[0]))?;
        let per_g: Vec<Option<f64>> = prices.iter().map(|price| Some(price / 1e6)).collect();
        let (cost, grams) =
            cheapest_ration(&per_g, &nutrients, &floors).ok_or(format!("{}: no ration", row[0]))?;
        let met = floors.iter().enumerate().all(|(place, floor)| {
            let has: f64 = grams
                .iter()
                .zip(&nutrients)
                .map(|(grams, row)| grams * row[place])
                .sum();
            has >= floor * (1.0 - 1e-9)
        });
        eprintln!("{}: {cost:.9} of {best:.9}, floors met: {met}", row[0]);
        right &= met && (cost - best).abs() <= best * 1e-6;
        sum += cost * 1e6;
    }
    Ok(Outcome {
        cost: sum,
        feasible: right,
    })
}
