//! Documents that offices and neighbours hand over, and those handed back to them.
//!
//! Everything here is pure: bytes in, checked rows or errors by cell out; data in, bytes out.

pub mod chain;
pub mod forms;
pub mod sheet;
pub mod text;
pub mod values;

pub use text::Text;
