//! A chain message read against a register and a price list that are plain files, without a database.
//!
//! Register: 楼栋, 单元, 房号, 姓名, 电话. Goods: 编码, 名称, 别名 (with `|` between), 单位, 单价分. The columns
//! stand in any order under any of the usual headings; files are XLSX, XLS, ODS, or CSV in UTF-8, UTF-16 or GB18030.

use std::collections::HashMap;

use serde::Serialize;

use super::numerals::folded_term;
use super::{Candidate, Context, Dwelling, Good, Line, Parsed, parse};
use crate::forms::{GOODS, HOUSEHOLDS};
use crate::sheet::{CellError, cells, decode, letter};

/// Rows in which the heading is looked for, so that a title may stand above it.
const HEADING_ROWS_MAX: usize = 10;

/// What was read from a chain message. Every line of the text is in exactly one of the lists, except a line on
/// which several entries run together, which is named by each of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FileParsed {
    /// The title of the list.
    pub title: Option<String>,
    /// Orders that are certain.
    pub orders: Vec<FileOrder>,
    /// Entries that need a decision.
    pub questions: Vec<FileQuestion>,
    /// Lines that nothing could be made of.
    pub unrecognised: Vec<FileLine>,
    /// Headers, titles, examples, notices, blank lines, and entries that a newer one supersedes.
    pub structure: Vec<FileLine>,
}

/// A line or several, as written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileLine {
    /// The 1-based line at which it begins.
    pub line: usize,
    /// The text as written; an entry that wraps holds its lines joined with `\n`.
    pub text: String,
}

/// An order that is certain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileOrder {
    /// Building, unit and room as registered, joined with `-`; empty parts are left out.
    pub dwelling: String,
    /// Goods and quantities.
    pub lines: Vec<FileOrderLine>,
    /// The 1-based line at which it begins.
    pub line: usize,
    /// The text as written.
    pub text: String,
    /// The number in the list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<u32>,
    /// The mobile number written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// What else is written.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// The line of the earlier entry that this one corrects.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaces: Option<usize>,
    /// No quantity is written and one was taken.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub quantity_assumed: bool,
}

/// A good and how many of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileOrderLine {
    /// The code in the price list.
    pub good: String,
    /// How many of its sale unit.
    pub quantity: u32,
}

/// An entry that needs a decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileQuestion {
    /// The 1-based line at which it begins.
    pub line: usize,
    /// Why it was not taken, in Chinese.
    pub reason: String,
    /// The same in English.
    pub reason_en: String,
    /// The text as written.
    pub text: String,
    /// The best understanding.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guess: Option<FileGuess>,
    /// Dwellings that may be meant.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dwellings: Vec<String>,
    /// Codes of goods that may be meant.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub goods: Vec<String>,
}

/// The best understanding of a doubtful entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileGuess {
    /// The dwelling, if one is likely.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dwelling: Option<String>,
    /// Goods and quantities.
    pub lines: Vec<FileOrderLine>,
}

/// Reads a chain message against a register and a price list, each the bytes of a spreadsheet or CSV
/// file; the message is plain text in the encodings of CSV.
///
/// # Errors
///
/// Every cell of the two files that cannot be used, with what would be right; `sheet` is `register`, `goods`
/// or `text`.
pub fn parse_files(register: &[u8], goods: &[u8], text: &[u8]) -> Result<FileParsed, Vec<CellError>> {
    let mut errors = Vec::new();
    let dwellings = dwellings(register, &mut errors);
    let goods = price_list(goods, &mut errors);
    let text = decode::decode(text).unwrap_or_else(|rejected| {
        let place = Place::file("text");
        errors.push(place.error("", "", rejected.zh(), rejected.en()));
        "".into()
    });
    if !errors.is_empty() {
        return Err(errors);
    }
    let context = Context {
        dwellings: &dwellings,
        goods: &goods,
        aliases: &[],
    };
    Ok(shown(parse(&text, &context), &context))
}

/// The name of a dwelling in the results: 3-1-201, 295-909, or 204 where there is one building.
pub fn dwelling_key(dwelling: &Dwelling) -> String {
    [&dwelling.building, &dwelling.unit, &dwelling.room]
        .into_iter()
        .filter(|part| !part.is_empty())
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join("-")
}

fn shown(parsed: Parsed, context: &Context<'_>) -> FileParsed {
    let dwelling = |index: &usize| dwelling_key(&context.dwellings[*index]);
    let code = |index: &usize| context.goods[*index].code.clone();
    let lines = |lines: &[(usize, u32)]| -> Vec<FileOrderLine> {
        let one = |(good, quantity): &(usize, u32)| FileOrderLine {
            good: code(good),
            quantity: *quantity,
        };
        lines.iter().map(one).collect()
    };
    let plain = |line: Line| FileLine {
        line: line.number,
        text: line.text,
    };
    let order = |order: super::ParsedOrder| FileOrder {
        dwelling: dwelling(&order.dwelling),
        lines: lines(&order.lines),
        line: order.line.number,
        text: order.line.text,
        position: order.position,
        phone: order.phone,
        note: order.note,
        replaces: order.replaces,
        quantity_assumed: order.quantity_assumed,
    };
    let question = |question: super::Question| {
        let (mut dwellings, mut goods) = (Vec::new(), Vec::new());
        for candidate in &question.candidates {
            match candidate {
                Candidate::Dwelling(index) => dwellings.push(dwelling(index)),
                Candidate::Good(index) => goods.push(code(index)),
            }
        }
        FileQuestion {
            line: question.line.number,
            reason: question.reason.zh(),
            reason_en: question.reason.en(),
            text: question.line.text,
            guess: question.guess.map(|guess| FileGuess {
                dwelling: guess.dwelling.as_ref().map(dwelling),
                lines: lines(&guess.lines),
            }),
            dwellings,
            goods,
        }
    };
    FileParsed {
        title: parsed.title,
        orders: parsed.orders.into_iter().map(order).collect(),
        questions: parsed.questions.into_iter().map(question).collect(),
        unrecognised: parsed.unrecognised.into_iter().map(plain).collect(),
        structure: parsed.structure.into_iter().map(plain).collect(),
    }
}

/// Where in which file an error is.
struct Place<'a> {
    sheet: &'a str,
    row: usize,
    column: Option<usize>,
}

impl<'a> Place<'a> {
    fn file(sheet: &'a str) -> Self {
        Place {
            sheet,
            row: 1,
            column: None,
        }
    }

    fn error(&self, heading: &str, value: &str, zh: impl Into<String>, en: impl Into<String>) -> CellError {
        CellError {
            sheet: self.sheet.to_string(),
            row: u32::try_from(self.row).unwrap_or(u32::MAX),
            column: self.column.map_or(String::new(), letter),
            heading: heading.to_string(),
            value: value.to_string(),
            zh: zh.into(),
            en: en.into(),
        }
    }
}

/// A column that is looked for.
struct Wanted {
    title: &'static str,
    synonyms: Vec<&'static str>,
    required: bool,
}

impl Wanted {
    /// A column that a form of the office has too, under the same headings.
    fn of(form: &'static crate::forms::Form, key: &'static str, title: &'static str, required: bool) -> Self {
        let column = form.column(key);
        let mut synonyms = vec![title, key];
        synonyms.extend(column.map(|column| column.title.zh));
        synonyms.extend(column.iter().flat_map(|column| column.synonyms.iter().copied()));
        Wanted {
            title,
            synonyms,
            required,
        }
    }
}

/// The rows of a file with the cells of the columns wanted.
struct Table {
    columns: Vec<Option<usize>>,
    rows: Vec<(usize, Vec<String>)>,
}

/// Reads the file and finds the heading row: the one that names the most columns.
fn table(sheet: &str, bytes: &[u8], wanted: &[Wanted], errors: &mut Vec<CellError>) -> Option<Table> {
    let place = Place::file(sheet);
    let rows = match cells(bytes) {
        Ok(rows) => rows,
        Err(rejected) => {
            errors.push(place.error("", "", rejected.zh(), rejected.en()));
            return None;
        }
    };
    let columns_of = |cells: &[String]| -> Vec<Option<usize>> {
        let mut columns: Vec<Option<usize>> = vec![None; wanted.len()];
        for (column, cell) in cells.iter().enumerate() {
            let found = wanted.iter().zip(&columns).position(|(wanted, held)| {
                held.is_none() && wanted.synonyms.iter().any(|synonym| heading_is(cell, synonym))
            });
            if let Some(found) = found {
                columns[found] = Some(column);
            }
        }
        columns
    };
    let found = rows
        .iter()
        .take(HEADING_ROWS_MAX)
        .map(|(_, cells)| columns_of(cells))
        .enumerate()
        .max_by_key(|(row, columns)| (columns.iter().flatten().count(), std::cmp::Reverse(*row)));
    let (heading, columns) = found.unwrap_or((0, vec![None; wanted.len()]));
    for (wanted, column) in wanted.iter().zip(&columns) {
        if wanted.required && column.is_none() {
            let row = rows.get(heading).map_or(1, |(row, _)| *row);
            let zh = format!("缺少“{}”这一列；请在表头补上", wanted.title);
            let en = format!(
                "the column \"{}\" is missing; add it to the heading",
                wanted.title
            );
            errors.push(
                Place {
                    row,
                    ..Place::file(sheet)
                }
                .error(wanted.title, "", zh, en),
            );
        }
    }
    let filled = |(_, cells): &(usize, Vec<String>)| cells.iter().any(|cell| !cell.is_empty());
    let rows = rows.into_iter().skip(heading + 1).filter(filled).collect();
    Some(Table { columns, rows })
}

impl Table {
    fn cell<'a>(&self, cells: &'a [String], wanted: usize) -> &'a str {
        let column = self.columns[wanted];
        column
            .and_then(|column| cells.get(column))
            .map_or("", String::as_str)
    }

    fn place<'a>(&self, sheet: &'a str, row: usize, wanted: usize) -> Place<'a> {
        Place {
            sheet,
            row,
            column: self.columns[wanted],
        }
    }
}

/// Whether a heading says this, whatever its width, case, brackets and spaces.
fn heading_is(cell: &str, synonym: &str) -> bool {
    let plain = |text: &str| -> Vec<char> {
        folded_term(text)
            .into_iter()
            .take_while(|letter| *letter != '(')
            .filter(|letter| !matches!(letter, '*' | ':' | '_' | '-'))
            .collect()
    };
    let cell = plain(cell);
    !cell.is_empty() && cell == plain(synonym)
}

fn dwellings(bytes: &[u8], errors: &mut Vec<CellError>) -> Vec<Dwelling> {
    const SHEET: &str = "register";
    let wanted = [
        Wanted::of(&HOUSEHOLDS, "building", "楼栋", false),
        Wanted::of(&HOUSEHOLDS, "unit", "单元", false),
        Wanted::of(&HOUSEHOLDS, "room", "房号", true),
        Wanted::of(&HOUSEHOLDS, "head", "姓名", false),
        Wanted::of(&HOUSEHOLDS, "phone", "电话", false),
    ];
    let Some(table) = table(SHEET, bytes, &wanted, errors) else {
        return Vec::new();
    };
    let mut dwellings: Vec<Dwelling> = Vec::with_capacity(table.rows.len());
    let mut rows: HashMap<String, usize> = HashMap::new();
    for (row, cells) in &table.rows {
        let cell = |wanted| table.cell(cells, wanted).to_string();
        let some = |text: String| (!text.is_empty()).then_some(text);
        let dwelling = Dwelling {
            building: crate::values::building(&cell(0)),
            unit: crate::values::unit(&cell(1)),
            room: crate::values::room(&cell(2)),
            name: some(cell(3)),
            phone: some(cell(4)),
        };
        if dwelling.room.is_empty() {
            if table.columns[2].is_some() {
                let place = table.place(SHEET, *row, 2);
                errors.push(place.error(
                    "房号",
                    "",
                    "没有房号；请补上，如 501",
                    "the room is missing, such as 501",
                ));
            }
            continue;
        }
        let key = dwelling_key(&dwelling);
        match rows.get(&key) {
            // Several people of one dwelling, each in a row of its own: all their names lead to it.
            Some(first) => {
                let held = &mut dwellings[*first];
                held.name = joined(held.name.take(), dwelling.name);
                held.phone = joined(held.phone.take(), dwelling.phone);
            }
            None => {
                rows.insert(key, dwellings.len());
                dwellings.push(dwelling);
            }
        }
    }
    dwellings
}

fn joined(held: Option<String>, other: Option<String>) -> Option<String> {
    match (held, other) {
        (Some(held), Some(other)) => Some(format!("{held}、{other}")),
        (held, other) => held.or(other),
    }
}

fn price_list(bytes: &[u8], errors: &mut Vec<CellError>) -> Vec<Good> {
    const SHEET: &str = "goods";
    let wanted = [
        Wanted::of(&GOODS, "code", "编码", true),
        Wanted::of(&GOODS, "name", "名称", true),
        Wanted {
            title: "别名",
            synonyms: vec![
                "别名",
                "俗称",
                "又名",
                "简称",
                "俗名",
                "其他名称",
                "aliases",
                "alias",
            ],
            required: false,
        },
        Wanted::of(&GOODS, "unit", "单位", false),
        Wanted {
            title: "单价分",
            synonyms: vec!["单价分", "单价", "价格分", "价格", "售价", "price_fen", "price"],
            required: false,
        },
    ];
    let Some(table) = table(SHEET, bytes, &wanted, errors) else {
        return Vec::new();
    };
    let mut goods = Vec::with_capacity(table.rows.len());
    let mut rows: HashMap<String, usize> = HashMap::new();
    for (row, cells) in &table.rows {
        let cell = |wanted| table.cell(cells, wanted);
        for (wanted, title) in [(0, "编码"), (1, "名称")] {
            if cell(wanted).is_empty() && table.columns[wanted].is_some() {
                let place = table.place(SHEET, *row, wanted);
                let (zh, en) = (
                    format!("没有{title}；请补上"),
                    format!("{title} is missing; add it"),
                );
                errors.push(place.error(title, "", zh, en));
            }
        }
        if let Some(first) = rows.insert(cell(0).to_string(), *row)
            && !cell(0).is_empty()
        {
            let zh = format!("编码“{}”在第{first}行已有；每种商品要有自己的编码", cell(0));
            let en = format!(
                "the code \"{}\" stands in row {first} already; each good needs its own",
                cell(0)
            );
            errors.push(table.place(SHEET, *row, 0).error("编码", cell(0), zh, en));
        }
        if !cell(4).is_empty() && cell(4).parse::<u32>().is_err() {
            let zh = format!("单价“{}”不是整数；按分填写，30元写3000", cell(4));
            let en = format!(
                "the price \"{}\" is no whole number; write fen, 3000 for 30 yuan",
                cell(4)
            );
            errors.push(table.place(SHEET, *row, 4).error("单价分", cell(4), zh, en));
        }
        goods.push(Good {
            code: cell(0).to_string(),
            name: cell(1).to_string(),
            aliases: cell(2)
                .split(['|', '｜'])
                .map(str::trim)
                .filter(|alias| !alias.is_empty())
                .map(str::to_string)
                .collect(),
            unit: cell(3).to_string(),
            menu_letter: None,
        });
    }
    goods
}
