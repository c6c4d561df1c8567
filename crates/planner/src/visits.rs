//! Who goes shopping when (YU-12: one person per household every two days), who hands out how much (CT-6), and in
//! which order bags are carried to the doors.

use crate::natural;
use crate::slots::{Group, Slot, schedule};
use std::collections::BTreeMap;

/// When and how a shop or stall lets people in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opening {
    /// Days in which each household goes once; 2 in a controlled area.
    pub interval_d: u32,
    /// Opens, in seconds after midnight.
    pub open_s: i64,
    /// Closes, in the same seconds.
    pub close_s: i64,
    /// Length of one slot.
    pub slot_s: i64,
    /// People inside at once.
    pub people_max: u32,
}

/// The visits of one cycle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visits {
    /// For each day of the cycle its slots, in seconds after midnight; the cycle then begins again.
    pub days: Vec<Vec<Slot>>,
    /// Who finds no time before the shop closes: (group, households).
    pub without: Vec<(usize, u32)>,
}

/// Spreads the groups over the days of the cycle, in the order in which people count buildings, about as many
/// households on each day; a unit goes on one day unless it alone is larger than a day's share. Within a day they
/// are called as [`schedule`] calls them.
pub fn visits(groups: &[Group], opening: &Opening) -> Visits {
    let days = opening.interval_d.max(1);
    let mut order: Vec<usize> = (0..groups.len()).collect();
    order.sort_by(|a, b| {
        let by_name = natural::cmp(&groups[*a].building, &groups[*b].building)
            .then_with(|| natural::cmp(&groups[*a].unit, &groups[*b].unit));
        by_name.then(a.cmp(b))
    });
    let total: u64 = groups.iter().map(|group| u64::from(group.households)).sum();
    let share = u32::try_from(total.div_ceil(u64::from(days)))
        .unwrap_or(u32::MAX)
        .max(1);
    let mut by_day: Vec<Vec<(usize, u32)>> = vec![Vec::new(); days as usize];
    let mut passed = 0u64;
    for index in order {
        let mut left = groups[index].households;
        while left > 0 {
            let part = left.min(share);
            // The day in which the middle of this part falls.
            let middle = 2 * passed + u64::from(part);
            let day = (middle * u64::from(days) / (2 * total)).min(u64::from(days) - 1);
            by_day[day as usize].push((index, part));
            passed += u64::from(part);
            left -= part;
        }
    }
    let mut visits = Visits {
        days: Vec::new(),
        without: Vec::new(),
    };
    for parts in by_day {
        let called: Vec<Group> = parts
            .iter()
            .map(|(index, households)| Group {
                households: *households,
                ..groups[*index].clone()
            })
            .collect();
        let slots = schedule(&called, opening.open_s, opening.slot_s, opening.people_max);
        if slots.is_empty() {
            visits.without.extend(&parts);
        }
        let mut day = Vec::new();
        for slot in slots {
            let group = parts[slot.group].0;
            if slot.end_s > opening.close_s {
                visits.without.push((group, slot.households));
            } else {
                day.push(Slot { group, ..slot });
            }
        }
        visits.days.push(day);
    }
    visits
}

/// Who is needed at a pick-up point in one slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crew {
    /// The slot begins.
    pub start_s: i64,
    /// The slot ends.
    pub end_s: i64,
    /// Households that are called.
    pub households: u32,
    /// Their bags.
    pub bags: u64,
    /// Volunteers who hand them out.
    pub volunteers: u64,
}

/// Volunteers per slot when one hands out so many bags in a slot; `bags` are those of each group, in the order of
/// the groups. The bags of a group that is called in parts are spread over them in proportion.
pub fn crews(groups: &[Group], slots: &[Slot], bags: &[u32], bags_per_volunteer: u32) -> Vec<Crew> {
    let mut told: BTreeMap<usize, (u64, u64)> = BTreeMap::new();
    let mut crews: BTreeMap<i64, Crew> = BTreeMap::new();
    for slot in slots {
        let (Some(group), Some(bags)) = (groups.get(slot.group), bags.get(slot.group)) else {
            continue;
        };
        let (households, handed) = told.entry(slot.group).or_default();
        *households += u64::from(slot.households);
        let due = u64::from(*bags) * *households / u64::from(group.households.max(1));
        let now = due.saturating_sub(*handed);
        *handed = due;
        let crew = crews.entry(slot.start_s).or_insert(Crew {
            start_s: slot.start_s,
            end_s: slot.end_s,
            households: 0,
            bags: 0,
            volunteers: 0,
        });
        crew.households += slot.households;
        crew.bags += now;
    }
    let mut crews: Vec<Crew> = crews.into_values().collect();
    for crew in &mut crews {
        crew.volunteers = crew.bags.div_ceil(u64::from(bags_per_volunteer.max(1)));
    }
    crews
}

/// Where a bag goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Door {
    /// The building's name or number.
    pub building: String,
    /// The unit's name or number.
    pub unit: String,
    /// The room, such as 501.
    pub room: String,
    /// Whether the unit has a lift that runs.
    pub lift: bool,
}

/// The order in which bags are carried: building by building and unit by unit as people count them; with a lift
/// from the top floor down, without from the bottom up, so that the load is lighter on the higher stairs.
pub fn walk(doors: &[Door]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..doors.len()).collect();
    order.sort_by(|a, b| {
        let (left, right) = (&doors[*a], &doors[*b]);
        let unit = natural::cmp(&left.building, &right.building)
            .then_with(|| natural::cmp(&left.unit, &right.unit))
            // Should the doors of one unit disagree about the lift, those with one come first.
            .then_with(|| right.lift.cmp(&left.lift));
        let floors = if left.lift {
            floor(&right.room).cmp(&floor(&left.room))
        } else {
            floor(&left.room).cmp(&floor(&right.room))
        };
        unit.then(floors)
            .then_with(|| natural::cmp(&left.room, &right.room))
            .then(a.cmp(b))
    });
    order
}

/// The floor of a room by its number: all digits but the last two; rooms of one or two digits are on the ground.
fn floor(room: &str) -> u64 {
    let digits: String = room
        .chars()
        .skip_while(|letter| !letter.is_ascii_digit())
        .take_while(char::is_ascii_digit)
        .take(18)
        .collect();
    digits.parse::<u64>().unwrap_or(0) / 100
}

#[cfg(test)]
mod tests {
    use super::{Crew, Door, Opening, visits};
    use crate::check;
    use crate::slots::tests::{group, groups};
    use crate::slots::{Group, Slot, schedule};
    use proptest::prelude::*;

    const OPENING: Opening = Opening {
        interval_d: 2,
        open_s: 9 * 3600,
        close_s: 11 * 3600,
        slot_s: 1800,
        people_max: 20,
    };

    /// The functions of this module, each answer checked.
    fn crews(groups: &[Group], slots: &[Slot], bags: &[u32], per_volunteer: u32) -> Vec<Crew> {
        let found = super::crews(groups, slots, bags, per_volunteer);
        assert_eq!(check::crews(groups, slots, bags, per_volunteer, &found), vec![]);
        found
    }

    fn walk(doors: &[Door]) -> Vec<usize> {
        let order = super::walk(doors);
        assert_eq!(check::walk(doors, &order), vec![]);
        order
    }

    /// YU-12: one person per household every two days.
    #[test]
    fn yu_12_each_household_goes_once_in_two_days() {
        let groups = [group("2", "", 30), group("1", "2", 14), group("1", "1", 16)];
        let found = visits(&groups, &OPENING);
        assert_eq!(check::visits(&groups, &OPENING, &found), vec![]);
        assert_eq!(found.without, vec![]);
        let told: Vec<Vec<_>> = found
            .days
            .iter()
            .map(|day| {
                day.iter()
                    .map(|slot| (slot.start_s, slot.group, slot.households))
                    .collect()
            })
            .collect();
        assert_eq!(
            told,
            [
                vec![(32_400, 2, 16), (34_200, 1, 14)],
                vec![(32_400, 0, 20), (34_200, 0, 10)]
            ]
        );
    }

    #[test]
    fn who_finds_no_time_is_listed() {
        let groups = [group("1", "", 500)];
        let found = visits(&groups, &OPENING);
        assert_eq!(check::visits(&groups, &OPENING, &found), vec![]);
        let without: u32 = found.without.iter().map(|(_, households)| households).sum();
        assert_eq!(without, 500 - 2 * 4 * 20);
        let closed = visits(
            &groups,
            &Opening {
                people_max: 0,
                ..OPENING
            },
        );
        assert_eq!(closed.without.iter().map(|(_, count)| count).sum::<u32>(), 500);
    }

    #[test]
    fn volunteers_follow_the_bags() {
        let groups = [group("1", "", 30), group("2", "", 10)];
        let slots = schedule(&groups, 0, 600, 20);
        let crew = |start_s, households, bags, volunteers| Crew {
            start_s,
            end_s: start_s + 600,
            households,
            bags,
            volunteers,
        };
        assert_eq!(
            crews(&groups, &slots, &[61, 10], 15),
            [crew(0, 20, 40, 3), crew(600, 20, 31, 3)]
        );
    }

    #[test]
    fn bags_are_carried_down_with_a_lift_and_up_without() {
        let door = |building: &str, room: &str, lift| Door {
            building: building.into(),
            unit: "1".into(),
            room: room.into(),
            lift,
        };
        let doors = [
            door("10", "201", false),
            door("10", "1102", false),
            door("3", "1102", true),
            door("3", "201", true),
            door("3", "1101", true),
        ];
        assert_eq!(walk(&doors), [4, 2, 3, 0, 1]);
    }

    proptest! {
        #[test]
        fn every_plan_of_visits_passes_its_check(
            groups in groups(), interval_d in 0u32..5, people_max in 0u32..40, slot_s in 1i64..4000,
        ) {
            let opening = Opening { interval_d, people_max, slot_s, ..OPENING };
            let found = visits(&groups, &opening);
            prop_assert_eq!(check::visits(&groups, &opening, &found), vec![]);
        }

        #[test]
        fn every_crew_passes_its_check(
            groups in groups(), bags in prop::collection::vec(0u32..90, 30), limit in 1u32..50, per_volunteer in 0u32..40,
            way in 0usize..4, at: usize,
        ) {
            let slots = schedule(&groups, 0, 600, limit);
            let mut found = crews(&groups, &slots, &bags, per_volunteer);
            prop_assume!(!found.is_empty());
            let at = at % found.len();
            match way {
                0 => { found.remove(at); }
                1 => found[at].bags += 1,
                2 => found[at].volunteers += 1,
                _ => found[at].households += 1,
            }
            prop_assert!(!check::crews(&groups, &slots, &bags, per_volunteer, &found).is_empty());
        }

        #[test]
        fn every_walk_passes_its_check(
            rows in prop::collection::vec(("[1-9][0-9]?[AB]?|[０-３]{1,2}号楼", "[0-3]?", "[0-9]{2,4}[AB]?", any::<bool>()), 2..30), at: usize,
        ) {
            let doors: Vec<Door> = rows.into_iter()
                .map(|(building, unit, room, lift)| Door { building, unit, room, lift })
                .collect();
            let mut order = walk(&doors);
            let at = at % (order.len() - 1);
            order.swap(at, at + 1);
            let alike = doors[order[at]] == doors[order[at + 1]];
            prop_assert_eq!(check::walk(&doors, &order).is_empty(), alike);
            order[at] = order[at + 1];
            prop_assert!(!check::walk(&doors, &order).is_empty());
        }

        #[test]
        fn a_spoilt_plan_of_visits_is_reported(
            groups in groups(), way in 0usize..4, day: usize,
        ) {
            let mut found = visits(&groups, &OPENING);
            let count = found.days.len();
            let day = &mut found.days[day % count];
            prop_assume!(!day.is_empty());
            match way {
                0 => { day.pop(); }
                1 => day[0].households += 1,
                2 => day[0].end_s = OPENING.close_s + 1,
                _ => day[0].start_s -= OPENING.slot_s,
            }
            prop_assert!(!check::visits(&groups, &OPENING, &found).is_empty());
        }
    }
}
