//! Turns a [`Document`] into the data of `report.typ`.

use std::collections::BTreeSet;

use typst::foundations::{Array, Bytes, Dict, IntoValue, Value, dict};

use crate::fit;
use crate::readable::{readable, readable_line};
use crate::sheet::PT_PER_MM;
use crate::table::table_data;
use crate::{Block, Document, Fault, Figure, Fonts, Format, Lang, Tone, chart, count_text, qr, words};

/// Sizes of running text to try, in points, the largest first; at the last one the text may take more pages than
/// wanted.
pub fn sizes_pt(format: Format) -> &'static [f64] {
    match format {
        Format::Report => &[10.5],
        Format::Notice => &[20.0, 18.0, 16.0, 14.0, 12.5, 11.5, 10.5],
        Format::Cards => &[14.0, 13.0, 12.0, 11.0, 10.0, 9.0, 8.0],
    }
}

/// Measures of a page.
struct Paper {
    width_mm: f64,
    height_mm: f64,
    /// White at the sides, at the top and at the bottom.
    margins_mm: (f64, f64, f64),
    /// Size of the title in terms of that of the text.
    title_em: f64,
    /// Edge of a QR code.
    code_mm: f64,
}

impl Paper {
    fn of(document: &Document) -> Paper {
        let (width_mm, height_mm, margins_mm, title_em, code_mm) = match document.format {
            Format::Report => (210.0, 297.0, (20.0, 20.0, 20.0), 1.9, 34.0),
            Format::Notice => (210.0, 297.0, (24.0, 26.0, 22.0), 1.9, 52.0),
            Format::Cards => (105.0, 148.5, (8.0, 8.0, 9.0), 1.35, 26.0),
        };
        let (width_mm, height_mm) = if document.landscape {
            (height_mm, width_mm)
        } else {
            (width_mm, height_mm)
        };
        Paper {
            width_mm,
            height_mm,
            margins_mm,
            title_em,
            code_mm,
        }
    }
}
/// Distance between tiles, and white inside of them, in points.
const TILE_GUTTER_PT: f64 = 7.0;
const TILE_INSET_PT: f64 = 8.0;
/// Largest size of a figure in points.
const FIGURE_SIZE_MAX_PT: f64 = 20.0;
/// Size of the names beside bars in points.
const BAR_NAME_SIZE_PT: f64 = 9.5;
/// A run of letters longer than this may break after so many: in a line above the text, in a tile. In a paragraph it
/// is as many as fit on a line.
const RUN_LINE: usize = 24;
const RUN_TILE: usize = 8;

/// What every part of a report needs.
struct Writer<'a> {
    fonts: &'a Fonts,
    refused: &'a BTreeSet<char>,
    lang: Lang,
    /// Width between the margins in points.
    width_pt: f64,
    /// Size of running text in points.
    size_pt: f64,
    /// Edge of a QR code in points.
    code_pt: f64,
}

/// The data for one report, notice or card with running text of this size.
///
/// # Errors
/// [`Fault::QrTooLong`].
pub fn report_data(
    fonts: &Fonts,
    refused: &BTreeSet<char>,
    document: &Document,
    size_pt: f64,
) -> Result<Dict, Fault> {
    let paper = Paper::of(document);
    let (margin_x_mm, margin_top_mm, margin_bottom_mm) = paper.margins_mm;
    let writer = Writer {
        fonts,
        refused,
        lang: document.lang,
        width_pt: (paper.width_mm - 2.0 * margin_x_mm) * PT_PER_MM,
        size_pt,
        code_pt: paper.code_mm * PT_PER_MM,
    };
    let meta: Array = document
        .meta
        .iter()
        .map(|(name, value)| {
            writer
                .line(&format!("{name}{}{value}", words::colon(document.lang)))
                .into_value()
        })
        .collect();
    let page_words: Array = words::page_number(document.lang)
        .into_iter()
        .map(IntoValue::into_value)
        .collect();
    let mut blocks: Vec<Dict> = Vec::with_capacity(document.blocks.len());
    for (index, block) in document.blocks.iter().enumerate() {
        let Some(data) = writer.block(block)? else {
            continue;
        };
        let below_table = matches!(block, Block::Signatures(_))
            && index > 0
            && matches!(document.blocks[index - 1], Block::Table(_));
        match blocks.last_mut().filter(|_| below_table) {
            // Who signs a table signs below its last rows, not on a page of its own.
            Some(table) => table.insert("signatures".into(), data.into_value()),
            None => blocks.push(data),
        }
    }
    let blocks: Array = blocks.into_iter().map(IntoValue::into_value).collect();
    Ok(dict! {
        "title" => writer.line(&document.title),
        "subtitle" => writer.line(&document.subtitle),
        "meta" => meta,
        "footer" => writer.line(&document.footer),
        "page_words" => page_words,
        "width" => paper.width_mm * PT_PER_MM,
        "height" => paper.height_mm * PT_PER_MM,
        "size" => size_pt,
        "title_size" => size_pt * paper.title_em,
        // A card or a notice says who made it in its text, and counts its pages only if there are several.
        "official" => document.format == Format::Report,
        "margin_x" => margin_x_mm * PT_PER_MM,
        "margin_top" => margin_top_mm * PT_PER_MM,
        "margin_bottom" => margin_bottom_mm * PT_PER_MM,
        // Chinese paragraphs begin two characters in.
        "indent" => if document.lang == Lang::Zh { 2.0 * size_pt } else { 0.0 },
        "blocks" => blocks,
    })
}

impl Writer<'_> {
    /// Text on one line of the source, with places to break in long runs.
    fn line(&self, text: &str) -> String {
        breakable(&readable_line(self.fonts, self.refused, text), RUN_LINE)
    }

    /// Text in a tile.
    fn tile_text(&self, text: &str) -> String {
        breakable(&readable_line(self.fonts, self.refused, text), RUN_TILE)
    }

    /// The data of a block; `None` if it has nothing to show.
    fn block(&self, block: &Block) -> Result<Option<Dict>, Fault> {
        Ok(match block {
            Block::Heading(text) => Some(dict! { "kind" => "heading", "text" => self.line(text) }),
            Block::Address(text) => Some(dict! { "kind" => "address", "text" => self.line(text) }),
            Block::Paragraph(text) => Some(self.paragraphs(text)),
            Block::Figures(figures) => (!figures.is_empty()).then(|| self.figures(figures)),
            Block::Table(table) => Some(table_data(
                self.fonts,
                self.refused,
                self.lang,
                table,
                (self.width_pt, self.size_pt),
            )),
            Block::Bars { title, unit, rows } => (!rows.is_empty()).then(|| self.bars(title, unit, rows)),
            Block::Signatures(names) => (!names.is_empty()).then(|| self.signatures(names)),
            Block::Lines(chart) => (!chart.points.is_empty()).then(|| {
                let readable = |text: &str| readable_line(self.fonts, self.refused, text);
                chart::lines_data(self.fonts, self.lang, readable, chart, self.width_pt)
            }),
            Block::Facts(facts) => (!facts.is_empty()).then(|| self.facts(facts)),
            Block::Code { payload, caption } => Some(self.code(payload, caption)?),
            Block::Closing(lines) => (!lines.is_empty()).then(|| {
                let lines: Array = lines.iter().map(|line| self.line(line).into_value()).collect();
                dict! { "kind" => "closing", "lines" => lines }
            }),
            Block::PageBreak => Some(dict! { "kind" => "page-break" }),
        })
    }

    /// Facts with all names in a column as wide as the longest, at most two fifths of the line.
    fn facts(&self, facts: &[(String, String)]) -> Dict {
        let names: Vec<String> = facts
            .iter()
            .map(|(name, _)| format!("{}{}", self.line(name), words::colon(self.lang)))
            .collect();
        let widest_em = names
            .iter()
            .map(|name| fit::width_em(self.fonts, name, true))
            .fold(0.0, f64::max);
        let rows: Array = names
            .iter()
            .zip(facts)
            .map(|(name, (_, value))| {
                let value = readable(self.fonts, self.refused, value);
                dict! { "name" => name.as_str(), "value" => breakable(&value, RUN_LINE) }.into_value()
            })
            .collect();
        dict! {
            "kind" => "facts",
            "name_width" => (widest_em * self.size_pt + 1.0).min(self.width_pt * 0.4),
            "rows" => rows,
        }
    }

    fn code(&self, payload: &str, caption: &str) -> Result<Dict, Fault> {
        let mut data = dict! { "kind" => "code", "caption" => self.line(caption), "side" => self.code_pt };
        if !payload.is_empty() {
            let code = qr::encode(payload)?;
            let (side_pixels, pixels) = code.pixels();
            data.insert("pixels".into(), (side_pixels as i64).into_value());
            data.insert("bytes".into(), Value::Bytes(Bytes::new(pixels)));
        }
        Ok(data)
    }

    fn paragraphs(&self, text: &str) -> Dict {
        let paragraphs: Array = readable(self.fonts, self.refused, text)
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .map(|line| breakable(line, (self.width_pt / self.size_pt) as usize).into_value())
            .collect();
        dict! { "kind" => "paragraph", "paragraphs" => paragraphs }
    }

    fn figures(&self, figures: &[Figure]) -> Dict {
        let columns_max = if self.width_pt > 600.0 { 6 } else { 4 };
        // Rows of equal length look calmer than a full row and a single tile.
        let rows = figures.len().div_ceil(columns_max);
        let columns = figures.len().div_ceil(rows);
        let tile_pt =
            (self.width_pt - TILE_GUTTER_PT * (columns - 1) as f64) / columns as f64 - 2.0 * TILE_INSET_PT;
        let tiles: Array = figures
            .iter()
            .map(|figure| self.tile(figure, tile_pt).into_value())
            .collect();
        dict! {
            "kind" => "figures",
            "columns" => columns as i64,
            "gutter" => TILE_GUTTER_PT,
            "inset" => TILE_INSET_PT,
            "tiles" => tiles,
        }
    }

    fn tile(&self, figure: &Figure, tile_pt: f64) -> Dict {
        let value = readable_line(self.fonts, self.refused, &figure.value);
        let unit = self.tile_text(&figure.unit);
        let unit_pt = if unit.is_empty() {
            0.0
        } else {
            fit::width_em(self.fonts, &unit, false) * 9.0 + 4.0
        };
        // A unit that takes more than a third of the tile goes to the next line by itself.
        let free_pt = if unit_pt > tile_pt / 3.0 {
            tile_pt
        } else {
            tile_pt - unit_pt
        };
        let units = fit::units(self.fonts, &value, true);
        let fitted = fit::fit(self.fonts, &units, true, free_pt, 28.0, FIGURE_SIZE_MAX_PT);
        let lines: Vec<&str> = fitted.lines.iter().map(|(line, _)| line.as_str()).collect();
        let label = self.tile_text(&figure.label);
        let tone = words::tone(self.lang, figure.tone);
        let badge_pt = if tone.is_empty() {
            0.0
        } else {
            fit::width_em(self.fonts, tone, true) * 8.0 + 12.0
        };
        let label_pt = fit::width_em(self.fonts, &label, false) * 9.0;
        dict! {
            // A label of several lines needs more than the height of a badge.
            "tall" => label_pt + badge_pt > tile_pt - 4.0,
            "label" => label,
            "value" => lines.join("\n"),
            "size" => fitted.size_pt,
            "unit" => unit,
            "tone" => tone,
            "loud" => figure.tone == Tone::Bad,
        }
    }

    fn bars(&self, title: &str, unit: &str, rows: &[(String, i64)]) -> Dict {
        let name_pt = self.width_pt * 0.24;
        let largest = rows
            .iter()
            .map(|(_, value)| value.unsigned_abs())
            .max()
            .unwrap_or(0)
            .max(1);
        let rows: Array = rows
            .iter()
            .map(|(name, value)| {
                let name = readable_line(self.fonts, self.refused, name);
                let units = fit::units(self.fonts, &name, false);
                let lines = fit::wrap(self.fonts, &units, false, name_pt / BAR_NAME_SIZE_PT);
                let lines: Vec<&str> = lines.iter().map(|(line, _)| line.as_str()).collect();
                dict! {
                    "name" => lines.join("\n"),
                    "share" => value.unsigned_abs() as f64 / largest as f64,
                    "negative" => *value < 0,
                    "value" => count_text(*value),
                }
                .into_value()
            })
            .collect();
        dict! {
            "kind" => "bars",
            "title" => self.line(&words::in_unit(self.lang, title, unit)),
            "name_width" => name_pt,
            "rows" => rows,
        }
    }

    fn signatures(&self, names: &[String]) -> Dict {
        let names: Vec<Value> = names
            .iter()
            .map(|name| format!("{}{}", self.line(name), words::colon(self.lang)).into_value())
            .collect();
        dict! {
            "kind" => "signatures",
            "columns" => names.len().min(3) as i64,
            "names" => names.into_iter().collect::<Array>(),
        }
    }
}

/// Lets a run without any place to break, such as a long address of a page, break after every few letters.
fn breakable(text: &str, run_max: usize) -> String {
    let mut out = String::with_capacity(text.len());
    let mut run = 0;
    for character in text.chars() {
        run = if character.is_ascii_graphic() { run + 1 } else { 0 };
        if run > run_max {
            out.push('\u{200B}');
            run = 1;
        }
        out.push(character);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_long_runs_get_places_to_break() {
        assert_eq!(breakable("保供 500101019001 abc", 24), "保供 500101019001 abc");
        let long = "x".repeat(60);
        let broken = breakable(&long, 24);
        assert_eq!(broken.replace('\u{200B}', ""), long);
        assert_eq!(broken.split('\u{200B}').map(str::len).max(), Some(24));
    }
}
