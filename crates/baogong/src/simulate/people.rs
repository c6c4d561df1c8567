//! Households: who lives in a dwelling, what they need, and how they are reached.

use super::places::{Building, Places};
use super::{Dice, Person, Phones, pick, pick_weighted, words};
use rand::Rng;

/// One dwelling and the household in it.
#[derive(Debug)]
pub(super) struct Household {
    pub(super) compound: usize,
    pub(super) building: String,
    /// Empty for single houses and buildings of one entrance.
    pub(super) unit: String,
    pub(super) room: String,
    pub(super) head: String,
    pub(super) members: i64,
    pub(super) phone: String,
    /// Keys of the groups of special need.
    pub(super) needs: Vec<&'static str>,
    /// Key of the state of the dwelling.
    pub(super) status: &'static str,
    /// Nobody can order by telephone app.
    pub(super) offline: bool,
    pub(super) diet: &'static str,
}

/// Sizes of households by weight; the mean is 2.7.
const MEMBERS: &[(i64, u32)] = &[
    (1, 200),
    (2, 310),
    (3, 240),
    (4, 145),
    (5, 65),
    (6, 25),
    (7, 10),
    (8, 5),
];

/// Thousandths of inhabited dwellings with a special need.
const NEED_PER_MILLE: u32 = 125;

/// The main need of a household that has one, by weight, in towns and in villages.
const TOWN_NEEDS: &[(&str, u32)] = &[
    ("chronic_illness", 380),
    ("elderly_alone", 190),
    ("disabled", 120),
    ("low_income", 100),
    ("limited_mobility", 75),
    ("pregnant", 70),
    ("mental_illness", 22),
    ("dialysis", 16),
    ("destitute", 12),
    ("child_in_hardship", 8),
    ("homeless", 4),
    ("left_behind_child", 3),
];
const VILLAGE_NEEDS: &[(&str, u32)] = &[
    ("chronic_illness", 280),
    ("elderly_alone", 210),
    ("left_behind_child", 130),
    ("low_income", 115),
    ("disabled", 110),
    ("limited_mobility", 60),
    ("destitute", 40),
    ("pregnant", 30),
    ("mental_illness", 15),
    ("child_in_hardship", 10),
];

/// Needs that often come second.
const SECOND_NEEDS: &[&str] = &["chronic_illness", "limited_mobility", "low_income", "disabled"];

const CHRONIC_DIETS: &[&str] = &[
    "糖尿病，低糖饮食",
    "糖尿病，需胰岛素（冷藏）",
    "高血压，低盐饮食",
    "高血压，长期服降压药",
    "冠心病，清淡饮食",
    "痛风，忌海鲜和动物内脏",
    "慢阻肺，需家庭氧疗",
];
const DIALYSIS_DIETS: &[&str] = &["每周透析三次，低钾低磷饮食", "每周透析两次，限水限盐"];
const PREGNANCY_DIETS: &[&str] = &["孕晚期，按期产检", "孕期补充叶酸、鲜奶", "产后哺乳，需营养餐"];
const SOFT_DIETS: &[&str] = &["牙口不好，需软烂食物", "吞咽困难，需流食", "低盐低脂饮食"];
const INFANT_DIETS: &[&str] = &["婴儿奶粉1段", "婴儿奶粉2段", "婴儿奶粉3段、米粉"];
const MENTAL_DIETS: &[&str] = &["按月领取精神科药物"];
const OTHER_DIETS: &[&str] = &["不吃猪肉", "鸡蛋过敏", "乳糖不耐受", "素食", "花生过敏"];

/// Puts a household into every dwelling.
pub(super) fn make(places: &Places, dice: &mut Dice, phones: &mut Phones) -> Vec<Household> {
    let mut households = Vec::new();
    for (at, compound) in places.compounds.iter().enumerate() {
        let town = places.community(compound).town;
        for building in &compound.buildings {
            for (unit, room) in rooms(building) {
                households.push(household(at, town, building, unit, room, dice, phones));
            }
        }
    }
    households
}

/// Unit and room of every dwelling of a building.
fn rooms(building: &Building) -> Vec<(String, String)> {
    if building.units == 0 {
        return (1..=building.dwellings)
            .map(|room| (String::new(), room.to_string()))
            .collect();
    }
    let mut rooms = Vec::new();
    for unit in 1..=building.units {
        let unit = if building.units == 1 {
            String::new()
        } else {
            unit.to_string()
        };
        for storey in 1..=building.storeys {
            for room in 1..=building.dwellings {
                rooms.push((unit.clone(), format!("{storey}{room:02}")));
            }
        }
    }
    rooms
}

fn household(
    compound: usize,
    town: bool,
    building: &Building,
    unit: String,
    room: String,
    dice: &mut Dice,
    phones: &mut Phones,
) -> Household {
    let ground_floor = building.units > 0 && room.len() == 3 && room.starts_with('1');
    let status = match dice.random_range(0..1_000) {
        0..80 => "vacant",
        80..83 if town => "other",
        83..87 if town => "site",
        80..180 if ground_floor => "shop",
        180..320 if town => "rent",
        180..210 => "rent",
        _ => "own",
    };
    let mut made = Household {
        compound,
        building: building.name.clone(),
        unit,
        room,
        head: String::new(),
        members: 0,
        phone: String::new(),
        needs: Vec::new(),
        status,
        offline: false,
        diet: "",
    };
    if status == "vacant" {
        // Of half of the empty dwellings the owner is known, but lives elsewhere.
        if dice.random_bool(0.5) {
            let owner = Person::new(dice, phones);
            (made.head, made.phone) = (owner.name, owner.phone);
        }
        return made;
    }
    made.head = words::name(dice);
    made.phone = phones.take();
    made.members = pick_weighted(dice, MEMBERS);
    if dice.random_ratio(NEED_PER_MILLE, 1_000) {
        add_needs(&mut made, town, dice);
    }
    made.offline = dice.random_bool(offline_share(&made.needs, town));
    made.diet = diet(&made, dice);
    made
}

fn add_needs(made: &mut Household, town: bool, dice: &mut Dice) {
    let main = pick_weighted(dice, if town { TOWN_NEEDS } else { VILLAGE_NEEDS });
    made.needs.push(main);
    match main {
        "elderly_alone" => made.members = 1,
        "pregnant" | "left_behind_child" | "child_in_hardship" => made.members = made.members.max(2),
        "homeless" => {
            made.members = 1;
            made.status = "other";
            made.head = "临时安置人员".to_string();
            made.phone = String::new();
        }
        _ => {}
    }
    if main != "homeless" && dice.random_bool(0.2) {
        let second = pick(dice, SECOND_NEEDS);
        if second != main {
            made.needs.push(second);
        }
    }
}

fn offline_share(needs: &[&str], town: bool) -> f64 {
    let of_need = |need: &&str| match *need {
        "homeless" => 1.0,
        "elderly_alone" => 0.6,
        "destitute" => 0.5,
        "limited_mobility" => 0.35,
        "disabled" | "mental_illness" => 0.25,
        "left_behind_child" => 0.3,
        _ => 0.1,
    };
    let usual = if town { 0.02 } else { 0.05 };
    needs.iter().map(of_need).fold(usual, f64::max)
}

fn diet(made: &Household, dice: &mut Dice) -> &'static str {
    let has = |need: &str| made.needs.contains(&need);
    let (diets, share): (&[&str], f64) = if has("dialysis") {
        (DIALYSIS_DIETS, 1.0)
    } else if has("pregnant") {
        (PREGNANCY_DIETS, 0.7)
    } else if has("chronic_illness") {
        (CHRONIC_DIETS, 0.75)
    } else if has("mental_illness") {
        (MENTAL_DIETS, 0.5)
    } else if has("elderly_alone") || has("limited_mobility") {
        (SOFT_DIETS, 0.3)
    } else if made.members >= 3 && dice.random_bool(0.03) {
        (INFANT_DIETS, 1.0)
    } else {
        (OTHER_DIETS, 0.01)
    };
    if dice.random_bool(share) {
        pick(dice, diets)
    } else {
        ""
    }
}

/// What form 1 counts in one compound.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    /// Inhabited dwellings.
    pub(super) households: i64,
    /// People in dwellings that are not let.
    pub(super) residents: i64,
    /// People in dwellings that are let.
    pub(super) floating: i64,
    /// Households by the order of the groups of special need.
    pub(super) needs: [i64; 12],
}

/// Counts by compound.
#[derive(Debug)]
pub(super) struct Census {
    pub(super) by_compound: Vec<Counts>,
}

impl Census {
    /// People of the county.
    pub(super) fn people(&self) -> i64 {
        self.by_compound
            .iter()
            .map(|counts| counts.residents + counts.floating)
            .sum()
    }

    /// Inhabited dwellings of the county.
    pub(super) fn households(&self) -> i64 {
        self.by_compound.iter().map(|counts| counts.households).sum()
    }

    /// Households and people of one community.
    pub(super) fn community(&self, places: &Places, community: usize) -> (i64, i64) {
        places
            .compounds
            .iter()
            .zip(&self.by_compound)
            .filter(|(compound, _)| compound.community == community)
            .fold((0, 0), |(households, people), (_, counts)| {
                (
                    households + counts.households,
                    people + counts.residents + counts.floating,
                )
            })
    }
}

/// Counts the households by compound.
pub(super) fn census(places: &Places, households: &[Household]) -> Census {
    let mut by_compound = vec![Counts::default(); places.compounds.len()];
    for household in households.iter().filter(|household| household.members > 0) {
        let counts = &mut by_compound[household.compound];
        counts.households += 1;
        if household.status == "rent" {
            counts.floating += household.members;
        } else {
            counts.residents += household.members;
        }
        for (count, need) in counts.needs.iter_mut().zip(documents::forms::SPECIAL_NEEDS) {
            *count += i64::from(household.needs.contains(&need.key));
        }
    }
    Census { by_compound }
}
