//! Many moves at once: accounts are loaded together, the pure `ledger` crate decides in memory, and what came of it is
//! written together.

use std::collections::BTreeMap;

use ledger::{Account, AccountId, Book, Guard, Outcome, ReservationState, Transfer, TransferId};
use store::{Tx, params, stmt};
use uuid::Uuid;

use super::{Acc, Blocked, Kind, Move, asset_id, blob};
use crate::base::{Ctx, Fault, Result};

stmt!(
    OPEN,
    "INSERT INTO account (district, id, name, asset, guarded, posted, reserved_out, reserved_in)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
);
stmt!(
    LOAD,
    "SELECT posted, reserved_out, reserved_in, guarded FROM account WHERE district = $1 AND id = $2 /*postgres FOR UPDATE*/"
);
stmt!(
    MOVE,
    "UPDATE account SET posted = posted + $3, reserved_out = reserved_out + $4, reserved_in = reserved_in + $5
     WHERE district = $1 AND id = $2
       AND (guarded = 0 OR posted + $3 - (reserved_out + $4) >= 0)"
);
stmt!(
    TRANSFER,
    "SELECT from_id, to_id, asset, amount, action, reservation, expires_s, state, cause, reason, at_s, linked
     FROM transfer WHERE district = $1 AND id = $2"
);
stmt!(
    INSERT_TRANSFER,
    "INSERT INTO transfer (district, id, from_id, to_id, asset, amount, action, reservation, expires_s, state,
                           cause, reason, at_s, actor, linked)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"
);
stmt!(
    SET_STATE,
    "UPDATE transfer SET state = $3 WHERE district = $1 AND id = $2"
);

/// Where the moves of many commands of one district are decided before anything is written.
///
/// Load what the moves touch, post them command by command, then write once. What a refused command asked for leaves no
/// trace.
pub struct Desk {
    district: String,
    book: Book,
    /// By id, so that every node takes hold of accounts in the same order.
    accounts: BTreeMap<AccountId, Loaded>,
    posted: Vec<Posted>,
}

struct Loaded {
    name: Acc,
    /// As it is in the database; empty when it is not there yet.
    before: Account,
    stored: bool,
}

struct Posted {
    one: Move,
    transfer: Transfer,
    actor: String,
}

impl Desk {
    /// A desk with nothing on it.
    pub fn new(district: &str) -> Self {
        Self {
            district: district.to_string(),
            book: Book::new(),
            accounts: BTreeMap::new(),
            posted: Vec::new(),
        }
    }

    /// Loads accounts, those that are not loaded yet.
    pub fn load_accounts<'a>(&mut self, tx: &mut Tx, accounts: impl Iterator<Item = &'a Acc>) -> Result<()> {
        let wanted: BTreeMap<AccountId, &Acc> = accounts
            .filter(|account| !self.accounts.contains_key(&account.id()))
            .map(|account| (account.id(), account))
            .collect();
        let keys: Vec<_> = wanted
            .keys()
            .map(|id| Vec::from(params![self.district.as_str(), blob(id.0)]))
            .collect();
        let found = tx.rows_many(&LOAD, &keys)?;
        for ((id, name), rows) in wanted.into_iter().zip(found) {
            let mut before = Account::new(id, asset_id(&name.asset), name.guard);
            let stored = rows.first();
            if let Some(row) = stored {
                before.posted = row.get(0)?;
                before.reserved_out = row.get(1)?;
                before.reserved_in = row.get(2)?;
                before.guard = if row.get::<bool>(3)? {
                    Guard::NotBelowZero
                } else {
                    Guard::Free
                };
            }
            self.book.put_account(before);
            let (name, stored) = (name.clone(), stored.is_some());
            self.accounts.insert(id, Loaded { name, before, stored });
        }
        Ok(())
    }

    /// Whether an account was in the database when it was loaded.
    pub fn stored(&self, account: &Acc) -> bool {
        self.accounts
            .get(&account.id())
            .is_some_and(|loaded| loaded.stored)
    }

    /// Whether something was posted to or from an account here.
    pub fn moved(&self, account: &Acc) -> bool {
        let now = self.book.account(account.id());
        let before = self.accounts.get(&account.id()).map(|loaded| &loaded.before);
        now != before
    }

    /// Loads the transfers with these ids, as far as they acted. Needed for an id that may have acted before, and for a
    /// reservation that is to be closed; an id made from the id of a command that is new cannot have acted.
    pub fn load_transfers(&mut self, tx: &mut Tx, ids: impl Iterator<Item = Uuid>) -> Result<()> {
        let mut ids: Vec<Uuid> = ids.collect();
        ids.sort_unstable();
        ids.dedup();
        let keys: Vec<_> = ids
            .iter()
            .map(|id| Vec::from(params![self.district.as_str(), *id]))
            .collect();
        for (id, rows) in ids.iter().zip(tx.rows_many(&TRANSFER, &keys)?) {
            if let Some(row) = rows.first() {
                let (transfer, state) = read_transfer(*id, row)?;
                self.book.put_transfer(transfer, state);
            }
        }
        Ok(())
    }

    /// Decides on all of `moves` or none.
    ///
    /// # Errors
    /// Which of them is refused, and why.
    pub fn post(&mut self, ctx: &Ctx, moves: &[Move]) -> std::result::Result<(), Blocked> {
        let batch: Vec<Transfer> = moves
            .iter()
            .enumerate()
            .map(|(index, one)| Transfer {
                id: TransferId(one.id.as_u128()),
                from: one.from.id(),
                to: one.to.id(),
                asset: asset_id(&one.from.asset),
                amount: one.amount,
                action: action(one.kind),
                linked: index + 1 < moves.len(),
                cause: one.cause.as_u128(),
                reason: one.reason as u16,
                at_s: ctx.now_s,
            })
            .collect();
        let outcomes = self.book.apply(&batch);
        for (index, outcome) in outcomes.iter().enumerate() {
            if let Err(refusal) = outcome
                && *refusal != ledger::Refusal::LinkedFailed
            {
                return Err(Blocked {
                    index,
                    refusal: *refusal,
                });
            }
        }
        for ((one, transfer), outcome) in moves.iter().zip(batch).zip(outcomes) {
            if outcome == Ok(Outcome::Applied) {
                self.posted.push(Posted {
                    one: one.clone(),
                    transfer,
                    actor: ctx.actor.name.clone(),
                });
            }
        }
        Ok(())
    }

    /// Writes what was posted, with the guards repeated in the statements.
    pub fn write(self, tx: &mut Tx) -> Result<()> {
        let district = self.district.as_str();
        let (mut opened, mut moved) = (Vec::new(), Vec::new());
        for (id, loaded) in &self.accounts {
            let Some(new) = self.book.account(*id).filter(|new| **new != loaded.before) else {
                continue;
            };
            let by = |what: fn(&Account) -> i64| what(new) - what(&loaded.before);
            let (posted, out, into) = (by(|a| a.posted), by(|a| a.reserved_out), by(|a| a.reserved_in));
            if loaded.stored {
                moved.push(Vec::from(params![district, blob(id.0), posted, out, into]));
            } else {
                let guarded = new.guard == Guard::NotBelowZero;
                let (name, asset) = (&*loaded.name.name, &*loaded.name.asset);
                opened.push(Vec::from(params![
                    district,
                    blob(id.0),
                    name,
                    asset,
                    guarded,
                    posted,
                    out,
                    into
                ]));
            }
        }
        tx.run_many(&OPEN, &opened)?;
        if tx.run_many(&MOVE, &moved)? != moved.len() as u64 {
            return Err(Fault::Invariant(format!("accounts of {district} moved under us")).into());
        }
        let rows: Vec<_> = self.posted.iter().map(|posted| posted.row(district)).collect();
        tx.run_many(&INSERT_TRANSFER, &rows)?;
        let states: Vec<_> = self
            .book
            .changed_reservations()
            .map(|(id, state)| Vec::from(params![district, blob(id.0), state_number(state)]))
            .collect();
        tx.run_many(&SET_STATE, &states)?;
        Ok(())
    }
}

impl Posted {
    fn row(&self, district: &str) -> Vec<store::Value> {
        let one = &self.one;
        let (action, reservation, expires_s) = match one.kind {
            Kind::Post => (0, None, None),
            Kind::Reserve { expires_s } => (1, None, expires_s),
            Kind::PostReserved(of) => (2, Some(of), None),
            Kind::VoidReserved(of) => (3, Some(of), None),
            Kind::ExpireReserved(of) => (4, Some(of), None),
        };
        let state = matches!(one.kind, Kind::Reserve { .. }).then_some(state_number(ReservationState::Open));
        Vec::from(params![
            district,
            one.id,
            blob(self.transfer.from.0),
            blob(self.transfer.to.0),
            &*one.from.asset,
            one.amount,
            action,
            reservation,
            expires_s,
            state,
            one.cause,
            i64::from(one.reason as u16),
            self.transfer.at_s,
            self.actor.as_str(),
            self.transfer.linked
        ])
    }
}

fn action(kind: Kind) -> ledger::Action {
    let id = |of: Uuid| TransferId(of.as_u128());
    match kind {
        Kind::Post => ledger::Action::Post,
        Kind::Reserve { expires_s } => ledger::Action::Reserve { expires_s },
        Kind::PostReserved(of) => ledger::Action::PostReserved { reservation: id(of) },
        Kind::VoidReserved(of) => ledger::Action::VoidReserved { reservation: id(of) },
        Kind::ExpireReserved(of) => ledger::Action::ExpireReserved { reservation: id(of) },
    }
}

fn state_number(state: ReservationState) -> i64 {
    match state {
        ReservationState::Open => 0,
        ReservationState::Posted => 1,
        ReservationState::Voided => 2,
        ReservationState::Expired => 3,
    }
}

fn read_transfer(id: Uuid, row: &store::Row) -> Result<(Transfer, Option<ReservationState>)> {
    let reservation = || -> Result<TransferId> {
        let of: Option<Uuid> = row.get(5)?;
        of.map(|of| TransferId(of.as_u128()))
            .ok_or_else(|| Fault::Invariant(format!("transfer {id} names no reservation")).into())
    };
    let action = match row.get::<i64>(4)? {
        0 => ledger::Action::Post,
        1 => ledger::Action::Reserve {
            expires_s: row.get(6)?,
        },
        2 => ledger::Action::PostReserved {
            reservation: reservation()?,
        },
        3 => ledger::Action::VoidReserved {
            reservation: reservation()?,
        },
        _ => ledger::Action::ExpireReserved {
            reservation: reservation()?,
        },
    };
    let state = match row.get::<Option<i64>>(7)? {
        None => None,
        Some(0) => Some(ReservationState::Open),
        Some(1) => Some(ReservationState::Posted),
        Some(2) => Some(ReservationState::Voided),
        Some(_) => Some(ReservationState::Expired),
    };
    let transfer = Transfer {
        id: TransferId(id.as_u128()),
        from: AccountId(row.get::<Uuid>(0)?.as_u128()),
        to: AccountId(row.get::<Uuid>(1)?.as_u128()),
        asset: asset_id(row.text(2)?),
        amount: row.get(3)?,
        action,
        linked: row.get(11)?,
        cause: row.get::<Uuid>(8)?.as_u128(),
        reason: row.get::<i64>(9)? as u16,
        at_s: row.get(10)?,
    };
    Ok((transfer, state))
}
