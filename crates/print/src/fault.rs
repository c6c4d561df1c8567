//! What can go wrong between data and a finished PDF.

use std::fmt;

/// Why a print job gave no PDF, or a drawing no picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The job holds nothing to print.
    Empty,
    /// No usable font was given; without one every character would be an empty box.
    NoFont,
    /// The payload does not fit into the largest QR code.
    QrTooLong {
        /// Length of the refused payload.
        payload_bytes: usize,
    },
    /// The text cannot be written as a bar code, or is no valid SSCC.
    BarCode(String),
    /// These characters have no glyph in any font, and replacing them did not help.
    Glyphs(String),
    /// The threads to work on could not be started; the text is the message of the system.
    Threads(String),
    /// The typesetter refused the page; the text is its message and means a defect of the template.
    Template(String),
    /// The drawing is no SVG, or has no size; the text says which, and means a defect of whoever drew it.
    Picture(String),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Empty => write!(f, "nothing to print"),
            Fault::NoFont => write!(
                f,
                "no usable font; install one with Chinese glyphs, e.g. Noto Sans CJK"
            ),
            Fault::QrTooLong { payload_bytes } => {
                write!(
                    f,
                    "a payload of {payload_bytes} bytes does not fit into a QR code"
                )
            }
            Fault::BarCode(text) => write!(
                f,
                "{text:?} cannot be a bar code; it takes printable ASCII, or an SSCC of 18 digits with its check digit"
            ),
            Fault::Glyphs(text) => write!(f, "no font has a glyph for: {text}"),
            Fault::Threads(message) => write!(f, "cannot start threads: {message}"),
            Fault::Template(message) => write!(f, "typesetting failed: {message}"),
            Fault::Picture(message) => write!(f, "the drawing cannot be shown: {message}"),
        }
    }
}

impl std::error::Error for Fault {}
