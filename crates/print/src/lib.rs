//! Everything that leaves the office on paper: labels for bags and boxes, signs for drop points, passes, reports,
//! notices and cards.
//!
//! The crate takes plain data and returns the bytes of a PDF, or pictures of its pages that a browser prints. It knows no database, clock or network, and it is
//! the only crate that depends on Typst. Text of users reaches Typst as values, never as markup.
//!
//! Two ways lead to a page:
//! - *Sheets* (labels, box labels, signs, passes) have fixed places. The module `fit` chooses the type size and the
//!   line breaks, so that a long name shrinks or wraps and is never cut, and `templates/sheet.typ` only puts
//!   finished lines where they belong. That keeps a run of 10,000 labels cheap.
//! - *Documents* flow over as many pages as they need; `templates/report.typ` holds their looks. A notice is set as
//!   large as fits on its page, and cards are put on a sheet four at a time.
//!
//! Characters that no font covers are printed as a reading or a code point in brackets, see
//! [`Fonts::missing`]; an empty box never appears in silence.

mod barcode;
mod boxes;
mod chart;
mod datum;
mod engine;
mod fault;
mod fit;
mod fonts;
mod label;
mod model;
mod pass;
mod picture;
mod printer;
mod qr;
mod readable;
mod report;
mod sheet;
mod sign;
mod svg;
mod table;
mod words;

#[cfg(test)]
mod tests;

pub use barcode::{check_digit, sscc};
pub use boxes::BoxSheet;
pub use datum::{Datum, amount_text, count_text, percent_text, weight_text};
pub use fault::Fault;
pub use fonts::Fonts;
pub use label::LabelSheet;
pub use model::{
    Align, Block, BoxLabel, Document, Figure, Format, Label, Lang, Lines, Pass, PassForm, Sign, Table,
    TableColumn, Tone,
};
pub use picture::picture;
pub use printer::Printer;
pub use svg::code_picture;
