//! Drawings as pictures, for spreadsheets and other programs that take no vectors.

use std::sync::Arc;

use resvg::tiny_skia::{Color, Pixmap, Transform};
use resvg::usvg::fontdb::{Database, Source};
use resvg::usvg::{Options, Tree};

use crate::{Fault, Fonts};

/// The largest picture, in pixels of its width.
const WIDTH_MAX_PX: u32 = 8_000;

/// Draws an SVG on white, so many pixels wide, and gives it as PNG. Text is set in these fonts, whatever family it names.
///
/// # Errors
/// [`Fault::Picture`] when the drawing is no SVG, or has no size.
pub fn picture(fonts: &Fonts, svg: &str, width_px: u32) -> Result<Vec<u8>, Fault> {
    let mut known = Database::new();
    for file in fonts.files() {
        known.load_font_source(Source::Binary(Arc::new(file)));
    }
    let family = fonts.families().first().cloned().unwrap_or_default();
    known.set_serif_family(&family);
    known.set_sans_serif_family(&family);
    known.set_monospace_family(&family);
    let options = Options {
        font_family: family,
        fontdb: Arc::new(known),
        ..Options::default()
    };
    let defect = |words: String| Fault::Picture(words);
    let tree = Tree::from_str(svg, &options).map_err(|error| defect(error.to_string()))?;
    let size = tree.size();
    let width_px = width_px.clamp(1, WIDTH_MAX_PX);
    let scale = width_px as f32 / size.width();
    let height_px = (size.height() * scale).ceil() as u32;
    let mut pixels =
        Pixmap::new(width_px, height_px.max(1)).ok_or_else(|| defect("it has no size".into()))?;
    pixels.fill(Color::WHITE);
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixels.as_mut());
    pixels.encode_png().map_err(|error| defect(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The share of pixels that are not white.
    fn inked(png: &[u8]) -> f64 {
        let pixels = Pixmap::decode_png(png).unwrap();
        let inked = pixels.pixels().iter().filter(|pixel| pixel.red() < 128).count();
        inked as f64 / pixels.pixels().len() as f64
    }

    #[test]
    fn chinese_text_is_drawn_whatever_family_it_names() {
        let fonts = Fonts::from_system().expect("tests need a font with Chinese glyphs");
        let svg = |words: &str| {
            format!(
                r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 50"><text x="5" y="35" font-size="30" font-family="Nowhere Sans">{words}</text></svg>"#
            )
        };
        let empty = picture(&fonts, &svg(""), 400).unwrap();
        let word = picture(&fonts, &svg("保供"), 400).unwrap();
        assert_eq!(inked(&empty), 0.0);
        assert!(inked(&word) > 0.02, "{}", inked(&word));
        assert!(word.starts_with(b"\x89PNG"));
    }

    #[test]
    fn what_is_no_drawing_is_refused() {
        let fonts = Fonts::new(Vec::new());
        assert!(matches!(
            picture(&fonts, "no drawing", 100),
            Err(Fault::Picture(_))
        ));
    }
}
