//! What an earlier release wrote is still there, and still true, after the schema has gone forward.

use baogong::MIGRATIONS;
use baogong::base::book::{self, Acc};
use baogong::base::id::{OrderId, RoundId};
use baogong::base::{Error, Result, audit};
use baogong::round::{chart, order};
use store::{params, stmt, testing};
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

stmt!(
    OLD_COMPOUND,
    "INSERT INTO round_compound (district, round, compound, position, token, drop_point)
     VALUES ('431023', $1, $2, $3, $2, '')"
);
stmt!(
    OLD_ORDER,
    "INSERT INTO orders (district, id, round, number, code, compound, household, building, unit, room, phone, channel, state,
                         payment, amount_fen, refund_fen, note, box, created_s, updated_s, actor, revision)
     VALUES ('431023', $1, $2, $3, 'R', $4, $5, '', '', '', '', 'link', 'placed', 'unpaid', 100, 0, '', NULL, 0, 0, '', 0)"
);
stmt!(
    LAST_NUMBERS,
    "SELECT last_number FROM round_compound WHERE district = '431023' ORDER BY position"
);

/// The id of an account as the first release made it.
fn old_id(account: &Acc) -> [u8; 16] {
    use sha2::{Digest, Sha256};
    let mut hasher = Sha256::new();
    hasher.update(&*account.name);
    hasher.update([0]);
    hasher.update(&*account.asset);
    hasher.finalize()[..16].try_into().unwrap()
}

/// A fresh database on each engine that is there.
fn guards() -> impl Iterator<Item = testing::Guard> {
    [Some(testing::Guard::sqlite()), testing::Guard::postgres()]
        .into_iter()
        .flatten()
}

#[test]
fn balances_survive_the_step_to_accounts_that_lie_together() {
    for mut guard in guards() {
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
                    &params![id, &*account.name, &*account.asset, guarded, posted],
                )?;
            }
            let id = Uuid::now_v7();
            tx.run(&OLD_TRANSFER, &params![id, from_id, to_id, &*to_name.asset, 900])?;
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

#[test]
fn orders_survive_the_step_to_where_households_lie_together_and_are_counted_on() {
    let (first, second) = ("431023001001-1", "431023001001-2");
    for mut guard in guards() {
        let db = guard.open(&MIGRATIONS[..8]).unwrap();
        let round = RoundId::fresh();
        let ids = [OrderId::fresh(), OrderId::fresh(), OrderId::fresh()];
        db.write_blocking(move |tx| -> Result<()> {
            for (position, compound) in [(1, first), (2, second)] {
                tx.run(&OLD_COMPOUND, &params![round, compound, position])?;
            }
            for (number, id) in (1_i64..).zip(ids) {
                let household = format!("{first}-{}", 10 - number);
                tx.run(&OLD_ORDER, &params![id, round, number, first, household])?;
            }
            Ok(())
        })
        .unwrap();
        db.close();
        let db = guard.open(MIGRATIONS).unwrap();
        let (orders, last) = db
            .read_blocking(move |tx| {
                let last = tx.rows(&LAST_NUMBERS, &[])?;
                let last: Vec<i64> = last
                    .iter()
                    .map(|row| row.get(0))
                    .collect::<std::result::Result<_, _>>()?;
                Ok::<_, Error>((order::of_round(tx, "431023", round, first)?, last))
            })
            .unwrap();
        let numbered: Vec<_> = orders.iter().map(|order| (order.number, order.id)).collect();
        assert_eq!(numbered, [(1, ids[0]), (2, ids[1]), (3, ids[2])]);
        assert_eq!(last, [3, 0]);
        db.close();
    }
}
