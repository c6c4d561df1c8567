//! Tests of whole pages. They need a font with Chinese glyphs on the machine.

mod labels;
mod reports;

use std::sync::LazyLock;

use typst::layout::{Frame, FrameItem, Point};
use typst_layout::{Page, PagedDocument};
use typst_render::{RenderOptions, render};

use crate::sheet::PT_PER_MM;
use crate::{Fonts, Printer};

static FONTS: LazyLock<Option<Fonts>> = LazyLock::new(Fonts::from_system);

/// The fonts of this machine, read once.
pub fn fonts() -> Fonts {
    FONTS
        .clone()
        .expect("no font with Chinese glyphs; install one, e.g. `apt-get install fonts-noto-cjk`")
}

fn printer() -> Printer {
    Printer::new(fonts())
}

/// A line of text or a picture as it stands on a page, in millimetres from the left upper corner.
#[derive(Clone, Debug)]
struct Mark {
    /// The text; empty for a picture.
    text: String,
    bold: bool,
    size_pt: f64,
    left_mm: f64,
    top_mm: f64,
    right_mm: f64,
    bottom_mm: f64,
}

/// Texts and pictures of a page.
fn marks(page: &Page) -> Vec<Mark> {
    let mut marks = Vec::new();
    collect(&page.frame, Point::zero(), &mut marks);
    marks
}

fn collect(frame: &Frame, origin: Point, marks: &mut Vec<Mark>) {
    for (position, item) in frame.items() {
        let place = origin + *position;
        let (x_pt, y_pt) = (place.x.to_pt(), place.y.to_pt());
        let mark = |text: &str, bold: bool, size_pt: f64, top_pt: f64, width_pt: f64, height_pt: f64| Mark {
            text: text.to_string(),
            bold,
            size_pt,
            left_mm: x_pt / PT_PER_MM,
            top_mm: top_pt / PT_PER_MM,
            right_mm: (x_pt + width_pt) / PT_PER_MM,
            bottom_mm: (top_pt + height_pt) / PT_PER_MM,
        };
        match item {
            FrameItem::Group(group) => {
                let shift = Point::new(group.transform.tx, group.transform.ty);
                collect(&group.frame, place + shift, marks);
            }
            FrameItem::Text(text) => {
                assert!(
                    text.glyphs.iter().all(|glyph| glyph.id != 0),
                    "no glyph in {:?}",
                    text.text
                );
                let size_pt = text.size.to_pt();
                let bold = text.font.info().variant.weight.to_number() > 500;
                let top_pt = y_pt - 0.88 * size_pt;
                marks.push(mark(
                    &text.text,
                    bold,
                    size_pt,
                    top_pt,
                    text.width().to_pt(),
                    size_pt,
                ));
            }
            FrameItem::Image(_, size, _) => {
                marks.push(mark("", false, 0.0, y_pt, size.x.to_pt(), size.y.to_pt()));
            }
            _ => {}
        }
    }
}

/// All text of a page, in order, without spaces and line breaks.
fn text_of(page: &Page) -> String {
    let text: String = marks(page).iter().map(|mark| mark.text.as_str()).collect();
    text.replace([' ', '\u{200B}'], "")
}

/// The payloads of all QR codes on the page, read from its picture at 300 dots per inch.
fn payloads(document: &PagedDocument, page: usize) -> Vec<String> {
    let options = RenderOptions {
        pixel_per_pt: (300.0 / 72.0).into(),
        ..RenderOptions::default()
    };
    let picture = render(&document.pages()[page], &options);
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| {
        picture
            .pixel(x as u32, y as u32)
            .map_or(255, |pixel| pixel.green())
    });
    let mut payloads: Vec<String> = prepared
        .detect_grids()
        .iter()
        .filter_map(|grid| grid.decode().ok())
        .map(|(_, text)| text)
        .collect();
    payloads.sort();
    payloads
}
