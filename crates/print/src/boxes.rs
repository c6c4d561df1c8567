//! Labels for boxes (FC-9, CT-4): where they go, what is inside, which of how many.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::sheet::{Pen, Sheet, Sheets, area, bold, regular};
use crate::{Align, BoxLabel, Fault, Fonts, Lang, barcode, words};

/// The stock to print on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum BoxSheet {
    /// Roll of labels 100 × 70 mm, with a QR code.
    Roll100x70,
    /// Roll of labels 100 × 150 mm, as parcels carry them, with a linear bar code as well.
    Roll100x150,
}

/// Least height of the bars on a logistic unit (GS1 General Specifications).
const BARS_HEIGHT_MM: f64 = 32.0;
/// Width of a module; the GS1 General Specifications allow 0.495 to 0.94 mm on a logistic unit.
const MODULE_MAX_MM: f64 = 0.55;

/// The pages with these labels, one to a page.
///
/// # Errors
/// [`Fault::QrTooLong`], [`Fault::BarCode`].
pub fn box_label_sheets(
    fonts: &Fonts,
    refused: &BTreeSet<char>,
    lang: Lang,
    stock: BoxSheet,
    labels: &[BoxLabel],
) -> Result<Sheets, Fault> {
    let height_mm = match stock {
        BoxSheet::Roll100x70 => 70.0,
        BoxSheet::Roll100x150 => 150.0,
    };
    let mut sheets = Vec::new();
    for label in labels {
        let mut sheet = Sheet::default();
        let mut pen = Pen {
            fonts,
            refused,
            sheet: &mut sheet,
            x_mm: 0.0,
            y_mm: 0.0,
        };
        write_box_label(&mut pen, lang, label)?;
        if stock == BoxSheet::Roll100x150 {
            write_bars(&mut pen, lang, label)?;
        }
        sheets.push(sheet);
    }
    Ok(Sheets {
        title: "Box labels".to_string(),
        width_mm: 100.0,
        height_mm,
        pages: sheets,
    })
}

fn write_box_label(pen: &mut Pen, lang: Lang, label: &BoxLabel) -> Result<(), Fault> {
    let [point, buildings, supplier, trip] = words::box_names(lang);
    let extra_mm = if label.qr.is_empty() { 28.0 } else { 0.0 };
    pen.write(
        area(4.0, 4.0, 62.0 + extra_mm, 14.0),
        bold(30.0, Align::Left),
        &label.compound,
    );
    pen.write(
        area(4.0, 18.5, 62.0 + extra_mm, 7.5),
        bold(16.0, Align::Left),
        &words::named(lang, point, &label.point),
    );
    pen.write(
        area(4.0, 26.5, 62.0 + extra_mm, 7.5),
        bold(16.0, Align::Left),
        &words::named(lang, buildings, &label.range),
    );
    let number = words::box_number(lang, label.box_number, label.boxes);
    pen.write(area(4.0, 36.0, 58.0, 11.0), bold(26.0, Align::Left), &number);
    pen.write(
        area(64.0, 38.5, 32.0, 8.5),
        bold(18.0, Align::Right),
        &words::bags_in_box(lang, label.bags),
    );
    pen.fill(area(4.0, 48.4, 92.0, 0.3));
    pen.write(
        area(4.0, 49.8, 92.0, 8.0),
        regular(14.0),
        &words::named(lang, supplier, &label.supplier),
    );
    pen.write(
        area(4.0, 58.2, 92.0, 7.8),
        regular(14.0),
        &words::named(lang, trip, &label.trip),
    );
    pen.code(area(70.0, 4.0, 26.0, 26.0), &label.qr)?;
    pen.write(
        area(67.0, 32.5, 32.0, 5.5),
        bold(12.0, Align::Center),
        &label.code,
    );
    Ok(())
}

/// The lower half of the large label: the bar code, as SSCC where there is one, otherwise with the code of the box.
fn write_bars(pen: &mut Pen, lang: Lang, label: &BoxLabel) -> Result<(), Fault> {
    let (name, modules, text) = if label.sscc.is_empty() {
        if label.code.is_empty() {
            return Ok(());
        }
        let modules = barcode::code_128(&label.code)?;
        (words::box_code(lang), modules, label.code.clone())
    } else {
        let modules = barcode::gs1_128(&label.sscc)?;
        ("SSCC", modules, barcode::sscc_text(&label.sscc))
    };
    pen.fill(area(4.0, 70.0, 92.0, 0.3));
    pen.write(area(6.0, 76.0, 88.0, 7.0), regular(14.0), name);
    pen.bars(area(1.0, 88.0, 98.0, BARS_HEIGHT_MM), &modules, MODULE_MAX_MM);
    pen.write(area(6.0, 127.0, 88.0, 9.0), bold(18.0, Align::Center), &text);
    Ok(())
}
