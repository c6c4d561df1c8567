//! GAP and SSCFLP, see the formats in the functions.

use crate::{Clock, Options, Outcome, read};
use planner::assign::matrix::{Matrix, place};
use planner::check;
use planner::effort::Effort;
use std::path::Path;

struct Numbers<'a>(std::str::SplitAsciiWhitespace<'a>);

impl Numbers<'_> {
    fn next(&mut self) -> Result<f64, String> {
        let word = self.0.next().ok_or("the file ends too early")?;
        word.parse().map_err(|_| format!("{word} is no number"))
    }

    fn row(&mut self, count: usize) -> Result<Vec<f64>, String> {
        (0..count).map(|_| self.next()).collect()
    }

    fn rows(&mut self, rows: usize, columns: usize) -> Result<Vec<Vec<f64>>, String> {
        (0..rows).map(|_| self.row(columns)).collect()
    }
}

fn whole(row: &[f64]) -> Vec<i64> {
    row.iter().map(|number| number.round() as i64).collect()
}

fn table(rows: &[Vec<f64>]) -> Vec<Vec<i64>> {
    rows.iter().map(|row| whole(row)).collect()
}

/// `m n`, m rows of n costs, m rows of n needs, m capacities.
pub fn gap(file: &Path, options: &Options) -> Result<Outcome, String> {
    let text = read(file)?;
    let mut numbers = Numbers(text.split_ascii_whitespace());
    let (agents, jobs) = (numbers.next()? as usize, numbers.next()? as usize);
    let cost = table(&numbers.rows(agents, jobs)?);
    let need = table(&numbers.rows(agents, jobs)?);
    let capacity = whole(&numbers.row(agents)?);
    let opening = vec![0; agents];
    solve(
        file,
        &Matrix {
            cost,
            need,
            capacity,
            opening,
        },
        options,
    )
}

/// `n m`, n rows of capacity and opening cost, m demands, n rows of m costs; the set of Diaz and Fernandez has
/// `m n`, m rows of n costs, m demands, n opening costs, n capacities.
pub fn location(file: &Path, options: &Options) -> Result<Outcome, String> {
    let text = read(file)?;
    let mut numbers = Numbers(text.split_ascii_whitespace());
    let (first, second) = (numbers.next()? as usize, numbers.next()? as usize);
    let (cost, demand, opening, capacity) = if file
        .file_stem()
        .is_some_and(|name| name.to_string_lossy().starts_with("diazfernandez"))
    {
        let (customers, sites) = (first, second);
        let by_customer = table(&numbers.rows(customers, sites)?);
        let demand = whole(&numbers.row(customers)?);
        let opening = whole(&numbers.row(sites)?);
        let capacity = whole(&numbers.row(sites)?);
        let cost = (0..sites)
            .map(|site| by_customer.iter().map(|row| row[site]).collect())
            .collect();
        (cost, demand, opening, capacity)
    } else {
        let (sites, customers) = (first, second);
        let facts = table(&numbers.rows(sites, 2)?);
        let demand = whole(&numbers.row(customers)?);
        let cost = table(&numbers.rows(sites, customers)?);
        let column = |at: usize| facts.iter().map(|row| row[at]).collect::<Vec<i64>>();
        (cost, demand, column(1), column(0))
    };
    let need = vec![demand; capacity.len()];
    solve(
        file,
        &Matrix {
            cost,
            need,
            capacity,
            opening,
        },
        options,
    )
}

fn solve(file: &Path, matrix: &Matrix, options: &Options) -> Result<Outcome, String> {
    let clock = Clock::start(options);
    let spent = || clock.seconds() / options.seconds;
    let effort = Effort {
        spent: options.iterations.is_none().then_some(&spent),
        rounds: options.iterations.unwrap_or(u64::MAX),
        threads: options.threads,
        watch: None,
    };
    let placed = place(matrix, &effort, options.seed);
    let bound = placed.lower_bound;
    let above = (placed.cost as f64 / bound.max(1) as f64 - 1.0) * 100.0;
    eprintln!("{}: proven bound {bound}, {above:.3} % above it", file.display());
    if placed.mains.is_none() {
        return Err(format!(
            "{}: no placement within all capacities found",
            file.display()
        ));
    }
    Ok(Outcome {
        cost: placed.cost as f64,
        bound: Some(bound as f64),
        published: None,
        feasible: check::placed(matrix, &placed).is_empty(),
    })
}
