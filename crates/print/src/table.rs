//! Tables of reports: widths of the columns, type size and line breaks, so that no cell is cut.

use std::collections::BTreeSet;

use typst::foundations::{Array, Dict, IntoValue, Value, dict};

use crate::fit::{self, Unit};
use crate::readable::{readable, readable_line};
use crate::{Align, Datum, Fonts, Lang, Table, words};

/// Type sizes to try, in terms of the running text; below the last one words are broken.
const SIZES_EM: [f64; 7] = [0.952, 0.905, 0.857, 0.81, 0.762, 0.667, 0.572];
/// White at the left and right of a cell.
const INSET_PT: f64 = 4.0;
/// Slack for the strokes between columns.
const SLACK_PT: f64 = 0.6;

/// The name in a heading, and the unit in brackets behind it, stay whole up to this many characters.
const TITLE_WHOLE_MAX: usize = 4;

/// One cell before it is broken into lines: its paragraphs cut into units.
struct Cell {
    paragraphs: Vec<Vec<Unit>>,
    number: bool,
}

/// The data of one table for `report.typ`, within the width and beside running text of the size, both in points.
pub fn table_data(
    fonts: &Fonts,
    refused: &BTreeSet<char>,
    lang: Lang,
    table: &Table,
    (width_pt, text_pt): (f64, f64),
) -> Dict {
    let (table, sections) = without_sections(table, lang);
    let rows_widest = table
        .rows
        .iter()
        .chain(&table.total)
        .map(Vec::len)
        .max()
        .unwrap_or(0);
    let count = table.columns.len().max(rows_widest).max(1);
    let column = |index: usize| table.columns.get(index).cloned().unwrap_or_default();
    let text_cell = |text: &str, number: bool, bold: bool| Cell {
        paragraphs: readable(fonts, refused, text)
            .split('\n')
            .map(|paragraph| fit::units(fonts, paragraph, bold))
            .collect(),
        number,
    };
    let columns: Vec<_> = (0..count).map(column).collect();
    let cells_of = |row: &[Datum], bold: bool| -> Vec<Cell> {
        columns
            .iter()
            .enumerate()
            .map(|(index, column)| {
                let datum = row.get(index).unwrap_or(&Datum::Blank);
                text_cell(
                    &datum.cell_text(column, lang),
                    datum.is_number() && column.align != Align::Center,
                    bold,
                )
            })
            .collect()
    };
    let title_cell = |title: &str| {
        let parts = title_parts(&readable_line(fonts, refused, title));
        if parts.iter().any(|part| part.chars().count() > TITLE_WHOLE_MAX) {
            return text_cell(title, false, true);
        }
        Cell {
            paragraphs: vec![fit::whole_units(fonts, &parts, 0, true)],
            number: false,
        }
    };
    let titles: Vec<Cell> = columns.iter().map(|column| title_cell(&column.title)).collect();
    let rows: Vec<Vec<Cell>> = table.rows.iter().map(|row| cells_of(row, false)).collect();
    let total: Vec<Cell> = table.total.iter().flat_map(|row| cells_of(row, true)).collect();

    let mut widest_em = vec![0.0_f64; count];
    for row in std::iter::once(&titles)
        .chain(&rows)
        .chain(std::iter::once(&total))
    {
        for (widest, cell) in widest_em.iter_mut().zip(row) {
            *widest = cell
                .paragraphs
                .iter()
                .flatten()
                .map(Unit::width_em)
                .fold(*widest, f64::max);
        }
    }
    let weights: Vec<f64> = columns
        .iter()
        .map(|column| f64::from(column.weight.max(1)))
        .collect();
    let (size_pt, widths_pt) = column_widths(&widest_em, &weights, width_pt, text_pt);

    let broken = |cells: &[Cell], bold: bool| -> Array {
        cells
            .iter()
            .zip(&widths_pt)
            .map(|(cell, width_pt)| cell_value(fonts, cell, bold, size_pt, *width_pt))
            .collect()
    };
    let tall = !table.rows.is_empty() && table.rows.iter().flatten().any(|datum| *datum == Datum::Blank);
    let empty = if table.empty.is_empty() {
        words::no_rows(lang)
    } else {
        &table.empty
    };
    let sides: Array = columns
        .iter()
        .map(|column| {
            match column.align {
                Align::Left => "left",
                Align::Right => "right",
                Align::Center => "center",
            }
            .into_value()
        })
        .collect();
    dict! {
        "kind" => "table",
        "size" => size_pt,
        "text_size" => text_pt,
        "inset" => INSET_PT,
        "widths" => widths_pt.iter().map(|width_pt| width_pt.into_value()).collect::<Array>(),
        "sides" => sides,
        "titles" => titles_value(fonts, &titles, size_pt, &widths_pt),
        "rows" => rows.iter().map(|row| broken(row, false).into_value()).collect::<Array>(),
        "total" => broken(&total, true),
        "empty" => readable(fonts, refused, empty),
        "tall" => tall,
        "sections" => sections.iter().map(|words| readable_line(fonts, refused, words).into_value()).collect::<Array>(),
    }
}

/// Takes the columns whose values stand above the rows out of the table; gives what stands above each row, empty where
/// that is what stood above the row before.
fn without_sections(table: &Table, lang: Lang) -> (Table, Vec<String>) {
    let is_section = |index: usize| table.columns.get(index).is_some_and(|column| column.section);
    if !(0..table.columns.len()).any(is_section) || (0..table.columns.len()).all(is_section) {
        return (table.clone(), vec![String::new(); table.rows.len()]);
    }
    let rest_of = |row: &Vec<Datum>| -> Vec<Datum> {
        let cells = row.iter().enumerate();
        cells
            .filter(|(index, _)| !is_section(*index))
            .map(|(_, datum)| datum.clone())
            .collect()
    };
    let above = |row: &Vec<Datum>| -> String {
        let cells = row.iter().enumerate().filter(|(index, _)| is_section(*index));
        let words: Vec<String> = cells
            .map(|(_, datum)| datum.text(lang))
            .filter(|words| !words.is_empty())
            .collect();
        words.join(" ")
    };
    let mut before = String::new();
    let sections = table
        .rows
        .iter()
        .map(|row| {
            let words = above(row);
            if words == before {
                return String::new();
            }
            before.clone_from(&words);
            words
        })
        .collect();
    // The word for the sum goes on to the first cell that is left.
    let total = table.total.as_ref().map(|total| {
        let mut rest = rest_of(total);
        if let (Some(first @ Datum::Blank), words) = (rest.first_mut(), above(total)) {
            *first = Datum::Text(words);
        }
        rest
    });
    let columns = table
        .columns
        .iter()
        .filter(|column| !column.section)
        .cloned()
        .collect();
    let rest = Table {
        columns,
        rows: table.rows.iter().map(rest_of).collect(),
        total,
        empty: table.empty.clone(),
    };
    (rest, sections)
}

/// Parts a heading before the bracket that holds the unit: `重量（公斤）` is `重量` and `（公斤）`.
fn title_parts(title: &str) -> Vec<String> {
    match title.find(['（', '(']) {
        Some(index) if index > 0 => {
            let (name, unit) = title.split_at(index);
            vec![name.trim_end().to_string(), unit.to_string()]
        }
        _ => vec![title.to_string()],
    }
}

/// The largest type size at which the widest unbreakable part of every column fits, and the widths: in proportion to
/// the weights, but none below what its column needs.
fn column_widths(widest_em: &[f64], weights: &[f64], width_pt: f64, text_pt: f64) -> (f64, Vec<f64>) {
    let needed = |size_pt: f64| -> Vec<f64> {
        widest_em
            .iter()
            .map(|widest| widest * size_pt + 2.0 * INSET_PT + SLACK_PT)
            .collect()
    };
    // Quarters of a point: finer steps nobody sees.
    let sizes_pt = SIZES_EM.map(|size_em| (size_em * text_pt * 4.0).round() / 4.0);
    for size_pt in sizes_pt {
        let needed_pt = needed(size_pt);
        if needed_pt.iter().sum::<f64>() <= width_pt {
            return (size_pt, share(&needed_pt, weights, width_pt));
        }
    }
    let size_pt = sizes_pt[sizes_pt.len() - 1];
    // Words must break. Narrow columns keep what they need, wide ones share the rest.
    let fair_pt = width_pt / widest_em.len() as f64;
    let needed_pt: Vec<f64> = needed(size_pt)
        .into_iter()
        .map(|needed| needed.min(fair_pt))
        .collect();
    (size_pt, share(&needed_pt, weights, width_pt))
}

/// Shares the width by weight among the columns that want more than they need; the others get what they need.
fn share(needed_pt: &[f64], weights: &[f64], width_pt: f64) -> Vec<f64> {
    let mut fixed = vec![false; needed_pt.len()];
    loop {
        let taken_pt: f64 = (0..needed_pt.len())
            .filter(|&index| fixed[index])
            .map(|index| needed_pt[index])
            .sum();
        let weight: f64 = (0..weights.len())
            .filter(|&index| !fixed[index])
            .map(|index| weights[index])
            .sum();
        let part_pt = |index: usize| (width_pt - taken_pt) * weights[index] / weight;
        let short = (0..needed_pt.len()).find(|&index| !fixed[index] && part_pt(index) < needed_pt[index]);
        match short {
            Some(index) => fixed[index] = true,
            None => {
                return (0..needed_pt.len())
                    .map(|index| {
                        if fixed[index] {
                            needed_pt[index]
                        } else {
                            part_pt(index)
                        }
                    })
                    .collect();
            }
        }
    }
}

fn titles_value(fonts: &Fonts, titles: &[Cell], size_pt: f64, widths_pt: &[f64]) -> Array {
    titles
        .iter()
        .zip(widths_pt)
        .map(|(cell, width_pt)| cell_lines(fonts, cell, true, size_pt, *width_pt).into_value())
        .collect()
}

fn cell_value(fonts: &Fonts, cell: &Cell, bold: bool, size_pt: f64, width_pt: f64) -> Value {
    let lines = cell_lines(fonts, cell, bold, size_pt, width_pt);
    if cell.number {
        dict! { "right" => lines }.into_value()
    } else {
        lines.into_value()
    }
}

fn cell_lines(fonts: &Fonts, cell: &Cell, bold: bool, size_pt: f64, width_pt: f64) -> String {
    let line_em = (width_pt - 2.0 * INSET_PT) / size_pt;
    let mut lines = Vec::new();
    for paragraph in &cell.paragraphs {
        let wrapped = fit::wrap(fonts, paragraph, bold, line_em);
        if wrapped.is_empty() {
            lines.push(String::new());
        }
        lines.extend(wrapped.into_iter().map(|(line, _)| line));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_column_gets_what_it_needs_and_the_rest_goes_by_weight() {
        assert_eq!(
            share(&[10.0, 10.0, 10.0], &[1.0, 1.0, 2.0], 400.0),
            [100.0, 100.0, 200.0]
        );
        assert_eq!(
            share(&[150.0, 10.0, 10.0], &[1.0, 1.0, 2.0], 450.0),
            [150.0, 100.0, 200.0]
        );
    }

    #[test]
    fn a_heading_breaks_before_its_unit() {
        assert_eq!(title_parts("重量（公斤）"), ["重量", "（公斤）"]);
        assert_eq!(title_parts("Weight (kg)"), ["Weight", "(kg)"]);
        assert_eq!(title_parts("（元）"), ["（元）"]);
        assert_eq!(title_parts("序号"), ["序号"]);
    }

    #[test]
    fn a_crowded_table_is_set_smaller() {
        assert_eq!(column_widths(&[5.0, 5.0], &[1.0, 1.0], 400.0, 10.5).0, 10.0);
        assert_eq!(column_widths(&[5.0; 10], &[1.0; 10], 482.0, 10.5).0, 7.0);
        let (size_pt, widths_pt) = column_widths(&[200.0, 2.0], &[1.0, 1.0], 482.0, 10.5);
        assert_eq!(size_pt, 6.0);
        assert!(widths_pt[1] >= 2.0 * 6.0 + 2.0 * INSET_PT);
    }

    proptest! {
        #[test]
        fn columns_fill_the_width(
            columns in prop::collection::vec((0.0..80.0, 1.0..9.0), 1..16), width_pt in 300.0..800.0
        ) {
            let (widest_em, weights): (Vec<f64>, Vec<f64>) = columns.into_iter().unzip();
            let (_, widths_pt) = column_widths(&widest_em, &weights, width_pt, 10.5);
            prop_assert!((widths_pt.iter().sum::<f64>() - width_pt).abs() < 0.01);
            prop_assert!(widths_pt.iter().all(|&column_pt| column_pt > 2.0 * INSET_PT));
        }
    }
}
