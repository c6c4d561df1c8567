//! Everything that leaves the office on paper: labels for bags and boxes, signs for drop points, reports.
//!
//! The crate takes plain data and returns the bytes of a PDF. It knows no database, clock or network, and it is
//! the only crate that depends on Typst. Text of users reaches Typst as values, never as markup.
//!
//! Two ways lead to a page:
//! - *Sheets* (labels, box labels, signs) have fixed places. the module `fit` chooses the type size and the
//!   line breaks, so that a long name shrinks or wraps and is never cut, and `templates/sheet.typ` only puts
//!   finished lines where they belong. That keeps a run of 10,000 labels cheap.
//! - *Reports* flow over as many pages as they need; `templates/report.typ` holds their looks.
//!
//! Characters that no font covers are printed as a reading or a code point in brackets, see
//! [`Fonts::missing`]; an empty box never appears in silence.

mod datum;
mod engine;
mod fault;
mod fit;
mod fonts;
mod label;
mod model;
mod printer;
mod qr;
mod readable;
mod report;
mod sheet;
mod sign;
mod table;
mod words;

#[cfg(test)]
mod tests;

pub use datum::{Datum, amount_text, count_text, percent_text, weight_text};
pub use fault::Fault;
pub use fonts::Fonts;
pub use label::LabelSheet;
pub use model::{Align, Block, BoxLabel, Document, Figure, Label, Lang, Sign, Table, TableColumn, Tone};
pub use printer::Printer;
