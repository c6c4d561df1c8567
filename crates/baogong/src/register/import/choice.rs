//! Two rows of a file that seem to mean the same: which of them is kept, or what of each goes into one.

use std::collections::HashMap;

use documents::forms::{Cell, Form};
use documents::sheet::{DuplicateKind, Reading, RowReading};
use serde::{Deserialize, Serialize};

use crate::base::{Refusal, Result};
use crate::wording;

wording! {
    /// What becomes of two rows.
    Keep {
        First = "first", "保留前一行", "Keep the earlier row";
        Second = "second", "保留后一行", "Keep the later row";
        Merged = "merged", "合并成一行", "Merge into one row";
        Both = "both", "两行都保留", "Keep both";
    }
}

/// A pair of rows and what becomes of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Choice {
    /// The sheet of the earlier row.
    pub first_sheet: String,
    /// The earlier row.
    pub first_row: u32,
    /// The sheet of the later row.
    pub second_sheet: String,
    /// The later row.
    pub second_row: u32,
    /// What becomes of them.
    pub keep: Keep,
    /// The keys of the columns that one merged row takes from the later row; the others are those of the earlier one.
    #[serde(default)]
    pub from_second: Vec<String>,
}

impl Choice {
    /// Whether both are about the same two rows.
    pub fn same_pair(&self, other: &Choice) -> bool {
        (
            &self.first_sheet,
            self.first_row,
            &self.second_sheet,
            self.second_row,
        ) == (
            &other.first_sheet,
            other.first_row,
            &other.second_sheet,
            other.second_row,
        )
    }
}

/// A row by its sheet and number.
type At<'a> = (&'a str, u32);

/// Puts the choices into effect, in the order of the file: rows that were not chosen are left out, and of two that are merged
/// one remains. A row that contradicts an earlier one is an error until it is settled.
pub fn choose(reading: &mut Reading, choices: &[Choice]) {
    let mut choices: Vec<&Choice> = choices.iter().collect();
    choices.sort_by_key(|choice| (&choice.second_sheet, choice.second_row, choice.first_row));
    // A row that is left out stands for the one that is kept in its place, where further rows are like it.
    let mut instead: HashMap<At<'_>, At<'_>> = HashMap::new();
    for choice in choices {
        if choice.keep == Keep::Both {
            continue;
        }
        let stands = |mut at| {
            while let Some(other) = instead.get(&at) {
                at = *other;
            }
            at
        };
        let first = stands((choice.first_sheet.as_str(), choice.first_row));
        let second = stands((choice.second_sheet.as_str(), choice.second_row));
        if first == second {
            continue;
        }
        let Some(later) = take(reading, second) else {
            continue;
        };
        let kept = match choice.keep {
            Keep::Second => {
                take(reading, first);
                put(reading, second.0, later);
                second
            }
            Keep::Merged => {
                merge(reading, first, &later, &choice.from_second);
                first
            }
            Keep::First | Keep::Both => first,
        };
        let gone = if kept == first { second } else { first };
        instead.insert(gone, kept);
        if let Some(sheet) = reading.sheets.iter_mut().find(|sheet| sheet.sheet == gone.0) {
            sheet.warnings.retain(|warning| warning.row != gone.1);
        }
    }
}

/// Takes a row out, also one that contradicts an earlier row. The only error of such a row is the contradiction, which is then
/// settled.
fn take(reading: &mut Reading, (name, row): At<'_>) -> Option<RowReading> {
    let sheet = reading.sheets.iter_mut().find(|sheet| sheet.sheet == name)?;
    for rows in [&mut sheet.contradicting, &mut sheet.rows] {
        if let Ok(place) = rows.binary_search_by_key(&row, |one| one.row) {
            let taken = rows.remove(place);
            sheet.errors.retain(|error| error.row != row);
            return Some(taken);
        }
    }
    None
}

fn put(reading: &mut Reading, name: &str, row: RowReading) {
    if let Some(sheet) = reading.sheets.iter_mut().find(|sheet| sheet.sheet == name) {
        let place = sheet.rows.partition_point(|one| one.row < row.row);
        sheet.rows.insert(place, row);
    }
}

fn merge(reading: &mut Reading, (name, row): At<'_>, later: &RowReading, from_later: &[String]) {
    let Some(sheet) = reading.sheets.iter_mut().find(|sheet| sheet.sheet == name) else {
        return;
    };
    let (Some(form), Ok(place)) = (sheet.form, sheet.rows.binary_search_by_key(&row, |one| one.row)) else {
        return;
    };
    let cells = sheet.rows[place].cells.iter_mut().zip(&later.cells);
    for (column, (cell, other)) in form.columns.iter().zip(cells) {
        if from_later.iter().any(|key| key == column.key) {
            cell.clone_from(other);
        }
    }
}

/// A row of a file, also one that contradicts an earlier row.
pub fn row<'a>(whole: &'a Reading, sheet: &str, row: u32) -> Option<&'a RowReading> {
    let sheet = whole.sheets.iter().find(|one| one.sheet == sheet)?;
    [&sheet.rows, &sheet.contradicting].into_iter().find_map(|rows| {
        rows.binary_search_by_key(&row, |one| one.row)
            .ok()
            .map(|place| &rows[place])
    })
}

/// The columns of which the later row says more, to be proposed for merging: what only it has filled in, longer lists, and,
/// where both say something else, those of the row that is fuller as a whole.
pub fn fuller(form: &Form, first: &RowReading, second: &RowReading) -> Vec<&'static str> {
    let filled = |row: &RowReading| row.cells.iter().filter(|cell| !cell.is_empty()).count();
    let later_is_fuller = filled(second) > filled(first);
    let cells = first.cells.iter().zip(&second.cells);
    let more = cells.map(|(one, other)| match (one, other) {
        _ if one == other || other.is_empty() => false,
        _ if one.is_empty() => true,
        (Cell::List(one), Cell::List(other)) if one.len() != other.len() => other.len() > one.len(),
        _ => later_is_fuller,
    });
    let columns = form.columns.iter().zip(more);
    columns
        .filter(|(_, more)| *more)
        .map(|(column, _)| column.key)
        .collect()
}

/// Whether a pair of this kind may be settled so: rows that contradict each other cannot both be true.
pub fn allowed(kind: DuplicateKind, keep: Keep) -> bool {
    match kind {
        DuplicateKind::Same => false,
        DuplicateKind::Conflict => keep != Keep::Both,
        DuplicateKind::Repeated | DuplicateKind::Likely => true,
    }
}

/// Refuses a choice between rows that are no pair, or of which a column is meant that there is not.
pub(super) fn check(whole: &Reading, choice: &Choice) -> Result<()> {
    let sheet = whole
        .sheets
        .iter()
        .find(|sheet| sheet.sheet == choice.second_sheet);
    let kind = sheet.and_then(|sheet| {
        let mut pairs = sheet.duplicates.iter();
        let pair = pairs.find(|pair| {
            pair.second_row == choice.second_row
                && pair.first_sheet == choice.first_sheet
                && pair.first_row == choice.first_row
        });
        pair.map(|pair| pair.kind)
    });
    let form = sheet.and_then(|sheet| sheet.form);
    let known = |key: &String| form.is_some_and(|form| form.position(key).is_some());
    let of_merging = choice.keep == Keep::Merged || choice.from_second.is_empty();
    if kind.is_some_and(|kind| allowed(kind, choice.keep))
        && choice.from_second.iter().all(known)
        && of_merging
    {
        return Ok(());
    }
    Err(Refusal::invalid(
        "keep",
        "这两行不能这样处理；请在文件里改好再上传。",
        "These two rows cannot be settled so; correct the file and upload it again.",
    )
    .into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::register::import::read_file;

    const HEADING: &str = "社区,小区,楼栋,单元,房号,户主,人口数,联系电话,特殊人群\n";

    fn reading(rows: &str) -> Reading {
        read_file("住户.csv", format!("{HEADING}{rows}").as_bytes()).unwrap()
    }

    fn choice(
        reading: &Reading,
        first_row: u32,
        second_row: u32,
        keep: Keep,
        from_second: &[&str],
    ) -> Choice {
        let sheet = reading.sheets[0].sheet.clone();
        Choice {
            first_sheet: sheet.clone(),
            first_row,
            second_sheet: sheet,
            second_row,
            keep,
            from_second: from_second.iter().map(|key| (*key).to_string()).collect(),
        }
    }

    fn rows(reading: &Reading) -> Vec<(u32, String, String)> {
        let sheet = &reading.sheets[0];
        let text = |row: &RowReading, key| match row.get(sheet.form.unwrap(), key) {
            Cell::Text(text) => text.clone(),
            Cell::Int(number) => number.to_string(),
            _ => String::new(),
        };
        let of = |row: &RowReading| (row.row, text(row, "members"), text(row, "phone"));
        sheet.rows.iter().map(of).collect()
    }

    #[test]
    fn contradicting_rows_become_one_with_the_cells_that_were_chosen() {
        let file = "滨河路,橙香苑,3,2,501,张三,3,,\n滨河路,橙香苑,3,2,501,张三,4,13800001111,独居老人\n";
        let whole = reading(file);
        assert_eq!(whole.sheets[0].errors.len(), 1);
        let sheet = &whole.sheets[0];
        let proposed = fuller(sheet.form.unwrap(), &sheet.rows[0], &sheet.contradicting[0]);
        assert_eq!(proposed, ["members", "phone", "needs"]);
        let merged = choice(&whole, 2, 3, Keep::Merged, &["phone"]);
        check(&whole, &merged).unwrap();
        let mut chosen = whole.clone();
        choose(&mut chosen, &[merged]);
        assert_eq!(rows(&chosen), [(2, "3".into(), "13800001111".into())]);
        assert!(chosen.sheets[0].errors.is_empty());
        let mut later = whole.clone();
        choose(&mut later, &[choice(&whole, 2, 3, Keep::Second, &[])]);
        assert_eq!(rows(&later), [(3, "4".into(), "13800001111".into())]);
        assert!(later.sheets[0].errors.is_empty());
        assert!(check(&whole, &choice(&whole, 2, 3, Keep::Both, &[])).is_err());
        assert!(check(&whole, &choice(&whole, 2, 3, Keep::Merged, &["colour"])).is_err());
        assert!(check(&whole, &choice(&whole, 2, 4, Keep::First, &[])).is_err());
    }

    /// The third row of a subject is paired with the first one, whatever became of that.
    #[test]
    fn three_rows_about_one_household_become_one() {
        let file = "滨河路,橙香苑,3,2,501,张三,3,,\n滨河路,橙香苑,3,2,501,张三,4,13800001111,\n滨河路,橙香苑,3,2,501,张三,5,13800002222,\n";
        let whole = reading(file);
        let mut chosen = whole.clone();
        let choices = [
            choice(&whole, 2, 4, Keep::Merged, &["members"]),
            choice(&whole, 2, 3, Keep::Second, &[]),
        ];
        choose(&mut chosen, &choices);
        assert_eq!(rows(&chosen), [(3, "5".into(), "13800001111".into())]);
        assert!(chosen.sheets[0].errors.is_empty());
    }
}
