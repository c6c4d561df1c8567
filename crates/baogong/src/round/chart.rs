//! The chart of accounts: which accounts a round moves goods, money and rations between.
//!
//! Goods of a round: supply → allotment (per compound) → ordered → packed → trip → drop point → household.
//! Money: household (or advance, or relief fund) → purse (per round and compound) → supplier.

use crate::base::book::Acc;
use crate::base::id::{RoundId, TripId};

/// Money, in fen.
pub const FEN: &str = "fen";

/// The packs of one kind in one round.
pub fn pack_asset(round: RoundId, pack: &str) -> String {
    format!("pack/{round}/{pack}")
}

/// Grams of a category of food.
pub fn food_asset(category: &str) -> String {
    format!("g/{category}")
}

/// Where packs come from and go back to.
pub fn supply(supplier: &str, asset: &str) -> Acc {
    Acc::free(format!("supply/{supplier}"), asset)
}

/// What of a pack is still to be had in a compound.
pub fn allotment(round: RoundId, compound: &str, asset: &str) -> Acc {
    Acc::guarded(format!("allotment/{round}/{compound}"), asset)
}

/// Packs that are firmly ordered.
pub fn ordered(round: RoundId, compound: &str, asset: &str) -> Acc {
    Acc::guarded(format!("ordered/{round}/{compound}"), asset)
}

/// From where to where a pack moves when it is ordered.
pub fn order_way(round: RoundId, compound: &str, pack: &str) -> (Acc, Acc) {
    let asset = pack_asset(round, pack);
    (
        allotment(round, compound, &asset),
        ordered(round, compound, &asset),
    )
}

/// Packs in bags.
pub fn packed(round: RoundId, compound: &str, asset: &str) -> Acc {
    Acc::guarded(format!("packed/{round}/{compound}"), asset)
}

/// Packs on a vehicle.
pub fn on_trip(trip: TripId, asset: &str) -> Acc {
    Acc::guarded(format!("trip/{trip}"), asset)
}

/// Packs at a compound's drop point.
pub fn at_drop_point(compound: &str, asset: &str) -> Acc {
    Acc::guarded(format!("drop/{compound}"), asset)
}

/// Packs that a household has received.
pub fn received(household: &str, asset: &str) -> Acc {
    Acc::guarded(format!("received/{household}"), asset)
}

/// Packs that were lost, by reason.
pub fn loss(district: &str, asset: &str) -> Acc {
    Acc::guarded(format!("loss/{district}"), asset)
}

/// Packs that went back to the supplier.
pub fn returned(supplier: &str, asset: &str) -> Acc {
    Acc::guarded(format!("returned/{supplier}"), asset)
}

/// A household's own money.
pub fn household_money(household: &str) -> Acc {
    Acc::free(format!("money/{household}"), FEN)
}

/// What a household owes for advances, as a negative balance (DX-5).
pub fn advance(household: &str) -> Acc {
    Acc::free(format!("advance/{household}"), FEN)
}

/// The relief fund of a district (CT-7).
pub fn relief_fund(district: &str) -> Acc {
    Acc::free(format!("relief/{district}"), FEN)
}

/// What the liaison of a compound holds of a round.
pub fn purse(round: RoundId, compound: &str) -> Acc {
    Acc::guarded(format!("purse/{round}/{compound}"), FEN)
}

/// What a supplier has been paid.
pub fn supplier_money(supplier: &str) -> Acc {
    Acc::guarded(format!("paid/{supplier}"), FEN)
}

/// Where rations come from (YU-7).
pub fn rations(district: &str, category: &str) -> Acc {
    Acc::free(format!("rations/{district}"), format!("ration/{category}"))
}

/// What a household may still buy of a category in a period.
pub fn ration(household: &str, category: &str, period: i64) -> Acc {
    Acc::guarded(
        format!("ration/{household}/{period}"),
        format!("ration/{category}"),
    )
}

/// What households have bought of their rations.
pub fn rations_used(district: &str, category: &str) -> Acc {
    Acc::guarded(format!("rations-used/{district}"), format!("ration/{category}"))
}

/// Food outside any pantry.
pub fn food(district: &str, category: &str) -> Acc {
    Acc::free(format!("food/{district}"), food_asset(category))
}

/// What a household has at home.
pub fn pantry(household: &str, category: &str) -> Acc {
    Acc::guarded(format!("pantry/{household}"), food_asset(category))
}
