//! A document as a page and as a spreadsheet; as PDF it goes to the `print` crate.

use ::documents::sheet::{OutCell, OutColumn, OutKind, OutSheet};
use kit::{Column, Lang, Markup, PreEscaped, TableRow, Tile, Tone, html};
use print::{Align, Block, Datum, Document, Format, Table, TableColumn};

fn tone(tone: print::Tone) -> Tone {
    match tone {
        print::Tone::Plain => Tone::Plain,
        print::Tone::Good => Tone::Good,
        print::Tone::Warn => Tone::Warn,
        print::Tone::Bad => Tone::Bad,
    }
}

/// The blocks of a document as HTML, to be read on a screen. A notice or card has a leaf for each of its pages.
pub fn page(document: &Document, lang: Lang) -> Markup {
    let class = match document.format {
        Format::Report => return blocks(document, &document.blocks, lang),
        Format::Notice => "leaf leaf-notice",
        Format::Cards => "leaf leaf-card",
    };
    html! { div class="leaves" {
        @for leaf in document.blocks.split(|block| matches!(block, Block::PageBreak)) {
            div class=(class) {
                p class="leaf-title" { strong { (document.title) } }
                (blocks(document, leaf, lang))
                @if !document.footer.is_empty() { p { small { (document.footer) } } }
            }
        }
    } }
}

fn blocks(document: &Document, blocks: &[Block], lang: Lang) -> Markup {
    let print_lang = super::documents::print_lang(lang);
    html! {
        @for block in blocks {
            @match block {
                Block::Heading(words) => h2 { (words) },
                Block::Address(words) | Block::Paragraph(words) => @for line in words.lines() { p { (line) } },
                Block::Figures(figures) => (kit::tiles(&figures.iter().map(|figure| Tile {
                    label: figure.label.clone(),
                    value: figure.value.clone(),
                    unit: figure.unit.clone(),
                    tone: tone(figure.tone),
                    ..Tile::default()
                }).collect::<Vec<_>>())),
                Block::Table(table) => (table_markup(&document.title, table, print_lang)),
                Block::Bars { title, unit, rows } => @if !rows.is_empty() {
                    h3 { (title) }
                    (kit::bars(&rows.iter().map(|(label, value)| {
                        (label.clone(), *value, format!("{value} {unit}"), Tone::Accent)
                    }).collect::<Vec<_>>()))
                },
                Block::Lines(lines) => {
                    h3 { (lines.title) @if !lines.unit.is_empty() { " (" (lines.unit) ")" } }
                    (table_markup(&lines.title, &lines.table(), print_lang))
                },
                Block::Facts(facts) => @for (name, value) in facts { p { strong { (name) } (lang.t("：", ": ")) (value) } },
                Block::Code { payload, caption } => @if !payload.is_empty() {
                    div class="leaf-code" {
                        @if let Ok(picture) = print::code_picture(payload) { (PreEscaped(picture)) }
                        p { (caption) (lang.t("：", ": ")) a href=(payload) { (payload) } }
                    }
                },
                Block::Closing(lines) => p { @for line in lines { (line) br; } },
                Block::Signatures(names) => p class="signatures" { @for name in names { span { (name) (lang.t("：＿＿＿＿＿＿＿＿", ": ________________")) } } },
                Block::PageBreak => {},
            }
        }
    }
}

/// A clause or code, which is not to be broken at its hyphen.
fn is_one_word(words: &str) -> bool {
    words.len() <= 16 && words.is_ascii() && !words.contains(' ')
}

fn table_markup(title: &str, table: &Table, print_lang: print::Lang) -> Markup {
    let column = |column: &TableColumn| match column.align {
        Align::Right => Column::number(&column.title),
        Align::Left | Align::Center => Column::text(&column.title),
    };
    let columns: Vec<Column> = table.columns.iter().map(column).collect();
    let row = |row: &Vec<Datum>| {
        TableRow::new(
            row.iter()
                .map(|datum| {
                    let words = datum.text(print_lang);
                    html! { @if is_one_word(&words) { span class="number" { (words) } } @else { (words) } }
                })
                .collect(),
        )
    };
    let rows = table.rows.iter().chain(&table.total).map(row).collect();
    kit::table(title, &columns, rows, html! { p { (table.empty) } })
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
    let made = document
        .meta
        .iter()
        .map(|(label, value)| format!("{label}{}{value}", lang.t("：", ": ")));
    let about = Some(document.subtitle.clone()).filter(|words| !words.is_empty());
    let notes: Vec<String> = about.into_iter().chain(made).collect();
    let sheet = |name: &str, columns, rows, total| OutSheet {
        name: sheet_name(name),
        title: if name == document.title {
            name.to_string()
        } else {
            format!("{} {name}", document.title).trim().to_string()
        },
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
            Block::Table(table) => sheets.push(table_sheet(sheet, &heading, table)),
            Block::Lines(lines) => sheets.push(table_sheet(sheet, &lines.title, &lines.table())),
            Block::Facts(facts) => {
                let column = |title: &str, width| OutColumn {
                    title: title.into(),
                    width,
                    kind: OutKind::Text,
                };
                let columns = vec![
                    column(lang.t("项目", "Item"), 20.0),
                    column(lang.t("内容", "Content"), 48.0),
                ];
                let rows = facts
                    .iter()
                    .map(|(name, value)| vec![OutCell::Text(name.clone()), OutCell::Text(value.clone())])
                    .collect();
                sheets.push(sheet(&heading, columns, rows, None));
            }
            Block::Address(_)
            | Block::Paragraph(_)
            | Block::Bars { .. }
            | Block::Code { .. }
            | Block::Closing(_)
            | Block::Signatures(_)
            | Block::PageBreak => {}
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

/// A table as a sheet, which `sheet` makes from name, columns, rows and total.
fn table_sheet(
    sheet: impl Fn(&str, Vec<OutColumn>, Vec<Vec<OutCell>>, Option<Vec<OutCell>>) -> OutSheet,
    name: &str,
    table: &Table,
) -> OutSheet {
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
    let cells = |row: &Vec<Datum>| row.iter().map(cell).collect();
    sheet(
        name,
        columns,
        table.rows.iter().map(cells).collect(),
        table.total.as_ref().map(cells),
    )
}

/// A name that a spreadsheet accepts: at most 31 characters, none of `[]:*?/\`.
fn sheet_name(name: &str) -> String {
    name.chars()
        .filter(|character| !"[]:*?/\\'".contains(*character))
        .take(31)
        .collect()
}
