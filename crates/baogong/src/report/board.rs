//! What the headquarters' board shows and the situation report prints: rounds by state, orders, amounts, people
//! served, unpaid, late and short, per street and with the spread between streets (YO-7).

use std::collections::BTreeMap;

use serde::Serialize;
use store::{Tx, params, stmt};
use uuid::Uuid;

use crate::base::id::{RoundId, district};
use crate::base::{Ctx, Result};
use crate::coverage::{self, CompoundCover, lists};
use crate::plan::{directive, rules};
use crate::register::entry::{self, subtree_end};
use crate::round::{Pack, RoundState, open};

stmt!(
    ORDERS,
    "SELECT o.compound, o.state, o.payment, COUNT(*), CAST(SUM(o.amount_fen - o.refund_fen) AS BIGINT),
            SUM(CASE WHEN r.deliver_s < $4 AND o.state IN ('confirmed', 'packed', 'loaded', 'dropped') THEN 1 ELSE 0 END),
            SUM(CASE WHEN o.state = 'placed' THEN 1 ELSE 0 END)
     FROM orders o JOIN round r ON r.district = o.district AND r.id = o.round
     WHERE o.district = $1 AND o.compound >= $2 AND o.compound < $3
     GROUP BY o.compound, o.state, o.payment"
);
stmt!(
    GOODS,
    "SELECT o.round, l.pack, CAST(SUM(l.quantity) AS BIGINT),
            CAST(SUM(CASE WHEN o.state IN ('confirmed', 'placed') THEN 0 ELSE l.packed END) AS BIGINT),
            CAST(SUM(CASE WHEN o.state = 'handed' THEN l.packed ELSE 0 END) AS BIGINT),
            CAST(SUM(CASE WHEN o.state IN ('confirmed', 'placed') THEN 0 ELSE l.quantity - l.packed END) AS BIGINT)
     FROM order_line l JOIN orders o ON o.district = l.district AND o.id = l.order_id
     WHERE o.district = $1 AND o.compound >= $2 AND o.compound < $3 AND o.state NOT IN ('cancelled', 'expired', 'requested', 'not_drawn')
     GROUP BY o.round, l.pack ORDER BY o.round, l.pack"
);
stmt!(
    SERVED,
    "SELECT e.area, COUNT(*), CAST(SUM(e.people) AS BIGINT) FROM entry e
     WHERE e.district = $1 AND e.register = 'households' AND e.area >= $2 AND e.area < $3
       AND EXISTS (SELECT 1 FROM orders o WHERE o.district = e.district AND o.household = e.code AND o.state = 'handed')
     GROUP BY e.area"
);
stmt!(
    SHORTS,
    "SELECT o.code, o.compound, l.pack, l.quantity - l.packed, l.short_reason
     FROM order_line l JOIN orders o ON o.district = l.district AND o.id = l.order_id
     WHERE o.district = $1 AND o.compound >= $2 AND o.compound < $3 AND l.short_reason <> ''
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
    /// The pack's code.
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
    for (compound, households, people) in entry::count_by_area(tx, "households", area)? {
        let is_closed = rules::resolve(&compound, directives.clone()).closed();
        closed.insert(compound.clone(), is_closed);
        if is_closed {
            let counts = streets.entry(street(&compound)).or_default();
            counts.closed_compounds += 1;
            counts.households += households;
            counts.people += people;
        }
    }
    let range = || params![in_district.as_str(), area, subtree_end(area)];
    for row in tx.rows(
        &ORDERS,
        &params![in_district.as_str(), area, subtree_end(area), ctx.now_s],
    )? {
        let counts = streets.entry(street(&row.get::<String>(0)?)).or_default();
        let (state, count, amount_fen): (String, i64, i64) = (row.get(1)?, row.get(3)?, row.get(4)?);
        match state.as_str() {
            "cancelled" | "requested" | "not_drawn" => {}
            "expired" => counts.expired += count,
            _ => {
                counts.orders += count;
                counts.amount_fen += amount_fen;
                counts.late += row.get::<i64>(5)?;
                counts.unpaid += row.get::<i64>(6)?;
                if state == "handed" {
                    counts.handed += count;
                }
            }
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
    let coverage = coverage::board(tx, ctx, area)?;
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
        ..Board::default()
    };
    for (code, counts) in streets {
        board.total.add(&counts);
        let name = crate::register::correct::area_name(tx, &code)?;
        board.streets.push((code, name, counts));
    }
    for round in open::list(tx, area, "")? {
        *board.rounds.entry(round.state).or_default() += 1;
    }
    let mut packs: BTreeMap<RoundId, Vec<Pack>> = BTreeMap::new();
    let mut goods: BTreeMap<String, Goods> = BTreeMap::new();
    let mut food: BTreeMap<String, i64> = BTreeMap::new();
    for row in tx.rows(&GOODS, &range())? {
        let round = RoundId(row.get::<Uuid>(0)?);
        if let std::collections::btree_map::Entry::Vacant(place) = packs.entry(round) {
            place.insert(open::packs(tx, &in_district, round)?);
        }
        let code: String = row.get(1)?;
        let Some(pack) = packs[&round].iter().find(|pack| pack.code == code) else {
            continue;
        };
        let line = goods.entry(pack.name.clone()).or_insert_with(|| Goods {
            name: pack.name.clone(),
            ..Goods::default()
        });
        line.ordered += row.get::<i64>(2)?;
        line.packed += row.get::<i64>(3)?;
        let handed: i64 = row.get(4)?;
        line.handed += handed;
        line.short += row.get::<i64>(5)?;
        for content in &pack.contents {
            *food.entry(content.name.clone()).or_default() += content.weight_g * handed;
        }
    }
    board.goods = goods.into_values().collect();
    board.food = food.into_iter().filter(|(_, grams)| *grams > 0).collect();
    board.food.sort_by_key(|(_, grams)| std::cmp::Reverse(*grams));
    for row in tx.rows(&SHORTS, &range())? {
        board.shorts.push(ShortPick {
            order: row.get(0)?,
            compound: row.get(1)?,
            pack: row.get(2)?,
            quantity: row.get(3)?,
            reason: row.get(4)?,
        });
    }
    Ok(board)
}
