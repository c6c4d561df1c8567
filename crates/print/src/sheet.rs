//! A page with fixed places, and the pen that fills it.

use std::collections::BTreeSet;

use typst::foundations::{Array, Bytes, Dict, IntoValue, Value, dict};

use crate::fit::{self, Fitted, LINE_PITCH_EM, Unit};
use crate::qr::{self, Code};
use crate::readable::readable_line;
use crate::{Align, Fault, Fonts, barcode};

/// Points per millimetre.
pub const PT_PER_MM: f64 = 72.0 / 25.4;
/// White between the edge of a badge and its word, in units of the type size.
const BADGE_INSET_EM: f64 = 0.3;
/// Distance between badges, in units of the type size.
const BADGE_GAP_EM: f64 = 0.35;

/// A rectangle on a label, in millimetres from its left upper corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Area {
    /// Distance from the left edge.
    pub x_mm: f64,
    /// Distance from the upper edge.
    pub y_mm: f64,
    /// Width.
    pub width_mm: f64,
    /// Height.
    pub height_mm: f64,
}

/// Shorthand for an [`Area`]: left, top, width, height in millimetres.
pub const fn area(x_mm: f64, y_mm: f64, width_mm: f64, height_mm: f64) -> Area {
    Area {
        x_mm,
        y_mm,
        width_mm,
        height_mm,
    }
}

/// How a field is written.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// Largest type size in points.
    pub size_max_pt: f64,
    /// Bold instead of regular.
    pub bold: bool,
    /// Where the lines stand in the area; top to bottom they stand in its middle.
    pub align: Align,
}

/// Shorthand for regular text at the left edge.
pub const fn regular(size_max_pt: f64) -> Style {
    Style {
        size_max_pt,
        bold: false,
        align: Align::Left,
    }
}

/// Shorthand for bold text.
pub const fn bold(size_max_pt: f64, align: Align) -> Style {
    Style {
        size_max_pt,
        bold: true,
        align,
    }
}

/// How a line of text is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Face {
    /// Black.
    Regular,
    /// Black and bold.
    Bold,
    /// White and bold, on a filled rectangle.
    Reversed,
}

/// A line of text in its place; all lengths are points.
#[derive(Debug)]
pub struct Line {
    /// Left edge.
    pub x_pt: f64,
    /// Upper edge of the ideographic square, which ends 0.12 of the size below the base line.
    pub y_pt: f64,
    /// Type size.
    pub size_pt: f64,
    /// Width.
    pub width_pt: f64,
    /// How it is drawn.
    pub face: Face,
    /// The text.
    pub text: String,
}

/// What stands on one page.
#[derive(Debug, Default)]
pub struct Sheet {
    /// Height of this page where it differs from the others, in millimetres.
    pub height_mm: Option<f64>,
    /// Black rectangles: left, upper edge, width, height in points.
    pub rectangles: Vec<[f64; 4]>,
    /// Text.
    pub lines: Vec<Line>,
    /// QR codes: left, upper edge and side in points.
    pub codes: Vec<([f64; 3], Code)>,
}

impl Sheet {
    fn into_dict(self, height_mm: f64) -> Dict {
        let rectangles: Array = self
            .rectangles
            .into_iter()
            .map(|rectangle| numbers(rectangle).into_value())
            .collect();
        let (mut regular, mut bold, mut reversed) = (Array::new(), Array::new(), Array::new());
        for line in self.lines {
            let mut values = numbers([line.x_pt, line.y_pt, line.size_pt]);
            values.push(line.text.into_value());
            match line.face {
                Face::Regular => regular.push(values.into_value()),
                Face::Bold => bold.push(values.into_value()),
                Face::Reversed => reversed.push(values.into_value()),
            }
        }
        let codes: Array = self
            .codes
            .into_iter()
            .map(|(place, code)| {
                let (side_pixels, pixels) = code.pixels();
                let mut values = numbers(place);
                values.push((side_pixels as i64).into_value());
                values.push(Value::Bytes(Bytes::new(pixels)));
                values.into_value()
            })
            .collect();
        dict! {
            "height" => self.height_mm.unwrap_or(height_mm) * PT_PER_MM,
            "rectangles" => rectangles,
            "regular" => regular,
            "bold" => bold,
            "reversed" => reversed,
            "codes" => codes,
        }
    }
}

/// Finished pages of one width.
#[derive(Debug)]
pub struct Sheets {
    /// Title of the document.
    pub title: String,
    /// Width of all pages in millimetres.
    pub width_mm: f64,
    /// Height of all pages that have none of their own, in millimetres.
    pub height_mm: f64,
    /// The pages.
    pub pages: Vec<Sheet>,
}

impl Sheets {
    /// The data for `sheet.typ`.
    pub fn into_dict(self) -> Dict {
        let sheets: Array = self
            .pages
            .into_iter()
            .map(|sheet| sheet.into_dict(self.height_mm).into_value())
            .collect();
        dict! {
            "title" => self.title,
            "width" => self.width_mm * PT_PER_MM,
            "sheets" => sheets,
        }
    }
}

/// Writes on one label of a sheet.
pub struct Pen<'a> {
    /// Fonts to reckon with.
    pub fonts: &'a Fonts,
    /// Characters that must be replaced.
    pub refused: &'a BTreeSet<char>,
    /// The page.
    pub sheet: &'a mut Sheet,
    /// Left edge of the label on the page.
    pub x_mm: f64,
    /// Upper edge of the label on the page.
    pub y_mm: f64,
}

impl Pen<'_> {
    /// Text made fit for print, on one line.
    pub fn readable(&self, text: &str) -> String {
        readable_line(self.fonts, self.refused, text)
    }

    /// Writes text into the area, as large as it fits; it shrinks or wraps and is never cut.
    pub fn write(&mut self, area: Area, style: Style, text: &str) {
        let units = fit::units(self.fonts, &self.readable(text), style.bold);
        self.write_units(area, style, &units);
    }

    /// Writes units into the area, as large as they fit.
    pub fn write_units(&mut self, area: Area, style: Style, units: &[Unit]) {
        let fitted = fit::fit(
            self.fonts,
            units,
            style.bold,
            area.width_mm * PT_PER_MM,
            area.height_mm * PT_PER_MM,
            style.size_max_pt,
        );
        let fitted = match style.align {
            Align::Center => fit::balanced(self.fonts, units, style.bold, fitted),
            Align::Left | Align::Right => fitted,
        };
        self.put(area, style, &fitted);
    }

    /// Puts finished lines into the area.
    pub fn put(&mut self, area: Area, style: Style, fitted: &Fitted) {
        let pitch_pt = fitted.size_pt * LINE_PITCH_EM;
        let free_pt = area.height_mm * PT_PER_MM - pitch_pt * fitted.lines.len() as f64;
        let mut y_pt =
            (self.y_mm + area.y_mm) * PT_PER_MM + free_pt / 2.0 + (pitch_pt - fitted.size_pt) / 2.0;
        for (line, width_pt) in &fitted.lines {
            let spare_pt = area.width_mm * PT_PER_MM - width_pt;
            let shift_pt = match style.align {
                Align::Left => 0.0,
                Align::Center => spare_pt / 2.0,
                Align::Right => spare_pt,
            };
            let x_pt = (self.x_mm + area.x_mm) * PT_PER_MM + shift_pt;
            self.sheet.lines.push(Line {
                x_pt,
                y_pt,
                size_pt: fitted.size_pt,
                width_pt: *width_pt,
                face: if style.bold { Face::Bold } else { Face::Regular },
                text: line.clone(),
            });
            y_pt += pitch_pt;
        }
    }

    /// Puts words in white on black, side by side at the right edge of the area, as large as they fit.
    /// Returns the width in use in millimetres.
    pub fn badges(&mut self, area: Area, size_max_pt: f64, words: &[String]) -> f64 {
        let words: Vec<String> = words
            .iter()
            .map(|word| self.readable(word))
            .filter(|word| !word.is_empty())
            .collect();
        if words.is_empty() {
            return 0.0;
        }
        let widths_em: Vec<f64> = words
            .iter()
            .map(|word| fit::width_em(self.fonts, word, true) + 2.0 * BADGE_INSET_EM)
            .collect();
        let total_em = widths_em.iter().sum::<f64>() + BADGE_GAP_EM * (words.len() - 1) as f64;
        let height_em = 1.0 + 2.0 * BADGE_INSET_EM / 2.0;
        let size_pt = size_max_pt
            .min(area.width_mm * PT_PER_MM / total_em)
            .min(area.height_mm * PT_PER_MM / height_em);
        let height_pt = height_em * size_pt;
        let mut x_pt = (self.x_mm + area.x_mm + area.width_mm) * PT_PER_MM - total_em * size_pt;
        let y_pt = (self.y_mm + area.y_mm + area.height_mm / 2.0) * PT_PER_MM - height_pt / 2.0;
        for (word, width_em) in words.iter().zip(&widths_em) {
            let width_pt = width_em * size_pt;
            self.sheet.rectangles.push([x_pt, y_pt, width_pt, height_pt]);
            self.sheet.lines.push(Line {
                x_pt: x_pt + BADGE_INSET_EM * size_pt,
                y_pt: y_pt + (height_pt - size_pt) / 2.0,
                size_pt,
                width_pt: width_pt - 2.0 * BADGE_INSET_EM * size_pt,
                face: Face::Reversed,
                text: word.clone(),
            });
            x_pt += width_pt + BADGE_GAP_EM * size_pt;
        }
        total_em * size_pt / PT_PER_MM
    }

    /// Fills the area with black; a thin area is a line.
    pub fn fill(&mut self, area: Area) {
        let rectangle = [
            (self.x_mm + area.x_mm) * PT_PER_MM,
            (self.y_mm + area.y_mm) * PT_PER_MM,
            area.width_mm * PT_PER_MM,
            area.height_mm * PT_PER_MM,
        ];
        self.sheet.rectangles.push(rectangle);
    }

    /// Draws a line of this thickness along the inside of the area.
    pub fn frame(&mut self, outer: Area, thickness_mm: f64) {
        let (right_mm, lower_mm) = (outer.x_mm + outer.width_mm, outer.y_mm + outer.height_mm);
        let across = |y_mm| area(outer.x_mm, y_mm, outer.width_mm, thickness_mm);
        let down = |x_mm| area(x_mm, outer.y_mm, thickness_mm, outer.height_mm);
        self.fill(across(outer.y_mm));
        self.fill(across(lower_mm - thickness_mm));
        self.fill(down(outer.x_mm));
        self.fill(down(right_mm - thickness_mm));
    }

    /// Draws a linear bar code in the middle of the area, which must hold ten modules of white on both sides.
    pub fn bars(&mut self, place: Area, modules: &barcode::Modules, module_max_mm: f64) {
        let count = modules.len() as f64;
        let module_mm = module_max_mm.min(place.width_mm / (count + 20.0));
        let left_mm = place.x_mm + (place.width_mm - count * module_mm) / 2.0;
        let mut start = 0;
        for run in modules.chunk_by(|left, right| left == right) {
            if run.first() == Some(&true) {
                let x_mm = left_mm + start as f64 * module_mm;
                self.fill(area(
                    x_mm,
                    place.y_mm,
                    run.len() as f64 * module_mm,
                    place.height_mm,
                ));
            }
            start += run.len();
        }
    }

    /// Draws the payload as a QR code that fills the square area; an empty payload draws nothing.
    ///
    /// # Errors
    /// [`Fault::QrTooLong`].
    pub fn code(&mut self, area: Area, payload: &str) -> Result<(), Fault> {
        if payload.is_empty() {
            return Ok(());
        }
        let place = [
            (self.x_mm + area.x_mm) * PT_PER_MM,
            (self.y_mm + area.y_mm) * PT_PER_MM,
            area.width_mm * PT_PER_MM,
        ];
        self.sheet.codes.push((place, qr::encode(payload)?));
        Ok(())
    }
}

fn numbers<const N: usize>(values: [f64; N]) -> Array {
    values.into_iter().map(IntoValue::into_value).collect()
}
