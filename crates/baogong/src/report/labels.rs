//! Labels for bags and boxes in walking order (DX-3, FC-4, FC-9).

use std::collections::{BTreeMap, HashMap};

use kit::Lang;
use print::{BoxLabel, Label};
use store::Tx;

use crate::base::access::{Field, within};
use crate::base::address;
use crate::base::words::yuan;
use crate::base::{Ctx, Refusal, Result};
use crate::register;
use crate::register::correct::area_name;
use crate::register::entry;
use crate::round::open::{self, RoundRef};
use crate::round::{Order, OrderState, Pack, Round, order, packing, trips};

/// The round that the address names, unless it is another supplier's.
fn round_of(tx: &mut Tx, ctx: &Ctx, at: &RoundRef) -> Result<Round> {
    let round = open::get(tx, &at.district, at.id)?;
    if ctx
        .actor
        .supplier
        .as_ref()
        .is_some_and(|own| *own != round.supplier)
    {
        return Err(Refusal::not_found("轮次", "round").into());
    }
    Ok(round)
}

/// What to watch out for with the goods of an order.
fn care(order: &Order, packs: &[Pack], lang: Lang) -> Vec<String> {
    let holds = |category: &str| {
        order.lines.iter().filter(|line| line.quantity > 0).any(|line| {
            packs.iter().any(|pack| {
                pack.code == line.pack && pack.contents.iter().any(|content| content.category == category)
            })
        })
    };
    let mut words = Vec::new();
    if holds("eggs") {
        words.push(lang.t("易碎", "Fragile").to_string());
    }
    if holds("meat") {
        words.push(lang.t("冷藏", "Keep cool").to_string());
    }
    words
}

/// The label of one bag.
fn label(ctx: &Ctx, lang: Lang, at: &Place, order: &Order, packs: &[Pack], compound: &str) -> Label {
    let packed = order.state != OrderState::Confirmed;
    let lines = order
        .lines
        .iter()
        .filter_map(|line| {
            let quantity = u32::try_from(if packed { line.packed } else { line.quantity }).unwrap_or(0);
            let name = packs
                .iter()
                .find(|pack| pack.code == line.pack)
                .map_or(line.pack.as_str(), |pack| pack.name.as_str());
            (quantity > 0).then(|| (name.to_string(), quantity))
        })
        .collect();
    Label {
        compound: compound.to_string(),
        dwelling: order.dwelling(),
        phone_masked: ctx.actor.show(Field::Phone, &order.phone),
        lines,
        amount: format!(
            "{} {}",
            yuan(order.amount_fen - order.refund_fen),
            lang.t("元", "yuan")
        ),
        paid: order.payment.word(lang).to_string(),
        // One bag per household and order (FC-4).
        bag: 1,
        bags: 1,
        code: order.code.clone(),
        qr: address::of_code(at.origin, &at.round.district, &order.code),
        icons: care(order, packs, lang),
        note: order.note.clone(),
    }
}

/// Which labels are wanted.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The round.
    pub round: &'a RoundRef,
    /// The area or compound.
    pub area: &'a str,
    /// By which address people reach the server, for the codes; empty where nobody knows.
    pub origin: &'a str,
}

/// The labels of all bags of a round in an area that are to be packed or are packed, as one walks.
pub fn bag_labels(tx: &mut Tx, ctx: &Ctx, lang: Lang, place: &Place) -> Result<Vec<Label>> {
    let (at, area) = (place.round, place.area);
    round_of(tx, ctx, at)?;
    let packs = open::packs(tx, &at.district, at.id)?;
    let mut orders = order::of_round(tx, &at.district, at.id, area)?;
    orders.retain(|order| matches!(order.state, OrderState::Confirmed | OrderState::Packed));
    packing::walking_order(&mut orders);
    let mut names: HashMap<String, String> = HashMap::new();
    let mut labels = Vec::with_capacity(orders.len());
    for order in &orders {
        if !names.contains_key(&order.compound) {
            names.insert(order.compound.clone(), area_name(tx, &order.compound)?);
        }
        labels.push(label(ctx, lang, place, order, &packs, &names[&order.compound]));
    }
    Ok(labels)
}

/// The buildings of the bags in a box, such as `1、2、3栋`, or the first and the last of many.
fn buildings(orders: &[&Order], lang: Lang) -> String {
    let mut names: Vec<&str> = orders
        .iter()
        .map(|order| order.building.as_str())
        .filter(|name| !name.is_empty())
        .collect();
    names.sort_by(|left, right| planner::natural::cmp(left, right));
    names.dedup();
    match (names.as_slice(), lang) {
        ([], _) => String::new(),
        ([first, .., last], Lang::Zh) if names.len() > 3 => format!("{first}–{last}栋"),
        ([first, .., last], Lang::En) if names.len() > 3 => format!("{first}–{last}"),
        (names, Lang::Zh) => format!("{}栋", names.join("、")),
        (names, Lang::En) => names.join(", "),
    }
}

/// The serial shipping container code of a box (GS1 General Specifications): the supplier's company prefix, then the
/// numbers of the round, of the compound in it and of the box, so that no two boxes of the supplier in this county share
/// one. Empty if the supplier has no prefix, or the numbers do not fit behind it.
fn sscc(prefix: &str, round_code: &str, position: i64, box_number: i64) -> String {
    let round = round_code.trim_start_matches(|letter: char| !letter.is_ascii_digit());
    let small = |value: i64| u64::try_from(value).ok().filter(|value| *value < 100);
    let (Ok(round), Some(position), Some(number)) =
        (round.parse::<u64>(), small(position), small(box_number))
    else {
        return String::new();
    };
    let Some(digits) = 16_u32.checked_sub(u32::try_from(prefix.len()).unwrap_or(u32::MAX)) else {
        return String::new();
    };
    let serial = (round * 100 + position) * 100 + number;
    let capacity = 10_u64.pow(digits);
    // The first digit widens the serial number, which is what the standard has it for.
    u8::try_from(serial / capacity)
        .ok()
        .and_then(|extension| print::sscc(extension, prefix, serial % capacity))
        .unwrap_or_default()
}

/// The labels of the boxes of a round in an area.
pub fn box_labels(tx: &mut Tx, ctx: &Ctx, lang: Lang, place: &Place) -> Result<Vec<BoxLabel>> {
    let (at, area) = (place.round, place.area);
    let round = round_of(tx, ctx, at)?;
    let (supplier, prefix) = entry::get(tx, "suppliers", &at.district, &round.supplier)?.map_or_else(
        || (round.supplier.clone(), String::new()),
        |entry| {
            let prefix = register::text(&entry.body, "gs1_prefix").to_string();
            (entry.name, prefix)
        },
    );
    let points: BTreeMap<String, (String, i64)> = open::compounds(tx, &at.district, at.id)?
        .into_iter()
        .map(|one| (one.compound, (one.drop_point, one.position)))
        .collect();
    let boxes = packing::boxes(tx, at)?;
    let orders = order::of_round(tx, &at.district, at.id, area)?;
    let mut per_compound: BTreeMap<&str, u32> = BTreeMap::new();
    for one in &boxes {
        *per_compound.entry(&one.compound).or_default() += 1;
    }
    let mut labels = Vec::new();
    for one in boxes.iter().filter(|one| within(&one.compound, area)) {
        let inside: Vec<&Order> = orders
            .iter()
            .filter(|order| order.box_id == Some(one.id))
            .collect();
        let trip = match one.trip {
            Some(trip) => {
                let trip = trips::get(tx, &at.district, trip)?;
                format!("{} {}", trip.code, trip.vehicle)
            }
            None => String::new(),
        };
        let (point, position) = points.get(&one.compound).cloned().unwrap_or_default();
        labels.push(BoxLabel {
            compound: area_name(tx, &one.compound)?,
            point,
            range: buildings(&inside, lang),
            bags: u32::try_from(inside.len()).unwrap_or(u32::MAX),
            box_number: u32::try_from(one.number).unwrap_or(0),
            boxes: per_compound.get(one.compound.as_str()).copied().unwrap_or(1),
            supplier: supplier.clone(),
            trip,
            code: one.code.clone(),
            qr: address::of_code(place.origin, &at.district, &one.code),
            sscc: sscc(&prefix, &round.code, position, one.number),
        });
    }
    Ok(labels)
}

/// Says that there is no bag to label yet.
pub fn no_bags() -> Refusal {
    Refusal::conflict(
        "no_labels",
        "这里还没有要贴签的袋子：付款截止、确认本轮以后才能打印袋签。",
        "There are no bags to label here yet: labels are printed after payments are in and the round is confirmed.",
    )
}

/// Says that there is no box to label yet.
pub fn no_boxes() -> Refusal {
    Refusal::conflict(
        "no_labels",
        "这里还没有装箱，请先把装好的袋子装箱。",
        "There are no boxes here yet; put the packed bags into boxes first.",
    )
}

#[cfg(test)]
mod tests {
    use super::sscc;

    #[test]
    fn a_box_has_a_number_of_its_own_behind_the_suppliers_prefix() {
        let first = sscc("69012345", "R012", 3, 1);
        assert_eq!(&first[..17], "06901234500120301");
        assert_eq!(first.len(), 18);
        assert_ne!(first, sscc("69012345", "R012", 3, 2));
        assert_ne!(first, sscc("69012345", "R013", 3, 1));
        // A prefix of ten digits leaves seven for the number, the first of them in front.
        assert_eq!(&sscc("6901234567", "R123", 4, 5)[..17], "16901234567230405");
    }

    #[test]
    fn nothing_is_said_where_it_would_be_wrong() {
        assert_eq!(sscc("", "R012", 3, 1), "");
        assert_eq!(sscc("6901234567", "R1000", 3, 1), "");
        assert_eq!(sscc("69012345", "R012", 100, 1), "");
        assert_eq!(sscc("69012345", "R012", 1, 100), "");
    }
}
