//! A request that was drawn becomes an order.

use super::*;

stmt!(
    GRANTED,
    "UPDATE orders SET state = $3, created_s = $4, updated_s = $4 WHERE district = $1 AND id = $2"
);

/// Makes a request an order: goods, turn and ration are reserved and money is treated as for any other order. The order
/// counts from now: the days until the next one begin when it took its turn, not when it was asked for. A refusal leaves it
/// a request; run it in `attempt`.
pub(in crate::round) fn grant(tx: &mut Tx, ctx: &Ctx, terms: &Terms, request: &Order) -> Result<()> {
    let in_district = district(&request.household).to_string();
    let household: Household = entry::noun(tx, "households", &in_district, &request.household)?;
    let earlier = find::recent(tx, &in_district, &[request.household.as_str()])?.remove(0);
    let claims = claims(ctx, terms, request, &household, &earlier);
    let mut desk = book::Desk::new(&in_district);
    Claims::load(tx, &mut desk, std::iter::once(&claims))?;
    reserve(&mut desk, ctx, terms, &claims, Turn::Needed)?;
    desk.write(tx)?;
    tx.run(
        &GRANTED,
        &params![in_district.as_str(), request.id, OrderState::Placed, ctx.now_s],
    )?;
    payment::at_order(tx, ctx, terms, request)
}
