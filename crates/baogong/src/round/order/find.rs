//! Orders as stored: by id, by code, of a round, of a household.

use super::*;

stmt!(
    GET,
    "SELECT id, round, number, code, compound, household, building, unit, room, phone, channel, state, payment,
            amount_fen, refund_fen, note, box, created_s, revision FROM orders WHERE district = $1 AND id = $2"
);

stmt!(
    BY_CODE,
    "SELECT o.id, o.round, o.number, o.code, o.compound, o.household, o.building, o.unit, o.room, o.phone, o.channel,
            o.state, o.payment, o.amount_fen, o.refund_fen, o.note, o.box, o.created_s, o.revision
     FROM round r
     JOIN round_compound c ON c.district = r.district AND c.round = r.id
     JOIN orders o ON o.district = r.district AND o.round = r.id AND o.compound = c.compound
     WHERE r.district = $1 AND r.code = $2 AND c.position = $3 AND o.number = $4 AND o.code = $5"
);

stmt!(
    OF_ROUND,
    "SELECT id, round, number, code, compound, household, building, unit, room, phone, channel, state, payment,
            amount_fen, refund_fen, note, box, created_s, revision
     FROM orders WHERE district = $1 AND round = $2 AND compound >= $3 AND compound < $4 ORDER BY compound, number"
);

stmt!(
    STATES,
    "SELECT state, COUNT(*) FROM orders WHERE district = $1 AND round = $2 GROUP BY state ORDER BY state"
);

stmt!(
    LINES_OF_ROUND,
    "SELECT l.order_id, l.pack, l.quantity, l.packed, l.price_fen, l.short_reason
     FROM order_line l JOIN orders o ON o.district = l.district AND o.id = l.order_id
     WHERE o.district = $1 AND o.round = $2 AND o.compound >= $3 AND o.compound < $4 ORDER BY l.order_id, l.pack"
);

stmt!(
    OF_HOUSEHOLD,
    "SELECT o.id, o.round, o.number, o.code, o.compound, o.household, o.building, o.unit, o.room, o.phone, o.channel,
            o.state, o.payment, o.amount_fen, o.refund_fen, o.note, o.box, o.created_s, o.revision
     FROM entry e
     JOIN round_compound c ON c.district = e.district AND c.compound = e.area
     JOIN orders o ON o.district = c.district AND o.round = c.round AND o.compound = c.compound AND o.household = e.code
     WHERE e.district = $1 AND e.register = 'households' AND e.code = $2 ORDER BY o.created_s DESC LIMIT 20"
);

stmt!(
    LINES,
    "SELECT pack, quantity, packed, price_fen, short_reason FROM order_line WHERE district = $1 AND order_id = $2 ORDER BY pack"
);

stmt!(
    RECENT,
    "SELECT id, round, state, channel, code, created_s FROM orders
     WHERE district = $1 AND round = $2 AND compound = $3 AND household = $4"
);

/// What of an earlier order matters to the next one of the household.
pub(super) struct Recent {
    pub(super) id: OrderId,
    pub(super) round: RoundId,
    pub(super) state: OrderState,
    pub(super) channel: Channel,
    pub(super) code: String,
    pub(super) created_s: i64,
    /// Placed in the same batch, a moment ago.
    pub(super) just_placed: bool,
}

impl Recent {
    pub(super) fn just_placed(order: &Order) -> Self {
        Self {
            id: order.id,
            round: order.round,
            state: order.state,
            channel: order.channel,
            code: order.code.clone(),
            created_s: order.created_s,
            just_placed: true,
        }
    }
}

/// The orders that matter to the next one of each of these households (compound and code), latest first.
pub(super) fn recent(
    tx: &mut Tx,
    in_district: &str,
    households: &[(&Terms, &str, &str)],
) -> Result<Vec<Vec<Recent>>> {
    let keys: Vec<_> = households
        .iter()
        .flat_map(|(terms, compound, household)| {
            let of_round =
                move |round: &RoundId| Vec::from(params![in_district, *round, *compound, *household]);
            terms.recent_rounds.iter().map(of_round)
        })
        .collect();
    let mut found = tx.rows_many(&RECENT, &keys)?.into_iter();
    households
        .iter()
        .map(|(terms, ..)| {
            let of_household = found.by_ref().take(terms.recent_rounds.len()).flatten();
            let mut recent: Vec<Recent> = of_household.map(|row| read_recent(&row)).collect::<Result<_>>()?;
            recent.sort_by_key(|order| std::cmp::Reverse((order.created_s, order.id)));
            Ok(recent)
        })
        .collect()
}

fn read_recent(row: &store::Row) -> Result<Recent> {
    Ok(Recent {
        id: OrderId(row.get::<Uuid>(0)?),
        round: RoundId(row.get::<Uuid>(1)?),
        state: OrderState::stored(row.text(2)?)?,
        channel: Channel::stored(row.text(3)?)?,
        code: row.get(4)?,
        created_s: row.get(5)?,
        just_placed: false,
    })
}

pub(super) fn read(row: &store::Row) -> Result<Order> {
    Ok(Order {
        id: OrderId(row.get::<Uuid>(0)?),
        round: RoundId(row.get::<Uuid>(1)?),
        number: row.get(2)?,
        code: row.get(3)?,
        compound: row.get(4)?,
        household: row.get(5)?,
        building: row.get(6)?,
        unit: row.get(7)?,
        room: row.get(8)?,
        phone: row.get(9)?,
        channel: Channel::stored(&row.get::<String>(10)?)?,
        state: OrderState::stored(&row.get::<String>(11)?)?,
        payment: PaymentState::stored(&row.get::<String>(12)?)?,
        amount_fen: row.get(13)?,
        refund_fen: row.get(14)?,
        note: row.get(15)?,
        box_id: row.get::<Option<Uuid>>(16)?.map(BoxId),
        created_s: row.get(17)?,
        revision: row.get(18)?,
        lines: Vec::new(),
    })
}

pub(super) fn read_line(row: &store::Row, first: usize) -> Result<Line> {
    Ok(Line {
        pack: row.get(first)?,
        quantity: row.get(first + 1)?,
        packed: row.get(first + 2)?,
        price_fen: row.get(first + 3)?,
        short_reason: row.get(first + 4)?,
    })
}

pub(super) fn with_lines(tx: &mut Tx, in_district: &str, mut order: Order) -> Result<Order> {
    let rows = tx.rows(&LINES, &params![in_district, order.id])?;
    order.lines = rows.iter().map(|row| read_line(row, 0)).collect::<Result<_>>()?;
    Ok(order)
}

/// The order with this id.
pub fn get(tx: &mut Tx, in_district: &str, id: OrderId) -> Result<Order> {
    let row = tx
        .row(&GET, &params![in_district, id])?
        .ok_or_else(|| Refusal::not_found("订单", "order"))?;
    let order = read(&row)?;
    with_lines(tx, in_district, order)
}

/// The order with this code, as typed or scanned from a bag.
pub fn by_code(tx: &mut Tx, in_district: &str, given: &str) -> Result<Option<Order>> {
    let Some(code) = address::code_in(given, in_district) else {
        return Ok(None);
    };
    let Some((round, position, number)) = open::order_code_parts(&code) else {
        return Ok(None);
    };
    let Some(row) = tx.row(
        &BY_CODE,
        &params![in_district, round, position, number, code.as_str()],
    )?
    else {
        return Ok(None);
    };
    let order = read(&row)?;
    Ok(Some(with_lines(tx, in_district, order)?))
}

/// The orders of a round within an area, by compound and number.
pub fn of_round(tx: &mut Tx, in_district: &str, round: RoundId, area: &str) -> Result<Vec<Order>> {
    let range = params![in_district, round, area, entry::subtree_end(area)];
    let mut orders: Vec<Order> = tx
        .rows(&OF_ROUND, &range)?
        .iter()
        .map(read)
        .collect::<Result<_>>()?;
    let mut lines: BTreeMap<OrderId, Vec<Line>> = BTreeMap::new();
    for row in tx.rows(&LINES_OF_ROUND, &range)? {
        lines
            .entry(OrderId(row.get::<Uuid>(0)?))
            .or_default()
            .push(read_line(&row, 1)?);
    }
    for order in &mut orders {
        order.lines = lines.remove(&order.id).unwrap_or_default();
    }
    Ok(orders)
}

/// How many orders of a round are in each state.
pub fn states_of_round(tx: &mut Tx, round: &Round) -> Result<Vec<(OrderState, i64)>> {
    let rows = tx.rows(&STATES, &params![district(&round.area), round.id])?;
    rows.iter()
        .map(|row| Ok((OrderState::stored(row.text(0)?)?, row.get(1)?)))
        .collect()
}

/// The latest orders of a household, latest first.
pub fn of_household(tx: &mut Tx, household: &str) -> Result<Vec<Order>> {
    let in_district = district(household);
    let rows = tx.rows(&OF_HOUSEHOLD, &params![in_district, household])?;
    let mut orders = Vec::with_capacity(rows.len());
    for row in &rows {
        let order = read(row)?;
        orders.push(with_lines(tx, in_district, order)?);
    }
    Ok(orders)
}
