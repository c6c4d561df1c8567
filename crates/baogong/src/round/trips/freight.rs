//! What boxes weigh and whether they must travel cold, and how the boxes for one compound are divided where no vehicle takes
//! all of them.

use std::collections::BTreeSet;

use crate::base::id::BoxId;
use crate::register::entry::{Entry, Good};

use super::*;

/// What a box is for a vehicle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Freight {
    /// Its weight.
    pub(super) weight_g: i64,
    /// Whether something in it must travel cold.
    pub(super) cold: bool,
}

/// By the id of the box.
pub(super) type Freights = BTreeMap<Uuid, Freight>;

/// What the boxes of a round weigh, and whether they must travel cold.
pub(super) fn freights(tx: &mut Tx, at: &RoundRef) -> Result<Freights> {
    let mut freights = Freights::new();
    let packs = open::packs(tx, &at.district, at.id)?;
    let round = open::get(tx, &at.district, at.id)?;
    let cold = cold_packs(&packs, &goods_of(tx, &at.district, &round.supplier)?);
    for order in order::of_round(tx, &at.district, at.id, &round.area)? {
        let Some(in_box) = order.box_id else { continue };
        let freight = freights.entry(in_box.0).or_default();
        for line in order.lines.iter().filter(|line| line.packed > 0) {
            let pack = packs.iter().find(|pack| pack.code == line.pack);
            freight.weight_g += pack.map_or(0, |pack| pack.weight_g) * line.packed;
            freight.cold |= cold.contains(line.pack.as_str());
        }
    }
    Ok(freights)
}

fn goods_of(tx: &mut Tx, in_district: &str, supplier: &str) -> Result<Vec<Good>> {
    let listed = entry::price_list(tx, in_district, supplier)?;
    listed.iter().map(Entry::noun).collect()
}

/// The codes of the packs that must travel cold: those that the price list says so of, and those with such a good inside.
fn cold_packs<'a>(packs: &'a [super::super::Pack], goods: &[Good]) -> BTreeSet<&'a str> {
    let cold: BTreeSet<&str> = goods
        .iter()
        .filter(|good| good.cold != 0)
        .flat_map(|good| [good.code.as_str(), good.name.trim()])
        .collect();
    let needs = |pack: &&super::super::Pack| {
        cold.contains(pack.code.as_str())
            || pack
                .contents
                .iter()
                .any(|content| cold.contains(content.name.trim()))
    };
    packs
        .iter()
        .filter(needs)
        .map(|pack| pack.code.as_str())
        .collect()
}

/// What one vehicle takes at one time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Room {
    pub(super) weight_g: i64,
    pub(super) boxes: i64,
}

impl Room {
    fn takes(self, weight_g: i64, boxes: i64) -> bool {
        weight_g <= self.weight_g && boxes <= self.boxes
    }
}

/// The boxes of a stop in parts, each of which fits into one of these vehicles; a single part where all of them fit, and
/// where one box alone is more than any vehicle takes.
pub(super) fn divided(boxes: &[BoxId], freights: &Freights, rooms: &[Room]) -> Vec<Vec<BoxId>> {
    let weight_g = |id: &BoxId| freights.get(&id.0).map_or(0, |one| one.weight_g);
    let total_g: i64 = boxes.iter().map(weight_g).sum();
    let whole = vec![boxes.to_vec()];
    if rooms.iter().any(|room| room.takes(total_g, boxes.len() as i64)) {
        return whole;
    }
    let largest = rooms
        .iter()
        .filter(|room| boxes.iter().all(|one| room.takes(weight_g(one), 1)));
    let Some(room) = largest.max_by_key(|room| (room.weight_g, room.boxes)) else {
        return whole;
    };
    let mut heavy_first = boxes.to_vec();
    heavy_first.sort_by_key(|one| (-weight_g(one), *one));
    let mut parts: Vec<(i64, Vec<BoxId>)> = Vec::new();
    for one in heavy_first {
        let own_g = weight_g(&one);
        let fits = |part: &&mut (i64, Vec<BoxId>)| room.takes(part.0 + own_g, part.1.len() as i64 + 1);
        match parts.iter_mut().find(fits) {
            Some(part) => {
                part.0 += own_g;
                part.1.push(one);
            }
            None => parts.push((own_g, vec![one])),
        }
    }
    parts.into_iter().map(|(_, boxes)| boxes).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::register::entry::Content;

    fn good(code: &str, name: &str, cold: i64) -> Good {
        Good {
            code: code.into(),
            name: name.into(),
            cold,
            ..Good::default()
        }
    }

    fn pack(code: &str, contents: &[&str]) -> crate::round::Pack {
        let content = |name: &&str| Content {
            name: (*name).into(),
            ..Content::default()
        };
        crate::round::Pack {
            code: code.into(),
            name: code.into(),
            unit: String::new(),
            price_fen: 0,
            weight_g: 0,
            limit_per_order: 0,
            contents: contents.iter().map(content).collect(),
            aliases: String::new(),
        }
    }

    #[test]
    fn a_pack_needs_cold_as_soon_as_one_of_its_goods_does() {
        let goods = [good("P", "猪肉", 1), good("R", "大米", 0), good("D", "冷鲜包", 1)];
        let packs = [
            pack("A", &["大米", "猪肉"]),
            pack("B", &["大米"]),
            pack("D", &["大米"]),
        ];
        assert_eq!(
            cold_packs(&packs, &goods).into_iter().collect::<Vec<_>>(),
            ["A", "D"]
        );
    }

    fn ids(weights: &[i64]) -> (Vec<BoxId>, Freights) {
        let ids: Vec<BoxId> = (1..=weights.len() as u128)
            .map(|one| BoxId(Uuid::from_u128(one)))
            .collect();
        let freight = |weight_g: &i64| Freight {
            weight_g: *weight_g,
            cold: false,
        };
        let freights = ids.iter().map(|id| id.0).zip(weights.iter().map(freight));
        let freights = freights.collect();
        (ids, freights)
    }

    #[test]
    fn a_box_heavier_than_any_vehicle_leaves_the_stop_whole() {
        let (boxes, freights) = ids(&[50, 900, 50]);
        let room = Room {
            weight_g: 800,
            boxes: 100,
        };
        assert_eq!(divided(&boxes, &freights, &[room]), [boxes]);
    }

    proptest! {
        #[test]
        fn every_box_is_in_one_part_and_each_part_fits(
            weights in prop::collection::vec(1..400i64, 1..40),
            rooms in prop::collection::vec((400..2_000i64, 1..20i64), 1..4),
        ) {
            let (boxes, freights) = ids(&weights);
            let rooms: Vec<Room> = rooms.into_iter().map(|(weight_g, boxes)| Room { weight_g, boxes }).collect();
            let parts = divided(&boxes, &freights, &rooms);
            let mut all: Vec<BoxId> = parts.iter().flatten().copied().collect();
            all.sort_unstable();
            prop_assert_eq!(all, boxes.clone());
            for part in &parts {
                let weight_g: i64 = part.iter().map(|one| freights[&one.0].weight_g).sum();
                prop_assert!(rooms.iter().any(|room| room.takes(weight_g, part.len() as i64)));
            }
            let total_g: i64 = weights.iter().sum();
            let whole = rooms.iter().any(|room| room.takes(total_g, boxes.len() as i64));
            prop_assert_eq!(whole, parts.len() == 1);
        }
    }
}
