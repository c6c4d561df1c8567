//! VRPLIB text, and the dialect with sections per vehicle.

use crate::{number, read};
use std::collections::HashMap;
use std::path::Path;

/// A file as headings and sections. Rows of a section are kept without their first number, which counts from 1.
pub struct Vrplib {
    heads: HashMap<String, String>,
    sections: HashMap<String, Vec<Vec<f64>>>,
}

impl Vrplib {
    /// Reads a file.
    pub fn read(path: &Path) -> Result<Vrplib, String> {
        let (mut heads, mut sections) = (HashMap::new(), HashMap::new());
        let mut section: Option<(String, Vec<Vec<f64>>)> = None;
        for line in read(path)?.lines().map(str::trim).filter(|line| !line.is_empty()) {
            if line == "EOF" {
                break;
            }
            if let Some(name) = line.strip_suffix("_SECTION") {
                sections.extend(section.replace((name.to_string(), Vec::new())));
            } else if let Some((key, value)) = line.split_once(':') {
                heads.insert(key.trim().to_string(), value.trim().to_string());
            } else if let Some((_, rows)) = &mut section {
                rows.push(line.split_whitespace().map(number).collect::<Result<_, _>>()?);
            }
        }
        sections.extend(section);
        Ok(Vrplib { heads, sections })
    }

    /// The value of a heading.
    pub fn head(&self, key: &str) -> Option<f64> {
        self.heads.get(key)?.parse().ok()
    }

    /// The rows of a section, without the numbers that count them.
    pub fn rows(&self, section: &str) -> Option<Vec<&[f64]>> {
        let rows = self.sections.get(section)?;
        Some(rows.iter().map(|row| &row[1.min(row.len())..]).collect())
    }

    /// The first column of a section.
    pub fn column(&self, section: &str) -> Option<Vec<f64>> {
        let rows = self.rows(section)?;
        Some(
            rows.iter()
                .map(|row| row.first().copied().unwrap_or(0.0))
                .collect(),
        )
    }

    /// Coordinates of all nodes.
    pub fn places(&self) -> Result<Vec<[f64; 2]>, String> {
        let rows = self.rows("NODE_COORD").ok_or("NODE_COORD_SECTION is missing")?;
        rows.iter()
            .map(|row| match row {
                [x, y] => Ok([*x, *y]),
                _ => Err("NODE_COORD_SECTION: a number, x and y are expected".to_string()),
            })
            .collect()
    }

    /// How many nodes at the beginning are depots.
    pub fn depots(&self) -> usize {
        let rows = self.sections.get("DEPOT").map(Vec::as_slice).unwrap_or_default();
        rows.iter()
            .filter(|row| row.first().is_some_and(|first| *first > 0.0))
            .count()
            .max(1)
    }
}
