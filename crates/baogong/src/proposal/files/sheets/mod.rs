//! The workbook: one sheet for each kind of reader, made to be printed and handed out.

mod about;
mod goods;
mod people;
mod roads;

pub use about::headlines;
#[cfg(test)]
pub use people::together;

use documents::sheet::{OutCell, OutColumn, OutKind, OutSheet, Picture};
use kit::Lang;

use super::{Asked, Lists, Planned, map};
use crate::base::{Error, Fault, Result, clock};

/// Makes the workbook, with the map as its last sheet; `printer` brings the fonts for it.
pub fn workbook(
    planned: &Planned,
    lists: &Lists,
    asked: &Asked,
    lang: Lang,
    printer: &print::Printer,
) -> Result<Vec<u8>> {
    let mut sheets = vec![
        about::about(planned, lists, asked, lang),
        people::assignment(planned, lang),
        people::loads(planned, lang),
        people::shortages(planned, lang),
    ];
    if let Some(together) = people::together(planned, lang) {
        sheets.insert(2, together);
    }
    if let Some(drive) = &planned.drive {
        sheets.push(roads::trips(planned, drive, asked, lang));
        sheets.push(roads::stops(planned, drive, asked, lang));
    }
    sheets.push(goods::picks(planned, asked, lang));
    sheets.push(goods::totals(planned, asked, lang));
    sheets.push(people::pickup(planned, asked, lang));
    let pictures: Vec<Picture> = map::picture(planned, asked, lang, printer)?.into_iter().collect();
    documents::sheet::write_with(&sheets, &pictures).map_err(|words| Error::Fault(Fault::Document(words)))
}

fn column(title: &str, width: f64, kind: OutKind) -> OutColumn {
    OutColumn {
        title: title.to_string(),
        width,
        kind,
    }
}

fn text(title: &str, width: f64) -> OutColumn {
    column(title, width, OutKind::Text)
}

fn count(title: &str) -> OutColumn {
    column(title, 10.0, OutKind::Count)
}

fn weight(title: &str) -> OutColumn {
    column(title, 12.0, OutKind::WeightKg)
}

fn number(value: usize) -> OutCell {
    OutCell::Int(i64::try_from(value).unwrap_or(i64::MAX))
}

/// A number, or nothing for none.
fn some(value: Option<i64>) -> OutCell {
    value.map_or(OutCell::Blank, OutCell::Int)
}

/// The day of the trips, for titles.
fn day(asked: &Asked, lang: Lang) -> String {
    crate::base::words::day(asked.depart_s, lang)
}

/// A title with the day of the trips.
fn dated(asked: &Asked, lang: Lang, title: &str) -> String {
    match lang {
        Lang::Zh => format!("{} {title}", day(asked, lang)),
        Lang::En => format!("{title}, {}", day(asked, lang)),
    }
}

/// A moment as hour and minute; with the day where it is another one.
fn moment(asked: &Asked, at_s: i64) -> String {
    clock::hour_after(asked.depart_s, at_s)
}

fn sheet(name: &str, title: String, notes: Vec<String>, columns: Vec<OutColumn>) -> OutSheet {
    OutSheet {
        name: name.to_string(),
        title,
        notes,
        columns,
        rows: Vec::new(),
        total: None,
    }
}
