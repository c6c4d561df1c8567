//! Each rule and each refusal as a table.

use crate::table::check;
use ledger::{Account, AccountId, AssetId, Book, Guard, Refusal, ReservationState};

/// A1 is the outside world, A2 and A3 are guarded and A2 has 100; A9 holds another asset.
fn start(rest: &str) -> Book {
    check(&format!(
        "account A1 fen free
         account A2 fen guarded
         account A3 fen guarded
         account A9 kg guarded
         post T1 A1 A2 100 -> applied
         {rest}"
    ))
}

#[test]
fn a_guarded_account_gives_no_more_than_it_has() {
    start(
        "post T2 A2 A3 101 -> insufficient(100)
         post T3 A2 A3 60  -> applied
         post T4 A2 A3 60  -> insufficient(40)
         post T5 A2 A3 40  -> applied
         balance A1 -100 0 0
         balance A2 0 0 0
         balance A3 100 0 0",
    );
}

#[test]
fn what_is_reserved_is_gone_for_others_and_not_yet_there_for_the_receiver() {
    start(
        "reserve T2 A2 A3 70 -> applied
         balance A2 100 70 0
         balance A3 0 0 70
         post T3 A2 A1 31 -> insufficient(30)
         post T4 A3 A1 1 -> insufficient(0)
         settle T5 T2 A2 A3 70 -> applied
         balance A2 30 0 0
         balance A3 70 0 0
         state T2 posted",
    );
}

#[test]
fn posting_a_part_releases_the_rest() {
    start(
        "reserve T2 A2 A3 70 -> applied
         settle T3 T2 A2 A3 71 -> amount_exceeds_reserved
         settle T3 T2 A2 A3 50 -> applied
         balance A2 50 0 0
         balance A3 50 0 0
         settle T4 T2 A2 A3 20 -> reservation_closed(posted)
         void T5 T2 A2 A3 70 -> reservation_closed(posted)",
    );
}

#[test]
fn voiding_and_expiring_release_all() {
    start(
        "reserve T2 A2 A3 70 expires 10 -> applied
         expire T3 T2 A2 A3 70 at 9 -> reservation_not_expired
         settle T4 T2 A2 A3 70 at 10 -> reservation_expired
         expire T5 T2 A2 A3 70 at 10 -> applied
         state T2 expired
         balance A2 100 0 0
         balance A3 0 0 0
         reserve T6 A2 A3 70 expires 10 at 9 -> applied
         settle T7 T6 A2 A3 70 at 9 -> applied
         reserve T8 A2 A3 30 expires 10 at 9 -> applied
         void T9 T8 A2 A3 30 at 99 -> applied
         state T8 voided
         expire T10 T8 A2 A3 30 at 99 -> reservation_closed(voided)
         reserve T11 A2 A3 30 -> applied
         expire T12 T11 A2 A3 30 at 999999 -> reservation_not_expired
         reserve T13 A2 A3 1 expires 5 at 5 -> reservation_expired",
    );
}

/// Client-made ids: a retry acts once; the time of recording may differ, nothing else.
#[test]
fn a_retry_acts_once() {
    start(
        "post T2 A2 A3 60 at 5 -> applied
         post T2 A2 A3 60 at 9 -> repeated
         post T2 A2 A3 61 at 5 -> id_reused
         post T2 A3 A2 60 -> id_reused
         post T2 A2 A3 60 reason 1 -> id_reused
         post T2 A2 A3 60 cause 1 -> id_reused
         reserve T2 A2 A3 60 -> id_reused
         commit
         post T2 A2 A3 60 -> repeated
         balance A3 60 0 0
         reserve T3 A2 A3 40 expires 9 -> applied
         void T4 T3 A2 A3 40 -> applied
         void T4 T3 A2 A3 40 -> repeated
         reserve T3 A2 A3 40 expires 9 at 99 -> repeated
         reserve T3 A2 A3 40 expires 8 -> id_reused
         balance A2 40 0 0",
    );
}

#[test]
fn a_refused_transfer_leaves_no_trace() {
    let mut book =
        start("post T2 A2 A3 101 -> insufficient(100)\n state T2 none\n post T2 A2 A3 99 -> applied");
    assert_eq!(
        book.new_transfers()
            .map(|transfer| transfer.id.0)
            .collect::<Vec<_>>(),
        [1, 2]
    );
    book.clear_changes();
    assert_eq!(
        (book.new_transfers().count(), book.changed_accounts().count()),
        (0, 0)
    );
}

/// A posted transfer is never edited; a further one corrects it.
#[test]
fn a_mistake_is_corrected_by_a_new_transfer() {
    start(
        "post T2 A2 A3 60 reason 1 -> applied
         post T3 A3 A2 60 reason 2 linked -> applied
         post T4 A2 A3 6 reason 1 -> applied
         balance A2 94 0 0
         balance A3 6 0 0",
    );
}

#[test]
fn a_chain_acts_wholly_or_not_at_all() {
    start(
        "post T2 A2 A3 60 linked -> linked_failed
         post T3 A3 A2 61 linked -> insufficient(60)
         post T4 A2 A3 1 -> linked_failed
         post T5 A2 A3 100 -> applied
         balance A2 0 0 0
         balance A3 100 0 0
         state T2 none
         post T2 A3 A2 60 linked -> applied
         reserve T3 A2 A3 60 -> applied
         balance A2 60 60 0",
    );
}

#[test]
fn a_failed_chain_opens_its_reservations_again() {
    let mut book = start(
        "reserve T2 A2 A3 60 -> applied
         settle T3 T2 A2 A3 60 linked -> linked_failed
         post T4 A3 A1 60 linked -> linked_failed
         post T5 A3 A1 1 -> insufficient(0)
         state T2 open
         balance A2 100 60 0
         settle T3 T2 A2 A3 60 -> applied",
    );
    let changed: Vec<_> = book
        .changed_reservations()
        .map(|(id, state)| (id.0, state))
        .collect();
    assert_eq!(changed, [(2, ReservationState::Posted)]);
    book.clear_changes();
    assert_eq!(book.changed_reservations().count(), 0);
}

#[test]
fn a_repeated_chain_is_told_as_repeated() {
    start(
        "post T2 A2 A3 60 linked -> applied
         post T3 A3 A2 10 -> applied
         post T2 A2 A3 60 linked -> repeated
         post T3 A3 A2 10 -> repeated
         commit
         # Not the chain that acted before: one part is new.
         post T2 A2 A3 60 linked -> linked_failed
         post T4 A3 A2 10 -> chain_changed
         post T5 A2 A3 1 linked -> linked_failed
         post T3 A3 A2 10 -> chain_changed
         post T2 A2 A3 60 -> id_reused
         balance A3 50 0 0",
    );
}

#[test]
fn a_chain_without_end_is_refused() {
    start(
        "post T2 A2 A3 1 -> applied
         post T3 A2 A3 1 linked -> linked_failed
         post T4 A2 A3 500 linked -> linked_chain_open
         balance A3 1 0 0",
    );
}

#[test]
fn a_chain_may_use_what_it_made() {
    start(
        "reserve T2 A2 A3 60 linked -> applied
         settle T3 T2 A2 A3 60 linked -> applied
         post T4 A3 A1 60 -> applied
         balance A1 -40 0 0",
    );
}

#[test]
fn each_field_is_examined() {
    start(
        "post T2 A2 A3 0 -> amount_not_positive
         post T2 A2 A3 -5 -> amount_not_positive
         post T2 A2 A2 5 -> same_account
         post T2 A7 A3 5 -> from_not_found
         post T2 A2 A7 5 -> to_not_found
         post T2 A2 A9 5 -> asset_mismatch
         post T2 A2 A3 5 asset kg -> asset_mismatch
         settle T2 T8 A2 A3 5 -> reservation_not_found
         settle T2 T1 A1 A2 100 -> not_reservation
         reserve T2 A2 A3 5 -> applied
         settle T3 T2 A3 A2 5 -> reservation_mismatch
         settle T3 T2 A2 A1 5 -> reservation_mismatch
         void T3 T2 A2 A3 4 -> reservation_mismatch
         expire T3 T2 A2 A3 6 -> reservation_mismatch
         balance A2 100 5 0",
    );
}

#[test]
fn nothing_overflows() {
    start(
        "post T2 A1 A3 9223372036854775807 -> overflow
         post T2 A1 A3 9223372036854775707 -> applied
         post T3 A1 A3 101 -> overflow
         reserve T3 A1 A3 101 -> overflow
         post T4 A2 A3 100 -> applied
         reserve T5 A2 A3 1 -> overflow
         reserve T6 A3 A1 9223372036854775807 -> applied
         reserve T7 A3 A1 1 -> overflow
         settle T8 T6 A3 A1 9223372036854775807 -> applied",
    );
}

/// With two faults in one transfer the one of higher rank is told.
#[test]
fn precedence_is_the_order_of_the_variants() {
    start(
        "reserve T2 A2 A3 50 expires 5 -> applied
         void T3 T2 A2 A3 50 -> applied
         post T1 A2 A2 0 -> id_reused
         post T4 A2 A2 0 -> amount_not_positive
         post T4 A7 A7 1 -> same_account
         post T4 A7 A8 1 -> from_not_found
         post T4 A9 A8 1 -> to_not_found
         settle T4 T8 A2 A9 1 -> asset_mismatch
         void T4 T2 A3 A2 50 -> reservation_mismatch
         settle T4 T2 A2 A3 51 at 9 -> reservation_closed(voided)
         reserve T5 A2 A3 50 expires 5 -> applied
         settle T6 T5 A2 A3 51 at 5 -> reservation_expired
         post T7 A2 A1 9223372036854775807 -> insufficient(50)
         reserve T8 A2 A1 9223372036854775807 -> overflow
         commit
         # The fault of the chain outranks those of its parts.
         post T9 A2 A2 0 linked -> linked_failed
         post T9 A2 A2 0 linked -> linked_chain_open",
    );
}

#[test]
fn refusals_rank_as_listed_and_have_their_own_names() {
    let state = ReservationState::Voided;
    let all = [
        Refusal::LinkedFailed,
        Refusal::LinkedChainOpen,
        Refusal::IdReused,
        Refusal::ChainChanged,
        Refusal::AmountNotPositive,
        Refusal::SameAccount,
        Refusal::FromNotFound,
        Refusal::ToNotFound,
        Refusal::AssetMismatch,
        Refusal::ReservationNotFound,
        Refusal::NotReservation,
        Refusal::ReservationMismatch,
        Refusal::ReservationClosed { state },
        Refusal::ReservationExpired,
        Refusal::ReservationNotExpired,
        Refusal::AmountExceedsReserved,
        Refusal::Overflow,
        Refusal::Insufficient { available: 3 },
    ];
    assert!(all.is_sorted_by(|a, b| a < b && a.name() != b.name()));
    let transient: Vec<&str> = all
        .iter()
        .filter(|refusal| refusal.transient())
        .map(|refusal| refusal.name())
        .collect();
    assert_eq!(
        transient,
        [
            "from_not_found",
            "to_not_found",
            "reservation_not_found",
            "reservation_not_expired",
            "insufficient"
        ]
    );
    assert_eq!(
        Refusal::Insufficient { available: 3 }.to_string(),
        "insufficient (available 3)"
    );
}

#[test]
fn ids_show_as_hexadecimal() {
    assert_eq!(format!("{:?}", AccountId(0xbeef)), "AccountId(beef)");
    assert_eq!(format!("{:?}", AssetId(255)), "AssetId(ff)");
}

#[test]
fn opening_never_sets_a_balance_and_loading_does() {
    let mut book = Book::new();
    let rich = Account {
        posted: 5,
        reserved_out: 2,
        reserved_in: 1,
        ..Account::new(AccountId(1), AssetId(1), Guard::Free)
    };
    assert!(book.open_account(rich));
    assert!(!book.open_account(rich));
    assert_eq!(book.account(AccountId(1)).map(Account::available), Some(0));
    assert_eq!(book.changed_accounts().count(), 1);
    let mut book = Book::new();
    book.put_account(rich);
    assert_eq!(book.account(AccountId(1)).map(Account::available), Some(3));
    assert_eq!((book.changed_accounts().count(), book.check()), (0, vec![]));
    book.put_account(Account { posted: 9, ..rich });
    assert_eq!((book.sums()[&AssetId(1)], book.check()), (9, vec![]));
}

#[test]
fn the_check_sees_impossible_accounts() {
    let mut book = Book::new();
    let guarded = Account::new(AccountId(1), AssetId(1), Guard::NotBelowZero);
    book.put_account(Account {
        posted: 1,
        reserved_out: 2,
        ..guarded
    });
    book.put_account(Account {
        id: AccountId(2),
        reserved_in: -1,
        ..guarded
    });
    let findings = book.check();
    assert_eq!(findings.len(), 2, "{findings:?}");
}

/// A book that is loaded for each batch answers like one that is kept.
#[test]
fn a_loaded_book_goes_on_where_the_stored_one_stood() {
    let kept = start("reserve T2 A2 A3 60 expires 5 -> applied");
    let mut loaded = Book::with_capacity(3, 1);
    for account in kept.accounts() {
        loaded.put_account(*account);
    }
    for (transfer, state) in kept.transfers() {
        loaded.put_transfer(*transfer, state);
    }
    assert_eq!(loaded.check(), Vec::<String>::new());
    let (reserve, _) = kept.transfer(ledger::TransferId(2)).unwrap();
    let void = ledger::Transfer {
        id: ledger::TransferId(3),
        action: ledger::Action::VoidReserved {
            reservation: reserve.id,
        },
        ..*reserve
    };
    assert_eq!(
        loaded.apply(&[*reserve, void]),
        [Ok(ledger::Outcome::Repeated), Ok(ledger::Outcome::Applied)]
    );
    assert_eq!(loaded.new_transfers().count(), 1);
    assert_eq!(loaded.changed_accounts().count(), 2);
    loaded.clear();
    assert_eq!((loaded.accounts().count(), loaded.transfers().count()), (0, 0));
}
