//! Spreadsheets of any known form become the lists that a proposal is made from.

use std::collections::BTreeMap;

use documents::forms::Form;
use documents::sheet::{self, CellError, Options, RowReading, SheetReading};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Said, said};
use crate::base::Result;
use crate::register::entry::{Compound, Good, Site, Supplier, Vehicle};

/// A file as it was given.
pub struct File {
    /// Its name, as messages show it.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
    /// Whether it was named itself, not found in a folder: then it must be of a form that is used.
    pub named: bool,
}

/// Something wrong in a file.
#[derive(Clone, Debug)]
pub struct FileError {
    /// The name of the file.
    pub file: String,
    /// Sheet, cell, and what would be right; without a sheet the whole file is meant.
    pub at: CellError,
}

impl FileError {
    /// One line: file, sheet and cell, value, and what would be right.
    pub fn words(&self, lang: kit::Lang) -> String {
        let at = &self.at;
        let place = match at.sheet.as_str() {
            "" => String::new(),
            // The one sheet of a CSV file is called like the file.
            sheet if sheet == self.file => format!(" {}{}", at.column, at.row),
            sheet => format!(" {sheet}!{}{}", at.column, at.row),
        };
        let value = match at.value.as_str() {
            "" => String::new(),
            value => format!(" {} {value:?}", at.heading),
        };
        format!(
            "{}{place}{value}: {}",
            self.file,
            at.message(lang == kit::Lang::Zh)
        )
    }

    /// That the row was left out because of it.
    pub fn left_out(&self) -> Said {
        said(
            format!("没有计入：{}", self.words(kit::Lang::Zh)),
            format!("Left out: {}", self.words(kit::Lang::En)),
        )
    }
}

/// A sheet that was read.
#[derive(Clone, Debug)]
pub struct Source {
    /// The name of the file.
    pub file: String,
    /// The name of the sheet.
    pub sheet: String,
    /// What it is; `None` for notes and covers.
    pub form: Option<&'static Form>,
    /// Whether a proposal has a use for it.
    pub used: bool,
    /// Rows without an error.
    pub rows: usize,
    /// Cells that look doubtful.
    pub warnings: usize,
    /// Column letter, key and heading.
    columns: Vec<(String, &'static str, String)>,
}

/// A row with the place that it was read from.
#[derive(Clone, Debug)]
pub struct Row<T> {
    /// What it says.
    pub noun: T,
    /// The sheet, as index into the sources.
    source: usize,
    /// The row as the spreadsheet shows it.
    row: u32,
}

/// What the register of compounds says beyond its noun.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct CompoundRow {
    pub noun: Compound,
    pub street: String,
    pub buildings: i64,
    pub units: i64,
}

/// What a proposal needs of a household; its people stay unnamed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct HouseholdRow {
    pub community: String,
    pub compound: String,
    pub building: String,
    pub unit: String,
    pub room: String,
    pub members: i64,
}

/// A supplier with the places that it says it serves.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct SupplierRow {
    pub noun: Supplier,
    pub serves: String,
}

/// A volunteer and where.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct VolunteerRow {
    pub name: String,
    pub community: String,
    pub compound: String,
    pub building: String,
}

/// Everything that was read.
#[derive(Default)]
#[allow(missing_docs)]
pub struct Lists {
    pub sources: Vec<Source>,
    pub errors: Vec<FileError>,
    /// (code, name, level) of each division.
    pub areas: Vec<(String, String, String)>,
    pub compounds: Vec<Row<CompoundRow>>,
    pub households: Vec<Row<HouseholdRow>>,
    pub suppliers: Vec<Row<SupplierRow>>,
    pub vehicles: Vec<Row<Vehicle>>,
    pub sites: Vec<Row<Site>>,
    pub volunteers: Vec<Row<VolunteerRow>>,
    pub goods: Vec<Row<Good>>,
}

/// The forms from which something is taken; sheets of the others are named as not used.
const USED: &[&str] = &[
    "areas",
    "compounds",
    "households",
    "suppliers",
    "vehicles",
    "sites",
    "volunteers",
    "goods",
];

fn noun<T: DeserializeOwned>(form: &Form, row: &RowReading) -> Result<T> {
    Ok(serde_json::from_value(Value::Object(row.to_json(form)))?)
}

fn words(form: &Form, row: &RowReading, key: &str) -> String {
    row.get(form, key)
        .text()
        .map_or_else(String::new, |text| text.trim().to_string())
}

fn number(form: &Form, row: &RowReading, key: &str) -> i64 {
    row.get(form, key).int().unwrap_or(0)
}

impl Lists {
    /// Reads files; `today` as `2026-11-22` gives the year of dates without one. What is wrong stands in `errors`; rows
    /// that have an error are left out.
    pub fn read(files: &[File], today: &str) -> Result<Lists> {
        let mut lists = Lists::default();
        for file in files {
            lists.add(file, today)?;
        }
        Ok(lists)
    }

    fn add(&mut self, file: &File, today: &str) -> Result<()> {
        let options = Options {
            today: Some(today),
            ..Options::default()
        };
        let first = self.sources.len();
        let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
        let mut fault = None;
        let read = sheet::scan(
            &file.bytes,
            &file.name,
            &options,
            &mut |_| true,
            &mut |index, sheet, row| {
                *counts.entry(index).or_default() += 1;
                if let (Some(form), None) = (sheet.form, &fault) {
                    fault = self.take(form, first + index, &row).err();
                }
                Ok(())
            },
        );
        if let Some(fault) = fault {
            return Err(fault);
        }
        let reading = match read {
            Ok(reading) => reading,
            Err(rejected) => {
                self.refuse(file, rejected.zh(), rejected.en());
                return Ok(());
            }
        };
        let known = reading.sheets.iter().any(used);
        for (index, sheet) in reading.sheets.into_iter().enumerate() {
            let source = Source {
                file: file.name.clone(),
                used: used(&sheet),
                sheet: sheet.sheet,
                form: sheet.form,
                rows: counts.get(&index).copied().unwrap_or(0),
                warnings: sheet.warnings.len(),
                columns: sheet.columns,
            };
            if source.used {
                let errors = sheet.errors.into_iter().map(|at| FileError {
                    file: file.name.clone(),
                    at,
                });
                self.errors.extend(errors);
            }
            self.sources.push(source);
        }
        if file.named && !known {
            self.refuse(
                file,
                "没有认出可用于测算的表（小区、住户、保供单位、车辆、场所、志愿者、商品）；请核对表头，或用 baogong template 的模板".into(),
                "no sheet of a form that a proposal is made from (compounds, households, suppliers, vehicles, sites, volunteers, goods); check the headings, or use baogong template".into(),
            );
        }
        Ok(())
    }

    fn refuse(&mut self, file: &File, zh: String, en: String) {
        self.errors.push(FileError {
            file: file.name.clone(),
            at: CellError {
                sheet: String::new(),
                row: 0,
                column: String::new(),
                heading: String::new(),
                value: String::new(),
                zh,
                en,
            },
        });
    }

    fn take(&mut self, form: &'static Form, source: usize, row: &RowReading) -> Result<()> {
        let text = |key: &str| words(form, row, key);
        fn at<T>(noun: T, source: usize, row: &RowReading) -> Row<T> {
            Row {
                noun,
                source,
                row: row.row,
            }
        }
        match form.key {
            "areas" => self.areas.push((text("code"), text("name"), text("level"))),
            "compounds" => {
                let compound = CompoundRow {
                    noun: noun(form, row)?,
                    street: text("street"),
                    buildings: number(form, row, "buildings"),
                    units: number(form, row, "units"),
                };
                self.compounds.push(at(compound, source, row));
            }
            "households" => {
                let vacant = text("status") == "vacant";
                let household = HouseholdRow {
                    community: text("community"),
                    compound: text("compound"),
                    building: text("building"),
                    unit: text("unit"),
                    room: text("room"),
                    members: if vacant { 0 } else { number(form, row, "members") },
                };
                self.households.push(at(household, source, row));
            }
            "suppliers" => {
                let supplier = SupplierRow {
                    noun: noun(form, row)?,
                    serves: text("serves"),
                };
                self.suppliers.push(at(supplier, source, row));
            }
            "vehicles" => self.vehicles.push(at(noun(form, row)?, source, row)),
            "sites" => self.sites.push(at(noun(form, row)?, source, row)),
            "volunteers" => {
                let volunteer = VolunteerRow {
                    name: text("name"),
                    community: text("community"),
                    compound: text("compound"),
                    building: text("building"),
                };
                self.volunteers.push(at(volunteer, source, row));
            }
            "goods" => self.goods.push(at(noun(form, row)?, source, row)),
            _ => {}
        }
        Ok(())
    }

    /// An error at the cell of a row that was read.
    pub(super) fn wrong<T>(&self, row: &Row<T>, key: &str, value: &str, zh: String, en: String) -> FileError {
        let source = &self.sources[row.source];
        let column = source.columns.iter().find(|(_, of, _)| *of == key);
        FileError {
            file: source.file.clone(),
            at: CellError {
                sheet: source.sheet.clone(),
                row: row.row,
                column: column.map_or_else(String::new, |(letter, _, _)| letter.clone()),
                heading: column.map_or_else(String::new, |(_, _, heading)| heading.clone()),
                value: value.to_string(),
                zh,
                en,
            },
        }
    }

    /// Where a row was read, for a sentence: `住户.xlsx 住户登记表 第5行`.
    pub(super) fn place<T>(&self, row: &Row<T>, lang: kit::Lang) -> String {
        let source = &self.sources[row.source];
        match lang {
            kit::Lang::Zh => format!("{} {} 第{}行", source.file, source.sheet, row.row),
            kit::Lang::En => format!("{} {} row {}", source.file, source.sheet, row.row),
        }
    }
}

fn used(sheet: &SheetReading) -> bool {
    sheet.form.is_some_and(|form| USED.contains(&form.key))
}
