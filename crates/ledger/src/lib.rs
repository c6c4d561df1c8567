//! What is conserved: goods, money, rations and capacity as double-entry transfers between accounts.
//!
//! The crate is pure: it knows no database, clock, network or randomness. The caller loads the accounts
//! and earlier transfers that a batch touches into a [`Book`], applies the batch, and stores what changed.
//!
//! - An [`Account`] holds an amount of one asset. A guarded account never promises more than it has.
//! - A [`Transfer`] moves an amount from one account to another: at once ([`Action::Post`]) or in two
//!   phases ([`Action::Reserve`], then [`Action::PostReserved`], [`Action::VoidReserved`] or
//!   [`Action::ExpireReserved`]).
//! - A transfer that would break a rule is refused with a named [`Refusal`] and leaves no trace.
//! - A transfer that acted is never edited. A mistake is corrected by a further transfer.
//! - The id of a transfer is made by whoever asks for it, so that a retry acts once.
//!
//! The model follows TigerBeetle (two nouns, two-phase transfers, linked chains, refusals ordered by
//! precedence), reduced to one signed balance per account instead of debits and credits.
//!
//! ```
//! use ledger::{Account, AccountId, Action, AssetId, Book, Guard, Outcome, Refusal, Transfer, TransferId};
//!
//! let cabbage_g = AssetId(1);
//! let (farm, shop) = (AccountId(1), AccountId(2));
//! let mut book = Book::new();
//! book.open_account(Account::new(farm, cabbage_g, Guard::Free));
//! book.open_account(Account::new(shop, cabbage_g, Guard::NotBelowZero));
//! let delivery = Transfer {
//!     id: TransferId(1),
//!     from: farm,
//!     to: shop,
//!     asset: cabbage_g,
//!     amount: 500_000,
//!     action: Action::Post,
//!     linked: false,
//!     cause: 0,
//!     reason: 0,
//!     at_s: 0,
//! };
//! let too_much = Transfer { id: TransferId(2), from: shop, to: farm, amount: 500_001, ..delivery };
//! let answers = book.apply(&[delivery, too_much, delivery]);
//! assert_eq!(answers[0], Ok(Outcome::Applied));
//! assert_eq!(answers[1], Err(Refusal::Insufficient { available: 500_000 }));
//! assert_eq!(answers[2], Ok(Outcome::Repeated));
//! ```

mod account;
mod book;
mod check;
mod refusal;
mod slots;
mod transfer;

pub use account::{Account, AccountId, AssetId, Guard};
pub use book::Book;
pub use refusal::Refusal;
pub use transfer::{Action, Outcome, ReservationState, Transfer, TransferId};
