//! Random histories against a model that keeps nothing but the list of what acted and recounts everything.

use ledger::{
    Account, AccountId, Action, AssetId, Book, Guard, Outcome, Refusal, ReservationState, Transfer,
    TransferId,
};
use proptest::prelude::*;

/// Accounts 0 and 1 are free, 2 to 5 guarded; even ones hold asset 0, odd ones asset 1. Account 6 is missing.
const ACCOUNTS: u128 = 6;

fn guarded(account: AccountId) -> bool {
    account.0 >= 2
}

fn asset_of(account: AccountId) -> AssetId {
    AssetId((account.0 % 2) as u64)
}

/// What acted, in order.
#[derive(Clone, Default)]
struct History(Vec<Transfer>);

impl History {
    fn find(&self, id: TransferId) -> Option<&Transfer> {
        self.0.iter().find(|transfer| transfer.id == id)
    }

    fn state(&self, reservation: TransferId) -> ReservationState {
        let closing = self
            .0
            .iter()
            .find(|transfer| transfer.action.reservation() == Some(reservation));
        match closing.map(|transfer| transfer.action) {
            Some(Action::PostReserved { .. }) => ReservationState::Posted,
            Some(Action::VoidReserved { .. }) => ReservationState::Voided,
            Some(Action::ExpireReserved { .. }) => ReservationState::Expired,
            _ => ReservationState::Open,
        }
    }

    /// Posted, reserved out and reserved in, recounted.
    fn balances(&self, account: AccountId) -> (i64, i64, i64) {
        let (mut posted, mut out, mut into) = (0, 0, 0);
        for transfer in &self.0 {
            let gives = i64::from(transfer.from == account);
            let takes = i64::from(transfer.to == account);
            match transfer.action {
                Action::Post | Action::PostReserved { .. } => posted += (takes - gives) * transfer.amount,
                Action::Reserve { .. } if self.state(transfer.id) == ReservationState::Open => {
                    out += gives * transfer.amount;
                    into += takes * transfer.amount;
                }
                _ => {}
            }
        }
        (posted, out, into)
    }

    fn refusal(&self, transfer: &Transfer) -> Option<Refusal> {
        let mut refusals = Vec::new();
        let mut refuse = |condition: bool, refusal| {
            if condition {
                refusals.push(refusal)
            }
        };
        refuse(transfer.amount < 1, Refusal::AmountNotPositive);
        refuse(transfer.from == transfer.to, Refusal::SameAccount);
        refuse(transfer.from.0 >= ACCOUNTS, Refusal::FromNotFound);
        refuse(transfer.to.0 >= ACCOUNTS, Refusal::ToNotFound);
        let assets = [asset_of(transfer.from), asset_of(transfer.to)];
        refuse(assets != [transfer.asset; 2], Refusal::AssetMismatch);
        match transfer.action.reservation().map(|id| self.find(id)) {
            None => {
                let (posted, out, _) = self.balances(transfer.from);
                let available = posted - out;
                let short = guarded(transfer.from) && available < transfer.amount;
                refuse(short, Refusal::Insufficient { available });
                if let Action::Reserve {
                    expires_s: Some(deadline_s),
                } = transfer.action
                {
                    refuse(transfer.at_s >= deadline_s, Refusal::ReservationExpired);
                }
            }
            Some(None) => refuse(true, Refusal::ReservationNotFound),
            Some(Some(reserved)) => {
                let Action::Reserve { expires_s } = reserved.action else {
                    refuse(true, Refusal::NotReservation);
                    return refusals.into_iter().min();
                };
                let posts = matches!(transfer.action, Action::PostReserved { .. });
                let same = reserved.from == transfer.from
                    && reserved.to == transfer.to
                    && reserved.asset == transfer.asset
                    && (posts || reserved.amount == transfer.amount);
                refuse(!same, Refusal::ReservationMismatch);
                let state = self.state(reserved.id);
                refuse(
                    state != ReservationState::Open,
                    Refusal::ReservationClosed { state },
                );
                let late = expires_s.is_some_and(|deadline_s| deadline_s <= transfer.at_s);
                let expires = matches!(transfer.action, Action::ExpireReserved { .. });
                refuse(posts && late, Refusal::ReservationExpired);
                refuse(expires && !late, Refusal::ReservationNotExpired);
                refuse(
                    posts && transfer.amount > reserved.amount,
                    Refusal::AmountExceedsReserved,
                );
            }
        }
        refusals.into_iter().min()
    }

    fn apply(&mut self, batch: &[Transfer]) -> Vec<Result<Outcome, Refusal>> {
        let mut answers = Vec::new();
        for chain in batch.chunk_by(|before, _| before.linked) {
            let open = chain.last().is_some_and(|last| last.linked);
            let blamed = if open {
                Some((chain.len() - 1, Refusal::LinkedChainOpen))
            } else {
                let saved = self.clone();
                let blamed = self.apply_chain(chain);
                if matches!(blamed, Err(Some(_))) {
                    *self = saved;
                }
                match blamed {
                    Ok(outcome) => {
                        answers.extend(chain.iter().map(|_| Ok(outcome)));
                        None
                    }
                    Err(blamed) => blamed,
                }
            };
            if let Some((index, refusal)) = blamed {
                answers.extend((0..chain.len()).map(|at| {
                    Err(if at == index {
                        refusal
                    } else {
                        Refusal::LinkedFailed
                    })
                }));
            }
        }
        answers
    }

    fn apply_chain(&mut self, chain: &[Transfer]) -> Result<Outcome, Option<(usize, Refusal)>> {
        let mut outcome = None;
        for (index, transfer) in chain.iter().enumerate() {
            let here = match self.find(transfer.id) {
                Some(before) if Transfer { at_s: 0, ..*before } != Transfer { at_s: 0, ..*transfer } => {
                    return Err(Some((index, Refusal::IdReused)));
                }
                Some(_) => Outcome::Repeated,
                None => Outcome::Applied,
            };
            if outcome.is_some_and(|outcome| outcome != here) {
                return Err(Some((index, Refusal::ChainChanged)));
            }
            outcome = Some(here);
            if here == Outcome::Applied {
                if let Some(refusal) = self.refusal(transfer) {
                    return Err(Some((index, refusal)));
                }
                self.0.push(*transfer);
            }
        }
        outcome.ok_or(None)
    }
}

/// One transfer as drawn; references to earlier ones are resolved against the list of all drawn so far.
#[derive(Clone, Debug)]
struct Draw {
    from: u128,
    to: u128,
    amount: i64,
    kind: u8,
    earlier: usize,
    faithful: bool,
    linked: bool,
    at_s: i64,
    expires_s: Option<i64>,
    /// Takes the id of an earlier one, perhaps with all its content.
    reuse: Option<bool>,
}

fn draw() -> impl Strategy<Value = Draw> {
    let accounts = (0..ACCOUNTS + 1, 0..ACCOUNTS / 2, prop::bool::weighted(0.9));
    let amount = prop_oneof![1 => -1i64..1, 20 => 1i64..40];
    let time = (0i64..10, prop::option::of(0i64..14));
    let reuse = prop::option::weighted(0.1, any::<bool>());
    (
        accounts,
        amount,
        0u8..12,
        any::<usize>(),
        prop::bool::weighted(0.9),
        prop::bool::weighted(0.3),
        time,
        reuse,
    )
        .prop_map(
            |((from, to, same_asset), amount, kind, earlier, faithful, linked, (at_s, expires_s), reuse)| {
                Draw {
                    from,
                    to: if same_asset { to * 2 + from % 2 } else { to },
                    amount,
                    kind,
                    earlier,
                    faithful,
                    linked,
                    at_s,
                    expires_s,
                    reuse,
                }
            },
        )
}

fn transfers(draws: &[Draw]) -> Vec<Transfer> {
    let mut all: Vec<Transfer> = Vec::new();
    for (draw, id) in draws.iter().zip(1u128..) {
        let (from, to) = (AccountId(draw.from), AccountId(draw.to));
        let mut transfer = Transfer {
            id: TransferId(id),
            from,
            to,
            asset: asset_of(from),
            amount: draw.amount,
            action: Action::Post,
            linked: draw.linked,
            cause: 0,
            reason: 0,
            at_s: draw.at_s,
        };
        let earlier = (!all.is_empty()).then(|| all[draw.earlier % all.len()]);
        // Closing something that never reserved is drawn too, but seldom.
        let reserved: Vec<Transfer> = all
            .iter()
            .filter(|earlier| matches!(earlier.action, Action::Reserve { .. }))
            .copied()
            .collect();
        let reserved = if draw.faithful && !reserved.is_empty() {
            Some(reserved[draw.earlier % reserved.len()])
        } else {
            earlier
        };
        match (draw.kind, reserved) {
            (0..3, _) | (_, None) => {}
            (3..7, _) => {
                transfer.action = Action::Reserve {
                    expires_s: draw.expires_s,
                }
            }
            (kind, Some(reserved)) => {
                let reservation = reserved.id;
                transfer.action = match kind {
                    7 | 8 => Action::PostReserved { reservation },
                    9 | 10 => Action::VoidReserved { reservation },
                    _ => Action::ExpireReserved { reservation },
                };
                if draw.faithful {
                    let amount = if kind == 7 {
                        draw.amount.min(reserved.amount)
                    } else {
                        reserved.amount
                    };
                    transfer = Transfer {
                        from: reserved.from,
                        to: reserved.to,
                        asset: reserved.asset,
                        amount,
                        ..transfer
                    };
                }
            }
        }
        if let (Some(whole), Some(earlier)) = (draw.reuse, earlier) {
            transfer = if whole {
                Transfer {
                    at_s: draw.at_s,
                    ..earlier
                }
            } else {
                Transfer {
                    id: earlier.id,
                    ..transfer
                }
            };
        }
        all.push(transfer);
    }
    all
}

fn book() -> Book {
    let mut book = Book::new();
    for id in (0..ACCOUNTS).map(AccountId) {
        let guard = if guarded(id) {
            Guard::NotBelowZero
        } else {
            Guard::Free
        };
        assert!(book.open_account(Account::new(id, asset_of(id), guard)));
    }
    book.clear_changes();
    book
}

fn same(book: &Book, history: &History) -> Result<(), TestCaseError> {
    for id in (0..ACCOUNTS).map(AccountId) {
        let account = book.account(id).copied().unwrap();
        prop_assert_eq!(
            (account.posted, account.reserved_out, account.reserved_in),
            history.balances(id)
        );
        prop_assert!(account.guard == Guard::Free || account.available() >= 0);
    }
    for transfer in &history.0 {
        let (held, state) = book.transfer(transfer.id).unwrap();
        prop_assert_eq!(held, transfer);
        let reserved = matches!(transfer.action, Action::Reserve { .. });
        prop_assert_eq!(state, reserved.then(|| history.state(transfer.id)));
    }
    prop_assert_eq!(book.transfers().count(), history.0.len());
    prop_assert_eq!(book.check(), Vec::<String>::new());
    prop_assert!(book.sums().values().all(|sum| *sum == 0));
    Ok(())
}

/// What a store would hold after saving the changes of each batch.
#[derive(Default)]
struct Stored {
    accounts: std::collections::BTreeMap<AccountId, Account>,
    transfers: std::collections::BTreeMap<TransferId, (Transfer, Option<ReservationState>)>,
}

impl Stored {
    fn save(&mut self, book: &Book) {
        for transfer in book.new_transfers() {
            let state = matches!(transfer.action, Action::Reserve { .. }).then_some(ReservationState::Open);
            assert!(
                self.transfers.insert(transfer.id, (*transfer, state)).is_none(),
                "stored twice: {transfer:?}"
            );
        }
        for (id, state) in book.changed_reservations() {
            self.transfers.get_mut(&id).unwrap().1 = Some(state);
        }
        self.accounts
            .extend(book.changed_accounts().map(|account| (account.id, *account)));
    }

    fn load(&self) -> Book {
        let mut book = Book::new();
        self.accounts
            .values()
            .for_each(|account| book.put_account(*account));
        self.transfers
            .values()
            .for_each(|(transfer, state)| book.put_transfer(*transfer, *state));
        book
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn acts_like_the_recounted_history(draws in prop::collection::vec(draw(), 0..80), cuts in 1usize..20) {
        let (mut book, mut history) = (book(), History::default());
        // The outside world fills the guarded accounts, so that there is something to give.
        let mut all = transfers(&draws);
        for (id, to) in (1000u128..).zip(2..ACCOUNTS) {
            let (from, to) = (AccountId(to % 2), AccountId(to));
            let filling = Transfer {
                id: TransferId(id), from, to, asset: asset_of(from), amount: 60, action: Action::Post,
                linked: false, cause: 0, reason: 0, at_s: 0,
            };
            all.insert(0, filling);
        }
        let mut answers = Vec::new();
        for batch in all.chunks(cuts) {
            book.apply_into(batch, &mut answers);
            prop_assert_eq!(&answers, &history.apply(batch));
            same(&book, &history)?;
        }
        // Everything that acted alone is answered as repeated when it comes again.
        for transfer in history.0.iter().filter(|transfer| !transfer.linked) {
            prop_assert_eq!(book.apply(&[*transfer]), [Ok(Outcome::Repeated)]);
        }
        same(&book, &history)?;
    }

    #[test]
    fn stored_changes_are_the_book(draws in prop::collection::vec(draw(), 0..80), cuts in 1usize..20) {
        let mut kept = book();
        let mut stored = Stored::default();
        stored.accounts.extend(kept.accounts().map(|account| (account.id, *account)));
        for batch in transfers(&draws).chunks(cuts) {
            let mut loaded = stored.load();
            prop_assert_eq!(kept.apply(batch), loaded.apply(batch));
            stored.save(&loaded);
            prop_assert_eq!(stored.load().check(), Vec::<String>::new());
        }
        for account in kept.accounts() {
            prop_assert_eq!(Some(account), stored.accounts.get(&account.id));
        }
        prop_assert_eq!(kept.transfers().count(), stored.transfers.len());
    }
}
