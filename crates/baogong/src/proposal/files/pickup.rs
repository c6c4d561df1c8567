//! When each building and unit fetches its bags, or in which order they are carried to the doors.

use planner::slots::{self, Group, Slot};
use planner::visits::{self, Door};

use super::{Asked, County, Drive, Living, Said, Supply, said};
use crate::base::{Fault, Result, clock};
use crate::plan::rules::{RuleKey, Rules};

/// People at the pick-up point at once where the plan names no number (FC-8 says five).
const PEOPLE_MAX: i64 = 5;
/// Minutes of a slot where no rule gives them.
const SLOT_MIN: i64 = 10;
/// Slots begin at full five minutes.
const STEP_S: i64 = 300;
/// Slots should be over by this hour.
const LATE_H: i8 = 21;

/// One compound.
#[derive(Clone, Debug)]
pub struct Called {
    /// The compound, as index.
    pub compound: usize,
    /// Its buildings and units in walking order.
    pub entrances: Vec<Group>,
    /// Who is called when; empty where goods are carried to the doors.
    pub slots: Vec<Slot>,
    /// Volunteers needed for each slot, or for each entrance where goods are carried.
    pub volunteers: Vec<u64>,
    /// When all bags are there, in Unix seconds.
    pub there_s: i64,
}

/// All compounds that get something.
#[derive(Clone, Debug)]
pub struct Pickup {
    /// Whether goods are carried to the doors, so that nobody is called.
    pub to_door: bool,
    /// People at once.
    pub people_max: i64,
    /// Minutes of a slot.
    pub slot_min: i64,
    /// In the order of the county.
    pub compounds: Vec<Called>,
}

/// Makes slots from the moment at which the goods are there.
pub fn pickup(
    county: &County,
    supply: &Supply,
    rules: &Rules,
    asked: &Asked,
    drive: Option<&Drive>,
    notes: &mut Vec<Said>,
) -> Result<Pickup> {
    let mut pickup = Pickup {
        to_door: rules.word(RuleKey::CarryTo) == Some("door"),
        people_max: rules
            .number(RuleKey::PickupPeopleMax)
            .unwrap_or(PEOPLE_MAX)
            .max(1),
        slot_min: rules.number(RuleKey::PickupSlotMin).unwrap_or(SLOT_MIN).max(1),
        compounds: Vec::new(),
    };
    let mut late = Vec::new();
    for (compound, living) in county.compounds.iter().enumerate() {
        let Some(there_s) = there_s(supply, asked, drive, compound) else {
            continue;
        };
        let entrances = in_order(living);
        let (slots, volunteers) = if pickup.to_door {
            let of_ten =
                |group: &Group| u64::from(group.households.div_ceil(asked.bags_per_volunteer.max(1)));
            (Vec::new(), entrances.iter().map(of_ten).collect())
        } else {
            called(&entrances, there_s, &pickup, asked)?
        };
        if let Some(last) = slots.last()
            && (clock::zoned(last.end_s).hour() >= LATE_H || last.end_s - there_s > clock::DAY_S / 2)
        {
            late.push(living.name.clone());
        }
        pickup.compounds.push(Called {
            compound,
            entrances,
            slots,
            volunteers,
            there_s,
        });
    }
    if !late.is_empty() {
        let (shown, most) = (
            late.iter().take(20).cloned().collect::<Vec<_>>().join("、"),
            late.len(),
        );
        notes.push(said(
            format!(
                "有{most}个小区按同时{}人、每批{}分钟叫号要排到{LATE_H}点以后，宜多设取货点或分两天：{shown}{}。",
                pickup.people_max,
                pickup.slot_min,
                if most > 20 { "等" } else { "" }
            ),
            format!(
                "{most} compounds would fetch until after {LATE_H}:00 with {} people at once and {} minutes each; set up more pick-up points or take two days: {shown}.",
                pickup.people_max, pickup.slot_min
            ),
        ));
    }
    Ok(pickup)
}

/// When all goods are there; without vehicles as if each compound were driven to at once.
fn there_s(supply: &Supply, asked: &Asked, drive: Option<&Drive>, compound: usize) -> Option<i64> {
    let after_s = match drive {
        Some(drive) => drive.there_s(compound)?,
        None => {
            supply.main(compound)?;
            let metres = supply.answer.choices[compound].distance_m.unwrap_or(0);
            metres * 36 / (10 * asked.km_per_h.max(1)) + asked.unload_min * 60
        }
    };
    let there_s = asked.depart_s + after_s;
    Some(there_s.div_euclid(STEP_S) * STEP_S + if there_s.rem_euclid(STEP_S) > 0 { STEP_S } else { 0 })
}

/// The entrances as one walks.
fn in_order(living: &Living) -> Vec<Group> {
    let doors: Vec<Door> = living
        .entrances
        .iter()
        .map(|one| Door {
            building: one.building.clone(),
            unit: one.unit.clone(),
            room: String::new(),
            lift: false,
        })
        .collect();
    visits::walk(&doors)
        .into_iter()
        .map(|index| living.entrances[index].clone())
        .filter(|one| one.households > 0)
        .collect()
}

fn called(
    entrances: &[Group],
    there_s: i64,
    pickup: &Pickup,
    asked: &Asked,
) -> Result<(Vec<Slot>, Vec<u64>)> {
    let (slot_s, limit) = (
        pickup.slot_min * 60,
        u32::try_from(pickup.people_max).unwrap_or(1),
    );
    let slots = slots::schedule(entrances, there_s, slot_s, limit);
    if let Some(finding) = planner::check::slots(entrances, there_s, slot_s, limit, &slots).first() {
        return Err(Fault::Invariant(format!("slots: {}", finding.what)).into());
    }
    let bags: Vec<u32> = entrances.iter().map(|one| one.households).collect();
    let crews = visits::crews(entrances, &slots, &bags, asked.bags_per_volunteer);
    let needed = |slot: &Slot| {
        crews
            .iter()
            .find(|crew| crew.start_s == slot.start_s)
            .map_or(0, |crew| crew.volunteers)
    };
    let volunteers = slots.iter().map(needed).collect();
    Ok((slots, volunteers))
}

impl Living {
    /// The volunteers of a building, or of the whole compound where nobody has it.
    pub fn helpers(&self, building: &str) -> Vec<&str> {
        let own = |one: &&(String, Vec<String>)| one.1.iter().any(|of| of == building);
        let mut helpers: Vec<&str> = self
            .volunteers
            .iter()
            .filter(own)
            .map(|(name, _)| name.as_str())
            .collect();
        if helpers.is_empty() {
            helpers = self.volunteers.iter().map(|(name, _)| name.as_str()).collect();
        }
        helpers
    }
}
