use super::{Finding, Findings};
use crate::slots::Group;
use crate::visits::{Opening, Visits};
use std::collections::BTreeMap;

/// Verifies visits to a shop: each household has one time in the cycle or is told that it has none, nobody comes
/// before the shop opens or stays after it closes, never too many at once, and nobody is without a time on a day
/// with a free slot for them.
pub fn visits(groups: &[Group], opening: &Opening, visits: &Visits) -> Vec<Finding> {
    let mut findings = Findings::default();
    let cycle = opening.interval_d.max(1) as usize;
    findings.expect(visits.days.len() == cycle, || {
        format!("{} days in a cycle of {cycle}", visits.days.len())
    });
    let mut called: BTreeMap<usize, u64> = BTreeMap::new();
    for (group, households) in &visits.without {
        *called.entry(*group).or_default() += u64::from(*households);
    }
    let mut fewest = u64::MAX;
    let mut largest = 0;
    for (number, day) in visits.days.iter().enumerate() {
        let mut inside: BTreeMap<i64, u64> = BTreeMap::new();
        for slot in day {
            *called.entry(slot.group).or_default() += u64::from(slot.households);
            *inside.entry(slot.start_s).or_default() += u64::from(slot.households);
            let open = slot.start_s >= opening.open_s && slot.end_s <= opening.close_s;
            findings.expect(open && slot.end_s - slot.start_s == opening.slot_s, || {
                format!("day {number}: a slot from {} to {}", slot.start_s, slot.end_s)
            });
        }
        for (start_s, people) in &inside {
            findings.expect(*people <= u64::from(opening.people_max), || {
                format!("day {number}: {people} people at {start_s}")
            });
        }
        let people: u64 = inside.values().sum();
        fewest = fewest.min(people);
        largest = largest.max(people);
    }
    for (index, group) in groups.iter().enumerate() {
        let count = called.remove(&index).unwrap_or(0);
        findings.expect(count == u64::from(group.households), || {
            format!(
                "building {} unit {}: {count} of {} called",
                group.building, group.unit, group.households
            )
        });
    }
    findings.expect(called.is_empty(), || "somebody is called who is not there".into());
    // A part of a group stays together, so two days differ by about two parts at most.
    let total: u64 = groups.iter().map(|group| u64::from(group.households)).sum();
    let share = total.div_ceil(cycle as u64);
    let part = groups
        .iter()
        .map(|group| u64::from(group.households).min(share))
        .max()
        .unwrap_or(0);
    let even = largest <= share + part;
    findings.expect(even, || {
        format!("{largest} people on one day, {fewest} on another")
    });
    findings.0
}
