//! What an allocation is computed from: people, what they eat, what they have at home, and in which class they come.

use serde::{Deserialize, Serialize};
use store::Tx;

use crate::base::{Ctx, Fault, Result};
use crate::coverage;
use crate::plan::ControlLevel;
use crate::plan::release::{PriorityClass, classes};
use crate::plan::rules::{CATEGORIES, RuleKey, Rules};
use crate::register::entry::{self, Compound, Household, Supplier, point};
use crate::round::ballot;
use crate::round::open::Prepared;

/// A pack that is shared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackFacts {
    /// The supplier's code for it.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The unit it is sold by.
    pub unit: String,
    /// How many are shared.
    pub total: i64,
    /// Grams in one pack, in the order of [`CATEGORIES`].
    pub content_g: Vec<i64>,
}

/// A compound of the round.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompoundFacts {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The level that holds there.
    pub level: Option<ControlLevel>,
    /// Its households.
    pub households: i64,
    /// Those of which nobody knows what they have; they count as having nothing.
    pub unknown: i64,
    /// The way from the supplier, estimated; of two with equal claims the nearer comes first.
    pub distance_m: Option<i64>,
}

/// The households of one class in one compound, together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// The compound, as index.
    pub compound: usize,
    /// The class, as index into [`Facts::classes`].
    pub class: usize,
    /// How many households.
    pub households: i64,
    /// Their people.
    pub persons: i64,
    /// What they eat a day, in grams by [`CATEGORIES`].
    pub daily_g: Vec<i64>,
    /// What they have at home, in grams by [`CATEGORIES`].
    pub home_g: Vec<i64>,
}

/// Everything that was known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// When it was looked at.
    pub at_s: i64,
    /// The name of the supplier.
    pub supplier: String,
    /// What is shared, in the order in which it is.
    pub packs: Vec<PackFacts>,
    /// Among whom.
    pub compounds: Vec<CompoundFacts>,
    /// By compound and class; classes without households are left out.
    pub groups: Vec<Group>,
    /// The classes, first served first.
    pub classes: Vec<PriorityClass>,
    /// The clause that orders the classes.
    pub clause: String,
    /// First everybody is brought to so many days.
    pub floor_d: i64,
    /// Then class after class to so many.
    pub target_d: i64,
}

/// The days to which the rules bring everybody first (the alarm), and class after class then (until one may order again).
pub fn days_of(rules: &Rules) -> (i64, i64) {
    let floor_d = rules.number(RuleKey::CoverAlarmD).unwrap_or(0).max(0);
    let interval_d = rules.number(RuleKey::OrderIntervalD).unwrap_or(0).max(0);
    (floor_d, floor_d + interval_d)
}

/// The facts of this moment. `days` replaces what the rules say.
pub fn gather(
    tx: &mut Tx,
    ctx: &Ctx,
    prepared: &Prepared,
    days: (Option<i64>, Option<i64>),
) -> Result<Facts> {
    let held = &prepared.rules[0];
    let mut order = classes(held.words(RuleKey::BallotPriority))
        .ok_or_else(|| Fault::Invariant("the plan's classes do not read".into()))?;
    // Days of food decide by themselves here, for the very food that is shared: the first step brings everybody to the alarm.
    order.retain(|class| *class != PriorityClass::Uncovered);
    let (floor_d, target_d) = days_of(held);
    let floor_d = days.0.unwrap_or(floor_d).clamp(0, 365);
    let mut facts = Facts {
        at_s: ctx.now_s,
        supplier: prepared.supplier.name.clone(),
        packs: prepared
            .packs
            .iter()
            .map(|(good, total)| {
                let content_g = |key: &str| {
                    let parts = good.contents.iter().filter(|part| part.category == key);
                    parts.map(|part| part.weight_g.max(0)).sum()
                };
                PackFacts {
                    code: good.code.clone(),
                    name: good.name.clone(),
                    unit: if good.unit.is_empty() {
                        "份".into()
                    } else {
                        good.unit.clone()
                    },
                    total: *total,
                    content_g: CATEGORIES.iter().map(|(key, _, _)| content_g(key)).collect(),
                }
            })
            .collect(),
        compounds: Vec::new(),
        groups: Vec::new(),
        classes: order,
        clause: held.clause(RuleKey::BallotPriority).to_string(),
        floor_d,
        target_d: days.1.unwrap_or(target_d).clamp(floor_d, 365),
    };
    for ((code, compound, _), rules) in prepared.compounds.iter().zip(&prepared.rules) {
        let (groups, unknown) = groups(tx, ctx, code, rules, &facts.classes, facts.compounds.len())?;
        facts.compounds.push(CompoundFacts {
            code: code.clone(),
            name: compound.compound.clone(),
            level: rules.level,
            households: groups.iter().map(|group| group.households).sum(),
            unknown,
            distance_m: way_m(&prepared.supplier, compound),
        });
        facts.groups.extend(groups);
    }
    Ok(facts)
}

fn way_m(supplier: &Supplier, compound: &Compound) -> Option<i64> {
    let from = point(supplier.latitude, supplier.longitude)?;
    let to = point(compound.latitude, compound.longitude)?;
    Some(planner::road_distance_m(from, to))
}

/// The households of a compound by class, and of how many nothing is known.
fn groups(
    tx: &mut Tx,
    ctx: &Ctx,
    code: &str,
    rules: &Rules,
    order: &[PriorityClass],
    compound: usize,
) -> Result<(Vec<Group>, i64)> {
    let pantries = coverage::of_compound(tx, code)?;
    let lost = ballot::lost_before(tx, code)?;
    let norm_g: Vec<i64> = CATEGORIES
        .iter()
        .map(|(_, norm, _)| rules.number(*norm).unwrap_or(0).max(0))
        .collect();
    let mut groups: Vec<Group> = (0..order.len())
        .map(|class| Group {
            compound,
            class,
            households: 0,
            persons: 0,
            daily_g: vec![0; CATEGORIES.len()],
            home_g: vec![0; CATEGORIES.len()],
        })
        .collect();
    let mut unknown = 0;
    for one in entry::all(tx, "households", code)? {
        let household: Household = one.noun()?;
        if household.status == "vacant" {
            continue;
        }
        let pantry = pantries.get(&one.code).map_or(&[][..], Vec::as_slice);
        let belongs = |class: &PriorityClass| match class {
            PriorityClass::Lockdown => rules.level == Some(ControlLevel::Lockdown),
            PriorityClass::SpecialNeeds => !household.needs.is_empty(),
            PriorityClass::Uncovered => false,
            PriorityClass::LostBefore => lost.contains(&one.code),
            PriorityClass::Others => true,
        };
        let Some(class) = order.iter().position(belongs) else {
            continue;
        };
        let members = household.members.max(1);
        let group = &mut groups[class];
        group.households += 1;
        group.persons += members;
        unknown += i64::from(pantry.is_empty());
        for (at, (key, _, _)) in CATEGORIES.iter().enumerate() {
            group.daily_g[at] += norm_g[at] * members;
            let has = pantry.iter().find(|cover| cover.category == *key);
            group.home_g[at] += has.map_or(0, |cover| cover.left_g(ctx.now_s));
        }
    }
    groups.retain(|group| group.households > 0);
    Ok((groups, unknown))
}
