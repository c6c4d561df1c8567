//! Packing: pick list by goods, one bag per household, boxes per compound in walking order, short-picks with
//! reason and refund (FC-4, FC-9).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use store::{Tx, params, stmt};
use uuid::Uuid;

use super::open::{self, RoundRef};
use super::order::{self, set_state};
use super::{Order, OrderState, Pack, Round, RoundState, chart, payment, with_check_digit};
use crate::base::address;
use crate::base::book::{self, Kind, Move, Reason};
use crate::base::id::{BoxId, OrderId, RoundId, TripId, derive, district};
use crate::base::{Ctx, Refusal, Result};
use crate::wording;

stmt!(
    SET_LINE,
    "UPDATE order_line SET packed = $4, short_reason = $5 WHERE district = $1 AND order_id = $2 AND pack = $3"
);
stmt!(
    SET_BOX,
    "UPDATE orders SET box = $3, updated_s = $4 WHERE district = $1 AND id = $2"
);
stmt!(
    INSERT_BOX,
    "INSERT INTO box (district, id, round, compound, number, code, state, trip) VALUES ($1, $2, $3, $4, $5, $6, $7, NULL)"
);
stmt!(
    BOXES,
    "SELECT id, compound, number, code, state, trip FROM box WHERE district = $1 AND round = $2 ORDER BY compound, number"
);
stmt!(
    BOX_BY_CODE,
    "SELECT id, compound, number, code, state, trip, round FROM box WHERE district = $1 AND code = $2"
);
stmt!(
    BOXES_OF_TRIP,
    "SELECT id, compound, number, code, state, trip, round FROM box WHERE district = $1 AND trip = $2 ORDER BY compound, number"
);
stmt!(
    PUT_BOX,
    "UPDATE box SET state = $3, trip = $4 WHERE district = $1 AND id = $2"
);
stmt!(
    LAST_BOX,
    "SELECT MAX(number) FROM box WHERE district = $1 AND round = $2 AND compound = $3"
);

wording! {
    /// Where a box is.
    BoxState {
        Packed = "packed", "已装箱", "Packed";
        Loaded = "loaded", "在途", "On the way";
        Stranded = "stranded", "在故障车上", "On a broken vehicle";
        Dropped = "dropped", "已到小区", "At the drop point";
        Lost = "lost", "丢失", "Lost";
    }
}

/// A box of bags for one compound.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct BagBox {
    /// The id.
    pub id: BoxId,
    /// The round.
    pub round: RoundId,
    /// The compound.
    pub compound: String,
    /// Its number within round and compound.
    pub number: i64,
    /// The code on its label.
    pub code: String,
    /// Where it is.
    pub state: BoxState,
    /// The trip that carries it.
    pub trip: Option<TripId>,
}

/// One line of a pick list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pick {
    /// The pack's name.
    pub name: String,
    /// The unit.
    pub unit: String,
    /// How many are to be packed.
    pub to_pack: i64,
    /// How many are packed.
    pub packed: i64,
    /// The weight of what is to be packed.
    pub weight_g: i64,
    /// The parts of the pack and what they add up to: (name, weight in grams).
    pub parts: Vec<(String, i64)>,
}

/// What a supplier has to pick for a round, by pack and by the goods inside.
pub fn pick_list(packs: &[Pack], orders: &[Order]) -> Vec<Pick> {
    packs
        .iter()
        .map(|pack| {
            let lines = || {
                orders
                    .iter()
                    .filter(|order| order.state.live() && order.state != OrderState::Placed)
                    .flat_map(|order| {
                        order
                            .lines
                            .iter()
                            .filter(|line| line.pack == pack.code)
                            .map(move |line| (order, line))
                    })
            };
            let to_pack: i64 = lines()
                .filter(|(order, _)| order.state == OrderState::Confirmed)
                .map(|(_, line)| line.quantity)
                .sum();
            let packed: i64 = lines()
                .filter(|(order, _)| order.state != OrderState::Confirmed)
                .map(|(_, line)| line.packed)
                .sum();
            Pick {
                name: pack.name.clone(),
                unit: pack.unit.clone(),
                to_pack,
                packed,
                weight_g: pack.weight_g * to_pack,
                parts: pack
                    .contents
                    .iter()
                    .map(|part| (part.name.clone(), part.weight_g * to_pack))
                    .collect(),
            }
        })
        .collect()
}

/// How a bag was packed: for each pack that fell short, how many went in and why not all.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct BagDraft {
    /// The district.
    pub district: String,
    /// The order.
    pub order: OrderId,
    /// What fell short; empty when all went in.
    #[serde(default)]
    pub short: Vec<Short>,
}

/// A pack of which fewer went in than ordered.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Short {
    /// The pack's code.
    pub pack: String,
    /// How many went in.
    pub packed: i64,
    /// Why not all.
    pub reason: String,
}

/// Packs one bag. What fell short goes back to the supplier and is refunded to whoever paid.
pub fn pack(tx: &mut Tx, ctx: &Ctx, draft: &BagDraft) -> Result<()> {
    let order = order::get(tx, &draft.district, draft.order)?;
    let round = open::get(tx, &draft.district, order.round)?;
    check_supplier(ctx, &round)?;
    pack_order(tx, ctx, &round, &order, &draft.short)
}

pub(super) fn check_supplier(ctx: &Ctx, round: &Round) -> Result<()> {
    if ctx
        .actor
        .supplier
        .as_ref()
        .is_some_and(|own| *own != round.supplier)
    {
        return Err(Refusal::not_found("轮次", "round").into());
    }
    Ok(())
}

fn pack_order(tx: &mut Tx, ctx: &Ctx, round: &Round, order: &Order, short: &[Short]) -> Result<()> {
    if round.state != RoundState::Confirmed {
        return Err(Refusal::conflict(
            "round_state",
            "付款截止、确认本轮以后才能装袋。",
            "Bags are packed after payments are in and the round is confirmed.",
        )
        .into());
    }
    if order.state != OrderState::Confirmed {
        return Err(Refusal::conflict(
            "order_state",
            format!(
                "订单{}目前是“{}”，不能装袋。",
                order.code,
                order.state.word(kit::Lang::Zh)
            ),
            format!(
                "Order {} is “{}” and cannot be packed.",
                order.code,
                order.state.word(kit::Lang::En)
            ),
        )
        .into());
    }
    let in_district = district(&order.household).to_string();
    let mut moves = Vec::new();
    let mut refund_fen = 0;
    let mut any = false;
    for line in &order.lines {
        let asset = chart::pack_asset(order.round, &line.pack);
        let ordered = chart::ordered(order.round, &order.compound, &asset);
        let fell_short = short.iter().find(|short| short.pack == line.pack);
        let packed = fell_short.map_or(line.quantity, |short| short.packed);
        if !(0..=line.quantity).contains(&packed) {
            return Err(Refusal::invalid(
                "packed",
                format!("装入数量应在0到{}之间。", line.quantity),
                format!("The number packed lies between 0 and {}.", line.quantity),
            )
            .into());
        }
        let reason = fell_short
            .filter(|_| packed < line.quantity)
            .map_or("", |short| short.reason.trim());
        if packed < line.quantity && reason.is_empty() {
            return Err(Refusal::invalid("reason", "缺货请写明原因。", "Say why it fell short.").into());
        }
        tx.run(
            &SET_LINE,
            &params![in_district.as_str(), order.id, line.pack.as_str(), packed, reason],
        )?;
        let one = |words: &str, to, amount, reason| Move {
            id: derive(order.id.0, &format!("{words}/{}", line.pack)),
            from: ordered.clone(),
            to,
            amount,
            kind: Kind::Post,
            reason,
            cause: order.id.0,
        };
        if packed > 0 {
            any = true;
            moves.push(one(
                "bag",
                chart::packed(order.round, &order.compound, &asset),
                packed,
                Reason::Pack,
            ));
        }
        if packed < line.quantity {
            moves.push(one(
                "short",
                chart::supply(&round.supplier, &asset),
                line.quantity - packed,
                Reason::ShortPick,
            ));
            refund_fen += line.price_fen * (line.quantity - packed);
        }
    }
    book::post_certain(tx, ctx, &in_district, &moves)?;
    payment::give_back(tx, &ctx.sub(&format!("short/{}", order.id)), order, refund_fen)?;
    set_state(
        tx,
        ctx,
        &in_district,
        order.id,
        if any {
            OrderState::Packed
        } else {
            OrderState::Returned
        },
    )
}

/// Orders of one compound (or of the whole round when empty).
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CompoundRef {
    /// The district.
    pub district: String,
    /// The round.
    pub round: RoundId,
    /// The compound; empty is every one.
    #[serde(default)]
    pub compound: String,
}

impl CompoundRef {
    fn area<'a>(&'a self, round: &'a Round) -> &'a str {
        if self.compound.is_empty() {
            &round.area
        } else {
            &self.compound
        }
    }
}

/// Marks every confirmed order as packed in full. Gives how many.
pub fn pack_all(tx: &mut Tx, ctx: &Ctx, at: &CompoundRef) -> Result<usize> {
    let round = open::get(tx, &at.district, at.round)?;
    check_supplier(ctx, &round)?;
    let orders = order::of_round(tx, &at.district, at.round, at.area(&round))?;
    let mut count = 0;
    for order in orders.iter().filter(|order| order.state == OrderState::Confirmed) {
        pack_order(tx, ctx, &round, order, &[])?;
        count += 1;
    }
    Ok(count)
}

/// Orders sorted as one walks: building, unit, room, in natural order.
pub fn walking_order(orders: &mut [Order]) {
    orders.sort_by(|left, right| {
        let key = |order: &Order| [order.building.clone(), order.unit.clone(), order.room.clone()];
        left.compound.cmp(&right.compound).then_with(|| {
            key(left)
                .iter()
                .zip(&key(right))
                .map(|(left, right)| planner::natural::cmp(left, right))
                .find(|ordering| ordering.is_ne())
                .unwrap_or_else(|| left.number.cmp(&right.number))
        })
    });
}

/// How boxes are to be filled.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct BoxDraft {
    /// The round and compound.
    pub at: CompoundRef,
    /// The most bags in a box.
    pub bags_max: i64,
}

/// Puts every packed bag that is in no box yet into boxes, per compound, in walking order. Gives how many boxes.
pub fn fill_boxes(tx: &mut Tx, ctx: &Ctx, draft: &BoxDraft) -> Result<usize> {
    let at = &draft.at;
    let round = open::get(tx, &at.district, at.round)?;
    check_supplier(ctx, &round)?;
    if draft.bags_max < 1 {
        return Err(Refusal::invalid("bags_max", "每箱至少1袋。", "A box holds at least one bag.").into());
    }
    let mut by_compound: BTreeMap<String, Vec<Order>> = BTreeMap::new();
    for order in order::of_round(tx, &at.district, at.round, at.area(&round))? {
        if order.state == OrderState::Packed && order.box_id.is_none() {
            by_compound.entry(order.compound.clone()).or_default().push(order);
        }
    }
    let positions = open::compounds(tx, &at.district, at.round)?;
    let mut made = 0;
    for (compound, mut orders) in by_compound {
        walking_order(&mut orders);
        let position = positions
            .iter()
            .find(|one| one.compound == compound)
            .map_or(0, |one| one.position);
        let last = tx
            .row(
                &LAST_BOX,
                &params![at.district.as_str(), at.round, compound.as_str()],
            )?
            .map_or(Ok(None), |row| row.get::<Option<i64>>(0))?
            .unwrap_or(0);
        for (index, bags) in orders.chunks(draft.bags_max as usize).enumerate() {
            let number = last + index as i64 + 1;
            let id = BoxId(derive(at.round.0, &format!("box/{compound}/{number}")));
            let code = with_check_digit(&format!("{}-{position:02}-X{number:02}", round.code));
            tx.run(
                &INSERT_BOX,
                &params![
                    at.district.as_str(),
                    id,
                    at.round,
                    compound.as_str(),
                    number,
                    code,
                    BoxState::Packed
                ],
            )?;
            for bag in bags {
                tx.run(&SET_BOX, &params![at.district.as_str(), bag.id, id, ctx.now_s])?;
            }
            made += 1;
        }
    }
    Ok(made)
}

fn read(row: &store::Row, round: RoundId) -> Result<BagBox> {
    Ok(BagBox {
        id: BoxId(row.get::<Uuid>(0)?),
        round,
        compound: row.get(1)?,
        number: row.get(2)?,
        code: row.get(3)?,
        state: BoxState::stored(&row.get::<String>(4)?)?,
        trip: row.get::<Option<Uuid>>(5)?.map(TripId),
    })
}

/// The boxes of a round.
pub fn boxes(tx: &mut Tx, at: &RoundRef) -> Result<Vec<BagBox>> {
    let rows = tx.rows(&BOXES, &params![at.district.as_str(), at.id])?;
    rows.iter().map(|row| read(row, at.id)).collect()
}

/// The box with this code, as typed or scanned.
pub fn box_by_code(tx: &mut Tx, in_district: &str, given: &str) -> Result<Option<BagBox>> {
    let Some(code) = address::code_in(given, in_district) else {
        return Ok(None);
    };
    let row = tx.row(&BOX_BY_CODE, &params![in_district, code])?;
    row.map(|row| read(&row, RoundId(row.get(6)?))).transpose()
}

/// The boxes on a trip.
pub fn boxes_of_trip(tx: &mut Tx, in_district: &str, trip: TripId) -> Result<Vec<BagBox>> {
    let rows = tx.rows(&BOXES_OF_TRIP, &params![in_district, trip])?;
    rows.iter().map(|row| read(row, RoundId(row.get(6)?))).collect()
}

pub(super) fn put_box(
    tx: &mut Tx,
    in_district: &str,
    id: BoxId,
    state: BoxState,
    trip: Option<TripId>,
) -> Result<()> {
    tx.run(&PUT_BOX, &params![in_district, id, state, trip])?;
    Ok(())
}
