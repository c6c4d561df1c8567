//! Sheets as vector pictures (SVG), for a browser to show and to print at their size.
//!
//! Everything is said in attributes, since pages allow no style of their own. A line is pulled to the width that was
//! reckoned for it, so it keeps its place whatever font the browser finds.

use std::fmt::Write;

use crate::Fault;
use crate::qr::{self, Code};
use crate::sheet::{Face, Line, PT_PER_MM, Sheet, Sheets};

/// Distance of the base line from the upper edge of a line, in units of the type size.
const BASE_LINE_EM: f64 = 0.88;
/// White around a QR code, in modules (ISO/IEC 18004).
const QUIET_MODULES: usize = 4;

/// One picture for each page.
pub fn pictures(sheets: Sheets) -> Vec<String> {
    let (width_mm, height_mm) = (sheets.width_mm, sheets.height_mm);
    let picture = |sheet: &Sheet| page(sheet, width_mm, sheet.height_mm.unwrap_or(height_mm));
    sheets.pages.iter().map(picture).collect()
}

/// The payload as a QR code with its white border, for a page; as large as its place.
///
/// # Errors
/// [`Fault::QrTooLong`].
pub fn code_picture(payload: &str) -> Result<String, Fault> {
    let code = qr::encode(payload)?;
    let side = code.side + 2 * QUIET_MODULES;
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\" role=\"img\">\
         <path fill=\"#fff\" d=\"M0 0h{side}v{side}h-{side}z\"/>\
         <path transform=\"translate({QUIET_MODULES} {QUIET_MODULES})\" d=\"{}\"/></svg>",
        code.path()
    ))
}

fn page(sheet: &Sheet, width_mm: f64, height_mm: f64) -> String {
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width_mm}mm\" height=\"{height_mm}mm\" viewBox=\"0 0 {} {}\" xml:space=\"preserve\">",
        short(width_mm * PT_PER_MM),
        short(height_mm * PT_PER_MM)
    );
    // Writing into a string cannot fail.
    for [x, y, width, height] in sheet.rectangles.iter().map(|four| four.map(short)) {
        let _ = write!(
            svg,
            "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"/>"
        );
    }
    for line in &sheet.lines {
        text(&mut svg, line);
    }
    for ([x_pt, y_pt, side_pt], code) in &sheet.codes {
        let _ = write!(svg, "{}", placed(code, *x_pt, *y_pt, *side_pt));
    }
    svg.push_str("</svg>");
    svg
}

fn placed(code: &Code, x_pt: f64, y_pt: f64, side_pt: f64) -> String {
    format!(
        "<path shape-rendering=\"crispEdges\" transform=\"translate({} {}) scale({:.5})\" d=\"{}\"/>",
        short(x_pt),
        short(y_pt),
        side_pt / code.side as f64,
        code.path()
    )
}

fn text(svg: &mut String, line: &Line) {
    let face = match line.face {
        Face::Regular => "",
        Face::Bold => " font-weight=\"700\"",
        Face::Reversed => " font-weight=\"700\" fill=\"#fff\"",
    };
    let _ = write!(
        svg,
        "<text x=\"{}\" y=\"{}\" font-size=\"{}\" textLength=\"{}\" lengthAdjust=\"spacingAndGlyphs\"{face}>",
        short(line.x_pt),
        short(line.y_pt + BASE_LINE_EM * line.size_pt),
        short(line.size_pt),
        short(line.width_pt)
    );
    for character in line.text.chars() {
        match character {
            '<' => svg.push_str("&lt;"),
            '>' => svg.push_str("&gt;"),
            '&' => svg.push_str("&amp;"),
            other => svg.push(other),
        }
    }
    svg.push_str("</text>");
}

/// A length with as many digits as a printer can use.
fn short(length_pt: f64) -> f64 {
    (length_pt * 1_000.0).round() / 1_000.0
}
