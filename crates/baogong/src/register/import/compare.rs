//! What a file would do to the registers: row by row against what is stored, part by part, so that a million residents fit
//! into memory.

use std::collections::HashMap;

use documents::forms::Form;
use documents::sheet::{CellError, Features, Reading, RowReading, SheetReading};
use store::Tx;

use super::settled::{NewRows, Settled, Settlement};
use super::{Preview, Tally};
use crate::base::{Actor, Result};
use crate::register::entry::{self, Change, Entry, Query};
use crate::register::place::{self, Places};
use crate::register::{Body, REGISTERS, Register, text};

/// Rows that are compared at a time.
const PART: usize = 1_000;
/// Errors that are listed; of more only the number is told.
const ERRORS_LISTED: usize = 5_000;
/// Changes kept as a sample, of entries that change and of new ones each.
const SAMPLE: usize = 10;

/// Takes changes as they are found.
pub(super) type Take<'a> = dyn FnMut(&mut Tx, &[Change]) -> Result<()> + 'a;

/// Compares what was read with what is stored, and looks for rows that seem to be registered under another key; `settled`
/// says of such rows what is to become of them.
pub fn preview(
    tx: &mut Tx,
    actor: &Actor,
    in_district: &str,
    reading: &Reading,
    settled: &[Settled],
) -> Result<Preview> {
    compare(tx, actor, in_district, reading, settled, None)
}

/// Compares part by part and hands the changes over; without anybody to take them, it looks for what seems to be registered.
pub(super) fn compare(
    tx: &mut Tx,
    actor: &Actor,
    in_district: &str,
    reading: &Reading,
    settled: &[Settled],
    mut take: Option<&mut Take<'_>>,
) -> Result<Preview> {
    let used: Vec<&'static Register> = REGISTERS
        .iter()
        .filter(|register| {
            let mut forms = reading.sheets.iter().filter_map(|sheet| sheet.form);
            forms.any(|form| form.key == register.key())
        })
        .collect();
    let mut places = Places::load(tx, in_district, &used)?;
    let settled: HashMap<(&str, u32), &Settled> = settled
        .iter()
        .map(|one| ((one.sheet.as_str(), one.row), one))
        .collect();
    let mut preview = Preview::default();
    for register in used {
        let query = Query {
            register: register.key(),
            area: in_district,
            ..Query::default()
        };
        let look = take.is_none() && entry::count(tx, &query)?.0 > 0;
        let mut register = Comparing {
            register,
            actor,
            in_district,
            settled: &settled,
            places: &mut places,
            preview: &mut preview,
            tally: Tally {
                register: register.key().to_string(),
                ..Tally::default()
            },
            seen: HashMap::new(),
            new: look.then(NewRows::default),
        };
        for sheet in &reading.sheets {
            if let Some(form) = sheet.form.filter(|form| form.key == register.register.key()) {
                register.remarks(sheet);
                for rows in sheet.rows.chunks(PART) {
                    let changes = register.part(tx, sheet, form, rows)?;
                    if let Some(take) = &mut take {
                        take(tx, &changes)?;
                    }
                }
            }
        }
        register.end(tx)?;
    }
    for sheet in reading.sheets.iter().filter(|sheet| sheet.form.is_none()) {
        let skipped = sheet.skipped.iter();
        preview
            .skipped
            .extend(skipped.map(|skipped| (sheet.sheet.clone(), skipped.row, skipped.zh.clone())));
    }
    Ok(preview)
}

/// The comparison of one register.
struct Comparing<'a> {
    register: &'static Register,
    actor: &'a Actor,
    in_district: &'a str,
    settled: &'a HashMap<(&'a str, u32), &'a Settled>,
    places: &'a mut Places,
    preview: &'a mut Preview,
    tally: Tally,
    /// The codes met so far and their rows.
    seen: HashMap<Box<str>, u32>,
    /// What is new, where it is compared with what is registered.
    new: Option<NewRows>,
}

/// A row that has its place.
struct Placed {
    row: u32,
    code: String,
    area: String,
    body: Body,
    /// Whether somebody said that it is about the entry with this code.
    told: bool,
}

impl Comparing<'_> {
    /// What was remarked on a sheet while it was read.
    fn remarks(&mut self, sheet: &SheetReading) {
        for error in &sheet.errors {
            self.fault(error.clone());
        }
        self.preview.warnings.extend(sheet.warnings.iter().cloned());
        let skipped = sheet.skipped.iter();
        self.preview
            .skipped
            .extend(skipped.map(|skipped| (sheet.sheet.clone(), skipped.row, skipped.zh.clone())));
        let unknown = sheet.unknown_columns.iter();
        self.preview
            .unknown_columns
            .extend(unknown.map(|(letter, heading)| (sheet.sheet.clone(), letter.clone(), heading.clone())));
    }

    fn fault(&mut self, error: CellError) {
        if self.preview.errors.len() < ERRORS_LISTED {
            self.preview.errors.push(error);
        } else {
            self.preview.more_errors += 1;
        }
    }

    /// What some rows would change.
    fn part(
        &mut self,
        tx: &mut Tx,
        sheet: &SheetReading,
        form: &'static Form,
        rows: &[RowReading],
    ) -> Result<Vec<Change>> {
        let placed: Vec<Placed> = rows
            .iter()
            .filter_map(|row| self.place(sheet, form, row))
            .collect();
        let codes: Vec<&str> = placed.iter().map(|placed| placed.code.as_str()).collect();
        let existing = entry::get_many(tx, self.register.key(), self.in_district, &codes)?;
        let mut changes = Vec::new();
        for (placed, before) in placed.into_iter().zip(existing) {
            changes.extend(self.change(sheet, placed, before));
        }
        Ok(changes)
    }

    /// The place of a row; `None` for one that is left out or has an error.
    fn place(&mut self, sheet: &SheetReading, form: &'static Form, row: &RowReading) -> Option<Placed> {
        self.tally.rows += 1;
        let settled = self.settled.get(&(sheet.sheet.as_str(), row.row));
        let told = match settled.map(|settled| settled.settlement) {
            Some(Settlement::Skip) => return None,
            Some(Settlement::Update) => settled.map(|settled| settled.code.clone()),
            Some(Settlement::Both) | None => None,
        };
        let mut body = row.to_json(form);
        place::tidy(&mut body);
        let (code, area) = match self.places.place(self.register, &mut body) {
            Ok(placed) => placed,
            Err(unplaced) => {
                let column = sheet.columns.iter().find(|(_, key, _)| *key == unplaced.column);
                let (letter, heading) = column.map_or(("", ""), |(letter, _, heading)| (letter, heading));
                let value = text(&body, unplaced.column).to_string();
                self.fault(unplaced.at(&sheet.sheet, row.row, letter, heading, &value));
                return None;
            }
        };
        let code = told.clone().unwrap_or(code);
        if let Some(first) = self.seen.insert(code.as_str().into(), row.row) {
            let title = self.register.title.0;
            self.fault(whole_row(
                sheet,
                row.row,
                code,
                format!("与第{first}行是同一{title}，请只保留一行。"),
                format!("The same entry as row {first}; keep one of the two."),
            ));
            return None;
        }
        if told.is_none() {
            self.places.learn(self.register, &code, &area, &body);
        }
        Some(Placed {
            row: row.row,
            code,
            area,
            body,
            told: told.is_some(),
        })
    }

    fn change(&mut self, sheet: &SheetReading, placed: Placed, before: Option<Entry>) -> Option<Change> {
        let Placed {
            row,
            code,
            mut area,
            mut body,
            told,
        } = placed;
        if told {
            let Some(before) = &before else {
                self.fault(whole_row(
                    sheet,
                    row,
                    code,
                    "选定要更新的那一项已经不在登记台账里，请重新选择。".into(),
                    "The entry that was to be updated is gone; choose again.".into(),
                ));
                return None;
            };
            // What makes it the entry that it is stays as it is registered.
            body.retain(|key, _| !stays(self.register, key));
            area.clone_from(&before.area);
        }
        let mut whole = before
            .as_ref()
            .map_or_else(Body::new, |before| before.body.clone());
        whole.extend(body);
        let after = Entry::of(self.register, code, area, whole);
        match &before {
            None => {
                self.tally.added += 1;
                if let Some(new) = &mut self.new {
                    new.note(self.register, sheet, row, &after);
                }
            }
            Some(before) if *before == after => {
                self.tally.unchanged += 1;
                return None;
            }
            Some(_) => self.tally.changed += 1,
        }
        let change = Change {
            before,
            after: Some(after),
        };
        self.preview.changes += 1;
        self.preview.outside += usize::from(outside(self.actor, &change));
        let kept = if change.before.is_some() {
            &mut self.preview.changed_sample
        } else {
            &mut self.preview.new_sample
        };
        if kept.len() < SAMPLE {
            kept.push(change.clone());
        }
        Some(change)
    }

    fn end(self, tx: &mut Tx) -> Result<()> {
        self.preview.tallies.push(self.tally);
        if let Some(new) = self.new {
            let met = |code: &str| self.seen.contains_key(code);
            new.look(tx, self.in_district, self.register, &met, &mut self.preview.alike)?;
        }
        Ok(())
    }
}

fn whole_row(sheet: &SheetReading, row: u32, value: String, zh: String, en: String) -> CellError {
    CellError {
        sheet: sheet.sheet.clone(),
        row,
        column: String::new(),
        heading: String::new(),
        value,
        zh,
        en,
    }
}

/// Whether a column of an entry stays as it is registered when a row that seems to be the same updates it.
pub fn stays(register: &Register, key: &str) -> bool {
    register.identity.contains(&key) || key == "community"
}

/// Whether a change reaches beyond the actor's area, before or after.
pub(super) fn outside(actor: &Actor, change: &Change) -> bool {
    let covered = |entry: &Option<Entry>| entry.as_ref().is_none_or(|entry| actor.covers(&entry.area));
    !(covered(&change.before) && covered(&change.after))
}

/// What of an entry may resemble another one; its place is the area in which it lies.
pub(super) fn features<'a>(register: &Register, area: &'a str, body: &'a Body) -> Features<'a> {
    Features::of(register.form, |key| match key {
        "compound" if register.name != key => area,
        "community" => area,
        key => text(body, key),
    })
}
