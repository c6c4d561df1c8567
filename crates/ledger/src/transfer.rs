//! Transfers: the only way in which a balance changes.

use crate::account::{AccountId, AssetId};
use std::fmt;

/// Names a transfer. Made by whoever asks for it (a phone, a browser, an import), so that a retry acts once.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TransferId(pub u128);

impl fmt::Debug for TransferId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TransferId({:x})", self.0)
    }
}

/// An amount of one asset that goes from one account to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// The transfer's name; acts at most once.
    pub id: TransferId,
    /// Gives.
    pub from: AccountId,
    /// Receives.
    pub to: AccountId,
    /// The asset of both accounts.
    pub asset: AssetId,
    /// In the asset's smallest unit, above zero.
    pub amount: i64,
    /// What is done with the amount.
    pub action: Action,
    /// All or nothing together with the next transfer of the batch.
    pub linked: bool,
    /// The order, trip, directive or other thing that caused it. The ledger does not interpret it.
    pub cause: u128,
    /// The kind of business, for example sale, loss or refund. The ledger does not interpret it.
    pub reason: u16,
    /// When it was recorded, in seconds since 1970 by the server's clock. Not part of the content that a
    /// retry must repeat, since a retry is stamped later.
    pub at_s: i64,
}

impl Transfer {
    /// Whether both say the same in everything but the time of recording.
    pub fn same_content(&self, other: &Transfer) -> bool {
        *self
            == Transfer {
                at_s: self.at_s,
                ..*other
            }
    }
}

/// What a transfer does with its amount.
///
/// The last three close a reservation: their `from`, `to` and `asset` are those of the reservation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Moves the amount now.
    Post,
    /// Promises the amount: it can no longer be spent by `from` and cannot yet be spent by `to`.
    Reserve {
        /// From this second on (since 1970) it may no longer be posted and may be expired; `None`: stays
        /// until posted or voided. A deadline, not a duration, so that a retry repeats the same content.
        expires_s: Option<i64>,
    },
    /// Moves an amount that was reserved, at most the reserved one; the rest is released.
    PostReserved {
        /// The transfer that reserved.
        reservation: TransferId,
    },
    /// Releases a reservation, before or after its deadline; the amount equals the reserved one.
    VoidReserved {
        /// The transfer that reserved.
        reservation: TransferId,
    },
    /// Releases a reservation whose deadline has come; the amount equals the reserved one.
    ExpireReserved {
        /// The transfer that reserved.
        reservation: TransferId,
    },
}

impl Action {
    /// The reservation that this action closes.
    pub fn reservation(self) -> Option<TransferId> {
        match self {
            Action::Post | Action::Reserve { .. } => None,
            Action::PostReserved { reservation }
            | Action::VoidReserved { reservation }
            | Action::ExpireReserved { reservation } => Some(reservation),
        }
    }
}

/// Where a reservation stands. It starts open and is closed once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReservationState {
    /// Promised, neither moved nor released.
    Open,
    /// Moved, wholly or in part.
    Posted,
    /// Released by decision.
    Voided,
    /// Released because its deadline came.
    Expired,
}

/// How an accepted transfer was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// It acted now.
    Applied,
    /// The same id with the same content acted before; nothing was done now.
    Repeated,
}
