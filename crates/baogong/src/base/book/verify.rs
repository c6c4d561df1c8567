//! The check of the whole stored ledger.

use super::*;

stmt!(
    SUMS,
    "SELECT district, asset, CAST(SUM(posted) AS BIGINT) FROM account GROUP BY district, asset HAVING SUM(posted) <> 0"
);

stmt!(
    BELOW_ZERO,
    "SELECT name, asset, posted, reserved_out FROM account WHERE guarded = 1 AND posted - reserved_out < 0"
);

stmt!(
    DRIFT,
    "SELECT a.name, a.asset, a.posted, COALESCE(m.moved, 0)
     FROM account a LEFT JOIN (
        SELECT district, id, CAST(SUM(amount) AS BIGINT) AS moved FROM (
            SELECT district, to_id AS id, amount FROM transfer WHERE action IN (0, 2)
            UNION ALL
            SELECT district, from_id AS id, -amount AS amount FROM transfer WHERE action IN (0, 2)
        ) AS legs GROUP BY district, id
     ) AS m ON m.district = a.district AND m.id = a.id
     WHERE a.posted <> COALESCE(m.moved, 0)"
);

stmt!(
    OPEN_RESERVATIONS,
    "SELECT a.name, a.asset, a.reserved_out, COALESCE(m.held, 0)
     FROM account a LEFT JOIN (
        SELECT district, from_id AS id, CAST(SUM(amount) AS BIGINT) AS held FROM transfer WHERE action = 1 AND state = 0
        GROUP BY district, from_id
     ) AS m ON m.district = a.district AND m.id = a.id
     WHERE a.reserved_out <> COALESCE(m.held, 0)"
);

/// Checks the whole stored ledger: sums are zero per asset, no guarded account is below zero, each balance
/// equals the sum of its transfers and of its open reservations. Empty when all is well.
pub fn verify(tx: &mut Tx) -> Result<Vec<String>> {
    let mut findings = Vec::new();
    for row in tx.rows(&SUMS, &[])? {
        findings.push(format!(
            "ledger: asset {} in {} sums to {} instead of 0",
            row.get::<String>(1)?,
            row.get::<String>(0)?,
            row.get::<i64>(2)?
        ));
    }
    for row in tx.rows(&BELOW_ZERO, &[])? {
        findings.push(format!(
            "ledger: {} ({}) is below zero",
            row.get::<String>(0)?,
            row.get::<String>(1)?
        ));
    }
    for (statement, what) in [(&DRIFT, "balance"), (&OPEN_RESERVATIONS, "reserved amount")] {
        for row in tx.rows(statement, &[])? {
            findings.push(format!(
                "ledger: {what} of {} ({}) is {} but its transfers give {}",
                row.get::<String>(0)?,
                row.get::<String>(1)?,
                row.get::<i64>(2)?,
                row.get::<i64>(3)?
            ));
        }
    }
    Ok(findings)
}
