//! How a round goes on: cut-off, confirmation, and the clock that does both by itself.

use super::*;

stmt!(
    DUE,
    "SELECT district, id FROM round
     WHERE (state = 'open' AND cutoff_s <= $1) OR (state IN ('open', 'closed') AND pay_by_s <= $1)"
);

stmt!(
    SET_STATE,
    "UPDATE round SET state = $3 WHERE district = $1 AND id = $2 AND state = $4"
);

stmt!(
    SET_TIMES,
    "UPDATE round SET cutoff_s = $3, pay_by_s = $4 WHERE district = $1 AND id = $2"
);

/// Cuts a round off now: no more orders; payments stay due.
pub fn cut_off(tx: &mut Tx, ctx: &Ctx, at: &RoundRef) -> Result<()> {
    let round = get(tx, &at.district, at.id)?;
    change_state(tx, at, RoundState::Open, RoundState::Closed)?;
    let cutoff_s = round.cutoff_s.min(ctx.now_s);
    tx.run(
        &SET_TIMES,
        &params![at.district.as_str(), at.id, cutoff_s, round.pay_by_s],
    )?;
    Ok(())
}

/// Confirms a round: unpaid orders expire and free their stock (FC-6), what is left over goes back to the supplier.
/// Gives the number of orders that expired.
pub fn confirm(tx: &mut Tx, ctx: &Ctx, at: &RoundRef) -> Result<usize> {
    let round = get(tx, &at.district, at.id)?;
    if round.state == RoundState::Open {
        cut_off(tx, ctx, at)?;
    }
    change_state(tx, at, RoundState::Closed, RoundState::Confirmed)?;
    let pay_by_s = round.pay_by_s.min(ctx.now_s);
    tx.run(
        &SET_TIMES,
        &params![
            at.district.as_str(),
            at.id,
            round.cutoff_s.min(ctx.now_s),
            pay_by_s
        ],
    )?;
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

/// Moves every round on whose time has passed; called every few seconds. Gives the number of rounds moved.
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
        if past_pay_by {
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
