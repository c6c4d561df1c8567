use super::order::{in_turn, no_later};
use super::{Finding, Findings};
use crate::slots::{Group, Slot};
use crate::visits::{Crew, Door, Opening, Visits};
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

/// Verifies crews: one for each time of the slots, with the households that are called then; a group that is called whole
/// brings all its bags, and in parts each time so many that after it the part of the bags is the part of the households,
/// rounded down; volunteers do for the bags and none is too many.
pub fn crews(
    groups: &[Group],
    slots: &[Slot],
    bags: &[u32],
    per_volunteer: u32,
    crews: &[Crew],
) -> Vec<Finding> {
    let mut findings = Findings::default();
    let known = |slot: &&Slot| slot.group < groups.len() && slot.group < bags.len();
    let mut times: Vec<i64> = slots.iter().filter(known).map(|slot| slot.start_s).collect();
    times.sort_unstable();
    times.dedup();
    findings.expect(crews.iter().map(|crew| crew.start_s).eq(times), || {
        "the crews are not those of the slots".into()
    });
    for crew in crews {
        let now = || {
            slots
                .iter()
                .filter(known)
                .filter(|slot| slot.start_s == crew.start_s)
        };
        let households: u64 = now().map(|slot| u64::from(slot.households)).sum();
        findings.expect(households == u64::from(crew.households), || {
            format!(
                "{households} households at {}, told {}",
                crew.start_s, crew.households
            )
        });
        let mut due = 0;
        for (group, size) in groups
            .iter()
            .enumerate()
            .map(|(index, group)| (index, u128::from(group.households.max(1))))
        {
            let called = |until_s: i64| -> u128 {
                let earlier = slots
                    .iter()
                    .filter(|slot| slot.group == group && slot.start_s < until_s);
                earlier.map(|slot| u128::from(slot.households)).sum()
            };
            let of = u128::from(bags.get(group).copied().unwrap_or(0));
            due += called(crew.start_s + 1) * of / size - called(crew.start_s) * of / size;
        }
        findings.expect(due == u128::from(crew.bags), || {
            format!("{due} bags at {}, told {}", crew.start_s, crew.bags)
        });
        let carried = u128::from(crew.volunteers) * u128::from(per_volunteer.max(1));
        let spare = carried.checked_sub(due);
        findings.expect(
            spare.is_some_and(|spare| spare < u128::from(per_volunteer.max(1))),
            || {
                format!(
                    "{} volunteers at {} for {due} bags",
                    crew.volunteers, crew.start_s
                )
            },
        );
        let ends = now().all(|slot| slot.end_s == crew.end_s);
        findings.expect(ends, || {
            format!("the slot at {} ends at another time", crew.start_s)
        });
    }
    findings.0
}

/// Verifies a walk: every door once, building by building and unit by unit in turn, down with a lift and up without.
pub fn walk(doors: &[Door], order: &[usize]) -> Vec<Finding> {
    let mut findings = Findings::default();
    let mut passed = vec![false; doors.len()];
    for index in order {
        let first = passed
            .get_mut(*index)
            .is_some_and(|passed| !std::mem::replace(passed, true));
        findings.expect(first, || format!("door {index} is not there or comes twice"));
    }
    findings.expect(passed.iter().all(|passed| *passed), || {
        "a door is left out".into()
    });
    let floor = |room: &str| -> usize {
        let number: String = room
            .chars()
            .skip_while(|letter| !letter.is_ascii_digit())
            .take_while(char::is_ascii_digit)
            .collect();
        let storeys = number.len().saturating_sub(2);
        number[..storeys].parse().unwrap_or(0)
    };
    for pair in order.windows(2) {
        let (Some(before), Some(after)) = (doors.get(pair[0]), doors.get(pair[1])) else {
            continue;
        };
        let same = before.building == after.building && before.unit == after.unit;
        let (low, high) = (floor(&before.room), floor(&after.room));
        let right = if !same {
            in_turn((&before.building, &before.unit), (&after.building, &after.unit))
        } else if before.lift != after.lift {
            before.lift
        } else if low != high {
            (low > high) == before.lift
        } else {
            no_later(&before.room, &after.room)
        };
        findings.expect(right, || {
            format!(
                "building {} room {} comes before room {}",
                after.building, before.room, after.room
            )
        });
    }
    findings.0
}
