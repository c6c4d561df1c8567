//! Where people live: townships and communities from the table of divisions, invented compounds and houses in them.

use super::{AREAS_CSV, Dice, Person, Phones, Size, pick, words};
use rand::Rng;
use std::collections::HashSet;

/// One line of the table of divisions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Area {
    pub(super) code: String,
    pub(super) name: String,
    pub(super) level: String,
}

/// What is assumed about a street or township; positions are rounded and only roughly those of the map.
struct StreetPlan {
    code: &'static str,
    /// Microdegrees, WGS-84.
    latitude: i64,
    longitude: i64,
    /// Share of the county's dwellings in thousandths.
    share: usize,
    /// Percentage of the street's dwellings that lie in town communities.
    town_percent: usize,
    /// Town communities and villages of the small county.
    kept: (usize, usize),
}

const fn street(
    code: &'static str,
    latitude: i64,
    longitude: i64,
    share: usize,
    town_percent: usize,
    kept: (usize, usize),
) -> StreetPlan {
    StreetPlan {
        code,
        latitude,
        longitude,
        share,
        town_percent,
        kept,
    }
}

/// The county seat and its two large neighbours hold 600 of 1,000 dwellings.
static STREETS: &[StreetPlan] = &[
    street("431023001", 26_127_000, 113_116_000, 360, 80, (4, 2)),
    street("431023002", 26_068_000, 113_078_000, 90, 40, (1, 1)),
    street("431023101", 26_030_000, 112_962_000, 150, 50, (2, 1)),
    street("431023104", 25_998_000, 113_105_000, 30, 25, (0, 1)),
    street("431023105", 26_118_000, 113_232_000, 50, 30, (0, 1)),
    street("431023106", 26_048_000, 113_238_000, 40, 25, (0, 1)),
    street("431023109", 26_008_000, 113_040_000, 32, 25, (0, 1)),
    street("431023112", 26_215_000, 113_135_000, 28, 25, (0, 1)),
    street("431023113", 26_192_000, 113_035_000, 32, 25, (0, 1)),
    street("431023114", 26_185_000, 113_212_000, 28, 25, (0, 1)),
    street("431023115", 26_072_000, 113_162_000, 38, 25, (0, 1)),
    street("431023116", 26_066_000, 112_985_000, 48, 30, (0, 1)),
    street("431023203", 26_130_000, 112_990_000, 26, 20, (0, 1)),
    street("431023214", 26_052_000, 113_330_000, 16, 20, (0, 1)),
    street("431023215", 26_128_000, 113_340_000, 16, 20, (0, 1)),
    street("431023216", 26_172_000, 113_318_000, 16, 20, (0, 1)),
];

/// The street in which the county government sits.
pub(super) const SEAT: &str = "431023001";

/// A street or township.
#[derive(Debug)]
pub(super) struct Street {
    pub(super) code: String,
    pub(super) name: String,
    pub(super) latitude: i64,
    pub(super) longitude: i64,
}

/// A community or village in which people are registered.
#[derive(Debug)]
pub(super) struct Community {
    pub(super) street: usize,
    pub(super) name: String,
    /// What lists write: the name, or the code where another community has the same name.
    pub(super) written: String,
    pub(super) town: bool,
    pub(super) latitude: i64,
    pub(super) longitude: i64,
}

/// A building of a compound, or a single house.
#[derive(Debug)]
pub(super) struct Building {
    pub(super) name: String,
    /// Entrances; 0 for a single house.
    pub(super) units: usize,
    pub(super) storeys: usize,
    /// Dwellings on a storey, or in a single house.
    pub(super) dwellings: usize,
}

/// A compound, or a group of houses of a village.
#[derive(Debug)]
pub(super) struct Compound {
    pub(super) community: usize,
    pub(super) name: String,
    pub(super) address: String,
    pub(super) latitude: i64,
    pub(super) longitude: i64,
    pub(super) buildings: Vec<Building>,
    pub(super) contact: Person,
    pub(super) liaison: Person,
    pub(super) officer: Person,
    pub(super) drop_point: &'static str,
}

/// All places of the county.
#[derive(Debug)]
pub(super) struct Places {
    pub(super) areas: Vec<Area>,
    pub(super) streets: Vec<Street>,
    pub(super) communities: Vec<Community>,
    pub(super) compounds: Vec<Compound>,
}

impl Building {
    fn size(&self) -> usize {
        self.units.max(1) * self.storeys * self.dwellings
    }
}

impl Places {
    pub(super) fn community(&self, compound: &Compound) -> &Community {
        &self.communities[compound.community]
    }

    pub(super) fn street(&self, community: &Community) -> &Street {
        &self.streets[community.street]
    }

    /// An invented address: road and number in a town, township and village elsewhere.
    pub(super) fn address(&self, community: &Community, dice: &mut Dice) -> String {
        let street = self.street(community);
        if community.town {
            let address = words::address(dice, community.stem(), street.code == SEAT);
            if street.code == SEAT {
                address
            } else {
                format!("{}{address}", street.name)
            }
        } else {
            format!("{}{}", street.name, community.name)
        }
    }
}

impl Community {
    /// The name without the word for its kind.
    pub(super) fn stem(&self) -> &str {
        stem(&self.name)
    }

    /// The body that employs those who work for the community.
    pub(super) fn committee(&self) -> String {
        if self.name.ends_with('村') {
            format!("{}村民委员会", self.name)
        } else {
            format!("{}居民委员会", self.name)
        }
    }
}

fn stem(name: &str) -> &str {
    let short = name
        .strip_suffix("社区")
        .or(name.strip_suffix('村'))
        .unwrap_or(name);
    if short.chars().count() >= 2 { short } else { name }
}

/// The table of divisions.
///
/// # Errors
///
/// A message when a line has not the three columns.
pub(super) fn areas() -> Result<Vec<Area>, String> {
    AREAS_CSV
        .lines()
        .skip(1)
        .filter(|line| !line.is_empty())
        .map(|line| match line.split(',').collect::<Vec<_>>().as_slice() {
            [code, name, level] => Ok(Area {
                code: code.to_string(),
                name: name.to_string(),
                level: level.to_string(),
            }),
            _ => Err(format!("line {line:?} of the divisions has not three columns")),
        })
        .collect()
}

/// Populates the divisions with compounds.
///
/// # Errors
///
/// A message when the table of divisions does not hold the streets of the county.
pub(super) fn make(size: Size, dice: &mut Dice, phones: &mut Phones) -> Result<Places, String> {
    let areas = areas()?;
    let dwellings = match size {
        Size::Small => 2_150,
        Size::Full => 66_500,
    };
    let mut places = Places {
        streets: Vec::new(),
        communities: Vec::new(),
        compounds: Vec::new(),
        areas,
    };
    let mut taken = HashSet::new();
    for plan in STREETS {
        let area = places.areas.iter().find(|area| area.code == plan.code);
        let name = area
            .ok_or_else(|| format!("street {} is missing in the divisions", plan.code))?
            .name
            .clone();
        places.streets.push(Street {
            code: plan.code.to_string(),
            name,
            latitude: plan.latitude,
            longitude: plan.longitude,
        });
        let (towns, villages) = communities(&places.areas, plan, places.streets.len() - 1, size);
        let total = dwellings * plan.share / 1_000;
        let in_towns = if towns.is_empty() {
            0
        } else {
            total * plan.town_percent / 100
        };
        for (group, share) in [(towns, in_towns), (villages, total - in_towns)] {
            let count = group.len();
            for (index, community) in group.into_iter().enumerate() {
                // Communities differ in size; what the first of a pair lacks, the second has more.
                let mean = share * (index + 1) / count - share * index / count;
                let target = if index + 1 == count && index % 2 == 0 {
                    mean
                } else {
                    let part = 70 + (index / 2 * 37) % 61;
                    if index % 2 == 0 {
                        mean * part / 100
                    } else {
                        mean * (200 - part) / 100
                    }
                };
                places.communities.push(community);
                let at = places.communities.len() - 1;
                fill(&mut places, at, target, &mut taken, dice, phones);
            }
        }
    }
    Ok(places)
}

/// Town communities and villages of a street that are populated.
fn communities(
    areas: &[Area],
    plan: &StreetPlan,
    street: usize,
    size: Size,
) -> (Vec<Community>, Vec<Community>) {
    let own: Vec<&Area> = areas
        .iter()
        .filter(|area| area.level == "community" && area.code.starts_with(plan.code))
        .collect();
    let same = |name: &str| {
        areas
            .iter()
            .filter(|area| area.level == "community" && stem(&area.name) == stem(name))
            .count()
    };
    let (towns, villages): (Vec<&Area>, Vec<&Area>) =
        own.into_iter().partition(|area| area.name.ends_with("社区"));
    let place = |group: Vec<&Area>, town: bool, kept: usize| -> Vec<Community> {
        let count = match size {
            Size::Small => kept.min(group.len()),
            Size::Full => group.len(),
        };
        group
            .into_iter()
            .take(count)
            .enumerate()
            .map(|(index, area)| {
                let (near_m, far_m) = match (town, plan.code == SEAT) {
                    (true, true) => (200.0, 2_600.0),
                    (true, false) => (100.0, 900.0),
                    (false, _) => (1_500.0, 5_000.0),
                };
                // A spiral by the golden angle spreads any number of points evenly.
                let turn = index as f64 * 2.399_963;
                let distance_m = near_m + (far_m - near_m) * ((index as f64 + 0.5) / count as f64).sqrt();
                Community {
                    street,
                    name: area.name.clone(),
                    written: if same(&area.name) > 1 {
                        area.code.clone()
                    } else {
                        area.name.clone()
                    },
                    town,
                    latitude: north(plan.latitude, distance_m * turn.sin()),
                    longitude: east(plan.longitude, distance_m * turn.cos()),
                }
            })
            .collect()
    };
    (
        place(towns, true, plan.kept.0),
        place(villages, false, plan.kept.1),
    )
}

/// Latitude `distance_m` farther north; one degree is 111.2 km.
pub(super) fn north(latitude: i64, distance_m: f64) -> i64 {
    latitude + (distance_m / 0.111_2).round() as i64
}

/// Longitude `distance_m` farther east; at 26.1° N one degree is 99.9 km.
pub(super) fn east(longitude: i64, distance_m: f64) -> i64 {
    longitude + (distance_m / 0.099_9).round() as i64
}

/// Adds compounds to a community until it has about `target` dwellings.
fn fill(
    places: &mut Places,
    at: usize,
    target: usize,
    taken: &mut HashSet<String>,
    dice: &mut Dice,
    phones: &mut Phones,
) {
    let town = places.communities[at].town;
    let mut rest = target;
    let mut number = 0;
    while rest >= if town { 24 } else { 8 } || number == 0 {
        number += 1;
        let old = dice.random_bool(0.4);
        let buildings = if town {
            town_buildings(dice, rest, old)
        } else {
            houses(dice, rest)
        };
        let made: usize = buildings.iter().map(Building::size).sum();
        let community = &places.communities[at];
        let name = unused_name(dice, community, old, number, taken);
        let spread_m = if town { 350.0 } else { 800.0 };
        let latitude = north(community.latitude, dice.random_range(-spread_m..=spread_m));
        let longitude = east(community.longitude, dice.random_range(-spread_m..=spread_m));
        let (address, drop_points) = if town {
            (places.address(community, dice), words::TOWN_DROP_POINTS)
        } else {
            (
                format!("{}{name}", places.address(community, dice)),
                words::VILLAGE_DROP_POINTS,
            )
        };
        places.compounds.push(Compound {
            community: at,
            name,
            address,
            latitude,
            longitude,
            buildings,
            contact: Person::new(dice, phones),
            liaison: Person::new(dice, phones),
            officer: Person::new(dice, phones),
            drop_point: pick(dice, drop_points),
        });
        rest = rest.saturating_sub(made);
    }
}

/// A name that no other compound of the county has, because order lists name only the compound.
fn unused_name(
    dice: &mut Dice,
    community: &Community,
    old: bool,
    number: usize,
    taken: &mut HashSet<String>,
) -> String {
    for attempt in 0..60 {
        let name = if community.town {
            words::compound(dice, old)
        } else {
            words::village_group(dice, attempt)
        };
        if taken.insert(name.clone()) {
            return name;
        }
    }
    let kind = if community.town { "小区" } else { "组" };
    let name = format!("{}第{number}{kind}", community.name);
    taken.insert(name.clone());
    name
}

/// Two to twenty buildings of one design, as many as `rest` dwellings ask for.
fn town_buildings(dice: &mut Dice, rest: usize, old: bool) -> Vec<Building> {
    let (units, storeys, dwellings) = if rest < 90 {
        (1, 6, 2)
    } else if old || rest < 300 {
        (dice.random_range(2..=4), dice.random_range(6..=7), 2)
    } else {
        (
            dice.random_range(1..=2),
            dice.random_range(11..=18),
            dice.random_range(2..=4),
        )
    };
    let wanted = dice.random_range(rest.min(90)..=rest.min(900));
    let count = (wanted / (units * storeys * dwellings)).clamp(2, 20);
    (1..=count)
        .map(|number| Building {
            name: number.to_string(),
            units,
            storeys,
            dwellings,
        })
        .collect()
}

/// Single houses of a village group; in some, two brothers keep house apart.
fn houses(dice: &mut Dice, rest: usize) -> Vec<Building> {
    let wanted = dice.random_range(18..=45);
    let count = if rest < wanted + 12 {
        rest.clamp(8, 57)
    } else {
        wanted
    };
    (1..=count)
        .map(|number| Building {
            name: number.to_string(),
            units: 0,
            storeys: 1,
            dwellings: if dice.random_bool(0.04) { 2 } else { 1 },
        })
        .collect()
}
