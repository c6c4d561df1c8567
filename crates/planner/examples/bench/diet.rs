//! The cheapest ration per person and day, and the cheapest way to bring it: the food basket of the World Food Programme.

use crate::{Options, Outcome, number, read};
use planner::check;
use planner::packs::{Chain, Link, cheapest_ration, cheapest_supply};
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

/// What 100 g of each good have, and what a person needs a day.
fn needs(file: &Path) -> Result<(Vec<Vec<f64>>, Vec<f64>), String> {
    let nutrients = rows(&file.with_file_name("nutrients_per_100g.csv"))?;
    let nutrients = nutrients
        .iter()
        .map(|row| numbers(row))
        .collect::<Result<_, String>>()?;
    let floors = rows(&file.with_file_name("requirement_per_person_day.csv"))?;
    Ok((nutrients, numbers(floors.first().ok_or("no requirement")?)?))
}

/// What a tonne of each good costs at each supplier.
fn prices(file: &Path) -> Result<Vec<(String, Vec<f64>)>, String> {
    let table = rows(&file.with_file_name("price_usd_per_tonne_by_supplier.csv"))?;
    table
        .iter()
        .map(|row| Ok((row[0].clone(), numbers(row)?)))
        .collect()
}

/// The file is `optimal_diet.csv` with the optimal cost at the prices of each supplier and at the lowest of all; beside
/// it lie nutrients, floors and prices. The cost is the sum over its rows, in millionths of a dollar.
pub fn ration(file: &Path, _options: &Options) -> Result<Outcome, String> {
    let (nutrients, floors) = needs(file)?;
    let nutrients: Vec<Vec<f64>> = nutrients
        .iter()
        .map(|row| row.iter().map(|part| part / 100.0).collect())
        .collect();
    let mut prices = prices(file)?;
    let least = (0..nutrients.len())
        .map(|food| prices.iter().map(|(_, row)| row[food]).fold(NOT_SOLD, f64::min))
        .collect();
    prices.push(("MIN".into(), least));
    let (mut sum, mut published, mut feasible) = (0.0, 0.0, true);
    for row in rows(file)? {
        let best: f64 = number(row[1].trim())?;
        let (_, prices) = prices
            .iter()
            .find(|(name, _)| *name == row[0])
            .ok_or(format!("{}: no prices", row[0]))?;
        let per_g: Vec<Option<f64>> = prices.iter().map(|price| Some(price / 1e6)).collect();
        let (cost, grams) =
            cheapest_ration(&per_g, &nutrients, &floors).ok_or(format!("{}: no ration", row[0]))?;
        let findings = check::ration(&per_g, &nutrients, &floors, (cost, &grams));
        eprintln!("{}: {cost:.9} of {best:.9}, {} findings", row[0], findings.len());
        feasible &= findings.is_empty();
        sum += cost * 1e6;
        published += best * 1e6;
    }
    Ok(Outcome {
        cost: sum,
        bound: None,
        published: Some(published),
        feasible,
    })
}

/// The file is `optimal_supply_chain.txt` with the least cost of a day behind its last space; beside it lie the links, who
/// eats where, nutrients, floors and prices.
pub fn supply(file: &Path, _options: &Options) -> Result<Outcome, String> {
    let (nutrients, floors) = needs(file)?;
    let (prices, eaters) = (prices(file)?, rows(&file.with_file_name("demand_persons.csv"))?);
    let links = rows(&file.with_file_name("edges.csv"))?;
    let mut places: Vec<&str> = links
        .iter()
        .flat_map(|row| [row[0].as_str(), row[1].as_str()])
        .collect();
    places.sort_unstable();
    places.dedup();
    let place = |name: &str| {
        let found = places.iter().position(|place| *place == name);
        found.ok_or(format!("{name}: no link touches it"))
    };
    let mut chain = Chain {
        prices: vec![vec![None; nutrients.len()]; places.len()],
        persons: vec![0.0; places.len()],
        links: Vec::new(),
        nutrients: nutrients
            .iter()
            .map(|row| row.iter().map(|part| part * 1e4).collect())
            .collect(),
        floors,
    };
    for (name, row) in &prices {
        let sold = row.iter().map(|price| (*price < NOT_SOLD).then_some(*price));
        chain.prices[place(name)?] = sold.collect();
    }
    for row in &eaters {
        chain.persons[place(&row[0])?] = number(row[1].trim())?;
    }
    for row in &links {
        chain.links.push(Link {
            from: place(&row[0])?,
            to: place(&row[1])?,
            cost: number(row[4].trim())?,
        });
    }
    let text = read(file)?;
    let published = text.split_whitespace().last().ok_or("no optimum")?;
    let supply = cheapest_supply(&chain).ok_or("no supply feeds everybody")?;
    Ok(Outcome {
        cost: supply.cost,
        bound: None,
        published: Some(number(published)?),
        feasible: check::supply(&chain, &supply).is_empty(),
    })
}
