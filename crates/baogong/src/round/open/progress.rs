//! How a round goes on: cut-off, confirmation, and the clock that does both by itself.

use super::*;

stmt!(
    DUE,
    "SELECT district, id,
            CASE WHEN pay_by_s <= $1 AND NOT (state = 'open' AND release = 'ballot') THEN pay_by_s ELSE cutoff_s END AS due_s
     FROM round
     WHERE (state = 'open' AND cutoff_s <= $1) OR (state IN ('open', 'closed') AND pay_by_s <= $1)
     ORDER BY district, due_s, id"
);

stmt!(
    SET_STATE,
    "UPDATE round SET state = $3 WHERE district = $1 AND id = $2 AND state = $4"
);

stmt!(
    SET_TIMES,
    "UPDATE round SET cutoff_s = $3, pay_by_s = $4, deliver_s = $5 WHERE district = $1 AND id = $2"
);

/// Cuts a round off now: no more orders; payments stay due. A round sold by ballot is drawn in the same transaction.
pub fn cut_off(tx: &mut Tx, ctx: &Ctx, at: &RoundRef) -> Result<()> {
    let round = get(tx, &at.district, at.id)?;
    change_state(tx, at, RoundState::Open, RoundState::Closed)?;
    let cutoff_s = round.cutoff_s.min(ctx.now_s);
    let drawn = round.release == Release::Ballot;
    // Who is drawn has the whole time to pay, even if the draw was held late because the service was down.
    let late_s = if drawn {
        (ctx.now_s - round.cutoff_s).max(0)
    } else {
        0
    };
    let pay_by_s = round.pay_by_s + late_s;
    set_times(tx, at, cutoff_s, pay_by_s, round.deliver_s.max(pay_by_s))?;
    if drawn {
        ballot::draw(tx, &ctx.sub("draw"), at)?;
    }
    Ok(())
}

fn set_times(tx: &mut Tx, at: &RoundRef, cutoff_s: i64, pay_by_s: i64, deliver_s: i64) -> Result<()> {
    tx.run(
        &SET_TIMES,
        &params![at.district.as_str(), at.id, cutoff_s, pay_by_s, deliver_s],
    )?;
    stamp::renew(tx, &at.district, stamp::TERMS)
}

/// Confirms a round: unpaid orders expire and free their stock (FC-6), what is left over goes back to the supplier.
/// Gives the number of orders that expired.
pub fn confirm(tx: &mut Tx, ctx: &Ctx, at: &RoundRef) -> Result<usize> {
    let round = get(tx, &at.district, at.id)?;
    if round.state == RoundState::Open {
        if round.release == Release::Ballot {
            return Err(Refusal::conflict(
                "not_drawn",
                "这一轮摇号：请先截单抽签，抽中的住户付款以后再确认。",
                "This round is sold by ballot: cut it off to draw first, and confirm after those who were drawn have paid.",
            )
            .into());
        }
        cut_off(tx, ctx, at)?;
    }
    change_state(tx, at, RoundState::Closed, RoundState::Confirmed)?;
    let pay_by_s = round.pay_by_s.min(ctx.now_s);
    set_times(tx, at, round.cutoff_s.min(ctx.now_s), pay_by_s, round.deliver_s)?;
    let expired = order::expire_unpaid(tx, ctx, &round)?;
    let packs = packs(tx, &at.district, at.id)?;
    let mut moves = Vec::new();
    for compound in compounds(tx, &at.district, at.id)? {
        for pack in &packs {
            let asset = chart::pack_asset(at.id, &pack.code);
            let allotment = chart::allotment(at.id, &compound.compound, &asset);
            let (_, left) = book::balance(tx, &at.district, &allotment)?;
            if left > 0 {
                moves.push(Move {
                    id: derive(at.id.0, &format!("leftover/{}/{}", compound.compound, pack.code)),
                    from: allotment,
                    to: chart::supply(&round.supplier, &asset),
                    amount: left,
                    kind: Kind::Post,
                    reason: Reason::Leftover,
                    cause: at.id.0,
                });
            }
        }
    }
    book::post_certain(tx, ctx, &at.district, &moves)?;
    Ok(expired)
}

pub(in crate::round) fn change_state(
    tx: &mut Tx,
    at: &RoundRef,
    from: RoundState,
    to: RoundState,
) -> Result<()> {
    if tx.run(&SET_STATE, &params![at.district.as_str(), at.id, to, from])? == 0 {
        let now = get(tx, &at.district, at.id)?.state;
        return Err(Refusal::conflict(
            "round_state",
            format!(
                "这一轮目前是“{}”，不能改为“{}”。",
                now.word(kit::Lang::Zh),
                to.word(kit::Lang::Zh)
            ),
            format!(
                "The round is “{}” and cannot become “{}”.",
                now.word(kit::Lang::En),
                to.word(kit::Lang::En)
            ),
        )
        .into());
    }
    stamp::renew(tx, &at.district, stamp::TERMS)
}

/// Moves every round on whose time has passed, in the order in which it passed, because what one round frees another may
/// draw for; called every few seconds. Gives the number of rounds moved.
pub fn tick(tx: &mut Tx, ctx: &Ctx) -> Result<usize> {
    let due: Vec<RoundRef> = tx
        .rows(&DUE, &params![ctx.now_s])?
        .iter()
        .map(|row| {
            Ok(RoundRef {
                district: row.get(0)?,
                id: RoundId(row.get::<Uuid>(1)?),
            })
        })
        .collect::<Result<_>>()?;
    let mut moved = 0;
    for at in &due {
        crate::base::audit::hold(tx, &at.district)?;
        let round = get(tx, &at.district, at.id)?;
        let past_cutoff = round.state == RoundState::Open && round.cutoff_s <= ctx.now_s;
        let past_pay_by =
            matches!(round.state, RoundState::Open | RoundState::Closed) && round.pay_by_s <= ctx.now_s;
        if !past_cutoff && !past_pay_by {
            // Another node was quicker.
            continue;
        }
        moved += 1;
        let ctx = ctx.sub(&format!("tick/{}", at.id));
        // A ballot that is still to be drawn is drawn first, however late it is.
        let to_draw = round.state == RoundState::Open && round.release == Release::Ballot;
        if past_pay_by && !to_draw {
            let expired = confirm(tx, &ctx, at)?;
            crate::base::audit::append(
                tx,
                &ctx,
                "round.confirm",
                &round.area,
                &format!("{{\"round\":\"{}\",\"expired\":{expired}}}", round.code),
            )?;
        } else {
            cut_off(tx, &ctx, at)?;
            crate::base::audit::append(
                tx,
                &ctx,
                "round.cut_off",
                &round.area,
                &format!("{{\"round\":\"{}\"}}", round.code),
            )?;
        }
    }
    Ok(moved)
}
