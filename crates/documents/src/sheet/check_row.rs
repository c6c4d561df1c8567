//! Checking one row as a whole.

use crate::forms::{Cell, Form, Kind, sanity};
use crate::values::{self, Problem};

/// A finding about a row: the column it is about and what is wrong.
pub(super) type Finding = (&'static str, Problem);

/// Positions of the columns that the check of a row looks at, found once for all rows.
pub(super) struct Roles {
    dwelling: Option<usize>,
    compound: Option<usize>,
    /// Building, unit and room.
    parts: Option<[usize; 3]>,
    /// Latitude and longitude.
    angles: Option<[usize; 2]>,
}

impl Roles {
    pub(super) fn new(form: &Form) -> Roles {
        let parts = ["building", "unit", "room"].map(|key| form.position(key));
        let angles = ["latitude", "longitude"].map(|key| form.position(key));
        // A form may have a column of whole addresses that is plain text.
        let dwelling = form
            .position("dwelling")
            .filter(|position| form.columns[*position].kind == Kind::Dwelling);
        Roles {
            dwelling,
            compound: form.position("compound"),
            parts: match parts {
                [Some(building), Some(unit), Some(room)] => Some([building, unit, room]),
                _ => None,
            },
            angles: match angles {
                [Some(latitude), Some(longitude)] => Some([latitude, longitude]),
                _ => None,
            },
        }
    }
}

/// Findings about a row as a whole: errors first, doubts second. Fills derived cells.
pub(super) fn row(form: &'static Form, roles: &Roles, cells: &mut [Cell]) -> (Vec<Finding>, Vec<Finding>) {
    let mut errors = Vec::new();
    let mut doubts = Vec::new();
    expand_dwelling(roles, cells, &mut errors);
    if let Some(angles) = roles.angles {
        check_coordinates(angles.map(|at| cells[at].int()), &mut errors, &mut doubts);
    }
    sanity::check(form, cells, &mut doubts);
    let int = |key: &str| form.position(key).and_then(|position| cells[position].int());
    let text = |key: &str| form.position(key).and_then(|position| cells[position].text());
    match form.key {
        "households" if int("members") == Some(0) && text("status") != Some("vacant") => {
            errors.push((
                "members",
                Problem::new(
                    "人口数为 0 时，居住状态应为“空置”；有人居住请填实际人数",
                    "0 members are allowed only with the status vacant; otherwise enter the real number",
                ),
            ));
        }
        "households"
            if int("members").is_some_and(|members| members > 0) && text("status") == Some("vacant") =>
        {
            doubts.push((
                "status",
                Problem::new(
                    "标为空置，但填了人口数，请核对",
                    "marked vacant but has members; please check",
                ),
            ));
        }
        "compounds" => check_needs(form, &int, &mut doubts),
        "goods" => check_pack(form, cells, &int, &mut doubts),
        _ => {}
    }
    (errors, doubts)
}

/// Moves 3栋2单元501 into building, unit and room; refuses contradictions with those columns.
fn expand_dwelling(roles: &Roles, cells: &mut [Cell], errors: &mut Vec<Finding>) {
    let (Some(at), Some(parts)) = (roles.dwelling, roles.parts) else {
        return;
    };
    let Cell::Text(written) = std::mem::replace(&mut cells[at], Cell::Empty) else {
        spread_room(parts, cells);
        return;
    };
    let (compound, dwelling) = match (values::dwelling(&written), values::address(&written)) {
        (Ok(dwelling), _) => (String::new(), dwelling),
        (_, Some((compound, dwelling))) => (compound, dwelling),
        _ => return,
    };
    if let Some(position) = roles.compound.filter(|_| !compound.is_empty()) {
        match cells[position].text() {
            None => cells[position] = Cell::Text(compound),
            Some(own) if own.contains(&compound) || compound.contains(own) => {}
            Some(own) => {
                let problem = Problem::new(
                    format!("住址里写的是“{compound}”，小区列是“{own}”，请核对哪个对"),
                    format!("the dwelling names “{compound}” but the compound column “{own}”; correct one"),
                );
                errors.push(("compound", problem));
            }
        }
    }
    let named = [
        ("building", dwelling.building),
        ("unit", dwelling.unit),
        ("room", dwelling.room),
    ];
    for (position, (key, value)) in parts.into_iter().zip(named) {
        match cells[position].text() {
            _ if value.is_empty() => {}
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
fn spread_room([building, unit, room]: [usize; 3], cells: &mut [Cell]) {
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let Some(Ok(written)) = cells[room]
        .text()
        .filter(|text| !plain(text))
        .map(values::dwelling)
    else {
        return;
    };
    let parts = match (cells[building].is_empty(), cells[unit].is_empty()) {
        (true, true) if !written.building.is_empty() => (Some(written.building), written.unit),
        // The building has a column of its own, so the first of two parts is the unit.
        (false, true) if written.unit.is_empty() && !written.building.is_empty() => (None, written.building),
        (false, true) if written.building.is_empty() && !written.unit.is_empty() => (None, written.unit),
        // The address is written out in full beside the columns of its parts.
        (false, false)
            if cells[building].text() == Some(&written.building)
                && cells[unit].text() == Some(&written.unit) =>
        {
            (None, String::new())
        }
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
fn check_coordinates(angles: [Option<i64>; 2], errors: &mut Vec<Finding>, doubts: &mut Vec<Finding>) {
    let north = 3_000_000..=54_000_000;
    let east = 73_000_000..=136_000_000;
    match (angles[0], angles[1]) {
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

fn check_needs(form: &Form, int: &impl Fn(&str) -> Option<i64>, doubts: &mut Vec<Finding>) {
    let residents = int("residents");
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
