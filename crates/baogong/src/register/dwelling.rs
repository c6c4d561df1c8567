//! Finding a household by what is written on an order: building, unit and room.

use store::Tx;

use super::entry::{self, Entry};
use super::text;
use crate::base::id::district;
use crate::base::{Refusal, Result};

/// The code of the household of a dwelling; a part that a compound does not have is `0`.
pub fn household_code(compound: &str, building: &str, unit: &str, room: &str) -> String {
    let part = |part: &str| if part.is_empty() { "0" } else { part }.to_string();
    format!("{compound}-{}-{}-{}", part(building), part(unit), part(room))
}

fn parse(written: &str) -> Result<documents::values::Dwelling> {
    documents::values::dwelling(written)
        .map_err(|problem| Refusal::invalid("dwelling", problem.message(true), problem.message(false)).into())
}

/// The code of the household that is written with building, unit and room, whether or not there is one; `None` when a
/// part is missing and the register has to be asked.
pub fn written_code(compound: &str, written: &str) -> Result<Option<String>> {
    let dwelling = parse(written)?;
    let whole = !dwelling.building.is_empty() && !dwelling.unit.is_empty();
    Ok(whole.then(|| household_code(compound, &dwelling.building, &dwelling.unit, &dwelling.room)))
}

/// The household of a compound that is written as a dwelling; the unit may be left out where only one fits.
pub fn household_at(tx: &mut Tx, compound: &str, written: &str) -> Result<Entry> {
    let dwelling = parse(written)?;
    let code = household_code(compound, &dwelling.building, &dwelling.unit, &dwelling.room);
    if let Some(entry) = entry::get(tx, "households", district(compound), &code)? {
        return Ok(entry);
    }
    let mut fits = entry::all(tx, "households", compound)?;
    fits.retain(|one| {
        let part = |key: &str| text(&one.body, key);
        part("building") == dwelling.building
            && part("room") == dwelling.room
            && (dwelling.unit.is_empty() || part("unit") == dwelling.unit)
    });
    match fits.len() {
        1 => Ok(fits.remove(0)),
        0 => Err(Refusal::invalid(
            "dwelling",
            "没有这个房号，请写全楼栋、单元、房号，如 3栋2单元501。",
            "No such dwelling; write building, unit and room, such as 3-2-501.",
        )
        .into()),
        _ => Err(Refusal::invalid(
            "dwelling",
            "这个房号不止一户，请写明单元，如 3栋2单元501。",
            "More than one dwelling fits; write the unit too, such as 3-2-501.",
        )
        .into()),
    }
}
