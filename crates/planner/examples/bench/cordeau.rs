//! Cordeau's text for several depots.

use crate::{number, read};
use std::path::Path;

/// An instance.
pub struct Cordeau {
    /// Vehicles of each depot.
    pub vehicles: usize,
    /// By depot: longest duration (0 for none) and capacity.
    pub limits: Vec<[f64; 2]>,
    /// By customer: x, y, service time, demand.
    pub customers: Vec<[f64; 4]>,
    /// By depot: x, y.
    pub depots: Vec<[f64; 2]>,
}

impl Cordeau {
    /// Reads a file.
    pub fn read(path: &Path) -> Result<Cordeau, String> {
        let text = read(path)?;
        let rows: Vec<Vec<f64>> = text
            .lines()
            .map(|line| line.split_whitespace().map(number).collect())
            .collect::<Result<_, _>>()?;
        let mut rows = rows.into_iter().filter(|row| !row.is_empty());
        let head = rows.next().unwrap_or_default();
        let [_, vehicles, customers, depots] = head[..] else {
            return Err("the first line must be: type, vehicles, customers, depots".to_string());
        };
        let mut take = |count: f64, from: usize, width: usize, what: &str| {
            let part: Vec<Vec<f64>> = rows.by_ref().take(count as usize).collect();
            let fits = part.len() == count as usize && part.iter().all(|row| row.len() >= from + width);
            let cut = |row: Vec<f64>| row[from..from + width].to_vec();
            fits.then(|| part.into_iter().map(cut).collect::<Vec<_>>())
                .ok_or(format!("too few {what}"))
        };
        let limits = take(depots, 0, 2, "depot limits")?;
        let customers = take(customers, 1, 4, "customers")?;
        let depots = take(depots, 1, 2, "depots")?;
        let pair = |row: Vec<f64>| [row[0], row[1]];
        Ok(Cordeau {
            vehicles: vehicles as usize,
            limits: limits.into_iter().map(pair).collect(),
            customers: customers
                .into_iter()
                .map(|row| [row[0], row[1], row[2], row[3]])
                .collect(),
            depots: depots.into_iter().map(pair).collect(),
        })
    }
}
