//! The county laid out as the files that an office hands in.
//!
//! Headings, order of columns, formats and notes differ between files, as they do between offices.

mod market;
mod registers;
mod work;

use super::people::Household;
use super::places::Places;
use super::{County, DemoFile, Size, stamp};
use documents::forms::{Entry, Form, Kind};
use documents::sheet::{OutCell, OutColumn, OutKind, OutSheet, write, write_csv};

/// Said above every table and in every row about a person.
const NOT_REAL: &str = "演示数据，非真实住户";
const NOT_REAL_PERSON: &str = "演示数据，非真实人员";
const SYNTHETIC: &str = "演示数据";

/// All files of the county in the order of import.
pub(super) fn files(county: &County, size: Size) -> Result<Vec<DemoFile>, String> {
    let mut files = vec![
        csv("01-行政区划.csv", &registers::areas(&county.places)),
        workbook("02-附表1-小区基本情况.xlsx", &registers::compounds(county))?,
    ];
    match size {
        Size::Small => {
            let all: Vec<_> = county.households.iter().collect();
            files.push(household_file(county, "03-住户登记", "永兴县", &all, 0, false)?);
        }
        Size::Full => {
            for (at, street) in county.places.streets.iter().enumerate() {
                let own: Vec<_> = county
                    .households
                    .iter()
                    .filter(|household| {
                        let compound = &county.places.compounds[household.compound];
                        county.places.community(compound).street == at
                    })
                    .collect();
                let name = format!("03-住户登记-{:02}-{}", at + 1, street.name);
                // Every fourth office sends what its own system exports.
                files.push(household_file(
                    county,
                    &name,
                    &street.name,
                    &own,
                    at,
                    at % 4 == 3,
                )?);
            }
        }
    }
    files.push(workbook(
        "04-附表2-保供单位基本情况.xlsx",
        &[work::suppliers(county)],
    )?);
    files.push(workbook(
        "05-附表2-零售和服务网点台账.xlsx",
        &[work::outlets(county)],
    )?);
    files.push(workbook(
        "06-附表3-中转站投放点一览表.xlsx",
        &work::sites(county),
    )?);
    files.push(workbook("07-附表4-保供人员台账.xlsx", &work::staff(county))?);
    files.push(workbook("08-附表5-保供车辆台账.xlsx", &[work::vehicles(county)])?);
    files.push(csv("09-附表6-志愿者登记表.csv", &work::volunteers(county)));
    files.push(workbook("10-商品套餐价目表.xlsx", &[work::goods(county)])?);
    files.push(workbook("11-市场监测日报.xlsx", &[market::reports(county)])?);
    Ok(files)
}

/// The register of households of one office, in its own style.
pub(super) fn household_file(
    county: &County,
    name: &str,
    office: &str,
    own: &[&Household],
    style: usize,
    as_csv: bool,
) -> Result<DemoFile, String> {
    let sheet = registers::households(county, office, own, style);
    if as_csv {
        Ok(csv(&format!("{name}.csv"), &sheet))
    } else {
        workbook(&format!("{name}.xlsx"), &[sheet])
    }
}

fn workbook(name: &str, sheets: &[OutSheet]) -> Result<DemoFile, String> {
    Ok(DemoFile {
        name: name.to_string(),
        bytes: stamp::without_time(&write(sheets)?)?,
    })
}

/// A table as text, with its title above and a note below, as systems print their exports.
fn csv(name: &str, sheet: &OutSheet) -> DemoFile {
    const MARK: &[u8] = b"\xef\xbb\xbf";
    let table = write_csv(sheet);
    let mut bytes = MARK.to_vec();
    bytes.extend(format!("{}\r\n", sheet.title).bytes());
    bytes.extend(table.strip_prefix(MARK).unwrap_or(&table));
    for note in &sheet.notes {
        bytes.extend(format!("{note}\r\n").bytes());
    }
    DemoFile {
        name: name.to_string(),
        bytes,
    }
}

/// Columns of a form by key; `renamed` gives the headings that this office writes otherwise.
fn columns(form: &'static Form, keys: &[&str], renamed: &[(&str, &str)]) -> Vec<OutColumn> {
    keys.iter()
        .filter_map(|key| form.column(key))
        .map(|column| {
            let heading = renamed.iter().find(|(key, _)| *key == column.key);
            OutColumn {
                title: heading.map_or(column.title.zh, |(_, title)| title).to_string(),
                width: 0.0,
                kind: match column.kind {
                    Kind::Count { .. } | Kind::Distance => OutKind::Count,
                    Kind::Weight => OutKind::WeightKg,
                    Kind::Money => OutKind::Money,
                    _ => OutKind::Text,
                },
            }
        })
        .collect()
}

/// The Chinese wording of an entry of a choice list.
fn word(entries: &'static [Entry], key: &str) -> &'static str {
    entries
        .iter()
        .find(|entry| entry.key == key)
        .map_or("", |entry| entry.title.zh)
}

/// Text, or nothing when it is empty.
fn text(words: &str) -> OutCell {
    if words.is_empty() {
        OutCell::Blank
    } else {
        words.into()
    }
}

fn yes_no(flag: bool) -> OutCell {
    if flag { "是" } else { "否" }.into()
}

/// Microdegrees as degrees with six decimals.
fn degrees(microdegrees: i64) -> OutCell {
    format!("{}.{:06}", microdegrees / 1_000_000, microdegrees % 1_000_000).into()
}

/// The community as lists write it.
fn community(places: &Places, at: usize) -> OutCell {
    text(&places.communities[at].written)
}
