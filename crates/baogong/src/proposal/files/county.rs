//! The lists put together: which household lives in which compound, who supplies, where everything is.

use std::collections::{BTreeMap, HashMap, HashSet};

use planner::Point;
use planner::slots::Group;

use super::areas::Areas;
use super::read::{CompoundRow, FileError, Lists, Row};
use super::{Said, said};
use crate::register::entry::point;
use crate::register::entry::{Good, Supplier, Vehicle};
use crate::register::names::{named, plain};

/// People of an average household, where a list counts households only (census of 2020: 2.62).
const PEOPLE_PER_100_HOUSEHOLDS: i64 = 262;

/// So many compounds that only households name are told by name.
const STRANGE_SHOWN: usize = 20;

/// A compound with who lives in it.
#[derive(Clone, Debug, Default)]
pub struct Living {
    /// Its name.
    pub name: String,
    /// Its community's name, as written.
    pub community: String,
    /// Its street's name or code; empty when nothing says so.
    pub street: String,
    /// Where goods are dropped.
    pub at: Option<Point>,
    /// Whether the position is the middle of its neighbours, because its own is missing.
    pub estimated: bool,
    /// Who eats there.
    pub persons: i64,
    /// Who fetches.
    pub households: i64,
    /// Its buildings and units with their households.
    pub entrances: Vec<Group>,
    /// Whether the entrances are an even division, because no list of households says better.
    pub divided: bool,
    /// Volunteers with the buildings that they look after.
    pub volunteers: Vec<(String, Vec<String>)>,
    /// Where goods are handed over.
    pub drop_point: String,
    /// Whom to call on arrival.
    pub contact: (String, String),
}

/// A supplier that can be chosen.
#[derive(Clone, Debug)]
pub struct Supplying {
    /// What its form says; the name is unique.
    pub noun: Supplier,
    /// The places that it says it serves.
    pub serves: String,
    /// Where it loads.
    pub at: Option<Point>,
    /// Whether the position is the middle of the compounds that it says it serves.
    pub estimated: bool,
    /// What it offers.
    pub goods: Vec<Good>,
}

/// Everything that is known, ready to be planned with.
#[derive(Clone, Debug, Default)]
pub struct County {
    /// In the order of street, community and name.
    pub compounds: Vec<Living>,
    /// In the order of the lists.
    pub suppliers: Vec<Supplying>,
    /// Those that may drive.
    pub vehicles: Vec<Vehicle>,
    /// Where vehicles without a supplier stand: name and place.
    pub hub: Option<(String, Point)>,
    /// What was assumed or left out.
    pub notes: Vec<Said>,
}

/// Households and people by building and unit.
type Entrances = BTreeMap<(String, String), (u32, i64)>;

/// How a compound is found: by its name and the stem of its community's.
fn key(community: &str, compound: &str) -> (String, String) {
    (compound.trim().to_string(), plain(community).to_string())
}

struct Index {
    by_name: HashMap<String, Vec<usize>>,
    by_both: HashMap<(String, String), usize>,
}

impl Index {
    fn put(&mut self, at: usize, community: &str, compound: &str) {
        self.by_name
            .entry(compound.trim().to_string())
            .or_default()
            .push(at);
        self.by_both.insert(key(community, compound), at);
    }

    /// The compound; `Err` with how many fit when the community is needed to tell them apart.
    fn find(&self, community: &str, compound: &str) -> Result<Option<usize>, usize> {
        if let Some(at) = self.by_both.get(&key(community, compound)) {
            return Ok(Some(*at));
        }
        match self.by_name.get(compound.trim()).map(Vec::as_slice) {
            None | Some([]) => Ok(None),
            Some([only]) => Ok(Some(*only)),
            // Of another community, that is: a compound which no list has.
            Some(_) if !community.trim().is_empty() => Ok(None),
            Some(several) => Err(several.len()),
        }
    }
}

impl County {
    /// Puts the lists together; `date` as `2026-11-22` is the day of the trips. The error lists cells that cannot be placed.
    pub fn of(lists: &Lists, date: &str) -> Result<County, Vec<FileError>> {
        let mut county = County::default();
        let mut index = Index {
            by_name: HashMap::new(),
            by_both: HashMap::new(),
        };
        let areas = Areas::of(&lists.areas);
        for row in &lists.compounds {
            county.add_compound(row, &areas, &mut index);
        }
        let errors = county.add_households(lists, &areas, &mut index);
        if !errors.is_empty() {
            return Err(errors);
        }
        county.add_volunteers(lists, &areas, &index);
        county.add_sites(lists, &index);
        // From here on no compound is found by its number any more.
        county.count_people(lists);
        county.add_suppliers(lists);
        county.add_vehicles(&lists.vehicles, date);
        county.estimate_positions();
        county.compounds.sort_by(|a, b| {
            let words = |one: &Living| (one.street.clone(), one.community.clone(), one.name.clone());
            words(a).cmp(&words(b))
        });
        Ok(county)
    }

    fn add_compound(&mut self, row: &Row<CompoundRow>, areas: &Areas, index: &mut Index) {
        let CompoundRow {
            noun,
            street,
            buildings,
            units,
        } = &row.noun;
        let community = areas.community(&noun.community);
        if index.by_both.contains_key(&key(&community, &noun.compound)) {
            self.notes.push(said(
                format!("{community} {}列了两次，按第一次。", noun.compound),
                format!("{community} {} is listed twice; the first counts.", noun.compound),
            ));
            return;
        }
        index.put(self.compounds.len(), &community, &noun.compound);
        let contact = if noun.liaison_name.is_empty() {
            (noun.officer_name.clone(), noun.officer_phone.clone())
        } else {
            (noun.liaison_name.clone(), noun.liaison_phone.clone())
        };
        self.compounds.push(Living {
            name: noun.compound.clone(),
            street: areas.street(street, &community),
            community,
            at: point(noun.latitude, noun.longitude),
            persons: noun.residents + noun.floating,
            households: noun.households,
            entrances: divided(*buildings, *units, noun.households),
            divided: true,
            drop_point: noun.drop_point.clone(),
            contact,
            ..Living::default()
        });
    }

    /// Counts households into their compounds; a compound that only this list has becomes one without a position.
    fn add_households(&mut self, lists: &Lists, areas: &Areas, index: &mut Index) -> Vec<FileError> {
        let mut errors = Vec::new();
        let mut seen: HashSet<(usize, &str, &str, &str)> = HashSet::new();
        let mut entrances: BTreeMap<usize, Entrances> = BTreeMap::new();
        let (mut twice, mut strange): (usize, BTreeMap<String, String>) = (0, BTreeMap::new());
        for row in &lists.households {
            let household = &row.noun;
            if household.members == 0 {
                continue;
            }
            let community = areas.community(&household.community);
            let at = match index.find(&community, &household.compound) {
                Ok(Some(at)) => at,
                Ok(None) => {
                    if !lists.compounds.is_empty() {
                        strange
                            .entry(household.compound.clone())
                            .or_insert_with(|| lists.place(row, kit::Lang::Zh));
                    }
                    index.put(self.compounds.len(), &community, &household.compound);
                    self.compounds.push(Living {
                        name: household.compound.clone(),
                        street: areas.street("", &community),
                        community,
                        ..Living::default()
                    });
                    self.compounds.len() - 1
                }
                Err(several) => {
                    let name = &household.compound;
                    errors.push(lists.wrong(
                        row,
                        "compound",
                        name,
                        format!("有{several}个社区都有“{name}”，请在社区一列写明是哪个社区"),
                        format!(
                            "{several} communities have a {name}; write which in the column of the community"
                        ),
                    ));
                    continue;
                }
            };
            if !seen.insert((at, &household.building, &household.unit, &household.room)) {
                twice += 1;
                continue;
            }
            let entrance = entrances
                .entry(at)
                .or_default()
                .entry((household.building.clone(), household.unit.clone()))
                .or_default();
            entrance.0 += 1;
            entrance.1 += household.members;
        }
        for (at, counted) in entrances {
            let living = &mut self.compounds[at];
            living.persons = counted.values().map(|(_, persons)| persons).sum();
            living.households = counted
                .values()
                .map(|(households, _)| i64::from(*households))
                .sum();
            living.divided = false;
            living.entrances = counted
                .into_iter()
                .map(|((building, unit), (households, _))| Group {
                    building,
                    unit,
                    households,
                })
                .collect();
        }
        if twice > 0 {
            self.notes.push(said(
                format!("住户表里有{twice}行与前面同一房号，没有重复计算。"),
                format!("{twice} rows of households repeat a dwelling and were not counted again."),
            ));
        }
        if !strange.is_empty() {
            let (count, first) = (strange.len(), strange.iter().take(STRANGE_SHOWN));
            let places: Vec<String> = first
                .map(|(name, place)| format!("“{name}”（{place}）"))
                .collect();
            let places = places.join("、");
            self.notes.push(said(
                format!("住户表里有{count}个小区不在小区表里，按没有坐标的小区计算：{places}。"),
                format!("{count} compounds of the households are not on the list of compounds and count as ones without a position: {places}."),
            ));
        }
        errors
    }

    fn count_people(&mut self, lists: &Lists) {
        let (mut guessed, mut empty) = (0, Vec::new());
        for living in &mut self.compounds {
            if living.persons == 0 && living.households > 0 {
                living.persons = (living.households * PEOPLE_PER_100_HOUSEHOLDS + 99) / 100;
                guessed += 1;
            }
            if living.persons == 0 {
                empty.push(living.name.clone());
            }
        }
        self.compounds.retain(|living| living.persons > 0);
        if guessed > 0 {
            self.notes.push(said(
                format!("{guessed}个小区只有户数，人口按每户2.62人估算。"),
                format!("{guessed} compounds have households only; people were taken as 2.62 each."),
            ));
        }
        if !empty.is_empty() {
            let names = empty.join("、");
            self.notes.push(said(
                format!("没有户数和人口，没有计入：{names}。"),
                format!("Without households or people, left out: {names}."),
            ));
        }
        if lists.households.is_empty() {
            self.notes.push(said(
                "没有住户登记表：人口按小区表，取货时段按楼栋数、单元数平均分。",
                "No list of households: people are those of the list of compounds, and slots divide them evenly over buildings and units.",
            ));
        }
    }

    fn add_volunteers(&mut self, lists: &Lists, areas: &Areas, index: &Index) {
        for row in &lists.volunteers {
            let volunteer = &row.noun;
            let found = index.find(&areas.community(&volunteer.community), &volunteer.compound);
            let Some(living) = found.ok().flatten().and_then(|at| self.compounds.get_mut(at)) else {
                continue;
            };
            let buildings = volunteer
                .building
                .split(['、', '，', ',', ';', '；', ' '])
                .map(|one| {
                    one.trim()
                        .trim_end_matches(['栋', '幢', '座', '楼', '号'])
                        .to_string()
                })
                .filter(|one| !one.is_empty())
                .collect();
            living.volunteers.push((volunteer.name.clone(), buildings));
        }
    }

    /// Drop points give compounds their place, the first hub that of vehicles without a supplier.
    fn add_sites(&mut self, lists: &Lists, index: &Index) {
        for row in &lists.sites {
            let site = &row.noun;
            let at = point(site.latitude, site.longitude);
            match (site.kind.as_str(), at) {
                ("hub", Some(at)) if self.hub.is_none() => self.hub = Some((site.name.clone(), at)),
                ("drop_point", Some(at)) => {
                    let found = index.find("", &site.compound).ok().flatten();
                    if let Some(living) = found.and_then(|at| self.compounds.get_mut(at)) {
                        living.at = Some(at);
                    }
                }
                _ => {}
            }
        }
    }

    fn add_suppliers(&mut self, lists: &Lists) {
        let mut names: HashSet<String> = HashSet::new();
        for row in &lists.suppliers {
            let noun = row.noun.noun.clone();
            if !names.insert(noun.name.clone()) {
                self.notes.push(said(
                    format!("保供单位“{}”列了两次，按第一次。", noun.name),
                    format!("The supplier {} is listed twice; the first counts.", noun.name),
                ));
                continue;
            }
            let goods = lists.goods.iter().map(|row| &row.noun);
            self.suppliers.push(Supplying {
                at: point(noun.latitude, noun.longitude),
                estimated: false,
                serves: row.noun.serves.clone(),
                goods: goods
                    .filter(|good| good.supplier.trim() == noun.name)
                    .cloned()
                    .collect(),
                noun,
            });
        }
    }

    /// What has no position gets the middle of its community, else of its street; a supplier that of the places it serves.
    fn estimate_positions(&mut self) {
        let mut around: HashMap<String, Vec<Point>> = HashMap::new();
        for living in &self.compounds {
            let Some(at) = living.at else { continue };
            for place in [plain(&living.community), living.street.as_str()] {
                if !place.is_empty() {
                    around.entry(place.to_string()).or_default().push(at);
                }
            }
        }
        let mut counts = [0usize; 4];
        for living in self.compounds.iter_mut().filter(|living| living.at.is_none()) {
            let near = [plain(&living.community), living.street.as_str()];
            living.at = near.iter().find_map(|place| middle(around.get(*place)?));
            living.estimated = living.at.is_some();
            counts[usize::from(!living.estimated)] += 1;
        }
        for supplier in self.suppliers.iter_mut().filter(|one| one.at.is_none()) {
            let served: Vec<Point> = named(&supplier.serves)
                .filter_map(|place| around.get(plain(place)).or_else(|| around.get(place)))
                .flatten()
                .copied()
                .collect();
            supplier.at = middle(&served);
            supplier.estimated = supplier.at.is_some();
            counts[2 + usize::from(!supplier.estimated)] += 1;
        }
        let sentences = [
            (
                "个小区没有坐标，按同社区、同街道小区的中心估算",
                "compounds have no position and were put in the middle of their community or street",
            ),
            (
                "个小区没有坐标，同街道也没有可参照的：按社区、街道分组安排，不计里程",
                "compounds have no position and no neighbour with one: they are grouped by community and street, without distances",
            ),
            (
                "家保供单位没有坐标，按服务范围内小区的中心估算",
                "suppliers have no position and were put in the middle of what they serve",
            ),
            (
                "家保供单位没有坐标，也没有可参照的服务范围：只安排别家放不下的小区",
                "suppliers have no position and serve no place that is known: they get what others have no room for",
            ),
        ];
        for (count, (zh, en)) in counts.into_iter().zip(sentences) {
            if count > 0 {
                self.notes
                    .push(said(format!("有{count}{zh}。"), format!("{count} {en}.")));
            }
        }
    }
}

/// Households spread evenly over buildings and their units.
fn divided(buildings: i64, units: i64, households: i64) -> Vec<Group> {
    if buildings <= 0 && units <= 0 {
        return vec![Group {
            building: String::new(),
            unit: String::new(),
            households: u32::try_from(households).unwrap_or(0),
        }];
    }
    let buildings = buildings.clamp(1, 1_000);
    let units = units.clamp(buildings, 5_000);
    let mut entrances = Vec::new();
    let mut given = 0;
    for entrance in 0..units {
        let building = entrance * buildings / units;
        let first = (building * units + buildings - 1) / buildings;
        let due = households * (entrance + 1) / units;
        entrances.push(Group {
            building: (building + 1).to_string(),
            unit: (entrance - first + 1).to_string(),
            households: u32::try_from(due - given).unwrap_or(0),
        });
        given = due;
    }
    entrances
}

fn middle(points: &[Point]) -> Option<Point> {
    let count = i64::try_from(points.len()).ok().filter(|count| *count > 0)?;
    let mean = |part: fn(&Point) -> i32| {
        let sum: i64 = points.iter().map(|point| i64::from(part(point))).sum();
        i32::try_from(sum / count).ok()
    };
    Some(Point {
        lat_e6: mean(|point| point.lat_e6)?,
        lng_e6: mean(|point| point.lng_e6)?,
    })
}
