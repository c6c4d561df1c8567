//! A request that was drawn becomes an order.

use super::*;

stmt!(
    GRANTED,
    "UPDATE orders SET state = $3, created_s = $4, updated_s = $4 WHERE district = $1 AND id = $2"
);

/// Makes a request an order: goods and ration are reserved and money is treated as for any other order. The order
/// counts from now: the days until the next one begin when it was drawn, not when it was asked for. A refusal leaves it
/// a request; run it in `attempt`.
pub(in crate::round) fn grant(tx: &mut Tx, ctx: &Ctx, terms: &Terms, request: &Order) -> Result<()> {
    let in_district = district(&request.household).to_string();
    let household: Household = entry::noun(tx, "households", &in_district, &request.household)?;
    let of_household = (terms, request.compound.as_str(), request.household.as_str());
    let earlier = find::recent(tx, &in_district, &[of_household])?.remove(0);
    check_interval(ctx, terms, request.channel, &earlier)?;
    let claims = claims(ctx, terms, request, &household);
    let mut desk = book::Desk::new(&in_district);
    Claims::load(tx, &mut desk, std::iter::once(&claims))?;
    reserve(&mut desk, ctx, terms, &claims)?;
    desk.write(tx)?;
    tx.run(
        &GRANTED,
        &params![in_district.as_str(), request.id, OrderState::Placed, ctx.now_s],
    )?;
    payment::at_order(tx, ctx, terms, request)
}
