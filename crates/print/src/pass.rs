//! Passes for vehicles, cards of persons, permits of places (SH-9, YO-2, CP-2), each with a code to be checked.

use std::collections::BTreeSet;

use crate::fit;
use crate::sheet::{Area, PT_PER_MM, Pen, Sheet, Sheets, Style, area, bold, regular};
use crate::{Align, Fault, Fonts, Lang, Pass, PassForm, words};

/// Cards on an A4 sheet: columns, rows, width and height in millimetres (A7 landscape).
const CARDS: (usize, usize, f64, f64) = (2, 4, 105.0, 74.0);
/// Share of the width of the fields that their names take on a permit.
const NAME_SHARE: f64 = 0.31;

impl PassForm {
    /// Passes on one sheet.
    pub fn per_sheet(self) -> usize {
        match self {
            PassForm::Card => CARDS.0 * CARDS.1,
            PassForm::Vehicle | PassForm::Permit => 1,
        }
    }
}

/// The sheets with these passes.
///
/// # Errors
/// [`Fault::QrTooLong`].
pub fn pass_sheets(
    fonts: &Fonts,
    refused: &BTreeSet<char>,
    lang: Lang,
    form: PassForm,
    passes: &[Pass],
) -> Result<Sheets, Fault> {
    let (width_mm, height_mm) = match form {
        PassForm::Vehicle => (297.0, 210.0),
        PassForm::Card | PassForm::Permit => (210.0, 297.0),
    };
    let mut sheets = Vec::new();
    for page in passes.chunks(form.per_sheet()) {
        let mut sheet = Sheet::default();
        for (index, pass) in page.iter().enumerate() {
            let (columns, _, card_width_mm, card_height_mm) = CARDS;
            let mut pen = Pen {
                fonts,
                refused,
                sheet: &mut sheet,
                x_mm: (index % columns) as f64 * card_width_mm,
                y_mm: (index / columns) as f64 * card_height_mm,
            };
            match form {
                PassForm::Vehicle => vehicle(&mut pen, lang, pass)?,
                PassForm::Card => card(&mut pen, lang, pass)?,
                PassForm::Permit => permit(&mut pen, lang, pass)?,
            }
        }
        sheets.push(sheet);
    }
    Ok(Sheets {
        title: passes.first().map_or_else(String::new, |pass| pass.title.clone()),
        width_mm,
        height_mm,
        pages: sheets,
    })
}

/// The fields that say something, as lines such as `驾驶员：周平`.
fn lines(lang: Lang, pass: &Pass) -> Vec<String> {
    pass.fields
        .iter()
        .map(|(name, value)| words::named(lang, name, value))
        .filter(|line| !line.is_empty())
        .collect()
}

/// Writes the lines below one another, all of one size; few of them do not spread further apart than `step_max_mm`.
fn write_lines(pen: &mut Pen, place: Area, step_max_mm: f64, style: Style, lines: &[String]) {
    let step_mm = (place.height_mm / lines.len().max(1) as f64).min(step_max_mm);
    let (width_pt, height_pt) = (place.width_mm * PT_PER_MM, step_mm * PT_PER_MM);
    let size_max_pt = lines
        .iter()
        .map(|line| {
            let units = fit::units(pen.fonts, &pen.readable(line), style.bold);
            fit::fit(
                pen.fonts,
                &units,
                style.bold,
                width_pt,
                height_pt,
                style.size_max_pt,
            )
            .size_pt
        })
        .fold(style.size_max_pt, f64::min);
    for (index, line) in lines.iter().enumerate() {
        let y_mm = place.y_mm + index as f64 * step_mm;
        let row = area(place.x_mm, y_mm, place.width_mm, step_mm);
        pen.write(row, Style { size_max_pt, ..style }, line);
    }
}

/// Draws the code with the words that say what it is for; without a code nothing.
fn write_code(
    pen: &mut Pen,
    x_mm: f64,
    y_mm: f64,
    side_mm: f64,
    lang: Lang,
    pass: &Pass,
) -> Result<(), Fault> {
    if pass.qr.is_empty() {
        return Ok(());
    }
    let [.., scan] = words::pass_names(lang);
    pen.code(area(x_mm, y_mm, side_mm, side_mm), &pass.qr)?;
    let caption_mm = side_mm / 9.0;
    let below = area(x_mm, y_mm + side_mm + 1.0, side_mm, caption_mm);
    pen.write(
        below,
        Style {
            align: Align::Center,
            ..regular(caption_mm * 2.0)
        },
        scan,
    );
    Ok(())
}

fn vehicle(pen: &mut Pen, lang: Lang, pass: &Pass) -> Result<(), Fault> {
    let [number, valid, issuer, issued, ..] = words::pass_names(lang);
    pen.frame(area(10.0, 10.0, 277.0, 190.0), 1.2);
    pen.frame(area(12.4, 12.4, 272.2, 185.2), 0.4);
    pen.write(
        area(20.0, 16.0, 257.0, 26.0),
        bold(66.0, Align::Center),
        &pass.title,
    );
    pen.write(
        area(20.0, 42.0, 257.0, 8.0),
        Style {
            align: Align::Center,
            ..regular(17.0)
        },
        &words::named(lang, number, &pass.number),
    );
    pen.write(
        area(20.0, 51.0, 257.0, 52.0),
        bold(140.0, Align::Center),
        &pass.name,
    );
    pen.write(
        area(20.0, 103.0, 257.0, 14.0),
        bold(34.0, Align::Center),
        &words::named(lang, valid, &pass.valid),
    );
    pen.fill(area(20.0, 119.5, 257.0, 0.5));
    let fields_mm = if pass.qr.is_empty() { 257.0 } else { 194.0 };
    write_lines(
        pen,
        area(20.0, 122.0, fields_mm, 52.0),
        13.0,
        regular(24.0),
        &lines(lang, pass),
    );
    write_code(pen, 223.0, 122.5, 54.0, lang, pass)?;
    pen.write(area(20.0, 175.0, fields_mm, 10.0), regular(13.0), &pass.terms);
    pen.write(
        area(20.0, 186.0, 170.0, 9.0),
        bold(18.0, Align::Left),
        &words::named(lang, issuer, &pass.issuer),
    );
    pen.write(
        area(192.0, 186.0, 85.0, 9.0),
        bold(18.0, Align::Right),
        &words::named(lang, issued, &pass.issued),
    );
    Ok(())
}

fn card(pen: &mut Pen, lang: Lang, pass: &Pass) -> Result<(), Fault> {
    let (_, _, width_mm, height_mm) = CARDS;
    let [number, valid, issuer, issued, photo, _] = words::pass_names(lang);
    pen.frame(area(0.0, 0.0, width_mm, height_mm), 0.1);
    pen.write(area(6.0, 5.0, 93.0, 8.0), bold(17.0, Align::Center), &pass.title);
    pen.fill(area(6.0, 13.8, 93.0, 0.4));
    // A photo of one inch, as offices have it: 25 × 35 mm.
    pen.frame(area(6.0, 16.5, 25.0, 35.0), 0.2);
    pen.write(
        area(8.0, 30.0, 21.0, 8.0),
        Style {
            align: Align::Center,
            ..regular(10.0)
        },
        photo,
    );
    let middle_mm = if pass.qr.is_empty() { 65.0 } else { 38.0 };
    pen.write(
        area(34.0, 16.0, middle_mm, 9.5),
        bold(22.0, Align::Left),
        &pass.name,
    );
    write_lines(
        pen,
        area(34.0, 26.0, middle_mm, 25.5),
        6.4,
        regular(10.5),
        &lines(lang, pass),
    );
    write_code(pen, 74.0, 17.0, 25.0, lang, pass)?;
    let foot = [
        (valid, &pass.valid, bold(10.5, Align::Left)),
        (number, &pass.number, regular(9.0)),
        (issuer, &pass.issuer, regular(9.0)),
    ];
    for (index, (name, value, style)) in foot.into_iter().enumerate() {
        let y_mm = 53.0 + index as f64 * 5.2;
        let room_mm = if index == 2 { 62.0 } else { 93.0 };
        pen.write(
            area(6.0, y_mm, room_mm, 5.0),
            style,
            &words::named(lang, name, value),
        );
    }
    let day = words::named(lang, issued, &pass.issued);
    pen.write(
        area(69.0, 63.4, 30.0, 5.0),
        Style {
            align: Align::Right,
            ..regular(8.0)
        },
        &day,
    );
    Ok(())
}

fn permit(pen: &mut Pen, lang: Lang, pass: &Pass) -> Result<(), Fault> {
    let [number, valid, issuer, ..] = words::pass_names(lang);
    pen.frame(area(12.0, 12.0, 186.0, 273.0), 1.4);
    pen.frame(area(14.8, 14.8, 180.4, 267.4), 0.4);
    pen.write(
        area(25.0, 28.0, 160.0, 22.0),
        bold(46.0, Align::Center),
        &pass.title,
    );
    pen.write(
        area(25.0, 51.0, 160.0, 8.0),
        Style {
            align: Align::Right,
            ..regular(14.0)
        },
        &words::named(lang, number, &pass.number),
    );
    pen.write(
        area(25.0, 62.0, 160.0, 26.0),
        bold(36.0, Align::Center),
        &pass.name,
    );
    let mut rows: Vec<(&str, &str)> = pass
        .fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .filter(|(_, value)| !value.is_empty())
        .collect();
    if !pass.valid.is_empty() {
        rows.push((valid, &pass.valid));
    }
    let step_mm = (100.0 / rows.len().max(1) as f64).min(16.0);
    for (index, (name, value)) in rows.iter().enumerate() {
        let y_mm = 94.0 + index as f64 * step_mm;
        pen.write(
            area(27.0, y_mm, 156.0 * NAME_SHARE, step_mm),
            bold(16.0, Align::Left),
            name,
        );
        let x_mm = 27.0 + 156.0 * NAME_SHARE + 3.0;
        pen.write(area(x_mm, y_mm, 183.0 - x_mm, step_mm), regular(16.0), value);
        pen.fill(area(25.0, y_mm + step_mm, 160.0, 0.2));
    }
    pen.write(area(25.0, 198.0, 160.0, 24.0), regular(13.0), &pass.terms);
    write_code(pen, 27.0, 225.0, 46.0, lang, pass)?;
    let closing = [
        (issuer, 231.0, regular(13.0)),
        (&pass.issuer, 240.0, bold(18.0, Align::Center)),
        (&pass.issued, 253.0, bold(15.0, Align::Center)),
    ];
    for (line, y_mm, style) in closing {
        let style = Style {
            align: Align::Center,
            ..style
        };
        pen.write(area(80.0, y_mm, 105.0, 12.0), style, line);
    }
    Ok(())
}
