//! Checking one cell by its kind.

use super::Options;
use super::heading::{Field, Heading, normalised};
use super::raw::{Grid, Raw};
use crate::forms::{Cell, Column, Entry, Kind};
use crate::values::{self, Problem, Unit};

/// What is known of a sheet beside the cell that is checked.
pub(super) struct Context {
    /// The texts above the heading with the name of the sheet, as compared.
    pub(super) title: String,
    /// The first date above the heading, by which 3月5日 gets its year.
    date: Option<String>,
    /// Whether that date has a day; otherwise it stands for the middle of its year.
    whole_date: bool,
    /// Days to be added to plain numbers that are dates.
    calendar_d: f64,
}

impl Context {
    pub(super) fn new(grid: &Grid, heading: &Heading, sheet: &str, calendar_d: f64) -> Context {
        let above = grid.rows[..heading.first].iter().flatten();
        let filled = above.filter(|raw| !raw.is_empty()).take(40);
        let texts: Vec<String> = filled.map(|raw| raw.shown().into_owned()).collect();
        let dates = texts.iter().map(String::as_str).chain([sheet]);
        let date = dates.filter_map(date_within).next();
        Context {
            whole_date: date.as_ref().is_some_and(|(_, whole)| *whole),
            date: date.map(|(date, _)| date),
            title: normalised(&format!("{} {sheet}", texts.join(" "))),
            calendar_d,
        }
    }
}

impl Context {
    /// The day of a report, when it stands above the heading in full.
    pub(super) fn report_date(&self) -> Option<&str> {
        self.date.as_deref().filter(|_| self.whole_date)
    }
}

/// The first date inside a text such as 填报日期：2022年3月5日, or the middle of the year of 2022年.
fn date_within(text: &str) -> Option<(String, bool)> {
    let text = values::fold_width(text);
    let starts = text.char_indices().filter(|(_, letter)| letter.is_ascii_digit());
    for (at, _) in starts {
        let rest = &text[at..];
        let end = rest
            .find(|letter: char| !(letter.is_ascii_digit() || "年月日-/.".contains(letter)))
            .unwrap_or(rest.len());
        if let Ok(date) = values::date(rest[..end].trim_end_matches(['-', '/', '.'])) {
            return Some((date, true));
        }
        let year = rest.get(..4).filter(|year| year.starts_with("20"))?;
        if rest[4..].starts_with('年') && year.bytes().all(|byte| byte.is_ascii_digit()) {
            return Some((format!("{year}-06-30"), false));
        }
    }
    None
}

/// The checked value of one cell; `doubt` says what looks odd about a value that is taken.
pub(super) fn cell(
    column: &Column,
    raw: &Raw,
    field: &Field,
    context: &Context,
    options: &Options<'_>,
    doubt: &mut Option<Problem>,
) -> Result<Cell, Problem> {
    let unit = field.unit;
    match raw {
        Raw::Empty => return Ok(Cell::Empty),
        Raw::Unsaved => {
            return Err(Problem::new(
                "公式没有保存计算结果；请在表格软件里打开、重新计算并保存，或直接填写数值",
                "the result of the formula was not saved; open and save the file in a spreadsheet program, or enter the value",
            ));
        }
        Raw::Failed(code) => {
            return Err(Problem::new(
                format!("公式出错（{code}）；请改正公式或直接填写数值"),
                format!("the formula failed ({code}); correct it or enter the value"),
            ));
        }
        Raw::Stamp(serial) => return stamp(column, *serial),
        _ => {}
    }
    if let (Raw::Number(number), Kind::Count { min, max }) = (raw, &column.kind)
        && number.fract() == 0.0
        && unit.is_none()
        && number.abs() < 1e15
    {
        return counted(*number as i64, *min, *max);
    }
    let shown = raw.shown();
    let text = values::tidy(&shown);
    if text.is_empty() {
        return Ok(Cell::Empty);
    }
    if text.len() <= 6 {
        let dash = matches!(text.as_str(), "/" | "-" | "--" | "—" | "——" | "／" | "－" | "\\");
        if dash && !matches!(column.kind, Kind::Items) {
            return Ok(Cell::Empty);
        }
        // 无 in a list or a number column means that there is none; in a text column it is kept.
        let none = matches!(
            text.as_str(),
            "无" | "没有" | "暂无" | "none" | "None" | "未知" | "不详" | "待定"
        );
        if none && !matches!(column.kind, Kind::Flag | Kind::Text { .. } | Kind::Items) {
            return Ok(Cell::Empty);
        }
    }
    match text.chars().next() {
        Some('#' | '＃')
            if matches!(
                text.as_str(),
                "#N/A" | "#REF!" | "#VALUE!" | "#DIV/0!" | "#NAME?" | "#NUM!" | "#NULL!"
            ) =>
        {
            return Err(Problem::new(
                format!("公式出错（{text}）；请改正公式或直接填写数值"),
                format!("the formula failed ({text}); correct it or enter the value"),
            ));
        }
        _ => {}
    }
    match column.kind {
        Kind::Text { max } => {
            let length = if text.len() <= usize::from(max) {
                0
            } else {
                text.chars().count()
            };
            if length > usize::from(max) {
                return Err(Problem::new(
                    format!("文字有 {length} 字，最多 {max} 字"),
                    format!("the text has {length} characters, at most {max} are allowed"),
                ));
            }
            Ok(Cell::Text(match column.key {
                "building" if max == 20 => values::building(&text),
                "unit" if max == 20 => values::unit(&text),
                "room" => values::room(&text),
                _ => text,
            }))
        }
        Kind::Items if text.chars().count() > 2_000 => Err(Problem::new(
            "清单太长，最多 2000 字",
            "the list is too long, at most 2,000 characters are allowed",
        )),
        Kind::Items => Ok(Cell::Text(text)),
        // Several lines in one cell are several numbers, so the untidied text is read.
        Kind::Phone => phone(&shown, doubt),
        Kind::Plate => values::plate(&text).map(Cell::Text),
        Kind::IdNumber => match raw {
            Raw::Number(number) if *number >= 1e15 => Err(Problem::new(
                "身份证号按数字保存，末几位已丢失；请把该列设为“文本”后重新填写",
                "the number was saved as a number and lost its last digits; format the column as text and enter it again",
            )),
            _ => values::id_number(&text).map(Cell::Text),
        },
        Kind::CreditCode => values::credit_code(&text).map(Cell::Text),
        Kind::CompanyPrefix => values::company_prefix(&text).map(Cell::Text),
        Kind::Count { min, max } => {
            let cell = counted(values::count(&text, unit)?, min, max)?;
            guessed(&text, raw, doubt);
            Ok(cell)
        }
        Kind::Weight => weight(column, &text, field, doubt).inspect(|_| guessed(&text, raw, doubt)),
        Kind::Volume => values::volume_l(&text, unit).map(Cell::Int),
        Kind::Distance => values::distance_m(&text, unit)
            .map(Cell::Int)
            .inspect(|_| guessed(&text, raw, doubt)),
        Kind::Money => values::money_fen(&text, unit).map(Cell::Int),
        Kind::Latitude | Kind::Longitude => values::microdegrees(&text).map(Cell::Int),
        Kind::Date => match raw {
            Raw::Number(serial) if *serial < 100_000.0 => {
                values::date_from_serial(*serial + context.calendar_d).map(Cell::Text)
            }
            _ => date(&text, context, options, doubt),
        },
        Kind::Time => match raw {
            Raw::Number(serial) if *serial < 100_000.0 => {
                values::time_from_serial(*serial + context.calendar_d).map(Cell::Text)
            }
            // Tidying keeps single blanks, which separate date and clock.
            _ => values::time(&text).map(Cell::Text),
        },
        Kind::Hours => values::hours(&text).map(Cell::Text),
        Kind::Flag => flag(&text),
        Kind::Choice(entries) => choice(entries, &text).map(|entry| Cell::Text(entry.key.to_string())),
        Kind::Choices(entries) => choices(entries, &text),
        // The parts go into columns of their own; the row check does that.
        Kind::Dwelling => match values::dwelling(&text) {
            Ok(dwelling) => Ok(Cell::Text(dwelling.to_string())),
            Err(_) if values::address(&text).is_some() => Ok(Cell::Text(text)),
            Err(problem) => Err(problem),
        },
        // Line breaks separate goods, so the untidied text is read.
        Kind::Contents => values::contents(&shown).map(|contents| Cell::Contents(contents.into())),
    }
}

fn counted(number: i64, min: i64, max: i64) -> Result<Cell, Problem> {
    if (min..=max).contains(&number) {
        return Ok(Cell::Int(number));
    }
    Err(Problem::new(
        format!("应在 {min} 到 {max} 之间"),
        format!("should be between {min} and {max}"),
    ))
}

/// Says so when a number was written as a guess or as a range.
fn guessed(text: &str, raw: &Raw, doubt: &mut Option<Problem>) {
    if doubt.is_some() || !matches!(raw, Raw::Text(_)) || text.bytes().all(|byte| byte.is_ascii_digit()) {
        return;
    }
    let folded = values::compact(text);
    if values::split_range(&folded).is_some() {
        *doubt = Some(Problem::new(
            "写的是一个范围，按较大的数读取，请核对",
            "a range; its upper end is taken, please check",
        ));
    } else if values::is_approximate(&folded) {
        *doubt = Some(Problem::new(
            "写的是约数，按所写的数读取，请核对",
            "an approximate figure; it is taken as written, please check",
        ));
    }
}

fn weight(column: &Column, text: &str, field: &Field, doubt: &mut Option<Problem>) -> Result<Cell, Problem> {
    if let Some((_, weight_g)) = field.package
        && let Ok(packages) = values::number_micro(text)
    {
        // A heading that does not say how much a package weighs is an error of its own.
        let grams = packages * i128::from(weight_g.unwrap_or(0)) / 1_000_000;
        return i64::try_from(grams).map(Cell::Int).map_err(|_| too_large());
    }
    let oil = column.key.starts_with("oil");
    if oil
        && field.unit == Some(Unit::Litre)
        && let Ok(litres) = values::number_micro(text)
    {
        let grams = litres * i128::from(values::OIL_LITRE_G) / 1_000_000;
        return i64::try_from(grams).map(Cell::Int).map_err(|_| too_large());
    }
    let failed = match values::weight_g(text, field.unit) {
        Ok(weight_g) => return Ok(Cell::Int(weight_g)),
        Err(problem) => problem,
    };
    // Oil is sold by the litre.
    let folded = values::compact(text);
    let litres =
        values::weight_with_unit_g(&folded, values::OIL_LITRE_G).filter(|(_, rest)| oil && rest.is_empty());
    let (weight_g, _) = litres.ok_or(failed)?;
    *doubt = Some(Problem::new(
        "按每升 0.92 公斤折算成重量",
        "converted to weight with 0.92 kg a litre",
    ));
    Ok(Cell::Int(weight_g))
}

fn too_large() -> Problem {
    Problem::new("数字太大，请核对", "the number is too large; please check")
}

fn phone(text: &str, doubt: &mut Option<Problem>) -> Result<Cell, Problem> {
    let mut numbers = values::phones(text)?;
    let first = numbers.remove(0);
    if !numbers.is_empty() {
        *doubt = Some(Problem::new(
            format!(
                "一格里有几个号码，只取第一个；其余（{}）请写到备注",
                numbers.join("、")
            ),
            format!(
                "several numbers in one cell; the first is taken, put the others ({}) into the note",
                numbers.join(", ")
            ),
        ));
    } else if values::phone(text).is_err() {
        *doubt = Some(Problem::new(
            "号码以外的内容没有读取",
            "what stands beside the number is not read",
        ));
    }
    Ok(Cell::Text(first))
}

fn date(
    text: &str,
    context: &Context,
    options: &Options<'_>,
    doubt: &mut Option<Problem>,
) -> Result<Cell, Problem> {
    let failed = match values::date(text) {
        Ok(date) => return Ok(Cell::Text(date)),
        Err(problem) => problem,
    };
    let near = context.date.as_deref().or(options.today).ok_or(failed.clone())?;
    let date = values::date_near(text, near).ok_or(failed)?;
    *doubt = Some(Problem::new(
        format!("没有写年份，按 {date} 读取，请核对"),
        format!("the year is missing; read as {date}, please check"),
    ));
    Ok(Cell::Text(date))
}

fn stamp(column: &Column, serial: f64) -> Result<Cell, Problem> {
    match column.kind {
        Kind::Date => values::date_from_serial(serial).map(Cell::Text),
        Kind::Time => values::time_from_serial(serial).map(Cell::Text),
        Kind::Text { .. } if !matches!(column.key, "room" | "building" | "unit") => {
            Ok(Cell::Text(Raw::Stamp(serial).shown().into_owned()))
        }
        _ => Err(Problem::new(
            "表格软件把内容变成了日期（例如 3-2 变成 3月2日）；请把该列设为“文本”后重新填写",
            "the spreadsheet turned the value into a date (such as 3-2 into 2 March); format the column as text and enter it again",
        )),
    }
}

fn flag(text: &str) -> Result<Cell, Problem> {
    let word = values::compact(text).to_lowercase();
    let word = word.trim_end_matches(['。', '.', '!', '！']);
    match word {
        "是" | "是的" | "有" | "需要" | "需" | "要" | "对" | "能" | "可以" | "会" | "已" | "已有"
        | "具备" | "√" | "✓" | "✔" | "☑" | "✅" | "1" | "y" | "yes" | "true" | "t" | "v" | "ok" | "●"
        | "○是" | "在" => Ok(Cell::Int(1)),
        "否" | "无" | "不需要" | "不需" | "不" | "没有" | "没" | "不是" | "不要" | "不用" | "不能"
        | "不可以" | "不会" | "未" | "未有" | "不具备" | "×" | "✗" | "✘" | "❌" | "☐" | "□" | "x" | "0"
        | "n" | "no" | "false" | "f" | "none" | "○" | "不在" => Ok(Cell::Int(0)),
        _ => Err(Problem::new("应为“是”或“否”", "should be yes or no")),
    }
}

fn wording(text: &str) -> String {
    values::compact(text)
        .to_lowercase()
        .chars()
        .filter(|letter| !"()/·'-".contains(*letter))
        .collect()
}

fn titles(entry: &Entry) -> impl Iterator<Item = &'static str> {
    [entry.key, entry.title.zh, entry.title.en]
        .into_iter()
        .chain(entry.synonyms.iter().copied())
}

fn find_entry(entries: &'static [Entry], text: &str) -> Option<&'static Entry> {
    let wanted = wording(text);
    entries
        .iter()
        .find(|entry| titles(entry).any(|title| title == text || wording(title) == wanted))
}

/// The entry a cell names; every part of 便利店/社区小店 names it as well.
fn choice(entries: &'static [Entry], text: &str) -> Result<&'static Entry, Problem> {
    find_entry(entries, text)
        .or_else(|| {
            // 在岗(白班) and the like: what stands before the bracket decides.
            let before = text.split(['(', '（']).next().unwrap_or(text);
            find_entry(entries, before)
        })
        .ok_or_else(|| not_in_list(entries))
}

fn not_in_list(entries: &[Entry]) -> Problem {
    let join = |zh: bool| {
        entries
            .iter()
            .map(|entry| entry.title.get(zh))
            .collect::<Vec<_>>()
    };
    Problem::new(
        format!("不在可选范围内；可填：{}", join(true).join("、")),
        format!("is not in the list; use one of: {}", join(false).join(", ")),
    )
}

fn choices(entries: &'static [Entry], text: &str) -> Result<Cell, Problem> {
    let mut keys: Vec<String> = Vec::new();
    if let Some(entry) = find_entry(entries, text) {
        return Ok(Cell::List([entry.key.to_string()].into()));
    }
    let parts = text
        .split(['、', '，', ',', ';', '；', '/', '+', '|', '和'])
        .map(str::trim)
        .flat_map(|part| {
            // Blanks separate entries only where the words do not belong together.
            let whole = find_entry(entries, part).is_some();
            if whole {
                vec![part]
            } else {
                part.split(' ').collect()
            }
        });
    for part in parts.filter(|part| !matches!(*part, "" | "无" | "没有")) {
        let entry = choice(entries, part).map_err(|problem| {
            Problem::new(
                format!("“{part}”{}", problem.zh),
                format!("“{part}” {}", problem.en),
            )
        })?;
        if !keys.iter().any(|key| key == entry.key) {
            keys.push(entry.key.to_string());
        }
    }
    // The order of the list, so that the same set always reads the same.
    keys.sort_by_key(|key| entries.iter().position(|entry| entry.key == key));
    Ok(if keys.is_empty() {
        Cell::Empty
    } else {
        Cell::List(keys.into())
    })
}
