//! Cells that hold for the rows below: merged regions, and empty cells of formats that do not tell of them.

use super::heading::Heading;
use super::raw::{Grid, Raw, cell};
use crate::forms::Kind;

/// Columns that hold for all rows below until the next value, higher ones first.
pub(super) const AREAS: &[&str] = &["street", "community", "compound", "building", "unit"];
pub(super) const OWNERS: &[&str] = &["supplier", "employer", "enterprise"];

/// Merged regions of one column that hold for several rows.
struct Span {
    column: usize,
    /// First and last rows, in their order.
    rows: Vec<(usize, usize)>,
    next: usize,
    held: Raw,
}

/// A column whose values hold for the rows below, for formats that do not tell of merged regions.
struct Carried {
    column: usize,
    key: &'static str,
    owner: bool,
    held: Option<Raw>,
    /// First row filled from above, and the number of such rows.
    filled: Option<(usize, usize)>,
}

/// What is filled in from above.
pub(super) struct Fill {
    spans: Vec<Span>,
    carried: Vec<Carried>,
}

impl Fill {
    pub(super) fn new(grid: &Grid, heading: &Heading) -> Fill {
        Fill {
            spans: spans(grid, heading),
            carried: carried(grid, heading),
        }
    }

    /// Takes note of the values that a row holds for those below.
    pub(super) fn hold(&mut self, row: usize, cells: &[Raw]) {
        for span in &mut self.spans {
            span.hold(row, cells);
        }
    }

    /// Fills the empty cells of a row.
    pub(super) fn fill(&mut self, row: usize, cells: &mut Vec<Raw>) {
        for span in self.spans.iter().filter(|span| span.covers(row)) {
            let own = slot(cells, span.column);
            if own.is_empty() {
                own.clone_from(&span.held);
            }
        }
        self.carry(row, cells);
    }

    /// Columns that were filled without merged regions: key, first row, number of rows.
    pub(super) fn filled(&self) -> Vec<(&'static str, usize, usize)> {
        let filled = self.carried.iter();
        filled
            .filter_map(|carried| carried.filled.map(|(row, count)| (carried.key, row, count)))
            .collect()
    }

    /// Fills area columns from above when the file format does not tell of merged regions.
    fn carry(&mut self, row: usize, cells: &mut Vec<Raw>) {
        // A new value of a higher column ends the lower ones: another compound has other buildings.
        let mut renewed = false;
        for carried in &mut self.carried {
            if carried.owner {
                renewed = false;
            }
            let own = slot(cells, carried.column);
            if !own.is_empty() {
                carried.held = Some(own.clone());
                renewed = true;
            } else if renewed {
                carried.held = None;
            } else if let Some(held) = &carried.held {
                own.clone_from(held);
                carried.filled.get_or_insert((row, 0)).1 += 1;
            }
        }
    }
}

/// The cell of a row, which grows as far as is needed.
fn slot(cells: &mut Vec<Raw>, column: usize) -> &mut Raw {
    if cells.len() <= column {
        cells.resize(column + 1, Raw::Empty);
    }
    &mut cells[column]
}

impl Span {
    fn hold(&mut self, row: usize, cells: &[Raw]) {
        while self.rows.get(self.next).is_some_and(|(_, bottom)| *bottom < row) {
            self.next += 1;
            self.held = Raw::Empty;
        }
        if self.rows.get(self.next).is_some_and(|(top, _)| *top == row) {
            self.held = cell(cells, self.column).clone();
        }
    }

    fn covers(&self, row: usize) -> bool {
        self.rows
            .get(self.next)
            .is_some_and(|(top, bottom)| *top < row && row <= *bottom)
    }
}

/// Merged regions below the heading, by column.
///
/// Counts and other quantities are left out: one merged figure must not be counted twice.
fn spans(grid: &Grid, heading: &Heading) -> Vec<Span> {
    let merges = grid.merges.as_deref().unwrap_or_default();
    let carrying = heading.fields.iter().filter(|field| {
        !matches!(
            heading.form.columns[field.position].kind,
            Kind::Count { .. } | Kind::Weight | Kind::Volume | Kind::Money
        )
    });
    carrying
        .filter_map(|field| {
            let mut rows: Vec<(usize, usize)> = merges
                .iter()
                .filter(|merge| {
                    merge.left == field.column && merge.top > heading.last && merge.bottom > merge.top
                })
                .map(|merge| (merge.top, merge.bottom))
                .collect();
            rows.sort_unstable();
            (!rows.is_empty()).then_some(Span {
                column: field.column,
                rows,
                next: 0,
                held: Raw::Empty,
            })
        })
        .collect()
}

fn carried(grid: &Grid, heading: &Heading) -> Vec<Carried> {
    if grid.merges.is_some() {
        return Vec::new();
    }
    AREAS
        .iter()
        .chain(OWNERS)
        .filter_map(|key| {
            let field = heading.field(key)?;
            let kind = heading.form.columns[field.position].kind;
            matches!(kind, Kind::Text { max } if max <= 60).then_some(Carried {
                column: field.column,
                key,
                owner: OWNERS.contains(key),
                held: None,
                filled: None,
            })
        })
        .collect()
}
