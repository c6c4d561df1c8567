//! Every id has its own type; one list.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => { $(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
        #[serde(transparent)]
        #[schema(value_type = String, format = "uuid")]
        pub struct $name(pub Uuid);

        impl $name {
            /// A fresh, time-ordered id.
            pub fn fresh() -> Self {
                Self(Uuid::now_v7())
            }

            /// The id that belongs to a command: the same command always makes the same thing.
            pub fn of_command(command: Uuid) -> Self {
                Self(derive(command, stringify!($name)))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.simple().fmt(f)
            }
        }

        impl From<$name> for store::Value {
            fn from(id: $name) -> Self {
                store::Value::from(id.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                Uuid::parse_str(text).map(Self)
            }
        }
    )* };
}

ids! {
    /// A user who may sign in.
    UserId;
    /// One import of one file.
    BatchId;
    /// A directive.
    DirectiveId;
    /// A line of a needs list.
    NeedId;
    /// A visit to a household.
    VisitId;
    /// A computed proposal.
    ProposalId;
    /// A round.
    RoundId;
    /// An order of one household in one round.
    OrderId;
    /// A pasted chain message.
    PasteId;
    /// A payment, advance, refund or settlement.
    PaymentId;
    /// A box of bags for one compound.
    BoxId;
    /// A trip of one vehicle.
    TripId;
}

/// A stable id from a parent id and words (UUID version 8): retries and concurrent workers make the same one. A child of a
/// child begins like its parent, and where the first parent begins with a time so do all, so that what is made together lies
/// together in the database.
pub fn derive(parent: Uuid, words: &str) -> Uuid {
    let mut bytes = Uuid::new_v5(&parent, words.as_bytes()).into_bytes();
    if matches!(parent.get_version_num(), 7 | 8) {
        bytes[..6].copy_from_slice(&parent.as_bytes()[..6]);
    }
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// The district of an area or household code: its first six digits.
pub fn district(code: &str) -> &str {
    code.get(..6).unwrap_or(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_from_one_command_lies_together_and_is_the_same_again() {
        for command in [Uuid::now_v7(), Uuid::new_v4()] {
            let order = OrderId::of_command(command).0;
            assert_eq!(order, OrderId::of_command(command).0);
            let (one, other) = (derive(order, "pack/0/A"), derive(order, "pack/0/B"));
            assert_ne!(one, other);
            assert_eq!(one.as_bytes()[..6], order.as_bytes()[..6]);
            assert_eq!(other.as_bytes()[..6], order.as_bytes()[..6]);
        }
        let command = Uuid::now_v7();
        assert_eq!(derive(command, "x").as_bytes()[..6], command.as_bytes()[..6]);
    }
}
