//! Solomon text: a fleet, then a line for the depot and each customer.

use crate::{number, read};
use std::path::Path;

/// An instance; the depot is the first node.
pub struct Solomon {
    /// How many vehicles there are at most.
    pub vehicles: usize,
    /// What each carries.
    pub capacity: i64,
    /// By node: x, y, demand, ready time, due date, service time.
    pub nodes: Vec<[f64; 6]>,
}

impl Solomon {
    /// Reads a file.
    pub fn read(path: &Path) -> Result<Solomon, String> {
        let text = read(path)?;
        let mut fleet = None;
        let mut nodes = Vec::new();
        for line in text.lines() {
            let fields: Vec<&str> = line.split_whitespace().collect();
            if fields.iter().any(|field| field.parse::<f64>().is_err()) {
                continue;
            }
            match &fields[..] {
                [vehicles, capacity] => fleet = Some((number(vehicles)?, number(capacity)?)),
                [_, rest @ ..] if rest.len() == 6 => {
                    let mut node = [0.0; 6];
                    for (value, field) in node.iter_mut().zip(rest) {
                        *value = number(field)?;
                    }
                    nodes.push(node);
                }
                _ => {}
            }
        }
        let (vehicles, capacity) = fleet.ok_or("the line with number of vehicles and capacity is missing")?;
        Ok(Solomon {
            vehicles,
            capacity,
            nodes,
        })
    }
}
