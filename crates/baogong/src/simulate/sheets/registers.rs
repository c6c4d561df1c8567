//! Tables of areas, compounds and households.

use super::super::people::Household;
use super::super::places::Places;
use super::super::{County, Person};
use super::{NOT_REAL, SYNTHETIC, columns, community, degrees, text, word, yes_no};
use documents::forms::{COMPOUNDS, DWELLING_STATES, HOUSEHOLDS, SPECIAL_NEEDS};
use documents::sheet::{OutCell, OutColumn, OutKind, OutSheet};

/// The table of divisions with Chinese headings.
pub(super) fn areas(places: &Places) -> OutSheet {
    let column = |title: &str| OutColumn {
        title: title.to_string(),
        width: 0.0,
        kind: OutKind::Text,
    };
    let level = |name: &str, level: &str| match (level, name) {
        ("county", _) => "县级",
        ("street", name) if name.ends_with("街道") => "街道",
        ("street", name) if name.ends_with('乡') => "乡",
        ("street", _) => "镇",
        (_, name) if name.ends_with('村') => "村",
        _ => "社区",
    };
    OutSheet {
        name: "行政区划".to_string(),
        title: "永兴县行政区划代码表（演示数据用）".to_string(),
        columns: ["区划代码", "名称", "级别"].map(column).to_vec(),
        rows: places
            .areas
            .iter()
            .map(|area| {
                vec![
                    area.code.as_str().into(),
                    area.name.as_str().into(),
                    level(&area.name, &area.level).into(),
                ]
            })
            .collect(),
        ..OutSheet::default()
    }
}

const COMPOUND_KEYS: &[&str] = &[
    "community",
    "compound",
    "address",
    "latitude",
    "longitude",
    "buildings",
    "units",
    "households",
    "residents",
    "floating",
];
const COMPOUND_CONTACT_KEYS: &[&str] = &[
    "contact_name",
    "contact_phone",
    "liaison_name",
    "liaison_phone",
    "officer_name",
    "officer_phone",
    "drop_point",
    "note",
];

/// Form 1: one sheet by street, with a line of totals.
pub(super) fn compounds(county: &County) -> Vec<OutSheet> {
    let places = &county.places;
    let census = super::super::people::census(places, &county.households);
    let needs: Vec<String> = SPECIAL_NEEDS
        .iter()
        .map(|need| format!("need_{}", need.key))
        .collect();
    let keys: Vec<&str> = COMPOUND_KEYS
        .iter()
        .copied()
        .chain(needs.iter().map(String::as_str))
        .chain(COMPOUND_CONTACT_KEYS.iter().copied())
        .collect();
    let mut heading = vec![OutColumn {
        title: "序号".to_string(),
        width: 0.0,
        kind: OutKind::Count,
    }];
    heading.extend(columns(
        &COMPOUNDS,
        &keys,
        &[("compound", "小区（组）"), ("officer_name", "小区信息员")],
    ));
    // Numbering, community, name, address and position come before the first figure.
    const FIRST_FIGURE: usize = 6;
    let last_figure = heading.len() - COMPOUND_CONTACT_KEYS.len();
    places
        .streets
        .iter()
        .enumerate()
        .map(|(at, street)| {
            let mut rows: Vec<Vec<OutCell>> = Vec::new();
            for (compound, counts) in places.compounds.iter().zip(&census.by_compound) {
                let own = places.community(compound);
                if own.street != at {
                    continue;
                }
                let units: usize = compound.buildings.iter().map(|building| building.units).sum();
                let mut row: Vec<OutCell> = vec![
                    number(rows.len() + 1),
                    community(places, compound.community),
                    text(&compound.name),
                    text(&compound.address),
                    degrees(compound.latitude),
                    degrees(compound.longitude),
                    number(compound.buildings.len()),
                    if own.town { number(units) } else { OutCell::Blank },
                    counts.households.into(),
                    counts.residents.into(),
                    counts.floating.into(),
                ];
                row.extend(counts.needs.map(OutCell::Int));
                for Person { name, phone } in [&compound.contact, &compound.liaison, &compound.officer] {
                    row.extend([text(name), text(phone)]);
                }
                row.extend([text(compound.drop_point), text(SYNTHETIC)]);
                rows.push(row);
            }
            let total = (0..heading.len()).map(|column| match column {
                0 => "合计".into(),
                column if (FIRST_FIGURE..last_figure).contains(&column) => {
                    OutCell::Int(rows.iter().map(|row| figure(&row[column])).sum())
                }
                _ => OutCell::Blank,
            });
            OutSheet {
                name: street.name.clone(),
                title: format!("附表1 {}社区（村）小区基本情况表（演示数据）", street.name),
                notes: vec![format!(
                    "填报单位：{}　　{NOT_REAL}。重名的社区（村）填12位区划代码。",
                    office(&street.name)
                )],
                columns: heading.clone(),
                total: Some(total.collect()),
                rows,
            }
        })
        .collect()
}

/// The office of a street or the government of a township.
fn office(street: &str) -> String {
    if street.ends_with("街道") {
        format!("{street}办事处")
    } else {
        format!("{street}人民政府")
    }
}

fn number(count: usize) -> OutCell {
    OutCell::Int(i64::try_from(count).unwrap_or(i64::MAX))
}

fn figure(cell: &OutCell) -> i64 {
    match cell {
        OutCell::Int(number) => *number,
        _ => 0,
    }
}

/// How one office sets out its register: order of columns and headings of its own.
struct Style {
    keys: &'static [&'static str],
    renamed: &'static [(&'static str, &'static str)],
}

static STYLES: &[Style] = &[
    Style {
        keys: &[
            "community",
            "compound",
            "building",
            "unit",
            "room",
            "head",
            "members",
            "phone",
            "needs",
            "status",
            "offline",
            "diet",
            "note",
        ],
        renamed: &[],
    },
    Style {
        keys: &[
            "community",
            "compound",
            "dwelling",
            "head",
            "phone",
            "members",
            "status",
            "needs",
            "diet",
            "offline",
            "note",
        ],
        renamed: &[
            ("compound", "小区名称"),
            ("dwelling", "住址"),
            ("head", "户主姓名"),
            ("phone", "联系电话"),
            ("members", "家庭人口"),
            ("status", "居住情况"),
            ("needs", "特殊人群"),
            ("offline", "是否需要代购"),
        ],
    },
    Style {
        keys: &[
            "compound",
            "community",
            "building",
            "unit",
            "room",
            "members",
            "head",
            "phone",
            "status",
            "offline",
            "needs",
            "diet",
            "note",
        ],
        renamed: &[
            ("community", "所属社区"),
            ("compound", "所在小区"),
            ("building", "楼号"),
            ("unit", "单元号"),
            ("room", "房间号"),
            ("members", "居住人数"),
            ("head", "住户姓名"),
            ("phone", "手机号码"),
            ("status", "入住情况"),
            ("offline", "不会网购"),
            ("needs", "重点人群"),
            ("diet", "饮食用药"),
        ],
    },
];

/// The register of households of one office.
pub(super) fn households(county: &County, office: &str, own: &[&Household], style: usize) -> OutSheet {
    let style = &STYLES[style % STYLES.len()];
    OutSheet {
        name: "住户登记表".to_string(),
        title: format!("{office}住户登记表（演示数据）"),
        notes: vec![format!("说明：{NOT_REAL}；姓名、电话均为虚构。")],
        columns: columns(&HOUSEHOLDS, style.keys, style.renamed),
        rows: own
            .iter()
            .map(|household| {
                style
                    .keys
                    .iter()
                    .map(|key| household_cell(&county.places, household, key))
                    .collect()
            })
            .collect(),
        total: None,
    }
}

fn household_cell(places: &Places, household: &Household, key: &str) -> OutCell {
    let compound = &places.compounds[household.compound];
    match key {
        "community" => community(places, compound.community),
        "compound" => text(&compound.name),
        "dwelling" => dwelling(household, places.community(compound).town).into(),
        "building" => text(&household.building),
        "unit" => text(&household.unit),
        "room" => text(&household.room),
        "head" => text(&household.head),
        "members" => household.members.into(),
        "phone" => text(&household.phone),
        "needs" => {
            let words: Vec<&str> = household
                .needs
                .iter()
                .map(|need| word(SPECIAL_NEEDS, need))
                .collect();
            text(&words.join("、"))
        }
        "status" => word(DWELLING_STATES, household.status).into(),
        "offline" if household.members == 0 => OutCell::Blank,
        "offline" => yes_no(household.offline),
        "diet" => text(household.diet),
        "note" => NOT_REAL.into(),
        _ => OutCell::Blank,
    }
}

/// 3栋2单元501 in a town, 12号1户 in a village.
fn dwelling(household: &Household, town: bool) -> String {
    let Household {
        building, unit, room, ..
    } = household;
    match (town, unit.as_str()) {
        (false, _) => format!("{building}号{room}户"),
        (true, "") => format!("{building}栋{room}"),
        (true, unit) => format!("{building}栋{unit}单元{room}"),
    }
}
