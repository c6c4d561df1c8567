//! Invariants of a book, recomputed from scratch.

use crate::account::{AssetId, Guard};
use crate::book::{Book, Totals};
use crate::transfer::{Action, ReservationState};
use std::collections::{BTreeMap, BTreeSet};

impl Book {
    /// The sum of posted balances per asset: zero for each when the book holds all accounts, since every
    /// transfer gives what it takes. A sum beyond 64 bits is cut to the range.
    pub fn sums(&self) -> BTreeMap<AssetId, i64> {
        self.totals()
            .into_iter()
            .map(|(asset, totals)| {
                let cut = totals.posted.clamp(i128::from(i64::MIN), i128::from(i64::MAX));
                (asset, i64::try_from(cut).expect("it was cut to the range"))
            })
            .collect()
    }

    /// What is wrong with the book, in words; empty when all is well.
    ///
    /// - No asset appeared or vanished since the accounts were loaded, posted or reserved.
    /// - No guarded account is below zero; no reserved amount is below zero.
    /// - The open reservations held explain at most what the accounts have reserved.
    /// - A reservation is closed by the one transfer that closes it, and by none while it is open.
    pub fn check(&self) -> Vec<String> {
        let mut findings = Vec::new();
        self.check_conservation(&mut findings);
        self.check_accounts(&mut findings);
        self.check_reservations(&mut findings);
        findings
    }

    fn totals(&self) -> BTreeMap<AssetId, Totals> {
        let mut totals: BTreeMap<AssetId, Totals> = BTreeMap::new();
        for account in self.accounts() {
            totals.entry(account.asset).or_default().add(account);
        }
        totals
    }

    fn check_conservation(&self, findings: &mut Vec<String>) {
        let totals = self.totals();
        let none = Totals::default();
        for asset in self.loaded().keys().chain(totals.keys()).collect::<BTreeSet<_>>() {
            let before = self.loaded().get(asset).unwrap_or(&none);
            let now = totals.get(asset).unwrap_or(&none);
            if before.posted != now.posted {
                findings.push(format!(
                    "{asset:?}: posted sum was {} and is {}",
                    before.posted, now.posted
                ));
            }
            if before.reserved != now.reserved {
                findings.push(format!(
                    "{asset:?}: reserved out minus in was {} and is {}",
                    before.reserved, now.reserved
                ));
            }
        }
    }

    fn check_accounts(&self, findings: &mut Vec<String>) {
        for account in self.accounts() {
            let id = account.id;
            if account.guard == Guard::NotBelowZero && account.available() < 0 {
                findings.push(format!("{id:?}: guarded, but {} available", account.available()));
            }
            if account.reserved_out < 0 || account.reserved_in < 0 {
                findings.push(format!(
                    "{id:?}: reserved below zero, {} out and {} in",
                    account.reserved_out, account.reserved_in
                ));
            }
        }
    }

    fn check_reservations(&self, findings: &mut Vec<String>) {
        let mut promised: BTreeMap<_, (i128, i128)> = BTreeMap::new();
        let mut closed_by: BTreeMap<_, Vec<ReservationState>> = BTreeMap::new();
        for (transfer, state) in self.transfers() {
            if state == Some(ReservationState::Open) {
                promised.entry(transfer.from).or_default().0 += i128::from(transfer.amount);
                promised.entry(transfer.to).or_default().1 += i128::from(transfer.amount);
            }
            let closing = match transfer.action {
                Action::PostReserved { reservation } => (reservation, ReservationState::Posted),
                Action::VoidReserved { reservation } => (reservation, ReservationState::Voided),
                Action::ExpireReserved { reservation } => (reservation, ReservationState::Expired),
                Action::Post | Action::Reserve { .. } => continue,
            };
            closed_by.entry(closing.0).or_default().push(closing.1);
        }
        for (id, (out, into)) in promised {
            if let Some(account) = self.account(id)
                && (out > i128::from(account.reserved_out) || into > i128::from(account.reserved_in))
            {
                findings.push(format!(
                    "{id:?}: open reservations of {out} out and {into} in, but {} and {} reserved",
                    account.reserved_out, account.reserved_in
                ));
            }
        }
        for (id, states) in closed_by {
            if let Some((_, state)) = self.transfer(id)
                && states.as_slice() != state.as_slice()
            {
                findings.push(format!("{id:?}: is {state:?}, but was closed by {states:?}"));
            }
        }
    }
}
