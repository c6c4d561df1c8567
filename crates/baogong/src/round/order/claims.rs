//! What an order holds: goods of the allotment, the turn of the household, its ration; and what a refusal says.

use super::*;

/// What a move of an order stands for, so that a refused one can be explained.
pub(super) enum Claim {
    Pack(String),
    Turn {
        next_s: i64,
    },
    Ration {
        category: &'static str,
        allowed_g: i64,
        next_s: i64,
    },
    /// A right that is given once with its account: where the account is there, it was given.
    FirstGrant,
    /// A right that is given once for each earlier order.
    Grant,
}

impl Claim {
    fn grants(&self) -> bool {
        matches!(self, Self::FirstGrant | Self::Grant)
    }
}

/// The moves that an order asks for, and what each stands for.
#[derive(Default)]
pub(super) struct Claims(Vec<(Move, Claim)>);

impl Claims {
    /// Loads the accounts of claims, and the grants that may have been given before.
    pub(super) fn load<'a>(
        tx: &mut Tx,
        desk: &mut book::Desk,
        claims: impl Iterator<Item = &'a Claims> + Clone,
    ) -> Result<()> {
        let moves = claims.flat_map(|claims| &claims.0);
        desk.load_accounts(tx, moves.clone().flat_map(|(one, _)| [&one.from, &one.to]))?;
        let given: Vec<Uuid> = moves
            .filter(|(_, claim)| matches!(claim, Claim::Grant))
            .map(|(one, _)| one.id)
            .collect();
        desk.load_transfers(tx, given.into_iter())
    }
}

/// The moves that hold the goods, the turn and the ration of an order; `earlier` are the household's orders, latest first.
pub(super) fn claims(
    ctx: &Ctx,
    terms: &Terms,
    order: &Order,
    household: &Household,
    earlier: &[find::Recent],
) -> Claims {
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
        return Claims(claims);
    }
    if let Some(interval_d) = terms.rules.number(RuleKey::OrderIntervalD) {
        let last = earlier
            .iter()
            .find(|other| other.id != order.id && other.state.live() && other.channel != Channel::Relief);
        let next_s = last.map_or(0, |last| day_start_s(day_number(last.created_s) + interval_d));
        if ctx.now_s >= next_s {
            let (id, cause, claim) = match last {
                None => (derive(order.id.0, "first-turn"), order.id.0, Claim::FirstGrant),
                Some(last) => (derive(last.id.0, "next-turn"), last.id.0, Claim::Grant),
            };
            claims.push((
                Move {
                    id,
                    from: chart::turns(&in_district),
                    to: chart::turn(&order.household),
                    amount: 1,
                    kind: Kind::Post,
                    reason: Reason::Grant,
                    cause,
                },
                claim,
            ));
        }
        claims.push((
            Move {
                id: derive(order.id.0, &format!("turn/{revision}")),
                from: chart::turn(&order.household),
                to: chart::turns_used(&in_district),
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
                    id: derive(order.id.0, &format!("ration/{category}/{period}")),
                    from: chart::rations(&in_district, category),
                    to: chart::ration(&order.household, category, period),
                    amount: allowed_g,
                    kind: Kind::Post,
                    reason: Reason::Grant,
                    cause: order.id.0,
                },
                Claim::FirstGrant,
            ));
            claims.push((
                Move {
                    id: derive(order.id.0, &format!("ration/{revision}/{category}")),
                    from: chart::ration(&order.household, category, period),
                    to: chart::rations_used(&in_district, category),
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
    Claims(claims)
}

/// Whether an order has its turn already, because it is only changed. Turns that came back from cancelled orders may lie
/// unused, but they are not for a second order within the interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    Needed,
    Had,
}

/// Holds what an order claims, all of it or nothing. A right that was granted before keeps its amount, even if the
/// household has grown since.
pub(super) fn reserve(
    desk: &mut book::Desk,
    ctx: &Ctx,
    terms: &Terms,
    claims: &Claims,
    turn: Turn,
) -> std::result::Result<(), Refusal> {
    let too_soon =
        |(_, claim): &&(Move, Claim)| matches!(claim, Claim::Turn { next_s } if ctx.now_s < *next_s);
    if turn == Turn::Needed
        && let Some(asked) = claims.0.iter().find(too_soon)
    {
        let refusal = ledger::Refusal::Insufficient { available: 0 };
        return Err(explain(terms, asked, Blocked { index: 0, refusal }));
    }
    // Rights come first, so that what is held can be taken from them.
    let (grants, holds): (Vec<_>, Vec<_>) = claims
        .0
        .iter()
        .filter(|(one, claim)| match claim {
            Claim::FirstGrant => !desk.stored(&one.to) && !desk.moved(&one.to),
            Claim::Grant => !desk.acted(one.id),
            _ => true,
        })
        .partition(|(_, claim)| claim.grants());
    let asked: Vec<&(Move, Claim)> = grants.into_iter().chain(holds).collect();
    let moves: Vec<Move> = asked.iter().map(|(one, _)| one.clone()).collect();
    desk.post(ctx, &moves)
        .map_err(|blocked| explain(terms, asked[blocked.index], blocked))
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
        Claim::FirstGrant | Claim::Grant => {
            Refusal::conflict("grant", "额度发放失败。", "The right could not be granted.")
        }
    }
}

/// What resolves the holds of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::round) enum Resolve {
    Post,
    Void,
    Expire,
}

/// Posts, voids or expires every hold of an order's present revision.
pub(in crate::round) fn resolve(tx: &mut Tx, ctx: &Ctx, order: &Order, how: Resolve) -> Result<()> {
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

pub(super) fn holds(
    tx: &mut Tx,
    in_district: &str,
    order: &Order,
) -> Result<Vec<(Uuid, book::Acc, book::Acc, i64)>> {
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

stmt!(
    POSTED,
    "SELECT t.id, f.name, g.name, t.asset, t.amount FROM transfer t
     JOIN account f ON f.district = t.district AND f.id = t.from_id
     JOIN account g ON g.district = t.district AND g.id = t.to_id
     WHERE t.district = $1 AND t.cause = $2 AND t.action = 2 AND t.asset <> 'fen' ORDER BY t.id"
);

/// Moves the goods, turn and ration of a paid order back to where they came from.
pub(super) fn take_back(tx: &mut Tx, ctx: &Ctx, order: &Order) -> Result<()> {
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
