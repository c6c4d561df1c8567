//! The stored ledger: loads the accounts that a batch of moves touches, lets the pure `ledger` crate decide,
//! and writes the outcome with the guard repeated in the statement.
//!
//! An account is named by what it is (`pantry/431023…-3-2-501`) and by its asset (`g/vegetables`); its id is the
//! hash of both, so that no look-up is needed to name one.

mod verify;

use ledger::{Account, AccountId, AssetId, Book, Guard, ReservationState, Transfer, TransferId};
use sha2::{Digest, Sha256};
use store::{Tx, params, stmt};
use uuid::Uuid;

use super::{Ctx, Fault, Result};
use crate::wording;

pub use verify::verify;

stmt!(
    OPEN,
    "INSERT INTO account (district, id, name, asset, guarded, posted, reserved_out, reserved_in)
     VALUES ($1, $2, $3, $4, $5, 0, 0, 0) ON CONFLICT DO NOTHING"
);
stmt!(
    LOAD,
    sqlite: "SELECT posted, reserved_out, reserved_in, guarded FROM account WHERE district = $1 AND id = $2",
    postgres: "SELECT posted, reserved_out, reserved_in, guarded FROM account WHERE district = $1 AND id = $2 FOR UPDATE"
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
stmt!(
    BALANCE,
    "SELECT posted, reserved_out, reserved_in FROM account WHERE district = $1 AND id = $2"
);
stmt!(
    CUSTODY,
    "SELECT t.at_s, t.reason, t.amount, t.action, f.name, g.name, t.asset, t.actor
     FROM transfer t
     JOIN account f ON f.district = t.district AND f.id = t.from_id
     JOIN account g ON g.district = t.district AND g.id = t.to_id
     WHERE t.district = $1 AND t.cause = $2 ORDER BY t.at_s, t.id"
);

wording! {
    /// Why goods, money, rations or turns moved.
    Reason {
        Allot = "allot", "投放", "Allotted";
        Order = "order", "下单预占", "Reserved by order";
        Cancel = "cancel", "取消订单", "Order cancelled";
        Unpaid = "unpaid", "逾期未付释放", "Released, unpaid";
        Pack = "pack", "装袋", "Packed";
        ShortPick = "short_pick", "缺货", "Short-picked";
        Leftover = "leftover", "余量退回", "Left over, returned";
        Load = "load", "装车", "Loaded";
        DropOff = "drop_off", "送达投放点", "Dropped off";
        HandOver = "hand_over", "交付住户", "Handed over";
        Loss = "loss", "短少损耗", "Lost";
        Return = "return", "退回", "Returned";
        Pay = "pay", "付款", "Paid";
        Advance = "advance", "代购垫付", "Advanced";
        Repay = "repay", "归还垫付", "Advance repaid";
        Relief = "relief", "免费救助", "Relief fund";
        Refund = "refund", "退款", "Refunded";
        Settle = "settle", "与保供单位结算", "Settled with supplier";
        Grant = "grant", "额度发放", "Right granted";
        Eat = "eat", "按标准消耗", "Eaten by the norm";
        Count = "count", "盘点调整", "Stock count";
    }
}

/// An account by its name and asset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acc {
    /// What it is, such as `pantry/431023001001-1-3-2-501`.
    pub name: String,
    /// What it holds, such as `fen` or `g/vegetables`.
    pub asset: String,
    /// Whether it may not go below zero.
    pub guard: Guard,
}

impl Acc {
    /// An account that never goes below zero.
    pub fn guarded(name: impl Into<String>, asset: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            asset: asset.into(),
            guard: Guard::NotBelowZero,
        }
    }

    /// An account of the world outside, which may go below zero.
    pub fn free(name: impl Into<String>, asset: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            asset: asset.into(),
            guard: Guard::Free,
        }
    }

    /// The hash of name and asset.
    pub fn id(&self) -> AccountId {
        let mut hasher = Sha256::new();
        hasher.update(&self.name);
        hasher.update([0]);
        hasher.update(&self.asset);
        AccountId(u128::from_be_bytes(head(&hasher.finalize())))
    }
}

fn head<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut out = [0; N];
    out.copy_from_slice(&bytes[..N]);
    out
}

fn asset_id(asset: &str) -> AssetId {
    AssetId(u64::from_be_bytes(head(&Sha256::digest(asset))))
}

/// What a move does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Moves at once.
    Post,
    /// Holds the amount until it is posted, voided or expires.
    Reserve {
        /// When it lapses, if ever.
        expires_s: Option<i64>,
    },
    /// Turns (part of) a reservation into a move and releases the rest.
    PostReserved(Uuid),
    /// Gives a reservation back.
    VoidReserved(Uuid),
    /// Gives a reservation back because its time has passed.
    ExpireReserved(Uuid),
}

/// One movement to be made.
#[derive(Clone, Debug)]
pub struct Move {
    /// Client-made id.
    pub id: Uuid,
    /// Where it comes from.
    pub from: Acc,
    /// Where it goes; holds the same asset.
    pub to: Acc,
    /// How much, in the smallest unit.
    pub amount: i64,
    /// What it does.
    pub kind: Kind,
    /// Why.
    pub reason: Reason,
    /// The order, trip or batch that caused it.
    pub cause: Uuid,
}

/// A move that was refused: which of the batch, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Blocked {
    /// Index into the batch.
    pub index: usize,
    /// Why.
    pub refusal: ledger::Refusal,
}

fn blob(id: u128) -> [u8; 16] {
    id.to_be_bytes()
}

/// Makes all of `moves` or none: the first refusal is given back and nothing is written.
pub fn post(
    tx: &mut Tx,
    ctx: &Ctx,
    district: &str,
    moves: &[Move],
) -> Result<std::result::Result<(), Blocked>> {
    let mut book = Book::with_capacity(moves.len() * 2, moves.len() * 2);
    let mut accounts: Vec<&Acc> = moves.iter().flat_map(|one| [&one.from, &one.to]).collect();
    accounts.sort_by_key(|account| account.id());
    accounts.dedup_by_key(|account| account.id());
    for account in &accounts {
        book.put_account(load_or_open(tx, district, account)?);
    }
    for one in moves {
        load_transfer(tx, district, one.id, &mut book)?;
        if let Kind::PostReserved(of) | Kind::VoidReserved(of) | Kind::ExpireReserved(of) = one.kind {
            load_transfer(tx, district, of, &mut book)?;
        }
    }
    let before: Vec<Account> = accounts
        .iter()
        .filter_map(|account| book.account(account.id()).copied())
        .collect();
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
    let outcomes = book.apply(&batch);
    let blame = outcomes
        .iter()
        .enumerate()
        .find_map(|(index, outcome)| match outcome {
            Err(ledger::Refusal::LinkedFailed) | Ok(_) => None,
            Err(refusal) => Some(Blocked {
                index,
                refusal: *refusal,
            }),
        });
    if let Some(blocked) = blame {
        return Ok(Err(blocked));
    }
    write(tx, ctx, district, moves, &before, &book)?;
    Ok(Ok(()))
}

/// As [`post`], where a refusal can only be our own mistake.
pub fn post_certain(tx: &mut Tx, ctx: &Ctx, district: &str, moves: &[Move]) -> Result<()> {
    match post(tx, ctx, district, moves)? {
        Ok(()) => Ok(()),
        Err(blocked) => Err(Fault::Invariant(format!(
            "move {} from {} to {} was refused: {:?}",
            blocked.index, moves[blocked.index].from.name, moves[blocked.index].to.name, blocked.refusal
        ))
        .into()),
    }
}

fn action(kind: Kind) -> ledger::Action {
    match kind {
        Kind::Post => ledger::Action::Post,
        Kind::Reserve { expires_s } => ledger::Action::Reserve { expires_s },
        Kind::PostReserved(of) => ledger::Action::PostReserved {
            reservation: TransferId(of.as_u128()),
        },
        Kind::VoidReserved(of) => ledger::Action::VoidReserved {
            reservation: TransferId(of.as_u128()),
        },
        Kind::ExpireReserved(of) => ledger::Action::ExpireReserved {
            reservation: TransferId(of.as_u128()),
        },
    }
}

fn load_or_open(tx: &mut Tx, district: &str, account: &Acc) -> Result<Account> {
    let id = blob(account.id().0);
    for _ in 0..2 {
        if let Some(row) = tx.row(&LOAD, &params![district, id])? {
            return Ok(Account {
                id: account.id(),
                asset: asset_id(&account.asset),
                guard: if row.get::<bool>(3)? {
                    Guard::NotBelowZero
                } else {
                    Guard::Free
                },
                posted: row.get(0)?,
                reserved_out: row.get(1)?,
                reserved_in: row.get(2)?,
            });
        }
        tx.run(
            &OPEN,
            &params![
                district,
                id,
                account.name.as_str(),
                account.asset.as_str(),
                i64::from(account.guard == Guard::NotBelowZero)
            ],
        )?;
    }
    Err(Fault::Invariant(format!("account {} could not be opened", account.name)).into())
}

fn load_transfer(tx: &mut Tx, district: &str, id: Uuid, book: &mut Book) -> Result<()> {
    let Some(row) = tx.row(&TRANSFER, &params![district, id])? else {
        return Ok(());
    };
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
    book.put_transfer(
        Transfer {
            id: TransferId(id.as_u128()),
            from: AccountId(row.get::<Uuid>(0)?.as_u128()),
            to: AccountId(row.get::<Uuid>(1)?.as_u128()),
            asset: asset_id(&row.get::<String>(2)?),
            amount: row.get(3)?,
            action,
            linked: row.get(11)?,
            cause: row.get::<Uuid>(8)?.as_u128(),
            reason: row.get::<i64>(9)? as u16,
            at_s: row.get(10)?,
        },
        state,
    );
    Ok(())
}

fn write(
    tx: &mut Tx,
    ctx: &Ctx,
    district: &str,
    moves: &[Move],
    before: &[Account],
    book: &Book,
) -> Result<()> {
    for old in before {
        let Some(new) = book.account(old.id) else { continue };
        if new == old {
            continue;
        }
        let changed = tx.run(
            &MOVE,
            &params![
                district,
                blob(old.id.0),
                new.posted - old.posted,
                new.reserved_out - old.reserved_out,
                new.reserved_in - old.reserved_in
            ],
        )?;
        if changed != 1 {
            return Err(Fault::Invariant(format!("account {:?} moved under us", old.id)).into());
        }
    }
    for new in book.new_transfers() {
        let Some(one) = moves.iter().find(|one| one.id.as_u128() == new.id.0) else {
            continue;
        };
        let (action, reservation, expires_s) = match one.kind {
            Kind::Post => (0, None, None),
            Kind::Reserve { expires_s } => (1, None, expires_s),
            Kind::PostReserved(of) => (2, Some(of), None),
            Kind::VoidReserved(of) => (3, Some(of), None),
            Kind::ExpireReserved(of) => (4, Some(of), None),
        };
        let state: Option<i64> = matches!(one.kind, Kind::Reserve { .. }).then_some(0);
        tx.run(
            &INSERT_TRANSFER,
            &params![
                district,
                one.id,
                blob(new.from.0),
                blob(new.to.0),
                one.from.asset.as_str(),
                one.amount,
                i64::from(action),
                reservation,
                expires_s,
                state,
                one.cause,
                i64::from(one.reason as u16),
                new.at_s,
                ctx.actor.name.as_str(),
                new.linked
            ],
        )?;
    }
    for (id, state) in book.changed_reservations() {
        let state = match state {
            ReservationState::Open => 0,
            ReservationState::Posted => 1,
            ReservationState::Voided => 2,
            ReservationState::Expired => 3,
        };
        tx.run(&SET_STATE, &params![district, blob(id.0), state])?;
    }
    Ok(())
}

/// What an account holds and what of it is still free: (posted, available). Zero if it was never used.
pub fn balance(tx: &mut Tx, district: &str, account: &Acc) -> Result<(i64, i64)> {
    match tx.row(&BALANCE, &params![district, blob(account.id().0)])? {
        Some(row) => {
            let posted: i64 = row.get(0)?;
            Ok((posted, posted - row.get::<i64>(1)?))
        }
        None => Ok((0, 0)),
    }
}

/// One step in the life of a bag, or one line of an account.
#[derive(Clone, Debug)]
pub struct Step {
    /// When.
    pub at_s: i64,
    /// Why.
    pub reason: Reason,
    /// How much.
    pub amount: i64,
    /// From which account.
    pub from: String,
    /// To which account.
    pub to: String,
    /// Of what.
    pub asset: String,
    /// By whom.
    pub actor: String,
    /// Whether something moved, as against being held or released.
    pub moved: bool,
}

/// Where something went: every transfer that `cause` (an order) brought about.
pub fn custody(tx: &mut Tx, district: &str, cause: Uuid) -> Result<Vec<Step>> {
    let rows = tx.rows(&CUSTODY, &params![district, cause])?;
    rows.iter()
        .map(|row| {
            let action: i64 = row.get(3)?;
            Ok(Step {
                at_s: row.get(0)?,
                reason: reason(row.get(1)?)?,
                amount: row.get(2)?,
                from: row.get(4)?,
                to: row.get(5)?,
                asset: row.get(6)?,
                actor: row.get(7)?,
                moved: action == 0 || action == 2,
            })
        })
        .collect()
}

fn reason(number: i64) -> Result<Reason> {
    Reason::ALL
        .get(number as usize)
        .copied()
        .ok_or_else(|| Fault::Invariant(format!("transfer reason {number} is unknown")).into())
}
