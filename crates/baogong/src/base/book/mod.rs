//! The stored ledger: loads the accounts that a batch of moves touches, lets the pure `ledger` crate decide,
//! and writes the outcome with the guard repeated in the statement.
//!
//! [`post`] does so for one list of moves, [`Desk`] for the moves of many commands at once.
//!
//! An account is named by what it is (`pantry/431023…-3-2-501`) and by its asset (`g/vegetables`); its id is the
//! hash of both, so that no look-up is needed to name one.

mod desk;
mod verify;

use std::sync::Arc;

use ledger::{AccountId, AssetId, Guard};
use sha2::{Digest, Sha256};
use store::{Tx, params, stmt};
use uuid::Uuid;

use super::{Ctx, Fault, Result};
use crate::wording;

pub use desk::Desk;
pub use verify::verify;

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
    /// Why goods, money or rations moved.
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
        Relay = "relay", "换车接驳", "Taken over by another vehicle";
    }
}

/// An account by its name and asset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acc {
    /// What it is, such as `pantry/431023001001-1-3-2-501`.
    pub name: Arc<str>,
    /// What it holds, such as `fen` or `g/vegetables`.
    pub asset: Arc<str>,
    /// Whether it may not go below zero.
    pub guard: Guard,
    id: AccountId,
}

impl Acc {
    /// An account that never goes below zero.
    pub fn guarded(name: impl Into<Arc<str>>, asset: impl Into<Arc<str>>) -> Self {
        Self::new(name.into(), asset.into(), Guard::NotBelowZero)
    }

    /// An account of the world outside, which may go below zero.
    pub fn free(name: impl Into<Arc<str>>, asset: impl Into<Arc<str>>) -> Self {
        Self::new(name.into(), asset.into(), Guard::Free)
    }

    fn new(name: Arc<str>, asset: Arc<str>, guard: Guard) -> Self {
        let id = account_id(&name, &asset);
        Self {
            name,
            asset,
            guard,
            id,
        }
    }

    /// Follows from name and asset.
    pub fn id(&self) -> AccountId {
        self.id
    }
}

/// The id of an account: 4 bytes of the hash of the compound that its name speaks of, 4 of the household, 8 of name and
/// asset. So the accounts of one household lie together in the database, and so do those of a compound.
fn account_id(name: &str, asset: &str) -> AccountId {
    let mut hasher = Sha256::new();
    hasher.update(name);
    hasher.update([0]);
    hasher.update(asset);
    let own = hasher.finalize();
    let mut id: [u8; 16] = head(&own);
    if let Some(place) = name.split('/').find(|part| is_place(part)) {
        let compound_end = place
            .match_indices('-')
            .nth(1)
            .map_or(place.len(), |(end, _)| end);
        id[..4].copy_from_slice(&Sha256::digest(&place[..compound_end])[..4]);
        id[4..8].copy_from_slice(&Sha256::digest(place)[..4]);
    }
    AccountId(u128::from_be_bytes(id))
}

/// Whether a part of a name is the code of a compound or household: twelve digits, a hyphen, and more.
fn is_place(part: &str) -> bool {
    part.len() > 13 && part.as_bytes()[12] == b'-' && part.as_bytes()[..12].iter().all(u8::is_ascii_digit)
}

/// Gives accounts the ids that follow from [`account_id`]; before, all of an id was the hash of name and asset.
pub fn rename_accounts(tx: &mut Tx) -> std::result::Result<(), store::Fault> {
    tx.run_text(
        "CREATE TABLE account_renamed (district TEXT /*postgres COLLATE \"C\"*/, old BYTEA, new BYTEA, PRIMARY KEY (district, old))",
        &[],
    )?;
    for row in tx.rows_text("SELECT district, id, name, asset FROM account", &[])? {
        let new = account_id(row.text(2)?, row.text(3)?);
        tx.run_text(
            "INSERT INTO account_renamed (district, old, new) VALUES ($1, $2, $3)",
            &params![row.text(0)?, row.get::<Uuid>(1)?, blob(new.0)],
        )?;
    }
    for (table, column) in [("account", "id"), ("transfer", "from_id"), ("transfer", "to_id")] {
        tx.run_text(
            &format!(
                "UPDATE {table} SET {column} = (SELECT r.new FROM account_renamed r
                 WHERE r.district = {table}.district AND r.old = {table}.{column})"
            ),
            &[],
        )?;
    }
    tx.run_text("DROP TABLE account_renamed", &[]).map(|_| ())
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
    let mut desk = Desk::new(district);
    desk.load_accounts(tx, moves.iter().flat_map(|one| [&one.from, &one.to]))?;
    desk.load_transfers(
        tx,
        moves
            .iter()
            .map(|one| one.id)
            .chain(moves.iter().filter_map(closes)),
    )?;
    let outcome = desk.post(ctx, moves);
    if outcome.is_ok() {
        desk.write(tx)?;
    }
    Ok(outcome)
}

/// The reservation that a move closes.
fn closes(one: &Move) -> Option<Uuid> {
    match one.kind {
        Kind::PostReserved(of) | Kind::VoidReserved(of) | Kind::ExpireReserved(of) => Some(of),
        Kind::Post | Kind::Reserve { .. } => None,
    }
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

/// What an account holds and what of it is still free: (posted, available). Zero if it was never used.
pub fn balance(tx: &mut Tx, district: &str, account: &Acc) -> Result<(i64, i64)> {
    let balances = balances(tx, district, std::slice::from_ref(account))?;
    Ok(balances.first().copied().unwrap_or_default())
}

/// As [`balance`], of many accounts.
pub fn balances(tx: &mut Tx, district: &str, accounts: &[Acc]) -> Result<Vec<(i64, i64)>> {
    let keys: Vec<_> = accounts
        .iter()
        .map(|account| Vec::from(params![district, blob(account.id().0)]))
        .collect();
    tx.rows_many(&BALANCE, &keys)?
        .iter()
        .map(|rows| match rows.first() {
            Some(row) => {
                let posted: i64 = row.get(0)?;
                Ok((posted, posted - row.get::<i64>(1)?))
            }
            None => Ok((0, 0)),
        })
        .collect()
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
