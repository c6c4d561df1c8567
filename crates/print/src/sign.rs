//! The visible sign of a drop point or storage point (DX-3), on A4 landscape.

use std::collections::BTreeSet;

use crate::sheet::{Pen, Sheet, Sheets, area, bold};
use crate::{Align, Fault, Fonts, Sign};

/// Edge of the QR code in millimetres.
const CODE_MM: f64 = 66.0;

/// The sheets with these signs, one to a sheet.
///
/// # Errors
/// [`Fault::QrTooLong`].
pub fn sign_sheets(fonts: &Fonts, refused: &BTreeSet<char>, signs: &[Sign]) -> Result<Sheets, Fault> {
    let pages: Result<Vec<Sheet>, Fault> = signs.iter().map(|sign| page(fonts, refused, sign)).collect();
    Ok(Sheets {
        title: signs.first().map_or_else(String::new, |sign| sign.title.clone()),
        width_mm: 297.0,
        height_mm: 210.0,
        pages: pages?,
    })
}

fn page(fonts: &Fonts, refused: &BTreeSet<char>, sign: &Sign) -> Result<Sheet, Fault> {
    let mut sheet = Sheet::default();
    let mut pen = Pen {
        fonts,
        refused,
        sheet: &mut sheet,
        x_mm: 0.0,
        y_mm: 0.0,
    };
    pen.write(
        area(14.0, 13.0, 269.0, 34.0),
        bold(88.0, Align::Center),
        &sign.title,
    );
    pen.fill(area(14.0, 49.0, 269.0, 1.6));
    let lines: Vec<&String> = sign.lines.iter().filter(|line| !line.trim().is_empty()).collect();
    let lower = !lines.is_empty() || !sign.qr.is_empty();
    // With nothing below it the name of the place takes the whole sheet.
    let place_mm = if lower { 58.0 } else { 130.0 };
    pen.write(
        area(14.0, 54.0, 269.0, place_mm),
        bold(170.0, Align::Center),
        &sign.place,
    );

    let (lines_mm, align) = if sign.qr.is_empty() {
        (269.0, Align::Center)
    } else {
        (269.0 - CODE_MM - 12.0, Align::Left)
    };
    let step_mm = 66.0 / lines.len().max(1) as f64;
    for (index, line) in lines.iter().enumerate() {
        let place = area(14.0, 118.0 + index as f64 * step_mm, lines_mm, step_mm);
        pen.write(place, bold(44.0, align), line);
    }
    pen.code(area(283.0 - CODE_MM, 118.0, CODE_MM, CODE_MM), &sign.qr)?;
    pen.write(
        area(14.0, 189.0, 269.0, 9.0),
        bold(18.0, Align::Center),
        &sign.footer,
    );
    Ok(sheet)
}
