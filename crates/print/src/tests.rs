//! Tests of whole pages. They need a font with Chinese glyphs on the machine.

mod labels;
mod papers;
mod passes;
mod pictures;
mod reports;

use std::io::Write;
use std::process::{Command, Stdio};
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

/// Resolution at which codes must be readable: that of a cheap label printer.
const SCAN_DPI: usize = 200;

/// A picture of a page in shades of grey.
struct Picture {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

/// The picture of a page as the typesetter draws it.
fn picture(document: &PagedDocument, page: usize) -> Picture {
    let options = RenderOptions {
        pixel_per_pt: (SCAN_DPI as f64 / 72.0).into(),
        ..RenderOptions::default()
    };
    let picture = render(&document.pages()[page], &options);
    Picture {
        width: picture.width() as usize,
        height: picture.height() as usize,
        pixels: picture.pixels().iter().map(|pixel| pixel.green()).collect(),
    }
}

/// The pictures of all pages of a finished PDF as another program draws them; `None` without the program `pdftoppm`
/// (package poppler-utils).
fn pictures_of_pdf(bytes: &[u8]) -> Option<Vec<Picture>> {
    let mut program = Command::new("pdftoppm")
        .args(["-gray", "-r", &SCAN_DPI.to_string(), "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .ok()?;
    let mut input = program.stdin.take().unwrap();
    let bytes = bytes.to_vec();
    let writer = std::thread::spawn(move || input.write_all(&bytes));
    let output = program.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    let mut rest = output.stdout.as_slice();
    let mut pictures = Vec::new();
    while !rest.is_empty() {
        // A grey picture begins with four words: P5, width, height, 255.
        let mut words = [0_usize; 4];
        for word in &mut words {
            let end = rest.iter().position(u8::is_ascii_whitespace).unwrap();
            *word = std::str::from_utf8(&rest[..end])
                .unwrap()
                .trim_start_matches('P')
                .parse()
                .unwrap();
            rest = &rest[end + 1..];
        }
        let [kind, width, height, _] = words;
        assert_eq!(kind, 5);
        let (pixels, others) = rest.split_at(width * height);
        pictures.push(Picture {
            width,
            height,
            pixels: pixels.to_vec(),
        });
        rest = others;
    }
    Some(pictures)
}

impl Picture {
    /// The part of the page where the mark stands, with as much around it as a phone sees that is held over it.
    fn around(&self, mark: &Mark) -> Picture {
        let pixels = |at_mm: f64| (at_mm.max(0.0) * SCAN_DPI as f64 / 25.4) as usize;
        let columns = pixels(mark.left_mm - 2.0)..pixels(mark.right_mm + 2.0).min(self.width);
        let rows = pixels(mark.top_mm - 2.0)..pixels(mark.bottom_mm + 2.0).min(self.height);
        Picture {
            width: columns.len(),
            height: rows.len(),
            pixels: rows
                .flat_map(|row| {
                    &self.pixels[row * self.width + columns.start..row * self.width + columns.end]
                })
                .copied()
                .collect(),
        }
    }

    /// What the code in the picture holds; what could not be read is told as the reader's error.
    fn decoded(self, format: rxing::BarcodeFormat) -> String {
        let (width, height) = (self.width as u32, self.height as u32);
        match rxing::helpers::detect_in_luma(self.pixels, width, height, Some(format)) {
            Ok(code) => code.getText().to_string(),
            Err(error) => error.to_string(),
        }
    }
}

/// The payloads of all QR codes of a page, read one by one from its picture.
fn qr_codes(page: &Page, picture: &Picture) -> Vec<String> {
    let mut payloads: Vec<String> = marks(page)
        .iter()
        .filter(|mark| mark.text.is_empty())
        .map(|mark| picture.around(mark).decoded(rxing::BarcodeFormat::QR_CODE))
        .collect();
    payloads.sort();
    payloads
}

/// The payloads of all QR codes on a page, as the typesetter draws it.
fn payloads(document: &PagedDocument, page: usize) -> Vec<String> {
    qr_codes(&document.pages()[page], &picture(document, page))
}

/// The payloads of all QR codes on all pages. They must be the same on the pages of the finished PDF.
fn scanned(bytes: &[u8], document: &PagedDocument) -> Vec<String> {
    let mut payloads: Vec<String> = (0..document.pages().len())
        .flat_map(|page| payloads(document, page))
        .collect();
    payloads.sort();
    if let Some(pictures) = pictures_of_pdf(bytes) {
        assert_eq!(pictures.len(), document.pages().len());
        let pages = document.pages().iter().zip(&pictures);
        let mut printed: Vec<String> = pages
            .flat_map(|(page, picture)| qr_codes(page, picture))
            .collect();
        printed.sort();
        assert_eq!(printed, payloads, "the PDF does not scan like the layout");
    }
    payloads
}

/// The linear bar code in a picture.
fn bar_code(picture: Picture) -> String {
    picture.decoded(rxing::BarcodeFormat::CODE_128)
}

/// Words of a finished PDF with their places in millimetres, as another program finds them: left, upper edge, word.
/// `None` without the program `pdftotext` (package poppler-utils).
fn words_of_pdf(bytes: &[u8]) -> Option<Vec<(f64, f64, String)>> {
    let path = std::env::temp_dir().join(format!("print-words-{}.pdf", std::process::id()));
    std::fs::write(&path, bytes).unwrap();
    let output = Command::new("pdftotext")
        .arg("-bbox")
        .arg(&path)
        .arg("-")
        .output();
    std::fs::remove_file(&path).unwrap();
    let text = String::from_utf8(output.ok()?.stdout).unwrap();
    let number = |line: &str, name: &str| -> f64 {
        let (_, rest) = line.split_once(&format!("{name}=\"")).unwrap();
        rest.split_once('"').unwrap().0.parse::<f64>().unwrap() / PT_PER_MM
    };
    let word = |line: &str| {
        let (_, rest) = line.split_once("<word")?.1.split_once('>')?;
        let word = rest.split_once('<')?.0.to_string();
        Some((number(line, "xMin"), number(line, "yMin"), word))
    };
    Some(text.lines().filter_map(word).collect())
}
