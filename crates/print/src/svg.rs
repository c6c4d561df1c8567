//! Sheets and laid-out pages as vector pictures (SVG), for a browser to show and to print at their size.
//!
//! Everything is said in attributes, since pages allow no style of their own. A line is pulled to the width that was
//! reckoned for it, so it keeps its place whatever font the browser finds.

use std::fmt::Write;

use typst::layout::{Frame, FrameItem, Point, Transform};
use typst::text::TextItem;
use typst::visualize::{CurveItem, FixedStroke, Geometry, Image, ImageKind, Paint, Shape};
use typst_layout::PagedDocument;

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

/// One picture for each page that Typst has laid out.
pub fn page_pictures(document: &PagedDocument) -> Vec<String> {
    let picture = |frame: &Frame| {
        let mut svg = opening(frame.width().to_mm(), frame.height().to_mm());
        draw(&mut svg, frame, Point::zero());
        svg.push_str("</svg>");
        svg
    };
    document.pages().iter().map(|page| picture(&page.frame)).collect()
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

fn opening(width_mm: f64, height_mm: f64) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}mm\" height=\"{}mm\" viewBox=\"0 0 {} {}\" xml:space=\"preserve\">",
        short(width_mm),
        short(height_mm),
        short(width_mm * PT_PER_MM),
        short(height_mm * PT_PER_MM)
    )
}

fn page(sheet: &Sheet, width_mm: f64, height_mm: f64) -> String {
    let mut svg = opening(width_mm, height_mm);
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
    escape(svg, &line.text);
    svg.push_str("</text>");
}

fn escape(svg: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '<' => svg.push_str("&lt;"),
            '>' => svg.push_str("&gt;"),
            '&' => svg.push_str("&amp;"),
            // A place to break a line has no width, but would get its share of what a line is pulled by.
            '\u{200B}' => {}
            other => svg.push(other),
        }
    }
}

/// Draws what stands in a frame whose left upper corner is at `origin`.
fn draw(svg: &mut String, frame: &Frame, origin: Point) {
    for (position, item) in frame.items() {
        let place = origin + *position;
        match item {
            FrameItem::Group(group) => draw_group(svg, &group.frame, group.transform, place),
            FrameItem::Text(item) => draw_text(svg, item, place),
            FrameItem::Shape(shape, _) => draw_shape(svg, shape, place),
            FrameItem::Image(image, size, _) => draw_image(svg, image, size.x.to_pt(), place),
            FrameItem::Link(..) | FrameItem::Tag(_) => {}
        }
    }
}

fn draw_group(svg: &mut String, frame: &Frame, transform: Transform, place: Point) {
    let shift = Point::new(transform.tx, transform.ty);
    if transform == Transform::translate(shift.x, shift.y) {
        return draw(svg, frame, place + shift);
    }
    let _ = write!(
        svg,
        "<g transform=\"matrix({} {} {} {} {} {})\">",
        transform.sx.get(),
        transform.ky.get(),
        transform.kx.get(),
        transform.sy.get(),
        short((place + shift).x.to_pt()),
        short((place + shift).y.to_pt())
    );
    draw(svg, frame, Point::zero());
    svg.push_str("</g>");
}

fn draw_text(svg: &mut String, item: &TextItem, place: Point) {
    if item.text.trim().is_empty() {
        return;
    }
    let weight = if item.font.info().variant.weight.to_number() > 500 {
        " font-weight=\"700\""
    } else {
        ""
    };
    let _ = write!(
        svg,
        "<text x=\"{}\" y=\"{}\" font-size=\"{}\" textLength=\"{}\" lengthAdjust=\"spacing\" fill=\"{}\"{weight}>",
        short(place.x.to_pt()),
        short(place.y.to_pt()),
        short(item.size.to_pt()),
        short(item.width().to_pt()),
        colour(&item.fill)
    );
    escape(svg, &item.text);
    svg.push_str("</text>");
}

fn draw_shape(svg: &mut String, shape: &Shape, place: Point) {
    let (x_pt, y_pt) = (short(place.x.to_pt()), short(place.y.to_pt()));
    let at = |point: &Point| format!("{} {}", short(point.x.to_pt()), short(point.y.to_pt()));
    let mut path = String::new();
    match &shape.geometry {
        Geometry::Line(to) => path = format!("M0 0L{}", at(to)),
        Geometry::Rect(size) => {
            let (width_pt, height_pt) = (short(size.x.to_pt()), short(size.y.to_pt()));
            path = format!("M0 0h{width_pt}v{height_pt}h{}z", -width_pt);
        }
        Geometry::Curve(curve) => {
            for item in &curve.0 {
                // Writing into a string cannot fail.
                let _ = match item {
                    CurveItem::Move(to) => write!(path, "M{}", at(to)),
                    CurveItem::Line(to) => write!(path, "L{}", at(to)),
                    CurveItem::Cubic(first, second, to) => {
                        write!(path, "C{} {} {}", at(first), at(second), at(to))
                    }
                    CurveItem::Close => write!(path, "Z"),
                };
            }
        }
    }
    let fill = shape.fill.as_ref().map_or_else(|| "none".to_string(), colour);
    let stroke = shape.stroke.as_ref().map_or_else(String::new, stroke);
    let _ = write!(
        svg,
        "<path transform=\"translate({x_pt} {y_pt})\" d=\"{path}\" fill=\"{fill}\"{stroke}/>"
    );
}

fn stroke(stroke: &FixedStroke) -> String {
    let dashes = stroke.dash.as_ref().map_or_else(String::new, |dash| {
        let lengths: Vec<String> = dash
            .array
            .iter()
            .map(|part| short(part.to_pt()).to_string())
            .collect();
        format!(" stroke-dasharray=\"{}\"", lengths.join(" "))
    });
    format!(
        " stroke=\"{}\" stroke-width=\"{}\"{dashes}",
        colour(&stroke.paint),
        short(stroke.thickness.to_pt())
    )
}

/// The colour of a paint; no template of this crate has gradients or patterns.
fn colour(paint: &Paint) -> String {
    match paint {
        Paint::Solid(colour) => colour.to_hex().to_string(),
        Paint::Gradient(_) | Paint::Tiling(_) => "#000".to_string(),
    }
}

/// Draws a picture of dark and light pixels, which all pictures of this crate are: QR codes.
fn draw_image(svg: &mut String, image: &Image, width_pt: f64, place: Point) {
    let ImageKind::Raster(raster) = image.kind() else {
        return;
    };
    let pixels = raster.dynamic().to_luma8();
    let rows = pixels.rows();
    let path = qr::outline(rows.map(|row| row.map(|pixel| pixel.0[0] < 128).collect::<Vec<bool>>()));
    let _ = write!(
        svg,
        "<path shape-rendering=\"crispEdges\" transform=\"translate({} {}) scale({:.5})\" d=\"{path}\"/>",
        short(place.x.to_pt()),
        short(place.y.to_pt()),
        width_pt / f64::from(pixels.width())
    );
}

/// A length with as many digits as a printer can use.
fn short(length_pt: f64) -> f64 {
    (length_pt * 1_000.0).round() / 1_000.0
}
