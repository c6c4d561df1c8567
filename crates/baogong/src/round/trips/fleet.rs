//! The vehicles of a proposal: when each may drive, what it carries, and into which areas its pass lets it.

use planner::route::{self, Load, Start, Window};

use crate::base::access::within;
use crate::base::clock;
use crate::pass;

use super::freight::Room;
use super::*;

/// What a vehicle carries of which nothing is registered.
const UNLIMITED: i64 = 1_000_000_000_000;

/// A vehicle that may drive.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VehicleFacts {
    /// Its plate.
    pub plate: String,
    /// Who drives it.
    pub driver: String,
    /// What it carries; zero when not registered.
    pub load_g: i64,
    /// Whether it keeps goods cold.
    pub cold: bool,
    /// The room of its body; zero when not registered.
    #[serde(default)]
    pub volume_l: i64,
    /// The minutes of the day from and until which it may drive; a shift that ends on the next day ends behind minute 1,440.
    #[serde(default)]
    pub shift_min: Option<(i64, i64)>,
    /// The most stops in a shift.
    #[serde(default)]
    pub stops_max: Option<usize>,
    /// The areas in which its pass was valid when the routes were proposed; none where no pass limits it.
    #[serde(default)]
    pub areas: Option<Vec<String>>,
    /// The trip that it is on, where it helps another that broke down.
    #[serde(default)]
    pub on_trip: Option<OnTrip>,
    /// Where it helps, the trips that are planned for it afterwards.
    #[serde(default)]
    pub later: Vec<LaterTrip>,
}

/// A trip that a vehicle makes when it has helped another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaterTrip {
    /// The code of the trip.
    pub code: String,
    /// How long it takes, loading and the way back included.
    pub takes_s: i64,
}

/// What is known of vehicles, by their plates.
pub(super) fn vehicle_facts(
    tx: &mut Tx,
    in_district: &str,
    plates: &[&str],
    terms: &Terms,
) -> Result<Vec<VehicleFacts>> {
    let entries: Vec<_> = entry::get_many(tx, "vehicles", in_district, plates)?
        .into_iter()
        .map(|entry| entry.ok_or_else(|| Refusal::not_found("车辆", "vehicle")))
        .collect::<std::result::Result<_, _>>()?;
    let areas = pass::areas_of_vehicles(tx, in_district, &entries, terms.leave_s)?;
    entries
        .iter()
        .zip(areas)
        .map(|(entry, areas)| {
            let vehicle: Vehicle = entry.noun()?;
            Ok(VehicleFacts {
                shift_min: vehicle.shift_min(),
                stops_max: vehicle.stops_max(),
                plate: vehicle.plate,
                driver: vehicle.driver_name,
                load_g: vehicle.load_g,
                cold: vehicle.cold != 0,
                volume_l: vehicle.volume_l,
                areas,
                on_trip: None,
                later: Vec::new(),
            })
        })
        .collect()
}

/// When a vehicle may drive within `asked`: in its first shift that has not ended when that begins. A shift is told by the minutes
/// of the day from and until which it lasts, beyond minute 1,440 where it ends on the next day.
pub fn on_shift(shift_min: Option<(i64, i64)>, asked: Window) -> Window {
    let Some((from_min, until_min)) = shift_min else {
        return asked;
    };
    let today = clock::day_number(asked.from_s);
    let mut shifts = (today - 1..=today + 1).map(|day| {
        let day_s = clock::day_start_s(day);
        (day_s + from_min * 60, day_s + until_min * 60)
    });
    let next = shifts.find(|(_, to_s)| *to_s > asked.from_s);
    next.map_or(asked, |(from_s, to_s)| Window {
        from_s: asked.from_s.max(from_s),
        to_s: asked.to_s.min(to_s),
    })
}

impl VehicleFacts {
    /// How long the trips take that it makes afterwards.
    pub fn later_s(&self) -> i64 {
        self.later.iter().map(|one| one.takes_s).sum()
    }

    /// Whether its pass lets it go to a compound.
    pub fn may_enter(&self, compound: &str) -> bool {
        let lets = |areas: &Vec<String>| areas.iter().any(|area| within(compound, area));
        self.areas.as_ref().is_none_or(lets)
    }

    /// What it takes at one time.
    pub(super) fn room(&self, terms: &Terms) -> Room {
        let known = self.volume_l > 0 && terms.box_l > 0;
        Room {
            weight_g: if self.load_g > 0 { self.load_g } else { UNLIMITED },
            boxes: if known {
                self.volume_l / terms.box_l
            } else {
                UNLIMITED
            },
        }
    }

    /// Vehicles on a trip come first, so their places follow each other from `start` on. What is taken over is fetched on a trip of its
    /// own, behind what a vehicle has on board.
    pub(super) fn kind(
        &self,
        terms: &Terms,
        takes_over: bool,
        start: usize,
        stops: &[StopFacts],
        number: usize,
    ) -> route::Vehicle {
        let trips_max = terms.trips_max.max(1) + usize::from(takes_over);
        let free = self.on_trip.as_ref();
        let room = self.room(terms);
        let asked = Window {
            from_s: terms.leave_s,
            to_s: terms.back_s.unwrap_or(Window::ALWAYS.to_s),
        };
        let mut shift = on_shift(self.shift_min, asked);
        // Its later trips must end in time as well.
        shift.to_s -= self.later_s();
        let aboard = |stop: &&StopFacts| free.is_some() && stop.aboard == Some(number);
        // Where it is already sent with goods on board it goes on, whatever pass it has.
        let enters = |stop: &StopFacts| self.may_enter(&stop.compound) || aboard(&stop);
        route::Vehicle {
            count: 1,
            start: free.map_or(Start::Depot(0), |_| Start::Place(start)),
            end: Some(0),
            capacity: Load {
                weight_g: room.weight_g,
                bags: room.boxes,
            },
            cold: self.cold,
            shift: Window {
                from_s: free.map_or(shift.from_s, |free| free.free_s),
                to_s: free.map_or(shift.to_s, |free| shift.to_s.max(free.free_s)),
            },
            duration_max_s: None,
            stops_max: self
                .stops_max
                .map(|most| most.max(stops.iter().filter(aboard).count())),
            areas: self.areas.as_ref().map(|_| {
                let numbered = stops.iter().zip(0u32..);
                let open = numbered.filter(|(stop, _)| enters(stop));
                open.map(|(_, area)| area).collect()
            }),
            reload: match (takes_over, trips_max) {
                (true, _) => vec![1],
                (false, 1) => Vec::new(),
                (false, _) => vec![0],
            },
            reload_s: terms.reload_s,
            trips_max,
            fixed_cost: 0,
            cost_per_m: 1,
            cost_per_s: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(words: &str) -> i64 {
        clock::parse_minute(words).unwrap()
    }

    fn window(shift_min: (i64, i64), leave: &str, back: &str) -> (String, String) {
        let asked = Window {
            from_s: at(leave),
            to_s: at(back),
        };
        let window = on_shift(Some(shift_min), asked);
        (clock::minute(window.from_s), clock::minute(window.to_s))
    }

    #[test]
    fn a_vehicle_drives_in_its_first_shift_that_has_not_ended() {
        let day = (7 * 60, 19 * 60);
        let pair = |from: &str, to: &str| (from.to_string(), to.to_string());
        assert_eq!(
            window(day, "2026-11-21 06:00", "2026-11-21 22:00"),
            pair("2026-11-21 07:00", "2026-11-21 19:00")
        );
        assert_eq!(
            window(day, "2026-11-21 19:30", "2026-11-22 12:00"),
            pair("2026-11-22 07:00", "2026-11-22 12:00")
        );
        let night = (20 * 60, 30 * 60);
        assert_eq!(
            window(night, "2026-11-21 02:00", "2026-11-22 12:00"),
            pair("2026-11-21 02:00", "2026-11-21 06:00")
        );
        assert_eq!(
            window(night, "2026-11-21 08:00", "2026-11-22 12:00"),
            pair("2026-11-21 20:00", "2026-11-22 06:00")
        );
    }

    #[test]
    fn a_pass_holds_for_what_lies_in_its_areas_and_no_pass_sets_no_limit() {
        let mut vehicle = VehicleFacts::default();
        assert!(vehicle.may_enter("431023001002-1"));
        vehicle.areas = Some(vec!["431023001".into(), "431023002003-4".into()]);
        assert!(vehicle.may_enter("431023001002-1"));
        assert!(vehicle.may_enter("431023002003-4"));
        assert!(!vehicle.may_enter("431023002003-40"));
        vehicle.areas = Some(Vec::new());
        assert!(!vehicle.may_enter("431023001002-1"));
    }
}
