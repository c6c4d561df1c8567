//! What the headquarters' board shows and the situation report prints: rounds by state, orders, amounts, people
//! served, unpaid, late and short, per street and with the spread between streets (YO-7).

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashSet};

use serde::Serialize;
use store::{Tx, params, stmt};
use uuid::Uuid;

use crate::base::book::{self, Acc};
use crate::base::id::{RoundId, district};
use crate::base::{Ctx, Result};
use crate::coverage::{self, CompoundCover, lists};
use crate::market::{self, Brief};
use crate::plan::{directive, rules};
use crate::register::entry::{self, subtree_end};
use crate::round::{OrderState, Pack, RoundState, chart, open};

stmt!(
    ORDERS,
    "SELECT o.round, o.compound, o.state, COUNT(*), CAST(SUM(o.amount_fen - o.refund_fen) AS BIGINT)
     FROM orders o WHERE o.district = $1 AND o.compound >= $2 AND o.compound < $3
     GROUP BY o.round, o.compound, o.state"
);
// On SQLite a cross join fixes the order: orders first, so that of a rush that is not packed yet no line is looked at.
stmt!(
    PACKED,
    "SELECT o.round, l.pack, CAST(SUM(l.quantity) AS BIGINT), CAST(SUM(l.packed) AS BIGINT),
            CAST(SUM(CASE WHEN o.state = 'handed' THEN l.packed ELSE 0 END) AS BIGINT)
     FROM orders o CROSS JOIN order_line l
     WHERE l.district = o.district AND l.order_id = o.id AND o.district = $1 AND o.compound >= $2 AND o.compound < $3
       AND o.state IN ('packed', 'loaded', 'dropped', 'handed', 'returned')
     GROUP BY o.round, l.pack ORDER BY o.round, l.pack"
);
stmt!(
    SERVED,
    "SELECT e.area, COUNT(*), CAST(SUM(e.people) AS BIGINT)
     FROM (SELECT DISTINCT o.household FROM orders o
           WHERE o.district = $1 AND o.compound >= $2 AND o.compound < $3 AND o.state = 'handed') h
     JOIN entry e ON e.district = $1 AND e.register = 'households' AND e.code = h.household
     GROUP BY e.area"
);
stmt!(
    SHORTS,
    "SELECT o.code, o.compound, l.pack, l.quantity - l.packed, l.short_reason, o.round
     FROM orders o CROSS JOIN order_line l
     WHERE l.district = o.district AND l.order_id = o.id AND o.district = $1 AND o.compound >= $2 AND o.compound < $3
       AND o.state IN ('packed', 'loaded', 'dropped', 'handed', 'returned') AND l.short_reason <> ''
     ORDER BY o.updated_s DESC LIMIT 50"
);

/// Counts of one street, or of the whole area.
#[derive(Clone, Debug, Default, Serialize, utoipa::ToSchema)]
pub struct Counts {
    /// Compounds under control or lockdown.
    pub closed_compounds: i64,
    /// Their households.
    pub households: i64,
    /// Their people.
    pub people: i64,
    /// Orders that count.
    pub orders: i64,
    /// What they come to, less refunds.
    pub amount_fen: i64,
    /// Orders handed over.
    pub handed: i64,
    /// Orders not paid yet.
    pub unpaid: i64,
    /// Orders past their delivery time and not handed over.
    pub late: i64,
    /// Orders that expired unpaid.
    pub expired: i64,
    /// Households that have received something.
    pub served_households: i64,
    /// People in them.
    pub served_people: i64,
    /// Households of closed compounds of which no stock is known.
    pub unknown: i64,
    /// Households that have run out or will within the alarm.
    pub short: i64,
    /// Needs that are open.
    pub needs: i64,
    /// Open needs that cannot wait.
    pub urgent: i64,
}

impl Counts {
    /// Households of closed compounds that have received something, in hundredths of a per cent.
    pub fn served_e2(&self) -> i64 {
        if self.households == 0 {
            0
        } else {
            self.served_households.min(self.households) * 10_000 / self.households
        }
    }

    fn add(&mut self, other: &Counts) {
        self.closed_compounds += other.closed_compounds;
        self.households += other.households;
        self.people += other.people;
        self.orders += other.orders;
        self.amount_fen += other.amount_fen;
        self.handed += other.handed;
        self.unpaid += other.unpaid;
        self.late += other.late;
        self.expired += other.expired;
        self.served_households += other.served_households;
        self.served_people += other.served_people;
        self.unknown += other.unknown;
        self.short += other.short;
        self.needs += other.needs;
        self.urgent += other.urgent;
    }
}

/// Quantities of one pack over all rounds.
#[derive(Clone, Debug, Default, Serialize, utoipa::ToSchema)]
pub struct Goods {
    /// The name.
    pub name: String,
    /// Ordered.
    pub ordered: i64,
    /// Packed.
    pub packed: i64,
    /// Handed over.
    pub handed: i64,
    /// Fell short.
    pub short: i64,
}

/// A bag in which something fell short.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ShortPick {
    /// The order's code.
    pub order: String,
    /// The compound.
    pub compound: String,
    /// The pack's name.
    pub pack: String,
    /// How many.
    pub quantity: i64,
    /// Why.
    pub reason: String,
}

/// Everything on the board.
#[derive(Clone, Debug, Default)]
pub struct Board {
    /// The whole area.
    pub total: Counts,
    /// Per street: (code, name, counts).
    pub streets: Vec<(String, String, Counts)>,
    /// Rounds by state.
    pub rounds: BTreeMap<RoundState, i64>,
    /// Packs, by name.
    pub goods: Vec<Goods>,
    /// Food handed over, by name of the good inside the packs: (name, grams).
    pub food: Vec<(String, i64)>,
    /// The latest short-picks.
    pub shorts: Vec<ShortPick>,
    /// Coverage of each closed compound, worst first.
    pub coverage: Vec<CompoundCover>,
    /// The market by the daily reports, in short.
    pub market: Brief,
}

impl Board {
    /// The spread between streets: lowest and highest share of households served, in hundredths of a per cent.
    pub fn spread_e2(&self) -> Option<(i64, i64)> {
        let shares = || {
            self.streets
                .iter()
                .filter(|(_, _, counts)| counts.households > 0)
                .map(|(_, _, counts)| counts.served_e2())
        };
        Some((shares().min()?, shares().max()?))
    }
}

fn street(code: &str) -> String {
    code.get(..9).unwrap_or(code).to_string()
}

/// Gathers the board of an area.
pub fn board(tx: &mut Tx, ctx: &Ctx, area: &str) -> Result<Board> {
    let in_district = district(area).to_string();
    let mut streets: BTreeMap<String, Counts> = BTreeMap::new();
    let directives = directive::holding(tx, &in_district, ctx.now_s)?;
    let mut closed: BTreeMap<String, bool> = BTreeMap::new();
    let counted = entry::count_by_area(tx, "households", area)?;
    for (compound, households, people) in &counted {
        let is_closed = rules::resolve(compound, directives.clone()).closed();
        closed.insert(compound.clone(), is_closed);
        if is_closed {
            let counts = streets.entry(street(compound)).or_default();
            counts.closed_compounds += 1;
            counts.households += households;
            counts.people += people;
        }
    }
    let range = || params![in_district.as_str(), area, subtree_end(area)];
    let rounds = open::standing(tx, area)?;
    let late: HashSet<RoundId> = rounds
        .iter()
        .filter(|(_, _, deliver_s)| *deliver_s < ctx.now_s)
        .map(|(id, _, _)| *id)
        .collect();
    for row in tx.rows(&ORDERS, &range())? {
        let counts = streets.entry(street(row.text(1)?)).or_default();
        let state = OrderState::stored(row.text(2)?)?;
        let (count, amount_fen): (i64, i64) = (row.get(3)?, row.get(4)?);
        if state == OrderState::Expired {
            counts.expired += count;
        }
        if !state.live() {
            continue;
        }
        counts.orders += count;
        counts.amount_fen += amount_fen;
        match state {
            OrderState::Placed => counts.unpaid += count,
            OrderState::Handed => counts.handed += count,
            OrderState::Returned => {}
            _ if late.contains(&RoundId(row.get::<Uuid>(0)?)) => counts.late += count,
            _ => {}
        }
    }
    for row in tx.rows(&SERVED, &range())? {
        let compound: String = row.get(0)?;
        let counts = streets.entry(street(&compound)).or_default();
        if closed.get(&compound).copied().unwrap_or(false) {
            counts.served_households += row.get::<i64>(1)?;
        }
        counts.served_people += row.get::<i64>(2)?;
    }
    let coverage = coverage::board_of(tx, ctx, area, counted)?;
    for cover in &coverage {
        let counts = streets.entry(street(&cover.compound)).or_default();
        counts.unknown += cover.unknown();
        counts.short += cover.short;
    }
    for (compound, open, urgent) in lists::open_needs(tx, area)? {
        let counts = streets.entry(street(&compound)).or_default();
        counts.needs += open;
        counts.urgent += urgent;
    }
    let mut board = Board {
        coverage,
        market: market::market(tx, ctx, area)?.brief(ctx.now_s),
        ..Board::default()
    };
    for (code, counts) in streets {
        board.total.add(&counts);
        let name = crate::register::correct::area_name(tx, &code)?;
        board.streets.push((code, name, counts));
    }
    let mut packs: BTreeMap<RoundId, Vec<Pack>> = BTreeMap::new();
    let mut goods: BTreeMap<String, Goods> = BTreeMap::new();
    let mut food: BTreeMap<String, i64> = BTreeMap::new();
    for (round, state, _) in rounds {
        *board.rounds.entry(state).or_default() += 1;
        if !matches!(state, RoundState::Settled | RoundState::Cancelled) {
            let of_round = open::packs(tx, &in_district, round)?;
            for (pack, quantity) in of_round.iter().zip(unpacked(tx, area, round, &of_round)?) {
                line(&mut goods, &pack.name).ordered += quantity;
            }
            packs.insert(round, of_round);
        }
    }
    for row in tx.rows(&PACKED, &range())? {
        let round = RoundId(row.get::<Uuid>(0)?);
        if let Entry::Vacant(place) = packs.entry(round) {
            place.insert(open::packs(tx, &in_district, round)?);
        }
        let code: String = row.get(1)?;
        let Some(pack) = packs[&round].iter().find(|pack| pack.code == code) else {
            continue;
        };
        let (ordered, packed, handed): (i64, i64, i64) = (row.get(2)?, row.get(3)?, row.get(4)?);
        let line = line(&mut goods, &pack.name);
        line.ordered += ordered;
        line.packed += packed;
        line.handed += handed;
        line.short += ordered - packed;
        for content in &pack.contents {
            *food.entry(content.name.clone()).or_default() += content.weight_g * handed;
        }
    }
    goods.retain(|_, goods| goods.ordered > 0);
    board.goods = goods.into_values().collect();
    board.food = food.into_iter().filter(|(_, grams)| *grams > 0).collect();
    board.food.sort_by_key(|(_, grams)| std::cmp::Reverse(*grams));
    for row in tx.rows(&SHORTS, &range())? {
        let (code, round): (String, Uuid) = (row.get(2)?, row.get(5)?);
        let of_round = packs.get(&RoundId(round));
        let known = of_round.and_then(|packs| packs.iter().find(|pack| pack.code == code));
        board.shorts.push(ShortPick {
            order: row.get(0)?,
            compound: row.get(1)?,
            pack: known.map_or(code, |pack| pack.name.clone()),
            quantity: row.get(3)?,
            reason: row.get(4)?,
        });
    }
    Ok(board)
}

fn line<'g>(goods: &'g mut BTreeMap<String, Goods>, name: &str) -> &'g mut Goods {
    goods.entry(name.to_string()).or_insert_with(|| Goods {
        name: name.to_string(),
        ..Goods::default()
    })
}

/// How many of each pack are ordered in an area and not packed yet, paid or not. The ledger knows it for each compound, so that a
/// rush of orders need not be counted one by one.
fn unpacked(tx: &mut Tx, area: &str, round: RoundId, packs: &[Pack]) -> Result<Vec<i64>> {
    let end = subtree_end(area);
    let compounds = open::compounds(tx, district(area), round)?;
    let inside = compounds
        .iter()
        .map(|compound| compound.compound.as_str())
        .filter(|compound| (area..end.as_str()).contains(compound));
    let inside: Vec<&str> = inside.collect();
    packs
        .iter()
        .map(|pack| {
            let asset = chart::pack_asset(round, &pack.code);
            let of = |account: fn(RoundId, &str, &str) -> Acc| -> Vec<Acc> {
                inside
                    .iter()
                    .map(|compound| account(round, compound, &asset))
                    .collect()
            };
            let unpaid = book::balances(tx, district(area), &of(chart::allotment))?;
            let paid = book::balances(tx, district(area), &of(chart::ordered))?;
            Ok(unpaid.iter().map(|(posted, free)| posted - free).sum::<i64>()
                + paid.iter().map(|(posted, _)| posted).sum::<i64>())
        })
        .collect()
}
