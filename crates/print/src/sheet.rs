//! A page with fixed places, and the pen that fills it.

use std::collections::BTreeSet;

use typst::foundations::{Array, Bytes, Dict, IntoValue, Value, dict};

use crate::fit::{self, Fitted, LINE_PITCH_EM, Unit};
use crate::readable::readable_line;
use crate::{Align, Fault, Fonts, barcode, qr};

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

/// What stands on one page.
#[derive(Default)]
pub struct Sheet {
    /// Height of this page where it differs from the others, in millimetres.
    pub height_mm: Option<f64>,
    rectangles: Array,
    regular: Array,
    bold: Array,
    reversed: Array,
    codes: Array,
}

impl Sheet {
    fn into_dict(self, height_mm: f64) -> Dict {
        dict! {
            "height" => self.height_mm.unwrap_or(height_mm) * PT_PER_MM,
            "rectangles" => self.rectangles,
            "regular" => self.regular,
            "bold" => self.bold,
            "reversed" => self.reversed,
            "codes" => self.codes,
        }
    }
}

/// The data for `sheet.typ`: all pages of one size in millimetres.
pub fn sheets_data(title: &str, width_mm: f64, height_mm: f64, sheets: Vec<Sheet>) -> Dict {
    let sheets: Array = sheets
        .into_iter()
        .map(|sheet| sheet.into_dict(height_mm).into_value())
        .collect();
    dict! {
        "title" => title,
        "width" => width_mm * PT_PER_MM,
        "sheets" => sheets,
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
            let entry = entry([x_pt, y_pt, fitted.size_pt], line.as_str().into_value());
            if style.bold {
                self.sheet.bold.push(entry)
            } else {
                self.sheet.regular.push(entry)
            }
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
            self.sheet
                .rectangles
                .push(numbers([x_pt, y_pt, width_pt, height_pt]).into_value());
            let place = [
                x_pt + BADGE_INSET_EM * size_pt,
                y_pt + (height_pt - size_pt) / 2.0,
                size_pt,
            ];
            self.sheet.reversed.push(entry(place, word.as_str().into_value()));
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
        self.sheet.rectangles.push(numbers(rectangle).into_value());
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
        let code = qr::encode(payload)?;
        let mut values = numbers([
            (self.x_mm + area.x_mm) * PT_PER_MM,
            (self.y_mm + area.y_mm) * PT_PER_MM,
            area.width_mm * PT_PER_MM,
        ]);
        values.push((code.side_pixels as i64).into_value());
        values.push(Value::Bytes(Bytes::new(code.pixels)));
        self.sheet.codes.push(values.into_value());
        Ok(())
    }
}

fn numbers<const N: usize>(values: [f64; N]) -> Array {
    values.into_iter().map(IntoValue::into_value).collect()
}

fn entry(place: [f64; 3], text: Value) -> Value {
    let mut values = numbers(place);
    values.push(text);
    values.into_value()
}
