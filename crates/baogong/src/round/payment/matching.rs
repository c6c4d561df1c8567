//! Matching a list of transfers to the orders of a round.

use super::*;

/// One transfer as it came in a list.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Transfer {
    /// Where it stands in the list, as a person would say it.
    pub place: String,
    /// The payer as written.
    pub payer: String,
    /// How much.
    pub amount_fen: i64,
    /// The number of the transfer.
    pub reference: String,
    /// The remark.
    pub remark: String,
}

/// What became of a transfer.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Match {
    /// The transfer.
    pub transfer: Transfer,
    /// The order it paid, if it was taken.
    pub order: Option<String>,
    /// Why it was not taken; empty when it was.
    pub zh: String,
    /// The same in English.
    pub en: String,
}

/// A list of transfers to be matched to the orders of a round.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TransferList {
    /// The district.
    pub district: String,
    /// The round.
    pub round: RoundId,
    /// The area whose orders may be matched.
    pub area: String,
    /// The transfers.
    pub transfers: Vec<Transfer>,
}

/// Matches transfers to unpaid orders: by the order code in the remark, else by the dwelling in it, else by the
/// registered name or phone; the amount must be right. Nothing is guessed: what does not match says why.
pub fn match_transfers(tx: &mut Tx, ctx: &Ctx, list: &TransferList) -> Result<Vec<Match>> {
    let mut matches = Vec::with_capacity(list.transfers.len());
    let mut orders = order::of_round(tx, &list.district, list.round, &list.area)?;
    let mut heads = Vec::with_capacity(orders.len());
    for order in &orders {
        let entry = crate::register::entry::get(tx, "households", &list.district, &order.household)?;
        heads.push(entry.map_or_else(String::new, |entry| {
            crate::register::text(&entry.body, "head").to_string()
        }));
    }
    for (index, transfer) in list.transfers.iter().enumerate() {
        let unmatched = |zh: String, en: String| Match {
            transfer: transfer.clone(),
            order: None,
            zh,
            en,
        };
        let found = candidates(&orders, &heads, transfer);
        let one = match found.as_slice() {
            [] => unmatched(
                "备注里没有订单号或房号，也没有同名住户。".into(),
                "No order code or dwelling in the remark, and no household of that name.".into(),
            ),
            [order] if order.state != OrderState::Placed => unmatched(
                format!("订单{}已是“{}”。", order.code, order.state.word(kit::Lang::Zh)),
                format!(
                    "Order {} is already “{}”.",
                    order.code,
                    order.state.word(kit::Lang::En)
                ),
            ),
            [order] if order.amount_fen != transfer.amount_fen => unmatched(
                format!(
                    "订单{}应付{}元，转账{}元。",
                    order.code,
                    crate::base::words::yuan(order.amount_fen),
                    crate::base::words::yuan(transfer.amount_fen)
                ),
                format!(
                    "Order {} is {} yuan, the transfer {}.",
                    order.code,
                    crate::base::words::yuan(order.amount_fen),
                    crate::base::words::yuan(transfer.amount_fen)
                ),
            ),
            [order] => {
                let draft = PaymentDraft {
                    district: list.district.clone(),
                    order: order.id,
                    kind: PaymentKind::Paid,
                    payer: transfer.payer.clone(),
                    reference: transfer.reference.clone(),
                };
                match tx.attempt(|tx| pay(tx, &ctx.sub(&format!("transfer/{index}")), &draft)) {
                    Ok(()) => Match {
                        transfer: transfer.clone(),
                        order: Some(order.code.clone()),
                        zh: String::new(),
                        en: String::new(),
                    },
                    Err(Error::Refusal(refusal)) => unmatched(refusal.zh, refusal.en),
                    Err(fault) => return Err(fault),
                }
            }
            several => unmatched(
                format!("可能是{}户中的一户，请人工确认。", several.len()),
                format!("It may be any of {} households; please decide.", several.len()),
            ),
        };
        if let Some(paid) = orders
            .iter_mut()
            .find(|order| one.order.as_ref() == Some(&order.code))
        {
            paid.state = OrderState::Confirmed;
        }
        matches.push(one);
    }
    Ok(matches)
}

pub(super) fn candidates<'a>(orders: &'a [Order], heads: &[String], transfer: &Transfer) -> Vec<&'a Order> {
    let remark = format!("{} {}", transfer.remark, transfer.payer).to_uppercase();
    let live = || orders.iter().zip(heads).filter(|(order, _)| order.state.live());
    let by_code: Vec<&Order> = live()
        .filter(|(order, _)| remark.contains(&order.code))
        .map(|(order, _)| order)
        .collect();
    if !by_code.is_empty() {
        return by_code;
    }
    let dwelling = remark
        .split_whitespace()
        .find_map(|word| documents::values::dwelling(word).ok());
    if let Some(dwelling) = dwelling {
        return live()
            .filter(|(order, _)| {
                order.building == dwelling.building
                    && order.room == dwelling.room
                    && (dwelling.unit.is_empty() || order.unit == dwelling.unit)
            })
            .map(|(order, _)| order)
            .collect();
    }
    live()
        .filter(|(order, head)| {
            (!head.is_empty() && remark.contains(head.as_str()))
                || (order.phone.len() >= 11 && remark.contains(order.phone.as_str()))
        })
        .map(|(order, _)| order)
        .collect()
}
