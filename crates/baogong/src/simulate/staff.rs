//! People at work, their vehicles, and volunteers: forms 4, 5 and 6.

use super::people::Census;
use super::places::Places;
use super::supply::Supplier;
use super::{Dice, Person, Phones, pick};
use rand::Rng;

/// Couriers of the county's suppliers (YO-6).
const COURIERS: usize = 92;

/// Somebody who works for the supply.
#[derive(Debug)]
pub(super) struct Worker {
    pub(super) person: Person,
    pub(super) employer: String,
    /// Key of the post.
    pub(super) post: &'static str,
    pub(super) community: Option<usize>,
    pub(super) compound: String,
    pub(super) lodging: &'static str,
    /// Key of the state of duty.
    pub(super) duty: &'static str,
}

/// A vehicle of a supplier.
#[derive(Debug)]
pub(super) struct Vehicle {
    pub(super) plate: String,
    pub(super) model: &'static str,
    pub(super) load_g: i64,
    pub(super) volume_m3: u32,
    pub(super) cold: bool,
    pub(super) employer: &'static str,
    pub(super) driver: Person,
    pub(super) route: String,
    /// Key of the state of the vehicle.
    pub(super) state: &'static str,
}

/// A volunteer with a duty in a compound.
#[derive(Debug)]
pub(super) struct Volunteer {
    pub(super) person: Person,
    pub(super) community: usize,
    pub(super) compound: String,
    pub(super) buildings: String,
    pub(super) task: &'static str,
    pub(super) duty: &'static str,
    pub(super) shift: &'static str,
    pub(super) handover: String,
}

/// Model, load in kilograms, volume in cubic metres, cold, and how many: 40 vehicles (YO-6).
const MODELS: &[(&str, i64, u32, bool, usize)] = &[
    ("微型面包车", 800, 4, false, 9),
    ("轻型栏板货车", 1_500, 9, false, 5),
    ("4.2米厢式货车", 1_800, 16, false, 12),
    ("4.2米冷藏车", 1_500, 14, true, 5),
    ("5.2米厢式货车", 3_000, 24, false, 5),
    ("6.8米冷藏车", 4_500, 35, true, 1),
    ("6.8米厢式货车", 5_000, 38, false, 3),
];

/// The vehicles of the suppliers.
///
/// Plates carry YS for 演示 (demo) after the letter of the prefecture and count up from 001.
pub(super) fn vehicles(suppliers: &[Supplier], dice: &mut Dice, phones: &mut Phones) -> Vec<Vehicle> {
    let models = MODELS
        .iter()
        .flat_map(|model| std::iter::repeat_n(model, model.4));
    models
        .enumerate()
        .map(|(index, (model, load_kg, volume_m3, cold, _))| {
            let supplier = &suppliers[index * 7 % suppliers.len()];
            Vehicle {
                plate: format!("湘LYS{:03}", index + 1),
                model,
                load_g: load_kg * 1_000,
                volume_m3: *volume_m3,
                cold: *cold,
                employer: supplier.name,
                driver: Person::new(dice, phones),
                route: supplier.serves.replace('、', "—"),
                state: match index % 20 {
                    13 => "broken",
                    7 => "busy",
                    _ => "ready",
                },
            }
        })
        .collect()
}

/// The people of the suppliers, the communities and the compounds.
pub(super) fn staff(
    places: &Places,
    census: &Census,
    suppliers: &[Supplier],
    vehicles: &[Vehicle],
    dice: &mut Dice,
    phones: &mut Phones,
) -> Vec<Worker> {
    let mut staff = Vec::new();
    for supplier in suppliers {
        let mut add = |person: Person, post: &'static str, duty: &'static str| {
            staff.push(Worker {
                person,
                employer: supplier.name.to_string(),
                post,
                community: Some(supplier.community),
                compound: String::new(),
                lodging: "",
                duty,
            });
        };
        add(supplier.contact.clone(), "manager", "on");
        for _ in 0..supplier.staff / 9 {
            let person = Person::new(dice, phones);
            add(person, "picker", duty(dice));
        }
    }
    for vehicle in vehicles {
        staff.push(Worker {
            person: vehicle.driver.clone(),
            employer: vehicle.employer.to_string(),
            post: "driver",
            community: None,
            compound: String::new(),
            lodging: "县交通宾馆（集中住宿）",
            duty: "on",
        });
    }
    // Couriers by the size of the supplier; what rounding leaves goes to the first ones.
    let sum: i64 = suppliers.iter().map(|supplier| supplier.staff).sum();
    let share = |supplier: &Supplier| supplier.staff as usize * COURIERS / sum.max(1) as usize;
    let rest = COURIERS - suppliers.iter().map(share).sum::<usize>();
    for (index, supplier) in suppliers.iter().enumerate() {
        for _ in 0..share(supplier) + usize::from(index < rest) {
            staff.push(Worker {
                person: Person::new(dice, phones),
                employer: supplier.name.to_string(),
                post: "courier",
                community: None,
                compound: String::new(),
                lodging: pick(dice, &["", "", "店内宿舍", "县职校宿舍楼"]),
                duty: duty(dice),
            });
        }
    }
    for (at, community) in places.communities.iter().enumerate() {
        // About 300 households to a grid, as cities have it; a village has one or two.
        let grids = (census.community(places, at).0 / 300 + 1).clamp(1, 6);
        for _ in 0..grids {
            staff.push(Worker {
                person: Person::new(dice, phones),
                employer: community.committee(),
                post: "grid_worker",
                community: Some(at),
                compound: String::new(),
                lodging: "",
                duty: duty(dice),
            });
        }
    }
    for compound in &places.compounds {
        let committee = places.community(compound).committee();
        for (person, post) in [
            (&compound.liaison, "liaison"),
            (&compound.officer, "information_officer"),
        ] {
            staff.push(Worker {
                person: person.clone(),
                employer: committee.clone(),
                post,
                community: Some(compound.community),
                compound: compound.name.clone(),
                lodging: "",
                duty: "on",
            });
        }
    }
    staff
}

fn duty(dice: &mut Dice) -> &'static str {
    match dice.random_range(0..100) {
        0..6 => "off",
        6..8 => "isolated",
        _ => "on",
    }
}

const TASKS: &[(&str, &str)] = &[
    ("从小区投放点送到单元门口", "按楼栋清单核对袋数，送到后签收"),
    ("协助分拣、贴标签", "一户一袋，房号与标签一致"),
    ("通知居民分时段取货", "按楼栋叫号，间隔2米，不聚集"),
    ("为独居老人送货上门", "送到家门口，当面清点，有情况立即报网格员"),
    ("投放点值守和消杀", "到货先消杀、静置，再通知取货"),
];

/// One to three volunteers of every compound of a town, one of every village group of some size.
pub(super) fn volunteers(places: &Places, dice: &mut Dice, phones: &mut Phones) -> Vec<Volunteer> {
    let mut volunteers = Vec::new();
    for compound in &places.compounds {
        let town = places.community(compound).town;
        let count = if town {
            compound.buildings.len().div_ceil(5).min(3)
        } else {
            usize::from(compound.buildings.len() >= 25)
        };
        for number in 0..count {
            let (task, duty) = pick(dice, TASKS);
            let own: Vec<String> = compound
                .buildings
                .iter()
                .skip(number)
                .step_by(count)
                .map(|building| format!("{}栋", building.name))
                .collect();
            volunteers.push(Volunteer {
                person: Person::new(dice, phones),
                community: compound.community,
                compound: compound.name.clone(),
                buildings: if town {
                    own.join("、")
                } else {
                    "全组".to_string()
                },
                task: if town {
                    task
                } else {
                    "从进组路口送到各家门口"
                },
                duty,
                shift: pick(dice, &["8:00—12:00", "13:00—17:00", "17:00—20:00"]),
                handover: compound.officer.name.clone(),
            });
        }
    }
    volunteers
}
