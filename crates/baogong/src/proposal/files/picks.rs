//! What a supplier takes from stock for each stop: by category, and in pieces of its own goods where it has published any.

use std::collections::HashMap;

use super::drive::Goods;
use super::{Asked, County, Drive, Drop, Supply};
use crate::plan::rules::{CATEGORIES, Rules};
use crate::register::entry::Good;

/// Goods for one stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pick {
    /// The trip; empty without vehicles.
    pub trip: String,
    /// The place of the stop in its trip, from 1; 0 without vehicles.
    pub stop: usize,
    /// Who gets it, from whom.
    pub drop: Drop,
    /// Grams by category, in the order of [`CATEGORIES`].
    pub need_g: Vec<i64>,
    /// The same in pieces.
    pub pieces: Vec<Piece>,
    /// Grams for which no piece is left or offered, by category.
    pub loose_g: Vec<i64>,
}

/// So many of one good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The good's code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The unit it is counted in.
    pub unit: String,
    /// How many.
    pub count: i64,
    /// What they weigh together.
    pub weight_g: i64,
}

/// Goods of a supplier by category, cheapest for its weight first, with what is left of each.
type Shelf<'a> = Vec<Vec<(&'a Good, Option<i64>)>>;

/// The picks in the order of trips and stops; without vehicles in that of suppliers and compounds.
pub fn picks(
    county: &County,
    supply: &Supply,
    rules: &Rules,
    asked: &Asked,
    drive: Option<&Drive>,
) -> Vec<Pick> {
    let mut places: Vec<(String, usize, Drop)> = Vec::new();
    match drive {
        Some(drive) => {
            for one in drive.trips() {
                for (index, visit) in one.trip.visits.iter().enumerate() {
                    places.push((one.code.clone(), index + 1, drive.drops[visit.stop]));
                }
            }
        }
        None => {
            for (compound, living) in county.compounds.iter().enumerate() {
                for (supplier, daily_g) in supply.deliveries(compound, rules, living.persons) {
                    let drop = Drop {
                        compound,
                        supplier,
                        part: (1, 1),
                        weight_g: daily_g.iter().sum::<i64>() * asked.days,
                        bags: living.households,
                        goods: Goods::All,
                    };
                    places.push((String::new(), 0, drop));
                }
            }
            places.sort_by_key(|(_, _, drop)| drop.supplier);
        }
    }
    let mut shelves: HashMap<usize, Shelf> = HashMap::new();
    places
        .into_iter()
        .map(|(trip, stop, drop)| {
            let whole = supply
                .deliveries(drop.compound, rules, county.compounds[drop.compound].persons)
                .into_iter()
                .find(|(supplier, _)| *supplier == drop.supplier)
                .map_or_else(Vec::new, |(_, daily_g)| daily_g);
            let (part, parts) = drop.part;
            let chilled = cold(&county.suppliers[drop.supplier].goods);
            let need_g: Vec<i64> = whole
                .iter()
                .zip(chilled)
                .map(|(daily, cold)| {
                    let all = if drop.goods.has(cold) {
                        daily * asked.days
                    } else {
                        0
                    };
                    all * part / parts - all * (part - 1) / parts
                })
                .collect();
            let shelf = shelves
                .entry(drop.supplier)
                .or_insert_with(|| shelf(&county.suppliers[drop.supplier].goods));
            let (mut pieces, mut loose_g) = (Vec::new(), Vec::new());
            for (need, goods) in need_g.iter().zip(shelf.iter_mut()) {
                loose_g.push(take(*need, goods, &mut pieces));
            }
            Pick {
                trip,
                stop,
                drop,
                need_g,
                pieces,
                loose_g,
            }
        })
        .collect()
}

/// The category of a good, where all of it is of one.
fn category(good: &Good) -> Option<usize> {
    let key = match good.contents.split_first() {
        Some((first, others)) => others
            .iter()
            .all(|other| other.category == first.category)
            .then_some(first.category.as_str())?,
        None => good.category.as_str(),
    };
    CATEGORIES.iter().position(|(of, _, _)| *of == key)
}

/// The categories, in the order of [`CATEGORIES`], of which a supplier says that its goods must travel cold.
pub(super) fn cold(goods: &[Good]) -> Vec<bool> {
    let mut cold = vec![false; CATEGORIES.len()];
    let needing = goods.iter().filter(|good| good.cold != 0 && good.weight_g > 0);
    for category in needing.filter_map(category) {
        cold[category] = true;
    }
    cold
}

fn shelf(goods: &[Good]) -> Shelf<'_> {
    let mut shelf: Shelf = vec![Vec::new(); CATEGORIES.len()];
    for good in goods.iter().filter(|good| good.weight_g > 0) {
        if let Some(category) = category(good) {
            shelf[category].push((good, good.stock));
        }
    }
    for goods in &mut shelf {
        goods.sort_by(|(a, _), (b, _)| {
            let price = |one: &Good, other: &Good| i128::from(one.price_fen) * i128::from(other.weight_g);
            price(a, b).cmp(&price(b, a)).then_with(|| a.code.cmp(&b.code))
        });
    }
    shelf
}

/// Takes pieces for so many grams; what no piece is there for comes back.
fn take(need_g: i64, goods: &mut [(&Good, Option<i64>)], pieces: &mut Vec<Piece>) -> i64 {
    let mut left_g = need_g;
    for (good, stock) in goods {
        if left_g <= 0 {
            break;
        }
        let wanted = (left_g - 1) / good.weight_g + 1;
        let count = stock.map_or(wanted, |stock| wanted.min(stock.max(0)));
        if count == 0 {
            continue;
        }
        if let Some(stock) = stock {
            *stock -= count;
        }
        left_g -= count * good.weight_g;
        pieces.push(Piece {
            code: good.code.clone(),
            name: good.name.clone(),
            unit: good.unit.clone(),
            count,
            weight_g: count * good.weight_g,
        });
    }
    left_g.max(0)
}
