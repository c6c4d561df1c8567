//! How many requests are under way at once. Residents and staff have shares of their own, so that a rush of orders never
//! keeps a checkpoint or the headquarters waiting; who finds the share full is told when to come again.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// What the server takes on at once.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Requests of residents' pages and of the residents' API. Together with those of staff fewer than the store's queue
    /// holds, so that what was let in is not turned away behind.
    pub residents: usize,
    /// All other requests.
    pub staff: usize,
    /// Connections; more wait in the system's own queue until one closes.
    pub connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            residents: 2_048,
            staff: 256,
            connections: 10_000,
        }
    }
}

/// Whose share a request counts to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Share {
    /// Residents' pages and API.
    Residents,
    /// Everybody else.
    Staff,
}

impl Share {
    /// The share of a route.
    pub fn of(path: &str) -> Self {
        if path.starts_with("/o/") || path.starts_with("/api/v1/open/") {
            Self::Residents
        } else {
            Self::Staff
        }
    }

    /// The name in figures and logs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Residents => "residents",
            Self::Staff => "staff",
        }
    }
}

/// The shortest time after which somebody is asked to come again.
const WAIT_MIN_S: u64 = 2;
/// The longest, before it is spread.
const WAIT_MAX_S: u64 = 30;
/// How long one measurement of the pace takes.
const WINDOW: Duration = Duration::from_secs(1);
/// A measurement that began longer ago says nothing of the present crowd.
const STALE: Duration = Duration::from_secs(2);

/// Both shares.
#[derive(Debug)]
pub struct Admission {
    residents: Turnstile,
    staff: Turnstile,
}

impl Admission {
    /// Shares of the given sizes.
    pub fn new(limits: &Limits) -> Self {
        Self {
            residents: Turnstile::new(limits.residents),
            staff: Turnstile::new(limits.staff),
        }
    }

    /// The turnstile of a share.
    pub fn of(&self, share: Share) -> &Turnstile {
        match share {
            Share::Residents => &self.residents,
            Share::Staff => &self.staff,
        }
    }
}

/// Lets in as many at once as there is room for.
#[derive(Debug)]
pub struct Turnstile {
    room: Arc<Semaphore>,
    places: usize,
    finished: Arc<AtomicU64>,
    turned_away: AtomicU64,
    pace: Mutex<Pace>,
}

#[derive(Debug)]
struct Pace {
    since: Instant,
    finished: u64,
    turned_away: u64,
    wait_s: u64,
}

/// A request that is under way.
#[derive(Debug)]
pub struct Admitted {
    finished: Arc<AtomicU64>,
    _place: OwnedSemaphorePermit,
}

impl Drop for Admitted {
    fn drop(&mut self) {
        self.finished.fetch_add(1, Ordering::Relaxed);
    }
}

impl Turnstile {
    fn new(places: usize) -> Self {
        Self {
            room: Arc::new(Semaphore::new(places)),
            places,
            finished: Arc::default(),
            turned_away: AtomicU64::new(0),
            pace: Mutex::new(Pace {
                since: Instant::now(),
                finished: 0,
                turned_away: 0,
                wait_s: WAIT_MIN_S,
            }),
        }
    }

    /// Takes a place, or gives the seconds after which to come again.
    pub fn enter(&self) -> Result<Admitted, u64> {
        match Arc::clone(&self.room).try_acquire_owned() {
            Ok(place) => Ok(Admitted {
                finished: Arc::clone(&self.finished),
                _place: place,
            }),
            Err(_) => Err(self.turn_away()),
        }
    }

    /// How many are under way.
    pub fn under_way(&self) -> usize {
        self.places.saturating_sub(self.room.available_permits())
    }

    /// How many were turned away so far.
    pub fn turned_away(&self) -> u64 {
        self.turned_away.load(Ordering::Relaxed)
    }

    /// Counts somebody as turned away and gives the seconds after which to come again.
    pub fn turn_away(&self) -> u64 {
        self.turn_away_at(Instant::now())
    }

    /// The seconds after which to come again: as long as the crowd of the last second takes at the pace of that second,
    /// spread over twice that time so that those who leave together do not come back together.
    fn turn_away_at(&self, now: Instant) -> u64 {
        let turned_away = self.turned_away.fetch_add(1, Ordering::Relaxed) + 1;
        let mut pace = self.pace.lock().unwrap_or_else(PoisonError::into_inner);
        let measured = now.saturating_duration_since(pace.since);
        if measured >= WINDOW {
            let finished = self.finished.load(Ordering::Relaxed);
            let crowd = self.under_way() as u64 + turned_away.saturating_sub(pace.turned_away);
            pace.wait_s = if measured >= STALE {
                WAIT_MIN_S
            } else {
                wait_s(crowd, finished.saturating_sub(pace.finished), measured)
            };
            (pace.since, pace.finished, pace.turned_away) = (now, finished, turned_away);
        }
        pace.wait_s + turned_away % (pace.wait_s + 1)
    }
}

/// How long a crowd takes when so many were finished in the time that was measured.
fn wait_s(crowd: u64, finished: u64, measured: Duration) -> u64 {
    let measured_ms = u64::try_from(measured.as_millis()).unwrap_or(u64::MAX);
    if finished == 0 {
        return WAIT_MAX_S;
    }
    let takes_s = crowd
        .saturating_mul(measured_ms)
        .div_ceil(finished.saturating_mul(1_000));
    takes_s.clamp(WAIT_MIN_S, WAIT_MAX_S)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_follows_from_the_crowd_and_the_pace() {
        let second = Duration::from_secs(1);
        assert_eq!(wait_s(30_000, 10_000, second), 3);
        assert_eq!(wait_s(30_001, 10_000, second), 4);
        assert_eq!(wait_s(30_000, 20_000, 2 * second), 3);
        assert_eq!(wait_s(1, 10_000, second), WAIT_MIN_S);
        assert_eq!(wait_s(1_000_000, 10, second), WAIT_MAX_S);
        assert_eq!(wait_s(1, 0, second), WAIT_MAX_S, "nothing moves");
    }

    #[test]
    fn a_full_share_turns_away_and_the_other_does_not_notice() {
        let admission = Admission::new(&Limits {
            residents: 1,
            staff: 1,
            connections: 1,
        });
        let residents = admission.of(Share::Residents);
        let first = residents.enter().unwrap();
        let wait = residents.enter().unwrap_err();
        assert!((WAIT_MIN_S..=2 * WAIT_MIN_S).contains(&wait), "{wait}");
        assert_eq!((residents.under_way(), residents.turned_away()), (1, 1));
        assert!(admission.of(Share::Staff).enter().is_ok());
        drop(first);
        assert_eq!(residents.under_way(), 0);
        assert!(residents.enter().is_ok());
    }

    #[test]
    fn those_who_are_turned_away_together_come_back_one_after_another() {
        let turnstile = Turnstile::new(0);
        let start = Instant::now();
        for _ in 0..900 {
            turnstile.turn_away_at(start);
        }
        turnstile.finished.store(100, Ordering::Relaxed);
        let waits: Vec<u64> = (0..100).map(|_| turnstile.turn_away_at(start + WINDOW)).collect();
        assert_eq!((waits.iter().min(), waits.iter().max()), (Some(&10), Some(&20)));
    }

    #[test]
    fn residents_are_told_apart_by_the_address() {
        assert_eq!(Share::of("/o/{token}"), Share::Residents);
        assert_eq!(Share::of("/api/v1/open/{token}/orders"), Share::Residents);
        for path in ["/", "/orders/{id}", "/sign-in", "/api/v1/orders"] {
            assert_eq!(Share::of(path), Share::Staff, "{path}");
        }
    }
}
