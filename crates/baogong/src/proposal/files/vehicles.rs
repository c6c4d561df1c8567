//! Which of the listed vehicles can be used, and where their passes let them.

use std::collections::BTreeSet;

use super::county::Living;
use super::read::Row;
use super::{County, said};
use crate::register::entry::Vehicle;
use crate::register::names::{named, plain, plain_above, whole};

impl Living {
    /// Whether it lies in an area, or is the compound, that a pass names.
    fn lies_in(&self, area: &str) -> bool {
        whole(area)
            || self.name == area
            || (!self.community.is_empty() && plain(&self.community) == plain(area))
            || (!self.street.is_empty() && plain_above(&self.street) == plain_above(area))
    }

    /// Whether a vehicle's pass lets it come here; one of which no area is noted may go everywhere.
    pub fn lets_in(&self, vehicle: &Vehicle) -> bool {
        vehicle.pass_areas.is_empty() || named(&vehicle.pass_areas).any(|area| self.lies_in(area))
    }
}

impl County {
    /// Takes in the vehicles that are ready and whose pass has not ended, and notes the others.
    pub(super) fn add_vehicles(&mut self, rows: &[Row<Vehicle>], date: &str) {
        let (mut away, mut expired) = (Vec::new(), Vec::new());
        for row in rows {
            let noun = &row.noun;
            if !matches!(noun.state.as_str(), "" | "ready") {
                away.push(noun.plate.clone());
            } else if !noun.pass_until.is_empty() && noun.pass_until.as_str() < date {
                expired.push(noun.plate.clone());
            } else if !self.vehicles.iter().any(|one| one.plate == noun.plate) {
                self.vehicles.push(noun.clone());
            }
        }
        for (plates, zh, en) in [
            (away, "不可用，没有派车", "Not ready, not used"),
            (expired, "通行证已过期，没有派车", "Pass expired, not used"),
        ] {
            if !plates.is_empty() {
                self.notes.push(said(
                    format!("{zh}：{}。", plates.join("、")),
                    format!("{en}: {}.", plates.join(", ")),
                ));
            }
        }
        let strange: BTreeSet<&str> = self
            .vehicles
            .iter()
            .flat_map(|vehicle| named(&vehicle.pass_areas))
            .filter(|name| !self.compounds.iter().any(|living| living.lies_in(name)))
            .collect();
        if !strange.is_empty() {
            let names = strange.into_iter().collect::<Vec<_>>().join("、");
            let note = said(
                format!("车辆通行范围里写的“{names}”，名单里没有小区在那里，请核对。"),
                format!("No listed compound lies in {names}, of which vehicles have a pass; please check."),
            );
            self.notes.push(note);
        }
    }
}
