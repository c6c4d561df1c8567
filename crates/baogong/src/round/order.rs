//! An order: placed, changed, cancelled or expired, each checked against the rules by reserving in the ledger.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use store::{Tx, params, stmt};
use uuid::Uuid;

use super::{Channel, Line, Order, OrderState, Pack, PaymentState, Round, RoundState, chart, open, payment};
use crate::base::book::{self, Blocked, Kind, Move, Reason};
use crate::base::clock::{self, day_number, day_start_s};
use crate::base::id::{BoxId, OrderId, RoundId, derive, district};
use crate::base::{Ctx, Fault, Refusal, RefusalKind, Result, Role};
use crate::plan::rules::{self, CATEGORIES, RuleKey, Rules};
use crate::register::entry::{self, Entry, Household};

stmt!(
    INSERT,
    "INSERT INTO orders (district, id, round, number, code, compound, household, building, unit, room, phone, channel,
                         state, payment, amount_fen, refund_fen, note, box, created_s, updated_s, actor, revision)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 0, $16, NULL, $17, $17, $18, 0)"
);
stmt!(
    UPDATE,
    "UPDATE orders SET amount_fen = $3, phone = $4, note = $5, revision = $6, updated_s = $7, channel = $8
     WHERE district = $1 AND id = $2"
);
stmt!(
    INSERT_LINE,
    "INSERT INTO order_line (district, order_id, pack, quantity, packed, price_fen, short_reason)
     VALUES ($1, $2, $3, $4, 0, $5, '')"
);
stmt!(
    DELETE_LINES,
    "DELETE FROM order_line WHERE district = $1 AND order_id = $2"
);
stmt!(
    GET,
    "SELECT id, round, number, code, compound, household, building, unit, room, phone, channel, state, payment,
            amount_fen, refund_fen, note, box, created_s, revision FROM orders WHERE district = $1 AND id = $2"
);
stmt!(
    BY_CODE,
    "SELECT id, round, number, code, compound, household, building, unit, room, phone, channel, state, payment,
            amount_fen, refund_fen, note, box, created_s, revision FROM orders WHERE district = $1 AND code = $2"
);
stmt!(
    OF_ROUND,
    "SELECT id, round, number, code, compound, household, building, unit, room, phone, channel, state, payment,
            amount_fen, refund_fen, note, box, created_s, revision
     FROM orders WHERE district = $1 AND round = $2 AND compound >= $3 AND compound < $4 ORDER BY compound, number"
);
stmt!(
    LINES_OF_ROUND,
    "SELECT l.order_id, l.pack, l.quantity, l.packed, l.price_fen, l.short_reason
     FROM order_line l JOIN orders o ON o.district = l.district AND o.id = l.order_id
     WHERE o.district = $1 AND o.round = $2 AND o.compound >= $3 AND o.compound < $4 ORDER BY l.order_id, l.pack"
);
stmt!(
    OF_HOUSEHOLD,
    "SELECT id, round, number, code, compound, household, building, unit, room, phone, channel, state, payment,
            amount_fen, refund_fen, note, box, created_s, revision
     FROM orders WHERE district = $1 AND household = $2 ORDER BY created_s DESC LIMIT 20"
);
stmt!(
    LINES,
    "SELECT pack, quantity, packed, price_fen, short_reason FROM order_line WHERE district = $1 AND order_id = $2 ORDER BY pack"
);
stmt!(
    LAST_NUMBER,
    "SELECT MAX(number) FROM orders WHERE district = $1 AND round = $2 AND compound = $3"
);
stmt!(
    SET_STATE,
    "UPDATE orders SET state = $3, updated_s = $4 WHERE district = $1 AND id = $2"
);

/// A pack and how many of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Want {
    /// The pack's code.
    pub pack: String,
    /// How many.
    pub quantity: i64,
}

/// What a household wants from a round.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct OrderDraft {
    /// The district.
    pub district: String,
    /// The round.
    pub round: RoundId,
    /// The household's code.
    pub household: String,
    /// The phone to call; empty takes the registered one.
    #[serde(default)]
    pub phone: String,
    /// How it came in.
    pub channel: Channel,
    /// What is wanted.
    pub wants: Vec<Want>,
    /// A note for packing or hand-over.
    #[serde(default)]
    pub note: String,
}

/// What a round and its rules say about a compound; loaded once for many orders.
pub struct Terms {
    /// The round.
    pub round: Round,
    /// Its packs.
    pub packs: Vec<Pack>,
    /// The rules that hold in the compound now.
    pub rules: Rules,
    /// The compound's number within the round.
    pub position: i64,
}

/// Loads the terms of a round for a compound.
pub fn terms(tx: &mut Tx, ctx: &Ctx, in_district: &str, id: RoundId, compound: &str) -> Result<Terms> {
    let round = open::get(tx, in_district, id)?;
    let position = open::compounds(tx, in_district, id)?
        .into_iter()
        .find(|one| one.compound == compound)
        .map(|one| one.position)
        .ok_or_else(|| {
            Refusal::conflict(
                "not_in_round",
                "这一轮不供应这个小区。",
                "This round does not supply this compound.",
            )
        })?;
    Ok(Terms {
        round,
        packs: open::packs(tx, in_district, id)?,
        rules: rules::at(tx, compound, ctx.now_s)?,
        position,
    })
}

fn read(row: &store::Row) -> Result<Order> {
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

fn read_line(row: &store::Row, first: usize) -> Result<Line> {
    Ok(Line {
        pack: row.get(first)?,
        quantity: row.get(first + 1)?,
        packed: row.get(first + 2)?,
        price_fen: row.get(first + 3)?,
        short_reason: row.get(first + 4)?,
    })
}

fn with_lines(tx: &mut Tx, in_district: &str, mut order: Order) -> Result<Order> {
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
pub fn by_code(tx: &mut Tx, in_district: &str, code: &str) -> Result<Option<Order>> {
    let Some(row) = tx.row(&BY_CODE, &params![in_district, code.trim().to_uppercase()])? else {
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

/// Places an order.
pub fn place(tx: &mut Tx, ctx: &Ctx, draft: &OrderDraft) -> Result<OrderId> {
    let entry = household_entry(tx, draft)?;
    let terms = terms(tx, ctx, &draft.district, draft.round, &entry.area)?;
    place_on(tx, ctx, &terms, &entry, draft)
}

fn household_entry(tx: &mut Tx, draft: &OrderDraft) -> Result<Entry> {
    Ok(
        entry::get(tx, "households", &draft.district, &draft.household)?.ok_or_else(|| {
            Refusal::invalid(
                "household",
                "这个房号没有登记，请核对或联系采购联络人。",
                "This dwelling is not registered; check it or ask your liaison.",
            )
        })?,
    )
}

/// Places an order under terms that are loaded already.
pub fn place_on(tx: &mut Tx, ctx: &Ctx, terms: &Terms, entry: &Entry, draft: &OrderDraft) -> Result<OrderId> {
    let household: Household = entry.noun()?;
    check_taking(ctx, terms, draft.channel, false)?;
    if household.status == "vacant" {
        return Err(Refusal::conflict(
            "vacant",
            "这一户登记为空置，不能下单；如已入住请先更正登记。",
            "This dwelling is registered as vacant; correct the register first.",
        )
        .into());
    }
    let earlier = of_household(tx, &draft.household)?;
    if let Some(order) = earlier
        .iter()
        .find(|order| order.round == draft.round && order.state.live())
    {
        return Err(Refusal::conflict(
            "already_ordered",
            format!("这一户本轮已下单（{}），截单前可以修改或取消。", order.code),
            format!(
                "This household has ordered in this round already ({}); it may be changed before cut-off.",
                order.code
            ),
        )
        .into());
    }
    let lines = check_wants(terms, draft)?;
    let amount_fen = total_fen(&lines)?;
    let id = OrderId::of_command(ctx.command);
    let number = tx
        .row(
            &LAST_NUMBER,
            &params![draft.district.as_str(), draft.round, entry.area.as_str()],
        )?
        .map_or(Ok(None), |row| row.get::<Option<i64>>(0))?
        .unwrap_or(0)
        + 1;
    let order = Order {
        id,
        round: draft.round,
        number,
        code: open::order_code(&terms.round, terms.position, number),
        compound: entry.area.clone(),
        household: draft.household.clone(),
        building: household.building.clone(),
        unit: household.unit.clone(),
        room: household.room.clone(),
        phone: if draft.phone.trim().is_empty() {
            household.phone.clone()
        } else {
            draft.phone.trim().to_string()
        },
        channel: draft.channel,
        state: OrderState::Placed,
        payment: PaymentState::Unpaid,
        amount_fen,
        refund_fen: 0,
        note: draft.note.trim().to_string(),
        box_id: None,
        created_s: ctx.now_s,
        revision: 0,
        lines,
    };
    reserve(tx, ctx, terms, &order, &household, &earlier)?;
    insert(tx, ctx, &draft.district, &order)?;
    payment::at_order(tx, ctx, terms, &order)?;
    Ok(id)
}

fn insert(tx: &mut Tx, ctx: &Ctx, in_district: &str, order: &Order) -> Result<()> {
    tx.run(
        &INSERT,
        &params![
            in_district,
            order.id,
            order.round,
            order.number,
            order.code.as_str(),
            order.compound.as_str(),
            order.household.as_str(),
            order.building.as_str(),
            order.unit.as_str(),
            order.room.as_str(),
            order.phone.as_str(),
            order.channel,
            order.state,
            order.payment,
            order.amount_fen,
            order.note.as_str(),
            order.created_s,
            ctx.actor.name.as_str()
        ],
    )?;
    insert_lines(tx, in_district, order.id, &order.lines)
}

fn insert_lines(tx: &mut Tx, in_district: &str, id: OrderId, lines: &[Line]) -> Result<()> {
    for line in lines {
        tx.run(
            &INSERT_LINE,
            &params![in_district, id, line.pack.as_str(), line.quantity, line.price_fen],
        )?;
    }
    Ok(())
}

fn check_taking(ctx: &Ctx, terms: &Terms, channel: Channel, change: bool) -> Result<()> {
    let round = &terms.round;
    if round.state != RoundState::Open || ctx.now_s >= round.cutoff_s {
        return Err(Refusal::conflict(
            "cut_off",
            format!(
                "本轮已于{}截单{}。请等下一轮，急需请联系采购联络人。",
                clock::minute(round.cutoff_s),
                if change { "，不能再修改" } else { "" }
            ),
            format!(
                "This round was cut off at {}. Wait for the next one, or ask your liaison if it is urgent.",
                clock::minute(round.cutoff_s)
            ),
        )
        .into());
    }
    if ctx.actor.role == Role::Resident && (channel != Channel::Link || !round.mode.facts().takes_orders) {
        return Err(Refusal::new(
            RefusalKind::NotAllowed,
            "channel",
            "这一轮不由居民自助下单。",
            "Residents do not order by themselves in this round.",
        )
        .into());
    }
    let gives_relief = matches!(ctx.actor.role, Role::Headquarters | Role::Office | Role::System);
    if channel == Channel::Relief && !(round.mode == super::modes::Mode::Relief && gives_relief) {
        return Err(Refusal::new(
            RefusalKind::NotAllowed,
            "relief",
            "免费应急包只能由指挥部或社区在应急包轮次中发放。",
            "Free relief packs are given by headquarters or an office, in a round of relief packs.",
        )
        .into());
    }
    if channel == Channel::Proxy && !terms.rules.flag(RuleKey::AdvanceAllowed) {
        return Err(Refusal::conflict(
            "advance_not_allowed",
            "现行预案没有规定代购垫付；请先对本小区启用允许垫付的预案（如DX-5）。",
            "No plan in force allows advances here; put one in force that does (such as DX-5).",
        )
        .into());
    }
    Ok(())
}

fn check_wants(terms: &Terms, draft: &OrderDraft) -> Result<Vec<Line>> {
    let mut lines: Vec<Line> = Vec::new();
    for want in draft.wants.iter().filter(|want| want.quantity != 0) {
        let pack = terms
            .packs
            .iter()
            .find(|pack| pack.code == want.pack)
            .ok_or_else(|| {
                Refusal::invalid(
                    "wants",
                    format!("本轮没有“{}”。", want.pack),
                    format!("{} is not offered in this round.", want.pack),
                )
            })?;
        if want.quantity < 0 {
            return Err(
                Refusal::invalid("wants", "份数不能为负数。", "A quantity cannot be negative.").into(),
            );
        }
        if pack.limit_per_order > 0 && want.quantity > pack.limit_per_order {
            return Err(Refusal::new(
                RefusalKind::Exhausted,
                "limit_per_order",
                format!("{}每户限购{}{}。", pack.name, pack.limit_per_order, pack.unit),
                format!("{}: at most {} per household.", pack.name, pack.limit_per_order),
            )
            .into());
        }
        if lines.iter().any(|line| line.pack == pack.code) {
            return Err(Refusal::invalid(
                "wants",
                format!("{}写了两次。", pack.name),
                format!("{} is listed twice.", pack.name),
            )
            .into());
        }
        lines.push(Line {
            pack: pack.code.clone(),
            quantity: want.quantity,
            packed: 0,
            price_fen: pack.price_fen,
            short_reason: String::new(),
        });
    }
    if lines.is_empty() {
        return Err(Refusal::invalid(
            "wants",
            "请至少选一种套餐，填写份数。",
            "Choose at least one pack.",
        )
        .into());
    }
    Ok(lines)
}

fn total_fen(lines: &[Line]) -> Result<i64> {
    lines
        .iter()
        .try_fold(0_i64, |sum, line| {
            line.price_fen
                .checked_mul(line.quantity)
                .and_then(|amount| sum.checked_add(amount))
        })
        .ok_or_else(|| Refusal::invalid("wants", "份数太大。", "The quantity is too large.").into())
}

/// What a move of an order stands for, so that a refused one can be explained.
enum Claim {
    Pack(String),
    Turn {
        next_s: i64,
    },
    Ration {
        category: &'static str,
        allowed_g: i64,
        next_s: i64,
    },
    Grant,
}

/// The moves that hold the goods, the turn and the ration of an order.
fn claims(
    ctx: &Ctx,
    terms: &Terms,
    order: &Order,
    household: &Household,
    earlier: &[Order],
) -> Vec<(Move, Claim)> {
    let in_district = district(&order.household).to_string();
    let revision = order.revision;
    let expires_s = Some(terms.round.pay_by_s + 1);
    let reserve = Kind::Reserve { expires_s };
    let mut claims = Vec::new();
    for line in &order.lines {
        let asset = chart::pack_asset(order.round, &line.pack);
        claims.push((
            Move {
                id: derive(order.id.0, &format!("pack/{revision}/{}", line.pack)),
                from: chart::allotment(order.round, &order.compound, &asset),
                to: chart::ordered(order.round, &order.compound, &asset),
                amount: line.quantity,
                kind: reserve,
                reason: Reason::Order,
                cause: order.id.0,
            },
            Claim::Pack(line.pack.clone()),
        ));
    }
    // A free relief pack neither uses a turn nor counts against the ration: it is for those who have nothing.
    if order.channel == Channel::Relief {
        return claims;
    }
    if let Some(interval_d) = terms.rules.number(RuleKey::OrderIntervalD) {
        let last = earlier
            .iter()
            .find(|other| other.id != order.id && other.state.live() && other.channel != Channel::Relief);
        let next_s = last.map_or(0, |last| day_start_s(day_number(last.created_s) + interval_d));
        if ctx.now_s >= next_s {
            let since = last.map_or("first".to_string(), |last| last.id.to_string());
            claims.push((
                Move {
                    id: derive(Uuid::NAMESPACE_URL, &format!("turn/{}/{since}", order.household)),
                    from: chart::turns(&in_district),
                    to: chart::turn(&order.household),
                    amount: 1,
                    kind: Kind::Post,
                    reason: Reason::Grant,
                    cause: last.map_or(order.id.0, |last| last.id.0),
                },
                Claim::Grant,
            ));
        }
        claims.push((
            Move {
                id: derive(order.id.0, &format!("turn/{revision}")),
                from: chart::turn(&order.household),
                to: chart::turn_used(&order.household),
                amount: 1,
                kind: reserve,
                reason: Reason::Order,
                cause: order.id.0,
            },
            Claim::Turn { next_s },
        ));
    }
    if let Some(period_d) = terms
        .rules
        .number(RuleKey::RationPeriodD)
        .filter(|days| *days > 0)
    {
        let period = day_number(ctx.now_s).div_euclid(period_d);
        let next_s = day_start_s((period + 1) * period_d);
        for (category, _, ration) in CATEGORIES {
            let Some(per_person_g) = terms.rules.number(*ration) else {
                continue;
            };
            let wanted_g: i64 = order
                .lines
                .iter()
                .filter_map(|line| {
                    let pack = terms.packs.iter().find(|pack| pack.code == line.pack)?;
                    Some(pack.category_g(category) * line.quantity)
                })
                .sum();
            if wanted_g == 0 {
                continue;
            }
            let allowed_g = per_person_g * household.members.max(1);
            claims.push((
                Move {
                    id: derive(
                        Uuid::NAMESPACE_URL,
                        &format!("ration/{}/{category}/{period_d}/{period}", order.household),
                    ),
                    from: chart::rations(&in_district, category),
                    to: chart::ration(&order.household, category, period),
                    amount: allowed_g,
                    kind: Kind::Post,
                    reason: Reason::Grant,
                    cause: derive(Uuid::NAMESPACE_URL, &format!("{}/{period}", order.household)),
                },
                Claim::Grant,
            ));
            claims.push((
                Move {
                    id: derive(order.id.0, &format!("ration/{revision}/{category}")),
                    from: chart::ration(&order.household, category, period),
                    to: chart::ration_used(&order.household, category, period),
                    amount: wanted_g,
                    kind: reserve,
                    reason: Reason::Order,
                    cause: order.id.0,
                },
                Claim::Ration {
                    category,
                    allowed_g,
                    next_s,
                },
            ));
        }
    }
    claims
}

fn reserve(
    tx: &mut Tx,
    ctx: &Ctx,
    terms: &Terms,
    order: &Order,
    household: &Household,
    earlier: &[Order],
) -> Result<()> {
    let in_district = district(&order.household).to_string();
    let claims = claims(ctx, terms, order, household, earlier);
    // Rights are granted first and on their own: a right given before is the same transfer and acts once, and
    // its amount stays what it was even if the household has grown since.
    let (grants, holds): (Vec<_>, Vec<_>) = claims
        .into_iter()
        .partition(|(_, claim)| matches!(claim, Claim::Grant));
    for (grant, _) in grants {
        if let Err(Blocked { refusal, .. }) = book::post(tx, ctx, &in_district, std::slice::from_ref(&grant))?
            && refusal != ledger::Refusal::IdReused
        {
            return Err(Fault::Invariant(format!("grant {} refused: {refusal:?}", grant.to.name)).into());
        }
    }
    let moves: Vec<Move> = holds.iter().map(|(one, _)| one.clone()).collect();
    match book::post(tx, ctx, &in_district, &moves)? {
        Ok(()) => Ok(()),
        Err(blocked) => Err(explain(terms, &holds[blocked.index], blocked).into()),
    }
}

fn explain(terms: &Terms, (wanted, claim): &(Move, Claim), blocked: Blocked) -> Refusal {
    let available = match blocked.refusal {
        ledger::Refusal::Insufficient { available } => available,
        _ => 0,
    };
    match claim {
        Claim::Pack(code) => {
            let name = terms
                .packs
                .iter()
                .find(|pack| pack.code == *code)
                .map_or(code.as_str(), |pack| pack.name.as_str());
            let (zh, en) = if available > 0 {
                (
                    format!(
                        "{name}本小区只剩{available}份，您要{}份。请减少份数或换一种。",
                        wanted.amount
                    ),
                    format!(
                        "{name}: {available} left for your compound, you asked for {}. Take fewer or another pack.",
                        wanted.amount
                    ),
                )
            } else {
                (
                    format!("{name}本小区的份额已订完，请换一种或等下一轮。"),
                    format!(
                        "{name} is sold out for your compound; take another pack or wait for the next round."
                    ),
                )
            };
            Refusal::new(RefusalKind::Exhausted, "allotment", zh, en)
        }
        Claim::Turn { next_s } => {
            let days = terms.rules.number(RuleKey::OrderIntervalD).unwrap_or(0);
            let clause = terms.rules.clause(RuleKey::OrderIntervalD);
            Refusal::new(
                RefusalKind::Exhausted,
                "order_interval",
                format!("按规定每户每{days}天下单一次（{clause}），下次可下单时间：{}。急需请联系采购联络人。", clock::minute(*next_s)),
                format!("Each household orders once in {days} days ({clause}); the next order is possible from {}. If it is urgent, ask your liaison.", clock::minute(*next_s)),
            )
            .possible_at(*next_s)
        }
        Claim::Ration {
            category,
            allowed_g,
            next_s,
        } => {
            let word = |lang| rules::category_word(category, lang);
            let kilograms = crate::base::words::kilograms;
            Refusal::new(
                RefusalKind::Exhausted,
                "ration",
                format!("{}实行定量供应：本期每户{}公斤，还可购{}公斤，本单需{}公斤。{}起可再购。", word(kit::Lang::Zh), kilograms(*allowed_g), kilograms(available), kilograms(wanted.amount), clock::minute(*next_s)),
                format!("{} is rationed: {} kg per household in this period, {} kg left, this order needs {} kg. Possible again from {}.", word(kit::Lang::En), kilograms(*allowed_g), kilograms(available), kilograms(wanted.amount), clock::minute(*next_s)),
            )
            .possible_at(*next_s)
        }
        Claim::Grant => Refusal::conflict("grant", "额度发放失败。", "The right could not be granted."),
    }
}

/// What resolves the holds of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Resolve {
    Post,
    Void,
    Expire,
}

/// Posts, voids or expires every hold of an order's present revision.
pub(super) fn resolve(tx: &mut Tx, ctx: &Ctx, order: &Order, how: Resolve) -> Result<()> {
    let in_district = district(&order.household).to_string();
    let holds = holds(tx, &in_district, order)?;
    let mut moves = Vec::with_capacity(holds.len());
    for (id, from, to, amount) in holds {
        let (kind, reason) = match how {
            Resolve::Post => (Kind::PostReserved(id), Reason::Order),
            Resolve::Void => (Kind::VoidReserved(id), Reason::Cancel),
            Resolve::Expire => (Kind::ExpireReserved(id), Reason::Unpaid),
        };
        moves.push(Move {
            id: derive(id, "resolve"),
            from,
            to,
            amount,
            kind,
            reason,
            cause: order.id.0,
        });
    }
    book::post_certain(tx, ctx, &in_district, &moves)
}

stmt!(
    OPEN_HOLDS,
    "SELECT t.id, f.name, g.name, t.asset, t.amount FROM transfer t
     JOIN account f ON f.district = t.district AND f.id = t.from_id
     JOIN account g ON g.district = t.district AND g.id = t.to_id
     WHERE t.district = $1 AND t.cause = $2 AND t.action = 1 AND t.state = 0 ORDER BY t.id"
);

fn holds(tx: &mut Tx, in_district: &str, order: &Order) -> Result<Vec<(Uuid, book::Acc, book::Acc, i64)>> {
    let rows = tx.rows(&OPEN_HOLDS, &params![in_district, order.id])?;
    rows.iter()
        .map(|row| {
            let asset: String = row.get(3)?;
            let account = |name: String| book::Acc::guarded(name, asset.clone());
            Ok((
                row.get(0)?,
                account(row.get(1)?),
                account(row.get(2)?),
                row.get(4)?,
            ))
        })
        .collect()
}

/// A change to an order before cut-off.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct OrderChange {
    /// The district.
    pub district: String,
    /// The order.
    pub id: OrderId,
    /// What is wanted now.
    pub wants: Vec<Want>,
    /// The phone to call; empty keeps it.
    #[serde(default)]
    pub phone: String,
    /// The note; empty keeps it.
    #[serde(default)]
    pub note: String,
}

fn check_own(ctx: &Ctx, order: &Order) -> Result<()> {
    if !ctx.actor.covers(&order.household) {
        return Err(Refusal::not_found("订单", "order").into());
    }
    Ok(())
}

/// Changes what an unpaid order holds: the old holds are released and the new ones made in one step, so that
/// nothing is lost when the new ones are refused.
pub fn change(tx: &mut Tx, ctx: &Ctx, change: &OrderChange) -> Result<()> {
    let mut order = get(tx, &change.district, change.id)?;
    check_own(ctx, &order)?;
    let terms = terms(tx, ctx, &change.district, order.round, &order.compound)?;
    check_taking(ctx, &terms, order.channel, true)?;
    if order.state != OrderState::Placed {
        return Err(Refusal::conflict(
            "order_state",
            format!(
                "订单目前是“{}”，不能修改；如需调整请先取消再下单。",
                order.state.word(kit::Lang::Zh)
            ),
            format!(
                "The order is “{}” and cannot be changed; cancel it and order anew.",
                order.state.word(kit::Lang::En)
            ),
        )
        .into());
    }
    let draft = OrderDraft {
        district: change.district.clone(),
        round: order.round,
        household: order.household.clone(),
        phone: change.phone.clone(),
        channel: order.channel,
        wants: change.wants.clone(),
        note: change.note.clone(),
    };
    let lines = check_wants(&terms, &draft)?;
    let household: Household = household_entry(tx, &draft)?.noun()?;
    resolve(tx, ctx, &order, Resolve::Void)?;
    order.revision += 1;
    order.amount_fen = total_fen(&lines)?;
    order.lines = lines;
    if !change.phone.trim().is_empty() {
        order.phone = change.phone.trim().to_string();
    }
    if !change.note.trim().is_empty() {
        order.note = change.note.trim().to_string();
    }
    tx.run(
        &UPDATE,
        &params![
            change.district.as_str(),
            order.id,
            order.amount_fen,
            order.phone.as_str(),
            order.note.as_str(),
            order.revision,
            ctx.now_s,
            order.channel
        ],
    )?;
    tx.run(&DELETE_LINES, &params![change.district.as_str(), order.id])?;
    insert_lines(tx, &change.district, order.id, &order.lines)?;
    let earlier = of_household(tx, &order.household)?;
    reserve(tx, ctx, &terms, &order, &household, &earlier)
}

/// The district and id of an order.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct OrderRef {
    /// The district.
    pub district: String,
    /// The order.
    pub id: OrderId,
}

/// Cancels an order before cut-off; what was paid is given back.
pub fn cancel(tx: &mut Tx, ctx: &Ctx, at: &OrderRef) -> Result<()> {
    let order = get(tx, &at.district, at.id)?;
    check_own(ctx, &order)?;
    let terms = terms(tx, ctx, &at.district, order.round, &order.compound)?;
    check_taking(ctx, &terms, order.channel, true)?;
    match order.state {
        OrderState::Placed => resolve(tx, ctx, &order, Resolve::Void)?,
        OrderState::Confirmed => {
            take_back(tx, ctx, &order)?;
            payment::give_back(tx, ctx, &order, order.amount_fen - order.refund_fen)?;
        }
        other => {
            return Err(Refusal::conflict(
                "order_state",
                format!("订单目前是“{}”，不能取消。", other.word(kit::Lang::Zh)),
                format!(
                    "The order is “{}” and cannot be cancelled.",
                    other.word(kit::Lang::En)
                ),
            )
            .into());
        }
    }
    set_state(tx, ctx, &at.district, order.id, OrderState::Cancelled)
}

stmt!(
    POSTED,
    "SELECT t.id, f.name, g.name, t.asset, t.amount FROM transfer t
     JOIN account f ON f.district = t.district AND f.id = t.from_id
     JOIN account g ON g.district = t.district AND g.id = t.to_id
     WHERE t.district = $1 AND t.cause = $2 AND t.action = 2 AND t.asset <> 'fen' ORDER BY t.id"
);

/// Moves the goods, turn and ration of a paid order back to where they came from.
fn take_back(tx: &mut Tx, ctx: &Ctx, order: &Order) -> Result<()> {
    let in_district = district(&order.household).to_string();
    let rows = tx.rows(&POSTED, &params![in_district.as_str(), order.id])?;
    let mut moves = Vec::with_capacity(rows.len());
    for row in &rows {
        let asset: String = row.get(3)?;
        let id: Uuid = row.get(0)?;
        moves.push(Move {
            id: derive(id, "take-back"),
            from: book::Acc::guarded(row.get::<String>(2)?, asset.clone()),
            to: book::Acc::guarded(row.get::<String>(1)?, asset),
            amount: row.get(4)?,
            kind: Kind::Post,
            reason: Reason::Cancel,
            cause: order.id.0,
        });
    }
    book::post_certain(tx, ctx, &in_district, &moves)
}

pub(super) fn set_state(
    tx: &mut Tx,
    ctx: &Ctx,
    in_district: &str,
    id: OrderId,
    state: OrderState,
) -> Result<()> {
    tx.run(&SET_STATE, &params![in_district, id, state, ctx.now_s])?;
    Ok(())
}

/// Lets every unpaid order of a round expire and frees what it held (FC-6). Gives how many.
pub(super) fn expire_unpaid(tx: &mut Tx, ctx: &Ctx, round: &Round) -> Result<usize> {
    let in_district = district(&round.area).to_string();
    let orders = of_round(tx, &in_district, round.id, &round.area)?;
    let unpaid: Vec<&Order> = orders
        .iter()
        .filter(|order| order.state == OrderState::Placed)
        .collect();
    for order in &unpaid {
        // Confirmed by hand before the deadline, the holds have not lapsed yet and are given back instead.
        let how = if ctx.now_s > round.pay_by_s {
            Resolve::Expire
        } else {
            Resolve::Void
        };
        resolve(tx, ctx, order, how)?;
        set_state(tx, ctx, &in_district, order.id, OrderState::Expired)?;
    }
    Ok(unpaid.len())
}

/// Orders free relief packs for the households of a compound that the plan counts as most in need (CT-7): those
/// with special needs first, then those whose pantry is unknown or runs out soonest, until the allotment is used.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ReliefDraft {
    /// The district.
    pub district: String,
    /// The round, of mode relief.
    pub round: RoundId,
    /// The pack.
    pub pack: String,
    /// The keys of the special needs that count; empty counts all.
    pub needs: Vec<String>,
}

/// What a relief run did.
#[derive(Clone, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ReliefOutcome {
    /// Households that get a pack.
    pub given: usize,
    /// Households that have an order in this round already.
    pub had: usize,
    /// Households that get none because the allotment of their compound is used up.
    pub without: Vec<String>,
}

/// Runs [`ReliefDraft`] over every compound of the round.
pub fn relief(tx: &mut Tx, ctx: &Ctx, draft: &ReliefDraft) -> Result<ReliefOutcome> {
    let mut outcome = ReliefOutcome::default();
    for compound in open::compounds(tx, &draft.district, draft.round)? {
        let terms = terms(tx, ctx, &draft.district, draft.round, &compound.compound)?;
        let query = entry::Query {
            register: "households",
            area: &compound.compound,
            tag: "need",
            ..Default::default()
        };
        for household in entry::list(tx, &query, i64::MAX, 0)? {
            let noun: Household = household.noun()?;
            if !draft.needs.is_empty() && !noun.needs.iter().any(|need| draft.needs.contains(need)) {
                continue;
            }
            let order = OrderDraft {
                district: draft.district.clone(),
                round: draft.round,
                household: household.code.clone(),
                phone: String::new(),
                channel: Channel::Relief,
                wants: vec![Want {
                    pack: draft.pack.clone(),
                    quantity: 1,
                }],
                note: String::new(),
            };
            match tx.attempt(|tx| place_on(tx, &ctx.sub(&household.code), &terms, &household, &order)) {
                Ok(_) => outcome.given += 1,
                Err(crate::base::Error::Refusal(refusal)) if refusal.code == "already_ordered" => {
                    outcome.had += 1
                }
                Err(crate::base::Error::Refusal(refusal)) if refusal.code == "allotment" => {
                    outcome.without.push(household.code.clone());
                }
                Err(other) => return Err(other),
            }
        }
    }
    Ok(outcome)
}
