//! When each building and unit fetches its bags, or in which order they are carried to the doors.

use planner::slots::{self, Group, Slot};
use planner::visits::{self, Door};

use super::{Asked, County, Drive, Living, Said, Supply, said};
use crate::base::{Fault, Refusal, Result, clock};
use crate::plan::rules::{RuleKey, Rules};

/// Slots begin at full five minutes.
const STEP_S: i64 = 300;

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

/// How residents are called.
#[derive(Clone, Copy, Debug)]
pub struct Calls {
    /// People at the pick-up point at once.
    pub people_max: i64,
    /// Minutes of a slot.
    pub slot_min: i64,
}

impl Calls {
    /// What the rules say; `None` where goods are carried to the doors, so that nobody is called.
    fn of(rules: &Rules, plan: &str) -> Result<Option<Calls>> {
        if rules.word(RuleKey::CarryTo) == Some("door") {
            return Ok(None);
        }
        let number = |key| rules.number(key).filter(|number| *number > 0);
        let (Some(people_max), Some(slot_min)) =
            (number(RuleKey::PickupPeopleMax), number(RuleKey::PickupSlotMin))
        else {
            return Err(Refusal::invalid(
                "plan",
                format!("预案“{plan}”没有规定取货点同时最多几人，排不出取货时段；请换一个预案或管控等级。"),
                format!("The plan {plan} does not say how many people may fetch at once; take another plan or level."),
            )
            .into());
        };
        Ok(Some(Calls { people_max, slot_min }))
    }
}

/// All compounds that get something.
#[derive(Clone, Debug)]
pub struct Pickup {
    /// How residents are called; `None` where goods are carried to the doors.
    pub calls: Option<Calls>,
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
    let calls = Calls::of(rules, &asked.plan.id)?;
    let mut compounds = Vec::new();
    let mut late = Vec::new();
    for (compound, living) in county.compounds.iter().enumerate() {
        let Some(there_s) = there_s(supply, asked, drive, compound) else {
            continue;
        };
        let entrances = in_order(living);
        let (slots, volunteers) = match calls {
            Some(calls) => called(&entrances, there_s, calls, asked)?,
            None => {
                let carriers =
                    |group: &Group| u64::from(group.households.div_ceil(asked.bags_per_volunteer.max(1)));
                (Vec::new(), entrances.iter().map(carriers).collect())
            }
        };
        if slots.last().is_some_and(|last| last.end_s > asked.until_s) {
            late.push(living.name.clone());
        }
        compounds.push(Called {
            compound,
            entrances,
            slots,
            volunteers,
            there_s,
        });
    }
    if let Some(calls) = calls.filter(|_| !late.is_empty()) {
        let shown = late.iter().take(20).cloned().collect::<Vec<_>>().join("、");
        let (most, until) = (late.len(), clock::minute(asked.until_s));
        notes.push(said(
            format!(
                "有{most}个小区按同时{}人、每批{}分钟叫号要排到{until}以后，宜多设取货点或分两天：{shown}{}。",
                calls.people_max,
                calls.slot_min,
                if most > 20 { "等" } else { "" }
            ),
            format!(
                "{most} compounds would fetch until after {until} with {} people at once and {} minutes each; set up more pick-up points or take two days: {shown}.",
                calls.people_max, calls.slot_min
            ),
        ));
    }
    Ok(Pickup { calls, compounds })
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

fn called(entrances: &[Group], there_s: i64, calls: Calls, asked: &Asked) -> Result<(Vec<Slot>, Vec<u64>)> {
    let (slot_s, limit) = (
        calls.slot_min * 60,
        u32::try_from(calls.people_max).unwrap_or(u32::MAX),
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
