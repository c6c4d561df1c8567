//! Dashes between goods and quantities: A-1 B-2, 1-A, A1-B2.

use super::entry::{Change, Label, Scan};
use super::quantity::Quantity;

impl Scan<'_> {
    /// Takes out the dashes that stand between a good and a number.
    pub(super) fn dashes(&mut self) {
        let counts = |index: usize| self.is_free(index) && self.text[index].is_ascii_digit();
        let filled = |index: &usize| self.text[*index] != ' ';
        let mut dashes = Vec::new();
        for named in &self.named {
            let behind = (named.end..self.text.len()).find(filled);
            let number = behind.and_then(|dash| (dash + 1..self.text.len()).find(filled));
            dashes.extend(behind.filter(|_| number.is_some_and(counts)));
            let before = (0..named.start).rev().find(filled);
            let number = before.and_then(|dash| (0..dash).rev().find(filled));
            dashes.extend(before.filter(|_| number.is_some_and(counts)));
        }
        dashes.retain(|dash| self.text[*dash] == '-' && self.is_free(*dash));
        for dash in &dashes {
            self.mark(*dash, dash + 1, Label::Known);
        }
        self.dashes = dashes;
    }

    /// Whether only a dash, and spaces around it, stand in a part of the text.
    pub(super) fn dashed(&self, start: usize, end: usize) -> bool {
        let dash = |index: usize| self.dashes.contains(&index);
        (start..end).any(dash) && (start..end).all(|index| dash(index) || self.text[index] == ' ')
    }

    /// A quantity behind a dash that may as well mean one less: A-1 alone, or A-1 B2. In A-1 B-2 the dash is how a list
    /// is written.
    pub(super) fn lone_minus(&self, change: Change, pairs: usize) -> Option<&Quantity> {
        let behind_dash = |amount: &&Quantity| {
            let before = (0..amount.start).rev().find(|index| self.text[*index] != ' ');
            before.is_some_and(|index| self.dashes.contains(&index))
        };
        let first = self.amounts.iter().find(behind_dash)?;
        let list = pairs > 1 && self.amounts.iter().all(|amount| behind_dash(&amount));
        (change == Change::New && !list).then_some(first)
    }
}
