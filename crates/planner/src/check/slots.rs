use super::order::in_turn;
use super::{Finding, Findings};
use crate::slots::{Group, Slot};
use std::collections::{BTreeMap, BTreeSet};

/// Verifies pick-up times: on the grid of times without a gap, never more than `limit` at once, everybody
/// called once, units together unless above the limit, in natural order.
pub fn slots(groups: &[Group], start_s: i64, slot_s: i64, limit: u32, slots: &[Slot]) -> Vec<Finding> {
    let mut findings = Findings::default();
    let mut at_once: BTreeMap<i64, u64> = BTreeMap::new();
    let mut called: BTreeMap<usize, (u64, BTreeSet<i64>)> = BTreeMap::new();
    let mut last: Option<&Slot> = None;
    for slot in slots {
        let Some(group) = groups.get(slot.group) else {
            findings.expect(false, || format!("there is no group {}", slot.group));
            continue;
        };
        let name = || format!("building {} unit {}", group.building, group.unit);
        findings.expect(slot.households > 0, || format!("{}: called with nobody", name()));
        findings.expect(slot.end_s == slot.start_s + slot_s, || {
            format!("{}: its time has another length", name())
        });
        let on_grid = slot.start_s >= start_s && (slot.start_s - start_s) % slot_s.max(1) == 0;
        findings.expect(on_grid, || {
            format!("{}: starts at {} between times", name(), slot.start_s)
        });
        *at_once.entry(slot.start_s).or_default() += u64::from(slot.households);
        let (households, times) = called.entry(slot.group).or_default();
        *households += u64::from(slot.households);
        times.insert(slot.start_s);
        if let Some(before) = last
            && let Some(earlier) = groups.get(before.group)
        {
            let order = in_turn((&earlier.building, &earlier.unit), (&group.building, &group.unit));
            findings.expect(order && before.start_s <= slot.start_s, || {
                format!("{}: out of turn", name())
            });
        }
        last = Some(slot);
    }
    for (time_s, households) in &at_once {
        findings.expect(*households <= u64::from(limit), || {
            format!("{households} households at {time_s}, the limit is {limit}")
        });
    }
    for (turn, time_s) in (0i64..).zip(at_once.keys()) {
        findings.expect(*time_s == start_s + turn * slot_s, || {
            format!("a time without anybody before {time_s}")
        });
    }
    for (index, group) in groups.iter().enumerate() {
        let (households, times) = called.remove(&index).unwrap_or_default();
        findings.expect(
            households == u64::from(group.households) || limit == 0 || slot_s <= 0,
            || {
                format!(
                    "building {} unit {}: {households} of {} called",
                    group.building, group.unit, group.households
                )
            },
        );
        let needed = group.households.div_ceil(limit.max(1)) as usize;
        findings.expect(times.len() <= needed, || {
            format!(
                "building {} unit {}: torn over {} times",
                group.building,
                group.unit,
                times.len()
            )
        });
    }
    findings.0
}
