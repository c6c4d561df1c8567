//! The round (一轮): offers, orders, payment, packing, trips, hand-over and settlement for one supplier and one
//! or many compounds. Every quantity and every fen moves through the ledger.

pub mod alias;
pub mod ballot;
pub mod chain;
pub mod chart;
pub mod demand;
pub mod handover;
pub mod modes;
pub mod open;
pub mod order;
pub mod packing;
pub mod payment;
pub mod settle;
pub mod settlement;
pub mod sheet;
pub mod trips;

use serde::{Deserialize, Serialize};

use crate::base::id::{BoxId, OrderId, RoundId};
use crate::plan::release::Release;
use crate::plan::rules::Source;
use crate::register::entry::Content;
use crate::wording;

wording! {
    /// Where a round stands.
    RoundState {
        Open = "open", "接单中", "Taking orders";
        Closed = "closed", "已截单，待付款", "Cut off, payments due";
        Confirmed = "confirmed", "已确认，备货配送", "Confirmed, being supplied";
        Settled = "settled", "已结清", "Settled";
        Cancelled = "cancelled", "已取消", "Cancelled";
    }
}

wording! {
    /// How an order came in.
    Channel {
        Link = "link", "居民自助", "Resident's page";
        Chain = "chain", "接龙", "Chain message";
        Sheet = "sheet", "表格", "Spreadsheet";
        Staff = "staff", "联络人登记", "Entered by staff";
        Proxy = "proxy", "代购垫付", "Proxy order with advance";
        Relief = "relief", "免费应急包", "Free relief pack";
    }
}

wording! {
    /// Where an order stands.
    OrderState {
        Requested = "requested", "已登记待抽签", "Requested, to be drawn";
        Placed = "placed", "已下单", "Placed";
        Confirmed = "confirmed", "已确认", "Confirmed";
        Packed = "packed", "已装袋", "Packed";
        Loaded = "loaded", "在途", "On the way";
        Dropped = "dropped", "已到小区", "At the drop point";
        Handed = "handed", "已交付", "Handed over";
        Returned = "returned", "已退回", "Returned";
        Cancelled = "cancelled", "已取消", "Cancelled";
        Expired = "expired", "逾期未付", "Expired, unpaid";
        NotDrawn = "not_drawn", "未抽中", "Not drawn";
    }
}

impl OrderState {
    /// Whether the order still counts: it holds goods and the household's turn.
    pub fn live(self) -> bool {
        !matches!(
            self,
            OrderState::Requested | OrderState::NotDrawn | OrderState::Cancelled | OrderState::Expired
        )
    }

    /// Whether the household has it in its round: an order that counts, or a request that waits for its draw.
    pub fn stands(self) -> bool {
        self.live() || self == OrderState::Requested
    }
}

wording! {
    /// Who has paid for an order.
    PaymentState {
        Unpaid = "unpaid", "待付", "Unpaid";
        Paid = "paid", "已付", "Paid";
        Advanced = "advanced", "代付挂账", "Advanced, on account";
        Free = "free", "免费", "Free";
        Platform = "platform", "平台已付", "Paid on the platform";
        Refunded = "refunded", "已退款", "Refunded";
    }
}

/// A round as stored.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Round {
    /// The id.
    pub id: RoundId,
    /// The code that people use, such as `R012`.
    pub code: String,
    /// The title shown to residents.
    pub title: String,
    /// The supply mode.
    pub mode: modes::Mode,
    /// The supplier's code.
    pub supplier: String,
    /// The smallest area that holds all its compounds.
    pub area: String,
    /// Where it stands.
    pub state: RoundState,
    /// Whether packs go to who comes first or are drawn.
    pub release: Release,
    /// When orders open.
    pub opens_s: i64,
    /// When orders close.
    pub cutoff_s: i64,
    /// When payments are due.
    pub pay_by_s: i64,
    /// When goods are to be delivered.
    pub deliver_s: i64,
    /// The rules under which it was opened, with their clauses.
    pub rules: Vec<Source>,
    /// Who opened it.
    pub actor: String,
}

/// A compound in a round.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RoundCompound {
    /// The compound's code.
    pub compound: String,
    /// Its number within the round, from 1.
    pub position: i64,
    /// The secret part of the residents' link.
    pub token: String,
    /// Where goods are dropped off.
    pub drop_point: String,
}

/// A pack as offered in a round: fixed when the round opens.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Pack {
    /// The supplier's code for it.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The unit it is sold by.
    pub unit: String,
    /// The price of one.
    pub price_fen: i64,
    /// The net weight of one.
    pub weight_g: i64,
    /// The most that one order may hold; 0 is no limit.
    pub limit_per_order: i64,
    /// What is inside.
    pub contents: Vec<Content>,
    /// Other names, separated by `、`.
    pub aliases: String,
}

impl Pack {
    /// Grams of `category` in one pack.
    pub fn category_g(&self, category: &str) -> i64 {
        self.contents
            .iter()
            .filter(|content| content.category == category)
            .map(|content| content.weight_g)
            .sum()
    }
}

/// One line of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Line {
    /// The pack's code.
    pub pack: String,
    /// How many were ordered.
    pub quantity: i64,
    /// How many were packed.
    pub packed: i64,
    /// The price of one.
    pub price_fen: i64,
    /// Why fewer were packed, if so.
    pub short_reason: String,
}

/// An order of one household.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Order {
    /// The id.
    pub id: OrderId,
    /// The round.
    pub round: RoundId,
    /// Its number within round and compound.
    pub number: i64,
    /// The code on the bag, such as `R012-03-0007-4`.
    pub code: String,
    /// The compound's code.
    pub compound: String,
    /// The household's code.
    pub household: String,
    /// The building.
    pub building: String,
    /// The unit.
    pub unit: String,
    /// The room.
    pub room: String,
    /// The phone to call.
    pub phone: String,
    /// How it came in.
    pub channel: Channel,
    /// Where it stands.
    pub state: OrderState,
    /// Who has paid.
    pub payment: PaymentState,
    /// What it costs.
    pub amount_fen: i64,
    /// What was given back of it.
    pub refund_fen: i64,
    /// A note; after a failed hand-over, what happened.
    pub note: String,
    /// The box that holds the bag.
    pub box_id: Option<BoxId>,
    /// When it came in.
    pub created_s: i64,
    /// How often it was changed.
    pub revision: i64,
    /// Its lines.
    pub lines: Vec<Line>,
}

impl Order {
    /// `3栋2单元501`
    pub fn dwelling(&self) -> String {
        crate::register::dwelling_words(&self.building, &self.unit, &self.room)
    }
}

/// A check digit over the letters and digits of a code (ISO/IEC 7812, Luhn over base-36 values modulo 10), so that
/// a code typed wrongly is noticed.
pub fn check_digit(code: &str) -> u32 {
    let mut sum = 0;
    let mut double = true;
    for character in code.chars().rev() {
        let Some(value) = character.to_digit(36) else {
            continue;
        };
        let value = if double { value * 2 } else { value };
        sum += value / 10 + value % 10;
        double = !double;
    }
    (10 - sum % 10) % 10
}

/// A code with its check digit.
pub fn with_check_digit(code: &str) -> String {
    format!("{code}-{}", check_digit(code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_digit_notices_one_wrong_digit() {
        let code = with_check_digit("R012-03-0007");
        let (body, digit) = code.rsplit_once('-').unwrap();
        assert_eq!(check_digit(body).to_string(), digit);
        for wrong in ["R012-03-0008", "R012-02-0007", "R013-03-0007"] {
            assert_ne!(check_digit(wrong).to_string(), digit, "{wrong}");
        }
    }
}
