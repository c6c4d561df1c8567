//! Rows of a file that seem to be registered already, under another code: what is to become of them.

use documents::sheet::{Likeness, Reading, SheetReading};
use serde::{Deserialize, Serialize};
use store::Tx;

use super::choice;
use super::compare::features;
use crate::base::{Refusal, Result};
use crate::register::Register;
use crate::register::entry::{self, Entry};
use crate::wording;

/// Rows like something registered that are listed.
const ALIKE_LISTED: usize = 2_000;

wording! {
    /// What becomes of a row that seems to be registered already.
    Settlement {
        Update = "update", "是同一项，更新已登记的", "The same: update what is registered";
        Both = "both", "不是同一项，两项都保留", "Not the same: keep both";
        Skip = "skip", "不导入这一行", "Leave this row out";
    }
}

/// A row, the entry that it seems to be, and what becomes of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Settled {
    /// The sheet.
    pub sheet: String,
    /// The row.
    pub row: u32,
    /// The code of the registered entry.
    pub code: String,
    /// What becomes of the row.
    pub settlement: Settlement,
}

/// A row that seems to be registered already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alike {
    /// The key of the register.
    pub register: &'static str,
    /// The sheet.
    pub sheet: String,
    /// The row.
    pub row: u32,
    /// The code of the registered entry.
    pub code: String,
    /// Why, in Chinese.
    pub zh: &'static str,
    /// Why, in English.
    pub en: &'static str,
}

/// The new rows of a file, to be found again by what is registered: so each entry takes one look, however long the file is.
#[derive(Debug, Default)]
pub(super) struct NewRows {
    alike: Likeness<u32>,
    /// Sheet and row of each; the sheets by their names.
    rows: Vec<(u32, u32)>,
    sheets: Vec<String>,
}

impl NewRows {
    /// Takes note of a row and of what it would become.
    pub(super) fn note(&mut self, register: &Register, sheet: &SheetReading, row: u32, after: &Entry) {
        let features = features(register, &after.area, &after.body);
        let Ok(place) = u32::try_from(self.rows.len()) else {
            return;
        };
        if features.is_empty() {
            return;
        }
        if self.sheets.last().is_none_or(|last| *last != sheet.sheet) {
            self.sheets.push(sheet.sheet.clone());
        }
        self.rows
            .push((u32::try_from(self.sheets.len() - 1).unwrap_or(0), row));
        self.alike.note(&features, place);
    }

    /// Finds the rows that seem to be registered; entries that stand in the file themselves say nothing about another row.
    pub(super) fn look(
        self,
        tx: &mut Tx,
        in_district: &str,
        register: &'static Register,
        in_file: &dyn Fn(&str) -> bool,
        found: &mut Vec<Alike>,
    ) -> Result<()> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let mut taken = std::collections::HashSet::new();
        entry::each(tx, register.key(), in_district, &mut |entry| {
            if found.len() >= ALIKE_LISTED || in_file(&entry.code) {
                return;
            }
            let Some((place, (zh, en))) = self.alike.find(&features(register, &entry.area, &entry.body))
            else {
                return;
            };
            let Some((sheet, row)) = self.rows.get(place as usize).filter(|_| taken.insert(place)) else {
                return;
            };
            found.push(Alike {
                register: register.key(),
                sheet: self.sheets.get(*sheet as usize).cloned().unwrap_or_default(),
                row: *row,
                code: entry.code,
                zh,
                en,
            });
        })
    }
}

/// Refuses to settle a row that there is not.
pub(super) fn check(whole: &Reading, settled: &Settled) -> Result<()> {
    if choice::row(whole, &settled.sheet, settled.row).is_some() {
        return Ok(());
    }
    Err(Refusal::invalid(
        "row",
        "文件里没有这一行，请刷新页面。",
        "The file has no such row; reload the page.",
    )
    .into())
}
