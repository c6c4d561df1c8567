//! A document as a page and as a spreadsheet; as PDF it goes to the `print` crate.

use ::documents::sheet::{OutCell, OutColumn, OutKind, OutSheet};
use kit::{Column, Lang, Markup, TableRow, Tile, Tone, html};
use print::{Align, Block, Datum, Document};

fn tone(tone: print::Tone) -> Tone {
    match tone {
        print::Tone::Plain => Tone::Plain,
        print::Tone::Good => Tone::Good,
        print::Tone::Warn => Tone::Warn,
        print::Tone::Bad => Tone::Bad,
    }
}

/// The blocks of a document as HTML.
pub fn page(document: &Document, lang: Lang) -> Markup {
    let print_lang = super::documents::print_lang(lang);
    html! {
        @for block in &document.blocks {
            @match block {
                Block::Heading(words) => h2 { (words) },
                Block::Paragraph(words) => p { (words) },
                Block::Figures(figures) => (kit::tiles(&figures.iter().map(|figure| Tile {
                    label: figure.label.clone(),
                    value: figure.value.clone(),
                    unit: figure.unit.clone(),
                    tone: tone(figure.tone),
                    ..Tile::default()
                }).collect::<Vec<_>>())),
                Block::Table(table) => {
                    @let columns: Vec<Column> = table.columns.iter().map(|column| {
                        if column.align == Align::Right { Column::number(&column.title) } else { Column::text(&column.title) }
                    }).collect();
                    @let rows: Vec<TableRow> = table.rows.iter().chain(&table.total).map(|row| {
                        TableRow::new(row.iter().map(|datum| html! { (datum.text(print_lang)) }).collect())
                    }).collect();
                    (kit::table(&document.title, &columns, rows, html! { p { (table.empty) } }))
                },
                Block::Bars { title, unit, rows } => {
                    h3 { (title) }
                    (kit::bars(&rows.iter().map(|(label, value)| {
                        (label.clone(), *value, format!("{value} {unit}"), Tone::Accent)
                    }).collect::<Vec<_>>()))
                },
                Block::Signatures(_) | Block::PageBreak => {},
            }
        }
    }
}

fn cell(datum: &Datum) -> OutCell {
    match datum {
        Datum::Text(words) => OutCell::Text(words.clone()),
        Datum::Count(value) | Datum::WeightG(value) | Datum::AmountFen(value) | Datum::PercentE2(value) => {
            OutCell::Int(*value)
        }
        Datum::Blank => OutCell::Blank,
    }
}

fn kind(rows: &[Vec<Datum>], column: usize) -> OutKind {
    let first = rows
        .iter()
        .filter_map(|row| row.get(column))
        .find(|datum| !matches!(datum, Datum::Blank));
    match first {
        Some(Datum::Count(_)) => OutKind::Count,
        Some(Datum::WeightG(_)) => OutKind::WeightKg,
        Some(Datum::AmountFen(_)) => OutKind::Money,
        Some(Datum::PercentE2(_)) => OutKind::Percent,
        Some(Datum::Text(_) | Datum::Blank) | None => OutKind::Text,
    }
}

/// The document as a workbook: figures on the first sheet, each table on its own, with a row of HXL tags if wanted.
pub fn workbook(document: &Document, lang: Lang, tagged: bool) -> Result<Vec<u8>, String> {
    let mut sheets = sheets(document, lang);
    if tagged {
        sheets.iter_mut().for_each(add_tags);
    }
    ::documents::sheet::write(&sheets)
}

/// The largest table of the document as CSV, with a row of HXL tags if wanted.
pub fn csv(document: &Document, lang: Lang, tagged: bool) -> Result<Vec<u8>, String> {
    let sheets = sheets(document, lang);
    let largest = sheets
        .into_iter()
        .rev()
        .max_by_key(|sheet| sheet.columns.len() * (sheet.rows.len() + 1));
    let mut sheet = largest.ok_or_else(|| format!("{} holds no table", document.title))?;
    if tagged {
        add_tags(&mut sheet);
    }
    Ok(::documents::sheet::write_csv(&sheet))
}

fn add_tags(sheet: &mut OutSheet) {
    let tags = sheet.columns.iter().map(|column| super::hxl::tag(&column.title));
    let tags: Vec<&str> = tags.collect();
    ::documents::sheet::add_hxl(sheet, &tags);
}

fn sheets(document: &Document, lang: Lang) -> Vec<OutSheet> {
    let mut sheets = Vec::new();
    let mut heading = document.title.clone();
    let notes: Vec<String> = document
        .meta
        .iter()
        .map(|(label, value)| format!("{label}: {value}"))
        .collect();
    let sheet = |name: &str, columns, rows, total| OutSheet {
        name: sheet_name(name),
        title: format!("{} {name}", document.title).trim().to_string(),
        notes: notes.clone(),
        columns,
        rows,
        total,
    };
    for block in &document.blocks {
        match block {
            Block::Heading(words) => heading.clone_from(words),
            Block::Figures(figures) => {
                let columns = vec![
                    OutColumn {
                        title: lang.t("项目", "Item").into(),
                        width: 28.0,
                        kind: OutKind::Text,
                    },
                    OutColumn {
                        title: lang.t("数值", "Value").into(),
                        width: 16.0,
                        kind: OutKind::Text,
                    },
                    OutColumn {
                        title: lang.t("单位", "Unit").into(),
                        width: 10.0,
                        kind: OutKind::Text,
                    },
                ];
                let rows = figures
                    .iter()
                    .map(|figure| {
                        [&figure.label, &figure.value, &figure.unit]
                            .into_iter()
                            .map(|words| OutCell::Text(words.clone()))
                            .collect()
                    })
                    .collect();
                sheets.push(sheet(lang.t("总览", "Summary"), columns, rows, None));
            }
            Block::Table(table) => {
                let columns = table
                    .columns
                    .iter()
                    .enumerate()
                    .map(|(index, column)| OutColumn {
                        title: column.title.clone(),
                        width: f64::from((column.weight * 6).clamp(8, 48)),
                        kind: kind(&table.rows, index),
                    })
                    .collect();
                let rows = table
                    .rows
                    .iter()
                    .map(|row| row.iter().map(cell).collect())
                    .collect();
                let total = table.total.as_ref().map(|row| row.iter().map(cell).collect());
                sheets.push(sheet(&heading, columns, rows, total));
            }
            Block::Paragraph(_) | Block::Bars { .. } | Block::Signatures(_) | Block::PageBreak => {}
        }
    }
    for index in 1..sheets.len() {
        let taken = sheets[..index]
            .iter()
            .any(|other: &OutSheet| other.name == sheets[index].name);
        if taken {
            let name = format!(
                "{}{}",
                sheets[index].name.chars().take(28).collect::<String>(),
                index + 1
            );
            sheets[index].name = name;
        }
    }
    sheets
}

/// A name that a spreadsheet accepts: at most 31 characters, none of `[]:*?/\`.
fn sheet_name(name: &str) -> String {
    name.chars()
        .filter(|character| !"[]:*?/\\'".contains(*character))
        .take(31)
        .collect()
}
