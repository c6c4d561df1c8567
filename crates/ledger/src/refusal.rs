//! Why a transfer was refused.

use crate::transfer::ReservationState;
use std::fmt;

/// Why a transfer was refused, ordered by descending precedence: when several hold, the first is told.
///
/// The order of the variants is the rank (`Ord` follows it), so the answer to a wrong transfer does not
/// depend on the order in which the code happens to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Refusal {
    /// Another transfer of the same chain is to blame and says why.
    LinkedFailed,
    /// The last transfer of the batch is linked to a next one that does not exist.
    LinkedChainOpen,
    /// The id acted before with other content (anything but `at_s`).
    IdReused,
    /// The chain mixes transfers that acted before with new ones, so it is not the chain that acted before.
    ChainChanged,
    /// The amount is zero or less.
    AmountNotPositive,
    /// `from` and `to` are one account.
    SameAccount,
    /// There is no account `from`.
    FromNotFound,
    /// There is no account `to`.
    ToNotFound,
    /// The transfer and its two accounts are not all of one asset.
    AssetMismatch,
    /// There is no transfer of the reservation's id.
    ReservationNotFound,
    /// The transfer named as a reservation reserved nothing.
    NotReservation,
    /// `from`, `to` or `asset` differ from the reservation's, or a release's amount does.
    ReservationMismatch,
    /// The reservation was closed before.
    ReservationClosed {
        /// How it was closed.
        state: ReservationState,
    },
    /// The deadline has come: the reservation may no longer be posted, or a new one would start expired.
    ReservationExpired,
    /// The deadline has not come, or there is none.
    ReservationNotExpired,
    /// More is to be posted than was reserved.
    AmountExceedsReserved,
    /// A balance would leave the range of 64 bits, or more would be released than the account has reserved.
    Overflow,
    /// A guarded account would fall below zero.
    Insufficient {
        /// What it could give.
        available: i64,
    },
}

impl Refusal {
    /// Whether the very same transfer may be accepted later, because others or time change what it met.
    ///
    /// For [`Refusal::LinkedFailed`] ask the transfer of the chain that is to blame.
    pub fn transient(self) -> bool {
        match self {
            Refusal::FromNotFound
            | Refusal::ToNotFound
            | Refusal::ReservationNotFound
            | Refusal::ReservationNotExpired
            | Refusal::Insufficient { .. } => true,
            Refusal::LinkedFailed
            | Refusal::LinkedChainOpen
            | Refusal::IdReused
            | Refusal::ChainChanged
            | Refusal::AmountNotPositive
            | Refusal::SameAccount
            | Refusal::AssetMismatch
            | Refusal::NotReservation
            | Refusal::ReservationMismatch
            | Refusal::ReservationClosed { .. }
            | Refusal::ReservationExpired
            | Refusal::AmountExceedsReserved
            | Refusal::Overflow => false,
        }
    }

    /// A stable name for interfaces, logs and translation keys.
    pub fn name(self) -> &'static str {
        match self {
            Refusal::LinkedFailed => "linked_failed",
            Refusal::LinkedChainOpen => "linked_chain_open",
            Refusal::IdReused => "id_reused",
            Refusal::ChainChanged => "chain_changed",
            Refusal::AmountNotPositive => "amount_not_positive",
            Refusal::SameAccount => "same_account",
            Refusal::FromNotFound => "from_not_found",
            Refusal::ToNotFound => "to_not_found",
            Refusal::AssetMismatch => "asset_mismatch",
            Refusal::ReservationNotFound => "reservation_not_found",
            Refusal::NotReservation => "not_reservation",
            Refusal::ReservationMismatch => "reservation_mismatch",
            Refusal::ReservationClosed { .. } => "reservation_closed",
            Refusal::ReservationExpired => "reservation_expired",
            Refusal::ReservationNotExpired => "reservation_not_expired",
            Refusal::AmountExceedsReserved => "amount_exceeds_reserved",
            Refusal::Overflow => "overflow",
            Refusal::Insufficient { .. } => "insufficient",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::ReservationClosed { state } => write!(f, "{} ({state:?})", self.name()),
            Refusal::Insufficient { available } => write!(f, "{} (available {available})", self.name()),
            _ => f.write_str(self.name()),
        }
    }
}

impl std::error::Error for Refusal {}
