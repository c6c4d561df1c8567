//! What an earlier release wrote is still there, and still true, after the schema has gone forward.

use baogong::MIGRATIONS;
use baogong::base::book::{self, Acc};
use baogong::base::{Error, Result, audit};
use baogong::round::chart;
use store::{params, stmt};
use uuid::Uuid;

stmt!(
    OLD_ACCOUNT,
    "INSERT INTO account (district, id, name, asset, guarded, posted, reserved_out, reserved_in)
     VALUES ('431023', $1, $2, $3, $4, $5, 0, 0)"
);
stmt!(
    OLD_TRANSFER,
    "INSERT INTO transfer (district, id, from_id, to_id, asset, amount, action, reservation, expires_s, state,
                           cause, reason, at_s, actor, linked)
     VALUES ('431023', $1, $2, $3, $4, $5, 0, NULL, NULL, NULL, $1, 0, 0, '', 0)"
);
stmt!(
    OLD_AUDIT,
    "INSERT INTO audit (chain, seq, at_s, actor, role, action, area, detail, previous, hash)
     VALUES ('main', $1, 0, 'a', 'office', 'x', '431023', '', $2, $3)"
);

/// The id of an account as the first release made it.
fn old_id(account: &Acc) -> [u8; 16] {
    use sha2::{Digest, Sha256};
    let mut hasher = Sha256::new();
    hasher.update(&account.name);
    hasher.update([0]);
    hasher.update(&account.asset);
    hasher.finalize()[..16].try_into().unwrap()
}

#[test]
fn balances_survive_the_step_to_accounts_that_lie_together() {
    for mut guard in [
        Some(store::testing::Guard::sqlite()),
        store::testing::Guard::postgres(),
    ]
    .into_iter()
    .flatten()
    {
        let from = chart::rations("431023", "grain");
        let to = chart::ration("431023001001-1-3-2-501", "grain", 7);
        let (from_id, to_id) = (old_id(&from), old_id(&to));
        assert_ne!(to_id, to.id().0.to_be_bytes());
        let db = guard.open(&MIGRATIONS[..1]).unwrap();
        let (from_name, to_name) = (from.clone(), to.clone());
        db.write_blocking(move |tx| -> Result<()> {
            for (id, account, guarded, posted) in [(from_id, &from_name, 0, -900), (to_id, &to_name, 1, 900)]
            {
                tx.run(
                    &OLD_ACCOUNT,
                    &params![id, account.name.as_str(), account.asset.as_str(), guarded, posted],
                )?;
            }
            let id = Uuid::now_v7();
            tx.run(
                &OLD_TRANSFER,
                &params![id, from_id, to_id, to_name.asset.as_str(), 900],
            )?;
            tx.run(&OLD_AUDIT, &params![1, Vec::<u8>::new(), vec![7_u8]])?;
            Ok(())
        })
        .unwrap();
        db.close();
        let db = guard.open(MIGRATIONS).unwrap();
        let (balance, findings, broken) = db
            .read_blocking(move |tx| {
                Ok::<_, Error>((
                    book::balance(tx, "431023", &to)?,
                    book::verify(tx)?,
                    audit::verify(tx)?,
                ))
            })
            .unwrap();
        assert_eq!(balance, (900, 900));
        assert_eq!(findings, Vec::<String>::new());
        // The record was not sealed by the program, which is all that is wrong with it.
        assert_eq!(broken, ["audit chain main: record 1 was altered"]);
        db.close();
    }
}
