//! Which supplier feeds which compound (DX-1, YU-12): near, within capacity, with a backup for each.
//!
//! Each compound has one main supplier, so that its liaison talks to one contact (FC-2). The total of
//! persons × metres is made small; a compound changes its present supplier only when that saves at least
//! `keep_weight_m` per person. Where capacity does not suffice, as many persons as possible are served.
//!
//! Method: prices per supplier and category by Lagrangian relaxation of the capacities (Fisher, "The
//! Lagrangian relaxation method for solving integer programming problems", Management Science 1981), which
//! also prove a lower bound; then insertion by greatest regret at these prices; then shifts, swaps and
//! ejections, and ruin and recreate around compounds that sit far from home.

mod anneal;
mod ascent;
mod backup;
mod construct;
mod duals;
mod fillings;
mod locate;
pub mod matrix;
mod model;
mod moves;
mod partial;
#[cfg(test)]
mod partial_tests;
mod plan;
mod prices;
#[cfg(test)]
mod property_tests;
mod ration;
#[cfg(test)]
mod ration_tests;
mod replan;
mod report;
mod search;
mod share;
#[cfg(test)]
mod tests;

pub use partial::{Added, Partial, partial};
pub use ration::{Rationed, apportion, rationed, told};
pub use replan::{Replanned, replan};

use crate::effort::{Effort, Meter};
use crate::{Point, road_distance_m};
use std::sync::atomic::AtomicBool;

/// A closed residential compound that must be supplied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compound {
    /// Its code, unique among the compounds.
    pub code: String,
    /// Where goods are dropped; `None` when not known.
    pub at: Option<Point>,
    /// Residents. A compound of zero persons counts as one where distances are weighted.
    pub persons: i64,
    /// Demand per category and day, in the unit of the category; missing or negative ones count as zero.
    pub demand: Vec<i64>,
    /// The present main supplier.
    pub keep: Option<String>,
    /// The only supplier allowed, by decision of a person. It still must have capacity.
    pub force: Option<String>,
    /// Suppliers not allowed, as main or as backup.
    pub forbid: Vec<String>,
    /// Suppliers that belong to its street or are otherwise preferred; none for no preference.
    pub prefer: Vec<String>,
}

/// A supplier that can feed compounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Supplier {
    /// Its code, unique among the suppliers.
    pub code: String,
    /// Where it loads; `None` when not known: it then only keeps what it has and serves what nobody else can.
    pub at: Option<Point>,
    /// Capacity per category and day, in the order and unit of the categories; missing ones count as zero.
    pub capacity: Vec<i64>,
}

/// What is to be decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Names of the categories, for example vegetables, meat, grain, milk.
    pub categories: Vec<String>,
    /// Who must be supplied.
    pub compounds: Vec<Compound>,
    /// Who can supply.
    pub suppliers: Vec<Supplier>,
    /// Metres per person that a change of supplier must save.
    pub keep_weight_m: i64,
    /// Metres per person by which a supplier must be nearer than a preferred one to be taken instead.
    pub prefer_weight_m: i64,
    /// Per cent of every capacity that stay free as long as everybody can be fed without them, so that load is
    /// balanced and there is room for backups.
    pub spare_pct: i64,
    /// By compound, the suppliers, as indices, of which the way to it by road is known, in metres. Other ways are estimated
    /// ([`crate::road_distance_m`]), all of them where this is empty.
    pub by_road: Vec<Vec<(usize, i64)>>,
}

impl Problem {
    /// Metres from a supplier to a compound, both as indices; `None` when a position is missing.
    pub fn way_m(&self, compound: usize, supplier: usize) -> Option<i64> {
        let (home, shop) = (self.compounds[compound].at?, self.suppliers[supplier].at?);
        let known = self.by_road.get(compound);
        let known = known.and_then(|row| row.iter().find(|(one, _)| *one == supplier));
        Some(known.map_or_else(|| road_distance_m(home, shop), |(_, metres)| *metres))
    }
}

/// The decision for one compound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The compound's code.
    pub compound: String,
    /// The supplier that feeds it; `None` when it cannot be fed, see `passed_over`.
    pub main: Option<String>,
    /// Who steps in when the main supplier fails: the nearest with room. Should one supplier fail, the
    /// backups of all its compounds fit together into what the others have spare.
    pub backup: Option<String>,
    /// Road distance to the main supplier, in metres; `None` when a position is missing or there is no main.
    pub distance_m: Option<i64>,
    /// 1 when no supplier is nearer than the main; 0 when there is no distance.
    pub rank: usize,
    /// Suppliers nearer than the main with the reason, nearest first, at most [`PASSED_OVER_MAX`]; without a
    /// main the nearest suppliers of all; last those whose position is unknown.
    pub passed_over: Vec<PassedOver>,
    /// Whether the main supplier is the present one.
    pub kept: bool,
    /// Whether the compound's own position is known. If not it was placed where room was left.
    pub positioned: bool,
}

/// So many suppliers are told as passed over for one compound.
pub const PASSED_OVER_MAX: usize = 20;

/// A supplier that was not chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassedOver {
    /// Its code.
    pub supplier: String,
    /// Why it was not chosen.
    pub reason: Reason,
}

/// Why a supplier was not chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It lacks room beside the compounds that it feeds.
    Full {
        /// The category that lacks most, relative to the compound's demand.
        category: String,
        /// So much is lacking for this compound.
        short_by: i64,
    },
    /// It is on the compound's list of forbidden suppliers.
    Forbidden,
    /// Its position is not known, so nobody can say how near it is.
    NoPosition,
    /// The change would save less than `keep_weight_m`.
    Kept,
    /// The main supplier is preferred, and this one is not nearer by `prefer_weight_m`.
    Preferred,
    /// It has room only in the part of its capacity that stays free.
    Spared,
    /// A person decided for another supplier.
    Forced,
}

/// A category of which all suppliers together have less than all compounds together need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shortage {
    /// The category's name.
    pub category: String,
    /// Of all compounds, per day.
    pub demand: i64,
    /// Of all suppliers, per day.
    pub capacity: i64,
    /// Demand minus capacity.
    pub short_by: i64,
}

/// What a compound without a supplier lacks where least is lacking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lack {
    /// The compound's code.
    pub compound: String,
    /// The supplier that could feed it with least in addition.
    pub supplier: String,
    /// The category.
    pub category: String,
    /// So much more per day is needed there. All lacks together feed all compounds that have some.
    pub short_by: i64,
}

/// The proposal: a choice for each compound, in the order of the problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// One per compound.
    pub choices: Vec<Choice>,
    /// By category; empty when the totals suffice. Compounds can be left over even then, when what is spare
    /// is spread over many suppliers.
    pub shortages: Vec<Shortage>,
    /// Where what is lacking would have to be added so that everybody with an allowed supplier is fed.
    pub lacks: Vec<Lack>,
    /// Sum of the distances to the main suppliers, in metres.
    pub total_distance_m: i64,
    /// The same weighted by persons.
    pub person_distance_m: i64,
    /// What was made small: `person_distance_m` plus persons × `keep_weight_m` for each compound that changed
    /// its supplier, plus persons × `prefer_weight_m` for each fed by one that is not preferred although it prefers
    /// some (plus a very long way for each fed from an unknown position).
    pub cost_person_m: i64,
    /// No assignment of all compounds that leaves `spare_pct` free costs less than this; `None` when somebody remains without a supplier.
    pub lower_bound_person_m: Option<i64>,
    /// Persons in compounds without a main supplier.
    pub unserved_persons: i64,
}

/// Rounds that do for a proposal of this size: more improve it by less than a thousandth.
pub fn usual_rounds(problem: &Problem) -> u64 {
    (problem.compounds.len() as u64 * 8).clamp(1_000, 60_000)
}

/// Assigns compounds to suppliers.
///
/// Every code that is named but unknown is ignored in `keep` and `forbid`; an unknown `force` leaves the
/// compound without a supplier. Of two with the same code the first is meant.
///
/// A round of the effort is one ruin, see [`usual_rounds`]. When the time is over or the watcher wants no more, the answer
/// is the best so far, whole and with its reasons; what that takes at the end is a tenth of a second for 20,000 compounds.
pub fn assign(problem: &Problem, effort: &Effort, seed: u64) -> Assignment {
    let stop = AtomicBool::new(false);
    let mut model = model::Model::new(problem);
    let whole = model.leave_free(problem.spare_pct);
    let prices = prices::relax(&model, &mut Meter::new(effort, true, &stop));
    let mut plan = construct::construct(&model, &prices);
    let watched = search::Watched { effort, stop: &stop };
    search::search(&model, &mut plan, &prices, watched, seed);
    if let Some(whole) = whole {
        let less = plan.use_capacity(&mut model, whole);
        search::serve_waiting(&model, &mut plan);
        // Who made room for somebody may have left room in the usable part behind.
        let whole = plan.use_capacity(&mut model, less);
        search::settle(&model, &mut plan);
        plan.use_capacity(&mut model, whole);
        search::serve_directly(&model, &mut plan);
    }
    let backups = backup::backups(&model, &plan);
    report::report(problem, &model, &plan, &backups, &prices)
}
