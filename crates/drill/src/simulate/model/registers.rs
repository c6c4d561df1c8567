//! What is registered, files that were brought in, and what households have at home.

use std::collections::BTreeMap;

use baogong::base::clock::DAY_S;
use baogong::base::id::{BatchId, OrderId};
use baogong::base::{Actor, Result as Stored};
use baogong::register::entry::{self, Household};
use baogong::register::import::{self, BatchState};
use baogong::round::OrderState;
use store::{Tx, stmt};

use super::super::script::{Command, FileDraft};
use super::super::world::{
    COMPOUNDS, DISTRICT, HOUSEHOLDS, PACKS, has_needs, head, household, members, status,
};
use super::look::differ;
use super::orders::grams;
use super::{Model, Refused};

stmt!(
    COVERAGE,
    "SELECT household, category, balance_g, daily_g, as_of_s, runs_out_s FROM coverage ORDER BY household, category"
);

/// The most people of a household that a file may say.
const MEMBERS_MAX: i64 = 30;

/// A registered household.
#[derive(Clone, Debug, PartialEq)]
pub struct Home {
    /// The place of its compound.
    pub compound: usize,
    /// The head.
    pub head: String,
    /// Members.
    pub members: i64,
    /// The dwelling status.
    pub status: String,
    /// Whether it has special needs.
    pub needs: bool,
}

/// A file that was brought in.
#[derive(Clone, Debug, PartialEq)]
pub struct Import {
    /// The file.
    pub rows: Vec<(usize, usize, Home)>,
    /// Whether it can be applied at all.
    pub sound: bool,
    /// Where it stands.
    pub state: BatchState,
    /// When it was applied.
    pub applied_s: Option<i64>,
    /// When it was undone.
    pub undone_s: Option<i64>,
    /// What it changed: household to before and after.
    pub changes: BTreeMap<String, (Option<Home>, Home)>,
}

/// What a household has of a category.
#[derive(Clone, Debug, PartialEq)]
pub struct Food {
    /// Grams at the last movement.
    pub balance_g: i64,
    /// Grams eaten a day.
    pub daily_g: i64,
    /// The last movement.
    pub as_of_s: i64,
    /// When it runs out.
    pub runs_out_s: i64,
}

/// The households that are registered from the beginning.
pub fn homes() -> BTreeMap<String, Home> {
    let all = (0..COMPOUNDS.len()).flat_map(|at| (0..HOUSEHOLDS).map(move |number| (at, number)));
    let home = |(compound, number): (usize, usize)| {
        let home = Home {
            compound,
            head: head(compound, number),
            members: members(number),
            status: status(number).to_owned(),
            needs: has_needs(number),
        };
        (household(compound, number), home)
    };
    all.map(home).collect()
}

impl Model {
    pub(super) fn upload(&mut self, command: &Command, file: &FileDraft) {
        let mut rows: Vec<(usize, usize, Home)> = Vec::new();
        for row in &file.rows {
            let home = Home {
                compound: row.compound,
                head: row.head.clone(),
                members: row.members,
                status: if row.vacant { "vacant" } else { "own" }.to_owned(),
                needs: false,
            };
            let row = (row.compound, row.number, home);
            // The same row twice is one row.
            if !rows.contains(&row) {
                rows.push(row);
            }
        }
        let known = |(compound, _, home): &(usize, usize, Home)| {
            *compound < COMPOUNDS.len() && (0..=MEMBERS_MAX).contains(&home.members)
        };
        let mut keys: Vec<(usize, usize)> = rows.iter().map(|(at, number, _)| (*at, *number)).collect();
        keys.sort_unstable();
        let sound = rows.iter().all(known) && keys.windows(2).all(|pair| pair[0] != pair[1]);
        let import = Import {
            rows,
            sound,
            state: BatchState::Previewed,
            applied_s: None,
            undone_s: None,
            changes: BTreeMap::new(),
        };
        self.imports.insert(command.batch(), import);
    }

    fn import(&mut self, id: BatchId) -> Result<&mut Import, Refused> {
        self.imports.get_mut(&id).ok_or("not_found")
    }

    /// All of a file or nothing.
    pub(super) fn apply(&mut self, id: BatchId, at_s: i64) -> Result<(), Refused> {
        let import = self.import(id)?.clone();
        if import.state != BatchState::Previewed {
            return Err("batch_state");
        }
        if !import.sound {
            return Err("import_errors");
        }
        let mut changes = BTreeMap::new();
        for (compound, number, mut home) in import.rows {
            let code = household(compound, number);
            let before = self.homes.get(&code).cloned();
            // The file says nothing about needs, so they stay.
            home.needs = before.as_ref().is_some_and(|before| before.needs);
            if before.as_ref() != Some(&home) {
                self.homes.insert(code.clone(), home.clone());
                changes.insert(code, (before, home));
            }
        }
        let import = self.import(id)?;
        import.changes = changes;
        import.state = BatchState::Applied;
        import.applied_s = Some(at_s);
        Ok(())
    }

    /// What was under way with a household must not lose it.
    fn in_use(&self, household: &str, at_s: i64) -> bool {
        let ordered = self.orders.values().any(|order| {
            let ended = matches!(order.state, OrderState::Handed | OrderState::Returned);
            order.household == household && order.state.stands() && !ended
        });
        let stocked = |((of, _), food): (&(String, String), &Food)| of == household && food.runs_out_s > at_s;
        ordered || self.pantry.iter().any(stocked)
    }

    pub(super) fn undo(&mut self, id: BatchId, at_s: i64) -> Result<usize, Refused> {
        let undo_s = self.figures(COMPOUNDS[0]).undo_s;
        let import = self.import(id)?.clone();
        if import.state != BatchState::Applied {
            return Err("batch_state");
        }
        if import
            .applied_s
            .is_some_and(|applied_s| applied_s + undo_s < at_s)
        {
            return Err("undo_late");
        }
        for (code, (before, after)) in &import.changes {
            let changed = self.homes.get(code) != Some(after);
            if changed || (before.is_none() && self.in_use(code, at_s)) {
                return Err("undo_conflict");
            }
        }
        for (code, (before, _)) in &import.changes {
            match before {
                Some(before) => self.homes.insert(code.clone(), before.clone()),
                None => self.homes.remove(code),
            };
        }
        let import = self.import(id)?;
        import.state = BatchState::Undone;
        import.undone_s = Some(at_s);
        Ok(import.changes.len())
    }

    /// Credits a handed bag to the pantry, after what was eaten since.
    pub(super) fn credit(&mut self, id: OrderId, at_s: i64) {
        let order = self.orders[&id].clone();
        let norms = &self.figures(&order.compound).norms;
        let people = self
            .homes
            .get(&order.household)
            .map_or(1, |home| home.members.max(1));
        for category in ["grain", "vegetables"] {
            let contains = |pack: &str| PACKS.iter().any(|one| one.0 == pack) && grams(pack, category) > 0;
            let packed = || order.lines.iter().filter(|(_, (_, packed))| *packed > 0);
            if !packed().any(|(pack, _)| contains(pack)) {
                continue;
            }
            let received_g: i64 = packed()
                .map(|(pack, (_, packed))| grams(pack, category) * packed)
                .sum();
            let key = (order.household.clone(), category.to_owned());
            let before = self.pantry.get(&key);
            let norm = norms
                .iter()
                .find(|(of, _)| *of == category)
                .map(|(_, grams)| grams * people);
            let Some(daily_g) = norm
                .filter(|grams| *grams > 0)
                .or(before.map(|food| food.daily_g))
            else {
                continue;
            };
            let left_g = before.map_or(0, |food| {
                let eaten_g = food.daily_g * (at_s - food.as_of_s).max(0) / DAY_S;
                food.balance_g - eaten_g.min(food.balance_g)
            });
            let balance_g = left_g + received_g;
            let food = Food {
                balance_g,
                daily_g,
                as_of_s: at_s,
                runs_out_s: at_s + balance_g * DAY_S / daily_g,
            };
            self.pantry.insert(key, food);
        }
    }

    /// Compares registers, imports and pantries with what must be there.
    pub(super) fn compare_registers(&self, tx: &mut Tx, findings: &mut Vec<String>) -> Stored<()> {
        let mut stored = BTreeMap::new();
        for entry in entry::all(tx, "households", DISTRICT)? {
            let noun: Household = entry.noun()?;
            let home = Home {
                compound: COMPOUNDS
                    .iter()
                    .position(|code| *code == entry.area)
                    .unwrap_or(usize::MAX),
                head: noun.head,
                members: noun.members,
                status: noun.status,
                needs: !noun.needs.is_empty(),
            };
            stored.insert(entry.code, home);
        }
        differ(findings, || "households".to_owned(), &stored, &self.homes);
        let stored: BTreeMap<BatchId, _> = import::batches(tx, &Actor::system(), DISTRICT)?
            .into_iter()
            .map(|batch| (batch.id, (batch.state, batch.applied_s, batch.undone_s)))
            .collect();
        // Only the latest hundred are listed.
        for (id, seen) in &stored {
            let here = self
                .imports
                .get(id)
                .map(|one| (one.state, one.applied_s, one.undone_s));
            differ(findings, || format!("import {id}"), &Some(*seen), &here);
        }
        let listed = self.imports.len().min(100);
        differ(findings, || "imports listed".to_owned(), &stored.len(), &listed);
        let mut pantry = BTreeMap::new();
        for row in tx.rows(&COVERAGE, &[])? {
            let food = Food {
                balance_g: row.get(2)?,
                daily_g: row.get(3)?,
                as_of_s: row.get(4)?,
                runs_out_s: row.get(5)?,
            };
            pantry.insert((row.get(0)?, row.get(1)?), food);
        }
        differ(findings, || "pantries".to_owned(), &pantry, &self.pantry);
        Ok(())
    }
}
