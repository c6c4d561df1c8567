//! The book: accounts and transfers in memory, and the rules by which a batch acts on them.

use crate::account::{Account, AccountId, AssetId, Guard, Movement};
use crate::refusal::Refusal;
use crate::slots::Slots;
use crate::transfer::{Action, Outcome, ReservationState, Transfer, TransferId};
use std::collections::BTreeMap;

/// Accounts and transfers in memory, with a record of what changed since the last [`Book::clear_changes`].
///
/// It need not hold everything: load with [`Book::put_account`] and [`Book::put_transfer`] what a batch
/// touches (its accounts, its transfers' ids as far as they acted before, its reservations). The same calls
/// in the same order always give the same answers and the same order of iteration.
#[derive(Clone, Debug, Default)]
pub struct Book {
    account_slots: Slots,
    accounts: Vec<AccountEntry>,
    transfer_slots: Slots,
    transfers: Vec<TransferEntry>,
    changed_accounts: Vec<u32>,
    new_transfers: Vec<u32>,
    closed_reservations: Vec<u32>,
    /// Accounts as they were before each step of the present chain, newest last.
    undo: Vec<(u32, Account)>,
    /// What was loaded, per asset: the yardstick of conservation for a book that holds only a part.
    loaded: BTreeMap<AssetId, Totals>,
}

#[derive(Clone, Copy, Debug)]
struct AccountEntry {
    account: Account,
    changed: bool,
}

#[derive(Clone, Copy, Debug)]
struct TransferEntry {
    transfer: Transfer,
    state: Option<ReservationState>,
}

/// Sums over the accounts of one asset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    pub(crate) posted: i128,
    /// Reserved out minus reserved in.
    pub(crate) reserved: i128,
}

impl Totals {
    pub(crate) fn add(&mut self, account: &Account) {
        self.posted += i128::from(account.posted);
        self.reserved += i128::from(account.reserved_out) - i128::from(account.reserved_in);
    }

    fn remove(&mut self, account: &Account) {
        self.posted -= i128::from(account.posted);
        self.reserved -= i128::from(account.reserved_out) - i128::from(account.reserved_in);
    }
}

/// A transfer that was examined and may act.
struct Step {
    from: u32,
    to: u32,
    from_after: Account,
    to_after: Account,
    closes: Option<(u32, ReservationState)>,
}

impl Book {
    /// An empty book.
    pub fn new() -> Book {
        Book::default()
    }

    /// An empty book with room for so many accounts and transfers.
    pub fn with_capacity(accounts: usize, transfers: usize) -> Book {
        Book {
            account_slots: Slots::with_capacity(accounts),
            accounts: Vec::with_capacity(accounts),
            transfer_slots: Slots::with_capacity(transfers),
            transfers: Vec::with_capacity(transfers),
            changed_accounts: Vec::with_capacity(accounts),
            new_transfers: Vec::with_capacity(transfers),
            ..Book::default()
        }
    }

    /// Empties the book but keeps its memory, so that the next batch allocates nothing.
    pub fn clear(&mut self) {
        self.account_slots.clear();
        self.accounts.clear();
        self.transfer_slots.clear();
        self.transfers.clear();
        self.changed_accounts.clear();
        self.new_transfers.clear();
        self.closed_reservations.clear();
        self.loaded.clear();
    }

    fn account_slot(&self, id: AccountId) -> Option<u32> {
        self.account_slots
            .find(id, |slot| self.accounts[slot as usize].account.id)
    }

    fn transfer_slot(&self, id: TransferId) -> Option<u32> {
        self.transfer_slots
            .find(id, |slot| self.transfers[slot as usize].transfer.id)
    }

    /// Loads an account as stored, replacing one of the same id. It does not count as changed.
    pub fn put_account(&mut self, account: Account) {
        let totals = self.loaded.entry(account.asset).or_default();
        totals.add(&account);
        match self.account_slot(account.id) {
            Some(slot) => {
                let entry = &mut self.accounts[slot as usize];
                let before = std::mem::replace(&mut entry.account, account);
                self.loaded.entry(before.asset).or_default().remove(&before);
            }
            None => {
                self.insert_account(account, false);
            }
        }
    }

    /// Opens a new account and marks it changed; `false` when there is one of that id, which stays as it is.
    ///
    /// A balance is only moved, never set: the new account starts empty whatever the argument's balances say.
    pub fn open_account(&mut self, account: Account) -> bool {
        if self.account_slot(account.id).is_some() {
            return false;
        }
        let slot = self.insert_account(Account::new(account.id, account.asset, account.guard), true);
        self.changed_accounts.push(slot);
        self.loaded.entry(account.asset).or_default();
        true
    }

    fn insert_account(&mut self, account: Account, changed: bool) -> u32 {
        let slot = next_slot(self.accounts.len());
        self.accounts.push(AccountEntry { account, changed });
        let accounts = &self.accounts;
        self.account_slots
            .insert(account.id, slot, |slot| accounts[slot as usize].account.id);
        slot
    }

    /// Loads a transfer that acted before, replacing one of the same id. It does not count as new.
    ///
    /// `state` is that of a reservation; `None` means open for a reservation and is the only sensible value
    /// for any other transfer.
    pub fn put_transfer(&mut self, transfer: Transfer, state: Option<ReservationState>) {
        let state = match transfer.action {
            Action::Reserve { .. } => Some(state.unwrap_or(ReservationState::Open)),
            _ => None,
        };
        match self.transfer_slot(transfer.id) {
            Some(slot) => self.transfers[slot as usize] = TransferEntry { transfer, state },
            None => {
                self.insert_transfer(transfer, state);
            }
        }
    }

    fn insert_transfer(&mut self, transfer: Transfer, state: Option<ReservationState>) -> u32 {
        let slot = next_slot(self.transfers.len());
        self.transfers.push(TransferEntry { transfer, state });
        let transfers = &self.transfers;
        self.transfer_slots
            .insert(transfer.id, slot, |slot| transfers[slot as usize].transfer.id);
        slot
    }

    /// Applies a batch in order and answers each transfer at its place.
    ///
    /// A chain (transfers marked `linked` and the one after them) acts wholly or not at all: when one is
    /// refused, it has its own refusal and the others of the chain have [`Refusal::LinkedFailed`].
    pub fn apply(&mut self, batch: &[Transfer]) -> Vec<Result<Outcome, Refusal>> {
        let mut answers = Vec::with_capacity(batch.len());
        self.apply_into(batch, &mut answers);
        answers
    }

    /// Like [`Book::apply`], with the answers in `out`, whose former content is dropped. Allocates nothing
    /// once `out` and the book have grown to size.
    pub fn apply_into(&mut self, batch: &[Transfer], out: &mut Vec<Result<Outcome, Refusal>>) {
        out.clear();
        out.reserve(batch.len());
        let mut rest = batch;
        while let Some(first) = rest.first() {
            if !first.linked {
                out.push(self.apply_single(first));
                rest = &rest[1..];
                continue;
            }
            match rest.iter().position(|transfer| !transfer.linked) {
                Some(last) => {
                    let (chain, after) = rest.split_at(last + 1);
                    self.apply_chain(chain, out);
                    rest = after;
                }
                None => {
                    blame(rest.len(), rest.len() - 1, Refusal::LinkedChainOpen, out);
                    return;
                }
            }
        }
    }

    fn apply_single(&mut self, transfer: &Transfer) -> Result<Outcome, Refusal> {
        if self.acted_before(transfer)? {
            return Ok(Outcome::Repeated);
        }
        let step = self.examine(transfer)?;
        self.perform(transfer, step);
        Ok(Outcome::Applied)
    }

    fn apply_chain(&mut self, chain: &[Transfer], out: &mut Vec<Result<Outcome, Refusal>>) {
        let changed = self.changed_accounts.len();
        let new = self.new_transfers.len();
        let closed = self.closed_reservations.len();
        self.undo.clear();
        let mut chain_repeats = None;
        for (index, transfer) in chain.iter().enumerate() {
            let answer = self.acted_before(transfer).and_then(|repeats| {
                if *chain_repeats.get_or_insert(repeats) != repeats {
                    return Err(Refusal::ChainChanged);
                }
                if repeats {
                    Ok(None)
                } else {
                    self.examine(transfer).map(Some)
                }
            });
            match answer {
                Ok(None) => {}
                Ok(Some(step)) => {
                    self.undo
                        .push((step.from, self.accounts[step.from as usize].account));
                    self.undo.push((step.to, self.accounts[step.to as usize].account));
                    self.perform(transfer, step);
                }
                Err(refusal) => {
                    self.roll_back(changed, new, closed);
                    blame(chain.len(), index, refusal, out);
                    return;
                }
            }
        }
        let outcome = if chain_repeats == Some(true) {
            Outcome::Repeated
        } else {
            Outcome::Applied
        };
        out.extend(std::iter::repeat_n(Ok(outcome), chain.len()));
    }

    /// Puts back everything since the present chain began; the lengths are those of its beginning.
    fn roll_back(&mut self, changed: usize, new: usize, closed: usize) {
        for (slot, before) in self.undo.drain(..).rev() {
            self.accounts[slot as usize].account = before;
        }
        for slot in self.changed_accounts.drain(changed..) {
            self.accounts[slot as usize].changed = false;
        }
        for slot in self.closed_reservations.drain(closed..) {
            self.transfers[slot as usize].state = Some(ReservationState::Open);
        }
        let kept = self.transfers.len() - (self.new_transfers.len() - new);
        let transfers = &self.transfers;
        for entry in &transfers[kept..] {
            self.transfer_slots
                .remove(entry.transfer.id, |slot| transfers[slot as usize].transfer.id);
        }
        self.transfers.truncate(kept);
        self.new_transfers.truncate(new);
    }

    fn acted_before(&self, transfer: &Transfer) -> Result<bool, Refusal> {
        match self.transfer_slot(transfer.id) {
            None => Ok(false),
            Some(slot) if self.transfers[slot as usize].transfer.same_content(transfer) => Ok(true),
            Some(_) => Err(Refusal::IdReused),
        }
    }

    /// Looks for reasons to refuse, in the order of their rank, and changes nothing.
    fn examine(&self, transfer: &Transfer) -> Result<Step, Refusal> {
        if transfer.amount <= 0 {
            return Err(Refusal::AmountNotPositive);
        }
        if transfer.from == transfer.to {
            return Err(Refusal::SameAccount);
        }
        let from = self.account_slot(transfer.from).ok_or(Refusal::FromNotFound)?;
        let to = self.account_slot(transfer.to).ok_or(Refusal::ToNotFound)?;
        let giver = &self.accounts[from as usize].account;
        let receiver = &self.accounts[to as usize].account;
        if giver.asset != transfer.asset || receiver.asset != transfer.asset {
            return Err(Refusal::AssetMismatch);
        }
        let (movement, closes) = self.movement(transfer)?;
        let from_after = giver.after_giving(movement).ok_or(Refusal::Overflow)?;
        let to_after = receiver.after_receiving(movement).ok_or(Refusal::Overflow)?;
        // What closes a reservation was set aside before and cannot take from others.
        if giver.guard == Guard::NotBelowZero && closes.is_none() && from_after.available() < 0 {
            return Err(Refusal::Insufficient {
                available: giver.available(),
            });
        }
        Ok(Step {
            from,
            to,
            from_after,
            to_after,
            closes,
        })
    }

    /// What a transfer moves and promises, and the reservation that it closes with the state it takes.
    fn movement(&self, transfer: &Transfer) -> Result<(Movement, Option<(u32, ReservationState)>), Refusal> {
        let amount = transfer.amount;
        let (reservation, state) = match transfer.action {
            Action::Post => {
                return Ok((
                    Movement {
                        posted: amount,
                        reserved: 0,
                    },
                    None,
                ));
            }
            Action::Reserve { expires_s } => {
                if expires_s.is_some_and(|deadline_s| transfer.at_s >= deadline_s) {
                    return Err(Refusal::ReservationExpired);
                }
                return Ok((
                    Movement {
                        posted: 0,
                        reserved: amount,
                    },
                    None,
                ));
            }
            Action::PostReserved { reservation } => (reservation, ReservationState::Posted),
            Action::VoidReserved { reservation } => (reservation, ReservationState::Voided),
            Action::ExpireReserved { reservation } => (reservation, ReservationState::Expired),
        };
        let slot = self
            .transfer_slot(reservation)
            .ok_or(Refusal::ReservationNotFound)?;
        let TransferEntry {
            transfer: reserved,
            state: present,
        } = &self.transfers[slot as usize];
        let Action::Reserve { expires_s } = reserved.action else {
            return Err(Refusal::NotReservation);
        };
        let posts = state == ReservationState::Posted;
        if (reserved.from, reserved.to, reserved.asset) != (transfer.from, transfer.to, transfer.asset)
            || (!posts && reserved.amount != amount)
        {
            return Err(Refusal::ReservationMismatch);
        }
        if let Some(closed) = present.filter(|present| *present != ReservationState::Open) {
            return Err(Refusal::ReservationClosed { state: closed });
        }
        let deadline_came = expires_s.is_some_and(|deadline_s| transfer.at_s >= deadline_s);
        if posts && deadline_came {
            return Err(Refusal::ReservationExpired);
        }
        if state == ReservationState::Expired && !deadline_came {
            return Err(Refusal::ReservationNotExpired);
        }
        if posts && amount > reserved.amount {
            return Err(Refusal::AmountExceedsReserved);
        }
        let posted = if posts { amount } else { 0 };
        Ok((
            Movement {
                posted,
                reserved: -reserved.amount,
            },
            Some((slot, state)),
        ))
    }

    fn perform(&mut self, transfer: &Transfer, step: Step) {
        for (slot, after) in [(step.from, step.from_after), (step.to, step.to_after)] {
            let entry = &mut self.accounts[slot as usize];
            entry.account = after;
            if !entry.changed {
                entry.changed = true;
                self.changed_accounts.push(slot);
            }
        }
        if let Some((slot, state)) = step.closes {
            self.transfers[slot as usize].state = Some(state);
            self.closed_reservations.push(slot);
        }
        let state = matches!(transfer.action, Action::Reserve { .. }).then_some(ReservationState::Open);
        let slot = self.insert_transfer(*transfer, state);
        self.new_transfers.push(slot);
    }

    /// The account of that id.
    pub fn account(&self, id: AccountId) -> Option<&Account> {
        self.account_slot(id)
            .map(|slot| &self.accounts[slot as usize].account)
    }

    /// The transfer of that id, when it acted, with its state when it is a reservation.
    pub fn transfer(&self, id: TransferId) -> Option<(&Transfer, Option<ReservationState>)> {
        let entry = &self.transfers[self.transfer_slot(id)? as usize];
        Some((&entry.transfer, entry.state))
    }

    /// All accounts, in the order in which they were put or opened.
    pub fn accounts(&self) -> impl Iterator<Item = &Account> {
        self.accounts.iter().map(|entry| &entry.account)
    }

    /// All transfers held, in the order in which they were put or acted, with the states of reservations.
    pub fn transfers(&self) -> impl Iterator<Item = (&Transfer, Option<ReservationState>)> {
        self.transfers.iter().map(|entry| (&entry.transfer, entry.state))
    }

    /// Accounts opened or moved since the last [`Book::clear_changes`], each once.
    pub fn changed_accounts(&self) -> impl Iterator<Item = &Account> {
        self.changed_accounts
            .iter()
            .map(|&slot| &self.accounts[slot as usize].account)
    }

    /// Transfers that acted since the last [`Book::clear_changes`], in order. New reservations start open.
    pub fn new_transfers(&self) -> impl Iterator<Item = &Transfer> {
        self.new_transfers
            .iter()
            .map(|&slot| &self.transfers[slot as usize].transfer)
    }

    /// Reservations closed since the last [`Book::clear_changes`], with the state they took. Those opened and
    /// closed within the same time are among them; those still open are not.
    pub fn changed_reservations(&self) -> impl Iterator<Item = (TransferId, ReservationState)> {
        self.closed_reservations.iter().filter_map(|&slot| {
            let entry = &self.transfers[slot as usize];
            entry.state.map(|state| (entry.transfer.id, state))
        })
    }

    /// Forgets which accounts, transfers and reservations changed; to be called once they are stored.
    pub fn clear_changes(&mut self) {
        for slot in self.changed_accounts.drain(..) {
            self.accounts[slot as usize].changed = false;
        }
        self.new_transfers.clear();
        self.closed_reservations.clear();
    }

    pub(crate) fn loaded(&self) -> &BTreeMap<AssetId, Totals> {
        &self.loaded
    }
}

/// Answers a refused chain of `length`: the refusal to the one to blame, [`Refusal::LinkedFailed`] to the rest.
fn blame(length: usize, to_blame: usize, refusal: Refusal, out: &mut Vec<Result<Outcome, Refusal>>) {
    out.extend((0..length).map(|index| {
        Err(if index == to_blame {
            refusal
        } else {
            Refusal::LinkedFailed
        })
    }));
}

fn next_slot(length: usize) -> u32 {
    u32::try_from(length).expect("four billion accounts or transfers do not fit into memory")
}
