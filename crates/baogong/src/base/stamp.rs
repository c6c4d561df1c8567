//! Stamps: a value that is renewed with whatever it stands for, so that what was derived from that can be kept in memory
//! on every node and is known to be good as long as the stamp is the same.

use store::{Tx, params, stmt};
use uuid::Uuid;

use super::Result;

stmt!(GET, "SELECT value FROM stamp WHERE district = $1 AND name = $2");
stmt!(
    SET,
    "INSERT INTO stamp (district, name, value) VALUES ($1, $2, $3)
     ON CONFLICT (district, name) DO UPDATE SET value = excluded.value"
);

/// Stands for the rounds and directives of a district: what is offered where, and under which rules.
pub const TERMS: &str = "terms";

/// The present stamp; `None` before the first change, when nothing should be kept.
pub fn get(tx: &mut Tx, district: &str, name: &str) -> Result<Option<Uuid>> {
    Ok(tx
        .row(&GET, &params![district, name])?
        .map(|row| row.get(0))
        .transpose()?)
}

/// Renews a stamp, in the transaction of the change that it stands for. A random value never comes back, not even that of
/// a transaction which was undone.
pub fn renew(tx: &mut Tx, district: &str, name: &str) -> Result<()> {
    tx.run(&SET, &params![district, name, Uuid::new_v4()])?;
    Ok(())
}
