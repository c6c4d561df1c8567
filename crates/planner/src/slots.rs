//! When the units of a compound fetch their goods (FC-8, YU-12, CQ-8): called in turn, few at once.

use crate::natural;
use std::cmp::Ordering;

/// One entrance of a building. One person fetches for each household.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The building's name or number.
    pub building: String,
    /// The unit's name or number within the building; empty when the building has one entrance.
    pub unit: String,
    /// Households that fetch.
    pub households: u32,
}

/// A pick-up time of one group, or of a part of it. Several groups may share the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// Begins, in seconds of the caller's clock.
    pub start_s: i64,
    /// Ends and the next begins, in the same seconds.
    pub end_s: i64,
    /// Which of the groups, by index.
    pub group: usize,
    /// How many of its households.
    pub households: u32,
}

/// Calls the groups in the order in which people count buildings and units, never more than `limit`
/// households at a time, each time `slot_s` seconds after the one before.
///
/// A unit stays together unless it alone exceeds the limit; then it fills whole times and its rest shares
/// the last of them. Groups without households get no time. With a limit of zero or a slot of no length
/// nobody can be called and the answer is empty.
pub fn schedule(groups: &[Group], start_s: i64, slot_s: i64, limit: u32) -> Vec<Slot> {
    if limit == 0 || slot_s <= 0 {
        return Vec::new();
    }
    let mut order: Vec<usize> = (0..groups.len()).collect();
    order.sort_by(|a, b| in_turn(&groups[*a], &groups[*b]).then(a.cmp(b)));
    let mut slots = Vec::with_capacity(groups.len());
    let mut turn: i64 = 0;
    let mut called: u32 = 0;
    for group in order {
        let mut left = groups[group].households;
        while left > 0 {
            if called > 0 && called.saturating_add(left) > limit {
                turn += 1;
                called = 0;
            }
            let households = left.min(limit);
            let begin_s = start_s.saturating_add(turn.saturating_mul(slot_s));
            slots.push(Slot {
                start_s: begin_s,
                end_s: begin_s.saturating_add(slot_s),
                group,
                households,
            });
            called += households;
            left -= households;
        }
    }
    slots
}

fn in_turn(a: &Group, b: &Group) -> Ordering {
    natural::cmp(&a.building, &b.building).then_with(|| natural::cmp(&a.unit, &b.unit))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::{Group, Slot, schedule};
    use crate::check;
    use proptest::prelude::*;

    /// An entrance of a building.
    pub(crate) fn group(building: &str, unit: &str, households: u32) -> Group {
        Group {
            building: building.into(),
            unit: unit.into(),
            households,
        }
    }

    /// FC-8: the information officer calls buildings in turn.
    #[test]
    fn fc_8_calls_buildings_in_turn_and_keeps_units_together() {
        let groups = [
            group("10", "1", 12),
            group("3", "2", 8),
            group("3", "1", 10),
            group("4", "", 0),
        ];
        let slots = schedule(&groups, 1000, 600, 20);
        let told: Vec<_> = slots
            .iter()
            .map(|slot| (slot.start_s, slot.end_s, slot.group, slot.households))
            .collect();
        assert_eq!(
            told,
            [(1000, 1600, 2, 10), (1000, 1600, 1, 8), (1600, 2200, 0, 12)]
        );
        assert_eq!(check::slots(&groups, 1000, 600, 20, &slots), vec![]);
    }

    #[test]
    fn splits_only_a_unit_above_the_limit() {
        let groups = [group("1", "1", 5), group("2", "1", 45), group("3", "1", 10)];
        let slots = schedule(&groups, 0, 60, 20);
        let told: Vec<_> = slots
            .iter()
            .map(|slot| (slot.start_s, slot.group, slot.households))
            .collect();
        assert_eq!(
            told,
            [(0, 0, 5), (60, 1, 20), (120, 1, 20), (180, 1, 5), (180, 2, 10)]
        );
    }

    #[test]
    fn nobody_is_called_when_nobody_may_stand() {
        assert_eq!(schedule(&[group("1", "1", 5)], 0, 60, 0), vec![]);
        assert_eq!(schedule(&[group("1", "1", 5)], 0, 0, 10), vec![]);
    }

    /// Units of a compound, some without households.
    pub(crate) fn groups() -> impl Strategy<Value = Vec<Group>> {
        let one = ("[1-9][0-9]?[AB]?", "[0-4]?", 0u32..60);
        prop::collection::vec(
            one.prop_map(|(building, unit, households)| group(&building, &unit, households)),
            1..30,
        )
    }

    /// Ways to spoil a schedule.
    fn spoil(slots: &mut Vec<Slot>, way: usize, at: usize) {
        let at = at % slots.len();
        match way {
            0 => {
                slots.remove(at);
            }
            1 => slots[at].households += 1,
            2 => slots[at].start_s += 1,
            3 => slots[at].group += 1000,
            4 => slots.push(slots[at]),
            _ => slots[at].end_s += 600,
        }
    }

    proptest! {
        #[test]
        fn every_schedule_passes_its_check(groups in groups(), limit in 1u32..50, slot_s in 1i64..2000) {
            let slots = schedule(&groups, 5000, slot_s, limit);
            prop_assert_eq!(check::slots(&groups, 5000, slot_s, limit, &slots), vec![]);
        }

        #[test]
        fn a_spoilt_schedule_is_reported(groups in groups(), limit in 1u32..50, way in 0usize..6, at: usize) {
            let mut slots = schedule(&groups, 5000, 600, limit);
            prop_assume!(!slots.is_empty());
            spoil(&mut slots, way, at);
            prop_assert!(!check::slots(&groups, 5000, 600, limit, &slots).is_empty());
        }
    }
}
