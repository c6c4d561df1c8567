//! Suppliers, outlets and the sites that goods pass: forms 2 and 3.

use super::people::Census;
use super::places::{Places, SEAT, east, north};
use super::{Dice, Person, Phones, pick, words};
use rand::Rng;
use std::collections::HashSet;

/// What a person needs a day in grams: grain, oil, vegetables, eggs, meat.
///
/// Planning ration of Quanzhou, material supply group, 2022-03-16.
pub(super) const NORM_G: [i64; 5] = [350, 50, 400, 60, 115];

/// What the suppliers can deliver together, in percent of the demand by the norm.
const CAPACITY_PERCENT: i64 = 120;

/// Suppliers are never smaller than those of a population like this, so that in the small county too each can feed a whole
/// compound.
pub(super) const PEOPLE_MIN: i64 = 30_000;

/// A supplier before chance has touched it: name, kind, street, and how strong it is in each category.
struct SupplierPlan {
    name: &'static str,
    kind: &'static str,
    street: &'static str,
    strength: [i64; 5],
    staff: i64,
}

const fn plan(
    name: &'static str,
    kind: &'static str,
    street: &'static str,
    strength: [i64; 5],
    staff: i64,
) -> SupplierPlan {
    SupplierPlan {
        name,
        kind,
        street,
        strength,
        staff,
    }
}

/// Nine supermarkets, seven markets and three malls, as many as the county opened (YO-1).
static SUPPLIERS: &[SupplierPlan] = &[
    plan("银都惠鲜超市", "supermarket", SEAT, [140, 140, 100, 130, 90], 68),
    plan("橙乡满仓超市", "supermarket", SEAT, [110, 120, 80, 100, 70], 54),
    plan("滨河百味超市", "supermarket", SEAT, [80, 80, 60, 70, 50], 41),
    plan("文昌顺意超市", "supermarket", SEAT, [60, 60, 45, 55, 35], 32),
    plan(
        "湘阴渡丰禾超市",
        "supermarket",
        "431023002",
        [55, 55, 40, 50, 30],
        28,
    ),
    plan(
        "马田丰盈超市",
        "supermarket",
        "431023101",
        [90, 90, 60, 80, 50],
        45,
    ),
    plan(
        "马田和兴超市",
        "supermarket",
        "431023101",
        [45, 50, 30, 40, 25],
        23,
    ),
    plan(
        "高亭司同福超市",
        "supermarket",
        "431023116",
        [40, 40, 25, 35, 20],
        19,
    ),
    plan(
        "柏林聚源超市",
        "supermarket",
        "431023105",
        [40, 40, 25, 35, 20],
        18,
    ),
    plan("望江农贸市场", "market", SEAT, [30, 20, 190, 90, 190], 86),
    plan("金橙农贸市场", "market", SEAT, [25, 15, 140, 70, 150], 63),
    plan("永丰农贸市场", "market", SEAT, [20, 10, 90, 45, 90], 40),
    plan("渡口农贸市场", "market", "431023002", [15, 10, 60, 30, 60], 27),
    plan("荷塘农贸市场", "market", "431023101", [20, 15, 95, 50, 100], 46),
    plan("司前农贸市场", "market", "431023116", [10, 8, 45, 22, 45], 22),
    plan("塘边农贸市场", "market", "431023106", [10, 8, 40, 20, 40], 20),
    plan("银都时代商场", "mall", SEAT, [70, 80, 20, 30, 15], 58),
    plan("橙城百货商场", "mall", SEAT, [50, 60, 12, 25, 10], 37),
    plan("马田新街商场", "mall", "431023101", [35, 40, 10, 20, 8], 24),
];

/// A supplier of the survey.
#[derive(Debug)]
pub(super) struct Supplier {
    pub(super) name: &'static str,
    /// Key of the kind of supplier.
    pub(super) kind: &'static str,
    pub(super) community: usize,
    pub(super) address: String,
    pub(super) latitude: i64,
    pub(super) longitude: i64,
    pub(super) contact: Person,
    pub(super) staff: i64,
    pub(super) daily_g: [i64; 5],
    pub(super) stock_g: [i64; 5],
    pub(super) storage_g: i64,
    pub(super) serves: String,
}

/// Makes the suppliers so that together they can feed `people` with about a fifth to spare.
///
/// # Errors
///
/// A message when a street of the plan has no populated community.
pub(super) fn suppliers(
    places: &Places,
    people: i64,
    dice: &mut Dice,
    phones: &mut Phones,
) -> Result<Vec<Supplier>, String> {
    let strengths: Vec<[i64; 5]> = SUPPLIERS
        .iter()
        .map(|plan| {
            plan.strength
                .map(|strength| strength * dice.random_range(75..=130))
        })
        .collect();
    let mut suppliers = Vec::new();
    for (index, plan) in SUPPLIERS.iter().enumerate() {
        let own: Vec<usize> = (0..places.communities.len())
            .filter(|at| places.street(&places.communities[*at]).code == plan.street)
            .collect();
        let towns: Vec<usize> = own
            .iter()
            .copied()
            .filter(|at| places.communities[*at].town)
            .collect();
        let choice = if towns.is_empty() { &own } else { &towns };
        let at = *choice
            .get(index % choice.len().max(1))
            .ok_or_else(|| format!("street {} has no community", plan.street))?;
        let community = &places.communities[at];
        let daily_g: [i64; 5] = std::array::from_fn(|category| {
            let sum: i64 = strengths.iter().map(|strength| strength[category]).sum();
            let total_g = people.max(PEOPLE_MIN) * NORM_G[category] * CAPACITY_PERCENT / 100;
            kilograms_up(total_g * strengths[index][category] / sum)
        });
        // Days of sales in stock; grain and oil keep, vegetables and meat do not.
        let days = [
            dice.random_range(9..=25),
            dice.random_range(12..=35),
            dice.random_range(2..=3),
            dice.random_range(4..=9),
            dice.random_range(2..=5),
        ];
        let stock_g: [i64; 5] = std::array::from_fn(|category| daily_g[category] * days[category]);
        suppliers.push(Supplier {
            name: plan.name,
            kind: plan.kind,
            community: at,
            address: places.address(community, dice),
            latitude: north(community.latitude, dice.random_range(-250.0..=250.0)),
            longitude: east(community.longitude, dice.random_range(-250.0..=250.0)),
            contact: Person::new(dice, phones),
            staff: plan.staff,
            daily_g,
            storage_g: kilograms_up(stock_g.iter().sum::<i64>() * dice.random_range(110..=160) / 100),
            stock_g,
            serves: String::new(),
        });
    }
    // Every street is served by the suppliers of its own and by the two nearest.
    for (at, street) in places.streets.iter().enumerate() {
        let mut order: Vec<usize> = (0..suppliers.len()).collect();
        order.sort_by_key(|supplier| {
            let supplier = &suppliers[*supplier];
            square_distance(
                (supplier.latitude, supplier.longitude),
                (street.latitude, street.longitude),
            )
        });
        for (rank, supplier) in order.into_iter().enumerate() {
            let own = places.communities[suppliers[supplier].community].street == at;
            if own || rank < 2 {
                let serves = &mut suppliers[supplier].serves;
                if !serves.is_empty() {
                    serves.push('、');
                }
                serves.push_str(&street.name);
            }
        }
    }
    Ok(suppliers)
}

fn kilograms_up(weight_g: i64) -> i64 {
    (weight_g + 999) / 1_000 * 1_000
}

/// A measure that orders points by their distance, in squared microdegrees of latitude.
fn square_distance(left: (i64, i64), right: (i64, i64)) -> i64 {
    let north = left.0 - right.0;
    // A degree of longitude is nine tenths of a degree of latitude here.
    let east = (left.1 - right.1) * 9 / 10;
    north * north + east * east
}

/// A shop or other place of sale.
#[derive(Debug)]
pub(super) struct Outlet {
    pub(super) name: String,
    pub(super) kind: &'static str,
    pub(super) community: usize,
    pub(super) address: String,
    pub(super) latitude: i64,
    pub(super) longitude: i64,
    pub(super) supplier: &'static str,
    pub(super) serves_people: i64,
    pub(super) distance_m: i64,
    /// Key of the state of the outlet.
    pub(super) state: &'static str,
    pub(super) contact: Person,
}

/// The suppliers' own places of sale and small shops in every community.
pub(super) fn outlets(
    places: &Places,
    census: &Census,
    suppliers: &[Supplier],
    dice: &mut Dice,
    phones: &mut Phones,
) -> Vec<Outlet> {
    let mut outlets: Vec<Outlet> = suppliers
        .iter()
        .map(|supplier| Outlet {
            name: supplier.name.to_string(),
            kind: supplier.kind,
            community: supplier.community,
            address: supplier.address.clone(),
            latitude: supplier.latitude,
            longitude: supplier.longitude,
            supplier: supplier.name,
            serves_people: census.community(places, supplier.community).1,
            distance_m: dice.random_range(20..=60) * 10,
            state: "open",
            contact: supplier.contact.clone(),
        })
        .collect();
    for (at, community) in places.communities.iter().enumerate() {
        let (households, people) = census.community(places, at);
        let count = if community.town {
            (households / 350).clamp(1, 4)
        } else {
            1 + i64::from(dice.random_bool(0.2))
        };
        let near = suppliers
            .iter()
            .filter(|supplier| supplier.kind != "market")
            .min_by_key(|supplier| {
                square_distance(
                    (supplier.latitude, supplier.longitude),
                    (community.latitude, community.longitude),
                )
            });
        let mut taken = HashSet::new();
        for _ in 0..count {
            let mut name = words::shop(dice, community.stem(), community.town);
            while !taken.insert(name.clone()) {
                name = words::shop(dice, community.stem(), community.town);
            }
            let spread_m = if community.town { 300.0 } else { 600.0 };
            outlets.push(Outlet {
                name,
                kind: "shop",
                community: at,
                address: places.address(community, dice),
                latitude: north(community.latitude, dice.random_range(-spread_m..=spread_m)),
                longitude: east(community.longitude, dice.random_range(-spread_m..=spread_m)),
                supplier: near.map_or("", |supplier| supplier.name),
                serves_people: people / count,
                distance_m: if community.town {
                    dice.random_range(5..=60) * 10
                } else {
                    dice.random_range(3..=25) * 100
                },
                state: match dice.random_range(0..100) {
                    0..7 => "closed",
                    7..8 => "sealed",
                    _ => "open",
                },
                contact: Person::new(dice, phones),
            });
        }
    }
    outlets
}

/// A hub or drop point.
#[derive(Debug)]
pub(super) struct Site {
    pub(super) name: String,
    /// Key of the kind of site.
    pub(super) kind: &'static str,
    pub(super) community: usize,
    /// Name of the compound; empty for a hub.
    pub(super) compound: String,
    pub(super) address: String,
    pub(super) latitude: i64,
    pub(super) longitude: i64,
    pub(super) area_m2: i64,
    pub(super) cold: bool,
    pub(super) contact: Person,
    pub(super) shift: &'static str,
}

/// Two hubs of the county, one of every street, and a drop point of every compound.
pub(super) fn sites(places: &Places, dice: &mut Dice, phones: &mut Phones) -> Vec<Site> {
    let mut sites = Vec::new();
    let halls = ["城北物流园仓库", "县体育馆东侧停车场"];
    for (at, street) in places.streets.iter().enumerate() {
        let Some(community) = (0..places.communities.len()).find(|own| places.communities[*own].street == at)
        else {
            continue;
        };
        let names: Vec<(String, String)> = if street.code == SEAT {
            let county = ["县应急生活物资第一中转站", "县应急生活物资第二中转站"];
            let own = (format!("{}中转站", street.name), "街道文体中心".to_string());
            county
                .into_iter()
                .zip(halls)
                .map(|(name, hall)| (name.to_string(), hall.to_string()))
                .chain([own])
                .collect()
        } else {
            let square = pick(
                dice,
                &["政府大院前坪", "农贸市场旁空坪", "中心小学操场", "供销社仓库"],
            );
            vec![(
                format!("{}中转站", street.name),
                format!("{}{square}", street.name),
            )]
        };
        for (index, (name, address)) in names.into_iter().enumerate() {
            let county = street.code == SEAT && index < 2;
            sites.push(Site {
                name,
                kind: "hub",
                community,
                compound: String::new(),
                address,
                latitude: north(street.latitude, dice.random_range(-900.0..=900.0)),
                longitude: east(street.longitude, dice.random_range(-900.0..=900.0)),
                area_m2: if county {
                    dice.random_range(12..=24) * 100
                } else {
                    dice.random_range(8..=40) * 10
                },
                cold: county || dice.random_bool(0.25),
                contact: Person::new(dice, phones),
                shift: if county {
                    "24小时三班"
                } else {
                    "7:00—21:00 两班"
                },
            });
        }
    }
    for compound in &places.compounds {
        let town = places.community(compound).town;
        sites.push(Site {
            name: format!("{}投放点", compound.name),
            kind: "drop_point",
            community: compound.community,
            compound: compound.name.clone(),
            address: compound.drop_point.to_string(),
            latitude: north(compound.latitude, dice.random_range(-60.0..=60.0)),
            longitude: east(compound.longitude, dice.random_range(-60.0..=60.0)),
            area_m2: dice.random_range(if town { 12..=60 } else { 10..=40 }),
            cold: false,
            contact: compound.officer.clone(),
            shift: if town {
                "9:00—19:00 两班"
            } else {
                "10:00—17:00"
            },
        });
    }
    sites
}
