//! Text as pasted, beside its folded form.

use super::numerals::fold;

/// A stretch of text with its folded form, character by character.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Written {
    /// As pasted.
    pub original: Vec<char>,
    /// Folded, see `numerals::fold`.
    pub folded: Vec<char>,
}

impl Written {
    /// Folds a text.
    pub fn new(text: &str) -> Self {
        let original: Vec<char> = text.chars().collect();
        let folded = original.iter().copied().map(fold).collect();
        Written { original, folded }
    }

    /// A part of it.
    pub fn slice(&self, start: usize, end: usize) -> Self {
        Written {
            original: self.original[start..end].to_vec(),
            folded: self.folded[start..end].to_vec(),
        }
    }

    /// Appends the next line; the line break separates clauses.
    pub fn join(&mut self, next: &Written) {
        self.original.push('\n');
        self.folded.push(',');
        self.original.extend(&next.original);
        self.folded.extend(&next.folded);
    }

    /// The original text, trimmed.
    pub fn text(&self) -> String {
        self.original.iter().collect::<String>().trim().to_string()
    }

    /// Whether it holds nothing but spaces and decoration.
    pub fn is_blank(&self) -> bool {
        self.folded.iter().all(|character| *character == ' ')
    }

    /// The folded text without spaces, for comparison.
    pub fn key(&self) -> String {
        self.folded
            .iter()
            .filter(|character| !matches!(character, ' ' | ','))
            .collect()
    }
}
