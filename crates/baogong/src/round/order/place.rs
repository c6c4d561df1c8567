//! Placing orders: many are decided and written together, one is a crowd of one.
//!
//! Everything that the orders of a batch touch is read in a few statements, the pure ledger decides order by order, and
//! what came of it is written in a few statements. An order that is refused leaves nothing behind.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::find::{Recent, recent};
use super::terms::terms_at;
use super::*;
use crate::base::book::Desk;
use crate::base::stamp;

stmt!(
    INSERT,
    "INSERT INTO orders (district, id, round, number, code, compound, household, building, unit, room, phone, channel,
                         state, payment, amount_fen, refund_fen, note, box, created_s, updated_s, actor, revision)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 0, $16, NULL, $17, $17, $18, 0)"
);
stmt!(
    INSERT_LINE,
    "INSERT INTO order_line (district, order_id, pack, quantity, packed, price_fen, short_reason)
     VALUES ($1, $2, $3, $4, 0, $5, '')"
);
stmt!(
    LAST_NUMBER,
    "SELECT last_number FROM round_compound WHERE district = $1 AND round = $2 AND compound = $3 /*postgres FOR UPDATE*/"
);
stmt!(
    SET_LAST_NUMBER,
    "UPDATE round_compound SET last_number = $4 WHERE district = $1 AND round = $2 AND compound = $3"
);

/// One order on its way.
struct Placing<'a> {
    ctx: &'a Ctx,
    draft: &'a OrderDraft,
    compound: String,
    household: Household,
    terms: Arc<Terms>,
}

/// Places orders of one district, each under its own command.
pub fn place_many(tx: &mut Tx, drafts: &[(&Ctx, &OrderDraft)]) -> Result<Vec<Result<OrderId>>> {
    let Some((_, first)) = drafts.first() else {
        return Ok(Vec::new());
    };
    let in_district = first.district.as_str();
    let stamp = stamp::get(tx, in_district, stamp::TERMS)?;
    let codes: Vec<&str> = drafts.iter().map(|(_, draft)| draft.household.as_str()).collect();
    let households = entry::nouns::<Household>(tx, "households", in_district, &codes)?;
    let mut placings = Vec::with_capacity(drafts.len());
    for ((ctx, draft), household) in drafts.iter().zip(households) {
        placings.push(match household {
            None => Err(Refusal::invalid(
                "household",
                "这个房号没有登记，请核对或联系采购联络人。",
                "This dwelling is not registered; check it or ask your liaison.",
            )
            .into()),
            Some((compound, household)) => {
                only_refusal(terms_at(tx, ctx, stamp, in_district, draft.round, &compound))?.map(|terms| {
                    Placing {
                        ctx,
                        draft,
                        compound,
                        household,
                        terms,
                    }
                })
            }
        });
    }
    place_all(tx, in_district, placings)
}

/// Places an order.
pub fn place(tx: &mut Tx, ctx: &Ctx, draft: &OrderDraft) -> Result<OrderId> {
    the_one(place_many(tx, &[(ctx, draft)])?)
}

/// Places an order for a household and under terms that are loaded already.
pub fn place_on(
    tx: &mut Tx,
    ctx: &Ctx,
    terms: &Arc<Terms>,
    entry: &Entry,
    draft: &OrderDraft,
) -> Result<OrderId> {
    let placing = Placing {
        ctx,
        draft,
        compound: entry.area.clone(),
        household: entry.noun()?,
        terms: Arc::clone(terms),
    };
    the_one(place_all(tx, &draft.district, vec![Ok(placing)])?)
}

fn the_one(mut answers: Vec<Result<OrderId>>) -> Result<OrderId> {
    answers
        .pop()
        .unwrap_or_else(|| Err(Fault::Invariant("an order has no answer".into()).into()))
}

/// Sets a refusal, which concerns one order, apart from a fault, which concerns all.
fn only_refusal<T>(result: Result<T>) -> Result<Result<T>> {
    match result {
        Err(crate::base::Error::Fault(fault)) => Err(fault.into()),
        other => Ok(other),
    }
}

/// An order that passed all checks but those of the ledger.
struct Candidate {
    order: Order,
    claims: Claims,
}

fn place_all(tx: &mut Tx, in_district: &str, placings: Vec<Result<Placing>>) -> Result<Vec<Result<OrderId>>> {
    let households: Vec<_> = placings
        .iter()
        .flatten()
        .map(|placing| {
            (
                &*placing.terms,
                placing.compound.as_str(),
                placing.draft.household.as_str(),
            )
        })
        .collect();
    let found = recent(tx, in_district, &households)?;
    let codes = households.iter().map(|(.., code)| (*code).to_string());
    let mut earlier: Earlier = codes.zip(found).collect();
    let mut numbers = last_numbers(tx, in_district, placings.iter().flatten())?;
    let candidates: Vec<Result<(Placing, Candidate)>> = placings
        .into_iter()
        .map(|placing| {
            let placing = placing?;
            let candidate = candidate(&placing, known(&earlier, &placing))?;
            Ok((placing, candidate))
        })
        .collect();
    let mut desk = Desk::new(in_district);
    let all_claims = candidates
        .iter()
        .flatten()
        .map(|(_, candidate)| &candidate.claims);
    Claims::load(tx, &mut desk, all_claims)?;
    let mut answers = Vec::with_capacity(candidates.len());
    let mut placed: Vec<(Placing, Order)> = Vec::new();
    for candidate in candidates {
        let outcome = candidate.and_then(|(placing, candidate)| {
            let order = decide(tx, &mut desk, &placing, candidate, known(&earlier, &placing))?;
            Ok((placing, order))
        });
        answers.push(match only_refusal(outcome)? {
            Err(refusal) => Err(refusal),
            Ok((placing, mut order)) => {
                let number = numbers.entry((order.round, order.compound.clone())).or_default();
                order.number = number.next();
                order.code = open::order_code(&placing.terms.round, placing.terms.position, order.number);
                if let Some(of_household) = earlier.get_mut(&order.household) {
                    of_household.insert(0, Recent::just_placed(&order));
                }
                let id = order.id;
                placed.push((placing, order));
                Ok(id)
            }
        });
    }
    let rows: Vec<_> = placed
        .iter()
        .map(|(placing, order)| order_row(in_district, placing.ctx, order))
        .collect();
    tx.run_many(&INSERT, &rows)?;
    insert_lines(tx, in_district, placed.iter().map(|(_, order)| order))?;
    set_last_numbers(tx, in_district, &numbers)?;
    desk.write(tx)?;
    for (placing, order) in placed
        .iter()
        .filter(|(_, order)| order.state != OrderState::Requested)
    {
        payment::at_order(tx, placing.ctx, &placing.terms, order)?;
    }
    Ok(answers)
}

/// The earlier orders of each household, latest first.
type Earlier = HashMap<String, Vec<Recent>>;

fn known<'e>(earlier: &'e Earlier, placing: &Placing) -> &'e [Recent] {
    earlier.get(&placing.draft.household).map_or(&[], Vec::as_slice)
}

/// The number of the last order of a compound in a round.
#[derive(Default)]
struct LastNumber {
    stored: i64,
    now: i64,
}

impl LastNumber {
    fn next(&mut self) -> i64 {
        self.now += 1;
        self.now
    }
}

type LastNumbers = BTreeMap<(RoundId, String), LastNumber>;

fn last_numbers<'a>(
    tx: &mut Tx,
    in_district: &str,
    placings: impl Iterator<Item = &'a Placing<'a>>,
) -> Result<LastNumbers> {
    let wanted: BTreeSet<(RoundId, String)> = placings
        .map(|placing| (placing.draft.round, placing.compound.clone()))
        .collect();
    let keys: Vec<_> = wanted
        .iter()
        .map(|(round, compound)| Vec::from(params![in_district, *round, compound.as_str()]))
        .collect();
    let found = tx.rows_many(&LAST_NUMBER, &keys)?;
    wanted
        .into_iter()
        .zip(found)
        .map(|(key, rows)| {
            let stored = rows.first().map_or(Ok(0), |row| row.get(0))?;
            Ok((key, LastNumber { stored, now: stored }))
        })
        .collect()
}

fn set_last_numbers(tx: &mut Tx, in_district: &str, numbers: &LastNumbers) -> Result<()> {
    let rows: Vec<_> = numbers
        .iter()
        .filter(|(_, number)| number.now != number.stored)
        .map(|((round, compound), number)| {
            Vec::from(params![in_district, *round, compound.as_str(), number.now])
        })
        .collect();
    tx.run_many(&SET_LAST_NUMBER, &rows)?;
    Ok(())
}

/// Checks all that does not take the ledger.
fn candidate(placing: &Placing, earlier: &[Recent]) -> Result<Candidate> {
    let Placing {
        ctx,
        draft,
        household,
        terms,
        ..
    } = placing;
    check_taking(ctx, terms, draft.channel, false)?;
    let phone = draft.phone.trim();
    if ctx.actor.role == Role::Resident && !household.phone.is_empty() && household.phone != phone {
        return Err(Refusal::invalid(
            "phone",
            "手机号与登记的不一致。请用登记的号码，或请采购联络人更正。",
            "The phone is not the registered one; use that, or ask your liaison to correct it.",
        )
        .into());
    }
    if household.status == "vacant" {
        return Err(Refusal::conflict(
            "vacant",
            "这一户登记为空置，不能下单；如已入住请先更正登记。",
            "This dwelling is registered as vacant; correct the register first.",
        )
        .into());
    }
    if let Some(order) = earlier
        .iter()
        .find(|order| order.round == draft.round && order.state.stands())
    {
        return Err(Refusal::conflict(
            "already_ordered",
            format!(
                "这一户本轮{}（{}），截单前可以修改或取消。",
                order.state.word(kit::Lang::Zh),
                order.code
            ),
            format!(
                "This household has an order in this round ({}: {}); it may be changed before cut-off.",
                order.code,
                order.state.word(kit::Lang::En)
            ),
        )
        .into());
    }
    let lines = check_wants(terms, draft)?;
    let order = Order {
        id: OrderId::of_command(ctx.command),
        round: draft.round,
        number: 0,
        code: String::new(),
        compound: placing.compound.clone(),
        household: draft.household.clone(),
        building: household.building.clone(),
        unit: household.unit.clone(),
        room: household.room.clone(),
        phone: if phone.is_empty() {
            household.phone.clone()
        } else {
            phone.to_string()
        },
        channel: draft.channel,
        state: ballot::first_state(&terms.round),
        payment: PaymentState::Unpaid,
        amount_fen: total_fen(&lines)?,
        refund_fen: 0,
        note: draft.note.trim().to_string(),
        box_id: None,
        created_s: ctx.now_s,
        revision: 0,
        lines,
    };
    // What is asked for in a ballot is held, and its interval looked at, only when it is drawn.
    let claims = match order.state {
        OrderState::Requested => Claims::default(),
        _ => {
            check_interval(ctx, terms, order.channel, earlier)?;
            claims(ctx, terms, &order, household)
        }
    };
    Ok(Candidate { order, claims })
}

/// Lets the ledger decide. An order of the same household that was placed a moment before, in the same batch, changes what
/// the household may have.
fn decide(
    tx: &mut Tx,
    desk: &mut Desk,
    placing: &Placing,
    mut candidate: Candidate,
    earlier: &[Recent],
) -> Result<Order> {
    if earlier.iter().any(|order| order.just_placed) {
        candidate = self::candidate(placing, earlier)?;
        Claims::load(tx, desk, std::iter::once(&candidate.claims))?;
    }
    reserve(desk, placing.ctx, &placing.terms, &candidate.claims)?;
    Ok(candidate.order)
}

fn order_row(in_district: &str, ctx: &Ctx, order: &Order) -> Vec<store::Value> {
    Vec::from(params![
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
    ])
}

/// Inserts the lines of orders.
pub(super) fn insert_lines<'a>(
    tx: &mut Tx,
    in_district: &str,
    orders: impl Iterator<Item = &'a Order>,
) -> Result<()> {
    let rows: Vec<_> = orders
        .flat_map(|order| order.lines.iter().map(move |line| (order.id, line)))
        .map(|(id, line)| {
            Vec::from(params![
                in_district,
                id,
                line.pack.as_str(),
                line.quantity,
                line.price_fen
            ])
        })
        .collect();
    tx.run_many(&INSERT_LINE, &rows)?;
    Ok(())
}
