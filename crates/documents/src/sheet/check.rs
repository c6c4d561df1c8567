//! Checking one cell by its kind, and one row as a whole.

use super::grid::Raw;
use crate::forms::{Cell, Column, Entry, Form, Kind};
use crate::values::{self, Problem, Unit};

/// The checked value of one cell.
pub(super) fn cell(column: &Column, raw: &Raw, unit: Option<Unit>) -> Result<Cell, Problem> {
    match raw {
        Raw::Empty => return Ok(Cell::Empty),
        Raw::Failed(code) => {
            return Err(Problem::new(
                format!("公式出错（{code}）；请改正公式或直接填写数值"),
                format!("the formula failed ({code}); correct it or enter the value"),
            ));
        }
        Raw::Stamp(serial) => return stamp(column, *serial),
        _ => {}
    }
    let shown = raw.shown();
    let text = values::tidy(&shown);
    let dash = matches!(text.as_str(), "/" | "-" | "--" | "—" | "——" | "／" | "－" | "\\");
    if text.is_empty() || (dash && !matches!(column.kind, Kind::Items)) {
        return Ok(Cell::Empty);
    }
    // 无 in a list or a number column means that there is none; in a text column it is kept.
    let none = matches!(text.as_str(), "无" | "没有" | "暂无" | "none" | "None");
    match column.kind {
        Kind::Text { max } => {
            let length = text.chars().count();
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
        _ if none && !matches!(column.kind, Kind::Flag) => Ok(Cell::Empty),
        Kind::Phone => values::phone(&text).map(Cell::Text),
        Kind::Plate => values::plate(&text).map(Cell::Text),
        Kind::IdNumber => match raw {
            Raw::Number(number) if *number >= 1e15 => Err(Problem::new(
                "身份证号按数字保存，末几位已丢失；请把该列设为“文本”后重新填写",
                "the number was saved as a number and lost its last digits; format the column as text and enter it again",
            )),
            _ => values::id_number(&text).map(Cell::Text),
        },
        Kind::CreditCode => values::credit_code(&text).map(Cell::Text),
        Kind::Count { min, max } => {
            let number = values::count(&text, unit)?;
            if (min..=max).contains(&number) {
                Ok(Cell::Int(number))
            } else {
                Err(Problem::new(
                    format!("应在 {min} 到 {max} 之间"),
                    format!("should be between {min} and {max}"),
                ))
            }
        }
        Kind::Weight => values::weight_g(&text, unit).map(Cell::Int),
        Kind::Volume => values::volume_l(&text, unit).map(Cell::Int),
        Kind::Distance => values::distance_m(&text, unit).map(Cell::Int),
        Kind::Money => values::money_fen(&text, unit).map(Cell::Int),
        Kind::Latitude | Kind::Longitude => values::microdegrees(&text).map(Cell::Int),
        Kind::Date => match raw {
            Raw::Number(serial) if *serial < 100_000.0 => values::date_from_serial(*serial).map(Cell::Text),
            _ => values::date(&text).map(Cell::Text),
        },
        Kind::Time => match raw {
            Raw::Number(serial) if *serial < 100_000.0 => values::time_from_serial(*serial).map(Cell::Text),
            // Tidying keeps single blanks, which separate date and clock.
            _ => values::time(&text).map(Cell::Text),
        },
        Kind::Flag => flag(&text),
        Kind::Choice(entries) => choice(entries, &text).map(|entry| Cell::Text(entry.key.to_string())),
        Kind::Choices(entries) => choices(entries, &text),
        // The parts go into columns of their own; the row check does that.
        Kind::Dwelling => values::dwelling(&text).map(|dwelling| Cell::Text(dwelling.to_string())),
        // Line breaks separate goods, so the untidied text is read.
        Kind::Contents => values::contents(&shown).map(Cell::Contents),
    }
}

fn stamp(column: &Column, serial: f64) -> Result<Cell, Problem> {
    match column.kind {
        Kind::Date => values::date_from_serial(serial).map(Cell::Text),
        Kind::Time => values::time_from_serial(serial).map(Cell::Text),
        Kind::Text { .. } if !matches!(column.key, "room" | "building" | "unit") => {
            Ok(Cell::Text(Raw::Stamp(serial).shown()))
        }
        _ => Err(Problem::new(
            "表格软件把内容变成了日期（例如 3-2 变成 3月2日）；请把该列设为“文本”后重新填写",
            "the spreadsheet turned the value into a date (such as 3-2 into 2 March); format the column as text and enter it again",
        )),
    }
}

fn flag(text: &str) -> Result<Cell, Problem> {
    match text.to_lowercase().as_str() {
        "是" | "有" | "需要" | "需" | "要" | "对" | "√" | "✓" | "✔" | "☑" | "1" | "y" | "yes" | "true"
        | "v" => Ok(Cell::Int(1)),
        "否" | "无" | "不需要" | "不需" | "不" | "没有" | "不是" | "×" | "✗" | "x" | "0" | "n" | "no"
        | "false" | "none" => Ok(Cell::Int(0)),
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
        return Ok(Cell::List(vec![entry.key.to_string()]));
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
        Cell::List(keys)
    })
}

/// A finding about a row: the column it is about and what is wrong.
pub(super) type Finding = (&'static str, Problem);

/// Findings about a row as a whole: errors first, doubts second. Fills derived cells.
pub(super) fn row(form: &'static Form, cells: &mut [Cell]) -> (Vec<Finding>, Vec<Finding>) {
    let mut errors = Vec::new();
    let mut doubts = Vec::new();
    expand_dwelling(form, cells, &mut errors);
    check_coordinates(form, cells, &mut errors, &mut doubts);
    let int = |key: &str| form.position(key).and_then(|position| cells[position].int());
    let text = |key: &str| form.position(key).and_then(|position| cells[position].text());
    match form.key {
        "households" => {
            if int("members") == Some(0) && text("status") != Some("vacant") {
                errors.push((
                    "members",
                    Problem::new(
                        "人口数为 0 时，居住状态应为“空置”；有人居住请填实际人数",
                        "0 members are allowed only with the status vacant; otherwise enter the real number",
                    ),
                ));
            }
            if int("members").is_some_and(|members| members > 0) && text("status") == Some("vacant") {
                doubts.push((
                    "status",
                    Problem::new(
                        "标为空置，但填了人口数，请核对",
                        "marked vacant but has members; please check",
                    ),
                ));
            }
        }
        "compounds" => check_population(form, &int, &mut doubts),
        "vehicles" if int("load_g").is_some_and(|load| !(100_000..=60_000_000).contains(&load)) => {
            doubts.push((
                "load_g",
                Problem::new(
                    "载重不在 0.1 到 60 吨之间，请核对单位是公斤还是吨",
                    "the load is not between 0.1 and 60 t; check whether kilograms or tonnes are meant",
                ),
            ));
        }
        "goods" => check_pack(form, cells, &int, &mut doubts),
        "suppliers" => {
            for column in form
                .columns
                .iter()
                .filter(|column| column.key.ends_with("_daily_g"))
            {
                if int(column.key).is_some_and(|weight| weight > 1_000_000_000) {
                    doubts.push((
                        column.key,
                        Problem::new(
                            "日销量超过 1000 吨，请核对单位是公斤还是吨",
                            "daily sales exceed 1,000 t; check whether kilograms or tonnes are meant",
                        ),
                    ));
                }
            }
        }
        _ => {}
    }
    (errors, doubts)
}

/// Moves 3栋2单元501 into building, unit and room; refuses contradictions with those columns.
fn expand_dwelling(form: &'static Form, cells: &mut [Cell], errors: &mut Vec<Finding>) {
    let Some(at) = form.position("dwelling") else {
        return;
    };
    let Some(Ok(dwelling)) = cells[at].text().map(values::dwelling) else {
        spread_room(form, cells);
        return;
    };
    cells[at] = Cell::Empty;
    for (key, value) in [
        ("building", dwelling.building),
        ("unit", dwelling.unit),
        ("room", dwelling.room),
    ] {
        let Some(position) = form.position(key).filter(|_| !value.is_empty()) else {
            continue;
        };
        match cells[position].text() {
            Some(own) if own != value => errors.push((
                key,
                Problem::new(
                    format!("与住址列不一致：这里是 {own}，住址里是 {value}"),
                    format!("differs from the dwelling column: {own} here, {value} there"),
                ),
            )),
            Some(_) => {}
            None => cells[position] = Cell::Text(value),
        }
    }
}

/// Many offices write the whole address under 房号: 3-2-501 without a building column, 2-501 or 2单元501 beside one.
fn spread_room(form: &'static Form, cells: &mut [Cell]) {
    let (Some(building), Some(unit), Some(room)) = (
        form.position("building"),
        form.position("unit"),
        form.position("room"),
    ) else {
        return;
    };
    let Some(Ok(written)) = cells[room].text().map(values::dwelling) else {
        return;
    };
    let parts = match (cells[building].is_empty(), cells[unit].is_empty()) {
        (true, true) if !written.building.is_empty() => (Some(written.building), written.unit),
        // The building has a column of its own, so the first of two parts is the unit.
        (false, true) if written.unit.is_empty() && !written.building.is_empty() => (None, written.building),
        (false, true) if written.building.is_empty() && !written.unit.is_empty() => (None, written.unit),
        _ => return,
    };
    if let Some(value) = parts.0 {
        cells[building] = Cell::Text(value);
    }
    if !parts.1.is_empty() {
        cells[unit] = Cell::Text(parts.1);
    }
    cells[room] = Cell::Text(written.room);
}

/// China reaches from 3.5°N to 53.6°N and from 73.4°E to 135.1°E.
fn check_coordinates(form: &Form, cells: &[Cell], errors: &mut Vec<Finding>, doubts: &mut Vec<Finding>) {
    let int = |key: &str| form.position(key).and_then(|position| cells[position].int());
    let north = 3_000_000..=54_000_000;
    let east = 73_000_000..=136_000_000;
    match (int("latitude"), int("longitude")) {
        (Some(latitude), Some(longitude)) if east.contains(&latitude) && north.contains(&longitude) => errors.push((
            "latitude",
            Problem::new(
                "纬度和经度填反了：这里应是 3 到 54 之间的纬度，经度应在 73 到 136 之间",
                "latitude and longitude are swapped: the latitude lies between 3 and 54, the longitude between 73 and 136",
            ),
        )),
        (latitude, longitude) => {
            if latitude.is_some_and(|latitude| !north.contains(&latitude)) {
                errors.push((
                    "latitude",
                    Problem::new("不在中国境内；纬度应在 3 到 54 之间", "is outside China; a latitude lies between 3 and 54"),
                ));
            }
            if longitude.is_some_and(|longitude| !east.contains(&longitude)) {
                errors.push((
                    "longitude",
                    Problem::new(
                        "不在中国境内；经度应在 73 到 136 之间",
                        "is outside China; a longitude lies between 73 and 136",
                    ),
                ));
            }
            if latitude.is_some() != longitude.is_some() {
                let missing = if latitude.is_none() { "latitude" } else { "longitude" };
                doubts.push((
                    missing,
                    Problem::new(
                        "只填了经纬度中的一个，位置不会被采用",
                        "only one of latitude and longitude is given; the position is not used",
                    ),
                ));
            }
        }
    }
}

fn check_population(form: &Form, int: &impl Fn(&str) -> Option<i64>, doubts: &mut Vec<Finding>) {
    let residents = int("residents");
    if let (Some(households), Some(residents)) = (int("households"), residents)
        && (residents > households.saturating_mul(8) || residents.saturating_mul(2) < households)
    {
        doubts.push((
            "residents",
            Problem::new(
                format!("{households} 户、{residents} 人，平均每户人数不合常理，请核对"),
                format!("{households} households with {residents} residents: the mean is implausible, please check"),
            ),
        ));
    }
    if let (Some(buildings), Some(units)) = (int("buildings"), int("units"))
        && units < buildings
    {
        doubts.push((
            "units",
            Problem::new(
                "单元数少于楼栋数，请核对",
                "fewer units than buildings; please check",
            ),
        ));
    }
    let people = residents.map(|residents| residents + int("floating").unwrap_or(0));
    for column in form
        .columns
        .iter()
        .filter(|column| column.key.starts_with("need_"))
    {
        if let (Some(need), Some(people)) = (int(column.key), people)
            && need > people
        {
            doubts.push((
                column.key,
                Problem::new(
                    format!("{need} 人多于小区总人口 {people} 人，请核对"),
                    format!("{need} people are more than the {people} of the compound; please check"),
                ),
            ));
        }
    }
}

fn check_pack(form: &Form, cells: &[Cell], int: &impl Fn(&str) -> Option<i64>, doubts: &mut Vec<Finding>) {
    if int("price_fen") == Some(0) {
        doubts.push((
            "price_fen",
            Problem::new(
                "单价为 0 元，请确认是免费发放",
                "the price is 0; please confirm that it is free",
            ),
        ));
    }
    let Some(Cell::Contents(contents)) = form.position("contents").map(|position| &cells[position]) else {
        return;
    };
    if let Some(unweighed) = contents.iter().find(|content| content.weight_g == 0) {
        doubts.push((
            "contents",
            Problem::new(
                format!("“{}”没有写重量，算不进可吃天数", unweighed.name),
                format!(
                    "“{}” has no weight and will not count towards the days covered",
                    unweighed.name
                ),
            ),
        ));
    } else if let Some(weight_g) = int("weight_g") {
        let sum: i64 = contents.iter().map(|content| content.weight_g).sum();
        if (sum - weight_g).abs() * 5 > weight_g.max(sum) {
            doubts.push((
                "weight_g",
                Problem::new(
                    format!(
                        "重量与套餐内容合计（{:.1} 公斤）相差两成以上，请核对",
                        sum as f64 / 1000.0
                    ),
                    format!(
                        "differs by more than a fifth from the sum of the contents ({:.1} kg)",
                        sum as f64 / 1000.0
                    ),
                ),
            ));
        }
    }
}
