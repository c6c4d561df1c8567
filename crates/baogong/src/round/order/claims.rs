//! What an order holds: goods of the allotment, the ration of the household; and what a refusal says.

use super::*;

/// What a move of an order stands for, so that a refused one can be explained.
pub(super) enum Claim {
    Pack(String),
    Ration {
        category: &'static str,
        allowed_g: i64,
        next_s: i64,
    },
    /// A ration, which is given once with its account: where the account is there, it was given.
    Grant,
}

/// The moves that an order asks for, and what each stands for.
#[derive(Default)]
pub(super) struct Claims(Vec<(Move, Claim)>);

impl Claims {
    /// Loads the accounts of claims.
    pub(super) fn load<'a>(
        tx: &mut Tx,
        desk: &mut book::Desk,
        claims: impl Iterator<Item = &'a Claims>,
    ) -> Result<()> {
        let moves = claims.flat_map(|claims| &claims.0);
        desk.load_accounts(tx, moves.flat_map(|(one, _)| [&one.from, &one.to]))
    }
}

/// The moves that hold the goods and the ration of an order.
pub(super) fn claims(ctx: &Ctx, terms: &Terms, order: &Order, household: &Household) -> Claims {
    let in_district = district(&order.household).to_string();
    let revision = order.revision;
    let expires_s = Some(terms.round.pay_by_s + 1);
    let reserve = Kind::Reserve { expires_s };
    let mut claims = Vec::new();
    for line in &order.lines {
        let known = terms.ways.get(&line.pack).cloned();
        let (from, to) = known.unwrap_or_else(|| chart::order_way(order.round, &order.compound, &line.pack));
        claims.push((
            Move {
                id: derive(order.id.0, &format!("pack/{revision}/{}", line.pack)),
                from,
                to,
                amount: line.quantity,
                kind: reserve,
                reason: Reason::Order,
                cause: order.id.0,
            },
            Claim::Pack(line.pack.clone()),
        ));
    }
    // A free relief pack does not count against the ration: it is for those who have nothing.
    if order.channel == Channel::Relief {
        return Claims(claims);
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
                Claim::Grant,
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

/// Holds what an order claims, all of it or nothing. A ration that was granted before keeps its amount, even if the
/// household has grown since.
pub(super) fn reserve(
    desk: &mut book::Desk,
    ctx: &Ctx,
    terms: &Terms,
    claims: &Claims,
) -> std::result::Result<(), Refusal> {
    // Rations come first, so that what is held can be taken from them.
    let (grants, holds): (Vec<_>, Vec<_>) = claims
        .0
        .iter()
        .filter(|(one, claim)| match claim {
            Claim::Grant => !desk.stored(&one.to) && !desk.moved(&one.to),
            _ => true,
        })
        .partition(|(_, claim)| matches!(claim, Claim::Grant));
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

/// Moves the goods and ration of a paid order back to where they came from.
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
