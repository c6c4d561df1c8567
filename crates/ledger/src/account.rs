//! Accounts: who or what holds an amount of one asset.

use std::fmt;

/// Names an account. Made by the caller, so that the same account has the same id everywhere.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(pub u128);

impl fmt::Debug for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AccountId({:x})", self.0)
    }
}

/// Names what is counted together with its unit, for example "cabbage in grams" or "money in fen".
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AssetId(pub u64);

impl fmt::Debug for AssetId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AssetId({:x})", self.0)
    }
}

/// What an account may promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Guard {
    /// The outside world (farms, eaten food, lost goods, household purses): may fall below zero.
    Free,
    /// Never below zero, reserved amounts counted as gone.
    NotBelowZero,
}

/// An account with its balances, all in the smallest unit of its asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Account {
    /// The account's name.
    pub id: AccountId,
    /// The one asset that it holds.
    pub asset: AssetId,
    /// Whether it may fall below zero.
    pub guard: Guard,
    /// All that came in minus all that went out.
    pub posted: i64,
    /// Promised to others by open reservations; never below zero.
    pub reserved_out: i64,
    /// Promised by others to this account by open reservations; never below zero. It cannot be spent.
    pub reserved_in: i64,
}

impl Account {
    /// An account with nothing in it.
    pub fn new(id: AccountId, asset: AssetId, guard: Guard) -> Account {
        Account {
            id,
            asset,
            guard,
            posted: 0,
            reserved_out: 0,
            reserved_in: 0,
        }
    }

    /// What may still be moved or promised: posted minus reserved out.
    ///
    /// The book keeps this within range; for an account with impossible balances it saturates.
    pub fn available(&self) -> i64 {
        self.posted.saturating_sub(self.reserved_out)
    }

    /// This account after it gave: `None` when a balance would leave the range of 64 bits or a
    /// reservation would fall below zero.
    pub(crate) fn after_giving(&self, movement: Movement) -> Option<Account> {
        let posted = self.posted.checked_sub(movement.posted)?;
        let reserved_out = self
            .reserved_out
            .checked_add(movement.reserved)
            .filter(|sum| *sum >= 0)?;
        posted.checked_sub(reserved_out)?;
        Some(Account {
            posted,
            reserved_out,
            ..*self
        })
    }

    /// This account after it received; `None` as for [`Account::after_giving`]. The sum of posted and
    /// expected amounts is kept within range, so that posting a reservation cannot overflow later.
    pub(crate) fn after_receiving(&self, movement: Movement) -> Option<Account> {
        let posted = self.posted.checked_add(movement.posted)?;
        let reserved_in = self
            .reserved_in
            .checked_add(movement.reserved)
            .filter(|sum| *sum >= 0)?;
        posted.checked_add(reserved_in)?;
        Some(Account {
            posted,
            reserved_in,
            ..*self
        })
    }
}

/// The effect of one transfer on both of its accounts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Movement {
    /// Moves now.
    pub(crate) posted: i64,
    /// Newly promised when positive, released when negative.
    pub(crate) reserved: i64,
}
