//! A request that was drawn becomes an order.

use super::*;

/// Makes a request an order: goods, turn and ration are reserved and money is treated as for any other order. A
/// refusal leaves it a request; run it in `attempt`.
pub(in crate::round) fn grant(tx: &mut Tx, ctx: &Ctx, terms: &Terms, request: &Order) -> Result<()> {
    let in_district = district(&request.household).to_string();
    let household: Household = entry::noun(tx, "households", &in_district, &request.household)?;
    let earlier = find::recent(tx, &in_district, &[request.household.as_str()])?.remove(0);
    let claims = claims(ctx, terms, request, &household, &earlier);
    let mut desk = book::Desk::new(&in_district);
    Claims::load(tx, &mut desk, std::iter::once(&claims))?;
    reserve(&mut desk, ctx, terms, &claims, Turn::Needed)?;
    desk.write(tx)?;
    set_state(tx, ctx, &in_district, request.id, OrderState::Placed)?;
    payment::at_order(tx, ctx, terms, request)
}
