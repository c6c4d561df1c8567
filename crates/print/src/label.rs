//! Labels for bags (DX-3, FC-4): compound, dwelling large, masked telephone, goods, payment, code.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::fit::{self, Fitted, LINE_PITCH_EM, Unit};
use crate::sheet::{Area, PT_PER_MM, Pen, Sheet, Sheets, area, bold, regular};
use crate::{Align, Fault, Fonts, Label, Lang, words};

/// Below this size a list of goods is shortened rather than shrunk.
const GOODS_SIZE_MIN_PT: f64 = 6.0;

/// Blanks between two goods.
const GOODS_BLANKS: u8 = 2;

/// Below this size a remark takes room from the goods.
const NOTE_SIZE_MIN_PT: f64 = 6.5;
/// The largest part of the lower field that a remark may take.
const NOTE_SHARE_MAX: f64 = 0.65;

/// The stock to print on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum LabelSheet {
    /// A4 with 3 × 8 labels of 70 × 37 mm without gaps, upper and lower margin 0.5 mm (e.g. Avery 3474).
    /// Text keeps 3.8 mm from the edges, which office printers cannot reach.
    A4x24,
    /// Roll of labels 100 × 70 mm, one to a page.
    Roll100x70,
    /// Continuous roll 80 mm wide, as tills use it: every label is as long as its goods and remark need.
    Continuous80,
}

/// Where things stand on a label.
#[derive(Clone, Copy)]
struct Geometry {
    page_width_mm: f64,
    page_height_mm: f64,
    margin_top_mm: f64,
    columns: usize,
    rows: usize,
    width_mm: f64,
    height_mm: f64,
    compound: (Area, f64),
    dwelling: (Area, f64),
    phone: (Area, f64),
    bag: (Area, f64),
    /// Payment at the left, badges at the right.
    payment: (Area, f64),
    rule: Area,
    goods: (Area, f64),
    /// Remark, at the foot; without one the goods take its place.
    note: (Area, f64),
    qr: Area,
    code: (Area, f64),
}

const A4X24: Geometry = Geometry {
    page_width_mm: 210.0,
    page_height_mm: 297.0,
    margin_top_mm: 0.5,
    columns: 3,
    rows: 8,
    width_mm: 70.0,
    height_mm: 37.0,
    compound: (area(4.5, 3.8, 42.5, 5.2), 8.5),
    dwelling: (area(4.5, 9.0, 42.5, 8.2), 19.0),
    phone: (area(4.5, 17.2, 23.5, 4.0), 9.0),
    bag: (area(28.0, 17.2, 19.0, 4.0), 9.0),
    payment: (area(4.5, 21.2, 42.5, 3.6), 8.0),
    rule: area(4.5, 24.9, 61.0, 0.12),
    goods: (area(4.5, 25.2, 61.0, 5.1), 7.5),
    note: (area(4.5, 30.3, 61.0, 3.0), 7.0),
    qr: area(49.5, 3.8, 16.0, 16.0),
    code: (area(48.0, 21.2, 19.0, 3.6), 8.0),
};

const ROLL100X70: Geometry = Geometry {
    page_width_mm: 100.0,
    page_height_mm: 70.0,
    margin_top_mm: 0.0,
    columns: 1,
    rows: 1,
    width_mm: 100.0,
    height_mm: 70.0,
    compound: (area(4.0, 4.0, 60.0, 9.0), 14.0),
    dwelling: (area(4.0, 13.0, 60.0, 15.0), 36.0),
    phone: (area(4.0, 28.5, 33.0, 6.5), 14.0),
    bag: (area(37.0, 28.5, 27.0, 6.5), 13.0),
    payment: (area(4.0, 35.5, 60.0, 6.0), 13.0),
    rule: area(4.0, 42.3, 92.0, 0.2),
    goods: (area(4.0, 43.2, 92.0, 15.8), 12.0),
    note: (area(4.0, 59.0, 92.0, 7.0), 12.0),
    qr: area(68.0, 4.0, 28.0, 28.0),
    code: (area(66.0, 35.5, 32.0, 6.0), 12.0),
};

/// Printers of this width reach 72 mm. Goods and remark get the height that they need, see [`stretched`].
const CONTINUOUS80: Geometry = Geometry {
    page_width_mm: 80.0,
    page_height_mm: 44.0,
    margin_top_mm: 0.0,
    columns: 1,
    rows: 1,
    width_mm: 80.0,
    height_mm: 44.0,
    compound: (area(4.5, 4.0, 46.0, 6.5), 11.0),
    dwelling: (area(4.5, 10.5, 46.0, 11.0), 26.0),
    phone: (area(4.5, 21.5, 25.0, 5.0), 11.0),
    bag: (area(29.5, 21.5, 21.0, 5.0), 10.0),
    payment: (area(4.5, 26.5, 46.0, 4.8), 10.5),
    rule: area(4.5, 32.2, 71.0, 0.2),
    goods: (area(4.5, 33.2, 71.0, 6.0), 10.5),
    note: (area(4.5, 39.2, 71.0, 0.0), 11.0),
    qr: area(52.5, 4.5, 22.5, 22.5),
    code: (area(51.0, 27.5, 25.5, 4.0), 9.5),
};
/// White below the last line of a label on a continuous roll, where it is torn off.
const TEAR_MM: f64 = 5.0;
/// A label on a continuous roll is a multiple of this long, since a browser must know beforehand which sizes of pages
/// there are; `crates/kit/build.rs` lists them.
const STRIP_STEP_MM: f64 = 5.0;
/// The longest label on a continuous roll; what needs more is set smaller.
const STRIP_MAX_MM: f64 = 300.0;
/// The largest part of it that the remark may take.
const STRIP_NOTE_MAX_MM: f64 = 100.0;

impl LabelSheet {
    /// Labels on one page.
    pub fn labels_per_page(self) -> usize {
        let geometry = self.geometry();
        geometry.columns * geometry.rows
    }

    fn geometry(self) -> &'static Geometry {
        match self {
            LabelSheet::A4x24 => &A4X24,
            LabelSheet::Roll100x70 => &ROLL100X70,
            LabelSheet::Continuous80 => &CONTINUOUS80,
        }
    }
}

/// The pages with these labels.
///
/// # Errors
/// [`Fault::QrTooLong`].
pub fn label_sheets(
    fonts: &Fonts,
    refused: &BTreeSet<char>,
    lang: Lang,
    sheet: LabelSheet,
    labels: &[Label],
) -> Result<Sheets, Fault> {
    let geometry = sheet.geometry();
    let mut sheets = Vec::new();
    for page in labels.chunks(sheet.labels_per_page()) {
        let mut page_sheet = Sheet::default();
        for (index, label) in page.iter().enumerate() {
            let mut pen = Pen {
                fonts,
                refused,
                sheet: &mut page_sheet,
                x_mm: (index % geometry.columns) as f64 * geometry.width_mm,
                y_mm: geometry.margin_top_mm + (index / geometry.columns) as f64 * geometry.height_mm,
            };
            if sheet == LabelSheet::Continuous80 {
                let stretched = stretched(&pen, geometry, label);
                pen.sheet.height_mm = Some(stretched.page_height_mm);
                write_label(&mut pen, &stretched, lang, label)?;
            } else {
                write_label(&mut pen, geometry, lang, label)?;
            }
        }
        sheets.push(page_sheet);
    }
    Ok(Sheets {
        title: "Labels".to_string(),
        width_mm: geometry.page_width_mm,
        height_mm: geometry.page_height_mm,
        pages: sheets,
    })
}

/// The geometry with as much height as the goods and the remark of this label need at their full size.
fn stretched(pen: &Pen, geometry: &Geometry, label: &Label) -> Geometry {
    let needed_mm = |units: &[Unit], (place, size_pt): (Area, f64), bold: bool| {
        let lines = fit::wrap(pen.fonts, units, bold, place.width_mm * PT_PER_MM / size_pt);
        lines.len() as f64 * size_pt * LINE_PITCH_EM / PT_PER_MM
    };
    let mut stretched = *geometry;
    let goods = fit::whole_units(pen.fonts, &goods_words(pen, &label.lines), GOODS_BLANKS, false);
    let note = fit::units(pen.fonts, &pen.readable(&label.note), true);
    let note_mm = needed_mm(&note, geometry.note, true).min(STRIP_NOTE_MAX_MM);
    let goods_max_mm = STRIP_MAX_MM - stretched.goods.0.y_mm - note_mm - TEAR_MM;
    stretched.goods.0.height_mm = needed_mm(&goods, geometry.goods, false).min(goods_max_mm);
    stretched.note.0.y_mm = stretched.goods.0.y_mm + stretched.goods.0.height_mm;
    stretched.note.0.height_mm = note_mm;
    let needed_mm = stretched.note.0.y_mm + note_mm + TEAR_MM;
    stretched.page_height_mm = (needed_mm / STRIP_STEP_MM).ceil() * STRIP_STEP_MM;
    stretched
}

fn write_label(pen: &mut Pen, geometry: &Geometry, lang: Lang, label: &Label) -> Result<(), Fault> {
    // Without a code its place goes to the name and the dwelling.
    let extra_mm = if label.qr.is_empty() {
        geometry.qr.x_mm + geometry.qr.width_mm - geometry.dwelling.0.x_mm - geometry.dwelling.0.width_mm
    } else {
        0.0
    };
    let wider = |area: Area| Area {
        width_mm: area.width_mm + extra_mm,
        ..area
    };
    let (place, size_max_pt) = geometry.compound;
    pen.write(wider(place), bold(size_max_pt, Align::Left), &label.compound);
    let (place, size_max_pt) = geometry.dwelling;
    pen.write(wider(place), bold(size_max_pt, Align::Left), &label.dwelling);
    let (place, size_max_pt) = geometry.phone;
    pen.write(place, regular(size_max_pt), &label.phone_masked);
    let (place, size_max_pt) = geometry.bag;
    let bag = words::bag(lang, label.bag, label.bags);
    pen.write(wider(place), bold(size_max_pt, Align::Right), &bag);

    let (place, size_max_pt) = geometry.payment;
    let payment = format!("{}  {}", label.amount, label.paid);
    // Badges get what the payment leaves, but never less than a third.
    let payment_mm = fit::width_em(pen.fonts, &pen.readable(&payment), true) * size_max_pt / PT_PER_MM;
    let badges_max_mm = (place.width_mm - payment_mm - 1.0).max(place.width_mm / 3.0);
    let badge_place = Area {
        x_mm: place.x_mm + place.width_mm - badges_max_mm,
        width_mm: badges_max_mm,
        ..place
    };
    let badges_mm = pen.badges(badge_place, size_max_pt, &label.icons);
    let left = Area {
        width_mm: place.width_mm - badges_mm - if badges_mm > 0.0 { 1.0 } else { 0.0 },
        ..place
    };
    pen.write(left, bold(size_max_pt, Align::Left), &payment);

    let (place, size_max_pt) = geometry.code;
    pen.write(place, bold(size_max_pt, Align::Center), &label.code);
    pen.code(geometry.qr, &label.qr)?;
    pen.fill(geometry.rule);

    let (mut goods_place, goods_size_max_pt) = geometry.goods;
    let (mut note_place, note_size_max_pt) = geometry.note;
    let foot_mm = note_place.y_mm + note_place.height_mm;
    let note = fit::units(pen.fonts, &pen.readable(&label.note), true);
    if note.is_empty() {
        goods_place.height_mm = foot_mm - goods_place.y_mm;
    } else {
        // A long remark takes room from the goods rather than becoming too small to read.
        let height_max_mm = (foot_mm - goods_place.y_mm) * NOTE_SHARE_MAX;
        while note_place.height_mm < height_max_mm
            && !fits(pen.fonts, &note, true, note_place, NOTE_SIZE_MIN_PT)
        {
            note_place.height_mm = (note_place.height_mm + 0.5).min(height_max_mm);
        }
        note_place.y_mm = foot_mm - note_place.height_mm;
        goods_place.height_mm = note_place.y_mm - goods_place.y_mm;
        pen.write_units(note_place, bold(note_size_max_pt, Align::Left), &note);
    }
    write_goods(pen, goods_place, goods_size_max_pt, lang, &label.lines);
    Ok(())
}

fn fits(fonts: &Fonts, units: &[Unit], bold: bool, place: Area, size_pt: f64) -> bool {
    let (width_pt, height_pt) = (place.width_mm * PT_PER_MM, place.height_mm * PT_PER_MM);
    fit::fit_at(fonts, units, bold, width_pt, height_pt, size_pt).is_some()
}

/// The goods as words, such as `土豆×2`.
fn goods_words(pen: &Pen, lines: &[(String, u32)]) -> Vec<String> {
    lines
        .iter()
        .map(|(name, pieces)| format!("{}×{pieces}", pen.readable(name)))
        .collect()
}

/// Writes the goods, each in one piece. If not all fit at a readable size, as many as fit are followed by the
/// number of kinds in all.
fn write_goods(pen: &mut Pen, place: Area, size_max_pt: f64, lang: Lang, lines: &[(String, u32)]) {
    let items = goods_words(pen, lines);
    let (width_pt, height_pt) = (place.width_mm * PT_PER_MM, place.height_mm * PT_PER_MM);
    let style = regular(size_max_pt);
    let units = fit::whole_units(pen.fonts, &items, GOODS_BLANKS, false);
    let mut size_pt = size_max_pt;
    while size_pt >= GOODS_SIZE_MIN_PT {
        if let Some(fitted) = fit::fit_at(pen.fonts, &units, false, width_pt, height_pt, size_pt) {
            pen.put(top_of(place, &fitted), style, &fitted);
            return;
        }
        size_pt -= 0.25;
    }
    for shown in (1..items.len()).rev() {
        let mut words = items[..shown].to_vec();
        words.push(words::kinds_in_all(lang, items.len()));
        let units = fit::whole_units(pen.fonts, &words, GOODS_BLANKS, false);
        if let Some(fitted) = fit::fit_at(pen.fonts, &units, false, width_pt, height_pt, GOODS_SIZE_MIN_PT) {
            pen.put(top_of(place, &fitted), style, &fitted);
            return;
        }
    }
    // Not even the first name fits at that size: it shrinks.
    let mut words = items[..items.len().min(1)].to_vec();
    if items.len() > 1 {
        words.push(words::kinds_in_all(lang, items.len()));
    }
    let units = fit::whole_units(pen.fonts, &words, GOODS_BLANKS, false);
    pen.write_units(place, style, &units);
}

/// The part of the area that the lines fill, from its upper edge.
fn top_of(place: Area, fitted: &Fitted) -> Area {
    let height_mm = fitted.lines.len() as f64 * fitted.size_pt * LINE_PITCH_EM / PT_PER_MM;
    Area { height_mm, ..place }
}
