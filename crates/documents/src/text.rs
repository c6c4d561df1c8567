//! Bilingual text fixed at compile time.

/// One phrase in both languages of the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text {
    /// Chinese wording, as an office would write it.
    pub zh: &'static str,
    /// English wording.
    pub en: &'static str,
}

impl Text {
    /// Pairs the two wordings.
    pub const fn new(zh: &'static str, en: &'static str) -> Text {
        Text { zh, en }
    }

    /// The wording in the language asked for.
    pub const fn get(self, zh: bool) -> &'static str {
        if zh { self.zh } else { self.en }
    }
}
