//! What to buy where, and how to move it, so that everybody gets enough.

use microlp::{ComparisonOp, LinearExpr, OptimizationDirection, Problem, Variable};

/// Places that sell, hand on and eat, and the links between them. Amounts are in tonnes a day.
#[derive(Clone, Debug, PartialEq)]
pub struct Chain {
    /// By place and good, what a tonne costs there; `None` where it is not sold.
    pub prices: Vec<Vec<Option<f64>>>,
    /// By place, how many eat there.
    pub persons: Vec<f64>,
    /// The links.
    pub links: Vec<Link>,
    /// By good, what a tonne of it has of each nutrient.
    pub nutrients: Vec<Vec<f64>>,
    /// What a person needs of each nutrient a day.
    pub floors: Vec<f64>,
}

/// A way from one place to another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Link {
    /// The place where it begins.
    pub from: usize,
    /// The place where it ends.
    pub to: usize,
    /// What moving a tonne costs.
    pub cost: f64,
}

/// The cheapest supply.
#[derive(Clone, Debug, PartialEq)]
pub struct Supply {
    /// Cost of a day, of goods and ways.
    pub cost: f64,
    /// By place and good, the tonnes that are bought a day.
    pub bought: Vec<Vec<f64>>,
    /// By link and good, the tonnes that are moved a day.
    pub flows: Vec<Vec<f64>>,
}

/// The cheapest way to buy goods and to move them so that at every place those who eat there get all nutrients; what
/// arrives may be handed on or eaten. A linear program: a flow of several goods with the diet problem at its end
/// (Peters et al., "The Nutritious Supply Chain", INFORMS Journal on Optimization 3, 2021). `None` when it cannot be done.
pub fn cheapest_supply(chain: &Chain) -> Option<Supply> {
    let goods = chain.nutrients.len();
    let mut program = Problem::new(OptimizationDirection::Minimize);
    let flows: Vec<Vec<Variable>> = chain
        .links
        .iter()
        .map(|link| {
            (0..goods)
                .map(|_| program.add_var(link.cost, (0.0, f64::INFINITY)))
                .collect()
        })
        .collect();
    let mut bought: Vec<Vec<Option<Variable>>> = Vec::with_capacity(chain.prices.len());
    for (place, prices) in chain.prices.iter().enumerate() {
        let persons = chain.persons[place];
        bought.push(
            prices
                .iter()
                .map(|price| price.map(|price| program.add_var(price, (0.0, f64::INFINITY))))
                .collect(),
        );
        let mut eaten: Vec<Option<Variable>> = Vec::with_capacity(goods);
        for (good, buys) in bought[place].iter().enumerate() {
            // What comes and is bought is what goes and is eaten.
            let mut row = LinearExpr::empty();
            for (link, flows) in chain.links.iter().zip(&flows) {
                if link.to == place {
                    row.add(flows[good], 1.0);
                }
                if link.from == place {
                    row.add(flows[good], -1.0);
                }
            }
            if let Some(buys) = buys {
                row.add(*buys, 1.0);
            }
            let eats = (persons > 0.0).then(|| program.add_var(0.0, (0.0, f64::INFINITY)));
            if let Some(eats) = eats {
                row.add(eats, -1.0);
            }
            eaten.push(eats);
            program.add_constraint(row, ComparisonOp::Eq, 0.0);
        }
        for (nutrient, floor) in chain.floors.iter().enumerate().filter(|(_, floor)| **floor > 0.0) {
            // In parts of what is wanted, which keeps all coefficients of one size.
            let row: Vec<(Variable, f64)> = eaten
                .iter()
                .zip(&chain.nutrients)
                .filter_map(|(eats, row)| Some(((*eats)?, row[nutrient] / (floor * persons))))
                .filter(|(_, part)| *part > 0.0)
                .collect();
            if persons > 0.0 {
                program.add_constraint(row, ComparisonOp::Ge, 1.0);
            }
        }
    }
    let solution = program.solve().ok()?.into_solution().ok()?;
    let amount = |variable: Variable| solution.var_value(variable).max(0.0);
    Some(Supply {
        cost: solution.objective(),
        bought: bought
            .iter()
            .map(|row| row.iter().map(|buys| buys.map_or(0.0, amount)).collect())
            .collect(),
        flows: flows
            .iter()
            .map(|row| row.iter().map(|flow| amount(*flow)).collect())
            .collect(),
    })
}
